/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "shared.h"

#include <stddef.h>

#include "count.h"

static struct shared_page *shared_find(struct shared *shared, uint64_t pfn)
{
	for (uint32_t i = 0; i < shared->count; i++)
		if (shared->page[i].pfn == pfn)
			return &shared->page[i];
	return NULL;
}

static enum shared_result share(struct shared *shared, uint64_t pfn)
{
	const struct shared_page fresh = {pfn, 0};

	if (shared_find(shared, pfn) || shared->count == SHARED_MAX ||
	    shared->ops->share(shared->ctx, pfn, 1) != 1)
		return SHARED_REFUSED;
	shared->page[shared->count++] = fresh;
	return SHARED_OK;
}

static enum shared_result unshare(struct shared *shared, uint64_t pfn)
{
	struct shared_page *page = shared_find(shared, pfn);

	if (!page)
		return SHARED_REFUSED;
	if (page->pins)
		return SHARED_BUSY;
	*page = shared->page[--shared->count];
	return shared->ops->unshare(shared->ctx, pfn, 1) == 1 ? SHARED_OK : SHARED_REFUSED;
}

enum shared_result shared_share(struct shared *shared, uint64_t pfn)
{
	enum shared_result result;

	count_leave();
	result = share(shared, pfn);
	count_enter();
	return result;
}

enum shared_result shared_unshare(struct shared *shared, uint64_t pfn)
{
	enum shared_result result;

	count_leave();
	result = unshare(shared, pfn);
	count_enter();
	return result;
}

enum shared_result shared_pin(struct shared *shared, uint64_t pfn)
{
	struct shared_page *page;

	count_leave();
	page = shared_find(shared, pfn);
	if (page)
		page->pins++;
	count_enter();
	return page ? SHARED_OK : SHARED_REFUSED;
}

void shared_unpin(struct shared *shared, uint64_t pfn)
{
	struct shared_page *page;

	count_leave();
	page = shared_find(shared, pfn);
	if (page && page->pins)
		page->pins--;
	count_enter();
}
