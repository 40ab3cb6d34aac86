/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/names.h"
#include "oracle.h"
#include "predict.h"
#include "replay_event.h"
#include "trace.h"
#include "world.h"

/* Registers (GIC 1.2) of which a replay knows the answer. */
#define CTLR      0x0000u
#define IIDR      0x0004u
#define TYPER     0x0008u
#define CBASER    0x0080u
#define CREADR    0x0090u
#define BASER     0x0100u
#define BASER_END 0x0140u
#define PIDR2     0xffe8u

/* Of a redistributor, from RD_base. */
#define RD_CTLR       0x0000u
#define RD_RWP        0x8u
#define RD_PROPBASER  0x0070u
#define RD_PENDBASER  0x0078u
#define RD_VPROPBASER 0x20070u
#define RD_VPENDBASER 0x20078u

/* Reads of CREADR that show nothing new before the wait is given up. */
#define WAIT_EAGER  4
#define WAIT_MANUAL 4096

/* Refusals that a contradicted prediction tells of at most. */
#define REFUSALS_TOLD 256

struct replayer {
	const struct trace *trace;
	struct replay_options options;
	replay_report_fn *report;
	void *ctx;
	struct replay_summary *summary;
	struct world *world;
	struct oracle *oracle;
	struct predictor *predictor;
	struct teller *teller;
	const struct itsg_its *guards[TRACE_ITS_MAX];

	const struct trace_directive *line; /* the one being replayed */
	size_t next_expected;               /* directive that may be the `!` of the next refusal */
	bool eager;
	bool stall, cache, trust;
	struct sim_redists_mode rd_mode;
	uint64_t callbacks_before; /* made by initialisation */
	uint64_t judged_changes;   /* world_changes() when the state was last judged */
	uint64_t access_refusals;  /* events of the current access */
	enum itsg_reason access_reason;
	enum itsg_invariant said_invariant; /* said once, not after every line */
	enum oracle_clause said_clause;
	bool said_prediction;
	bool agreed; /* the prediction and the guard, about the refusal, or its absence, in question
		      */
};

void replay_options_default(struct replay_options *options)
{
	memset(options, 0, sizeof(*options));
	options->guard = true;
	options->page = REPLAY_FROM_TRACE;
	options->forgets = REPLAY_FROM_TRACE;
	options->donate_itt = REPLAY_FROM_TRACE;
	options->cache = REPLAY_FROM_TRACE;
	options->trust = REPLAY_FROM_TRACE;
	options->stall = REPLAY_FROM_TRACE;
}

/* ---- saying what happened ---- */

/* After the callback that fail_at names, only what may never happen counts as an error. */
static bool excused(const struct replayer *r)
{
	return r->options.fail_at > 0 &&
	       world_callbacks(r->world) - r->callbacks_before >= r->options.fail_at;
}

static struct replay_report about(const struct replayer *r, enum replay_report_kind kind)
{
	struct replay_report report = {.kind = kind, .text = ""};

	if (r->line) {
		report.line = r->line->line;
		report.its = r->line->its;
	}
	return report;
}

static void say(const struct replayer *r, struct replay_report *report, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const struct replayer *r, struct replay_report *report, const char *format, ...)
{
	char text[512];
	va_list args;

	if (!r->report && !r->teller)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report->text = text;
	teller_report(r->teller, report);
	if (r->report)
		r->report(r->ctx, report);
}

/* An expectation that is not met counts only where the guard is judged. */
static bool judging(const struct replayer *r)
{
	return r->options.guard && !excused(r);
}

