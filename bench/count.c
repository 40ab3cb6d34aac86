/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "count.h"

#include <stdarg.h>

uint64_t count_brackets, count_callbacks;
bool count_inside;
uint32_t count_depth;

void count_begin(void)
{
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	count_brackets = count_callbacks = 0;
}

void count_end(void)
{
	CALLGRIND_STOP_INSTRUMENTATION;
}

void count_figure(uint64_t operations, const char *format, ...)
{
	char name[160], label[240];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	snprintf(label, sizeof(label), "%s|%" PRIu64 "|%" PRIu64 "|%" PRIu64, name, operations,
		 count_brackets, count_callbacks);
	CALLGRIND_DUMP_STATS_AT(label);
	count_brackets = count_callbacks = 0;
}

static int idle_callback(void *ctx, uint64_t value)
{
	count_leave();
	(void)ctx;
	(void)value;
	count_enter();
	return 0;
}

void count_calibrate(void)
{
	int (*volatile callback)(void *ctx, uint64_t value) = idle_callback;
	int (*const call)(void *ctx, uint64_t value) = callback;

	count_begin();
	for (int i = 0; i < 100; i++) {
		count_on();
		count_off();
	}
	count_figure(100, "calibrate/bracket");
	for (int i = 0; i < 100; i++) {
		count_on();
		call(NULL, 0);
		count_off();
	}
	count_figure(100, "calibrate/callback");
	count_end();
}
