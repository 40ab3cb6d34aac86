/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The beginning of an ITS: its configuration, its memory, and its take-over from hardware.
 */
#include "hardware.h"
#include "layout.h"
#include "noinline.h"
#include "power.h"
#include "rd_state.h"
#include "state.h"

#define MAX_JOURNAL 0x10000u
#define MAX_KEPT    0x10000u
#define MAX_POOL    ((uint64_t)ITSG_BASERS << 24) /* 256 pages of 64 KB, eight times */
#define FRAME_64K   0xffffu

/* ---- memory ---- */

/* Offsets of the arrays behind struct itsg_its. */
struct init_layout {
	uint64_t records;
	uint64_t entries;
	uint64_t kept;
	uint64_t redistributors;
	uint64_t targets;
	uint64_t words;
	uint64_t end;
};

static struct init_layout init_layout_of(const struct itsg_its_config *config)
{
	const uint64_t rds = config->redistributor_count;
	const uint64_t targets = config->redists ? config->redists->count : rds;
	struct init_layout layout;
	uint64_t end = 0;

	itsg_layout_place(&end, sizeof(struct itsg_its));
	layout.records =
		itsg_layout_place(&end, config->devices * (uint64_t)sizeof(struct itsg_device));
	layout.entries =
		itsg_layout_place(&end, config->journal * (uint64_t)sizeof(struct itsg_entry));
	layout.kept = itsg_layout_place(&end, config->kept * (uint64_t)sizeof(struct itsg_kept));
	layout.redistributors = itsg_layout_place(&end, rds * sizeof(uint64_t));
	layout.targets = itsg_layout_place(&end, (targets + 31) / 32 * sizeof(uint32_t));
	layout.words = itsg_layout_place(&end, config->level1_pool.bytes);
	layout.end = end;
	return layout;
}

/* ---- configuration ---- */

static bool init_range_ok(const struct itsg_range *range, uint64_t unit, uint64_t max,
			  uint64_t pa_end)
{
	return !(range->pa & FRAME_64K) && !(range->bytes & (unit - 1)) && range->bytes <= max &&
	       range->pa <= pa_end && range->bytes <= pa_end - range->pa;
}

static bool init_redistributors_ok(const struct itsg_its_config *config)
{
	if (config->redists)
		return !config->redistributors && config->redistributor_count == 0;
	return itsg_rd_list_ok(config->redistributors, config->redistributor_count);
}

static bool init_capacities_ok(const struct itsg_its_config *config)
{
	const uint64_t slots = config->queue.bytes / ITSG_CMD_BYTES;

	return config->devices >= ITSG_DEVICES_MIN && config->devices <= ITSG_DEVICES_MAX &&
	       config->journal >= 2 && config->journal <= MAX_JOURNAL &&
	       (config->depth == 0 || (config->depth >= 2 && config->depth < slots)) &&
	       config->kept <= MAX_KEPT;
}

static bool init_limits_ok(const struct itsg_its_config *config)
{
	return config->pa_bits >= 32 && config->pa_bits <= 52 && config->lpi_bits >= 14 &&
	       config->lpi_bits <= 32 && config->event_bits <= 32 && config->table_pages <= 256 &&
	       config->itt_entry_bytes <= 16;
}

static bool init_ranges_apart(const struct itsg_range *a, const struct itsg_range *b)
{
	return a->bytes == 0 || b->bytes == 0 || a->pa + a->bytes <= b->pa ||
	       b->pa + b->bytes <= a->pa;
}

static bool init_config_ok(const struct itsg_its_config *config)
{
	uint64_t pa_end;

	if (!init_limits_ok(config))
		return false;
	pa_end = (uint64_t)1 << config->pa_bits;
	return init_range_ok(&config->queue, 0x1000, 0x100000, pa_end) && config->queue.bytes &&
	       init_ranges_apart(&config->queue, &config->level1_pool) &&
	       init_range_ok(&config->level1_pool, 0x1000, MAX_POOL, pa_end) &&
	       init_capacities_ok(config) && init_redistributors_ok(config);
}

size_t itsg_its_size(const struct itsg_its_config *config)
{
	struct init_layout layout;

	if (!config || !init_config_ok(config))
		return 0;
	layout = init_layout_of(config);
	return (size_t)layout.end == layout.end ? (size_t)layout.end : 0;
}

