/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard report: what is put into a page and a picture. How the page behaves: test_report_page.c.
 */
#include "cli.h"

#include <ctype.h>
#include <stdbool.h>

#include <jansson.h>

#include "corpus.h"
#include "replay_event.h"
#include "report.h"

#define T7   ITSG_CORPUS_DIR "/cases/bad_attack_T7.trace"
#define BOOT ITSG_CORPUS_DIR "/captures/linux-6.1-virt-kexec.trace"

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("evil<&\".trace", "# </script> <!-- & \" \x01 \xff \xc3\xa4\nw32 0 1 # "
				   "</script>\n! ENABLE_INCOMPLETE\n");
	put_text("malformed.trace", "r32 zero 0\n");
	put_text("room.trace", "machine pa_bits=32\nmachine ram=0+0x100000000\npoll\n");
	put_text("nothing.trace", "");
	/* Hardware passes nothing: what is published stays on its way. */
	put_text("late.trace", "w64 0x100 0xb907000041000000\nw64 0x108 0xbc07000041001000\n"
			       "w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\nhw manual\n"
			       "mapd dev=0x12 size=8 itt=0x50000000\nw32 0x88 0x20\n");
	return 0;
}

/* ---- reading what was written ---- */

static char *slurp_output(const char *name)
{
	char path[512];
	FILE *in;
	char *text = malloc(64u << 20);
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_non_null(text);
	size = fread(text, 1, (64u << 20) - 1, in);
	text[size] = '\0';
	fclose(in);
	return text;
}

/* The data of a page, between its two tags. */
static char *data_of(char *page)
{
	static const char tag[] = "<script id=\"data\" type=\"application/json\">";
	char *from = strstr(page, tag), *to;

	assert_non_null(from);
	from += strlen(tag);
	to = strstr(from, "</script>");
	assert_non_null(to);
	*to = '\0';
	return from;
}

static json_t *page_of(const char *arguments)
{
	char command[1024], *page;
	json_error_t error;
	json_t *data;

	snprintf(command, sizeof(command), "itsguard report %s -o page.html", arguments);
	runs(0, command);
	page = slurp_output("page.html");
	data = json_loads(data_of(page), JSON_REJECT_DUPLICATES, &error);
	if (!data)
		fail_msg("%s: %s", arguments, error.text);
	free(page);
	return data;
}

static json_t *at(json_t *from, const char *key, size_t index)
{
	json_t *found = json_array_get(json_object_get(from, key), index);

	assert_non_null(found);
	return found;
}

/* ---- the page ---- */

/* What replay --json prints of a run is in the page, but for the file's name, in that order. */
static void holds_all_events(json_t *run, const char *guard)
{
	json_t *events = json_object_get(run, "events");
	size_t count = 0;
	char *line, *rest = output;

	runs(0, guard);
	while ((line = strtok_r(rest, "\n", &rest))) {
		json_t *event = json_loads(line, 0, NULL);
		const char *type = json_string_value(json_object_get(event, "type"));
		bool is_around = !strcmp(type, "start") || !strcmp(type, "counters") ||
				 !strcmp(type, "summary");

		json_object_del(event, "file");
		if (!is_around &&
		    !json_equal(event, json_array_get(json_array_get(events, count++), 8)))
			fail_msg("event %zu is not: %s", count, line);
		if (!strcmp(type, "summary"))
			assert_true(json_equal(event, json_object_get(run, "summary")));
		json_decref(event);
	}
	assert_int_equal(count, json_array_size(events));
	assert_true(count > 10);
}

static void a_page_holds_the_events_of_both_runs(void **state)
{
	json_t *data = page_of(T7), *trace = at(data, "traces", 0);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(trace, "name")),
			    "bad_attack_T7.trace");
	assert_string_equal(json_string_value(json_object_get(trace, "title")),
			    "T7: MAPD names a guest's page as ITT: MAPTI writes an entry there");
	holds_all_events(at(trace, "runs", 0), "itsguard replay --json --guard=off " T7 " || true");
	holds_all_events(at(trace, "runs", 1), "itsguard replay --json " T7);
	json_decref(data);
}

