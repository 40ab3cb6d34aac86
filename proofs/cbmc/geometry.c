/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Geometry of tables, ITTs and LPI tables: any 64 bits of any register (devtable.h, typer.c,
 * lpi.h). */
#include "proof.h"

#include "devtable.c"
#include "lpi.c"
#include "typer.c"

#ifndef PAGE_CODE
#define PAGE_CODE 0 /* Page_Size of geometry_level1_index: a constant, for the page is divided */
#endif

static struct itsg_geometry any_geometry(void)
{
	struct itsg_geometry geo;

	itsg_geometry_decode(nondet_u64(), &geo);
	return geo;
}

/* The end of physical addresses, of 32 to 52 bits. */
static uint64_t any_end(void)
{
	const uint32_t bits = nondet_u32();

	GIVEN(bits >= 32 && bits <= 52);
	return (uint64_t)1 << bits;
}

/* A table lies below the end, whole, where the register can name it; or it is refused. */
void geometry_table(void)
{
	const uint64_t raw = nondet_u64(), end = any_end();
	const uint32_t max_pages = nondet_u32();
	struct itsg_geometry geo;
	enum itsg_reason reason;

	itsg_geometry_decode(raw, &geo);
	PROVE(geo.pages >= 1 && geo.pages <= 256 && geo.entry_bytes >= 1 && geo.entry_bytes <= 32);
	PROVE(geo.page_bytes == 0x1000 || geo.page_bytes == 0x4000 || geo.page_bytes == 0x10000);
	PROVE(geo.bytes == (uint64_t)geo.pages * geo.page_bytes && geo.bytes <= 1 << 24);
	PROVE(geo.pa >> 52 == 0 && (geo.page_bytes == 0x10000 || geo.pa >> 48 == 0));
	reason = itsg_geometry_check(&geo, end, max_pages);
	PROVE(reason == ITSG_OK || reason == ITSG_TABLE_ADDRESS || reason == ITSG_TABLE_SIZE);
	if (reason == ITSG_TABLE_SIZE)
		PROVE(!geo.two_level && geo.pages > max_pages);
	REACHED(reason == ITSG_TABLE_SIZE);
	REACHED(reason == ITSG_TABLE_ADDRESS);
	GIVEN(reason == ITSG_OK);
	PROVE(geo.pa % geo.page_bytes == 0 && geo.pa < end && geo.bytes <= end - geo.pa);
	PROVE(geo.page_bytes == 0x10000 || geo.pa + geo.bytes <= (uint64_t)1 << 48);
	REACHED(geo.pa >> 51 != 0);
}

/* What the guard writes of a table of its own is decoded to that table. */
void geometry_encode(void)
{
	const uint64_t like = nondet_u64(), pa = nondet_u64();
	const uint32_t pages = nondet_u32();
	struct itsg_geometry geo, old;
	uint64_t raw;

	itsg_geometry_decode(like, &old);
	GIVEN(pages >= 1 && pages <= 256 && pa % old.page_bytes == 0);
	GIVEN(pa < itsg_pages_end(old.page_bytes, (uint64_t)1 << 52));
	raw = itsg_geometry_encode(like, pa, pages);
	itsg_geometry_decode(raw, &geo);
	PROVE(geo.pa == pa && geo.pages == pages && !(raw & ITSG_BASER_VALID));
	PROVE(geo.two_level == old.two_level && geo.page_bytes == old.page_bytes);
	PROVE(geo.entry_bytes == old.entry_bytes);
	REACHED(pa >> 48 != 0);
}

/*
 * The level-1 word of each ID that a table has room for lies in the table (R4). For each entry size
 * apart, so that what is divided by is a constant.
 */
