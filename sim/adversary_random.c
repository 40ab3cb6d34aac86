/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Inputs from a seed, for soaks without a fuzzer. */
#include "adversary_priv.h"

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

/* Half of what chooses the machine is plain: odd machines in every respect do little. */
static void random_machine(uint64_t *state, uint8_t m[ADVERSARY_MACHINE_BYTES])
{
	fill(state, m, ADVERSARY_MACHINE_BYTES);
	for (size_t i = 0; i < ADVERSARY_MACHINE_BYTES; i++)
		if (next(state) & 1)
			m[i] = i == 1 ? m[i] & 0xe5 : 0;
}

/* A few kinds of operations for each input: with all of them nothing goes on for long. */
#define KINDS_MAX 12

size_t adversary_random(uint64_t seed, uint8_t *data, size_t max_ops)
{
	uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15u | 1;
	size_t ops, kinds;
	uint8_t kind[KINDS_MAX];

	next(&state);
	ops = max_ops ? 1 + next(&state) % max_ops : 0;
	kinds = 2 + next(&state) % (KINDS_MAX - 1);
	for (size_t i = 0; i < KINDS_MAX; i++)
		kind[i] = (uint8_t)next(&state);
	random_machine(&state, data);
	for (size_t i = 0; i < ops; i++) {
		uint8_t *op = data + ADVERSARY_MACHINE_BYTES + i * ADVERSARY_OP_BYTES;

		fill(&state, op, ADVERSARY_OP_BYTES);
		/* Mostly it begins with a boot. */
		op[0] = i < 2 && next(&state) % 4 ? 0 : kind[next(&state) % kinds];
	}
	return ADVERSARY_MACHINE_BYTES + ops * ADVERSARY_OP_BYTES;
}
