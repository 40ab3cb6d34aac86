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

/* How far a look goes into a bucket: to the record, to the first free slot, or to the end. */
static struct itsg_device *devices_upto(const struct itsg_devices *devices,
					const struct itsg_bucket *bucket, uint32_t device_id)
{
	const struct itsg_device *const end = &devices->records[bucket->end];
	struct itsg_device *device = &devices->records[bucket->first];

	while (device < end && device->key &&
	       (device->key & ~ITSG_DEVICE_SIZE) != (IN_USE | device_id))
		device++;
	return device;
}

/* The free slots of a bucket, if these begin there. */
static uint32_t devices_room(const struct itsg_devices *devices, const struct itsg_bucket *bucket,
			     const struct itsg_device *device)
{
	return bucket->end - (uint32_t)(device - devices->records);
}

/* In the emptier of the two buckets. */
struct itsg_device *itsg_devices_look(const struct itsg_devices *devices, uint32_t device_id,
				      uint32_t *slot)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	struct itsg_device *device = devices_upto(devices, &choice.bucket[0], device_id);
	struct itsg_device *other;
	uint32_t room = devices_room(devices, &choice.bucket[0], device);
	uint32_t other_room;

	if (room && device->key)
		return device;
	other = devices_upto(devices, &choice.bucket[1], device_id);
	other_room = devices_room(devices, &choice.bucket[1], other);
	if (other_room && other->key)
		return other;
	if (other_room > room) {
		device = other;
		room = other_room;
	}
	*slot = room ? (uint32_t)(device - devices->records) : ITSG_NO_SLOT;
	return NULL;
}

uint32_t itsg_devices_slot(const struct itsg_devices *devices, uint32_t device_id)
{
	uint32_t slot = ITSG_NO_SLOT;

	itsg_devices_look(devices, device_id, &slot);
	return slot;
}

void itsg_devices_put(struct itsg_devices *devices, uint32_t slot, uint32_t device_id,
		      uint32_t size, uint64_t itt)
{
	struct itsg_device *device = &devices->records[slot];

	devices->count += device->key ? 0 : 1;
	device->key = IN_USE | itsg_put(ITSG_DEVICE_SIZE, size) | device_id;
	device->itt = itt;
}

bool itsg_devices_add(struct itsg_devices *devices, uint32_t device_id, uint32_t size, uint64_t itt)
{
	const uint32_t slot = itsg_devices_slot(devices, device_id);

	if (slot == ITSG_NO_SLOT)
		return false;
	itsg_devices_put(devices, slot, device_id, size, itt);
	return true;
}

/* The last record of the bucket comes to where it was. */
void itsg_devices_remove(struct itsg_devices *devices, struct itsg_device *device)
{
	const uint32_t slot = (uint32_t)(device - devices->records);
	const struct itsg_device *const end =
		&devices->records[itsg_hash_bucket(slot, devices->capacity, BUCKET_RECORDS).end];
	struct itsg_device *last = device;

	while (last + 1 < end && last[1].key)
		last++;
	*device = *last;
	last->key = 0;
	last->itt = 0;
	devices->count--;
}

struct itsg_device *itsg_devices_at(const struct itsg_devices *devices, uint32_t index)
{
	if (index >= devices->capacity || !(devices->records[index].key & IN_USE))
		return NULL;
	return &devices->records[index];
}

/* Does a record lie behind a free slot of its bucket? */
static bool devices_gap(const struct itsg_devices *devices, uint32_t index)
{
	return index % BUCKET_RECORDS && !itsg_devices_at(devices, index - 1);
}

bool itsg_devices_check(const struct itsg_devices *devices)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < devices->capacity; i++) {
		const struct itsg_device *device = itsg_devices_at(devices, i);

		if (!device)
			continue;
		/* Found at its own slot: it is in one of its buckets, and only once. */
		if (itsg_devices_find(devices, itsg_device_id(device)) != device ||
		    devices_gap(devices, i))
			return false;
		count++;
	}
	return count == devices->count;
}
