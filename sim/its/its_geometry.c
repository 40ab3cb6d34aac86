/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* How large and how many: queue, tables, ITTs, devices, collections. GIC 1.5, 1.6, 1.8 and 3. */
#include "its_priv.h"

bool its_is_v41(const struct sim_its *its)
{
	return sim_field(its->config.typer, 40, 40); /* VMAPP, as drivers tell it */
}

uint64_t its_queue_bytes(const struct sim_its *its)
{
	return (sim_field(its->cbaser, 7, 0) + 1) * 4096;
}

/* ---- tables ---- */

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

/* ---- ITTs, devices, collections ---- */

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

uint64_t its_num_devices(const struct sim_its *its)
{
	return (uint64_t)2 << sim_field(its->config.typer, 17, 13);
}

/* How many of the collections are in hardware, with this collection table: 3.4. */
uint64_t its_hcc_in_use(const struct sim_its *its, const struct its_table *table)
{
	bool cumulative = sim_field(its->config.typer, 2, 2);

	return !table->valid || cumulative ? sim_field(its->config.typer, 31, 24) : 0;
}

uint64_t its_num_collections(const struct sim_its *its, const struct its_table *table)
{
	bool limited = sim_field(its->config.typer, 36, 36);
	uint64_t ids = limited ? (uint64_t)2 << sim_field(its->config.typer, 35, 32) : 65536;
	uint64_t count = its_hcc_in_use(its, table) + its_table_capacity(table);

	return count < ids ? count : ids;
}
