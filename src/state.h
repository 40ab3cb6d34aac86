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

#include "claim.h"
#include "devices.h"
#include "facts.h"
#include "host_queue.h"
#include "kept.h"
#include "platform.h"
#include "table.h"

#define ITSG_NO_BARRIER (~(uint64_t)0) /* only quiescence settles this entry */
#define ITSG_NO_RD      (~(uint32_t)0)

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
	struct itsg_command command;
};

enum itsg_record_change {
	ITSG_RECORD_KEEP,
	ITSG_RECORD_ADD,
	ITSG_RECORD_REMOVE,
	ITSG_RECORD_REPLACE, /* mapped already: hardware is told to unmap it, then to map it */
};

/* A device that is mapped has its level-2 page: of its new ITT, two parts may be new. */
#define ITSG_PLAN_TAKES 3u

/* What a command will change: computed once, by a rule; nothing is recomputed to undo it. */
struct itsg_plan {
	struct itsg_take take[ITSG_PLAN_TAKES]; /* a level-2 page, then an ITT or parts of it */
	uint32_t takes;
	struct itsg_run drop[2]; /* bytes 0: none; only ITSG_RECORD_REPLACE has a second one */
	enum itsg_record_change record;
	bool silent; /* nothing changes: hardware is not told */
	uint32_t device_id;
	uint32_t size;     /* EventID bits minus one */
	uint32_t old_size; /* of the mapping that goes */
	uint64_t itt;
	struct itsg_table *mirror; /* NULL: no level-1 word to store */
	uint32_t level1_index;
	uint64_t level1;
	uint64_t icids;     /* ICIDs below it may stand in ITT entries from now on */
	uint32_t target[2]; /* redistributors the barriers must reach from now on, or NO_RD */
	uint8_t raw[ITSG_CMD_BYTES]; /* the command, re-encoded */
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
	bool ran; /* BACK: not yet, for firmware may have had hardware run it from its slots (F32)
		   */
};

/*
 * The private ring that hardware reads. Commands are numbered from init on, for ever:
 *
 *   scrubbed <= passed <= published
 *
 * [passed, published) may be executed at any moment; [scrubbed, passed) are done but still lie in
 * their slots, where a firmware that replays the ring would find them (LKML 2020): so nothing that
 * they name is given back before they are overwritten (F2). The `staged` slots behind `published`
 * hold commands that hardware was not given yet; the same goes for those (F3).
 */
struct itsg_ring {
	uint64_t pa;
	uint32_t slots;
	uint32_t depth;      /* the most commands between scrubbed and published */
	uint32_t scrub_slot; /* slot of number `scrubbed` */
	uint64_t scrubbed;
	uint64_t passed;
	uint64_t published;
	uint32_t staged;  /* slots written and not published */
	uint64_t lap_end; /* a lap is in flight until hardware has passed up to here; see ring.c */
	uint64_t hw;      /* CBASER as the guard wrote it */
	bool live;        /* hardware has it */
	bool untold;      /* within a call: CWRITER is behind `published` */
	bool filled;      /* every slot not in flight holds a harmless command */
	bool stalled;     /* CREADR.Stalled, at number `passed` */
	bool told;        /* of that stall: the platform was */
	bool broken;      /* hardware moved CREADR where it cannot be: nothing counts any more */

	/* What empty slots hold: a SYNC of ours, to a redistributor that was awake lately. */
	uint8_t harmless[ITSG_CMD_BYTES];
};

/* One published command that is not over. */
enum itsg_entry_state {
	ITSG_ENTRY_PUBLISHED,
	ITSG_ENTRY_OWED, /* our own MAPD V=0, to be published in the next queue */
	ITSG_ENTRY_OVER, /* hardware has let go */
};

struct itsg_entry {
	uint8_t state;      /* enum itsg_entry_state */
	uint8_t size;       /* EventID bits minus one, of an unmap */
	bool own;           /* the guard's own, no command of the host's */
	bool maps;          /* MAPD V=1 */
	bool unmaps;        /* MAPD V=0 */
	bool covered;       /* by the barrier round that is owed, being queued or ending */
	bool again;         /* its round failed once already */
	uint32_t device_id; /* of a MAPD */
	uint32_t host_offset;
	uint64_t number;      /* in the ring */
	uint64_t barrier;     /* its SYNCs are behind it up to this number; 0: not all yet */
	uint64_t begun;       /* and from this one on */
	struct itsg_run drop; /* bytes 0: none */
};

