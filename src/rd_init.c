/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The beginning of the redistributors: their configuration, their memory, and their take-over. */
#include "layout.h"
#include "noinline.h"
#include "rd_life.h"

#define RD_MAX_TABLES 0x10000u

/* ---- memory ---- */

/* Offsets of the arrays behind struct itsg_redists. */
struct rd_layout {
	uint64_t redist;
	uint64_t frames;
	uint64_t numbers;
	uint64_t sorted;
	uint64_t place;
	uint64_t phase;
	uint64_t tables;
	uint64_t end;
};

/* What the header promises is what there is room for, whatever a bool or a pointer takes. */
typedef char rd_redists_fit[sizeof(struct itsg_redists) <= ITSG_REDISTS_BYTES ? 1 : -1];
typedef char rd_redist_fits[sizeof(struct itsg_redist) <= ITSG_REDIST_BYTES ? 1 : -1];
typedef char rd_table_fits[sizeof(struct itsg_lpi_table) <= ITSG_LPI_TABLE_BYTES ? 1 : -1];

static uint32_t rd_tables(const struct itsg_redists_config *config)
{
	return config->tables ? config->tables : ITSG_DEFAULT_LPI_TABLES;
}

static struct rd_layout rd_layout_of(const struct itsg_redists_config *config)
{
	const uint64_t count = config->count;
	struct rd_layout layout;
	uint64_t end = 0;

	itsg_layout_place(&end, ITSG_REDISTS_BYTES);
	layout.redist = itsg_layout_place(&end, count * ITSG_REDIST_BYTES);
	layout.frames = itsg_layout_place(&end, count * sizeof(uint64_t));
	layout.numbers = itsg_layout_place(&end, count * sizeof(uint64_t));
	layout.sorted = itsg_layout_place(&end, count * sizeof(uint64_t));
	layout.place = itsg_layout_place(&end, count * sizeof(uint32_t));
	layout.phase = itsg_layout_place(&end, count);
	layout.tables = itsg_layout_place(&end, (uint64_t)rd_tables(config) * ITSG_LPI_TABLE_BYTES);
	layout.end = end;
	return layout;
}

static void rd_place_arrays(struct itsg_redists *redists, const struct rd_layout *layout)
{
	uint8_t *base = (uint8_t *)redists;
	struct itsg_rd_list *number = &redists->by_number;
	struct itsg_rd_list *address = &redists->by_address;

	redists->redist = (struct itsg_redist *)(void *)(base + layout->redist);
	redists->phase = base + layout->phase;
	redists->tables.table = (struct itsg_lpi_table *)(void *)(base + layout->tables);
	redists->tables.capacity = redists->config.tables;
	address->rdbase = address->sorted = (uint64_t *)(void *)(base + layout->frames);
	number->rdbase = (uint64_t *)(void *)(base + layout->numbers);
	number->sorted = (uint64_t *)(void *)(base + layout->sorted);
	number->place = (uint32_t *)(void *)(base + layout->place);
	number->phase = address->phase = redists->phase;
	number->turned_on = address->turned_on = &redists->turned_on;
	number->count = address->count = redists->count;
}

/* ---- configuration ---- */

static ITSG_NOINLINE enum itsg_config_field rd_bad_config(const struct itsg_redists_config *config)
{
	if (!config)
		return ITSG_CONFIG_CONFIG;
	if (config->pa_bits < 32 || config->pa_bits > ITSG_PA_SHIFT)
		return ITSG_CONFIG_PA_BITS;
	if (config->lpi_bits < 14 || config->lpi_bits > 32)
		return ITSG_CONFIG_LPI_BITS;
	if ((config->lpi_limit != 0 && config->lpi_limit < 14) || config->lpi_limit > 32)
		return ITSG_CONFIG_LPI_LIMIT;
	if (config->tables > RD_MAX_TABLES)
		return ITSG_CONFIG_TABLES;
	return itsg_rd_list_bad(config->frames, config->count, ITSG_CONFIG_FRAMES,
				ITSG_CONFIG_COUNT);
}

size_t itsg_redists_size(const struct itsg_redists_config *config)
{
	uint64_t end;

	if (rd_bad_config(config) != ITSG_CONFIG_GOOD)
		return 0;
	end = rd_layout_of(config).end;
	return (size_t)end == end ? (size_t)end : 0;
}

/* What redistributors ask of a platform as an ITS does; *common is zero. */
static void rd_common_ops(struct itsg_ops *common, const struct itsg_redists_ops *ops)
{
	common->share = ops->share;
	common->unshare = ops->unshare;
	common->donate = ops->donate;
	common->reclaim = ops->reclaim;
	common->zero = ops->zero;
	common->event = ops->event;
}

