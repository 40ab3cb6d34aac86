/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What the subcommands of the itsguard command share. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/* Exit statuses. With several files the worst counts: 3 before 1 before 0. */
enum tool_status {
	TOOL_OK = 0,     /* everything as the traces say */
	TOOL_FAILED = 1, /* a violation, a broken invariant, a mismatch or an unmet expectation */
	TOOL_USAGE = 2,  /* the command line makes no sense */
	TOOL_INPUT = 3,  /* unreadable or malformed input, or output that cannot be written */
};

/* The subcommands: argv[0] is their name, as for main(). */
enum tool_status replay_command(int argc, char **argv);
enum tool_status show_command(int argc, char **argv);
enum tool_status report_command(int argc, char **argv);
enum tool_status decode_command(int argc, char **argv);
enum tool_status explain_command(int argc, char **argv);
enum tool_status import_command(int argc, char **argv);
enum tool_status fmt_command(int argc, char **argv);
enum tool_status shrink_command(int argc, char **argv);
enum tool_status explain_input_command(int argc, char **argv);

enum tool_status tool_worst(enum tool_status a, enum tool_status b);

/* A message on standard error, the name of the program in front. */
void tool_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, in one line with where help is. */
enum tool_status tool_usage_error(const char *subcommand, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * What getopt_long() does not take, and what may be meant. answer: what it answered; the short
 * options it was given begin with ':', so that it says nothing itself.
 */
enum tool_status tool_bad_option(const char *subcommand, char **argv, const struct option *options,
				 int answer);

/* A value that an option does not take; nearest: the one that may be meant, or NULL. */
enum tool_status tool_bad_value(const char *subcommand, const char *option, const char *word,
				const char *nearest);

/* The files of a subcommand that takes several: one at least, and "-" only once. */
enum tool_status tool_check_files(const char *subcommand, int count, char **names);

/* Opens a file, "-" is standard input. If that is impossible: complains, returns NULL
 * and leaves the reason in errno. */
FILE *tool_open(const char *name);
void tool_close(FILE *in);
/* How messages call it: "-" is <stdin>. */
const char *tool_file_name(const char *name);

/* Colours, for a terminal only and not where NO_COLOR is set; otherwise empty strings. */
struct tool_colours {
	const char *bad, *warn, *strong, *off;
};
struct tool_colours tool_colours(FILE *out);

/* A JSON string from any bytes: those that are no UTF-8 become '?'. */
json_t *tool_json_text(const char *text);
/* A 64-bit number as "0x..." (JSON numbers of many readers have 53 bits). */
json_t *tool_json_hex(uint64_t value);
/* One object on one line; takes the reference. */
void tool_json_line(json_t *object);

#endif
