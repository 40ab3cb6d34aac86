/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The conformance kit: an honest platform passes with each clause tried, each of many liars is
 * found with the clause that it breaks, and the platforms on which all other tests rest keep the
 * contract.
 */
#include <string.h>

#include "liar.h"
#include "rd_fake.h"

/* All clauses there are. */
#define EVERY_CLAUSE (((uint64_t)1 << ITSG_CLAUSE_COUNT) - 2)

static uint64_t bit(enum itsg_clause clause)
{
	return (uint64_t)1 << clause;
}

static const struct {
	const char *name;
	enum lie lie;
	enum itsg_clause clause;
} liars[] = {
#define LIAR(lie, clause)                                                                          \
	{                                                                                          \
#lie, LIE_##lie, ITSG_CLAUSE_##clause                                              \
	}
	LIAR(SHARE_REFUSES, SHARE_DONE),
	LIAR(SHARE_DOES_NOTHING, SHARE_PINS),
	LIAR(SHARE_IGNORES_A_FAILURE, SHARE_PINS),
	LIAR(SHARE_TAKES_ACCESS, SHARE_KEEPS),
	LIAR(SHARE_ANSWERS_TOO_FEW, SHARE_EXACT),
	LIAR(SHARE_FAILS_HALF, SHARE_EXACT),
	LIAR(SHARE_TWICE_UNCOUNTED, SHARE_TWICE),
	LIAR(SHARE_TWICE_REFUSED_AND_COUNTED, SHARE_TWICE),
	LIAR(SHARE_TWICE_REFUSED_AND_TAKEN, SHARE_TWICE),
	LIAR(SHARE_TWICE_NEVER_FREE, SHARE_TWICE),
	LIAR(SHARE_TWICE_TAKES_ACCESS, SHARE_TWICE),
	LIAR(SHARE_TWICE_FOR_GOOD, SHARE_TWICE),
	LIAR(SHARE_HYPERVISOR, SHARE_FOREIGN),
	LIAR(SHARE_LENT, SHARE_FOREIGN),
	LIAR(SHARE_SKIPS, SHARE_PINS), /* the first page that fails is counted */
	LIAR(UNSHARE_REFUSES, UNSHARE_DONE),
	LIAR(UNSHARE_ONE_OF_ALL, UNSHARE_DONE),
	LIAR(UNSHARE_DOES_NOTHING, UNSHARE_FREES),
	LIAR(UNSHARE_FAILS_HALF, UNSHARE_EXACT),
	LIAR(DONATE_REFUSES, DONATE_DONE),
	LIAR(DONATE_REFUSES_THE_THIRD, DONATE_DONE),
	LIAR(DONATE_LEAVES_OWNER, DONATE_PINS),
	LIAR(DONATE_LEAVES_ACCESS, DONATE_TAKES),
	LIAR(DONATE_LEAVES_LAST, DONATE_TAKES),
	LIAR(DONATE_FAILS_HALF, DONATE_EXACT),
	LIAR(DONATE_GUEST, DONATE_FOREIGN),
	LIAR(RECLAIM_REFUSES, RECLAIM_DONE),
	LIAR(RECLAIM_LEAVES_OWNER, RECLAIM_FREES),
	LIAR(RECLAIM_LEAVES_NO_ACCESS, RECLAIM_FREES),
	LIAR(RECLAIM_FAILS_HALF, RECLAIM_EXACT),
	LIAR(OTHER_MEMORY, SAME_MEMORY),
	LIAR(ZERO_REFUSES, ZERO_DONE),
	LIAR(ZERO_DOES_NOTHING, ZERO_ALL),
	LIAR(ZERO_MISSES_LAST_WORD, ZERO_ALL),
	LIAR(ZERO_FIRST_PAGE_ONLY, ZERO_ALL),
	LIAR(ZERO_IN_CACHE, ZERO_ALL),
	LIAR(ZERO_NOT_THE_POOL, ZERO_ALL),
	LIAR(ZERO_NO_PIECES, ZERO_ALL),
	LIAR(ZERO_BEFORE_A_PIECE, ZERO_ONLY),
	LIAR(ZERO_BEHIND_A_PIECE, ZERO_ONLY),
	LIAR(ZERO_WHOLE_PAGES, ZERO_ONLY),
	LIAR(ZERO_BEFORE_A_RUN, ZERO_ONLY),
	LIAR(ZERO_BEHIND_A_RUN, ZERO_ONLY),
	LIAR(ZERO_BEFORE_IN_THE_POOL, ZERO_ONLY),
	LIAR(ZERO_BEHIND_IN_THE_POOL, ZERO_ONLY),
	LIAR(FETCH_REFUSES, FETCH_DONE),
	LIAR(FETCH_NOTHING, FETCH_BYTES),
	LIAR(FETCH_SWAPS, FETCH_BYTES),
	LIAR(FETCH_STALE, FETCH_BYTES),
	LIAR(FETCH_WRITES_BEFORE, FETCH_BOUNDS),
	LIAR(FETCH_WRITES_BEHIND, FETCH_BOUNDS),
	LIAR(FETCH_TWICE, FETCH_ONCE),
	LIAR(STORE_REFUSES, STORE_DONE),
	LIAR(STORE_DOES_NOTHING, STORE_BYTES),
	LIAR(STORE_TEARS, STORE_BYTES),
	LIAR(STORE_ASIDE, STORE_BYTES),
	LIAR(STORE_IN_CACHE, STORE_BYTES),
	LIAR(STORE_IGNORES_A_FAILURE, STORE_BYTES),
	LIAR(STORE_BEFORE, STORE_ONLY),
	LIAR(STORE_BEHIND, STORE_ONLY),
	LIAR(STORE_LATE, STORE_ORDERED),
	LIAR(STORE_FAILS_HALF, STORE_EXACT),
	LIAR(REG_OTHER_FRAME, REG_FRAME),
	LIAR(REG_READS_WIDE, REG_READ_32),
	LIAR(REG_READS_WIDE_AT_THE_END, REG_READ_32),
	LIAR(REG_READS_NARROW, REG_READ_64),
	LIAR(REG_WRITES_NARROW, REG_WRITE_64),
	LIAR(REG_WRITES_ASIDE, REG_WRITE_64),
	LIAR(RD_ALWAYS_THE_FIRST, RD_WHICH),
	LIAR(RD_THE_LAST_TWO_ARE_ONE, RD_WHICH),
	LIAR(RD_READS_WIDE, RD_READ_32),
	LIAR(RD_READS_NARROW, RD_READ_64),
	LIAR(RD_WRITES_NARROW, RD_WRITE_64),
	LIAR(RD_WRITES_LOSE_A_BIT, RD_WRITE_64),
	LIAR(RD_REFUSES, SHARE_DONE),
	LIAR(ALL_ASLEEP, ASLEEP_HERE),
	LIAR(NONE_ASLEEP, ASLEEP_OFF),
	LIAR(NONE_POWERED, POWERED_HERE),
	LIAR(ALL_POWERED, POWERED_OFF),
	LIAR(ALL_RESERVED, RESERVED_HOST),
	LIAR(NONE_RESERVED, RESERVED_KEPT),
};

