/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the page tells of the reasons, commands and registers that it shows, and of the threats that
 * stand behind a reason or are named by a trace: {"reasons": {NAME: ...}, "commands", "registers",
 * "numbers"}, each as `itsguard explain --json` has it.
 */
#include "report.h"

#include <ctype.h>
#include <string.h>

#include "itsguard/names.h"

#include "explain.h"
#include "registers.h"

static const struct {
	enum explain_kind kind;
	const char *shelf;
} shelves[] = {
	{EXPLAIN_COMMAND, "commands"}, {EXPLAIN_REASON, "reasons"}, {EXPLAIN_REGISTER, "registers"},
	{EXPLAIN_GICR, "registers"},   {EXPLAIN_NUMBER, "numbers"},
};

static void put_thing(json_t *glossary, const char *name, const struct explain_thing *thing)
{
	for (size_t i = 0; i < sizeof(shelves) / sizeof(shelves[0]); i++) {
		json_t *object;

		if (shelves[i].kind != thing->kind)
			continue;
		object = explain_object(thing);
		json_object_del(object, "fields"); /* the events have them */
		json_object_set_new(json_object_get(glossary, shelves[i].shelf), name, object);
	}
}

static void add(json_t *glossary, const char *shelf, enum explain_kind kind, const char *name)
{
	struct explain_thing things[EXPLAIN_THINGS];
	size_t count;

	if (json_object_get(json_object_get(glossary, shelf), name))
		return;
	count = explain_find(name, things);
	for (size_t i = 0; i < count; i++)
		if (things[i].kind == kind)
			put_thing(glossary, name, &things[i]);
}

/* All words of a text that are numbers of the documents: "T7", or "(T7, P1)". */
static void add_numbers(json_t *glossary, const char *text)
{
	char word[16];

	while (*text) {
		size_t length = 0;

		while (isalnum((unsigned char)text[length]))
			length++;
		if (length >= 2 && length < sizeof(word) && isupper((unsigned char)text[0]) &&
		    isdigit((unsigned char)text[1])) {
			memcpy(word, text, length);
			word[length] = '\0';
			add(glossary, "numbers", EXPLAIN_NUMBER, word);
		}
		text += length + (text[length] != '\0');
	}
}

static void add_event(json_t *glossary, const struct report_event *kept)
{
	const struct replay_event *e = &kept->event;

	if (e->reason != ITSG_OK) {
		add(glossary, "reasons", EXPLAIN_REASON, itsg_reason_name(e->reason));
		add_numbers(glossary, itsg_reason_threats(e->reason));
	}
	if (e->kind == REPLAY_EV_COMMAND && !e->unread && itsg_cmd_known(e->raw[0]))
		add(glossary, "commands", EXPLAIN_COMMAND, itsg_opcode_name(e->raw[0]));
	if (e->kind == REPLAY_EV_ACCESS)
		add(glossary, "registers", e->of_redistributor ? EXPLAIN_GICR : EXPLAIN_REGISTER,
		    register_name(e->of_redistributor, e->offset));
}

json_t *report_glossary(const struct report_trace *traces, size_t count)
{
	json_t *glossary = json_pack("{s:{}, s:{}, s:{}, s:{}}", "reasons", "commands", "registers",
				     "numbers");

	for (size_t i = 0; i < count; i++) {
		add_numbers(glossary, traces[i].title);
		for (unsigned j = 0; j < traces[i].runs; j++)
			for (size_t k = 0; k < traces[i].run[j].count; k++)
				add_event(glossary, &traces[i].run[j].events[k]);
	}
	return glossary;
}