static void unmet(struct replayer *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void unmet(struct replayer *r, const char *format, ...)
{
	struct replay_report report = about(r, REPLAY_EXPECTATION);
	char text[256];
	va_list args;

	if (!judging(r))
		return;
	r->summary->expectation_errors++;
	report.predicted = r->agreed;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say(r, &report, "%s", text);
}

static void invariant(struct replayer *r, uint32_t its, const char *text)
{
	struct replay_report report = about(r, REPLAY_INVARIANT);

	report.its = its;
	r->summary->invariant_errors++;
	say(r, &report, "%s", text);
}

static void trace_error(struct replayer *r, const char *text)
{
	struct replay_report report = about(r, REPLAY_TRACE_ERROR);

	r->summary->expectation_errors++;
	say(r, &report, "%s", text);
}

/* ---- refusals and their `!` lines ---- */

/* agreed: the prediction said so beforehand. */
static void match_refusal(struct replayer *r, enum itsg_reason reason, bool agreed)
{
	const char *name = itsg_reason_name(reason);
	const struct trace_directive *d;

	r->agreed = agreed;
	if (r->next_expected >= r->trace->count ||
	    r->trace->directives[r->next_expected].kind != TRACE_EXPECT_REFUSAL) {
		unmet(r, "refused with %s, which no ! line expects", name);
		return;
	}
	d = &r->trace->directives[r->next_expected];
	if (!strcmp(d->u.reason, TRACE_ANY))
		return;
	r->next_expected++;
	if (strcmp(d->u.reason, name) != 0)
		unmet(r, "refused with %s where line %" PRIu32 " expects %s", name, d->line,
		      d->u.reason);
}

static void expected_but_not_refused(struct replayer *r)
{
	while (r->next_expected < r->trace->count) {
		const struct trace_directive *d = &r->trace->directives[r->next_expected];

		if (d->kind != TRACE_EXPECT_REFUSAL)
			return;
		r->next_expected++;
		if (!strcmp(d->u.reason, TRACE_ANY))
			continue;
		unmet(r, "no refusal where line %" PRIu32 " expects %s", d->line, d->u.reason);
	}
}

static void refused_access(struct replayer *r, uint32_t its, const struct itsg_event *event)
{
	struct replay_report report = about(r, REPLAY_REFUSED_ACCESS);

	report.its = its;
	report.reason = event->reason;
	report.offset = event->offset;
	report.value = event->value;
	report.culprit = event->culprit;
	report.pa = event->pa;
	r->summary->refused_accesses++;
	r->access_refusals++;
	r->access_reason = event->reason;
	teller_refusal(r->teller, its, false, event);
	say(r, &report, "%s: access to %s (0x%04" PRIx32 ") refused, value 0x%" PRIx64,
	    itsg_reason_name(event->reason), itsg_register_name(event->offset), event->offset,
	    event->value);
	match_refusal(r, event->reason, predictor_agrees(r->predictor));
}

static void refused_rd_access(struct replayer *r, const struct itsg_event *event)
{
	struct replay_report report = about(r, REPLAY_REFUSED_ACCESS);

	report.of_redistributor = true;
	report.redistributor = event->redistributor;
	report.reason = event->reason;
	report.offset = event->offset;
	report.value = event->value;
	report.culprit = event->culprit;
	report.pa = event->pa;
	r->summary->refused_accesses++;
	r->access_refusals++;
	r->access_reason = event->reason;
	teller_refusal(r->teller, 0, true, event);
	say(r, &report,
	    "%s: access to redistributor %" PRIu32 " at 0x%04" PRIx32 " refused, value 0x%" PRIx64,
	    itsg_reason_name(event->reason), event->redistributor, event->offset, event->value);
	match_refusal(r, event->reason, false); /* of redistributors it knows nothing */
}

static void refused_command(struct replayer *r, uint32_t its, const struct itsg_event *event)
{
	struct replay_report report = about(r, REPLAY_REFUSED_COMMAND);

	report.its = its;
	report.reason = event->reason;
	report.offset = event->offset;
	report.command = event->command;
	r->summary->refused_commands++;
	teller_refusal(r->teller, its, false, event);
	predictor_refused(r->predictor, its, event->offset, event->reason);
	say(r, &report, "%s: command %s at 0x%05" PRIx32 " of the queue refused",
	    itsg_reason_name(event->reason),
	    event->command ? itsg_opcode_name(event->command[0]) : "?", event->offset);
	match_refusal(r, event->reason, predictor_agrees(r->predictor));
}

static void on_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct replayer *r = ctx;
	struct replay_report report = about(r, REPLAY_NOTE);

	report.its = its;
	report.offset = event->offset;
	report.value = event->value;
	switch (event->kind) {
	case ITSG_EVENT_REFUSED_ACCESS:
		refused_access(r, its, event);
		break;
	case ITSG_EVENT_REFUSED_COMMAND:
		refused_command(r, its, event);
		break;
	case ITSG_EVENT_STALLED:
		say(r, &report, "hardware stalled at the command from 0x%05" PRIx32, event->offset);
		break;
	case ITSG_EVENT_STALLED_OWN:
		say(r, &report,
		    "hardware stalled at a command of the guard's own, or of a queue of before");
		break;
	case ITSG_EVENT_FOREIGN:
		say(r, &report, "LPIs of redistributor %" PRIu32 " are on, and nobody's doing",
		    event->redistributor);
		break;
	case ITSG_EVENT_LEAKED:
		say(r, &report, "the platform refused to take page number 0x%" PRIx64 " back",
		    event->value);
		break;
	case ITSG_EVENT_BROKEN:
		invariant(r, its, "the guard declared the ITS broken, which it is not");
		break;
	default:
		invariant(r, its, "the guard logged an event of no known kind");
		break;
	}
}

static void on_rd_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct replayer *r = ctx;
	struct replay_report report = about(r, REPLAY_NOTE);

	if (event->kind == ITSG_EVENT_REFUSED_ACCESS)
		refused_rd_access(r, event);
	else if (event->kind == ITSG_EVENT_LEAKED)
		say(r, &report, "the platform refused to take page number 0x%" PRIx64 " back",
		    event->value);
	else
		invariant(r, its,
			  "the guard of the redistributors logged an event of no known kind");
}

