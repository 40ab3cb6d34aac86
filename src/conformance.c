/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The conformance kit: conformance.h. It keeps books of what the platform has answered, looks at
 * the world through the hooks, and compares. Each step leaves free pages behind, or says which
 * clause it fell over; then what the books have is undone, whatever is true of it.
 */
#include "itsguard/conformance.h"

#include "itsguard/arch.h"
#include "noinline.h"

#define KIT_PAGES  ITSG_CONFORMANCE_PAGES
#define KIT_WORD   8u
#define KIT_SLOT   32u
#define KIT_BASERS 8u
#define KIT_ARCH   ITSG_BITS(7, 4) /* GITS_PIDR2.ArchRev */

/* What a page is by the platform's answers. */
enum kit_page {
	KIT_FREE,
	KIT_SHARED,
	KIT_DONATED,
};

enum kit_op {
	KIT_SHARE,
	KIT_UNSHARE,
	KIT_DONATE,
	KIT_RECLAIM,
};

typedef uint64_t kit_call(void *ctx, uint64_t pfn, uint64_t count);

/* The callbacks over pages, which both structs have. */
struct kit_memory {
	kit_call *share;
	kit_call *unshare;
	kit_call *donate;
	kit_call *reclaim;
	int (*zero)(void *ctx, uint64_t pa, uint64_t bytes);
	void *ctx;
};

struct kit {
	const struct itsg_conformance *with;
	const struct itsg_conformance_hooks *hooks;
	struct itsg_conformance_result *result;
	struct kit_memory memory;
	enum kit_page page[KIT_PAGES];
	uint32_t given; /* this one is somebody else's, by the hook; KIT_PAGES: none */
	bool twice;     /* the first page is shared, and was once more */
};

/* ---- what is said of it ---- */

/* The clause was tried, and this came of it. */
static bool kit_holds(struct kit *kit, enum itsg_clause clause, bool holds, uint64_t at,
		      uint64_t got)
{
	kit->result->tried |= (uint64_t)1 << (uint32_t)clause;
	if (holds)
		return true;
	kit->result->failed = clause;
	kit->result->at = at;
	kit->result->got = got;
	return false;
}

/* What can fail a call that lies below a callback: a model's affair. */
static void kit_arm(const struct kit *kit, uint32_t n)
{
	if (kit->hooks->fail_at)
		(void)kit->hooks->fail_at(kit->with->hooks_ctx, n);
}

/* Nothing fails from here on. Had the call come that was to? */
static bool kit_disarm(const struct kit *kit)
{
	return kit->hooks->fail_at && kit->hooks->fail_at(kit->with->hooks_ctx, 0);
}

/* ---- pages ---- */

static uint64_t kit_pfn(const struct kit *kit, uint32_t page)
{
	return kit->with->host_pfn + page;
}

static uint64_t kit_pa(const struct kit *kit, uint32_t page)
{
	return kit_pfn(kit, page) << kit->with->page_shift;
}

static uint64_t kit_page_bytes(const struct kit *kit)
{
	return (uint64_t)1 << kit->with->page_shift;
}

static kit_call *kit_callback(const struct kit *kit, enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return kit->memory.share;
	case KIT_UNSHARE:
		return kit->memory.unshare;
	case KIT_DONATE:
		return kit->memory.donate;
	case KIT_RECLAIM:
	default:
		return kit->memory.reclaim;
	}
}

static enum kit_page kit_after(enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return KIT_SHARED;
	case KIT_DONATE:
		return KIT_DONATED;
	case KIT_UNSHARE:
	case KIT_RECLAIM:
	default:
		return KIT_FREE;
	}
}

/* By pages `first` on, `count` of them: how many were done, which goes to the books. */
static uint32_t kit_ask(struct kit *kit, enum kit_op op, uint32_t first, uint32_t count)
{
	const uint64_t done = kit_callback(kit, op)(kit->memory.ctx, kit_pfn(kit, first), count);
	const uint32_t counted = done < count ? (uint32_t)done : count; /* more counts as count */

	for (uint32_t i = first; i < first + counted; i++)
		kit->page[i] = kit_after(op);
	return counted;
}

/* Can the host give the page away? If so it comes back at once. */
static bool kit_is_free(const struct kit *kit, uint32_t page)
{
	const uint64_t pfn = kit_pfn(kit, page);
	const bool gone = kit->hooks->give(kit->with->hooks_ctx, pfn);

	if (gone)
		kit->hooks->take_back(kit->with->hooks_ctx, pfn);
	return gone;
}

/* Is the page what the books say? That it is pinned is one clause, that the host has it another. */
static bool kit_page_is(struct kit *kit, uint32_t page, enum itsg_clause pins,
			enum itsg_clause access)
{
	const enum kit_page state = kit->page[page];
	bool is;

	if (page == kit->given)
		return true;
	is = kit_is_free(kit, page);
	if (!kit_holds(kit, pins, is == (state == KIT_FREE), kit_pfn(kit, page), is ? 1 : 0))
		return false;
	if (!kit->hooks->host_can_write)
		return true;
	is = kit->hooks->host_can_write(kit->with->hooks_ctx, kit_pfn(kit, page));
	return kit_holds(kit, access, is == (state != KIT_DONATED), kit_pfn(kit, page), is ? 1 : 0);
}

