/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Barriers: after a MAPD V=0, hardware may still have accesses on the way for the redistributors
 * that the device's interrupts went to. A SYNC to each of them, passed, ends that (facts 4.3).
 */
#include "queue.h"

#define TARGETS_PER_WORD 32u

/* A step looks at so many redistributors, or words without any, and entries of the journal (I6). */
#define SEEK_PART 32u
#define MARK_PART 64u

void itsg_barrier_target(struct itsg_its *its, uint32_t rd)
{
	if (rd != ITSG_NO_RD)
		its->barrier.targets[rd / TARGETS_PER_WORD] |= (uint32_t)1 << rd % TARGETS_PER_WORD;
}

void itsg_barrier_owe(struct itsg_its *its, struct itsg_entry *entry)
{
	its->barrier.round = ITSG_ROUND_OWED;
	entry->covered = true;
}

bool itsg_barrier_begin(struct itsg_its *its)
{
	if (its->barrier.round != ITSG_ROUND_OWED)
		return false;
	its->barrier.round = ITSG_ROUND_QUEUEING;
	its->barrier.next = 0;
	return true;
}

static bool barrier_wants(const struct itsg_its *its, uint32_t rd)
{
	const uint32_t word = its->barrier.targets[rd / TARGETS_PER_WORD];

	if (!(word >> rd % TARGETS_PER_WORD & 1))
		return false;
	return !its->ops.asleep || !its->ops.asleep(its->ctx, rd);
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
	return its->barrier.next >= its->config.redistributor_count;
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

/* The round ends there in the ring, unless one of its SYNCs failed meanwhile. */
static void barrier_mark(struct itsg_barrier *barrier, struct itsg_entry *entry)
{
	if (entry->covered && entry->barrier != ITSG_NO_BARRIER)
		entry->barrier = barrier->end;
	entry->covered = false;
}

static void barrier_mark_part(struct itsg_its *its)
{
	struct itsg_barrier *barrier = &its->barrier;

	for (uint32_t i = 0; i < MARK_PART && barrier->marked < its->journal.count; i++)
		barrier_mark(barrier, itsg_journal_at(&its->journal, barrier->marked++));
	if (barrier->marked == its->journal.count)
		barrier->round = ITSG_ROUND_NONE;
}

static void barrier_end(struct itsg_its *its)
{
	its->barrier.round = ITSG_ROUND_ENDING;
	its->barrier.end = its->ring.published;
	its->barrier.marked = 0;
	barrier_mark_part(its);
}

/* The redistributor that wants a SYNC gets it. */
static bool barrier_queue(struct itsg_its *its)
{
	uint8_t raw[ITSG_CMD_BYTES];

	if (!itsg_ring_room(&its->ring))
		return false;
	itsg_ring_sync(its, its->barrier.next, raw);
	if (itsg_ring_put(its, raw) != ITSG_OK)
		return false; /* tried again later */
	itsg_ring_publish(its);
	its->stats.barriers++;
	its->barrier.next++;
	return true;
}

bool itsg_barrier_under_way(const struct itsg_its *its)
{
	return its->barrier.round == ITSG_ROUND_QUEUEING || its->barrier.round == ITSG_ROUND_ENDING;
}

bool itsg_barrier_step(struct itsg_its *its)
{
	if (its->barrier.round == ITSG_ROUND_ENDING)
		barrier_mark_part(its);
	else if (barrier_seek(its))
		return barrier_queue(its);
	else if (barrier_at_end(its))
		barrier_end(its);
	return true;
}

void itsg_barrier_entry_gone(struct itsg_its *its)
{
	if (its->barrier.marked > 0)
		its->barrier.marked--;
}

void itsg_barrier_failed(struct itsg_its *its, uint64_t number)
{
	for (uint32_t i = 0; i < its->journal.count; i++) {
		struct itsg_entry *entry = itsg_journal_at(&its->journal, i);

		if (entry->state != ITSG_ENTRY_PUBLISHED || entry->number > number)
			continue;
		if (entry->barrier == 0 || entry->barrier > number)
			entry->barrier = ITSG_NO_BARRIER;
	}
}
