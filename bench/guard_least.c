/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The least that keeps the promises of docs/DESIGN.md while all goes well. A command is fetched
 * once; it is bounded by TYPER, the tables and the record of its device; what hardware gets is made
 * of the fields that were looked at; claims are granules in a hash table, the first in a page
 * shares it; an unmap has a SYNC behind it, and its claim goes when that has passed and the slots
 * up to there are overwritten; the host's CREADR is at the first command that is not over.
 *
 * Left out, and all that makes the library longer than this: any state but enabled (arming,
 * retiring, power, stalls), callbacks that fail but for share, a budget, two levels, donated pages,
 * marks, host pages but of 4 KB, more than one redistributor that is a target, one that sleeps,
 * MAPD over a mapped device, waiting for what is on its way out, reserved DeviceIDs, events,
 * statistics, commands that no measurement here sends, the second bucket of a key, a CPU that is
 * big-endian, and that commands are taken apart by one table.
 */
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "itsguard/arch.h"
#include "itsguard/cmd.h"

#define SLOTS       2048u /* of the ring */
#define RUN         256u  /* commands that are published, or overwritten, with one store at most */
#define BUCKET      8u
#define PAGE_SHIFT  12
#define DEVICES_END (1u << 17) /* of the table that path.c gives it */
#define ICIDS_END   8192u
#define LPI_BITS    16
#define EVENT_BITS  16
#define ITE_BYTES   8u
#define PA_BITS     48
#define IN_USE      (1ull << 63)

struct least_device {
	uint64_t id; /* IN_USE and DeviceID, 0: free */
	uint64_t itt;
	uint64_t bytes;
	uint64_t events;
};

struct least_drop {
	uint32_t number;  /* of the unmap */
	uint32_t barrier; /* of the SYNC behind it */
	uint64_t itt, bytes;
};

struct least {
	const struct itsg_ops *ops;
	void *ctx;
	uint64_t host_pa, ring_pa;
	uint32_t ring_bytes;
	uint32_t redistributors;
	uint32_t fetched, cwriter; /* offsets in the host's queue */
	/* Commands are numbered; slot: number modulo SLOTS. */
	uint32_t published, passed, scrubbed;
	uint32_t first_drop, drops; /* numbers, too */
	uint32_t device_mask, page_mask;
	uint32_t mapped;
	bool broken;
	uint64_t refused;
	uint32_t staged; /* of run[], not stored yet */
	uint64_t run[RUN][4];
	uint64_t harmless[RUN][4];
	uint32_t host[SLOTS]; /* where a slot's command was in the host's queue */
	struct least_drop drop[SLOTS];
	struct least_device *device;
	uint64_t *page; /* PFN << 16 | granules, 0: free */
};

/* The first of the bucket that a key is kept in. */
static uint32_t least_bucket(uint64_t key, uint32_t mask)
{
	const uint64_t hash = (key ^ 0x243f6a8885a308d3ull) * 0x9e3779b97f4a7c15ull;

	return (uint32_t)(hash >> 32) & mask & ~(BUCKET - 1);
}

/* ---- pages ---- */

/* The word of a page, or a free one, or NULL. */
static uint64_t *least_page(struct least *guard, uint64_t pfn)
{
	uint64_t *const page = guard->page + least_bucket(pfn, guard->page_mask);
	uint64_t *empty = NULL;

	for (uint32_t i = 0; i < BUCKET; i++) {
		if (page[i] >> 16 == pfn)
			return &page[i];
		if (!page[i] && !empty)
			empty = &page[i];
	}
	return empty;
}

static uint64_t least_granules(uint64_t pa, uint64_t end)
{
	const uint64_t first = pa >> ITSG_GRANULE_SHIFT & 15;
	const uint64_t last = (end - 1) >> ITSG_GRANULE_SHIFT & 15;

	return (0xffffull << first & 0xffff) & 0xffffull >> (15 - last);
}

static uint64_t least_page_end(uint64_t pa, uint64_t end)
{
	const uint64_t page_end = ((pa >> PAGE_SHIFT) + 1) << PAGE_SHIFT;

	return page_end < end ? page_end : end;
}

