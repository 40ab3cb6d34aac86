/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "devices.h"

#include "itsguard/arch.h"

#define BUCKET_RECORDS 8u /* two cache lines */
#define IN_USE         ITSG_BIT(63)
#define SIZE           ITSG_BITS(36, 32)

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
		if ((device->key & ~SIZE) == (IN_USE | device_id))
			return device;
	return NULL;
}

struct itsg_device *itsg_devices_find(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	struct itsg_device *const device = devices_in(devices, &choice.bucket[0], device_id);

	return device ? device : devices_in(devices, &choice.bucket[1], device_id);
}

/* How many are free, and the first of them: look-ups are short where records lie in front. */
static uint32_t devices_free(const struct itsg_devices *devices, const struct itsg_bucket *bucket,
			     uint32_t *slot)
{
	uint32_t count = 0;

	for (uint32_t i = bucket->end; i-- > bucket->first;) {
		if (devices->records[i].key)
			continue;
		*slot = i;
		count++;
	}
	return count;
}

/* In the emptier of the two buckets. */
uint32_t itsg_devices_slot(const struct itsg_devices *devices, uint32_t device_id)
{
	const struct itsg_choice choice = devices_choose(devices, device_id);
	uint32_t slot[2] = {0, 0};
	const uint32_t first = devices_free(devices, &choice.bucket[0], &slot[0]);
	const uint32_t second = devices_free(devices, &choice.bucket[1], &slot[1]);

	if (first == 0 && second == 0)
		return ITSG_NO_SLOT;
	return first >= second ? slot[0] : slot[1];
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

	device->key = IN_USE | itsg_put(SIZE, size) | device_id;
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
