/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The first published guard, as it was sent for review. Written anew from a description of it; what
 * is wrong with it is in docs/THREATS.md, R1 to S20.
 *
 * A write of CWRITER copies all that is new into the queue of hardware, looks at it there for a
 * MAPD or MAPC, and passes the write on: nothing waits, nothing is seen to the end. Pages are
 * numbers in an array of one page. To add one, it is shared, and the next free place is looked for
 * from the front; to remove one, all of the array is looked through.
 *
 * Mended, or it could not do the work: the inverted test of alignment (R8), the second half of a
 * batch that goes round the end of the queue (S5). Left out: what differs from this where a table
 * has two levels (R4 to R7), VMAPP (S17), which register writes it forces or refuses, its lock.
 */
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "shared.h"

#define PAGE_SHIFT     12
#define PAGE_MASK      ((1ull << PAGE_SHIFT) - 1)
#define REVIEWED_PAGES 506u /* numbers of 8 bytes in a page, behind 48 bytes of other things */

struct reviewed {
	const struct itsg_ops *ops;
	void *ctx;
	const uint8_t *host;
	uint8_t *ring;
	uint32_t bytes; /* of each */
	uint32_t at;    /* up to where the host's queue has been copied */
	uint64_t refused;
	uint64_t table[ITSG_BASERS];
	uint32_t empty;
	uint64_t tracked[REVIEWED_PAGES];
	struct shared shared;
};

struct reviewed_command {
	uint64_t word[4];
};

static bool reviewed_add(struct reviewed *guard, uint64_t pfn)
{
	uint32_t i;

	if (guard->empty + 1 >= REVIEWED_PAGES)
		return false;
	if (shared_share(&guard->shared, pfn) != SHARED_OK)
		return false;
	guard->tracked[guard->empty] = pfn;
	for (i = 0; i < REVIEWED_PAGES; i++)
		if (!guard->tracked[i])
			break;
	guard->empty = i;
	return true;
}

/* Goes on behind the page, and is content without it (R3, S12). */
static bool reviewed_remove(struct reviewed *guard, uint64_t pfn)
{
	for (uint32_t i = 0; i < REVIEWED_PAGES; i++) {
		if (guard->tracked[i] != pfn)
			continue;
		if (shared_unshare(&guard->shared, pfn) != SHARED_OK)
			return false;
		guard->tracked[i] = 0;
		guard->empty = i;
	}
	return true;
}

static bool reviewed_track(struct reviewed *guard, uint64_t pfn, uint64_t pages, bool add)
{
	for (uint64_t i = 0; i < pages; i++) {
		if (add ? reviewed_add(guard, pfn + i) : reviewed_remove(guard, pfn + i))
			continue;
		while (i-- > 0)
			(void)(add ? reviewed_remove(guard, pfn + i)
				   : reviewed_add(guard, pfn + i));
		return false;
	}
	return true;
}

/* Pages of an ITT. The bound that TYPER gives is not looked at (S9). */
static uint64_t reviewed_pages(const struct reviewed *guard, uint32_t size)
{
	const uint64_t typer = guard->ops->reg_read(guard->ctx, ITSG_GITS_TYPER, 8);
	const uint64_t bytes = (1ull << (size + 1)) * ((typer >> 4 & 15) + 1);

	return ((bytes > 256 ? bytes : 256) + 255 + PAGE_MASK) >> PAGE_SHIFT;
}

/* There is a table of that type, and it is flat: nothing to do. */
static bool reviewed_table(const struct reviewed *guard, uint64_t type)
{
	for (uint32_t i = 0; i < ITSG_BASERS; i++)
		if ((guard->table[i] >> 56 & 7) == type)
			return !(guard->table[i] & ITSG_BASER_INDIRECT);
	return false;
}

static bool reviewed_mapd(struct reviewed *guard, const struct reviewed_command *command)
{
	const uint64_t itt = command->word[2] & 0xfffffffffff00ull;
	const bool valid = command->word[2] >> 63;
	uint64_t pages;

	if (itt & PAGE_MASK)
		return false;
	pages = reviewed_pages(guard, command->word[1] & 31);
	if (!reviewed_table(guard, ITSG_BASER_TYPE_DEVICE))
		return false;
	return reviewed_track(guard, itt >> PAGE_SHIFT, pages, valid);
}

