/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The itsguard command, from outside: what it prints and how it exits. */
#include "cli.h"

#include <jansson.h>

#define CAPTURE ITSG_CORPUS_DIR "/captures/linux-7.2-virt-hibtest.trace"

/* T7, two refusals; without the guard the ITS writes to another guest's page. */
static const char attack[] =
	"guest 0x50000000 0x1000\nw64 0x100 0xb907000041000000\nw64 0x108 0xbc07000041001000\n"
	"w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n"
	"mem 0x40000000 0800000000000000040000000000000000000050000000800000000000000000\n"
	"mem 0x40000020 0900000000000000000000000000000000000000000000800000000000000000\n"
	"mem 0x40000040 0a00000000000000000000000020000000000000000000000000000000000000\n"
	"w32 0x088 0x60\n! SHARE_REFUSED\n! DEVICE_UNMAPPED\n";
static const char good[] = "r32 0xffe8 0x3b\n? devices 0\n";
static const char unmet[] = "r32 0xffe8 0x3b\n\n? devices 1\n";
static const char malformed[] = "r32 0xffe8 0x3b\nr32 zero 0\n";

/* MAPD, SYNC with a reserved bit, two slots of zeros, and an opcode that does not exist. */
static const uint64_t dump_words[5][4] = {
	{0x0000001200000008, 4, 0x8000000987654300, 0},
	{0x0000000000000005, 2, 0x0000000000050000, 0},
	{0, 0, 0, 0},
	{0, 0, 0, 0},
	{0x000000000000002f, 0, 0, 0},
};

static int make_files(void **state)
{
	uint8_t dump[sizeof(dump_words)];

	(void)state;
	for (size_t i = 0; i < sizeof(dump); i++)
		dump[i] = (uint8_t)(dump_words[i / 32][i / 8 % 4] >> (8 * (i % 8)));
	if (!mkdtemp(folder))
		return -1;
	put_text("attack.trace", attack);
	put_text("good.trace", good);
	put_text("unmet.trace", unmet);
	put_text("malformed.trace", malformed);
	/* The header of mapd; DeviceIDs 0 and 1 with an ITT at the same place. */
	put_file("overlap",
		 "\0\0\0\0\0\0\0\0"
		 "\0\0\0\0\0\0\0\0"
		 "\0\1\0\0\0\0\0\0",
		 24);
	/* mmio: three bytes of CTLR are read. */
	put_file("width",
		 "\0\0\0\0\0\0\0\0"
		 "\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0",
		 24);
	put_file("dump", dump, sizeof(dump));
	put_file("truncated", dump, 40);
	put_file("empty", "", 0);
	return 0;
}

/* Every line of the output is one JSON object; calls see() with each. The number of lines. */
static unsigned json_lines(void (*see)(const json_t *object, unsigned index))
{
	char *rest = output, *line;
	unsigned count = 0;

	while ((line = strsep(&rest, "\n"))) {
		json_error_t error;
		json_t *object;

		if (!*line)
			continue;
		object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
		if (!object)
			fail_msg("%s: %s", error.text, line);
		assert_true(json_is_object(object));
		see(object, count++);
		json_decref(object);
	}
	return count;
}

static const char *text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		fail_msg("no text %s", key);
	return json_string_value(value);
}

static json_int_t number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		fail_msg("no number %s", key);
	return json_integer_value(value);
}

/* ---- the command ---- */

static void help_and_version_are_told(void **state)
{
	(void)state;
	runs(0, "itsguard --help");
	says("Usage: itsguard COMMAND");
	runs(0, "itsguard --version");
	says("itsguard 0.");
	says("trace format 1");
	runs(0, "itsguard replay --help");
	says("Usage: itsguard replay");
	runs(0, "itsguard decode -h");
	says("Usage: itsguard decode");
	runs(0, "itsguard explain --help");
	says("Usage: itsguard explain");
	runs(0, "itsguard shrink --help");
	says("Usage: itsguard shrink");
	runs(0, "itsguard explain-input --help");
	says("Usage: itsguard explain-input");
}

