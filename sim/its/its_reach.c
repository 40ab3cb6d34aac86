/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the ITS may still touch. It looks at memory as it is now, without an access of the ITS:
 * every entry that reads as valid counts, whoever wrote it.
 */
#include "its_priv.h"

struct reach {
	const struct sim_its *its;
	sim_its_reach_fn *add;
	void *ctx;
};

static void add(const struct reach *reach, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	reach->add(reach->ctx, pa, len, why);
}

/* ---- ITTs, and with a trusting ITS what their entries name ---- */

/* An ICID beyond the collection table, believed: the ITS reads past the table's end. */
static void add_forged_ite(const struct reach *reach, uint64_t ite)
{
	struct its_table table = its_table_of(reach->its, SIM_TABLE_COLLS);
	uint64_t icid = sim_field(ite, 23, 8);
	uint64_t hcc = its_hcc_in_use(reach->its, &table);
	uint64_t per_page, word_pa, word;

	if (!its_entry_valid(ite) || !table.valid || icid < hcc ||
	    icid < its_num_collections(reach->its, &table))
		return;
	icid -= hcc;
	if (!table.indirect) {
		add(reach, table.pa + icid * table.entry, table.entry, SIM_REACH_TABLE);
		return;
	}
	per_page = table.page / table.entry;
	word_pa = table.pa + icid / per_page * 8;
	word = sim_mem_peek64(reach->its->mem, word_pa);
	add(reach, word_pa, 8, SIM_REACH_LEVEL1);
	if (word & SIM_VALID)
		add(reach,
		    its_level1_address(reach->its, word, table.page) +
			    icid % per_page * table.entry,
		    table.entry, SIM_REACH_TABLE);
}

/* A walk over what is valid of a table or an ITT. */
struct scan {
	const struct reach *reach;
	struct its_span span;
	uint8_t code; /* level 1 */
	uint8_t type;
};

static void found(const struct scan *scan, uint64_t payload);

/* Memory is out of date where a cached entry waits to be written back: add_lines() has it. */
static bool is_overruled(const struct scan *scan, uint64_t pa)
{
	for (unsigned i = 0; i < ITS_LINES; i++) {
		const struct its_line *line = &scan->reach->its->lines[i];

		if (line->used && line->dirty && line->kind == scan->span.kind && line->pa == pa)
			return true;
	}
	return false;
}

static void scan_one(void *ctx, uint64_t pa)
{
	const struct scan *scan = ctx;

	if (!is_overruled(scan, pa))
		found(scan, its_entry_peek(scan->reach->its, pa, scan->span.step));
}

static void scan_entries(struct scan scan)
{
	its_each_valid(scan.reach->its, &scan.span, scan_one, &scan);
}

static void add_itt(const struct reach *reach, uint64_t dte, enum sim_its_reach why)
{
	const struct sim_its *its = reach->its;
	struct scan scan = {
		.reach = reach,
		.span = {KIND_ITE, its_dte_itt(dte), its_itt_bytes(its, its_dte_size(dte)),
			 (unsigned)its_itt_entry_bytes(its)},
	};

	add(reach, scan.span.base, scan.span.len, why);
	if (its->mode.trust)
		scan_entries(scan);
}

/* Never less than what VMAPP touches in the model. */
static void add_vpt(const struct reach *reach, uint64_t address, uint64_t size,
		    enum sim_its_reach why)
{
	uint64_t bytes = ((uint64_t)2 << size) / 8;

	add(reach, address, bytes < 0x800 ? 0x800 : bytes, why);
}

/* ---- tables ---- */

static void add_entries(const struct reach *reach, uint8_t type, uint64_t base, uint64_t len)
{
	struct scan scan = {.reach = reach, .span = {.base = base, .len = len}, .type = type};

	add(reach, base, len, SIM_REACH_TABLE);
	if (type == SIM_TABLE_COLLS)
		return;
	scan.span.kind = type == SIM_TABLE_DEVICES ? KIND_DTE : KIND_VPE;
	scan.span.step = its_table_of(reach->its, type).entry;
	scan_entries(scan);
}

static void add_level2(const struct reach *reach, uint8_t type, uint8_t code, uint64_t word)
{
	uint64_t page = (uint64_t)4096 << (2 * code);

	add_entries(reach, type, its_level1_address(reach->its, word, page), page);
}

static void found(const struct scan *scan, uint64_t payload)
{
	switch (scan->span.kind) {
	case KIND_LEVEL1:
		add_level2(scan->reach, scan->type, scan->code, payload);
		return;
	case KIND_DTE:
		add_itt(scan->reach, payload, SIM_REACH_ITT);
		return;
	case KIND_VPE:
		add_vpt(scan->reach, payload & sim_bits(51, 16), sim_field(payload, 5, 1),
			SIM_REACH_VIRTUAL);
		return;
	case KIND_ITE:
		add_forged_ite(scan->reach, payload);
		return;
	case KIND_CTE:
	default:
		return;
	}
}

static void add_table(const struct reach *reach, const struct its_table *table)
{
	struct scan scan = {
		.reach = reach,
		.span = {KIND_LEVEL1, table->pa, table->bytes, 8},
		.code = table->code,
		.type = table->type,
	};

	if (!table->indirect) {
		add_entries(reach, table->type, table->pa, table->bytes);
		return;
	}
	add(reach, table->pa, table->bytes, SIM_REACH_LEVEL1);
	scan_entries(scan);
}

/* ---- caches ---- */

