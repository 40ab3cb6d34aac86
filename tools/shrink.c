/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard shrink: makes a trace smaller while its finding stays.
 *
 * First ranges of lines go, halves, quarters, down to single lines; then numbers become smaller,
 * bit by bit, addresses apart; then commands move together in their queue; and so on until nothing
 * changes any more. Each attempt is written as text, parsed and replayed, so that whatever comes
 * out is a trace. No chance is involved.
 *
 * A finding stays when a replay shows it again: a violation or a broken invariant in the same words
 * with any numbers, on any line, as the first of its sort; an unmet expectation, or a recorded
 * answer that is another now, on the same line in the same words, and no prediction that finds the
 * guard right (N2: see follow()). Most attempts break expectations and recorded answers elsewhere:
 * those do not count, and are brought up to date at the end.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "itsguard/names.h"

#include "arch.h"
#include "interrupt.h"
#include "progress.h"
#include "reform.h"
#include "replay_options.h"

#define DEFAULT_TRIES 20000
#define TEXT_MAX      512
/* Of the 128 words that the reader takes. */
#define KEYS_OF_A_LINE 100

static const char help[] =
	"Usage: itsguard shrink [OPTION]... FILE\n"
	"Makes a trace smaller while its finding stays, and prints it. The finding is the\n"
	"first violation or broken invariant; if there is none, the first mismatch or\n"
	"unmet expectation. With --guard=off only a violation is one. \"-\" is standard\n"
	"input. Interrupted (SIGINT), it prints what is left by then.\n"
	"\n"
	"Options:\n"
	"  -o, --output=FILE        write the trace there, not to standard output\n"
	"      --tries=N            replay at most N times (default 20000)\n"
	"      --guard=on|off       off: the host reaches the ITS directly\n"
	"  -q, --quiet              do not tell what was found and how far it got\n"
	"  -h, --help               show this help\n"
	"\n" REPLAY_OPTIONS_HELP "\n"
	"Exit status: 0 the trace was shrunk, as far as it could be; 1 it has no finding;\n"
	"2 usage; 3 unreadable or malformed input, or output that cannot be written.\n";

struct finding {
	bool found;
	enum replay_report_kind kind;
	uint32_t line;
	uint64_t refused; /* in the whole trace: each takes a line */
	bool predicted;   /* the independent prediction agrees with the guard: see begin() */
	char text[TEXT_MAX];
	char class[TEXT_MAX]; /* the text, each number a '#' */
};

struct shrinker {
	struct replay_options options;
	struct trace trace;            /* as it was read; bytes and settings are changed in place */
	struct trace_directive *lines; /* those that are left; `line` is that of the original */
	size_t count;
	bool careful;      /* what is right cannot be told from a smaller trace: see begin() */
	size_t most_lines; /* as many as it had */
	bool grave;        /* looking for, or keeping, a violation or a broken invariant */
	struct finding kept;
	uint64_t tries, most_tries;
	struct progress progress;
};

/* ---- findings ---- */

static bool is_grave(enum replay_report_kind kind)
{
	return kind == REPLAY_VIOLATION || kind == REPLAY_INVARIANT;
}

static bool is_finding(const struct shrinker *s, const struct replay_report *report)
{
	if (!s->options.guard)
		return report->kind == REPLAY_VIOLATION;
	if (s->grave)
		return is_grave(report->kind);
	if (s->kept.found)
		return report->line == s->kept.line && !strcmp(report->text, s->kept.text);
	return report->kind == REPLAY_MISMATCH || report->kind == REPLAY_EXPECTATION ||
	       report->kind == REPLAY_TRACE_ERROR;
}

/* Numbers that stand alone become '#'; those in a name, as in GITS_BASER0, stay. */
static void mask_numbers(const char *text, char *class)
{
	bool in_word = false;

	while (*text) {
		if (isdigit((unsigned char)*text) && !in_word) {
			*class ++ = '#';
			while (isalnum((unsigned char)*text))
				text++;
			continue;
		}
		in_word = isalnum((unsigned char)*text) || *text == '_';
		*class ++ = *text++;
	}
	*class = '\0';
}

struct watch {
	const struct shrinker *shrinker;
	struct finding finding;
};

