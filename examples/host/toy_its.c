/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * An ITS that believes all it is told, and is done at once: a flat table of devices, collections in
 * hardware. MAPD writes an entry of that table, MAPTI one of an ITT, wherever that is.
 */
#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "platform.h"

static uint64_t enabled, cbaser, cwriter, creadr, device_table;

/* 8 bytes of memory, wherever it is told that they are: that is the trouble. */
static uint64_t get(uint64_t pa)
{
	return platform_memory(pa) ? itsg_le64(platform_memory(pa)) : 0;
}

static void put(uint64_t pa, uint64_t word)
{
	if (platform_memory(pa))
		itsg_put_le64(platform_memory(pa), word);
}

static void execute(uint64_t at)
{
	const uint64_t opcode = get(at) & 0xff, device = get(at) >> 32;
	const uint64_t entry = (device_table & ITSG_BASER_ADDRESS) + device * 8;

	if (opcode == ITSG_CMD_MAPD)
		put(entry, get(at + 16));
	if (opcode == ITSG_CMD_MAPTI)
		put((get(entry) & 0x000fffffffffff00) + (get(at + 8) & 0xffffffff) * 8,
		    ITSG_BASER_VALID | get(at + 8) >> 32);
}

static uint64_t value_at(uint32_t offset)
{
	static const uint8_t id[4] = {0x0d, 0xf0, 0x05, 0xb1};

	switch (offset) {
	case ITSG_GITS_CTLR:
		return enabled | ITSG_CTLR_QUIESCENT;
	case ITSG_GITS_TYPER: /* 4 collections, 8 bits of DeviceIDs and EventIDs, forgets (INV) */
		return 4ull << 24 | 7ull << 13 | 7ull << 8 | 7ull << 4 | ITSG_TYPER_INV | 1;
	case ITSG_GITS_CBASER:
		return cbaser;
	case ITSG_GITS_CWRITER:
		return cwriter;
	case ITSG_GITS_CREADR:
		return creadr;
	case ITSG_GITS_BASER: /* devices, entries of 8 bytes, pages of 4 KB, one level */
		return (device_table & ~(ITSG_BASER_INDIRECT | 0x300)) | 1ull << 56 | 7ull << 48;
	case ITSG_GITS_PIDR2:
		return 0x3b;
	default:
		return offset >= ITSG_GITS_CIDR0 ? id[(offset - ITSG_GITS_CIDR0) / 4 & 3] : 0;
	}
}

uint64_t its_read(void *ctx, uint32_t offset, uint32_t width)
{
	const bool wide = offset >= ITSG_GITS_TYPER && offset < ITSG_GITS_BASER + 64;
	const uint64_t value = value_at(wide ? offset & ~7u : offset);

	(void)ctx;
	if (width == 8)
		return value;
	return (wide && (offset & 4) ? value >> 32 : value) & 0xffffffff;
}

/* (The guard writes registers whole.) */
void its_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	(void)width;
	if (offset == ITSG_GITS_CTLR)
		enabled = value & ITSG_CTLR_ENABLED;
	if (offset == ITSG_GITS_CBASER) {
		cbaser = value;
		creadr = 0;
	}
	if (offset == ITSG_GITS_CWRITER)
		cwriter = value & ITSG_CWRITER_OFFSET;
	if (offset == ITSG_GITS_BASER)
		device_table = value;
	for (; enabled && creadr != cwriter; creadr = (creadr + 32) % PAGE)
		execute((cbaser & ITSG_CBASER_ADDRESS) + creadr);
}
