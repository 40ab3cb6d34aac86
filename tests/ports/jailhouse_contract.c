/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Jailhouse over a model of the root cell's RAM, some pages of it, and another cell. */
#include "contract.h"

#include "itsguard_jailhouse.c"
#include "src/pfn_tracker.c"

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
	.phys_start = 0,
	.virt_start = 0,
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
	root_region.size = PA; /* ends where the page begins */
}

static void not_1to1(void)
{
	owned();
	root_region.virt_start = 0x100000;
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
	contract_fail_at = 0;
	owned();
	flushes = 0;
	itsguard_donate(NULL, CONTRACT_PFN, CONTRACT_PAGES);
	contract_expect(flushes == 1, "one invalidation for all", "donate");
	return 0;
}
