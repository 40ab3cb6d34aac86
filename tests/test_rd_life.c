/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The life of a redistributor's LPIs (GIC 8.2): GIC D1 to D22. */
#include "rd_fake.h"
#include "rd_life.h"

#define CLEAR_OF(rd, n) assert_int_equal(rd_clear(rd, n), ITSG_OK)

/* GIC D1: claims, then the registers, then the bit. */
static void enabling_claims_both_tables_and_then_tells_hardware(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(0)), ITSG_OK);
	rd_fake_expect(rd, "");                         /* virtual until then */
	assert_int_equal(rd_w32(rd, 0, 0, 3), ITSG_OK); /* GIC D2: CES goes along */
	rd_fake_expect(rd, "0:70=4064078f 0:78=40650780 0:0=1 ");
	assert_int_equal(rd_pages(rd), 16);
	assert_int_equal(rd_r32(rd, 0, 0), 3);
	rd_fake_free(rd);
}

static void the_first_KB_of_a_donated_table_is_zeroed(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	fake_put64(rd->fake, RD_PENDING(0), 0xdead);
	fake_put64(rd->fake, RD_PENDING(0) + 0x3f8, 0xdead);
	fake_put64(rd->fake, RD_PENDING(0) + 0x400, 1); /* LPI 8192 is pending */
	rd_on(rd, 0);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0)), 0);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0) + 0x3f8), 0);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0) + 0x400), 1);
	rd_fake_free(rd);
}

static void with_PTZ_all_of_it_is_zeroed_and_hardware_is_told(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	fake_put64(rd->fake, RD_PENDING(0) + 0x1ff8, 0xdead);
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0) | 1ull << 62), ITSG_OK);
	rd_fake_expect(rd, "0:70=4064078f 0:78=4000000040650780 0:0=1 ");
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0) + 0x1ff8), 0);
	CLEAR_OF(rd, 0);
	/* It said so of the table as it was then. */
	fake_put64(rd->fake, RD_PENDING(0) + 0x1ff8, 0xbeef);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_expect(rd, "0:0=0 0:70=4064078f 0:78=40650780 0:0=1 ");
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0) + 0x1ff8), 0xbeef);
	rd_fake_free(rd);
}

static void the_configuration_may_ask_for_zeroes_always(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->config.zero_pending = true);

	(void)state;
	fake_put64(rd->fake, RD_PENDING(0) + 0x1ff8, 0xdead);
	rd_on(rd, 0);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0) + 0x1ff8), 0);
	rd_fake_expect(rd, "0:70=4064078f 0:78=4000000040650780 0:0=1 ");
	rd_fake_free(rd);
}

/* What the host may still write nobody can call zero. */
static void a_shared_pending_table_is_left_alone(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->config.share_pending = true);

	(void)state;
	fake_put64(rd->fake, RD_PENDING(0), 0xdead);
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0) | 1ull << 62), ITSG_OK);
	rd_fake_expect(rd, "0:70=4064078f 0:78=40650780 0:0=1 ");
	assert_int_equal(fake_page(rd->fake, RD_PENDING(0)), FAKE_SHARED);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0)), 0xdead);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D3, D4 */
static void nothing_goes_back_before_RWP_reads_0(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].rwp = 3);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0); /* looks once */
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_CLEARING);
	assert_int_equal(rd_pages(rd), 16);
	assert_int_equal(rd_r32(rd, 0, 0x14), 0xabc014); /* any access looks */
	assert_int_equal(rd_pages(rd), 16);
	rd->hw[0].busy = 1;
	assert_int_equal(rd_r32(rd, 0, 0), 8 | 2);
	assert_int_equal(rd_pages(rd), 16);
	assert_int_equal(rd_r32(rd, 0, 0), 2);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_OFF);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* While RWP is 1 the bit may read either way. */
static void a_bit_that_reads_0_with_RWP_1_is_no_end(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].rwp = 2);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd->hw[0].ctlr & 1, 0);
	assert_int_equal(rd_pages(rd), 16);
	rd_poll(rd);
	assert_int_equal(rd_pages(rd), 16);
	rd_poll(rd);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D5, M57 */
