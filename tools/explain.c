/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain: what a command, a reason or a register is. */
#include "explain.h"

#include <inttypes.h>
#include <string.h>

#include "itsguard/names.h"

#include "registers.h"
#include "suggest.h"
#include "tool.h"

#define COLUMNS_WIDE 80
#define PLACE_TEXT   27 /* column behind the bits of a register's field */

static const char help[] =
	"Usage: itsguard explain [OPTION]... [NAME]\n"
	"Tells what a command (MAPD), a reason (ITT_OVERLAP), a register (GITS_BASER0, or\n"
	"BASER), a field (ITT_addr), an opcode or an offset (0x08), or a number of the\n"
	"documents (T7, F3, I1) is. Capitals or not does not matter. Without NAME, lists\n"
	"all names.\n"
	"\n"
	"Options:\n"
	"      --json       one JSON object for each thing of that name; without NAME all\n"
	"  -h, --help       show this help\n"
	"\n"
	"Exit status: 0 explained; 2 no such name, or usage.\n";

/* ---- layout ---- */

/* Words of text, broken into lines, each indented, the first from this column on. */
static void words(int column, int indent, const char *text)
{
	bool fresh = column == 0;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (!fresh && column + 1 + length > COLUMNS_WIDE) {
			putchar('\n');
			column = 0;
			fresh = true;
		}
		column += fresh ? printf("%*s%.*s", indent, "", length, text)
				: printf(" %.*s", length, text);
		fresh = false;
		text += length;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void paragraph(int indent, const char *text)
{
	words(0, indent, text);
}

static void heading(const char *title)
{
	struct tool_colours colours = tool_colours(stdout);

	printf("\n%s%s%s\n", colours.strong, title, colours.off);
}

static void section(const char *title, const char *text)
{
	if (!*text)
		return;
	heading(title);
	paragraph(2, text);
}

static int print_range(unsigned hi, unsigned lo)
{
	return hi == lo ? printf("[%u]", hi) : printf("[%u:%u]", hi, lo);
}

/* And blanks, so that what follows stands below what follows others. */
static void print_bits(unsigned hi, unsigned lo)
{
	printf("%*s", 8 - print_range(hi, lo), "");
}

/* ---- reasons ---- */

/* Errors that the architecture has for other commands, but not for this one. */
static bool no_error_of(uint8_t opcode, enum itsg_reason reason)
{
	return (opcode == ITSG_CMD_MAPD && reason == ITSG_DEVICE_UNMAPPED) ||
	       (opcode == ITSG_CMD_SYNC && reason == ITSG_RDBASE_UNKNOWN);
}

/* The architecture's name of the error, "*" replaced by the command. */
static bool has_error(uint8_t opcode, enum itsg_reason reason)
{
	const char *error = itsg_reason_error(reason);
	const char *command = itsg_opcode_name(opcode);

	if (*error == '*')
		return !no_error_of(opcode, reason);
	return *error && !strncmp(error, command, strlen(command));
}

static void print_error(uint8_t opcode, enum itsg_reason reason)
{
	const char *error = itsg_reason_error(reason);

	if (has_error(opcode, reason))
		printf(" (architecture: %s%s)", *error == '*' ? itsg_opcode_name(opcode) : "",
		       error + (*error == '*'));
}

static void print_reason_commands(enum itsg_reason reason)
{
	for (size_t i = 0; i < explain_command_count; i++) {
		if (!explain_checks(&explain_commands[i], reason))
			continue;
		printf("  command %s", itsg_opcode_name(explain_commands[i].opcode));
		print_error(explain_commands[i].opcode, reason);
		putchar('\n');
	}
}

static void print_reason_registers(enum itsg_reason reason)
{
	for (size_t i = 0; i < explain_register_count; i++) {
		const struct explain_register *r = &explain_registers[i];

		if (!explain_refuses(r, reason))
			continue;
		printf("  access to %s", itsg_register_name(r->offset));
		if (r->count > 1)
			printf(" to %s", itsg_register_name(r->offset + (r->count - 1) * r->width));
		putchar('\n');
	}
}

static void explain_reason(enum itsg_reason reason)
{
	const char *also = explain_also(reason);

	printf("%s: a reason to refuse\n\n", itsg_reason_name(reason));
	paragraph(2, itsg_reason_text(reason));
	heading("Given to");
	print_reason_commands(reason);
	print_reason_registers(reason);
	if (*also)
		printf("  %s\n", also);
	section("Answers", itsg_reason_threats(reason));
}

/* ---- commands ---- */

static const char *since(uint8_t version)
{
	switch (version) {
	case ITSG_SINCE_V4_1:
		return "GICv4.1";
	case ITSG_SINCE_V4_0:
		return "GICv4.0";
	default:
		return "GICv3";
	}
}

static const char *layout(uint8_t which)
{
	switch (which) {
	case ITSG_LAYOUT_V4_0:
		return ", GICv4.0 only";
	case ITSG_LAYOUT_V4_1:
		return ", GICv4.1 only";
	default:
		return "";
	}
}

static void print_command_fields(const struct itsg_cmd_info *info)
{
	heading("Fields");
	printf("  DW0 ");
	print_bits(7, 0);
	printf(" opcode 0x%02x\n", info->opcode);
	for (uint32_t i = 0; i < info->fields; i++) {
		const struct itsg_field_info *f = &info->field[i];

		printf("  DW%u ", f->dword);
		print_bits(f->hi, f->lo);
		printf(" %s%s%s\n", itsg_field_name((enum itsg_field)f->field),
		       f->in_place ? ", in place" : "", layout(f->layout));
	}
	paragraph(2, "All other bits are reserved (RES0).");
}

static void print_checks(const struct explain_command *c)
{
	heading("Checks, in this order");
	for (size_t i = 0; i < c->check_count; i++) {
		enum itsg_reason reason = c->checks[i].reason;

		if (*c->checks[i].when)
			printf("  %-17s %s", itsg_reason_name(reason), c->checks[i].when);
		else
			printf(has_error(c->opcode, reason) ? "  %-17s" : "  %s",
			       itsg_reason_name(reason));
		print_error(c->opcode, reason);
		putchar('\n');
	}
}

static void explain_opcode(uint8_t opcode)
{
	const struct explain_command *c = explain_command_of(opcode);
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of(opcode, &info))
		return;
	printf("%s: command 0x%02x, since %s\n\n", itsg_opcode_name(opcode), opcode,
	       since(info.since));
	paragraph(2, itsg_opcode_text(opcode));
	print_command_fields(&info);
	if (!c)
		return;
	section("Memory that the ITS touches", c->memory);
	section("What the guard does", c->guard);
	print_checks(c);
	section("Threats", c->threats);
}

