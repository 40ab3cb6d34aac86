/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "turn.h"

/*
 * Enough for every capture, and for every case that does not say what it needs: the checks after
 * every line look at each slot.
 */
#define FEW_PAGES    320
#define FEW_DEVICES  64
#define SMALL_POOL   0x20000
#define CASE_PAGES   4096
#define CASE_DEVICES 512

/* ---- whole files ---- */

static void make_small(struct trace_machine *machine, uint32_t pages, uint32_t devices)
{
	if (machine->pages > pages)
		machine->pages = pages;
	if (machine->devices > devices)
		machine->devices = devices;
	if (machine->l1_pool > SMALL_POOL)
		machine->l1_pool = SMALL_POOL;
}

static int run_file(const char *path, const struct replay_options *options, uint32_t pages,
		    uint32_t devices, struct replay_summary *summary)
{
	struct trace trace;
	int status;

	assert_true(corpus_read(path, &trace));
	make_small(&trace.machine, pages, devices);
	replay(&trace, options, corpus_say, (void *)(uintptr_t)path, summary);
	status = replay_status(summary, options);
	trace_free(&trace);
	return status;
}

/* Every capture whose turn it is, with these options: no refusal, no finding at all. */
static void captures_clean(const struct replay_options *options, const char *only)
{
	struct replay_summary summary;
	struct corpus corpus;
	unsigned run = 0, bad = 0;

	corpus_list(&corpus, "captures", "");
	for (unsigned i = 0; i < corpus.count; i++) {
		if ((only && !strstr(corpus.path[i], only)) || !my_turn())
			continue;
		run++;
		if (run_file(corpus.path[i], options, FEW_PAGES, FEW_DEVICES, &summary) ||
		    summary.refused || summary.commands == 0)
			bad++;
	}
	corpus_free(&corpus);
	assert_true(run > 0 || turns() > 1);
	assert_int_equal(bad, 0);
}

static void captures_replay_clean_as_they_are(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	captures_clean(&options, NULL);
}

static void captures_replay_clean_on_hardware_that_forgets(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	options.forgets = 1;
	captures_clean(&options, NULL);
}

static void captures_replay_clean_on_hardware_that_caches(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	options.cache = 1;
	captures_clean(&options, NULL);
	options.forgets = 1;
	captures_clean(&options, NULL);
}

static void kernel_7_2_runs_with_donated_itts_on_hardware_that_trusts(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	options.donate_itt = 1;
	options.trust = 1;
	captures_clean(&options, "7.2");
	options.cache = 1;
	captures_clean(&options, "7.2");
}

static void captures_need_no_guard_to_be_harmless(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	options.guard = false;
	captures_clean(&options, NULL);
}

/* ---- redistributors of the captures ---- */

/*
 * A capture with what the host did to redistributors, which stands there in comments. Where a new
 * kernel begins, by clearing EnableLPIs of the one before, `before` is put in front.
 */
static char *with_redistributors(const char *path, const char *before)
{
	FILE *in = fopen(path, "r"), *out;
	char *text = NULL, *line = NULL, width[8];
	size_t size = 0, room = 0;
	unsigned rd, offset, found = 0;
	unsigned long long value;

	assert_non_null(in);
	out = open_memstream(&text, &size);
	fputs("machine rds=1 pages=320 devices=64 l1_pool=0x20000\n", out);
	while (getline(&line, &room, in) > 0) {
		if (sscanf(line, "# redistributor %x %7s %x %llx", &rd, width, &offset, &value) !=
		    4) {
			fputs(line, out);
			continue;
		}
		found++;
		if (offset == 0 && !(value & 1)) {
			fputs(before, out);
			before = "";
		}
		fprintf(out, "rd %u %s 0x%x 0x%llx\n", rd, width, offset, value);
	}
	fclose(in);
	fclose(out);
	free(line);
	if (found)
		return text;
	free(text);
	return NULL;
}

static int run_with_redistributors(const char *path, const char *before,
				   struct replay_summary *summary)
{
	char *text = with_redistributors(path, before);
	struct replay_options options;
	struct trace_error error;
	struct trace trace;
	int status;

	if (!text)
		return -1;
	replay_options_default(&options);
	if (trace_parse(text, strlen(text), path, corpus_known_reason, &trace, &error))
		fail_msg("%s", error.message);
	replay(&trace, &options, *before ? corpus_say : NULL, (void *)(uintptr_t)path, summary);
	status = replay_status(summary, &options);
	trace_free(&trace);
	free(text);
	return status;
}

