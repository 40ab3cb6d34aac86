/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Every callback fails once: a trace is replayed to count the callback calls, then again with the
 * i-th failing, for every i, or as many evenly spread as its length allows. Each page of a range
 * counts, so that ranges end at any of their pages. Whatever was refused
 * then, the invariants, the books and the oracle hold after each line, and the rest of the trace
 * runs on without a violation (I3, I7).
 *
 * The pages that go to the guard and back are few among the callbacks, and a range is more than its
 * pages: so they also fail apart from the others.
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
#ifndef PAGE_LINES
#define PAGE_LINES 3000u
#endif
#ifndef CAPTURE_LINES
#define CAPTURE_LINES 42000u
#endif

struct sweep {
	const char *path;
	struct trace trace;
	struct replay_options options;
	uint64_t callbacks, tried, bad, refusing, partial;
};

/* What came of a replay in which a callback failed. */
static void note(struct sweep *s, const struct trace *trace, uint64_t i,
		 const struct replay_summary *was)
{
	struct replay_summary summary = *was;

	s->tried++;
	if (summary.refused || summary.leaked)
		s->refusing++;
	if (summary.partial)
		s->partial++;
	if (summary.injected >= 1 && !summary.violations && !summary.invariant_errors)
		return;
	s->bad++;
	print_error("%s: callback %llu of %llu: %llu violations, %llu broken invariants\n", s->path,
		    (unsigned long long)i, (unsigned long long)s->callbacks,
		    (unsigned long long)summary.violations,
		    (unsigned long long)summary.invariant_errors);
	replay(trace, &s->options, corpus_say, (void *)(uintptr_t)s->path, &summary);
}

static void fail_one(struct sweep *s, uint64_t i)
{
	struct replay_summary summary;

	s->options.fail_at = i;
	replay(&s->trace, &s->options, NULL, NULL, &summary);
	note(s, &s->trace, i, &summary);
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

/* The n-th page of this callback fails: a line in front of the trace says so. False: there is none.
 */
static bool fail_page(struct sweep *s, enum trace_callback callback, uint32_t n)
{
	struct trace trace = s->trace;
	struct replay_summary summary;

	trace.directives = calloc(trace.count + 1, sizeof(*trace.directives));
	assert_non_null(trace.directives);
	memcpy(trace.directives + 1, s->trace.directives, trace.count * sizeof(*trace.directives));
	trace.count++;
	trace.directives[0].kind = TRACE_FAIL;
	trace.directives[0].u.fail.callback = callback;
	trace.directives[0].u.fail.nth = n;
	trace.directives[0].u.fail.times = 1;
	replay(&trace, &s->options, NULL, NULL, &summary);
	if (summary.injected)
		note(s, &trace, n, &summary);
	free(trace.directives);
	return summary.injected > 0;
}

/* Each of the first pages, then fewer and fewer; of all four callbacks in turn. */
static void sweep_pages(struct sweep *s, uint64_t lines)
{
	uint64_t count = lines / s->trace.count;
	uint32_t turn = TRACE_CB_SHARE, n = 1, none = 0;

	for (; none < 4 && count && s->bad < 3; count--) {
		if (my_turn())
			none = fail_page(s, (enum trace_callback)turn, n) ? 0 : none + 1;
		turn = turn == TRACE_CB_RECLAIM ? TRACE_CB_SHARE : turn + 1;
		n += turn == TRACE_CB_SHARE ? 1 + n / 8 : 0;
	}
	s->callbacks = s->tried;
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

typedef void sweep_fn(struct sweep *s, uint64_t lines);

static uint64_t sweep_folder(const char *folder, const char *prefix, uint64_t lines, sweep_fn *fn)
{
	struct corpus corpus;
	uint64_t bad = 0, tried = 0, callbacks = 0, refusing = 0, partial = 0;

	corpus_list(&corpus, folder, prefix);
	for (unsigned i = 0; i < corpus.count; i++) {
		struct sweep s = {.path = corpus.path[i]};

		replay_options_default(&s.options);
		assert_true(corpus_read(s.path, &s.trace));
		make_small(&s.trace.machine);
		fn(&s, lines);
		trace_free(&s.trace);
		bad += s.bad;
		tried += s.tried;
		callbacks += s.callbacks;
		refusing += s.refusing;
		partial += s.partial;
	}
	print_message("%s: %u files, %llu callbacks, %llu failed one by one, %llu showed, "
		      "%llu in the middle of a range\n",
		      folder, corpus.count, (unsigned long long)callbacks,
		      (unsigned long long)tried, (unsigned long long)refusing,
		      (unsigned long long)partial);
	corpus_free(&corpus);
	assert_true(partial > 0);
	return bad;
}

static void any_callback_may_fail_in_a_good_case(void **unused)
{
	(void)unused;
	assert_int_equal(sweep_folder("cases", "good_", CASE_LINES, sweep_file), 0);
}

static void any_page_of_a_range_may_be_refused(void **unused)
{
	(void)unused;
	assert_int_equal(sweep_folder("cases", "good_", PAGE_LINES, sweep_pages), 0);
}

static void any_callback_may_fail_in_real_traffic(void **unused)
{
	(void)unused;
	assert_int_equal(sweep_folder("captures", "", CAPTURE_LINES, sweep_file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_callback_may_fail_in_a_good_case),
		cmocka_unit_test(any_page_of_a_range_may_be_refused),
		cmocka_unit_test(any_callback_may_fail_in_real_traffic),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