/* ---- registers ---- */

static void print_register_fields(const struct explain_field *fields, size_t count)
{
	if (!count)
		return;
	heading("Fields");
	for (size_t i = 0; i < count; i++) {
		const struct explain_field *f = &fields[i];

		printf("  ");
		print_bits(explain_high(f->mask), explain_low(f->mask));
		if (*f->text)
			words(11 + printf(" %s:", f->name), 12, f->text);
		else
			printf(" %s\n", f->name);
	}
}

static void explain_register(uint32_t offset)
{
	const struct explain_register *r = explain_register_at(offset);

	if (!r) {
		printf("%s: offset 0x%04" PRIx32 "\n\n", itsg_register_name(offset), offset);
		paragraph(2, itsg_register_text(offset));
		return;
	}
	offset -= (offset - r->offset) % r->width;
	printf("%s: register at 0x%04" PRIx32 ", %" PRIu32 " bits%s, %s\n\n",
	       itsg_register_name(offset), offset, r->width * 8,
	       r->width == 8 ? " or two halves of 32" : "", r->access);
	paragraph(2, itsg_register_text(offset));
	print_register_fields(r->fields, r->field_count);
	section("What the host sees", r->host);
	section("What the guard does", r->guard);
	heading("Reasons to refuse an access");
	for (size_t i = 0; i < r->reason_count; i++)
		printf("  %s\n", itsg_reason_name(r->reasons[i]));
	section("Threats", r->threats);
}

static void explain_gicr(const struct register_gicr *r)
{
	printf("%s: register of a redistributor at 0x%04" PRIx32 " from RD_base, %" PRIu32
	       " bits\n",
	       r->name, r->offset, r->width * 8);
	print_register_fields(r->fields, r->count);
}

/* ---- fields and numbers ---- */

static void print_place(void *ctx, const struct explain_place *place)
{
	(void)ctx;
	printf("  %-15s ", place->name);
	if (place->of_command)
		printf("DW%" PRIu32 " ", place->dword);
	if (!*place->text && !place->in_place) {
		print_range(place->high, place->low);
		putchar('\n');
		return;
	}
	print_bits(place->high, place->low);
	if (*place->text)
		words(PLACE_TEXT, PLACE_TEXT + 1, place->text);
	else
		puts(" in place");
}

static void explain_field(const char *name)
{
	printf("%s: a field\n\n", name);
	explain_places(name, print_place, NULL);
}

