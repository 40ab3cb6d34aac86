/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "kit.h"
#include "arch.h"
#include "state.h"

#include <string.h>

#define BASE 0x40000000u
#define ITT  (BASE + KIT_FREE)

/* The last event of the guard. */
struct last {
	uint32_t its;
	enum itsg_event_kind kind;
	enum itsg_reason reason;
	unsigned count;
};

static void note(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct last *last = ctx;

	last->its = its;
	last->kind = event->kind;
	last->reason = event->reason;
	last->count++;
}

static enum sim_page_state state(struct world *world, uint64_t pa)
{
	return sim_mem_state(world_mem(world), pa);
}

static struct world *world_of(uint32_t itss)
{
	struct world_config config;

	kit_config(&config);
	config.its_count = itss;
	for (uint32_t i = 1; i < itss; i++)
		config.its[i] = config.its[0];
	return kit_world(&config);
}

/* Armed, with the one ITS that it has. */
static struct world *armed_world(struct kit *kit)
{
	struct world *world = kit_default_world();

	kit_arm(kit, world, 0, BASE);
	return world;
}

static void a_host_can_arm_map_and_unmap(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	assert_int_equal(state(world, BASE + KIT_QUEUE), SIM_SHARED);
	assert_int_equal(state(world, BASE + KIT_DEVICES), SIM_HYP);
	assert_int_equal(world_pages_held(world), 3);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(state(world, ITT), SIM_SHARED);
	assert_int_equal(world_pages_held(world), 4);
	assert_int_equal(world_mapds(world, 0), 1);
	kit_unmap(&kit, 1);
	assert_true(world_settle(world));
	assert_int_equal(state(world, ITT), SIM_HOST);
	assert_int_equal(world_pages_held(world), 3);
	assert_int_equal(world_pages_peak(world), 4);
	assert_int_equal(world_violations(world), 0);
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void itss_share_one_tracker_but_nothing_else(void **unused)
{
	struct world *world = world_of(3);
	struct kit kit[3];
	struct last last = {0};

	(void)unused;
	world_on_event(world, note, &last);
	for (uint32_t i = 0; i < 3; i++)
		kit_arm(&kit[i], world, i, BASE + i * 0x100000);
	/* Two ITTs of different ITSs in one page are two runs of one page (P26). */
	kit_map(&kit[0], 1, 4, ITT);
	kit_map(&kit[1], 1, 4, ITT + 0x100);
	assert_true(world_settle(world));
	assert_int_equal(last.count, 0);
	assert_int_equal(world_pages_held(world), 10);
	/* The same ITT twice is an overlap, and the event names the ITS that tried. */
	kit_map(&kit[2], 1, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(last.count, 1);
	assert_int_equal(last.its, 2);
	assert_int_equal(last.kind, ITSG_EVENT_REFUSED_COMMAND);
	assert_int_equal(last.reason, ITSG_ITT_OVERLAP);
	/* Each reads its own registers. */
	assert_true(itsg_device_mapped(world_guard(world, 0), 1));
	assert_false(itsg_device_mapped(world_guard(world, 2), 1));
	assert_null(world_guard(world, 3));
	world_destroy(world);
}

static void private_memory_lies_outside_ram_and_apart(void **unused)
{
	struct world_config config;
	struct world *world;
	struct itsg_range a, b;
	uint8_t byte = 1;

	(void)unused;
	kit_config(&config);
	config.its_count = 2;
	config.its[1] = config.its[0];
	world = kit_world(&config);
	a = world_private(world, 0);
	b = world_private(world, 1);
	assert_true(a.pa + a.bytes <= b.pa);
	assert_true(b.pa + b.bytes <= config.machine.ram[0].pa);
	assert_int_equal(state(world, a.pa), SIM_HYP);
	assert_int_not_equal(world_poke(world, a.pa, &byte, 1), 0);
	assert_int_not_equal(world_give(world, a.pa, 1), 0);
	world_destroy(world);
	/* RAM over the whole address space leaves no room. */
	config.machine.pa_bits = 32;
	config.machine.ram[0].pa = 0;
	config.machine.ram[0].bytes = (uint64_t)1 << 32;
	assert_null(world_create(&config, (char[64]){0}, 64));
}

static void the_nth_call_of_a_callback_fails_once(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);
	struct last last = {0};

	(void)unused;
	world_on_event(world, note, &last);
	world_fail(world, TRACE_CB_SHARE, 2);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(world_injected(world), 0);
	kit_map(&kit, 2, 4, ITT + 0x1000);
	assert_true(world_settle(world));
	assert_int_equal(world_injected(world), 1);
	assert_int_equal(last.reason, ITSG_SHARE_REFUSED);
	kit_map(&kit, 3, 4, ITT + 0x2000);
	assert_true(world_settle(world));
	assert_int_equal(last.count, 1);
	assert_int_equal(state(world, ITT + 0x1000), SIM_HOST);
	assert_int_equal(state(world, ITT + 0x2000), SIM_SHARED);
	world_destroy(world);
}

static int zero_page(struct world *world)
{
	return world_ops()->zero(world_ops_ctx(world, 0), BASE, 0x1000);
}

static void a_callback_fails_as_often_as_it_is_told_to(void **unused)
{
	struct world *world = kit_default_world();

	(void)unused;
	assert_int_equal(sim_mem_donate(world_mem(world), BASE), 0);
	world_fail_run(world, TRACE_CB_ZERO, 2, 3);
	assert_int_equal(zero_page(world), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(world_failing(world, TRACE_CB_ZERO));
		assert_int_not_equal(zero_page(world), 0);
	}
	assert_false(world_failing(world, TRACE_CB_ZERO));
	assert_int_equal(zero_page(world), 0);
	assert_int_equal(world_injected_of(world, TRACE_CB_ZERO), 3);
	world_fail_run(world, TRACE_CB_ZERO, 1, WORLD_EVER);
	for (unsigned i = 0; i < 100; i++)
		assert_int_not_equal(zero_page(world), 0);
	world_fail(world, TRACE_CB_ZERO, 0);
	assert_int_equal(zero_page(world), 0);
	world_destroy(world);
}

/* ---- inside calls ---- */

struct happened {
	unsigned count;
	uint64_t changes;
	struct world *world;
};

static void happen(void *ctx, const void *what)
{
	struct happened *happened = ctx;

	assert_string_equal(what, "this");
	happened->count++;
	happened->changes = world_callbacks(happened->world);
}

static void something_happens_once_before_the_nth_call(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);
	struct happened happened = {.world = world};
	uint64_t value, before;

	(void)unused;
	/* Two registers are read for each read of the host's while it is enabled, or more. */
	world_inside(world, TRACE_IN_READ, 2, happen, &happened, "this");
	world_inside(world, TRACE_IN_WRITE, 1, happen, &happened, "this");
	world_read(world, 0, 0, 4, &value);
	assert_int_equal(happened.count, 1);
	world_read(world, 0, 0, 4, &value);
	assert_int_equal(happened.count, 1);
	kit_map(&kit, 1, 4, ITT);
	assert_int_equal(happened.count, 2);
	/* Of the callbacks the second; registers are none. */
	before = world_callbacks(world);
	world_inside(world, TRACE_IN_ANY, 2, happen, &happened, "this");
	kit_map(&kit, 2, 4, ITT + 0x1000);
	assert_int_equal(happened.count, 3);
	assert_int_equal(happened.changes, before + 2);
	world_inside(world, (enum trace_inside)TRACE_CB_STORE, 1, happen, &happened, "this");
	assert_true(world_inside_none(world));
	assert_false(world_inside_none(world));
	kit_map(&kit, 3, 4, ITT + 0x2000);
	assert_int_equal(happened.count, 3);
	world_destroy(world);
}

