/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker: a hash table with two choices and one move. See itsguard/pages.h.
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
 *   16     kind: 1 donated
 *   17     leaked mark
 *   18     alone: no slot, but the rest of the line that the last bucket is in
 *   23     in use
 *   63:24  PFN
 *
 * In use and PFN are on top, so that one comparison says whether an entry is the one looked for.
 */
#include "itsguard/pages.h"
#include "hash.h"
#include "noinline.h"
#include "pfn_tracker.h"

#define PAGES_NARROW_BITS  0xffffULL /* of the entry word itself */
#define PAGES_DONATED      (1ULL << 16)
#define PAGES_MARKED       (1ULL << 17)
#define PAGES_NO_ENTRY     (1ULL << 18)
#define PAGES_IN_USE       (1ULL << 23)
#define PAGES_PFN_SHIFT    24

#define PAGES_BUCKET_SLOTS 8u /* 8 words: one cache line */
#define PAGES_NO_SLOT      ITSG_PAGES_NOWHERE
#define PAGES_CHUNK_SHIFT  14u /* 64 granules of 256 bytes: one word of bits */

struct itsg_pages {
	struct itsg_hash_key key;
	uint32_t capacity;
	uint32_t bits_at; /* index of the granule bits of slot 0: 0 for 4 KB pages */
	uint64_t granules;
	uint32_t pages;
	uint32_t marked;
	uint32_t pages_peak;
	uint8_t page_shift;
	uint8_t chunk_shift; /* see struct pages_span */
	uint8_t chunks;      /* of a page: 1 or 4 */
	uint8_t top;         /* number of the last granule of a chunk: 15 or 63 */
	uint8_t chunk_bits;  /* of the number of a chunk in its page: 0 or 2 */
	uint32_t donated;    /* pages of that kind */
	union {
		struct itsg_queue_claim *queues; /* for host_queue.c; nothing here looks at it */
		uint64_t word;                   /* however long a pointer is */
	} host;
	uint64_t words[];
};

/* The words must start on a line, or a bucket is spread over two. */
typedef char pages_header_is_one_line[sizeof(struct itsg_pages) == ITSG_LINE ? 1 : -1];

/*
 * A good run, all numbers inclusive. A chunk is a page of 4 or 16 KB or a quarter of one of 64 KB:
 * its granules are bits of one word.
 */
struct pages_span {
	uint64_t first_granule, last_granule; /* pa >> 8 */
	uint64_t first, last;                 /* chunks: pa >> chunk_shift */
};

/* Where the tracker has a page, or may put it. */
struct pages_spot {
	uint32_t bucket[2]; /* the first slots of its buckets */
	uint32_t slot;      /* PAGES_NO_SLOT: not in the tracker */
};

/* ---- configuration ---- */

static bool pages_config_ok(const struct itsg_pages_config *config)
{
	if (config->page_shift != 12 && config->page_shift != 14 && config->page_shift != 16)
		return false;
	return config->capacity >= ITSG_PAGES_MIN_CAPACITY &&
	       config->capacity <= ITSG_PAGES_MAX_CAPACITY;
}

static uint64_t pages_round_to_line(uint64_t words)
{
	return ITSG_LINES(words * sizeof(uint64_t)) / sizeof(uint64_t);
}

size_t itsg_pages_size(const struct itsg_pages_config *config)
{
	uint64_t bytes;

	if (!pages_config_ok(config))
		return 0;
	bytes = ITSG_PAGES_SIZE(config->page_shift, config->capacity);
	return (size_t)bytes == bytes ? (size_t)bytes : 0;
}

struct itsg_pages *itsg_pages_init(void *mem, size_t size, const struct itsg_pages_config *config)
{
	const bool wide = config->page_shift > PAGES_CHUNK_SHIFT;
	const bool narrow = config->page_shift < PAGES_CHUNK_SHIFT;
	struct itsg_pages *pages = mem;
	size_t need = itsg_pages_size(config);

