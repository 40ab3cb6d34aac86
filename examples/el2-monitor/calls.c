/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The calls of calls.h: statistics, checks, and a guest that is only pretended: a page that the
 * host gave away, with a pattern in it.
 */
#include "calls.h"
#include "monitor.h"

static uint64_t victim[PAGE_SIZE / 8] __attribute__((aligned(0x10000))); /* as pending tables are */

static void fill(uint64_t pa)
{
	for (uint64_t at = pa; at < pa + PAGE_SIZE; at += 8)
		*(volatile uint64_t *)at = CALL_PATTERN(at);
	clean_invalidate(pa, PAGE_SIZE);
}

static uint64_t intact(uint64_t pa)
{
	clean_invalidate(pa, PAGE_SIZE); /* so that what a device wrote is seen */
	for (uint64_t at = pa; at < pa + PAGE_SIZE; at += 8)
		if (*(volatile uint64_t *)at != CALL_PATTERN(at))
			return 0;
	return 1;
}

static bool has_pattern(uint64_t pa)
{
	return pa == (uintptr_t)victim ||
	       (pa % PAGE_SIZE == 0 && page_state(pa >> PAGE_SHIFT) == PAGE_GUEST);
}

static uint64_t give(uint64_t pa)
{
	uint64_t pfn = pa >> PAGE_SHIFT;
	bool refused = pages_move(pfn, 1, PAGE_HOST, PAGE_GUEST) == 0;

	record_given(pfn, refused);
	if (refused)
		return CALL_UNKNOWN;
	fill(pfn << PAGE_SHIFT);
	return 0;
}

void calls_init(void)
{
	fill((uintptr_t)victim);
}

uint64_t monitor_call(uint64_t number, uint64_t argument)
{
	if (number >= CALL_RD_COUNTS && number < CALL_RD_COUNTS + 2 * RD_REGISTERS)
		return rd_counted((number - CALL_RD_COUNTS) / 2, number % 2);
	switch (number) {
	case CALL_FAULTS:
		return host_faults();
	case CALL_MICROS:
		return access_micros();
	case CALL_VICTIM:
		return (uintptr_t)victim;
	case CALL_GIVE:
		return give(argument);
	case CALL_INTACT:
		return has_pattern(argument) ? intact(argument) : CALL_UNKNOWN;
	case CALL_REFILL:
		fill((uintptr_t)victim);
		return 0;
	default:
		return itsguard_call(number, argument);
	}
}
