/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The map of a redistributor's frames: registers and widths (GIC 8.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rd_frame.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct place {
	uint32_t first, end; /* byte offsets */
	enum itsg_rd_register reg;
	uint32_t width;
};

static const struct place places[] = {
	{0x0000, 0x0004, ITSG_RD_CTLR, 4},
	{0x0004, 0x0008, ITSG_RD_READ_ONLY_32, 4}, /* IIDR */
	{0x0008, 0x0010, ITSG_RD_TYPER, 8},
	{0x0010, 0x0014, ITSG_RD_RESERVED_32, 4}, /* STATUSR */
	{0x0014, 0x0018, ITSG_RD_WAKER, 4},
	{0x0018, 0x001c, ITSG_RD_READ_ONLY_32, 4}, /* MPAMIDR */
	{0x001c, 0x0020, ITSG_RD_RESERVED_32, 4},  /* PARTIDR */
	{0x0020, 0x0040, ITSG_RD_RESERVED, 4},     /* FCTLR, PWRR, ... of some */
	{0x0040, 0x0048, ITSG_RD_SETLPIR, 8},
	{0x0048, 0x0050, ITSG_RD_CLRLPIR, 8},
	{0x0050, 0x0070, ITSG_RD_RESERVED, 4},
	{0x0070, 0x0078, ITSG_RD_PROPBASER, 8},
	{0x0078, 0x0080, ITSG_RD_PENDBASER, 8},
	{0x0080, 0x00a0, ITSG_RD_RESERVED, 4},
	{0x00a0, 0x00a8, ITSG_RD_INVLPIR, 8},
	{0x00a8, 0x00b0, ITSG_RD_RESERVED, 4},
	{0x00b0, 0x00b8, ITSG_RD_INVALLR, 8},
	{0x00b8, 0x00c0, ITSG_RD_RESERVED, 4},
	{0x00c0, 0x00c4, ITSG_RD_SYNCR, 4},
	{0x00c4, 0xffd0, ITSG_RD_RESERVED, 4},
	{0xffd0, 0x10000, ITSG_RD_READ_ONLY_32, 4}, /* identification */
	{0x10000, 0x20070, ITSG_RD_RESERVED, 4},    /* SGI_base is not the guard's */
	{0x20070, 0x20078, ITSG_RD_VPROPBASER, 8},
	{0x20078, 0x20080, ITSG_RD_VPENDBASER, 8},
	{0x20080, 0x40000, ITSG_RD_RESERVED, 4},
};

static void each_byte_lies_in_its_register(void **state)
{
	uint32_t at = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_int_equal(places[i].first, at);
		for (; at < places[i].end; at++) {
			assert_int_equal(itsg_rd_frame_register(at, true), places[i].reg);
			assert_int_equal(itsg_rd_frame_width(at), places[i].width);
			assert_int_equal(itsg_rd_frame_is_64_bits(places[i].reg),
					 places[i].width == 8);
			if (at >= 0x20000)
				assert_int_equal(itsg_rd_frame_register(at, false),
						 ITSG_RD_RESERVED);
		}
	}
	assert_int_equal(at, 0x40000);
}

static enum itsg_reason check(uint32_t offset, uint32_t width, bool vlpis)
{
	return itsg_rd_frame_check(itsg_rd_frame_register(offset, vlpis), offset, width, vlpis);
}

static void only_32_and_64_bits_are_widths(void **state)
{
	static const uint32_t widths[] = {0, 1, 2, 3, 5, 7, 16, 0x80000004};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		assert_int_equal(check(0x70, widths[i], false), ITSG_BAD_WIDTH); /* GIC L15 */
	assert_int_equal(check(0x00, 8, false), ITSG_BAD_WIDTH);                 /* GIC D10 */
	assert_int_equal(check(0x10, 8, false), ITSG_BAD_WIDTH);
	assert_int_equal(check(0xc0, 8, false), ITSG_BAD_WIDTH);
	assert_int_equal(check(0xffe8, 8, false), ITSG_BAD_WIDTH);
	assert_int_equal(check(0x70, 8, false), ITSG_OK);
	assert_int_equal(check(0x70, 4, false), ITSG_OK);
	assert_int_equal(check(0x74, 4, false), ITSG_OK);
	assert_int_equal(check(0x20, 8, false), ITSG_OK); /* reserved: as its frame */
}

static void what_is_not_aligned_or_not_in_a_frame_of_the_guards_is_refused(void **state)
{
	(void)state;
	assert_int_equal(check(0x74, 8, false), ITSG_BAD_ALIGNMENT); /* GIC L15 */
	assert_int_equal(check(0x72, 4, false), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0xfffc, 4, false), ITSG_OK);
	assert_int_equal(check(0x10000, 4, false), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0x20070, 8, false), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0x10000, 4, true), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0x1fffc, 4, true), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0x20000, 4, true), ITSG_OK);
	assert_int_equal(check(0x2fffc, 4, true), ITSG_OK);
	assert_int_equal(check(0x30000, 4, true), ITSG_BAD_ALIGNMENT);
	assert_int_equal(check(0xfffffff8, 8, true), ITSG_BAD_ALIGNMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_lies_in_its_register),
		cmocka_unit_test(only_32_and_64_bits_are_widths),
		cmocka_unit_test(what_is_not_aligned_or_not_in_a_frame_of_the_guards_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
