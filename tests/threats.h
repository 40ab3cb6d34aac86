/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The numbers of docs/THREATS.md: what the rows of its tables begin with. */
#ifndef TESTS_THREATS_H
#define TESTS_THREATS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREATS_MAX 512

struct threats {
	char number[THREATS_MAX][8];
	unsigned count;
};

/* Of attacks, known faults of others and ours, and what honest hosts do: T, R, S, P, F and H. */
static inline bool threats_list(struct threats *threats)
{
	FILE *in = fopen(ITSG_SOURCE_DIR "/docs/THREATS.md", "r");
	char letter[2], digits[4], bar[2];
	char *line = NULL;
	size_t size = 0;

	threats->count = 0;
	while (in && threats->count < THREATS_MAX && getline(&line, &size, in) > 0) {
		if (sscanf(line, "| %1[TRSPFH]%3[0-9] %1[|]", letter, digits, bar) != 3)
			continue;
		snprintf(threats->number[threats->count++], sizeof(threats->number[0]), "%s%s",
			 letter, digits);
	}
	free(line);
	if (in)
		fclose(in);
	return threats->count != 0;
}

static inline bool threats_know(const struct threats *threats, const char *number, size_t length)
{
	for (unsigned i = 0; i < threats->count; i++)
		if (strlen(threats->number[i]) == length &&
		    !strncmp(threats->number[i], number, length))
			return true;
	return false;
}

#endif
