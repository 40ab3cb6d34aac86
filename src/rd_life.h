/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The life of a redistributor's LPIs: GICR_CTLR.EnableLPIs is where its tables are judged and
 * claimed, and where they go back.
 */
#ifndef ITSGUARD_RD_LIFE_H
#define ITSGUARD_RD_LIFE_H

#include "rd_state.h"

/* Hardware's registers of RD_base and VLPI_base, each at its own width. */
uint64_t itsg_rd_hw_read(const struct itsg_redists *redists, uint32_t rd, uint32_t offset);
void itsg_rd_hw_write(const struct itsg_redists *redists, uint32_t rd, uint32_t offset,
		      uint64_t value);

/* Does a write reach it, and does what it reads mean anything? */
bool itsg_rd_powered(const struct itsg_redists *redists, uint32_t rd);

/*
 * What hardware keeps of PROPBASER and PENDBASER, learned once, on one that is off while none is
 * on: values that no table has shall not stand in any PROPBASER of a group that is in use. Until
 * then it is taken to keep everything.
 */
void itsg_rd_learn(struct itsg_redists *redists, uint32_t rd);

/*
 * One look at GICR_CTLR, if there is power: true, then. *ctlr is 0 without. The tables of one that
 * was cleared go back if it shows EnableLPIs=0 and RWP=0. One that was off and is on now was set by
 * firmware, or by a kernel of before.
 */
bool itsg_rd_observe(struct itsg_redists *redists, uint32_t rd, uint64_t *ctlr);

/* EnableLPIs=1 is written, or 0; `dpg` are the bits of CTLR that go along. */
enum itsg_reason itsg_rd_enable(struct itsg_redists *redists, uint32_t rd, uint64_t dpg);
enum itsg_reason itsg_rd_disable(struct itsg_redists *redists, uint32_t rd, uint64_t dpg);

/* One that is FOREIGN is claimed as it is; the inverse, of those adopted in this call. */
enum itsg_reason itsg_rd_adopt(struct itsg_redists *redists, uint32_t rd);
void itsg_rd_disown(struct itsg_redists *redists, uint32_t rd);

#endif
