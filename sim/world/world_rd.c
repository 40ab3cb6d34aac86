/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The redistributors of a world, and the guard in front of them: building both, the callbacks with
 * checks that no hypervisor would make, and what the host and others do there.
 */
#include "world_priv.h"

#include "arch.h"

#include <stdio.h>

#define CTLR        0x0000u
#define ENABLE_LPIS 0x1u
#define RWP         0x8u
#define GONE_TURNS  64u

#define WAKER       0x0014u
#define SETLPIR     0x0040u
#define CLRLPIR     0x0048u
#define PROPBASER   0x0070u
#define PENDBASER   0x0078u
#define INVLPIR     0x00a0u
#define VLPI_BASE   0x20000u

/* ---- looking at it ---- */

struct sim_redists *world_redists(struct world *world)
{
	return world->config.machine.rds ? world->rds : NULL;
}

struct itsg_redists *world_rd_guard(struct world *world)
{
	return world->rd_guard;
}

void world_on_rd_event(struct world *world, world_event_fn *fn, void *ctx)
{
	world->rd_event = fn;
	world->rd_event_ctx = ctx;
}

void world_on_rd_register(struct world *world, world_rd_register_fn *fn, void *ctx)
{
	world->rd_register = fn;
	world->rd_register_ctx = ctx;
}

bool world_rd_is_due(const struct world *world, uint32_t rd)
{
	return rd < world->config.machine.pes && world->rd[rd].due;
}

/* ---- the callbacks ---- */

/*
 * Each write that sets EnableLPIs makes the tables due, until it is known that they are not. Where
 * somebody before has set it already it sets nothing.
 */
static void note_write(struct world *world, uint32_t rd, uint32_t offset, uint64_t value)
{
	struct world_rd *books = &world->rd[rd];

	if (offset != CTLR || !sim_redists_powered(world->rds, rd) ||
	    sim_redists_foreign(world->rds, rd))
		return;
	if (value & ENABLE_LPIS)
		*books = (struct world_rd){.due = true};
	else
		books->cleared = books->due;
}

/* One look at both bits, after they were cleared; and what has no power says nothing. */
static void note_read(struct world *world, uint32_t rd, uint32_t offset, uint64_t value)
{
	struct world_rd *books = &world->rd[rd];

	if (offset != CTLR || !books->cleared || (value & RWP) ||
	    !sim_redists_powered(world->rds, rd))
		return;
	books->cleared = false;
	books->due = value & ENABLE_LPIS;
}

static bool is_there(struct world *world, uint32_t rd)
{
	if (rd < world->config.machine.pes)
		return true;
	world_misused(world, 0, "an access to a redistributor that does not exist");
	return false;
}

/* The bits that mean something, of what a guard may write. */
static uint64_t meant(uint32_t offset)
{
	switch (offset & ~(uint32_t)7) {
	case CTLR:
		return 0x07000001;
	case WAKER & ~7u:
		return 0x2;
	case SETLPIR:
	case CLRLPIR:
	case INVLPIR:
		return sim_bits(31, 0);
	case PROPBASER:
		return sim_bits(58, 56) | sim_bits(51, 7) | sim_bits(4, 0);
	case PENDBASER:
		return sim_bits(62, 62) | sim_bits(58, 56) | sim_bits(51, 16) | sim_bits(11, 7);
	default:
		return 0;
	}
}

/* E2, I5. While it begins a guard finds out whether a vPE is resident. */
static void check_access(struct world *world, uint32_t offset, uint32_t width, uint64_t value)
{
	char text[96];

	if (width == 4 && (offset & 4) && offset != WAKER)
		value <<= 32;
	if (world->rd_guard && offset >= VLPI_BASE)
		world_misused(world, 0, "an access to the frame for virtual LPIs");
	if (offset >= VLPI_BASE || !(value & ~meant(offset)))
		return;
	snprintf(text, sizeof(text), "reserved bits for a redistributor: offset 0x%x, 0x%llx",
		 (unsigned)offset, (unsigned long long)value);
	world_misused(world, 0, text);
}

/* Shareability 3 is reserved. A guard may find out whether it is kept, but not have it used. */
static void check_enable(struct world *world, uint32_t rd, uint32_t offset, uint64_t value)
{
	uint64_t prop = sim_redists_read(world->rds, rd, PROPBASER, 8);
	uint64_t pend = sim_redists_read(world->rds, rd, PENDBASER, 8);

	if (offset != CTLR || !(value & ENABLE_LPIS) || sim_redists_foreign(world->rds, rd))
		return;
	if ((sim_field(prop, 11, 10) == 3 && !world->config.machine.rd_prop) ||
	    sim_field(pend, 11, 10) == 3)
		world_misused(world, 0, "the reserved Shareability for a redistributor");
}

static void tell_register(struct world *world, uint32_t rd, uint32_t offset, bool write,
			  uint64_t value)
{
	if (world->rd_register)
		world->rd_register(world->rd_register_ctx, rd, offset, write, value);
}