	if (need == 0 || size < need || !mem || ((size_t)mem & (ITSG_LINE - 1)) != 0)
		return NULL;
	*pages = (struct itsg_pages){
		.key = itsg_hash_key(config->key),
		.page_shift = (uint8_t)config->page_shift,
		.capacity = config->capacity,
		.bits_at = narrow ? 0 : (uint32_t)pages_round_to_line(config->capacity),
		.chunk_shift = narrow ? 12 : PAGES_CHUNK_SHIFT,
		.chunks = wide ? 4 : 1,
		.chunk_bits = wide ? 2 : 0,
		.top = narrow ? 15 : 63,
	};
	for (size_t i = 0; i < (need - sizeof(*pages)) / sizeof(uint64_t); i++)
		pages->words[i] = 0;
	for (uint64_t i = config->capacity; i < pages_round_to_line(config->capacity); i++)
		pages->words[i] = PAGES_NO_ENTRY;
	return pages;
}

struct itsg_queue_claim **itsg_pages_queues(struct itsg_pages *pages)
{
	return &pages->host.queues;
}

uint32_t itsg_pages_capacity(const struct itsg_pages *pages)
{
	return pages->capacity;
}

uint32_t itsg_pages_page_shift(const struct itsg_pages *pages)
{
	return pages->page_shift;
}

/* ---- runs and granule bits ---- */

static inline struct pages_span pages_span_good(const struct itsg_pages *pages,
						const struct itsg_run *run)
{
	const uint64_t last = run->pa + run->bytes - 1;
	struct pages_span span;

	span.first_granule = run->pa >> ITSG_GRANULE_SHIFT;
	span.last_granule = last >> ITSG_GRANULE_SHIFT;
	span.first = run->pa >> pages->chunk_shift;
	span.last = last >> pages->chunk_shift;
	return span;
}

/* Of any run; false: it is a bad one. */
static inline bool pages_span_of(const struct itsg_pages *pages, const struct itsg_run *run,
				 struct pages_span *span)
{
	const uint64_t limit = 1ULL << ITSG_PA_SHIFT;
	const uint64_t unaligned = (1ULL << ITSG_GRANULE_SHIFT) - 1;

	if (((run->pa | run->bytes) & unaligned) != 0)
		return false;
	if (run->bytes == 0 || run->pa >= limit || run->bytes > limit - run->pa)
		return false;
	*span = pages_span_good(pages, run);
	return true;
}

static uint64_t pages_pfn(const struct itsg_pages *pages, uint64_t chunk)
{
	return chunk >> pages->chunk_bits;
}

/* Keeps the work of a call bounded (I6): more pages than this cannot be held in any case. */
static bool pages_span_too_long(const struct itsg_pages *pages, const struct pages_span *span)
{
	return pages_pfn(pages, span->last) - pages_pfn(pages, span->first) >= pages->capacity;
}

bool itsg_pages_fits(const struct itsg_pages *pages, const struct itsg_run *run)
{
	struct pages_span span;

	return pages_span_of(pages, run, &span) && !pages_span_too_long(pages, &span);
}

static uint64_t pages_span_granules(const struct pages_span *span)
{
	return span->last_granule - span->first_granule + 1;
}

/* The bits of a chunk's granules. With 4 KB pages there is more in the word. */
static uint64_t pages_whole(const struct itsg_pages *pages)
{
	return ~0ULL >> (63 - pages->top);
}

/* The bits of the span's granules in one of its chunks. */
static uint64_t pages_part(const struct itsg_pages *pages, const struct pages_span *span,
			   uint64_t chunk)
{
	uint64_t part = pages_whole(pages);

	if (chunk == span->first)
		part &= ~0ULL << (span->first_granule & pages->top);
	if (chunk == span->last)
		part &= ~0ULL >> (63 - (span->last_granule & pages->top));
	return part;
}

/* Is this the first of the span's chunks in its page? The page is looked up then, and not again. */
static inline bool pages_opens(const struct itsg_pages *pages, const struct pages_span *span,
			       uint64_t chunk)
{
	return chunk == span->first || (chunk & (pages->chunks - 1u)) == 0;
}

