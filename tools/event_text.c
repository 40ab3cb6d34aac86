/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See event_text.h. */
#include "event_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "itsguard/names.h"

#include "event_json.h"
#include "registers.h"
#include "trace_command.h"

#define EVENT_TEXT_LINE (EVENT_SAYS + EVENT_WHO + 32u)

/* What grows word by word; what finds no room is left out. */
struct words {
	char *text;
	size_t size, used;
};

static void put(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct words *w, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(w->text + w->used, w->size - w->used, format, args);
	va_end(args);
	if (length > 0)
		w->used += (size_t)length;
	if (w->used >= w->size)
		w->used = w->size - 1;
}

/* ---- commands ---- */

static void put_fields(struct words *w, const struct itsg_command *command, bool v41)
{
	uint8_t other = v41 ? ITSG_LAYOUT_V4_0 : ITSG_LAYOUT_V4_1;
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of(command->opcode, &info))
		return;
	for (uint32_t i = 0; i < info.fields; i++) {
		enum itsg_field field = (enum itsg_field)info.field[i].field;

		if (info.field[i].layout != other)
			put(w, " %s=0x%" PRIx64, itsg_field_name(field), command->field[field]);
	}
}

/* In words, as a trace has them, or as the architecture calls its fields. */
static void command_text(const uint8_t raw[ITSG_CMD_BYTES], bool v41, char *text, size_t size)
{
	struct words w = {text, size, 0};
	char words[TRACE_COMMAND_TEXT];
	struct itsg_command command;
	uint64_t reserved[ITSG_CMD_DWORDS];

	if (trace_command_text(raw, words)) {
		put(&w, "%s", words);
	} else if (itsg_cmd_decode(raw, v41, &command)) {
		put(&w, "%s", itsg_opcode_name(raw[0]));
		put_fields(&w, &command, v41);
		if (itsg_cmd_reserved(raw, v41, reserved) &&
		    (reserved[0] | reserved[1] | reserved[2] | reserved[3]))
			put(&w, " and reserved bits");
	} else {
		put(&w, "no command (opcode 0x%02x)", raw[0]);
	}
}

static void put_command(struct words *w, const struct replay_event *e)
{
	char text[256];

	command_text(e->raw, event_is_v41(e), text, sizeof(text));
	put(w, "%s", text);
}

/* ---- registers ---- */

/* Attributes of memory say nothing about whose it is; Type and Entry_Size are hardware's. */
static bool is_dull(const char *name)
{
	static const char *const dull[] = {"InnerCache", "OuterCache", "Shareability", "Type",
					   "Entry_Size"};

	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
		if (!strcmp(name, dull[i]))
			return true;
	return false;
}

static void put_field(void *ctx, const char *name, uint64_t value, bool flag)
{
	struct words *w = ctx;

	if (value == 0 || is_dull(name))
		return;
	if (!strcmp(name, "Physical_Address"))
		put(w, " PA=0x%" PRIx64, value);
	else if (!strcmp(name, "Page_Size"))
		put(w, value == 1 ? " 16K" : " 64K");
	else if (flag)
		put(w, " %s", name);
	else
		put(w, " %s=0x%" PRIx64, name, value);
}

void event_fields_text(bool of_redistributor, uint32_t offset, uint32_t width, uint64_t value,
		       char *text, size_t size)
{
	struct words w = {text, size, 0};

	text[0] = '\0';
	register_fields(of_redistributor, offset, width, value, put_field, &w);
}

/* The upper half of a register of 64 bits. */
static bool is_upper(const struct replay_event *e)
{
	uint32_t below = e->offset - 4;

	return e->width == 4 && (e->offset & 4) &&
	       !strcmp(register_name(e->of_redistributor, e->offset),
		       register_name(e->of_redistributor, below));
}

static void put_reason(struct words *w, enum itsg_reason reason)
{
	if (reason != ITSG_OK)
		put(w, " REFUSED: %s", itsg_reason_name(reason));
}

