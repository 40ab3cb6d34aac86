/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * take, drop and holds over two sets of numbers: the granules claimed, and the pages that are
 * donated. Before it is included there must be
 *
 *	struct granules		with members claimed and donated, each a SET
 *	set_any()		is one of first .. last in the set?
 *	set_all()		are all of them?
 *	set_has()		is this number?
 *	set_add(), set_remove()	first .. last
 */

static uint64_t granule_first(const struct itsg_run *run)
{
	return run->pa >> ITSG_GRANULE_SHIFT;
}

static uint64_t granule_last(const struct itsg_run *run)
{
	return (run->pa + run->bytes - 1) >> ITSG_GRANULE_SHIFT;
}

static bool granules_in_page(struct granules *granules, uint64_t pfn)
{
	const uint64_t first = pfn * SUBJECT_GRANULES_PER_PAGE;

	return set_any(&granules->claimed, first, first + SUBJECT_GRANULES_PER_PAGE - 1);
}

/* Is every page of the run that has a claim in it of this kind? */
static bool granules_kind(struct granules *granules, const struct itsg_run *run,
			  enum itsg_kind kind)
{
	const uint64_t last = granule_last(run) / SUBJECT_GRANULES_PER_PAGE;

	for (uint64_t pfn = granule_first(run) / SUBJECT_GRANULES_PER_PAGE; pfn <= last; pfn++)
		if (granules_in_page(granules, pfn) &&
		    set_has(&granules->donated, pfn) != (kind == ITSG_DONATED))
			return false;
	return true;
}

static enum itsg_pages_result granules_take(void *books, const struct itsg_run *run,
					    enum itsg_kind kind)
{
	struct granules *granules = books;

	if (set_any(&granules->claimed, granule_first(run), granule_last(run)))
		return ITSG_PAGES_OVERLAP;
	if (!granules_kind(granules, run, kind))
		return ITSG_PAGES_KIND;
	set_add(&granules->claimed, granule_first(run), granule_last(run));
	if (kind == ITSG_DONATED)
		set_add(&granules->donated, granule_first(run) / SUBJECT_GRANULES_PER_PAGE,
			granule_last(run) / SUBJECT_GRANULES_PER_PAGE);
	return ITSG_PAGES_OK;
}

static enum itsg_pages_result granules_holds(void *books, const struct itsg_run *run,
					     enum itsg_kind kind)
{
	struct granules *granules = books;

	return set_all(&granules->claimed, granule_first(run), granule_last(run)) &&
			       granules_kind(granules, run, kind)
		       ? ITSG_PAGES_OK
		       : ITSG_PAGES_NOT_HELD;
}

static enum itsg_pages_result granules_drop(void *books, const struct itsg_run *run,
					    enum itsg_kind kind)
{
	const enum itsg_pages_result result = granules_holds(books, run, kind);
	const uint64_t last = granule_last(run) / SUBJECT_GRANULES_PER_PAGE;
	struct granules *granules = books;

	if (result != ITSG_PAGES_OK)
		return result;
	set_remove(&granules->claimed, granule_first(run), granule_last(run));
	for (uint64_t pfn = granule_first(run) / SUBJECT_GRANULES_PER_PAGE;
	     kind == ITSG_DONATED && pfn <= last; pfn++)
		if (!granules_in_page(granules, pfn))
			set_remove(&granules->donated, pfn, pfn);
	return result;
}
