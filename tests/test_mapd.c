/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* MAPD: its rule, and what it takes and gives back. */
#include "fake.h"

#include "state.h"

#define L1(n)    (FAKE_DEVICES + (n)*8ull)
#define VALID    (1ull << 63)
#define PER_PAGE 512u /* entries in a level-2 page of fake_boot_two_level() */

static enum itsg_reason try_mapd(struct fake *fake, uint32_t device, uint32_t size, uint64_t itt)
{
	fake_mapd(fake, device, size, itt);
	return fake_try(fake);
}

static enum itsg_reason try_unmap(struct fake *fake, uint32_t device)
{
	fake_unmap(fake, device);
	return fake_try(fake);
}

static struct fake *two_level(void)
{
	struct fake *fake = fake_default();

	fake_boot_two_level(fake);
	return fake;
}

static void a_mapd_shares_its_itt_and_reaches_hardware_cleaned(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	/* Reserved bits everywhere: hardware gets none of them (GIC R1, R2, R3). */
	fake_words(fake, 0x00000012ffffff08, 0xffffffffffffffe4, 0xfff00000408000ff, ~0ull);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800");
	assert_int_equal(fake->ran_count, 1);
	assert_int_equal(fake_ran(fake, 0, 0), 0x0000001200000008);
	assert_int_equal(fake_ran(fake, 0, 1), 4);
	assert_int_equal(fake_ran(fake, 0, 2), 0x8000000040800000);
	assert_int_equal(fake_ran(fake, 0, 3), 0);
	assert_true(itsg_device_mapped(fake->its, 0x12));
	assert_false(itsg_device_mapped(fake->its, 0x13));
	assert_int_equal(fake_stats(fake).devices, 1);
	fake_free(fake);
}

/* The unmap's own Size and ITT mean nothing; Linux fills them in (GIC 2.2). */
static void an_unmap_gives_back_what_the_record_says(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 0x12, 8, 0x40800f00), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; share 40801");
	fake_forget(fake);
	fake_words(fake, 0x0000001200000008, 15, 0x40900000, 0);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40800; unshare 40801");
	assert_int_equal(fake_ran(fake, 1, 0), 0x0000001200000008);
	assert_int_equal(fake_ran(fake, 1, 1), 0);
	assert_int_equal(fake_ran(fake, 1, 2), 0);
	assert_false(itsg_device_mapped(fake->its, 0x12));
	fake_free(fake);
}

static void an_unmapped_device_cannot_be_unmapped(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_unmap(fake, 0x12), ITSG_DEVICE_UNMAPPED);
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_unmap(fake, 0x12), ITSG_OK);
	assert_int_equal(try_unmap(fake, 0x12), ITSG_DEVICE_UNMAPPED);
	assert_int_equal(fake->ran_count, 3); /* and the SYNC of ours behind the one that was */
	fake_free(fake);
}

/* ---- a device that is mapped already ---- */

static void the_same_again_changes_nothing(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	fake_forget(fake);
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake->ran_count, 1); /* hardware is not even told */
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO) | FAKE_BIT(FAKE_STORE), "");
	assert_int_equal(fake_creadr(fake), 0x40);
	assert_int_equal(fake_stats(fake).accepted, 2);
	fake_free(fake);
}

static void another_size_is_not_the_same(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 0x12, 3, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake->ran_count, 4);
	fake_event(fake, ITSG_CMD_INT, 0x12, 16); /* as many events as it has now */
	assert_int_equal(fake_try(fake), ITSG_EVENT_OOR);
	fake_free(fake);
}

static void another_itt_takes_the_place_of_the_first(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	fake_mapd(fake, 0x12, 5, FAKE_ITT + 0x10000);
	fake_submit(fake);
	fake_settle(fake);
	/* Both are held for as long as hardware may use them. */
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x10000), FAKE_SHARED);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_run(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x10000), FAKE_SHARED);
	assert_int_equal(fake_creadr(fake), 0x40);
	/* An unmap, the map, and a SYNC behind both. */
	assert_int_equal(fake->ran_count, 4);
	assert_int_equal(fake_ran(fake, 1, 0), 0x1200000008);
	assert_int_equal(fake_ran(fake, 1, 2), 0);
	assert_int_equal(fake_ran(fake, 2, 1), 5);
	assert_int_equal(fake_ran(fake, 2, 2), VALID | (FAKE_ITT + 0x10000));
	assert_int_equal(fake_ran(fake, 3, 0), ITSG_CMD_SYNC);
	assert_int_equal(fake_stats(fake).devices, 1);
	assert_true(itsg_device_mapped(fake->its, 0x12));
	fake_free(fake);
}