static void put_register(struct words *w, const struct replay_event *e)
{
	const char *name = register_name(e->of_redistributor, e->offset);
	const char *bare = strchr(name, '_');
	char fields[256];

	if (e->of_redistributor)
		put(w, "RD%" PRIu32 " ", e->redistributor);
	if (!bare || (strncmp(name, "GITS_", 5) && strncmp(name, "GICR_", 5)))
		put(w, "%s (0x%04" PRIx32 ")", name, e->offset);
	else
		put(w, "%s%s", bare + 1, is_upper(e) ? "[63:32]" : "");
	put(w, " = 0x%" PRIx64, e->value);
	put_reason(w, e->reason);
	if (e->culprit)
		put(w, " (%s 0x%" PRIx64 ")",
		    strchr(register_name(e->of_redistributor, e->culprit), '_') + 1, e->pa);
	event_fields_text(e->of_redistributor, e->offset, e->width, e->value, fields,
			  sizeof(fields));
	if (fields[0])
		put(w, " %s", fields);
}

/* ---- what is done ---- */

static void put_range(struct words *w, const struct replay_event *e)
{
	put(w, "0x%" PRIx64 "+0x%" PRIx64, e->pa, e->bytes);
}

static void put_access(struct words *w, const struct replay_event *e)
{
	put(w, "%s ", e->write ? "writes" : "reads");
	if (e->width != 4 && e->width != 8)
		put(w, "%" PRIu32 " bytes of ", e->width);
	put_register(w, e);
	if (e->reads > 1)
		put(w, "  after %" PRIu32 " looks", e->reads);
}

static void put_memory(struct words *w, const struct replay_event *e)
{
	char text[TRACE_COMMAND_TEXT];

	put(w, "stores 0x%" PRIx64 "%s: ", e->pa, e->refused ? " REFUSED" : "");
	if (e->bytes == ITSG_CMD_BYTES && trace_command_text(e->data, text))
		put(w, "%s", text);
	else if (e->bytes == 8)
		put(w, "0x%" PRIx64, itsg_le64(e->data));
	else
		put(w, "%" PRIu64 " bytes", e->bytes);
}

static void put_host_command(struct words *w, const struct replay_event *e)
{
	static const char *const verbs[] = {"accepts", "REFUSES", "keeps waiting", "leaves",
					    "executes"};

	put(w, "%s ", verbs[e->verdict]);
	if (e->reason != ITSG_OK)
		put(w, "(%s) ", itsg_reason_name(e->reason));
	if (e->unread)
		put(w, "the command at 0x%" PRIx32, e->offset);
	else
		put_command(w, e);
}

static void put_whose(struct words *w, const struct replay_whose *whose)
{
	switch (whose->use) {
	case REPLAY_USE_QUEUE:
		put(w, "queue");
		break;
	case REPLAY_USE_LEVEL1:
		put(w, "level 1 of BASER%" PRIu32, whose->number);
		break;
	case REPLAY_USE_TABLE:
		put(w, "table of BASER%" PRIu32, whose->number);
		break;
	case REPLAY_USE_LEVEL2:
		put(w, "level 2 of BASER%" PRIu32, whose->number);
		break;
	case REPLAY_USE_ITT:
		put(w, "ITT of device 0x%" PRIx32, whose->number);
		break;
	case REPLAY_USE_CONFIG:
		put(w, "LPI configuration of RD%" PRIu32, whose->number);
		break;
	case REPLAY_USE_PENDING:
		put(w, "LPI pending table of RD%" PRIu32, whose->number);
		break;
	default:
		put(w, "nobody knows what for");
		break;
	}
}

static void put_pages(struct words *w, const struct replay_event *e)
{
	put(w, "%s ", e->kind == REPLAY_EV_CLAIM ? "claims" : "drops");
	put_range(w, e);
	put(w, " (%s): ", e->donated ? "donated" : "shared");
	put_whose(w, &e->whose);
}

static void put_private(struct words *w, const struct replay_event *e)
{
	if (e->count > 1)
		put(w, "fills %" PRIu64 " slots from 0x%" PRIx32 ": ", e->count, e->offset);
	else
		put(w, "queues at 0x%" PRIx32 ": ", e->offset);
	put_command(w, e);
	if (e->own)
		put(w, " (its own)");
}

static void put_ran(struct words *w, const struct replay_event *e)
{
	put(w, "passes %" PRIu64 " command%s, CREADR 0x%" PRIx32 " to 0x%" PRIx32, e->count,
	    e->count == 1 ? "" : "s", e->offset, e->to);
	if (e->stalled)
		put(w, ", STALLED");
}