static void level1_index(uint32_t page_code, uint64_t entry_bytes)
{
	struct itsg_geometry geo;
	const uint64_t id = nondet_u32();
	uint64_t raw = nondet_u64();

	raw &= ~(ITSG_BASER_PAGE_SIZE | ITSG_BASER_ENTRY_SIZE);
	raw |= ITSG_BASER_INDIRECT | (uint64_t)page_code << 8 | (entry_bytes - 1) << 48;
	itsg_geometry_decode(raw, &geo);
	geo.per_page = (0x1000u << 2 * page_code) / (uint32_t)entry_bytes;
	GIVEN(id < geo.capacity);
	PROVE(itsg_level1_index(&geo, id) < geo.bytes / 8);
	REACHED(itsg_level1_index(&geo, id) == geo.bytes / 8 - 1);
}

void geometry_level1_index(void)
{
	for (uint32_t bytes = 1; bytes <= 32; bytes++)
		level1_index(PAGE_CODE, bytes);
}

/* The page that a level-1 word names is aligned and lies below the end (P6); no other bit is set.
 */
void geometry_level1_word(void)
{
	const struct itsg_geometry geo = any_geometry();
	const uint64_t word = nondet_u64(), end = any_end(), pa = word & ITSG_L1E_ADDRESS;
	const enum itsg_reason reason = itsg_level1_check(&geo, word, end);

	PROVE((reason == ITSG_L1_INVALID) == !(word >> 63));
	if (word >> 63)
		PROVE((reason == ITSG_L1_RESERVED) == ((word << 1 >> 53) != 0));
	PROVE(reason == ITSG_OK || reason == ITSG_L1_INVALID || reason == ITSG_L1_RESERVED ||
	      reason == ITSG_L1_ADDRESS);
	REACHED(reason == ITSG_L1_ADDRESS);
	REACHED(reason == ITSG_OK && pa >> 48 != 0);
	if (reason == ITSG_OK) {
		PROVE(pa % geo.page_bytes == 0 && geo.page_bytes <= end - pa && pa < end);
		PROVE(word == (pa | (uint64_t)1 << 63));
		PROVE(geo.page_bytes == 0x10000 || pa >> 48 == 0);
	}
	if (word >> 63 && word << 1 >> 53 == 0 && pa % geo.page_bytes == 0 && (word & 0xfff) == 0 &&
	    pa + geo.page_bytes <= itsg_pages_end(geo.page_bytes, end))
		PROVE(reason == ITSG_OK);
}

/* An ITT has exactly its entries; a run has all of its bytes and not a granule more. */
void geometry_itt(void)
{
	const uint32_t size = nondet_u32(), entry_bytes = nondet_u32();
	const uint64_t pa = nondet_u64();
	uint64_t bytes;
	struct itsg_run run;

	GIVEN(size < 32 && entry_bytes >= 1 && entry_bytes <= 16 && pa >> 52 == 0);
	bytes = itsg_itt_bytes(size, entry_bytes);
	PROVE(bytes == (uint64_t)entry_bytes << (size + 1) && bytes >= 2 &&
	      bytes <= (uint64_t)1 << 36);
	run = itsg_run_of(pa, bytes);
	PROVE(run.pa % 256 == 0 && run.bytes % 256 == 0 && itsg_granules(&run) == run.bytes / 256);
	PROVE(run.pa <= pa && pa - run.pa < 256);
	PROVE(run.pa + run.bytes >= pa + bytes && run.pa + run.bytes - (pa + bytes) < 256);
	REACHED(bytes == (uint64_t)1 << 36);
	REACHED(pa % 256 != 0);
}

