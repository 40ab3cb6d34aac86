/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "liar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define REFUSED (-1)

static bool lies(const struct liar *liar, enum lie lie)
{
	return liar->lie == lie;
}

/* Each call of a function that can fail: does this one? */
static bool fails(struct liar *liar)
{
	if (liar->fail_in == 0 || --liar->fail_in > 0)
		return false;
	liar->failed = true;
	return true;
}

/* Is this the call that is refused for nothing? */
static bool comes(uint32_t *in)
{
	return *in > 0 && --*in == 0;
}

/* ---- pages ---- */

/* The number of a page among ours; LIAR_PAGES where there is no memory. */
static uint32_t index_of(const struct liar *liar, uint64_t pfn)
{
	const uint64_t first = LIAR_RAM >> liar->shift;

	return pfn < first || pfn - first >= LIAR_PAGES ? LIAR_PAGES : (uint32_t)(pfn - first);
}

/* Takes a page twice, be it rightly. */
static bool shares_twice(const struct liar *liar)
{
	switch (liar->lie) {
	case LIE_COUNTS:
	case LIE_SHARE_TWICE_UNCOUNTED:
	case LIE_SHARE_TWICE_NEVER_FREE:
	case LIE_SHARE_TWICE_TAKES_ACCESS:
	case LIE_SHARE_TWICE_FOR_GOOD:
		return true;
	default:
		return false;
	}
}

static bool may_share(const struct liar *liar, uint32_t page)
{
	const enum liar_owner owner = liar->owner[page];

	return owner == LIAR_HOST || (owner == LIAR_SHARED && shares_twice(liar)) ||
	       (owner == LIAR_HYPERVISOR && lies(liar, LIE_SHARE_HYPERVISOR)) ||
	       (owner == LIAR_LENT && lies(liar, LIE_SHARE_LENT));
}

static void pin(struct liar *liar, uint32_t page)
{
	if (lies(liar, LIE_SHARE_DOES_NOTHING))
		return;
	if (liar->owner[page] == LIAR_SHARED && lies(liar, LIE_SHARE_TWICE_UNCOUNTED))
		return;
	liar->pins[page]++;
	if (liar->owner[page] == LIAR_SHARED && lies(liar, LIE_SHARE_TWICE_NEVER_FREE))
		liar->pins[page]++;
	liar->owner[page] = LIAR_SHARED;
	if (lies(liar, LIE_SHARE_TAKES_ACCESS) ||
	    (liar->pins[page] == 2 && lies(liar, LIE_SHARE_TWICE_TAKES_ACCESS)))
		liar->mapped[page] = false;
}

static void unpin(struct liar *liar, uint32_t page)
{
	liar->pins[page]--;
	if (liar->pins[page] == 0) {
		liar->owner[page] = LIAR_HOST;
		liar->mapped[page] = true;
	}
}

/* Two calls of what lies below: the state, then the pin. If the second fails the first is undone.
 */
static int share_one(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);
	bool failed;

	if (page == LIAR_PAGES || lies(liar, LIE_SHARE_REFUSES) || fails(liar))
		return REFUSED;
	if (liar->owner[page] == LIAR_SHARED && lies(liar, LIE_SHARE_TWICE_REFUSED_AND_COUNTED))
		liar->pins[page]++;
	if (liar->owner[page] == LIAR_SHARED && lies(liar, LIE_SHARE_TWICE_REFUSED_AND_TAKEN))
		liar->mapped[page] = false;
	if (!may_share(liar, page))
		return REFUSED;
	failed = fails(liar);
	if (failed && lies(liar, LIE_SHARE_IGNORES_A_FAILURE))
		return 0;
	if (!failed || lies(liar, LIE_SHARE_FAILS_HALF))
		pin(liar, page);
	return failed ? REFUSED : 0;
}

static int unshare_one(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);
	bool failed;

	if (lies(liar, LIE_UNSHARE_REFUSES) ||
	    (liar->pins[page] == 2 && lies(liar, LIE_SHARE_TWICE_FOR_GOOD)))
		return REFUSED;
	if (lies(liar, LIE_UNSHARE_DOES_NOTHING))
		return 0;
	/* Nobody gives back what was not got, unless he was lied to. */
	assert_true(liar->owner[page] == LIAR_SHARED || liar->lie >= LIE_SHARE_REFUSES);
	if (liar->owner[page] != LIAR_SHARED)
		return 0;
	failed = fails(liar);
	if (!failed || lies(liar, LIE_UNSHARE_FAILS_HALF))
		unpin(liar, page);
	return failed ? REFUSED : 0;
}