static uint64_t on_reg_read(void *ctx, uint32_t rd, uint32_t offset, uint32_t width)
{
	struct world_link *link = ctx;
	uint64_t value;

	if (!is_there(link->world, rd))
		return 0;
	check_access(link->world, offset, width, 0);
	world_entered(link->world, TRACE_IN_READ);
	value = sim_redists_read(link->world->rds, rd, offset, width);
	note_read(link->world, rd, offset, value);
	tell_register(link->world, rd, offset, false, value);
	return value;
}

static void on_reg_write(void *ctx, uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	struct world_link *link = ctx;

	if (!is_there(link->world, rd))
		return;
	link->world->changes++;
	check_access(link->world, offset, width, value);
	check_enable(link->world, rd, offset, value);
	world_entered(link->world, TRACE_IN_WRITE);
	note_write(link->world, rd, offset, value);
	world_acted(link->world, &(struct world_act){.kind = WORLD_PROGRAMMED,
						     .of_redistributor = true,
						     .pe = rd,
						     .offset = offset,
						     .width = width,
						     .value = value});
	sim_redists_write(link->world->rds, rd, offset, width, value);
	tell_register(link->world, rd, offset, true, value);
}

static bool on_powered(void *ctx, uint32_t rd)
{
	struct world_link *link = ctx;

	return is_there(link->world, rd) && sim_redists_powered(link->world->rds, rd);
}

static void on_event(void *ctx, const struct itsg_event *event)
{
	struct world_link *link = ctx;

	if (link->world->rd_event)
		link->world->rd_event(link->world->rd_event_ctx, 0, event);
}

struct itsg_redists_ops world_redists_ops(void)
{
	const struct itsg_ops *ops = world_ops();

	return (struct itsg_redists_ops){
		.share = ops->share,
		.unshare = ops->unshare,
		.donate = ops->donate,
		.reclaim = ops->reclaim,
		.zero = ops->zero,
		.reg_read = on_reg_read,
		.reg_write = on_reg_write,
		.powered = on_powered,
		.event = on_event,
	};
}

void *world_redists_ops_ctx(struct world *world)
{
	return &world->rd_link;
}

/* ---- what hardware tells ---- */

/* The host itself may write a pending table that is only shared with the guard. */
static bool is_hosts_own(const struct world *world, enum sim_redist_event event)
{
	return event == SIM_REDIST_FIRST_KB && world->config.machine.share_pending;
}

static void on_hardware(void *ctx, uint32_t rd, enum sim_redist_event event, uint32_t offset,
			uint64_t value)
{
	static const char *const whats[SIM_REDIST_EVENTS] = {
		"UNPREDICTABLE: tables changed while LPIs are on or on their way off",
		"UNPREDICTABLE: EnableLPIs set with RWP=1",
		"UNPREDICTABLE: two PROPBASERs in one group",
		"UNPREDICTABLE: two kinds of attributes in PENDBASERs",
		"UNPREDICTABLE: one pending table of two",
		"UNPREDICTABLE: PTZ=1 over a pending table that is not zero",
		"UNPREDICTABLE: the first 1 KB of a pending table is not zero",
		"a register of GICv4 with a free address",
		"an invalidation of a virtual LPI",
		"SETLPIR or CLRLPIR with what is no LPI",
		"WAKER.Sleep, which is of all redistributors",
		"write to an implementation defined register",
		"access of a wrong width or alignment",
		"write to one without power",
	};
	struct world *world = ctx;
	char text[160];

	if (!world->config.guard || is_hosts_own(world, event))
		return;
	snprintf(text, sizeof(text), "redistributor %u: %s: offset 0x%x, 0x%llx", (unsigned)rd,
		 whats[event], (unsigned)offset, (unsigned long long)value);
	world_misused(world, 0, text);
}

void world_rd_lpi(void *ctx, enum sim_its_lpi what, uint32_t pe, uint32_t to, uint32_t intid)
{
	struct world_link *link = ctx;
	struct sim_redists *rds = link->world->rds;
	bool pending;

	world_acted(link->world, &(struct world_act){.kind = WORLD_LPI,
						     .its = link->its,
						     .lpi = what,
						     .pe = pe,
						     .to = to,
						     .value = intid});
	switch (what) {
	case SIM_ITS_LPI_SET:
		sim_redists_set_pending(rds, pe, intid);
		break;
	case SIM_ITS_LPI_CLEAR:
		sim_redists_clear_pending(rds, pe, intid);
		break;
	case SIM_ITS_LPI_INVALIDATE:
		sim_redists_invalidate(rds, pe, intid);
		break;
	case SIM_ITS_LPI_MOVE:
	default:
		pending = sim_redists_is_pending(rds, pe, intid);
		sim_redists_clear_pending(rds, pe, intid);
		if (pending)
			sim_redists_set_pending(rds, to, intid);
		break;
	}
}

/* Where LPIs are off nothing of an ITS is outstanding, whatever it still has in its caches. */
static void on_lpis(void *ctx, uint32_t rd, bool on)
{
	struct world *world = ctx;

	for (uint32_t i = 0; i < world->config.its_count; i++)
		sim_its_lpis(world->its[i], rd, on);
}

