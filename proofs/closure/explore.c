/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#define _GNU_SOURCE /* fallocate */
#include "explore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MOST 64u
#define PATIENCE     60 /* seconds of a processor for all acts of one state: it hangs */
#define FAULTS_MOST  64u

/* What a process tells, in memory that all of them see. */
struct report {
	uint64_t expanded;
	uint64_t transitions;
	uint64_t failing;
	struct store_step at; /* where it is: if it ends badly that is the finding */
	bool found;
	bool failed; /* its disk is full */
	char what[sizeof(((struct explore_finding *)NULL)->what)];
};

struct explorer {
	const struct explore_options *options;
	struct explore_totals *totals;
	struct store_set set;
	uint8_t *first;     /* the image that states differ from */
	FILE *states;       /* those that are not expanded, whole */
	FILE *known;        /* of all: hashes, and where they came from */
	off_t next;         /* where the first state is that is not expanded */
	uint64_t batch_end; /* number of the first state behind the batch */
	struct report *reports;
	struct timespec begun;
	uint64_t spent_before; /* milliseconds, of runs before */
};

static uint8_t *explore_room(void)
{
	uint8_t *room = malloc(the_state.bytes);

	if (!room)
		abort();
	return room;
}

static void explore_path(const struct explorer *explorer, const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", explorer->options->folder, name);
}

/* ---- a process ---- */

struct worker {
	const struct explorer *explorer;
	struct report *report;
	struct store_set seen; /* what it has written in this batch */
	FILE *out;
	uint8_t *source;
	uint8_t *canonical;
	uint8_t *raw; /* NULL without --twice */
	struct store_state state;
};

static void worker_failed(const struct worker *worker)
{
	worker->report->failed = true;
	_exit(1);
}

static void worker_found(const struct worker *worker)
{
	struct report *report = worker->report;

	snprintf(report->what, sizeof(report->what), "%s", the_outcome.broken);
	report->found = true;
	_exit(1);
}

/* What is kept of a state is its canonical form, or with --twice what came of the act, as it is. */
static void worker_keep(struct worker *worker, uint32_t level)
{
	const struct explorer *explorer = worker->explorer;
	struct store_state *state = &worker->state;
	struct store_key key;

	store_encode(worker->canonical, explorer->first, the_state.bytes, state);
	key = state->record.key;
	if (store_has(&explorer->set, key) || !store_add(&worker->seen, key))
		return;
	if (!step_check_state(worker->canonical))
		worker_found(worker);
	if (worker->raw)
		store_encode(worker->raw, explorer->first, the_state.bytes, state);
	state->record.key = key;
	state->record.step = worker->report->at;
	state->record.level = level + 1;
	if (!store_write(worker->out, state))
		worker_failed(worker);
}

static bool worker_step(struct worker *worker, uint16_t act, struct fault fault, uint32_t level)
{
	struct report *report = worker->report;
	enum step_result result;

	report->at.act = act;
	report->at.fault = fault.nth;
	report->at.on = fault.on;
	result = step_take(worker->source, &acts[act], fault, worker->canonical, worker->raw);
	if (result == STEP_DONE && worker->raw)
		result = step_take_again(worker->source, &acts[act], fault, worker->canonical);
	if (result == STEP_BROKEN)
		worker_found(worker);
	if (result == STEP_NOT_HERE)
		return false;
	report->transitions++;
	report->failing += fault.nth != 0;
	worker_keep(worker, level);
	return true;
}

static void worker_faults(struct worker *worker, uint16_t act, bool on, uint32_t level)
{
	for (uint32_t nth = 1; nth < FAULTS_MOST; nth++) {
		const struct fault fault = {(uint8_t)nth, on};

		if (!worker_step(worker, act, fault, level))
			return;
	}
}

static void worker_expand(struct worker *worker, uint32_t level)
{
	const struct fault none = {0, false};

	for (uint16_t act = 0; act < act_count; act++) {
		if (!worker_step(worker, act, none, level) || !act_calls(&acts[act]))
			continue;
		if (the_world.faults)
			worker_faults(worker, act, false, level);
		if (the_world.faults > 1)
			worker_faults(worker, act, true, level);
	}
}

