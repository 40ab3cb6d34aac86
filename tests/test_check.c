/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsg_check() must see what is wrong: each test breaks one thing that the guard keeps. */
#include "fake.h"

#include "state.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

#define VALID (1ull << 63)

/* Invariants that have been seen broken. */
static bool broken[ITSG_STATE_BROKEN + 1];

static enum itsg_invariant check(const struct fake *fake)
{
	const struct itsg_its *its[] = {fake->its};
	enum itsg_invariant invariant = itsg_check(fake->machine->pages, its, 1, NULL);

	broken[invariant] = true;
	return invariant;
}

/* All of the guard's state of a world that is sound, to come back to. */
static void *sound;

static void *keep(struct fake *fake)
{
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	free(sound);
	sound = malloc(fake->memory_bytes);
	assert_non_null(sound);
	memcpy(sound, fake->memory, fake->memory_bytes);
	return fake->its;
}

/* What was broken since is seen, and mended. */
static void seen(struct fake *fake, enum itsg_invariant invariant)
{
	assert_int_equal(check(fake), invariant);
	memcpy(fake->memory, sound, fake->memory_bytes);
}

/* What was changed since is as good. */
static void fine(struct fake *fake)
{
	seen(fake, ITSG_INVARIANTS_HOLD);
}

static void done(struct fake *fake)
{
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake_free(fake);
}

/* ---- worlds ---- */

static void passed_up_to(struct itsg_its *its, uint64_t number)
{
	its->ring.passed = number;
	its->ring.seen = itsg_ring_offset(&its->ring, number);
}

/* Two levels, a device, a drop on its way: something of everything. */
static struct fake *busy(void)
{
	struct fake *fake = fake_default();

	fake_boot_linked(fake);
	fake_mapc(fake, 0, 0x10000);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x1000);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_pass(fake, 2);
	fake_poll(fake);
	keep(fake);
	return fake;
}

/* Likewise, and its round is not begun. */
static struct fake *owing(void)
{
	struct fake *fake = fake_default();

	fake_boot_linked(fake);
	fake_set_budget(fake, 6); /* fetched, and judged */
	fake_mapc(fake, 0, 0x10000);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x1000);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_set_budget(fake, 1);
	while (fake->its->barrier.round != ITSG_ROUND_OWED)
		fake_poll(fake);
	keep(fake);
	return fake;
}

/* A MAPD with a new level-2 page and four pages of ITT, of which two are taken. */
static struct fake *taking(void)
{
	struct fake *fake = fake_default();

	fake_boot_linked(fake);
	fake_set_budget(fake, 1);
	fake_mapd(fake, 1, 10, FAKE_ITT);
	fake_submit(fake);
	while (fake->calls[FAKE_SHARE] < 2)
		fake_poll(fake);
	assert_int_equal(fake->its->taking.takes, 1);
	keep(fake);
	return fake;
}

/* Hardware lost a queue that had not run: two unmaps of ours are owed, hardware is disabled. */
static struct fake *owed(void)
{
	struct fake *fake = fake_armed();

	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x1000);
	fake_submit(fake);
	fake_disable(fake);
	fake_power_loss(fake);
	fake_set_budget(fake, 1);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->its->journal.owed, 1);
	keep(fake);
	return fake;
}

/* A two-level table is retired, but its words cannot be cleared: two devices await it. */
static struct fake *dying(void)
{
	struct fake *fake = fake_default();

	fake_boot_linked(fake);
	fake_put64(fake, FAKE_DEVICES + 8, VALID | (FAKE_LEVEL2 + 0x1000));
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 0x200, 4, FAKE_ITT + 0x1000);
	fake_submit(fake);
	fake_run(fake);
	fake_disable(fake);
	fake_poll(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_set_devices(fake, 0);
	assert_true(fake->its->device_table->dying);
	assert_int_equal(fake->its->devices.count, 2);
	keep(fake);
	return fake;
}

/* Hardware stands in the last slot of the ring, with a SYNC of ours before it and one behind. */
static struct fake *lapping(void)
{
	struct fake *fake = fake_armed();

	while (!itsg_ring_lapping(&fake->its->ring)) {
		fake_sync(fake, 0);
		fake_submit(fake);
		fake_pass_all(fake);
		fake_poll(fake);
	}
	keep(fake);
	return fake;
}

/* The host has seen its queue stall; behind it, a device is unmapped. */
static struct fake *stalled(void)
{
	struct fake *fake = fake_armed();

	fake_sync(fake, 0);
	fake_sync(fake, 0);
	fake_submit(fake);
	fake_pass(fake, 1);
	fake_stall(fake);
	assert_true(fake->its->ring.told);
	keep(fake);
	return fake;
}

/* ---- what is claimed ---- */

static void a_busy_world_is_sound(void **state)
{
	(void)state;
	done(busy());
}

static void a_broken_tracker_is_seen(void **state)
{
	struct fake *fake = busy();

	(void)state;
	memset(fake->machine->pages_memory + 64, 0xff, 64);
	assert_int_equal(check(fake), ITSG_TRACKER_BROKEN);
	fake_free(fake);
}

