/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inputs from a seed: some bytes that choose a machine, then operations of one size whose first
 * byte says which. A few kinds of operations in each, because with all of them nothing goes on for
 * long; and half of what chooses the machine plain, because machines that are odd in every respect
 * do little.
 */
#ifndef SIM_RANDOM_INPUT_H
#define SIM_RANDOM_INPUT_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_INPUT_NO_BOOT (-1)

struct random_shape {
	unsigned header; /* bytes that choose the machine; 0 is plain */
	unsigned op;     /* bytes of an operation, 1 or more */
	int boot;        /* the first byte of the operation that brings the machine up, if any */
};

/* Writes at most header + max_ops * op bytes, and says how many. */
size_t random_input(uint64_t seed, const struct random_shape *shape, uint8_t *data, size_t max_ops);

#endif
