/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain-input: the input of a fuzz target as a trace. */
#include "explain_input.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "adversary.h"
#include "input_record.h"
#include "reform.h"
#include "replay.h"
#include "suggest.h"
#include "tool.h"

static const char help[] =
	"Usage: itsguard explain-input TARGET FILE\n"
	"Prints the input of a fuzz target as a trace that a replay ends with the same\n"
	"finding. \"-\" is standard input.\n"
	"\n"
	"Targets: world, redist, cmdq, mapd, devtable, mmio. Of trace the input is the\n"
	"trace; of pfn_tracker, which has no ITS, what is printed is a list of its\n"
	"operations.\n"
	"\n"
	"Options:\n"
	"  -h, --help       show this help\n"
	"\n"
	"Exit status: 0 printed; 1 printed, but something has no trace form (a comment\n"
	"that begins \"#:\") and a replay need not show the same; 2 usage; 3 unreadable\n"
	"input, or output that cannot be written.\n";

/* The targets of fuzz/, under the names that cmake/inputs.cmake gives them. */
record_target_fn itsguard_input_cmdq, itsguard_input_mapd, itsguard_input_devtable,
	itsguard_input_mmio, itsguard_input_pfn_tracker;

/* What fuzz/common.c says in front of its messages: the command's name, and not a target's. */
extern const char *fuzz_target;

/* Of an input; no engine makes one as large unless it is told to. A trace may be as large as any.
 */
#define INPUT_MAX 0x100000u

/* ---- targets that have no recorder ---- */

static bool print_adversary(const struct slurp *input, bool redistributors, FILE *out)
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

static bool print_world(const struct slurp *input, FILE *out)
{
	return print_adversary(input, false, out);
}

static bool print_redist(const struct slurp *input, FILE *out)
{
	return print_adversary(input, true, out);
}

static bool print_text(const struct slurp *input, FILE *out)
{
	return fwrite(input->data, 1, input->size, out) == input->size;
}

static const struct target {
	const char *name;
	bool (*print)(const struct slurp *input, FILE *out);
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

#define TARGETS (sizeof(targets) / sizeof(targets[0]))

const char *explain_input_nearest(const char *word)
{
	const char *names[TARGETS];

	for (size_t i = 0; i < TARGETS; i++)
		names[i] = targets[i].name;
	return suggest_nearest(word, names, TARGETS);
}

static const struct target *target_of(const char *name)
{
	for (size_t i = 0; i < TARGETS; i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}

/* ---- the command ---- */

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

/* False: not all of it has a trace form, and the text says so. */
static bool write_input(const struct target *target, const struct slurp *input, FILE *out)
{
	return target->print ? target->print(input, out)
			     : record_input(target->record, input->data, input->size, out);
}

static size_t most_of(const struct target *target)
{
	return target->print == print_text ? TRACE_BYTES_MAX : INPUT_MAX;
}

bool explain_input_has(const char *target)
{
	return target_of(target) != NULL;
}

bool explain_input_is_trace(const char *target)
{
	return target_of(target)->is_trace || target_of(target)->print == print_text;
}

/* A trace is made one that people can read. */
static bool put_text(const struct target *target, const char *plain, size_t bytes, char **text,
		     size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		return false;
	if (target->is_trace)
		reform_for_people(plain, bytes, out);
	else
		fwrite(plain, 1, bytes, out);
	return fclose(out) == 0;
}

enum tool_status explain_input_text(const char *name_of_target, const struct slurp *input,
				    const char *name, char **text, size_t *size)
{
	const struct target *target = target_of(name_of_target);
	char *plain = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&plain, &bytes);
	bool fits = out && input->size <= most_of(target), exact = false;

	fuzz_target = "explain-input";
	if (fits)
		exact = write_input(target, input, out);
	fits &= out && fclose(out) == 0 && put_text(target, plain, bytes, text, size);
	free(plain);
	if (fits)
		return exact ? TOOL_OK : TOOL_FAILED;
	tool_complain("%s: larger than %zu bytes, or out of memory", tool_file_name(name),
		      most_of(target));
	return TOOL_INPUT;
}

/* Prints what was written of it, and whether a replay shows the same. */
static enum tool_status print_input(const struct target *target, const struct slurp *input,
				    const char *name)
{
	char *text = NULL;
	size_t bytes = 0;
	enum tool_status status = explain_input_text(target->name, input, name, &text, &bytes);

	if (status != TOOL_INPUT)
		fwrite(text, 1, bytes, stdout);
	if (status == TOOL_OK && target->is_trace && promises_too_much(text, bytes)) {
		puts("#: a replay does not find this");
		status = TOOL_FAILED;
	}
	free(text);
	if (status == TOOL_FAILED)
		tool_complain("%s: not all of it has a trace form: a replay need not show the same",
			      tool_file_name(name));
	return status;
}

static enum tool_status explain_input(const struct target *target, const char *name)
{
	struct slurp input;
	enum tool_status status = slurp_file(name, most_of(target), &input);

	if (status == TOOL_OK)
		status = print_input(target, &input, name);
	free(input.data);
	return status;
}

static enum tool_status no_such_target(const char *word)
{
	const char *nearest = explain_input_nearest(word);

	return tool_usage_error("explain-input", "\"%.40s\" is no target%s%s%s", word,
				nearest ? ", did you mean " : "", nearest ? nearest : "",
				nearest ? "?" : "");
}

enum tool_status explain_input_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const struct target *target;
	int option = getopt_long(argc, argv, ":h", options, NULL);

	switch (option) {
	case 'h':
		fputs(help, stdout);
		return TOOL_OK;
	case -1:
		break;
	default:
		return tool_bad_option("explain-input", argv, options, option);
	}
	if (argc - optind != 2)
		return tool_usage_error("explain-input", "one TARGET and one FILE are needed");
	target = target_of(argv[optind]);
	if (!target)
		return no_such_target(argv[optind]);
	return explain_input(target, argv[optind + 1]);
}
