/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsg_check() must see what is wrong: each test breaks one thing that the guard keeps. */
#include "fake.h"

#include "queue.h"

#include <string.h>

#define VALID (1ull << 63)

/* Invariants that have been seen broken. */
static bool broken[ITSG_HARDWARE_BROKEN + 1];

static enum itsg_invariant check(const struct fake *fake)
{
	const struct itsg_its *its[] = {fake->its};
	enum itsg_invariant invariant = itsg_check(fake->machine->pages, its, 1);

	broken[invariant] = true;
	return invariant;
}

/* Two levels, a device, a drop on its way: something of everything. */
static struct fake *busy(void)
{
	struct fake *fake = fake_default();

	fake_boot_two_level(fake);
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_mapc(fake, 0, 0x10000);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x1000);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_pass(fake, 2);
	fake_poll(fake);
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	return fake;
}

static void a_busy_world_is_sound(void **state)
{
	(void)state;
	fake_free(busy());
}

static void a_broken_tracker_is_seen(void **state)
{
	struct fake *fake = busy();

	(void)state;
	memset(fake->machine->pages_memory + 64, 0xff, 64);
	assert_int_equal(check(fake), ITSG_TRACKER_BROKEN);
	fake_free(fake);
}

static void a_claim_that_is_not_held_is_seen(void **state)
{
	const struct itsg_run runs[] = {
		{FAKE_QUEUE, 0x100},   {FAKE_DEVICES, 0x100}, {FAKE_COLLECTIONS + 0xff00, 0x100},
		{FAKE_LEVEL2, 0x1000}, {FAKE_ITT, 0x100},     {FAKE_ITT + 0x1000, 0x100},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct fake *fake = busy();

		if (itsg_pages_drop(fake->machine->pages, &runs[i], ITSG_SHARED) != ITSG_PAGES_OK)
			assert_int_equal(
				itsg_pages_drop(fake->machine->pages, &runs[i], ITSG_DONATED),
				ITSG_PAGES_OK);
		assert_int_equal(check(fake), ITSG_CLAIM_NOT_HELD);
		fake_free(fake);
	}
}

static void a_claim_that_is_not_on_record_is_seen(void **state)
{
	const struct itsg_run run = {FAKE_ITT + 0x8000, 0x100};
	struct fake *fake = busy();

	(void)state;
	assert_int_equal(itsg_pages_take(fake->machine->pages, &run, ITSG_SHARED), ITSG_PAGES_OK);
	assert_int_equal(check(fake), ITSG_BOOKS_DIFFER);
	fake->its->stats.kept_granules++; /* kept for ever: no record is needed */
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake_free(fake);
}

static void broken_devices_are_seen(void **state)
{
	struct fake *fake = busy();

	(void)state;
	fake->its->devices.count++;
	assert_int_equal(check(fake), ITSG_DEVICES_BROKEN);
	fake_free(fake);
}

static void a_level1_word_that_nobody_would_accept_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_table *table = fake->its->device_table;

	(void)state;
	table->words[0] |= ITSG_BIT(52);
	assert_int_equal(check(fake), ITSG_LEVEL1_BROKEN);
	table->words[0] = FAKE_LEVEL2; /* not valid */
	assert_int_equal(check(fake), ITSG_LEVEL1_BROKEN);
	table->words[0] = VALID | (FAKE_LEVEL2 + 0x100);
	assert_int_equal(check(fake), ITSG_LEVEL1_BROKEN);
	table->words[0] = VALID | FAKE_LEVEL2;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	/* Another word, as good, but of a page that is not held. */
	table->words[1] = VALID | (FAKE_LEVEL2 + 0x1000);
	assert_int_equal(check(fake), ITSG_CLAIM_NOT_HELD);
	table->words[1] = 0;
	/* A word with no table. */
	fake->its->collection_table->words[0] = 0;
	table->claimed = false;
	assert_int_equal(check(fake), ITSG_LEVEL1_BROKEN);
	fake_free(fake);
}

