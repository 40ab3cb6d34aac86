/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Tables that the host gives up: dropped if hardware has forgotten them, kept for ever if not. */
#include "fake.h"

#include "claim.h"
#include "state.h"

#define ITT(n) (FAKE_ITT + (n)*0x1000ull)
#define L1(n)  (FAKE_DEVICES + (n)*8ull)
#define VALID  (1ull << 63)
#define POOL   (FAKE_PRIVATE + FAKE_POOL)

static struct fake *flat(bool forgets)
{
	return fake_booted(fake_that_forgets(forgets));
}

static struct fake *two_level(bool forgets)
{
	struct fake *fake = fake_that_forgets(forgets);

	fake_boot_two_level(fake);
	for (uint32_t n = 0; n < 3; n++)
		fake_put64(fake, L1(n), VALID | (FAKE_LEVEL2 + n * 0x1000));
	return fake;
}

static void mapped(struct fake *fake, uint32_t device, uint64_t itt)
{
	fake_mapd(fake, device, 4, itt);
	assert_int_equal(fake_try(fake), ITSG_OK);
}

/* ---- forgotten ---- */

/* I7, with a budget of one: in the end every page is the host's. */
static void after_a_quiet_end_everything_is_the_hosts(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	fake_collection(fake, 0, 1);
	mapped(fake, 1, ITT(1));
	mapped(fake, 512, ITT(1) + 0x100);
	mapped(fake, 1024, ITT(2));
	fake_unmapped(fake, 1024);
	fake_set_budget(fake, 1);
	fake_give_up_all(fake); /* when it returns: the host may use its memory at once (F5) */
	assert_int_equal(fake_pages_held(fake), 0);
	assert_int_equal(fake_stats(fake).devices, 0);
	assert_int_equal(fake_stats(fake).kept_granules, 0);
	for (uint32_t n = 0; n < 128; n++)
		assert_int_equal(fake_get64(fake, POOL + n * 8), 0);
	fake_free(fake);
}

/* I6: neither a flat table nor an ITT is given back at once. */
static void retired_memory_goes_back_in_parts(void **state)
{
	struct fake *fake = flat(true);
	uint32_t held;

	(void)state;
	fake_mapd(fake, 1, 12, ITT(1)); /* 64 KB: 16 pages */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_disable(fake);
	fake_set_budget(fake, 1);
	fake_set_devices(fake, 0);
	for (held = fake_pages_held(fake); fake_poll(fake); held = fake_pages_held(fake))
		assert_in_range(held - fake_pages_held(fake), 0, ITSG_DROP_PART);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0xf000), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(1) + 0xf000), FAKE_HOST);
	fake_free(fake);
}

/* A level 1 neither, given up before hardware is quiet: in whatever call that is found out. */
static void a_level_1_given_up_early_goes_back_in_parts(void **state)
{
	struct fake *fake = fake_default();
	uint32_t held;

	(void)state;
	fake_boot_two_level(fake);
	fake_disable(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, true)); /* 64 KB: 16 pages */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_set_budget(fake, 1);
	fake->quiescent = false;
	fake_disable(fake);
	fake_set_devices(fake, 0);
	fake->quiescent = true;
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_SHARED);
	for (held = fake_pages_held(fake); fake_poll(fake); held = fake_pages_held(fake))
		assert_in_range(held - fake_pages_held(fake), 0, ITSG_DROP_PART);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0xf000), FAKE_HOST);
	fake_free(fake);
}

/* Valid is cleared in hardware before anything goes, and level 1 behind the pages it named. */
static void valid_goes_first_then_the_words_then_the_pages(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	mapped(fake, 512, ITT(1));
	fake_disable(fake);
	fake_forget(fake);
	fake_set_devices(fake, 0);
	fake_expect(fake, ~FAKE_BIT(FAKE_FETCH),
		    "reg 100 7907000020100400; reg 80 0; reg 88 0; "
		    "store 20100008+8; reclaim 40301; unshare 40100; unshare 40801");
	fake_free(fake);
}

