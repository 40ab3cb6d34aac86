/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Entries in memory: as they lie there, and which of them are valid. Nothing of the cache. */
#include "its_priv.h"

#include <string.h>

static uint64_t from_bytes(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && i < 8; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

/* What memory has no room for is remembered, as long as memory says that the entry is valid. */
static uint64_t complete(const struct sim_its *its, uint64_t pa, unsigned bytes, uint64_t value)
{
	const uint64_t *side;

	if (bytes >= 8 || !its_entry_valid(value))
		return value;
	side = u64map_get(&its->side, pa);
	return side ? value | (*side & (~(uint64_t)0 << (8 * bytes))) : value;
}

uint64_t its_entry_peek(const struct sim_its *its, uint64_t pa, unsigned bytes)
{
	uint8_t raw[32];

	sim_mem_peek(its->mem, pa, raw, bytes);
	return complete(its, pa, bytes, from_bytes(raw, bytes));
}

uint64_t its_entry_load(struct sim_its *its, uint64_t pa, unsigned bytes, const char *what)
{
	uint8_t raw[32] = {0};

	sim_mem_dma(its->mem, pa, bytes, false, raw, what);
	return complete(its, pa, bytes, from_bytes(raw, bytes));
}

void its_entry_store(struct sim_its *its, uint64_t pa, unsigned bytes, uint64_t payload,
		     const char *what)
{
	uint8_t raw[32] = {0};

	for (unsigned i = 0; i < bytes && i < 8; i++)
		raw[i] = (uint8_t)(payload >> (8 * i));
	if (bytes < 8)
		*u64map_put(&its->side, pa) = payload;
	sim_mem_dma(its->mem, pa, bytes, true, raw, what);
}

/* ---- what is valid ---- */

#define BLOCK 64u

struct valid_walk {
	const struct its_span *span;
	its_valid_fn *fn;
	void *ctx;
};

/* Most of a table is zero, and it is walked whenever a page is let go. */
static bool block_is_zero(const uint8_t *bytes)
{
	uint64_t word[BLOCK / 8];
	uint64_t any = 0;

	memcpy(word, bytes, sizeof(word));
	for (unsigned i = 0; i < BLOCK / 8; i++)
		any |= word[i];
	return any == 0;
}

/* Valid is bit 63 of a level-1 word, bit 0 of our own entries. */
static bool entry_is_valid(enum its_kind kind, const uint8_t *entry)
{
	return kind == KIND_LEVEL1 ? entry[7] & 0x80 : entry[0] & 1;
}

static void valid_in_frame(void *ctx, uint64_t frame_pa, const uint8_t *bytes)
{
	const struct valid_walk *walk = ctx;
	const struct its_span *span = walk->span;
	uint64_t skip = frame_pa > span->base ? frame_pa - span->base : 0;
	uint64_t at = (skip + span->step - 1) / span->step * span->step;

	while (at + span->step <= span->len && span->base + at < frame_pa + 4096) {
		uint64_t offset = span->base + at - frame_pa;

		if (offset % BLOCK == 0 && block_is_zero(bytes + offset)) {
			at += (BLOCK + span->step - 1) / span->step * span->step;
			continue;
		}
		if (entry_is_valid(span->kind, bytes + offset))
			walk->fn(walk->ctx, span->base + at);
		at += span->step;
	}
}

void its_each_valid(const struct sim_its *its, const struct its_span *span, its_valid_fn *fn,
		    void *ctx)
{
	struct valid_walk walk = {span, fn, ctx};

	sim_mem_each_frame(its->mem, span->base, span->len, valid_in_frame, &walk);
}
