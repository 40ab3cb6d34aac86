/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "itsguard/arch.h"

#define QUEUE        0x40000000ull /* the host's */
#define DEVICE_TABLE 0x50000000ull
#define COLLECTIONS  0x51000000ull
#define ITTS         0x80000000ull   /* of the devices that stay mapped, 256 bytes each */
#define NEW_ITTS     0x4000000000ull /* of those that come and go, a page each */
#define OTHERS       0x6000000000ull /* pages of nobody here */
#define LEAKED       0x7000000000ull
#define PRIVATE      0x20000000ull
#define RING_BYTES   0x10000u
#define RING_MASK    (RING_BYTES - 1)
#define BATCH_MAX    128u
#define RDS_MAX      1024u
#define WINDOW       8192u /* DeviceIDs that come and go */
#define BUDGET       100000u
#define INTID        8192u
/* DeviceIDs of 20 bits, EventIDs of 16, entries of 8 bytes, INV. */
#define TYPER       (1ull | 7ull << 4 | 15ull << 8 | 19ull << 13 | 1ull << 46)
#define BASER(type) ((uint64_t)(type) << 56 | 7ull << 48)

const uint32_t path_batches[PATH_BATCHES] = {1, 16, BATCH_MAX};
const uint32_t path_sizes[PATH_SIZES] = {10, 100, 1000, 10000, 100000};

struct path {
	struct itsg_its *its;
	struct itsg_pages *pages;
	uint32_t capacity; /* of those */
	uint32_t devices;
	uint8_t host[RING_BYTES];
	uint8_t ring[RING_BYTES];
	uint64_t calls; /* of callbacks */
	uint64_t cbaser, cwriter, creadr, ctlr, baser[ITSG_BASERS];
	bool frozen;
	uint32_t fail_in; /* the page callback of that number from now on fails; 0: none */
	uint32_t failed;  /* commands refused therefore */
	uint64_t guests;  /* of a PFN: a page with all of these bits is a guest's; 0: none is */
	uint32_t put;     /* offset in the host's queue */
	uint32_t from;    /* of the batch that was put last */
	uint32_t turn;
	uint32_t window;       /* of those: the first of the batch that was mapped last */
	uint64_t opcodes[256]; /* seen by the floor */
};

/* ---- callbacks ---- */

static int path_page(void *ctx, uint64_t pfn)
{
	struct path *path = ctx;
	int error;

	count_leave();
	path->calls++;
	error = path->fail_in && --path->fail_in == 0 ? -1 : 0;
	if (path->guests && (pfn & path->guests) == path->guests)
		error = -1;
	count_enter();
	return error;
}

static int path_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	count_leave();
	(void)pa;
	(void)bytes;
	((struct path *)ctx)->calls++;
	count_enter();
	return 0;
}

static int path_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct path *path = ctx;

	count_leave();
	path->calls++;
	memcpy(to, path->host + (pa & RING_MASK), bytes);
	count_enter();
	return 0;
}

static int path_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct path *path = ctx;

	count_leave();
	path->calls++;
	memcpy(path->ring + (pa & RING_MASK), from, bytes);
	count_enter();
	return 0;
}

static uint64_t path_reg(const struct path *path, uint32_t offset)
{
	if (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END)
		return path->baser[(offset - ITSG_GITS_BASER) / 8];
	switch (offset) {
	case ITSG_GITS_CTLR:
		return path->ctlr | (path->ctlr & ITSG_CTLR_ENABLED ? 0 : ITSG_CTLR_QUIESCENT);
	case ITSG_GITS_TYPER:
		return TYPER;
	case ITSG_GITS_CBASER:
		return path->cbaser;
	case ITSG_GITS_CWRITER:
		return path->cwriter;
	case ITSG_GITS_CREADR:
		return path->creadr;
	default:
		return 0;
	}
}

static uint64_t path_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	uint64_t value;

	count_leave();
	(void)width;
	value = path_reg(ctx, offset);
	count_enter();
	return value;
}

static void path_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	const uint64_t read_only = ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE | ITSG_BASER_INDIRECT;
	struct path *path = ctx;
	uint64_t *baser = &path->baser[(offset - ITSG_GITS_BASER) / 8 % ITSG_BASERS];

	count_leave();
	(void)width;
	if (offset == ITSG_GITS_CTLR)
		path->ctlr = value & ITSG_CTLR_ENABLED;
	else if (offset == ITSG_GITS_CWRITER)
		path->cwriter = value & ITSG_CWRITER_OFFSET;
	if (offset == ITSG_GITS_CWRITER && !path->frozen)
		path->creadr = path->cwriter; /* all is passed */
	if (offset == ITSG_GITS_CBASER)
		path->cbaser = value;
	else if (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END)
		*baser = (*baser & read_only) | (value & ~read_only);
	count_enter();
}

