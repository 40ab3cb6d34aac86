/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inside the simulated world.
 *
 * world_build.c: memory map, ITSs, tracker and guards out of a configuration.
 * world_ops.c: the callbacks given to every guard, with checks no platform would make.
 * world_rd.c: the redistributors and their guard.
 * world.c: looking at it, acting in it.
 */
#ifndef SIM_WORLD_PRIV_H
#define SIM_WORLD_PRIV_H

#include "world.h"

#define WORLD_FETCHES 64u /* remembered of one decision; it makes two */

/* Host memory that the decision under way has read. */
struct world_fetched {
	uint64_t pa;
	uint32_t bytes;
	bool garbled;
	uint8_t was[32];
};

/* What a guard last asked of reserved(), and what it has said of that DeviceID since. */
struct world_asked {
	bool any, in_this_call;
	bool told_unmapped;
	uint32_t device;
};

/* The call of number `in` from now on fails, 0: none, and the ones behind it, `times` in all. */
struct world_failing {
	uint64_t in, times;
};

/* Waits for the n-th next call; n 0: nothing. */
struct world_waiting {
	enum trace_inside where;
	uint64_t n;
	world_inside_fn *fn;
	void *ctx;
	const void *what;
};

#define WORLD_INSIDES 8u
#define WORLD_SLOTS   2048u /* of the largest private queue */
/* Commands that may be fetched and not stored yet: a run, and the head. */
#define WORLD_ASKED 17u

/* Whose SYNCs the slots of a private queue hold. */
struct world_syncs {
	uint64_t host[WORLD_ASKED]; /* RDbases of the host's SYNCs since: number n at n % ASKED */
	uint32_t hosts;
	uint64_t last; /* that of the command fetched last, or NONE: it may be at the head still */
	uint64_t next; /* where the next command that is published is stored */
	bool late;     /* a store has failed since CWRITER was written last */
	bool own[WORLD_SLOTS]; /* not the host's, and not given to hardware yet */
};

#define WORLD_NO_SYNC   (~(uint64_t)0)
#define WORLD_STORE_MAX 512u /* bytes; a multiple of a command */

/* What a callback gets as ctx: which ITS it serves. */
struct world_link {
	struct world *world;
	uint32_t its;
	bool redists; /* none: the redistributors */
};

/* What the guard must hold of one redistributor. */
struct world_rd {
	bool due;     /* see world_rd_is_due() */
	bool cleared; /* EnableLPIs was, since */
};

struct world {
	struct world_config config;
	struct sim_mem *mem;
	struct sim_its *its[TRACE_ITS_MAX];
	struct itsg_its *guard[TRACE_ITS_MAX];
	void *guard_memory[TRACE_ITS_MAX];
	struct world_link link[TRACE_ITS_MAX];
	struct itsg_range private[TRACE_ITS_MAX];
	struct itsg_pages *tracker;
	void *tracker_memory;
	size_t guard_bytes[TRACE_ITS_MAX], tracker_bytes; /* of these */
	size_t memory;                                    /* in use, of all of them */

	struct sim_redists *rds; /* in use if machine.rds */
	struct itsg_redists *rd_guard;
	void *rd_memory;
	size_t rd_bytes;
	struct world_link rd_link;
	struct world_rd rd[TRACE_PES_MAX];
	world_event_fn *rd_event;
	void *rd_event_ctx;
	world_rd_register_fn *rd_register;
	void *rd_register_ctx;

	world_event_fn *event;
	void *event_ctx;
	world_hook_fn *hook;
	void *hook_ctx;
	world_call_fn *called;
	void *called_ctx;
	world_act_fn *act;
	void *act_ctx;
	world_misuse_fn *misuse;
	void *misuse_ctx;
	sim_mem_violation_fn *violation;
	void *violation_ctx;

	uint64_t injected_of[TRACE_CBS];
	uint64_t calls, injected, partial, changes, double_fetches, misuses, violations;
	struct world_failing failing[TRACE_CBS];
	struct world_waiting waiting[WORLD_INSIDES];
	uint32_t oldest;    /* of those */
	uint32_t unplugged; /* a bit for each ITS */
	struct world_syncs syncs[TRACE_ITS_MAX];
	bool resumed[TRACE_ITS_MAX]; /* enabled by firmware, and the guard has not written CTLR
					since */
	uint64_t fail_at;
	uint64_t mapds[TRACE_ITS_MAX];    /* MAPD V=1 stored in its private queue */
	bool slots_failed[TRACE_ITS_MAX]; /* the last store into it has */
	uint64_t held, held_peak;         /* pages shared or donated */
	struct world_fetched fetched[WORLD_FETCHES];
	uint32_t fetches;
	struct world_asked asked[TRACE_ITS_MAX];
};

/* world_rd.c */
sim_its_lpi_fn world_rd_lpi; /* ctx: the link */
/* False: the simulator has none like these. */
bool world_rd_build(struct world *world);
/* For the guard; frames has room for all of them. */
void world_rd_config(const struct world *world, uint64_t *frames,
		     struct itsg_redists_config *config);

/* world_ops.c */
/* Something that no guard may do. */
void world_misused(struct world *world, uint32_t its, const char *text);
/* Whoever listens is told. */
void world_acted(struct world *world, const struct world_act *act);
/* A call of that kind is about to be made: what waits for it happens. */
void world_entered(struct world *world, enum trace_inside where);
sim_mem_violation_fn world_ops_violation; /* ctx: the world */
sim_its_event_fn world_ops_hardware;      /* ctx: the link */
/* The decision under way is over: what was garbled for it is put back. */
void world_decision_over(struct world *world);
/* A call of this ITS's guard is over. */
void world_call_over(struct world *world, uint32_t its);

#endif
