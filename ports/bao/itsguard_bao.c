/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in Bao: one VM drives the ITS, and reaches no other VM's memory through it.
 *
 * Lock order: itsguard_lock, then the VM's as.lock (inside mem_unmap and mem_alloc_map).
 */
#include <bao.h>
#include <cache.h>
#include <cpu.h>
#include <emul.h>
#include <fences.h>
#include <mem.h>
#include <spinlock.h>
#include <string.h>
#include <tlb.h>
#include <vm.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "itsguard_bao.h"

#define ITSGUARD_QUEUE_BYTES 0x10000U
#define ITSGUARD_MAX_REGIONS 8U
#define ITSGUARD_PAGES(bytes) (((bytes) + PAGE_SIZE - 1U) / PAGE_SIZE)

/* A region of the VM, mapped for the hypervisor for good. */
struct itsguard_region {
    paddr_t base;
    size_t size;
    vaddr_t va;
};

static spinlock_t itsguard_lock = SPINLOCK_INITVAL;
static struct vm* itsguard_vm;
static struct itsguard_region itsguard_regions[ITSGUARD_MAX_REGIONS];
static size_t itsguard_region_num;
static struct emul_mem itsguard_emul;
static struct itsg_its* itsguard_its;
static vaddr_t itsguard_regs;
static struct itsg_range itsguard_pool;
static vaddr_t itsguard_pool_va;
static struct itsg_range itsguard_queue;
static vaddr_t itsguard_queue_va;

/* ---- callbacks ---- */

/* Where the hypervisor sees this memory of the VM; 0 if the VM does not have all of it. */
static vaddr_t itsguard_vm_va(uint64_t pa, uint64_t bytes)
{
    for (size_t i = 0; i < itsguard_region_num; i++) {
        const struct itsguard_region* region = &itsguard_regions[i];

        if (pa >= region->base && pa - region->base <= region->size &&
            bytes <= region->size - (pa - region->base)) {
            return region->va + (vaddr_t)(pa - region->base);
        }
    }
    return 0;
}

/* Where the hypervisor sees the guard's own memory; 0 if it is not. */
static vaddr_t itsguard_own_va(uint64_t pa)
{
    if (pa - itsguard_queue.pa < itsguard_queue.bytes) {
        return itsguard_queue_va + (vaddr_t)(pa - itsguard_queue.pa);
    }
    if (pa - itsguard_pool.pa < itsguard_pool.bytes) {
        return itsguard_pool_va + (vaddr_t)(pa - itsguard_pool.pa);
    }
    return 0;
}

/* The VM has no way to give memory away, so there is nothing to pin. */
static int itsguard_share_page(void* ctx, uint64_t pfn)
{
    UNUSED_ARG(ctx);
    return itsguard_vm_va(pfn * PAGE_SIZE, PAGE_SIZE) != 0U ? 0 : -1;
}

static int itsguard_unshare_page(void* ctx, uint64_t pfn)
{
    UNUSED_ARG(ctx);
    UNUSED_ARG(pfn);
    return 0;
}

static int itsguard_donate_page(void* ctx, uint64_t pfn)
{
    UNUSED_ARG(ctx);
    if (itsguard_vm_va(pfn * PAGE_SIZE, PAGE_SIZE) == 0U) {
        return -1;
    }
    mem_unmap(&itsguard_vm->as, (vaddr_t)(pfn * PAGE_SIZE), 1, MEM_DONT_FREE_PAGES);
    return 0;
}

static int itsguard_reclaim_page(void* ctx, uint64_t pfn)
{
    struct ppages page = mem_ppages_get((paddr_t)(pfn * PAGE_SIZE), 1);
    const vaddr_t at = (vaddr_t)(pfn * PAGE_SIZE);

    UNUSED_ARG(ctx);
    return mem_alloc_map(&itsguard_vm->as, SEC_VM_ANY, &page, at, 1, PTE_VM_FLAGS) == at ? 0 : -1;
}