static int donate_one(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);
	bool failed;

	if (page == LIAR_PAGES || lies(liar, LIE_DONATE_REFUSES) ||
	    (page == 2 && lies(liar, LIE_DONATE_REFUSES_THE_THIRD)))
		return REFUSED;
	if (liar->owner[page] != LIAR_HOST &&
	    !(liar->owner[page] == LIAR_SOMEBODY && lies(liar, LIE_DONATE_GUEST)))
		return REFUSED;
	failed = fails(liar);
	if (failed && !lies(liar, LIE_DONATE_FAILS_HALF))
		return REFUSED;
	if (!lies(liar, LIE_DONATE_LEAVES_OWNER))
		liar->owner[page] = LIAR_DONATED;
	if (!lies(liar, LIE_DONATE_LEAVES_ACCESS))
		liar->mapped[page] = false;
	return failed ? REFUSED : 0;
}

static int reclaim_one(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);
	bool failed;

	assert_true(liar->owner[page] == LIAR_DONATED || liar->lie >= LIE_SHARE_REFUSES);
	if (lies(liar, LIE_RECLAIM_REFUSES))
		return REFUSED;
	failed = fails(liar);
	if (failed && !lies(liar, LIE_RECLAIM_FAILS_HALF))
		return REFUSED;
	if (!lies(liar, LIE_RECLAIM_LEAVES_OWNER))
		liar->owner[page] = LIAR_HOST;
	if (!lies(liar, LIE_RECLAIM_LEAVES_NO_ACCESS))
		liar->mapped[page] = true;
	return failed ? REFUSED : 0;
}

/* All of them, or none: what was done goes back. */
static uint64_t all_or_nothing(struct liar *liar, int (*one)(void *, uint64_t),
			       int (*undo)(void *, uint64_t), uint64_t pfn, uint64_t count)
{
	const uint64_t done = itsg_each_page(one, liar, pfn, count);

	if (done == count)
		return count;
	for (uint64_t i = 0; i < done; i++)
		assert_int_equal(undo(liar, pfn + i), 0); /* one failure is all that there is */
	return 0;
}

static uint64_t each(struct liar *liar, int (*one)(void *, uint64_t), int (*undo)(void *, uint64_t),
		     uint64_t pfn, uint64_t count)
{
	uint64_t done;

	if (comes(&liar->refuse_in))
		return 0;
	if (lies(liar, LIE_ALL_OR_NOTHING))
		return all_or_nothing(liar, one, undo, pfn, count);
	done = itsg_each_page(one, liar, pfn, count);
	return done == count && lies(liar, LIE_BOASTS) ? UINT64_MAX : done;
}

static uint64_t share(void *ctx, uint64_t pfn, uint64_t count)
{
	struct liar *liar = ctx;
	uint64_t done;

	if (!lies(liar, LIE_SHARE_SKIPS)) {
		done = each(liar, share_one, unshare_one, pfn, count);
		return done > 1 && lies(liar, LIE_SHARE_ANSWERS_TOO_FEW) ? done - 1 : done;
	}
	done = 0;
	for (uint64_t i = 0; i < count; i++)
		done += share_one(ctx, pfn + i) == 0;
	return done;
}

static uint64_t unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	if (lies(ctx, LIE_UNSHARE_ONE_OF_ALL))
		count = 1;
	return each(ctx, unshare_one, share_one, pfn, count);
}

static uint64_t donate(void *ctx, uint64_t pfn, uint64_t count)
{
	struct liar *liar = ctx;
	const uint64_t done = each(liar, donate_one, reclaim_one, pfn, count);

	if (done > 1 && done <= count && lies(liar, LIE_DONATE_LEAVES_LAST))
		liar->mapped[index_of(liar, pfn + done - 1)] = true;
	return done;
}

static uint64_t reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return each(ctx, reclaim_one, donate_one, pfn, count);
}

/* ---- memory ---- */

/* Where pa is in our memory: pages, then the queue, then the pool. */
static uint64_t place_of(const struct liar *liar, uint64_t pa)
{
	if (pa >= LIAR_POOL)
		return liar->bytes + LIAR_PRIVATE + (pa - LIAR_POOL);
	if (pa >= LIAR_QUEUE)
		return liar->bytes + (pa - LIAR_QUEUE);
	assert_true(pa >= LIAR_RAM && pa - LIAR_RAM < liar->bytes);
	return pa - LIAR_RAM;
}

