/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What stands between a host and its ITS in path.h: the library, or somebody's other way to do it.
 * All get the same commands, and all are counted without what they call: registers of hardware,
 * page states, copies that are callbacks.
 *
 *	itsguard  the library
 *	least     the least instructions that keep the library's promises while all goes well
 *	reviewed  the first published guard, as it was sent for review (docs/THREATS.md, R1 to S20)
 *	android   its successor (P1 to P34)
 *
 * The last three are models, written anew from descriptions; each says what it leaves out.
 * bench_commands checks what they do with commands that are wrong.
 */
#ifndef BENCH_GUARD_H
#define BENCH_GUARD_H

#include "itsguard/itsguard.h"

#ifdef __cplusplus
extern "C" {
#endif

struct guard_setup {
	uint32_t devices; /* the most that are mapped at a time */
	uint32_t budget;
	uint32_t journal;
	uint32_t redistributors;
	uint32_t page_shift;
	uint32_t pages;  /* host pages that are claimed; 0: ITTs of the least size */
	bool two_levels; /* are offered */
	/* The host's queue and the guard's own; and that memory, for those who have it mapped. */
	uint64_t host_pa, ring_pa;
	const uint8_t *host;
	uint8_t *ring;
	uint32_t ring_bytes; /* of each */
	const struct itsg_ops *ops;
	void *ctx;
};

struct guard_books {
	uint32_t devices; /* mapped */
	uint64_t refused; /* commands */
	bool broken;
};

struct guard {
	const char *name;
	uint32_t most_devices;
	uint32_t itt_bytes; /* that a device has to itself: a page, or the least of the architecture
			     */
	void *(*make)(const struct guard_setup *setup);
	void (*destroy)(void *guard);
	bool (*write)(void *guard, uint32_t offset, uint32_t width, uint64_t value);
	uint64_t (*read)(void *guard, uint32_t offset, uint32_t width);
	bool (*poll)(void *guard); /* NULL: it has nothing to do later */
	void (*books)(const void *guard, struct guard_books *books);
};

extern const struct guard guard_itsguard, guard_least, guard_reviewed, guard_android;

/* The library's tracker, of a guard that guard_itsguard has made, and how many pages it has room
 * for. */
struct itsg_pages *guard_itsguard_pages(void *guard, uint32_t *capacity);

#ifdef __cplusplus
}
#endif

#endif
