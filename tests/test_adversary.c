/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The adversary: it finds each fault that is planted, it finds nothing else, and the same bytes
 * are always the same run.
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
#include "state.h"
#include "turn.h"

/* Seeds of the soak. */
#ifndef SOAK_SEEDS
#define SOAK_SEEDS 4000u
#endif
#define SOAK_OPS  64u
#define INPUT_MAX (ADVERSARY_MACHINE_BYTES + SOAK_OPS * ADVERSARY_OP_BYTES)

/* Machine bytes used here, and operations by their number. */
#define M_HARDWARE    1 /* bit 0: never forgets, 6: no cache, 7: checks ITT entries */
#define SIMPLE        0xc0
#define M_BUDGET      14
#define M_OWNERS      22 /* bit 2: long private queues, bit 3: eager */
#define HOST_BOOT     0
#define HOST_MAP      1
#define RUN           8
#define SETTLE        9
#define WRITE_CTLR    10
#define REWRITE_BASER 13
#define POWER         26
#define READ_ANY      22

/* Where the host of ITS 0 keeps its things after a boot without options. */
#define QUEUE  0x40000000u
#define ITT    0x40080000u
#define UNUSED 0x40ff0000u

static struct adversary *adversary;

static int set_up(void **unused)
{
	(void)unused;
	adversary = adversary_new();
	return adversary ? 0 : -1;
}

static int tear_down(void **unused)
{
	(void)unused;
	adversary_free(adversary);
	return 0;
}

/* ---- planted faults ---- */

struct fault {
	const char *name;
	void (*plant)(struct world *world);
	uint32_t op; /* before which it is planted */
	enum adversary_detector detector;
	enum oracle_clause clause;
	bool eager; /* hardware */
};

static void *ctx_of(struct world *world)
{
	return world_ops_ctx(world, 0);
}

static void plant_dma(struct world *world)
{
	uint8_t bytes[8];

	sim_mem_dma(world_mem(world), UNUSED, sizeof(bytes), false, bytes, "planted");
}

static void plant_double_fetch(struct world *world)
{
	uint8_t bytes[32];

	world_ops()->fetch(ctx_of(world), QUEUE, bytes, 32);
	world_ops()->fetch(ctx_of(world), QUEUE, bytes, 32);
}

static void plant_early_release(struct world *world)
{
	world_ops()->unshare(ctx_of(world), ITT / 4096, 1);
}

static void plant_stray_store(struct world *world)
{
	const uint8_t bytes[8] = {0};

	world_ops()->store(ctx_of(world), QUEUE, bytes, 8);
}

static void plant_stray_zero(struct world *world)
{
	world_ops()->zero(ctx_of(world), QUEUE, 4096);
}

/* BASER of an enabled ITS. */
static void plant_unpredictable(struct world *world)
{
	sim_its_reg_write(world_its(world, 0), 0x100, 8, 0);
}

static void plant_silence(struct world *world)
{
	world_guard(world, 0)->platform.ops.event = NULL;
}

/* The guard takes hardware that is off for one that lost power, and knows better. */
static void plant_power_loss(struct world *world)
{
	const struct trace_power power = {.cbaser = true, .enabled = true};

	world_power(world, 0, &power);
}

/* An error that nobody is told of. */
static void plant_error(struct world *world)
{
	sim_its_inject_error(world_its(world, 0), 2, 0);
}

static void plant_entry_size(struct world *world)
{
	world_guard(world, 0)->table[0].read_only ^= (uint64_t)1 << 48;
}

static bool all_reserved(void *ctx, uint32_t device_id)
{
	(void)ctx;
	(void)device_id;
	return true;
}

static void plant_reservation(struct world *world)
{
	world_guard(world, 0)->platform.ops.reserved = all_reserved;
}

static void plant_endless_scrub(struct world *world)
{
	struct itsg_ring *ring = &world_guard(world, 0)->ring;

	ring->passed = ring->scrubbed + ((uint64_t)1 << 40);
	ring->published = ring->passed;
}

