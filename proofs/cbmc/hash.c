/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The choice of buckets (hash.h): any key, any value. */
#include "proof.h"

#include "hash.h"

#define SLOTS 8u /* of a bucket */

static struct itsg_choice any_choice(uint32_t capacity)
{
	const uint64_t secret[2] = {nondet_u64(), nondet_u64()};
	const struct itsg_hash_key key = itsg_hash_key(secret);

	return itsg_hash_choose(&key, nondet_u64(), capacity, SLOTS);
}

/* Up to a bucket's slots both choices are all of the table: hash_stub.h says so. */
void hash_one_bucket(void)
{
	for (uint32_t capacity = 1; capacity <= SLOTS; capacity++) {
		const struct itsg_choice choice = any_choice(capacity);

		for (uint32_t i = 0; i < 2; i++)
			PROVE(choice.bucket[i].first == 0 && choice.bucket[i].end == capacity);
		REACHED(choice.bucket[1].end == SLOTS);
	}
}

/* With two buckets the choices are both of them (R1), and with more they are two, or one twice. */
void hash_buckets(void)
{
	for (uint32_t capacity = SLOTS + 1; capacity <= 3 * SLOTS; capacity++) {
		const struct itsg_choice choice = any_choice(capacity);

		for (uint32_t i = 0; i < 2; i++) {
			const struct itsg_bucket bucket = choice.bucket[i];

			PROVE(bucket.first % SLOTS == 0 && bucket.first < bucket.end);
			PROVE(bucket.end <= capacity && bucket.end - bucket.first <= SLOTS);
			PROVE(bucket.end == capacity || bucket.end - bucket.first == SLOTS);
		}
		PROVE(capacity > 2 * SLOTS || choice.bucket[0].first != choice.bucket[1].first);
		REACHED(choice.bucket[0].first > choice.bucket[1].first);
		REACHED(capacity == 3 * SLOTS && choice.bucket[0].first == 0 &&
			choice.bucket[1].first == 2 * SLOTS);
	}
}
