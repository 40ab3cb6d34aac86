/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The frames RD_base and VLPI_base of a redistributor: which register lies at an offset, and how it
 * may be accessed. What is not listed is reserved (I5, P29).
 */
#ifndef ITSGUARD_RD_FRAME_H
#define ITSGUARD_RD_FRAME_H

#include "itsguard/env.h"
#include "itsguard/gicr.h"
#include "itsguard/reason.h"

enum itsg_rd_register {
	ITSG_RD_RESERVED, /* RAZ; writing anything but 0 is refused */
	ITSG_RD_RESERVED_32,
	ITSG_RD_READ_ONLY_32,
	ITSG_RD_CTLR,
	ITSG_RD_WAKER,
	ITSG_RD_SYNCR,
	ITSG_RD_TYPER, /* from here on: of 64 bits */
	ITSG_RD_SETLPIR,
	ITSG_RD_CLRLPIR,
	ITSG_RD_PROPBASER,
	ITSG_RD_PENDBASER,
	ITSG_RD_INVLPIR,
	ITSG_RD_INVALLR,
	ITSG_RD_VPROPBASER,
	ITSG_RD_VPENDBASER,
};

/* The register that a byte offset lies in; with `vlpis` there is VLPI_base. */
enum itsg_rd_register itsg_rd_frame_register(uint32_t offset, bool vlpis);

static inline bool itsg_rd_frame_is_64_bits(enum itsg_rd_register reg)
{
	return reg >= ITSG_RD_TYPER;
}

/* Bytes of the register of hardware's at offset, which the guard accesses: 8, or 4. */
uint32_t itsg_rd_frame_width(uint32_t offset);

/* ITSG_BAD_WIDTH, ITSG_BAD_ALIGNMENT: of the host's access to that register, at offset. */
enum itsg_reason itsg_rd_frame_check(enum itsg_rd_register reg, uint32_t offset, uint32_t width,
				     bool vlpis);

#endif
