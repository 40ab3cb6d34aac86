/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The work that the subjects are measured with: books of so many pages, and runs that are dropped,
 * taken again and looked up, a batch at a time.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include "subject.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which runs. */
enum work_set {
	/* ITTs of 256, 256 and 1536 bytes, close to each other, as in the captures of Linux 7.2. */
	WORK_HONEST,
	/* 512 bytes in a page of its own, anywhere. */
	WORK_RANDOM,
	/* The same, in pages that a host picks who knows the layout, but not the key. */
	WORK_SEQUENTIAL, /* neighbours */
	WORK_STRIDE,     /* that differ in the upper half of their bits */
	WORK_SETS
};

#define WORK_BATCH_MAX 64u

struct work {
	const struct subject *subject;
	void *books;
	enum work_set set;
	uint64_t pages;
	uint64_t runs;
	uint64_t turn;
	uint64_t bytes; /* that the books take */
	uint32_t batch; /* runs of a batch */
	struct itsg_run held[WORK_BATCH_MAX];
	struct itsg_run absent[WORK_BATCH_MAX];
	uint64_t wrong; /* answers that were not as they should be */
};

const char *work_set_name(enum work_set set);

/* Numbers of pages: 100 to 1000000, and 508, which is what the reviewed array holds. */
#define WORK_SIZES 6u
extern const uint64_t work_sizes[WORK_SIZES];

/* Run number i of a set. */
struct itsg_run work_run(enum work_set set, uint64_t i);

/* A subject with so many pages tracked. */
void work_begin(struct work *work, const struct subject *subject, enum work_set set,
		uint64_t pages);
void work_end(struct work *work);

/* Chooses the next batch: runs that are held, and runs that nobody holds. */
void work_pick(struct work *work);
/* For each run of the batch. work_take() only after work_drop(). */
void work_take(struct work *work);
void work_drop(struct work *work);
void work_hit(struct work *work);
void work_miss(struct work *work);

#ifdef __cplusplus
}
#endif

#endif
