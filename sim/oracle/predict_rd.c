/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Redistributors: how far each is, by what its guard has read and written; and the answer to each
 * access. Registers, fields and sizes are written down here once more on purpose (GIC 8).
 */
#include "predict_priv.h"

#include <inttypes.h>
#include <stdlib.h>

#define RD_CTLR       0x0000u
#define RD_TYPER      0x0008u
#define RD_STATUSR    0x0010u
#define RD_WAKER      0x0014u
#define RD_MPAMIDR    0x0018u
#define RD_PARTIDR    0x001cu
#define RD_SETLPIR    0x0040u
#define RD_CLRLPIR    0x0048u
#define RD_PROPBASER  0x0070u
#define RD_PENDBASER  0x0078u
#define RD_INVLPIR    0x00a0u
#define RD_INVALLR    0x00b0u
#define RD_SYNCR      0x00c0u
#define RD_IDS        0xffd0u
#define RD_FRAME      0x10000u
#define RD_VIRTUAL    0x20000u
#define RD_VPROPBASER 0x20070u
#define RD_VPENDBASER 0x20078u

#define ENABLE_LPIS   1u
#define CTLR_FIXED    6u /* CES, IR */
#define CTLR_RWP      8u
#define CTLR_DPG      0x07000000u
#define TYPER_V41     ((uint64_t)1 << 7)
#define TYPER_VSGI    ((uint64_t)1 << 26)
#define PTZ           ((uint64_t)1 << 62)
#define HEAD_BYTES    1024u /* of a pending table: what is hardware's own */

#define ANY_ANSWER    UINT64_MAX

/* ---- facts ---- */

static const struct sim_redists *hardware(const struct predictor *p)
{
	return world_redists(p->world);
}

static uint32_t rd_count(const struct predictor *p)
{
	return p->rds ? predict_machine(p)->pes : 0;
}

static bool is_powered(const struct predictor *p, uint32_t rd)
{
	return sim_redists_powered(hardware(p), rd);
}

/* What is shown of TYPER: GICv4.1 is not, but VLPIS is (P29). */
static uint64_t shown_typer(uint64_t typer)
{
	return typer & ~(TYPER_V41 | TYPER_VSGI);
}

static bool has_commands(const struct predictor *p)
{
	const struct trace_machine *machine = predict_machine(p);

	return machine->ir || machine->direct_lpi || machine->rvpeid;
}

/* ---- what is kept ---- */

static uint64_t attributes_of(uint64_t value)
{
	return value &
	       (predict_bits(~(uint64_t)0, 58, 56) << 56 | predict_bits(~(uint64_t)0, 11, 7) << 7);
}

/* Shareability 3 is reserved, and works as 0. */
static uint64_t kept_attributes(const struct predictor *p, uint64_t value)
{
	uint64_t kept = attributes_of(value);

	if (predict_bits(value, 11, 10) == 3)
		kept &= ~((uint64_t)3 << 10);
	return predict_machine(p)->rd_attr ? kept : 0;
}

static uint64_t kept_address(const struct predictor *p, uint64_t value, unsigned low)
{
	return (predict_bits(value, 51, low) << low) & (predict_pa_end(p) - 1);
}

static uint64_t kept_prop(const struct predictor *p, uint64_t value)
{
	uint64_t fixed = predict_machine(p)->rd_prop;

	if (fixed)
		return predict_bits(fixed, 51, 12) << 12 | attributes_of(fixed) |
		       predict_bits(fixed, 4, 0);
	return kept_address(p, value, 12) | kept_attributes(p, value) | predict_bits(value, 4, 0);
}

/* PTZ reads 0. */
static uint64_t kept_pend(const struct predictor *p, uint64_t value)
{
	return kept_address(p, value, 16) | kept_attributes(p, value);
}

/*
 * What hardware keeps is found out while all are off: until then there is nothing to say where
 * hardware does not keep all.
 */
static bool is_unknown(const struct predictor *p)
{
	const struct trace_machine *machine = predict_machine(p);

	return p->rds_unlearned && (!machine->rd_attr || machine->rd_prop || machine->pa_bits < 52);
}

static void note_learned(struct predictor *p)
{
	for (uint32_t rd = 0; rd < rd_count(p); rd++)
		if (p->rds[rd].phase != RD_OFF)
			return;
	p->rds_unlearned = false;
}

/* ---- tables ---- */

static unsigned bits_of(const struct predictor *p, uint64_t prop)
{
	unsigned bits = (unsigned)predict_bits(prop, 4, 0) + 1;

	return bits < predict_machine(p)->lpi_bits ? bits : predict_machine(p)->lpi_bits;
}

