/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker against a plain model, in lock step: 32 pages, one bit a granule, for the three
 * page sizes, at several places from the first page there is to the last. Every answer is predicted
 * before the call; after it every slot of the tracker that changed is what the model says, and no
 * other may have changed.
 *
 * With ITSGUARD_FUZZ_ROARING a CRoaring bitmap follows too, through sim/memory/pfnset.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "itsguard/pages.h"
#include "pfnset.h"

#define PAGES        32u
#define WORDS        4u /* of the largest page: 256 granules */
#define MAX_CAPACITY 32u
#define TWO_BUCKETS  16u /* slots; with more of them entries may move, on any call of take */
#define MEMORY_WORDS (8 + MAX_CAPACITY * (1 + WORDS) + 16)

FUZZ_NAME("pfn_tracker")

struct page {
	bool used, marked;
	enum itsg_kind kind;
	uint32_t granules;
	uint64_t word[WORDS];
};

static struct {
	_Alignas(64) uint64_t memory[MEMORY_WORDS];
	uint64_t shadow[MEMORY_WORDS];
	size_t bytes;
	struct itsg_pages *tracker;
	struct itsg_pages_config config;
	uint32_t granule_bits; /* of a granule's number in its page */
	uint64_t base;         /* PFN of the first page */
	struct page page[PAGES];
	uint32_t changed; /* pages, by the operation under way */
	struct itsg_pages_stats stats;
	struct pfnset *set;
} t;

/* One operation: what, and granules [first, last] counted from the first page. */
struct op {
	uint8_t what;
	enum itsg_kind kind;
	uint64_t first, last;
	struct itsg_run run;
	uint32_t from, to; /* pages, inclusive */
};

/* ---- the model ---- */

static uint32_t first_in(const struct op *op, uint32_t page)
{
	return page == op->from ? (uint32_t)(op->first & ((1u << t.granule_bits) - 1)) : 0;
}

static uint32_t last_in(const struct op *op, uint32_t page)
{
	uint32_t top = (1u << t.granule_bits) - 1;

	return page == op->to ? (uint32_t)(op->last & top) : top;
}

/* Granules first to last of one page, in word `word`. */
static uint64_t mask(uint32_t word, uint32_t first, uint32_t last)
{
	uint64_t from = word > first / 64 ? ~(uint64_t)0 : ~(uint64_t)0 << (first % 64);
	uint64_t to = word < last / 64 ? ~(uint64_t)0 : ~(uint64_t)0 >> (63 - last % 64);

	return word < first / 64 || word > last / 64 ? 0 : from & to;
}

enum relation {
	NONE,
	SOME,
	ALL
};

/* How much of the run's part of a page is claimed. */
static enum relation relation(const struct op *op, uint32_t page)
{
	uint64_t hit = 0, miss = 0;
	uint32_t first = first_in(op, page), last = last_in(op, page);

	for (uint32_t w = first / 64; w <= last / 64; w++) {
		hit |= t.page[page].word[w] & mask(w, first, last);
		miss |= ~t.page[page].word[w] & mask(w, first, last);
	}
	return !miss ? ALL : hit ? SOME : NONE;
}

static uint32_t expect_fresh(const struct op *op)
{
	uint32_t fresh = 0;

	for (uint32_t i = op->from; i <= op->to; i++)
		fresh += !t.page[i].used;
	return fresh;
}

static enum itsg_pages_result expect_take(const struct op *op)
{
	enum itsg_pages_result result = ITSG_PAGES_OK;

	if (op->to - op->from >= t.config.capacity)
		return ITSG_PAGES_FULL;
	for (uint32_t i = op->from; i <= op->to; i++) {
		if (relation(op, i) != NONE)
			return ITSG_PAGES_OVERLAP;
		if (t.page[i].used && t.page[i].kind != op->kind)
			result = ITSG_PAGES_KIND;
	}
	if (result == ITSG_PAGES_OK && t.stats.pages + expect_fresh(op) > t.config.capacity)
		return ITSG_PAGES_FULL;
	return result;
}

static enum itsg_pages_result expect_held(const struct op *op)
{
	for (uint32_t i = op->from; i <= op->to; i++)
		if (relation(op, i) != ALL || t.page[i].kind != op->kind)
			return ITSG_PAGES_NOT_HELD;
	return ITSG_PAGES_OK;
}

static void tidy(struct page *page)
{
	if (!page->used || page->granules || page->marked)
		return;
	page->used = false;
	t.stats.pages--;
}

