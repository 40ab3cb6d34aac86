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

typedef uint64_t claim_call(void *ctx, uint64_t pfn, uint64_t count);

/* What the platform is asked for these pages: done are those before the page that is returned. */
static uint64_t claim_done(const struct itsg_platform *platform, claim_call *call,
			   const struct claim_pages *pages)
{
	const uint64_t count = pages->end - pages->first;
	const uint64_t done = call(platform->ctx, pages->first, count);

	return pages->first + (done < count ? done : count);
}

/* Is the page ours by this run alone? `marked`: or is nothing else claimed there, but it leaked? */
static bool claim_is_alone(const struct itsg_platform *platform, const struct itsg_run *run,
			   bool marked, uint64_t pfn)
{
	return marked ? itsg_pages_sole(platform->pages, run, pfn)
		      : itsg_pages_first(platform->pages, run, pfn);
}

/*
 * The next of a run's pages before `end` of which that is true, as many as lie one behind the
 * other. *next: where these end, looked for from there on. False: there are no more.
 */
static bool claim_next(const struct itsg_platform *platform, const struct itsg_run *run,
		       bool marked, uint64_t end, struct claim_pages *next)
{
	uint64_t pfn = next->end;

	while (pfn < end && !claim_is_alone(platform, run, marked, pfn))
		pfn++;
	next->first = pfn;
	if (pfn == end)
		return false;
	do
		pfn++;
	while (pfn < end && claim_is_alone(platform, run, marked, pfn));
	next->end = pfn;
	return true;
}

static void claim_leak(struct itsg_platform *platform, uint64_t pfn)
{
	itsg_pages_mark(platform->pages, pfn, true);
	platform->leaked++;
	itsg_log(platform, ITSG_EVENT_LEAKED, ITSG_OK, 0, pfn, NULL);
}

/* What the platform refuses stays, and those behind it go all the same. */
static void claim_give_back(struct itsg_platform *platform, struct claim_pages pages,
			    enum itsg_kind kind)
{
	claim_call *const call =
		kind == ITSG_DONATED ? platform->ops.reclaim : platform->ops.unshare;

	while (pages.first < pages.end) {
		const uint64_t done = claim_done(platform, call, &pages);

		for (; pages.first < done; pages.first++)
			itsg_pages_mark(platform->pages, pages.first, false);
		if (done < pages.end)
			claim_leak(platform, pages.first++);
	}
}

/* Of these pages those that are ours by this run alone, then the run. */
static void claim_release(struct itsg_platform *platform, const struct itsg_run *run,
			  enum itsg_kind kind, bool marked, const struct claim_pages *pages)
{
	struct claim_pages next = {pages->first, pages->first};

	while (claim_next(platform, run, marked, pages->end, &next))
		claim_give_back(platform, next, kind);
	itsg_pages_drop(platform->pages, run, kind);
}

/* What the platform was asked for on account of this run, up to a page that it refused. */
static void claim_undo_pages(struct itsg_platform *platform, const struct itsg_run *run,
			     enum itsg_kind kind, const struct claim_pages *asked)
{
	claim_release(platform, run, kind, false, asked);
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

/* Asks for all pages that are ours by this run alone. Where one was refused: pages->end. */
static bool claim_ask(const struct itsg_platform *platform, const struct itsg_take *take,
		      struct claim_pages *pages)
{
	claim_call *const call =
		take->kind == ITSG_DONATED ? platform->ops.donate : platform->ops.share;
	struct claim_pages next = {pages->first, pages->first};

	while (claim_next(platform, &take->run, false, pages->end, &next)) {
		const uint64_t done = claim_done(platform, call, &next);

		if (done == next.end)
			continue;
		pages->end = done;
		return false;
	}
	return true;
}

enum itsg_reason itsg_claim_take(struct itsg_platform *platform, const struct itsg_take *take)
{
	struct claim_pages pages = claim_pages_of(platform, &take->run);
	enum itsg_reason reason = claim_reason(
		itsg_pages_take(platform->pages, &take->run, take->kind), take->overlap);

	if (reason != ITSG_OK || claim_ask(platform, take, &pages))
		return reason;
	claim_undo_pages(platform, &take->run, take->kind, &pages);
	return take->kind == ITSG_DONATED ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
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

	claim_release(platform, run, kind, true, &pages);
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