/* Where the bits of a chunk are, whose page is in that slot. */
static size_t pages_word_of(const struct itsg_pages *pages, uint32_t slot, uint64_t chunk)
{
	return pages->bits_at + (size_t)slot * pages->chunks +
	       (size_t)(chunk & (pages->chunks - 1u));
}

/* The granules claimed there. */
static uint64_t pages_claimed(const struct itsg_pages *pages, uint32_t slot, uint64_t chunk)
{
	return pages->words[pages_word_of(pages, slot, chunk)] & pages_whole(pages);
}

/* Is nothing claimed in the page of this slot? */
static ITSG_NOINLINE bool pages_none(const struct itsg_pages *pages, uint32_t slot)
{
	uint64_t any = 0;

	for (uint32_t i = 0; i < pages->chunks; i++)
		any |= pages_claimed(pages, slot, i);
	return any == 0;
}

/* ---- the table ---- */

static uint64_t pages_entry(uint64_t pfn)
{
	return pfn << PAGES_PFN_SHIFT | PAGES_IN_USE;
}

/* The slot of a page, in one of its two buckets. */
static inline uint32_t pages_find(const struct itsg_pages *pages, const uint32_t bucket[2],
				  uint64_t pfn)
{
	const uint64_t entry = pages_entry(pfn);
	const uint64_t *const first = &pages->words[bucket[0]];
	const uint64_t *const second = &pages->words[bucket[1]];

	for (uint32_t i = 0; i < PAGES_BUCKET_SLOTS; i++) {
		/* Nothing but what is below in use differs. */
		if ((first[i] ^ entry) < PAGES_IN_USE)
			return bucket[0] + i;
		if ((second[i] ^ entry) < PAGES_IN_USE)
			return bucket[1] + i;
	}
	return PAGES_NO_SLOT;
}

/*
 * The first free slot of two buckets. Entries lie in front, so that it is in the emptier one more
 * often than not, and the next look-up is short.
 */
static ITSG_NOINLINE uint32_t pages_free(const struct itsg_pages *pages, const uint32_t bucket[2])
{
	const uint64_t *const first = &pages->words[bucket[0]];
	const uint64_t *const second = &pages->words[bucket[1]];

	for (uint32_t i = 0; i < PAGES_BUCKET_SLOTS; i++) {
		if (first[i] == 0)
			return bucket[0] + i;
		if (second[i] == 0)
			return bucket[1] + i;
	}
	return PAGES_NO_SLOT;
}

static inline struct pages_spot pages_buckets(const struct itsg_pages *pages, uint64_t pfn)
{
	const struct itsg_choice choice =
		itsg_hash_choose(&pages->key, pfn, pages->capacity, PAGES_BUCKET_SLOTS);
	const struct pages_spot spot = {{choice.bucket[0].first, choice.bucket[1].first},
					PAGES_NO_SLOT};

	return spot;
}

static ITSG_NOINLINE struct pages_spot pages_locate(const struct itsg_pages *pages, uint64_t pfn)
{
	struct pages_spot spot = pages_buckets(pages, pfn);

	spot.slot = pages_find(pages, spot.bucket, pfn);
	return spot;
}

/* The slot of any page that somebody may ask for, PFNs beyond 2^52 included. */
static uint32_t pages_slot_of(const struct itsg_pages *pages, uint64_t pfn)
{
	/* Or its upper bits would be lost in the entry word, and another page found. */
	if (pfn >> (ITSG_PA_SHIFT - pages->page_shift) != 0)
		return PAGES_NO_SLOT;
	return pages_locate(pages, pfn).slot;
}

static enum itsg_kind pages_kind_of(uint64_t entry)
{
	return (entry & PAGES_DONATED) != 0 ? ITSG_DONATED : ITSG_SHARED;
}

/* To a slot that is free. */
static void pages_move(struct itsg_pages *pages, uint32_t from, uint32_t to)
{
	const uint64_t entry = pages->words[from];

	for (uint32_t i = 0; i < pages->chunks; i++) {
		pages->words[pages_word_of(pages, to, i)] = pages_claimed(pages, from, i);
		pages->words[pages_word_of(pages, from, i)] = 0;
	}
	pages->words[from] = 0;
	pages->words[to] = entry;
}

