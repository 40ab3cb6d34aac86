/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The simulated machine's physical memory: bytes, and per page who owns it.
 *
 * Bytes never mentioned are zero. Page states and error codes follow pKVM, as seen through the
 * callbacks a platform gives the guard:
 *
 *	SIM_HOST	the host's own. May be shared, donated, or given to a guest
 *	SIM_SHARED	the host's, readable and writable by it, and shared with the hypervisor.
 *			Cannot be given away. Held by the guard while pins > 0
 *	SIM_HYP		the hypervisor's: donated by the host, or private since boot
 *	SIM_GUEST	a guest's
 *	SIM_NOT_RAM	outside every RAM range
 *
 * All functions that return int return 0 or a negative errno number, and change nothing on error.
 * Once warm (same sizes as an earlier run), nothing here allocates, the page sets excepted.
 */
#ifndef SIM_MEM_H
#define SIM_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pfnset.h"

#define SIM_MEM_MAX_RAM 17 /* what a trace may have, and private memory */

enum sim_page_state {
	SIM_NOT_RAM,
	SIM_HOST,
	SIM_SHARED,
	SIM_HYP,
	SIM_GUEST,
};

/* Everything known about one page. */
struct sim_page {
	enum sim_page_state state;
	uint32_t pins;    /* SIM_SHARED: how often the guard shared it and has not unshared it */
	uint32_t guest;   /* SIM_GUEST: which one */
	bool host_shared; /* SIM_SHARED: the host itself shared it, by hypercall */
	bool donated;     /* SIM_HYP: donated by the host. Else the hypervisor's private memory */
	bool its_reads;   /* SIM_HYP, private: a queue or level-1 mirror the ITS may read */
};

struct sim_ram {
	uint64_t pa;
	uint64_t len;
};

/*
 * An access of the ITS to memory it must not touch; `what` says in words what it was for. The
 * access is made all the same, so that what it destroys can be seen. May be NULL.
 */
typedef void sim_mem_violation_fn(void *ctx, uint64_t pa, uint64_t len, bool write,
				  const char *what);

struct sim_mem_config {
	uint32_t page_size; /* of the host and the hypervisor: 4096, 16384 or 65536 */
	uint32_t pa_bits;   /* 32..52 */
	uint32_t num_ram;
	struct sim_ram ram[SIM_MEM_MAX_RAM];
	bool unguarded; /* findings are then: memory of the hypervisor or a guest, or no RAM */
	bool no_sets;   /* do not keep the page sets (they allocate) */
	sim_mem_violation_fn *violation;
	void *ctx;
};

struct sim_mem_stats {
	uint64_t shares, unshares;  /* calls of the guard that succeeded, pins included */
	uint64_t donates, reclaims; /* likewise */
	uint64_t guest_takes;       /* pages */
	uint64_t state_changes;     /* of pages, of any kind but a mere pin */
	uint64_t dma_reads, dma_writes;
	uint64_t violations;
};

struct sim_mem;

/* page 4096, pa_bits 48, one RAM range 0x40000000 + 0x400000000: trace-format.md's defaults. */
struct sim_mem_config sim_mem_default_config(void);
struct sim_mem *sim_mem_new(void); /* call sim_mem_reset before anything else */
void sim_mem_free(struct sim_mem *mem);
/* All bytes zero, all RAM the host's, counters zero. -EINVAL: the configuration makes no sense. */
int sim_mem_reset(struct sim_mem *mem, const struct sim_mem_config *config);
void sim_mem_set_unguarded(struct sim_mem *mem, bool unguarded);
/* Another callback for violations. */
void sim_mem_set_violation(struct sim_mem *mem, sim_mem_violation_fn *fn, void *ctx);

uint32_t sim_mem_page_size(const struct sim_mem *mem);
enum sim_page_state sim_mem_state(const struct sim_mem *mem, uint64_t pa);
struct sim_page sim_mem_page(const struct sim_mem *mem, uint64_t pa);
const struct sim_mem_stats *sim_mem_stats(const struct sim_mem *mem);

