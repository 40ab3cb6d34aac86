/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain-input: the input of a fuzz target as a trace. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "adversary.h"
#include "input_record.h"
#include "tool.h"

static const char help[] =
	"Usage: itsguard explain-input TARGET FILE\n"
	"Prints the input of a fuzz target as a trace that a replay ends with the same finding.\n"
	"\"-\" is standard input.\n"
	"\n"
	"Targets: world, cmdq, mapd, devtable, mmio. Of trace the input is the trace; of\n"
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

/* What fuzz/common.c says in front of its messages. */
extern const char fuzz_target[];
const char fuzz_target[] = "explain-input";

struct input {
	uint8_t *data;
	size_t size;
};

/* ---- targets that have no recorder ---- */

static bool print_world(const struct input *input)
{
	struct adversary *adversary = adversary_new();
	bool exact = false;

	if (!adversary)
		tool_complain("out of memory");
	else
		exact = adversary_print(adversary, input->data, input->size, stdout);
	adversary_free(adversary);
	return exact;
}

static bool print_text(const struct input *input)
{
	return fwrite(input->data, 1, input->size, stdout) == input->size;
}

static const struct target {
	const char *name;
	bool (*print)(const struct input *input);
	record_target_fn *record;
} targets[] = {
	{"world", print_world, NULL},
	{"trace", print_text, NULL},
	{"cmdq", NULL, itsguard_input_cmdq},
	{"mapd", NULL, itsguard_input_mapd},
	{"devtable", NULL, itsguard_input_devtable},
	{"mmio", NULL, itsguard_input_mmio},
	{"pfn_tracker", NULL, itsguard_input_pfn_tracker},
};

static const struct target *target_of(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}

/* ---- the command ---- */

static bool read_all(FILE *in, struct input *input)
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
	} while (got > 0);
	return !ferror(in);
}

static enum tool_status read_input(const char *name, struct input *input)
{
	FILE *in = tool_open(name);
	bool good;

	if (!in)
		return TOOL_INPUT;
	good = read_all(in, input);
	if (!good)
		tool_complain("%s: %s", tool_file_name(name), strerror(errno));
	tool_close(in);
	return good ? TOOL_OK : TOOL_INPUT;
}

static enum tool_status explain_input(const struct target *target, const char *name)
{
	struct input input = {NULL, 0};
	enum tool_status status = read_input(name, &input);
	bool exact = true;

	if (status == TOOL_OK && target->print)
		exact = target->print(&input);
	else if (status == TOOL_OK)
		exact = record_input(target->record, input.data, input.size, stdout);
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
	target = target_of(argv[optind]);
	if (!target)
		return tool_usage_error("explain-input", "explain-input: \"%.40s\" is no target",
					argv[optind]);
	return explain_input(target, argv[optind + 1]);
}
