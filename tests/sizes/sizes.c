/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The table of docs/SIZES.md: what machines have, and what the guard needs for that. The recorded
 * ones are read from the input, a line each: NAME PAGES DEVICES, the peaks of a replay.
 * script/sizes runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/redists.h"

#define PAGE_SHIFT 12
#define PAGE       (1u << PAGE_SHIFT)
#define ITS_PAGE   0x10000u /* the largest: what Linux takes where it can choose */
#define ENTRY      8u       /* bytes of a table's entry, and of an ITT's */

/* What there is: of an ITS, unless it says so. */
struct machine {
	const char *name;
	uint32_t itss;    /* of the machine */
	uint32_t cpus;    /* of the machine */
	uint32_t devices; /* mapped at once */
	uint32_t events;  /* of a device */
	uint32_t bits;    /* of DeviceIDs */
	uint32_t pages;   /* held by all at once, of 4 KB; 0: worked out from the others */
};

/* What it needs, as docs/SIZES.md says. */
struct need {
	uint64_t pages, capacity, devices, journal, kept, pool;
};

static uint64_t pages_of(uint64_t bytes)
{
	return (bytes + PAGE - 1) / PAGE;
}

/* A queue, a flat device table and a collection table; ITTs in pages of their own. */
static uint64_t pages_of_its(const struct machine *m)
{
	return 2 * pages_of(ITS_PAGE) + pages_of((uint64_t)ENTRY << m->bits) +
	       m->devices * pages_of((uint64_t)m->events * ENTRY);
}

/* The configuration table, and a pending table for each, with 16 INTID bits. */
static uint64_t pages_of_redists(const struct machine *m)
{
	return pages_of((1u << 16) - 8192) + m->cpus * pages_of((1u << 16) / 8);
}

static uint64_t up_to_power(uint64_t n)
{
	uint64_t power = 16;

	while (power < n)
		power *= 2;
	return power;
}

static struct need need_of(const struct machine *m)
{
	struct need need;

	need.pages = m->pages ? m->pages : m->itss * pages_of_its(m) + pages_of_redists(m);
	need.capacity = need.pages + (need.pages + 1) / 2;
	need.devices = up_to_power(2ull * m->devices);
	need.journal = m->itss > 1 ? 128 : 32;
	need.kept = 4;
	need.pool = 2 * ITS_PAGE;
	return need;
}

static void expect(uint64_t function, uint64_t constant, const char *what)
{
	if (function == constant)
		return;
	fprintf(stderr, "%s: the function says %llu, the constant %llu\n", what,
		(unsigned long long)function, (unsigned long long)constant);
	exit(1);
}

/* As docs/SIZES.md has them. */
static _Alignas(64) unsigned char pages_memory[ITSG_PAGES_SIZE(12, 4096)];
static _Alignas(64) unsigned char its_memory[ITSG_ITS_SIZE(256, 32, 4, 8, 0x20000)];
static _Alignas(64) unsigned char redists_memory[ITSG_REDISTS_SIZE(8, ITSG_DEFAULT_LPI_TABLES)];

static void check_static_memory(void)
{
	static const uint64_t rds[8] = {0,       1 << 16, 2 << 16, 3 << 16,
					4 << 16, 5 << 16, 6 << 16, 7 << 16};
	const struct itsg_pages_config pages = {.page_shift = 12, .capacity = 4096};
	const struct itsg_its_config its = {.pa_bits = 48,
					    .lpi_bits = 16,
					    .devices = 256,
					    .journal = 32,
					    .kept = 4,
					    .redistributors = rds,
					    .redistributor_count = 8,
					    .queue = {0x40000000, 0x10000},
					    .level1_pool = {0x40010000, 0x20000}};
	const struct itsg_redists_config redists = {
		.frames = rds, .count = 8, .pa_bits = 48, .lpi_bits = 16};

	/* Whatever is in it will do. */
	memset(pages_memory, 0xa5, sizeof(pages_memory));
	memset(its_memory, 0xa5, sizeof(its_memory));
	memset(redists_memory, 0xa5, sizeof(redists_memory));
	expect(itsg_pages_size(&pages), sizeof(pages_memory), "pages_memory");
	expect(itsg_its_size(&its), sizeof(its_memory), "its_memory");
	expect(itsg_redists_size(&redists), sizeof(redists_memory), "redists_memory");
}

static void row(const struct machine *m)
{
	const struct need n = need_of(m);
	const uint64_t tracker = ITSG_PAGES_SIZE(PAGE_SHIFT, n.capacity);
	const uint64_t its = ITSG_ITS_SIZE(n.devices, n.journal, n.kept, m->cpus, n.pool);
	const uint64_t redists = ITSG_REDISTS_SIZE(m->cpus, ITSG_DEFAULT_LPI_TABLES);
	const struct itsg_pages_config pages = {PAGE_SHIFT, (uint32_t)n.capacity, {0, 0}};

	expect(itsg_pages_size(&pages), tracker, "tracker");
	printf("| %s | %u | %u | %u | %llu | %llu | %llu | %llu | %llu | %llu | %llu | %llu | %llu "
	       "|\n",
	       m->name, m->itss, m->cpus, m->devices, (unsigned long long)n.pages,
	       (unsigned long long)n.capacity, (unsigned long long)n.devices,
	       (unsigned long long)n.journal, (unsigned long long)n.pool,
	       (unsigned long long)tracker, (unsigned long long)its, (unsigned long long)redists,
	       (unsigned long long)(tracker + m->itss * (its + n.pool + ITS_PAGE) + redists));
}

int main(void)
{
	static const struct machine machines[] = {
		{"phone", 1, 8, 8, 32, 16, 0},
		{"laptop", 1, 12, 32, 64, 16, 0},
		{"server, 4 ITSs, SR-IOV", 4, 128, 512, 64, 20, 0},
	};
	char name[64];
	uint32_t pages, devices;

	check_static_memory();
	puts("| machine | ITSs | CPUs | devices of an ITS | pages held | `capacity` | `devices` | "
	     "`journal` | `level1_pool` | tracker | each ITS | redistributors | all of it |");
	puts("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		row(&machines[i]);
	while (scanf("%63s %u %u", name, &pages, &devices) == 3) {
		const struct machine m = {name, 1, 4, devices, 32, 16, pages};

		row(&m);
	}
	return 0;
}
