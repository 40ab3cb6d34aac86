/*
 * SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
 * SPDX-FileCopyrightText: The itsguard authors
 */

/*
 * itsguard in TF-RMM: the host drives an ITS of the Realm world, and reaches only granules that it
 * has delegated and that nobody uses.
 *
 * Lock order: itsguard_lock, then a granule's lock. No callback holds two granules.
 */

#include <arch_helpers.h>
#include <buffer.h>
#include <errno.h>
#include <granule.h>
#include <itsguard/itsguard.h>
#include <itsguard_rmm.h>
#include <spinlock.h>
#include <string.h>

static spinlock_t itsguard_lock;
static uintptr_t itsguard_regs;
static struct itsguard_memory itsguard_queue;
static struct itsguard_memory itsguard_pool;
static struct itsg_its *itsguard_its;

/* ---- callbacks ---- */

/*
 * The host's queue and its level-1 tables, which only RMM reads. Whatever the host does to the
 * granule afterwards, a read of it fails safely: there is nothing to hold.
 */
static int itsguard_share_page(void *ctx, uint64_t pfn)
{
	struct granule *g = find_granule(pfn * GRANULE_SIZE);

	(void)ctx;
	return ((g != NULL) && (granule_unlocked_state(g) == GRANULE_STATE_NS)) ? 0 : -EPERM;
}

static int itsguard_unshare_page(void *ctx, uint64_t pfn)
{
	(void)ctx;
	(void)pfn;
	return 0;
}

/* From here on no command of the host's takes the granule: none expects this state. */
static int itsguard_donate_page(void *ctx, uint64_t pfn)
{
	struct granule *g = find_lock_granule(pfn * GRANULE_SIZE, GRANULE_STATE_DELEGATED);

	(void)ctx;
	if (g == NULL) {
		return -EPERM;
	}
	granule_unlock_transition(g, GRANULE_STATE_INTERNAL);
	return 0;
}

/* A delegated granule holds zeros. */
static int itsguard_reclaim_page(void *ctx, uint64_t pfn)
{
	struct granule *g = find_lock_granule(pfn * GRANULE_SIZE, GRANULE_STATE_INTERNAL);
	void *va;

	(void)ctx;
	if (g == NULL) {
		return -EPERM;
	}
	va = buffer_granule_map(g, SLOT_DELEGATED);
	granule_memzero_mapped(va);
	buffer_unmap(va);
	granule_unlock_transition_to_delegated(g);
	return 0;
}

static uint64_t itsguard_share(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_share_page, ctx, pfn, count);
}

static uint64_t itsguard_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_unshare_page, ctx, pfn, count);
}

static uint64_t itsguard_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_donate_page, ctx, pfn, count);
}

static uint64_t itsguard_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_reclaim_page, ctx, pfn, count);
}

static void itsguard_clear(uintptr_t va, size_t bytes)
{
	(void)memset((void *)va, 0, bytes);
	flush_dcache_range(va, bytes);
}

static int itsguard_zero_donated(uint64_t pa, size_t bytes)
{
	struct granule *g = find_lock_granule(pa & GRANULE_MASK, GRANULE_STATE_INTERNAL);
	void *va;

	if (g == NULL) {
		return -EPERM;
	}
	va = buffer_granule_map(g, SLOT_DELEGATED);
	itsguard_clear((uintptr_t)va + (pa & ~GRANULE_MASK), bytes);
	buffer_unmap(va);
	granule_unlock(g);
	return 0;
}

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	int ret = 0;

	(void)ctx;
	if ((pa - itsguard_pool.pa) < itsguard_pool.bytes) {
		itsguard_clear(itsguard_pool.va + (pa - itsguard_pool.pa), bytes);
		return 0;
	}
	while ((ret == 0) && (bytes > 0UL)) {
		uint64_t part = GRANULE_SIZE - (pa & ~GRANULE_MASK);

		part = (part < bytes) ? part : bytes;
		ret = itsguard_zero_donated(pa, part);
		pa += part;
		bytes -= part;
	}
	return ret;
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct granule *g = find_granule(pa & GRANULE_MASK);
	uint64_t words[ITSG_CMD_DWORDS];

	(void)ctx;
	if ((g == NULL) || (bytes > sizeof(words)) ||
	    !ns_buffer_read(SLOT_NS, g, (unsigned int)(pa & ~GRANULE_MASK), bytes, words)) {
		return -EFAULT;
	}
	(void)memcpy(to, words, bytes);
	return 0;
}

