/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What is kept of what the host has given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kept.h"

#define EXTENTS 3u

static struct itsg_kept extents[EXTENTS];

static struct itsg_kept_list empty(void)
{
	const struct itsg_kept_list kept = {.extents = extents, .capacity = EXTENTS};

	memset(extents, 0, sizeof(extents));
	return kept;
}

static const struct itsg_run table = {0x40000000, 0x10000};
static const struct itsg_run other = {0x40020000, 0x10000};
static const struct itsg_run itt = {0x40040000, 0x300};

static void a_table_that_is_kept_comes_back_once_if_it_is_the_very_same(void **state)
{
	struct itsg_kept_list kept = empty();
	const struct itsg_run shorter = {table.pa, table.bytes / 2};

	(void)state;
	itsg_kept_add(&kept, &other);
	itsg_kept_add(&kept, &table);
	assert_int_equal(kept.granules, 512);
	assert_false(itsg_kept_revive(&kept, &shorter));
	assert_true(itsg_kept_revive(&kept, &table));
	assert_int_equal(kept.granules, 256);
	assert_false(itsg_kept_revive(&kept, &table));
	assert_true(itsg_kept_revive(&kept, &other));
	assert_int_equal(kept.granules, 0);
}

static void what_has_no_room_on_the_list_is_counted_and_stays(void **state)
{
	struct itsg_kept_list kept = empty();
	struct itsg_run run = table;

	(void)state;
	for (uint32_t i = 0; i < EXTENTS + 1; i++, run.pa += run.bytes)
		itsg_kept_add(&kept, &run);
	assert_int_equal(kept.granules, (EXTENTS + 1) * 256);
	run.pa -= run.bytes;
	assert_false(itsg_kept_revive(&kept, &run));
	assert_int_equal(kept.granules, (EXTENTS + 1) * 256);
}

static void an_ITT_is_listed_only_where_hardware_will_forget_it(void **state)
{
	struct itsg_kept_list kept = empty();
	struct itsg_run run = {0, 0};

	(void)state;
	itsg_kept_add_itt(&kept, &itt, false);
	assert_int_equal(kept.granules, 3);
	assert_false(itsg_kept_take_itt(&kept, 0, &run));
	itsg_kept_add_itt(&kept, &itt, true);
	assert_int_equal(kept.granules, 6);
	assert_true(itsg_kept_take_itt(&kept, 0, &run));
	assert_int_equal(run.pa, itt.pa);
	assert_int_equal(run.bytes, itt.bytes);
	assert_int_equal(kept.granules, 3);
	assert_false(itsg_kept_take_itt(&kept, 0, &run));
}

static void a_table_is_not_taken_for_an_ITT_nor_an_ITT_for_a_table(void **state)
{
	struct itsg_kept_list kept = empty();
	struct itsg_run run;

	(void)state;
	itsg_kept_add(&kept, &table);
	itsg_kept_add_itt(&kept, &itt, true);
	assert_false(itsg_kept_take_itt(&kept, 0, &run));
	assert_false(itsg_kept_revive(&kept, &itt));
	assert_true(itsg_kept_take_itt(&kept, 1, &run));
	assert_true(itsg_kept_revive(&kept, &table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_that_is_kept_comes_back_once_if_it_is_the_very_same),
		cmocka_unit_test(what_has_no_room_on_the_list_is_counted_and_stays),
		cmocka_unit_test(an_ITT_is_listed_only_where_hardware_will_forget_it),
		cmocka_unit_test(a_table_is_not_taken_for_an_ITT_nor_an_ITT_for_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
