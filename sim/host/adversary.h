/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The adversary: bytes become a machine and a stream of operations on it. Whatever the bytes say,
 * nothing may come of it but refusals. The engine of the fuzz target `world`.
 *
 * An input is ADVERSARY_MACHINE_BYTES that choose the machine, then operations of
 * ADVERSARY_OP_BYTES each; what is missing is zero, a part of an operation at the end is left out.
 * Indices are small and places few, so that operations collide on purpose.
 *
 * Checked after each step of an operation: accesses of the ITS to memory that is not held, misuse
 * of hardware and callbacks (world.h), commands that hardware should never have seen, itsg_check(),
 * the oracle, that answers and log agree, and, where hardware is eager, that they are as predicted.
 * Hardware, firmware and platform do what they may: hardware moves in the middle of a call, stalls
 * at commands, for once or for good; redistributors sleep; callbacks fail in a row; power goes at
 * any moment, and firmware restores what it likes of what hardware had, Enabled and a CWRITER of
 * another day included. The platform tells of a power loss only where the guard cannot find out.
 *
 * Checked of an honest host, which comes in at chosen moments on memory of its own: after it has
 * disabled the ITSs and cleared their registers nothing is held on hardware that forgets; a fresh
 * boot, map, interrupt, suspend, resume and unmap then meet no refusal, and the interrupt arrives,
 * whether the platform polls or the host reads registers until they say so; a stall at a SYNC of
 * the guard's own does not stop it; what it gives up is its own when the register reads so, and
 * another ITS may have it at once. A new queue moves whatever the old one held. A host that is gone
 * leaves nothing behind.
 *
 * Deterministic: same bytes, same outcome.
 */
#ifndef SIM_ADVERSARY_H
#define SIM_ADVERSARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "oracle.h"
#include "random_input.h"
#include "world.h"

#define ADVERSARY_MACHINE_BYTES 32u
#define ADVERSARY_OP_BYTES      16u
#define ADVERSARY_BOOT          0     /* first byte of the operation that boots a host */
#define ADVERSARY_OPS_MAX       4096u /* what comes behind is left out */

/* In the order in which they are looked at after a step. */
enum adversary_detector {
	ADVERSARY_FOUND_NOTHING,
	ADVERSARY_VIOLATION,  /* an ITS touched memory that the guard does not hold */
	ADVERSARY_MISUSE,     /* see world_on_misuse() */
	ADVERSARY_ANSWER,     /* the answer to an access and the guard's log disagree */
	ADVERSARY_BROKEN,     /* the guard calls hardware broken, which it is not */
	ADVERSARY_ENDLESS,    /* the world never gets quiet */
	ADVERSARY_ERROR,      /* hardware met an error that the guard should have kept from it */
	ADVERSARY_REGISTER,   /* the host does not read back what such hardware would keep */
	ADVERSARY_INVARIANT,  /* itsg_check() */
	ADVERSARY_ORACLE,     /* oracle_check(), or oracle_quiet_end() after an honest end */
	ADVERSARY_PREDICTION, /* the guard's answer is not the one predicted (predict.h) */
	ADVERSARY_REFUSED,    /* an honest host was refused */
	ADVERSARY_LIVENESS,   /* an honest host was not served */
	ADVERSARY_DETECTORS
};

struct adversary_finding {
	enum adversary_detector detector;
	enum oracle_clause clause; /* of ADVERSARY_ORACLE */
	uint32_t op;               /* of the input, from 0 */
	char text[256];
};

/* Sums over all runs, for tests and for people. */
struct adversary_stats {
	uint64_t runs;
	uint64_t unbuilt; /* machines that make no sense: nothing was run */
	uint64_t ops;
	uint64_t steps; /* accesses, stores, runs, ...: the checks are made after each */
	uint64_t checks;
	uint64_t commands; /* judged by the guard */
	uint64_t accepted;
	uint64_t armed;
	uint64_t boots; /* honest ones, that had to work and did */
	uint64_t quiet_ends;
	uint64_t predicted; /* commands whose answer was predicted */
	uint64_t refusals[ITSG_REASON_COUNT];
};

struct adversary;

/* NULL: no memory. */
struct adversary *adversary_new(void);
void adversary_free(struct adversary *adversary);

/*
 * From now on each machine has redistributors, and operations are those there, but for a quarter;
 * else it is the other way round, on a quarter of the machines. The fuzz target `redist`.
 */
void adversary_redistributors(struct adversary *adversary);

/* Runs one input. The answer is valid until the next call. */
const struct adversary_finding *adversary_run(struct adversary *adversary, const uint8_t *data,
					      size_t size);
const struct adversary_stats *adversary_stats(const struct adversary *adversary);

/*
 * Runs one input and writes what was done as a trace (docs/TRACES.md), every refusal with its `!`
 * line except for those that are the finding. False: something has no trace form, and the replay
 * need not show the same; such steps are in the trace as comments that begin "#:".
 */
bool adversary_print(struct adversary *adversary, const uint8_t *data, size_t size, FILE *out);

/* Inputs from a seed (random_input.h), for soaks without a fuzzer. */
extern const struct random_shape adversary_shape;

/* Called before operation number `op` of a run, and with UINT32_MAX before its first honest end:
 * tests plant faults here. */
typedef void adversary_plant_fn(void *ctx, struct world *world, uint32_t op);
void adversary_on_op(struct adversary *adversary, adversary_plant_fn *fn, void *ctx);

/* "VIOLATION" and so on; the name of an operation by its first byte. */
const char *adversary_detector_name(enum adversary_detector detector);
const char *adversary_op_name(uint8_t opcode);

#endif
