/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain: what it finds by number, field and offset, and as JSON. */
#include "cli.h"

#include <stdbool.h>

#include <jansson.h>

#include "suggest.h"

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static void numbers_of_the_documents_are_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain T7");
	says("T7: attack\n\n  MAPD names memory of others as ITT;");
	says("\nwhat the guard does\n  The ITT's extent is claimed");
	runs(0, "itsguard explain i2");
	says("I2: promise\n\n  Release late.");
	runs(0, "for n in T1 R4 S6 P29 M1 I8 H3 F32; do itsguard explain $n >/dev/null || echo $n; "
		"done");
	assert_string_equal(output, "");
	runs(2, "itsguard explain T"
		"99");
}

/* None of those that the documents have is missing. */
static void every_number_of_the_documents_is_there(void **state)
{
	(void)state;
	runs(0,
	     "grep -ohE '^\\| (\\*\\*)?[A-Z][0-9]+ ' " ITSG_SOURCE_DIR
	     "/docs/THREATS.md " ITSG_SOURCE_DIR "/docs/DESIGN.md | tr -dc 'A-Z0-9\\n' | sort -u "
	     ">wanted; itsguard explain --json | grep '\"type\":\"number\"' | "
	     "sed 's/.*\"name\":\"\\([^\"]*\\)\".*/\\1/' | sort -u >found; "
	     "test $(wc -l <wanted) -gt 150 && diff wanted found");
	assert_string_equal(output, "");
}

static void no_markup_is_left(void **state)
{
	(void)state;
	runs(1, "itsguard explain --json | grep '\"type\":\"number\"' | grep -e '`' -e '\\*\\*' -e "
		"']('");
	assert_string_equal(output, "");
}

static void an_opcode_and_an_offset_are_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain 0x08");
	says("MAPD: command 0x08");
	says("GITS_TYPER: register at 0x0008");
	says("GICR_TYPER: register of a redistributor at 0x0008");
	runs(0, "itsguard explain 128");
	says("GITS_CBASER: register at 0x0080");
	/* The upper half of a register is that register. */
	runs(0, "itsguard explain 0x11c");
	says("GITS_BASER3: register at 0x0118");
	runs(2, "itsguard explain 0x7000");
	runs(2, "itsguard explain 0xffffffffff");
}

static void a_field_is_explained_wherever_it_is(void **state)
{
	(void)state;
	runs(0, "itsguard explain itt_addr");
	says("ITT_addr: a field");
	says("MAPD            DW2 [51:8]   in place");
	runs(0, "itsguard explain Valid");
	says("GITS_CBASER     [63]");
	says("GITS_BASER0     [63]");
	says("GICR_VPENDBASER [63]");
	runs(0, "itsguard explain EnableLPIs");
	says("GICR_CTLR       [0]");
	/* A command and a field at once. */
	runs(0, "itsguard explain clear");
	says("CLEAR: command 0x04");
	says("Clear: a field");
}

static void a_register_of_a_redistributor_is_explained(void **state)
{
	(void)state;
	runs(0, "itsguard explain pendbaser");
	says("GICR_PENDBASER: register of a redistributor at 0x0078 from RD_base, 64 bits");
	says("[62]     PTZ");
	runs(0, "itsguard explain CTLR");
	says("GITS_CTLR: register");
	says("GICR_CTLR: register");
}

static void reasons_say_whoever_gives_them(void **state)
{
	(void)state;
	runs(0, "itsguard explain STORE_FAILED");
	says_not("itsg_its_init");
	runs(0, "itsguard explain ZERO_FAILED");
	says("itsg_its_init()");
	runs(0, "itsguard explain LPI_GROUP");
	says("GICR_CTLR, when EnableLPIs is set");
}

static void json_is_one_object_for_each_thing(void **state)
{
	char *rest = output, *line;
	size_t count = 0;

	(void)state;
	runs(0, "itsguard explain --json");
	while ((line = strsep(&rest, "\n"))) {
		json_t *object = *line ? json_loads(line, JSON_REJECT_DUPLICATES, NULL) : NULL;

		if (!*line)
			continue;
		assert_non_null(object);
		assert_true(json_is_string(json_object_get(object, "type")));
		assert_true(json_is_string(json_object_get(object, "name")));
		count++;
		json_decref(object);
	}
	assert_true(count > 250);
	runs(0, "itsguard explain --json MAPD");
	says("{\"type\":\"command\",\"name\":\"MAPD\",\"opcode\":8,");
	says("\"checks\":[{\"reason\":\"DEVICE_OOR\",\"when\":\"V=1, V=0\"}");
	runs(0, "itsguard explain --json 0x8 | wc -l");
	assert_int_equal(atoi(output), 3);
	runs(0, "itsguard explain --json T7");
	says("{\"type\":\"number\",\"name\":\"T7\",\"cells\":{\"attack\":\"MAPD names");
	runs(0, "itsguard explain --json size");
	says("{\"type\":\"field\",\"name\":\"Size\",\"places\":[{\"name\":\"MAPD\",\"high\":4,");
}