static void hardware_that_cannot_clear_the_bit_keeps_its_tables(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].stays = true, with->hw[0].rwp = 1);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_CLEARING);
	assert_int_equal(rd_r32(rd, 0, 0), 3);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_ON);
	assert_int_equal(rd_pages(rd), 16);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(1)), ITSG_LPI_BUSY);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK); /* it is on */
	rd_fake_free(rd);
}

/* Nor is the bit written again before it is known that hardware has not cleared it. */
static void on_its_way_off_it_takes_no_bit_that_reads_1_still(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].stays = true, with->hw[0].rwp = 100);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

/* GIC D6, D7 */
static void on_its_way_off_it_takes_neither_tables_nor_the_bit(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].rwp = 100);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 0, 0, 3), ITSG_LPI_BUSY);
	assert_int_equal(rd_w64(rd, 0, 0x70, 0x4074078f), ITSG_LPI_BUSY);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(1)), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	CLEAR_OF(rd, 0); /* once more is no harm */
	assert_int_equal(rd_pages(rd), 16);
	rd_fake_free(rd);
}

/* GIC D8, D9 */
static void of_CTLR_only_DPG_goes_along_where_it_is_there(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].typer |= 1u << 5);

	(void)state;
	rd_on(rd, 0);
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 0, 0, 0x07000001), ITSG_OK);
	rd_fake_expect(rd, "0:0=7000001 ");
	assert_int_equal(rd_r32(rd, 0, 0), 0x07000003);
	assert_int_equal(rd_w32(rd, 0, 0, 0x8000000f), ITSG_OK);
	rd_fake_expect(rd, "0:0=1 ");
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_w32(rd, 0, 0, 0x8200000e), ITSG_OK);
	rd_fake_expect(rd, "0:0=0 0:0=2000000 ");
	rd_on(rd, 1);
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 1, 0, 0x07000001), ITSG_OK);
	rd_fake_expect(rd, "1:0=1 ");
	rd_fake_free(rd);
}

/* GIC D11, D15 */
static void a_group_has_one_configuration_table(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd_on(rd, 1);
	assert_int_equal(rd_pages(rd), 18);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_pages(rd), 16);
	CLEAR_OF(rd, 1);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D12, D13 */
static void another_PROPBASER_in_the_group_is_refused(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd_fake_forget(rd);
	assert_int_equal(rd_enable(rd, 1, 0x4074078f, RD_PEND(1)), ITSG_LPI_GROUP);
	assert_int_equal(rd_enable(rd, 1, 0x4064058f, RD_PEND(1)), ITSG_LPI_GROUP);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_r32(rd, 1, 0), 2);
	assert_int_equal(rd_pages(rd), 16);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_enable(rd, 1, 0x4074078f, RD_PEND(1)), ITSG_OK);
	rd_fake_free(rd);
}

static void one_on_its_way_off_still_counts_for_its_group(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].rwp = 100);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_enable(rd, 1, 0x4074078f, RD_PEND(1)), ITSG_LPI_GROUP);
	rd_fake_free(rd);
}

/* GIC D14: CommonLPIAff 3, Aff3.Aff2.Aff1 in common. */
static void another_group_may_have_another_table(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	for (uint32_t n = 0; n < 4; n++)
		rd->hw[n].typer |= 3ull << 24;
	rd->hw[1].typer |= 1ull << 40;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_on(rd, 0);
	assert_int_equal(rd_enable(rd, 1, 0x4074078f, RD_PEND(1)), ITSG_OK);
	assert_int_equal(rd_pages(rd), 32);
	assert_int_equal(rd_enable(rd, 2, 0x4074078f, RD_PEND(2)), ITSG_LPI_GROUP);
	assert_int_equal(rd_enable(rd, 2, RD_PROP, RD_PEND(2)), ITSG_OK);
	assert_int_equal(rd_pages(rd), 34);
	rd_fake_free(rd);
}