/* What each call promises of the pages that it has done, and of the others. */
static enum itsg_clause kit_done_clause(enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return ITSG_CLAUSE_SHARE_DONE;
	case KIT_UNSHARE:
		return ITSG_CLAUSE_UNSHARE_DONE;
	case KIT_DONATE:
		return ITSG_CLAUSE_DONATE_DONE;
	case KIT_RECLAIM:
	default:
		return ITSG_CLAUSE_RECLAIM_DONE;
	}
}

static enum itsg_clause kit_pins_clause(enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return ITSG_CLAUSE_SHARE_PINS;
	case KIT_UNSHARE:
		return ITSG_CLAUSE_UNSHARE_FREES;
	case KIT_DONATE:
		return ITSG_CLAUSE_DONATE_PINS;
	case KIT_RECLAIM:
	default:
		return ITSG_CLAUSE_RECLAIM_FREES;
	}
}

static enum itsg_clause kit_access_clause(enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return ITSG_CLAUSE_SHARE_KEEPS;
	case KIT_UNSHARE:
		return ITSG_CLAUSE_UNSHARE_FREES;
	case KIT_DONATE:
		return ITSG_CLAUSE_DONATE_TAKES;
	case KIT_RECLAIM:
	default:
		return ITSG_CLAUSE_RECLAIM_FREES;
	}
}

static enum itsg_clause kit_exact_clause(enum kit_op op)
{
	switch (op) {
	case KIT_SHARE:
		return ITSG_CLAUSE_SHARE_EXACT;
	case KIT_UNSHARE:
		return ITSG_CLAUSE_UNSHARE_EXACT;
	case KIT_DONATE:
		return ITSG_CLAUSE_DONATE_EXACT;
	case KIT_RECLAIM:
	default:
		return ITSG_CLAUSE_RECLAIM_EXACT;
	}
}

/* After a call that was for pages `first` on and has done so many: each page is as the books say.
 */
static ITSG_NOINLINE bool kit_compare(struct kit *kit, enum kit_op op, uint32_t first,
				      uint32_t done)
{
	const enum itsg_clause exact = kit_exact_clause(op);
	bool same = true;

	for (uint32_t i = 0; i < KIT_PAGES && same; i++) {
		const bool mine = i >= first && i < first + done;

		same = kit_page_is(kit, i, mine ? kit_pins_clause(op) : exact,
				   mine ? kit_access_clause(op) : exact);
	}
	return same;
}

/* A call that must do all that it is asked for, because nothing is in its way. */
static ITSG_NOINLINE bool kit_do(struct kit *kit, enum kit_op op, uint32_t first, uint32_t count)
{
	const uint32_t done = kit_ask(kit, op, first, count);

	return kit_compare(kit, op, first, done) &&
	       kit_holds(kit, kit_done_clause(op), done == count, kit_pfn(kit, first), done);
}

static void kit_take_back(struct kit *kit)
{
	if (kit->given < KIT_PAGES)
		kit->hooks->take_back(kit->with->hooks_ctx, kit_pfn(kit, kit->given));
	kit->given = KIT_PAGES;
}

static enum kit_op kit_undo_of(enum kit_page state)
{
	return state == KIT_DONATED ? KIT_RECLAIM : KIT_UNSHARE;
}

/* All pages are free again, and it is seen that they are. */
static bool kit_free_all(struct kit *kit)
{
	bool done = true;

	for (uint32_t i = 0; i < KIT_PAGES && done; i++)
		if (kit->page[i] != KIT_FREE)
			done = kit_do(kit, kit_undo_of(kit->page[i]), i, 1);
	return done;
}

/* The same at the end, without a look. */
static void kit_undo_all(struct kit *kit)
{
	if (kit->twice)
		(void)kit->memory.unshare(kit->memory.ctx, kit_pfn(kit, 0), 1);
	for (uint32_t i = 0; i < KIT_PAGES; i++)
		if (kit->page[i] != KIT_FREE)
			(void)kit_ask(kit, kit_undo_of(kit->page[i]), i, 1);
	kit_take_back(kit);
}

/* The state that a call needs: for those that give back, all pages in it. */
static bool kit_prepare(struct kit *kit, enum kit_op op)
{
	if (op == KIT_UNSHARE)
		return kit_do(kit, KIT_SHARE, 0, KIT_PAGES);
	if (op == KIT_RECLAIM)
		return kit_do(kit, KIT_DONATE, 0, KIT_PAGES);
	return true;
}

/* One call for `count` pages, the n-th of those below it failing. *more: there was one. */
static ITSG_NOINLINE bool kit_try(struct kit *kit, enum kit_op op, uint32_t count, uint32_t n,
				  bool *more)
{
	uint32_t done;
	bool all;

	if (!kit_prepare(kit, op))
		return false;
	kit_arm(kit, n);
	done = kit_ask(kit, op, 0, count);
	*more = kit_disarm(kit);
	all = n > 0 || done == count;
	return kit_compare(kit, op, 0, done) &&
	       kit_holds(kit, kit_done_clause(op), all, kit_pfn(kit, done), done) &&
	       kit_free_all(kit);
}

/* A call for one page and for more, without a failure, and then with each that there can be. */
static bool kit_try_all(struct kit *kit, enum kit_op op)
{
	bool good = true;

	for (uint32_t count = 1; count <= KIT_PAGES && good; count++) {
		bool more;

		good = kit_try(kit, op, count, 0, &more);
		more = kit->hooks->fail_at != NULL;
		for (uint32_t n = 1; more && good; n++)
			good = kit_try(kit, op, count, n, &more);
	}
	return good;
}

