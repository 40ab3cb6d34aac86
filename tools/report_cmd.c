/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard report: what happens in traces, as a page or a picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "replay_options.h"
#include "report.h"

static const char help[] =
	"Usage: itsguard report [OPTION]... FILE...\n"
	"Draws what happens when traces are replayed: who acts, which commands are on\n"
	"their way, who has each page, what is refused, and what goes wrong; without the\n"
	"guard and with it, one below the other. One page for a browser, which needs no\n"
	"network; docs/REPORT.md shows it. \"-\" is standard input.\n"
	"\n"
	"Options:\n"
	"  -o, --output=FILE        write it there, not to standard output\n"
	"      --svg                a picture alone, of one FILE; so is -o NAME.svg\n"
	"      --perfetto           JSON for ui.perfetto.dev or chrome://tracing\n"
	"      --guard=on|off|both  which runs; both if not said\n"
	"      --title=TEXT         what is shown, instead of a trace's first comment\n"
	"  -h, --help               show this help\n"
	"\n"
	"Exit status: 0 written, whatever it shows; 2 usage; 3 unreadable or malformed\n"
	"input, a machine that cannot be built, or output that cannot be written. What\n"
	"can be read of several files is written.\n";

enum form {
	FORM_PAGE,
	FORM_SVG,
	FORM_PERFETTO
};

enum {
	OPTION_SVG = REPLAY_OPTION_END,
	OPTION_PERFETTO,
	OPTION_TITLE
};

struct arguments {
	struct report_options options;
	enum form form;
	bool svg, perfetto; /* asked for */
	const char *output; /* NULL: standard output */
};

/* ---- writing ---- */

static void write_form(const struct arguments *a, FILE *out, const struct report_trace *traces,
		       size_t count)
{
	switch (a->form) {
	case FORM_SVG:
		report_svg(out, &traces[0]);
		break;
	case FORM_PERFETTO:
		report_perfetto(out, traces, count);
		break;
	case FORM_PAGE:
	default:
		report_html(out, traces, count);
		break;
	}
}

static enum tool_status write_report(const struct arguments *a, const struct report_trace *traces,
				     size_t count)
{
	FILE *out = a->output ? fopen(a->output, "w") : stdout;
	bool failed = !out;

	if (out) {
		write_form(a, out, traces, count);
		failed = ferror(out);
	}
	if (out && a->output)
		failed = fclose(out) || failed;
	if (failed && a->output)
		tool_complain("%s: %s", a->output, strerror(errno));
	return failed ? TOOL_INPUT : TOOL_OK;
}

static enum tool_status report_files(const struct arguments *a, unsigned count, char **names)
{
	struct report_trace *traces = calloc(count, sizeof(*traces));
	enum tool_status status = TOOL_OK;
	struct progress progress;
	size_t read = 0;

	if (!traces) {
		tool_complain("out of memory");
		return TOOL_INPUT;
	}
	progress_begin(&progress, count > 1);
	for (unsigned i = 0; i < count; i++) {
		enum tool_status one;

		progress_tell(&progress, "report: %u of %u files", i, count);
		one = report_read(names[i], &a->options, &traces[read]);
		read += one == TOOL_OK;
		status = tool_worst(status, one);
	}
	progress_clear(&progress);
	if (read > 0)
		status = tool_worst(status, write_report(a, traces, read));
	while (read > 0)
		report_free(&traces[--read]);
	free(traces);
	return status;
}

/* ---- arguments ---- */

static bool set_guard(struct report_options *options, const char *word)
{
	options->on = !strcmp(word, "on") || !strcmp(word, "both");
	options->off = !strcmp(word, "off") || !strcmp(word, "both");
	return options->on || options->off;
}

/* False if its argument makes no sense. */
static bool set_option(struct arguments *a, int option, const char *word)
{
	switch (option) {
	case 'o':
		a->output = word;
		return true;
	case OPTION_SVG:
		a->svg = true;
		return true;
	case OPTION_PERFETTO:
		a->perfetto = true;
		return true;
	case OPTION_TITLE:
		a->options.title = word;
		return true;
	case REPLAY_OPTION_GUARD:
	default:
		return set_guard(&a->options, word);
	}
}

static bool ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), short_by = strlen(ending);

	return length > short_by && !strcmp(name + length - short_by, ending);
}

static enum tool_status check(struct arguments *a, int count, char **names)
{
	const enum tool_status status = tool_check_files("report", count, names);

	if (status != TOOL_OK)
		return status;
	if (a->svg && a->perfetto)
		return tool_usage_error("report", "--svg, --perfetto: one of them");
	if (a->perfetto)
		a->form = FORM_PERFETTO;
	else if (a->svg || (a->output && ends_in(a->output, ".svg")))
		a->form = FORM_SVG;
	if (a->form == FORM_SVG && count > 1)
		return tool_usage_error("report", "a picture alone is of one FILE");
	return TOOL_OK;
}

enum tool_status report_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"svg", no_argument, NULL, OPTION_SVG},
		{"perfetto", no_argument, NULL, OPTION_PERFETTO},
		{"guard", required_argument, NULL, REPLAY_OPTION_GUARD},
		{"title", required_argument, NULL, OPTION_TITLE},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct arguments a = {.options = {.on = true, .off = true}};
	enum tool_status status;
	int option, index = 0;

	replay_options_default(&a.options.replay);
	while ((option = getopt_long(argc, argv, ":o:h", options, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return TOOL_OK;
		}
		if (option == '?' || option == ':')
			return tool_bad_option("report", argv, options, option);
		if (!set_option(&a, option, optarg))
			return tool_usage_error("report", "\"%.40s\" is no value of --%s", optarg,
						options[index].name);
	}
	status = check(&a, argc - optind, argv + optind);
	return status != TOOL_OK ? status
				 : report_files(&a, (unsigned)(argc - optind), argv + optind);
}
