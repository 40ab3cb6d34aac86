/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "u64map.h"

#include <stdio.h>
#include <stdlib.h>

void *sim_realloc(void *old, size_t count, size_t size)
{
	void *grown = count <= SIZE_MAX / size ? realloc(old, count * size) : NULL;

	if (!grown) {
		fputs("sim: out of memory\n", stderr);
		abort();
	}
	return grown;
}

static size_t first_slot(const struct u64map *map, uint64_t key)
{
	uint64_t hash = (key ^ (key >> 29)) * 0x9e3779b97f4a7c15u;

	return (size_t)(hash >> 24) & (map->num_slots - 1);
}

/* The slot that names key, or the empty one where it belongs. Half of the slots are empty. */
static size_t find_slot(const struct u64map *map, uint64_t key)
{
	size_t slot = first_slot(map, key);

	while (map->slots[slot] && map->entries[map->slots[slot] - 1].key != key)
		slot = (slot + 1) & (map->num_slots - 1);
	return slot;
}

static void grow(struct u64map *map)
{
	map->capacity = map->capacity ? map->capacity * 2 : 64;
	map->entries = sim_realloc(map->entries, map->capacity, sizeof(*map->entries));
	free(map->slots);
	map->num_slots = map->capacity * 2;
	map->slots = sim_realloc(NULL, map->num_slots, sizeof(*map->slots));
	for (size_t i = 0; i < map->num_slots; i++)
		map->slots[i] = 0;
	for (size_t i = 0; i < map->count; i++) {
		size_t slot = find_slot(map, map->entries[i].key);

		map->slots[slot] = i + 1;
		map->entries[i].slot = slot;
	}
}

void u64map_free(struct u64map *map)
{
	free(map->entries);
	free(map->slots);
	*map = (struct u64map){0};
}

void u64map_reset(struct u64map *map)
{
	for (size_t i = 0; i < map->count; i++)
		map->slots[map->entries[i].slot] = 0;
	map->count = 0;
}

uint64_t *u64map_get(const struct u64map *map, uint64_t key)
{
	size_t slot;

	if (!map->count)
		return NULL;
	slot = find_slot(map, key);
	return map->slots[slot] ? &map->entries[map->slots[slot] - 1].value : NULL;
}

uint64_t *u64map_put(struct u64map *map, uint64_t key)
{
	uint64_t *value = u64map_get(map, key);
	struct u64map_entry *entry;

	if (value)
		return value;
	if (map->count == map->capacity)
		grow(map);
	entry = &map->entries[map->count];
	entry->key = key;
	entry->value = 0;
	entry->slot = find_slot(map, key);
	map->slots[entry->slot] = ++map->count;
	return &entry->value;
}