static ITSG_NOINLINE enum itsg_config_field rd_bad_ops(const struct itsg_redists_ops *ops)
{
	struct itsg_ops common = {0};
	enum itsg_config_field bad;

	if (!ops)
		return ITSG_CONFIG_OPS;
	rd_common_ops(&common, ops);
	bad = itsg_platform_bad_pages(&common);
	if (bad != ITSG_CONFIG_GOOD)
		return bad;
	if (!ops->reg_read)
		return ITSG_CONFIG_OPS_REG_READ;
	return ops->reg_write ? ITSG_CONFIG_GOOD : ITSG_CONFIG_OPS_REG_WRITE;
}

enum itsg_config_field itsg_redists_check_config(const void *mem, size_t size,
						 const struct itsg_redists_config *config,
						 const struct itsg_pages *pages,
						 const struct itsg_redists_ops *ops)
{
	enum itsg_config_field bad = rd_bad_config(config);

	if (bad == ITSG_CONFIG_GOOD)
		bad = rd_bad_ops(ops);
	if (bad != ITSG_CONFIG_GOOD)
		return bad;
	if (!pages)
		return ITSG_CONFIG_PAGES;
	return itsg_layout_bad(mem, size, rd_layout_of(config).end);
}

static void rd_configure(struct itsg_redists *redists, const struct itsg_redists_config *config)
{
	redists->config = *config;
	redists->config.tables = rd_tables(config);
	redists->count = config->count;
	redists->in_phase[ITSG_REDIST_OFF] = config->count;
	redists->facts.pa_end = (uint64_t)1 << config->pa_bits;
	redists->facts.lpi_bits = config->lpi_bits;
	redists->facts.limit = config->lpi_limit ? config->lpi_limit : ITSG_DEFAULT_LPI_LIMIT;
}

static void rd_connect(struct itsg_redists *redists, struct itsg_pages *pages,
		       const struct itsg_redists_ops *ops, void *ctx)
{
	redists->ops = *ops;
	rd_common_ops(&redists->platform.ops, ops);
	redists->platform.ctx = ctx;
	redists->platform.pages = pages;
}

/* ---- what hardware says ---- */

/* What hardware is taken to keep before it was asked: everything. */
static void rd_keep_all(struct itsg_lpi_keeps *keeps, uint64_t fields)
{
	for (uint32_t i = 0; i < 8; i++)
		itsg_lpi_learn(keeps, fields, i, itsg_lpi_trial(fields, i));
}

/* CommonLPIAff: how many levels of affinity, from the top, a group has in common (GIC 8.3). */
static uint64_t rd_group(uint64_t typer)
{
	const uint64_t levels = itsg_get(typer, ITSG_GICR_TYPER_COMMON_LPI_AFF);
	const uint64_t affinity = itsg_get(typer, ITSG_GICR_TYPER_AFFINITY);

	return (affinity & ~((uint64_t)0xffffffff >> (8 * levels))) | levels;
}

/* Neighbours are mostly of one group. */
static uint32_t rd_find_leader(const struct itsg_redist *redist, uint32_t rd)
{
	const uint64_t group = rd_group(redist[rd].typer);

	if (rd > 0 && rd_group(redist[rd - 1].typer) == group)
		return redist[rd - 1].leader;
	for (uint32_t i = 0; i < rd; i++)
		if (rd_group(redist[i].typer) == group)
			return i;
	return rd;
}

/* Is a vPE resident, or on its way out? */
static bool rd_is_virtual(const struct itsg_redists *redists, uint32_t rd)
{
	const uint64_t typer = redists->redist[rd].typer;
	const uint64_t busy = ITSG_GICR_VALID | ITSG_GICR_DIRTY;

	if (!(typer & ITSG_GICR_TYPER_VLPIS))
		return false;
	if (itsg_rd_hw_read(redists, rd, ITSG_GICR_VPENDBASER) & busy)
		return true;
	return (typer & ITSG_GICR_TYPER_RVPEID) &&
	       (itsg_rd_hw_read(redists, rd, ITSG_GICR_VPROPBASER) & ITSG_GICR_VALID);
}

/* One that is on has tables of somebody's who was there before: of one without power nobody knows.
 */
static enum itsg_reason rd_find_phase(struct itsg_redists *redists, uint32_t rd)
{
	uint64_t ctlr;

