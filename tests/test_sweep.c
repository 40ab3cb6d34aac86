/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Every callback fails once: a trace is replayed to count the callback calls, then again with the
 * i-th failing, for every i, or as many evenly spread as its length allows. Whatever was refused
 * then, the invariants, the books and the oracle hold after each line, and the rest of the trace
 * runs on without a violation (I3, I7).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "turn.h"

/* Enough for every capture; the checks after every line look at each slot. */
#define FEW_PAGES   320
#define FEW_DEVICES 64
#define FEW_ENTRIES 64
#define SMALL_POOL  0x20000

/* The lines of all replays of a file: the longer it is, the fewer of its calls fail. */
#ifndef CASE_LINES
#define CASE_LINES 5000u
#endif
#ifndef CAPTURE_LINES
#define CAPTURE_LINES 42000u
#endif

struct sweep {
	const char *path;
	struct trace trace;
	struct replay_options options;
	uint64_t callbacks, tried, bad, refusing;
};

static void fail_one(struct sweep *s, uint64_t i)
{
	struct replay_summary summary;

	s->options.fail_at = i;
	replay(&s->trace, &s->options, NULL, NULL, &summary);
	s->tried++;
	if (summary.refused || summary.leaked)
		s->refusing++;
	if (summary.injected >= 1 && !summary.violations && !summary.invariant_errors)
		return;
	s->bad++;
	print_error("%s: callback %llu of %llu: %llu violations, %llu broken invariants\n", s->path,
		    (unsigned long long)i, (unsigned long long)s->callbacks,
		    (unsigned long long)summary.violations,
		    (unsigned long long)summary.invariant_errors);
	replay(&s->trace, &s->options, corpus_say, (void *)(uintptr_t)s->path, &summary);
}

static void sweep_file(struct sweep *s, uint64_t lines)
{
	struct replay_summary summary;
	uint64_t count;

	replay(&s->trace, &s->options, NULL, NULL, &summary);
	s->callbacks = summary.callbacks;
	count = lines / s->trace.count;
	if (count > s->callbacks)
		count = s->callbacks;
	/* Evenly over all calls, the first and the last among them. */
	for (uint64_t k = 0; k < count && s->bad < 3; k++)
		if (my_turn())
			fail_one(s, count == 1 ? 1 : 1 + k * (s->callbacks - 1) / (count - 1));
}

static void make_small(struct trace_machine *machine)
{
	if (machine->pages > FEW_PAGES)
		machine->pages = FEW_PAGES;
	if (machine->devices > FEW_DEVICES)
		machine->devices = FEW_DEVICES;
	if (machine->l1_pool > SMALL_POOL)
		machine->l1_pool = SMALL_POOL;
	if (machine->journal > FEW_ENTRIES)
		machine->journal = FEW_ENTRIES;
}

static uint64_t sweep_folder(const char *folder, const char *prefix, uint64_t lines)
{
	struct corpus corpus;
	uint64_t bad = 0, tried = 0, callbacks = 0, refusing = 0;

	corpus_list(&corpus, folder, prefix);
	for (unsigned i = 0; i < corpus.count; i++) {
		struct sweep s = {.path = corpus.path[i]};

		replay_options_default(&s.options);
		assert_true(corpus_read(s.path, &s.trace));
		make_small(&s.trace.machine);
		sweep_file(&s, lines);
		trace_free(&s.trace);
		bad += s.bad;
		tried += s.tried;
		callbacks += s.callbacks;
		refusing += s.refusing;
	}
	print_message("%s: %u files, %llu callbacks, %llu failed one by one, %llu showed\n", folder,
		      corpus.count, (unsigned long long)callbacks, (unsigned long long)tried,
		      (unsigned long long)refusing);
	corpus_free(&corpus);
	return bad;
}

static void any_callback_may_fail_in_a_good_case(void **unused)
{
	(void)unused;
	assert_int_equal(sweep_folder("cases", "good_", CASE_LINES), 0);
}

static void any_callback_may_fail_in_real_traffic(void **unused)
{
	(void)unused;
	assert_int_equal(sweep_folder("captures", "", CAPTURE_LINES), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_callback_may_fail_in_a_good_case),
		cmocka_unit_test(any_callback_may_fail_in_real_traffic),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
