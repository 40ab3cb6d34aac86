/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The redistributors of a machine: the entry points but init. */
#include "log.h"
#include "nospec.h"
#include "rd_gate.h"
#include "rd_life.h"

/* A call that goes from one to the next looks at so many (I6). */
#define REDISTS_PART 32u

static bool redists_has_vlpis(const struct itsg_redists *redists, uint32_t rd)
{
	return (redists->redist[rd].typer & ITSG_GICR_TYPER_VLPIS) != 0;
}

/*
 * What is common to reads and writes. The host has chosen whose frame it is, so *place is cut to
 * what there is, whatever the answer. One that was cleared is looked at, if it may be done by now;
 * an access to CTLR looks itself.
 */
static enum itsg_reason redists_begin(struct itsg_redists *redists, uint32_t *place,
				      uint32_t offset, uint32_t width, enum itsg_rd_register *reg)
{
	const bool known = *place < redists->count;
	const uint32_t rd = (uint32_t)itsg_nospec(*place, redists->count);
	uint64_t ctlr;
	bool vlpis;

	redists->stats.accesses++;
	redists->platform.redistributor = *place;
	*place = rd;
	if (!known)
		return ITSG_BAD_ALIGNMENT;
	if (redists->phase[rd] == ITSG_REDIST_CLEARING && offset != ITSG_GICR_CTLR)
		itsg_rd_observe(redists, rd, &ctlr);
	vlpis = redists_has_vlpis(redists, rd);
	*reg = itsg_rd_frame_register(offset, vlpis);
	return itsg_rd_frame_check(*reg, offset, width, vlpis);
}

static void redists_tell(struct itsg_redists *redists, enum itsg_reason reason, uint32_t offset,
			 uint64_t value)
{
	redists->stats.refused_accesses++;
	itsg_log_refused_access(&redists->platform, reason, offset, value);
}

enum itsg_reason itsg_redists_write(struct itsg_redists *redists, uint32_t rd, uint32_t offset,
				    uint32_t width, uint64_t value)
{
	enum itsg_rd_register reg;
	enum itsg_reason reason = redists_begin(redists, &rd, offset, width, &reg);

	if (reason == ITSG_OK)
		reason = itsg_rd_gate_write(redists, rd, reg, offset, width, value);
	if (reason != ITSG_OK)
		redists_tell(redists, reason, offset, value);
	return reason;
}

enum itsg_reason itsg_redists_read(struct itsg_redists *redists, uint32_t rd, uint32_t offset,
				   uint32_t width, uint64_t *value)
{
	enum itsg_rd_register reg;
	const enum itsg_reason reason = redists_begin(redists, &rd, offset, width, &reg);

	*value = 0;
	if (reason == ITSG_OK)
		*value = itsg_rd_gate_read(redists, rd, reg, offset, width);
	else
		redists_tell(redists, reason, offset, 0);
	return reason;
}

bool itsg_redists_poll(struct itsg_redists *redists)
{
	uint64_t ctlr;

	for (uint32_t i = 0; redists->in_phase[ITSG_REDIST_CLEARING] && i < REDISTS_PART; i++) {
		const uint32_t rd = redists->cursor;

		redists->cursor = rd + 1 < redists->count ? rd + 1 : 0;
		if (redists->phase[rd] != ITSG_REDIST_CLEARING)
			continue;
		redists->platform.redistributor = rd;
		itsg_rd_observe(redists, rd, &ctlr);
		return redists->phase[rd] == ITSG_REDIST_OFF;
	}
	return false;
}

static void redists_disown(struct itsg_redists *redists, uint32_t end)
{
	for (uint32_t rd = 0; rd < end; rd++)
		if (redists->redist[rd].adopting)
			itsg_rd_disown(redists, rd);
}

static void redists_adopted(struct itsg_redists *redists)
{
	for (uint32_t rd = 0; rd < redists->count; rd++)
		redists->redist[rd].adopting = false;
}

enum itsg_reason itsg_redists_adopt(struct itsg_redists *redists)
{
	enum itsg_reason reason = ITSG_OK;

	for (uint32_t rd = 0; reason == ITSG_OK && rd < redists->count; rd++) {
		if (redists->phase[rd] != ITSG_REDIST_FOREIGN)
			continue;
		redists->platform.redistributor = rd;
		reason = itsg_rd_adopt(redists, rd);
		if (reason == ITSG_OK)
			continue;
		redists_tell(redists, reason, ITSG_GICR_CTLR, 0);
		redists_disown(redists, rd);
	}
	redists_adopted(redists);
	return reason;
}

/* As if the host had cleared it, and had written nothing else. */
static void redists_part(struct itsg_redists *redists, uint32_t rd)
{
	struct itsg_redist *redist = &redists->redist[rd];
	const uint8_t phase = redists->phase[rd];
	uint64_t ctlr;

	redists->platform.redistributor = rd;
	if (phase == ITSG_REDIST_ON || phase == ITSG_REDIST_FOREIGN)
		itsg_rd_disable(redists, rd, 0);
	else if (phase == ITSG_REDIST_CLEARING)
		itsg_rd_observe(redists, rd, &ctlr);
	if (redists->phase[rd] != ITSG_REDIST_OFF)
		return;
	redist->prop = 0;
	redist->pend = 0;
	redist->vprop = 0;
}

bool itsg_redists_host_gone(struct itsg_redists *redists)
{
	for (uint32_t rd = 0; rd < redists->count; rd++)
		redists_part(redists, rd);
	return redists->in_phase[ITSG_REDIST_OFF] == redists->count;
}

enum itsg_redist_phase itsg_redists_phase(const struct itsg_redists *redists, uint32_t rd)
{
	return rd < redists->count ? (enum itsg_redist_phase)redists->phase[rd] : ITSG_REDIST_OFF;
}

void itsg_redists_get_stats(const struct itsg_redists *redists, struct itsg_redists_stats *out)
{
	*out = redists->stats;
	out->leaked = redists->platform.leaked;
	out->on = redists->claimed;
	out->clearing = redists->in_phase[ITSG_REDIST_CLEARING];
	out->tables = redists->tables.used;
}
