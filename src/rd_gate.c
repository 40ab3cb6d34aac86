/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Each offset is listed in rd_frame.c, and what is not listed reads 0 and takes nothing (I5). No
 * value of the host's reaches a register of hardware's that may hold an address.
 */
#include "rd_gate.h"

#include "access.h"
#include "rd_life.h"

/* GICv4 is not offered. VLPIS stays: drivers find the next redistributor by it. */
#define HIDDEN (ITSG_GICR_TYPER_RVPEID | ITSG_GICR_TYPER_VSGI)

/* Do INVLPIR, INVALLR and SYNCR exist? With v4.1 they do, though that is hidden. */
static bool gate_has_commands(const struct itsg_redist *redist)
{
	return (redist->ctlr & ITSG_GICR_CTLR_IR) ||
	       (redist->typer & (ITSG_GICR_TYPER_DIRECT_LPI | ITSG_GICR_TYPER_RVPEID));
}

/* ---- reading ---- */

/*
 * A clear is over when the tables have gone back: RWP is 1 until then, and drivers wait for it. On
 * is shown as on, whatever power and firmware have made of it.
 */
static uint64_t gate_ctlr(struct itsg_redists *redists, uint32_t rd)
{
	uint64_t ctlr;
	uint8_t phase;

	if (!itsg_rd_observe(redists, rd, &ctlr))
		ctlr = redists->redist[rd].ctlr;
	phase = redists->phase[rd];
	if (phase == ITSG_REDIST_ON)
		return ctlr | ITSG_GICR_CTLR_ENABLE_LPIS;
	if (phase == ITSG_REDIST_CLEARING)
		return ctlr | ITSG_GICR_CTLR_RWP;
	return ctlr;
}

static uint64_t gate_propbaser(const struct itsg_redists *redists, uint32_t rd)
{
	return itsg_lpi_kept(&redists->prop_keeps, redists->redist[rd].prop);
}

static uint64_t gate_pendbaser(const struct itsg_redists *redists, uint32_t rd)
{
	return itsg_lpi_kept(&redists->pend_keeps, redists->redist[rd].pend);
}

/* The whole register, 32 or 64 bits. */
static uint64_t gate_value(struct itsg_redists *redists, uint32_t rd, enum itsg_rd_register reg,
			   uint32_t offset)
{
	const struct itsg_redist *redist = &redists->redist[rd];

	switch (reg) {
	case ITSG_RD_CTLR:
		return gate_ctlr(redists, rd);
	case ITSG_RD_TYPER:
		return redist->typer & ~HIDDEN;
	case ITSG_RD_PROPBASER:
		return gate_propbaser(redists, rd);
	case ITSG_RD_PENDBASER:
		return gate_pendbaser(redists, rd);
	case ITSG_RD_VPROPBASER:
		return redist->vprop;
	case ITSG_RD_SYNCR:
		return gate_has_commands(redist) ? itsg_rd_hw_read(redists, rd, offset) : 0;
	case ITSG_RD_WAKER:
	case ITSG_RD_READ_ONLY_32:
		return itsg_rd_hw_read(redists, rd, offset);
	default:
		return 0;
	}
}

uint64_t itsg_rd_gate_read(struct itsg_redists *redists, uint32_t rd, enum itsg_rd_register reg,
			   uint32_t offset, uint32_t width)
{
	const bool upper = (offset & 4) && itsg_rd_frame_is_64_bits(reg);

	return itsg_access_part(gate_value(redists, rd, reg, offset), upper, width);
}

/* ---- writing ---- */

static enum itsg_reason gate_write_ctlr(struct itsg_redists *redists, uint32_t rd, uint64_t value)
{
	const bool has_dpg = (redists->redist[rd].typer & ITSG_GICR_TYPER_DPGS) != 0;
	const uint64_t dpg = has_dpg ? value & ITSG_GICR_CTLR_DPG : 0;

	if (value & ITSG_GICR_CTLR_ENABLE_LPIS)
		return itsg_rd_enable(redists, rd, dpg);
	return itsg_rd_disable(redists, rd, dpg);
}

/*
 * ProcessorSleep, where it is not secure firmware's. Never bits 0 and 31: with one of them GIC-600
 * stops all redistributors.
 */
static enum itsg_reason gate_write_waker(const struct itsg_redists *redists, uint32_t rd,
					 uint64_t value)
{
	if (redists->config.single_security_state)
		itsg_rd_hw_write(redists, rd, ITSG_GICR_WAKER,
				 value & ITSG_GICR_WAKER_PROCESSOR_SLEEP);
	return ITSG_OK;
}

