/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A hardware ITS, as hostile as the architecture allows.
 *
 * It shares nothing with src/. It reads its queue, tables and ITTs from simulated memory with
 * entry formats of its own and makes every access through sim_mem_dma(), which knows what it may
 * touch. It never acts by itself: only when a register is written, a device sends an MSI, or it is
 * told to run. Deterministic for a given seed and sequence of calls.
 *
 * Nothing that memory or registers hold makes it crash or loop without bound.
 */
#ifndef SIM_ITS_H
#define SIM_ITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

#define SIM_ITS_NUM_BASER 8
#define SIM_ITS_MAX_PES   1024

/* What GITS_BASER<n> of this ITS is. type 0: not implemented, RES0. */
struct sim_its_baser {
	uint8_t type;        /* 1 devices, 2 vPEs, 4 collections */
	uint8_t entry_bytes; /* 1..32 */
	uint8_t page_code;   /* the largest Page_Size kept: 0 4 KB, 1 16 KB, 2 64 KB */
	bool indirect;       /* Indirect sticks */
	bool raw;            /* with page_code 2: the reserved code 3 is kept too (means 64 KB) */
};

/* Things the guard must never cause; with a count and a callback for each. */
enum sim_its_event {
	SIM_ITS_UNPREDICTABLE, /* a = register offset, b = value */
	SIM_ITS_BAD_ACCESS,    /* width or alignment: a = offset, b = width */
	SIM_ITS_IMPDEF,        /* non-zero write where effects are unknown: a = offset, b = value */
	/* Enabled with fewer collections (b) than ITT entries name (a): some ITSs trust them. */
	SIM_ITS_FEW_COLLECTIONS,
	/* Not the guard's fault as such: */
	SIM_ITS_COMMAND_ERROR, /* a = code as GIC 2.5 (bit 24: our own), b = CREADR offset */
	SIM_ITS_NUM_EVENTS,
};
typedef void sim_its_event_fn(void *ctx, enum sim_its_event event, uint64_t a, uint64_t b);

/*
 * What redistributors hear of an LPI: INT and MSIs set it, CLEAR and DISCARD clear it, INV has its
 * configuration read anew, MOVI takes it from one to another.
 */
enum sim_its_lpi {
	SIM_ITS_LPI_SET,
	SIM_ITS_LPI_CLEAR,
	SIM_ITS_LPI_INVALIDATE,
	SIM_ITS_LPI_MOVE,
};
/* pe: its redistributor; to: the other one of a MOVE, else the same. */
typedef void sim_its_lpi_fn(void *ctx, enum sim_its_lpi what, uint32_t pe, uint32_t to,
			    uint32_t intid);

struct sim_its_config {
	uint64_t typer;
	struct sim_its_baser baser[SIM_ITS_NUM_BASER];
	uint32_t pes;     /* redistributors, 1..SIM_ITS_MAX_PES */
	uint64_t rd_base; /* TYPER.PTA=1: redistributor n is at rd_base + n * rd_stride */
	uint64_t rd_stride;
	uint32_t lpi_bits;        /* INTID bits: pINTID must be 8192 .. 2^lpi_bits - 1 */
	uint32_t itt_entry_bytes; /* what the ITS really uses; 0: what TYPER says (QDF2400 lies) */
	bool forgets;          /* forgets a table when Valid is cleared, whatever TYPER.INV says */
	bool rdbase_unchecked; /* PTA=1: any RDbase is taken, LPIs are bus writes there (T15) */
	bool level2_cut;       /* pages below 64 KB: bits [51:48] of a level-1 word are not kept */
	uint64_t attr_mask;    /* which of InnerCache, OuterCache, Shareability bits stick */
	uint64_t seed;
	sim_its_event_fn *event; /* may be NULL */
	sim_its_lpi_fn *lpi;     /* likewise */
	void *ctx;
};

/* May change at any time. All false: ignores errors, no cache, checks ITT entries when used. */
struct sim_its_mode {
	bool stall; /* stalls on an erroneous command */
	bool cache; /* holds entries, writes back late, prefetches, touches old ITTs until SYNC */
	bool trust; /* uses the IDs in an ITT entry without checking them */
};

struct sim_its_stats {
	uint64_t commands;  /* executed, ignored ones included */
	uint64_t errors;    /* erroneous commands met, each stall counted once */
	uint64_t delivered; /* LPIs sent to a redistributor, by INT or MSI */
	uint64_t msi_dropped;
	uint64_t events[SIM_ITS_NUM_EVENTS];
	uint32_t last_error; /* code */
	bool last_valid;     /* V of the command that met it */
	uint32_t last_intid; /* of the last LPI delivered */
	uint32_t last_pe;    /* its redistributor */
};

/* What firmware saves over a power loss. */
struct sim_its_saved {
	uint32_t ctlr;
	uint64_t cbaser;
	uint64_t cwriter;
	uint64_t baser[SIM_ITS_NUM_BASER];
};

struct sim_its;

/*
 * trace-format.md's defaults: TYPER 0x1f0001efb1, BASER0 devices and BASER1 collections, 8-byte
 * entries, 64 KB, Indirect; 8 redistributors at 0x80a0000 + n * 0x20000; 16 INTID bits.
 */
