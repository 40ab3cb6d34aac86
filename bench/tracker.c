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

#define BUCKET 8u

/* The next PFN from that one on whose buckets begin there, in this order. */
static uint64_t next_between(uint64_t pfn, uint32_t capacity, uint32_t first, uint32_t second)
{
	const struct itsg_hash_key key = itsg_hash_key(subject_key);

	for (;; pfn++) {
		const struct itsg_choice c = itsg_hash_choose(&key, pfn, capacity, BUCKET);

		if (c.bucket[0].first == first && c.bucket[1].first == second)
			return pfn;
	}
}

static struct itsg_run known_run(uint64_t pfn)
{
	return (struct itsg_run){pfn << SUBJECT_PAGE_SHIFT, 512};
}

/* So many pages between two buckets: slot 0 of the first, 0 of the second, 1 of the first, ... */
static uint64_t known_fill(void *books, uint32_t capacity, const uint32_t bucket[2], uint32_t count)
{
	uint64_t pfn = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct itsg_run run;

		pfn = next_between(pfn + 1, capacity, bucket[0], bucket[1]);
		run = known_run(pfn);
		if (subject_itsguard.take(books, &run, ITSG_SHARED) != ITSG_PAGES_OK)
			abort();
	}
	return pfn;
}

static void count_known(void *books, bool take, uint64_t pfn, enum itsg_pages_result want,
			const char *name, uint64_t pages)
{
	const struct itsg_run run = known_run(pfn);
	enum itsg_pages_result result;

	count_begin();
	count_on();
	result = take ? subject_itsguard.take(books, &run, ITSG_SHARED)
		      : subject_itsguard.drop(books, &run, ITSG_SHARED);
	count_off();
	if (result != want)
		abort();
	count_figure(1, "tracker/%s/known_key/%" PRIu64 "/itsguard", name, pages);
	count_end();
}

/*
 * A page is taken while there is no other. Two buckets are filled: 15 pages that have no other, and
 * in the slot that is looked at last one that has: there, only the last slot is free. Then a page
 * more is taken, and another, for which none can move.
 */
static void count_known_key(uint64_t pages)
{
	const uint32_t capacity = subject_capacity((uint32_t)pages);
	const uint32_t here[2] = {0, BUCKET}, there[2] = {2 * BUCKET, 3 * BUCKET};
	void *books = subject_itsguard.make((uint32_t)pages);
	uint64_t last, mover;

	count_known(books, true, 0, ITSG_PAGES_OK, "take_first", pages);
	count_known(books, false, 0, ITSG_PAGES_OK, "drop_first", pages);
	last = known_fill(books, capacity, there, 2 * BUCKET - 1);
	known_fill(books, capacity, here, 2 * BUCKET - 1);
	mover = next_between(0, capacity, here[1], there[0]);
	count_known(books, true, mover, ITSG_PAGES_OK, "take_last", pages);
	count_known(books, false, last, ITSG_PAGES_OK, "drop", pages);
	last = next_between(1u << 30, capacity, here[0], here[1]);
	count_known(books, true, last, ITSG_PAGES_OK, "take_moved", pages);
	count_known(books, true, next_between(last + 1, capacity, here[0], here[1]),
		    ITSG_PAGES_FULL, "take_refused", pages);
	subject_itsguard.destroy(books);
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
