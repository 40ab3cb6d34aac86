/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The rules: what each command must be, and what it changes.
 *
 * A rule looks at the state and at the command at the head of the queue, and gives a plan or a
 * reason. It changes nothing but its->plan, the level-1 word that a command reads once, and fields
 * of the fetched command that mean nothing in an unmap, which are cleared. The order of its checks
 * is the order of reasons in docs/TRACES.md.
 */
#ifndef ITSGUARD_RULE_H
#define ITSGUARD_RULE_H

#include "state.h"

/* One for each command, or for those that ask the same. */
enum itsg_reason itsg_rule_mapd(struct itsg_its *its);   /* mapd.c */
enum itsg_reason itsg_rule_mapc(struct itsg_its *its);   /* mapc.c */
enum itsg_reason itsg_rule_movall(struct itsg_its *its); /* mapc.c */
enum itsg_reason itsg_rule_sync(struct itsg_its *its);   /* mapc.c */
enum itsg_reason itsg_rule_invall(struct itsg_its *its); /* mapc.c */
enum itsg_reason itsg_rule_event(struct itsg_its *its);  /* event.c: all that name an event */

/* A field of the command at the head. */
static inline uint64_t itsg_rule_field(const struct itsg_its *its, enum itsg_field field)
{
	return its->head.command.field[field];
}

/* ITSG_DEVICE_OOR: beyond TYPER.Devbits or the device table. */
enum itsg_reason itsg_rule_device_id(const struct itsg_its *its);

/* The record of the command's DeviceID, or NULL. */
struct itsg_device *itsg_rule_device(const struct itsg_its *its);

/* ITSG_COLLECTION_OOR: ICID beyond what hardware and the table hold. */
enum itsg_reason itsg_rule_icid(const struct itsg_its *its);

/* ITSG_RDBASE_UNKNOWN, or *index of the redistributor that a field names. */
enum itsg_reason itsg_rule_rdbase(const struct itsg_its *its, enum itsg_field field,
				  uint32_t *index);

/*
 * The command writes the entry of `id` in a table. For a two-level table whose mirror has no page
 * there, plans the page that the host's level-1 word names; else checks that the word is unchanged.
 * ITSG_FETCH_FAILED, ITSG_L1_INVALID, ITSG_L1_RESERVED, ITSG_L1_ADDRESS, ITSG_L1_CHANGED.
 */
enum itsg_reason itsg_rule_level1(struct itsg_its *its, struct itsg_table *table, uint64_t id);

#endif
