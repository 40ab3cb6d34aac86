/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_life.h"

#include "log.h"
#include "noinline.h"
#include "rd_frame.h"

/* ---- hardware ---- */

ITSG_NOINLINE uint64_t itsg_rd_hw_read(const struct itsg_redists *redists, uint32_t rd,
				       uint32_t offset)
{
	return redists->ops.reg_read(redists->platform.ctx, rd, offset,
				     itsg_rd_frame_width(offset));
}

ITSG_NOINLINE void itsg_rd_hw_write(const struct itsg_redists *redists, uint32_t rd,
				    uint32_t offset, uint64_t value)
{
	redists->ops.reg_write(redists->platform.ctx, rd, offset, itsg_rd_frame_width(offset),
			       value);
}

ITSG_NOINLINE bool itsg_rd_powered(const struct itsg_redists *redists, uint32_t rd)
{
	return !redists->ops.powered || redists->ops.powered(redists->platform.ctx, rd);
}

static ITSG_NOINLINE void life_learn(const struct itsg_redists *redists, uint32_t rd,
				     uint32_t offset, uint64_t fields, struct itsg_lpi_keeps *keeps)
{
	for (uint32_t i = 0; i < 8; i++) {
		itsg_rd_hw_write(redists, rd, offset, itsg_lpi_trial(fields, i));
		itsg_lpi_learn(keeps, fields, i, itsg_rd_hw_read(redists, rd, offset));
	}
	itsg_rd_hw_write(redists, rd, offset, 0);
}

void itsg_rd_learn(struct itsg_redists *redists, uint32_t rd)
{
	if (redists->learned || redists->in_phase[ITSG_REDIST_OFF] != redists->count)
		return;
	life_learn(redists, rd, ITSG_GICR_PROPBASER, ITSG_PROPBASER_FIELDS, &redists->prop_keeps);
	life_learn(redists, rd, ITSG_GICR_PENDBASER, ITSG_PENDBASER_FIELDS, &redists->pend_keeps);
	redists->learned = true;
}

/* ---- phases, and what hangs on them ---- */

static void life_enter(struct itsg_redists *redists, uint32_t rd, enum itsg_redist_phase phase)
{
	if (redists->phase[rd] == ITSG_REDIST_OFF)
		redists->turned_on++;
	redists->in_phase[redists->phase[rd]]--;
	redists->in_phase[phase]++;
	redists->phase[rd] = (uint8_t)phase;
}

/* Its tables are on record: as judged, and from now on in force for its group and for the machine.
 */
static void life_claimed(struct itsg_redists *redists, uint32_t rd)
{
	struct itsg_redist *redist = &redists->redist[rd];
	struct itsg_redist *leader = &redists->redist[redist->leader];

	redist->claimed = true;
	leader->group_on++;
	leader->group_prop = redist->lpis.prop;
	redists->claimed++;
	redists->attributes = redist->lpis.pend & ITSG_LPI_ATTR;
}

static void life_unclaimed(struct itsg_redists *redists, uint32_t rd)
{
	struct itsg_redist *redist = &redists->redist[rd];

	redist->claimed = false;
	redists->redist[redist->leader].group_on--;
	redists->claimed--;
}

/* Hardware has let go (GIC 8.6). */
static ITSG_NOINLINE void life_off(struct itsg_redists *redists, uint32_t rd)
{
	struct itsg_redist *redist = &redists->redist[rd];

	life_enter(redists, rd, ITSG_REDIST_OFF);
	if (redist->claimed) {
		itsg_claim_drop(&redists->platform, &redist->lpis.pending,
				itsg_rd_pending_kind(redists));
		itsg_lpi_drop_config(&redists->platform, &redists->tables, redist->table);
		life_unclaimed(redists, rd);
	}
	itsg_rd_learn(redists, rd);
}

/* RWP=0: either hardware has let go, or it is one that never clears EnableLPIs. */
static void life_cleared(struct itsg_redists *redists, uint32_t rd, uint64_t ctlr)
{
	if (!(ctlr & ITSG_GICR_CTLR_ENABLE_LPIS))
		life_off(redists, rd);
	else
		life_enter(redists, rd,
			   redists->redist[rd].claimed ? ITSG_REDIST_ON : ITSG_REDIST_FOREIGN);
}