static void a_page_explains_what_it_shows(void **state)
{
	json_t *data = page_of(T7), *words = json_object_get(data, "glossary");
	json_t *reason = json_object_get(json_object_get(words, "reasons"), "SHARE_REFUSED");

	(void)state;
	assert_non_null(json_object_get(json_object_get(words, "reasons"), "DEVICE_UNMAPPED"));
	assert_non_null(json_object_get(json_object_get(json_object_get(words, "commands"), "MAPD"),
					"checks"));
	assert_non_null(json_object_get(json_object_get(words, "registers"), "GITS_CTLR"));
	for (size_t i = 0; i < json_array_size(json_object_get(reason, "threats")); i++) {
		const char *number = json_string_value(at(reason, "threats", i));

		if (!json_object_get(json_object_get(words, "numbers"), number))
			fail_msg("%s is not told", number);
	}
	/* And nothing that it does not. */
	assert_null(json_object_get(json_object_get(words, "commands"), "VMAPP"));
	json_decref(data);
}

static void runs_are_chosen(void **state)
{
	json_t *data = page_of("--guard=on " T7),
	       *runs_of = json_object_get(at(data, "traces", 0), "runs");

	(void)state;
	assert_int_equal(json_array_size(runs_of), 1);
	assert_true(json_is_true(json_object_get(json_array_get(runs_of, 0), "guard")));
	json_decref(data);
	data = page_of("--guard=off " T7);
	runs_of = json_object_get(at(data, "traces", 0), "runs");
	assert_int_equal(json_array_size(runs_of), 1);
	assert_true(json_is_false(json_object_get(json_array_get(runs_of, 0), "guard")));
	json_decref(data);
}

static void several_traces_are_one_page(void **state)
{
	json_t *data = page_of(T7 " late.trace nothing.trace");

	(void)state;
	assert_int_equal(json_array_size(json_object_get(data, "traces")), 3);
	assert_string_equal(json_string_value(json_object_get(at(data, "traces", 1), "name")),
			    "late.trace");
	assert_int_equal(json_array_size(json_object_get(at(data, "traces", 2), "columns")), 0);
	json_decref(data);
}

static void nothing_of_a_trace_is_markup(void **state)
{
	char *page, *clean, *data, *clean_data;
	json_t *parsed = page_of("'evil<&\".trace' --title='</script>'");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(at(parsed, "traces", 0), "title")),
			    "</script>");
	json_decref(parsed);
	parsed = page_of("'evil<&\".trace'");
	assert_string_equal(json_string_value(json_object_get(at(parsed, "traces", 0), "name")),
			    "evil<&\".trace");
	/* What is no UTF-8 is told so; what is, stays. */
	assert_non_null(strstr(json_string_value(json_object_get(at(parsed, "traces", 0), "title")),
			       "</script>"));
	json_decref(parsed);
	page = slurp_output("page.html");
	runs(0, "itsguard report nothing.trace -o clean.html");
	clean = slurp_output("clean.html");
	data = data_of(page);
	clean_data = data_of(clean);
	assert_null(strchr(data, '<'));
	/* Around the data the pages are the same. */
	assert_int_equal(data - page, clean_data - clean);
	assert_memory_equal(page, clean, (size_t)(data - page));
	assert_string_equal(data + strlen(data) + 1, clean_data + strlen(clean_data) + 1);
	free(page);
	free(clean);
}

static void the_page_allows_itself_no_network(void **state)
{
	(void)state;
	runs(0, "itsguard report " T7
		" >page.html && grep -c 'Content-Security-Policy.*default-src .none.;' page.html");
	runs(1, "grep -n 'unsafe\\|src=\\|url(\\|@import\\|http:\\|https:' page.html");
}

/* ---- where things stand ---- */

