/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The register gate of a redistributor, and what is listed in rd_frame.c (GIC 8.1). */
#include "rd_fake.h"
#include "rd_gate.h"

/* GIC L14 */
static void halves_are_put_together_and_judged_at_EnableLPIs(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	assert_int_equal(rd_w32(rd, 0, 0x70, 0x4064078f), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0x74, 8), ITSG_OK);
	assert_int_equal(rd_r64(rd, 0, 0x70), 0x84064078full);
	assert_int_equal(rd_r32(rd, 0, 0x70), 0x4064078f);
	assert_int_equal(rd_r32(rd, 0, 0x74), 8);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(0)), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_SHARE_REFUSED); /* no memory there */
	assert_int_equal(rd_w32(rd, 0, 0x74, 0), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0, 1), ITSG_OK);
	rd_fake_free(rd);
}

/* GIC L16, M54 */
static void while_LPIs_are_on_only_the_same_value_is_taken(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	rd_on(rd, 0);
	rd_fake_forget(rd);
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(0) | 1ull << 62), ITSG_OK); /* but for PTZ */
	assert_int_equal(rd_w32(rd, 0, 0x78, (uint32_t)RD_PEND(0)), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x70, RD_PROP ^ 0x1000), ITSG_LPI_BUSY);
	assert_int_equal(rd_w64(rd, 0, 0x78, RD_PEND(1)), ITSG_LPI_BUSY);
	assert_int_equal(rd_w32(rd, 0, 0x7c, 1), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_r64(rd, 0, 0x70), RD_PROP);
	assert_int_equal(rd_r64(rd, 0, 0x78), RD_PEND(0));
	rd_fake_free(rd);
}

static void identification_is_hardwares_and_takes_nothing(void **state)
{
	static const uint32_t offsets[] = {0x04, 0x18, 0xffd0, 0xffe8, 0xfffc};
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		assert_int_equal(rd_r32(rd, 1, offsets[i]), 0xabc000 | offsets[i]);
		assert_int_equal(rd_w32(rd, 1, offsets[i], 0), ITSG_OK);
		assert_int_equal(rd_w32(rd, 1, offsets[i], 1), ITSG_READ_ONLY);
	}
	assert_int_equal(rd_w64(rd, 1, 0x08, 1), ITSG_READ_ONLY);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static void what_is_reserved_reads_0_and_takes_0_only(void **state)
{
	static const uint32_t offsets[] = {0x10, 0x1c, 0x20, 0x24,  0x28,   0x50,  0x80,
					   0xa8, 0xb8, 0xc4, 0x100, 0xc000, 0xffcc};
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		assert_int_equal(rd_r32(rd, 0, offsets[i]), 0);
		assert_int_equal(rd_w32(rd, 0, offsets[i], 0), ITSG_OK);
		assert_int_equal(rd_w32(rd, 0, offsets[i], 1), ITSG_RESERVED_REGISTER);
	}
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

/* Drivers step from frame to frame by VLPIS. */
static void TYPER_hides_v41_and_never_VLPIS(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[1].typer |= 1ull << 26 | 1u << 7 | 1u << 4 | 1u << 3 | 1u << 2 | 1u << 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd_r64(rd, 1, 0x08), 1ull << 32 | 1u << 8 | 0x1f);
	assert_int_equal(rd_r32(rd, 1, 0x0c), 1);
	rd_fake_free(rd);
}

/* GIC D20 */
static void of_WAKER_only_ProcessorSleep_is_the_hosts_and_only_with_one_security_state(void **state)
{
	struct rd_fake *rd = rd_fake_new();

	(void)state;
	assert_int_equal(rd_r32(rd, 0, 0x14), 0xabc014);
	assert_int_equal(rd_w32(rd, 0, 0x14, 0x80000003), ITSG_OK);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
	rd = rd_fake_with(with->config.single_security_state = true);
	assert_int_equal(rd_w32(rd, 0, 0x14, 0x80000003), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0x14, 0x1), ITSG_OK);
	rd_fake_expect(rd, "0:14=2 0:14=0 ");
	rd_fake_free(rd);
}

static struct rd_fake *direct(void)
{
	struct rd_fake *rd = rd_fake_raw();

	rd->hw[0].typer |= 1u << 3;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_on(rd, 0);
	rd_on(rd, 1);
	rd_fake_forget(rd);
	return rd;
}

/* GIC S1, S3, GIC S4, S6 */
static void invalidations_are_made_anew(void **state)
{
	struct rd_fake *rd = direct();

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0xa0, 0x7fffffff00002001), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0xa0, 0x2001), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0xb0, 0x7fffffffffffffff),
			 ITSG_OK); /* all of it is reserved */
	rd_fake_expect(rd, "0:a0=2001 0:a0=2001 0:b0=0 ");
	assert_int_equal(rd_w32(rd, 0, 0xa4, 0x80000009), ITSG_RESERVED_REGISTER);
	assert_int_equal(rd_w32(rd, 0, 0xa4, 0), ITSG_OK);
	assert_int_equal(rd_r64(rd, 0, 0xa0), 0);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

/* GIC S2, S5 */
static void a_vPE_is_nobodys_to_invalidate(void **state)
{
	struct rd_fake *rd = direct();

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0xa0, 0x8000000900002001), ITSG_VIRTUAL_REGISTER);
	assert_int_equal(rd_w64(rd, 0, 0xb0, 0x8000000900000000), ITSG_VIRTUAL_REGISTER);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

