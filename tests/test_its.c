/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* One ITS at work: its entry points, statistics, tiny capacities, every callback failing. */
#include "fake.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

#define VALID (1ull << 63)

static void its_number_is_the_platforms(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake->ctlr_other = 0x50; /* fake.c fails if a write of CTLR changes it */
	fake_boot(fake);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "");
	fake_disable(fake);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "reg 0 50");
	fake_free(fake);
}

static void poll_says_whether_there_is_more_to_do(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_false(fake_poll(fake));
	fake_sync(fake, 0);
	fake_submit(fake);
	assert_false(fake_poll(fake));
	fake_pass(fake, 1);
	assert_false(fake_poll(fake)); /* all of it is over */
	fake_set_budget(fake, 1);
	fake_sync(fake, 0);
	fake_submit(fake); /* fetched */
	assert_true(fake_poll(fake));
	assert_false(fake_poll(fake));
	fake_pass(fake, 1);
	assert_true(fake_poll(fake)); /* its slot is to be overwritten */
	assert_false(fake_poll(fake));
	fake_free(fake);
}

static void progress_needs_no_poll(void **state)
{
	struct fake *fake = fake_default();
	uint64_t value;

	(void)state;
	fake->eager = true;
	fake_boot(fake);
	for (uint32_t i = 0; i < 100; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	while (fake_creadr(fake) != 100 * 32)
		;
	/* A refused access drives as well. */
	fake_sync(fake, 0);
	fake_set_budget(fake, 1);
	fake_submit(fake);
	while (fake->ran_count < 101)
		fake_read(fake, 1, 8, &value);
	fake_free(fake);
}

static void statistics_add_up(void **state)
{
	struct fake *fake = fake_armed();
	struct itsg_stats stats;
	uint64_t before;

	(void)state;
	fake_mapc(fake, 0, 0);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100);
	fake_unmap(fake, 1);
	fake_unmap(fake, 7);
	fake_submit(fake);
	fake_run(fake);
	before = fake_stats(fake).accesses;
	fake_r32(fake, ITSG_GITS_CTLR);
	fake_w32(fake, ITSG_GITS_CTLR, 1);
	stats = fake_stats(fake);
	assert_int_equal(stats.accesses, before + 2);
	assert_int_equal(stats.commands, 5);
	assert_int_equal(stats.accepted, 4);
	assert_int_equal(stats.refused, 1);
	assert_int_equal(stats.barriers, 1);
	assert_int_equal(stats.devices, 1);
	assert_int_equal(stats.devices_peak, 2);
	assert_int_equal(stats.leaked, 0);
	assert_int_equal(stats.kept_granules, 0);
	assert_false(stats.broken);
	fake_free(fake);
}

struct seen {
	uint32_t count[ITSG_CLAIM_KEPT + 1];
	uint64_t bytes;
};

static void see(void *ctx, enum itsg_claim_use use, const struct itsg_run *run, enum itsg_kind kind)
{
	struct seen *seen = ctx;

	assert_in_range(use, 0, ITSG_CLAIM_KEPT);
	seen->count[use]++;
	seen->bytes += run->bytes;
	if (use == ITSG_CLAIM_QUEUE || use == ITSG_CLAIM_LEVEL1)
		assert_int_equal(kind, ITSG_SHARED);
	if (use == ITSG_CLAIM_TABLE || use == ITSG_CLAIM_LEVEL2)
		assert_int_equal(kind, ITSG_DONATED);
}

static void every_claim_is_visited(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_pages_stats pages;
	struct seen seen = {{0}, 0};

	(void)state;
	fake_boot_linked(fake);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100);
	fake_unmap(fake, 1);
	fake_submit(fake); /* not passed: pending */
	itsg_visit_claims(fake->its, see, &seen);
	assert_int_equal(seen.count[ITSG_CLAIM_QUEUE], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_LEVEL1], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_TABLE], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_LEVEL2], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_ITT], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_PENDING], 1);
	assert_int_equal(seen.count[ITSG_CLAIM_KEPT], 0);
	itsg_pages_get_stats(fake->machine->pages, &pages);
	assert_int_equal(seen.bytes, pages.granules << ITSG_GRANULE_SHIFT);
	fake_free(fake);
}

