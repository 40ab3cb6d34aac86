/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Barriers: after a MAPD V=0, hardware may still have accesses on the way for the redistributors
 * that the device's interrupts went to. A SYNC to each of them, passed, ends that (GIC 4.3).
 */
#include "barrier.h"

#include "state.h"

#define TARGETS_PER_WORD 32u

/* A step looks at so many redistributors, or words without any, and entries of the journal (I6). */
#define SEEK_PART 32u
#define MARK_PART 64u

static bool barrier_is_target(const struct itsg_barrier *barrier, uint32_t rd)
{
	return (barrier->targets[rd / TARGETS_PER_WORD] >> rd % TARGETS_PER_WORD & 1) != 0;
}

void itsg_barrier_target(struct itsg_barrier *barrier, uint32_t rd)
{
	if (barrier_is_target(barrier, rd))
		return;
	barrier->targets[rd / TARGETS_PER_WORD] |= (uint32_t)1 << rd % TARGETS_PER_WORD;
	barrier->count++;
}

void itsg_barrier_owe(struct itsg_barrier *barrier, struct itsg_entry *entry)
{
	barrier->round = ITSG_ROUND_OWED;
	entry->covered = true;
}

void itsg_barrier_cancel(struct itsg_barrier *barrier)
{
	barrier->round = ITSG_ROUND_NONE;
}

void itsg_barrier_look(struct itsg_its *its)
{
	const uint64_t *turned_on = its->facts.rds.turned_on;

	if (*turned_on == its->barrier.turned_on)
		return;
	its->barrier.turned_on = *turned_on;
	its->barrier.stale_below = its->ring.published;
	/* It may have gone past that one without a SYNC so far, and is no older than this. */
	if (its->barrier.round == ITSG_ROUND_QUEUEING)
		its->barrier.round = ITSG_ROUND_OWED;
}

bool itsg_barrier_begin(struct itsg_its *its)
{
	if (its->barrier.round != ITSG_ROUND_OWED)
		return false;
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.next = 0;
	its->barrier.sent = 0;
	its->barrier.begun = its->ring.published;
	return true;
}

static bool barrier_awake(const struct itsg_its *its, uint32_t rd)
{
	return !its->platform.ops.asleep || !its->platform.ops.asleep(its->platform.ctx, rd);
}

/* Where LPIs are off nothing is outstanding, and hardware may call a SYNC an error (GIC-600). */
static bool barrier_wants(const struct itsg_its *its, uint32_t rd)
{
	return barrier_is_target(&its->barrier, rd) && itsg_rd_is_on(&its->facts.rds, rd) &&
	       barrier_awake(its, rd);
}

/* The one behind rd, or behind the rest of its word if there is none in it. */
static uint32_t barrier_after(const struct itsg_barrier *barrier, uint32_t rd)
{
	const uint32_t bit = rd % TARGETS_PER_WORD;
	const uint32_t rest = barrier->targets[rd / TARGETS_PER_WORD] >> bit >> 1;

	return rest ? rd + 1 : rd - bit + TARGETS_PER_WORD;
}

static bool barrier_at_end(const struct itsg_its *its)
{
	return its->barrier.next >= its->facts.rds.count;
}

/* Goes on to the next redistributor that wants a SYNC, as far as a step may. True if it is there.
 */
static bool barrier_seek(struct itsg_its *its)
{
	struct itsg_barrier *barrier = &its->barrier;

	for (uint32_t i = 0; i < SEEK_PART && !barrier_at_end(its); i++) {
		if (barrier_wants(its, barrier->next))
			return true;
		barrier->next = barrier_after(barrier, barrier->next);
	}
	return false;
}

/* The round ends there in the ring. */
static void barrier_mark(struct itsg_barrier *barrier, struct itsg_entry *entry)
{
	if (entry->covered) {
		entry->barrier = barrier->end;
		entry->begun = barrier->begun;
	}
	entry->covered = false;
}

static void barrier_mark_part(struct itsg_its *its)
{
	struct itsg_barrier *barrier = &its->barrier;

	for (uint32_t i = 0; i < MARK_PART; i++) {
		struct itsg_entry *entry = itsg_journal_next(&its->journal, &barrier->marked);

		if (!entry)
			break;
		barrier_mark(barrier, entry);
	}
	if (itsg_journal_at_end(&its->journal, barrier->marked))
		itsg_barrier_cancel(barrier);
}

static void barrier_end(struct itsg_its *its)
{
	its->barrier.round = ITSG_ROUND_ENDING;
	its->barrier.end = its->ring.published;
	its->barrier.marked = itsg_journal_front(&its->journal);
	barrier_mark_part(its);
}