static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	uintptr_t va;

	(void)ctx;
	if ((pa - itsguard_queue.pa) < itsguard_queue.bytes) {
		va = itsguard_queue.va + (pa - itsguard_queue.pa);
	} else if ((pa - itsguard_pool.pa) < itsguard_pool.bytes) {
		va = itsguard_pool.va + (pa - itsguard_pool.pa);
	} else {
		return -EFAULT;
	}
	(void)memcpy((void *)va, from, bytes);
	flush_dcache_range(va, bytes);
	return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	if (width == sizeof(uint64_t)) {
		return *(volatile uint64_t *)(itsguard_regs + offset);
	}
	return *(volatile uint32_t *)(itsguard_regs + offset);
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	if (width == sizeof(uint64_t)) {
		*(volatile uint64_t *)(itsguard_regs + offset) = value;
	} else {
		*(volatile uint32_t *)(itsguard_regs + offset) = (uint32_t)value;
	}
}

/* ---- the calls ---- */

enum itsg_reason itsguard_read(uint32_t offset, uint32_t width, uint64_t *value)
{
	enum itsg_reason reason;

	spinlock_acquire(&itsguard_lock);
	reason = itsg_read(itsguard_its, offset, width, value);
	spinlock_release(&itsguard_lock);
	return reason;
}

enum itsg_reason itsguard_write(uint32_t offset, uint32_t width, uint64_t value)
{
	enum itsg_reason reason;

	spinlock_acquire(&itsguard_lock);
	reason = itsg_write(itsguard_its, offset, width, value);
	spinlock_release(&itsguard_lock);
	return reason;
}

/* ---- beginning ---- */

static bool itsguard_start(const struct itsg_its_config *config, struct itsg_pages *pages,
			   uintptr_t va, size_t bytes)
{
	/* No table of function pointers to relocate. */
	const struct itsg_ops ops = {
		.share = itsguard_share,
		.unshare = itsguard_unshare,
		.donate = itsguard_donate,
		.reclaim = itsguard_reclaim,
		.zero = itsguard_zero,
		.fetch = itsguard_fetch,
		.store = itsguard_store,
		.reg_read = itsguard_reg_read,
		.reg_write = itsguard_reg_write,
	};

	return itsg_its_init((void *)va, bytes, config, pages, &ops, NULL, &itsguard_its) ==
	       ITSG_OK;
}

bool itsguard_init(uintptr_t regs, const struct itsg_its_config *config, uint32_t pages,
		   const struct itsguard_memory *queue, const struct itsguard_memory *pool,
		   const struct itsguard_memory *state)
{
	const struct itsg_pages_config pages_config = {
		.page_shift = GRANULE_SHIFT,
		.capacity = pages,
		.key = { config->hash_key[0], config->hash_key[1] },
	};
	const size_t head = (itsg_pages_size(&pages_config) + 63UL) & ~63UL;
	struct itsg_its_config its_config = *config;
	struct itsg_pages *tracker;

	tracker = itsg_pages_init((void *)state->va, state->bytes, &pages_config);
	if ((tracker == NULL) || (head > state->bytes)) {
		return false;
	}
	itsguard_regs = regs;
	itsguard_queue = *queue;
	itsguard_pool = *pool;
	its_config.queue.pa = queue->pa;
	its_config.queue.bytes = queue->bytes;
	its_config.level1_pool.pa = pool->pa;
	its_config.level1_pool.bytes = pool->bytes;
	/* A shared ITT would stay in the other world, where this ITS does not reach. */
	its_config.donate_itt = true;
	return itsguard_start(&its_config, tracker, state->va + head, state->bytes - head);
}
