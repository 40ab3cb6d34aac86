/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_search_TARGET BUDGET EVENT_BITS RNG RUNS FOLDER SEEDS: looks for inputs of a fuzz target
 * that make one entry to the library as long as can be, counted in basic blocks, and leaves the
 * longest in FOLDER. What counts in the end are their instructions (bench_hold_TARGET). The same
 * numbers give the same inputs.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "hold.h"
#include "mutate.h"

#define POOL  64u   /* the longest, which are changed further */
#define KEEP  8u    /* of which are left */
#define BYTES 2048u /* of an input */

struct found {
	uint64_t blocks;
	size_t size;
	uint8_t data[BYTES];
};

static struct found pool[POOL];
static uint64_t longest;

static void on_entry(enum hold_kind kind, uint64_t blocks)
{
	if (kind == HOLD_RUN && blocks > longest)
		longest = blocks;
}

static void consider(uint8_t *data, size_t size)
{
	struct found *least = &pool[0];

	longest = 0;
	hold_input(data, size);
	for (uint32_t i = 0; i < POOL; i++) {
		if (pool[i].blocks == longest && pool[i].size <= size)
			return; /* another of the same length would fill the pool */
		if (pool[i].blocks < least->blocks)
			least = &pool[i];
	}
	if (longest <= least->blocks)
		return;
	least->blocks = longest;
	least->size = size;
	memcpy(least->data, data, size);
}

static void seed(const char *folder)
{
	struct dirent **entry;
	const int count = scandir(folder, &entry, NULL, alphasort);
	uint8_t data[BYTES];
	char name[4096];

	for (int i = 0; i < count; i++) {
		FILE *in;

		snprintf(name, sizeof(name), "%s/%s", folder, entry[i]->d_name);
		in = entry[i]->d_name[0] == '.' ? NULL : fopen(name, "rb");
		if (!in)
			continue;
		consider(data, fread(data, 1, sizeof(data), in));
		fclose(in);
	}
}

static void search(uint64_t rng, uint64_t runs)
{
	struct mutator mutator = {.format = fuzz_format_of(fuzz_target), .rng = rng};
	uint8_t data[BYTES];

	for (uint64_t run = 0; run < runs; run++) {
		const struct found *a = &pool[run % POOL];
		const struct found *b = &pool[run / POOL % POOL];
		size_t size = a->size;

		memcpy(data, a->data, size);
		if (run % 4 == 0)
			size = mutate_cross(&mutator, a->data, a->size, b->data, b->size, data,
					    sizeof(data));
		for (uint64_t more = 0; more <= run / 4 % 4; more++)
			size = mutate(&mutator, data, size, sizeof(data));
		consider(data, size);
	}
}

static int by_blocks(const void *a, const void *b)
{
	const uint64_t x = ((const struct found *)a)->blocks, y = ((const struct found *)b)->blocks;

	return (x < y) - (x > y);
}

int main(int argc, char **argv)
{
	char name[4096];

	if (argc < 7) {
		fprintf(stderr, "usage: bench_search_%s BUDGET EVENT_BITS RNG RUNS FOLDER SEEDS\n",
			fuzz_target);
		return 2;
	}
	hold_force((uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]));
	hold_on_entry(on_entry);
	seed(argv[6]);
	search(strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	qsort(pool, POOL, sizeof(pool[0]), by_blocks);
	for (uint32_t i = 0; i < KEEP; i++) {
		FILE *out;

		snprintf(name, sizeof(name), "%s/%s-%s-%u", argv[5], fuzz_target, argv[3], i);
		out = fopen(name, "wb");
		if (!out || fwrite(pool[i].data, 1, pool[i].size, out) != pool[i].size ||
		    fclose(out)) {
			perror(name);
			return 1;
		}
	}
	fprintf(stderr, "%s: %" PRIu64 " basic blocks in one entry\n", fuzz_target, pool[0].blocks);
	return 0;
}
