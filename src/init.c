/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The beginning of an ITS: its configuration, its memory, and its take-over from hardware.
 */
#include "hardware.h"
#include "layout.h"
#include "log.h"
#include "noinline.h"
#include "pfn_tracker.h"
#include "power.h"
#include "rd_state.h"
#include "state.h"

#define MAX_JOURNAL    0x10000u
#define MAX_KEPT       0x10000u
#define MAX_POOL       ((uint64_t)ITSG_BASERS << 24) /* 256 pages of 64 KB, eight times */
#define FRAME_64K      0xffffu

#define MAX_FLAT_PAGES 256u /* GITS_BASER.Size */

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

/* What the header promises is what there is room for, whatever a bool or a pointer takes. */
typedef char init_its_fits[sizeof(struct itsg_its) <= ITSG_ITS_BYTES ? 1 : -1];
typedef char init_device_fits[sizeof(struct itsg_device) <= ITSG_DEVICE_BYTES ? 1 : -1];
typedef char init_entry_fits[sizeof(struct itsg_entry) <= ITSG_JOURNAL_BYTES ? 1 : -1];
typedef char init_kept_fits[sizeof(struct itsg_kept) <= ITSG_KEPT_BYTES ? 1 : -1];

static struct init_layout init_layout_of(const struct itsg_its_config *config)
{
	const uint64_t rds = config->redistributor_count;
	const uint64_t targets = config->redists ? config->redists->count : rds;
	struct init_layout layout;
	uint64_t end = 0;

	itsg_layout_place(&end, ITSG_ITS_BYTES);
	layout.records = itsg_layout_place(&end, (uint64_t)config->devices * ITSG_DEVICE_BYTES);
	layout.entries = itsg_layout_place(&end, (uint64_t)config->journal * ITSG_JOURNAL_BYTES);
	layout.kept = itsg_layout_place(&end, (uint64_t)config->kept * ITSG_KEPT_BYTES);
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

static enum itsg_config_field init_bad_number(const struct itsg_its_config *config)
{
	if (config->pa_bits < 32 || config->pa_bits > ITSG_PA_SHIFT)
		return ITSG_CONFIG_PA_BITS;
	if (config->lpi_bits < 14 || config->lpi_bits > 32)
		return ITSG_CONFIG_LPI_BITS;
	if (config->devices < ITSG_DEVICES_MIN || config->devices > ITSG_DEVICES_MAX)
		return ITSG_CONFIG_DEVICES;
	if (config->journal < 2 || config->journal > MAX_JOURNAL)
		return ITSG_CONFIG_JOURNAL;
	if (config->kept > MAX_KEPT)
		return ITSG_CONFIG_KEPT;
	if (config->event_bits > 32)
		return ITSG_CONFIG_EVENT_BITS;
	if (config->table_pages > MAX_FLAT_PAGES)
		return ITSG_CONFIG_TABLE_PAGES;
	return config->itt_entry_bytes > 16 ? ITSG_CONFIG_ITT_ENTRY_BYTES : ITSG_CONFIG_GOOD;
}

/* Those of struct itsg_redists are a list of their own. */
static enum itsg_config_field init_bad_redistributors(const struct itsg_its_config *config)
{
	const uint32_t count = config->redistributor_count;

	if (config->redists) {
		if (config->redistributors)
			return ITSG_CONFIG_REDISTRIBUTORS;
		return count ? ITSG_CONFIG_REDISTRIBUTOR_COUNT : ITSG_CONFIG_GOOD;
	}
	return itsg_rd_list_bad(config->redistributors, count, ITSG_CONFIG_REDISTRIBUTORS,
				ITSG_CONFIG_REDISTRIBUTOR_COUNT);
}

/* There may be no pool. */
static bool init_ranges_apart(const struct itsg_range *queue, const struct itsg_range *pool)
{
	return pool->bytes == 0 || queue->pa + queue->bytes <= pool->pa ||
	       pool->pa + pool->bytes <= queue->pa;
}

/* Of a good pa_bits. */
static enum itsg_config_field init_bad_range(const struct itsg_its_config *config)
{
	const struct itsg_range *queue = &config->queue;
	const struct itsg_range *pool = &config->level1_pool;
	const uint64_t pa_end = (uint64_t)1 << config->pa_bits;

