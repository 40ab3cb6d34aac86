/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What a command claims, a part in a step; and all that can come in between. */
#include "fake.h"

#include "state.h"

#define ITT          FAKE_ITT
#define PAGE(n)      (ITT + (n)*0x1000ull)
#define SIXTEEN      12u /* Size of a MAPD: 64 KB, sixteen pages */
#define VALID        (1ull << 63)
#define FOR_EVER     1000u
#define OTHER_DEVICE 9u

/* Booted, one step in a call from here on. */
static struct fake *one_step(void)
{
	struct fake *fake = fake_armed();

	fake_set_budget(fake, 1);
	return fake;
}

static void poll_until(struct fake *fake, enum fake_call call, uint32_t count)
{
	for (uint32_t i = 0; i < FOR_EVER && fake->calls[call] < count; i++)
		fake_poll(fake);
	assert_true(fake->calls[call] >= count);
}

/* A MAPD of sixteen pages, submitted, and as many parts taken. */
static struct fake *under_way(uint32_t parts)
{
	struct fake *fake = one_step();

	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	poll_until(fake, FAKE_SHARE, parts * ITSG_CLAIM_PART);
	assert_int_equal(fake->calls[FAKE_SHARE], parts * ITSG_CLAIM_PART);
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_ON);
	return fake;
}

/* One that the platform refuses in its twelfth part: what was taken is on its way back. */
static struct fake *going_back(void)
{
	struct fake *fake = one_step();

	fake_give_to_guest(fake, PAGE(11));
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	poll_until(fake, FAKE_UNSHARE, 1);
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_BACK);
	return fake;
}

static void nothing_is_held(struct fake *fake, uint32_t before)
{
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_NONE);
	assert_int_equal(fake_pages_held(fake), before);
}

/* ---- taking ---- */

/* I6: and until the last part hardware knows of nothing, and the host's CREADR stands still. */
static void a_long_itt_is_claimed_in_parts(void **state)
{
	struct fake *fake = one_step();
	uint32_t parts = 0;

	(void)state;
	fake_mapd(fake, 1, SIXTEEN, ITT + 0x800); /* seventeen pages */
	fake_submit(fake);
	while (fake->calls[FAKE_SHARE] < 17) {
		const uint32_t before = fake->calls[FAKE_SHARE];

		assert_int_equal(fake_unpassed(fake), 0);
		assert_int_equal(fake_creadr(fake), 0);
		assert_in_range(fake->calls[FAKE_SHARE] - before, 0, ITSG_CLAIM_PART);
		parts += fake->calls[FAKE_SHARE] > before ? 1 : 0;
	}
	assert_int_equal(parts, 17);
	assert_int_equal(fake_unpassed(fake), 1);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0x20);
	assert_int_equal(fake_stats(fake).accepted, 1);
	fake_free(fake);
}

static void a_donated_itt_is_zeroed_part_by_part(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.donate_itt = true);

	(void)state;
	fake_forget(fake);
	fake_mapd(fake, 1, 10, ITT + 0xf00); /* 16 KB: five pages */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO),
		    "donate 40800; zero 40800f00+100; donate 40801; zero 40801000+1000; "
		    "donate 40802; zero 40802000+1000; donate 40803; zero 40803000+1000; "
		    "donate 40804; zero 40804000+f00");
	fake_free(fake);
}

/* A level-2 page may be long, too: 64 KB, sixteen pages. */
static void a_level_2_page_and_an_itt_are_both_taken(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, true);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_set_budget(fake, 1);
	fake_forget(fake);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	for (uint32_t i = 0; i < FOR_EVER && fake_stats(fake).accepted == 0; i++) {
		const uint32_t before = fake->calls[FAKE_SHARE] + fake->calls[FAKE_DONATE];

		assert_int_equal(fake_get64(fake, FAKE_PRIVATE + FAKE_POOL), 0);
		fake_poll(fake);
		assert_in_range(fake->calls[FAKE_SHARE] + fake->calls[FAKE_DONATE] - before, 0,
				ITSG_CLAIM_PART);
	}
	assert_int_equal(fake->calls[FAKE_SHARE], 16);
	assert_int_equal(fake->calls[FAKE_DONATE], 16);
	assert_int_equal(fake->calls[FAKE_ZERO], 16);
	assert_int_equal(fake_get64(fake, FAKE_PRIVATE + FAKE_POOL), VALID | FAKE_LEVEL2);
	fake_free(fake);
}