static struct extent config_of(const struct predictor *p, uint64_t prop)
{
	const struct extent table = {predict_bits(prop, 51, 12) << 12,
				     ((uint64_t)1 << bits_of(p, prop)) - LPI_LOWEST, ITSG_SHARED};

	return table;
}

static struct extent pending_of(const struct predictor *p, uint64_t prop, uint64_t pend)
{
	const struct extent table = {
		predict_bits(pend, 51, 16) << 16, (uint64_t)1 << (bits_of(p, prop) - 3),
		predict_machine(p)->share_pending ? ITSG_SHARED : ITSG_DONATED};

	return table;
}

static bool is_beyond(const struct predictor *p, const struct extent *table)
{
	return table->pa + table->bytes > predict_pa_end(p);
}

static bool same_config(const struct predictor *p, uint64_t a, uint64_t b)
{
	return predict_bits(a, 51, 12) == predict_bits(b, 51, 12) && bits_of(p, a) == bits_of(p, b);
}

/* The first of all that have this configuration table. */
static bool is_first_with(const struct predictor *p, uint32_t rd)
{
	for (uint32_t i = 0; i < rd; i++)
		if (p->rds[i].claimed && same_config(p, p->rds[i].in_prop, p->rds[rd].in_prop))
			return false;
	return true;
}

static uint32_t configs_in_use(const struct predictor *p)
{
	uint32_t count = 0;

	for (uint32_t rd = 0; rd < rd_count(p); rd++)
		count += p->rds[rd].claimed && is_first_with(p, rd);
	return count;
}

static bool has_config(const struct predictor *p, uint64_t prop)
{
	for (uint32_t rd = 0; rd < rd_count(p); rd++)
		if (p->rds[rd].claimed && same_config(p, p->rds[rd].in_prop, prop))
			return true;
	return false;
}

/* ---- an enable ---- */

static bool is_of_other_value(const struct predictor *p, uint32_t rd, uint64_t prop)
{
	for (uint32_t i = 0; i < rd_count(p); i++)
		if (p->rds[i].claimed && sim_redists_one_group(hardware(p), i, rd) &&
		    p->rds[i].in_prop != prop)
			return true;
	return false;
}

static bool is_of_other_attributes(const struct predictor *p, uint64_t pend)
{
	for (uint32_t i = 0; i < rd_count(p); i++)
		if (p->rds[i].claimed && attributes_of(p->rds[i].in_pend) != attributes_of(pend))
			return true;
	return false;
}

/* What the two registers say by themselves, and beside those of others that are on. */
static enum itsg_reason judge_registers(const struct predictor *p, uint32_t rd, uint64_t prop,
					uint64_t pend)
{
	uint32_t limit = predict_machine(p)->lpi_limit ? predict_machine(p)->lpi_limit : 16;
	struct extent config, pending;

	if (bits_of(p, prop) < 14 || bits_of(p, prop) > limit)
		return ITSG_LPI_SIZE;
	config = config_of(p, prop);
	pending = pending_of(p, prop, pend);
	if (is_beyond(p, &config) || is_beyond(p, &pending))
		return ITSG_LPI_ADDRESS;
	if (is_of_other_value(p, rd, prop))
		return ITSG_LPI_GROUP;
	if (is_of_other_attributes(p, pend))
		return ITSG_LPI_ATTRIBUTES;
	return ITSG_OK;
}

static void want(struct wants *wants, const struct extent *extent)
{
	wants->want[wants->count++] = (struct want){.extent = *extent, .overlap = ITSG_LPI_OVERLAP};
}

/* Adds what is wanted, or says that there is no place for another configuration table. */
static enum itsg_reason want_tables(const struct predictor *p, uint64_t prop, uint64_t pend,
				    struct wants *wants)
{
	uint32_t tables = predict_machine(p)->lpi_tables ? predict_machine(p)->lpi_tables : 4;
	struct extent config = config_of(p, prop), pending = pending_of(p, prop, pend);

	if (!has_config(p, prop)) {
		if (configs_in_use(p) == tables)
			return ITSG_NO_TABLE_SLOT;
		want(wants, &config);
	}
	want(wants, &pending);
	return ITSG_OK;
}

/* E50: of one that is off. */
static uint64_t judge_enable(struct predictor *p, uint32_t rd)
{
	uint64_t prop = kept_prop(p, p->rds[rd].prop), pend = kept_pend(p, p->rds[rd].pend);
	enum itsg_reason reason = judge_registers(p, rd, prop, pend);
	struct wants wants = {.count = 0};

	if (is_unknown(p))
		return ANY_ANSWER;
	if (reason == ITSG_OK)
		reason = want_tables(p, prop, pend, &wants);
	if (reason != ITSG_OK)
		return BIT(reason);
	predict_gather_redists(p);
	return predict_take(p, NO_ITS, &wants, true);
}

