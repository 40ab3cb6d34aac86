/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "work.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define RANDOM_BITS 36 /* of a PFN */
#define HONEST_BASE 0x40000000u
#define HONEST_PACK 2048u /* bytes of three ITTs */
#define STEP        1000003u

const uint64_t work_sizes[WORK_SIZES] = {100, 508, 1000, 10000, 100000, 1000000};

const char *work_set_name(enum work_set set)
{
	static const char *const names[WORK_SETS] = {"honest", "random", "sequential", "stride"};

	return names[set];
}

/* Looks random, and gives no number twice. */
static uint64_t shuffle(uint64_t i)
{
	const uint64_t mask = (1ull << RANDOM_BITS) - 1;

	for (int round = 0; round < 3; round++) {
		i = (i * 0x9e3779b97f4a7c15u + 0x1234567) & mask;
		i ^= i >> (RANDOM_BITS / 2);
	}
	return i;
}

static struct itsg_run honest_run(uint64_t i)
{
	static const uint32_t at[] = {0, 256, 512}, bytes[] = {256, 256, 1536};
	const struct itsg_run run = {HONEST_BASE + i / 3 * HONEST_PACK + at[i % 3], bytes[i % 3]};

	return run;
}

struct itsg_run work_run(enum work_set set, uint64_t i)
{
	struct itsg_run run = {0, 512};

	switch (set) {
	case WORK_HONEST:
		return honest_run(i);
	case WORK_RANDOM:
		run.pa = shuffle(i) << SUBJECT_PAGE_SHIFT | (i & 7) * 512;
		return run;
	case WORK_SEQUENTIAL:
		run.pa = i << SUBJECT_PAGE_SHIFT;
		return run;
	case WORK_STRIDE:
	default:
		/* 2^20 of them fit; the misses are beside them. */
		run.pa = (i << 20 & 0xffffffffff) << SUBJECT_PAGE_SHIFT | (i >> 20 & 7) * 512;
		return run;
	}
}

static uint64_t allocated(void)
{
	const struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

void work_begin(struct work *work, const struct subject *subject, enum work_set set, uint64_t pages)
{
	const uint64_t before = allocated();

	work->subject = subject;
	work->set = set;
	work->pages = pages;
	work->runs = set == WORK_HONEST ? pages * 4096 / HONEST_PACK * 3 : pages;
	work->turn = 0;
	work->wrong = 0;
	work->batch = pages / 4 < WORK_BATCH_MAX ? (uint32_t)(pages / 4) : WORK_BATCH_MAX;
	work->books = subject->make((uint32_t)pages);
	for (uint64_t i = 0; i < work->runs; i++) {
		const struct itsg_run run = work_run(set, i);

		if (subject->take(work->books, &run, ITSG_SHARED) != ITSG_PAGES_OK)
			work->wrong++;
	}
	work->bytes = subject->bytes ? subject->bytes(work->books) : allocated() - before;
}

void work_end(struct work *work)
{
	work->subject->destroy(work->books);
	if (!work->wrong)
		return;
	fprintf(stderr, "%s, %s, %llu pages: %llu wrong answers\n", work->subject->name,
		work_set_name(work->set), (unsigned long long)work->pages,
		(unsigned long long)work->wrong);
	exit(1);
}

void work_pick(struct work *work)
{
	for (uint32_t k = 0; k < work->batch; k++) {
		const uint64_t i = work->turn++ * STEP % work->runs;

		work->held[k] = work_run(work->set, i);
		work->absent[k] = work_run(work->set, (1u << 20) + work->runs + i);
	}
}

void work_take(struct work *work)
{
	for (uint32_t k = 0; k < work->batch; k++)
		if (work->subject->take(work->books, &work->held[k], ITSG_SHARED) != ITSG_PAGES_OK)
			work->wrong++;
}

void work_drop(struct work *work)
{
	for (uint32_t k = 0; k < work->batch; k++)
		if (work->subject->drop(work->books, &work->held[k], ITSG_SHARED) != ITSG_PAGES_OK)
			work->wrong++;
}

void work_hit(struct work *work)
{
	for (uint32_t k = 0; k < work->batch; k++)
		if (work->subject->holds(work->books, &work->held[k], ITSG_SHARED) != ITSG_PAGES_OK)
			work->wrong++;
}

void work_miss(struct work *work)
{
	for (uint32_t k = 0; k < work->batch; k++)
		if (work->subject->holds(work->books, &work->absent[k], ITSG_SHARED) !=
		    ITSG_PAGES_NOT_HELD)
			work->wrong++;
}
