/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "quick.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "common.h"
#include "state.h"

#define QUICK_PAGES  128u
#define TRACKER_HEAD 64u /* bytes before the entries; their order is that of itsg_pages_slot() */

/* An entry of the tracker when it was looked at last. */
struct entry {
	bool used;
	struct itsg_page_info info;
};

struct quick {
	struct world *world;
	uint32_t capacity;
	uint32_t words; /* of granules beside each entry */
	uint32_t page;  /* bytes */
	uint32_t code;  /* Page_Size of the tables */
	const uint64_t *memory;
	uint64_t shadow[QUICK_PAGES * 5 + 16];
	size_t shadow_words;
	struct entry entry[QUICK_PAGES];
	struct itsg_pages_stats sum;
	uint64_t stored_pa, stored_bytes; /* not judged yet; bytes 0: none */
	uint64_t injected;                /* callbacks that had failed before it */
	uint64_t counted;                 /* of the records when the books were compared last */
};

struct quick *quick_new(void)
{
	return calloc(1, sizeof(struct quick));
}

/* ---- the tracker ---- */

static void count_entry(struct quick *quick, const struct entry *entry, uint64_t sign)
{
	if (!entry->used)
		return;
	quick->sum.pages += sign;
	quick->sum.granules += sign * entry->info.granules;
	quick->sum.marked += entry->info.marked ? sign : 0;
}

static bool look_at(struct quick *quick, uint32_t slot)
{
	struct entry *entry = &quick->entry[slot];

	count_entry(quick, entry, (uint64_t)-1);
	entry->used = itsg_pages_slot(world_tracker(quick->world), slot, &entry->info);
	count_entry(quick, entry, 1);
	return entry->used;
}

/* Found by its PFN, and there once. */
static void check_found(const struct quick *quick, uint32_t slot)
{
	const struct itsg_page_info *info = &quick->entry[slot].info;
	struct itsg_run run = {info->pfn * quick->page, 256};
	uint32_t first = 0;

	for (uint32_t i = 0; i < quick->capacity; i++)
		if (i != slot && quick->entry[i].used && quick->entry[i].info.pfn == info->pfn)
			fuzz_found("page 0x%" PRIx64 " is in the tracker twice", info->pfn);
	if (info->granules == 0) {
		if (!info->marked || !itsg_pages_marked(world_tracker(quick->world), info->pfn))
			fuzz_found("an entry without a claim, or not found, for page 0x%" PRIx64,
				   info->pfn);
		return;
	}
	while (!(info->words[first / 64] >> (first % 64) & 1))
		first++;
	run.pa += first * 256;
	if (itsg_pages_holds(world_tracker(quick->world), &run, info->kind) != ITSG_PAGES_OK)
		fuzz_found("the tracker does not find page 0x%" PRIx64, info->pfn);
}

/* The page is in memory what the tracker says of it. */
static void check_page(const struct quick *quick, uint64_t pfn, const struct entry *entry)
{
	struct sim_page page = sim_mem_page(world_mem(quick->world), pfn * quick->page);
	bool shared = page.state == SIM_SHARED && page.pins == 1;
	bool donated = page.state == SIM_HYP && page.donated;

	if (!entry && (page.pins > 0 || donated))
		fuzz_found("page 0x%" PRIx64 " is held but not in the tracker", pfn);
	if (entry && !(entry->info.kind == ITSG_DONATED ? donated : shared))
		fuzz_found("page 0x%" PRIx64 " is in the tracker but not held as it says", pfn);
}

static const struct entry *entry_of(const struct quick *quick, uint64_t pfn)
{
	for (uint32_t i = 0; i < quick->capacity; i++)
		if (quick->entry[i].used && quick->entry[i].info.pfn == pfn)
			return &quick->entry[i];
	return NULL;
}

static bool slot_changed(const struct quick *quick, uint32_t slot)
{
	size_t bits_at = (quick->capacity + 7u) & ~(size_t)7;
	size_t at = bits_at + (size_t)slot * quick->words;

	if (quick->memory[slot] != quick->shadow[slot])
		return true;
	for (uint32_t i = 0; i < quick->words; i++)
		if (quick->memory[at + i] != quick->shadow[at + i])
			return true;
	return false;
}

/* What a slot held before; looked at when all slots that changed are known anew. */
struct change {
	uint32_t slot;
	bool was_used;
	uint64_t was;
};

static void check_change(const struct quick *quick, const struct change *change)
{
	const struct entry *entry = &quick->entry[change->slot];

	if (entry->used) {
		check_found(quick, change->slot);
		check_page(quick, entry->info.pfn, entry);
	}
	if (change->was_used && !(entry->used && entry->info.pfn == change->was))
		check_page(quick, change->was, entry_of(quick, change->was));
}

