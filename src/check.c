/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The invariants, as code: every test, every fuzz target and every proof calls itsg_check().
 *
 * It looks at the guard's own state only, and reads no register and no memory of others.
 */
#include "its_cmdq.h"
#include "noinline.h"
#include "rd_check.h"
#include "retire.h"
#include "state.h"

/* ---- the claims on record ---- */

typedef void (*check_visit)(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			    enum itsg_kind kind);

static void check_visit_run(check_visit visit, void *ctx, enum itsg_claim_use use,
			    const struct itsg_run *run, enum itsg_kind kind)
{
	if (run->bytes)
		visit(ctx, use, run, kind);
}

/* Most of a mirror is empty: so many words are looked at together. A mirror is whole pages. */
#define CHECK_BLOCK 64u

static bool check_any(const struct itsg_table *table, uint64_t from)
{
	uint64_t any = 0;

	for (uint64_t i = 0; i < CHECK_BLOCK; i++)
		any |= table->words[from + i];
	return any != 0;
}

static void check_visit_words(const struct itsg_table *table, uint64_t from, check_visit visit,
			      void *ctx)
{
	for (uint64_t i = from; i < from + CHECK_BLOCK; i++) {
		const struct itsg_run run = {table->words[i] & ITSG_L1E_ADDRESS,
					     table->geo.page_bytes};

		if (table->words[i])
			visit(ctx, ITSG_CLAIM_LEVEL2, &run, ITSG_DONATED);
	}
}

static void check_visit_level2(const struct itsg_table *table, check_visit visit, void *ctx)
{
	for (uint64_t i = 0; i < table->mirror_bytes / 8; i += CHECK_BLOCK)
		if (check_any(table, i))
			check_visit_words(table, i, visit, ctx);
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
		run = itsg_facts_itt_run(&its->facts, device);
		visit(ctx, its->retiring.devices ? ITSG_CLAIM_PENDING : ITSG_CLAIM_ITT, &run,
		      itsg_facts_itt_kind(&its->facts));
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
	check_visit_run(visit, ctx, ITSG_CLAIM_PENDING, &its->retiring.dropping.run,
			its->retiring.dropping.kind);
	check_visit_devices(its, visit, ctx);
	for (uint32_t i = 0; i < its->journal.count; i++)
		check_visit_run(visit, ctx, ITSG_CLAIM_PENDING,
				&itsg_journal_at(&its->journal, i)->drop,
				itsg_facts_itt_kind(&its->facts));
	check_visit_taking(its, visit, ctx);
	for (uint32_t i = 0; i < its->facts.config.kept; i++)
		check_visit_run(visit, ctx, ITSG_CLAIM_KEPT, &its->kept.extents[i].run,
				its->kept.extents[i].itt ? itsg_facts_itt_kind(&its->facts)
							 : ITSG_DONATED);
}

/* ---- books ---- */

struct check_books {
	const struct itsg_pages *pages;
	uint64_t granules; /* on record, all ITSs */
	uint64_t kept;     /* of those, kept ones: kept.granules counts them again */
	bool held;
};

static void check_claim(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			enum itsg_kind kind)
{
	struct check_books *books = ctx;

	if (use != ITSG_CLAIM_QUEUE)
		books->granules += itsg_granules(run);
	if (use == ITSG_CLAIM_KEPT)
		books->kept += itsg_granules(run);
	if (itsg_pages_holds(books->pages, run, kind) != ITSG_PAGES_OK)
		books->held = false;
}

/* Are the queues in the list just those that ITSs have? */
static bool check_queue_list(const struct itsg_its *const its[], uint32_t count)
{
	const struct itsg_queue_claim *queue =
		count ? *itsg_pages_queues(its[0]->platform.pages) : NULL;
	uint32_t left = 0;

	for (uint32_t i = 0; i < count; i++)
		left += its[i]->host.claim.run.bytes ? 1u : 0u;
	for (; queue && left; queue = queue->next, left--) {
		uint32_t i = 0;

		while (i < count && queue != &its[i]->host.claim)
			i++;
		if (i == count || !queue->run.bytes)
			return false;
	}
	return !queue && !left;
}

