/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* LPIs: pending bits in memory, or held and written late, and configuration bytes. */
#include "rds_priv.h"

/* ---- pending bits ---- */

static void write_line(struct sim_redists *rds, uint32_t n, struct rd_line *line)
{
	uint64_t pa = (rds->rd[n].pend & sim_bits(51, 16)) + line->at;
	uint8_t byte;

	sim_mem_dma(rds->mem, pa, 1, false, &byte, "pending table");
	byte = (uint8_t)((byte & ~line->clear) | line->set);
	sim_mem_dma(rds->mem, pa, 1, true, &byte, "pending table");
	line->used = false;
}

void rd_write_back(struct sim_redists *rds, uint32_t n, unsigned most)
{
	for (unsigned i = 0; i < RD_LINES && most > 0; i++) {
		if (!rds->rd[n].lines[i].used)
			continue;
		write_line(rds, n, &rds->rd[n].lines[i]);
		most--;
	}
}

/* The line that has this byte, or else the oldest, written back to make room. */
static struct rd_line *line_for(struct sim_redists *rds, uint32_t n, uint64_t at)
{
	struct rd *rd = &rds->rd[n];
	struct rd_line *line;

	for (unsigned i = 0; i < RD_LINES; i++)
		if (rd->lines[i].used && rd->lines[i].at == at)
			return &rd->lines[i];
	line = &rd->lines[rd->oldest++ % RD_LINES];
	if (line->used)
		write_line(rds, n, line);
	*line = (struct rd_line){.used = true, .at = at};
	return line;
}

/* Bit N of the table is that of INTID N. Of what is held, `set` is newer than `clear`. */
void rd_set_bit(struct sim_redists *rds, uint32_t n, uint64_t intid, bool pending)
{
	struct rd_line *line = line_for(rds, n, intid / 8);
	uint8_t bit = (uint8_t)(1u << (intid % 8));

	line->set = (uint8_t)(pending ? line->set | bit : line->set & ~bit);
	line->clear = (uint8_t)(pending ? line->clear : line->clear | bit);
	if (!rds->mode.late)
		write_line(rds, n, line);
}

bool sim_redists_is_pending(const struct sim_redists *rds, uint32_t n, uint32_t intid)
{
	uint8_t bit = (uint8_t)(1u << (intid % 8)), byte;

	if (!rd_exists(rds, n))
		return false;
	sim_mem_peek(rds->mem, sim_redists_given(rds, n).pending_pa + intid / 8, &byte, 1);
	for (unsigned i = 0; i < RD_LINES; i++) {
		const struct rd_line *line = &rds->rd[n].lines[i];

		if (line->used && line->at == intid / 8)
			byte = (uint8_t)((byte & ~line->clear) | line->set);
	}
	return byte & bit;
}

/* ---- configuration bytes ---- */

/* Whose PROPBASER is used is implementation defined, among those of the group that are enabled. */
static const struct rd *one_of_group(struct sim_redists *rds, uint32_t n)
{
	uint32_t count = rds->config.count;
	uint32_t first = (uint32_t)(rd_random(rds) >> 32) % count;

	for (uint32_t i = 0; rds->mode.group_any && i < count; i++) {
		const struct rd *rd = &rds->rd[(first + i) % count];

		if (rd->powered && rd->enabled && !rd->foreign &&
		    sim_redists_one_group(rds, (first + i) % count, n))
			return rd;
	}
	return &rds->rd[n];
}

/* The byte of INTID N is at base + N - 8192. */
void rd_read_config(struct sim_redists *rds, uint32_t n, uint64_t intid)
{
	uint64_t prop = one_of_group(rds, n)->prop;
	uint8_t byte;

	sim_mem_dma(rds->mem, (prop & sim_bits(51, 12)) + intid - SIM_FIRST_LPI, 1, false, &byte,
		    "LPI configuration table");
}

/* Somewhere in the table, its first and its last byte among the first to come. */
static void prefetch(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];
	uint64_t bytes = rd_tables(rds, rd->prop, rd->pend).config_bytes;
	uint64_t at = rd->cursor < 2 ? rd->cursor * (bytes - 1) : rd_random(rds) % (bytes | 1);

	if (bytes == 0)
		return;
	rd->cursor++;
	rd_read_config(rds, n, SIM_FIRST_LPI + at % bytes);
}

void rd_background(struct sim_redists *rds, uint32_t n)
{
	if (!rd_is_live(&rds->rd[n]))
		return;
	if (rds->mode.prefetch)
		prefetch(rds, n);
	rd_write_back(rds, n, 1);
}

/* ---- from an ITS ---- */

static bool takes(const struct sim_redists *rds, uint32_t n, uint32_t intid)
{
	const struct rd *rd = rd_exists(rds, n) ? &rds->rd[n] : NULL;

	return rd && rd->powered && rd->enabled && !rd->foreign && rd_is_lpi(rds, rd->prop, intid);
}

bool sim_redists_set_pending(struct sim_redists *rds, uint32_t n, uint32_t intid)
{
	if (!takes(rds, n, intid)) {
		rds->stats.dropped++;
		return false;
	}
	rds->stats.delivered++;
	rd_read_config(rds, n, intid);
	rd_set_bit(rds, n, intid, true);
	return true;
}

void sim_redists_clear_pending(struct sim_redists *rds, uint32_t n, uint32_t intid)
{
	if (takes(rds, n, intid))
		rd_set_bit(rds, n, intid, false);
}

void sim_redists_invalidate(struct sim_redists *rds, uint32_t n, uint32_t intid)
{
	if (takes(rds, n, intid))
		rd_read_config(rds, n, intid);
}
