/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Other hosts than Linux (docs/DRIVERS.md): each driver of tests/drivers/ is played on every
 * machine it can run on, and corpus/drivers/ holds what each says to the default one, unguarded.
 * With ITSGUARD_WRITE_DRIVERS=1 in the environment those traces are written anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "drivers/driver.h"
#include "turn.h"

#define FOLDER      "drivers"
#define TEXT_MAX    0x100000u
#define FEW_PAGES   2048
#define SCENARIOS   64
#define PLAYS_LEAST 20 /* machines: a driver that can work almost nowhere is no test */

static const struct scenario *const families[] = {
	acs_scenarios,      fiasco_scenarios, freebsd_scenarios, hvisor_scenarios,
	illumos_scenarios,  kinds_scenarios,  kvm_scenarios,     linux_scenarios,
	nanos_scenarios,    netbsd_scenarios, openbsd_scenarios, osv_scenarios,
	rtthread_scenarios, urthr_scenarios,  xen_scenarios,     zephyr_scenarios,
};
#define FAMILIES (sizeof(families) / sizeof(families[0]))

static const struct scenario *all[SCENARIOS];
static unsigned count;
static struct world *world;

static int set_up(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILIES; f++)
		for (const struct scenario *s = families[f]; s->name && count < SCENARIOS; s++)
			all[count++] = s;
	return count == 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_destroy(world);
	return 0;
}

/* ---- machines ---- */

static const struct mode default_machine = {
	.page = 4096,
	.its_page = TRACE_PAGE_64K,
	.indirect = true,
	.pool = true,
	.device_bits = 16,
};

/* Hardware: eager; slow; slow and caching; stalling; stalling, slow and caching; trusting. */
#define HARDWARE 6u

static void set_hardware(struct mode *mode, unsigned n)
{
	mode->slow = n == 1 || n == 2 || n == 4;
	mode->cache = n == 2 || n == 4;
	mode->stall = n == 3 || n == 4;
	mode->trust = n == 5;
}

typedef void on_mode(void *ctx, const struct mode *mode);

/* Every machine there is, one after the other. */
static void each_mode(on_mode *fn, void *ctx)
{
	struct mode mode = default_machine;

	for (unsigned page = 0; page < 3; page++)
		for (unsigned its_page = 0; its_page < 3; its_page++)
			for (unsigned two = 0; two < 3; two++)
				for (unsigned bits = 0; bits < 4; bits++)
					for (unsigned hw = 0; hw < HARDWARE; hw++) {
						mode.page = page_bytes(page);
						mode.its_page = (enum trace_page_size)its_page;
						mode.indirect = two != 1;
						mode.pool = two != 2;
						mode.pta = bits & 1;
						mode.forgets = bits & 2;
						set_hardware(&mode, hw);
						fn(ctx, &mode);
					}
}

static void describe(const struct mode *m, char *text, size_t size)
{
	snprintf(text, size, "page %u, ITS page %u, %s%s, PTA %d, %s, %u bits, %s%s%s%s%s", m->page,
		 page_bytes(m->its_page), m->indirect ? "Indirect" : "flat",
		 m->pool ? "" : " not offered", m->pta, m->forgets ? "forgets" : "remembers",
		 m->device_bits, m->slow ? "slow" : "eager", m->cache ? " caching" : "",
		 m->stall ? " stalling" : "", m->trust ? " trusting" : "",
		 m->donate ? ", donated ITTs" : "");
}

/* ---- playing ---- */

struct tally {
	const struct scenario *scenario;
	unsigned can, played, bad; /* of those that it can work on, some are played */
};

static void blame(struct tally *t, const struct mode *mode, const char *why)
{
	char where[160];

	if (++t->bad > 3)
		return;
	describe(mode, where, sizeof(where));
	print_error("%s: %s (%s)\n", t->scenario->name, why, where);
}

/* It works, or does not where it cannot: no exception is left standing. */
static void play_here(struct tally *t, const struct mode *mode)
{
	const char *cannot = t->scenario->cannot ? t->scenario->cannot(mode) : NULL;
	char why[256];
	bool works = driver_play(t->scenario, mode, &world, NULL, why, sizeof(why));

	if (works && cannot && !mode->bare)
		blame(t, mode, "works, though it is said that it cannot");
	if (!works && !cannot)
		blame(t, mode, why);
	t->played += !cannot;
}

/* Machines with one driver, and others with the next. */
static void play(void *ctx, const struct mode *mode)
{
	struct tally *t = ctx;

	t->can += !t->scenario->cannot || !t->scenario->cannot(mode);
	if (my_turn())
		play_here(t, mode);
}

static void each_driver_runs_on_every_machine_it_can(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct tally t = {.scenario = all[i]};

		if (all[i]->once)
			continue;
		each_mode(play, &t);
		if (t.bad)
			print_error("%s: %u of %u\n", all[i]->name, t.bad, t.played);
		bad += t.bad;
		if (t.can < PLAYS_LEAST)
			fail_msg("%s can work almost nowhere", all[i]->name);
	}
	assert_int_equal(bad, 0);
}

