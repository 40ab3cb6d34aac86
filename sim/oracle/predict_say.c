/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What the predictor expects, and that it does not agree, in words. */
#include "predict_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "itsguard/names.h"

void predict_disagree(struct predictor *p, const char *format, ...)
{
	va_list args;

	if (p->wrong[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(p->wrong, sizeof(p->wrong), format, args);
	va_end(args);
}

const char *predict_reasons(uint64_t set, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned reason = 0; reason < ITSG_REASON_COUNT; reason++) {
		if (!(set >> reason & 1) || at >= size)
			continue;
		at += (size_t)snprintf(text + at, size - at, "%s%s", at ? " or " : "",
				       itsg_reason_name((enum itsg_reason)reason));
	}
	return text;
}

enum itsg_reason predict_failure_of(enum trace_callback callback)
{
	switch (callback) {
	case TRACE_CB_SHARE:
		return ITSG_SHARE_REFUSED;
	case TRACE_CB_DONATE:
		return ITSG_DONATE_REFUSED;
	case TRACE_CB_ZERO:
		return ITSG_ZERO_FAILED;
	case TRACE_CB_STORE:
		return ITSG_STORE_FAILED;
	default:
		return ITSG_OK;
	}
}

/* ---- of the last line of a trace ---- */

/* Something is expected, of a command or an access; one answer, or one of several. */
void predict_said(struct predictor *p, uint64_t set)
{
	if (p->said.over)
		p->said = (struct said){0};
	if (set == 0 || (set & (set - 1)) != 0)
		p->said.unsure = true;
	for (unsigned reason = ITSG_OK + 1; reason < ITSG_REASON_COUNT; reason++)
		if (set == BIT(reason) && p->said.count < SAID_MAX)
			p->said.reasons[p->said.count++] = (enum itsg_reason)reason;
}

bool predictor_agrees(const struct predictor *p)
{
	return !p->stopped && !p->doubt && !p->said.over && !p->said.unsure && p->wrong[0] == '\0';
}

size_t predictor_refusals(const struct predictor *p, enum itsg_reason *reasons, size_t room)
{
	size_t count = p->said.count < room ? p->said.count : room;

	memcpy(reasons, p->said.reasons, count * sizeof(reasons[0]));
	return count;
}
