/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See input_record.h. */
#include "input_record.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "itsguard/names.h"

#include "adversary_priv.h"

#define EVENTS 64u

static struct {
	FILE *out;
	jmp_buf over;
	bool untraceable;
	bool hidden; /* the last access has no line, and so no refusal of it has one (C5) */
	uint32_t its;
	world_event_fn *fn; /* the target's own */
	void *ctx;
	world_hook_fn *hook;
	void *hook_ctx;
	/* Refusals of the last step, not written yet: they may be the finding. */
	enum itsg_reason refused[EVENTS];
	uint32_t num_refused;
	/* Lines that follow those: the end of `hw eager`, and what became of `guest`. */
	bool lagging, not_given;
	uint64_t cwriter[TRACE_ITS_MAX]; /* as last accepted */
	uint64_t errors;                 /* that the first ITS met before the last step */
	uint64_t whole;                  /* of a register, as last read, all 64 bits */
	long reads_at; /* in `out`: where those reads begin that nothing else came behind; or 0 */
	bool reading;  /* a read is under way; its line comes after it */
	uint32_t read_offset, read_width;
} r;

/* ---- lines ---- */

static void flush_refusals(void)
{
	for (uint32_t i = 0; i < r.num_refused && !r.hidden; i++)
		fprintf(r.out, "! %s\n", itsg_reason_name(r.refused[i]));
	if (r.not_given)
		fputs("!guest\n", r.out);
	if (r.lagging)
		fputs("hw manual\n", r.out);
	r.num_refused = 0;
	r.hidden = r.not_given = r.lagging = false;
}

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
	va_list args;

	flush_refusals();
	r.reads_at = 0;
	va_start(args, format);
	vfprintf(r.out, format, args);
	va_end(args);
}

/* What has no trace form: an access, for one. */
static void note_hidden(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note_hidden(const char *format, ...)
{
	va_list args;

	note("#: ");
	va_start(args, format);
	vfprintf(r.out, format, args);
	va_end(args);
	fputc('\n', r.out);
	r.untraceable = r.hidden = true;
}

static void note_its(uint32_t its)
{
	if (its != r.its)
		note("its %" PRIu32 "\n", its);
	r.its = its;
}

/* ---- the world ---- */

/* What is not there has no entries either; a trace has at least one byte. */
static void tidy_tables(struct world_config *config)
{
	for (uint32_t i = 0; i < config->its_count; i++)
		for (uint32_t n = 0; n < TRACE_BASERS; n++)
			if (config->its[i].baser[n].type == 0)
				config->its[i].baser[n].entry = 8;
}

static void note_machine(const struct world_config *config)
{
	struct adversary view = {.config = *config, .out = r.out};

	tidy_tables(&view.config);
	if (config->rewrite_host)
		note("# itsguard replay --rewrite-host FILE\n");
	adv_print_machine(&view);
	r.its = 0;
}

struct world *record_create(const struct world_config *config, char *why, size_t why_size)
{
	note_machine(config);
	return world_create(config, why, why_size);
}

bool record_reset(struct world *world, const struct world_config *config, char *why,
		  size_t why_size)
{
	note_machine(config);
	return world_reset(world, config, why, why_size);
}

static void on_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	(void)ctx;
	if (event->kind == ITSG_EVENT_REFUSED_ACCESS || event->kind == ITSG_EVENT_REFUSED_COMMAND) {
		if (r.num_refused < EVENTS)
			r.refused[r.num_refused++] = event->reason;
		else
			r.untraceable = true;
	}
	r.fn(r.ctx, its, event);
}

void record_on_event(struct world *world, world_event_fn *fn, void *ctx)
{
	r.fn = fn;
	r.ctx = ctx;
	world_on_event(world, on_event, NULL);
}

static void on_callback(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	(void)ctx;
	if (r.hook)
		r.hook(r.hook_ctx, callback, pa, bytes);
}

void record_on_callback(struct world *world, world_hook_fn *fn, void *ctx)
{
	r.hook = fn;
	r.hook_ctx = ctx;
	world_on_callback(world, on_callback, NULL);
}