static void check_changes(struct quick *quick)
{
	struct change changes[QUICK_PAGES];
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < quick->capacity; slot++) {
		const struct entry *entry = &quick->entry[slot];

		if (!slot_changed(quick, slot))
			continue;
		changes[count++] = (struct change){slot, entry->used, entry->info.pfn};
		look_at(quick, slot);
	}
	for (uint32_t i = 0; i < count; i++)
		check_change(quick, &changes[i]);
}

static void adopt_memory(struct quick *quick)
{
	memcpy(quick->shadow, quick->memory, quick->shadow_words * 8);
}

static void check_tracker(struct quick *quick)
{
	struct itsg_pages_stats stats;

	if (memcmp(quick->shadow, quick->memory, quick->shadow_words * 8) != 0) {
		check_changes(quick);
		adopt_memory(quick);
	}
	itsg_pages_get_stats(world_tracker(quick->world), &stats);
	if (stats.pages != quick->sum.pages || stats.granules != quick->sum.granules ||
	    stats.marked != quick->sum.marked || stats.pages_peak < stats.pages ||
	    stats.pages_peak > quick->capacity)
		fuzz_found("the tracker's counters are not what its entries add up to");
}

static void check_states(const struct quick *quick)
{
	const struct sim_mem_stats *mem = sim_mem_stats(world_mem(quick->world));
	uint64_t held = mem->shares - mem->unshares + mem->donates - mem->reclaims;

	if (held != quick->sum.pages)
		fuzz_found("%" PRIu64 " pages are held, %" PRIu64 " are in the tracker", held,
			   quick->sum.pages);
}

/* ---- books ---- */

struct books {
	uint64_t granules, kept, itts;
};

static void add_claim(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
		      enum itsg_kind kind)
{
	struct books *books = ctx;
	uint64_t granules = run->bytes >> ITSG_GRANULE_SHIFT;

	(void)kind;
	books->granules += granules;
	if (use == ITSG_CLAIM_KEPT)
		books->kept += granules;
	if (use == ITSG_CLAIM_ITT)
		books->itts++;
}

/* A number that changes whenever a record comes or goes. */
static uint64_t count_records(const struct quick *quick)
{
	uint64_t count = quick->sum.granules;

	for (uint32_t i = 0; i < world_config(quick->world)->its_count; i++) {
		const struct itsg_its *its = world_guard(quick->world, i);

		count = count * 31 + its->devices.count;
		count = count * 31 + its->journal.drops;
		count = count * 31 + its->kept.granules;
		count = count * 2 + its->retiring.devices;
	}
	return count;
}

/* With registers as they are, tables and queue stay on record. */
static void check_books(struct quick *quick)
{
	uint64_t counted = count_records(quick);

	struct books books = {0, 0, 0};
	uint64_t kept = 0, devices = 0;

	if (counted == quick->counted)
		return;
	quick->counted = counted;
	for (uint32_t i = 0; i < world_config(quick->world)->its_count; i++) {
		const struct itsg_its *its = world_guard(quick->world, i);

		itsg_visit_claims(its, add_claim, &books);
		kept += its->kept.granules;
		devices += its->retiring.devices ? 0 : its->devices.count;
	}
	if (quick->sum.granules != books.granules - books.kept + kept)
		fuzz_found("%" PRIu64 " granules are claimed, %" PRIu64 " recorded (%" PRIu64
			   " in kept tables), %" PRIu64 " kept in all",
			   quick->sum.granules, books.granules, books.kept, kept);
	if (devices != books.itts)
		fuzz_found("%" PRIu64 " devices but %" PRIu64 " ITTs on record", devices,
			   books.itts);
}

/* ---- parts of the guard that are cheap to look at ---- */

static void check_order(const struct itsg_its *its)
{
	const struct itsg_ring *ring = &its->ring;
	const struct itsg_journal *journal = &its->journal;

	if (ring->scrubbed > ring->passed || ring->passed > ring->published ||
	    ring->published - ring->scrubbed > ring->depth || ring->scrub_slot >= ring->slots)
		fuzz_found("positions in the private queue are out of order");
	if (journal->count > journal->capacity || journal->owed > journal->count ||
	    journal->drops > journal->count)
		fuzz_found("the journal's counters are out of order");
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (its->table[n].programmed && !its->table[n].claimed)
			fuzz_found("table %" PRIu32 " is valid in hardware without a claim", n);
}

