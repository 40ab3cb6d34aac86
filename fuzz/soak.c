/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A long run of a target without an engine: inputs from a number, as many as it takes.
 *
 *	TARGET_soak [--seed S] [--steps N] [--chunk STEPS] [--jobs N] [--seconds S]
 *		[--log FILE [--resume]] [--found PREFIX] [FOLDER...]
 *
 * What is run comes in chunks. A chunk is made of its number, the first one of S, and of the files
 * in the folders: the same inputs in the same order on any machine, until so many steps are done.
 * Each ends with a line in the log; one that was interrupted has none, and --resume does it again.
 *
 * A finding ends the program: its input is PREFIX-CHUNK-INPUT, for TARGET_fuzzer.
 *
 * Exit status: 0 nothing was found; 1 something was; 2 usage; 3 a file cannot be read or written.
 */
#include "soak_inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define PATIENCE  60 /* seconds of a processor for one input */
#define JOBS_MOST 64u

struct soak {
	uint64_t seed;
	uint64_t steps; /* in all */
	uint64_t chunk; /* steps of one */
	uint64_t seconds;
	uint32_t jobs;
	const char *log;
	const char *found;
	const char *tree; /* what the inputs and the program are made of: in each line of the log */
	bool resume;
	bool *done; /* chunks that are in the log, from the first one on */
	uint64_t chunks;
	time_t begun;
};

/* The input under way, for the handler of what ends the program. */
static struct soak_input input;
static char found_name[4096];

/* ---- findings ---- */

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(3);
}

static void on_end(int number)
{
	int file = open(found_name, O_CREAT | O_TRUNC | O_WRONLY, 0666);
	bool saved = file >= 0 && write(file, input.data, input.size) == (ssize_t)input.size;

	if (number == SIGPROF)
		say("itsguard: an input does not end\n");
	else if (number != SIGABRT)
		say("itsguard: ended by a signal\n");
	say(saved ? "itsguard: the input is " : "itsguard: the input could not be written: ");
	say(found_name);
	say("\n");
	_exit(1);
}

static void watch(void)
{
	const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPROF};
	struct sigaction action = {.sa_handler = on_end};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static void be_patient(int seconds)
{
	const struct itimerval patience = {{0, 0}, {seconds, 0}};

	setitimer(ITIMER_PROF, &patience, NULL);
}

/* ---- a chunk ---- */

/* In one write, so that lines of several processes stay whole. */
static bool note_chunk(const struct soak *soak, const char *line)
{
	int file = soak->log ? open(soak->log, O_CREAT | O_APPEND | O_WRONLY, 0666) : STDOUT_FILENO;
	size_t size = strlen(line);
	bool noted = file >= 0 && write(file, line, size) == (ssize_t)size;

	if (!noted)
		perror(soak->log ? soak->log : "standard output");
	if (file >= 0 && soak->log)
		close(file);
	return noted;
}

static bool run_chunk(const struct soak *soak, uint64_t chunk)
{
	uint64_t before = fuzz_ops, count = 0, hash = 0;
	char line[160];

	while (fuzz_ops - before < soak->chunk) {
		soak_make(&input, chunk, count);
		snprintf(found_name, sizeof(found_name), "%s-%" PRIu64 "-%" PRIu64, soak->found,
			 chunk, count);
		be_patient(PATIENCE);
		LLVMFuzzerTestOneInput(input.data, input.size);
		be_patient(0);
		hash = (hash ^ fuzz_hash) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
		count++;
	}
	snprintf(line, sizeof(line),
		 "%s seed=%" PRIu64 " inputs=%" PRIu64 " steps=%" PRIu64 " hash=%016" PRIx64
		 " tree=%.31s\n",
		 fuzz_target, chunk, count, fuzz_ops - before, hash, soak->tree);
	return note_chunk(soak, line);
}

/* ---- a process: every so many-th of the chunks ---- */

static bool is_over(const struct soak *soak)
{
	return soak->seconds && (uint64_t)(time(NULL) - soak->begun) >= soak->seconds;
}

static int run_job(const struct soak *soak, uint32_t job)
{
	watch();
	for (uint64_t i = job; i < soak->chunks && !is_over(soak); i += soak->jobs)
		if (!soak->done[i] && !run_chunk(soak, soak->seed + i))
			return 3;
	return 0;
}

