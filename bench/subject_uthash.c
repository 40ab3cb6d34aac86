/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* uthash: a record of a page in each node. */
#include "subject.h"

#include <stdlib.h>
#include <uthash.h>

struct page {
	uint64_t pfn;
	uint32_t bits;
	uint32_t kind;
	UT_hash_handle hh;
};

struct paged {
	struct page *head;
};

static struct page *page_find(struct paged *paged, uint64_t pfn)
{
	struct page *page;

	HASH_FIND(hh, paged->head, &pfn, sizeof(pfn), page);
	return page;
}

static struct page *page_insert(struct paged *paged, uint64_t pfn, enum itsg_kind kind)
{
	struct page *page = malloc(sizeof(*page));

	if (!page)
		return NULL;
	page->pfn = pfn;
	page->bits = 0;
	page->kind = kind;
	HASH_ADD(hh, paged->head, pfn, sizeof(pfn), page);
	return page;
}

static void page_remove(struct paged *paged, struct page *page)
{
	HASH_DEL(paged->head, page);
	free(page);
}

#include "paged.h"

static void *uthash_make(uint32_t pages)
{
	(void)pages;
	return calloc(1, sizeof(struct paged));
}

static void uthash_destroy(void *books)
{
	struct paged *paged = books;
	struct page *page, *next;

	HASH_ITER(hh, paged->head, page, next)
	page_remove(paged, page);
	free(paged);
}

const struct subject subject_uthash = {
	"uthash",   UINT64_MAX, uthash_make, uthash_destroy,
	paged_take, paged_drop, paged_holds, NULL,
};