/* Claimed granules, of the tables and the queue not counted. */
static uint64_t itt_granules(const struct fake *fake)
{
	struct itsg_pages_stats stats;

	itsg_pages_get_stats(fake->machine->pages, &stats);
	return stats.granules - 0x21 * 16;
}

/* What an ITT has that its predecessor had is claimed once, and never goes in between. */
static void itts_of_one_device_may_overlap(void **state)
{
	/* 2^(4+1) entries of 8 bytes are a granule; old and new, in granules from FAKE_ITT on. */
	static const struct {
		uint32_t old_at, old_size, new_at, new_size;
		uint64_t both; /* granules that either has */
	} cases[] = {
		{8, 5, 8, 7, 8},  {8, 7, 8, 5, 8},  {8, 7, 10, 5, 8}, {10, 5, 8, 7, 8},
		{8, 6, 10, 6, 6}, {10, 6, 8, 6, 6}, {8, 5, 10, 5, 4}, {10, 5, 8, 5, 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake *fake = fake_armed();
		const uint64_t at = FAKE_ITT + cases[i].new_at * 0x100;

		assert_int_equal(
			try_mapd(fake, 1, cases[i].old_size, FAKE_ITT + cases[i].old_at * 0x100),
			ITSG_OK);
		fake_mapd(fake, 1, cases[i].new_size, at);
		fake_submit(fake);
		fake_settle(fake);
		assert_int_equal(itt_granules(fake), cases[i].both);
		fake_run(fake);
		assert_int_equal(itt_granules(fake), 1u << (cases[i].new_size - 4));
		assert_int_equal(try_unmap(fake, 1), ITSG_OK);
		assert_int_equal(itt_granules(fake), 0);
		fake_free(fake);
	}
}

/* Nothing is released, but no redistributor may sleep before all have got a SYNC (F33). */
static void an_unmap_of_what_stays_claimed_is_on_its_way_too(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 5, FAKE_ITT + 0x800), ITSG_OK);
	assert_int_equal(fake_stats(fake).unmaps, 0);
	fake_mapd(fake, 1, 7, FAKE_ITT + 0x800);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).unmaps, 1);
	fake_pass(fake, 2);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).unmaps, 1);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 3, 0), ITSG_CMD_SYNC);
	assert_int_equal(fake->ran_count, 4);
	assert_int_equal(fake_stats(fake).unmaps, 0);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_free(fake);
}

/* Where the private queue goes meanwhile hardware is quiescent, and no SYNC is waited for. */
static void an_unmap_of_what_stays_claimed_goes_with_the_table(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 5, FAKE_ITT + 0x800), ITSG_OK);
	fake_mapd(fake, 1, 7, FAKE_ITT + 0x800);
	fake_submit(fake);
	fake_settle(fake);
	fake_disable(fake);
	fake->quiescent = true;
	fake_set_devices(fake, 0);
	fake_settle(fake);
	assert_int_equal(fake_stats(fake).unmaps, 0);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	fake_free(fake);
}

static void a_refused_itt_leaves_the_old_one_whole(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 0x13, 4, FAKE_ITT + 0x100), ITSG_OK);
	assert_int_equal(try_mapd(fake, 0x12, 5, FAKE_ITT), ITSG_ITT_OVERLAP);
	fake_give_to_guest(fake, FAKE_ITT + 0x1000);
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT + 0x1000), ITSG_SHARE_REFUSED);
	assert_int_equal(fake->events[fake->event_count - 1].pa, FAKE_ITT + 0x1000);
	assert_int_equal(fake->events[fake->event_count - 1].callback, ITSG_CALLBACK_SHARE);
	assert_int_equal(fake->ran_count, 2);
	assert_int_equal(itt_granules(fake), 2);
	assert_int_equal(try_unmap(fake, 0x12), ITSG_OK);
	assert_int_equal(itt_granules(fake), 1);
	fake_free(fake);
}

