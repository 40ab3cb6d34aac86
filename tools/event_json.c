/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See event_json.h. */
#include "event_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/arch.h"
#include "itsguard/names.h"

#include "registers.h"
#include "tool.h"

/* ---- words ---- */

const char *event_use_name(enum replay_use use)
{
	static const char *const names[REPLAY_USES] = {"unknown",    "queue",      "level1",
						       "table",      "level2",     "itt",
						       "lpi_config", "lpi_pending"};

	return (unsigned)use < REPLAY_USES ? names[use] : "unknown";
}

const char *event_lpi_name(enum sim_its_lpi lpi)
{
	static const char *const names[] = {"set", "clear", "invalidate", "move"};

	return names[(unsigned)lpi & 3];
}

const char *event_verdict_name(enum replay_verdict verdict)
{
	static const char *const names[] = {"accepted", "refused", "waits", "left", "unguarded"};

	return (unsigned)verdict <= REPLAY_NO_GUARD ? names[verdict] : "?";
}

bool event_is_v41(const struct replay_event *event)
{
	return event->trace->its[event->its].typer & ITSG_TYPER_VMAPP;
}

bool event_is_finding(const struct replay_event *event)
{
	return event->kind == REPLAY_EV_REPORT && event->report != REPLAY_NOTE;
}

void event_step_text(const struct replay_event *step, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	text[0] = '\0';
	if (!out)
		return;
	trace_write_directive(out, step->trace, step->step);
	fclose(out);
	text[size - 1] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* ---- members ---- */

static json_t *line_of(const char *type, const char *file)
{
	json_t *object = json_object();

	json_object_set_new(object, "type", json_string(type));
	if (file)
		json_object_set_new(object, "file", tool_json_text(file));
	return object;
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, tool_json_text(text));
}

static void set_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

static void set_bytes(json_t *object, const char *key, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = malloc(2 * count + 1);

	if (!hex)
		return;
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * count] = '\0';
	json_object_set_new(object, key, json_string(hex));
	free(hex);
}

/* The reason of a refusal, or null. */
static void set_reason(json_t *object, enum itsg_reason reason)
{
	json_object_set_new(object, "reason",
			    reason == ITSG_OK ? json_null()
					      : json_string(itsg_reason_name(reason)));
}

static void set_range(json_t *object, const struct replay_event *e)
{
	set_number(object, "pa", e->pa);
	set_number(object, "bytes", e->bytes);
}

static void set_field(void *ctx, const char *name, uint64_t value, bool flag)
{
	(void)flag;
	set_number(ctx, name, value);
}

/* An ITS, or a redistributor. */
static void set_whose_register(json_t *object, const struct replay_event *e)
{
	if (e->of_redistributor)
		set_number(object, "redistributor", e->redistributor);
	else
		set_number(object, "its", e->its);
}

static void set_register(json_t *object, const struct replay_event *e)
{
	json_t *fields = json_object();

	set_whose_register(object, e);
	set_text(object, "register", register_name(e->of_redistributor, e->offset));
	set_number(object, "offset", e->offset);
	set_number(object, "width", e->width);
	json_object_set_new(object, "value", tool_json_hex(e->value));
	register_fields(e->of_redistributor, e->offset, e->width, e->value, set_field, fields);
	json_object_set_new(object, "fields", fields);
}

static json_t *command_fields(const struct replay_event *e)
{
	uint8_t other = event_is_v41(e) ? ITSG_LAYOUT_V4_0 : ITSG_LAYOUT_V4_1;
	json_t *fields = json_object();
	struct itsg_command command;
	struct itsg_cmd_info info;

	if (!itsg_cmd_decode(e->raw, event_is_v41(e), &command) ||
	    !itsg_cmd_info_of(e->raw[0], &info))
		return fields;
	for (uint32_t i = 0; i < info.fields; i++) {
		enum itsg_field field = (enum itsg_field)info.field[i].field;

		if (info.field[i].layout != other)
			set_number(fields, itsg_field_name(field), command.field[field]);
	}
	return fields;
}

