/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inputs from two numbers, and from the files of a corpus: some are made of nothing but the
 * numbers, some of two such, or of one and a file, and half of what fuzzing has learned, changed by
 * the mutator (mutate.h) a few times or often. Most are as long as a fuzzer's, some eight times
 * that.
 */
#ifndef FUZZ_SOAK_INPUTS_H
#define FUZZ_SOAK_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOAK_SHORT 2048u
#define SOAK_LONG  16384u

struct soak_input {
	uint8_t data[SOAK_LONG];
	size_t size;
};

/* False: no such target, or one without operations. */
bool soak_begin(const char *target);

/* All files of a folder, in the order of their names. */
bool soak_read(const char *folder);

/* The same two numbers: the same input. */
void soak_make(struct soak_input *input, uint64_t chunk, uint64_t number);

#endif
