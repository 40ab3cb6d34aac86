/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "story.h"

#include <inttypes.h>
#include <string.h>

#include "replay_options.h"

/* Why a machine cannot be built; what is said later its event says. */
struct story {
	struct event_text text;
	char why[512];
	uint32_t why_line;
};

void story_options_default(struct story_options *options)
{
	memset(options, 0, sizeof(*options));
	replay_options_default(&options->replay);
}

static void on_event(void *ctx, const struct replay_event *event)
{
	struct story *story = ctx;

	event_text(&story->text, event);
}

static void on_report(void *ctx, const struct replay_report *report)
{
	struct story *story = ctx;

	story->why_line = report->line;
	snprintf(story->why, sizeof(story->why), "%s", report->text);
}

static void print_end(const struct story_options *options, const struct replay_summary *m)
{
	printf("\n%" PRIu64 " accesses, %" PRIu64 " commands, %" PRIu64 " refused; ", m->accesses,
	       m->commands, m->refused);
	if (options->replay.guard)
		printf("%" PRIu64 " pages held; ", m->pages_end);
	printf("%" PRIu64 " violation%s\n", m->violations, m->violations == 1 ? "" : "s");
}

static enum tool_status show(const struct trace *trace, const char *name,
			     const struct story_options *options)
{
	struct replay_options replay_options = options->replay;
	struct replay_summary summary;
	struct story story = {.text = {.out = stdout,
				       .colours = tool_colours(stdout),
				       .filter = options->filter,
				       .wide = options->wide}};

	replay_options.event = on_event;
	if (!replay(trace, &replay_options, on_report, &story, &summary)) {
		fflush(stdout);
		fprintf(stderr, "%s:%" PRIu32 ": %s\n", tool_file_name(name), story.why_line,
			story.why);
		return TOOL_INPUT;
	}
	print_end(options, &summary);
	return TOOL_OK;
}

enum tool_status story_show(const struct slurp *text, const char *name,
			    const struct story_options *options)
{
	struct trace_error error;
	struct trace trace;
	enum tool_status status =
		tool_parse_trace((const char *)text->data, text->size, name, &trace, &error);

	if (status != TOOL_OK)
		return status;
	status = show(&trace, name, options);
	trace_free(&trace);
	return status;
}
