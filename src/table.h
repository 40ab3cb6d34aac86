/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The life of tables and of the queue's memory: armed at Enabled 0 -> 1 (arm.c), retired when the
 * host gives them up (retire.c), reaped a step at a time.
 */
#ifndef ITSGUARD_TABLE_H
#define ITSGUARD_TABLE_H

#include "state.h"

/* Fields of GITS_BASER that the guard writes and hardware must keep. */
#define ITSG_BASER_WRITTEN                                                                         \
	(ITSG_BASER_VALID | ITSG_BASER_INDIRECT | ITSG_BASER_INNER_CACHE |                         \
	 ITSG_BASER_OUTER_CACHE | ITSG_BASER_ADDRESS | ITSG_BASER_SHAREABILITY |                   \
	 ITSG_BASER_PAGE_SIZE | ITSG_BASER_SIZE)

/* The offset of a table's register. */
uint32_t itsg_table_offset(const struct itsg_its *its, const struct itsg_table *table);

/* What the host reads back from its register. */
uint64_t itsg_table_visible(const struct itsg_table *table);

/* Host memory that a table claims: all of it, or its level 1. */
struct itsg_run itsg_table_run(const struct itsg_table *table);

/*
 * CTLR.Enabled from 0 to 1: checks everything, claims, gives hardware the tables and the ring, and
 * enables it. Reasons as for itsg_write(). Hardware must be disabled and quiescent.
 */
enum itsg_reason itsg_arm(struct itsg_its *its);

/* The host gives up a table that hardware has. Hardware must be disabled and quiescent. */
void itsg_retire_table(struct itsg_its *its, struct itsg_table *table);

/* Has the host cleared Valid of a table that is in use? Then its->given_up is set. */
void itsg_retire_note(struct itsg_its *its);

/*
 * Step: retires what is noted, once hardware is quiescent (H6). What it held goes in the steps that
 * follow. False if there is nothing, or it is too early.
 */
bool itsg_retire_given_up(struct itsg_its *its);

/* Step: a part of what is retired. False if nothing is left, or a store failed. */
bool itsg_retire_step(struct itsg_its *its);

/* Does this hardware forget a table whose Valid is cleared? */
bool itsg_retire_forgets(const struct itsg_its *its);

/*
 * All steps at once, of what is over in the journal too; bounded by the tables, the journal and one
 * command (I6). False: a store failed, and something is left.
 */
bool itsg_retire_finish(struct itsg_its *its);

/* Is anything retired that still waits for itsg_retire_step()? */
bool itsg_retire_pending(const struct itsg_its *its);

/* Takes the kept extent off the list that is exactly this run. */
bool itsg_kept_revive(struct itsg_its *its, const struct itsg_run *run);
void itsg_kept_add(struct itsg_its *its, const struct itsg_run *run);

/* An ITT's claim is kept until hardware forgets the device table; for ever if it does not (F29). */
void itsg_kept_add_itt(struct itsg_its *its, const struct itsg_run *run);

#endif