/* A free slot of the other bucket of the entry in this slot. */
static inline uint32_t pages_elsewhere(const struct itsg_pages *pages, uint32_t slot)
{
	const struct pages_spot spot = pages_buckets(pages, pages->words[slot] >> PAGES_PFN_SHIFT);
	const uint32_t own = slot / PAGES_BUCKET_SLOTS * PAGES_BUCKET_SLOTS; /* is one of them */
	const uint32_t other = spot.bucket[0] + spot.bucket[1] - own;
	const uint64_t *const first = &pages->words[other];

	for (const uint64_t *word = first; word < first + PAGES_BUCKET_SLOTS; word++)
		if (*word == 0)
			return other + (uint32_t)(word - first);
	return PAGES_NO_SLOT;
}

/*
 * Two buckets are full. The first entry in them whose own other bucket has a free slot goes there:
 * its slot, or PAGES_NO_SLOT. One move and no more, so that the work is bounded.
 */
static ITSG_NOINLINE uint32_t pages_make_room(struct itsg_pages *pages, const uint32_t bucket[2])
{
	for (uint32_t i = 0; i < 2 * PAGES_BUCKET_SLOTS; i++) {
		const uint32_t slot = bucket[i & 1] + i / 2;
		uint32_t other = PAGES_NO_SLOT;

		if (pages->words[slot] != PAGES_NO_ENTRY)
			other = pages_elsewhere(pages, slot);
		if (other == PAGES_NO_SLOT)
			continue;
		pages_move(pages, slot, other);
		return slot;
	}
	return PAGES_NO_SLOT;
}

/* A new entry without granules, or PAGES_NO_SLOT. */
static uint32_t pages_insert(struct itsg_pages *pages, uint64_t pfn, enum itsg_kind kind,
			     const uint32_t bucket[2])
{
	uint32_t slot = pages_free(pages, bucket);

	if (slot == PAGES_NO_SLOT)
		slot = pages_make_room(pages, bucket);
	if (slot == PAGES_NO_SLOT)
		return slot;
	pages->words[slot] = pages_entry(pfn) | (kind == ITSG_DONATED ? PAGES_DONATED : 0);
	pages->pages++;
	pages->donated += kind == ITSG_DONATED ? 1u : 0u;
	return slot;
}

/* An entry without granules; its granule words are 0 then. */
static inline void pages_vanish(struct itsg_pages *pages, uint32_t slot)
{
	pages->donated -= pages_kind_of(pages->words[slot]) == ITSG_DONATED ? 1u : 0u;
	pages->words[slot] = 0;
	pages->pages--;
}

static bool pages_is_marked(const struct itsg_pages *pages, uint32_t slot)
{
	return (pages->words[slot] & PAGES_MARKED) != 0;
}

/* An entry that neither claim nor mark needs any more vanishes. */
static inline void pages_tidy(struct itsg_pages *pages, uint32_t slot)
{
	if (!pages_is_marked(pages, slot) && pages_none(pages, slot))
		pages_vanish(pages, slot);
}

/* ---- take and drop ---- */

/* May the span's granules in this chunk be claimed, as far as the page is in the tracker? */
static enum itsg_pages_result pages_judge_chunk(const struct itsg_pages *pages,
						const struct pages_span *span, uint64_t chunk,
						enum itsg_kind kind, uint32_t slot)
{
	if (slot == PAGES_NO_SLOT)
		return ITSG_PAGES_OK;
	if ((pages->words[pages_word_of(pages, slot, chunk)] & pages_part(pages, span, chunk)) != 0)
		return ITSG_PAGES_OVERLAP;
	return pages_kind_of(pages->words[slot]) == kind ? ITSG_PAGES_OK : ITSG_PAGES_KIND;
}

