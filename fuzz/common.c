/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "common.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *fuzz_target = "";
uint64_t fuzz_hash;
uint64_t fuzz_ops;
enum fuzz_plant fuzz_plant;

/* ---- inputs ---- */

static void planted_overflow(void)
{
	volatile uint8_t *block = malloc(8);
	volatile size_t beyond = 8;

	if (block)
		block[beyond] = 1;
	free((void *)block);
}

static void plant_anywhere(void)
{
	if (fuzz_planted(FUZZ_PLANT_crash))
		fuzz_found("a crash was planted");
	if (fuzz_planted(FUZZ_PLANT_overflow))
		planted_overflow();
	/* What changes nothing that can be seen, a compiler may leave out. */
	for (volatile unsigned turn = 0; fuzz_planted(FUZZ_PLANT_hang);)
		turn++;
}

struct fuzz_input fuzz_begin(const uint8_t *data, size_t size, uint8_t *header, size_t bytes)
{
	struct fuzz_input input = {data, size, bytes};

	memset(header, 0, bytes);
	if (size > 0)
		memcpy(header, data, size < bytes ? size : bytes);
	fuzz_hash = 0;
	plant_anywhere();
	return input;
}

const uint8_t *fuzz_next(struct fuzz_input *input, size_t bytes)
{
	if (input->at > input->size || input->size - input->at < bytes)
		return NULL;
	input->at += bytes;
	return input->data + input->at - bytes;
}

/* ---- findings ---- */

void fuzz_found(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "itsguard: %s found: ", fuzz_target);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/*
 * Targets use no heap while they run. What the engine allocates, a copy of each input, need neither
 * be filled nor kept for long after it was freed: that took a tenth of the time.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4:max_malloc_fill_size=0";
}

/* ---- the environment, read once before main() ---- */

static void print_count(void)
{
	double seconds = (double)clock() / CLOCKS_PER_SEC;

	fprintf(stderr, "itsguard: %s: %" PRIu64 " checked operations in %.2f s: %.0f a second\n",
		fuzz_target, fuzz_ops, seconds, (double)fuzz_ops / seconds);
}

__attribute__((constructor)) static void read_environment(void)
{
#define PLANT(name) #name,
	static const char *const names[] = {FUZZ_PLANTS(PLANT)};
#undef PLANT
	const char *plant = getenv("ITSGUARD_FUZZ_PLANT");

	for (unsigned i = 0; plant && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], plant) == 0)
			fuzz_plant = (enum fuzz_plant)i;
	if (getenv("ITSGUARD_FUZZ_COUNT"))
		atexit(print_count);
}