static void set_command(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_number(object, "offset", e->offset);
	if (e->unread) {
		json_object_set_new(object, "name", json_null());
		return;
	}
	json_object_set_new(object, "name",
			    itsg_cmd_known(e->raw[0]) ? json_string(itsg_opcode_name(e->raw[0]))
						      : json_null());
	json_object_set_new(object, "fields", command_fields(e));
	set_bytes(object, "raw", e->raw, sizeof(e->raw));
}

static void set_whose(json_t *object, const struct replay_event *e)
{
	static const char *const numbers[REPLAY_USES] = {
		NULL, NULL, "baser", "baser", "baser", "device", "redistributor", "redistributor"};
	const char *number = numbers[e->whose.use];

	set_text(object, "use", event_use_name(e->whose.use));
	if (!e->of_redistributor)
		set_number(object, "its", e->whose.its);
	if (number)
		set_number(object, number, e->whose.number);
}

static void set_pages(json_t *object, const struct replay_event *e)
{
	set_range(object, e);
	set_text(object, "kind", e->donated ? "donated" : "shared");
	set_whose(object, e);
}

static void set_access(json_t *object, const struct replay_event *e)
{
	set_bool(object, "write", e->write);
	set_register(object, e);
	if (!e->write)
		set_number(object, "reads", e->reads);
	set_text(object, "verdict", e->reason == ITSG_OK ? "accepted" : "refused");
	set_reason(object, e->reason);
	if (!e->culprit)
		return;
	set_text(object, "culprit", register_name(e->of_redistributor, e->culprit));
	set_number(object, "culprit_pa", e->pa);
}

static void set_step(json_t *object, const struct replay_event *e)
{
	char text[256];

	set_number(object, "its", e->its);
	event_step_text(e, text, sizeof(text));
	set_text(object, "text", text);
}

static void set_msi(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_number(object, "device", e->device);
	set_number(object, "event", e->event);
	set_bool(object, "delivered", !e->refused);
	if (e->refused)
		return;
	set_number(object, "redistributor", e->redistributor);
	set_number(object, "intid", e->intid);
}

static void set_lpi(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_text(object, "action", event_lpi_name(e->lpi));
	set_number(object, "redistributor", e->redistributor);
	set_number(object, "intid", e->intid);
	if (e->lpi == SIM_ITS_LPI_MOVE)
		set_number(object, "to", e->to);
}

static void set_report(json_t *object, const struct replay_event *e)
{
	if (e->report != REPLAY_VIOLATION) {
		set_text(object, "message", e->text);
		return;
	}
	set_range(object, e);
	set_bool(object, "write", e->write);
	set_text(object, "what", e->text);
}

static void set_ran(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_number(object, "commands", e->count);
	set_number(object, "from", e->offset);
	set_number(object, "to", e->to);
	set_bool(object, "stalled", e->stalled);
}

static void set_platform(json_t *object, const struct replay_event *e)
{
	if (!e->of_redistributor)
		set_number(object, "its", e->its);
	set_text(object, "callback", trace_callback_name(e->callback));
	set_range(object, e);
	set_bool(object, "on_request", e->on_request);
}

static void set_memory(json_t *object, const struct replay_event *e)
{
	set_range(object, e);
	set_bytes(object, "data", e->data, (size_t)e->bytes); /* TRACE_MEM_MAX at most */
	set_bool(object, "refused", e->refused);
}

static void set_host_command(json_t *object, const struct replay_event *e)
{
	set_command(object, e);
	set_text(object, "verdict", event_verdict_name(e->verdict));
	set_reason(object, e->reason);
}

static void set_zero(json_t *object, const struct replay_event *e)
{
	if (!e->of_redistributor)
		set_number(object, "its", e->its);
	set_range(object, e);
}

static void set_word(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_number(object, "pa", e->pa);
	json_object_set_new(object, "value", tool_json_hex(e->value));
}

static void set_private(json_t *object, const struct replay_event *e)
{
	set_command(object, e);
	set_bool(object, "own", e->own);
	set_number(object, "slots", e->count);
}

static void set_failed(json_t *object, const struct replay_event *e)
{
	set_number(object, "its", e->its);
	set_number(object, "offset", e->offset);
	set_number(object, "code", e->code);
}