static void worker_be_patient(void)
{
	const struct itimerval patience = {{0, 0}, {PATIENCE, 0}};

	setitimer(ITIMER_PROF, &patience, NULL);
}

static void worker_file(const struct explorer *explorer, uint32_t number, char *out, size_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "new.%u", number);
	explore_path(explorer, name, out, size);
}

static void worker_begin(struct worker *worker, const struct explorer *explorer, uint32_t number)
{
	char name[512];

	worker->explorer = explorer;
	worker->report = &explorer->reports[number];
	worker->source = explore_room();
	worker->canonical = explore_room();
	worker->raw = explorer->options->twice ? explore_room() : NULL;
	worker_file(explorer, number, name, sizeof(name));
	worker->out = fopen(name, "wb");
	if (!worker->out || !store_set_begin(&worker->seen))
		worker_failed(worker);
}

/* Expands the states of a file from where it is, of which the first has that number. */
static void worker_expand_file(struct worker *worker, FILE *in, uint64_t first, uint64_t count)
{
	static struct store_state state;

	for (uint64_t i = 0; i < count && store_read(in, &state); i++) {
		store_decode(&state, worker->explorer->first, the_state.bytes, worker->source);
		worker->report->at.parent = (uint32_t)(first + i);
		worker_be_patient();
		worker_expand(worker, state.record.level);
		worker->report->expanded++;
	}
}

/* Whoever is alone goes on with what it has found itself, which comes next. */
static void worker_go_on(struct worker *worker, uint32_t number, uint64_t first)
{
	const uint64_t batch = worker->explorer->options->batch;
	uint64_t done = 0;
	char name[512];
	FILE *in;

	worker_file(worker->explorer, number, name, sizeof(name));
	in = fopen(name, "rb");
	if (!in)
		worker_failed(worker);
	while (done < worker->seen.count && worker->report->expanded < batch) {
		const uint64_t count = worker->seen.count - done;

		if (fflush(worker->out))
			worker_failed(worker);
		clearerr(in);
		worker_expand_file(worker, in, first + done, count < batch ? count : batch);
		done += count < batch ? count : batch;
	}
	fclose(in);
}

/* States [from, to) of those that are not expanded. */
static void worker_run(const struct explorer *explorer, uint32_t number, uint64_t from, uint64_t to,
		       bool alone)
{
	static struct worker worker;
	static struct store_state state;
	char name[512];
	FILE *in;

	worker_begin(&worker, explorer, number);
	explore_path(explorer, "states", name, sizeof(name));
	in = fopen(name, "rb");
	if (!in || fseeko(in, explorer->next, SEEK_SET))
		worker_failed(&worker);
	for (uint64_t i = explorer->totals->expanded; i < from; i++)
		if (!store_read(in, &state))
			worker_failed(&worker);
	worker_expand_file(&worker, in, from, to - from);
	fclose(in);
	if (alone)
		worker_go_on(&worker, number, explorer->totals->states);
	worker.report->failed = fclose(worker.out) != 0;
	_exit(worker.report->failed);
}

/* ---- putting together ---- */

static bool explore_append(struct explorer *explorer, struct store_state *state)
{
	if (!store_add(&explorer->set, state->record.key))
		return true;
	explorer->totals->states++;
	explorer->totals->depth = state->record.level;
	return store_write(explorer->states, state) &&
	       store_write_record(explorer->known, &state->record);
}

static bool explore_merge(struct explorer *explorer, uint32_t workers)
{
	static struct store_state state;
	char name[512];

	for (uint32_t i = 0; i < workers; i++) {
		FILE *in;

		worker_file(explorer, i, name, sizeof(name));
		in = fopen(name, "rb");
		if (!in)
			return false;
		while (store_read(in, &state))
			if (!explore_append(explorer, &state))
				return false;
		fclose(in);
		remove(name);
		explorer->totals->transitions += explorer->reports[i].transitions;
		explorer->totals->failing += explorer->reports[i].failing;
	}
	return fflush(explorer->states) == 0 && fflush(explorer->known) == 0;
}