/* One of two shares of the first page is undone: it is still held. */
static bool kit_undo_once(struct kit *kit)
{
	const bool done = kit->memory.unshare(kit->memory.ctx, kit_pfn(kit, 0), 1) != 0;

	kit->twice = !done;
	return kit_holds(kit, ITSG_CLAUSE_SHARE_TWICE, done, kit_pfn(kit, 0), 0) &&
	       kit_page_is(kit, 0, ITSG_CLAUSE_SHARE_TWICE, ITSG_CLAUSE_SHARE_TWICE);
}

/* The first page is shared twice: refused, or both must be undone before it is free. */
static bool kit_share_twice(struct kit *kit)
{
	if (!kit_do(kit, KIT_SHARE, 0, 1))
		return false;
	kit->twice = kit->memory.share(kit->memory.ctx, kit_pfn(kit, 0), 1) != 0;
	if (!kit_page_is(kit, 0, ITSG_CLAUSE_SHARE_TWICE, ITSG_CLAUSE_SHARE_TWICE))
		return false;
	if (kit->twice && !kit_undo_once(kit))
		return false;
	return kit_holds(kit, ITSG_CLAUSE_SHARE_TWICE, kit_ask(kit, KIT_UNSHARE, 0, 1) == 1,
			 kit_pfn(kit, 0), 0) &&
	       kit_page_is(kit, 0, ITSG_CLAUSE_SHARE_TWICE, ITSG_CLAUSE_SHARE_TWICE);
}

/* A run in which one page is somebody else's: it ends before that one, or does nothing at all. */
static ITSG_NOINLINE bool kit_stop_at(struct kit *kit, enum kit_op op, enum itsg_clause clause,
				      uint32_t foreign)
{
	uint32_t done;

	if (!kit_holds(kit, ITSG_CLAUSE_SETUP,
		       kit->hooks->give(kit->with->hooks_ctx, kit_pfn(kit, foreign)),
		       kit_pfn(kit, foreign), 0))
		return false;
	kit->given = foreign;
	done = kit_ask(kit, op, 0, KIT_PAGES);
	if (!kit_holds(kit, clause, done <= foreign, kit_pfn(kit, foreign), done) ||
	    !kit_compare(kit, op, 0, done))
		return false;
	kit_take_back(kit);
	return kit_free_all(kit);
}

static bool kit_refuse_foreign(struct kit *kit, enum kit_op op, enum itsg_clause clause)
{
	kit_call *const call = kit_callback(kit, op);
	kit_call *const undo = op == KIT_SHARE ? kit->memory.unshare : kit->memory.reclaim;
	bool good = true;

	for (uint32_t i = 0; i < kit->with->foreign_count && good; i++) {
		const uint64_t pfn = kit->with->foreign[i];
		const uint64_t done = call(kit->memory.ctx, pfn, 1);

		if (done)
			(void)undo(kit->memory.ctx, pfn, 1);
		good = kit_holds(kit, clause, done == 0, pfn, done);
	}
	for (uint32_t i = 0; i < KIT_PAGES && good; i++)
		good = kit_stop_at(kit, op, clause, i);
	return good;
}

static bool kit_pages_free(struct kit *kit)
{
	bool good = true;

	for (uint32_t i = 0; i < KIT_PAGES && good; i++)
		good = kit_page_is(kit, i, ITSG_CLAUSE_SETUP, ITSG_CLAUSE_SETUP);
	return good;
}

static bool kit_try_pages(struct kit *kit)
{
	return kit_pages_free(kit) && kit_try_all(kit, KIT_SHARE) &&
	       kit_try_all(kit, KIT_UNSHARE) && kit_share_twice(kit) &&
	       kit_refuse_foreign(kit, KIT_SHARE, ITSG_CLAUSE_SHARE_FOREIGN) &&
	       kit_try_all(kit, KIT_DONATE) && kit_try_all(kit, KIT_RECLAIM) &&
	       kit_refuse_foreign(kit, KIT_DONATE, ITSG_CLAUSE_DONATE_FOREIGN);
}

/* ---- memory ---- */

/* Bytes to store: no two places have the same before and behind them. */
#define KIT_BYTE(n)  (uint8_t)((n)*167u + ((n) >> 8) * 13u + 1u)
#define KIT_4(n)     KIT_BYTE(n), KIT_BYTE((n) + 1u), KIT_BYTE((n) + 2u), KIT_BYTE((n) + 3u)
#define KIT_16(n)    KIT_4(n), KIT_4((n) + 4u), KIT_4((n) + 8u), KIT_4((n) + 12u)
#define KIT_64(n)    KIT_16(n), KIT_16((n) + 16u), KIT_16((n) + 32u), KIT_16((n) + 48u)
#define KIT_256(n)   KIT_64(n), KIT_64((n) + 64u), KIT_64((n) + 128u), KIT_64((n) + 192u)
#define KIT_OTHER    32u /* where the second pattern begins */
#define KIT_PATTERNS (ITSG_STORE_MAX + 2u * KIT_OTHER)

static const uint8_t kit_bytes[KIT_PATTERNS] = {KIT_256(0u), KIT_256(256u), KIT_64(512u)};