/* Also of a page that is on no record, since it is kept for ever, or leaked and empty. */
static void a_page_whose_kind_has_changed_is_seen(void **state)
{
	const struct itsg_run run = {FAKE_ITT + 0x8000, 0x100};
	struct fake *fake = busy();
	uint64_t *words = (uint64_t *)(void *)(fake->machine->pages_memory + 64);

	(void)state;
	assert_int_equal(itsg_pages_take(fake->machine->pages, &run, ITSG_SHARED), ITSG_PAGES_OK);
	fake->its->kept.granules++;
	keep(fake);
	while (*words >> 24 != run.pa >> 12)
		words++;
	*words ^= 1u << 16;
	seen(fake, ITSG_TRACKER_BROKEN);
	*words ^= 1u << 16;
	done(fake);
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

/* A run on record that is claimed as the other kind. */
static void a_claim_of_the_other_kind_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_its *its = fake->its;

	(void)state;
	its->plan.take[0].kind = ITSG_SHARED;
	seen(fake, ITSG_CLAIM_NOT_HELD);
	its->plan.take[1].kind = ITSG_DONATED;
	seen(fake, ITSG_CLAIM_NOT_HELD);
	its->facts.config.donate_itt = true;
	fine(fake);                                  /* there is no ITT yet */
	its->retiring.dropping.run.pa = FAKE_LEVEL2; /* of a table: what is dropped is nobody's */
	its->retiring.dropping.run.bytes = 0x1000;
	its->retiring.dropping.kind = ITSG_SHARED;
	its->power.enabled = false;
	seen(fake, ITSG_CLAIM_NOT_HELD);
	done(fake);
}

static void a_claim_that_is_not_on_record_is_seen(void **state)
{
	const struct itsg_run run = {FAKE_ITT + 0x8000, 0x100};
	struct fake *fake = busy();

	(void)state;
	assert_int_equal(itsg_pages_take(fake->machine->pages, &run, ITSG_SHARED), ITSG_PAGES_OK);
	assert_int_equal(check(fake), ITSG_BOOKS_DIFFER);
	fake->its->kept.granules++; /* kept for ever: no record is needed */
	assert_int_equal(check(fake), ITSG_INVARIANTS_HOLD);
	fake_free(fake);
}

static void a_claim_that_is_on_record_twice_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	itsg_table_set_word(its->device_table, 1, its->device_table->words[0]);
	seen(fake, ITSG_BOOKS_DIFFER);
	itsg_journal_at(&its->journal, 0)->drop = its->host.claim.run; /* of a MAPD */
	its->journal.drops++;
	its->barrier.round = ITSG_ROUND_OWED;
	itsg_journal_at(&its->journal, 0)->covered = true;
	seen(fake, ITSG_BOOKS_DIFFER);
	its->kept.extents[1].run = itsg_table_run(its->collection_table);
	seen(fake, ITSG_BOOKS_DIFFER);
	done(fake);
}

static void a_list_of_queues_that_is_not_that_of_the_itss_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_queue_claim **queues = itsg_pages_queues(fake->machine->pages);
	struct itsg_queue_claim other = fake->its->host.claim;

	(void)state;
	*queues = NULL;
	seen(fake, ITSG_BOOKS_DIFFER);
	*queues = &other;
	seen(fake, ITSG_BOOKS_DIFFER);
	*queues = &fake->its->host.claim;
	fake->its->host.claim.next = &other;
	seen(fake, ITSG_BOOKS_DIFFER);
	fake->its->host.claim.next = &fake->its->host.claim;
	seen(fake, ITSG_BOOKS_DIFFER);
	done(fake);
}

/* It is that of an ITS that has no queue, in place of one that has. */
static void an_empty_queue_in_the_list_is_seen(void **state)
{
	struct fake *first = busy();
	struct fake *second = fake_another(first);
	const struct itsg_its *its[] = {first->its, second->its};

	(void)state;
	assert_int_equal(itsg_check(first->machine->pages, its, 2, NULL), ITSG_INVARIANTS_HOLD);
	*itsg_pages_queues(first->machine->pages) = &second->its->host.claim;
	first->its->kept.granules += itsg_granules(&first->its->host.claim.run);
	assert_int_equal(itsg_check(first->machine->pages, its, 2, NULL), ITSG_BOOKS_DIFFER);
	fake_free(first);
}

/* ---- tables ---- */