/* Is there one whose tables are nobody's, and that may use them? */
static bool any_unclaimed(const struct predictor *p)
{
	for (uint32_t rd = 0; rd < rd_count(p); rd++)
		if (p->rds[rd].phase != RD_OFF && !p->rds[rd].claimed)
			return true;
	return false;
}

/* By what one look at CTLR has shown. */
static uint64_t answers_to_enable(struct predictor *p, uint32_t rd, uint64_t ctlr)
{
	enum rd_phase phase = p->rds[rd].phase;

	if (phase == RD_CLEARING)
		return BIT(ITSG_LPI_BUSY);
	if (ctlr & ENABLE_LPIS)
		return BIT(ITSG_OK);
	/* Of one that is off RWP speaks of something else. */
	if (((ctlr & CTLR_RWP) && phase != RD_OFF) || any_unclaimed(p))
		return BIT(ITSG_LPI_BUSY);
	return phase == RD_ON ? BIT(ITSG_OK) : judge_enable(p, rd);
}

static uint64_t answers_without_power(const struct predictor *p, uint32_t rd, bool enable)
{
	enum rd_phase phase = p->rds[rd].phase;

	return BIT(phase == (enable ? RD_ON : RD_OFF) ? ITSG_OK : ITSG_LPI_BUSY);
}

/* ---- what the guard does to registers ---- */

static bool is_enabling(const struct predictor *p)
{
	const struct rd_access *a = &p->access;

	return a->active && a->write && a->offset == RD_CTLR && a->width == 4 &&
	       (a->value & ENABLE_LPIS);
}

/* The first look of an access is what it is judged by. */
static void first_look(struct predictor *p, uint32_t rd, uint64_t ctlr)
{
	struct rd_access *a = &p->access;

	if (!a->active || a->rd != rd || a->looked || a->wrote)
		return;
	a->looked = true;
	a->ctlr = ctlr;
	a->was_off = p->rds[rd].phase == RD_OFF;
	if (is_enabling(p))
		a->answers = answers_to_enable(p, rd, ctlr);
}

static void let_go(struct rd_model *m)
{
	m->phase = RD_OFF;
	m->claimed = false;
}

static void looked(struct predictor *p, uint32_t rd, uint64_t ctlr)
{
	struct rd_model *m = &p->rds[rd];
	bool on = ctlr & ENABLE_LPIS;

	if (m->phase == RD_SETTING && on) {
		m->phase = RD_ON;
	} else if (m->phase == RD_SETTING || (m->phase == RD_ON && p->access.set)) {
		p->access.mismatch |= !on;
	} else if (m->phase == RD_CLEARING && !(ctlr & CTLR_RWP)) {
		if (on)
			m->phase = m->claimed ? RD_ON : RD_FOREIGN;
		else
			let_go(m);
	} else if (m->phase == RD_OFF && on) {
		m->phase = RD_FOREIGN;
	} else if (m->phase == RD_FOREIGN && !on && !(ctlr & CTLR_RWP)) {
		let_go(m);
	}
	m->kept_ctlr = ctlr & CTLR_FIXED;
	first_look(p, rd, ctlr);
}

static bool is_unlike(const struct predictor *p)
{
	return p->access.unlike[0] || p->access.unlike[1];
}

static void set(struct predictor *p, uint32_t rd)
{
	struct rd_model *m = &p->rds[rd];
	struct sim_redist_state now = sim_redists_peek(hardware(p), rd);

	if (p->access.mismatch)
		predict_disagree(p,
				 "redistributor %" PRIu32
				 ": EnableLPIs is set over registers that did not keep",
				 rd);
	if (p->access.active && p->access.rd == rd)
		p->access.set = true;
	if (m->phase != RD_OFF)
		return;
	m->phase = RD_SETTING;
	m->claimed = true;
	m->in_prop = now.prop;
	m->in_pend = now.pend;
}

static void wrote_ctlr(struct predictor *p, uint32_t rd, uint64_t value)
{
	struct rd_model *m = &p->rds[rd];

	if (value & ENABLE_LPIS)
		set(p, rd);
	else if (m->phase != RD_OFF)
		m->phase = RD_CLEARING;
}