/* What the host writes at pa: no two words are the same, and none is 0. */
static uint64_t kit_word(uint64_t pa, uint32_t round)
{
	return (pa + round) * 0x9e3779b97f4a7c15u | 1u;
}

static uint64_t kit_peek(const struct kit *kit, uint64_t pa)
{
	uint8_t bytes[KIT_WORD];

	kit->hooks->peek(kit->with->hooks_ctx, pa, bytes);
	return itsg_le64(bytes);
}

static void kit_poke(const struct kit *kit, uint64_t pa, uint64_t bytes, uint32_t round)
{
	for (uint64_t at = pa; at < pa + bytes; at += KIT_WORD) {
		uint8_t word[KIT_WORD];

		itsg_put_le64(word, kit_word(at, round));
		kit->hooks->poke(kit->with->hooks_ctx, at, word);
	}
}

/* [pa, pa + bytes) is zero, or what the host wrote. */
static bool kit_memory_is(struct kit *kit, enum itsg_clause clause, uint64_t pa, uint64_t bytes,
			  bool zero)
{
	bool same = true;

	for (uint64_t at = pa; at < pa + bytes && same; at += KIT_WORD) {
		const uint64_t word = kit_peek(kit, at);

		same = kit_holds(kit, clause, word == (zero ? 0 : kit_word(at, 0)), at, word);
	}
	return same;
}

static bool kit_zero(struct kit *kit, uint64_t pa, uint64_t bytes)
{
	const int error = kit->memory.zero(kit->memory.ctx, pa, bytes);

	return kit_holds(kit, ITSG_CLAUSE_ZERO_DONE, error == 0, pa, (uint64_t)error);
}

/* Donated pages: a piece of one, then from within one into the next; then nothing is left. */
static bool kit_zero_donated(struct kit *kit)
{
	const uint64_t pa = kit_pa(kit, 0);
	const uint64_t page = kit_page_bytes(kit);
	const uint64_t end = pa + 2 * page + 256; /* of what is zeroed, but for the beginning */
	const bool look = kit->hooks->peek && kit->hooks->poke;
	bool good;

	if (kit->hooks->poke)
		kit_poke(kit, pa, KIT_PAGES * page, 0);
	good = kit_do(kit, KIT_DONATE, 0, KIT_PAGES) && kit_zero(kit, pa + 512, 256);
	if (good && look)
		good = kit_memory_is(kit, ITSG_CLAUSE_ZERO_ALL, pa + 512, 256, true) &&
		       kit_memory_is(kit, ITSG_CLAUSE_ZERO_ONLY, pa, 512, false) &&
		       kit_memory_is(kit, ITSG_CLAUSE_ZERO_ONLY, pa + 768, page - 768, false);
	good = good && kit_zero(kit, pa + 256, end - pa - 256);
	if (good && look)
		good = kit_memory_is(kit, ITSG_CLAUSE_ZERO_ALL, pa + 256, end - pa - 256, true) &&
		       kit_memory_is(kit, ITSG_CLAUSE_ZERO_ONLY, pa, 256, false) &&
		       kit_memory_is(kit, ITSG_CLAUSE_ZERO_ONLY, end, page - 256, false);
	return good && kit_zero(kit, pa, KIT_PAGES * page) && kit_free_all(kit);
}

/* ---- what the guard reads of the host's ---- */

#define KIT_GUARD_BYTE 0x5au

/* A fetch into the middle of a buffer whose ends must stay. */
static ITSG_NOINLINE bool kit_fetch(struct kit *kit, uint64_t pa, uint32_t bytes, uint32_t round)
{
	const struct itsg_ops *ops = kit->with->ops;
	uint8_t buffer[KIT_WORD + KIT_SLOT + KIT_WORD];
	bool good;
	int error;

	for (uint32_t i = 0; i < sizeof(buffer); i++)
		buffer[i] = KIT_GUARD_BYTE;
	error = ops->fetch(kit->with->ctx, pa, buffer + KIT_WORD, bytes);
	good = kit_holds(kit, ITSG_CLAUSE_FETCH_DONE, error == 0, pa, (uint64_t)error);
	for (uint32_t i = 0; i < sizeof(buffer) && good; i++)
		if (i < KIT_WORD || i >= KIT_WORD + bytes)
			good = kit_holds(kit, ITSG_CLAUSE_FETCH_BOUNDS, buffer[i] == KIT_GUARD_BYTE,
					 pa, buffer[i]);
	for (uint32_t i = 0; kit->hooks->poke && i < bytes && good; i += KIT_WORD) {
		const uint64_t word = itsg_le64(buffer + KIT_WORD + i);

		good = kit_holds(kit, ITSG_CLAUSE_FETCH_BYTES, word == kit_word(pa + i, round),
				 pa + i, word);
	}
	return good;
}

/* The same, and how often each word was read. */
static bool kit_fetch_once(struct kit *kit, uint64_t pa, uint32_t bytes, uint32_t round)
{
	const bool count = kit->hooks->reads && kit->hooks->poke;
	bool good;

	if (kit->hooks->poke)
		kit_poke(kit, pa, bytes, round);
	for (uint32_t i = 0; count && i < bytes; i += KIT_WORD)
		(void)kit->hooks->reads(kit->with->hooks_ctx, pa + i);
	good = kit_fetch(kit, pa, bytes, round);
	for (uint32_t i = 0; count && i < bytes && good; i += KIT_WORD) {
		const uint32_t reads = kit->hooks->reads(kit->with->hooks_ctx, pa + i);

		good = kit_holds(kit, ITSG_CLAUSE_FETCH_ONCE, reads == 1, pa + i, reads);
	}
	return good;
}

