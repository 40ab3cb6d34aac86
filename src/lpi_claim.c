/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "lpi_claim.h"

static bool lpi_same(const struct itsg_run *a, const struct itsg_run *b)
{
	return a->pa == b->pa && a->bytes == b->bytes;
}

/* The place of the table with this extent, or else of a free one; `capacity` if there is none. */
static uint32_t lpi_find(const struct itsg_lpi_tables *tables, const struct itsg_run *run)
{
	uint32_t empty = tables->capacity;

	for (uint32_t i = 0; i < tables->capacity; i++) {
		const struct itsg_lpi_table *table = &tables->table[i];

		if (table->users && lpi_same(&table->run, run))
			return i;
		if (!table->users && empty == tables->capacity)
			empty = i;
	}
	return empty;
}

static struct itsg_take lpi_take(const struct itsg_run *run, enum itsg_kind kind)
{
	const struct itsg_take take = {*run, kind, ITSG_LPI_OVERLAP};

	return take;
}

enum itsg_reason itsg_lpi_take_config(struct itsg_platform *platform,
				      struct itsg_lpi_tables *tables, const struct itsg_run *run,
				      uint32_t *place)
{
	const struct itsg_take take = lpi_take(run, ITSG_SHARED);
	const uint32_t found = lpi_find(tables, run);
	struct itsg_lpi_table *table = &tables->table[found];

	if (found == tables->capacity)
		return ITSG_NO_TABLE_SLOT;
	if (!table->users) {
		const enum itsg_reason reason = itsg_claim_take(platform, &take);

		if (reason != ITSG_OK)
			return reason;
		table->run = *run;
		tables->used++;
	}
	table->users++;
	*place = found;
	return ITSG_OK;
}

/* True with the last user. */
static bool lpi_leave(struct itsg_lpi_tables *tables, uint32_t place)
{
	if (--tables->table[place].users)
		return false;
	tables->used--;
	return true;
}

void itsg_lpi_drop_config(struct itsg_platform *platform, struct itsg_lpi_tables *tables,
			  uint32_t place)
{
	if (lpi_leave(tables, place))
		itsg_claim_drop(platform, &tables->table[place].run, ITSG_SHARED);
}

void itsg_lpi_undo_config(struct itsg_platform *platform, struct itsg_lpi_tables *tables,
			  uint32_t place)
{
	const struct itsg_take take = lpi_take(&tables->table[place].run, ITSG_SHARED);

	if (lpi_leave(tables, place))
		itsg_claim_undo(platform, &take);
}

enum itsg_reason itsg_lpi_take_pending(struct itsg_platform *platform, const struct itsg_run *run,
				       enum itsg_lpi_pending pending)
{
	const struct itsg_take take = lpi_take(run, itsg_lpi_kind(pending));
	struct itsg_take zeroed = take;
	enum itsg_reason reason = itsg_claim_take(platform, &take);

	if (reason != ITSG_OK || pending <= ITSG_LPI_PENDING_ADOPTED)
		return reason;
	/* With the fewest bits, 14, a table has 2 KB. */
	if (pending == ITSG_LPI_PENDING_HEAD_ZEROED)
		zeroed.run.bytes = ITSG_GICR_PENDING_HEAD;
	reason = itsg_claim_zero(platform, &zeroed);
	if (reason != ITSG_OK)
		itsg_claim_undo(platform, &take);
	return reason;
}
