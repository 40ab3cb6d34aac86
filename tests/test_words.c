/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Commands as the rules read them, beside the table of the codec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "words.h"

/* Every bit of a command once alone, once missing. */
#define IMAGES (2 * 8 * ITSG_CMD_BYTES)

static void image(uint8_t opcode, uint32_t number, uint8_t raw[ITSG_CMD_BYTES])
{
	const uint32_t bit = number / 2;

	memset(raw, number % 2 ? 0xff : 0, ITSG_CMD_BYTES);
	raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
	raw[0] = opcode;
}

static bool is_of_gicv3(uint8_t opcode)
{
	struct itsg_cmd_info info;

	return itsg_cmd_info_of(opcode, &info) && info.since == ITSG_SINCE_V3;
}

static void words_are_what_the_codec_does_not_reserve(void **state)
{
	(void)state;
	for (uint32_t opcode = 0; opcode < 256; opcode++) {
		for (uint32_t n = 0; n < IMAGES; n++) {
			uint64_t reserved[ITSG_CMD_DWORDS];
			uint8_t raw[ITSG_CMD_BYTES];
			struct itsg_words words;

			image((uint8_t)opcode, n, raw);
			itsg_words_read(raw, &words);
			assert_int_equal(itsg_words_opcode(&words), opcode);
			itsg_cmd_reserved(raw, false, reserved);
			for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++) {
				const uint64_t all = itsg_le64(raw + 8 * i);

				if (is_of_gicv3((uint8_t)opcode))
					assert_true(words.dw[i] == (all & ~reserved[i]));
				else
					assert_true(words.dw[i] == (i ? 0 : opcode));
			}
		}
	}
}

/* The field, if the command has it. */
static void assert_field(const struct itsg_command *command, enum itsg_field field, uint64_t value)
{
	struct itsg_cmd_info info;

	assert_true(itsg_cmd_info_of(command->opcode, &info));
	for (uint32_t i = 0; i < info.fields; i++)
		if (info.field[i].field == field)
			assert_true(command->field[field] == value);
}

static void fields_are_those_of_the_codec(void **state)
{
	(void)state;
	for (uint32_t opcode = 0; opcode < 256; opcode++) {
		for (uint32_t n = 0; is_of_gicv3((uint8_t)opcode) && n < IMAGES; n++) {
			uint8_t raw[ITSG_CMD_BYTES];
			struct itsg_command command;
			struct itsg_words words;

			image((uint8_t)opcode, n, raw);
			itsg_words_read(raw, &words);
			assert_true(itsg_cmd_decode(raw, false, &command));
			assert_field(&command, ITSG_F_DEVICE_ID, itsg_words_device_id(&words));
			assert_field(&command, ITSG_F_EVENT_ID, itsg_words_event_id(&words));
			assert_field(&command, ITSG_F_SIZE, itsg_words_size(&words));
			assert_field(&command, ITSG_F_ITT, itsg_words_itt(&words));
			assert_field(&command, ITSG_F_VALID, itsg_words_valid(&words));
			assert_field(&command, ITSG_F_ICID, itsg_words_icid(&words));
			assert_field(&command, ITSG_F_RDBASE, itsg_words_rdbase(&words));
			assert_field(&command, ITSG_F_RDBASE2, itsg_words_rdbase2(&words));
			assert_field(&command, ITSG_F_PINTID, itsg_words_pintid(&words));
		}
	}
}

static void virtual_commands_are_those_of_the_codec(void **state)
{
	(void)state;
	for (uint32_t opcode = 0; opcode < 256; opcode++)
		assert_int_equal(itsg_words_virtual((uint8_t)opcode),
				 itsg_cmd_virtual((uint8_t)opcode));
}

static void words_become_bytes_of_the_codec(void **state)
{
	struct itsg_command command = {.opcode = ITSG_CMD_SYNC};
	uint8_t raw[ITSG_CMD_BYTES], want[ITSG_CMD_BYTES];
	struct itsg_words words = itsg_words_sync(0x1234560000);

	(void)state;
	command.field[ITSG_F_RDBASE] = 0x1234560000;
	itsg_cmd_encode(&command, false, want);
	itsg_words_write(&words, raw);
	assert_memory_equal(raw, want, sizeof(want));

	memset(&command, 0, sizeof(command));
	command.opcode = ITSG_CMD_MAPD;
	command.field[ITSG_F_DEVICE_ID] = 0xfedcba98;
	itsg_cmd_encode(&command, false, want);
	words = itsg_words_unmap(0xfedcba98);
	itsg_words_write(&words, raw);
	assert_memory_equal(raw, want, sizeof(want));
}

/* Whatever is asked for, a SYNC of ours has nothing but its RDbase. */
static void a_sync_has_no_reserved_bits(void **state)
{
	const struct itsg_words words = itsg_words_sync(~(uint64_t)0);
	uint64_t reserved[ITSG_CMD_DWORDS];
	uint8_t raw[ITSG_CMD_BYTES];

	(void)state;
	itsg_words_write(&words, raw);
	assert_true(itsg_cmd_reserved(raw, false, reserved));
	assert_true(!(reserved[0] | reserved[1] | reserved[2] | reserved[3]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_what_the_codec_does_not_reserve),
		cmocka_unit_test(fields_are_those_of_the_codec),
		cmocka_unit_test(virtual_commands_are_those_of_the_codec),
		cmocka_unit_test(words_become_bytes_of_the_codec),
		cmocka_unit_test(a_sync_has_no_reserved_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