/* The first one counts: the others may follow from it. */
static void watch_report(void *ctx, const struct replay_report *report)
{
	struct watch *watch = ctx;
	struct finding *f = &watch->finding;

	if (f->found || !is_finding(watch->shrinker, report))
		return;
	f->found = true;
	f->kind = report->kind;
	f->line = report->line;
	f->predicted = report->predicted;
	snprintf(f->text, sizeof(f->text), "%s", report->text);
	mask_numbers(f->text, f->class);
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
	if (!a->found || !b->found || a->kind != b->kind)
		return false;
	return is_grave(a->kind) ? !strcmp(a->class, b->class) : a->predicted == b->predicted;
}

/* ---- one attempt ---- */

static bool any_reason(const char *name, const char **nearest)
{
	enum itsg_reason reason;

	(void)nearest;
	return itsg_reason_from_name(name, &reason);
}

static char *write_text(const struct trace *view, size_t *bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, bytes);
	int failed;

	if (!out)
		return NULL;
	failed = trace_write(out, view);
	if (!fclose(out) && !failed)
		return text;
	free(text);
	return NULL;
}

/* The lines keep the numbers they had; `its` lines that the writer put in have none of their own.
 */
static void number_as_before(struct trace *trace, const struct trace_directive *lines, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < trace->count; i++) {
		struct trace_directive *d = &trace->directives[i];

		if (at < count && d->kind == lines[at].kind)
			d->line = lines[at++].line;
		else
			d->line = 0;
	}
}

/* These lines as a trace of their own. False: they are none, or there is no memory. */
static bool make_trace(const struct shrinker *s, const struct trace_directive *lines, size_t count,
		       struct trace *trace)
{
	struct trace view = s->trace;
	struct trace_error error;
	size_t bytes = 0;
	char *text;
	bool good;

	view.directives = (struct trace_directive *)lines;
	view.count = count;
	text = write_text(&view, &bytes);
	good = text && !trace_parse(text, bytes, "shrunk", any_reason, trace, &error);

	free(text);
	if (good)
		number_as_before(trace, lines, count);
	return good;
}

static struct finding find(const struct shrinker *s, const struct trace_directive *lines,
			   size_t count)
{
	struct watch watch = {.shrinker = s};
	struct replay_summary summary;
	struct trace trace;

	if (!make_trace(s, lines, count, &trace))
		return watch.finding;
	replay(&trace, &s->options, watch_report, &watch, &summary);
	watch.finding.refused = summary.refused;
	trace_free(&trace);
	return watch.finding;
}

/* ---- how far it is ---- */

static void show_progress(struct shrinker *s)
{
	progress_tell(&s->progress, "shrink: %zu lines left of %zu, %" PRIu64 " tries", s->count,
		      s->trace.count, s->tries);
}

static bool stays(struct shrinker *s, const struct trace_directive *lines, size_t count)
{
	struct finding finding;

	if (s->tries >= s->most_tries || interrupt_seen())
		return false;
	s->tries++;
	show_progress(s);
	finding = find(s, lines, count);
	return same_finding(&s->kept, &finding) && finding.refused <= s->kept.refused;
}

/* ---- fewer lines ---- */

/* A line that is judged with the one above it, and goes with it. */
static bool hangs_on(const struct trace_directive *d)
{
	return d->kind == TRACE_EXPECT_REFUSAL || d->kind == TRACE_EXPECT_GUEST_REFUSED;
}

/* Up to the finding, only what does nothing goes where nobody could object. */
static bool may_go(const struct shrinker *s, size_t from, size_t to)
{
	for (size_t i = from; s->careful && i < to; i++)
		if (s->lines[i].kind < TRACE_EXPECT_REFUSAL && s->lines[i].line <= s->kept.line)
			return false;
	return true;
}

static bool drop_range(struct shrinker *s, size_t from, size_t to)
{
	struct trace_directive *fewer;
	size_t count = s->count - (to - from);

	if (!may_go(s, from, to))
		return false;
	fewer = malloc((count + 1) * sizeof(*fewer));
	if (!fewer)
		return false;
	memcpy(fewer, s->lines, from * sizeof(*fewer));
	memcpy(fewer + from, s->lines + to, (s->count - to) * sizeof(*fewer));
	if (!stays(s, fewer, count)) {
		free(fewer);
		return false;
	}
	free(s->lines);
	s->lines = fewer;
	s->count = count;
	return true;
}

/* From the end on: what comes later depends on what came before. */
static bool drop_ranges_of(struct shrinker *s, size_t size)
{
	bool dropped = false;
	size_t to = s->count;

	while (to > 0) {
		size_t from = to > size ? to - size : 0;

		while (from > 0 && hangs_on(&s->lines[from]))
			from--;
		dropped |= drop_range(s, from, to);
		to = from;
	}
	return dropped;
}

