/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Single steps at redistributors, as those at ITSs: a line of the trace, made, and checked. */
#include "adversary_priv.h"

#include <inttypes.h>

#include "itsguard/names.h"

static bool has_rds(const struct adversary *a)
{
	return a->config.machine.rds && !adv_found(a);
}

static void note_line(const struct adversary *a, const struct trace_directive *line)
{
	if (a->out)
		trace_write_directive(a->out, NULL, line);
}

/* ---- the host ---- */

static void note_access(const struct adversary *a, enum trace_kind kind, uint32_t rd,
			uint32_t offset, uint32_t width, uint64_t value)
{
	struct trace_directive line = {.kind = kind};

	line.u.access.rd = rd;
	line.u.access.offset = offset;
	line.u.access.width = width;
	line.u.access.value = value;
	note_line(a, &line);
}

/* E12 */
static void expect_answer(struct adversary *a, enum itsg_reason reason)
{
	uint64_t expected = reason == ITSG_OK ? 0 : 1;

	if (a->answers != expected || (expected && a->answer != reason))
		adv_find(a, ADVERSARY_ANSWER, "the answer was %s, the log says otherwise",
			 itsg_reason_name(reason));
}

enum itsg_reason adv_rd_write(struct adversary *a, uint32_t rd, uint32_t offset, uint32_t width,
			      uint64_t value)
{
	enum itsg_reason reason;

	if (!has_rds(a))
		return ITSG_OK;
	if (width < 8)
		value &= ((uint64_t)1 << (8 * width)) - 1;
	note_access(a, TRACE_RD_WRITE, rd, offset, width, value);
	a->answers = a->fetched = 0;
	predictor_disturbed(a->predictor);
	predictor_before_rd_write(a->predictor, rd, offset, width, value);
	reason = world_rd_write(a->world, rd, offset, width, value);
	predictor_after_rd_write(a->predictor, reason);
	predictor_tables(a->predictor);
	expect_answer(a, reason);
	adv_check(a);
	return reason;
}

uint64_t adv_rd_read(struct adversary *a, uint32_t rd, uint32_t offset, uint32_t width)
{
	enum itsg_reason reason;
	uint64_t value = 0;

	if (!has_rds(a))
		return 0;
	a->answers = a->fetched = 0;
	predictor_disturbed(a->predictor);
	predictor_before_rd_read(a->predictor, rd, offset, width);
	reason = world_rd_read(a->world, rd, offset, width, &value);
	predictor_after_rd_read(a->predictor, reason, value);
	predictor_tables(a->predictor);
	note_access(a, TRACE_RD_READ, rd, offset, width, value);
	expect_answer(a, reason);
	adv_check(a);
	return value;
}

/* ---- hardware and firmware ---- */

static void note_mode(const struct adversary *a, enum trace_hw hw)
{
	struct trace_directive line = {.kind = TRACE_HW, .u.hw = hw};

	note_line(a, &line);
}

void adv_rd_modes(struct adversary *a, struct sim_redists_mode mode)
{
	struct trace_directive rwp = {.kind = TRACE_HW_RWP, .u.value = mode.rwp};

	if (!has_rds(a))
		return;
	note_mode(a, mode.late ? TRACE_HW_RDLATE : TRACE_HW_RDNOW);
	note_mode(a, mode.prefetch ? TRACE_HW_RDAHEAD : TRACE_HW_RDCALM);
	note_mode(a, mode.believes ? TRACE_HW_RDBELIEVES : TRACE_HW_RDCHECKS);
	note_mode(a, mode.group_any ? TRACE_HW_RDANY : TRACE_HW_RDOWN);
	note_mode(a, mode.res1 ? TRACE_HW_RES1 : TRACE_HW_CLEARS);
	note_line(a, &rwp);
	world_rd_set_mode(a->world, mode);
	adv_check(a);
}

void adv_rd_power(struct adversary *a, const struct trace_rd_power *power)
{
	struct trace_directive line = {.kind = TRACE_RD_POWER, .u.rd_power = *power};

	if (!has_rds(a))
		return;
	/*
	 * The platform would wait while an unmap is on its way (itsguard.h, asleep). Here it does
	 * not, but what comes back then has its LPIs off.
	 */
	line.u.rd_power.enable = power->enable && !adv_unmapping(a);
	note_line(a, &line);
	predictor_disturbed(a->predictor);
	world_rd_power(a->world, &line.u.rd_power);
	predictor_tables(a->predictor);
	adv_check(a);
}

void adv_rd_lost(struct adversary *a, uint32_t rd)
{
	struct trace_directive line = {.kind = TRACE_RD_LOST, .u.value = rd};

	if (!has_rds(a))
		return;
	note_line(a, &line);
	world_rd_lost(a->world, rd);
	adv_check(a);
}

void adv_rd_adopt(struct adversary *a)
{
	struct trace_directive line = {.kind = TRACE_RD_ADOPT};
	enum itsg_reason reason;

	if (!has_rds(a))
		return;
	note_line(a, &line);
	a->answers = 0;
	predictor_disturbed(a->predictor);
	predictor_before_adopt(a->predictor);
	reason = world_rd_adopt(a->world);
	predictor_after_adopt(a->predictor, reason);
	predictor_tables(a->predictor);
	expect_answer(a, reason);
	adv_check(a);
}

void adv_rd_gone(struct adversary *a)
{
	struct trace_directive line = {.kind = TRACE_RD_GONE};

	if (!has_rds(a))
		return;
	note_line(a, &line);
	predictor_disturbed(a->predictor);
	predictor_rds_gone(a->predictor, world_rd_gone(a->world));
	predictor_tables(a->predictor);
	adv_check(a);
}

/* What has no trace form. */
void adv_rd_fault(struct adversary *a, uint32_t rd, uint64_t prop, uint64_t pend, bool deaf)
{
	if (!has_rds(a))
		return;
	if (a->out)
		fprintf(a->out,
			"#: redistributor %" PRIu32 " loses bits 0x%" PRIx64 " and 0x%" PRIx64
			"%s\n",
			rd, prop, pend, deaf ? ", and EnableLPIs" : "");
	a->untraceable = true;
	a->rd_odd |= prop || pend || deaf;
	sim_redists_lose_bits(world_redists(a->world), rd, prop, pend);
	sim_redists_deaf(world_redists(a->world), rd, deaf);
}
