/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What all parts stand on: how they are set up, what they tell, chance, and groups. */
#include "rds_priv.h"

struct sim_redists_mode sim_redists_mode(const struct sim_redists *rds)
{
	return rds->mode;
}

const struct sim_redists_config *sim_redists_config(const struct sim_redists *rds)
{
	return &rds->config;
}

const struct sim_redists_stats *sim_redists_stats(const struct sim_redists *rds)
{
	return &rds->stats;
}

void rd_event(struct sim_redists *rds, uint32_t rd, enum sim_redist_event event, uint32_t offset,
	      uint64_t value)
{
	rds->stats.events[event]++;
	if (rds->config.event)
		rds->config.event(rds->config.ctx, rd, event, offset, value);
}

/* xorshift64*: rng is never 0. */
uint64_t rd_random(struct sim_redists *rds)
{
	rds->rng ^= rds->rng >> 12;
	rds->rng ^= rds->rng << 25;
	rds->rng ^= rds->rng >> 27;
	return rds->rng * 0x2545f4914f6cdd1du;
}

bool rd_exists(const struct sim_redists *rds, uint32_t rd)
{
	return rd < rds->config.count;
}

bool rd_is_live(const struct rd *rd)
{
	return rd->powered && !rd->foreign && (rd->enabled || rd->looks > 0);
}

uint32_t sim_redists_affinity(uint32_t rd)
{
	return rd % 4 | (rd / 4 & 0xff) << 8 | rd / 1024 << 16;
}

/* CommonLPIAff: so many levels of affinity, from Aff3 down, are equal. */
bool sim_redists_one_group(const struct sim_redists *rds, uint32_t a, uint32_t b)
{
	uint64_t affinities = (uint64_t)sim_redists_affinity(a) ^ sim_redists_affinity(b);

	return affinities >> (32 - 8 * rds->config.common_lpi_aff) == 0;
}

bool sim_redists_powered(const struct sim_redists *rds, uint32_t rd)
{
	return rd_exists(rds, rd) && rds->rd[rd].powered;
}