static void on_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct replayer *r = ctx;
	struct replay_report report = about(r, REPLAY_VIOLATION);

	report.pa = pa;
	report.len = len;
	report.write = write;
	r->summary->violations++;
	say(r, &report,
	    r->options.guard
		    ? "hardware %s 0x%" PRIx64 "+0x%" PRIx64 " (%s), which the guard does not hold"
		    : "hardware %s 0x%" PRIx64 "+0x%" PRIx64 " (%s), which is not the host's",
	    write ? "wrote" : "read", pa, len, what);
}

static void on_misuse(void *ctx, uint32_t its, const char *text)
{
	struct replayer *r = ctx;

	invariant(r, its, text);
}

static void on_called(void *ctx, const struct world_call *call)
{
	const struct replayer *r = ctx;

	predictor_called(r->predictor, call);
	teller_called(r->teller, call);
}

/* ---- judging the state ---- */

static uint64_t devices_now(struct replayer *r)
{
	uint64_t devices = 0;

	for (uint32_t i = 0; i < world_config(r->world)->its_count; i++) {
		struct itsg_stats stats;

		if (!world_guard(r->world, i))
			continue;
		itsg_get_stats(world_guard(r->world, i), &stats);
		devices += stats.devices;
	}
	return devices;
}

static void check_invariants(struct replayer *r)
{
	static const char *const names[] = {
		"hold",           "tracker broken",        "claim not held",
		"books differ",   "device records broken", "level 1 broken",
		"journal broken", "queue broken",          "hardware broken",
		"command broken", "states broken",         "redistributors broken",
	};
	enum itsg_invariant broken =
		itsg_check(world_tracker(r->world), r->guards, world_config(r->world)->its_count,
			   world_rd_guard(r->world));
	char text[128];

	if (broken != ITSG_INVARIANTS_HOLD && broken != r->said_invariant) {
		snprintf(text, sizeof(text), "itsg_check: %s",
			 (unsigned)broken < sizeof(names) / sizeof(names[0]) ? names[broken] : "?");
		invariant(r, r->line ? r->line->its : 0, text);
	}
	r->said_invariant = broken;
}

static void check_oracle(struct replayer *r)
{
	char what[256] = "";
	char text[320];
	enum oracle_clause broken = oracle_check(r->oracle, r->world, what, sizeof(what));

	if (broken != ORACLE_HOLDS && broken != r->said_clause) {
		snprintf(text, sizeof(text), "oracle %s: %s", oracle_clause_name(broken), what);
		invariant(r, r->line ? r->line->its : 0, text);
	}
	r->said_clause = broken;
}

static void contradicted(struct replayer *r, const char *what)
{
	struct replay_report report = about(r, REPLAY_INVARIANT);
	enum itsg_reason refusals[REFUSALS_TOLD];

	report.contradicted = true;
	report.refusals = refusals;
	report.refusal_count = predictor_refusals(r->predictor, refusals, REFUSALS_TOLD);
	r->summary->invariant_errors++;
	say(r, &report, "prediction: %s", what);
}

static void check_prediction(struct replayer *r)
{
	char what[256] = "";

	r->agreed = predictor_agrees(r->predictor);
	if (predictor_judge(r->predictor, r->oracle, r->eager, what, sizeof(what)))
		return;
	r->agreed = false;
	if (r->said_prediction)
		return;
	contradicted(r, what);
	r->said_prediction = true;
}

static void judge(struct replayer *r)
{
	if (!r->options.guard || r->options.no_oracle)
		return;
	if (world_changes(r->world) != r->judged_changes) {
		check_invariants(r);
		check_oracle(r);
	}
	check_prediction(r);
	r->judged_changes = world_changes(r->world);
}

static void note_peaks(struct replayer *r)
{
	uint64_t devices = devices_now(r);

	if (devices > r->summary->devices_peak)
		r->summary->devices_peak = devices;
}

/* What follows from a line under `hw eager`, and what must hold after every line. */
static void line_over(struct replayer *r)
{
	if (r->eager && !world_settle(r->world))
		invariant(r, r->line ? r->line->its : 0, "the world never gets quiet");
	r->agreed = false;
	judge(r);
	expected_but_not_refused(r);
	r->agreed = false;
	note_peaks(r);
}

/* ---- directives ---- */

static void expect_reason(struct replayer *r, const struct trace_directive *d,
			  enum itsg_reason reason)
{
	uint64_t events = reason == ITSG_OK ? 0 : 1;

	if (r->access_refusals == events && (events == 0 || r->access_reason == reason))
		return;
	invariant(r, d->its, "the answer to an access and the guard's log disagree");
}

static enum itsg_reason read_reg(struct replayer *r, const struct trace_directive *d,
				 uint64_t *value)
{
	enum itsg_reason reason;

	r->access_refusals = 0;
	reason = world_read(r->world, d->its, d->u.access.offset, d->u.access.width, value);
	if (r->options.guard)
		expect_reason(r, d, reason);
	predictor_read(r->predictor, d->its, d->u.access.offset, d->u.access.width, *value);
	if (reason != ITSG_OK && *value != 0)
		invariant(r, d->its, "a refused read gave something");
	return reason;
}

