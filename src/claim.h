/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Claims: the tracker's books and the platform's page states, changed together.
 *
 * claim.c is the only caller of share, unshare, donate and reclaim.
 */
#ifndef ITSGUARD_CLAIM_H
#define ITSGUARD_CLAIM_H

#include "platform.h"

/*
 * Host pages that a step claims or gives back at most, and that it drops: what is longer goes a
 * part in a step, so that no command holds the caller's lock for long (I6). A page to be claimed is
 * dearer: entries of the tracker may move for it.
 */
#define ITSG_CLAIM_PART 1u
#define ITSG_DROP_PART  2u

/* A run to be claimed. */
struct itsg_take {
	struct itsg_run run;
	enum itsg_kind kind;
	enum itsg_reason overlap; /* what an overlap is called here */
};

/*
 * Takes a run, all or nothing. `overlap` if a granule is claimed already, by whomever; then
 * ITSG_KIND_CONFLICT, ITSG_NO_PAGE_SLOT, ITSG_SHARE_REFUSED or ITSG_DONATE_REFUSED.
 */
enum itsg_reason itsg_claim_take(struct itsg_platform *platform, const struct itsg_take *take);

/*
 * What the books alone say against taking this run as that take: `overlap`, KIND_CONFLICT. *fresh
 * grows by the number of pages that are not ours yet.
 */
enum itsg_reason itsg_claim_judge(const struct itsg_platform *platform, const struct itsg_run *run,
				  const struct itsg_take *take, uint64_t *fresh);

/* The exact inverse of the take just made, on the way to a refusal. */
void itsg_claim_undo(struct itsg_platform *platform, const struct itsg_take *take);

/* The same of the first part of a run that was taken; *run is what is left of it. */
void itsg_claim_undo_part(struct itsg_platform *platform, struct itsg_run *run,
			  enum itsg_kind kind);

/*
 * Drops a run that hardware has let go. A page that the platform refuses to take back stays ours,
 * marked as leaked and counted; a later take of the same kind uses it without a callback.
 */
void itsg_claim_drop(struct itsg_platform *platform, const struct itsg_run *run,
		     enum itsg_kind kind);

/* The first part of a run that is to be claimed, or all of it. */
struct itsg_run itsg_claim_part(const struct itsg_platform *platform, const struct itsg_run *run);

/* Drops the first part of a run that hardware has let go; *run is what is left of it. */
void itsg_claim_drop_part(struct itsg_platform *platform, struct itsg_run *run,
			  enum itsg_kind kind);

/* Zeroes the memory of a take that is donated; nothing to do for a shared one. */
enum itsg_reason itsg_claim_zero(struct itsg_platform *platform, const struct itsg_take *take);

#endif