static void plant_lost_claim(struct world *world)
{
	const struct itsg_run run = {ITT, 256};

	itsg_pages_drop(world_tracker(world), &run, ITSG_SHARED);
}

static void plant_extra_claim(struct world *world)
{
	const struct itsg_run run = {UNUSED, 256};

	itsg_pages_take(world_tracker(world), &run, ITSG_SHARED);
}

/* Registers of a disabled ITS, behind the guard's back. */
static void plant_table(struct world *world)
{
	sim_its_reg_write(world_its(world, 0), 0x100, 8, (uint64_t)1 << 63 | UNUSED);
}

static void plant_queue(struct world *world)
{
	sim_its_reg_write(world_its(world, 0), 0x80, 8, (uint64_t)1 << 63 | QUEUE);
}

static void plant_table_in_itt(struct world *world)
{
	sim_its_reg_write(world_its(world, 0), 0x100, 8, (uint64_t)1 << 63 | ITT);
}

/* MAPD V=1, ITT in a page that is held for another ITT. */
static void plant_command(struct world *world)
{
	const uint8_t mapd[32] = {
		[0] = 0x08, [4] = 5, [16] = 0, [17] = 0x08, [18] = 0x08, [19] = 0x40, [23] = 0x80};
	uint64_t at = sim_its_reg_read(world_its(world, 0), 0x88, 8);

	sim_mem_poke(world_mem(world), world_private(world, 0).pa + at, mapd, sizeof(mapd));
	sim_its_reg_write(world_its(world, 0), 0x88, 8, at + 32);
}

/* Likewise, far from CREADR and CWRITER, of an ITT that nobody holds: firmware might find it. */
static void plant_slot(struct world *world)
{
	const uint8_t mapd[32] = {
		[0] = 0x08, [4] = 5, [16] = 0, [18] = 0xff, [19] = 0x40, [23] = 0x80};

	sim_mem_poke(world_mem(world), world_private(world, 0).pa + 0xf00, mapd, sizeof(mapd));
}

static void plant_sync_to_sleeper(struct world *world)
{
	const uint8_t sync[32] = {[0] = 0x05, [18] = 1};
	uint64_t at = sim_its_reg_read(world_its(world, 0), 0x88, 8);

	world_sleep(world, 1, true);
	world_ops()->store(ctx_of(world), world_private(world, 0).pa + at, sync, 32);
	world_ops()->reg_write(ctx_of(world), 0x88, 8, at + 32);
}

static void plant_share(struct world *world)
{
	sim_mem_share(world_mem(world), UNUSED);
}

static void plant_donation(struct world *world)
{
	sim_mem_donate(world_mem(world), UNUSED);
}

static void plant_pin(struct world *world)
{
	sim_mem_share(world_mem(world), QUEUE);
}

static void plant_long_memory(struct world *world)
{
	world_guard(world, 0)->facts.config.forgets = false;
}

static void plant_small_machine(struct world *world)
{
	world_guard(world, 0)->facts.config.lpi_bits = 13; /* no LPI at all */
}

static void deaf(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	if (offset != 0x88 || value == 0)
		world_ops()->reg_write(ctx, offset, width, value);
}

/* Hardware never hears of a command. */
static void plant_deaf_hardware(struct world *world)
{
	world_guard(world, 0)->platform.ops.reg_write = deaf;
}

static uint64_t keep(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	(void)pfn;
	(void)count;
	return 0;
}

/* A leak that nobody is told of. */
static void plant_greed(struct world *world)
{
	world_guard(world, 0)->platform.ops.unshare = keep;
	world_guard(world, 0)->platform.ops.event = NULL;
}

/* ---- what hardware is given ---- */

static void plant_reserved_command(struct world *world)
{
	const uint8_t sync[32] = {[0] = 0x05, [9] = 1};

	world_ops()->store(ctx_of(world), world_private(world, 0).pa + 0xfe0, sync, 32);
}

