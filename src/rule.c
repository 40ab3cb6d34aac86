/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rule.h"

enum itsg_reason itsg_rule_device_id(const struct itsg_its *its)
{
	const uint64_t id = itsg_rule_field(its, ITSG_F_DEVICE_ID);

	if (id >> its->facts.typer.device_bits)
		return ITSG_DEVICE_OOR;
	return id < its->device_table->geo.capacity ? ITSG_OK : ITSG_DEVICE_OOR;
}

struct itsg_device *itsg_rule_device(const struct itsg_its *its)
{
	return itsg_devices_find(&its->devices, (uint32_t)itsg_rule_field(its, ITSG_F_DEVICE_ID));
}

enum itsg_reason itsg_rule_icid(const struct itsg_its *its)
{
	const struct itsg_table *table = its->collection_table;
	const uint64_t capacity = table && table->claimed ? table->geo.capacity : 0;

	return itsg_rule_field(its, ITSG_F_ICID) < itsg_collections(&its->facts.typer, capacity)
		       ? ITSG_OK
		       : ITSG_COLLECTION_OOR;
}

enum itsg_reason itsg_rule_rdbase(const struct itsg_its *its, enum itsg_field field,
				  uint32_t *index)
{
	return itsg_facts_redistributor(&its->facts, itsg_rule_field(its, field), index)
		       ? ITSG_OK
		       : ITSG_RDBASE_UNKNOWN;
}

/* Reads the host's level-1 word, once for each command (I4), however often it is judged. */
static enum itsg_reason rule_read_level1(struct itsg_its *its, uint64_t pa)
{
	uint8_t bytes[8];

	if (its->head.level1_read)
		return ITSG_OK;
	if (its->platform.ops.fetch(its->platform.ctx, pa, bytes, sizeof(bytes)))
		return ITSG_FETCH_FAILED;
	its->head.level1 = itsg_le64(bytes);
	its->head.level1_read = true;
	return ITSG_OK;
}

static void rule_plan_level2(struct itsg_its *its, struct itsg_table *table, uint32_t index)
{
	struct itsg_plan *plan = &its->plan;
	struct itsg_take *take = &plan->take[plan->takes++];

	take->run.pa = its->head.level1 & ITSG_L1E_ADDRESS;
	take->run.bytes = table->geo.page_bytes;
	take->kind = ITSG_DONATED;
	take->overlap = ITSG_TABLE_OVERLAP;
	plan->mirror = table;
	plan->level1_index = index;
	plan->level1 = its->head.level1;
}

enum itsg_reason itsg_rule_level1(struct itsg_its *its, struct itsg_table *table, uint64_t id)
{
	const uint64_t index = itsg_level1_index(&table->geo, id);
	enum itsg_reason reason;

	if (!table->geo.two_level)
		return ITSG_OK;
	/* The level-1 index, not the ID, and bounded by both level-1 tables (R4). */
	if (index >= table->geo.bytes / 8 || index >= table->mirror_bytes / 8)
		return ITSG_L1_INVALID;
	reason = rule_read_level1(its, table->geo.pa + index * 8);
	if (reason != ITSG_OK)
		return reason;
	/* A filled word stays as it is for as long as the table: the whole word counts (R5). */
	if (table->words[index])
		return its->head.level1 == table->words[index] ? ITSG_OK : ITSG_L1_CHANGED;
	reason = itsg_level1_check(&table->geo, its->head.level1, its->facts.pa_end);
	if (reason == ITSG_OK)
		rule_plan_level2(its, table, (uint32_t)index);
	return reason;
}
