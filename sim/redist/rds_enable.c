/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* GICR_CTLR.EnableLPIs comes and goes, and so does power. */
#include "rds_priv.h"

#include <string.h>

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

/* What two that are enabled may not have at once. */
static void check_pair(struct sim_redists *rds, uint32_t n, uint32_t other)
{
	const struct rd *a = &rds->rd[n], *b = &rds->rd[other];
	struct sim_redist_tables ours = rd_tables(rds, a->prop, a->pend);
	struct sim_redist_tables its = rd_tables(rds, b->prop, b->pend);

	if (a->prop != b->prop && sim_redists_one_group(rds, n, other))
		rd_event(rds, n, SIM_REDIST_GROUP, RD_PROPBASER, a->prop);
	if (rd_attributes(a->pend) != rd_attributes(b->pend))
		rd_event(rds, n, SIM_REDIST_ATTRIBUTES, RD_PENDBASER, a->pend);
	if (overlap(ours.pending_pa, ours.pending_bytes, its.pending_pa, its.pending_bytes))
		rd_event(rds, n, SIM_REDIST_ONE_TABLE, RD_PENDBASER, a->pend);
}

static void check_table(struct sim_redists *rds, uint32_t n)
{
	const struct rd *rd = &rds->rd[n];
	struct sim_redist_tables tables = rd_tables(rds, rd->prop, rd->pend);

	if (tables.pending_bytes == 0)
		return;
	if (rd->ptz && !rd_table_is_zero(rds, tables.pending_pa, tables.pending_bytes))
		rd_event(rds, n, SIM_REDIST_PTZ, RD_PENDBASER, rd->pend);
	else if (!rd->ptz && !rd_own_is_fine(rds, tables.pending_pa))
		rd_event(rds, n, SIM_REDIST_FIRST_KB, RD_PENDBASER, rd->pend);
}

static void check_enable(struct sim_redists *rds, uint32_t n)
{
	const struct rd *rd = &rds->rd[n];

	if (rd->looks > 0)
		rd_event(rds, n, SIM_REDIST_ENABLE_BUSY, RD_CTLR, rd->looks);
	for (uint32_t i = 0; i < rds->config.count; i++)
		if (i != n && rds->rd[i].powered && rds->rd[i].enabled)
			check_pair(rds, n, i);
	check_table(rds, n);
}

static void tell(const struct sim_redists *rds, uint32_t n, bool on)
{
	if (rds->config.lpis)
		rds->config.lpis(rds->config.ctx, n, on);
}

/* Firmware is not asked what it does. */
void rd_enable(struct sim_redists *rds, uint32_t n, bool asked)
{
	struct rd *rd = &rds->rd[n];

	if (asked)
		check_enable(rds, n);
	rd->looks = 0;
	rd->enabled = true;
	tell(rds, n, true);
	rd->given_prop = rd->prop;
	rd->given_pend = rd->pend;
	rd->cursor = 0;
	if (!rd->foreign)
		rd_table_load(rds, n);
	rd->ptz = false;
	for (unsigned i = 0; i < 2; i++)
		rd_background(rds, n);
}

/* The effects of clearing EnableLPIs are over: tables are as they should be, and nothing is held.
 */
static void let_go(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];

	rd_write_back(rds, n, RD_LINES);
	rd_table_save(rds, n);
	rd->old_prop = rd->old_pend = 0;
	rd->foreign = false;
	tell(rds, n, false);
}

void rd_disable(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];

	rd->enabled = false;
	rd->looks = rds->mode.rwp;
	if (rd->looks == 0)
		let_go(rds, n);
}

bool rd_look(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];

	if (rd->looks == 0 && rd->busy > 0) {
		rd->busy -= rd->busy != SIM_REDIST_RWP_EVER;
		return true;
	}
	if (rd->looks == 0)
		return false;
	rd_background(rds, n);
	if (rd->looks != SIM_REDIST_RWP_EVER && --rd->looks == 0)
		let_go(rds, n);
	return true;
}

void sim_redists_lose_enable(struct sim_redists *rds, uint32_t n)
{
	if (rd_exists(rds, n) && rds->rd[n].powered && rds->rd[n].enabled)
		rd_disable(rds, n);
}

/* ---- power ---- */

/* Reset leaves PROPBASER and PENDBASER UNKNOWN. */
void rd_power_up(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd = &rds->rd[n];
	const struct rd was = *rd;

	memset(rd, 0, sizeof(*rd));
	rd->powered = true;
	rd->sleeps = rds->config.ds;
	rd->prop = rd_prop_kept(rds, rd_random(rds));
	rd->pend = rd_pend_kept(rds, rd_random(rds));
	rd->given_prop = was.given_prop;
	rd->given_pend = was.given_pend;
	rd->deaf = was.deaf;
	rd->lost_prop = was.lost_prop;
	rd->lost_pend = was.lost_pend;
}

/* Before it takes power away firmware waits for RWP=0, and has caches written back. */
void sim_redists_power_off(struct sim_redists *rds, uint32_t n)
{
	struct rd *rd;

	if (!sim_redists_powered(rds, n))
		return;
	rd = &rds->rd[n];
	if (rd_is_live(rd))
		let_go(rds, n);
	rd->looks = 0;
	rd->powered = false;
	rd->saved.any = true;
	rd->saved.enabled = rd->enabled;
	rd->saved.prop = rd->prop;
	rd->saved.pend = rd->pend;
	rd->enabled = false;
	rd->vprop = rd->vpend = 0;
	tell(rds, n, false);
}

void sim_redists_power_on(struct sim_redists *rds, uint32_t n, bool props, bool enable)
{
	struct rd was;

	if (!rd_exists(rds, n) || rds->rd[n].powered)
		return;
	was = rds->rd[n];
	rd_power_up(rds, n);
	rds->rd[n].foreign = was.foreign && enable && was.saved.enabled;
	if (props || enable) {
		rds->rd[n].prop = was.saved.prop;
		rds->rd[n].pend = was.saved.pend;
	}
	if (enable && was.saved.enabled)
		rd_enable(rds, n, false);
}

void rd_all_sleep(struct sim_redists *rds)
{
	for (uint32_t i = 0; i < rds->config.count; i++)
		if (rd_is_live(&rds->rd[i]))
			rd_write_back(rds, i, RD_LINES);
}

/* ---- somebody before ---- */

void sim_redists_before(struct sim_redists *rds, uint32_t n, uint64_t prop, uint64_t pend)
{
	struct rd *rd;

	if (!sim_redists_powered(rds, n))
		return;
	rd = &rds->rd[n];
	rd->prop = rd->given_prop = rd_prop_kept(rds, prop);
	rd->pend = rd->given_pend = rd_pend_kept(rds, pend);
	rd->enabled = rd->foreign = true;
	tell(rds, n, true);
}

bool sim_redists_foreign(const struct sim_redists *rds, uint32_t n)
{
	return rd_exists(rds, n) && rds->rd[n].foreign;
}

void sim_redists_adopted(struct sim_redists *rds)
{
	for (uint32_t i = 0; i < rds->config.count; i++)
		rds->rd[i].foreign = false;
}
