/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * An oracle that never speaks proves nothing: each clause has to fire on a fault planted for it,
 * and to be silent before.
 */
#include "kit.h"

#include <stdio.h>
#include <string.h>

#include "oracle.h"
#include "pfnset.h"
#include "state.h"

#define BASE 0x40000000u
#define ITT  (BASE + KIT_FREE)
#define FAR  0x48000000u

struct scene {
	struct world *world;
	struct oracle *oracle;
	struct kit kit;
	char text[256];
};

/* Clauses that have been seen broken. */
static bool broken[ORACLE_CLAUSES];

static enum oracle_clause look(struct scene *s)
{
	enum oracle_clause clause = oracle_check(s->oracle, s->world, s->text, sizeof(s->text));

	broken[clause] = true;
	return clause;
}

static enum oracle_clause look_at_the_end(struct scene *s)
{
	enum oracle_clause clause = oracle_quiet_end(s->world, s->text, sizeof(s->text));

	broken[clause] = true;
	return clause;
}

/* A world, and the host of its first ITS has armed it. */
static void arm_scene(struct scene *s, const struct world_config *config)
{
	s->world = kit_world(config);
	s->oracle = oracle_new();
	assert_non_null(s->oracle);
	kit_arm(&s->kit, s->world, 0, BASE);
}

/* One device is mapped, the ITT of 2^8 entries of 12 bytes is one page. All is well. */
static void open_scene(struct scene *s)
{
	struct world_config config;

	kit_config(&config);
	arm_scene(s, &config);
	kit_mapc(&s->kit);
	kit_map(&s->kit, 1, 8, ITT);
	assert_true(world_settle(s->world));
	assert_int_equal(look(s), ORACLE_HOLDS);
}

static void close_scene(struct scene *s)
{
	oracle_free(s->oracle);
	world_destroy(s->world);
}

/* Each test has such a scene, but for those that begin with another one. */
static int before_each(void **state)
{
	static struct scene scene;

	open_scene(&scene);
	*state = &scene;
	return 0;
}

static int after_each(void **state)
{
	close_scene(*state);
	return 0;
}

static void expect(struct scene *s, enum oracle_clause clause)
{
	enum oracle_clause found = look(s);

	if (found != clause)
		print_error("found %s: %s\n", oracle_clause_name(found), s->text);
	assert_int_equal(found, clause);
	assert_true(s->text[0] != '\0');
}

static void an_itt_given_back_too_early_is_out_of_reach(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_unshare(world_mem(s->world), ITT), 0);
	expect(s, ORACLE_REACH);
}

static void a_table_given_back_too_early_is_out_of_reach(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_reclaim(world_mem(s->world), BASE + KIT_DEVICES), 0);
	expect(s, ORACLE_REACH);
}

static void a_published_command_counts_before_it_runs(void **state)
{
	struct scene *s = *state;

	kit_map(&s->kit, 2, 8, FAR);
	assert_true(world_poll(s->world));
	assert_int_equal(look(s), ORACLE_HOLDS);
	assert_int_equal(sim_mem_unshare(world_mem(s->world), FAR), 0);
	expect(s, ORACLE_REACH);
}

static void hardware_on_the_hosts_own_queue_is_noticed(void **state)
{
	struct scene *s = *state;
	struct sim_its *its = world_its(s->world, 0);

	sim_its_reg_write(its, 0, 4, 0);
	sim_its_run(its, 0);
	sim_its_reg_write(its, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE));
	expect(s, ORACLE_PRIVATE);
}

static void a_table_that_is_only_shared_is_noticed(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_reclaim(world_mem(s->world), BASE + KIT_DEVICES), 0);
	assert_int_equal(sim_mem_share(world_mem(s->world), BASE + KIT_DEVICES), 0);
	expect(s, ORACLE_DONATED);
}

