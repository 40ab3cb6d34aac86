/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Tables of LPIs: what the two registers name, and what hardware keeps of them (GIC 8.4, 8.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lpi.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct itsg_lpi_facts gic_of(uint32_t pa_bits, uint32_t lpi_bits)
{
	const struct itsg_lpi_facts facts = {(uint64_t)1 << pa_bits, lpi_bits, 32};

	return facts;
}

/* GIC L1 to L13: PROPBASER, GICD_TYPER.IDbits, PA bits, bytes, last byte of the configuration
 * table. */
static const struct {
	uint64_t prop;
	uint32_t id_bits, pa_bits;
	uint64_t bytes, last;
	enum itsg_reason reason;
} configs[] = {
	{0x000000004364078f, 15, 48, 0xe000, 0x4364dfff, ITSG_OK},                /* GIC L1 */
	{0x000000004036000d, 15, 48, 0x2000, 0x40361fff, ITSG_OK},                /* GIC L2 */
	{0x0000000882340790, 15, 48, 0xe000, 0x88234dfff, ITSG_OK},               /* GIC L3 */
	{0x0000000882340790, 23, 48, 0x1e000, 0x88235dfff, ITSG_OK},              /* GIC L4 */
	{0x000000004364078c, 15, 48, 0, 0x4363ffff, ITSG_LPI_SIZE},               /* GIC L5 */
	{0x000000004365178f, 15, 48, 0xe000, 0x4365efff, ITSG_OK},                /* GIC L6 */
	{0x000ffffffffff78f, 15, 52, 0xe000, 0x1000000000cfff, ITSG_LPI_ADDRESS}, /* GIC L8 */
	{0x000100000000078f, 15, 48, 0xe000, 0x100000000dfff, ITSG_LPI_ADDRESS},  /* GIC L9 */
	{0x0000000043640b8f, 15, 48, 0xe000, 0x4364dfff, ITSG_OK},                /* GIC L10 */
	{0x000000088000001f, 31, 48, 0xffffe000, 0x97fffdfff, ITSG_OK},           /* GIC L12 */
	{0x010000004364078f, 15, 48, 0xe000, 0x4364dfff, ITSG_OK},                /* GIC L13 */
};

static void a_configuration_table_has_a_byte_for_each_LPI(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		const struct itsg_lpi_facts facts =
			gic_of(configs[i].pa_bits, configs[i].id_bits + 1);
		struct itsg_lpis lpis;

		assert_int_equal(itsg_lpi_judge(&facts, configs[i].prop, 0x10000, &lpis),
				 configs[i].reason);
		assert_int_equal(lpis.config.bytes, configs[i].bytes);
		assert_int_equal(lpis.config.pa + lpis.config.bytes - 1, configs[i].last);
	}
}

/* GIC N1 to N8: PENDBASER, IDbits that apply, PA bits, bytes, last byte of the pending table. */
static const struct {
	uint64_t pend;
	uint32_t id_bits, pa_bits;
	uint64_t bytes, last;
	enum itsg_reason reason;
} pendings[] = {
	{0x0000000043650780, 15, 48, 0x2000, 0x43651fff, ITSG_OK},                 /* GIC N1 */
	{0x000000004365f780, 15, 48, 0x2000, 0x43651fff, ITSG_OK},                 /* GIC N3 */
	{0x0000000040370000, 13, 48, 0x800, 0x403707ff, ITSG_OK},                  /* GIC N4 */
	{0x0000000043650780, 19, 48, 0x20000, 0x4366ffff, ITSG_OK},                /* GIC N5 */
	{0x000fffffffff0780, 15, 52, 0x2000, 0xfffffffff1fff, ITSG_OK},            /* GIC N6 */
	{0x000fffffffff0780, 19, 52, 0x20000, 0x1000000000ffff, ITSG_LPI_ADDRESS}, /* GIC N7 */
	{0x0000000043650780, 31, 48, 0x20000000, 0x6364ffff, ITSG_OK},             /* GIC N8 */
};

static void a_pending_table_has_a_bit_for_each_INTID(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pendings); i++) {
		const struct itsg_lpi_facts facts =
			gic_of(pendings[i].pa_bits, pendings[i].id_bits + 1);
		struct itsg_lpis lpis;

		assert_int_equal(itsg_lpi_judge(&facts, 0x80000000000 | pendings[i].id_bits,
						pendings[i].pend, &lpis),
				 pendings[i].reason);
		assert_int_equal(lpis.pending.bytes, pendings[i].bytes);
		assert_int_equal(lpis.pending.pa + lpis.pending.bytes - 1, pendings[i].last);
	}
}

