/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "hardware.h"

#include "frame.h"

uint64_t itsg_hw_read(const struct itsg_platform *platform, uint32_t offset)
{
	return platform->ops.reg_read(platform->ctx, offset, itsg_frame_width(offset));
}

void itsg_hw_write(const struct itsg_platform *platform, uint32_t offset, uint64_t value)
{
	platform->ops.reg_write(platform->ctx, offset, itsg_frame_width(offset), value);
}

bool itsg_hw_enabled(const struct itsg_platform *platform)
{
	return (itsg_hw_read(platform, ITSG_GITS_CTLR) & ITSG_CTLR_ENABLED) != 0;
}
