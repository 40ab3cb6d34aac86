/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The control frame, register by register: GIC 1. */
#include "its_priv.h"

#define IIDR 0x43b /* Arm */

/* The attribute fields of CBASER and BASER: InnerCache, OuterCache, Shareability. */
static uint64_t attributes(const struct sim_its *its, uint64_t value)
{
	uint64_t fields = sim_bits(61, 59) | sim_bits(55, 53) | sim_bits(11, 10);

	return value & fields & its->config.attr_mask;
}

uint64_t its_cbaser_kept(const struct sim_its *its, uint64_t value)
{
	uint64_t kept = value & (SIM_VALID | sim_bits(51, 12) | sim_bits(7, 0));

	return (kept | attributes(its, value)) & ~its->lost[SIM_ITS_NUM_BASER];
}

/* Page_Size: a larger code than this table can have reads back as the largest. */
static uint64_t kept_page_code(const struct sim_its_baser *baser, uint64_t code)
{
	if (code == 3 && baser->raw && baser->page_code == 2)
		return 3;
	return code > baser->page_code ? baser->page_code : code;
}

static uint64_t read_only_fields(const struct sim_its_baser *baser)
{
	return (uint64_t)baser->type << 56 | (uint64_t)(baser->entry_bytes - 1) << 48;
}

uint64_t its_baser_kept(const struct sim_its *its, unsigned n, uint64_t value)
{
	const struct sim_its_baser *baser = &its->config.baser[n];
	uint64_t kept = value & (SIM_VALID | sim_bits(47, 12) | sim_bits(7, 0));

	if (!baser->type)
		return 0;
	if (baser->indirect)
		kept |= value & SIM_BASER_INDIRECT;
	kept |= kept_page_code(baser, sim_field(value, 9, 8)) << 8;
	kept |= attributes(its, value);
	return (kept & ~its->lost[n]) | read_only_fields(baser);
}

uint64_t its_baser_reset(const struct sim_its *its, unsigned n)
{
	const struct sim_its_baser *baser = &its->config.baser[n];

	if (!baser->type)
		return 0;
	return read_only_fields(baser) | (uint64_t)baser->page_code << 8;
}

/* "Any write clears CREADR." What was fetched ahead came from the old queue. */
void its_set_cbaser(struct sim_its *its, uint64_t value)
{
	its->cbaser = its_cbaser_kept(its, value);
	if (!its->keeps_creadr)
		its->creadr = 0;
	its->stalled = false;
	its->stuck = false;
	its->num_prefetched = 0;
}

/*
 * Clean entries of a table whose Valid is cleared are known to be forgotten only if the ITS is
 * disabled and quiescent and TYPER.INV (or the model at hand) says so: GIC 4.5.
 */
static bool forgets_now(const struct sim_its *its, uint64_t value)
{
	bool forgets = its->config.forgets || sim_field(its->config.typer, 46, 46);

	return forgets && !its->enabled && its->quiescent && !(value & SIM_VALID);
}

void its_set_baser(struct sim_its *its, unsigned n, uint64_t value)
{
	uint64_t old = its->baser[n];
	uint8_t type = its->config.baser[n].type;

	value = its_baser_kept(its, n, value);
	if (its->foreign >> n & 1) {
		its->foreign &= ~((uint32_t)1 << n);
		its->baser[n] = old &= ~SIM_VALID;
	}
	if (value == old)
		return;
	if (old & SIM_VALID) {
		bool forgotten = forgets_now(its, value);

		if (!forgotten)
			its_keep_table(its, old);
		its_cache_table_gone(its, type, forgotten);
	}
	its->baser[n] = value;
	if (type == SIM_TABLE_DEVICES && !(value & SIM_VALID))
		its->icids = 0;
	its_cache_prefetch_tables(its);
}

static bool busy(const struct sim_its *its)
{
	return its->enabled || !its->quiescent;
}

static void write_cbaser(struct sim_its *its, uint64_t value)
{
	if (busy(its) || sim_field(value, 15, 12))
		its_event(its, SIM_ITS_UNPREDICTABLE, SIM_GITS_CBASER, value);
	its_set_cbaser(its, value);
}

static void write_baser(struct sim_its *its, unsigned n, uint64_t value)
{
	uint64_t kept = its_baser_kept(its, n, value);
	bool misaligned = sim_field(kept, 9, 8) == 1 && sim_field(kept, 13, 12);

	if (its->config.baser[n].type && (busy(its) || (misaligned && (kept & SIM_VALID))))
		its_event(its, SIM_ITS_UNPREDICTABLE, SIM_GITS_BASER + 8 * n, value);
	its_set_baser(its, n, value);
}

/* Bit 0 is Retry: it restarts a stalled queue at the command that failed, fetched anew. */
static void write_cwriter(struct sim_its *its, uint64_t value)
{
	its->cwriter = value & SIM_QUEUE_OFFSET;
	if ((its->cbaser & SIM_VALID) && its->cwriter >= its_queue_bytes(its))
		its_event(its, SIM_ITS_UNPREDICTABLE, SIM_GITS_CWRITER, value);
	if (its->stalled && (value & 1)) {
		its->stalled = false;
		its->num_prefetched = 0;
	}
}

