/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Taking what the plan of a command needs, a part in a step; and giving it back. */
#ifndef ITSGUARD_TAKE_H
#define ITSGUARD_TAKE_H

#include "plan.h"
#include "platform.h"

/*
 * How far the command at the head is with what its plan takes (take.c). Claimed are the first
 * `takes` takes of the plan, and `held`, which is of the next one. All of it is of a command that
 * is neither published nor refused: hardware knows nothing of it.
 */
enum itsg_taking_phase {
	ITSG_TAKING_NONE,
	ITSG_TAKING_ON,
	ITSG_TAKING_BACK, /* it cannot be taken, or the host has withdrawn it: all is given back */
};

struct itsg_taking {
	struct itsg_platform *platform; /* whose memory */
	const struct itsg_plan *plan;   /* what is taken */
	enum itsg_taking_phase phase;
	uint32_t takes;
	struct itsg_run held;     /* bytes 0: none */
	uint64_t judged;          /* bytes of that take that are judged; for a long run */
	uint64_t fresh;           /* pages of those that are not in the tracker */
	bool kind_conflict;       /* one of those is a page of the other kind */
	enum itsg_reason refusal; /* BACK: told in the end; ITSG_OK: nothing is */
};

/* Nothing is taken yet of the plan that is going to be made. */
void itsg_take_begin(struct itsg_taking *taking);

/* Is all claimed that the plan wants? */
static inline bool itsg_take_complete(const struct itsg_taking *taking)
{
	return taking->takes == taking->plan->takes;
}

/* Is anything claimed for it? */
static inline bool itsg_take_holds(const struct itsg_taking *taking)
{
	return taking->takes > 0 || taking->held.bytes > 0;
}

/*
 * Step: one part more, of a plan that is not complete. If it cannot be claimed, the reason; it is
 * then as if this step had not been taken.
 */
enum itsg_reason itsg_take_step(struct itsg_taking *taking);

/* Nothing more is taken; what is shall be given back. Nothing to do if nothing is under way. */
void itsg_take_give_back(struct itsg_taking *taking, enum itsg_reason refusal);

/* Step of ITSG_TAKING_BACK: gives back one part. True if nothing is left. */
bool itsg_take_back_step(struct itsg_taking *taking);

#endif
