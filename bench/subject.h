/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What keeps the books of claimed granules: the library's tracker, and other ways to do the same.
 *
 * Each answers as itsguard/pages.h says for 4 KB pages, with everything that this needs: two kinds,
 * overlap found by granule, all or nothing. Left out are the leaked mark and, but for itsguard, the
 * check of what no run here is (BAD_RUN) and a capacity (FULL).
 */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "itsguard/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SUBJECT_PAGE_SHIFT        12
#define SUBJECT_GRANULES_PER_PAGE 16u

struct subject {
	const char *name;
	uint64_t most_pages;           /* that it is measured with */
	void *(*make)(uint32_t pages); /* room for so many */
	void (*destroy)(void *books);
	enum itsg_pages_result (*take)(void *books, const struct itsg_run *run,
				       enum itsg_kind kind);
	enum itsg_pages_result (*drop)(void *books, const struct itsg_run *run,
				       enum itsg_kind kind);
	enum itsg_pages_result (*holds)(void *books, const struct itsg_run *run,
					enum itsg_kind kind);
	uint64_t (*bytes)(void *books); /* NULL: all that malloc() has given to the program */
};

extern const struct subject subject_itsguard, subject_array, subject_roaring, subject_uthash,
	subject_judy;

/* itsguard first. */
#define SUBJECTS 5u
extern const struct subject *const subjects[SUBJECTS];

/* The capacity of the library's tracker that pages.h advises for so many pages. */
uint32_t subject_capacity(uint32_t pages);

/* Hashed with this key: known to nobody who chooses the pages of a run, unless a test says so. */
extern const uint64_t subject_key[2];

#ifdef __cplusplus
}
#endif

#endif
