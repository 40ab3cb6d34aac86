/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Claims: the tracker's books and the platform's page states, changed together. */
#include "fake.h"

#include "state.h"

#include <string.h>

#define PAGE(n) (FAKE_ITT + (n)*0x1000ull)

static struct itsg_take take_of(uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	const struct itsg_take take = {{pa, bytes}, kind, ITSG_ITT_OVERLAP};

	return take;
}

/* claim.c's functions are called from inside the library's calls. */
static enum itsg_reason take(struct fake *fake, uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	const struct itsg_take what = take_of(pa, bytes, kind);
	enum itsg_reason reason;

	fake->machine->inside = true;
	reason = itsg_claim_take(&fake->its->platform, &what);
	fake->machine->inside = false;
	return reason;
}

static void undo(struct fake *fake, uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	const struct itsg_take what = take_of(pa, bytes, kind);

	fake->machine->inside = true;
	itsg_claim_undo(&fake->its->platform, &what);
	fake->machine->inside = false;
}

static void drop(struct fake *fake, uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	const struct itsg_run run = {pa, bytes};

	fake->machine->inside = true;
	itsg_claim_drop(&fake->its->platform, &run, kind);
	fake->machine->inside = false;
}

static uint64_t granules(const struct fake *fake)
{
	struct itsg_pages_stats stats;

	itsg_pages_get_stats(fake->machine->pages, &stats);
	return stats.granules;
}

static void only_the_first_granule_of_a_page_asks(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0) + 0x100, 0x100, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(0) + 0xf00, 0x200, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; share 40801");
	fake_forget(fake);
	drop(fake, PAGE(0) + 0x100, 0x100, ITSG_SHARED);
	drop(fake, PAGE(0), 0x100, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	drop(fake, PAGE(0) + 0xf00, 0x200, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40800; unshare 40801");
	assert_int_equal(granules(fake), 0);
	fake_free(fake);
}

/* One page or less, and the end of a part is that of a page: no page is in two. */
static void a_long_run_is_cut_into_parts(void **state)
{
	static const struct itsg_run runs[][2] = {
		{{PAGE(0) + 0xf00, 0x6000}, {PAGE(0) + 0xf00, 0x100}},
		{{PAGE(0), 0x1100}, {PAGE(0), 0x1000}},
		{{PAGE(0), 0x1000}, {PAGE(0), 0x1000}},
		{{PAGE(0) + 0x100, 0xf00}, {PAGE(0) + 0x100, 0xf00}},
		{{PAGE(0) + 0x200, 0x100}, {PAGE(0) + 0x200, 0x100}},
	};
	struct fake *fake = fake_default();

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const struct itsg_run part = itsg_claim_part(&fake->its->platform, &runs[i][0]);

		assert_int_equal(part.pa, runs[i][1].pa);
		assert_int_equal(part.bytes, runs[i][1].bytes);
	}
	fake_free(fake);
}

static void donated_pages_are_donated_and_reclaimed(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x2000, ITSG_DONATED), ITSG_OK);
	drop(fake, PAGE(0), 0x2000, ITSG_DONATED);
	fake_expect(fake, FAKE_PAGE_CALLS,
		    "donate 40800; donate 40801; reclaim 40800; reclaim 40801");
	fake_free(fake);
}

static void each_result_of_the_tracker_has_its_reason(void **state)
{
	struct fake *fake = fake_with(setup.pages.capacity = 4);

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_ITT_OVERLAP);
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_DONATED), ITSG_ITT_OVERLAP); /* first */
	assert_int_equal(take(fake, PAGE(0) + 0x100, 0x100, ITSG_DONATED), ITSG_KIND_CONFLICT);
	assert_int_equal(take(fake, PAGE(1), 0x5000, ITSG_SHARED), ITSG_NO_PAGE_SLOT);
	assert_int_equal(take(fake, PAGE(1), 0x4000, ITSG_SHARED), ITSG_NO_PAGE_SLOT);
	assert_int_equal(take(fake, PAGE(1), 0x3000, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(4), 0x100, ITSG_SHARED), ITSG_NO_PAGE_SLOT);
	assert_int_equal(fake->calls[FAKE_SHARE], 4);
	fake_free(fake);
}