static struct itsg_conformance_result run(const struct itsg_conformance *with)
{
	struct itsg_conformance_result result;
	enum itsg_clause clause;

	memset(&result, 0xa5, sizeof(result));
	clause = itsg_conformance_run(with, &result);
	assert_int_equal(clause, result.failed);
	return result;
}

static void must_be(const char *who, const struct itsg_conformance_result *result,
		    enum itsg_clause clause)
{
	if (result->failed != clause)
		fail_msg("%s: %s at 0x%llx (0x%llx), not %s", who, itsg_clause_name(result->failed),
			 (unsigned long long)result->at, (unsigned long long)result->got,
			 itsg_clause_name(clause));
}

/* ---- who keeps the contract ---- */

static void an_honest_platform_passes_with_each_clause_tried(void **state)
{
	static const uint32_t shifts[] = {12, 14, 16};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(shifts); i++) {
		struct liar *liar = liar_new(LIE_NOTHING, shifts[i]);
		const struct itsg_conformance_result result = run(&liar->with);

		must_be("honest", &result, ITSG_CLAUSES_HOLD);
		assert_true(result.at == 0 && result.got == 0);
		assert_true(result.tried == EVERY_CLAUSE);
		assert_true(liar_is_untouched(liar));
		liar_free(liar);
	}
}

