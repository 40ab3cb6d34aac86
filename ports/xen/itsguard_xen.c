/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in Xen on Arm: a direct-mapped domain drives a physical ITS, and reaches no other
 * domain's memory through it.
 *
 * Lock order: itsguard_lock, then the p2m lock of the domain (inside the callbacks).
 */
#include <xen/errno.h>
#include <xen/domain_page.h>
#include <xen/lib.h>
#include <xen/mm.h>
#include <xen/random.h>
#include <xen/sched.h>
#include <xen/spinlock.h>
#include <xen/string.h>
#include <xen/vmap.h>

#include <asm/io.h>
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/page.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "itsguard_xen.h"

#define ITSGUARD_MAX_ITS 8
#define ITSGUARD_QUEUE_BYTES KB(64)

struct itsguard_its {
    paddr_t frame;
    void __iomem *regs;
    struct itsg_its *its;
};

static DEFINE_SPINLOCK(itsguard_lock);
static struct domain *itsguard_domain;
static struct itsg_pages *itsguard_pages;
static struct itsguard_its itsguard_its[ITSGUARD_MAX_ITS];
static unsigned int itsguard_nr_its;

/* ---- callbacks ---- */

/* Ordinary memory of the domain's own, direct mapped; with a reference. */
static struct page_info *itsguard_get_ram(uint64_t pfn)
{
    struct page_info *page;
    p2m_type_t t;

    page = get_page_from_gfn(itsguard_domain, pfn, &t, P2M_ALLOC);
    if ( !page )
        return NULL;

    if ( t == p2m_ram_rw && page_get_owner(page) == itsguard_domain &&
         mfn_x(page_to_mfn(page)) == pfn )
        return page;

    put_page(page);

    return NULL;
}

/*
 * The reference is the pin: until it is put the page is not freed, and so goes to no other domain,
 * whatever the domain does to its p2m.
 */
static int itsguard_share_page(void *ctx, uint64_t pfn)
{
    return itsguard_get_ram(pfn) ? 0 : -EPERM;
}

static int itsguard_unshare_page(void *ctx, uint64_t pfn)
{
    put_page(mfn_to_page(_mfn(pfn)));

    return 0;
}

/*
 * Out of the domain's p2m, TLBs included, and nobody else may have it mapped: no references but the
 * allocation's and ours. Once it is out, nobody can take a new one through the domain's p2m.
 */
static int itsguard_donate_page(void *ctx, uint64_t pfn)
{
    struct page_info *page = itsguard_get_ram(pfn);
    int rc;

    if ( !page )
        return -EPERM;

    rc = guest_physmap_remove_page(itsguard_domain, _gfn(pfn), _mfn(pfn), 0);
    if ( !rc && (page->count_info & PGC_count_mask) != 2 )
    {
        rc = guest_physmap_add_entry(itsguard_domain, _gfn(pfn), _mfn(pfn), 0, p2m_ram_rw);
        /* Not even that: the page stays out of reach, and referenced. */
        if ( rc )
            return rc;
        rc = -EBUSY;
    }
    if ( rc )
        put_page(page);

    return rc;
}

static int itsguard_reclaim_page(void *ctx, uint64_t pfn)
{
    int rc = guest_physmap_add_entry(itsguard_domain, _gfn(pfn), _mfn(pfn), 0, p2m_ram_rw);

    if ( !rc )
        put_page(mfn_to_page(_mfn(pfn)));

    return rc;
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

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
    while ( bytes )
    {
        unsigned long part = min_t(uint64_t, bytes, PAGE_SIZE - (pa & ~PAGE_MASK));
        char *page = map_domain_page(_mfn(pa >> PAGE_SHIFT));
        char *p = page + (pa & ~PAGE_MASK);

        memset(p, 0, part);
        clean_and_invalidate_dcache_va_range(p, part);
        unmap_domain_page(page);
        pa += part;
        bytes -= part;
    }

    return 0;
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
    const char *page = map_domain_page(_mfn(pa >> PAGE_SHIFT));
    const volatile uint64_t *from = (const void *)(page + (pa & ~PAGE_MASK));
    unsigned int i;

    for ( i = 0; i < bytes / sizeof(*from); i++ )
    {
        uint64_t word = from[i];

        memcpy(to + i * sizeof(word), &word, sizeof(word));
    }
    unmap_domain_page(page);

    return 0;
}

static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
    void *va = maddr_to_virt(pa); /* xenheap */

    memcpy(va, from, bytes);
    clean_and_invalidate_dcache_va_range(va, bytes); /* ends in DSB SY */

    return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
    const struct itsguard_its *its = ctx;

    return width == sizeof(uint64_t) ? readq(its->regs + offset) : readl(its->regs + offset);
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
    const struct itsguard_its *its = ctx;

    if ( width == sizeof(uint64_t) )
        writeq(value, its->regs + offset);
    else
        writel(value, its->regs + offset);
}

