/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The private command queue. */
#include "fake.h"

#include "state.h"

#define SLOTS 128u /* of the default's 4 KB */

static void syncs(struct fake *fake, uint32_t count, uint64_t rdbase)
{
	for (uint32_t i = 0; i < count; i++)
		fake_sync(fake, rdbase);
	fake_submit(fake);
}

static bool harmless(const struct fake *fake, uint32_t slot)
{
	return fake_slot(fake, slot, 0) == 0x05 && fake_slot(fake, slot, 1) == 0 &&
	       fake_slot(fake, slot, 2) == 0 && fake_slot(fake, slot, 3) == 0;
}

static void a_new_queue_holds_only_harmless_commands(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t slot = 0; slot < SLOTS; slot++)
		assert_true(harmless(fake, slot));
	assert_int_equal(fake->cbaser & 0xff, 0);
	assert_int_equal(fake->cbaser >> 63, 1);
	fake_free(fake);
}

static void commands_are_stored_before_cwriter_moves_once(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_expect(fake, FAKE_BIT(FAKE_STORE) | FAKE_BIT(FAKE_REG_WRITE),
		    "store 20000000+40; reg 88 40");
	fake_forget(fake);
	assert_false(fake_poll(fake)); /* nothing new: nothing is told */
	fake_expect(fake, FAKE_BIT(FAKE_STORE) | FAKE_BIT(FAKE_REG_WRITE), "");
	assert_int_equal(fake_slot(fake, 0, 2), 0x10000);
	assert_int_equal(fake_slot(fake, 1, 2), 0x20000);
	fake_free(fake);
}

/* As many as one store may write, and the rest by another. */
static void a_run_of_commands_is_one_store(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		fake_sync(fake, i % 4 * 0x10000);
	fake_submit(fake);
	fake_expect(fake, FAKE_BIT(FAKE_STORE) | FAKE_BIT(FAKE_REG_WRITE),
		    "store 20000000+200; store 20000200+80; reg 88 280");
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(fake_slot(fake, i, 2), i % 4 * 0x10000);
	fake_forget(fake);
	fake_run(fake);
	fake_settle(fake);
	fake_expect(fake, FAKE_BIT(FAKE_STORE), "store 20000000+200; store 20000200+80");
	for (uint32_t i = 0; i < 20; i++)
		assert_true(harmless(fake, i));
	fake_free(fake);
}

/* Nothing is refused, nor is hardware told of what is in no slot; the rest comes when memory
 * allows. */
static void what_cannot_be_stored_is_stored_later(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 40; i++)
		fake_sync(fake, 0x10000);
	fake_fail(fake, FAKE_STORE, 2);
	fake->fail_from[FAKE_STORE] = true;
	fake_submit(fake);
	assert_int_equal(fake->cwriter, 16 * 32);
	fake_pass_all(fake);
	fake_settle(fake);
	assert_int_equal(fake->cwriter, 16 * 32);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 16 * 32);
	assert_true(harmless(fake, 16));
	fake->fail_always[FAKE_STORE] = false;
	fake_pass_all(fake);
	assert_true(fake_poll(fake)); /* or nobody would poll again */
	fake_run(fake);
	assert_int_equal(fake->ran_count, 40);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 40 * 32);
	fake_no_event(fake);
	fake_free(fake);
}

/* A replay of the ring by firmware must do nothing (section 5). */
static void a_passed_slot_is_overwritten(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 3, 0x30000);
	fake_pass(fake, 2);
	fake_settle(fake);
	assert_true(harmless(fake, 0));
	assert_true(harmless(fake, 1));
	assert_false(harmless(fake, 2));
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_true(harmless(fake, 2));
	fake_free(fake);
}

static void a_slot_that_cannot_be_overwritten_is_not_free(void **state)
{
	struct fake *fake = fake_sized(64, 2, 1000);

	(void)state;
	syncs(fake, 5, 0x30000);
	assert_int_equal(fake_unpassed(fake), 2);
	fake_pass_all(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_settle(fake); /* ends: no endless trying */
	assert_int_equal(fake_unpassed(fake), 0);
	fake->fail_always[FAKE_STORE] = false;
	assert_true(fake_poll(fake));
	assert_int_equal(fake_unpassed(fake), 2);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 5);
	fake_free(fake);
}

