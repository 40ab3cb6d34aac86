/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "replay_event.h"

#define EVENTS 4096

/* What a replay told; texts are not kept. */
static struct replay_event events[EVENTS];
static size_t count;

static void keep(void *ctx, const struct replay_event *event)
{
	(void)ctx;
	assert_true(count < EVENTS);
	events[count] = *event;
	events[count++].text = NULL;
}

static struct replay_summary plays_with(const char *text, bool guard)
{
	struct replay_options options;
	struct replay_summary summary;
	struct trace_error error;
	struct trace trace;

	replay_options_default(&options);
	options.guard = guard;
	options.event = keep;
	count = 0;
	if (trace_parse(text, strlen(text), "test", corpus_known_reason, &trace, &error))
		fail_msg("%s", error.message);
	trace.machine.pages = 64;
	trace.machine.devices = 16;
	trace.machine.l1_pool = 0x20000;
	assert_true(replay(&trace, &options, corpus_say, (void *)(uintptr_t) "test", &summary));
	trace_free(&trace);
	return summary;
}

static struct replay_summary plays(const char *text)
{
	return plays_with(text, true);
}

/* The n-th event of that kind, from 0; NULL: there are not so many. */
static const struct replay_event *nth(enum replay_event_kind kind, size_t n)
{
	for (size_t i = 0; i < count; i++)
		if (events[i].kind == kind && n-- == 0)
			return &events[i];
	return NULL;
}

static size_t number_of(enum replay_event_kind kind)
{
	size_t n = 0;

	while (nth(kind, n))
		n++;
	return n;
}

/* Queue, device table and collection table, each a page, and the ITS enabled: lines 1 to 5. */
#define ARMED                                                                                      \
	"w64 0x100 0xb907000041000000\nw64 0x108 0xbc07000041001000\n"                             \
	"w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n"
#define MAPD(pa, itt, v) "mem " pa " 08000000100000000400000000000000" itt v "0000000000000000\n"
#define MAPC(pa)         "mem " pa " 0900000000000000000000000000000000000000000000800000000000000000\n"
#define ITT              "000000600000"

static void arming_claims_what_the_registers_name(void **unused)
{
	static const struct {
		uint64_t pa;
		bool donated;
		enum replay_use use;
		uint32_t number;
	} claims[] = {
		{0x40000000, false, REPLAY_USE_QUEUE, 0},
		{0x41000000, true, REPLAY_USE_TABLE, 0},
		{0x41001000, true, REPLAY_USE_TABLE, 1},
	};

	(void)unused;
	plays(ARMED);
	assert_int_equal(number_of(REPLAY_EV_CLAIM), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct replay_event *e = nth(REPLAY_EV_CLAIM, i);

		assert_int_equal(e->line, 5);
		assert_int_equal(e->pa, claims[i].pa);
		assert_int_equal(e->bytes, 4096);
		assert_int_equal(e->donated, claims[i].donated);
		assert_int_equal(e->whose.use, claims[i].use);
		assert_int_equal(e->whose.number, claims[i].number);
	}
	/* The private queue is filled with one command, and that is one event. */
	assert_int_equal(number_of(REPLAY_EV_PRIVATE), 1);
	assert_true(nth(REPLAY_EV_PRIVATE, 0)->own);
	assert_int_equal(nth(REPLAY_EV_PRIVATE, 0)->count, 2048);
	assert_int_equal(number_of(REPLAY_EV_ACCESS), 5);
}

static void pages_one_behind_the_other_are_one_claim(void **unused)
{
	(void)unused;
	plays("w64 0x100 0xb907000041000003\nw64 0x108 0xbc07000041010000\n"
	      "w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n");
	assert_int_equal(number_of(REPLAY_EV_CLAIM), 3);
	assert_int_equal(nth(REPLAY_EV_CLAIM, 1)->bytes, 4 * 4096);
}

static void an_accepted_command_stands_before_its_claims_and_hardware(void **unused)
{
	const struct replay_event *command, *claim, *given, *ran;

	(void)unused;
	plays(ARMED MAPD("0x40000000", ITT, "0080") "w32 0x88 0x20\n");
	command = nth(REPLAY_EV_COMMAND, 0);
	claim = nth(REPLAY_EV_CLAIM, 3);
	given = nth(REPLAY_EV_PRIVATE, 1);
	ran = nth(REPLAY_EV_RAN, 0);
	assert_int_equal(number_of(REPLAY_EV_COMMAND), 1);
	assert_int_equal(command->verdict, REPLAY_ACCEPTED);
	assert_int_equal(command->reason, ITSG_OK);
	assert_int_equal(command->raw[0], ITSG_CMD_MAPD);
	assert_int_equal(claim->whose.use, REPLAY_USE_ITT);
	assert_int_equal(claim->whose.number, 0x10);
	assert_int_equal(claim->pa, 0x60000000);
	assert_false(given->own);
	assert_int_equal(ran->count, 1);
	assert_true(command < claim && claim < given && given < ran);
	assert_int_equal(number_of(REPLAY_EV_MEMORY), 1);
}

