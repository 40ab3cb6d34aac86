/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The journal of published commands that are not over yet.
 *
 * An entry goes from the front only, so the host sees its commands end in order. An entry that
 * releases memory ends when its barrier is passed too, or when the ITS was quiescent since (I2).
 */
#include "queue.h"

bool itsg_journal_room(const struct itsg_journal *journal, uint32_t count)
{
	return count <= journal->capacity - journal->count;
}

struct itsg_entry *itsg_journal_at(const struct itsg_journal *journal, uint32_t index)
{
	uint32_t slot = journal->first + index;

	if (slot >= journal->capacity)
		slot -= journal->capacity;
	return &journal->entries[slot];
}

struct itsg_entry *itsg_journal_append(struct itsg_journal *journal)
{
	const struct itsg_entry empty = {
		ITSG_ENTRY_PUBLISHED, 0, false, false, false, false, false, 0, 0, 0, 0, 0, {0, 0}};
	struct itsg_entry *entry = itsg_journal_at(journal, journal->count);

	*entry = empty;
	journal->count++;
	return entry;
}

static bool journal_passed(const struct itsg_its *its, const struct itsg_entry *entry)
{
	return entry->state == ITSG_ENTRY_PUBLISHED && its->ring.passed > entry->number;
}

static bool journal_barrier_passed(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (entry->number < its->settled_below)
		return true;
	return entry->barrier != 0 && entry->barrier != ITSG_NO_BARRIER &&
	       its->ring.passed >= entry->barrier;
}

static bool journal_over(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (entry->state == ITSG_ENTRY_OVER)
		return true;
	if (its->ring.broken || !journal_passed(its, entry))
		return false;
	return entry->drop.bytes == 0 || journal_barrier_passed(its, entry);
}

/*
 * Until a passed slot is overwritten, firmware that restores CBASER and lets hardware run through
 * the ring would map again what was unmapped (F2). The slots are overwritten in order, so the MAPD
 * before the unmap is gone by then, too. Where it may have done so, overwriting comes too late, and
 * all goes with the device table (F22).
 */
static bool journal_may_go(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (!journal_over(its, entry))
		return false;
	return entry->state == ITSG_ENTRY_OVER || entry->drop.bytes == 0 ||
	       (entry->number < its->ring.scrubbed && !its->doubted);
}

bool itsg_journal_settle(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	struct itsg_entry *entry = itsg_journal_at(journal, 0);

	if (journal->count == 0 || !journal_may_go(its, entry))
		return false;
	if (entry->drop.bytes) {
		itsg_claim_drop_part(&its->platform, &entry->drop,
				     itsg_facts_itt_kind(&its->facts));
		if (entry->drop.bytes)
			return true;
		journal->drops--;
	}
	journal->first = journal->first + 1 == journal->capacity ? 0 : journal->first + 1;
	journal->count--;
	if (journal->foreign > 0)
		journal->foreign--;
	itsg_barrier_entry_gone(its);
	return true;
}

/*
 * No walk, for a host can stall an ITS at will. Published entries stand in the order of their
 * numbers; those that are over stand before them and have passed; those that are owed one are last.
 */
