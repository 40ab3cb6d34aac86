/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_hold_TARGET BUDGET EVENT_BITS FILE|FOLDER...: every entry to the library that an input of a
 * fuzz target makes, or with the target `replay` that a trace makes. BUDGET and EVENT_BITS of 0 are
 * those of the input. Run it under callgrind.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "count.h"
#include "hold.h"

static uint8_t input[1u << 22];

static void run_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	const char *slash = strrchr(path, '/');
	size_t size;

	if (!in) {
		perror(path);
		exit(1);
	}
	size = fread(input, 1, sizeof(input), in);
	fclose(in);
	hold_source(slash ? slash + 1 : path);
	hold_input(input, size);
}

static void run_path(const char *path)
{
	struct dirent **entry;
	char name[4096];
	const int count = scandir(path, &entry, NULL, alphasort);

	if (count < 0)
		run_file(path);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.')
			run_file(name);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: bench_hold_%s BUDGET EVENT_BITS FILE|FOLDER...\n",
			fuzz_target);
		return 2;
	}
	hold_force((uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]));
	count_calibrate();
	count_begin();
	for (int i = 3; i < argc; i++)
		run_path(argv[i]);
	count_end();
	return 0;
}
