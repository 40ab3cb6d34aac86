/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What the commands that replay traces share: the options of a replay, and reading a trace. */
#ifndef TOOLS_REPLAY_OPTIONS_H
#define TOOLS_REPLAY_OPTIONS_H

#include <getopt.h>

#include "replay.h"
#include "tool.h"
#include "trace.h"

/* Values for getopt_long(); a command's own options follow from REPLAY_OPTION_END on. */
enum {
	REPLAY_OPTION_GUARD = 256,
	REPLAY_OPTION_PAGE,
	REPLAY_OPTION_FORGETS,
	REPLAY_OPTION_ITT,
	REPLAY_OPTION_HW,
	REPLAY_OPTION_FAIL_AT,
	REPLAY_OPTION_REWRITE_HOST,
	REPLAY_OPTION_END
};

/* Entries of a struct option table. */
#define REPLAY_OPTIONS                                                                             \
	{"guard", required_argument, NULL, REPLAY_OPTION_GUARD},                                   \
		{"page", required_argument, NULL, REPLAY_OPTION_PAGE},                             \
		{"forgets", required_argument, NULL, REPLAY_OPTION_FORGETS},                       \
		{"itt", required_argument, NULL, REPLAY_OPTION_ITT},                               \
		{"hw", required_argument, NULL, REPLAY_OPTION_HW},                                 \
		{"fail-at", required_argument, NULL, REPLAY_OPTION_FAIL_AT},                       \
	{                                                                                          \
		"rewrite-host", no_argument, NULL, REPLAY_OPTION_REWRITE_HOST                      \
	}

/* Their lines of a help text. */
#define REPLAY_OPTIONS_HELP                                                                        \
	"Run a trace under other conditions than it names:\n"                                      \
	"      --page=4096|16384|65536\n"                                                          \
	"                           page size of the hypervisor\n"                                 \
	"      --forgets=0|1        whether the ITS forgets a table when Valid is cleared\n"       \
	"      --itt=share|donate   how the guard holds ITTs\n"                                    \
	"      --hw=WORD            ignore, stall, nocache, cache, check or trust; may be\n"       \
	"                           repeated\n"                                                    \
	"      --fail-at=N          the N-th callback after initialisation fails\n"                \
	"      --rewrite-host       host memory changes right after the guard read it\n"

/* Sets one of them; false if its argument makes no sense. */
bool replay_option(struct replay_options *options, int option, const char *word);

/* The value of it that may be meant, or NULL. */
const char *replay_option_nearest(int option, const char *word);

/* A number from 1 on, in decimal digits. */
bool tool_count(const char *word, uint64_t *count);

/*
 * Reads the trace of that name, "-" is standard input. Otherwise TOOL_INPUT, and it has been said
 * on standard error what is wrong; *error has it too.
 */
enum tool_status tool_read_trace(const char *name, struct trace *trace, struct trace_error *error);
/* The same from memory. */
enum tool_status tool_parse_trace(const char *text, size_t size, const char *name,
				  struct trace *trace, struct trace_error *error);

#endif
