/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Geometry of tables, of level-1 tables and of ITTs, with vectors worked out apart from the code.
 */
#include "fake.h"

#include "devtable.h"

#define TOP (1ull << 52)

/* ---- GITS_BASER ---- */

struct baser_vector {
	uint64_t value;
	uint64_t pa, bytes, capacity;
	uint32_t page_bytes, pages, entry_bytes;
	bool two_level;
};

/* clang-format off */
static const struct baser_vector baser_vectors[] = {
	/* GIC B1 */ {0xb907000880000607, 0x880000000, 0x80000, 65536, 0x10000, 8, 8, false},
	/* GIC B2 */ {0xf907000880000600, 0x880000000, 0x10000, 67108864, 0x10000, 1, 8, true},
	/* GIC B3 */ {0x8c07000881000000, 0x881000000, 0x1000, 512, 0x1000, 1, 8, false},
	/* GIC B4 */
	{0xb90712345678f6ff, 0xf123456780000, 0x1000000, 2097152, 0x10000, 256, 8, false},
	/* GIC B5 */ {0xb907abcd12345403, 0xabcd12345000, 0x4000, 2048, 0x1000, 4, 8, false},
	/* GIC B6 */ {0xfaef000881234501, 0x881234000, 0x8000, 4194304, 0x4000, 2, 16, true},
	/* GIC B7 */ {0x811ffffffffff0ff, 0xfffffffff000, 0x100000, 32768, 0x1000, 256, 32, false},
	/* GIC B8 */ {0x0107000000000000, 0x0, 0x1000, 512, 0x1000, 1, 8, false},
	/* GIC B9: the address as it stands, not 16 KB aligned */
	{0x8107000880001100, 0x880001000, 0x4000, 2048, 0x4000, 1, 8, false},
	/* GIC B10: the reserved Page_Size works as 64 KB */
	{0x8107000880000300, 0x880000000, 0x10000, 8192, 0x10000, 1, 8, false},
	/* GIC B11: PA[51:48] in [15:12] */
	{0x8107000880002200, 0x2000880000000, 0x10000, 8192, 0x10000, 1, 8, false},
};
/* clang-format on */

static void baser_vectors_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(baser_vectors); i++) {
		const struct baser_vector *want = &baser_vectors[i];
		struct itsg_geometry got;

		itsg_geometry_decode(want->value, &got);
		assert_int_equal(got.pa, want->pa);
		assert_int_equal(got.bytes, want->bytes);
		assert_int_equal(got.capacity, want->capacity);
		assert_int_equal(got.page_bytes, want->page_bytes);
		assert_int_equal(got.pages, want->pages);
		assert_int_equal(got.entry_bytes, want->entry_bytes);
		assert_int_equal(got.two_level, want->two_level);
		assert_int_equal(got.per_page, want->page_bytes / want->entry_bytes);
	}
}

static void an_encoded_table_decodes_to_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < 8; i++) {
		const struct baser_vector *want = &baser_vectors[i];
		const uint64_t value = itsg_geometry_encode(want->value, want->pa, want->pages);

		assert_int_equal(value, want->value & ~ITSG_BASER_VALID);
	}
}

static enum itsg_reason geometry_check(uint64_t value, uint64_t pa_end, uint32_t max_pages)
{
	struct itsg_geometry geo;

	itsg_geometry_decode(value, &geo);
	return itsg_geometry_check(&geo, pa_end, max_pages);
}

static void a_table_must_be_aligned_to_its_page(void **state)
{
	(void)state;
	assert_int_equal(geometry_check(0x8107000880001100, TOP, 256), ITSG_TABLE_ADDRESS);
	assert_int_equal(geometry_check(0x8107000880002100, TOP, 256), ITSG_TABLE_ADDRESS);
	assert_int_equal(geometry_check(0x8107000880004100, TOP, 256), ITSG_OK);
	assert_int_equal(geometry_check(0x8107000880001000, TOP, 256), ITSG_OK);
}

static void a_table_must_end_inside_the_physical_address_size(void **state)
{
	(void)state;
	/* GIC B1 ends at 0x880080000. */
	assert_int_equal(geometry_check(0xb907000880000607, 0x880080000, 256), ITSG_OK);
	assert_int_equal(geometry_check(0xb907000880000607, 0x88007ffff, 256), ITSG_TABLE_ADDRESS);
	assert_int_equal(geometry_check(0xb90712345678f6ff, 0xf123457780000, 256), ITSG_OK);
	assert_int_equal(geometry_check(0xb90712345678f6ff, 1ull << 48, 256), ITSG_TABLE_ADDRESS);
}

