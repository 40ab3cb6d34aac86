/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfnset.h"

/* A table that must be on record. */
struct due {
	uint64_t pa, bytes;
	enum itsg_claim_use use;
	enum itsg_kind kind;
	bool found;
};

struct oracle {
	/* Pages. */
	struct pfnset *reach, *reach_table, *reach_private, *held;
	struct pfnset *tracked_shared, *tracked_donated;
	/* Granules. */
	struct pfnset *reach_granules, *claimed, *claimed_or_private, *recorded;
	struct pfnset *shared_granules, *donated_granules;
	struct pfnset *queues; /* of them, of any host's queue */
	/* While walking. */
	struct world *world;
	uint64_t record_granules; /* sum over records */
	uint64_t kept_recorded;   /* of them kept tables */
	uint64_t itts;
	bool kind_wrong;
	uint64_t kind_wrong_at;
	/* Tables of redistributors that must be on record, and what is there but should not. */
	struct due due[2 * TRACE_PES_MAX];
	size_t dues;
	bool table_wrong;
	uint64_t table_wrong_at;
};

static const char *const clause_names[ORACLE_CLAUSES] = {
	"HOLDS",  "REACH",     "PRIVATE", "DONATED",    "CLAIMED",      "GUEST",
	"SHARES", "DONATIONS", "PINS",    "RECORDED",   "RECORD_KIND",  "RECORD_TWICE",
	"BOOKS",  "DEVICES",   "MAPPED",  "LPI_TABLES", "NOTHING_HELD",
};

const char *oracle_clause_name(enum oracle_clause clause)
{
	return (unsigned)clause < ORACLE_CLAUSES ? clause_names[clause] : "?";
}

#define SETS 11

static struct pfnset **set_of(struct oracle *oracle, unsigned index)
{
	struct pfnset **const sets[SETS] = {
		&oracle->reach,          &oracle->reach_table,    &oracle->reach_private,
		&oracle->held,           &oracle->tracked_shared, &oracle->tracked_donated,
		&oracle->reach_granules, &oracle->claimed,        &oracle->claimed_or_private,
		&oracle->recorded,       &oracle->queues,
	};

	return sets[index];
}

struct oracle *oracle_new(void)
{
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	bool ok = oracle != NULL;

	for (unsigned i = 0; ok && i < SETS; i++) {
		*set_of(oracle, i) = pfnset_new();
		ok = *set_of(oracle, i) != NULL;
	}
	if (ok) {
		oracle->shared_granules = pfnset_new();
		oracle->donated_granules = pfnset_new();
		ok = oracle->shared_granules && oracle->donated_granules;
	}
	if (ok)
		return oracle;
	oracle_free(oracle);
	return NULL;
}

void oracle_free(struct oracle *oracle)
{
	if (!oracle)
		return;
	for (unsigned i = 0; i < SETS; i++)
		if (*set_of(oracle, i))
			pfnset_free(*set_of(oracle, i));
	if (oracle->shared_granules)
		pfnset_free(oracle->shared_granules);
	if (oracle->donated_granules)
		pfnset_free(oracle->donated_granules);
	free(oracle);
}

static enum oracle_clause broken(enum oracle_clause clause, char *text, size_t size,
				 const char *format, ...) __attribute__((format(printf, 4, 5)));

static enum oracle_clause broken(enum oracle_clause clause, char *text, size_t size,
				 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
	return clause;
}

/* sub is a subset of super, or else at[0] is the address of the first thing missing. */
static bool subset(const struct pfnset *sub, const struct pfnset *super, uint64_t unit,
		   unsigned long long *at)
{
	uint64_t first;

	if (pfnset_is_subset(sub, super))
		return true;
	*at = pfnset_first_missing(sub, super, &first) ? first * unit : 0;
	return false;
}

/* The units of `unit` bytes that [pa, pa + len) touches. */
static void add_extent(struct pfnset *set, uint64_t pa, uint64_t len, uint64_t unit)
{
	uint64_t last;

	if (len == 0)
		return;
	last = pa + (len - 1) < pa ? UINT64_MAX : pa + (len - 1);
	pfnset_add_range(set, pa / unit, last / unit - pa / unit + 1);
}

