/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The monitor's own page table: itself, RAM, the GIC and the console, one to one. Code is
 * read-only, and nothing else is executable. Built with the MMU off, by the first CPU.
 */
#include "monitor.h"

#define ENTRIES   512
#define BLOCK     0x200000ul
#define TABLE     3ul
#define PAGE      3ul
#define BLOCK_2MB 1ul
#define DEVICE    (0ul << 2)
#define NORMAL    (1ul << 2 | 3ul << 8) /* inner shareable */
#define READWRITE (1ul << 6)
#define READONLY  (3ul << 6)
#define ACCESSED  (1ul << 10)
#define NO_EXEC   (1ul << 54)

/* start.S names the root. */
uint64_t el2map_root[ENTRIES] __attribute__((aligned(4096)));
static uint64_t devices[ENTRIES] __attribute__((aligned(4096)));
static uint64_t ram[ENTRIES] __attribute__((aligned(4096)));
static uint64_t image[ENTRIES] __attribute__((aligned(4096)));

static uint64_t image_page(uint64_t pa)
{
	uint64_t common = pa | NORMAL | ACCESSED | PAGE;

	if (pa < (uintptr_t)text_end)
		return common | READONLY;
	if (pa < (uintptr_t)rodata_end)
		return common | READONLY | NO_EXEC;
	return common | READWRITE | NO_EXEC;
}

static void map_device(uint64_t pa)
{
	pa &= ~(BLOCK - 1);
	devices[pa / BLOCK] = pa | DEVICE | READWRITE | ACCESSED | NO_EXEC | BLOCK_2MB;
}

void el2map_build(void)
{
	uint64_t start = (uintptr_t)image_start;

	for (uint64_t pa = VIRT_GICD; pa < VIRT_GICD + GIC_BYTES; pa += BLOCK)
		map_device(pa);
	map_device(VIRT_UART);
	for (uint64_t i = 0; i < VIRT_MAX_RAM / BLOCK; i++)
		ram[i] = (VIRT_RAM + i * BLOCK) | NORMAL | READWRITE | ACCESSED | NO_EXEC |
			 BLOCK_2MB;
	for (uint64_t i = 0; i < ENTRIES; i++)
		image[i] = image_page(start + i * PAGE_SIZE);
	ram[(start - VIRT_RAM) / BLOCK] = (uintptr_t)image | TABLE;
	el2map_root[0] = (uintptr_t)devices | TABLE;
	el2map_root[VIRT_RAM >> 30] = (uintptr_t)ram | TABLE;
}