static bool drop_lines(struct shrinker *s)
{
	bool dropped = false;

	for (size_t size = s->count / 2; size > 1; size /= 2)
		dropped |= drop_ranges_of(s, size);
	while (drop_ranges_of(s, 1))
		dropped = true;
	return dropped;
}

/* What comes after the finding need not be tried line by line. */
static void cut_behind(struct shrinker *s)
{
	size_t end = 0;

	while (end < s->count && s->lines[end].line != s->kept.line)
		end++;
	if (end++ >= s->count)
		return;
	while (end < s->count && hangs_on(&s->lines[end]))
		end++;
	if (end < s->count)
		drop_range(s, end, s->count);
}

/* ---- smaller numbers ---- */

/* Up to eight bytes somewhere: a number, or bytes of a `mem` line, little-endian. */
struct field {
	uint64_t *number;
	uint8_t *bytes;
	size_t width;
};

static uint64_t get(const struct field *f)
{
	uint64_t value = 0;

	if (f->number)
		return *f->number;
	for (size_t i = 0; i < f->width; i++)
		value |= (uint64_t)f->bytes[i] << (8 * i);
	return value;
}

static void set(const struct field *f, uint64_t value)
{
	if (f->number)
		*f->number = value;
	for (size_t i = 0; f->bytes && i < f->width; i++)
		f->bytes[i] = (uint8_t)(value >> (8 * i));
}

static bool try_value(struct shrinker *s, const struct field *f, uint64_t value)
{
	uint64_t old = get(f);

	if (old == value)
		return false;
	set(f, value);
	if (stays(s, s->lines, s->count))
		return true;
	set(f, old);
	return false;
}

/* Clears what can be cleared, from the highest bit on; the bits of `keep` stay. */
static bool clear_bits(struct shrinker *s, const struct field *f, uint64_t keep)
{
	bool changed = try_value(s, f, get(f) & keep);

	for (unsigned bit = 64; bit-- > 0;) {
		uint64_t mask = (uint64_t)1 << bit;

		if ((get(f) & mask) && !(keep & mask))
			changed |= try_value(s, f, get(f) & ~mask);
	}
	return changed;
}

static bool names_ram(const struct shrinker *s, uint64_t word)
{
	uint64_t pa = word & sim_bits(51, 12);

	for (uint32_t i = 0; i < s->trace.machine.ram_count; i++) {
		const struct trace_ram *ram = &s->trace.machine.ram[i];

		if (pa >= ram->pa && pa - ram->pa < ram->bytes)
			return true;
	}
	return false;
}

static bool is_command(const struct trace_directive *d, const uint8_t *bytes)
{
	return d->u.mem.pa % SIM_COMMAND_BYTES == 0 && d->u.mem.bytes % SIM_COMMAND_BYTES == 0 &&
	       itsg_cmd_known(bytes[0]);
}