static bool init_ops_ok(const struct itsg_ops *ops)
{
	return ops && ops->share && ops->unshare && ops->donate && ops->reclaim && ops->zero &&
	       ops->fetch && ops->store && ops->reg_read && ops->reg_write;
}

/* ---- take-over ---- */

static const uint64_t init_attributes =
	ITSG_BASER_SHAREABILITY | ITSG_BASER_INNER_CACHE | ITSG_BASER_OUTER_CACHE;

static uint64_t init_trial(uint32_t i)
{
	return itsg_put(ITSG_BASER_SHAREABILITY, i & 3) | itsg_put(ITSG_BASER_INNER_CACHE, i) |
	       itsg_put(ITSG_BASER_OUTER_CACHE, i);
}

static void init_learn_attributes(struct itsg_keeps *keeps, uint32_t i, uint64_t kept)
{
	keeps->share[i & 3] = (uint8_t)itsg_get(kept, ITSG_BASER_SHAREABILITY);
	keeps->inner[i] = (uint8_t)itsg_get(kept, ITSG_BASER_INNER_CACHE);
	keeps->outer[i] = (uint8_t)itsg_get(kept, ITSG_BASER_OUTER_CACHE);
}

/* Clears Valid; *value is what the register held but for that. */
static enum itsg_reason init_invalidate(const struct itsg_its *its, uint32_t offset,
					uint64_t *value)
{
	*value = itsg_hw_read(&its->platform, offset) & ~ITSG_BASER_VALID;
	itsg_hw_write(&its->platform, offset, *value);
	return itsg_hw_read(&its->platform, offset) & ITSG_BASER_VALID ? ITSG_HARDWARE_MISMATCH
								       : ITSG_OK;
}

static enum itsg_reason init_learn_cbaser(struct itsg_its *its)
{
	uint64_t before;
	const enum itsg_reason reason = init_invalidate(its, ITSG_GITS_CBASER, &before);

	if (reason != ITSG_OK)
		return reason;
	its->host.keeps.indirect = false;
	for (uint32_t i = 0; i < 8; i++) {
		itsg_hw_write(&its->platform, ITSG_GITS_CBASER,
			      (before & ~init_attributes) | init_trial(i));
		init_learn_attributes(&its->host.keeps, i,
				      itsg_hw_read(&its->platform, ITSG_GITS_CBASER));
	}
	itsg_hw_write(&its->platform, ITSG_GITS_CBASER, 0);
	itsg_hw_write(&its->platform, ITSG_GITS_CWRITER, 0);
	return ITSG_OK;
}

/* What sticks, by writing with Valid=0, as a driver would (GIC 1.8). */
static ITSG_NOINLINE void init_learn_table(struct itsg_its *its, struct itsg_table *table)
{
	const uint32_t offset = itsg_table_offset(table);

	table->keeps.indirect = false;
	for (uint32_t i = 0; i < 8; i++) {
		uint64_t kept;

		itsg_hw_write(&its->platform, offset,
			      init_trial(i) | itsg_put(ITSG_BASER_PAGE_SIZE, i & 3) |
				      ITSG_BASER_INDIRECT);
		kept = itsg_hw_read(&its->platform, offset);
		init_learn_attributes(&table->keeps, i, kept);
		table->keeps.page[i & 3] = (uint8_t)itsg_get(kept, ITSG_BASER_PAGE_SIZE);
		table->keeps.indirect = (kept & ITSG_BASER_INDIRECT) != 0;
	}
	itsg_hw_write(&its->platform, offset, table->raw);
	/* Where firmware had its table is no affair of the host's. */
	table->raw &= ~(ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);
}

/* Each type at most once (GIC 1.8); a reserved type is not offered. */
static void init_assign_type(struct itsg_its *its, struct itsg_table *table)
{
	const uint32_t type = (uint32_t)itsg_get(table->raw, ITSG_BASER_TYPE);

	table->type = 0;
	if (type == ITSG_BASER_TYPE_DEVICE && !its->device_table) {
		its->device_table = table;
		table->id_bits = its->facts.typer.device_bits;
	} else if (type == ITSG_BASER_TYPE_COLLECTION && !its->collection_table) {
		its->collection_table = table;
		table->id_bits = its->facts.typer.icid_bits;
	} else if (type == ITSG_BASER_TYPE_VPE && !its->facts.config.hide_virtual) {
		table->id_bits = 16;
	} else {
		return;
	}
	table->type = (uint8_t)type;
	table->read_only = table->raw & (ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE);
}

