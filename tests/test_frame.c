/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The map of the control frame: registers and widths (GIC 1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "frame.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct place {
	uint32_t first, end; /* byte offsets */
	enum itsg_register reg;
	uint32_t width;
};

static const struct place places[] = {
	{0x0000, 0x0004, ITSG_REG_CTLR, 4},
	{0x0004, 0x0008, ITSG_REG_READ_ONLY_32, 4}, /* IIDR */
	{0x0008, 0x0010, ITSG_REG_TYPER, 8},
	{0x0010, 0x0014, ITSG_REG_FEATURE_32, 4}, /* MPAMIDR */
	{0x0014, 0x0018, ITSG_REG_RESERVED, 4},
	{0x0018, 0x001c, ITSG_REG_FEATURE_32, 4}, /* MPIDR */
	{0x001c, 0x0040, ITSG_REG_RESERVED, 4},
	{0x0040, 0x0044, ITSG_REG_RESERVED_32, 4}, /* STATUSR */
	{0x0044, 0x0080, ITSG_REG_RESERVED, 4},
	{0x0080, 0x0088, ITSG_REG_CBASER, 8},
	{0x0088, 0x0090, ITSG_REG_CWRITER, 8},
	{0x0090, 0x0098, ITSG_REG_CREADR, 8},
	{0x0098, 0x0100, ITSG_REG_RESERVED, 4},
	{0x0100, 0x0140, ITSG_REG_BASER, 8},
	{0x0140, 0xffd0, ITSG_REG_RESERVED, 4},
	{0xffd0, 0x10000, ITSG_REG_READ_ONLY_32, 4}, /* identification */
};

static void each_byte_of_the_frame_lies_in_its_register(void **state)
{
	uint32_t at = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_int_equal(places[i].first, at);
		for (; at < places[i].end; at++) {
			assert_int_equal(itsg_frame_register(at), places[i].reg);
			assert_int_equal(itsg_frame_width(at), places[i].width);
			assert_int_equal(itsg_frame_is_64_bits(places[i].reg),
					 places[i].width == 8);
		}
	}
	assert_int_equal(at, 0x10000);
}

static bool is_32_bits(enum itsg_register reg)
{
	return reg == ITSG_REG_CTLR || reg == ITSG_REG_READ_ONLY_32 || reg == ITSG_REG_FEATURE_32 ||
	       reg == ITSG_REG_RESERVED_32;
}

static enum itsg_reason checked(uint32_t offset, uint32_t width)
{
	return itsg_frame_check(itsg_frame_register(offset), offset, width);
}

static void aligned_words_may_be_accessed_and_doublewords_where_none_is_32_bits(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 0x10000; at++) {
		const bool narrow = is_32_bits(itsg_frame_register(at));

		assert_int_equal(checked(at, 4), at % 4 ? ITSG_BAD_ALIGNMENT : ITSG_OK);
		assert_int_equal(checked(at, 8), at % 8   ? ITSG_BAD_ALIGNMENT
						 : narrow ? ITSG_BAD_WIDTH
							  : ITSG_OK);
	}
}

static void no_other_width_and_nothing_beyond_the_frame(void **state)
{
	static const uint32_t widths[] = {0, 1, 2, 3, 5, 6, 7, 9, 12, 16, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		assert_int_equal(checked(0x80, widths[i]), ITSG_BAD_WIDTH);
	assert_int_equal(checked(0x10000, 8), ITSG_BAD_ALIGNMENT);
	assert_int_equal(checked(0xfffffffc, 4), ITSG_BAD_ALIGNMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_of_the_frame_lies_in_its_register),
		cmocka_unit_test(
			aligned_words_may_be_accessed_and_doublewords_where_none_is_32_bits),
		cmocka_unit_test(no_other_width_and_nothing_beyond_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
