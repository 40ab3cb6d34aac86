/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The picture alone, as one SVG: what a document shows. The same lanes, bars and pages as on the
 * page, all of the trace at once. Where a slot is narrow, what stands close together is one block;
 * pages are in the order in which something became of them, and many of the same use are drawn
 * thin, with one name.
 */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "event_json.h"
#include "u64map.h"

#define WIDTH   960.0
#define LEFT    120.0 /* of the first slot */
#define RIGHT   944.0
#define LANE    20.0
#define COMMAND 15.0
#define ROW     15.0
#define THIN    5.0
#define MANY    4u   /* pages of the same use, one behind the other, from where on they are thin */
#define NARROW  3.0  /* of a slot: below, there are blocks */
#define LETTER  6.3  /* wide, at 10 px */
#define MONO    6.7  /* likewise in a font of which all letters are as wide */
#define TOLD    3u   /* refusals and findings of a run that are told in words */
#define LOOK    0.75 /* of a pixel: what stands closer is one block */

struct svg {
	FILE *out;
	const struct report_trace *trace;
	double scale, y;
};

/* ---- text ---- */

/* XML has no place for most control characters, and wants UTF-8, which json_string() checks. */
static void put_text(FILE *out, const char *text)
{
	json_t *checked = tool_json_text(text);

	for (const char *c = json_string_value(checked); c && *c; c++) {
		if (*c == '&')
			fputs("&amp;", out);
		else if (*c == '<')
			fputs("&lt;", out);
		else if (*c == '>')
			fputs("&gt;", out);
		else if (*c == '"')
			fputs("&quot;", out);
		else
			putc((unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c, out);
	}
	json_decref(checked);
}

static void put_label(const struct svg *s, double x, double y, const char *kind, const char *text)
{
	fprintf(s->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, kind);
	put_text(s->out, text);
	fputs("</text>\n", s->out);
}

/* As much of it as there is room for, in letters of that width. False: nothing. */
static bool shorten(const char *text, double letter, double room, char cut[EVENT_SAYS])
{
	size_t most = room > 0 ? (size_t)(room / letter) : 0, length = strlen(text);

	if (length <= most) {
		snprintf(cut, EVENT_SAYS, "%s", text);
		return length > 0;
	}
	if (most < 5)
		return false;
	most -= 2;
	if (most > EVENT_SAYS - 8)
		most = EVENT_SAYS - 8;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	snprintf(cut, EVENT_SAYS, "%.*s...", (int)most, text);
	return true;
}

static void put_short(const struct svg *s, double x, double y, const char *kind, const char *text,
		      double letter, double room)
{
	char cut[EVENT_SAYS];

	if (shorten(text, letter, room, cut))
		put_label(s, x, y, kind, cut);
}

/* ---- shapes ---- */

static double x_of(const struct svg *s, uint32_t slot)
{
	return LEFT + slot * s->scale;
}

static void put_box(const struct svg *s, double x, double y, double width, double height,
		    const char *kind)
{
	fprintf(s->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"%s class=\"%s\"/>\n", x,
		y, width < 1 ? 1 : width, height, height > 8 && width > 4 ? " rx=\"2.5\"" : "",
		kind);
}

static void put_cross(const struct svg *s, double x, double y)
{
	fprintf(s->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"7.5\" class=\"card\"/>", x, y);
	fprintf(s->out, "<path d=\"M%.1f %.1fl8 8m0-8l-8 8\" class=\"cross\"/>\n", x - 4, y - 4);
}

static void put_diamond(const struct svg *s, double x, double y)
{
	fprintf(s->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"7.5\" class=\"card\"/>", x, y);
	fprintf(s->out, "<path d=\"M%.1f %.1fl5 5-5 5-5-5z\" class=\"warn\"/>\n", x, y - 5);
}

/* Blocks of one kind: what comes close behind another makes it longer. */
struct blocks {
	const struct svg *svg;
	const char *kind;
	double y, height, from, to;
	bool any;
};

static void flush_block(struct blocks *b)
{
	if (b->to > b->from)
		fprintf(b->svg->out, "%sM%.1f %.1fh%.1fv%.1fh-%.1fz", b->any ? "" : "<path d=\"",
			b->from, b->y, b->to - b->from, b->height, b->to - b->from);
	b->any = b->any || b->to > b->from;
	b->from = b->to = 0;
}

static void add_block(struct blocks *b, double from, double to)
{
	if (to - from < 1)
		to = from + 1;
	if (b->to > b->from && from <= b->to + LOOK) {
		b->to = to > b->to ? to : b->to;
		return;
	}
	flush_block(b);
	b->from = from;
	b->to = to;
}

static void end_blocks(struct blocks *b)
{
	flush_block(b);
	if (b->any)
		fprintf(b->svg->out, "\" class=\"%s\"/>\n", b->kind);
}

/* ---- lanes ---- */

static const char *const lane_kinds[REPORT_WHOS] = {"host",     "devices", "guard",
						    "commands", "its",     "redist"};

static const char *event_kind(const struct report_lane *lane, const struct report_event *kept)
{
	if (kept->weight == EVENT_FINDING)
		return "bad";
	return kept->weight == EVENT_WARNING ? "warn" : lane_kinds[lane->who];
}

static void put_blocks_of(const struct svg *s, const struct report_run *run, uint32_t lane,
			  enum event_weight weight)
{
	static const char *const kinds[] = {NULL, "warn", "bad"};
	struct blocks b = {.svg = s,
			   .kind = weight == EVENT_PLAIN ? lane_kinds[run->lanes[lane].who]
							 : kinds[weight],
			   .y = weight == EVENT_PLAIN ? s->y + 4 : s->y + 1,
			   .height = weight == EVENT_PLAIN ? LANE - 8 : LANE - 2};

	for (size_t i = 0; i < run->count; i++) {
		const struct report_event *kept = &run->events[i];

		if (kept->lane == lane && kept->weight == weight)
			add_block(&b, x_of(s, kept->slot), x_of(s, kept->slot + 1));
	}
	end_blocks(&b);
}

/* Where the next event of this lane stands, or the end. */
static double next_x(const struct svg *s, const struct report_run *run, size_t event)
{
	for (size_t i = event + 1; i < run->count; i++)
		if (run->events[i].lane == run->events[event].lane)
			return x_of(s, run->events[i].slot);
	return RIGHT;
}

static void put_event(const struct svg *s, const struct report_run *run, size_t event)
{
	const struct report_event *kept = &run->events[event];
	double x = x_of(s, kept->slot), width = s->scale - 1 < 5 ? s->scale - 1 : 5;

	fputs("<g><title>", s->out);
	put_text(s->out, kept->who);
	putc(' ', s->out);
	put_text(s->out, kept->says);
	fputs("</title>", s->out);
	put_box(s, x, s->y + 4, width, LANE - 8, event_kind(&run->lanes[kept->lane], kept));
	put_short(s, x + width + 3, s->y + 14, kept->weight == EVENT_PLAIN ? "word" : "word strong",
		  kept->brief, LETTER, next_x(s, run, event) - x - width - 4);
	fputs("</g>\n", s->out);
}

static void put_events(const struct svg *s, const struct report_run *run, uint32_t lane)
{
	if (s->scale < NARROW) {
		for (int weight = EVENT_PLAIN; weight <= EVENT_FINDING; weight++)
			put_blocks_of(s, run, lane, (enum event_weight)weight);
		return;
	}
	for (size_t i = 0; i < run->count; i++)
		if (run->events[i].lane == lane)
			put_event(s, run, i);
}

/* ---- commands ---- */

static const char *command_kind(const struct report_run *run, const struct report_bar *bar)
{
	if (bar->refused)
		return "warn";
	return run->guard ? "accepted" : "unguarded";
}

static void put_command(const struct svg *s, const struct report_run *run,
			const struct report_bar *bar)
{
	double x = x_of(s, bar->from), judged = x_of(s, bar->judged), to = x_of(s, bar->to);
	double y = s->y + 2 + bar->row * COMMAND;
	bool early = judged - x > to - judged;

	put_box(s, x, y, to - x, COMMAND - 2, "waiting");
	put_box(s, judged, y, to - judged, COMMAND - 2, command_kind(run, bar));
	put_short(s, (early ? x : judged) + 4, y + 10, early ? "word" : "word light",
		  run->events[bar->verdict].command, LETTER,
		  (early ? judged - x : to - judged) - 6);
}

/* Of a row: all that waits, what is on its way, what is refused. */
static void put_command_blocks(const struct svg *s, const struct report_run *run, uint32_t lane,
			       uint32_t row)
{
	static const char *const kinds[] = {"waiting", NULL, "warn"};

	for (unsigned turn = 0; turn < 3; turn++) {
		struct blocks b = {.svg = s,
				   .kind = turn != 1    ? kinds[turn]
					   : run->guard ? "accepted"
							: "unguarded",
				   .y = s->y + 2 + row * COMMAND,
				   .height = COMMAND - 2};

		for (size_t i = 0; i < run->bar_count; i++) {
			const struct report_bar *bar = &run->bars[i];

			if (bar->kind != REPORT_COMMAND || bar->lane != lane || bar->row != row ||
			    (turn > 0 && bar->refused != (turn == 2)))
				continue;
			add_block(&b, x_of(s, turn > 0 ? bar->judged : bar->from),
				  x_of(s, bar->to));
		}
		end_blocks(&b);
	}
}

static void put_commands(const struct svg *s, const struct report_run *run, uint32_t lane)
{
	if (s->scale < NARROW) {
		for (uint32_t row = 0; row < run->lanes[lane].rows; row++)
			put_command_blocks(s, run, lane, row);
		return;
	}
	for (size_t i = 0; i < run->bar_count; i++)
		if (run->bars[i].kind == REPORT_COMMAND && run->bars[i].lane == lane)
			put_command(s, run, &run->bars[i]);
}

static void put_lanes(struct svg *s, const struct report_run *run)
{
	char name[EVENT_WHO], kind[32];

	for (uint32_t i = 0; i < run->lane_count; i++) {
		const struct report_lane *lane = &run->lanes[i];
		bool commands = lane->who == REPORT_COMMANDS;

		report_lane_name(lane, name);
		snprintf(kind, sizeof(kind), "name %s", lane_kinds[lane->who]);
		put_label(s, LEFT - 10, s->y + 14, kind, name);
		if (commands)
			put_commands(s, run, i);
		else
			put_events(s, run, i);
		s->y += commands ? lane->rows * COMMAND + 4 : LANE;
	}
}

/* ---- pages ---- */

/* A row of pages as it is drawn: of which pages, and its first bar or REPORT_NONE. */
struct strip {
	uint32_t row, from;
	size_t bar;
};

static int strip_order(const void *a, const void *b)
{
	const struct strip *one = a, *other = b;

	if (one->from != other->from)
		return one->from < other->from ? -1 : 1;
	return one->row < other->row ? -1 : one->row > other->row;
}

/* Rows that something becomes of in this run, in that order. */
static struct strip *make_strips(const struct report_trace *trace, const struct report_run *run,
				 uint32_t *count)
{
	struct strip *strips = sim_realloc(NULL, trace->page_count + 1u, sizeof(*strips));

	for (uint32_t i = 0; i < trace->page_count; i++)
		strips[i] = (struct strip){i, UINT32_MAX, REPORT_NONE};
	for (size_t i = 0; i < run->touch_count; i++) {
		struct strip *strip = &strips[run->touches[i].row];
		uint32_t slot = run->events[run->touches[i].event].slot;

		strip->from = slot < strip->from ? slot : strip->from;
	}
	for (size_t i = 0; i < run->bar_count; i++) {
		const struct report_bar *bar = &run->bars[i];

		if (bar->kind == REPORT_COMMAND)
			continue;
		if (bar->from < strips[bar->row].from)
			strips[bar->row].from = bar->from;
		if (strips[bar->row].bar == REPORT_NONE)
			strips[bar->row].bar = i;
	}
	*count = 0;
	for (uint32_t i = 0; i < trace->page_count; i++)
		if (strips[i].from != UINT32_MAX)
			strips[(*count)++] = strips[i];
	qsort(strips, *count, sizeof(*strips), strip_order);
	return strips;
}

static const char *use_kind(const struct report_bar *bar)
{
	static const char *const kinds[REPLAY_USES] = {"unknown", "queue", "table", "table",
						       "level2",  "itt",   "lpi",   "lpi"};

	return bar->kind == REPORT_GUEST ? "guest" : kinds[bar->use];
}

static const char *use_name(const struct report_bar *bar)
{
	static const char *const names[REPLAY_USES] = {"pages",      "queue",      "level 1",
						       "table",      "level 2",    "ITT",
						       "LPI config", "LPI pending"};

	return bar->kind == REPORT_GUEST ? "a guest's" : names[bar->use];
}

/* What is written in a bar: use, and of which device, table or redistributor. */
static void bar_words(const struct report_run *run, const struct report_bar *bar,
		      char words[EVENT_SAYS])
{
	const struct replay_whose *whose = &run->events[bar->first].event.whose;
	const char *how = bar->donated ? ", donated" : ", shared";

	if (bar->kind == REPORT_GUEST)
		snprintf(words, EVENT_SAYS, "a guest's");
	else if (bar->use == REPLAY_USE_ITT)
		snprintf(words, EVENT_SAYS, "ITT of 0x%" PRIx32 "%s", whose->number, how);
	else if (bar->use == REPLAY_USE_CONFIG || bar->use == REPLAY_USE_PENDING)
		snprintf(words, EVENT_SAYS, "%s of RD%" PRIu32 "%s", use_name(bar), whose->number,
			 how);
	else if (bar->use == REPLAY_USE_QUEUE || bar->use == REPLAY_USE_UNKNOWN)
		snprintf(words, EVENT_SAYS, "%s%s", use_name(bar), how);
	else
		snprintf(words, EVENT_SAYS, "%s of BASER%" PRIu32 "%s", use_name(bar),
			 whose->number, how);
}

static void put_bar(const struct svg *s, const struct report_run *run, const struct report_bar *bar,
		    double height)
{
	bool shared = bar->kind == REPORT_CLAIM && !bar->donated, thin = height < ROW;
	double x = x_of(s, bar->from), width = x_of(s, bar->to) - x,
	       inside = height - (thin ? 1 : 2);
	char kind[32], words[EVENT_SAYS];

	snprintf(kind, sizeof(kind), "%s%s", use_kind(bar), shared ? " shared" : "");
	put_box(s, x, s->y, width, inside, kind);
	if (shared)
		put_box(s, x, s->y + inside - 2, width, 2, use_kind(bar));
	if (thin)
		return;
	bar_words(run, bar, words);
	put_short(s, x + 5, s->y + 10, shared ? "small" : "small light", words, LETTER, width - 8);
}

static void put_touch(const struct svg *s, const struct report_event *kept)
{
	double x = x_of(s, kept->slot) + (s->scale < 6 ? s->scale : 6) / 2;

	if (kept->weight == EVENT_FINDING)
		put_cross(s, x, s->y + ROW / 2 - 1);
	else
		put_diamond(s, x, s->y + ROW / 2 - 1);
}

static void put_strip(const struct svg *s, const struct report_run *run, const struct strip *strip,
		      double height)
{
	put_box(s, LEFT, s->y, RIGHT - LEFT, height - (height < ROW ? 1 : 2), "band");
	for (size_t i = 0; i < run->bar_count; i++)
		if (run->bars[i].kind != REPORT_COMMAND && run->bars[i].row == strip->row)
			put_bar(s, run, &run->bars[i], height);
	for (size_t i = 0; i < run->touch_count; i++)
		if (run->touches[i].row == strip->row)
			put_touch(s, &run->events[run->touches[i].event]);
}

/* How many strips from there on have one use. */
static uint32_t alike(const struct report_run *run, const struct strip *strips, uint32_t from,
		      uint32_t count)
{
	uint32_t to = from + 1;

	if (strips[from].bar == REPORT_NONE)
		return 1;
	while (to < count && strips[to].bar != REPORT_NONE &&
	       !strcmp(use_name(&run->bars[strips[from].bar]),
		       use_name(&run->bars[strips[to].bar])))
		to++;
	return to - from;
}

static void put_pages(struct svg *s, const struct report_run *run)
{
	uint32_t count, each;
	struct strip *strips = make_strips(s->trace, run, &count);
	char name[64];

	s->y += 4;
	for (uint32_t i = 0; i < count; i += each) {
		bool thin;

		each = alike(run, strips, i, count);
		thin = each >= MANY;
		if (thin)
			snprintf(name, sizeof(name), "%" PRIu32 " x %s", each,
				 use_name(&run->bars[strips[i].bar]));
		for (uint32_t j = i; j < i + each; j++) {
			if (!thin)
				snprintf(name, sizeof(name), "0x%" PRIx64,
					 s->trace->pages[strips[j].row].pa);
			if (!thin || j == i)
				put_label(s, LEFT - 10, s->y + (thin ? each * THIN / 2 + 3 : 10),
					  "name mono", name);
			put_strip(s, run, &strips[j], thin ? THIN : ROW);
			s->y += thin ? THIN : ROW;
		}
		s->y += thin ? 4 : 0;
	}
	free(strips);
}

/* ---- a run ---- */

static void put_summary(const struct svg *s, const struct report_run *run)
{
	const struct replay_summary *m = &run->summary;
	char words[160];

	put_label(s, 16, s->y + 14, m->violations ? "head bad" : "head",
		  run->guard ? "Guard on" : "Guard off");
	snprintf(words, sizeof(words),
		 "%" PRIu64 " accesses, %" PRIu64 " commands, %" PRIu64 " refused, %" PRIu64
		 " violation%s",
		 m->accesses, m->commands, m->refused, m->violations,
		 m->violations == 1 ? "" : "s");
	put_label(s, LEFT, s->y + 14, "soft", words);
}

/* The first of what is refused or wrong, in words. */
static void put_told(struct svg *s, const struct report_run *run)
{
	unsigned told = 0;

	for (size_t i = 0; i < run->count && told < TOLD; i++) {
		const struct report_event *kept = &run->events[i];
		char words[EVENT_SAYS + 64];

		if (kept->weight == EVENT_PLAIN)
			continue;
		s->y += 15;
		snprintf(words, sizeof(words), "line %" PRIu32 "  %s %s", kept->line, kept->who,
			 kept->says);
		put_short(s, LEFT, s->y + 14,
			  kept->weight == EVENT_FINDING ? "mono bad" : "mono warn", words, MONO,
			  RIGHT - LEFT);
		told++;
	}
}

static void put_columns(const struct svg *s)
{
	double free_from = LEFT;

	for (size_t i = 0; i < s->trace->column_count; i++) {
		const struct report_column *c = &s->trace->columns[i];
		double x = x_of(s, c->slot);
		char line[16];

		snprintf(line, sizeof(line), "%" PRIu32, c->line);
		if (x < free_from || c->line == 0 || x + (double)strlen(line) * MONO > RIGHT)
			continue;
		put_label(s, x, s->y + 11, "number", line);
		free_from = x + (double)strlen(line) * MONO + 14;
	}
}

static void put_run(struct svg *s, const struct report_run *run)
{
	put_summary(s, run);
	put_told(s, run);
	s->y += 20;
	put_columns(s);
	s->y += 15;
	put_lanes(s, run);
	put_pages(s, run);
	s->y += 14;
}

/* ---- around them ---- */

static const struct {
	const char *kind, *text;
} legend[] = {
	{"waiting", "in the host's queue"},
	{"accepted", "accepted, till passed"},
	{"unguarded", "run unguarded"},
	{"queue", "queue"},
	{"table", "table"},
	{"level2", "level 2"},
	{"itt", "ITT"},
	{"lpi", "LPI table"},
	{"guest", "a guest's"},
	{"warn", "refused"},
	{"bad", "violation"},
};

static bool is_shown(const struct report_trace *trace, const char *kind)
{
	for (unsigned i = 0; i < trace->runs; i++) {
		const struct report_run *run = &trace->run[i];

		for (size_t j = 0; j < run->bar_count; j++) {
			const struct report_bar *bar = &run->bars[j];

			if (bar->kind != REPORT_COMMAND
				    ? !strcmp(kind, use_kind(bar))
				    : !strcmp(kind, "waiting") ||
					      !strcmp(kind, command_kind(run, bar)))
				return true;
		}
		if ((run->summary.refused && !strcmp(kind, "warn")) ||
		    (run->summary.violations && !strcmp(kind, "bad")))
			return true;
	}
	return false;
}

static void put_legend(struct svg *s)
{
	double x = LEFT;

	for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
		double width = 26 + LETTER * (double)strlen(legend[i].text);

		if (!is_shown(s->trace, legend[i].kind))
			continue;
		if (x + width > RIGHT) {
			x = LEFT;
			s->y += 17;
		}
		put_box(s, x, s->y, 11, 11, legend[i].kind);
		put_label(s, x + 16, s->y + 9.5, "soft", legend[i].text);
		x += width;
	}
	s->y += 26;
}