static void a_table_that_was_replaced_is_found_when_arming(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	assert_int_equal(fake->baser[0].value >> 63, 1); /* not before */
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_false(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	assert_int_equal(fake->baser[0].value, 0xb907000040300600);
	fake_free(fake);
}

/* Attributes count: hardware holds the table with others. */
static void other_attributes_are_another_table(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake_set_devices(fake,
			 fake_baser_value(FAKE_DEVICES, 1, 2, false) & ~ITSG_BASER_INNER_CACHE);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* The memory of the old table is wanted for the new one: it goes back first. */
static void a_new_table_may_overlap_one_that_is_forgotten(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_put64(fake, FAKE_DEVICES + 0x2000, 0x1234); /* an entry of the ITS */
	fake_disable(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 3, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_get64(fake, FAKE_DEVICES + 0x2000), 0);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0x2000), FAKE_DONATED);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0x3000), FAKE_HOST);
	fake_free(fake);
}

static void valid_cleared_and_set_again_is_a_new_table(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_set_budget(fake, 1);
	fake_disable(fake);
	fake_set_devices(fake, 0);
	fake_set_devices(fake,
			 fake_baser_value(FAKE_DEVICES, 1, 2, false)); /* still being reaped */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_false(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_set_budget(fake, 1000);
	mapped(fake, 1, ITT(1));
	fake_free(fake);
}

static void a_table_is_given_up_once(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_set_budget(fake, 1);
	fake_give_up_all(fake);
	for (uint32_t i = 0; i < 30; i++) {
		fake_set_devices(fake, 0);
		fake_set_collections(fake, 0);
	}
	fake_settle(fake);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

static void a_half_write_may_retire_too(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_disable(fake);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0), ITSG_OK); /* the lower half */
	assert_int_equal(fake->baser[0].value >> 63, 1);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER + 4, 0), ITSG_OK);
	assert_int_equal(fake->baser[0].value >> 63, 0);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_HOST);
	fake_free(fake);
}

static void the_configuration_may_know_that_hardware_forgets(void **state)
{
	struct fake *fake =
		fake_armed_with(setup.typer &= ~ITSG_TYPER_INV, setup.config.forgets = true);

	(void)state;
	fake_give_up_all(fake);
	fake_settle(fake);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

/* Claims of commands that never ran join the retired ones: nothing published matters any more. */
static void what_never_ran_goes_with_the_device_table(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_collection(fake, 0, 1);
	mapped(fake, 1, ITT(1));
	fake_unmap(fake, 1);
	fake_mapd(fake, 2, 4, ITT(2));
	fake_submit(fake);
	assert_true(fake_unpassed(fake) >= 2);
	fake_disable(fake);
	fake_set_devices(fake, 0);
	fake_settle(fake);
	assert_int_equal(fake->cbaser, 0); /* reset: nothing of it runs */
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_unpassed(fake), 0);
	mapped(fake, 1, ITT(1));
	fake_free(fake);
}

/* The collection table alone: devices stay; what is not passed was judged by the old table. */
static void with_the_collection_table_goes_what_is_not_passed(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_mapd(fake, 2, 4, ITT(2));
	fake_submit(fake);
	assert_true(itsg_device_mapped(fake->its, 2));
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_stats(fake).devices, 1);
	assert_true(itsg_device_mapped(fake->its, 2)); /* until our own MAPD V=0 is settled */
	assert_int_equal(fake_unpassed(fake), 2);      /* and a SYNC */
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	fake_run(fake);
	assert_false(itsg_device_mapped(fake->its, 2));
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_COLLECTIONS), FAKE_HOST);
	fake_free(fake);
}