/* A CPU writes, and cleans the line or not. */
static void cpu_writes(struct liar *liar, uint64_t pa, const uint8_t *from, size_t bytes,
		       bool clean)
{
	const uint64_t at = place_of(liar, pa);

	assert_true(at + bytes <= liar->bytes + 2 * LIAR_PRIVATE);
	memcpy(liar->cache + at, from, bytes);
	if (clean)
		memcpy(liar->memory + at, from, bytes);
}

static bool is_pool(uint64_t pa)
{
	return pa >= LIAR_POOL;
}

static int zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	static const uint8_t zeroes[8];
	struct liar *liar = ctx;
	const uint64_t page = (uint64_t)1 << liar->shift;
	bool piece, run;

	assert_true(bytes > 0 && pa % 256 == 0 && bytes % 256 == 0);
	if (lies(liar, LIE_ZERO_REFUSES) || comes(&liar->refuse_in))
		return REFUSED;
	if (lies(liar, LIE_ZERO_DOES_NOTHING) || (is_pool(pa) && lies(liar, LIE_ZERO_NOT_THE_POOL)))
		return 0;
	piece = bytes == 256 && !is_pool(pa);
	if (piece && lies(liar, LIE_ZERO_NO_PIECES))
		return 0;
	if (piece && lies(liar, LIE_ZERO_BEFORE_A_PIECE))
		pa -= 256;
	if (piece && (lies(liar, LIE_ZERO_BEFORE_A_PIECE) || lies(liar, LIE_ZERO_BEHIND_A_PIECE)))
		bytes += 256;
	run = bytes > 256 && pa % page && !is_pool(pa);
	if ((run && lies(liar, LIE_ZERO_BEFORE_A_RUN)) ||
	    (is_pool(pa) && lies(liar, LIE_ZERO_BEFORE_IN_THE_POOL))) {
		pa -= 256;
		bytes += 256;
	}
	if ((run && lies(liar, LIE_ZERO_BEHIND_A_RUN)) ||
	    (is_pool(pa) && lies(liar, LIE_ZERO_BEHIND_IN_THE_POOL)))
		bytes += 256;
	if (lies(liar, LIE_ZERO_WHOLE_PAGES) && !is_pool(pa)) {
		bytes = (pa + bytes + page - 1) / page * page - pa / page * page;
		pa = pa / page * page;
	}
	if (lies(liar, LIE_ZERO_FIRST_PAGE_ONLY) && bytes > page - pa % page)
		bytes = page - pa % page;
	if (lies(liar, LIE_ZERO_MISSES_LAST_WORD))
		bytes -= 8;
	for (uint64_t i = 0; i < bytes; i += 8)
		cpu_writes(liar, pa + i, zeroes, 8, !lies(liar, LIE_ZERO_IN_CACHE));
	return 0;
}

/* One word of the host's, from where CPUs see it. */
static void read_word(struct liar *liar, uint64_t pa, uint8_t *to)
{
	static const uint8_t never[8];
	const uint64_t at = place_of(liar, pa);

	liar->reads[at / 8]++;
	if (!memcmp(liar->first + at, never, 8))
		memcpy(liar->first + at, liar->cache + at, 8);
	memcpy(to, (lies(liar, LIE_FETCH_STALE) ? liar->first : liar->cache) + at, 8);
}

static void swap_bytes(uint8_t *word)
{
	for (uint32_t i = 0; i < 4; i++) {
		const uint8_t byte = word[i];

		word[i] = word[7 - i];
		word[7 - i] = byte;
	}
}

static int fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct liar *liar = ctx;

	assert_true((bytes == 8 || bytes == 32) && pa % bytes == 0);
	if (lies(liar, LIE_FETCH_REFUSES) || comes(&liar->refuse_in))
		return REFUSED;
	if (lies(liar, LIE_FETCH_NOTHING))
		return 0;
	for (uint32_t i = 0; i < bytes; i += 8) {
		read_word(liar, pa + i, to + i);
		if (i + 8 == bytes && lies(liar, LIE_FETCH_TWICE))
			read_word(liar, pa + i, to + i);
		if (i + 8 == bytes && lies(liar, LIE_FETCH_SWAPS))
			swap_bytes(to + i);
	}
	if (lies(liar, LIE_FETCH_WRITES_BEFORE))
		to[-1] = 0;
	if (lies(liar, LIE_FETCH_WRITES_BEHIND))
		to[bytes] = 0;
	return 0;
}