/* ---- the smallest world ---- */

/* Every capacity two, one step a call; hardware a command at a time. Everything works. */
static void all_capacities_may_be_two(void **state)
{
	struct fake *fake = fake_with(setup.config.devices = 2, setup.config.journal = 2,
				      setup.config.depth = 2, setup.config.budget = 1,
				      setup.config.kept = 0, setup.config.redistributor_count = 2,
				      setup.config.donate_itt = true, setup.baser[0].max_page = 0,
				      setup.baser[1].max_page = 0, setup.pages.capacity = 6);

	(void)state;
	fake_boot(fake); /* queue, two tables of one page */
	fake_mapc(fake, 0, 0);
	fake_mapc(fake, 1, 0x10000);
	for (uint32_t i = 0; i < 20; i++) {
		fake_mapd(fake, i, 3, FAKE_ITT + i % 3 * 0x1000);
		fake_mapti(fake, i, 1, 8192, 0);
		if (i > 0)
			fake_unmap(fake, i - 1);
	}
	fake_submit(fake);
	for (uint32_t calls = 0; fake_creadr(fake) != fake->host_at; calls++) {
		assert_true(calls < 2000);
		if (fake_unpassed(fake))
			fake_pass(fake, 1);
	}
	assert_int_equal(fake_stats(fake).refused, 0);
	assert_int_equal(fake_stats(fake).devices, 1);
	fake_give_up_all(fake);
	fake_settle(fake);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

/* ---- the sweep ---- */

/* A life with something of everything; any of it may be refused. */
static void live(struct fake *fake)
{
	fake_program(fake, true);
	for (uint32_t i = 0; i < 3 && fake_enable(fake) != ITSG_OK; i++)
		;
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_mapc(fake, 0, 0x10000);
	fake_mapc(fake, 1, 0x20000);
	for (uint32_t i = 0; i < 3; i++)
		fake_mapd(fake, i, 8, FAKE_ITT + i * 0x1100);
	fake_unmap(fake, 1);
	fake_mapd(fake, 3, 8, FAKE_ITT + 0x1100); /* waits */
	fake_submit(fake);
	fake_pass(fake, fake_unpassed(fake) / 2);
	fake_settle(fake);
	if (fake->enabled && fake_unpassed(fake))
		fake->stalled = true;
	fake_settle(fake);
	fake_disable(fake);
	fake_begin_queue(fake, FAKE_QUEUE);
	fake_enable(fake);
	fake_run(fake);
	fake_unmap(fake, 0);
	fake_unmap(fake, 3);
	fake_submit(fake);
	fake_run(fake);
	fake_disable(fake);
	fake_power_loss(fake);
	fake_program(fake, true);
	fake_enable(fake);
	fake_unmapping(fake, 2);
	fake_run(fake);
	fake_give_up_all(fake);
	fake_settle(fake);
}

/* fake.c checks the books after each call; in the end only what was leaked is held (I3, I7). */
static void whichever_callback_fails_the_books_stay_exact(void **state)
{
	uint32_t nth = 0;
	bool failed;

	(void)state;
	do {
		struct fake *fake = fake_default();
		struct itsg_pages_stats pages;

		fake->fail_any = ++nth;
		live(fake);
		failed = fake->fail_any == 0;
		itsg_pages_get_stats(fake->machine->pages, &pages);
		assert_int_equal(pages.pages, pages.marked);
		assert_int_equal(pages.granules, 0);
		assert_int_equal(pages.marked, fake_stats(fake).leaked);
		assert_false(fake_stats(fake).broken);
		fake_free(fake);
	} while (failed);
	assert_true(nth > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_number_is_the_platforms),
		cmocka_unit_test(poll_says_whether_there_is_more_to_do),
		cmocka_unit_test(progress_needs_no_poll),
		cmocka_unit_test(statistics_add_up),
		cmocka_unit_test(every_claim_is_visited),
		cmocka_unit_test(all_capacities_may_be_two),
		cmocka_unit_test(whichever_callback_fails_the_books_stay_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