	if (!itsg_rd_observe(redists, rd, &ctlr))
		return ITSG_LPI_BUSY;
	if (redists->phase[rd] == ITSG_REDIST_OFF && (ctlr & ITSG_GICR_CTLR_RWP))
		return ITSG_LPI_BUSY;
	return rd_is_virtual(redists, rd) ? ITSG_VIRTUAL_REGISTER : ITSG_OK;
}

static enum itsg_reason rd_find_one(struct itsg_redists *redists, uint32_t rd)
{
	struct itsg_redist *redist = &redists->redist[rd];

	redist->typer = itsg_rd_hw_read(redists, rd, ITSG_GICR_TYPER);
	redist->leader = rd_find_leader(redists->redist, rd);
	if (!(redist->typer & ITSG_GICR_TYPER_PLPIS))
		return ITSG_BAD_CONFIG;
	return rd_find_phase(redists, rd);
}

/* Ascending by RDbase; Processor_Numbers mostly are so from the beginning. */
static void rd_sort(uint64_t *sorted, uint32_t *place, uint32_t count)
{
	for (uint32_t gap = count / 2; gap; gap /= 2) {
		for (uint32_t i = gap; i < count; i++) {
			const uint64_t value = sorted[i];
			const uint32_t at = place[i];
			uint32_t j = i;

			for (; j >= gap && sorted[j - gap] > value; j -= gap) {
				sorted[j] = sorted[j - gap];
				place[j] = place[j - gap];
			}
			sorted[j] = value;
			place[j] = at;
		}
	}
}

/* Where two have one Processor_Number no ITS can name them by it. */
static ITSG_NOINLINE void rd_number(struct itsg_redists *redists)
{
	const struct rd_layout layout = rd_layout_of(&redists->config);
	uint8_t *base = (uint8_t *)redists;
	uint64_t *numbers = (uint64_t *)(void *)(base + layout.numbers);
	uint64_t *sorted = (uint64_t *)(void *)(base + layout.sorted);
	uint32_t *place = (uint32_t *)(void *)(base + layout.place);

	for (uint32_t i = 0; i < redists->count; i++) {
		numbers[i] = itsg_get(redists->redist[i].typer, ITSG_GICR_TYPER_NUMBER) << 16;
		sorted[i] = numbers[i];
		place[i] = i;
	}
	rd_sort(sorted, place, redists->count);
	for (uint32_t i = 1; i < redists->count; i++)
		if (sorted[i] == sorted[i - 1])
			redists->by_number.count = 0;
}

static enum itsg_reason rd_find_all(struct itsg_redists *redists)
{
	enum itsg_reason reason = ITSG_OK;

	for (uint32_t i = 0; reason == ITSG_OK && i < redists->count; i++)
		reason = rd_find_one(redists, i);
	if (reason != ITSG_OK)
		return reason;
	itsg_rd_learn(redists, 0);
	rd_number(redists);
	return ITSG_OK;
}

/* ---- all of it ---- */

static void rd_copy_frames(struct itsg_redists *redists, uint64_t *frames)
{
	for (uint32_t i = 0; i < redists->count; i++)
		frames[i] = redists->config.frames[i];
	redists->config.frames = frames;
}

/* All that does not ask hardware. */
static ITSG_NOINLINE void rd_begin(struct itsg_redists *redists,
				   const struct itsg_redists_config *config)
{
	const struct rd_layout layout = rd_layout_of(config);
	uint8_t *base = (uint8_t *)redists;

	itsg_layout_zero(base, layout.end);
	rd_configure(redists, config);
	rd_place_arrays(redists, &layout);
	rd_copy_frames(redists, (uint64_t *)(void *)(base + layout.frames));
	rd_keep_all(&redists->prop_keeps, ITSG_PROPBASER_FIELDS);
	rd_keep_all(&redists->pend_keeps, ITSG_PENDBASER_FIELDS);
}

enum itsg_reason itsg_redists_init(void *mem, size_t size, const struct itsg_redists_config *config,
				   struct itsg_pages *pages, const struct itsg_redists_ops *ops,
				   void *ctx, struct itsg_redists **out)
{
	struct itsg_redists *redists = mem;
	enum itsg_reason reason;

	if (itsg_redists_check_config(mem, size, config, pages, ops) != ITSG_CONFIG_GOOD || !out)
		return ITSG_BAD_CONFIG;
	rd_begin(redists, config);
	rd_connect(redists, pages, ops, ctx);
	reason = rd_find_all(redists);
	if (reason == ITSG_OK)
		*out = redists;
	return reason;
}
