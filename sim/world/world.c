/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "world_priv.h"

#include "arch.h"

#define SETTLE_TURNS (1u << 20) /* more than any queue needs at a budget of 1 */

/* ---- looking at it ---- */

const struct world_config *world_config(const struct world *world)
{
	return &world->config;
}

bool world_forgets(const struct world *world)
{
	return world->config.machine.forgets || sim_field(world->config.its[0].typer, 46, 46);
}

struct sim_mem *world_mem(struct world *world)
{
	return world->mem;
}

struct sim_its *world_its(struct world *world, uint32_t its)
{
	return its < world->config.its_count ? world->its[its] : NULL;
}

struct itsg_its *world_guard(struct world *world, uint32_t its)
{
	return its < world->config.its_count ? world->guard[its] : NULL;
}

struct itsg_pages *world_tracker(struct world *world)
{
	return world->tracker;
}

struct itsg_range world_private(const struct world *world, uint32_t its)
{
	struct itsg_range none = {0, 0};

	return its < world->config.its_count ? world->private[its] : none;
}

void world_on_event(struct world *world, world_event_fn *fn, void *ctx)
{
	world->event = fn;
	world->event_ctx = ctx;
}

void world_on_violation(struct world *world, sim_mem_violation_fn *fn, void *ctx)
{
	world->violation = fn;
	world->violation_ctx = ctx;
}

void world_on_misuse(struct world *world, world_misuse_fn *fn, void *ctx)
{
	world->misuse = fn;
	world->misuse_ctx = ctx;
}

void world_on_callback(struct world *world, world_hook_fn *fn, void *ctx)
{
	world->hook = fn;
	world->hook_ctx = ctx;
}

void world_on_called(struct world *world, world_call_fn *fn, void *ctx)
{
	world->called = fn;
	world->called_ctx = ctx;
}

void world_on_act(struct world *world, world_act_fn *fn, void *ctx)
{
	world->act = fn;
	world->act_ctx = ctx;
}

uint64_t world_violations(const struct world *world)
{
	return world->violations;
}

uint64_t world_misuses(const struct world *world)
{
	return world->misuses;
}

uint64_t world_callbacks(const struct world *world)
{
	return world->calls;
}

uint64_t world_injected(const struct world *world)
{
	return world->injected;
}

uint64_t world_partial(const struct world *world)
{
	return world->partial;
}

uint64_t world_injected_of(const struct world *world, enum trace_callback callback)
{
	return world->injected_of[callback];
}

uint64_t world_double_fetches(const struct world *world)
{
	return world->double_fetches;
}

uint64_t world_changes(const struct world *world)
{
	return world->changes;
}

bool world_slots_failed(const struct world *world, uint32_t its)
{
	return world->slots_failed[its];
}

uint64_t world_mapds(const struct world *world, uint32_t its)
{
	return world->mapds[its];
}

uint64_t world_pages_peak(const struct world *world)
{
	return world->held_peak;
}

/* Pages that stay ours only because the platform refused them back carry no claim. */
static uint64_t pages_leaked(const struct world *world)
{
	struct itsg_pages_stats stats;
	struct itsg_page_info info;
	uint64_t leaked = 0;
	uint32_t slot = 0;

	itsg_pages_get_stats(world->tracker, &stats);
	if (stats.marked == 0)
		return 0;
	while (itsg_pages_next(world->tracker, &slot, &info))
		if (info.granules == 0)
			leaked++;
	return leaked;
}

uint64_t world_pages_held(struct world *world)
{
	struct itsg_pages_stats stats;

	if (!world->tracker)
		return 0;
	itsg_pages_get_stats(world->tracker, &stats);
	return stats.pages - pages_leaked(world);
}

/* ---- acting in it ---- */

void world_set_mode(struct world *world, bool stall, bool cache, bool trust)
{
	struct sim_its_mode mode = {.stall = stall, .cache = cache, .trust = trust};

	world->config.stall = stall;
	world->config.cache = cache;
	world->config.trust = trust;
	for (uint32_t i = 0; i < world->config.its_count; i++)
		if (world->its[i])
			sim_its_set_mode(world->its[i], mode);
}

static void access_over(struct world *world, uint32_t its)
{
	world_call_over(world, its);
	world_decision_over(world);
}

enum itsg_reason world_write(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			     uint64_t value)
{
	enum itsg_reason reason = ITSG_OK;

	if (its >= world->config.its_count)
		return ITSG_OK;
	world->changes++;
	if (world->guard[its])
		reason = itsg_write(world->guard[its], offset, width, value);
	else
		sim_its_reg_write(world->its[its], offset, width, value);
	access_over(world, its);
	return reason;
}

enum itsg_reason world_read(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			    uint64_t *value)
{
	enum itsg_reason reason = ITSG_OK;

	*value = 0;
	if (its >= world->config.its_count)
		return ITSG_OK;
	world->changes++;
	if (world->guard[its])
		reason = itsg_read(world->guard[its], offset, width, value);
	else
		*value = sim_its_reg_read(world->its[its], offset, width);
	access_over(world, its);
	return reason;
}

int world_poke(struct world *world, uint64_t pa, const uint8_t *bytes, size_t len)
{
	return sim_mem_host_write(world->mem, pa, bytes, len);
}

int world_give(struct world *world, uint64_t pa, uint64_t len)
{
	return sim_mem_guest_take(world->mem, pa, len, 1);
}

