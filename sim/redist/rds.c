/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rds_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "u64map.h"

struct sim_redists_config sim_redists_default_config(void)
{
	return (struct sim_redists_config){
		.count = 8,
		.lpi_bits = 16,
		.pa_bits = 48,
		.ces = true,
		.attr_mask = ~(uint64_t)0,
		.seed = 1,
	};
}

struct sim_redists *sim_redists_new(void)
{
	struct sim_redists *rds = sim_realloc(NULL, 1, sizeof(*rds));

	memset(rds, 0, sizeof(*rds));
	return rds;
}

void sim_redists_free(struct sim_redists *rds)
{
	if (!rds)
		return;
	free(rds->rd);
	free(rds);
}

static bool config_is_sane(const struct sim_redists_config *config)
{
	return config->count >= 1 && config->count <= SIM_REDISTS_MAX && config->lpi_bits >= 14 &&
	       config->lpi_bits <= 32 && config->pa_bits >= 32 && config->pa_bits <= 52 &&
	       config->common_lpi_aff <= 3 && (config->vlpis || !config->rvpeid);
}

int sim_redists_reset(struct sim_redists *rds, struct sim_mem *mem,
		      const struct sim_redists_config *config)
{
	if (!config_is_sane(config))
		return -EINVAL;
	rds->config = *config;
	rds->mem = mem;
	rds->mode = (struct sim_redists_mode){0};
	rds->stats = (struct sim_redists_stats){0};
	rds->rng = config->seed * 2 + 1;
	if (rds->capacity < config->count) {
		rds->rd = sim_realloc(rds->rd, config->count, sizeof(*rds->rd));
		rds->capacity = config->count;
	}
	memset(rds->rd, 0, config->count * sizeof(*rds->rd));
	for (uint32_t i = 0; i < config->count; i++)
		rd_power_up(rds, i);
	return 0;
}

void sim_redists_set_mode(struct sim_redists *rds, struct sim_redists_mode mode)
{
	bool write = rds->mode.late && !mode.late;

	rds->mode = mode;
	if (write)
		rd_all_sleep(rds);
}

struct sim_redist_state sim_redists_peek(const struct sim_redists *rds, uint32_t n)
{
	const struct rd *rd;

	if (!rd_exists(rds, n))
		return (struct sim_redist_state){0};
	rd = &rds->rd[n];
	return (struct sim_redist_state){rd->powered, rd->enabled, rd->looks > 0,
					 rd->dpg,     rd->prop,    rd->pend};
}

/* ---- faults ---- */

void sim_redists_lose_bits(struct sim_redists *rds, uint32_t n, uint64_t prop, uint64_t pend)
{
	if (!rd_exists(rds, n))
		return;
	rds->rd[n].lost_prop = prop;
	rds->rd[n].lost_pend = pend;
}

void sim_redists_deaf(struct sim_redists *rds, uint32_t n, bool deaf)
{
	if (rd_exists(rds, n))
		rds->rd[n].deaf = deaf;
}

void sim_redists_run(struct sim_redists *rds)
{
	for (uint32_t i = 0; i < rds->config.count; i++) {
		rd_background(rds, i);
		if (rd_is_live(&rds->rd[i]))
			rd_write_back(rds, i, RD_LINES);
	}
}
