/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The log: events as the platform gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "log.h"

static struct itsg_event last;
static unsigned told;

static void on_event(void *ctx, const struct itsg_event *event)
{
	last = *event;
	told += *(unsigned *)ctx;
}

static void an_event_is_told_with_all_that_it_has(void **state)
{
	static const uint8_t command[32] = {8};
	unsigned one = 1;
	struct itsg_platform platform;

	(void)state;
	memset(&platform, 0, sizeof(platform));
	platform.ops.event = on_event;
	platform.ctx = &one;
	itsg_log(&platform, ITSG_EVENT_REFUSED_COMMAND, ITSG_DEVICE_OOR, 0x40, 0x123456789ull,
		 command);
	assert_int_equal(told, 1);
	assert_int_equal(last.kind, ITSG_EVENT_REFUSED_COMMAND);
	assert_int_equal(last.reason, ITSG_DEVICE_OOR);
	assert_int_equal(last.offset, 0x40);
	assert_int_equal(last.value, 0x123456789ull);
	assert_ptr_equal(last.command, command);
}

static void a_platform_that_wants_none_is_told_none(void **state)
{
	struct itsg_platform platform;

	(void)state;
	memset(&platform, 0, sizeof(platform));
	told = 0;
	itsg_log(&platform, ITSG_EVENT_BROKEN, ITSG_OK, 0, 0, NULL);
	assert_int_equal(told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_told_with_all_that_it_has),
		cmocka_unit_test(a_platform_that_wants_none_is_told_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
