/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The way of a command: its_cmdq.c takes it from the host's queue, a rule judges it, take.c claims
 * what it needs, and it is published in the private ring (ring.c); the journal (journal.c) keeps it
 * until it is over (settle.c); barrier.c queues the SYNCs behind what releases memory. Each step
 * does a bounded piece of work and says whether it did any.
 */
#ifndef ITSGUARD_ITS_CMDQ_H
#define ITSGUARD_ITS_CMDQ_H

#include "words.h"

struct itsg_its;

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

/* Bytes of the host's queue, from its CBASER. */
uint32_t itsg_cmdq_bytes(const struct itsg_its *its);

/*
 * Steps: the next thing to do for the host's commands; or several, as long as it is only those that
 * go on. So many at most; how many it took.
 */
uint32_t itsg_cmdq_steps(struct itsg_its *its, uint32_t most);

/* Step: gives back what the command at the head had taken, in any state. False if nothing is to. */
bool itsg_cmdq_give_back(struct itsg_its *its);

/* Is a MAPD of this DeviceID past its rule, so that it will be published though not yet? */
bool itsg_cmdq_mapping(const struct itsg_its *its, uint32_t device_id);

/* The host wrote CWRITER.Retry. */
void itsg_cmdq_retry(struct itsg_its *its);

/* CREADR as the host sees it. */
uint64_t itsg_cmdq_creadr(const struct itsg_its *its);

/* The host wrote CBASER: its queue begins anew. */
void itsg_cmdq_restart(struct itsg_its *its);

#endif
