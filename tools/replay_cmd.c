/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard replay: runs traces and tells what came of it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "itsguard/names.h"

#include "event_json.h"
#include "interrupt.h"
#include "progress.h"
#include "registers.h"
#include "replay_options.h"

static const char help[] =
	"Usage: itsguard replay [OPTION]... FILE...\n"
	"Runs traces (docs/TRACES.md) through the guard, in front of a simulated ITS, and\n"
	"says what was refused and what went wrong. \"-\" is standard input.\n"
	"\n"
	"Options:\n"
	"      --guard=on|off       off: the host reaches the ITS directly, to show what\n"
	"                           the guard prevents; page state violations are then\n"
	"                           the findings\n"
	"      --json               all that happens, one JSON object a line\n"
	"                           (docs/EVENTS.md)\n"
	"  -q, --quiet              errors only: no refusals, notes, nor table (with\n"
	"                           --json, where each file begins and its summary stay)\n"
	"  -h, --help               show this help\n"
	"\n" REPLAY_OPTIONS_HELP "\n"
	"Exit status: 0 everything as the traces say; 1 a violation (guarded or not), a\n"
	"broken invariant, a mismatch or an unmet expectation; 2 usage; 3 unreadable or\n"
	"malformed input. A trace that is malformed, or whose machine cannot be built, is\n"
	"not run; the other files are. The worst status counts: 3, 1, 0. Interrupted\n"
	"(SIGINT) between files, it ends with the table of those that were run.\n";

/* One line of the table at the end. */
struct row {
	const char *file;
	struct replay_summary summary;
};

struct session {
	struct replay_options options;
	bool json;
	bool quiet;
	struct tool_colours colours;
	const char *file; /* the present one */
	/* Why it cannot be run; of what is run events say all. */
	char why[512];
	uint32_t why_line;
	struct progress progress;
	struct row *rows;
	size_t row_count;
};

/* ---- words for a report ---- */

static bool is_refusal(enum replay_report_kind kind)
{
	return kind == REPLAY_REFUSED_ACCESS || kind == REPLAY_REFUSED_COMMAND;
}

static bool is_error(enum replay_report_kind kind)
{
	return !is_refusal(kind) && kind != REPLAY_NOTE;
}

/* ---- text ---- */

/* "FILE:LINE: ", or "FILE: " for what no line is to blame for. */
static void print_place(const struct session *s, uint32_t line)
{
	if (line)
		printf("%s:%" PRIu32 ": ", s->file, line);
	else
		printf("%s: ", s->file);
}

static void print_refusal(const struct session *s, const struct replay_report *r)
{
	printf("refused %s%s%s: ", s->colours.warn, itsg_reason_name(r->reason), s->colours.off);
	if (r->of_redistributor)
		printf("redistributor %" PRIu32 " at 0x%04" PRIx32 ", value 0x%" PRIx64,
		       r->redistributor, r->offset, r->value);
	else if (r->kind == REPLAY_REFUSED_ACCESS)
		printf("%s (0x%04" PRIx32 "), value 0x%" PRIx64, itsg_register_name(r->offset),
		       r->offset, r->value);
	else if (r->command && itsg_cmd_known(r->command[0]))
		printf("%s at 0x%" PRIx32, itsg_opcode_name(r->command[0]), r->offset);
	else if (r->command)
		printf("opcode 0x%02x at 0x%" PRIx32, r->command[0], r->offset);
	else
		printf("command at 0x%" PRIx32, r->offset);
	if (r->its)
		printf(", ITS %" PRIu32, r->its);
	if (r->culprit)
		printf("; it fell over %s, 0x%" PRIx64,
		       register_name(r->of_redistributor, r->culprit), r->pa);
	printf(". %s\n", itsg_reason_text(r->reason));
}

static void print_finding(const struct session *s, const struct replay_report *r)
{
	const char *type = r->kind == REPLAY_VIOLATION ? "violation" : "error";

	if (is_error(r->kind))
		printf("%s%s%s: ", s->colours.bad, type, s->colours.off);
	else
		printf("note: ");
	printf("%s", r->text);
	if (r->its)
		printf(" (ITS %" PRIu32 ")", r->its);
	putchar('\n');
}

static void print_report(const struct session *s, const struct replay_report *r)
{
	print_place(s, r->line);
	if (is_refusal(r->kind))
		print_refusal(s, r);
	else
		print_finding(s, r);
}

/* itsg_check() and the oracle are expectations that every trace has. */
static uint64_t expectation_errors(const struct replay_summary *m)
{
	return m->expectation_errors + m->invariant_errors;
}

/* ---- the table: 80 columns, so that names have lines of their own ---- */

