/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What happened in a trace as a picture: with the guard, and without. report_run.c keeps the events
 * of a replay, report_picture.c says where each stands, and report_html.c, report_svg.c and
 * report_perfetto.c write that down.
 *
 * Left to right goes by slots, which are no time: each event has one. A line of the trace begins at
 * the same slot in all runs, and has as many as it takes in the one where most comes of it.
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include "event_text.h"
#include "replay.h"
#include "slurp.h"
#include "trace.h"

#define REPORT_RUNS       2u
#define REPORT_LINE_LEAST 4u /* slots of a line of the trace, so that there is room for a word */
#define REPORT_ROWS       6u /* commands of an ITS that are drawn one below the other */
#define REPORT_NONE       SIZE_MAX

/* Who acts, from the top down. */
enum report_who {
	REPORT_HOST,
	REPORT_DEVICES,
	REPORT_GUARD,
	REPORT_COMMANDS, /* of an ITS, as bars: no events stand there */
	REPORT_ITS,
	REPORT_REDIST,
	REPORT_WHOS
};

struct report_lane {
	enum report_who who;
	uint32_t number; /* of the ITS, of the redistributor */
	uint32_t rows;   /* of COMMANDS: 1 or more; else 1 */
};

struct report_event {
	struct replay_event event;      /* without data, text and step: */
	uint8_t stored[ITSG_CMD_BYTES]; /* of MEMORY of a command's size */
	enum event_weight weight;
	struct event_concern concern;
	uint32_t line; /* of the trace; of what no line is to blame for, that of the one before */
	uint32_t slot;
	uint32_t lane; /* of the run */
	char who[EVENT_WHO], brief[EVENT_BRIEF];
	char *says;
	char *command; /* of COMMAND: in words; else NULL */
	char *json;    /* docs/EVENTS.md, without `file` */
};

/* What lasts. */
enum report_bar_kind {
	REPORT_COMMAND, /* from the host's store, over the verdict, to where hardware has passed it
			 */
	REPORT_CLAIM,   /* a page is held by the guard */
	REPORT_GUEST    /* a page is a guest's */
};

struct report_bar {
	enum report_bar_kind kind;
	uint32_t lane, row;  /* COMMAND: of the run, and of the lane; else row: of the pages */
	uint32_t from, to;   /* slots; to is behind the last */
	uint32_t judged;     /* COMMAND: from there on the guard, or hardware, has had it */
	bool open;           /* it has not ended where the trace ends */
	bool refused;        /* COMMAND */
	enum replay_use use; /* CLAIM */
	bool donated;        /* likewise */
	size_t first, last;  /* events where it begins and ends, or REPORT_NONE */
	size_t verdict;      /* COMMAND: the event that judges it */
};

/* Something is wrong or refused, in pages of this row. */
struct report_touch {
	uint32_t row;
	size_t event;
};

struct report_run {
	bool guard;
	struct replay_summary summary;
	struct report_event *events;
	size_t count, room;
	struct report_lane *lanes;
	uint32_t lane_count;
	struct report_bar *bars;
	size_t bar_count, bar_room;
	struct report_touch *touches;
	size_t touch_count, touch_room;
};

/* Pages one behind the other of which the same can be told in all runs. */
struct report_pages {
	uint64_t pa, bytes;
};

/* Where a line of the trace stands. */
struct report_column {
	uint32_t line, slot, slots;
	char *text; /* as it is written */
};

struct report_trace {
	char *name;  /* of the file, without folders */
	char *title; /* what it is: its first comment, or ""; or as was asked */
	struct report_run run[REPORT_RUNS];
	unsigned runs;
	uint32_t slots;
	struct report_column *columns;
	size_t column_count;
	struct report_pages *pages;
	uint32_t page_count;
};

/* Which runs there are. */
struct report_options {
	struct replay_options replay;
	bool on, off;
	const char *title; /* NULL: what the trace says of itself */
};

/* ---- report_run.c, report_picture.c ---- */

/*
 * Reads and replays a trace. TOOL_INPUT: it is none, or its machine cannot be built, which was
 * said; nothing is left to be freed then.
 */
enum tool_status report_read(const char *name, const struct report_options *options,
			     struct report_trace *trace);
void report_free(struct report_trace *trace);

/* Fills in all that says where. */
void report_arrange(struct report_trace *trace);

/* "Host", "Guard", "Commands", "ITS 1", "RD 3". */
void report_lane_name(const struct report_lane *lane, char name[EVENT_WHO]);

/* ---- what is written ---- */

void report_html(FILE *out, const struct report_trace *traces, size_t count);
void report_svg(FILE *out, const struct report_trace *trace);
void report_perfetto(FILE *out, const struct report_trace *traces, size_t count);

/* report_glossary.c: what the page tells of reasons, commands, registers and threats; see there. */
json_t *report_glossary(const struct report_trace *traces, size_t count);

#endif
