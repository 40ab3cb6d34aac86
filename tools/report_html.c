/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page: tools/report/page.html, with its style, its script and the picture as JSON in it.
 * Whatever comes from a trace is in that JSON, and nowhere else in the page.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "itsguard/version.h"

#include "event_json.h"
#include "report_page.h"

/* In a script element nothing may look like its end, or like a comment. */
static void put_escaped(FILE *out, const char *json)
{
	for (; *json; json++) {
		if (*json == '<')
			fputs("\\u003c", out);
		else
			putc(*json, out);
	}
}

/* Takes the reference. */
static void put_json(FILE *out, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);

	put_escaped(out, text ? text : "null");
	free(text);
	json_decref(json);
}

static void put_text(FILE *out, const char *text)
{
	put_json(out, tool_json_text(text));
}

static const char *separator(size_t i)
{
	return i ? ",\n" : "\n";
}

/* ---- a run: lists of lists, which the page names (model.js) ---- */

/* [slot, lane, weight, device or null, [pa, bytes, ...], who, says, brief, {the event}] */
static void put_event(FILE *out, const struct report_event *kept)
{
	fprintf(out, "[%u,%u,%u,", kept->slot, kept->lane, kept->weight);
	if (kept->concern.has_device)
		fprintf(out, "%u,[", kept->concern.device);
	else
		fputs("null,[", out);
	for (unsigned i = 0; i < kept->concern.ranges; i++)
		fprintf(out, "%s%llu,%llu", i ? "," : "",
			(unsigned long long)kept->concern.range[i].pa,
			(unsigned long long)kept->concern.range[i].bytes);
	fputs("],", out);
	put_text(out, kept->who);
	putc(',', out);
	put_text(out, kept->says);
	putc(',', out);
	put_text(out, kept->brief);
	putc(',', out);
	put_escaped(out, kept->json);
	putc(']', out);
}

static void put_place(FILE *out, size_t event)
{
	if (event == REPORT_NONE)
		fputs(",null", out);
	else
		fprintf(out, ",%zu", event);
}

/* [kind, lane, row, from, judged, to, open, refused, use, donated, first, verdict, last, text] */
static void put_bar(FILE *out, const struct report_run *run, const struct report_bar *bar)
{
	bool command = bar->kind == REPORT_COMMAND;

	fprintf(out, "[%u,%u,%u,%u,%u,%u,%u,%u,\"%s\",%u", bar->kind, bar->lane, bar->row,
		bar->from, bar->judged, bar->to, bar->open, bar->refused,
		bar->kind == REPORT_CLAIM ? event_use_name(bar->use) : "", bar->donated);
	put_place(out, bar->first);
	put_place(out, bar->verdict);
	put_place(out, bar->last);
	putc(',', out);
	put_text(out, command ? run->events[bar->verdict].command : "");
	putc(']', out);
}

static void put_lanes(FILE *out, const struct report_run *run)
{
	static const char *const who[REPORT_WHOS] = {"host",     "devices", "guard",
						     "commands", "its",     "redist"};
	char name[EVENT_WHO];

	for (uint32_t i = 0; i < run->lane_count; i++) {
		report_lane_name(&run->lanes[i], name);
		fprintf(out, "%s[\"%s\",%u,", i ? "," : "", who[run->lanes[i].who],
			run->lanes[i].rows);
		put_text(out, name);
		putc(']', out);
	}
}

static void put_run(FILE *out, const struct report_run *run)
{
	fprintf(out, "{\"guard\":%s,\"summary\":", run->guard ? "true" : "false");
	put_json(out, event_json_summary(NULL, &run->summary));
	fputs(",\"lanes\":[", out);
	put_lanes(out, run);
	fputs("],\"events\":[", out);
	for (size_t i = 0; i < run->count; i++) {
		fputs(separator(i), out);
		put_event(out, &run->events[i]);
	}
	fputs("],\"bars\":[", out);
	for (size_t i = 0; i < run->bar_count; i++) {
		fputs(separator(i), out);
		put_bar(out, run, &run->bars[i]);
	}
	fputs("],\"touches\":[", out);
	for (size_t i = 0; i < run->touch_count; i++)
		fprintf(out, "%s[%u,%zu]", i ? "," : "", run->touches[i].row,
			run->touches[i].event);
	fputs("]}", out);
}

/* ---- a trace ---- */

static void put_columns(FILE *out, const struct report_trace *trace)
{
	for (size_t i = 0; i < trace->column_count; i++) {
		const struct report_column *c = &trace->columns[i];

		fprintf(out, "%s[%u,%u,%u,", separator(i), c->line, c->slot, c->slots);
		put_text(out, c->text);
		putc(']', out);
	}
}

static void put_trace(FILE *out, const struct report_trace *trace)
{
	fputs("{\"name\":", out);
	put_text(out, trace->name);
	fputs(",\"title\":", out);
	put_text(out, trace->title);
	fprintf(out, ",\"slots\":%u,\"columns\":[", trace->slots);
	put_columns(out, trace);
	fputs("],\"pages\":[", out);
	for (uint32_t i = 0; i < trace->page_count; i++)
		fprintf(out, "%s[%llu,%llu]", i ? "," : "", (unsigned long long)trace->pages[i].pa,
			(unsigned long long)trace->pages[i].bytes);
	fputs("],\"runs\":[", out);
	for (unsigned i = 0; i < trace->runs; i++) {
		fputs(separator(i), out);
		put_run(out, &trace->run[i]);
	}
	fputs("]}", out);
}

static void put_data(FILE *out, const struct report_trace *traces, size_t count)
{
	fprintf(out, "{\"schema\":%u,\"version\":\"%d.%d.%d\",\"glossary\":", EVENT_SCHEMA,
		ITSGUARD_VERSION >> 16, (ITSGUARD_VERSION >> 8) & 0xff, ITSGUARD_VERSION & 0xff);
	put_json(out, report_glossary(traces, count));
	fputs(",\"traces\":[", out);
	for (size_t i = 0; i < count; i++) {
		fputs(separator(i), out);
		put_trace(out, &traces[i]);
	}
	fputs("]}\n", out);
}

void report_html(FILE *out, const struct report_trace *traces, size_t count)
{
	for (const char *const *line = report_page; *line; line++) {
		if (strcmp(*line, REPORT_PAGE_DATA) != 0)
			fputs(*line, out);
		else
			put_data(out, traces, count);
	}
}