/* What the contract leaves to the platform. */
static void each_way_to_keep_the_contract_passes(void **state)
{
	static const enum lie ways[] = {LIE_BOASTS, LIE_ALL_OR_NOTHING, LIE_COUNTS, LIE_LAZY};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct liar *liar = liar_new(ways[i], 12);
		const struct itsg_conformance_result result = run(&liar->with);

		must_be("another way", &result, ITSG_CLAUSES_HOLD);
		assert_true(result.tried == EVERY_CLAUSE);
		assert_true(liar_is_untouched(liar));
		liar_free(liar);
	}
}

/* ---- who does not ---- */

static void each_liar_is_found_with_the_clause_that_it_breaks(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(liars); i++) {
		struct liar *liar = liar_new(liars[i].lie, 12);
		const struct itsg_conformance_result result = run(&liar->with);

		must_be(liars[i].name, &result, liars[i].clause);
		assert_true(itsg_clause_tried(&result, liars[i].clause));
		liar_free(liar);
	}
}

/* Nobody is left out: each lie is in the list, and each clause but those of what the kit is given.
 */
static void there_is_a_liar_for_each_clause(void **state)
{
	uint64_t clauses = bit(ITSG_CLAUSE_COMPLETE) | bit(ITSG_CLAUSE_SETUP);
	bool listed[LIES] = {false};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(liars); i++) {
		clauses |= bit(liars[i].clause);
		listed[liars[i].lie] = true;
	}
	assert_true(clauses == EVERY_CLAUSE);
	for (uint32_t lie = LIE_SHARE_REFUSES; lie < LIES; lie++)
		assert_true(listed[lie]);
}

/* A lie about pages is no reason to leave more of them behind than were lied about. */
static void what_was_answered_is_undone_when_a_clause_fails(void **state)
{
	static const enum lie clean[] = {LIE_SHARE_TAKES_ACCESS,    LIE_SHARE_TWICE_TAKES_ACCESS,
					 LIE_SHARE_TWICE_UNCOUNTED, LIE_DONATE_LEAVES_ACCESS,
					 LIE_DONATE_LEAVES_LAST,    LIE_ZERO_REFUSES,
					 LIE_ZERO_DOES_NOTHING,     LIE_FETCH_REFUSES,
					 LIE_FETCH_TWICE,           LIE_STORE_REFUSES,
					 LIE_STORE_TEARS,           LIE_REG_READS_WIDE,
					 LIE_RD_READS_NARROW,       LIE_ALL_ASLEEP,
					 LIE_ALL_POWERED,           LIE_NONE_RESERVED};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(clean); i++) {
		struct liar *liar = liar_new(clean[i], 12);

		assert_int_not_equal(run(&liar->with).failed, ITSG_CLAUSES_HOLD);
		assert_true(liar_is_untouched(liar));
		liar_free(liar);
	}
}

/* Whichever call of all is refused once: it is found, or may be refused, and nothing stays. */
static void one_refusal_for_nothing_leaves_nothing_behind(void **state)
{
	uint32_t passed = 0, n = 0;
	bool reached = true;

	(void)state;
	while (reached) {
		struct liar *liar = liar_new(LIE_NOTHING, 12);

		liar->hooks.fail_at = NULL;
		liar->refuse_in = ++n;
		passed += run(&liar->with).failed == ITSG_CLAUSES_HOLD;
		reached = liar->refuse_in == 0;
		assert_true(liar_is_untouched(liar));
		liar_free(liar);
	}
	assert_true(n > 100);
	/*
	 * A page may be refused a second time, and a run that has somebody's page in it as a whole:
	 * by both structs, for share and for donate, with that page at each place. And the last run
	 * met no refusal.
	 */
	assert_int_equal(passed, 2 * (1 + 2 * 3 + 2 * 4) + 1);
}