static uint64_t itsguard_share(void* ctx, uint64_t pfn, uint64_t count)
{
    return itsg_each_page(itsguard_share_page, ctx, pfn, count);
}

static uint64_t itsguard_unshare(void* ctx, uint64_t pfn, uint64_t count)
{
    return itsg_each_page(itsguard_unshare_page, ctx, pfn, count);
}

/* mem_unmap() does not flush the TLBs of a VM in all versions: once for all pages. */
static uint64_t itsguard_donate(void* ctx, uint64_t pfn, uint64_t count)
{
    const uint64_t done = itsg_each_page(itsguard_donate_page, ctx, pfn, count);

    fence_sync();
    tlb_inv_all(&itsguard_vm->as);
    fence_sync();
    return done;
}

static uint64_t itsguard_reclaim(void* ctx, uint64_t pfn, uint64_t count)
{
    return itsg_each_page(itsguard_reclaim_page, ctx, pfn, count);
}

static int itsguard_zero(void* ctx, uint64_t pa, uint64_t bytes)
{
    vaddr_t va = itsguard_own_va(pa);

    UNUSED_ARG(ctx);
    if (va == 0U) {
        va = itsguard_vm_va(pa, bytes);
    }
    if (va == 0U) {
        return -1;
    }
    memset((void*)va, 0, (size_t)bytes);
    cache_flush_range(va, (size_t)bytes);
    fence_sync();
    return 0;
}

static int itsguard_fetch(void* ctx, uint64_t pa, uint8_t* to, uint32_t bytes)
{
    const vaddr_t va = itsguard_vm_va(pa, bytes);
    const volatile uint64_t* from = (const volatile uint64_t*)va;

    UNUSED_ARG(ctx);
    if (va == 0U) {
        return -1;
    }
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        uint64_t word = from[i];

        memcpy(to + (i * sizeof(uint64_t)), &word, sizeof(word));
    }
    return 0;
}

static int itsguard_store(void* ctx, uint64_t pa, const uint8_t* from, uint32_t bytes)
{
    const vaddr_t va = itsguard_own_va(pa);

    UNUSED_ARG(ctx);
    if (va == 0U) {
        return -1;
    }
    memcpy((void*)va, from, bytes);
    cache_flush_range(va, bytes);
    fence_sync();
    return 0;
}

static uint64_t itsguard_reg_read(void* ctx, uint32_t offset, uint32_t width)
{
    UNUSED_ARG(ctx);
    if (width == sizeof(uint64_t)) {
        return *(volatile uint64_t*)(itsguard_regs + offset);
    }
    return *(volatile uint32_t*)(itsguard_regs + offset);
}