static void do_write(struct replayer *r, const struct trace_directive *d)
{
	enum itsg_reason reason;

	r->summary->accesses++;
	predictor_before_write(r->predictor, d->its, d->u.access.offset, d->u.access.width,
			       d->u.access.value);
	r->access_refusals = 0;
	reason = world_write(r->world, d->its, d->u.access.offset, d->u.access.width,
			     d->u.access.value);
	if (r->options.guard)
		expect_reason(r, d, reason);
	predictor_after_write(r->predictor, reason);
}

static bool in_64bit(uint32_t offset, uint32_t reg)
{
	return offset == reg || offset == reg + 4;
}

static bool must_match(uint32_t offset)
{
	return offset == CTLR || offset == IIDR || offset == PIDR2 || in_64bit(offset, TYPER) ||
	       in_64bit(offset, CBASER) || (offset >= BASER && offset < BASER_END);
}

/* ---- redistributors ---- */

static enum itsg_reason read_rd(struct replayer *r, const struct trace_directive *d,
				uint64_t *value)
{
	enum itsg_reason reason;

	r->access_refusals = 0;
	predictor_disturbed(r->predictor);
	predictor_before_rd_read(r->predictor, d->u.access.rd, d->u.access.offset,
				 d->u.access.width);
	reason = world_rd_read(r->world, d->u.access.rd, d->u.access.offset, d->u.access.width,
			       value);
	predictor_after_rd_read(r->predictor, reason, *value);
	predictor_tables(r->predictor);
	if (r->options.guard)
		expect_reason(r, d, reason);
	if (reason != ITSG_OK && *value != 0)
		invariant(r, d->its, "a refused read gave something");
	return reason;
}

static void write_rd(struct replayer *r, const struct trace_directive *d)
{
	enum itsg_reason reason;

	r->summary->accesses++;
	r->access_refusals = 0;
	predictor_disturbed(r->predictor);
	predictor_before_rd_write(r->predictor, d->u.access.rd, d->u.access.offset,
				  d->u.access.width, d->u.access.value);
	reason = world_rd_write(r->world, d->u.access.rd, d->u.access.offset, d->u.access.width,
				d->u.access.value);
	predictor_after_rd_write(r->predictor, reason);
	predictor_tables(r->predictor);
	if (r->options.guard)
		expect_reason(r, d, reason);
}

static bool rd_must_match(uint32_t offset)
{
	return offset == RD_CTLR || offset == IIDR || offset == PIDR2 || in_64bit(offset, TYPER) ||
	       in_64bit(offset, RD_PROPBASER) || in_64bit(offset, RD_PENDBASER) ||
	       in_64bit(offset, RD_VPROPBASER) || in_64bit(offset, RD_VPENDBASER);
}

/* A recorded loop on RWP is one wait as well. */
static void do_rd_read(struct replayer *r, const struct trace_directive *d)
{
	bool wait = d->u.access.offset == RD_CTLR && !(d->u.access.value & RD_RWP);
	struct replay_report report = about(r, REPLAY_MISMATCH);
	uint64_t value = 0;
	enum itsg_reason reason = read_rd(r, d, &value);
	unsigned i;

	r->summary->accesses++;
	for (i = 0; wait && (value & RD_RWP) && i < WAIT_MANUAL; i++)
		reason = read_rd(r, d, &value);
	teller_read(r->teller, d, value, i + 1);
	if (reason != ITSG_OK || !judging(r) || value == d->u.access.value ||
	    !rd_must_match(d->u.access.offset))
		return;
	report.of_redistributor = true;
	report.redistributor = d->u.access.rd;
	report.offset = d->u.access.offset;
	report.value = value;
	report.expected = d->u.access.value;
	r->summary->read_mismatches++;
	say(r, &report,
	    "redistributor %" PRIu32 " at 0x%04" PRIx32 " reads 0x%" PRIx64
	    " where the trace has 0x%" PRIx64,
	    report.redistributor, report.offset, value, report.expected);
}

static void do_adopt(struct replayer *r, const struct trace_directive *d)
{
	enum itsg_reason reason;

	r->access_refusals = 0;
	predictor_before_adopt(r->predictor);
	reason = world_rd_adopt(r->world);
	predictor_after_adopt(r->predictor, reason);
	if (r->options.guard)
		expect_reason(r, d, reason);
}

/* What becomes of redistributors by another hand than the host's. */
static void do_rd_event(struct replayer *r, const struct trace_directive *d)
{
	predictor_disturbed(r->predictor);
	if (d->kind == TRACE_RD_POWER)
		world_rd_power(r->world, &d->u.rd_power);
	else if (d->kind == TRACE_RD_LOST)
		world_rd_lost(r->world, (uint32_t)d->u.value);
	else if (d->kind == TRACE_RD_ADOPT)
		do_adopt(r, d);
	else
		predictor_rds_gone(r->predictor, world_rd_gone(r->world));
	predictor_tables(r->predictor);
}

