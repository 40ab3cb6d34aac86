/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "claim.h"

#include "log.h"

/* The pages of a run: [first, end). */
struct claim_pages {
	uint64_t first;
	uint64_t end;
};

static struct claim_pages claim_pages_of(const struct itsg_platform *platform,
					 const struct itsg_run *run)
{
	const uint32_t shift = itsg_pages_page_shift(platform->pages);
	struct claim_pages pages;

	pages.first = run->pa >> shift;
	pages.end = ((run->pa + run->bytes - 1) >> shift) + 1;
	return pages;
}

static int claim_ask(struct itsg_platform *platform, uint64_t pfn, enum itsg_kind kind)
{
	return kind == ITSG_DONATED ? platform->ops.donate(platform->ctx, pfn)
				    : platform->ops.share(platform->ctx, pfn);
}

static void claim_leak(struct itsg_platform *platform, uint64_t pfn)
{
	itsg_pages_mark(platform->pages, pfn, true);
	platform->leaked++;
	itsg_log(platform, ITSG_EVENT_LEAKED, ITSG_OK, 0, pfn, NULL);
}

static void claim_give_back(struct itsg_platform *platform, uint64_t pfn, enum itsg_kind kind)
{
	int error = kind == ITSG_DONATED ? platform->ops.reclaim(platform->ctx, pfn)
					 : platform->ops.unshare(platform->ctx, pfn);

	if (error)
		claim_leak(platform, pfn);
	else
		itsg_pages_mark(platform->pages, pfn, false);
}

/* Gives back those pages that the platform was asked for on account of this run, then the run. */
static void claim_undo_pages(struct itsg_platform *platform, const struct itsg_run *run,
			     enum itsg_kind kind, const struct claim_pages *asked)
{
	for (uint64_t pfn = asked->first; pfn < asked->end; pfn++)
		if (itsg_pages_first(platform->pages, run, pfn))
			claim_give_back(platform, pfn, kind);
	itsg_pages_drop(platform->pages, run, kind);
}

static enum itsg_reason claim_reason(enum itsg_pages_result result, enum itsg_reason overlap)
{
	switch (result) {
	case ITSG_PAGES_OK:
		return ITSG_OK;
	case ITSG_PAGES_KIND:
		return ITSG_KIND_CONFLICT;
	case ITSG_PAGES_FULL:
		return ITSG_NO_PAGE_SLOT;
	default:
		return overlap;
	}
}

enum itsg_reason itsg_claim_take(struct itsg_platform *platform, const struct itsg_take *take)
{
	struct claim_pages pages = claim_pages_of(platform, &take->run);
	enum itsg_reason reason = claim_reason(
		itsg_pages_take(platform->pages, &take->run, take->kind), take->overlap);

	if (reason != ITSG_OK)
		return reason;
	for (uint64_t pfn = pages.first; pfn < pages.end; pfn++) {
		if (!itsg_pages_first(platform->pages, &take->run, pfn) ||
		    !claim_ask(platform, pfn, take->kind))
			continue;
		pages.end = pfn;
		claim_undo_pages(platform, &take->run, take->kind, &pages);
		return take->kind == ITSG_DONATED ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
	}
	return ITSG_OK;
}

enum itsg_reason itsg_claim_judge(const struct itsg_platform *platform, const struct itsg_run *run,
				  const struct itsg_take *take, uint64_t *fresh)
{
	return claim_reason(itsg_pages_judge(platform->pages, run, take->kind, fresh),
			    take->overlap);
}

void itsg_claim_undo(struct itsg_platform *platform, const struct itsg_take *take)
{
	const struct claim_pages pages = claim_pages_of(platform, &take->run);

	claim_undo_pages(platform, &take->run, take->kind, &pages);
}

void itsg_claim_drop(struct itsg_platform *platform, const struct itsg_run *run,
		     enum itsg_kind kind)
{
	const struct claim_pages pages = claim_pages_of(platform, run);

	for (uint64_t pfn = pages.first; pfn < pages.end; pfn++)
		if (itsg_pages_sole(platform->pages, run, pfn))
			claim_give_back(platform, pfn, kind);
	itsg_pages_drop(platform->pages, run, kind);
}

/* What lies in the first `count` pages of a run. Parts end where a page does: none is in two. */
static struct itsg_run claim_first(const struct itsg_platform *platform, const struct itsg_run *run,
				   uint64_t count)
{
	const struct claim_pages pages = claim_pages_of(platform, run);
	struct itsg_run first = *run;

	if (pages.end - pages.first > count)
		first.bytes =
			((pages.first + count) << itsg_pages_page_shift(platform->pages)) - run->pa;
	return first;
}

struct itsg_run itsg_claim_part(const struct itsg_platform *platform, const struct itsg_run *run)
{
	return claim_first(platform, run, ITSG_CLAIM_PART);
}

/* Takes that off the run. */
static struct itsg_run claim_cut(const struct itsg_platform *platform, struct itsg_run *run,
				 uint64_t count)
{
	const struct itsg_run part = claim_first(platform, run, count);

	run->pa += part.bytes;
	run->bytes -= part.bytes;
	return part;
}

void itsg_claim_undo_part(struct itsg_platform *platform, struct itsg_run *run, enum itsg_kind kind)
{
	const struct itsg_run part = claim_cut(platform, run, ITSG_CLAIM_PART);
	const struct claim_pages pages = claim_pages_of(platform, &part);

	claim_undo_pages(platform, &part, kind, &pages);
}

void itsg_claim_drop_part(struct itsg_platform *platform, struct itsg_run *run, enum itsg_kind kind)
{
	const struct itsg_run part = claim_cut(platform, run, ITSG_DROP_PART);

	itsg_claim_drop(platform, &part, kind);
}

enum itsg_reason itsg_claim_zero(struct itsg_platform *platform, const struct itsg_take *take)
{
	if (take->kind != ITSG_DONATED)
		return ITSG_OK;
	return platform->ops.zero(platform->ctx, take->run.pa, take->run.bytes) ? ITSG_ZERO_FAILED
										: ITSG_OK;
}
