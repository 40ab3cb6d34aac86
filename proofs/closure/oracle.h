/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The promises (docs/DESIGN.md), as hardware and pages see them.
 */
#ifndef CLOSURE_ORACLE_H
#define CLOSURE_ORACLE_H

#include "model.h"

/* After each transition: I1, I7, itsg_check(). What is not so is told to model_broken(). */
void oracle_check(void);

/*
 * I3, after a write that was refused: the_state is what it has left, and `ignored` the canonical
 * image that a write of nothing would have.
 */
void oracle_check_refused(const uint8_t *ignored, const uint8_t *canonical);

/* I3 of a refused enable: nothing is claimed that was not. */
void oracle_check_refused_enable(const struct model *before);

/* An honest host waits for its commands, and then gives all up: it gets all back. */
void oracle_honest_end(void);

/* ---- about claims ---- */

/* Do two ITTs have a granule in common? */
bool oracle_meet(int itt, int other);

/* Is any granule of this ITT claimed? */
bool oracle_claimed(int itt);

/* Is a page of it held as the other kind than ITTs are? */
bool oracle_other_kind(int itt);

/* Is what a device table leads to the host's again: the table, its level-2 pages, all ITTs? */
bool oracle_pages_back(uint32_t its);

/* Are the granules claimed in pages of ITTs just those of mapped devices? */
bool oracle_claims_are_mapped(uint32_t its);

/* Is anything claimed in the pending table of a redistributor? */
bool oracle_rd_holds(uint32_t rd);

#endif