/* Never more than `depth` at a time, whatever the host publishes; and every one arrives in order.
 */
static void depth_bounds_what_hardware_sees(void **state)
{
	static const uint32_t depths[] = {2, 3, 7, 127};

	(void)state;
	for (size_t d = 0; d < ARRAY_SIZE(depths); d++) {
		struct fake *fake = fake_sized(64, depths[d], 1000);
		uint32_t most = 0;

		for (uint32_t i = 0; i < 100; i++)
			fake_sync(fake, (i % 4) << 16);
		fake_submit(fake);
		for (uint32_t i = 0; i < 10000 && fake->ran_count < 100; i++) {
			const uint32_t pending = fake_unpassed(fake);

			most = pending > most ? pending : most;
			fake_pass(fake, pending ? 1 : 0);
			fake_poll(fake);
		}
		assert_int_equal(fake->ran_count, 100);
		assert_in_range(most, 1, depths[d]);
		for (uint32_t i = 0; i < 100; i++)
			assert_int_equal(fake_ran(fake, i, 2), (i % 4) << 16);
		fake_free(fake);
	}
}

/* Of a ring of 128 slots, before the host's command of this number. */
static uint32_t laps(uint32_t number)
{
	return number < 126 ? 0 : 1 + (number - 126) / 125;
}

static void the_ring_wraps_many_times(void **state)
{
	struct fake *fake = fake_sized(64, 127, 1000);

	(void)state;
	for (uint32_t i = 0; i < 3000; i += 100) {
		for (uint32_t n = 0; n < 100; n++)
			fake_sync(fake, ((i + n) % 4) << 16);
		fake_submit(fake);
		fake_pass(fake, fake_unpassed(fake) / 2);
		fake_poll(fake);
		fake_run(fake);
	}
	/* The last two of 128 slots, and from the second lap on the first, are SYNCs of ours. */
	assert_int_equal(fake->ran_count, 3000 + 3 * laps(3000));
	for (uint32_t i = 0; i < 3000; i++)
		assert_int_equal(fake_ran(fake, i + 3 * laps(i), 2), (i % 4) << 16);
	assert_int_equal(fake_stats(fake).barriers, 3 * laps(3000));
	fake_free(fake);
}

/*
 * 126 commands of 128 slots: full. One of ours fills up; the last slot and the first one get theirs
 * when all are passed, together, so that hardware does not stay where a reset would put it (F4).
 */
static void the_lap_goes_from_the_last_slot_beyond_the_first(void **state)
{
	struct fake *fake = fake_sized(200, 0, 1000);

	(void)state;
	syncs(fake, 126, 0x10000);
	assert_int_equal(fake_unpassed(fake), 127);
	syncs(fake, 1, 0x20000);
	assert_int_equal(fake_unpassed(fake), 127);
	fake_pass(fake, 127);
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 2); /* alone */
	assert_int_equal(fake->cwriter, 0x20);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 126 + 3 + 1);
	for (uint32_t i = 126; i < 129; i++)
		assert_int_equal(fake_ran(fake, i, 2), 0);
	assert_int_equal(fake_ran(fake, 129, 2), 0x20000);
	assert_false(fake_stats(fake).broken);
	fake_free(fake);
}

/* The slots before it cannot be cleared, then the SYNC cannot be written: tried again each time. */
static void the_last_slot_is_filled_when_memory_allows(void **state)
{
	struct fake *fake = fake_sized(200, 0, 1000);

	(void)state;
	syncs(fake, 126, 0x10000);
	fake_pass(fake, 127);
	fake->fail_always[FAKE_STORE] = true;
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 0);
	fake->fail_always[FAKE_STORE] = false;
	fake_fail(fake, FAKE_STORE, 9); /* 127 slots, and then the last */
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 0);
	assert_int_equal(fake->fail_at[FAKE_STORE], 0);
	fake_fail(fake, FAKE_STORE, 2); /* or then the first */
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 0);
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 2);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 129);
	fake_free(fake);
}

