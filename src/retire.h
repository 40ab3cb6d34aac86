/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Retiring a table that the host gives up, and reaping a step at a time what it held.
 */
#ifndef ITSGUARD_RETIRE_H
#define ITSGUARD_RETIRE_H

#include "itsguard/env.h"
#include "itsguard/pages.h"

struct itsg_its;
struct itsg_table;

/* What retired memory hardware has forgotten, on its way back, a part in a step. None: bytes 0. */
struct itsg_dropping {
	struct itsg_run run;
	enum itsg_kind kind;
};

/* What is retired and not reaped yet. */
struct itsg_retiring {
	struct itsg_dropping dropping;
	uint32_t tables; /* how many are dying */
	bool devices;    /* all records belong to a retired table */
	bool forgotten;  /* and hardware has forgotten that */
	uint32_t reaped; /* record slots done, then extents kept */
};

/* The host gives up a table that hardware has. Hardware must be disabled and quiescent. */
void itsg_retire_table(struct itsg_its *its, struct itsg_table *table);

/* Has the host cleared Valid of a table that is in use? Then its->given_up is set. */
void itsg_retire_note(struct itsg_its *its);

/*
 * Step: retires what is noted, once hardware is quiescent (H6). What it held goes in the steps that
 * follow. False if there is nothing, or it is too early.
 */
bool itsg_retire_given_up(struct itsg_its *its);

/* Step: a part of what is retired, of which something must be left. False if a store failed. */
bool itsg_retire_step(struct itsg_its *its);

/*
 * All steps at once, of what is over in the journal too; bounded by the tables, the journal and one
 * command (I6). False: a store failed, and something is left.
 */
bool itsg_retire_finish(struct itsg_its *its);

/* Is anything retired that still waits for itsg_retire_step()? */
static inline bool itsg_retire_pending(const struct itsg_retiring *retiring)
{
	return retiring->tables || retiring->devices || retiring->dropping.run.bytes;
}

#endif