static void reach_beyond_the_claims_in_a_held_page_is_noticed(void **state)
{
	struct scene *s = *state;
	struct itsg_run part = {ITT + 0x100, 0x100};

	assert_int_equal(itsg_pages_drop(world_tracker(s->world), &part, ITSG_SHARED), 0);
	expect(s, ORACLE_CLAIMED);
}

static void pages_shared_behind_the_books_are_noticed(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_share(world_mem(s->world), FAR), 0);
	expect(s, ORACLE_SHARES);
}

static void pages_donated_behind_the_books_are_noticed(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_donate(world_mem(s->world), FAR), 0);
	expect(s, ORACLE_DONATIONS);
}

static void pages_booked_but_not_taken_are_noticed(void **unused)
{
	const struct itsg_run run = {FAR, 0x100};

	(void)unused;
	for (unsigned donated = 0; donated < 2; donated++) {
		enum itsg_kind kind = donated ? ITSG_DONATED : ITSG_SHARED;
		struct scene s;

		open_scene(&s);
		assert_int_equal(itsg_pages_take(world_tracker(s.world), &run, kind), 0);
		expect(&s, donated ? ORACLE_DONATIONS : ORACLE_SHARES);
		close_scene(&s);
	}
}

/* The memory model would not let it happen: it is made to believe it. */
static void a_page_held_and_a_guests_at_once_is_noticed(void **state)
{
	struct scene *s = *state;

	pfnset_add((struct pfnset *)(uintptr_t)sim_mem_guest_pages(world_mem(s->world)),
		   ITT / 4096);
	expect(s, ORACLE_GUEST);
}

static void a_page_shared_twice_is_noticed(void **state)
{
	struct scene *s = *state;

	assert_int_equal(sim_mem_share(world_mem(s->world), ITT), 0);
	expect(s, ORACLE_PINS);
}

static void a_device_that_is_only_counted_is_noticed(void **state)
{
	struct scene *s = *state;

	world_guard(s->world, 0)->devices.count++;
	expect(s, ORACLE_DEVICES);
}

static const struct itsg_run host_queue = {BASE + KIT_QUEUE, 0x1000};

/* Hardware does not reach it, so only the books tell. */
static void give_back_host_queue(struct scene *s)
{
	assert_int_equal(itsg_pages_drop(world_tracker(s->world), &host_queue, ITSG_SHARED), 0);
	assert_int_equal(sim_mem_unshare(world_mem(s->world), host_queue.pa), 0);
}

static void a_record_without_a_claim_is_noticed(void **state)
{
	struct scene *s = *state;

	give_back_host_queue(s);
	expect(s, ORACLE_RECORDED);
}

static void a_record_of_the_wrong_kind_is_noticed(void **state)
{
	struct scene *s = *state;

	give_back_host_queue(s);
	assert_int_equal(itsg_pages_take(world_tracker(s->world), &host_queue, ITSG_DONATED), 0);
	assert_int_equal(sim_mem_donate(world_mem(s->world), host_queue.pa), 0);
	expect(s, ORACLE_RECORD_KIND);
}

static void claims_that_nobody_recorded_are_noticed(void **state)
{
	struct scene *s = *state;
	struct itsg_run run = {FAR, 0x100};

	assert_int_equal(itsg_pages_take(world_tracker(s->world), &run, ITSG_SHARED), 0);
	assert_int_equal(sim_mem_share(world_mem(s->world), FAR), 0);
	expect(s, ORACLE_BOOKS);
}

/* The guard believes that the host's queue is where the ITT is; both are shared. */
static void memory_on_record_twice_is_noticed(void **state)
{
	struct scene *s = *state;

	world_guard(s->world, 0)->host.claim.run = (struct itsg_run){ITT, 0x400};
	expect(s, ORACLE_RECORD_TWICE);
}

