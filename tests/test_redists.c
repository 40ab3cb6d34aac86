/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The redistributors of a machine: entry points, and what an ITS has of them. */
#include "rd_fake.h"

static void accesses_that_are_not_well_formed_are_refused_and_told(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	struct itsg_redists_stats stats;
	uint64_t value = 1;

	(void)state;
	assert_int_equal(rd_w64(rd, 1, 0, 0), ITSG_BAD_WIDTH);
	assert_int_equal(rd_w64(rd, 1, 0x74, 0), ITSG_BAD_ALIGNMENT);
	assert_int_equal(rd_write(rd, 1, 0x70, 2, 0), ITSG_BAD_WIDTH);
	assert_int_equal(rd_w32(rd, 1, 0x10000, 0), ITSG_BAD_ALIGNMENT);
	assert_int_equal(rd_w32(rd, 4, 0, 1), ITSG_BAD_ALIGNMENT); /* there is none */
	assert_int_equal(rd_read(rd, 0xffffffff, 0, 4, &value), ITSG_BAD_ALIGNMENT);
	assert_int_equal(value, 0);
	itsg_redists_get_stats(rd->redists, &stats);
	assert_int_equal(stats.accesses, 6);
	assert_int_equal(stats.refused_accesses, 6);
	assert_int_equal(itsg_redists_phase(rd->redists, 4), ITSG_REDIST_OFF);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static void poll_lets_go_what_no_host_waits_for(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[1].rwp = 2, with->hw[3].rwp = 3);

	(void)state;
	assert_false(rd_poll(rd));
	for (uint32_t n = 0; n < 4; n++)
		rd_on(rd, n);
	assert_int_equal(rd_clear(rd, 1), ITSG_OK);
	assert_int_equal(rd_clear(rd, 3), ITSG_OK);
	assert_int_equal(rd_pages(rd), 22);
	assert_false(rd_poll(rd)); /* 1 is not done */
	assert_false(rd_poll(rd)); /* nor is 3 */
	assert_true(rd_poll(rd));
	assert_int_equal(rd_pages(rd), 20);
	assert_false(rd_poll(rd));
	assert_true(rd_poll(rd));
	assert_int_equal(rd_pages(rd), 18);
	rd_fake_forget(rd);
	assert_false(rd_poll(rd));
	assert_int_equal(rd->reads, 0); /* there is none to look at */
	rd_fake_free(rd);
}

static void a_host_that_is_gone_leaves_nothing(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[1].rwp = 2);

	(void)state;
	for (uint32_t n = 0; n < 4; n++)
		rd_on(rd, n);
	rd->hw[2].off = true;
	assert_false(rd_gone(rd));
	assert_int_equal(rd_pages(rd), 18); /* of 1 and 2, and their configuration */
	assert_false(rd_gone(rd));
	assert_false(rd_gone(rd));
	assert_int_equal(rd_pages(rd), 16);
	rd->hw[2].off = false;
	assert_true(rd_gone(rd));
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd_r64(rd, 0, 0x70), 0);
	assert_int_equal(rd_r64(rd, 0, 0x78), 0);
	assert_true(rd_gone(rd));
	rd_on(rd, 0);
	rd_fake_free(rd);
}

static void a_host_before_the_guard_can_go_too(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[1].ctlr |= 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_true(rd_gone(rd));
	assert_int_equal(rd->hw[1].ctlr & 1, 0);
	rd_fake_free(rd);
}

static void a_page_that_does_not_come_back_is_leaked_and_told(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	struct itsg_redists_stats stats;

	(void)state;
	rd_on(rd, 2);
	fake_fail(rd->fake, FAKE_RECLAIM, 2);
	assert_int_equal(rd_clear(rd, 2), ITSG_OK);
	assert_int_equal(rd_pages(rd), 1);
	assert_int_equal(rd->event.kind, ITSG_EVENT_LEAKED);
	assert_int_equal(rd->event.value, (RD_PENDING(2) >> 12) + 1);
	assert_int_equal(rd->event.redistributor, 2);
	itsg_redists_get_stats(rd->redists, &stats);
	assert_int_equal(stats.leaked, 1);
	rd_on(rd, 2); /* it is used without a call */
	rd_fake_free(rd);
}

/* I6: of many redistributors a part is looked through in a call. */
static void among_many_the_one_that_is_being_cleared_is_sought_in_parts(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->config.count = 48, with->hw[47].rwp = 2);

	(void)state;
	rd_on(rd, 47);
	assert_int_equal(rd_clear(rd, 47), ITSG_OK);
	rd_fake_forget(rd);
	assert_false(rd_poll(rd)); /* 0 to 31 */
	assert_int_equal(rd->reads, 0);
	assert_false(rd_poll(rd)); /* it is busy still */
	assert_int_equal(rd->reads, 1);
	assert_int_equal(rd_phase(rd, 47), ITSG_REDIST_CLEARING);
	rd_fake_free(rd);
}

