/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* One table: where its register is, what the host reads there, what it claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "table.h"

/* Hardware that keeps everything. */
static struct itsg_table table_of(uint8_t number, uint8_t type)
{
	struct itsg_table table;

	memset(&table, 0, sizeof(table));
	table.number = number;
	table.type = type;
	table.read_only = (uint64_t)type << 56;
	for (uint8_t i = 0; i < 8; i++) {
		table.keeps.page[i & 3] = i & 3;
		table.keeps.share[i & 3] = i & 3;
		table.keeps.inner[i] = i;
		table.keeps.outer[i] = i;
	}
	return table;
}

static void table_n_has_register_n(void **state)
{
	(void)state;
	for (uint8_t n = 0; n < 8; n++) {
		const struct itsg_table table = table_of(n, 1);

		assert_int_equal(itsg_table_offset(&table), 0x100 + 8 * n);
	}
}

static void the_host_reads_what_hardware_would_keep_and_nothing_where_no_table_is(void **state)
{
	struct itsg_table table = table_of(0, ITSG_BASER_TYPE_DEVICE);

	(void)state;
	table.raw = ITSG_BASER_VALID | ITSG_BASER_INDIRECT | 0x40000000;
	assert_int_equal(itsg_table_visible(&table),
			 ITSG_BASER_VALID | table.read_only | 0x40000000);
	table.keeps.indirect = true;
	assert_int_equal(itsg_table_visible(&table),
			 ITSG_BASER_VALID | ITSG_BASER_INDIRECT | table.read_only | 0x40000000);
	table.type = 0;
	assert_int_equal(itsg_table_visible(&table), 0);
}

static void a_table_claims_its_flat_table_or_its_level_1(void **state)
{
	struct itsg_table table = table_of(0, ITSG_BASER_TYPE_DEVICE);
	struct itsg_run run;

	(void)state;
	itsg_geometry_decode(0x40000000 | 3, &table.geo); /* four pages of 4 KB */
	run = itsg_table_run(&table);
	assert_int_equal(run.pa, 0x40000000);
	assert_int_equal(run.bytes, 0x4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_n_has_register_n),
		cmocka_unit_test(
			the_host_reads_what_hardware_would_keep_and_nothing_where_no_table_is),
		cmocka_unit_test(a_table_claims_its_flat_table_or_its_level_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
