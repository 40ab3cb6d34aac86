/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A small platform that keeps the contract of its callbacks, or breaks it in one way: for the test
 * of the conformance kit. It has a few pages with an owner each, memory with a cache of the CPU
 * over it, an ITS that has registers only, and redistributors of the same kind. What lies below its
 * callbacks can be told to fail, one call after the other.
 */
#ifndef ITSGUARD_TESTS_LIAR_H
#define ITSGUARD_TESTS_LIAR_H

#include "itsguard/conformance.h"

/* Physical memory: LIAR_PAGES pages, each of which is what liar_new() says. */
#define LIAR_RAM        0x40000000ull
#define LIAR_PAGES      6u
#define LIAR_QUEUE      0x50000000ull
#define LIAR_POOL       0x50010000ull
#define LIAR_PRIVATE    0x2000u /* bytes of each of the two */
#define LIAR_RDS        3u
#define LIAR_OFF        2u /* this one has no power, and is asleep */
#define LIAR_DEVICE     0x10u
#define LIAR_GUEST      0x99u /* this DeviceID is a guest's */
#define LIAR_REGISTERS  (0x10000u / 8)
#define LIAR_RD_TYPER   0x0008u
#define LIAR_RD_PENDING 0x0078u

enum liar_owner {
	LIAR_HOST,
	LIAR_SHARED,
	LIAR_DONATED,
	LIAR_HYPERVISOR,
	LIAR_SOMEBODY, /* a guest */
	LIAR_LENT,     /* the host's, and a guest has it too */
};

/* The ways to keep the contract, then those to break it: test_conformance.c has what each breaks.
 */
enum lie {
	LIE_NOTHING,
	LIE_BOASTS,         /* answers more pages than there were */
	LIE_ALL_OR_NOTHING, /* answers 0 if it cannot do all */
	LIE_COUNTS,         /* takes a page twice, and holds it until both are undone */
	LIE_LAZY,           /* what it stores is there when a register is written */
	LIE_SHARE_REFUSES,  /* the first that is one */
	LIE_SHARE_DOES_NOTHING,
	LIE_SHARE_TAKES_ACCESS,
	LIE_SHARE_ANSWERS_TOO_FEW,
	LIE_SHARE_FAILS_HALF,
	LIE_SHARE_IGNORES_A_FAILURE,
	LIE_SHARE_TWICE_UNCOUNTED,
	LIE_SHARE_TWICE_REFUSED_AND_COUNTED,
	LIE_SHARE_TWICE_REFUSED_AND_TAKEN,
	LIE_SHARE_TWICE_NEVER_FREE,
	LIE_SHARE_TWICE_TAKES_ACCESS,
	LIE_SHARE_TWICE_FOR_GOOD,
	LIE_SHARE_HYPERVISOR,
	LIE_SHARE_LENT,
	LIE_SHARE_SKIPS,
	LIE_UNSHARE_REFUSES,
	LIE_UNSHARE_ONE_OF_ALL,
	LIE_UNSHARE_DOES_NOTHING,
	LIE_UNSHARE_FAILS_HALF,
	LIE_DONATE_REFUSES,
	LIE_DONATE_REFUSES_THE_THIRD,
	LIE_DONATE_LEAVES_OWNER,
	LIE_DONATE_LEAVES_ACCESS,
	LIE_DONATE_LEAVES_LAST,
	LIE_DONATE_FAILS_HALF,
	LIE_DONATE_GUEST,
	LIE_RECLAIM_REFUSES,
	LIE_RECLAIM_LEAVES_OWNER,
	LIE_RECLAIM_LEAVES_NO_ACCESS,
	LIE_RECLAIM_FAILS_HALF,
	LIE_OTHER_MEMORY,
	LIE_ZERO_REFUSES,
	LIE_ZERO_DOES_NOTHING,
	LIE_ZERO_MISSES_LAST_WORD,
	LIE_ZERO_FIRST_PAGE_ONLY,
	LIE_ZERO_IN_CACHE,
	LIE_ZERO_WHOLE_PAGES,
	LIE_ZERO_NOT_THE_POOL,
	LIE_ZERO_NO_PIECES,
	LIE_ZERO_BEFORE_A_PIECE,
	LIE_ZERO_BEHIND_A_PIECE,
	LIE_ZERO_BEFORE_A_RUN,
	LIE_ZERO_BEHIND_A_RUN,
	LIE_ZERO_BEFORE_IN_THE_POOL,
	LIE_ZERO_BEHIND_IN_THE_POOL,
	LIE_FETCH_REFUSES,
	LIE_FETCH_SWAPS,
	LIE_FETCH_STALE,
	LIE_FETCH_WRITES_BEFORE,
	LIE_FETCH_WRITES_BEHIND,
	LIE_FETCH_TWICE,
	LIE_FETCH_NOTHING,
	LIE_STORE_REFUSES,
	LIE_STORE_DOES_NOTHING,
	LIE_STORE_TEARS,
	LIE_STORE_ASIDE,
	LIE_STORE_BEFORE,
	LIE_STORE_BEHIND,
	LIE_STORE_IN_CACHE,
	LIE_STORE_LATE,
	LIE_STORE_FAILS_HALF,
	LIE_STORE_IGNORES_A_FAILURE,
	LIE_REG_OTHER_FRAME,
	LIE_REG_READS_WIDE,
	LIE_REG_READS_WIDE_AT_THE_END, /* where the identification is */
	LIE_REG_READS_NARROW,
	LIE_REG_WRITES_NARROW,
	LIE_REG_WRITES_ASIDE,
	LIE_RD_ALWAYS_THE_FIRST,
	LIE_RD_THE_LAST_TWO_ARE_ONE,
	LIE_RD_READS_WIDE,
	LIE_RD_READS_NARROW,
	LIE_RD_WRITES_NARROW,
	LIE_RD_WRITES_LOSE_A_BIT,
	LIE_RD_REFUSES,
	LIE_ALL_ASLEEP,
	LIE_NONE_ASLEEP,
	LIE_NONE_POWERED,
	LIE_ALL_POWERED,
	LIE_ALL_RESERVED,
	LIE_NONE_RESERVED,
	LIES
};

