/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The case files (corpus/cases), and docs/COVERAGE.md, which says what each of them shows: both
 * agree, nothing is left out, and each case comes out as it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "threats.h"
#include "turn.h"

#define CASES    "cases"
#define TEXT_MAX 0x40000

static char coverage[TEXT_MAX];
static struct corpus cases;

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool read_text(const char *path, char *text, size_t size)
{
	FILE *in = fopen(path, "r");
	size_t bytes;

	if (!in)
		return false;
	bytes = fread(text, 1, size - 1, in);
	text[bytes] = '\0';
	fclose(in);
	return bytes < size - 1;
}

static int set_up(void **state)
{
	(void)state;
	corpus_list(&cases, CASES, "");
	return read_text(ITSG_SOURCE_DIR "/docs/COVERAGE.md", coverage, sizeof(coverage)) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	corpus_free(&cases);
	return 0;
}

/* ---- the first lines of a case ---- */

/* The length of a number such as T7 or P33 at the start of text, or 0. */
static size_t number_length(const char *text)
{
	size_t digits = *text && strchr("TRSPFHIM", *text) ? strspn(text + 1, "0123456789") : 0;

	return digits ? digits + 1 : 0;
}

/* "# T9 S1: words": the numbers' end, or NULL. */
static const char *numbers_end(const char *line)
{
	const char *at = line + 1;

	if (*line != '#')
		return NULL;
	while (*at == ' ' && number_length(at + 1))
		at += 1 + number_length(at + 1);
	return at > line + 1 && begins(at, ": ") ? at : NULL;
}

/* Reads a case and returns the end of the numbers in its first line; the test fails without. */
static const char *head_of(const char *path, char *text, size_t size)
{
	const char *end;

	if (!read_text(path, text, size))
		fail_msg("%s: cannot be read", path);
	end = numbers_end(text);
	if (!end)
		fail_msg("%s: the first line is not \"# NUMBERS: a sentence\"", path);
	return end;
}

static bool head_names(const char *text, const char *end, const char *number)
{
	size_t length = strlen(number);

	for (const char *at = text + 2; at < end; at += number_length(at) + 1)
		if (number_length(at) == length && begins(at, number))
			return true;
	return false;
}

static void the_first_line_of_each_case_names_its_numbers_and_says_a_sentence(void **state)
{
	static char text[TEXT_MAX];

	(void)state;
	assert_true(cases.count > 0);
	for (unsigned i = 0; i < cases.count; i++) {
		const char *name = base_name(cases.path[i]);
		const char *end = head_of(cases.path[i], text, sizeof(text));
		const char *next = strchr(end, '\n');

		if (!next || next - end < 12 || next - text > 120)
			fail_msg("%s: a sentence that fits a line is missing", name);
		if (!begins(next + 1, TRACE_LICENCE))
			fail_msg("%s: the licence does not follow the first line", name);
		if (!begins(name, "good_") && !begins(name, "bad_"))
			fail_msg("%s: neither good_ nor bad_", name);
	}
}

/* ---- replaying ---- */

static struct replay_summary run(const char *path, bool guard, int *status)
{
	struct replay_options options;
	struct replay_summary summary;
	struct trace trace;

	if (!corpus_read(path, &trace))
		fail_msg("%s: malformed", path);
	replay_options_default(&options);
	options.guard = guard;
	replay(&trace, &options, guard ? corpus_say : NULL, (void *)(uintptr_t)path, &summary);
	*status = replay_status(&summary, &options);
	trace_free(&trace);
	return summary;
}

/* On the machine that they say; test_replay runs all of them on smaller ones. */
static void each_case_comes_out_as_it_says(void **state)
{
	int status;

	(void)state;
	for (unsigned i = 0; i < cases.count; i++) {
		struct replay_summary summary;

		if (!my_turn())
			continue;
		summary = run(cases.path[i], true, &status);
		if (status)
			fail_msg("%s: status %d", base_name(cases.path[i]), status);
		if (begins(base_name(cases.path[i]), "good_") && summary.refused)
			fail_msg("%s: an honest host was refused", base_name(cases.path[i]));
	}
}