/* The same of a store, where each that fails is tried. */
static void one_store_that_is_refused_is_found(void **state)
{
	uint32_t n = 0;
	bool reached = true;

	(void)state;
	while (reached) {
		struct liar *liar = liar_new(LIE_NOTHING, 12);
		struct itsg_conformance_result result;

		liar->refuse_store_in = ++n;
		result = run(&liar->with);
		reached = liar->refuse_store_in == 0;
		if (result.failed != ITSG_CLAUSES_HOLD)
			must_be("store", &result, ITSG_CLAUSE_STORE_DONE);
		assert_true(liar_is_untouched(liar));
		liar_free(liar);
	}
	assert_true(n > 20);
}

static void a_run_that_meets_somebody_elses_page_is_undone_too(void **state)
{
	struct liar *liar = liar_new(LIE_SHARE_SKIPS, 12);
	struct itsg_conformance_result result;

	(void)state;
	liar->hooks.fail_at = NULL; /* which would find it earlier */
	liar->with.foreign_count = 0;
	result = run(&liar->with);
	must_be("skips", &result, ITSG_CLAUSE_SHARE_FOREIGN);
	assert_int_equal(result.at, LIAR_RAM >> 12);
	assert_int_equal(result.got, 2);
	assert_int_equal(liar->owner[0], LIAR_HOST);
	liar_free(liar);
}

static void it_says_which_callback_and_where(void **state)
{
	struct liar *liar = liar_new(LIE_SHARE_LENT, 12);
	struct itsg_conformance_result result = run(&liar->with);

	(void)state;
	assert_false(result.redists);
	assert_int_equal(result.at, (LIAR_RAM >> 12) + 5);
	assert_int_equal(liar->pins[5], 0); /* and was given back */
	liar_free(liar);

	liar = liar_new(LIE_DONATE_GUEST, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, (LIAR_RAM >> 12) + 4);
	assert_int_not_equal(liar->owner[4], LIAR_DONATED);
	liar_free(liar);

	liar = liar_new(LIE_FETCH_SWAPS, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, LIAR_RAM + 24);
	liar_free(liar);

	liar = liar_new(LIE_RD_REFUSES, 12);
	result = run(&liar->with);
	assert_true(result.redists);
	assert_int_equal(result.at, LIAR_RAM >> 12);
	liar_free(liar);

	liar = liar_new(LIE_DONATE_REFUSES_THE_THIRD, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, (LIAR_RAM >> 12) + 2);
	assert_int_equal(result.got, 2);
	liar_free(liar);

	liar = liar_new(LIE_FETCH_TWICE, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, LIAR_RAM + 24);
	assert_int_equal(result.got, 2);
	liar_free(liar);

	liar = liar_new(LIE_STORE_TEARS, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, LIAR_QUEUE + 8);
	assert_true(result.got == 0xa5a5a5a5a5a5a5a5u);
	liar_free(liar);

	liar = liar_new(LIE_STORE_BEHIND, 12);
	result = run(&liar->with);
	assert_int_equal(result.at, LIAR_QUEUE + 0x60 + 0x40);
	liar_free(liar);

	liar = liar_new(LIE_ALL_POWERED, 12);
	result = run(&liar->with);
	assert_true(result.redists);
	assert_int_equal(result.at, LIAR_OFF);
	liar_free(liar);

	liar = liar_new(LIE_ALL_ASLEEP, 12);
	assert_false(run(&liar->with).redists);
	liar_free(liar);
}

/* ---- what the kit is given ---- */

/* The liar, with something wrong in what the kit is given, fails with this clause. */
#define GIVEN(clause, ...)                                                                         \
	do {                                                                                       \
		struct liar *liar = liar_new(LIE_NOTHING, 12);                                     \
		struct itsg_conformance_result given;                                              \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		given = run(&liar->with);                                                          \
		must_be(#__VA_ARGS__, &given, clause);                                             \
		liar_free(liar);                                                                   \
	} while (0)

static void a_callback_that_is_missing_is_found(void **state)
{
	(void)state;
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->with.ops = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.share = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.unshare = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.donate = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.reclaim = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.zero = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.fetch = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.store = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.reg_read = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->ops.reg_write = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.share = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.unshare = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.donate = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.reclaim = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.zero = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.reg_read = NULL);
	GIVEN(ITSG_CLAUSE_COMPLETE, liar->redists_ops.reg_write = NULL);
	/* Optional, but not where one is off, or a DeviceID is reserved. */
	GIVEN(ITSG_CLAUSE_ASLEEP_OFF, liar->ops.asleep = NULL);
	GIVEN(ITSG_CLAUSE_POWERED_OFF, liar->redists_ops.powered = NULL);
	GIVEN(ITSG_CLAUSE_RESERVED_KEPT, liar->ops.reserved = NULL);
}

