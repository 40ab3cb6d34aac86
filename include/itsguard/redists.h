/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard: the redistributors of a machine, which are bus masters like the ITS.
 *
 * A redistributor reads the LPI configuration table and writes the pending table, at the addresses
 * that the host puts into GICR_PROPBASER and GICR_PENDBASER, behind no stage 2 (T13, T14). Nothing
 * follows these registers before GICR_CTLR.EnableLPIs is set, so that is where the guard judges:
 * both are virtual until then. The hypervisor takes RD_base of every redistributor away from the
 * host, and VLPI_base where GICR_TYPER.VLPIS=1, and hands each trapped access to
 * itsg_redists_write() and itsg_redists_read(). SGI_base, 64 KB behind RD_base, has no address in
 * it and stays the host's.
 *
 * One object for a machine, on the tracker that its ITSs use. It is optional: what traps no
 * redistributor leaves its files out (src/sources.mk). An ITS whose configuration names it takes
 * its list of redistributors from it, and sends no SYNC where LPIs are off.
 *
 * CLAIMS. A configuration table is shared: the host writes it at any time. Redistributors that name
 * the same one have one claim in common, of its exact extent. A pending table is donated: hardware
 * writes it, and believes what is in its first 1 KB. Both are held from the write that sets
 * EnableLPIs until one read of GICR_CTLR shows EnableLPIs=0 and RWP=0 after the host has cleared
 * it. Never for a time that has passed, nor for a loss of power. Hardware that cannot clear
 * EnableLPIs keeps them for good.
 *
 * POWER. A redistributor that loses power keeps its claims, and is shown as it was: firmware writes
 * its caches back when it goes, and sets its registers again when it comes. Where it comes back
 * without EnableLPIs, the host's next write of it sets all anew.
 *
 * LOCKING, MEMORY. The caller's, and the same lock as that of the tracker: itsguard.h.
 */
#ifndef ITSGUARD_REDISTS_H
#define ITSGUARD_REDISTS_H

#include "itsguard/gicr.h"
#include "itsguard/itsguard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* INTID bits of an LPI that tables may have at most, unless the configuration says otherwise. */
#define ITSG_DEFAULT_LPI_LIMIT 16u

/* Configuration tables at a time, unless the configuration says otherwise. */
#define ITSG_DEFAULT_LPI_TABLES 4u

struct itsg_redists;

/*
 * The platform, as struct itsg_ops has it. `rd` is the place of a redistributor in the
 * configuration.
 */
struct itsg_redists_ops {
	/* As in struct itsg_ops, and the same memory. */
	uint64_t (*share)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*unshare)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*donate)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*reclaim)(void *ctx, uint64_t pfn, uint64_t count);
	int (*zero)(void *ctx, uint64_t pa, uint64_t bytes);
	/*
	 * Hardware's registers: width is 4 or 8 bytes, offset a multiple of it, from RD_base. What
	 * is behind VLPI_base is accessed by itsg_redists_init() only.
	 */
	uint64_t (*reg_read)(void *ctx, uint32_t rd, uint32_t offset, uint32_t width);
	void (*reg_write)(void *ctx, uint32_t rd, uint32_t offset, uint32_t width, uint64_t value);
	/*
	 * Optional: has redistributor `rd` power, and has firmware set its registers again? False
	 * from before firmware saves them until after it has restored them: a PSCI relay knows.
	 * A write to one without power is lost, and what it reads says nothing; firmware may bring
	 * back what it has saved. Where firmware has never saved it, it counts as powered. It
	 * changes under the caller's lock only, so that it is one answer for a whole call. One
	 * without power is `asleep` for ITSs, too (itsguard.h). Optional only where none ever loses
	 * power.
	 */
	bool (*powered)(void *ctx, uint32_t rd);
	/* Optional: the log. event->redistributor says which. */
	void (*event)(void *ctx, const struct itsg_event *event);
};

/* The redistributors of a machine, as the platform knows them. Read during the call only. */
struct itsg_redists_config {
	/* Physical addresses of the RD_base frames: 64 KB aligned, ascending, 1 to 65536. */
	const uint64_t *frames;
	uint32_t count;
	/* Physical address bits that redistributors reach, 32 to 52. */
	uint32_t pa_bits;
	/* LPI INTID bits: GICD_TYPER.IDbits + 1, 14 to 32. More in PROPBASER is as many. */
	uint32_t lpi_bits;
	/*
	 * INTID bits that a table may have at most, 14 to 32: more is LPI_SIZE. With n bits a
	 * configuration table has 2^n - 8192 bytes, a pending table 2^n / 8; it bounds the work of
	 * a write that sets EnableLPIs, and of the access that finds it cleared. 0:
	 * ITSG_DEFAULT_LPI_LIMIT. FreeBSD asks for 17, Xen for 20, where the GIC has as many.
	 */
	uint32_t lpi_limit;
	/* Configuration tables at a time, up to 65536. 0: ITSG_DEFAULT_LPI_TABLES. */
	uint32_t tables;
	/* GICD_CTLR.DS=1: GICR_WAKER.ProcessorSleep is the host's to write. */
	bool single_security_state;
	/*
	 * Pending tables are shared rather than donated, for hosts that write those of a kernel
	 * before them without clearing EnableLPIs. The host can then write what hardware believes:
	 * UNPREDICTABLE. It does not make a kernel run that was started by kexec without EFI
	 * memory reservations: redistributors of other CPUs are still on with another PROPBASER
	 * (LPI_GROUP). See itsg_redists_host_gone().
	 */
	bool share_pending;
	/*
	 * All of a pending table is zeroed, where LPIs of others are reserved. Else only its first
	 * 1 KB, and the host may restore LPIs that were pending. Donated ones only.
	 */
	bool zero_pending;
};

