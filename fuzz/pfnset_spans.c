/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The sets of sim/memory/pfnset.h without CRoaring, in the order of sim/memory/pfnset.c: what is in
 * a set is a sorted list of spans, none touching the next.
 *
 * Fuzz targets use it, because MemorySanitizer takes what an uninstrumented library has written for
 * uninitialised, and because the sets of one small world are a few spans. tests/test_pfnset.c holds
 * it to the same answers as the bitmaps.
 */
#include "pfnset.h"

#include <stdlib.h>
#include <string.h>

#include "u64map.h"

struct span {
	uint64_t first, last; /* both in the set */
};

struct pfnset {
	struct span *spans;
	size_t count;
	size_t capacity;
};

struct pfnset *pfnset_new(void)
{
	struct pfnset *set = sim_realloc(NULL, 1, sizeof(*set));

	*set = (struct pfnset){0};
	return set;
}

void pfnset_free(struct pfnset *set)
{
	if (!set)
		return;
	free(set->spans);
	free(set);
}

void pfnset_clear(struct pfnset *set)
{
	set->count = 0;
}

static void reserve(struct pfnset *set, size_t count)
{
	if (count <= set->capacity)
		return;
	set->capacity = count * 2 + 16;
	set->spans = sim_realloc(set->spans, set->capacity, sizeof(*set->spans));
}

void pfnset_copy(struct pfnset *to, const struct pfnset *from)
{
	if (to == from)
		return;
	reserve(to, from->count);
	for (size_t i = 0; i < from->count; i++)
		to->spans[i] = from->spans[i];
	to->count = from->count;
}

/* The first span that ends at n or behind it. */
static size_t span_at(const struct pfnset *set, uint64_t n)
{
	size_t low = 0;
	size_t end = set->count;

	while (low < end) {
		size_t mid = low + (end - low) / 2;

		if (set->spans[mid].last < n)
			low = mid + 1;
		else
			end = mid;
	}
	return low;
}

/* The `old` spans from `at` on become `new` ones, whose content is not set yet. */
static void replace(struct pfnset *set, size_t at, size_t old, size_t new)
{
	size_t behind = set->count - at - old;

	reserve(set, set->count - old + new);
	if (old != new &&behind > 0)
		memmove(&set->spans[at + new], &set->spans[at + old], behind * sizeof(*set->spans));
	set->count = set->count - old + new;
}

/* The last number of a range of count from first on: none lies past 2^64. */
static uint64_t last_of(uint64_t first, uint64_t count)
{
	return count - 1 > UINT64_MAX - first ? UINT64_MAX : first + (count - 1);
}

static void add_span(struct pfnset *set, struct span span)
{
	size_t at = span_at(set, span.first > 0 ? span.first - 1 : 0);
	size_t end = at;

	/* Those that overlap or touch become one with it. */
	while (end < set->count &&
	       (span.last == UINT64_MAX || set->spans[end].first <= span.last + 1)) {
		if (set->spans[end].first < span.first)
			span.first = set->spans[end].first;
		if (set->spans[end].last > span.last)
			span.last = set->spans[end].last;
		end++;
	}
	replace(set, at, end - at, 1);
	set->spans[at] = span;
}

void pfnset_add_range(struct pfnset *set, uint64_t first, uint64_t count)
{
	if (count > 0)
		add_span(set, (struct span){first, last_of(first, count)});
}

void pfnset_remove_range(struct pfnset *set, uint64_t first, uint64_t count)
{
	uint64_t last = count > 0 ? last_of(first, count) : 0;
	size_t at = span_at(set, first);
	size_t end = at;
	struct span rest[2];
	size_t rests = 0;

	if (count == 0)
		return;
	for (; end < set->count && set->spans[end].first <= last; end++) {
		if (set->spans[end].first < first)
			rest[rests++] = (struct span){set->spans[end].first, first - 1};
		if (set->spans[end].last > last)
			rest[rests++] = (struct span){last + 1, set->spans[end].last};
	}
	replace(set, at, end - at, rests);
	for (size_t i = 0; i < rests; i++)
		set->spans[at + i] = rest[i];
}

void pfnset_add(struct pfnset *set, uint64_t pfn)
{
	pfnset_add_range(set, pfn, 1);
}

void pfnset_remove(struct pfnset *set, uint64_t pfn)
{
	pfnset_remove_range(set, pfn, 1);
}

void pfnset_add_set(struct pfnset *set, const struct pfnset *other)
{
	if (set == other)
		return;
	for (size_t i = 0; i < other->count; i++)
		add_span(set, other->spans[i]);
}

void pfnset_remove_set(struct pfnset *set, const struct pfnset *other)
{
	if (set == other) {
		pfnset_clear(set);
		return;
	}
	for (size_t i = 0; i < other->count; i++) {
		const struct span *span = &other->spans[i];
		uint64_t less_one = span->last - span->first;

		pfnset_remove_range(set, span->first,
				    less_one == UINT64_MAX ? less_one : less_one + 1);
		if (less_one == UINT64_MAX)
			pfnset_remove_range(set, UINT64_MAX, 1);
	}
}

bool pfnset_contains(const struct pfnset *set, uint64_t pfn)
{
	size_t at = span_at(set, pfn);

	return at < set->count && set->spans[at].first <= pfn;
}

bool pfnset_is_empty(const struct pfnset *set)
{
	return set->count == 0;
}

/* Spans never touch, so one that lies in a set lies in one span of it. */
bool pfnset_is_subset(const struct pfnset *sub, const struct pfnset *super)
{
	size_t at = 0;

	for (size_t i = 0; i < sub->count; i++) {
		while (at < super->count && super->spans[at].last < sub->spans[i].last)
			at++;
		if (at == super->count || super->spans[at].first > sub->spans[i].first)
			return false;
	}
	return true;
}

bool pfnset_equals(const struct pfnset *a, const struct pfnset *b)
{
	return pfnset_is_subset(a, b) && pfnset_is_subset(b, a);
}

bool pfnset_intersect(const struct pfnset *a, const struct pfnset *b)
{
	size_t at = 0;

	for (size_t i = 0; i < a->count; i++) {
		while (at < b->count && b->spans[at].last < a->spans[i].first)
			at++;
		if (at < b->count && b->spans[at].first <= a->spans[i].last)
			return true;
	}
	return false;
}

uint64_t pfnset_cardinality(const struct pfnset *set)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < set->count; i++)
		sum += set->spans[i].last - set->spans[i].first + 1;
	return sum;
}

bool pfnset_iterate(const struct pfnset *set, pfnset_fn *fn, void *ctx)
{
	for (size_t i = 0; i < set->count; i++) {
		uint64_t pfn = set->spans[i].first;

		if (!fn(pfn, ctx))
			return false;
		while (pfn < set->spans[i].last)
			if (!fn(++pfn, ctx))
				return false;
	}
	return true;
}

struct search {
	const struct pfnset *super;
	uint64_t found;
};

static bool search_missing(uint64_t pfn, void *ctx)
{
	struct search *search = ctx;

	search->found = pfn;
	return pfnset_contains(search->super, pfn);
}

bool pfnset_first_missing(const struct pfnset *sub, const struct pfnset *super, uint64_t *pfn)
{
	struct search search = {super, 0};

	if (pfnset_iterate(sub, search_missing, &search))
		return false;
	*pfn = search.found;
	return true;
}
