/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What hardware may still know of what the host has given up: its claims stay. Some of it is
 * listed, for it may have another end.
 */
#ifndef ITSGUARD_KEPT_H
#define ITSGUARD_KEPT_H

#include "itsguard/env.h"
#include "itsguard/pages.h"

/*
 * The extent of a flat table that hardware may still know; or where hardware forgets its tables, an
 * ITT that it would not let go of before. No extent: bytes 0.
 */
struct itsg_kept {
	struct itsg_run run;
	bool itt;
};

struct itsg_kept_list {
	struct itsg_kept *extents; /* `capacity` of them */
	uint32_t capacity;
	uint64_t granules; /* of all that is kept, listed or not */
};

/* Counts what is kept for ever. */
void itsg_kept_count(struct itsg_kept_list *kept, const struct itsg_run *run);

/* A flat table: the host may arm the very same again (revive). */
void itsg_kept_add(struct itsg_kept_list *kept, const struct itsg_run *run);

/* An ITT's claim is kept until hardware forgets the device table, if it does (F29). */
void itsg_kept_add_itt(struct itsg_kept_list *kept, const struct itsg_run *run, bool forgets);

/* Takes the table off the list that is exactly this run. False: there is none. */
bool itsg_kept_revive(struct itsg_kept_list *kept, const struct itsg_run *run);

/* Takes number `index` of the list off, if it is an ITT: *run is to be dropped now. */
bool itsg_kept_take_itt(struct itsg_kept_list *kept, uint32_t index, struct itsg_run *run);

#endif