static void model_take(const struct op *op, uint32_t i)
{
	struct page *page = &t.page[i];
	uint32_t first = first_in(op, i), last = last_in(op, i);

	if (!page->used) {
		page->used = true;
		page->kind = op->kind;
		t.stats.pages++;
	}
	for (uint32_t w = first / 64; w <= last / 64; w++)
		page->word[w] |= mask(w, first, last);
	page->granules += last - first + 1;
	t.stats.granules += last - first + 1;
	t.changed++;
}

static void model_drop(const struct op *op, uint32_t i)
{
	struct page *page = &t.page[i];
	uint32_t first = first_in(op, i), last = last_in(op, i);

	for (uint32_t w = first / 64; w <= last / 64; w++)
		page->word[w] &= ~mask(w, first, last);
	page->granules -= last - first + 1;
	t.stats.granules -= last - first + 1;
	t.changed++;
	tidy(page);
}

static void model_mark(uint32_t i, bool marked)
{
	struct page *page = &t.page[i];

	if (!page->used || page->marked == marked)
		return;
	page->marked = marked;
	t.stats.marked += marked ? 1 : (uint64_t)-1;
	t.changed++;
	tidy(page);
}

/* ---- comparing ---- */

static bool same(const struct itsg_page_info *info, const struct page *page)
{
	uint64_t differ = 0;

	for (uint32_t w = 0; w < WORDS; w++)
		differ |= info->words[w] ^ page->word[w];
	return !differ && page->used && info->kind == page->kind && info->marked == page->marked &&
	       info->granules == page->granules;
}

static void check_slot(uint32_t slot)
{
	struct itsg_page_info info;

	if (!itsg_pages_slot(t.tracker, slot, &info))
		return;
	if (info.pfn < t.base || info.pfn - t.base >= PAGES ||
	    !same(&info, &t.page[info.pfn - t.base]))
		fuzz_found("slot %" PRIu32 " is not what it must be", slot);
}

/* The words of one slot: its own, and the granules beside it. */
static bool slot_differs(uint32_t slot)
{
	uint32_t words = t.config.page_shift == 12 ? 0 : t.config.page_shift == 14 ? 1 : WORDS;
	size_t at = 8 + ((t.config.capacity + 7u) & ~7u) + (size_t)slot * words;
	uint64_t differ = t.memory[8 + slot] ^ t.shadow[8 + slot];

	for (uint32_t w = 0; w < words; w++)
		differ |= t.memory[at + w] ^ t.shadow[at + w];
	return differ != 0;
}

/* Every page that is used in one slot, and no other. */
static void check_all(void)
{
	uint32_t seen = 0;

	for (uint32_t slot = 0; slot < t.config.capacity; slot++) {
		struct itsg_page_info info;

		check_slot(slot);
		if (itsg_pages_slot(t.tracker, slot, &info))
			seen |= 1u << (info.pfn - t.base);
	}
	for (uint32_t i = 0; i < PAGES; i++)
		if ((seen >> i & 1) != t.page[i].used)
			fuzz_found("page %" PRIu32 " is lost, or there and not used", i);
}

static void check_changes(void)
{
	uint32_t changed = 0;

	if (t.config.capacity > TWO_BUCKETS) {
		check_all();
		return;
	}
	if (!t.changed) {
		if (memcmp(t.memory, t.shadow, t.bytes) != 0)
			fuzz_found("a call that must change nothing did");
		return;
	}
	for (uint32_t slot = 0; slot < t.config.capacity; slot++) {
		if (!slot_differs(slot))
			continue;
		check_slot(slot);
		changed++;
	}
	if (changed != t.changed)
		fuzz_found("%" PRIu32 " slots changed, not %" PRIu32, changed, t.changed);
	memcpy(t.shadow, t.memory, t.bytes);
}

static void check_stats(void)
{
	struct itsg_pages_stats stats;

	itsg_pages_get_stats(t.tracker, &stats);
	if (t.stats.pages > t.stats.pages_peak)
		t.stats.pages_peak = t.stats.pages;
	if (stats.pages != t.stats.pages || stats.granules != t.stats.granules ||
	    stats.marked != t.stats.marked || stats.pages_peak != t.stats.pages_peak)
		fuzz_found("the counters are not what they must be");
}

#ifdef ITSGUARD_FUZZ_ROARING
static void follow(const struct op *op, bool take)
{
	uint64_t first = (t.base << t.granule_bits) + op->first;

	if (take)
		pfnset_add_range(t.set, first, op->last - op->first + 1);
	else
		pfnset_remove_range(t.set, first, op->last - op->first + 1);
	if (pfnset_cardinality(t.set) != t.stats.granules)
		fuzz_found("the bitmap and the model disagree");
}
#else
static void follow(const struct op *op, bool take)
{
	(void)op;
	(void)take;
}
#endif

