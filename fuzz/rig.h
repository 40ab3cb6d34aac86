/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A small simulated world for the targets whose input is not a whole adversary: one or two ITSs in
 * a memory of 16 MB, few places, few slots, and the checks that are made after each operation.
 *
 * The world is reset for each input, not rebuilt. Any failing check is a finding and ends the
 * program.
 */
#ifndef FUZZ_RIG_H
#define FUZZ_RIG_H

#include "arch.h"
#include "common.h"
#include "host_regs.h"
#include "oracle.h"
#include "world.h"

#define RIG_HEADER  8u

#define RIG_RAM     0x40000000u
#define RIG_RAM_LEN 0x1000000u

/* Places, each on 64 KB: the largest page there is. */
#define RIG_QUEUE       (RIG_RAM + 0x00000u)
#define RIG_DEVICES     (RIG_RAM + 0x10000u)
#define RIG_COLLECTIONS (RIG_RAM + 0x20000u)
#define RIG_LEVEL2      (RIG_RAM + 0x30000u) /* to 0x7ffff */
#define RIG_ITTS        (RIG_RAM + 0x80000u) /* to 0xfffff */
#define RIG_AREA        0x100000u
/* Of the honest host at the end; rig_give() leaves it alone. */
#define RIG_HONEST      (RIG_RAM + 0x200000u)
#define RIG_QUEUE_BYTES 0x1000u

enum rig_depth {
	RIG_QUICK, /* after each operation what can have changed, all of it at the end */
	RIG_FULL,  /* after each operation all of it */
};

struct quick;

struct rig {
	struct world *world;
	struct oracle *oracle;
	struct quick *quick;
	struct world_config config;
	const struct itsg_its *guards[TRACE_ITS_MAX];
	enum rig_depth depth;
	bool planted;                 /* a fault of FUZZ_PLANTS is in place */
	bool honest;                  /* the host is honest now: no access may be refused */
	bool living;                  /* and has nothing old in its queue: nor a command */
	bool leaked;                  /* a page of the honest host's was not taken back */
	bool registers;               /* a register was written that can change what is on record */
	uint64_t seen;                /* world_changes() at the last check */
	uint32_t since;               /* quick checks since the last full one */
	uint32_t tail[TRACE_ITS_MAX]; /* where the next command goes */
	uint64_t area[TRACE_ITS_MAX]; /* from the places named above to those of this ITS */
	struct host_regs regs[TRACE_ITS_MAX];
	uint64_t errors[TRACE_ITS_MAX]; /* of hardware, seen so far */
	uint64_t accesses;              /* refused accesses in the log of the call under way */
	enum itsg_reason access;
	uint64_t refused;         /* commands, in all */
	enum itsg_reason command; /* why the last one was */
};

/* Any header makes a machine that can be built; all zero is the plainest. */
void rig_config(struct world_config *config, const uint8_t header[RIG_HEADER]);
/* Resets the world: ready for the first access. */
void rig_begin(struct rig *rig, const struct world_config *config, enum rig_depth depth);
/* CBASER, BASERs and Enabled of all ITSs, as an honest driver. Quick checks begin here. */
void rig_arm(struct rig *rig, bool two_level);
/* The same of one ITS, and no more than that. */
void rig_arm_one(struct rig *rig, uint32_t its, bool two_level);
/*
 * The host disables, clears its registers and waits; then nothing may be held any more. Then an
 * honest host boots, maps, gets an interrupt, unmaps and shuts down: it must not be refused, and
 * all that it does must work.
 */
void rig_end(struct rig *rig);

enum itsg_reason rig_write(struct rig *rig, uint32_t its, uint32_t offset, uint32_t width,
			   uint64_t value);
uint64_t rig_read(struct rig *rig, uint32_t its, uint32_t offset, uint32_t width,
		  enum itsg_reason *reason);
/* A command into the host's queue, behind the last one; and CWRITER behind it. */
void rig_put(struct rig *rig, uint32_t its, const uint64_t dw[4]);
enum itsg_reason rig_ring(struct rig *rig, uint32_t its);
/* The host gives a page away: 0 or an error. */
int rig_give(struct rig *rig, uint64_t pa);
void rig_poke64(struct rig *rig, uint64_t pa, uint64_t value);
void rig_settle(struct rig *rig);

/* An operation is over: is everything as it must be? */
void rig_step(struct rig *rig);
void rig_check_all(struct rig *rig);

#endif
