/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "devtable.h"

#define LEVEL1_WORD_BYTES 8
#define MAX_TABLE_PAGES   256u
#define SMALL_PAGES_END   ((uint64_t)1 << 48)

static uint64_t keeps_attributes(const struct itsg_keeps *keeps, uint64_t raw)
{
	return itsg_put(ITSG_BASER_SHAREABILITY,
			keeps->share[itsg_get(raw, ITSG_BASER_SHAREABILITY)]) |
	       itsg_put(ITSG_BASER_INNER_CACHE,
			keeps->inner[itsg_get(raw, ITSG_BASER_INNER_CACHE)]) |
	       itsg_put(ITSG_BASER_OUTER_CACHE,
			keeps->outer[itsg_get(raw, ITSG_BASER_OUTER_CACHE)]);
}

/* The attribute fields of CBASER are where those of BASER are. */
uint64_t itsg_keeps_cbaser(const struct itsg_keeps *keeps, uint64_t raw)
{
	return (raw & (ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE)) |
	       keeps_attributes(keeps, raw);
}

uint64_t itsg_keeps_baser(const struct itsg_keeps *keeps, uint64_t read_only, uint64_t raw)
{
	uint64_t value = raw & (ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);

	if (keeps->indirect)
		value |= raw & ITSG_BASER_INDIRECT;
	value |= itsg_put(ITSG_BASER_PAGE_SIZE, keeps->page[itsg_get(raw, ITSG_BASER_PAGE_SIZE)]);
	return value | read_only | keeps_attributes(keeps, raw);
}

uint32_t itsg_page_bytes(uint32_t code)
{
	switch (code) {
	case ITSG_BASER_PAGE_4K:
		return 0x1000;
	case ITSG_BASER_PAGE_16K:
		return 0x4000;
	default:
		return 0x10000;
	}
}

/* With 64 KB pages, register bits [15:12] are PA[51:48]; else they are plain address bits. */
static uint64_t table_address(uint64_t baser, uint32_t page_bytes)
{
	if (page_bytes == 0x10000)
		return (baser & ITSG_BASER_ADDRESS_64K) |
		       (itsg_get(baser, ITSG_BASER_ADDRESS_HIGH) << 48);
	return baser & ITSG_BASER_ADDRESS;
}

void itsg_geometry_decode(uint64_t baser, struct itsg_geometry *out)
{
	out->two_level = (baser & ITSG_BASER_INDIRECT) != 0;
	out->page_code = (uint8_t)itsg_get(baser, ITSG_BASER_PAGE_SIZE);
	out->page_bytes = itsg_page_bytes(out->page_code);
	out->entry_bytes = (uint32_t)itsg_get(baser, ITSG_BASER_ENTRY_SIZE) + 1;
	out->pages = (uint32_t)itsg_get(baser, ITSG_BASER_SIZE) + 1;
	out->per_page = out->page_bytes / out->entry_bytes;
	out->pa = table_address(baser, out->page_bytes);
	out->bytes = (uint64_t)out->pages * out->page_bytes;
	out->capacity = out->two_level ? out->bytes / LEVEL1_WORD_BYTES * out->per_page
				       : out->bytes / out->entry_bytes;
}

uint64_t itsg_geometry_encode(uint64_t like, uint64_t pa, uint32_t pages)
{
	uint64_t value = like & ~(ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);

	value |= itsg_put(ITSG_BASER_SIZE, pages - 1);
	if (itsg_page_bytes((uint32_t)itsg_get(like, ITSG_BASER_PAGE_SIZE)) == 0x10000)
		return value | (pa & ITSG_BASER_ADDRESS_64K) |
		       itsg_put(ITSG_BASER_ADDRESS_HIGH, pa >> 48);
	return value | (pa & ITSG_BASER_ADDRESS);
}

/* Who knows where hardware goes on beyond the 48 bits? */
uint64_t itsg_pages_end(uint32_t page_bytes, uint64_t pa_end)
{
	return page_bytes != 0x10000 && pa_end > SMALL_PAGES_END ? SMALL_PAGES_END : pa_end;
}

enum itsg_reason itsg_geometry_check(const struct itsg_geometry *geo, uint64_t pa_end,
				     uint32_t max_pages)
{
	/* 4 KB and 16 KB forms: an address bit below the page is CONSTRAINED UNPREDICTABLE. */
	if (geo->pa & (geo->page_bytes - 1))
		return ITSG_TABLE_ADDRESS;
	if (geo->pa + geo->bytes > itsg_pages_end(geo->page_bytes, pa_end))
		return ITSG_TABLE_ADDRESS;
	if (!geo->two_level && geo->pages > max_pages)
		return ITSG_TABLE_SIZE;
	return ITSG_OK;
}

uint32_t itsg_level1_pages(uint32_t page_bytes, uint32_t entry_bytes, uint32_t id_bits)
{
	uint64_t per_word = page_bytes / entry_bytes;
	uint64_t words = (((uint64_t)1 << id_bits) + per_word - 1) / per_word;
	uint64_t pages = (words * LEVEL1_WORD_BYTES + page_bytes - 1) / page_bytes;

	return pages < MAX_TABLE_PAGES ? (uint32_t)pages : MAX_TABLE_PAGES;
}

uint64_t itsg_level1_index(const struct itsg_geometry *geo, uint64_t id)
{
	return id / geo->per_page;
}

enum itsg_reason itsg_level1_check(const struct itsg_geometry *geo, uint64_t word, uint64_t pa_end)
{
	uint64_t pa = word & ITSG_BITS(51, 0);

	if (!(word & ITSG_L1E_VALID))
		return ITSG_L1_INVALID;
	if (word & ITSG_L1E_RESERVED)
		return ITSG_L1_RESERVED;
	/* Aligned to the ITS page, not the host's: hardware ignores the bits below it (P6). */
	if ((pa & (geo->page_bytes - 1)) ||
	    pa + geo->page_bytes > itsg_pages_end(geo->page_bytes, pa_end))
		return ITSG_L1_ADDRESS;
	return ITSG_OK;
}

uint64_t itsg_collections(const struct itsg_typer *typer, uint64_t capacity)
{
	uint64_t limit = (uint64_t)1 << typer->icid_bits;
	uint64_t count = capacity ? capacity : typer->hcc;

	if (capacity && typer->cct)
		count += typer->hcc;
	return count < limit ? count : limit;
}

uint64_t itsg_itt_bytes(uint32_t size, uint32_t entry_bytes)
{
	return ((uint64_t)2 << size) * entry_bytes;
}

struct itsg_run itsg_run_of(uint64_t pa, uint64_t bytes)
{
	const uint64_t below = ((uint64_t)1 << ITSG_GRANULE_SHIFT) - 1;
	struct itsg_run run;

	run.pa = pa & ~below;
	run.bytes = ((pa + bytes + below) & ~below) - run.pa;
	return run;
}

uint64_t itsg_granules(const struct itsg_run *run)
{
	return run->bytes >> ITSG_GRANULE_SHIFT;
}