/* What is named at either end of level 1 goes back, and so do the devices, as often as need be. */
static void each_time_all_of_level_1_and_of_the_devices_goes(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	fake_put64(fake, L1(127), VALID | (FAKE_LEVEL2 + 0x10000));
	for (uint32_t i = 0; i < 3; i++) {
		mapped(fake, 1, ITT(1));
		mapped(fake, 0xffff, ITT(2));
		assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x10000), FAKE_DONATED);
		fake_give_up_all(fake);
		fake_settle(fake);
		assert_int_equal(fake_pages_held(fake), 0);
		assert_int_equal(fake_stats(fake).devices, 0);
		fake_program(fake, true);
		fake->host_at = 0;
		fake_w64(fake, ITSG_GITS_CWRITER, 0);
		assert_int_equal(fake_enable(fake), ITSG_OK);
	}
	fake_free(fake);
}

/* ITT entries that are gone name no collection any more: the next table may be small. */
static void collections_are_forgotten_with_the_devices(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 2, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	mapped(fake, 1, ITT(1));
	fake_mapti(fake, 1, 0, 8192, 8192);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_SIZE);
	fake_set_devices(fake, 0);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* Nothing was judged by it that has not run: hardware's queue stays as it is. */
static void without_pending_commands_the_queue_outlives_the_collection_table(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake_forget(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE) | FAKE_BIT(FAKE_STORE),
		    "reg 108 3c07000040200600; reg 108 3c07000040300600; "
		    "reg 108 bc07000040300600; reg 0 1");
	fake_free(fake);
}

/* ---- not forgotten ---- */

/* The ITTs among them are on no list. */
static void sum_kept(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
		     enum itsg_kind kind)
{
	uint64_t *granules = ctx;

	assert_int_equal(use, ITSG_CLAIM_KEPT);
	assert_int_equal(kind, ITSG_DONATED);
	*granules += run->bytes >> ITSG_GRANULE_SHIFT;
}

static void what_is_not_forgotten_is_kept_and_counted(void **state)
{
	struct fake *fake = two_level(false);
	uint64_t granules = 0;

	(void)state;
	mapped(fake, 1, ITT(1));
	mapped(fake, 512, ITT(2));
	fake_unmap(fake, 512);
	fake_submit(fake); /* never runs */
	fake_give_up_all(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_HOST); /* level 1: only read by us */
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x1000), FAKE_DONATED);
	assert_int_equal(fake_page(fake, FAKE_COLLECTIONS), FAKE_DONATED);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	assert_int_equal(fake_stats(fake).kept_granules, 16 + 16 + 256 + 1 + 1);
	itsg_visit_claims(fake->its, sum_kept, &granules);
	assert_int_equal(granules, 256); /* pages of level 2 stand nowhere else */
	assert_int_equal(fake_stats(fake).devices, 0);
	assert_int_equal(fake_get64(fake, POOL), 0); /* the mirror can be used again */
	fake_free(fake);
}

/* A command that has not run and claims nothing leaves nothing behind. */
static void what_never_ran_and_claims_nothing_is_not_kept(void **state)
{
	struct fake *fake = flat(false);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_mapti(fake, 1, 0, 8192, 0);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 1);
	fake_give_up_all(fake);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).kept_granules, 256 + 256 + 1);
	fake_free(fake);
}

/* Linux' kexec and suspend name the same table again: zeroed anew, not donated twice. */
static void a_kept_table_may_be_named_again_exactly(void **state)
{
	struct fake *fake = flat(false);

	(void)state;
	mapped(fake, 1, ITT(1));
	for (uint32_t i = 0; i < 10; i++) {
		fake_disable(fake);
		fake_set_devices(fake, 0);
		fake_settle(fake);
		assert_int_equal(fake_stats(fake).kept_granules, 256 + 1);
		fake_put64(fake, FAKE_DEVICES, 0x1234); /* as hardware left it */
		fake_forget(fake);
		fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
		assert_int_equal(fake_enable(fake), ITSG_OK);
		fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "zero 40100000+10000");
		assert_int_equal(fake_get64(fake, FAKE_DEVICES), 0);
		assert_int_equal(fake_stats(fake).kept_granules, 1); /* the ITT */
	}
	fake_mapd(fake, 1, 4, ITT(1));
	assert_int_equal(fake_try(fake), ITSG_ITT_OVERLAP); /* for ever */
	fake_free(fake);
}