/* Most takes succeed: each page is looked up once here, and the reason is sought if one fails. */
static inline bool pages_take_chunk(struct itsg_pages *pages, const struct pages_span *span,
				    uint64_t chunk, enum itsg_kind kind, struct pages_spot *spot)
{
	const uint64_t pfn = pages_pfn(pages, chunk);

	if (pages_opens(pages, span, chunk))
		*spot = pages_locate(pages, pfn);
	if (pages_judge_chunk(pages, span, chunk, kind, spot->slot) != ITSG_PAGES_OK)
		return false;
	if (spot->slot == PAGES_NO_SLOT)
		spot->slot = pages_insert(pages, pfn, kind, spot->bucket);
	if (spot->slot == PAGES_NO_SLOT)
		return false;
	pages->words[pages_word_of(pages, spot->slot, chunk)] |= pages_part(pages, span, chunk);
	return true;
}

/* The span's granules in this chunk are claimed, or there is a defect in this file. */
static inline void pages_drop_chunk(struct itsg_pages *pages, const struct pages_span *span,
				    uint64_t chunk, uint32_t slot)
{
	if (slot == PAGES_NO_SLOT)
		return;
	pages->words[pages_word_of(pages, slot, chunk)] &= ~pages_part(pages, span, chunk);
	pages_tidy(pages, slot);
}

/* All chunks before this one, the last first. */
static ITSG_NOINLINE void pages_drop_before(struct itsg_pages *pages, const struct pages_span *span,
					    uint64_t chunk)
{
	uint32_t slot = PAGES_NO_SLOT;

	for (bool first = true; chunk-- > span->first; first = false) {
		if (first || ((chunk + 1) & (pages->chunks - 1u)) == 0)
			slot = pages_locate(pages, pages_pfn(pages, chunk)).slot;
		pages_drop_chunk(pages, span, chunk, slot);
	}
}

bool itsg_pages_room(const struct itsg_pages *pages, uint64_t fresh)
{
	return fresh <= pages->capacity - pages->pages;
}

/* OVERLAP of any page goes before KIND of any: the whole span is seen before KIND is said. */
enum itsg_pages_result itsg_pages_judge(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind, uint64_t *fresh)
{
	enum itsg_pages_result result = ITSG_PAGES_OK;
	uint32_t slot = PAGES_NO_SLOT;
	struct pages_span span;

	if (!pages_span_of(pages, run, &span))
		return ITSG_PAGES_BAD_RUN;
	if (pages_span_too_long(pages, &span))
		return ITSG_PAGES_FULL;
	for (uint64_t chunk = span.first; chunk <= span.last; chunk++) {
		enum itsg_pages_result judged;

		if (pages_opens(pages, &span, chunk)) {
			slot = pages_locate(pages, pages_pfn(pages, chunk)).slot;
			*fresh += slot == PAGES_NO_SLOT ? 1 : 0;
		}
		judged = pages_judge_chunk(pages, &span, chunk, kind, slot);
		if (judged == ITSG_PAGES_OVERLAP)
			return judged;
		if (judged == ITSG_PAGES_KIND)
			result = judged;
	}
	return result;
}

enum itsg_pages_result itsg_pages_take(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind)
{
	struct pages_spot spot = {{0, 0}, PAGES_NO_SLOT};
	struct pages_span span;
	enum itsg_pages_result judged;
	uint64_t fresh = 0;

	if (!pages_span_of(pages, run, &span))
		return ITSG_PAGES_BAD_RUN;
	if (pages_span_too_long(pages, &span))
		return ITSG_PAGES_FULL;
	for (uint64_t chunk = span.first; chunk <= span.last; chunk++) {
		if (pages_take_chunk(pages, &span, chunk, kind, &spot))
			continue;
		pages_drop_before(pages, &span, chunk);
		judged = itsg_pages_judge(pages, run, kind, &fresh);
		return judged != ITSG_PAGES_OK ? judged : ITSG_PAGES_FULL;
	}
	pages->granules += pages_span_granules(&span);
	if (pages->pages > pages->pages_peak)
		pages->pages_peak = pages->pages;
	return ITSG_PAGES_OK;
}

static inline bool pages_hold_chunk(const struct itsg_pages *pages, const struct pages_span *span,
				    uint64_t chunk, enum itsg_kind kind, uint32_t slot)
{
	if (slot == PAGES_NO_SLOT || pages_kind_of(pages->words[slot]) != kind)
		return false;
	return (pages_part(pages, span, chunk) &
		~pages->words[pages_word_of(pages, slot, chunk)]) == 0;
}