static const struct itsg_ops path_ops = {
	.share = path_page,
	.unshare = path_page,
	.donate = path_page,
	.reclaim = path_page,
	.zero = path_zero,
	.fetch = path_fetch,
	.store = path_store,
	.reg_read = path_reg_read,
	.reg_write = path_reg_write,
};

/* ---- the host ---- */

static void path_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void path_reg_set(struct path *path, uint32_t offset, uint64_t value)
{
	if (itsg_write(path->its, offset, offset == ITSG_GITS_CTLR ? 4 : 8, value) != ITSG_OK)
		path_die("a register write was refused");
}

static void put_command(struct path *path, enum itsg_opcode opcode, uint32_t device, uint64_t intid,
			uint64_t word2)
{
	uint64_t word[4] = {opcode | (uint64_t)device << 32, intid << 32, word2, 0};

	if (opcode == ITSG_CMD_SYNC)
		word[0] = opcode;
	for (uint32_t i = 0; i < 32; i++)
		path->host[path->put + i] = (uint8_t)(word[i / 8] >> 8 * (i % 8));
	path->put = (path->put + ITSG_CMD_BYTES) & RING_MASK;
}

static void put_map(struct path *path, uint32_t device, uint64_t itt)
{
	put_command(path, ITSG_CMD_MAPD, device, 0, 1ull << 63 | itt);
}

void path_put_map(struct path *path, uint32_t size, uint64_t itt)
{
	put_map(path, path->devices, itt);
	path->host[(path->put - ITSG_CMD_BYTES + 8) & RING_MASK] = (uint8_t)size;
}

void path_put_unmap(struct path *path)
{
	put_command(path, ITSG_CMD_MAPD, path->devices, 0, 0);
}

void path_fail(struct path *path, uint32_t nth)
{
	path->fail_in = nth;
	path->failed++;
}

void path_guests(struct path *path, uint64_t bits)
{
	path->guests = bits;
}

void path_freeze(struct path *path, bool frozen)
{
	path->frozen = frozen;
	if (!frozen)
		path->creadr = path->cwriter;
}

