/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A trace as a story: what happens when it is replayed, a line an event. */
#ifndef TOOLS_STORY_H
#define TOOLS_STORY_H

#include "event_text.h"
#include "slurp.h"

struct story_options {
	struct replay_options replay;
	struct event_filter filter;
	bool wide;
};

void story_options_default(struct story_options *options);

/* Replays the text of a trace and prints what happens. TOOL_INPUT: it is no trace, which was said.
 */
enum tool_status story_show(const struct slurp *text, const char *name,
			    const struct story_options *options);

#endif