/* *last: the slot of the last chunk. */
static inline enum itsg_pages_result pages_held(const struct itsg_pages *pages,
						const struct itsg_run *run, enum itsg_kind kind,
						struct pages_span *span, uint32_t *last)
{
	*last = PAGES_NO_SLOT;
	if (!pages_span_of(pages, run, span))
		return ITSG_PAGES_BAD_RUN;
	/* However long the run, no more pages are looked at than are held, and one. */
	for (uint64_t chunk = span->first; chunk <= span->last; chunk++) {
		if (pages_opens(pages, span, chunk))
			*last = pages_locate(pages, pages_pfn(pages, chunk)).slot;
		if (!pages_hold_chunk(pages, span, chunk, kind, *last))
			return ITSG_PAGES_NOT_HELD;
	}
	return ITSG_PAGES_OK;
}

enum itsg_pages_result itsg_pages_holds(const struct itsg_pages *pages, const struct itsg_run *run,
					enum itsg_kind kind)
{
	struct pages_span span;
	uint32_t last;

	return pages_held(pages, run, kind, &span, &last);
}

enum itsg_pages_result itsg_pages_drop(struct itsg_pages *pages, const struct itsg_run *run,
				       enum itsg_kind kind)
{
	struct pages_span span;
	uint32_t last;
	const enum itsg_pages_result result = pages_held(pages, run, kind, &span, &last);

	if (result != ITSG_PAGES_OK)
		return result;
	/* Most runs lie in one chunk, and that has just been looked up. */
	if (span.first != span.last)
		pages_drop_before(pages, &span, span.last);
	pages_drop_chunk(pages, &span, span.last, last);
	pages->granules -= pages_span_granules(&span);
	return ITSG_PAGES_OK;
}

void itsg_pages_drop_held(struct itsg_pages *pages, const struct itsg_run *run)
{
	const struct pages_span span = pages_span_good(pages, run);

	pages_drop_before(pages, &span, span.last + 1);
	pages->granules -= pages_span_granules(&span);
}

/* ---- single pages ---- */

uint32_t itsg_pages_sole_at(const struct itsg_pages *pages, const struct itsg_run *run,
			    uint64_t pfn, enum itsg_kind kind)
{
	struct pages_span span;
	uint64_t chunk, differ = 0;
	uint32_t slot;

	if (!pages_span_of(pages, run, &span) || pfn < pages_pfn(pages, span.first) ||
	    pfn > pages_pfn(pages, span.last))
		return PAGES_NO_SLOT;
	slot = pages_locate(pages, pfn).slot;
	if (slot == PAGES_NO_SLOT || pages_kind_of(pages->words[slot]) != kind)
		return PAGES_NO_SLOT;
	chunk = pfn << pages->chunk_bits;
	for (uint32_t i = 0; i < pages->chunks; i++, chunk++) {
		const bool touched = chunk >= span.first && chunk <= span.last;

		differ |= pages_claimed(pages, slot, chunk) ^
			  (touched ? pages_part(pages, &span, chunk) : 0);
	}
	return differ == 0 ? slot : PAGES_NO_SLOT;
}

bool itsg_pages_sole(const struct itsg_pages *pages, const struct itsg_run *run, uint64_t pfn)
{
	return itsg_pages_sole_at(pages, run, pfn, ITSG_SHARED) != ITSG_PAGES_NOWHERE ||
	       itsg_pages_sole_at(pages, run, pfn, ITSG_DONATED) != ITSG_PAGES_NOWHERE;
}

void itsg_pages_drop_at(struct itsg_pages *pages, const struct itsg_run *run, uint32_t place)
{
	for (uint32_t i = 0; i < pages->chunks; i++)
		pages->words[pages_word_of(pages, place, i)] &= ~pages_whole(pages);
	pages->granules -= run->bytes >> ITSG_GRANULE_SHIFT;
	if (!pages_is_marked(pages, place))
		pages_vanish(pages, place);
}

