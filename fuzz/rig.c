/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rig.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/names.h"
#include "quick.h"
#include "state.h"

#define FULL_EVERY 256u /* quick checks */

/* ---- the machine ---- */

static uint64_t typer_of(const uint8_t h[RIG_HEADER])
{
	static const uint8_t devbits[] = {5, 8, 10, 3, 2, 1, 12, 16};
	static const uint8_t idbits[] = {8, 5, 4, 2, 1, 10, 16, 32};
	static const uint8_t entry[] = {8, 8, 16, 12, 4, 1, 8, 7};
	uint64_t typer = 1;

	typer |= (uint64_t)(FUZZ_PICK(entry, h[6] >> 5) - 1) << 4;
	typer |= (uint64_t)(FUZZ_PICK(idbits, h[5] >> 5) - 1) << 8;
	typer |= (uint64_t)(FUZZ_PICK(devbits, h[5] >> 2) - 1) << 13;
	if (h[0] & 0x20)
		typer |= (uint64_t)1 << 46; /* INV */
	if (h[7] & 0x10)
		typer |= (uint64_t)4 << 24; /* HCC */
	if (h[7] & 0x20)
		typer |= 2; /* Virtual */
	return typer;
}

static void choose_tables(struct trace_its *its, const uint8_t h[RIG_HEADER])
{
	static const uint8_t entry[] = {32, 8, 16, 12};
	uint8_t code = (h[1] >> 3 & 3) % 3;

	its->used = true;
	its->typer = typer_of(h);
	memset(its->baser, 0, sizeof(its->baser));
	for (unsigned n = 0; n < 2; n++) {
		its->baser[n].type = n == 0 ? SIM_TABLE_DEVICES : SIM_TABLE_COLLS;
		its->baser[n].entry = FUZZ_PICK(entry, h[6] & 3);
		its->baser[n].page = (enum trace_page_size)code;
		its->baser[n].indirect = h[1] & 4;
	}
}

static void choose_capacities(struct trace_machine *machine, const uint8_t h[RIG_HEADER])
{
	static const uint32_t pages[] = {16, 64, 12, 8, 32, 6, 16, 128};
	static const uint32_t devices[] = {8, 16, 3, 2};
	static const uint32_t journal[] = {16, 8, 3, 2};
	static const uint32_t depth[] = {32, 0, 3, 2, 8, 16, 4, 120};
	static const uint32_t budget[] = {64, 64, 8, 1, 2, 3, 5, 16};

	machine->pages = FUZZ_PICK(pages, h[4]);
	machine->devices = FUZZ_PICK(devices, h[3] >> 3);
	machine->journal = FUZZ_PICK(journal, h[3] >> 5);
	machine->depth = FUZZ_PICK(depth, h[2]);
	machine->budget = FUZZ_PICK(budget, h[3]);
	machine->kept = h[2] >> 3 & 3;
	machine->l1_pool = !(h[1] & 4) ? 0 : (h[7] & 0x80) && (h[1] & 0x18) ? 0x20000 : 0x2000;
}

/* Made once: it takes longer than a whole input. */
static const struct world_config *defaults(void)
{
	static struct world_config config;

	if (config.its_count == 0)
		world_config_default(&config);
	return &config;
}

void rig_config(struct world_config *config, const uint8_t h[RIG_HEADER])
{
	static const uint32_t page[] = {4096, 4096, 16384, 65536};
	static const uint32_t itt_entry[] = {0, 0, 16, 4};
	struct trace_machine *machine = &config->machine;
	uint64_t pta = h[0] & 0x10 ? 1 : 0;

	*config = *defaults();
	config->queue_bytes = RIG_QUEUE_BYTES;
	config->cache = h[0] & 4;
	config->stall = h[0] & 8;
	config->rewrite_host = h[0] & 0x40;
	config->trust = (h[0] & 0x80) && (h[0] & 1);
	machine->donate_itt = h[0] & 1;
	machine->forgets = !(h[0] & 2);
	machine->pta = pta;
	machine->page = FUZZ_PICK(page, h[1] & 3);
	machine->ram[0].pa = RIG_RAM;
	machine->ram[0].bytes = RIG_RAM_LEN;
	machine->pes = 1 + (h[7] & 3);
	if (h[7] & 4)
		machine->reserved[machine->reserved_count++] = 3;
	if (h[7] & 8)
		machine->event_bits = 3;
	machine->itt_entry = FUZZ_PICK(itt_entry, h[6] >> 2 & 3);
	machine->pa_bits = h[6] & 0x10 ? 52 : 48; /* small pages of tables reach 48 (F1) */
	choose_capacities(machine, h);
	config->its_count = h[7] & 0x40 ? 2 : 1;
	for (uint32_t i = 0; i < config->its_count; i++)
		choose_tables(&config->its[i], h);
}