static void put_msi(struct words *w, const struct replay_event *e)
{
	put(w, "0x%" PRIx32 " sends event 0x%" PRIx32 ": ", e->device, e->event);
	if (e->refused)
		put(w, "dropped");
	else
		put(w, "LPI %" PRIu32 " to RD%" PRIu32, e->intid, e->redistributor);
}

static void put_lpi(struct words *w, const struct replay_event *e)
{
	static const char *const texts[] = {"becomes pending", "is pending no more",
					    "has its configuration read anew", "goes to RD"};

	put(w, "LPI %" PRIu32 " %s", e->intid, texts[(unsigned)e->lpi & 3]);
	if (e->lpi == SIM_ITS_LPI_MOVE)
		put(w, "%" PRIu32, e->to);
}

static void put_step(struct words *w, const struct replay_event *e)
{
	char text[256];

	event_step_text(e, text, sizeof(text));
	put(w, "%s", text);
}

static void put_zero(struct words *w, const struct replay_event *e)
{
	put(w, "zeroes ");
	put_range(w, e);
}

static void put_platform(struct words *w, const struct replay_event *e)
{
	put(w, "refuses%s %s of ", e->on_request ? ", as told," : "",
	    trace_callback_name(e->callback));
	put_range(w, e);
}

static void put_word(struct words *w, const struct replay_event *e)
{
	put(w, "its level 1 at 0x%" PRIx64 " = 0x%" PRIx64, e->pa, e->value);
}

static void put_program(struct words *w, const struct replay_event *e)
{
	put(w, "sets ");
	put_register(w, e);
}

static void put_failed(struct words *w, const struct replay_event *e)
{
	put(w, "meets error 0x%06" PRIx32 " at 0x%" PRIx32, e->code, e->offset);
}

static void put_owner(struct words *w, const struct replay_event *e)
{
	put(w, "gives ");
	put_range(w, e);
	put(w, " to a guest%s", e->refused ? ": REFUSED" : "");
}

static void put_report(struct words *w, const struct replay_event *e)
{
	put(w, "%s", e->text);
}

/* Who does it, and what is done. */
static const struct {
	const char *who;
	void (*put)(struct words *w, const struct replay_event *e);
} events[REPLAY_EVENTS] = {
	[REPLAY_EV_STEP] = {"", put_step},
	[REPLAY_EV_ACCESS] = {"host", put_access},
	[REPLAY_EV_MEMORY] = {"host", put_memory},
	[REPLAY_EV_COMMAND] = {"guard", put_host_command},
	[REPLAY_EV_CLAIM] = {"guard", put_pages},
	[REPLAY_EV_DROP] = {"guard", put_pages},
	[REPLAY_EV_ZERO] = {"guard", put_zero},
	[REPLAY_EV_PLATFORM] = {"pages", put_platform},
	[REPLAY_EV_WORD] = {"guard", put_word},
	[REPLAY_EV_PRIVATE] = {"guard", put_private},
	[REPLAY_EV_PROGRAM] = {"guard", put_program},
	[REPLAY_EV_RAN] = {"ITS", put_ran},
	[REPLAY_EV_FAILED] = {"ITS", put_failed},
	[REPLAY_EV_MSI] = {"device", put_msi},
	[REPLAY_EV_LPI] = {"RD", put_lpi},
	[REPLAY_EV_OWNER] = {"host", put_owner},
	[REPLAY_EV_REPORT] = {"error", put_report},
};

/* ---- who does it ---- */

static const char *who_is_it(const struct replay_event *e)
{
	if (e->kind == REPLAY_EV_COMMAND && e->verdict == REPLAY_NO_GUARD)
		return "ITS";
	if (e->kind == REPLAY_EV_REPORT && e->report == REPLAY_VIOLATION)
		return "WRONG";
	if (e->kind == REPLAY_EV_REPORT && e->report == REPLAY_NOTE)
		return "note";
	return events[e->kind].who;
}

/* The number of its ITS where that is not the first. */
static void put_who(struct words *w, const struct replay_event *e)
{
	bool an_its = e->kind != REPLAY_EV_MEMORY && e->kind != REPLAY_EV_OWNER;

	put(w, "%s", who_is_it(e));
	if (e->kind == REPLAY_EV_LPI)
		put(w, "%" PRIu32, e->redistributor);
	else if (an_its && !e->of_redistributor && e->its > 0)
		put(w, "%" PRIu32, e->its);
}

/* ---- a line ---- */