/* Bytes of level 1 that all the IDs of this table may need, at any page size it keeps. */
static uint64_t init_mirror_need(const struct itsg_table *table)
{
	const uint32_t entry = (uint32_t)itsg_get(table->read_only, ITSG_BASER_ENTRY_SIZE) + 1;
	uint64_t need = 0;

	if (!table->type || !table->keeps.indirect || (entry & (entry - 1)))
		return 0;
	for (uint32_t code = 0; code <= ITSG_BASER_PAGE_64K; code++) {
		const uint32_t page = itsg_page_bytes(table->keeps.page[code]);
		const uint64_t bytes =
			(uint64_t)itsg_level1_pages(page, entry, table->id_bits) * page;

		need = bytes > need ? bytes : need;
	}
	return need;
}

/* Can the register name a mirror that ends there, with each page size it keeps (F1)? */
static bool init_reaches(const struct itsg_table *table, uint64_t end)
{
	for (uint32_t code = 0; code <= ITSG_BASER_PAGE_64K; code++)
		if (end > itsg_pages_end(itsg_page_bytes(table->keeps.page[code]), end))
			return false;
	return true;
}

/*
 * With some collections in hardware and the others in memory behind them, which level-1 word an
 * ICID has is hardware's affair (F15).
 */
static bool init_index_known(const struct itsg_its *its, const struct itsg_table *table)
{
	return table != its->collection_table || !its->facts.typer.cct || its->facts.typer.hcc == 0;
}

/* Indirect sticks only if the pool has room for whatever level 1 the host may ask for. */
static ITSG_NOINLINE void init_assign_mirror(struct itsg_its *its, struct itsg_table *table,
					     uint64_t *words, uint64_t *used)
{
	const struct itsg_range *pool = &its->facts.config.level1_pool;
	const uint64_t need = init_index_known(its, table) ? init_mirror_need(table) : 0;
	const uint64_t at = (*used + FRAME_64K) & ~(uint64_t)FRAME_64K;

	table->mirror_bytes = 0;
	table->keeps.indirect = need > 0 && at <= pool->bytes && need <= pool->bytes - at &&
				init_reaches(table, pool->pa + at + need);
	if (!table->keeps.indirect)
		return;
	table->mirror_pa = pool->pa + at;
	table->mirror_bytes = need;
	table->words = words + at / 8;
	*used = at + need;
}

static enum itsg_reason init_clear_mirror(struct itsg_its *its, struct itsg_table *table)
{
	if (table->mirror_bytes == 0)
		return ITSG_OK;
	return its->platform.ops.zero(its->platform.ctx, table->mirror_pa, table->mirror_bytes)
		       ? ITSG_ZERO_FAILED
		       : ITSG_OK;
}

static enum itsg_reason init_learn_tables(struct itsg_its *its, uint64_t *words)
{
	enum itsg_reason reason = ITSG_OK;
	uint64_t used = 0;

	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++) {
		struct itsg_table *table = &its->table[n];

		table->number = (uint8_t)n;
		reason = init_invalidate(its, itsg_table_offset(table), &table->raw);
		if (reason != ITSG_OK)
			return reason;
		init_assign_type(its, table);
		if (!table->type)
			continue;
		init_learn_table(its, table);
		init_assign_mirror(its, table, words, &used);
		reason = init_clear_mirror(its, table);
	}
	return reason;
}

