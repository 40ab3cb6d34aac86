/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The state of one ITS. Each member says who writes it and when; nobody else does.
 *
 * All of it lies in the caller's memory, out of the host's reach, and is guarded by the caller's
 * one lock (itsguard.h).
 */
#ifndef ITSGUARD_STATE_H
#define ITSGUARD_STATE_H

#include "barrier.h"
#include "claim.h"
#include "devices.h"
#include "facts.h"
#include "host_queue.h"
#include "journal.h"
#include "kept.h"
#include "plan.h"
#include "platform.h"
#include "ring.h"
#include "rule.h"
#include "table.h"

/* What retired memory hardware has forgotten, on its way back, a part in a step. None: bytes 0. */
struct itsg_dropping {
	struct itsg_run run;
	enum itsg_kind kind;
};

/* The host's command queue, as it believes it to be. */
struct itsg_host_queue {
	struct itsg_keeps keeps;       /* of CBASER; from init */
	uint64_t raw;                  /* CBASER as written */
	uint32_t cwriter;              /* offset the host wrote last */
	uint32_t next;                 /* offset of the next command to fetch */
	struct itsg_queue_claim claim; /* shared with us; bytes 0 if none */
};

/*
 * The command at the head of the host's queue, from its one fetch until it is published or refused
 * (I4: nothing is read twice, also not while it waits).
 */
struct itsg_head {
	bool full;
	bool waiting; /* conflicts with a drop that is pending: judged afresh when none is */
	bool level1_read;
	uint32_t offset;
	uint64_t level1; /* the host's level-1 word, once read */
	uint8_t raw[ITSG_CMD_BYTES];
	struct itsg_words command; /* of those: what is judged */
};

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
	enum itsg_taking_phase phase;
	uint32_t takes;
	struct itsg_run held;     /* bytes 0: none */
	uint64_t judged;          /* bytes of that take that are judged; for a long run */
	uint64_t fresh;           /* pages of those that are not in the tracker */
	bool kind_conflict;       /* one of those is a page of the other kind */
	enum itsg_reason refusal; /* BACK: told in the end; ITSG_OK: nothing is */
};

struct itsg_its {
	struct itsg_platform platform;
	struct itsg_facts facts;
	struct itsg_view view; /* what rules may see of what follows */

	/* power.c; arming takes back what a reset has cost. */
	bool enabled;  /* the host's CTLR.Enabled */
	bool closing;  /* the host has cleared it; hardware follows when a lap is over */
	bool quiesced; /* Enabled=0 and Quiescent=1 seen, CREADR read since */
	bool lost;     /* hardware is known to have lost its queue, by what or by whom */
	bool doubted;  /* reset before quiescence was seen: tables may lack what was cached */
	uint64_t settled_below; /* numbers below it were passed when it was quiescent */
	uint64_t disabled_in;   /* the call that cleared Enabled (v4.1: does not count) */

	uint64_t calls;  /* entries into the library: its.c */
	bool given_up;   /* a table was, before hardware was quiescent: retire.c */
	bool unmap_lost; /* an unmap that hardware would not take, of a device on no record */
	uint8_t number;  /* CTLR.ITS_Number as the host has it */
	uint64_t icids;  /* ICIDs below it may stand in ITT entries: its_cmdq.c, retire.c */

	struct itsg_host_queue host;
	struct itsg_head head;
	struct itsg_plan plan; /* of the command being judged, or taken */
	struct itsg_taking taking;
	struct itsg_table table[ITSG_BASERS];
	struct itsg_table *device_table; /* the one of that type, or NULL */
	struct itsg_table *collection_table;
	struct itsg_kept_list kept;
	struct itsg_devices devices;
	struct itsg_dropping dropping;
	uint32_t tables_dying; /* how many are */
	bool devices_dying;    /* all records belong to a retired table */
	bool devices_forgotten;
	uint32_t devices_reaped; /* record slots done, then extents kept */

	struct itsg_ring ring;
	struct itsg_journal journal;
	struct itsg_barrier barrier;
	struct itsg_mend mend;
	struct itsg_stats stats; /* what others count is put in on the way out: its.c */
};

#endif
