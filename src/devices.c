/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "devices.h"

#define BUCKET_RECORDS 8u /* two cache lines */
#define IN_USE         ITSG_BIT(63)

static struct itsg_choice devices_choose(const struct itsg_devices *devices, uint32_t device_id)
{
	return itsg_hash_choose(&devices->key, device_id, devices->capacity, BUCKET_RECORDS);
}

/* In use, and of this DeviceID: that is compared at once. */
static struct itsg_device *devices_in(const struct itsg_devices *devices,
				      const struct itsg_bucket *bucket, uint32_t device_id)
{
	const struct itsg_device *const end = &devices->records[bucket->end];
	struct itsg_device *device = &devices->records[bucket->first];

	for (; device < end; device++)
		if ((device->key & ~ITSG_DEVICE_SIZE) == (IN_USE | device_id))
			return device;
	return NULL;
}

struct itsg_device *itsg_devices_find(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	struct itsg_device *const device = devices_in(devices, &choice.bucket[0], device_id);

	return device ? device : devices_in(devices, &choice.bucket[1], device_id);
}

/* The free slots of a bucket: how many, and the first of them, if there is one. */
struct devices_free {
	const struct itsg_device *first;
	uint32_t count;
};

/* The record in a bucket; or NULL, and what is free there. */
static inline struct itsg_device *devices_see(const struct itsg_devices *devices,
					      const struct itsg_bucket *bucket, uint32_t device_id,
					      struct devices_free *room)
{
	struct itsg_device *const begin = &devices->records[bucket->first];
	const uint64_t key = IN_USE | device_id;

	room->count = 0;
	/* From the end: look-ups are short where records lie in front. */
	for (struct itsg_device *device = &devices->records[bucket->end]; device > begin;) {
		device--;
		if ((device->key & ~ITSG_DEVICE_SIZE) == key)
			return device;
		if (device->key)
			continue;
		room->first = device;
		room->count++;
	}
	return NULL;
}

/* In the emptier of the two buckets. */
struct itsg_device *itsg_devices_look(const struct itsg_devices *devices, uint32_t device_id,
				      uint32_t *slot)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	struct devices_free room[2] = {{NULL, 0}, {NULL, 0}};
	struct itsg_device *device = devices_see(devices, &choice.bucket[0], device_id, &room[0]);
	const struct devices_free *emptier;

	if (!device)
		device = devices_see(devices, &choice.bucket[1], device_id, &room[1]);
	emptier = &room[room[0].count >= room[1].count ? 0 : 1];
	*slot = emptier->count ? (uint32_t)(emptier->first - devices->records) : ITSG_NO_SLOT;
	return device;
}

uint32_t itsg_devices_slot(const struct itsg_devices *devices, uint32_t device_id)
{
	uint32_t slot = ITSG_NO_SLOT;

	itsg_devices_look(devices, device_id, &slot);
	return slot;
}

bool itsg_devices_may_lie(const struct itsg_devices *devices, uint32_t slot, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);

	return (slot >= choice.bucket[0].first && slot < choice.bucket[0].end) ||
	       (slot >= choice.bucket[1].first && slot < choice.bucket[1].end);
}

void itsg_devices_put(struct itsg_devices *devices, uint32_t slot, uint32_t device_id,
		      uint32_t size, uint64_t itt)
{
	struct itsg_device *device = &devices->records[slot];

	device->key = IN_USE | itsg_put(ITSG_DEVICE_SIZE, size) | device_id;
	device->itt = itt;
	devices->count++;
}

bool itsg_devices_add(struct itsg_devices *devices, uint32_t device_id, uint32_t size, uint64_t itt)
{
	const uint32_t slot = itsg_devices_slot(devices, device_id);

	if (slot == ITSG_NO_SLOT)
		return false;
	itsg_devices_put(devices, slot, device_id, size, itt);
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
