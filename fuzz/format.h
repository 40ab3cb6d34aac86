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
#include "random_input.h"

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
	/* First bytes of operations that bring a machine up. */
	DEVTABLE_BOOT = 14,
	MMIO_BOOT = 0xf0,
};

struct fuzz_format {
	const char *target;
	struct random_shape shape; /* op 0: no operations, any bytes */
};

/* X(target, header, op, boot) */
#define FUZZ_TARGETS(X)                                                                            \
	X(cmdq, CMDQ_HEADER, CMDQ_OP, RANDOM_INPUT_NO_BOOT)                                        \
	X(mapd, MAPD_HEADER, MAPD_OP, RANDOM_INPUT_NO_BOOT)                                        \
	X(devtable, DEVTABLE_HEADER, DEVTABLE_OP, DEVTABLE_BOOT)                                   \
	X(pfn_tracker, TRACKER_HEADER, TRACKER_OP, RANDOM_INPUT_NO_BOOT)                           \
	X(mmio, MMIO_HEADER, MMIO_OP, MMIO_BOOT)                                                   \
	X(world, ADVERSARY_MACHINE_BYTES, ADVERSARY_OP_BYTES, ADVERSARY_BOOT)                      \
	X(redist, ADVERSARY_MACHINE_BYTES, ADVERSARY_OP_BYTES, ADVERSARY_BOOT)                     \
	X(trace, 0, 0, RANDOM_INPUT_NO_BOOT)

/* NULL: no such target. */
const struct fuzz_format *fuzz_format_of(const char *target);

#endif
