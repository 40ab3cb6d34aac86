/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A map from 64-bit keys to 64-bit values, without removal. Entries are dense and in the order of
 * insertion, so that an entry's index can number something else. Resetting keeps the memory.
 */
#ifndef SIM_U64MAP_H
#define SIM_U64MAP_H

#include <stddef.h>
#include <stdint.h>

struct u64map_entry {
	uint64_t key;
	uint64_t value;
	size_t slot; /* where in slots this entry is named */
};

struct u64map {
	struct u64map_entry *entries;
	size_t count;
	size_t capacity;
	size_t *slots; /* index of an entry plus one, or 0 */
	size_t num_slots;
};

/* All zero is an empty map. */
void u64map_free(struct u64map *map);
void u64map_reset(struct u64map *map);
/* NULL if absent. */
uint64_t *u64map_get(const struct u64map *map, uint64_t key);
/* Adds it with value 0 if absent. The pointer holds until the next put. */
uint64_t *u64map_put(struct u64map *map, uint64_t key);

/* realloc that ends the program when there is no memory. */
void *sim_realloc(void *old, size_t count, size_t size);

#endif