static void plant_reserved_level1(struct world *world)
{
	const uint8_t word[8] = {[6] = 0x10};
	struct itsg_range private = world_private(world, 0);

	world_ops()->store(ctx_of(world), private.pa + private.bytes - 8, word, 8);
}

static void plant_ctlr(struct world *world)
{
	world_ops()->reg_write(ctx_of(world), 0x0, 4, 2);
}

static void plant_foreign_table(struct world *world)
{
	world_ops()->reg_write(ctx_of(world), 0x138, 8, (uint64_t)1 << 63);
}

static void sharing(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	if (offset >= 0x100 && value >> 63)
		value |= 0xc00;
	world_ops()->reg_write(ctx, offset, width, value);
}

/* Hardware gets another shareability than the host reads. */
static void plant_attributes(struct world *world)
{
	world_guard(world, 0)->platform.ops.reg_write = sharing;
}

static uint64_t stalls_unseen(void *ctx, uint32_t offset, uint32_t width)
{
	return world_ops()->reg_read(ctx, offset, width) &
	       (offset == 0x90 ? ~(uint64_t)1 : ~(uint64_t)0);
}

static void plant_unseen_stall(struct world *world)
{
	/* INVALL of a collection that is not mapped: an error that hosts may cause. */
	const uint8_t invall[32] = {[0] = 0x0d, [16] = 5};

	world_set_mode(world, true, false, false);
	world_guard(world, 0)->platform.ops.reg_read = stalls_unseen;
	sim_mem_poke(world_mem(world), world_private(world, 0).pa, invall, sizeof(invall));
}

static void plant_lost_fetch(struct world *world)
{
	uint8_t bytes[32];

	world_fail(world, TRACE_CB_FETCH, 1);
	world_ops()->fetch(ctx_of(world), QUEUE, bytes, 32);
}

/* CREADR stays, so that the guard, told otherwise, begins in the middle. */
static uint64_t creadr_is_0(void *ctx, uint32_t offset, uint32_t width)
{
	return offset == 0x90 ? 0 : world_ops()->reg_read(ctx, offset, width);
}

static void plant_creadr(struct world *world)
{
	sim_its_keep_creadr(world_its(world, 0), true);
	world_guard(world, 0)->platform.ops.reg_read = creadr_is_0;
}

#define AT_END UINT32_MAX

/* Operations: 0 boot, 1 map, 2 settle, 3 read of a bad width, 4 disable, 5 settle, 6 run,
 * 7 BASER written again. */
