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

static void be_own(struct itsg_entry *entry)
{
	entry->own = true;
}

static void be_map(struct itsg_entry *entry)
{
	entry->maps = true;
}

static void be_unmap(struct itsg_entry *entry)
{
	entry->unmaps = true;
}

static void be_over(struct itsg_entry *entry)
{
	entry->state = ITSG_ENTRY_OVER;
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

/* Of commands that claim and release nothing, one entry is enough, as long as they come one by one.
 */
static void plain_commands_go_on_in_one_entry(void **state)
{
	struct itsg_journal journal = empty();

	(void)state;
	for (uint64_t n = 8; n < 12; n++)
		itsg_journal_plain(&journal, n, (uint32_t)n * 32);
	assert_int_equal(journal.count, 1);
	assert_int_equal(itsg_journal_at(&journal, 0)->count, 4);
	assert_int_equal(itsg_journal_last_of(itsg_journal_at(&journal, 0)), 11);
	itsg_journal_plain(&journal, 12, 14 * 32); /* one of the host's was refused */
	assert_int_equal(journal.count, 2);
	itsg_journal_plain(&journal, 14, 15 * 32); /* one of ours is in between */
	assert_int_equal(journal.count, 3);
	assert_int_equal(itsg_journal_at(&journal, 2)->number, 14);
	assert_int_equal(itsg_journal_at(&journal, 2)->host_offset, 15 * 32);
	assert_ptr_equal(itsg_journal_find(&journal, 9), itsg_journal_at(&journal, 0));
	assert_ptr_equal(itsg_journal_find(&journal, 11), itsg_journal_at(&journal, 0));
	assert_ptr_equal(itsg_journal_find(&journal, 12), itsg_journal_at(&journal, 1));
	assert_null(itsg_journal_find(&journal, 13));
	assert_null(itsg_journal_find(&journal, 7));
	assert_int_equal(itsg_journal_offset_of(itsg_journal_at(&journal, 0), 10), 10 * 32);
}

static void a_plain_command_goes_on_from_no_other_kind(void **state)
{
	static void (*const change[])(struct itsg_entry * entry) = {be_own, be_map, be_unmap,
								    be_over};

	(void)state;
	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		struct itsg_journal journal = empty();

		change[i](add(&journal, 3));
		itsg_journal_plain(&journal, 4, 4 * 32);
		assert_int_equal(journal.count, 2);
	}
}

static void no_entry_has_more_commands_than_it_can_count(void **state)
{
	struct itsg_journal journal = empty();

	(void)state;
	for (uint32_t n = 0; n < 256; n++)
		itsg_journal_plain(&journal, n, n * 32);
	assert_int_equal(journal.count, 2);
	assert_int_equal(itsg_journal_at(&journal, 0)->count, 255);
	assert_int_equal(itsg_journal_at(&journal, 1)->number, 255);
}

/* The host sees how far hardware is, and the last one when the entry is gone. */
static void what_is_passed_of_an_entry_shows(void **state)
{
	struct itsg_journal journal = empty();
	uint32_t offset = 0;

	(void)state;
	for (uint64_t n = 8; n < 12; n++)
		itsg_journal_plain(&journal, n, (uint32_t)n * 32);
	for (uint64_t passed = 6; passed < 14; passed++) {
		const uint64_t shows = passed < 8 ? 8 : passed > 11 ? 11 : passed;

		assert_true(itsg_journal_host_offset(&journal, passed, &offset));
		assert_int_equal(offset, shows * 32);
	}
	itsg_journal_new_queue(&journal);
	itsg_journal_plain(&journal, 12, 12 * 32); /* of another queue: not one with those */
	assert_int_equal(journal.count, 2);
	assert_true(itsg_journal_host_offset(&journal, 9, &offset));
	assert_int_equal(offset, 12 * 32);
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
	assert_true(itsg_journal_host_offset(&journal, 0, &offset));
	assert_int_equal(offset, 3 * 32);
	itsg_journal_new_queue(&journal);
	assert_false(itsg_journal_host_offset(&journal, 0, &offset));
	assert_false(itsg_journal_is_hosts(&journal, itsg_journal_at(&journal, 0)));
	add(&journal, 5);
	assert_true(itsg_journal_host_offset(&journal, 0, &offset));
	assert_int_equal(offset, 5 * 32);
	assert_true(itsg_journal_is_hosts(&journal, itsg_journal_at(&journal, 1)));
	itsg_journal_remove_first(&journal);
	assert_true(itsg_journal_host_offset(&journal, 0, &offset));
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
		cmocka_unit_test(plain_commands_go_on_in_one_entry),
		cmocka_unit_test(a_plain_command_goes_on_from_no_other_kind),
		cmocka_unit_test(no_entry_has_more_commands_than_it_can_count),
		cmocka_unit_test(what_is_passed_of_an_entry_shows),
		cmocka_unit_test(an_unmap_is_on_its_way_as_long_as_it_has_a_claim),
		cmocka_unit_test(commands_of_a_queue_of_before_are_not_the_hosts_any_more),
		cmocka_unit_test(
			an_entry_is_the_latest_of_its_device_if_no_map_or_unmap_of_it_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