/*
 * The guard's callbacks, one page at a time; pa must be page aligned.
 *
 * share:   host -> shared with one pin; shared -> one pin more. Else -EPERM.
 * unshare: one pin less; with the last one the page is the host's again, unless the host had
 *          shared it by hypercall. -EPERM: the guard holds no pin on it.
 * donate:  host -> hyp. -EPERM: not the host's alone (a shared page, pinned or not).
 * reclaim: donated -> host. -EPERM: not donated, as the hypervisor's private pages.
 * No RAM, unaligned or beyond pa_bits: -EINVAL.
 */
int sim_mem_share(struct sim_mem *mem, uint64_t pa);
int sim_mem_unshare(struct sim_mem *mem, uint64_t pa);
int sim_mem_donate(struct sim_mem *mem, uint64_t pa);
int sim_mem_reclaim(struct sim_mem *mem, uint64_t pa);

/*
 * The host's own hypercalls. share: host -> shared, no pin (-EPERM else). unshare: -EBUSY while
 * the guard has a pin on it (that is what the pin is for, S1), -EPERM if not shared.
 */
int sim_mem_host_share(struct sim_mem *mem, uint64_t pa);
int sim_mem_host_unshare(struct sim_mem *mem, uint64_t pa);

/*
 * The host gives all pages that [pa, pa+len) touches to a guest: all or none, only host-owned
 * ones (-EPERM; no RAM -EINVAL). give_back: the guest's pages return to the host.
 */
int sim_mem_guest_take(struct sim_mem *mem, uint64_t pa, uint64_t len, uint32_t guest);
int sim_mem_guest_give_back(struct sim_mem *mem, uint64_t pa, uint64_t len);

/*
 * Boot: pages of the hypervisor. its_reads: the ITS may read them, never write them (the guard's
 * private queue, the level-1 mirrors).
 */
int sim_mem_hyp_private(struct sim_mem *mem, uint64_t pa, uint64_t len, bool its_reads);

/* The host's loads and stores: -EPERM, nothing done, unless every page is host or shared RAM. */
int sim_mem_host_write(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len);
int sim_mem_host_read(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len);

/* The hypervisor's: only its own pages and pages shared with it, else -EPERM. */
int sim_mem_hyp_write(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len);
int sim_mem_hyp_read(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len);
int sim_mem_hyp_zero(struct sim_mem *mem, uint64_t pa, uint64_t len);

/*
 * A bus master's access. Guarded: a finding unless every page is held by the guard (pinned, or
 * donated, or, for reads, private and its_reads). Unguarded: see struct sim_mem_config. Performed
 * in any case; outside RAM reads are zero and writes are lost.
 */
void sim_mem_dma(struct sim_mem *mem, uint64_t pa, uint64_t len, bool write, void *buf,
		 const char *what);

/* Raw access for tests and oracles: no rule, no finding, no counter. */
void sim_mem_poke(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len);
void sim_mem_peek(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len);
uint64_t sim_mem_peek64(const struct sim_mem *mem, uint64_t pa); /* little endian */

/*
 * Calls fn for each 4096-byte frame that overlaps [pa, pa+len) and was ever written; all other
 * bytes are zero. Lets an oracle look through big tables. fn must not write memory.
 */
typedef void sim_mem_frame_fn(void *ctx, uint64_t frame_pa, const uint8_t *bytes);
void sim_mem_each_frame(const struct sim_mem *mem, uint64_t pa, uint64_t len, sim_mem_frame_fn *fn,
			void *ctx);

/* Page numbers (pa / page_size) in that state now. SHARED counts only those with pins. */
const struct pfnset *sim_mem_shared_pages(const struct sim_mem *mem);
const struct pfnset *sim_mem_donated_pages(const struct sim_mem *mem);
const struct pfnset *sim_mem_guest_pages(const struct sim_mem *mem);
const struct pfnset *sim_mem_private_pages(const struct sim_mem *mem);

#endif
