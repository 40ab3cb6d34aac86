/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "walk.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MOST 64u
#define SHORTEST     32u
#define LENGTHS      8u /* each twice the one before */
#define LONGEST      (SHORTEST << (LENGTHS - 1))
#define CHECK_EVERY  32u /* steps: what is asked of a state */
#define PATIENCE     20  /* seconds of a processor for a walk: it hangs */

/* What a process tells, in memory that all of them see. */
struct report {
	struct walk_totals totals;
	bool found;
	bool checking; /* it is the state that is asked, not the step */
	char what[sizeof(((struct explore_finding *)NULL)->what)];
	uint32_t length;
	struct store_step path[LONGEST];
};

struct walker {
	const struct walk_options *options;
	struct report *report;
	uint64_t rng;
	uint8_t *source;
	uint8_t *canonical;
	uint8_t *raw;
	uint32_t fault_every;       /* calls; 0: none fail */
	uint32_t weight[ACTS_MOST]; /* sums: of an act and all before it */
};

static uint8_t *walk_first; /* the image that all begin with */

/* ---- numbers ---- */

/* splitmix64 */
static uint64_t walk_next(uint64_t *rng)
{
	uint64_t z = (*rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t walk_below(struct walker *walker, uint32_t limit)
{
	return (uint32_t)(walk_next(&walker->rng) % limit);
}

static uint64_t walk_begin_rng(uint64_t seed, uint64_t number)
{
	uint64_t rng = seed;

	rng = walk_next(&rng) ^ number;
	return walk_next(&rng);
}

static uint32_t walk_length(uint64_t seed, uint64_t number)
{
	uint64_t rng = ~walk_begin_rng(seed, number);

	return SHORTEST << walk_next(&rng) % LENGTHS;
}

/* ---- which act ---- */

/* Registers that are set, and those that are cleared: of the former a host has more need. */
static bool walk_sets(const struct act *act)
{
	if (act->kind != ACT_WRITE && act->kind != ACT_CBASER)
		return false;
	return act->answer != ANSWER_REFUSED &&
	       (act->offset == ITSG_GITS_CTLR ? act->value & 1
					      : act->width == 8 && act->value >> 63);
}

/* Commands that say nothing new to a guard are many. */
static uint32_t walk_weight_of_command(const struct command *command)
{
	static const uint8_t weights[] = {
		[COMMAND_BAD] = 4,    [COMMAND_MAP] = 26,  [COMMAND_UNMAP] = 12,
		[COMMAND_EVENT] = 10, [COMMAND_PLAIN] = 4, [COMMAND_MAPC] = 4,
	};

	return weights[command->kind];
}

static uint32_t walk_weight_of(const struct act *act)
{
	static const uint8_t weights[] = {
		[ACT_WRITE] = 3,   [ACT_CBASER] = 1,     [ACT_READ] = 12,    [ACT_WORD] = 6,
		[ACT_RETRY] = 3,   [ACT_GIVE] = 1,       [ACT_BACK] = 3,     [ACT_RD_WRITE] = 8,
		[ACT_RD_READ] = 4, [ACT_RUN] = 24,       [ACT_QUIESCE] = 6,  [ACT_STALL] = 2,
		[ACT_POWER] = 1,   [ACT_RD_SETTLE] = 6,  [ACT_RD_LOST] = 1,  [ACT_RD_OFF] = 1,
		[ACT_RD_ON] = 3,   [ACT_RD_FOREIGN] = 1, [ACT_SLEEP] = 1,    [ACT_WAKE] = 3,
		[ACT_RESERVE] = 1, [ACT_GONE] = 1,       [ACT_RD_ADOPT] = 1, [ACT_RD_POLL] = 4,
		[ACT_RD_GONE] = 1,
	};

	if (act->kind == ACT_COMMAND)
		return walk_weight_of_command(&commands[act->value]);
	return walk_sets(act) ? 10 : weights[act->kind];
}

static bool walk_are_kin(const struct act *a, const struct act *b)
{
	return a->kind == b->kind && walk_sets(a) == walk_sets(b) &&
	       (a->kind != ACT_COMMAND || commands[a->value].kind == commands[b->value].kind);
}

/* There are many commands, and one read. */
static uint32_t walk_kin(const struct act *act)
{
	uint32_t kin = 0;

	for (uint32_t i = 0; i < act_count; i++)
		kin += walk_are_kin(&acts[i], act);
	return kin;
}

/* What goes on always must be there, or a walk may come to where it can do nothing. */
static bool walk_is_needed(const struct act *act)
{
	return act->kind == ACT_READ || act->kind == ACT_RUN || act->kind == ACT_RD_POLL ||
	       walk_sets(act);
}

/* What this walk thinks of each act: a fifth it never does. */
static void walk_choose_weights(struct walker *walker)
{
	static const uint32_t likes[] = {0, 1, 1, 2, 6};
	static uint32_t weights[ACTS_MOST];
	uint32_t sum = 0;

	for (uint32_t i = 0; i < act_count; i++) {
		const uint32_t like = likes[walk_below(walker, 5)];

		if (!weights[i])
			weights[i] = 1 + 4096 * walk_weight_of(&acts[i]) / walk_kin(&acts[i]);
		sum += weights[i] * (walk_is_needed(&acts[i]) ? like + 1 : like);
		walker->weight[i] = sum;
	}
}

static uint16_t walk_choose(struct walker *walker)
{
	const uint32_t at = walk_below(walker, walker->weight[act_count - 1]);
	uint32_t low = 0, end = act_count - 1;

	while (low < end) {
		const uint32_t middle = (low + end) / 2;

		if (walker->weight[middle] > at)
			end = middle;
		else
			low = middle + 1;
	}
	return (uint16_t)low;
}

static struct fault walk_choose_fault(struct walker *walker)
{
	struct fault fault = {0, false};

	if (!walker->fault_every || walk_below(walker, walker->fault_every))
		return fault;
	fault.nth = (uint8_t)(1 + walk_below(walker, 1u << walk_below(walker, 5)));
	fault.on = the_world.faults > 1 && walk_below(walker, 3) == 0;
	return fault;
}

/* ---- a step ---- */

/* I3 is asked of what is refused, and needs canonical forms. */
static enum step_result walk_take(struct walker *walker, const struct store_step *step)
{
	const struct fault fault = {step->fault, step->on != 0};
	const struct act *act = &acts[step->act];
	enum step_result result = step_take(walker->source, act, fault, NULL, NULL);

	if (result == STEP_DONE && the_outcome.reason != ITSG_OK)
		result = step_take(walker->source, act, fault, walker->canonical, walker->raw);
	else
		memcpy(walker->raw, the_state.image, the_state.bytes);
	if (result == STEP_DONE)
		memcpy(walker->source, walker->raw, the_state.bytes);
	return result;
}

_Noreturn static void walk_found(struct report *report)
{
	snprintf(report->what, sizeof(report->what), "%s", the_outcome.broken);
	report->found = true;
	_exit(1);
}

/* The state stays as it is: what is asked is asked of a copy. */
static void walk_check(struct walker *walker)
{
	struct report *report = walker->report;

	report->checking = true;
	if (!step_check_state(walker->source))
		walk_found(report);
	report->checking = false;
	report->totals.checked++;
}

static void walk_count(struct walk_totals *totals, const struct store_step *step)
{
	totals->steps++;
	totals->failing += step->fault != 0;
	totals->refused += the_outcome.refused;
	totals->digest = (totals->digest ^ the_outcome.digest) * 0x9e3779b97f4a7c15u;
	totals->digest ^= totals->digest >> 29;
}

/* False: nothing of it can happen here. */
static bool walk_try(struct walker *walker, struct store_step *step)
{
	struct report *report = walker->report;
	enum step_result result;

	report->path[report->length] = *step;
	report->length++;
	result = walk_take(walker, step);
	if (result == STEP_BROKEN)
		walk_found(report);
	if (result == STEP_DONE)
		return true;
	report->length--;
	return false;
}

static void walk_step(struct walker *walker, struct walk_totals *totals)
{
	struct store_step step = {0};

	for (;;) {
		const struct fault fault = walk_choose_fault(walker);

		step.act = walk_choose(walker);
		step.fault = act_calls(&acts[step.act]) ? fault.nth : 0;
		step.on = step.fault && fault.on;
		if (walk_try(walker, &step))
			break;
	}
	walk_count(totals, &step);
}

/* ---- a walk ---- */

static void walk_be_patient(void)
{
	const struct itimerval patience = {{0, 0}, {PATIENCE, 0}};

	setitimer(ITIMER_PROF, &patience, NULL);
}

/* Commands that were accepted on the way to a state. */
static uint64_t walk_accepted(const uint8_t *image)
{
	uint64_t accepted = 0;

	memcpy(the_state.image, image, the_state.bytes);
	for (uint32_t its = 0; its < the_world.its; its++) {
		struct itsg_stats stats;

		itsg_get_stats(the_state.its[its], &stats);
		accepted += stats.accepted;
	}
	return accepted;
}

static void walk_begin(struct walker *walker, uint64_t number)
{
	static const uint32_t faults[] = {0, 64, 16, 4};

	walker->rng = walk_begin_rng(walker->options->seed, number);
	walker->fault_every = the_world.faults ? faults[walk_below(walker, 4)] : 0;
	walk_choose_weights(walker);
	walker->report->length = 0;
	memcpy(walker->source, walk_first, the_state.bytes);
	walk_be_patient();
}

/* Walks are added up, in whatever order. */
static void walk_add(struct walk_totals *totals, const struct walk_totals *more)
{
	totals->steps += more->steps;
	totals->walks += more->walks;
	totals->accepted += more->accepted;
	totals->refused += more->refused;
	totals->failing += more->failing;
	totals->checked += more->checked;
	totals->digest += more->digest;
}

static void walk_one(struct walker *walker, uint64_t number, uint64_t steps)
{
	struct walk_totals totals = {.walks = 1};

	walk_begin(walker, number);
	for (uint64_t i = 1; i <= steps; i++) {
		walk_step(walker, &totals);
		if (i % CHECK_EVERY == 0 || i == steps)
			walk_check(walker);
	}
	totals.accepted = walk_accepted(walker->source) - walk_accepted(walk_first);
	walk_add(&walker->report->totals, &totals);
}

static uint8_t *walk_room(void)
{
	uint8_t *room = malloc(the_state.bytes);

	if (!room)
		abort();
	return room;
}

/* Every so many-th of the walks; the last one is cut off. */
static void walk_run(const struct walk_options *options, struct report *report, uint32_t worker)
{
	static struct walker walker;
	const time_t begun = time(NULL);
	uint64_t taken = 0;

	walker.options = options;
	walker.report = report;
	walker.source = walk_room();
	walker.canonical = walk_room();
	walker.raw = walk_room();
	for (uint64_t number = 0; taken < options->steps; number++) {
		const uint64_t left = options->steps - taken;
		const uint64_t length = walk_length(options->seed, number);

		taken += length;
		if (number % options->workers != worker)
			continue;
		if (options->seconds && (uint64_t)(time(NULL) - begun) >= options->seconds)
			break;
		walk_one(&walker, number, length < left ? length : left);
	}
	_exit(0);
}

/* ---- findings ---- */

static void walk_name_end(int status, char *what, size_t size)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		snprintf(what, size, "the guard does not return");
	else if (WIFSIGNALED(status))
		snprintf(what, size, "the guard ends by signal %d", WTERMSIG(status));
	else
		snprintf(what, size, "the guard ends with status %d", WEXITSTATUS(status));
}

static bool walk_wait(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* A path, in a process that may come to a bad end. Acts that cannot happen any more do not. */
static void walk_again(struct report *report, const struct store_step *path, uint32_t length)
{
	static struct walker walker;
	const bool checks = report->checking;

	walker.report = report;
	walker.source = walk_room();
	walker.canonical = walk_room();
	walker.raw = walk_room();
	memcpy(walker.source, walk_first, the_state.bytes);
	report->length = 0;
	report->checking = false;
	walk_be_patient();
	for (uint32_t i = 0; i < length; i++) {
		struct store_step step = path[i];

		walk_try(&walker, &step);
	}
	if (checks)
		walk_check(&walker);
	_exit(0);
}

/*
 * Does the path show the same? Then *path becomes what is left of it. `known` says what is to be
 * seen, `report` is room for the answer.
 */
static bool walk_shows(struct report *report, const struct report *known, struct store_step *path,
		       uint32_t *length)
{
	int status;
	pid_t pid;

	memset(report, 0, sizeof(*report));
	report->checking = known->checking;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		walk_again(report, path, *length);
	if (pid < 0 || !walk_wait(pid, &status))
		return false;
	if (!report->found && (WIFSIGNALED(status) || WEXITSTATUS(status))) {
		walk_name_end(status, report->what, sizeof(report->what));
		report->found = true;
	}
	if (!report->found || report->checking != known->checking ||
	    strcmp(report->what, known->what) != 0)
		return false;
	memcpy(path, report->path, report->length * sizeof(*path));
	*length = report->length;
	return true;
}

/* Without so many acts from one on. */
static bool walk_drop(struct report *report, struct report *known, uint32_t from, uint32_t count)
{
	static struct store_step path[LONGEST];
	uint32_t length = known->length - count;

	memcpy(path, known->path, from * sizeof(*path));
	memcpy(path + from, known->path + from + count, (length - from) * sizeof(*path));
	if (!walk_shows(report, known, path, &length))
		return false;
	memcpy(known->path, path, length * sizeof(*path));
	known->length = length;
	return true;
}

static bool walk_drop_all(struct report *report, struct report *known, uint32_t count)
{
	uint32_t from = known->length;
	bool dropped = false;

	while (from >= count) {
		from -= count;
		if (from + count <= known->length && walk_drop(report, known, from, count))
			dropped = true;
	}
	return dropped;
}

static void walk_shorten(struct report *report, struct report *known)
{
	for (uint32_t count = known->length / 2; count > 1; count /= 2)
		walk_drop_all(report, known, count);
	while (walk_drop_all(report, known, 1))
		;
}

static void walk_tell(struct report *report, struct report *known, struct explore_finding *finding)
{
	walk_shorten(report, known);
	snprintf(finding->what, sizeof(finding->what), "%s", known->what);
	finding->length = known->length;
	finding->path = calloc(known->length + 1, sizeof(*finding->path));
	if (!finding->path)
		abort();
	memcpy(finding->path, known->path, known->length * sizeof(*finding->path));
}

/* ---- all of it ---- */

static uint64_t walk_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void walk_end_all(const pid_t *pids, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) >= 0 || errno == EINTR)
		;
}

