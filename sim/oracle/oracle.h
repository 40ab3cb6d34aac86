/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What must be true of a guarded world between any two calls, as algebra of page and granule sets.
 *
 * Three parties are asked, and none is believed: the simulated ITSs and redistributors (what they
 * may touch from now on), the memory (what was shared and donated), the guard (tracker and
 * records). What redistributors had before there was a guard counts once it is adopted. The guard's
 * own itsg_check() is not used here: it has the same author as the guard.
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

#include "world.h"

/* In the order in which they are checked. */
enum oracle_clause {
	ORACLE_HOLDS,
	ORACLE_REACH,       /* I1: pages hardware may touch are shared, donated or private */
	ORACLE_PRIVATE,     /* queue and level 1 that the ITS reads are the guard's own */
	ORACLE_DONATED,     /* tables that hardware writes are donated */
	ORACLE_CLAIMED,     /* every granule hardware may touch is claimed in the tracker */
	ORACLE_GUEST,       /* nothing held is a guest's */
	ORACLE_SHARES,      /* I7: pages shared = pages of the tracker of that kind */
	ORACLE_DONATIONS,   /* likewise */
	ORACLE_PINS,        /* a page is shared once, however many claims are in it */
	ORACLE_RECORDED,    /* what is on record is claimed in the tracker */
	ORACLE_RECORD_KIND, /* as the same kind */
	/*
	 * No granule is on record twice, whoever records it; but for the queues of two hosts, which
	 * only their guards read (H8).
	 */
	ORACLE_RECORD_TWICE,
	ORACLE_BOOKS,   /* claims held = claims recorded + claims kept for ever */
	ORACLE_DEVICES, /* as many ITTs on record as devices */
	ORACLE_MAPPED,  /* no DeviceID is told as unmapped that the ITS may translate (F14) */
	/* Tables of redistributors are on record as they are due (world.h), each once, whole. */
	ORACLE_LPI_TABLES,
	ORACLE_NOTHING_HELD, /* I7, after a quiet end; see oracle_quiet_end() */
	ORACLE_CLAUSES
};

/* "REACH" for ORACLE_REACH and so on. */
const char *oracle_clause_name(enum oracle_clause clause);

struct oracle;

struct oracle *oracle_new(void);
void oracle_free(struct oracle *oracle);

/*
 * The first clause that is broken, or ORACLE_HOLDS; text then says what and where. A world without
 * a guard always holds.
 */
enum oracle_clause oracle_check(struct oracle *oracle, struct world *world, char *text,
				size_t size);

/* The granules claimed in the tracker, of one kind, when oracle_check() last looked. */
const struct pfnset *oracle_claimed(const struct oracle *oracle, enum itsg_kind kind);

/*
 * The host has unmapped everything, cleared CBASER and all BASERs, the ITSs are disabled and
 * quiescent and forget: nothing may be held any more, but for pages the platform refused back.
 */
enum oracle_clause oracle_quiet_end(struct world *world, char *text, size_t size);

#endif