static void a_replaced_itt_goes_with_a_queue_that_is_given_up(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 7, FAKE_ITT + 0x800), ITSG_OK);
	fake_sync(fake, 0);                      /* stalls */
	fake_mapd(fake, 1, 5, FAKE_ITT + 0xa00); /* inside the first one */
	fake_submit(fake);
	fake_settle(fake);
	fake_stall(fake);
	fake_disable(fake);
	fake->quiescent = true;
	fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_w64(fake, ITSG_GITS_CWRITER, 0);
	fake->host_at = 0;
	assert_int_equal(itt_granules(fake), 8); /* nothing has gone */
	fake->stalled = false;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(itt_granules(fake), 0);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* ---- what is judged first ---- */

static void device_ids_end_with_the_table_and_with_devbits(void **state)
{
	struct fake *fake;

	(void)state;
	fake = fake_armed(); /* 8192 entries */
	assert_int_equal(try_mapd(fake, 8191, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 8192, 4, FAKE_ITT + 0x100), ITSG_DEVICE_OOR);
	assert_int_equal(try_mapd(fake, 0xffffffff, 4, FAKE_ITT + 0x100), ITSG_DEVICE_OOR);
	assert_int_equal(try_unmap(fake, 8192), ITSG_DEVICE_OOR);
	fake_free(fake);

	fake = fake_armed_with(setup.typer = (setup.typer & ~ITSG_TYPER_DEVBITS) |
					     9ull << 13 /* 10 bits */);
	assert_int_equal(try_mapd(fake, 1023, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 1024, 4, FAKE_ITT + 0x100), ITSG_DEVICE_OOR);
	fake_free(fake);
}

/* The level-1 table says how many IDs there are, not TYPER alone (R4). */
static void device_id_beyond_l1_is_refused(void **state)
{
	struct fake *fake = fake_with(
		setup.typer = (setup.typer & ~ITSG_TYPER_DEVBITS) | 31ull << 13,
		setup.config.level1_pool.pa = FAKE_PRIVATE,
		setup.config.queue.pa = FAKE_PRIVATE + FAKE_POOL * 3,
		setup.config.queue.bytes = 0x1000, setup.config.level1_pool.bytes = 0x200000,
		setup.baser[0].max_page = 0, setup.baser[1].indirect = false);

	(void)state;
	fake_boot_two_level(fake); /* one page of 4 KB: 512 x 512 IDs */
	assert_int_equal(fake->baser[0].value & 0xff, 0);
	for (uint32_t n = 0; n < 512; n++)
		fake_put64(fake, L1(n), VALID | FAKE_LEVEL2);
	fake_put64(fake, L1(512), VALID | (FAKE_LEVEL2 + 0x1000));
	assert_int_equal(try_mapd(fake, 512 * PER_PAGE, 4, FAKE_ITT), ITSG_DEVICE_OOR);
	assert_int_equal(fake->calls[FAKE_FETCH], 1); /* the command, nothing else */
	assert_int_equal(try_mapd(fake, 512 * PER_PAGE - 1, 4, FAKE_ITT), ITSG_OK);
	fake_free(fake);
}

static void reserved_devices_are_the_platforms(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake->reserved_used = true;
	fake->reserved_device = 0x12;
	assert_int_equal(try_mapd(fake, 0x12, 4, FAKE_ITT), ITSG_DEVICE_RESERVED);
	assert_int_equal(try_mapd(fake, 0x13, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake->reserved_asked, 2);
	/* Asked at MAPD V=1 only: what is mapped can be unmapped. */
	fake->reserved_device = 0x13;
	assert_int_equal(try_unmap(fake, 0x13), ITSG_OK);
	assert_int_equal(fake->reserved_asked, 2);
	fake_free(fake);
}

static void a_platform_without_the_optional_callbacks_will_do(void **state)
{
	struct fake *fake =
		fake_armed_with(setup.no_event = setup.no_reserved = setup.no_asleep = true);

	(void)state;
	fake_mapd(fake, 0x12, 4, FAKE_ITT);
	fake_mapc(fake, 0, 0);
	fake_mapd(fake, 0x13, 4, FAKE_ITT);
	fake_unmap(fake, 0x12);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake_stats(fake).accepted, 3);
	assert_int_equal(fake_stats(fake).refused, 1);
	fake_free(fake);
}