/*
 * The memory that the redistributors need for this configuration, in bytes; 0 if it is not one that
 * itsg_redists_init() takes.
 */
size_t itsg_redists_size(const struct itsg_redists_config *config);

/* What it is made of, on any platform. */
#define ITSG_REDISTS_BYTES   640u /* all of them */
#define ITSG_REDIST_BYTES    128u /* each; and 29 in lists */
#define ITSG_LPI_TABLE_BYTES 24u  /* for each of config.tables */

/*
 * The same as a constant, for static memory; nothing is checked. `tables` is config.tables, or
 * ITSG_DEFAULT_LPI_TABLES where that is 0.
 */
#define ITSG_REDISTS_SIZE(count, tables)                                                           \
	(ITSG_LINES(ITSG_REDISTS_BYTES) + ITSG_LINES((uint64_t)(count)*ITSG_REDIST_BYTES) +        \
	 3 * ITSG_LINES((uint64_t)(count)*8) + ITSG_LINES((uint64_t)(count)*4) +                   \
	 ITSG_LINES(count) + ITSG_LINES((uint64_t)(tables)*ITSG_LPI_TABLE_BYTES))

/*
 * What is bad of what itsg_redists_init() is given: the first of enum itsg_config_field. All of it
 * must be good memory; the hardware is not asked.
 *
 * ITSG_CONFIG_GOOD: nothing. If init answers ITSG_BAD_CONFIG all the same, `out` is NULL, or a
 * redistributor has no LPIs (GICR_TYPER.PLPIS=0).
 */
enum itsg_config_field itsg_redists_check_config(const void *mem, size_t size,
						 const struct itsg_redists_config *config,
						 const struct itsg_pages *pages,
						 const struct itsg_redists_ops *ops);

/*
 * Takes over the redistributors of a machine, all of which must have power. If all are off it
 * learns what hardware keeps of GICR_PROPBASER and GICR_PENDBASER, on the first one; else when all
 * are. One that has EnableLPIs=1 is on by somebody who was there before, with tables that nobody
 * has claimed: itsg_redists_adopt(), or itsg_redists_host_gone(), before the host runs.
 *
 * mem      `size` bytes, 64-byte aligned, kept until the redistributors, and all ITSs that were
 *          given them, are no longer used
 * pages    the machine's tracker
 * ops,ctx  copied
 * out      the redistributors on ITSG_OK
 *
 * ITSG_BAD_CONFIG     a value out of range, memory too small, a callback missing, which
 *                     itsg_redists_check_config() names; or a redistributor without LPIs
 *                     (GICR_TYPER.PLPIS=0)
 * ITSG_LPI_BUSY       one has no power, for nobody knows what firmware would restore; or RWP=1 of
 *                     one that has EnableLPIs=0: wait, and call again
 * ITSG_VIRTUAL_REGISTER  a virtual PE is resident, or leaving: VPENDBASER.Valid=1 or Dirty=1, or
 *                     VPROPBASER.Valid=1 (v4.1). Clear it, wait, and call again
 */
enum itsg_reason itsg_redists_init(void *mem, size_t size, const struct itsg_redists_config *config,
				   struct itsg_pages *pages, const struct itsg_redists_ops *ops,
				   void *ctx, struct itsg_redists **out);

/*
 * Claims what the registers of redistributors name that are on and were not enabled here: of a
 * kernel that ran before the guard. Zeroes nothing and writes no register. All or nothing. Where
 * none is on it is ITSG_OK. What is refused is told to ops.event, with the redistributor.
 *
 * ITSG_LPI_BUSY       one that was on has no power now, or RWP=1
 * ITSG_LPI_SIZE, ITSG_LPI_ADDRESS, ITSG_LPI_GROUP, ITSG_LPI_ATTRIBUTES, ITSG_LPI_OVERLAP,
 * ITSG_KIND_CONFLICT, ITSG_NO_TABLE_SLOT, ITSG_NO_PAGE_SLOT, ITSG_SHARE_REFUSED,
 * ITSG_DONATE_REFUSED  as for a write that sets EnableLPIs
 */
enum itsg_reason itsg_redists_adopt(struct itsg_redists *redists);