static void refuse_nth(enum itsg_kind kind, uint32_t nth)
{
	const enum fake_call ask = kind == ITSG_SHARED ? FAKE_SHARE : FAKE_DONATE;
	struct fake *fake = fake_default();

	assert_int_equal(take(fake, PAGE(0), 0x100, kind), ITSG_OK);
	fake_forget(fake);
	fake_fail(fake, ask, nth);
	assert_int_equal(take(fake, PAGE(0) + 0x100, 0x4000, kind),
			 kind == ITSG_SHARED ? ITSG_SHARE_REFUSED : ITSG_DONATE_REFUSED);
	assert_int_equal(fake->calls[ask], nth);
	assert_int_equal(fake->calls[FAKE_UNSHARE] + fake->calls[FAKE_RECLAIM], nth - 1);
	assert_int_equal(fake_pages_held(fake), 1);
	assert_int_equal(granules(fake), 1);
	assert_true(itsg_pages_check(fake->machine->pages));
	fake_free(fake);
}

/* The n-th of four new pages is refused; the page before them is a neighbour's already. */
static void a_refused_page_undoes_exactly_what_was_done(void **state)
{
	(void)state;
	for (uint32_t nth = 1; nth <= 4; nth++) {
		refuse_nth(ITSG_SHARED, nth);
		refuse_nth(ITSG_DONATED, nth);
	}
}

/* A page in the middle is a neighbour's already, so that there are two ranges. */
static void pages_one_behind_the_other_are_one_call(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x4000, ITSG_SHARED), ITSG_OK);
	assert_int_equal(fake->ranges[FAKE_SHARE], 1);
	drop(fake, PAGE(0), 0x4000, ITSG_SHARED);
	assert_int_equal(fake->ranges[FAKE_UNSHARE], 1);
	assert_int_equal(take(fake, PAGE(6) + 0x100, 0x100, ITSG_DONATED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(4), 0x2100, ITSG_DONATED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(6) + 0x200, 0x3100, ITSG_DONATED), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_DONATE),
		    "donate 40806; donate 40804; donate 40805; donate 40807; donate 40808; "
		    "donate 40809");
	assert_int_equal(fake->ranges[FAKE_DONATE], 3);
	drop(fake, PAGE(4), 0x5300, ITSG_DONATED);
	assert_int_equal(fake->ranges[FAKE_RECLAIM], 1);
	assert_int_equal(granules(fake), 0);
	fake_free(fake);
}

/* Both ends of the run and a page in the middle are leaked: two ranges of three pages. */
static void leaked_pages_are_left_out_and_go_back_with_the_others(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	for (uint32_t n = 0; n < 9; n += 4) {
		assert_int_equal(take(fake, PAGE(n), 0x1000, ITSG_SHARED), ITSG_OK);
		fake_fail(fake, FAKE_UNSHARE, 1);
		drop(fake, PAGE(n), 0x1000, ITSG_SHARED);
	}
	fake_forget(fake);
	assert_int_equal(take(fake, PAGE(0), 0x9000, ITSG_SHARED), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS,
		    "share 40801; share 40802; share 40803; share 40805; share 40806; share 40807");
	assert_int_equal(fake->ranges[FAKE_SHARE], 2);
	drop(fake, PAGE(0), 0x9000, ITSG_SHARED);
	assert_int_equal(fake->ranges[FAKE_UNSHARE], 1);
	assert_int_equal(fake->calls[FAKE_UNSHARE], 9);
	assert_int_equal(fake_pages_held(fake), 0);
	assert_int_equal(granules(fake), 0);
	assert_true(itsg_pages_check(fake->machine->pages));
	fake_free(fake);
}

static void leak_nth(enum itsg_kind kind, uint32_t nth)
{
	const enum fake_call back = kind == ITSG_SHARED ? FAKE_UNSHARE : FAKE_RECLAIM;
	struct fake *fake = fake_default();

	assert_int_equal(take(fake, PAGE(0), 0x4000, kind), ITSG_OK);
	fake_fail(fake, back, nth);
	drop(fake, PAGE(0), 0x4000, kind);
	assert_int_equal(fake->calls[back], 4);
	assert_int_equal(fake->ranges[back], nth == 4 ? 1 : 2);
	assert_int_equal(fake_pages_held(fake), 1);
	assert_true(itsg_pages_marked(fake->machine->pages, (PAGE(0) >> 12) + nth - 1));
	assert_int_equal(fake_next_event(fake)->value, (PAGE(0) >> 12) + nth - 1);
	fake_no_event(fake);
	assert_int_equal(fake->its->platform.leaked, 1);
	assert_int_equal(granules(fake), 0);
	assert_true(itsg_pages_check(fake->machine->pages));
	fake_free(fake);
}