static void size_ends_with_id_bits_and_with_the_configuration(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 16, FAKE_ITT), ITSG_ITTSIZE_OOR); /* 17 of 16 bits */
	assert_int_equal(try_mapd(fake, 1, 31, FAKE_ITT), ITSG_ITTSIZE_OOR);
	assert_int_equal(try_mapd(fake, 1, 15, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake_pages_held(fake), 33 + 128 + 0);
	fake_free(fake);

	fake = fake_armed_with(setup.config.event_bits = 5);
	assert_int_equal(try_mapd(fake, 1, 5, FAKE_ITT), ITSG_ITTSIZE_OOR);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	fake_free(fake);
	/* More than TYPER has is no more. */
	fake = fake_armed_with(setup.config.event_bits = 32);
	assert_int_equal(try_mapd(fake, 1, 16, FAKE_ITT), ITSG_ITTSIZE_OOR);
	fake_free(fake);
}

static void an_itt_must_end_inside_the_physical_address_size(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.pa_bits = 32);

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 4, 0xffffff00), ITSG_SHARE_REFUSED); /* no RAM there */
	assert_int_equal(try_mapd(fake, 1, 5, 0xffffff00), ITSG_ITT_ADDRESS);
	assert_int_equal(try_mapd(fake, 1, 4, 0x100000000), ITSG_ITT_ADDRESS);
	assert_int_equal(try_mapd(fake, 1, 15, 0xfffffffffff00), ITSG_ITT_ADDRESS);
	fake_free(fake);

	/* GIC I16: the last byte of all, and one ITT too large for it. */
	fake = fake_armed_with(setup.config.pa_bits = 52,
			       setup.typer = (setup.typer & ~ITSG_TYPER_ITT_ENTRY_SIZE) | 3 << 4);
	assert_int_equal(try_mapd(fake, 1, 7, 0xffffffffffc00), ITSG_SHARE_REFUSED);
	assert_int_equal(try_mapd(fake, 1, 8, 0xffffffffffc00), ITSG_ITT_ADDRESS);
	fake_free(fake);
}

static void reasons_come_in_the_order_of_the_documents(void **state)
{
	struct fake *fake = fake_with(setup.config.devices = 2);

	(void)state;
	fake_boot_two_level(fake);
	fake->reserved_used = true;
	fake->reserved_device = 0x10000;
	assert_int_equal(try_mapd(fake, 0x10000, 31, ~0ull), ITSG_DEVICE_OOR);
	fake->reserved_device = 0;
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_DEVICE_RESERVED);
	fake->reserved_used = false;
	fake_put64(fake, L1(0), 0x7fffffffffffffff);
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_L1_INVALID);
	fake_put64(fake, L1(0), 0xffffffffffffffff);
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_L1_RESERVED);
	fake_put64(fake, L1(0), 0x800fffffffffffff);
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_L1_ADDRESS);
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_ITTSIZE_OOR);
	assert_int_equal(try_mapd(fake, 0, 15, 0xfffffffffff00), ITSG_ITT_ADDRESS);
	assert_int_equal(try_mapd(fake, 0, 4, FAKE_ITT), ITSG_OK);
	/* A filled word that has changed: before Size, also of a device that is mapped. */
	fake_put64(fake, L1(0), 0);
	assert_int_equal(try_mapd(fake, 0, 31, 0xfffffffffff00), ITSG_L1_CHANGED);
	assert_int_equal(try_mapd(fake, 1, 31, 0xfffffffffff00), ITSG_L1_CHANGED);
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT + 0x100), ITSG_OK);
	/* Both records are used: NO_DEVICE_SLOT before any overlap. */
	fake_put64(fake, L1(1), VALID | FAKE_DEVICES);
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, 0xfffffffffff00), ITSG_ITT_ADDRESS);
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT), ITSG_NO_DEVICE_SLOT);
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT), ITSG_TABLE_OVERLAP);
	fake_put64(fake, L1(1), VALID | (FAKE_LEVEL2 + 0x1000));
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT), ITSG_ITT_OVERLAP);
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_free(fake);
}

/* ---- ITTs ---- */