static void expect_lpi(struct replayer *r, const struct trace_directive *d)
{
	bool pending = sim_redists_is_pending(world_redists(r->world), d->u.lpi.rd, d->u.lpi.intid);

	if (pending != d->u.lpi.pending)
		unmet(r, "LPI %" PRIu32 " of redistributor %" PRIu32 " is %s", d->u.lpi.intid,
		      d->u.lpi.rd, pending ? "pending" : "idle");
}

/* A recorded loop on CREADR is one wait: reads, and what follows from each, until it matches. */
static enum itsg_reason wait_for(struct replayer *r, const struct trace_directive *d,
				 uint64_t *value, uint32_t *reads)
{
	unsigned limit = r->eager || excused(r) || !r->options.guard ? WAIT_EAGER : WAIT_MANUAL;
	enum itsg_reason reason = read_reg(r, d, value);
	unsigned idle = 0;

	while (reason == ITSG_OK && *value != d->u.access.value && idle < limit) {
		uint64_t before = *value;

		if (r->eager)
			world_settle(r->world);
		reason = read_reg(r, d, value);
		++*reads;
		idle = *value == before ? idle + 1 : 0;
	}
	return reason;
}

static void mismatch(struct replayer *r, const struct trace_directive *d, uint64_t value)
{
	struct replay_report report = about(r, REPLAY_MISMATCH);

	report.offset = d->u.access.offset;
	report.value = value;
	report.expected = d->u.access.value;
	r->summary->read_mismatches++;
	say(r, &report, "%s (0x%04" PRIx32 ") reads 0x%" PRIx64 " where the trace has 0x%" PRIx64,
	    itsg_register_name(report.offset), report.offset, value, d->u.access.value);
}

static void do_read(struct replayer *r, const struct trace_directive *d)
{
	bool wait = in_64bit(d->u.access.offset, CREADR);
	enum itsg_reason reason;
	uint64_t value = 0;
	uint32_t reads = 1;

	r->summary->accesses++;
	reason = wait ? wait_for(r, d, &value, &reads) : read_reg(r, d, &value);
	teller_read(r->teller, d, value, reads);
	if (reason != ITSG_OK || !judging(r) || value == d->u.access.value)
		return;
	if (wait || must_match(d->u.access.offset))
		mismatch(r, d, value);
}

static bool poke(struct replayer *r, const struct trace_directive *d)
{
	bool refused =
		world_poke(r->world, d->u.mem.pa, trace_mem(r->trace, d), d->u.mem.bytes) != 0;

	teller_did(r->teller, d, refused);
	return refused;
}

static bool give_pages(struct replayer *r, const struct trace_directive *d)
{
	bool refused = world_give(r->world, d->u.range.pa, d->u.range.bytes) != 0;

	teller_did(r->teller, d, refused);
	return refused;
}

static void do_mem(struct replayer *r, const struct trace_directive *d)
{
	bool refused = poke(r, d);

	if (refused && judging(r))
		trace_error(r, "the host may not write this memory now");
}

/* The option wins over the trace. */
static bool or_option(int option, bool value)
{
	return option == REPLAY_FROM_TRACE ? value : option != 0;
}

static void set_modes(struct replayer *r)
{
	world_set_mode(r->world, r->stall, r->cache, r->trust);
	world_rd_set_mode(r->world, r->rd_mode);
}

static void set_rd_mode(struct replayer *r, enum trace_hw hw, bool odd)
{
	switch (hw) {
	case TRACE_HW_RDNOW:
	case TRACE_HW_RDLATE:
		r->rd_mode.late = odd;
		break;
	case TRACE_HW_RDCALM:
	case TRACE_HW_RDAHEAD:
		r->rd_mode.prefetch = odd;
		break;
	case TRACE_HW_RDCHECKS:
	case TRACE_HW_RDBELIEVES:
		r->rd_mode.believes = odd;
		break;
	case TRACE_HW_RDOWN:
	case TRACE_HW_RDANY:
		r->rd_mode.group_any = odd;
		break;
	default:
		r->rd_mode.res1 = odd;
		break;
	}
}

static void do_hw(struct replayer *r, const struct trace_directive *d)
{
	bool odd = d->u.hw % 2 != 0; /* the words come in pairs, the default first */

	switch (d->u.hw) {
	case TRACE_HW_EAGER:
	case TRACE_HW_MANUAL:
		r->eager = !odd;
		break;
	case TRACE_HW_IGNORE:
	case TRACE_HW_STALL:
		r->stall = or_option(r->options.stall, odd);
		break;
	case TRACE_HW_NOCACHE:
	case TRACE_HW_CACHE:
		r->cache = or_option(r->options.cache, odd);
		break;
	case TRACE_HW_CHECK:
	case TRACE_HW_TRUST:
		r->trust = or_option(r->options.trust, odd);
		break;
	default:
		set_rd_mode(r, d->u.hw, odd);
		break;
	}
	set_modes(r);
}