/* Where the state of that number begins, from one that is known. */
static bool explore_seek(struct explorer *explorer, uint64_t to)
{
	static struct store_state state;
	char name[512];
	FILE *in;

	explore_path(explorer, "states", name, sizeof(name));
	in = fopen(name, "rb");
	if (!in || fseeko(in, explorer->next, SEEK_SET))
		return false;
	for (uint64_t i = explorer->totals->expanded; i < to; i++)
		if (!store_read(in, &state))
			return false;
	explorer->next = ftello(in);
	explorer->totals->expanded = to;
	fclose(in);
	return true;
}

/* What is expanded needs no room any more. A file system that cannot do this keeps it. */
static void explore_forget(const struct explorer *explorer)
{
	static off_t forgotten;

	if (explorer->next <= forgotten)
		return;
	fallocate(fileno(explorer->states), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, forgotten,
		  explorer->next - forgotten);
	forgotten = explorer->next;
}

/* ---- what is left behind ---- */

static uint64_t explore_milliseconds(const struct explorer *explorer)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return explorer->spent_before + (uint64_t)(now.tv_sec - explorer->begun.tv_sec) * 1000 +
	       (uint64_t)(now.tv_nsec / 1000000) - (uint64_t)(explorer->begun.tv_nsec / 1000000);
}

static bool explore_note(struct explorer *explorer)
{
	struct explore_totals *totals = explorer->totals;
	char name[512], other[512];
	FILE *file;

	totals->milliseconds = explore_milliseconds(explorer);
	explore_path(explorer, "progress.new", name, sizeof(name));
	explore_path(explorer, "progress", other, sizeof(other));
	file = fopen(name, "w");
	if (!file)
		return false;
	fprintf(file,
		"%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %jd %jd\n",
		totals->states, totals->expanded, totals->transitions, totals->failing,
		totals->depth, totals->milliseconds, (intmax_t)explorer->next,
		(intmax_t)ftello(explorer->states));
	return fclose(file) == 0 && rename(name, other) == 0;
}

static bool explore_read_note(struct explorer *explorer, off_t *end)
{
	struct explore_totals *totals = explorer->totals;
	char name[512];
	intmax_t next, last;
	FILE *file;
	int read;

	explore_path(explorer, "progress", name, sizeof(name));
	file = fopen(name, "r");
	if (!file)
		return false;
	read = fscanf(file,
		      "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		      " %jd %jd",
		      &totals->states, &totals->expanded, &totals->transitions, &totals->failing,
		      &totals->depth, &explorer->spent_before, &next, &last);
	fclose(file);
	explorer->next = (off_t)next;
	*end = (off_t)last;
	return read == 8;
}

/* ---- beginning ---- */

static bool explore_begin_anew(struct explorer *explorer)
{
	static struct store_state state;
	char name[512];

	memset(explorer->totals, 0, sizeof(*explorer->totals));
	explore_path(explorer, "states", name, sizeof(name));
	explorer->states = fopen(name, "wb");
	explore_path(explorer, "known", name, sizeof(name));
	explorer->known = fopen(name, "wb");
	if (!explorer->states || !explorer->known)
		return false;
	store_encode(explorer->first, explorer->first, the_state.bytes, &state);
	return explore_append(explorer, &state) && fflush(explorer->states) == 0 &&
	       fflush(explorer->known) == 0;
}

static FILE *explore_open_at(const char *name, off_t end)
{
	return truncate(name, end) ? NULL : fopen(name, "ab");
}

/* Of the files only so much counts as was noted last. */
static bool explore_go_on(struct explorer *explorer)
{
	const off_t record = (off_t)sizeof(struct store_record);
	struct store_record known;
	char name[512];
	off_t end;
	FILE *in;

	if (!explore_read_note(explorer, &end))
		return false;
	explore_path(explorer, "states", name, sizeof(name));
	explorer->states = explore_open_at(name, end);
	explore_path(explorer, "known", name, sizeof(name));
	explorer->known = explore_open_at(name, (off_t)explorer->totals->states * record);
	in = fopen(name, "rb");
	if (!in)
		return false;
	while (store_read_record(in, &known))
		store_add(&explorer->set, known.key);
	fclose(in);
	return explorer->states && explorer->known &&
	       explorer->set.count == explorer->totals->states;
}

