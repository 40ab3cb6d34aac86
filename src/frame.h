/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The control frame of an ITS: which register lies at an offset, and how it may be accessed. What
 * is not listed is reserved (I5, P29).
 */
#ifndef ITSGUARD_FRAME_H
#define ITSGUARD_FRAME_H

#include "itsguard/arch.h"
#include "itsguard/env.h"
#include "itsguard/reason.h"

enum itsg_register {
	ITSG_REG_RESERVED, /* RAZ; writing anything but 0 is refused */
	ITSG_REG_RESERVED_32,
	ITSG_REG_CTLR,
	ITSG_REG_READ_ONLY_32,
	ITSG_REG_FEATURE_32, /* read-only, and 0 without its bit in TYPER */
	ITSG_REG_TYPER,
	ITSG_REG_CBASER,
	ITSG_REG_CWRITER,
	ITSG_REG_CREADR,
	ITSG_REG_BASER,
};

/* The register that a byte offset lies in. */
enum itsg_register itsg_frame_register(uint32_t offset);

/* Has it 64 bits, of which either half may be accessed alone? */
bool itsg_frame_is_64_bits(enum itsg_register reg);

/*
 * Bytes of the register at offset: 8, or 4. Mostly the offset is a constant, and then so is this;
 * the test of frame.c holds it equal to what itsg_frame_is_64_bits() says.
 */
static inline uint32_t itsg_frame_width(uint32_t offset)
{
	return (offset & ~(uint32_t)7) == ITSG_GITS_TYPER ||
			       (offset >= ITSG_GITS_CBASER && offset < ITSG_GITS_CREADR + 8) ||
			       (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END)
		       ? 8
		       : 4;
}

/* ITSG_BAD_WIDTH, ITSG_BAD_ALIGNMENT: of the host's access to that register, at offset. */
enum itsg_reason itsg_frame_check(enum itsg_register reg, uint32_t offset, uint32_t width);

#endif
