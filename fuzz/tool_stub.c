/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "tool_stub.h"

#include <stdlib.h>

#include "story.h"
#include "tool.h"

static const uint8_t *input;
static size_t input_size;

void tool_stub_input(const uint8_t *data, size_t size)
{
	static FILE *nowhere;

	/* Listings go nowhere; stdio's own buffer sees them all the same. */
	if (!nowhere) {
		nowhere = fopen("/dev/null", "w");
		if (!nowhere)
			abort();
		stdout = nowhere;
	}
	input = data;
	input_size = size;
}

FILE *tool_open(const char *name)
{
	(void)name;
	return fmemopen((void *)(uintptr_t)input, input_size, "r");
}

void tool_close(FILE *in)
{
	fclose(in);
}

const char *tool_file_name(const char *name)
{
	return name;
}

void tool_complain(const char *format, ...)
{
	(void)format;
}

enum tool_status tool_usage_error(const char *subcommand, const char *format, ...)
{
	(void)subcommand;
	(void)format;
	return TOOL_USAGE;
}

enum tool_status tool_bad_option(const char *subcommand, char **argv, const struct option *options,
				 int answer)
{
	(void)subcommand;
	(void)argv;
	(void)options;
	(void)answer;
	return TOOL_USAGE;
}

struct tool_colours tool_colours(FILE *out)
{
	(void)out;
	return (struct tool_colours){"", "", "", ""};
}

/* No target lists in JSON: jansson is linked but never called. */
json_t *tool_json_hex(uint64_t value)
{
	(void)value;
	abort();
}

void tool_json_line(json_t *object)
{
	(void)object;
	abort();
}

/* A trace is not told: the target reads it by itself. */
void story_options_default(struct story_options *options)
{
	*options = (struct story_options){.wide = false};
}

enum tool_status story_show(const struct slurp *text, const char *name,
			    const struct story_options *options)
{
	(void)text;
	(void)name;
	(void)options;
	return TOOL_OK;
}
