/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Cache maintenance. QEMU has no caches to maintain; hardware whose ITS does not snoop does.
 */
#include "monitor.h"

void clean_invalidate(uint64_t pa, uint64_t bytes)
{
	uint64_t line = 4ul << ((read_sysreg(ctr_el0) >> 16) & 0xf);

	for (uint64_t at = pa & ~(line - 1); at < pa + bytes; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	barrier("dsb sy");
}

/* What of these lines is dirty is lost. */
void invalidate(uint64_t pa, uint64_t bytes)
{
	uint64_t line = 4ul << ((read_sysreg(ctr_el0) >> 16) & 0xf);

	for (uint64_t at = pa & ~(line - 1); at < pa + bytes; at += line)
		__asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
	barrier("dsb sy");
}