static uint64_t wanted_of(const struct predictor *p, uint32_t rd, uint32_t offset)
{
	return offset == RD_PROPBASER ? kept_prop(p, p->rds[rd].prop)
				      : kept_pend(p, p->rds[rd].pend);
}

/* What is tried there to find out what hardware keeps says nothing. */
static void wrote_baser(struct predictor *p, uint32_t rd, uint32_t offset, uint64_t value)
{
	unsigned which = offset == RD_PENDBASER;

	p->access.programs[which] = (value & ~PTZ) == wanted_of(p, rd, offset);
	p->access.unlike[which] = false;
}

/* E53: the guard looks at what it has written, before it sets EnableLPIs. */
static void read_baser(struct predictor *p, uint32_t rd, uint32_t offset, uint64_t value)
{
	unsigned which = offset == RD_PENDBASER;

	if (p->access.programs[which])
		p->access.unlike[which] = value != wanted_of(p, rd, offset);
}

static void accessed_baser(struct predictor *p, uint32_t rd, uint32_t offset, bool write,
			   uint64_t value)
{
	if (!is_enabling(p) || p->access.rd != rd || is_unknown(p))
		return;
	if (write)
		wrote_baser(p, rd, offset, value);
	else
		read_baser(p, rd, offset, value);
}

void predictor_rd_register(void *ctx, uint32_t rd, uint32_t offset, bool write, uint64_t value)
{
	struct predictor *p = ctx;
	struct rd_access *a = &p->access;

	if (p->stopped || rd >= rd_count(p))
		return;
	if (write && a->adopts)
		predict_disagree(p, "adoption writes a register of redistributor %" PRIu32, rd);
	if (write && a->active && a->rd == rd)
		a->wrote = true;
	if (!is_powered(p, rd))
		return;
	if (offset == RD_CTLR && write)
		wrote_ctlr(p, rd, value);
	else if (offset == RD_CTLR)
		looked(p, rd, value);
	else if (offset == RD_PROPBASER || offset == RD_PENDBASER)
		accessed_baser(p, rd, offset, write, value);
}

/* E54: what of the pending table was zeroed. */
static void zeroed(struct predictor *p, const struct world_call *call)
{
	struct rd_access *a = &p->access;

	if (a->adopts)
		predict_disagree(p, "adoption zeroes 0x%" PRIx64, call->pa);
	if (call->error)
		return;
	if (!a->zeroed_bytes || call->pa < a->zeroed_pa)
		a->zeroed_pa = call->pa;
	a->zeroed_bytes += call->bytes;
}

/* E24: the first callback that fails decides; what is given back then refuses nothing. */
void predict_rd_called(struct predictor *p, const struct world_call *call)
{
	struct rd_access *a = &p->access;
	enum itsg_reason reason = predict_failure_of(call->callback);

	if (call->callback == TRACE_CB_UNSHARE || call->callback == TRACE_CB_RECLAIM)
		return;
	a->asked = true;
	if (call->callback == TRACE_CB_ZERO)
		zeroed(p, call);
	if (call->error && a->failed == ITSG_OK)
		a->failed = reason;
}

/* ---- the frames ---- */

static bool has_virtual(const struct predictor *p)
{
	return predict_machine(p)->vlpis;
}

static bool is_inside(const struct predictor *p, uint32_t offset)
{
	return offset < RD_FRAME ||
	       (has_virtual(p) && offset >= RD_VIRTUAL && offset < RD_VIRTUAL + RD_FRAME);
}

static bool is_wide(const struct predictor *p, uint32_t offset)
{
	static const uint32_t wide[] = {RD_TYPER,     RD_SETLPIR, RD_CLRLPIR, RD_PROPBASER,
					RD_PENDBASER, RD_INVLPIR, RD_INVALLR};
	uint32_t reg = offset & ~7u;

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (reg == wide[i])
			return true;
	return has_virtual(p) && (reg == RD_VPROPBASER || reg == RD_VPENDBASER);
}

static bool is_id(uint32_t offset)
{
	return offset == 4 || offset == RD_MPAMIDR || (offset >= RD_IDS && offset < RD_FRAME);
}

/* A register of 32 bits: no access of 64 has it. */
static bool is_narrow(uint32_t offset)
{
	return offset == RD_CTLR || offset == RD_STATUSR || offset == RD_WAKER ||
	       offset == RD_PARTIDR || offset == RD_SYNCR || is_id(offset);
}

static enum itsg_reason shape_of(const struct predictor *p, uint32_t offset, uint32_t width)
{
	if (width != 4 && width != 8)
		return ITSG_BAD_WIDTH;
	if (offset % width || !is_inside(p, offset))
		return ITSG_BAD_ALIGNMENT;
	return width == 8 && is_narrow(offset) ? ITSG_BAD_WIDTH : ITSG_OK;
}

