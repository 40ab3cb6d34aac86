/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "itsguard/cmd.h"
#include "itsguard/names.h"
#include "trace_command.h"
#include "trace_number.h"

#define WORDS_MAX 8

static uint8_t raw[TRACE_COMMAND_BYTES];
static const char *why, *word;

/* Reads the words of a line. */
static bool reads(const char *line)
{
	static char copy[256];
	char *words[WORDS_MAX], *rest = copy, *next;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((next = strsep(&rest, " ")))
		words[count++] = next;
	return trace_command_bytes(words, count, raw, &why, &word);
}

/* That line, and no other, is what is written of the command that it means. */
static void is(const char *line)
{
	char text[TRACE_COMMAND_TEXT];

	if (!reads(line))
		fail_msg("%s: %s: %s", line, word, why);
	assert_true(trace_command_text(raw, text));
	assert_string_equal(text, line);
}

static void means(const char *line, const char *other)
{
	uint8_t first[TRACE_COMMAND_BYTES];

	assert_true(reads(line));
	memcpy(first, raw, sizeof(first));
	assert_true(reads(other));
	assert_memory_equal(first, raw, sizeof(first));
}

static void is_wrong(const char *line, const char *at, const char *because)
{
	if (reads(line))
		fail_msg("accepted: %s", line);
	assert_string_equal(word, at);
	if (!strstr(why, because))
		fail_msg("%s: %s", line, why);
}

static void each_command_has_words(void **state)
{
	(void)state;
	is("mapd dev=0x10 size=4 itt=0x60000000");
	is("mapd dev=0xffffffff size=31 itt=0xfffffffffff00");
	is("mapd dev=0x10 v=0");
	is("mapc coll=0x1 rdbase=0x10000");
	is("mapc coll=0xffff v=0");
	is("mapti dev=0x1 event=0x2 intid=0x2000 coll=0x3");
	is("mapi dev=0x1 event=0x2000 coll=0x3");
	is("movi dev=0x1 event=0x2 coll=0x3");
	is("int dev=0x1 event=0x2");
	is("clear dev=0x1 event=0x2");
	is("inv dev=0x1 event=0x2");
	is("discard dev=0x1 event=0x2");
	is("invall coll=0x3");
	is("movall rdbase=0x80a0000 rdbase2=0x80c0000");
	is("sync rdbase=0xf000000000000");
}

static void what_is_not_said_is_zero_but_v(void **state)
{
	(void)state;
	means("mapd", "mapd dev=0 size=0 itt=0 v=1");
	means("mapc v=0", "mapc coll=0 rdbase=0 v=0");
}

/* The library's codec, written by other hands, has the same fields in the same places. */
static void the_codec_of_the_library_agrees(void **state)
{
	static const struct {
		const char *line;
		enum itsg_field field;
		uint64_t value;
	} lines[] = {
		{"mapd dev=0x12345678", ITSG_F_DEVICE_ID, 0x12345678},
		{"mapd size=21", ITSG_F_SIZE, 21},
		{"mapd itt=0xabcdef123400", ITSG_F_ITT, 0xabcdef123400},
		{"mapd v=1", ITSG_F_VALID, 1},
		{"mapc coll=0xabcd", ITSG_F_ICID, 0xabcd},
		{"mapc rdbase=0x50000", ITSG_F_RDBASE, 0x50000},
		{"mapti event=0x1234567", ITSG_F_EVENT_ID, 0x1234567},
		{"mapti intid=0x7654321", ITSG_F_PINTID, 0x7654321},
		{"mapti coll=0x77", ITSG_F_ICID, 0x77},
		{"movall rdbase=0x10000", ITSG_F_RDBASE, 0x10000},
		{"movall rdbase2=0x20000", ITSG_F_RDBASE2, 0x20000},
		{"sync rdbase=0x30000", ITSG_F_RDBASE, 0x30000},
		{"discard event=0x9", ITSG_F_EVENT_ID, 9},
	};
	struct itsg_command command;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_true(reads(lines[i].line));
		assert_true(itsg_cmd_decode(raw, false, &command));
		if (command.field[lines[i].field] != lines[i].value)
			fail_msg("%s", lines[i].line);
	}
}