/* ---- redistributors that sleep ---- */

static void put_sync(struct world *world, uint64_t slot, uint8_t pe)
{
	const uint8_t sync[32] = {[0] = 0x05, [18] = pe};

	assert_int_equal(world_ops()->store(world_ops_ctx(world, 0),
					    world_private(world, 0).pa + slot * 32, sync, 32),
			 0);
}

static void give_to_hardware(struct world *world, uint64_t slots)
{
	world_ops()->reg_write(world_ops_ctx(world, 0), 0x88, 8, slots * 32);
}

static void a_sync_of_the_guards_own_to_a_sleeper_is_a_misuse(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	assert_true(world_settle(world));
	assert_int_equal(sim_its_reg_read(world_its(world, 0), 0x88, 8), 0);
	world_sleep(world, 3, true);
	assert_true(world_config(world)->machine.asleep[3]);
	put_sync(world, 0, 2);
	give_to_hardware(world, 1);
	assert_int_equal(world_misuses(world), 0);
	put_sync(world, 1, 3);
	assert_int_equal(world_misuses(world), 0);
	give_to_hardware(world, 2);
	assert_int_equal(world_misuses(world), 1);
	/* The host may, and what was given before stays given. */
	give_to_hardware(world, 2);
	assert_int_equal(world_misuses(world), 1);
	world_sleep(world, 3, false);
	put_sync(world, 2, 3);
	give_to_hardware(world, 3);
	assert_int_equal(world_misuses(world), 1);
	world_destroy(world);
}