/* Linux has one table for all groups. */
static void groups_may_have_one_table_in_common(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	for (uint32_t n = 0; n < 4; n++)
		rd->hw[n].typer |= 1ull << 24 | (uint64_t)n << 56;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	for (uint32_t n = 0; n < 4; n++)
		rd_on(rd, n);
	assert_int_equal(rd_pages(rd), 22);
	CLEAR_OF(rd, 0);
	CLEAR_OF(rd, 3);
	CLEAR_OF(rd, 1);
	assert_int_equal(rd_pages(rd), 16);
	CLEAR_OF(rd, 2);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D16 */
static void a_refused_page_leaves_registers_and_pages_as_they_were(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	fake_fail(rd->fake, FAKE_SHARE, 10);
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0)), ITSG_SHARE_REFUSED);
	fake_fail(rd->fake, FAKE_DONATE, 2);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_DONATE_REFUSED);
	fake_fail(rd->fake, FAKE_ZERO, 1);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_ZERO_FAILED);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd_r32(rd, 0, 0), 2);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

/* GIC D17 */
static void what_hardware_makes_of_the_attributes_is_shown_before(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	for (uint32_t n = 0; n < 4; n++) {
		rd->hw[n].prop_loses = 0x700;
		rd->hw[n].prop_forces = 0x080;
	}
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP), ITSG_OK);
	assert_int_equal(rd_r64(rd, 0, 0x70), RD_CONFIG | 0x08f);
	rd_fake_forget(rd);
	assert_int_equal(rd_enable(rd, 0, RD_CONFIG | 0x08f, RD_PEND(0)), ITSG_OK);
	rd_fake_expect(rd, "0:70=4064008f 0:78=40650780 0:0=1 ");
	rd_fake_free(rd);
}

static void a_register_that_does_not_keep_its_value_is_a_mismatch(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd->hw[0].prop_loses = 0x40000000;
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0)), ITSG_HARDWARE_MISMATCH);
	rd->hw[0].prop_loses = 0;
	rd->hw[0].pend_loses = 0x10000;
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_HARDWARE_MISMATCH);
	assert_int_equal(rd->hw[0].ctlr & 1, 0);
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_OFF);
	rd_fake_free(rd);
}

static void if_the_bit_does_not_stick_tables_are_held_until_RWP_reads_0(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].deaf = true);

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(0)), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_HARDWARE_MISMATCH);
	rd_fake_expect(rd, "0:70=4064078f 0:78=40650780 0:0=1 0:0=0 ");
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_OFF);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D21: firmware may bring it back with the old addresses. */
static void a_clear_without_power_is_refused(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd->hw[0].off = true;
	rd_fake_forget(rd);
	assert_int_equal(rd_clear(rd, 0), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_pages(rd), 16);
	assert_int_equal(rd_r32(rd, 0, 0), 3);          /* as it was */
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK); /* and so it is */
	rd_fake_expect(rd, "");
	rd->hw[0].off = false;
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

static void power_that_goes_on_the_way_off_ends_nothing(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->hw[0].rwp = 2);

	(void)state;
	rd_on(rd, 0);
	CLEAR_OF(rd, 0);
	rd->hw[0].off = true;
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(rd_r32(rd, 0, 0) & 8, 8);
	assert_int_equal(rd_pages(rd), 16);
	rd->hw[0].off = false;
	rd->hw[0].busy = 0;
	assert_int_equal(rd_r32(rd, 0, 0), 2);
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

static void one_without_power_is_not_enabled(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd->hw[1].off = true;
	assert_int_equal(rd_enable(rd, 1, RD_PROP, RD_PEND(1)), ITSG_LPI_BUSY);
	CLEAR_OF(rd, 1); /* it is off */
	rd_fake_expect(rd, "");
	assert_int_equal(rd_pages(rd), 0);
	rd_fake_free(rd);
}

