/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain-input: the input of a fuzz target as a trace. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "adversary.h"
#include "input_record.h"
#include "replay.h"
#include "tool.h"

static const char help[] =
	"Usage: itsguard explain-input TARGET FILE\n"
	"Prints the input of a fuzz target as a trace that a replay ends with the same finding.\n"
	"\"-\" is standard input.\n"
	"\n"
	"Targets: world, redist, cmdq, mapd, devtable, mmio. Of trace the input is the trace; of\n"
	"pfn_tracker, which has no ITS, what is printed is a list of its operations.\n"
	"\n"
	"Options:\n"
	"  -h, --help       show this help\n"
	"\n"
	"Exit status: 0 printed; 1 printed, but something has no trace form (a comment that "
	"begins\n"
	"\"#:\") and a replay need not show the same; 2 usage; 3 unreadable input, or output that\n"
	"cannot be written.\n";

/* The targets of fuzz/, under the names that cmake/inputs.cmake gives them. */
record_target_fn itsguard_input_cmdq, itsguard_input_mapd, itsguard_input_devtable,
	itsguard_input_mmio, itsguard_input_pfn_tracker;

/* What fuzz/common.c says in front of its messages: the command's name, and not a target's. */
extern const char *fuzz_target;

/* Of an input; no engine makes one as large unless it is told to. A trace may be as large as any.
 */
#define INPUT_MAX 0x100000u

struct input {
	uint8_t *data;
	size_t size;
};

/* ---- targets that have no recorder ---- */

static bool print_adversary(const struct input *input, bool redistributors, FILE *out)
{
	struct adversary *adversary = adversary_new();
	bool exact = false;

	if (adversary && redistributors)
		adversary_redistributors(adversary);
	if (!adversary)
		tool_complain("out of memory");
	else
		exact = adversary_print(adversary, input->data, input->size, out);
	adversary_free(adversary);
	return exact;
}

static bool print_world(const struct input *input, FILE *out)
{
	return print_adversary(input, false, out);
}

static bool print_redist(const struct input *input, FILE *out)
{
	return print_adversary(input, true, out);
}

static bool print_text(const struct input *input, FILE *out)
{
	return fwrite(input->data, 1, input->size, out) == input->size;
}

static const struct target {
	const char *name;
	bool (*print)(const struct input *input, FILE *out);
	record_target_fn *record;
	bool is_trace; /* what is printed */
} targets[] = {
	{"world", print_world, NULL, true},
	{"redist", print_redist, NULL, true},
	{"trace", print_text, NULL, false},
	{"cmdq", NULL, itsguard_input_cmdq, true},
	{"mapd", NULL, itsguard_input_mapd, true},
	{"devtable", NULL, itsguard_input_devtable, true},
	{"mmio", NULL, itsguard_input_mmio, true},
	{"pfn_tracker", NULL, itsguard_input_pfn_tracker, false},
};

static const struct target *target_of(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}

/* ---- the command ---- */

/* Until its end, or until it is longer than it may be. */
static bool read_all(FILE *in, struct input *input, size_t most)
{
	size_t room = 4096, got;
	uint8_t *more;

	do {
		room *= 2;
		more = realloc(input->data, room);
		if (!more)
			return false;
		input->data = more;
		got = fread(input->data + input->size, 1, room - input->size, in);
		input->size += got;
	} while (got > 0 && input->size <= most);
	return !ferror(in);
}

static enum tool_status read_input(const char *name, struct input *input, size_t most)
{
	FILE *in = tool_open(name);
	bool good;

	if (!in)
		return TOOL_INPUT;
	good = read_all(in, input, most);
	if (!good)
		tool_complain("%s: %s", tool_file_name(name), strerror(errno));
	tool_close(in);
	if (good && input->size > most) {
		tool_complain("%s: larger than %zu bytes", tool_file_name(name), most);
		return TOOL_INPUT;
	}
	return good ? TOOL_OK : TOOL_INPUT;
}

/* Is there something to be found in the text, and a replay does not find it? */
static bool promises_too_much(const char *text, size_t bytes)
{
	struct replay_options options;
	struct replay_summary summary;
	struct trace_error error;
	struct trace trace;
	bool finds = false;

	if (!strstr(text, "\n# found: "))
		return false;
	replay_options_default(&options);
	options.rewrite_host = strstr(text, "\n# itsguard replay --rewrite-host") != NULL;
	if (!trace_parse(text, bytes, "input", NULL, &trace, &error)) {
		replay(&trace, &options, NULL, NULL, &summary);
		finds = replay_status(&summary, &options) != 0;
		trace_free(&trace);
	}
	return !finds;
}

/* False: not all of it has a trace form, and the text says so; or there is no memory. */
static bool print_input(const struct target *target, const struct input *input)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	bool exact;

	if (!out)
		return false;
	exact = target->print ? target->print(input, out)
			      : record_input(target->record, input->data, input->size, out);
	exact &= fclose(out) == 0;
	fwrite(text, 1, bytes, stdout);
	if (exact && target->is_trace && promises_too_much(text, bytes)) {
		puts("#: a replay does not find this");
		exact = false;
	}
	free(text);
	return exact;
}

static enum tool_status explain_input(const struct target *target, const char *name)
{
	struct input input = {NULL, 0};
	size_t most = target->print == print_text ? TRACE_BYTES_MAX : INPUT_MAX;
	enum tool_status status = read_input(name, &input, most);
	bool exact = status != TOOL_OK || print_input(target, &input);

	free(input.data);
	if (exact)
		return status;
	tool_complain("%s: not all of it has a trace form: a replay need not show the same",
		      tool_file_name(name));
	return TOOL_FAILED;
}

enum tool_status explain_input_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const struct target *target;

	switch (getopt_long(argc, argv, "h", options, NULL)) {
	case 'h':
		fputs(help, stdout);
		return TOOL_OK;
	case -1:
		break;
	default:
		return tool_usage_error("explain-input",
					"explain-input: see the help for what there is");
	}
	if (argc - optind != 2)
		return tool_usage_error("explain-input",
					"explain-input: one TARGET and one FILE are needed");
	fuzz_target = "explain-input";
	target = target_of(argv[optind]);
	if (!target)
		return tool_usage_error("explain-input", "explain-input: \"%.40s\" is no target",
					argv[optind]);
	return explain_input(target, argv[optind + 1]);
}
