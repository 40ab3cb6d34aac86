/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The register gate. The host never touches a register of the hardware: each offset is listed in
 * frame.c, and what is not listed reads 0 and takes nothing (I5, P29).
 */
#include "mmio.h"

#include "access.h"
#include "arm.h"
#include "frame.h"
#include "hardware.h"
#include "its_cmdq.h"
#include "nospec.h"
#include "power.h"
#include "retire.h"
#include "state.h"

/* The place of a BASER, by an offset of the host's that lies in one. */
static uint32_t mmio_baser(uint32_t offset)
{
	return (uint32_t)itsg_nospec_bits((offset - ITSG_GITS_BASER) / 8, ITSG_BASERS);
}

/* ---- reading ---- */

/*
 * While disabled the host sees Quiescent once the guard has, which looks at CREADR then (F6), and
 * when nothing is left of what the host gave up (F5).
 */
static bool mmio_shows_quiescent(const struct itsg_its *its)
{
	return its->power.enabled ||
	       (its->power.quiesced && !its->given_up && !itsg_retire_pending(&its->retiring) &&
		its->taking.phase != ITSG_TAKING_BACK);
}

/* Enabled as the host has it, and where firmware has set it as hardware has it (F9). */
static uint64_t mmio_ctlr(const struct itsg_its *its)
{
	const uint64_t hw = itsg_hw_read(&its->platform, ITSG_GITS_CTLR);
	uint64_t value = its->number;

	if (mmio_shows_quiescent(its))
		value |= hw & ITSG_CTLR_QUIESCENT;
	if (its->power.enabled || (!its->power.closing && (hw & ITSG_CTLR_ENABLED)))
		value |= ITSG_CTLR_ENABLED;
	return value;
}

/* Does the host see what the register goes with (F18)? */
static bool mmio_has_feature(const struct itsg_its *its, uint32_t offset)
{
	const uint64_t bits =
		offset == ITSG_GITS_MPIDR ? ITSG_TYPER_SVPET : (uint64_t)ITSG_TYPER_MPAM;

	return !(its->facts.typer_hidden & bits);
}

/* The whole register, 32 or 64 bits. */
static uint64_t mmio_value(const struct itsg_its *its, enum itsg_register reg, uint32_t offset)
{
	switch (reg) {
	case ITSG_REG_CTLR:
		return mmio_ctlr(its);
	case ITSG_REG_READ_ONLY_32:
		return itsg_hw_read(&its->platform, offset);
	case ITSG_REG_FEATURE_32:
		return mmio_has_feature(its, offset) ? itsg_hw_read(&its->platform, offset) : 0;
	case ITSG_REG_TYPER:
		return itsg_hw_read(&its->platform, ITSG_GITS_TYPER) & ~its->facts.typer_hidden;
	case ITSG_REG_CBASER:
		return itsg_keeps_cbaser(&its->host.keeps, its->host.raw);
	case ITSG_REG_CWRITER:
		return its->host.cwriter;
	case ITSG_REG_CREADR:
		return itsg_cmdq_creadr(its);
	case ITSG_REG_BASER:
		return itsg_table_visible(&its->table[mmio_baser(offset)]);
	default:
		return 0;
	}
}

uint64_t itsg_mmio_read(const struct itsg_its *its, enum itsg_register reg, uint32_t offset,
			uint32_t width)
{
	const bool upper = (offset & 4) && itsg_frame_is_64_bits(reg); /* P13 */

	return itsg_access_part(mmio_value(its, reg, offset), upper, width);
}

/* ---- writing ---- */

/*
 * ITS_Number is the host's to choose, where the ITS has one (TYPER.Virtual): drivers tell ITSs
 * apart by it (H7). Hardware, which only VMOVP would need it for, keeps what the platform gave it.
 */
static void mmio_write_number(struct itsg_its *its, uint64_t value)
{
	if (its->facts.typer.virt && !(its->facts.typer_hidden & ITSG_TYPER_VIRTUAL))
		its->number = (uint8_t)(value & ITSG_CTLR_ITS_NUMBER);
}

