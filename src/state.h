/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The state of one ITS, put together: each file declares its part in its header, with who writes
 * what and when.
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
#include "its_cmdq.h"
#include "journal.h"
#include "kept.h"
#include "plan.h"
#include "platform.h"
#include "power.h"
#include "retire.h"
#include "ring.h"
#include "rule.h"
#include "table.h"
#include "take.h"

struct itsg_its {
	struct itsg_platform platform;
	struct itsg_facts facts;
	struct itsg_view view; /* what rules may see of what follows */

	struct itsg_power power;

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
	struct itsg_retiring retiring;

	struct itsg_ring ring;
	struct itsg_journal journal;
	struct itsg_barrier barrier;
	struct itsg_mend mend;
	struct itsg_stats stats; /* what others count is put in on the way out: its.c */
};

#endif