/* The address in a word of memory: in a command only the last two words can be one. */
static uint64_t address_bits(const struct shrinker *s, const struct trace_directive *d, size_t at)
{
	const uint8_t *bytes = s->trace.bytes + d->u.mem.at;
	struct field f = {.bytes = (uint8_t *)bytes + at, .width = 8};

	if (d->u.mem.bytes - at < 8 || (is_command(d, bytes) && at % SIM_COMMAND_BYTES < 16))
		return 0;
	return names_ram(s, get(&f)) ? sim_bits(51, 8) : 0;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Zeros at once what may be zero, so that long lines do not take an attempt for each bit. */
static bool zero_range(struct shrinker *s, uint8_t *bytes, size_t count)
{
	uint8_t *old;
	bool good;

	if (is_zero(bytes, count))
		return false;
	old = malloc(count);
	if (!old)
		return false;
	memcpy(old, bytes, count);
	memset(bytes, 0, count);
	good = stays(s, s->lines, s->count);
	if (!good)
		memcpy(bytes, old, count);
	free(old);
	return good;
}

static bool zero_ranges(struct shrinker *s, uint8_t *bytes, size_t count)
{
	bool changed = false;

	for (size_t size = count; size > SIM_COMMAND_BYTES; size /= 2)
		for (size_t at = 0; at < count; at += size)
			changed |= zero_range(s, bytes + at, size < count - at ? size : count - at);
	return changed;
}

static bool shorten_mem(struct shrinker *s, struct trace_directive *d)
{
	const uint8_t *bytes = s->trace.bytes + d->u.mem.at;
	uint32_t old = d->u.mem.bytes, left = old;

	while (left > SIM_COMMAND_BYTES &&
	       is_zero(bytes + left - SIM_COMMAND_BYTES, SIM_COMMAND_BYTES))
		left -= SIM_COMMAND_BYTES;
	d->u.mem.bytes = left;
	if (left < old && stays(s, s->lines, s->count))
		return true;
	d->u.mem.bytes = old;
	return false;
}

static bool simplify_mem(struct shrinker *s, struct trace_directive *d)
{
	uint8_t *bytes = s->trace.bytes + d->u.mem.at;
	bool changed = zero_ranges(s, bytes, d->u.mem.bytes);

	changed |= shorten_mem(s, d);
	for (size_t at = 0; at < d->u.mem.bytes; at += 8) {
		size_t left = d->u.mem.bytes - at;
		struct field f = {.bytes = bytes + at, .width = left < 8 ? left : 8};

		changed |= clear_bits(s, &f, address_bits(s, d, at));
	}
	return changed;
}

/* CBASER and the BASERs, whichever way they are written. */
static uint64_t register_address(const struct trace_directive *d)
{
	uint32_t offset = d->u.access.offset & ~7u;
	uint64_t address = 0;

	if (offset == SIM_GITS_CBASER)
		address = sim_bits(51, 12);
	else if (offset >= SIM_GITS_BASER && offset < SIM_GITS_BASER + 8 * TRACE_BASERS)
		address = sim_bits(47, 12);
	return d->u.access.width == 8 ? address : d->u.access.offset & 4 ? address >> 32 : address;
}

/* Halved as often as it can be; not below `least`. */
static bool halve(struct shrinker *s, uint32_t *number, uint32_t least)
{
	bool changed = false;

	for (uint32_t old = *number; old / 2 >= least && old / 2 > 0; old = *number) {
		*number = old / 2;
		if (!stays(s, s->lines, s->count)) {
			*number = old;
			break;
		}
		changed = true;
	}
	return changed;
}

static bool simplify_guest(struct shrinker *s, struct trace_directive *d)
{
	struct field f = {.number = &d->u.range.bytes};

	return d->u.range.bytes > s->trace.machine.page && try_value(s, &f, s->trace.machine.page);
}

static bool simplify_line(struct shrinker *s, struct trace_directive *d)
{
	struct field f = {.number = &d->u.access.value};

	switch (d->kind) {
	case TRACE_WRITE:
		return clear_bits(s, &f, register_address(d));
	case TRACE_MEM:
		return simplify_mem(s, d);
	case TRACE_RUN:
		return d->u.run != TRACE_RUN_ALL && halve(s, &d->u.run, 1);
	case TRACE_FAIL:
		return halve(s, &d->u.fail.nth, 1);
	case TRACE_GUEST:
		return simplify_guest(s, d);
	default:
		return false;
	}
}

static bool simplify(struct shrinker *s)
{
	bool changed = false;

	for (size_t i = 0; i < s->count; i++)
		changed |= simplify_line(s, &s->lines[i]);
	return changed;
}

/* ---- no gaps between commands ---- */

/* A queue as CBASER had it, and how many of its slots below a given one a `mem` line fills. */
struct queue {
	uint64_t base;
	uint32_t slots;
	uint32_t *rank;
};

static bool in_queue(const struct queue *q, const struct trace_directive *d)
{
	return d->kind == TRACE_MEM && d->u.mem.pa >= q->base &&
	       d->u.mem.pa % SIM_COMMAND_BYTES == 0 && d->u.mem.bytes % SIM_COMMAND_BYTES == 0 &&
	       (d->u.mem.pa - q->base + d->u.mem.bytes) / SIM_COMMAND_BYTES <= q->slots;
}

static void rank_slots(const struct shrinker *s, struct queue *q)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct trace_directive *d = &s->lines[i];
		uint64_t first;

		if (!in_queue(q, d))
			continue;
		first = (d->u.mem.pa - q->base) / SIM_COMMAND_BYTES;
		for (uint32_t n = 0; n < d->u.mem.bytes / SIM_COMMAND_BYTES; n++)
			q->rank[first + n + 1] = 1;
	}
	for (uint32_t slot = 0; slot < q->slots; slot++)
		q->rank[slot + 1] += q->rank[slot];
}

