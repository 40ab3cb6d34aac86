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

#define BLOCK 8u /* words */

static bool store_is_same(const uint64_t *words, const uint64_t *others)
{
	uint64_t differ = 0;

	for (uint32_t i = 0; i < BLOCK; i++)
		differ |= words[i] ^ others[i];
	return differ == 0;
}

/* The words from..to that differ. Which ones do is a matter of luck: no branch hangs on it. */
static void store_encode_words(const uint64_t *words, const uint64_t *others, size_t from,
			       size_t to, struct store_state *out)
{
	uint32_t count = out->record.words;

	if (count + BLOCK > STORE_MOST_WORDS)
		abort();
	for (size_t i = from; i < to; i++) {
		out->place[count] = (uint16_t)i;
		out->value[count] = words[i];
		count += words[i] != others[i];
	}
	out->record.words = count;
}

static struct store_key store_key_of(const struct store_state *state)
{
	struct store_key key = {0x9e3779b97f4a7c15ULL, 0xc2b2ae3d27d4eb4fULL};

	for (uint32_t i = 0; i < state->record.words; i++)
		store_mix(&key, state->value[i] ^ state->place[i] * 0xd6e8feb86659fd93ULL);
	key.a = store_last(key.a) | 1; /* 0 is an empty place of the set */
	key.b = store_last(key.b);
	return key;
}

void store_encode(const uint8_t *image, const uint8_t *first, size_t bytes, struct store_state *out)
{
	const uint64_t *words = (const uint64_t *)(const void *)image;
	const uint64_t *others = (const uint64_t *)(const void *)first;
	const size_t end = bytes / 8;
	size_t i = 0;

	memset(&out->record, 0, sizeof(out->record));
	/* Most blocks are as they were. */
	for (; i + BLOCK <= end; i += BLOCK)
		if (!store_is_same(words + i, others + i))
			store_encode_words(words, others, i, i + BLOCK, out);
	store_encode_words(words, others, i, end, out);
	out->record.key = store_key_of(out);
}

void store_decode(const struct store_state *state, const uint8_t *first, size_t bytes,
		  uint8_t *image)
{
	uint64_t *words = (uint64_t *)(void *)image;

	memcpy(image, first, bytes);
	for (uint32_t i = 0; i < state->record.words; i++)
		words[state->place[i]] = state->value[i];
}

bool store_write_record(FILE *file, const struct store_record *record)
{
	return fwrite(record, sizeof(*record), 1, file) == 1;
}

bool store_read_record(FILE *file, struct store_record *record)
{
	return fread(record, sizeof(*record), 1, file) == 1;
}

bool store_write(FILE *file, const struct store_state *state)
{
	const size_t words = state->record.words;

	return store_write_record(file, &state->record) &&
	       fwrite(state->place, sizeof(state->place[0]), words, file) == words &&
	       fwrite(state->value, sizeof(state->value[0]), words, file) == words;
}

bool store_read(FILE *file, struct store_state *state)
{
	size_t words;

	if (!store_read_record(file, &state->record))
		return false;
	words = state->record.words;
	return words <= STORE_MOST_WORDS &&
	       fread(state->place, sizeof(state->place[0]), words, file) == words &&
	       fread(state->value, sizeof(state->value[0]), words, file) == words;
}

/* ---- the set ---- */

/* Where addresses have 32 bits, there may be more states than memory can hold. */
static struct store_key *store_keys(uint64_t capacity)
{
	return capacity <= SIZE_MAX / sizeof(struct store_key)
		       ? calloc((size_t)capacity, sizeof(struct store_key))
		       : NULL;
}

bool store_set_begin(struct store_set *set)
{
	set->capacity = 1 << 14;
	set->count = 0;
	set->keys = store_keys(set->capacity);
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

	larger.keys = store_keys(larger.capacity);
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