static void captures_replay_clean_with_their_redistributors(void **unused)
{
	struct replay_summary summary;
	struct corpus corpus;
	unsigned run = 0;

	(void)unused;
	corpus_list(&corpus, "captures", "");
	for (unsigned i = 0; i < corpus.count; i++) {
		int status =
			my_turn() ? run_with_redistributors(corpus.path[i], "rd gone\n", &summary)
				  : -1;

		if (status < 0)
			continue;
		run++;
		if (status || summary.refused)
			fail_msg("%s: status %d", corpus.path[i], status);
	}
	corpus_free(&corpus);
	assert_true(run >= 5 || turns() > 1);
}

/*
 * Linux's kexec turns LPIs on again, with another table, one redistributor after the other: for a
 * while two of a group have two PROPBASERs, which is UNPREDICTABLE. A platform that sees kexec
 * coming calls itsg_redists_host_gone().
 */
static void a_kexec_that_nobody_sees_coming_is_refused_its_table(void **unused)
{
	struct replay_summary summary;
	struct corpus corpus;

	(void)unused;
	corpus_list(&corpus, "captures", "linux-6.1-virt-kexec");
	assert_int_equal(corpus.count, 1);
	assert_int_equal(run_with_redistributors(corpus.path[0], "", &summary), 1);
	assert_int_equal(summary.refused, 1);
	assert_int_equal(summary.violations, 0);
	assert_int_equal(summary.invariant_errors, 0);
	corpus_free(&corpus);
}

/* ---- host words rewritten after they were read (I4) ---- */

static void captures_replay_clean_when_host_words_are_rewritten(void **unused)
{
	struct replay_options options;

	(void)unused;
	replay_options_default(&options);
	options.rewrite_host = true;
	captures_clean(&options, NULL);
	options.forgets = 1;
	captures_clean(&options, NULL);
}

/* ---- other host page sizes ---- */

struct first_refusal {
	enum itsg_reason reason;
	uint32_t offset;
	enum replay_report_kind kind;
	bool seen;
};

static void note_refusal(void *ctx, const struct replay_report *report)
{
	struct first_refusal *first = ctx;

	if (first->seen ||
	    (report->kind != REPLAY_REFUSED_ACCESS && report->kind != REPLAY_REFUSED_COMMAND))
		return;
	first->seen = true;
	first->reason = report->reason;
	first->offset = report->offset;
	first->kind = report->kind;
}

/* A bigger host page can hold both a table and memory that the host goes on using. */
static bool fine_at_page_size(const char *path, uint32_t page)
{
	struct first_refusal first = {0};
	struct replay_options options;
	struct replay_summary summary;
	struct trace trace;
	bool clean, refused;

	replay_options_default(&options);
	options.page = page;
	assert_true(corpus_read(path, &trace));
	make_small(&trace.machine, FEW_PAGES, FEW_DEVICES);
	replay(&trace, &options, note_refusal, &first, &summary);
	trace_free(&trace);
	clean = replay_status(&summary, &options) == 0 && summary.refused == 0;
	refused = first.seen && first.kind == REPLAY_REFUSED_ACCESS && first.offset == 0 &&
		  first.reason == ITSG_KIND_CONFLICT;
	if (summary.violations || summary.invariant_errors)
		return false;
	return clean || refused;
}

static void captures_at_other_page_sizes_run_or_are_refused_at_arming(void **unused)
{
	static const uint32_t sizes[] = {16384, 65536}; /* as they are, they have 4096 */
	struct corpus corpus;
	unsigned bad = 0;

	(void)unused;
	corpus_list(&corpus, "captures", "");
	for (unsigned i = 0; i < corpus.count; i++) {
		for (unsigned k = 0; k < 2; k++) {
			if (!my_turn() || fine_at_page_size(corpus.path[i], sizes[k]))
				continue;
			print_error("%s: fails with pages of %u\n", corpus.path[i], sizes[k]);
			bad++;
		}
	}
	corpus_free(&corpus);
	assert_int_equal(bad, 0);
}

/* ---- cases ---- */