static void any_other_overlap_with_a_kept_table_is_refused(void **state)
{
	struct fake *fake = flat(false);

	(void)state;
	fake_disable(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 15, 0, false)); /* less */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 17, 0, false)); /* more */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 0, true)); /* as a level 1 */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	fake_set_queue(fake, fake_cbaser_value(FAKE_DEVICES, 16));
	fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_QUEUE_ADDRESS);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	/* The same extent by another page size, or in the other register, is the same extent. */
	fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	fake_set_collections(fake, fake_baser_value(FAKE_DEVICES, 16, 0, false));
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_DONATE], 16);
	assert_int_equal(fake_stats(fake).kept_granules, 256);
	fake_free(fake);
}

/* Refused after the extent was taken from the list: it goes back on it. */
static void a_refused_arming_keeps_the_kept(void **state)
{
	struct fake *fake = flat(false);

	(void)state;
	fake_disable(fake);
	fake_set_devices(fake, 0);
	fake_settle(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	fake_fail(fake, FAKE_ZERO, 1);
	assert_int_equal(fake_enable(fake), ITSG_ZERO_FAILED);
	assert_int_equal(fake_stats(fake).kept_granules, 256);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_DONATED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_stats(fake).kept_granules, 0);
	fake_free(fake);
}

/* The list of extents for reuse is finite; the keeping is not. */
static void without_a_place_on_the_list_a_table_is_kept_all_the_same(void **state)
{
	static const uint32_t places[] = {0, 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct fake *fake = fake_armed_with(setup.typer &= ~ITSG_TYPER_INV,
						    setup.config.kept = places[i]);

		fake_give_up_all(fake);
		fake_settle(fake);
		assert_int_equal(fake_stats(fake).kept_granules, 512);
		assert_int_equal(fake_pages_held(fake), 32);
		fake_program(fake, false);
		assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
		assert_int_equal(fake_stats(fake).kept_granules, 512);
		fake_free(fake);
	}
}

/* ---- failures ---- */

/* A word that stays in hardware's level 1 keeps its page. */
static void a_store_that_fails_holds_the_rest_back(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	mapped(fake, 512, ITT(2));
	fake_disable(fake);
	fake_fail(fake, FAKE_STORE, 1);
	fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2 + 0x20000, 1, 2, false));
	fake_set_budget(fake, 0); /* only the arming itself */
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED);
	assert_int_equal(fake->events[fake->event_count - 1].culprit, ITSG_GITS_BASER);
	assert_int_equal(fake->events[fake->event_count - 1].pa, POOL);
	fake_set_budget(fake, 1000);
	fake->fail_always[FAKE_STORE] = true;
	fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2 + 0x10000, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED);
	assert_false(fake->enabled);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	assert_int_equal(fake_get64(fake, POOL), VALID | FAKE_LEVEL2);
	fake->fail_always[FAKE_STORE] = false;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

static void pages_not_taken_back_are_leaked_one_by_one(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake_fail(fake, FAKE_RECLAIM, 3);
	fake_fail(fake, FAKE_UNSHARE, 1);
	fake_set_devices(fake, 0);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).leaked, 2);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0x1000), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0x2000), FAKE_DONATED);
	assert_int_equal(fake_page(fake, FAKE_DEVICES + 0x3000), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	/* As a table again: fifteen pages to donate. */
	fake_forget(fake);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_DONATE], 15);
	fake_free(fake);
}

/* A Valid that cannot be cleared: hardware has the table for ever. */
static void a_valid_that_cannot_be_cleared_keeps_everything(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake->baser[0].valid_sticks = true;
	fake_set_devices(fake, 0);
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_DONATED);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_stats(fake).kept_granules, 257);
	fake_free(fake);
}

