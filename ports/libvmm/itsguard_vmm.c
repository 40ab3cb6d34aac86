/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in a VMM on seL4: the guest drives the ITS, and reaches nothing but its own RAM.
 *
 * No lock: a protection domain has one thread.
 */

#include <string.h>

#include <libvmm/arch/aarch64/fault.h>
#include <libvmm/guest_ram.h>
#include <microkit.h>
#include <sddf/util/cache.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "itsguard_vmm.h"

#define ITSGUARD_PAGE_BITS 12
#define ITSGUARD_PAGE      (1UL << ITSGUARD_PAGE_BITS)

static const struct itsguard_system *itsguard_system;
static struct itsg_its *itsguard_its;

/* ---- callbacks ---- */

/* The guest's RAM is its own for good, so that there is nothing to pin. */
static int itsguard_share_page(void *ctx, uint64_t pfn)
{
    (void)ctx;
    return gpa_to_hva(pfn << ITSGUARD_PAGE_BITS, ITSGUARD_PAGE) != NULL ? 0 : -1;
}

static int itsguard_unshare_page(void *ctx, uint64_t pfn)
{
    (void)ctx;
    (void)pfn;
    return 0;
}

/* The capability of a page of the guest's RAM, or 0. */
static seL4_CPtr itsguard_cap(uint64_t pfn)
{
    const uint64_t page = pfn - (itsguard_system->ram_pa >> ITSGUARD_PAGE_BITS);

    if (itsguard_system->first_frame_cap == 0 || page >= itsguard_system->ram_pages) {
        return 0;
    }
    return itsguard_system->first_frame_cap + page;
}

/* The kernel has flushed the TLBs when the call returns. */
static int itsguard_donate_page(void *ctx, uint64_t pfn)
{
    const seL4_CPtr cap = itsguard_cap(pfn);

    (void)ctx;
    if (cap == 0 || itsguard_share_page(NULL, pfn) != 0) {
        return -1;
    }
    return seL4_ARM_Page_Unmap(cap) == seL4_NoError ? 0 : -1;
}

static int itsguard_reclaim_page(void *ctx, uint64_t pfn)
{
    (void)ctx;
    return seL4_ARM_Page_Map(itsguard_cap(pfn), itsguard_system->vspace_cap,
                             pfn << ITSGUARD_PAGE_BITS, seL4_AllRights,
                             seL4_ARM_Default_VMAttributes) == seL4_NoError ? 0 : -1;
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

/* Where the VMM sees memory of the guest's or of the guard's, or NULL. */
static void *itsguard_vaddr(uint64_t pa, uint64_t bytes)
{
    const struct itsguard_memory *queue = &itsguard_system->queue;
    const struct itsguard_memory *pool = &itsguard_system->pool;

    if (pa - queue->pa < queue->bytes) {
        return (char *)queue->vaddr + (pa - queue->pa);
    }
    if (pa - pool->pa < pool->bytes) {
        return (char *)pool->vaddr + (pa - pool->pa);
    }
    return gpa_to_hva(pa, bytes);
}

static void itsguard_clean(void *vaddr, uint64_t bytes)
{
    cache_clean_and_invalidate((unsigned long)vaddr, (unsigned long)vaddr + bytes);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
    void *vaddr = itsguard_vaddr(pa, bytes);

    (void)ctx;
    if (vaddr == NULL) {
        return -1;
    }
    memset(vaddr, 0, bytes);
    itsguard_clean(vaddr, bytes);
    return 0;
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
    const volatile uint64_t *from = gpa_to_hva(pa, bytes);

    (void)ctx;
    if (from == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        uint64_t word = from[i];

        memcpy(to + i * sizeof(word), &word, sizeof(word));
    }
    return 0;
}

static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
    void *vaddr = itsguard_vaddr(pa, bytes);

    (void)ctx;
    if (vaddr == NULL) {
        return -1;
    }
    memcpy(vaddr, from, bytes);
    itsguard_clean(vaddr, bytes);
    return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
    (void)ctx;
    if (width == sizeof(uint64_t)) {
        return *(volatile uint64_t *)(itsguard_system->regs + offset);
    }
    return *(volatile uint32_t *)(itsguard_system->regs + offset);
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
    (void)ctx;
    if (width == sizeof(uint64_t)) {
        *(volatile uint64_t *)(itsguard_system->regs + offset) = value;
    } else {
        *(volatile uint32_t *)(itsguard_system->regs + offset) = (uint32_t)value;
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

/* ---- the trap: fault_handle_vm_exception() has found us, and moves the guest on ---- */

/* SAS of the fault status register: log2 of the width. */
static uint32_t itsguard_width(size_t fsr)
{
    return 1U << ((fsr >> 22) & 3);
}

/* A refused access is ignored, and reads 0: false would stop the guest. */
static bool itsguard_fault(size_t vcpu_id, size_t offset, size_t fsr, seL4_UserContext *regs,
                           void *data)
{
    uint64_t value = 0;

    (void)vcpu_id;
    (void)data;
    if (fault_is_write(fsr)) {
        value = fault_get_data(regs, fsr) & fault_get_data_mask(0, fsr);
        itsg_write(itsguard_its, offset, itsguard_width(fsr), value);
    } else {
        itsg_read(itsguard_its, offset, itsguard_width(fsr), &value);
        fault_emulate_write(regs, 0, fsr, value);
    }
    return true;
}

/* ---- beginning ---- */

bool itsguard_init(const struct itsguard_system *system, const struct itsg_its_config *config)
{
    const struct itsg_pages_config pages = {
        .page_shift = ITSGUARD_PAGE_BITS,
        .capacity = system->pages,
        .key = { config->hash_key[0], config->hash_key[1] },
    };
    const size_t head = (itsg_pages_size(&pages) + 63) & ~(size_t)63;
    struct itsg_its_config its_config = *config;
    struct itsg_pages *tracker = itsg_pages_init(system->state.vaddr, system->state.bytes, &pages);

    if (tracker == NULL || head > system->state.bytes) {
        return false;
    }
    itsguard_system = system;
    its_config.queue.pa = system->queue.pa;
    its_config.queue.bytes = system->queue.bytes;
    its_config.level1_pool.pa = system->pool.pa;
    its_config.level1_pool.bytes = system->pool.bytes;
    return itsg_its_init((char *)system->state.vaddr + head, system->state.bytes - head,
                         &its_config, tracker, &itsguard_ops, NULL, &itsguard_its) == ITSG_OK &&
           fault_register_vm_exception_handler(system->frame, ITSG_CONTROL_FRAME_BYTES,
                                               itsguard_fault, NULL);
}
