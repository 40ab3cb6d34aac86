/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Events as JSON Lines: docs/EVENTS.md, which the test event_json holds to what is printed.
 *
 * A number is a JSON integer, always below 2^53; what is a pattern of bits (the value of a
 * register, bytes of memory) is a text of hexadecimal digits.
 */
#ifndef TOOLS_EVENT_JSON_H
#define TOOLS_EVENT_JSON_H

#include <jansson.h>

#include "replay_event.h"

#define EVENT_SCHEMA 1

/* The first line of a file. */
void event_json_start(const char *file, const struct replay_options *options);
void event_json(const char *file, const struct replay_event *event);
/* What it prints, for who wants it elsewhere; file NULL: without that member. */
json_t *event_json_object(const char *file, const struct replay_event *event);
/* The summary likewise, without what comes before it. */
json_t *event_json_summary(const char *file, const struct replay_summary *summary);
/* What is wrong with a file that is not run; line 0: no line is to blame. */
void event_json_error(const char *file, uint32_t line, const char *message);
/* The last two lines of a file. */
void event_json_end(const char *file, const struct replay_summary *summary);

/* Words for what an event says, as JSON and text have them. */
const char *event_use_name(enum replay_use use);
const char *event_lpi_name(enum sim_its_lpi lpi);
const char *event_verdict_name(enum replay_verdict verdict);
/* Have VMAPP and VMOVP of this ITS the layout of GICv4.1? */
bool event_is_v41(const struct replay_event *event);
/* Is it a finding: a violation or an error? */
bool event_is_finding(const struct replay_event *event);
/* A line of the trace as it is written there, without its end. */
void event_step_text(const struct replay_event *step, char *text, size_t size);

#endif