static void in_order(const struct report_trace *trace, const struct report_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct report_event *e = &run->events[i];

		assert_true(e->slot < trace->slots && e->lane < run->lane_count);
		assert_true(run->lanes[e->lane].who != REPORT_COMMANDS);
		assert_true(i == 0 || e->slot > run->events[i - 1].slot);
	}
	for (size_t i = 0; i < run->bar_count; i++) {
		const struct report_bar *bar = &run->bars[i];

		assert_true(bar->from < bar->to && bar->to <= trace->slots);
		assert_true(bar->first < run->count && run->events[bar->first].slot == bar->from);
		assert_true(bar->open ? bar->to == trace->slots
				      : run->events[bar->last].slot == bar->to - 1);
		if (bar->kind != REPORT_COMMAND) {
			assert_true(bar->row < trace->page_count);
			continue;
		}
		assert_true(run->lanes[bar->lane].who == REPORT_COMMANDS);
		assert_true(bar->row < run->lanes[bar->lane].rows &&
			    run->lanes[bar->lane].rows <= REPORT_ROWS);
		assert_true(bar->judged >= bar->from && bar->judged < bar->to);
		assert_true(run->events[bar->verdict].slot == bar->judged);
	}
}

/* Each line of the trace begins at one slot, whatever run it is in. */
static void aligned(const struct report_trace *trace)
{
	for (unsigned i = 0; i < trace->runs; i++) {
		const struct report_run *run = &trace->run[i];
		size_t column = 0;

		for (size_t j = 0; j < run->count; j++) {
			while (trace->columns[column].line != run->events[j].line)
				column++;
			if (j == 0 || run->events[j].line != run->events[j - 1].line)
				assert_int_equal(run->events[j].slot, trace->columns[column].slot);
			assert_true(run->events[j].slot <
				    trace->columns[column].slot + trace->columns[column].slots);
		}
	}
	for (size_t i = 1; i < trace->column_count; i++) {
		assert_true(trace->columns[i].line > trace->columns[i - 1].line);
		assert_int_equal(trace->columns[i].slot,
				 trace->columns[i - 1].slot + trace->columns[i - 1].slots);
	}
}

static bool covers(const struct report_pages *pages, uint64_t pa)
{
	return pa >= pages->pa && pa - pages->pa < pages->bytes;
}

/* By the bars as many pages are held in the end as the guard says. */
static uint64_t held_in_the_end(const struct report_trace *trace, const struct report_run *run)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < run->bar_count; i++)
		if (run->bars[i].kind == REPORT_CLAIM && run->bars[i].open)
			bytes += trace->pages[run->bars[i].row].bytes;
	return bytes;
}

static void read_trace(const char *path, struct report_trace *trace)
{
	struct report_options options = {.on = true, .off = true};

	replay_options_default(&options.replay);
	options.replay.no_oracle = true; /* which takes most of the time, and draws nothing */
	assert_int_equal(report_read(path, &options, trace), TOOL_OK);
	assert_int_equal(trace->runs, 2);
}

static void every_trace_of_the_corpus_has_a_picture_in_order(void **state)
{
	static const char *const folders[] = {"cases", "captures", "drivers"};
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct corpus corpus;

		corpus_list(&corpus, folders[i], "");
		for (unsigned j = 0; j < corpus.count; j++) {
			struct report_trace trace;

			read_trace(corpus.path[j], &trace);
			aligned(&trace);
			in_order(&trace, &trace.run[0]);
			in_order(&trace, &trace.run[1]);
			/* Host pages of 4 KB unless the trace says otherwise. */
			if (i == 1 && held_in_the_end(&trace, &trace.run[1]) !=
					      trace.run[1].summary.pages_end << 12)
				fail_msg("%s: not as many pages as the guard says", corpus.path[j]);
			report_free(&trace);
			count++;
		}
		corpus_free(&corpus);
	}
	assert_true(count > 100);
}

static const struct report_bar *command_of(const struct report_run *run, const char *words)
{
	for (size_t i = 0; i < run->bar_count; i++)
		if (run->bars[i].kind == REPORT_COMMAND &&
		    !strncmp(run->events[run->bars[i].verdict].command, words, strlen(words)))
			return &run->bars[i];
	fail_msg("no %s", words);
	return NULL;
}