static bool barrier_queue(struct itsg_its *its, uint32_t rd)
{
	const struct itsg_words sync = itsg_words_sync(its->facts.rds.rdbase[rd]);

	if (!itsg_ring_room(&its->ring, 1))
		return false;
	itsg_ring_publish(&its->ring, &sync);
	its->stats.barriers++;
	its->barrier.sent++;
	return true;
}

/* The redistributor that wants a SYNC gets it. */
static bool barrier_queue_next(struct itsg_its *its)
{
	if (!barrier_queue(its, its->barrier.next))
		return false;
	its->barrier.next++;
	return true;
}

/*
 * A round that reached nobody, since no collection has pointed anywhere or all those sleep, is one
 * SYNC to whoever is awake: so that nothing is dropped on CREADR alone (F21). Where all sleep there
 * is nobody who could have an access on its way.
 */
static bool barrier_close(struct itsg_its *its)
{
	const enum itsg_courier courier =
		its->barrier.sent ? ITSG_COURIER_NONE : itsg_barrier_courier(its);

	if (courier == ITSG_COURIER_FOUND)
		return barrier_queue(its, its->barrier.courier);
	if (courier == ITSG_COURIER_NONE)
		barrier_end(its);
	return true;
}

bool itsg_barrier_step(struct itsg_its *its)
{
	if (its->barrier.round == ITSG_ROUND_ENDING)
		barrier_mark_part(its);
	else if (barrier_seek(its))
		return barrier_queue_next(its);
	else if (barrier_at_end(its))
		return barrier_close(its);
	return true;
}

/* ---- a redistributor for what must go to any ---- */

uint64_t itsg_barrier_courier_rdbase(const struct itsg_its *its)
{
	return its->facts.rds.rdbase[its->barrier.courier];
}

void itsg_barrier_next_courier(struct itsg_its *its)
{
	its->barrier.courier++;
	if (its->barrier.courier >= its->facts.rds.count)
		its->barrier.courier = 0;
}

uint32_t itsg_barrier_rounds(const struct itsg_its *its)
{
	return its->facts.rds.phase ? 3 : 2;
}

/*
 * The first time round only targets will do, if there are any. Not so where hardware has stalled at
 * one of them: then it may be the only one. The second time round any whose LPIs are on; and then
 * any, so that nothing is ever dropped on CREADR alone (F21).
 */
static bool barrier_may_carry(const struct itsg_its *its)
{
	const struct itsg_barrier *barrier = &its->barrier;
	const uint32_t courier = barrier->courier;
	const uint32_t round = barrier->sought / its->facts.rds.count;
	const bool choosy = barrier->count > 0 && !its->ring.stalled && round == 0;

	if (choosy && !barrier_is_target(barrier, courier))
		return false;
	if (round < 2 && !itsg_rd_is_on(&its->facts.rds, courier))
		return false;
	return barrier_awake(its, courier);
}

enum itsg_courier itsg_barrier_courier(struct itsg_its *its)
{
	struct itsg_barrier *barrier = &its->barrier;

	for (uint32_t i = 0; i < SEEK_PART; i++) {
		if (barrier_may_carry(its)) {
			barrier->sought = 0;
			barrier->nobody = false;
			return ITSG_COURIER_FOUND;
		}
		itsg_barrier_next_courier(its);
		barrier->sought++;
		if (barrier->sought >= itsg_barrier_rounds(its) * its->facts.rds.count) {
			barrier->sought = 0;
			barrier->nobody = true;
			return ITSG_COURIER_NONE;
		}
	}
	return ITSG_COURIER_NOT_YET;
}

/* ---- a SYNC of a round has failed ---- */

/* Is the command that failed one of the SYNCs that this entry relies on? An owed one has none. */
static bool barrier_relied_on(const struct itsg_its *its, const struct itsg_entry *entry)
{
	const uint64_t number = its->mend.number;

	if (entry->number > number)
		return false;
	if (entry->covered)
		return itsg_barrier_under_way(&its->barrier) && number >= its->barrier.begun;
	return entry->begun <= number && number < entry->barrier;
}

static void barrier_void(struct itsg_its *its, struct itsg_entry *entry)
{
	struct itsg_mend *mend = &its->mend;

	if (!barrier_relied_on(its, entry))
		return;
	entry->covered = !entry->again;
	entry->barrier = entry->again ? ITSG_NO_BARRIER : 0;
	entry->again = true;
	mend->owes = mend->owes || entry->covered;
}

bool itsg_barrier_void_step(struct itsg_its *its)
{
	struct itsg_mend *mend = &its->mend;

	for (uint32_t i = 0; i < MARK_PART; i++) {
		struct itsg_entry *entry = itsg_journal_next(&its->journal, &mend->voided);

		if (!entry)
			break;
		barrier_void(its, entry);
	}
	if (!itsg_journal_at_end(&its->journal, mend->voided))
		return false;
	if (mend->owes)
		its->barrier.round = ITSG_ROUND_OWED;
	return true;
}