static uint64_t creadr(struct world *world, uint32_t its)
{
	return sim_its_reg_read(world->its[its], SIM_GITS_CREADR, 8);
}

uint64_t world_run(struct world *world, uint32_t its, uint64_t commands)
{
	struct world_act ran = {.kind = WORLD_RAN, .its = its};
	uint64_t from;

	if (its >= world->config.its_count)
		return 0;
	from = creadr(world, its);
	world_acted(world, &(struct world_act){.kind = WORLD_RUNS, .its = its});
	ran.count = sim_its_run(world->its[its], commands);
	world->changes++;
	ran.offset = (uint32_t)from;
	ran.value = creadr(world, its);
	if (ran.count > 0 || ran.value != from)
		world_acted(world, &ran);
	return ran.count;
}

/* One poll of each guard; true if any did something. */
static bool poll_once(struct world *world)
{
	bool did = false;

	for (uint32_t i = 0; i < world->config.its_count; i++) {
		if (world->guard[i] && itsg_poll(world->guard[i]))
			did = true;
		world_call_over(world, i);
	}
	world_decision_over(world);
	if (did)
		world->changes++;
	return did;
}

bool world_poll(struct world *world)
{
	for (uint32_t turn = 0; turn < SETTLE_TURNS; turn++) {
		bool let_go = world_rd_poll(world);

		world->changes += let_go;
		if (!poll_once(world) && !let_go)
			return true;
	}
	return false;
}

/* Every ITS that has something to do does it all. */
static bool run_once(struct world *world)
{
	bool did = false;

	for (uint32_t i = 0; i < world->config.its_count; i++) {
		if (!sim_its_has_work(world->its[i]))
			continue;
		did = true;
		world_run(world, i, UINT64_MAX);
	}
	return did;
}

bool world_settle(struct world *world)
{
	for (uint32_t turn = 0; turn < SETTLE_TURNS; turn++) {
		bool ran = run_once(world);

		if (!poll_once(world) && !ran)
			return true;
	}
	return false;
}

void world_fail(struct world *world, enum trace_callback callback, uint64_t n)
{
	world_fail_run(world, callback, n, 1);
}

void world_fail_run(struct world *world, enum trace_callback callback, uint64_t n, uint64_t times)
{
	if ((unsigned)callback < TRACE_CBS)
		world->failing[callback] = (struct world_failing){times ? n : 0, times};
}

bool world_failing(const struct world *world, enum trace_callback callback)
{
	return (unsigned)callback < TRACE_CBS && world->failing[callback].in > 0;
}

void world_inside(struct world *world, enum trace_inside where, uint64_t n, world_inside_fn *fn,
		  void *ctx, const void *what)
{
	world->waiting[world->oldest++ % WORLD_INSIDES] =
		(struct world_waiting){where, n, fn, ctx, what};
}

bool world_inside_none(struct world *world)
{
	bool any = false;

	for (uint32_t i = 0; i < WORLD_INSIDES; i++) {
		any |= world->waiting[i].n > 0;
		world->waiting[i].n = 0;
	}
	return any;
}

void world_unplug(struct world *world, uint32_t its, bool unplugged)
{
	const uint32_t bit = (uint32_t)1 << its;

	world->unplugged = unplugged ? world->unplugged | bit : world->unplugged & ~bit;
}

void world_sleep(struct world *world, uint32_t pe, bool asleep)
{
	if (pe >= world->config.machine.pes)
		return;
	world->changes++;
	world->config.machine.asleep[pe] = asleep;
	for (uint32_t i = 0; i < world->config.its_count; i++)
		sim_its_sleep(world->its[i], pe, asleep);
}

void world_rd_power(struct world *world, const struct trace_rd_power *power)
{
	if (!world_redists(world))
		return;
	if (power->on)
		sim_redists_power_on(world->rds, power->rd, power->props, power->enable);
	else
		sim_redists_power_off(world->rds, power->rd);
	world_sleep(world, power->rd, !power->on);
}

/* What firmware saved, as far as it restores it. */
static struct sim_its_saved restored(const struct sim_its_saved *saved,
				     const struct trace_power *power)
{
	struct sim_its_saved some = {.ctlr = power->enabled ? SIM_CTLR_ENABLED : 0};

	if (power->cbaser) {
		some.cbaser = saved->cbaser;
		some.cwriter = power->unknown ? power->cwriter : saved->cwriter;
	}
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (power->basers >> n & 1)
			some.baser[n] = saved->baser[n];
	return some;
}

void world_power(struct world *world, uint32_t its, const struct trace_power *power)
{
	struct sim_its_saved saved, some;

	if (its >= world->config.its_count)
		return;
	saved = sim_its_firmware_save(world->its[its]);
	some = restored(&saved, power);
	world->changes++;
	sim_its_power_cycle(world->its[its]);
	sim_its_firmware_restore(world->its[its], &some);
	world->resumed[its] = power->enabled;
	if (power->told && world->guard[its])
		itsg_power_lost(world->guard[its]);
	world_call_over(world, its);
	world_decision_over(world);
}

bool world_gone(struct world *world, uint32_t its)
{
	if (its >= world->config.its_count || !world->guard[its])
		return true;
	for (uint32_t turn = 0; turn < SETTLE_TURNS; turn++) {
		bool gone = itsg_host_gone(world->guard[its]);

		world->changes++;
		access_over(world, its);
		if (gone)
			return true;
		world_run(world, its, 1);
	}
	return false;
}

void world_fail_at(struct world *world, uint64_t n)
{
	world->fail_at = n;
}