/* Two of them in one folder would write over each other. */
static bool explore_lock(const struct explorer *explorer)
{
	char name[512];
	int file;

	explore_path(explorer, "lock", name, sizeof(name));
	file = open(name, O_CREAT | O_RDWR, 0666);
	if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
		return true;
	fprintf(stderr, "closure: %s: in use\n", explorer->options->folder);
	return false;
}

static bool explore_begin(struct explorer *explorer)
{
	const size_t bytes = WORKERS_MOST * sizeof(struct report);

	clock_gettime(CLOCK_MONOTONIC, &explorer->begun);
	if (!explore_lock(explorer))
		return false;
	explorer->reports =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	explorer->first = explore_room();
	memcpy(explorer->first, the_state.image, the_state.bytes);
	if (explorer->reports == MAP_FAILED || !store_set_begin(&explorer->set))
		return false;
	return explorer->options->resume ? explore_go_on(explorer) : explore_begin_anew(explorer);
}

/* ---- findings ---- */

static uint64_t explore_known_steps(const char *name, struct store_step *steps, uint64_t count)
{
	struct store_record known;
	FILE *in = fopen(name, "rb");
	uint64_t i = 0;

	for (; in && i < count && store_read_record(in, &known); i++)
		steps[i] = known.step;
	if (in)
		fclose(in);
	return i;
}

static uint64_t explore_new_steps(const char *name, struct store_step *steps, uint64_t count)
{
	static struct store_state state;
	FILE *in = fopen(name, "rb");
	uint64_t i = 0;

	for (; in && i < count && store_read(in, &state); i++)
		steps[i] = state.record.step;
	if (in)
		fclose(in);
	return i;
}

/*
 * The steps of all states, in the order of their numbers, up to one. A process that was alone may
 * have gone on with states that are in its own file only.
 */
static struct store_step *explore_steps(struct explorer *explorer, uint64_t count)
{
	const uint64_t known = explorer->totals->states < count ? explorer->totals->states : count;
	struct store_step *steps = NULL;
	char name[512];

	if (count <= SIZE_MAX / sizeof(*steps))
		steps = calloc((size_t)count, sizeof(*steps));
	if (!steps)
		abort();
	explore_path(explorer, "known", name, sizeof(name));
	if (explore_known_steps(name, steps, known) != known)
		abort();
	worker_file(explorer, 0, name, sizeof(name));
	if (explore_new_steps(name, steps + known, count - known) != count - known)
		abort();
	return steps;
}

static void explore_tell(struct explorer *explorer, const struct report *report,
			 struct explore_finding *finding)
{
	const uint64_t last = report->at.parent;
	struct store_step *steps = explore_steps(explorer, last + 1);
	uint32_t length = 1;

	for (uint64_t i = last; i; i = steps[i].parent)
		length++;
	snprintf(finding->what, sizeof(finding->what), "%s", report->what);
	finding->length = length;
	finding->path = calloc(length, sizeof(*finding->path));
	if (!finding->path)
		abort();
	finding->path[--length] = report->at;
	for (uint64_t i = last; i; i = steps[i].parent)
		finding->path[--length] = steps[i];
	free(steps);
}

/* A process that was ended by a signal has found something too: the guard crashed, or hangs. */
static bool explore_wait(pid_t pid, struct report *report)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	if (WIFSIGNALED(status)) {
		snprintf(report->what, sizeof(report->what),
			 WTERMSIG(status) == SIGPROF ? "the guard does not return"
						     : "the guard ends by signal %d",
			 WTERMSIG(status));
		report->found = true;
	} else if (WEXITSTATUS(status) && !report->found) {
		if (report->failed)
			return false;
		snprintf(report->what, sizeof(report->what), "the guard ends with status %d",
			 WEXITSTATUS(status));
		report->found = true;
	}
	return true;
}