static void an_unmap_is_followed_by_barriers_and_the_drop(void **unused)
{
	const struct replay_event *drop, *barrier;

	(void)unused;
	plays(ARMED MAPC("0x40000000") MAPD("0x40000020", ITT, "0080")
		      MAPD("0x40000040", ITT, "0000") "w32 0x88 0x60\n");
	drop = nth(REPLAY_EV_DROP, 0);
	assert_int_equal(number_of(REPLAY_EV_DROP), 1);
	assert_int_equal(drop->pa, 0x60000000);
	assert_int_equal(drop->whose.use, REPLAY_USE_ITT);
	assert_int_equal(drop->whose.number, 0x10);
	assert_false(drop->donated);
	/* After the filling, MAPC, MAPD and MAPD of the host's. */
	barrier = nth(REPLAY_EV_PRIVATE, 4);
	assert_non_null(barrier);
	assert_true(barrier->own);
	assert_int_equal(barrier->raw[0], ITSG_CMD_SYNC);
	assert_true(barrier < drop);
}

static void a_refused_command_has_its_reason(void **unused)
{
	const struct replay_event *platform, *owner;

	(void)unused;
	plays("guest 0x60000000 0x1000\n" ARMED MAPD("0x40000000", ITT,
						     "0080") "w32 0x88 0x20\n! SHARE_REFUSED\n");
	owner = nth(REPLAY_EV_OWNER, 0);
	assert_false(owner->refused);
	assert_int_equal(owner->pa, 0x60000000);
	assert_int_equal(nth(REPLAY_EV_COMMAND, 0)->verdict, REPLAY_REFUSED);
	assert_int_equal(nth(REPLAY_EV_COMMAND, 0)->reason, ITSG_SHARE_REFUSED);
	platform = nth(REPLAY_EV_PLATFORM, 0);
	assert_int_equal(platform->callback, TRACE_CB_SHARE);
	assert_int_equal(platform->pa, 0x60000000);
	assert_false(platform->on_request);
	assert_int_equal(number_of(REPLAY_EV_REPORT), 0);
}

static void a_refused_access_has_its_reason_and_changes_nothing(void **unused)
{
	(void)unused;
	plays("w32 4 7\n! READ_ONLY\nr32 0xffe8 0x3b\nr8 0 0\n! BAD_WIDTH\n");
	assert_int_equal(number_of(REPLAY_EV_ACCESS), 3);
	assert_int_equal(nth(REPLAY_EV_ACCESS, 0)->reason, ITSG_READ_ONLY);
	assert_true(nth(REPLAY_EV_ACCESS, 0)->write);
	assert_int_equal(nth(REPLAY_EV_ACCESS, 1)->reason, ITSG_OK);
	assert_int_equal(nth(REPLAY_EV_ACCESS, 1)->value, 0x3b);
	assert_int_equal(nth(REPLAY_EV_ACCESS, 2)->reason, ITSG_BAD_WIDTH);
}

/* With manual hardware a second unmap waits; when it is judged it is told again. */
static void a_command_that_waits_comes_again(void **unused)
{
	const struct replay_event *first, *again;

	(void)unused;
	plays("hw manual\nmachine budget=1\n" ARMED MAPD("0x40000000", ITT,
							 "0080") "w32 0x88 0x20\npoll\n");
	first = nth(REPLAY_EV_COMMAND, 0);
	again = nth(REPLAY_EV_COMMAND, 1);
	assert_int_equal(first->verdict, REPLAY_WAITS);
	assert_int_equal(first->line, 9);
	assert_int_equal(again->verdict, REPLAY_ACCEPTED);
	assert_int_equal(again->line, 10);
	assert_int_equal(again->offset, 0);
	assert_memory_equal(first->raw, again->raw, sizeof(first->raw));
	assert_int_equal(number_of(REPLAY_EV_STEP), 2);
}

static void a_failure_on_request_is_told_as_one(void **unused)
{
	(void)unused;
	plays(ARMED MAPD("0x40000000", ITT, "0080") "fail share 1\nw32 0x88 0x20\n"
						    "! SHARE_REFUSED\n");
	assert_true(nth(REPLAY_EV_PLATFORM, 0)->on_request);
}