static void init_read_facts(struct itsg_its *its)
{
	/* Their registers are not offered (F18). */
	const uint64_t never = ITSG_TYPER_MPAM | ITSG_TYPER_UMSI | ITSG_TYPER_UMSI_IRQ;
	const uint64_t virt = ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMOVP | ITSG_TYPER_VSGI |
			      ITSG_TYPER_VMAPP | ITSG_TYPER_SVPET | ITSG_TYPER_NID;
	struct itsg_its_config *config = &its->facts.config;

	itsg_typer_decode(itsg_hw_read(&its->platform, ITSG_GITS_TYPER), &its->facts.typer);
	its->facts.typer_hidden = never | (config->hide_virtual ? virt : 0);
	its->facts.pa_end = (uint64_t)1 << config->pa_bits;
	its->facts.max_itt_bits = its->facts.typer.event_bits;
	if (config->event_bits && config->event_bits < its->facts.max_itt_bits)
		its->facts.max_itt_bits = config->event_bits;
	if (config->itt_entry_bytes < its->facts.typer.itt_entry_bytes)
		config->itt_entry_bytes = its->facts.typer.itt_entry_bytes;
	if (config->redists)
		its->facts.rds = its->facts.typer.pta ? config->redists->by_address
						      : config->redists->by_number;
	if (config->table_pages == 0)
		config->table_pages = 256;
	if (config->budget == 0)
		config->budget = ITSG_DEFAULT_BUDGET;
}

/* The list of the configuration; it is that of struct itsg_redists once TYPER is known. */
static void init_own_list(struct itsg_rd_list *list, uint64_t *rdbase,
			  const struct itsg_its_config *config)
{
	for (uint32_t i = 0; i < config->redistributor_count; i++)
		rdbase[i] = config->redistributors[i];
	list->rdbase = list->sorted = rdbase;
	list->count = config->redistributor_count;
}

static void init_place_arrays(struct itsg_its *its, const struct init_layout *layout,
			      const struct itsg_its_config *config)
{
	uint8_t *base = (uint8_t *)its;
	uint64_t *redistributors = (uint64_t *)(void *)(base + layout->redistributors);

	init_own_list(&its->facts.rds, redistributors, config);
	its->facts.config.redistributors = redistributors;
	its->devices.records = (struct itsg_device *)(void *)(base + layout->records);
	its->devices.capacity = config->devices;
	its->devices.key = itsg_hash_key(config->hash_key);
	its->journal.entries = (struct itsg_entry *)(void *)(base + layout->entries);
	its->journal.capacity = config->journal;
	its->kept.extents = (struct itsg_kept *)(void *)(base + layout->kept);
	its->kept.capacity = config->kept;
	its->barrier.targets = (uint32_t *)(void *)(base + layout->targets);
	its->taking.platform = &its->platform;
	its->taking.plan = &its->plan;
	its->ring.platform = &its->platform;
	its->ring.pa = config->queue.pa;
	its->ring.slots = (uint32_t)(config->queue.bytes / ITSG_CMD_BYTES);
	its->ring.depth = config->depth ? config->depth : its->ring.slots - 1;
}

static void init_view(struct itsg_its *its)
{
	its->view.facts = &its->facts;
	its->view.devices = &its->devices;
	its->view.device_table = its->device_table;
	its->view.collection_table = its->collection_table;
}

enum itsg_reason itsg_its_init(void *mem, size_t size, const struct itsg_its_config *config,
			       struct itsg_pages *pages, const struct itsg_ops *ops, void *ctx,
			       struct itsg_its **out)
{
	const size_t needed = itsg_its_size(config);
	struct itsg_its *its = mem;
	struct init_layout layout;
	enum itsg_reason reason;

	if (!mem || ((size_t)mem & (ITSG_LINE - 1)) || needed == 0 || size < needed || !pages ||
	    !out || !init_ops_ok(ops) ||
	    (config->redists && config->redists->platform.pages != pages))
		return ITSG_BAD_CONFIG;
	layout = init_layout_of(config);
	itsg_layout_zero(mem, layout.end);
	its->facts.config = *config;
	its->platform.ops = *ops;
	its->platform.ctx = ctx;
	its->platform.pages = pages;
	init_place_arrays(its, &layout, config);
	if (!itsg_power_quiet(its))
		return ITSG_NOT_QUIESCENT;
	init_read_facts(its);
	if (its->facts.rds.count == 0)
		return ITSG_BAD_CONFIG;
	reason = init_learn_cbaser(its);
	if (reason == ITSG_OK)
		reason =
			init_learn_tables(its, (uint64_t *)(void *)((uint8_t *)mem + layout.words));
	if (reason != ITSG_OK)
		return reason;
	init_view(its);
	*out = its;
	return ITSG_OK;
}
