/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Each object that replay --json prints is as docs/EVENTS.md says, which is read here. */
#include "cli.h"

#include <stdbool.h>

#include <jansson.h>

#define TYPES   32
#define MEMBERS 24

struct member {
	char name[32], form[128];
	bool optional;
};

struct type {
	char name[32];
	struct member member[MEMBERS];
	size_t members;
	unsigned seen;
};

static struct type types[TYPES];
static size_t type_count;
static char complaint[512]; /* about the last object, or empty */

/* ---- the document ---- */

/* "| `name` ? | form | meaning |" */
static void read_row(struct type *type, const char *line)
{
	struct member *m = &type->member[type->members++];
	const char *bar;
	size_t length;

	assert_true(type->members <= MEMBERS);
	assert_int_equal(sscanf(line, "| `%31[^`]`", m->name), 1);
	bar = strchr(line + 1, '|');
	assert_non_null(bar);
	m->optional = memchr(line, '?', (size_t)(bar - line)) != NULL;
	bar += strspn(bar, "| ");
	length = (size_t)(strstr(bar, " |") - bar);
	for (size_t i = 0, at = 0; i < length && at < sizeof(m->form) - 1; i++)
		if (bar[i] != '\\')
			m->form[at++] = bar[i];
}

static int read_document(void **state)
{
	FILE *in = fopen(ITSG_SOURCE_DIR "/docs/EVENTS.md", "r");
	char line[1024];

	(void)state;
	if (!in || !mkdtemp(folder))
		return -1;
	type_count = 0;
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "### %31s", types[type_count].name) == 1)
			type_count++;
		else if (type_count > 0 && !strncmp(line, "| `", 3))
			read_row(&types[type_count - 1], line);
	}
	return fclose(in);
}

/* ---- what an object is held to ---- */

static bool is_number(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       json_integer_value(value) < (json_int_t)1 << 53;
}

static bool is_hex(const char *text, bool prefix)
{
	if (prefix && strncmp(text, "0x", 2) != 0)
		return false;
	text += prefix ? 2 : 0;
	return strspn(text, "0123456789abcdef") == strlen(text) && (!prefix || *text);
}

static bool are_fields(const json_t *value)
{
	const char *name;
	json_t *field;

	if (!json_is_object(value))
		return false;
	json_object_foreach((json_t *)(uintptr_t)value, name,
			    field) if (!is_number(field)) return false;
	return true;
}

static bool has_form(const json_t *value, const char *form)
{
	const char *text = json_string_value(value);
	char quoted[64];

	if (!strcmp(form, "number"))
		return is_number(value);
	if (!strcmp(form, "bool"))
		return json_is_boolean(value);
	if (!strcmp(form, "fields"))
		return are_fields(value);
	if (!strcmp(form, "null|text"))
		return json_is_null(value) || text;
	if (!strcmp(form, "text"))
		return text != NULL;
	if (!strcmp(form, "hex"))
		return text && is_hex(text, true);
	if (!strcmp(form, "bytes"))
		return text && is_hex(text, false) && strlen(text) % 2 == 0;
	snprintf(quoted, sizeof(quoted), "\"%s\"", text ? text : "?");
	return form[0] == '"' && strstr(form, quoted);
}

static struct type *find_type(const char *name)
{
	for (size_t i = 0; i < type_count; i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

#define complain(...) (snprintf(complaint, sizeof(complaint), __VA_ARGS__), false)

/* The members in the order of the table; those that are optional may be missing. */
static bool is_as_told(json_t *object, struct type *type)
{
	size_t next = 0, at = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (at++ < 2) {
			if (strcmp(key, at == 1 ? "type" : "file") || !json_is_string(value))
				return complain("%s: begins with %s", type->name, key);
			continue;
		}
		while (next < type->members && type->member[next].optional &&
		       strcmp(type->member[next].name, key) != 0)
			next++;
		if (next == type->members || strcmp(type->member[next].name, key) != 0)
			return complain("%s: %s is not expected there", type->name, key);
		if (!has_form(value, type->member[next].form))
			return complain("%s: %s is no %s", type->name, key,
					type->member[next].form);
		next++;
	}
	while (next < type->members && type->member[next].optional)
		next++;
	if (next < type->members)
		return complain("%s: %s is missing", type->name, type->member[next].name);
	type->seen++;
	return true;
}

static bool is_event(const char *line)
{
	json_error_t error;
	json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	struct type *type;
	bool good;

	complaint[0] = '\0';
	if (!object)
		return complain("%s", error.text);
	type = find_type(json_string_value(json_object_get(object, "type")));
	good = type ? is_as_told(object, type) : complain("no such type");
	json_decref(object);
	return good;
}

/* Of what the command prints every line is an event; how many there were. */
static unsigned all_are_events(const char *arguments)
{
	static char line[1 << 17];
	char command[4096];
	unsigned count = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "cd %s && '%s' replay --json %s 2>/dev/null", folder,
		 ITSG_CLI, arguments);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		if (!is_event(line))
			fail_msg("%s: %.300s", complaint, line);
		count++;
	}
	pclose(pipe);
	return count;
}