static const struct fault faults[] = {
	{"DMA outside held memory", plant_dma, 3, ADVERSARY_VIOLATION, 0, false},
	{"double fetch", plant_double_fetch, 3, ADVERSARY_MISUSE, 0, false},
	{"early release", plant_early_release, 3, ADVERSARY_MISUSE, 0, false},
	{"stray store", plant_stray_store, 3, ADVERSARY_MISUSE, 0, false},
	{"stray zeroing", plant_stray_zero, 3, ADVERSARY_MISUSE, 0, false},
	{"UNPREDICTABLE register write", plant_unpredictable, 3, ADVERSARY_MISUSE, 0, false},
	{"refusal without a log", plant_silence, 3, ADVERSARY_ANSWER, 0, false},
	{"hardware called broken", plant_power_loss, 3, ADVERSARY_BROKEN, 0, false},
	{"no end of work", plant_endless_scrub, 5, ADVERSARY_ENDLESS, 0, false},
	{"hardware meets an error", plant_error, 2, ADVERSARY_ERROR, 0, false},
	{"wrong Entry_Size", plant_entry_size, 7, ADVERSARY_PREDICTION, 0, false},
	{"wrong refusal", plant_reservation, 1, ADVERSARY_PREDICTION, 0, true},
	{"lost claim", plant_lost_claim, 3, ADVERSARY_INVARIANT, 0, false},
	{"claim too many", plant_extra_claim, 3, ADVERSARY_INVARIANT, 0, false},
	{"table in host memory", plant_table, 6, ADVERSARY_ORACLE, ORACLE_REACH, false},
	{"host's queue given to hardware", plant_queue, 6, ADVERSARY_ORACLE, ORACLE_PRIVATE, false},
	{"table in shared memory", plant_table_in_itt, 6, ADVERSARY_ORACLE, ORACLE_DONATED, false},
	{"unclaimed ITT in a held page", plant_command, 3, ADVERSARY_ORACLE, ORACLE_CLAIMED, false},
	{"mapping that lies in the ring", plant_slot, 3, ADVERSARY_ORACLE, ORACLE_REACH, false},
	{"SYNC to a sleeper", plant_sync_to_sleeper, 3, ADVERSARY_MISUSE, 0, false},
	{"page shared too many", plant_share, 3, ADVERSARY_ORACLE, ORACLE_SHARES, false},
	{"page donated too many", plant_donation, 3, ADVERSARY_ORACLE, ORACLE_DONATIONS, false},
	{"page shared twice", plant_pin, 3, ADVERSARY_ORACLE, ORACLE_PINS, false},
	{"kept for ever", plant_long_memory, AT_END, ADVERSARY_PREDICTION, 0, false},
	{"honest host refused", plant_small_machine, AT_END, ADVERSARY_REFUSED, 0, false},
	{"interrupt lost", plant_deaf_hardware, AT_END, ADVERSARY_LIVENESS, 0, false},
	{"reserved bits of a command", plant_reserved_command, 3, ADVERSARY_MISUSE, 0, false},
	{"reserved bits of a level-1 word", plant_reserved_level1, 3, ADVERSARY_MISUSE, 0, false},
	{"reserved bits of CTLR", plant_ctlr, 6, ADVERSARY_MISUSE, 0, false},
	{"table nobody has", plant_foreign_table, 6, ADVERSARY_MISUSE, 0, false},
	{"other attributes than told", plant_attributes, AT_END, ADVERSARY_REGISTER, 0, false},
	{"stall nobody is told of", plant_unseen_stall, 2, ADVERSARY_LIVENESS, 0, false},
	{"fetch without an answer", plant_lost_fetch, 3, ADVERSARY_ANSWER, 0, false},
	{"queue begun in its middle", plant_creadr, AT_END, ADVERSARY_REGISTER, 0, false},
	{"page not given back", plant_greed, AT_END, ADVERSARY_LIVENESS, 0, false},
};

static void plant(void *ctx, struct world *world, uint32_t op)
{
	const struct fault *fault = ctx;

	if (fault && op == fault->op)
		fault->plant(world);
}

static size_t quiet_input(uint8_t input[INPUT_MAX])
{
	static const uint8_t ops[][5] = {
		{HOST_BOOT},  {HOST_MAP}, {SETTLE}, {READ_ANY, 0, 2, 6},
		{WRITE_CTLR}, {SETTLE},   {RUN},    {REWRITE_BASER},
	};

	memset(input, 0, INPUT_MAX);
	input[M_HARDWARE] = SIMPLE;
	input[M_BUDGET] = 3;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		memcpy(input + ADVERSARY_MACHINE_BYTES + i * ADVERSARY_OP_BYTES, ops[i],
		       sizeof(ops[i]));
	return ADVERSARY_MACHINE_BYTES + sizeof(ops) / sizeof(ops[0]) * ADVERSARY_OP_BYTES;
}

