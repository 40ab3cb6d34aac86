/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "itsguard/arch.h"
#include "itsguard/cmd.h"

#define QUEUE        0x40000000ull /* the host's */
#define DEVICE_TABLE 0x50000000ull
#define LEVEL1_END   0x54000000ull /* of addresses in it that path_fetch() knows for level 1 */
#define LEVEL2       0x5000000000ull
#define COLLECTIONS  0x51000000ull
#define ITTS         PATH_ITT_0      /* of the devices that stay mapped, one behind the other */
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
/* EventIDs of 16 bits, entries of 8 bytes, INV. DeviceIDs of 20 bits, or of 32. */
#define TYPER       (1ull | 7ull << 4 | 15ull << 8 | 1ull << 46)
#define DEVBITS     (19ull << 13)
#define DEVBITS_ALL (31ull << 13)
#define BASER(type) ((uint64_t)(type) << 56 | 7ull << 48)

const uint32_t path_batches[PATH_BATCHES] = {1, 16, BATCH_MAX};
const uint32_t path_sizes[PATH_SIZES] = {10, 100, 1000, 10000, 100000};

struct path {
	const struct guard *guard;
	void *state; /* of the guard */
	bool two_levels;
	uint32_t devices;
	/* Some read them as words. */
	_Alignas(uint64_t) uint8_t host[RING_BYTES];
	_Alignas(uint64_t) uint8_t ring[RING_BYTES];
	uint64_t calls; /* of callbacks */
	uint64_t cbaser, cwriter, creadr, ctlr, baser[ITSG_BASERS];
	bool frozen;
	uint32_t fail_in; /* the page of that number from now on is refused; 0: none */
	uint32_t failed;  /* commands refused therefore */
	uint64_t guests;  /* of a PFN: a page with all of these bits is a guest's; 0: none is */
	uint32_t put;     /* offset in the host's queue */
	uint32_t turn;
	uint32_t window; /* of those: the first of the batch that was mapped last */
	/* Of each opcode: put by the host, and passed by hardware. */
	uint64_t given[256], passed[256];
	uint64_t accesses; /* to registers */
	int64_t shared;    /* pages */
};

/* ---- callbacks ---- */

static bool refuses(struct path *path, uint64_t pfn)
{
	const bool fails = path->fail_in && --path->fail_in == 0;

	return fails || (path->guests && (pfn & path->guests) == path->guests);
}

/* Of each page that it was asked for, so many more are shared, if all is well. */
static uint64_t pages(struct path *path, uint64_t pfn, uint64_t count, int shared)
{
	uint64_t done = 0;

	path->calls++;
	for (; done < count && !refuses(path, pfn + done); done++)
		path->shared += shared;
	return done;
}

static uint64_t path_share(void *ctx, uint64_t pfn, uint64_t count)
{
	uint64_t done;

	count_leave();
	done = pages(ctx, pfn, count, 1);
	count_enter();
	return done;
}

static uint64_t path_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	uint64_t done;

	count_leave();
	done = pages(ctx, pfn, count, -1);
	count_enter();
	return done;
}

static uint64_t path_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	uint64_t done;

	count_leave();
	done = pages(ctx, pfn, count, 0);
	count_enter();
	return done;
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

static void put_word(uint8_t *to, uint64_t word)
{
	for (uint32_t i = 0; i < 8; i++)
		to[i] = (uint8_t)(word >> 8 * i);
}

/* The host's queue; or a word of a level 1, where each has a level 2 of 64 KB. */
static int path_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct path *path = ctx;

	count_leave();
	path->calls++;
	if (pa >= DEVICE_TABLE && pa < LEVEL1_END)
		put_word(to, 1ull << 63 | (LEVEL2 + ((pa - DEVICE_TABLE) / 8 << 16)));
	else
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
		return TYPER | (path->two_levels ? DEVBITS_ALL : DEVBITS);
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
	((struct path *)ctx)->accesses++;
	value = path_reg(ctx, offset);
	count_enter();
	return value;
}

/* Hardware executes all that it has been given. */
static void path_pass(struct path *path)
{
	for (uint64_t at = path->creadr; at != path->cwriter;
	     at = (at + ITSG_CMD_BYTES) & RING_MASK)
		path->passed[path->ring[at]]++;
	path->creadr = path->cwriter;
}

