/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Names and sentences of the clauses: complete, distinct, and they lead somewhere. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "itsguard/conformance.h"

#include "threats.h"

static void each_clause_has_a_name_a_sentence_and_a_place_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(itsg_clause_name(ITSG_CLAUSES_HOLD), "OK");
	assert_string_equal(itsg_clause_name(ITSG_CLAUSE_SHARE_PINS), "SHARE_PINS");
	assert_string_equal(itsg_clause_where(ITSG_CLAUSE_SHARE_PINS), "share");
	for (uint32_t i = 1; i < ITSG_CLAUSE_COUNT; i++) {
		const char *text = itsg_clause_text((enum itsg_clause)i);

		assert_true(strlen(text) > 10 && isupper((unsigned char)text[0]));
		assert_true(text[strlen(text) - 1] == '.');
		assert_true(*itsg_clause_where((enum itsg_clause)i) != '\0');
		for (uint32_t j = 0; j < i; j++) {
			assert_string_not_equal(text, itsg_clause_text((enum itsg_clause)j));
			assert_string_not_equal(itsg_clause_name((enum itsg_clause)i),
						itsg_clause_name((enum itsg_clause)j));
		}
	}
	assert_string_equal(itsg_clause_name(ITSG_CLAUSE_COUNT), "?");
	assert_string_equal(itsg_clause_text(ITSG_CLAUSE_COUNT), "");
	assert_string_equal(itsg_clause_where((enum itsg_clause)0x7fffffff), "");
	assert_string_equal(itsg_clause_answers((enum itsg_clause)0x7fffffff), "");
}

static bool is_promise(const char *word, size_t length)
{
	return length == 2 && word[0] == 'I' && word[1] >= '1' && word[1] <= '8';
}

static void each_clause_answers_promises_and_threats_that_there_are(void **state)
{
	struct threats threats;

	(void)state;
	assert_true(threats_list(&threats));
	for (uint32_t i = 1; i < ITSG_CLAUSE_COUNT; i++) {
		const char *word = itsg_clause_answers((enum itsg_clause)i);

		assert_true(*word != '\0');
		while (*word) {
			const size_t length = strcspn(word, " ");

			if (!is_promise(word, length) && !threats_know(&threats, word, length))
				fail_msg("%s: %s", itsg_clause_name((enum itsg_clause)i), word);
			word += length;
			word += *word == ' ' && word[1] != '\0';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_clause_has_a_name_a_sentence_and_a_place_of_its_own),
		cmocka_unit_test(each_clause_answers_promises_and_threats_that_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
