/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in Jailhouse: the root cell drives the ITS, and reaches no other cell through it.
 *
 * The trap runs on a CPU of the root cell; itsguard_lock is held in it and in cell_init(), which
 * cell_create() calls while all other CPUs of the root cell are suspended, outside any trap.
 */
#include <jailhouse/control.h>
#include <jailhouse/entry.h>
#include <jailhouse/mmio.h>
#include <jailhouse/paging.h>
#include <jailhouse/percpu.h>
#include <jailhouse/string.h>
#include <jailhouse/unit.h>
#include <asm/dcaches.h>
#include <asm/processor.h>
#include <asm/spinlock.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "itsguard_jailhouse.h"

#define ITSGUARD_QUEUE_BYTES	0x10000

static DEFINE_SPINLOCK(itsguard_lock);
static struct itsg_pages *itsguard_pages;
static struct itsg_its *itsguard_its;
static void *itsguard_regs;

/* ---- callbacks ---- */

static bool itsguard_overlaps(const struct jailhouse_memory *mem, unsigned long phys)
{
	return mem->phys_start < phys + PAGE_SIZE && phys < mem->phys_start + mem->size;
}

/* The root cell's own region that holds this page whole, 1:1 and as RAM; NULL if there is none. */
static const struct jailhouse_memory *itsguard_root_ram(unsigned long phys)
{
	const struct jailhouse_memory *mem;
	unsigned int n;

	for_each_mem_region(mem, root_cell.config, n)
		if (mem->phys_start == mem->virt_start && mem->phys_start <= phys &&
		    phys + PAGE_SIZE <= mem->phys_start + mem->size &&
		    (mem->flags & JAILHOUSE_MEM_READ) && (mem->flags & JAILHOUSE_MEM_WRITE) &&
		    !(mem->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION |
				    JAILHOUSE_MEM_ROOTSHARED)))
			return mem;
	return NULL;
}

/* Has any other cell this page, be it on loan while it is loaded? */
static bool itsguard_lent(unsigned long phys)
{
	const struct jailhouse_memory *mem;
	struct cell *cell;
	unsigned int n;

	for_each_non_root_cell(cell)
		for_each_mem_region(mem, cell->config, n)
			if (itsguard_overlaps(mem, phys))
				return true;
	return false;
}

/* Nothing to change: what keeps the page with the root cell is itsguard_cell_init(). */
static int itsguard_share_page(void *ctx, uint64_t pfn)
{
	unsigned long phys = pfn * PAGE_SIZE;

	return itsguard_root_ram(phys) && !itsguard_lent(phys) ? 0 : -EPERM;
}

static int itsguard_unshare_page(void *ctx, uint64_t pfn)
{
	return 0;
}

static struct jailhouse_memory itsguard_page_of(const struct jailhouse_memory *region,
						unsigned long phys)
{
	struct jailhouse_memory page;

	memset(&page, 0, sizeof(page));
	page.phys_start = phys;
	page.virt_start = phys;
	page.size = PAGE_SIZE;
	page.flags = region->flags;
	return page;
}

/*
 * Only out of a region that is mapped by pages: to split a block under a running cell would take
 * its CPUs to be stopped, as cell_create() does.
 */
static int itsguard_donate_page(void *ctx, uint64_t pfn)
{
	unsigned long phys = pfn * PAGE_SIZE;
	const struct jailhouse_memory *region = itsguard_root_ram(phys);
	struct jailhouse_memory page;

	if (!region || !(region->flags & JAILHOUSE_MEM_NO_HUGEPAGES) || itsguard_lent(phys))
		return -EPERM;

	page = itsguard_page_of(region, phys);
	return arch_unmap_memory_region(&root_cell, &page);
}

static int itsguard_reclaim_page(void *ctx, uint64_t pfn)
{
	unsigned long phys = pfn * PAGE_SIZE;
	const struct jailhouse_memory *region = itsguard_root_ram(phys);
	struct jailhouse_memory page;

	if (!region)
		return -EPERM;
	page = itsguard_page_of(region, phys);
	return arch_map_memory_region(&root_cell, &page);
}

static uint64_t itsguard_share(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_share_page, ctx, pfn, count);
}

static uint64_t itsguard_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_unshare_page, ctx, pfn, count);
}

/* One invalidation for all pages: inner shareable, of this VMID, for we are in a trap of the root cell. */
static uint64_t itsguard_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	uint64_t done = itsg_each_page(itsguard_donate_page, ctx, pfn, count);

	if (done > 0) {
		dsb(ish);
		arm_paging_vcpu_flush_tlbs();
		dsb(ish);
	}
	return done;
}

static uint64_t itsguard_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return itsg_each_page(itsguard_reclaim_page, ctx, pfn, count);
}

/* A page of the root cell in this CPU's window for such things. */
static u8 *itsguard_map(unsigned long phys)
{
	int err = paging_create(&this_cpu_data()->pg_structs, phys, PAGE_SIZE,
				TEMPORARY_MAPPING_BASE, PAGE_DEFAULT_FLAGS,
				PAGING_NON_COHERENT | PAGING_NO_HUGE);

	return err ? NULL : (u8 *)TEMPORARY_MAPPING_BASE + (phys & PAGE_OFFS_MASK);
}