/* Disabled, so that the tables may be in any state that they know. */
static void a_table_in_hardware_without_a_claim_is_seen(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_its *its = keep(fake);

	(void)state;
	its->table[1].programmed = true;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->retiring.tables = 1; /* and none is */
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[1].dying = true;
	its->retiring.tables = 1;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[5].claimed = true; /* a register that there is not */
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->power.enabled = true;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void a_table_that_is_not_as_it_was_claimed_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_table *flat = its->collection_table;
	struct itsg_table *two = its->device_table;

	(void)state;
	flat->geo.pa += 0x10000;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->geo.bytes -= 0x1000;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->geo.pages++;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->geo.capacity++;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->geo.entry_bytes = 0;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->geo.two_level = true;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->geo.per_page /= 2;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->geo.page_bytes *= 2;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->geo.page_code = 1;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->mirror_bytes = 0;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->armed &= ~ITSG_BASER_VALID;
	flat->raw &= ~ITSG_BASER_VALID;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->armed ^= ITSG_BASER_TYPE;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->facts.config.table_pages = 0; /* more pages than may be */
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->facts.pa_end = FAKE_COLLECTIONS;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void a_register_that_leads_elsewhere_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_table *flat = fake->its->collection_table;
	struct itsg_table *two = fake->its->device_table;

	(void)state;
	flat->hw += 0x10000;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->hw++; /* a page more */
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->hw &= ~ITSG_BASER_VALID;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->hw ^= ITSG_BASER_SHAREABILITY;
	seen(fake, ITSG_HARDWARE_BROKEN);
	flat->hw ^= ITSG_BASER_INDIRECT;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->hw = two->armed; /* the host's own level 1 */
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->hw++;
	seen(fake, ITSG_HARDWARE_BROKEN);
	two->mirror_pa += 0x10000;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void a_table_that_is_not_the_one_of_its_type_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->device_table = NULL;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->collection_table = NULL;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->collection_table = its->device_table;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[2].type = ITSG_BASER_TYPE_DEVICE;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[2].number = 0;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void rules_that_see_something_else_are_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	const struct itsg_facts facts = its->facts;
	const struct itsg_devices devices = its->devices;

	(void)state;
	its->view.facts = &facts;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->view.devices = &devices;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->view.device_table = its->collection_table;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->view.collection_table = NULL;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void an_its_enabled_without_all_that_it_needs_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_table *devices = its->device_table;

	(void)state;
	its->host.claim.run.bytes = 0;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->ring.live = false;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->retiring.dropping.run.bytes = 0x100;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->retiring.devices = true;
	seen(fake, ITSG_HARDWARE_BROKEN);
	devices->programmed = false;
	seen(fake, ITSG_HARDWARE_BROKEN);
	devices->programmed = false;
	its->power.enabled = false;
	fine(fake); /* what arming finds after a loss of power */
	devices->dying = true;
	its->retiring.tables = 1;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[1].raw ^= 1; /* not what the host's register says */
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->table[1].claimed = false;
	its->table[1].programmed = false;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

/* It is not in hardware, nor does the host's register name one; what is in the guard's hands says
 * otherwise. */
static void an_its_enabled_beside_a_table_that_is_still_claimed_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->collection_table->programmed = false;
	its->collection_table->raw &= ~ITSG_BASER_VALID;
	its->given_up = true;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void forget_table(struct itsg_table *table)
{
	table->programmed = false;
	table->claimed = false;
	table->raw &= ~ITSG_BASER_VALID;
}

static void an_its_enabled_without_a_table_of_devices_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	forget_table(its->device_table);
	seen(fake, ITSG_HARDWARE_BROKEN);
	forget_table(its->device_table);
	its->device_table->type = 0; /* nor is there a register for one */
	its->device_table = NULL;
	its->view.device_table = NULL;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

/* Its memory would never come back (F5). */
static void a_table_given_up_that_nobody_retires_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->power.enabled = false;
	its->table[1].raw &= ~ITSG_BASER_VALID;
	its->given_up = true;
	fine(fake);
	its->power.enabled = false;
	its->table[1].raw &= ~ITSG_BASER_VALID;
	seen(fake, ITSG_HARDWARE_BROKEN);
	done(fake);
}

static void a_level1_word_that_nobody_would_accept_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_table *table = fake->its->device_table;

	(void)state;
	table->words[0] |= ITSG_BIT(52);
	seen(fake, ITSG_LEVEL1_BROKEN);
	table->words[0] = FAKE_LEVEL2; /* not valid */
	seen(fake, ITSG_LEVEL1_BROKEN);
	table->words[0] = VALID | (FAKE_LEVEL2 + 0x100);
	seen(fake, ITSG_LEVEL1_BROKEN);
	table->filled++; /* one more than there is */
	seen(fake, ITSG_LEVEL1_BROKEN);
	table->filled--;
	seen(fake, ITSG_LEVEL1_BROKEN);
	fake->its->collection_table->filled = 1; /* a flat table */
	seen(fake, ITSG_LEVEL1_BROKEN);
	/* Another word, as good, but of a page that is not held. */
	itsg_table_set_word(table, 1, VALID | (FAKE_LEVEL2 + 0x1000));
	seen(fake, ITSG_CLAIM_NOT_HELD);
	done(fake);
}

static void a_level1_word_where_hardware_does_not_look_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	const uint64_t word = VALID | FAKE_LEVEL2;

	(void)state;
	/* 2^16 DeviceIDs are 128 pages of 4 KB: one page of words, of which the first 128 count. */
	its->device_table->words[0] = 0;
	its->device_table->words[0x1000 / 8] = word;
	seen(fake, ITSG_LEVEL1_BROKEN);
	its->collection_table->words[0] = word; /* a flat table */
	seen(fake, ITSG_LEVEL1_BROKEN);
	/* A word with no table. */
	its->device_table->claimed = false;
	its->device_table->programmed = false;
	its->power.enabled = false;
	seen(fake, ITSG_LEVEL1_BROKEN);
	done(fake);
}

