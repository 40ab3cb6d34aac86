/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Device records. */
#include "fake.h"

#include "devices.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#define MOST 4096u

struct world {
	struct itsg_devices devices;
	struct itsg_device records[MOST] __attribute__((aligned(64)));
};

static struct itsg_hash_key key_of(uint64_t first, uint64_t second)
{
	const uint64_t key[2] = {first, second};

	return itsg_hash_key(key);
}

static void start(struct world *world, uint32_t capacity)
{
	memset(world, 0, sizeof(*world));
	world->devices.records = world->records;
	world->devices.capacity = capacity;
	world->devices.key = key_of(0x1234, 0x5678);
}

static void a_record_is_found_with_what_was_put_in(void **state)
{
	struct world *world = *state;
	struct itsg_device *device;

	start(world, 64);
	assert_null(itsg_devices_find(&world->devices, 0));
	assert_true(itsg_devices_add(&world->devices, 0xffffffff, 31, 0xfffffffffff00));
	assert_true(itsg_devices_add(&world->devices, 0, 0, 0x100));
	device = itsg_devices_find(&world->devices, 0xffffffff);
	assert_non_null(device);
	assert_int_equal(itsg_device_id(device), 0xffffffff);
	assert_int_equal(itsg_device_size(device), 31);
	assert_int_equal(device->itt, 0xfffffffffff00);
	device = itsg_devices_find(&world->devices, 0);
	assert_non_null(device);
	assert_int_equal(itsg_device_id(device), 0);
	assert_int_equal(itsg_device_size(device), 0);
	assert_int_equal(world->devices.count, 2);
	assert_true(itsg_devices_check(&world->devices));
}

static void a_removed_record_is_gone_and_its_slot_free(void **state)
{
	struct world *world = *state;

	start(world, 2);
	assert_true(itsg_devices_add(&world->devices, 7, 1, 0x100));
	assert_true(itsg_devices_add(&world->devices, 8, 1, 0x200));
	assert_int_equal(itsg_devices_slot(&world->devices, 9), ITSG_NO_SLOT);
	itsg_devices_remove(&world->devices, itsg_devices_find(&world->devices, 7));
	assert_null(itsg_devices_find(&world->devices, 7));
	assert_int_not_equal(itsg_devices_slot(&world->devices, 9), ITSG_NO_SLOT);
	assert_true(itsg_devices_add(&world->devices, 9, 1, 0x300));
	assert_int_equal(world->devices.count, 2);
	assert_true(itsg_devices_check(&world->devices));
}

/* Up to two buckets, every slot can be used, whatever the IDs and the key. */
static void last_slot_is_usable(void **state)
{
	struct world *world = *state;

	for (uint32_t capacity = 2; capacity <= 8; capacity++) {
		for (uint32_t key = 0; key < 50; key++) {
			start(world, capacity);
			world->devices.key = key_of(key * 0x9e3779b97f4a7c15u, 0);
			for (uint32_t i = 0; i < capacity; i++)
				assert_true(
					itsg_devices_add(&world->devices, i * 0x10001, 4, 0x100));
			assert_int_equal(world->devices.count, capacity);
			assert_int_equal(itsg_devices_slot(&world->devices, 0xabcdef),
					 ITSG_NO_SLOT);
			assert_false(itsg_devices_add(&world->devices, 0xabcdef, 4, 0x100));
			assert_true(itsg_devices_check(&world->devices));
		}
	}
}

static uint32_t fill(struct world *world, uint32_t stride)
{
	uint32_t n = 0;

	while (itsg_devices_add(&world->devices, n * stride, 4, 0x100))
		n++;
	return n;
}

/*
 * Bus numbers come in strides: a third of a table must always do, whatever the key. (200 keys, 6
 * strides, 64 to 65536 records: the first refusal came at 36 to 64 % of the capacity.)
 */
static void a_third_full_is_no_reason_for_a_refusal(void **state)
{
	static const uint32_t strides[] = {1, 8, 0x100, 0x1000, 0x10000, 0xfff1};
	struct world *world = *state;

	for (size_t s = 0; s < ARRAY_SIZE(strides); s++) {
		for (uint32_t key = 0; key < 20; key++) {
			start(world, MOST);
			world->devices.key = key_of(0, key * 0x9e3779b97f4a7c15u);
			assert_true(fill(world, strides[s]) >= MOST / 3);
			assert_true(itsg_devices_check(&world->devices));
		}
	}
}

static bool full(const struct itsg_devices *devices, const struct itsg_bucket *bucket)
{
	for (uint32_t i = bucket->first; i < bucket->end; i++)
		if (!itsg_devices_at(devices, i))
			return false;
	return true;
}

