/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Cache mode: entries are read once and kept, written back late or when room is needed, ITTs of
 * unmapped devices are still touched until SYNC (S4, P7), and valid tables are read ahead of any
 * command, with Enabled=0 too (GIC 4.2).
 */
#include "its_priv.h"

#include <string.h>

#define MAX_LATE_TOUCHES 64
#define MAX_PICKED       8

struct its_line *its_cache_find(struct sim_its *its, enum its_kind kind, uint64_t key)
{
	if (!its->mode.cache)
		return NULL;
	for (unsigned i = 0; i < ITS_LINES; i++) {
		struct its_line *line = &its->lines[i];

		if (line->used && !line->orphan && line->kind == kind && line->key == key)
			return line;
	}
	return NULL;
}

/* An entry that is not valid is not worth keeping, nor is one of an unmapped device. */
static void write_back(struct sim_its *its, struct its_line *line)
{
	if (line->dirty)
		its_entry_store(its, line->pa, line->bytes, line->payload, "late write-back");
	line->dirty = false;
	if (line->orphan || (line->kind != KIND_LEVEL1 && !its_entry_valid(line->payload)))
		line->used = false;
}

static struct its_line *make_room(struct sim_its *its)
{
	struct its_line *victim;

	for (unsigned i = 0; i < ITS_LINES; i++) {
		if (!its->lines[i].used)
			return &its->lines[i];
	}
	victim = &its->lines[its_random(its) % ITS_LINES];
	write_back(its, victim);
	return victim;
}

struct its_line *its_cache_put(struct sim_its *its, enum its_kind kind, uint64_t key, uint64_t pa,
			       unsigned bytes, uint64_t payload, bool dirty)
{
	struct its_line *line;

	if (!its->mode.cache)
		return NULL;
	line = its_cache_find(its, kind, key);
	if (line && line->dirty && line->pa != pa)
		write_back(its, line);
	else if (!line)
		line = make_room(its);
	*line = (struct its_line){
		.used = true,
		.dirty = dirty,
		.kind = (uint8_t)kind,
		.type = its_kind_type(kind),
		.bytes = (uint8_t)bytes,
		.pe = ITS_NO_PE,
		.key = key,
		.pa = pa,
		.payload = payload,
	};
	return line;
}

/* ---- which redistributors a device's events used ---- */

static bool pe_set_is_empty(const struct its_pe_set *set)
{
	for (unsigned i = 0; i < SIM_ITS_MAX_PES / 64; i++) {
		if (set->words[i])
			return false;
	}
	return true;
}

static struct its_pe_set *used_by(struct sim_its *its, uint64_t device)
{
	const uint64_t *known = u64map_get(&its->used, device);
	size_t index = its->used.count;

	if (known)
		return &its->used_pes[*known];
	*u64map_put(&its->used, device) = index;
	if (index == its->used_capacity) {
		its->used_capacity = index ? index * 2 : 64;
		its->used_pes =
			sim_realloc(its->used_pes, its->used_capacity, sizeof(*its->used_pes));
	}
	its->used_pes[index] = (struct its_pe_set){0};
	return &its->used_pes[index];
}

void its_cache_uses(struct sim_its *its, uint64_t device, int pe)
{
	if (its->mode.cache && pe >= 0)
		used_by(its, device)->words[pe / 64] |= (uint64_t)1 << (pe % 64);
}

/* It sleeps, or its LPIs go off, only when nothing is outstanding there. */
void its_cache_pe_quiet(struct sim_its *its, uint32_t pe)
{
	its_cache_sync(its, (int)pe);
	if (!its->mode.cache)
		return;
	for (size_t i = 0; i < its->used.count; i++)
		its->used_pes[i].words[pe / 64] &= ~((uint64_t)1 << (pe % 64));
}

/* ---- unmapped devices ---- */

static void add_late(struct sim_its *its, uint64_t dte, const struct its_pe_set *need)
{
	if (its->num_late == its->late_capacity) {
		its->late_capacity = its->late_capacity ? its->late_capacity * 2 : 16;
		its->late = sim_realloc(its->late, its->late_capacity, sizeof(*its->late));
	}
	its->late[its->num_late++] = (struct its_late){
		.pa = its_dte_itt(dte),
		.len = its_itt_bytes(its, its_dte_size(dte)),
		.need = *need,
	};
}

/*
 * dte is the old mapping, perhaps none. Its clean entries are dropped at once, as the architecture
 * asks. Dirty ones that concern a redistributor may wait for a SYNC to it; others have nothing to
 * wait for.
 */
void its_cache_device_gone(struct sim_its *its, uint64_t device, uint64_t dte)
{
	struct its_pe_set *used;

	if (!its->mode.cache)
		return;
	for (unsigned i = 0; i < ITS_LINES; i++) {
		struct its_line *line = &its->lines[i];

		if (!line->used || line->orphan || line->kind != KIND_ITE ||
		    line->key >> 32 != device)
			continue;
		line->orphan = true;
		if (!line->dirty || line->pe < 0)
			write_back(its, line);
	}
	used = used_by(its, device);
	if (its_entry_valid(dte) && !pe_set_is_empty(used))
		add_late(its, dte, used);
	*used = (struct its_pe_set){0};
}

void its_cache_sync(struct sim_its *its, int pe)
{
	if (!its->mode.cache || pe < 0)
		return;
	for (unsigned i = 0; i < ITS_LINES; i++) {
		struct its_line *line = &its->lines[i];

		if (line->used && line->dirty && line->pe == pe)
			write_back(its, line);
	}
	for (size_t i = 0; i < its->num_late;) {
		struct its_pe_set *need = &its->late[i].need;

		need->words[pe / 64] &= ~((uint64_t)1 << (pe % 64));
		if (pe_set_is_empty(need))
			its->late[i] = its->late[--its->num_late];
		else
			i++;
	}
}

