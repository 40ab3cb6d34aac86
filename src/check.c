/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The invariants, as code: every test, every fuzz target and every proof calls itsg_check().
 *
 * It looks at the guard's own state only, and reads no register and no memory of others.
 */
#include "claim.h"
#include "noinline.h"
#include "queue.h"
#include "table.h"

/* ---- the claims on record ---- */

typedef void (*check_visit)(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			    enum itsg_kind kind);

static void check_visit_run(check_visit visit, void *ctx, enum itsg_claim_use use,
			    const struct itsg_run *run, enum itsg_kind kind)
{
	if (run->bytes)
		visit(ctx, use, run, kind);
}

static void check_visit_level2(const struct itsg_table *table, check_visit visit, void *ctx)
{
	for (uint64_t i = 0; i < table->mirror_bytes / 8; i++) {
		const struct itsg_run run = {table->words[i] & ITSG_L1E_ADDRESS,
					     table->geo.page_bytes};

		if (table->words[i])
			visit(ctx, ITSG_CLAIM_LEVEL2, &run, ITSG_DONATED);
	}
}

static ITSG_NOINLINE void check_visit_table(const struct itsg_table *table, check_visit visit,
					    void *ctx)
{
	const struct itsg_run run = itsg_table_run(table);

	if (!table->claimed)
		return;
	if (!table->geo.two_level) {
		check_visit_run(visit, ctx, ITSG_CLAIM_TABLE, &run, ITSG_DONATED);
		return;
	}
	if (!table->dying)
		check_visit_run(visit, ctx, ITSG_CLAIM_LEVEL1, &run, ITSG_SHARED);
	check_visit_level2(table, visit, ctx);
}

static void check_visit_devices(const struct itsg_its *its, check_visit visit, void *ctx)
{
	for (uint32_t i = 0; i < its->devices.capacity; i++) {
		const struct itsg_device *device = itsg_devices_at(&its->devices, i);
		struct itsg_run run;

		if (!device)
			continue;
		run = itsg_claim_itt_run(its, device);
		visit(ctx, its->devices_dying ? ITSG_CLAIM_PENDING : ITSG_CLAIM_ITT, &run,
		      itsg_claim_itt_kind(its));
	}
}

/* Of a command that is neither published nor refused. */
static void check_visit_taking(const struct itsg_its *its, check_visit visit, void *ctx)
{
	const struct itsg_taking *taking = &its->taking;

	if (taking->phase == ITSG_TAKING_NONE)
		return;
	for (uint32_t i = 0; i < taking->takes; i++)
		visit(ctx, ITSG_CLAIM_TAKEN, &its->plan.take[i].run, its->plan.take[i].kind);
	if (taking->held.bytes)
		visit(ctx, ITSG_CLAIM_TAKEN, &taking->held, its->plan.take[taking->takes].kind);
}

void itsg_visit_claims(const struct itsg_its *its,
		       void (*visit)(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
				     enum itsg_kind kind),
		       void *ctx)
{
	check_visit_run(visit, ctx, ITSG_CLAIM_QUEUE, &its->host.claim.run, ITSG_SHARED);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		check_visit_table(&its->table[n], visit, ctx);
	check_visit_run(visit, ctx, ITSG_CLAIM_PENDING, &its->dropping.run, its->dropping.kind);
	check_visit_devices(its, visit, ctx);
	for (uint32_t i = 0; i < its->journal.count; i++)
		check_visit_run(visit, ctx, ITSG_CLAIM_PENDING,
				&itsg_journal_at(&its->journal, i)->drop, itsg_claim_itt_kind(its));
	check_visit_taking(its, visit, ctx);
	for (uint32_t i = 0; i < its->config.kept; i++)
		check_visit_run(visit, ctx, ITSG_CLAIM_KEPT, &its->kept[i].run, ITSG_DONATED);
}

/* ---- books ---- */

struct check_books {
	const struct itsg_pages *pages;
	uint64_t granules; /* on record, all ITSs */
	uint64_t kept;     /* of those, kept tables: stats.kept_granules counts them again */
	bool held;
};

static void check_claim(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			enum itsg_kind kind)
{
	struct check_books *books = ctx;

	if (use != ITSG_CLAIM_QUEUE)
		books->granules += itsg_claim_granules(run);
	if (use == ITSG_CLAIM_KEPT)
		books->kept += itsg_claim_granules(run);
	if (itsg_pages_holds(books->pages, run, kind) != ITSG_PAGES_OK)
		books->held = false;
}

/* Several queues may have the same memory (H8): it is claimed once. */
static uint64_t check_queues(const struct itsg_its *const its[], uint32_t count)
{
	const struct itsg_queue_claim *queue = count ? *itsg_pages_queues(its[0]->pages) : NULL;
	uint64_t granules = 0;

	for (; queue; queue = queue->next) {
		uint64_t at = queue->run.pa;
		struct itsg_run part;

		while (itsg_queue_next_part(queue->next, &queue->run, &at, &part))
			granules += itsg_claim_granules(&part);
	}
	return granules;
}

