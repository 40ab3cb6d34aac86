/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* GICR_PROPBASER and GICR_PENDBASER, and the tables that they name. */
#include "rds_priv.h"

#define ADDRESS_END ((uint64_t)1 << 52)

uint64_t rd_attributes(uint64_t value)
{
	return value & (sim_bits(58, 56) | sim_bits(11, 7));
}

static uint64_t implemented(const struct sim_redists *rds, uint64_t address)
{
	return address & (((uint64_t)1 << rds->config.pa_bits) - 1);
}

uint64_t rd_prop_kept(const struct sim_redists *rds, uint64_t value)
{
	if (rds->config.prop_fixed)
		return rds->config.prop_value;
	return implemented(rds, value & sim_bits(51, 12)) |
	       (rd_attributes(value) & rds->config.attr_mask) | (value & sim_bits(4, 0));
}

/* PTZ is no storage: it reads 0. */
uint64_t rd_pend_kept(const struct sim_redists *rds, uint64_t value)
{
	return implemented(rds, value & sim_bits(51, 16)) |
	       (rd_attributes(value) & rds->config.attr_mask);
}

unsigned rd_bits(const struct sim_redists *rds, uint64_t prop)
{
	unsigned bits = (unsigned)sim_field(prop, 4, 0) + 1;

	if (bits > rds->config.lpi_bits)
		bits = rds->config.lpi_bits;
	return bits < 14 ? 0 : bits;
}

bool rd_is_lpi(const struct sim_redists *rds, uint64_t prop, uint64_t intid)
{
	unsigned bits = rd_bits(rds, prop);

	return bits > 0 && intid >= SIM_FIRST_LPI && intid >> bits == 0;
}

struct sim_redist_tables rd_tables(const struct sim_redists *rds, uint64_t prop, uint64_t pend)
{
	struct sim_redist_tables tables = {.config_pa = prop & sim_bits(51, 12),
					   .pending_pa = pend & sim_bits(51, 16)};
	unsigned bits = rd_bits(rds, prop);

	if (bits == 0)
		return tables;
	tables.config_bytes = ((uint64_t)1 << bits) - SIM_FIRST_LPI;
	tables.pending_bytes = ((uint64_t)1 << bits) / 8;
	return tables;
}

struct sim_redist_tables sim_redists_given(const struct sim_redists *rds, uint32_t rd)
{
	if (!rd_exists(rds, rd))
		return (struct sim_redist_tables){0};
	return rd_tables(rds, rds->rd[rd].given_prop, rds->rd[rd].given_pend);
}

/* ---- what is in a pending table ---- */

struct zeros {
	uint64_t from, end;
	bool other;
};

static void look_at_frame(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	struct zeros *zeros = ctx;

	for (uint64_t i = 0; i < 4096; i++)
		if (bytes[i] && frame_pa + i >= zeros->from && frame_pa + i < zeros->end)
			zeros->other = true;
}

bool rd_table_is_zero(const struct sim_redists *rds, uint64_t pa, uint64_t bytes)
{
	struct zeros zeros = {pa, pa + bytes, false};

	sim_mem_each_frame(rds->mem, pa, bytes, look_at_frame, &zeros);
	return !zeros.other;
}

/* The first 1 KB is zero, or as hardware itself has left it. */
bool rd_own_is_fine(const struct sim_redists *rds, uint64_t pa)
{
	return sim_mem_peek64(rds->mem, pa) <= 1 && rd_table_is_zero(rds, pa + 8, RD_OWN_BYTES - 8);
}

/* It goes on where the first eight bytes say. */
static void follow(struct sim_redists *rds, uint64_t base, const uint8_t own[8])
{
	uint64_t word = sim_le64(own);
	uint64_t pa = (base + (word & sim_bits(51, 6))) & (ADDRESS_END - 1);
	uint8_t byte;

	if (!(word & 1))
		return;
	sim_mem_dma(rds->mem, pa, 1, false, &byte, "pending table, by its first 1 KB");
	byte |= 1;
	sim_mem_dma(rds->mem, pa, 1, true, &byte, "pending table, by its first 1 KB");
}

/* With PTZ it is known to be zero, and not read. */
void rd_table_load(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];
	struct sim_redist_tables tables = rd_tables(rds, rd->prop, rd->pend);
	uint8_t own[RD_OWN_BYTES];

	if (tables.pending_bytes == 0 || rd->ptz || rd->foreign)
		return;
	sim_mem_dma(rds->mem, tables.pending_pa, sizeof(own), false, own, "pending table");
	sim_mem_dma(rds->mem, tables.pending_pa + tables.pending_bytes - 64, 64, false, own + 64,
		    "pending table");
	if (rds->mode.believes)
		follow(rds, tables.pending_pa, own);
}

void rd_table_save(struct sim_redists *rds, uint32_t n)
{
	struct sim_redist_tables tables = rd_tables(rds, rds->rd[n].prop, rds->rd[n].pend);
	uint8_t own[8] = {1};

	if (tables.pending_bytes > 0 && rds->mode.believes && !rds->rd[n].foreign)
		sim_mem_dma(rds->mem, tables.pending_pa, sizeof(own), true, own,
			    "pending table, its first 1 KB");
}
