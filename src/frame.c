/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "frame.h"

#include "noinline.h"

enum itsg_register ITSG_NOINLINE itsg_frame_register(uint32_t offset)
{
	if (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END)
		return ITSG_REG_BASER;
	if (offset >= ITSG_GITS_ID_FIRST && offset < ITSG_CONTROL_FRAME_BYTES)
		return ITSG_REG_READ_ONLY_32;
	switch (offset & ~(uint32_t)7) {
	case ITSG_GITS_CTLR:
		return offset < ITSG_GITS_IIDR ? ITSG_REG_CTLR : ITSG_REG_READ_ONLY_32;
	case ITSG_GITS_TYPER:
		return ITSG_REG_TYPER;
	case ITSG_GITS_MPAMIDR: /* PARTIDR, beside it, is not offered */
		return offset < ITSG_GITS_PARTIDR ? ITSG_REG_FEATURE_32 : ITSG_REG_RESERVED;
	case ITSG_GITS_MPIDR:
		return offset < ITSG_GITS_MPIDR + 4 ? ITSG_REG_FEATURE_32 : ITSG_REG_RESERVED;
	case ITSG_GITS_STATUSR: /* STATUSR alone: the word above it is reserved */
		return offset < ITSG_GITS_STATUSR + 4 ? ITSG_REG_RESERVED_32 : ITSG_REG_RESERVED;
	case ITSG_GITS_CBASER:
		return ITSG_REG_CBASER;
	case ITSG_GITS_CWRITER:
		return ITSG_REG_CWRITER;
	case ITSG_GITS_CREADR:
		return ITSG_REG_CREADR;
	default:
		return ITSG_REG_RESERVED;
	}
}

bool itsg_frame_is_64_bits(enum itsg_register reg)
{
	switch (reg) {
	case ITSG_REG_TYPER:
	case ITSG_REG_CBASER:
	case ITSG_REG_CWRITER:
	case ITSG_REG_CREADR:
	case ITSG_REG_BASER:
		return true;
	default:
		return false;
	}
}

static bool frame_is_32_bits(enum itsg_register reg)
{
	return reg == ITSG_REG_CTLR || reg == ITSG_REG_READ_ONLY_32 || reg == ITSG_REG_FEATURE_32 ||
	       reg == ITSG_REG_RESERVED_32;
}

enum itsg_reason itsg_frame_check(enum itsg_register reg, uint32_t offset, uint32_t width)
{
	if (width != 4 && width != 8)
		return ITSG_BAD_WIDTH;
	if ((offset & (width - 1)) || offset >= ITSG_CONTROL_FRAME_BYTES)
		return ITSG_BAD_ALIGNMENT;
	return width == 8 && frame_is_32_bits(reg) ? ITSG_BAD_WIDTH : ITSG_OK;
}
