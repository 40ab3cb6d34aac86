/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "canon.h"

#include "rd_state.h"
#include "state.h"

#include <string.h>

/* What the lowest number of a command is that counts: numbers behind it can be told from 0. */
#define BASE 1000u

/* ---- numbers of the private queue ---- */

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool canon_has_barrier(const struct itsg_entry *entry)
{
	return entry->barrier != 0 && entry->barrier != ITSG_NO_BARRIER;
}

/* Numbers that are not looked at become 0. */
static void canon_clear_entry(struct itsg_entry *entry, bool foreign)
{
	if (!canon_has_barrier(entry))
		entry->begun = 0;
	if (foreign)
		entry->host_offset = 0;
	if (!entry->drop.bytes)
		entry->drop.pa = 0;
	if (entry->state != ITSG_ENTRY_PUBLISHED) {
		entry->number = 0;
		entry->barrier = 0;
		entry->begun = 0;
	}
}

/* The first one stands in front. */
static void canon_turn_journal(struct itsg_journal *journal)
{
	struct itsg_entry entries[MODEL_JOURNAL];

	for (uint32_t i = 0; i < journal->count; i++) {
		entries[i] = *itsg_journal_at(journal, i);
		canon_clear_entry(&entries[i], i < journal->foreign);
	}
	memset(journal->entries, 0, journal->capacity * sizeof(*entries));
	memcpy(journal->entries, entries, journal->count * sizeof(*entries));
	journal->first = 0;
}

/* The least number that anything but an entry's own is compared with. */
static uint64_t canon_top(const struct itsg_its *its)
{
	uint64_t top = its->ring.scrubbed;

	for (uint32_t i = 0; i < its->journal.count; i++) {
		const struct itsg_entry *entry = &its->journal.entries[i];

		if (entry->state == ITSG_ENTRY_PUBLISHED && canon_has_barrier(entry))
			top = lower(top, lower(entry->barrier, entry->begun));
	}
	if (itsg_barrier_under_way(&its->barrier))
		top = lower(top, its->barrier.begun);
	return top;
}

/*
 * Of what is older than that only the order counts: it follows without a gap. (An unmap may wait
 * for ever, if a redistributor is turned on again and again.)
 */
static void canon_close_gaps(struct itsg_its *its)
{
	uint64_t top = canon_top(its);

	for (uint32_t i = its->journal.count; i > 0; i--) {
		struct itsg_entry *entry = &its->journal.entries[i - 1];

		if (entry->state != ITSG_ENTRY_PUBLISHED || itsg_journal_last_of(entry) >= top)
			continue;
		entry->number = top - entry->count;
		top = entry->number;
	}
}

static uint64_t canon_lowest(const struct itsg_its *its)
{
	uint64_t lowest = canon_top(its);

	for (uint32_t i = 0; i < its->journal.count; i++)
		if (its->journal.entries[i].state == ITSG_ENTRY_PUBLISHED)
			lowest = lower(lowest, its->journal.entries[i].number);
	return lowest;
}

/*
 * A bound says which numbers are below it. How many entries that are, from the first one on; and
 * the least bound that says the same.
 */
static uint32_t canon_below(const struct itsg_its *its, uint64_t bound)
{
	uint32_t below = 0;

	for (uint32_t i = 0; i < its->journal.count; i++)
		if (its->journal.entries[i].state == ITSG_ENTRY_PUBLISHED &&
		    its->journal.entries[i].number < bound)
			below = i + 1;
	return below;
}

static uint64_t canon_bound_of(const struct itsg_its *its, uint32_t below)
{
	return below ? its->journal.entries[below - 1].number + 1 : 0;
}