static void move_line(const struct queue *q, struct trace_directive *d)
{
	uint64_t slot;

	if (in_queue(q, d)) {
		slot = (d->u.mem.pa - q->base) / SIM_COMMAND_BYTES;
		d->u.mem.pa = q->base + (uint64_t)q->rank[slot] * SIM_COMMAND_BYTES;
	} else if (d->kind == TRACE_WRITE && d->u.access.offset == SIM_GITS_CWRITER) {
		slot = d->u.access.value / SIM_COMMAND_BYTES;
		if (slot < q->slots)
			d->u.access.value = (uint64_t)q->rank[slot] * SIM_COMMAND_BYTES;
	}
}

static bool close_gaps_of(struct shrinker *s, const struct queue *q)
{
	size_t bytes = s->count * sizeof(*s->lines);
	struct trace_directive *moved = malloc(bytes);

	if (!moved)
		return false;
	memcpy(moved, s->lines, bytes);
	for (size_t i = 0; i < s->count; i++)
		move_line(q, &moved[i]);
	if (!memcmp(moved, s->lines, bytes) || !stays(s, moved, s->count)) {
		free(moved);
		return false;
	}
	free(s->lines);
	s->lines = moved;
	return true;
}

static bool close_gaps(struct shrinker *s)
{
	bool changed = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct trace_directive *d = &s->lines[i];
		struct queue q;

		if (d->kind != TRACE_WRITE || d->u.access.offset != SIM_GITS_CBASER)
			continue;
		q.base = d->u.access.value & sim_bits(51, 12);
		q.slots = (uint32_t)((d->u.access.value & 0xff) + 1) * (4096 / SIM_COMMAND_BYTES);
		q.rank = calloc(q.slots + 1, sizeof(*q.rank));
		if (!q.rank)
			return false;
		rank_slots(s, &q);
		changed |= close_gaps_of(s, &q);
		free(q.rank);
	}
	return changed;
}

/* ---- expectations ---- */

/* What the guard does with the lines that are left. */
struct answers {
	const struct shrinker *shrinker;
	struct trace_directive *lines; /* those, and what is to be expected of them */
	size_t count, room;
	size_t next;   /* line of the shrinker */
	size_t behind; /* what follows the last of its lines begins here */
};

static struct trace_directive *add(struct answers *a, const struct trace_directive *d)
{
	if (a->count == a->room)
		return NULL;
	a->lines[a->count] = *d;
	return &a->lines[a->count++];
}

/* Copies the lines up to that one. */
static void advance(struct answers *a, uint32_t line)
{
	const struct shrinker *s = a->shrinker;
	size_t to = a->next;

	while (to < s->count && s->lines[to].line != line)
		to++;
	if (to == s->count)
		return;
	while (a->next <= to)
		add(a, &s->lines[a->next++]);
	a->behind = a->count;
}

/* The trace format has a `!` line below these only. */
static bool may_be_refused(const struct trace_directive *d)
{
	return d->kind == TRACE_WRITE || d->kind == TRACE_READ || d->kind == TRACE_RUN ||
	       d->kind == TRACE_POLL || d->kind == TRACE_HW;
}

static void answer_refusal(struct answers *a, enum itsg_reason reason)
{
	const struct trace_directive *above = &a->shrinker->lines[a->next - 1];
	struct trace_directive d = {.kind = TRACE_EXPECT_REFUSAL, .its = above->its};

	if (!may_be_refused(above))
		return;
	snprintf(d.u.reason, sizeof(d.u.reason), "%s", itsg_reason_name(reason));
	add(a, &d);
}

/* Where the guard is wrong, what is right is expected. */
static void answer_prediction(struct answers *a, const struct replay_report *report)
{
	a->count = a->behind;
	for (size_t i = 0; i < report->refusal_count; i++)
		answer_refusal(a, report->refusals[i]);
}

/* Where the guard goes wrong in another way, nobody can say what it should have answered. */
static void answer_anything(struct answers *a)
{
	const struct trace_directive *above = &a->shrinker->lines[a->next - 1];
	struct trace_directive d = {.kind = TRACE_EXPECT_REFUSAL, .its = above->its};

	if (!may_be_refused(above))
		return;
	a->count = a->behind;
	memcpy(d.u.reason, TRACE_ANY, sizeof(TRACE_ANY));
	add(a, &d);
}

