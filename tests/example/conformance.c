/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The conformance kit over the platform of examples/host: exit status 0 if its callbacks keep their
 * contract, and nothing was left untried but what that platform has not.
 */
#include <stdio.h>
#include <string.h>

#include "itsguard/conformance.h"
#include "platform.h"

#define HOST_PFN  (RAM / PAGE + 0x20)
#define GUEST_PFN (RAM / PAGE + 0x30)

static bool give(void *ctx, uint64_t pfn)
{
	(void)ctx;
	return platform_give(pfn);
}

static void take_back(void *ctx, uint64_t pfn)
{
	(void)ctx;
	platform_take_back(pfn);
}

/* Who can read there can write: that platform knows no other right. */
static bool host_can_write(void *ctx, uint64_t pfn)
{
	uint64_t word;

	(void)ctx;
	return platform_host_access(pfn * PAGE, false, 8, &word);
}

static void peek(void *ctx, uint64_t pa, uint8_t *to)
{
	(void)ctx;
	memcpy(to, platform_memory(pa), 8);
}

static void poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	uint64_t word;

	(void)ctx;
	memcpy(&word, from, 8);
	platform_host_access(pa, true, 8, &word);
}

int main(void)
{
	static const struct itsg_conformance_hooks hooks = {.give = give,
							    .take_back = take_back,
							    .host_can_write = host_can_write,
							    .peek = peek,
							    .poke = poke};
	const uint64_t foreign[] = {QUEUE / PAGE, GUEST_PFN, ITS / PAGE, RAM_END / PAGE};
	const struct itsg_conformance with = {.ops = &platform_ops,
					      .hooks = &hooks,
					      .page_shift = 12,
					      .host_pfn = HOST_PFN,
					      .foreign = foreign,
					      .foreign_count = 4,
					      .queue = {QUEUE, PAGE},
					      .level1_pool = {POOL, 0x10000},
					      .registers = true,
					      .off = ITSG_CONFORMANCE_NONE};
	struct itsg_conformance_result result;
	unsigned untried = 0;

	if (platform_init() != ITSG_OK || !platform_give(GUEST_PFN))
		return 1;
	itsg_conformance_run(&with, &result);
	for (unsigned n = 1; n < ITSG_CLAUSE_COUNT; n++)
		untried += !itsg_clause_tried(&result, (enum itsg_clause)n);
	printf("%s: %s\n", itsg_clause_name(result.failed), itsg_clause_text(result.failed));
	/* Nothing fails on request, or counts; no redistributors, no power, no DeviceID of others.
	 */
	printf("%u clauses not tried\n", untried);
	return result.failed != ITSG_CLAUSES_HOLD || untried != 13;
}
