/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain --json: an object for each thing. */
#include <string.h>

#include "explain.h"
#include "itsguard/names.h"
#include "registers.h"
#include "tool.h"

static json_t *object_of(const char *type, const char *name)
{
	json_t *object = json_object();

	json_object_set_new(object, "type", json_string(type));
	json_object_set_new(object, "name", tool_json_text(name));
	return object;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, tool_json_text(text));
}

static void set_number(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

/* Words separated by blanks, as a list. */
static json_t *list_of(const char *words)
{
	json_t *list = json_array();

	while (*words) {
		size_t length = strcspn(words, " ");

		if (length)
			json_array_append_new(list, json_stringn(words, length));
		words += length + (words[length] == ' ');
	}
	return list;
}

/* ---- fields ---- */

static json_t *bits(const char *name, unsigned high, unsigned low)
{
	json_t *object = json_object();

	set_text(object, "name", name);
	set_number(object, "high", high);
	set_number(object, "low", low);
	return object;
}

static json_t *command_fields(const struct itsg_cmd_info *info)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < info->fields; i++) {
		const struct itsg_field_info *f = &info->field[i];
		json_t *object = bits(itsg_field_name((enum itsg_field)f->field), f->hi, f->lo);

		set_number(object, "dword", f->dword);
		json_object_set_new(object, "in_place", json_boolean(f->in_place));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *register_fields_of(const struct explain_field *fields, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *object = bits(fields[i].name, explain_high(fields[i].mask),
				      explain_low(fields[i].mask));

		set_text(object, "text", fields[i].text);
		json_array_append_new(list, object);
	}
	return list;
}

static void add_place(void *ctx, const struct explain_place *place)
{
	json_t *object = bits(place->name, place->high, place->low);

	if (place->of_command)
		set_number(object, "dword", place->dword);
	set_text(object, "text", place->text);
	json_array_append_new(ctx, object);
}

/* ---- things ---- */

static json_t *checks_of(const struct explain_command *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->check_count; i++) {
		json_t *object = json_object();

		set_text(object, "reason", itsg_reason_name(c->checks[i].reason));
		set_text(object, "when", c->checks[i].when);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *command_of(const struct explain_thing *thing)
{
	const struct explain_command *c = explain_command_of((uint8_t)thing->value);
	json_t *object = object_of("command", thing->name);
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of((uint8_t)thing->value, &info) || !c)
		return object;
	set_number(object, "opcode", info.opcode);
	set_number(object, "since", info.since);
	set_text(object, "text", itsg_opcode_text(info.opcode));
	json_object_set_new(object, "fields", command_fields(&info));
	set_text(object, "memory", c->memory);
	set_text(object, "guard", c->guard);
	json_object_set_new(object, "checks", checks_of(c));
	json_object_set_new(object, "threats", list_of(c->threats));
	return object;
}

static json_t *reason_of(const struct explain_thing *thing)
{
	enum itsg_reason reason = (enum itsg_reason)thing->value;
	json_t *object = object_of("reason", thing->name), *commands = json_array(),
	       *registers = json_array();

	for (size_t i = 0; i < explain_command_count; i++)
		if (explain_checks(&explain_commands[i], reason))
			json_array_append_new(commands, json_string(itsg_opcode_name(
								explain_commands[i].opcode)));
	for (size_t i = 0; i < explain_register_count; i++)
		if (explain_refuses(&explain_registers[i], reason))
			json_array_append_new(registers, json_string(itsg_register_name(
								 explain_registers[i].offset)));
	set_text(object, "text", itsg_reason_text(reason));
	set_text(object, "error", itsg_reason_error(reason));
	json_object_set_new(object, "commands", commands);
	json_object_set_new(object, "registers", registers);
	set_text(object, "also", explain_also(reason));
	json_object_set_new(object, "threats", list_of(itsg_reason_threats(reason)));
	return object;
}

static json_t *register_of(const struct explain_thing *thing)
{
	const struct explain_register *r = explain_register_at(thing->value);
	json_t *object = object_of("register", thing->name), *reasons = json_array();

	for (size_t i = 0; i < r->reason_count; i++)
		json_array_append_new(reasons, json_string(itsg_reason_name(r->reasons[i])));
	set_text(object, "of", "its");
	set_number(object, "offset", thing->value - (thing->value - r->offset) % r->width);
	set_number(object, "width", r->width);
	set_text(object, "access", r->access);
	set_text(object, "text", itsg_register_text(thing->value));
	json_object_set_new(object, "fields", register_fields_of(r->fields, r->field_count));
	set_text(object, "host", r->host);
	set_text(object, "guard", r->guard);
	json_object_set_new(object, "reasons", reasons);
	json_object_set_new(object, "threats", list_of(r->threats));
	return object;
}

static json_t *gicr_of(const struct explain_thing *thing)
{
	const struct register_gicr *r = &register_gicrs[thing->value];
	json_t *object = object_of("register", thing->name);

	set_text(object, "of", "redistributor");
	set_number(object, "offset", r->offset);
	set_number(object, "width", r->width);
	json_object_set_new(object, "fields", register_fields_of(r->fields, r->count));
	return object;
}

static json_t *number_of(const struct explain_thing *thing)
{
	json_t *object = object_of("number", thing->name), *cells = json_object();

	for (size_t i = thing->value; i < explain_number_count; i++) {
		if (strcmp(explain_numbers[i].number, thing->name) != 0)
			break;
		set_text(cells, explain_numbers[i].title, explain_numbers[i].text);
	}
	json_object_set_new(object, "cells", cells);
	return object;
}

static json_t *field_of(const struct explain_thing *thing)
{
	json_t *object = object_of("field", thing->name), *places = json_array();

	explain_places(thing->name, add_place, places);
	json_object_set_new(object, "places", places);
	return object;
}

json_t *explain_object(const struct explain_thing *thing)
{
	switch (thing->kind) {
	case EXPLAIN_COMMAND:
		return command_of(thing);
	case EXPLAIN_REASON:
		return reason_of(thing);
	case EXPLAIN_REGISTER:
		return register_of(thing);
	case EXPLAIN_GICR:
		return gicr_of(thing);
	case EXPLAIN_NUMBER:
		return number_of(thing);
	case EXPLAIN_FIELD:
	default:
		return field_of(thing);
	}
}

void explain_json(const struct explain_thing *thing)
{
	tool_json_line(explain_object(thing));
}
