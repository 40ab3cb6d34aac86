/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Commands about one event of a device. */
#include "fake.h"

#define DEVICE 0x12u

enum {
	MOVI = 0x01,
	INT = 0x03,
	CLEAR = 0x04,
	MAPTI = 0x0a,
	MAPI = 0x0b,
	INV = 0x0c,
	DISCARD = 0x0f
};

static const uint8_t all[] = {MOVI, INT, CLEAR, MAPTI, MAPI, INV, DISCARD};

static enum itsg_reason try(struct fake *fake, uint8_t opcode, uint64_t device, uint64_t dw1,
			    uint64_t dw2)
{
	fake_words(fake, opcode | device << 32, dw1, dw2, 0);
	return fake_try(fake);
}

/* A device with 2^(size+1) events. */
static struct fake *with_device(uint32_t size)
{
	struct fake *fake = fake_armed();

	fake_mapd(fake, DEVICE, size, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_forget(fake);
	return fake;
}

/* An EventID that is an LPI as well, so that MAPI can be right. */
static uint64_t dw1(uint8_t opcode, uint64_t event)
{
	return opcode == MAPTI ? event | 8192ull << 32 : event;
}

static void each_needs_a_mapped_device(void **state)
{
	struct fake *fake = with_device(15);

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++) {
		assert_int_equal(try(fake, all[i], DEVICE, dw1(all[i], 8200), 0), ITSG_OK);
		assert_int_equal(try(fake, all[i], DEVICE + 1, ~0ull, ~0ull), ITSG_DEVICE_UNMAPPED);
		assert_int_equal(try(fake, all[i], 8192, ~0ull, ~0ull), ITSG_DEVICE_OOR);
		assert_int_equal(try(fake, all[i], 0xffffffff, ~0ull, ~0ull), ITSG_DEVICE_OOR);
	}
	fake_expect(fake, FAKE_PAGE_CALLS, "");
	fake_free(fake);
}

/* The limit is 2^(Size+1), not 2^Size + 1 (GIC 3.5). */
static void event_ids_end_with_the_devices_size(void **state)
{
	struct fake *fake = with_device(13); /* 16384 events */

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++) {
		assert_int_equal(try(fake, all[i], DEVICE, dw1(all[i], 16383), 0), ITSG_OK);
		assert_int_equal(try(fake, all[i], DEVICE, dw1(all[i], 16384), 0), ITSG_EVENT_OOR);
		assert_int_equal(try(fake, all[i], DEVICE, 0xffffffff, 0xffff), ITSG_EVENT_OOR);
	}
	fake_free(fake);
	fake = with_device(0); /* 2 events */
	assert_int_equal(try(fake, INT, DEVICE, 1, 0), ITSG_OK);
	assert_int_equal(try(fake, INT, DEVICE, 2, 0), ITSG_EVENT_OOR);
	fake_free(fake);
}

static void all_32_event_bits_can_be_used(void **state)
{
	struct fake *fake = fake_armed_with(
		setup.typer = (setup.typer & ~(ITSG_TYPER_ID_BITS | ITSG_TYPER_ITT_ENTRY_SIZE)) |
			      31ull << 8,
		setup.config.lpi_bits = 32);

	(void)state;
	/* No machine has room for that ITT, but a smaller one says as much. */
	fake_mapd(fake, DEVICE, 31, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_NO_PAGE_SLOT);
	fake_mapd(fake, DEVICE, 18, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	assert_int_equal(try(fake, MAPTI, DEVICE, 0xffffffffull << 32 | 0x7ffff, 0), ITSG_OK);
	assert_int_equal(try(fake, MAPTI, DEVICE, 0xffffffffull << 32 | 0x80000, 0),
			 ITSG_EVENT_OOR);
	fake_free(fake);
}

static void mapti_maps_an_lpi(void **state)
{
	struct fake *fake = with_device(4);

	(void)state;
	assert_int_equal(try(fake, MAPTI, DEVICE, 7 | 8191ull << 32, 3), ITSG_INTID_OOR);
	assert_int_equal(try(fake, MAPTI, DEVICE, 7 | 65536ull << 32, 3), ITSG_INTID_OOR);
	assert_int_equal(try(fake, MAPTI, DEVICE, 7 | 0xffffffffull << 32, 3), ITSG_INTID_OOR);
	assert_int_equal(try(fake, MAPTI, DEVICE, 7, 0xffff), ITSG_INTID_OOR);  /* before ICID */
	assert_int_equal(try(fake, MAPTI, DEVICE, 32, 0xffff), ITSG_EVENT_OOR); /* before both */
	assert_int_equal(try(fake, MAPTI, DEVICE, 7 | 65535ull << 32, 3), ITSG_OK);
	assert_int_equal(try(fake, MAPTI, DEVICE, 7 | 8192ull << 32, ~0xffffull | 3), ITSG_OK);
	assert_int_equal(fake_ran(fake, 2, 0), 0x000000120000000a);
	assert_int_equal(fake_ran(fake, 2, 1), 0x0000200000000007);
	assert_int_equal(fake_ran(fake, 2, 2), 3);
	fake_free(fake);
}

/* MAPI's LPI is its EventID. */
static void mapi_maps_its_event_id(void **state)
{
	struct fake *fake = with_device(15);

	(void)state;
	assert_int_equal(try(fake, MAPI, DEVICE, 8191, 0), ITSG_INTID_OOR);
	assert_int_equal(try(fake, MAPI, DEVICE, 8192 | 5ull << 32, 0), ITSG_OK);
	assert_int_equal(fake_ran(fake, 1, 1), 8192);
	fake_free(fake);
}

static void those_with_an_icid_have_it_checked(void **state)
{
	struct fake *fake = with_device(15);

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++) {
		const bool has = all[i] == MAPTI || all[i] == MAPI || all[i] == MOVI;

		assert_int_equal(try(fake, all[i], DEVICE, dw1(all[i], 8200), 8191), ITSG_OK);
		assert_int_equal(try(fake, all[i], DEVICE, dw1(all[i], 8200), 8192),
				 has ? ITSG_COLLECTION_OOR : ITSG_OK);
		/* What a command has no field for, hardware does not get. */
		if (!has)
			assert_int_equal(fake_ran(fake, fake->ran_count - 1, 2), 0);
	}
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_needs_a_mapped_device),
		cmocka_unit_test(event_ids_end_with_the_devices_size),
		cmocka_unit_test(all_32_event_bits_can_be_used),
		cmocka_unit_test(mapti_maps_an_lpi),
		cmocka_unit_test(mapi_maps_its_event_id),
		cmocka_unit_test(those_with_an_icid_have_it_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