/* What was stored before is there by now. */
static void store_before(struct liar *liar)
{
	if (liar->late_bytes)
		cpu_writes(liar, liar->late_pa, liar->late, liar->late_bytes, true);
	liar->late_bytes = 0;
}

static int store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct liar *liar = ctx;
	bool failed;

	assert_true(bytes == 8 ? is_pool(pa) && pa % 8 == 0
			       : bytes && bytes % 32 == 0 && pa % 32 == 0 && pa < LIAR_POOL);
	assert_true(bytes <= ITSG_STORE_MAX);
	if (lies(liar, LIE_STORE_REFUSES) || comes(&liar->refuse_in) ||
	    comes(&liar->refuse_store_in))
		return REFUSED;
	if (lies(liar, LIE_STORE_DOES_NOTHING))
		return 0;
	failed = fails(liar);
	if (failed && lies(liar, LIE_STORE_FAILS_HALF))
		cpu_writes(liar, pa, from, 8, true);
	if (failed)
		return lies(liar, LIE_STORE_IGNORES_A_FAILURE) ? 0 : REFUSED;
	if (lies(liar, LIE_STORE_LATE) || lies(liar, LIE_LAZY)) {
		store_before(liar);
		liar->late_pa = pa;
		liar->late_bytes = bytes;
		memcpy(liar->late, from, bytes);
		return 0;
	}
	if (lies(liar, LIE_STORE_TEARS))
		bytes = 8;
	if (lies(liar, LIE_STORE_ASIDE) && bytes == 32)
		pa += pa < LIAR_QUEUE + LIAR_PRIVATE - 32 ? 32 : 0;
	if (bytes == 64 && lies(liar, LIE_STORE_BEFORE))
		cpu_writes(liar, pa - 8, from, 8, true);
	if (bytes == 64 && lies(liar, LIE_STORE_BEHIND))
		cpu_writes(liar, pa + 64, from, 8, true);
	cpu_writes(liar, pa, from, bytes, !lies(liar, LIE_STORE_IN_CACHE));
	return 0;
}

/* ---- registers ---- */

static uint64_t reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	const struct liar *liar = ctx;
	uint64_t value;

	assert_true((width == 4 || width == 8) && offset % width == 0 && offset < 0x10000);
	if (lies(liar, LIE_REG_OTHER_FRAME))
		return 0;
	value = liar->its[offset / 8];
	if (width == 8)
		return lies(liar, LIE_REG_READS_NARROW) ? (uint32_t)value : value;
	if (lies(liar, LIE_REG_READS_WIDE) ||
	    (offset >= 0xffd0 && lies(liar, LIE_REG_READS_WIDE_AT_THE_END)))
		return value;
	return (uint32_t)(value >> 8 * (offset % 8));
}

static void reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	struct liar *liar = ctx;

	assert_true((width == 4 || width == 8) && offset % width == 0 && offset < 0x10000);
	assert_true(offset == 0x80 || offset == 0x88);
	liar->writes++;
	if (lies(liar, LIE_LAZY))
		store_before(liar);
	if (lies(liar, LIE_REG_WRITES_NARROW))
		value = (liar->its[offset / 8] & 0xffffffff00000000u) | (uint32_t)value;
	if (lies(liar, LIE_REG_WRITES_ASIDE))
		offset = 0x98;
	liar->its[offset / 8] = value;
	if (offset == 0x80)
		liar->its[0x88 / 8] = 0; /* as in some */
}

static uint64_t rd_value(const struct liar *liar, uint32_t rd, uint32_t offset)
{
	switch (offset / 8) {
	case 0: /* CTLR, and IIDR above it */
		return 0x43b00000000u | liar->rd_ctlr;
	case LIAR_RD_TYPER / 8:
		return (uint64_t)rd << 32 | rd << 8 | 1;
	case LIAR_RD_PENDING / 8:
		return liar->rd_pending[rd];
	default:
		return 0;
	}
}

static uint64_t rd_read(void *ctx, uint32_t rd, uint32_t offset, uint32_t width)
{
	const struct liar *liar = ctx;
	uint64_t value;

	assert_true(rd < LIAR_RDS && (width == 4 || width == 8) && offset % width == 0);
	if (lies(liar, LIE_RD_ALWAYS_THE_FIRST))
		rd = 0;
	if (rd == 2 && lies(liar, LIE_RD_THE_LAST_TWO_ARE_ONE))
		rd = 1;
	value = rd_value(liar, rd, offset);
	if (width == 8)
		return lies(liar, LIE_RD_READS_NARROW) ? (uint32_t)value : value;
	if (lies(liar, LIE_RD_READS_WIDE))
		return value;
	return (uint32_t)(value >> 8 * (offset % 8));
}

