/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_hold_steps: with a budget of 1 each entry is one step. The most that one costs, on purpose:
 *
 *	map-N, drop-N     MAPD whose ITT lies in N pages, and the drop of its claim
 *	undo-N            MAPD whose ITT lies in N pages, of which the platform refuses the last
 *	finish-N          the end of a round of barriers, with N commands in the journal
 *	barrier-N         one SYNC of a round, for the last of N redistributors
 *
 * Run it under callgrind.
 */
#include <stdlib.h>

#include "count.h"
#include "hold.h"
#include "path.h"

#define ITT 0x5000000000ull

static struct path *begin(uint32_t journal, uint32_t redistributors)
{
	const struct path_setup setup = {10, 1, journal, redistributors};

	hold_source("boot");
	return path_new_with(&setup);
}

/* 2^size times 4 KB of 8-byte entries, and not where a page begins: one page more. */
static void map_and_drop(uint32_t size)
{
	struct path *path = begin(32, 2);
	char name[32];

	snprintf(name, sizeof(name), "map-%u", (1u << size) + 1);
	hold_source(name);
	path_put_map(path, 8 + size, ITT + 0x800);
	path_write(path);
	path_finish(path);
	snprintf(name, sizeof(name), "drop-%u", (1u << size) + 1);
	hold_source(name);
	path_put_unmap(path);
	path_write(path);
	path_finish(path);
	path_free(path);
}

static void map_and_undo(uint32_t size)
{
	struct path *path = begin(32, 2);
	char name[32];

	snprintf(name, sizeof(name), "undo-%u", (1u << size) + 1);
	hold_source(name);
	path_fail(path, (1u << size) + 1);
	path_put_map(path, 8 + size, ITT + 0x800);
	path_write(path);
	path_finish(path);
	path_free(path);
}

static void finish_round(uint32_t journal)
{
	struct path *path = begin(journal, 2);
	char name[32];

	path_put_map(path, 8, ITT);
	path_write(path);
	path_finish(path);
	path_freeze(path, true);
	path_put(path, PATH_SYNC, journal - 1);
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

int main(void)
{
	count_calibrate();
	count_begin();
	for (uint32_t size = 0; size < 8; size++)
		map_and_drop(size);
	for (uint32_t size = 0; size < 8; size++)
		map_and_undo(size);
	for (uint32_t journal = 32; journal <= 1024; journal *= 2)
		finish_round(journal);
	for (uint32_t count = 4; count <= 1024; count *= 4)
		last_redistributor(count);
	count_end();
	return 0;
}
