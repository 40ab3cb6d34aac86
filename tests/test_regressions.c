/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Known bugs (mutants/) that no other test noticed, or only one of the long ones.
 */
#include "kit.h"

#define BASE     0x40000000u
#define ITT      (BASE + KIT_FREE)
#define INDIRECT ((uint64_t)1 << 62)

static void assert_sound(struct world *world)
{
	const struct itsg_its *its = world_guard(world, 0);

	assert_int_equal(itsg_check(world_tracker(world), &its, 1, NULL), ITSG_INVARIANTS_HOLD);
	assert_int_equal(world_violations(world), 0);
	assert_int_equal(world_misuses(world), 0);
}

static bool is_mapped(struct world *world, uint32_t device)
{
	return itsg_device_mapped(world_guard(world, 0), device);
}

/* The host looks at its registers for a long time, as one that waits for a timeout would. */
static void wait_long(struct world *world)
{
	uint64_t value;

	for (unsigned i = 0; i < 2000; i++) {
		assert_int_equal(world_read(world, 0, 0x90, 8, &value), ITSG_OK);
		world_poll(world);
	}
}

/* M39: hardware has one level, or two, until the table is retired. */
static void flipping_indirect_retires_the_table(void **unused)
{
	struct world *world = kit_world_with(config.machine.forgets = true);
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	assert_true(is_mapped(world, 1));
	assert_int_equal(world_write(world, 0, 0, 4, 0), 0);
	assert_true(world_settle(world));
	assert_int_equal(
		world_write(world, 0, 0x100, 8, KIT_VALID | INDIRECT | (BASE + KIT_DEVICES)), 0);
	assert_int_equal(world_write(world, 0, 0, 4, 1), 0);
	assert_false(is_mapped(world, 1));
	assert_int_equal(sim_mem_state(world_mem(world), BASE + KIT_DEVICES), SIM_SHARED);
	assert_sound(world);
	world_destroy(world);
}

/* P1, M21, P01: an ITS that is disabled has all the time in the world. */
static void however_long_hardware_takes_nothing_is_released(void **unused)
{
	struct world *world = kit_default_world();
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	kit_map(&kit, 1, 4, ITT);
	assert_true(world_settle(world));
	kit_map(&kit, 2, 4, ITT + 0x1000);
	kit_unmap(&kit, 1);
	assert_int_equal(world_write(world, 0, 0, 4, 0), 0);
	wait_long(world);
	assert_true(is_mapped(world, 2));
	assert_int_equal(sim_mem_state(world_mem(world), ITT), SIM_SHARED);
	assert_int_equal(sim_mem_state(world_mem(world), ITT + 0x1000), SIM_SHARED);
	assert_true(world_give(world, ITT, 0x1000) != 0);
	assert_true(world_give(world, ITT + 0x1000, 0x1000) != 0);
	assert_int_equal(world_write(world, 0, 0, 4, 1), 0);
	wait_long(world);
	assert_true(world_give(world, ITT, 0x1000) != 0);
	assert_true(world_settle(world));
	assert_int_equal(world_give(world, ITT, 0x1000), 0);
	assert_sound(world);
	world_destroy(world);
}

/* M59: the records of a retired table go with the claims that are theirs. */
static void retiring_releases_each_device_and_its_own_memory(void **unused)
{
	struct world *world =
		kit_world_with(config.machine.devices = 8, config.machine.forgets = true);
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	for (uint32_t device = 0; device < 8; device++)
		kit_map(&kit, device, 4 + device, ITT + device * 0x1000);
	assert_true(world_settle(world));
	assert_true(is_mapped(world, 7));
	kit_retire(&kit);
	assert_int_equal(world_pages_held(world), 0);
	assert_sound(world);
	kit_arm(&kit, world, 0, BASE);
	assert_false(is_mapped(world, 7));
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flipping_indirect_retires_the_table),
		cmocka_unit_test(however_long_hardware_takes_nothing_is_released),
		cmocka_unit_test(retiring_releases_each_device_and_its_own_memory),
	};

	return cmocka_run_group_tests_name("regressions", tests, NULL, NULL);
}
