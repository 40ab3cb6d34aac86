/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The mutations of fuzz/mutate.h, and the AFL++ library made of them. */
#define FUZZ_TARGET "mapd"

#include "kit.h"

#include <string.h>

/* clang-format off */
#include "../fuzz/format.c"
#include "../fuzz/mutate.c"
#include "../fuzz/mutate_afl.c"
/* clang-format on */

#define OPS    40u
#define ROUNDS 20000u

static const struct fuzz_format format = {"test", {4, 8, RANDOM_INPUT_NO_BOOT}};

/* Operation n is eight times n + 1; the header is 0xee. */
static size_t fill(uint8_t *data, unsigned ops, uint8_t first)
{
	memset(data, 0xee, format.shape.header);
	for (unsigned i = 0; i < ops; i++)
		memset(data + format.shape.header + i * format.shape.op, (int)(first + i),
		       format.shape.op);
	return format.shape.header + ops * format.shape.op;
}

/* How many of the operations are as they were made: eight equal bytes. */
static unsigned whole(const uint8_t *data, size_t size)
{
	unsigned count = 0;

	for (size_t at = format.shape.header; at + format.shape.op <= size; at += format.shape.op)
		count += memcmp(data + at, data + at + 1, format.shape.op - 1) == 0;
	return count;
}

static void sizes_stay_whole_and_within_the_limit(void **state)
{
	uint8_t data[1024];
	struct mutator m = {.format = &format, .rng = 1};
	size_t size = fill(data, OPS, 1);

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t max = 4 + (i % 101) * 10;

		size = mutate(&m, data, size < max ? size : max, max);
		assert_true(size >= format.shape.header && size <= max);
		assert_int_equal((size - format.shape.header) % format.shape.op, 0);
	}
}

/* A shift by a byte would leave no operation as it was. */
static void operations_are_moved_whole(void **state)
{
	uint8_t data[1024];
	struct mutator m = {.format = &format, .rng = 2};

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t size = mutate(&m, data, fill(data, OPS, 1), sizeof(data));
		unsigned ops = (unsigned)((size - format.shape.header) / format.shape.op);

		/* At most twelve steps, each of which changes or adds one. */
		assert_true(whole(data, size) + 12 >= (ops < OPS ? ops : OPS));
	}
}

static void every_kind_of_change_happens(void **state)
{
	uint8_t data[1024], same[1024];
	struct mutator m = {.format = &format, .rng = 3};
	bool longer = false, shorter = false, header = false, order = false, inside = false;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t before = fill(same, OPS, 1);
		size_t size = mutate(&m, data, fill(data, OPS, 1), sizeof(data));

		longer |= size > before;
		shorter |= size < before;
		header |= memcmp(data, same, format.shape.header) != 0;
		order |=
			size == before && whole(data, size) == OPS && memcmp(data, same, size) != 0;
		inside |= size == before && whole(data, size) == OPS - 1;
	}
	assert_true(longer && shorter && header && order && inside);
}

static void an_empty_input_grows(void **state)
{
	uint8_t data[64] = {0};
	struct mutator m = {.format = &format, .rng = 4};

	(void)state;
	assert_true(mutate(&m, data, 0, sizeof(data)) > format.shape.header);
}

static void the_same_seed_makes_the_same_change(void **state)
{
	uint8_t one[1024], two[1024];
	struct mutator a = {.format = &format, .rng = 5}, b = {.format = &format, .rng = 5};
	size_t size = fill(one, OPS, 1);

	(void)state;
	fill(two, OPS, 1);
	size = mutate(&a, one, size, sizeof(one));
	assert_int_equal(mutate(&b, two, fill(two, OPS, 1), sizeof(two)), size);
	assert_memory_equal(one, two, size);
}

static void one_in_so_many_begins_anew(void **state)
{
	uint8_t data[1024];
	struct mutator m = {.format = &format, .rng = 7, .anew = 4};
	unsigned anew = 0;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t size = mutate(&m, data, fill(data, OPS, 1), sizeof(data));

		assert_true(size <= sizeof(data));
		assert_int_equal((size - format.shape.header) % format.shape.op, 0);
		anew += whole(data, size) == 0;
	}
	assert_in_range(anew, ROUNDS / 5, ROUNDS / 3);
}

static void crossing_takes_whole_operations_of_both(void **state)
{
	uint8_t a[512], b[512], out[1024];
	struct mutator m = {.format = &format, .rng = 6};
	bool of_a = false, of_b = false;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t a_size = fill(a, 20, 1), b_size = fill(b, 20, 101);
		size_t max = 4 + (i % 101) * 10;
		size_t size = mutate_cross(&m, a, a_size, b, b_size, out, max);

		assert_true(size <= max && (size - format.shape.header) % format.shape.op == 0);
		assert_int_equal(whole(out, size), (size - format.shape.header) / format.shape.op);
		for (size_t at = format.shape.header; at < size; at += format.shape.op) {
			of_a |= out[at] <= 20;
			of_b |= out[at] > 100;
		}
	}
	assert_true(of_a && of_b);
}

static void afl_gets_whole_operations_too(void **state)
{
	const struct fuzz_format *mapd = fuzz_format_of(FUZZ_TARGET);
	void *afl = afl_custom_init(NULL, 7);
	uint8_t in[256] = {0}, add[256] = {0}, *out = NULL;

	(void)state;
	assert_non_null(afl);
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t size = afl_custom_fuzz(afl, in, sizeof(in), &out, add, sizeof(add), 300);

		assert_non_null(out);
		assert_true(size >= mapd->shape.header && size <= 300);
		assert_int_equal((size - mapd->shape.header) % mapd->shape.op, 0);
	}
	afl_custom_deinit(afl);
}

static void every_target_has_a_format(void **state)
{
	(void)state;
	assert_non_null(fuzz_format_of("world"));
	assert_int_equal(fuzz_format_of("trace")->shape.op, 0);
	assert_null(fuzz_format_of("nothing"));
#define CHECK(name, bytes_header, bytes_op, boot) assert_true(bytes_op <= 64);
	FUZZ_TARGETS(CHECK)
#undef CHECK
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_stay_whole_and_within_the_limit),
		cmocka_unit_test(operations_are_moved_whole),
		cmocka_unit_test(every_kind_of_change_happens),
		cmocka_unit_test(an_empty_input_grows),
		cmocka_unit_test(the_same_seed_makes_the_same_change),
		cmocka_unit_test(one_in_so_many_begins_anew),
		cmocka_unit_test(crossing_takes_whole_operations_of_both),
		cmocka_unit_test(afl_gets_whole_operations_too),
		cmocka_unit_test(every_target_has_a_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