static void a_wrong_command_line_is_usage(void **state)
{
	(void)state;
	runs(2, "itsguard");
	says("a command is missing");
	says("itsguard --help");
	runs(2, "itsguard frobnicate");
	says("unknown command \"frobnicate\"");
	runs(2, "itsguard --frobnicate");
	runs(2, "itsguard replay");
	says("a FILE is missing");
	runs(2, "itsguard replay --frobnicate good.trace");
	runs(2, "itsguard replay --guard=maybe good.trace");
	says("\"maybe\" is no value of --guard");
	runs(2, "itsguard replay --page 5 good.trace");
	says("\"5\" is no value of --page");
	runs(2, "itsguard replay --hw=manual good.trace");
	runs(2, "itsguard replay --forgets=2 good.trace");
	runs(2, "itsguard replay --itt=keep good.trace");
	runs(2, "itsguard replay --fail-at=0 good.trace");
	runs(2, "itsguard replay --fail-at=x good.trace");
	runs(2, "itsguard replay - - <good.trace");
	says("only once");
	runs(2, "itsguard decode dump dump");
	runs(2, "itsguard decode --frobnicate");
	runs(2, "itsguard explain MAPD MAPC");
	runs(2, "itsguard explain --frobnicate");
	runs(2, "itsguard explain-input --frobnicate");
	runs(2, "itsguard explain-input mapd");
	says("one TARGET and one FILE");
	runs(2, "itsguard explain-input mapc empty");
	says("\"mapc\" is no target");
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK))
		skip();
	runs(3, "itsguard explain >/dev/full");
	says("cannot write");
}

static void a_pipe_has_no_colours(void **state)
{
	(void)state;
	runs(0, "TERM=xterm itsguard replay attack.trace");
	says_not("\033");
}

/* script(1) gives the command a terminal. */
static void a_terminal_has_colours_unless_no_color(void **state)
{
	char text[512];

	(void)state;
	/* Needs a pseudo-terminal, which a container may not have. */
	if (shell("command -v script && script -qec true /dev/null") != 0)
		skip();
	snprintf(text, sizeof(text),
		 "TERM=xterm NO_COLOR= script -qec '%s replay attack.trace' /dev/null", ITSG_CLI);
	runs(0, text);
	says("\033[33mSHARE_REFUSED\033[0m");
	snprintf(text, sizeof(text),
		 "TERM=xterm NO_COLOR=1 script -qec '%s replay attack.trace' /dev/null", ITSG_CLI);
	runs(0, text);
	says("SHARE_REFUSED");
	says_not("\033");
}

/* ---- replay ---- */

static void a_capture_replays(void **state)
{
	(void)state;
	runs(0, "itsguard replay " CAPTURE);
	says("accesses");
	says("hibtest.trace");
	says_not(": refused");
	runs(0, "itsguard replay --forgets=1 --itt=donate --hw=trust --quiet " CAPTURE);
	assert_string_equal(output, "");
}

static void standard_input_is_a_file_too(void **state)
{
	(void)state;
	runs(0, "itsguard replay - <good.trace");
	says("<stdin>");
	runs(0, "cat attack.trace | itsguard replay - good.trace");
	says("<stdin>:10: refused SHARE_REFUSED: MAPD at 0x0");
	says("good.trace");
}

static void refusals_are_told_with_their_line(void **state)
{
	(void)state;
	runs(0, "itsguard replay attack.trace");
	says("attack.trace:10: refused SHARE_REFUSED: MAPD at 0x0");
	says("attack.trace:10: refused DEVICE_UNMAPPED: MAPTI at 0x40");
	runs(0, "itsguard replay --quiet attack.trace");
	assert_string_equal(output, "");
	runs(0, "printf 'w32 4 7\\n! READ_ONLY\\n' | itsguard replay -");
	says("<stdin>:1: refused READ_ONLY: GITS_IIDR (0x0004), value 0x7");
}

static void without_the_guard_the_attack_is_found(void **state)
{
	(void)state;
	runs(1, "itsguard replay --guard=off attack.trace");
	says("attack.trace:10: violation: ");
	says("0x50000000");
	runs(0, "itsguard replay --guard=on attack.trace");
	runs(0, "itsguard replay --guard=off good.trace");
}

