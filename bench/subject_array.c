/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * An array that is scanned, as the reviewed guard had it: records of 16 bytes behind a header of
 * 56, 508 of them in two pages, looked for from the front, a new one put where the first free one
 * is (docs/THREATS.md, R2 and P23). Written anew from that description.
 */
#include "subject.h"

#include <stdlib.h>

struct page {
	uint64_t pfn;
	uint32_t bits; /* 0: the record is free */
	uint32_t kind;
};

struct paged {
	uint32_t capacity;
	struct page page[];
};

static struct page *page_find(struct paged *paged, uint64_t pfn)
{
	for (uint32_t i = 0; i < paged->capacity; i++)
		if (paged->page[i].bits && paged->page[i].pfn == pfn)
			return &paged->page[i];
	return NULL;
}

static struct page *page_insert(struct paged *paged, uint64_t pfn, enum itsg_kind kind)
{
	for (uint32_t i = 0; i < paged->capacity; i++) {
		struct page *page = &paged->page[i];

		if (page->bits)
			continue;
		page->pfn = pfn;
		page->kind = kind;
		return page;
	}
	return NULL;
}

/* Without bits it is free. */
static void page_remove(struct paged *paged, struct page *page)
{
	(void)paged;
	(void)page;
}

#include "paged.h"

static void *array_make(uint32_t pages)
{
	struct paged *paged = calloc(1, sizeof(*paged) + (size_t)pages * sizeof(struct page));

	paged->capacity = pages;
	return paged;
}

static uint64_t array_bytes(void *books)
{
	const struct paged *paged = books;

	return 56 + (uint64_t)paged->capacity * sizeof(struct page);
}

const struct subject subject_array = {
	"array", 10000, array_make, free, paged_take, paged_drop, paged_holds, array_bytes,
};
