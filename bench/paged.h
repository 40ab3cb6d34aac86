/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * take, drop and holds over records of pages. Before it is included there must be
 *
 *	struct paged		the table
 *	struct page		a record, with members pfn, bits and kind
 *	page_find()		the record of a page, or NULL
 *	page_insert()		a new record, bits 0; NULL if there is no room
 *	page_remove()
 */

static uint32_t paged_bits(const struct itsg_run *run, uint64_t pfn)
{
	const uint64_t page = pfn << SUBJECT_PAGE_SHIFT;
	const uint64_t end = run->pa + run->bytes - page;
	const uint32_t first =
		run->pa > page ? (uint32_t)(run->pa - page) >> ITSG_GRANULE_SHIFT : 0;
	const uint32_t last =
		end < 0x1000 ? (uint32_t)end >> ITSG_GRANULE_SHIFT : SUBJECT_GRANULES_PER_PAGE;

	return (1u << last) - (1u << first);
}

static uint64_t paged_first(const struct itsg_run *run)
{
	return run->pa >> SUBJECT_PAGE_SHIFT;
}

static uint64_t paged_last(const struct itsg_run *run)
{
	return (run->pa + run->bytes - 1) >> SUBJECT_PAGE_SHIFT;
}

static enum itsg_pages_result paged_judge(struct paged *paged, const struct itsg_run *run,
					  enum itsg_kind kind)
{
	enum itsg_pages_result result = ITSG_PAGES_OK;

	for (uint64_t pfn = paged_first(run); pfn <= paged_last(run); pfn++) {
		const struct page *page = page_find(paged, pfn);

		if (page && (page->bits & paged_bits(run, pfn)))
			return ITSG_PAGES_OVERLAP;
		if (page && page->kind != kind)
			result = ITSG_PAGES_KIND;
	}
	return result;
}

/* Gives up the run's granules in the pages [first, end). */
static void paged_clear(struct paged *paged, const struct itsg_run *run, uint64_t end)
{
	for (uint64_t pfn = paged_first(run); pfn < end; pfn++) {
		struct page *page = page_find(paged, pfn);

		page->bits &= ~paged_bits(run, pfn);
		if (!page->bits)
			page_remove(paged, page);
	}
}

static enum itsg_pages_result paged_take(void *books, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	const enum itsg_pages_result result = paged_judge(books, run, kind);

	if (result != ITSG_PAGES_OK)
		return result;
	for (uint64_t pfn = paged_first(run); pfn <= paged_last(run); pfn++) {
		struct page *page = page_find(books, pfn);

		if (!page)
			page = page_insert(books, pfn, kind);
		if (!page) {
			paged_clear(books, run, pfn);
			return ITSG_PAGES_FULL;
		}
		page->bits |= paged_bits(run, pfn);
	}
	return ITSG_PAGES_OK;
}

static enum itsg_pages_result paged_holds(void *books, const struct itsg_run *run,
					  enum itsg_kind kind)
{
	for (uint64_t pfn = paged_first(run); pfn <= paged_last(run); pfn++) {
		const struct page *page = page_find(books, pfn);

		if (!page || page->kind != kind || (paged_bits(run, pfn) & ~page->bits))
			return ITSG_PAGES_NOT_HELD;
	}
	return ITSG_PAGES_OK;
}

static enum itsg_pages_result paged_drop(void *books, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	const enum itsg_pages_result result = paged_holds(books, run, kind);

	if (result == ITSG_PAGES_OK)
		paged_clear(books, run, paged_last(run) + 1);
	return result;
}