static void without_a_guard_commands_and_violations_are_told(void **unused)
{
	const struct replay_summary summary =
		plays_with("guest 0x60000000 0x1000\n" ARMED MAPD("0x40000000", ITT, "0080")
				   MAPC("0x40000020") "mem 0x40000040 0a000000100000000000000000200"
						      "0000000000000000000000000000000000000\n"
						      "w32 0x88 0x60\n",
			   false);

	(void)unused;
	assert_int_equal(summary.violations, 1);
	assert_int_equal(number_of(REPLAY_EV_COMMAND), 3);
	assert_int_equal(nth(REPLAY_EV_COMMAND, 2)->verdict, REPLAY_NO_GUARD);
	assert_int_equal(nth(REPLAY_EV_COMMAND, 2)->offset, 0x40);
	assert_int_equal(nth(REPLAY_EV_COMMAND, 2)->raw[0], ITSG_CMD_MAPTI);
	assert_int_equal(nth(REPLAY_EV_REPORT, 0)->report, REPLAY_VIOLATION);
	assert_int_equal(nth(REPLAY_EV_REPORT, 0)->pa, 0x60000000);
	assert_true(nth(REPLAY_EV_COMMAND, 2) < nth(REPLAY_EV_REPORT, 0));
	assert_int_equal(nth(REPLAY_EV_RAN, 0)->to, 0x60);
	assert_int_equal(number_of(REPLAY_EV_CLAIM), 0);
}

static void stalled_hardware_and_its_error_are_told(void **unused)
{
	(void)unused;
	plays("hw stall\n" ARMED MAPC("0x40000000") "inject 1\nw32 0x88 0x20\n");
	assert_int_equal(nth(REPLAY_EV_FAILED, 0)->offset, 0);
	assert_true(nth(REPLAY_EV_RAN, 0)->stalled);
	assert_int_equal(nth(REPLAY_EV_RAN, 0)->count, 0);
}

static void tables_of_a_redistributor_are_told_as_its_own(void **unused)
{
	const struct replay_event *config, *pending;

	(void)unused;
	plays("machine rds=1\nrd 2 w64 0x70 0x7000070f\nrd 2 w64 0x78 0x4000000071000000\n"
	      "rd 2 w32 0 1\n");
	config = nth(REPLAY_EV_CLAIM, 0);
	pending = nth(REPLAY_EV_CLAIM, 1);
	assert_non_null(pending);
	assert_true(config->of_redistributor);
	assert_int_equal(config->whose.use, REPLAY_USE_CONFIG);
	assert_int_equal(config->whose.number, 2);
	assert_int_equal(config->pa, 0x70000000);
	assert_int_equal(pending->whose.use, REPLAY_USE_PENDING);
	assert_int_equal(pending->pa, 0x71000000);
	assert_true(pending->donated);
	assert_true(nth(REPLAY_EV_ACCESS, 2)->of_redistributor);
	assert_int_equal(nth(REPLAY_EV_ACCESS, 2)->redistributor, 2);
}

/* Claims that are not given back are those that the guard holds in the end. */
static void all_claims_of_a_capture_are_accounted_for(void **unused)
{
	static struct trace trace;
	struct replay_options options;
	struct replay_summary summary;
	uint64_t held = 0;

	(void)unused;
	replay_options_default(&options);
	options.event = keep;
	count = 0;
	assert_true(corpus_read(ITSG_CORPUS_DIR "/captures/linux-7.2-virt-hibtest.trace", &trace));
	assert_true(replay(&trace, &options, corpus_say, (void *)(uintptr_t) "capture", &summary));
	for (size_t i = 0; i < count; i++) {
		if (events[i].kind == REPLAY_EV_CLAIM)
			held += events[i].bytes / 4096;
		else if (events[i].kind == REPLAY_EV_DROP)
			held -= events[i].bytes / 4096;
	}
	assert_int_equal(held, summary.pages_end);
	assert_int_equal(number_of(REPLAY_EV_COMMAND), summary.commands);
	assert_int_equal(number_of(REPLAY_EV_ACCESS), summary.accesses);
	trace_free(&trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arming_claims_what_the_registers_name),
		cmocka_unit_test(pages_one_behind_the_other_are_one_claim),
		cmocka_unit_test(an_accepted_command_stands_before_its_claims_and_hardware),
		cmocka_unit_test(an_unmap_is_followed_by_barriers_and_the_drop),
		cmocka_unit_test(a_refused_command_has_its_reason),
		cmocka_unit_test(a_refused_access_has_its_reason_and_changes_nothing),
		cmocka_unit_test(a_command_that_waits_comes_again),
		cmocka_unit_test(a_failure_on_request_is_told_as_one),
		cmocka_unit_test(without_a_guard_commands_and_violations_are_told),
		cmocka_unit_test(stalled_hardware_and_its_error_are_told),
		cmocka_unit_test(tables_of_a_redistributor_are_told_as_its_own),
		cmocka_unit_test(all_claims_of_a_capture_are_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