/* ---- what the world tells ---- */

/* An ITT may be long enough to lie there too. */
static void note_leak(struct rig *rig, uint64_t pa)
{
	rig->leaked |= pa >= RIG_HONEST && pa < RIG_HONEST + RIG_AREA;
}

static void on_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct rig *rig = ctx;

	fuzz_mix((uint64_t)event->kind << 32 | (uint64_t)event->reason << 8 | its);
	switch (event->kind) {
	case ITSG_EVENT_REFUSED_ACCESS:
		rig->accesses++;
		rig->access = event->reason;
		break;
	case ITSG_EVENT_REFUSED_COMMAND:
		if (rig->living)
			fuzz_found("an honest host's command was refused: %s",
				   itsg_reason_name(event->reason));
		rig->refused++;
		rig->command = event->reason;
		break;
	case ITSG_EVENT_BROKEN:
		fuzz_found("ITS %" PRIu32 " is called broken", its);
	case ITSG_EVENT_LEAKED:
		note_leak(rig, event->value * rig->config.machine.page);
		break;
	case ITSG_EVENT_STALLED:
	case ITSG_EVENT_STALLED_OWN:
	default:
		break;
	}
}

static void on_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	(void)ctx;
	fuzz_found("an ITS %s 0x%" PRIx64 "+0x%" PRIx64 " (%s)", write ? "wrote" : "read", pa, len,
		   what);
}

static void on_misuse(void *ctx, uint32_t its, const char *text)
{
	(void)ctx;
	fuzz_found("ITS %" PRIu32 ": %s", its, text);
}

static void on_callback(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	struct rig *rig = ctx;

	quick_settle_store(rig->quick);
	if (callback == TRACE_CB_STORE)
		quick_store(rig->quick, pa, bytes);
}

/* ---- faults on purpose ---- */

static void plant_claim(struct rig *rig, uint64_t pa, bool share)
{
	const struct itsg_run run = {pa, 256};

	if (share)
		sim_mem_share(world_mem(rig->world), pa);
	else
		itsg_pages_take(world_tracker(rig->world), &run, ITSG_SHARED);
}

static void plant_reread(struct rig *rig)
{
	uint8_t bytes[32];

	for (int i = 0; i < 2; i++)
		world_ops()->fetch(world_ops_ctx(rig->world, 0), RIG_QUEUE, bytes, sizeof(bytes));
}

static void write_deaf(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	if (offset != SIM_GITS_CWRITER || value == 0)
		world_ops()->reg_write(ctx, offset, width, value);
}

static void plant(struct rig *rig)
{
	uint8_t bytes[8];

	rig->planted = true;
	switch (fuzz_plant) {
	case FUZZ_PLANT_release:
		world_ops()->unshare(world_ops_ctx(rig->world, 0),
				     RIG_QUEUE / rig->config.machine.page, 1);
		world_ops()->reclaim(world_ops_ctx(rig->world, 0),
				     RIG_DEVICES / rig->config.machine.page, 1);
		return;
	case FUZZ_PLANT_leak:
		plant_claim(rig, RIG_ITTS + 0x70000, true);
		return;
	case FUZZ_PLANT_claim:
		plant_claim(rig, RIG_QUEUE + 0x1000, false);
		return;
	case FUZZ_PLANT_reread:
		plant_reread(rig);
		return;
	case FUZZ_PLANT_error:
		sim_its_inject_error(world_its(rig->world, 0), 1, 0);
		return;
	case FUZZ_PLANT_deaf:
		world_guard(rig->world, 0)->platform.ops.reg_write = write_deaf;
		return;
	case FUZZ_PLANT_touch:
		sim_mem_dma(world_mem(rig->world), RIG_RAM + 0x200000, 8, false, bytes, "planted");
		return;
	default:
		return;
	}
}

/* ---- life ---- */

