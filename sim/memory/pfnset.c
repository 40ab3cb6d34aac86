/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "pfnset.h"

#include <stdlib.h>

#include <roaring/roaring.h>

#include "u64map.h"

/* One bitmap for each upper half that was ever used, in ascending order. It may be empty. */
struct part {
	uint32_t high;
	roaring_bitmap_t *low;
};

struct pfnset {
	struct part *parts;
	size_t count;
	size_t capacity;
};

static uint32_t high_half(uint64_t pfn)
{
	return (uint32_t)(pfn >> 32);
}

/* Where high is, or where it would go. */
static size_t part_index(const struct pfnset *set, uint32_t high)
{
	size_t low = 0;
	size_t end = set->count;

	while (low < end) {
		size_t mid = low + (end - low) / 2;

		if (set->parts[mid].high < high)
			low = mid + 1;
		else
			end = mid;
	}
	return low;
}

static const roaring_bitmap_t *part_find(const struct pfnset *set, uint32_t high)
{
	size_t at = part_index(set, high);

	return at < set->count && set->parts[at].high == high ? set->parts[at].low : NULL;
}

static roaring_bitmap_t *part_get(struct pfnset *set, uint32_t high)
{
	size_t at = part_index(set, high);

	if (at < set->count && set->parts[at].high == high)
		return set->parts[at].low;
	if (set->count == set->capacity) {
		set->capacity = set->capacity ? set->capacity * 2 : 4;
		set->parts = sim_realloc(set->parts, set->capacity, sizeof(*set->parts));
	}
	for (size_t i = set->count; i > at; i--)
		set->parts[i] = set->parts[i - 1];
	set->parts[at].high = high;
	set->parts[at].low = roaring_bitmap_create();
	if (!set->parts[at].low)
		abort();
	set->count++;
	return set->parts[at].low;
}

struct pfnset *pfnset_new(void)
{
	struct pfnset *set = sim_realloc(NULL, 1, sizeof(*set));

	*set = (struct pfnset){0};
	return set;
}

static void drop_parts(struct pfnset *set)
{
	for (size_t i = 0; i < set->count; i++)
		roaring_bitmap_free(set->parts[i].low);
	set->count = 0;
}

void pfnset_free(struct pfnset *set)
{
	if (!set)
		return;
	drop_parts(set);
	free(set->parts);
	free(set);
}

void pfnset_clear(struct pfnset *set)
{
	for (size_t i = 0; i < set->count; i++)
		roaring_bitmap_clear(set->parts[i].low);
}

void pfnset_copy(struct pfnset *to, const struct pfnset *from)
{
	if (to == from)
		return;
	pfnset_clear(to);
	pfnset_add_set(to, from);
}

void pfnset_add(struct pfnset *set, uint64_t pfn)
{
	pfnset_add_range(set, pfn, 1);
}

void pfnset_remove(struct pfnset *set, uint64_t pfn)
{
	pfnset_remove_range(set, pfn, 1);
}

void pfnset_add_range(struct pfnset *set, uint64_t first, uint64_t count)
{
	while (count) {
		uint64_t room = (UINT64_C(1) << 32) - (uint32_t)first;
		uint64_t now = count < room ? count : room;

		roaring_bitmap_add_range_closed(part_get(set, high_half(first)), (uint32_t)first,
						(uint32_t)(first + now - 1));
		first += now;
		count -= now;
	}
}

void pfnset_remove_range(struct pfnset *set, uint64_t first, uint64_t count)
{
	while (count) {
		uint64_t room = (UINT64_C(1) << 32) - (uint32_t)first;
		uint64_t now = count < room ? count : room;

		if (part_find(set, high_half(first)))
			roaring_bitmap_remove_range_closed(part_get(set, high_half(first)),
							   (uint32_t)first,
							   (uint32_t)(first + now - 1));
		first += now;
		count -= now;
	}
}

void pfnset_add_set(struct pfnset *set, const struct pfnset *other)
{
	for (size_t i = 0; i < other->count; i++)
		roaring_bitmap_or_inplace(part_get(set, other->parts[i].high), other->parts[i].low);
}

void pfnset_remove_set(struct pfnset *set, const struct pfnset *other)
{
	if (set == other) {
		pfnset_clear(set);
		return;
	}
	for (size_t i = 0; i < set->count; i++) {
		const roaring_bitmap_t *low = part_find(other, set->parts[i].high);

		if (low)
			roaring_bitmap_andnot_inplace(set->parts[i].low, low);
	}
}

bool pfnset_contains(const struct pfnset *set, uint64_t pfn)
{
	const roaring_bitmap_t *low = part_find(set, high_half(pfn));

	return low && roaring_bitmap_contains(low, (uint32_t)pfn);
}

bool pfnset_is_empty(const struct pfnset *set)
{
	return pfnset_cardinality(set) == 0;
}

bool pfnset_is_subset(const struct pfnset *sub, const struct pfnset *super)
{
	for (size_t i = 0; i < sub->count; i++) {
		const roaring_bitmap_t *low = part_find(super, sub->parts[i].high);

		if (low ? !roaring_bitmap_is_subset(sub->parts[i].low, low)
			: roaring_bitmap_get_cardinality(sub->parts[i].low) != 0)
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
	for (size_t i = 0; i < a->count; i++) {
		const roaring_bitmap_t *low = part_find(b, a->parts[i].high);

		if (low && roaring_bitmap_intersect(a->parts[i].low, low))
			return true;
	}
	return false;
}

uint64_t pfnset_cardinality(const struct pfnset *set)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < set->count; i++)
		sum += roaring_bitmap_get_cardinality(set->parts[i].low);
	return sum;
}

struct iteration {
	pfnset_fn *fn;
	void *ctx;
	uint64_t high;
};

static bool iterate_low(uint32_t low, void *ctx)
{
	struct iteration *iteration = ctx;

	return iteration->fn(iteration->high << 32 | low, iteration->ctx);
}

bool pfnset_iterate(const struct pfnset *set, pfnset_fn *fn, void *ctx)
{
	struct iteration iteration = {fn, ctx, 0};

	for (size_t i = 0; i < set->count; i++) {
		iteration.high = set->parts[i].high;
		if (!roaring_iterate(set->parts[i].low, iterate_low, &iteration))
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

/* Most often nothing is missing, and that is seen a container at a time. */
static bool is_subset(const struct pfnset *sub, const struct pfnset *super)
{
	for (size_t i = 0; i < sub->count; i++) {
		const roaring_bitmap_t *low = part_find(super, sub->parts[i].high);

		if (!low || !roaring_bitmap_is_subset(sub->parts[i].low, low))
			return false;
	}
	return true;
}

bool pfnset_first_missing(const struct pfnset *sub, const struct pfnset *super, uint64_t *pfn)
{
	struct search search = {super, 0};

	if (is_subset(sub, super) || pfnset_iterate(sub, search_missing, &search))
		return false;
	*pfn = search.found;
	return true;
}
