/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard show: what happens in a trace, line by line. */
#include <stdlib.h>
#include <string.h>

#include "itsguard/cmd.h"

#include "decode.h"
#include "explain_input.h"
#include "replay_options.h"
#include "story.h"
#include "trace_number.h"

static const char help[] =
	"Usage: itsguard show [OPTION]... FILE\n"
	"Tells what happens when a trace is replayed, an event a line: what the host\n"
	"does, what the guard answers, claims and gives to hardware, what hardware does.\n"
	"A FILE that is a dump of a command queue is listed. \"-\" is standard input.\n"
	"\n"
	"Options:\n"
	"      --device=ID          only what concerns this DeviceID\n"
	"      --page=PA            only what concerns the 4 KB at this address\n"
	"      --from=LINE          begin at this line of the trace\n"
	"      --to=LINE            end behind this line\n"
	"  -w, --wide               do not cut lines at 80 columns\n"
	"      --input=TARGET       FILE is an input of this fuzz target\n"
	"      --guard=on|off       off: the host reaches the ITS directly\n"
	"  -h, --help               show this help\n"
	"\n"
	"Findings are shown whatever is asked for, but for those of other lines.\n"
	"\n"
	"Exit status: 0 shown, whatever it shows; 2 usage; 3 unreadable or malformed\n"
	"input, or a machine that cannot be built.\n";

enum {
	OPTION_DEVICE = REPLAY_OPTION_END,
	OPTION_PAGE,
	OPTION_FROM,
	OPTION_TO,
	OPTION_INPUT
};

struct arguments {
	struct story_options story;
	const char *target; /* of a fuzz input, or NULL */
};

static bool set_number(const char *word, uint64_t most, uint64_t *value)
{
	return trace_number(word, value) && *value <= most;
}

/* False if its argument makes no sense. */
static bool set_option(struct arguments *a, int option, const char *word)
{
	struct event_filter *filter = &a->story.filter;
	uint64_t number = 0;
	bool good = true;

	switch (option) {
	case OPTION_DEVICE:
		good = set_number(word, UINT32_MAX, &number);
		filter->by_device = true;
		filter->device = (uint32_t)number;
		return good;
	case OPTION_PAGE:
		filter->by_page = true;
		return set_number(word, UINT64_MAX, &filter->page);
	case OPTION_FROM:
		good = set_number(word, UINT32_MAX, &number);
		filter->from = (uint32_t)number;
		return good;
	case OPTION_TO:
		good = set_number(word, UINT32_MAX, &number) && number > 0;
		filter->to = (uint32_t)number;
		return good;
	case OPTION_INPUT:
		a->target = word;
		return explain_input_has(word);
	case 'w':
		a->story.wide = true;
		return true;
	default:
		return replay_option(&a->story.replay, option, word);
	}
}

static const char *nearest_value(int option, const char *word)
{
	return option == OPTION_INPUT ? explain_input_nearest(word)
				      : replay_option_nearest(option, word);
}

/* The input as a trace; what has no trace form is a listing, and is printed as it is. */
static enum tool_status show_input(struct arguments *a, const struct slurp *input, const char *name)
{
	char *text = NULL;
	size_t size = 0;
	enum tool_status status = explain_input_text(a->target, input, name, &text, &size);
	struct slurp trace = {(uint8_t *)text, size};

	if (status == TOOL_INPUT) {
		free(text);
		return status;
	}
	if (!explain_input_is_trace(a->target)) {
		fwrite(text, 1, size, stdout);
		free(text);
		return TOOL_OK;
	}
	/* What the recorder says of the run stands in comments of its own. */
	a->story.replay.rewrite_host = strstr(text, "\n# itsguard replay --rewrite-host") != NULL;
	status = story_show(&trace, name, &a->story);
	free(text);
	return status;
}

static bool picks(const struct event_filter *filter)
{
	return filter->by_device || filter->by_page || filter->from || filter->to;
}

/* One that is cut off may be something else. */
static enum tool_status show_dump(const struct slurp *file, const char *name)
{
	enum tool_status status = decode_dump(file, name);

	if (status != TOOL_OK && file->size % ITSG_CMD_BYTES)
		tool_complain("%s: is it the input of a fuzz target? see --input=TARGET",
			      tool_file_name(name));
	return status;
}

static enum tool_status show_file(struct arguments *a, const char *name)
{
	struct slurp file;
	enum tool_status status = slurp_file(name, TRACE_BYTES_MAX, &file);

	if (status != TOOL_OK)
		;
	else if (a->target)
		status = show_input(a, &file, name);
	else if (file.size == 0 || slurp_is_text(&file))
		status = story_show(&file, name, &a->story);
	else if (picks(&a->story.filter))
		status = tool_usage_error("show", "%.80s is a dump, which has no events to pick",
					  tool_file_name(name));
	else
		status = show_dump(&file, name);
	free(file.data);
	return status;
}

enum tool_status show_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"device", required_argument, NULL, OPTION_DEVICE},
		{"page", required_argument, NULL, OPTION_PAGE},
		{"from", required_argument, NULL, OPTION_FROM},
		{"to", required_argument, NULL, OPTION_TO},
		{"wide", no_argument, NULL, 'w'},
		{"input", required_argument, NULL, OPTION_INPUT},
		{"guard", required_argument, NULL, REPLAY_OPTION_GUARD},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct arguments a = {.target = NULL};
	int option, index = 0;

	story_options_default(&a.story);
	while ((option = getopt_long(argc, argv, ":wh", options, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return TOOL_OK;
		}
		if (option == '?' || option == ':')
			return tool_bad_option("show", argv, options, option);
		if (!set_option(&a, option, optarg))
			return tool_bad_value("show", options[index].name, optarg,
					      nearest_value(option, optarg));
	}
	if (a.story.filter.to && a.story.filter.from > a.story.filter.to)
		return tool_usage_error("show", "--from is behind --to");
	if (argc - optind != 1)
		return tool_usage_error("show",
					argc == optind ? "a FILE is missing" : "one FILE only");
	return show_file(&a, argv[optind]);
}
