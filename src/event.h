/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The rule for commands about one event: MAPTI, MAPI, MOVI, INT, CLEAR, INV, DISCARD. */
#ifndef ITSGUARD_EVENT_H
#define ITSGUARD_EVENT_H

#include "rule.h"

/* DEVICE_OOR, DEVICE_UNMAPPED, EVENT_OOR; INTID_OOR and COLLECTION_OOR where the command has one.
 */
enum itsg_reason itsg_rule_event(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_plan *plan);

#endif