static const struct column {
	const char *title, *below; /* the two lines of the heading */
	size_t member;             /* of struct replay_summary; expectation_errors: see above */
} columns[] = {
	{"accesses", "", offsetof(struct replay_summary, accesses)},
	{"commands", "", offsetof(struct replay_summary, commands)},
	{"refused", "", offsetof(struct replay_summary, refused)},
	{"violations", "", offsetof(struct replay_summary, violations)},
	{"wrong", "reads", offsetof(struct replay_summary, read_mismatches)},
	{"other", "errors", offsetof(struct replay_summary, expectation_errors)},
	{"pages", "peak", offsetof(struct replay_summary, pages_peak)},
	{"pages", "end", offsetof(struct replay_summary, pages_end)},
	{"dev.", "peak", offsetof(struct replay_summary, devices_peak)},
	{"dev.", "end", offsetof(struct replay_summary, devices_end)},
	{"leaked", "", offsetof(struct replay_summary, leaked)},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int column_width(const struct column *c)
{
	size_t title = strlen(c->title), below = strlen(c->below);

	return (int)(title > below ? title : below);
}

static uint64_t cell(const struct row *row, const struct column *c)
{
	uint64_t value;

	if (c->member == offsetof(struct replay_summary, expectation_errors))
		return expectation_errors(&row->summary);
	memcpy(&value, (const char *)&row->summary + c->member, sizeof(value));
	return value;
}

static void print_heading(const struct session *s)
{
	int gap = 0; /* blanks not printed yet, so that no line ends in them */

	fputs(s->colours.strong, stdout);
	for (size_t i = 0; i < COLUMNS; i++)
		printf("%s%*s", i ? " " : "", column_width(&columns[i]), columns[i].title);
	putchar('\n');
	for (size_t i = 0; i < COLUMNS; i++) {
		gap += (i ? 1 : 0) + column_width(&columns[i]);
		if (!*columns[i].below)
			continue;
		printf("%*s", gap, columns[i].below);
		gap = 0;
	}
	printf("%s\n", s->colours.off);
}

static void print_row(const struct row *row)
{
	puts(row->file);
	for (size_t c = 0; c < COLUMNS; c++)
		printf("%s%*" PRIu64, c ? " " : "", column_width(&columns[c]),
		       cell(row, &columns[c]));
	putchar('\n');
}

static void print_table(const struct session *s)
{
	if (!s->row_count)
		return;
	print_heading(s);
	for (size_t i = 0; i < s->row_count; i++)
		print_row(&s->rows[i]);
}

/* ---- one file ---- */

static void on_report(void *ctx, const struct replay_report *r)
{
	struct session *s = ctx;

	if (s->json) {
		s->why_line = r->line;
		snprintf(s->why, sizeof(s->why), "%s", r->text);
	} else if (!s->quiet || is_error(r->kind)) {
		progress_clear(&s->progress);
		print_report(s, r);
	}
}

static void on_event(void *ctx, const struct replay_event *event)
{
	struct session *s = ctx;

	if (!s->quiet || event_is_finding(event))
		event_json(s->file, event);
}

static bool run(struct session *s, const struct trace *trace, struct replay_summary *summary)
{
	bool built;

	if (!s->json)
		return replay(trace, &s->options, on_report, s, summary);
	s->options.event = on_event;
	event_json_start(s->file, &s->options);
	built = replay(trace, &s->options, on_report, s, summary);
	if (built)
		event_json_end(s->file, summary);
	else
		event_json_error(s->file, s->why_line, s->why);
	return built;
}

static enum tool_status replay_file(struct session *s, const char *name)
{
	struct row *row = &s->rows[s->row_count];
	struct trace_error error;
	struct trace trace;
	enum tool_status status;
	bool built;

	s->file = tool_file_name(name);
	status = tool_read_trace(name, &trace, &error);
	if (status != TOOL_OK) {
		if (s->json)
			event_json_error(s->file, error.line, error.message + error.words);
		return status;
	}
	memset(row, 0, sizeof(*row));
	row->file = s->file;
	built = run(s, &trace, &row->summary);
	trace_free(&trace);
	if (!built)
		return TOOL_INPUT;
	s->row_count++;
	return !replay_status(&row->summary, &s->options) ? TOOL_OK : TOOL_FAILED;
}

static enum tool_status replay_files(struct session *s, unsigned count, char **names)
{
	enum tool_status status = TOOL_OK;

	s->rows = calloc(count, sizeof(*s->rows));
	if (!s->rows) {
		tool_complain("out of memory");
		return TOOL_INPUT;
	}
	progress_begin(&s->progress, count > 1 && !(s->json && isatty(STDOUT_FILENO)));
	if (count > 1)
		interrupt_catch();
	for (unsigned i = 0; i < count && !interrupt_seen(); i++) {
		progress_tell(&s->progress, "replay: %u of %u files", i, count);
		status = tool_worst(status, replay_file(s, names[i]));
	}
	progress_clear(&s->progress);
	if (!s->json && !s->quiet)
		print_table(s);
	if (interrupt_seen())
		tool_complain("interrupted after %zu of %u files", s->row_count, count);
	free(s->rows);
	interrupt_end();
	return status;
}

/* ---- arguments ---- */

enum {
	OPTION_JSON = REPLAY_OPTION_END
};

/* False if the option's argument makes no sense. */
static bool set_option(struct session *s, int option, const char *word)
{
	switch (option) {
	case OPTION_JSON:
		s->json = true;
		return true;
	case 'q':
		s->quiet = true;
		return true;
	default:
		return replay_option(&s->options, option, word);
	}
}

enum tool_status replay_command(int argc, char **argv)
{
	static const struct option options[] = {
		REPLAY_OPTIONS,
		{"json", no_argument, NULL, OPTION_JSON},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct session s = {.colours = tool_colours(stdout)};
	enum tool_status status;
	int option, index = 0;

	replay_options_default(&s.options);
	while ((option = getopt_long(argc, argv, ":qh", options, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return TOOL_OK;
		}
		if (option == '?' || option == ':')
			return tool_bad_option("replay", argv, options, option);
		if (!set_option(&s, option, optarg))
			return tool_bad_value("replay", options[index].name, optarg,
					      replay_option_nearest(option, optarg));
	}
	status = tool_check_files("replay", argc - optind, argv + optind);
	return status != TOOL_OK ? status
				 : replay_files(&s, (unsigned)(argc - optind), argv + optind);
}
