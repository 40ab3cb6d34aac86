/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * How inputs are made: some bytes that choose the machine, then operations of one size. What is
 * missing of the first is zero; a part of an operation at the end is left out. Targets, mutators
 * and the tools that make seeds and dictionaries share this list.
 */
#ifndef FUZZ_FORMAT_H
#define FUZZ_FORMAT_H

#include "adversary.h"

enum {
	CMDQ_HEADER = 8,
	CMDQ_OP = 16,
	MAPD_HEADER = 8,
	MAPD_OP = 8,
	DEVTABLE_HEADER = 8,
	DEVTABLE_OP = 8,
	TRACKER_HEADER = 8,
	TRACKER_OP = 8,
	MMIO_HEADER = 8,
	MMIO_OP = 16,
};

struct fuzz_format {
	const char *target;
	unsigned header;
	unsigned op; /* 0: no operations, any bytes */
};

/* X(target, header, op) */
#define FUZZ_TARGETS(X)                                                                            \
	X(cmdq, CMDQ_HEADER, CMDQ_OP)                                                              \
	X(mapd, MAPD_HEADER, MAPD_OP)                                                              \
	X(devtable, DEVTABLE_HEADER, DEVTABLE_OP)                                                  \
	X(pfn_tracker, TRACKER_HEADER, TRACKER_OP)                                                 \
	X(mmio, MMIO_HEADER, MMIO_OP)                                                              \
	X(world, ADVERSARY_MACHINE_BYTES, ADVERSARY_OP_BYTES)                                      \
	X(trace, 0, 0)

/* NULL: no such target. */
const struct fuzz_format *fuzz_format_of(const char *target);

#endif