/* Rounds that began before it may lack a redistributor. */
static uint64_t canon_stale(const struct itsg_its *its)
{
	const uint64_t stale = its->barrier.stale_below;
	uint64_t least = 0;

	if (itsg_barrier_under_way(&its->barrier) && its->barrier.begun < stale)
		return its->barrier.begun + 1;
	for (uint32_t i = 0; i < its->journal.count; i++) {
		const struct itsg_entry *entry = &its->journal.entries[i];

		if (entry->state == ITSG_ENTRY_PUBLISHED && canon_has_barrier(entry) &&
		    entry->begun < stale && entry->begun >= least)
			least = entry->begun + 1;
	}
	return least;
}

static void canon_move(uint64_t *number, uint64_t lowest)
{
	if (*number && *number != ITSG_NO_BARRIER)
		*number = *number - lowest + BASE;
}

static void canon_move_entries(struct itsg_journal *journal, uint64_t lowest)
{
	for (uint32_t i = 0; i < journal->count; i++) {
		struct itsg_entry *entry = &journal->entries[i];

		if (entry->state != ITSG_ENTRY_PUBLISHED)
			continue;
		entry->number = entry->number - lowest + BASE;
		if (canon_has_barrier(entry)) {
			entry->barrier = entry->barrier - lowest + BASE;
			entry->begun = entry->begun - lowest + BASE;
		}
	}
}

static void canon_numbers(struct itsg_its *its)
{
	struct itsg_ring *ring = &its->ring;
	const bool all_settled = its->power.settled_below == ring->passed;
	const uint32_t settled = canon_below(its, its->power.settled_below);
	uint64_t lowest;

	canon_close_gaps(its);
	its->power.settled_below = canon_bound_of(its, settled);
	its->barrier.stale_below = canon_stale(its);
	lowest = canon_lowest(its);
	canon_move_entries(&its->journal, lowest);
	if (!itsg_ring_lapping(ring))
		ring->lap_end = 0;
	canon_move(&ring->lap_end, lowest);
	canon_move(&its->power.settled_below, lowest);
	canon_move(&its->barrier.stale_below, lowest);
	if (itsg_barrier_under_way(&its->barrier))
		its->barrier.begun = its->barrier.begun - lowest + BASE;
	if (its->barrier.round == ITSG_ROUND_ENDING)
		its->barrier.end = its->barrier.end - lowest + BASE;
	if (its->mend.on)
		its->mend.number = its->mend.number - lowest + BASE;
	ring->scrubbed = ring->scrubbed - lowest + BASE;
	ring->passed = ring->passed - lowest + BASE;
	ring->written = ring->written - lowest + BASE;
	ring->published = ring->published - lowest + BASE;
	if (all_settled)
		its->power.settled_below = ring->passed;
}

/* ---- what nobody looks at any more ---- */

static void canon_round(struct itsg_its *its)
{
	struct itsg_barrier *barrier = &its->barrier;
	const uint64_t gone = its->journal.gone;

	if (!itsg_barrier_under_way(barrier)) {
		barrier->next = 0;
		barrier->sent = 0;
		barrier->begun = 0;
	}
	if (barrier->round == ITSG_ROUND_ENDING)
		barrier->marked = barrier->marked > gone ? barrier->marked - gone : 0;
	else
		barrier->marked = barrier->end = 0;
	/* A stall at another command begins anew. */
	if (!its->mend.on || its->mend.number != its->ring.passed)
		memset(&its->mend, 0, sizeof(its->mend));
	if (its->mend.on && its->mend.phase == ITSG_MEND_VOID)
		its->mend.voided = its->mend.voided > gone ? its->mend.voided - gone : 0;
	else
		its->mend.voided = its->mend.owes = 0;
	its->journal.gone = 0;
}

/* Of a plan that is being taken. */
static void canon_plan(struct itsg_plan *plan)
{
	for (uint32_t i = plan->takes; i < ITSG_PLAN_TAKES; i++)
		memset(&plan->take[i], 0, sizeof(plan->take[i]));
	for (uint32_t i = 0; i < 2; i++)
		if (!plan->drop[i].bytes)
			plan->drop[i].pa = 0;
	if (plan->mirror == ITSG_BASERS) {
		plan->level1_index = 0;
		plan->level1 = 0;
	}
}