static void counters_count(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[1].rwp = 100);
	struct itsg_redists_stats stats;

	(void)state;
	rd_on(rd, 0);
	rd_on(rd, 1);
	assert_int_equal(rd_clear(rd, 1), ITSG_OK);
	itsg_redists_get_stats(rd->redists, &stats);
	assert_int_equal(stats.enabled, 2);
	assert_int_equal(stats.on, 2);
	assert_int_equal(stats.clearing, 1);
	assert_int_equal(stats.tables, 1);
	assert_int_equal(stats.accesses, 7);
	rd_fake_free(rd);
}

/* ---- an ITS on the same machine ---- */

/* Redistributors 0 to 3 with Processor_Numbers 10 to 13, and an ITS that was given them. */
static struct rd_fake *with_its(void)
{
	struct rd_fake *rd = rd_fake_raw();

	for (uint32_t n = 0; n < 4; n++)
		rd->hw[n].typer = (uint64_t)n << 32 | (10 + n) << 8 | 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd->fake->setup.config.redistributors = NULL;
	rd->fake->setup.config.redistributor_count = 0;
	rd->fake->setup.config.redists = rd->redists;
	assert_int_equal(fake_init(rd->fake), ITSG_OK);
	fake_boot(rd->fake);
	return rd;
}

static void their_list_is_the_ITSs_list(void **state)
{
	struct rd_fake *rd = with_its();

	(void)state;
	fake_mapc(rd->fake, 0, 12 << 16);
	assert_int_equal(fake_try(rd->fake), ITSG_OK);
	fake_mapc(rd->fake, 0, 2 << 16); /* a place, and no RDbase */
	assert_int_equal(fake_try(rd->fake), ITSG_RDBASE_UNKNOWN);
	fake_sync(rd->fake, 13 << 16);
	assert_int_equal(fake_try(rd->fake), ITSG_OK);
	rd_fake_free(rd);
}

static void with_PTA_they_are_named_by_their_frames(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd->fake->typer |= 1u << 19;
	rd->fake->setup.config.redistributors = NULL;
	rd->fake->setup.config.redistributor_count = 0;
	rd->fake->setup.config.redists = rd->redists;
	assert_int_equal(fake_init(rd->fake), ITSG_OK);
	fake_boot(rd->fake);
	fake_mapc(rd->fake, 0, rd->frames[2]);
	assert_int_equal(fake_try(rd->fake), ITSG_OK);
	fake_mapc(rd->fake, 0, 0x20000);
	assert_int_equal(fake_try(rd->fake), ITSG_RDBASE_UNKNOWN);
	rd_fake_free(rd);
}

static void a_list_beside_them_or_another_tracker_is_a_bad_configuration(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	struct rd_fake *other = rd_fake_new();

	(void)state;
	rd->fake->setup.config.redists = rd->redists;
	assert_int_equal(itsg_its_size(&rd->fake->setup.config), 0);
	rd->fake->setup.config.redistributors = NULL;
	rd->fake->setup.config.redistributor_count = 0;
	assert_int_not_equal(itsg_its_size(&rd->fake->setup.config), 0);
	rd->fake->setup.config.redists = other->redists;
	rd->fake->machine->redists = NULL;
	assert_int_equal(fake_init(rd->fake), ITSG_BAD_CONFIG);
	rd_fake_free(rd);
	rd_fake_free(other);
}

/* The SYNCs of the unmap of device 1, as a set of redistributors; hardware passes all. */
static uint32_t synced(struct rd_fake *rd)
{
	uint32_t set = 0;

	fake_mapped(rd->fake, 1);
	fake_run(rd->fake);
	rd->fake->ran_count = 0;
	fake_unmapped(rd->fake, 1);
	for (uint32_t i = 0; i < rd->fake->ran_count; i++)
		if ((fake_ran(rd->fake, i, 0) & 0xff) == 0x05)
			set |= 1u << ((fake_ran(rd->fake, i, 2) >> 16) - 10);
	return set;
}

static void a_round_of_SYNCs_goes_where_LPIs_are_on(void **state)
{
	struct rd_fake *rd = with_its();

	(void)state;
	for (uint32_t n = 0; n < 4; n++) {
		fake_mapc(rd->fake, n, (10 + n) << 16);
		assert_int_equal(fake_try(rd->fake), ITSG_OK);
	}
	rd_on(rd, 1);
	rd_on(rd, 3);
	assert_int_equal(synced(rd), 1u << 1 | 1u << 3);
	rd->hw[3].rwp = 100;
	assert_int_equal(rd_clear(rd, 3), ITSG_OK);
	assert_int_equal(synced(rd), 1u << 1 | 1u << 3); /* it may still have something */
	rd->hw[3].busy = 0;
	rd_poll(rd);
	assert_int_equal(synced(rd), 1u << 1);
	rd->fake->asleep = 1u << 1;
	rd_on(rd, 2);
	assert_int_equal(synced(rd), 1u << 2);
	rd_fake_free(rd);
}

/*
 * An MSI that comes before hardware has passed the unmap may be on its way to a redistributor that
 * was off when the SYNCs were sent.
 */