static void a_host_may_send_a_sync_to_a_sleeper(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	world_sleep(world, 3, true);
	kit_send(&kit, 0x05, 0, (uint64_t)3 << 16, 0);
	assert_true(world_settle(world));
	assert_int_equal(world_misuses(world), 0);
	assert_int_equal(sim_its_stats(world_its(world, 0))->errors, 1);
	world_destroy(world);
}

/* What the host has asked for once, and got, is no leave to ask for it again. */
static void a_sync_that_the_host_once_sent_excuses_none_of_the_guards(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);
	uint64_t slot;

	(void)unused;
	kit_send(&kit, 0x05, 0, (uint64_t)3 << 16, 0);
	kit_send(&kit, 0x0d, 0, 0, 0); /* INVALL */
	assert_true(world_settle(world));
	slot = sim_its_reg_read(world_its(world, 0), 0x88, 8) / 32;
	world_sleep(world, 3, true);
	put_sync(world, slot, 3);
	give_to_hardware(world, slot + 1);
	assert_int_equal(world_misuses(world), 1);
	world_destroy(world);
}

/* ---- power, and hosts that are gone ---- */

static void power_brings_back_what_firmware_restores(void **unused)
{
	const struct trace_power some = {
		.cbaser = true, .unknown = true, .cwriter = 0x40, .basers = 2};
	const struct trace_power nothing = {.told = true};
	struct kit kit;
	struct world *world = armed_world(&kit);
	struct sim_its *its = world_its(world, 0);
	uint64_t cbaser = sim_its_reg_read(its, 0x80, 8), baser = sim_its_reg_read(its, 0x108, 8);

	(void)unused;
	world_write(world, 0, 0, 4, 0);
	assert_true(world_settle(world));
	world_power(world, 0, &some);
	assert_int_equal(sim_its_reg_read(its, 0x80, 8), cbaser);
	assert_int_equal(sim_its_reg_read(its, 0x88, 8), 0x40);
	assert_int_equal(sim_its_reg_read(its, 0x90, 8), 0);
	assert_int_equal(sim_its_reg_read(its, 0x100, 8) >> 63, 0);
	assert_int_equal(sim_its_reg_read(its, 0x108, 8), baser);
	assert_int_equal(sim_its_reg_read(its, 0, 4) & 1, 0);
	world_power(world, 0, &nothing);
	assert_int_equal(sim_its_reg_read(its, 0x80, 8), 0);
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void firmware_may_enable_what_it_restores(void **unused)
{
	struct trace_power all = {.cbaser = true, .basers = 0xff, .enabled = true};
	struct kit kit;
	struct world *world = armed_world(&kit);
	uint64_t ctlr = 0;

	(void)unused;
	assert_int_equal(world_write(world, 0, 0, 4, 0), ITSG_OK);
	assert_true(world_settle(world));
	world_power(world, 0, &all);
	assert_int_equal(sim_its_reg_read(world_its(world, 0), 0, 4) & 1, 1);
	world_read(world, 0, 0, 4, &ctlr);
	assert_int_equal(ctlr & 1, 1);
	/* Told: the guard turns it off. */
	all.told = true;
	world_power(world, 0, &all);
	world_read(world, 0, 0, 4, &ctlr);
	assert_int_equal(ctlr, 0x80000000);
	assert_int_equal(sim_its_reg_read(world_its(world, 0), 0, 4) & 1, 0);
	world_destroy(world);
}

static void a_host_that_is_gone_leaves_nothing(void **unused)
{
	struct world *world = kit_world_with(config.machine.forgets = true);
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	world_set_mode(world, false, true, false);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_gone(world, 0));
	assert_int_equal(world_pages_held(world), 0);
	assert_int_equal(sim_its_reg_read(world_its(world, 0), 0, 4), 0x80000000);
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void any_callback_counts_for_the_global_counter(void **unused)
{
	struct world *world = kit_default_world();
	struct kit kit;
	uint64_t before;

	(void)unused;
	before = world_callbacks(world);
	world_fail_at(world, 1);
	kit_program(&kit, world, 0, BASE);
	assert_int_not_equal(world_write(world, 0, 0, 4, 1), ITSG_OK);
	assert_true(world_callbacks(world) > before);
	assert_int_equal(world_injected(world), 1);
	assert_true(world_settle(world));
	assert_int_equal(world_pages_held(world), 0);
	/* Once only. */
	assert_int_equal(world_write(world, 0, 0, 4, 1), ITSG_OK);
	world_destroy(world);
}

static void zeroing_that_fails_has_zeroed_a_part(void **unused)
{
	struct world *world = kit_default_world();
	uint64_t word = UINT64_MAX;

	(void)unused;
	assert_int_equal(sim_mem_donate(world_mem(world), BASE), 0);
	sim_mem_poke(world_mem(world), BASE, &word, 8);
	sim_mem_poke(world_mem(world), BASE + 0xff8, &word, 8);
	world_fail(world, TRACE_CB_ZERO, 1);
	assert_int_not_equal(world_ops()->zero(world_ops_ctx(world, 0), BASE, 0x1000), 0);
	assert_int_equal(sim_mem_peek64(world_mem(world), BASE), 0);
	assert_int_equal(sim_mem_peek64(world_mem(world), BASE + 0xff8), UINT64_MAX);
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void a_planted_double_fetch_is_seen(void **unused)
{
	struct world *world = kit_default_world();
	uint8_t bytes[32];
	void *ctx;

	(void)unused;
	ctx = world_ops_ctx(world, 0);
	assert_int_equal(sim_mem_share(world_mem(world), BASE), 0);
	/* A command and a level-1 word: one decision. */
	assert_int_equal(world_ops()->fetch(ctx, BASE, bytes, 32), 0);
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x800, bytes, 8), 0);
	assert_int_equal(world_double_fetches(world), 0);
	/* The word again: that is the bug (I4). */
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x800, bytes, 8), 0);
	assert_int_equal(world_double_fetches(world), 1);
	assert_int_equal(world_misuses(world), 1);
	/* The next command is the next decision. */
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x20, bytes, 32), 0);
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x800, bytes, 8), 0);
	assert_int_equal(world_double_fetches(world), 1);
	/* Half of the command read again counts as well, and the whole of it. */
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x28, bytes, 8), 0);
	assert_int_equal(world_double_fetches(world), 2);
	assert_int_equal(world_ops()->fetch(ctx, BASE + 0x20, bytes, 32), 0);
	assert_int_equal(world_double_fetches(world), 3);
	world_destroy(world);
}