/* Only their guards ever read there (H8). */
static void two_hosts_may_have_their_queues_in_one_place(void **unused)
{
	struct world_config config;
	struct kit second;
	struct scene s;

	(void)unused;
	kit_config(&config);
	config.its_count = 2;
	config.its[1] = config.its[0];
	arm_scene(&s, &config);
	kit_program(&second, s.world, 1, BASE + 0x100000);
	assert_int_equal(world_write(s.world, 1, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE)), 0);
	assert_int_equal(world_write(s.world, 1, 0, 4, 1), 0);
	assert_int_equal(look(&s), ORACLE_HOLDS);
	assert_int_equal(world_pages_held(s.world), 5);
	close_scene(&s);
}

/* Hardware has an entry of its own making for another DeviceID, with an ITT that is claimed. */
static void a_device_that_hardware_still_knows_is_noticed(void **state)
{
	struct scene *s = *state;
	uint8_t entry[8];

	sim_mem_peek(world_mem(s->world), BASE + KIT_DEVICES + 8, entry, sizeof(entry));
	sim_mem_poke(world_mem(s->world), BASE + KIT_DEVICES + 16, entry, sizeof(entry));
	expect(s, ORACLE_MAPPED);
	assert_non_null(strstr(s->text, "DeviceID 2"));
}

/* ---- redistributors ---- */

#define CONFIG  0x43640000u
#define PENDING 0x43650000u

/* The LPIs of redistributor 0 are on. */
static void open_scene_with_tables(struct scene *s)
{
	struct world_config config;

	kit_config(&config);
	config.machine.rds = true;
	arm_scene(s, &config);
	assert_int_equal(world_rd_write(s->world, 0, 0x70, 8, CONFIG | 0x78f), ITSG_OK);
	assert_int_equal(world_rd_write(s->world, 0, 0x78, 8, PENDING | 0x780), ITSG_OK);
	assert_int_equal(world_rd_write(s->world, 0, 0, 4, 1), ITSG_OK);
	assert_int_equal(look(s), ORACLE_HOLDS);
}

static void tables_of_redistributors_given_back_are_out_of_reach(void **unused)
{
	struct scene s;

	(void)unused;
	open_scene_with_tables(&s);
	assert_int_equal(sim_mem_reclaim(world_mem(s.world), PENDING + 0x1000), 0);
	expect(&s, ORACLE_REACH);
	assert_int_equal(sim_mem_share(world_mem(s.world), PENDING + 0x1000), 0);
	expect(&s, ORACLE_DONATED);
	assert_int_equal(sim_mem_unshare(world_mem(s.world), PENDING + 0x1000), 0);
	assert_int_equal(sim_mem_donate(world_mem(s.world), PENDING + 0x1000), 0);
	assert_int_equal(look(&s), ORACLE_HOLDS);
	assert_int_equal(sim_mem_unshare(world_mem(s.world), CONFIG + 0xd000), 0);
	expect(&s, ORACLE_REACH);
	close_scene(&s);
}

/* It is as if EnableLPIs had been set past the guard's books. */
static void a_table_that_is_due_and_not_on_record_is_noticed(void **unused)
{
	struct itsg_redists_ops ops = world_redists_ops();
	struct scene s;
	void *ctx;

	(void)unused;
	open_scene_with_tables(&s);
	ctx = world_redists_ops_ctx(s.world);
	ops.reg_write(ctx, 1, 0x70, 8, CONFIG | 0x78f);
	ops.reg_write(ctx, 1, 0x78, 8, PENDING | 0x780);
	ops.reg_write(ctx, 1, 0, 4, 1);
	expect(&s, ORACLE_LPI_TABLES);
	close_scene(&s);
}

/* It is as if the guard had not seen that both bits are 0. */
static void a_table_that_is_on_record_and_not_due_is_noticed(void **unused)
{
	struct itsg_redists_ops ops = world_redists_ops();
	struct scene s;
	void *ctx;

	(void)unused;
	open_scene_with_tables(&s);
	ctx = world_redists_ops_ctx(s.world);
	ops.reg_write(ctx, 0, 0, 4, 0);
	assert_int_equal(look(&s), ORACLE_HOLDS);
	ops.reg_read(ctx, 0, 0, 4);
	expect(&s, ORACLE_LPI_TABLES);
	close_scene(&s);
}