/* ITTs are 256-byte aligned, not page aligned: the run starts inside its page (GIC 3.5). */
static void unaligned_itt_is_accepted(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 8, 0x40800100), ITSG_OK); /* 4 KB: two pages */
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; share 40801");
	fake_forget(fake);
	assert_int_equal(try_mapd(fake, 2, 4, 0x40800000), ITSG_OK); /* the granule before it */
	assert_int_equal(try_mapd(fake, 3, 4, 0x40801100), ITSG_OK); /* the granule behind it */
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, ""); /* its neighbours hold both pages */
	assert_int_equal(try_unmap(fake, 2), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40800");
	assert_int_equal(try_unmap(fake, 3), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40800; unshare 40801");
	fake_free(fake);
}

static void itts_may_not_overlap_anything_held(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 8, 0x40800100), ITSG_OK);
	assert_int_equal(try_mapd(fake, 2, 4, 0x40800100), ITSG_ITT_OVERLAP);
	assert_int_equal(try_mapd(fake, 2, 4, 0x40801000), ITSG_ITT_OVERLAP); /* the last granule */
	assert_int_equal(try_mapd(fake, 2, 5, 0x40800000), ITSG_ITT_OVERLAP); /* the first one */
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_DEVICES), ITSG_ITT_OVERLAP);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_DEVICES + 0xff00), ITSG_ITT_OVERLAP);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_QUEUE + 0xf00), ITSG_ITT_OVERLAP);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_COLLECTIONS), ITSG_ITT_OVERLAP);
	fake_free(fake);
}

/* Nobody's granule, but in a page that is held as the other kind. */
static void an_itt_cannot_lie_in_a_page_of_the_other_kind(void **state)
{
	struct fake *fake =
		fake_with(setup.pages.page_shift = 16 /* one page holds 16 level-2 pages */);

	(void)state;
	fake_boot_linked(fake);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_LEVEL2 + 0x1000), ITSG_KIND_CONFLICT);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_LEVEL2 + 0x1000), ITSG_KIND_CONFLICT);
	fake_put64(fake, L1(1), VALID | (FAKE_ITT + 0x1000));
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT + 0x100), ITSG_KIND_CONFLICT);
	fake_free(fake);
}

static void an_itt_may_be_donated_and_is_zeroed_then(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.donate_itt = true);

	(void)state;
	fake_put64(fake, FAKE_ITT, ~0ull);
	fake_put64(fake, FAKE_ITT + 0x300, ~0ull); /* behind it: not ours */
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "donate 40800; zero 40800000+100");
	assert_int_equal(fake_get64(fake, FAKE_ITT), 0);
	assert_int_equal(fake_get64(fake, FAKE_ITT + 0x300), ~0ull);
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	/* The same memory again is zeroed again. */
	fake_put64(fake, FAKE_ITT, ~0ull);
	fake_fail(fake, FAKE_ZERO, 1);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_ZERO_FAILED);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake_get64(fake, FAKE_ITT), 0);
	fake_free(fake);
}

static void the_configuration_may_raise_the_itt_entry_size(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.itt_entry_bytes = 16 /* TYPER says 8 */);

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 8, FAKE_ITT), ITSG_OK); /* 512 x 16 */
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; share 40801");
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_free(fake);

	fake = fake_armed_with(setup.config.itt_entry_bytes = 4 /* cannot lower it */);
	assert_int_equal(try_mapd(fake, 1, 9, FAKE_ITT), ITSG_OK); /* 1024 x 8 */
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; share 40801");
	fake_free(fake);
}

/* ---- level 2 ---- */

static void the_first_device_of_a_page_brings_the_page(void **state)
{
	struct fake *fake = two_level();
	const uint64_t mirror = fake->setup.config.level1_pool.pa;

	(void)state;
	fake_put64(fake, FAKE_LEVEL2 + 8, ~0ull);
	fake_put64(fake, L1(1), VALID | FAKE_LEVEL2);
	assert_int_equal(fake_get64(fake, mirror + 8), 0);
	assert_int_equal(try_mapd(fake, PER_PAGE + 3, 4, FAKE_ITT), ITSG_OK);
	/* In this order: the page, its zeroing, the ITT, the word, and last the slot. */
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO) | FAKE_BIT(FAKE_STORE),
		    "donate 40300; zero 40300000+1000; share 40800; store 20100008+8; "
		    "store 20000000+20; store 20000000+20");
	assert_int_equal(fake_get64(fake, mirror + 8), VALID | FAKE_LEVEL2);
	assert_int_equal(fake_get64(fake, FAKE_LEVEL2 + 8), 0);
	fake_forget(fake);
	/* The next one finds it there, and no unmap gives it back. */
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "");
	assert_int_equal(try_unmap(fake, PER_PAGE), ITSG_OK);
	assert_int_equal(try_unmap(fake, PER_PAGE + 3), ITSG_OK);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	assert_int_equal(fake_get64(fake, mirror + 8), VALID | FAKE_LEVEL2);
	fake_free(fake);
}

