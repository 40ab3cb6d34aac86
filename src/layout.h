/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A state and the arrays behind it, in the one piece of memory that the caller gives.
 */
#ifndef ITSGUARD_LAYOUT_H
#define ITSGUARD_LAYOUT_H

#include "itsguard/env.h"

/* Each array begins a cache line, as the memory itself must. */
#define ITSG_LINE 64u

/* The offset of an array of `bytes` bytes, which begins at *end; *end moves to behind it. */
static inline uint64_t itsg_layout_place(uint64_t *end, uint64_t bytes)
{
	const uint64_t at = *end;

	*end = (at + bytes + ITSG_LINE - 1) & ~(uint64_t)(ITSG_LINE - 1);
	return at;
}

/* The caller's memory may hold anything, the host's choice included (S13). */
static inline void itsg_layout_zero(void *mem, uint64_t bytes)
{
	uint64_t *word = mem;

	for (uint64_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = 0;
}

#endif