/* At the beginning and the end of a page, and again when the host has written anew. */
static bool kit_fetch_shared(struct kit *kit)
{
	const uint64_t pa = kit_pa(kit, 0);
	const uint64_t end = pa + kit_page_bytes(kit);

	return kit_do(kit, KIT_SHARE, 0, 1) && kit_fetch_once(kit, pa, KIT_SLOT, 0) &&
	       kit_fetch_once(kit, pa, KIT_SLOT, 1) && kit_fetch_once(kit, pa + 40, KIT_WORD, 0) &&
	       kit_fetch_once(kit, end - KIT_SLOT, KIT_SLOT, 0) &&
	       kit_fetch_once(kit, end - KIT_WORD, KIT_WORD, 1) && kit_free_all(kit);
}

/* ---- what the guard writes for hardware ---- */

/* With peek: is there what these bytes are? No: *at and *got say where not. */
static bool kit_stored(const struct kit *kit, uint64_t pa, const uint8_t *bytes, uint32_t count,
		       uint64_t *at, uint64_t *got)
{
	*at = pa;
	*got = 0;
	for (uint32_t i = 0; i < count; i += KIT_WORD) {
		*at = pa + i;
		*got = kit_peek(kit, pa + i);
		if (*got != itsg_le64(bytes + i))
			return false;
	}
	return true;
}

/* A write of a register that changes nothing: what it held. */
static void kit_touch_register(const struct kit *kit)
{
	const struct itsg_ops *ops = kit->with->ops;

	if (kit->with->registers)
		ops->reg_write(kit->with->ctx, ITSG_GITS_CWRITER, 8,
			       ops->reg_read(kit->with->ctx, ITSG_GITS_CWRITER, 8));
}

/*
 * Stores, writes a register, and looks. What was not there then and is after another store, at the
 * beginning of the queue, was late.
 */
static ITSG_NOINLINE bool kit_store(struct kit *kit, uint64_t pa, const uint8_t *bytes,
				    uint32_t count)
{
	const struct itsg_ops *ops = kit->with->ops;
	const int error = ops->store(kit->with->ctx, pa, bytes, count);
	uint64_t at, got;

	if (!kit_holds(kit, ITSG_CLAUSE_STORE_DONE, error == 0, pa, (uint64_t)error))
		return false;
	if (!kit->hooks->peek)
		return true;
	kit_touch_register(kit);
	if (kit_stored(kit, pa, bytes, count, &at, &got)) {
		(void)kit_holds(kit, ITSG_CLAUSE_STORE_BYTES, true, pa, 0);
		if (kit->with->registers)
			(void)kit_holds(kit, ITSG_CLAUSE_STORE_ORDERED, true, pa, 0);
		return true;
	}
	(void)ops->store(kit->with->ctx, kit->with->queue.pa, kit_bytes, KIT_SLOT);
	kit_touch_register(kit);
	if (kit->with->registers && kit_stored(kit, pa, bytes, count, &at, &got))
		return kit_holds(kit, ITSG_CLAUSE_STORE_ORDERED, false, pa, 0);
	return kit_holds(kit, ITSG_CLAUSE_STORE_BYTES, false, at, got);
}

/* The word at pa, if it lies in the range. */
static uint64_t kit_beside(const struct kit *kit, const struct itsg_range *range, uint64_t pa)
{
	const bool inside = pa - range->pa < range->bytes; /* below it, the difference is large */

	return kit->hooks->peek && inside ? kit_peek(kit, pa) : 0;
}

/* A store over the first pattern, the n-th call below it failing: there is the one or the other. */
static ITSG_NOINLINE bool kit_store_fails(struct kit *kit, uint64_t pa, uint32_t count, uint32_t n,
					  bool *more)
{
	const uint8_t *there = kit_bytes + KIT_OTHER;
	enum itsg_clause clause = ITSG_CLAUSE_STORE_BYTES;
	uint64_t at, got;
	bool same;

	if (!kit_store(kit, pa, kit_bytes, count))
		return false;
	kit_arm(kit, n);
	if (kit->with->ops->store(kit->with->ctx, pa, there, count)) {
		there = kit_bytes;
		clause = ITSG_CLAUSE_STORE_EXACT;
	}
	*more = kit_disarm(kit);
	kit_touch_register(kit);
	same = kit_stored(kit, pa, there, count, &at, &got);
	return kit_holds(kit, clause, same, at, got);
}

static bool kit_store_fails_each(struct kit *kit, uint64_t pa, uint32_t count)
{
	bool more = kit->hooks->fail_at != NULL;
	bool good = true;

	for (uint32_t n = 1; more && good; n++)
		good = kit_store_fails(kit, pa, count, n, &more);
	return good;
}