/* GIC D22 */
static void what_hardware_lost_unasked_is_written_anew_with_the_next_enable(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd->hw[0].ctlr &= ~1u;
	rd->hw[0].prop = rd->hw[0].pend = 0xbad0000;
	assert_int_equal(rd_r32(rd, 0, 0), 3);
	assert_int_equal(rd_pages(rd), 16);
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_expect(rd, "0:70=4064078f 0:78=40650780 0:0=1 ");
	assert_int_equal(rd_pages(rd), 16);
	rd_fake_free(rd);
}

static void after_a_loss_hardware_that_keeps_less_is_not_enabled(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd->hw[0].ctlr &= ~1u;
	rd->hw[0].pend_loses = 0x10000;
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_HARDWARE_MISMATCH);
	assert_int_equal(rd->hw[0].ctlr & 1, 0);
	assert_int_equal(rd_pages(rd), 16);
	rd_fake_free(rd);
}

/* Of DPG, or of ICENABLER0 in a frame that is not the guard's. */
static void RWP_of_something_else_keeps_nobody_from_turning_on(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd->hw[0].busy = 5;
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0)), ITSG_OK);
	rd_fake_free(rd);
}

static void where_EnableLPIs_was_lost_RWP_is_waited_for(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd->hw[0].ctlr &= ~1u;
	rd->hw[0].busy = 1;
	rd->hw[0].reaches = true;
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_LPI_BUSY);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

/* GIC N9, N10, N11 */
static void tables_do_not_overlap(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->config.lpi_bits = 24, with->config.lpi_limit = 20);

	(void)state;
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_CONFIG | 0x780), ITSG_LPI_OVERLAP);
	assert_int_equal(rd_enable(rd, 0, RD_CONFIG | 0x790, RD_PEND(0)), ITSG_LPI_OVERLAP);
	assert_int_equal(rd_pages(rd), 0);
	rd_on(rd, 0);
	assert_int_equal(rd_enable(rd, 1, RD_PROP, RD_PEND(0)), ITSG_LPI_OVERLAP); /* M55 */
	assert_int_equal(rd_pages(rd), 16);
	rd_fake_free(rd);
}

/* GIC N12 */
static void attributes_of_pending_tables_are_one_for_the_machine(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	assert_int_equal(rd_enable(rd, 1, RD_PROP, RD_PENDING(1) | 0x480), ITSG_LPI_ATTRIBUTES);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_enable(rd, 1, RD_PROP, RD_PENDING(1) | 0x480), ITSG_OK);
	rd_fake_free(rd);
}

static void a_guests_page_is_refused_for_either_table(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	fake_give_to_guest(rd->fake, RD_CONFIG + 0xd000);
	fake_give_to_guest(rd->fake, RD_PENDING(0) + 0x1000);
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(1)), ITSG_SHARE_REFUSED);
	assert_int_equal(rd_enable(rd, 0, RD_PROP - 0x10000, RD_PEND(0)), ITSG_DONATE_REFUSED);
	assert_int_equal(rd_enable(rd, 0, RD_PROP - 0x10000, RD_PEND(1)), ITSG_OK);
	rd_fake_free(rd);
}

/* ---- firmware and kernels of before ---- */

static void turned_on(struct rd_fake *rd, uint32_t n, uint64_t prop, uint64_t pend)
{
	rd->hw[n].prop = prop;
	rd->hw[n].pend = pend;
	rd->hw[n].ctlr |= 1;
}

/* GIC D18 */
static void what_is_on_is_adopted_as_it_is(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	fake_put64(rd->fake, RD_PENDING(0), 0x1234);
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	turned_on(rd, 2, RD_PROP, RD_PEND(2));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_FOREIGN);
	assert_int_equal(rd_phase(rd, 1), ITSG_REDIST_OFF);
	rd_fake_forget(rd);
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_pages(rd), 18);
	assert_int_equal(fake_get64(rd->fake, RD_PENDING(0)), 0x1234);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_ON);
	assert_int_equal(rd_phase(rd, 2), ITSG_REDIST_ON);
	assert_int_equal(rd_r64(rd, 0, 0x70), RD_PROP);
	assert_int_equal(rd_r64(rd, 2, 0x78), RD_PEND(2));
	assert_int_equal(rd_adopt(rd), ITSG_OK); /* there is none any more */
	rd_on(rd, 1);
	rd_fake_free(rd);
}

