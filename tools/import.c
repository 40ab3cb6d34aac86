/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard import: what other programs recorded, as a trace. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "reform.h"
#include "slurp.h"
#include "suggest.h"

static const char help[] =
	"Usage: itsguard import [OPTION]... qemu|ftrace LOG\n"
	"Makes a trace of what others recorded, as docs/RECORDING.md has it: of what an\n"
	"unmodified QEMU tells of its ITS, with the options\n"
	"  -trace 'gicv3_its_*' -trace 'gicv3_redist_*' -D LOG\n"
	"or of what script/record-ftrace had a running Linux tell. What a log does not\n"
	"tell is assumed, and the trace says where: \"# assumed\". \"-\" is standard input.\n"
	"\n"
	"Options:\n"
	"  -o, --output=FILE        write the trace there, not to standard output\n"
	"  -h, --help               show this help\n"
	"\n"
	"Exit status: 0 written; 2 usage; 3 no such log, or output that cannot be\n"
	"written.\n";

#define LOG_MAX 0x40000000u /* bytes */

static const char *const sources[] = {"qemu", "ftrace"};
static import_fn *const readers[] = {import_qemu, import_ftrace};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

/* A log whose end makes no sense gives no trace at all. */
static enum tool_status write_trace(import_fn *reader, const struct slurp *log, const char *name,
				    const char *output)
{
	struct import_error error = {0, ""};
	char *text = NULL;
	size_t size = 0;
	FILE *plain = open_memstream(&text, &size), *out = NULL;
	bool good = plain && reader((const char *)log->data, log->size, plain, &error);

	if (plain)
		good &= fclose(plain) == 0;
	if (!good && error.line)
		fprintf(stderr, "%s:%" PRIu32 ": %s\n", tool_file_name(name), error.line,
			error.why);
	else if (!good)
		tool_complain("%s: %s", tool_file_name(name), error.why);
	if (good)
		out = output ? fopen(output, "w") : stdout;
	if (out)
		reform_for_people(text, size, out);
	if (good && (!out || (output && fclose(out)))) {
		tool_complain("%s: %s", output, strerror(errno));
		good = false;
	}
	free(text);
	return good ? TOOL_OK : TOOL_INPUT;
}

static enum tool_status import_file(import_fn *reader, const char *name, const char *output)
{
	struct slurp log;
	enum tool_status status = slurp_file(name, LOG_MAX, &log);

	if (status == TOOL_OK)
		status = write_trace(reader, &log, name, output);
	free(log.data);
	return status;
}

static enum tool_status no_such_source(const char *word)
{
	const char *nearest = suggest_nearest(word, sources, SOURCES);

	if (nearest)
		return tool_usage_error("import", "unknown source \"%.40s\", did you mean %s?",
					word, nearest);
	return tool_usage_error("import", "unknown source \"%.40s\": there are qemu and ftrace",
				word);
}

enum tool_status import_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const char *output = NULL;
	int option;

	while ((option = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return TOOL_OK;
		default:
			return tool_bad_option("import", argv, options, option);
		}
	}
	if (argc - optind != 2)
		return tool_usage_error("import", "qemu or ftrace, and one LOG, are needed");
	for (size_t i = 0; i < SOURCES; i++)
		if (!strcmp(argv[optind], sources[i]))
			return import_file(readers[i], argv[optind + 1], output);
	return no_such_source(argv[optind]);
}
