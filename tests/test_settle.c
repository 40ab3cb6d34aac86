/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Published commands until they are over: the host's CREADR, and when memory goes back. */
#include "fake.h"

#include "settle.h"
#include "state.h"

static void a_full_journal_makes_the_host_wait(void **state)
{
	struct fake *fake = fake_sized(2, 0, 1000);

	(void)state;
	fake_syncs_apart(fake, 5, 0x10000);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 2);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x40);
	assert_int_equal(fake_unpassed(fake), 2);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 5);
	assert_int_equal(fake_creadr(fake), 10 * 32);
	fake_free(fake);
}

static void a_journal_of_two_wraps(void **state)
{
	struct fake *fake = fake_sized(2, 2, 1);

	(void)state;
	for (uint32_t i = 0; i < 300; i++) {
		fake_mapped(fake, i % 3);
		fake_unmapped(fake, i % 3);
		assert_int_equal(fake_page(fake, FAKE_ITT + i % 3 * 0x1000), FAKE_HOST);
	}
	assert_int_equal(fake_stats(fake).accepted, 600);
	fake_free(fake);
}

/* CREADR is the first that is not over: refused ones are over at once, behind those before. */
static void the_host_sees_its_commands_end_in_order(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0);
	fake_words(fake, 0xff, 0, 0, 0); /* refused */
	fake_sync(fake, 0);
	fake_words(fake, 0xff, 0, 0, 0);
	fake_submit(fake);
	assert_int_equal(fake_stats(fake).refused, 2);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x80);
	fake_free(fake);
}

/* I2: not at submission, not at the MAPD's passing, but at the passing of the SYNC behind it. */
static void memory_goes_back_when_the_barrier_is_passed(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmapping(fake, 1);
	assert_int_equal(fake_unpassed(fake), 2);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_pass(fake, 1);
	/* CREADR moves when the drop is done, so the driver may free the memory then. */
	assert_int_equal(fake_creadr(fake), 0x60);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_free(fake);
}

static void creadr_waits_for_the_drop_even_with_a_budget_of_one(void **state)
{
	struct fake *fake = fake_sized(64, 0, 1);

	(void)state;
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	for (uint32_t i = 0; i < 20; i++) {
		const uint64_t creadr = fake_creadr(fake);
		const bool held = fake_page(fake, FAKE_ITT + 0x1000) != FAKE_HOST;

		assert_int_equal(creadr, held ? 0x20 : 0x40);
		fake_pass_all(fake);
	}
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_free(fake);
}

/* Device 1 is unmapped and hardware has passed all of it; from here on a call is one step. */
static struct fake *passed_unmap(uint32_t size, uint64_t itt)
{
	struct fake *fake = fake_armed();

	fake_mapd(fake, 1, size, itt);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_unmapping(fake, 1);
	fake_settle(fake);
	fake_pass_all(fake);
	fake_set_budget(fake, 1);
	return fake;
}

/* I6: an ITT of many pages goes back a part in a step, and is the command's until the last has. */
static void a_long_itt_goes_back_in_parts(void **state)
{
	struct fake *fake = passed_unmap(12, FAKE_ITT + 0x800); /* 64 KB: 17 pages */
	uint32_t parts = 0;

	(void)state;
	while (fake_page(fake, FAKE_ITT + 0x10000) != FAKE_HOST) {
		uint64_t creadr;

		fake_forget(fake);
		assert_int_equal(fake->its->journal.drops, 1);
		assert_true(itsg_device_mapped(fake->its, 1));
		creadr = fake_creadr(fake);
		assert_int_equal(creadr == 0x40, fake_page(fake, FAKE_ITT + 0x10000) == FAKE_HOST);
		assert_true(fake->calls[FAKE_UNSHARE] <= ITSG_DROP_PART);
		parts += fake->calls[FAKE_UNSHARE] ? 1 : 0;
	}
	assert_int_equal(parts, 9);
	assert_int_equal(fake->its->journal.drops, 0);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* Hardware that goes wrong between two parts keeps the rest. */
static void a_drop_ends_where_hardware_breaks(void **state)
{
	struct fake *fake = passed_unmap(11, FAKE_ITT); /* 32 KB: 8 pages */

	(void)state;
	while (fake_page(fake, FAKE_ITT) != FAKE_HOST) /* slots are overwritten first (F2) */
		fake_poll(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake->creadr = 0xfe0;
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_SHARED);
	fake_free(fake);
}

/* Enabled=0 and Quiescent=1 since it was passed does as well as a barrier. */
static void quiescence_settles_what_was_passed_and_nothing_else(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_mapped(fake, 2);
	fake_unmap(fake, 1);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_pass(fake, 1);
	fake->quiescent = false;
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->quiescent = true;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_SHARED);
	/* Nothing published is taken back: the other one runs when Enabled returns. */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_settle(fake);
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_HOST);
	fake_free(fake);
}