static void do_rwp(struct replayer *r, const struct trace_directive *d)
{
	r->rd_mode.rwp = d->u.value == TRACE_RWP_EVER ? SIM_REDIST_RWP_EVER : (uint32_t)d->u.value;
	set_modes(r);
}

static void do_run(struct replayer *r, const struct trace_directive *d)
{
	world_run(r->world, d->its, d->u.run == TRACE_RUN_ALL ? UINT64_MAX : d->u.run);
	world_rd_run(r->world);
}

static void do_poll(struct replayer *r)
{
	if (!world_poll(r->world))
		invariant(r, 0, "itsg_poll() never runs out of things to do");
}

static void do_fail(struct replayer *r, const struct trace_directive *d)
{
	uint64_t times = d->u.fail.times == TRACE_FAIL_EVER ? WORLD_EVER : d->u.fail.times;

	world_fail_run(r->world, d->u.fail.callback, d->u.fail.nth, times);
}

static void do_guest(struct replayer *r, const struct trace_directive *d)
{
	size_t next = (size_t)(d - r->trace->directives) + 1;
	bool expected = next < r->trace->count &&
			r->trace->directives[next].kind == TRACE_EXPECT_GUEST_REFUSED;
	bool refused;

	predictor_disturbed(r->predictor);
	refused = give_pages(r, d);
	predictor_disturbed(r->predictor);
	if (refused && !expected)
		unmet(r, "the pages could not be given to a guest");
	else if (!refused && expected)
		unmet(r, "the pages could be given to a guest");
}

static const char *owner_name(enum sim_page_state state)
{
	switch (state) {
	case SIM_HOST:
		return trace_owner_name(TRACE_OWNER_HOST);
	case SIM_SHARED:
		return trace_owner_name(TRACE_OWNER_SHARED);
	case SIM_HYP:
		return trace_owner_name(TRACE_OWNER_HYP);
	case SIM_GUEST:
		return trace_owner_name(TRACE_OWNER_GUEST);
	case SIM_NOT_RAM:
	default:
		return "no RAM";
	}
}

static void expect_owner(struct replayer *r, const struct trace_directive *d)
{
	const char *is = owner_name(sim_mem_state(world_mem(r->world), d->u.owner.pa));
	const char *should = trace_owner_name(d->u.owner.owner);

	if (strcmp(is, should) != 0)
		unmet(r, "page 0x%" PRIx64 " is %s, not %s", d->u.owner.pa, is, should);
}

static void expect_reg(struct replayer *r, const struct trace_directive *d)
{
	uint64_t value = 0;

	if (read_reg(r, d, &value) == ITSG_OK && value != d->u.access.value)
		unmet(r, "%s (0x%04" PRIx32 ") reads 0x%" PRIx64 ", not 0x%" PRIx64,
		      itsg_register_name(d->u.access.offset), d->u.access.offset, value,
		      d->u.access.value);
}

static void expect_pages(struct replayer *r, const struct trace_directive *d)
{
	uint64_t pages = world_pages_held(r->world);

	if (pages != d->u.value)
		unmet(r, "the guard holds claims on %" PRIu64 " pages, not %" PRIu64, pages,
		      d->u.value);
}

static void expect_granules(struct replayer *r, const struct trace_directive *d)
{
	struct itsg_pages_stats stats;

	if (!world_tracker(r->world))
		return;
	itsg_pages_get_stats(world_tracker(r->world), &stats);
	if (stats.granules != d->u.value)
		unmet(r, "the guard holds claims on %" PRIu64 " granules, not %" PRIu64,
		      stats.granules, d->u.value);
}

static void expect_errors(struct replayer *r, const struct trace_directive *d)
{
	uint64_t errors = sim_its_stats(world_its(r->world, d->its))->errors;

	if (errors != d->u.value)
		unmet(r, "hardware met %" PRIu64 " erroneous commands, not %" PRIu64, errors,
		      d->u.value);
}

static void expect_devices(struct replayer *r, const struct trace_directive *d)
{
	struct itsg_stats stats;

	if (!world_guard(r->world, d->its))
		return;
	itsg_get_stats(world_guard(r->world, d->its), &stats);
	if (stats.devices != d->u.value)
		unmet(r, "%" PRIu32 " devices are mapped, not %" PRIu64, stats.devices, d->u.value);
}

static void run_inside(struct replayer *r, const struct trace_directive *d)
{
	do_run(r, d);
	predictor_moved(r->predictor);
}

/* Nobody hears of what another CPU fails to do. */
static void do_inside(void *ctx, const void *what)
{
	struct replayer *r = ctx;
	const struct trace_directive *d = what;

	predictor_disturbed(r->predictor);
	if (d->kind == TRACE_RUN)
		run_inside(r, d);
	else if (d->kind == TRACE_RD_LOST)
		world_rd_lost(r->world, (uint32_t)d->u.value);
	else if (d->kind == TRACE_MEM)
		poke(r, d);
	else
		give_pages(r, d);
	predictor_disturbed(r->predictor);
}

