/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The canonical form of a state: what goes on growing, and what nobody will ever look at again, is
 * made the same in all states that behave alike. Else no world would close.
 *
 * It is the one part that knows the inside of the guard, and if it said too much to be alike,
 * states would be lost. So it is not believed: `closure --twice` takes each state as it was reached
 * and in its canonical form, does everything to both, and compares what the guard asks its
 * callbacks for, what it answers, and the canonical form of what comes of it.
 */
#ifndef CLOSURE_CANON_H
#define CLOSURE_CANON_H

#include "model.h"

/* the_state becomes its canonical form. */
void canon_state(void);

void canon_pages(struct itsg_pages *pages);

/* CREADR as the host would see it, without the steps that a read of it makes. */
uint64_t canon_creadr(uint32_t its);

/* Does hardware have commands of a queue that the host has given up? */
bool canon_has_foreign(uint32_t its);

/* Is something on its way back that was given up before? */
bool canon_is_retiring(uint32_t its);

#endif
