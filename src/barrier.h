/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Our SYNCs: rounds of them behind what releases memory, and where a SYNC for anybody may go.
 */
#ifndef ITSGUARD_BARRIER_H
#define ITSGUARD_BARRIER_H

#include "journal.h"

#define ITSG_NO_RD (~(uint32_t)0)

/* A round of SYNCs behind commands that release memory. */
enum itsg_round {
	ITSG_ROUND_NONE,
	ITSG_ROUND_OWED,
	ITSG_ROUND_QUEUEING,
	ITSG_ROUND_ENDING /* all are in the ring; the entries that it covers learn where */
};

struct itsg_barrier {
	enum itsg_round round;
	uint32_t next;        /* redistributor to consider next */
	uint32_t sent;        /* SYNCs of this round */
	uint64_t begun;       /* the number of its first one */
	uint64_t marked;      /* ENDING: the place in the journal of what is to be marked next */
	uint64_t end;         /* ENDING: the number behind its last SYNC */
	uint32_t courier;     /* redistributor that a SYNC of ours may go to, or where to seek it */
	uint32_t sought;      /* how many in a row were none */
	bool nobody;          /* the last search that ended found none */
	uint64_t turned_on;   /* redistributors, when that was looked at last */
	uint64_t stale_below; /* rounds that began before this number may lack one of them */
	uint32_t count;       /* of targets: redistributors that a collection has pointed to */
	uint32_t *targets;    /* bitmap of redistributors */
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
	uint64_t voided; /* the place in the journal of what is to be looked at next */
	bool owes;       /* some of those: a new round */
};

struct itsg_its;

/* A command with a drop was published: a round is owed behind it. */
void itsg_barrier_owe(struct itsg_barrier *barrier, struct itsg_entry *entry);

/* Nothing of a round counts any more: what it was for is gone. */
void itsg_barrier_cancel(struct itsg_barrier *barrier);

/*
 * Was a redistributor turned on since the last call? Then it may have got what an unmap that
 * hardware has not passed yet ends, and a round that has begun may have left it out: it does not
 * count. Only where the list of redistributors tells.
 */
void itsg_barrier_look(struct itsg_its *its);

/* Begins the owed round. False if none is owed. */
bool itsg_barrier_begin(struct itsg_its *its);

/* Has a round begun that has not ended? No command is published before it has. */
static inline bool itsg_barrier_under_way(const struct itsg_barrier *barrier)
{
	return barrier->round == ITSG_ROUND_QUEUEING || barrier->round == ITSG_ROUND_ENDING;
}

/*
 * Step of a round that is under way: queues a SYNC, looks for who needs the next one, or tells some
 * of the entries that it covers where it ends. False if there is no room for a SYNC.
 */
bool itsg_barrier_step(struct itsg_its *its);

/*
 * Must reach this redistributor from now on. It stays a target for good: a
 * retired collection table may be remembered, and collections may live in hardware (HCC).
 */
void itsg_barrier_target(struct itsg_barrier *barrier, uint32_t rd);

/*
 * Step: looks for a redistributor that a SYNC of ours may go to, whatever it is for: one that is
 * awake, and where one is awake that a collection has pointed to, one of those (F7). Where LPIs of
 * all that are awake are known to be off, one of them. It is barrier.courier if FOUND, and stays so
 * until it sleeps, or its LPIs go off.
 */
enum itsg_courier {
	ITSG_COURIER_FOUND,
	ITSG_COURIER_NOT_YET, /* there are more to look at */
	ITSG_COURIER_NONE     /* all sleep */
};
enum itsg_courier itsg_barrier_courier(struct itsg_its *its);

/* How often a search goes round all of them at most. */
uint32_t itsg_barrier_rounds(const struct itsg_its *its);

/* RDbase of the courier; of one that sleeps where the search has found none. */
uint64_t itsg_barrier_courier_rdbase(const struct itsg_its *its);

/* The courier has failed: another one is sought, if there is another. */
void itsg_barrier_next_courier(struct itsg_its *its);

/*
 * Step: the SYNC of ours with the number its->mend.number has failed, so what relies on its round
 * gets a new round, once; if that fails too it waits for quiescence. True when all of the journal
 * has been looked at. Hardware stands still meanwhile.
 */
bool itsg_barrier_void_step(struct itsg_its *its);

#endif