/* GIC B7: with 4 and 16 KB pages there are no address bits above 47 to go on with. */
static void a_table_of_small_pages_may_not_pass_48_bits(void **state)
{
	(void)state;
	assert_int_equal(geometry_check(0x811ffffffffff0ff, 1ull << 48, 256), ITSG_TABLE_ADDRESS);
	assert_int_equal(geometry_check(0x811ffffffffff0ff, TOP, 256), ITSG_TABLE_ADDRESS);
	assert_int_equal(geometry_check(0x811ffffffffff000, TOP, 256), ITSG_OK);
	/* 64 KB pages: two of them across 2^48. */
	assert_int_equal(geometry_check(0x8107ffffffff0201, TOP, 256), ITSG_OK);
}

static void a_flat_table_may_be_limited_in_pages(void **state)
{
	(void)state;
	assert_int_equal(geometry_check(0xb907000880000607, TOP, 8), ITSG_OK);
	assert_int_equal(geometry_check(0xb907000880000607, TOP, 7), ITSG_TABLE_SIZE);
	/* A level-1 table is the host's own memory. */
	assert_int_equal(geometry_check(0xf907000880000607, TOP, 7), ITSG_OK);
}

/* ---- two levels ---- */

struct index_vector {
	uint64_t id;
	uint32_t page_bytes, entry_bytes, per_page;
	uint64_t index, offset;
};

/* clang-format off */
static const struct index_vector index_vectors[] = {
	/* GIC J1 */ {0x0, 0x1000, 8, 512, 0x0, 0x0},
	/* GIC J2 */ {0x1ff, 0x1000, 8, 512, 0x0, 0xff8},
	/* GIC J3 */ {0x200, 0x1000, 8, 512, 0x1, 0x0},
	/* GIC J4 */ {0xffff, 0x10000, 8, 8192, 0x7, 0xfff8},
	/* GIC J5 */ {0x12345, 0x4000, 16, 1024, 0x48, 0x3450},
	/* GIC J6 */ {0xffffffff, 0x10000, 8, 8192, 0x7ffff, 0xfff8},
	/* GIC J7 */ {0xffffffff, 0x1000, 8, 512, 0x7fffff, 0xff8},
	/* GIC J8 */ {0x3e8, 0x1000, 32, 128, 0x7, 0xd00},
	/* GIC J9 */ {0x2000, 0x10000, 8, 8192, 0x1, 0x0},
	/* GIC J10 */ {0xabcdef, 0x10000, 4, 16384, 0x2af, 0x37bc},
	/* GIC J11 */ {0x12c, 0x1000, 24, 170, 0x1, 0xc30},
	/* GIC J12 */ {0x154, 0x1000, 12, 341, 0x0, 0xff0},
	/* GIC J13 */ {0x155, 0x1000, 12, 341, 0x1, 0x0},
};
/* clang-format on */

static uint64_t baser_of(uint32_t page_bytes, uint32_t entry_bytes, uint32_t size, bool two_level)
{
	const uint64_t code = page_bytes == 0x1000 ? 0 : page_bytes == 0x4000 ? 1 : 2;

	return (uint64_t)two_level << 62 | (uint64_t)(entry_bytes - 1) << 48 | code << 8 | size;
}

static void index_vectors_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_vectors); i++) {
		const struct index_vector *want = &index_vectors[i];
		struct itsg_geometry geo;

		itsg_geometry_decode(baser_of(want->page_bytes, want->entry_bytes, 0, true), &geo);
		assert_int_equal(geo.per_page, want->per_page);
		assert_int_equal(itsg_level1_index(&geo, want->id), want->index);
		assert_int_equal(want->id % geo.per_page * geo.entry_bytes, want->offset);
	}
}

static enum itsg_reason level1_check(uint64_t word, uint32_t page_bytes, uint64_t pa_end)
{
	struct itsg_geometry geo;

	itsg_geometry_decode(baser_of(page_bytes, 8, 0, true), &geo);
	return itsg_level1_check(&geo, word, pa_end);
}

