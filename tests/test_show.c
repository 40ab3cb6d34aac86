/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard show, from outside: story, event_text and what it is shown of. */
#include "cli.h"

#include <stdbool.h>

#include "itsguard/cmd.h"
#include "registers.h"

#define T7      ITSG_CORPUS_DIR "/cases/bad_attack_T7.trace"
#define CAPTURE ITSG_CORPUS_DIR "/captures/linux-7.2-virt-hibtest.trace"

/* A MAPD of device 0x12 and a MAPC, with an ITT over two pages. */
static const char story[] = "# two devices\n"
			    "w64 0x100 0xb907000041000000\nw64 0x108 0xbc07000041001000\n"
			    "w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n"
			    "mapd dev=0x12 size=8 itt=0x5ffff000\n"
			    "mapd dev=0x13 size=0 itt=0x70000000\n"
			    "w32 0x88 0x40\n"
			    "mapd dev=0x12 v=0\nw32 0x88 0x60\nr32 0x90 0x60\n"
			    "guest 0x70000000 0x1000\n!guest\n"
			    "run all\nw32 4 7\n! READ_ONLY\n";

static int make_files(void **state)
{
	/* MAPD, SYNC. */
	static const uint8_t dump[64] = {0x08, [4] = 0x12, [8] = 4,     [16] = 0x00,
					 0x43, 0x65,       [23] = 0x80, [32] = 0x05};

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("story.trace", story);
	put_file("dump", dump, sizeof(dump));
	put_text("malformed.trace", "r32 zero 0\n");
	put_text("room.trace", "machine pa_bits=32\nmachine ram=0+0x100000000\npoll\n");
	put_text("unmet.trace", "r32 0xffe8 0x3b\n? devices 1\n");
	/* mmio: three bytes of CTLR are read. */
	put_file("width", "\0\0\0\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
	return 0;
}

static size_t lines_with(const char *words)
{
	const char *at = output;
	size_t count = 0;

	while ((at = strstr(at, words))) {
		count++;
		at += strlen(words);
	}
	return count;
}

/* The second stands somewhere behind the first. */
static void says_then(const char *first, const char *second)
{
	const char *at = strstr(output, first);

	if (!at || !strstr(at, second))
		fail_msg("\"%s\" and then \"%s\" expected in: %s", first, second, output);
}

static size_t longest_line(void)
{
	size_t longest = 0;

	for (const char *at = output; *at; at += strcspn(at, "\n") + 1) {
		size_t length = strcspn(at, "\n");

		if (length > longest)
			longest = length;
	}
	return longest;
}

static void a_trace_is_told_event_by_event(void **state)
{
	(void)state;
	runs(0, "itsguard show story.trace");
	says("    2 host   writes BASER0 = 0xb907000041000000  Valid PA=0x41000000\n");
	says("    6 host   writes CTLR = 0x1  Enabled\n"
	     "      guard  claims 0x40000000+0x1000 (shared): queue\n");
	says("    7 host   stores 0x40000000: mapd dev=0x12 size=8 itt=0x5ffff000\n");
	says("    9 host   writes CWRITER = 0x40  Offset=0x40\n"
	     "      guard  accepts mapd dev=0x12 size=8 itt=0x5ffff000\n"
	     "      guard  claims 0x5ffff000+0x2000 (shared): ITT of device 0x12\n");
	says_then("accepts mapd dev=0x12 v=0", "queues at 0x60: sync rdbase=0x0 (its own)");
	says_then("(its own)", "drops 0x5ffff000+0x2000 (shared): ITT of device 0x12");
	says("   13 host   gives 0x70000000+0x1000 to a guest: REFUSED\n");
	says("   15        run all\n");
	says("   16 host   writes IIDR = 0x7 REFUSED: READ_ONLY\n");
	says("9 accesses, 3 commands, 1 refused; 4 pages held; 0 violations\n");
}

static void without_a_guard_the_attack_is_told(void **state)
{
	(void)state;
	runs(0, "itsguard show --guard=off " T7);
	says_then("ITS    executes mapti dev=0x10", "WRONG  hardware wrote 0x60000000+0xc");
	says("1 violation\n");
	runs(0, "itsguard show " T7);
	says("REFUSES (SHARE_REFUSED) mapd dev=0x10");
	says("pages  refuses share of 0x60000000+0x1000");
}

/* The README promises that these lines come, in this order. */
static void the_story_in_the_readme_is_what_is_shown(void **state)
{
	(void)state;
	runs(0, "awk '/as `itsguard show` tells it/ { on = 1 } on && /^```$/ { exit } "
		"on && /^ +([0-9]+ )?[a-zA-Z]+  / && !/text/' " ITSG_SOURCE_DIR
		"/README.md >told; itsguard show " T7 " >shown; test $(wc -l <told) -ge 8 && "
		"awk 'NR == FNR { want[++n] = $0; next } next_one < n && want[next_one + 1] == $0 "
		"{ next_one++ } "
		"END { exit next_one != n }' told shown");
}

static void commands_without_words_have_their_fields(void **state)
{
	(void)state;
	runs(0, "itsguard show --wide " ITSG_CORPUS_DIR "/cases/bad_virtual_command.trace");
	says("REFUSES (VIRTUAL_COMMAND) VMAPP Alloc=0x1 PTZ=0x1 VCONF_addr=0x60000000"); /* v4.1 */
	runs(0, "itsguard show --wide " ITSG_CORPUS_DIR "/cases/bad_attack_T12.trace");
	says("REFUSES (VIRTUAL_COMMAND) VMAPP vPEID=0x1 RDbase=0x0 V=0x1 VPT_size=0xf");
}

static void what_is_not_met_is_told_and_status_0(void **state)
{
	(void)state;
	runs(0, "itsguard show unmet.trace");
	says("    2 error  0 devices are mapped, not 1\n");
}

static void a_device_is_picked_out(void **state)
{
	(void)state;
	runs(0, "itsguard show --device=0x12 story.trace");
	assert_int_equal(lines_with("dev=0x12"), 6); /* two each: stored, judged, queued */
	says("claims 0x5ffff000+0x2000");
	says_not("dev=0x13");
	says_not("BASER");
	runs(0, "itsguard show --device 19 story.trace");
	says("dev=0x13");
	says_not("dev=0x12");
}

static void a_page_is_picked_out(void **state)
{
	(void)state;
	/* The second page of an ITT, and any address in it. */
	runs(0, "itsguard show --page=0x60000234 story.trace");
	says("stores 0x40000000: mapd dev=0x12");
	says("accepts mapd dev=0x12 size=8");
	says("claims 0x5ffff000+0x2000");
	says_not("dev=0x13");
	says_not("BASER");
	runs(0, "itsguard show --page=0x41001000 story.trace");
	says("writes BASER1");
	says("claims 0x41001000");
	says_not("BASER0 ");
	runs(0, "itsguard show --page=0x40000000 story.trace");
	says("writes CBASER");
}

static void lines_are_picked_out(void **state)
{
	(void)state;
	runs(0, "itsguard show --from=8 --to=9 story.trace");
	says("    8 host");
	says("    9 host");
	says_not("    7 host");
	says_not("   10 host");
	runs(0, "itsguard show --from=16 story.trace");
	says_not("   15");
	says("   16 host");
}

static void lines_have_80_columns_unless_they_may_be_wide(void **state)
{
	(void)state;
	runs(0, "for i in " ITSG_CORPUS_DIR "/cases/*.trace; do itsguard show $i; done | "
		"awk 'length > 80'");
	assert_string_equal(output, "");
	put_text("wide.trace",
		 "w64 0x80 0x8000000040000000\n"
		 "mapti dev=0xffffffff event=0xffffffff intid=0xffffffff coll=0xffff\n");
	runs(0, "itsguard show wide.trace");
	assert_int_equal(longest_line(), 80);
	says("...\n");
	runs(0, "itsguard show --wide wide.trace");
	says("intid=0xffffffff coll=0xffff\n");
}

static void a_terminal_has_colours_and_a_pipe_has_not(void **state)
{
	(void)state;
	runs(0, "itsguard show --guard=off " T7);
	says_not("\033");
	if (shell("command -v script >/dev/null") != 0)
		return;
	runs(0, "export TERM=xterm; script -qc '" ITSG_CLI " show --guard=off " T7 "' /dev/null");
	says("\033[31m");
	says("WRONG");
	runs(0, "export TERM=xterm NO_COLOR=1; script -qc '" ITSG_CLI " show --guard=off " T7
		"' /dev/null");
	says_not("\033");
}

static void a_dump_and_a_fuzz_input_are_shown_too(void **state)
{
	(void)state;
	runs(0, "itsguard show dump");
	says("0x00000  MAPD     DeviceID=0x12");
	says("0x00020  SYNC");
	runs(2, "itsguard show --device=0x12 dump");
	says("dump is a dump, which has no events to pick");
	runs(0, "itsguard show --input=mmio width");
	says("host   writes CTLR = 0x0");
	runs(0, "itsguard show --input=pfn_tracker width");
	says("tracker page_shift");
	runs(0, "cat story.trace | itsguard show -");
	says("accepts mapd dev=0x12");
}

static void decode_knows_a_trace(void **state)
{
	(void)state;
	runs(0, "itsguard show story.trace >shown; itsguard decode story.trace | cmp - shown");
	runs(3, "itsguard decode malformed.trace");
	says("malformed.trace:1: offset");
	/* As one of commands it would make no sense. */
	runs(2, "itsguard decode --json story.trace");
	says("story.trace is a trace, of which 'itsguard replay --json' tells");
}

static void what_cannot_be_shown_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard show malformed.trace");
	says("malformed.trace:1: offset");
	runs(3, "itsguard show room.trace");
	says("room.trace:2: ram, l1_pool");
	runs(3, "itsguard show nosuch");
	runs(3, "head -c 40 dump >cut; itsguard show cut");
	says("MAPD");
	says("truncated");
	says("is it the input of a fuzz target? see --input=TARGET");
	runs(0, "itsguard show /dev/null");
}