static void touch_late(struct sim_its *its)
{
	uint64_t start = its->num_late ? its_random(its) % its->num_late : 0;

	for (size_t i = 0; i < its->num_late && i < MAX_LATE_TOUCHES; i++) {
		const struct its_late *late = &its->late[(start + i) % its->num_late];
		uint64_t bytes = its_itt_entry_bytes(its);
		uint64_t entry = its_random(its) % (late->len / bytes);

		its_entry_load(its, late->pa + entry * bytes, (unsigned)bytes, "late ITT access");
	}
}

/* ---- prefetch ---- */

/* Up to MAX_PICKED addresses of words or entries found valid in memory, not cached so far. */
struct pick {
	struct sim_its *its;
	struct its_span span;
	uint64_t first_id; /* of the entry at its base */
	uint8_t code;
	unsigned count;
	uint64_t pa[MAX_PICKED];
	uint64_t key[MAX_PICKED];
};

static void pick_one(void *ctx, uint64_t pa)
{
	struct pick *pick = ctx;
	uint64_t key = pick->first_id + (pa - pick->span.base) / pick->span.step;

	if (pick->span.kind == KIND_LEVEL1)
		key = pa | pick->code;
	if (pick->count == MAX_PICKED || its_cache_find(pick->its, pick->span.kind, key))
		return;
	pick->pa[pick->count] = pa;
	pick->key[pick->count++] = key;
}

static void load_picked(struct pick *pick, const struct its_table *table)
{
	for (unsigned i = 0; i < pick->count; i++) {
		uint64_t payload =
			its_entry_load(pick->its, pick->pa[i], pick->span.step, "table prefetch");
		struct its_line *line = its_cache_put(pick->its, pick->span.kind, pick->key[i],
						      pick->pa[i], pick->span.step, payload, false);

		line->type = table->type;
		line->code = table->code;
	}
}

static enum its_kind entry_kind(uint8_t type)
{
	return type == SIM_TABLE_DEVICES ? KIND_DTE : type == SIM_TABLE_COLLS ? KIND_CTE : KIND_VPE;
}

static void prefetch_entries(struct sim_its *its, const struct its_table *table, uint64_t base,
			     uint64_t len, uint64_t first_id)
{
	struct pick pick = {
		.its = its,
		.span = {entry_kind(table->type), base, len, table->entry},
		.first_id = first_id,
	};

	its_each_valid(its, &pick.span, pick_one, &pick);
	load_picked(&pick, table);
}

/* The level-2 page of one level-1 word that is cached. */
static void prefetch_level2(struct sim_its *its, const struct its_table *table)
{
	uint64_t start = its_random(its);

	for (unsigned i = 0; i < ITS_LINES; i++) {
		const struct its_line *line = &its->lines[(start + i) % ITS_LINES];
		uint64_t per_page = table->page / table->entry;

		if (!line->used || line->kind != KIND_LEVEL1 || line->stale ||
		    line->type != table->type || line->pa < table->pa ||
		    line->pa - table->pa >= table->bytes)
			continue;
		prefetch_entries(its, table, its_level1_address(its, line->payload, table->page),
				 per_page * table->entry, (line->pa - table->pa) / 8 * per_page);
		return;
	}
}

static void prefetch_level1(struct sim_its *its, const struct its_table *table)
{
	struct pick pick = {
		.its = its,
		.span = {KIND_LEVEL1, table->pa, table->bytes, 8},
		.code = table->code,
	};

	its_each_valid(its, &pick.span, pick_one, &pick);
	load_picked(&pick, table);
}

/* One access somewhere in the table whatever it holds, then what looks valid. */
static void prefetch_table(struct sim_its *its, const struct its_table *table)
{
	unsigned step = table->indirect ? 8 : table->entry;
	uint64_t at = its->cursor++ % (table->bytes / step) * step;

	its_entry_load(its, table->pa + at, step, "table prefetch");
	if (!table->indirect) {
		prefetch_entries(its, table, table->pa, table->bytes, 0);
		return;
	}
	prefetch_level1(its, table);
	prefetch_level2(its, table);
}

void its_cache_prefetch_tables(struct sim_its *its)
{
	if (!its->mode.cache)
		return;
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++) {
		struct its_table table = its_table_at(its, n);

		if (table.valid)
			prefetch_table(its, &table);
	}
}

/* ---- the whole of it ---- */

void its_cache_background(struct sim_its *its)
{
	if (!its->mode.cache)
		return;
	its_cache_prefetch_tables(its);
	if (!its->enabled && its->quiescent)
		return;
	touch_late(its);
	for (unsigned i = 0; i < ITS_LINES; i++) {
		struct its_line *line = &its->lines[i];

		if (line->used && line->dirty && its_random(its) % 8 == 0)
			write_back(its, line);
	}
	its_prefetch_commands(its);
}

void its_cache_flush(struct sim_its *its)
{
	for (unsigned i = 0; i < ITS_LINES; i++) {
		if (its->lines[i].used)
			write_back(its, &its->lines[i]);
	}
	touch_late(its);
	its->num_late = 0;
	u64map_reset(&its->used);
}

void its_cache_drop_all(struct sim_its *its)
{
	memset(its->lines, 0, sizeof(its->lines));
	u64map_reset(&its->used);
	its->num_late = 0;
	its->num_prefetched = 0;
}

void its_cache_table_gone(struct sim_its *its, uint8_t type, bool forgotten)
{
	for (unsigned i = 0; i < ITS_LINES; i++) {
		struct its_line *line = &its->lines[i];

		if (!line->used || line->type != type)
			continue;
		if (forgotten)
			line->used = false;
		else
			line->stale = true;
	}
}