static void level1_words_are_judged_in_order(void **state)
{
	(void)state;
	/* GIC E1 to E6 */
	assert_int_equal(level1_check(0x8000000880010000, 0x10000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8000000880011000, 0x10000, TOP), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x8000000880011000, 0x1000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x0000000880010000, 0x10000, TOP), ITSG_L1_INVALID);
	assert_int_equal(level1_check(0x800f123456780000, 0x10000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8010000880010000, 0x10000, TOP), ITSG_L1_RESERVED);
	/* All wrong at once. */
	assert_int_equal(level1_check(0x7fffffffffffffff, 0x1000, TOP), ITSG_L1_INVALID);
	assert_int_equal(level1_check(0xffffffffffffffff, 0x1000, TOP), ITSG_L1_RESERVED);
	/* Bits below 4 KB are reserved, too. */
	assert_int_equal(level1_check(0x8000000880010001, 0x1000, TOP), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x8000000880010100, 0x1000, TOP), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x8000000880012000, 0x4000, TOP), ITSG_L1_ADDRESS);
}

static void a_level2_page_must_end_inside_the_physical_address_size(void **state)
{
	(void)state;
	assert_int_equal(level1_check(0x8000ffffffff0000, 0x10000, 1ull << 48), ITSG_OK);
	assert_int_equal(level1_check(0x8001000000000000, 0x10000, 1ull << 48), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x800fffffffff0000, 0x10000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8000ffffffff0000, 0x10000, (1ull << 48) - 1),
			 ITSG_L1_ADDRESS);
}

/* The address of a word is cut by a mask, not by the number of a bit: bit 51 counts, bit 52 not. */
static void phys_mask_is_a_mask(void **state)
{
	(void)state;
	assert_int_equal(0x800fffffffff0000 & ITSG_L1E_ADDRESS, 0x000fffffffff0000);
	assert_int_equal(0x8008000000001fff & ITSG_L1E_ADDRESS, 0x0008000000001000);
	assert_int_equal(level1_check(0x8008000000000000, 0x10000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8008000000000000, 0x10000, 1ull << 51), ITSG_L1_ADDRESS);
}

/* As in GITS_BASER: what hardware makes of the upper four bits is not known (F1). */
static void pages_below_64k_have_48_bits_of_address(void **state)
{
	(void)state;
	assert_int_equal(level1_check(0x8000fffffffff000, 0x1000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8001000000000000, 0x1000, TOP), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x8000ffffffffc000, 0x4000, TOP), ITSG_OK);
	assert_int_equal(level1_check(0x8001000000000000, 0x4000, TOP), ITSG_L1_ADDRESS);
	assert_int_equal(level1_check(0x8001000000000000, 0x10000, TOP), ITSG_OK);
}

struct capacity_vector {
	bool two_level;
	uint32_t page_bytes, size, entry_bytes;
	uint64_t capacity, bytes;
};

/* clang-format off */
static const struct capacity_vector capacity_vectors[] = {
	/* GIC K1 */ {false, 0x1000, 0, 8, 512, 0x1000},
	/* GIC K2 */ {false, 0x10000, 0, 8, 8192, 0x10000},
	/* GIC K3 */ {false, 0x10000, 7, 8, 65536, 0x80000},
	/* GIC K4 */ {false, 0x10000, 255, 8, 2097152, 0x1000000},
	/* GIC K5 */ {false, 0x1000, 255, 8, 131072, 0x100000},
	/* GIC K6 */ {false, 0x1000, 0, 24, 170, 0x1000},
	/* GIC K7 */ {true, 0x1000, 0, 8, 262144, 0x1000},
	/* GIC K8 */ {true, 0x10000, 0, 8, 67108864, 0x10000},
	/* GIC K9 */ {true, 0x10000, 63, 8, 4294967296, 0x400000},
	/* GIC K10 */ {true, 0x10000, 255, 8, 17179869184, 0x1000000},
	/* GIC K11 */ {true, 0x10000, 255, 1, 137438953472, 0x1000000},
	/* GIC K12 */ {true, 0x4000, 1, 16, 4194304, 0x8000},
	/* GIC K13 */ {false, 0x4000, 3, 2, 32768, 0x10000},
	/* GIC K14 */ {true, 0x1000, 255, 32, 16777216, 0x100000},
};
/* clang-format on */

static void capacity_vectors_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(capacity_vectors); i++) {
		const struct capacity_vector *want = &capacity_vectors[i];
		struct itsg_geometry geo;

		itsg_geometry_decode(
			baser_of(want->page_bytes, want->entry_bytes, want->size, want->two_level),
			&geo);
		assert_int_equal(geo.capacity, want->capacity);
		assert_int_equal(geo.bytes, want->bytes);
	}
}

