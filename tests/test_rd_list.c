/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The one list of redistributors (T15, P17). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rd_list.h"

static void each_redistributor_is_found_and_nothing_beside_one(void **state)
{
	uint64_t rd[9];

	(void)state;
	for (uint32_t i = 0; i < 9; i++)
		rd[i] = 0x8000000 + (uint64_t)i * 0x20000;
	for (uint32_t count = 0; count <= 9; count++) {
		const struct itsg_rd_list list = {.rdbase = rd, .sorted = rd, .count = count};
		uint32_t place;

		for (uint32_t i = 0; i < 9; i++) {
			assert_int_equal(itsg_rd_find(&list, rd[i], &place), i < count);
			if (i < count)
				assert_int_equal(place, i);
			assert_false(itsg_rd_find(&list, rd[i] - 0x10000, &place));
			assert_false(itsg_rd_find(&list, rd[i] + 0x10000, &place));
		}
		assert_false(itsg_rd_find(&list, 0, &place));
		assert_false(itsg_rd_find(&list, ~(uint64_t)0, &place));
	}
}

static void a_number_leads_to_the_place_of_its_redistributor(void **state)
{
	static const uint64_t numbers[] = {0x30000, 0x10000, 0x20000};
	static const uint64_t sorted[] = {0x10000, 0x20000, 0x30000};
	static const uint32_t places[] = {1, 2, 0};
	const struct itsg_rd_list list = {
		.rdbase = numbers, .sorted = sorted, .place = places, .count = 3};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t place = 9;

		assert_true(itsg_rd_find(&list, numbers[i], &place));
		assert_int_equal(place, i);
	}
}

static void one_whose_phase_nobody_knows_may_be_on(void **state)
{
	static const uint64_t rd[] = {0, 0x10000, 0x20000};
	static const uint8_t phase[] = {0, 1, 2};
	struct itsg_rd_list list = {.rdbase = rd, .sorted = rd, .count = 3};

	(void)state;
	assert_true(itsg_rd_is_on(&list, 0));
	list.phase = phase;
	assert_false(itsg_rd_is_on(&list, 0));
	assert_true(itsg_rd_is_on(&list, 1));
	assert_true(itsg_rd_is_on(&list, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_redistributor_is_found_and_nothing_beside_one),
		cmocka_unit_test(a_number_leads_to_the_place_of_its_redistributor),
		cmocka_unit_test(one_whose_phase_nobody_knows_may_be_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
