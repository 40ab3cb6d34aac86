/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Geometry of the tables that GITS_BASER<n> names, and of ITTs. Pure arithmetic, in 64 bits: the
 * largest table indexes 2^37 entries (GIC K10, K11), the largest ITT has 2^36 bytes (GIC I17).
 */
#ifndef ITSGUARD_DEVTABLE_H
#define ITSGUARD_DEVTABLE_H

#include "itsguard/arch.h"
#include "itsguard/env.h"
#include "itsguard/pages.h"
#include "itsguard/reason.h"

/* What a BASER or CBASER of this hardware keeps of a field: index is what was written. */
struct itsg_keeps {
	uint8_t page[4];
	uint8_t share[4];
	uint8_t inner[8];
	uint8_t outer[8];
	bool indirect;
};

/* A CBASER or BASER as this hardware would keep what was written; read-only fields put in. */
uint64_t itsg_keeps_cbaser(const struct itsg_keeps *keeps, uint64_t raw);
uint64_t itsg_keeps_baser(const struct itsg_keeps *keeps, uint64_t read_only, uint64_t raw);

struct itsg_geometry {
	bool two_level;
	uint8_t page_code;   /* GITS_BASER.Page_Size */
	uint32_t page_bytes; /* the ITS page */
	uint32_t entry_bytes;
	uint32_t pages;    /* of the flat or level-1 table */
	uint32_t per_page; /* entries in an ITS page */
	uint64_t pa;       /* of the flat or level-1 table, as written: may be misaligned */
	uint64_t bytes;    /* of the flat or level-1 table */
	uint64_t capacity; /* entries it has room for: more than there are IDs, perhaps */
};

/* Page_Size code to bytes; the reserved code 3 works as 64 KB. */
uint32_t itsg_page_bytes(uint32_t code);

/* A GITS_BASER value, taken apart; any value gives a geometry without overflow. */
void itsg_geometry_decode(uint64_t baser, struct itsg_geometry *out);

/*
 * The value of GITS_BASER for a table of `pages` ITS pages at pa, with the attribute fields and
 * Indirect of `like`, Valid=0.
 */
uint64_t itsg_geometry_encode(uint64_t like, uint64_t pa, uint32_t pages);

/*
 * The first address that a page of a table may not have: past pa_end, or with ITS pages of 4 or 16
 * KB past the 48 bits of address that GITS_BASER has then. (The level-1 word has 52 bits in place,
 * but whether hardware uses them with such pages is nowhere said: F1.)
 */
uint64_t itsg_pages_end(uint32_t page_bytes, uint64_t pa_end);

/*
 * ITSG_TABLE_ADDRESS: not aligned to the ITS page, or past pa_end (the first address past the
 * physical address size). ITSG_TABLE_SIZE: a flat table of more than max_pages ITS pages.
 */
enum itsg_reason itsg_geometry_check(const struct itsg_geometry *geo, uint64_t pa_end,
				     uint32_t max_pages);

/* ITS pages of level-1 table that id_bits of IDs need at this page size, at most 256. */
uint32_t itsg_level1_pages(uint32_t page_bytes, uint32_t entry_bytes, uint32_t id_bits);

/* The level-1 word of an ID. */
uint64_t itsg_level1_index(const struct itsg_geometry *geo, uint64_t id);

/*
 * Judges a host's level-1 word for an empty slot: ITSG_L1_INVALID, ITSG_L1_RESERVED,
 * ITSG_L1_ADDRESS, in this order. The page it names is word & ITSG_L1E_ADDRESS.
 */
enum itsg_reason itsg_level1_check(const struct itsg_geometry *geo, uint64_t word, uint64_t pa_end);

/*
 * Number of supported ICIDs: HCC of them in hardware, `capacity` in the table, 0 if there is none
 * (GIC 3.4), never more than icid_bits can name.
 */
uint64_t itsg_collections(const struct itsg_typer *typer, uint64_t capacity);

/* Bytes of an ITT for EventID bits minus one, exactly: 2^(size+1) entries. */
uint64_t itsg_itt_bytes(uint32_t size, uint32_t entry_bytes);

/* [pa, pa + bytes), rounded out to granules. */
struct itsg_run itsg_run_of(uint64_t pa, uint64_t bytes);

/* Granules of a run. */
uint64_t itsg_granules(const struct itsg_run *run);

#endif
