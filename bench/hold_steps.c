/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_hold_steps: with a budget of 1 each entry is one step. The most that one costs, on purpose:
 *
 *	idle              a call that finds nothing to do
 *	fetch, judge      a command that claims nothing (INT)
 *	map4k-N, drop4k-N MAPD whose ITT lies in N pages of 4 KB, and the drop of its claim
 *	undo4k-N          MAPD whose ITT lies in N pages, of which the platform refuses the last
 *	finish-N          the end of a round of barriers, with N entries in the journal
 *	barrier-N         one SYNC of a round, for the last of N redistributors
 *
 * And with the default budget, each entry as long as it gets:
 *
 *	flood4k-N         ITTs of two pages and of eight, the last of each refused by the platform,
 *	                  where N of 1000 slots of the tracker are in use: an entry must move for
 *	                  most new pages
 *
 * The same with pages of 64 KB: map64k-N and so on.
 *
 * One page is leaked, so that each that goes back is looked up for a mark. Run it under callgrind.
 */
#include <stdlib.h>

#include "count.h"
#include "hold.h"
#include "path.h"

#define ITT        0x5000000000ull
#define FLOOD_MAPS 400u /* four in a call */

static struct path *begin_with(uint32_t budget, uint32_t journal, uint32_t rds, uint32_t page_shift)
{
	const struct path_setup setup = {.guard = &guard_itsguard,
					 .devices = 10,
					 .budget = budget,
					 .journal = journal,
					 .redistributors = rds,
					 .page_shift = page_shift};
	struct path *path;

	hold_source("boot");
	path = path_new_with(&setup);
	path_leak(path);
	return path;
}

static struct path *begin(uint32_t journal, uint32_t redistributors)
{
	return begin_with(1, journal, redistributors, 12);
}

/* What comes now is this, with an ITT in so many pages of that size. */
static void source(const char *what, uint32_t pages, uint32_t page_shift)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%uk-%u", what, 1u << page_shift >> 10, pages);
	hold_source(name);
}

/* A MAPD whose ITT, of 8-byte entries, lies in 2^size pages. */
static void put_map(struct path *path, uint32_t size, uint32_t page_shift, uint64_t itt)
{
	path_put_map(path, page_shift - 4 + size, itt);
}

static void map_and_drop(uint32_t size, uint32_t page_shift)
{
	struct path *path = begin_with(1, 32, 2, page_shift);

	source("map", 1u << size, page_shift);
	put_map(path, size, page_shift, ITT);
	path_write(path);
	path_finish(path);
	source("drop", 1u << size, page_shift);
	path_put_unmap(path);
	path_write(path);
	path_finish(path);
	path_free(path);
}

static void map_and_undo(uint32_t size, uint32_t page_shift)
{
	struct path *path = begin_with(1, 32, 2, page_shift);

	source("undo", 1u << size, page_shift);
	path_fail(path, 1u << size);
	put_map(path, size, page_shift, ITT);
	path_write(path);
	path_finish(path);
	path_free(path);
}

/* Each is an entry of the journal, for what lies between two of them is refused. */
static void put_apart(struct path *path, uint32_t count)
{
	static const uint64_t nothing[4] = {0, 0, 0, 0};

	path_guests(path, ~(uint64_t)0); /* no page is one; but commands may be refused */
	for (uint32_t i = 0; i < count; i++) {
		path_put(path, PATH_SYNC, 1);
		path_put_words(path, nothing);
	}
}

static void finish_round(uint32_t journal)
{
	struct path *path = begin(journal, 2);
	char name[32];

	path_put_map(path, 8, ITT);
	path_write(path);
	path_finish(path);
	path_freeze(path, true);
	put_apart(path, journal - 1);
	path_write(path);
	path_finish(path);
	snprintf(name, sizeof(name), "finish-%u", journal);
	hold_source(name);
	path_put_unmap(path);
	path_write(path);
	path_finish(path);
	path_freeze(path, false);
	path_finish(path);
	path_free(path);
}

static void last_redistributor(uint32_t count)
{
	struct path *path = begin(32, count);
	char name[32];

	path_put_map(path, 8, ITT);
	path_write(path);
	path_finish(path);
	snprintf(name, sizeof(name), "barrier-%u", count);
	hold_source(name);
	path_put_unmap(path);
	path_write(path);
	path_finish(path);
	path_free(path);
}

static void idle(void)
{
	struct path *path = begin(32, 2);

	hold_source("idle");
	path_poll(path);
	path_free(path);
}

static void fetch_and_judge(void)
{
	struct path *path = begin(32, 2);

	hold_source("fetch");
	path_put(path, PATH_INT, 1);
	path_write(path);
	hold_source("judge");
	path_poll(path);
	path_finish(path);
	path_free(path);
}

/* All are refused, by the platform or for want of a slot, so that the load stays what it is. */
static void flood(uint32_t permille, uint32_t size, uint32_t page_shift)
{
	struct path *path = begin_with(0, 32, 2, page_shift);

	path_fill(path, permille);
	path_guests(path, (1u << size) - 1);
	source("flood", permille, page_shift);
	for (uint32_t i = 0; i < FLOOD_MAPS; i++) {
		put_map(path, size, page_shift, ITT + i * (1ull << (page_shift + size)));
		if (i % 4 != 3)
			continue;
		path_write(path);
		path_finish(path);
	}
	path_free(path);
}

/* An ITT has 512 KB at most: 16 EventID bits. */
static void with_pages(uint32_t page_shift)
{
	for (uint32_t size = 0; page_shift + size <= 19; size++) {
		map_and_drop(size, page_shift);
		map_and_undo(size, page_shift);
	}
	for (uint32_t permille = 500; permille < 1000; permille += 50) {
		flood(permille, 1, page_shift);
		flood(permille, 3, page_shift);
	}
}

int main(void)
{
	count_calibrate();
	count_begin();
	idle();
	fetch_and_judge();
	with_pages(12);
	with_pages(16);
	for (uint32_t journal = 32; journal <= 1024; journal *= 2)
		finish_round(journal);
	for (uint32_t count = 4; count <= 1024; count *= 4)
		last_redistributor(count);
	count_end();
	return 0;
}