static void a_command_lasts_from_its_store_to_where_hardware_has_passed_it(void **state)
{
	const struct report_bar *bar;
	struct report_trace trace;

	(void)state;
	read_trace(T7, &trace);
	bar = command_of(&trace.run[1], "mapc");
	assert_int_equal(trace.run[1].events[bar->first].event.kind, REPLAY_EV_MEMORY);
	assert_int_equal(trace.run[1].events[bar->first].line, 13);
	assert_int_equal(trace.run[1].events[bar->last].event.kind, REPLAY_EV_RAN);
	assert_false(bar->refused || bar->open);
	bar = command_of(&trace.run[1], "mapd");
	assert_int_equal(trace.run[1].events[bar->first].line, 11);
	assert_true(bar->refused && bar->last == bar->verdict);
	bar = command_of(&trace.run[0], "mapd");
	assert_int_equal(trace.run[0].events[bar->first].line, 11);
	assert_false(bar->refused);
	report_free(&trace);
}

static void what_hardware_has_not_passed_goes_on_to_the_end(void **state)
{
	struct report_trace trace;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/late.trace", folder);
	read_trace(path, &trace);
	assert_true(command_of(&trace.run[1], "mapd")->open);
	report_free(&trace);
}

static void a_page_has_its_owners(void **state)
{
	unsigned guests = 0, claims = 0;
	struct report_trace trace;

	(void)state;
	read_trace(T7, &trace);
	/* Queue, two tables, and the other guest's page: a row each, for both runs. */
	assert_int_equal(trace.page_count, 4);
	assert_true(covers(&trace.pages[3], 0x60000000) && covers(&trace.pages[0], 0x40000000));
	for (unsigned i = 0; i < 2; i++)
		for (size_t j = 0; j < trace.run[i].bar_count; j++) {
			guests += trace.run[i].bars[j].kind == REPORT_GUEST &&
				  trace.run[i].bars[j].row == 3;
			claims += trace.run[i].bars[j].kind == REPORT_CLAIM;
		}
	assert_int_equal(guests, 2);
	assert_int_equal(claims, 3);
	/* Without the guard hardware writes there; with it the platform refuses the page. */
	assert_int_equal(trace.run[0].touch_count, 1);
	assert_int_equal(trace.run[0].touches[0].row, 3);
	assert_int_equal(trace.run[0].events[trace.run[0].touches[0].event].weight, EVENT_FINDING);
	assert_int_equal(trace.run[1].touch_count, 1);
	assert_int_equal(trace.run[1].events[trace.run[1].touches[0].event].event.kind,
			 REPLAY_EV_PLATFORM);
	report_free(&trace);
}

static void a_claim_ends_where_it_is_dropped(void **state)
{
	unsigned ended = 0;
	struct report_trace trace;

	(void)state;
	read_trace(BOOT, &trace);
	for (size_t i = 0; i < trace.run[1].bar_count; i++) {
		const struct report_bar *bar = &trace.run[1].bars[i];

		if (bar->kind != REPORT_CLAIM || bar->open)
			continue;
		assert_int_equal(trace.run[1].events[bar->last].event.kind, REPLAY_EV_DROP);
		assert_true(
			covers(&trace.pages[bar->row], trace.run[1].events[bar->last].event.pa) ||
			trace.run[1].events[bar->last].event.pa < trace.pages[bar->row].pa);
		ended++;
	}
	assert_true(ended > 20);
	report_free(&trace);
}

/* ---- SVG ---- */

#define DEPTH 32

static const char *xml_name(const char *from, char name[32])
{
	size_t length = strspn(from, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");

	assert_true(length > 0 && length < 32);
	memcpy(name, from, length);
	name[length] = '\0';
	return from + length;
}

/* "&lt;" and so on; nothing else begins so. Characters that XML knows. */
static const char *xml_text(const char *from)
{
	static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};

	if (*from != '&') {
		assert_true((unsigned char)*from >= ' ' || *from == '\n' || *from == '\t');
		return from + 1;
	}
	for (size_t i = 0; i < 4; i++)
		if (!strncmp(from, entities[i], strlen(entities[i])))
			return from + strlen(entities[i]);
	fail_msg("no entity: %.20s", from);
	return from;
}

