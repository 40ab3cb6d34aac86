/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Which rule judges a command. */
#ifndef ITSGUARD_JUDGE_H
#define ITSGUARD_JUDGE_H

#include "rule.h"

/*
 * What must be known of this command before it can be judged; or a reason to refuse it whatever
 * that would be: DEVICE_OOR, COLLECTION_OOR, RDBASE_UNKNOWN. Of a command that needs nothing
 * nothing is said.
 */
enum itsg_reason itsg_judge_needs(const struct itsg_view *view, const struct itsg_words *command,
				  struct itsg_needs *needs);

/*
 * Judges it. level1 is the host's word, if the command needs one; its DeviceID is not reserved. All
 * of *plan is set on ITSG_OK, and nothing of it counts otherwise. Reasons: those of the rules.
 */
enum itsg_reason itsg_judge(const struct itsg_view *view, const struct itsg_words *command,
			    uint64_t level1, struct itsg_plan *plan);

#endif