static void reach_extent(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	struct oracle *oracle = ctx;
	uint64_t page = world_config(oracle->world)->machine.page;

	add_extent(oracle->reach, pa, len, page);
	add_extent(oracle->reach_granules, pa, len, 1u << ITSG_GRANULE_SHIFT);
	if (why == SIM_REACH_TABLE)
		add_extent(oracle->reach_table, pa, len, page);
	if (why == SIM_REACH_QUEUE || why == SIM_REACH_LEVEL1)
		add_extent(oracle->reach_private, pa, len, page);
}

static void reach_table(void *ctx, uint32_t rd, uint64_t pa, uint64_t len,
			enum sim_redist_reach why)
{
	struct oracle *oracle = ctx;
	bool donated =
		why == SIM_REDIST_PENDING && !world_config(oracle->world)->machine.share_pending;

	(void)rd;
	if (why != SIM_REDIST_FOREIGN)
		reach_extent(oracle, pa, len, donated ? SIM_REACH_TABLE : SIM_REACH_ITT);
}

static void gather_reach(struct oracle *oracle)
{
	pfnset_clear(oracle->reach);
	pfnset_clear(oracle->reach_granules);
	pfnset_clear(oracle->reach_table);
	pfnset_clear(oracle->reach_private);
	for (uint32_t i = 0; i < world_config(oracle->world)->its_count; i++)
		sim_its_reach(world_its(oracle->world, i), reach_extent, oracle);
	if (world_redists(oracle->world))
		sim_redists_reach(world_redists(oracle->world), reach_table, oracle);
}

/* Runs of set bits become ranges: pages are mostly full or nearly empty. */
static void add_page(struct oracle *oracle, const struct itsg_page_info *info, uint64_t per_page)
{
	struct pfnset *granules =
		info->kind == ITSG_DONATED ? oracle->donated_granules : oracle->shared_granules;
	uint64_t first = info->pfn * per_page;

	pfnset_add(info->kind == ITSG_DONATED ? oracle->tracked_donated : oracle->tracked_shared,
		   info->pfn);
	if (info->granules == per_page) {
		pfnset_add_range(granules, first, per_page);
		return;
	}
	for (uint64_t g = 0; g < per_page; g++)
		if ((info->words[g / 64] >> (g % 64) & 1) != 0)
			pfnset_add(granules, first + g);
}

static void gather_tracker(struct oracle *oracle)
{
	const struct trace_machine *machine = &world_config(oracle->world)->machine;
	struct itsg_pages *tracker = world_tracker(oracle->world);
	struct itsg_page_info info;
	uint32_t slot = 0;

	pfnset_clear(oracle->tracked_shared);
	pfnset_clear(oracle->tracked_donated);
	pfnset_clear(oracle->shared_granules);
	pfnset_clear(oracle->donated_granules);
	while (itsg_pages_next(tracker, &slot, &info))
		add_page(oracle, &info, machine->page >> ITSG_GRANULE_SHIFT);
	pfnset_copy(oracle->claimed, oracle->shared_granules);
	pfnset_add_set(oracle->claimed, oracle->donated_granules);
}

/* Granules that no record before has counted. Two ITSs may have a queue in the same memory (E10,
 * H8). */
static uint64_t count_granules(struct oracle *oracle, enum itsg_claim_use use, uint64_t first,
			       uint64_t count)
{
	uint64_t before = pfnset_cardinality(oracle->queues);

	if (use != ITSG_CLAIM_QUEUE)
		return count;
	pfnset_add_range(oracle->queues, first, count);
	return pfnset_cardinality(oracle->queues) - before;
}

/* Several may have one configuration table: it is due once. */
static void add_due(struct oracle *oracle, enum itsg_claim_use use, enum itsg_kind kind,
		    uint64_t pa, uint64_t bytes)
{
	for (size_t i = 0; use == ITSG_CLAIM_LPI_CONFIG && i < oracle->dues; i++)
		if (oracle->due[i].use == use && oracle->due[i].pa == pa &&
		    oracle->due[i].bytes == bytes)
			return;
	oracle->due[oracle->dues++] = (struct due){pa, bytes, use, kind, false};
}