/* The SYNCs in the last slot and the first are next. */
static struct fake *in_its_lap(void)
{
	struct fake *fake = fake_armed();

	syncs(fake, 63, 0);
	fake_run(fake);
	syncs(fake, 63, 0);
	fake_pass_all(fake);
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 2);
	return fake;
}

/* Hardware is not disabled while it is there; the host sees Quiescent when it has been (F4). */
static void hardware_is_disabled_when_its_lap_is_over(void **state)
{
	struct fake *fake = in_its_lap();

	(void)state;
	fake_pass(fake, 1);
	fake_disable(fake);
	assert_true(fake->enabled);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), 0); /* the host's view */
	fake_pass(fake, 1);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), ITSG_CTLR_QUIESCENT);
	assert_false(fake->enabled);
	assert_int_equal(fake->creadr, 0x20);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_unpassed(fake), 0);
	fake_free(fake);
}

/* Hardware that has gone wrong there is not waited for, or it would never be disabled. */
static void a_broken_lap_is_not_waited_for(void **state)
{
	struct fake *fake = in_its_lap();

	(void)state;
	fake->creadr = 0x800;
	fake_poll(fake);
	assert_true(fake_stats(fake).broken);
	fake_disable(fake);
	assert_false(fake->enabled);
	fake_free(fake);
}

/* Neither before the last two slots, nor in a lap. */
static void no_lap_is_due_but_at_the_end(void **state)
{
	struct fake *fake = fake_armed();
	struct itsg_ring ring = fake->its->ring;

	(void)state;
	assert_false(itsg_ring_lap_due(&ring));
	ring.free_slot = SLOTS - 2;
	assert_true(itsg_ring_lap_due(&ring));
	ring.lap_end = ring.passed + 1;
	assert_false(itsg_ring_lap_due(&ring));
	fake_free(fake);
}

/* Power goes there: hardware that is off was not turned off by us, and its queue is lost. */
static void power_that_goes_during_a_lap_is_noticed(void **state)
{
	for (uint32_t passed = 0; passed < 2; passed++) {
		struct fake *fake = fake_armed();
		uint64_t cbaser, cwriter;

		(void)state;
		fake_mapd(fake, 1, 4, FAKE_ITT);
		syncs(fake, 62, 0);
		fake_run(fake);
		syncs(fake, 63, 0);
		fake_pass_all(fake);
		fake_poll(fake);
		fake_pass(fake, passed);
		fake->quiescent = false;
		fake_disable(fake);
		cbaser = fake->cbaser;
		cwriter = fake->cwriter;
		fake_power_loss(fake);
		fake->cbaser = cbaser; /* firmware has put back what it saved */
		fake->cwriter = cwriter;
		fake_poll(fake);
		assert_true(fake->its->power.doubted);
		assert_true(itsg_device_mapped(fake->its, 1));
		assert_int_equal(fake_enable(fake), ITSG_OK);
		assert_false(itsg_device_mapped(fake->its, 1)); /* the table has begun anew */
		fake_free(fake);
	}
}

/*
 * CREADR at 0, where hardware begins anew after a loss of power, ends nothing but our own SYNC: it
 * is no progress for what is in flight (T10).
 */
static void a_creadr_of_zero_is_no_progress(void **state)
{
	for (uint32_t before = 1; before < 127; before += 25) {
		struct fake *fake = fake_sized(64, 127, 1000);

		(void)state;
		syncs(fake, before, 0);
		fake_run(fake);
		syncs(fake, 127, 0x10000);
		fake->creadr = 0;
		fake_poll(fake);
		assert_true(fake_stats(fake).broken);
		fake_free(fake);
	}
}

/* ---- CREADR ---- */

struct reader {
	uint64_t creadr;
	bool broken;
};