static const char *xml_attributes(const char *from)
{
	char name[32];

	while (*from == ' ') {
		from = xml_name(from + 1, name);
		assert_true(from[0] == '=' && from[1] == '"');
		for (from += 2; *from != '"';) {
			assert_true(*from && *from != '<');
			from = xml_text(from);
		}
		from++;
	}
	return from;
}

/* Tags fit into each other, and nothing stands outside of the first. */
static void well_formed(const char *text)
{
	char open[DEPTH][32], name[32];
	unsigned depth = 0;

	do {
		if (!strncmp(text, "<!--", 4)) {
			text = strstr(text, "-->") + 3;
		} else if (!strncmp(text, "</", 2)) {
			text = xml_name(text + 2, name);
			assert_true(depth > 0);
			assert_string_equal(name, open[--depth]);
			assert_int_equal(*text++, '>');
		} else if (*text == '<') {
			assert_true(depth < DEPTH);
			text = xml_attributes(xml_name(text + 1, open[depth]));
			if (*text == '/')
				text++;
			else
				depth++;
			assert_int_equal(*text++, '>');
		} else {
			text = xml_text(text);
		}
	} while (depth > 0 && *text);
	assert_int_equal(depth, 0);
	assert_string_equal(text, "\n");
}

static void a_picture_is_well_formed(void **state)
{
	char *picture;

	(void)state;
	runs(0, "itsguard report -o t7.svg " T7);
	picture = slurp_output("t7.svg");
	well_formed(picture);
	assert_non_null(strstr(picture, "mapd dev=0x10 size=4 itt="));
	assert_non_null(strstr(picture, "SHARE_REFUSED"));
	assert_non_null(strstr(picture, "class=\"cross\""));
	free(picture);
	runs(0, "itsguard report -o evil.svg 'evil<&\".trace'");
	picture = slurp_output("evil.svg");
	well_formed(picture);
	assert_non_null(strstr(picture, "&lt;/script&gt;"));
	assert_null(strchr(picture, '\x01'));
	assert_null(strchr(picture, '\xff'));
	free(picture);
	runs(0, "itsguard report --svg nothing.trace >nothing.svg");
	picture = slurp_output("nothing.svg");
	well_formed(picture);
	free(picture);
}

static void every_case_has_a_picture(void **state)
{
	struct corpus corpus;

	(void)state;
	corpus_list(&corpus, "cases", "");
	for (unsigned i = 0; i < corpus.count; i++) {
		struct report_trace trace;
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		read_trace(corpus.path[i], &trace);
		report_svg(out, &trace);
		fclose(out);
		well_formed(text);
		free(text);
		report_free(&trace);
	}
	corpus_free(&corpus);
}

/* docs/REPORT.md says how they are made. */
static void the_pictures_of_the_documents_are_what_is_drawn(void **state)
{
	(void)state;
	runs(0,
	     "sed -n 's/^    \\(itsguard report .*-o docs\\/.*\\.svg .*\\)/\\1/p' " ITSG_SOURCE_DIR
	     "/docs/REPORT.md >made && test $(wc -l <made) -eq 2 && mkdir -p docs && "
	     "sed -i 's| corpus/| " ITSG_SOURCE_DIR "/corpus/|' made && . ./made && "
	     "for i in docs/*.svg; do cmp $i " ITSG_SOURCE_DIR "/$i || exit 1; done");
}

/* ---- Perfetto ---- */

static json_t *perfetto_of(const char *arguments)
{
	char command[1024], *text;
	json_t *data;

	snprintf(command, sizeof(command), "itsguard report --perfetto -o trace.json %s",
		 arguments);
	runs(0, command);
	text = slurp_output("trace.json");
	data = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(data);
	free(text);
	return data;
}

