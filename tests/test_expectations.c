/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The list of what is expected of a guard is whole: each number is cited where it is checked, no
 * other is, and each detector has its sentence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "adversary.h"
#include "expectations.h"

#define NUMBERS 100

struct expectation {
	const char *number, *detector, *sentence;
};

#define ROW(number, detector, sentence) {#number, #detector, sentence},

static const struct expectation expectations[] = {SIM_EXPECTATIONS(ROW)};

#define COUNT (sizeof(expectations) / sizeof(expectations[0]))

static bool cited[NUMBERS];

/* "E12" as a word of a comment; 0xE12 and the like are none. */
static void note_numbers(const char *text)
{
	for (const char *at = strchr(text, 'E'); at; at = strchr(at + 1, 'E')) {
		unsigned long number;
		char *end;

		if ((at > text && isalnum((unsigned char)at[-1])) || !isdigit((unsigned char)at[1]))
			continue;
		number = strtoul(at + 1, &end, 10);
		if (!isalnum((unsigned char)*end) && *end != '_' && number < NUMBERS)
			cited[number] = true;
	}
}

static void read_source(const char *path)
{
	char line[512];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		note_numbers(line);
	fclose(file);
}

/* All rooms of sim/. */
static int read_sources(void **unused)
{
	glob_t found;

	(void)unused;
	assert_int_equal(glob(ITSG_SOURCE_DIR "/sim/*/*.c", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_source(found.gl_pathv[i]);
	globfree(&found);
	return 0;
}

static void each_number_is_cited_where_it_is_checked(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT; i++)
		if (!cited[strtoul(expectations[i].number + 1, NULL, 10)])
			fail_msg("%s is checked nowhere: %s", expectations[i].number,
				 expectations[i].sentence);
}

static bool is_listed(unsigned number)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strtoul(expectations[i].number + 1, NULL, 10) == number)
			return true;
	return false;
}

static void no_other_number_is_cited(void **unused)
{
	(void)unused;
	for (unsigned number = 0; number < NUMBERS; number++)
		if (cited[number] && !is_listed(number))
			fail_msg("E%u is cited, and means nothing", number);
}

static void each_detector_has_a_sentence(void **unused)
{
	(void)unused;
	for (unsigned i = ADVERSARY_FOUND_NOTHING + 1; i < ADVERSARY_DETECTORS; i++) {
		const char *name = adversary_detector_name((enum adversary_detector)i);
		bool found = false;

		for (size_t e = 0; e < COUNT; e++)
			found |= strcmp(expectations[e].detector, name) == 0;
		if (!found)
			fail_msg("%s expects nothing", name);
	}
}

static void numbers_ascend(void **unused)
{
	unsigned long last = 0;

	(void)unused;
	for (size_t i = 0; i < COUNT; i++) {
		unsigned long number = strtoul(expectations[i].number + 1, NULL, 10);

		assert_true(number > last);
		last = number;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_is_cited_where_it_is_checked),
		cmocka_unit_test(no_other_number_is_cited),
		cmocka_unit_test(each_detector_has_a_sentence),
		cmocka_unit_test(numbers_ascend),
	};

	return cmocka_run_group_tests_name("expectations", tests, read_sources, NULL);
}
