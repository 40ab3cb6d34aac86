/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Taking what the plan of a command needs, a part in a step; and giving it back. */
#ifndef ITSGUARD_TAKE_H
#define ITSGUARD_TAKE_H

#include "state.h"

/* Nothing is taken yet of the plan that is going to be made. */
void itsg_take_begin(struct itsg_its *its);

/* Is all claimed that the plan wants? */
bool itsg_take_complete(const struct itsg_its *its);

/* Is anything claimed for it? */
bool itsg_take_holds(const struct itsg_its *its);

/*
 * Step: one part more, of a plan that is not complete. If it cannot be claimed, the reason; it is
 * then as if this step had not been taken.
 */
enum itsg_reason itsg_take_step(struct itsg_its *its);

/* Nothing more is taken; what is shall be given back. Nothing to do if nothing is under way. */
void itsg_take_give_back(struct itsg_its *its, enum itsg_reason refusal);

/* Step of ITSG_TAKING_BACK: gives back one part. True if nothing is left. */
bool itsg_take_back_step(struct itsg_its *its);

#endif