static void gather_due(struct oracle *oracle)
{
	const struct trace_machine *machine = &world_config(oracle->world)->machine;
	const struct sim_redists *rds = world_redists(oracle->world);

	oracle->dues = 0;
	oracle->table_wrong = false;
	for (uint32_t rd = 0; rds && rd < machine->pes; rd++) {
		struct sim_redist_tables tables = sim_redists_given(rds, rd);

		if (!world_rd_is_due(oracle->world, rd))
			continue;
		add_due(oracle, ITSG_CLAIM_LPI_CONFIG, ITSG_SHARED, tables.config_pa,
			tables.config_bytes);
		add_due(oracle, ITSG_CLAIM_LPI_PENDING,
			machine->share_pending ? ITSG_SHARED : ITSG_DONATED, tables.pending_pa,
			tables.pending_bytes);
	}
}

static bool is_due(struct oracle *oracle, enum itsg_claim_use use, const struct itsg_run *run,
		   enum itsg_kind kind)
{
	for (size_t i = 0; i < oracle->dues; i++) {
		struct due *due = &oracle->due[i];

		if (due->found || due->use != use || due->kind != kind || due->pa != run->pa ||
		    due->bytes != run->bytes)
			continue;
		due->found = true;
		return true;
	}
	return false;
}

static void visit(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
		  enum itsg_kind kind)
{
	struct oracle *oracle = ctx;
	uint64_t first = run->pa >> ITSG_GRANULE_SHIFT;
	uint64_t count = run->bytes >> ITSG_GRANULE_SHIFT;
	const struct pfnset *other =
		kind == ITSG_DONATED ? oracle->shared_granules : oracle->donated_granules;

	if (count == 0)
		return;
	pfnset_add_range(oracle->recorded, first, count);
	oracle->record_granules += count_granules(oracle, use, first, count);
	if (use == ITSG_CLAIM_KEPT)
		oracle->kept_recorded += count;
	if (use == ITSG_CLAIM_ITT)
		oracle->itts++;
	/* A run lies in pages of one kind, so its ends will do: all of it is claimed. */
	if (pfnset_contains(other, first) || pfnset_contains(other, first + count - 1)) {
		oracle->kind_wrong = true;
		oracle->kind_wrong_at = run->pa;
	}
}

static void visit_table(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			enum itsg_kind kind)
{
	struct oracle *oracle = ctx;

	visit(oracle, use, run, kind);
	if (is_due(oracle, use, run, kind))
		return;
	oracle->table_wrong = true;
	oracle->table_wrong_at = run->pa;
}

static void gather_records(struct oracle *oracle)
{
	pfnset_clear(oracle->recorded);
	pfnset_clear(oracle->queues);
	oracle->record_granules = 0;
	oracle->kept_recorded = 0;
	oracle->itts = 0;
	oracle->kind_wrong = false;
	for (uint32_t i = 0; i < world_config(oracle->world)->its_count; i++)
		itsg_visit_claims(world_guard(oracle->world, i), visit, oracle);
	gather_due(oracle);
	if (world_rd_guard(oracle->world))
		itsg_redists_visit_claims(world_rd_guard(oracle->world), visit_table, oracle);
}

/* E9, I1. */
static enum oracle_clause check_reach(struct oracle *oracle, char *text, size_t size)
{
	const struct sim_mem *mem = world_mem(oracle->world);
	uint64_t page = world_config(oracle->world)->machine.page;
	unsigned long long at = 0;

	pfnset_copy(oracle->held, sim_mem_shared_pages(mem));
	pfnset_add_set(oracle->held, sim_mem_donated_pages(mem));
	if (pfnset_intersect(oracle->held, sim_mem_guest_pages(mem)))
		return broken(ORACLE_GUEST, text, size, "a page is held and a guest's at once");
	pfnset_add_set(oracle->held, sim_mem_private_pages(mem));
	if (!subset(oracle->reach, oracle->held, page, &at))
		return broken(ORACLE_REACH, text, size,
			      "hardware may touch page 0x%llx, which the guard does not hold", at);
	if (!subset(oracle->reach_private, sim_mem_private_pages(mem), page, &at))
		return broken(ORACLE_PRIVATE, text, size,
			      "the ITS reads a queue or level 1 at 0x%llx that is not private", at);
	if (!subset(oracle->reach_table, sim_mem_donated_pages(mem), page, &at))
		return broken(ORACLE_DONATED, text, size,
			      "hardware uses a table at 0x%llx that is not donated", at);
	return ORACLE_HOLDS;
}

