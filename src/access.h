/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Accesses of a host to any register of the GIC: their shape, and halves of 64-bit registers (P13).
 */
#ifndef ITSGUARD_ACCESS_H
#define ITSGUARD_ACCESS_H

#include "itsguard/env.h"
#include "itsguard/reason.h"

/* `inside`: the offset is in a frame that the guard has; `narrow`: in a register of 32 bits. */
static inline enum itsg_reason itsg_access_check(uint32_t offset, uint32_t width, bool inside,
						 bool narrow)
{
	if (width != 4 && width != 8)
		return ITSG_BAD_WIDTH;
	if ((offset & (width - 1)) || !inside)
		return ITSG_BAD_ALIGNMENT;
	if (width == 4)
		return ITSG_OK;
	return narrow ? ITSG_BAD_WIDTH : ITSG_OK;
}

/* Of the value of a register what an access reads, which is of the upper half of 64 bits or not. */
static inline uint64_t itsg_access_part(uint64_t value, bool upper, uint32_t width)
{
	if (width == 8)
		return value;
	return (upper ? value >> 32 : value) & 0xffffffffu;
}

/* A half is put into a 64-bit register before anything is judged (T16). */
static inline uint64_t itsg_access_merge(uint64_t old, uint32_t offset, uint32_t width,
					 uint64_t value)
{
	if (width == 8)
		return value;
	if (offset & 4)
		return (old & 0xffffffffu) | value << 32;
	return (old & ~(uint64_t)0xffffffffu) | (value & 0xffffffffu);
}

#endif
