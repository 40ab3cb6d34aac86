/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "devices.h"

#include "hash.h"
#include "itsguard/arch.h"

#define BUCKET_RECORDS 8u /* two cache lines */
#define IN_USE         ITSG_BIT(63)
#define SIZE           ITSG_BITS(36, 32)

static struct itsg_choice devices_choose(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_hash_key key = itsg_hash_key(devices->hash_key);

	return itsg_hash_choose(&key, device_id, devices->capacity, BUCKET_RECORDS);
}

static bool devices_is(const struct itsg_device *device, uint32_t device_id)
{
	return (device->key & IN_USE) && itsg_device_id(device) == device_id;
}

struct itsg_device *itsg_devices_find(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);

	for (uint32_t b = 0; b < 2; b++)
		for (uint32_t i = choice.bucket[b].first; i < choice.bucket[b].end; i++)
			if (devices_is(&devices->records[i], device_id))
				return &devices->records[i];
	return NULL;
}

static uint32_t devices_free(const struct itsg_devices *devices, const struct itsg_bucket *bucket,
			     uint32_t *slot)
{
	uint32_t count = 0;

	for (uint32_t i = bucket->first; i < bucket->end; i++) {
		if (devices->records[i].key & IN_USE)
			continue;
		*slot = i;
		count++;
	}
	return count;
}

/* A free slot in the emptier of the two buckets, or NULL. */
static struct itsg_device *devices_slot(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	uint32_t slot[2] = {0, 0};
	const uint32_t first = devices_free(devices, &choice.bucket[0], &slot[0]);
	const uint32_t second = devices_free(devices, &choice.bucket[1], &slot[1]);

	if (first == 0 && second == 0)
		return NULL;
	return &devices->records[first >= second ? slot[0] : slot[1]];
}

bool itsg_devices_room(const struct itsg_devices *devices, uint32_t device_id)
{
	return devices_slot(devices, device_id) != NULL;
}

bool itsg_devices_add(struct itsg_devices *devices, uint32_t device_id, uint32_t size, uint64_t itt)
{
	struct itsg_device *device = devices_slot(devices, device_id);

	if (!device)
		return false;
	device->key = IN_USE | itsg_put(SIZE, size) | device_id;
	device->itt = itt;
	devices->count++;
	return true;
}

void itsg_devices_remove(struct itsg_devices *devices, struct itsg_device *device)
{
	device->key = 0;
	device->itt = 0;
	devices->count--;
}

struct itsg_device *itsg_devices_at(const struct itsg_devices *devices, uint32_t index)
{
	if (index >= devices->capacity || !(devices->records[index].key & IN_USE))
		return NULL;
	return &devices->records[index];
}

uint32_t itsg_device_id(const struct itsg_device *device)
{
	return (uint32_t)(device->key & 0xffffffffu);
}

uint32_t itsg_device_size(const struct itsg_device *device)
{
	return (uint32_t)itsg_get(device->key, SIZE);
}

bool itsg_devices_check(const struct itsg_devices *devices)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < devices->capacity; i++) {
		const struct itsg_device *device = itsg_devices_at(devices, i);

		if (!device)
			continue;
		/* Found at its own slot: it is in one of its buckets, and only once. */
		if (itsg_devices_find(devices, itsg_device_id(device)) != device)
			return false;
		count++;
	}
	return count == devices->count;
}
