/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "import_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "itsguard/arch.h"
#include "itsguard/cmd.h"

static uint64_t entries_per_page(uint64_t baser)
{
	uint64_t code = itsg_get(baser, ITSG_BASER_PAGE_SIZE);

	return ((uint64_t)0x1000 << (2 * (code < 2 ? code : 2))) /
	       (itsg_get(baser, ITSG_BASER_ENTRY_SIZE) + 1);
}

static uint64_t page_bytes(uint64_t baser)
{
	return entries_per_page(baser) * (itsg_get(baser, ITSG_BASER_ENTRY_SIZE) + 1);
}

/* With pages of 64 KB, bits [15:12] are the upper ones. */
static uint64_t address_of(uint64_t baser)
{
	if (itsg_get(baser, ITSG_BASER_PAGE_SIZE) < 2)
		return baser & ITSG_BASER_ADDRESS;
	return (baser & ITSG_BASER_ADDRESS & ~0xffffull) | (baser >> 12 & 15) << 48;
}

/* 256 pages of 64 KB at most. */
static uint32_t words_of(uint64_t baser)
{
	return (uint32_t)((itsg_get(baser, ITSG_BASER_SIZE) + 1) * page_bytes(baser) / 8);
}

void import_write_mem(FILE *out, uint64_t pa, const uint8_t *bytes, size_t count)
{
	fprintf(out, "mem 0x%" PRIx64 " ", pa);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%02x", bytes[i]);
}

void import_tables_free(struct import_tables *t)
{
	for (size_t i = 0; i < IMPORT_TABLES; i++)
		free(t->table[i].assumed);
}

void import_tables_wrote(struct import_tables *t, uint64_t baser)
{
	static const uint64_t types[IMPORT_TABLES] = {1, 4};

	for (size_t i = 0; i < IMPORT_TABLES; i++) {
		struct import_table *table = &t->table[i];

		if (itsg_get(baser, ITSG_BASER_TYPE) != types[i])
			continue;
		if (table->baser != baser) {
			free(table->assumed);
			table->assumed = NULL;
		}
		table->baser = baser;
	}
}

uint64_t import_tables_page(struct import_tables *t, uint64_t bytes)
{
	t->next = (t->next - bytes) & ~(bytes - 1);
	return t->next;
}

void import_tables_assume(struct import_tables *tables, enum import_table_kind kind, uint64_t id,
			  FILE *out)
{
	struct import_table *t = &tables->table[kind];
	uint64_t per_page = entries_per_page(t->baser), index = id / per_page;
	uint8_t word[8];

	if (!(t->baser & ITSG_BASER_VALID) || !(t->baser & ITSG_BASER_INDIRECT) ||
	    index >= words_of(t->baser))
		return;
	if (!t->assumed)
		t->assumed = calloc(words_of(t->baser) / 8 + 1, 1);
	if (!t->assumed || (t->assumed[index / 8] >> (index % 8) & 1))
		return;
	t->assumed[index / 8] |= (uint8_t)(1u << (index % 8));
	itsg_put_le64(word, ITSG_BASER_VALID | import_tables_page(tables, page_bytes(t->baser)));
	import_write_mem(out, address_of(t->baser) + index * 8, word, sizeof(word));
	fprintf(out, " # assumed: level 2 of IDs 0x%" PRIx64 " to 0x%" PRIx64 "\n",
		index * per_page, (index + 1) * per_page - 1);
}