/* As above, in a tracker with room for both and little more; armed, nothing taken yet. */
static struct fake *long_level_2_pages(uint32_t capacity)
{
	struct fake *fake = fake_with(setup.pages.capacity = capacity);

	fake_program(fake, true);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_put64(fake, FAKE_DEVICES + 8, VALID | (FAKE_LEVEL2 + 0x10000));
	return fake;
}

/* The pages of the first run are counted once. */
static void the_second_run_has_the_room_that_the_first_leaves(void **state)
{
	struct fake *fake = long_level_2_pages(78); /* 33 are held, 32 will be */

	(void)state;
	fake_mapd(fake, 1, SIXTEEN, ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	assert_int_equal(fake_pages_held(fake), 65);
	fake_free(fake);
}

/* ---- refusing ---- */

static void an_overlap_of_the_second_run_moves_no_page_of_it(void **state)
{
	struct fake *fake = long_level_2_pages(256);

	(void)state;
	fake_mapd(fake, 8192, 4, PAGE(15) + 0xf00); /* in the other page of level 2 */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_forget(fake);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	assert_int_equal(fake_try(fake), ITSG_ITT_OVERLAP);
	assert_int_equal(fake->calls[FAKE_DONATE], 16);
	assert_int_equal(fake->calls[FAKE_RECLAIM], 16);
	assert_int_equal(fake->calls[FAKE_SHARE], 0);
	fake_free(fake);
}

/* The reason lies in the books: not a page moves, however far away it is. */
static void an_overlap_at_the_far_end_moves_no_page(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, OTHER_DEVICE, 4, PAGE(15) + 0xf00);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_forget(fake);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	assert_int_equal(fake_try(fake), ITSG_ITT_OVERLAP);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* 64 KB host pages: a 4 KB table there donates one, and leaves room for ITTs in it. */
static struct fake *table_in_a_long_page(uint64_t pa)
{
	struct fake *fake = fake_with(setup.pages.page_shift = 16);

	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(pa, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_forget(fake);
	return fake;
}

/* Overlap of any page goes before the kind of any page, part or no part. */
static void a_page_of_the_other_kind_is_told_if_no_page_overlaps(void **state)
{
	struct fake *fake = table_in_a_long_page(ITT);

	(void)state;
	fake_mapd(fake, 1, 15, ITT + 0x8000); /* 512 KB: nine pages, the first is donated */
	assert_int_equal(fake_try(fake), ITSG_KIND_CONFLICT);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_mapd(fake, OTHER_DEVICE, 4, ITT + 0x80000);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_forget(fake);
	fake_mapd(fake, 1, 15, ITT + 0x8000);
	assert_int_equal(fake_try(fake), ITSG_ITT_OVERLAP);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* The last of nine pages is donated; the next command is none the worse for it. */
static void a_page_of_the_other_kind_at_the_far_end_moves_no_page(void **state)
{
	struct fake *fake = table_in_a_long_page(ITT + 0xf000);

	(void)state;
	fake_mapd(fake, 1, 15, ITT - 0x78000);
	assert_int_equal(fake_try(fake), ITSG_KIND_CONFLICT);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_mapd(fake, 1, 15, ITT + 0x10000);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_free(fake);
}

static void a_run_longer_than_the_tracker_is_refused_at_once(void **state)
{
	struct fake *fake =
		fake_armed_with(setup.pages.capacity = 64,
				setup.config.budget = 2 /* to fetch it, and for its first part */);

	(void)state;
	fake_forget(fake);
	fake_mapd(fake, 1, 15, ITT); /* 512 KB: 128 pages */
	fake_submit(fake);
	fake_refused(fake, ITSG_NO_PAGE_SLOT);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* T18: the second page would be refused, too, by the platform, if it were asked. */
static void a_run_with_fewer_slots_than_new_pages_moves_no_page(void **state)
{
	struct fake *fake = one_step();
	const uint32_t held = fake_pages_held(fake);

	(void)state;
	fake_free(fake);
	fake = fake_armed_with(setup.pages.capacity = held + 15);
	fake_give_to_guest(fake, PAGE(1));
	fake_forget(fake);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	assert_int_equal(fake_try(fake), ITSG_NO_PAGE_SLOT);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_mapd(fake, 1, SIXTEEN - 1, ITT);
	assert_int_equal(fake_try(fake), ITSG_SHARE_REFUSED);
	nothing_is_held(fake, held);
	fake_free(fake);
}

/* I3: refused by the platform in the twelfth part, and everything goes back, a part in a step. */
static void a_page_that_is_refused_gives_all_parts_back(void **state)
{
	struct fake *fake = one_step();
	const uint32_t held = fake_pages_held(fake);

	(void)state;
	fake_give_to_guest(fake, PAGE(11));
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	while (fake_stats(fake).refused == 0) {
		const uint32_t before = fake->calls[FAKE_UNSHARE];
		const uint64_t offset = fake_creadr(fake);

		assert_int_equal(offset, fake_stats(fake).refused ? 0x20 : 0);
		assert_in_range(fake->calls[FAKE_UNSHARE] - before, 0, ITSG_CLAIM_PART);
	}
	fake_refused(fake, ITSG_SHARE_REFUSED);
	assert_int_equal(fake->calls[FAKE_UNSHARE], 11);
	nothing_is_held(fake, held);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0x20);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

static void a_level_2_page_goes_back_with_the_itt(void **state)
{
	struct fake *fake = fake_default();
	uint32_t held;

	(void)state;
	fake_boot_linked(fake);
	held = fake_pages_held(fake);
	fake_forget(fake);
	fake_give_to_guest(fake, PAGE(5));
	fake_mapd(fake, 1, 11, ITT); /* 32 KB: eight pages */
	assert_int_equal(fake_try(fake), ITSG_SHARE_REFUSED);
	fake_expect(fake, FAKE_PAGE_CALLS,
		    "donate 40300; share 40800; share 40801; share 40802; share 40803; "
		    "share 40804; share 40805; unshare 40800; unshare 40801; unshare 40802; "
		    "unshare 40803; unshare 40804; reclaim 40300");
	nothing_is_held(fake, held);
	fake_free(fake);
}

static void a_part_that_cannot_be_zeroed_gives_all_back(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.donate_itt = true);
	uint32_t held;

	(void)state;
	held = fake_pages_held(fake);
	fake_fail(fake, FAKE_ZERO, 3);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	assert_int_equal(fake_try(fake), ITSG_ZERO_FAILED);
	nothing_is_held(fake, held);
	fake_free(fake);
}

/* The last thing that can fail: both takes are complete. */
static void a_word_that_cannot_be_stored_gives_all_back(void **state)
{
	struct fake *fake = fake_default();
	uint32_t held;

	(void)state;
	fake_boot_linked(fake);
	held = fake_pages_held(fake);
	fake_set_budget(fake, 1);
	fake_fail(fake, FAKE_STORE, 1);
	fake_mapd(fake, 1, 11, ITT);
	assert_int_equal(fake_try(fake), ITSG_STORE_FAILED);
	assert_int_equal(fake->calls[FAKE_UNSHARE], 8);
	nothing_is_held(fake, held);
	fake_free(fake);
}

/* What stays is what the platform does not take back, and it is counted. */
static void a_page_not_taken_back_is_leaked(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_give_to_guest(fake, PAGE(11));
	fake_fail(fake, FAKE_UNSHARE, 2);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).leaked, 1);
	assert_int_equal(fake_page(fake, PAGE(0)), FAKE_HOST);
	assert_int_equal(fake_page(fake, PAGE(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, PAGE(2)), FAKE_HOST);
	fake_free(fake);
}

/* A drop on its way out is waited for; then the command is judged afresh, and taken. */
static void a_long_itt_waits_for_what_is_on_its_way_out(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, OTHER_DEVICE, 4, PAGE(13));
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_unmap(fake, OTHER_DEVICE);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	fake_settle(fake);
	assert_true(fake->its->head.waiting);
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_NONE);
	fake_run(fake);
	assert_int_equal(fake_stats(fake).accepted, 3);
	assert_int_equal(fake_page(fake, PAGE(15)), FAKE_SHARED);
	fake_free(fake);
}

