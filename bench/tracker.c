/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page tracker beside others: do they give the same answers, and what does an answer cost?
 *
 *	bench_tracker check     the same answers to the same stream; exit status 1 if not
 *	bench_tracker liar      the same with one subject that errs: must exit with 1
 *	bench_tracker count     instructions (run it under callgrind), and bytes on standard output
 */
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "hash.h"
#include "work.h"

#define ROUNDS       32u /* batches that are counted */
#define STREAM       200000u
#define STREAM_PAGES 64u

/* ---- the same answers ---- */

struct op {
	uint32_t what; /* 0, 1: take; 2: drop; 3: holds */
	struct itsg_run run;
	enum itsg_kind kind;
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

/* Few pages, so that runs meet: up to three pages long, mostly short. */
static struct op next_op(uint64_t *state)
{
	const uint64_t r = next_random(state);
	const uint64_t granule = (r >> 8) % (STREAM_PAGES * SUBJECT_GRANULES_PER_PAGE);
	const uint64_t count = 1 + (r >> 32) % ((r & 64) ? 40 : 4);
	const struct op op = {
		r & 3,
		{0x40000000 + (granule << ITSG_GRANULE_SHIFT), count << ITSG_GRANULE_SHIFT},
		r & 4 ? ITSG_DONATED : ITSG_SHARED};

	return op;
}

static enum itsg_pages_result answer(const struct subject *subject, void *books,
				     const struct op *op)
{
	if (op->what < 2)
		return subject->take(books, &op->run, op->kind);
	if (op->what == 2)
		return subject->drop(books, &op->run, op->kind);
	return subject->holds(books, &op->run, op->kind);
}

static bool check(uint32_t liar)
{
	uint64_t state = 88172645463325252u, seen[ITSG_PAGES_NOT_HELD + 1] = {0};
	void *books[SUBJECTS];
	bool same = true;

	for (uint32_t s = 0; s < SUBJECTS; s++)
		books[s] = subjects[s]->make(8 * STREAM_PAGES);
	for (uint32_t i = 0; i < STREAM && same; i++) {
		const struct op op = next_op(&state);
		const enum itsg_pages_result want = answer(subjects[0], books[0], &op);

		seen[want]++;
		for (uint32_t s = 1; s < SUBJECTS; s++) {
			enum itsg_pages_result got = answer(subjects[s], books[s], &op);

			if (s == liar && got == ITSG_PAGES_KIND)
				got = ITSG_PAGES_OK;
			if (got == want)
				continue;
			fprintf(stderr, "%s says %d, %s says %d, operation %u\n", subjects[0]->name,
				(int)want, subjects[s]->name, (int)got, i);
			same = false;
		}
	}
	for (uint32_t s = 0; s < SUBJECTS; s++)
		subjects[s]->destroy(books[s]);
	/* A stream without one of the answers would prove little. */
	return same && seen[ITSG_PAGES_OK] && seen[ITSG_PAGES_OVERLAP] && seen[ITSG_PAGES_KIND] &&
	       seen[ITSG_PAGES_NOT_HELD];
}

/* ---- instructions and bytes ---- */

static void count_op(struct work *work, const char *name, void (*before)(struct work *),
		     void (*op)(struct work *), void (*after)(struct work *))
{
	for (uint32_t round = 0; round < ROUNDS; round++) {
		work_pick(work);
		if (before)
			before(work);
		count_on();
		op(work);
		count_off();
		if (after)
			after(work);
	}
	count_figure((uint64_t)ROUNDS * work->batch, "tracker/%s/%s/%" PRIu64 "/%s", name,
		     work_set_name(work->set), work->pages, work->subject->name);
}

static void count_subject(const struct subject *subject, enum work_set set, uint64_t pages)
{
	struct work work;

	work_begin(&work, subject, set, pages);
	printf("bytes tracker/page/%s/%" PRIu64 "/%s %.2f\n", work_set_name(set), pages,
	       subject->name, (double)work.bytes / (double)pages);
	count_begin();
	count_op(&work, "take", work_drop, work_take, NULL);
	count_op(&work, "drop", NULL, work_drop, work_take);
	count_op(&work, "hit", NULL, work_hit, NULL);
	count_op(&work, "miss", NULL, work_miss, NULL);
	count_end();
	work_end(&work);
}

/* ---- a host that knows the key ---- */

/* The next PFN that has both its buckets in that pair. */
static uint64_t next_colliding(uint64_t pfn, uint32_t capacity, const struct itsg_choice *pair)
{
	const struct itsg_hash_key key = itsg_hash_key(subject_key);

	for (;; pfn++) {
		const struct itsg_choice c = itsg_hash_choose(&key, pfn, capacity, 8);
		const uint32_t a = c.bucket[0].first, b = c.bucket[1].first;

		if ((a == pair->bucket[0].first && b == pair->bucket[1].first) ||
		    (a == pair->bucket[1].first && b == pair->bucket[0].first))
			return pfn;
	}
}

static void count_known_key(uint64_t pages)
{
	const uint32_t capacity = subject_capacity((uint32_t)pages);
	const struct subject *subject = &subject_itsguard;
	const struct itsg_hash_key key = itsg_hash_key(subject_key);
	const struct itsg_choice pair = itsg_hash_choose(&key, 0, capacity, 8);
	void *books = subject->make((uint32_t)pages);
	struct itsg_run run = {0, 512};
	uint64_t pfn = 0, held = 0;

	while (subject->take(books, &run, ITSG_SHARED) == ITSG_PAGES_OK) {
		held++;
		pfn = next_colliding(pfn + 1, capacity, &pair);
		run.pa = pfn << SUBJECT_PAGE_SHIFT;
	}
	printf("pages tracker/held_until_full/known_key/%" PRIu64 "/itsguard %" PRIu64 "\n", pages,
	       held);
	count_begin();
	count_on();
	subject->take(books, &run, ITSG_SHARED);
	count_off();
	count_figure(1, "tracker/take_refused/known_key/%" PRIu64 "/itsguard", pages);
	run.pa = 0;
	count_on();
	subject->drop(books, &run, ITSG_SHARED);
	count_off();
	count_figure(1, "tracker/drop/known_key/%" PRIu64 "/itsguard", pages);
	count_on();
	subject->take(books, &run, ITSG_SHARED);
	count_off();
	count_figure(1, "tracker/take/known_key/%" PRIu64 "/itsguard", pages);
	count_end();
	subject->destroy(books);
}

static void count(uint64_t most)
{
	count_calibrate();
	for (uint32_t n = 0; n < WORK_SIZES && work_sizes[n] <= most; n++)
		for (enum work_set set = 0; set < WORK_SETS; set++)
			for (uint32_t s = 0; s < SUBJECTS; s++)
				if (work_sizes[n] <= subjects[s]->most_pages)
					count_subject(subjects[s], set, work_sizes[n]);
	count_known_key(100);
	count_known_key(1000);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "check") == 0)
		return check(0) ? 0 : 1;
	if (strcmp(mode, "liar") == 0)
		return check(SUBJECTS - 1) ? 0 : 1;
	if (strcmp(mode, "count") != 0) {
		fprintf(stderr, "usage: bench_tracker check|liar|count [PAGES]\n");
		return 2;
	}
	count(argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX);
	return 0;
}