static void broken_hardware_is_told_of_once(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_disable(fake);
	fake->baser[0].valid_sticks = true;
	fake->baser[1].valid_sticks = true;
	fake->event_next = fake->event_count;
	fake_set_devices(fake, 0);
	fake_set_collections(fake, 0);
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_BROKEN);
	fake_no_event(fake);
	fake_free(fake);
}

/* A word that was read for a MAPC says nothing about the next collection table (F11). */
static void a_word_of_a_retired_collection_table_is_read_anew(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_put64(fake, FAKE_COLLECTIONS, VALID | ITT(0x10)); /* 64 KB: 16 steps */
	fake_put64(fake, FAKE_COLLECTIONS + 0x10000, VALID | ITT(0x20));
	fake_set_budget(fake, 1);
	fake_mapc(fake, 0, 0);
	fake_submit(fake); /* fetched; the next step judges it */
	fake_poll(fake);
	assert_true(fake->its->head.level1_read);
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS + 0x10000, 1, 2, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(0x10)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(0x20)), FAKE_DONATED);
	fake_free(fake);
}

/* A MAPC that is passed lies in its slot, from where firmware may run it under the next table. */
static void with_the_collection_table_goes_what_is_not_overwritten(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_mapc(fake, 600, 0);
	fake_submit(fake);
	fake->fail_always[FAKE_STORE] = true; /* the slot cannot be overwritten */
	fake_pass_all(fake);
	fake_disable(fake);
	fake_poll(fake);
	assert_true(fake->its->ring.passed == fake->its->ring.published);
	fake_set_collections(fake, fake_baser_value(FAKE_LEVEL2, 1, 0, false)); /* 512 */
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED); /* all of the queue begins anew */
	fake->fail_always[FAKE_STORE] = false;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	for (uint32_t slot = 0; slot < 128; slot++)
		assert_int_equal(fake_slot(fake, slot, 0), ITSG_CMD_SYNC);
	fake_free(fake);
}

/* What is over in the journal goes with the rest, before the write returns. */
static void unmaps_on_their_way_go_with_the_table(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_unmapping(fake, 1);
	fake_set_budget(fake, 1);
	fake_give_up_all(fake);
	assert_int_equal(fake_pages_held(fake), 0);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* ---- the host is gone ---- */

static uint32_t until_gone(struct fake *fake)
{
	uint32_t calls = 1;

	fake->machine->inside = true;
	while (!itsg_host_gone(fake->its) && calls < 1000) {
		fake->quiescent = calls > 3 ? true : fake->quiescent;
		calls++;
	}
	fake->machine->inside = false;
	fake_check(fake);
	return calls;
}

/* In the middle of everything: mapped, unmapped, being taken, published, stalled (F20). */
static void a_host_that_is_gone_leaves_nothing(void **state)
{
	for (uint32_t stalled = 0; stalled < 2; stalled++) {
		struct fake *fake = two_level(true);

		(void)state;
		mapped(fake, 1, ITT(1));
		mapped(fake, 512, ITT(2));
		fake_unmap(fake, 512);
		fake_mapd(fake, 1024, 4, ITT(3));
		fake_submit(fake);
		fake_pass(fake, 1);
		fake->stalled = stalled != 0;
		fake_set_budget(fake, 1);
		fake_mapd(fake, 2, 12, ITT(0x20));
		fake_submit(fake);
		fake_poll(fake);
		fake->quiescent = false;
		assert_in_range(until_gone(fake), 5, 999);
		assert_false(fake->enabled);
		assert_int_equal(fake_pages_held(fake), 0);
		assert_int_equal(fake->cbaser >> 63, 0); /* no queue, and no table */
		assert_int_equal(fake->baser[0].value >> 63, 0);
		assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0);
		assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 63, 0);
		/* The next one boots. */
		fake_set_budget(fake, 1000);
		fake->stalled = false;
		fake->host_at = 0;
		fake_boot(fake);
		mapped(fake, 1, ITT(1));
		fake_free(fake);
	}
}

