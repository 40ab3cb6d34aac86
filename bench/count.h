/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Counting instructions: what lies between count_on() and count_off(), when the program runs under
 * callgrind with --instr-atstart=no --collect-atstart=no --combine-dumps=yes. Without callgrind all
 * of it does nothing.
 *
 * Each figure is one dump. Its label says what it is and by what to divide it:
 *
 *	NAME|operations|brackets|callbacks
 *
 * bench/report.awk takes off what brackets and callbacks cost by themselves, as count_calibrate()
 * found it.
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <valgrind/callgrind.h>

/* Since the last count_figure(). */
extern uint64_t count_brackets, count_callbacks;
extern bool count_inside;    /* a bracket */
extern uint32_t count_depth; /* of callbacks */

static inline void count_toggle(void)
{
	CALLGRIND_TOGGLE_COLLECT;
}

static inline void count_on(void)
{
	count_brackets++;
	count_inside = true;
	count_toggle();
}

static inline void count_off(void)
{
	count_toggle();
	count_inside = false;
}

/* A callback begins and ends with these: it does not count. */
static inline void count_leave(void)
{
	if (!count_inside || count_depth++)
		return;
	count_toggle();
	count_callbacks++;
}

static inline void count_enter(void)
{
	if (count_inside && !--count_depth)
		count_toggle();
}

/* No bracket is open any more. For a program that left one, in a callback or behind it. */
static inline void count_abandon(void)
{
	count_inside = false;
	count_depth = 0;
}

/* Around a part of the program that counts: the rest of it runs faster. */
void count_begin(void);
void count_end(void);

/* What was counted since the last figure is this figure, of so many operations. */
void count_figure(uint64_t operations, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What a bracket costs that has nothing in it, and a callback that does nothing. */
void count_calibrate(void);

#endif
