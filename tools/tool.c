/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See tool.h. */
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suggest.h"

#define OPTIONS_MAX 32u

enum tool_status tool_worst(enum tool_status a, enum tool_status b)
{
	return a > b ? a : b;
}

void tool_complain(const char *format, ...)
{
	va_list args;

	fflush(stdout); /* keeps the order of lines where both go to one place */
	fputs("itsguard: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

enum tool_status tool_usage_error(const char *subcommand, const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	tool_complain("%s%s%s%s see 'itsguard %s%s--help'", subcommand, *subcommand ? ": " : "",
		      message, message[strlen(message) - 1] == '?' ? "" : ";", subcommand,
		      *subcommand ? " " : "");
	return TOOL_USAGE;
}

enum tool_status tool_check_files(const char *subcommand, int count, char **names)
{
	int standard_inputs = 0;

	if (count == 0)
		return tool_usage_error(subcommand, "a FILE is missing");
	for (int i = 0; i < count; i++)
		standard_inputs += !strcmp(names[i], "-");
	if (standard_inputs > 1)
		return tool_usage_error(subcommand, "standard input can be read only once");
	return TOOL_OK;
}

/* The long option that may be meant, with its "--"; or NULL. */
static const char *nearest_option(const char *word, const struct option *options)
{
	const char *names[OPTIONS_MAX];
	char bare[SUGGEST_MAX + 1];
	size_t count = 0;

	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(word, "="), word);
	while (count < OPTIONS_MAX && options[count].name) {
		names[count] = options[count].name;
		count++;
	}
	return suggest_nearest(bare, names, count);
}

enum tool_status tool_bad_option(const char *subcommand, char **argv, const struct option *options,
				 int answer)
{
	const char *word = argv[optind - 1], *nearest;
	bool is_long = !strncmp(word, "--", 2);

	if (answer == ':')
		return tool_usage_error(subcommand, "%.60s needs a value", word);
	if (!is_long)
		return tool_usage_error(subcommand, "unknown option \"-%c\"", optopt);
	if (optopt)
		return tool_usage_error(subcommand, "%.*s takes no value", (int)strcspn(word, "="),
					word);
	nearest = nearest_option(word + 2, options);
	return tool_usage_error(subcommand, "unknown option \"%.40s\"%s%s%s", word,
				nearest ? ", did you mean --" : "", nearest ? nearest : "",
				nearest ? "?" : "");
}

enum tool_status tool_bad_value(const char *subcommand, const char *option, const char *word,
				const char *nearest)
{
	return tool_usage_error(subcommand, "\"%.40s\" is no value of --%s%s%s%s", word, option,
				nearest ? ", did you mean " : "", nearest ? nearest : "",
				nearest ? "?" : "");
}

FILE *tool_open(const char *name)
{
	struct stat st;
	FILE *in;

	if (!strcmp(name, "-"))
		return stdin;
	in = fopen(name, "rb");
	if (in && !fstat(fileno(in), &st) && S_ISDIR(st.st_mode)) {
		fclose(in);
		in = NULL;
		errno = EISDIR;
	}
	if (!in) {
		int error = errno;

		tool_complain("%s: %s", name, strerror(error));
		errno = error;
	}
	return in;
}

void tool_close(FILE *in)
{
	if (in != stdin)
		fclose(in);
}

const char *tool_file_name(const char *name)
{
	return strcmp(name, "-") ? name : "<stdin>";
}

/* See no-color.org: set and not empty means no colour. */
static bool wants_colour(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

struct tool_colours tool_colours(FILE *out)
{
	static const struct tool_colours plain = {"", "", "", ""};
	static const struct tool_colours bright = {"\033[31m", "\033[33m", "\033[1m", "\033[0m"};

	return wants_colour(out) ? bright : plain;
}

json_t *tool_json_text(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string)
		return string;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *c = copy; *c; c++)
		if (*c & 0x80)
			*c = '?';
	string = json_string(copy);
	free(copy);
	return string;
}

json_t *tool_json_hex(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

void tool_json_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(object);
}
