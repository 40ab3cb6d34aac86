/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The journal by itself: a ring of entries, and how it is walked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "journal.h"

#define CAPACITY 4u

static struct itsg_entry entries[CAPACITY];

static struct itsg_journal empty(void)
{
	const struct itsg_journal journal = {.entries = entries, .capacity = CAPACITY};

	memset(entries, 0xa5, sizeof(entries));
	return journal;
}

/* An entry with ring number n, as the host's command at offset 32 * n. */
static struct itsg_entry *add(struct itsg_journal *journal, uint64_t n)
{
	struct itsg_entry *entry = itsg_journal_append(journal);

	entry->number = n;
	entry->host_offset = (uint32_t)n * 32;
	return entry;
}

static void there_is_room_for_as_many_as_it_has_slots(void **state)
{
	struct itsg_journal journal = empty();

	(void)state;
	for (uint64_t n = 0; n < CAPACITY; n++) {
		for (uint32_t more = 0; more <= CAPACITY + 1; more++)
			assert_int_equal(itsg_journal_room(&journal, more), more <= CAPACITY - n);
		add(&journal, n);
	}
	assert_false(itsg_journal_room(&journal, 1));
	itsg_journal_remove_first(&journal);
	assert_true(itsg_journal_room(&journal, 1));
}

static void entries_stand_in_order_across_the_end_of_the_array(void **state)
{
	struct itsg_journal journal = empty();

	(void)state;
	for (uint64_t n = 0; n < 3 * CAPACITY; n++) {
		if (journal.count == CAPACITY)
			itsg_journal_remove_first(&journal);
		assert_int_equal(add(&journal, n)->device_id, 0);
		for (uint32_t i = 0; i < journal.count; i++)
			assert_int_equal(itsg_journal_at(&journal, i)->number,
					 n + 1 - journal.count + i);
	}
}

static void a_walk_keeps_its_place_while_the_first_ones_go(void **state)
{
	struct itsg_journal journal = empty();
	uint64_t place;

	(void)state;
	for (uint64_t n = 0; n < CAPACITY; n++)
		add(&journal, n);
	place = itsg_journal_front(&journal);
	assert_int_equal(itsg_journal_next(&journal, &place)->number, 0);
	itsg_journal_remove_first(&journal);
	assert_int_equal(itsg_journal_next(&journal, &place)->number, 1);
	itsg_journal_remove_first(&journal);
	itsg_journal_remove_first(&journal); /* one that was not come to yet */
	assert_false(itsg_journal_at_end(&journal, place));
	assert_int_equal(itsg_journal_next(&journal, &place)->number, 3);
	assert_true(itsg_journal_at_end(&journal, place));
	assert_null(itsg_journal_next(&journal, &place));
	add(&journal, 4);
	assert_int_equal(itsg_journal_next(&journal, &place)->number, 4);
}

static void a_published_command_is_found_by_its_number(void **state)
{
	struct itsg_journal journal = empty();

	(void)state;
	assert_null(itsg_journal_find(&journal, 0));
	for (uint64_t n = 0; n < CAPACITY; n++)
		add(&journal, 10 + 2 * n); /* between them SYNCs of ours */
	for (uint64_t n = 0; n < 30; n++) {
		const struct itsg_entry *entry = itsg_journal_find(&journal, n);

		if (n >= 10 && n < 18 && n % 2 == 0)
			assert_int_equal(entry->number, n);
		else
			assert_null(entry);
	}
	itsg_journal_at(&journal, 1)->state = ITSG_ENTRY_OVER;
	assert_null(itsg_journal_find(&journal, 12));
	itsg_journal_at(&journal, 3)->state = ITSG_ENTRY_OWED;
	journal.owed = 1;
	assert_null(itsg_journal_find(&journal, 16));
	assert_non_null(itsg_journal_find(&journal, 14));
}

static void an_unmap_is_on_its_way_as_long_as_it_has_a_claim(void **state)
{
	struct itsg_journal journal = empty();
	struct itsg_entry *entry;

	(void)state;
	add(&journal, 0)->device_id = 7;
	assert_false(itsg_journal_unmapping(&journal, 7));
	entry = add(&journal, 1);
	entry->device_id = 7;
	entry->drop.bytes = 0x100;
	assert_true(itsg_journal_unmapping(&journal, 7));
	assert_false(itsg_journal_unmapping(&journal, 8));
	entry->drop.bytes = 0;
	assert_false(itsg_journal_unmapping(&journal, 7));
}

static void commands_of_a_queue_of_before_are_not_the_hosts_any_more(void **state)
{
	struct itsg_journal journal = empty();
	uint32_t offset = 0;

	(void)state;
	add(&journal, 3);
	assert_true(itsg_journal_host_offset(&journal, &offset));
	assert_int_equal(offset, 3 * 32);
	itsg_journal_new_queue(&journal);
	assert_false(itsg_journal_host_offset(&journal, &offset));
	assert_false(itsg_journal_is_hosts(&journal, itsg_journal_at(&journal, 0)));
	add(&journal, 5);
	assert_true(itsg_journal_host_offset(&journal, &offset));
	assert_int_equal(offset, 5 * 32);
	assert_true(itsg_journal_is_hosts(&journal, itsg_journal_at(&journal, 1)));
	itsg_journal_remove_first(&journal);
	assert_true(itsg_journal_host_offset(&journal, &offset));
	assert_int_equal(offset, 5 * 32);
	itsg_journal_at(&journal, 0)->own = true;
	assert_false(itsg_journal_is_hosts(&journal, itsg_journal_at(&journal, 0)));
}

static void an_entry_is_the_latest_of_its_device_if_no_map_or_unmap_of_it_follows(void **state)
{
	struct itsg_journal journal = empty();
	struct itsg_entry *first, *second;

	(void)state;
	add(&journal, 0);
	itsg_journal_remove_first(&journal); /* so that the array wraps */
	first = add(&journal, 1);
	first->maps = true;
	first->device_id = 7;
	second = add(&journal, 2);
	second->device_id = 7; /* neither maps nor unmaps */
	second = add(&journal, 3);
	second->device_id = 8;
	second->maps = true;
	assert_true(itsg_journal_is_latest(&journal, first));
	second = add(&journal, 4);
	second->device_id = 7;
	second->unmaps = true;
	assert_false(itsg_journal_is_latest(&journal, first));
	assert_true(itsg_journal_is_latest(&journal, second));
	second->unmaps = false;
	second->maps = true;
	assert_false(itsg_journal_is_latest(&journal, first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_room_for_as_many_as_it_has_slots),
		cmocka_unit_test(entries_stand_in_order_across_the_end_of_the_array),
		cmocka_unit_test(a_walk_keeps_its_place_while_the_first_ones_go),
		cmocka_unit_test(a_published_command_is_found_by_its_number),
		cmocka_unit_test(an_unmap_is_on_its_way_as_long_as_it_has_a_claim),
		cmocka_unit_test(commands_of_a_queue_of_before_are_not_the_hosts_any_more),
		cmocka_unit_test(
			an_entry_is_the_latest_of_its_device_if_no_map_or_unmap_of_it_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