/* Whichever is removed: where the records of a bucket end a look-up does, too. */
static void the_records_of_a_bucket_lie_in_front(void **state)
{
	struct world *world = *state;
	struct itsg_devices *devices = &world->devices;
	uint32_t slot = 0;

	for (uint32_t gone = 0; gone < 12; gone++) {
		start(world, 20); /* the last bucket is a short one */
		for (uint32_t id = 0; id < 12; id++)
			assert_true(itsg_devices_add(devices, id, 4, 0x100ull << id));
		itsg_devices_remove(devices, itsg_devices_find(devices, gone));
		assert_true(itsg_devices_check(devices));
		for (uint32_t id = 0; id < 12; id++) {
			const struct itsg_device *device = itsg_devices_look(devices, id, &slot);

			assert_ptr_equal(device, itsg_devices_find(devices, id));
			assert_int_equal(device != NULL, id != gone);
			if (device)
				assert_int_equal(device->itt, 0x100ull << id);
		}
	}
}

/* Another ITT, in the same slot. */
static void a_record_may_change(void **state)
{
	struct world *world = *state;
	struct itsg_device *device;
	uint32_t slot;

	start(world, 64);
	assert_true(itsg_devices_add(&world->devices, 7, 1, 0x100));
	device = itsg_devices_find(&world->devices, 7);
	slot = (uint32_t)(device - world->records);
	itsg_devices_put(&world->devices, slot, 7, 2, 0x200);
	assert_ptr_equal(itsg_devices_find(&world->devices, 7), device);
	assert_int_equal(itsg_device_size(device), 2);
	assert_int_equal(device->itt, 0x200);
	assert_int_equal(world->devices.count, 1);
	assert_true(itsg_devices_check(&world->devices));
}

/* One full bucket is none. */
static void a_refusal_means_that_both_buckets_are_full(void **state)
{
	struct world *world = *state;
	struct itsg_devices *devices = &world->devices;
	uint32_t refused = 0, one_full = 0;

	start(world, 64);
	for (uint32_t id = 0; id < 200; id++) {
		const struct itsg_choice choice =
			itsg_hash_choose(&devices->key, id, devices->capacity, 8);
		const bool first = full(devices, &choice.bucket[0]);
		const bool second = full(devices, &choice.bucket[1]);

		refused += first && second ? 1 : 0;
		one_full += first != second ? 1 : 0;
		assert_int_equal(itsg_devices_add(devices, id, 0, 0), !(first && second));
	}
	assert_true(refused > 0 && one_full > 0);
}

static void every_record_has_an_index(void **state)
{
	struct world *world = *state;
	uint32_t seen = 0;

	start(world, 16);
	for (uint32_t id = 100; id < 110; id++)
		assert_true(itsg_devices_add(&world->devices, id, 0, 0x100));
	for (uint32_t i = 0; i < 20; i++) {
		const struct itsg_device *device = itsg_devices_at(&world->devices, i);

		if (device)
			seen |= 1u << (itsg_device_id(device) - 100);
	}
	assert_int_equal(seen, 0x3ff);
	/* What lies behind the last record is none. */
	world->records[16] = *itsg_devices_find(&world->devices, 100);
	assert_null(itsg_devices_at(&world->devices, 16));
}

static void the_check_sees_what_is_wrong(void **state)
{
	struct world *world = *state;
	struct itsg_device *device, moved;

	start(world, 64);
	assert_true(itsg_devices_add(&world->devices, 5, 0, 0x100));
	world->devices.count = 2;
	assert_false(itsg_devices_check(&world->devices));
	world->devices.count = 1;
	/* Behind a free slot of its bucket. */
	device = itsg_devices_find(&world->devices, 5);
	assert_int_equal((device - world->records) % 8, 0);
	device[1] = device[0];
	device[0].key = 0;
	assert_ptr_equal(itsg_devices_find(&world->devices, 5), device + 1);
	assert_false(itsg_devices_check(&world->devices));
	device[0] = device[1];
	device[1].key = 0;
	assert_true(itsg_devices_check(&world->devices));
	/* In a bucket that is not its own. */
	moved = *device;
	device->key = 0;
	for (uint32_t i = 0; i < 64; i++) {
		world->records[i] = moved;
		if (!itsg_devices_find(&world->devices, 5)) {
			assert_false(itsg_devices_check(&world->devices));
			return;
		}
		world->records[i].key = 0;
	}
	fail();
}

static int make(void **state)
{
	*state = aligned_alloc(64, (sizeof(struct world) + 63) / 64 * 64);
	return *state ? 0 : -1;
}

static int end(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_found_with_what_was_put_in),
		cmocka_unit_test(a_removed_record_is_gone_and_its_slot_free),
		cmocka_unit_test(last_slot_is_usable),
		cmocka_unit_test(a_third_full_is_no_reason_for_a_refusal),
		cmocka_unit_test(the_records_of_a_bucket_lie_in_front),
		cmocka_unit_test(a_record_may_change),
		cmocka_unit_test(a_refusal_means_that_both_buckets_are_full),
		cmocka_unit_test(every_record_has_an_index),
		cmocka_unit_test(the_check_sees_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, make, end);
}
