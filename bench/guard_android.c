/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The guard of the Android common kernel, the first one's successor (the second series sent for
 * review differs little). Written anew from a description of it; what is wrong with it is in
 * docs/THREATS.md, P1 to P34.
 *
 * Each command is fetched once, looked at if it is a MAPD or MAPC, copied into the queue of
 * hardware, handed over by a write of CWRITER of its own, and waited for by reads of CREADR. Pages
 * are records of DeviceID and page number in an array of two pages, looked through from the front.
 * A page is shared by the first device and pinned by each.
 *
 * Left out: the delay between two reads of CREADR, and the undoing of a command for which hardware
 * takes too long (P1): here it has passed a command at the first look; what differs where a table
 * has two levels; which register writes are forced or refused; cache maintenance; its lock.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "shared.h"

#define PAGE_SHIFT    12
#define PAGE_MASK     ((1ull << PAGE_SHIFT) - 1)
#define ANDROID_PAGES 508u /* P23 */
#define ANDROID_LOOKS 1000u

struct android {
	const struct itsg_ops *ops;
	void *ctx;
	const uint8_t *host;
	uint8_t *ring;
	uint32_t bytes; /* of each */
	uint32_t at;    /* of the next command, in both */
	uint64_t refused;
	uint64_t table[ITSG_BASERS];
	uint32_t empty;
	struct android_record {
		uint32_t device;
		uint64_t pfn;
	} record[ANDROID_PAGES];
	struct shared shared;
};

struct android_command {
	uint64_t word[4]; /* as the CPU has numbers, or as the queue has them */
};

static bool android_is(const struct android_record *record, uint32_t device, uint64_t pfn)
{
	return record->pfn == pfn && record->device == device;
}

static bool android_take(struct android *guard, uint64_t pfn, bool shared)
{
	if (!shared && shared_share(&guard->shared, pfn) != SHARED_OK)
		return false;
	if (shared_pin(&guard->shared, pfn) == SHARED_OK)
		return true;
	(void)shared_unshare(&guard->shared, pfn);
	return false;
}

static bool android_add(struct android *guard, uint32_t device, uint64_t pfn)
{
	bool shared = false;
	uint32_t i;

	for (i = 0; i < ANDROID_PAGES && !shared; i++) {
		if (guard->record[i].pfn != pfn)
			continue;
		if (guard->record[i].device == device)
			return shared_pin(&guard->shared, pfn) == SHARED_OK;
		shared = true;
	}
	if (guard->empty >= ANDROID_PAGES || !android_take(guard, pfn, shared))
		return false;
	guard->record[guard->empty].device = device;
	guard->record[guard->empty].pfn = pfn;
	for (i = 0; i < ANDROID_PAGES; i++)
		if (android_is(&guard->record[i], 0, 0))
			break;
	guard->empty = i;
	return true;
}

/* Unsharing tells whether the page is pinned. The record stays if another device has it (P4). */
static bool android_release(struct android *guard, struct android_record *record)
{
	const uint64_t pfn = record->pfn;

	if (shared_unshare(&guard->shared, pfn) == SHARED_BUSY) {
		shared_unpin(&guard->shared, pfn);
		if (shared_unshare(&guard->shared, pfn) == SHARED_BUSY)
			return false;
	}
	memset(record, 0, sizeof(*record));
	return true;
}

static bool android_remove(struct android *guard, uint32_t device, uint64_t pfn)
{
	for (uint32_t i = 0; i < ANDROID_PAGES; i++) {
		if (!android_is(&guard->record[i], device, pfn))
			continue;
		if (android_release(guard, &guard->record[i]))
			guard->empty = i;
		return true;
	}
	return false;
}

static bool android_track(struct android *guard, uint32_t device, uint64_t pfn, uint64_t pages,
			  bool add)
{
	for (uint64_t i = 0; i < pages; i++) {
		if (add ? android_add(guard, device, pfn + i)
			: android_remove(guard, device, pfn + i))
			continue;
		while (i-- > 0)
			(void)(add ? android_remove(guard, device, pfn + i)
				   : android_add(guard, device, pfn + i));
		return false;
	}
	return true;
}

/* Pages of an ITT, or 0 if TYPER has fewer EventIDs. */
static uint64_t android_pages(const struct android *guard, uint32_t size)
{
	const uint64_t typer = guard->ops->reg_read(guard->ctx, ITSG_GITS_TYPER, 8);
	const uint64_t bytes = (1ull << (size + 1)) * ((typer >> 4 & 15) + 1);

	if (size > (typer >> 8 & 31))
		return 0;
	return ((bytes > 256 ? bytes : 256) + 255 + PAGE_MASK) >> PAGE_SHIFT;
}

/* There is a table of that type, and it is flat: nothing to do. */
static bool android_table(const struct android *guard, uint64_t type)
{
	for (uint32_t i = 0; i < ITSG_BASERS; i++)
		if ((guard->table[i] >> 56 & 7) == type)
			return !(guard->table[i] & ITSG_BASER_INDIRECT);
	return false;
}

/* ITT and Size of an unmap must be those of its map (P25). */
static bool android_mapd(struct android *guard, const struct android_command *command)
{
	const uint64_t itt = command->word[2] & 0xfffffffffff00ull;
	const uint32_t device = (uint32_t)(command->word[0] >> 32);
	const bool valid = command->word[2] >> 63;
	uint64_t pages;

	if (itt & PAGE_MASK)
		return false;
	pages = android_pages(guard, command->word[1] & 31);
	if (!pages || !android_table(guard, ITSG_BASER_TYPE_DEVICE))
		return false;
	return android_track(guard, device, itt >> PAGE_SHIFT, pages, valid);
}

