/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The map of the simulated world: what is put is found, in order, until it is reset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "u64map.h"

#define MANY 5000u

/* Keys that differ in high bits only, in low bits only, and all over. */
static uint64_t key_of(uint64_t i)
{
	switch (i % 3) {
	case 0:
		return i << 40;
	case 1:
		return i;
	default:
		return i * 0x9e3779b97f4a7c15u;
	}
}

static void an_empty_map_has_nothing(void **state)
{
	struct u64map map = {0};

	(void)state;
	assert_null(u64map_get(&map, 0));
	assert_null(u64map_get(&map, UINT64_MAX));
	u64map_free(&map);
}

static void what_is_put_is_found(void **state)
{
	struct u64map map = {0};

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t *value = u64map_put(&map, key_of(i));

		assert_int_equal(*value, 0);
		*value = i + 1;
	}
	assert_int_equal(map.count, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		assert_int_equal(*u64map_get(&map, key_of(i)), i + 1);
		assert_int_equal(map.entries[i].key, key_of(i)); /* in the order of insertion */
	}
	assert_null(u64map_get(&map, key_of(1) + MANY * 3));
	u64map_free(&map);
}

static void a_key_is_put_once(void **state)
{
	struct u64map map = {0};

	(void)state;
	*u64map_put(&map, 7) = 1;
	*u64map_put(&map, 8) = 2;
	assert_int_equal(*u64map_put(&map, 7), 1);
	assert_int_equal(map.count, 2);
	u64map_free(&map);
}

static void a_reset_map_is_empty_and_keeps_its_memory(void **state)
{
	struct u64map map = {0};
	size_t capacity;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		*u64map_put(&map, key_of(i)) = 1;
	capacity = map.capacity;
	u64map_reset(&map);
	assert_int_equal(map.count, 0);
	assert_int_equal(map.capacity, capacity);
	for (uint64_t i = 0; i < MANY; i++)
		assert_null(u64map_get(&map, key_of(i)));
	assert_int_equal(*u64map_put(&map, key_of(3)), 0);
	u64map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(what_is_put_is_found),
		cmocka_unit_test(a_key_is_put_once),
		cmocka_unit_test(a_reset_map_is_empty_and_keeps_its_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