/* Ring of entries in the order of publication; the owed ones are the last. */
struct itsg_journal {
	struct itsg_entry *entries;
	uint32_t capacity;
	uint32_t first;
	uint32_t count;
	uint32_t owed;    /* entries in state OWED */
	uint32_t drops;   /* entries with a drop */
	uint32_t foreign; /* entries at the front that are not of the host's present queue */
};

/* A round of SYNCs behind commands that release memory. */
enum itsg_round {
	ITSG_ROUND_NONE,
	ITSG_ROUND_OWED,
	ITSG_ROUND_QUEUEING,
	ITSG_ROUND_ENDING /* all are in the ring; the entries that it covers learn where */
};

struct itsg_barrier {
	enum itsg_round round;
	uint32_t next;     /* redistributor to consider next */
	uint32_t sent;     /* SYNCs of this round */
	uint64_t begun;    /* the number of its first one */
	uint32_t marked;   /* ENDING: entries of the journal that are done, from its front */
	uint64_t end;      /* ENDING: the number behind its last SYNC */
	uint32_t courier;  /* redistributor that a SYNC of ours may go to, or where to seek it */
	uint32_t sought;   /* how many in a row were none */
	bool nobody;       /* the last search that ended found none */
	uint32_t count;    /* of targets: redistributors that a collection has pointed to */
	uint32_t *targets; /* bitmap of redistributors */
};

/* Hardware has stalled at a command that is nobody's but ours to mend (its_cmdq.c). */
enum itsg_mend_phase {
	ITSG_MEND_VOID,   /* it was retried; if it stalls again, nothing shall rely on it */
	ITSG_MEND_REPLACE /* a SYNC to somebody who is awake takes its place */
};

struct itsg_mend {
	uint64_t number; /* of the command */
	bool on;         /* number is that of a stall that was seen */
	enum itsg_mend_phase phase;
	uint32_t voided; /* entries of the journal that have been looked at, from its front */
	bool owes;       /* some of those: a new round */
};

struct itsg_its {
	struct itsg_platform platform;
	struct itsg_facts facts;

	bool enabled;    /* the host's CTLR.Enabled; mmio.c and arm.c */
	bool closing;    /* the host has cleared it; hardware follows when a lap is over */
	bool quiesced;   /* Enabled=0 and Quiescent=1 seen, CREADR read since */
	bool lost;       /* hardware is known to have lost its queue, by what or by whom */
	bool given_up;   /* a table was, before hardware was quiescent: retire.c */
	bool unmap_lost; /* an unmap that hardware would not take, of a device on no record */
	uint8_t number;  /* CTLR.ITS_Number as the host has it */
	uint64_t settled_below; /* numbers below it were passed when it was quiescent */
	bool doubted;   /* reset before quiescence was seen: tables may lack what was cached */
	uint64_t icids; /* ICIDs below it may stand in ITT entries; its_cmdq.c */
	uint64_t calls; /* entries into the library */
	uint64_t disabled_in; /* the call that cleared Enabled (v4.1: does not count) */

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
	struct itsg_stats stats;
};

/* its.c: hardware does what it cannot: nothing of it counts any more. */
void itsg_its_broken(struct itsg_its *its);

/* its.c: is hardware on? */
/* Enabled=0 and Quiescent=1, in a read that counts (v4.1: not in the call that disabled it). */
bool itsg_its_quiet(const struct itsg_its *its);
/* Quiet, and CREADR has been read since it was: what the host may change registers in. */
bool itsg_its_settled(const struct itsg_its *its);
void itsg_its_enable(struct itsg_its *its);
/* At once, or when the lap of the private ring is over that is in flight. */
void itsg_its_disable(struct itsg_its *its);

/* its.c: one look at hardware. */
void itsg_its_observe(struct itsg_its *its);

/* its.c: one look at hardware, then steps as far as the budget goes. True if any was taken. */
bool itsg_its_run(struct itsg_its *its);

#endif
