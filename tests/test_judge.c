/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Which commands there are for the host, and what a refusal leaves. */
#include "fake.h"

static bool has_opcode(const uint8_t *list, size_t count, uint8_t opcode)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == opcode)
			return true;
	return false;
}

/* Deny by default: of 256 opcodes, 12 are for the host (I5). */
static void every_opcode_has_its_answer(void **state)
{
	static const uint8_t physical[] = {0x01, 0x03, 0x04, 0x05, 0x08, 0x09,
					   0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
	static const uint8_t virtual[] = {0x21, 0x22, 0x23, 0x25, 0x29, 0x2a, 0x2b, 0x2d, 0x2e};
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t opcode = 0; opcode < 256; opcode++) {
		enum itsg_reason reason;

		fake_words(fake, opcode, 0, 0, 0);
		reason = fake_try(fake);
		if (has_opcode(virtual, sizeof(virtual), (uint8_t)opcode)) {
			assert_int_equal(reason, ITSG_VIRTUAL_COMMAND);
		} else if (has_opcode(physical, sizeof(physical), (uint8_t)opcode)) {
			assert_int_not_equal(reason, ITSG_VIRTUAL_COMMAND);
			assert_int_not_equal(reason, ITSG_UNKNOWN_COMMAND);
		} else {
			assert_int_equal(reason, ITSG_UNKNOWN_COMMAND);
		}
	}
	fake_free(fake);
}

/* Whatever TYPER says: direct injection is not offered. */
static void virtual_commands_are_refused_on_v41_hardware_too(void **state)
{
	struct fake *fake = fake_armed_with(setup.typer |= ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMAPP |
							   ITSG_TYPER_VMOVP);

	(void)state;
	fake_words(fake, 0x0000000900020329, 0x0000000900002008, 0x8000000000020000,
		   0x000000090001000f);
	assert_int_equal(fake_try(fake), ITSG_VIRTUAL_COMMAND);
	fake_words(fake, 0x22, 0x0000000900000000, 0x8000000000030000, 0x2008);
	assert_int_equal(fake_try(fake), ITSG_VIRTUAL_COMMAND);
	fake_free(fake);
}

static void a_refusal_is_told_with_the_command_and_its_offset(void **state)
{
	static const uint8_t want[32] = {0x08, 0, 0, 0, 0x12, 0, 0, 0, 0xff};
	struct fake *fake = fake_armed();
	const struct fake_event *event;

	(void)state;
	fake_sync(fake, 0);
	fake_words(fake, 0x0000001200000008, 0xff, 0, 0);
	fake_submit(fake);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_REFUSED_COMMAND);
	assert_int_equal(event->reason, ITSG_DEVICE_UNMAPPED);
	assert_int_equal(event->offset, 32);
	assert_true(event->has_command);
	assert_memory_equal(event->command, want, sizeof(want));
	fake_no_event(fake);
	assert_int_equal(fake_stats(fake).commands, 2);
	assert_int_equal(fake_stats(fake).accepted, 1);
	assert_int_equal(fake_stats(fake).refused, 1);
	fake_free(fake);
}

/* There are no 32 bytes as fetched, and those of the command before are nobody's business. */
static void a_command_that_was_not_fetched_is_not_told(void **state)
{
	struct fake *fake = fake_armed();
	const struct fake_event *event;

	(void)state;
	fake_sync(fake, 0);
	fake_sync(fake, 0);
	fake_fail(fake, FAKE_FETCH, 2);
	fake_submit(fake);
	event = fake_next_event(fake);
	assert_int_equal(event->reason, ITSG_FETCH_FAILED);
	assert_int_equal(event->offset, 32);
	assert_false(event->has_command);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_opcode_has_its_answer),
		cmocka_unit_test(virtual_commands_are_refused_on_v41_hardware_too),
		cmocka_unit_test(a_refusal_is_told_with_the_command_and_its_offset),
		cmocka_unit_test(a_command_that_was_not_fetched_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