static void rewritten_words_come_back_when_the_decision_is_over(void **unused)
{
	struct world *world = kit_world_with(config.rewrite_host = true);
	const uint64_t word = 0x123456789abcdef0u;
	uint64_t ignored;
	uint8_t bytes[8];
	void *ctx;

	(void)unused;
	ctx = world_ops_ctx(world, 0);
	assert_int_equal(sim_mem_share(world_mem(world), BASE), 0);
	itsg_put_le64(bytes, word);
	sim_mem_poke(world_mem(world), BASE, bytes, 8);
	assert_int_equal(world_ops()->fetch(ctx, BASE, bytes, 8), 0);
	assert_int_equal(sim_le64(bytes), word);
	assert_int_equal(sim_mem_peek64(world_mem(world), BASE), ~word);
	/* A second read for the same decision gets garbage. */
	assert_int_equal(world_ops()->fetch(ctx, BASE, bytes, 8), 0);
	assert_int_equal(sim_le64(bytes), ~word);
	world_read(world, 0, 0, 4, &ignored);
	assert_int_equal(sim_mem_peek64(world_mem(world), BASE), word);
	world_destroy(world);
}

static void misused_callbacks_are_noticed(void **unused)
{
	struct world *world = world_of(2);
	const struct itsg_ops *ops = world_ops();
	uint8_t bytes[32] = {0};
	void *ctx;

	(void)unused;
	ctx = world_ops_ctx(world, 0);
	assert_int_equal(ops->unshare(ctx, BASE >> 12, 1), 0);
	assert_int_equal(world_misuses(world), 1);
	assert_int_equal(ops->reclaim(ctx, BASE >> 12, 1), 0);
	assert_int_equal(world_misuses(world), 2);
	assert_int_not_equal(ops->zero(ctx, BASE, 0x1000), 0);
	assert_int_equal(world_misuses(world), 3);
	assert_int_not_equal(ops->fetch(ctx, BASE, bytes, 8), 0);
	assert_int_equal(world_misuses(world), 4);
	/* The private memory of another ITS. */
	assert_int_not_equal(ops->store(ctx, world_private(world, 1).pa, bytes, 32), 0);
	assert_int_equal(world_misuses(world), 5);
	assert_int_equal(ops->store(ctx, world_private(world, 0).pa, bytes, 32), 0);
	ops->reg_write(ctx, 0x22, 4, 1);
	assert_int_equal(world_misuses(world), 6);
	world_destroy(world);
}

