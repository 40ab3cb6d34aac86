/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inside the simulated redistributors.
 *
 *	rds_base.c	what all parts stand on: set-up, what is told, chance, groups
 *	rds_tables.c	registers to tables; the first 1 KB
 *	rds_lpi.c	pending bits in memory and held, configuration bytes
 *	rds_enable.c	EnableLPIs comes and goes, and power
 *	rds_reach.c	what may still be touched
 *	rds_regs.c	the frames
 *	rds.c		life cycle, running
 *
 * Each uses those above it in this list, and none below.
 *
 * What this hardware makes of the first 1 KB of a pending table, which is its own: the first eight
 * bytes are 0, or [0] = 1 and [51:6] how far from the table's base it goes on reading and writing.
 * What it writes there itself is 1: at the base.
 */
#ifndef SIM_RDS_PRIV_H
#define SIM_RDS_PRIV_H

#include "arch.h"
#include "rds.h"

#define RD_LINES     8
#define RD_OWN_BYTES 0x400u /* of a pending table: the first 1 KB */

/* From RD_base. */
#define RD_CTLR        0x0000u
#define RD_IIDR        0x0004u
#define RD_TYPER       0x0008u
#define RD_WAKER       0x0014u
#define RD_SETLPIR     0x0040u
#define RD_CLRLPIR     0x0048u
#define RD_PROPBASER   0x0070u
#define RD_PENDBASER   0x0078u
#define RD_INVLPIR     0x00a0u
#define RD_INVALLR     0x00b0u
#define RD_SYNCR       0x00c0u
#define RD_PIDR2       0xffe8u
#define RD_FRAME       0x10000u
#define RD_VLPI_BASE   0x20000u
#define RD_VPROPBASER  (RD_VLPI_BASE + 0x70)
#define RD_VPENDBASER  (RD_VLPI_BASE + 0x78)

#define RD_ENABLE_LPIS 0x1u
#define RD_CES         0x2u
#define RD_IR          0x4u
#define RD_RWP         0x8u
#define RD_DPG         0x07000000u
#define RD_PTZ         ((uint64_t)1 << 62)

/* A byte of the pending table that is newer than memory. */
struct rd_line {
	bool used;
	uint8_t set, clear;
	uint64_t at; /* from the table's base */
};

struct rd {
	bool powered;
	bool enabled;
	bool foreign;
	uint32_t looks; /* reads of CTLR that still show RWP=1 */
	uint32_t busy;  /* likewise, because DPG bits were set: no table is used for that */
	uint32_t dpg;
	bool sleeps;                   /* WAKER.ProcessorSleep */
	bool deaf;                     /* EnableLPIs does not stick */
	uint64_t lost_prop, lost_pend; /* bits that do not */
	bool ptz;                      /* as last written with PENDBASER */
	uint64_t prop, pend;
	uint64_t vprop, vpend;
	uint64_t given_prop, given_pend; /* with which EnableLPIs was set last */
	uint64_t old_prop, old_pend;     /* what was changed under it */
	struct {
		bool any, enabled;
		uint64_t prop, pend;
	} saved; /* by firmware, while there is no power */
	uint64_t cursor;
	struct rd_line lines[RD_LINES];
	unsigned oldest;
};

struct sim_redists {
	struct sim_redists_config config;
	struct sim_redists_mode mode;
	struct sim_redists_stats stats;
	struct sim_mem *mem;
	uint64_t rng;
	struct rd *rd;
	size_t capacity; /* of rd */
};

/* rds_base.c */
void rd_event(struct sim_redists *rds, uint32_t rd, enum sim_redist_event event, uint32_t offset,
	      uint64_t value);
uint64_t rd_random(struct sim_redists *rds);
bool rd_exists(const struct sim_redists *rds, uint32_t rd);
/* Its tables may be used: EnableLPIs is set, or its effects are not over. */
bool rd_is_live(const struct rd *rd);

/* rds_tables.c */
uint64_t rd_prop_kept(const struct sim_redists *rds, uint64_t value);
uint64_t rd_pend_kept(const struct sim_redists *rds, uint64_t value);
uint64_t rd_attributes(uint64_t value);
/* INTID bits that apply, 0 if there is no LPI at all. */
unsigned rd_bits(const struct sim_redists *rds, uint64_t prop);
bool rd_is_lpi(const struct sim_redists *rds, uint64_t prop, uint64_t intid);
struct sim_redist_tables rd_tables(const struct sim_redists *rds, uint64_t prop, uint64_t pend);
/* Hardware begins to use a pending table, and stops: the first 1 KB. */
void rd_table_load(struct sim_redists *rds, uint32_t rd);
void rd_table_save(struct sim_redists *rds, uint32_t rd);
/* What firmware or a host has put there: false if EnableLPIs may not be set over it. */
bool rd_table_is_zero(const struct sim_redists *rds, uint64_t pa, uint64_t bytes);
bool rd_own_is_fine(const struct sim_redists *rds, uint64_t pa);

/* rds_lpi.c */
void rd_read_config(struct sim_redists *rds, uint32_t rd, uint64_t intid);
void rd_set_bit(struct sim_redists *rds, uint32_t rd, uint64_t intid, bool pending);
void rd_write_back(struct sim_redists *rds, uint32_t rd, unsigned most);
/* A configuration byte read ahead, a held byte written back. */
void rd_background(struct sim_redists *rds, uint32_t rd);

/* rds_enable.c */
void rd_enable(struct sim_redists *rds, uint32_t rd, bool asked);
void rd_disable(struct sim_redists *rds, uint32_t rd);
/* CTLR is looked at: is RWP=1? */
bool rd_look(struct sim_redists *rds, uint32_t rd);
void rd_power_up(struct sim_redists *rds, uint32_t rd);
/* WAKER.Sleep: everything held by any of them is written. */
void rd_all_sleep(struct sim_redists *rds);

/* rds_reach.c */
struct rd_resident {
	uint64_t pa[2], bytes[2]; /* pending and configuration table, or the table of vPEs */
};
struct rd_resident rd_resident(const struct sim_redists *rds, const struct rd *rd);

#endif