static void itsguard_event(void *ctx, const struct itsg_event *event)
{
    const struct itsguard_its *its = ctx;

    gprintk(XENLOG_DEBUG, "itsguard %#"PRIpaddr": event %d, reason %d, at %#x, value %#"PRIx64"\n",
            its->frame, event->kind, event->reason, event->offset, event->value);
    if ( event->pa )
        gprintk(XENLOG_DEBUG, "itsguard %#"PRIpaddr": by %#x, address %#"PRIx64", callback %d\n",
                its->frame, event->culprit, event->pa, event->callback);
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
    .event = itsguard_event,
};

/* ---- the trap: io.c has decoded it ---- */

/* A refused access is ignored, and reads 0: an abort would be a new behaviour for a driver. */
static int itsguard_mmio_read(struct vcpu *v, mmio_info_t *info, register_t *r, void *priv)
{
    struct itsguard_its *its = priv;
    uint64_t value = 0;

    spin_lock(&itsguard_lock);
    itsg_read(its->its, info->gpa - its->frame, 1U << info->dabt.size, &value);
    spin_unlock(&itsguard_lock);
    *r = value;

    return 1;
}

static int itsguard_mmio_write(struct vcpu *v, mmio_info_t *info, register_t r, void *priv)
{
    struct itsguard_its *its = priv;

    spin_lock(&itsguard_lock);
    itsg_write(its->its, info->gpa - its->frame, 1U << info->dabt.size, r);
    spin_unlock(&itsguard_lock);

    return 1;
}

static const struct mmio_handler_ops itsguard_mmio_ops = {
    .read = itsguard_mmio_read,
    .write = itsguard_mmio_write,
};

/* ---- beginning ---- */

static void *itsguard_alloc(uint64_t bytes)
{
    return alloc_xenheap_pages(get_order_from_bytes(bytes), 0);
}

static uint64_t itsguard_random(void)
{
    uint64_t high = get_random();

    return high << 32 | get_random();
}

static int itsguard_make_tracker(unsigned int pages)
{
    const struct itsg_pages_config config = {
        .page_shift = PAGE_SHIFT,
        .capacity = pages,
        .key = { itsguard_random(), itsguard_random() },
    };
    size_t size = itsg_pages_size(&config);
    void *mem = size ? itsguard_alloc(size) : NULL;

    if ( mem )
        itsguard_pages = itsg_pages_init(mem, size, &config);

    return itsguard_pages ? 0 : -ENOMEM;
}

/* xenheap pages of an order are aligned to their size, which is 64 KB here at least. */
static int itsguard_start(struct itsguard_its *its, const struct itsg_its_config *from)
{
    struct itsg_its_config config = *from;
    uint64_t pool_bytes = max_t(uint64_t, config.level1_pool.bytes, KB(64));
    void *queue = itsguard_alloc(ITSGUARD_QUEUE_BYTES);
    void *pool = itsguard_alloc(pool_bytes);
    void *mem = NULL;
    size_t size;

    if ( queue && pool )
    {
        config.queue.pa = virt_to_maddr(queue);
        config.queue.bytes = ITSGUARD_QUEUE_BYTES;
        config.level1_pool.pa = virt_to_maddr(pool);
        size = itsg_its_size(&config);
        mem = size ? itsguard_alloc(size) : NULL;
        if ( mem && itsg_its_init(mem, size, &config, itsguard_pages, &itsguard_ops, its,
                                  &its->its) == ITSG_OK )
            return 0;
        free_xenheap_pages(mem, mem ? get_order_from_bytes(size) : 0);
    }
    free_xenheap_pages(queue, get_order_from_bytes(ITSGUARD_QUEUE_BYTES));
    free_xenheap_pages(pool, get_order_from_bytes(pool_bytes));

    return -ENODEV;
}

int itsguard_add_its(struct domain *d, paddr_t frame, const struct itsg_its_config *config,
                     unsigned int pages)
{
    struct itsguard_its *its = &itsguard_its[itsguard_nr_its];
    int rc = 0;

    if ( itsguard_nr_its == ITSGUARD_MAX_ITS || !is_domain_direct_mapped(d) ||
         (itsguard_domain && itsguard_domain != d) )
        return -EINVAL;

    if ( !itsguard_pages )
        rc = itsguard_make_tracker(pages);
    if ( rc )
        return rc;

    its->frame = frame;
    its->regs = ioremap_nocache(frame, ITSG_CONTROL_FRAME_BYTES);
    if ( !its->regs )
        return -ENOMEM;

    rc = itsguard_start(its, config);
    if ( rc )
    {
        iounmap(its->regs);
        return rc;
    }

    itsguard_domain = d;
    itsguard_nr_its++;
    register_mmio_handler(d, &itsguard_mmio_ops, frame, ITSG_CONTROL_FRAME_BYTES, its);

    return 0;
}