/* Several queues may have the same memory (H8): it is claimed once. */
static uint64_t check_queues(const struct itsg_its *const its[], uint32_t count)
{
	const struct itsg_queue_claim *queue =
		count ? *itsg_pages_queues(its[0]->platform.pages) : NULL;
	uint64_t granules = 0;

	for (; queue; queue = queue->next) {
		uint64_t at = queue->run.pa;
		struct itsg_run part;

		while (itsg_queue_next_part(queue->next, &queue->run, &at, &part))
			granules += itsg_granules(&part);
	}
	return granules;
}

static enum itsg_invariant check_claims(const struct itsg_pages *pages,
					const struct itsg_its *const its[], uint32_t count,
					const struct itsg_redists *redists)
{
	struct check_books books = {pages, 0, 0, true};
	struct itsg_pages_stats stats;
	uint64_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		itsg_visit_claims(its[i], check_claim, &books);
		kept += its[i]->kept.granules;
	}
	if (redists)
		itsg_redists_visit_claims(redists, check_claim, &books);
	if (!books.held)
		return ITSG_CLAIM_NOT_HELD;
	if (!check_queue_list(its, count))
		return ITSG_BOOKS_DIFFER;
	books.granules += check_queues(its, count);
	itsg_pages_get_stats(pages, &stats);
	return kept >= books.kept && stats.granules == books.granules + kept - books.kept
		       ? ITSG_INVARIANTS_HOLD
		       : ITSG_BOOKS_DIFFER;
}

/* ---- tables ---- */

/* Level-1 words that hardware is given: no other may be filled. 0: it walks no mirror. */
static uint64_t check_reach(const struct itsg_table *table)
{
	const struct itsg_geometry *geo = &table->geo;
	uint32_t pages;

	if (!table->claimed || !geo->two_level)
		return 0;
	pages = itsg_level1_pages(geo->page_bytes, geo->entry_bytes, table->id_bits);
	return (uint64_t)(pages < geo->pages ? pages : geo->pages) * geo->page_bytes / 8;
}

/* What is claimed is what the host's register said, which was judged, and is room enough. */
static ITSG_NOINLINE bool check_geometry(const struct itsg_its *its, const struct itsg_table *table)
{
	const struct itsg_geometry *geo = &table->geo;
	struct itsg_geometry armed;

	itsg_geometry_decode(table->armed, &armed);
	if (!table->type || !(table->armed & ITSG_BASER_VALID))
		return false;
	if (geo->two_level != armed.two_level || geo->page_code != armed.page_code ||
	    geo->page_bytes != armed.page_bytes || geo->entry_bytes != armed.entry_bytes ||
	    geo->pages != armed.pages || geo->per_page != armed.per_page || geo->pa != armed.pa ||
	    geo->bytes != armed.bytes || geo->capacity != armed.capacity)
		return false;
	return itsg_geometry_check(geo, its->facts.pa_end, its->facts.config.table_pages) ==
		       ITSG_OK &&
	       check_reach(table) * 8 <= table->mirror_bytes;
}

/* Its register leads hardware to what is claimed, or to the mirror, and no further. */
static ITSG_NOINLINE bool check_register(const struct itsg_table *table)
{
	const uint64_t pa = table->geo.two_level ? table->mirror_pa : table->geo.pa;
	struct itsg_geometry hw;

	itsg_geometry_decode(table->hw, &hw);
	return hw.pa == pa &&
	       hw.bytes == (table->geo.two_level ? check_reach(table) * 8 : table->geo.bytes) &&
	       table->hw == (itsg_geometry_encode(table->armed, pa, hw.pages) | ITSG_BASER_VALID);
}

/* Is it in use, as far as the guard is concerned? */
static bool check_in_use(const struct itsg_table *table)
{
	return table && table->claimed && !table->dying;
}

