/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The way of a command, without anything around it: a guard with so many devices mapped, callbacks
 * that only count, and an ITS that has passed each command by the next look at it.
 */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include "itsguard/itsguard.h"

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

struct path_setup {
	uint32_t devices;
	uint32_t budget; /* 0: the default */
	uint32_t journal;
	uint32_t redistributors;
	uint32_t page_shift; /* of host pages */
};

/* A budget that no batch uses up, and a journal for two of them. */
struct path *path_new(uint32_t devices);
struct path *path_new_with(const struct path_setup *setup);
/* Ends the program if a command was refused. */
void path_free(struct path *path);

const char *path_command_name(enum path_command command);

/* The host puts a batch of a command into its queue. */
void path_put(struct path *path, enum path_command command, uint32_t batch);
/* MAPD of one device more, which has its ITT there and 2^(size + 1) events. */
void path_put_map(struct path *path, uint32_t size, uint64_t itt);
void path_put_unmap(struct path *path);
/* The n-th page from now on is refused by the platform, and one command for that. */
void path_fail(struct path *path, uint32_t nth);
/* From now on pages whose PFN has all of these bits are guests'; commands may be refused. */
void path_guests(struct path *path, uint64_t bits);
/* A page that the platform did not take back: each that goes is looked up for a mark from now on.
 */
void path_leak(struct path *path);
/* Others claim pages, until so many of 1000 slots of the tracker are in use. */
void path_fill(struct path *path, uint32_t permille);
/* Hardware passes nothing until it is thawed. */
void path_freeze(struct path *path, bool frozen);
/* It writes CWRITER: all of the batch is published. */
void path_write(struct path *path);
/* Hardware has passed it; the guard is polled until it has nothing to do. */
void path_finish(struct path *path);
/* One call of itsg_poll(). */
bool path_poll(struct path *path);

/*
 * The least that a guard can do with the batch that was put last: 32 bytes out of one ring and into
 * another, with a switch over the opcode.
 */
void path_floor(struct path *path);

#ifdef __cplusplus
}
#endif

#endif
