/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Names for people: complete, distinct, and found again. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "itsguard/arch.h"
#include "itsguard/names.h"

#include "threats.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* docs/TRACES.md, in its order. The names are part of the trace format. */
static const char *const reason_names[] = {
	"OK",
	"BAD_WIDTH",
	"BAD_ALIGNMENT",
	"RESERVED_REGISTER",
	"READ_ONLY",
	"NOT_QUIESCENT",
	"ENABLE_INCOMPLETE",
	"CWRITER_RANGE",
	"QUEUE_ADDRESS",
	"TABLE_ADDRESS",
	"TABLE_SIZE",
	"TABLE_PAGE_SIZE",
	"TABLE_OVERLAP",
	"UNKNOWN_COMMAND",
	"VIRTUAL_COMMAND",
	"DEVICE_OOR",
	"DEVICE_RESERVED",
	"DEVICE_UNMAPPED",
	"ITTSIZE_OOR",
	"ITT_ADDRESS",
	"ITT_OVERLAP",
	"KIND_CONFLICT",
	"EVENT_OOR",
	"INTID_OOR",
	"COLLECTION_OOR",
	"RDBASE_UNKNOWN",
	"L1_INVALID",
	"L1_RESERVED",
	"L1_ADDRESS",
	"L1_CHANGED",
	"NO_PAGE_SLOT",
	"NO_DEVICE_SLOT",
	"FETCH_FAILED",
	"STORE_FAILED",
	"ZERO_FAILED",
	"SHARE_REFUSED",
	"DONATE_REFUSED",
	"HARDWARE_MISMATCH",
	"LPI_BUSY",
	"LPI_SIZE",
	"LPI_ADDRESS",
	"LPI_GROUP",
	"LPI_ATTRIBUTES",
	"LPI_OVERLAP",
	"NO_TABLE_SLOT",
	"VIRTUAL_REGISTER",
	"BAD_CONFIG",
};

static void reasons_have_the_names_of_the_trace_format_in_its_order(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(reason_names), ITSG_REASON_COUNT);
	for (unsigned int i = 0; i < ITSG_REASON_COUNT; i++)
		assert_string_equal(itsg_reason_name((enum itsg_reason)i), reason_names[i]);
	assert_string_equal(itsg_reason_name(ITSG_ITT_OVERLAP), "ITT_OVERLAP");
}

static void each_reason_has_one_sentence_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ITSG_REASON_COUNT; i++) {
		const char *text = itsg_reason_text((enum itsg_reason)i);

		assert_true(strlen(text) > 10 && isalpha((unsigned char)text[0]));
		assert_true(strchr(text, '.') != NULL && text[strlen(text) - 1] == '.');
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(text, itsg_reason_text((enum itsg_reason)j));
	}
}

static void each_reason_names_the_threats_that_it_answers(void **state)
{
	struct threats threats;

	(void)state;
	assert_true(threats_list(&threats));
	assert_false(threats_know(&threats, "T", 1) || threats_know(&threats, "T189", 4));
	for (unsigned int i = 1; i < ITSG_REASON_COUNT; i++) {
		const char *word = itsg_reason_threats((enum itsg_reason)i);

		assert_true(*word != '\0');
		while (*word) {
			const size_t length = strcspn(word, " ");

			if (!threats_know(&threats, word, length))
				fail_msg("%s: %s", reason_names[i], word);
			word += length;
			word += *word == ' ' && word[1] != '\0';
		}
	}
}

static void errors_of_the_architecture_are_given_where_they_exist(void **state)
{
	(void)state;
	assert_string_equal(itsg_reason_error(ITSG_OK), "");
	assert_string_equal(itsg_reason_error(ITSG_DEVICE_OOR), "*_DEVICE_OOR");
	assert_string_equal(itsg_reason_error(ITSG_DEVICE_UNMAPPED), "*_UNMAPPED_DEVICE");
	assert_string_equal(itsg_reason_error(ITSG_ITTSIZE_OOR), "MAPD_ITTSIZE_OOR");
	assert_string_equal(itsg_reason_error(ITSG_EVENT_OOR), "*_ID_OOR");
	assert_string_equal(itsg_reason_error(ITSG_INTID_OOR), "*_PHYSICALID_OOR");
	assert_string_equal(itsg_reason_error(ITSG_COLLECTION_OOR), "*_COLLECTION_OOR");
	assert_string_equal(itsg_reason_error(ITSG_RDBASE_UNKNOWN), "*_PROCNUM_OOR");
	assert_string_equal(itsg_reason_error(ITSG_ITT_OVERLAP), "");
}

