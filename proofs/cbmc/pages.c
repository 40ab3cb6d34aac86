/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker (pages.h): any state that itsg_pages_check() accepts, any run of any 64 bits;
 * one call; the state is sound again, and each granule of memory is claimed as it should be.
 * CAPACITY pages of 2^PAGE_SHIFT bytes. LONGEST, if it is given: no run is longer. (Of 64 KB pages
 * each has four words of bits, so that runs of all lengths would be walks of eight words, and the
 * undoing of one within each step.)
 *
 * "Each granule" is one, and it may be any. So the claims after a call are known exactly, as a set,
 * and with them what the counter of granules has to be: PROVEd is that it goes up and down by the
 * granules of the run. That it is the sum of all bits set is not looked at again: sums of bits are
 * what such a prover is worst at.
 */
#include "proof.h"

#include "hash_stub.h"

#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif

#define CHUNKS      (PAGE_SHIFT == 16 ? 4 : 1)
#define NARROW      (PAGE_SHIFT == 12)
#define BITS_AT     8 /* CAPACITY is a bucket or less: a line of entries */
#define PROOF_WORDS (NARROW ? 8 : 8 + (CAPACITY * CHUNKS + 7) / 8 * 8)
#define GRANULES    (1 << (PAGE_SHIFT - 8)) /* of a page */

#include "pfn_tracker.sized.c" /* src/pfn_tracker.c, with words[PROOF_WORDS]: script/prove makes it */

static struct itsg_pages state;

/* itsg_pages_check() with nothing to sum up. */
static bool sound(void)
{
	const uint64_t granules = state.granules;
	bool result = true;

	state.granules = 0;
	for (uint32_t slot = 0; slot < CAPACITY; slot++)
		result = result && pages_slot_sound(&state, slot);
	state.granules = granules;
	return result && pages_end_sound(&state);
}

/* And its counters. */
static bool counted(void)
{
	uint32_t pages = 0, marked = 0, donated = 0;

	for (uint32_t slot = 0; slot < CAPACITY; slot++) {
		const uint64_t entry = state.words[slot];

		pages += entry != 0 ? 1 : 0;
		marked += (entry & PAGES_MARKED) != 0 ? 1 : 0;
		donated += (entry & PAGES_DONATED) != 0 ? 1 : 0;
	}
	return pages == state.pages && marked == state.marked && donated == state.donated &&
	       state.pages <= state.pages_peak && state.pages_peak <= CAPACITY;
}

static void any_state(void)
{
	state.page_shift = PAGE_SHIFT;
	state.capacity = CAPACITY;
	state.bits_at = NARROW ? 0 : BITS_AT;
	state.chunk_shift = NARROW ? 12 : 14;
	state.chunks = CHUNKS;
	state.chunk_bits = PAGE_SHIFT == 16 ? 2 : 0;
	state.top = NARROW ? 15 : 63;
	for (uint32_t i = 0; i < CAPACITY; i++)
		state.words[i] = nondet_u64();
	for (uint32_t i = CAPACITY; i < BITS_AT; i++)
		state.words[i] = PAGES_NO_ENTRY;
	for (uint32_t i = BITS_AT; i < PROOF_WORDS; i++)
		state.words[i] = i < BITS_AT + CAPACITY * CHUNKS ? nondet_u64() : 0;
	state.pages = nondet_u32();
	state.granules = nondet_u64();
	state.marked = nondet_u32();
	state.donated = nondet_u32();
	state.pages_peak = nondet_u32();
	GIVEN(sound() && counted());
}

/* Any granule, and how it is claimed: looked up here by hand. */
enum claim {
	NONE,
	AS_SHARED,
	AS_DONATED
};

static uint64_t any_granule(void)
{
	const uint64_t granule = nondet_u64();

	GIVEN(granule >> 44 == 0);
	return granule;
}

static enum claim claim_of(uint64_t granule)
{
	const uint64_t pfn = granule / GRANULES, bit = granule % GRANULES;

	for (uint32_t slot = 0; slot < CAPACITY; slot++) {
		const uint64_t entry = state.words[slot];
		const uint64_t bits =
			NARROW ? entry : state.words[BITS_AT + slot * CHUNKS + bit / 64];

		if ((entry & PAGES_IN_USE) && entry >> 24 == pfn && (bits >> bit % 64 & 1))
			return entry & PAGES_DONATED ? AS_DONATED : AS_SHARED;
	}
	return NONE;
}

