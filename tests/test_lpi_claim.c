/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Claims of LPI tables: who holds what, and when it goes back. */
#include "lpi_claim.h"
#include "rd_fake.h"
#include "rd_state.h"

#define RUN(at, size) (&(const struct itsg_run){(at), (size)})

static struct itsg_platform *platform(struct rd_fake *rd)
{
	return &rd->redists->platform;
}

static enum itsg_reason take(struct rd_fake *rd, uint64_t pa, uint64_t bytes, uint32_t *place)
{
	const struct itsg_run run = {pa, bytes};
	enum itsg_reason reason;

	rd->fake->machine->inside = true;
	reason = itsg_lpi_take_config(platform(rd), &rd->redists->tables, &run, place);
	rd->fake->machine->inside = false;
	return reason;
}

static void drop(struct rd_fake *rd, uint32_t place)
{
	rd->fake->machine->inside = true;
	itsg_lpi_drop_config(platform(rd), &rd->redists->tables, place);
	rd->fake->machine->inside = false;
}

static enum itsg_reason pending(struct rd_fake *rd, uint64_t pa, enum itsg_lpi_pending how)
{
	const struct itsg_run run = {pa, 0x2000};
	enum itsg_reason reason;

	rd->fake->machine->inside = true;
	reason = itsg_lpi_take_pending(platform(rd), &run, how);
	rd->fake->machine->inside = false;
	return reason;
}

/* M56: no count of a group can be wrong, for there is none. */
static void users_of_one_extent_have_one_claim(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	uint32_t first, second;

	(void)state;
	assert_int_equal(take(rd, RD_CONFIG, 0xe000, &first), ITSG_OK);
	assert_int_equal(rd_pages(rd), 14);
	assert_int_equal(take(rd, RD_CONFIG, 0xe000, &second), ITSG_OK);
	assert_int_equal(first, second);
	fake_expect(rd->fake, FAKE_PAGE_CALLS,
		    "share 40640; share 40641; share 40642; share 40643; share 40644; share 40645; "
		    "share 40646; share 40647; share 40648; share 40649; share 4064a; share 4064b; "
		    "share 4064c; share 4064d");
	drop(rd, first);
	assert_int_equal(rd_pages(rd), 14);
	drop(rd, second);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

static void another_extent_that_overlaps_is_refused(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	uint32_t place, other;

	(void)state;
	assert_int_equal(take(rd, RD_CONFIG, 0xe000, &place), ITSG_OK);
	assert_int_equal(take(rd, RD_CONFIG, 0x2000, &other), ITSG_LPI_OVERLAP);
	assert_int_equal(take(rd, RD_CONFIG + 0xd000, 0xe000, &other), ITSG_LPI_OVERLAP);
	assert_int_equal(rd_pages(rd), 14);
	drop(rd, place);
	rd_fake_free(rd);
}

static void more_tables_than_configured_are_refused(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->config.tables = 2);
	uint32_t place[3];

	(void)state;
	assert_int_equal(take(rd, RD_CONFIG, 0x2000, &place[0]), ITSG_OK);
	assert_int_equal(take(rd, RD_CONFIG + 0x2000, 0x2000, &place[1]), ITSG_OK);
	assert_int_equal(take(rd, RD_CONFIG + 0x4000, 0x2000, &place[2]), ITSG_NO_TABLE_SLOT);
	assert_int_equal(take(rd, RD_CONFIG, 0x2000, &place[2]), ITSG_OK); /* no new one */
	drop(rd, place[1]);
	assert_int_equal(take(rd, RD_CONFIG + 0x4000, 0x2000, &place[1]), ITSG_OK);
	assert_int_equal(rd_pages(rd), 4);
	rd_fake_free(rd);
}

/* GIC D16 */
static void a_page_that_is_refused_leaves_nothing_behind(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	uint32_t place;

	(void)state;
	fake_fail(rd->fake, FAKE_SHARE, 10);
	assert_int_equal(take(rd, RD_CONFIG, 0xe000, &place), ITSG_SHARE_REFUSED);
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd->redists->tables.used, 0);
	rd_fake_free(rd);
}

static void a_pending_table_is_donated_and_its_first_KB_zeroed(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	assert_int_equal(pending(rd, RD_PENDING(0), ITSG_LPI_PENDING_HEAD_ZEROED), ITSG_OK);
	fake_expect(rd->fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO),
		    "donate 40650; donate 40651; zero 40650000+400");
	rd_fake_free(rd);
}

static void it_may_be_zeroed_whole_or_left_as_it_is_or_shared(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	assert_int_equal(pending(rd, RD_PENDING(0), ITSG_LPI_PENDING_ZEROED), ITSG_OK);
	assert_int_equal(pending(rd, RD_PENDING(1), ITSG_LPI_PENDING_ADOPTED), ITSG_OK);
	assert_int_equal(pending(rd, RD_PENDING(2), ITSG_LPI_PENDING_SHARED), ITSG_OK);
	fake_expect(rd->fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO),
		    "donate 40650; donate 40651; zero 40650000+2000; donate 40660; donate 40661; "
		    "share 40670; share 40671");
	rd_fake_free(rd);
}

static void a_pending_table_that_cannot_be_zeroed_goes_back(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	fake_fail(rd->fake, FAKE_ZERO, 1);
	assert_int_equal(pending(rd, RD_PENDING(0), ITSG_LPI_PENDING_HEAD_ZEROED),
			 ITSG_ZERO_FAILED);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_of_one_extent_have_one_claim),
		cmocka_unit_test(another_extent_that_overlaps_is_refused),
		cmocka_unit_test(more_tables_than_configured_are_refused),
		cmocka_unit_test(a_page_that_is_refused_leaves_nothing_behind),
		cmocka_unit_test(a_pending_table_is_donated_and_its_first_KB_zeroed),
		cmocka_unit_test(it_may_be_zeroed_whole_or_left_as_it_is_or_shared),
		cmocka_unit_test(a_pending_table_that_cannot_be_zeroed_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