/* ---- what may come in between ---- */

/* The platform asked for DeviceID 1, then reserves it: it must not hear "not mapped" meanwhile. */
static void a_device_counts_as_mapped_from_its_rule_on(void **state)
{
	struct fake *fake = under_way(1);

	(void)state;
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_false(itsg_device_mapped(fake->its, 2));
	fake->reserved_device = 1;
	fake->reserved_used = true;
	fake_run(fake);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

static void a_device_whose_claims_go_back_is_not_mapped(void **state)
{
	struct fake *fake = going_back();

	(void)state;
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_run(fake);
	fake_free(fake);
}

static void nothing_is_taken_while_disabled(void **state)
{
	struct fake *fake = under_way(2);

	(void)state;
	fake_disable(fake);
	fake_run(fake);
	assert_int_equal(fake->calls[FAKE_SHARE], 2);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->calls[FAKE_SHARE], 16);
	assert_int_equal(fake->calls[FAKE_FETCH], 1); /* I4 */
	assert_int_equal(fake_stats(fake).accepted, 1);
	fake_free(fake);
}

/* The command goes with its queue, and nobody is told of it. */
static void a_queue_that_is_given_up_takes_the_command_along(void **state)
{
	struct fake *fake = under_way(2);
	uint32_t held;

	(void)state;
	held = fake_pages_held(fake) - 2 * ITSG_CLAIM_PART;
	fake_disable(fake);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_settle(fake);
	nothing_is_held(fake, held);
	fake_no_event(fake);
	assert_int_equal(fake_stats(fake).commands, 0);
	fake_free(fake);
}