/* ---- all of it ---- */

static bool explore_fork(struct explorer *explorer, uint32_t workers, pid_t *pids)
{
	const uint64_t from = explorer->totals->expanded;
	const uint64_t count = explorer->batch_end - from;

	memset(explorer->reports, 0, WORKERS_MOST * sizeof(*explorer->reports));
	fflush(NULL);
	for (uint32_t i = 0; i < workers; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			worker_run(explorer, i, from + count * i / workers,
				   from + count * (i + 1) / workers, workers == 1);
		if (pids[i] < 0)
			return false;
	}
	return true;
}

static uint64_t explore_expanded(const struct explorer *explorer, uint32_t workers)
{
	uint64_t expanded = 0;

	for (uint32_t i = 0; i < workers; i++)
		expanded += explorer->reports[i].expanded;
	return expanded;
}

/* One batch. */
static enum explore_end explore_batch(struct explorer *explorer, struct explore_finding *finding)
{
	struct explore_totals *totals = explorer->totals;
	const uint64_t left = totals->states - totals->expanded;
	const uint64_t most = (uint64_t)explorer->options->workers * explorer->options->batch;
	const uint32_t workers = left < 512 ? 1 : explorer->options->workers;
	pid_t pids[WORKERS_MOST];
	const struct report *found = NULL;

	explorer->batch_end = totals->expanded + (left < most ? left : most);
	if (!explore_fork(explorer, workers, pids))
		return EXPLORE_FAILED;
	for (uint32_t i = 0; i < workers; i++) {
		if (!explore_wait(pids[i], &explorer->reports[i]))
			return EXPLORE_FAILED;
		if (explorer->reports[i].found && !found)
			found = &explorer->reports[i];
	}
	if (found) {
		for (uint32_t i = 0; i < workers; i++)
			totals->transitions += explorer->reports[i].transitions;
		explore_tell(explorer, found, finding);
		return EXPLORE_FOUND;
	}
	if (!explore_merge(explorer, workers) ||
	    !explore_seek(explorer, totals->expanded + explore_expanded(explorer, workers)) ||
	    !explore_note(explorer))
		return EXPLORE_FAILED;
	explore_forget(explorer);
	return totals->expanded == totals->states ? EXPLORE_CLOSED : EXPLORE_STOPPED;
}

static void explore_show(const struct explorer *explorer)
{
	const struct explore_totals *totals = explorer->totals;
	static uint64_t shown;

	if (explorer->options->quiet || totals->milliseconds < shown + 1000)
		return;
	shown = totals->milliseconds;
	fprintf(stderr,
		"%s: %" PRIu64 " states, %" PRIu64 " expanded, %" PRIu64
		" transitions, depth %" PRIu64 ", %" PRIu64 " s\n",
		the_world.name, totals->states, totals->expanded, totals->transitions,
		totals->depth, totals->milliseconds / 1000);
}

static bool explore_may_go_on(const struct explorer *explorer)
{
	const struct explore_options *options = explorer->options;

	return (!options->most || explorer->totals->states < options->most) &&
	       (!options->memory ||
		explorer->set.capacity * sizeof(struct store_key) * 3 <= options->memory) &&
	       (!options->seconds ||
		explore_milliseconds(explorer) - explorer->spent_before < options->seconds * 1000);
}

enum explore_end explore(const struct explore_options *options, struct explore_totals *totals,
			 struct explore_finding *finding)
{
	static struct explorer explorer;
	enum explore_end end = EXPLORE_STOPPED;

	explorer.options = options;
	explorer.totals = totals;
	if (!explore_begin(&explorer))
		return EXPLORE_FAILED;
	if (totals->states == totals->expanded)
		return EXPLORE_CLOSED;
	while (end == EXPLORE_STOPPED && explore_may_go_on(&explorer)) {
		end = explore_batch(&explorer, finding);
		explore_show(&explorer);
	}
	totals->milliseconds = explore_milliseconds(&explorer);
	fclose(explorer.states);
	fclose(explorer.known);
	return end;
}