/* Slots go to the queue, and not beyond its end; a level-1 word goes to the pool. */
static void a_store_is_slots_of_the_queue_or_a_word_of_the_pool(void **unused)
{
	const uint64_t queue = 0x1000, pool = 0x10000, pool_bytes = 0x1000;
	struct world *world = kit_world_with(config.queue_bytes = (uint32_t)queue,
					     config.machine.l1_pool = pool_bytes);
	const struct {
		uint64_t pa;
		uint32_t bytes;
		bool may;
	} stores[] = {
		{0, 32, true},
		{queue - 64, 64, true},
		{queue - 32, 64, false}, /* across its end */
		{queue, 32, false},
		{16, 32, false},
		{0, 544, false},
		{0, 48, false},
		{0, 0, false},
		{0, 8, false},
		{queue, 8, false},
		{pool - 8, 8, false},
		{pool, 8, true},
		{pool + pool_bytes - 8, 8, true},
		{pool + pool_bytes, 8, false},
		{pool + 4, 8, false},
		{pool, 32, false},
		{pool, 64, false},
	};
	static const uint8_t bytes[544];
	uint64_t misuses = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
		const uint64_t pa = world_private(world, 0).pa + stores[i].pa;
		const int error =
			world_ops()->store(world_ops_ctx(world, 0), pa, bytes, stores[i].bytes);

		misuses += stores[i].may ? 0 : 1;
		assert_int_equal(error == 0, stores[i].may);
		assert_int_equal(world_misuses(world), misuses);
	}
	world_destroy(world);
}

