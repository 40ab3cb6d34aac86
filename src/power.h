/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Whether hardware runs: Enabled and Quiescent, by the host's will, by ours, by firmware's, and by
 * a loss of power (itsg_power_lost(), itsguard.h).
 */
#ifndef ITSGUARD_POWER_H
#define ITSGUARD_POWER_H

#include "itsguard/env.h"

struct itsg_its;

/* What is known of it; arming takes back what a reset has cost. */
struct itsg_power {
	bool enabled;  /* the host's CTLR.Enabled */
	bool closing;  /* the host has cleared it; hardware follows when a lap is over */
	bool quiesced; /* Enabled=0 and Quiescent=1 seen, CREADR read since */
	bool lost;     /* hardware is known to have lost its queue, by what or by whom */
	bool doubted;  /* reset before quiescence was seen: tables may lack what was cached */
	uint64_t settled_below; /* numbers below it were passed when it was quiescent */
	uint64_t disabled_in;   /* the call that cleared Enabled (v4.1: does not count) */
};

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