static void a_reason_is_found_by_its_name_and_ok_is_none(void **state)
{
	enum itsg_reason reason = ITSG_OK;

	(void)state;
	for (unsigned int i = 1; i < ITSG_REASON_COUNT; i++) {
		assert_true(itsg_reason_from_name(reason_names[i], &reason));
		assert_int_equal(reason, i);
	}
	reason = ITSG_BAD_WIDTH;
	assert_false(itsg_reason_from_name("OK", &reason));
	assert_false(itsg_reason_from_name("", &reason));
	assert_false(itsg_reason_from_name("?", &reason));
	assert_false(itsg_reason_from_name("L1_CHANGE", &reason));
	assert_false(itsg_reason_from_name("L1_CHANGED ", &reason));
	assert_false(itsg_reason_from_name("l1_changed", &reason));
	assert_int_equal(reason, ITSG_BAD_WIDTH);
}

static void every_known_opcode_has_a_name_and_is_found_by_it(void **state)
{
	(void)state;
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		const char *name = itsg_opcode_name((uint8_t)opcode);
		const char *text = itsg_opcode_text((uint8_t)opcode);
		uint8_t found = 0xee;

		if (!itsg_cmd_known((uint8_t)opcode)) {
			assert_string_equal(name, "?");
			assert_string_equal(text, "");
			continue;
		}
		assert_true(itsg_opcode_from_name(name, &found));
		assert_int_equal(found, opcode);
		assert_true(strlen(text) > 10 && text[strlen(text) - 1] == '.');
	}
}

static void opcode_names_are_those_of_the_architecture(void **state)
{
	static const char *const names[] = {
		"MOVI", "INT",   "CLEAR",  "SYNC",   "MAPD",    "MAPC",    "MAPTI",
		"MAPI", "INV",   "INVALL", "MOVALL", "DISCARD", "VMOVI",   "VMOVP",
		"VSGI", "VSYNC", "VMAPP",  "VMAPTI", "VMAPI",   "VINVALL", "INVDB"};
	struct itsg_cmd_info info;
	uint8_t found = 0xee;

	(void)state;
	assert_int_equal(itsg_cmd_count(), ARRAY_SIZE(names));
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_true(itsg_cmd_info(i, &info));
		assert_string_equal(itsg_opcode_name(info.opcode), names[i]);
	}
	assert_false(itsg_opcode_from_name("MAP", &found));
	assert_false(itsg_opcode_from_name("MAPVI", &found));
	assert_int_equal(found, 0xee);
}

static void every_field_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ITSG_FIELD_COUNT; i++) {
		const char *name = itsg_field_name((enum itsg_field)i);

		assert_non_null(name);
		assert_true(isalpha((unsigned char)name[0]));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(name, itsg_field_name((enum itsg_field)j));
	}
	assert_string_equal(itsg_field_name(ITSG_F_DEVICE_ID), "DeviceID");
	assert_string_equal(itsg_field_name(ITSG_F_ITT), "ITT_addr");
	assert_string_equal(itsg_field_name(ITSG_F_PRIORITY), "Priority");
}

static void what_init_cannot_take_has_the_name_of_a_member(void **state)
{
	(void)state;
	for (unsigned int i = 1; i < ITSG_CONFIG_FIELD_COUNT; i++) {
		const char *name = itsg_config_field_name((enum itsg_config_field)i);

		assert_true(islower((unsigned char)name[0]));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(name,
						itsg_config_field_name((enum itsg_config_field)j));
	}
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_GOOD), "");
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_CONFIG), "config");
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_PA_BITS), "pa_bits");
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_OPS_REG_WRITE), "ops.reg_write");
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_SIZE), "size");
}

static void callbacks_have_their_names(void **state)
{
	static const char *const names[] = {"",      "fetch",  "store",    "zero",
					    "share", "donate", "reg_write"};

	(void)state;
	assert_int_equal(ARRAY_SIZE(names), ITSG_CALLBACK_COUNT);
	for (unsigned int i = 0; i < ITSG_CALLBACK_COUNT; i++)
		assert_string_equal(itsg_callback_name((enum itsg_callback)i), names[i]);
}