/* ---- building ---- */

static struct sim_redists_config hardware_config(struct world *world)
{
	const struct trace_machine *machine = &world->config.machine;
	struct sim_redists_config config = sim_redists_default_config();

	config.count = machine->pes;
	config.lpi_bits = machine->lpi_bits;
	config.pa_bits = machine->pa_bits;
	config.ces = machine->ces;
	config.ir = machine->ir;
	config.direct_lpi = machine->direct_lpi;
	config.vlpis = machine->vlpis;
	config.rvpeid = machine->rvpeid;
	config.dpgs = machine->dpgs;
	config.ds = machine->ds;
	config.common_lpi_aff = machine->common_lpi_aff;
	config.attr_mask = machine->rd_attr ? ~(uint64_t)0 : 0;
	config.prop_fixed = machine->rd_prop != 0;
	config.prop_value = machine->rd_prop;
	config.event = on_hardware;
	config.lpis = on_lpis;
	config.ctx = world;
	return config;
}

bool world_rd_build(struct world *world)
{
	const struct trace_machine *machine = &world->config.machine;
	struct sim_redists_config config = hardware_config(world);

	if (!world->rds)
		world->rds = sim_redists_new();
	if (!world->rds || sim_redists_reset(world->rds, world->mem, &config))
		return false;
	for (uint32_t rd = 0; rd < machine->pes; rd++)
		on_lpis(world, rd, false);
	for (uint32_t i = 0; i < machine->before_count; i++)
		sim_redists_before(world->rds, machine->before[i].rd, machine->before[i].prop,
				   machine->before[i].pend);
	return true;
}

void world_rd_config(const struct world *world, uint64_t *frames,
		     struct itsg_redists_config *config)
{
	const struct trace_machine *machine = &world->config.machine;

	for (uint32_t i = 0; i < machine->pes; i++)
		frames[i] = machine->rd + i * trace_rd_stride(machine);
	*config = (struct itsg_redists_config){
		.frames = frames,
		.count = machine->pes,
		.pa_bits = machine->pa_bits,
		.lpi_bits = machine->lpi_bits,
		.lpi_limit = machine->lpi_limit,
		.tables = machine->lpi_tables,
		.single_security_state = machine->ds,
		.share_pending = machine->share_pending,
		.zero_pending = machine->zero_pending,
	};
}

/* ---- acting in it ---- */

void world_rd_set_mode(struct world *world, struct sim_redists_mode mode)
{
	if (!world_redists(world))
		return;
	world->changes++;
	sim_redists_set_mode(world->rds, mode);
}

static bool has_none(struct world *world)
{
	world->changes++;
	return !world_redists(world);
}

enum itsg_reason world_rd_write(struct world *world, uint32_t rd, uint32_t offset, uint32_t width,
				uint64_t value)
{
	enum itsg_reason reason = ITSG_OK;

	if (has_none(world))
		return ITSG_OK;
	if (world->rd_guard)
		reason = itsg_redists_write(world->rd_guard, rd, offset, width, value);
	else
		sim_redists_write(world->rds, rd, offset, width, value);
	world_decision_over(world);
	return reason;
}

enum itsg_reason world_rd_read(struct world *world, uint32_t rd, uint32_t offset, uint32_t width,
			       uint64_t *value)
{
	enum itsg_reason reason = ITSG_OK;

	*value = 0;
	if (has_none(world))
		return ITSG_OK;
	if (world->rd_guard)
		reason = itsg_redists_read(world->rd_guard, rd, offset, width, value);
	else
		*value = sim_redists_read(world->rds, rd, offset, width);
	world_decision_over(world);
	return reason;
}

void world_rd_run(struct world *world)
{
	if (!has_none(world))
		sim_redists_run(world->rds);
}

bool world_rd_poll(struct world *world)
{
	return world->rd_guard && itsg_redists_poll(world->rd_guard);
}

void world_rd_lost(struct world *world, uint32_t rd)
{
	if (!has_none(world))
		sim_redists_lose_enable(world->rds, rd);
}

/* What somebody before has set is the guard's from now on. */
static void adopted(struct world *world)
{
	const struct trace_machine *machine = &world->config.machine;

	for (uint32_t i = 0; i < machine->before_count; i++) {
		uint32_t rd = machine->before[i].rd;

		if (sim_redists_foreign(world->rds, rd))
			world->rd[rd].due = true;
	}
	sim_redists_adopted(world->rds);
}

enum itsg_reason world_rd_adopt(struct world *world)
{
	enum itsg_reason reason;

	if (has_none(world) || !world->rd_guard)
		return ITSG_OK;
	reason = itsg_redists_adopt(world->rd_guard);
	if (reason == ITSG_OK)
		adopted(world);
	return reason;
}

bool world_rd_gone(struct world *world)
{
	bool gone = has_none(world) || !world->rd_guard;

	for (uint32_t turn = 0; !gone && turn < GONE_TURNS; turn++)
		gone = itsg_redists_host_gone(world->rd_guard);
	return gone;
}
