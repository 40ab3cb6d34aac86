/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page states that the published guards build on: a page is shared with the hypervisor, once,
 * and while it is pinned, any number of times, it cannot be unshared. These calls do not count.
 */
#ifndef BENCH_SHARED_H
#define BENCH_SHARED_H

#include "itsguard/itsguard.h"

#define SHARED_MAX 1024u

enum shared_result {
	SHARED_OK,
	SHARED_REFUSED,
	SHARED_BUSY
};

struct shared {
	const struct itsg_ops *ops; /* the platform may refuse */
	void *ctx;
	uint32_t count;
	struct shared_page {
		uint64_t pfn;
		uint32_t pins;
	} page[SHARED_MAX];
};

enum shared_result shared_share(struct shared *shared, uint64_t pfn);
enum shared_result shared_unshare(struct shared *shared, uint64_t pfn);
enum shared_result shared_pin(struct shared *shared, uint64_t pfn);
void shared_unpin(struct shared *shared, uint64_t pfn);

#endif
