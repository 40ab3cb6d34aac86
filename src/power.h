/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Whether hardware runs: Enabled and Quiescent, by the host's will, by ours, by firmware's, and by
 * a loss of power (itsg_power_lost(), itsguard.h).
 */
#ifndef ITSGUARD_POWER_H
#define ITSGUARD_POWER_H

#include "state.h"

/* Enabled=0 and Quiescent=1, in a read that counts (v4.1: not in the call that disabled it). */
bool itsg_power_quiet(const struct itsg_its *its);

/* Quiet, and CREADR has been read since it was: what the host may change registers in. */
bool itsg_power_settled(const struct itsg_its *its);

/* Hardware has all that it needs, and is enabled. */
void itsg_power_enable(struct itsg_its *its);

/* At once, or when the lap of the private ring is over that is in flight. */
void itsg_power_disable(struct itsg_its *its);

/* Hardware does what it cannot: nothing of it counts any more. Told once. */
void itsg_power_broken(struct itsg_its *its);

/* One look at hardware. */
void itsg_power_observe(struct itsg_its *its);

#endif