/* And that is so, to the last count, when host words are rewritten after they were read (I4). */
static void every_case_goes_as_it_says(void **unused)
{
	struct replay_options plain, rewriting;
	struct replay_summary a, b;
	struct corpus corpus;
	unsigned bad = 0;

	(void)unused;
	replay_options_default(&plain);
	replay_options_default(&rewriting);
	rewriting.rewrite_host = true;
	corpus_list(&corpus, "cases", "");
	for (unsigned i = 0; i < corpus.count; i++) {
		if (run_file(corpus.path[i], &plain, CASE_PAGES, CASE_DEVICES, &a) ||
		    run_file(corpus.path[i], &rewriting, CASE_PAGES, CASE_DEVICES, &b)) {
			bad++;
		} else if (memcmp(&a, &b, sizeof(a)) != 0) {
			print_error("%s: differs when host words are rewritten\n", corpus.path[i]);
			bad++;
		}
	}
	print_message("%u cases\n", corpus.count);
	corpus_free(&corpus);
	assert_int_equal(bad, 0);
}

/* ---- what a replay says of small traces ---- */

/* A flat device table for 512 DeviceIDs, a collection table, a queue; enabled. */
#define ARM                                                                                        \
	"machine pages=256 devices=64\n"                                                           \
	"w64 0x100 0x8000000040010000\n"                                                           \
	"w64 0x108 0x8000000040020000\n"                                                           \
	"w64 0x80 0x8000000040000000\n"                                                            \
	"w64 0x88 0\n"                                                                             \
	"w32 0 1\n"
#define ZERO8 "0000000000000000"
/* MAPD V=1 of DeviceID 1, ITT of 4 KB at 0x40030000; of DeviceID 2, the same ITT; V=0 of 1. */
#define MAP_1                                                                                      \
	"0800000001000000"                                                                         \
	"0700000000000000"                                                                         \
	"0000034000000080" ZERO8 "\n"
#define MAP_2                                                                                      \
	"0800000002000000"                                                                         \
	"0700000000000000"                                                                         \
	"0000034000000080" ZERO8 "\n"
#define UNMAP_1 "0800000001000000" ZERO8 ZERO8 ZERO8 "\n"
#define UNMAP_3 "0800000003000000" ZERO8 ZERO8 ZERO8 "\n"
/* MAPC of ICID 0 to redistributor 0; MAPTI of DeviceID 1, EventID 0, INTID 8192. */
#define MAPC_0 "0900000000000000" ZERO8 "0000000000000080" ZERO8 "\n"
#define MAPTI_1                                                                                    \
	"0a00000001000000"                                                                         \
	"0000000000200000" ZERO8 ZERO8 "\n"

struct said {
	struct replay_summary summary;
	unsigned count[REPLAY_TRACE_ERROR + 1];
	uint32_t line[REPLAY_TRACE_ERROR + 1]; /* of the last one of a kind */
	char text[256];                        /* of the last one of all */
	enum itsg_reason reason;
	unsigned predicted;
	int status;
};

static void collect(void *ctx, const struct replay_report *report)
{
	struct said *said = ctx;

	said->count[report->kind]++;
	said->line[report->kind] = report->line;
	said->predicted += report->predicted;
	if (report->reason != ITSG_OK)
		said->reason = report->reason;
	snprintf(said->text, sizeof(said->text), "%s", report->text);
}

static void run_text_with(const char *text, const struct replay_options *options, struct said *said)
{
	struct trace_error error;
	struct trace trace;

	memset(said, 0, sizeof(*said));
	if (trace_parse(text, strlen(text), "text", corpus_known_reason, &trace, &error)) {
		print_error("%s\n", error.message);
		fail();
	}
	replay(&trace, options, collect, said, &said->summary);
	said->status = replay_status(&said->summary, options);
	trace_free(&trace);
}

static void run_text(const char *text, struct said *said)
{
	struct replay_options options;

	replay_options_default(&options);
	run_text_with(text, &options, said);
}

static void a_trace_that_goes_as_it_says_is_fine(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "? pages 3\n? owner 0x40000000 shared\n? owner 0x40010000 hyp\n"
		     "mem 0x40000000 " MAP_1
		     "w32 0x88 0x20\nr32 0x90 0x20\n? pages 4\n? granules 60\n? errors 0\n"
		     "? devices 1\n? owner 0x40030000 shared\n? owner 0x40040000 host\n"
		     "? reg 0x88 0x20\n? reg 0x100 0x8107000040010000\n",
		 &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.accesses, 7);
	assert_int_equal(said.summary.commands, 1);
	assert_int_equal(said.summary.accepted, 1);
	assert_int_equal(said.summary.mapds, 1);
	assert_int_equal(said.summary.predicted, 1);
	assert_int_equal(said.summary.pages_end, 4);
	assert_int_equal(said.summary.devices_end, 1);
}

