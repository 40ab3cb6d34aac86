/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_tables: what arming costs the library. Run it under callgrind.
 *
 *	arm/flat/KB/PAGES      a flat device table of so many host pages of that size, a collection
 *	                       table and a queue of 64 KB each
 *	arm/replace/PAGES      a level 1 of 16 MB, of which so many words name a level-2 page in
 *use, is replaced: what it had goes back, and a new one is armed
 */
#include "count.h"
#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "path.h"

#define VALID       (1ull << 63)
#define KB64        (2ull << 8) /* ITS pages */
#define FLAT        0x50000000ull
#define LEVEL1      0x50000000ull
#define ANOTHER     0x52000000ull
#define COLLECTIONS 0x51000000ull
#define QUEUE       0x40000000ull
#define ITTS        0x80000000ull
#define MOST        256u  /* ITS pages of a table: 16 MB */
#define PER_PAGE    2048u /* entries of a level-2 page */

static struct path *bare(uint32_t page_shift, bool two_levels)
{
	const struct path_setup setup = {.guard = &guard_itsguard,
					 .devices = 1024,
					 .budget = 100000,
					 .journal = 2048,
					 .redistributors = 4,
					 .page_shift = page_shift,
					 .pages = 1u << 15,
					 .two_levels = two_levels,
					 .bare = true};
	struct path *path = path_new_with(&setup);

	path_set(path, ITSG_GITS_CBASER, VALID | QUEUE | 15);
	path_set(path, ITSG_GITS_BASER + 8, VALID | KB64 | COLLECTIONS);
	return path;
}

static void arm_flat(uint32_t page_shift, uint32_t its_pages)
{
	struct path *path = bare(page_shift, false);

	path_set(path, ITSG_GITS_BASER, VALID | KB64 | FLAT | (its_pages - 1));
	count_on();
	path_set(path, ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
	count_off();
	count_figure(1, "arm/flat/%u/%u", 1u << page_shift >> 10, its_pages << (16 - page_shift));
	path_drop(path);
}

/* One device in each level-2 page. */
static void map(struct path *path, uint32_t pages)
{
	const uint64_t mapc[4] = {ITSG_CMD_MAPC, 0, VALID, 0};

	path_put_words(path, mapc);
	for (uint64_t i = 0; i < pages; i++) {
		const uint64_t mapd[4] = {ITSG_CMD_MAPD | i * PER_PAGE << 32, 0,
					  VALID | (ITTS + i * 256), 0};

		path_put_words(path, mapd);
	}
	path_write(path);
	path_finish(path);
}

static void replace(uint32_t pages)
{
	struct path *path = bare(12, true);
	const uint64_t level1 = VALID | ITSG_BASER_INDIRECT | KB64 | (MOST - 1);

	path_set(path, ITSG_GITS_BASER, level1 | LEVEL1);
	path_set(path, ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
	map(path, pages);
	path_expect(path, pages);
	path_set(path, ITSG_GITS_CTLR, 0);
	count_on();
	path_set(path, ITSG_GITS_BASER, level1 | ANOTHER);
	path_set(path, ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
	count_off();
	count_figure(1, "arm/replace/%u", pages);
	path_expect(path, 0);
	path_drop(path);
}

int main(void)
{
	count_calibrate();
	count_begin();
	arm_flat(12, 1);
	arm_flat(12, MOST);
	arm_flat(16, 1);
	arm_flat(16, MOST);
	replace(0);
	replace(1000);
	count_end();
	return 0;
}