static bool walk_fork(const struct walk_options *options, struct report *reports, pid_t *pids)
{
	fflush(NULL);
	for (uint32_t i = 0; i < options->workers; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			walk_run(options, &reports[i], i);
		if (pids[i] < 0) {
			walk_end_all(pids, i);
			return false;
		}
	}
	return true;
}

static uint32_t walk_number_of(const pid_t *pids, uint32_t workers, pid_t pid)
{
	uint32_t i = 0;

	while (i < workers && pids[i] != pid)
		i++;
	return i;
}

/* The first one that ends with a finding ends the others. */
static struct report *walk_wait_for_all(const struct walk_options *options, struct report *reports,
					const pid_t *pids)
{
	struct report *found = NULL;
	int status;
	pid_t pid;

	while ((pid = wait(&status)) >= 0 || errno == EINTR) {
		const uint32_t number =
			pid < 0 ? options->workers : walk_number_of(pids, options->workers, pid);

		if (number == options->workers || found || status == 0)
			continue;
		found = &reports[number];
		if (!found->found)
			walk_name_end(status, found->what, sizeof(found->what));
		for (uint32_t i = 0; i < options->workers; i++)
			if (i != number)
				kill(pids[i], SIGKILL);
	}
	return found;
}

enum explore_end walk(const struct walk_options *options, struct walk_totals *totals,
		      struct explore_finding *finding)
{
	const size_t bytes = (WORKERS_MOST + 1) * sizeof(struct report);
	struct report *reports =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const uint64_t begun = walk_clock();
	struct report *found;
	pid_t pids[WORKERS_MOST];

	if (reports == MAP_FAILED)
		return EXPLORE_FAILED;
	walk_first = walk_room();
	memcpy(walk_first, the_state.image, the_state.bytes);
	memset(totals, 0, sizeof(*totals));
	if (!walk_fork(options, reports, pids))
		return EXPLORE_FAILED;
	found = walk_wait_for_all(options, reports, pids);
	for (uint32_t i = 0; i < options->workers; i++)
		walk_add(totals, &reports[i].totals);
	totals->milliseconds = walk_clock() - begun;
	if (!found)
		return totals->steps < options->steps ? EXPLORE_STOPPED : EXPLORE_CLOSED;
	walk_tell(&reports[WORKERS_MOST], found, finding);
	return EXPLORE_FOUND;
}