static void refusals_are_matched_with_their_lines_in_order(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "mem 0x40000000 " MAP_1 "mem 0x40000020 " MAP_2 "mem 0x40000040 " UNMAP_3
		     "w32 0x88 0x60\n! ITT_OVERLAP\n! DEVICE_UNMAPPED\n",
		 &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.refused_commands, 2);
	run_text(ARM "mem 0x40000000 " MAP_1 "mem 0x40000020 " MAP_2 "mem 0x40000040 " UNMAP_3
		     "w32 0x88 0x60\n! DEVICE_UNMAPPED\n! ITT_OVERLAP\n",
		 &said);
	assert_int_equal(said.status, 1);
	assert_int_equal(said.summary.expectation_errors, 2);
}

static void a_refusal_that_no_line_expects_is_an_error(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "w32 0x88 0x1000\n", &said);
	assert_int_equal(said.status, 1);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
	assert_int_equal(said.line[REPLAY_EXPECTATION], 7);
	assert_int_equal(said.count[REPLAY_REFUSED_ACCESS], 1);
	assert_int_equal(said.reason, ITSG_CWRITER_RANGE);
	run_text(ARM "w32 0x88 0x1000\n! CWRITER_RANGE\n", &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.refused, 1);
	assert_int_equal(said.summary.refused_accesses, 1);
}

static void an_expected_refusal_that_does_not_come_is_an_error(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "w32 0x88 0x0\n! CWRITER_RANGE\n", &said);
	assert_int_equal(said.status, 1);
	assert_int_equal(said.summary.expectation_errors, 1);
	run_text(ARM "w32 0x88 0x1000\n! CWRITER_RANGE\n! CWRITER_RANGE\n", &said);
	assert_int_equal(said.summary.expectation_errors, 1);
}

static void each_question_can_be_answered_wrongly(void **unused)
{
	static const char *const questions[] = {
		"? pages 2\n",
		"? devices 1\n",
		"? owner 0x40000000 host\n",
		"? owner 0x1000 host\n",
		"? reg 0x80 0x0\n",
		"guest 0x40000000 0x1000\n",
		"guest 0x50000000 0x1000\n!guest\n",
	};
	struct said said;
	char text[1024];

	(void)unused;
	for (unsigned i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", ARM, questions[i]);
		run_text(text, &said);
		assert_int_equal(said.status, 1);
		assert_int_equal(said.summary.expectation_errors, 1);
		assert_int_equal(said.line[REPLAY_EXPECTATION], 7);
	}
}

/* The LPIs of redistributor 0 are on. */
#define ON                                                                                         \
	"machine rds=1 pages=256 devices=64\n"                                                     \
	"rd 0 w64 0x70 0x4364078f\n"                                                               \
	"rd 0 w64 0x78 0x43650780\n"                                                               \
	"rd 0 w32 0 1\n"                                                                           \
	"hw rwp 2\n"

static void what_is_said_of_redistributors_can_be_wrong(void **unused)
{
	static const struct {
		const char *line;
		enum replay_report_kind kind;
	} rows[] = {
		{"rd 0 r32 0 2\n", REPLAY_MISMATCH},
		{"rd 0 r64 0x70 0x4364078e\n", REPLAY_MISMATCH},
		{"rd 0 r32 0x7c 1\n", REPLAY_MISMATCH},
		{"rd 1 r64 8 0\n", REPLAY_MISMATCH},
		{"rd 0 w64 0x78 0\n", REPLAY_EXPECTATION},
		{"rd 0 r64 0 0\n", REPLAY_EXPECTATION},
		{"rd 0 w32 0 1\n! LPI_BUSY\n", REPLAY_EXPECTATION},
		{"rd adopt\n! LPI_GROUP\n", REPLAY_EXPECTATION},
		{"? lpi 0 8192 pending\n", REPLAY_EXPECTATION},
		{"? pages 15\n", REPLAY_EXPECTATION},
	};
	struct said said;
	char text[1024];

	(void)unused;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", ON, rows[i].line);
		run_text(text, &said);
		assert_int_equal(said.status, 1);
		assert_int_equal(said.count[rows[i].kind], 1);
		assert_int_equal(said.line[rows[i].kind], 6);
	}
}

