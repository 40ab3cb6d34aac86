/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The registers of the ITS itself, which only the guard touches; each at its own width. */
#ifndef ITSGUARD_HARDWARE_H
#define ITSGUARD_HARDWARE_H

#include "itsguard/arch.h"
#include "frame.h"
#include "platform.h"

/* Any offset of the control frame, at the width of its register. */
static inline uint64_t itsg_hw_read(const struct itsg_platform *platform, uint32_t offset)
{
	return platform->ops.reg_read(platform->ctx, offset, itsg_frame_width(offset));
}

static inline void itsg_hw_write(const struct itsg_platform *platform, uint32_t offset,
				 uint64_t value)
{
	platform->ops.reg_write(platform->ctx, offset, itsg_frame_width(offset), value);
}

/* CTLR.Enabled as hardware has it. */
bool itsg_hw_enabled(const struct itsg_platform *platform);

#endif
