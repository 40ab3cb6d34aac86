/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The readers of the command line tool: any bytes as a trace, which, if it is one, must come back
 * from the writer the same; and any bytes as a dump of commands for `itsguard decode`, and through
 * the codec and back.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "itsguard/cmd.h"
#include "itsguard/names.h"
#include "tool.h"
#include "tool_stub.h"
#include "trace.h"

FUZZ_NAME("trace")

static bool known_reason(const char *name, const char **nearest)
{
	enum itsg_reason reason;

	(void)nearest;
	return itsg_reason_from_name(name, &reason);
}

static char *write_text(const struct trace *trace, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out || trace_write(out, trace) != 0)
		fuzz_found("a trace cannot be written");
	fclose(out);
	return text;
}

/* Written, read and written again: the same text. */
static void check_trace(const struct trace *trace)
{
	size_t size, again_size;
	char *text = write_text(trace, &size), *again;
	struct trace reread;
	struct trace_error error;

	if (fuzz_planted(FUZZ_PLANT_answer) && size > 0)
		text[0] = '$';
	if (trace_parse(text, size, "written", known_reason, &reread, &error))
		fuzz_found("what was written is no trace: %s", error.message);
	again = write_text(&reread, &again_size);
	if (again_size != size || memcmp(again, text, size) != 0)
		fuzz_found("what was written is read as something else");
	fuzz_mix(trace->count);
	fuzz_mix(size);
	trace_free(&reread);
	free(again);
	free(text);
}

static void check_parser(const uint8_t *data, size_t size)
{
	struct trace trace;
	struct trace_error error;

	if (trace_parse((const char *)data, size, "fuzz", known_reason, &trace, &error)) {
		fuzz_mix(error.line);
		return;
	}
	check_trace(&trace);
	trace_free(&trace);
}

static void check_codec(const uint8_t raw[ITSG_CMD_BYTES], bool v41)
{
	uint8_t encoded[ITSG_CMD_BYTES], again[ITSG_CMD_BYTES];
	uint64_t reserved[ITSG_CMD_DWORDS];
	struct itsg_command command;

	if (itsg_cmd_decode(raw, v41, &command) != itsg_cmd_known(raw[0]))
		fuzz_found("an opcode is both known and not");
	itsg_cmd_encode(&command, v41, encoded);
	if (!itsg_cmd_known(raw[0]) || !itsg_cmd_reserved(raw, v41, reserved))
		return;
	/* All bits but the reserved ones came through. */
	for (unsigned i = 0; i < ITSG_CMD_DWORDS; i++)
		if (itsg_le64(encoded + 8 * i) != (itsg_le64(raw + 8 * i) & ~reserved[i]))
			fuzz_found("a field is lost, or a reserved bit is not");
	itsg_cmd_decode(encoded, v41, &command);
	itsg_cmd_encode(&command, v41, again);
	if (memcmp(again, encoded, sizeof(again)) != 0)
		fuzz_found("a command is not what it was encoded as");
}

static void check_decode(const uint8_t *data, size_t size, bool v41)
{
	char name[] = "decode", option[] = "--v41";
	char *argv[] = {name, v41 ? option : NULL, NULL};

	tool_stub_input(data, size);
	optind = 0;
	fuzz_mix(decode_command(v41 ? 2 : 1, argv));
	for (size_t at = 0; at + ITSG_CMD_BYTES <= size; at += ITSG_CMD_BYTES)
		check_codec(data + at, v41);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t none[1];

	fuzz_begin(data, size, none, 0);
	if (size == 0)
		return 0;
	check_parser(data, size);
	check_decode(data, size, data[0] & 1);
	fuzz_ops++;
	return 0;
}
