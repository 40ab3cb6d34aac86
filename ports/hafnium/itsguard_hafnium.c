/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in Hafnium: a VM drives the ITS, and reaches no other VM's memory through it.
 *
 * Lock order: itsguard_lock, then the VM's lock, then the lock of the stage-1 table.
 */

#include "itsguard_hafnium.h"

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "hf/arch/mm.h"

#include "hf/io.h"
#include "hf/mm.h"
#include "hf/spinlock.h"
#include "hf/std.h"

/* What a page may be to be taken: owned, exclusive, and with nothing to restore but this. */
#define ITSGUARD_RAM (MM_MODE_R | MM_MODE_W | MM_MODE_X)
#define ITSGUARD_SHARED (ITSGUARD_RAM | MM_MODE_SHARED)
/* Unrelated to the VM. */
#define ITSGUARD_GONE (MM_MODE_UNMAPPED_MASK | MM_MODE_SHARED)

static struct spinlock itsguard_lock = SPINLOCK_INIT;
static struct vm *itsguard_vm;
static struct mpool *itsguard_ppool;
static uintpaddr_t itsguard_frame;
static struct itsguard_memory itsguard_queue;
static struct itsguard_memory itsguard_pool;
static struct itsg_its *itsguard_its;

/* ---- callbacks ---- */

/** An absent entry has no attributes: what it reads as beyond its state means nothing. */
static bool itsguard_mode_is(mm_mode_t mode, mm_mode_t wanted)
{
	if (wanted == ITSGUARD_GONE) {
		return (mode & ITSGUARD_GONE) == ITSGUARD_GONE;
	}
	return mode == wanted;
}

/**
 * Changes the mode of a page in the VM's stage 2 if it is `from`. vm_identity_map() prepares all
 * that it needs before it changes anything, and invalidates the TLBs.
 */
static bool itsguard_change(uint64_t pfn, mm_mode_t from, mm_mode_t to)
{
	const paddr_t begin = pa_init(pfn * PAGE_SIZE);
	const paddr_t end = pa_init((pfn + 1) * PAGE_SIZE);
	struct vm_locked locked = vm_lock(itsguard_vm);
	mm_mode_t mode;
	bool done;

	done = vm_mem_get_mode(locked, ipa_from_pa(begin), ipa_from_pa(end), &mode) &&
	       itsguard_mode_is(mode, from) &&
	       vm_identity_map(locked, begin, end, to, itsguard_ppool, NULL);
	vm_unlock(&locked);
	return done;
}

/** Maps a page for the hypervisor, or unmaps it with mode 0. */
static bool itsguard_map(uint64_t pfn, mm_mode_t mode)
{
	const paddr_t begin = pa_init(pfn * PAGE_SIZE);
	const paddr_t end = pa_init((pfn + 1) * PAGE_SIZE);
	struct mm_stage1_locked stage1 = mm_lock_stage1();
	bool done;

	if (mode != 0) {
		done = mm_identity_map(stage1, begin, end, mode, itsguard_ppool) != NULL;
	} else {
		done = mm_unmap(stage1, begin, end, itsguard_ppool);
	}
	mm_unlock_stage1(&stage1);
	return done;
}

/** A shared page is one that FF-A lets its owner neither share, lend nor donate. */
static int itsguard_share_page(void *ctx, uint64_t pfn)
{
	(void)ctx;
	if (!itsguard_change(pfn, ITSGUARD_RAM, ITSGUARD_SHARED)) {
		return -1;
	}
	if (itsguard_map(pfn, MM_MODE_R)) {
		return 0;
	}
	itsguard_change(pfn, ITSGUARD_SHARED, ITSGUARD_RAM);
	return -1;
}

/** The mapping goes last: if it stays, the page is still ours to no harm of anybody's. */
static int itsguard_unshare_page(void *ctx, uint64_t pfn)
{
	(void)ctx;
	if (!itsguard_change(pfn, ITSGUARD_SHARED, ITSGUARD_RAM)) {
		return -1;
	}
	itsguard_map(pfn, 0);
	return 0;
}