static void least_give(struct least *guard, uint64_t pa, uint64_t end)
{
	for (uint64_t next; pa < end; pa = next) {
		uint64_t *const page = least_page(guard, pa >> PAGE_SHIFT);

		next = least_page_end(pa, end);
		*page &= ~least_granules(pa, next);
		if (*page & 0xffff)
			continue;
		*page = 0;
		(void)guard->ops->unshare(guard->ctx, pa >> PAGE_SHIFT, 1);
	}
}

/* All or nothing. */
static bool least_take(struct least *guard, const uint64_t pa, uint64_t end)
{
	uint64_t next;

	for (uint64_t at = pa; at < end; at = next) {
		uint64_t *const page = least_page(guard, at >> PAGE_SHIFT);
		uint64_t granules;

		next = least_page_end(at, end);
		granules = least_granules(at, next);
		if (!page || (*page & granules) ||
		    (!*page && guard->ops->share(guard->ctx, at >> PAGE_SHIFT, 1) != 1)) {
			least_give(guard, pa, at);
			return false;
		}
		*page |= at >> PAGE_SHIFT << 16 | granules;
	}
	return true;
}

/* ---- devices ---- */

/* The record of a device, or a free one, or NULL. */
static struct least_device *least_device(struct least *guard, uint32_t id)
{
	struct least_device *const device = guard->device + least_bucket(id, guard->device_mask);
	struct least_device *empty = NULL;

	for (uint32_t i = 0; i < BUCKET; i++) {
		if (device[i].id == (IN_USE | id))
			return &device[i];
		if (!device[i].id && !empty)
			empty = &device[i];
	}
	return empty;
}

static bool least_mapped(const struct least_device *device)
{
	return device && device->id;
}

/* ---- commands: false is refused ---- */

static bool least_map(struct least *guard, uint64_t word[4], struct least_device *device)
{
	const uint64_t itt = word[2] & 0xfffffffffff00ull;
	const uint32_t size = word[1] & 31;
	const uint64_t entries = 2ull << size;
	const uint64_t bytes = (entries * ITE_BYTES + 255) & ~255ull;

	if (!device || device->id || size >= EVENT_BITS || (itt + bytes - 1) >> PA_BITS ||
	    !least_take(guard, itt, itt + bytes))
		return false;
	device->id = IN_USE | word[0] >> 32;
	device->itt = itt;
	device->bytes = bytes;
	device->events = entries;
	guard->mapped++;
	word[1] = size;
	word[2] = IN_USE | itt;
	return true;
}

static bool least_unmap(struct least *guard, uint64_t word[4], struct least_device *device)
{
	struct least_drop *const drop = &guard->drop[(guard->first_drop + guard->drops) % SLOTS];

	if (!least_mapped(device))
		return false;
	drop->number = guard->published + guard->staged;
	drop->itt = device->itt;
	drop->bytes = device->bytes;
	guard->drops++;
	guard->mapped--;
	device->id = 0;
	word[1] = word[2] = 0;
	return true;
}

static bool least_mapd(struct least *guard, uint64_t word[4])
{
	const uint32_t id = (uint32_t)(word[0] >> 32);
	const bool valid = word[2] & IN_USE;

	if (id >= DEVICES_END)
		return false;
	word[0] &= 0xffffffff000000ffull;
	word[3] = 0;
	return valid ? least_map(guard, word, least_device(guard, id))
		     : least_unmap(guard, word, least_device(guard, id));
}

static bool least_event(struct least *guard, uint64_t word[4])
{
	const uint32_t id = (uint32_t)(word[0] >> 32);
	const struct least_device *device;

	if (id >= DEVICES_END)
		return false;
	device = least_device(guard, id);
	if (!least_mapped(device) || (uint32_t)word[1] >= device->events)
		return false;
	word[0] &= 0xffffffff000000ffull;
	word[1] &= 0xffffffffull;
	word[2] = word[3] = 0;
	return true;
}

static bool least_mapti(struct least *guard, uint64_t word[4])
{
	const uint64_t intid = word[1] >> 32;
	const uint64_t icid = word[2] & 0xffff;

	if (intid < ITSG_LPI_FIRST || intid >> LPI_BITS || icid >= ICIDS_END ||
	    !least_event(guard, word))
		return false;
	word[1] |= intid << 32;
	word[2] = icid;
	return true;
}

