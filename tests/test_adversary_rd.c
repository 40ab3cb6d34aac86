/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The adversary at redistributors: it finds each fault that is planted there, it finds nothing
 * else, and every reason of theirs is met.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "adversary.h"
#include "itsguard/names.h"
#include "replay.h"
#include "turn.h"

#define SOAK_SEEDS 1000u
#define SOAK_OPS   64u
#define INPUT_MAX  (ADVERSARY_MACHINE_BYTES + SOAK_OPS * ADVERSARY_OP_BYTES)

/* Operations by their number, and a byte of the machine. */
#define BOOT   0
#define CLEAR  4
#define LOOK   5
#define M_PES  16
#define CTLR   0x0000u
#define TABLES 0x42000000u

static struct adversary *adversary;

static int set_up(void **unused)
{
	(void)unused;
	adversary = adversary_new();
	if (adversary)
		adversary_redistributors(adversary);
	return adversary ? 0 : -1;
}

static int tear_down(void **unused)
{
	(void)unused;
	adversary_free(adversary);
	return 0;
}

/* ---- planted faults ---- */

static struct itsg_redists_ops ops(void)
{
	return world_redists_ops();
}

static void plant_enable(struct world *world)
{
	ops().reg_write(world_redists_ops_ctx(world), 1, CTLR, 4, 1);
}

static void plant_clear(struct world *world)
{
	ops().reg_write(world_redists_ops_ctx(world), 0, CTLR, 4, 0);
	ops().reg_read(world_redists_ops_ctx(world), 0, CTLR, 4);
}

static void plant_early_release(struct world *world)
{
	ops().reclaim(world_redists_ops_ctx(world), (TABLES + 0x20000) / 4096, 1);
}

static void plant_stray_zero(struct world *world)
{
	ops().zero(world_redists_ops_ctx(world), TABLES + 0x700000, 4096);
}

static void plant_deafness(struct world *world)
{
	sim_redists_deaf(world_redists(world), 0, true);
}

static void plant_silence(struct world *world)
{
	world_on_rd_event(world, NULL, NULL);
}

static const struct fault {
	const char *name;
	void (*plant)(struct world *world);
	enum adversary_detector detector;
} faults[] = {
	{"one is enabled that the host has not", plant_enable, ADVERSARY_MISUSE},
	{"one is cleared that the host has not", plant_clear, ADVERSARY_ORACLE},
	{"a page of a pending table is given back", plant_early_release, ADVERSARY_MISUSE},
	{"memory is zeroed that is the host's", plant_stray_zero, ADVERSARY_MISUSE},
	{"hardware is deaf in the honest end", plant_deafness, ADVERSARY_REFUSED},
	{"a refusal is not told", plant_silence, ADVERSARY_ANSWER},
};

static void plant(void *ctx, struct world *world, uint32_t op)
{
	const struct fault *fault = ctx;

	if (op == (fault->detector == ADVERSARY_REFUSED ? UINT32_MAX : 1u))
		fault->plant(world);
}

/* Number 0 is on; then a look, and a write that is refused: EnableLPIs with no table of its own. */
static size_t simple_input(uint8_t *input)
{
	static const uint8_t more[][6] = {{BOOT, 0, 0}, {LOOK, 0, 0}, {3, 0, 1, 0, 0}};

	memset(input, 0, INPUT_MAX);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		memcpy(input + ADVERSARY_MACHINE_BYTES + i * ADVERSARY_OP_BYTES, more[i],
		       sizeof(more[0]));
	return ADVERSARY_MACHINE_BYTES + 3 * ADVERSARY_OP_BYTES;
}

static void nothing_is_found_where_nothing_is_planted(void **unused)
{
	uint8_t input[INPUT_MAX];

	(void)unused;
	assert_string_equal(adversary_run(adversary, input, simple_input(input))->text, "");
}

