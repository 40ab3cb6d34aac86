/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "soak_inputs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

static struct mutator mutator;
static struct soak_input *corpus;
static size_t corpus_count;

/* ---- the corpus ---- */

bool soak_begin(const char *target)
{
	mutator.format = fuzz_format_of(target);
	return mutator.format && mutator.format->shape.op;
}

static bool read_one(const char *path)
{
	struct soak_input *more = realloc(corpus, (corpus_count + 1) * sizeof(*corpus));
	FILE *in = fopen(path, "rb");
	bool read = more && in;

	if (more)
		corpus = more;
	if (read) {
		corpus[corpus_count].size = fread(corpus[corpus_count].data, 1, SOAK_SHORT, in);
		read = !ferror(in);
		corpus_count++;
	}
	if (in)
		fclose(in);
	return read;
}

/* Not as the locale has it: that is not the same everywhere. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

bool soak_read(const char *folder)
{
	struct dirent **entry;
	char path[4096];
	int count = scandir(folder, &entry, is_shown, by_bytes);
	bool read = count >= 0;

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		read = read && read_one(path);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return read;
}

/* ---- numbers ---- */

/* splitmix64, as in mutate.c, apart from what that takes. */
static uint64_t rng;

static uint64_t next(void)
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(size_t limit)
{
	return (size_t)(next() % limit);
}

/* ---- inputs ---- */

static void make_new(struct soak_input *input, size_t max)
{
	const struct random_shape *shape = &mutator.format->shape;
	size_t room = (max - shape->header) / shape->op;
	size_t limit = (size_t)16 << below(7);

	input->size = random_input(next(), shape, input->data, limit < room ? limit : room);
}

static void pick(struct soak_input *input, size_t max)
{
	if (corpus_count == 0) {
		make_new(input, max);
		return;
	}
	*input = corpus[below(corpus_count)];
}

static void cross(struct soak_input *input, const struct soak_input *other, size_t max)
{
	static struct soak_input first;

	memcpy(first.data, input->data, input->size);
	first.size = input->size;
	input->size = mutate_cross(&mutator, first.data, first.size, other->data, other->size,
				   input->data, max);
}

static void change(struct soak_input *input, size_t times, size_t max)
{
	for (; times > 0; times--)
		input->size = mutate(&mutator, input->data, input->size, max);
}

void soak_make(struct soak_input *input, uint64_t chunk, uint64_t number)
{
	static struct soak_input other;
	size_t max;

	rng = chunk;
	rng = next() ^ number;
	mutator.rng = next();
	max = below(8) ? SOAK_SHORT : SOAK_LONG;
	switch (below(8)) {
	case 0:
	case 1:
		make_new(input, max);
		return;
	case 2:
		make_new(input, max);
		make_new(&other, max);
		break;
	case 3:
		make_new(input, max);
		pick(&other, max);
		break;
	case 4:
	case 5:
		pick(input, max);
		pick(&other, max);
		break;
	case 6:
		pick(input, max);
		change(input, 1 + below(4), max);
		return;
	default:
		pick(input, max);
		change(input, 1 + below(32), max);
		return;
	}
	for (size_t times = 1 + below(3); times > 0; times--)
		cross(input, &other, max);
	change(input, below(4), max);
}
