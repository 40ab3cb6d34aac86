/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The guard's own SYNCs behind what releases memory. */
#include "fake.h"

#include "state.h"

#define ITT(n) (FAKE_ITT + (n)*0x1000ull)

/* Collection n is at redistributor n. */
static void collections(struct fake *fake, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++)
		fake_collection(fake, n, n);
}

/* Forgets what hardware ran up to now. */
static void from_here(struct fake *fake)
{
	fake->ran_count = 0;
	fake_forget(fake);
}

static void assert_ran(const struct fake *fake, uint32_t index, uint64_t opcode, uint64_t dw2)
{
	assert_int_equal(fake_ran(fake, index, 0) & 0xff, opcode);
	assert_int_equal(fake_ran(fake, index, 2), dw2);
}

/* Hardware stalls where it is, and again, when it is restarted with the same command. */
static void fail_for_good(struct fake *fake)
{
	for (uint32_t i = 0; i < 2; i++) {
		fake_stall(fake);
		for (uint32_t n = 0; fake->stalled && n < 1000; n++)
			fake_poll(fake);
		assert_false(fake->stalled);
	}
}

static void a_round_goes_to_every_redistributor_ever_named(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 8);

	(void)state;
	fake_collection(fake, 0, 6);
	fake_collection(fake, 0, 2);     /* moved: the old one counts still */
	fake_words(fake, 0x09, 0, 5, 0); /* an unmap names none */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_words(fake, 0x0e, 0, 0x30000, 0x50000); /* MOVALL: both */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_sync(fake, 0x70000); /* a SYNC names none */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 5);
	assert_ran(fake, 0, 0x08, 0);
	assert_ran(fake, 1, 0x05, 0x20000);
	assert_ran(fake, 2, 0x05, 0x30000);
	assert_ran(fake, 3, 0x05, 0x50000);
	assert_ran(fake, 4, 0x05, 0x60000);
	assert_int_equal(fake_stats(fake).barriers, 4);
	fake_free(fake);
}

static void a_refused_mapc_is_no_target(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 8);

	(void)state;
	fake_mapc(fake, 0xffff, 0x10000);
	assert_int_equal(fake_try(fake), ITSG_COLLECTION_OOR);
	fake_mapc(fake, 0, 0x80000); /* there is none */
	assert_int_equal(fake_try(fake), ITSG_RDBASE_UNKNOWN);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 2);
	assert_ran(fake, 1, 0x05, 0); /* to anybody, for there is no target */
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

static void more_than_32_redistributors_are_all_reached(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 64);

	(void)state;
	for (uint32_t rd = 0; rd < 64; rd += 31)
		fake_collection(fake, rd, rd);
	fake_collection(fake, 63, 63);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 5);
	assert_ran(fake, 2, 0x05, 31 << 16);
	assert_ran(fake, 3, 0x05, 62 << 16);
	assert_ran(fake, 4, 0x05, 63 << 16);
	fake_free(fake);
}

/* From one that is not the first of its word to the next word. */
static void none_is_passed_over_at_the_end_of_a_word(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 64);

	(void)state;
	fake_collection(fake, 0, 5);
	fake_collection(fake, 1, 32);
	fake_collection(fake, 2, 63);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 4);
	assert_ran(fake, 2, 0x05, 32 << 16);
	assert_ran(fake, 3, 0x05, 63 << 16);
	fake_free(fake);
}

static void neighbours_share_a_round(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_collection(fake, 0, 1);
	for (uint32_t device = 1; device <= 3; device++)
		fake_mapped(fake, device);
	from_here(fake);
	fake_unmap(fake, 1);
	fake_unmap(fake, 2);
	fake_unmap(fake, 3);
	fake_sync(fake, 0x30000);
	fake_submit(fake);
	fake_pass(fake, 3);
	fake_settle(fake);
	for (uint32_t device = 1; device <= 3; device++)
		assert_int_equal(fake_page(fake, ITT(device)), FAKE_SHARED);
	fake_pass(fake, 1);
	fake_settle(fake);
	for (uint32_t device = 1; device <= 3; device++)
		assert_int_equal(fake_page(fake, ITT(device)), FAKE_HOST);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 5);
	assert_ran(fake, 3, 0x05, 0x10000); /* before the host's next command */
	assert_ran(fake, 4, 0x05, 0x30000);
	fake_free(fake);
}

/* What is behind a round already does not wait for a later one. */
static void rounds_are_apart(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_mapped(fake, 2);
	fake_unmap(fake, 1);
	fake_sync(fake, 0);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 5);
	fake_pass(fake, 2);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	fake_pass(fake, 2);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_free(fake);
}