/* The others end with the first one that has something to say. */
static int wait_for_all(const pid_t *pids, uint32_t jobs)
{
	int status, worst = 0;

	while (wait(&status) >= 0 || errno == EINTR) {
		const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

		for (uint32_t job = 0; code && !worst && job < jobs; job++)
			kill(pids[job], SIGTERM);
		worst = worst ? worst : code;
	}
	return worst;
}

static int run_all(const struct soak *soak)
{
	pid_t pids[JOBS_MOST];

	fflush(NULL);
	for (uint32_t job = 0; job < soak->jobs; job++) {
		pids[job] = fork();
		if (pids[job] == 0)
			_exit(run_job(soak, job));
		if (pids[job] < 0)
			return wait_for_all(pids, job) ? 1 : 3;
	}
	return wait_for_all(pids, soak->jobs);
}

/* ---- the log ---- */

static void read_line(struct soak *soak, const char *line)
{
	char target[32], tree[32];
	uint64_t seed, inputs, steps, hash;

	if (sscanf(line,
		   "%31s seed=%" SCNu64 " inputs=%" SCNu64 " steps=%" SCNu64 " hash=%" SCNx64
		   " tree=%31s",
		   target, &seed, &inputs, &steps, &hash, tree) == 6 &&
	    strcmp(target, fuzz_target) == 0 && strcmp(tree, soak->tree) == 0 &&
	    seed >= soak->seed && seed - soak->seed < soak->chunks && steps >= soak->chunk)
		soak->done[seed - soak->seed] = true;
}

static void read_log(struct soak *soak)
{
	FILE *in = fopen(soak->log, "r");
	char line[256];

	while (in && fgets(line, sizeof(line), in))
		read_line(soak, line);
	if (in)
		fclose(in);
}

static bool begin(struct soak *soak, char **folders)
{
	if (!soak_begin(fuzz_target))
		return false;
	for (; *folders; folders++)
		if (!soak_read(*folders))
			return false;
	soak->begun = time(NULL);
	soak->chunks = (soak->steps + soak->chunk - 1) / soak->chunk;
	soak->done = calloc(soak->chunks, sizeof(*soak->done));
	if (!soak->done)
		return false;
	if (soak->log && soak->resume)
		read_log(soak);
	else if (soak->log)
		remove(soak->log);
	return true;
}

/* ---- arguments ---- */

enum soak_option {
	OPT_SEED = 256,
	OPT_STEPS,
	OPT_CHUNK,
	OPT_JOBS,
	OPT_SECONDS,
	OPT_LOG,
	OPT_RESUME,
	OPT_FOUND,
	OPT_TREE
};

static const struct option long_options[] = {
	{"seed", required_argument, NULL, OPT_SEED},
	{"steps", required_argument, NULL, OPT_STEPS},
	{"chunk", required_argument, NULL, OPT_CHUNK},
	{"jobs", required_argument, NULL, OPT_JOBS},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"log", required_argument, NULL, OPT_LOG},
	{"resume", no_argument, NULL, OPT_RESUME},
	{"found", required_argument, NULL, OPT_FOUND},
	{"tree", required_argument, NULL, OPT_TREE},
	{NULL, 0, NULL, 0},
};

static bool take_number(uint64_t *out, const char *text)
{
	char *end;

	*out = strtoull(text, &end, 10);
	return end != text && *end == '\0' && *out > 0;
}

static bool take(struct soak *soak, int option, const char *value)
{
	uint64_t jobs;

	switch (option) {
	case OPT_SEED:
		return take_number(&soak->seed, value);
	case OPT_STEPS:
		return take_number(&soak->steps, value);
	case OPT_CHUNK:
		return take_number(&soak->chunk, value);
	case OPT_SECONDS:
		return take_number(&soak->seconds, value);
	case OPT_JOBS:
		if (!take_number(&jobs, value) || jobs > JOBS_MOST)
			return false;
		soak->jobs = (uint32_t)jobs;
		return true;
	case OPT_LOG:
		soak->log = value;
		return true;
	case OPT_FOUND:
		soak->found = value;
		return true;
	case OPT_TREE:
		soak->tree = value;
		return true;
	case OPT_RESUME:
		return soak->resume = true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct soak soak = {.seed = 1,
			    .steps = 1000000,
			    .chunk = 1000000,
			    .jobs = 1,
			    .found = "found",
			    .tree = "-"};
	int option, status = 3;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!take(&soak, option, optarg)) {
			fprintf(stderr, "soak: wrong argument\n");
			return 2;
		}
	if (begin(&soak, argv + optind))
		status = run_all(&soak);
	else
		perror("soak");
	free(soak.done);
	return status;
}
