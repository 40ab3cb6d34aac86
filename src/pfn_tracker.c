/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker: a hash table with two choices and no moves. See itsguard/pages.h.
 *
 * Memory, from the start, each part on a line of its own:
 *
 *   struct itsg_pages        64 bytes
 *   words[0 ..]              one entry word per slot, 8 slots = one bucket = one line
 *   words[bits_at ..]        16 KB pages: 1 word, 64 KB pages: 4 words of granule bits per slot
 *
 * Entry word, 0 if the slot is empty:
 *
 *   15:0   granule bits of a 4 KB page (else 0)
 *   55:16  PFN
 *   56     kind: 1 donated
 *   57     leaked mark
 *   58     in use
 */
#include "itsguard/pages.h"
#include "hash.h"
#include "noinline.h"

#define PAGES_NARROW_BITS  0xffffULL /* of the entry word itself */
#define PAGES_PFN_SHIFT    16
#define PAGES_PFN          (0xffffffffffULL << PAGES_PFN_SHIFT)
#define PAGES_DONATED      (1ULL << 56)
#define PAGES_MARKED       (1ULL << 57)
#define PAGES_IN_USE       (1ULL << 58)
#define PAGES_ENTRY_BITS   (PAGES_PFN | PAGES_DONATED | PAGES_MARKED | PAGES_IN_USE)

#define PAGES_BUCKET_SLOTS 8u /* 8 words: one cache line */
#define PAGES_LINE         64u
#define PAGES_NO_SLOT      0xffffffffu
#define PAGES_MAX_WORDS    4u /* granule bits of a 64 KB page */

struct itsg_pages {
	uint64_t key[2];
	uint32_t page_shift;
	uint32_t capacity;
	uint32_t bits_at; /* index of the first granule word, 0 for 4 KB pages */
	uint32_t spare;   /* so that words start on a line */
	uint64_t pages;
	uint64_t granules;
	uint64_t marked;
	uint64_t pages_peak;
	uint64_t words[];
};

/* The words must start on a line, or a bucket is spread over two. */
typedef char pages_header_is_one_line[sizeof(struct itsg_pages) == PAGES_LINE ? 1 : -1];

/* A good run in the tracker's units; all numbers inclusive. */
struct pages_span {
	uint64_t first_granule, last_granule; /* pa >> 8 */
	uint64_t first_pfn, last_pfn;
	uint32_t slot; /* of the page that was judged last */
	bool found;    /* one of the pages judged is in the tracker */
};

/* Granules of one page. */
struct pages_bits {
	uint64_t word[PAGES_MAX_WORDS];
};

/* ---- configuration ---- */

static bool pages_config_ok(const struct itsg_pages_config *config)
{
	if (config->page_shift != 12 && config->page_shift != 14 && config->page_shift != 16)
		return false;
	return config->capacity >= ITSG_PAGES_MIN_CAPACITY &&
	       config->capacity <= ITSG_PAGES_MAX_CAPACITY;
}

/* Granule words beside the entry word; 4 KB pages have their 16 bits in it. */
static uint32_t pages_bit_words(uint32_t page_shift)
{
	if (page_shift == 12)
		return 0;
	return page_shift == 14 ? 1 : PAGES_MAX_WORDS;
}

static uint64_t pages_round_to_line(uint64_t words)
{
	return (words + PAGES_BUCKET_SLOTS - 1) & ~(uint64_t)(PAGES_BUCKET_SLOTS - 1);
}

size_t itsg_pages_size(const struct itsg_pages_config *config)
{
	uint64_t words;
	uint64_t bytes;

	if (!pages_config_ok(config))
		return 0;
	words = pages_round_to_line(config->capacity);
	words += pages_round_to_line((uint64_t)config->capacity *
				     pages_bit_words(config->page_shift));
	bytes = sizeof(struct itsg_pages) + words * sizeof(uint64_t);
	return (size_t)bytes == bytes ? (size_t)bytes : 0;
}

struct itsg_pages *itsg_pages_init(void *mem, size_t size, const struct itsg_pages_config *config)
{
	struct itsg_pages *pages = mem;
	size_t need = itsg_pages_size(config);

	if (need == 0 || size < need || !mem || ((size_t)mem & (PAGES_LINE - 1)) != 0)
		return NULL;
	*pages = (struct itsg_pages){
		.key = {config->key[0], config->key[1]},
		.page_shift = config->page_shift,
		.capacity = config->capacity,
	};
	if (config->page_shift != 12)
		pages->bits_at = (uint32_t)pages_round_to_line(config->capacity);
	for (size_t i = 0; i < (need - sizeof(*pages)) / sizeof(uint64_t); i++)
		pages->words[i] = 0;
	return pages;
}

