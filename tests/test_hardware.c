/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The registers of the ITS itself, by the platform's callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "hardware.h"

struct access {
	unsigned count;
	uint32_t offset, width;
	uint64_t value;
};

static uint64_t on_read(void *ctx, uint32_t offset, uint32_t width)
{
	struct access *access = ctx;

	access->count++;
	access->offset = offset;
	access->width = width;
	return access->value;
}

static void on_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	on_read(ctx, offset, width);
	((struct access *)ctx)->value = value;
}

static struct itsg_platform platform_of(struct access *access)
{
	struct itsg_platform platform;

	memset(&platform, 0, sizeof(platform));
	platform.ops.reg_read = on_read;
	platform.ops.reg_write = on_write;
	platform.ctx = access;
	return platform;
}

static void each_register_is_accessed_once_at_its_own_width(void **state)
{
	struct access access = {.value = 5};
	const struct itsg_platform platform = platform_of(&access);

	(void)state;
	assert_int_equal(itsg_hw_read(&platform, 0x8), 5);
	assert_int_equal(access.offset, 0x8);
	assert_int_equal(access.width, 8);
	itsg_hw_write(&platform, 0x0, 1);
	assert_int_equal(access.offset, 0x0);
	assert_int_equal(access.width, 4);
	assert_int_equal(access.value, 1);
	itsg_hw_write(&platform, 0x138, (uint64_t)1 << 63);
	assert_int_equal(access.width, 8);
	assert_int_equal(access.value, (uint64_t)1 << 63);
	assert_int_equal(access.count, 3);
}

static void enabled_is_bit_0_of_CTLR_alone(void **state)
{
	struct access access = {.value = 0xfffffffe};
	const struct itsg_platform platform = platform_of(&access);

	(void)state;
	assert_false(itsg_hw_enabled(&platform));
	assert_int_equal(access.offset, 0);
	access.value = 1;
	assert_true(itsg_hw_enabled(&platform));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_register_is_accessed_once_at_its_own_width),
		cmocka_unit_test(enabled_is_bit_0_of_CTLR_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
