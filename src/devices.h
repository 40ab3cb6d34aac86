/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Device records: DeviceID -> ITT and size, the guard's own note of what MAPD mapped.
 *
 * An unmap is judged by the record alone, never by what the command says (S2, S3, P25). A look-up
 * touches four cache lines, whatever DeviceIDs the host picks. The records of a bucket lie in
 * front, so that where they end a look-up does, too.
 */
#ifndef ITSGUARD_DEVICES_H
#define ITSGUARD_DEVICES_H

#include "hash.h"
#include "itsguard/arch.h"
#include "itsguard/env.h"

#define ITSG_DEVICES_MIN 2u
#define ITSG_DEVICES_MAX 0x1000000u

#define ITSG_DEVICE_SIZE ITSG_BITS(36, 32) /* of a key: EventID bits minus one */

struct itsg_device {
	uint64_t key; /* bit 63 in use, ITSG_DEVICE_SIZE, [31:0] DeviceID */
	uint64_t itt; /* address, 256-byte aligned */
};

/* Set up by its owner: records all zero, count 0. */
struct itsg_devices {
	struct itsg_device *records; /* `capacity` of them, 64-byte aligned */
	uint32_t capacity;
	uint32_t count;
	struct itsg_hash_key key;
};

/* The record of a DeviceID, or NULL. Valid until the next add or remove. */
struct itsg_device *itsg_devices_find(const struct itsg_devices *devices, uint32_t device_id);

#define ITSG_NO_SLOT (~(uint32_t)0)

/*
 * The record of a DeviceID; or NULL, and *slot is where it would get one, or ITSG_NO_SLOT. Valid
 * until the next add or remove.
 */
struct itsg_device *itsg_devices_look(const struct itsg_devices *devices, uint32_t device_id,
				      uint32_t *slot);

/* Of a DeviceID without a record: that slot. */
uint32_t itsg_devices_slot(const struct itsg_devices *devices, uint32_t device_id);

/*
 * The record in that slot is this from now on. The slot must be the one above, with nothing added
 * or removed in between; or that of the record of this DeviceID.
 */
void itsg_devices_put(struct itsg_devices *devices, uint32_t slot, uint32_t device_id,
		      uint32_t size, uint64_t itt);

/* Adds a DeviceID that has no record; false if there is no slot, and nothing is changed. */
bool itsg_devices_add(struct itsg_devices *devices, uint32_t device_id, uint32_t size,
		      uint64_t itt);

/* Another record may lie there afterwards. */
void itsg_devices_remove(struct itsg_devices *devices, struct itsg_device *device);

/* Record number index, 0 to capacity - 1, or NULL if that slot is empty. */
struct itsg_device *itsg_devices_at(const struct itsg_devices *devices, uint32_t index);

static inline uint32_t itsg_device_id(const struct itsg_device *device)
{
	return (uint32_t)device->key;
}

/* EventID bits minus one. */
static inline uint32_t itsg_device_size(const struct itsg_device *device)
{
	return (uint32_t)itsg_get(device->key, ITSG_DEVICE_SIZE);
}

/* For itsg_check(): every record in one of its two buckets and in front there, no DeviceID twice,
 * count right. */
bool itsg_devices_check(const struct itsg_devices *devices);

#endif