uint32_t itsg_pages_page_shift(const struct itsg_pages *pages)
{
	return pages->page_shift;
}

/* ---- runs and granule bits ---- */

static bool pages_span_of(const struct itsg_pages *pages, const struct itsg_run *run,
			  struct pages_span *span)
{
	const uint64_t limit = 1ULL << ITSG_PA_SHIFT;
	const uint64_t unaligned = (1ULL << ITSG_GRANULE_SHIFT) - 1;
	uint64_t last;

	if (((run->pa | run->bytes) & unaligned) != 0)
		return false;
	if (run->bytes == 0 || run->pa >= limit || run->bytes > limit - run->pa)
		return false;
	last = run->pa + run->bytes - 1;
	span->first_granule = run->pa >> ITSG_GRANULE_SHIFT;
	span->last_granule = last >> ITSG_GRANULE_SHIFT;
	span->first_pfn = run->pa >> pages->page_shift;
	span->last_pfn = last >> pages->page_shift;
	span->slot = PAGES_NO_SLOT;
	span->found = false;
	return true;
}

/* Keeps the work of a call bounded (I6): more pages than this cannot be held in any case. */
static bool pages_span_too_long(const struct itsg_pages *pages, const struct pages_span *span)
{
	return span->last_pfn - span->first_pfn >= pages->capacity;
}

bool itsg_pages_fits(const struct itsg_pages *pages, const struct itsg_run *run)
{
	struct pages_span span;

	return pages_span_of(pages, run, &span) && !pages_span_too_long(pages, &span);
}

/*
 * Bits first to last, both inclusive and counted from bit 0 of word 0, as far as in this word: one
 * of those that the bits are in.
 */
static uint64_t pages_word_mask(uint32_t word, uint32_t first, uint32_t last)
{
	const uint32_t base = word * 64;
	const uint32_t low = first > base ? first - base : 0;
	const uint32_t high = last - base < 63 ? last - base : 63;

	return (~0ULL << low) & (~0ULL >> (63 - high));
}

/* The span's granules in page pfn, which must be one of the span's pages. */
static ITSG_NOINLINE struct pages_bits pages_part(const struct itsg_pages *pages,
						  const struct pages_span *span, uint64_t pfn)
{
	const uint32_t top = (1u << (pages->page_shift - ITSG_GRANULE_SHIFT)) - 1;
	uint32_t first = 0;
	uint32_t last = top;
	struct pages_bits part = {{0, 0, 0, 0}};

	if (pfn == span->first_pfn)
		first = (uint32_t)(span->first_granule & top);
	if (pfn == span->last_pfn)
		last = (uint32_t)(span->last_granule & top);
	for (uint32_t i = first / 64; i <= last / 64; i++)
		part.word[i] = pages_word_mask(i, first, last);
	return part;
}

/* Bits set, in parallel sums: the builtin may become a call into a library nobody links. */
static uint32_t pages_popcount(uint64_t x)
{
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (uint32_t)((x * 0x0101010101010101ULL) >> 56);
}

static ITSG_NOINLINE uint32_t pages_count(const struct pages_bits *bits)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < PAGES_MAX_WORDS; i++)
		sum += bits->word[i] ? pages_popcount(bits->word[i]) : 0; /* mostly it is 0 */
	return sum;
}

static bool pages_bits_meet(const struct pages_bits *a, const struct pages_bits *b)
{
	uint64_t both = 0;

	for (uint32_t i = 0; i < PAGES_MAX_WORDS; i++)
		both |= a->word[i] & b->word[i];
	return both != 0;
}

static bool pages_bits_within(const struct pages_bits *inner, const struct pages_bits *outer)
{
	uint64_t outside = 0;

	for (uint32_t i = 0; i < PAGES_MAX_WORDS; i++)
		outside |= inner->word[i] & ~outer->word[i];
	return outside == 0;
}

/* The granules claimed in a slot; words that this page size does not have are 0. */
static ITSG_NOINLINE struct pages_bits pages_load(const struct itsg_pages *pages, uint32_t slot)
{
	const uint32_t count = pages_bit_words(pages->page_shift);
	struct pages_bits bits = {{pages->words[slot] & PAGES_NARROW_BITS, 0, 0, 0}};

	for (uint32_t i = 0; i < count; i++)
		bits.word[i] = pages->words[pages->bits_at + (size_t)slot * count + i];
	return bits;
}