/* EnableLPIs and RWP of one read: in two, the one might be older than the other (M57). */
static ITSG_NOINLINE void life_seen(struct itsg_redists *redists, uint32_t rd, uint64_t ctlr)
{
	const uint8_t phase = redists->phase[rd];
	const bool on = (ctlr & ITSG_GICR_CTLR_ENABLE_LPIS) != 0;

	redists->redist[rd].ctlr = (uint32_t)(ctlr & (ITSG_GICR_CTLR_CES | ITSG_GICR_CTLR_IR));
	if (phase == ITSG_REDIST_OFF && on) {
		life_enter(redists, rd, ITSG_REDIST_FOREIGN);
		itsg_log(&redists->platform, ITSG_EVENT_FOREIGN, ITSG_OK, ITSG_GICR_CTLR, ctlr,
			 NULL);
	}
	if (ctlr & ITSG_GICR_CTLR_RWP)
		return;
	if (phase == ITSG_REDIST_CLEARING)
		life_cleared(redists, rd, ctlr);
	if (phase == ITSG_REDIST_FOREIGN && !on)
		life_off(redists, rd);
}

/* What is told meanwhile is this one's, whichever the host is accessing. */
bool itsg_rd_observe(struct itsg_redists *redists, uint32_t rd, uint64_t *ctlr)
{
	const uint32_t accessed = redists->platform.redistributor;
	const bool powered = itsg_rd_powered(redists, rd);

	*ctlr = powered ? itsg_rd_hw_read(redists, rd, ITSG_GICR_CTLR) : 0;
	redists->platform.redistributor = rd;
	if (powered)
		life_seen(redists, rd, *ctlr);
	redists->platform.redistributor = accessed;
	return powered;
}

/* ---- enabling ---- */

/* For the log: the register that is being looked at, and what it names. */
static void life_look_at(struct itsg_redists *redists, uint32_t rd, uint32_t offset)
{
	const struct itsg_lpis *lpis = &redists->redist[rd].lpis;

	itsg_log_blame(&redists->platform, offset,
		       offset == ITSG_GICR_PROPBASER ? lpis->config.pa : lpis->pending.pa);
}

/* What went well, or ends in CTLR itself, is to blame for nothing. */
static void life_look_away(struct itsg_redists *redists)
{
	itsg_log_blame(&redists->platform, 0, 0);
}

/*
 * Redistributors of a group may use each other's PROPBASER, so that all that are on have to have
 * one value; attributes of pending tables are one for the machine (GIC 8.4).
 */
static enum itsg_reason life_judge(struct itsg_redists *redists, uint32_t rd, uint64_t prop,
				   uint64_t pend)
{
	struct itsg_redist *redist = &redists->redist[rd];
	const struct itsg_redist *leader = &redists->redist[redist->leader];
	const enum itsg_reason reason = itsg_lpi_judge(&redists->facts, prop, pend, &redist->lpis);

	life_look_at(redists, rd, ITSG_GICR_PROPBASER);
	if (reason == ITSG_LPI_ADDRESS && itsg_lpi_fits(&redists->facts, &redist->lpis.config))
		life_look_at(redists, rd, ITSG_GICR_PENDBASER);
	if (reason != ITSG_OK)
		return reason;
	if (leader->group_on && leader->group_prop != prop)
		return ITSG_LPI_GROUP;
	life_look_at(redists, rd, ITSG_GICR_PENDBASER);
	if (redists->claimed && redists->attributes != (pend & ITSG_LPI_ATTR))
		return ITSG_LPI_ATTRIBUTES;
	return ITSG_OK;
}

static ITSG_NOINLINE enum itsg_reason life_claim(struct itsg_redists *redists, uint32_t rd,
						 enum itsg_lpi_pending pending)
{
	struct itsg_redist *redist = &redists->redist[rd];
	enum itsg_reason reason;

	life_look_at(redists, rd, ITSG_GICR_PROPBASER);
	reason = itsg_lpi_take_config(&redists->platform, &redists->tables, &redist->lpis.config,
				      &redist->table);
	if (reason != ITSG_OK)
		return reason;
	life_look_at(redists, rd, ITSG_GICR_PENDBASER);
	reason = itsg_lpi_take_pending(&redists->platform, &redist->lpis.pending, pending);
	if (reason != ITSG_OK)
		itsg_lpi_undo_config(&redists->platform, &redists->tables, redist->table);
	else
		life_claimed(redists, rd);
	return reason;
}

