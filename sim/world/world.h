/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The simulated world: one physical memory with page states, some ITSs in it, a page tracker, and a
 * guard in front of each ITS, wired together by the callbacks that a hypervisor would give; and
 * where the machine says so the redistributors, with their guard.
 *
 * With the guard off the host reaches the simulated ITS directly: that shows what the guard is for.
 *
 * Everything here is bounded, and nothing here aborts, whatever a trace or a fuzzer asks for.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "itsguard/itsguard.h"
#include "itsguard/redists.h"

#include "its.h"
#include "mem.h"
#include "rds.h"
#include "trace.h"

struct world;

struct world_config {
	bool guard;        /* false: the host is wired to the ITS itself */
	bool rewrite_host; /* garble every host word the moment after the guard read it (I4) */
	bool stall;        /* hardware stalls on an erroneous command; else it ignores it */
	bool cache;        /* hardware holds entries and writes them back late */
	bool trust;        /* hardware uses an ITT entry without checking its IDs */
	struct trace_machine machine;
	struct trace_its its[TRACE_ITS_MAX];
	uint32_t its_count; /* 1 to TRACE_ITS_MAX */
	/* Of each guard's private command queue: 4 KB to 64 KB; 0: 64 KB. Arming fills it. */
	uint32_t queue_bytes;
};

/* What is done inside a call of a guard; `what` is the caller's, and stays where it is. */
typedef void world_inside_fn(void *ctx, const void *what);

/* The world of an empty trace: one ITS, guard on. */
void world_config_default(struct world_config *config);
/* The world that a trace asks for, `hw` lines apart. */
void world_config_of(struct world_config *config, const struct trace *trace);

/*
 * Builds a world and initialises every guard. NULL if the configuration cannot be built, with a
 * sentence in `why`. Where keys of a trace's lines are to blame, they stand in front, the likeliest
 * first: "ram, l1_pool: ...".
 */
struct world *world_create(const struct world_config *config, char *why, size_t why_size);
void world_destroy(struct world *world);
/*
 * The same, but in the memory of a world that is no longer needed: where sizes are the same,
 * nothing is allocated. Listeners are forgotten. False: as NULL above; the old world is gone too,
 * and only another reset or world_destroy() makes sense.
 */
bool world_reset(struct world *world, const struct world_config *config, char *why,
		 size_t why_size);

const struct world_config *world_config(const struct world *world);
/* Does the hardware forget a table whose Valid is cleared, by TYPER.INV or as configured? */
bool world_forgets(const struct world *world);
struct sim_mem *world_mem(struct world *world);
struct sim_its *world_its(struct world *world, uint32_t its);
struct itsg_its *world_guard(struct world *world, uint32_t its); /* NULL without a guard */
struct itsg_pages *world_tracker(struct world *world);           /* NULL without a guard */
/* The private memory of one guard: queue, then level-1 pool. */
struct itsg_range world_private(const struct world *world, uint32_t its);

/* What the guard logs, with the number of its ITS. Called from inside a call below. */
typedef void world_event_fn(void *ctx, uint32_t its, const struct itsg_event *event);
void world_on_event(struct world *world, world_event_fn *fn, void *ctx);

/* An access of an ITS that the page states forbid; see struct sim_mem_config. */
void world_on_violation(struct world *world, sim_mem_violation_fn *fn, void *ctx);
uint64_t world_violations(const struct world *world);

/*
 * Something no guard may do: to hardware (UNPREDICTABLE, unaligned, implementation defined,
 * reserved bits of commands, level-1 words and CTLR, tables the host cannot have: I5; collections
 * for fewer ICIDs than ITT entries name) or to a callback (a store that is neither slots of its
 * queue nor a level-1 word, zeroing memory that is not donated, reading a host word twice for one
 * decision, releasing a page that an ITS may still touch: I2), or to a redistributor: a SYNC of the
 * guard's own to one that sleeps (itsguard.h, asleep), or whose LPIs are off while those of another
 * are on. `text` says which.
 */
typedef void world_misuse_fn(void *ctx, uint32_t its, const char *text);
void world_on_misuse(struct world *world, world_misuse_fn *fn, void *ctx);
uint64_t world_misuses(const struct world *world);

