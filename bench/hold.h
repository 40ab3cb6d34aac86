/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * How long one entry to the library holds the caller's lock: each call of itsg_write(), itsg_read()
 * and itsg_poll() is counted by itself, without the callbacks. The linker puts hold.c between the
 * library and whoever calls it (--wrap), so that anything which drives a guard can be measured.
 */
#ifndef BENCH_HOLD_H
#define BENCH_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hold_kind {
	HOLD_RUN,    /* anything but these: what the budget bounds */
	HOLD_ARM,    /* CTLR.Enabled set */
	HOLD_TABLES, /* CBASER or BASER written: a queue or a table may be given up */
};

/* What drives the guard now, for the names of figures: hold/KIND/BUDGET/SOURCE/NUMBER. */
void hold_source(const char *source);

/*
 * All guards initialised from now on get these; 0: what they ask for. A budget that is less stays:
 * some fuzz targets know theirs.
 */
void hold_force(uint32_t budget, uint32_t event_bits);

/*
 * Instead of dumps of callgrind: is called after each entry. Calls of hold_block(), which a
 * compiler puts into each basic block of the library (-fsanitize-coverage=trace-pc), are counted
 * meanwhile.
 */
typedef void hold_fn(enum hold_kind kind, uint64_t blocks);
void hold_on_entry(hold_fn *fn);

/* hold_target.c: an input of the fuzz target, to its end or to what the target finds. */
void hold_input(const uint8_t *data, size_t size);

#endif
