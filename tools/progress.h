/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * How far something is that takes a while: a line on standard error that is written over itself,
 * from the second second on, and on a terminal only.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on, shown;
	uint64_t next; /* milliseconds: when it is told again */
};

/* wanted: somebody looks, if there is a terminal. */
void progress_begin(struct progress *p, bool wanted);
void progress_tell(struct progress *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The line goes: before anything else is printed, and in the end. */
void progress_clear(struct progress *p);

#endif