static bool least_rdbase(const struct least *guard, uint64_t word)
{
	return (word >> 16 & 0x7ffffffffull) < guard->redistributors;
}

/* The first redistributor is the target of all barriers here. */
static bool least_mapc(uint64_t word[4])
{
	const uint64_t icid = word[2] & 0xffff;

	if (icid >= ICIDS_END || (word[2] >> 16 & 0x7ffffffffull))
		return false;
	word[0] &= 0xff;
	word[1] = word[3] = 0;
	word[2] = (word[2] & IN_USE) | icid;
	return true;
}

static bool least_sync(const struct least *guard, uint64_t word[4])
{
	if (!least_rdbase(guard, word[2]))
		return false;
	word[0] &= 0xff;
	word[1] = word[3] = 0;
	word[2] &= 0x7ffffffff0000ull;
	return true;
}

static bool least_judge(struct least *guard, uint64_t word[4])
{
	switch (word[0] & 0xff) {
	case ITSG_CMD_INT:
	case ITSG_CMD_INV:
		return least_event(guard, word);
	case ITSG_CMD_SYNC:
		return least_sync(guard, word);
	case ITSG_CMD_MAPTI:
		return least_mapti(guard, word);
	case ITSG_CMD_MAPD:
		return least_mapd(guard, word);
	case ITSG_CMD_MAPC:
		return least_mapc(word);
	default:
		return false;
	}
}

/* ---- the ring ---- */

/* `count` slots from that number on, of which none is needed; the end of the ring divides them. */
static void least_store(struct least *guard, uint32_t number, uint64_t run[][4], uint32_t count)
{
	const uint32_t slot = number % SLOTS;
	const uint32_t front = slot + count > SLOTS ? SLOTS - slot : count;

	(void)guard->ops->store(guard->ctx, guard->ring_pa + slot * ITSG_CMD_BYTES,
				(const uint8_t *)run, front * ITSG_CMD_BYTES);
	if (front < count)
		(void)guard->ops->store(guard->ctx, guard->ring_pa, (const uint8_t *)(run + front),
					(count - front) * ITSG_CMD_BYTES);
}

static void least_stage(struct least *guard)
{
	guard->host[(guard->published + guard->staged) % SLOTS] = guard->fetched;
	guard->staged++;
}

/* The SYNC behind the unmaps of a batch, whose drops are the last. */
static void least_barrier(struct least *guard, uint32_t unmaps)
{
	for (; unmaps; unmaps--)
		guard->drop[(guard->first_drop + guard->drops - unmaps) % SLOTS].barrier =
			guard->published + guard->staged;
	memcpy(guard->run[guard->staged], guard->harmless[0], ITSG_CMD_BYTES);
	least_stage(guard);
}

static void least_publish(struct least *guard)
{
	const uint32_t next = guard->published + guard->staged;

	least_store(guard, guard->published, guard->run, guard->staged);
	guard->published = next;
	guard->staged = 0;
	guard->ops->reg_write(guard->ctx, ITSG_GITS_CWRITER, 8, next % SLOTS * ITSG_CMD_BYTES);
}

/* A batch, or what there is room for, with one slot left for a SYNC. */
static void least_batch(struct least *guard)
{
	const uint32_t free = SLOTS - 1 - (guard->published - guard->scrubbed);
	const uint32_t most = free < RUN ? free : RUN;
	const uint32_t drops = guard->drops;

	while (guard->fetched != guard->cwriter && guard->staged + 1 < most) {
		uint64_t *const word = guard->run[guard->staged];

		(void)guard->ops->fetch(guard->ctx, guard->host_pa + guard->fetched,
					(uint8_t *)word, ITSG_CMD_BYTES);
		if (least_judge(guard, word))
			least_stage(guard);
		else
			guard->refused++;
		guard->fetched = (guard->fetched + ITSG_CMD_BYTES) % guard->ring_bytes;
	}
	if (guard->drops != drops)
		least_barrier(guard, guard->drops - drops);
	if (guard->staged)
		least_publish(guard);
}

/* ---- what is over ---- */