static bool reviewed_look(struct reviewed *guard, const struct reviewed_command *command)
{
	switch (command->word[0] & 0xff) {
	case ITSG_CMD_MAPD:
		return reviewed_mapd(guard, command);
	case ITSG_CMD_MAPC:
		return reviewed_table(guard, ITSG_BASER_TYPE_COLLECTION);
	default:
		return true;
	}
}

static bool reviewed_copy(struct reviewed *guard, uint32_t from, uint32_t to)
{
	memcpy(guard->ring + from, guard->host + from, to - from);
	for (; from < to; from += ITSG_CMD_BYTES)
		if (!reviewed_look(guard, (const struct reviewed_command *)(guard->ring + from)))
			return false;
	return true;
}

/* What is refused is looked at again with the next write, and refused again (S7). */
static bool reviewed_cwriter(struct reviewed *guard, uint32_t offset, uint64_t value)
{
	const uint32_t to = value & ITSG_CWRITER_OFFSET;
	bool good;

	if (to > guard->bytes)
		return false;
	good = reviewed_copy(guard, guard->at, to < guard->at ? guard->bytes : to);
	if (good && to < guard->at)
		good = reviewed_copy(guard, 0, to);
	if (!good) {
		guard->refused++;
		return true;
	}
	guard->at = to;
	guard->ops->reg_write(guard->ctx, offset, 8, value);
	return true;
}

static bool reviewed_other(struct reviewed *guard, uint32_t offset, uint64_t value)
{
	guard->ops->reg_write(guard->ctx, offset, 8, value);
	return true;
}

static bool reviewed_baser(struct reviewed *guard, uint32_t offset, uint64_t value)
{
	guard->ops->reg_write(guard->ctx, offset, 8, value);
	guard->table[(offset - ITSG_GITS_BASER) / 8] = guard->ops->reg_read(guard->ctx, offset, 8);
	return true;
}

/* Looked through for each access; what is not in it goes to hardware. */
static const struct reviewed_register {
	uint32_t first;
	uint32_t bytes; /* of each */
	uint32_t count;
	bool (*write)(struct reviewed *guard, uint32_t offset, uint64_t value);
} reviewed_registers[] = {
	{ITSG_GITS_CWRITER, 8, 1, reviewed_cwriter},
	{ITSG_GITS_CTLR, 8, 1, reviewed_other},
	{ITSG_GITS_CBASER, 8, 1, reviewed_other},
	{ITSG_GITS_BASER, 8, ITSG_BASERS, reviewed_baser},
	{0, 0, 0, NULL},
};

static const struct reviewed_register *reviewed_find(uint32_t offset, uint32_t width)
{
	const struct reviewed_register *reg;

	for (reg = reviewed_registers; reg->bytes; reg++)
		if (offset >= reg->first && offset < reg->first + reg->bytes * reg->count &&
		    !(reg->bytes & (width - 1)))
			return reg;
	return NULL;
}

static bool reviewed_write(void *state, uint32_t offset, uint32_t width, uint64_t value)
{
	const struct reviewed_register *reg = reviewed_find(offset, width);
	struct reviewed *guard = state;

	if (reg)
		return reg->write(guard, offset, value);
	guard->ops->reg_write(guard->ctx, offset, width, value);
	return true;
}

static uint64_t reviewed_read(void *state, uint32_t offset, uint32_t width)
{
	const struct reviewed_register *reg = reviewed_find(offset, width);
	struct reviewed *guard = state;

	return guard->ops->reg_read(guard->ctx, offset, reg ? reg->bytes : width);
}

static void reviewed_books(const void *state, struct guard_books *books)
{
	const struct reviewed *guard = state;

	*books = (struct guard_books){0, guard->refused, false};
	for (uint32_t i = 0; i < REVIEWED_PAGES; i++)
		books->devices += guard->tracked[i] ? 1u : 0u;
	books->broken = guard->shared.count != books->devices;
}

static void *reviewed_make(const struct guard_setup *setup)
{
	struct reviewed *guard = calloc(1, sizeof(*guard));

	guard->ops = guard->shared.ops = setup->ops;
	guard->ctx = guard->shared.ctx = setup->ctx;
	guard->host = setup->host;
	guard->ring = setup->ring;
	guard->bytes = setup->ring_bytes;
	return guard;
}

const struct guard guard_reviewed = {
	"reviewed",     REVIEWED_PAGES - 1, 1u << PAGE_SHIFT, reviewed_make,
	free,           reviewed_write,     reviewed_read,    NULL,
	reviewed_books,
};
