/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What a command costs, from the host's write of CWRITER on, with the library and with the guards
 * of guard.h on the same work:
 *
 *	bench_commands check    what each makes of commands that are wrong; exit status 1 if it is
 *	                        not what is written here
 *	bench_commands liar     the same, with something else written: must exit with 1
 *	bench_commands count    instructions (run it under callgrind)
 *
 *	command/published/COMMAND/BATCH/DEVICES    until it is published
 *	command/over/COMMAND/BATCH/DEVICES         from there until it is over, its slot scrubbed
 *	command/GUARD/COMMAND/BATCH/DEVICES        both, of another guard
 *	idle/read/GUARD, idle/poll/GUARD           with nothing to do: CREADR is read, it is polled
 *
 * And "accesses command/...": to registers of hardware, which outweigh many instructions.
 *
 * For the published guards DEVICES are the pages that they track.
 */
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "itsguard/cmd.h"
#include "path.h"

/*
 * Of each kind, counted. Once in 2048 the ring laps: what is left of a batch then waits for the
 * next look at hardware, and is published in path_finish().
 */
#define COMMANDS 2048u
#define IDLE     64u
#define DEVICES  100u /* where it is about one number of them */

/* The published guards have no more than some 500 pages, and do the same for any batch. */
static const uint32_t tracked[] = {0, 10, 100, 480};
static const uint32_t array_batch[] = {16};

#define ENTRIES(array) (sizeof(array) / sizeof((array)[0]))

static void whole(struct path *path, enum path_command command, uint32_t batch)
{
	path_put(path, command, batch);
	path_write(path);
	path_finish(path);
}

static void write_and_finish(struct path *path)
{
	path_write(path);
	path_finish(path);
}

static void measure(struct path *path, enum path_command command, uint32_t batch, uint32_t devices,
		    void (*op)(struct path *), const char *what)
{
	const uint32_t batches = (COMMANDS + batch - 1) / batch;
	uint64_t accesses = 0;

	for (uint32_t done = 0; done < batches; done++) {
		if (command == PATH_UNMAP)
			whole(path, PATH_MAP, batch);
		path_put(path, command, batch);
		if (op == path_finish)
			path_write(path);
		accesses -= path_accesses(path);
		count_on();
		op(path);
		count_off();
		accesses += path_accesses(path);
		path_finish(path);
		if (command == PATH_MAP)
			whole(path, PATH_UNMAP, batch);
	}
	count_figure((uint64_t)batches * batch, "command/%s/%s/%u/%u", what,
		     path_command_name(command), batch, devices);
	printf("accesses command/%s/%s/%u/%u %.2f\n", what, path_command_name(command), batch,
	       devices, (double)accesses / (batches * batch));
}

/*
 * Each command of the host's has come to hardware, and each page of an ITT that has gone is the
 * host's again; or nothing of this was measured.
 */
static void must_have_worked(struct path *path, const char *name, int64_t shared)
{
	static const uint8_t opcodes[] = {ITSG_CMD_INT, ITSG_CMD_INV, ITSG_CMD_MAPTI, ITSG_CMD_MAPD,
					  ITSG_CMD_MAPC};
	bool all = path_idle(path) && path_shared(path) == shared;

	for (uint32_t i = 0; i < ENTRIES(opcodes); i++)
		all = all && path_passed(path, opcodes[i]) == path_given(path, opcodes[i]);
	/* Guards have SYNCs of their own. */
	if (all && path_passed(path, ITSG_CMD_SYNC) >= path_given(path, ITSG_CMD_SYNC))
		return;
	fprintf(stderr, "%s has not done what the host has put\n", name);
	exit(1);
}

static void count_guard(const struct guard *guard, uint32_t devices, const uint32_t *batch,
			uint32_t batches)
{
	struct path *path = path_new_of(guard, devices);
	const int64_t shared = path_shared(path);

	count_begin();
	for (enum path_command command = 0; command < PATH_COMMANDS; command++) {
		for (uint32_t b = 0; b < batches; b++) {
			if (guard != &guard_itsguard) {
				measure(path, command, batch[b], devices, write_and_finish,
					guard->name);
				continue;
			}
			measure(path, command, batch[b], devices, path_write, "published");
			measure(path, command, batch[b], devices, path_finish, "over");
		}
	}
	count_end();
	must_have_worked(path, guard->name, shared);
	path_free(path);
}

