/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard decode: a listing of a raw dump of ITS commands. */
#include "decode.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "itsguard/cmd.h"
#include "itsguard/names.h"

#include "story.h"
#include "tool.h"

#define DUMP_MAX 0x1000000u /* bytes: a queue has 1 MB at most */
#define INDENT   7 /* of a line that goes on: two blanks, and below the name of the command */

static const char help[] =
	"Usage: itsguard decode [OPTION]... [FILE]\n"
	"Lists a raw dump of ITS commands, 32 bytes each, little endian. Without FILE, or\n"
	"with \"-\", reads standard input. Reserved bits that are set, and unknown opcodes,\n"
	"are shown. Two or more slots of zeros in a row are one line of the listing. A\n"
	"trace is known when it is seen, and told as \"itsguard show\" does.\n"
	"\n"
	"Options:\n"
	"      --json       one JSON object for each command\n"
	"      --v41        VMAPP and VMOVP have the layout of GICv4.1 (TYPER.VMAPP=1)\n"
	"  -h, --help       show this help\n"
	"\n"
	"Exit status: 0 listed; 2 usage; 3 unreadable, or truncated in the middle of a\n"
	"command.\n";

struct listing {
	bool json;
	bool v41;
	struct tool_colours colours;
	uint64_t offset; /* of the present command */
	uint64_t zeros;  /* slots of zeros directly before it that are not listed yet */
	int column;      /* of the present line */
};

static bool in_layout(const struct itsg_field_info *field, bool v41)
{
	return field->layout == ITSG_LAYOUT_ANY || (field->layout == ITSG_LAYOUT_V4_1) == v41;
}

/* ---- JSON ---- */

static json_t *json_fields(const struct itsg_cmd_info *info, const struct itsg_command *command,
			   bool v41)
{
	json_t *fields = json_object();

	for (uint32_t i = 0; i < info->fields; i++) {
		enum itsg_field field = (enum itsg_field)info->field[i].field;

		/* No field has more than 52 bits. */
		if (in_layout(&info->field[i], v41))
			json_object_set_new(fields, itsg_field_name(field),
					    json_integer((json_int_t)command->field[field]));
	}
	return fields;
}

static json_t *json_words(const uint64_t words[ITSG_CMD_DWORDS])
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		json_array_append_new(array, tool_json_hex(words[i]));
	return array;
}

static void list_json(const struct listing *l, const uint8_t raw[ITSG_CMD_BYTES])
{
	json_t *object = json_object();
	uint64_t words[ITSG_CMD_DWORDS], reserved[ITSG_CMD_DWORDS];
	struct itsg_cmd_info info;
	struct itsg_command command;
	bool known = itsg_cmd_decode(raw, l->v41, &command);

	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		words[i] = itsg_le64(raw + 8 * i);
	json_object_set_new(object, "type", json_string("command"));
	json_object_set_new(object, "offset", json_integer((json_int_t)l->offset));
	json_object_set_new(object, "opcode", json_integer(raw[0]));
	json_object_set_new(object, "name",
			    known ? json_string(itsg_opcode_name(raw[0])) : json_null());
	if (known && itsg_cmd_info_of(raw[0], &info))
		json_object_set_new(object, "fields", json_fields(&info, &command, l->v41));
	if (known && itsg_cmd_reserved(raw, l->v41, reserved))
		json_object_set_new(object, "reserved", json_words(reserved));
	json_object_set_new(object, "words", json_words(words));
	tool_json_line(object);
}

/* ---- text ---- */

/* A piece of a line, two blanks in front, in a colour; below, where 80 columns have no room for it.
 */
__attribute__((format(printf, 3, 4))) static void put(struct listing *l, const char *colour,
						      const char *format, ...)
{
	char text[80];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (l->column + length + 2 > 80) {
		printf("\n%*s", INDENT, "");
		l->column = INDENT;
	}
	printf("  %s%s%s", colour, text, *colour ? l->colours.off : "");
	l->column += length + 2;
}

static void print_reserved(struct listing *l, const uint8_t raw[ITSG_CMD_BYTES])
{
	uint64_t mask[ITSG_CMD_DWORDS];

	if (!itsg_cmd_reserved(raw, l->v41, mask))
		return;
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		if (mask[i])
			put(l, l->colours.warn, "reserved bits set: DW%" PRIu32 " 0x%" PRIx64, i,
			    mask[i]);
}

