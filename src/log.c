/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "log.h"

#include "noinline.h"

/* The reasons that come of callbacks stand together, in the order of enum itsg_callback. */
static enum itsg_callback log_callback(enum itsg_reason reason)
{
	if (reason < ITSG_FETCH_FAILED || reason > ITSG_HARDWARE_MISMATCH)
		return ITSG_CALLBACK_NONE;
	return (enum itsg_callback)(ITSG_CALLBACK_FETCH + (reason - ITSG_FETCH_FAILED));
}

/* Fills in what follows from the reason: of a page that was refused it is known which. */
static ITSG_NOINLINE void log_tell(const struct itsg_platform *platform, struct itsg_event *event)
{
	event->redistributor = platform->redistributor;
	event->callback = log_callback(event->reason);
	if (event->callback == ITSG_CALLBACK_SHARE || event->callback == ITSG_CALLBACK_DONATE)
		event->pa = platform->refused;
	if (platform->ops.event)
		platform->ops.event(platform->ctx, event);
}

void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command)
{
	struct itsg_event event = {kind, reason, offset, 0, value, command, ITSG_CALLBACK_NONE,
				   0,    0};

	log_tell(platform, &event);
}

void itsg_log_refused_access(struct itsg_platform *platform, enum itsg_reason reason,
			     uint32_t offset, uint64_t value)
{
	struct itsg_event event = {ITSG_EVENT_REFUSED_ACCESS,
				   reason,
				   offset,
				   0,
				   value,
				   NULL,
				   ITSG_CALLBACK_NONE,
				   platform->blame.culprit,
				   platform->blame.pa};

	platform->blame.culprit = 0;
	platform->blame.pa = 0;
	log_tell(platform, &event);
}

void itsg_log_blame(struct itsg_platform *platform, uint32_t culprit, uint64_t pa)
{
	platform->blame.culprit = culprit;
	platform->blame.pa = pa;
}