/* The third page of five fails: two are done, and of the others nothing has changed. */
static void a_range_ends_before_the_page_that_fails(void **unused)
{
	static const enum trace_callback callbacks[] = {TRACE_CB_SHARE, TRACE_CB_UNSHARE,
							TRACE_CB_DONATE, TRACE_CB_RECLAIM};
	static const enum sim_page_state after[] = {SIM_SHARED, SIM_HOST, SIM_HYP, SIM_HOST};
	struct world *world = world_of(1);
	const struct itsg_ops *ops = world_ops();
	uint64_t (*const calls[])(void *, uint64_t, uint64_t) = {ops->share, ops->unshare,
								 ops->donate, ops->reclaim};
	void *ctx;

	(void)unused;
	ctx = world_ops_ctx(world, 0);
	for (unsigned i = 0; i < 4; i++) {
		const enum sim_page_state before = sim_mem_state(world_mem(world), BASE);

		world_fail(world, callbacks[i], 3);
		assert_int_equal(calls[i](ctx, BASE >> 12, 5), 2);
		for (unsigned page = 0; page < 5; page++)
			assert_int_equal(sim_mem_state(world_mem(world), BASE + page * 0x1000),
					 page < 2 ? after[i] : before);
		assert_int_equal(world_partial(world), i + 1);
		assert_int_equal(calls[i](ctx, (BASE >> 12) + 2, 3), 3);
		for (unsigned page = 0; page < 5; page++)
			assert_int_equal(sim_mem_state(world_mem(world), BASE + page * 0x1000),
					 after[i]);
	}
	assert_int_equal(world_misuses(world), 0);
	assert_int_equal(ops->share(ctx, BASE >> 12, 0), 0);
	assert_int_equal(world_misuses(world), 1);
	assert_int_equal(world_partial(world), 4);
	world_destroy(world);
}

/* I2: hardware has a mapping still, or a command that it has not executed yet. */
static void a_release_too_early_is_seen_at_once(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	kit_map(&kit, 1, 4, ITT);
	assert_int_equal(world_misuses(world), 0);
	assert_int_equal(world_ops()->unshare(world_ops_ctx(world, 0), ITT >> 12, 1), 1);
	assert_int_equal(world_misuses(world), 1);
	assert_int_equal(
		world_ops()->reclaim(world_ops_ctx(world, 0), (BASE + KIT_DEVICES) >> 12, 1), 1);
	assert_int_equal(world_misuses(world), 2);
	world_destroy(world);
}

/* T17: a guard that does not ask may not have said before that the DeviceID is free. */
static void a_device_told_as_unmapped_is_not_mapped_unasked(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	kit_map(&kit, 1, 4, ITT);
	kit_unmap(&kit, 1);
	assert_true(world_settle(world));
	kit_map(&kit, 1, 4, ITT); /* asked again */
	kit_unmap(&kit, 1);
	assert_true(world_settle(world));
	assert_int_equal(world_misuses(world), 0);
	world_guard(world, 0)->platform.ops.reserved = NULL;
	kit_map(&kit, 1, 4, ITT);
	assert_int_equal(world_misuses(world), 1);
	world_destroy(world);
}

struct hook {
	unsigned calls;
	enum trace_callback last;
};

static void on_callback(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	struct hook *hook = ctx;

	(void)pa;
	(void)bytes;
	hook->calls++;
	hook->last = callback;
}

static void the_hook_sees_every_counted_callback(void **unused)
{
	struct world *world = kit_default_world();
	struct hook hook = {0, TRACE_CBS};
	struct kit kit;
	uint64_t before;

	(void)unused;
	before = world_callbacks(world);
	world_on_callback(world, on_callback, &hook);
	kit_arm(&kit, world, 0, BASE);
	assert_true(hook.calls > 0);
	assert_int_equal(hook.calls, world_callbacks(world) - before);
	world_destroy(world);
}

struct heard {
	uint64_t runs, passed, cwriters, failed, stores, new_stores;
	uint32_t creadr;
};

static void hear_act(void *ctx, const struct world_act *act)
{
	struct heard *heard = ctx;

	heard->runs += act->kind == WORLD_RUNS;
	heard->failed += act->kind == WORLD_FAILED;
	heard->cwriters += act->kind == WORLD_PROGRAMMED && act->offset == 0x88;
	if (act->kind != WORLD_RAN)
		return;
	assert_int_equal(act->offset, heard->creadr);
	heard->passed += act->count;
	heard->creadr = (uint32_t)act->value;
}

static void hear_call(void *ctx, const struct world_call *call)
{
	struct heard *heard = ctx;

	if (call->callback != TRACE_CB_STORE || call->bytes == 8)
		return;
	assert_non_null(call->data);
	heard->stores++;
	heard->new_stores += call->published;
}

