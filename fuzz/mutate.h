/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Mutations that keep operations whole: they are inserted, removed, copied, moved, exchanged, taken
 * from another input, and changed inside without changing their length. The header is changed
 * rarely: it makes another machine of all that follows. Now and then an input begins anew
 * (random_input.h): what a long chain of small changes does not come to.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

/* Changes bytes of [data, data + size) without changing their number: an engine's own mutations. */
typedef void mutate_bytes_fn(void *ctx, uint8_t *data, size_t size);

#define MUTATE_ANEW 8u /* what the engines use */

struct mutator {
	const struct fuzz_format *format;
	uint64_t rng;           /* any value */
	unsigned anew;          /* one in so many begins anew; 0: none */
	mutate_bytes_fn *bytes; /* NULL: only our own */
	void *ctx;
};

/* In place, at most `max` bytes; the new size. */
size_t mutate(struct mutator *mutator, uint8_t *data, size_t size, size_t max);
/* Header of a, then operations of both; into out, at most `max` bytes; its size. */
size_t mutate_cross(struct mutator *mutator, const uint8_t *a, size_t a_size, const uint8_t *b,
		    size_t b_size, uint8_t *out, size_t max);

#endif