static uint64_t merged(uint64_t old, const struct rd_access *a)
{
	if (a->width == 8)
		return a->value;
	if (a->offset & 4)
		return predict_bits(old, 31, 0) | a->value << 32;
	return predict_bits(old, 63, 32) << 32 | predict_bits(a->value, 31, 0);
}

/* ---- writes ---- */

/* M54 */
static uint64_t write_baser(const struct predictor *p, uint32_t rd, bool pend)
{
	const struct rd_model *m = &p->rds[rd];
	uint64_t was = pend ? kept_pend(p, m->pend) : kept_prop(p, m->prop);
	uint64_t value = merged(pend ? m->pend : m->prop, &p->access);
	uint64_t now = pend ? kept_pend(p, value) : kept_prop(p, value);

	if (m->phase == RD_OFF)
		return BIT(ITSG_OK);
	return is_unknown(p) ? BIT(ITSG_OK) | BIT(ITSG_LPI_BUSY)
			     : BIT(was == now ? ITSG_OK : ITSG_LPI_BUSY);
}

static uint64_t nothing_there(const struct rd_access *a, enum itsg_reason reason)
{
	return BIT(a->value ? reason : ITSG_OK);
}

static uint64_t write_lpi(const struct predictor *p, uint32_t rd)
{
	const struct rd_access *a = &p->access;
	uint64_t intid = predict_bits(a->value, 31, 0);

	if (!predict_machine(p)->direct_lpi || (a->offset & 4))
		return nothing_there(a, ITSG_RESERVED_REGISTER);
	if (p->rds[rd].phase != RD_ON)
		return BIT(ITSG_OK);
	return BIT(intid < LPI_LOWEST || intid >> bits_of(p, p->rds[rd].in_prop) ? ITSG_INTID_OOR
										 : ITSG_OK);
}

static uint64_t write_command(const struct predictor *p)
{
	const struct rd_access *a = &p->access;

	if (!has_commands(p) || (a->offset & 4))
		return nothing_there(a, ITSG_RESERVED_REGISTER);
	return BIT(a->width == 8 && (a->value & VALID) ? ITSG_VIRTUAL_REGISTER : ITSG_OK);
}

/* E50: of all registers but CTLR. */
static uint64_t answers_to_write(const struct predictor *p, uint32_t rd)
{
	const struct rd_access *a = &p->access;

	if (is_id(a->offset) || a->offset == RD_SYNCR)
		return nothing_there(a, ITSG_READ_ONLY);
	if (a->offset == RD_WAKER)
		return BIT(ITSG_OK);
	if (!is_wide(p, a->offset))
		return nothing_there(a, ITSG_RESERVED_REGISTER);
	switch (a->offset & ~7u) {
	case RD_TYPER:
		return nothing_there(a, ITSG_READ_ONLY);
	case RD_PROPBASER:
		return write_baser(p, rd, false);
	case RD_PENDBASER:
		return write_baser(p, rd, true);
	case RD_SETLPIR:
	case RD_CLRLPIR:
		return write_lpi(p, rd);
	case RD_INVLPIR:
	case RD_INVALLR:
		return write_command(p);
	case RD_VPENDBASER:
		return BIT(merged(0, a) & VALID ? ITSG_VIRTUAL_REGISTER : ITSG_OK);
	case RD_VPROPBASER:
	default:
		return BIT(ITSG_OK);
	}
}

static void accept_write(struct predictor *p, uint32_t rd)
{
	struct rd_model *m = &p->rds[rd];
	uint32_t reg = p->access.offset & ~7u;
	bool off = m->phase == RD_OFF;

	if (reg == RD_PROPBASER && off)
		m->prop = merged(m->prop, &p->access);
	if (reg == RD_PENDBASER && off)
		m->pend = merged(m->pend, &p->access);
	if (reg == RD_VPROPBASER && is_wide(p, reg))
		m->vprop = merged(m->vprop, &p->access);
}

/* E54: exactly that much is zeroed of one that was turned on. */
static void judge_zeroed(struct predictor *p, uint32_t rd, uint64_t pend)
{
	const struct trace_machine *machine = predict_machine(p);
	const struct rd_model *m = &p->rds[rd];
	struct extent table = pending_of(p, m->in_prop, m->in_pend);
	uint64_t bytes = machine->zero_pending || (pend & PTZ) ? table.bytes : HEAD_BYTES;

	if (machine->share_pending)
		bytes = 0;
	if (p->access.zeroed_bytes != bytes || (bytes && p->access.zeroed_pa != table.pa))
		predict_disagree(p,
				 "redistributor %" PRIu32 ": 0x%" PRIx64 " bytes from 0x%" PRIx64
				 " are zeroed, of a pending table at 0x%" PRIx64,
				 rd, p->access.zeroed_bytes, p->access.zeroed_pa, table.pa);
}

