/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "guard.h"

#include <stdlib.h>

#define RDS_MAX    1024u
#define POOL       0x21000000ull
#define POOL_BYTES 0x2000000u

struct library {
	struct itsg_its *its;
	struct itsg_pages *pages;
	uint32_t capacity; /* of those */
};

static const uint64_t *library_redistributors(void)
{
	static uint64_t redistributors[RDS_MAX];

	for (uint32_t i = 0; i < RDS_MAX; i++)
		redistributors[i] = (uint64_t)i << 16;
	return redistributors;
}

static struct itsg_its_config library_config(const struct guard_setup *setup)
{
	const struct itsg_its_config config = {
		.pa_bits = 48,
		.lpi_bits = 16,
		.devices = 2 * setup->devices,
		.journal = setup->journal,
		.budget = setup->budget,
		.redistributors = library_redistributors(),
		.redistributor_count = setup->redistributors,
		.queue = {setup->ring_pa, setup->ring_bytes},
		.level1_pool = {POOL, setup->two_levels ? POOL_BYTES : 0},
		.hash_key = {3, 4},
	};

	return config;
}

static void *library_make(const struct guard_setup *setup)
{
	const uint32_t pages = setup->pages ? setup->pages : setup->devices / 16 + 2048;
	const struct itsg_pages_config tracker = {
		.page_shift = setup->page_shift, .capacity = 2 * pages, .key = {1, 2}};
	const struct itsg_its_config config = library_config(setup);
	const size_t pages_size = itsg_pages_size(&tracker);
	const size_t size = itsg_its_size(&config);
	struct library *library = calloc(1, sizeof(*library));

	library->capacity = tracker.capacity;
	library->pages = itsg_pages_init(aligned_alloc(64, pages_size), pages_size, &tracker);
	if (itsg_its_init(aligned_alloc(64, size), size, &config, library->pages, setup->ops,
			  setup->ctx, &library->its) != ITSG_OK)
		return NULL;
	return library;
}

static void library_destroy(void *guard)
{
	struct library *library = guard;

	free(library->its);
	free(library->pages);
	free(library);
}

static bool library_write(void *guard, uint32_t offset, uint32_t width, uint64_t value)
{
	return itsg_write(((struct library *)guard)->its, offset, width, value) == ITSG_OK;
}

static uint64_t library_read(void *guard, uint32_t offset, uint32_t width)
{
	uint64_t value;

	(void)itsg_read(((struct library *)guard)->its, offset, width, &value);
	return value;
}

static bool library_poll(void *guard)
{
	return itsg_poll(((struct library *)guard)->its);
}

static void library_books(const void *guard, struct guard_books *books)
{
	struct itsg_stats stats;

	itsg_get_stats(((const struct library *)guard)->its, &stats);
	*books = (struct guard_books){stats.devices, stats.refused, stats.broken};
}

struct itsg_pages *guard_itsguard_pages(void *guard, uint32_t *capacity)
{
	*capacity = ((struct library *)guard)->capacity;
	return ((struct library *)guard)->pages;
}

const struct guard guard_itsguard = {
	"itsguard",   UINT32_MAX,      1u << ITSG_GRANULE_SHIFT,
	library_make, library_destroy, library_write,
	library_read, library_poll,    library_books,
};
