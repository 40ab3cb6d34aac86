/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Table geometry, entry formats, and walks: GIC 1.8 and 3. */
#include <string.h>

#include "its_priv.h"

struct its_table its_table_decode(uint64_t baser)
{
	struct its_table table = {
		.valid = baser & SIM_VALID,
		.indirect = baser & SIM_BASER_INDIRECT,
		.type = (uint8_t)sim_field(baser, 58, 56),
		.code = (uint8_t)sim_field(baser, 9, 8),
		.entry = (uint8_t)(sim_field(baser, 52, 48) + 1),
		.pa = baser & sim_bits(47, 12),
	};

	if (table.code == 3)
		table.code = 2;
	table.page = (uint64_t)4096 << (2 * table.code);
	/* 64 KB pages: register bits [15:12] are PA[51:48]. */
	if (table.code == 2)
		table.pa = (baser & sim_bits(47, 16)) | sim_field(baser, 15, 12) << 48;
	table.bytes = (sim_field(baser, 7, 0) + 1) * table.page;
	return table;
}

struct its_table its_table_at(const struct sim_its *its, unsigned n)
{
	struct its_table table = its_table_decode(its->baser[n]);

	if (its->foreign >> n & 1)
		table.valid = false;
	return table;
}

/* The first register of that type; not valid if there is none. */
struct its_table its_table_of(const struct sim_its *its, uint8_t type)
{
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++) {
		if (its->config.baser[n].type == type)
			return its_table_at(its, n);
	}
	return (struct its_table){0};
}

uint64_t its_table_capacity(const struct its_table *table)
{
	if (!table->valid)
		return 0;
	if (!table->indirect)
		return table->bytes / table->entry;
	return table->bytes / 8 * (table->page / table->entry);
}

uint64_t its_level1_address(const struct sim_its *its, uint64_t word, uint64_t page)
{
	bool cut = its->config.level2_cut && page < 0x10000;

	return word & sim_bits(cut ? 47 : 51, 0) & ~(page - 1);
}

uint8_t its_kind_type(enum its_kind kind)
{
	switch (kind) {
	case KIND_CTE:
		return SIM_TABLE_COLLS;
	case KIND_VPE:
		return SIM_TABLE_VPES;
	case KIND_DTE:
	case KIND_ITE:
	case KIND_LEVEL1:
	default:
		return SIM_TABLE_DEVICES;
	}
}

/* ---- entries ---- */