static void canon_taking(struct itsg_its *its)
{
	struct itsg_taking *taking = &its->taking;

	if (!taking->held.bytes)
		taking->held.pa = 0;

	if (!its->head.full)
		memset(&its->head, 0, sizeof(its->head));
	if (!its->head.level1_read)
		its->head.level1 = 0;
	if (taking->phase != ITSG_TAKING_NONE) {
		canon_plan(&its->plan);
		return;
	}
	memset(&its->plan, 0, sizeof(its->plan));
	itsg_take_begin(taking);
	taking->phase = ITSG_TAKING_NONE;
	taking->held.pa = 0;
}

static void canon_table(struct itsg_table *table)
{
	if (!table->claimed) {
		memset(&table->geo, 0, sizeof(table->geo));
		table->armed = 0;
		table->dying = false;
		if (!table->programmed)
			table->hw = 0;
	}
	if (!table->dying) {
		table->forgotten = false;
		table->reaped = 0;
	}
}

static void canon_retiring(struct itsg_its *its)
{
	struct itsg_retiring *retiring = &its->retiring;

	if (!retiring->dropping.run.bytes)
		memset(&retiring->dropping, 0, sizeof(retiring->dropping));
	if (!retiring->devices) {
		retiring->forgotten = false;
		retiring->reaped = 0;
	}
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		canon_table(&its->table[n]);
	for (uint32_t i = 0; i < its->kept.capacity; i++)
		if (!its->kept.extents[i].run.bytes)
			memset(&its->kept.extents[i], 0, sizeof(its->kept.extents[i]));
}

static void canon_ring(struct itsg_ring *ring)
{
	const size_t waiting = (size_t)(ring->published - ring->written) * ITSG_CMD_BYTES;

	memset(ring->run + waiting, 0, sizeof(ring->run) - waiting);
	if (!ring->live) {
		ring->hw = 0;
		if (!ring->filled)
			memset(ring->harmless, 0, sizeof(ring->harmless));
	}
}

/* What only the log tells. */
static void canon_platform(struct itsg_platform *platform)
{
	platform->leaked = 0;
	platform->redistributor = 0;
	platform->refused = 0;
	memset(&platform->blame, 0, sizeof(platform->blame));
}

static void canon_its(struct itsg_its *its)
{
	const bool judged = its->stats.commands > 0;

	/* Nothing is made of counters but that none has begun yet. */
	memset(&its->stats, 0, sizeof(its->stats));
	its->stats.commands = judged;
	canon_platform(&its->platform);
	its->calls = 1;
	its->power.disabled_in = 0;
	canon_taking(its);
	canon_retiring(its);
	canon_ring(&its->ring);
	if (!its->host.claim.run.bytes)
		memset(&its->host.claim, 0, sizeof(its->host.claim));
	canon_turn_journal(&its->journal);
	canon_round(its);
	canon_numbers(its);
}

/* How often one was turned on: an ITS has seen the last time, or not. */
static void canon_redists(struct itsg_redists *redists)
{
	const uint64_t now = redists->turned_on;

	memset(&redists->stats, 0, sizeof(redists->stats));
	canon_platform(&redists->platform);
	for (uint32_t i = 0; i < redists->count; i++) {
		struct itsg_redist *redist = &redists->redist[i];

		if (!redist->claimed) {
			memset(&redist->lpis, 0, sizeof(redist->lpis));
			redist->table = 0;
		}
		if (!redist->group_on)
			redist->group_prop = 0;
	}
	if (!redists->claimed)
		redists->attributes = 0;
	for (uint32_t i = 0; i < redists->tables.capacity; i++)
		if (!redists->tables.table[i].users)
			memset(&redists->tables.table[i], 0, sizeof(redists->tables.table[i]));
	for (uint32_t i = 0; i < the_world.its; i++)
		the_state.its[i]->barrier.turned_on =
			the_state.its[i]->barrier.turned_on == now ? 1 : 0;
	redists->turned_on = 1;
}

