/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The tracker's canonical form. What is inside of it only pfn_tracker.c says, so that is compiled
 * here, and nowhere else in this program.
 */
#include "pfn_tracker.c"

#include "canon.h"

/* A tracker of one bucket: where an entry stands in it says nothing. */
static void canon_sort(uint64_t *words, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t k = i; k > 0 && words[k] > words[k - 1]; k--) {
			const uint64_t word = words[k];

			words[k] = words[k - 1];
			words[k - 1] = word;
		}
}

void canon_pages(struct itsg_pages *pages)
{
	pages->pages_peak = pages->pages;
	if (pages->capacity <= PAGES_BUCKET_SLOTS)
		canon_sort(pages->words, pages->capacity);
}