static void level1_pages_cover_every_id(void **state)
{
	(void)state;
	assert_int_equal(itsg_level1_pages(0x1000, 8, 16), 1);
	assert_int_equal(itsg_level1_pages(0x10000, 8, 16), 1);
	assert_int_equal(itsg_level1_pages(0x1000, 8, 18), 1);
	assert_int_equal(itsg_level1_pages(0x1000, 8, 19), 2);
	assert_int_equal(itsg_level1_pages(0x10000, 8, 32), 64);
	assert_int_equal(itsg_level1_pages(0x1000, 8, 26), 256);
	assert_int_equal(itsg_level1_pages(0x1000, 8, 32), 256); /* all that Size can say */
	assert_int_equal(itsg_level1_pages(0x1000, 32, 1), 1);
}

/* ---- collections ---- */

static void collection_vectors_hold(void **state)
{
	struct itsg_typer typer = {.icid_bits = 16};

	(void)state;
	/* GIC H1 to H6 */
	assert_int_equal(itsg_collections(&typer, 8192), 8192);
	typer.hcc = 16;
	assert_int_equal(itsg_collections(&typer, 0), 16);
	typer.cct = true;
	assert_int_equal(itsg_collections(&typer, 0), 16);
	assert_int_equal(itsg_collections(&typer, 8192), 8208);
	typer.cct = false;
	assert_int_equal(itsg_collections(&typer, 8192), 8192);
	typer.hcc = 0;
	typer.icid_bits = 8;
	assert_int_equal(itsg_collections(&typer, 8192), 256);
	typer.hcc = 255;
	typer.cct = true;
	typer.icid_bits = 13;
	assert_int_equal(itsg_collections(&typer, 8192), 8192);
}

/* ---- ITTs ---- */

struct itt_vector {
	uint64_t pa;
	uint32_t size, entry_bytes;
	uint64_t bytes, last;
	uint64_t first[3], count[3]; /* pages of 4, 16 and 64 KB */
};

