/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_captures count TRACE...: recorded Linux, played without the simulator.
 *
 *	capture/command/NAME     instructions, all entries of a capture by its commands
 *	capture/type/COMMAND     from its fetch to published, over all captures
 *	capture/idle             an entry that finds nothing to do
 *
 * bench_captures time TRACE...: "ns capture/command/NAME", the quickest of many.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "count.h"
#include "itsguard/cmd.h"
#include "itsguard/names.h"
#include "tape.h"

#define PLAYS 200

static struct tape *record(const char *path, uint32_t budget)
{
	struct tape *tape = tape_record(path, budget);

	if (tape)
		return tape;
	fprintf(stderr, "%s: cannot be replayed\n", path);
	exit(1);
}

static void count_captures(int count, char **path)
{
	for (int i = 0; i < count; i++) {
		struct tape *tape = record(path[i], 0);

		count_begin();
		tape_play(tape, TAPE_ALL);
		count_figure(tape_commands(tape), "capture/command/%s", tape_name(tape));
		count_end();
		tape_free(tape);
	}
}

/* Two entries of a budget of 1 for each command: its fetch, and what comes of it. */
static void count_types(int count, char **path)
{
	struct tape *tape[64];

	for (int i = 0; i < count; i++)
		tape[i] = record(path[i], 1);
	for (uint32_t sort = 0; sort <= TAPE_IDLE; sort++) {
		const bool command = sort < TAPE_ALL && itsg_cmd_known((uint8_t)sort);
		uint64_t entries = 0;

		if (!command && sort != TAPE_IDLE)
			continue;
		count_begin();
		for (int i = 0; i < count; i++)
			entries += tape_play(tape[i], sort);
		if (entries && command)
			count_figure(entries / 2, "capture/type/%s",
				     itsg_opcode_name((uint8_t)sort));
		else if (sort == TAPE_IDLE)
			count_figure(entries, "capture/idle");
		count_end();
	}
	for (int i = 0; i < count; i++)
		tape_free(tape[i]);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void time_captures(int count, char **path)
{
	for (int i = 0; i < count; i++) {
		struct tape *tape = record(path[i], 0);
		double least = 1e9;

		for (int play = 0; play < PLAYS; play++) {
			const double begin = seconds();
			double took;

			tape_play(tape, TAPE_ALL);
			took = seconds() - begin;
			least = took < least ? took : least;
		}
		printf("ns capture/command/%s %.1f\n", tape_name(tape),
		       least * 1e9 / (double)tape_commands(tape));
		tape_free(tape);
	}
}

int main(int argc, char **argv)
{
	if (argc > 2 && argc < 64 && strcmp(argv[1], "time") == 0) {
		time_captures(argc - 2, argv + 2);
		return 0;
	}
	if (argc < 3 || argc >= 64 || strcmp(argv[1], "count") != 0) {
		fprintf(stderr, "usage: bench_captures count|time TRACE...\n");
		return 2;
	}
	count_calibrate();
	count_captures(argc - 2, argv + 2);
	count_types(argc - 2, argv + 2);
	return 0;
}
