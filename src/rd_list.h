/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The redistributors, as an ITS names them: the one list that RDbase of a command is checked
 * against, and that barriers go along (T15, P17).
 */
#ifndef ITSGUARD_RD_LIST_H
#define ITSGUARD_RD_LIST_H

#include "itsguard/config.h"
#include "itsguard/env.h"

/* What a list points to stays where it is: it lies in the memory of the ITS or of the
 * redistributors.
 */
struct itsg_rd_list {
	const uint64_t *rdbase; /* by place */
	const uint64_t *sorted; /* the same, ascending */
	const uint32_t *place;  /* of each of `sorted`; NULL: they stand as in rdbase */
	/* Of each place, not 0 if its LPIs are on or on their way off; NULL: nobody knows. */
	const uint8_t *phase;
	const uint64_t *turned_on; /* how often one of them was; NULL likewise */
	uint32_t count;
};

/*
 * Can these be RDbases, or frames? Multiples of 64 KB below 2^52, ascending, 1 to 65536 of them. If
 * not, what is bad: `list` or `number`, the names of the two.
 */
enum itsg_config_field itsg_rd_list_bad(const uint64_t *rdbase, uint32_t count,
					enum itsg_config_field list, enum itsg_config_field number);

/* Is this the RDbase of one of them? Then *place is its place. */
bool itsg_rd_find(const struct itsg_rd_list *list, uint64_t rdbase, uint32_t *place);

/* May something be outstanding there? */
static inline bool itsg_rd_is_on(const struct itsg_rd_list *list, uint32_t place)
{
	return !list->phase || list->phase[place] != 0;
}

#endif