static ITSG_NOINLINE void life_unclaim(struct itsg_redists *redists, uint32_t rd)
{
	const struct itsg_redist *redist = &redists->redist[rd];
	const struct itsg_take take = {redist->lpis.pending, itsg_rd_pending_kind(redists),
				       ITSG_LPI_OVERLAP};

	itsg_claim_undo(&redists->platform, &take);
	itsg_lpi_undo_config(&redists->platform, &redists->tables, redist->table);
	life_unclaimed(redists, rd);
}

/* Nothing follows the registers before EnableLPIs: what is read back is what will count (P9). */
static ITSG_NOINLINE enum itsg_reason life_program(struct itsg_redists *redists, uint32_t rd,
						   uint64_t ptz)
{
	const struct itsg_lpis *lpis = &redists->redist[rd].lpis;

	itsg_rd_hw_write(redists, rd, ITSG_GICR_PROPBASER, lpis->prop);
	itsg_rd_hw_write(redists, rd, ITSG_GICR_PENDBASER, lpis->pend | ptz);
	life_look_at(redists, rd, ITSG_GICR_PROPBASER);
	if (itsg_rd_hw_read(redists, rd, ITSG_GICR_PROPBASER) != lpis->prop)
		return ITSG_HARDWARE_MISMATCH;
	life_look_at(redists, rd, ITSG_GICR_PENDBASER);
	if (itsg_rd_hw_read(redists, rd, ITSG_GICR_PENDBASER) != lpis->pend)
		return ITSG_HARDWARE_MISMATCH;
	return ITSG_OK;
}

/* The bit, at last. If it does not stick nobody knows what hardware made of it: as if cleared. */
static enum itsg_reason life_set(struct itsg_redists *redists, uint32_t rd, uint64_t dpg)
{
	life_look_away(redists);
	itsg_rd_hw_write(redists, rd, ITSG_GICR_CTLR, dpg | ITSG_GICR_CTLR_ENABLE_LPIS);
	if (itsg_rd_hw_read(redists, rd, ITSG_GICR_CTLR) & ITSG_GICR_CTLR_ENABLE_LPIS) {
		life_enter(redists, rd, ITSG_REDIST_ON);
		redists->redist[rd].pend &= ~ITSG_GICR_PENDBASER_PTZ; /* it has had its effect */
		return ITSG_OK;
	}
	itsg_rd_hw_write(redists, rd, ITSG_GICR_CTLR, dpg);
	life_enter(redists, rd, ITSG_REDIST_CLEARING);
	life_seen(redists, rd, itsg_rd_hw_read(redists, rd, ITSG_GICR_CTLR));
	return ITSG_HARDWARE_MISMATCH;
}

/*
 * The host says that its table is zero (PTZ). The guard makes it so, and says so to hardware; else
 * it zeroes what hardware believes, and LPIs that the host has set pending there are found (T14).
 */
static enum itsg_lpi_pending life_pending(const struct itsg_redists *redists, uint32_t rd)
{
	if (redists->config.share_pending)
		return ITSG_LPI_PENDING_SHARED;
	return redists->config.zero_pending || (redists->redist[rd].pend & ITSG_GICR_PENDBASER_PTZ)
		       ? ITSG_LPI_PENDING_ZEROED
		       : ITSG_LPI_PENDING_HEAD_ZEROED;
}

static ITSG_NOINLINE enum itsg_reason life_turn_on(struct itsg_redists *redists, uint32_t rd,
						   uint64_t dpg)
{
	const struct itsg_redist *redist = &redists->redist[rd];
	const enum itsg_lpi_pending pending = life_pending(redists, rd);
	enum itsg_reason reason;

	itsg_rd_learn(redists, rd);
	reason = life_judge(redists, rd, itsg_lpi_kept(&redists->prop_keeps, redist->prop),
			    itsg_lpi_kept(&redists->pend_keeps, redist->pend));
	if (reason == ITSG_OK)
		reason = life_claim(redists, rd, pending);
	if (reason != ITSG_OK)
		return reason;
	reason = life_program(redists, rd,
			      pending == ITSG_LPI_PENDING_ZEROED ? ITSG_GICR_PENDBASER_PTZ : 0);
	if (reason != ITSG_OK) {
		life_unclaim(redists, rd);
		return reason;
	}
	redists->stats.enabled++;
	return life_set(redists, rd, dpg);
}

/*
 * Hardware has lost EnableLPIs, by power or ARE: what its registers hold is written anew. Rounds of
 * SYNCs may have left it out meanwhile, as one that is off (F34).
 */