static void itsguard_reg_write(void* ctx, uint32_t offset, uint32_t width, uint64_t value)
{
    UNUSED_ARG(ctx);
    if (width == sizeof(uint64_t)) {
        *(volatile uint64_t*)(itsguard_regs + offset) = value;
    } else {
        *(volatile uint32_t*)(itsguard_regs + offset) = (uint32_t)value;
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

/* ---- the trap: aborts_data_lower() has decoded it ---- */

/* A refused access is ignored, and reads 0: false would stop the hypervisor. */
static bool itsguard_access(struct emul_access* acc)
{
    const uint32_t offset = (uint32_t)(acc->addr - itsguard_emul.va_base);
    const uint32_t width = (uint32_t)acc->width;
    uint64_t value = 0;

    spin_lock(&itsguard_lock);
    if (acc->write) {
        value = vcpu_readreg(cpu()->vcpu, acc->reg);
        if (width < sizeof(uint64_t)) {
            value &= (1ULL << (8U * width)) - 1U;
        }
        (void)itsg_write(itsguard_its, offset, width, value);
    } else {
        (void)itsg_read(itsguard_its, offset, width, &value);
        if (acc->sign_ext && width == sizeof(uint32_t)) {
            value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
        }
        vcpu_writereg(cpu()->vcpu, acc->reg, (unsigned long)value);
    }
    spin_unlock(&itsguard_lock);
    return true;
}

/* ---- beginning ---- */

static bool itsguard_map_regions(struct vm* vm)
{
    const struct vm_platform* platform = &vm->config->platform;

    for (size_t i = 0; i < platform->region_num; i++) {
        const struct vm_mem_region* from = &platform->regions[i];
        struct itsguard_region* to = &itsguard_regions[itsguard_region_num];
        struct ppages pages = mem_ppages_get(from->phys, ITSGUARD_PAGES(from->size));

        if (itsguard_region_num == ITSGUARD_MAX_REGIONS || !from->place_phys ||
            from->phys != from->base) {
            return false;
        }
        to->base = from->phys;
        to->size = from->size;
        to->va = mem_alloc_map(&cpu()->as, SEC_HYP_GLOBAL, &pages, INVALID_VA, pages.num_pages,
            PTE_HYP_FLAGS);
        if (to->va == INVALID_VA) {
            return false;
        }
        itsguard_region_num++;
    }
    return true;
}

/* Contiguous and aligned to its size, which is 64 KB at least. */
static vaddr_t itsguard_alloc(uint64_t bytes, uint64_t* phys)
{
    size_t pages = 16;
    paddr_t pa = 0;
    vaddr_t va;

    while (pages * PAGE_SIZE < bytes) {
        pages *= 2;
    }
    va = (vaddr_t)mem_alloc_page(pages, SEC_HYP_GLOBAL, MEM_ALIGN_REQ);
    if (va == 0U || !mem_translate(&cpu()->as, va, &pa)) {
        return 0;
    }
    *phys = pa;
    return va;
}

static struct itsg_pages* itsguard_make_tracker(uint32_t pages, const uint64_t key[2])
{
    const struct itsg_pages_config config = {
        .page_shift = 12,
        .capacity = pages,
        .key = { key[0], key[1] },
    };
    const size_t size = itsg_pages_size(&config);
    uint64_t unused;
    const vaddr_t va = size != 0U ? itsguard_alloc(size, &unused) : 0;

    return va != 0U ? itsg_pages_init((void*)va, size, &config) : NULL;
}

static bool itsguard_make_its(const struct itsg_its_config* from, struct itsg_pages* pages)
{
    struct itsg_its_config config = *from;
    uint64_t unused;
    vaddr_t va;
    size_t size;

    itsguard_queue.bytes = ITSGUARD_QUEUE_BYTES;
    itsguard_queue_va = itsguard_alloc(itsguard_queue.bytes, &itsguard_queue.pa);
    itsguard_pool.bytes = from->level1_pool.bytes;
    itsguard_pool_va = itsguard_alloc(itsguard_pool.bytes, &itsguard_pool.pa);
    if (itsguard_queue_va == 0U || itsguard_pool_va == 0U) {
        return false;
    }
    config.queue = itsguard_queue;
    config.level1_pool = itsguard_pool;
    size = itsg_its_size(&config);
    va = size != 0U ? itsguard_alloc(size, &unused) : 0;
    return va != 0U && itsg_its_init((void*)va, size, &config, pages, &itsguard_ops, NULL,
                           &itsguard_its) == ITSG_OK;
}

bool itsguard_init(struct vm* vm, paddr_t frame, const struct itsg_its_config* config,
    uint32_t pages)
{
    struct itsg_pages* tracker;

    itsguard_vm = vm;
    itsguard_regs = mem_alloc_map_dev(&cpu()->as, SEC_HYP_GLOBAL, INVALID_VA, frame,
        ITSG_CONTROL_FRAME_BYTES);
    if (itsguard_regs == INVALID_VA || !itsguard_map_regions(vm)) {
        return false;
    }
    tracker = itsguard_make_tracker(pages, config->hash_key);
    if (tracker == NULL || !itsguard_make_its(config, tracker)) {
        return false;
    }
    itsguard_emul.va_base = frame;
    itsguard_emul.size = ITSG_CONTROL_FRAME_BYTES;
    itsguard_emul.handler = itsguard_access;
    vm_emul_add_mem(vm, &itsguard_emul);
    return true;
}