static void each_attack_does_harm_without_the_guard_and_none_with_it(void **state)
{
	unsigned attacks = 0;

	(void)state;
	for (unsigned i = 0; i < cases.count; i++) {
		const char *name = base_name(cases.path[i]);
		struct replay_summary off, on;
		int status;

		if (!begins(name, "bad_attack_"))
			continue;
		attacks++;
		off = run(cases.path[i], false, &status);
		if (off.violations == 0 || status != 1)
			fail_msg("%s: no harm with the guard off", name);
		on = run(cases.path[i], true, &status);
		if (on.violations || status)
			fail_msg("%s: harm, or status %d, with the guard on", name, status);
	}
	assert_true(attacks >= 10);
}

/* Every bad case has something that must be refused; no attack is only a change of scenery. */
static void each_bad_case_expects_a_refusal_or_is_an_attack(void **state)
{
	static char text[TEXT_MAX];

	(void)state;
	for (unsigned i = 0; i < cases.count; i++) {
		const char *name = base_name(cases.path[i]);

		head_of(cases.path[i], text, sizeof(text));
		if (begins(name, "good_") && strstr(text, "\n! "))
			fail_msg("%s: an honest host expects a refusal", name);
		if (begins(name, "bad_") && !begins(name, "bad_attack_") && !strstr(text, "\n! "))
			fail_msg("%s: nothing is refused", name);
	}
}

/* ---- reasons ---- */

static bool expects(const char *path, const char *reason)
{
	struct trace trace;
	bool found = false;

	if (!corpus_read(path, &trace))
		fail_msg("%s: malformed", path);
	for (size_t i = 0; i < trace.count && !found; i++)
		found = trace.directives[i].kind == TRACE_EXPECT_REFUSAL &&
			strcmp(trace.directives[i].u.reason, reason) == 0;
	trace_free(&trace);
	return found;
}

/* Only init answers the first; the simulated hardware keeps all that it is given. */
static bool no_trace_can_reach(enum itsg_reason reason)
{
	return reason == ITSG_BAD_CONFIG || reason == ITSG_HARDWARE_MISMATCH;
}

static void every_reason_that_a_trace_can_reach_has_a_case(void **state)
{
	(void)state;
	for (int reason = ITSG_OK + 1; reason < ITSG_REASON_COUNT; reason++) {
		const char *name = itsg_reason_name((enum itsg_reason)reason);
		unsigned i = 0;

		if (no_trace_can_reach((enum itsg_reason)reason))
			continue;
		while (i < cases.count && !expects(cases.path[i], name))
			i++;
		if (i == cases.count)
			fail_msg("no case expects %s", name);
	}
}

/* ---- docs/COVERAGE.md ---- */

/* The row "| KEY | ...", copied; false if there is none. */
static bool row_of(const char *key, char *row, size_t size)
{
	char start[64];
	const char *at;
	size_t length;

	snprintf(start, sizeof(start), "\n| %s |", key);
	at = strstr(coverage, start);
	if (!at)
		return false;
	length = strcspn(at + 1, "\n");
	if (length >= size)
		fail_msg("the row of %s is too long", key);
	memcpy(row, at + 1, length);
	row[length] = '\0';
	return true;
}

/* The next name in backticks from *at on that is a file: a case, or something in tests/. */
static bool next_file(const char **at, char *name, size_t size)
{
	const char *tick;

	while ((tick = strchr(*at, '`'))) {
		size_t length = strcspn(tick + 1, "`\n");

		*at = tick + 1 + length;
		if (**at == '`')
			++*at;
		if (length >= size)
			continue;
		memcpy(name, tick + 1, length);
		name[length] = '\0';
		if (begins(name, "tests/") || (length > 6 && !strcmp(name + length - 6, ".trace")))
			return true;
	}
	return false;
}