static void what_is_not_met_is_status_1(void **state)
{
	(void)state;
	runs(1, "itsguard replay unmet.trace");
	says("unmet.trace:3: error: ");
	runs(1, "itsguard replay --quiet unmet.trace good.trace");
	says("unmet.trace:3: error: ");
	says_not("accesses");
	runs(1, "printf 'w32 4 7\\n' | itsguard replay -");
	says("<stdin>:1: error: ");
	runs(1, "printf 'r32 0xffe8 0x4b\\n' | itsguard replay -");
	says("<stdin>:1: error: ");
}

static void what_cannot_be_read_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard replay nosuch.trace");
	says("itsguard: nosuch.trace: No such file or directory");
	runs(3, "itsguard replay .");
	says("itsguard: .: Is a directory");
	runs(3, "itsguard replay - <.");
	says("<stdin>: Is a directory");
	runs(3, "itsguard replay malformed.trace");
	says("malformed.trace:2: ");
	says("\"zero\" is no number");
	says_not("accesses");
	runs(3, "printf 'w32 4 7\\n! READ_ONYL\\n' | itsguard replay -");
	says("<stdin>:2: unknown reason \"READ_ONYL\", did you mean READ_ONLY?");
}

static void a_machine_that_cannot_be_built_is_status_3(void **state)
{
	(void)state;
	put_text("bits.trace", "# small\nmachine pa_bits=33\npoll\n");
	put_text("room.trace", "machine pa_bits=32\nmachine ram=0+0x100000000\npoll\n");
	put_text("large.trace", "its 15\nmachine l1_pool=0x8000000\npoll\n");
	runs(3, "itsguard replay bits.trace good.trace");
	says("bits.trace:2: pa_bits: the RAM");
	says("good.trace");
	runs(3, "itsguard replay room.trace");
	says("room.trace:2: error: ram, l1_pool: no room outside RAM");
	says_not("accesses"); /* it was not run */
	runs(3, "itsguard replay large.trace");
	says("large.trace:2: error: l1_pool: tracker and guards");
	runs(3, "itsguard replay --json room.trace");
	says("\"line\":2,");
	says_not("summary");
}

static void with_several_files_the_worst_status_counts(void **state)
{
	(void)state;
	runs(3, "itsguard replay unmet.trace malformed.trace good.trace");
	says("unmet.trace:3: error: ");
	says("malformed.trace:2: ");
	says("good.trace");
	runs(1, "itsguard replay good.trace unmet.trace good.trace");
	runs(0, "itsguard replay good.trace attack.trace");
}

/* Members of the one object among those of `output` that has this text as a line of its own. */
static json_t *object_with(const char *type, const char *also)
{
	char *copy = strdup(output), *rest = copy, *line;
	char begin[64];
	json_t *object = NULL;

	snprintf(begin, sizeof(begin), "{\"type\":\"%s\",", type);
	while (!object && (line = strsep(&rest, "\n")))
		if (!strncmp(line, begin, strlen(begin)) && strstr(line, also))
			object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	free(copy);
	if (!object)
		fail_msg("no %s with %s in: %.2000s", type, also, output);
	return object;
}

static void see_refusals(void)
{
	static const char *const names[] = {"MAPD", "MAPTI"};
	static const char *const reasons[] = {"SHARE_REFUSED", "DEVICE_UNMAPPED"};

	for (size_t i = 0; i < 2; i++) {
		json_t *object = object_with("command", reasons[i]);

		assert_string_equal(text_of(object, "file"), "attack.trace");
		assert_int_equal(number_of(object, "line"), 10);
		assert_int_equal(number_of(object, "its"), 0);
		assert_string_equal(text_of(object, "verdict"), "refused");
		assert_string_equal(text_of(object, "reason"), reasons[i]);
		assert_string_equal(text_of(object, "name"), names[i]);
		assert_int_equal(number_of(object, "offset"), i ? 0x40 : 0);
		assert_int_equal(strlen(text_of(object, "raw")), 64);
		json_decref(object);
	}
}

