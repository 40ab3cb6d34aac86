/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What the tracker keeps for others, beside what include/itsguard/pages.h says. */
#ifndef ITSGUARD_PFN_TRACKER_H
#define ITSGUARD_PFN_TRACKER_H

#include "itsguard/pages.h"

struct itsg_queue_claim; /* host_queue.h */

/* The head of the list of hosts' queues: the tracker is what the ITSs share. */
struct itsg_queue_claim **itsg_pages_queues(struct itsg_pages *pages);

/* As configured. */
uint32_t itsg_pages_capacity(const struct itsg_pages *pages);

/* itsg_pages_drop() of a run of which itsg_pages_holds() has just said so. */
void itsg_pages_drop_held(struct itsg_pages *pages, const struct itsg_run *run);

/*
 * If itsg_pages_sole() says yes, and the page is held as this kind: where it is, for
 * itsg_pages_drop_at() of a run that lies in it, with nothing but marks of pages set or cleared in
 * between. Else ITSG_PAGES_NOWHERE.
 */
#define ITSG_PAGES_NOWHERE 0xffffffffu
uint32_t itsg_pages_sole_at(const struct itsg_pages *pages, const struct itsg_run *run,
			    uint64_t pfn, enum itsg_kind kind);
void itsg_pages_drop_at(struct itsg_pages *pages, const struct itsg_run *run, uint32_t place);

#endif
