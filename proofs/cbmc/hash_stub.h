/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The choice of buckets, for tables of one bucket: there both are all of it, whatever the hash
 * says. That is proved (hash_one_bucket); with this in its place other proofs need no hash.
 */
#ifndef ITSGUARD_HASH_STUB_H
#define ITSGUARD_HASH_STUB_H

#define itsg_hash_choose itsg_hash_choose_real
#include "hash.h"
#undef itsg_hash_choose

static inline struct itsg_choice itsg_hash_choose(const struct itsg_hash_key *key, uint64_t value,
						  uint32_t capacity, uint32_t bucket_slots)
{
	const struct itsg_choice choice = {{{0, capacity}, {0, capacity}}};

	(void)key;
	(void)value;
	PROVE(capacity >= 1 && capacity <= bucket_slots);
	return choice;
}

#endif
