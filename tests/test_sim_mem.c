/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The page-state matrix of pKVM, and who may access what. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "mem.h"

#define PAGE 0x40000000u
#define STEP 0x1000u

struct finding {
	unsigned count;
	uint64_t pa;
	uint64_t len;
	bool write;
	const char *what;
};

static struct finding finding;

static void note(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct finding *seen = ctx;

	*seen = (struct finding){seen->count + 1, pa, len, write, what};
}

static struct sim_mem_config config_of(uint32_t page_size)
{
	struct sim_mem_config config = sim_mem_default_config();

	config.page_size = page_size;
	config.violation = note;
	config.ctx = &finding;
	return config;
}

static int setup(void **state)
{
	struct sim_mem_config config = config_of(4096);
	struct sim_mem *mem = sim_mem_new();

	*state = mem;
	finding = (struct finding){0};
	return sim_mem_reset(mem, &config);
}

static int teardown(void **state)
{
	sim_mem_free(*state);
	return 0;
}

static void put_in_state(struct sim_mem *mem, uint64_t pa, enum sim_page_state state)
{
	switch (state) {
	case SIM_SHARED:
		assert_int_equal(sim_mem_share(mem, pa), 0);
		break;
	case SIM_HYP:
		assert_int_equal(sim_mem_hyp_private(mem, pa, 1, false), 0);
		break;
	case SIM_GUEST:
		assert_int_equal(sim_mem_guest_take(mem, pa, 1, 1), 0);
		break;
	case SIM_NOT_RAM:
	case SIM_HOST:
	default:
		break;
	}
}

static int take(struct sim_mem *mem, uint64_t pa)
{
	return sim_mem_guest_take(mem, pa, 1, 2);
}

static int private(struct sim_mem *mem, uint64_t pa)
{
	return sim_mem_hyp_private(mem, pa, 1, false);
}

typedef int operation(struct sim_mem *mem, uint64_t pa);

/* Each operation on a page in each state: what it returns; on error nothing may change. */
static void page_state_matrix(void **state)
{
	static const struct {
		operation *op;
		int host, shared, hyp, guest;
	} rows[] = {
		{sim_mem_share, 0, 0, -EPERM, -EPERM},
		{sim_mem_unshare, -EPERM, 0, -EPERM, -EPERM},
		{sim_mem_donate, 0, -EPERM, -EPERM, -EPERM},
		{sim_mem_reclaim, -EPERM, -EPERM, -EPERM, -EPERM},
		{sim_mem_host_share, 0, -EPERM, -EPERM, -EPERM},
		{sim_mem_host_unshare, -EPERM, -EBUSY, -EPERM, -EPERM},
		{take, 0, -EPERM, -EPERM, -EPERM},
		{private, 0, -EPERM, -EPERM, -EPERM},
	};
	struct sim_mem *mem = *state;
	uint64_t pa = PAGE;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int expected[] = {rows[i].host, rows[i].shared, rows[i].hyp, rows[i].guest};

		for (int s = 0; s < 4; s++, pa += STEP) {
			struct sim_page before, after;

			put_in_state(mem, pa, (enum sim_page_state)(SIM_HOST + s));
			before = sim_mem_page(mem, pa);
			assert_int_equal(rows[i].op(mem, pa), expected[s]);
			after = sim_mem_page(mem, pa);
			if (expected[s]) {
				assert_int_equal(before.state, after.state);
				assert_int_equal(before.pins, after.pins);
			}
		}
		assert_int_equal(rows[i].op(mem, 0x1000), -EINVAL);
	}
}

static void sharing_twice_pins_twice(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_page(mem, PAGE).pins, 2);
	assert_int_equal(sim_mem_unshare(mem, PAGE), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_SHARED);
	assert_int_equal(take(mem, PAGE), -EPERM);
	assert_int_equal(sim_mem_unshare(mem, PAGE), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
	assert_int_equal(sim_mem_unshare(mem, PAGE), -EPERM);
	assert_int_equal(take(mem, PAGE), 0);
}

static void a_page_the_host_shared_itself_stays_shared_when_the_guard_lets_go(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_host_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_unshare(mem, PAGE), -EPERM);
	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_host_unshare(mem, PAGE), -EBUSY);
	assert_int_equal(sim_mem_unshare(mem, PAGE), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_SHARED);
	assert_int_equal(sim_mem_host_unshare(mem, PAGE), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
}