static void a_filled_level1_word_may_not_change(void **state)
{
	struct fake *fake = two_level();

	(void)state;
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	fake_put64(fake, L1(0), 0);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_L1_CHANGED);
	fake_put64(fake, L1(0), FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_L1_CHANGED);
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2 | 1);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_L1_CHANGED);
	/* An unmap reads no level 1. */
	fake_forget(fake);
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_FETCH], 1);
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_free(fake);
}

/* A new pointer with Valid kept is a change like any other (GIC 3.2). */
static void l1_pointer_swap_is_seen(void **state)
{
	struct fake *fake = two_level();
	const uint64_t mirror = fake->setup.config.level1_pool.pa;

	(void)state;
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	fake_put64(fake, L1(0), VALID | (FAKE_LEVEL2 + 0x1000));
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_L1_CHANGED);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x1000), FAKE_HOST);
	assert_int_equal(fake_get64(fake, mirror), VALID | FAKE_LEVEL2);
	fake_free(fake);
}

/* A level-2 page is one ITS page: several of them in a host page are runs of one page. */
static void its_page_smaller_than_cpu_page(void **state)
{
	struct fake *fake = fake_with(setup.pages.page_shift = 16);

	(void)state;
	fake_boot_two_level(fake);
	fake_put64(fake, L1(0), VALID | (FAKE_LEVEL2 + 0x3000));
	fake_put64(fake, L1(1), VALID | (FAKE_LEVEL2 + 0xf000));
	fake_put64(fake, L1(2), VALID | (FAKE_LEVEL2 + 0x3000));
	assert_int_equal(try_mapd(fake, 0, 4, FAKE_ITT), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO),
		    "donate 4030; zero 40303000+1000; share 4080");
	fake_forget(fake);
	fake_put64(fake, FAKE_LEVEL2 + 0x3008, 0x1234); /* an entry the ITS wrote */
	assert_int_equal(try_mapd(fake, PER_PAGE, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "zero 4030f000+1000");
	assert_int_equal(fake_get64(fake, FAKE_LEVEL2 + 0x3008), 0x1234);
	assert_int_equal(try_mapd(fake, 2 * PER_PAGE, 4, FAKE_ITT + 0x200), ITSG_TABLE_OVERLAP);
	fake_free(fake);
}

/* ITS pages of 64 KB over host pages of 4 KB: sixteen of them are donated (GIC 3.2). */
static void a_level2_page_is_an_its_page(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, true);
	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES, 1, 2, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_forget(fake);
	fake_put64(fake, L1(0), VALID | (FAKE_LEVEL2 + 0x1000));
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_L1_ADDRESS);
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_DONATE], 16);
	fake_expect(fake, FAKE_BIT(FAKE_ZERO),
		    "zero 40300000+1000; zero 40301000+1000; zero 40302000+1000; "
		    "zero 40303000+1000; zero 40304000+1000; zero 40305000+1000; "
		    "zero 40306000+1000; zero 40307000+1000; zero 40308000+1000; "
		    "zero 40309000+1000; zero 4030a000+1000; zero 4030b000+1000; "
		    "zero 4030c000+1000; zero 4030d000+1000; zero 4030e000+1000; "
		    "zero 4030f000+1000");
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0xf000), FAKE_DONATED);
	fake_free(fake);
}

/* ---- failures: everything is as before, and the same command works afterwards ---- */

struct failure {
	enum fake_call call;
	uint32_t nth;
	enum itsg_reason reason;
};

