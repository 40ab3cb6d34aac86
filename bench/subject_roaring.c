/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * CRoaring: bitmaps of 32-bit numbers, as the C interface of Debian 12 has them, one for each value
 * of the bits above. No range here goes from one of them into the next.
 */
#include "subject.h"

#include <roaring/roaring.h>
#include <stdlib.h>

struct wide {
	roaring_bitmap_t *part[1u << (ITSG_PA_SHIFT - ITSG_GRANULE_SHIFT - 32)];
};

struct granules {
	struct wide claimed, donated;
};

static bool set_any(struct wide *set, uint64_t first, uint64_t last)
{
	const roaring_bitmap_t *part = set->part[first >> 32];

	return part &&
	       roaring_bitmap_range_cardinality(part, first & UINT32_MAX, (last & UINT32_MAX) + 1);
}

static bool set_all(struct wide *set, uint64_t first, uint64_t last)
{
	const roaring_bitmap_t *part = set->part[first >> 32];

	return part &&
	       roaring_bitmap_contains_range(part, first & UINT32_MAX, (last & UINT32_MAX) + 1);
}

static bool set_has(struct wide *set, uint64_t number)
{
	const roaring_bitmap_t *part = set->part[number >> 32];

	return part && roaring_bitmap_contains(part, (uint32_t)number);
}

static void set_add(struct wide *set, uint64_t first, uint64_t last)
{
	roaring_bitmap_t **part = &set->part[first >> 32];

	if (!*part)
		*part = roaring_bitmap_create();
	roaring_bitmap_add_range_closed(*part, (uint32_t)first, (uint32_t)last);
}

static void set_remove(struct wide *set, uint64_t first, uint64_t last)
{
	roaring_bitmap_remove_range_closed(set->part[first >> 32], (uint32_t)first, (uint32_t)last);
}

#include "granules.h"

static void *roaring_make(uint32_t pages)
{
	(void)pages;
	return calloc(1, sizeof(struct granules));
}

static void wide_free(struct wide *set)
{
	for (size_t i = 0; i < sizeof(set->part) / sizeof(set->part[0]); i++)
		if (set->part[i])
			roaring_bitmap_free(set->part[i]);
}

static void roaring_destroy(void *books)
{
	struct granules *granules = books;

	wide_free(&granules->claimed);
	wide_free(&granules->donated);
	free(granules);
}

const struct subject subject_roaring = {
	"roaring",     UINT64_MAX,    roaring_make,   roaring_destroy,
	granules_take, granules_drop, granules_holds, NULL,
};