/*
 * Called before each counted callback runs: the place where another CPU of the host acts (a fuzzer
 * changes memory or gives pages away here). It must not call the guard.
 */
typedef void world_hook_fn(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes);
void world_on_callback(struct world *world, world_hook_fn *fn, void *ctx);

/*
 * Once, right before the n-th next call (1 is the next) of a callback, or access to a register, by
 * any guard: hardware moves or another CPU acts in the middle of a call. The same restrictions. Of
 * more than eight that wait the oldest is dropped.
 */
void world_inside(struct world *world, enum trace_inside where, uint64_t n, world_inside_fn *fn,
		  void *ctx, const void *what);
/* None of them happens any more. True: there were some. */
bool world_inside_none(struct world *world);

/* Power is cut before hardware had all in memory: what it may touch nobody can help (itsguard.h).
 */
void world_unplug(struct world *world, uint32_t its, bool unplugged);

/* Redistributor pe sleeps, with nothing outstanding there, or wakes. */
void world_sleep(struct world *world, uint32_t pe, bool asleep);

/*
 * One ITS loses power; firmware restores what `power` names. What it restores is what hardware had
 * just before, but for CWRITER and Enabled, and with `told` the platform tells the guard.
 */
void world_power(struct world *world, uint32_t its, const struct trace_power *power);

/* The platform has seen that the host of one ITS is gone; false if the guard never gets done. */
bool world_gone(struct world *world, uint32_t its);

/*
 * Called when a counted callback is over, with what it did: a fetch also with the bytes that the
 * guard got, which memory may not hold any more. It must not call the guard, but for its counters.
 */
struct world_call {
	uint32_t its;
	bool redists; /* the guard of the redistributors has called, not that of an ITS */
	enum trace_callback callback;
	uint64_t pa, bytes;
	const uint8_t *data; /* of a fetch that did not fail, of a store, or NULL */
	bool published;      /* of a store: slots that hold what is new, not what was passed */
	int error;
	bool on_request; /* it failed because it was told to */
};
typedef void world_call_fn(void *ctx, const struct world_call *call);
void world_on_called(struct world *world, world_call_fn *fn, void *ctx);

/* What hardware is told and does, for whoever tells of it; who listens does nothing here. */
enum world_act_kind {
	WORLD_PROGRAMMED, /* a guard writes a register: offset, width, value */
	WORLD_RUNS,       /* an ITS is told to run */
	WORLD_RAN,        /* it passed commands, or stalled: count; CREADR from offset to value */
	WORLD_FAILED,     /* an ITS met an erroneous command: its CREADR offset; value: the code */
	WORLD_LPI,        /* an ITS tells redistributor pe of an LPI: lpi, to; value: the INTID */
};
struct world_act {
	enum world_act_kind kind;
	uint32_t its;
	bool of_redistributor; /* PROGRAMMED: a register of redistributor pe */
	enum sim_its_lpi lpi;
	uint32_t pe, to;
	uint32_t offset, width;
	uint64_t value, count;
};
typedef void world_act_fn(void *ctx, const struct world_act *act);
void world_on_act(struct world *world, world_act_fn *fn, void *ctx);

/* Changes the modes of all ITSs (struct world_config: stall, cache, trust). */
void world_set_mode(struct world *world, bool stall, bool cache, bool trust);

/* The host accesses the control frame of one ITS. Without a guard always ITSG_OK. */
enum itsg_reason world_write(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			     uint64_t value);
enum itsg_reason world_read(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			    uint64_t *value);
/* The host stores bytes: 0, or the memory model's error, and then nothing is written. */
int world_poke(struct world *world, uint64_t pa, const uint8_t *bytes, size_t len);
/* The host gives the pages of [pa, pa + len) to another guest, all or none: 0 or an error. */
int world_give(struct world *world, uint64_t pa, uint64_t len);

/* One ITS executes at most `commands` commands; the number executed. */
uint64_t world_run(struct world *world, uint32_t its, uint64_t commands);
/* itsg_poll() of every ITS until none has anything to do; false if that does not end. */
bool world_poll(struct world *world);
/* ITSs and polls take turns until neither has anything to do; false if that does not end. */
bool world_settle(struct world *world);