/* While LPIs are on, or may be, it is UNPREDICTABLE (M54); but what is there already changes
 * nothing.
 */
static enum itsg_reason gate_write_baser(const struct itsg_redists *redists, uint32_t rd,
					 const struct itsg_lpi_keeps *keeps, uint64_t *raw,
					 uint64_t value)
{
	if (redists->phase[rd] == ITSG_REDIST_OFF) {
		*raw = value;
		return ITSG_OK;
	}
	return itsg_lpi_kept(keeps, value) == itsg_lpi_kept(keeps, *raw) ? ITSG_OK : ITSG_LPI_BUSY;
}

/*
 * INVLPIR and INVALLR name no address, and no vPE of anybody's. The upper half alone says nothing;
 * the lower one is extended by zeros.
 */
static enum itsg_reason gate_write_command(const struct itsg_redists *redists, uint32_t rd,
					   uint32_t offset, uint64_t value)
{
	const struct itsg_redist *redist = &redists->redist[rd];

	if (!gate_has_commands(redist) || (offset & 4))
		return value ? ITSG_RESERVED_REGISTER : ITSG_OK;
	if (value & ITSG_GICR_V)
		return ITSG_VIRTUAL_REGISTER;
	if (redists->phase[rd] == ITSG_REDIST_ON)
		itsg_rd_hw_write(redists, rd, offset,
				 offset == ITSG_GICR_INVLPIR ? value & ITSG_GICR_INTID : 0);
	return ITSG_OK;
}

/* SETLPIR and CLRLPIR change one bit of the pending table: of an LPI it has. */
static enum itsg_reason gate_write_lpi(const struct itsg_redists *redists, uint32_t rd,
				       uint32_t offset, uint64_t value)
{
	const struct itsg_redist *redist = &redists->redist[rd];
	const uint64_t intid = value & ITSG_GICR_INTID;

	if (!(redist->typer & ITSG_GICR_TYPER_DIRECT_LPI) || (offset & 4))
		return value ? ITSG_RESERVED_REGISTER : ITSG_OK;
	if (redists->phase[rd] != ITSG_REDIST_ON)
		return ITSG_OK;
	if (intid < ITSG_LPI_FIRST || intid >> redist->lpis.bits)
		return ITSG_INTID_OOR;
	itsg_rd_hw_write(redists, rd, offset, intid);
	return ITSG_OK;
}

/* Nothing but Valid makes hardware follow it, and of that the lower half has nothing (T12). */
static enum itsg_reason gate_write_vpendbaser(uint32_t offset, uint32_t width, uint64_t value)
{
	return itsg_access_merge(0, offset, width, value) & ITSG_GICR_VALID ? ITSG_VIRTUAL_REGISTER
									    : ITSG_OK;
}

enum itsg_reason itsg_rd_gate_write(struct itsg_redists *redists, uint32_t rd,
				    enum itsg_rd_register reg, uint32_t offset, uint32_t width,
				    uint64_t value)
{
	struct itsg_redist *redist = &redists->redist[rd];

	if (width == 4)
		value &= 0xffffffffu;
	switch (reg) {
	case ITSG_RD_CTLR:
		return gate_write_ctlr(redists, rd, value);
	case ITSG_RD_WAKER:
		return gate_write_waker(redists, rd, value);
	case ITSG_RD_PROPBASER:
		return gate_write_baser(redists, rd, &redists->prop_keeps, &redist->prop,
					itsg_access_merge(redist->prop, offset, width, value));
	case ITSG_RD_PENDBASER:
		return gate_write_baser(redists, rd, &redists->pend_keeps, &redist->pend,
					itsg_access_merge(redist->pend, offset, width, value));
	case ITSG_RD_INVLPIR:
	case ITSG_RD_INVALLR:
		return gate_write_command(redists, rd, offset, value);
	case ITSG_RD_SETLPIR:
	case ITSG_RD_CLRLPIR:
		return gate_write_lpi(redists, rd, offset, value);
	case ITSG_RD_VPROPBASER:
		redist->vprop = itsg_access_merge(redist->vprop, offset, width, value);
		return ITSG_OK;
	case ITSG_RD_VPENDBASER:
		return gate_write_vpendbaser(offset, width, value);
	case ITSG_RD_TYPER:
	case ITSG_RD_SYNCR:
	case ITSG_RD_READ_ONLY_32:
		return value ? ITSG_READ_ONLY : ITSG_OK;
	default:
		return value ? ITSG_RESERVED_REGISTER : ITSG_OK;
	}
}