static void each_planted_fault_is_found(void **unused)
{
	uint8_t input[INPUT_MAX];
	size_t size = simple_input(input);

	(void)unused;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct adversary_finding *finding;
		struct fault fault = faults[i];

		adversary_on_op(adversary, plant, &fault);
		finding = adversary_run(adversary, input, size);
		adversary_on_op(adversary, NULL, NULL);
		if (finding->detector != fault.detector)
			fail_msg("%s: found is %s: %s", fault.name,
				 adversary_detector_name(finding->detector), finding->text);
	}
}

/* ---- soak ---- */

/* All that only redistributors have. */
static void each_reason_is_met(const struct adversary_stats *stats)
{
	static const enum itsg_reason reasons[] = {
		ITSG_LPI_BUSY,       ITSG_LPI_SIZE,         ITSG_LPI_ADDRESS, ITSG_LPI_GROUP,
		ITSG_LPI_ATTRIBUTES, ITSG_VIRTUAL_REGISTER, ITSG_LPI_OVERLAP, ITSG_NO_TABLE_SLOT,
	};

	for (size_t i = 0; turns() == 1 && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!stats->refusals[reasons[i]])
			fail_msg("nothing is refused with %s", itsg_reason_name(reasons[i]));
}

static void nothing_is_found_in_a_soak(void **unused)
{
	static uint8_t input[INPUT_MAX];
	const struct adversary_stats *stats = adversary_stats(adversary);

	(void)unused;
	for (uint64_t seed = 0; seed < SOAK_SEEDS; seed++) {
		const struct adversary_finding *finding;

		if (!my_turn())
			continue;
		finding = adversary_run(adversary, input,
					random_input(seed, &adversary_shape, input, SOAK_OPS));
		if (finding->detector != ADVERSARY_FOUND_NOTHING)
			fail_msg("seed %llu: %s at operation %u: %s", (unsigned long long)seed,
				 adversary_detector_name(finding->detector), finding->op,
				 finding->text);
	}
	assert_int_equal(stats->unbuilt, 0);
	assert_true(stats->quiet_ends > stats->runs / 2);
	each_reason_is_met(stats);
}

/* ---- traces ---- */

static bool known(const char *name, const char **nearest)
{
	enum itsg_reason reason;

	(void)nearest;
	return itsg_reason_from_name(name, &reason);
}

static void say(void *ctx, const struct replay_report *report)
{
	if (report->kind >= REPLAY_VIOLATION)
		print_error("seed %llu: line %u: %s\n", *(unsigned long long *)ctx, report->line,
			    report->text);
}

static void replays(const char *text, size_t size, unsigned long long seed)
{
	struct replay_summary summary;
	struct replay_options options;
	struct trace_error error;
	struct trace trace;

	if (trace_parse(text, size, "printed", known, &trace, &error))
		fail_msg("%s", error.message);
	replay_options_default(&options);
	assert_true(replay(&trace, &options, say, &seed, &summary));
	trace_free(&trace);
	assert_int_equal(replay_status(&summary, &options), 0);
}

static void a_printed_input_replays_to_the_same_outcome(void **unused)
{
	uint8_t input[INPUT_MAX];
	unsigned complete = 0;

	(void)unused;
	for (uint64_t seed = 0; seed < 60; seed++) {
		size_t bytes, size = random_input(seed, &adversary_shape, input, SOAK_OPS);
		char *text = NULL;
		FILE *out = open_memstream(&text, &bytes);
		bool whole;

		assert_non_null(out);
		whole = adversary_print(adversary, input, size, out);
		fclose(out);
		complete += whole;
		if (whole)
			replays(text, bytes, seed);
		free(text);
	}
	assert_true(complete >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_where_nothing_is_planted),
		cmocka_unit_test(each_planted_fault_is_found),
		cmocka_unit_test(nothing_is_found_in_a_soak),
		cmocka_unit_test(a_printed_input_replays_to_the_same_outcome),
	};

	return cmocka_run_group_tests_name("adversary_rd", tests, set_up, tear_down);
}
