/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "host_regs.h"

#include "arch.h"

/* InnerCache, OuterCache, Shareability: this hardware keeps them all. */
#define ATTRIBUTES (sim_bits(61, 59) | sim_bits(55, 53) | sim_bits(11, 10))

static bool is_baser(uint32_t reg)
{
	return reg >= SIM_GITS_BASER && reg < SIM_GITS_BASER + 8 * SIM_ITS_NUM_BASER;
}

bool host_regs_is_wide(uint32_t reg)
{
	return reg == SIM_GITS_CBASER || reg == SIM_GITS_CWRITER || is_baser(reg);
}

/* ---- what is kept ---- */

static void merge(uint64_t *reg, uint32_t offset, uint32_t width, uint64_t value)
{
	if (width == 8)
		*reg = value;
	else if (offset & 4)
		*reg = (*reg & 0xffffffff) | value << 32;
	else
		*reg = (*reg & ~(uint64_t)0xffffffff) | value;
}

void host_regs_wrote(struct host_regs *regs, uint32_t offset, uint32_t width, uint64_t value)
{
	uint32_t reg = offset & ~7u;

	if (reg == SIM_GITS_CBASER)
		merge(&regs->cbaser, offset, width, value);
	else if (offset == SIM_GITS_CWRITER)
		regs->cwriter = (uint32_t)(value & SIM_QUEUE_OFFSET);
	else if (offset == SIM_GITS_CTLR)
		regs->enabled = value & SIM_CTLR_ENABLED;
	else if (is_baser(reg))
		merge(&regs->baser[(reg - SIM_GITS_BASER) / 8], offset, width, value);
}

static uint64_t kept_code(enum trace_page_size page, uint64_t code)
{
	uint64_t most = page == TRACE_PAGE_ANY ? 3 : (uint64_t)page;

	return code < most ? code : most;
}

static uint64_t kept_baser(uint64_t written, const struct world_config *config, uint32_t its,
			   uint32_t n)
{
	const struct trace_baser *baser = &config->its[its].baser[n];
	uint64_t kept = SIM_VALID | ATTRIBUTES | sim_bits(47, 12) | sim_bits(7, 0);

	if (!baser->type || (baser->type == SIM_TABLE_VPES && config->machine.hide_virtual))
		return 0;
	return (written & kept) | (uint64_t)baser->type << 56 | (uint64_t)(baser->entry - 1) << 48 |
	       kept_code(baser->page, sim_field(written, 9, 8)) << 8;
}

uint64_t host_regs_kept(const struct host_regs *regs, const struct world_config *config,
			uint32_t its, uint32_t offset)
{
	uint32_t n = (offset - SIM_GITS_BASER) / 8;

	if (offset == SIM_GITS_CWRITER)
		return regs->cwriter;
	if (offset == SIM_GITS_CBASER)
		return regs->cbaser & (SIM_VALID | ATTRIBUTES | sim_bits(51, 12) | sim_bits(7, 0));
	return kept_baser(regs->baser[n], config, its, n);
}

/* ---- what is refused ---- */

/* Registers of 32 bits, on the offsets where 64 could be tried. */
static bool is_narrow(uint32_t offset)
{
	return offset == SIM_GITS_CTLR || offset >= 0xffd0;
}

enum itsg_reason host_regs_shape(uint32_t offset, uint32_t width)
{
	if (width != 4 && width != 8)
		return ITSG_BAD_WIDTH;
	if (offset % width || offset >= SIM_FRAME_BYTES)
		return ITSG_BAD_ALIGNMENT;
	return width == 8 && is_narrow(offset) ? ITSG_BAD_WIDTH : ITSG_OK;
}

bool host_regs_beyond(const struct host_regs *regs, uint32_t offset, uint64_t value)
{
	uint64_t bytes = (sim_field(regs->cbaser, 7, 0) + 1) * 4096;

	return offset == SIM_GITS_CWRITER && (value & SIM_QUEUE_OFFSET) >= bytes;
}

static bool moves_something(const struct trace_its *its, uint32_t reg)
{
	uint32_t type = is_baser(reg) ? its->baser[(reg - SIM_GITS_BASER) / 8].type : 0;

	return reg == SIM_GITS_CBASER || type == SIM_TABLE_DEVICES || type == SIM_TABLE_COLLS;
}

bool host_regs_must_wait(const struct host_regs *regs, const struct world_config *config,
			 uint32_t its, uint32_t offset)
{
	return regs->enabled && moves_something(&config->its[its], offset & ~7u);
}