/* All ones in all fields that the library knows, and none that this file does not. */
static void a_command_with_all_bits_of_its_fields_has_words(void **state)
{
	struct itsg_command command;
	struct itsg_cmd_info info;
	char text[TRACE_COMMAND_TEXT];
	uint64_t mask[ITSG_CMD_DWORDS];

	(void)state;
	for (uint32_t i = 0; itsg_cmd_info(i, &info); i++) {
		memset(raw, 0xff, sizeof(raw));
		raw[0] = info.opcode;
		itsg_cmd_decode(raw, false, &command);
		itsg_cmd_encode(&command, false, raw);
		assert_int_equal(trace_command_text(raw, text), info.since == ITSG_SINCE_V3);
		if (info.since != ITSG_SINCE_V3)
			continue;
		/* Each bit that the library reserves is one that words cannot say. */
		for (unsigned bit = 0; bit < 256; bit++) {
			raw[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			if (raw[0] == info.opcode && itsg_cmd_reserved(raw, false, mask) &&
			    (mask[0] | mask[1] | mask[2] | mask[3]))
				assert_false(trace_command_text(raw, text));
			else if (raw[0] == info.opcode)
				assert_true(trace_command_text(raw, text));
			raw[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		}
	}
}

static void bytes_that_are_no_command_have_no_words(void **state)
{
	char text[TRACE_COMMAND_TEXT];

	(void)state;
	memset(raw, 0, sizeof(raw));
	assert_false(trace_command_text(raw, text));
	raw[0] = 0x2f;
	assert_false(trace_command_text(raw, text));
}

static void what_is_wrong_with_words_is_said(void **state)
{
	(void)state;
	is_wrong("frob", "frob", "no such command");
	is_wrong("mapd dev", "dev", "KEY=VALUE");
	is_wrong("mapd device=1", "device=1", "no such field");
	is_wrong("mapd de=1", "de=1", "no such field");
	is_wrong("mapd coll=1", "coll=1", "no such field");
	is_wrong("mapd dev=1 dev=1", "dev=1", "twice");
	is_wrong("mapd dev=", "dev=", "no number");
	is_wrong("mapd dev=x", "dev=x", "no number");
	is_wrong("mapd dev=0x100000000", "dev=0x100000000", "room");
	is_wrong("mapd size=32", "size=32", "room");
	is_wrong("mapd itt=0x80", "itt=0x80", "room");
	is_wrong("mapd itt=0x10000000000000", "itt=0x10000000000000", "room");
	is_wrong("sync rdbase=3", "rdbase=3", "room");
	is_wrong("mapd v=2", "v=2", "room");
	is_wrong("int v=1", "v=1", "no such field");
}

static void the_next_place_follows_the_queue(void **state)
{
	struct trace_queue queue = {0, 0};
	uint64_t pa = 0;

	(void)state;
	assert_false(trace_queue_next(&queue, &pa));
	trace_queue_stored(&queue, 0, 32);
	trace_queue_wrote(&queue, 0x100, 8, (uint64_t)1 << 63 | 0x50000000);
	assert_false(trace_queue_next(&queue, &pa));
	trace_queue_wrote(&queue, 0x80, 8, (uint64_t)1 << 63 | 0x40000000);
	assert_true(trace_queue_next(&queue, &pa));
	assert_int_equal(pa, 0x40000000);
	trace_queue_stored(&queue, 0x40000000, 64);
	assert_true(trace_queue_next(&queue, &pa));
	assert_int_equal(pa, 0x40000040);
	/* What is no command, or not of the queue, changes nothing. */
	trace_queue_stored(&queue, 0x40000100, 8);
	trace_queue_stored(&queue, 0x40000110, 32);
	trace_queue_stored(&queue, 0x3fffffe0, 32);
	trace_queue_stored(&queue, 0x40001000, 32);
	trace_queue_stored(&queue, 0x40000fe0, 64);
	assert_true(trace_queue_next(&queue, &pa));
	assert_int_equal(pa, 0x40000040);
	trace_queue_stored(&queue, 0x40000fe0, 32);
	assert_true(trace_queue_next(&queue, &pa));
	assert_int_equal(pa, 0x40000000);
	/* By halves: another queue, of two pages, which begins anew. */
	trace_queue_wrote(&queue, 0x80, 4, 0x60000001);
	trace_queue_wrote(&queue, 0x84, 4, 0x80000000);
	trace_queue_stored(&queue, 0x60001fe0, 32);
	assert_true(trace_queue_next(&queue, &pa));
	assert_int_equal(pa, 0x60000000);
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	uint64_t n = 0;

	(void)state;
	assert_true(trace_number("18446744073709551615", &n));
	assert_true(n == UINT64_MAX);
	assert_true(trace_number("0xfF", &n));
	assert_int_equal(n, 255);
	assert_false(trace_number("18446744073709551616", &n));
	assert_false(trace_number("0x", &n));
	assert_false(trace_number("1f", &n));
	assert_false(trace_number("", &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_command_has_words),
		cmocka_unit_test(what_is_not_said_is_zero_but_v),
		cmocka_unit_test(the_codec_of_the_library_agrees),
		cmocka_unit_test(a_command_with_all_bits_of_its_fields_has_words),
		cmocka_unit_test(bytes_that_are_no_command_have_no_words),
		cmocka_unit_test(what_is_wrong_with_words_is_said),
		cmocka_unit_test(the_next_place_follows_the_queue),
		cmocka_unit_test(numbers_are_decimal_or_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