/* ---- operations ---- */

static void expect(enum itsg_pages_result got, enum itsg_pages_result expected)
{
	fuzz_mix((uint64_t)got + 1);
	if (fuzz_planted(FUZZ_PLANT_answer) || got != expected)
		fuzz_found("answered %d, expected %d", (int)got, (int)expected);
}

static void do_take(const struct op *op)
{
	enum itsg_pages_result expected = expect_take(op);
	uint64_t fresh = 0;
	const enum itsg_pages_result judged =
		itsg_pages_judge(t.tracker, &op->run, op->kind, &fresh);
	enum itsg_pages_result got;

	if (fuzz_planted(FUZZ_PLANT_overlap) && expected == ITSG_PAGES_OVERLAP)
		expected = ITSG_PAGES_OK;
	got = itsg_pages_take(t.tracker, &op->run, op->kind);
	/* The books say the same when only asked, but for what only taking shows. */
	if (got != judged && (judged != ITSG_PAGES_OK || got != ITSG_PAGES_FULL))
		fuzz_found("judged %d, taken %d", (int)judged, (int)got);
	if (got == ITSG_PAGES_OK && fresh != expect_fresh(op))
		fuzz_found("%" PRIu64 " new pages, they said", fresh);
	/* Full buckets may refuse what there is a slot for. */
	if (got == ITSG_PAGES_FULL && expected == ITSG_PAGES_OK && t.config.capacity > TWO_BUCKETS)
		return;
	expect(got, expected);
	if (got != ITSG_PAGES_OK)
		return;
	for (uint32_t i = op->from; i <= op->to; i++)
		model_take(op, i);
	follow(op, true);
}

static void do_drop(const struct op *op)
{
	enum itsg_pages_result expected = expect_held(op);

	expect(itsg_pages_drop(t.tracker, &op->run, op->kind), expected);
	if (expected != ITSG_PAGES_OK)
		return;
	for (uint32_t i = op->from; i <= op->to; i++)
		model_drop(op, i);
	follow(op, false);
}

static void do_look(const struct op *op)
{
	uint32_t first = first_in(op, op->from), last = last_in(op, op->from);
	const struct page *page = &t.page[op->from];
	bool sole = relation(op, op->from) == ALL && page->granules == last - first + 1;

	expect(itsg_pages_holds(t.tracker, &op->run, op->kind), expect_held(op));
	if (itsg_pages_sole(t.tracker, &op->run, t.base + op->from) != sole)
		fuzz_found("itsg_pages_sole() is wrong");
	if (itsg_pages_first(t.tracker, &op->run, t.base + op->from) != (sole && !page->marked))
		fuzz_found("itsg_pages_first() is wrong");
	if (itsg_pages_marked(t.tracker, t.base + op->from) != page->marked)
		fuzz_found("itsg_pages_marked() is wrong");
}

/* Runs that are none, made of a good one. */
static void do_bad_run(struct op *op)
{
	static const uint64_t limit = (uint64_t)1 << ITSG_PA_SHIFT;

	switch (op->what >> 4 & 3) {
	case 0:
		op->run.pa |= 1 + (op->first & 0x7f);
		break;
	case 1:
		op->run.bytes |= 1 + (op->first & 0x7f);
		break;
	case 2:
		op->run.bytes = op->first & 1 ? 0 : limit - op->run.pa + 256;
		break;
	default:
		op->run.pa += limit;
	}
	expect(itsg_pages_take(t.tracker, &op->run, op->kind), ITSG_PAGES_BAD_RUN);
	expect(itsg_pages_drop(t.tracker, &op->run, op->kind), ITSG_PAGES_BAD_RUN);
}

static void do_mark(const struct op *op)
{
	bool marked = op->what & 0x10;

	itsg_pages_mark(t.tracker, t.base + op->from, marked);
	model_mark(op->from, marked);
}

static void do_op(struct op *op)
{
	t.changed = 0;
	switch (op->what & 7) {
	case 0:
	case 1:
	case 2:
		do_take(op);
		break;
	case 3:
	case 4:
		do_drop(op);
		break;
	case 5:
		do_look(op);
		break;
	case 6:
		do_mark(op);
		break;
	default:
		do_bad_run(op);
	}
	check_changes();
	check_stats();
	fuzz_ops++;
}

/* [0] what and kind, [1] page, [2] first granule, [3] granules less one, [4] pages more */
static struct op decode(const uint8_t *b)
{
	uint32_t per_page = 1u << t.granule_bits;
	struct op op = {.what = b[0], .kind = b[0] & 8 ? ITSG_DONATED : ITSG_SHARED};

