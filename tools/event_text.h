/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Events as lines for people: number of the line, who acts, what is done. The number stands with
 * the first of the events that a line leads to.
 */
#ifndef TOOLS_EVENT_TEXT_H
#define TOOLS_EVENT_TEXT_H

#include "replay_event.h"
#include "tool.h"

#define EVENT_TEXT_WIDTH 80u

/* Which events are printed: all that pass each of these that is on. */
struct event_filter {
	bool by_device, by_page;
	uint32_t device;
	uint64_t page;
	uint32_t from, to; /* lines; to 0: to the end */
};

struct event_text {
	FILE *out;
	struct tool_colours colours;
	struct event_filter filter;
	bool wide;     /* lines are as long as they are; else they are cut */
	uint32_t line; /* printed last */
};

void event_text(struct event_text *t, const struct replay_event *event);

/* What a line says: who acts ("host", "ITS", "RD3"), and what is done, however long it is. */
#define EVENT_WHO  32u
#define EVENT_SAYS 512u
void event_who(const struct replay_event *event, char who[EVENT_WHO]);
void event_says(const struct replay_event *event, char says[EVENT_SAYS]);
/* A command alone, as a trace has it in words: of COMMAND, PRIVATE. */
void event_command(const struct replay_event *event, char words[EVENT_SAYS]);
/* The one word of it that fits where there is little room: "CTLR", "MAPD", "itt". */
#define EVENT_BRIEF 32u
void event_brief(const struct replay_event *event, char brief[EVENT_BRIEF]);

/* A finding, then what is refused or does not go as it should, then all else. */
enum event_weight {
	EVENT_PLAIN,
	EVENT_WARNING,
	EVENT_FINDING
};
enum event_weight event_weight(const struct replay_event *event);

/* The device that it concerns, and the memory. */
#define EVENT_RANGES 2u
struct event_concern {
	bool has_device;
	uint32_t device;
	struct {
		uint64_t pa, bytes;
	} range[EVENT_RANGES];
	unsigned ranges;
};
void event_concern(const struct replay_event *event, struct event_concern *concern);

/* Fields of a register that are not 0, but attributes of memory. */
void event_fields_text(bool of_redistributor, uint32_t offset, uint32_t width, uint64_t value,
		       char *text, size_t size);
/* Does it concern the device, the page, these lines? Findings concern all but other lines. */
bool event_passes(const struct event_filter *filter, const struct replay_event *event);

#endif
