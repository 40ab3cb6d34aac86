/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What redistributors may still touch. */
#include "rds_priv.h"

struct reach {
	const struct sim_redists *rds;
	uint32_t rd;
	bool foreign;
	sim_redists_reach_fn *add;
	void *ctx;
};

static void add(const struct reach *reach, uint64_t pa, uint64_t len, enum sim_redist_reach why)
{
	if (len > 0)
		reach->add(reach->ctx, reach->rd, pa, len, why);
}

static void add_tables(const struct reach *reach, uint64_t prop, uint64_t pend)
{
	struct sim_redist_tables tables = rd_tables(reach->rds, prop, pend);

	add(reach, tables.config_pa, tables.config_bytes,
	    reach->foreign ? SIM_REDIST_FOREIGN : SIM_REDIST_CONFIG);
	add(reach, tables.pending_pa, tables.pending_bytes,
	    reach->foreign ? SIM_REDIST_FOREIGN : SIM_REDIST_PENDING);
}

/*
 * v4.0: the resident vPE's pending table, of as many bits as VPROPBASER says, and its configuration
 * table. v4.1: the table of vPEs. 64 KB of each will do.
 */
struct rd_resident rd_resident(const struct sim_redists *rds, const struct rd *rd)
{
	struct rd_resident resident = {{0, 0}, {0, 0}};
	bool vpe_table = rds->config.rvpeid && (rd->vprop & SIM_VALID);

	if (vpe_table) {
		resident.pa[1] = rd->vprop & sim_bits(51, 12);
		resident.bytes[1] = 0x1000;
	} else if (!rds->config.rvpeid && (rd->vpend & SIM_VALID)) {
		resident.pa[0] = rd->vpend & sim_bits(51, 16);
		resident.bytes[0] = 0x800;
		resident.pa[1] = rd->vprop & sim_bits(51, 12);
		resident.bytes[1] = 0x1000;
	}
	return resident;
}

static void add_resident(const struct reach *reach, const struct rd *rd)
{
	struct rd_resident resident = rd_resident(reach->rds, rd);

	for (unsigned i = 0; i < 2; i++)
		add(reach, resident.pa[i], resident.bytes[i], SIM_REDIST_RESIDENT);
}

static void add_rd(struct reach *reach, const struct rd *rd)
{
	reach->foreign = rd->foreign;
	if (rd->saved.any && rd->saved.enabled)
		add_tables(reach, rd->saved.prop, rd->saved.pend);
	if (rd->powered && (rd->enabled || rd->looks > 0)) {
		add_tables(reach, rd->prop, rd->pend);
		if (rd->old_prop | rd->old_pend)
			add_tables(reach, rd->old_prop, rd->old_pend);
	}
	add_resident(reach, rd);
}

void sim_redists_reach(const struct sim_redists *rds, sim_redists_reach_fn *fn, void *ctx)
{
	struct reach reach = {.rds = rds, .add = fn, .ctx = ctx};

	for (uint32_t i = 0; i < rds->config.count; i++) {
		reach.rd = i;
		add_rd(&reach, &rds->rd[i]);
	}
}