static void do_inject(struct replayer *r, const struct trace_directive *d)
{
	struct sim_its *its = world_its(r->world, d->its);

	predictor_doubt(r->predictor);
	sim_its_inject_error(its, d->u.inject.nth, d->u.inject.opcode);
	sim_its_error_stays(its, d->u.inject.stays);
}

static void do_gone(struct replayer *r, const struct trace_directive *d)
{
	if (!world_gone(r->world, d->its))
		invariant(r, d->its, "the guard is never done with a host that is gone");
	predictor_gone(r->predictor, d->its);
}

/* What becomes of hardware, without the host's doing. */
static void do_event(struct replayer *r, const struct trace_directive *d)
{
	switch (d->kind) {
	case TRACE_MSI:
		teller_msi(
			r->teller, d,
			sim_its_msi(world_its(r->world, d->its), d->u.msi.device, d->u.msi.event));
		break;
	case TRACE_INJECT:
		do_inject(r, d);
		break;
	case TRACE_SLEEP:
		world_sleep(r->world, d->u.sleep.pe, d->u.sleep.asleep);
		break;
	case TRACE_POWER:
		world_power(r->world, d->its, &d->u.power);
		predictor_power(r->predictor, d->its, &d->u.power);
		break;
	case TRACE_GONE:
		do_gone(r, d);
		break;
	default:
		world_inside_none(r->world);
		break;
	}
}

static void do_directive(struct replayer *r, const struct trace_directive *d)
{
	if (d->inside.nth) {
		world_inside(r->world, d->inside.where, d->inside.nth, do_inside, r, d);
		return;
	}
	switch (d->kind) {
	case TRACE_WRITE:
		do_write(r, d);
		break;
	case TRACE_READ:
		do_read(r, d);
		break;
	case TRACE_MEM:
		do_mem(r, d);
		break;
	case TRACE_RD_WRITE:
		write_rd(r, d);
		break;
	case TRACE_RD_READ:
		do_rd_read(r, d);
		break;
	case TRACE_HW:
		do_hw(r, d);
		break;
	case TRACE_HW_RWP:
		do_rwp(r, d);
		break;
	case TRACE_RUN:
		do_run(r, d);
		break;
	case TRACE_POLL:
		do_poll(r);
		break;
	case TRACE_GUEST:
		do_guest(r, d);
		break;
	case TRACE_FAIL:
		do_fail(r, d);
		break;
	case TRACE_MSI:
	case TRACE_INJECT:
	case TRACE_SLEEP:
	case TRACE_POWER:
	case TRACE_GONE:
	case TRACE_INSIDE_OFF:
		do_event(r, d);
		break;
	case TRACE_RD_POWER:
	case TRACE_RD_LOST:
	case TRACE_RD_ADOPT:
	case TRACE_RD_GONE:
		do_rd_event(r, d);
		break;
	case TRACE_EXPECT_OWNER:
		expect_owner(r, d);
		break;
	case TRACE_EXPECT_PAGES:
		expect_pages(r, d);
		break;
	case TRACE_EXPECT_ERRORS:
		expect_errors(r, d);
		break;
	case TRACE_EXPECT_GRANULES:
		expect_granules(r, d);
		break;
	case TRACE_EXPECT_REG:
		expect_reg(r, d);
		break;
	case TRACE_EXPECT_DEVICES:
		expect_devices(r, d);
		break;
	case TRACE_EXPECT_LPI:
		expect_lpi(r, d);
		break;
	default: /* merged into the world, or judged with the line above */
		break;
	}
}

/* ---- a whole trace ---- */

static void configure(const struct replayer *r, struct world_config *config)
{
	world_config_of(config, r->trace);
	config->guard = r->options.guard;
	config->rewrite_host = r->options.rewrite_host;
	config->stall = r->stall;
	config->cache = r->cache;
	config->trust = r->trust;
	if (r->options.page != REPLAY_FROM_TRACE)
		config->machine.page = (uint32_t)r->options.page;
	config->machine.forgets = or_option(r->options.forgets, config->machine.forgets);
	config->machine.donate_itt = or_option(r->options.donate_itt, config->machine.donate_itt);
}

/* Does this line give the key of that name, or mention an ITS where that is the key? */
static bool gives(const struct trace *trace, const struct trace_directive *d, const char *key,
		  size_t length)
{
	const struct trace_setting *s;
	size_t count = 0;

	if (d->kind == TRACE_ITS)
		return length == 3 && !strncmp(key, "its", 3);
	if (d->kind != TRACE_MACHINE)
		return false;
	s = trace_settings(trace, d, &count);
	for (; count > 0; count--, s++)
		if (strlen(trace_key_name(s->key)) == length &&
		    !strncmp(key, trace_key_name(s->key), length))
			return true;
	return false;
}

