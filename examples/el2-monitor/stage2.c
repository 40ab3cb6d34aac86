/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The host's stage 2: one to one, 40 bits, start level 1 (two tables side by side). RAM is mapped
 * by the page, and each page has one owner. The ITS control frame and the
 * frames of the redistributors that hold addresses are left out, so accesses trap.
 */
#include "monitor.h"

#define ENTRIES    512
#define LEVEL1     1024
#define RAM_PAGES  (VIRT_MAX_RAM / PAGE_SIZE)
#define BLOCK      0x200000ul
#define GIC_BLOCK  (VIRT_GICD / BLOCK)
#define TABLE      3ul
#define PAGE       3ul
#define LEAF_BLOCK 1ul
/* Normal write-back (what stage 1 calls Device stays Device), inner shareable, read and write. */
#define HOST_LEAF (0xful << 2 | 3ul << 6 | 3ul << 8 | 1ul << 10)

/* 40 bits of input, start level 1, 40 bits of output, 4 KB, write-back inner shareable walks. */
#define VTCR (1ul << 31 | 2ul << 16 | 3ul << 12 | 1ul << 10 | 1ul << 8 | 1ul << 6 | 24ul)
/* EL1 is AArch64, SMC traps, stage 2 on; pointer authentication (APK, API) is the host's. */
#define HCR (1ul << 41 | 1ul << 40 | 1ul << 31 | 1ul << 19 | 1ul << 1 | 1ul << 0)

static uint64_t level1[LEVEL1] __attribute__((aligned(8192)));
static uint64_t low[ENTRIES] __attribute__((aligned(4096))); /* level 2: the board's devices */
static uint64_t gic[GIC_BYTES / PAGE_SIZE] __attribute__((aligned(4096))); /* level 3 */
static uint64_t ram[ENTRIES] __attribute__((aligned(4096)));               /* level 2 */
static uint64_t ram_pages[RAM_PAGES] __attribute__((aligned(4096))); /* level 3, side by side */
static uint8_t states[RAM_PAGES];                                    /* enum page_state */
static uint64_t counts[PAGE_STATES];

static bool in_ram(uint64_t pfn)
{
	return pfn >= VIRT_RAM >> PAGE_SHIFT && pfn - (VIRT_RAM >> PAGE_SHIFT) < RAM_PAGES;
}

static uint64_t index_of(uint64_t pfn)
{
	return pfn - (VIRT_RAM >> PAGE_SHIFT);
}

static bool host_has_access(enum page_state state)
{
	return state == PAGE_HOST || state == PAGE_SHARED;
}

enum page_state page_state(uint64_t pfn)
{
	return in_ram(pfn) ? (enum page_state)states[index_of(pfn)] : PAGE_NONE;
}

uint64_t page_count(enum page_state state)
{
	return counts[state];
}

/* No CPU has a translation of these pages any more when this returns. */
static void forget_translations(uint64_t pfn, uint64_t count)
{
	barrier("dsb ishst");
	for (uint64_t i = 0; i < count; i++)
		__asm__ volatile("tlbi ipas2e1is, %0" : : "r"(pfn + i) : "memory");
	barrier("dsb ish");
	barrier("tlbi vmalle1is"); /* what stage 1 and stage 2 make together */
	barrier("dsb ish");
	barrier("isb");
}

static void move_one(uint64_t pfn, enum page_state from, enum page_state to)
{
	volatile uint64_t *entry = &ram_pages[index_of(pfn)];

	states[index_of(pfn)] = (uint8_t)to;
	counts[from]--;
	counts[to]++;
	if (host_has_access(from) != host_has_access(to))
		*entry = host_has_access(to) ? pfn << PAGE_SHIFT | HOST_LEAF | PAGE : 0;
}

/*
 * The only function that changes who owns a page: of `count` pages the first ones that are `from`.
 * How many that are.
 */
uint64_t pages_move(uint64_t pfn, uint64_t count, enum page_state from, enum page_state to)
{
	uint64_t done = 0;

	for (; done < count && page_state(pfn + done) == from && from != PAGE_NONE; done++)
		move_one(pfn + done, from, to);
	if (host_has_access(from) && !host_has_access(to))
		forget_translations(pfn, done);
	else
		barrier("dsb ishst");
	return done;
}

static uint64_t gic_leaf(uint64_t pa)
{
	uint32_t rd, offset;
	bool trapped = pa >= VIRT_ITS && pa < VIRT_ITS + ITS_FRAME_BYTES;

	return trapped || rd_at(pa, &rd, &offset) ? 0 : pa | HOST_LEAF | PAGE;
}

static void map_devices(void)
{
	for (uint64_t i = 0; i < ENTRIES; i++)
		low[i] = i * BLOCK | HOST_LEAF | LEAF_BLOCK;
	low[VIRT_UNUSED / BLOCK] = 0;
	for (uint64_t i = 0; i < GIC_BYTES / PAGE_SIZE; i++)
		gic[i] = gic_leaf(VIRT_GICD + i * PAGE_SIZE);
	for (uint64_t i = 0; i < GIC_BYTES / BLOCK; i++)
		low[GIC_BLOCK + i] = (uintptr_t)&gic[i * ENTRIES] | TABLE;
}

static void map_ram(uint64_t ram_bytes)
{
	uint64_t first = VIRT_RAM >> PAGE_SHIFT;
	uint64_t pa;

	for (uint64_t i = 0; i < ram_bytes / BLOCK; i++)
		ram[i] = (uintptr_t)&ram_pages[i * ENTRIES] | TABLE;
	for (uint64_t i = 0; i < ram_bytes / PAGE_SIZE; i++) {
		states[i] = PAGE_MONITOR;
		counts[PAGE_MONITOR]++;
		pa = VIRT_RAM + i * PAGE_SIZE;
		if (pa < (uintptr_t)image_start || pa >= (uintptr_t)image_end)
			(void)pages_move(first + i, 1, PAGE_MONITOR, PAGE_HOST);
	}
}

void stage2_build(uint64_t ram_bytes)
{
	if (ram_bytes > VIRT_MAX_RAM || ram_bytes % BLOCK != 0)
		panic("more RAM than the page states have room for", ram_bytes);
	map_devices();
	map_ram(ram_bytes);
	level1[0] = (uintptr_t)low | TABLE;
	level1[VIRT_RAM >> 30] = (uintptr_t)ram | TABLE;
	/* PCI configuration space and memory, far above RAM. */
	for (uint64_t i = (VIRT_RAM >> 30) + 1; i < LEVEL1; i++)
		level1[i] = i << 30 | HOST_LEAF | LEAF_BLOCK;
	barrier("dsb sy");
}

void stage2_enable(void)
{
	write_sysreg(vtcr_el2, VTCR);
	write_sysreg(vttbr_el2, (uintptr_t)level1);
	write_sysreg(hcr_el2, HCR);
	barrier("isb");
	barrier("tlbi alle1");
	barrier("dsb sy");
	barrier("isb");
}
