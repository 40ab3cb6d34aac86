/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The mutations of mutate.h as AFL_CUSTOM_MUTATOR_LIBRARY, one library a target (FUZZ_TARGET),
 * since AFL++ does not call LLVMFuzzerCustomMutator of targets that are built with afl-clang-fast.
 */
#include <stdlib.h>

#include "mutate.h"

struct afl_state {
	struct mutator mutator;
	uint8_t *out;
	size_t room;
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
		       uint8_t *add_buf, size_t add_buf_size, size_t max_size);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned int seed)
{
	struct afl_state *state = calloc(1, sizeof(*state));

	(void)afl;
	if (!state)
		return NULL;
	state->mutator.format = fuzz_format_of(FUZZ_TARGET);
	state->mutator.rng = seed;
	state->mutator.anew = MUTATE_ANEW;
	return state;
}

static int reserve(struct afl_state *state, size_t size)
{
	uint8_t *out;

	if (size <= state->room)
		return 1;
	out = realloc(state->out, size);
	if (!out)
		return 0;
	state->out = out;
	state->room = size;
	return 1;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
		       uint8_t *add_buf, size_t add_buf_size, size_t max_size)
{
	struct afl_state *state = data;
	size_t size = buf_size < max_size ? buf_size : max_size;

	*out_buf = buf;
	if (!state->mutator.format || !state->mutator.format->shape.op || !reserve(state, max_size))
		return size;
	*out_buf = state->out;
	state->mutator.rng++;
	if (add_buf && state->mutator.rng % 8 == 0)
		size = mutate_cross(&state->mutator, buf, size, add_buf, add_buf_size, state->out,
				    max_size);
	else
		for (size_t i = 0; i < size; i++)
			state->out[i] = buf[i];
	return mutate(&state->mutator, state->out, size, max_size);
}

void afl_custom_deinit(void *data)
{
	struct afl_state *state = data;

	free(state->out);
	free(state);
}
