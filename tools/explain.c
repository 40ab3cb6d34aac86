/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard explain: what a command, a reason or a register is. */
#include "explain.h"

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "itsguard/names.h"

#include "tool.h"

#define COLUMNS_WIDE  80
#define NAME_MAX_SIZE 64

static const char help[] =
	"Usage: itsguard explain [NAME]\n"
	"Tells what a command (MAPD), a reason (ITT_OVERLAP) or a register (GITS_BASER0, or "
	"BASER)\n"
	"is: fields, rule, threats. Capitals or not does not matter. Without NAME, lists all "
	"names.\n"
	"Numbers of threats (T) and of published defects (R, S, P) are those of docs/THREATS.md.\n"
	"\n"
	"Options:\n"
	"  -h, --help       show this help\n"
	"\n"
	"Exit status: 0 explained; 2 no such name, or usage.\n";

/* ---- layout ---- */

/* Words of text, broken into lines, each indented. */
static void paragraph(int indent, const char *text)
{
	int column = 0;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column && column + 1 + length > COLUMNS_WIDE) {
			putchar('\n');
			column = 0;
		}
		column += column ? printf(" %.*s", length, text)
				 : printf("%*s%.*s", indent, "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	putchar('\n');
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

static void print_bits(unsigned hi, unsigned lo)
{
	if (hi == lo)
		printf("[%u]%*s", hi, hi > 9 ? 4 : 5, "");
	else
		printf("[%u:%u]%*s", hi, lo, (hi > 9 ? 1 : 2) + (lo > 9 ? 0 : 1), "");
}

/* ---- reasons ---- */

/* Errors that the architecture has for other commands, but not for this one. */
static bool no_error_of(uint8_t opcode, enum itsg_reason reason)
{
	return (opcode == ITSG_CMD_MAPD && reason == ITSG_DEVICE_UNMAPPED) ||
	       (opcode == ITSG_CMD_SYNC && reason == ITSG_RDBASE_UNKNOWN);
}

/* The architecture's name of the error, "*" replaced by the command. */
static void print_error(uint8_t opcode, enum itsg_reason reason)
{
	const char *error = itsg_reason_error(reason);
	const char *command = itsg_opcode_name(opcode);

	if (*error == '*' && !no_error_of(opcode, reason))
		printf(" (architecture: %s%s)", command, error + 1);
	else if (*error && !strncmp(error, command, strlen(command)))
		printf(" (architecture: %s)", error);
}

static bool checks_for(const struct explain_command *c, enum itsg_reason reason)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (c->checks[i].reason == reason)
			return true;
	return false;
}

static bool register_refuses(const struct explain_register *r, enum itsg_reason reason)
{
	for (size_t i = 0; i < r->reason_count; i++)
		if (r->reasons[i] == reason)
			return true;
	return false;
}

static void print_reason_commands(enum itsg_reason reason)
{
	for (size_t i = 0; i < explain_command_count; i++) {
		if (!checks_for(&explain_commands[i], reason))
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

		if (!register_refuses(r, reason))
			continue;
		printf("  access to %s", itsg_register_name(r->offset));
		if (r->count > 1)
			printf(" to %s", itsg_register_name(r->offset + (r->count - 1) * r->width));
		putchar('\n');
	}
}

/* Those that no table of commands or registers can tell. */
static const char *given_also(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_UNKNOWN_COMMAND:
		return "every opcode that the architecture does not define";
	case ITSG_RESERVED_REGISTER:
		return "a write other than 0 to any offset that is no register of the host's";
	case ITSG_FETCH_FAILED:
		return "any command of the host's queue";
	case ITSG_BAD_CONFIG:
		return "itsg_its_init(), not the host";
	case ITSG_NOT_QUIESCENT:
	case ITSG_HARDWARE_MISMATCH:
	case ITSG_STORE_FAILED:
		return "itsg_its_init()";
	default:
		return "";
	}
}