	op.first = (uint64_t)(b[1] % PAGES) * per_page + b[2] % per_page;
	op.last = op.first + (b[4] & 0x80 ? b[3] : b[3] & 7u);
	op.last += (uint64_t)(b[4] & 3) * (b[0] >> 6) * per_page;
	if (op.last >= PAGES * per_page)
		op.last = PAGES * per_page - 1;
	op.from = (uint32_t)(op.first / per_page);
	op.to = (uint32_t)(op.last / per_page);
	op.run.pa = (t.base << t.config.page_shift) + (op.first << ITSG_GRANULE_SHIFT);
	op.run.bytes = (op.last - op.first + 1) << ITSG_GRANULE_SHIFT;
	return op;
}

/* ---- life ---- */

static void begin(const uint8_t h[TRACKER_HEADER])
{
	static const uint32_t shifts[] = {12, 12, 14, 16};
	static const uint32_t capacities[] = {16, 12, 8, 3, 2, 17, 20, MAX_CAPACITY};
	uint64_t top;

	t.config.page_shift = FUZZ_PICK(shifts, h[0]);
	t.config.capacity = FUZZ_PICK(capacities, h[1]);
	t.config.key[0] = fuzz_le(h + 3, 5);
	t.config.key[1] = h[2] >> 2;
	top = (uint64_t)1 << (ITSG_PA_SHIFT - t.config.page_shift);
	t.base = FUZZ_PICK(((const uint64_t[]){0, top - PAGES, (uint64_t)1 << 32, 0x40000}),
			   h[2] & 3);
	t.granule_bits = t.config.page_shift - ITSG_GRANULE_SHIFT;
	t.bytes = itsg_pages_size(&t.config);
	/* What the memory held before does not matter. */
	memset(t.memory, 0xa5, sizeof(t.memory));
	t.tracker = itsg_pages_init(t.memory, t.bytes, &t.config);
	if (!t.tracker || t.bytes > sizeof(t.memory))
		fuzz_found("the tracker cannot be built");
	memcpy(t.shadow, t.memory, t.bytes);
	memset(t.page, 0, sizeof(t.page));
	memset(&t.stats, 0, sizeof(t.stats));
	if (!t.set)
		t.set = pfnset_new();
	pfnset_clear(t.set);
}

static void check_end(void)
{
	uint64_t found = 0;

	if (!itsg_pages_check(t.tracker))
		fuzz_found("itsg_pages_check() failed");
	for (uint32_t slot = 0; slot < t.config.capacity; slot++) {
		struct itsg_page_info info;

		found += itsg_pages_slot(t.tracker, slot, &info);
		check_slot(slot);
	}
	if (found != t.stats.pages)
		fuzz_found("%" PRIu64 " entries, not %" PRIu64, found, t.stats.pages);
	for (size_t i = t.bytes / 8; i < MEMORY_WORDS; i++)
		if (t.memory[i] != 0xa5a5a5a5a5a5a5a5u)
			fuzz_found("the tracker wrote beyond its memory");
}

/* Everything is dropped again: then nothing is left. */
static void drop_all(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		uint8_t b[] = {3, (uint8_t)i, 0, 0, 0, 0, 0, 0};

		if (t.page[i].kind == ITSG_DONATED)
			b[0] |= 8;
		for (uint32_t g = 0; t.page[i].granules && g < 1u << t.granule_bits; g++) {
			struct op op;

			b[2] = (uint8_t)g;
			op = decode(b);
			if (t.page[i].word[g / 64] >> (g % 64) & 1)
				do_op(&op);
		}
		b[0] = 6;
		t.changed = 0;
		do_mark(&(struct op){.what = 6, .from = i});
		check_changes();
	}
	check_stats();
	if (t.stats.pages)
		fuzz_found("something is left after everything was dropped");
}

static void plant(void)
{
	const struct itsg_run run = {t.base << t.config.page_shift, 256};

	if (fuzz_planted(FUZZ_PLANT_claim))
		itsg_pages_take(t.tracker, &run, ITSG_SHARED);
	if (fuzz_planted(FUZZ_PLANT_leak))
		t.memory[8 + t.config.capacity - 1] ^= (uint64_t)1 << 17;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[TRACKER_HEADER];
	struct fuzz_input input = fuzz_begin(data, size, header, sizeof(header));
	const uint8_t *bytes;

	begin(header);
	if (fuzz_plant > FUZZ_PLANT_hang)
		plant();
	while ((bytes = fuzz_next(&input, TRACKER_OP))) {
		struct op op = decode(bytes);

		do_op(&op);
	}
	check_end();
	if (size & 1)
		drop_all();
	return 0;
}