static void path_boot(struct path *path)
{
	const uint64_t valid = 1ull << 63;

	path_reg_set(path, ITSG_GITS_CBASER, valid | QUEUE | (RING_BYTES / 0x1000 - 1));
	path_reg_set(path, ITSG_GITS_BASER, valid | 2ull << 8 | DEVICE_TABLE | 15); /* 2^17 IDs */
	path_reg_set(path, ITSG_GITS_BASER + 8, valid | 2ull << 8 | COLLECTIONS);
	path_reg_set(path, ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
	put_command(path, ITSG_CMD_MAPC, 0, 0, valid);
	for (uint32_t i = 0; i < path->devices; i++) {
		put_map(path, i, ITTS + i * 256ull);
		if (i % BATCH_MAX == BATCH_MAX - 1 || i + 1 == path->devices) {
			path_write(path);
			path_finish(path);
		}
	}
}

static const uint64_t *path_redistributors(void)
{
	static uint64_t redistributors[RDS_MAX];

	for (uint32_t i = 0; i < RDS_MAX; i++)
		redistributors[i] = (uint64_t)i << 16;
	return redistributors;
}

struct path *path_new(uint32_t devices)
{
	const struct path_setup setup = {devices, BUDGET, 2 * BATCH_MAX, 4, 12};

	return path_new_with(&setup);
}

struct path *path_new_with(const struct path_setup *setup)
{
	const uint32_t devices = setup->devices;
	const struct itsg_pages_config tracker = {.page_shift = setup->page_shift,
						  .capacity = 2 * (devices / 16 + 2048),
						  .key = {1, 2}};
	const struct itsg_its_config config = {
		.pa_bits = 48,
		.lpi_bits = 16,
		.devices = 2 * (devices + BATCH_MAX),
		.journal = setup->journal,
		.budget = setup->budget,
		.redistributors = path_redistributors(),
		.redistributor_count = setup->redistributors,
		.queue = {PRIVATE, RING_BYTES},
		.hash_key = {3, 4},
	};
	const size_t pages_size = itsg_pages_size(&tracker);
	const size_t size = itsg_its_size(&config);
	struct path *path = calloc(1, sizeof(*path));

	path->devices = devices;
	path->capacity = tracker.capacity;
	path->baser[0] = BASER(ITSG_BASER_TYPE_DEVICE);
	path->baser[1] = BASER(ITSG_BASER_TYPE_COLLECTION);
	path->pages = itsg_pages_init(aligned_alloc(64, pages_size), pages_size, &tracker);
	if (itsg_its_init(aligned_alloc(64, size), size, &config, path->pages, &path_ops, path,
			  &path->its) != ITSG_OK)
		path_die("no guard");
	path_boot(path);
	return path;
}

void path_free(struct path *path)
{
	struct itsg_stats stats;

	itsg_get_stats(path->its, &stats);
	if (stats.broken || stats.devices != path->devices)
		path_die("broken");
	if (!path->guests && stats.refused != path->failed)
		path_die("a command was refused");
	free(path->its);
	free(path->pages);
	free(path);
}

const char *path_command_name(enum path_command command)
{
	static const char *const names[PATH_COMMANDS] = {"INT",   "INV", "SYNC",
							 "MAPTI", "MAP", "UNMAP"};

	return names[command];
}

static void put_one(struct path *path, enum path_command command, uint32_t i)
{
	const uint32_t device = path->turn++ * 7919u % path->devices;
	const uint32_t passing = path->devices + path->window + i;

	switch (command) {
	case PATH_INT:
		put_command(path, ITSG_CMD_INT, device, 0, 0);
		return;
	case PATH_INV:
		put_command(path, ITSG_CMD_INV, device, 0, 0);
		return;
	case PATH_SYNC:
		put_command(path, ITSG_CMD_SYNC, 0, 0, 0);
		return;
	case PATH_MAPTI:
		put_command(path, ITSG_CMD_MAPTI, device, INTID, 0);
		return;
	case PATH_MAP:
		put_map(path, passing, NEW_ITTS + passing * 0x1000ull);
		return;
	case PATH_UNMAP:
		put_command(path, ITSG_CMD_MAPD, passing, 0, 0);
		return;
	default:
		return;
	}
}

void path_put(struct path *path, enum path_command command, uint32_t batch)
{
	path->from = path->put;
	if (command == PATH_MAP)
		path->window = (path->window + batch) % WINDOW;
	for (uint32_t i = 0; i < batch; i++)
		put_one(path, command, i);
}

void path_leak(struct path *path)
{
	const struct itsg_run run = {LEAKED, 256};
	struct itsg_pages_stats stats;

	(void)itsg_pages_take(path->pages, &run, ITSG_SHARED);
	itsg_pages_mark(path->pages, LEAKED >> itsg_pages_page_shift(path->pages), true);
	(void)itsg_pages_drop(path->pages, &run, ITSG_SHARED);
	itsg_pages_get_stats(path->pages, &stats);
	if (stats.marked != 1 || stats.pages == 0)
		path_die("no page is leaked");
}

void path_fill(struct path *path, uint32_t permille)
{
	struct itsg_run run = {OTHERS, 256};
	struct itsg_pages_stats stats;

	do {
		/* One that finds no slot is left out. */
		(void)itsg_pages_take(path->pages, &run, ITSG_SHARED);
		run.pa += 0x1000;
		itsg_pages_get_stats(path->pages, &stats);
	} while (stats.pages * 1000 < (uint64_t)permille * path->capacity);
}

void path_write(struct path *path)
{
	path_reg_set(path, ITSG_GITS_CWRITER, path->put);
}

bool path_poll(struct path *path)
{
	return itsg_poll(path->its);
}

void path_finish(struct path *path)
{
	while (path_poll(path))
		continue;
}

/* ---- the floor ---- */

static void floor_one(struct path *path, uint32_t at)
{
	uint8_t raw[ITSG_CMD_BYTES];

	memcpy(raw, path->host + at, sizeof(raw));
	switch (raw[0]) {
	case ITSG_CMD_MAPD:
	case ITSG_CMD_MAPC:
	case ITSG_CMD_MAPTI:
	case ITSG_CMD_MAPI:
	case ITSG_CMD_MOVI:
	case ITSG_CMD_INT:
	case ITSG_CMD_CLEAR:
	case ITSG_CMD_INV:
	case ITSG_CMD_DISCARD:
	case ITSG_CMD_MOVALL:
	case ITSG_CMD_SYNC:
	case ITSG_CMD_INVALL:
		memcpy(path->ring + at, raw, sizeof(raw));
		path->opcodes[raw[0]]++;
		break;
	default:
		break;
	}
}

__attribute__((noinline)) void path_floor(struct path *path)
{
	for (uint32_t at = path->from; at != path->put; at = (at + ITSG_CMD_BYTES) & RING_MASK)
		floor_one(path, at);
}
