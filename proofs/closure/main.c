/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * closure LIST --list
 * closure LIST --world NAME [--folder F] [--jobs N] [--batch STATES] [--resume] [--most STATES]
 *         [--memory MB] [--seconds S] [--trace FILE] [--twice] [--held] [--quiet]
 * closure LIST --world NAME --walk STEPS [--seed N] [--jobs N] [--seconds S] [--trace FILE]
 *         [--held]
 *
 * Explores the world of that name of a list (worlds.list), or walks through it (walk.h). The last
 * line says what came of it. Exit status: 0 closed, or walked to the end, and with --held as the
 * list says; 1 a finding, or not as the list says; 2 usage; 3 no memory or no disk; 4 stopped by a
 * limit, so that --resume goes on.
 */
#include "trace.h"
#include "walk.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct arguments {
	struct explore_options explore;
	struct walk_options walk;
	const char *list;
	const char *world;
	const char *trace;
	bool held;
	bool names;
};

enum main_option {
	OPT_WORLD = 256,
	OPT_FOLDER,
	OPT_JOBS,
	OPT_BATCH,
	OPT_RESUME,
	OPT_MOST,
	OPT_MEMORY,
	OPT_SECONDS,
	OPT_TRACE,
	OPT_TWICE,
	OPT_HELD,
	OPT_QUIET,
	OPT_WALK,
	OPT_SEED,
	OPT_LIST
};

static const struct option long_options[] = {
	{"world", required_argument, NULL, OPT_WORLD},
	{"folder", required_argument, NULL, OPT_FOLDER},
	{"jobs", required_argument, NULL, OPT_JOBS},
	{"batch", required_argument, NULL, OPT_BATCH},
	{"resume", no_argument, NULL, OPT_RESUME},
	{"most", required_argument, NULL, OPT_MOST},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"trace", required_argument, NULL, OPT_TRACE},
	{"twice", no_argument, NULL, OPT_TWICE},
	{"held", no_argument, NULL, OPT_HELD},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"walk", required_argument, NULL, OPT_WALK},
	{"seed", required_argument, NULL, OPT_SEED},
	{"list", no_argument, NULL, OPT_LIST},
	{NULL, 0, NULL, 0},
};

static bool main_take(struct arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPT_WORLD:
		arguments->world = value;
		return true;
	case OPT_FOLDER:
		arguments->explore.folder = value;
		return true;
	case OPT_JOBS:
		arguments->explore.workers = (uint32_t)strtoul(value, NULL, 10);
		return arguments->explore.workers > 0 && arguments->explore.workers <= 64;
	case OPT_BATCH:
		arguments->explore.batch = (uint32_t)strtoul(value, NULL, 10);
		return arguments->explore.batch > 0;
	case OPT_MOST:
		arguments->explore.most = strtoull(value, NULL, 10);
		return true;
	case OPT_MEMORY:
		arguments->explore.memory = strtoull(value, NULL, 10) << 20;
		return true;
	case OPT_SECONDS:
		arguments->explore.seconds = strtoull(value, NULL, 10);
		return true;
	case OPT_TRACE:
		arguments->trace = value;
		return true;
	case OPT_RESUME:
		return arguments->explore.resume = true;
	case OPT_TWICE:
		return arguments->explore.twice = true;
	case OPT_HELD:
		return arguments->held = true;
	case OPT_QUIET:
		return arguments->explore.quiet = true;
	case OPT_WALK:
		arguments->walk.steps = strtoull(value, NULL, 10);
		return arguments->walk.steps > 0;
	case OPT_SEED:
		arguments->walk.seed = strtoull(value, NULL, 10);
		return true;
	case OPT_LIST:
		return arguments->names = true;
	default:
		return false;
	}
}

static bool main_arguments(struct arguments *arguments, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!main_take(arguments, option, optarg))
			return false;
	if (optind + 1 != argc)
		return false;
	arguments->list = argv[optind];
	return arguments->names || arguments->world;
}

static bool main_hold(const struct explore_totals *totals)
{
	const struct world *world = &the_world;

	if (totals->states == world->states && totals->transitions == world->transitions &&
	    totals->depth == world->depth_reached)
		return true;
	fprintf(stderr,
		"closure: world %s is said to have states=%" PRIu64 " transitions=%" PRIu64
		" depth_reached=%" PRIu64 "\n",
		world->name, world->states, world->transitions, world->depth_reached);
	return false;
}

static void main_tell(const char *how, const struct explore_totals *totals)
{
	printf("%s %s: states=%" PRIu64 " transitions=%" PRIu64 " depth_reached=%" PRIu64
	       "; %" PRIu64 " with a failing callback, %" PRIu64 ".%" PRIu64 " s\n",
	       the_world.name, how, totals->states, totals->transitions, totals->depth,
	       totals->failing, totals->milliseconds / 1000, totals->milliseconds / 100 % 10);
}