static void explain_number(uint32_t first)
{
	const struct explain_number *n = &explain_numbers[first];

	printf("%s: %s\n\n", n->number, n->title);
	paragraph(2, n->text);
	for (size_t i = first + 1; i < explain_number_count; i++) {
		if (strcmp(explain_numbers[i].number, n->number) != 0)
			break;
		section(explain_numbers[i].title, explain_numbers[i].text);
	}
}

/* ---- things ---- */

static void explain_thing(const struct explain_thing *thing)
{
	switch (thing->kind) {
	case EXPLAIN_COMMAND:
		explain_opcode((uint8_t)thing->value);
		break;
	case EXPLAIN_REASON:
		explain_reason((enum itsg_reason)thing->value);
		break;
	case EXPLAIN_REGISTER:
		explain_register(thing->value);
		break;
	case EXPLAIN_GICR:
		explain_gicr(&register_gicrs[thing->value]);
		break;
	case EXPLAIN_NUMBER:
		explain_number(thing->value);
		break;
	case EXPLAIN_FIELD:
	default:
		explain_field(thing->name);
		break;
	}
}

/* ---- all names ---- */

static void list_thing(void *ctx, const struct explain_thing *thing)
{
	static const char *const headings[] = {
		"Commands", "Reasons", "Registers", "Registers of redistributors", "", "Numbers"};
	enum explain_kind *last = ctx;
	uint32_t offset =
		thing->kind == EXPLAIN_GICR ? register_gicrs[thing->value].offset : thing->value;

	if (thing->kind != *last)
		heading(headings[thing->kind]);
	*last = thing->kind;
	if (thing->kind == EXPLAIN_COMMAND)
		words(printf("  %-8s", thing->name), 11, itsg_opcode_text((uint8_t)thing->value));
	else if (thing->kind == EXPLAIN_REGISTER || thing->kind == EXPLAIN_GICR)
		printf("  0x%04" PRIx32 "  %s\n", offset, thing->name);
	else if (thing->kind == EXPLAIN_REASON)
		printf("  %s\n", thing->name);
	else
		printf("  %-4s %.70s%s\n", thing->name, explain_numbers[thing->value].text,
		       strlen(explain_numbers[thing->value].text) > 70 ? "..." : "");
}

static void list_names(void)
{
	enum explain_kind last = EXPLAIN_FIELD;

	explain_each(list_thing, &last);
}

static void list_json(void *ctx, const struct explain_thing *thing)
{
	(void)ctx;
	explain_json(thing);
}

/* ---- names that do not exist ---- */

struct suggesting {
	const char *wanted;
	char text[256];
	unsigned found;
};

static bool near(const char *wanted, const char *name)
{
	const char *bare = strncmp(name, "GIC", 3) && strncmp(name, "GITS", 4) ? name : name + 5;

	return strstr(name, wanted) || suggest_distance(wanted, name) <= 2 ||
	       suggest_distance(wanted, bare) <= 1;
}

static void suggest(void *ctx, const struct explain_thing *thing)
{
	struct suggesting *s = ctx;
	size_t used = strlen(s->text);

	if (s->found >= 8 || thing->kind == EXPLAIN_NUMBER || !near(s->wanted, thing->name))
		return;
	snprintf(s->text + used, sizeof(s->text) - used, "%s%s", s->found++ ? ", " : "",
		 thing->name);
}

static enum tool_status no_such_name(const char *given)
{
	char upper[SUGGEST_MAX];
	struct suggesting s = {.wanted = upper};

	snprintf(upper, sizeof(upper), "%s", given);
	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	if (*upper)
		explain_each(suggest, &s);
	if (s.found)
		return tool_usage_error("explain", "nothing is called \"%.40s\", did you mean %s?",
					given, s.text);
	return tool_usage_error("explain",
				"nothing is called \"%.40s\"; 'itsguard explain' lists all", given);
}

static enum tool_status explain_name(const char *given, bool json)
{
	struct explain_thing things[EXPLAIN_THINGS];
	size_t count = explain_find(given, things);

	if (!count)
		return no_such_name(given);
	for (size_t i = 0; i < count; i++) {
		if (json) {
			explain_json(&things[i]);
			continue;
		}
		if (i > 0)
			printf("\n\n");
		explain_thing(&things[i]);
	}
	return TOOL_OK;
}

enum tool_status explain_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(help, stdout);
			return TOOL_OK;
		default:
			return tool_bad_option("explain", argv, options, option);
		}
	}
	if (argc - optind > 1)
		return tool_usage_error("explain", "one NAME at a time");
	if (optind < argc)
		return explain_name(argv[optind], json);
	if (json)
		explain_each(list_json, NULL);
	else
		list_names();
	return TOOL_OK;
}
