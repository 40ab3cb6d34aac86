/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A plain main() for any compiler: runs a target on files, and on all files of folders, each twice
 * with another input in between: the same input must have the same outcome, whatever ran before.
 *
 *	NAME_fuzzer [--hash] FILE|FOLDER...
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common.h"

static bool print_hash;
static unsigned files;

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t room = 0, got;

	*size = 0;
	if (!in)
		return NULL;
	do {
		room = room ? room * 2 : 4096;
		data = realloc(data, room);
		if (!data)
			break;
		got = fread(data + *size, 1, room - *size, in);
		*size += got;
	} while (*size == room);
	fclose(in);
	/* Exactly as long as the input, so that reading beyond it is seen. */
	return data && *size ? realloc(data, *size) : data;
}

static uint64_t run_once(const uint8_t *data, size_t size)
{
	LLVMFuzzerTestOneInput(data, size);
	return fuzz_hash;
}

static bool run_file(const char *path)
{
	static const uint8_t nothing[1];
	size_t size;
	uint8_t *data = read_file(path, &size);
	uint64_t first;

	if (!data) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	fprintf(stderr, "%s: %zu bytes\n", path, size);
	first = run_once(data, size);
	run_once(nothing, 0);
	if (run_once(data, size) != first)
		fuzz_found("the same input had another outcome the second time");
	if (print_hash)
		printf("%016" PRIx64 " %s\n", first, path);
	free(data);
	files++;
	return true;
}

static bool run_path(const char *path);

static bool run_folder(const char *path)
{
	struct dirent **entry;
	char name[4096];
	int count = scandir(path, &entry, NULL, alphasort);
	bool ok = count >= 0;

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.' && !run_path(name))
			ok = false;
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return ok;
}

static bool run_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return run_folder(path);
	return run_file(path);
}

int main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--hash") == 0)
			print_hash = true;
		else if (argv[i][0] != '-' && !run_path(argv[i]))
			ok = false;
	}
	fprintf(stderr, "%s: %u inputs, %" PRIu64 " checked operations\n", fuzz_target, files,
		fuzz_ops);
	return ok && files > 0 ? 0 : 1;
}