static void reset_world(struct rig *rig)
{
	char why[128] = "";

	if (!rig->world) {
		rig->world = world_create(&rig->config, why, sizeof(why));
		rig->oracle = oracle_new();
		rig->quick = quick_new();
	} else if (!world_reset(rig->world, &rig->config, why, sizeof(why))) {
		fuzz_found("the world cannot be built: %s", why);
	}
	if (!rig->world || !rig->oracle || !rig->quick)
		fuzz_found("the world cannot be built: %s", why);
}

void rig_begin(struct rig *rig, const struct world_config *config, enum rig_depth depth)
{
	rig->config = *config;
	reset_world(rig);
	rig->depth = depth;
	rig->planted = rig->honest = rig->living = rig->leaked = false;
	rig->since = 0;
	rig->refused = 0;
	memset(rig->tail, 0, sizeof(rig->tail));
	memset(rig->errors, 0, sizeof(rig->errors));
	memset(rig->regs, 0, sizeof(rig->regs));
	for (uint32_t i = 0; i < config->its_count; i++) {
		rig->guards[i] = world_guard(rig->world, i);
		rig->area[i] = i * RIG_AREA;
		for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
			rig->regs[i].baser[n] = sim_its_reg_read(world_its(rig->world, i),
								 SIM_GITS_BASER + 8 * n, 8);
	}
	world_on_event(rig->world, on_event, rig);
	world_on_violation(rig->world, on_violation, rig);
	world_on_misuse(rig->world, on_misuse, rig);
	quick_begin(rig->quick, rig->world);
	rig->seen = world_changes(rig->world) - 1;
}

/* ---- the host ---- */

static void expect_answer(const struct rig *rig, enum itsg_reason reason)
{
	uint64_t expected = reason == ITSG_OK ? 0 : 1;

	if (rig->accesses != expected || (expected && rig->access != reason))
		fuzz_found("the answer was %s, the log says otherwise", itsg_reason_name(reason));
	if (rig->honest && (reason != ITSG_OK || fuzz_planted(FUZZ_PLANT_refuse)))
		fuzz_found("an honest host was refused: %s", itsg_reason_name(reason));
}

/* The two reasons that go before all others (docs/TRACES.md). */
static void check_shape(uint32_t offset, uint32_t width, enum itsg_reason reason)
{
	enum itsg_reason expected = host_regs_shape(offset, width);
	bool said = reason == ITSG_BAD_WIDTH || reason == ITSG_BAD_ALIGNMENT;

	if (expected != ITSG_OK ? reason != expected : said && host_regs_is_wide(offset & ~7u))
		fuzz_found("%" PRIu32 " bytes at 0x%" PRIx32 ": answered %s, expected %s", width,
			   offset, itsg_reason_name(reason), itsg_reason_name(expected));
}

enum itsg_reason rig_write(struct rig *rig, uint32_t its, uint32_t offset, uint32_t width,
			   uint64_t value)
{
	bool wait = host_regs_must_wait(&rig->regs[its], &rig->config, its, offset);
	enum itsg_reason reason;

	if (width < 8)
		value &= 0xffffffff;
	rig->accesses = 0;
	reason = world_write(rig->world, its, offset, width, value);
	if (fuzz_planted(FUZZ_PLANT_answer))
		reason = ITSG_BAD_CONFIG;
	expect_answer(rig, reason);
	check_shape(offset, width, reason);
	if (wait && reason == ITSG_OK)
		fuzz_found("register 0x%" PRIx32 " was written while the ITS was enabled", offset);
	if (reason == ITSG_OK && host_regs_beyond(&rig->regs[its], offset, value))
		fuzz_found("CWRITER may be 0x%" PRIx64, value);
	if (reason == ITSG_OK)
		host_regs_wrote(&rig->regs[its], offset, width, value);
	if ((offset & ~7u) != SIM_GITS_CWRITER)
		rig->registers = true;
	return reason;
}

uint64_t rig_read(struct rig *rig, uint32_t its, uint32_t offset, uint32_t width,
		  enum itsg_reason *reason)
{
	uint64_t value = 0;

	rig->accesses = 0;
	*reason = world_read(rig->world, its, offset, width, &value);
	expect_answer(rig, *reason);
	check_shape(offset, width, *reason);
	fuzz_mix(value);
	return value;
}