static void main_found(const struct arguments *arguments, const uint8_t *first,
		       const struct explore_finding *finding)
{
	FILE *out = arguments->trace ? fopen(arguments->trace, "w") : NULL;
	FILE *none = out ? NULL : fopen("/dev/null", "w");

	if (!out && arguments->trace)
		perror(arguments->trace);
	if (out || none)
		trace_write(out ? out : none, stdout, first, finding->path, finding->length,
			    finding->what);
	if (out)
		fclose(out);
	if (none)
		fclose(none);
}

/* `first` is the state that a path begins with. */
static int main_explore_from(const struct arguments *arguments, const uint8_t *first)
{
	struct explore_finding finding;
	struct explore_totals totals;

	switch (explore(&arguments->explore, &totals, &finding)) {
	case EXPLORE_CLOSED:
		main_tell("closed", &totals);
		return arguments->held && !main_hold(&totals) ? 1 : 0;
	case EXPLORE_STOPPED:
		main_tell("stopped", &totals);
		return 4;
	case EXPLORE_FOUND:
		main_found(arguments, first, &finding);
		main_tell("FOUND", &totals);
		printf("%s FOUND: depth %u: %s\n", the_world.name, finding.length, finding.what);
		free(finding.path);
		return 1;
	default:
		perror("closure");
		return 3;
	}
}

/* ---- walks ---- */

static bool main_hold_walk(const struct arguments *arguments, const struct walk_totals *totals)
{
	const struct world *world = &the_world;

	if (arguments->walk.seed == 1 && totals->steps == world->walked &&
	    totals->accepted == world->accepted && totals->refused == world->refused &&
	    totals->failing == world->failing)
		return true;
	fprintf(stderr,
		"closure: world %s is said to have walked=%" PRIu64 " accepted=%" PRIu64
		" refused=%" PRIu64 " failing=%" PRIu64 "\n",
		world->name, world->walked, world->accepted, world->refused, world->failing);
	return false;
}

static void main_tell_walk(const struct arguments *arguments, const struct walk_totals *totals)
{
	printf("%s seed=%" PRIu64 " walks=%" PRIu64 " walked=%" PRIu64 " accepted=%" PRIu64
	       " refused=%" PRIu64 " failing=%" PRIu64 " checked=%" PRIu64 " digest=%016" PRIx64
	       "; %" PRIu64 ".%" PRIu64 " s\n",
	       the_world.name, arguments->walk.seed, totals->walks, totals->steps, totals->accepted,
	       totals->refused, totals->failing, totals->checked, totals->digest,
	       totals->milliseconds / 1000, totals->milliseconds / 100 % 10);
}

static int main_walk_from(struct arguments *arguments, const uint8_t *first)
{
	struct explore_finding finding;
	struct walk_totals totals;

	arguments->walk.workers = arguments->explore.workers;
	arguments->walk.seconds = arguments->explore.seconds;
	switch (walk(&arguments->walk, &totals, &finding)) {
	case EXPLORE_CLOSED:
		main_tell_walk(arguments, &totals);
		return arguments->held && !main_hold_walk(arguments, &totals) ? 1 : 0;
	case EXPLORE_STOPPED:
		main_tell_walk(arguments, &totals);
		return 4;
	case EXPLORE_FOUND:
		main_found(arguments, first, &finding);
		printf("%s FOUND: depth %u: %s\n", the_world.name, finding.length, finding.what);
		free(finding.path);
		return 1;
	default:
		perror("closure");
		return 3;
	}
}

static int main_from(struct arguments *arguments)
{
	uint8_t *first = malloc(the_state.bytes);
	int status;

	if (!first)
		return 3;
	memcpy(first, the_state.image, the_state.bytes);
	status = arguments->walk.steps ? main_walk_from(arguments, first)
				       : main_explore_from(arguments, first);
	free(first);
	return status;
}

/* The first state is asked what all are. */
static bool main_begin(void)
{
	if (!model_begin())
		return false;
	act_begin();
	if (!step_boot()) {
		printf("%s FOUND: depth 0: %s\n", the_world.name,
		       the_outcome.broken ? the_outcome.broken : "the host cannot set up its ITSs");
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.explore = {.folder = ".", .workers = 1, .batch = 32768},
				      .walk = {.seed = 1}};

	if (!main_arguments(&arguments, argc, argv)) {
		fprintf(stderr, "usage: closure LIST --list | --world NAME [OPTIONS]\n");
		return 2;
	}
	if (arguments.names)
		return world_list(arguments.list) ? 0 : 2;
	if (!world_find(arguments.list, arguments.world, &the_world))
		return 2;
	if (!arguments.walk.steps)
		mkdir(arguments.explore.folder, 0777);
	return main_begin() ? main_from(&arguments) : 1;
}