struct sim_its_config sim_its_default_config(void);
struct sim_its *sim_its_new(void); /* call sim_its_reset before anything else */
void sim_its_free(struct sim_its *its);
/* As after cold reset, all modes false. -EINVAL: the configuration makes no sense. */
int sim_its_reset(struct sim_its *its, struct sim_mem *mem, const struct sim_its_config *config);
void sim_its_set_mode(struct sim_its *its, struct sim_its_mode mode);
struct sim_its_mode sim_its_mode(const struct sim_its *its);
const struct sim_its_stats *sim_its_stats(const struct sim_its *its);
const struct sim_its_config *sim_its_config(const struct sim_its *its);

/* The control frame. width is 1, 2, 4 or 8 bytes; what is not legal reads 0, writes nothing. */
uint64_t sim_its_reg_read(struct sim_its *its, uint32_t offset, uint32_t width);
void sim_its_reg_write(struct sim_its *its, uint32_t offset, uint32_t width, uint64_t value);

/*
 * Background work (in cache mode: prefetch, late accesses, write-back; becoming quiescent), then
 * at most max commands. Returns how many were passed, ignored ones included; a command that stalls
 * is not passed. max=0: background work only.
 */
uint64_t sim_its_run(struct sim_its *its, uint64_t max);
/* Would a run pass a command, or change Quiescent? */
bool sim_its_has_work(const struct sim_its *its);
/* Does CREADR say Stalled? */
bool sim_its_stalled(const struct sim_its *its);

/*
 * Is the error of this code one that no guard keeps from hardware? An interrupt or a collection
 * that is not mapped, an ITT entry that the host has forged in its own memory, a SYNC to a
 * redistributor that sleeps.
 */
bool sim_its_error_is_hosts(uint32_t code);

/*
 * Has the command, or the level-1 word, a bit set that the architecture reserves? Hardware ignores
 * it today.
 */
bool sim_its_command_reserved(const uint8_t raw[32]);
bool sim_its_level1_reserved(uint64_t word);

/* A device writes GITS_TRANSLATER. True: an LPI was delivered. */
bool sim_its_msi(struct sim_its *its, uint32_t device, uint32_t event);

/*
 * The nth next command (1 is the next) meets an error nobody could foresee, e.g. on the bus. With
 * an opcode other than 0: of those with that opcode.
 */
void sim_its_inject_error(struct sim_its *its, uint64_t nth, uint8_t opcode);
/*
 * Does the injected error stay with its command, however often that is tried again? It goes when
 * another command is put in its place, or the queue begins anew.
 */
void sim_its_error_stays(struct sim_its *its, bool stays);

/*
 * A redistributor sleeps, with nothing outstanding there: a SYNC to it is an error (hardware stalls
 * or goes on), and no access waits for one. It wakes as it slept.
 */
void sim_its_sleep(struct sim_its *its, uint32_t pe, bool asleep);
bool sim_its_asleep(const struct sim_its *its, uint32_t pe);
/*
 * The LPIs of a redistributor go off, with nothing outstanding there, or on. Unless told otherwise
 * they are on.
 */
void sim_its_lpis(struct sim_its *its, uint32_t pe, bool on);

/*
 * Bits of BASERn (n = SIM_ITS_NUM_BASER: of CBASER) that are written from now on read 0: hardware
 * that does not keep what it once kept, until power goes. Valid and what is read-only always stay.
 * 0: as it was.
 */
void sim_its_lose_bits(struct sim_its *its, unsigned n, uint64_t bits);
/* From now on a write of CBASER does not clear CREADR. */
void sim_its_keep_creadr(struct sim_its *its, bool keep);
/*
 * Firmware gives hardware a table of its own, while the ITS is off: BASERn is Valid. It is never
 * used, and not in sim_its_reach(): the host has not asked for it.
 */
void sim_its_firmware_table(struct sim_its *its, unsigned n);

/* Power: registers as after reset, everything cached is lost unwritten, tables are forgotten. */
void sim_its_power_cycle(struct sim_its *its);
/*
 * Firmware: what it saves, and writing it back behind the guard's back (CREADR becomes 0). A BASER
 * of 0 it leaves alone.
 */
struct sim_its_saved sim_its_firmware_save(const struct sim_its *its);
void sim_its_firmware_restore(struct sim_its *its, const struct sim_its_saved *saved);

/*
 * All that the ITS may read or write from now on because of what it was told up to now: the
 * oracle's side of promise I1. Extents in bytes, in no order, may overlap, may lie outside RAM.
 */
enum sim_its_reach {
	SIM_REACH_QUEUE,
	SIM_REACH_TABLE,   /* flat table or level-2 page: read and written */
	SIM_REACH_LEVEL1,  /* read only */
	SIM_REACH_ITT,     /* of a device in a table or cache */
	SIM_REACH_PENDING, /* ITT or VPT of a command in the queue, executed or not */
	SIM_REACH_LATE,    /* ITT of an unmapped device, not yet let go */
	SIM_REACH_KEPT,    /* anything of a table no longer valid and not known to be forgotten */
	SIM_REACH_VIRTUAL, /* VPT, VCONF of a mapped vPE */
};
typedef void sim_its_reach_fn(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why);
void sim_its_reach(const struct sim_its *its, sim_its_reach_fn *add, void *ctx);

/*
 * The DeviceIDs that an MSI may be translated for, now or when all commands given are executed: an
 * entry of the device table or of a cache, or a MAPD V=1 not executed yet. In no order, some twice.
 */
typedef void sim_its_mapped_fn(void *ctx, uint64_t device);
void sim_its_mapped(const struct sim_its *its, sim_its_mapped_fn *tell, void *ctx);
/* Those of them that a MAPD V=1 not executed yet maps. */
void sim_its_unpassed(const struct sim_its *its, sim_its_mapped_fn *tell, void *ctx);

#endif
