/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What the tracker keeps for others, beside what include/itsguard/pages.h says. */
#ifndef ITSGUARD_PFN_TRACKER_H
#define ITSGUARD_PFN_TRACKER_H

#include "itsguard/pages.h"

struct itsg_queue_claim; /* host_queue.h */

/* The head of the list of hosts' queues: the tracker is what the ITSs share. */
struct itsg_queue_claim **itsg_pages_queues(struct itsg_pages *pages);

#endif
