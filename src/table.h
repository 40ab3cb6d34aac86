/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The tables that GITS_BASER<n> name: one register, and what the guard made of it. */
#ifndef ITSGUARD_TABLE_H
#define ITSGUARD_TABLE_H

#include "devtable.h"
#include "itsguard/arch.h"

/* Fields of GITS_BASER that the guard writes and hardware must keep. */
#define ITSG_BASER_WRITTEN                                                                         \
	(ITSG_BASER_VALID | ITSG_BASER_INDIRECT | ITSG_BASER_INNER_CACHE |                         \
	 ITSG_BASER_OUTER_CACHE | ITSG_BASER_ADDRESS | ITSG_BASER_SHAREABILITY |                   \
	 ITSG_BASER_PAGE_SIZE | ITSG_BASER_SIZE)

/*
 * One GITS_BASER<n>.
 *
 *   raw     what the host wrote          host write (mmio.c)
 *   geo     the table that is claimed    arming (arm.c)
 *   hw      what hardware was given      arming, retiring (arm.c, retire.c)
 *
 * claimed and not dying: the table is in use. dying: the host has given it up, its claims are to be
 * dropped or turned into kept ones, a step at a time; arming finishes that first.
 */
struct itsg_table {
	/* Facts, from init. */
	uint8_t type;   /* 0: not offered to the host */
	uint8_t number; /* of the register */
	struct itsg_keeps keeps;
	uint64_t read_only; /* Type and Entry_Size, in place */
	uint32_t id_bits;   /* of what indexes it */
	uint64_t mirror_pa; /* its slice of the level-1 pool, 0 bytes if Indirect does not stick */
	uint64_t mirror_bytes;
	uint64_t *words; /* what hardware's level-1 table holds, one for each 8 bytes of it */

	uint64_t raw; /* the host's last value; reads show what hardware would keep of it */

	bool claimed;    /* geo is on record in the tracker */
	bool programmed; /* hardware has Valid=1 and, as far as we know, still hw */
	bool dying;
	bool forgotten;  /* dying: hardware has let go, so claims are dropped, not kept */
	uint32_t filled; /* words that are not 0 */
	struct itsg_geometry geo;
	uint64_t armed;  /* raw when it was claimed, as kept */
	uint64_t hw;     /* the register as the guard wrote it, with Valid */
	uint64_t reaped; /* dying: level-1 words done */
};

/* The offset of a table's register. */
uint32_t itsg_table_offset(const struct itsg_table *table);

/* What the host reads back from its register. */
uint64_t itsg_table_visible(const struct itsg_table *table);

/* Hardware's level-1 table has another word: 0 for one that was filled, or the other way round. */
void itsg_table_set_word(struct itsg_table *table, uint64_t index, uint64_t word);

/* Host memory that a table claims: all of it, or its level 1. */
struct itsg_run itsg_table_run(const struct itsg_table *table);

#endif
