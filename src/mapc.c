/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Commands about collections and redistributors: MAPC, INVALL, MOVALL, SYNC (T3, T15).
 */
#include "rule.h"

/* Is the collection's entry in the table's memory? Those beyond it are held in hardware (CCT). */
static bool mapc_in_table(const struct itsg_its *its)
{
	const struct itsg_table *table = its->collection_table;

	return table && table->claimed && itsg_rule_field(its, ITSG_F_ICID) < table->geo.capacity;
}

enum itsg_reason itsg_rule_mapc(struct itsg_its *its)
{
	enum itsg_reason reason = itsg_rule_icid(its);

	if (reason != ITSG_OK)
		return reason;
	/* RDbase of an unmap means nothing: hardware is told zero. */
	if (!itsg_rule_field(its, ITSG_F_VALID)) {
		its->head.command.field[ITSG_F_RDBASE] = 0;
		return ITSG_OK;
	}
	/* With PTA=1 it is an address that the ITS sends messages to (T15). */
	reason = itsg_rule_rdbase(its, ITSG_F_RDBASE, &its->plan.target[0]);
	if (reason != ITSG_OK || !mapc_in_table(its))
		return reason;
	return itsg_rule_level1(its, its->collection_table, itsg_rule_field(its, ITSG_F_ICID));
}

enum itsg_reason itsg_rule_invall(struct itsg_its *its)
{
	return itsg_rule_icid(its);
}

enum itsg_reason itsg_rule_movall(struct itsg_its *its)
{
	const enum itsg_reason reason = itsg_rule_rdbase(its, ITSG_F_RDBASE, &its->plan.target[0]);

	if (reason != ITSG_OK)
		return reason;
	return itsg_rule_rdbase(its, ITSG_F_RDBASE2, &its->plan.target[1]);
}

enum itsg_reason itsg_rule_sync(struct itsg_its *its)
{
	uint32_t index;

	return itsg_rule_rdbase(its, ITSG_F_RDBASE, &index);
}
