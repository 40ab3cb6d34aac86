/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "subject.h"

#include <stdlib.h>

/* Any will do. */
const uint64_t subject_key[2] = {0x243f6a8885a308d3, 0x13198a2e03707344};

/* ---- the library's ---- */

struct guard {
	struct itsg_pages *pages;
	uint64_t bytes;
};

uint32_t subject_capacity(uint32_t pages)
{
	return pages + (pages + 1) / 2;
}

static void *guard_make(uint32_t pages)
{
	const struct itsg_pages_config config = {
		.page_shift = SUBJECT_PAGE_SHIFT,
		.capacity = subject_capacity(pages),
		.key = {subject_key[0], subject_key[1]},
	};
	const size_t size = itsg_pages_size(&config);
	struct guard *guard = malloc(sizeof(*guard));

	guard->bytes = size;
	guard->pages = itsg_pages_init(aligned_alloc(64, size), size, &config);
	return guard;
}

static void guard_destroy(void *books)
{
	struct guard *guard = books;

	free(guard->pages);
	free(guard);
}

static enum itsg_pages_result guard_take(void *books, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	return itsg_pages_take(((struct guard *)books)->pages, run, kind);
}

static enum itsg_pages_result guard_drop(void *books, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	return itsg_pages_drop(((struct guard *)books)->pages, run, kind);
}

static enum itsg_pages_result guard_holds(void *books, const struct itsg_run *run,
					  enum itsg_kind kind)
{
	return itsg_pages_holds(((struct guard *)books)->pages, run, kind);
}

static uint64_t guard_bytes(void *books)
{
	return ((struct guard *)books)->bytes;
}

const struct subject subject_itsguard = {
	"itsguard", UINT64_MAX, guard_make,  guard_destroy,
	guard_take, guard_drop, guard_holds, guard_bytes,
};
