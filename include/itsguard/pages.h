/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker: which granules of which pages are claimed, and how.
 *
 * One per machine, shared by all ITSs on it, because drivers pack translation tables of different
 * ITSs into one page (P26). It knows nothing of interrupts and calls nobody: it can be used alone.
 * It keeps books only; whoever uses it shares, donates and gives back the pages themselves.
 *
 * The books. A page is in the tracker while a granule of it is claimed or while it carries the
 * leaked mark. An entry is the page's PFN, its kind, its mark and one bit per granule. The bits
 * stand where others count references: two runs in one page are two runs of bits (P4), two runs
 * that overlap are a bit set already, and dropping what is not held is a bit that is clear.
 *
 * Locks. None inside. Every function, also those that take a const tracker, relies on the caller's
 * one lock over the tracker and all ITSs on it. No function waits, allocates or calls back.
 *
 * Memory. The caller's, see itsg_pages_init(). It must not be reachable by the host: the tracker
 * believes what it reads there. No pointer that is passed to a function is kept by it.
 *
 * Work. An entry lies in one of two buckets that a keyed hash of its PFN names; a bucket is one
 * line of 64 bytes, 8 slots. A look-up reads two such lines, and for pages of 16 and 64 KB one line
 * more (the bits), whatever PFNs the host picks and however much is claimed. A call on a run does
 * at most three look-ups a page; however long the run is, no call goes on beyond capacity + 1
 * pages. Where both buckets of a new page are full, one entry may move to its other bucket: 16
 * hashes and looks for a free slot at most. Only itsg_pages_init(), itsg_pages_check() and
 * itsg_pages_next() walk the table.
 *
 * Load. When both buckets of a new page are full, and so are the other buckets of all entries in
 * them, the answer is ITSG_PAGES_FULL. With a capacity of up to 16 pages that never happens before
 * all slots are used. Above, it is improbable while at most TWO THIRDS of the slots are used: not
 * one of 9 * 10^8 takes with long churn was refused (tables of 17 to 16384 pages, 10^8 takes each).
 * So give a capacity of one and a half times the pages that are to be held at once. At 3/4 it is 3
 * takes in 10^7 at worst, at 7/8 8 in 10^5, in tables of 24 to 64 pages; fewer in larger ones. The
 * simulation in tests/test_pfn_tracker.c prints such figures for sequential, strided and random
 * PFNs and for churn, and fails if a table refuses a page at two thirds.
 */
#ifndef ITSGUARD_PAGES_H
#define ITSGUARD_PAGES_H

#include "itsguard/env.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITSG_GRANULE_SHIFT 8  /* 256 bytes: the alignment of an ITT (MAPD, ITT_addr[51:8]) */
#define ITSG_PA_SHIFT      52 /* no physical address of the architecture reaches 2^52 */

/* The fewest and the most pages a tracker can be configured for. */
#define ITSG_PAGES_MIN_CAPACITY 2u
#define ITSG_PAGES_MAX_CAPACITY (1u << 28)

/* Memory of the library's is aligned to cache lines, and so is each array in it. */
#define ITSG_LINE         64u
#define ITSG_LINES(bytes) (((uint64_t)(bytes) + (ITSG_LINE - 1)) & ~(uint64_t)(ITSG_LINE - 1))

/* How a page is held, all of it. */
enum itsg_kind {
	ITSG_SHARED = 0,  /* the host keeps access but cannot give the page away */
	ITSG_DONATED = 1, /* the host has lost access */
};

/* Answers of the tracker; which of them mean what, each function says. */
enum itsg_pages_result {
	ITSG_PAGES_OK = 0,
	ITSG_PAGES_BAD_RUN,  /* empty, not granule aligned, or past 2^52 */
	ITSG_PAGES_OVERLAP,  /* a granule of the run is claimed already */
	ITSG_PAGES_KIND,     /* a page of the run is held as the other kind */
	ITSG_PAGES_FULL,     /* no slot for one of the pages */
	ITSG_PAGES_NOT_HELD, /* a granule of the run is not claimed, or not as this kind */
};

/*
 * A run of granules. Good if bytes is not 0, both are multiples of 256 and pa + bytes <= 2^52 (the
 * last byte is the last one a 52-bit address can name: GIC I16). Anything else is a bad run;
 * no value of the two fields is unsafe to pass.
 */
struct itsg_run {
	uint64_t pa;    /* of the first byte */
	uint64_t bytes; /* from there on */
};

/* What a tracker is made for. */
struct itsg_pages_config {
	uint32_t page_shift; /* of the host's page: 12 (4 KB), 14 (16 KB) or 16 (64 KB) */
	uint32_t capacity;   /* pages, ITSG_PAGES_MIN_CAPACITY to ITSG_PAGES_MAX_CAPACITY, exact */
	uint64_t key[2];     /* of the hash: random, secret from the host. Any value works, but one
			      * that the host knows lets it fill a pair of buckets at will, so that
			      * its own later requests are refused. Nothing worse follows. */
};