/* E53: hardware is as the host was told. */
static void judge_enabled(struct predictor *p, uint32_t rd)
{
	struct rd_model *m = &p->rds[rd];
	struct sim_redist_state now = sim_redists_peek(hardware(p), rd);

	if (m->phase == RD_SETTING)
		predict_disagree(p, "redistributor %" PRIu32 ": EnableLPIs is not read back", rd);
	if (m->phase != RD_ON || is_unknown(p) || !now.powered)
		return;
	if (!p->access.moved && !now.enabled)
		predict_disagree(p, "redistributor %" PRIu32 ": EnableLPIs was set, and is 0", rd);
	if (now.prop != kept_prop(p, m->prop) || now.pend != kept_pend(p, m->pend))
		predict_disagree(p,
				 "redistributor %" PRIu32 ": hardware has 0x%" PRIx64
				 " and 0x%" PRIx64 " where the host has others",
				 rd, now.prop, now.pend);
}

static void judge_ctlr(struct predictor *p, uint32_t rd, enum itsg_reason reason)
{
	const struct rd_access *a = &p->access;
	struct sim_redist_state now = sim_redists_peek(hardware(p), rd);

	if (reason != ITSG_OK || !now.powered)
		return;
	if (now.dpg != (predict_machine(p)->dpgs ? a->value & CTLR_DPG : 0))
		predict_disagree(p, "redistributor %" PRIu32 ": CTLR.DPG is not what was written",
				 rd);
	if (!(a->value & ENABLE_LPIS))
		return;
	judge_enabled(p, rd);
	if (a->was_off && p->rds[rd].phase == RD_ON) {
		judge_zeroed(p, rd, p->rds[rd].pend);
		p->rds[rd].pend &= ~PTZ;
	}
}

/* What hardware and callbacks did meanwhile goes before what was expected. */
static uint64_t final_answers(struct predictor *p, uint32_t rd)
{
	struct rd_access *a = &p->access;

	if (a->answers == 0 && a->shape == ITSG_OK && a->offset == RD_CTLR)
		predict_disagree(p, "redistributor %" PRIu32 ": CTLR is not looked at", rd);
	if (a->failed != ITSG_OK)
		return BIT(a->failed);
	if (is_unknown(p) && is_enabling(p))
		return ANY_ANSWER;
	return a->mismatch || is_unlike(p) ? BIT(ITSG_HARDWARE_MISMATCH) : a->answers;
}

/* E52: what is refused for what it says asks nothing of the platform. */
static void judge_asked(struct predictor *p, uint32_t rd, uint64_t answers)
{
	const uint64_t early = BIT(ITSG_LPI_BUSY) | BIT(ITSG_LPI_SIZE) | BIT(ITSG_LPI_ADDRESS) |
			       BIT(ITSG_LPI_GROUP) | BIT(ITSG_LPI_ATTRIBUTES) |
			       BIT(ITSG_NO_TABLE_SLOT);

	if (p->access.asked && (!is_enabling(p) || !(answers & ~early)))
		predict_disagree(
			p, "redistributor %" PRIu32 ": the platform is asked for nothing's sake",
			rd);
}

/* ---- reads ---- */

static uint64_t shown_ctlr(const struct predictor *p, uint32_t rd)
{
	const struct rd_access *a = &p->access;
	uint64_t ctlr = a->looked ? a->ctlr : p->rds[rd].kept_ctlr;

	if (p->rds[rd].phase == RD_ON)
		return ctlr | ENABLE_LPIS;
	return p->rds[rd].phase == RD_CLEARING ? ctlr | CTLR_RWP : ctlr;
}

static uint64_t shown_wide(const struct predictor *p, uint32_t rd, uint32_t reg)
{
	const struct rd_model *m = &p->rds[rd];

	switch (reg) {
	case RD_TYPER:
		return shown_typer(m->typer);
	case RD_PROPBASER:
		return kept_prop(p, m->prop);
	case RD_PENDBASER:
		return kept_pend(p, m->pend);
	case RD_VPROPBASER:
		return m->vprop;
	default:
		return 0;
	}
}

