/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The redistributors of a machine, as hostile as the architecture allows.
 *
 * Nothing here is of src/: registers and sizes are decoded a second time. Every access to memory
 * is made by sim_mem_dma(), which knows what may be touched. They never act by themselves: only
 * when a register is accessed, an LPI is delivered, power comes or goes, or they are told to run.
 * Deterministic for a given seed and sequence of calls.
 *
 * Nothing that memory or registers hold makes them crash or loop without bound.
 */
#ifndef SIM_RDS_H
#define SIM_RDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

#define SIM_REDISTS_MAX 1024

/* What a guard must never cause; `offset` is of the access, or of the register in question. */
enum sim_redist_event {
	SIM_REDIST_BASER_BUSY,   /* PROPBASER, PENDBASER changed with EnableLPIs=1 or RWP=1 */
	SIM_REDIST_ENABLE_BUSY,  /* EnableLPIs set with RWP=1 */
	SIM_REDIST_GROUP,        /* another PROPBASER in a CommonLPIAff group, both enabled */
	SIM_REDIST_ATTRIBUTES,   /* other attributes in PENDBASER, both enabled */
	SIM_REDIST_ONE_TABLE,    /* a pending table over one that another has */
	SIM_REDIST_PTZ,          /* PTZ=1, and the pending table is not zero */
	SIM_REDIST_FIRST_KB,     /* PTZ=0, and its first 1 KB is neither zero nor hardware's own */
	SIM_REDIST_FREE_ADDRESS, /* VPENDBASER.Valid or VPROPBASER.Valid (v4.1), with any address */
	SIM_REDIST_VIRTUAL,      /* INVLPIR or INVALLR with V */
	SIM_REDIST_INTID,        /* SETLPIR or CLRLPIR with what is no LPI */
	SIM_REDIST_SLEEP,        /* WAKER.Sleep or Quiescent: of all redistributors at once */
	SIM_REDIST_IMPDEF,       /* a non-zero write where nobody knows what it does */
	SIM_REDIST_BAD_ACCESS,   /* width or alignment; `value` is the width */
	SIM_REDIST_WITHOUT_POWER, /* CTLR, PROPBASER or PENDBASER written, and the write is lost */
	SIM_REDIST_EVENTS
};
typedef void sim_redist_event_fn(void *ctx, uint32_t rd, enum sim_redist_event event,
				 uint32_t offset, uint64_t value);

/* EnableLPIs was set; or it was cleared, and its effects are over. */
typedef void sim_redist_lpis_fn(void *ctx, uint32_t rd, bool on);

struct sim_redists_config {
	uint32_t count;    /* 1 to SIM_REDISTS_MAX; Processor_Number and place are the same */
	uint32_t lpi_bits; /* GICD_TYPER.IDbits + 1, 14 to 32 */
	uint32_t pa_bits;  /* 32 to 52: address bits above are not kept */
	bool ces;          /* CTLR.CES: EnableLPIs can be cleared */
	bool ir;           /* CTLR.IR */
	bool direct_lpi, vlpis, rvpeid, dpgs; /* of TYPER */
	bool ds;                              /* GICD_CTLR.DS: WAKER is the host's */
	uint32_t common_lpi_aff;              /* 0 to 3 */
	uint64_t attr_mask; /* which bits of Shareability, InnerCache, OuterCache stick */
	bool prop_fixed;    /* PROPBASER is read-only, and is: */
	uint64_t prop_value;
	uint64_t seed;
	sim_redist_event_fn *event; /* may be NULL */
	sim_redist_lpis_fn *lpis;   /* likewise */
	void *ctx;
};

#define SIM_REDIST_RWP_EVER UINT32_MAX

/* May change at any time. All false: tables are used when an LPI is delivered and not before. */
struct sim_redists_mode {
	bool late;      /* pending bits are held, and written at run, clear and power-down */
	bool prefetch;  /* configuration bytes are read ahead: at enable, run, and each RWP look */
	bool res1;      /* EnableLPIs, once set, stays 1, and CES reads 0 */
	bool believes;  /* what the first 1 KB says is done; a bit is set for an INTID out of range
			 */
	bool group_any; /* PROPBASER of any enabled one in the group is used */
	/* So many reads of CTLR show RWP=1 when EnableLPIs was cleared, or DPG bits set; or EVER.
	 */
	uint32_t rwp;
};

struct sim_redists_stats {
	uint64_t delivered; /* LPIs that became pending */
	uint64_t dropped;   /* LPIs for one that is off, or out of its range */
	uint64_t events[SIM_REDIST_EVENTS];
};

struct sim_redists;

/* 8 of them, 16 INTID bits, 48 address bits, CES=1, and nothing else. */
struct sim_redists_config sim_redists_default_config(void);
struct sim_redists *sim_redists_new(void); /* call sim_redists_reset before anything else */
void sim_redists_free(struct sim_redists *rds);
/* As after cold reset, with power, all modes off. -EINVAL: the configuration makes no sense. */
int sim_redists_reset(struct sim_redists *rds, struct sim_mem *mem,
		      const struct sim_redists_config *config);
