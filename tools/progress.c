/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST 2000 /* milliseconds */
#define EVERY 200

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, bool wanted)
{
	p->on = wanted && isatty(STDERR_FILENO);
	p->shown = false;
	p->next = p->on ? milliseconds() + FIRST : 0;
}

void progress_tell(struct progress *p, const char *format, ...)
{
	uint64_t now = p->on ? milliseconds() : 0;
	va_list args;

	if (!p->on || now < p->next)
		return;
	fflush(stdout);
	fputc('\r', stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\033[K", stderr);
	p->shown = true;
	p->next = now + EVERY;
}

void progress_clear(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