static ITSG_NOINLINE bool check_table(const struct itsg_its *its, const struct itsg_table *table)
{
	if ((table->type == ITSG_BASER_TYPE_DEVICE) != (table == its->device_table) ||
	    (table->type == ITSG_BASER_TYPE_COLLECTION) != (table == its->collection_table))
		return false;
	if ((table->programmed && !check_in_use(table)) || (table->dying && !table->claimed))
		return false;
	if (table->claimed && !check_geometry(its, table))
		return false;
	/* What the host gives up must be noted, or nobody retires it (F5, H6). */
	if (check_in_use(table) && !(table->raw & ITSG_BASER_VALID) && !its->given_up)
		return false;
	if (table->dying && table->geo.two_level && table->reaped > table->mirror_bytes / 8)
		return false;
	return !table->programmed || check_register(table);
}

/* While enabled, hardware has what the host's register says, and nothing else. */
static bool check_table_enabled(const struct itsg_table *table)
{
	const bool valid = table->type && (table->raw & ITSG_BASER_VALID) != 0;

	return table->programmed == valid && table->claimed == valid &&
	       (!valid || table->armed == itsg_table_visible(table));
}

/* Rules see this ITS and no other. */
static bool check_view(const struct itsg_its *its)
{
	const struct itsg_view *view = &its->view;

	return view->facts == &its->facts && view->devices == &its->devices &&
	       view->device_table == its->device_table &&
	       view->collection_table == its->collection_table;
}

/* Hardware has a table only while it is claimed, and is enabled only with what it needs. */
static bool check_hardware(const struct itsg_its *its)
{
	uint32_t dying = 0;

	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		if (its->table[n].number != n || !check_table(its, &its->table[n]) ||
		    (its->power.enabled && !check_table_enabled(&its->table[n])))
			return false;
		dying += its->table[n].dying ? 1u : 0u;
	}
	if (dying != its->retiring.tables || !check_view(its))
		return false;
	if (!its->power.enabled)
		return true;
	return its->ring.live && its->host.claim.run.bytes && its->device_table &&
	       its->device_table->programmed && !itsg_retire_pending(&its->retiring);
}

static bool check_word(const struct itsg_its *its, const struct itsg_table *table, uint64_t i,
		       uint64_t reach)
{
	return i < reach && (!table->dying || i >= table->reaped) &&
	       itsg_level1_check(&table->geo, table->words[i], its->facts.pa_end) == ITSG_OK;
}

/* *filled grows by the words that are there. */
static bool check_words(const struct itsg_its *its, const struct itsg_table *table, uint64_t from,
			uint64_t reach, uint64_t *filled)
{
	if (!check_any(table, from))
		return true;
	for (uint64_t i = from; i < from + CHECK_BLOCK; i++) {
		if (table->words[i] && !check_word(its, table, i, reach))
			return false;
		*filled += table->words[i] ? 1 : 0;
	}
	return true;
}

static bool check_level1(const struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		const struct itsg_table *table = &its->table[n];
		const uint64_t reach = check_reach(table);
		uint64_t filled = 0;

		for (uint64_t i = 0; i < table->mirror_bytes / 8; i += CHECK_BLOCK)
			if (!check_words(its, table, i, reach, &filled))
				return false;
		/* Or a table would be done before its last word is. */
		if (filled != table->filled)
			return false;
	}
	return true;
}

/* ---- devices ---- */

/* Has the device table an entry for it, in memory that hardware was given? */
static bool check_has_entry(const struct itsg_its *its, uint32_t device_id)
{
	const struct itsg_table *table = its->device_table;
	uint64_t index;

	if (!check_in_use(table) || (uint64_t)device_id >> its->facts.typer.device_bits ||
	    device_id >= table->geo.capacity)
		return false;
	if (!table->geo.two_level)
		return true;
	index = itsg_level1_index(&table->geo, device_id);
	return index < check_reach(table) && table->words[index];
}

/* Of a record that is found by its key, which has no more to it than what is used here. */
static bool check_record(const struct itsg_its *its, const struct itsg_device *device)
{
	const uint32_t size = itsg_device_size(device);
	const struct itsg_run run = itsg_facts_itt_run(&its->facts, device);

	return size < its->facts.max_itt_bits && run.pa == device->itt &&
	       run.pa < its->facts.pa_end && run.bytes <= its->facts.pa_end - run.pa &&
	       (its->retiring.devices || check_has_entry(its, itsg_device_id(device)));
}

