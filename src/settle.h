/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* How what was published ends. Of entries of the journal. */
#ifndef ITSGUARD_SETTLE_H
#define ITSGUARD_SETTLE_H

#include "state.h"

/* Step: takes the first entry off if it is over, once its claims are dropped, a part in a step. */
bool itsg_settle_first(struct itsg_its *its);
static inline bool itsg_settle_step(struct itsg_its *its)
{
	return its->journal.count && itsg_settle_first(its);
}

/*
 * Hardware would not take an unmap that is not the host's any more, so it may go on using the
 * mapping (F14). No-op for other entries.
 */
void itsg_settle_unmap_failed(struct itsg_its *its, struct itsg_entry *entry);

/*
 * Hardware would not take a map that is not the host's any more, and an unmap of ours has taken its
 * slot: the device's record and its ITT go with that (F26).
 */
void itsg_settle_map_failed(struct itsg_its *its, struct itsg_entry *entry);

/*
 * The host gives up a stalled queue or its collection table, or hardware has lost its queue: what
 * was not passed will never be.
 * Each unpassed MAPD becomes a MAPD V=0 of ours, owed to the next queue; the rest vanishes.
 */
void itsg_settle_abandon(struct itsg_its *its);

/* The device table is retired: nothing published matters any more. */
void itsg_settle_retired(struct itsg_its *its, bool forgotten);

#endif
