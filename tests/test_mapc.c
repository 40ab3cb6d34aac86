/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* MAPC, INVALL, MOVALL, SYNC: collections and redistributors. */
#include "fake.h"

#include "state.h"

#define VALID (1ull << 63)

static enum itsg_reason try_words(struct fake *fake, uint64_t dw0, uint64_t dw2, uint64_t dw3)
{
	fake_words(fake, dw0, 0, dw2, dw3);
	return fake_try(fake);
}

static enum itsg_reason try_mapc(struct fake *fake, uint32_t icid, uint64_t rdbase)
{
	return try_words(fake, 0x09, VALID | rdbase | icid, 0);
}

static enum itsg_reason try_invall(struct fake *fake, uint32_t icid)
{
	return try_words(fake, 0x0d, icid, 0);
}

static struct fake *pta(void)
{
	return fake_armed_with(
		setup.typer |= ITSG_TYPER_PTA, setup.config.pa_bits = 52,
		setup.redistributors[0] = 0x2f120000, setup.redistributors[1] = 0x2f140000,
		setup.redistributors[2] = 0x800002f160000, setup.config.redistributor_count = 3);
}

static void a_mapc_names_a_redistributor_of_the_configuration(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_mapc(fake, 0, 0), ITSG_OK);
	assert_int_equal(try_mapc(fake, 3, 0x30000), ITSG_OK);
	assert_int_equal(try_mapc(fake, 3, 0x40000), ITSG_RDBASE_UNKNOWN); /* 4 of 4 */
	assert_int_equal(try_mapc(fake, 3, 0x000fffffffff0000), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_mapc(fake, 3, 0x20000), ITSG_OK); /* again is fine */
	assert_int_equal(fake_ran(fake, 1, 2), 0x8000000000030003);
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* With PTA=1 it is an address that the ITS writes to (T15). */
static void with_pta_rdbase_is_an_address(void **state)
{
	struct fake *fake = pta();

	(void)state;
	assert_int_equal(try_mapc(fake, 3, 0x2f120000), ITSG_OK);
	assert_int_equal(fake_ran(fake, 0, 2), 0x800000002f120003);
	assert_int_equal(try_mapc(fake, 3, 0x800002f160000), ITSG_OK); /* bit 51 counts */
	assert_int_equal(try_mapc(fake, 3, 0x2f160000), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_mapc(fake, 3, 0x2f130000), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_mapc(fake, 3, 0x10000), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_mapc(fake, 3, 0), ITSG_RDBASE_UNKNOWN);
	/* SYNC and both ends of MOVALL, too. */
	assert_int_equal(try_words(fake, 0x05, 0x2f140000, 0), ITSG_OK);
	assert_int_equal(try_words(fake, 0x05, 0x40000000, 0), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_words(fake, 0x0e, 0x2f120000, 0x2f140000), ITSG_OK);
	assert_int_equal(try_words(fake, 0x0e, 0x2f120000, 0x40000000), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(try_words(fake, 0x0e, 0x40000000, 0x2f140000), ITSG_RDBASE_UNKNOWN);
	fake_free(fake);
}

static void collections_end_with_the_table(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake); /* 8192 entries */
	assert_int_equal(try_mapc(fake, 8191, 0), ITSG_OK);
	assert_int_equal(try_mapc(fake, 8192, 0), ITSG_COLLECTION_OOR);
	assert_int_equal(try_mapc(fake, 0xffff, 0x7770000),
			 ITSG_COLLECTION_OOR); /* first of the two */
	assert_int_equal(try_invall(fake, 8191), ITSG_OK);
	assert_int_equal(try_invall(fake, 8192), ITSG_COLLECTION_OOR);
	assert_int_equal(try_words(fake, 0x09, 8192, 0), ITSG_COLLECTION_OOR); /* an unmap */
	fake_free(fake);
}

static void an_unmap_has_no_rdbase(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(try_words(fake, 0x09, 0x7ffffffffff00000 | 3, ~0ull), ITSG_OK);
	assert_int_equal(fake_ran(fake, 0, 0), 0x09);
	assert_int_equal(fake_ran(fake, 0, 2), 3);
	assert_int_equal(fake_ran(fake, 0, 3), 0);
	fake_free(fake);
}

static void fewer_icid_bits_than_the_table_has_entries(void **state)
{
	struct fake *fake =
		fake_armed_with(setup.typer |= ITSG_TYPER_CIL | 7ull << 32 /* 8 bits */);

	(void)state;
	assert_int_equal(try_mapc(fake, 255, 0), ITSG_OK);
	assert_int_equal(try_mapc(fake, 256, 0), ITSG_COLLECTION_OOR);
	fake_free(fake);
}