static const char style[] =
	"<style>\n"
	"text{font:11px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#1b2330}\n"
	".title{font-size:17px;font-weight:650}.head{font-size:13px;font-weight:650}\n"
	".name{text-anchor:end;font-weight:600}.mono{font-family:ui-monospace,'DejaVu Sans "
	"Mono',Menlo,"
	"Consolas,monospace;font-weight:400}\n"
	".number{font-size:10px;fill:#8a94a6}.soft,.name.mono{fill:#5b6678}.small,.word{font-size:"
	"10px}."
	"strong{font-weight:650}\n"
	"text.light{fill:#fff}.card{fill:#fff}.edge{fill:#fff;stroke:#dfe3ea}.band{fill:#f1f3f7}\n"
	".host{fill:#51627d}.devices{fill:#0369a1}.guard{fill:#0f766e}.its{fill:#4f46e5}.redist{"
	"fill:#7c3aed}\n"
	".waiting{fill:#c3cbd8}.accepted{fill:#0f9d8a}.unguarded{fill:#6366f1}\n"
	".bad{fill:#dc2626}.warn{fill:#d97706}.cross{fill:none;stroke:#dc2626;stroke-width:2.6}\n"
	".queue{fill:#2563eb}.table{fill:#0d9488}.level2{fill:#65a30d}.itt{fill:#8b5cf6}.lpi{fill:#"
	"0891b2}"
	".guest{fill:#475569}.unknown{fill:#94a3b8}.shared{opacity:.3}\n"
	"@media(prefers-color-scheme:dark){\n"
	"text{fill:#e6eaf0}.number{fill:#748093}.soft,.name.mono{fill:#a3aebd}\n"
	".card,.edge{fill:#171d26}.edge{stroke:#2a323e}.band{fill:#1f2732}\n"
	".host{fill:#94a6c2}.devices{fill:#56b8f0}.guard{fill:#2dd4bf}.its{fill:#8f8cff}.redist{"
	"fill:#b79bff}\n"
	".waiting{fill:#46505f}.bad{fill:#ff6b6b}.warn{fill:#f5b041}.cross{stroke:#ff6b6b}.shared{"
	"opacity:.45}\n"
	"}\n"
	"</style>\n";