static void a_read_of_rwp_is_a_wait(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ON "rd 0 w32 0 0\nrd 0 r32 0 0xa\n? pages 16\nrd 0 r32 0 2\n? pages 0\n", &said);
	assert_int_equal(said.status, 0);
	run_text(ON "hw rwp ever\nrd 0 w32 0 0\nrd 0 r32 0 2\n", &said);
	assert_int_equal(said.count[REPLAY_MISMATCH], 1);
}

static void a_held_page_cannot_be_given_to_a_guest(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "guest 0x40000000 0x1000\n!guest\nguest 0x40010000 0x1000\n!guest\n"
		     "guest 0x50000000 0x1000\n? owner 0x50000000 guest\n",
		 &said);
	assert_int_equal(said.status, 0);
}

static void memory_the_host_may_not_write_is_an_error_of_the_trace(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "mem 0x40010000 00\n", &said);
	assert_int_equal(said.status, 1);
	assert_int_equal(said.count[REPLAY_TRACE_ERROR], 1);
	assert_int_equal(said.line[REPLAY_TRACE_ERROR], 7);
	run_text(ARM "mem 0x40000000 00\n", &said);
	assert_int_equal(said.status, 0);
}

static void reads_that_must_match_do(void **unused)
{
	static const char *const wrong[] = {
		"r64 0x8 0x1\n",  "r32 0x4 0x0\n",   "r32 0xffe8 0x0\n", "r32 0 0x0\n",
		"r64 0x80 0x0\n", "r64 0x100 0x0\n", "r32 0x90 0x20\n",  "r64 0x90 0x20\n",
	};
	struct said said;
	char text[1024];

	(void)unused;
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", ARM, wrong[i]);
		run_text(text, &said);
		assert_int_equal(said.status, 1);
		assert_int_equal(said.summary.read_mismatches, 1);
	}
	/* Others are not compared. */
	run_text(ARM "r64 0x88 0x123\nr32 0x40 0x77\n", &said);
	assert_int_equal(said.status, 0);
}

static void in_manual_mode_nothing_happens_by_itself(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "hw manual\nmem 0x40000000 " MAP_1 "mem 0x40000020 " UNMAP_1
		     "w32 0x88 0x40\npoll\n? owner 0x40030000 shared\nrun 1\npoll\n"
		     "? reg 0x90 0x20\nrun all\npoll\nrun all\npoll\n? owner 0x40030000 host\n"
		     "? reg 0x90 0x40\n",
		 &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.predicted, 2);
}

static void a_wait_for_creadr_reads_until_it_matches(void **unused)
{
	struct said said;

	(void)unused;
	/* With a budget of one step a read may have to be repeated. */
	run_text("machine budget=1\n" ARM "hw manual\nmem 0x40000000 " MAP_1
		 "w32 0x88 0x20\nrun all\nrun all\nr32 0x90 0x20\n",
		 &said);
	assert_int_equal(said.summary.read_mismatches, 1);
	run_text("machine budget=1\n" ARM "hw manual\nmem 0x40000000 " MAP_1
		 "w32 0x88 0x20\npoll\nrun all\nr32 0x90 0x20\n",
		 &said);
	assert_int_equal(said.status, 0);
}

static void callbacks_fail_when_the_trace_says_so(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "fail share 1\nmem 0x40000000 " MAP_1 "w32 0x88 0x20\n! SHARE_REFUSED\n"
		     "? devices 0\n? pages 3\n",
		 &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.injected, 1);
}

static void after_the_callback_that_fails_only_the_worst_counts(void **unused)
{
	struct replay_options options;
	struct said said;

	(void)unused;
	replay_options_default(&options);
	options.fail_at = 1;
	run_text_with(ARM "mem 0x40000000 " MAP_1 "w32 0x88 0x20\nr32 0x90 0x20\n? pages 4\n",
		      &options, &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.injected, 1);
	assert_true(said.summary.refused > 0);
}

static const char t9[] = ARM "mem 0x40000000 " MAPC_0 "mem 0x40000020 " MAP_1
			     "w32 0x88 0x40\nguest 0x40030000 0x1000\n!guest\n"
			     "mem 0x40000040 " MAPTI_1 "w32 0x88 0x60\n";