/* clang-format off */
static const struct itt_vector itt_vectors[] = {
	/* GIC I1 */ {0x98765000, 4, 8, 0x100, 0x987650ff, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I2 */ {0x98765f00, 4, 8, 0x100, 0x98765fff, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I3 */ {0x98765f00, 5, 8, 0x200, 0x987660ff, {0x98765, 0x261d9, 0x9876}, {2, 1, 1}},
	/* GIC I4 */ {0x98765f00, 0, 8, 0x10, 0x98765f0f, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I5 */ {0x98765000, 0, 1, 0x2, 0x98765001, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I6 */ {0x98765e00, 0, 16, 0x20, 0x98765e1f, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I7 */ {0x98765100, 8, 8, 0x1000, 0x987660ff, {0x98765, 0x261d9, 0x9876}, {2, 1, 1}},
	/* GIC I8 */ {0x98765100, 7, 8, 0x800, 0x987658ff, {0x98765, 0x261d9, 0x9876}, {1, 1, 1}},
	/* GIC I9 */
	{0x9876ff00, 11, 12, 0xc000, 0x9877beff, {0x9876f, 0x261db, 0x9876}, {13, 4, 2}},
	/* GIC I10 */
	{0x98760000, 15, 8, 0x80000, 0x987dffff, {0x98760, 0x261d8, 0x9876}, {128, 32, 8}},
	/* GIC I11 */
	{0x98760100, 15, 8, 0x80000, 0x987e00ff, {0x98760, 0x261d8, 0x9876}, {129, 33, 9}},
	/* GIC I12 */
	{0x98763f00, 9, 16, 0x4000, 0x98767eff, {0x98763, 0x261d8, 0x9876}, {5, 2, 1}},
	/* GIC I13 */
	{0x98764000, 9, 16, 0x4000, 0x98767fff, {0x98764, 0x261d9, 0x9876}, {4, 1, 1}},
	/* GIC I14 */ {0x987f0000, 15, 16, 0x100000, 0x988effff, {0x987f0, 0x261fc, 0x987f},
		   {256, 64, 16}},
	/* GIC I15 */ {0x987fff00, 15, 16, 0x100000, 0x988ffeff, {0x987ff, 0x261ff, 0x987f},
		   {257, 65, 17}},
	/* GIC I16 */ {0xffffffffffc00, 7, 4, 0x400, 0xfffffffffffff,
		   {0xffffffffff, 0x3fffffffff, 0xfffffffff}, {1, 1, 1}},
	/* GIC I17 */
	{0x100000000, 31, 16, 0x1000000000, 0x10ffffffff, {0x100000, 0x40000, 0x10000},
	 {16777216, 4194304, 1048576}},
	/* GIC I18 */ {0x40000000, 24, 8, 0x10000000, 0x4fffffff, {0x40000, 0x10000, 0x4000},
		   {65536, 16384, 4096}},
};
/* clang-format on */

static void itt_vectors_hold(void **state)
{
	static const uint32_t shift[3] = {12, 14, 16};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(itt_vectors); i++) {
		const struct itt_vector *want = &itt_vectors[i];
		const uint64_t bytes = itsg_itt_bytes(want->size, want->entry_bytes);
		const struct itsg_run run = itsg_run_of(want->pa, bytes);

		assert_int_equal(bytes, want->bytes);
		assert_int_equal(want->pa + bytes - 1, want->last);
		assert_int_equal(run.pa, want->pa);
		for (int p = 0; p < 3; p++) {
			assert_int_equal(run.pa >> shift[p], want->first[p]);
			assert_int_equal(((run.pa + run.bytes - 1) >> shift[p]) -
						 (run.pa >> shift[p]) + 1,
					 want->count[p]);
		}
	}
}

static void a_run_is_rounded_out_to_granules_and_no_further(void **state)
{
	struct itsg_run run = itsg_run_of(0x98765000, 0x2);

	(void)state;
	assert_int_equal(run.bytes, 0x100);
	run = itsg_run_of(0x98765f00, 0x101);
	assert_int_equal(run.pa, 0x98765f00);
	assert_int_equal(run.bytes, 0x200);
	run = itsg_run_of(0x987650ff, 2); /* no ITT starts there, but the run would be right */
	assert_int_equal(run.pa, 0x98765000);
	assert_int_equal(run.bytes, 0x200);
	run = itsg_run_of(0xffffffffffc00, 0x800);
	assert_int_equal(run.pa + run.bytes, 0x10000000000400);
}

/* ---- what hardware keeps ---- */

static void kept_fields_are_looked_up_and_read_only_ones_put_in(void **state)
{
	const struct itsg_keeps keeps = {.page = {1, 1, 1, 1},
					 .share = {0, 1, 0, 0},
					 .inner = {0, 1, 2, 3, 4, 5, 6, 1},
					 .outer = {0, 0, 0, 0, 0, 0, 0, 0},
					 .indirect = false};
	const uint64_t read_only = 0x0107000000000000;

	(void)state;
	assert_int_equal(itsg_keeps_baser(&keeps, read_only, 0xffffffffffffffff),
			 0x8907fffffffff1ff);
	assert_int_equal(itsg_keeps_baser(&keeps, read_only, 0x3800000000000400),
			 0x0907000000000500);
	assert_int_equal(itsg_keeps_cbaser(&keeps, 0xffffffffffffffff), 0x880ffffffffff0ff);
	assert_int_equal(itsg_keeps_cbaser(&keeps, 0x0000000000000400), 0x0000000000000400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(baser_vectors_decode),
		cmocka_unit_test(an_encoded_table_decodes_to_the_same),
		cmocka_unit_test(a_table_must_be_aligned_to_its_page),
		cmocka_unit_test(a_table_must_end_inside_the_physical_address_size),
		cmocka_unit_test(a_table_of_small_pages_may_not_pass_48_bits),
		cmocka_unit_test(a_flat_table_may_be_limited_in_pages),
		cmocka_unit_test(index_vectors_hold),
		cmocka_unit_test(level1_words_are_judged_in_order),
		cmocka_unit_test(a_level2_page_must_end_inside_the_physical_address_size),
		cmocka_unit_test(phys_mask_is_a_mask),
		cmocka_unit_test(pages_below_64k_have_48_bits_of_address),
		cmocka_unit_test(capacity_vectors_hold),
		cmocka_unit_test(level1_pages_cover_every_id),
		cmocka_unit_test(collection_vectors_hold),
		cmocka_unit_test(itt_vectors_hold),
		cmocka_unit_test(a_run_is_rounded_out_to_granules_and_no_further),
		cmocka_unit_test(kept_fields_are_looked_up_and_read_only_ones_put_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