static void rd_write(void *ctx, uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	struct liar *liar = ctx;

	assert_true(rd < LIAR_RDS && width == 8 && offset == LIAR_RD_PENDING);
	liar->writes++;
	if (lies(liar, LIE_RD_WRITES_NARROW))
		value = (liar->rd_pending[rd] & 0xffffffff00000000u) | (uint32_t)value;
	if (lies(liar, LIE_RD_WRITES_LOSE_A_BIT))
		value &= ~(1ull << 20);
	liar->rd_pending[rd] = value & ((1ull << liar->reaches) - 1);
}

/* ---- redistributors' pages: the same, or books of their own ---- */

static uint64_t rd_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	struct liar *liar = ctx;
	uint64_t done;

	if (lies(liar, LIE_OTHER_MEMORY) && !liar->other_share[index_of(liar, pfn)])
		return 0;
	done = unshare(ctx, pfn, count);
	for (uint64_t i = 0; i < done && i < count; i++)
		liar->other_share[index_of(liar, pfn + i)] = false;
	return done;
}

static uint64_t rd_share(void *ctx, uint64_t pfn, uint64_t count)
{
	struct liar *liar = ctx;
	const uint64_t done = lies(liar, LIE_RD_REFUSES) ? 0 : share(ctx, pfn, count);

	for (uint64_t i = 0; i < done && i < count; i++)
		liar->other_share[index_of(liar, pfn + i)] = true;
	return done;
}

/* ---- the others ---- */

static bool asleep(void *ctx, uint32_t index)
{
	const struct liar *liar = ctx;

	assert_true(index < LIAR_RDS);
	return lies(liar, LIE_ALL_ASLEEP) || (index == LIAR_OFF && !lies(liar, LIE_NONE_ASLEEP));
}

static bool powered(void *ctx, uint32_t rd)
{
	const struct liar *liar = ctx;

	assert_true(rd < LIAR_RDS);
	return lies(liar, LIE_ALL_POWERED) || (rd != LIAR_OFF && !lies(liar, LIE_NONE_POWERED));
}

static bool reserved(void *ctx, uint32_t device_id)
{
	const struct liar *liar = ctx;

	return lies(liar, LIE_ALL_RESERVED) ||
	       (device_id == LIAR_GUEST && !lies(liar, LIE_NONE_RESERVED));
}

/* ---- hooks ---- */

static bool give(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);

	if (liar->owner[page] != LIAR_HOST || comes(&liar->refuse_in))
		return false;
	liar->owner[page] = LIAR_SOMEBODY;
	return true;
}

static void take_back(void *ctx, uint64_t pfn)
{
	struct liar *liar = ctx;
	const uint32_t page = index_of(liar, pfn);

	assert_int_equal(liar->owner[page], LIAR_SOMEBODY);
	liar->owner[page] = LIAR_HOST;
}

static bool host_can_write(void *ctx, uint64_t pfn)
{
	const struct liar *liar = ctx;

	return liar->mapped[index_of(liar, pfn)];
}

static void peek(void *ctx, uint64_t pa, uint8_t *to)
{
	struct liar *liar = ctx;

	assert_true(pa % 8 == 0);
	memcpy(to, liar->memory + place_of(liar, pa), 8);
}

static void poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	struct liar *liar = ctx;

	assert_true(host_can_write(ctx, pa >> liar->shift));
	cpu_writes(liar, pa, from, 8, true);
}

static uint32_t reads(void *ctx, uint64_t pa)
{
	struct liar *liar = ctx;
	uint32_t *count = &liar->reads[place_of(liar, pa) / 8];
	const uint32_t before = *count;

	*count = 0;
	return before;
}

static bool fail_at(void *ctx, uint32_t n)
{
	struct liar *liar = ctx;
	const bool failed = liar->failed;

	liar->failed = false;
	liar->fail_in = n;
	return failed;
}

/* ---- a platform ---- */

static void set_pages(struct liar *liar)
{
	static const enum liar_owner owners[LIAR_PAGES] = {
		LIAR_HOST, LIAR_HOST, LIAR_HOST, LIAR_HYPERVISOR, LIAR_SOMEBODY, LIAR_LENT};
	const uint64_t first = LIAR_RAM >> liar->shift;

	for (uint32_t i = 0; i < LIAR_PAGES; i++) {
		liar->owner[i] = owners[i];
		liar->mapped[i] = owners[i] == LIAR_HOST || owners[i] == LIAR_LENT;
	}
	for (uint32_t i = 0; i < 3; i++)
		liar->foreign[i] = first + 3 + i;
	liar->foreign[3] = 9; /* no memory */
}

