/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard import: what other programs recorded, as a trace. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "import_qemu.h"
#include "reform.h"
#include "slurp.h"

static const char help[] =
	"Usage: itsguard import [OPTION]... qemu LOG\n"
	"Makes a trace of what an unmodified QEMU tells of its ITS, with the options\n"
	"  -trace 'gicv3_its_*' -trace 'gicv3_redist_*' -D LOG\n"
	"as docs/RECORDING.md has it. What a log does not tell is assumed, and the trace\n"
	"says where: \"# assumed\". \"-\" is standard input.\n"
	"\n"
	"Options:\n"
	"  -o, --output=FILE        write the trace there, not to standard output\n"
	"  -h, --help               show this help\n"
	"\n"
	"Exit status: 0 written; 2 usage; 3 no such log, or output that cannot be\n"
	"written.\n";

#define LOG_MAX 0x40000000u /* bytes */

/* A log whose end makes no sense gives no trace at all. */
static enum tool_status write_trace(const struct slurp *log, const char *name, const char *output)
{
	struct import_error error = {0, ""};
	char *text = NULL;
	size_t size = 0;
	FILE *plain = open_memstream(&text, &size), *out = NULL;
	bool good = plain && import_qemu((const char *)log->data, log->size, plain, &error);

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

static enum tool_status import_file(const char *name, const char *output)
{
	struct slurp log;
	enum tool_status status = slurp_file(name, LOG_MAX, &log);

	if (status == TOOL_OK)
		status = write_trace(&log, name, output);
	free(log.data);
	return status;
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
		return tool_usage_error("import", "qemu and one LOG are needed");
	if (strcmp(argv[optind], "qemu") != 0)
		return tool_usage_error("import", "\"%.40s\" is no source: there is qemu",
					argv[optind]);
	return import_file(argv[optind + 1], output);
}