static enum oracle_clause check_claimed(struct oracle *oracle, char *text, size_t size)
{
	uint32_t count = world_config(oracle->world)->its_count;
	unsigned long long at = 0;

	pfnset_copy(oracle->claimed_or_private, oracle->claimed);
	for (uint32_t i = 0; i < count; i++) {
		struct itsg_range private = world_private(oracle->world, i);

		add_extent(oracle->claimed_or_private, private.pa, private.bytes,
			   1u << ITSG_GRANULE_SHIFT);
	}
	if (subset(oracle->reach_granules, oracle->claimed_or_private, 1u << ITSG_GRANULE_SHIFT,
		   &at))
		return ORACLE_HOLDS;
	return broken(ORACLE_CLAIMED, text, size,
		      "hardware may touch 256 bytes at 0x%llx that nobody claims", at);
}

struct pins {
	struct oracle *oracle;
	uint64_t wrong;
};

static bool pin_once(uint64_t pfn, void *ctx)
{
	struct pins *pins = ctx;
	uint64_t page = world_config(pins->oracle->world)->machine.page;

	if (sim_mem_page(world_mem(pins->oracle->world), pfn * page).pins == 1)
		return true;
	pins->wrong = pfn * page;
	return false;
}

/* E9, I7: page states changed = claims held. */
static enum oracle_clause check_states(struct oracle *oracle, char *text, size_t size)
{
	const struct sim_mem *mem = world_mem(oracle->world);
	uint64_t page = world_config(oracle->world)->machine.page;
	const struct pfnset *shared = sim_mem_shared_pages(mem);
	const struct pfnset *donated = sim_mem_donated_pages(mem);
	struct pins pins = {oracle, 0};
	unsigned long long at = 0;

	if (!subset(oracle->tracked_shared, shared, page, &at) ||
	    !subset(shared, oracle->tracked_shared, page, &at))
		return broken(ORACLE_SHARES, text, size,
			      "tracker and memory disagree whether page 0x%llx is shared", at);
	if (!subset(oracle->tracked_donated, donated, page, &at) ||
	    !subset(donated, oracle->tracked_donated, page, &at))
		return broken(ORACLE_DONATIONS, text, size,
			      "tracker and memory disagree whether page 0x%llx is donated", at);
	if (!pfnset_iterate(shared, pin_once, &pins))
		return broken(ORACLE_PINS, text, size, "page 0x%llx is shared more than once",
			      (unsigned long long)pins.wrong);
	return ORACLE_HOLDS;
}

static enum oracle_clause check_records(struct oracle *oracle, char *text, size_t size)
{
	unsigned long long at = 0;
	uint64_t kept = 0, devices = 0, held = pfnset_cardinality(oracle->claimed);

	if (!subset(oracle->recorded, oracle->claimed, 1u << ITSG_GRANULE_SHIFT, &at))
		return broken(ORACLE_RECORDED, text, size,
			      "0x%llx is on record but not claimed in the tracker", at);
	if (oracle->kind_wrong)
		return broken(ORACLE_RECORD_KIND, text, size,
			      "0x%llx is on record as the other kind than the tracker has",
			      (unsigned long long)oracle->kind_wrong_at);
	if (pfnset_cardinality(oracle->recorded) != oracle->record_granules)
		return broken(ORACLE_RECORD_TWICE, text, size, "memory is on record twice");
	for (uint32_t i = 0; i < world_config(oracle->world)->its_count; i++) {
		struct itsg_stats stats;

		itsg_get_stats(world_guard(oracle->world, i), &stats);
		kept += stats.kept_granules;
		devices += stats.devices;
	}
	if (held != oracle->record_granules - oracle->kept_recorded + kept)
		return broken(ORACLE_BOOKS, text, size,
			      "%llu granules are claimed, %llu recorded (%llu in kept tables), "
			      "%llu kept in all",
			      (unsigned long long)held, (unsigned long long)oracle->record_granules,
			      (unsigned long long)oracle->kept_recorded, (unsigned long long)kept);
	if (devices != oracle->itts)
		return broken(ORACLE_DEVICES, text, size, "%llu devices but %llu ITTs on record",
			      (unsigned long long)devices, (unsigned long long)oracle->itts);
	return ORACLE_HOLDS;
}

