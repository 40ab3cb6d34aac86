/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A plan: what one command will change. A rule makes it; nothing is recomputed to undo it. */
#ifndef ITSGUARD_PLAN_H
#define ITSGUARD_PLAN_H

#include "barrier.h"
#include "claim.h"
#include "table.h"
#include "words.h"

enum itsg_record_change {
	ITSG_RECORD_KEEP,
	ITSG_RECORD_ADD,
	ITSG_RECORD_REMOVE,
	ITSG_RECORD_REPLACE, /* mapped already: hardware is told to unmap it, then to map it */
};

/* A device that is mapped has its level-2 page: of its new ITT, two parts may be new. */
#define ITSG_PLAN_TAKES 3u

/* MOVALL names two redistributors. */
#define ITSG_PLAN_TARGETS 2u

struct itsg_plan {
	struct itsg_take take[ITSG_PLAN_TAKES]; /* a level-2 page, then an ITT or parts of it */
	uint32_t takes;
	enum itsg_record_change record;
	struct itsg_run drop[2]; /* bytes 0: none; only ITSG_RECORD_REPLACE has a second one */
	bool silent;             /* nothing changes: hardware is not told */
	uint32_t slot;           /* of the record that changes: the one that goes, or a free one */
	uint32_t device_id;
	uint32_t size;     /* EventID bits minus one */
	uint32_t old_size; /* of the mapping that goes */
	uint64_t itt;
	uint32_t mirror; /* number of the table with a level-1 word to store; ITSG_BASERS: none */
	uint32_t level1_index;
	uint64_t level1;
	uint64_t icids; /* ICIDs below it may stand in ITT entries from now on */
	/* Redistributors the barriers must reach from now on, or NO_RD; the second one only with a
	 * first. */
	uint32_t target[ITSG_PLAN_TARGETS];
	struct itsg_words publish; /* what hardware is told: the words that were checked (I5) */
};

#endif
