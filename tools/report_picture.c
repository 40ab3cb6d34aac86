/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Where everything stands: lanes of who acts, bars of commands, pages with who holds them. Slots
 * are given already, by report_run.c.
 */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "u64map.h"

static struct report_bar *add_bar(struct report_run *run, enum report_bar_kind kind)
{
	if (run->bar_count == run->bar_room) {
		run->bar_room = run->bar_room ? 2 * run->bar_room : 64;
		run->bars = sim_realloc(run->bars, run->bar_room, sizeof(*run->bars));
	}
	run->bars[run->bar_count] = (struct report_bar){
		.kind = kind, .first = REPORT_NONE, .last = REPORT_NONE, .verdict = REPORT_NONE};
	return &run->bars[run->bar_count++];
}

/* ---- lanes ---- */

static enum report_who who_of(const struct report_run *run, const struct replay_event *e)
{
	switch (e->kind) {
	case REPLAY_EV_ACCESS:
	case REPLAY_EV_MEMORY:
	case REPLAY_EV_OWNER:
		return REPORT_HOST;
	case REPLAY_EV_MSI:
		return REPORT_DEVICES;
	case REPLAY_EV_LPI:
		return REPORT_REDIST;
	case REPLAY_EV_STEP:
	case REPLAY_EV_RAN:
	case REPLAY_EV_FAILED:
		return REPORT_ITS;
	case REPLAY_EV_REPORT:
		if (e->report == REPLAY_VIOLATION)
			return e->of_redistributor ? REPORT_REDIST : REPORT_ITS;
		break;
	default:
		break;
	}
	return run->guard ? REPORT_GUARD : REPORT_ITS;
}

static uint32_t number_of(enum report_who who, const struct replay_event *e)
{
	if (who == REPORT_ITS)
		return e->its;
	return who == REPORT_REDIST ? e->redistributor : 0;
}

static int lane_order(const void *a, const void *b)
{
	const struct report_lane *one = a, *other = b;

	if (one->who != other->who)
		return one->who < other->who ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

static uint32_t find_lane(struct report_run *run, enum report_who who, uint32_t number)
{
	for (uint32_t i = 0; i < run->lane_count; i++)
		if (run->lanes[i].who == who && run->lanes[i].number == number)
			return i;
	run->lanes = sim_realloc(run->lanes, run->lane_count + 1u, sizeof(*run->lanes));
	run->lanes[run->lane_count] = (struct report_lane){who, number, 1};
	return run->lane_count++;
}

/* First all lanes that there are, in order; then each event finds its own. */
static void make_lanes(struct report_run *run)
{
	for (unsigned turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < run->count; i++) {
			struct report_event *kept = &run->events[i];
			enum report_who who = who_of(run, &kept->event);

			kept->lane = find_lane(run, who, number_of(who, &kept->event));
			if (kept->event.kind == REPLAY_EV_COMMAND)
				find_lane(run, REPORT_COMMANDS, kept->event.its);
		}
		if (run->lane_count > 0)
			qsort(run->lanes, run->lane_count, sizeof(*run->lanes), lane_order);
	}
}

void report_lane_name(const struct report_lane *lane, char name[EVENT_WHO])
{
	static const char *const names[REPORT_WHOS] = {"Host",     "Devices", "Guard",
						       "Commands", "ITS",     "RD"};
	bool is_first = lane->number == 0 && lane->who != REPORT_REDIST;

	if (is_first)
		snprintf(name, EVENT_WHO, "%s", names[lane->who]);
	else
		snprintf(name, EVENT_WHO, "%s %" PRIu32, names[lane->who], lane->number);
}

/* ---- commands ---- */

/* Numbers of events or bars in the order in which they came; the oldest go where it gets long. */
#define WAITING 4096u

struct line_up {
	size_t at[WAITING];
	size_t count;
};

static void join(struct line_up *l, size_t what)
{
	if (l->count == WAITING) {
		memmove(l->at, l->at + 1, (WAITING - 1) * sizeof(l->at[0]));
		l->count--;
	}
	l->at[l->count++] = what;
}

static void leave(struct line_up *l, size_t place)
{
	l->count--;
	memmove(l->at + place, l->at + place + 1, (l->count - place) * sizeof(l->at[0]));
}

/* What the commands of an ITS are at. */
struct way {
	struct line_up stored;    /* events: the host has written it, nobody has read it */
	struct line_up accepted;  /* bars: hardware is to be given it */
	struct line_up published; /* bars: it lies in hardware's queue */
	uint32_t *slots;          /* of each of those: where in the private queue */
	bool waits;
	size_t waiting; /* the bar of the command at the head that waits */
};

