/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The log: what the platform is told as it happens, if it wants to hear of it. */
#ifndef ITSGUARD_LOG_H
#define ITSGUARD_LOG_H

#include "platform.h"

/* The members of struct itsg_event. */
void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command);

#endif