void sim_redists_set_mode(struct sim_redists *rds, struct sim_redists_mode mode);
struct sim_redists_mode sim_redists_mode(const struct sim_redists *rds);
const struct sim_redists_config *sim_redists_config(const struct sim_redists *rds);
const struct sim_redists_stats *sim_redists_stats(const struct sim_redists *rds);
/* Aff3.Aff2.Aff1.Aff0: Aff0 is n % 4, Aff1 n / 4 up to 255, Aff2 the rest. */
uint32_t sim_redists_affinity(uint32_t rd);
/* The two have one configuration table, by CommonLPIAff. */
bool sim_redists_one_group(const struct sim_redists *rds, uint32_t a, uint32_t b);

/*
 * The frames, by offset from RD_base: RD_base itself, and with VLPIS the 64 KB from 0x20000. What
 * is not legal reads 0 and writes nothing, and so does one without power.
 */
uint64_t sim_redists_read(struct sim_redists *rds, uint32_t rd, uint32_t offset, uint32_t width);
void sim_redists_write(struct sim_redists *rds, uint32_t rd, uint32_t offset, uint32_t width,
		       uint64_t value);

/* An LPI is delivered. True: it is pending now. */
bool sim_redists_set_pending(struct sim_redists *rds, uint32_t rd, uint32_t intid);
/* It is not pending any more, as CLEAR or DISCARD of an ITS say. */
void sim_redists_clear_pending(struct sim_redists *rds, uint32_t rd, uint32_t intid);
/* INV of an ITS: its configuration byte is read anew. */
void sim_redists_invalidate(struct sim_redists *rds, uint32_t rd, uint32_t intid);
/* Is it pending, in memory or in what is held? Nothing is touched. */
bool sim_redists_is_pending(const struct sim_redists *rds, uint32_t rd, uint32_t intid);

/* Background work of all: what is held is written, configuration bytes are read ahead. */
void sim_redists_run(struct sim_redists *rds);

/*
 * Firmware writes back what is held, saves PROPBASER, PENDBASER and EnableLPIs, and turns power
 * off. When it turns it on it restores what the two say of that; the rest is UNKNOWN, and saved no
 * more.
 */
void sim_redists_power_off(struct sim_redists *rds, uint32_t rd);
void sim_redists_power_on(struct sim_redists *rds, uint32_t rd, bool props, bool enable);
bool sim_redists_powered(const struct sim_redists *rds, uint32_t rd);
/* EnableLPIs becomes 0 unasked, as GICD_CTLR.ARE_NS may have it. */
void sim_redists_lose_enable(struct sim_redists *rds, uint32_t rd);
/*
 * Bits of PROPBASER and PENDBASER that are written from now on read 0: hardware that does not keep
 * what it once kept. Firmware restores what it has saved, all the same. 0: as it was.
 */
void sim_redists_lose_bits(struct sim_redists *rds, uint32_t rd, uint64_t prop, uint64_t pend);
/* EnableLPIs does not stick: a write of 1 does nothing to it. */
void sim_redists_deaf(struct sim_redists *rds, uint32_t rd, bool deaf);
/* What it is, and nothing is moved by looking: CTLR shows RWP once less for each read. */
struct sim_redist_state {
	bool powered, enabled, busy; /* RWP */
	uint32_t dpg;
	uint64_t prop, pend;
};
struct sim_redist_state sim_redists_peek(const struct sim_redists *rds, uint32_t rd);
/*
 * Before there was a guard somebody has set EnableLPIs, with these tables. They count as FOREIGN,
 * and nothing is touched there, until the guard has them.
 */
void sim_redists_before(struct sim_redists *rds, uint32_t rd, uint64_t prop, uint64_t pend);
void sim_redists_adopted(struct sim_redists *rds);
bool sim_redists_foreign(const struct sim_redists *rds, uint32_t rd);

/* The tables that PROPBASER and PENDBASER name; of 0 bytes where IDbits has no room for an LPI. */
struct sim_redist_tables {
	uint64_t config_pa, config_bytes;
	uint64_t pending_pa, pending_bytes;
};
/* Those that EnableLPIs was last set with. */
struct sim_redist_tables sim_redists_given(const struct sim_redists *rds, uint32_t rd);

/*
 * All that they may read or write from now on because of what they were told up to now, what
 * firmware may restore included: the oracle's side of promise I1. In no order, some of it twice.
 */
enum sim_redist_reach {
	SIM_REDIST_CONFIG,   /* read */
	SIM_REDIST_PENDING,  /* read and written */
	SIM_REDIST_RESIDENT, /* by VPROPBASER and VPENDBASER */
	SIM_REDIST_FOREIGN,  /* either of the first two, of one that nobody has adopted yet */
};
typedef void sim_redists_reach_fn(void *ctx, uint32_t rd, uint64_t pa, uint64_t len,
				  enum sim_redist_reach why);
void sim_redists_reach(const struct sim_redists *rds, sim_redists_reach_fn *add, void *ctx);

#endif