static size_t take_stored(struct way *way, const struct report_run *run, const uint8_t *raw)
{
	for (size_t i = 0; i < way->stored.count; i++) {
		size_t event = way->stored.at[i];

		if (memcmp(run->events[event].stored, raw, ITSG_CMD_BYTES) != 0)
			continue;
		leave(&way->stored, i);
		return event;
	}
	return REPORT_NONE;
}

static size_t begin_command(struct way *way, struct report_run *run, size_t event)
{
	const struct report_event *kept = &run->events[event];
	size_t stored = kept->event.unread ? REPORT_NONE : take_stored(way, run, kept->event.raw);
	struct report_bar *bar = add_bar(run, REPORT_COMMAND);

	bar->lane = find_lane(run, REPORT_COMMANDS, kept->event.its);
	bar->first = stored == REPORT_NONE ? event : stored;
	bar->from = run->events[bar->first].slot;
	return run->bar_count - 1;
}

static bool goes_on(const struct way *way, const struct report_run *run,
		    const struct report_event *e)
{
	const struct report_event *before;

	if (!way->waits)
		return false;
	before = &run->events[run->bars[way->waiting].verdict];
	return before->event.offset == e->event.offset &&
	       !memcmp(before->event.raw, e->event.raw, ITSG_CMD_BYTES);
}

static void judge_command(struct way *way, struct report_run *run, size_t event)
{
	const struct report_event *kept = &run->events[event];
	size_t number = goes_on(way, run, kept) ? way->waiting : begin_command(way, run, event);
	struct report_bar *bar = &run->bars[number];

	bar->verdict = event;
	bar->last = event;
	bar->judged = kept->slot;
	bar->to = kept->slot + 1;
	bar->refused = kept->event.verdict == REPLAY_REFUSED;
	way->waits = kept->event.verdict == REPLAY_WAITS;
	way->waiting = number;
	if (kept->event.verdict == REPLAY_ACCEPTED)
		join(&way->accepted, number);
}

/* The first accepted one of which this can be what is left: opcode and device are the same. */
static void publish_command(struct way *way, const struct report_run *run,
			    const struct report_event *e)
{
	for (size_t i = 0; i < way->accepted.count; i++) {
		size_t number = way->accepted.at[i];
		const uint8_t *raw = run->events[run->bars[number].verdict].event.raw;

		if (memcmp(raw, e->event.raw, 1) != 0 || memcmp(raw + 4, e->event.raw + 4, 4) != 0)
			continue;
		leave(&way->accepted, i);
		join(&way->published, number);
		way->slots[way->published.count - 1] = e->event.offset;
		return;
	}
}

static bool has_passed(const struct replay_event *ran, uint32_t offset)
{
	if (ran->offset <= ran->to)
		return offset >= ran->offset && offset < ran->to;
	return offset >= ran->offset || offset < ran->to;
}

static void pass_commands(struct way *way, struct report_run *run, size_t event)
{
	const struct report_event *kept = &run->events[event];
	size_t left = 0;

	for (size_t i = 0; i < way->published.count; i++) {
		struct report_bar *bar = &run->bars[way->published.at[i]];

		if (has_passed(&kept->event, way->slots[i])) {
			bar->to = kept->slot + 1;
			bar->last = event;
			continue;
		}
		way->slots[left] = way->slots[i];
		way->published.at[left++] = way->published.at[i];
	}
	way->published.count = left;
}

/* What hardware has not passed in the end goes on. */
static void end_commands(struct way *way, struct report_run *run, uint32_t slots)
{
	for (size_t i = 0; i < way->published.count; i++) {
		struct report_bar *bar = &run->bars[way->published.at[i]];

		bar->to = slots;
		bar->open = true;
	}
}

static void follow(struct way *way, struct report_run *run, size_t event)
{
	const struct report_event *kept = &run->events[event];

	switch (kept->event.kind) {
	case REPLAY_EV_MEMORY:
		if (kept->event.bytes == ITSG_CMD_BYTES && !kept->event.refused)
			join(&way->stored, event);
		break;
	case REPLAY_EV_COMMAND:
		judge_command(way, run, event);
		break;
	case REPLAY_EV_PRIVATE:
		if (!kept->event.own)
			publish_command(way, run, kept);
		break;
	case REPLAY_EV_RAN:
		if (run->guard)
			pass_commands(way, run, event);
		break;
	default:
		break;
	}
}

static int bar_order(const void *a, const void *b)
{
	const struct report_bar *one = a, *other = b;

	if (one->from != other->from)
		return one->from < other->from ? -1 : 1;
	return one->judged < other->judged ? -1 : one->judged > other->judged;
}