static void put_body(struct svg *s)
{
	const char *title = *s->trace->title ? s->trace->title : s->trace->name;

	put_short(s, 16, 30, "title", title, 10, RIGHT - 16);
	put_label(s, 16, 47, "mono soft", s->trace->name);
	s->y = 66;
	for (unsigned i = 0; i < s->trace->runs; i++)
		put_run(s, &s->trace->run[i]);
	put_legend(s);
}

/* How high it is only its end tells, so it is written to memory first. */
void report_svg(FILE *out, const struct report_trace *trace)
{
	char *body = NULL;
	size_t size = 0;
	struct svg s = {open_memstream(&body, &size), trace,
			(RIGHT - LEFT) / (trace->slots ? trace->slots : 1), 0};

	if (!s.out)
		return;
	put_body(&s);
	fclose(s.out);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
		"width=\"%.0f\" height=\"%.0f\" "
		"role=\"img\">\n"
		"<!-- SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause -->\n"
		"<!-- SPDX-FileCopyrightText: The itsguard authors -->\n<title>",
		WIDTH, s.y, WIDTH, s.y);
	put_text(out, *trace->title ? trace->title : trace->name);
	fprintf(out,
		"</title>\n%s<rect x=\"0.5\" y=\"0.5\" width=\"%.0f\" height=\"%.0f\" rx=\"10\" "
		"class=\"edge\"/>\n",
		style, WIDTH - 1, s.y - 1);
	fwrite(body, 1, size, out);
	fputs("</svg>\n", out);
	free(body);
}
