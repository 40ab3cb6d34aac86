/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Every seed of every fuzz target as a trace: it can be read, and where nothing was left out, a
 * replay goes as the target went. All in one process, which a command for each seed would not be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "adversary.h"
#include "corpus.h"
#include "input_record.h"

record_target_fn itsguard_input_cmdq, itsguard_input_mapd, itsguard_input_devtable,
	itsguard_input_mmio, itsguard_input_pfn_tracker;

struct seed {
	const char *path;
	uint8_t data[0x10000];
	size_t size;
	char *text; /* what explain-input prints */
	size_t bytes;
	bool exact;
};

typedef void print_fn(struct seed *seed, FILE *out);
typedef void look_fn(const struct seed *seed);

static unsigned seeds, replayed;

static void read_seed(struct seed *seed)
{
	FILE *in = fopen(seed->path, "rb");

	assert_non_null(in);
	seed->size = fread(seed->data, 1, sizeof(seed->data), in);
	assert_true(seed->size < sizeof(seed->data));
	fclose(in);
}

static void try_seed(struct seed *seed, print_fn *print, look_fn *look)
{
	FILE *out = open_memstream(&seed->text, &seed->bytes);

	assert_non_null(out);
	read_seed(seed);
	print(seed, out);
	assert_int_equal(fclose(out), 0);
	look(seed);
	free(seed->text);
	seeds++;
}

static void each_seed(const char *target, print_fn *print, look_fn *look)
{
	static struct seed seed;
	char path[1024];
	struct dirent **entry;
	int count;

	snprintf(path, sizeof(path), "%s/fuzz/%s", ITSG_CORPUS_DIR, target);
	count = scandir(path, &entry, NULL, alphasort);
	seeds = replayed = 0;
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/fuzz/%s/%s", ITSG_CORPUS_DIR, target,
			 entry[i]->d_name);
		seed.path = path;
		if (entry[i]->d_name[0] != '.')
			try_seed(&seed, print, look);
		free(entry[i]);
	}
	free(entry);
	assert_true(seeds > 10);
}

/* ---- what is looked at ---- */

static void replays_the_same(const struct seed *seed, const struct trace *trace)
{
	struct replay_options options;
	struct replay_summary summary;

	replay_options_default(&options);
	/* The reader of a trace file is told by a comment. */
	options.rewrite_host = strstr(seed->text, "--rewrite-host") != NULL;
	replay(trace, &options, corpus_say, (void *)(uintptr_t)seed->path, &summary);
	if (replay_status(&summary, &options))
		fail_msg("%s: does not go as it went", seed->path);
	replayed++;
}

static void is_a_trace(const struct seed *seed)
{
	struct trace trace;
	struct trace_error error;

	if (trace_parse(seed->text, seed->bytes, seed->path, corpus_known_reason, &trace, &error))
		fail_msg("%s", error.message);
	assert_true(trace.count > 0);
	if (seed->exact)
		replays_the_same(seed, &trace);
	trace_free(&trace);
}

static void is_a_list(const struct seed *seed)
{
	assert_true(seed->exact);
	assert_non_null(strstr(seed->text, "tracker page_shift"));
}

/* ---- targets ---- */

#define PRINT(target)                                                                              \
	static void print_##target(struct seed *seed, FILE *out)                                   \
	{                                                                                          \
		seed->exact = record_input(itsguard_input_##target, seed->data, seed->size, out);  \
	}
PRINT(cmdq)
PRINT(mapd)
PRINT(devtable)
PRINT(mmio)
PRINT(pfn_tracker)

static struct adversary *adversary;

static void print_world(struct seed *seed, FILE *out)
{
	seed->exact = adversary_print(adversary, seed->data, seed->size, out);
}

static void seeds_of_cmdq_are_traces(void **state)
{
	(void)state;
	each_seed("cmdq", print_cmdq, is_a_trace);
	assert_true(replayed > seeds / 2);
}

static void seeds_of_mapd_are_traces(void **state)
{
	(void)state;
	each_seed("mapd", print_mapd, is_a_trace);
	assert_true(replayed > seeds / 2);
}

static void seeds_of_devtable_are_traces(void **state)
{
	(void)state;
	each_seed("devtable", print_devtable, is_a_trace);
	assert_true(replayed > seeds / 2);
}

/* Accesses of three bytes among them, which no line has. */
static void seeds_of_mmio_are_traces(void **state)
{
	(void)state;
	each_seed("mmio", print_mmio, is_a_trace);
	assert_true(replayed > seeds / 2);
	assert_true(replayed < seeds);
}

static void seeds_of_world_are_traces(void **state)
{
	(void)state;
	adversary = adversary_new();
	assert_non_null(adversary);
	each_seed("world", print_world, is_a_trace);
	adversary_free(adversary);
	assert_true(replayed > 0);
}

static void seeds_of_pfn_tracker_are_lists(void **state)
{
	(void)state;
	each_seed("pfn_tracker", print_pfn_tracker, is_a_list);
}

/* An access without a line is followed by no `!` line either: it would be that of the line above.
 */
static void what_is_hidden_is_hidden_with_its_refusals(void **state)
{
	static const uint8_t input[8 + 4 * 16] = {
		[8] = 1,  [8 + 2] = 10,                /* three bytes are written, refused */
		[24] = 0, [24 + 2] = 10,               /* three bytes are read, likewise */
		[40] = 1, [40 + 1] = 1,  [40 + 2] = 1, /* IIDR is written: READ_ONLY */
		[56] = 0, [56 + 2] = 10,
	};
	static struct seed seed;
	FILE *out = open_memstream(&seed.text, &seed.bytes);

	(void)state;
	assert_non_null(out);
	assert_false(record_input(itsguard_input_mmio, input, sizeof(input), out));
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(seed.text, "#: 3 bytes written at 0x0: 0x1\n#: 3 bytes read at 0x0\n"
					  "w32 0x0004 0x1\n! READ_ONLY\n#: 3 bytes read"));
	assert_null(strstr(seed.text, "BAD_WIDTH"));
	seed.path = "hidden";
	is_a_trace(&seed);
	free(seed.text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_of_cmdq_are_traces),
		cmocka_unit_test(seeds_of_mapd_are_traces),
		cmocka_unit_test(seeds_of_devtable_are_traces),
		cmocka_unit_test(seeds_of_mmio_are_traces),
		cmocka_unit_test(seeds_of_world_are_traces),
		cmocka_unit_test(seeds_of_pfn_tracker_are_lists),
		cmocka_unit_test(what_is_hidden_is_hidden_with_its_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