/* Two patterns, one over the other, and what lies before and behind them stays. */
static ITSG_NOINLINE bool kit_store_in(struct kit *kit, const struct itsg_range *range,
				       uint64_t offset, uint32_t count)
{
	const uint64_t pa = range->pa + offset;
	const uint64_t before = kit_beside(kit, range, pa - KIT_WORD);
	const uint64_t behind = kit_beside(kit, range, pa + count);
	uint64_t now;

	if (!kit_store(kit, pa, kit_bytes, count) ||
	    !kit_store(kit, pa, kit_bytes + KIT_OTHER, count))
		return false;
	if (!kit->hooks->peek)
		return true;
	now = kit_beside(kit, range, pa - KIT_WORD);
	if (!kit_holds(kit, ITSG_CLAUSE_STORE_ONLY, now == before, pa - KIT_WORD, now))
		return false;
	now = kit_beside(kit, range, pa + count);
	return kit_holds(kit, ITSG_CLAUSE_STORE_ONLY, now == behind, pa + count, now) &&
	       kit_store_fails_each(kit, pa, count);
}

static bool kit_store_queue(struct kit *kit)
{
	const struct itsg_range *queue = &kit->with->queue;

	return kit_store_in(kit, queue, 0, KIT_SLOT) &&
	       kit_store_in(kit, queue, 3 * KIT_SLOT, 2 * KIT_SLOT) &&
	       kit_store_in(kit, queue, ITSG_STORE_MAX - KIT_SLOT, ITSG_STORE_MAX) &&
	       kit_store_in(kit, queue, queue->bytes - KIT_SLOT, KIT_SLOT);
}

/* Is what was stored in the pool there, but for a piece in the middle that was zeroed? */
static bool kit_zeroed_between(struct kit *kit, uint64_t pa)
{
	uint64_t at, got;
	bool same;

	if (!kit_memory_is(kit, ITSG_CLAUSE_ZERO_ALL, pa + 256, 256, true))
		return false;
	same = kit_stored(kit, pa, kit_bytes, 256, &at, &got) &&
	       kit_stored(kit, pa + 512, kit_bytes + 512, KIT_PATTERNS - 512, &at, &got);
	return kit_holds(kit, ITSG_CLAUSE_ZERO_ONLY, same, at, got);
}

/* Words of the pool, as level-1 tables have them; then a piece of it is zeroed between others. */
static bool kit_store_pool(struct kit *kit)
{
	const struct itsg_range *pool = &kit->with->level1_pool;
	bool good = true;

	if (pool->bytes < 1024)
		return true;
	for (uint32_t i = 0; i < KIT_PATTERNS && good; i += KIT_WORD)
		good = kit_store(kit, pool->pa + i, kit_bytes + i, KIT_WORD);
	return good && kit_store_in(kit, pool, pool->bytes - KIT_WORD, KIT_WORD) &&
	       kit_zero(kit, pool->pa + 256, 256) &&
	       (!kit->hooks->peek || kit_zeroed_between(kit, pool->pa));
}

/* ---- registers ---- */

static uint64_t kit_read(const struct kit *kit, uint32_t offset, uint32_t width)
{
	return kit->with->ops->reg_read(kit->with->ctx, offset, width);
}

static void kit_write(const struct kit *kit, uint32_t offset, uint64_t value)
{
	kit->with->ops->reg_write(kit->with->ctx, offset, 8, value);
}

static bool kit_read_32(struct kit *kit, uint32_t offset)
{
	const uint64_t value = kit_read(kit, offset, 4);

	return kit_holds(kit, ITSG_CLAUSE_REG_READ_32, value >> 32 == 0, offset, value);
}

/* Every ITS has a device table, and its type is in the upper half of its register (GIC 1.8). */
static bool kit_read_64(struct kit *kit)
{
	uint64_t value = 0;
	bool found = false;

	for (uint32_t n = 0; n < KIT_BASERS && !found; n++) {
		value = kit_read(kit, ITSG_GITS_BASER + 8 * n, 8);
		found = itsg_get(value, ITSG_BASER_TYPE) == ITSG_BASER_TYPE_DEVICE;
	}
	return kit_holds(kit, ITSG_CLAUSE_REG_READ_64, found, ITSG_GITS_BASER, value);
}

/* GITS_CBASER as the guard will have it, Valid in the one half and an address in the other. */
static ITSG_NOINLINE bool kit_write_64(struct kit *kit)
{
	const uint64_t mask = ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE;
	const uint64_t value = ITSG_CBASER_VALID | kit->with->queue.pa;
	const uint64_t cbaser = kit_read(kit, ITSG_GITS_CBASER, 8);
	const uint64_t cwriter = kit_read(kit, ITSG_GITS_CWRITER, 8);
	uint64_t now;

	kit_write(kit, ITSG_GITS_CBASER, value);
	now = kit_read(kit, ITSG_GITS_CBASER, 8);
	kit_write(kit, ITSG_GITS_CBASER, cbaser);
	kit_write(kit, ITSG_GITS_CWRITER, cwriter);
	return kit_holds(kit, ITSG_CLAUSE_REG_WRITE_64, (now & mask) == value, ITSG_GITS_CBASER,
			 now);
}

static bool kit_try_registers(struct kit *kit)
{
	const uint64_t arch = itsg_get(kit_read(kit, ITSG_GITS_PIDR2, 4), KIT_ARCH);
	uint64_t ctlr;

	if (!kit_holds(kit, ITSG_CLAUSE_REG_FRAME, arch == 3 || arch == 4, ITSG_GITS_PIDR2, arch))
		return false;
	if (!kit_read_32(kit, ITSG_GITS_CTLR) || !kit_read_32(kit, ITSG_GITS_PIDR2) ||
	    !kit_read_64(kit))
		return false;
	if (!kit->with->registers)
		return true;
	ctlr = kit_read(kit, ITSG_GITS_CTLR, 4);
	return kit_holds(kit, ITSG_CLAUSE_SETUP,
			 (ctlr & (ITSG_CTLR_ENABLED | ITSG_CTLR_QUIESCENT)) == ITSG_CTLR_QUIESCENT,
			 ITSG_GITS_CTLR, ctlr) &&
	       kit_write_64(kit);
}

