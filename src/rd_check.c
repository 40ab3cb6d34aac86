/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_check.h"

void itsg_redists_visit_claims(const struct itsg_redists *redists,
			       void (*visit)(void *ctx, enum itsg_claim_use use,
					     const struct itsg_run *run, enum itsg_kind kind),
			       void *ctx)
{
	const enum itsg_kind kind = itsg_rd_pending_kind(redists);

	for (uint32_t i = 0; i < redists->tables.capacity; i++)
		if (redists->tables.table[i].users)
			visit(ctx, ITSG_CLAIM_LPI_CONFIG, &redists->tables.table[i].run,
			      ITSG_SHARED);
	for (uint32_t i = 0; i < redists->count; i++)
		if (redists->redist[i].claimed)
			visit(ctx, ITSG_CLAIM_LPI_PENDING, &redists->redist[i].lpis.pending, kind);
}

/* What is in force is what the registers say, and is on record. */
static bool rd_check_claimed(const struct itsg_redists *redists, const struct itsg_redist *redist)
{
	const struct itsg_redist *leader = &redists->redist[redist->leader];
	struct itsg_lpis lpis;

	if (redist->table >= redists->tables.capacity ||
	    itsg_lpi_judge(&redists->facts, redist->lpis.prop, redist->lpis.pend, &lpis) != ITSG_OK)
		return false;
	return lpis.bits == redist->lpis.bits && lpis.config.pa == redist->lpis.config.pa &&
	       lpis.config.bytes == redist->lpis.config.bytes &&
	       lpis.pending.pa == redist->lpis.pending.pa &&
	       lpis.pending.bytes == redist->lpis.pending.bytes &&
	       leader->group_prop == redist->lpis.prop &&
	       redists->attributes == (redist->lpis.pend & ITSG_LPI_ATTR) &&
	       redists->tables.table[redist->table].users > 0 &&
	       redists->tables.table[redist->table].run.pa == lpis.config.pa &&
	       redists->tables.table[redist->table].run.bytes == lpis.config.bytes;
}

static bool rd_check_one(const struct itsg_redists *redists, uint32_t rd)
{
	const struct itsg_redist *redist = &redists->redist[rd];
	const uint8_t phase = redists->phase[rd];

	if (redist->leader > rd || redists->redist[redist->leader].leader != redist->leader ||
	    redist->adopting || phase > ITSG_REDIST_FOREIGN)
		return false;
	if (redist->claimed && (phase == ITSG_REDIST_OFF || phase == ITSG_REDIST_FOREIGN))
		return false;
	if (!redist->claimed && phase == ITSG_REDIST_ON)
		return false;
	return !redist->claimed || rd_check_claimed(redists, redist);
}

/* Redistributors that are claimed and whose number, leader's or table's, is this one. */
static uint32_t rd_count_group(const struct itsg_redists *redists, uint32_t leader)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < redists->count; i++)
		count +=
			redists->redist[i].claimed && redists->redist[i].leader == leader ? 1u : 0u;
	return count;
}

static uint32_t rd_count_users(const struct itsg_redists *redists, uint32_t table)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < redists->count; i++)
		count += redists->redist[i].claimed && redists->redist[i].table == table ? 1u : 0u;
	return count;
}

static bool rd_check_groups(const struct itsg_redists *redists)
{
	for (uint32_t i = 0; i < redists->count; i++)
		if (redists->redist[i].group_on != rd_count_group(redists, i))
			return false;
	return true;
}

static bool rd_check_tables(const struct itsg_redists *redists)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < redists->tables.capacity; i++) {
		const uint32_t users = redists->tables.table[i].users;

		if (users != rd_count_users(redists, i))
			return false;
		used += users ? 1u : 0u;
	}
	return used == redists->tables.used;
}

static bool rd_check_counts(const struct itsg_redists *redists)
{
	uint32_t in_phase[ITSG_REDIST_FOREIGN + 1] = {0};
	uint32_t claimed = 0;

	for (uint32_t i = 0; i < redists->count; i++) {
		claimed += redists->redist[i].claimed ? 1u : 0u;
		in_phase[redists->phase[i]]++;
	}
	for (uint32_t i = 0; i <= ITSG_REDIST_FOREIGN; i++)
		if (in_phase[i] != redists->in_phase[i])
			return false;
	return claimed == redists->claimed;
}

bool itsg_rd_check(const struct itsg_redists *redists)
{
	for (uint32_t i = 0; i < redists->count; i++)
		if (!rd_check_one(redists, i))
			return false;
	return redists->cursor < redists->count && rd_check_counts(redists) &&
	       rd_check_groups(redists) && rd_check_tables(redists);
}