/* Claims or gives up granules of a slot: the bits of part change, from all 0 or from all 1. */
static void pages_flip(struct itsg_pages *pages, uint32_t slot, const struct pages_bits *part)
{
	const uint32_t count = pages_bit_words(pages->page_shift);

	if (count == 0)
		pages->words[slot] ^= part->word[0];
	for (uint32_t i = 0; i < count; i++)
		pages->words[pages->bits_at + (size_t)slot * count + i] ^= part->word[i];
}

/* ---- the table ---- */

static struct itsg_choice pages_choose(const struct itsg_pages *pages, uint64_t pfn)
{
	return itsg_hash_choose(pages->key, pfn, pages->capacity, PAGES_BUCKET_SLOTS);
}

static uint32_t pages_find_in(const struct itsg_pages *pages, const struct itsg_bucket *bucket,
			      uint64_t pfn)
{
	const uint64_t want = PAGES_IN_USE | (pfn << PAGES_PFN_SHIFT);

	for (uint32_t slot = bucket->first; slot < bucket->end; slot++)
		if ((pages->words[slot] & (PAGES_IN_USE | PAGES_PFN)) == want)
			return slot;
	return PAGES_NO_SLOT;
}

static uint32_t pages_find(const struct itsg_pages *pages, uint64_t pfn)
{
	struct itsg_choice choice;
	uint32_t slot;

	/* Or its upper bits would be lost in the entry word, and another page found. */
	if (pfn >> (ITSG_PA_SHIFT - pages->page_shift) != 0)
		return PAGES_NO_SLOT;
	choice = pages_choose(pages, pfn);
	slot = pages_find_in(pages, &choice.bucket[0], pfn);
	if (slot == PAGES_NO_SLOT)
		slot = pages_find_in(pages, &choice.bucket[1], pfn);
	return slot;
}

/* Number of free slots; *lowest is the first of them. */
static uint32_t pages_room_in(const struct itsg_pages *pages, const struct itsg_bucket *bucket,
			      uint32_t *lowest)
{
	uint32_t room = 0;

	for (uint32_t slot = bucket->end; slot-- > bucket->first;) {
		if (pages->words[slot] == 0) {
			*lowest = slot;
			room++;
		}
	}
	return room;
}

/* A new entry without granules in the emptier bucket, or PAGES_NO_SLOT. */
static uint32_t pages_insert(struct itsg_pages *pages, uint64_t pfn, enum itsg_kind kind)
{
	const struct itsg_choice choice = pages_choose(pages, pfn);
	uint32_t slot[2] = {PAGES_NO_SLOT, PAGES_NO_SLOT};
	uint32_t room[2];
	uint32_t pick;

	for (uint32_t i = 0; i < 2; i++)
		room[i] = pages_room_in(pages, &choice.bucket[i], &slot[i]);
	pick = slot[room[1] > room[0] ? 1 : 0];
	if (pick == PAGES_NO_SLOT)
		return pick;
	pages->words[pick] = PAGES_IN_USE | (pfn << PAGES_PFN_SHIFT);
	if (kind == ITSG_DONATED)
		pages->words[pick] |= PAGES_DONATED;
	pages->pages++;
	return pick;
}

static enum itsg_kind pages_kind_of(uint64_t entry)
{
	return (entry & PAGES_DONATED) != 0 ? ITSG_DONATED : ITSG_SHARED;
}

/* An entry that neither claim nor mark needs any more vanishes; its granule words are 0 then. */
static void pages_tidy(struct itsg_pages *pages, uint32_t slot)
{
	const struct pages_bits bits = pages_load(pages, slot);

	if (pages_count(&bits) != 0 || (pages->words[slot] & PAGES_MARKED) != 0)
		return;
	pages->words[slot] = 0;
	pages->pages--;
}

/* ---- take and drop ---- */

/* OVERLAP of any page goes before KIND of any page, so the whole span is seen before KIND is said.
 */
static enum itsg_pages_result pages_judge_take(const struct itsg_pages *pages,
					       struct pages_span *span, enum itsg_kind kind)
{
	enum itsg_pages_result result = ITSG_PAGES_OK;

	for (uint64_t pfn = span->first_pfn; pfn <= span->last_pfn; pfn++) {
		const uint32_t slot = pages_find(pages, pfn);
		struct pages_bits part, held;

		span->slot = slot;
		span->found = span->found || slot != PAGES_NO_SLOT;
		if (slot == PAGES_NO_SLOT)
			continue;
		part = pages_part(pages, span, pfn);
		held = pages_load(pages, slot);
		if (pages_bits_meet(&part, &held))
			return ITSG_PAGES_OVERLAP;
		if (pages_kind_of(pages->words[slot]) != kind)
			result = ITSG_PAGES_KIND;
	}
	return result;
}