enum event_weight event_weight(const struct replay_event *e)
{
	if (event_is_finding(e))
		return EVENT_FINDING;
	if (e->reason != ITSG_OK || e->refused || e->kind == REPLAY_EV_PLATFORM ||
	    e->kind == REPLAY_EV_FAILED || (e->kind == REPLAY_EV_RAN && e->stalled))
		return EVENT_WARNING;
	return EVENT_PLAIN;
}

static const char *colour_of(const struct event_text *t, const struct replay_event *e)
{
	switch (event_weight(e)) {
	case EVENT_FINDING:
		return t->colours.bad;
	case EVENT_WARNING:
		return t->colours.warn;
	default:
		return e->kind == REPLAY_EV_ACCESS ? t->colours.strong : "";
	}
}

void event_who(const struct replay_event *e, char who[EVENT_WHO])
{
	struct words w = {who, EVENT_WHO, 0};

	put_who(&w, e);
}

void event_says(const struct replay_event *e, char says[EVENT_SAYS])
{
	struct words w = {says, EVENT_SAYS, 0};

	says[0] = '\0';
	events[e->kind].put(&w, e);
}

void event_command(const struct replay_event *e, char command[EVENT_SAYS])
{
	struct words w = {command, EVENT_SAYS, 0};

	command[0] = '\0';
	if (!e->unread)
		put_command(&w, e);
}

static void put_brief_opcode(struct words *w, const uint8_t raw[ITSG_CMD_BYTES])
{
	put(w, "%s", itsg_cmd_known(raw[0]) ? itsg_opcode_name(raw[0]) : "?");
}

static void put_brief_register(struct words *w, const struct replay_event *e)
{
	const char *name = register_name(e->of_redistributor, e->offset);

	put(w, "%s", strncmp(name, "GIT", 3) && strncmp(name, "GIC", 3) ? name : name + 5);
}

static const char *brief_report(const struct replay_event *e)
{
	if (e->report == REPLAY_VIOLATION)
		return "violation";
	return e->report == REPLAY_NOTE ? "note" : "error";
}

static void put_brief(struct words *w, const struct replay_event *e)
{
	switch (e->kind) {
	case REPLAY_EV_ACCESS:
	case REPLAY_EV_PROGRAM:
		put_brief_register(w, e);
		break;
	case REPLAY_EV_MEMORY:
		if (e->bytes == ITSG_CMD_BYTES && itsg_cmd_known(e->data[0]))
			put_brief_opcode(w, e->data);
		else
			put(w, "store");
		break;
	case REPLAY_EV_COMMAND:
	case REPLAY_EV_PRIVATE:
		put_brief_opcode(w, e->raw);
		break;
	case REPLAY_EV_CLAIM:
	case REPLAY_EV_DROP:
		put(w, "%s%s", e->kind == REPLAY_EV_DROP ? "-" : "+", event_use_name(e->whose.use));
		break;
	case REPLAY_EV_PLATFORM:
		put(w, "%s", trace_callback_name(e->callback));
		break;
	case REPLAY_EV_REPORT:
		put(w, "%s", brief_report(e));
		break;
	case REPLAY_EV_LPI:
	case REPLAY_EV_MSI:
		put(w, "%" PRIu32, e->intid);
		break;
	case REPLAY_EV_RAN:
		put(w, "%" PRIu64, e->count);
		break;
	case REPLAY_EV_OWNER:
		put(w, "gives");
		break;
	case REPLAY_EV_ZERO:
		put(w, "zero");
		break;
	case REPLAY_EV_WORD:
		put(w, "level1");
		break;
	case REPLAY_EV_FAILED:
		put(w, "error");
		break;
	default:
		put_step(w, e);
		break;
	}
}

void event_brief(const struct replay_event *e, char brief[EVENT_BRIEF])
{
	struct words w = {brief, EVENT_BRIEF, 0};

	brief[0] = '\0';
	put_brief(&w, e);
}

