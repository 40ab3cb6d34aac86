/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "host_queue.h"

#include "claim.h"

static uint64_t queue_end(const struct itsg_run *run)
{
	return run->pa + run->bytes;
}

/* Behind all queues that have this address; each can move it once. */
static uint64_t queue_behind(const struct itsg_queue_claim *queues, uint64_t at)
{
	const struct itsg_queue_claim *queue = queues;

	while (queue) {
		if (at >= queue->run.pa && at < queue_end(&queue->run)) {
			at = queue_end(&queue->run);
			queue = queues;
		} else {
			queue = queue->next;
		}
	}
	return at;
}

bool itsg_queue_next_part(const struct itsg_queue_claim *queues, const struct itsg_run *run,
			  uint64_t *at, struct itsg_run *part)
{
	uint64_t end = queue_end(run);

	*at = queue_behind(queues, *at);
	if (*at >= end)
		return false;
	for (const struct itsg_queue_claim *queue = queues; queue; queue = queue->next)
		if (queue->run.pa > *at && queue->run.pa < end)
			end = queue->run.pa;
	part->pa = *at;
	part->bytes = end - *at;
	*at = end;
	return true;
}

/* What of [run->pa, end) no other queue has goes back. */
static void queue_drop(struct itsg_platform *platform, const struct itsg_run *run, uint64_t end)
{
	const struct itsg_run taken = {run->pa, end - run->pa};
	uint64_t at = run->pa;
	struct itsg_run part;

	while (itsg_queue_next_part(*itsg_pages_queues(platform->pages), &taken, &at, &part))
		itsg_claim_drop(platform, &part, ITSG_SHARED);
}

enum itsg_reason itsg_host_queue_take(struct itsg_platform *platform,
				      struct itsg_queue_claim *claim, const struct itsg_run *run)
{
	struct itsg_queue_claim **queues = itsg_pages_queues(platform->pages);
	struct itsg_take take = {{0, 0}, ITSG_SHARED, ITSG_QUEUE_ADDRESS};
	uint64_t at = run->pa;

	/* At once, as of any run, whatever of it other queues have already. */
	if (!itsg_pages_fits(platform->pages, run))
		return ITSG_NO_PAGE_SLOT;
	while (itsg_queue_next_part(*queues, run, &at, &take.run)) {
		const enum itsg_reason reason = itsg_claim_take(platform, &take);

		if (reason != ITSG_OK) {
			queue_drop(platform, run, take.run.pa);
			return reason;
		}
	}
	claim->run = *run;
	claim->next = *queues;
	*queues = claim;
	return ITSG_OK;
}

void itsg_host_queue_drop(struct itsg_platform *platform, struct itsg_queue_claim *claim)
{
	struct itsg_queue_claim **link = itsg_pages_queues(platform->pages);

	if (!claim->run.bytes)
		return;
	while (*link != claim)
		link = &(*link)->next;
	*link = claim->next;
	queue_drop(platform, &claim->run, queue_end(&claim->run));
	claim->run.bytes = 0;
}