static struct itsg_run any_run(void)
{
	const struct itsg_run run = {nondet_u64(), nondet_u64()};

#ifdef LONGEST
	GIVEN(run.bytes <= LONGEST);
#endif
	return run;
}

static bool is_good(const struct itsg_run *run)
{
	return run->pa % 256 == 0 && run->bytes % 256 == 0 && run->bytes != 0 &&
	       run->pa >> 52 == 0 && run->bytes <= ((uint64_t)1 << 52) - run->pa;
}

static bool is_in_two_pages(const struct itsg_run *run)
{
	return run->pa >> PAGE_SHIFT != (run->pa + run->bytes - 1) >> PAGE_SHIFT;
}

static bool in_run(uint64_t granule, const struct itsg_run *run)
{
	return is_good(run) && granule >= run->pa >> 8 &&
	       granule - (run->pa >> 8) < run->bytes >> 8;
}

static enum itsg_kind any_kind(void)
{
	return nondet_bool() ? ITSG_DONATED : ITSG_SHARED;
}

static enum claim claimed_as(enum itsg_kind kind)
{
	return kind == ITSG_DONATED ? AS_DONATED : AS_SHARED;
}

/* In a table of one bucket there is nowhere to move to (pages_move_nowhere): in the place of this.
 */
uint32_t no_room(struct itsg_pages *pages, const uint32_t bucket[2])
{
	(void)pages;
	(void)bucket;
	return PAGES_NO_SLOT;
}

/* All or nothing: a taken run is claimed as its kind, granule by granule, and nothing else changes.
 */
void pages_take(void)
{
	const struct itsg_run run = any_run();
	const enum itsg_kind kind = any_kind();
	const uint64_t granule = any_granule();
	enum itsg_pages_result result;
	enum claim before;
	struct itsg_pages old;

	any_state();
	old = state;
	before = claim_of(granule);
	result = itsg_pages_take(&state, &run, kind);
	PROVE(sound() && counted());
	PROVE(state.marked == old.marked);
	PROVE((result == ITSG_PAGES_BAD_RUN) == !is_good(&run));
	if (result == ITSG_PAGES_OK) {
		PROVE(claim_of(granule) == (in_run(granule, &run) ? claimed_as(kind) : before));
		PROVE(!in_run(granule, &run) || before == NONE);
		PROVE(state.granules == old.granules + run.bytes / 256);
	} else {
		PROVE(claim_of(granule) == before && state.granules == old.granules);
		PROVE(state.pages == old.pages && state.pages_peak == old.pages_peak);
	}
	PROVE(result != ITSG_PAGES_NOT_HELD);
	REACHED(result == ITSG_PAGES_OK && is_in_two_pages(&run));
	REACHED(result == ITSG_PAGES_OVERLAP);
	REACHED(result == ITSG_PAGES_KIND);
	REACHED(result == ITSG_PAGES_FULL && old.pages == CAPACITY);
}

/* The books' word beforehand is take's: whatever is judged OK, and has room, is taken. */
void pages_judge(void)
{
	const struct itsg_run run = any_run();
	const enum itsg_kind kind = any_kind();
	enum itsg_pages_result judged, taken;
	uint64_t fresh = 0;
	uint32_t pages;
	bool room;

	any_state();
	pages = state.pages;
	judged = itsg_pages_judge(&state, &run, kind, &fresh);
	room = itsg_pages_room(&state, fresh);
	PROVE(itsg_pages_fits(&state, &run) ==
	      (judged != ITSG_PAGES_BAD_RUN && judged != ITSG_PAGES_FULL));
	taken = itsg_pages_take(&state, &run, kind);
	if (judged != ITSG_PAGES_OK)
		PROVE(taken == judged);
	else
		PROVE(taken == (room ? ITSG_PAGES_OK : ITSG_PAGES_FULL));
	if (taken == ITSG_PAGES_OK)
		PROVE(state.pages == pages + fresh && itsg_pages_count(&state) == state.pages);
	REACHED(judged == ITSG_PAGES_OK && !room);
	REACHED(taken == ITSG_PAGES_OK && fresh == CAPACITY);
}