static void see_end(void)
{
	json_t *object = object_with("counters", "");

	assert_int_equal(number_of(object, "mapds"), 0); /* both were refused */
	assert_true(number_of(object, "callbacks") > 0);
	json_decref(object);
	object = object_with("summary", "");
	assert_int_equal(number_of(object, "accesses"), 6);
	assert_int_equal(number_of(object, "commands"), 3);
	assert_int_equal(number_of(object, "accepted"), 1);
	assert_int_equal(number_of(object, "refused"), 2);
	assert_int_equal(number_of(object, "violations"), 0);
	assert_int_equal(number_of(object, "pages_end"), 3);
	json_decref(object);
}

static void see_violation(void)
{
	json_t *object = object_with("violation", "");

	assert_int_equal(number_of(object, "line"), 10);
	assert_int_equal(number_of(object, "pa"), 0x50000000);
	assert_int_equal(number_of(object, "bytes"), 12);
	assert_true(json_is_true(json_object_get(object, "write")));
	(void)text_of(object, "what");
	json_decref(object);
	object = object_with("summary", "");
	assert_int_equal(number_of(object, "violations"), 1);
	json_decref(object);
}

static void see_access(void)
{
	json_t *object = object_with("access", "");

	assert_string_equal(text_of(object, "register"), "GITS_IIDR");
	assert_string_equal(text_of(object, "value"), "0x7");
	assert_string_equal(text_of(object, "reason"), "READ_ONLY");
	assert_int_equal(number_of(object, "offset"), 4);
	json_decref(object);
	object = object_with("error", "no ! line expects");
	json_decref(object);
	object = object_with("error", "0 devices are mapped, not 1");
	json_decref(object);
	object = object_with("summary", "");
	assert_int_equal(number_of(object, "expectation_errors"), 2);
	json_decref(object);
}

static void see_malformed(const json_t *object, unsigned index)
{
	assert_int_equal(index, 0);
	assert_string_equal(text_of(object, "type"), "error");
	assert_string_equal(text_of(object, "file"), "malformed.trace");
	assert_int_equal(number_of(object, "line"), 2);
	assert_int_equal(strncmp(text_of(object, "message"), "offset: ", 8), 0);
}

static void json_is_one_object_a_line(void **state)
{
	(void)state;
	runs(0, "itsguard replay --json attack.trace");
	see_refusals();
	see_end();
	runs(1, "itsguard replay --json --guard=off attack.trace");
	see_violation();
	runs(1, "printf 'w32 4 7\\n? devices 1\\n' | itsguard replay --json -");
	see_access();
	runs(3, "itsguard replay --json malformed.trace 2>/dev/null");
	assert_int_equal(json_lines(see_malformed), 1);
	runs(0, "itsguard replay --json --quiet " CAPTURE " >/dev/null");
}

static void a_terminal_sees_how_far_a_replay_is_and_a_pipe_does_not(void **state)
{
	(void)state;
	put_text("many.sh", "exec '" ITSG_CLI "' replay $(for i in $(seq 400); do echo good.trace; "
			    "done)\n");
	runs(0, "sh many.sh");
	says_not("replay: ");
	says_not("\r");
	if (shell("command -v script >/dev/null") != 0)
		return;
	runs(0, "script -qc 'sh many.sh' /dev/null");
	/* Where the machine is so fast that nobody need be told, nothing is. */
	if (strstr(output, "replay: "))
		says(" of 400 files\033[K");
}

/* It waits at the second file, which is a pipe: there it is stopped. */
static void an_interrupt_keeps_the_table_of_what_was_run(void **state)
{
	(void)state;
	runs(0, "mkfifo waits && { env --default-signal=INT '" ITSG_CLI
		"' replay good.trace waits attack.trace >out 2>&1 & } && pid=$! && exec 9>waits && "
		"kill -INT $pid && exec 9>&-; wait $pid; test $? -eq 130 && cat out");
	says("accesses commands refused");
	says("\ngood.trace\n");
	says("interrupted after ");
	says(" of 3 files");
	says_not("attack.trace");
}

static void the_table_has_80_columns(void **state)
{
	(void)state;
	runs(0, "itsguard replay attack.trace good.trace | sed -n '/^accesses/,$p'");
	assert_string_equal(
		output,
		"accesses commands refused violations wrong  other pages pages dev. dev. leaked\n"
		"                                     reads errors  peak   end peak  end\n"
		"attack.trace\n"
		"       6        3       2          0     0      0     3     3    0    0      0\n"
		"good.trace\n"
		"       1        0       0          0     0      0     0     0    0    0      0\n");
}