static void reclaim_gives_back_only_what_was_donated(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_donate(mem, PAGE), 0);
	assert_int_equal(sim_mem_hyp_private(mem, PAGE + STEP, STEP, true), 0);
	assert_int_equal(sim_mem_reclaim(mem, PAGE), 0);
	assert_int_equal(sim_mem_reclaim(mem, PAGE + STEP), -EPERM);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
	assert_int_equal(sim_mem_state(mem, PAGE + STEP), SIM_HYP);
}

static void callbacks_want_aligned_pages(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_share(mem, PAGE + 8), -EINVAL);
	assert_int_equal(sim_mem_donate(mem, PAGE + 0x800), -EINVAL);
}

static void a_guest_gets_all_pages_or_none(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_share(mem, PAGE + 2 * STEP), 0);
	assert_int_equal(sim_mem_guest_take(mem, PAGE + 0xf00, 2 * STEP, 1), -EPERM);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
	assert_int_equal(sim_mem_guest_take(mem, PAGE + 0xf00, STEP, 1), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_GUEST);
	assert_int_equal(sim_mem_state(mem, PAGE + STEP), SIM_GUEST);
	assert_int_equal(sim_mem_page(mem, PAGE).guest, 1);
	assert_int_equal(sim_mem_guest_take(mem, 0x3ffff000, 2 * STEP, 1), -EINVAL);
	assert_int_equal(sim_mem_guest_take(mem, PAGE, 0, 1), -EINVAL);
	assert_int_equal(sim_mem_guest_take(mem, UINT64_MAX, 2, 1), -EINVAL);
	assert_int_equal(sim_mem_guest_give_back(mem, PAGE, 2 * STEP), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
}

static void the_host_writes_its_own_and_shared_memory_only(void **state)
{
	struct sim_mem *mem = *state;
	uint8_t bytes[64], back[64];

	memset(bytes, 0xa5, sizeof(bytes));
	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_donate(mem, PAGE + 2 * STEP), 0);
	assert_int_equal(sim_mem_host_write(mem, PAGE + STEP - 32, bytes, 64), 0);
	assert_int_equal(sim_mem_host_read(mem, PAGE + STEP - 32, back, 64), 0);
	assert_memory_equal(bytes, back, 64);
	/* half in a donated page: nothing at all is written */
	assert_int_equal(sim_mem_host_write(mem, PAGE + 2 * STEP - 32, bytes, 64), -EPERM);
	sim_mem_peek(mem, PAGE + 2 * STEP - 32, back, 64);
	memset(bytes, 0, sizeof(bytes));
	assert_memory_equal(bytes, back, 64);
	assert_int_equal(sim_mem_host_read(mem, PAGE + 2 * STEP, back, 8), -EPERM);
	assert_int_equal(sim_mem_host_write(mem, 0x1000, bytes, 8), -EPERM);
}

static void the_hypervisor_touches_only_its_own_and_shared_memory(void **state)
{
	struct sim_mem *mem = *state;
	uint64_t one = 1;

	assert_int_equal(sim_mem_hyp_write(mem, PAGE, &one, 8), -EPERM);
	assert_int_equal(sim_mem_hyp_zero(mem, PAGE, 8), -EPERM);
	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_hyp_write(mem, PAGE, &one, 8), 0);
	assert_int_equal(sim_mem_donate(mem, PAGE + STEP), 0);
	assert_int_equal(sim_mem_hyp_write(mem, PAGE + STEP - 4, &one, 8), 0);
	assert_int_equal(sim_mem_hyp_zero(mem, PAGE, 2 * STEP), 0);
	assert_true(sim_mem_peek64(mem, PAGE + STEP - 4) == 0);
	assert_int_equal(sim_mem_guest_take(mem, PAGE + 2 * STEP, 1, 1), 0);
	assert_int_equal(sim_mem_hyp_read(mem, PAGE + 2 * STEP - 4, &one, 8), -EPERM);
}

static void dma(struct sim_mem *mem, uint64_t pa, bool write)
{
	uint8_t value[8] = {0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};

	finding = (struct finding){0};
	sim_mem_dma(mem, pa, 8, write, value, "test");
}