	if (queue->bytes == 0 || !init_range_ok(queue, ITSG_QUEUE_PAGE, 0x100000, pa_end))
		return ITSG_CONFIG_QUEUE;
	if (!init_range_ok(pool, 0x1000, MAX_POOL, pa_end) || !init_ranges_apart(queue, pool))
		return ITSG_CONFIG_LEVEL1_POOL;
	if (config->depth == 1 || config->depth >= queue->bytes / ITSG_CMD_BYTES)
		return ITSG_CONFIG_DEPTH;
	return ITSG_CONFIG_GOOD;
}

static ITSG_NOINLINE enum itsg_config_field init_bad_config(const struct itsg_its_config *config)
{
	enum itsg_config_field bad;

	if (!config)
		return ITSG_CONFIG_CONFIG;
	bad = init_bad_number(config);
	if (bad == ITSG_CONFIG_GOOD)
		bad = init_bad_redistributors(config);
	return bad == ITSG_CONFIG_GOOD ? init_bad_range(config) : bad;
}

size_t itsg_its_size(const struct itsg_its_config *config)
{
	uint64_t end;

	if (init_bad_config(config) != ITSG_CONFIG_GOOD)
		return 0;
	end = init_layout_of(config).end;
	return (size_t)end == end ? (size_t)end : 0;
}

static ITSG_NOINLINE enum itsg_config_field init_bad_ops(const struct itsg_ops *ops)
{
	const enum itsg_config_field bad = ops ? itsg_platform_bad_pages(ops) : ITSG_CONFIG_OPS;

	if (bad != ITSG_CONFIG_GOOD)
		return bad;
	if (!ops->fetch)
		return ITSG_CONFIG_OPS_FETCH;
	if (!ops->store)
		return ITSG_CONFIG_OPS_STORE;
	if (!ops->reg_read)
		return ITSG_CONFIG_OPS_REG_READ;
	return ops->reg_write ? ITSG_CONFIG_GOOD : ITSG_CONFIG_OPS_REG_WRITE;
}

enum itsg_config_field itsg_its_check_config(const void *mem, size_t size,
					     const struct itsg_its_config *config,
					     const struct itsg_pages *pages,
					     const struct itsg_ops *ops)
{
	enum itsg_config_field bad = init_bad_config(config);

	if (bad == ITSG_CONFIG_GOOD)
		bad = init_bad_ops(ops);
	if (bad != ITSG_CONFIG_GOOD)
		return bad;
	if (!pages)
		return ITSG_CONFIG_PAGES;
	if (config->redists && config->redists->platform.pages != pages)
		return ITSG_CONFIG_REDISTS;
	return itsg_layout_bad(mem, size, init_layout_of(config).end);
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

static ITSG_NOINLINE enum itsg_reason init_learn_cbaser(struct itsg_its *its)
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

	if (!table->keeps.indirect || (entry & (entry - 1)))
		return 0;
	for (uint32_t code = 0; code <= ITSG_BASER_PAGE_64K; code++) {
		const uint32_t page = itsg_page_bytes(table->keeps.page[code]);
		const uint64_t bytes =
			(uint64_t)itsg_level1_pages(page, entry, table->id_bits) * page;

		need = bytes > need ? bytes : need;
	}
	return need;
}

/* Each slice of the pool begins as a table of 64 KB pages must. */
static uint64_t init_next_mirror(uint64_t at)
{
	return (at + FRAME_64K) & ~(uint64_t)FRAME_64K;
}

static uint32_t init_largest_page(const struct itsg_table *table)
{
	uint32_t largest = 0;

	for (uint32_t code = 0; code <= ITSG_BASER_PAGE_64K; code++) {
		const uint32_t page = itsg_page_bytes(table->keeps.page[code]);

		largest = page > largest ? page : largest;
	}
	return largest;
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

static ITSG_NOINLINE void init_tell(const struct itsg_its *its, const struct itsg_table *table,
				    enum itsg_reason reason, uint64_t value)
{
	itsg_log(&its->platform, ITSG_EVENT_CONFIG, reason, itsg_table_offset(table), value, NULL);
}

/* Of the level-1 pool, in bytes. */
struct init_pool {
	uint64_t *words;
	uint64_t used;
	uint64_t wanted; /* by all tables so far, whether there was room or not */
};

/* Has the pool room for so much, where the register can name it? What is in the way is told. */
static bool init_has_room(const struct itsg_its *its, const struct itsg_table *table,
			  struct init_pool *use, uint64_t need)
{
	const struct itsg_range *pool = &its->facts.config.level1_pool;

	use->wanted = init_next_mirror(use->wanted) + need;
	if (use->used > pool->bytes || need > pool->bytes - use->used) {
		if (pool->bytes)
			init_tell(its, table, ITSG_TABLE_SIZE, use->wanted);
		return false;
	}
	if (init_reaches(table, pool->pa + use->used + need))
		return true;
	init_tell(its, table, ITSG_TABLE_ADDRESS, itsg_pages_end(0x1000, its->facts.pa_end));
	return false;
}

/* Indirect sticks only if the pool has room for whatever level 1 the host may ask for. */
static ITSG_NOINLINE void init_assign_mirror(struct itsg_its *its, struct itsg_table *table,
					     struct init_pool *use)
{
	const uint64_t need = init_index_known(its, table) ? init_mirror_need(table) : 0;

	table->mirror_bytes = 0;
	table->keeps.indirect = need > 0 && init_has_room(its, table, use, need);
	if (!table->keeps.indirect)
		return;
	table->mirror_pa = its->facts.config.level1_pool.pa + use->used;
	table->mirror_bytes = need;
	table->words = use->words + use->used / 8;
	use->used = init_next_mirror(use->used + need);
}

/*
 * The largest flat table of devices that arming would take, and that all DeviceIDs ask for: does
 * the tracker hold its pages, two thirds full (pages.h)?
 */
static ITSG_NOINLINE void init_judge_tracker(const struct itsg_its *its)
{
	const struct itsg_table *table = its->device_table;
	const uint32_t shift = itsg_pages_page_shift(its->platform.pages);
	uint64_t most, bytes, capacity;

	if (!table)
		return;
	most = (uint64_t)its->facts.config.table_pages * init_largest_page(table);
	bytes = (itsg_get(table->read_only, ITSG_BASER_ENTRY_SIZE) + 1) << table->id_bits;
	if (bytes > most)
		bytes = most;
	capacity = (((bytes - 1) >> shift) + 1) * 3 / 2;
	if (capacity > itsg_pages_capacity(its->platform.pages))
		init_tell(its, table, ITSG_NO_PAGE_SLOT, capacity);
}

static enum itsg_reason init_clear_mirror(struct itsg_its *its, struct itsg_table *table)
{
	if (table->mirror_bytes == 0)
		return ITSG_OK;
	return its->platform.ops.zero(its->platform.ctx, table->mirror_pa, table->mirror_bytes)
		       ? ITSG_ZERO_FAILED
		       : ITSG_OK;
}

static ITSG_NOINLINE enum itsg_reason init_learn_tables(struct itsg_its *its, uint64_t *words)
{
	struct init_pool use = {words, 0, 0};
	enum itsg_reason reason = ITSG_OK;

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
		init_assign_mirror(its, table, &use);
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
		config->table_pages = MAX_FLAT_PAGES;
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
	struct itsg_its *its = mem;
	struct init_layout layout;
	enum itsg_reason reason;

	if (itsg_its_check_config(mem, size, config, pages, ops) != ITSG_CONFIG_GOOD || !out)
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
	init_judge_tracker(its);
	init_view(its);
	*out = its;
	return ITSG_OK;
}