/*
 * The host writes `value` to `offset` of redistributor `rd`, `width` bytes. Offsets are those from
 * RD_base: 0 to 0xffff, and with GICR_TYPER.VLPIS=1 0x20000 to 0x2ffff, VLPI_base. Never faults,
 * whatever the arguments.
 *
 * ITSG_OK                 done, or ignored as the architecture allows
 * ITSG_BAD_WIDTH          not 4 or 8 bytes, or not a width of that register
 * ITSG_BAD_ALIGNMENT      not a multiple of the width, outside the frames that the guard has, or no
 *                         such redistributor
 * ITSG_RESERVED_REGISTER  a non-zero write where no register of the host's is, or to a command that
 *                         this hardware does not have
 * ITSG_READ_ONLY          a non-zero write to a read-only register
 * ITSG_LPI_BUSY           PROPBASER or PENDBASER changed while LPIs are on or on their way off, or
 *                         EnableLPIs set while they are on their way off, or another
 *                         redistributor uses tables that nobody has claimed, or where hardware has
 *                         lost EnableLPIs by itself and RWP=1;
 *                         EnableLPIs changed while the redistributor has no power
 * ITSG_INTID_OOR          SETLPIR or CLRLPIR with what is no LPI here
 * ITSG_VIRTUAL_REGISTER   VPENDBASER with Valid, or a command with V: GICv4 is not offered
 * and, where EnableLPIs goes from 0 to 1, in this order: LPI_SIZE, LPI_ADDRESS, LPI_GROUP,
 * LPI_ATTRIBUTES; of the configuration table NO_TABLE_SLOT; of that, then of the pending table,
 * LPI_OVERLAP, KIND_CONFLICT, NO_PAGE_SLOT, SHARE_REFUSED, DONATE_REFUSED, ZERO_FAILED; and
 * HARDWARE_MISMATCH. A refused enable shows as EnableLPIs reading 0; but one that hardware has lost
 * by itself reads 1, and HARDWARE_MISMATCH says that it could not be set anew.
 */
enum itsg_reason itsg_redists_write(struct itsg_redists *redists, uint32_t rd, uint32_t offset,
				    uint32_t width, uint64_t value);

/*
 * The host reads. *value is 0 when refused, which happens only for ITSG_BAD_WIDTH and
 * ITSG_BAD_ALIGNMENT. A driver that polls RWP gets its memory back with the read that shows RWP=0.
 */
enum itsg_reason itsg_redists_read(struct itsg_redists *redists, uint32_t rd, uint32_t offset,
				   uint32_t width, uint64_t *value);

/*
 * Looks at the next redistributor whose EnableLPIs was cleared and that may still use its tables.
 * For hosts that do not wait for RWP; call it from an idle loop, or never. True if it let any go.
 */
bool itsg_redists_poll(struct itsg_redists *redists);

/*
 * The host is gone, as in itsg_host_gone(): clears EnableLPIs of every redistributor that has
 * power. Call it again until it is true: then no table of the old host is claimed any more. It
 * stays false while one that is on has no power, or does not clear EnableLPIs. Looks at all
 * redistributors in a call. Not before itsg_host_gone() of each ITS, or what they have on its way
 * may come to redistributors that are off.
 */
bool itsg_redists_host_gone(struct itsg_redists *redists);

/* How far LPIs of a redistributor are. */
enum itsg_redist_phase {
	ITSG_REDIST_OFF,
	ITSG_REDIST_ON,
	ITSG_REDIST_CLEARING, /* EnableLPIs was cleared; hardware may still use the tables */
	ITSG_REDIST_FOREIGN,  /* on by somebody before, with tables that are not claimed */
};

/* OFF if there is no such redistributor. */
enum itsg_redist_phase itsg_redists_phase(const struct itsg_redists *redists, uint32_t rd);

/* Counters since init. */
struct itsg_redists_stats {
	uint64_t accesses;         /* register accesses of the host */
	uint64_t refused_accesses; /* of these */
	uint64_t enabled;          /* times that LPIs of one were enabled, adoption included */
	uint64_t leaked;           /* times the platform refused to take a page back */
	uint32_t on;               /* ON or CLEARING now, with tables that are claimed */
	uint32_t clearing;         /* CLEARING now, with or without tables that are claimed */
	uint32_t tables;           /* configuration tables in use */
};

/* The counters, copied to the caller's *out. Constant work. */
void itsg_redists_get_stats(const struct itsg_redists *redists, struct itsg_redists_stats *out);

/*
 * Visits every claim that redistributors have on record: ITSG_CLAIM_LPI_CONFIG once for all its
 * users, ITSG_CLAIM_LPI_PENDING. For tools and tests.
 */
void itsg_redists_visit_claims(const struct itsg_redists *redists,
			       void (*visit)(void *ctx, enum itsg_claim_use use,
					     const struct itsg_run *run, enum itsg_kind kind),
			       void *ctx);

#ifdef __cplusplus
}
#endif

#endif