/* The inverse of take; of any part of what is claimed, and of several runs at once. */
void pages_drop(void)
{
	const struct itsg_run run = any_run();
	const enum itsg_kind kind = any_kind();
	const uint64_t granule = any_granule();
	enum itsg_pages_result held, result;
	enum claim before;
	struct itsg_pages old;

	any_state();
	old = state;
	before = claim_of(granule);
	held = itsg_pages_holds(&state, &run, kind);
	result = itsg_pages_drop(&state, &run, kind);
	PROVE(result == held && sound() && counted() && state.marked == old.marked);
	PROVE((result == ITSG_PAGES_BAD_RUN) == !is_good(&run));
	PROVE(result == ITSG_PAGES_OK || result == ITSG_PAGES_BAD_RUN ||
	      result == ITSG_PAGES_NOT_HELD);
	if (result == ITSG_PAGES_OK) {
		PROVE(claim_of(granule) == (in_run(granule, &run) ? NONE : before));
		PROVE(!in_run(granule, &run) || before == claimed_as(kind));
		PROVE(state.granules == old.granules - run.bytes / 256);
	} else
		PROVE(claim_of(granule) == before && state.granules == old.granules);
	REACHED(result == ITSG_PAGES_OK && is_in_two_pages(&run));
	REACHED(result == ITSG_PAGES_OK && state.pages == 1 && old.pages == 2);
	REACHED(result == ITSG_PAGES_NOT_HELD && before != NONE);
}

/* What is known to be held is dropped as drop would. */
void pages_drop_held(void)
{
	const struct itsg_run run = any_run();
	const uint64_t granule = any_granule();
	enum claim before;
	struct itsg_pages old;

	any_state();
	GIVEN(itsg_pages_holds(&state, &run, any_kind()) == ITSG_PAGES_OK);
	old = state;
	before = claim_of(granule);
	itsg_pages_drop_held(&state, &run);
	PROVE(sound() && counted() && state.marked == old.marked);
	PROVE(claim_of(granule) == (in_run(granule, &run) ? NONE : before));
	PROVE(state.granules == old.granules - run.bytes / 256);
	REACHED(is_in_two_pages(&run));
	REACHED(state.pages == 1 && old.pages == 2);
}

/* And so is a run that is all of its page, at its place, whatever was marked since it was found. */
void pages_drop_at(void)
{
	const struct itsg_run run = any_run();
	const uint64_t granule = any_granule();
	const enum itsg_kind kind = any_kind();
	enum claim before;
	struct itsg_pages old;
	uint32_t place;

	any_state();
	place = itsg_pages_sole_at(&state, &run, run.pa >> PAGE_SHIFT, kind);
	GIVEN(place != ITSG_PAGES_NOWHERE && !is_in_two_pages(&run));
	itsg_pages_mark(&state, nondet_u64(), nondet_bool());
	old = state;
	before = claim_of(granule);
	itsg_pages_drop_at(&state, &run, place);
	PROVE(sound() && counted() && state.marked == old.marked);
	PROVE(claim_of(granule) == (in_run(granule, &run) ? NONE : before));
	PROVE(!in_run(granule, &run) || before == claimed_as(kind));
	PROVE(state.granules == old.granules - run.bytes / 256);
	REACHED(state.pages == old.pages);
	REACHED(state.pages == 1 && old.pages == 2);
}

/* An entry that moves to a free slot of its bucket takes its claims along. */
void pages_moved(void)
{
	const uint64_t granule = any_granule(), pfn = nondet_u64();
	const uint32_t from = nondet_u32(), to = nondet_u32();
	enum claim before;
	bool marked;

	any_state();
	GIVEN(from < CAPACITY && to < CAPACITY && state.words[from] != 0 && state.words[to] == 0);
	before = claim_of(granule);
	marked = itsg_pages_marked(&state, pfn);
	pages_move(&state, from, to);
	PROVE(sound() && counted() && claim_of(granule) == before);
	PROVE(itsg_pages_marked(&state, pfn) == marked && state.words[from] == 0);
	REACHED(before == AS_DONATED && marked && granule / GRANULES == pfn);
}

/* A new tracker is sound, and nothing is claimed in it. Of what was there before nothing is left.
 */