static void without_the_guard_the_attack_is_found(void **unused)
{
	struct replay_options options;
	struct said said;

	(void)unused;
	replay_options_default(&options);
	run_text_with(t9, &options, &said);
	assert_int_equal(said.status, 0);
	options.guard = false;
	run_text_with(t9, &options, &said);
	assert_int_equal(said.status, 1);
	assert_true(said.summary.violations > 0);
	assert_int_equal(said.count[REPLAY_VIOLATION], said.summary.violations);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 0);
	assert_int_equal(said.line[REPLAY_VIOLATION], 13);
	assert_int_equal(said.summary.commands, 3);
}

static void each_its_has_its_own_registers_and_devices(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "mem 0x40000000 " MAP_1 "w32 0x88 0x20\n? devices 1\n"
		     "its 1\n? devices 0\nr32 0 0x80000000\n"
		     "w64 0x100 0x8000000050010000\nw64 0x108 0x8000000050020000\n"
		     "w64 0x80 0x8000000050000000\nw64 0x88 0\nw32 0 1\n"
		     "mem 0x50000000 " MAP_2 "w32 0x88 0x20\n! ITT_OVERLAP\n? pages 7\n",
		 &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.summary.predicted, 2);
}

static void a_machine_that_cannot_be_built_is_an_error(void **unused)
{
	struct said said;

	(void)unused;
	run_text("machine pa_bits=32\nmachine ram=0+0x100000000\nr32 0 0x80000000\n", &said);
	assert_int_equal(said.status, 1);
	assert_int_equal(said.count[REPLAY_TRACE_ERROR], 1);
	assert_int_equal(said.line[REPLAY_TRACE_ERROR], 2);
	/* Memory for sixteen guards: the key that is furthest from its default. */
	run_text("machine devices=0x2000\nmachine l1_pool=0x8000000\nits 15\npoll\n", &said);
	assert_int_equal(said.line[REPLAY_TRACE_ERROR], 2);
	run_text("its 15\nmachine pages=0x80000 l1_pool=0x8000000\nmachine pages=0x80000\n", &said);
	assert_int_equal(said.line[REPLAY_TRACE_ERROR], 2);
}

/* The command is refused as predicted, or accepted so, where the trace is of another opinion. */
static void a_prediction_that_agrees_with_the_guard_is_told(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "mem 0x40000000 " MAPTI_1 "w32 0x88 0x20\n! EVENT_OOR\n", &said);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
	assert_int_equal(said.predicted, 1);
	run_text(ARM "mem 0x40000000 " MAP_1 "w32 0x88 0x20\n! DEVICE_UNMAPPED\n", &said);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
	assert_int_equal(said.predicted, 1);
	/* Of hardware that may stall and of registers, too. */
	run_text(ARM "hw stall\nmem 0x40000000 " MAPTI_1 "w32 0x88 0x20\n! EVENT_OOR\n", &said);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
	assert_int_equal(said.predicted, 1);
	run_text("w32 4 7\n! NOT_QUIESCENT\n", &said);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
	assert_int_equal(said.predicted, 1);
}

/* `! ANY` takes any refusals, and none. */
static void refusals_that_nobody_judges_are_no_errors(void **unused)
{
	struct said said;

	(void)unused;
	run_text(ARM "mem 0x40000000 " MAPTI_1 "mem 0x40000020 " MAPTI_1
		     "w32 0x88 0x40\n! ANY\nw32 4 7\n! READ_ONLY\nr32 0xffe8 0x3b\n! ANY\n",
		 &said);
	assert_int_equal(said.status, 0);
	run_text("w32 4 7\n! ANY\nw32 4 7\n", &said);
	assert_int_equal(said.count[REPLAY_EXPECTATION], 1);
}

/* 2^36 pages, and more than there are: neither takes long (C6). */
static void very_much_memory_goes_to_a_guest(void **unused)
{
	struct said said;

	(void)unused;
	run_text("machine pa_bits=52 ram=0x10000000000+0x1000000000000\n"
		 "guest 0x10000000000 0x1000000001000\n!guest\n"
		 "guest 0 0x10000000000000\n!guest\n"
		 "guest 0x10000000000 0x1000000000000\n? owner 0x800000000000 guest\n"
		 "w64 0x80 0x8000010000000000\nw64 0x88 0\nw32 0 1\n! ENABLE_INCOMPLETE\n",
		 &said);
	assert_int_equal(said.status, 0);
}

