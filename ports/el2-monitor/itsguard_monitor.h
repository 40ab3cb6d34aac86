/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What becomes of a trapped access, to the ITS and to a redistributor (rd). Once another CPU runs,
 * all are called under the monitor's lock. its_bare.c of the monitor has the same functions and no
 * guard.
 */
#ifndef ITSGUARD_MONITOR_H
#define ITSGUARD_MONITOR_H

#include "itsguard/env.h"

struct itsg_conformance;

void itsguard_init(void);
uint64_t itsguard_read(uint32_t offset, uint32_t width);
void itsguard_write(uint32_t offset, uint32_t width, uint64_t value);
uint64_t itsguard_rd_read(uint32_t rd, uint32_t offset, uint32_t width);
void itsguard_rd_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value);
void itsguard_describe(struct itsg_conformance *with); /* what the port knows of it */
uint64_t itsguard_call(uint64_t number, uint64_t argument); /* calls up to CALL_REFUSALS */

#endif