static void set_registers(struct liar *liar)
{
	liar->its[0x0000 / 8] = 0x43bull << 32 | 0x80000000u; /* Quiescent; IIDR above it */
	liar->its[0x0008 / 8] = 0x79f71;
	liar->its[0x0088 / 8] = 0x40;
	liar->its[0x0108 / 8] = 1ull << 56 | 7ull << 48; /* devices, in the second register */
	liar->its[0x0110 / 8] = 4ull << 56 | 7ull << 48;
	liar->its[0xffe8 / 8] = 0x3b | 0x10ull << 32; /* PIDR3 above it */
}

static void set_callbacks(struct liar *liar)
{
	liar->ops = (struct itsg_ops){.share = share,
				      .unshare = unshare,
				      .donate = donate,
				      .reclaim = reclaim,
				      .zero = zero,
				      .fetch = fetch,
				      .store = store,
				      .reg_read = reg_read,
				      .reg_write = reg_write,
				      .reserved = reserved,
				      .asleep = asleep};
	liar->redists_ops = (struct itsg_redists_ops){.share = rd_share,
						      .unshare = rd_unshare,
						      .donate = donate,
						      .reclaim = reclaim,
						      .zero = zero,
						      .reg_read = rd_read,
						      .reg_write = rd_write,
						      .powered = powered};
	liar->hooks = (struct itsg_conformance_hooks){.give = give,
						      .take_back = take_back,
						      .host_can_write = host_can_write,
						      .peek = peek,
						      .poke = poke,
						      .reads = reads,
						      .fail_at = fail_at};
}

struct liar *liar_new(enum lie lie, uint32_t shift)
{
	struct liar *liar = calloc(1, sizeof(*liar));
	size_t all;

	assert_non_null(liar);
	liar->lie = lie;
	liar->shift = shift;
	liar->reaches = 48;
	liar->bytes = (size_t)LIAR_PAGES << shift;
	all = liar->bytes + 2 * LIAR_PRIVATE;
	liar->memory = calloc(1, all);
	liar->cache = calloc(1, all);
	liar->reads = calloc(all / 8, sizeof(*liar->reads));
	liar->first = calloc(1, all);
	assert_true(liar->memory && liar->cache && liar->reads && liar->first);
	memset(liar->memory, 0xa5, all);
	memset(liar->cache, 0xa5, all);
	memset(liar->reads, 1, all / 8 * sizeof(*liar->reads)); /* it was read before */
	set_pages(liar);
	set_registers(liar);
	set_callbacks(liar);
	liar->with = (struct itsg_conformance){.ops = &liar->ops,
					       .ctx = liar,
					       .redists_ops = &liar->redists_ops,
					       .redists_ctx = liar,
					       .hooks = &liar->hooks,
					       .hooks_ctx = liar,
					       .page_shift = shift,
					       .host_pfn = LIAR_RAM >> shift,
					       .foreign = liar->foreign,
					       .foreign_count = 4,
					       .queue = {LIAR_QUEUE, LIAR_PRIVATE},
					       .level1_pool = {LIAR_POOL, LIAR_PRIVATE},
					       .registers = true,
					       .pa_bits = 48,
					       .redistributor_count = LIAR_RDS,
					       .here = 0,
					       .off = LIAR_OFF,
					       .devices = true,
					       .host_device = LIAR_DEVICE,
					       .reserved_device = LIAR_GUEST};
	return liar;
}

void liar_free(struct liar *liar)
{
	free(liar->memory);
	free(liar->cache);
	free(liar->reads);
	free(liar->first);
	free(liar);
}

bool liar_is_untouched(const struct liar *liar)
{
	struct liar *fresh = liar_new(liar->lie, liar->shift);
	const bool same = !memcmp(liar->owner, fresh->owner, sizeof(fresh->owner)) &&
			  !memcmp(liar->mapped, fresh->mapped, sizeof(fresh->mapped)) &&
			  !memcmp(liar->pins, fresh->pins, sizeof(fresh->pins)) &&
			  !memcmp(liar->its, fresh->its, sizeof(fresh->its)) &&
			  !memcmp(liar->rd_pending, fresh->rd_pending, sizeof(fresh->rd_pending));

	liar_free(fresh);
	return same;
}