static long long integer(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static void perfetto_gets_events_commands_and_claims(void **state)
{
	json_t *data = perfetto_of(T7), *events = json_object_get(data, "traceEvents"), *event;
	unsigned claims = 0, refusals = 0, violations = 0, processes = 0;
	int begun = 0;
	size_t i;

	(void)state;
	json_array_foreach(events, i, event)
	{
		const char *phase = json_string_value(json_object_get(event, "ph"));
		const char *category = json_string_value(json_object_get(event, "cat"));
		const char *name = json_string_value(json_object_get(event, "name"));

		assert_true(integer(event, "pid") >= 1 && integer(event, "pid") <= 2 &&
			    integer(event, "tid") >= 0);
		if (!strcmp(phase, "M")) {
			processes += !strcmp(name, "process_name");
			continue;
		}
		assert_true(integer(event, "ts") >= 0);
		assert_true(!strcmp(phase, "X") ? integer(event, "dur") > 0
						: integer(event, "id") > 0);
		begun += !strcmp(phase, "b");
		begun -= !strcmp(phase, "e");
		claims += !strcmp(category, "claim");
		refusals += !strcmp(category, "refusal");
		violations += !strcmp(category, "violation");
	}
	assert_int_equal(begun, 0);
	assert_int_equal(processes, 2);
	assert_int_equal(claims, 3);
	assert_int_equal(refusals, 3);
	assert_int_equal(violations, 1);
	json_decref(data);
}

/* ---- the command ---- */

static void what_cannot_be_read_or_written_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard report malformed.trace -o none.html");
	says("malformed.trace:1: offset");
	runs(1, "test -e none.html");
	runs(3, "itsguard report room.trace");
	says("room.trace:2: ram, l1_pool");
	runs(3, "itsguard report nosuch");
	runs(3, "itsguard report " T7 " -o nosuch/page.html");
	says("nosuch/page.html: ");
	runs(3, "itsguard report " T7 " -o /dev/full");
	runs(3, "itsguard report " T7 " >/dev/full");
	/* So little that nothing is written before the end. */
	runs(3, "itsguard report --perfetto nothing.trace -o /dev/full");
	/* What can be read is written. */
	runs(3, "itsguard report malformed.trace " T7 " -o some.html 2>/dev/null");
	runs(0, "grep -q bad_attack_T7 some.html");
	runs(0, "cat " T7 " | itsguard report - | grep -q '<stdin>'  || "
		"cat " T7 " | itsguard report - | grep -q 'u003cstdin>'");
}

static void a_wrong_command_line_is_usage(void **state)
{
	(void)state;
	runs(2, "itsguard report");
	says("a FILE is missing");
	runs(2, "itsguard report --perfeto " T7);
	says("unknown option \"--perfeto\", did you mean --perfetto?");
	runs(2, "itsguard report --guard=maybe " T7);
	says("\"maybe\" is no value of --guard");
	runs(2, "itsguard report -o two.svg " T7 " " T7);
	says("a picture alone is of one FILE");
	runs(2, "itsguard report --svg --perfetto " T7);
	says("one of them");
	runs(2, "itsguard report - -");
	runs(2, "itsguard report -o");
	runs(0, "itsguard report --help");
	says("Usage: itsguard report");
	runs(0, "itsguard report --help | awk 'length > 80 { exit 1 }'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_holds_the_events_of_both_runs),
		cmocka_unit_test(a_page_explains_what_it_shows),
		cmocka_unit_test(runs_are_chosen),
		cmocka_unit_test(several_traces_are_one_page),
		cmocka_unit_test(nothing_of_a_trace_is_markup),
		cmocka_unit_test(the_page_allows_itself_no_network),
		cmocka_unit_test(every_trace_of_the_corpus_has_a_picture_in_order),
		cmocka_unit_test(a_command_lasts_from_its_store_to_where_hardware_has_passed_it),
		cmocka_unit_test(what_hardware_has_not_passed_goes_on_to_the_end),
		cmocka_unit_test(a_page_has_its_owners),
		cmocka_unit_test(a_claim_ends_where_it_is_dropped),
		cmocka_unit_test(a_picture_is_well_formed),
		cmocka_unit_test(every_case_has_a_picture),
		cmocka_unit_test(the_pictures_of_the_documents_are_what_is_drawn),
		cmocka_unit_test(perfetto_gets_events_commands_and_claims),
		cmocka_unit_test(what_cannot_be_read_or_written_is_status_3),
		cmocka_unit_test(a_wrong_command_line_is_usage),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
