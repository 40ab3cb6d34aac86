/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* sim/oracle/host_regs.c: what a host may expect of the control frame. */
#include "kit.h"

#include "arch.h"
#include "host_regs.h"

static struct world_config config;

static void halves_are_merged(void **state)
{
	struct host_regs regs = {0};

	(void)state;
	host_regs_wrote(&regs, SIM_GITS_CBASER, 8, SIM_VALID | 0x40000001);
	host_regs_wrote(&regs, SIM_GITS_CBASER, 4, 0x50000002);
	assert_int_equal(regs.cbaser, SIM_VALID | 0x50000002);
	host_regs_wrote(&regs, SIM_GITS_BASER + 12, 4, 0x80000000);
	assert_int_equal(regs.baser[1], SIM_VALID);
	host_regs_wrote(&regs, SIM_GITS_CWRITER, 8, 0x123451);
	host_regs_wrote(&regs, SIM_GITS_CWRITER + 4, 4, ~0u);
	assert_int_equal(regs.cwriter, 0x23440);
}

static void a_baser_keeps_what_such_hardware_keeps(void **state)
{
	struct host_regs regs = {0};

	(void)state;
	world_config_default(&config);
	config.its[0].baser[0].page = TRACE_PAGE_16K;
	config.its[0].baser[0].entry = 16;
	host_regs_wrote(&regs, SIM_GITS_BASER, 8, ~(uint64_t)0);
	assert_int_equal(host_regs_kept(&regs, &config, 0, SIM_GITS_BASER),
			 SIM_VALID | sim_bits(61, 59) | (uint64_t)SIM_TABLE_DEVICES << 56 |
				 sim_bits(55, 53) | (uint64_t)15 << 48 | sim_bits(47, 12) |
				 sim_bits(11, 10) | 1 << 8 | 0xff);
	host_regs_wrote(&regs, SIM_GITS_BASER + 8 * 5, 8, ~(uint64_t)0);
	assert_int_equal(host_regs_kept(&regs, &config, 0, SIM_GITS_BASER + 8 * 5), 0);
}

static void wide_registers_are_those_of_the_queue_and_of_tables(void **state)
{
	static const uint32_t narrow[] = {SIM_GITS_CTLR, SIM_GITS_CREADR, SIM_GITS_BASER + 64,
					  SIM_GITS_PIDR2};

	(void)state;
	assert_true(host_regs_is_wide(SIM_GITS_CBASER));
	assert_true(host_regs_is_wide(SIM_GITS_CWRITER));
	assert_true(host_regs_is_wide(SIM_GITS_BASER));
	assert_true(host_regs_is_wide(SIM_GITS_BASER + 56));
	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		assert_false(host_regs_is_wide(narrow[i]));
}

static void shapes_no_register_takes(void **state)
{
	(void)state;
	assert_int_equal(host_regs_shape(SIM_GITS_CTLR, 4), ITSG_OK);
	assert_int_equal(host_regs_shape(SIM_GITS_CTLR, 8), ITSG_BAD_WIDTH);
	assert_int_equal(host_regs_shape(SIM_GITS_CBASER, 2), ITSG_BAD_WIDTH);
	assert_int_equal(host_regs_shape(SIM_GITS_CBASER + 4, 4), ITSG_OK);
	assert_int_equal(host_regs_shape(SIM_GITS_CBASER + 4, 8), ITSG_BAD_ALIGNMENT);
	assert_int_equal(host_regs_shape(SIM_FRAME_BYTES, 4), ITSG_BAD_ALIGNMENT);
	assert_int_equal(host_regs_shape(SIM_GITS_PIDR2, 8), ITSG_BAD_WIDTH);
}

static void cwriter_ends_with_the_queue(void **state)
{
	struct host_regs regs = {.cbaser = SIM_VALID | 1};

	(void)state;
	assert_false(host_regs_beyond(&regs, SIM_GITS_CWRITER, 0x1fe0));
	assert_true(host_regs_beyond(&regs, SIM_GITS_CWRITER, 0x2000));
	assert_false(host_regs_beyond(&regs, SIM_GITS_CWRITER + 4, 0x2000));
	assert_false(host_regs_beyond(&regs, SIM_GITS_CBASER, 0x2000));
}

static void tables_move_only_while_disabled(void **state)
{
	struct host_regs regs = {0};

	(void)state;
	world_config_default(&config);
	assert_false(host_regs_must_wait(&regs, &config, 0, SIM_GITS_CBASER));
	host_regs_wrote(&regs, SIM_GITS_CTLR, 4, 1);
	assert_true(host_regs_must_wait(&regs, &config, 0, SIM_GITS_CBASER + 4));
	assert_true(host_regs_must_wait(&regs, &config, 0, SIM_GITS_BASER));
	assert_false(host_regs_must_wait(&regs, &config, 0, SIM_GITS_BASER + 8 * 5));
	assert_false(host_regs_must_wait(&regs, &config, 0, SIM_GITS_CWRITER));
	host_regs_wrote(&regs, SIM_GITS_CTLR, 4, 0);
	assert_false(host_regs_must_wait(&regs, &config, 0, SIM_GITS_BASER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_are_merged),
		cmocka_unit_test(a_baser_keeps_what_such_hardware_keeps),
		cmocka_unit_test(wide_registers_are_those_of_the_queue_and_of_tables),
		cmocka_unit_test(shapes_no_register_takes),
		cmocka_unit_test(cwriter_ends_with_the_queue),
		cmocka_unit_test(tables_move_only_while_disabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