void pages_init(void)
{
	const struct itsg_pages_config config = {
		PAGE_SHIFT, CAPACITY, {nondet_u64(), nondet_u64()}};
	const uint64_t granule = any_granule(), bytes = nondet_u64();
	struct itsg_pages_stats stats;
	struct itsg_pages *made;

	for (uint32_t i = 0; i < PROOF_WORDS; i++)
		state.words[i] = nondet_u64();
	GIVEN(bytes <= sizeof(state));
	made = itsg_pages_init(&state, bytes, &config);
	PROVE(itsg_pages_size(&config) == sizeof(state));
	PROVE((made == &state) == (bytes == sizeof(state)) && (made || bytes < sizeof(state)));
	REACHED(!made);
	GIVEN(made);
	PROVE(sound() && counted() && claim_of(granule) == NONE);
	itsg_pages_get_stats(made, &stats);
	PROVE(stats.pages == 0 && stats.granules == 0 && stats.marked == 0);
	PROVE(stats.pages_peak == 0 && itsg_pages_count(made) == 0);
	PROVE(itsg_pages_page_shift(made) == PAGE_SHIFT && itsg_pages_capacity(made) == CAPACITY);
	REACHED(true);
}

/* The mark changes no claim; an entry that neither needs vanishes. */
void pages_mark(void)
{
	const uint64_t granule = any_granule(), pfn = nondet_u64(), other = nondet_u64();
	const bool mark = nondet_bool();
	enum claim before;
	bool marked, was;

	any_state();
	before = claim_of(granule);
	marked = itsg_pages_marked(&state, other);
	was = itsg_pages_marked(&state, pfn);
	itsg_pages_mark(&state, pfn, mark);
	PROVE(sound() && counted() && claim_of(granule) == before);
	PROVE(other == pfn || itsg_pages_marked(&state, other) == marked);
	PROVE(!itsg_pages_marked(&state, pfn) || mark);
	PROVE(!was || !mark || itsg_pages_marked(&state, pfn));
	if (before != NONE && granule / GRANULES == pfn)
		PROVE(itsg_pages_marked(&state, pfn) == mark);
	REACHED(was && !mark);
	REACHED(!was && mark && itsg_pages_marked(&state, pfn));
	REACHED(mark && !itsg_pages_marked(&state, pfn));
}

/* "Sole": all that is claimed in the page is the run's, and all of the run's there is claimed. */
void pages_sole(void)
{
	const struct itsg_run run = any_run();
	const uint64_t pfn = nondet_u64(), granule = any_granule();
	bool sole;

	any_state();
	sole = itsg_pages_sole(&state, &run, pfn);
	if (sole && granule / GRANULES == pfn)
		PROVE((claim_of(granule) != NONE) == in_run(granule, &run));
	PROVE(!sole || is_good(&run));
	PROVE(itsg_pages_first(&state, &run, pfn) == (sole && !itsg_pages_marked(&state, pfn)));
	REACHED(sole && is_in_two_pages(&run));
	REACHED(sole && itsg_pages_marked(&state, pfn));
	REACHED(!sole && claim_of(granule) != NONE && granule / GRANULES == pfn &&
		in_run(granule, &run));
}

/* Each entry is shown once, as it is. */
void pages_next(void)
{
	struct itsg_page_info info = {0}, same = {0};
	uint32_t index = nondet_u32(), before;
	const uint64_t granule = any_granule();
	bool more;

	any_state();
	before = index;
	more = itsg_pages_next(&state, &index, &info);
	for (uint32_t slot = 0; slot < CAPACITY; slot++)
		if (slot >= before && state.words[slot] != 0)
			PROVE(more && index <= slot + 1);
	REACHED(!more && state.pages != 0);
	GIVEN(more);
	PROVE(index > before && index <= CAPACITY && state.words[index - 1] != 0);
	PROVE(itsg_pages_slot(&state, index - 1, &same) && same.pfn == info.pfn);
	PROVE(info.marked == itsg_pages_marked(&state, info.pfn));
	if (granule / GRANULES == info.pfn)
		PROVE(claim_of(granule) ==
		      (info.words[granule % GRANULES / 64] >> granule % 64 % GRANULES & 1
			       ? claimed_as(info.kind)
			       : NONE));
	REACHED(index == CAPACITY && before == 0);
}

/* With all slots of the only bucket in use nothing moves, and nothing changes. */
void pages_move_nowhere(void)
{
	const uint32_t bucket[2] = {0, 0}, slot = nondet_u32();
	struct itsg_pages old;

	any_state();
	GIVEN(state.pages == CAPACITY && slot < PROOF_WORDS);
	old = state;
	PROVE(pages_make_room(&state, bucket) == PAGES_NO_SLOT &&
	      no_room(&state, bucket) == PAGES_NO_SLOT);
	PROVE(state.words[slot] == old.words[slot] && state.pages == old.pages);
	REACHED(slot < CAPACITY && old.words[slot] & PAGES_MARKED);
}