/*
 * Redistributors: NULL, and none of what follows does anything, where the machine has no rds=1. The
 * guard is NULL without a guard. Events come with ITS number 0, and a redistributor.
 */
struct sim_redists *world_redists(struct world *world);
struct itsg_redists *world_rd_guard(struct world *world);
void world_on_rd_event(struct world *world, world_event_fn *fn, void *ctx);
/*
 * Called when their guard has read or written a register of one, with what came of it. It must not
 * call the guard.
 */
typedef void world_rd_register_fn(void *ctx, uint32_t rd, uint32_t offset, bool write,
				  uint64_t value);
void world_on_rd_register(struct world *world, world_rd_register_fn *fn, void *ctx);
void world_rd_set_mode(struct world *world, struct sim_redists_mode mode);
/* The host accesses the frames of one, by offset from RD_base. Without a guard always ITSG_OK. */
enum itsg_reason world_rd_write(struct world *world, uint32_t rd, uint32_t offset, uint32_t width,
				uint64_t value);
enum itsg_reason world_rd_read(struct world *world, uint32_t rd, uint32_t offset, uint32_t width,
			       uint64_t *value);
/* Background work of all: what is held is written. */
void world_rd_run(struct world *world);
/* itsg_redists_poll(), once; world_poll() does it until it does nothing. */
bool world_rd_poll(struct world *world);
/* As far as ITSs go, one without power sleeps. */
void world_rd_power(struct world *world, const struct trace_rd_power *power);
void world_rd_lost(struct world *world, uint32_t rd);
enum itsg_reason world_rd_adopt(struct world *world);
/* The host is gone; false if that is not known of all of them, ever so often asked. */
bool world_rd_gone(struct world *world);
/*
 * Must the tables that EnableLPIs was last set with (sim_redists_given()) be claimed? From the
 * write that sets it, or adoption, to a read by the guard of EnableLPIs=0 and RWP=0 after it has
 * cleared it, of one that has power.
 */
bool world_rd_is_due(const struct world *world, uint32_t rd);
/* The callbacks that their guard is given, and its ctx: for tests that plant faults. */
struct itsg_redists_ops world_redists_ops(void);
void *world_redists_ops_ctx(struct world *world);

/* The n-th next call of this callback fails; n = 1 is the next one, 0 disarms. */
void world_fail(struct world *world, enum trace_callback callback, uint64_t n);
/* So do the ones behind it, `times` in a row: memory that is gone stays gone. */
#define WORLD_EVER UINT64_MAX
void world_fail_run(struct world *world, enum trace_callback callback, uint64_t n, uint64_t times);
/* Is a call of this callback still going to fail? */
bool world_failing(const struct world *world, enum trace_callback callback);
/* The n-th next call of any callback fails. */
void world_fail_at(struct world *world, uint64_t n);
/* Calls of all callbacks so far, initialisation included. */
uint64_t world_callbacks(const struct world *world);
/* Calls that failed because they were told to. */
uint64_t world_injected(const struct world *world);
/* Those of this callback. */
uint64_t world_injected_of(const struct world *world, enum trace_callback callback);
/* Ranges of pages that ended early: some were done, and then one was not, asked to fail or not. */
uint64_t world_partial(const struct world *world);
/* Host bytes that one decision read more than once. */
uint64_t world_double_fetches(const struct world *world);

/* Pages the guard holds claims on, its private memory not included; and the most at any time. */
uint64_t world_pages_held(struct world *world);
uint64_t world_pages_peak(const struct world *world);

/* Commands MAPD V=1 that the guard of this ITS put into its queue. */
uint64_t world_mapds(const struct world *world, uint32_t its);
/* Has the guard's last store into its private queue failed? */
bool world_slots_failed(const struct world *world, uint32_t its);

/* Changes whenever a callback was called, a register accessed or an ITS told to run. */
uint64_t world_changes(const struct world *world);

/* The callbacks every guard here is given, and the ctx of one ITS: for tests that plant faults. */
const struct itsg_ops *world_ops(void);
void *world_ops_ctx(struct world *world, uint32_t its);

#endif
