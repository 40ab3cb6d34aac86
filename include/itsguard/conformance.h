/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard: a kit that runs a platform's callbacks against their contract (itsguard.h, redists.h)
 * and says which clause of it fails. The guard holds what it holds through these callbacks: one
 * that answers that it is done and does nothing leaves everything open, in silence.
 *
 * It is ITSGUARD_CONFORMANCE of src/sources.mk: nothing else in the library calls it, it is
 * compiled only by who wants it, and calls nothing but the callbacks and the hooks below.
 * So it runs in a test on a desk, over a model of the platform, and on the machine at boot.
 *
 * WHEN. Before itsg_its_init(), on the caller's lock, with all other CPUs kept away from the pages
 * that it is given; stage 2 is on, if host_can_write asks hardware. It asks for what the guard asks
 * for, for what a host can make the guard ask for, and, once, for a page twice. It calls nothing
 * with arguments that the contract does not allow, and gives back exactly what was done.
 *
 * WHAT STAYS. Page states and registers are as they were when it returns, if the platform did as it
 * answered; if not, what was answered is undone. The content of the host's pages, of the queue and
 * of the pool is lost. (GITS_CREADR is 0 after a write of GITS_CBASER, as the architecture has it.)
 *
 * WHAT IS NOT TRIED is told, too: result.tried has a bit for each clause that was. A clause that
 * needs a hook which is not there, or a page that was not named, is not tried. What no run can show
 * is not a clause at all: that caches are cleaned, if peek looks through a cache that the ITS does
 * not; that no CPU has an old translation, if host_can_write walks the tables and no TLB; that
 * "refused" means the same a year later.
 */
#ifndef ITSGUARD_CONFORMANCE_H
#define ITSGUARD_CONFORMANCE_H

#include "itsguard/env.h"
#include "itsguard/itsguard.h"
#include "itsguard/redists.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The clauses: X(NAME, the rule, where it is said, what it answers). Where: the member of struct
 * itsg_ops whose comment in itsguard.h has the rule, or another place in the headers. What it
 * answers: promises of docs/DESIGN.md, threats and defects of docs/THREATS.md.
 */