static void creadr_counts_only_between_its_last_value_and_cwriter(void **state)
{
	/* 10 published from 0x40, of which 4 are passed: [0xc0, 0x180] is right. */
	static const struct reader readers[] = {
		{0xc0, false}, {0x180, false}, {0xe0, false},  {0xa0, true},    {0x1a0, true},
		{0x0, true},   {0xfe0, true},  {0x1000, true}, {0xfffe0, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct fake *fake = fake_armed();

		syncs(fake, 2, 0);
		fake_run(fake);
		syncs(fake, 10, 0);
		fake_pass(fake, 4);
		fake_poll(fake);
		fake->creadr = readers[i].creadr;
		fake_poll(fake);
		assert_int_equal(fake_stats(fake).broken, readers[i].broken);
		if (readers[i].broken)
			assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_BROKEN);
		fake_poll(fake);
		fake_no_event(fake); /* told once */
		fake_free(fake);
	}
}

/* At its end the ring goes on at 0: its size is no offset. */
static void creadr_at_the_size_of_the_ring_is_broken(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 126; i += 42) {
		syncs(fake, 42, 0);
		fake_run(fake);
	}
	syncs(fake, 4, 0); /* GIC Q6: from 0xfc0 to 0x40 */
	fake_poll(fake);
	fake->creadr = 0x1000;
	fake_poll(fake);
	assert_true(fake_stats(fake).broken);
	fake_free(fake);
}

/* Nor is it where the command in the last slot ends. */
static void creadr_behind_the_last_slot_is_broken(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 120; i += 40) {
		syncs(fake, 40, 0);
		fake_run(fake);
	}
	syncs(fake, 6, 0);
	fake_pass_all(fake);
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 2); /* ours, in the last slot and the first */
	assert_int_equal(fake->creadr, 0xfe0);
	fake->creadr = 0x1000;
	fake_poll(fake);
	assert_true(fake_stats(fake).broken);
	fake_free(fake);
}

/* Where nothing is outstanding nothing can stall. */
static void a_stall_behind_the_last_command_is_none(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 2, 0);
	fake_run(fake);
	fake->stalled = true;
	fake_forget(fake);
	fake_poll(fake);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_no_event(fake);
	fake_expect(fake, FAKE_BIT(FAKE_STORE) | FAKE_BIT(FAKE_REG_WRITE), ""); /* nor mended */
	fake_free(fake);
}

/* Of two drops that could be done at once, a budget of one does the first; then it is too late. */
static void a_drop_that_was_not_done_in_time_is_not_done(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t device = 1; device <= 2; device++) {
		fake_mapd(fake, device, 4, FAKE_ITT + device * 0x1000);
		assert_int_equal(fake_try(fake), ITSG_OK);
	}
	fake_unmap(fake, 1);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_settle(fake);
	fake_set_budget(fake, 1);
	fake_pass_all(fake);
	while (fake_page(fake, FAKE_ITT + 0x1000) != FAKE_HOST)
		fake_poll(fake);
	fake->creadr = 0x800;
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_SHARED);
	fake_free(fake);
}

static void nothing_is_released_or_published_when_broken(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_unmapping(fake, 1);
	fake->creadr = 0x800;
	fake_poll(fake);
	assert_true(fake_stats(fake).broken);
	fake->creadr = fake->cwriter; /* too late to be believed */
	fake_sync(fake, 0);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	assert_int_equal(fake_unpassed(fake), 0);
	assert_int_equal(fake_creadr(fake), 0x20);
	/* Not even a quiescent ITS gets it back, nor does it start again. */
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	fake_set_devices(fake, 0);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_DONATED);
	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	assert_false(fake->enabled);
	fake_free(fake);
}

/* A stall that was told of is over when its queue is: the first command of the next may stall. */
static void a_stall_is_told_of_in_each_queue(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 1, 0);
	fake_stall(fake);
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED);
	fake_disable(fake);
	fake_program(fake, false);
	syncs(fake, 1, 0);
	assert_int_equal(fake_enable(fake), ITSG_OK); /* published at once */
	fake_stall(fake);
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED);
	fake_no_event(fake);
	fake_free(fake);
}

