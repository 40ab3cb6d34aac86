/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The callbacks of the simulated world, on which traces and fuzz targets rest, against their
 * contract.
 */
#include "kit.h"

#include "itsguard/conformance.h"

static uint64_t sim_pa(struct world *world, uint64_t pfn)
{
	return pfn * sim_mem_page_size(world_mem(world));
}

static bool sim_give(void *ctx, uint64_t pfn)
{
	return sim_mem_guest_take(world_mem(ctx), sim_pa(ctx, pfn), 1, 1) == 0;
}

static void sim_take_back(void *ctx, uint64_t pfn)
{
	assert_int_equal(sim_mem_guest_give_back(world_mem(ctx), sim_pa(ctx, pfn), 1), 0);
}

/* What it writes is what is there. */
static bool sim_host_can_write(void *ctx, uint64_t pfn)
{
	uint8_t byte;

	sim_mem_peek(world_mem(ctx), sim_pa(ctx, pfn), &byte, 1);
	return sim_mem_host_write(world_mem(ctx), sim_pa(ctx, pfn), &byte, 1) == 0;
}

static void sim_peek(void *ctx, uint64_t pa, uint8_t *to)
{
	sim_mem_peek(world_mem(ctx), pa, to, 8);
}

static void sim_poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	assert_int_equal(sim_mem_host_write(world_mem(ctx), pa, from, 8), 0);
}

/* The n-th callback fails, or the n-th page of one. */
static bool sim_fail_at(void *ctx, uint32_t n)
{
	static uint64_t before;
	const bool failed = world_injected(ctx) > before;

	world_fail_at(ctx, n);
	before = world_injected(ctx);
	return failed;
}

/* Nobody counts reads, no redistributor is off, no DeviceID is reserved. */
static bool is_untried(enum itsg_clause clause)
{
	return clause == ITSG_CLAUSE_FETCH_ONCE || clause == ITSG_CLAUSE_ASLEEP_OFF ||
	       clause == ITSG_CLAUSE_POWERED_OFF || clause == ITSG_CLAUSE_RESERVED_HOST ||
	       clause == ITSG_CLAUSE_RESERVED_KEPT;
}

/* That what the kit stores are no commands the world tells as misuses of a guard, which it is not.
 */
static void the_simulated_world_keeps_the_contract(void **state)
{
	static const struct itsg_conformance_hooks hooks = {.give = sim_give,
							    .take_back = sim_take_back,
							    .host_can_write = sim_host_can_write,
							    .peek = sim_peek,
							    .poke = sim_poke,
							    .fail_at = sim_fail_at};
	struct world *world = kit_world_with(config.machine.rds = true);
	const struct itsg_redists_ops redists_ops = world_redists_ops();
	const struct itsg_range own = world_private(world, 0);
	const uint64_t foreign[] = {own.pa >> 12, 9};
	const struct itsg_conformance with = {
		.ops = world_ops(),
		.ctx = world_ops_ctx(world, 0),
		.redists_ops = &redists_ops,
		.redists_ctx = world_redists_ops_ctx(world),
		.hooks = &hooks,
		.hooks_ctx = world,
		.page_shift = 12,
		.host_pfn = 0x40100,
		.foreign = foreign,
		.foreign_count = 2,
		.queue = {own.pa, 0x10000},
		.level1_pool = {own.pa + 0x10000, own.bytes - 0x10000},
		.registers = true,
		.pa_bits = 40,
		.redistributor_count = 2,
		.here = 0,
		.off = ITSG_CONFORMANCE_NONE};
	const uint64_t held = world_pages_held(world);
	struct itsg_conformance_result result;

	(void)state;
	assert_int_equal(sim_mem_page_size(world_mem(world)), 4096);
	itsg_conformance_run(&with, &result);
	if (result.failed != ITSG_CLAUSES_HOLD)
		fail_msg("%s at 0x%llx: 0x%llx", itsg_clause_name(result.failed),
			 (unsigned long long)result.at, (unsigned long long)result.got);
	for (uint32_t clause = 1; clause < ITSG_CLAUSE_COUNT; clause++)
		assert_int_equal(itsg_clause_tried(&result, (enum itsg_clause)clause),
				 !is_untried((enum itsg_clause)clause));
	assert_int_equal(world_pages_held(world), held);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_simulated_world_keeps_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