static void nothing_is_found_where_nothing_is_planted(void **unused)
{
	const struct adversary_finding *finding;
	uint8_t input[INPUT_MAX];
	size_t size = quiet_input(input);
	struct adversary_stats before = *adversary_stats(adversary);

	(void)unused;
	finding = adversary_run(adversary, input, size);
	assert_string_equal(finding->text, "");
	assert_int_equal(finding->detector, ADVERSARY_FOUND_NOTHING);
	assert_int_equal(adversary_stats(adversary)->refusals[ITSG_BAD_WIDTH],
			 before.refusals[ITSG_BAD_WIDTH] + 1);
	assert_true(adversary_stats(adversary)->boots > before.boots);
	assert_true(adversary_stats(adversary)->quiet_ends > before.quiet_ends);
}

static void each_planted_fault_is_found(void **unused)
{
	uint8_t input[INPUT_MAX];
	size_t size = quiet_input(input);

	(void)unused;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct fault *fault = &faults[i];
		const struct adversary_finding *finding;

		input[M_OWNERS] = fault->eager ? 8 : 0;
		adversary_on_op(adversary, plant, (void *)(uintptr_t)fault);
		finding = adversary_run(adversary, input, size);
		adversary_on_op(adversary, NULL, NULL);
		if (finding->detector != fault->detector || finding->clause != fault->clause)
			print_error("%s: found %s: %s\n", fault->name,
				    adversary_detector_name(finding->detector), finding->text);
		assert_int_equal(finding->detector, fault->detector);
		assert_int_equal(finding->clause, fault->clause);
		if (fault->op != AT_END)
			assert_int_equal(finding->op, fault->op);
	}
}

static void every_detector_has_a_planted_fault(void **unused)
{
	bool planted[ADVERSARY_DETECTORS] = {[ADVERSARY_FOUND_NOTHING] = true};

	(void)unused;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		planted[faults[i].detector] = true;
	for (unsigned i = 0; i < ADVERSARY_DETECTORS; i++)
		if (!planted[i])
			fail_msg("nothing is planted for %s",
				 adversary_detector_name((enum adversary_detector)i));
}

/* ---- soak ---- */

static void nothing_is_found_in_a_soak(void **unused)
{
	static uint8_t input[INPUT_MAX];
	struct adversary_stats before = *adversary_stats(adversary);
	const struct adversary_stats *stats = adversary_stats(adversary);
	unsigned reasons = 0;

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
	for (int i = 1; i < ITSG_REASON_COUNT; i++)
		reasons += stats->refusals[i] > 0;
	print_message("%llu inputs, %llu operations, %llu steps, %llu commands (%llu accepted), "
		      "armed %llu times, %llu honest lives, %u reasons\n",
		      (unsigned long long)(stats->runs - before.runs),
		      (unsigned long long)(stats->ops - before.ops),
		      (unsigned long long)(stats->steps - before.steps),
		      (unsigned long long)(stats->commands - before.commands),
		      (unsigned long long)(stats->accepted - before.accepted),
		      (unsigned long long)(stats->armed - before.armed),
		      (unsigned long long)(stats->boots - before.boots), reasons);
	assert_int_equal(stats->unbuilt, before.unbuilt);
	assert_int_equal(stats->runs - before.runs, SOAK_SEEDS / turns());
	assert_true(stats->boots - before.boots > (stats->runs - before.runs) / 2);
	assert_true(reasons >= 25);
}

/* Byte 30 says how the last honest host lives: bit 1 suspends, 2 loses power, 3 has firmware. */
static void an_honest_host_survives_whatever_becomes_of_it(void **unused)
{
	uint8_t input[INPUT_MAX];
	size_t size = quiet_input(input);

	(void)unused;
	for (unsigned i = 0; i < 512; i++) {
		const struct adversary_finding *finding;

		if (!my_turn())
			continue;
		input[M_HARDWARE] = (uint8_t)(SIMPLE | (i >> 8 & 1));
		input[30] = (uint8_t)i;
		finding = adversary_run(adversary, input, size);
		assert_string_equal(finding->text, "");
	}
}

