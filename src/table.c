/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "table.h"

uint32_t itsg_table_offset(const struct itsg_table *table)
{
	return ITSG_GITS_BASER + (uint32_t)table->number * 8;
}

uint64_t itsg_table_visible(const struct itsg_table *table)
{
	return table->type ? itsg_keeps_baser(&table->keeps, table->read_only, table->raw) : 0;
}

void itsg_table_set_word(struct itsg_table *table, uint64_t index, uint64_t word)
{
	table->words[index] = word;
	if (word)
		table->filled++;
	else
		table->filled--;
}

struct itsg_run itsg_table_run(const struct itsg_table *table)
{
	const struct itsg_run run = {table->geo.pa, table->geo.bytes};

	return run;
}