/* GIC S7, S8, GIC S9 */
static void commands_that_hardware_does_not_have_are_reserved(void **state)
{
	static const uint32_t offsets[] = {0x40, 0x48, 0xa0, 0xb0};
	struct rd_fake *rd = direct();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		assert_int_equal(rd_w64(rd, 1, offsets[i], 0x2000), ITSG_RESERVED_REGISTER);
		assert_int_equal(rd_w64(rd, 1, offsets[i], 0), ITSG_OK);
	}
	assert_int_equal(rd_r32(rd, 0, 0xc0), 0xabc0c0);
	assert_int_equal(rd_r32(rd, 1, 0xc0), 0);
	assert_int_equal(rd_w32(rd, 0, 0xc0, 1), ITSG_READ_ONLY);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static void CTLR_IR_or_v41_brings_invalidations_and_no_LPIs(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[0].ctlr |= 4;
	rd->hw[1].typer |= 1u << 7;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_on(rd, 0);
	rd_on(rd, 1);
	rd_fake_forget(rd);
	for (uint32_t n = 0; n < 2; n++) {
		assert_int_equal(rd_w64(rd, n, 0xa0, 0x2001), ITSG_OK);
		assert_int_equal(rd_w64(rd, n, 0x40, 0x2001), ITSG_RESERVED_REGISTER);
	}
	rd_fake_expect(rd, "0:a0=2001 1:a0=2001 ");
	rd_fake_free(rd);
}

/* GIC S10, S11, GIC S12 */
static void only_an_LPI_of_the_table_is_set_or_cleared(void **state)
{
	struct rd_fake *rd = direct();

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0x40, 0x2000), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0x48, 0xffff), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0x40, 0x2001), ITSG_OK);
	rd_fake_expect(rd, "0:40=2000 0:48=ffff 0:40=2001 ");
	assert_int_equal(rd_w64(rd, 0, 0x40, 0x1fff), ITSG_INTID_OOR);
	assert_int_equal(rd_w64(rd, 0, 0x48, 0x10000), ITSG_INTID_OOR);
	assert_int_equal(rd_w64(rd, 0, 0x40, 0), ITSG_INTID_OOR);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static void where_LPIs_are_off_commands_do_nothing(void **state)
{
	struct rd_fake *rd = direct();

	(void)state;
	rd->hw[0].rwp = 100;
	assert_int_equal(rd_clear(rd, 0), ITSG_OK);
	rd_fake_forget(rd);
	assert_int_equal(rd_w64(rd, 0, 0x40, 0x2000), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0xa0, 0x2000), ITSG_OK);
	rd->hw[0].busy = 0;
	assert_int_equal(rd_w64(rd, 0, 0x40, 0x2000), ITSG_OK);
	assert_int_equal(rd_w64(rd, 0, 0xb0, 0), ITSG_OK);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

static struct rd_fake *with_vlpis(void)
{
	struct rd_fake *rd = rd_fake_raw();

	for (uint32_t n = 0; n < 4; n++)
		rd->hw[n].typer |= 2;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_fake_forget(rd);
	return rd;
}

/* GIC V1, and what Linux does with it at each CPU start. */
static void the_VLPI_frame_is_inert(void **state)
{
	struct rd_fake *rd = with_vlpis();

	(void)state;
	assert_int_equal(rd_r64(rd, 0, 0x20078), 0);
	assert_int_equal(rd_w64(rd, 0, 0x20070, 0xf), ITSG_OK);
	assert_int_equal(rd_r64(rd, 0, 0x20070), 0xf);
	assert_int_equal(rd_w32(rd, 0, 0x20074, 0x5), ITSG_OK);
	assert_int_equal(rd_r64(rd, 0, 0x20070), 0x50000000f);
	assert_int_equal(rd_w64(rd, 0, 0x20078, 0x60000000441f0780), ITSG_OK); /* Valid=0 */
	assert_int_equal(rd_r64(rd, 0, 0x20078), 0);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

/* GIC V2 to V4: two more addresses (T12). */
static void no_vPE_becomes_resident(void **state)
{
	struct rd_fake *rd = with_vlpis();

	(void)state;
	assert_int_equal(rd_w64(rd, 0, 0x20078, 0xe0000000441f0780), ITSG_VIRTUAL_REGISTER);
	assert_int_equal(rd_w32(rd, 0, 0x20078, 0xe41f0780), ITSG_OK);
	assert_int_equal(rd_w32(rd, 0, 0x2007c, 0xe0000000), ITSG_VIRTUAL_REGISTER);
	assert_int_equal(rd_w64(rd, 0, 0x20080, 9), ITSG_RESERVED_REGISTER); /* VSGIR */
	assert_int_equal(rd_r32(rd, 0, 0x20088), 0);
	rd_fake_expect(rd, "");
	rd_fake_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_are_put_together_and_judged_at_EnableLPIs),
		cmocka_unit_test(while_LPIs_are_on_only_the_same_value_is_taken),
		cmocka_unit_test(identification_is_hardwares_and_takes_nothing),
		cmocka_unit_test(what_is_reserved_reads_0_and_takes_0_only),
		cmocka_unit_test(TYPER_hides_v41_and_never_VLPIS),
		cmocka_unit_test(
			of_WAKER_only_ProcessorSleep_is_the_hosts_and_only_with_one_security_state),
		cmocka_unit_test(invalidations_are_made_anew),
		cmocka_unit_test(a_vPE_is_nobodys_to_invalidate),
		cmocka_unit_test(commands_that_hardware_does_not_have_are_reserved),
		cmocka_unit_test(CTLR_IR_or_v41_brings_invalidations_and_no_LPIs),
		cmocka_unit_test(only_an_LPI_of_the_table_is_set_or_cleared),
		cmocka_unit_test(where_LPIs_are_off_commands_do_nothing),
		cmocka_unit_test(the_VLPI_frame_is_inert),
		cmocka_unit_test(no_vPE_becomes_resident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