static enum itsg_reason life_turn_on_again(struct itsg_redists *redists, uint32_t rd, uint64_t dpg)
{
	const enum itsg_reason reason = life_program(redists, rd, 0);

	if (reason != ITSG_OK)
		return reason;
	redists->turned_on++;
	return life_set(redists, rd, dpg);
}

/*
 * Is there one that uses, or may use, tables that are nobody's? It could be of the same group as
 * one that is to be turned on.
 */
static bool life_any_unclaimed(const struct itsg_redists *redists)
{
	return redists->claimed != redists->count - redists->in_phase[ITSG_REDIST_OFF];
}

enum itsg_reason itsg_rd_enable(struct itsg_redists *redists, uint32_t rd, uint64_t dpg)
{
	uint64_t ctlr;
	const bool powered = itsg_rd_observe(redists, rd, &ctlr);
	const uint8_t phase = redists->phase[rd];

	if (ctlr & ITSG_GICR_CTLR_ENABLE_LPIS) {
		if (phase == ITSG_REDIST_CLEARING)
			return ITSG_LPI_BUSY;
		itsg_rd_hw_write(redists, rd, ITSG_GICR_CTLR, dpg | ITSG_GICR_CTLR_ENABLE_LPIS);
		return ITSG_OK;
	}
	if (!powered)
		return phase == ITSG_REDIST_ON ? ITSG_OK : ITSG_LPI_BUSY;
	/* When it is off RWP speaks of something else, and was 0 when it went off. One that is
	 * being cleared has RWP, or would be off by now.
	 */
	if (((ctlr & ITSG_GICR_CTLR_RWP) && phase != ITSG_REDIST_OFF) ||
	    life_any_unclaimed(redists))
		return ITSG_LPI_BUSY;
	return phase == ITSG_REDIST_ON ? life_turn_on_again(redists, rd, dpg)
				       : life_turn_on(redists, rd, dpg);
}

/*
 * A clear counts only where there is power: else it is lost, reads as if it had worked, and
 * firmware brings EnableLPIs back with the old addresses.
 */
enum itsg_reason itsg_rd_disable(struct itsg_redists *redists, uint32_t rd, uint64_t dpg)
{
	uint64_t ctlr;

	if (!itsg_rd_observe(redists, rd, &ctlr))
		return redists->phase[rd] == ITSG_REDIST_OFF ? ITSG_OK : ITSG_LPI_BUSY;
	itsg_rd_hw_write(redists, rd, ITSG_GICR_CTLR, dpg);
	if (redists->phase[rd] != ITSG_REDIST_OFF) {
		life_enter(redists, rd, ITSG_REDIST_CLEARING);
		life_seen(redists, rd, itsg_rd_hw_read(redists, rd, ITSG_GICR_CTLR));
	}
	return ITSG_OK;
}

/* ---- adoption ---- */

enum itsg_reason itsg_rd_adopt(struct itsg_redists *redists, uint32_t rd)
{
	const enum itsg_lpi_pending pending =
		redists->config.share_pending ? ITSG_LPI_PENDING_SHARED : ITSG_LPI_PENDING_ADOPTED;
	struct itsg_redist *redist = &redists->redist[rd];
	enum itsg_reason reason;
	uint64_t ctlr;

	itsg_rd_observe(redists, rd, &ctlr);
	if (!(ctlr & ITSG_GICR_CTLR_ENABLE_LPIS) || (ctlr & ITSG_GICR_CTLR_RWP))
		return ITSG_LPI_BUSY;
	reason = life_judge(redists, rd, itsg_rd_hw_read(redists, rd, ITSG_GICR_PROPBASER),
			    itsg_rd_hw_read(redists, rd, ITSG_GICR_PENDBASER));
	if (reason == ITSG_OK)
		reason = life_claim(redists, rd, pending);
	if (reason != ITSG_OK)
		return reason;
	life_look_away(redists);
	redist->prop = redist->lpis.prop;
	redist->pend = redist->lpis.pend;
	redist->adopting = true;
	redists->stats.enabled++;
	life_enter(redists, rd, ITSG_REDIST_ON);
	return ITSG_OK;
}

void itsg_rd_disown(struct itsg_redists *redists, uint32_t rd)
{
	redists->redist[rd].prop = 0;
	redists->redist[rd].pend = 0;
	redists->stats.enabled--;
	life_unclaim(redists, rd);
	life_enter(redists, rd, ITSG_REDIST_FOREIGN);
}