/* GIC D19 */
static void adoption_is_all_or_nothing(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	turned_on(rd, 1, RD_PROP, RD_PEND(1));
	turned_on(rd, 3, 0x4074078f, RD_PEND(3));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_adopt(rd), ITSG_LPI_GROUP);
	assert_int_equal(rd->event.redistributor, 3);
	assert_int_equal(rd->event.reason, ITSG_LPI_GROUP);
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_FOREIGN);
	rd->hw[3].prop = RD_PROP;
	fake_fail(rd->fake, FAKE_DONATE, 5);
	assert_int_equal(rd_adopt(rd), ITSG_DONATE_REFUSED);
	assert_int_equal(rd_pages(rd), 0);
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	assert_int_equal(rd_pages(rd), 20);
	rd_fake_free(rd);
}

static void what_has_no_power_or_is_not_settled_is_not_adopted(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd->hw[0].off = true;
	assert_int_equal(rd_adopt(rd), ITSG_LPI_BUSY);
	rd->hw[0].off = false;
	rd->hw[0].busy = 1;
	assert_int_equal(rd_adopt(rd), ITSG_LPI_BUSY);
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	rd_fake_free(rd);
}

static void one_that_is_on_may_be_cleared_rather_than_adopted(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_r32(rd, 0, 0), 3);
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP), ITSG_LPI_BUSY); /* it is on */
	assert_int_equal(rd_w32(rd, 0, 0, 3), ITSG_OK);
	assert_int_equal(rd_enable(rd, 1, RD_PROP, RD_PEND(1)), ITSG_LPI_BUSY);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_OFF);
	assert_int_equal(rd_w32(rd, 1, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

static void one_that_is_on_is_told_by_its_own_place(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 2, RD_PROP, RD_PEND(2));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd->event.kind, ITSG_EVENT_FOREIGN);
	assert_int_equal(rd->event.redistributor, 2);
	rd_fake_free(rd);
}

static void what_firmware_turns_on_by_itself_is_seen(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	turned_on(rd, 1, 0x50000000 | 15, 0x50010000);
	assert_int_equal(rd_r32(rd, 1, 0), 3);
	assert_int_equal(rd_phase(rd, 1), ITSG_REDIST_FOREIGN);
	assert_int_equal(rd->event.kind, ITSG_EVENT_FOREIGN);
	assert_int_equal(rd->event.redistributor, 1);
	assert_int_equal(rd_enable(rd, 0, RD_PROP, RD_PEND(0)), ITSG_LPI_BUSY);
	CLEAR_OF(rd, 1);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

static void one_that_was_on_and_goes_off_by_itself_is_off(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd->hw[0].ctlr &= ~1u;
	assert_int_equal(rd_r32(rd, 0, 0), 2);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_OFF);
	rd_on(rd, 0);
	rd_fake_free(rd);
}

