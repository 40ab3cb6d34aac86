/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The invariants of the redistributors: what is broken on purpose is found. */
#include "rd_check.h"
#include "rd_fake.h"

static void a_sound_state_holds(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[1].rwp = 100);

	(void)state;
	rd_on(rd, 0);
	rd_on(rd, 1);
	assert_int_equal(rd_clear(rd, 1), ITSG_OK);
	assert_true(itsg_rd_check(rd->redists));
	rd_fake_free(rd);
}

/* Redistributors 0 and 1 are ON, 2 is OFF, 3 CLEARING. */
#define BROKEN(damage)                                                                             \
	do {                                                                                       \
		struct rd_fake *rd = rd_fake_with(with->hw[3].rwp = 1000);                         \
		struct itsg_redists *redists = rd->redists;                                        \
                                                                                                   \
		rd_on(rd, 0);                                                                      \
		rd_on(rd, 1);                                                                      \
		rd_on(rd, 3);                                                                      \
		assert_int_equal(rd_clear(rd, 3), ITSG_OK);                                        \
		assert_true(itsg_rd_check(redists));                                               \
		damage;                                                                            \
		assert_false(itsg_rd_check(redists));                                              \
		rd_fake_free(rd);                                                                  \
	} while (0)

static void phases_that_do_not_fit_are_found(void **state)
{
	(void)state;
	BROKEN(redists->phase[0] = ITSG_REDIST_OFF);
	BROKEN(redists->phase[0] = ITSG_REDIST_FOREIGN);
	BROKEN(redists->phase[0] = ITSG_REDIST_CLEARING);
	BROKEN(redists->phase[2] = ITSG_REDIST_ON);
	BROKEN(redists->phase[2] = 4);
	BROKEN(redists->redist[0].adopting = true);
}

static void what_is_in_force_but_is_not_what_the_registers_say_is_found(void **state)
{
	(void)state;
	BROKEN(redists->redist[0].lpis.prop ^= 0x1000);
	BROKEN(redists->redist[0].lpis.pend ^= 0x10000);
	BROKEN(redists->redist[0].lpis.bits--);
	BROKEN(redists->redist[0].lpis.config.pa += 0x1000);
	BROKEN(redists->redist[0].lpis.config.bytes -= 0x100);
	BROKEN(redists->redist[0].lpis.pending.pa += 0x1000);
	BROKEN(redists->redist[0].lpis.pending.bytes += 0x100);
	BROKEN(redists->redist[0].lpis.prop = 12);
}

static void groups_attributes_and_tables_that_differ_are_found(void **state)
{
	(void)state;
	BROKEN(redists->redist[0].group_on--);
	BROKEN(redists->redist[0].group_prop ^= 0x80);
	BROKEN(redists->redist[2].leader = 1);
	BROKEN(redists->redist[2].leader = 3);
	BROKEN(redists->attributes ^= 0x80);
	BROKEN(redists->redist[0].table = 4);
	BROKEN(redists->redist[0].table = 1);
	BROKEN(redists->tables.table[0].users--);
	BROKEN(redists->tables.table[0].run.pa += 0x1000);
	BROKEN(redists->tables.table[0].run.bytes += 0x100);
	BROKEN(redists->tables.table[2].users = 1);
	BROKEN(redists->tables.used++);
}

static void counters_that_do_not_add_up_are_found(void **state)
{
	(void)state;
	BROKEN(redists->claimed++);
	BROKEN(redists->in_phase[ITSG_REDIST_FOREIGN]++);
	BROKEN(redists->in_phase[ITSG_REDIST_CLEARING]--);
	BROKEN(redists->cursor = 4);
}

static void itsg_check_looks_at_them_and_at_their_claims(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	const struct itsg_its *its = rd->fake->its;
	struct itsg_pages *pages = rd->fake->machine->pages;
	const struct itsg_run run = {RD_PENDING(0), 0x2000};

	(void)state;
	rd_on(rd, 0);
	assert_int_equal(itsg_check(pages, &its, 1, rd->redists), ITSG_INVARIANTS_HOLD);
	assert_int_equal(itsg_check(pages, &its, 1, NULL), ITSG_BOOKS_DIFFER);
	rd->redists->claimed++;
	assert_int_equal(itsg_check(pages, &its, 1, rd->redists), ITSG_REDISTS_BROKEN);
	rd->redists->claimed--;
	assert_int_equal(itsg_pages_drop(pages, &run, ITSG_DONATED), ITSG_PAGES_OK);
	assert_int_equal(itsg_check(pages, &its, 1, rd->redists), ITSG_CLAIM_NOT_HELD);
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_state_holds),
		cmocka_unit_test(phases_that_do_not_fit_are_found),
		cmocka_unit_test(what_is_in_force_but_is_not_what_the_registers_say_is_found),
		cmocka_unit_test(groups_attributes_and_tables_that_differ_are_found),
		cmocka_unit_test(counters_that_do_not_add_up_are_found),
		cmocka_unit_test(itsg_check_looks_at_them_and_at_their_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