/* Each command that is published is told once, and each that is passed; what was is overwritten. */
static void whoever_listens_hears_what_hardware_is_given_and_does(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);
	struct heard heard = {0};

	(void)unused;
	world_on_act(world, hear_act, &heard);
	world_on_called(world, hear_call, &heard);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(heard.passed, 1);
	assert_int_equal(heard.creadr, 32);
	assert_int_equal(heard.cwriters, 1);
	assert_int_equal(heard.new_stores, 1);
	assert_true(heard.stores > heard.new_stores);
	assert_true(heard.runs >= 1);
	sim_its_inject_error(world_its(world, 0), 1, 0);
	kit_unmap(&kit, 1);
	assert_true(world_settle(world));
	assert_int_equal(heard.failed, 1);
	world_on_act(world, NULL, NULL);
	heard.passed = 0;
	kit_map(&kit, 2, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(heard.passed, 0);
	world_destroy(world);
}

static void without_a_guard_the_its_obeys_the_host(void **unused)
{
	struct world *world = kit_world_with(config.guard = false);
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	assert_null(world_guard(world, 0));
	assert_null(world_tracker(world));
	kit_mapc(&kit);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	assert_int_equal(world_violations(world), 0);
	/* T9: the ITT goes to a guest while it is mapped; the ITS writes into it. */
	assert_int_equal(world_give(world, ITT, 0x1000), 0);
	kit_mapti(&kit, 1, 0);
	assert_true(world_settle(world));
	assert_true(world_violations(world) > 0);
	world_destroy(world);
}

static void polls_and_runs_are_the_callers_in_manual_use(void **unused)
{
	struct kit kit;
	struct world *world = armed_world(&kit);

	(void)unused;
	kit_map(&kit, 1, 4, ITT);
	kit_unmap(&kit, 1);
	assert_true(world_poll(world));
	/* Nothing ran: the ITT may still be used. */
	assert_int_equal(state(world, ITT), SIM_SHARED);
	assert_int_equal(world_run(world, 0, 1), 1);
	assert_true(world_poll(world));
	assert_int_equal(state(world, ITT), SIM_SHARED);
	assert_true(world_settle(world));
	assert_int_equal(state(world, ITT), SIM_HOST);
	assert_int_equal(world_run(world, 7, 1), 0);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_can_arm_map_and_unmap),
		cmocka_unit_test(itss_share_one_tracker_but_nothing_else),
		cmocka_unit_test(private_memory_lies_outside_ram_and_apart),
		cmocka_unit_test(the_nth_call_of_a_callback_fails_once),
		cmocka_unit_test(a_callback_fails_as_often_as_it_is_told_to),
		cmocka_unit_test(something_happens_once_before_the_nth_call),
		cmocka_unit_test(a_sync_of_the_guards_own_to_a_sleeper_is_a_misuse),
		cmocka_unit_test(a_host_may_send_a_sync_to_a_sleeper),
		cmocka_unit_test(a_sync_that_the_host_once_sent_excuses_none_of_the_guards),
		cmocka_unit_test(power_brings_back_what_firmware_restores),
		cmocka_unit_test(firmware_may_enable_what_it_restores),
		cmocka_unit_test(a_host_that_is_gone_leaves_nothing),
		cmocka_unit_test(any_callback_counts_for_the_global_counter),
		cmocka_unit_test(zeroing_that_fails_has_zeroed_a_part),
		cmocka_unit_test(a_planted_double_fetch_is_seen),
		cmocka_unit_test(rewritten_words_come_back_when_the_decision_is_over),
		cmocka_unit_test(misused_callbacks_are_noticed),
		cmocka_unit_test(a_store_is_slots_of_the_queue_or_a_word_of_the_pool),
		cmocka_unit_test(a_device_told_as_unmapped_is_not_mapped_unasked),
		cmocka_unit_test(a_range_ends_before_the_page_that_fails),
		cmocka_unit_test(a_release_too_early_is_seen_at_once),
		cmocka_unit_test(the_hook_sees_every_counted_callback),
		cmocka_unit_test(whoever_listens_hears_what_hardware_is_given_and_does),
		cmocka_unit_test(without_a_guard_the_its_obeys_the_host),
		cmocka_unit_test(polls_and_runs_are_the_callers_in_manual_use),
	};

	return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