/* E51 */
static uint64_t shown(const struct predictor *p, uint32_t rd)
{
	const struct rd_access *a = &p->access;
	uint64_t value;

	if (a->offset == RD_CTLR)
		return shown_ctlr(p, rd);
	if (is_id(a->offset) || a->offset == RD_WAKER || (a->offset == RD_SYNCR && has_commands(p)))
		return sim_redists_read(world_redists(p->world), rd, a->offset, 4);
	if (!is_wide(p, a->offset))
		return 0;
	value = shown_wide(p, rd, a->offset & ~7u);
	if (a->width == 8)
		return value;
	return a->offset & 4 ? value >> 32 : predict_bits(value, 31, 0);
}

static bool may_be_anything(const struct predictor *p)
{
	uint32_t reg = p->access.offset & ~7u;

	return is_unknown(p) && (reg == RD_PROPBASER || reg == RD_PENDBASER);
}

/* ---- an access ---- */

static void begin_access(struct predictor *p, uint32_t rd, uint32_t offset, uint32_t width)
{
	p->access = (struct rd_access){.active = true, .rd = rd, .offset = offset, .width = width};
	predict_gather_redists(p);
	p->access.shape = shape_of(p, offset, width);
}

void predictor_before_rd_write(struct predictor *p, uint32_t rd, uint32_t offset, uint32_t width,
			       uint64_t value)
{
	struct rd_access *a = &p->access;

	if (p->stopped || rd >= rd_count(p))
		return;
	begin_access(p, rd, offset, width);
	a->write = true;
	a->value = width == 4 ? predict_bits(value, 31, 0) : value;
	if (offset != RD_CTLR)
		return;
	if (!is_powered(p, rd))
		a->answers = answers_without_power(p, rd, value & ENABLE_LPIS);
	else if (!(value & ENABLE_LPIS))
		a->answers = BIT(ITSG_OK);
}

void predictor_before_rd_read(struct predictor *p, uint32_t rd, uint32_t offset, uint32_t width)
{
	if (p->stopped || rd >= rd_count(p))
		return;
	begin_access(p, rd, offset, width);
}

static void judge_answer(struct predictor *p, enum itsg_reason reason, uint64_t answers)
{
	const struct rd_access *a = &p->access;
	char is[40], expected[120];

	predict_said(p, answers);
	if (!(answers >> reason & 1))
		predict_disagree(p,
				 "redistributor %" PRIu32 ": %s of 0x%" PRIx32
				 " is answered %s, expected %s",
				 a->rd, a->write ? "a write" : "a read", a->offset,
				 reason == ITSG_OK ? "OK"
						   : predict_reasons(BIT(reason), is, sizeof(is)),
				 predict_reasons(answers, expected, sizeof(expected)));
}

void predictor_after_rd_write(struct predictor *p, enum itsg_reason reason)
{
	struct rd_access *a = &p->access;
	uint64_t answers;

	if (p->stopped || !a->active)
		return;
	if (a->shape != ITSG_OK)
		a->answers = BIT(a->shape);
	else if (a->offset != RD_CTLR)
		a->answers = answers_to_write(p, a->rd);
	answers = final_answers(p, a->rd);
	judge_answer(p, reason, answers);
	judge_asked(p, a->rd, answers);
	if (reason == ITSG_OK && a->shape == ITSG_OK && a->offset != RD_CTLR)
		accept_write(p, a->rd);
	if (a->shape == ITSG_OK && a->offset == RD_CTLR)
		judge_ctlr(p, a->rd, reason);
	note_learned(p);
	a->active = false;
}

void predictor_after_rd_read(struct predictor *p, enum itsg_reason reason, uint64_t value)
{
	struct rd_access *a = &p->access;
	uint64_t expected;

	if (p->stopped || !a->active)
		return;
	judge_answer(p, reason, BIT(a->shape));
	expected = a->shape == ITSG_OK ? shown(p, a->rd) : 0;
	if (a->shape == ITSG_OK && a->offset == RD_CTLR && !a->looked && is_powered(p, a->rd))
		predict_disagree(p, "redistributor %" PRIu32 ": CTLR is not looked at", a->rd);
	if (value != expected && !may_be_anything(p))
		predict_disagree(p,
				 "redistributor %" PRIu32 ": 0x%" PRIx32 " reads 0x%" PRIx64
				 ", expected 0x%" PRIx64,
				 a->rd, a->offset, value, expected);
	judge_asked(p, a->rd, 0);
	note_learned(p);
	a->active = false;
}

void predict_rd_disturbed(struct predictor *p)
{
	struct rd_access *a = &p->access;

	if (!a->active)
		return;
	a->moved = true;
	if (is_enabling(p) && a->looked && !a->set && p->rds[a->rd].phase == RD_OFF)
		a->answers |= answers_to_enable(p, a->rd, a->ctlr);
}

