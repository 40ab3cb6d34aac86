/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* How each input ends: everything is given up, and then an honest host comes. */
#include <inttypes.h>

#include "rig.h"

static void clear_fails(struct rig *rig)
{
	for (unsigned i = 0; i < TRACE_CBS; i++)
		world_fail(rig->world, (enum trace_callback)i, 0);
}

static void shut_down(struct rig *rig)
{
	for (uint32_t i = 0; i < rig->config.its_count; i++)
		rig_write(rig, i, SIM_GITS_CTLR, 4, 0);
	rig_settle(rig);
	for (uint32_t i = 0; i < rig->config.its_count; i++) {
		rig_write(rig, i, SIM_GITS_CBASER, 8, 0);
		for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
			rig_write(rig, i, SIM_GITS_BASER + 8 * n, 8, 0);
	}
	rig_settle(rig);
}

/* What a callback refused to take back is not held, but leaked. */
static void must_hold_nothing(struct rig *rig)
{
	char text[200] = "";

	rig_check_all(rig);
	if (world_forgets(rig->world) &&
	    oracle_quiet_end(rig->world, text, sizeof(text)) != ORACLE_HOLDS)
		fuzz_found("%s", text);
}

/* Queue, two tables and an ITT; the tracker may refuse beyond two thirds of its slots. */
static bool has_room(const struct rig *rig)
{
	uint32_t its_page = 4096u << (2 * rig->config.its[0].baser[0].page);
	uint32_t per_table = (its_page + rig->config.machine.page - 1) / rig->config.machine.page;
	uint32_t capacity = rig->config.machine.pages;
	struct itsg_pages_stats stats;

	itsg_pages_get_stats(world_tracker(rig->world), &stats);
	return stats.pages + 2 + 2 * per_table <= (capacity > 16 ? capacity * 2 / 3 : capacity);
}

static void send(struct rig *rig, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	const uint64_t dw[4] = {dw0, dw1, dw2, 0};

	rig_put(rig, 0, dw);
	rig_ring(rig, 0);
	rig_step(rig);
}

static void must_be_served(struct rig *rig)
{
	enum itsg_reason reason;

	rig_settle(rig);
	rig_step(rig);
	if (rig_read(rig, 0, SIM_GITS_CREADR, 8, &reason) != rig->tail[0])
		fuzz_found("an honest host is not served: CREADR is not where CWRITER is");
}

/* Device 0 gets its first interrupt. */
static void honest_life(struct rig *rig)
{
	const struct trace_machine *machine = &rig->config.machine;
	uint64_t rd = machine->pta ? machine->rd : 0, itt = RIG_HONEST + RIG_ITTS - RIG_RAM;
	uint64_t before;

	rig->living = true;
	rig->area[0] = RIG_HONEST - RIG_RAM;
	rig->tail[0] = 0;
	rig_write(rig, 0, SIM_GITS_CWRITER, 8, 0);
	rig_arm_one(rig, 0, false);
	rig_step(rig);
	before = sim_its_stats(world_its(rig->world, 0))->delivered;
	send(rig, SIM_MAPC, 0, SIM_VALID | rd);
	send(rig, SIM_SYNC, 0, rd);
	send(rig, SIM_MAPD, 0, SIM_VALID | itt);
	send(rig, SIM_MAPTI, (uint64_t)SIM_FIRST_LPI << 32, 0);
	send(rig, SIM_INT, 0, 0);
	must_be_served(rig);
	if (sim_its_stats(world_its(rig->world, 0))->delivered != before + 1)
		fuzz_found("an honest host's interrupt was lost");
	send(rig, SIM_DISCARD, 0, 0);
	send(rig, SIM_MAPD, 0, 0);
	must_be_served(rig);
	if (sim_mem_state(world_mem(rig->world), itt) != SIM_HOST)
		fuzz_found("an honest host does not get its ITT back: 0x%" PRIx64, itt);
	shut_down(rig);
}

void rig_end(struct rig *rig)
{
	rig_check_all(rig);
	clear_fails(rig);
	rig->honest = true;
	shut_down(rig);
	must_hold_nothing(rig);
	if (world_forgets(rig->world) && has_room(rig) && !rig->leaked) {
		honest_life(rig);
		must_hold_nothing(rig);
	}
	fuzz_mix(world_callbacks(rig->world));
	fuzz_mix(rig->refused);
}