/* ---- redistributors ---- */

static uint64_t kit_rd_read(const struct kit *kit, uint32_t rd, uint32_t offset, uint32_t width)
{
	return kit->with->redists_ops->reg_read(kit->with->redists_ctx, rd, offset, width);
}

/* GICR_TYPER tells them apart, by affinity, of which no two have the same. */
static bool kit_rd_each(struct kit *kit)
{
	uint64_t before = kit_rd_read(kit, 0, ITSG_GICR_TYPER, 8);
	uint64_t upper = before >> 32;
	bool good = true;

	for (uint32_t rd = 1; rd < kit->with->redistributor_count && good; rd++) {
		const uint64_t now = kit_rd_read(kit, rd, ITSG_GICR_TYPER, 8);

		good = kit_holds(kit, ITSG_CLAUSE_RD_WHICH, now != before, rd, now);
		before = now;
		upper |= now >> 32;
	}
	if (good && kit->with->redistributor_count > 1)
		good = kit_holds(kit, ITSG_CLAUSE_RD_READ_64, upper != 0, ITSG_GICR_TYPER, before);
	return good;
}

/* GICR_PENDBASER with every second bit of the address, and then with the others. */
static ITSG_NOINLINE bool kit_rd_write_64(struct kit *kit)
{
	const struct itsg_redists_ops *ops = kit->with->redists_ops;
	const uint32_t rd = kit->with->here;
	const uint64_t mask =
		ITSG_GICR_PENDBASER_ADDRESS & (((uint64_t)1 << kit->with->pa_bits) - 1);
	const uint64_t before = kit_rd_read(kit, rd, ITSG_GICR_PENDBASER, 8);
	uint64_t value = mask & 0xaaaaaaaaaaaaaaaau;
	bool same = true;
	uint64_t now = 0;

	for (uint32_t i = 0; i < 2 && same; i++) {
		ops->reg_write(kit->with->redists_ctx, rd, ITSG_GICR_PENDBASER, 8, value);
		now = kit_rd_read(kit, rd, ITSG_GICR_PENDBASER, 8);
		same = (now & mask) == value;
		value ^= mask;
	}
	ops->reg_write(kit->with->redists_ctx, rd, ITSG_GICR_PENDBASER, 8, before);
	return kit_holds(kit, ITSG_CLAUSE_RD_WRITE_64, same, ITSG_GICR_PENDBASER, now);
}

static bool kit_try_redistributors(struct kit *kit)
{
	const uint32_t here = kit->with->here;
	uint64_t ctlr;

	if (kit->with->redistributor_count == 0)
		return true;
	ctlr = kit_rd_read(kit, here, ITSG_GICR_CTLR, 4);
	if (!kit_holds(kit, ITSG_CLAUSE_RD_READ_32, ctlr >> 32 == 0, ITSG_GICR_CTLR, ctlr) ||
	    !kit_rd_each(kit))
		return false;
	if (!kit->with->registers)
		return true;
	return kit_holds(kit, ITSG_CLAUSE_SETUP,
			 (ctlr & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP)) == 0,
			 ITSG_GICR_CTLR, ctlr) &&
	       kit_rd_write_64(kit);
}

/* ---- power, and devices ---- */

static bool kit_asleep(const struct kit *kit, uint32_t rd)
{
	return kit->with->ops->asleep && kit->with->ops->asleep(kit->with->ctx, rd);
}

static bool kit_powered(const struct kit *kit, uint32_t rd)
{
	const struct itsg_redists_ops *ops = kit->with->redists_ops;

	return !ops->powered || ops->powered(kit->with->redists_ctx, rd);
}

/* Is one known to be off? */
static bool kit_has_off(const struct kit *kit)
{
	return kit->with->off != ITSG_CONFORMANCE_NONE;
}

static bool kit_try_asleep(struct kit *kit)
{
	const uint32_t here = kit->with->here;
	const uint32_t off = kit->with->off;

	if (kit->with->redistributor_count == 0)
		return true;
	return kit_holds(kit, ITSG_CLAUSE_ASLEEP_HERE, !kit_asleep(kit, here), here, 1) &&
	       (!kit_has_off(kit) ||
		kit_holds(kit, ITSG_CLAUSE_ASLEEP_OFF, kit_asleep(kit, off), off, 0));
}

static bool kit_try_powered(struct kit *kit)
{
	const uint32_t here = kit->with->here;
	const uint32_t off = kit->with->off;

	if (kit->with->redistributor_count == 0)
		return true;
	return kit_holds(kit, ITSG_CLAUSE_POWERED_HERE, kit_powered(kit, here), here, 0) &&
	       (!kit_has_off(kit) ||
		kit_holds(kit, ITSG_CLAUSE_POWERED_OFF, !kit_powered(kit, off), off, 1));
}