static void a_sleeping_redistributor_is_left_out(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_collection(fake, 0, 1);
	fake_collection(fake, 1, 2);
	fake_mapped(fake, 1);
	fake_mapped(fake, 2);
	fake->asleep = 1u << 1;
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 2);
	assert_ran(fake, 1, 0x05, 0x20000);
	fake->asleep = 0; /* awake again: reached again */
	from_here(fake);
	fake_unmapped(fake, 2);
	assert_int_equal(fake->ran_count, 3);
	fake_free(fake);
}

/* A round of 40 SYNCs through a ring of 2, one step a call, before the host's next command. */
static void a_round_may_be_longer_than_the_ring(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 40,
					    setup.config.depth = 2, setup.config.journal = 2);

	(void)state;
	collections(fake, 40);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_set_budget(fake, 1);
	fake_unmap(fake, 1);
	fake_sync(fake, 0);
	fake_submit(fake);
	while (fake->ran_count < 41) {
		assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
		assert_int_equal(fake_creadr(fake), 42 * 0x20 - 0x20);
		if (fake_unpassed(fake))
			fake_pass(fake, 1);
	}
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake->ran_count, 42);
	for (uint32_t rd = 0; rd < 40; rd++)
		assert_ran(fake, 1 + rd, 0x05, (uint64_t)rd << 16);
	fake_free(fake);
}

/* Polls, a step each, until as many commands are in the ring. */
static uint32_t polls_until_unpassed(struct fake *fake, uint32_t commands)
{
	uint32_t polls = 0;

	while (fake_unpassed(fake) < commands) {
		fake_poll(fake);
		assert_true(polls++ < 1000);
	}
	return polls;
}

/* I6: a step passes over so many that want none, a word of 32 at a time. */
static void among_many_redistributors_the_next_is_sought_in_steps(void **state)
{
	static uint64_t rds[2000];
	struct fake *fake;

	(void)state;
	for (uint32_t rd = 0; rd < 2000; rd++)
		rds[rd] = (uint64_t)rd << 16;
	fake = fake_armed_with(setup.config.redistributors = rds,
			       setup.config.redistributor_count = 2000);
	fake_collection(fake, 0, 7);
	fake_collection(fake, 1, 1999);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_set_budget(fake, 1);
	fake_unmapping(fake, 1);
	assert_in_range(polls_until_unpassed(fake, 2), 1, 3);
	assert_int_equal(polls_until_unpassed(fake, 3), 3); /* 62 words, 16 in the last */
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake->ran_count, 3);
	assert_ran(fake, 1, 0x05, 7u << 16);
	assert_ran(fake, 2, 0x05, 1999u << 16);
	fake_free(fake);
}

/* An unmap behind 100 commands, whose round has told the first of them where it ends. */
static struct fake *ending(void)
{
	struct fake *fake = fake_sized(200, 0, 1000);

	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_syncs_apart(fake, 100, 0);
	fake_unmap(fake, 1);
	fake_set_budget(fake, 1);
	fake_submit(fake);
	polls_until_unpassed(fake, 102);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_QUEUEING);
	fake_poll(fake);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_ENDING);
	return fake;
}

/* I6: the entries of a long journal learn in parts where their round ends. */
static void a_round_ends_in_parts(void **state)
{
	struct fake *fake = ending();

	(void)state;
	assert_in_range(fake->its->barrier.marked - fake->its->journal.gone, 1, 100);
	fake_sync(fake, 0); /* published when the round has ended */
	fake_submit(fake);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_NONE);
	assert_int_equal(fake_unpassed(fake), 102);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 103);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* I7: and none is passed over when others leave meanwhile: the unmap is the first, then. */
static void a_round_ends_for_all_though_entries_leave_meanwhile(void **state)
{
	struct fake *fake = ending();

	(void)state;
	fake_pass(fake, 100);
	while (fake->its->journal.count > 1)
		fake_poll(fake);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_ENDING);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* What stalls while a round ends makes it prove nothing to those it has told, and to the others. */
static void a_sync_that_stalls_while_its_round_ends_proves_nothing(void **state)
{
	struct fake *fake = ending();

	(void)state;
	fake_pass(fake, 101);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_ENDING);
	fail_for_good(fake);
	fake_pass_all(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_run(fake); /* a round of its own */
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_NONE);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

static void a_sync_that_cannot_be_stored_is_tried_again(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	from_here(fake);
	fake_fail(fake, FAKE_STORE, 2); /* behind the MAPD */
	fake_unmapping(fake, 1);
	fake_pass_all(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake->ran_count, 2);
	fake_free(fake);
}