static void path_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	struct path *path = ctx;
	const uint64_t read_only = ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE |
				   (path->two_levels ? ITSG_BASER_PAGE_SIZE : ITSG_BASER_INDIRECT);
	uint64_t *baser = &path->baser[(offset - ITSG_GITS_BASER) / 8 % ITSG_BASERS];

	count_leave();
	(void)width;
	path->accesses++;
	if (offset == ITSG_GITS_CTLR)
		path->ctlr = value & ITSG_CTLR_ENABLED;
	else if (offset == ITSG_GITS_CWRITER)
		path->cwriter = value & ITSG_CWRITER_OFFSET;
	if (offset == ITSG_GITS_CWRITER && !path->frozen)
		path_pass(path);
	if (offset == ITSG_GITS_CBASER)
		path->cbaser = value;
	else if (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END)
		*baser = (*baser & read_only) | (value & ~read_only);
	count_enter();
}

static const struct itsg_ops path_ops = {
	.share = path_share,
	.unshare = path_unshare,
	.donate = path_donate,
	.reclaim = path_donate,
	.zero = path_zero,
	.fetch = path_fetch,
	.store = path_store,
	.reg_read = path_reg_read,
	.reg_write = path_reg_write,
};

uint64_t path_accesses(const struct path *path)
{
	return path->accesses;
}

int64_t path_shared(const struct path *path)
{
	return path->shared;
}

/* ---- the host ---- */

static void path_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

void path_set(struct path *path, uint32_t offset, uint64_t value)
{
	const uint32_t width = offset == ITSG_GITS_CTLR ? 4 : 8;

	if (!path->guard->write(path->state, offset, width, value))
		path_die("a register write was refused");
}

void path_put_words(struct path *path, const uint64_t word[4])
{
	for (uint32_t i = 0; i < 4; i++)
		put_word(path->host + path->put + 8 * i, word[i]);
	path->put = (path->put + ITSG_CMD_BYTES) & RING_MASK;
	path->given[word[0] & 0xff]++;
}

static void put_command(struct path *path, enum itsg_opcode opcode, uint32_t device, uint64_t intid,
			uint64_t word2)
{
	const uint64_t word[4] = {opcode | (uint64_t)device << 32, intid << 32, word2, 0};

	path_put_words(path, word);
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
		path_pass(path);
}

