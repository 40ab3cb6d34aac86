/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What all parts of it stand on: how it is set up, what it tells, chance, and who sleeps. */
#include "its_priv.h"

struct sim_its_mode sim_its_mode(const struct sim_its *its)
{
	return its->mode;
}

const struct sim_its_stats *sim_its_stats(const struct sim_its *its)
{
	return &its->stats;
}

const struct sim_its_config *sim_its_config(const struct sim_its *its)
{
	return &its->config;
}

void its_event(struct sim_its *its, enum sim_its_event event, uint64_t a, uint64_t b)
{
	its->stats.events[event]++;
	if (its->config.event)
		its->config.event(its->config.ctx, event, a, b);
}

/* xorshift64*: rng is never 0. */
uint64_t its_random(struct sim_its *its)
{
	its->rng ^= its->rng >> 12;
	its->rng ^= its->rng << 25;
	its->rng ^= its->rng >> 27;
	return (its->rng * 0x2545f4914f6cdd1du) >> 32;
}

bool sim_its_asleep(const struct sim_its *its, uint32_t pe)
{
	return pe < its->config.pes && (its->asleep.words[pe / 64] >> (pe % 64) & 1);
}
