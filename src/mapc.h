/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The rules for collections and redistributors: MAPC, INVALL, MOVALL, SYNC. */
#ifndef ITSGUARD_MAPC_H
#define ITSGUARD_MAPC_H

#include "rule.h"

/* V=1 needs the level-1 word of its ICID. COLLECTION_OOR, RDBASE_UNKNOWN. */
enum itsg_reason itsg_mapc_needs(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_needs *needs);

/*
 * COLLECTION_OOR; and with V=1 RDBASE_UNKNOWN, L1_INVALID, L1_RESERVED, L1_ADDRESS, L1_CHANGED.
 */
enum itsg_reason itsg_rule_mapc(const struct itsg_view *view, const struct itsg_words *command,
				uint64_t level1, struct itsg_plan *plan);

/* RDBASE_UNKNOWN, of either. */
enum itsg_reason itsg_rule_movall(const struct itsg_view *view, const struct itsg_words *command,
				  struct itsg_plan *plan);

/* RDBASE_UNKNOWN. */
enum itsg_reason itsg_rule_sync(const struct itsg_view *view, const struct itsg_words *command);

/* COLLECTION_OOR. */
enum itsg_reason itsg_rule_invall(const struct itsg_view *view, const struct itsg_words *command);

#endif