static void explain_reason(enum itsg_reason reason)
{
	const char *also = given_also(reason);

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

		printf("  %-17s", itsg_reason_name(reason));
		printf(*c->checks[i].when ? " %s" : "%s", c->checks[i].when);
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

static unsigned lowest_bit(uint64_t mask)
{
	unsigned bit = 0;

	while (!(mask >> bit & 1))
		bit++;
	return bit;
}

static unsigned highest_bit(uint64_t mask)
{
	unsigned bit = 63;

	while (!(mask >> bit & 1))
		bit--;
	return bit;
}

static void print_register_fields(const struct explain_register *r)
{
	if (!r->field_count)
		return;
	heading("Fields");
	for (size_t i = 0; i < r->field_count; i++) {
		const struct explain_field *f = &r->fields[i];

		printf("  ");
		print_bits(highest_bit(f->mask), lowest_bit(f->mask));
		printf(*f->text ? " %s: %s\n" : " %s%s\n", f->name, f->text);
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
	printf("%s: register at 0x%04" PRIx32 ", %" PRIu32 " bits%s, %s\n\n",
	       itsg_register_name(offset), offset, r->width * 8,
	       r->width == 8 ? " or two halves of 32" : "", r->access);
	paragraph(2, itsg_register_text(offset));
	print_register_fields(r);
	section("What the host sees", r->host);
	section("What the guard does", r->guard);
	heading("Reasons to refuse an access");
	for (size_t i = 0; i < r->reason_count; i++)
		printf("  %s\n", itsg_reason_name(r->reasons[i]));
	section("Threats", r->threats);
}

/* ---- all names ---- */

/* Calls use() with every name there is. */
static void each_name(void (*use)(void *ctx, const char *name), void *ctx)
{
	for (size_t i = 0; i < explain_command_count; i++)
		use(ctx, itsg_opcode_name(explain_commands[i].opcode));
	for (unsigned i = ITSG_OK + 1; i < ITSG_REASON_COUNT; i++)
		use(ctx, itsg_reason_name((enum itsg_reason)i));
	for (size_t i = 0; i < explain_register_count; i++)
		for (uint32_t n = 0; n < explain_registers[i].count; n++)
			use(ctx, itsg_register_name(explain_registers[i].offset +
						    n * explain_registers[i].width));
}

static void list_names(void)
{
	heading("Commands");
	for (size_t i = 0; i < explain_command_count; i++) {
		uint8_t opcode = explain_commands[i].opcode;

		printf("  %-8s %s\n", itsg_opcode_name(opcode), itsg_opcode_text(opcode));
	}
	heading("Reasons");
	for (unsigned i = ITSG_OK + 1; i < ITSG_REASON_COUNT; i++)
		printf("  %s\n", itsg_reason_name((enum itsg_reason)i));
	heading("Registers");
	for (size_t i = 0; i < explain_register_count; i++) {
		const struct explain_register *r = &explain_registers[i];

		for (uint32_t n = 0; n < r->count; n++)
			printf("  0x%04" PRIx32 "  %s\n", r->offset + n * r->width,
			       itsg_register_name(r->offset + n * r->width));
	}
}

/* ---- names that do not exist ---- */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Letters to change, add or remove to make one of the other. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_SIZE + 1];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t above = row[j + 1];

			row[j + 1] = smallest(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[width];
}

struct search {
	const char *name;
	unsigned found;
};

static bool near(const char *wanted, const char *name)
{
	const char *bare = strncmp(name, "GITS_", 5) ? name : name + 5;

	return strstr(name, wanted) || distance(wanted, name) <= 2 || distance(wanted, bare) <= 1;
}

static void suggest(void *ctx, const char *name)
{
	struct search *search = ctx;

	if (search->found >= 10 || !near(search->name, name))
		return;
	fprintf(stderr, "%s%s", search->found ? ", " : "Perhaps: ", name);
	search->found++;
}

static enum tool_status no_such_name(const char *given, const char *name)
{
	struct search search = {name, 0};

	tool_complain("explain: \"%.60s\" is no command, reason or register", given);
	if (*name)
		each_name(suggest, &search);
	fputs(search.found ? ".\n" : "'itsguard explain' lists all names.\n", stderr);
	return TOOL_USAGE;
}

/* ---- one name ---- */

/* Capital letters; a register may lack its GITS_, and <n> or n may stand for the number. */
static void normalise(const char *given, char name[NAME_MAX_SIZE])
{
	size_t length = strcspn(given, "<");

	if (length >= NAME_MAX_SIZE)
		length = NAME_MAX_SIZE - 1;
	for (size_t i = 0; i < length; i++)
		name[i] = (char)toupper((unsigned char)given[i]);
	name[length] = 0;
}

static bool find_register(const char *name, uint32_t *offset)
{
	const char *bare = strncmp(name, "GITS_", 5) ? name : name + 5;
	char full[NAME_MAX_SIZE + 8];

	if (!strcmp(bare, "BASER") || !strcmp(bare, "BASERN"))
		bare = "BASER0";
	snprintf(full, sizeof(full), "GITS_%s", bare);
	return itsg_register_from_name(full, offset);
}

static enum tool_status explain_name(const char *given)
{
	char name[NAME_MAX_SIZE];
	enum itsg_reason reason;
	uint32_t offset;
	uint8_t opcode;

	normalise(given, name);
	if (itsg_opcode_from_name(name, &opcode))
		explain_opcode(opcode);
	else if (itsg_reason_from_name(name, &reason))
		explain_reason(reason);
	else if (find_register(name, &offset))
		explain_register(offset);
	else
		return no_such_name(given, name);
	return TOOL_OK;
}

enum tool_status explain_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	switch (getopt_long(argc, argv, "h", options, NULL)) {
	case 'h':
		fputs(help, stdout);
		return TOOL_OK;
	case -1:
		break;
	default:
		return tool_usage_error("explain", "explain: see the help for what there is");
	}
	if (argc - optind > 1)
		return tool_usage_error("explain", "explain: one NAME at a time");
	if (optind < argc)
		return explain_name(argv[optind]);
	list_names();
	return TOOL_OK;
}