static void path_boot(struct path *path)
{
	const uint64_t valid = 1ull << 63;

	path_set(path, ITSG_GITS_CBASER, valid | QUEUE | (RING_BYTES / 0x1000 - 1));
	path_set(path, ITSG_GITS_BASER, valid | 2ull << 8 | DEVICE_TABLE | 15); /* 2^17 IDs */
	path_set(path, ITSG_GITS_BASER + 8, valid | 2ull << 8 | COLLECTIONS);
	path_set(path, ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
	put_command(path, ITSG_CMD_MAPC, 0, 0, valid);
	for (uint32_t i = 0; i < path->devices; i++) {
		put_map(path, i, ITTS + i * (uint64_t)path->guard->itt_bytes);
		if (i % BATCH_MAX == BATCH_MAX - 1) {
			path_write(path);
			path_finish(path);
		}
	}
	path_write(path);
	path_finish(path);
}

struct path *path_new(uint32_t devices)
{
	return path_new_of(&guard_itsguard, devices);
}

struct path *path_new_of(const struct guard *guard, uint32_t devices)
{
	const struct path_setup setup = {
		.guard = guard,
		.devices = devices,
		.budget = BUDGET,
		.journal = 2 * BATCH_MAX,
		.redistributors = 4,
		.page_shift = 12,
	};

	return path_new_with(&setup);
}

struct path *path_new_with(const struct path_setup *setup)
{
	struct path *path = calloc(1, sizeof(*path));
	const struct guard_setup guard = {
		.devices = setup->devices + BATCH_MAX,
		.budget = setup->budget,
		.journal = setup->journal,
		.redistributors = setup->redistributors,
		.page_shift = setup->page_shift,
		.pages = setup->pages,
		.two_levels = setup->two_levels,
		.host_pa = QUEUE,
		.ring_pa = PRIVATE,
		.host = path->host,
		.ring = path->ring,
		.ring_bytes = RING_BYTES,
		.ops = &path_ops,
		.ctx = path,
	};

	path->guard = setup->guard;
	path->devices = setup->devices;
	path->two_levels = setup->two_levels;
	path->baser[0] = BASER(ITSG_BASER_TYPE_DEVICE);
	path->baser[1] = BASER(ITSG_BASER_TYPE_COLLECTION);
	if (path->two_levels) {
		path->baser[0] |= 31ull << 48 | 2ull << 8;
		path->baser[1] |= 2ull << 8;
	}
	path->state = path->guard->make(&guard);
	if (!path->state)
		path_die("no guard");
	if (!setup->bare)
		path_boot(path);
	return path;
}

void path_expect(const struct path *path, uint32_t devices)
{
	struct guard_books books;

	path->guard->books(path->state, &books);
	if (books.broken)
		path_die("broken");
	if (books.devices != devices)
		path_die("not the devices that the host has mapped");
	if (!path->guests && books.refused != path->failed)
		path_die("a command was refused");
}

void path_free(struct path *path)
{
	path_expect(path, path->devices);
	path_drop(path);
}

void path_drop(struct path *path)
{
	path->guard->destroy(path->state);
	free(path);
}

uint64_t path_passed(const struct path *path, uint8_t opcode)
{
	return path->passed[opcode];
}

uint64_t path_given(const struct path *path, uint8_t opcode)
{
	return path->given[opcode];
}

const char *path_command_name(enum path_command command)
{
	static const char *const names[PATH_COMMANDS] = {"INT",   "INV", "SYNC",
							 "MAPTI", "MAP", "UNMAP"};

	return names[command];
}

static void put_one(struct path *path, enum path_command command, uint32_t i)
{
	const uint32_t device = path->turn++ * 7919u % (path->devices ? path->devices : 1);
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
		/* With the ITT, as Linux does. */
		put_command(path, ITSG_CMD_MAPD, passing, 0, NEW_ITTS + passing * 0x1000ull);
		return;
	default:
		return;
	}
}

void path_put(struct path *path, enum path_command command, uint32_t batch)
{
	if (command == PATH_MAP)
		path->window = (path->window + batch) % WINDOW;
	for (uint32_t i = 0; i < batch; i++)
		put_one(path, command, i);
}

void path_leak(struct path *path)
{
	const struct itsg_run run = {LEAKED, 256};
	struct itsg_pages_stats stats;
	uint32_t capacity;
	struct itsg_pages *pages = guard_itsguard_pages(path->state, &capacity);

	(void)itsg_pages_take(pages, &run, ITSG_SHARED);
	itsg_pages_mark(pages, LEAKED >> itsg_pages_page_shift(pages), true);
	(void)itsg_pages_drop(pages, &run, ITSG_SHARED);
	itsg_pages_get_stats(pages, &stats);
	if (stats.marked != 1 || stats.pages == 0)
		path_die("no page is leaked");
}

void path_fill(struct path *path, uint32_t permille)
{
	struct itsg_run run = {OTHERS, 256};
	struct itsg_pages_stats stats;
	uint32_t capacity;
	struct itsg_pages *pages = guard_itsguard_pages(path->state, &capacity);

	do {
		/* One that finds no slot is left out. */
		(void)itsg_pages_take(pages, &run, ITSG_SHARED);
		run.pa += 0x1000;
		itsg_pages_get_stats(pages, &stats);
	} while (stats.pages * 1000 < (uint64_t)permille * capacity);
}

void path_write(struct path *path)
{
	path_set(path, ITSG_GITS_CWRITER, path->put);
}

bool path_poll(struct path *path)
{
	return path->guard->poll && path->guard->poll(path->state);
}

void path_finish(struct path *path)
{
	while (path_poll(path))
		continue;
}

uint64_t path_read(struct path *path)
{
	return path->guard->read(path->state, ITSG_GITS_CREADR, 4);
}

bool path_idle(struct path *path)
{
	return path_read(path) == path->put;
}