void event_text(struct event_text *t, const struct replay_event *e)
{
	char text[EVENT_TEXT_LINE], who[EVENT_WHO], says[EVENT_SAYS], number[16] = "";
	const char *colour = colour_of(t, e);
	int length;

	if (!event_passes(&t->filter, e))
		return;
	if (e->line != t->line)
		snprintf(number, sizeof(number), "%" PRIu32, e->line);
	t->line = e->line;
	event_who(e, who);
	event_says(e, says);
	length = snprintf(text, sizeof(text), "%5s %-6s %s", number, who, says);
	if (!t->wide && length > (int)EVENT_TEXT_WIDTH)
		strcpy(text + EVENT_TEXT_WIDTH - 3, "...");
	fprintf(t->out, "%s%s%s\n", colour, text, *colour ? t->colours.off : "");
}

/* ---- what it concerns ---- */

static void add_device(struct event_concern *c, uint32_t device)
{
	c->has_device = true;
	c->device = device;
}

static void add_range(struct event_concern *c, uint64_t pa, uint64_t bytes)
{
	if (bytes == 0 || c->ranges == EVENT_RANGES)
		return;
	c->range[c->ranges].pa = pa;
	c->range[c->ranges++].bytes = bytes;
}

/* The device that a command names, and the ITT of a MAPD. */
static void add_command(struct event_concern *c, const struct replay_event *e,
			const uint8_t raw[ITSG_CMD_BYTES])
{
	uint64_t entry = e->trace->machine.itt_entry;
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of(raw[0], &info))
		return;
	for (uint32_t i = 0; i < info.fields; i++)
		if (info.field[i].field == ITSG_F_DEVICE_ID)
			add_device(c, (uint32_t)(itsg_le64(raw) >> 32));
	if (!entry)
		entry = (e->trace->its[e->its].typer >> 4 & 15) + 1;
	if (raw[0] == ITSG_CMD_MAPD)
		add_range(c, itsg_le64(raw + 16) & 0xfffffffffff00,
			  entry << ((itsg_le64(raw + 8) & 31) + 1));
}

/* What a register names: an address, and so many pages of a size. */
struct named {
	uint64_t pa, size, page_size;
};

static void name_field(void *ctx, const char *name, uint64_t value, bool flag)
{
	struct named *named = ctx;

	(void)flag;
	if (!strcmp(name, "Physical_Address"))
		named->pa = value;
	else if (!strcmp(name, "Size"))
		named->size = value;
	else if (!strcmp(name, "Page_Size"))
		named->page_size = value;
}

static void add_register(struct event_concern *c, const struct replay_event *e)
{
	struct named named = {0, 0, 0};

	register_fields(e->of_redistributor, e->offset, e->width, e->value, name_field, &named);
	if (named.pa)
		add_range(c, named.pa, (named.size + 1) << (12 + 2 * named.page_size));
}

void event_concern(const struct replay_event *e, struct event_concern *c)
{
	memset(c, 0, sizeof(*c));
	switch (e->kind) {
	case REPLAY_EV_COMMAND:
	case REPLAY_EV_PRIVATE:
		add_command(c, e, e->raw);
		break;
	case REPLAY_EV_ACCESS:
	case REPLAY_EV_PROGRAM:
		add_register(c, e);
		break;
	case REPLAY_EV_MEMORY:
		add_range(c, e->pa, e->bytes);
		if (e->bytes == ITSG_CMD_BYTES)
			add_command(c, e, e->data);
		break;
	case REPLAY_EV_MSI:
		add_device(c, e->device);
		break;
	case REPLAY_EV_CLAIM:
	case REPLAY_EV_DROP:
		if (e->whose.use == REPLAY_USE_ITT)
			add_device(c, e->whose.number);
		add_range(c, e->pa, e->bytes);
		break;
	default:
		add_range(c, e->pa, e->bytes);
		break;
	}
}

/* ---- filters ---- */

/* Is one of the bytes in the 4 KB around the address? */
static bool has_page(const struct event_concern *c, uint64_t page)
{
	for (unsigned i = 0; i < c->ranges; i++)
		if (c->range[i].pa >> 12 <= page >> 12 &&
		    (c->range[i].pa + c->range[i].bytes - 1) >> 12 >= page >> 12)
			return true;
	return false;
}

bool event_passes(const struct event_filter *filter, const struct replay_event *e)
{
	struct event_concern c;

	if (e->line && (e->line < filter->from || (filter->to && e->line > filter->to)))
		return false;
	if (event_is_finding(e) || !(filter->by_device || filter->by_page))
		return true;
	event_concern(e, &c);
	if (filter->by_device && !(c.has_device && c.device == filter->device))
		return false;
	return !filter->by_page || has_page(&c, filter->page);
}