/* ---- stalls of our own ---- */

/* An unmap has passed, and the one SYNC of its round is next. */
static struct fake *at_its_sync(void)
{
	struct fake *fake = fake_in_use();

	from_here(fake);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	return fake;
}

/* What stalled it has passed: it does, too, and its round is as good as any (F8). */
static void a_stall_that_passes_is_retried_and_told(void **state)
{
	struct fake *fake = at_its_sync();

	(void)state;
	fake->stalled = true;
	fake_forget(fake);
	fake_poll(fake);
	assert_false(fake->stalled); /* restarted, the host knows nothing of it */
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "reg 88 81");
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED_OWN);
	assert_int_equal(fake_creadr(fake) & 1, 0);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 2); /* no other round */
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

static void a_sync_that_stalls_again_is_replaced_and_its_round_made_anew(void **state)
{
	struct fake *fake = at_its_sync();

	(void)state;
	fail_for_good(fake);
	fake_pass(fake, 1); /* what took its place */
	assert_int_equal(fake_ran(fake, 1, 0), 0x05);
	fake_poll(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 3);
	assert_ran(fake, 2, 0x05, 0x10000);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* Nobody is there to whom another SYNC could go: hardware stands where it is until somebody is. */
static void a_sync_that_stalls_while_all_sleep_is_replaced_when_one_wakes(void **state)
{
	struct fake *fake = at_its_sync();

	(void)state;
	fake_stall(fake);
	fake->asleep = ~0ull;
	fake_stall(fake);
	fake_settle(fake);
	assert_true(fake->stalled);
	fake->asleep = 0;
	fake_settle(fake);
	assert_false(fake->stalled);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* Once: hardware that never takes it shall not keep the ring busy. */
static void what_two_rounds_have_failed_for_waits_for_quiescence(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_mapped(fake, 2);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fail_for_good(fake);
	fake_pass(fake, 1);
	fail_for_good(fake);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	/* A later round is good for its own only; the journal goes in order. */
	fake_unmapping(fake, 2);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	/* Enabled=0 and Quiescent=1. */
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_free(fake);
}

/* What is published behind it has a round of its own, which is still good. */
static void a_failed_sync_voids_its_own_round_only(void **state)
{
	struct fake *fake = fake_in_use();
	const struct itsg_entry *later;

	(void)state;
	fake_mapped(fake, 2);
	fake_unmapping(fake, 1);
	fake_unmapping(fake, 2);
	assert_int_equal(fake_unpassed(fake), 4);
	fake_pass(fake, 1);
	fail_for_good(fake);
	later = itsg_journal_at(&fake->its->journal, 1);
	assert_true(later->barrier > later->number && !later->again);
	assert_true(itsg_journal_at(&fake->its->journal, 0)->again);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_free(fake);
}

/* A round that was made anew is not spoilt by what is left of the first one (F27). */
static void a_failed_sync_voids_no_round_that_began_behind_it(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	collections(fake, 3);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fail_for_good(fake); /* the first of three */
	fake_pass(fake, 2);
	fake_poll(fake);
	assert_int_equal(fake_unpassed(fake), 4); /* the last one, and three anew */
	fail_for_good(fake);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* Nor while that one is being queued. */
static void a_failed_sync_voids_no_round_that_is_under_way_behind_it(void **state)
{
	struct fake *fake = fake_armed();
	struct itsg_its *its = fake->its;

	(void)state;
	collections(fake, 3);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_settle(fake);
	fake_set_budget(fake, 1);
	while (its->mend.phase != ITSG_MEND_REPLACE) /* the first of three */
		fake_stall(fake);
	fake_stall(fake);
	fake_pass(fake, 2);
	while (its->barrier.round != ITSG_ROUND_QUEUEING)
		fake_poll(fake);
	while (its->mend.number != its->ring.passed || its->mend.phase != ITSG_MEND_REPLACE)
		fake_stall(fake); /* the last of three */
	assert_int_equal(its->barrier.round, ITSG_ROUND_QUEUEING);
	assert_true(itsg_journal_at(&its->journal, 0)->covered);
	fake_set_budget(fake, 1000);
	fake_stall(fake);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* Failed while the round is still being queued: the round's end must not make it good again. */
static void a_sync_that_fails_early_spoils_the_whole_round(void **state)
{
	struct fake *fake = fake_sized(64, 2, 1000);

	(void)state;
	collections(fake, 4);
	fake_mapped(fake, 1);
	from_here(fake);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_poll(fake);
	fail_for_good(fake); /* the first of four */
	fake_run(fake);
	/* The unmap, what took its place, perhaps another of the first round, and four. */
	assert_in_range(fake->ran_count, 6, 7);
	for (uint32_t rd = 0; rd < 4; rd++)
		assert_ran(fake, fake->ran_count - 4 + rd, 0x05, rd << 16);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* A round that nobody has begun is owed still when a SYNC of the one before it fails. */
static void a_second_failure_in_one_round_counts_once(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	collections(fake, 4);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_set_budget(fake, 1); /* no new round begins in between */
	fake_pass(fake, 1);
	while (fake->its->mend.phase != ITSG_MEND_REPLACE)
		fake_stall(fake);
	fake_stall(fake);
	assert_int_equal(fake->its->barrier.round, ITSG_ROUND_OWED);
	fake_pass(fake, 1);
	for (uint32_t i = 0; i < 3; i++)
		fake_stall(fake);
	fake_set_budget(fake, 1000);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* A SYNC of a round has stalled, among a hundred entries, and its mend has begun: a step a call. */
static struct fake *mending(void)
{
	struct fake *fake = fake_sized(1000, 0, 1000);

	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_syncs_apart(fake, 100, 0);
	fake_submit(fake);
	fake_set_budget(fake, 1);
	fake_pass(fake, 1);
	fake_stall(fake);
	while (!fake->its->mend.on) /* what is passed is tidied up first */
		fake_poll(fake);
	return fake;
}

/* Likewise, it has stalled again, and the first entries are told that their round is void. */
static struct fake *voiding(void)
{
	struct fake *fake = mending();

	fake->stalled = true;
	while (fake->its->mend.voided <= fake->its->journal.gone)
		fake_poll(fake);
	return fake;
}

/* Work is bounded: of the journal's entries so many in a step, however many there are (F7). */
static void a_failed_round_is_voided_a_part_in_a_step(void **state)
{
	struct fake *fake = voiding();

	(void)state;
	assert_in_range(fake->its->mend.voided - fake->its->journal.gone, 1, 64);
	assert_int_equal(fake->its->mend.phase, ITSG_MEND_VOID);
	fake_poll(fake);
	assert_int_equal(fake->its->mend.phase, ITSG_MEND_REPLACE);
	fake_free(fake);
}

/* Or the entries that lost their round would never be told of another. */
static void retry_of_the_hosts_does_not_end_a_mend(void **state)
{
	struct fake *fake = voiding();

	(void)state;
	fake_w64(fake, ITSG_GITS_CWRITER, fake->host_at | ITSG_CWRITER_RETRY);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_creadr(fake), fake->host_at);
	fake_free(fake);
}

static void a_mend_that_cannot_be_stored_is_tried_again(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_settle(fake);
	fake_stall(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_stall(fake);
	assert_true(fake->stalled);
	fake->fail_always[FAKE_STORE] = false;
	fake_poll(fake);
	assert_false(fake->stalled);
	fake_free(fake);
}

/* Every redistributor in turn stalls: each mend names another one. */
static void mends_go_round(void **state)
{
	struct fake_setup setup;
	struct fake *fake;
	uint32_t seen = 0;

	(void)state;
	fake_defaults(&setup);
	for (uint32_t rd = 0; rd < 4; rd++)
		setup.redistributors[rd] = (rd + 1ull) << 16; /* there is none at 0 */
	setup.config.redistributor_count = 4;
	fake = fake_new(&setup);
	fake_boot(fake);
	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_settle(fake);
	for (uint32_t i = 0; i < 9; i++) {
		const uint32_t slot = (uint32_t)fake->creadr / 32;

		fake_stall(fake);
		assert_int_equal(fake_slot(fake, slot, 0), 0x05);
		seen |= 1u << (fake_slot(fake, slot, 2) >> 16);
	}
	assert_int_equal(seen, 0x1e);
	fake_free(fake);
}

/* ---- what goes to anybody ---- */

/* The SYNCs of a lap go where a collection has pointed, while one of those is awake (F7). */
static void a_lap_goes_where_collections_have_pointed(void **state)
{
	struct fake *fake = fake_sized(200, 0, 1000);

	(void)state;
	fake_collection(fake, 0, 2);
	for (uint32_t lap = 0; lap < 2; lap++) {
		from_here(fake);
		for (uint32_t i = 0; i < 125; i++)
			fake_sync(fake, 0x10000);
		fake_submit(fake);
		fake_run(fake);
		assert_int_equal(fake->ran_count, 128);
		for (uint32_t i = 125; i < 128; i++)
			assert_ran(fake, i, 0x05, lap == 0 ? 0x20000 : 0x30000);
		fake->asleep = 1u << 2; /* the next time to another one that is awake */
	}
	fake_free(fake);
}

/* A SYNC of a lap in the midst of a round is no part of it: nothing was to rely on it (F8). */
static void a_failed_sync_of_a_lap_spoils_no_round(void **state)
{
	struct fake *fake = fake_sized(200, 0, 1000);

	(void)state;
	collections(fake, 4);
	fake_mapped(fake, 1);
	for (uint32_t i = 0; i < 118; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake->cwriter, 123 * 32);
	from_here(fake);
	fake_unmapping(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 4); /* two of its round, and one of the lap */
	fake_pass(fake, 3);
	fail_for_good(fake);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 1 + 2 + 3 + 2);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* ---- targets ---- */

static void retire_collections(struct fake *fake)
{
	fake_set_collections(fake, 0);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
}

static void targets_outlive_the_collection_table(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_disable(fake);
	retire_collections(fake);
	fake_collection(fake, 0, 2);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 3);
	assert_ran(fake, 1, 0x05, 0x10000); /* that table may be remembered */
	assert_ran(fake, 2, 0x05, 0x20000);
	fake_free(fake);
}

/* A MAPC that is published but not passed was judged by the old table; its target stays one. */
static void a_mapc_that_has_not_run_goes_with_its_table(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_mapc(fake, 0, 0x10000);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 1);
	fake_disable(fake);
	retire_collections(fake);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 2);
	assert_ran(fake, 0, 0x08, 0);
	assert_ran(fake, 1, 0x05, 0x10000);
	fake_free(fake);
}

/* With HCC some collections live in hardware, and outlive the table. */
static void collections_in_hardware_outlive_the_table(void **state)
{
	struct fake *fake = fake_armed_with(setup.typer |= 16ull << 24 | ITSG_TYPER_CCT);

	(void)state;
	fake_collection(fake, 8200, 1);
	fake_mapped(fake, 1);
	fake_disable(fake);
	retire_collections(fake);
	from_here(fake);
	fake_unmapped(fake, 1);
	assert_int_equal(fake->ran_count, 2);
	assert_ran(fake, 1, 0x05, 0x10000);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_goes_to_every_redistributor_ever_named),
		cmocka_unit_test(a_refused_mapc_is_no_target),
		cmocka_unit_test(more_than_32_redistributors_are_all_reached),
		cmocka_unit_test(none_is_passed_over_at_the_end_of_a_word),
		cmocka_unit_test(neighbours_share_a_round),
		cmocka_unit_test(rounds_are_apart),
		cmocka_unit_test(a_sleeping_redistributor_is_left_out),
		cmocka_unit_test(a_round_may_be_longer_than_the_ring),
		cmocka_unit_test(among_many_redistributors_the_next_is_sought_in_steps),
		cmocka_unit_test(a_round_ends_in_parts),
		cmocka_unit_test(a_round_ends_for_all_though_entries_leave_meanwhile),
		cmocka_unit_test(a_sync_that_stalls_while_its_round_ends_proves_nothing),
		cmocka_unit_test(a_sync_that_cannot_be_stored_is_tried_again),
		cmocka_unit_test(a_stall_that_passes_is_retried_and_told),
		cmocka_unit_test(a_sync_that_stalls_again_is_replaced_and_its_round_made_anew),
		cmocka_unit_test(a_sync_that_stalls_while_all_sleep_is_replaced_when_one_wakes),
		cmocka_unit_test(what_two_rounds_have_failed_for_waits_for_quiescence),
		cmocka_unit_test(a_failed_sync_voids_its_own_round_only),
		cmocka_unit_test(a_failed_sync_voids_no_round_that_is_under_way_behind_it),
		cmocka_unit_test(a_sync_that_fails_early_spoils_the_whole_round),
		cmocka_unit_test(a_second_failure_in_one_round_counts_once),
		cmocka_unit_test(a_failed_round_is_voided_a_part_in_a_step),
		cmocka_unit_test(retry_of_the_hosts_does_not_end_a_mend),
		cmocka_unit_test(a_mend_that_cannot_be_stored_is_tried_again),
		cmocka_unit_test(mends_go_round),
		cmocka_unit_test(a_lap_goes_where_collections_have_pointed),
		cmocka_unit_test(a_failed_sync_of_a_lap_spoils_no_round),
		cmocka_unit_test(targets_outlive_the_collection_table),
		cmocka_unit_test(a_mapc_that_has_not_run_goes_with_its_table),
		cmocka_unit_test(collections_in_hardware_outlive_the_table),
		cmocka_unit_test(a_failed_sync_voids_no_round_that_began_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