static void what_the_kit_cannot_work_with_is_said(void **state)
{
	(void)state;
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.hooks = NULL);
	GIVEN(ITSG_CLAUSE_SETUP, liar->hooks.give = NULL);
	GIVEN(ITSG_CLAUSE_SETUP, liar->hooks.take_back = NULL);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.page_shift = 13);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.queue.bytes = 4064);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.queue.pa += 0x1000);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.level1_pool.pa += 0x1000);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.here = LIAR_RDS);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.off = LIAR_RDS);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.pa_bits = 31);
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.pa_bits = 53);
	/* What is not asked for need not be right. */
	GIVEN(ITSG_CLAUSES_HOLD, liar->with.pa_bits = 0; liar->with.registers = false);
	GIVEN(ITSG_CLAUSES_HOLD, liar->with.pa_bits = 0; liar->with.redists_ops = NULL);
	GIVEN(ITSG_CLAUSES_HOLD, liar->with.pa_bits = 0; liar->with.here = 9; liar->with.off = 9;
	      liar->with.redistributor_count = 0);
	GIVEN(ITSG_CLAUSES_HOLD, liar->with.pa_bits = 32);
	GIVEN(ITSG_CLAUSES_HOLD, liar->with.pa_bits = 52; liar->reaches = 52);
	/* The pages are not the host's, or it cannot write to them. */
	GIVEN(ITSG_CLAUSE_SETUP, liar->with.host_pfn++);
	GIVEN(ITSG_CLAUSE_SETUP, liar->mapped[2] = false);
	/* The ITS is not disabled, not quiescent; LPIs are on, or on their way off. */
	GIVEN(ITSG_CLAUSE_SETUP, liar->its[0] |= 1);
	GIVEN(ITSG_CLAUSE_SETUP, liar->its[0] &= ~0x80000000ull);
	GIVEN(ITSG_CLAUSE_SETUP, liar->rd_ctlr = 1);
	GIVEN(ITSG_CLAUSE_SETUP, liar->rd_ctlr = 8);
}