static void claims_left_at_a_quiet_end_are_noticed(void **unused)
{
	struct world_config config;
	struct scene s;

	(void)unused;
	kit_config(&config);
	config.machine.forgets = true;
	arm_scene(&s, &config);
	kit_mapc(&s.kit);
	kit_map(&s.kit, 1, 8, ITT);
	kit_unmap(&s.kit, 1);
	assert_true(world_settle(s.world));
	assert_int_equal(look_at_the_end(&s), ORACLE_NOTHING_HELD);
	kit_retire(&s.kit);
	assert_int_equal(look(&s), ORACLE_HOLDS);
	assert_int_equal(look_at_the_end(&s), ORACLE_HOLDS);
	close_scene(&s);
}

static void hardware_that_may_remember_keeps_what_it_had(void **state)
{
	struct scene *s = *state;

	kit_retire(&s->kit);
	assert_int_equal(look(s), ORACLE_HOLDS);
	/* Both tables and the ITT of the device that was still mapped. */
	assert_int_equal(world_pages_held(s->world), 3);
}

/* Runs last: a clause that no test has seen broken may never be. */
static void every_clause_was_seen_broken(void **unused)
{
	(void)unused;
	for (unsigned i = ORACLE_HOLDS + 1; i < ORACLE_CLAUSES; i++)
		if (!broken[i])
			fail_msg("no test breaks %s", oracle_clause_name((enum oracle_clause)i));
}

static void every_clause_has_a_name_of_its_own(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
		assert_true(strlen(oracle_clause_name((enum oracle_clause)i)) > 3);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(oracle_clause_name((enum oracle_clause)i),
						oracle_clause_name((enum oracle_clause)k));
	}
	assert_string_equal(oracle_clause_name(ORACLE_CLAUSES), "?");
}

#define a_scene(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_scene(an_itt_given_back_too_early_is_out_of_reach),
		a_scene(a_table_given_back_too_early_is_out_of_reach),
		a_scene(a_published_command_counts_before_it_runs),
		a_scene(hardware_on_the_hosts_own_queue_is_noticed),
		a_scene(a_table_that_is_only_shared_is_noticed),
		a_scene(reach_beyond_the_claims_in_a_held_page_is_noticed),
		a_scene(pages_shared_behind_the_books_are_noticed),
		a_scene(pages_donated_behind_the_books_are_noticed),
		cmocka_unit_test(pages_booked_but_not_taken_are_noticed),
		a_scene(a_page_held_and_a_guests_at_once_is_noticed),
		a_scene(a_page_shared_twice_is_noticed),
		a_scene(a_device_that_is_only_counted_is_noticed),
		a_scene(a_record_without_a_claim_is_noticed),
		a_scene(a_record_of_the_wrong_kind_is_noticed),
		a_scene(claims_that_nobody_recorded_are_noticed),
		a_scene(memory_on_record_twice_is_noticed),
		cmocka_unit_test(two_hosts_may_have_their_queues_in_one_place),
		a_scene(a_device_that_hardware_still_knows_is_noticed),
		cmocka_unit_test(tables_of_redistributors_given_back_are_out_of_reach),
		cmocka_unit_test(a_table_that_is_due_and_not_on_record_is_noticed),
		cmocka_unit_test(a_table_that_is_on_record_and_not_due_is_noticed),
		cmocka_unit_test(claims_left_at_a_quiet_end_are_noticed),
		a_scene(hardware_that_may_remember_keeps_what_it_had),
		cmocka_unit_test(every_clause_has_a_name_of_its_own),
		cmocka_unit_test(every_clause_was_seen_broken),
	};

	return cmocka_run_group_tests_name("oracle", tests, NULL, NULL);
}
