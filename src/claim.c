/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "claim.h"

#include "log.h"
#include "noinline.h"
#include "pfn_tracker.h"

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

/* Is the run, of this kind, the only one that has anything in this page? */
static bool claim_is_alone(const struct itsg_platform *platform, const struct itsg_run *run,
			   enum itsg_kind kind, uint64_t pfn)
{
	return itsg_pages_sole_at(platform->pages, run, pfn, kind) != ITSG_PAGES_NOWHERE;
}

/*
 * Of a run's pages those that nobody else has anything in. Only at its ends can there be others: it
 * has all of each page in between.
 */
static void claim_cut_ends(const struct itsg_platform *platform, const struct itsg_run *run,
			   enum itsg_kind kind, struct claim_pages *pages)
{
	if (!claim_is_alone(platform, run, kind, pages->first))
		pages->first++;
	if (pages->first < pages->end && !claim_is_alone(platform, run, kind, pages->end - 1))
		pages->end--;
}

/*
 * The next of these pages, one behind the other, that are not marked: a page that leaked was ours
 * before. They are taken off *pages. False: there are no more.
 */
static bool claim_next(const struct itsg_platform *platform, struct claim_pages *pages,
		       struct claim_pages *next)
{
	while (pages->first < pages->end && itsg_pages_marked(platform->pages, pages->first))
		pages->first++;
	next->first = pages->first;
	if (pages->first == pages->end)
		return false;
	do
		pages->first++;
	while (pages->first < pages->end && !itsg_pages_marked(platform->pages, pages->first));
	next->end = pages->first;
	return true;
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

static void claim_tell_leaked(struct itsg_platform *platform, uint64_t pfn)
{
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
		if (done == pages.end)
			return;
		itsg_pages_mark(platform->pages, done, true);
		claim_tell_leaked(platform, pages.first++);
	}
}

/* Of these pages those that the platform was asked for: the marked ones were ours before. */
static void claim_return(struct itsg_platform *platform, struct claim_pages pages,
			 enum itsg_kind kind)
{
	struct claim_pages next;

	while (claim_next(platform, &pages, &next))
		claim_give_back(platform, next, kind);
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

/* Asks for these pages but for marked ones. Returned: the page that was refused, or their end. */
static uint64_t claim_ask(const struct itsg_platform *platform, claim_call *call,
			  struct claim_pages pages)
{
	struct claim_pages next;

	while (claim_next(platform, &pages, &next)) {
		const uint64_t done = claim_done(platform, call, &next);

		if (done < next.end)
			return done;
	}
	return pages.end;
}

/*
 * Asks for those pages of a run just taken that are new, `fresh` of them: most often all. If one is
 * refused, what was done goes back.
 */
static ITSG_NOINLINE enum itsg_reason claim_fresh(struct itsg_platform *platform,
						  const struct itsg_take *take, uint64_t fresh)
{
	const bool donate = take->kind == ITSG_DONATED;
	claim_call *const call = donate ? platform->ops.donate : platform->ops.share;
	struct claim_pages pages = claim_pages_of(platform, &take->run);
	uint64_t end;

	if (fresh == pages.end - pages.first) {
		end = claim_done(platform, call, &pages);
	} else {
		claim_cut_ends(platform, &take->run, take->kind, &pages);
		end = claim_ask(platform, call, pages);
	}
	if (end == pages.end)
		return ITSG_OK;
	platform->refused = end << itsg_pages_page_shift(platform->pages);
	pages.end = end;
	claim_return(platform, pages, take->kind);
	return donate ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
}

enum itsg_reason itsg_claim_take(struct itsg_platform *platform, const struct itsg_take *take)
{
	const uint64_t before = itsg_pages_count(platform->pages);
	enum itsg_reason reason = claim_reason(
		itsg_pages_take(platform->pages, &take->run, take->kind), take->overlap);
	const uint64_t fresh = itsg_pages_count(platform->pages) - before;

	if (reason != ITSG_OK || fresh == 0)
		return reason;
	reason = claim_fresh(platform, take, fresh);
	if (reason != ITSG_OK)
		itsg_pages_drop(platform->pages, &take->run, take->kind);
	return reason;
}

enum itsg_reason itsg_claim_judge(const struct itsg_platform *platform, const struct itsg_run *run,
				  const struct itsg_take *take, uint64_t *fresh)
{
	return claim_reason(itsg_pages_judge(platform->pages, run, take->kind, fresh),
			    take->overlap);
}

/*
 * A run in one page, held as this kind, that nobody else has anything in: it is looked up once.
 * False: it is not so. On the way to a refusal a page stays that was marked, and so ours, before.
 */
static inline bool claim_drop_sole(struct itsg_platform *platform, const struct itsg_run *run,
				   enum itsg_kind kind, const struct claim_pages *page,
				   bool refusal)
{
	const uint32_t place = itsg_pages_sole_at(platform->pages, run, page->first, kind);

	if (place == ITSG_PAGES_NOWHERE)
		return false;
	if (!refusal || !itsg_pages_marked(platform->pages, page->first))
		claim_give_back(platform, *page, kind);
	itsg_pages_drop_at(platform->pages, run, place);
	return true;
}

void itsg_claim_undo(struct itsg_platform *platform, const struct itsg_take *take)
{
	struct claim_pages pages = claim_pages_of(platform, &take->run);

	if (pages.end - pages.first == 1 &&
	    claim_drop_sole(platform, &take->run, take->kind, &pages, true))
		return;
	claim_cut_ends(platform, &take->run, take->kind, &pages);
	claim_return(platform, pages, take->kind);
	itsg_pages_drop(platform->pages, &take->run, take->kind);
}

void itsg_claim_drop(struct itsg_platform *platform, const struct itsg_run *run,
		     enum itsg_kind kind)
{
	struct claim_pages pages = claim_pages_of(platform, run);

	if (pages.end - pages.first == 1) {
		if (!claim_drop_sole(platform, run, kind, &pages, false))
			itsg_pages_drop(platform->pages, run, kind);
		return;
	}
	/* Of a run that is not on record no page may go (I2, S3). */
	if (itsg_pages_holds(platform->pages, run, kind) != ITSG_PAGES_OK)
		return;
	claim_cut_ends(platform, run, kind, &pages);
	claim_give_back(platform, pages, kind);
	itsg_pages_drop_held(platform->pages, run);
}

/* What lies in the first `count` pages of a run. Parts end where a page does: none is in two. */
static struct itsg_run claim_first(const struct itsg_platform *platform, const struct itsg_run *run,
				   uint64_t count)
{
	const uint32_t shift = itsg_pages_page_shift(platform->pages);
	const uint64_t most = (((run->pa >> shift) + count) << shift) - run->pa;
	const struct itsg_run first = {run->pa, run->bytes < most ? run->bytes : most};

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
	const struct itsg_take part = {claim_cut(platform, run, ITSG_CLAIM_PART), kind, ITSG_OK};

	itsg_claim_undo(platform, &part);
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
