/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Incremental forms of itsg_check() and of oracle_check(): after each operation they look at what
 * has changed since the last look, and at sums that cost nothing to compare. What did not change
 * was right before. The full forms are made at the end of each input, and in between now and then.
 *
 *	tracker		each entry that changed: in range, found again, there once, and the page is
 *			in memory what the entry says; the sums of all entries are the counters
 *	page states	pins and donations in memory = pages in the tracker
 *	books		granules on record = granules in the tracker
 *	reach		each MAPD and level-1 word, the moment after it is written where the ITS can
 *			read it: all that it names is held and claimed. What is released is judged
 *			by the world (world_on_misuse())
 *	queue, journal	order and bounds
 */
#ifndef FUZZ_QUICK_H
#define FUZZ_QUICK_H

#include "world.h"

struct quick;

struct quick *quick_new(void);
/* Another world, or the same one after a reset. */
void quick_begin(struct quick *quick, struct world *world);
/* The world is known to be right as it is. */
void quick_adopt(struct quick *quick);
/* Before each store to private memory, and before each callback that could release a page. */
void quick_store(struct quick *quick, uint64_t pa, uint64_t bytes);
void quick_settle_store(struct quick *quick);
/*
 * Anything wrong is a finding. registers: a register other than CWRITER was written, so that tables
 * and queue can have come or gone without a counter that tells.
 */
void quick_check(struct quick *quick, bool registers);

#endif
