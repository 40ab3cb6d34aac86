/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * How what was published ends: its claims are dropped once hardware has let go, or what hardware
 * did not take is made true otherwise.
 *
 * An entry that releases memory ends when its barrier is passed too, or when the ITS was quiescent
 * since (I2).
 */
#include "settle.h"

#include "barrier.h"
#include "state.h"

static bool settle_passed(const struct itsg_its *its, const struct itsg_entry *entry)
{
	return entry->state == ITSG_ENTRY_PUBLISHED &&
	       its->ring.passed > itsg_journal_last_of(entry);
}

static bool settle_barrier_passed(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (entry->number < its->power.settled_below)
		return true;
	return entry->barrier != 0 && entry->barrier != ITSG_NO_BARRIER &&
	       its->ring.passed >= entry->barrier && entry->begun >= its->barrier.stale_below;
}

/* Its round may have left out a redistributor that was turned on since: it gets another one. */
static bool settle_again(struct itsg_its *its, struct itsg_entry *entry)
{
	if (entry->begun >= its->barrier.stale_below || entry->barrier == 0 ||
	    entry->barrier == ITSG_NO_BARRIER || !its->ring.live ||
	    itsg_barrier_under_way(&its->barrier))
		return false;
	entry->barrier = 0;
	itsg_barrier_owe(&its->barrier, entry);
	return true;
}

static bool settle_over(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (entry->state == ITSG_ENTRY_OVER)
		return true;
	if (its->ring.broken || !settle_passed(its, entry))
		return false;
	return !itsg_entry_waits(entry) || settle_barrier_passed(its, entry);
}

/*
 * Until a passed slot is overwritten, firmware that restores CBASER and lets hardware run through
 * the ring would map again what was unmapped (F2). The slots are overwritten in order, so the MAPD
 * before the unmap is gone by then, too. Where it may have done so, overwriting comes too late, and
 * all goes with the device table (F22).
 */
static bool settle_may_go(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (!settle_over(its, entry))
		return false;
	return entry->state == ITSG_ENTRY_OVER || entry->drop.bytes == 0 ||
	       (entry->number < its->ring.scrubbed && !its->power.doubted);
}

bool itsg_settle_first(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	struct itsg_entry *entry = itsg_journal_at(journal, 0);

	if (!settle_may_go(its, entry))
		return settle_again(its, entry);
	if (entry->drop.bytes) {
		itsg_claim_drop_part(&its->platform, &entry->drop,
				     itsg_facts_itt_kind(&its->facts));
		if (entry->drop.bytes)
			return true;
		journal->drops--;
	} else if (itsg_entry_waits(entry)) {
		journal->drops--;
	}
	itsg_journal_remove_first(journal);
	return true;
}

static void settle_keep(struct itsg_its *its, struct itsg_entry *entry)
{
	if (!entry->drop.bytes)
		return;
	itsg_kept_add_itt(&its->kept, &entry->drop, itsg_facts_forgotten(&its->facts));
	its->journal.drops--;
	entry->drop.bytes = 0;
}

/* The ITT of a record that has just this claim. */
static bool settle_fits(const struct itsg_its *its, const struct itsg_entry *entry)
{
	const struct itsg_run run = itsg_run_of(
		entry->drop.pa, itsg_itt_bytes(entry->size, its->facts.config.itt_entry_bytes));

	return run.bytes == entry->drop.bytes;
}

/*
 * Where the host has mapped the device again its new record stands for it. Else the old one comes
 * back, so that the host may unmap it once more; or if there is no room for it, nobody knows any
 * more which devices hardware has.
 */
void itsg_settle_unmap_failed(struct itsg_its *its, struct itsg_entry *entry)
{
	if (!entry->unmaps || !entry->drop.bytes)
		return;
	if (!itsg_devices_find(&its->devices, entry->device_id)) {
		if (settle_fits(its, entry) && itsg_devices_add(&its->devices, entry->device_id,
								entry->size, entry->drop.pa)) {
			its->journal.drops--;
			entry->drop.bytes = 0;
			return;
		}
		its->unmap_lost = true;
	}
	settle_keep(its, entry);
}

/*
 * What a mapping that was never passed must release: its device's record goes with it. Where it
 * took the place of another ITT, a part of that may be the entry's already: it lies behind. (If it
 * does not, the record is of a later mapping, whose entry comes.)
 */
static void settle_take_record(struct itsg_its *its, struct itsg_entry *entry)
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

static void settle_make_unmap(struct itsg_entry *entry)
{
	entry->own = true;
	entry->maps = false;
	entry->unmaps = true;
	entry->barrier = 0;
	entry->covered = false;
	entry->again = false;
}

/* The record of a later mapping, which hardware has yet to come to, stays (F30). */
void itsg_settle_map_failed(struct itsg_its *its, struct itsg_entry *entry)
{
	if (itsg_journal_is_latest(&its->journal, entry))
		settle_take_record(its, entry);
	settle_make_unmap(entry);
	itsg_barrier_owe(&its->barrier, entry);
}

/*
 * True if the entry stays. An unmap that was passed, but without its barrier, is made again: its
 * effect may never have reached memory. What is over stays unless it would stand behind one that is
 * owed, for these are the last: then it vanishes, or its unmap is made again, too.
 */
static bool settle_abandon_entry(struct itsg_its *its, struct itsg_entry *entry)
{
	const bool over = settle_over(its, entry);

	if (over && its->journal.owed == 0)
		return true;
	if (entry->unmaps == ITSG_UNMAPS_INSIDE)
		its->journal.drops--;
	if (over ? !entry->drop.bytes : !entry->maps && !entry->unmaps)
		return false;
	if (entry->maps)
		settle_take_record(its, entry);
	entry->state = ITSG_ENTRY_OWED;
	settle_make_unmap(entry);
	return true;
}

void itsg_settle_abandon(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	uint32_t kept = 0;

	journal->owed = 0;
	for (uint32_t i = 0; i < journal->count; i++) {
		struct itsg_entry *entry = itsg_journal_at(journal, i);

		if (!settle_abandon_entry(its, entry))
			continue;
		if (entry->state == ITSG_ENTRY_OWED)
			journal->owed++;
		*itsg_journal_at(journal, kept++) = *entry;
	}
	journal->count = kept;
	journal->foreign = kept;
	itsg_barrier_cancel(&its->barrier);
}

void itsg_settle_retired(struct itsg_its *its, bool forgotten)
{
	for (uint32_t i = 0; i < its->journal.count; i++) {
		struct itsg_entry *entry = itsg_journal_at(&its->journal, i);

		if (!forgotten)
			settle_keep(its, entry);
		entry->state = ITSG_ENTRY_OVER;
	}
	its->journal.owed = 0;
	itsg_barrier_cancel(&its->barrier);
}