struct liar {
	enum lie lie;
	uint32_t shift;
	enum liar_owner owner[LIAR_PAGES];
	bool mapped[LIAR_PAGES];   /* for the host */
	uint32_t pins[LIAR_PAGES]; /* by share */
	bool other_share[LIAR_PAGES];
	/* Memory as hardware sees it, what CPUs see of it, and how often words were read. */
	uint8_t *memory;
	uint8_t *cache;
	uint32_t *reads;
	uint8_t *first; /* what was read of each word at first */
	size_t bytes;   /* of RAM; behind it lie the queue and the pool */
	/* The last store, if it is on its way. */
	uint64_t late_pa;
	uint8_t late[ITSG_STORE_MAX];
	uint32_t late_bytes;
	uint64_t its[LIAR_REGISTERS];
	uint32_t rd_ctlr;
	uint32_t reaches; /* so many bits of an address a redistributor keeps */
	uint64_t rd_pending[LIAR_RDS];
	uint32_t writes;          /* of registers */
	uint32_t refuse_in;       /* the n-th call over pages, of give, of zero, fetch or store, for
				     nothing */
	uint32_t refuse_store_in; /* of store alone */
	uint32_t fail_in;
	bool failed;
	struct itsg_ops ops;
	struct itsg_redists_ops redists_ops;
	struct itsg_conformance_hooks hooks;
	uint64_t foreign[4];
	struct itsg_conformance with; /* for the kit, which a test may change */
};

/*
 * Pages 0 to 2 are the host's, 3 is the hypervisor's, 4 a guest's, 5 is lent to it. Pages of
 * 2^shift bytes.
 */
struct liar *liar_new(enum lie lie, uint32_t shift);
void liar_free(struct liar *liar);

/* Is all as liar_new() left it, but for what lies in memory? */
bool liar_is_untouched(const struct liar *liar);

#endif