/* ---- the world outside ---- */

/* Commands that are fetched, or were never to be, are forgotten: the host writes others there. */
static void canon_queue(struct model_its *hw, const struct itsg_its *its)
{
	const uint32_t next = its->host.next / ITSG_CMD_BYTES;
	const uint32_t waiting =
		(hw->raw_cwriter / ITSG_CMD_BYTES + MODEL_QUEUE - next) % MODEL_QUEUE;

	for (uint32_t slot = 0; slot < MODEL_QUEUE; slot++)
		if ((slot + MODEL_QUEUE - next) % MODEL_QUEUE >= waiting)
			hw->queue[slot] = 0;
}

static void canon_turn_offset(uint32_t *offset, uint32_t by)
{
	*offset = (*offset + by) % (MODEL_QUEUE * ITSG_CMD_BYTES);
}

/* The queue has room for MODEL_QUEUE commands, unless CBASER says otherwise; then nothing turns. */
static void canon_turn_queue(struct model_its *hw, struct itsg_its *its)
{
	const uint32_t size = MODEL_QUEUE * ITSG_CMD_BYTES;
	const uint32_t by = size - ITSG_CMD_BYTES - its->host.next;
	uint8_t queue[MODEL_QUEUE];

	if (itsg_cmdq_bytes(its) != size || its->host.cwriter != hw->raw_cwriter)
		return;
	memcpy(queue, hw->queue, sizeof(queue));
	for (uint32_t slot = 0; slot < MODEL_QUEUE; slot++)
		hw->queue[(slot + by / ITSG_CMD_BYTES) % MODEL_QUEUE] = queue[slot];
	canon_turn_offset(&its->host.next, by);
	canon_turn_offset(&its->host.cwriter, by);
	hw->raw_cwriter = its->host.cwriter;
	if (its->head.full)
		canon_turn_offset(&its->head.offset, by);
	for (uint32_t i = its->journal.foreign; i < its->journal.count; i++)
		canon_turn_offset(&its->journal.entries[i].host_offset, by);
}

static void canon_page(struct model_page *page, int place)
{
	const bool collections = place == PLACE_COLLECTIONS || place == PLACE_COLLECTIONS1;

	if (page->owner != OWNER_DONATED || (collections && !(the_world.levels & 2))) {
		memset(page->entry, 0, sizeof(page->entry));
		memset(page->written, 0, sizeof(page->written));
	}
	if (page->owner != OWNER_DONATED)
		page->dirty = 0;
	/* What memory has matters only where power goes. */
	if (!world_has(&the_world, ACTS_POWER))
		memset(page->written, 0, sizeof(page->written));
}

static void canon_hw(struct model_its *hw, struct itsg_its *its)
{
	canon_queue(hw, its);
	if (the_world.turned)
		canon_turn_queue(hw, its);
	/* The ring is filled before hardware sees it again. */
	if (!its->ring.filled && !(hw->cbaser & ITSG_CBASER_VALID))
		memset(hw->ring, 0, sizeof(hw->ring));
	if (!world_is_plain(&the_world))
		memset(hw->mapped, 0, sizeof(hw->mapped));
}

void canon_state(void)
{
	for (uint32_t its = 0; its < the_world.its; its++) {
		canon_its(the_state.its[its]);
		canon_hw(&the_state.model->its[its], the_state.its[its]);
	}
	if (the_state.redists)
		canon_redists(the_state.redists);
	for (int place = 0; place < MODEL_PAGES; place++)
		canon_page(&the_state.model->page[place], place);
	canon_pages(the_state.pages);
}

uint64_t canon_creadr(uint32_t its)
{
	return itsg_cmdq_creadr(the_state.its[its]);
}

bool canon_has_foreign(uint32_t its)
{
	return the_state.its[its]->journal.foreign > 0;
}

bool canon_is_retiring(uint32_t its)
{
	return the_state.its[its]->given_up || itsg_retire_pending(&the_state.its[its]->retiring);
}