/* ---- adoption, and its opposite ---- */

/* E55: one behind the other; what those before it want is taken first. */
static uint64_t judge_adoption(struct predictor *p)
{
	enum itsg_reason reason = ITSG_OK;
	struct wants wants = {.count = 0};
	uint64_t answers;

	for (uint32_t rd = 0; reason == ITSG_OK && rd < rd_count(p); rd++) {
		struct sim_redist_state now = sim_redists_peek(hardware(p), rd);

		if (p->rds[rd].phase != RD_FOREIGN)
			continue;
		if (wants.count + 2 > WANTS_MAX)
			return ANY_ANSWER;
		if (!now.powered || !now.enabled || now.busy) {
			reason = ITSG_LPI_BUSY;
			break;
		}
		reason = judge_registers(p, rd, now.prop, now.pend);
		if (reason == ITSG_OK)
			reason = want_tables(p, now.prop, now.pend, &wants);
		p->rds[rd].claimed = reason == ITSG_OK;
		p->rds[rd].in_prop = now.prop;
		p->rds[rd].in_pend = now.pend;
	}
	predict_gather_redists(p);
	answers = predict_take(p, NO_ITS, &wants, true);
	if (reason != ITSG_OK && answers >> ITSG_OK & 1)
		answers = (answers & ~BIT(ITSG_OK)) | BIT(reason);
	return answers;
}

void predictor_before_adopt(struct predictor *p)
{
	if (p->stopped || !p->rds)
		return;
	p->access = (struct rd_access){.adopts = true};
	p->access.answers = judge_adoption(p);
}

static void adopted(struct predictor *p, bool done)
{
	for (uint32_t rd = 0; rd < rd_count(p); rd++) {
		struct rd_model *m = &p->rds[rd];

		if (m->phase != RD_FOREIGN)
			continue;
		m->claimed = done;
		m->prop = done ? m->in_prop : m->prop;
		m->pend = done ? m->in_pend : m->pend;
		m->phase = done ? RD_ON : RD_FOREIGN;
	}
}

void predictor_after_adopt(struct predictor *p, enum itsg_reason reason)
{
	struct rd_access *a = &p->access;
	char is[40], expected[120];
	uint64_t answers;

	if (p->stopped || !a->adopts)
		return;
	answers = a->failed != ITSG_OK ? BIT(a->failed) : a->answers;
	predict_said(p, answers);
	if (!(answers >> reason & 1))
		predict_disagree(p, "adoption is answered %s, expected %s",
				 reason == ITSG_OK ? "OK"
						   : predict_reasons(BIT(reason), is, sizeof(is)),
				 predict_reasons(answers, expected, sizeof(expected)));
	adopted(p, reason == ITSG_OK);
	a->adopts = false;
}

/* E56: what is left is what has no power, or cannot be cleared. */
void predictor_rds_gone(struct predictor *p, bool done)
{
	bool off = true;

	if (p->stopped || !p->rds)
		return;
	for (uint32_t rd = 0; rd < rd_count(p); rd++) {
		struct rd_model *m = &p->rds[rd];
		struct sim_redist_state now = sim_redists_peek(hardware(p), rd);

		off = off && m->phase == RD_OFF;
		if (m->phase == RD_OFF)
			m->prop = m->pend = m->vprop = 0;
		else if (now.powered && !now.enabled && !now.busy)
			predict_disagree(p, "redistributor %" PRIu32 " is off, and is not let go",
					 rd);
	}
	if (done != off)
		predict_disagree(p, "the host is %s, say the redistributors",
				 done ? "gone" : "not gone");
	note_learned(p);
}

/* ---- life ---- */

bool predict_rds_new(struct predictor *p)
{
	const struct sim_redists *rds = hardware(p);

	if (!rds)
		return true;
	p->rds = calloc(predict_machine(p)->pes, sizeof(p->rds[0]));
	if (!p->rds)
		return false;
	for (uint32_t rd = 0; rd < predict_machine(p)->pes; rd++) {
		p->rds[rd].typer = sim_redists_read(world_redists(p->world), rd, RD_TYPER, 8);
		p->rds[rd].kept_ctlr =
			sim_redists_read(world_redists(p->world), rd, RD_CTLR, 4) & CTLR_FIXED;
		p->rds[rd].phase = sim_redists_peek(rds, rd).enabled ? RD_FOREIGN : RD_OFF;
		p->rds_unlearned |= p->rds[rd].phase == RD_FOREIGN;
	}
	return true;
}
