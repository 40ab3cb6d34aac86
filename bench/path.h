/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The way of a command, without anything around it: a guard with so many devices mapped, callbacks
 * that do not count, and an ITS that has passed each command by the next look at it.
 */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include "guard.h"

#ifdef __cplusplus
extern "C" {
#endif

enum path_command {
	PATH_INT,
	PATH_INV,
	PATH_SYNC,
	PATH_MAPTI,
	PATH_MAP,   /* MAPD V=1: one page shared for each */
	PATH_UNMAP, /* MAPD V=0: of what PATH_MAP has mapped last */
	PATH_COMMANDS
};

#define PATH_BATCHES 3u
extern const uint32_t path_batches[PATH_BATCHES];
#define PATH_SIZES 5u
extern const uint32_t path_sizes[PATH_SIZES]; /* devices mapped */

struct path;

/* The ITT of the first device that is mapped. */
#define PATH_ITT_0 0x80000000ull

struct path_setup {
	const struct guard *guard;
	uint32_t devices;
	uint32_t budget; /* 0: the default */
	uint32_t journal;
	uint32_t redistributors;
	uint32_t page_shift; /* of host pages */
	uint32_t pages;      /* that the tracker has room for; 0: what the devices need, amply */
	/*
	 * The device table may have two levels, of ITS pages of 64 KB; with DeviceIDs of 32 bits,
	 * and entries of 32 bytes, so that level 1 may have 16 MB.
	 */
	bool two_levels;
	bool bare; /* nothing is programmed or mapped yet */
};

/* The library, with a budget that no batch uses up, and a journal for two of them. */
struct path *path_new(uint32_t devices);
/* The same with any guard. */
struct path *path_new_of(const struct guard *guard, uint32_t devices);
struct path *path_new_with(const struct path_setup *setup);
/* Ends the program if a command was refused, or the guard's books are not the host's. */
void path_free(struct path *path);
/* Whatever was refused. */
void path_drop(struct path *path);
/* Ends the program unless the guard has so many devices, and has refused nothing. */
void path_expect(const struct path *path, uint32_t devices);

const char *path_command_name(enum path_command command);

/* The host puts a batch of a command into its queue. */
void path_put(struct path *path, enum path_command command, uint32_t batch);
/* It puts any command, or sets any register. */
void path_put_words(struct path *path, const uint64_t word[4]);
void path_set(struct path *path, uint32_t offset, uint64_t value);
/* Those of this opcode that hardware has had, and those that the host has put. */
uint64_t path_passed(const struct path *path, uint8_t opcode);
uint64_t path_given(const struct path *path, uint8_t opcode);
/* Reads and writes of hardware's registers by the guard. */
uint64_t path_accesses(const struct path *path);
/* Pages that are shared with it. */
int64_t path_shared(const struct path *path);
/* MAPD of one device more, which has its ITT there and 2^(size + 1) events. */
void path_put_map(struct path *path, uint32_t size, uint64_t itt);
void path_put_unmap(struct path *path);
/* The n-th page from now on is refused by the platform, and one command for that. */
void path_fail(struct path *path, uint32_t nth);
/* From now on pages whose PFN has all of these bits are guests'; commands may be refused. */
void path_guests(struct path *path, uint64_t bits);
/*
 * Of the library's guard: a page that the platform did not take back. Each that goes is looked up
 * for a mark from now on.
 */
void path_leak(struct path *path);
/* Likewise: others claim pages, until so many of 1000 slots of the tracker are in use. */
void path_fill(struct path *path, uint32_t permille);
/* Hardware passes nothing until it is thawed. */
void path_freeze(struct path *path, bool frozen);
/* It writes CWRITER: all of the batch is published. */
void path_write(struct path *path);
/* Hardware has passed it; the guard is polled until it has nothing to do. */
void path_finish(struct path *path);
/* The guard is polled once. */
bool path_poll(struct path *path);
/* The host reads CREADR, as a driver does that waits. */
uint64_t path_read(struct path *path);
/* All that the host has put is over, as CREADR shows it. */
bool path_idle(struct path *path);

#ifdef __cplusplus
}
#endif

#endif