/* What must be valid before Enabled is set: GIC 1.4. */
static bool ready_to_enable(const struct sim_its *its)
{
	struct its_table devices = its_table_of(its, SIM_TABLE_DEVICES);
	struct its_table collections = its_table_of(its, SIM_TABLE_COLLS);
	bool hcc = sim_field(its->config.typer, 31, 24);

	return (its->cbaser & SIM_VALID) && devices.valid && (collections.valid || hcc) &&
	       its->quiescent;
}

static void check_collections(struct sim_its *its)
{
	struct its_table table = its_table_of(its, SIM_TABLE_COLLS);
	uint64_t count = its_num_collections(its, &table);

	if (count < its->icids)
		its_event(its, SIM_ITS_FEW_COLLECTIONS, its->icids, count);
}

static void write_ctlr(struct sim_its *its, uint64_t value)
{
	bool enable = value & SIM_CTLR_ENABLED;

	if (enable == its->enabled)
		return;
	if (enable && !ready_to_enable(its))
		its_event(its, SIM_ITS_UNPREDICTABLE, SIM_GITS_CTLR, value);
	if (enable)
		check_collections(its);
	its->enabled = enable;
	its->quiescent = !its->mode.cache;
	its->settling = enable && its->mode.cache;
}

/* While enabled, Quiescent is UNKNOWN before v4.1 and then 0 once Enabled has taken effect. */
static uint32_t read_ctlr(const struct sim_its *its)
{
	bool quiescent = its->quiescent;

	if (its->enabled)
		quiescent = !its_is_v41(its) || its->settling;
	return (its->enabled ? SIM_CTLR_ENABLED : 0) | (quiescent ? SIM_CTLR_QUIESCENT : 0);
}

static bool is_baser(uint32_t offset)
{
	return offset >= SIM_GITS_BASER && offset < SIM_GITS_BASER + 8 * SIM_ITS_NUM_BASER;
}

/* The 64-bit registers; their halves can be accessed alone. */
static bool is_wide(uint32_t offset)
{
	offset &= ~(uint32_t)7;
	return offset == SIM_GITS_TYPER || offset == SIM_GITS_CBASER ||
	       offset == SIM_GITS_CWRITER || offset == SIM_GITS_CREADR || is_baser(offset);
}

static uint64_t read_wide(const struct sim_its *its, uint32_t offset)
{
	switch (offset) {
	case SIM_GITS_TYPER:
		return its->config.typer;
	case SIM_GITS_CBASER:
		return its->cbaser;
	case SIM_GITS_CWRITER:
		return its->cwriter;
	case SIM_GITS_CREADR:
		return its->creadr | (its->stalled ? SIM_CREADR_STALLED : 0);
	default:
		return its->baser[(offset - SIM_GITS_BASER) / 8];
	}
}

static void write_wide(struct sim_its *its, uint32_t offset, uint64_t value)
{
	if (offset == SIM_GITS_CBASER)
		write_cbaser(its, value);
	else if (offset == SIM_GITS_CWRITER)
		write_cwriter(its, value);
	else if (is_baser(offset))
		write_baser(its, (offset - SIM_GITS_BASER) / 8, value);
}

static uint32_t read_narrow(const struct sim_its *its, uint32_t offset)
{
	switch (offset) {
	case SIM_GITS_CTLR:
		return read_ctlr(its);
	case SIM_GITS_IIDR:
		return IIDR;
	case SIM_GITS_PIDR2:
		return sim_field(its->config.typer, 1, 1) ? 0x4b : 0x3b;
	default:
		return 0;
	}
}

static void write_narrow(struct sim_its *its, uint32_t offset, uint64_t value)
{
	bool impdef = (offset >= 0x20 && offset < 0x40) || (offset >= 0xc000 && offset < 0xffd0);

	if (offset == SIM_GITS_CTLR)
		write_ctlr(its, value);
	else if (impdef && value)
		its_event(its, SIM_ITS_IMPDEF, offset, value);
}

/* 4 bytes anywhere; 8 only on 64-bit registers, or where nothing architected is. */
static bool access_is_legal(struct sim_its *its, uint32_t offset, uint32_t width)
{
	bool legal = offset < SIM_FRAME_BYTES && (width == 4 || width == 8) && offset % width == 0;

	if (legal && width == 8 && !is_wide(offset))
		legal = offset >= 0x20 && offset < 0xffd0;
	if (!legal)
		its_event(its, SIM_ITS_BAD_ACCESS, offset, width);
	return legal;
}

uint64_t sim_its_reg_read(struct sim_its *its, uint32_t offset, uint32_t width)
{
	uint64_t value;

	if (!access_is_legal(its, offset, width))
		return 0;
	if (!is_wide(offset))
		return width == 4 ? read_narrow(its, offset) : 0;
	value = read_wide(its, offset & ~(uint32_t)7);
	if (width == 8)
		return value;
	return (offset & 4 ? value >> 32 : value) & 0xffffffff;
}

void sim_its_reg_write(struct sim_its *its, uint32_t offset, uint32_t width, uint64_t value)
{
	uint32_t base = offset & ~(uint32_t)7;
	uint64_t whole;

	if (!access_is_legal(its, offset, width))
		return;
	if (width == 4)
		value &= 0xffffffff;
	if (!is_wide(offset)) {
		write_narrow(its, offset, value);
		return;
	}
	if (width == 4) {
		whole = read_wide(its, base);
		if (offset & 4)
			value = (whole & 0xffffffff) | value << 32;
		else
			value = (whole & ~(uint64_t)0xffffffff) | value;
	}
	write_wide(its, base, value);
}