static void conditions_of_a_run_can_be_changed(void **state)
{
	(void)state;
	runs(0, "itsguard replay --rewrite-host --quiet " CAPTURE);
	/* After the first callback has failed a host may meet refusals, but no violation. */
	(void)shell("itsguard replay --fail-at=1 --json " CAPTURE);
	says("\"verdict\":\"refused\"");
	says("\"violations\":0");
	/* The two tables of 4 KB then share a page. */
	runs(0, "itsguard replay --page=65536 --json attack.trace");
	says("\"pages_peak\":2");
}

/* ---- decode ---- */

static void a_dump_is_listed(void **state)
{
	(void)state;
	runs(0, "itsguard decode dump");
	says("0x00000  MAPD     DeviceID=0x12  Size=0x4  ITT_addr=0x987654300  V=1\n");
	says("0x00020  SYNC     RDbase=0x50000  reserved bits set: DW1 0x2\n");
	says("0x00040  2 slots of zeros\n");
	says("0x00080  unknown opcode 0x2f");
	runs(0, "itsguard decode <dump");
	says("MAPD");
	runs(0, "cat dump | itsguard decode -");
	says("MAPD");
	runs(0, "itsguard decode empty");
	assert_string_equal(output, "");
}

static void see_command(const json_t *object, unsigned index)
{
	const json_t *fields = json_object_get(object, "fields");

	assert_string_equal(text_of(object, "type"), "command");
	assert_int_equal(number_of(object, "offset"), index * 32);
	assert_int_equal(json_array_size(json_object_get(object, "words")), 4);
	if (index == 0) {
		assert_string_equal(text_of(object, "name"), "MAPD");
		assert_int_equal(number_of(fields, "DeviceID"), 0x12);
		assert_int_equal(number_of(fields, "ITT_addr"), 0x987654300);
		assert_int_equal(number_of(fields, "V"), 1);
	} else if (index == 1) {
		const json_t *reserved = json_object_get(object, "reserved");

		assert_string_equal(json_string_value(json_array_get(reserved, 1)), "0x2");
		assert_string_equal(json_string_value(json_array_get(reserved, 2)), "0x0");
	} else {
		assert_true(json_is_null(json_object_get(object, "name")));
		assert_null(fields);
	}
}

static void a_dump_is_listed_as_json(void **state)
{
	(void)state;
	runs(0, "itsguard decode --json dump");
	assert_int_equal(json_lines(see_command), 5);
}

static void the_layout_of_v41_is_an_option(void **state)
{
	/* VMAPP with Alloc=1: reserved in the layout of v4.0. */
	(void)state;
	runs(0, "{ printf '\\051\\001'; head -c 30 /dev/zero; } >vmapp; itsguard decode vmapp");
	says("VMAPP");
	says("reserved bits set: DW0 0x100");
	says_not("Alloc");
	runs(0, "itsguard decode --v41 vmapp");
	says("Alloc=1");
	says_not("reserved");
}

static void a_listing_has_80_columns(void **state)
{
	/* No command with all its bits set has room in one line; colours do not count. */
	(void)state;
	runs(0, "for o in '\\051' '\\042' '\\052' '\\010' '\\057'; do printf $o; head -c 31 "
		"/dev/zero | "
		"tr '\\0' '\\377'; done >full; itsguard decode --v41 full >plain; "
		"awk 'length > 80 || / $/' plain");
	assert_string_equal(output, "");
	runs(0, "cat plain");
	says("\n         vINTID=0xffffffff  Dbell_pINTID=0xffffffff\n");
	says("\n         DW2=0xffffffffffffffff");
	says("0x00060  MAPD     ");
	if (shell("command -v script >/dev/null") != 0)
		return;
	runs(0, "export TERM=xterm; script -qc \"'" ITSG_CLI "' decode --v41 full\" /dev/null | "
		"sed 's/\033\\[[0-9]*m//g' | tr -d '\\r' | cmp - plain");
}