static void behind_a_page_that_does_not_go_back_all_others_go(void **state)
{
	(void)state;
	for (uint32_t nth = 1; nth <= 4; nth++) {
		leak_nth(ITSG_SHARED, nth);
		leak_nth(ITSG_DONATED, nth);
	}
}

/* S3: one granule too many, at either end, and as the other kind; in one page and in several. */
static void what_is_not_on_record_does_not_go_back(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x3000, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(5), 0x500, ITSG_SHARED), ITSG_OK);
	fake_forget(fake);
	drop(fake, PAGE(0), 0x3100, ITSG_SHARED);
	drop(fake, PAGE(0) - 0x100, 0x3100, ITSG_SHARED);
	drop(fake, PAGE(0), 0x3000, ITSG_DONATED);
	drop(fake, PAGE(5), 0x600, ITSG_SHARED);
	drop(fake, PAGE(5), 0x500, ITSG_DONATED);
	undo(fake, PAGE(5), 0x500, ITSG_DONATED);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	assert_int_equal(granules(fake), 0x35);
	assert_int_equal(fake_pages_held(fake), 4);
	fake_free(fake);
}

/* Of a run that begins and ends in neighbours' pages, those stay theirs. */
static void the_ends_of_a_run_may_be_in_pages_of_neighbours(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(3) + 0xf00, 0x100, ITSG_SHARED), ITSG_OK);
	fake_forget(fake);
	assert_int_equal(take(fake, PAGE(0) + 0x100, 0x3e00, ITSG_SHARED), ITSG_OK);
	drop(fake, PAGE(0) + 0x100, 0x3e00, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS,
		    "share 40801; share 40802; unshare 40801; unshare 40802");
	assert_int_equal(fake->ranges[FAKE_SHARE] + fake->ranges[FAKE_UNSHARE], 2);
	assert_int_equal(granules(fake), 2);
	fake_free(fake);
}

/* None of three goes back: each is told, and the last call is for one page. */
static void a_platform_may_keep_all_pages(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x3000, ITSG_DONATED), ITSG_OK);
	fake->fail_always[FAKE_RECLAIM] = true;
	drop(fake, PAGE(0), 0x3000, ITSG_DONATED);
	assert_int_equal(fake->ranges[FAKE_RECLAIM], 3);
	assert_int_equal(fake->its->platform.leaked, 3);
	assert_int_equal(fake_pages_held(fake), 3);
	fake_free(fake);
}

/* "So many done" of a platform that had fewer to do: as many as it had. */
static void more_than_was_asked_for_is_what_was_asked_for(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake->boasts = true;
	assert_int_equal(take(fake, PAGE(0), 0x3000, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(3), 0x2000, ITSG_DONATED), ITSG_OK);
	assert_int_equal(fake_pages_held(fake), 5);
	drop(fake, PAGE(0), 0x3000, ITSG_SHARED);
	drop(fake, PAGE(3), 0x2000, ITSG_DONATED);
	assert_int_equal(fake->ranges[FAKE_UNSHARE] + fake->ranges[FAKE_RECLAIM], 2);
	assert_int_equal(fake->its->platform.leaked, 0);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

static void undo_is_the_inverse_of_take(void **state)
{
	struct fake *fake = fake_default();
	const size_t bytes = itsg_pages_size(&fake->setup.pages);
	static uint8_t before[0x4000];

	(void)state;
	assert_true(bytes <= sizeof(before));
	assert_int_equal(take(fake, PAGE(1), 0x100, ITSG_SHARED), ITSG_OK);
	assert_int_equal(take(fake, PAGE(0) + 0x800, 0x800, ITSG_SHARED), ITSG_OK);
	undo(fake, PAGE(0) + 0x800, 0x800, ITSG_SHARED); /* the peak is settled now */
	memcpy(before, fake->machine->pages_memory, bytes);
	fake_forget(fake);
	assert_int_equal(take(fake, PAGE(0) + 0x800, 0x800, ITSG_SHARED), ITSG_OK);
	undo(fake, PAGE(0) + 0x800, 0x800, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS, "share 40800; unshare 40800");
	assert_memory_equal(before, fake->machine->pages_memory, bytes);
	fake_free(fake);
}

/* A leaked page was ours before: undoing a take that used it does not give it back. */
static void undo_leaves_a_leaked_page_leaked(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_OK);
	fake_fail(fake, FAKE_UNSHARE, 1);
	drop(fake, PAGE(0), 0x100, ITSG_SHARED);
	assert_true(itsg_pages_marked(fake->machine->pages, PAGE(0) >> 12));
	fake_forget(fake);
	assert_int_equal(take(fake, PAGE(0), 0x200, ITSG_SHARED), ITSG_OK);
	undo(fake, PAGE(0), 0x200, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	assert_true(itsg_pages_marked(fake->machine->pages, PAGE(0) >> 12));
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_DONATED), ITSG_KIND_CONFLICT);
	assert_int_equal(take(fake, PAGE(0), 0x100, ITSG_SHARED), ITSG_OK);
	drop(fake, PAGE(0), 0x100, ITSG_SHARED);
	fake_expect(fake, FAKE_PAGE_CALLS, "unshare 40800");
	assert_false(itsg_pages_marked(fake->machine->pages, PAGE(0) >> 12));
	assert_int_equal(granules(fake), 0);
	fake_free(fake);
}

