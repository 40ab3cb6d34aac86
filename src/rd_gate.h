/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The register gate of a redistributor: accesses that rd_frame.c has found well-formed. */
#ifndef ITSGUARD_RD_GATE_H
#define ITSGUARD_RD_GATE_H

#include "rd_frame.h"
#include "rd_state.h"

uint64_t itsg_rd_gate_read(struct itsg_redists *redists, uint32_t rd, enum itsg_rd_register reg,
			   uint32_t offset, uint32_t width);
enum itsg_reason itsg_rd_gate_write(struct itsg_redists *redists, uint32_t rd,
				    enum itsg_rd_register reg, uint32_t offset, uint32_t width,
				    uint64_t value);

#endif
