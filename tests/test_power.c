/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Whether hardware runs: disabling, quiescence, and firmware that does as it likes. */
#include "fake.h"

#include "state.h"

#include <string.h>

#define VALID (1ull << 63)

/* ---- disabling ---- */

/* An unmap of device 1 is published, and has not passed. */
static struct fake *unmapping(void)
{
	struct fake *fake = fake_armed();

	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	return fake;
}

/* CREADR may still move until the ITS is quiescent; what it says then is read before it counts. */
static void what_passes_while_disabling_counts(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmapping(fake, 1);
	fake->quiescent = false;
	fake_disable(fake);
	fake->creadr += 32;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->quiescent = true;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_free(fake);
}

/* v4.1 reads Quiescent=1 until the write of Enabled has taken effect: only a later call counts. */
static void on_v41_the_call_that_disables_does_not_count(void **state)
{
	struct fake *fake = fake_armed_with(setup.typer |= ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMAPP);

	(void)state;
	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_poll(fake);
	fake_disable(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->quiescent = false; /* what the write caused, shown late */
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->quiescent = true;
	fake_poll(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_HOST);
	fake_enable(fake);
	fake_mapped(fake, 2);
	fake_unmapping(fake, 2);
	fake_pass(fake, 1);
	fake_poll(fake);
	fake_disable(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_SHARED);
	fake_r32(fake, ITSG_GITS_CTLR); /* as good as a poll */
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x2000), FAKE_HOST);
	fake_free(fake);
}

/* Quiescent hardware does not move: what does is a reset, or firmware that restores registers. */
static void once_quiescent_creadr_is_not_believed_any_more(void **state)
{
	struct fake *fake = unmapping();

	(void)state;
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake->creadr += 32;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake_free(fake);
}

/* Another's queue, and its CREADR: nothing of ours has passed. */
static void creadr_of_another_queue_is_not_ours(void **state)
{
	struct fake *fake = unmapping();

	(void)state;
	fake->quiescent = false;
	fake_disable(fake);
	fake->cbaser ^= 0x10000;
	fake->creadr += 32;
	fake->quiescent = true;
	fake->machine->unchecked = true; /* which would see where the queue lies */
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x1000), FAKE_SHARED);
	fake_free(fake);
}

/* Whatever hardware and the rest of the books say. */
static void an_its_that_is_enabled_is_not_settled(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_disable(fake);
	fake_settle(fake);
	fake->machine->inside = true;
	assert_true(itsg_power_settled(fake->its));
	fake->its->power.enabled = true;
	assert_false(itsg_power_settled(fake->its));
	fake_free(fake);
}

/* Three commands, and hardware is on its way to be quiescent. */
static struct fake *disabling(void)
{
	struct fake *fake = fake_armed();

	for (uint32_t i = 0; i < 3; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake->quiescent = false;
	fake_disable(fake);
	fake_settle(fake);
	return fake;
}

/* We have turned it off ourselves: that Enabled is 0 tells of no loss of power. */
static void hardware_that_is_quiescent_where_it_cannot_be_is_broken(void **state)
{
	struct fake *fake = disabling();

	(void)state;
	fake->creadr = 0x800;
	fake->quiescent = true;
	fake_settle(fake);
	assert_true(fake_stats(fake).broken);
	fake_free(fake);
}

/* In a lap we have not: it was on, and is off now, so that its CREADR means nothing. */
static void power_that_goes_in_a_lap_breaks_nothing_wherever_creadr_is(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	while (!itsg_ring_lapping(&fake->its->ring)) {
		fake_sync(fake, 0);
		fake_submit(fake);
		fake_pass_all(fake);
		fake_poll(fake);
	}
	fake_disable(fake);
	assert_true(fake->enabled);
	fake->enabled = false;
	fake->quiescent = true;
	fake->creadr = 0x800;
	fake_settle(fake);
	assert_false(fake_stats(fake).broken);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), ITSG_CTLR_QUIESCENT);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* ---- firmware that enables hardware by itself (F22) ---- */

/* It has put back what hardware had and enabled it, and hardware has run up to there. */
static void resumed(struct fake *fake, uint64_t creadr)
{
	fake->enabled = true;
	fake->creadr = creadr;
}

/* Mapped and unmapped, passed, quiescent; but nothing could be overwritten when power goes. */
static struct fake *hardly_tidied(void)
{
	struct fake *fake = fake_armed();

	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_unmap(fake, 1);
	fake_submit(fake);
	fake_pass_all(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_disable(fake);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), ITSG_CTLR_QUIESCENT);
	fake->fail_always[FAKE_STORE] = false;
	resumed(fake, fake->cwriter);
	return fake;
}

static void held_until_armed(struct fake *fake)
{
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_HOST);
	assert_false(fake_stats(fake).broken);
	fake_free(fake);
}

static void what_firmware_may_have_mapped_again_is_held_until_its_table_goes(void **state)
{
	struct fake *fake = hardly_tidied();

	(void)state;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT), FAKE_SHARED);
	fake_disable(fake);
	held_until_armed(fake);
}

static void a_loss_that_is_told_of_turns_hardware_off_that_firmware_has_turned_on(void **state)
{
	struct fake *fake = hardly_tidied();

	(void)state;
	fake_tell_power_lost(fake);
	assert_false(fake->enabled);
	held_until_armed(fake);
}

static void hardware_that_firmware_has_in_the_middle_of_its_queue_is_not_broken(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	fake_disable(fake);
	fake_poll(fake);
	resumed(fake, 0x20);
	fake_disable(fake);
	assert_false(fake_stats(fake).broken);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes_while_disabling_counts),
		cmocka_unit_test(on_v41_the_call_that_disables_does_not_count),
		cmocka_unit_test(once_quiescent_creadr_is_not_believed_any_more),
		cmocka_unit_test(creadr_of_another_queue_is_not_ours),
		cmocka_unit_test(an_its_that_is_enabled_is_not_settled),
		cmocka_unit_test(hardware_that_is_quiescent_where_it_cannot_be_is_broken),
		cmocka_unit_test(power_that_goes_in_a_lap_breaks_nothing_wherever_creadr_is),
		cmocka_unit_test(what_firmware_may_have_mapped_again_is_held_until_its_table_goes),
		cmocka_unit_test(
			a_loss_that_is_told_of_turns_hardware_off_that_firmware_has_turned_on),
		cmocka_unit_test(
			hardware_that_firmware_has_in_the_middle_of_its_queue_is_not_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