static int itsguard_donate_page(void *ctx, uint64_t pfn)
{
	(void)ctx;
	if (!itsguard_change(pfn, ITSGUARD_RAM, ITSGUARD_GONE)) {
		return -1;
	}
	if (itsguard_map(pfn, MM_MODE_R | MM_MODE_W)) {
		return 0;
	}
	itsguard_change(pfn, ITSGUARD_GONE, ITSGUARD_RAM);
	return -1;
}

static int itsguard_reclaim_page(void *ctx, uint64_t pfn)
{
	(void)ctx;
	if (!itsguard_change(pfn, ITSGUARD_GONE, ITSGUARD_RAM)) {
		return -1;
	}
	itsguard_map(pfn, 0);
	return 0;
}

/**
 * Page by page, though the functions take more: what is mapped as a block must be split before a
 * part of it goes back, and that may fail.
 */
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

/** Where stage 1 has [pa, pa + bytes): the guard's own memory, or a page that is held. */
static uint8_t *itsguard_va(uint64_t pa)
{
	if (pa - itsguard_queue.pa < itsguard_queue.bytes) {
		return (uint8_t *)itsguard_queue.va + (pa - itsguard_queue.pa);
	}
	if (pa - itsguard_pool.pa < itsguard_pool.bytes) {
		return (uint8_t *)itsguard_pool.va + (pa - itsguard_pool.pa);
	}
	return ptr_from_va(va_from_pa(pa_init(pa)));
}

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	uint8_t *va = itsguard_va(pa);

	(void)ctx;
	memset_s(va, bytes, 0, bytes);
	arch_mm_flush_dcache(va, bytes);
	return 0;
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const volatile uint64_t *from = (const volatile uint64_t *)(const void *)itsguard_va(pa);

	(void)ctx;
	for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
		uint64_t word = from[i];

		memcpy_s(to + i * sizeof(word), sizeof(word), &word, sizeof(word));
	}
	return 0;
}

/** The barrier that orders it before a register is written is in io_write*_mb(). */
static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	uint8_t *va = itsguard_va(pa);

	(void)ctx;
	memcpy_s(va, bytes, from, bytes);
	arch_mm_flush_dcache(va, bytes);
	return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	if (width == sizeof(uint64_t)) {
		return io_read64_mb(IO64_C(itsguard_frame + offset));
	}
	return io_read32_mb(IO32_C(itsguard_frame + offset));
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	if (width == sizeof(uint64_t)) {
		io_write64_mb(IO64_C(itsguard_frame + offset), value);
	} else {
		io_write32_mb(IO32_C(itsguard_frame + offset), (uint32_t)value);
	}
}