/* Each in the first row that is free, or else in the one that is free first. */
static void lay_rows(struct report_run *run, uint32_t lane)
{
	uint32_t end[REPORT_ROWS] = {0};

	for (size_t i = 0; i < run->bar_count; i++) {
		struct report_bar *bar = &run->bars[i];
		uint32_t row = 0;

		if (bar->lane != lane)
			continue;
		while (row < REPORT_ROWS && end[row] > bar->from)
			row++;
		if (row == REPORT_ROWS) {
			row = 0;
			for (uint32_t j = 1; j < REPORT_ROWS; j++)
				if (end[j] < end[row])
					row = j;
		}
		bar->row = row;
		end[row] = bar->to > end[row] ? bar->to : end[row];
		if (row >= run->lanes[lane].rows)
			run->lanes[lane].rows = row + 1;
	}
}

static struct way *new_way(void)
{
	struct way *way = sim_realloc(NULL, 1, sizeof(*way));

	memset(way, 0, sizeof(*way));
	way->slots = sim_realloc(NULL, WAITING, sizeof(*way->slots));
	return way;
}

static void make_commands(struct report_run *run, uint32_t slots)
{
	struct way *ways[TRACE_ITS_MAX] = {NULL};

	for (size_t i = 0; i < run->count; i++) {
		uint32_t its = run->events[i].event.its;

		if (!ways[its])
			ways[its] = new_way();
		follow(ways[its], run, i);
	}
	for (uint32_t its = 0; its < TRACE_ITS_MAX; its++) {
		if (!ways[its])
			continue;
		end_commands(ways[its], run, slots);
		free(ways[its]->slots);
		free(ways[its]);
	}
	if (run->bar_count > 0)
		qsort(run->bars, run->bar_count, sizeof(*run->bars), bar_order);
	for (uint32_t lane = 0; lane < run->lane_count; lane++)
		if (run->lanes[lane].who == REPORT_COMMANDS)
			lay_rows(run, lane);
}

/* ---- pages: which there are ---- */

/* Whose changes hands. */
static bool moves_pages(const struct replay_event *e)
{
	return e->kind == REPLAY_EV_CLAIM || e->kind == REPLAY_EV_DROP ||
	       (e->kind == REPLAY_EV_OWNER && !e->refused);
}

/* Where something is wrong or refused. */
static bool touches_pages(const struct report_event *kept)
{
	enum replay_event_kind kind = kept->event.kind;

	return kept->weight != EVENT_PLAIN && kept->event.bytes > 0 &&
	       (kind == REPLAY_EV_REPORT || kind == REPLAY_EV_PLATFORM || kind == REPLAY_EV_OWNER ||
		kind == REPLAY_EV_MEMORY);
}

/* Memory from one address up to the next, and a sum of the events that concern it. */
struct piece {
	uint64_t pa, end, sum;
};

struct pieces {
	struct piece *piece;
	size_t count;
};

#define PAGE 0xfffu

static int piece_order(const void *a, const void *b)
{
	const struct piece *one = a, *other = b;

	return one->pa < other->pa ? -1 : one->pa > other->pa;
}

/* Of the pieces the one that begins there; each end of what is told is such a place. */
static size_t find_piece(const struct pieces *p, uint64_t pa)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->piece[middle].pa < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_edge(struct pieces *p, uint64_t pa)
{
	p->piece[p->count++] = (struct piece){pa, 0, 0};
}

/* Whole pages that it touches. */
static uint64_t first_page(const struct replay_event *e)
{
	return e->pa & ~(uint64_t)PAGE;
}

static uint64_t end_page(const struct replay_event *e)
{
	return (e->pa + e->bytes + PAGE) & ~(uint64_t)PAGE;
}

static void cut(struct pieces *p, const struct report_trace *trace)
{
	size_t edges = 0, left = 0;

	for (unsigned i = 0; i < trace->runs; i++)
		edges += 2 * trace->run[i].count;
	p->piece = sim_realloc(NULL, edges + 1, sizeof(*p->piece));
	for (unsigned i = 0; i < trace->runs; i++)
		for (size_t j = 0; j < trace->run[i].count; j++) {
			const struct report_event *kept = &trace->run[i].events[j];

			if (!moves_pages(&kept->event) && !touches_pages(kept))
				continue;
			add_edge(p, first_page(&kept->event));
			add_edge(p, end_page(&kept->event));
		}
	if (p->count > 0)
		qsort(p->piece, p->count, sizeof(*p->piece), piece_order);
	for (size_t i = 0; i < p->count; i++)
		if (i == 0 || p->piece[i].pa != p->piece[left - 1].pa)
			p->piece[left++] = p->piece[i];
	p->count = left;
	for (size_t i = 0; i + 1 < p->count; i++)
		p->piece[i].end = p->piece[i + 1].pa;
}