/* Collections may all be held in hardware: no table is needed, and none is named. */
static void collections_in_hardware_need_no_table(void **state)
{
	struct fake *fake = fake_with(setup.typer |= 16ull << 24);

	(void)state;
	fake_program(fake, false);
	fake_set_collections(fake, 0);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(try_mapc(fake, 15, 0), ITSG_OK);
	assert_int_equal(try_mapc(fake, 16, 0), ITSG_COLLECTION_OOR);
	assert_int_equal(try_mapc(fake, 15, 0x40000), ITSG_RDBASE_UNKNOWN);
	fake_free(fake);

	/* Nor even a register for one. */
	fake = fake_with(setup.typer |= 16ull << 24, setup.baser[1].type = 0);
	fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(try_mapc(fake, 15, 0x30000), ITSG_OK);
	fake_free(fake);
}

static void hardware_and_table_add_up_with_cct(void **state)
{
	struct fake *fake = fake_armed_with(setup.typer |= 16ull << 24 | ITSG_TYPER_CCT);

	(void)state;
	assert_int_equal(try_mapc(fake, 8192 + 15, 0), ITSG_OK);
	assert_int_equal(try_mapc(fake, 8192 + 16, 0), ITSG_COLLECTION_OOR);
	fake_free(fake);
}

/* The collection table walks the same code as the device table. */
static void a_two_level_collection_table_takes_its_pages(void **state)
{
	struct fake *fake = fake_default();
	uint64_t mirror;

	(void)state;
	fake_program(fake, false);
	fake_w64(fake, ITSG_GITS_BASER + 8, fake_baser_value(FAKE_COLLECTIONS, 1, 0, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	mirror = fake->its->collection_table->mirror_pa;
	fake_forget(fake);
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_L1_INVALID);
	fake_put64(fake, FAKE_COLLECTIONS + 8, VALID | 1ull << 52 | FAKE_LEVEL2);
	assert_int_equal(try_mapc(fake, 512, 0x40000), ITSG_RDBASE_UNKNOWN); /* goes first */
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_L1_RESERVED);
	fake_put64(fake, FAKE_COLLECTIONS + 8, VALID | FAKE_LEVEL2 | 8);
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_L1_ADDRESS);
	fake_put64(fake, FAKE_COLLECTIONS + 8, VALID | FAKE_DEVICES);
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_TABLE_OVERLAP);
	fake_put64(fake, FAKE_COLLECTIONS + 8, VALID | FAKE_LEVEL2);
	fake_fail(fake, FAKE_STORE, 1);
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_STORE_FAILED);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_HOST);
	assert_int_equal(try_mapc(fake, 512, 0), ITSG_OK);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_DONATED);
	assert_int_equal(fake_get64(fake, mirror + 8), VALID | FAKE_LEVEL2);
	fake_put64(fake, FAKE_COLLECTIONS + 8, VALID | (FAKE_LEVEL2 + 0x1000));
	assert_int_equal(try_mapc(fake, 513, 0), ITSG_L1_CHANGED);
	/* An unmap looks at no level 1. */
	assert_int_equal(try_words(fake, 0x09, 513, 0), ITSG_OK);
	assert_int_equal(try_words(fake, 0x09, 0x3000, 0), ITSG_OK);
	fake_free(fake);
}

static void movall_and_sync_are_sent_on_cleaned(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(
		try_words(fake, 0xffffffffffffff0e, 0xfff000000001ffff, 0xfff000000002ffff),
		ITSG_OK);
	assert_int_equal(fake_ran(fake, 0, 0), 0x0e);
	assert_int_equal(fake_ran(fake, 0, 2), 0x10000);
	assert_int_equal(fake_ran(fake, 0, 3), 0x20000);
	assert_int_equal(try_words(fake, 0x05, 0x3ffff, ~0ull), ITSG_OK);
	assert_int_equal(fake_ran(fake, 1, 0), 0x05);
	assert_int_equal(fake_ran(fake, 1, 2), 0x30000);
	assert_int_equal(fake_ran(fake, 1, 3), 0);
	assert_int_equal(try_words(fake, 0x05, 0x40000, 0), ITSG_RDBASE_UNKNOWN);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapc_names_a_redistributor_of_the_configuration),
		cmocka_unit_test(with_pta_rdbase_is_an_address),
		cmocka_unit_test(collections_end_with_the_table),
		cmocka_unit_test(an_unmap_has_no_rdbase),
		cmocka_unit_test(fewer_icid_bits_than_the_table_has_entries),
		cmocka_unit_test(collections_in_hardware_need_no_table),
		cmocka_unit_test(hardware_and_table_add_up_with_cct),
		cmocka_unit_test(a_two_level_collection_table_takes_its_pages),
		cmocka_unit_test(movall_and_sync_are_sent_on_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