static void a_failed_callback_leaves_nothing_behind(void **state)
{
	static const struct failure failures[] = {
		{FAKE_FETCH, 1, ITSG_FETCH_FAILED}, /* the command */
		{FAKE_FETCH, 2, ITSG_FETCH_FAILED}, /* the level-1 word */
		{FAKE_DONATE, 1, ITSG_DONATE_REFUSED},
		{FAKE_ZERO, 1, ITSG_ZERO_FAILED},
		{FAKE_SHARE, 1, ITSG_SHARE_REFUSED},
		{FAKE_SHARE, 2, ITSG_SHARE_REFUSED},
		{FAKE_SHARE, 3, ITSG_SHARE_REFUSED},
		{FAKE_STORE, 1, ITSG_STORE_FAILED}, /* mirror */
	};
	struct fake *fake = two_level();
	const uint64_t mirror = fake->setup.config.level1_pool.pa;
	const uint32_t held = fake_pages_held(fake);

	(void)state;
	fake_put64(fake, L1(0), VALID | FAKE_LEVEL2);
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		fake_forget(fake);
		fake_fail(fake, failures[i].call, failures[i].nth);
		assert_int_equal(try_mapd(fake, 1, 9, FAKE_ITT + 0xf00), failures[i].reason);
		assert_int_equal(fake_pages_held(fake), held);
		assert_int_equal(fake_get64(fake, mirror), 0);
		assert_false(itsg_device_mapped(fake->its, 1));
		assert_int_equal(fake->ran_count, 0);
		assert_int_equal(fake->cwriter, 0);
	}
	fake_forget(fake);
	assert_int_equal(try_mapd(fake, 1, 9, FAKE_ITT + 0xf00), ITSG_OK);
	assert_int_equal(fake_pages_held(fake), held + 1 + 3);
	fake_free(fake);
}

static void a_page_refused_in_the_middle_undoes_those_before(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_give_to_guest(fake, FAKE_ITT + 0x2000);
	assert_int_equal(try_mapd(fake, 1, 10, FAKE_ITT), ITSG_SHARE_REFUSED);
	fake_expect(fake, FAKE_PAGE_CALLS,
		    "share 40800; share 40801; share 40802; unshare 40800; unshare 40801");
	fake_forget(fake);
	/* A page that a neighbour holds is not touched on the way back. */
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x1000), ITSG_OK);
	assert_int_equal(try_mapd(fake, 1, 9, FAKE_ITT + 0x1100), ITSG_SHARE_REFUSED);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40801; share 40802");
	fake_free(fake);
}

