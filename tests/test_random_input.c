/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* sim/host/random_input.c */
#include "kit.h"

#include <string.h>

#include "random_input.h"

#define SEEDS 2000u
#define OPS   32u

static const struct random_shape shape = {8, 4, 0xb0};

static void a_seed_makes_one_input(void **state)
{
	uint8_t a[8 + OPS * 4], b[8 + OPS * 4];

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		size_t size = random_input(seed, &shape, a, OPS);

		assert_true(size >= 8 && size <= sizeof(a) && size % 4 == 0);
		assert_int_equal(random_input(seed, &shape, b, OPS), size);
		assert_memory_equal(a, b, size);
	}
	assert_int_equal(random_input(1, &shape, a, 0), 8);
}

static unsigned kinds_of(const uint8_t *data, size_t size)
{
	uint8_t seen[256] = {0};
	unsigned kinds = 0;

	for (size_t at = 8; at < size; at += 4)
		kinds += !seen[data[at]]++;
	return kinds;
}

static void few_kinds_a_boot_first_and_often_a_plain_machine(void **state)
{
	static const uint8_t plain[8] = {0};
	uint8_t data[8 + OPS * 4];
	unsigned boots = 0, plains = 0, long_ones = 0;

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		size_t size = random_input(seed, &shape, data, OPS);

		assert_true(kinds_of(data, size) <= 13);
		boots += data[8] == 0xb0;
		plains += memcmp(data, plain, sizeof(plain)) == 0;
		long_ones += size > sizeof(data) / 2;
	}
	assert_in_range(boots, SEEDS * 2 / 3, SEEDS * 4 / 5);
	assert_in_range(plains, SEEDS / 5, SEEDS / 3);
	assert_true(long_ones > SEEDS / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_makes_one_input),
		cmocka_unit_test(few_kinds_a_boot_first_and_often_a_plain_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
