/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* An index of the host's, cut once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "nospec.h"

/* Around each power of two, where carries and signs change, and the ends. */
static uint64_t edge(unsigned number)
{
	const unsigned bit = number / 3;

	return (number % 3) + ((uint64_t)1 << bit) - 1;
}

#define EDGES (3 * 63u)

static void an_index_below_the_size_is_itself(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned n = 0; n < EDGES; n++)
			if (edge(i) < edge(n))
				assert_int_equal(itsg_nospec(edge(i), edge(n)), edge(i));
}

static void an_index_beyond_is_0(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned n = 0; n < EDGES; n++)
			if (edge(i) >= edge(n))
				assert_int_equal(itsg_nospec(edge(i), edge(n)), 0);
}

static void of_nothing_every_index_is_0(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EDGES; i++)
		assert_int_equal(itsg_nospec(edge(i), 0), 0);
}

static void the_largest_size_takes_the_largest_index(void **state)
{
	const uint64_t size = (uint64_t)1 << 63;

	(void)state;
	assert_int_equal(itsg_nospec(size - 1, size), size - 1);
	assert_int_equal(itsg_nospec(0, size), 0);
}

static void with_a_power_of_two_an_index_below_it_stays_and_another_is_below_it(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 63; bit++) {
		const uint64_t size = (uint64_t)1 << bit;

		for (unsigned i = 0; i < EDGES; i++) {
			assert_true(itsg_nospec_bits(edge(i), size) < size);
			if (edge(i) < size)
				assert_int_equal(itsg_nospec_bits(edge(i), size), edge(i));
		}
	}
}

static void what_is_opaque_is_what_it_was(void **state)
{
	(void)state;
	assert_int_equal(itsg_opaque(0), 0);
	assert_int_equal(itsg_opaque(UINT64_MAX), UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_below_the_size_is_itself),
		cmocka_unit_test(an_index_beyond_is_0),
		cmocka_unit_test(of_nothing_every_index_is_0),
		cmocka_unit_test(the_largest_size_takes_the_largest_index),
		cmocka_unit_test(
			with_a_power_of_two_an_index_below_it_stays_and_another_is_below_it),
		cmocka_unit_test(what_is_opaque_is_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