static void what_is_unknown_has_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(itsg_reason_name(ITSG_REASON_COUNT), "?");
	assert_string_equal(itsg_reason_name((enum itsg_reason)0x7fffffff), "?");
	assert_string_equal(itsg_reason_text(ITSG_REASON_COUNT), "");
	assert_string_equal(itsg_reason_error(ITSG_REASON_COUNT), "");
	assert_string_equal(itsg_reason_threats(ITSG_REASON_COUNT), "");
	assert_string_equal(itsg_field_name(ITSG_FIELD_COUNT), "?");
	assert_string_equal(itsg_field_name((enum itsg_field)0x7fffffff), "?");
	assert_string_equal(itsg_config_field_name(ITSG_CONFIG_FIELD_COUNT), "?");
	assert_string_equal(itsg_callback_name(ITSG_CALLBACK_COUNT), "?");
	assert_string_equal(itsg_register_name(0x10000), "?");
	assert_string_equal(itsg_register_name(UINT32_MAX), "?");
	assert_string_equal(itsg_register_text(UINT32_MAX), "");
}

static void registers_are_named_by_any_offset_inside_them(void **state)
{
	static const struct {
		uint32_t offset;
		const char *name;
	} want[] = {
		{0x0000, "GITS_CTLR"},
		{0x0003, "GITS_CTLR"},
		{0x0004, "GITS_IIDR"},
		{0x0008, "GITS_TYPER"},
		{0x000f, "GITS_TYPER"},
		{0x0010, "GITS_MPAMIDR"},
		{0x0014, "GITS_PARTIDR"},
		{0x0018, "GITS_MPIDR"},
		{0x001c, "reserved"},
		{0x0020, "IMPLEMENTATION DEFINED"},
		{0x003c, "IMPLEMENTATION DEFINED"},
		{0x0040, "GITS_STATUSR"},
		{0x0044, "reserved"},
		{0x0048, "GITS_UMSIR"},
		{0x0050, "reserved"},
		{0x0080, "GITS_CBASER"},
		{0x0084, "GITS_CBASER"},
		{0x0088, "GITS_CWRITER"},
		{0x0090, "GITS_CREADR"},
		{0x0098, "reserved"},
		{0x00fc, "reserved"},
		{0x0100, "GITS_BASER0"},
		{0x013f, "GITS_BASER7"},
		{0x0118, "GITS_BASER3"},
		{0x0140, "reserved"},
		{0xbffc, "reserved"},
		{0xc000, "IMPLEMENTATION DEFINED"},
		{0xffcc, "IMPLEMENTATION DEFINED"},
		{0xffd0, "GITS_PIDR4"},
		{0xffe0, "GITS_PIDR0"},
		{0xffe8, "GITS_PIDR2"},
		{0xfff0, "GITS_CIDR0"},
		{0xffff, "GITS_CIDR3"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_string_equal(itsg_register_name(want[i].offset), want[i].name);
}

static void every_register_of_the_frame_is_found_by_its_name(void **state)
{
	uint32_t found = 1;
	unsigned int registers = 0;

	(void)state;
	for (uint32_t offset = 0; offset < ITSG_CONTROL_FRAME_BYTES; offset += 4) {
		const char *name = itsg_register_name(offset);

		assert_true(strlen(itsg_register_text(offset)) > 5);
		if (strncmp(name, "GITS_", 5) != 0)
			continue;
		assert_true(itsg_register_from_name(name, &found));
		assert_true(found == offset || found + 4 == offset);
		registers += found == offset;
	}
	assert_int_equal(registers, 31);
	found = 1;
	assert_false(itsg_register_from_name("reserved", &found));
	assert_false(itsg_register_from_name("GITS_BASER", &found));
	assert_false(itsg_register_from_name("GITS_BASER8", &found));
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_have_the_names_of_the_trace_format_in_its_order),
		cmocka_unit_test(each_reason_has_one_sentence_of_its_own),
		cmocka_unit_test(each_reason_names_the_threats_that_it_answers),
		cmocka_unit_test(errors_of_the_architecture_are_given_where_they_exist),
		cmocka_unit_test(a_reason_is_found_by_its_name_and_ok_is_none),
		cmocka_unit_test(every_known_opcode_has_a_name_and_is_found_by_it),
		cmocka_unit_test(opcode_names_are_those_of_the_architecture),
		cmocka_unit_test(every_field_has_a_name_of_its_own),
		cmocka_unit_test(what_init_cannot_take_has_the_name_of_a_member),
		cmocka_unit_test(callbacks_have_their_names),
		cmocka_unit_test(what_is_unknown_has_a_name_too),
		cmocka_unit_test(registers_are_named_by_any_offset_inside_them),
		cmocka_unit_test(every_register_of_the_frame_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