/* An unmap whose round has ended, and since then a redistributor was turned on. */
static struct fake *outdated(void)
{
	struct fake *fake = fake_in_use();

	fake_unmapping(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_NONE);
	fake->its->barrier.stale_below = fake->its->ring.published;
	return fake;
}

static void stays_as_it_is(struct fake *fake)
{
	const enum itsg_round round = fake->its->barrier.round;

	assert_false(itsg_settle_first(fake->its));
	assert_int_equal(fake->its->barrier.round, round);
	assert_false(itsg_journal_at(&fake->its->journal, 0)->covered);
	fake_free(fake);
}

static void an_outdated_round_is_made_again(void **state)
{
	struct fake *fake = outdated();

	(void)state;
	assert_true(itsg_settle_first(fake->its));
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_OWED);
	assert_true(itsg_journal_at(&fake->its->journal, 0)->covered);
	fake_free(fake);
}

static void an_outdated_round_is_not_made_again_for_what_waits_for_quiescence(void **state)
{
	struct fake *fake = outdated();
	struct itsg_entry *entry = itsg_journal_at(&fake->its->journal, 0);

	(void)state;
	entry->barrier = ITSG_NO_BARRIER;
	entry->again = true;
	stays_as_it_is(fake);
}

static void an_outdated_round_is_not_made_again_without_hardware(void **state)
{
	struct fake *fake = outdated();

	(void)state;
	fake->its->ring.live = false;
	stays_as_it_is(fake);
}

/* It comes when that one is over, or that one would begin afresh. */
static void an_outdated_round_is_not_made_again_while_another_is_under_way(void **state)
{
	struct fake *fake = outdated();

	(void)state;
	fake->its->barrier.round = ITSG_ROUND_QUEUEING;
	stays_as_it_is(fake);
}

/* ---- drops that the platform refuses ---- */

static void a_page_not_taken_back_is_leaked_told_and_used_again(void **state)
{
	struct fake *fake = fake_armed();
	const struct fake_event *event;

	(void)state;
	fake_mapped(fake, 1);
	fake_forget(fake);
	fake_fail(fake, FAKE_UNSHARE, 1);
	fake_unmapped(fake, 1);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_LEAKED);
	assert_int_equal(event->value, (FAKE_ITT + 0x1000) >> 12);
	assert_int_equal(fake_stats(fake).leaked, 1);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake_settle(fake);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40801!"); /* not tried in a loop */
	/* The same kind may use it, without a callback; and gives it back for good. */
	fake_forget(fake);
	fake_mapped(fake, 1);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_unmapped(fake, 1);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40801");
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	assert_int_equal(fake_stats(fake).leaked, 1);
	fake_free(fake);
}

static void a_leaked_page_is_of_its_kind(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapped(fake, 1);
	fake_fail(fake, FAKE_UNSHARE, 1);
	fake_unmapped(fake, 1);
	fake_put64(fake, FAKE_DEVICES + 8, 1ull << 63 | (FAKE_ITT + 0x1000));
	fake_mapd(fake, 512, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_KIND_CONFLICT);
	fake_free(fake);
}

