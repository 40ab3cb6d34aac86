/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Which DeviceIDs an MSI may still be translated for. Like its_reach.c it looks at memory as it is,
 * without an access of the ITS; but only at what has been executed, or will be: a slot that was
 * passed maps nothing until firmware makes hardware begin anew.
 */
#include "its_priv.h"

struct mapped {
	const struct sim_its *its;
	sim_its_mapped_fn *tell;
	void *ctx;
	/* Of the run of entries that is looked through. */
	uint64_t base, len, first;
	unsigned step;
};

/* A cached entry that waits to be written back counts, and not what is in memory. */
static bool is_overruled(const struct sim_its *its, uint64_t pa)
{
	for (unsigned i = 0; i < ITS_LINES; i++) {
		const struct its_line *line = &its->lines[i];

		if (line->used && line->dirty && line->kind == KIND_DTE && line->pa == pa)
			return true;
	}
	return false;
}

static void tell_frame(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	const struct mapped *mapped = ctx;
	uint64_t skip = frame_pa > mapped->base ? frame_pa - mapped->base : 0;
	uint64_t index = (skip + mapped->step - 1) / mapped->step;

	for (; (index + 1) * mapped->step <= mapped->len; index++) {
		uint64_t pa = mapped->base + index * mapped->step;

		if (pa >= frame_pa + 4096)
			break;
		if ((bytes[pa - frame_pa] & 1) && !is_overruled(mapped->its, pa))
			mapped->tell(mapped->ctx, mapped->first + index);
	}
}

static void tell_entries(struct mapped mapped, uint64_t base, uint64_t len, uint64_t first)
{
	mapped.base = base;
	mapped.len = len;
	mapped.first = first;
	sim_mem_each_frame(mapped.its->mem, base, len, tell_frame, &mapped);
}

/* Frames that nobody ever wrote hold no word. */
static void tell_words(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	const struct mapped *mapped = ctx;
	struct its_table table = its_table_of(mapped->its, SIM_TABLE_DEVICES);
	uint64_t first = frame_pa > table.pa ? frame_pa : table.pa;

	for (uint64_t pa = first; pa < frame_pa + 4096 && pa < table.pa + table.bytes; pa += 8) {
		uint64_t word = sim_le64(bytes + (pa - frame_pa));

		if (word & SIM_VALID)
			tell_entries(*mapped, its_level1_address(mapped->its, word, table.page),
				     table.page, (pa - table.pa) / 8 * (table.page / table.entry));
	}
}

static void tell_command(const struct mapped *mapped, const uint64_t dw[4])
{
	if (sim_field(dw[0], 7, 0) == SIM_MAPD && (dw[2] & SIM_VALID))
		mapped->tell(mapped->ctx, sim_field(dw[0], 63, 32));
}

static void tell_queue(const struct mapped *mapped)
{
	const struct sim_its *its = mapped->its;
	uint64_t bytes = its_queue_bytes(its);
	uint64_t pending = its->cwriter < bytes ? (its->cwriter + bytes - its->creadr) % bytes : 0;

	for (uint64_t at = 0; at < pending; at += SIM_COMMAND_BYTES) {
		uint64_t pa = (its->cbaser & sim_bits(51, 12)) + (its->creadr + at) % bytes;
		uint64_t dw[4];

		for (unsigned i = 0; i < 4; i++)
			dw[i] = sim_mem_peek64(its->mem, pa + 8 * i);
		tell_command(mapped, dw);
	}
}

void sim_its_mapped(const struct sim_its *its, sim_its_mapped_fn *tell, void *ctx)
{
	struct mapped mapped = {.its = its, .tell = tell, .ctx = ctx};
	struct its_table table = its_table_of(its, SIM_TABLE_DEVICES);

	mapped.step = table.entry;
	if (table.valid && table.indirect)
		sim_mem_each_frame(its->mem, table.pa, table.bytes, tell_words, &mapped);
	else if (table.valid)
		tell_entries(mapped, table.pa, table.bytes, 0);
	for (unsigned i = 0; i < ITS_LINES; i++)
		if (its->lines[i].used && its->lines[i].kind == KIND_DTE &&
		    its_entry_valid(its->lines[i].payload))
			tell(ctx, its->lines[i].key);
	if (its->cbaser & SIM_VALID)
		tell_queue(&mapped);
	for (unsigned i = 0; i < its->num_prefetched; i++)
		tell_command(&mapped, its->prefetched[i].dw);
}

void sim_its_unpassed(const struct sim_its *its, sim_its_mapped_fn *tell, void *ctx)
{
	struct mapped mapped = {.its = its, .tell = tell, .ctx = ctx};

	if (its->cbaser & SIM_VALID)
		tell_queue(&mapped);
}