/* What is left out, of hooks and of the rest, is told as not tried, and all else is. */
#define UNTRIED(clauses, ...)                                                                      \
	do {                                                                                       \
		struct liar *liar = liar_new(LIE_NOTHING, 12);                                     \
		struct itsg_conformance_result given;                                              \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		given = run(&liar->with);                                                          \
		must_be(#__VA_ARGS__, &given, ITSG_CLAUSES_HOLD);                                  \
		if (given.tried != (EVERY_CLAUSE & ~(clauses)))                                    \
			fail_msg("%s: 0x%llx was tried", #__VA_ARGS__,                             \
				 (unsigned long long)given.tried);                                 \
		assert_true(liar_is_untouched(liar));                                              \
		liar_free(liar);                                                                   \
	} while (0)

static void what_was_not_tried_is_told(void **state)
{
	const uint64_t seen = bit(ITSG_CLAUSE_ZERO_ALL) | bit(ITSG_CLAUSE_ZERO_ONLY) |
			      bit(ITSG_CLAUSE_STORE_BYTES) | bit(ITSG_CLAUSE_STORE_ONLY) |
			      bit(ITSG_CLAUSE_STORE_ORDERED) | bit(ITSG_CLAUSE_STORE_EXACT);
	const uint64_t rds = bit(ITSG_CLAUSE_RD_WHICH) | bit(ITSG_CLAUSE_RD_READ_32) |
			     bit(ITSG_CLAUSE_RD_READ_64) | bit(ITSG_CLAUSE_RD_WRITE_64);
	const uint64_t powered = bit(ITSG_CLAUSE_POWERED_HERE) | bit(ITSG_CLAUSE_POWERED_OFF);

	(void)state;
	UNTRIED(bit(ITSG_CLAUSE_SHARE_KEEPS) | bit(ITSG_CLAUSE_DONATE_TAKES),
		liar->hooks.host_can_write = NULL);
	UNTRIED(seen, liar->hooks.peek = NULL);
	UNTRIED(bit(ITSG_CLAUSE_FETCH_BYTES) | bit(ITSG_CLAUSE_FETCH_ONCE),
		liar->hooks.poke = NULL);
	UNTRIED(bit(ITSG_CLAUSE_FETCH_ONCE), liar->hooks.reads = NULL);
	UNTRIED(bit(ITSG_CLAUSE_STORE_EXACT), liar->hooks.fail_at = NULL);
	UNTRIED(bit(ITSG_CLAUSE_REG_WRITE_64) | bit(ITSG_CLAUSE_RD_WRITE_64) |
			bit(ITSG_CLAUSE_STORE_ORDERED),
		liar->with.registers = false);
	UNTRIED(rds | powered | bit(ITSG_CLAUSE_SAME_MEMORY), liar->with.redists_ops = NULL);
	UNTRIED(rds | powered | bit(ITSG_CLAUSE_ASLEEP_HERE) | bit(ITSG_CLAUSE_ASLEEP_OFF),
		liar->with.redistributor_count = 0);
	UNTRIED(bit(ITSG_CLAUSE_ASLEEP_OFF) | bit(ITSG_CLAUSE_POWERED_OFF),
		liar->with.off = ITSG_CONFORMANCE_NONE);
	UNTRIED(bit(ITSG_CLAUSE_RD_WHICH) | bit(ITSG_CLAUSE_RD_READ_64) |
			bit(ITSG_CLAUSE_ASLEEP_OFF) | bit(ITSG_CLAUSE_POWERED_OFF),
		liar->with.redistributor_count = 1;
		liar->with.off = ITSG_CONFORMANCE_NONE);
	UNTRIED(bit(ITSG_CLAUSE_RESERVED_HOST) | bit(ITSG_CLAUSE_RESERVED_KEPT),
		liar->with.devices = false);
	/* Nothing less is tried where there is no pool, and no page is named. */
	UNTRIED(UINT64_C(0), liar->with.level1_pool.bytes = 0; liar->with.foreign_count = 0);
}

/* Nothing tells what is late from what is lost, where no register may be written. */
static void without_registers_a_late_store_is_one_that_is_not_there(void **state)
{
	struct liar *liar = liar_new(LIE_STORE_LATE, 12);
	struct itsg_conformance_result result;

	(void)state;
	liar->with.registers = false;
	result = run(&liar->with);
	must_be("late", &result, ITSG_CLAUSE_STORE_BYTES);
	liar_free(liar);
}

static void a_gic_of_version_4_is_one_too(void **state)
{
	struct liar *liar = liar_new(LIE_NOTHING, 12);

	(void)state;
	liar->its[0xffe8 / 8] = 0x4b;
	assert_int_equal(run(&liar->with).failed, ITSG_CLAUSES_HOLD);
	liar_free(liar);
}

/* The ITS is in use: nothing of it is written. */
static void registers_that_may_not_be_written_are_not(void **state)
{
	struct liar *liar = liar_new(LIE_NOTHING, 12);

	(void)state;
	liar->with.registers = false;
	liar->its[0] |= 1;
	liar->rd_ctlr = 1;
	assert_int_equal(run(&liar->with).failed, ITSG_CLAUSES_HOLD);
	assert_int_equal(liar->writes, 0);
	liar_free(liar);
}

/* ---- the platforms of the other tests ---- */

/* The fake ends a test that asks for a page twice, as the guard never does; here it refuses. */
static uint64_t (*fake_share_of_old)(void *ctx, uint64_t pfn, uint64_t count);

static uint64_t fake_share_refuses(void *ctx, uint64_t pfn, uint64_t count)
{
	struct fake *fake = ctx;

	if (pfn >= FAKE_RAM >> 12 && fake_page(fake, pfn << 12) == FAKE_SHARED)
		return 0;
	return fake_share_of_old(ctx, pfn, count);
}

static uint8_t *fake_state_of(struct fake *fake, uint64_t pfn)
{
	return &fake->machine->state[pfn - (FAKE_RAM >> 12)];
}

static bool fake_give(void *ctx, uint64_t pfn)
{
	struct fake *fake = ctx;

	if (*fake_state_of(fake, pfn) != FAKE_HOST)
		return false;
	fake_give_to_guest(fake, pfn << 12);
	return true;
}

static void fake_take_back(void *ctx, uint64_t pfn)
{
	*fake_state_of(ctx, pfn) = FAKE_HOST;
}

static bool fake_host_can_write(void *ctx, uint64_t pfn)
{
	const enum fake_page page = fake_page(ctx, pfn << 12);

	return page == FAKE_HOST || page == FAKE_SHARED;
}

static void fake_peek(void *ctx, uint64_t pa, uint8_t *to)
{
	itsg_put_le64(to, fake_get64(ctx, pa));
}

static void fake_poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	fake_put(ctx, pa, from, 8);
}