static void all_of_it_has_80_columns_and_no_blanks_at_the_end(void **state)
{
	(void)state;
	runs(0, "itsguard explain >all; for n in $(itsguard explain --json | "
		"sed 's/{\"type\":\"[a-z]*\",\"name\":\"\\([^\"]*\\)\".*/\\1/'); do itsguard "
		"explain $n >>all; done; "
		"awk 'length > 80 || / $/' all");
	assert_string_equal(output, "");
}

/* ---- what somebody may have meant ---- */

static void the_nearest_name_is_suggested(void **state)
{
	static const char *const names[] = {"replay", "show", "shrink", "json", "guard"};

	(void)state;
	assert_string_equal(suggest_nearest("replya", names, 5), "replay");
	assert_string_equal(suggest_nearest("shw", names, 5), "show");
	assert_string_equal(suggest_nearest("sh", names, 5), "show");
	assert_string_equal(suggest_nearest("gaurd", names, 5), "guard");
	assert_null(suggest_nearest("frobnicate", names, 5));
	assert_null(suggest_nearest("x", names, 5));
	assert_null(suggest_nearest("", names, 5));
	assert_int_equal(suggest_distance("", "abc"), 3);
	assert_int_equal(suggest_distance("abc", "acb"), 1);
	assert_int_equal(suggest_distance("abc", "abd"), 1);
}

static void is_one_line(const char *text, const char *words)
{
	runs(2, text);
	says(words);
	if (strchr(output, '\n') != output + strlen(output) - 1)
		fail_msg("more than a line: %s", output);
}

static void what_is_wrong_with_a_command_line_is_one_line(void **state)
{
	(void)state;
	is_one_line("itsguard", "itsguard: a command is missing; see 'itsguard --help'");
	is_one_line("itsguard replya", "unknown command \"replya\", did you mean replay? see");
	is_one_line("itsguard --hlep", "unknown option \"--hlep\", did you mean --help? see");
	is_one_line("itsguard replay --quit f", "\"--quit\", did you mean --quiet? see "
						"'itsguard replay --help'");
	is_one_line("itsguard replay --frob=1 f", "replay: unknown option \"--frob=1\"; see");
	is_one_line("itsguard replay -x f", "replay: unknown option \"-x\"; see");
	is_one_line("itsguard replay --guard", "replay: --guard needs a value; see");
	is_one_line("itsguard shrink -o", "shrink: -o needs a value; see");
	is_one_line("itsguard decode --json=1 f", "decode: --json takes no value; see");
	is_one_line("itsguard show --page=x f", "show: \"x\" is no value of --page; see");
	is_one_line("itsguard show --guard=of f",
		    "\"of\" is no value of --guard, did you mean off? see");
	is_one_line("itsguard show --input=wrld f",
		    "\"wrld\" is no value of --input, did you mean world? see");
	is_one_line("itsguard replay --hw=stal f",
		    "\"stal\" is no value of --hw, did you mean stall? see");
	is_one_line("itsguard shrink --itt=shard f",
		    "\"shard\" is no value of --itt, did you mean share? see");
	is_one_line("itsguard replay --page=4095 f",
		    "\"4095\" is no value of --page, did you mean 4096? see");
	is_one_line("itsguard explain-input mapp f",
		    "\"mapp\" is no target, did you mean mapd? see");
	is_one_line("itsguard show --from=9 --to=8 f", "show: --from is behind --to; see");
	is_one_line("itsguard fmt", "fmt: a FILE is missing; see");
	is_one_line("itsguard explain MAPE",
		    "explain: nothing is called \"MAPE\", did you mean MAPD");
	is_one_line("itsguard help a b", "help: one COMMAND at a time");
}

static void help_is_a_command_too(void **state)
{
	(void)state;
	runs(0, "itsguard help >a; itsguard --help | cmp - a; itsguard help show >a; itsguard show "
		"--help | cmp - a");
	runs(2, "itsguard help frob");
	runs(0, "for c in '' replay show decode explain fmt shrink explain-input; do itsguard $c "
		"--help; done | awk 'length > 80'");
	assert_string_equal(output, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_the_documents_are_explained),
		cmocka_unit_test(every_number_of_the_documents_is_there),
		cmocka_unit_test(no_markup_is_left),
		cmocka_unit_test(an_opcode_and_an_offset_are_explained),
		cmocka_unit_test(a_field_is_explained_wherever_it_is),
		cmocka_unit_test(a_register_of_a_redistributor_is_explained),
		cmocka_unit_test(reasons_say_whoever_gives_them),
		cmocka_unit_test(json_is_one_object_for_each_thing),
		cmocka_unit_test(all_of_it_has_80_columns_and_no_blanks_at_the_end),
		cmocka_unit_test(the_nearest_name_is_suggested),
		cmocka_unit_test(what_is_wrong_with_a_command_line_is_one_line),
		cmocka_unit_test(help_is_a_command_too),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_files);
}