/* CREADR counts only between where it was and CWRITER. */
static void least_look(struct least *guard)
{
	const uint64_t creadr = guard->ops->reg_read(guard->ctx, ITSG_GITS_CREADR, 8);
	const uint32_t moved = (uint32_t)(creadr / ITSG_CMD_BYTES - guard->passed) % SLOTS;

	if (moved > guard->published - guard->passed)
		guard->broken = true;
	else
		guard->passed += moved;
}

static void least_scrub(struct least *guard)
{
	const uint32_t over = guard->passed - guard->scrubbed;
	const uint32_t count = over < RUN ? over : RUN;

	least_store(guard, guard->scrubbed, guard->harmless, count);
	guard->scrubbed += count;
}

static void least_settle(struct least *guard)
{
	while (guard->drops) {
		const struct least_drop *const drop = &guard->drop[guard->first_drop % SLOTS];

		if ((int32_t)(guard->scrubbed - drop->barrier) <= 0)
			return;
		least_give(guard, drop->itt, drop->itt + drop->bytes);
		guard->first_drop++;
		guard->drops--;
	}
}

/* True if it did anything. */
static bool least_work(struct least *guard)
{
	bool any = false;

	least_look(guard);
	if (guard->broken)
		return false;
	while (guard->scrubbed != guard->passed) {
		least_scrub(guard);
		least_settle(guard);
		any = true;
	}
	if (guard->fetched != guard->cwriter) {
		least_batch(guard);
		any = true;
	}
	return any;
}

/* Where the first command is that is not over: passed, and what it releases released. */
static uint32_t least_creadr(const struct least *guard)
{
	const uint32_t unmap = guard->drop[guard->first_drop % SLOTS].number;
	const bool waits = guard->drops && (int32_t)(unmap - guard->passed) < 0;
	const uint32_t first = waits ? unmap : guard->passed;

	return first == guard->published ? guard->fetched : guard->host[first % SLOTS];
}

/* ---- entries ---- */

static bool least_poll(void *state)
{
	return least_work(state);
}

static bool least_write(void *state, uint32_t offset, uint32_t width, uint64_t value)
{
	const uint32_t to = value & ITSG_CWRITER_OFFSET;
	struct least *guard = state;

	if (offset != ITSG_GITS_CWRITER) {
		guard->ops->reg_write(guard->ctx, offset, width, value);
		return true;
	}
	if (to >= guard->ring_bytes)
		return false;
	guard->cwriter = to;
	(void)least_work(guard);
	return true;
}

static uint64_t least_read(void *state, uint32_t offset, uint32_t width)
{
	struct least *guard = state;

	if (offset != ITSG_GITS_CREADR)
		return guard->ops->reg_read(guard->ctx, offset, width);
	(void)least_work(guard);
	return least_creadr(guard);
}

static void least_books(const void *state, struct guard_books *books)
{
	const struct least *guard = state;

	*books = (struct guard_books){guard->mapped, guard->refused, guard->broken};
}

static uint32_t least_room(uint32_t entries)
{
	uint32_t room = 64;

	while (room < 2 * entries)
		room *= 2;
	return room;
}

/* Room is ample, or a bucket would be full now and then. */
static void *least_make(const struct guard_setup *setup)
{
	const uint32_t devices = BUCKET * least_room(setup->devices);
	const uint32_t pages = BUCKET * least_room(setup->devices / 16 + 256);
	struct least *guard = calloc(1, sizeof(*guard));

	guard->ops = setup->ops;
	guard->ctx = setup->ctx;
	guard->host_pa = setup->host_pa;
	guard->ring_pa = setup->ring_pa;
	guard->ring_bytes = setup->ring_bytes;
	guard->redistributors = setup->redistributors;
	guard->device_mask = devices - 1;
	guard->page_mask = pages - 1;
	guard->device = calloc(devices, sizeof(*guard->device));
	guard->page = calloc(pages, sizeof(*guard->page));
	for (uint32_t i = 0; i < RUN; i++)
		guard->harmless[i][0] = ITSG_CMD_SYNC;
	return guard;
}

static void least_destroy(void *state)
{
	struct least *guard = state;

	free(guard->device);
	free(guard->page);
	free(guard);
}

const struct guard guard_least = {
	"least",    UINT32_MAX,    1u << ITSG_GRANULE_SHIFT,
	least_make, least_destroy, least_write,
	least_read, least_poll,    least_books,
};
