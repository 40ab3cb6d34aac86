/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_frame.h"

#include "access.h"
#include "nospec.h"

/* What lies in the first words of RD_base, up to SYNCR. Those that are not listed are reserved. */
static const uint8_t rd_words[64] = {
	[ITSG_GICR_CTLR / 4] = ITSG_RD_CTLR,
	[ITSG_GICR_IIDR / 4] = ITSG_RD_READ_ONLY_32,
	[ITSG_GICR_TYPER / 4] = ITSG_RD_TYPER,
	[ITSG_GICR_TYPER / 4 + 1] = ITSG_RD_TYPER,
	[ITSG_GICR_STATUSR / 4] = ITSG_RD_RESERVED_32,
	[ITSG_GICR_WAKER / 4] = ITSG_RD_WAKER,
	[ITSG_GICR_MPAMIDR / 4] = ITSG_RD_READ_ONLY_32,
	[ITSG_GICR_PARTIDR / 4] = ITSG_RD_RESERVED_32,
	[ITSG_GICR_SETLPIR / 4] = ITSG_RD_SETLPIR,
	[ITSG_GICR_SETLPIR / 4 + 1] = ITSG_RD_SETLPIR,
	[ITSG_GICR_CLRLPIR / 4] = ITSG_RD_CLRLPIR,
	[ITSG_GICR_CLRLPIR / 4 + 1] = ITSG_RD_CLRLPIR,
	[ITSG_GICR_PROPBASER / 4] = ITSG_RD_PROPBASER,
	[ITSG_GICR_PROPBASER / 4 + 1] = ITSG_RD_PROPBASER,
	[ITSG_GICR_PENDBASER / 4] = ITSG_RD_PENDBASER,
	[ITSG_GICR_PENDBASER / 4 + 1] = ITSG_RD_PENDBASER,
	[ITSG_GICR_INVLPIR / 4] = ITSG_RD_INVLPIR,
	[ITSG_GICR_INVLPIR / 4 + 1] = ITSG_RD_INVLPIR,
	[ITSG_GICR_INVALLR / 4] = ITSG_RD_INVALLR,
	[ITSG_GICR_INVALLR / 4 + 1] = ITSG_RD_INVALLR,
	[ITSG_GICR_SYNCR / 4] = ITSG_RD_SYNCR,
};

enum itsg_rd_register itsg_rd_frame_register(uint32_t offset, bool vlpis)
{
	if (offset < 4 * sizeof(rd_words))
		return (enum itsg_rd_register)
			rd_words[itsg_nospec_bits(offset / 4, sizeof(rd_words))];
	if (offset >= ITSG_GICR_ID_FIRST && offset < ITSG_GICR_FRAME_BYTES)
		return ITSG_RD_READ_ONLY_32;
	if (vlpis && (offset & ~(uint32_t)7) == ITSG_GICR_VPROPBASER)
		return ITSG_RD_VPROPBASER;
	if (vlpis && (offset & ~(uint32_t)7) == ITSG_GICR_VPENDBASER)
		return ITSG_RD_VPENDBASER;
	return ITSG_RD_RESERVED;
}

uint32_t itsg_rd_frame_width(uint32_t offset)
{
	return itsg_rd_frame_is_64_bits(itsg_rd_frame_register(offset, true)) ? 8 : 4;
}

static bool rd_is_inside(uint32_t offset, bool vlpis)
{
	return offset < ITSG_GICR_FRAME_BYTES ||
	       (vlpis && offset - ITSG_GICR_VLPI_BASE < ITSG_GICR_FRAME_BYTES);
}

enum itsg_reason itsg_rd_frame_check(enum itsg_rd_register reg, uint32_t offset, uint32_t width,
				     bool vlpis)
{
	return itsg_access_check(offset, width, rd_is_inside(offset, vlpis),
				 reg != ITSG_RD_RESERVED && !itsg_rd_frame_is_64_bits(reg));
}