static bool is_width(uint32_t width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

enum itsg_reason record_write(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			      uint64_t value)
{
	uint64_t fits = width < 8 ? value & (((uint64_t)1 << (8 * width)) - 1) : value;
	enum itsg_reason reason;

	note_its(its);
	if (!is_width(width))
		note_hidden("%" PRIu32 " bytes written at 0x%" PRIx32 ": 0x%" PRIx64, width, offset,
			    value);
	else
		note("w%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, fits);
	r.errors = sim_its_stats(world_its(world, 0))->errors;
	reason = world_write(world, its, offset, width, value);
	if (reason == ITSG_OK && offset == SIM_GITS_CWRITER)
		r.cwriter[its % TRACE_ITS_MAX] = value;
	return reason;
}

static void note_read(uint64_t value)
{
	if (r.reading && !r.hidden)
		fprintf(r.out, "r%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", r.read_width * 8,
			r.read_offset, value);
	r.reading = false;
}

enum itsg_reason record_read(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			     uint64_t *value)
{
	enum itsg_reason reason;

	note_its(its);
	flush_refusals();
	if (!is_width(width))
		note_hidden("%" PRIu32 " bytes read at 0x%" PRIx32, width, offset);
	else if (r.reads_at == 0)
		r.reads_at = ftell(r.out);
	r.reading = true;
	r.read_offset = offset;
	r.read_width = width;
	reason = world_read(world, its, offset, width, value);
	if (width == 8)
		r.whole = *value;
	note_read(*value);
	return reason;
}

/* What the host may not write stays as it is: no line then. */
int record_poke(struct world *world, uint64_t pa, const uint8_t *bytes, size_t len)
{
	int error = world_poke(world, pa, bytes, len);

	if (error)
		return error;
	flush_refusals();
	r.reads_at = 0;
	trace_write_mem(r.out, pa, bytes, len);
	return 0;
}

int record_give(struct world *world, uint64_t pa, uint64_t len)
{
	int error = world_give(world, pa, len);

	if (len == 0 || pa >= (uint64_t)1 << 52 || len > ((uint64_t)1 << 52) - pa)
		return error;
	note("guest 0x%" PRIx64 " 0x%" PRIx64 "\n", pa, len);
	r.not_given = error != 0;
	return error;
}

uint64_t record_run(struct world *world, uint32_t its, uint64_t commands)
{
	note_its(its);
	if (commands >= TRACE_RUN_ALL)
		note("run all\n");
	else
		note("run %" PRIu64 "\n", commands);
	r.errors = sim_its_stats(world_its(world, 0))->errors;
	return world_run(world, its, commands);
}

bool record_poll(struct world *world)
{
	note("poll\n");
	return world_poll(world);
}

/* In a trace: eager for the length of one line. */
bool record_settle(struct world *world)
{
	note("hw eager\n");
	r.errors = sim_its_stats(world_its(world, 0))->errors;
	r.lagging = true;
	return world_settle(world);
}

void record_fail(struct world *world, enum trace_callback callback, uint64_t n)
{
	record_fail_run(world, callback, n, 1);
}

void record_fail_run(struct world *world, enum trace_callback callback, uint64_t n, uint64_t times)
{
	struct trace_directive line = {.kind = TRACE_FAIL};

	line.u.fail.callback = callback;
	line.u.fail.nth = (uint32_t)n;
	line.u.fail.times = times < TRACE_FAIL_EVER ? (uint32_t)times : TRACE_FAIL_EVER;
	flush_refusals();
	if (n > 0 || world_failing(world, callback))
		trace_write_directive(r.out, NULL, &line);
	world_fail_run(world, callback, n, times);
}

/* ---- the page tracker ---- */

static const char *result_name(enum itsg_pages_result result)
{
	switch (result) {
	case ITSG_PAGES_OK:
		return "OK";
	case ITSG_PAGES_OVERLAP:
		return "OVERLAP";
	case ITSG_PAGES_KIND:
		return "KIND";
	case ITSG_PAGES_FULL:
		return "FULL";
	case ITSG_PAGES_NOT_HELD:
		return "NOT_HELD";
	case ITSG_PAGES_BAD_RUN:
		return "BAD_RUN";
	default:
		return "?";
	}
}

static void note_run(const char *what, const struct itsg_run *run, enum itsg_kind kind,
		     enum itsg_pages_result result)
{
	note("%s %s 0x%" PRIx64 "+0x%" PRIx64 ": %s\n", what,
	     kind == ITSG_DONATED ? "donated" : "shared", run->pa, run->bytes, result_name(result));
}

struct itsg_pages *record_pages_init(void *mem, size_t size, const struct itsg_pages_config *config)
{
	note("tracker page_shift %" PRIu32 ", capacity %" PRIu32 ", key 0x%" PRIx64 " 0x%" PRIx64
	     "\n",
	     config->page_shift, config->capacity, config->key[0], config->key[1]);
	return itsg_pages_init(mem, size, config);
}

enum itsg_pages_result record_pages_take(struct itsg_pages *pages, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	enum itsg_pages_result result = itsg_pages_take(pages, run, kind);

	note_run("take", run, kind, result);
	return result;
}

enum itsg_pages_result record_pages_drop(struct itsg_pages *pages, const struct itsg_run *run,
					 enum itsg_kind kind)
{
	enum itsg_pages_result result = itsg_pages_drop(pages, run, kind);

	note_run("drop", run, kind, result);
	return result;
}

void record_pages_mark(struct itsg_pages *pages, uint64_t pfn, bool marked)
{
	note("%s page 0x%" PRIx64 "\n", marked ? "mark" : "unmark", pfn);
	itsg_pages_mark(pages, pfn, marked);
}

/* ---- the finding ---- */

/* What the last step should have been refused for, if for anything. */
static void expect_refusal(enum itsg_reason reason)
{
	r.num_refused = 0;
	if (reason != ITSG_OK)
		r.refused[r.num_refused++] = reason;
}

static bool expect_answer(const char *text)
{
	const char *answered = strstr(text, "answered ");
	char expected[64];
	enum itsg_reason reason;

	if (strstr(text, "honest host") && strstr(text, " was refused"))
		expect_refusal(ITSG_OK);
	else if (strstr(text, "was written while hardware was not at rest"))
		expect_refusal(ITSG_NOT_QUIESCENT);
	else if (strstr(text, "CWRITER may be "))
		expect_refusal(ITSG_CWRITER_RANGE);
	else if (answered && sscanf(answered, "answered %*[^,], expected %63s", expected) == 1)
		expect_refusal(itsg_reason_from_name(expected, &reason) ? reason : ITSG_OK);
	else
		return false;
	return true;
}

/* What was read of a register that reads wrongly is no answer to expect. */
static void forget_reads(void)
{
	if (r.reads_at > 0)
		fseek(r.out, r.reads_at, SEEK_SET);
}

static bool expect_register(const char *text)
{
	uint64_t got, kept;
	uint32_t reg;

	if (strstr(text, "CREADR is not where CWRITER is")) {
		note_its(0);
		note("r64 0x%04x 0x%" PRIx64 "\n", SIM_GITS_CREADR, r.cwriter[0]);
	} else if (strstr(text, "CWRITER has moved by itself")) {
		note("? reg 0x%04x 0x%" PRIx64 "\n", SIM_GITS_CWRITER, r.cwriter[0]);
	} else if (strstr(text, "is not its halves") &&
		   sscanf(text, "register 0x%" SCNx32, &reg) == 1) {
		forget_reads();
		note("r32 0x%04" PRIx32 " 0x%" PRIx32 "\n", reg, (uint32_t)r.whole);
		note("? reg 0x%04" PRIx32 " 0x%" PRIx64 "\n", reg + 4, r.whole >> 32);
	} else if (sscanf(text, "register 0x%" SCNx32 " reads 0x%" SCNx64 " where 0x%" SCNx64, &reg,
			  &got, &kept) == 3) {
		forget_reads();
		/* What the target does not compare stays. */
		note("? reg 0x%04" PRIx32 " 0x%" PRIx64 "\n", reg, kept | (r.whole & ~got));
	} else {
		return false;
	}
	return true;
}

static bool expect_claims(const char *text)
{
	uint64_t a, b, granules, pages;

	if (strstr(text, "pages are still held"))
		note("? pages 0\n");
	else if (sscanf(text,
			"%" SCNu64 " granules in %" SCNu64 " pages are claimed, not %" SCNu64
			" in %" SCNu64,
			&a, &b, &granules, &pages) == 4)
		note("? pages %" PRIu64 "\n? granules %" PRIu64 "\n", pages, granules);
	else if (sscanf(text, "%" SCNu64 " devices are mapped, not %" SCNu64, &a, &b) == 2)
		note("? devices %" PRIu64 "\n", b);
	else if (strstr(text, "hardware met error"))
		note("? errors %" PRIu64 "\n", r.errors);
	else if (sscanf(text, "an honest host does not get its ITT back: 0x%" SCNx64, &a) == 1)
		note("? owner 0x%" PRIx64 " host\n", a);
	else
		return false;
	return true;
}

/*
 * Where the target's model says what should have been, the trace says so too, and a replay finds
 * it. Most else that a target can find a replay finds by itself; explain-input looks whether it
 * does.
 */
static void expect_instead(const char *text)
{
	if (strstr(text, " was not given away"))
		r.not_given = false;
	else if (strstr(text, " was given away"))
		r.not_given = true;
	else if (!expect_answer(text) && !expect_register(text))
		expect_claims(text);
}

_Noreturn void record_found(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note_read(0);
	expect_instead(text);
	note("# found: %s\n", text);
	longjmp(r.over, 1);
}

bool record_input(record_target_fn *target, const uint8_t *data, size_t size, FILE *out)
{
	memset(&r, 0, sizeof(r));
	r.out = out;
	fputs(TRACE_LICENCE, out);
	if (setjmp(r.over) == 0)
		target(data, size);
	flush_refusals();
	return !r.untraceable;
}