bool itsg_pages_first(const struct itsg_pages *pages, const struct itsg_run *run, uint64_t pfn)
{
	return itsg_pages_sole(pages, run, pfn) && !itsg_pages_marked(pages, pfn);
}

uint64_t itsg_pages_count(const struct itsg_pages *pages)
{
	return pages->pages;
}

bool itsg_pages_marked(const struct itsg_pages *pages, uint64_t pfn)
{
	/* Marks are rare, and this is asked for each page of a run. */
	const uint32_t slot = pages->marked ? pages_slot_of(pages, pfn) : PAGES_NO_SLOT;

	return slot != PAGES_NO_SLOT && pages_is_marked(pages, slot);
}

void itsg_pages_mark(struct itsg_pages *pages, uint64_t pfn, bool marked)
{
	const uint32_t slot = marked || pages->marked ? pages_slot_of(pages, pfn) : PAGES_NO_SLOT;

	if (slot == PAGES_NO_SLOT || marked == pages_is_marked(pages, slot))
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

/* Bits set, in parallel sums: the builtin may become a call into a library nobody links. */
static uint32_t pages_popcount(uint64_t x)
{
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (uint32_t)((x * 0x0101010101010101ULL) >> 56);
}

static ITSG_NOINLINE void pages_info(const struct itsg_pages *pages, uint32_t slot,
				     struct itsg_page_info *out)
{
	const uint64_t entry = pages->words[slot];

	*out = (struct itsg_page_info){
		.pfn = entry >> PAGES_PFN_SHIFT,
		.kind = pages_kind_of(entry),
		.marked = (entry & PAGES_MARKED) != 0,
	};
	for (uint32_t i = 0; i < pages->chunks; i++) {
		out->words[i] = pages_claimed(pages, slot, i);
		out->granules += pages_popcount(out->words[i]);
	}
}

bool itsg_pages_slot(const struct itsg_pages *pages, uint32_t index, struct itsg_page_info *out)
{
	if (index >= pages->capacity || pages->words[index] == 0)
		return false;
	pages_info(pages, index, out);
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

/* An entry that is doubled, or not in use, is not the one that a look-up of its PFN finds. */
static ITSG_NOINLINE bool pages_slot_sound(const struct itsg_pages *pages, uint32_t slot)
{
	const uint64_t entry = pages->words[slot];
	const uint64_t narrow = pages->page_shift == 12 ? PAGES_NARROW_BITS : 0;
	const uint64_t pfn = entry >> PAGES_PFN_SHIFT;
	const bool none = pages_none(pages, slot);

	/* An empty slot has no granules beside it; others have some, or the mark. */
	if (entry == 0)
		return none;
	if ((entry & ~(pages_entry(pfn) | PAGES_DONATED | PAGES_MARKED | narrow)) != 0)
		return false;
	if (none && (entry & PAGES_MARKED) == 0)
		return false;
	return pages_slot_of(pages, pfn) == slot;
}

/* What is behind the last slot, to the end of its line, is never free and never found. */
static bool pages_end_sound(const struct itsg_pages *pages)
{
	for (uint64_t i = pages->capacity; i < pages_round_to_line(pages->capacity); i++)
		if (pages->words[i] != PAGES_NO_ENTRY)
			return false;
	return true;
}

bool itsg_pages_check(const struct itsg_pages *pages)
{
	struct itsg_pages_stats sum = {0, 0, 0, 0};
	struct itsg_page_info info;
	uint32_t donated = 0;

	for (uint32_t slot = 0; slot < pages->capacity; slot++) {
		if (!pages_slot_sound(pages, slot))
			return false;
		if (!itsg_pages_slot(pages, slot, &info))
			continue;
		sum.pages++;
		sum.granules += info.granules;
		sum.marked += info.marked ? 1u : 0u;
		donated += info.kind == ITSG_DONATED ? 1u : 0u;
	}
	return pages_end_sound(pages) && sum.pages == pages->pages &&
	       sum.granules == pages->granules && sum.marked == pages->marked &&
	       donated == pages->donated && sum.pages <= pages->pages_peak &&
	       pages->pages_peak <= pages->capacity;
}