/* Commands about virtual LPIs are refused, and what is not known is passed on (P12). */
static bool android_look(struct android *guard, const struct android_command *command)
{
	const uint8_t opcode = (uint8_t)command->word[0];

	if (opcode & 0x20)
		return false;
	switch (opcode) {
	case ITSG_CMD_MAPD:
		return android_mapd(guard, command);
	case ITSG_CMD_MAPC:
		return android_table(guard, ITSG_BASER_TYPE_COLLECTION);
	default:
		return true;
	}
}

static bool android_submit(struct android *guard, uint64_t retry)
{
	const uint32_t next = (guard->at + ITSG_CMD_BYTES) % guard->bytes;

	guard->ops->reg_write(guard->ctx, ITSG_GITS_CWRITER, 8, next | retry);
	for (uint32_t look = 0; look < ANDROID_LOOKS; look++) {
		const uint64_t creadr = guard->ops->reg_read(guard->ctx, ITSG_GITS_CREADR, 8);

		if (creadr & ITSG_CREADR_STALLED)
			return false;
		guard->at = creadr & ITSG_CREADR_OFFSET;
		if (guard->at == next)
			return true;
	}
	return false;
}

/* A command that is refused stays where it is, and all behind it (P21). */
static bool android_cwriter(struct android *guard, uint32_t offset, uint64_t value)
{
	const uint32_t to = value & ITSG_CWRITER_OFFSET;
	struct android_command raw, command;

	(void)offset;
	if (to >= guard->bytes)
		return false;
	while (guard->at != to) {
		memcpy(&raw, guard->host + guard->at, sizeof(raw));
		for (uint32_t i = 0; i < 4; i++)
			command.word[i] = le64toh(raw.word[i]);
		if (!android_look(guard, &command)) {
			guard->refused++;
			return true;
		}
		memcpy(guard->ring + guard->at, &raw, sizeof(raw));
		if (!android_submit(guard, value & ITSG_CWRITER_RETRY))
			return true;
	}
	return true;
}

static bool android_other(struct android *guard, uint32_t offset, uint64_t value)
{
	guard->ops->reg_write(guard->ctx, offset, offset == ITSG_GITS_CTLR ? 4 : 8, value);
	return true;
}

static bool android_baser(struct android *guard, uint32_t offset, uint64_t value)
{
	guard->ops->reg_write(guard->ctx, offset, 8, value);
	guard->table[(offset - ITSG_GITS_BASER) / 8] = guard->ops->reg_read(guard->ctx, offset, 8);
	return true;
}

/* Looked through for each access; what is not in it goes to hardware. */
static const struct android_register {
	uint32_t first;
	uint32_t bytes; /* of each */
	uint32_t count;
	bool (*write)(struct android *guard, uint32_t offset, uint64_t value);
} android_registers[] = {
	{ITSG_GITS_CWRITER, 8, 1, android_cwriter},
	{ITSG_GITS_CTLR, 4, 1, android_other},
	{ITSG_GITS_CBASER, 8, 1, android_other},
	{ITSG_GITS_BASER, 8, ITSG_BASERS, android_baser},
	{0, 0, 0, NULL},
};

static const struct android_register *android_find(uint32_t offset)
{
	const struct android_register *reg;

	for (reg = android_registers; reg->bytes; reg++)
		if (offset >= reg->first && offset < reg->first + reg->bytes * reg->count)
			return reg;
	return NULL;
}

static bool android_write(void *state, uint32_t offset, uint32_t width, uint64_t value)
{
	const struct android_register *reg = android_find(offset);
	struct android *guard = state;

	if ((offset & (width - 1)) || (reg && reg->bytes < width))
		return false;
	if (reg)
		return reg->write(guard, offset, value);
	guard->ops->reg_write(guard->ctx, offset, width, value);
	return true;
}

static uint64_t android_read(void *state, uint32_t offset, uint32_t width)
{
	const struct android_register *reg = android_find(offset);
	struct android *guard = state;

	if ((offset & (width - 1)) || (reg && reg->bytes < width))
		return 0;
	return guard->ops->reg_read(guard->ctx, offset, reg ? reg->bytes : width);
}

static void android_books(const void *state, struct guard_books *books)
{
	const struct android *guard = state;

	*books = (struct guard_books){0, guard->refused, false};
	for (uint32_t i = 0; i < ANDROID_PAGES; i++)
		books->devices += android_is(&guard->record[i], 0, 0) ? 0 : 1u;
	books->broken = guard->shared.count != books->devices;
}

static void *android_make(const struct guard_setup *setup)
{
	struct android *guard = calloc(1, sizeof(*guard));

	guard->ops = guard->shared.ops = setup->ops;
	guard->ctx = guard->shared.ctx = setup->ctx;
	guard->host = setup->host;
	guard->ring = setup->ring;
	guard->bytes = setup->ring_bytes;
	return guard;
}

const struct guard guard_android = {
	"android",    ANDROID_PAGES, 1u << PAGE_SHIFT, android_make, free, android_write,
	android_read, NULL,          android_books,
};
