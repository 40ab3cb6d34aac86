/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The memory of hosts' command queues: those of several ITSs may overlap (H8). */
#include "fake.h"

#include "host_queue.h"

#define AT(pages) (FAKE_QUEUE + (pages)*0x1000ull)

/* Its queue of `pages` pages begins at page number `first`; the tables of each lie apart. */
static enum itsg_reason boot(struct fake *fake, uint32_t n, uint32_t first, uint32_t pages)
{
	const uint64_t tables = n * 0x20000ull;

	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES + tables, 1, 2, false));
	fake_w64(fake, ITSG_GITS_BASER + 8,
		 fake_baser_value(FAKE_COLLECTIONS + tables, 1, 2, false));
	fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(AT(first), pages));
	return fake_enable(fake);
}

static void give_up_queue(struct fake *fake)
{
	fake_disable(fake);
	fake->quiescent = true;
	fake_poll(fake);
	fake_set_queue(fake, 0);
}

static uint64_t pages_of_queues(const struct fake *fake)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < 64; i++)
		pages += fake_page(fake, AT(i)) == FAKE_SHARED ? 1u : 0u;
	return pages;
}

static void what_no_queue_has_is_found_part_by_part(void **state)
{
	struct itsg_queue_claim third = {{AT(8), 0x2000}, NULL};
	struct itsg_queue_claim second = {{AT(2), 0x2000}, &third};
	struct itsg_queue_claim first = {{AT(3), 0x2000}, &second};
	const struct itsg_run all = {AT(0), 0xa000};
	struct itsg_run part;
	uint64_t at = all.pa;

	(void)state;
	assert_true(itsg_queue_next_part(&first, &all, &at, &part));
	assert_int_equal(part.pa, AT(0));
	assert_int_equal(part.bytes, 0x2000);
	assert_true(itsg_queue_next_part(&first, &all, &at, &part));
	assert_int_equal(part.pa, AT(5));
	assert_int_equal(part.bytes, 0x3000);
	assert_false(itsg_queue_next_part(&first, &all, &at, &part));
	at = all.pa;
	assert_true(itsg_queue_next_part(NULL, &all, &at, &part));
	assert_int_equal(part.bytes, 0xa000);
}

static void queues_side_by_side_may_overlap_by_a_page(void **state)
{
	struct fake *fake = fake_default();
	struct fake *other = fake_another(fake);

	(void)state;
	assert_int_equal(boot(fake, 0, 0, 17), ITSG_OK);
	assert_int_equal(boot(other, 1, 16, 17), ITSG_OK);
	assert_int_equal(pages_of_queues(fake), 33);
	assert_int_equal(fake->calls[FAKE_SHARE] + other->calls[FAKE_SHARE], 33);
	fake_free(fake);
}

static void what_both_have_stays_until_the_last_one_goes(void **state)
{
	for (uint32_t last = 0; last < 2; last++) {
		struct fake *fake[2];

		(void)state;
		fake[0] = fake_default();
		fake[1] = fake_another(fake[0]);
		assert_int_equal(boot(fake[0], 0, 0, 17), ITSG_OK);
		assert_int_equal(boot(fake[1], 1, 16, 17), ITSG_OK);
		give_up_queue(fake[1 - last]);
		assert_int_equal(pages_of_queues(fake[0]), 17);
		assert_int_equal(fake_page(fake[0], AT(16)), FAKE_SHARED);
		give_up_queue(fake[last]);
		assert_int_equal(pages_of_queues(fake[0]), 0);
		fake_free(fake[0]);
	}
}

static void one_queue_may_lie_inside_the_other(void **state)
{
	struct fake *fake = fake_default();
	struct fake *other = fake_another(fake);

	(void)state;
	assert_int_equal(boot(fake, 0, 16, 1), ITSG_OK);
	assert_int_equal(boot(other, 1, 0, 33), ITSG_OK);
	assert_int_equal(pages_of_queues(fake), 33);
	give_up_queue(other);
	assert_int_equal(pages_of_queues(fake), 1);
	give_up_queue(fake);
	assert_int_equal(pages_of_queues(fake), 0);
	fake_free(fake);
}

static void a_queue_over_a_table_is_refused_and_nothing_of_it_stays(void **state)
{
	struct fake *fake = fake_default();
	struct fake *other = fake_another(fake);

	(void)state;
	assert_int_equal(boot(fake, 0, 0, 1), ITSG_OK);
	/* 0x101 pages from page 0 on: over the first one's queue, and then its device table. */
	fake_w64(other, ITSG_GITS_BASER, fake_baser_value(FAKE_ITT, 1, 2, false));
	fake_w64(other, ITSG_GITS_BASER + 8, fake_baser_value(FAKE_ITT + 0x10000, 1, 2, false));
	fake_w64(other, ITSG_GITS_CBASER, fake_cbaser_value(AT(0xf0), 0x20));
	assert_int_equal(fake_enable(other), ITSG_QUEUE_ADDRESS);
	assert_int_equal(fake_page(fake, AT(0xf0)), FAKE_HOST);
	assert_int_equal(pages_of_queues(fake), 1);
	fake_free(fake);
}

static void a_page_that_the_platform_refuses_undoes_every_part(void **state)
{
	struct fake *fake = fake_default();
	struct fake *other = fake_another(fake);

	(void)state;
	assert_int_equal(boot(fake, 0, 16, 1), ITSG_OK);
	fake_fail(other, FAKE_SHARE, 20); /* the first part has 16 pages */
	assert_int_equal(boot(other, 1, 0, 33), ITSG_SHARE_REFUSED);
	assert_int_equal(pages_of_queues(fake), 1);
	assert_int_equal(fake_enable(other), ITSG_OK);
	assert_int_equal(pages_of_queues(fake), 33);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_queue_has_is_found_part_by_part),
		cmocka_unit_test(queues_side_by_side_may_overlap_by_a_page),
		cmocka_unit_test(what_both_have_stays_until_the_last_one_goes),
		cmocka_unit_test(one_queue_may_lie_inside_the_other),
		cmocka_unit_test(a_queue_over_a_table_is_refused_and_nothing_of_it_stays),
		cmocka_unit_test(a_page_that_the_platform_refuses_undoes_every_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
