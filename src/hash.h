/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Where a hash table with two choices keeps a key: in one of two buckets, each a cache line or two,
 * so that a look-up is bounded whatever keys the host picks (I6).
 */
#ifndef ITSGUARD_HASH_H
#define ITSGUARD_HASH_H

#include "itsguard/env.h"

/* Slots [first, end) of the two buckets. Slots are numbered 0 .. capacity - 1. */
struct itsg_bucket {
	uint32_t first;
	uint32_t end;
};

struct itsg_choice {
	struct itsg_bucket bucket[2]; /* both the same if there is only one */
};

/*
 * What a hash is made with: two odd numbers. They come from the user's key, so that no stride is
 * bad for every key; the constants (the golden ratio, and one well known for mixing) make a key of
 * zeroes work too.
 */
struct itsg_hash_key {
	uint64_t odd[2];
};

static inline struct itsg_hash_key itsg_hash_key(const uint64_t key[2])
{
	const struct itsg_hash_key made = {
		{(key[0] ^ 0xff51afd7ed558ccdULL) | 1, (key[1] ^ 0x9e3779b97f4a7c15ULL) | 1}};

	return made;
}

/* Two rounds of multiply and fold. */
static inline uint64_t itsg_hash(const struct itsg_hash_key *key, uint64_t value)
{
	uint64_t h = value ^ key->odd[0];

	h *= key->odd[1];
	h ^= h >> 32;
	h += key->odd[1];
	h *= key->odd[0];
	return h ^ (h >> 32);
}

/* From 32 hash bits to 0 .. below - 1, without a division. */
static inline uint32_t itsg_hash_scale(uint64_t hash32, uint32_t below)
{
	return (uint32_t)((hash32 * below) >> 32);
}

/* The bucket that slot `slot` is in. The last bucket may be short. */
static inline struct itsg_bucket itsg_hash_bucket(uint32_t slot, uint32_t capacity,
						  uint32_t bucket_slots)
{
	struct itsg_bucket bucket;

	bucket.first = slot / bucket_slots * bucket_slots;
	bucket.end = bucket.first + bucket_slots;
	if (bucket.end > capacity)
		bucket.end = capacity;
	return bucket;
}

/*
 * The hash picks slots and takes their buckets, so that a short last bucket is picked as seldom as
 * it is small. The second pick is among the slots outside the first bucket, so that with up to two
 * buckets each key can use every slot (R1).
 */
static inline struct itsg_choice itsg_hash_choose(const struct itsg_hash_key *key, uint64_t value,
						  uint32_t capacity, uint32_t bucket_slots)
{
	const uint64_t hash = itsg_hash(key, value);
	struct itsg_choice choice;
	uint32_t size, second;

	choice.bucket[0] =
		itsg_hash_bucket(itsg_hash_scale(hash >> 32, capacity), capacity, bucket_slots);
	size = choice.bucket[0].end - choice.bucket[0].first;
	second = choice.bucket[0].end + itsg_hash_scale(hash & 0xffffffffu, capacity - size);
	if (second >= capacity)
		second -= capacity;
	choice.bucket[1] = itsg_hash_bucket(second, capacity, bucket_slots);
	return choice;
}

#endif