/* What it had published goes first as a rule; but it is asked for. */
static void a_host_is_not_gone_before_its_commands_are_over(void **state)
{
	struct fake *fake = fake_armed();
	struct itsg_its *its = fake->its;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	fake_give_up_all(fake);
	fake_settle(fake);
	for (uint32_t i = 0; i < 2; i++) {
		struct itsg_entry *entry = itsg_journal_append(&its->journal);

		entry->state = ITSG_ENTRY_OVER;
		entry->number = i;
		its->journal.foreign++;
	}
	fake_set_budget(fake, 1);
	assert_int_equal(until_gone(fake), 2);
	fake_free(fake);
}

/* What it gave is not all back while hardware's level 1 cannot be written. */
static void a_host_is_not_gone_before_all_is_back(void **state)
{
	struct fake *fake = two_level(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake->fail_always[FAKE_STORE] = true;
	assert_int_equal(until_gone(fake), 1000); /* never */
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	fake->fail_always[FAKE_STORE] = false;
	assert_int_equal(until_gone(fake), 1);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

static void a_host_that_is_gone_was_not_there_at_all(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(until_gone(fake), 1);
	fake_boot(fake);
	fake_free(fake);
}

/* What hardware may remember is kept; but nothing of it is the next host's any more. */
static void of_a_host_that_is_gone_hardware_may_remember(void **state)
{
	struct fake *fake = flat(false);

	(void)state;
	mapped(fake, 1, ITT(1));
	assert_in_range(until_gone(fake), 1, 999);
	assert_true(fake_stats(fake).kept_granules > 0);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST);
	assert_int_equal(fake_stats(fake).devices, 0);
	fake_free(fake);
}

/* Firmware has turned it on again meanwhile. */
static void a_host_that_is_gone_leaves_hardware_off(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	fake_disable(fake);
	fake_poll(fake);
	fake->enabled = true;
	until_gone(fake);
	assert_false(fake->enabled);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

/* ---- the platform says that power was lost ---- */

/*
 * While enabled, and firmware has let hardware run through its queue again: CREADR is where it can
 * be, and nobody but the platform knows (F4). It may have turned hardware off, too, by the time
 * that it tells.
 */
static void a_loss_that_only_the_platform_knows_of_is_believed(void **state)
{
	for (uint32_t told = 0; told < 3; told++) {
		struct fake *fake = flat(true);

		(void)state;
		mapped(fake, 1, ITT(1));
		fake_unmapped(fake, 1);
		fake->enabled = told < 2;
		if (told)
			fake_tell_power_lost(fake);
		fake_disable(fake);
		fake_poll(fake);
		assert_int_equal(fake->its->power.doubted, told > 0);
		assert_int_equal(fake_enable(fake), ITSG_OK);
		fake_free(fake);
	}
}

/* Quiescent was seen: all is in memory, and the mappings stay. */
static void a_loss_after_quiescence_costs_nothing(void **state)
{
	struct fake *fake = flat(true);

	(void)state;
	mapped(fake, 1, ITT(1));
	fake_disable(fake);
	fake_poll(fake);
	fake_power_loss(fake);
	fake_tell_power_lost(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_mapti(fake, 1, 0, 8192, 0);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_free(fake);
}

/* ---- what it costs ---- */

static void what_a_write_gives_up_goes_back_in_one_call(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake);
	fake_disable(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_RECLAIM], 16);
	assert_int_equal(fake->ranges[FAKE_RECLAIM], 1);
	fake_free(fake);
}

/* Far fewer steps than it takes to see all of it; and none before the last word. */
static void a_level_1_is_looked_through_as_long_as_it_has_words(void **state)
{
	struct fake *fake = fake_default();
	const struct itsg_table *table = fake->its->device_table;
	uint32_t steps = 0;

	(void)state;
	fake_boot_two_level(fake);
	for (uint32_t n = 0; n < 3; n += 2) {
		fake_put64(fake, FAKE_DEVICES + n * 8,
			   ITSG_BASER_VALID | (FAKE_LEVEL2 + n * 0x1000));
		fake_mapd(fake, n * 512, 4, FAKE_ITT + n * 0x1000);
		assert_int_equal(fake_try(fake), ITSG_OK);
	}
	assert_int_equal(table->filled, 2);
	fake->its->facts.config.budget = 1;
	fake->quiescent = false;
	fake_disable(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
	fake->quiescent = true;
	while (fake_poll(fake))
		steps++;
	assert_int_equal(table->filled, 0);
	assert_false(table->dying);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x2000), FAKE_HOST);
	assert_in_range(steps, 1, table->mirror_bytes / 8 / 64 / 4);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_of_a_retired_collection_table_is_read_anew),
		cmocka_unit_test(with_the_collection_table_goes_what_is_not_overwritten),
		cmocka_unit_test(unmaps_on_their_way_go_with_the_table),
		cmocka_unit_test(a_host_that_is_gone_leaves_nothing),
		cmocka_unit_test(a_host_is_not_gone_before_its_commands_are_over),
		cmocka_unit_test(a_host_is_not_gone_before_all_is_back),
		cmocka_unit_test(a_host_that_is_gone_was_not_there_at_all),
		cmocka_unit_test(of_a_host_that_is_gone_hardware_may_remember),
		cmocka_unit_test(a_host_that_is_gone_leaves_hardware_off),
		cmocka_unit_test(a_loss_that_only_the_platform_knows_of_is_believed),
		cmocka_unit_test(a_loss_after_quiescence_costs_nothing),
		cmocka_unit_test(after_a_quiet_end_everything_is_the_hosts),
		cmocka_unit_test(retired_memory_goes_back_in_parts),
		cmocka_unit_test(a_level_1_given_up_early_goes_back_in_parts),
		cmocka_unit_test(valid_goes_first_then_the_words_then_the_pages),
		cmocka_unit_test(a_table_that_was_replaced_is_found_when_arming),
		cmocka_unit_test(other_attributes_are_another_table),
		cmocka_unit_test(a_new_table_may_overlap_one_that_is_forgotten),
		cmocka_unit_test(valid_cleared_and_set_again_is_a_new_table),
		cmocka_unit_test(a_table_is_given_up_once),
		cmocka_unit_test(a_half_write_may_retire_too),
		cmocka_unit_test(the_configuration_may_know_that_hardware_forgets),
		cmocka_unit_test(what_never_ran_goes_with_the_device_table),
		cmocka_unit_test(with_the_collection_table_goes_what_is_not_passed),
		cmocka_unit_test(each_time_all_of_level_1_and_of_the_devices_goes),
		cmocka_unit_test(collections_are_forgotten_with_the_devices),
		cmocka_unit_test(without_pending_commands_the_queue_outlives_the_collection_table),
		cmocka_unit_test(what_is_not_forgotten_is_kept_and_counted),
		cmocka_unit_test(what_never_ran_and_claims_nothing_is_not_kept),
		cmocka_unit_test(a_kept_table_may_be_named_again_exactly),
		cmocka_unit_test(any_other_overlap_with_a_kept_table_is_refused),
		cmocka_unit_test(a_refused_arming_keeps_the_kept),
		cmocka_unit_test(without_a_place_on_the_list_a_table_is_kept_all_the_same),
		cmocka_unit_test(a_store_that_fails_holds_the_rest_back),
		cmocka_unit_test(pages_not_taken_back_are_leaked_one_by_one),
		cmocka_unit_test(a_valid_that_cannot_be_cleared_keeps_everything),
		cmocka_unit_test(broken_hardware_is_told_of_once),
		cmocka_unit_test(what_a_write_gives_up_goes_back_in_one_call),
		cmocka_unit_test(a_level_1_is_looked_through_as_long_as_it_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