static void a_broken_journal_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_journal *journal = &fake->its->journal;
	struct itsg_entry *last = itsg_journal_at(journal, journal->count - 1);

	(void)state;
	journal->drops++;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	journal->drops--;
	journal->owed++;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	journal->owed--;
	journal->foreign = journal->count + 1;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	journal->foreign = 0;
	last->barrier = 0;
	last->number = itsg_journal_at(journal, journal->count - 2)->number;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN); /* they ascend */
	last->number = fake->its->ring.published;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	last->number--;
	last->barrier = last->number; /* its round must end behind it */
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	last->barrier = fake->its->ring.published + 1;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	last->barrier = 1;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	last->barrier = 0;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake->its->barrier.round = ITSG_ROUND_ENDING;
	fake->its->barrier.marked = journal->count;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake->its->barrier.marked++;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	fake->its->barrier.round = ITSG_ROUND_NONE;
	journal->first = journal->capacity;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	journal->first = 0;
	journal->capacity = journal->count - 1;
	assert_int_equal(check(fake), ITSG_JOURNAL_BROKEN);
	fake_free(fake);
}

static void a_broken_ring_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_ring *ring = &fake->its->ring;
	const struct itsg_ring sound = *ring;

	(void)state;
	ring->passed = ring->published + 1;
	assert_int_equal(check(fake), ITSG_QUEUE_BROKEN);
	*ring = sound;
	ring->scrubbed = ring->passed + 1;
	assert_int_equal(check(fake), ITSG_QUEUE_BROKEN);
	*ring = sound;
	ring->scrub_slot = ring->slots;
	assert_int_equal(check(fake), ITSG_QUEUE_BROKEN);
	*ring = sound;
	ring->depth = ring->slots;
	assert_int_equal(check(fake), ITSG_QUEUE_BROKEN);
	*ring = sound;
	ring->depth = 1;
	ring->scrubbed = ring->published - 2;
	ring->passed = ring->published;
	assert_int_equal(check(fake), ITSG_QUEUE_BROKEN);
	*ring = sound;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake_free(fake);
}

static void a_table_in_hardware_without_a_claim_is_seen(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake->its->table[1].programmed = true;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	fake->its->table[1].programmed = false;
	fake->its->tables_dying = 1; /* and none is */
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	fake->its->tables_dying = 0;
	fake->its->enabled = true;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	fake->its->enabled = false;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake_free(fake);
}

static void an_its_enabled_without_all_that_it_needs_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_table *devices = its->device_table;
	const uint64_t bytes = its->host.claim.run.bytes;

	(void)state;
	its->host.claim.run.bytes = 0;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	its->host.claim.run.bytes = bytes;
	its->ring.live = false;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	its->ring.live = true;
	its->device_table = NULL;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	its->device_table = devices;
	devices->programmed = false;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	its->enabled = false;
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	its->enabled = true;
	devices->programmed = true;
	devices->dying = true;
	its->tables_dying = 1;
	assert_int_equal(check(fake), ITSG_HARDWARE_BROKEN);
	fake_free(fake);
}

/* Two ITSs: the books are the machine's, so all of them must be given. */
static void all_itss_of_a_machine_are_checked_together(void **state)
{
	struct fake *first = busy();
	struct fake *second;
	const struct itsg_its *its[2];

	(void)state;
	second = fake_another(first);
	its[0] = second->its;
	its[1] = first->its;
	assert_int_equal(itsg_check(first->machine->pages, its, 2), ITSG_INVARIANTS_HOLD);
	assert_int_equal(itsg_check(first->machine->pages, its, 1), ITSG_BOOKS_DIFFER);
	assert_int_equal(itsg_check(first->machine->pages, its, 0), ITSG_BOOKS_DIFFER);
	fake_free(first);
}

/* Runs last. */
static void every_invariant_was_seen_broken(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_true(broken[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_busy_world_is_sound),
		cmocka_unit_test(a_broken_tracker_is_seen),
		cmocka_unit_test(a_claim_that_is_not_held_is_seen),
		cmocka_unit_test(a_claim_that_is_not_on_record_is_seen),
		cmocka_unit_test(broken_devices_are_seen),
		cmocka_unit_test(a_level1_word_that_nobody_would_accept_is_seen),
		cmocka_unit_test(a_broken_journal_is_seen),
		cmocka_unit_test(a_broken_ring_is_seen),
		cmocka_unit_test(a_table_in_hardware_without_a_claim_is_seen),
		cmocka_unit_test(an_its_enabled_without_all_that_it_needs_is_seen),
		cmocka_unit_test(all_itss_of_a_machine_are_checked_together),
		cmocka_unit_test(every_invariant_was_seen_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