static void itsguard_clean(void *from, long size)
{
	arm_dcaches_flush(from, size, DCACHE_CLEAN_AND_INVALIDATE);
	dsb(sy);
}

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	while (bytes > 0) {
		unsigned long part = PAGE_SIZE - (pa & PAGE_OFFS_MASK);
		u8 *va = itsguard_map(pa);

		if (!va)
			return -ENOMEM;
		if (part > bytes)
			part = bytes;
		memset(va, 0, part);
		itsguard_clean(va, part);
		pa += part;
		bytes -= part;
	}
	return 0;
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const volatile u64 *from = (const volatile u64 *)itsguard_map(pa);
	unsigned int n;

	if (!from)
		return -ENOMEM;
	for (n = 0; n < bytes / sizeof(u64); n++) {
		u64 word = from[n];

		memcpy(to + n * sizeof(u64), &word, sizeof(u64));
	}
	return 0;
}

static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	void *va = paging_phys2hvirt(pa);

	memcpy(va, from, bytes);
	itsguard_clean(va, bytes);
	return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	return width == 8 ? mmio_read64(itsguard_regs + offset) :
			    mmio_read32(itsguard_regs + offset);
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	if (width == 8)
		mmio_write64(itsguard_regs + offset, value);
	else
		mmio_write32(itsguard_regs + offset, value);
}

static const struct itsg_ops itsguard_ops = {
	.share		= itsguard_share,
	.unshare	= itsguard_unshare,
	.donate		= itsguard_donate,
	.reclaim	= itsguard_reclaim,
	.zero		= itsguard_zero,
	.fetch		= itsguard_fetch,
	.store		= itsguard_store,
	.reg_read	= itsguard_reg_read,
	.reg_write	= itsguard_reg_write,
};

/* ---- the trap: arch_handle_dabt() has decoded it ---- */

/* A refused access is ignored, and reads 0: MMIO_ERROR would stop the root cell. */
static enum mmio_result itsguard_access(void *arg, struct mmio_access *mmio)
{
	uint64_t value = 0;

	spin_lock(&itsguard_lock);
	if (mmio->is_write) {
		itsg_write(itsguard_its, mmio->address, mmio->size, mmio->value);
	} else {
		itsg_read(itsguard_its, mmio->address, mmio->size, &value);
		mmio->value = value;
	}
	spin_unlock(&itsguard_lock);
	return MMIO_HANDLED;
}

/* ---- the unit ---- */

/* Powers of two are aligned to their size: the queue and the pool to 64 KB and more. */
static void *itsguard_alloc(unsigned long bytes)
{
	unsigned int pages = 16;

	while (pages < PAGES(bytes))
		pages *= 2;
	return page_alloc_aligned(&mem_pool, pages);
}

static int itsguard_make_tracker(const struct itsguard_board *board)
{
	struct itsg_pages_config config;
	void *mem;

	config.page_shift = 12;
	config.capacity = board->pages;
	config.key[0] = board->hash_key[0];
	config.key[1] = board->hash_key[1];
	mem = itsguard_alloc(itsg_pages_size(&config));
	if (mem)
		itsguard_pages = itsg_pages_init(mem, itsg_pages_size(&config), &config);
	return itsguard_pages ? 0 : -ENOMEM;
}

static int itsguard_make_its(const struct itsguard_board *board)
{
	struct itsg_its_config config = board->config;
	void *queue = itsguard_alloc(ITSGUARD_QUEUE_BYTES);
	void *pool = itsguard_alloc(config.level1_pool.bytes);
	void *mem;

	if (!queue || !pool)
		return -ENOMEM;
	config.queue.pa = paging_hvirt2phys(queue);
	config.queue.bytes = ITSGUARD_QUEUE_BYTES;
	config.level1_pool.pa = paging_hvirt2phys(pool);
	mem = itsguard_alloc(itsg_its_size(&config));
	if (!mem)
		return -ENOMEM;
	if (itsg_its_init(mem, itsg_its_size(&config), &config, itsguard_pages, &itsguard_ops,
			  NULL, &itsguard_its) != ITSG_OK)
		return -EIO;
	return 0;
}

/* Memory that a failure leaves behind goes with the hypervisor, which does not start then. */
static int itsguard_init(void)
{
	const struct itsguard_board *board = itsguard_board();
	int err;

	if (!board)
		return 0;
	itsguard_regs = paging_map_device(board->frame, ITSG_CONTROL_FRAME_BYTES);
	if (!itsguard_regs)
		return -ENOMEM;
	err = itsguard_make_tracker(board);
	if (!err)
		err = itsguard_make_its(board);
	if (!err)
		mmio_region_register(&root_cell, board->frame, ITSG_CONTROL_FRAME_BYTES,
				     itsguard_access, NULL);
	return err;
}

static unsigned int itsguard_mmio_count_regions(struct cell *cell)
{
	return cell == &root_cell && itsguard_board() ? 1 : 0;
}

/*
 * The pin. A new cell gets its memory from the root cell: not while the ITS may use it. It gets no
 * frame of the ITS either, or the guard would not be alone with it.
 */
static int itsguard_cell_init(struct cell *cell)
{
	const struct jailhouse_memory *mem;
	struct itsg_page_info page;
	uint32_t slot = 0;
	unsigned int n;
	int err = 0;

	if (!itsguard_pages || cell == &root_cell)
		return 0;
	spin_lock(&itsguard_lock);
	while (!err && itsg_pages_next(itsguard_pages, &slot, &page))
		for_each_mem_region(mem, cell->config, n)
			if (itsguard_overlaps(mem, page.pfn * PAGE_SIZE))
				err = -EBUSY;
	spin_unlock(&itsguard_lock);
	return err;
}

static void itsguard_cell_exit(struct cell *cell)
{
}

DEFINE_UNIT_SHUTDOWN_STUB(itsguard);
DEFINE_UNIT_CONFIG_COMMIT_STUB(itsguard);
DEFINE_UNIT(itsguard, "ITS guard");
