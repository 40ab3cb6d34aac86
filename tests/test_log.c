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

/* Of what the reason says that a callback failed. */
static void the_callback_of_a_refusal_is_told(void **state)
{
	static const struct {
		enum itsg_reason reason;
		enum itsg_callback callback;
	} cases[] = {
		{ITSG_OK, ITSG_CALLBACK_NONE},
		{ITSG_TABLE_OVERLAP, ITSG_CALLBACK_NONE},
		{ITSG_SHARE_REFUSED, ITSG_CALLBACK_SHARE},
		{ITSG_DONATE_REFUSED, ITSG_CALLBACK_DONATE},
		{ITSG_ZERO_FAILED, ITSG_CALLBACK_ZERO},
		{ITSG_FETCH_FAILED, ITSG_CALLBACK_FETCH},
		{ITSG_STORE_FAILED, ITSG_CALLBACK_STORE},
		{ITSG_HARDWARE_MISMATCH, ITSG_CALLBACK_REG_WRITE},
	};
	unsigned one = 1;
	struct itsg_platform platform;

	(void)state;
	memset(&platform, 0, sizeof(platform));
	platform.ops.event = on_event;
	platform.ctx = &one;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		itsg_log(&platform, ITSG_EVENT_REFUSED_COMMAND, cases[i].reason, 0, 0, NULL);
		assert_int_equal(last.callback, cases[i].callback);
	}
}

/* A register and an address; the page, where one was refused. */
static void what_is_to_blame_is_told_once(void **state)
{
	unsigned one = 1;
	struct itsg_platform platform;

	(void)state;
	memset(&platform, 0, sizeof(platform));
	platform.ops.event = on_event;
	platform.ctx = &one;
	platform.refused = 0x5000;
	itsg_log_blame(&platform, 0x108, 0x4000);
	itsg_log(&platform, ITSG_EVENT_LEAKED, ITSG_OK, 0, 5, NULL); /* on the way */
	assert_int_equal(last.culprit, 0);
	assert_int_equal(last.pa, 0);
	itsg_log_refused_access(&platform, ITSG_TABLE_SIZE, 0, 1);
	assert_int_equal(last.kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(last.value, 1);
	assert_null(last.command);
	assert_int_equal(last.culprit, 0x108);
	assert_int_equal(last.pa, 0x4000);
	itsg_log_refused_access(&platform, ITSG_READ_ONLY, 4, 1);
	assert_int_equal(last.culprit, 0);
	assert_int_equal(last.pa, 0);
	itsg_log_blame(&platform, 0x80, 0x4000);
	itsg_log_refused_access(&platform, ITSG_SHARE_REFUSED, 0, 1);
	assert_int_equal(last.culprit, 0x80);
	assert_int_equal(last.pa, 0x5000);
	itsg_log(&platform, ITSG_EVENT_REFUSED_COMMAND, ITSG_DONATE_REFUSED, 0, 0, NULL);
	assert_int_equal(last.pa, 0x5000);
	itsg_log(&platform, ITSG_EVENT_REFUSED_COMMAND, ITSG_ITT_OVERLAP, 0, 0, NULL);
	assert_int_equal(last.pa, 0);
}

static void a_platform_that_wants_none_is_told_none(void **state)
{
	struct itsg_platform platform;

	(void)state;
	memset(&platform, 0, sizeof(platform));
	told = 0;
	itsg_log(&platform, ITSG_EVENT_BROKEN, ITSG_OK, 0, 0, NULL);
	itsg_log_refused_access(&platform, ITSG_READ_ONLY, 4, 1);
	assert_int_equal(told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_told_with_all_that_it_has),
		cmocka_unit_test(the_callback_of_a_refusal_is_told),
		cmocka_unit_test(what_is_to_blame_is_told_once),
		cmocka_unit_test(a_platform_that_wants_none_is_told_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