/* ---- what the ITS can read from now on ---- */

static void must_hold(const struct quick *quick, uint64_t pa, uint64_t bytes, bool donated,
		      const char *what)
{
	uint64_t first = pa & ~(uint64_t)255;
	struct itsg_run run = {first, ((pa + bytes + 255) & ~(uint64_t)255) - first};
	bool kind = donated || world_config(quick->world)->machine.donate_itt;

	if (itsg_pages_holds(world_tracker(quick->world), &run,
			     kind ? ITSG_DONATED : ITSG_SHARED) != ITSG_PAGES_OK)
		fuzz_found("the ITS may touch %s at 0x%" PRIx64 ", which is not claimed", what, pa);
	for (uint64_t at = pa & ~(uint64_t)(quick->page - 1); at < pa + bytes; at += quick->page) {
		struct sim_page page = sim_mem_page(world_mem(quick->world), at);

		if (page.pins == 0 && !page.donated)
			fuzz_found("the ITS may touch %s at 0x%" PRIx64 ", which is not held", what,
				   pa);
	}
}

static void judge_command(const struct quick *quick, uint64_t pa)
{
	const struct sim_mem *mem = world_mem(quick->world);
	uint64_t dw2, size, entry;

	if ((sim_mem_peek64(mem, pa) & 0xff) != SIM_MAPD)
		return;
	dw2 = sim_mem_peek64(mem, pa + 16);
	if (!(dw2 & SIM_VALID))
		return;
	size = sim_field(sim_mem_peek64(mem, pa + 8), 4, 0);
	entry = sim_field(world_config(quick->world)->its[0].typer, 7, 4) + 1;
	if (world_config(quick->world)->machine.itt_entry > entry)
		entry = world_config(quick->world)->machine.itt_entry;
	must_hold(quick, dw2 & sim_bits(51, 8), ((uint64_t)2 << size) * entry, false, "an ITT");
}

static void judge_level1(const struct quick *quick, uint64_t pa)
{
	uint64_t page = (uint64_t)4096 << (2 * quick->code);
	uint64_t word = sim_mem_peek64(world_mem(quick->world), pa);

	if (word & SIM_VALID)
		must_hold(quick, word & sim_bits(51, 12) & ~(page - 1), page, true,
			  "a level-2 page");
}

void quick_settle_store(struct quick *quick)
{
	uint64_t bytes = quick->stored_bytes;

	quick->stored_bytes = 0;
	/* A store that fails has written nothing. */
	if (bytes == 0 || world_injected(quick->world) != quick->injected)
		return;
	for (uint64_t i = 0; bytes != 8 && i < bytes; i += SIM_COMMAND_BYTES)
		judge_command(quick, quick->stored_pa + i);
	if (bytes == 8)
		judge_level1(quick, quick->stored_pa);
}

void quick_store(struct quick *quick, uint64_t pa, uint64_t bytes)
{
	quick->stored_pa = pa;
	quick->stored_bytes = bytes;
	quick->injected = world_injected(quick->world);
}

/* ---- life ---- */

void quick_begin(struct quick *quick, struct world *world)
{
	const struct world_config *config = world_config(world);
	uint32_t capacity = config->machine.pages;

	if (capacity > QUICK_PAGES)
		fuzz_found("quick checks are made for %u pages at most", QUICK_PAGES);
	quick->world = world;
	quick->capacity = capacity;
	quick->page = config->machine.page;
	quick->code = config->its[0].baser[0].page;
	quick->words = quick->page == 4096 ? 0 : quick->page == 16384 ? 1 : 4;
	quick->memory = (const uint64_t *)(const void *)((const uint8_t *)world_tracker(world) +
							 TRACKER_HEAD);
	quick->shadow_words = ((capacity + 7u) & ~7u) + (size_t)capacity * quick->words;
	quick_adopt(quick);
}

void quick_adopt(struct quick *quick)
{
	memset(&quick->sum, 0, sizeof(quick->sum));
	for (uint32_t slot = 0; slot < quick->capacity; slot++) {
		quick->entry[slot].used = false;
		look_at(quick, slot);
	}
	adopt_memory(quick);
	quick->stored_bytes = 0;
	quick->counted = ~count_records(quick);
}

void quick_check(struct quick *quick, bool registers)
{
	if (registers)
		quick->counted = ~count_records(quick);
	quick_settle_store(quick);
	check_tracker(quick);
	check_states(quick);
	check_books(quick);
	for (uint32_t i = 0; i < world_config(quick->world)->its_count; i++)
		check_order(world_guard(quick->world, i));
}
