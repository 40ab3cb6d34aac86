/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The frames RD_base and VLPI_base, register by register. */
#include "rds_priv.h"

#define IIDR        0x43b       /* Arm */
#define WAKER_SLEEP 0x80000001u /* of GIC-600: Sleep and Quiescent */

static bool has_invalidation(const struct sim_redists *rds)
{
	return rds->config.direct_lpi || rds->config.ir || rds->config.rvpeid;
}

static uint64_t typer(const struct sim_redists *rds, uint32_t n)
{
	const struct sim_redists_config *config = &rds->config;

	return 1 | (uint64_t)config->vlpis << 1 | (uint64_t)config->rvpeid << 2 |
	       (uint64_t)config->direct_lpi << 3 | (uint64_t)(n + 1 == config->count) << 4 |
	       (uint64_t)config->dpgs << 5 | (uint64_t)config->rvpeid << 7 | (uint64_t)n << 8 |
	       (uint64_t)config->common_lpi_aff << 24 | (uint64_t)config->rvpeid << 26 |
	       (uint64_t)sim_redists_affinity(n) << 32;
}

/* ---- CTLR and WAKER ---- */

static uint32_t read_ctlr(struct sim_redists *rds, uint32_t n)
{
	const struct rd *rd = &rds->rd[n];
	uint32_t value = rd->dpg | (rd->enabled ? RD_ENABLE_LPIS : 0);

	if (rds->config.ces && !rds->mode.res1)
		value |= RD_CES;
	if (rds->config.ir)
		value |= RD_IR;
	return value | (rd_look(rds, n) ? RD_RWP : 0);
}

static void write_ctlr(struct sim_redists *rds, uint32_t n, uint64_t value)
{
	struct rd *rd = &rds->rd[n];
	bool enable = value & RD_ENABLE_LPIS;

	if (rds->config.dpgs && (value & RD_DPG & ~rd->dpg))
		rd->busy = rds->mode.rwp;
	rd->dpg = rds->config.dpgs ? (uint32_t)value & RD_DPG : 0;
	if (enable && !rd->enabled && !rd->deaf)
		rd_enable(rds, n, true);
	else if (!enable && rd->enabled && !rds->mode.res1)
		rd_disable(rds, n);
}

static void write_waker(struct sim_redists *rds, uint32_t n, uint64_t value)
{
	if (value & WAKER_SLEEP)
		rd_event(rds, n, SIM_REDIST_SLEEP, RD_WAKER, value);
	if (!rds->config.ds)
		return;
	rds->rd[n].sleeps = value & 2;
	if (value & WAKER_SLEEP)
		rd_all_sleep(rds);
}

/* ---- PROPBASER and PENDBASER: taken at any time, as published emulators do ---- */

static void check_busy(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	struct rd *rd = &rds->rd[n];

	if (!rd->enabled && rd->looks == 0)
		return;
	rd_event(rds, n, SIM_REDIST_BASER_BUSY, offset, value);
	rd->old_prop = rd->prop;
	rd->old_pend = rd->pend;
}

static void write_baser(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	struct rd *rd = &rds->rd[n];

	check_busy(rds, n, offset, value);
	if (offset == RD_PROPBASER) {
		rd->prop = rd_prop_kept(rds, value) & ~rd->lost_prop;
	} else {
		rd->pend = rd_pend_kept(rds, value) & ~rd->lost_pend;
		rd->ptz = value & RD_PTZ;
	}
	rd_background(rds, n);
}

/* ---- commands ---- */

/* Hardware that believes what it is told sets a bit for what is no LPI. */
static void set_or_clear(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	struct rd *rd = &rds->rd[n];
	uint64_t intid = sim_field(value, 31, 0);
	bool fine = rd_is_lpi(rds, rd->prop, intid);

	if (!rds->config.direct_lpi) {
		rd_event(rds, n, SIM_REDIST_IMPDEF, offset, value);
		return;
	}
	if (!rd->enabled || rd->foreign)
		return;
	if (!fine)
		rd_event(rds, n, SIM_REDIST_INTID, offset, value);
	if (!fine && !rds->mode.believes)
		return;
	if (fine)
		rd_read_config(rds, n, intid);
	rd_set_bit(rds, n, intid, offset == RD_SETLPIR);
}

static void invalidate(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	const struct rd *rd = &rds->rd[n];
	uint64_t intid = offset == RD_INVLPIR ? sim_field(value, 31, 0) : SIM_FIRST_LPI;

	if (!has_invalidation(rds))
		rd_event(rds, n, SIM_REDIST_IMPDEF, offset, value);
	else if (value & SIM_VALID)
		rd_event(rds, n, SIM_REDIST_VIRTUAL, offset, value);
	else if (rd->enabled && !rd->foreign && rd_is_lpi(rds, rd->prop, intid))
		rd_read_config(rds, n, intid);
}

/* ---- the frame for virtual LPIs ---- */

/* A vPE is made resident, or there is a table of vPEs: what the register names is used at once. */
static void touch_resident(struct sim_redists *rds, uint32_t n)
{
	struct rd_resident resident = rd_resident(rds, &rds->rd[n]);
	uint8_t bytes[64];

	if (resident.bytes[1])
		sim_mem_dma(rds->mem, resident.pa[1], sizeof(bytes), false, bytes,
			    "virtual configuration table, or table of vPEs");
	if (!resident.bytes[0])
		return;
	sim_mem_dma(rds->mem, resident.pa[0] + RD_OWN_BYTES, 1, false, bytes,
		    "virtual pending table");
	bytes[0] |= 1;
	sim_mem_dma(rds->mem, resident.pa[0] + RD_OWN_BYTES, 1, true, bytes,
		    "virtual pending table");
}