static void a_full_tracker_is_a_reason(void **state)
{
	struct fake *fake = fake_armed_with(setup.pages.capacity = 80);
	enum itsg_reason reason;
	uint32_t device = 0;

	(void)state;
	/* More pages than there are slots. */
	assert_int_equal(try_mapd(fake, 0, 15, FAKE_ITT), ITSG_NO_PAGE_SLOT);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	/* One page after the other. */
	do {
		fake_forget(fake);
		reason = try_mapd(fake, device, 4, FAKE_ITT + device * 0x1000);
		device++;
	} while (reason == ITSG_OK);
	assert_int_equal(reason, ITSG_NO_PAGE_SLOT);
	assert_int_equal(fake_pages_held(fake), 33 + device - 1);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	/* A page that is there already needs no slot. */
	assert_int_equal(try_mapd(fake, device, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_free(fake);
}

static void last_slot_is_usable(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.devices = 2);

	(void)state;
	assert_int_equal(try_mapd(fake, 1, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(fake, 2, 4, FAKE_ITT + 0x100), ITSG_OK);
	assert_int_equal(try_mapd(fake, 3, 4, FAKE_ITT + 0x200), ITSG_NO_DEVICE_SLOT);
	assert_int_equal(fake_stats(fake).devices_peak, 2);
	assert_int_equal(try_unmap(fake, 1), ITSG_OK);
	assert_int_equal(try_mapd(fake, 3, 4, FAKE_ITT + 0x200), ITSG_OK);
	fake_free(fake);
}

static void two_itss_pack_their_itts_in_one_page(void **state)
{
	struct fake *first = fake_default();
	struct fake *second = fake_another(first);

	(void)state;
	fake_boot(first);
	second->host_queue = FAKE_QUEUE + 0x10000;
	fake_w64(second, ITSG_GITS_CBASER, fake_cbaser_value(second->host_queue, 1));
	fake_w64(second, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	fake_w64(second, ITSG_GITS_BASER + 8, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	assert_int_equal(fake_enable(second), ITSG_TABLE_OVERLAP); /* the other's table */
	fake_w64(second, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES + 0x10000, 1, 2, false));
	assert_int_equal(fake_enable(second), ITSG_OK);
	assert_int_equal(try_mapd(first, 1, 4, FAKE_ITT), ITSG_OK);
	assert_int_equal(try_mapd(second, 1, 4, FAKE_ITT), ITSG_ITT_OVERLAP);
	fake_forget(second);
	assert_int_equal(try_mapd(second, 1, 4, FAKE_ITT + 0x100), ITSG_OK);
	fake_expect(second, FAKE_PAGE_CALLS, "");
	fake_forget(first);
	assert_int_equal(try_unmap(first, 1), ITSG_OK);
	fake_expect(first, FAKE_PAGE_CALLS, "");
	assert_int_equal(try_unmap(second, 1), ITSG_OK);
	fake_expect(second, FAKE_PAGE_CALLS, "unshare 40800");
	fake_free(first);
}

/* Of a donated one the ITS reads what it has written, but from where an entry begins (F23). */
static void a_donated_itt_lies_over_the_old_one_at_whole_entries(void **state)
{
	/* 2^(4+1) entries of 12 bytes are 0x180; 0x300 is 64 of them. */
	static const struct {
		uint32_t old_at, old_size, new_at, new_size;
		bool between;
	} cases[] = {
		{0x300, 6, 0x400, 5, true},  {0x300, 6, 0x200, 5, true},
		{0x300, 6, 0x600, 5, false}, {0x300, 6, 0x000, 6, false},
		{0x300, 4, 0x500, 4, false}, {0x300, 4, 0x100, 4, false},
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const size_t c = i / 2;
		const bool donated = i % 2;
		struct fake *fake = fake_armed_with(setup.config.itt_entry_bytes = 12,
						    setup.config.donate_itt = donated);

		assert_int_equal(try_mapd(fake, 1, cases[c].old_size, FAKE_ITT + cases[c].old_at),
				 ITSG_OK);
		assert_int_equal(try_mapd(fake, 1, cases[c].new_size, FAKE_ITT + cases[c].new_at),
				 donated && cases[c].between ? ITSG_ITT_OVERLAP : ITSG_OK);
		fake_free(fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapd_shares_its_itt_and_reaches_hardware_cleaned),
		cmocka_unit_test(an_unmap_gives_back_what_the_record_says),
		cmocka_unit_test(an_unmapped_device_cannot_be_unmapped),
		cmocka_unit_test(the_same_again_changes_nothing),
		cmocka_unit_test(another_size_is_not_the_same),
		cmocka_unit_test(another_itt_takes_the_place_of_the_first),
		cmocka_unit_test(itts_of_one_device_may_overlap),
		cmocka_unit_test(a_refused_itt_leaves_the_old_one_whole),
		cmocka_unit_test(an_unmap_of_what_stays_claimed_is_on_its_way_too),
		cmocka_unit_test(an_unmap_of_what_stays_claimed_goes_with_the_table),
		cmocka_unit_test(a_replaced_itt_goes_with_a_queue_that_is_given_up),
		cmocka_unit_test(device_ids_end_with_the_table_and_with_devbits),
		cmocka_unit_test(device_id_beyond_l1_is_refused),
		cmocka_unit_test(reserved_devices_are_the_platforms),
		cmocka_unit_test(a_platform_without_the_optional_callbacks_will_do),
		cmocka_unit_test(size_ends_with_id_bits_and_with_the_configuration),
		cmocka_unit_test(an_itt_must_end_inside_the_physical_address_size),
		cmocka_unit_test(reasons_come_in_the_order_of_the_documents),
		cmocka_unit_test(unaligned_itt_is_accepted),
		cmocka_unit_test(itts_may_not_overlap_anything_held),
		cmocka_unit_test(an_itt_cannot_lie_in_a_page_of_the_other_kind),
		cmocka_unit_test(an_itt_may_be_donated_and_is_zeroed_then),
		cmocka_unit_test(the_configuration_may_raise_the_itt_entry_size),
		cmocka_unit_test(the_first_device_of_a_page_brings_the_page),
		cmocka_unit_test(a_filled_level1_word_may_not_change),
		cmocka_unit_test(l1_pointer_swap_is_seen),
		cmocka_unit_test(its_page_smaller_than_cpu_page),
		cmocka_unit_test(a_level2_page_is_an_its_page),
		cmocka_unit_test(a_failed_callback_leaves_nothing_behind),
		cmocka_unit_test(a_page_refused_in_the_middle_undoes_those_before),
		cmocka_unit_test(a_full_tracker_is_a_reason),
		cmocka_unit_test(last_slot_is_usable),
		cmocka_unit_test(two_itss_pack_their_itts_in_one_page),
		cmocka_unit_test(a_donated_itt_lies_over_the_old_one_at_whole_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