/* ---- the tests ---- */

static void the_document_is_understood(void **state)
{
	const struct type *access = find_type("access");

	(void)state;
	assert_true(type_count > 15);
	assert_non_null(access);
	assert_string_equal(access->member[2].name, "its");
	assert_true(access->member[2].optional);
	assert_string_equal(access->member[7].form, "hex");
	assert_string_equal(access->member[11].form, "null|text");
	assert_false(access->member[11].optional);
}

static void an_object_that_is_not_as_told_is_noticed(void **state)
{
	(void)state;
#define START "{\"type\":\"start\",\"file\":\"f\""
	assert_true(is_event(START ",\"schema\":1,\"guard\":true}"));
	assert_false(is_event(START ",\"schema\":1}"));
	assert_false(is_event(START ",\"guard\":true,\"schema\":1}"));
	assert_false(is_event(START ",\"schema\":1,\"guard\":true,\"more\":1}"));
	assert_false(is_event(START ",\"schema\":-1,\"guard\":true}"));
	assert_false(is_event(START ",\"schema\":9007199254740992,\"guard\":true}"));
	assert_false(is_event(START ",\"schema\":\"1\",\"guard\":true}"));
	assert_false(is_event("{\"type\":\"begin\",\"file\":\"f\"}"));
#define OWNER "{\"type\":\"owner\",\"file\":\"f\",\"line\":1,\"pa\":0,\"bytes\":1,\"to\":"
	assert_true(is_event(OWNER "\"guest\",\"refused\":false}"));
	assert_false(is_event(OWNER "\"host\",\"refused\":false}"));
	assert_false(is_event("{"));
}

static void every_case_is_told_as_the_document_says(void **state)
{
	(void)state;
	assert_true(all_are_events(ITSG_CORPUS_DIR "/cases/*.trace") > 10000);
}

static void so_is_every_attack_without_a_guard(void **state)
{
	(void)state;
	assert_true(all_are_events("--guard=off " ITSG_CORPUS_DIR "/cases/bad_attack_*.trace") >
		    500);
}

static void so_is_what_cannot_be_run(void **state)
{
	(void)state;
	put_text("malformed.trace", "r32 zero 0\n");
	put_text("room.trace", "machine pa_bits=32\nmachine ram=0+0x100000000\npoll\n");
	put_text("unmet.trace", "? devices 1\n");
	assert_int_equal(all_are_events("malformed.trace"), 1);
	assert_int_equal(all_are_events("room.trace"), 2); /* start, and why it ends there */
	assert_int_equal(all_are_events("unmet.trace"), 4);
	assert_int_equal(all_are_events("--quiet unmet.trace"), 4);
	assert_int_equal(all_are_events("--quiet " ITSG_CORPUS_DIR "/cases/bad_attack_T7.trace"),
			 3);
}

static void a_capture_is_told_too(void **state)
{
	(void)state;
	assert_true(all_are_events("--hw=cache " ITSG_CORPUS_DIR
				   "/captures/linux-7.2-virt-hibtest.trace") > 1000);
}

/* A type that never comes would be one that nobody can rely on. */
static void every_type_of_the_document_has_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < type_count; i++)
		if (types[i].seen == 0)
			fail_msg("%s never came", types[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_is_understood),
		cmocka_unit_test(an_object_that_is_not_as_told_is_noticed),
		cmocka_unit_test(every_case_is_told_as_the_document_says),
		cmocka_unit_test(so_is_every_attack_without_a_guard),
		cmocka_unit_test(so_is_what_cannot_be_run),
		cmocka_unit_test(a_capture_is_told_too),
		cmocka_unit_test(every_type_of_the_document_has_come),
	};

	return cmocka_run_group_tests(tests, read_document, remove_files);
}