static void only_donated_memory_is_zeroed(void **state)
{
	struct fake *fake = fake_default();
	struct itsg_take what = take_of(PAGE(0), 0x100, ITSG_SHARED);

	(void)state;
	fake->machine->inside = true;
	assert_int_equal(itsg_claim_take(&fake->its->platform, &what), ITSG_OK);
	assert_int_equal(itsg_claim_zero(&fake->its->platform, &what), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_ZERO], 0);
	what = take_of(PAGE(1), 0x300, ITSG_DONATED);
	assert_int_equal(itsg_claim_take(&fake->its->platform, &what), ITSG_OK);
	assert_int_equal(itsg_claim_zero(&fake->its->platform, &what), ITSG_OK);
	fake_fail(fake, FAKE_ZERO, 1);
	assert_int_equal(itsg_claim_zero(&fake->its->platform, &what), ITSG_ZERO_FAILED);
	fake->machine->inside = false;
	fake_expect(fake, FAKE_BIT(FAKE_ZERO), "zero 40801000+300; zero 40801000+300!");
	fake_free(fake);
}

static void pages_are_the_hosts_pages_whatever_their_size(void **state)
{
	static const uint32_t shifts[] = {12, 14, 16};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shifts); i++) {
		struct fake *fake = fake_with(setup.pages.page_shift = shifts[i]);

		assert_int_equal(take(fake, FAKE_ITT, 0x20000, ITSG_DONATED), ITSG_OK);
		assert_int_equal(fake->calls[FAKE_DONATE], 0x20000 >> shifts[i]);
		fake_expect(fake, FAKE_BIT(FAKE_RECLAIM), "");
		drop(fake, FAKE_ITT, 0x20000, ITSG_DONATED);
		assert_int_equal(fake->calls[FAKE_RECLAIM], 0x20000 >> shifts[i]);
		assert_int_equal(fake_pages_held(fake), 0);
		/* From the middle of a page to that of another, and all of one in between. */
		assert_int_equal(take(fake, FAKE_ITT + 0x8100, 0x18000, ITSG_SHARED), ITSG_OK);
		drop(fake, FAKE_ITT + 0x8100, 0x18000, ITSG_SHARED);
		assert_int_equal(granules(fake), 0);
		assert_true(itsg_pages_check(fake->machine->pages));
		assert_int_equal(fake_pages_held(fake), 0);
		fake_free(fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_first_granule_of_a_page_asks),
		cmocka_unit_test(a_long_run_is_cut_into_parts),
		cmocka_unit_test(donated_pages_are_donated_and_reclaimed),
		cmocka_unit_test(each_result_of_the_tracker_has_its_reason),
		cmocka_unit_test(a_refused_page_undoes_exactly_what_was_done),
		cmocka_unit_test(pages_one_behind_the_other_are_one_call),
		cmocka_unit_test(leaked_pages_are_left_out_and_go_back_with_the_others),
		cmocka_unit_test(behind_a_page_that_does_not_go_back_all_others_go),
		cmocka_unit_test(what_is_not_on_record_does_not_go_back),
		cmocka_unit_test(the_ends_of_a_run_may_be_in_pages_of_neighbours),
		cmocka_unit_test(a_platform_may_keep_all_pages),
		cmocka_unit_test(more_than_was_asked_for_is_what_was_asked_for),
		cmocka_unit_test(undo_is_the_inverse_of_take),
		cmocka_unit_test(undo_leaves_a_leaked_page_leaked),
		cmocka_unit_test(only_donated_memory_is_zeroed),
		cmocka_unit_test(pages_are_the_hosts_pages_whatever_their_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