static void sum_up(struct pieces *p, const struct report_trace *trace)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < trace->runs; i++)
		for (size_t j = 0; j < trace->run[i].count; j++) {
			const struct report_event *kept = &trace->run[i].events[j];

			number += 2;
			if (!moves_pages(&kept->event) && !touches_pages(kept))
				continue;
			for (size_t at = find_piece(p, first_page(&kept->event));
			     at < p->count && p->piece[at].pa < end_page(&kept->event); at++)
				p->piece[at].sum =
					(p->piece[at].sum ^ (number | 1)) * 0x9e3779b97f4a7c15u;
		}
}

/* Pieces side by side that the same is told of are one. */
static void make_pages(struct report_trace *trace)
{
	struct pieces p = {NULL, 0};
	uint64_t last = 0;

	cut(&p, trace);
	sum_up(&p, trace);
	trace->pages = sim_realloc(NULL, p.count + 1, sizeof(*trace->pages));
	for (size_t i = 0; i < p.count; i++) {
		struct report_pages *before = &trace->pages[trace->page_count];
		uint64_t bytes = p.piece[i].end - p.piece[i].pa;

		if (p.piece[i].sum == 0)
			continue;
		if (trace->page_count > 0 && before[-1].pa + before[-1].bytes == p.piece[i].pa &&
		    last == p.piece[i].sum)
			before[-1].bytes += bytes;
		else
			trace->pages[trace->page_count++] =
				(struct report_pages){p.piece[i].pa, bytes};
		last = p.piece[i].sum;
	}
	free(p.piece);
}

/* ---- pages: what becomes of them ---- */

static uint32_t first_row(const struct report_trace *trace, uint64_t pa)
{
	uint32_t low = 0, high = trace->page_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (trace->pages[middle].pa + trace->pages[middle].bytes <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void touch(struct report_run *run, uint32_t row, size_t event)
{
	if (run->touch_count == run->touch_room) {
		run->touch_room = run->touch_room ? 2 * run->touch_room : 16;
		run->touches = sim_realloc(run->touches, run->touch_room, sizeof(*run->touches));
	}
	run->touches[run->touch_count++] = (struct report_touch){row, event};
}

/* open: of each row the bar that has not ended. */
static void follow_page(struct report_run *run, size_t *open, uint32_t row, size_t event,
			uint32_t slots)
{
	const struct report_event *kept = &run->events[event];
	struct report_bar *bar;

	if (touches_pages(kept)) {
		touch(run, row, event);
		return;
	}
	if (kept->event.kind == REPLAY_EV_DROP) {
		if (open[row] != REPORT_NONE) {
			bar = &run->bars[open[row]];
			bar->to = kept->slot + 1;
			bar->open = false;
			bar->last = event;
		}
		open[row] = REPORT_NONE;
		return;
	}
	bar = add_bar(run, kept->event.kind == REPLAY_EV_OWNER ? REPORT_GUEST : REPORT_CLAIM);
	bar->row = row;
	bar->from = kept->slot;
	bar->to = slots;
	bar->open = true;
	bar->first = event;
	bar->use = kept->event.whose.use;
	bar->donated = kept->event.donated;
	if (bar->kind == REPORT_CLAIM)
		open[row] = run->bar_count - 1;
}

static void follow_pages(const struct report_trace *trace, struct report_run *run)
{
	size_t *open = sim_realloc(NULL, trace->page_count + 1u, sizeof(*open));

	for (uint32_t i = 0; i < trace->page_count; i++)
		open[i] = REPORT_NONE;
	for (size_t i = 0; i < run->count; i++) {
		const struct report_event *kept = &run->events[i];

		if (!moves_pages(&kept->event) && !touches_pages(kept))
			continue;
		for (uint32_t row = first_row(trace, first_page(&kept->event));
		     row < trace->page_count && trace->pages[row].pa < end_page(&kept->event);
		     row++)
			follow_page(run, open, row, i, trace->slots);
	}
	free(open);
}

void report_arrange(struct report_trace *trace)
{
	make_pages(trace);
	for (unsigned i = 0; i < trace->runs; i++) {
		make_lanes(&trace->run[i]);
		make_commands(&trace->run[i], trace->slots);
		follow_pages(trace, &trace->run[i]);
	}
}