static void a_truncated_dump_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard decode truncated");
	says("MAPD");
	says("truncated: truncated: the command at offset 0x20 has 8 bytes instead of 32");
	runs(3, "itsguard decode nosuch");
	says("nosuch: No such file");
	runs(3, "itsguard decode .");
	says("Is a directory");
	runs(3, "itsguard decode /dev/zero"); /* which has no end */
	says("/dev/zero: larger than 16777216 bytes");
}

/* ---- explain ---- */

static void all_names_are_listed_and_explained(void **state)
{
	char *rest, *line;
	unsigned count = 0;

	(void)state;
	runs(0, "itsguard explain");
	says("MAPD");
	says("GITS_BASER7");
	/* Names only: the first word of capitals on a line of the list. */
	runs(0, "for n in $(itsguard explain | grep -oE '^  (0x[0-9a-f]+  )?[A-Z][A-Z0-9_]+' |"
		" sed 's/.* //'); do itsguard explain $n >$n.txt || echo \"bad $n\";"
		" test -s $n.txt && echo $n; done");
	says_not("bad");
	for (rest = output; (line = strsep(&rest, "\n"));)
		count += *line != 0;
	/* 21 commands, 39 reasons, 11 registers, 8 of BASER, 12 of identification. */
	assert_true(count >= 21 + 39 + 10 + 8 + 12);
}

static void a_command_is_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain mapd");
	says("MAPD: command 0x08, since GICv3");
	says("DW2 [51:8]   ITT_addr");
	says("DW1 [4:0]    Size");
	says("ITT_OVERLAP");
	says("MAPD_ITTSIZE_OOR");
	says("T7");
	runs(0, "itsguard explain VMAPP");
	says("since GICv4.0");
	says("VCONF_addr, in place, GICv4.1 only");
	says("VIRTUAL_COMMAND");
}

static void a_reason_is_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain itt_overlap");
	says("ITT_OVERLAP: a reason to refuse");
	says("command MAPD");
	says("T7");
	runs(0, "itsguard explain DEVICE_OOR");
	says("command MAPTI (architecture: MAPTI_DEVICE_OOR)");
	runs(0, "itsguard explain NOT_QUIESCENT");
	says("access to GITS_BASER0 to GITS_BASER7");
}

static void a_register_is_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain GITS_CBASER");
	says("0x0080, 64 bits");
	says("[51:12]  Physical_Address");
	says("NOT_QUIESCENT");
	runs(0, "itsguard explain baser3");
	says("GITS_BASER3: register at 0x0118");
	runs(0, "itsguard explain 'GITS_BASER<n>'");
	says("GITS_BASER0");
	runs(0, "itsguard explain gits_pidr2");
	says("0xffe8");
}

static void an_unknown_name_gets_suggestions(void **state)
{
	(void)state;
	runs(2, "itsguard explain MAPE");
	says("nothing is called \"MAPE\"");
	says("MAPD");
	runs(2, "itsguard explain itt");
	says("ITT_OVERLAP");
	says("ITTSIZE_OOR");
	runs(2, "itsguard explain CREADER");
	says("GITS_CREADR");
	runs(2, "itsguard explain xyzzy");
	says("lists all");
	runs(2, "itsguard explain ''");
	runs(2, "itsguard explain $(head -c 3000 /dev/zero | tr '\\0' A)");
}

/* ---- explain-input ---- */

static void an_input_is_printed_as_a_trace_that_replays(void **state)
{
	static const char *const targets[] = {"cmdq", "mapd", "devtable", "mmio"};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		snprintf(text, sizeof(text),
			 "itsguard explain-input %s overlap >t.trace && itsguard replay -q t.trace",
			 targets[i]);
		runs(0, text);
		runs(0, "cat t.trace");
		says("machine page=4096");
		says("hw manual");
	}
	/* Some of what a world may have has no trace form; nothing of this one matters. */
	runs(0, "itsguard explain-input world overlap >t.trace; itsguard replay -q t.trace");
	says_not("error");
	runs(0, "itsguard explain-input mapd overlap");
	says("\n! ITT_OVERLAP\n");
	runs(0, "itsguard explain-input mapd - <empty");
	says("machine page=4096");
}