static void answer_report(void *ctx, const struct replay_report *report)
{
	struct trace_directive d = {.kind = TRACE_EXPECT_GUEST_REFUSED};
	struct answers *a = ctx;

	if (!report->line || (!a->shrinker->grave && report->line == a->shrinker->kept.line))
		return;
	advance(a, report->line);
	if (a->next == 0 || a->count == 0)
		return;
	if (report->kind == REPLAY_REFUSED_ACCESS || report->kind == REPLAY_REFUSED_COMMAND)
		answer_refusal(a, report->reason);
	else if (report->contradicted)
		answer_prediction(a, report);
	else if (is_grave(report->kind))
		answer_anything(a);
	else if (report->kind == REPLAY_MISMATCH && a->lines[a->count - 1].kind == TRACE_READ)
		a->lines[a->count - 1].u.access.value = report->value;
	else if (report->kind == REPLAY_EXPECTATION && a->lines[a->count - 1].kind == TRACE_GUEST)
		add(a, &d);
}

/* Keys of the same line, as far as the reader takes them: copy_lines() took them apart. */
static bool joins(const struct trace_directive *a, const struct trace_directive *b)
{
	if (a->kind != b->kind || a->its != b->its)
		return false;
	if (a->kind == TRACE_MACHINE)
		return a->u.settings.count < KEYS_OF_A_LINE;
	return a->kind == TRACE_BASER && a->u.baser.index == b->u.baser.index &&
	       a->u.baser.count < KEYS_OF_A_LINE;
}

/* The lines as they are to be written, with arrays of their own. False: no memory. */
static bool join_settings(const struct shrinker *s, const struct trace_directive *lines,
			  size_t count, struct trace *view)
{
	view->directives = malloc((count + 1) * sizeof(*view->directives));
	view->settings = malloc((count + 1) * sizeof(*view->settings));
	view->count = view->setting_count = 0;
	for (size_t i = 0; view->directives && view->settings && i < count; i++) {
		struct trace_directive *d = view->directives + view->count;
		bool machine = lines[i].kind == TRACE_MACHINE;

		*d = lines[i];
		if (!machine && d->kind != TRACE_BASER) {
			view->count++;
			continue;
		}
		view->settings[view->setting_count] = *trace_settings(&s->trace, d, &(size_t){0});
		*(machine ? &d->u.settings.at : &d->u.baser.at) = view->setting_count++;
		if (view->count > 0 && joins(d - 1, d))
			++*(machine ? &d[-1].u.settings.count : &d[-1].u.baser.count);
		else
			view->count++;
	}
	if (view->directives && view->settings)
		return true;
	free(view->directives);
	free(view->settings);
	return false;
}

/* How many lines it takes to write them. */
static size_t written(const struct shrinker *s, const struct trace_directive *lines, size_t count)
{
	struct trace view = s->trace;
	size_t bytes = 0, newlines = 0;
	char *text = NULL;

	if (join_settings(s, lines, count, &view)) {
		text = write_text(&view, &bytes);
		free(view.directives);
		free(view.settings);
	}
	for (size_t i = 0; i < bytes; i++)
		newlines += text[i] == '\n';
	free(text);
	return text ? newlines : SIZE_MAX;
}

/* Not where there was no guard, and not if that makes it longer than it was (N2). */
static void expect_what_is_answered(struct shrinker *s)
{
	struct answers a = {.shrinker = s, .room = 2 * s->count + 1024};
	struct replay_summary summary;
	uint64_t tries = s->tries;
	struct trace trace;
	bool good;

	a.lines = calloc(a.room, sizeof(*a.lines));
	if (!a.lines || !make_trace(s, s->lines, s->count, &trace)) {
		free(a.lines);
		return;
	}
	replay(&trace, &s->options, answer_report, &a, &summary);
	trace_free(&trace);
	while (a.next < s->count)
		add(&a, &s->lines[a.next++]);
	s->tries = 0; /* one more is always allowed */
	good = stays(s, a.lines, a.count) && written(s, a.lines, a.count) <= s->most_lines;
	s->tries = tries;
	if (!good) {
		free(a.lines);
		return;
	}
	free(s->lines);
	s->lines = a.lines;
	s->count = a.count;
}

/* ---- a whole trace ---- */

/* `machine` and `baser` lines come apart: one key a line. */
static size_t copy_lines(const struct trace *trace, struct trace_directive *lines)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->count; i++) {
		struct trace_directive d = trace->directives[i];
		size_t *at = d.kind == TRACE_MACHINE ? &d.u.settings.at : &d.u.baser.at;
		size_t *keys = d.kind == TRACE_MACHINE ? &d.u.settings.count : &d.u.baser.count;

		if (d.kind != TRACE_MACHINE && d.kind != TRACE_BASER) {
			lines[count++] = d;
			continue;
		}
		for (size_t left = *keys; left > 0; left--, ++*at) {
			*keys = 1;
			lines[count++] = d;
		}
	}
	return count;
}

