/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The register gate: what each offset of the control frame is to the host. */
#ifndef ITSGUARD_MMIO_H
#define ITSGUARD_MMIO_H

#include "state.h"

enum itsg_reason itsg_mmio_write(struct itsg_its *its, uint32_t offset, uint32_t width,
				 uint64_t value);

/* Width and alignment have been judged by itsg_frame_check(). */
uint64_t itsg_mmio_read(const struct itsg_its *its, uint32_t offset, uint32_t width);

#endif