static ITSG_NOINLINE bool check_devices(const struct itsg_its *its)
{
	const struct itsg_devices *devices = &its->devices;

	if (devices->capacity != its->facts.config.devices || !itsg_devices_check(devices) ||
	    its->kept.capacity != its->facts.config.kept)
		return false;
	if (its->retiring.devices && its->retiring.reaped > devices->capacity + its->kept.capacity)
		return false;
	for (uint32_t i = 0; i < devices->capacity; i++) {
		const struct itsg_device *device = itsg_devices_at(devices, i);

		if (!device && (devices->records[i].key || devices->records[i].itt))
			return false;
		if (device && !check_record(its, device))
			return false;
		if (device && its->retiring.devices && i < its->retiring.reaped)
			return false;
	}
	return true;
}

/* ---- the journal, and what its entries wait for ---- */

/* Is the mend at work that gives entries another round, which is owed when it is done? */
static bool check_voiding(const struct itsg_its *its)
{
	const struct itsg_mend *mend = &its->mend;

	return its->ring.stalled && mend->on && mend->number == its->ring.passed &&
	       mend->phase == ITSG_MEND_VOID;
}

/* Is what an entry waits for a thing that comes? */
static bool check_awaits(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if (entry->barrier == ITSG_NO_BARRIER)
		return entry->again && entry->number < its->ring.passed;
	if (entry->barrier)
		return entry->barrier > entry->number && entry->barrier <= its->ring.published;
	/* It was passed when hardware was quiescent, or arming will find that the queue is gone. */
	if (entry->number < its->power.settled_below || its->power.lost)
		return true;
	if (!entry->covered)
		return entry->drop.bytes == 0;
	return its->barrier.round != ITSG_ROUND_NONE || (check_voiding(its) && its->mend.owes);
}

static bool check_published(const struct itsg_its *its, const struct itsg_entry *entry)
{
	/* The SYNCs of a round are behind all that it is for. */
	if (entry->covered && (entry->barrier || (itsg_barrier_under_way(&its->barrier) &&
						  entry->number >= its->barrier.begun)))
		return false;
	if ((entry->maps || entry->unmaps) && !check_has_entry(its, entry->device_id))
		return false;
	return check_awaits(its, entry);
}

static bool check_owed(const struct itsg_its *its, const struct itsg_entry *entry)
{
	return entry->own && !entry->barrier && !entry->covered && !entry->again &&
	       check_has_entry(its, entry->device_id);
}

/* Only mapping and unmapping release memory, and of our own there are only unmaps. */
static bool check_kind(const struct itsg_its *its, const struct itsg_entry *entry)
{
	if ((entry->own && !entry->unmaps) || (entry->maps && entry->unmaps))
		return false;
	if (entry->count == 0 || (entry->count > 1 && (entry->maps || entry->unmaps)))
		return false;
	if (entry->unmaps == ITSG_UNMAPS_INSIDE && (!entry->own || entry->drop.bytes))
		return false;
	return (!entry->drop.bytes || entry->maps || entry->unmaps) &&
	       entry->size < its->facts.max_itt_bits &&
	       itsg_journal_last_of(entry) < its->ring.published;
}

static bool check_state(const struct itsg_its *its, const struct itsg_entry *entry)
{
	switch (entry->state) {
	case ITSG_ENTRY_PUBLISHED:
		return check_published(its, entry);
	case ITSG_ENTRY_OWED:
		return check_owed(its, entry);
	default: /* its table was retired, and hardware has no queue since */
		return entry->state == ITSG_ENTRY_OVER && !its->ring.live;
	}
}

