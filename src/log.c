/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "log.h"

static enum itsg_callback log_callback(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_SHARE_REFUSED:
		return ITSG_CALLBACK_SHARE;
	case ITSG_DONATE_REFUSED:
		return ITSG_CALLBACK_DONATE;
	case ITSG_ZERO_FAILED:
		return ITSG_CALLBACK_ZERO;
	case ITSG_FETCH_FAILED:
		return ITSG_CALLBACK_FETCH;
	case ITSG_STORE_FAILED:
		return ITSG_CALLBACK_STORE;
	case ITSG_HARDWARE_MISMATCH:
		return ITSG_CALLBACK_REG_WRITE;
	default:
		return ITSG_CALLBACK_NONE;
	}
}

/* Known for the page that was refused, else to be blamed by who knows. */
static uint64_t log_page(const struct itsg_platform *platform, enum itsg_reason reason, uint64_t pa)
{
	return reason == ITSG_SHARE_REFUSED || reason == ITSG_DONATE_REFUSED ? platform->refused
									     : pa;
}

static void log_fill(struct itsg_event *event, enum itsg_event_kind kind, enum itsg_reason reason,
		     uint32_t offset, uint64_t value)
{
	event->kind = kind;
	event->reason = reason;
	event->offset = offset;
	event->value = value;
	event->command = NULL;
	event->callback = log_callback(reason);
	event->culprit = 0;
}

static void log_tell(const struct itsg_platform *platform, struct itsg_event *event)
{
	event->redistributor = platform->redistributor;
	if (platform->ops.event)
		platform->ops.event(platform->ctx, event);
}

void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command)
{
	struct itsg_event event;

	log_fill(&event, kind, reason, offset, value);
	event.command = command;
	event.pa = log_page(platform, reason, 0);
	log_tell(platform, &event);
}

void itsg_log_refused_access(struct itsg_platform *platform, enum itsg_reason reason,
			     uint32_t offset, uint64_t value)
{
	struct itsg_event event;

	log_fill(&event, ITSG_EVENT_REFUSED_ACCESS, reason, offset, value);
	event.culprit = platform->blame.culprit;
	event.pa = log_page(platform, reason, platform->blame.pa);
	platform->blame.culprit = 0;
	platform->blame.pa = 0;
	log_tell(platform, &event);
}

void itsg_log_blame(struct itsg_platform *platform, uint32_t culprit, uint64_t pa)
{
	platform->blame.culprit = culprit;
	platform->blame.pa = pa;
}