/* clang-format off */
#define ITSG_CLAUSES(X) \
	X(COMPLETE, "No callback is missing but those that are optional.", \
	  "itsg_its_init(), itsg_redists_init()", "I1") \
	X(SETUP, "What the kit was given is as it asks for.", \
	  "struct itsg_conformance", "I1") \
	X(SHARE_DONE, "A free page of the host's is shared when it is asked for.", \
	  "share", "I8") \
	X(SHARE_PINS, "A page that is answered to be shared cannot be given to anybody.", \
	  "share", "I1 T9") \
	X(SHARE_KEEPS, "The host keeps its access to a page that is shared.", \
	  "share", "I8") \
	X(SHARE_EXACT, "A page that is not answered to be shared is as it was.", \
	  "struct itsg_ops, PAGES", "I3 I7") \
	X(SHARE_TWICE, "A second share of a page is refused, or holds it until both are undone.", \
	  "unshare", "I7") \
	X(SHARE_FOREIGN, "A page that is not the host's, or somebody else has too, is not shared.", \
	  "share", "I1 T1 T7") \
	X(UNSHARE_DONE, "A page that is shared is given back when it is asked for.", \
	  "unshare", "I7") \
	X(UNSHARE_FREES, "A page that is answered to be given back is the host's to give away, as before.", \
	  "unshare", "I7 I8") \
	X(UNSHARE_EXACT, "A page that is not answered to be given back is shared as it was.", \
	  "struct itsg_ops, PAGES", "I1 I3") \
	X(DONATE_DONE, "A free page of the host's is donated when it is asked for.", \
	  "donate", "I8") \
	X(DONATE_PINS, "A page that is answered to be donated cannot be given to anybody.", \
	  "donate", "I1 T2") \
	X(DONATE_TAKES, "The host has no access to a page that is answered to be donated.", \
	  "donate", "I1 T5 T6") \
	X(DONATE_EXACT, "A page that is not answered to be donated is as it was.", \
	  "struct itsg_ops, PAGES", "I3 I7") \
	X(DONATE_FOREIGN, "A page that is not the host's, or somebody else has too, is not donated.", \
	  "donate", "I1 T2 T3") \
	X(RECLAIM_DONE, "A page that is donated is given back when it is asked for.", \
	  "reclaim", "I7") \
	X(RECLAIM_FREES, "A page that is answered to be given back is the host's again: to use, and to give away.", \
	  "reclaim", "I7 I8") \
	X(RECLAIM_EXACT, "A page that is not answered to be given back is donated as it was.", \
	  "struct itsg_ops, PAGES", "I1 I3") \
	X(SAME_MEMORY, "Callbacks of redistributors give back what those of the ITS have got.", \
	  "struct itsg_redists_ops", "I7") \
	X(ZERO_DONE, "Donated memory, or a part of the pool, is zeroed when it is asked for.", \
	  "zero", "I8") \
	X(ZERO_ALL, "All of it is zero when zero returns, as hardware sees it.", \
	  "zero", "I1 T5") \
	X(ZERO_ONLY, "Nothing beside it is changed.", \
	  "zero", "I3") \
	X(FETCH_DONE, "Shared memory is fetched when it is asked for.", \
	  "fetch", "I8") \
	X(FETCH_BYTES, "The bytes are those that the host wrote last, in their order.", \
	  "fetch", "I4") \
	X(FETCH_BOUNDS, "No more bytes are written than were asked for.", \
	  "fetch", "I1") \
	X(FETCH_ONCE, "Each byte of the host's is read exactly once.", \
	  "fetch", "I4 T11") \
	X(STORE_DONE, "Private memory is written when it is asked for.", \
	  "store", "I8") \
	X(STORE_BYTES, "The bytes stored are where they should be, in their order, as hardware sees it.", \
	  "store", "I5") \
	X(STORE_ONLY, "Nothing beside them is changed.", \
	  "store", "I5") \
	X(STORE_ORDERED, "They are there before hardware sees the next write of a register.", \
	  "store", "I1") \
	X(STORE_EXACT, "A store that fails has written nothing.", \
	  "store", "I3") \
	X(REG_FRAME, "The registers are those of an ITS: the last ones of the frame say so.", \
	  "reg_read", "I5") \
	X(REG_READ_32, "A read of 4 bytes answers 4 bytes, and 0 above.", \
	  "reg_read", "I5") \
	X(REG_READ_64, "A read of 8 bytes answers all of them.", \
	  "reg_read", "I5") \
	X(REG_WRITE_64, "A write of 8 bytes reaches all of the register that it names.", \
	  "reg_write", "I5") \
	X(RD_WHICH, "Each place of the configuration is a redistributor of its own.", \
	  "struct itsg_redists_ops, reg_read", "I1") \
	X(RD_READ_32, "A read of 4 bytes of a redistributor answers 4 bytes, and 0 above.", \
	  "struct itsg_redists_ops, reg_read", "I5") \
	X(RD_READ_64, "A read of 8 bytes of a redistributor answers all of them.", \
	  "struct itsg_redists_ops, reg_read", "I5") \
	X(RD_WRITE_64, "A write of 8 bytes reaches all of the register of a redistributor that it names.", \
	  "struct itsg_redists_ops, reg_write", "I5") \
	X(ASLEEP_HERE, "The redistributor of a CPU that runs is awake.", \
	  "asleep", "I2") \
	X(ASLEEP_OFF, "One that is off is asleep.", \
	  "asleep", "I8") \
	X(POWERED_HERE, "The redistributor of a CPU that runs has power.", \
	  "struct itsg_redists_ops, powered", "I8") \
	X(POWERED_OFF, "One that is off has none.", \
	  "struct itsg_redists_ops, powered", "I2 T14") \
	X(RESERVED_HOST, "A DeviceID of the host's is not reserved.", \
	  "reserved", "I8") \
	X(RESERVED_KEPT, "One that somebody else has is.", \
	  "reserved", "T17")
/* clang-format on */

#define ITSG_CLAUSE_ENUM(name, text, where, answers) ITSG_CLAUSE_##name,

/* That all hold, and the clauses in the order of the list: no more than 63, for result.tried. */
enum itsg_clause {
	ITSG_CLAUSES_HOLD = 0,
	ITSG_CLAUSES(ITSG_CLAUSE_ENUM) ITSG_CLAUSE_COUNT
};

#undef ITSG_CLAUSE_ENUM

/* Pages of the host's that the kit works with. */
#define ITSG_CONFORMANCE_PAGES 3u

/* For struct itsg_conformance: there is no such redistributor. */
#define ITSG_CONFORMANCE_NONE 0xffffffffu

/*
 * What the kit cannot know by itself. `ctx` is hooks_ctx. The first two are needed; of the others
 * each that is NULL leaves clauses untried.
 */
struct itsg_conformance_hooks {
	/*
	 * Tries to give page `pfn` to somebody else, by the way that a host would: a guest that is
	 * started, a page that is lent. True if it went. (Where the platform asks the guard's
	 * tracker rather than page states of its own, as one does that moves whole regions, hand
	 * the kit callbacks which enter into a tracker what share and donate have done, and take
	 * out of it what unshare and reclaim have, as the guard does.)
	 */
	bool (*give)(void *ctx, uint64_t pfn);
	/* Undoes a give that was true: the page is the host's as it was. */
	void (*take_back)(void *ctx, uint64_t pfn);
	/* Can a CPU of the host write to page `pfn` now? (AT S12E1W; a walk of stage 2; a fault.)
	 */
	bool (*host_can_write)(void *ctx, uint64_t pfn);
	/*
	 * Reads 8 bytes at pa, a multiple of 8, in a page of the host's or in private memory, as
	 * hardware would that snoops no cache.
	 */
	void (*peek)(void *ctx, uint64_t pa, uint8_t *to);
	/*
	 * Writes 8 bytes at pa, a multiple of 8, in a page that the host has access to, as a CPU of
	 * the host would, and cleans them, so that peek sees them.
	 */
	void (*poke)(void *ctx, uint64_t pa, const uint8_t *from);
	/*
	 * How often the 8 bytes at pa were read by the hypervisor since the last call of this for
	 * them. For platforms that can count: a model, or memory that is watched. Needs poke.
	 */
	uint32_t (*reads)(void *ctx, uint64_t pa);
	/*
	 * The n-th call from now on into what lies below the callbacks fails, without an effect; 0:
	 * none does. True if the call that was last asked to fail has come, and failed. For models:
	 * everything that may fail is then seen to, one call after the other.
	 */
	bool (*fail_at)(void *ctx, uint32_t n);
};

