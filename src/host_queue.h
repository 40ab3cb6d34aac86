/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The memory of hosts' command queues.
 *
 * Only the guard reads a host's queue, so those of two ITSs may overlap: an operating system whose
 * CBASER.Size is a page too large, with its queues side by side, does no harm (H8). What several
 * queues share is claimed once, for as long as one of them has it.
 */
#ifndef ITSGUARD_HOST_QUEUE_H
#define ITSGUARD_HOST_QUEUE_H

#include "devtable.h"
#include "pfn_tracker.h"
#include "platform.h"

/* The claim of one queue, in the list of all on the tracker while it is held. */
struct itsg_queue_claim {
	struct itsg_run run; /* bytes 0: none */
	struct itsg_queue_claim *next;
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
 * Walks what of `run` no queue of the list has: *at is where to look from, run->pa at first, and
 * behind the part that was found afterwards. False if there is no more.
 */
bool itsg_queue_next_part(const struct itsg_queue_claim *queues, const struct itsg_run *run,
			  uint64_t *at, struct itsg_run *part);

/*
 * Claims an ITS's queue, all or nothing, and lists it on *claim: QUEUE_ADDRESS where it overlaps
 * anything but queues, KIND_CONFLICT, NO_PAGE_SLOT, SHARE_REFUSED. It has none yet.
 */
enum itsg_reason itsg_host_queue_take(struct itsg_platform *platform,
				      struct itsg_queue_claim *claim, const struct itsg_run *run);

/* It is no longer where it was: only the guard ever read it, so it goes at once. */
void itsg_host_queue_drop(struct itsg_platform *platform, struct itsg_queue_claim *claim);

#endif
