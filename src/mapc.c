/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Commands about collections and redistributors: MAPC, INVALL, MOVALL, SYNC (T3, T15).
 */
#include "mapc.h"

/* Is the collection's entry in the table's memory? Those beyond it are held in hardware (CCT). */
static bool mapc_in_table(const struct itsg_view *view, const struct itsg_words *command)
{
	const struct itsg_table *table = view->collection_table;

	return table && table->claimed && itsg_words_icid(command) < table->geo.capacity;
}

/* With PTA=1 RDbase is an address that the ITS sends messages to (T15). */
static enum itsg_reason mapc_check(const struct itsg_view *view, const struct itsg_words *command,
				   uint32_t *rd)
{
	const enum itsg_reason reason = itsg_rule_icid(view, command);

	if (reason != ITSG_OK || !itsg_words_valid(command))
		return reason;
	return itsg_rule_rdbase(view, itsg_words_rdbase(command), rd);
}

enum itsg_reason itsg_mapc_needs(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_needs *needs)
{
	uint32_t rd;
	const enum itsg_reason reason = mapc_check(view, command, &rd);

	if (reason == ITSG_OK && itsg_words_valid(command) && mapc_in_table(view, command))
		itsg_rule_level1_needs(view->collection_table, itsg_words_icid(command), needs);
	return reason;
}

/* RDbase of an unmap means nothing: hardware is told zero. */
enum itsg_reason itsg_rule_mapc(const struct itsg_view *view, const struct itsg_words *command,
				uint64_t level1, struct itsg_plan *plan)
{
	const enum itsg_reason reason = mapc_check(view, command, &plan->target[0]);

	if (!itsg_words_valid(command))
		plan->publish.dw[2] = itsg_words_icid(command);
	if (reason != ITSG_OK || !itsg_words_valid(command) || !mapc_in_table(view, command))
		return reason;
	return itsg_rule_level1(view, view->collection_table, itsg_words_icid(command), level1,
				plan);
}

enum itsg_reason itsg_rule_invall(const struct itsg_view *view, const struct itsg_words *command)
{
	return itsg_rule_icid(view, command);
}

enum itsg_reason itsg_rule_movall(const struct itsg_view *view, const struct itsg_words *command,
				  struct itsg_plan *plan)
{
	const enum itsg_reason reason =
		itsg_rule_rdbase(view, itsg_words_rdbase(command), &plan->target[0]);

	if (reason != ITSG_OK)
		return reason;
	return itsg_rule_rdbase(view, itsg_words_rdbase2(command), &plan->target[1]);
}

enum itsg_reason itsg_rule_sync(const struct itsg_view *view, const struct itsg_words *command)
{
	uint32_t index;

	return itsg_rule_rdbase(view, itsg_words_rdbase(command), &index);
}