static uint64_t from_bytes(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && i < 8; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

/* What memory has no room for is remembered, as long as memory says that the entry is valid. */
static uint64_t complete(const struct sim_its *its, uint64_t pa, unsigned bytes, uint64_t value)
{
	const uint64_t *side;

	if (bytes >= 8 || !its_entry_valid(value))
		return value;
	side = u64map_get(&its->side, pa);
	return side ? value | (*side & (~(uint64_t)0 << (8 * bytes))) : value;
}

uint64_t its_entry_peek(const struct sim_its *its, uint64_t pa, unsigned bytes)
{
	uint8_t raw[32];

	sim_mem_peek(its->mem, pa, raw, bytes);
	return complete(its, pa, bytes, from_bytes(raw, bytes));
}

uint64_t its_entry_load(struct sim_its *its, uint64_t pa, unsigned bytes, const char *what)
{
	uint8_t raw[32] = {0};

	sim_mem_dma(its->mem, pa, bytes, false, raw, what);
	return complete(its, pa, bytes, from_bytes(raw, bytes));
}

void its_entry_store(struct sim_its *its, uint64_t pa, unsigned bytes, uint64_t payload,
		     const char *what)
{
	uint8_t raw[32] = {0};

	for (unsigned i = 0; i < bytes && i < 8; i++)
		raw[i] = (uint8_t)(payload >> (8 * i));
	if (bytes < 8)
		*u64map_put(&its->side, pa) = payload;
	sim_mem_dma(its->mem, pa, bytes, true, raw, what);
}

/* ---- walks ---- */

static uint64_t level1_word(struct sim_its *its, const struct its_table *table, uint64_t pa)
{
	struct its_line *line = its_cache_find(its, KIND_LEVEL1, pa | table->code);
	uint64_t word;

	if (line)
		return line->payload;
	word = its_entry_load(its, pa, 8, "level-1 entry");
	if (word & SIM_VALID) {
		line = its_cache_put(its, KIND_LEVEL1, pa | table->code, pa, 8, word, false);
		if (line) {
			line->type = table->type;
			line->code = table->code;
		}
	}
	return word;
}

bool its_walk(struct sim_its *its, const struct its_table *table, uint64_t id, bool checked,
	      uint64_t *pa)
{
	uint64_t per_page = table->page / table->entry;
	uint64_t word;

	if (checked && id >= its_table_capacity(table))
		return false;
	if (!table->indirect) {
		*pa = table->pa + id * table->entry;
		return true;
	}
	word = level1_word(its, table, table->pa + id / per_page * 8);
	*pa = its_level1_address(its, word, table->page) + id % per_page * table->entry;
	return word & SIM_VALID;
}

static const char *entry_name(enum its_kind kind)
{
	switch (kind) {
	case KIND_DTE:
		return "device table entry";
	case KIND_CTE:
		return "collection table entry";
	case KIND_VPE:
		return "vPE table entry";
	case KIND_ITE:
		return "ITT entry";
	case KIND_LEVEL1:
	default:
		return "level-1 entry";
	}
}

bool its_table_read(struct sim_its *its, enum its_kind kind, uint64_t id, bool checked,
		    uint64_t *payload)
{
	struct its_table table = its_table_of(its, its_kind_type(kind));
	struct its_line *line;
	uint64_t pa;

	if (!table.valid || (checked && id >= its_table_capacity(&table)))
		return false;
	line = its_cache_find(its, kind, id);
	if (line) {
		*payload = line->payload;
		return true;
	}
	if (!its_walk(its, &table, id, checked, &pa))
		return false;
	*payload = its_entry_load(its, pa, table.entry, entry_name(kind));
	if (its_entry_valid(*payload))
		its_cache_put(its, kind, id, pa, table.entry, *payload, false);
	return true;
}

bool its_table_write(struct sim_its *its, enum its_kind kind, uint64_t id, uint64_t payload)
{
	struct its_table table = its_table_of(its, its_kind_type(kind));
	uint64_t pa;

	if (!table.valid || !its_walk(its, &table, id, true, &pa))
		return false;
	if (!its_cache_put(its, kind, id, pa, table.entry, payload, true))
		its_entry_store(its, pa, table.entry, payload, entry_name(kind));
	return true;
}

/* ---- ITTs ---- */

uint64_t its_itt_entry_bytes(const struct sim_its *its)
{
	if (its->config.itt_entry_bytes)
		return its->config.itt_entry_bytes;
	return sim_field(its->config.typer, 7, 4) + 1;
}

uint64_t its_itt_bytes(const struct sim_its *its, unsigned size)
{
	return ((uint64_t)2 << size) * its_itt_entry_bytes(its);
}

static uint64_t ite_address(const struct sim_its *its, uint64_t dte, uint64_t event)
{
	return its_dte_itt(dte) + event * its_itt_entry_bytes(its);
}

uint64_t its_ite_read(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event)
{
	uint64_t pa = ite_address(its, dte, event);
	unsigned bytes = (unsigned)its_itt_entry_bytes(its);
	struct its_line *line = its_cache_find(its, KIND_ITE, device << 32 | event);
	uint64_t ite;

	if (line)
		return line->payload;
	ite = its_entry_load(its, pa, bytes, "ITT entry");
	if (its_entry_valid(ite))
		its_cache_put(its, KIND_ITE, device << 32 | event, pa, bytes, ite, false);
	return ite;
}

void its_ite_write(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event,
		   uint64_t payload, int pe)
{
	uint64_t pa = ite_address(its, dte, event);
	unsigned bytes = (unsigned)its_itt_entry_bytes(its);
	struct its_line *line =
		its_cache_put(its, KIND_ITE, device << 32 | event, pa, bytes, payload, true);

	if (line)
		line->pe = (int16_t)pe;
	else
		its_entry_store(its, pa, bytes, payload, "ITT entry");
}

/* ---- what is valid ---- */

#define BLOCK 64u

struct valid_walk {
	const struct its_span *span;
	its_valid_fn *fn;
	void *ctx;
};

/* Most of a table is zero, and it is walked whenever a page is let go. */
static bool block_is_zero(const uint8_t *bytes)
{
	uint64_t word[BLOCK / 8];
	uint64_t any = 0;

	memcpy(word, bytes, sizeof(word));
	for (unsigned i = 0; i < BLOCK / 8; i++)
		any |= word[i];
	return any == 0;
}

/* Valid is bit 63 of a level-1 word, bit 0 of our own entries. */
static bool entry_is_valid(enum its_kind kind, const uint8_t *entry)
{
	return kind == KIND_LEVEL1 ? entry[7] & 0x80 : entry[0] & 1;
}

static void valid_in_frame(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	const struct valid_walk *walk = ctx;
	const struct its_span *span = walk->span;
	uint64_t skip = frame_pa > span->base ? frame_pa - span->base : 0;
	uint64_t at = (skip + span->step - 1) / span->step * span->step;

	while (at + span->step <= span->len && span->base + at < frame_pa + 4096) {
		uint64_t offset = span->base + at - frame_pa;

		if (offset % BLOCK == 0 && block_is_zero(bytes + offset)) {
			at += (BLOCK + span->step - 1) / span->step * span->step;
			continue;
		}
		if (entry_is_valid(span->kind, bytes + offset))
			walk->fn(walk->ctx, span->base + at);
		at += span->step;
	}
}

void its_each_valid(const struct sim_its *its, const struct its_span *span, its_valid_fn *fn,
		    void *ctx)
{
	struct valid_walk walk = {span, fn, ctx};

	sim_mem_each_frame(its->mem, span->base, span->len, valid_in_frame, &walk);
}
