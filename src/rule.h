/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The rules: what each command must be, and what it changes.
 *
 * A rule is pure: of what it may see (struct itsg_view) and the words of the command it makes a
 * plan or a reason, and writes nothing but the plan. What it cannot see by itself it says
 * beforehand (struct itsg_needs): the queue asks the platform, and reads the host's level-1 word
 * once. The order of checks, first of what is needed and then of the rest, is the order of reasons
 * in docs/TRACES.md.
 */
#ifndef ITSGUARD_RULE_H
#define ITSGUARD_RULE_H

#include "devices.h"
#include "facts.h"
#include "plan.h"
#include "table.h"
#include "words.h"

/* What a rule may see of an ITS. */
struct itsg_view {
	const struct itsg_facts *facts;
	const struct itsg_devices *devices;
	const struct itsg_table *device_table;     /* claimed, whenever a command is judged */
	const struct itsg_table *collection_table; /* NULL, or not claimed: there is none */
};

/* What must be known before a command can be judged. */
struct itsg_needs {
	bool reserved; /* whether the platform reserves the DeviceID */
	bool level1;   /* the host's level-1 word at level1_pa */
	uint64_t level1_pa;
};

/* ---- for the rules ---- */

/* ITSG_DEVICE_OOR: beyond TYPER.Devbits or the device table. */
enum itsg_reason itsg_rule_device_id(const struct itsg_view *view,
				     const struct itsg_words *command);

/* The record of the command's DeviceID, or NULL. */
const struct itsg_device *itsg_rule_device(const struct itsg_view *view,
					   const struct itsg_words *command);

/* ITSG_COLLECTION_OOR: ICID beyond what hardware and the table hold. */
enum itsg_reason itsg_rule_icid(const struct itsg_view *view, const struct itsg_words *command);

/* ITSG_RDBASE_UNKNOWN, or *index of the redistributor of this name. */
enum itsg_reason itsg_rule_rdbase(const struct itsg_view *view, uint64_t rdbase, uint32_t *index);

/* The command writes the entry of `id` in a table: which word of the host's must be known for it?
 */
void itsg_rule_level1_needs(const struct itsg_table *table, uint64_t id, struct itsg_needs *needs);

/*
 * The same, with that word. For a two-level table whose mirror has no page there, plans the page
 * that the word names; else checks that the word is unchanged. ITSG_L1_INVALID, ITSG_L1_RESERVED,
 * ITSG_L1_ADDRESS, ITSG_L1_CHANGED.
 */
enum itsg_reason itsg_rule_level1(const struct itsg_view *view, const struct itsg_table *table,
				  uint64_t id, uint64_t level1, struct itsg_plan *plan);

#endif