/* The middle page of three: the others go back, and an overlap with none of them is left. */
static void only_the_refused_page_is_leaked(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 9, FAKE_ITT + 0x100);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_fail(fake, FAKE_UNSHARE, 2);
	fake_unmapped(fake, 1);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_HOST);
	fake_mapd(fake, 1, 9, FAKE_ITT + 0x100);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_free(fake);
}

/* On the way to a refusal, too: the exception to I3, and the only one. */
static void a_page_not_taken_back_by_a_refusal_is_leaked(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_fail(fake, FAKE_SHARE, 2);
	fake_fail(fake, FAKE_UNSHARE, 1);
	fake_mapd(fake, 1, 9, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_SHARE_REFUSED);
	assert_int_equal(fake_stats(fake).leaked, 1);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_forget(fake);
	/* And is not given back by the undoing of a take that found it leaked. */
	fake_fail(fake, FAKE_SHARE, 1);
	fake_mapd(fake, 1, 9, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_SHARE_REFUSED);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40801!");
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	fake_free(fake);
}

/* Untracking what is not tracked is never a success (S2, S3): also not by the guard itself. */
static void untrack_unknown_page_is_an_error(void **state)
{
	struct fake *fake = fake_armed();
	const struct itsg_run run = {FAKE_ITT, 0x100};

	(void)state;
	assert_int_equal(itsg_pages_drop(fake->machine->pages, &run, ITSG_SHARED),
			 ITSG_PAGES_NOT_HELD);
	fake_unmap(fake, 1);
	assert_int_equal(fake_try(fake), ITSG_DEVICE_UNMAPPED);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* The n commands that the host has put are published, and none has passed. */
static void publish(struct fake *fake, uint32_t n)
{
	fake_submit(fake);
	while (fake_unpassed(fake) < n)
		fake_poll(fake);
}

/* While disabled; the host programs all of it again, with an empty queue. */
static void power_goes(struct fake *fake)
{
	fake_disable(fake);
	fake_power_loss(fake);
	fake_program(fake, false);
	fake->host_at = 0;
	fake_w64(fake, ITSG_GITS_CWRITER, 0);
	fake->ran_count = 0;
}

/* Passed, and seen to be, but not settled yet when power goes: that stays as it is. */
static void what_is_over_is_not_undone_after_a_power_loss(void **state)
{
	struct fake *fake = fake_sized(64, 0, 1);

	(void)state;
	for (uint32_t device = 0; device < 6; device++)
		fake_mapd(fake, device, 4, FAKE_ITT + device * 0x1000);
	publish(fake, 6);
	fake_pass(fake, 6);
	power_goes(fake); /* disabling sees it, and settles one */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 0);
	assert_int_equal(fake_stats(fake).devices, 6);
	/* Nor is an unmap made again. */
	for (uint32_t device = 0; device < 6; device++)
		fake_unmap(fake, device);
	publish(fake, 6);
	fake_pass(fake, 6);
	power_goes(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 0);
	assert_int_equal(fake_pages_held(fake), 33);
	fake_free(fake);
}

/* It is gone; its device stays mapped, in hardware too. */
static void what_is_no_map_is_not_undone_after_a_power_loss(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_mapti(fake, 1, 0, 8192, 0);
	fake_event(fake, 0x03, 1, 0);
	publish(fake, 2);
	power_goes(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 0);
	assert_int_equal(fake_stats(fake).devices, 1);
	fake_free(fake);
}

/* Three mappings of so many EventIDs never ran when power went: each is owed an unmap. */
static struct fake *owing(uint32_t size)
{
	struct fake *fake = fake_sized(64, 0, 1);

	for (uint32_t device = 0; device < 3; device++)
		fake_mapd(fake, device, size, FAKE_ITT + device * 0x10000);
	publish(fake, 3);
	power_goes(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_in_range(fake->its->journal.owed, 1, 3);
	return fake;
}

static void no_itt_is_held(const struct fake *fake)
{
	for (uint32_t device = 0; device < 3; device++)
		assert_int_equal(fake_page(fake, FAKE_ITT + device * 0x10000), FAKE_HOST);
}

static void what_is_owed_is_counted_once_however_often_power_goes(void **state)
{
	struct fake *fake = owing(4);

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		power_goes(fake);
		assert_int_equal(fake_enable(fake), ITSG_OK);
		assert_in_range(fake->its->journal.owed, 1, 3);
	}
	fake_run(fake);
	no_itt_is_held(fake);
	fake_free(fake);
}