static void guarded_dma_needs_memory_the_guard_holds(void **state)
{
	struct sim_mem *mem = *state;

	dma(mem, PAGE, false);
	assert_int_equal(finding.count, 1);
	assert_true(finding.pa == PAGE && finding.len == 8 && !finding.write);
	assert_string_equal(finding.what, "test");
	dma(mem, PAGE, true);
	assert_int_equal(finding.count, 1);
	assert_true(finding.write);
	assert_true(sim_mem_peek64(mem, PAGE) == 0x1122334455667788);

	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	dma(mem, PAGE, true);
	assert_int_equal(finding.count, 0);
	dma(mem, PAGE + STEP - 4, true); /* reaches into the next page */
	assert_int_equal(finding.count, 1);
	assert_int_equal(sim_mem_host_share(mem, PAGE + STEP), 0);
	dma(mem, PAGE + STEP, true); /* shared, but not pinned: it can be given away any time */
	assert_int_equal(finding.count, 1);
	assert_int_equal(sim_mem_stats(mem)->violations, 4);
}

static void guarded_dma_may_read_the_private_queue_but_not_write_it(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_hyp_private(mem, PAGE, STEP, true), 0);
	assert_int_equal(sim_mem_hyp_private(mem, PAGE + STEP, STEP, false), 0);
	dma(mem, PAGE, false);
	assert_int_equal(finding.count, 0);
	dma(mem, PAGE, true);
	assert_int_equal(finding.count, 1);
	dma(mem, PAGE + STEP, false);
	assert_int_equal(finding.count, 1);
}

static void unguarded_dma_is_found_only_on_foreign_memory(void **state)
{
	struct sim_mem *mem = *state;

	sim_mem_set_unguarded(mem, true);
	dma(mem, PAGE, true);
	assert_int_equal(finding.count, 0);
	assert_int_equal(take(mem, PAGE), 0);
	dma(mem, PAGE, false);
	assert_int_equal(finding.count, 1);
	assert_int_equal(sim_mem_donate(mem, PAGE + STEP), 0);
	dma(mem, PAGE + STEP, true);
	assert_int_equal(finding.count, 1);
	dma(mem, 0x2000, true);
	assert_int_equal(finding.count, 1);
	assert_true(sim_mem_peek64(mem, 0x2000) == 0);
	dma(mem, UINT64_MAX - 3, false);
	assert_int_equal(finding.count, 1);
}

static void the_page_sets_follow_the_states(void **state)
{
	struct sim_mem *mem = *state;

	assert_int_equal(sim_mem_share(mem, PAGE), 0);
	assert_int_equal(sim_mem_host_share(mem, PAGE + STEP), 0);
	assert_int_equal(sim_mem_donate(mem, PAGE + 2 * STEP), 0);
	assert_int_equal(sim_mem_guest_take(mem, PAGE + 3 * STEP, 2 * STEP, 1), 0);
	assert_int_equal(sim_mem_hyp_private(mem, PAGE + 5 * STEP, STEP, true), 0);
	assert_int_equal(pfnset_cardinality(sim_mem_shared_pages(mem)), 1);
	assert_true(pfnset_contains(sim_mem_shared_pages(mem), PAGE >> 12));
	assert_true(pfnset_contains(sim_mem_donated_pages(mem), (PAGE >> 12) + 2));
	assert_int_equal(pfnset_cardinality(sim_mem_guest_pages(mem)), 2);
	assert_int_equal(pfnset_cardinality(sim_mem_private_pages(mem)), 1);
	assert_int_equal(sim_mem_unshare(mem, PAGE), 0);
	assert_int_equal(sim_mem_reclaim(mem, PAGE + 2 * STEP), 0);
	assert_true(pfnset_is_empty(sim_mem_shared_pages(mem)));
	assert_true(pfnset_is_empty(sim_mem_donated_pages(mem)));
	assert_int_equal(sim_mem_stats(mem)->state_changes, 8);
}