struct itsg_entry *itsg_journal_find(const struct itsg_its *its, uint64_t number)
{
	const struct itsg_journal *journal = &its->journal;
	const uint32_t end = journal->count - journal->owed;
	struct itsg_entry *entry;
	uint32_t low = 0;
	uint32_t high = end;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (itsg_journal_at(journal, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	entry = low < end ? itsg_journal_at(journal, low) : NULL;
	return entry && entry->state == ITSG_ENTRY_PUBLISHED && entry->number == number ? entry
											: NULL;
}

bool itsg_journal_unmapping(const struct itsg_its *its, uint32_t device_id)
{
	for (uint32_t i = 0; i < its->journal.count; i++) {
		const struct itsg_entry *entry = itsg_journal_at(&its->journal, i);

		if (entry->drop.bytes && entry->device_id == device_id)
			return true;
	}
	return false;
}

bool itsg_journal_host_offset(const struct itsg_its *its, uint32_t *offset)
{
	const struct itsg_journal *journal = &its->journal;

	if (journal->foreign == journal->count)
		return false;
	*offset = itsg_journal_at(journal, journal->foreign)->host_offset;
	return true;
}

static uint32_t journal_index(const struct itsg_journal *journal, const struct itsg_entry *entry)
{
	const uint32_t slot = (uint32_t)(entry - journal->entries);

	return slot >= journal->first ? slot - journal->first
				      : slot + journal->capacity - journal->first;
}

bool itsg_journal_is_hosts(const struct itsg_its *its, const struct itsg_entry *entry)
{
	return !entry->own && journal_index(&its->journal, entry) >= its->journal.foreign;
}

void itsg_journal_new_queue(struct itsg_its *its)
{
	its->journal.foreign = its->journal.count;
}

void itsg_journal_keep(struct itsg_its *its, struct itsg_entry *entry)
{
	if (!entry->drop.bytes)
		return;
	itsg_kept_add_itt(&its->kept, &entry->drop, itsg_facts_forgotten(&its->facts));
	its->journal.drops--;
	entry->drop.bytes = 0;
}

/* The ITT of a record that has just this claim. */
static bool journal_fits(const struct itsg_its *its, const struct itsg_entry *entry)
{
	const struct itsg_run run = itsg_run_of(
		entry->drop.pa, itsg_itt_bytes(entry->size, its->facts.config.itt_entry_bytes));

	return run.pa == entry->drop.pa && run.bytes == entry->drop.bytes;
}

/*
 * Where the host has mapped the device again its new record stands for it. Else the old one comes
 * back, so that the host may unmap it once more; or if there is no room for it, nobody knows any
 * more which devices hardware has.
 */
void itsg_journal_unmap_failed(struct itsg_its *its, struct itsg_entry *entry)
{
	if (!entry->unmaps || !entry->drop.bytes)
		return;
	if (!itsg_devices_find(&its->devices, entry->device_id)) {
		if (journal_fits(its, entry) && itsg_devices_add(&its->devices, entry->device_id,
								 entry->size, entry->drop.pa)) {
			its->journal.drops--;
			entry->drop.bytes = 0;
			return;
		}
		its->unmap_lost = true;
	}
	itsg_journal_keep(its, entry);
}

/*
 * What a mapping that was never passed must release: its device's record goes with it. Where it
 * took the place of another ITT, a part of that may be the entry's already: it lies behind. (If it
 * does not, the record is of a later mapping, whose entry comes.)
 */
static void journal_take_record(struct itsg_its *its, struct itsg_entry *entry)
{
	struct itsg_device *device = itsg_devices_find(&its->devices, entry->device_id);
	struct itsg_run run;

	if (!device)
		return;
	run = itsg_facts_itt_run(&its->facts, device);
	if (entry->drop.bytes && run.pa + run.bytes != entry->drop.pa)
		return;
	if (!entry->drop.bytes)
		its->journal.drops++;
	entry->drop.pa = run.pa;
	entry->drop.bytes += run.bytes;
	entry->size = (uint8_t)itsg_device_size(device);
	itsg_devices_remove(&its->devices, device);
}

static void journal_make_unmap(struct itsg_entry *entry)
{
	entry->own = true;
	entry->maps = false;
	entry->unmaps = true;
	entry->barrier = 0;
	entry->covered = false;
	entry->again = false;
}

/* Is what is on record of its device what this entry made of it? Else there is one behind it. */
static bool journal_is_latest(const struct itsg_its *its, const struct itsg_entry *entry)
{
	const struct itsg_journal *journal = &its->journal;

	for (uint32_t i = journal_index(journal, entry) + 1; i < journal->count; i++) {
		const struct itsg_entry *later = itsg_journal_at(journal, i);

		if ((later->maps || later->unmaps) && later->device_id == entry->device_id)
			return false;
	}
	return true;
}

/* The record of a later mapping, which hardware has yet to come to, stays (F30). */
void itsg_journal_map_failed(struct itsg_its *its, struct itsg_entry *entry)
{
	if (journal_is_latest(its, entry))
		journal_take_record(its, entry);
	journal_make_unmap(entry);
	itsg_barrier_owe(its, entry);
}

/*
 * True if the entry stays. An unmap that was passed, but without its barrier, is made again: its
 * effect may never have reached memory. What is over stays unless it would stand behind one that is
 * owed, for these are the last: then it vanishes, or its unmap is made again, too.
 */
static bool journal_abandon_entry(struct itsg_its *its, struct itsg_entry *entry)
{
	const bool over = journal_over(its, entry);

	if (over && its->journal.owed == 0)
		return true;
	if (over ? !entry->drop.bytes : !entry->maps && !entry->unmaps)
		return false;
	if (entry->maps)
		journal_take_record(its, entry);
	entry->state = ITSG_ENTRY_OWED;
	journal_make_unmap(entry);
	return true;
}

void itsg_journal_abandon(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	uint32_t kept = 0;

	journal->owed = 0;
	for (uint32_t i = 0; i < journal->count; i++) {
		struct itsg_entry *entry = itsg_journal_at(journal, i);

		if (!journal_abandon_entry(its, entry))
			continue;
		if (entry->state == ITSG_ENTRY_OWED)
			journal->owed++;
		*itsg_journal_at(journal, kept++) = *entry;
	}
	journal->count = kept;
	journal->foreign = kept;
	its->barrier.round = ITSG_ROUND_NONE;
}

void itsg_journal_retire(struct itsg_its *its, bool forgotten)
{
	for (uint32_t i = 0; i < its->journal.count; i++) {
		struct itsg_entry *entry = itsg_journal_at(&its->journal, i);

		if (!forgotten)
			itsg_journal_keep(its, entry);
		entry->state = ITSG_ENTRY_OVER;
	}
	its->journal.owed = 0;
	its->barrier.round = ITSG_ROUND_NONE;
}