static void a_refusal_is_not_told_once_its_queue_is_gone(void **state)
{
	struct fake *fake = going_back();

	(void)state;
	fake_disable(fake);
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_BACK);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_settle(fake);
	fake_no_event(fake);
	fake_free(fake);
}

/* Another table, another rule: what was judged by the first is given back and judged afresh. */
static void a_table_that_is_given_up_has_the_command_judged_again(void **state)
{
	struct fake *fake = one_step();
	uint32_t held;

	(void)state;
	fake_mapd(fake, 0x800, SIXTEEN, ITT);
	fake_submit(fake);
	poll_until(fake, FAKE_SHARE, 1);
	fake_disable(fake);
	held = fake_pages_held(fake) - ITSG_CLAIM_PART;
	/* 4 KB: 512 entries. */
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	fake_refused(fake, ITSG_DEVICE_OOR);
	nothing_is_held(fake, held - 15);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_free(fake);
}

/* I7: a table may lie where the ITT was going to be. */
static void arming_first_gives_back_what_was_taken(void **state)
{
	struct fake *fake = under_way(3);

	(void)state;
	fake_disable(fake);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	assert_int_equal(fake->its->taking.phase, ITSG_TAKING_BACK);
	fake_set_devices(fake, fake_baser_value(ITT, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_page(fake, PAGE(0)), FAKE_DONATED);
	fake_free(fake);
}

/* Another ITS on the same tracker, between the judging and the claiming of the last part. */
static void another_its_may_come_first(void **state)
{
	struct fake *first = fake_default();
	struct fake *second = fake_another(first);

	(void)state;
	fake_boot(first);
	second->host_queue = FAKE_RAM + 0x10000;
	fake_program(second, false);
	fake_set_devices(second, fake_baser_value(FAKE_RAM + 0x600000, 1, 2, false));
	fake_set_collections(second, fake_baser_value(FAKE_RAM + 0x700000, 1, 2, false));
	assert_int_equal(fake_enable(second), ITSG_OK);
	first->its->facts.config.budget = 1;
	fake_forget(first);
	fake_mapd(first, 1, SIXTEEN, ITT);
	fake_submit(first);
	poll_until(first, FAKE_SHARE, 1);
	/* What is taken is taken; what is not yet, is not. */
	fake_mapd(second, 1, 4, PAGE(0));
	assert_int_equal(fake_try(second), ITSG_ITT_OVERLAP);
	fake_mapd(second, 1, 4, PAGE(15));
	assert_int_equal(fake_try(second), ITSG_OK);
	fake_run(first);
	fake_refused(first, ITSG_ITT_OVERLAP);
	assert_int_equal(fake_page(first, PAGE(11)), FAKE_HOST);
	assert_int_equal(fake_page(first, PAGE(15)), FAKE_SHARED);
	fake_free(first);
}

/* A step a call from here on; a MAPD of sixteen pages has one of them when power goes, and returns.
 */
static void power_goes_while_taking(struct fake *fake)
{
	fake_set_budget(fake, 1);
	fake_forget(fake);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake_submit(fake);
	poll_until(fake, FAKE_SHARE, 1);
	fake_disable(fake);
	fake_power_loss(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake->ran_count = 0;
	fake_run(fake);
}

/* Power goes meanwhile, and with it a MAPD that never ran: it is undone first. */
static void after_a_power_loss_it_begins_anew(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, OTHER_DEVICE, 4, PAGE(0x20));
	fake_submit(fake); /* published, and not passed */
	power_goes_while_taking(fake);
	assert_int_equal(fake->calls[FAKE_SHARE], 16 + ITSG_CLAIM_PART);
	assert_int_equal(fake_ran(fake, 0, 0), (uint64_t)OTHER_DEVICE << 32 | ITSG_CMD_MAPD);
	assert_int_equal(fake_ran(fake, 1, 0), ITSG_CMD_SYNC);
	assert_int_equal(fake_ran(fake, 2, 0), 1ull << 32 | ITSG_CMD_MAPD);
	assert_int_equal(fake_page(fake, PAGE(0x20)), FAKE_HOST);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/*
 * The same, where what never ran is the mapping whose place it takes: that record is gone, so there
 * is nothing to replace any more.
 */
static void after_a_power_loss_it_is_judged_again(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, PAGE(0x20));
	fake_submit(fake);
	power_goes_while_taking(fake);
	assert_int_equal(fake_stats(fake).devices, 1);
	assert_int_equal(fake_ran(fake, 0, 2), 0); /* unmapped, in case it did run */
	assert_int_equal(fake_ran(fake, 2, 2), VALID | ITT);
	assert_int_equal(fake_page(fake, PAGE(0x20)), FAKE_HOST);
	fake_free(fake);
}

/* An unmap that the old queue left fails for good meanwhile, and its record comes back (F14). */
static void a_record_that_comes_back_has_it_judged_again(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, PAGE(0x20));
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_unmapping(fake, 1);
	fake_disable(fake);
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_set_budget(fake, 2);
	fake_mapd(fake, 1, SIXTEEN, ITT);
	fake->stalled = true;
	fake_submit(fake);
	assert_false(fake->stalled); /* tried once more */
	fake_set_budget(fake, 1);
	poll_until(fake, FAKE_SHARE, 3);
	assert_int_equal(fake->its->plan.record, ITSG_RECORD_ADD);
	fake_stall(fake);
	fake_run(fake);
	assert_int_equal(fake_stats(fake).devices, 1);
	assert_int_equal(fake_page(fake, PAGE(0x20)), FAKE_HOST); /* replaced */
	assert_int_equal(fake_page(fake, ITT), FAKE_SHARED);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_itt_is_claimed_in_parts),
		cmocka_unit_test(a_donated_itt_is_zeroed_part_by_part),
		cmocka_unit_test(a_level_2_page_and_an_itt_are_both_taken),
		cmocka_unit_test(the_second_run_has_the_room_that_the_first_leaves),
		cmocka_unit_test(an_overlap_of_the_second_run_moves_no_page_of_it),
		cmocka_unit_test(an_overlap_at_the_far_end_moves_no_page),
		cmocka_unit_test(a_page_of_the_other_kind_is_told_if_no_page_overlaps),
		cmocka_unit_test(a_page_of_the_other_kind_at_the_far_end_moves_no_page),
		cmocka_unit_test(a_run_longer_than_the_tracker_is_refused_at_once),
		cmocka_unit_test(a_run_with_fewer_slots_than_new_pages_moves_no_page),
		cmocka_unit_test(a_page_that_is_refused_gives_all_parts_back),
		cmocka_unit_test(a_level_2_page_goes_back_with_the_itt),
		cmocka_unit_test(a_part_that_cannot_be_zeroed_gives_all_back),
		cmocka_unit_test(a_word_that_cannot_be_stored_gives_all_back),
		cmocka_unit_test(a_page_not_taken_back_is_leaked),
		cmocka_unit_test(a_long_itt_waits_for_what_is_on_its_way_out),
		cmocka_unit_test(a_device_counts_as_mapped_from_its_rule_on),
		cmocka_unit_test(a_device_whose_claims_go_back_is_not_mapped),
		cmocka_unit_test(nothing_is_taken_while_disabled),
		cmocka_unit_test(a_queue_that_is_given_up_takes_the_command_along),
		cmocka_unit_test(a_refusal_is_not_told_once_its_queue_is_gone),
		cmocka_unit_test(a_table_that_is_given_up_has_the_command_judged_again),
		cmocka_unit_test(arming_first_gives_back_what_was_taken),
		cmocka_unit_test(another_its_may_come_first),
		cmocka_unit_test(after_a_power_loss_it_begins_anew),
		cmocka_unit_test(after_a_power_loss_it_is_judged_again),
		cmocka_unit_test(a_record_that_comes_back_has_it_judged_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