static ITSG_NOINLINE bool check_entry(const struct itsg_its *its, uint32_t index)
{
	const struct itsg_journal *journal = &its->journal;
	const struct itsg_entry *entry = itsg_journal_at(journal, index);

	/* The owed ones are the last, and only they are. */
	if ((entry->state == ITSG_ENTRY_OWED) != (index >= journal->count - journal->owed))
		return false;
	/* Only those of the host's present queue have a place in it. */
	if (index >= journal->foreign &&
	    (entry->state == ITSG_ENTRY_OWED || entry->host_offset % ITSG_CMD_BYTES ||
	     itsg_journal_offset_of(entry, itsg_journal_last_of(entry)) >= itsg_cmdq_bytes(its)))
		return false;
	/* They are sought by number. */
	if (entry->state == ITSG_ENTRY_PUBLISHED && index > 0 &&
	    itsg_journal_last_of(itsg_journal_at(journal, index - 1)) >= entry->number)
		return false;
	return check_kind(its, entry) && check_state(its, entry);
}

static bool check_journal(const struct itsg_its *its)
{
	const struct itsg_journal *journal = &its->journal;
	uint32_t drops = 0;

	if (journal->capacity != its->facts.config.journal || journal->count > journal->capacity ||
	    journal->first >= journal->capacity || journal->owed > journal->count ||
	    journal->foreign > journal->count ||
	    journal->gone + journal->count > its->ring.published)
		return false;
	for (uint32_t i = 0; i < journal->count; i++) {
		if (itsg_entry_waits(itsg_journal_at(journal, i)))
			drops++;
		if (!check_entry(its, i))
			return false;
	}
	return drops == journal->drops;
}

/* ---- barriers ---- */

static bool check_targets(const struct itsg_its *its)
{
	const uint32_t rds = its->facts.rds.count;
	uint32_t count = 0;

	for (uint32_t i = 0; i < (rds + 31) / 32; i++)
		for (uint32_t word = its->barrier.targets[i]; word; word &= word - 1)
			count++;
	/* None is behind the last redistributor. */
	if (rds % 32 && its->barrier.targets[rds / 32] >> rds % 32)
		return false;
	return count == its->barrier.count;
}

static bool check_round(const struct itsg_its *its)
{
	const struct itsg_barrier *barrier = &its->barrier;
	const uint64_t sent = barrier->begun + barrier->sent;

	if (barrier->round != ITSG_ROUND_NONE && !its->ring.live)
		return false;
	if (!itsg_barrier_under_way(&its->barrier))
		return barrier->round == ITSG_ROUND_NONE || barrier->round == ITSG_ROUND_OWED;
	/* It was sought in whole words. */
	if (barrier->next >= its->facts.rds.count + 32 || sent > its->ring.published)
		return false;
	return barrier->round == ITSG_ROUND_QUEUEING ||
	       (barrier->marked <= its->journal.gone + its->journal.count && sent <= barrier->end &&
		barrier->end <= its->ring.published);
}

static bool check_barrier(const struct itsg_its *its)
{
	const uint32_t rds = its->facts.rds.count;

	return its->barrier.courier < rds && its->barrier.sought < itsg_barrier_rounds(its) * rds &&
	       check_targets(its) && check_round(its) &&
	       (!its->mend.on || its->mend.number <= its->ring.passed) &&
	       (!check_voiding(its) || its->mend.voided <= its->journal.gone + its->journal.count);
}

/* ---- the private queue ---- */

/* Without hardware nothing is in flight, and nothing lies in a slot that counts: nor is a stall. */
static bool check_idle_ring(const struct itsg_ring *ring)
{
	return ring->scrubbed == ring->published && !ring->lap_end;
}

static bool check_live_ring(const struct itsg_ring *ring)
{
	const uint64_t kept = ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE;
	const uint64_t size = ring->slots * ITSG_CMD_BYTES / ITSG_QUEUE_PAGE - 1;

	return ring->filled && ring->harmless[0] == ITSG_CMD_SYNC &&
	       (ring->hw & kept) == (ITSG_CBASER_VALID | ring->pa | size);
}

/*
 * Hardware goes from the last slot to the first only in a lap, which ends behind the first, and
 * with nothing behind it (F4).
 */