/* More DeviceIDs than flat tables are made for; and ITTs donated, where they lie alone. */
static void each_driver_runs_with_many_devices_and_donated_itts(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct tally t = {.scenario = all[i]};
		struct mode mode = default_machine;

		for (unsigned n = 0; n < 3 * 3 * 2 * HARDWARE && !all[i]->once; n++) {
			mode.its_page = (enum trace_page_size)(n % 3);
			mode.indirect = n / 3 % 3 != 1;
			mode.pool = n / 3 % 3 != 2;
			mode.donate = n / 9 % 2;
			mode.device_bits = mode.donate ? 16 : 20;
			set_hardware(&mode, n / 18);
			play(&t, &mode);
		}
		bad += t.bad;
	}
	assert_int_equal(bad, 0);
}

/* The plays are right by themselves, and so is what is said of them. */
static void each_driver_runs_on_bare_hardware(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct tally t = {.scenario = all[i]};
		struct mode mode = default_machine;

		mode.bare = true;
		for (unsigned n = 0; n < 3 * 3 * 2 * 2 * HARDWARE && !all[i]->once; n++) {
			mode.its_page = (enum trace_page_size)(n % 3);
			mode.indirect = n / 3 % 3 != 1;
			mode.pool = n / 3 % 3 != 2;
			mode.pta = n / 9 % 2;
			mode.device_bits = n / 18 % 2 ? 20 : 16;
			set_hardware(&mode, n / 36);
			play(&t, &mode);
		}
		bad += t.bad;
	}
	assert_int_equal(bad, 0);
}

/* What a driver does that no guard can let pass, and what it loses by its own mistakes. */
static void what_docs_DRIVERS_says_cannot_work_does_not(void **state)
{
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct tally t = {.scenario = all[i]};

		if (!all[i]->once)
			continue;
		play_here(&t, &default_machine);
		assert_int_equal(t.bad, 0);
		assert_int_equal(t.played, 1);
	}
}

/* ---- corpus/drivers ---- */

static void path_of(const struct scenario *s, char *path, size_t size)
{
	snprintf(path, size, "%s/%s/%s.trace", ITSG_CORPUS_DIR, FOLDER, s->name);
}

static size_t contents(const char *path, char *text)
{
	FILE *in = fopen(path, "r");
	size_t size;

	if (!in)
		return 0;
	size = fread(text, 1, TEXT_MAX, in);
	fclose(in);
	return size;
}

static size_t recording(const struct scenario *s, char *text)
{
	struct mode mode = default_machine;
	FILE *out = tmpfile();
	char why[256];
	size_t size;

	assert_non_null(out);
	mode.bare = true;
	if (!driver_play(s, &mode, &world, out, why, sizeof(why)))
		print_error("%s: %s\n", s->name, why);
	rewind(out);
	size = fread(text, 1, TEXT_MAX, out);
	fclose(out);
	return size;
}

static void write_anew(const char *path, const char *text, size_t size)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, size, out), size);
	fclose(out);
}

static void each_trace_is_what_its_driver_says(void **state)
{
	static char stored[TEXT_MAX], played[TEXT_MAX];
	char path[1024];

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		size_t size;

		if (all[i]->unrecorded)
			continue;
		path_of(all[i], path, sizeof(path));
		size = recording(all[i], played);
		if (getenv("ITSGUARD_WRITE_DRIVERS"))
			write_anew(path, played, size);
		if (contents(path, stored) != size || memcmp(stored, played, size) != 0)
			fail_msg("%s is not what the driver says", path);
	}
}

static void no_trace_is_without_its_driver(void **state)
{
	struct corpus corpus;
	char path[1024];

	(void)state;
	corpus_list(&corpus, FOLDER, "");
	for (unsigned n = 0; n < corpus.count; n++) {
		unsigned i = 0;

		for (; i < count; i++) {
			path_of(all[i], path, sizeof(path));
			if (!all[i]->unrecorded && strcmp(path, corpus.path[n]) == 0)
				break;
		}
		if (i == count)
			fail_msg("%s: no driver says this", corpus.path[n]);
	}
	corpus_free(&corpus);
}

static int replay_file(const char *path, const struct replay_options *options)
{
	struct replay_summary summary;
	struct trace trace;

	assert_true(corpus_read(path, &trace));
	trace.machine.pages = FEW_PAGES;
	replay(&trace, options, corpus_say, (void *)(uintptr_t)path, &summary);
	trace_free(&trace);
	return replay_status(&summary, options);
}

/* A driver that cannot work with PTA or a stall has traces that can: the registers say otherwise.
 */
static void each_trace_replays_at_every_page_size_and_hardware(void **state)
{
	struct corpus corpus;
	unsigned bad = 0;

	(void)state;
	corpus_list(&corpus, FOLDER, "");
	assert_true(corpus.count > 0);
	for (unsigned n = 0; n < corpus.count; n++)
		for (unsigned page = 0; page < 3; page++)
			for (unsigned hw = 0; hw < 4; hw++) {
				struct replay_options options;

				if (!my_turn())
					continue;
				replay_options_default(&options);
				options.page = page_bytes(page);
				options.forgets = (hw & 1) != 0;
				options.cache = hw >= 2;
				bad += replay_file(corpus.path[n], &options) != 0;
			}
	corpus_free(&corpus);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_driver_runs_on_bare_hardware),
		cmocka_unit_test(each_driver_runs_on_every_machine_it_can),
		cmocka_unit_test(each_driver_runs_with_many_devices_and_donated_itts),
		cmocka_unit_test(what_docs_DRIVERS_says_cannot_work_does_not),
		cmocka_unit_test(each_trace_is_what_its_driver_says),
		cmocka_unit_test(no_trace_is_without_its_driver),
		cmocka_unit_test(each_trace_replays_at_every_page_size_and_hardware),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
