/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "frame.h"

#include "access.h"
#include "nospec.h"

/* What lies in each word of the frame before the BASERs. Those that are not listed are reserved. */
static const uint8_t frame_words[ITSG_GITS_BASER / 4] = {
	[ITSG_GITS_CTLR / 4] = ITSG_REG_CTLR,
	[ITSG_GITS_IIDR / 4] = ITSG_REG_READ_ONLY_32,
	[ITSG_GITS_TYPER / 4] = ITSG_REG_TYPER,
	[ITSG_GITS_TYPER / 4 + 1] = ITSG_REG_TYPER,
	[ITSG_GITS_MPAMIDR / 4] = ITSG_REG_FEATURE_32, /* PARTIDR, beside it, is not offered */
	[ITSG_GITS_MPIDR / 4] = ITSG_REG_FEATURE_32,
	[ITSG_GITS_STATUSR / 4] =
		ITSG_REG_RESERVED_32, /* STATUSR alone: the next word is reserved */
	[ITSG_GITS_CBASER / 4] = ITSG_REG_CBASER,
	[ITSG_GITS_CBASER / 4 + 1] = ITSG_REG_CBASER,
	[ITSG_GITS_CWRITER / 4] = ITSG_REG_CWRITER,
	[ITSG_GITS_CWRITER / 4 + 1] = ITSG_REG_CWRITER,
	[ITSG_GITS_CREADR / 4] = ITSG_REG_CREADR,
	[ITSG_GITS_CREADR / 4 + 1] = ITSG_REG_CREADR,
};

enum itsg_register itsg_frame_register(uint32_t offset)
{
	if (offset < 4 * sizeof(frame_words))
		return (enum itsg_register)
			frame_words[itsg_nospec_bits(offset / 4, sizeof(frame_words))];
	if (offset < ITSG_GITS_BASER_END)
		return ITSG_REG_BASER;
	if (offset >= ITSG_GITS_ID_FIRST && offset < ITSG_CONTROL_FRAME_BYTES)
		return ITSG_REG_READ_ONLY_32;
	return ITSG_REG_RESERVED;
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
	return itsg_access_check(offset, width, offset < ITSG_CONTROL_FRAME_BYTES,
				 frame_is_32_bits(reg));
}