/*
 * With their table, they are owed nothing any more. One has its number already, which is above
 * those of the others; with ITTs of 16 pages, they are all still there then.
 */
static void what_is_owed_goes_with_the_device_table(void **state)
{
	static const uint32_t sizes[] = {4, 12};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct fake *fake = owing(sizes[i]);

		fake_disable(fake);
		fake_set_devices(fake, 0);
		assert_int_equal(fake->its->journal.owed, 0);
		fake_settle(fake);
		no_itt_is_held(fake);
		fake_free(fake);
	}
}

/* ---- queues that come after each other ---- */

/* CREADR is of the present queue, though commands of the one before are still on their way. */
static void creadr_counts_from_the_present_queue_on(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_disable(fake);
	fake_poll(fake);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake->host_at = 0;
	fake_submit(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_sync(fake, 0);
	fake_sync(fake, 0);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 12);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 5);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 5);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_free(fake);
}

/* What is owed to the next queue stands last in the journal: what is over behind it vanishes. */
static void what_is_over_does_not_stand_behind_an_unmap_that_is_owed(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	for (uint32_t i = 0; i < 4; i++) { /* at our SYNC, for good; and of its second round */
		fake_stall(fake);
		fake_pass(fake, i == 1 ? 1 : 0);
	}
	fake_run(fake);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x2000); /* passed, behind the unmap that is not over */
	fake_sync(fake, 0);
	fake_submit(fake);
	fake_pass(fake, 1);
	fake_poll(fake);
	fake_power_loss_in_flight(fake);
	fake_poll(fake);
	assert_int_equal(fake->its->journal.count, 3);
	fake_set_collections(fake, 0);
	assert_int_equal(fake->its->journal.count, 1);
	assert_int_equal(fake->its->journal.owed, 1);
	assert_true(itsg_device_mapped(fake->its, 2));
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_journal_makes_the_host_wait),
		cmocka_unit_test(a_journal_of_two_wraps),
		cmocka_unit_test(what_is_over_is_not_undone_after_a_power_loss),
		cmocka_unit_test(what_is_no_map_is_not_undone_after_a_power_loss),
		cmocka_unit_test(what_is_owed_is_counted_once_however_often_power_goes),
		cmocka_unit_test(what_is_owed_goes_with_the_device_table),
		cmocka_unit_test(the_host_sees_its_commands_end_in_order),
		cmocka_unit_test(memory_goes_back_when_the_barrier_is_passed),
		cmocka_unit_test(creadr_waits_for_the_drop_even_with_a_budget_of_one),
		cmocka_unit_test(a_long_itt_goes_back_in_parts),
		cmocka_unit_test(a_drop_ends_where_hardware_breaks),
		cmocka_unit_test(quiescence_settles_what_was_passed_and_nothing_else),
		cmocka_unit_test(an_outdated_round_is_made_again),
		cmocka_unit_test(an_outdated_round_is_not_made_again_for_what_waits_for_quiescence),
		cmocka_unit_test(an_outdated_round_is_not_made_again_without_hardware),
		cmocka_unit_test(an_outdated_round_is_not_made_again_while_another_is_under_way),
		cmocka_unit_test(a_page_not_taken_back_is_leaked_told_and_used_again),
		cmocka_unit_test(a_leaked_page_is_of_its_kind),
		cmocka_unit_test(only_the_refused_page_is_leaked),
		cmocka_unit_test(a_page_not_taken_back_by_a_refusal_is_leaked),
		cmocka_unit_test(untrack_unknown_page_is_an_error),
		cmocka_unit_test(creadr_counts_from_the_present_queue_on),
		cmocka_unit_test(what_is_over_does_not_stand_behind_an_unmap_that_is_owed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
