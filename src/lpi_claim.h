/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Claims of LPI tables. A configuration table is shared, and has one claim however many
 * redistributors name it: it is known by its exact extent, so that no count of a group can be
 * wrong (M56). A pending table is one redistributor's.
 */
#ifndef ITSGUARD_LPI_CLAIM_H
#define ITSGUARD_LPI_CLAIM_H

#include "claim.h"
#include "lpi.h"

struct itsg_lpi_table {
	struct itsg_run run;
	uint32_t users; /* 0: none, and run says nothing */
};

struct itsg_lpi_tables {
	struct itsg_lpi_table *table;
	uint32_t capacity;
	uint32_t used;
};

/*
 * Claims the configuration table, or becomes a user more of it; *place is its place. NO_TABLE_SLOT,
 * and what itsg_claim_take() says, an overlap being LPI_OVERLAP.
 */
enum itsg_reason itsg_lpi_take_config(struct itsg_platform *platform,
				      struct itsg_lpi_tables *tables, const struct itsg_run *run,
				      uint32_t *place);

/* One user less; with the last one the claim is dropped. On the way to a refusal it is undone. */
void itsg_lpi_drop_config(struct itsg_platform *platform, struct itsg_lpi_tables *tables,
			  uint32_t place);
void itsg_lpi_undo_config(struct itsg_platform *platform, struct itsg_lpi_tables *tables,
			  uint32_t place);

/* How pending tables are held, and what of a new one is zeroed. */
enum itsg_lpi_pending {
	ITSG_LPI_PENDING_SHARED,
	ITSG_LPI_PENDING_ADOPTED,     /* donated, as it is */
	ITSG_LPI_PENDING_HEAD_ZEROED, /* donated, its first 1 KB zeroed */
	ITSG_LPI_PENDING_ZEROED,      /* donated, all of it zeroed */
};
static inline enum itsg_kind itsg_lpi_kind(enum itsg_lpi_pending pending)
{
	return pending == ITSG_LPI_PENDING_SHARED ? ITSG_SHARED : ITSG_DONATED;
}

/* Claims a pending table. What itsg_claim_take() says, and ZERO_FAILED. */
enum itsg_reason itsg_lpi_take_pending(struct itsg_platform *platform, const struct itsg_run *run,
				       enum itsg_lpi_pending pending);

#endif