static void a_table_that_dies_with_more_than_it_has_left_is_seen(void **state)
{
	struct fake *fake = dying();
	struct itsg_its *its = fake->its;
	struct itsg_table *table = its->device_table;

	(void)state;
	table->reaped = table->mirror_bytes / 8 + 1;
	seen(fake, ITSG_HARDWARE_BROKEN);
	table->reaped = 2; /* the words before it would stay for good */
	seen(fake, ITSG_LEVEL1_BROKEN);
	table->claimed = false;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->retiring.tables = 0;
	seen(fake, ITSG_HARDWARE_BROKEN);
	its->retiring.reaped = its->devices.capacity; /* so would records */
	seen(fake, ITSG_DEVICES_BROKEN);
	its->retiring.reaped = its->devices.capacity + 1;
	seen(fake, ITSG_DEVICES_BROKEN);
	its->retiring.devices = false; /* of a table that is gone */
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* All records are gone, then all extents that are kept: there is no more to it. */
static void records_that_go_beyond_the_last_are_seen(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_its *its = fake->its;

	(void)state;
	fake_boot_linked(fake);
	fake_mapped(fake, 1);
	fake_unmapped(fake, 1);
	fake_disable(fake);
	fake_poll(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_set_devices(fake, 0);
	assert_true(its->retiring.devices);
	keep(fake);
	its->retiring.reaped = its->devices.capacity + its->kept.capacity;
	fine(fake);
	its->retiring.reaped = its->devices.capacity + its->kept.capacity + 1;
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* ---- devices ---- */

static void broken_devices_are_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_devices *devices = &fake->its->devices;
	struct itsg_device *device = itsg_devices_find(devices, 1);

	(void)state;
	devices->count++;
	seen(fake, ITSG_DEVICES_BROKEN);
	devices->capacity--;
	seen(fake, ITSG_DEVICES_BROKEN);
	fake->its->kept.capacity--;
	seen(fake, ITSG_DEVICES_BROKEN);
	device->key |= ITSG_BIT(40);
	seen(fake, ITSG_DEVICES_BROKEN);
	device->key |= 16ull << 32; /* EventIDs that TYPER has not */
	seen(fake, ITSG_DEVICES_BROKEN);
	device->itt |= 0x80;
	seen(fake, ITSG_DEVICES_BROKEN);
	device->itt = 1ull << 48;
	seen(fake, ITSG_DEVICES_BROKEN);
	device->itt = (1ull << 48) - 0x100;
	device->key |= 8ull << 32; /* beyond the end by its size alone */
	seen(fake, ITSG_DEVICES_BROKEN);
	for (uint32_t i = 0; i < devices->capacity; i++)
		if (!itsg_devices_at(devices, i))
			devices->records[i].itt = FAKE_ITT;
	seen(fake, ITSG_DEVICES_BROKEN);
	for (uint32_t i = 0; i < devices->capacity; i++)
		if (!itsg_devices_at(devices, i))
			devices->records[i].key = 1; /* and not in use */
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* Adds a record with its claim: books agree, but hardware has no entry for it in claimed memory. */
static void a_device_that_has_no_entry_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	assert_true(itsg_devices_add(&its->devices, 0x10000, 0, FAKE_ITT + 0x2000));
	seen(fake, ITSG_DEVICES_BROKEN);
	assert_true(itsg_devices_add(&its->devices, 0x200, 0, FAKE_ITT + 0x2000));
	seen(fake, ITSG_DEVICES_BROKEN); /* its word is empty */
	its->facts.typer.device_bits = 0;
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

static void a_device_beyond_a_flat_table_is_seen(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	keep(fake);
	assert_true(itsg_devices_add(&fake->its->devices, 0x2000, 0, FAKE_ITT)); /* of 64 KB */
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* The host's level 1 has another page of words, but hardware was given those of 16 bits only. */
static void a_device_beyond_the_words_of_level_1_is_seen(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_its *its = fake->its;

	(void)state;
	fake_program(fake, true);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 2, 0, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	keep(fake);
	its->facts.typer.device_bits = 19;
	assert_true(itsg_devices_add(&its->devices, 0x40000, 0, FAKE_ITT));
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* A device whose table is gone. */
static void a_device_without_a_table_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->power.enabled = false;
	its->device_table->programmed = false;
	its->device_table->claimed = false;
	itsg_table_set_word(its->device_table, 0, 0);
	seen(fake, ITSG_DEVICES_BROKEN);
	done(fake);
}

/* ---- the journal ---- */

static void a_broken_journal_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_journal *journal = &fake->its->journal;
	struct itsg_entry *last = itsg_journal_at(journal, journal->count - 1);

	(void)state;
	journal->drops++;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->owed++;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->owed = journal->count + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->foreign = journal->count + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->first = journal->capacity;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->gone = fake->its->ring.published;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->capacity--;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->count = journal->capacity + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	last->number = itsg_journal_at(journal, journal->count - 2)->number;
	seen(fake, ITSG_JOURNAL_BROKEN); /* they ascend */
	last->number = fake->its->ring.published;
	seen(fake, ITSG_JOURNAL_BROKEN);
	last->state = ITSG_ENTRY_OVER + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	last->state = ITSG_ENTRY_OVER; /* only with its table */
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

static void an_entry_that_is_no_command_of_its_kind_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_journal *journal = &fake->its->journal;
	struct itsg_entry *map = itsg_journal_at(journal, journal->count - 2);
	struct itsg_entry *unmap = itsg_journal_at(journal, journal->count - 1);

	(void)state;
	map->unmaps = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	map->own = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->unmaps = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->size = 16;
	seen(fake, ITSG_JOURNAL_BROKEN);
	map->device_id = 0x200; /* no level-2 page */
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->device_id = 0x200;
	seen(fake, ITSG_JOURNAL_BROKEN);
	map->host_offset += 8;
	seen(fake, ITSG_JOURNAL_BROKEN);
	map->host_offset = 0x1000; /* behind the end of the host's queue */
	seen(fake, ITSG_JOURNAL_BROKEN);
	map->host_offset = 0x1000;
	journal->foreign = journal->count;
	fine(fake); /* of a queue of before */
	done(fake);
}

static void an_entry_that_nobody_will_ever_release_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_entry *unmap = itsg_journal_at(&its->journal, its->journal.count - 1);

	(void)state;
	unmap->barrier = unmap->number; /* its round must end behind it */
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->barrier = its->ring.published + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->barrier = 0; /* no round covers it */
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->barrier = 0; /* a round that there is not */
	unmap->covered = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->covered = true; /* told already where its round ends */
	its->barrier.round = ITSG_ROUND_OWED;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->covered = true;
	unmap->barrier = 0;
	its->barrier.round = ITSG_ROUND_OWED;
	fine(fake);
	unmap->barrier = ITSG_NO_BARRIER; /* but no round has failed */
	passed_up_to(its, its->ring.published);
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->barrier = ITSG_NO_BARRIER; /* nor can have, before it was passed */
	unmap->again = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->barrier = ITSG_NO_BARRIER;
	unmap->again = true;
	passed_up_to(its, its->ring.published);
	fine(fake);
	done(fake);
}

/* An entry is of one command, or of several that claim and release nothing. */
static void an_entry_with_the_wrong_number_of_commands_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_journal *journal = &fake->its->journal;
	struct itsg_entry *unmap = itsg_journal_at(journal, journal->count - 1);

	(void)state;
	unmap->count = 0;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->count = 2;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->count = 2;
	unmap->unmaps = false;
	unmap->maps = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	unmap->drop.bytes = 0;
	journal->drops--;
	unmap->unmaps = false;
	unmap->count = UINT8_MAX; /* that many were not published */
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* Or it is known to be released without a round. */
static void an_entry_that_needs_no_round_is_sound(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_entry *unmap = itsg_journal_at(&its->journal, its->journal.count - 1);

	(void)state;
	unmap->barrier = 0;
	passed_up_to(its, unmap->number + 1);
	its->power.settled_below = unmap->number + 1; /* passed when hardware was quiescent */
	keep(fake);
	its->power.settled_below--;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->power.settled_below--;
	its->power.enabled = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->power.settled_below--;
	its->power.enabled = false;
	its->power.lost = true; /* arming abandons or retires it */
	fine(fake);
	done(fake);
}

/* A mend tells the entries first, and owes the round when it is done. */
static void a_round_that_a_mend_owes_counts_while_it_is_at_work(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;
	struct itsg_entry *unmap = itsg_journal_at(&its->journal, its->journal.count - 1);

	(void)state;
	unmap->barrier = 0;
	unmap->covered = true;
	passed_up_to(its, unmap->number + 1);
	its->ring.stalled = true;
	its->mend.on = true;
	its->mend.number = its->ring.passed;
	its->mend.phase = ITSG_MEND_VOID;
	its->mend.owes = true;
	keep(fake);
	its->ring.stalled = false; /* by a Retry, say */
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->mend.on = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->mend.number--;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->mend.phase = ITSG_MEND_REPLACE;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->mend.owes = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* What is covered is before the SYNCs that cover it. */
static void a_round_that_began_too_early_is_seen(void **state)
{
	struct fake *fake = owing();
	struct itsg_its *its = fake->its;
	const uint64_t unmap = its->ring.published - 1;

	(void)state;
	its->barrier.round = ITSG_ROUND_NONE;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.begun = unmap + 1;
	fine(fake);
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.begun = unmap;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.begun = unmap + 2;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.begun = unmap + 1;
	its->barrier.sent = 1; /* and not published */
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.begun = unmap + 1;
	its->barrier.next = its->facts.config.redistributor_count + 32;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.round = ITSG_ROUND_ENDING + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

static void a_round_that_ends_where_it_cannot_is_seen(void **state)
{
	struct fake *fake = owing();
	struct itsg_its *its = fake->its;
	struct itsg_barrier *barrier = &its->barrier;

	(void)state;
	barrier->round = ITSG_ROUND_ENDING;
	barrier->begun = its->ring.published;
	barrier->end = its->ring.published;
	barrier->marked = its->journal.gone + its->journal.count;
	keep(fake);
	barrier->marked++;
	seen(fake, ITSG_JOURNAL_BROKEN);
	barrier->end++;
	seen(fake, ITSG_JOURNAL_BROKEN);
	barrier->end--;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* When its table is retired an entry is over, and hardware has no queue. */
static void an_entry_that_is_over_is_none_of_a_live_queue(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_its *its = keep(fake);

	(void)state;
	its->ring.published = 1;
	its->ring.written = 1;
	its->ring.passed = 1;
	its->ring.scrubbed = 1;
	its->journal.count = 1;
	its->journal.entries[0].count = 1;
	its->journal.entries[0].state = ITSG_ENTRY_OVER;
	keep(fake);
	its->journal.entries[0].state = ITSG_ENTRY_OVER + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->journal.entries[0].number = 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->journal.entries[0].maps = true; /* it need not have an entry any more */
	fine(fake);
	its->journal.entries[0].state = ITSG_ENTRY_PUBLISHED;
	its->journal.entries[0].maps = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

static void owed_unmaps_that_are_not_are_seen(void **state)
{
	struct fake *fake = owed();
	struct itsg_its *its = fake->its;
	struct itsg_journal *journal = &its->journal;
	struct itsg_entry *entry = itsg_journal_at(journal, journal->count - 1);

	(void)state;
	entry->unmaps = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->maps = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->own = false;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->barrier = 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->covered = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->again = true;
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->device_id = 0x10000; /* there is no such device */
	seen(fake, ITSG_JOURNAL_BROKEN);
	entry->number = its->ring.published;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->owed = 0;
	seen(fake, ITSG_JOURNAL_BROKEN);
	journal->foreign--; /* what was given up is no command of the host's present queue */
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* ---- barriers ---- */

static void targets_that_are_missing_are_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->barrier.targets[0] = 0;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.targets[0] |= 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.targets[0] = 0x10; /* there are four */
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.count = 0;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.courier = 4;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->barrier.sought = 8;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

static void a_mend_that_cannot_be_is_seen(void **state)
{
	struct fake *fake = stalled();
	struct itsg_its *its = fake->its;

	(void)state;
	its->mend.on = true;
	its->mend.number = its->ring.passed;
	its->mend.voided = its->journal.gone + its->journal.count;
	fine(fake);
	its->mend.on = true;
	its->mend.number = its->ring.passed;
	its->mend.voided = its->journal.gone + its->journal.count + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	its->mend.on = true;
	its->mend.number = its->ring.passed + 1;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* ---- the private queue ---- */

static void a_broken_ring_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_ring *ring = &fake->its->ring;

	(void)state;
	ring->passed = ring->published + 1;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->scrubbed = ring->passed + 1;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->scrub_slot = itsg_ring_offset(ring, ring->passed) / ITSG_CMD_BYTES + 1;
	ring->scrubbed = ring->passed + 1; /* with all slots where they are */
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->lap_end = ring->published; /* no lap ends there */
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->scrub_slot = ring->slots;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->free_slot++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->seen += 32;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->depth = ring->slots;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->depth = (uint32_t)(ring->published - ring->scrubbed - 1);
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->slots *= 2;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->pa += 0x1000;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->platform = NULL;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->untold = true;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->written = ring->published + 1;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->written = ring->passed - 1;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->told = true;
	seen(fake, ITSG_QUEUE_BROKEN);
	done(fake);
}

/* What waits to be stored fits into one store. */
static void more_that_waits_than_there_is_room_for_is_seen(void **state)
{
	struct fake *fake = fake_armed();
	struct itsg_ring *ring = &fake->its->ring;

	(void)state;
	for (uint32_t i = 0; i <= ITSG_RING_RUN; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	keep(fake);
	ring->written = ring->published - ITSG_RING_RUN;
	fine(fake);
	ring->written = ring->published - ITSG_RING_RUN - 1;
	seen(fake, ITSG_QUEUE_BROKEN);
	done(fake);
}

static void a_ring_that_hardware_was_not_given_so_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_ring *ring = &fake->its->ring;

	(void)state;
	ring->hw &= ~ITSG_CBASER_VALID;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->hw += 0x10000;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->hw++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->filled = false;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->harmless[0] = ITSG_CMD_MAPD;
	seen(fake, ITSG_QUEUE_BROKEN);
	done(fake);
}

static void something_in_flight_without_hardware_is_seen(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_ring *ring;

	(void)state;
	keep(fake);
	ring = &fake->its->ring;
	ring->published++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->published++;
	ring->passed++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->written++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->stalled = true;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->published++;
	ring->free_slot++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->published = 8;
	ring->written = 8;
	ring->passed = 8;
	ring->scrubbed = 8;
	fine(fake);
	ring->published = 8;
	ring->written = 8;
	ring->passed = 8;
	ring->scrubbed = 8;
	ring->lap_end = 8;
	seen(fake, ITSG_QUEUE_BROKEN);
	fake->its->barrier.round = ITSG_ROUND_OWED;
	seen(fake, ITSG_JOURNAL_BROKEN);
	done(fake);
}

/* Hardware may not stand at a CREADR of 0, but for a lap (F4). */
static void a_lap_that_is_none_is_seen(void **state)
{
	struct fake *fake = lapping();
	struct itsg_ring *ring = &fake->its->ring;

	(void)state;
	ring->lap_end = 0; /* on its way through the last slot and the first all the same */
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->lap_end++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->published++; /* with something behind it */
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->published++;
	ring->free_slot++;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->lap_end--;
	ring->published--;
	seen(fake, ITSG_QUEUE_BROKEN);
	done(fake);
}

static void a_stall_at_no_command_is_seen(void **state)
{
	struct fake *fake = stalled();
	struct itsg_ring *ring = &fake->its->ring;

	(void)state;
	ring->passed = ring->published;
	seen(fake, ITSG_QUEUE_BROKEN);
	ring->stalled = false; /* told of none */
	seen(fake, ITSG_QUEUE_BROKEN);
	done(fake);
}

/* ---- the host's queue, and the command at its head ---- */

static void a_broken_queue_of_the_hosts_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_host_queue *host = &fake->its->host;

	(void)state;
	host->next = 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	host->next += 8;
	seen(fake, ITSG_COMMAND_BROKEN);
	host->cwriter = 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	host->cwriter = 0x1000;
	fake->its->power.enabled = false;
	fine(fake); /* CBASER may become smaller, and CWRITER stays */
	host->cwriter += 8;
	fake->its->power.enabled = false;
	seen(fake, ITSG_COMMAND_BROKEN);
	host->raw &= ~ITSG_CBASER_VALID;
	seen(fake, ITSG_COMMAND_BROKEN);
	host->raw += 0x1000; /* what is claimed is another one */
	seen(fake, ITSG_COMMAND_BROKEN);
	host->raw++;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

static void a_head_that_was_not_fetched_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_its *its = fake->its;

	(void)state;
	its->head.offset += ITSG_CMD_BYTES;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->head.offset = 0x1000;
	its->host.next = 0;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->head.offset = 0x1000 - ITSG_CMD_BYTES;
	its->host.next = 0;
	fine(fake);
	its->head.full = false;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->head.waiting = true;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

static void a_taking_that_cannot_be_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_its *its = fake->its;

	(void)state;
	its->plan.takes = ITSG_PLAN_TAKES + 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.takes = its->plan.takes + 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.takes = its->plan.takes; /* it would have been published */
	its->taking.held.bytes = 0;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.takes = its->plan.takes; /* of what take? */
	its->taking.phase = ITSG_TAKING_BACK;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.phase = ITSG_TAKING_BACK + 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.refusal = ITSG_ITT_OVERLAP;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.refusal = ITSG_ITT_OVERLAP;
	its->taking.phase = ITSG_TAKING_BACK;
	its->head.full = false; /* who is told? */
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.judged = its->plan.take[1].run.bytes + 0x100;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.phase = ITSG_TAKING_NONE; /* with claims that nobody knows of */
	seen(fake, ITSG_BOOKS_DIFFER);
	done(fake);
}

static void a_part_that_is_not_of_its_take_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_taking *taking = &fake->its->taking;
	const struct itsg_run run = fake->its->plan.take[1].run;

	(void)state;
	taking->held.pa += 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	taking->held.bytes = run.bytes;
	seen(fake, ITSG_COMMAND_BROKEN);
	taking->phase = ITSG_TAKING_BACK;
	taking->judged = run.bytes + 0x1000; /* of the take behind it, which has gone back */
	keep(fake);
	taking->held.pa = run.pa - 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	taking->held.pa = run.pa + run.bytes + 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	taking->held.bytes = run.bytes + 0x1000;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

/* Two that were found by this: records that change under a command that is being taken. */
static void a_plan_of_what_was_before_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_its *its = fake->its;

	(void)state;
	its->plan.record = ITSG_RECORD_REPLACE;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.record = ITSG_RECORD_REMOVE;
	seen(fake, ITSG_COMMAND_BROKEN);
	/* Hardware follows it already. */
	itsg_table_set_word(&its->table[its->plan.mirror], 0, VALID | FAKE_LEVEL2);
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.level1_index = 0x1000 / 8;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.mirror = its->collection_table->number;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.slot = its->devices.capacity;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.platform = NULL;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->taking.plan++;
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.slot = itsg_devices_slot(&its->devices, its->plan.device_id + 1);
	seen(fake, ITSG_COMMAND_BROKEN);
	its->plan.mirror = ITSG_BASERS + 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

/* What it was judged by is gone: level 1 dies, or the record is another one's. */
static void a_plan_by_a_table_that_is_retired_is_seen(void **state)
{
	struct fake *fake = taking();
	struct itsg_its *its = fake->its;

	(void)state;
	its->power.enabled = false;
	its->device_table->programmed = false;
	fine(fake);
	its->power.enabled = false;
	its->device_table->programmed = false;
	its->device_table->dying = true;
	its->retiring.tables = 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

static void a_plan_that_replaces_another_record_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->facts.config.budget = 1;
	fake_mapd(fake, 1, 10, FAKE_ITT + 0x10000);
	fake_submit(fake);
	while (its->taking.held.bytes == 0)
		fake_poll(fake);
	assert_int_equal(its->plan.record, ITSG_RECORD_REPLACE);
	keep(fake);
	its->plan.slot++;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

/* Four DeviceIDs of two slots. */
static void a_plan_for_a_device_that_has_come_is_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->facts.config.budget = 1;
	fake_mapd(fake, 3, 10, FAKE_ITT + 0x10000);
	fake_submit(fake);
	while (its->taking.held.bytes == 0)
		fake_poll(fake);
	keep(fake);
	its->plan.device_id = 1;
	seen(fake, ITSG_COMMAND_BROKEN);
	done(fake);
}

/* ---- states ---- */

static void states_that_exclude_each_other_are_seen(void **state)
{
	struct fake *fake = busy();
	struct itsg_its *its = fake->its;

	(void)state;
	its->power.quiesced = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.closing = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.lost = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.doubted = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->given_up = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.enabled = false;
	its->power.closing = true; /* there is no lap to wait for */
	seen(fake, ITSG_STATE_BROKEN);
	its->power.settled_below = its->ring.passed + 1;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.disabled_in = its->calls + 1;
	seen(fake, ITSG_STATE_BROKEN);
	its->facts.config.pa_bits = 52;
	seen(fake, ITSG_STATE_BROKEN);
	done(fake);
}

static void closing_is_for_a_lap_only(void **state)
{
	struct fake *fake = lapping();
	struct itsg_its *its = fake->its;

	(void)state;
	its->power.closing = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.enabled = false;
	its->power.closing = true;
	fine(fake);
	its->power.enabled = false;
	its->power.closing = true;
	its->power.quiesced = true;
	seen(fake, ITSG_STATE_BROKEN);
	its->power.enabled = false;
	its->power.closing = true;
	its->ring.broken = true;
	seen(fake, ITSG_STATE_BROKEN);
	done(fake);
}

static void what_no_table_is_there_for_is_seen(void **state)
{
	struct fake *fake = busy();
	struct fake *none = fake_default();
	struct itsg_its *its = fake->its;

	(void)state;
	its->icids = its->collection_table->geo.capacity;
	fine(fake);
	its->icids = its->collection_table->geo.capacity + 1;
	seen(fake, ITSG_STATE_BROKEN);
	its->icids = 0x10001; /* more than 16 bits */
	its->power.enabled = false;
	seen(fake, ITSG_STATE_BROKEN);
	its->number = 0x10; /* without TYPER.Virtual there is none */
	seen(fake, ITSG_STATE_BROKEN);
	its->facts.typer.virt = true;
	its->number = 0x10;
	fine(fake);
	its->facts.typer.virt = true;
	its->number = 0x11;
	seen(fake, ITSG_STATE_BROKEN);
	its->unmap_lost = true;
	fine(fake);
	keep(none);
	none->its->unmap_lost = true;
	seen(none, ITSG_STATE_BROKEN);
	done(none);
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
	assert_int_equal(itsg_check(first->machine->pages, its, 2, NULL), ITSG_INVARIANTS_HOLD);
	assert_int_equal(itsg_check(first->machine->pages, its, 1, NULL), ITSG_BOOKS_DIFFER);
	assert_int_equal(itsg_check(first->machine->pages, its, 0, NULL), ITSG_BOOKS_DIFFER);
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
		cmocka_unit_test(a_page_whose_kind_has_changed_is_seen),
		cmocka_unit_test(a_claim_that_is_not_held_is_seen),
		cmocka_unit_test(a_claim_of_the_other_kind_is_seen),
		cmocka_unit_test(a_claim_that_is_not_on_record_is_seen),
		cmocka_unit_test(a_claim_that_is_on_record_twice_is_seen),
		cmocka_unit_test(a_list_of_queues_that_is_not_that_of_the_itss_is_seen),
		cmocka_unit_test(an_empty_queue_in_the_list_is_seen),
		cmocka_unit_test(a_table_in_hardware_without_a_claim_is_seen),
		cmocka_unit_test(a_table_that_is_not_as_it_was_claimed_is_seen),
		cmocka_unit_test(a_register_that_leads_elsewhere_is_seen),
		cmocka_unit_test(a_table_that_is_not_the_one_of_its_type_is_seen),
		cmocka_unit_test(rules_that_see_something_else_are_seen),
		cmocka_unit_test(an_its_enabled_without_all_that_it_needs_is_seen),
		cmocka_unit_test(an_its_enabled_beside_a_table_that_is_still_claimed_is_seen),
		cmocka_unit_test(an_its_enabled_without_a_table_of_devices_is_seen),
		cmocka_unit_test(a_table_given_up_that_nobody_retires_is_seen),
		cmocka_unit_test(a_level1_word_that_nobody_would_accept_is_seen),
		cmocka_unit_test(a_level1_word_where_hardware_does_not_look_is_seen),
		cmocka_unit_test(a_table_that_dies_with_more_than_it_has_left_is_seen),
		cmocka_unit_test(records_that_go_beyond_the_last_are_seen),
		cmocka_unit_test(broken_devices_are_seen),
		cmocka_unit_test(a_device_that_has_no_entry_is_seen),
		cmocka_unit_test(a_device_beyond_a_flat_table_is_seen),
		cmocka_unit_test(a_device_beyond_the_words_of_level_1_is_seen),
		cmocka_unit_test(a_device_without_a_table_is_seen),
		cmocka_unit_test(a_broken_journal_is_seen),
		cmocka_unit_test(an_entry_that_is_no_command_of_its_kind_is_seen),
		cmocka_unit_test(an_entry_that_nobody_will_ever_release_is_seen),
		cmocka_unit_test(an_entry_with_the_wrong_number_of_commands_is_seen),
		cmocka_unit_test(an_entry_that_needs_no_round_is_sound),
		cmocka_unit_test(a_round_that_a_mend_owes_counts_while_it_is_at_work),
		cmocka_unit_test(a_round_that_began_too_early_is_seen),
		cmocka_unit_test(a_round_that_ends_where_it_cannot_is_seen),
		cmocka_unit_test(an_entry_that_is_over_is_none_of_a_live_queue),
		cmocka_unit_test(owed_unmaps_that_are_not_are_seen),
		cmocka_unit_test(targets_that_are_missing_are_seen),
		cmocka_unit_test(a_mend_that_cannot_be_is_seen),
		cmocka_unit_test(a_broken_ring_is_seen),
		cmocka_unit_test(more_that_waits_than_there_is_room_for_is_seen),
		cmocka_unit_test(a_ring_that_hardware_was_not_given_so_is_seen),
		cmocka_unit_test(something_in_flight_without_hardware_is_seen),
		cmocka_unit_test(a_lap_that_is_none_is_seen),
		cmocka_unit_test(a_stall_at_no_command_is_seen),
		cmocka_unit_test(a_broken_queue_of_the_hosts_is_seen),
		cmocka_unit_test(a_head_that_was_not_fetched_is_seen),
		cmocka_unit_test(a_taking_that_cannot_be_is_seen),
		cmocka_unit_test(a_part_that_is_not_of_its_take_is_seen),
		cmocka_unit_test(a_plan_of_what_was_before_is_seen),
		cmocka_unit_test(a_plan_for_a_device_that_has_come_is_seen),
		cmocka_unit_test(a_plan_by_a_table_that_is_retired_is_seen),
		cmocka_unit_test(a_plan_that_replaces_another_record_is_seen),
		cmocka_unit_test(states_that_exclude_each_other_are_seen),
		cmocka_unit_test(closing_is_for_a_lap_only),
		cmocka_unit_test(what_no_table_is_there_for_is_seen),
		cmocka_unit_test(all_itss_of_a_machine_are_checked_together),
		cmocka_unit_test(every_invariant_was_seen_broken),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(sound);
	return failed;
}
