/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The two things that the monitor does with the device tree: it reads how much RAM there is, and
 * reserves its own memory before the host gets the tree.
 */
#include "monitor.h"

#define FDT_MAGIC      0xd00dfeedu
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_NOP        4

/* Words of the header. */
#define TOTAL_SIZE   1
#define OFF_STRUCT   2
#define OFF_STRINGS  3
#define OFF_RESERVED 4

static uint32_t get32(uint64_t at)
{
	return __builtin_bswap32(*(const volatile uint32_t *)at);
}

static void put32(uint64_t at, uint64_t value)
{
	*(volatile uint32_t *)at = __builtin_bswap32((uint32_t)value);
}

static void put64(uint64_t at, uint64_t value)
{
	put32(at, value >> 32);
	put32(at + 4, value);
}

static uint32_t header(uint64_t fdt, uint32_t word)
{
	return get32(fdt + 4 * word);
}

static bool starts_with(uint64_t at, const char *text)
{
	for (; *text != 0; text++, at++)
		if (*(const char *)at != *text)
			return false;
	return true;
}

static uint64_t skip_text(uint64_t at)
{
	while (*(const char *)at != 0)
		at++;
	return (at + 4) & ~3ul;
}

/* The board has one memory node, with two cells each for address and size. */
uint64_t fdt_ram_bytes(uint64_t fdt)
{
	uint64_t at = fdt + header(fdt, OFF_STRUCT), strings = fdt + header(fdt, OFF_STRINGS);
	uint32_t token, length;
	bool in_memory = false;

	if (get32(fdt) != FDT_MAGIC)
		panic("no device tree at", fdt);
	for (;;) {
		token = get32(at);
		at += 4;
		switch (token) {
		case FDT_BEGIN_NODE:
			in_memory = starts_with(at, "memory@");
			at = skip_text(at);
			break;
		case FDT_PROP:
			length = get32(at);
			if (in_memory && length == 16 &&
			    starts_with(strings + get32(at + 4), "reg"))
				return (uint64_t)get32(at + 16) << 32 | get32(at + 20);
			at += 8 + ((length + 3) & ~3u);
			break;
		case FDT_END_NODE:
		case FDT_NOP:
			break;
		default:
			panic("the device tree names no memory", token);
		}
	}
}

/* One more entry at the start of the reservations; everything behind it moves up. */
void fdt_reserve(uint64_t fdt, uint64_t pa, uint64_t bytes)
{
	uint32_t size = header(fdt, TOTAL_SIZE), reserved = header(fdt, OFF_RESERVED);

	for (uint32_t at = size; at > reserved; at -= 4)
		*(volatile uint32_t *)(fdt + at + 12) = *(volatile uint32_t *)(fdt + at - 4);
	put64(fdt + reserved, pa);
	put64(fdt + reserved + 8, bytes);
	put32(fdt + 4 * TOTAL_SIZE, size + 16);
	put32(fdt + 4 * OFF_STRUCT, header(fdt, OFF_STRUCT) + 16);
	put32(fdt + 4 * OFF_STRINGS, header(fdt, OFF_STRINGS) + 16);
	clean_invalidate(fdt, size + 16); /* the host reads it with its caches off */
}
