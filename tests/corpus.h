/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The trace files of the corpus, for tests that replay them. */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/names.h"
#include "replay.h"
#include "trace.h"

#define CORPUS_MAX 512

struct corpus {
	char *path[CORPUS_MAX];
	unsigned count;
};

static inline int corpus_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All of ITSG_CORPUS_DIR/PART/PREFIX*.trace, in the order of their names. */
static inline void corpus_list(struct corpus *corpus, const char *part, const char *prefix)
{
	char name[1024];
	struct dirent *entry;
	DIR *dir;

	corpus->count = 0;
	snprintf(name, sizeof(name), "%s/%s", ITSG_CORPUS_DIR, part);
	dir = opendir(name);
	while (dir && corpus->count < CORPUS_MAX && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (len < 6 || strcmp(entry->d_name + len - 6, ".trace") != 0 ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s/%s", ITSG_CORPUS_DIR, part, entry->d_name);
		corpus->path[corpus->count++] = strdup(name);
	}
	if (dir)
		closedir(dir);
	qsort(corpus->path, corpus->count, sizeof(corpus->path[0]), corpus_order);
}

static inline void corpus_free(struct corpus *corpus)
{
	while (corpus->count > 0)
		free(corpus->path[--corpus->count]);
}

static inline bool corpus_known_reason(const char *name, const char **nearest)
{
	enum itsg_reason reason;

	(void)nearest;
	return itsg_reason_from_name(name, &reason);
}

/* Reads a trace file; false, with the error printed, if it is malformed. */
static inline bool corpus_read(const char *path, struct trace *trace)
{
	struct trace_error error;
	FILE *in = fopen(path, "r");
	int failed;

	if (!in) {
		fprintf(stderr, "%s: cannot be opened\n", path);
		return false;
	}
	failed = trace_read(in, path, corpus_known_reason, trace, &error);
	fclose(in);
	if (failed)
		fprintf(stderr, "%s\n", error.message);
	return !failed;
}

/* A report function: ctx is what to put in front of the line number. */
static inline void corpus_say(void *ctx, const struct replay_report *report)
{
	const char *name = ctx;

	if (report->kind >= REPLAY_VIOLATION)
		fprintf(stderr, "%s:%u: %s\n", name, (unsigned)report->line, report->text);
}

#endif