static bool path_of(const char *name, char *path, size_t size)
{
	if (begins(name, "tests/"))
		snprintf(path, size, "%s/%s", ITSG_SOURCE_DIR, name);
	else
		snprintf(path, size, "%s/" CASES "/%s", ITSG_CORPUS_DIR, name);
	return !begins(name, "tests/");
}

/* A row names a case, or a test, or says why there is none; its cases name the number. */
static void check_number(const char *number)
{
	static char row[0x4000], text[TEXT_MAX];
	const char *at = row;
	char name[256], path[1024];
	unsigned files = 0;

	if (!row_of(number, row, sizeof(row)))
		fail_msg("%s is not in docs/COVERAGE.md", number);
	while (next_file(&at, name, sizeof(name))) {
		files++;
		if (!path_of(name, path, sizeof(path)))
			continue;
		if (!head_names(text, head_of(path, text, sizeof(text)), number))
			fail_msg("%s does not name %s", name, number);
	}
	if (!files && !strstr(row, "out of scope: "))
		fail_msg("%s: neither a file nor a reason why there is none", number);
}

static void every_number_has_its_cases_or_the_reason_why_not(void **state)
{
	struct threats threats;

	(void)state;
	assert_true(threats_list(&threats));
	for (unsigned i = 0; i < threats.count; i++)
		check_number(threats.number[i]);
}

/* The reverse: what a first line names is in the row of that number. */
static void every_number_of_a_case_has_the_case_in_its_row(void **state)
{
	static char row[0x4000], text[TEXT_MAX];

	(void)state;
	for (unsigned i = 0; i < cases.count; i++) {
		const char *end = head_of(cases.path[i], text, sizeof(text));
		char ticked[256], number[16];

		snprintf(ticked, sizeof(ticked), "`%s`", base_name(cases.path[i]));
		for (const char *at = text + 2; at < end; at += number_length(at) + 1) {
			snprintf(number, sizeof(number), "%.*s", (int)number_length(at), at);
			if (!row_of(number, row, sizeof(row)) || !strstr(row, ticked))
				fail_msg("the row of %s is without %s", number, ticked);
		}
	}
}

static void the_row_of_each_reason_names_the_cases_that_expect_it(void **state)
{
	static char row[0x4000];

	(void)state;
	for (int reason = ITSG_OK + 1; reason < ITSG_REASON_COUNT; reason++) {
		const char *key = itsg_reason_name((enum itsg_reason)reason);
		char ticked[256];

		if (!row_of(key, row, sizeof(row)))
			fail_msg("%s is not in docs/COVERAGE.md", key);
		for (unsigned i = 0; i < cases.count; i++) {
			bool named;

			snprintf(ticked, sizeof(ticked), "`%s`", base_name(cases.path[i]));
			named = strstr(row, ticked) != NULL;
			if (named != expects(cases.path[i], key))
				fail_msg("the row of %s and %s disagree", key, ticked);
		}
	}
}

static void every_file_in_the_list_exists(void **state)
{
	const char *at = coverage;
	char name[256], path[1024];

	(void)state;
	while (next_file(&at, name, sizeof(name))) {
		FILE *in;

		path_of(name, path, sizeof(path));
		in = fopen(path, "r");
		if (!in)
			fail_msg("%s does not exist", name);
		fclose(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_of_each_case_names_its_numbers_and_says_a_sentence),
		cmocka_unit_test(each_case_comes_out_as_it_says),
		cmocka_unit_test(each_attack_does_harm_without_the_guard_and_none_with_it),
		cmocka_unit_test(each_bad_case_expects_a_refusal_or_is_an_attack),
		cmocka_unit_test(every_reason_that_a_trace_can_reach_has_a_case),
		cmocka_unit_test(every_number_has_its_cases_or_the_reason_why_not),
		cmocka_unit_test(every_number_of_a_case_has_the_case_in_its_row),
		cmocka_unit_test(the_row_of_each_reason_names_the_cases_that_expect_it),
		cmocka_unit_test(every_file_in_the_list_exists),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
