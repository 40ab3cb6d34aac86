/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The mutations of mutate.h for libFuzzer, which also brings those that its dictionary feeds. */
#include "common.h"
#include "mutate.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
				 uint8_t *out, size_t max, unsigned seed);

/* libFuzzer's own mutations insert and erase too: here only as many bytes as there were. */
static void libfuzzer_bytes(void *ctx, uint8_t *data, size_t size)
{
	(void)ctx;
	LLVMFuzzerMutate(data, size, size);
}

static struct mutator mutator_of(unsigned seed)
{
	static const struct fuzz_format *format;
	struct mutator mutator = {.rng = seed, .anew = MUTATE_ANEW, .bytes = libfuzzer_bytes};

	if (!format)
		format = fuzz_format_of(fuzz_target);
	mutator.format = format;
	return mutator;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct mutator mutator = mutator_of(seed);

	if (!mutator.format || !mutator.format->shape.op)
		return LLVMFuzzerMutate(data, size, max);
	/* Now and then what we would not think of. */
	if (seed % 64 == 0)
		return LLVMFuzzerMutate(data, size, max);
	return mutate(&mutator, data, size, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
				 uint8_t *out, size_t max, unsigned seed)
{
	struct mutator mutator = mutator_of(seed);
	size_t size = a_size < max ? a_size : max;

	if (mutator.format && mutator.format->shape.op)
		return mutate_cross(&mutator, a, a_size, b, b_size, out, max);
	/* Of text: the beginning of one and the end of the other. */
	size = size ? mutator.rng % size : 0;
	for (size_t i = 0; i < size; i++)
		out[i] = a[i];
	for (size_t i = b_size ? mutator.rng / 7 % b_size : 0; i < b_size && size < max; i++)
		out[size++] = b[i];
	return size;
}