static void a_reset_forgets_bytes_states_and_counts(void **state)
{
	struct sim_mem *mem = *state;
	struct sim_mem_config config = config_of(65536);
	const uint8_t value[8] = {5};

	sim_mem_poke(mem, PAGE, value, 8);
	put_in_state(mem, PAGE, SIM_GUEST);
	assert_int_equal(sim_mem_reset(mem, &config), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
	assert_true(sim_mem_peek64(mem, PAGE) == 0);
	assert_true(sim_mem_stats(mem)->state_changes == 0);
	assert_true(pfnset_is_empty(sim_mem_guest_pages(mem)));
	sim_mem_poke(mem, PAGE + 0x5000, value, 8);
	assert_true(sim_mem_peek64(mem, PAGE + 0x5000) == 5);
	assert_true(sim_mem_peek64(mem, PAGE) == 0);
}

static void bigger_pages_have_one_state(void **state)
{
	struct sim_mem *mem = *state;
	struct sim_mem_config config = config_of(16384);

	assert_int_equal(sim_mem_reset(mem, &config), 0);
	assert_int_equal(sim_mem_share(mem, PAGE + 0x1000), -EINVAL);
	assert_int_equal(sim_mem_share(mem, PAGE + 0x4000), 0);
	assert_int_equal(sim_mem_state(mem, PAGE + 0x7fff), SIM_SHARED);
	assert_int_equal(sim_mem_state(mem, PAGE + 0x8000), SIM_HOST);
	assert_true(pfnset_contains(sim_mem_shared_pages(mem), (PAGE + 0x4000) >> 14));
}

static void ram_ranges_bound_what_is_ram(void **state)
{
	struct sim_mem *mem = *state;
	struct sim_mem_config config = config_of(4096);

	config.num_ram = 2;
	config.ram[0] = (struct sim_ram){0x10000, 0x2800}; /* the last half page is no RAM page */
	config.ram[1] = (struct sim_ram){0xffffffff0000, 0x10000};
	assert_int_equal(sim_mem_reset(mem, &config), 0);
	assert_int_equal(sim_mem_state(mem, 0x11fff), SIM_HOST);
	assert_int_equal(sim_mem_state(mem, 0x12000), SIM_NOT_RAM);
	assert_int_equal(sim_mem_state(mem, 0xffffffffffff), SIM_HOST);
	assert_int_equal(sim_mem_state(mem, 0x1000000000000), SIM_NOT_RAM);
	config.ram[1].len++;
	assert_int_equal(sim_mem_reset(mem, &config), -EINVAL);
	config = config_of(8192);
	assert_int_equal(sim_mem_reset(mem, &config), -EINVAL);
}

/* 2^36 pages: no loop over them, no record for each (C6). */
static void very_many_pages_go_to_a_guest_at_once(void **state)
{
	struct sim_mem_config config = config_of(4096);
	struct sim_mem *mem = *state;

	config.pa_bits = 52;
	config.ram[0] = (struct sim_ram){0, (uint64_t)1 << 48};
	assert_int_equal(sim_mem_reset(mem, &config), 0);
	assert_int_equal(sim_mem_guest_take(mem, 0, ((uint64_t)1 << 48) + 1, 1), -EINVAL);
	assert_int_equal(sim_mem_donate(mem, PAGE), 0);
	assert_int_equal(sim_mem_guest_take(mem, 0, (uint64_t)1 << 48, 1), -EPERM);
	assert_int_equal(sim_mem_reclaim(mem, PAGE), 0);
	assert_int_equal(sim_mem_guest_take(mem, 0, (uint64_t)1 << 48, 3), 0);
	assert_int_equal(sim_mem_page(mem, PAGE).guest, 3);
	assert_int_equal(sim_mem_page(mem, 0xfffffffff000).guest, 3);
	assert_int_equal(sim_mem_state(mem, 0x1000000000000), SIM_NOT_RAM);
	assert_int_equal(sim_mem_share(mem, 0x800000000000), -EPERM);
	assert_int_equal(pfnset_cardinality(sim_mem_guest_pages(mem)), (uint64_t)1 << 36);
	assert_int_equal(sim_mem_stats(mem)->guest_takes, (uint64_t)1 << 36);
	assert_int_equal(sim_mem_reset(mem, &config), 0);
	assert_int_equal(sim_mem_state(mem, PAGE), SIM_HOST);
}

#define PAGES 0x4000u

struct book {
	enum sim_page_state state[PAGES];
	uint32_t guest[PAGES];
};

static bool book_all(const struct book *book, uint32_t first, uint32_t count,
		     enum sim_page_state state)
{
	for (uint32_t i = first; i < first + count; i++)
		if (book->state[i] != state)
			return false;
	return true;
}

static void book_set(struct book *book, uint32_t first, uint32_t count, enum sim_page_state state,
		     uint32_t guest)
{
	for (uint32_t i = first; i < first + count; i++) {
		book->state[i] = state;
		book->guest[i] = guest;
	}
}

static void compare(const struct sim_mem *mem, const struct book *book)
{
	uint64_t guests = 0;

	for (uint32_t i = 0; i < PAGES; i++) {
		struct sim_page page = sim_mem_page(mem, PAGE + (uint64_t)i * STEP);

		assert_int_equal(page.state, book->state[i]);
		assert_int_equal(page.guest, book->guest[i]);
		guests += page.state == SIM_GUEST;
	}
	assert_int_equal(pfnset_cardinality(sim_mem_guest_pages(mem)), guests);
}

/* As many from the first on as are in the same state, at most count. */
static uint32_t alike(const struct book *book, uint32_t first, uint32_t count)
{
	uint32_t n = 1;

	while (n < count && first + n < PAGES && book->state[first + n] == book->state[first])
		n++;
	return n;
}

/* A run goes to a guest, or comes back. */
static void move_run(struct sim_mem *mem, struct book *book, uint32_t first, uint32_t count,
		     uint32_t guest)
{
	uint64_t pa = PAGE + (uint64_t)first * STEP, bytes = (uint64_t)count * STEP;
	bool back = book->state[first] == SIM_GUEST;
	enum sim_page_state from = back ? SIM_GUEST : SIM_HOST;
	int expected = book_all(book, first, count, from) ? 0 : -EPERM;

	assert_int_equal(back ? sim_mem_guest_give_back(mem, pa, bytes)
			      : sim_mem_guest_take(mem, pa, bytes, guest),
			 expected);
	if (!expected)
		book_set(book, first, count, back ? SIM_HOST : SIM_GUEST, back ? 0 : guest);
}

static void donate_or_reclaim(struct sim_mem *mem, struct book *book, uint32_t page)
{
	uint64_t pa = PAGE + (uint64_t)page * STEP;

	if (sim_mem_donate(mem, pa) == 0)
		book_set(book, page, 1, SIM_HYP, 0);
	else if (sim_mem_reclaim(mem, pa) == 0)
		book_set(book, page, 1, SIM_HOST, 0);
}

/*
 * Runs that have a span and runs that have records, over each other, against a plain list. From
 * time to time from the beginning: once all pages have records, spans say nothing any more.
 */
static void long_runs_and_short_ones_agree_with_a_list(void **state)
{
	const struct sim_mem_config config = config_of(4096);
	static struct book book;
	uint64_t random = 1;

	for (uint32_t i = 0; i < 600; i++) {
		uint32_t first, count;

		random = random * 6364136223846793005u + 1442695040888963407u;
		first = (uint32_t)(random >> 33) % PAGES;
		count = i % 3 ? 0x1001 + (uint32_t)(random >> 48) % (i % 2 ? 0x40 : PAGES)
			      : 1 + (uint32_t)(random >> 48) % 0x40;
		count = count < PAGES - first ? count : PAGES - first;
		if (i % 12 == 0) {
			assert_int_equal(sim_mem_reset(*state, &config), 0);
			book_set(&book, 0, PAGES, SIM_HOST, 0);
		} else if (i % 12 == 5) {
			donate_or_reclaim(*state, &book, first);
		} else {
			move_run(*state, &book, first, i % 5 ? alike(&book, first, count) : count,
				 i);
		}
		compare(*state, &book);
	}
}

static void count_frames(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	unsigned *count = ctx;

	assert_int_equal(frame_pa & 0xfff, 0);
	assert_int_equal(bytes[0], 0);
	(*count)++;
}

static void only_written_frames_are_visited(void **state)
{
	struct sim_mem *mem = *state;
	unsigned count = 0;
	uint8_t one = 1;

	sim_mem_poke(mem, PAGE + 1, &one, 1);
	sim_mem_poke(mem, PAGE + 0x5001, &one, 1);
	sim_mem_each_frame(mem, PAGE + 0xfff, 2, count_frames, &count);
	assert_int_equal(count, 1);
	sim_mem_each_frame(mem, 0, UINT64_MAX, count_frames, &count);
	assert_int_equal(count, 3);
	sim_mem_each_frame(mem, PAGE, 0, count_frames, &count);
	assert_int_equal(count, 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(page_state_matrix),
		T(sharing_twice_pins_twice),
		T(a_page_the_host_shared_itself_stays_shared_when_the_guard_lets_go),
		T(reclaim_gives_back_only_what_was_donated),
		T(callbacks_want_aligned_pages),
		T(a_guest_gets_all_pages_or_none),
		T(the_host_writes_its_own_and_shared_memory_only),
		T(the_hypervisor_touches_only_its_own_and_shared_memory),
		T(guarded_dma_needs_memory_the_guard_holds),
		T(guarded_dma_may_read_the_private_queue_but_not_write_it),
		T(unguarded_dma_is_found_only_on_foreign_memory),
		T(the_page_sets_follow_the_states),
		T(a_reset_forgets_bytes_states_and_counts),
		T(bigger_pages_have_one_state),
		T(ram_ranges_bound_what_is_ram),
		T(very_many_pages_go_to_a_guest_at_once),
		T(long_runs_and_short_ones_agree_with_a_list),
		T(only_written_frames_are_visited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
