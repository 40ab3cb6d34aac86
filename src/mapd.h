/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The rule for MAPD: gives a device its ITT, or takes it away. */
#ifndef ITSGUARD_MAPD_H
#define ITSGUARD_MAPD_H

#include "rule.h"

/* V=1 needs to know whether the DeviceID is reserved, and its level-1 word. DEVICE_OOR. */
enum itsg_reason itsg_mapd_needs(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_needs *needs);

/*
 * V=1: DEVICE_OOR, L1_INVALID, L1_RESERVED, L1_ADDRESS, L1_CHANGED, ITTSIZE_OOR, ITT_ADDRESS,
 * ITT_OVERLAP (with the device's own), NO_DEVICE_SLOT. V=0: DEVICE_OOR, DEVICE_UNMAPPED.
 */
enum itsg_reason itsg_rule_mapd(const struct itsg_view *view, const struct itsg_words *command,
				uint64_t level1, struct itsg_plan *plan);

#endif
