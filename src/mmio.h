/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The register gate: what the registers of the control frame are to the host. */
#ifndef ITSGUARD_MMIO_H
#define ITSGUARD_MMIO_H

#include "frame.h"
#include "state.h"

/*
 * What itsg_write() and itsg_read() do with a register, the one that lies at offset, with their
 * reasons. Width and alignment have been judged by itsg_frame_check(). Reads have no side effect.
 */
enum itsg_reason itsg_mmio_write(struct itsg_its *its, enum itsg_register reg, uint32_t offset,
				 uint32_t width, uint64_t value);

uint64_t itsg_mmio_read(const struct itsg_its *its, enum itsg_register reg, uint32_t offset,
			uint32_t width);

#endif