static enum itsg_invariant check_claims(const struct itsg_pages *pages,
					const struct itsg_its *const its[], uint32_t count)
{
	struct check_books books = {pages, check_queues(its, count), 0, true};
	struct itsg_pages_stats stats;
	uint64_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		itsg_visit_claims(its[i], check_claim, &books);
		kept += its[i]->stats.kept_granules;
	}
	if (!books.held)
		return ITSG_CLAIM_NOT_HELD;
	itsg_pages_get_stats(pages, &stats);
	return kept >= books.kept && stats.granules == books.granules + kept - books.kept
		       ? ITSG_INVARIANTS_HOLD
		       : ITSG_BOOKS_DIFFER;
}

/* ---- parts of one ITS ---- */

/* Most of a mirror is empty: so many words are looked at together. A mirror is whole pages. */
#define CHECK_BLOCK 64u

static bool check_words(const struct itsg_its *its, const struct itsg_table *table, uint64_t from)
{
	uint64_t any = 0;

	for (uint64_t i = from; i < from + CHECK_BLOCK; i++)
		any |= table->words[i];
	for (uint64_t i = from; any && i < from + CHECK_BLOCK; i++)
		if (table->words[i] &&
		    (!table->claimed ||
		     itsg_level1_check(&table->geo, table->words[i], its->pa_end) != ITSG_OK))
			return false;
	return true;
}

static bool check_level1(const struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		for (uint64_t i = 0; i < its->table[n].mirror_bytes / 8; i += CHECK_BLOCK)
			if (!check_words(its, &its->table[n], i))
				return false;
	return true;
}

static bool check_entry(const struct itsg_its *its, uint32_t index)
{
	const struct itsg_journal *journal = &its->journal;
	const struct itsg_entry *entry = itsg_journal_at(journal, index);

	/* The owed ones are the last, and only they are. */
	if ((entry->state == ITSG_ENTRY_OWED) != (index >= journal->count - journal->owed))
		return false;
	if (entry->state != ITSG_ENTRY_PUBLISHED)
		return true;
	if (entry->number >= its->ring.published)
		return false;
	/* They are sought by number. */
	if (index > 0 && itsg_journal_at(journal, index - 1)->number >= entry->number)
		return false;
	return entry->barrier == 0 || entry->barrier == ITSG_NO_BARRIER ||
	       (entry->barrier > entry->number && entry->barrier <= its->ring.published);
}

static bool check_journal(const struct itsg_its *its)
{
	const struct itsg_journal *journal = &its->journal;
	uint32_t drops = 0;

	if (journal->count > journal->capacity || journal->first >= journal->capacity ||
	    journal->owed > journal->count || journal->foreign > journal->count)
		return false;
	if (its->barrier.round == ITSG_ROUND_ENDING && its->barrier.marked > journal->count)
		return false;
	for (uint32_t i = 0; i < journal->count; i++) {
		if (itsg_journal_at(journal, i)->drop.bytes)
			drops++;
		if (!check_entry(its, i))
			return false;
	}
	return drops == journal->drops;
}

static bool check_ring(const struct itsg_ring *ring)
{
	return ring->scrubbed <= ring->passed && ring->passed <= ring->published &&
	       ring->published - ring->scrubbed <= ring->depth && ring->scrub_slot < ring->slots &&
	       ring->depth < ring->slots;
}

/* Hardware has a table only while it is claimed, and is enabled only with what it needs. */
static bool check_hardware(const struct itsg_its *its)
{
	uint32_t dying = 0;

	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		if (its->table[n].programmed && !its->table[n].claimed)
			return false;
		dying += its->table[n].dying ? 1u : 0u;
	}
	if (dying != its->tables_dying)
		return false;
	if (!its->enabled)
		return true;
	return its->ring.live && its->host.claim.run.bytes && its->device_table &&
	       its->device_table->programmed && !itsg_retire_pending(its);
}

static enum itsg_invariant check_its(const struct itsg_its *its)
{
	if (!itsg_devices_check(&its->devices))
		return ITSG_DEVICES_BROKEN;
	if (!check_level1(its))
		return ITSG_LEVEL1_BROKEN;
	if (!check_journal(its))
		return ITSG_JOURNAL_BROKEN;
	if (!check_ring(&its->ring))
		return ITSG_QUEUE_BROKEN;
	return check_hardware(its) ? ITSG_INVARIANTS_HOLD : ITSG_HARDWARE_BROKEN;
}

enum itsg_invariant itsg_check(const struct itsg_pages *pages, const struct itsg_its *const its[],
			       uint32_t count)
{
	if (!itsg_pages_check(pages))
		return ITSG_TRACKER_BROKEN;
	for (uint32_t i = 0; i < count; i++) {
		const enum itsg_invariant broken = check_its(its[i]);

		if (broken != ITSG_INVARIANTS_HOLD)
			return broken;
	}
	return check_claims(pages, its, count);
}
