/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "random_input.h"

/* xorshift64*: the state is never 0. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1du) >> 24;
}

/* Small numbers now and then: they are indices. */
static void fill(uint64_t *state, uint8_t *bytes, size_t count)
{
	uint64_t mask = next(state) & 1 ? 0xff : 0x0f;

	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(next(state) & mask);
}

/* Every byte plain in one of four inputs, else each with an even chance. */
static void choose_machine(uint64_t *state, uint8_t *header, size_t bytes)
{
	uint64_t odd = next(state) % 4 ? 1 : 0;

	fill(state, header, bytes);
	for (size_t i = 0; i < bytes; i++)
		header[i] &= next(state) & odd ? 0xff : 0;
}

#define KINDS_MAX 12

size_t random_input(uint64_t seed, const struct random_shape *shape, uint8_t *data, size_t max_ops)
{
	uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15u | 1;
	size_t ops, kinds;
	uint8_t kind[KINDS_MAX];

	next(&state);
	ops = max_ops ? 1 + (size_t)(next(&state) % max_ops) : 0;
	kinds = 2 + (size_t)(next(&state) % (KINDS_MAX - 1));
	for (size_t i = 0; i < KINDS_MAX; i++)
		kind[i] = (uint8_t)next(&state);
	choose_machine(&state, data, shape->header);
	for (size_t i = 0; i < ops; i++) {
		uint8_t *op = data + shape->header + i * shape->op;

		fill(&state, op, shape->op);
		/* Mostly it begins with a boot. */
		op[0] = shape->boot >= 0 && i < 2 && next(&state) % 4 ? (uint8_t)shape->boot
								      : kind[next(&state) % kinds];
	}
	return shape->header + ops * shape->op;
}