/* What hardware keeps of a BASER or CBASER: address, size and Valid always. */
void geometry_keeps(void)
{
	struct itsg_keeps keeps;
	const uint64_t raw = nondet_u64(), read_only = nondet_u64();
	const uint64_t always = ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE;
	uint64_t kept;

	for (uint32_t i = 0; i < 4; i++) {
		keeps.page[i] = nondet_u8();
		keeps.share[i] = nondet_u8();
	}
	for (uint32_t i = 0; i < 8; i++) {
		keeps.inner[i] = nondet_u8();
		keeps.outer[i] = nondet_u8();
	}
	keeps.indirect = nondet_bool();
	GIVEN((read_only & ~(ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE)) == 0);
	kept = itsg_keeps_baser(&keeps, read_only, raw);
	PROVE((kept & always) == (raw & always));
	PROVE((kept & (ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE)) == read_only);
	PROVE((kept & ITSG_BASER_INDIRECT) == (keeps.indirect ? raw & ITSG_BASER_INDIRECT : 0));
	PROVE((kept & ITSG_BASER_PAGE_SIZE) >> 8 == (keeps.page[raw >> 8 & 3] & 3));
	REACHED((kept & ITSG_BASER_PAGE_SIZE) != (raw & ITSG_BASER_PAGE_SIZE));
	kept = itsg_keeps_cbaser(&keeps, raw);
	PROVE((kept & (ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE)) ==
	      (raw & (ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE)));
}

/* ICIDs are never more than their bits can name, nor than hardware and the table hold. */
void geometry_collections(void)
{
	struct itsg_typer typer;
	const uint64_t capacity = nondet_u64();
	uint64_t count;

	itsg_typer_decode(nondet_u64(), &typer);
	GIVEN(capacity >> 38 == 0);
	count = itsg_collections(&typer, capacity);
	PROVE(typer.device_bits >= 1 && typer.device_bits <= 32);
	PROVE(typer.event_bits >= 1 && typer.event_bits <= 32);
	PROVE(typer.itt_entry_bytes >= 1 && typer.itt_entry_bytes <= 16 && typer.hcc <= 255);
	PROVE(typer.icid_bits >= 1 && typer.icid_bits <= 16);
	PROVE(count <= (uint64_t)1 << typer.icid_bits && count <= capacity + typer.hcc);
	PROVE(capacity == 0 || typer.cct || count <= capacity);
	PROVE(capacity != 0 || count <= typer.hcc);
	REACHED(count == 1 << 16);
	REACHED(count == capacity + typer.hcc && typer.hcc && capacity);
}

/* The tables of a redistributor lie below the end, whole, and are as large as INTIDs need. */
void geometry_lpi(void)
{
	struct itsg_lpi_facts facts = {any_end(), nondet_u32(), nondet_u32()};
	const uint64_t prop = nondet_u64(), pend = nondet_u64();
	struct itsg_lpis lpis;
	enum itsg_reason reason;
	uint32_t bits = (uint32_t)(prop & 31) + 1;

	GIVEN(facts.lpi_bits >= 14 && facts.lpi_bits <= 32 && facts.limit >= 14 &&
	      facts.limit <= 24);
	reason = itsg_lpi_judge(&facts, prop, pend, &lpis);
	bits = bits < facts.lpi_bits ? bits : facts.lpi_bits;
	PROVE((reason == ITSG_LPI_SIZE) == (bits < 14 || bits > facts.limit));
	PROVE(reason == ITSG_OK || reason == ITSG_LPI_SIZE || reason == ITSG_LPI_ADDRESS);
	REACHED(reason == ITSG_LPI_SIZE);
	REACHED(reason == ITSG_LPI_ADDRESS);
	GIVEN(reason == ITSG_OK);
	PROVE(lpis.bits == bits && lpis.prop == prop && lpis.pend == pend);
	/* Byte N - 8192 of INTID N, and bit N: the last INTID has its own, and there is no more. */
	PROVE(lpis.config.bytes == ((uint64_t)1 << bits) - 8192);
	PROVE(lpis.pending.bytes == ((uint64_t)1 << bits) >> 3);
	PROVE(lpis.config.pa < facts.pa_end && lpis.config.bytes <= facts.pa_end - lpis.config.pa);
	PROVE(lpis.pending.pa < facts.pa_end &&
	      lpis.pending.bytes <= facts.pa_end - lpis.pending.pa);
	PROVE(lpis.config.pa % 4096 == 0 && lpis.pending.pa % 65536 == 0);
	REACHED(bits == 24);
}