/* Of the keys in front of `why`, as in "ram, l1_pool: no room", the first that a line gives. */
static const struct trace_directive *to_blame(const struct trace *trace, const char *why)
{
	const char *key = why, *end = strchr(why, ':');

	while (end && key < end) {
		size_t length = strcspn(key, ",:");

		for (size_t i = trace->count; i-- > 0;)
			if (gives(trace, &trace->directives[i], key, length))
				return &trace->directives[i];
		key += length + strspn(key + length, ", ");
	}
	return NULL;
}

/* The world of the last replay: the next one is made anew in its memory, which is there already. */
static struct world *spare;

static struct world *world_again(const struct world_config *config, char *why, size_t size)
{
	struct world *world = spare;

	spare = NULL;
	if (!world)
		return world_create(config, why, size);
	if (world_reset(world, config, why, size))
		return world;
	world_destroy(world);
	return NULL;
}

static void keep_world(struct world *world)
{
	world_destroy(spare);
	spare = world;
}

static bool start(struct replayer *r)
{
	struct world_config *config = calloc(1, sizeof(*config));
	char why[256] = "out of memory";

	r->eager = true;
	r->stall = or_option(r->options.stall, false);
	r->cache = or_option(r->options.cache, false);
	r->trust = or_option(r->options.trust, false);
	if (config) {
		configure(r, config);
		r->world = world_again(config, why, sizeof(why));
		free(config);
	}
	r->oracle = r->world ? oracle_new() : NULL;
	r->predictor = r->oracle ? predictor_new(r->world) : NULL;
	if (!r->predictor) {
		r->line = to_blame(r->trace, why);
		trace_error(r, why);
		return false;
	}
	for (uint32_t i = 0; i < world_config(r->world)->its_count; i++)
		r->guards[i] = world_guard(r->world, i);
	world_on_event(r->world, on_event, r);
	world_on_rd_event(r->world, on_rd_event, r);
	world_on_violation(r->world, on_violation, r);
	world_on_misuse(r->world, on_misuse, r);
	world_on_called(r->world, on_called, r);
	world_on_rd_register(r->world, predictor_rd_register, r->predictor);
	r->teller = teller_new(r->trace, r->world, r->options.event, r->ctx);
	r->callbacks_before = world_callbacks(r->world);
	world_fail_at(r->world, r->options.fail_at);
	return true;
}

static void finish(struct replayer *r)
{
	struct replay_summary *s = r->summary;

	for (uint32_t i = 0; i < world_config(r->world)->its_count; i++) {
		struct itsg_stats stats;

		if (!world_guard(r->world, i)) {
			s->commands += sim_its_stats(world_its(r->world, i))->commands;
			continue;
		}
		itsg_get_stats(world_guard(r->world, i), &stats);
		s->commands += stats.commands;
		s->accepted += stats.accepted;
		s->leaked += stats.leaked;
		s->devices_end += stats.devices;
		/* Devices that came and went within one line. */
		if (stats.devices_peak > s->devices_peak)
			s->devices_peak = stats.devices_peak;
	}
	if (!r->options.guard)
		s->accepted = s->commands;
	s->refused = s->refused_commands + s->refused_accesses;
	s->pages_end = world_pages_held(r->world);
	s->pages_peak = world_pages_peak(r->world);
	s->mapds = 0;
	for (uint32_t n = 0; n < TRACE_ITS_MAX; n++)
		s->mapds += world_mapds(r->world, n);
	s->callbacks = world_callbacks(r->world) - r->callbacks_before;
	s->injected = world_injected(r->world);
	s->partial = world_partial(r->world);
	s->predicted = predictor_count(r->predictor);
}

bool replay(const struct trace *trace, const struct replay_options *options,
	    replay_report_fn *report, void *ctx, struct replay_summary *summary)
{
	struct replayer r = {.trace = trace, .options = *options, .report = report, .ctx = ctx};
	bool built;

	memset(summary, 0, sizeof(*summary));
	r.summary = summary;
	built = start(&r);
	for (size_t i = 0; built && i < trace->count; i++) {
		const struct trace_directive *d = &trace->directives[i];

		if (d->kind == TRACE_EXPECT_REFUSAL || d->kind == TRACE_EXPECT_GUEST_REFUSED)
			continue;
		r.line = d;
		r.next_expected = i + 1;
		teller_line(r.teller, d);
		do_directive(&r, d);
		line_over(&r);
		teller_line_over(r.teller);
	}
	r.line = NULL;
	if (built)
		finish(&r);
	teller_free(r.teller);
	predictor_free(r.predictor);
	oracle_free(r.oracle);
	keep_world(r.world);
	return built;
}

int replay_status(const struct replay_summary *summary, const struct replay_options *options)
{
	if (!options->guard)
		return summary->violations != 0;
	return summary->violations || summary->read_mismatches || summary->expectation_errors ||
	       summary->invariant_errors;
}