/* Firmware restores CBASER, and so CREADR is 0, before the guard has looked at it once. */
static void power_may_be_lost_before_the_guard_has_looked(void **unused)
{
	static const uint8_t ops[][3] = {{HOST_BOOT},        {SETTLE},     {HOST_MAP},
					 {RUN, 0, 3},        {WRITE_CTLR}, {POWER, 0, 1},
					 {WRITE_CTLR, 0, 1}, {SETTLE}};
	uint8_t input[INPUT_MAX] = {0};

	(void)unused;
	input[M_HARDWARE] = SIMPLE | 0x18; /* v4.1: not quiescent in the call that disables */
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		memcpy(input + ADVERSARY_MACHINE_BYTES + i * ADVERSARY_OP_BYTES, ops[i], 3);
	assert_string_equal(adversary_run(adversary, input, sizeof(input))->text, "");
}

static void any_bytes_are_an_input(void **unused)
{
	uint8_t input[INPUT_MAX];
	size_t size = random_input(7, &adversary_shape, input, SOAK_OPS);

	(void)unused;
	for (size_t cut = 0; cut < size; cut += 13)
		assert_int_equal(adversary_run(adversary, input, cut)->detector,
				 ADVERSARY_FOUND_NOTHING);
	memset(input, 0xff, sizeof(input));
	assert_int_equal(adversary_run(adversary, input, sizeof(input))->detector,
			 ADVERSARY_FOUND_NOTHING);
}

/* ---- traces ---- */

struct printed {
	char *text;
	size_t size;
	bool complete;
};

static struct printed print(const uint8_t *input, size_t size)
{
	struct printed printed = {NULL, 0, false};
	FILE *out = open_memstream(&printed.text, &printed.size);

	assert_non_null(out);
	printed.complete = adversary_print(adversary, input, size, out);
	fclose(out);
	return printed;
}

static void the_same_bytes_are_the_same_run(void **unused)
{
	uint8_t input[INPUT_MAX];

	(void)unused;
	for (uint64_t seed = 0; seed < 40; seed++) {
		size_t size = random_input(seed, &adversary_shape, input, SOAK_OPS);
		struct printed first = print(input, size);
		struct printed second;

		adversary_run(adversary, input, size / 2);
		second = print(input, size);
		assert_string_equal(first.text, second.text);
		free(first.text);
		free(second.text);
	}
}

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

static void replay_printed(const struct printed *printed, unsigned long long seed)
{
	struct replay_summary summary;
	struct replay_options options;
	struct trace_error error;
	struct trace trace;

	if (trace_parse(printed->text, printed->size, "printed", known, &trace, &error))
		fail_msg("%s", error.message);
	replay_options_default(&options);
	assert_true(replay(&trace, &options, say, &seed, &summary));
	trace_free(&trace);
	if (printed->complete)
		assert_int_equal(replay_status(&summary, &options), 0);
}

static void a_printed_input_replays_to_the_same_outcome(void **unused)
{
	uint8_t input[INPUT_MAX];
	unsigned complete = 0;

	(void)unused;
	for (uint64_t seed = 0; seed < 120; seed++) {
		size_t size = random_input(seed, &adversary_shape, input, SOAK_OPS);
		struct printed printed;

		input[M_OWNERS] |= 4;
		printed = print(input, size);
		complete += printed.complete;
		if (printed.complete)
			replay_printed(&printed, seed);
		free(printed.text);
	}
	print_message("%u of 120 inputs have a trace form\n", complete);
	assert_true(complete >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_where_nothing_is_planted),
		cmocka_unit_test(each_planted_fault_is_found),
		cmocka_unit_test(every_detector_has_a_planted_fault),
		cmocka_unit_test(an_honest_host_survives_whatever_becomes_of_it),
		cmocka_unit_test(power_may_be_lost_before_the_guard_has_looked),
		cmocka_unit_test(any_bytes_are_an_input),
		cmocka_unit_test(the_same_bytes_are_the_same_run),
		cmocka_unit_test(a_printed_input_replays_to_the_same_outcome),
		cmocka_unit_test(nothing_is_found_in_a_soak),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