static bool check_lap(const struct itsg_ring *ring)
{
	const uint32_t slot = itsg_ring_offset(ring, ring->passed) / ITSG_CMD_BYTES;

	if (itsg_ring_lapping(ring))
		return ring->lap_end == ring->written && ring->lap_end == ring->published &&
		       itsg_ring_offset(ring, ring->lap_end) == ITSG_CMD_BYTES;
	return ring->published - ring->passed < ring->slots - slot;
}

static bool check_ring(const struct itsg_its *its)
{
	const struct itsg_ring *ring = &its->ring;

	if (ring->platform != &its->platform || ring->pa != its->facts.config.queue.pa ||
	    ring->slots != its->facts.config.queue.bytes / 32 || ring->depth >= ring->slots ||
	    ring->scrub_slot >= ring->slots)
		return false;
	if (ring->free_slot != itsg_ring_offset(ring, ring->published) / ITSG_CMD_BYTES ||
	    (ring->seen & ITSG_CREADR_OFFSET) != itsg_ring_offset(ring, ring->passed))
		return false;
	if (ring->scrubbed > ring->passed || ring->passed > ring->written ||
	    ring->written > ring->published || ring->published - ring->written > ITSG_RING_RUN ||
	    ring->published - ring->scrubbed > ring->depth)
		return false;
	if (ring->untold || (ring->told && !ring->stalled) ||
	    (ring->stalled && ring->passed == ring->written))
		return false;
	return check_lap(ring) && (ring->live ? check_live_ring(ring) : check_idle_ring(ring));
}

/* ---- the host's queue, and the command at its head ---- */

static bool check_offset(const struct itsg_its *its, uint32_t offset)
{
	return offset % ITSG_CMD_BYTES == 0 && offset < itsg_cmdq_bytes(its);
}

static bool check_host_queue(const struct itsg_its *its)
{
	const struct itsg_host_queue *host = &its->host;
	const struct itsg_run *run = &host->claim.run;

	/* CWRITER stays where it was when a smaller queue is written; then the host may not enable.
	 */
	if (!check_offset(its, host->next) || host->cwriter % ITSG_CMD_BYTES ||
	    (its->power.enabled && !check_offset(its, host->cwriter)))
		return false;
	return !run->bytes ||
	       ((host->raw & ITSG_CBASER_VALID) && run->pa == (host->raw & ITSG_CBASER_ADDRESS) &&
		run->bytes == itsg_cmdq_bytes(its));
}

static bool check_head(const struct itsg_its *its)
{
	const uint32_t after = its->head.offset + ITSG_CMD_BYTES;

	return !its->head.full || (check_offset(its, its->head.offset) &&
				   its->host.next == (after < itsg_cmdq_bytes(its) ? after : 0));
}

/* A command that is being taken was judged by the records and the level 1 of now. */
static bool check_plan(const struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;
	const struct itsg_table *mirror =
		plan->mirror < ITSG_BASERS ? &its->table[plan->mirror] : NULL;
	const struct itsg_device *mapped = itsg_devices_find(&its->devices, plan->device_id);

	if (plan->mirror > ITSG_BASERS)
		return false;
	if (mirror && (plan->level1_index >= check_reach(mirror) || mirror->dying ||
		       mirror->words[plan->level1_index]))
		return false;
	switch (plan->record) {
	case ITSG_RECORD_ADD:
		return !mapped && plan->slot < its->devices.capacity &&
		       itsg_devices_slot(&its->devices, plan->device_id) == plan->slot;
	case ITSG_RECORD_REPLACE:
		return mapped && mapped == &its->devices.records[plan->slot];
	default:
		return plan->record == ITSG_RECORD_KEEP; /* an unmap takes nothing */
	}
}

/* What is held is of the next take: its beginning, from where on it goes back, too. */
static bool check_held(const struct itsg_its *its)
{
	const struct itsg_taking *taking = &its->taking;
	const struct itsg_run *held = &taking->held;
	const struct itsg_run *run = &its->plan.take[taking->takes].run;

	if (taking->takes == its->plan.takes)
		return held->bytes == 0;
	if (taking->phase == ITSG_TAKING_ON && taking->judged > run->bytes)
		return false;
	if (held->bytes == 0)
		return true;
	if (taking->phase == ITSG_TAKING_ON)
		return held->pa == run->pa && held->bytes < run->bytes;
	return held->pa >= run->pa && held->pa - run->pa <= run->bytes &&
	       held->bytes <= run->bytes - (held->pa - run->pa);
}

