/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Jailhouse over a model of the root cell's RAM, some pages of it, and another cell. */
#include "contract.h"

#include "itsguard_jailhouse.c"
#include "src/pfn_tracker.c"
#include "conformance.h"

#define PA ((unsigned long)CONTRACT_PFN * PAGE_SIZE)

struct page {
	int mapped; /* in the root cell */
	int flushed;
};

static struct page pages[CONTRACT_PAGES];
static int flushes;

static struct jailhouse_memory root_region, cell_region;
static struct jailhouse_cell_desc root_config = {1}, cell_config = {1};
static struct cell other = {&cell_config, NULL};
struct cell root_cell = {&root_config, NULL};
static u64 tracker[64] __attribute__((aligned(64)));

const struct jailhouse_memory *jailhouse_cell_mem_regions(const struct jailhouse_cell_desc *config)
{
	return config == &root_config ? &root_region : &cell_region;
}

int arch_map_memory_region(struct cell *cell, const struct jailhouse_memory *mem)
{
	struct page *page = &pages[contract_page(mem->phys_start / PAGE_SIZE)];

	contract_expect(cell == &root_cell && mem->size == PAGE_SIZE &&
				mem->virt_start == mem->phys_start &&
				mem->flags == root_region.flags,
			"the page as it was", "map");
	if (contract_fails())
		return -ENOMEM;
	page->mapped = 1;
	page->flushed = 0;
	return 0;
}

int arch_unmap_memory_region(struct cell *cell, const struct jailhouse_memory *mem)
{
	struct page *page = &pages[contract_page(mem->virt_start / PAGE_SIZE)];

	contract_expect(cell == &root_cell && mem->size == PAGE_SIZE, "one page", "unmap");
	if (contract_fails())
		return -ENOMEM;
	page->mapped = 0;
	return 0;
}

void arm_paging_vcpu_flush_tlbs(void)
{
	flushes++;
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		pages[i].flushed = !pages[i].mapped;
}

static const struct jailhouse_memory ram = {
	.phys_start = PA - 5 * PAGE_SIZE,
	.virt_start = PA - 5 * PAGE_SIZE,
	.size = 0x10000,
	.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_NO_HUGEPAGES,
};

static void owned(void)
{
	root_region = ram;
	root_cell.next = NULL;
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		pages[i] = (struct page){1, 0};
}

static void donated(void)
{
	owned();
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		pages[i] = (struct page){0, 1};
}

static void lent(void)
{
	owned();
	root_cell.next = &other;
	cell_region = ram;
	cell_region.phys_start = PA;
	cell_region.size = PAGE_SIZE;
}

static void huge(void)
{
	owned();
	root_region.flags &= ~(u64)JAILHOUSE_MEM_NO_HUGEPAGES;
}

static void device(void)
{
	owned();
	root_region.flags |= JAILHOUSE_MEM_IO;
}

static void shared_with_cells(void)
{
	owned();
	root_region.flags |= JAILHOUSE_MEM_ROOTSHARED;
}

static void elsewhere(void)
{
	owned();
	root_region.size = 5 * PAGE_SIZE; /* ends where the page begins */
}

static void not_1to1(void)
{
	owned();
	root_region.virt_start += 0x100000;
}

static int is_owned(unsigned int i)
{
	return pages[i].mapped && !pages[i].flushed;
}

static int is_donated(unsigned int i)
{
	return !pages[i].mapped && pages[i].flushed;
}

/* A new cell is refused while the guard holds a page of its regions, and only then. */
static void check_pin(void)
{
	const struct itsg_pages_config config = {12, 8, {1, 2}};
	const struct itsg_run run = {PA + 0x100, 0x100};

	owned();
	itsguard_pages = itsg_pages_init(tracker, sizeof(tracker), &config);
	contract_expect(itsguard_pages != NULL, "a tracker", "pin");
	cell_region = ram;
	cell_region.phys_start = PA;
	cell_region.size = PAGE_SIZE;
	contract_expect(itsguard_cell_init(&other) == 0, "refused for nothing", "pin");
	itsg_pages_take(itsguard_pages, &run, ITSG_SHARED);
	contract_expect(itsguard_cell_init(&other) == -EBUSY, "a held page went to a cell", "pin");
	contract_expect(itsguard_cell_init(&root_cell) == 0, "the root cell refused", "pin");
	cell_region.phys_start = PA + PAGE_SIZE;
	contract_expect(itsguard_cell_init(&other) == 0, "the page behind is free", "pin");
	cell_region.phys_start = PA - PAGE_SIZE;
	contract_expect(itsguard_cell_init(&other) == 0, "the page before is free", "pin");
	cell_region.size = 2 * PAGE_SIZE;
	contract_expect(itsguard_cell_init(&other) == -EBUSY, "the end of a region", "pin");
	itsg_pages_drop(itsguard_pages, &run, ITSG_SHARED);
	contract_expect(itsguard_cell_init(&other) == 0, "refused after the drop", "pin");
}

void spin_lock(spinlock_t *lock)
{
	contract_expect(lock->tickets++ == 0, "locked twice", "lock");
}

void spin_unlock(spinlock_t *lock)
{
	contract_expect(--lock->tickets == 0, "not locked", "lock");
}

/* ---- all callbacks, with the pin: the tracker, in which the guard enters what it holds ---- */

typedef uint64_t contract_callback(void *ctx, uint64_t pfn, uint64_t count);

static struct itsg_run contract_run(uint64_t pfn)
{
	return (struct itsg_run){pfn * PAGE_SIZE, 256};
}