static const struct itsg_ops itsguard_ops = {
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

/* ---- the trap ---- */

/* ESR_EL2 of a data abort (Arm ARM, ISS encoding of a Data Abort). */
#define ITSGUARD_ISS_ISV(esr) (((esr) >> 24) & 1)
#define ITSGUARD_ISS_SAS(esr) (((esr) >> 22) & 3)
#define ITSGUARD_ISS_SSE(esr) (((esr) >> 21) & 1)
#define ITSGUARD_ISS_SRT(esr) (((esr) >> 16) & 31)
#define ITSGUARD_ISS_SF(esr) (((esr) >> 15) & 1)
#define ITSGUARD_ISS_CM(esr) (((esr) >> 8) & 1)
#define ITSGUARD_ISS_S1PTW(esr) (((esr) >> 7) & 1)
#define ITSGUARD_ISS_WNR(esr) (((esr) >> 6) & 1)
#define ITSGUARD_XZR 31

static void itsguard_write(struct vcpu *vcpu, uintreg_t esr, uint32_t offset, uint32_t width)
{
	const uint32_t rt = ITSGUARD_ISS_SRT(esr);
	uint64_t value = rt == ITSGUARD_XZR ? 0 : vcpu->regs.r[rt];

	if (width < sizeof(uint64_t)) {
		value &= (UINT64_C(1) << (8 * width)) - 1;
	}
	itsg_write(itsguard_its, offset, width, value);
}

/** A refused read gives 0, and a refused write does nothing. */
static void itsguard_read(struct vcpu *vcpu, uintreg_t esr, uint32_t offset, uint32_t width)
{
	const uint32_t rt = ITSGUARD_ISS_SRT(esr);
	uint64_t value;

	itsg_read(itsguard_its, offset, width, &value);
	if (ITSGUARD_ISS_SSE(esr) && width == sizeof(uint32_t)) {
		value = (uint64_t)(int64_t)(int32_t)value;
	}
	if (!ITSGUARD_ISS_SF(esr)) {
		value = (uint32_t)value;
	}
	if (rt != ITSGUARD_XZR) {
		vcpu->regs.r[rt] = value;
	}
}

bool itsguard_data_abort(struct vcpu *vcpu, uintreg_t esr, ipaddr_t addr)
{
	const uint64_t offset = ipa_addr(addr) - itsguard_frame;
	const uint32_t width = UINT32_C(1) << ITSGUARD_ISS_SAS(esr);

	if (itsguard_its == NULL || vcpu->vm != itsguard_vm ||
	    offset >= ITSG_CONTROL_FRAME_BYTES || !ITSGUARD_ISS_ISV(esr) || ITSGUARD_ISS_CM(esr) ||
	    ITSGUARD_ISS_S1PTW(esr)) {
		return false;
	}

	sl_lock(&itsguard_lock);
	if (ITSGUARD_ISS_WNR(esr)) {
		itsguard_write(vcpu, esr, (uint32_t)offset, width);
	} else {
		itsguard_read(vcpu, esr, (uint32_t)offset, width);
	}
	sl_unlock(&itsguard_lock);
	vcpu->regs.pc += 4;
	return true;
}

/* ---- beginning ---- */

static bool itsguard_take_frame(struct vm *vm, paddr_t frame, struct mpool *ppool)
{
	const paddr_t end = pa_add(frame, ITSG_CONTROL_FRAME_BYTES);
	struct mm_stage1_locked stage1 = mm_lock_stage1();
	struct vm_locked locked;
	bool done;

	done = mm_identity_map(stage1, frame, end, MM_MODE_R | MM_MODE_W | MM_MODE_D, ppool) !=
	       NULL;
	mm_unlock_stage1(&stage1);
	locked = vm_lock(vm);
	done = done && vm_unmap(locked, frame, end, ppool);
	vm_unlock(&locked);
	return done;
}

static size_t itsguard_align(size_t size)
{
	return (size + 63) & ~(size_t)63;
}

bool itsguard_init(struct vm *vm, paddr_t frame, const struct itsg_its_config *config,
		   uint32_t pages, struct itsguard_memory queue, struct itsguard_memory pool,
		   struct itsguard_memory state, struct mpool *ppool)
{
	const struct itsg_pages_config pages_config = {
		.page_shift = PAGE_BITS,
		.capacity = pages,
		.key = {config->hash_key[0], config->hash_key[1]},
	};
	const size_t head = itsguard_align(itsg_pages_size(&pages_config));
	struct itsg_its_config its_config = *config;
	struct itsg_pages *tracker = itsg_pages_init(state.va, state.bytes, &pages_config);

	if (tracker == NULL || head > state.bytes || !itsguard_take_frame(vm, frame, ppool)) {
		return false;
	}
	itsguard_vm = vm;
	itsguard_ppool = ppool;
	itsguard_frame = pa_addr(frame);
	itsguard_queue = queue;
	itsguard_pool = pool;
	its_config.queue.pa = queue.pa;
	its_config.queue.bytes = queue.bytes;
	its_config.level1_pool.pa = pool.pa;
	its_config.level1_pool.bytes = pool.bytes;
	return itsg_its_init((uint8_t *)state.va + head, state.bytes - head, &its_config, tracker,
			     &itsguard_ops, NULL, &itsguard_its) == ITSG_OK;
}
