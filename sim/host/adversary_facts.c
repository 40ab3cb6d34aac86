/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What a host knows of its machine, or a driver reads from registers; nothing is changed here. */
#include "adversary_priv.h"

int adv_baser_of(const struct adversary *a, uint32_t its, uint8_t type)
{
	for (int n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (a->config.its[its].baser[n].type == type)
			return n;
	return -1;
}

uint64_t adv_table_entry(const struct adversary *a, uint32_t its, uint8_t type)
{
	int n = adv_baser_of(a, its, type);

	return n < 0 ? 8 : a->config.its[its].baser[n].entry;
}

uint64_t adv_page_bytes(uint64_t baser)
{
	uint64_t code = sim_field(baser, 9, 8);

	return (uint64_t)4096 << (2 * (code > 2 ? 2 : code));
}

uint64_t adv_rdbase(const struct adversary *a, uint32_t pe)
{
	return a->config.machine.pta
		       ? a->config.machine.rd + pe * trace_rd_stride(&a->config.machine)
		       : (uint64_t)pe << 16;
}

/* One at least always is: the CPU that all this runs on. */
uint32_t adv_awake(const struct adversary *a)
{
	const struct trace_machine *now = &world_config(a->world)->machine;
	uint32_t pe = 0;

	while (pe + 1 < now->pes && now->asleep[pe])
		pe++;
	return pe;
}

uint32_t adv_awake_count(const struct adversary *a)
{
	const struct trace_machine *now = &world_config(a->world)->machine;
	uint32_t count = 0;

	for (uint32_t pe = 0; pe < now->pes; pe++)
		count += !now->asleep[pe];
	return count;
}

/* As far as the guard knows: hardware may have turned them off since it looked. */
static bool has_lpis_on(const struct adversary *a, uint32_t pe)
{
	const struct itsg_redists *redists = world_rd_guard(a->world);

	return redists && itsg_redists_phase(redists, pe) != ITSG_REDIST_OFF;
}

/* SYNCs of the guard go where LPIs are on, if anywhere: elsewhere hardware may call them an error.
 */
uint32_t adv_carriers(const struct adversary *a)
{
	const struct trace_machine *now = &world_config(a->world)->machine;
	uint32_t count = 0;

	for (uint32_t pe = 0; pe < now->pes; pe++)
		count += !now->asleep[pe] && has_lpis_on(a, pe);
	return count ? count : adv_awake_count(a);
}

static void count_pending(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			  enum itsg_kind kind)
{
	(void)run;
	(void)kind;
	*(uint32_t *)ctx += use == ITSG_CLAIM_PENDING;
}

/* What hardware may use that is unmapped, and what goes back without being told so. */
bool adv_unmapping(const struct adversary *a)
{
	uint32_t pending = 0;

	for (uint32_t i = 0; i < a->config.its_count; i++) {
		struct itsg_stats stats;

		itsg_get_stats(a->guards[i], &stats);
		pending += stats.unmaps;
		itsg_visit_claims(a->guards[i], count_pending, &pending);
	}
	return pending > 0;
}

/* The platform puts one to sleep only while no unmap is on its way (itsguard.h, asleep). */
bool adv_may_sleep(const struct adversary *a, uint32_t pe)
{
	/* Where a SYNC fails for good somebody else must be there. */
	return !adv_unmapping(a) && !a->injected &&
	       (adv_awake_count(a) > 1 || world_config(a->world)->machine.asleep[pe]);
}

bool adv_enabled(const struct adversary *a, uint32_t its)
{
	return sim_its_reg_read(world_its(a->world, its), SIM_GITS_CTLR, 4) & SIM_CTLR_ENABLED;
}

bool adv_forgets(const struct adversary *a)
{
	return world_forgets(a->world);
}