static void count_idle(const struct guard *guard)
{
	struct path *path = path_new_of(guard, DEVICES);

	count_begin();
	for (uint32_t i = 0; i < IDLE; i++) {
		count_on();
		path_read(path);
		count_off();
	}
	count_figure(IDLE, "idle/read/%s", guard->name);
	for (uint32_t i = 0; guard->poll && i < IDLE; i++) {
		count_on();
		path_poll(path);
		count_off();
	}
	if (guard->poll)
		count_figure(IDLE, "idle/poll/%s", guard->name);
	count_end();
	path_free(path);
}

static void count(void)
{
	count_calibrate();
	for (uint32_t n = 0; n < PATH_SIZES; n++) {
		count_guard(&guard_itsguard, path_sizes[n], path_batches, PATH_BATCHES);
		count_guard(&guard_least, path_sizes[n], path_batches, PATH_BATCHES);
	}
	for (uint32_t n = 0; n < ENTRIES(tracked); n++) {
		count_guard(&guard_reviewed, tracked[n], array_batch, ENTRIES(array_batch));
		count_guard(&guard_android, tracked[n], array_batch, ENTRIES(array_batch));
	}
	count_idle(&guard_itsguard);
	count_idle(&guard_least);
	count_idle(&guard_reviewed);
	count_idle(&guard_android);
}

/* ---- commands that are wrong ---- */

#define VALID    (1ull << 63)
#define NOBODY   0x1234u /* a DeviceID that is not mapped */
#define FREE_ITT 0x900000000ull
#define GUESTS   0xa00000000ull

static const struct guard *const guards[] = {&guard_itsguard, &guard_least, &guard_reviewed,
					     &guard_android};

/* Which of them, in this order, refuse it, and which pass it on to hardware. */
static const struct wrong {
	const char *what;
	const char *fate;
	uint64_t word[4];
} wrongs[] = {
	{"nothing wrong", "pppp", {ITSG_CMD_MAPD | (uint64_t)NOBODY << 32, 0, VALID | FREE_ITT, 0}},
	{"an event of a device that is not mapped",
	 "rrpp",
	 {ITSG_CMD_INT | (uint64_t)NOBODY << 32, 0, 0, 0}},
	{"an ITT in a guest's page",
	 "rrrr",
	 {ITSG_CMD_MAPD | (uint64_t)NOBODY << 32, 0, VALID | GUESTS, 0}},
	{"the ITT of another device",
	 "rrrp",
	 {ITSG_CMD_MAPD | (uint64_t)NOBODY << 32, 0, VALID | PATH_ITT_0, 0}},
	{"an unmap of what is not mapped",
	 "rrpr",
	 {ITSG_CMD_MAPD | (uint64_t)NOBODY << 32, 0, FREE_ITT, 0}},
	{"more events than hardware has",
	 "rrpr",
	 {ITSG_CMD_MAPD | (uint64_t)NOBODY << 32, 16, VALID | FREE_ITT, 0}},
	{"an opcode that there is not", "rrpp", {0x50, 0, 0, 0}},
	{"a command about virtual LPIs", "rrpr", {ITSG_CMD_VMAPTI, 0, 0, 0}},
};

static bool is_passed(const struct guard *guard, const struct wrong *wrong)
{
	struct path *path = path_new_of(guard, 10);
	const uint8_t opcode = (uint8_t)wrong->word[0];
	uint64_t before, after;

	path_guests(path, GUESTS >> 12);
	before = path_passed(path, opcode);
	path_put_words(path, wrong->word);
	path_write(path);
	path_finish(path);
	after = path_passed(path, opcode);
	path_drop(path);
	return after != before;
}

static bool check(bool lie)
{
	bool good = true;

	for (uint32_t i = 0; i < ENTRIES(wrongs); i++) {
		for (uint32_t g = 0; g < ENTRIES(guards); g++) {
			const bool passed = is_passed(guards[g], &wrongs[i]);

			if (passed == (wrongs[i].fate[g] == 'p') && !(lie && g == 1))
				continue;
			fprintf(stderr, "%s, %s: %s\n", guards[g]->name, wrongs[i].what,
				passed ? "passed" : "refused");
			good = false;
		}
	}
	return good;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "check") == 0)
		return check(false) ? 0 : 1;
	if (strcmp(mode, "liar") == 0)
		return check(true) ? 0 : 1;
	if (strcmp(mode, "count") != 0) {
		fprintf(stderr, "usage: bench_commands check|liar|count\n");
		return 2;
	}
	count();
	return 0;
}
