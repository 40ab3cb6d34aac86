/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A state and the arrays behind it, in the one piece of memory that the caller gives.
 */
#ifndef ITSGUARD_LAYOUT_H
#define ITSGUARD_LAYOUT_H

#include "itsguard/config.h"
#include "itsguard/pages.h"

/* The offset of an array of `bytes` bytes, which begins at *end; *end moves to behind it. */
static inline uint64_t itsg_layout_place(uint64_t *end, uint64_t bytes)
{
	const uint64_t at = *end;

	*end = at + ITSG_LINES(bytes);
	return at;
}

/* What is bad of the caller's memory. (`needed` may be more than a size_t can say.) */
static inline enum itsg_config_field itsg_layout_bad(const void *mem, size_t size, uint64_t needed)
{
	if (!mem || ((size_t)mem & (ITSG_LINE - 1)))
		return ITSG_CONFIG_MEM;
	return size < needed ? ITSG_CONFIG_SIZE : ITSG_CONFIG_GOOD;
}

/* The caller's memory may hold anything, the host's choice included (S13). */
static inline void itsg_layout_zero(void *mem, uint64_t bytes)
{
	uint64_t *word = mem;

	for (uint64_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = 0;
}

#endif
