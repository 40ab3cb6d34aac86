/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Random walks through the_world, which may be too large to be closed: acts as they come, with all
 * that is asked of a transition after each, and all that is asked of a state now and then.
 *
 * A walk begins in the first state, and ends after 32 to 4096 acts. It is made of its seed and its
 * number: the same acts on any machine, in however many processes. It prefers what leads on to what
 * ends everything, and each has acts that it does not know and such that it likes (other ones'
 * blind spots are not its own).
 */
#ifndef CLOSURE_WALK_H
#define CLOSURE_WALK_H

#include "explore.h"

struct walk_options {
	uint64_t steps; /* of all walks together */
	uint64_t seed;
	uint64_t seconds; /* 0: no limit; a walk is always ended */
	uint32_t workers;
};

struct walk_totals {
	uint64_t steps;
	uint64_t walks;
	uint64_t accepted; /* commands */
	uint64_t refused;
	uint64_t failing; /* steps with a callback that failed */
	uint64_t checked; /* states that were asked for an honest end */
	uint64_t digest;  /* of all that the guard did */
	uint64_t milliseconds;
};

/*
 * EXPLORE_CLOSED: all steps were taken. A finding has lost all acts that it can do without. With
 * several processes it depends on chance which of them is told, if there are many.
 */
enum explore_end walk(const struct walk_options *options, struct walk_totals *totals,
		      struct explore_finding *finding);

#endif