/* Where hardware lags or stalls, or callbacks fail, the replay's prediction cannot follow. */
static bool keeps_from_following(const struct trace_directive *d)
{
	return d->kind == TRACE_FAIL ||
	       (d->kind == TRACE_HW && (d->u.hw == TRACE_HW_MANUAL || d->u.hw == TRACE_HW_STALL));
}

/*
 * An expectation says what was right where it was written; in a smaller trace something else may
 * be, and the guard be right. Only an independent prediction can tell. So if one that can follow
 * objects up to there, that is the finding: it stays one in every trace. If it could not follow,
 * and where it can does not object, nothing goes that may have made the expectation right.
 */
static void follow(struct shrinker *s)
{
	struct trace_directive *lines = malloc((s->count + 1) * sizeof(*lines));
	struct finding finding;
	size_t count = 0;

	if (!lines)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (!keeps_from_following(&s->lines[i]))
			lines[count++] = s->lines[i];
	s->grave = true;
	finding = find(s, lines, count);
	s->grave = finding.found && finding.line <= s->kept.line;
	if (!s->grave) {
		s->careful = count < s->count;
		free(lines);
		return;
	}
	free(s->lines);
	s->lines = lines;
	s->count = count;
	s->kept = finding;
}

static bool begin(struct shrinker *s)
{
	s->lines = malloc((s->trace.count + s->trace.setting_count + 1) * sizeof(*s->lines));
	if (!s->lines)
		return false;
	s->count = copy_lines(&s->trace, s->lines);
	s->most_lines = s->trace.count ? s->trace.directives[s->trace.count - 1].line : 0;
	s->grave = true;
	s->kept = find(s, s->lines, s->count);
	if (s->kept.found)
		return true;
	s->grave = false;
	s->kept = find(s, s->lines, s->count);
	if (s->kept.found)
		follow(s);
	return s->kept.found;
}

/* Where they do not count: anywhere but below the line of an unmet expectation. */
static void drop_expectations(struct shrinker *s)
{
	uint32_t above = 0;
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (!hangs_on(&s->lines[i]))
			above = s->lines[i].line;
		if (!hangs_on(&s->lines[i]) || (!s->grave && above == s->kept.line))
			s->lines[count++] = s->lines[i];
	}
	s->count = count;
}

static void shrink(struct shrinker *s)
{
	bool changed;

	drop_expectations(s);
	cut_behind(s);
	do {
		drop_lines(s);
		changed = !s->careful && simplify(s);
		changed |= !s->careful && close_gaps(s);
	} while (changed);
	if (s->options.guard)
		expect_what_is_answered(s);
}

/* ---- the command ---- */

struct arguments {
	struct shrinker shrinker;
	const char *output;
	bool quiet;
	char replay[256]; /* options of the replay as they were given, a blank before each */
};

enum {
	OPTION_TRIES = REPLAY_OPTION_END
};

static void note_option(struct arguments *a, const struct option *option, const char *word)
{
	size_t used = strlen(a->replay);

	snprintf(a->replay + used, sizeof(a->replay) - used, " --%s%s%s", option->name,
		 word ? "=" : "", word ? word : "");
}

static bool set_option(struct arguments *a, int option, const struct option *entry,
		       const char *word)
{
	switch (option) {
	case 'o':
		a->output = word;
		return true;
	case 'q':
		a->quiet = true;
		return true;
	case OPTION_TRIES:
		return tool_count(word, &a->shrinker.most_tries);
	default:
		note_option(a, entry, word);
		return replay_option(&a->shrinker.options, option, word);
	}
}

static const char *kind_name(const struct finding *f)
{
	switch (f->kind) {
	case REPLAY_VIOLATION:
		return "violation";
	case REPLAY_INVARIANT:
		return "broken invariant";
	case REPLAY_MISMATCH:
		return "mismatch";
	case REPLAY_EXPECTATION:
		return "unmet expectation";
	default:
		return "error of the trace";
	}
}

/* The finding as it was in the whole trace, whose lines it may name; if there is room for it. */
static bool write_result(const struct arguments *a, const char *name, FILE *out)
{
	const struct shrinker *s = &a->shrinker;
	struct trace view = s->trace;
	bool good;

	if (written(s, s->lines, s->count) + 2 <= s->most_lines) {
		fprintf(out, "# From %s, line %" PRIu32 ", %s: %s\n", tool_file_name(name),
			s->kept.line, kind_name(&s->kept), s->kept.text);
		fprintf(out, "# itsguard replay%s FILE\n", a->replay);
	}
	if (!join_settings(s, s->lines, s->count, &view))
		return false;
	good = trace_write(out, &view) == 0;
	free(view.directives);
	free(view.settings);
	return good;
}