/* What is tried, and with what. Read during the call only. */
struct itsg_conformance {
	/* As for itsg_its_init(). */
	const struct itsg_ops *ops;
	void *ctx;
	/* As for itsg_redists_init(). NULL: redistributors are not guarded. */
	const struct itsg_redists_ops *redists_ops;
	void *redists_ctx;
	const struct itsg_conformance_hooks *hooks;
	void *hooks_ctx;
	/* The tracker's: 12, 14 or 16. */
	uint32_t page_shift;
	/*
	 * ITSG_CONFORMANCE_PAGES pages of the host's one behind the other, by the number of the
	 * first: ordinary memory that it may give away, and that nobody uses.
	 */
	uint64_t host_pfn;
	/*
	 * Pages that share and donate must refuse, by number: the more kinds the better. One of the
	 * hypervisor's, one of a guest's, registers of a device, where there is nothing, and one of
	 * the host's that it has shared with, or lent to, somebody else. The kit makes one of its
	 * own, by `give`.
	 */
	const uint64_t *foreign;
	uint32_t foreign_count;
	/* As in struct itsg_its_config. */
	struct itsg_range queue;
	struct itsg_range level1_pool;
	/*
	 * Registers may be written: the ITS is disabled and quiescent, and EnableLPIs of the
	 * redistributor `here` is 0. GITS_CBASER, GITS_CWRITER and GICR_PENDBASER are, and get back
	 * what they had; GITS_CBASER names the private queue meanwhile. False: they are only read.
	 */
	bool registers;
	/* Physical address bits of the redistributors: those of GICR_PENDBASER that are tried. */
	uint32_t pa_bits;
	/*
	 * Redistributors in the configuration, 0 if none is known; the place of that of a CPU that
	 * runs; and of one that is off, or ITSG_CONFORMANCE_NONE.
	 */
	uint32_t redistributor_count;
	uint32_t here;
	uint32_t off;
	/* ops->reserved is tried with a DeviceID of the host's and one that is reserved. */
	bool devices;
	uint32_t host_device;
	uint32_t reserved_device;
};

/* What came of it. */
struct itsg_conformance_result {
	/* The clause that fails: what itsg_conformance_run() answers. */
	enum itsg_clause failed;
	/* If one failed: it is a callback of struct itsg_redists_ops. */
	bool redists;
	/*
	 * Where: by the clause a page's number (SHARE to SAME_MEMORY), a physical address (ZERO to
	 * STORE), a register's offset (REG, RD), the place of a redistributor (RD_WHICH, ASLEEP,
	 * POWERED), or a DeviceID. Of SETUP and COMPLETE what is nearest.
	 */
	uint64_t at;
	/* What was there: an answer, a register's value, 8 bytes of memory as a number. */
	uint64_t got;
	/* Bit n: clause n was tried, and holds unless it is the one that failed. */
	uint64_t tried;
};

/*
 * Runs the callbacks against the contract: pages, registers, memory, power. It ends with the first
 * clause that fails, and answers it; ITSG_CLAUSES_HOLD if none of those that were tried does, which
 * are in out->tried. Allocates nothing, keeps nothing, waits for nothing; some thousand calls, with
 * hooks->fail_at some ten thousand.
 */
enum itsg_clause itsg_conformance_run(const struct itsg_conformance *with,
				      struct itsg_conformance_result *out);

/* Was this clause tried? */
static inline bool itsg_clause_tried(const struct itsg_conformance_result *result,
				     enum itsg_clause clause)
{
	return (result->tried >> (uint32_t)clause & 1) != 0;
}

/*
 * For people, in a file of their own: the name of a clause ("SHARE_PINS", and "OK" for
 * ITSG_CLAUSES_HOLD), its rule, where it is said, and what it answers. What is no clause is "?",
 * and "".
 */
const char *itsg_clause_name(enum itsg_clause clause);
const char *itsg_clause_text(enum itsg_clause clause);
const char *itsg_clause_where(enum itsg_clause clause);
const char *itsg_clause_answers(enum itsg_clause clause);

#ifdef __cplusplus
}
#endif

#endif
