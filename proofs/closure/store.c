/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "store.h"

#include <stdlib.h>
#include <string.h>

static uint64_t store_turn(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void store_mix(struct store_key *key, uint64_t word)
{
	key->a = store_turn(key->a ^ word, 29) * 0xff51afd7ed558ccdULL;
	key->b = (store_turn(key->b + word * 0xc4ceb9fe1a85ec53ULL, 31) * 0x9e3779b97f4a7c15ULL) ^
		 key->a;
}

static uint64_t store_last(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 29) * 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 32;
}

void store_encode(const uint8_t *image, const uint8_t *first, size_t bytes, struct store_state *out)
{
	const uint64_t *words = (const uint64_t *)(const void *)image;
	const uint64_t *others = (const uint64_t *)(const void *)first;
	struct store_key key = {0x9e3779b97f4a7c15ULL, 0xc2b2ae3d27d4eb4fULL};
	uint32_t count = 0;

	for (size_t i = 0; i < bytes / 8; i++) {
		if (words[i] == others[i])
			continue;
		if (count == STORE_MOST_WORDS)
			abort();
		out->place[count] = (uint16_t)i;
		out->value[count] = words[i];
		store_mix(&key, i);
		store_mix(&key, words[i]);
		count++;
	}
	memset(&out->record, 0, sizeof(out->record));
	out->record.words = count;
	out->record.key.a = store_last(key.a) | 1; /* 0 is an empty place of the set */
	out->record.key.b = store_last(key.b);
}

void store_decode(const struct store_state *state, const uint8_t *first, size_t bytes,
		  uint8_t *image)
{
	uint64_t *words = (uint64_t *)(void *)image;

	memcpy(image, first, bytes);
	for (uint32_t i = 0; i < state->record.words; i++)
		words[state->place[i]] = state->value[i];
}

bool store_write(FILE *file, const struct store_state *state)
{
	const size_t words = state->record.words;

	return fwrite(&state->record, sizeof(state->record), 1, file) == 1 &&
	       fwrite(state->place, sizeof(state->place[0]), words, file) == words &&
	       fwrite(state->value, sizeof(state->value[0]), words, file) == words;
}

bool store_read(FILE *file, struct store_state *state)
{
	size_t words;

	if (fread(&state->record, sizeof(state->record), 1, file) != 1)
		return false;
	words = state->record.words;
	return words <= STORE_MOST_WORDS &&
	       fread(state->place, sizeof(state->place[0]), words, file) == words &&
	       fread(state->value, sizeof(state->value[0]), words, file) == words;
}

/* ---- the set ---- */

bool store_set_begin(struct store_set *set)
{
	set->capacity = 1 << 14;
	set->count = 0;
	set->keys = calloc(set->capacity, sizeof(*set->keys));
	return set->keys != NULL;
}

/* Where it is, or would be. */
static uint64_t store_find(const struct store_set *set, struct store_key key)
{
	uint64_t at = key.b & (set->capacity - 1);

	while (set->keys[at].a && (set->keys[at].a != key.a || set->keys[at].b != key.b))
		at = (at + 1) & (set->capacity - 1);
	return at;
}

bool store_has(const struct store_set *set, struct store_key key)
{
	return set->keys[store_find(set, key)].a != 0;
}

static void store_grow(struct store_set *set)
{
	struct store_set larger = {NULL, set->capacity * 2, set->count};

	larger.keys = calloc(larger.capacity, sizeof(*larger.keys));
	if (!larger.keys) {
		fprintf(stderr, "closure: out of memory\n");
		exit(3);
	}
	for (uint64_t i = 0; i < set->capacity; i++)
		if (set->keys[i].a)
			larger.keys[store_find(&larger, set->keys[i])] = set->keys[i];
	free(set->keys);
	*set = larger;
}

bool store_add(struct store_set *set, struct store_key key)
{
	uint64_t at = store_find(set, key);

	if (set->keys[at].a)
		return false;
	if (3 * set->count > 2 * set->capacity) {
		store_grow(set);
		at = store_find(set, key);
	}
	set->keys[at] = key;
	set->count++;
	return true;
}
