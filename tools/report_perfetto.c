/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The picture in the JSON that chrome://tracing and Perfetto read: a process for each run, a thread
 * for each lane and each row of pages, a microsecond for each slot.
 */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "event_json.h"

#define TID_PAGES 10000u /* the first row of pages; lanes begin at 1 */

struct perfetto {
	FILE *out;
	unsigned pid; /* of the run that is written */
	bool is_first;
};

/* Takes the reference. */
static void put(struct perfetto *p, json_t *object)
{
	fputs(p->is_first ? "\n" : ",\n", p->out);
	p->is_first = false;
	json_dumpf(object, p->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(object);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* What all have: the phase, where, when. */
static json_t *object_of(const struct perfetto *p, const char *phase, uint64_t tid, uint64_t slot,
			 const char *name)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "ph", phase, "pid", number(p->pid), "tid",
			 number(tid), "ts", number(slot), "name", tool_json_text(name));
}

static void put_name(struct perfetto *p, const char *what, uint64_t tid, const char *name)
{
	put(p, json_pack("{s:s, s:o, s:o, s:s, s:{s:o}}", "ph", "M", "pid", number(p->pid), "tid",
			 number(tid), "name", what, "args", "name", tool_json_text(name)));
}

static void put_order(struct perfetto *p, uint64_t tid)
{
	put(p,
	    json_pack("{s:s, s:o, s:o, s:s, s:{s:o}}", "ph", "M", "pid", number(p->pid), "tid",
		      number(tid), "name", "thread_sort_index", "args", "sort_index", number(tid)));
}

static void put_thread(struct perfetto *p, uint64_t tid, const char *name)
{
	put_name(p, "thread_name", tid, name);
	put_order(p, tid);
}

/* The event itself, where a bar has one. */
static json_t *args_of(const struct report_run *run, size_t event)
{
	json_t *args =
		event == REPORT_NONE ? json_object() : json_loads(run->events[event].json, 0, NULL);

	if (event != REPORT_NONE)
		json_object_set_new(args, "says", tool_json_text(run->events[event].says));
	return args;
}

static void put_event(struct perfetto *p, const struct report_run *run, size_t number_of)
{
	static const char *const categories[] = {"event", "refusal", "violation"};
	const struct report_event *kept = &run->events[number_of];
	json_t *object = object_of(p, "X", kept->lane + 1u, kept->slot, kept->brief);

	json_object_set_new(object, "cat", json_string(categories[kept->weight]));
	json_object_set_new(object, "dur", number(1));
	json_object_set_new(object, "args", args_of(run, number_of));
	put(p, object);
}

/* Commands overlap, which threads may not. */
static void put_command(struct perfetto *p, const struct report_run *run, size_t bar_number)
{
	const struct report_bar *bar = &run->bars[bar_number];
	const char *name = run->events[bar->verdict].command;

	for (unsigned end = 0; end < 2; end++) {
		json_t *object = object_of(p, end ? "e" : "b", bar->lane + 1u,
					   end ? bar->to : bar->from, *name ? name : "command");

		json_object_set_new(object, "cat", json_string("command"));
		json_object_set_new(object, "id", number(bar_number + 1));
		if (!end)
			json_object_set_new(object, "args", args_of(run, bar->verdict));
		put(p, object);
	}
}

static void put_pages_bar(struct perfetto *p, const struct report_run *run,
			  const struct report_bar *bar)
{
	bool guest = bar->kind == REPORT_GUEST;
	char name[64];
	json_t *object;

	snprintf(name, sizeof(name), "%s%s", guest ? "a guest's" : event_use_name(bar->use),
		 guest          ? ""
		 : bar->donated ? ", donated"
				: ", shared");
	object = object_of(p, "X", TID_PAGES + bar->row, bar->from, name);
	json_object_set_new(object, "cat", json_string(guest ? "guest" : "claim"));
	json_object_set_new(object, "dur", number(bar->to - bar->from));
	json_object_set_new(object, "args", args_of(run, bar->first));
	put(p, object);
}

static void put_rows(struct perfetto *p, const struct report_trace *trace,
		     const struct report_run *run)
{
	char name[EVENT_WHO + 32];

	for (uint32_t i = 0; i < run->lane_count; i++) {
		report_lane_name(&run->lanes[i], name);
		put_thread(p, i + 1u, name);
	}
	for (uint32_t i = 0; i < trace->page_count; i++) {
		snprintf(name, sizeof(name), "0x%" PRIx64 "+0x%" PRIx64, trace->pages[i].pa,
			 trace->pages[i].bytes);
		put_thread(p, TID_PAGES + i, name);
	}
}

static void put_run(struct perfetto *p, const struct report_trace *trace,
		    const struct report_run *run)
{
	char name[300];

	snprintf(name, sizeof(name), "%s, guard %s", trace->name, run->guard ? "on" : "off");
	put_name(p, "process_name", 0, name);
	put_rows(p, trace, run);
	for (size_t i = 0; i < run->count; i++)
		put_event(p, run, i);
	for (size_t i = 0; i < run->bar_count; i++) {
		if (run->bars[i].kind == REPORT_COMMAND)
			put_command(p, run, i);
		else
			put_pages_bar(p, run, &run->bars[i]);
	}
}

void report_perfetto(FILE *out, const struct report_trace *traces, size_t count)
{
	struct perfetto p = {out, 0, true};

	fputs("{\"traceEvents\":[", out);
	for (size_t i = 0; i < count; i++)
		for (unsigned j = 0; j < traces[i].runs; j++) {
			p.pid++;
			put_run(&p, &traces[i], &traces[i].run[j]);
		}
	fputs("\n],\"displayTimeUnit\":\"ns\"}\n", out);
}