static void write_virtual(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	struct rd *rd = &rds->rd[n];
	bool valid = value & SIM_VALID && (offset == RD_VPENDBASER || rds->config.rvpeid);

	if (valid)
		rd_event(rds, n, SIM_REDIST_FREE_ADDRESS, offset, value);
	if (offset == RD_VPROPBASER)
		rd->vprop = value;
	else
		rd->vpend = value;
	if (valid)
		touch_resident(rds, n);
}

/* ---- all of them ---- */

/* 64-bit registers; their halves can be accessed alone. */
static bool is_wide(const struct sim_redists *rds, uint32_t offset)
{
	switch (offset & ~(uint32_t)7) {
	case RD_TYPER:
	case RD_SETLPIR:
	case RD_CLRLPIR:
	case RD_PROPBASER:
	case RD_PENDBASER:
	case RD_INVLPIR:
	case RD_INVALLR:
		return true;
	case RD_VPROPBASER:
	case RD_VPENDBASER:
		return rds->config.vlpis;
	default:
		return false;
	}
}

static bool is_command(uint32_t offset)
{
	offset &= ~(uint32_t)7;
	return offset == RD_SETLPIR || offset == RD_CLRLPIR || offset == RD_INVLPIR ||
	       offset == RD_INVALLR;
}

static uint64_t read_wide(const struct sim_redists *rds, uint32_t n, uint32_t offset)
{
	const struct rd *rd = &rds->rd[n];

	switch (offset) {
	case RD_TYPER:
		return typer(rds, n);
	case RD_PROPBASER:
		return rd->prop;
	case RD_PENDBASER:
		return rd->pend;
	case RD_VPROPBASER:
		return rd->vprop;
	case RD_VPENDBASER:
		return rd->vpend;
	default:
		return 0;
	}
}

static void write_wide(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	switch (offset) {
	case RD_SETLPIR:
	case RD_CLRLPIR:
		set_or_clear(rds, n, offset, value);
		break;
	case RD_PROPBASER:
	case RD_PENDBASER:
		write_baser(rds, n, offset, value);
		break;
	case RD_INVLPIR:
	case RD_INVALLR:
		invalidate(rds, n, offset, value);
		break;
	case RD_VPROPBASER:
	case RD_VPENDBASER:
		write_virtual(rds, n, offset, value);
		break;
	default:
		break;
	}
}

static uint32_t read_narrow(struct sim_redists *rds, uint32_t n, uint32_t offset)
{
	switch (offset) {
	case RD_CTLR:
		return read_ctlr(rds, n);
	case RD_IIDR:
		return IIDR;
	case RD_WAKER:
		return rds->config.ds && rds->rd[n].sleeps ? 6 : 0;
	case RD_PIDR2:
		return rds->config.vlpis ? 0x4b : 0x3b;
	default:
		return 0;
	}
}

static void write_narrow(struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	bool impdef = (offset >= 0x20 && offset < 0x40) || (offset >= 0xc000 && offset < 0xffd0);

	if (offset == RD_CTLR)
		write_ctlr(rds, n, value);
	else if (offset == RD_WAKER)
		write_waker(rds, n, value);
	else if (impdef && value)
		rd_event(rds, n, SIM_REDIST_IMPDEF, offset, value);
}

/* There is no hole that takes 64 bits. The upper half of a command has no meaning of its own. */
static bool access_is_legal(struct sim_redists *rds, uint32_t n, uint32_t offset, uint32_t width)
{
	bool frame = offset < RD_FRAME || (rds->config.vlpis && offset >= RD_VLPI_BASE &&
					   offset < RD_VLPI_BASE + RD_FRAME);
	bool legal = frame && rd_exists(rds, n) && (width == 4 || width == 8) &&
		     offset % width == 0 && (width == 4 || is_wide(rds, offset)) &&
		     !(is_command(offset) && offset & 4);

	if (!legal)
		rd_event(rds, n, SIM_REDIST_BAD_ACCESS, offset, width);
	return legal;
}

uint64_t sim_redists_read(struct sim_redists *rds, uint32_t n, uint32_t offset, uint32_t width)
{
	uint64_t value;

	if (!access_is_legal(rds, n, offset, width) || !rds->rd[n].powered)
		return 0;
	if (!is_wide(rds, offset))
		return read_narrow(rds, n, offset);
	value = read_wide(rds, n, offset & ~(uint32_t)7);
	if (width == 8)
		return value;
	return (offset & 4 ? value >> 32 : value) & 0xffffffff;
}

static bool holds_tables(uint32_t offset)
{
	return offset == RD_CTLR || (offset & ~(uint32_t)7) == RD_PROPBASER ||
	       (offset & ~(uint32_t)7) == RD_PENDBASER;
}

/* A half replaces a half; that of a command is extended with zeros. */
static uint64_t whole_of(const struct sim_redists *rds, uint32_t n, uint32_t offset, uint64_t value)
{
	uint64_t whole = read_wide(rds, n, offset & ~(uint32_t)7);

	if (offset & 4)
		return (whole & 0xffffffff) | value << 32;
	return (whole & ~(uint64_t)0xffffffff) | (value & 0xffffffff);
}

void sim_redists_write(struct sim_redists *rds, uint32_t n, uint32_t offset, uint32_t width,
		       uint64_t value)
{
	if (!access_is_legal(rds, n, offset, width))
		return;
	if (!rds->rd[n].powered) {
		if (holds_tables(offset))
			rd_event(rds, n, SIM_REDIST_WITHOUT_POWER, offset, value);
		return;
	}
	if (!is_wide(rds, offset)) {
		write_narrow(rds, n, offset, value & 0xffffffff);
		return;
	}
	if (width == 4)
		value = whole_of(rds, n, offset, value);
	write_wide(rds, n, offset & ~(uint32_t)7, value);
}
