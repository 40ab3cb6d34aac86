/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The state of the redistributors, put together: one object for a machine. All of it lies in the
 * caller's memory, out of the host's reach, and is guarded by the caller's one lock (itsguard.h).
 */
#ifndef ITSGUARD_RD_STATE_H
#define ITSGUARD_RD_STATE_H

#include "itsguard/redists.h"
#include "lpi_claim.h"
#include "rd_list.h"

/*
 * One redistributor.
 *
 *   prop, pend, vprop   registers as the host wrote them           the gate (rd_gate.c)
 *   the rest            what is claimed for it, and in hardware    rd_life.c
 *
 * Its phase stands apart, in struct itsg_redists: ITSs look at that.
 */
struct itsg_redist {
	/* Facts, from init. */
	uint64_t typer;  /* as hardware has it */
	uint32_t ctlr;   /* CES and IR, which do not change */
	uint32_t leader; /* the first one of its CommonLPIAff group */

	uint32_t table; /* claimed: its place among the configuration tables */
	bool claimed;   /* lpis is on record in the tracker, and in force */
	bool adopting;  /* by the call that is being made */
	uint64_t prop;
	uint64_t pend;
	uint64_t vprop; /* VPROPBASER: stands, and does nothing */
	struct itsg_lpis lpis;

	/* Of the leader: */
	uint32_t group_on;   /* redistributors of the group that are claimed */
	uint64_t group_prop; /* what PROPBASER of all those is */
};

struct itsg_redists {
	struct itsg_platform platform; /* for claims and the log */
	struct itsg_redists_ops ops;
	struct itsg_redists_config config; /* frames: our own copy; defaults put in */
	struct itsg_lpi_facts facts;
	struct itsg_lpi_keeps prop_keeps;
	struct itsg_lpi_keeps pend_keeps;
	bool learned;

	/* RDbase with TYPER.PTA=0 is Processor_Number << 16, with PTA=1 an address. */
	struct itsg_rd_list by_number; /* no use where two have one number: count 0 then */
	struct itsg_rd_list by_address;
	struct itsg_redist *redist;
	uint8_t *phase; /* enum itsg_redist_phase, of each */
	struct itsg_lpi_tables tables;
	uint32_t count;

	uint64_t turned_on;                         /* times that one was: barrier.c */
	uint32_t claimed;                           /* redistributors that are */
	uint64_t attributes;                        /* of PENDBASER, of all those */
	uint32_t in_phase[ITSG_REDIST_FOREIGN + 1]; /* redistributors that are in each */
	uint32_t cursor;                 /* poll: where to seek the next that is CLEARING */
	struct itsg_redists_stats stats; /* what others count is put in on the way out */
};

/* How pending tables are held in this configuration. */
static inline enum itsg_kind itsg_rd_pending_kind(const struct itsg_redists *redists)
{
	return redists->config.share_pending ? ITSG_SHARED : ITSG_DONATED;
}

#endif