/* In words, as people write them. */
static bool print_result(const struct arguments *a, const char *name, FILE *out)
{
	char *text = NULL;
	size_t size = 0;
	FILE *plain = open_memstream(&text, &size);
	bool good = plain && write_result(a, name, plain);

	if (plain)
		good &= fclose(plain) == 0;
	if (good)
		reform_for_people(text, size, out);
	free(text);
	return good;
}

static enum tool_status put_result(const struct arguments *a, const char *name)
{
	FILE *out = a->output ? fopen(a->output, "w") : stdout;
	bool good = out && print_result(a, name, out);

	if (out && a->output && fclose(out))
		good = false;
	if (good)
		return TOOL_OK;
	tool_complain("%s: %s", a->output ? a->output : "standard output", strerror(errno));
	return TOOL_INPUT;
}

/* Can it be written, before much is done? It is left as it is, or not there. */
static enum tool_status probe_output(const struct arguments *a)
{
	bool is_there = a->output && access(a->output, F_OK) == 0;
	FILE *out = a->output ? fopen(a->output, "a") : NULL;

	if (!a->output)
		return TOOL_OK;
	if (!out || fclose(out)) {
		tool_complain("%s: %s", a->output, strerror(errno));
		return TOOL_INPUT;
	}
	if (!is_there)
		remove(a->output);
	return TOOL_OK;
}

struct building {
	const char *name;
	struct trace_error *error;
};

static void note_trace_error(void *ctx, const struct replay_report *report)
{
	const struct building *b = ctx;

	if (report->kind == REPLAY_TRACE_ERROR)
		snprintf(b->error->message, sizeof(b->error->message), "%.200s:%" PRIu32 ": %s",
			 tool_file_name(b->name), report->line, report->text);
}

/* A machine that makes no sense is no finding, but malformed input (C7). */
static bool can_be_built(const struct shrinker *s, const char *name, struct trace_error *error)
{
	struct building building = {name, error};
	struct replay_summary summary;

	return replay(&s->trace, &s->options, note_trace_error, &building, &summary);
}

static enum tool_status shrink_file(struct arguments *a, const char *name)
{
	struct shrinker *s = &a->shrinker;
	struct trace_error error;
	enum tool_status status = tool_read_trace(name, &s->trace, &error);
	size_t before;

	if (status != TOOL_OK)
		return status;
	interrupt_catch();
	status = probe_output(a);
	if (status != TOOL_OK) {
		; /* it was said */
	} else if (!can_be_built(s, name, &error)) {
		fprintf(stderr, "%s\n", error.message);
		status = TOOL_INPUT;
	} else if (!begin(s)) {
		tool_complain("%s: there is no finding to keep", tool_file_name(name));
		status = TOOL_FAILED;
	} else {
		before = s->count;
		progress_begin(&s->progress, !a->quiet);
		shrink(s);
		progress_clear(&s->progress);
		status = put_result(a, name);
		if (!a->quiet)
			tool_complain("%s: %zu lines left of %zu after %" PRIu64 " tries%s",
				      tool_file_name(name), s->count, before, s->tries,
				      interrupt_seen()            ? ", interrupted"
				      : s->tries >= s->most_tries ? ", the most allowed"
								  : "");
		interrupt_end();
	}
	free(s->lines);
	trace_free(&s->trace);
	return status;
}

enum tool_status shrink_command(int argc, char **argv)
{
	static const struct option options[] = {
		REPLAY_OPTIONS,
		{"output", required_argument, NULL, 'o'},
		{"tries", required_argument, NULL, OPTION_TRIES},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct arguments a = {.shrinker.most_tries = DEFAULT_TRIES};
	int option, index = 0;

	replay_options_default(&a.shrinker.options);
	while ((option = getopt_long(argc, argv, ":o:qh", options, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return TOOL_OK;
		}
		if (option == '?' || option == ':')
			return tool_bad_option("shrink", argv, options, option);
		if (!set_option(&a, option, &options[index], optarg))
			return tool_bad_value("shrink", options[index].name, optarg,
					      replay_option_nearest(option, optarg));
	}
	if (argc - optind != 1)
		return tool_usage_error("shrink",
					argc == optind ? "a FILE is missing" : "one FILE only");
	return shrink_file(&a, argv[optind]);
}