/* Its tables are nobody's until it is off, and nothing may be tried or turned on beside it. */
static void an_old_one_on_its_way_off_still_counts(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	turned_on(rd, 1, RD_PROP, RD_PEND(1));
	rd->hw[0].rwp = 100;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	CLEAR_OF(rd, 0);
	rd_fake_forget(rd);
	CLEAR_OF(rd, 1);
	rd_fake_expect(rd, "1:0=0 "); /* nothing is tried on it */
	assert_int_equal(rd_enable(rd, 2, 0x4074078f, RD_PEND(2)), ITSG_LPI_BUSY);
	rd->hw[0].busy = 0;
	rd_poll(rd);
	assert_int_equal(rd_w32(rd, 2, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

/* Power that comes in the middle of a call: the answer of its beginning holds. */
static void power_is_asked_for_once_in_a_call(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd->hw[0].off = true;
	rd->power_comes = true;
	rd_fake_forget(rd);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_expect(rd, "");
	rd->hw[0].off = true;
	rd->power_comes = true;
	assert_int_equal(rd_clear(rd, 0), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static void an_old_bit_that_does_not_clear_stays_nobodys(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	rd->hw[0].stays = true;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	CLEAR_OF(rd, 0);
	assert_int_equal(rd_phase(rd, 0), ITSG_REDIST_FOREIGN);
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	rd_fake_free(rd);
}

/* The last refusal was of the write of CTLR, and fell over this. */
static void fell_over(const struct rd_fake *rd, enum itsg_reason reason, uint32_t culprit,
		      uint64_t pa, enum itsg_callback callback)
{
	assert_int_equal(rd->event.kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(rd->event.offset, 0);
	assert_int_equal(rd->event.reason, reason);
	assert_int_equal(rd->event.culprit, culprit);
	assert_int_equal(rd->event.pa, pa);
	assert_int_equal(rd->event.callback, callback);
}

#define FELL(reason, culprit, pa) fell_over(rd, ITSG_##reason, culprit, pa, ITSG_CALLBACK_NONE)

static void a_refusal_says_which_register_and_address_it_fell_over(void **state)
{
	const uint64_t beyond = 1ull << 48;
	struct rd_fake *rd = rd_fake_with(with->config.lpi_limit = 15);

	(void)state;
	rd_enable(rd, 0, RD_PROP, RD_PEND(0));
	FELL(LPI_SIZE, 0x70, RD_CONFIG);
	rd_enable(rd, 0, (RD_PROP & ~0x1full) | 14 | beyond, RD_PEND(0) | beyond);
	FELL(LPI_ADDRESS, 0x70, RD_CONFIG | beyond);
	rd_enable(rd, 0, (RD_PROP & ~0x1full) | 14, RD_PEND(0) | beyond);
	FELL(LPI_ADDRESS, 0x78, RD_PENDING(0) | beyond);
	rd_w32(rd, 0, 4, 1); /* read-only */
	assert_int_equal(rd->event.culprit, 0);
	rd_fake_free(rd);

	rd = rd_fake_new();
	rd_on(rd, 0);
	rd_enable(rd, 1, 0x4074078f, RD_PEND(1));
	FELL(LPI_GROUP, 0x70, 0x40740000);
	rd_enable(rd, 1, RD_PROP, RD_PENDING(1) | 0x480);
	FELL(LPI_ATTRIBUTES, 0x78, RD_PENDING(1));
	rd_enable(rd, 1, RD_PROP, RD_PEND(0));
	FELL(LPI_OVERLAP, 0x78, RD_PENDING(0));
	fake_give_to_guest(rd->fake, RD_PENDING(1) + 0x1000);
	rd_enable(rd, 1, RD_PROP, RD_PEND(1));
	fell_over(rd, ITSG_DONATE_REFUSED, 0x78, RD_PENDING(1) + 0x1000, ITSG_CALLBACK_DONATE);
	rd->hw[2].prop_loses = 0x400000;
	rd_enable(rd, 2, RD_PROP, RD_PEND(2));
	fell_over(rd, ITSG_HARDWARE_MISMATCH, 0x70, RD_CONFIG, ITSG_CALLBACK_REG_WRITE);
	rd->hw[2].prop_loses = 0;
	rd->hw[2].pend_loses = RD_PENDING(2);
	rd_enable(rd, 2, RD_PROP, RD_PEND(2));
	fell_over(rd, ITSG_HARDWARE_MISMATCH, 0x78, RD_PENDING(2), ITSG_CALLBACK_REG_WRITE);
	rd_fake_free(rd);

	/* What went well is to blame for nothing. */
	rd = rd_fake_raw();
	turned_on(rd, 0, RD_PROP, RD_PEND(0));
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	rd_w32(rd, 0, 4, 1);
	assert_int_equal(rd->event.reason, ITSG_READ_ONLY);
	assert_int_equal(rd->event.culprit, 0);
	rd_fake_free(rd);

	rd = rd_fake_new();
	fake_give_to_guest(rd->fake, RD_CONFIG + 0x2000);
	rd_enable(rd, 0, RD_PROP, RD_PEND(0));
	fell_over(rd, ITSG_SHARE_REFUSED, 0x70, RD_CONFIG + 0x2000, ITSG_CALLBACK_SHARE);
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enabling_claims_both_tables_and_then_tells_hardware),
		cmocka_unit_test(the_first_KB_of_a_donated_table_is_zeroed),
		cmocka_unit_test(with_PTZ_all_of_it_is_zeroed_and_hardware_is_told),
		cmocka_unit_test(the_configuration_may_ask_for_zeroes_always),
		cmocka_unit_test(a_shared_pending_table_is_left_alone),
		cmocka_unit_test(nothing_goes_back_before_RWP_reads_0),
		cmocka_unit_test(a_bit_that_reads_0_with_RWP_1_is_no_end),
		cmocka_unit_test(hardware_that_cannot_clear_the_bit_keeps_its_tables),
		cmocka_unit_test(on_its_way_off_it_takes_neither_tables_nor_the_bit),
		cmocka_unit_test(on_its_way_off_it_takes_no_bit_that_reads_1_still),
		cmocka_unit_test(of_CTLR_only_DPG_goes_along_where_it_is_there),
		cmocka_unit_test(a_group_has_one_configuration_table),
		cmocka_unit_test(another_PROPBASER_in_the_group_is_refused),
		cmocka_unit_test(one_on_its_way_off_still_counts_for_its_group),
		cmocka_unit_test(another_group_may_have_another_table),
		cmocka_unit_test(groups_may_have_one_table_in_common),
		cmocka_unit_test(a_refused_page_leaves_registers_and_pages_as_they_were),
		cmocka_unit_test(what_hardware_makes_of_the_attributes_is_shown_before),
		cmocka_unit_test(a_register_that_does_not_keep_its_value_is_a_mismatch),
		cmocka_unit_test(if_the_bit_does_not_stick_tables_are_held_until_RWP_reads_0),
		cmocka_unit_test(a_clear_without_power_is_refused),
		cmocka_unit_test(power_that_goes_on_the_way_off_ends_nothing),
		cmocka_unit_test(one_without_power_is_not_enabled),
		cmocka_unit_test(what_hardware_lost_unasked_is_written_anew_with_the_next_enable),
		cmocka_unit_test(after_a_loss_hardware_that_keeps_less_is_not_enabled),
		cmocka_unit_test(RWP_of_something_else_keeps_nobody_from_turning_on),
		cmocka_unit_test(where_EnableLPIs_was_lost_RWP_is_waited_for),
		cmocka_unit_test(tables_do_not_overlap),
		cmocka_unit_test(attributes_of_pending_tables_are_one_for_the_machine),
		cmocka_unit_test(a_guests_page_is_refused_for_either_table),
		cmocka_unit_test(what_is_on_is_adopted_as_it_is),
		cmocka_unit_test(adoption_is_all_or_nothing),
		cmocka_unit_test(what_has_no_power_or_is_not_settled_is_not_adopted),
		cmocka_unit_test(one_that_is_on_may_be_cleared_rather_than_adopted),
		cmocka_unit_test(one_that_is_on_is_told_by_its_own_place),
		cmocka_unit_test(what_firmware_turns_on_by_itself_is_seen),
		cmocka_unit_test(one_that_was_on_and_goes_off_by_itself_is_off),
		cmocka_unit_test(an_old_one_on_its_way_off_still_counts),
		cmocka_unit_test(power_is_asked_for_once_in_a_call),
		cmocka_unit_test(an_old_bit_that_does_not_clear_stays_nobodys),
		cmocka_unit_test(a_refusal_says_which_register_and_address_it_fell_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