static void a_wrong_command_line_is_usage(void **state)
{
	(void)state;
	runs(2, "itsguard show");
	says("a FILE is missing");
	runs(2, "itsguard show story.trace dump");
	runs(2, "itsguard show --device=x story.trace");
	says("\"x\" is no value of --device");
	runs(2, "itsguard show --device=0x100000000 story.trace");
	runs(2, "itsguard show --to=0 story.trace");
	runs(2, "itsguard show --input=frob width");
	runs(2, "itsguard show --frob story.trace");
	runs(0, "itsguard show --help");
	assert_true(longest_line() <= 80);
}

/* ---- registers ---- */

static char fields[256];

static void note(void *ctx, const char *name, uint64_t value, bool flag)
{
	size_t used = strlen(fields);

	(void)ctx;
	snprintf(fields + used, sizeof(fields) - used, "%s=%llx%s ", name,
		 (unsigned long long)value, flag ? "!" : "");
}

static const char *fields_of(bool rd, uint32_t offset, uint32_t width, uint64_t value)
{
	fields[0] = '\0';
	register_fields(rd, offset, width, value, note, NULL);
	return fields;
}

static void registers_come_apart_by_fields(void **state)
{
	(void)state;
	assert_string_equal(fields_of(false, 0x80, 8, 0x8000000040000401),
			    "Valid=1! InnerCache=0 OuterCache=0 Physical_Address=40000000 "
			    "Shareability=1 Size=1 ");
	/* Halves have the fields that lie in them. */
	assert_string_equal(fields_of(false, 0x84, 4, 0x80000000),
			    "Valid=1! InnerCache=0 OuterCache=0 ");
	assert_string_equal(fields_of(false, 0x80, 4, 0x401), "Shareability=1 Size=1 ");
	assert_string_equal(fields_of(true, 0, 4, 1),
			    "UWP=0! DPG=0 RWP=0! IR=0! CES=0! EnableLPIs=1! ");
	assert_string_equal(fields_of(true, 0x78, 8, 0x4000000071000000),
			    "PTZ=1! OuterCache=0 Physical_Address=71000000 Shareability=0 "
			    "InnerCache=0 ");
	assert_string_equal(fields_of(true, 0x78, 1, 1), "");
	assert_string_equal(fields_of(false, 0x82, 4, 1), "");
	assert_string_equal(register_name(true, 0x7c), "GICR_PENDBASER");
	assert_string_equal(register_name(true, 0x9999), "reserved");
	assert_string_equal(register_name(false, 0x108), "GITS_BASER1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_is_told_event_by_event),
		cmocka_unit_test(without_a_guard_the_attack_is_told),
		cmocka_unit_test(the_story_in_the_readme_is_what_is_shown),
		cmocka_unit_test(commands_without_words_have_their_fields),
		cmocka_unit_test(what_is_not_met_is_told_and_status_0),
		cmocka_unit_test(a_device_is_picked_out),
		cmocka_unit_test(a_page_is_picked_out),
		cmocka_unit_test(lines_are_picked_out),
		cmocka_unit_test(lines_have_80_columns_unless_they_may_be_wide),
		cmocka_unit_test(a_terminal_has_colours_and_a_pipe_has_not),
		cmocka_unit_test(a_dump_and_a_fuzz_input_are_shown_too),
		cmocka_unit_test(decode_knows_a_trace),
		cmocka_unit_test(what_cannot_be_shown_is_status_3),
		cmocka_unit_test(a_wrong_command_line_is_usage),
		cmocka_unit_test(registers_come_apart_by_fields),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