static void mmio_disable(struct itsg_its *its)
{
	/* Hardware's bit counts, too: firmware may have set it (F9). */
	if (its->power.enabled || itsg_hw_enabled(&its->platform))
		itsg_power_disable(its);
}

/* Hardware that is off though the host has it on was not turned off by us: power was lost (F9). */
static bool mmio_is_on(struct itsg_its *its)
{
	if (its->power.enabled && itsg_hw_enabled(&its->platform))
		return true;
	if (its->power.enabled) {
		itsg_power_lost(its);
		itsg_power_observe(its);
	}
	return false;
}

/* A write that is refused leaves ITS_Number as it was (I3), and so does one while it is enabled. */
static enum itsg_reason mmio_write_ctlr(struct itsg_its *its, uint64_t value)
{
	const bool was_enabled = its->power.enabled;
	enum itsg_reason reason = ITSG_OK;

	if (!(value & ITSG_CTLR_ENABLED))
		mmio_disable(its);
	else if (!mmio_is_on(its))
		reason = itsg_arm(its);
	if (reason == ITSG_OK && !was_enabled)
		mmio_write_number(its, value);
	return reason;
}

static bool mmio_same_queue(const struct itsg_its *its, uint64_t raw)
{
	const uint64_t extent = ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE;

	return (raw & ITSG_CBASER_VALID) && !((raw ^ its->host.raw) & extent);
}

/* Any write makes CREADR 0; CWRITER stays (GIC 1.6). */
static enum itsg_reason mmio_write_cbaser(struct itsg_its *its, uint64_t raw)
{
	if (its->power.enabled)
		return ITSG_NOT_QUIESCENT;
	if (!mmio_same_queue(its, raw))
		itsg_host_queue_drop(&its->platform, &its->host.claim);
	its->host.raw = raw;
	itsg_cmdq_restart(its);
	return ITSG_OK;
}

static enum itsg_reason mmio_write_cwriter(struct itsg_its *its, uint64_t value)
{
	const uint32_t offset = (uint32_t)(value & ITSG_CWRITER_OFFSET);

	if (offset >= itsg_cmdq_bytes(its))
		return ITSG_CWRITER_RANGE;
	its->host.cwriter = offset;
	if (value & ITSG_CWRITER_RETRY)
		itsg_cmdq_retry(its);
	return ITSG_OK;
}

static enum itsg_reason mmio_write_baser(struct itsg_its *its, uint32_t offset, uint32_t width,
					 uint64_t value)
{
	struct itsg_table *table = &its->table[mmio_baser(offset)];
	const uint64_t raw = itsg_access_merge(table->raw, offset, width, value);

	/* RES0, and drivers probe for what is not there (H1); but no table can be had here (P15).
	 */
	if (!table->type)
		return raw & ITSG_BASER_VALID ? ITSG_RESERVED_REGISTER : ITSG_OK;
	if (its->power.enabled)
		return ITSG_NOT_QUIESCENT;
	table->raw = raw;
	itsg_retire_note(its);
	/* The host may use that memory when this returns, or name it to another ITS (F5). */
	if (itsg_retire_given_up(its))
		itsg_retire_finish(its);
	return ITSG_OK;
}

enum itsg_reason itsg_mmio_write(struct itsg_its *its, enum itsg_register reg, uint32_t offset,
				 uint32_t width, uint64_t value)
{
	if (width == 4)
		value &= 0xffffffffu;
	switch (reg) {
	case ITSG_REG_CTLR:
		return mmio_write_ctlr(its, value);
	case ITSG_REG_CBASER:
		return mmio_write_cbaser(its,
					 itsg_access_merge(its->host.raw, offset, width, value));
	case ITSG_REG_CWRITER:
		return mmio_write_cwriter(
			its, itsg_access_merge(its->host.cwriter, offset, width, value));
	case ITSG_REG_BASER:
		return mmio_write_baser(its, offset, width, value);
	case ITSG_REG_READ_ONLY_32:
	case ITSG_REG_FEATURE_32:
	case ITSG_REG_TYPER:
	case ITSG_REG_CREADR:
		return value ? ITSG_READ_ONLY : ITSG_OK;
	default:
		return value ? ITSG_RESERVED_REGISTER : ITSG_OK;
	}
}