static bool kit_try_devices(struct kit *kit)
{
	const struct itsg_ops *ops = kit->with->ops;
	const uint32_t host = kit->with->host_device;
	const uint32_t kept = kit->with->reserved_device;

	bool good;

	if (!kit->with->devices)
		return true;
	good = !ops->reserved || !ops->reserved(kit->with->ctx, host);
	if (!kit_holds(kit, ITSG_CLAUSE_RESERVED_HOST, good, host, 1))
		return false;
	good = ops->reserved && ops->reserved(kit->with->ctx, kept);
	return kit_holds(kit, ITSG_CLAUSE_RESERVED_KEPT, good, kept, 0);
}

/* ---- all of it ---- */

static bool kit_is_complete(const struct itsg_conformance *with)
{
	const struct itsg_ops *ops = with->ops;
	const struct itsg_redists_ops *rds = with->redists_ops;

	return ops && ops->share && ops->unshare && ops->donate && ops->reclaim && ops->zero &&
	       ops->fetch && ops->store && ops->reg_read && ops->reg_write &&
	       (!rds || (rds->share && rds->unshare && rds->donate && rds->reclaim && rds->zero &&
			 rds->reg_read && rds->reg_write));
}

static bool kit_has_redistributors_set_up(const struct itsg_conformance *with)
{
	const uint32_t count = with->redistributor_count;

	if (count == 0)
		return true;
	return with->here < count && (with->off == ITSG_CONFORMANCE_NONE || with->off < count) &&
	       (!with->redists_ops || !with->registers ||
		(with->pa_bits >= 32 && with->pa_bits <= 52));
}

static bool kit_is_set_up(const struct itsg_conformance *with)
{
	return with->hooks && with->hooks->give && with->hooks->take_back &&
	       (with->page_shift == 12 || with->page_shift == 14 || with->page_shift == 16) &&
	       with->queue.bytes >= 4096 && with->queue.pa % 0x10000 == 0 &&
	       with->level1_pool.pa % 0x10000 == 0 && kit_has_redistributors_set_up(with);
}

static void kit_use_its(struct kit *kit)
{
	const struct itsg_ops *ops = kit->with->ops;

	kit->memory.share = ops->share;
	kit->memory.unshare = ops->unshare;
	kit->memory.donate = ops->donate;
	kit->memory.reclaim = ops->reclaim;
	kit->memory.zero = ops->zero;
	kit->memory.ctx = kit->with->ctx;
	kit->result->redists = false;
}

static void kit_use_redists(struct kit *kit)
{
	const struct itsg_redists_ops *ops = kit->with->redists_ops;

	kit->memory.share = ops->share;
	kit->memory.unshare = ops->unshare;
	kit->memory.donate = ops->donate;
	kit->memory.reclaim = ops->reclaim;
	kit->memory.zero = ops->zero;
	kit->memory.ctx = kit->with->redists_ctx;
	kit->result->redists = true;
}

/* What the ITS's callback has got goes back by the other one: is the first page free then? */
static bool kit_hand_over(struct kit *kit, enum kit_op get, enum kit_op put)
{
	bool good;

	kit_use_its(kit);
	good = kit_do(kit, get, 0, 1);
	kit_use_redists(kit);
	if (!good)
		return false;
	return kit_holds(kit, ITSG_CLAUSE_SAME_MEMORY, kit_ask(kit, put, 0, 1) == 1,
			 kit_pfn(kit, 0), 0) &&
	       kit_page_is(kit, 0, ITSG_CLAUSE_SAME_MEMORY, ITSG_CLAUSE_SAME_MEMORY);
}

static bool kit_try_its(struct kit *kit)
{
	kit_use_its(kit);
	return kit_try_registers(kit) && kit_try_pages(kit) && kit_zero_donated(kit) &&
	       kit_fetch_shared(kit) && kit_store_queue(kit) && kit_store_pool(kit) &&
	       kit_try_asleep(kit) && kit_try_devices(kit);
}

static bool kit_try_redists(struct kit *kit)
{
	kit_use_redists(kit);
	return kit_try_redistributors(kit) && kit_try_powered(kit) && kit_try_pages(kit) &&
	       kit_zero_donated(kit) && kit_hand_over(kit, KIT_SHARE, KIT_UNSHARE) &&
	       kit_hand_over(kit, KIT_DONATE, KIT_RECLAIM);
}

static void kit_begin(struct kit *kit, const struct itsg_conformance *with,
		      struct itsg_conformance_result *out)
{
	kit->with = with;
	kit->hooks = with->hooks;
	kit->result = out;
	kit->given = KIT_PAGES;
	kit->twice = false;
	for (uint32_t i = 0; i < KIT_PAGES; i++)
		kit->page[i] = KIT_FREE;
	out->failed = ITSG_CLAUSES_HOLD;
	out->redists = false;
	out->at = 0;
	out->got = 0;
	out->tried = 0;
}

enum itsg_clause itsg_conformance_run(const struct itsg_conformance *with,
				      struct itsg_conformance_result *out)
{
	struct kit kit;

	kit_begin(&kit, with, out);
	if (!kit_holds(&kit, ITSG_CLAUSE_COMPLETE, kit_is_complete(with), 0, 0) ||
	    !kit_holds(&kit, ITSG_CLAUSE_SETUP, kit_is_set_up(with), 0, 0))
		return out->failed;
	if (kit_try_its(&kit) && with->redists_ops)
		(void)kit_try_redists(&kit);
	kit_undo_all(&kit);
	return out->failed;
}