/* Most runs lie in one page, and judging has just found it. */
static uint32_t pages_judged(const struct itsg_pages *pages, const struct pages_span *span,
			     uint64_t pfn)
{
	return span->first_pfn == span->last_pfn ? span->slot : pages_find(pages, pfn);
}

static bool pages_take_page(struct itsg_pages *pages, const struct pages_span *span, uint64_t pfn,
			    enum itsg_kind kind)
{
	const struct pages_bits part = pages_part(pages, span, pfn);
	uint32_t slot = span->found ? pages_judged(pages, span, pfn) : PAGES_NO_SLOT;

	if (slot == PAGES_NO_SLOT)
		slot = pages_insert(pages, pfn, kind);
	if (slot == PAGES_NO_SLOT)
		return false;
	pages_flip(pages, slot, &part);
	pages->granules += pages_count(&part);
	return true;
}

/* The span's granules in page pfn are claimed, or there is a defect in this file. */
static void pages_drop_page(struct itsg_pages *pages, const struct pages_span *span, uint64_t pfn)
{
	const struct pages_bits part = pages_part(pages, span, pfn);
	const uint32_t slot = pages_judged(pages, span, pfn);

	if (slot == PAGES_NO_SLOT)
		return;
	pages_flip(pages, slot, &part);
	pages->granules -= pages_count(&part);
	pages_tidy(pages, slot);
}

/* All that does not depend on free slots. */
static enum itsg_pages_result pages_judge(const struct itsg_pages *pages,
					  const struct itsg_run *run, enum itsg_kind kind,
					  struct pages_span *span)
{
	if (!pages_span_of(pages, run, span))
		return ITSG_PAGES_BAD_RUN;
	if (pages_span_too_long(pages, span))
		return ITSG_PAGES_FULL;
	return pages_judge_take(pages, span, kind);
}

enum itsg_pages_result itsg_pages_judge(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind)
{
	struct pages_span span;

	return pages_judge(pages, run, kind, &span);
}

enum itsg_pages_result itsg_pages_take(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind)
{
	struct pages_span span;
	const enum itsg_pages_result result = pages_judge(pages, run, kind, &span);

	if (result != ITSG_PAGES_OK)
		return result;
	for (uint64_t pfn = span.first_pfn; pfn <= span.last_pfn; pfn++) {
		if (pages_take_page(pages, &span, pfn, kind))
			continue;
		while (pfn-- > span.first_pfn)
			pages_drop_page(pages, &span, pfn);
		return ITSG_PAGES_FULL;
	}
	if (pages->pages > pages->pages_peak)
		pages->pages_peak = pages->pages;
	return ITSG_PAGES_OK;
}

static bool pages_hold_page(const struct itsg_pages *pages, struct pages_span *span, uint64_t pfn,
			    enum itsg_kind kind)
{
	const uint32_t slot = pages_find(pages, pfn);
	struct pages_bits part, held;

	span->slot = slot;
	if (slot == PAGES_NO_SLOT || pages_kind_of(pages->words[slot]) != kind)
		return false;
	part = pages_part(pages, span, pfn);
	held = pages_load(pages, slot);
	return pages_bits_within(&part, &held);
}

static enum itsg_pages_result pages_judge_drop(const struct itsg_pages *pages,
					       const struct itsg_run *run, enum itsg_kind kind,
					       struct pages_span *span)
{
	if (!pages_span_of(pages, run, span))
		return ITSG_PAGES_BAD_RUN;
	/* However long the run, no more pages are looked at than are held, and one. */
	for (uint64_t pfn = span->first_pfn; pfn <= span->last_pfn; pfn++)
		if (!pages_hold_page(pages, span, pfn, kind))
			return ITSG_PAGES_NOT_HELD;
	return ITSG_PAGES_OK;
}

enum itsg_pages_result itsg_pages_holds(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind)
{
	struct pages_span span;

	return pages_judge_drop(pages, run, kind, &span);
}

enum itsg_pages_result itsg_pages_drop(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind)
{
	struct pages_span span;
	const enum itsg_pages_result result = pages_judge_drop(pages, run, kind, &span);

	if (result != ITSG_PAGES_OK)
		return result;
	for (uint64_t pfn = span.first_pfn; pfn <= span.last_pfn; pfn++)
		pages_drop_page(pages, &span, pfn);
	return ITSG_PAGES_OK;
}

/* ---- single pages ---- */

