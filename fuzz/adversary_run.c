/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "adversary_run.h"

#include <stdlib.h>

#include "arch.h"
#include "common.h"

static struct adversary *adversary;

/* Negative controls: the faults that tests/test_adversary.c plants too, by the same means. */
static void plant(void *ctx, struct world *world, uint32_t op)
{
	uint8_t bytes[32];

	(void)ctx;
	if (op != UINT32_MAX)
		return;
	if (fuzz_planted(FUZZ_PLANT_leak))
		sim_mem_share(world_mem(world), 0x40700000);
	if (fuzz_planted(FUZZ_PLANT_touch))
		sim_mem_dma(world_mem(world), 0x40700000, 8, false, bytes, "planted");
	if (fuzz_planted(FUZZ_PLANT_claim)) {
		const struct itsg_run run = {0x40700000, 256};

		itsg_pages_take(world_tracker(world), &run, ITSG_SHARED);
	}
}

static uint64_t work(void)
{
	const struct adversary_stats *stats = adversary_stats(adversary);

	return stats->steps;
}

int fuzz_adversary(const uint8_t *data, size_t size, bool redistributors)
{
	const struct adversary_finding *finding;
	struct adversary_stats before;
	uint8_t none[1];

	fuzz_begin(data, size, none, 0);
	if (!adversary)
		adversary = adversary_new();
	if (!adversary)
		abort();
	if (redistributors)
		adversary_redistributors(adversary);
	if (fuzz_plant > FUZZ_PLANT_hang)
		adversary_on_op(adversary, plant, NULL);
	before = *adversary_stats(adversary);
	finding = adversary_run(adversary, data, size);
	fuzz_ops += work() - before.steps;
	if (finding->detector != ADVERSARY_FOUND_NOTHING)
		fuzz_found("%s at operation %u: %s", adversary_detector_name(finding->detector),
			   (unsigned)finding->op, finding->text);
	fuzz_mix(work() - before.steps);
	fuzz_mix(adversary_stats(adversary)->commands - before.commands);
	fuzz_mix(adversary_stats(adversary)->accepted - before.accepted);
	for (unsigned i = 0; i < ITSG_REASON_COUNT; i++)
		fuzz_mix(adversary_stats(adversary)->refusals[i] - before.refusals[i]);
	return 0;
}