void rig_put(struct rig *rig, uint32_t its, const uint64_t dw[4])
{
	uint64_t pa = RIG_QUEUE + rig->area[its] + rig->tail[its];
	uint8_t raw[SIM_COMMAND_BYTES];

	for (unsigned i = 0; i < SIM_COMMAND_BYTES; i++)
		raw[i] = (uint8_t)(dw[i / 8] >> (8 * (i % 8)));
	world_poke(rig->world, pa, raw, sizeof(raw));
	rig->tail[its] = (rig->tail[its] + SIM_COMMAND_BYTES) % RIG_QUEUE_BYTES;
}

enum itsg_reason rig_ring(struct rig *rig, uint32_t its)
{
	return rig_write(rig, its, SIM_GITS_CWRITER, 4, rig->tail[its]);
}

int rig_give(struct rig *rig, uint64_t pa)
{
	return pa >= RIG_HONEST && pa < RIG_HONEST + RIG_AREA ? -1 : world_give(rig->world, pa, 1);
}

void rig_poke64(struct rig *rig, uint64_t pa, uint64_t value)
{
	uint8_t raw[8];

	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> (8 * i));
	world_poke(rig->world, pa, raw, sizeof(raw));
}

void rig_settle(struct rig *rig)
{
	if (!world_settle(rig->world))
		fuzz_found("the world never gets quiet");
}

void rig_arm_one(struct rig *rig, uint32_t its, bool two_level)
{
	uint64_t area = rig->area[its];
	uint64_t code = (uint64_t)rig->config.its[its].baser[0].page << 8;
	uint64_t valid = SIM_VALID | code;

	rig_write(rig, its, SIM_GITS_CBASER, 8, SIM_VALID | (RIG_QUEUE + area));
	rig_write(rig, its, SIM_GITS_BASER, 8,
		  valid | (RIG_DEVICES + area) | (two_level ? SIM_BASER_INDIRECT : 0));
	rig_write(rig, its, SIM_GITS_BASER + 8, 8, valid | (RIG_COLLECTIONS + area));
	fuzz_mix(rig_write(rig, its, SIM_GITS_CTLR, 4, 1));
}

void rig_arm(struct rig *rig, bool two_level)
{
	for (uint32_t i = 0; i < rig->config.its_count; i++)
		rig_arm_one(rig, i, two_level);
	if (rig->depth == RIG_QUICK) {
		quick_adopt(rig->quick);
		world_on_callback(rig->world, on_callback, rig);
	} else {
		rig_check_all(rig);
	}
	rig->registers = false;
}

/* ---- checks ---- */

void rig_check_all(struct rig *rig)
{
	char text[200] = "";
	enum itsg_invariant invariant =
		itsg_check(world_tracker(rig->world), rig->guards, rig->config.its_count, NULL);
	enum oracle_clause clause;

	if (invariant != ITSG_INVARIANTS_HOLD)
		fuzz_found("itsg_check() says %d", (int)invariant);
	clause = oracle_check(rig->oracle, rig->world, text, sizeof(text));
	if (clause != ORACLE_HOLDS)
		fuzz_found("%s: %s", oracle_clause_name(clause), text);
	quick_adopt(rig->quick);
	rig->seen = world_changes(rig->world);
	rig->registers = false;
	rig->since = 0;
}

/*
 * What the guard should have kept from hardware. Where tables come and go, hardware that does not
 * forget makes of them what it likes.
 */
static void check_errors(struct rig *rig)
{
	for (uint32_t i = 0; i < rig->config.its_count; i++) {
		const struct sim_its_stats *stats = sim_its_stats(world_its(rig->world, i));

		if (stats->errors == rig->errors[i])
			continue;
		rig->errors[i] = stats->errors;
		if (rig->depth == RIG_QUICK && !sim_its_error_is_hosts(stats->last_error))
			fuzz_found("hardware met error 0x%" PRIx32, stats->last_error);
	}
}

void rig_step(struct rig *rig)
{
	fuzz_ops++;
	if (fuzz_planted(FUZZ_PLANT_moved))
		world_guard(rig->world, 0)->host.cwriter = rig->regs[0].cwriter ^ SIM_COMMAND_BYTES;
	if (!rig->planted && fuzz_plant > FUZZ_PLANT_hang)
		plant(rig);
	else if (world_changes(rig->world) == rig->seen)
		return;
	check_errors(rig);
	if (rig->depth == RIG_FULL || ++rig->since == FULL_EVERY)
		rig_check_all(rig);
	else
		quick_check(rig->quick, rig->registers);
	rig->registers = false;
	rig->seen = world_changes(rig->world);
}
