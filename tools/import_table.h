/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Memory that no log tells of: where a table of a host's has two levels, a page of level 2 must be
 * there for each ID that is mapped, and nobody says which. One is assumed then.
 */
#ifndef TOOLS_IMPORT_TABLE_H
#define TOOLS_IMPORT_TABLE_H

#include <stdint.h>
#include <stdio.h>

enum import_table_kind { /* of whose IDs */
	IMPORT_DEVICES,
	IMPORT_COLLECTIONS,
	IMPORT_TABLES
};

struct import_table {
	uint64_t baser;   /* as the host has it */
	uint8_t *assumed; /* a bit for each word of level 1 */
};

/* All zero but `next` is the beginning. */
struct import_tables {
	struct import_table table[IMPORT_TABLES];
	uint64_t next; /* pages are assumed from here down */
};

void import_tables_free(struct import_tables *t);
/* The host writes a BASER. */
void import_tables_wrote(struct import_tables *t, uint64_t baser);
/* A page nobody else has, of so many bytes, a power of two. */
uint64_t import_tables_page(struct import_tables *t, uint64_t bytes);
/* That ID is about to be mapped: writes the word that must be there, once for each page. */
void import_tables_assume(struct import_tables *t, enum import_table_kind kind, uint64_t id,
			  FILE *out);

/* A line `mem` without its end. */
void import_write_mem(FILE *out, uint64_t pa, const uint8_t *bytes, size_t count);

#endif
