/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "log.h"

void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command)
{
	struct itsg_event event;

	if (!platform->ops.event)
		return;
	event.kind = kind;
	event.reason = reason;
	event.offset = offset;
	event.redistributor = platform->redistributor;
	event.value = value;
	event.command = command;
	platform->ops.event(platform->ctx, &event);
}