/* The n-th callback that can fail does. */
static bool fake_fail_any(void *ctx, uint32_t n)
{
	static bool armed;
	struct fake *fake = ctx;
	const bool failed = armed && fake->fail_any == 0;

	armed = n != 0;
	fake->fail_any = n;
	return failed;
}

static void the_fakes_of_the_unit_tests_keep_the_contract(void **state)
{
	static const struct itsg_conformance_hooks hooks = {.give = fake_give,
							    .take_back = fake_take_back,
							    .host_can_write = fake_host_can_write,
							    .peek = fake_peek,
							    .poke = fake_poke,
							    .fail_at = fake_fail_any};
	const uint64_t foreign[] = {(FAKE_ITT >> 12) + 4, 9};
	struct rd_fake *rd = rd_fake_raw();
	struct fake *fake = rd->fake;
	struct itsg_conformance with = {.ops = &fake->ops,
					.ctx = fake,
					.redists_ops = &rd->ops,
					.redists_ctx = rd,
					.hooks = &hooks,
					.hooks_ctx = fake,
					.page_shift = 12,
					.host_pfn = FAKE_ITT >> 12,
					.foreign = foreign,
					.foreign_count = ARRAY_SIZE(foreign),
					.queue = fake->setup.config.queue,
					.level1_pool = fake->setup.config.level1_pool,
					.registers = true,
					.pa_bits = 48,
					.redistributor_count = 4,
					.here = 0,
					.off = 2,
					.devices = true,
					.host_device = 1,
					.reserved_device = 7};
	struct itsg_conformance_result result;

	(void)state;
	fake_share_of_old = fake->ops.share;
	fake->ops.share = fake_share_refuses;
	fake_give_to_guest(fake, foreign[0] << 12);
	fake->reserved_used = true;
	fake->reserved_device = 7;
	fake->asleep = 1u << 2;
	rd->hw[2].off = true;
	fake->machine->inside = true;
	result = run(&with);
	fake->machine->inside = false;
	must_be("fake", &result, ITSG_CLAUSES_HOLD);
	assert_true(result.tried == (EVERY_CLAUSE & ~bit(ITSG_CLAUSE_FETCH_ONCE)));
	assert_int_equal(fake_pages_held(fake), 0);
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_platform_passes_with_each_clause_tried),
		cmocka_unit_test(each_way_to_keep_the_contract_passes),
		cmocka_unit_test(each_liar_is_found_with_the_clause_that_it_breaks),
		cmocka_unit_test(there_is_a_liar_for_each_clause),
		cmocka_unit_test(what_was_answered_is_undone_when_a_clause_fails),
		cmocka_unit_test(one_refusal_for_nothing_leaves_nothing_behind),
		cmocka_unit_test(one_store_that_is_refused_is_found),
		cmocka_unit_test(a_run_that_meets_somebody_elses_page_is_undone_too),
		cmocka_unit_test(it_says_which_callback_and_where),
		cmocka_unit_test(a_callback_that_is_missing_is_found),
		cmocka_unit_test(what_the_kit_cannot_work_with_is_said),
		cmocka_unit_test(what_was_not_tried_is_told),
		cmocka_unit_test(registers_that_may_not_be_written_are_not),
		cmocka_unit_test(without_registers_a_late_store_is_one_that_is_not_there),
		cmocka_unit_test(a_gic_of_version_4_is_one_too),
		cmocka_unit_test(the_fakes_of_the_unit_tests_keep_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
