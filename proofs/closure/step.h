/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * One transition: an act, with one callback that fails or none, and all that is asked of what comes
 * of it.
 */
#ifndef CLOSURE_STEP_H
#define CLOSURE_STEP_H

#include "act.h"

struct fault {
	uint8_t nth; /* which callback of the act fails, from 1 on; 0: none */
	bool on;     /* and those of its kind behind it */
};

enum step_result {
	STEP_DONE,
	STEP_NOT_HERE, /* it cannot happen in this state, or so many callbacks are not called */
	STEP_BROKEN,   /* a finding: the_outcome.broken */
};

/*
 * From the image `source` what the act makes of it: *raw, if not NULL, gets it as it is, *canonical
 * its canonical form. If canonical is NULL the_state is what came of it, as it is; else no more
 * than a place where it was worked on.
 */
enum step_result step_take(const uint8_t *source, const struct act *act, struct fault fault,
			   uint8_t *canonical, uint8_t *raw);

/*
 * The same from the canonical form of `source`, compared with what has just come of `source`
 * itself: STEP_BROKEN if what the guard did was not the same.
 */
enum step_result step_take_again(const uint8_t *source, const struct act *act, struct fault fault,
				 const uint8_t *canonical);

/* What is asked of a state: what the host reads, and an honest end. False: a finding. */
bool step_check_state(const uint8_t *canonical);

/* The host sets up its ITSs, where the world begins so. False: a finding. */
bool step_boot(void);

#endif
