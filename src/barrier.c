/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Barriers: after a MAPD V=0, hardware may still have accesses on the way for the redistributors
 * that the device's interrupts went to. A SYNC to each of them, passed, ends that (facts 4.3).
 */
#include "queue.h"

#define TARGETS_PER_WORD 32u

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

/* The round ends here in the ring, unless one of its SYNCs failed meanwhile. */
static void barrier_finish(struct itsg_its *its)
{
	for (uint32_t i = 0; i < its->journal.count; i++) {
		struct itsg_entry *entry = itsg_journal_at(&its->journal, i);

		if (entry->covered && entry->barrier != ITSG_NO_BARRIER)
			entry->barrier = its->ring.published;
		entry->covered = false;
	}
	its->barrier.round = ITSG_ROUND_NONE;
}

bool itsg_barrier_step(struct itsg_its *its)
{
	uint8_t raw[ITSG_CMD_BYTES];
	uint32_t rd = its->barrier.next;

	if (its->barrier.round != ITSG_ROUND_QUEUEING)
		return false;
	while (rd < its->config.redistributor_count && !barrier_wants(its, rd))
		rd++;
	its->barrier.next = rd;
	if (rd == its->config.redistributor_count) {
		barrier_finish(its);
		return true;
	}
	if (!itsg_ring_room(&its->ring))
		return false;
	itsg_ring_sync(its, rd, raw);
	if (itsg_ring_put(its, raw) != ITSG_OK)
		return false; /* tried again in a later call */
	itsg_ring_publish(its);
	its->stats.barriers++;
	its->barrier.next = rd + 1;
	return true;
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
