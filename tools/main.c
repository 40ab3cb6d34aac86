/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The itsguard command: picks the subcommand. */
#include <getopt.h>
#include <string.h>

#include "itsguard/version.h"

#include "suggest.h"
#include "tool.h"

static const char help[] =
	"Usage: itsguard COMMAND [OPTION]... [ARGUMENT]...\n"
	"Runs, lists and explains what a host programs into an Arm GIC interrupt\n"
	"translation service (ITS), and what the guard says to it.\n"
	"\n"
	"Commands:\n"
	"  replay FILE...   run traces through the guard in a simulated world\n"
	"  show FILE        tell what happens in a trace, line by line\n"
	"  report FILE...   draw what happens in traces: a page for a browser\n"
	"  decode [FILE]    list a raw dump of 32-byte ITS commands\n"
	"  explain [NAME]   tell what a command, a reason, a register or a number is\n"
	"  fmt FILE         print a trace with its commands in words, or in bytes\n"
	"  import qemu|ftrace LOG\n"
	"                   make a trace of what QEMU, or Linux, tells of its ITS\n"
	"  shrink FILE      make a trace smaller while its finding stays\n"
	"  explain-input TARGET FILE\n"
	"                   print the input of a fuzz target as a trace\n"
	"\n"
	"Options:\n"
	"  -h, --help       show this help; after a command, the help of that command\n"
	"  -V, --version    show the version\n"
	"\n"
	"Exit status: 0 everything as the traces say; 1 a violation, a broken invariant,\n"
	"a mismatch or an unmet expectation; 2 usage; 3 unreadable or malformed input.\n"
	"NO_COLOR in the environment turns colours off.\n";

static const struct {
	const char *name;
	enum tool_status (*run)(int argc, char **argv);
} commands[] = {
	{"replay", replay_command},
	{"show", show_command},
	{"report", report_command},
	{"decode", decode_command},
	{"explain", explain_command},
	{"fmt", fmt_command},
	{"import", import_command},
	{"shrink", shrink_command},
	{"explain-input", explain_input_command},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_version(void)
{
	printf("itsguard %d.%d.%d (trace format %d)\n", ITSGUARD_VERSION >> 16,
	       (ITSGUARD_VERSION >> 8) & 0xff, ITSGUARD_VERSION & 0xff, ITSGUARD_TRACE_VERSION);
}

static enum tool_status no_such_command(const char *word)
{
	const char *names[COMMANDS], *nearest;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	nearest = suggest_nearest(word, names, COMMANDS);
	return tool_usage_error("", "unknown command \"%.40s\"%s%s%s", word,
				nearest ? ", did you mean " : "", nearest ? nearest : "",
				nearest ? "?" : "");
}

static enum tool_status run_command(int argc, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(argc, argv);
	return no_such_command(argv[0]);
}

/* `itsguard help COMMAND` is `itsguard COMMAND --help`. */
static enum tool_status help_command(int argc, char **argv)
{
	static char option[] = "--help";
	char *of[] = {argc > 1 ? argv[1] : NULL, option, NULL};

	if (argc > 2)
		return tool_usage_error("", "help: one COMMAND at a time");
	if (argc == 2)
		return run_command(2, of);
	fputs(help, stdout);
	return TOOL_OK;
}

static enum tool_status run(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};

	/* "+": options behind the command are the command's. */
	int option = getopt_long(argc, argv, "+:hV", options, NULL);

	switch (option) {
	case 'h':
		fputs(help, stdout);
		return TOOL_OK;
	case 'V':
		print_version();
		return TOOL_OK;
	case -1:
		break;
	default:
		return tool_bad_option("", argv, options, option);
	}
	if (optind == argc)
		return tool_usage_error("", "a command is missing");
	argc -= optind;
	argv += optind;
	optind = 0; /* a new scan, for the command's own options */
	return !strcmp(argv[0], "help") ? help_command(argc, argv) : run_command(argc, argv);
}

int main(int argc, char **argv)
{
	enum tool_status status = run(argc, argv);

	/* Not flushed or not written: a full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		tool_complain("cannot write to standard output");
		return TOOL_INPUT;
	}
	return (int)status;
}
