/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * All states of the_world, breadth first, so that a finding comes with a shortest path to it.
 *
 * States are expanded a batch at a time, by processes that are forked for it: each has the set of
 * states as it was, and writes what is new to a file of its own; in the order of the states that it
 * came from all of it is then put together. So what is found, and in which order, does not depend
 * on how many there are. After each batch the folder has all that is needed to go on.
 */
#ifndef CLOSURE_EXPLORE_H
#define CLOSURE_EXPLORE_H

#include "step.h"
#include "store.h"

struct explore_options {
	const char *folder; /* for files */
	uint32_t workers;   /* processes */
	uint32_t batch;     /* states that one of them expands before all is put together */
	uint64_t most;      /* states, 0: no limit */
	uint64_t memory;    /* bytes of the set, 0: no limit */
	uint64_t seconds;   /* 0: no limit */
	bool resume;
	bool twice;
	bool quiet;
};

struct explore_totals {
	uint64_t states;
	uint64_t expanded;
	uint64_t transitions;
	uint64_t failing; /* of those: with a callback that fails */
	uint64_t depth;   /* acts to the state that was found last */
	uint64_t milliseconds;
};

enum explore_end {
	EXPLORE_CLOSED,
	EXPLORE_STOPPED, /* by a limit; it can go on */
	EXPLORE_FOUND,
	EXPLORE_FAILED, /* no memory, no disk */
};

/* A finding: the act that showed it, and what led there. */
struct explore_finding {
	char what[96];
	uint32_t length; /* of the path, with the last act */
	struct store_step *path;
};

enum explore_end explore(const struct explore_options *options, struct explore_totals *totals,
			 struct explore_finding *finding);

#endif