/* A planted fault: mapd's model then takes a claimed granule for free. */
static void the_replay_of_an_input_has_the_same_finding(void **state)
{
	(void)state;
	runs(0, "ITSGUARD_FUZZ_PLANT=overlap itsguard explain-input mapd overlap >t.trace");
	runs(1, "cat t.trace && itsguard replay -q t.trace");
	says("# found: answered ITT_OVERLAP, expected OK");
	says("error: refused with ITT_OVERLAP, which no ! line expects");
}

static void what_has_no_trace_form_is_told(void **state)
{
	(void)state;
	runs(1, "itsguard explain-input mmio width");
	says("#: 3 bytes read at 0x0");
	says("a replay need not show the same");
}

/* Hardware that makes an error of its own: nothing that a trace could say. */
static void what_a_replay_does_not_find_is_told(void **state)
{
	(void)state;
	runs(1, "ITSGUARD_FUZZ_PLANT=error itsguard explain-input cmdq overlap");
	says("# found: ");
	says("#: a replay does not find this");
}

static void what_has_no_its_is_listed(void **state)
{
	(void)state;
	runs(0, "itsguard explain-input pfn_tracker overlap");
	says("tracker page_shift 12, capacity 16");
	says("take shared 0x0+0x100: OK\n");
	says("take shared 0x1000+0x100: OK\n");
	runs(0, "itsguard explain-input trace good.trace | cmp - good.trace");
}

static void an_input_that_cannot_be_read_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard explain-input mapd nosuch");
	says("nosuch: No such file");
	runs(3, "itsguard explain-input world - <.");
	says("<stdin>: Is a directory");
	runs(3, "itsguard explain-input mmio /dev/zero"); /* which has no end */
	says("/dev/zero: larger than 1048576 bytes");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_and_version_are_told),
		cmocka_unit_test(a_wrong_command_line_is_usage),
		cmocka_unit_test(output_that_cannot_be_written_is_an_error),
		cmocka_unit_test(a_pipe_has_no_colours),
		cmocka_unit_test(a_terminal_has_colours_unless_no_color),
		cmocka_unit_test(a_capture_replays),
		cmocka_unit_test(standard_input_is_a_file_too),
		cmocka_unit_test(refusals_are_told_with_their_line),
		cmocka_unit_test(without_the_guard_the_attack_is_found),
		cmocka_unit_test(what_is_not_met_is_status_1),
		cmocka_unit_test(what_cannot_be_read_is_status_3),
		cmocka_unit_test(a_machine_that_cannot_be_built_is_status_3),
		cmocka_unit_test(with_several_files_the_worst_status_counts),
		cmocka_unit_test(json_is_one_object_a_line),
		cmocka_unit_test(a_terminal_sees_how_far_a_replay_is_and_a_pipe_does_not),
		cmocka_unit_test(an_interrupt_keeps_the_table_of_what_was_run),
		cmocka_unit_test(the_table_has_80_columns),
		cmocka_unit_test(conditions_of_a_run_can_be_changed),
		cmocka_unit_test(a_dump_is_listed),
		cmocka_unit_test(a_dump_is_listed_as_json),
		cmocka_unit_test(the_layout_of_v41_is_an_option),
		cmocka_unit_test(a_listing_has_80_columns),
		cmocka_unit_test(a_truncated_dump_is_status_3),
		cmocka_unit_test(all_names_are_listed_and_explained),
		cmocka_unit_test(a_command_is_explained),
		cmocka_unit_test(a_reason_is_explained),
		cmocka_unit_test(a_register_is_explained),
		cmocka_unit_test(an_unknown_name_gets_suggestions),
		cmocka_unit_test(an_input_is_printed_as_a_trace_that_replays),
		cmocka_unit_test(the_replay_of_an_input_has_the_same_finding),
		cmocka_unit_test(what_has_no_trace_form_is_told),
		cmocka_unit_test(what_a_replay_does_not_find_is_told),
		cmocka_unit_test(what_has_no_its_is_listed),
		cmocka_unit_test(an_input_that_cannot_be_read_is_status_3),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