/* Somebody else has restarted hardware, and it stalls at the next command when the guard looks. */
static void a_stall_at_another_command_is_told_of_again(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 2, 0);
	fake_stall(fake);
	fake_poll(fake);
	assert_int_equal(fake_next_event(fake)->offset, 0);
	fake_no_event(fake);
	fake->creadr += 32;
	fake_poll(fake);
	assert_int_equal(fake_next_event(fake)->offset, 32);
	fake_no_event(fake);
	fake_free(fake);
}

static void slots_of_a_broken_ring_are_left_alone(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 2, 0);
	fake_pass_all(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_poll(fake);
	fake->fail_always[FAKE_STORE] = false;
	fake->creadr = 0x800;
	fake_forget(fake);
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	fake_expect(fake, FAKE_BIT(FAKE_STORE), "");
	fake_free(fake);
}

/* Told that power was lost there: firmware has hardware on, and the lap is not to be waited for. */
static void after_a_loss_that_was_told_no_lap_is_waited_for(void **state)
{
	struct fake *fake = in_its_lap();

	(void)state;
	fake->creadr = 0; /* firmware has put all back but this */
	fake_tell_power_lost(fake);
	fake_disable(fake);
	assert_false(fake->enabled);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), ITSG_CTLR_QUIESCENT);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	syncs(fake, 3, 0);
	fake_run(fake);
	assert_false(fake_stats(fake).broken);
	fake_free(fake);
}

/* While the host had it enabled: CREADR is where it cannot be, for Enabled is 0 (F24). */
static void hardware_that_has_lost_power_is_not_broken(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	syncs(fake, 3, 0);
	fake_run(fake);
	fake_power_loss(fake);
	fake_poll(fake);
	assert_false(fake_stats(fake).broken);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), ITSG_CTLR_QUIESCENT);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	syncs(fake, 3, 0);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 6 * 32);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_a_loss_that_was_told_no_lap_is_waited_for),
		cmocka_unit_test(a_new_queue_holds_only_harmless_commands),
		cmocka_unit_test(commands_are_stored_before_cwriter_moves_once),
		cmocka_unit_test(a_run_of_commands_is_one_store),
		cmocka_unit_test(what_cannot_be_stored_is_stored_later),
		cmocka_unit_test(a_passed_slot_is_overwritten),
		cmocka_unit_test(a_slot_that_cannot_be_overwritten_is_not_free),
		cmocka_unit_test(depth_bounds_what_hardware_sees),
		cmocka_unit_test(the_ring_wraps_many_times),
		cmocka_unit_test(the_lap_goes_from_the_last_slot_beyond_the_first),
		cmocka_unit_test(the_last_slot_is_filled_when_memory_allows),
		cmocka_unit_test(hardware_is_disabled_when_its_lap_is_over),
		cmocka_unit_test(a_broken_lap_is_not_waited_for),
		cmocka_unit_test(no_lap_is_due_but_at_the_end),
		cmocka_unit_test(power_that_goes_during_a_lap_is_noticed),
		cmocka_unit_test(a_creadr_of_zero_is_no_progress),
		cmocka_unit_test(creadr_counts_only_between_its_last_value_and_cwriter),
		cmocka_unit_test(creadr_at_the_size_of_the_ring_is_broken),
		cmocka_unit_test(creadr_behind_the_last_slot_is_broken),
		cmocka_unit_test(a_stall_behind_the_last_command_is_none),
		cmocka_unit_test(a_stall_is_told_of_in_each_queue),
		cmocka_unit_test(a_stall_at_another_command_is_told_of_again),
		cmocka_unit_test(slots_of_a_broken_ring_are_left_alone),
		cmocka_unit_test(a_drop_that_was_not_done_in_time_is_not_done),
		cmocka_unit_test(nothing_is_released_or_published_when_broken),
		cmocka_unit_test(hardware_that_has_lost_power_is_not_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
