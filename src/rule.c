/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rule.h"

#include "nospec.h"

enum itsg_reason itsg_rule_device_id(const struct itsg_view *view, const struct itsg_words *command)
{
	const uint64_t id = itsg_words_device_id(command);

	if (id >> view->facts->typer.device_bits)
		return ITSG_DEVICE_OOR;
	return id < view->device_table->geo.capacity ? ITSG_OK : ITSG_DEVICE_OOR;
}

const struct itsg_device *itsg_rule_device(const struct itsg_view *view,
					   const struct itsg_words *command)
{
	return itsg_devices_find(view->devices, itsg_words_device_id(command));
}

enum itsg_reason itsg_rule_icid(const struct itsg_view *view, const struct itsg_words *command)
{
	const struct itsg_table *table = view->collection_table;
	const uint64_t capacity = table && table->claimed ? table->geo.capacity : 0;

	return itsg_words_icid(command) < itsg_collections(&view->facts->typer, capacity)
		       ? ITSG_OK
		       : ITSG_COLLECTION_OOR;
}

enum itsg_reason itsg_rule_rdbase(const struct itsg_view *view, uint64_t rdbase, uint32_t *index)
{
	return itsg_rd_find(&view->facts->rds, rdbase, index) ? ITSG_OK : ITSG_RDBASE_UNKNOWN;
}

/*
 * The level-1 index of an ID, and not the ID, bounded by both level-1 tables (R4): the host's, and
 * the copy that hardware has. False: it is beyond one of them, and *index is of no use.
 */
static bool rule_word(const struct itsg_table *table, uint64_t id, uint64_t *index)
{
	const uint64_t hosts = table->geo.bytes / 8;
	const uint64_t ours = table->mirror_bytes / 8;

	const uint64_t at = itsg_level1_index(&table->geo, id);

	*index = itsg_nospec(itsg_nospec(at, hosts), ours);
	return at < hosts && at < ours;
}

void itsg_rule_level1_needs(const struct itsg_table *table, uint64_t id, struct itsg_needs *needs)
{
	uint64_t index;

	if (!table->geo.two_level)
		return;
	needs->level1 = rule_word(table, id, &index);
	needs->level1_pa = table->geo.pa + index * 8;
}

static void rule_plan_level2(struct itsg_plan *plan, const struct itsg_table *table, uint32_t index,
			     uint64_t level1)
{
	struct itsg_take *take = &plan->take[plan->takes++];

	take->run.pa = level1 & ITSG_L1E_ADDRESS;
	take->run.bytes = table->geo.page_bytes;
	take->kind = ITSG_DONATED;
	take->overlap = ITSG_TABLE_OVERLAP;
	plan->mirror = table->number;
	plan->level1_index = index;
	plan->level1 = level1;
}

enum itsg_reason itsg_rule_level1(const struct itsg_view *view, const struct itsg_table *table,
				  uint64_t id, uint64_t level1, struct itsg_plan *plan)
{
	enum itsg_reason reason;
	uint64_t index;

	if (!table->geo.two_level)
		return ITSG_OK;
	if (!rule_word(table, id, &index))
		return ITSG_L1_INVALID;
	/* A filled word stays as it is for as long as the table: the whole word counts (R5). */
	if (table->words[index])
		return level1 == table->words[index] ? ITSG_OK : ITSG_L1_CHANGED;
	reason = itsg_level1_check(&table->geo, level1, view->facts->pa_end);
	if (reason == ITSG_OK)
		rule_plan_level2(plan, table, (uint32_t)index, level1);
	return reason;
}