static void print_fields(struct listing *l, const struct itsg_command *command)
{
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of(command->opcode, &info))
		return;
	for (uint32_t i = 0; i < info.fields; i++) {
		enum itsg_field field = (enum itsg_field)info.field[i].field;
		bool one_bit = info.field[i].hi == info.field[i].lo;

		if (in_layout(&info.field[i], l->v41))
			put(l, "", one_bit ? "%s=%" PRIu64 : "%s=0x%" PRIx64,
			    itsg_field_name(field), command->field[field]);
	}
}

static void print_unknown(struct listing *l, const uint8_t raw[ITSG_CMD_BYTES])
{
	put(l, l->colours.bad, "unknown opcode 0x%02x", raw[0]);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		put(l, "", "DW%" PRIu32 "=0x%016" PRIx64, i, itsg_le64(raw + 8 * i));
}

static void list_text(struct listing *l, const uint8_t raw[ITSG_CMD_BYTES])
{
	struct itsg_command command;

	l->column = printf("0x%05" PRIx64, l->offset);
	if (itsg_cmd_decode(raw, l->v41, &command)) {
		put(l, l->colours.strong, "%-7s", itsg_opcode_name(raw[0]));
		print_fields(l, &command);
		print_reserved(l, raw);
	} else {
		print_unknown(l, raw);
	}
	putchar('\n');
}

/* A queue that was not filled is mostly zeros: one line for all of them. */
static void print_zeros(struct listing *l)
{
	static const uint8_t zero[ITSG_CMD_BYTES];
	struct listing first = *l;

	first.offset = l->offset - l->zeros * ITSG_CMD_BYTES;
	if (l->zeros == 1)
		list_text(&first, zero);
	else if (l->zeros)
		printf("0x%05" PRIx64 "  %" PRIu64 " slots of zeros\n", first.offset, l->zeros);
	l->zeros = 0;
}

static bool all_zero(const uint8_t raw[ITSG_CMD_BYTES])
{
	for (uint32_t i = 0; i < ITSG_CMD_BYTES; i++)
		if (raw[i])
			return false;
	return true;
}

static void list_command(struct listing *l, const uint8_t raw[ITSG_CMD_BYTES])
{
	if (l->json) {
		list_json(l, raw);
	} else if (all_zero(raw)) {
		l->zeros++;
	} else {
		print_zeros(l);
		list_text(l, raw);
	}
	l->offset += ITSG_CMD_BYTES;
}

/* ---- the dump ---- */

static enum tool_status list_dump(struct listing *l, const struct slurp *dump, const char *name)
{
	size_t whole = dump->size / ITSG_CMD_BYTES * ITSG_CMD_BYTES;

	while (l->offset < whole)
		list_command(l, dump->data + l->offset);
	print_zeros(l);
	if (whole == dump->size)
		return TOOL_OK;
	tool_complain("%s: truncated: the command at offset 0x%" PRIx64
		      " has %zu bytes instead of %d",
		      tool_file_name(name), l->offset, dump->size - whole, ITSG_CMD_BYTES);
	return TOOL_INPUT;
}

enum tool_status decode_dump(const struct slurp *dump, const char *name)
{
	struct listing l = {.colours = tool_colours(stdout)};

	if (dump->size <= DUMP_MAX)
		return list_dump(&l, dump, name);
	tool_complain("%s: larger than %u bytes", tool_file_name(name), DUMP_MAX);
	return TOOL_INPUT;
}

/* A trace is known when it is seen. */
static enum tool_status list_file(struct listing *l, const char *name)
{
	struct slurp file;
	enum tool_status status = slurp_file(name, DUMP_MAX, &file);
	struct story_options options;

	story_options_default(&options);
	if (status == TOOL_OK && slurp_is_text(&file) && l->json)
		status = tool_usage_error(
			"decode", "%.80s is a trace, of which 'itsguard replay --json' tells",
			tool_file_name(name));
	else if (status == TOOL_OK && slurp_is_text(&file))
		status = story_show(&file, name, &options);
	else if (status == TOOL_OK)
		status = list_dump(l, &file, name);
	free(file.data);
	return status;
}

enum tool_status decode_command(int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"v41", no_argument, NULL, '4'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct listing l = {.colours = tool_colours(stdout)};
	int option;

	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			l.json = true;
			break;
		case '4':
			l.v41 = true;
			break;
		case 'h':
			fputs(help, stdout);
			return TOOL_OK;
		default:
			return tool_bad_option("decode", argv, options, option);
		}
	}
	if (argc - optind > 1)
		return tool_usage_error("decode", "one FILE at a time");
	return list_file(&l, optind < argc ? argv[optind] : "-");
}