static uint64_t contract_get(contract_callback *call, enum itsg_kind kind, uint64_t pfn,
			     uint64_t count)
{
	struct itsg_run run;
	uint64_t mine, done;

	for (mine = 0; mine < count; mine++) {
		run = contract_run(pfn + mine);
		if (itsg_pages_take(itsguard_pages, &run, kind) != ITSG_PAGES_OK)
			break;
	}
	done = mine ? call(NULL, pfn, mine) : 0;
	for (uint64_t i = done; i < mine; i++) {
		run = contract_run(pfn + i);
		itsg_pages_drop(itsguard_pages, &run, kind);
	}
	return done;
}

static uint64_t contract_put(contract_callback *call, enum itsg_kind kind, uint64_t pfn,
			     uint64_t count)
{
	const uint64_t done = call(NULL, pfn, count);

	for (uint64_t i = 0; i < done; i++) {
		const struct itsg_run run = contract_run(pfn + i);

		itsg_pages_drop(itsguard_pages, &run, kind);
	}
	return done;
}

static uint64_t tracked_share(void *ctx, uint64_t pfn, uint64_t count)
{
	return contract_get(itsguard_share, ITSG_SHARED, pfn, count);
}

static uint64_t tracked_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	return contract_put(itsguard_unshare, ITSG_SHARED, pfn, count);
}

static uint64_t tracked_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	return contract_get(itsguard_donate, ITSG_DONATED, pfn, count);
}

static uint64_t tracked_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return contract_put(itsguard_reclaim, ITSG_DONATED, pfn, count);
}

/* To a new cell that has this page. */
static int model_give(unsigned int i)
{
	cell_region = ram;
	cell_region.phys_start = PA + i * PAGE_SIZE;
	cell_region.size = PAGE_SIZE;
	if (itsguard_cell_init(&other))
		return 0;
	root_cell.next = &other;
	return 1;
}

static void model_take_back(unsigned int i)
{
	(void)i;
	root_cell.next = NULL;
}

/* By its stage 2, or what a TLB has of that. */
static int model_can_write(unsigned int i)
{
	return pages[i].mapped || !pages[i].flushed;
}

static unsigned long window; /* what the window of this CPU shows */

struct per_cpu *this_cpu_data(void)
{
	static struct per_cpu cpu;

	return &cpu;
}

int paging_create(const struct paging_structures *pg_structs, unsigned long phys,
		  unsigned long size, unsigned long virt, unsigned long access_flags,
		  unsigned long paging_flags)
{
	window = phys & ~(PAGE_SIZE - 1ul);
	return mmap((void *)virt, size, 3, 0x11, model_memory, (long)(window - MODEL_PA)) ==
			       (void *)virt
		       ? 0
		       : -ENOMEM;
}

void *paging_phys2hvirt(unsigned long phys)
{
	return (void *)phys;
}

void arm_dcaches_flush(void *addr, long size, enum dcache_flush flush)
{
	unsigned long pa = (unsigned long)addr;

	if (pa >= TEMPORARY_MAPPING_BASE)
		pa = window + (pa - TEMPORARY_MAPPING_BASE);
	model_clean(pa, (unsigned long)size);
}

u32 mmio_read32(void *address)
{
	return *(volatile u32 *)address;
}

u64 mmio_read64(void *address)
{
	return *(volatile u64 *)address;
}

void mmio_write32(void *address, u32 value)
{
	*(volatile u32 *)address = value;
}

void mmio_write64(void *address, u64 value)
{
	*(volatile u64 *)address = value;
}

static void check_conformance(void)
{
	const struct itsg_pages_config config = {12, 8, {1, 2}};
	struct itsg_ops ops = itsguard_ops;

	ops.share = tracked_share;
	ops.unshare = tracked_unshare;
	ops.donate = tracked_donate;
	ops.reclaim = tracked_reclaim;
	model_begin();
	owned();
	itsguard_regs = model_its;
	itsguard_pages = itsg_pages_init(tracker, sizeof(tracker), &config);
	contract_expect(itsguard_pages != NULL, "a tracker", "conformance");
	model_conforms(&ops, NULL, NULL, NULL);
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		contract_expect(pages[i].mapped && !root_cell.next, "something stays",
				"conformance");
	contract_expect(itsg_pages_count(itsguard_pages) == 0, "something is held", "conformance");
}

#define STEP(callback, from, to)                                                                   \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, (unsigned long (*)(void *, unsigned long, unsigned long))callback,      \
			from, to, pages, sizeof(pages[0]), 0                                       \
	}

int main(void)
{
	static void (*const unfit[])(void) = {lent, device, shared_with_cells, elsewhere, not_1to1};

	contract_step(STEP(itsguard_share, owned, is_owned));
	contract_step(STEP(itsguard_unshare, owned, is_owned));
	contract_step(STEP(itsguard_donate, owned, is_donated));
	contract_step(STEP(itsguard_reclaim, donated, is_owned));
	for (unsigned int i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		contract_refuses(STEP(itsguard_share, unfit[i], NULL));
		contract_refuses(STEP(itsguard_donate, unfit[i], NULL));
	}
	contract_refuses(STEP(itsguard_donate, huge, NULL));
	check_pin();
	check_conformance();
	contract_fail_at = 0;
	owned();
	flushes = 0;
	itsguard_donate(NULL, CONTRACT_PFN, CONTRACT_PAGES);
	contract_expect(flushes == 1, "one invalidation for all", "donate");
	return 0;
}
