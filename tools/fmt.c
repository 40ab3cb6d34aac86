/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard fmt: commands of a trace in words, or in bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reform.h"
#include "replay_options.h"
#include "slurp.h"

static const char help[] =
	"Usage: itsguard fmt [OPTION]... FILE\n"
	"Prints a trace with its commands in words (mapd dev=0x10 size=4 itt=0x60000000),\n"
	"or with --raw in bytes. It reads as the same trace; comments stay. \"-\" is\n"
	"standard input.\n"
	"\n"
	"Options:\n"
	"      --raw                commands become bytes (mem)\n"
	"  -c, --comments           a line without a comment gets one that says what a\n"
	"                           register holds, and with --raw what a command is\n"
	"  -o, --output=FILE        write the trace there, not to standard output; it may\n"
	"                           be the file that is read\n"
	"  -h, --help               show this help\n"
	"\n"
	"Exit status: 0 printed; 2 usage; 3 unreadable or malformed input, or output that\n"
	"cannot be written.\n";

struct arguments {
	struct reform form;
	const char *output; /* NULL: standard output */
};

static enum tool_status write_trace(const struct arguments *a, const struct slurp *file,
				    const struct trace *trace)
{
	FILE *out = a->output ? fopen(a->output, "w") : stdout;

	if (out)
		reform_write((const char *)file->data, file->size, trace, &a->form, out);
	if (out && (!a->output || !fclose(out)))
		return TOOL_OK;
	tool_complain("%s: %s", a->output, strerror(errno));
	return TOOL_INPUT;
}

static enum tool_status format_file(const struct arguments *a, const char *name)
{
	struct slurp file;
	struct trace_error error;
	struct trace trace;
	enum tool_status status = slurp_file(name, TRACE_BYTES_MAX, &file);

	if (status == TOOL_OK)
		status = tool_parse_trace((const char *)file.data, file.size, name, &trace, &error);
	if (status == TOOL_OK) {
		status = write_trace(a, &file, &trace);
		trace_free(&trace);
	}
	free(file.data);
	return status;
}

enum tool_status fmt_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"raw", no_argument, NULL, 'r'},
		{"comments", no_argument, NULL, 'c'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct arguments a = {.output = NULL};
	int option;

	while ((option = getopt_long(argc, argv, ":co:h", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			a.form.raw = true;
			break;
		case 'c':
			a.form.comments = true;
			break;
		case 'o':
			a.output = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return TOOL_OK;
		default:
			return tool_bad_option("fmt", argv, options, option);
		}
	}
	if (argc - optind != 1)
		return tool_usage_error("fmt",
					argc == optind ? "a FILE is missing" : "one FILE only");
	return format_file(&a, argv[optind]);
}
