/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The log: what the platform is told as it happens, if it wants to hear of it. */
#ifndef ITSGUARD_LOG_H
#define ITSGUARD_LOG_H

#include "platform.h"

/* The members of struct itsg_event. */
void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command);

/*
 * A refused access, with what was blamed for it; the next one is to blame something of its own, or
 * nothing.
 */
void itsg_log_refused_access(struct itsg_platform *platform, enum itsg_reason reason,
			     uint32_t offset, uint64_t value);

/*
 * Where the access goes wrong that is being refused: the register and the address, for the log. (If
 * share or donate has refused a page it is that page that is told.)
 */
void itsg_log_blame(struct itsg_platform *platform, uint32_t culprit, uint64_t pa);

#endif