struct mapped {
	const struct itsg_its *guard;
	bool wrong;
	uint64_t device;
};

static void look_up(void *ctx, uint64_t device)
{
	struct mapped *mapped = ctx;

	if (mapped->wrong || device > UINT32_MAX ||
	    itsg_device_mapped(mapped->guard, (uint32_t)device))
		return;
	mapped->wrong = true;
	mapped->device = device;
}

/* After a table was kept that hardware may not have forgotten, false proves nothing (itsguard.h).
 */
static bool may_be_unknown(struct world *world, uint32_t its)
{
	struct itsg_stats stats;

	itsg_get_stats(world_guard(world, its), &stats);
	return !world_forgets(world) && stats.kept_granules > 0;
}

/* E11 */
static enum oracle_clause check_mapped(struct oracle *oracle, char *text, size_t size)
{
	for (uint32_t i = 0; i < world_config(oracle->world)->its_count; i++) {
		struct mapped mapped = {world_guard(oracle->world, i), false, 0};

		if (may_be_unknown(oracle->world, i))
			continue;
		sim_its_mapped(world_its(oracle->world, i), look_up, &mapped);
		if (mapped.wrong)
			return broken(ORACLE_MAPPED, text, size,
				      "ITS %u may translate for DeviceID %llu, told as unmapped",
				      (unsigned)i, (unsigned long long)mapped.device);
	}
	return ORACLE_HOLDS;
}

static enum oracle_clause check_tables(const struct oracle *oracle, char *text, size_t size)
{
	if (oracle->table_wrong)
		return broken(ORACLE_LPI_TABLES, text, size,
			      "a table of redistributors at 0x%llx is on record, and is none",
			      (unsigned long long)oracle->table_wrong_at);
	for (size_t i = 0; i < oracle->dues; i++)
		if (!oracle->due[i].found)
			return broken(ORACLE_LPI_TABLES, text, size,
				      "a table of redistributors at 0x%llx is not on record",
				      (unsigned long long)oracle->due[i].pa);
	return ORACLE_HOLDS;
}

enum oracle_clause oracle_check(struct oracle *oracle, struct world *world, char *text, size_t size)
{
	enum oracle_clause clause;

	if (!world_tracker(world))
		return ORACLE_HOLDS;
	oracle->world = world;
	gather_reach(oracle);
	gather_tracker(oracle);
	gather_records(oracle);
	clause = check_reach(oracle, text, size);
	if (clause == ORACLE_HOLDS)
		clause = check_claimed(oracle, text, size);
	if (clause == ORACLE_HOLDS)
		clause = check_states(oracle, text, size);
	if (clause == ORACLE_HOLDS)
		clause = check_records(oracle, text, size);
	if (clause == ORACLE_HOLDS)
		clause = check_mapped(oracle, text, size);
	if (clause == ORACLE_HOLDS)
		clause = check_tables(oracle, text, size);
	return clause;
}

const struct pfnset *oracle_claimed(const struct oracle *oracle, enum itsg_kind kind)
{
	return kind == ITSG_DONATED ? oracle->donated_granules : oracle->shared_granules;
}

enum oracle_clause oracle_quiet_end(struct world *world, char *text, size_t size)
{
	uint64_t held;

	if (!world_tracker(world))
		return ORACLE_HOLDS;
	held = world_pages_held(world);
	if (held == 0)
		return ORACLE_HOLDS;
	return broken(ORACLE_NOTHING_HELD, text, size,
		      "%llu pages are still held after everything was given up",
		      (unsigned long long)held);
}