static void set_owner(json_t *object, const struct replay_event *e)
{
	set_range(object, e);
	set_text(object, "to", "guest");
	set_bool(object, "refused", e->refused);
}

/* ---- events ---- */

static const struct {
	const char *type;
	void (*set)(json_t *object, const struct replay_event *e);
} events[REPLAY_EVENTS] = {
	[REPLAY_EV_STEP] = {"step", set_step},
	[REPLAY_EV_ACCESS] = {"access", set_access},
	[REPLAY_EV_MEMORY] = {"memory", set_memory},
	[REPLAY_EV_COMMAND] = {"command", set_host_command},
	[REPLAY_EV_CLAIM] = {"claim", set_pages},
	[REPLAY_EV_DROP] = {"drop", set_pages},
	[REPLAY_EV_ZERO] = {"zero", set_zero},
	[REPLAY_EV_PLATFORM] = {"platform", set_platform},
	[REPLAY_EV_WORD] = {"word", set_word},
	[REPLAY_EV_PRIVATE] = {"private", set_private},
	[REPLAY_EV_PROGRAM] = {"program", set_register},
	[REPLAY_EV_RAN] = {"ran", set_ran},
	[REPLAY_EV_FAILED] = {"failed", set_failed},
	[REPLAY_EV_MSI] = {"msi", set_msi},
	[REPLAY_EV_LPI] = {"lpi", set_lpi},
	[REPLAY_EV_OWNER] = {"owner", set_owner},
	[REPLAY_EV_REPORT] = {"error", set_report},
};

static const char *type_of(const struct replay_event *e)
{
	if (e->kind == REPLAY_EV_REPORT && e->report == REPLAY_VIOLATION)
		return "violation";
	if (e->kind == REPLAY_EV_REPORT && e->report == REPLAY_NOTE)
		return "note";
	return events[e->kind].type;
}

json_t *event_json_object(const char *file, const struct replay_event *e)
{
	json_t *object = line_of(type_of(e), file);

	set_number(object, "line", e->line);
	events[e->kind].set(object, e);
	return object;
}

void event_json(const char *file, const struct replay_event *e)
{
	tool_json_line(event_json_object(file, e));
}

/* ---- a file ---- */

void event_json_start(const char *file, const struct replay_options *options)
{
	json_t *object = line_of("start", file);

	set_number(object, "schema", EVENT_SCHEMA);
	set_bool(object, "guard", options->guard);
	tool_json_line(object);
}

void event_json_error(const char *file, uint32_t line, const char *message)
{
	json_t *object = line_of("error", file);

	set_number(object, "line", line);
	set_text(object, "message", message);
	tool_json_line(object);
}

/* What the summary's fixed keys do not tell; one line, before it. */
static void json_counters(const char *file, const struct replay_summary *m)
{
	json_t *object = line_of("counters", file);

	set_number(object, "mapds", m->mapds);
	set_number(object, "callbacks", m->callbacks);
	set_number(object, "injected", m->injected);
	set_number(object, "predicted", m->predicted);
	tool_json_line(object);
}

json_t *event_json_summary(const char *file, const struct replay_summary *m)
{
	json_t *object = line_of("summary", file);

	set_number(object, "accesses", m->accesses);
	set_number(object, "commands", m->commands);
	set_number(object, "accepted", m->accepted);
	set_number(object, "refused", m->refused);
	set_number(object, "violations", m->violations);
	set_number(object, "read_mismatches", m->read_mismatches);
	/* itsg_check() and the oracle are expectations that every trace has. */
	set_number(object, "expectation_errors", m->expectation_errors + m->invariant_errors);
	set_number(object, "pages_peak", m->pages_peak);
	set_number(object, "pages_end", m->pages_end);
	set_number(object, "devices_peak", m->devices_peak);
	set_number(object, "devices_end", m->devices_end);
	set_number(object, "leaked", m->leaked);
	return object;
}

void event_json_end(const char *file, const struct replay_summary *m)
{
	json_counters(file, m);
	tool_json_line(event_json_summary(file, m));
}