static void more_INTID_bits_than_the_limit_are_refused(void **state)
{
	struct itsg_lpi_facts facts = gic_of(48, 24);
	struct itsg_lpis lpis;

	(void)state;
	facts.limit = 16;
	assert_int_equal(itsg_lpi_judge(&facts, 0x4364078f, 0x43660000, &lpis), ITSG_OK);
	assert_int_equal(lpis.bits, 16);
	assert_int_equal(itsg_lpi_judge(&facts, 0x43640790, 0x43660000, &lpis), ITSG_LPI_SIZE);
	facts.limit = 17;
	assert_int_equal(itsg_lpi_judge(&facts, 0x43640790, 0x43660000, &lpis), ITSG_OK);
	assert_int_equal(lpis.bits, 17);
}

static void size_is_judged_before_addresses(void **state)
{
	const struct itsg_lpi_facts facts = gic_of(32, 16);
	struct itsg_lpis lpis;

	(void)state;
	assert_int_equal(itsg_lpi_judge(&facts, 0xf00000000c, 0xf000000000, &lpis), ITSG_LPI_SIZE);
	assert_int_equal(itsg_lpi_judge(&facts, 0x4364000f, 0xf000000000, &lpis), ITSG_LPI_ADDRESS);
	assert_int_equal(itsg_lpi_judge(&facts, 0xf00000000f, 0x43650000, &lpis), ITSG_LPI_ADDRESS);
}

/* A table that ends with the last byte of memory is in it. */
static void a_table_may_end_where_addresses_end(void **state)
{
	const struct itsg_lpi_facts facts = gic_of(32, 16);
	struct itsg_lpis lpis;

	(void)state;
	assert_int_equal(itsg_lpi_judge(&facts, 0xffff2000 | 15, 0x1000000, &lpis), ITSG_OK);
	assert_int_equal(itsg_lpi_judge(&facts, 0xffff3000 | 15, 0x1000000, &lpis),
			 ITSG_LPI_ADDRESS);
}

/* Hardware that keeps of each value what `keep` says. */
static void learn(struct itsg_lpi_keeps *keeps, uint64_t fields, uint64_t loses, uint64_t forces)
{
	for (uint32_t i = 0; i < 8; i++)
		itsg_lpi_learn(keeps, fields, i, (itsg_lpi_trial(fields, i) & ~loses) | forces);
}

static void hardware_that_keeps_all_shows_what_was_written(void **state)
{
	struct itsg_lpi_keeps keeps;

	(void)state;
	learn(&keeps, ITSG_PROPBASER_FIELDS, 0, 0);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x4364078f), 0x4364078f);
	/* GIC L7: bits that are reserved are dropped; GIC L11: so is the reserved shareability. */
	assert_int_equal(itsg_lpi_kept(&keeps, 0xf8f00000436407ef), 0x4364078f);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x43640f8f), 0x4364038f);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x010000004364078f), 0x010000004364078f);
	learn(&keeps, ITSG_PENDBASER_FIELDS, 0, 0);
	/* GIC N2, N3: PTZ reads 0, bits [15:12] are reserved. */
	assert_int_equal(itsg_lpi_kept(&keeps, 0x4000000043650780), 0x43650780);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x4365f780), 0x43650780);
}

/* GIC D17 */
static void attributes_that_are_fixed_stay(void **state)
{
	struct itsg_lpi_keeps keeps;

	(void)state;
	learn(&keeps, ITSG_PROPBASER_FIELDS, ITSG_LPI_ATTR, 0x080);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x4364078f), 0x4364008f);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x070000004364078f), 0x4364008f);
}

/* Deprecated, and allowed: PROPBASER is read-only. */
static void a_register_that_is_read_only_stays(void **state)
{
	struct itsg_lpi_keeps keeps;

	(void)state;
	learn(&keeps, ITSG_PROPBASER_FIELDS, ~(uint64_t)0, 0x4364078f);
	assert_int_equal(itsg_lpi_kept(&keeps, 0), 0x4364078f);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x12340000d), 0x4364078f);
}

static void address_bits_that_hardware_lacks_are_dropped(void **state)
{
	struct itsg_lpi_keeps keeps;

	(void)state;
	learn(&keeps, ITSG_PENDBASER_FIELDS, (uint64_t)0xf << 48, 0);
	assert_int_equal(itsg_lpi_kept(&keeps, 0x000f123456780780), 0x123456780780);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_configuration_table_has_a_byte_for_each_LPI),
		cmocka_unit_test(a_pending_table_has_a_bit_for_each_INTID),
		cmocka_unit_test(more_INTID_bits_than_the_limit_are_refused),
		cmocka_unit_test(size_is_judged_before_addresses),
		cmocka_unit_test(a_table_may_end_where_addresses_end),
		cmocka_unit_test(hardware_that_keeps_all_shows_what_was_written),
		cmocka_unit_test(attributes_that_are_fixed_stay),
		cmocka_unit_test(a_register_that_is_read_only_stays),
		cmocka_unit_test(address_bits_that_hardware_lacks_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