static void add_line(const struct reach *reach, const struct its_line *line)
{
	bool valid = its_entry_valid(line->payload);

	switch (line->kind) {
	case KIND_LEVEL1:
		add(reach, line->pa, 8, SIM_REACH_LEVEL1);
		add_level2(reach, line->type, line->code, line->payload);
		return;
	case KIND_ITE:
		add(reach, line->pa, line->bytes, line->orphan ? SIM_REACH_LATE : SIM_REACH_ITT);
		if (reach->its->mode.trust)
			add_forged_ite(reach, line->payload);
		return;
	case KIND_DTE:
		if (valid)
			add_itt(reach, line->payload, SIM_REACH_ITT);
		break;
	case KIND_VPE:
		if (valid)
			add_vpt(reach, line->payload & sim_bits(51, 16),
				sim_field(line->payload, 5, 1), SIM_REACH_VIRTUAL);
		break;
	case KIND_CTE:
	default:
		break;
	}
	add(reach, line->pa, line->bytes, SIM_REACH_TABLE);
}

static void add_lines(const struct reach *reach)
{
	for (unsigned i = 0; i < ITS_LINES; i++) {
		const struct its_line *line = &reach->its->lines[i];

		if (line->used)
			add_line(reach, line);
	}
}

/* ---- commands ---- */

/* An ICID beyond the table: of before, when that was larger. What hardware makes of it is open. */
static void add_icid(const struct reach *reach, uint64_t icid)
{
	add_forged_ite(reach, 1 | icid << 8);
}

static void add_command(const struct reach *reach, const uint64_t dw[4])
{
	uint64_t opcode = sim_field(dw[0], 7, 0);
	bool virtual = sim_field(reach->its->config.typer, 1, 1);

	if (opcode == SIM_MAPC)
		add_icid(reach, sim_field(dw[2], 15, 0));
	if (!(dw[2] & SIM_VALID))
		return;
	if (opcode == SIM_MAPD) {
		uint64_t dte = 1 | sim_field(dw[1], 4, 0) << 1 | (dw[2] & sim_bits(51, 8));

		add_itt(reach, dte, SIM_REACH_PENDING);
	} else if (opcode == SIM_VMAPP && virtual) {
		add_vpt(reach, dw[3] & sim_bits(51, 16), sim_field(dw[3], 4, 0), SIM_REACH_PENDING);
		if (its_is_v41(reach->its))
			add(reach, dw[0] & sim_bits(51, 16), 16, SIM_REACH_PENDING);
	}
}

/* Most slots hold others, and all of them are looked at whenever a page is let go. */
static bool names_memory(uint8_t opcode)
{
	return opcode == SIM_MAPC || opcode == SIM_MAPD || opcode == SIM_VMAPP;
}

static void add_slots(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	const struct reach *reach = ctx;

	(void)frame_pa;
	for (unsigned at = 0; at < 4096; at += SIM_COMMAND_BYTES) {
		uint64_t dw[4];

		if (!names_memory(bytes[at]))
			continue;
		for (unsigned i = 0; i < 4; i++)
			dw[i] = sim_le64(bytes + at + 8 * i);
		add_command(reach, dw);
	}
}

/*
 * Every slot counts, not only those between CREADR and CWRITER: firmware that restores CBASER makes
 * CREADR 0, and may restore any CWRITER.
 */
static void add_queue(const struct reach *reach)
{
	const struct sim_its *its = reach->its;
	uint64_t base = its->cbaser & sim_bits(51, 12);
	uint64_t bytes = its_queue_bytes(its);

	if (!(its->cbaser & SIM_VALID))
		return;
	add(reach, base, bytes, SIM_REACH_QUEUE);
	sim_mem_each_frame(its->mem, base, bytes, add_slots, (void *)(uintptr_t)reach);
	for (unsigned i = 0; i < its->num_prefetched; i++)
		add_command(reach, its->prefetched[i].dw);
}

/* ---- all of it ---- */

void sim_its_reach(const struct sim_its *its, sim_its_reach_fn *fn, void *ctx)
{
	struct reach reach = {its, fn, ctx};

	add_queue(&reach);
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++) {
		struct its_table table = its_table_at(its, n);

		if (table.valid)
			add_table(&reach, &table);
	}
	add_lines(&reach);
	for (size_t i = 0; i < its->num_late; i++)
		add(&reach, its->late[i].pa, its->late[i].len, SIM_REACH_LATE);
	for (size_t i = 0; i < its->num_kept; i++)
		add(&reach, its->kept[i].pa, its->kept[i].len, SIM_REACH_KEPT);
}

static void keep(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	struct sim_its *its = ctx;

	(void)why;
	for (size_t i = 0; i < its->num_kept; i++) {
		if (its->kept[i].pa == pa && its->kept[i].len == len)
			return;
	}
	if (its->num_kept == its->kept_capacity) {
		its->kept_capacity = its->kept_capacity ? its->kept_capacity * 2 : 16;
		its->kept = sim_realloc(its->kept, its->kept_capacity, sizeof(*its->kept));
	}
	its->kept[its->num_kept++] = (struct its_extent){pa, len};
}

/*
 * Valid goes and the ITS may remember: whatever the table led to stays reachable. What is cached
 * already counts as long as it is cached.
 */
void its_keep_table(struct sim_its *its, uint64_t baser)
{
	struct reach reach = {its, keep, its};
	struct its_table table = its_table_decode(baser);

	add_table(&reach, &table);
}