/* The ends of what the format allows, with one ITS: each alone is a machine. */
static void every_value_that_a_key_may_have_can_be_built(void **unused)
{
	static const char *const settings[] = {
		"pages=2",
		"pages=0x1000000",
		"devices=2",
		"devices=0x100000",
		"journal=2",
		"journal=0x10000",
		"depth=2",
		"depth=2047",
		"budget=1",
		"budget=0x100000",
		"kept=0",
		"kept=0x1000",
		"event_bits=32",
		"table_pages=256",
		"itt_entry=16",
		"lpi_bits=14",
		"lpi_bits=32",
		"pes=1",
		"pes=1024",
		"pes=1024 pta=1",
		"rd=0",
		"l1_pool=0",
		"l1_pool=0x8000000",
		"page=65536",
		"pa_bits=35",
		"pa_bits=52",
		"any_rd=1",
		"ram=0x1000+0x1000 ram=0x10000+0x1000 ram=0x20000+0x1000 ram=0x30000+0x1000"
		" ram=0x40000+0x1000 ram=0x50000+0x1000 ram=0x60000+0x1000 ram=0x70000+0x1000"
		" ram=0x80000+0x1000 ram=0x90000+0x1000 ram=0xa0000+0x1000 ram=0xb0000+0x1000"
		" ram=0xc0000+0x1000 ram=0xd0000+0x1000 ram=0xe0000+0x1000 ram=0xf0000+0x1000",
	};
	struct said said;
	char text[1024];

	(void)unused;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		snprintf(text, sizeof(text), "machine %s\nr32 0xffe8 0x3b\n", settings[i]);
		run_text(text, &said);
		if (said.status != 0)
			fail_msg("machine %s cannot be built", settings[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_replay_clean_as_they_are),
		cmocka_unit_test(captures_replay_clean_on_hardware_that_forgets),
		cmocka_unit_test(captures_replay_clean_on_hardware_that_caches),
		cmocka_unit_test(kernel_7_2_runs_with_donated_itts_on_hardware_that_trusts),
		cmocka_unit_test(captures_need_no_guard_to_be_harmless),
		cmocka_unit_test(captures_replay_clean_with_their_redistributors),
		cmocka_unit_test(a_kexec_that_nobody_sees_coming_is_refused_its_table),
		cmocka_unit_test(captures_replay_clean_when_host_words_are_rewritten),
		cmocka_unit_test(captures_at_other_page_sizes_run_or_are_refused_at_arming),
		cmocka_unit_test(every_case_goes_as_it_says),
		cmocka_unit_test(a_trace_that_goes_as_it_says_is_fine),
		cmocka_unit_test(refusals_are_matched_with_their_lines_in_order),
		cmocka_unit_test(a_refusal_that_no_line_expects_is_an_error),
		cmocka_unit_test(an_expected_refusal_that_does_not_come_is_an_error),
		cmocka_unit_test(each_question_can_be_answered_wrongly),
		cmocka_unit_test(what_is_said_of_redistributors_can_be_wrong),
		cmocka_unit_test(a_read_of_rwp_is_a_wait),
		cmocka_unit_test(a_held_page_cannot_be_given_to_a_guest),
		cmocka_unit_test(memory_the_host_may_not_write_is_an_error_of_the_trace),
		cmocka_unit_test(reads_that_must_match_do),
		cmocka_unit_test(in_manual_mode_nothing_happens_by_itself),
		cmocka_unit_test(a_wait_for_creadr_reads_until_it_matches),
		cmocka_unit_test(callbacks_fail_when_the_trace_says_so),
		cmocka_unit_test(after_the_callback_that_fails_only_the_worst_counts),
		cmocka_unit_test(without_the_guard_the_attack_is_found),
		cmocka_unit_test(each_its_has_its_own_registers_and_devices),
		cmocka_unit_test(a_machine_that_cannot_be_built_is_an_error),
		cmocka_unit_test(a_prediction_that_agrees_with_the_guard_is_told),
		cmocka_unit_test(refusals_that_nobody_judges_are_no_errors),
		cmocka_unit_test(very_much_memory_goes_to_a_guest),
		cmocka_unit_test(every_value_that_a_key_may_have_can_be_built),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
