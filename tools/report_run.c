/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A trace is replayed, and its events are kept. */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "event_json.h"
#include "replay_options.h"
#include "u64map.h"

#define LINE_TEXT 240u /* bytes of a line that are shown */

/* ---- text ---- */

/* So many bytes at most, and no half of a character in the end. */
static char *copy_text(const char *text, size_t length, size_t most)
{
	char *copy;

	if (length > most) {
		length = most;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	copy = sim_realloc(NULL, length + 1, 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	copy[strcspn(copy, "\r")] = '\0';
	return copy;
}

static size_t line_length(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return (size_t)((newline ? newline : end) - at);
}

/* What the trace says of itself: a comment on its first line that is no licence. */
static char *title_of(const struct slurp *file)
{
	const char *text = (const char *)file->data;
	size_t length = line_length(text, text + file->size), skip = 0;

	if (length == 0 || text[0] != '#')
		return copy_text("", 0, 0);
	while (skip < length && strchr("# \t", text[skip]))
		skip++;
	if (!strncmp(text + skip, "SPDX", length - skip < 4 ? length - skip : 4))
		return copy_text("", 0, 0);
	return copy_text(text + skip, length - skip, LINE_TEXT);
}

static char *base_name(const char *name)
{
	const char *file = tool_file_name(name), *slash = strrchr(file, '/');

	file = slash ? slash + 1 : file;
	return copy_text(file, strlen(file), LINE_TEXT);
}

/* ---- events ---- */

struct keeper {
	struct report_run *run;
	uint32_t line;
	char why[512]; /* its machine cannot be built */
	uint32_t why_line;
};

static char *json_of(const struct replay_event *e)
{
	json_t *object = event_json_object(NULL, e);
	char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);

	json_decref(object);
	return text;
}

static void keep(void *ctx, const struct replay_event *e)
{
	struct keeper *keeper = ctx;
	struct report_run *run = keeper->run;
	char says[EVENT_SAYS];
	struct report_event *kept;

	if (run->count == run->room) {
		run->room = run->room ? 2 * run->room : 256;
		run->events = sim_realloc(run->events, run->room, sizeof(*run->events));
	}
	kept = &run->events[run->count++];
	memset(kept, 0, sizeof(*kept));
	if (e->line > keeper->line)
		keeper->line = e->line;
	kept->line = keeper->line;
	kept->weight = event_weight(e);
	event_concern(e, &kept->concern);
	event_who(e, kept->who);
	event_brief(e, kept->brief);
	event_says(e, says);
	kept->says = copy_text(says, strlen(says), sizeof(says));
	kept->json = json_of(e);
	if (e->kind == REPLAY_EV_COMMAND) {
		event_command(e, says);
		kept->command = copy_text(says, strlen(says), sizeof(says));
	}
	if (e->kind == REPLAY_EV_MEMORY && e->bytes == ITSG_CMD_BYTES)
		memcpy(kept->stored, e->data, sizeof(kept->stored));
	kept->event = *e;
	kept->event.data = NULL;
	kept->event.text = NULL;
	kept->event.step = NULL;
	kept->event.trace = NULL;
}

static void on_report(void *ctx, const struct replay_report *report)
{
	struct keeper *keeper = ctx;

	keeper->why_line = report->line;
	snprintf(keeper->why, sizeof(keeper->why), "%s", report->text);
}

/* ---- runs ---- */

static bool run(const struct trace *trace, const char *name, const struct report_options *options,
		bool guard, struct report_run *out)
{
	struct replay_options replay_options = options->replay;
	struct keeper keeper = {.run = out};

	out->guard = guard;
	replay_options.guard = guard;
	replay_options.event = keep;
	if (replay(trace, &replay_options, on_report, &keeper, &out->summary))
		return true;
	fflush(stdout);
	fprintf(stderr, "%s:%" PRIu32 ": %s\n", tool_file_name(name), keeper.why_line, keeper.why);
	return false;
}

static enum tool_status run_all(const struct trace *trace, const char *name,
				const struct report_options *options, struct report_trace *out)
{
	if (options->off && !run(trace, name, options, false, &out->run[out->runs++]))
		return TOOL_INPUT;
	if (options->on && !run(trace, name, options, true, &out->run[out->runs++]))
		return TOOL_INPUT;
	return TOOL_OK;
}

/* ---- columns ---- */

/* How many events from there on are of that line. */
static size_t events_of(const struct report_run *run, size_t from, uint32_t line)
{
	size_t to = from;

	while (to < run->count && run->events[to].line == line)
		to++;
	return to - from;
}

/* The lowest line of those that the runs are at; false: all are over. */
static bool next_line(const struct report_trace *trace, const size_t at[REPORT_RUNS],
		      uint32_t *line)
{
	bool more = false;

	for (unsigned i = 0; i < trace->runs; i++) {
		const struct report_run *run = &trace->run[i];

		if (at[i] == run->count)
			continue;
		if (!more || run->events[at[i]].line < *line)
			*line = run->events[at[i]].line;
		more = true;
	}
	return more;
}

static void add_column(struct report_trace *trace, size_t *room, uint32_t line)
{
	if (trace->column_count == *room) {
		*room = *room ? 2 * *room : 64;
		trace->columns = sim_realloc(trace->columns, *room, sizeof(*trace->columns));
	}
	trace->columns[trace->column_count++] =
		(struct report_column){.line = line, .slot = trace->slots};
}

/* Each line that something comes of, and the slots of its events, alike in all runs. */
static void make_columns(struct report_trace *trace)
{
	size_t at[REPORT_RUNS] = {0}, room = 0;
	uint32_t line = 0;

	while (next_line(trace, at, &line)) {
		size_t most = REPORT_LINE_LEAST;

		add_column(trace, &room, line);
		for (unsigned i = 0; i < trace->runs; i++) {
			size_t count = events_of(&trace->run[i], at[i], line);

			for (size_t j = 0; j < count; j++)
				trace->run[i].events[at[i]++].slot = trace->slots + (uint32_t)j;
			most = count > most ? count : most;
		}
		trace->columns[trace->column_count - 1].slots = (uint32_t)most;
		trace->slots += (uint32_t)most;
	}
}

/* The text of those lines. */
static void add_texts(struct report_trace *trace, const struct slurp *file)
{
	const char *at = (const char *)file->data, *end = at + file->size;
	size_t next = 0;

	for (uint32_t line = 0; next < trace->column_count; line++) {
		struct report_column *column = &trace->columns[next];
		size_t length = line > 0 && at < end ? line_length(at, end) : 0;

		if (column->line == line) {
			column->text = copy_text(at, length, LINE_TEXT);
			next++;
		}
		if (line > 0)
			at = end - at > (ptrdiff_t)length ? at + length + 1 : end;
	}
}

/* ---- a file ---- */

static enum tool_status read_trace(const struct slurp *file, const char *name,
				   const struct report_options *options, struct report_trace *out)
{
	struct trace_error error;
	struct trace trace;
	enum tool_status status =
		tool_parse_trace((const char *)file->data, file->size, name, &trace, &error);

	if (status != TOOL_OK)
		return status;
	out->name = base_name(name);
	out->title = options->title ? copy_text(options->title, strlen(options->title), LINE_TEXT)
				    : title_of(file);
	status = run_all(&trace, name, options, out);
	trace_free(&trace);
	if (status == TOOL_OK) {
		make_columns(out);
		add_texts(out, file);
		report_arrange(out);
	} else {
		report_free(out);
	}
	return status;
}

enum tool_status report_read(const char *name, const struct report_options *options,
			     struct report_trace *trace)
{
	struct slurp file;
	enum tool_status status = slurp_file(name, TRACE_BYTES_MAX, &file);

	memset(trace, 0, sizeof(*trace));
	if (status == TOOL_OK)
		status = read_trace(&file, name, options, trace);
	free(file.data);
	return status;
}

static void free_run(struct report_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		free(run->events[i].says);
		free(run->events[i].command);
		free(run->events[i].json);
	}
	free(run->events);
	free(run->lanes);
	free(run->bars);
	free(run->touches);
}

void report_free(struct report_trace *trace)
{
	for (unsigned i = 0; i < trace->runs; i++)
		free_run(&trace->run[i]);
	for (size_t i = 0; i < trace->column_count; i++)
		free(trace->columns[i].text);
	free(trace->columns);
	free(trace->pages);
	free(trace->name);
	free(trace->title);
	memset(trace, 0, sizeof(*trace));
}
