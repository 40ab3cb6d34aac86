/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Redistributors: each follows PROPBASER and PENDBASER from EnableLPIs on, and when that is cleared
 * until RWP is 0, which is whenever it likes.
 */
#include "model.h"

#include <string.h>

static uint64_t rd_typer(uint32_t rd)
{
	return ITSG_GICR_TYPER_PLPIS | ITSG_GICR_TYPER_VLPIS | ITSG_GICR_TYPER_DIRECT_LPI |
	       itsg_put(ITSG_GICR_TYPER_NUMBER, rd) | itsg_put(ITSG_GICR_TYPER_AFFINITY, rd);
}

/* Without power nothing answers. */
uint64_t rd_hw_read(uint32_t number, uint32_t offset)
{
	const struct model_rd *rd = &the_state.model->rd[number];

	if (rd->off)
		return 0;
	switch (offset) {
	case ITSG_GICR_CTLR:
		return (rd->enabled ? ITSG_GICR_CTLR_ENABLE_LPIS : 0) | ITSG_GICR_CTLR_CES |
		       (rd->clearing ? ITSG_GICR_CTLR_RWP : 0);
	case ITSG_GICR_TYPER:
		return rd_typer(number);
	case ITSG_GICR_PROPBASER:
		return rd->prop;
	case ITSG_GICR_PENDBASER:
		return rd->pend;
	default:
		return 0;
	}
}

/* What hardware takes for interrupts that are pending is what memory has. */
static void rd_enable(struct model_rd *rd, bool ptz)
{
	const int place = model_place_of(rd->pend & ITSG_GICR_PENDBASER_ADDRESS);
	const struct model_page *page = place < 0 ? NULL : &the_state.model->page[place];
	const uint16_t head = ptz ? 0x00ff : 0x000f; /* 2 KB, or its first 1 KB */

	if (page && page->owner == OWNER_DONATED && page->dirty & head)
		model_broken("T14: hardware believes what the host left in a pending table");
	rd->enabled = true;
}

static void rd_write_ctlr(struct model_rd *rd, uint64_t value)
{
	const bool enable = (value & ITSG_GICR_CTLR_ENABLE_LPIS) != 0;

	if (enable && !rd->enabled && rd->clearing)
		model_broken("EnableLPIs is set while RWP is 1");
	if (enable && !rd->enabled)
		rd_enable(rd, rd->ptz);
	if (!enable && rd->enabled) {
		rd->enabled = false;
		rd->clearing = true;
	}
}

static void rd_write_base(struct model_rd *rd, uint64_t *base, uint64_t value)
{
	if ((rd->enabled || rd->clearing) && *base != value)
		model_broken("a table's address is written while LPIs are on");
	*base = value;
}

void rd_hw_write(uint32_t number, uint32_t offset, uint64_t value)
{
	struct model_rd *rd = &the_state.model->rd[number];

	if (rd->off)
		return;
	switch (offset) {
	case ITSG_GICR_CTLR:
		rd_write_ctlr(rd, value);
		break;
	case ITSG_GICR_PROPBASER:
		rd_write_base(rd, &rd->prop, value & RD_PROP_BITS);
		break;
	case ITSG_GICR_PENDBASER:
		rd->ptz = (value & ITSG_GICR_PENDBASER_PTZ) != 0;
		rd_write_base(rd, &rd->pend, value & RD_PEND_BITS);
		break;
	case ITSG_GICR_SETLPIR:
	case ITSG_GICR_CLRLPIR:
		if ((value & ITSG_GICR_INTID) < 8192 || (value & ITSG_GICR_INTID) >= 16384)
			model_broken("hardware gets an INTID that is no LPI");
		break;
	case ITSG_GICR_INVLPIR:
	case ITSG_GICR_INVALLR:
		if (value & ITSG_GICR_V)
			model_broken("T12: a command for a virtual PE reaches hardware");
		break;
	case ITSG_GICR_WAKER:
		if (value & ~ITSG_GICR_WAKER_PROCESSOR_SLEEP)
			model_broken("P29: bits of WAKER reach hardware that stop it");
		break;
	default:
		model_broken("a register that is not the guard's is written");
	}
}

void rd_hw_settle(uint32_t number)
{
	struct model_rd *rd = &the_state.model->rd[number];

	rd->clearing = false;
	for (uint32_t its = 0; its < the_world.its; its++)
		the_state.model->its[its].late[number] = 0;
	if (!rd->enabled)
		rd->foreign = false;
}

/* Firmware saves what it finds; it is a PSCI relay's affair that nobody writes in between. */
void rd_hw_power(uint32_t number, bool on, bool restored)
{
	struct model_rd *rd = &the_state.model->rd[number];

	if (!on) {
		rd->saved_prop = rd->prop;
		rd->saved_pend = rd->pend;
		rd->saved_enabled = rd->enabled;
		rd->prop = 0;
		rd->pend = 0;
		rd->enabled = false;
		rd->off = true;
		return;
	}
	rd->off = false;
	if (restored) {
		rd->prop = rd->saved_prop;
		rd->pend = rd->saved_pend;
		rd->enabled = rd->saved_enabled;
	}
	rd->saved_prop = 0;
	rd->saved_pend = 0;
	rd->saved_enabled = false;
}
