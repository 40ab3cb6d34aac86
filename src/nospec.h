/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * An index of the host's, after it has been checked.
 *
 * A processor may run ahead of a check that has not been decided yet, and read with an index that
 * it refuses. What it reads is thrown away; which lines of the caches it touched is not. So where
 * the host chooses an index into memory of the hypervisor, it is cut once more, by arithmetic that
 * no branch prediction skips. Where that is owed, and where not: docs/THREATS.md, "Timing and
 * speculation".
 */
#ifndef ITSGUARD_NOSPEC_H
#define ITSGUARD_NOSPEC_H

#include "itsguard/env.h"

/*
 * The compiler may know of the check, and would leave the arithmetic away as done. It knows nothing
 * of what has been through this.
 */
static inline uint64_t itsg_opaque(uint64_t value)
{
#ifdef __GNUC__
	__asm__("" : "+r"(value));
	return value;
#else
	volatile uint64_t copy = value;

	return copy;
#endif
}

/* index if it is below size, else 0. Both are below 2^63; size may be 2^63 itself. */
static inline uint64_t itsg_nospec(uint64_t index, uint64_t size)
{
	/* The difference is negative, and so all bits of `below` set, if index is below size. */
	const uint64_t at = itsg_opaque(index);
	const uint64_t below = 0 - ((at - size) >> 63);
	uint64_t cut = at & below;

#if defined(__GNUC__) && defined(__aarch64__)
	/* CSDB: nothing behind it goes by a value that was predicted. */
	__asm__ volatile("hint #20" : "+r"(cut));
#endif
	return cut;
}

/* Cheaper, where size is a power of two: index if it is below size, else something that is. */
static inline uint64_t itsg_nospec_bits(uint64_t index, uint64_t size)
{
	return itsg_opaque(index) & (size - 1);
}

#endif