static ITSG_NOINLINE bool check_taking(const struct itsg_its *its)
{
	const struct itsg_taking *taking = &its->taking;

	if (taking->platform != &its->platform || taking->plan != &its->plan)
		return false;
	if (taking->phase == ITSG_TAKING_NONE)
		return true;
	if (its->plan.takes > ITSG_PLAN_TAKES || taking->takes > its->plan.takes ||
	    !check_held(its))
		return false;
	if (taking->phase == ITSG_TAKING_BACK)
		return taking->refusal == ITSG_OK || its->head.full;
	return taking->phase == ITSG_TAKING_ON && taking->refusal == ITSG_OK && its->head.full &&
	       !its->head.waiting && taking->takes < its->plan.takes && check_plan(its);
}

/* ---- states ---- */

/* Enabled, on its way to be disabled, quiescent: one of the three, or disabled and not quiet yet.
 */
static bool check_enabled(const struct itsg_its *its)
{
	if (its->power.closing) /* only a lap is waited for (F4) */
		return !its->power.enabled && !its->power.quiesced && !its->ring.broken &&
		       itsg_ring_lapping(&its->ring);
	return !its->power.enabled ||
	       (!its->power.quiesced && !its->power.lost && !its->power.doubted && !its->given_up);
}

/* ITT entries name no collection that hardware, as it is enabled, does not have. */
static bool check_collections(const struct itsg_its *its)
{
	const struct itsg_table *table = its->collection_table;
	const uint64_t capacity = check_in_use(table) ? table->geo.capacity : 0;

	return its->icids <= (its->power.enabled ? itsg_collections(&its->facts.typer, capacity)
						 : (uint64_t)1 << its->facts.typer.icid_bits);
}

static bool check_number(const struct itsg_its *its)
{
	const bool has = its->facts.typer.virt && !(its->facts.typer_hidden & ITSG_TYPER_VIRTUAL);

	return !its->number || (has && !(its->number & ~ITSG_CTLR_ITS_NUMBER));
}

static bool check_states(const struct itsg_its *its)
{
	return its->facts.pa_end == (uint64_t)1 << its->facts.config.pa_bits &&
	       check_enabled(its) && check_collections(its) && check_number(its) &&
	       its->power.settled_below <= its->ring.passed &&
	       its->power.disabled_in <= its->calls &&
	       (!its->unmap_lost || check_in_use(its->device_table));
}

static ITSG_NOINLINE enum itsg_invariant check_its(const struct itsg_its *its)
{
	/* Each may rely on those before it: an index that is wrong is not followed. */
	if (!check_hardware(its))
		return ITSG_HARDWARE_BROKEN;
	if (!check_level1(its))
		return ITSG_LEVEL1_BROKEN;
	if (!check_devices(its))
		return ITSG_DEVICES_BROKEN;
	if (!check_ring(its))
		return ITSG_QUEUE_BROKEN;
	if (!check_journal(its) || !check_barrier(its))
		return ITSG_JOURNAL_BROKEN;
	if (!check_host_queue(its) || !check_head(its) || !check_taking(its))
		return ITSG_COMMAND_BROKEN;
	return check_states(its) ? ITSG_INVARIANTS_HOLD : ITSG_STATE_BROKEN;
}

enum itsg_invariant itsg_check(const struct itsg_pages *pages, const struct itsg_its *const its[],
			       uint32_t count, const struct itsg_redists *redists)
{
	if (!itsg_pages_check(pages))
		return ITSG_TRACKER_BROKEN;
	if (redists && !itsg_rd_check(redists))
		return ITSG_REDISTS_BROKEN;
	for (uint32_t i = 0; i < count; i++) {
		const enum itsg_invariant broken = check_its(its[i]);

		if (broken != ITSG_INVARIANTS_HOLD)
			return broken;
	}
	return check_claims(pages, its, count, redists);
}