static void one_that_was_turned_on_before_the_unmap_was_passed_gets_its_SYNC_too(void **state)
{
	struct rd_fake *rd = with_its();
	struct fake *fake = rd->fake;

	(void)state;
	for (uint32_t n = 0; n < 4; n++) {
		fake_mapc(fake, n, (10 + n) << 16);
		assert_int_equal(fake_try(fake), ITSG_OK);
	}
	rd_on(rd, 1);
	fake_mapped(fake, 1);
	fake_mapped(fake, 2);
	fake_run(fake);
	fake_unmap(fake, 1);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 3); /* the unmaps, and a SYNC to 1 */
	rd_on(rd, 2);
	for (uint32_t device = 1; device <= 2; device++) {
		fake_pass_all(fake);
		fake_settle(fake);
		assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000 * device), FAKE_SHARED);
		assert_int_equal(fake_unpassed(fake), 2); /* to 1, and to 2 */
		fake_pass_all(fake);
	}
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_HOST);
	rd_fake_free(rd);
}

/*
 * It has lost EnableLPIs with its power, and the round has left it out: as far as the host goes it
 * was on all the time (F34).
 */
static void one_that_is_turned_on_again_gets_its_SYNC_too(void **state)
{
	struct rd_fake *rd = with_its();
	struct fake *fake = rd->fake;

	(void)state;
	fake_mapc(fake, 2, 12 << 16);
	assert_int_equal(fake_try(fake), ITSG_OK);
	rd_on(rd, 2);
	rd->hw[2].ctlr &= ~1u;
	fake->asleep = 1u << 2;
	fake_mapped(fake, 1);
	fake_run(fake);
	fake_unmap(fake, 1);
	fake_submit(fake);
	fake_settle(fake);
	fake->asleep = 0;
	assert_int_equal(rd_w32(rd, 2, 0, 1), ITSG_OK);
	fake_pass_all(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->ran_count = 0;
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 2), 12 << 16);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	rd_fake_free(rd);
}

/* There was no room for the SYNC yet, and the round has gone past one that was off. */
static void one_that_is_turned_on_while_a_round_is_being_queued_gets_its_SYNC_too(void **state)
{
	struct rd_fake *rd = rd_fake_raw();
	struct fake *fake = rd->fake;

	(void)state;
	for (uint32_t n = 0; n < 4; n++)
		rd->hw[n].typer = (uint64_t)n << 32 | (10 + n) << 8 | 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	fake->setup.config.redistributors = NULL;
	fake->setup.config.redistributor_count = 0;
	fake->setup.config.redists = rd->redists;
	fake->setup.config.depth = 2;
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_boot(fake);
	for (uint32_t n = 0; n < 2; n++) {
		fake_mapc(fake, n, (10 + n) << 16);
		assert_int_equal(fake_try(fake), ITSG_OK);
	}
	rd_on(rd, 1);
	fake_mapped(fake, 1);
	fake_run(fake);
	fake_sync(fake, 11 << 16);
	fake_unmap(fake, 1);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 2);
	rd_on(rd, 0);
	fake->ran_count = 0;
	fake_run(fake);
	assert_int_equal(fake->ran_count, 4);
	assert_int_equal(fake_ran(fake, 2, 2), 10 << 16);
	assert_int_equal(fake_ran(fake, 3, 2), 11 << 16);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	rd_fake_free(rd);
}

/* F21: never on CREADR alone. */
static void where_no_LPIs_are_on_one_SYNC_goes_to_whoever_is_awake(void **state)
{
	struct rd_fake *rd = with_its();

	(void)state;
	rd->fake->asleep = 1u << 0 | 1u << 1;
	assert_int_equal(synced(rd), 1u << 2);
	rd->fake->asleep = 1u << 2;
	rd_on(rd, 3); /* no collection points there, but it is on */
	assert_int_equal(synced(rd), 1u << 3);
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accesses_that_are_not_well_formed_are_refused_and_told),
		cmocka_unit_test(poll_lets_go_what_no_host_waits_for),
		cmocka_unit_test(a_host_that_is_gone_leaves_nothing),
		cmocka_unit_test(a_host_before_the_guard_can_go_too),
		cmocka_unit_test(a_page_that_does_not_come_back_is_leaked_and_told),
		cmocka_unit_test(counters_count),
		cmocka_unit_test(among_many_the_one_that_is_being_cleared_is_sought_in_parts),
		cmocka_unit_test(their_list_is_the_ITSs_list),
		cmocka_unit_test(with_PTA_they_are_named_by_their_frames),
		cmocka_unit_test(a_list_beside_them_or_another_tracker_is_a_bad_configuration),
		cmocka_unit_test(a_round_of_SYNCs_goes_where_LPIs_are_on),
		cmocka_unit_test(
			one_that_was_turned_on_before_the_unmap_was_passed_gets_its_SYNC_too),
		cmocka_unit_test(
			one_that_is_turned_on_while_a_round_is_being_queued_gets_its_SYNC_too),
		cmocka_unit_test(one_that_is_turned_on_again_gets_its_SYNC_too),
		cmocka_unit_test(where_no_LPIs_are_on_one_SYNC_goes_to_whoever_is_awake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