/* What a tracker holds now. */
struct itsg_pages_stats {
	uint64_t pages;      /* entries: pages with a claimed granule or the mark, <= capacity */
	uint64_t granules;   /* claimed, in all pages */
	uint64_t marked;     /* entries with the leaked mark, <= pages */
	uint64_t pages_peak; /* most entries there ever were since itsg_pages_init() */
};

/* One entry, for checks, tools and tests. */
struct itsg_page_info {
	uint64_t pfn;        /* pa >> page_shift */
	enum itsg_kind kind; /* of all that is claimed in it */
	bool marked;         /* as leaked */
	uint32_t granules;   /* claimed in this page: 0 (then marked) to 16, 64 or 256 */
	uint64_t words[4];   /* bit g % 64 of word g / 64: granule g of the page is claimed */
};

struct itsg_pages;

/*
 * itsg_pages_size - the bytes that itsg_pages_init() needs for this configuration.
 *
 * 64 plus 8, 16 or 40 bytes a page (4, 16, 64 KB pages), rounded up to lines of 64.
 *
 * 0: page_shift or capacity is out of range, or the size does not fit a size_t.
 */
size_t itsg_pages_size(const struct itsg_pages_config *config);

/*
 * ITSG_PAGES_SIZE - the same as a constant, for static memory; nothing is checked. Arguments are
 * used more than once.
 */
#define ITSG_PAGES_SIZE(page_shift, capacity)                                                      \
	(ITSG_LINE + ITSG_LINES((uint64_t)(capacity)*8) +                                          \
	 ((page_shift) == 12 ? 0 : ITSG_LINES((uint64_t)(capacity) << ((page_shift)-11))))

/*
 * itsg_pages_init - make an empty tracker in mem.
 *
 * mem must be aligned to 64 bytes (a bucket is one cache line) and be size bytes long, at least
 * itsg_pages_size(config). What it holds before does not matter: what is needed is zeroed here, no
 * byte beyond itsg_pages_size() is touched. mem stays the caller's: it must stay in place as long
 * as the tracker is used, there is nothing to close, and it may be freed or initialised again as
 * soon as no claim is left. config is copied.
 *
 * The tracker, which lies at mem. NULL: bad configuration, mem is NULL or not aligned, or size too
 * small; mem is then untouched.
 */
struct itsg_pages *itsg_pages_init(void *mem, size_t size, const struct itsg_pages_config *config);

/* itsg_pages_page_shift - as configured: 12, 14 or 16. pfn is pa >> page_shift everywhere. */
uint32_t itsg_pages_page_shift(const struct itsg_pages *pages);

/*
 * itsg_pages_fits - could this run be held at all? false for a bad run and for one of more pages
 * than capacity, which itsg_pages_take() answers with ITSG_PAGES_FULL unseen. Constant work.
 */
bool itsg_pages_fits(const struct itsg_pages *pages, const struct itsg_run *run);

/*
 * itsg_pages_judge - what do the books say against taking this run? Changes nothing. *fresh grows
 * by the number of its pages that are not in the tracker, each of which would need a slot; what it
 * grows by on any answer but OK means nothing.
 *
 * ITSG_PAGES_BAD_RUN, ITSG_PAGES_OVERLAP or ITSG_PAGES_KIND as itsg_pages_take() would answer, and
 * ITSG_PAGES_FULL for a run of more pages than capacity. ITSG_PAGES_OK: nothing; about slots see
 * itsg_pages_room().
 */
enum itsg_pages_result itsg_pages_judge(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind, uint64_t *fresh);

/*
 * itsg_pages_room - are there so many free slots? If not, as many new pages cannot be taken; if so,
 * whether each finds one of its own, only taking shows (see Load, above). Constant work.
 */
bool itsg_pages_room(const struct itsg_pages *pages, uint64_t fresh);

/*
 * itsg_pages_take - claim every granule of the run as kind (one of the two, nothing else).
 *
 * All or nothing: on any answer but OK the tracker holds what it held, though an entry may lie in
 * another slot. Pages that carry the leaked mark are like others: of the other kind they are a
 * conflict, empty or not; of the same kind they are used and keep the mark until itsg_pages_mark()
 * clears it.
 *
 * Several reasons can hold; judged over the whole run, the first of these is given:
 * ITSG_PAGES_BAD_RUN   see struct itsg_run
 * ITSG_PAGES_FULL      the run has more pages than capacity. It can never be taken, and it is not
 *                      looked at, so that a call's work stays bounded: if it overlaps something
 *                      too, this is still the answer
 * ITSG_PAGES_OVERLAP   a granule of the run is claimed, as whichever kind (two ITTs that overlap
 *                      are UNPREDICTABLE: GIC 2.3)
 * ITSG_PAGES_KIND      a page of the run is in the tracker as the other kind: one page cannot both
 *                      stay with the host and be taken from it
 * ITSG_PAGES_FULL      no slot for one of the pages (see Load, above)
 * ITSG_PAGES_OK        claimed. It is the pages that itsg_pages_first() says yes to that the caller
 *                      has to share or donate now
 */