bool itsg_pages_sole(const struct itsg_pages *pages, const struct itsg_run *run, uint64_t pfn)
{
	struct pages_span span;
	struct pages_bits part, held;
	uint32_t slot;

	if (!pages_span_of(pages, run, &span) || pfn < span.first_pfn || pfn > span.last_pfn)
		return false;
	slot = pages_find(pages, pfn);
	if (slot == PAGES_NO_SLOT)
		return false;
	part = pages_part(pages, &span, pfn);
	held = pages_load(pages, slot);
	return pages_bits_within(&part, &held) && pages_bits_within(&held, &part);
}

bool itsg_pages_marked(const struct itsg_pages *pages, uint64_t pfn)
{
	/* Marks are rare, and this is asked for each page of a run. */
	const uint32_t slot = pages->marked ? pages_find(pages, pfn) : PAGES_NO_SLOT;

	return slot != PAGES_NO_SLOT && (pages->words[slot] & PAGES_MARKED) != 0;
}

void itsg_pages_mark(struct itsg_pages *pages, uint64_t pfn, bool marked)
{
	const uint32_t slot = marked || pages->marked ? pages_find(pages, pfn) : PAGES_NO_SLOT;

	if (slot == PAGES_NO_SLOT || marked == ((pages->words[slot] & PAGES_MARKED) != 0))
		return;
	pages->words[slot] ^= PAGES_MARKED;
	if (marked) {
		pages->marked++;
	} else {
		pages->marked--;
		pages_tidy(pages, slot);
	}
}

/* ---- to look at ---- */

void itsg_pages_get_stats(const struct itsg_pages *pages, struct itsg_pages_stats *out)
{
	out->pages = pages->pages;
	out->granules = pages->granules;
	out->marked = pages->marked;
	out->pages_peak = pages->pages_peak;
}

bool itsg_pages_slot(const struct itsg_pages *pages, uint32_t index, struct itsg_page_info *out)
{
	struct pages_bits bits;

	if (index >= pages->capacity || pages->words[index] == 0)
		return false;
	bits = pages_load(pages, index);
	out->pfn = (pages->words[index] & PAGES_PFN) >> PAGES_PFN_SHIFT;
	out->kind = pages_kind_of(pages->words[index]);
	out->marked = (pages->words[index] & PAGES_MARKED) != 0;
	out->granules = pages_count(&bits);
	for (uint32_t i = 0; i < PAGES_MAX_WORDS; i++)
		out->words[i] = bits.word[i];
	return true;
}

bool itsg_pages_next(const struct itsg_pages *pages, uint32_t *index, struct itsg_page_info *out)
{
	while (*index < pages->capacity && pages->words[*index] == 0)
		++*index;
	if (!itsg_pages_slot(pages, *index, out))
		return false;
	++*index;
	return true;
}

/* An empty slot has no granules beside it. Most slots are empty: no bits are counted. */
static bool pages_slot_clear(const struct itsg_pages *pages, uint32_t slot)
{
	const uint32_t count = pages_bit_words(pages->page_shift);
	uint64_t any = 0;

	for (uint32_t i = 0; i < count; i++)
		any |= pages->words[pages->bits_at + (size_t)slot * count + i];
	return any == 0;
}

/* An entry that is doubled, or not in use, is not the one that a look-up of its PFN finds. */
static ITSG_NOINLINE bool pages_slot_sound(const struct itsg_pages *pages, uint32_t slot)
{
	const uint64_t entry = pages->words[slot];
	const uint64_t narrow = pages->page_shift == 12 ? PAGES_NARROW_BITS : 0;
	struct pages_bits bits;

	if (entry == 0)
		return pages_slot_clear(pages, slot);
	bits = pages_load(pages, slot);
	if ((entry & ~(PAGES_ENTRY_BITS | narrow)) != 0)
		return false;
	if (pages_count(&bits) == 0 && (entry & PAGES_MARKED) == 0)
		return false;
	return pages_find(pages, (entry & PAGES_PFN) >> PAGES_PFN_SHIFT) == slot;
}

bool itsg_pages_check(const struct itsg_pages *pages)
{
	struct itsg_pages_stats sum = {0, 0, 0, 0};
	struct itsg_page_info info;

	for (uint32_t slot = 0; slot < pages->capacity; slot++) {
		if (!pages_slot_sound(pages, slot))
			return false;
		if (pages->words[slot] == 0 || !itsg_pages_slot(pages, slot, &info))
			continue;
		sum.pages++;
		sum.granules += info.granules;
		sum.marked += info.marked ? 1u : 0u;
	}
	return sum.pages == pages->pages && sum.granules == pages->granules &&
	       sum.marked == pages->marked && sum.pages <= pages->pages_peak &&
	       pages->pages_peak <= pages->capacity;
}
