/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "pfnset.h"

#define EDGE (UINT64_C(1) << 32)

static int setup(void **state)
{
	*state = pfnset_new();
	return 0;
}

static int teardown(void **state)
{
	pfnset_free(*state);
	return 0;
}

static void what_was_added_is_contained(void **state)
{
	struct pfnset *set = *state;

	pfnset_add(set, 0);
	pfnset_add(set, 7);
	pfnset_add(set, UINT64_MAX);
	assert_true(pfnset_contains(set, 0));
	assert_true(pfnset_contains(set, 7));
	assert_true(pfnset_contains(set, UINT64_MAX));
	assert_false(pfnset_contains(set, 8));
	assert_false(pfnset_contains(set, EDGE + 7));
	assert_int_equal(pfnset_cardinality(set), 3);
}

static void a_range_may_cross_the_32_bit_edge(void **state)
{
	struct pfnset *set = *state;

	pfnset_add_range(set, EDGE - 3, 7);
	assert_int_equal(pfnset_cardinality(set), 7);
	assert_false(pfnset_contains(set, EDGE - 4));
	assert_true(pfnset_contains(set, EDGE - 1));
	assert_true(pfnset_contains(set, EDGE + 3));
	assert_false(pfnset_contains(set, EDGE + 4));
	pfnset_remove_range(set, EDGE - 1, 2);
	assert_false(pfnset_contains(set, EDGE - 1));
	assert_false(pfnset_contains(set, EDGE));
	assert_int_equal(pfnset_cardinality(set), 5);
}

static void a_range_may_cover_more_than_one_whole_part(void **state)
{
	struct pfnset *set = *state;

	pfnset_add_range(set, EDGE - 1, EDGE + 2);
	assert_true(pfnset_cardinality(set) == EDGE + 2);
	assert_true(pfnset_contains(set, 2 * EDGE));
	assert_false(pfnset_contains(set, 2 * EDGE + 1));
}

static void an_empty_range_changes_nothing(void **state)
{
	struct pfnset *set = *state;

	pfnset_add_range(set, 5, 0);
	pfnset_remove_range(set, 5, 0);
	assert_true(pfnset_is_empty(set));
}

static void subset_equality_and_intersection_span_parts(void **state)
{
	struct pfnset *a = *state;
	struct pfnset *b = pfnset_new();
	uint64_t missing = 0;

	pfnset_add_range(a, EDGE - 2, 4);
	pfnset_add_range(b, EDGE - 2, 4);
	assert_true(pfnset_equals(a, b));
	pfnset_add(b, 9 * EDGE);
	assert_true(pfnset_is_subset(a, b));
	assert_false(pfnset_is_subset(b, a));
	assert_false(pfnset_equals(a, b));
	assert_true(pfnset_first_missing(b, a, &missing));
	assert_true(missing == 9 * EDGE);
	assert_false(pfnset_first_missing(a, b, &missing));
	assert_true(pfnset_intersect(a, b));
	pfnset_remove_range(b, 0, 2 * EDGE);
	assert_false(pfnset_intersect(a, b));
	pfnset_free(b);
}

static void an_emptied_part_counts_as_absent(void **state)
{
	struct pfnset *a = *state;
	struct pfnset *b = pfnset_new();

	pfnset_add(a, 3 * EDGE);
	pfnset_remove(a, 3 * EDGE);
	assert_true(pfnset_equals(a, b));
	assert_true(pfnset_is_subset(a, b));
	pfnset_free(b);
}

static void union_difference_copy_and_clear(void **state)
{
	struct pfnset *a = *state;
	struct pfnset *b = pfnset_new();

	pfnset_add_range(a, 0, 10);
	pfnset_add_range(b, 5, 10);
	pfnset_add(b, EDGE);
	pfnset_add_set(a, b);
	assert_int_equal(pfnset_cardinality(a), 16);
	pfnset_remove_set(a, b);
	assert_int_equal(pfnset_cardinality(a), 5);
	pfnset_copy(a, b);
	assert_true(pfnset_equals(a, b));
	pfnset_copy(a, a);
	assert_true(pfnset_equals(a, b));
	pfnset_remove_set(a, a);
	assert_true(pfnset_is_empty(a));
	pfnset_clear(b);
	assert_true(pfnset_is_empty(b));
	pfnset_free(b);
}

struct seen {
	uint64_t pfn[4];
	size_t count;
	size_t stop_at;
};

static bool note(uint64_t pfn, void *ctx)
{
	struct seen *seen = ctx;

	seen->pfn[seen->count++] = pfn;
	return seen->count != seen->stop_at;
}

static void iteration_ascends_and_can_stop(void **state)
{
	struct pfnset *set = *state;
	struct seen all = {{0}, 0, 9};
	struct seen two = {{0}, 0, 2};

	pfnset_add(set, 5 * EDGE + 1);
	pfnset_add(set, 2);
	pfnset_add(set, EDGE);
	assert_true(pfnset_iterate(set, note, &all));
	assert_int_equal(all.count, 3);
	assert_true(all.pfn[0] == 2 && all.pfn[1] == EDGE && all.pfn[2] == 5 * EDGE + 1);
	assert_false(pfnset_iterate(set, note, &two));
	assert_int_equal(two.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_added_is_contained, setup, teardown),
		cmocka_unit_test_setup_teardown(a_range_may_cross_the_32_bit_edge, setup, teardown),
		cmocka_unit_test_setup_teardown(a_range_may_cover_more_than_one_whole_part, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_empty_range_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(subset_equality_and_intersection_span_parts, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_emptied_part_counts_as_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(union_difference_copy_and_clear, setup, teardown),
		cmocka_unit_test_setup_teardown(iteration_ascends_and_can_stop, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