enum itsg_pages_result itsg_pages_take(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind);

/*
 * itsg_pages_drop - give up the claim on every granule of the run. The exact inverse of take.
 *
 * The run need not be one that was taken: part of one, or neighbours at once, are as good. A page
 * with no granule left vanishes, unless it is marked: then it stays, empty. A caller that gives
 * pages back asks itsg_pages_sole() first, marks what the platform refused, and then drops.
 *
 * All or nothing, as take:
 * ITSG_PAGES_BAD_RUN   see struct itsg_run
 * ITSG_PAGES_NOT_HELD  a granule of the run is not claimed as kind (S2, S3: never a success)
 * ITSG_PAGES_OK        dropped
 */
enum itsg_pages_result itsg_pages_drop(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind);

/*
 * itsg_pages_holds - is every granule of the run claimed as kind?
 *
 * ITSG_PAGES_OK, ITSG_PAGES_NOT_HELD or ITSG_PAGES_BAD_RUN: what itsg_pages_drop() would answer.
 */
enum itsg_pages_result itsg_pages_holds(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind);

/*
 * itsg_pages_sole - is the run's part of page pfn, all of it, the whole of what is claimed there?
 *
 * Right after take: was the page without a claim before? Right before drop: will it be without one
 * afterwards? The mark is not looked at.
 *
 * false also for a bad run, for a page that the run does not touch and for one not in the tracker.
 */
bool itsg_pages_sole(const struct itsg_pages *pages, const struct itsg_run *run, uint64_t pfn);

/*
 * itsg_pages_first - is page pfn in the tracker on account of this run alone? itsg_pages_sole(),
 * and the page is not marked: a marked page was the caller's before.
 *
 * Right after take: does the caller have to share or donate the page now?
 */
bool itsg_pages_first(const struct itsg_pages *pages, const struct itsg_run *run, uint64_t pfn);

/*
 * itsg_pages_count - pages in the tracker, claimed or marked. What a take adds to it are the pages
 * of its run that were not there before: if all were not, itsg_pages_first() says yes to each; if
 * all were, to none. Constant work.
 */
uint64_t itsg_pages_count(const struct itsg_pages *pages);

/*
 * itsg_pages_marked - does page pfn carry the leaked mark? false if it is not in the tracker.
 */
bool itsg_pages_marked(const struct itsg_pages *pages, uint64_t pfn);

/*
 * itsg_pages_mark - set or clear the leaked mark: the platform refused to take the page back, so
 * that it stays ours though nobody claims a granule of it (design: a page is never forgotten).
 *
 * Setting it twice is setting it once. Clearing it on a page with no granule left makes the page
 * vanish. A page that is not in the tracker is left alone: mark before drop, not after.
 */
void itsg_pages_mark(struct itsg_pages *pages, uint64_t pfn, bool marked);

/* itsg_pages_get_stats - the counters, copied to the caller's *out. Constant work. */
void itsg_pages_get_stats(const struct itsg_pages *pages, struct itsg_pages_stats *out);

/*
 * itsg_pages_slot - the entry in slot index, copied to the caller's *out: for checks, tools, tests.
 *
 * Walk index from 0 to capacity - 1 to see every entry once. The order means nothing and depends on
 * the key; a take may change it.
 *
 * false, *out untouched: the slot is empty, or index is not below capacity.
 */
bool itsg_pages_slot(const struct itsg_pages *pages, uint32_t index, struct itsg_page_info *out);

/*
 * itsg_pages_next - the first entry in slot *index or after it, copied to *out; *index becomes the
 * slot after it. Begin with 0. Quicker than itsg_pages_slot() over a table that is mostly empty.
 *
 * false, *out untouched: there is no more.
 */
bool itsg_pages_next(const struct itsg_pages *pages, uint32_t *index, struct itsg_page_info *out);

/*
 * itsg_pages_check - is the structure sound? For tests, fuzzing and proofs: looks at every slot.
 *
 * true: every entry lies in one of the two buckets of its PFN, no PFN is there twice, none has
 * neither granule nor mark, PFNs and unused bits are in range, the counters (also one of donated
 * pages, so that a kind that has changed is seen) are what the entries add up to, and the peak is
 * not below them.
 */
bool itsg_pages_check(const struct itsg_pages *pages);

#ifdef __cplusplus
}
#endif

#endif
