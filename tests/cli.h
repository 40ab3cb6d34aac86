/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Runs the itsguard command in a folder of its own and looks at what it prints. */
#ifndef TESTS_CLI_H
#define TESTS_CLI_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/itsguard-test-cli-XXXXXX";
static char output[1 << 20]; /* of the last run: standard output and standard error */

static inline void put_file(const char *name, const void *bytes, size_t size)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

static inline void put_text(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

static inline int remove_files(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/*
 * Runs shell text in the folder, "itsguard" standing for the command and everything it prints in
 * `output`. Its exit status.
 */
static inline int shell(const char *text)
{
	char command[4096];
	FILE *pipe;
	size_t size;
	int status;

	snprintf(command, sizeof(command), "cd %s && itsguard() { '%s' \"$@\"; } && { %s ; } 2>&1",
		 folder, ITSG_CLI, text);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	size = fread(output, 1, sizeof(output) - 1, pipe);
	output[size] = 0;
	status = pclose(pipe);
	if (!WIFEXITED(status))
		fail_msg("%s: did not exit: %s", text, output);
	return WEXITSTATUS(status);
}

static inline void runs(int status, const char *text)
{
	int got = shell(text);

	if (got != status)
		fail_msg("%s: status %d instead of %d: %s", text, got, status, output);
}

static inline void says(const char *words)
{
	if (!strstr(output, words))
		fail_msg("\"%s\" expected in: %s", words, output);
}

static inline void says_not(const char *words)
{
	if (strstr(output, words))
		fail_msg("\"%s\" not expected in: %s", words, output);
}

#endif
