/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Writes the dictionary of a target, from the tables of commands, reasons and trace words:
 *
 *	make_dict TARGET > TARGET.dict
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "common.h"
#include "itsguard/cmd.h"
#include "itsguard/names.h"
#include "trace.h"

static void entry(const char *name, const uint8_t *bytes, size_t count)
{
	printf("%s=\"", name);
	for (size_t i = 0; i < count; i++)
		printf("\\x%02x", bytes[i]);
	printf("\"\n");
}

static void word(const char *text)
{
	printf("\"%s\"\n", text);
}

/* ---- targets whose operations begin with an opcode ---- */

/* Every command, with and without V: the first bytes of an operation of the target cmdq. */
static void commands_as_ops(void)
{
	struct itsg_cmd_info info;
	char name[64];

	for (uint32_t i = 0; itsg_cmd_info(i, &info); i++) {
		for (uint8_t valid = 0; valid < 2; valid++) {
			const uint8_t op[] = {info.opcode, valid};

			snprintf(name, sizeof(name), "%s_%s", itsg_opcode_name(info.opcode),
				 valid ? "valid" : "plain");
			entry(name, op, sizeof(op));
		}
	}
}

/* ---- numbers that mean something anywhere ---- */

static void put64(const char *name, uint64_t value)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	entry(name, bytes, sizeof(bytes));
}

static void put32(const char *name, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 24)};

	entry(name, bytes, sizeof(bytes));
}

static void numbers(void)
{
	put64("valid", SIM_VALID);
	put64("indirect", SIM_BASER_INDIRECT);
	put64("valid_indirect", SIM_VALID | SIM_BASER_INDIRECT);
	put64("pa_51_48", (uint64_t)0xf << 48);
	put64("reserved_62_52", sim_bits(62, 52));
	put32("first_lpi", SIM_FIRST_LPI);
	put32("cwriter_last", 0xfe0);
}

static void registers(void)
{
	static const uint32_t offsets[] = {
		SIM_GITS_CTLR,    SIM_GITS_IIDR,       SIM_GITS_TYPER,     SIM_GITS_CBASER,
		SIM_GITS_CWRITER, SIM_GITS_CREADR,     SIM_GITS_BASER,     SIM_GITS_BASER + 8,
		SIM_GITS_PIDR2,   SIM_GITS_CBASER + 4, SIM_GITS_BASER + 4, SIM_FRAME_BYTES,
	};
	char name[32];

	for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		snprintf(name, sizeof(name), "offset_%" PRIx32, offsets[i]);
		put32(name, offsets[i]);
	}
}

/* ---- text ---- */

static void commands_as_text(void)
{
	struct itsg_cmd_info info;
	uint8_t raw[ITSG_CMD_BYTES];

	for (uint32_t i = 0; itsg_cmd_info(i, &info); i++) {
		struct itsg_command command = {.opcode = info.opcode};

		command.field[ITSG_F_VALID] = 1;
		itsg_cmd_encode(&command, false, raw);
		entry(itsg_opcode_name(info.opcode), raw, sizeof(raw));
		printf("\"mem 0x40000000 ");
		for (unsigned b = 0; b < sizeof(raw); b++)
			printf("%02x", raw[b]);
		printf("\\x0a\"\n");
	}
}

static void redistributor_words(void)
{
	static const char *const words[] = {
		"machine rds=1", "rd 0 w32 0x", "rd 1 r64 0x", "rd 0 power on props enable",
		"rd adopt",      "rd gone",     "hw rwp ",     "? lpi 0 8192 pending",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		word(words[i]);
}

static void trace_words(void)
{
	static const char *const words[] = {
		"machine ",   "typer 0x",  "baser 0 ",
		"its 1",      "w32 0x",    "w64 0x",
		"r32 0x",     "r64 0x",    "w8 ",
		"r16 ",       "mem 0x",    "hw ",
		"run all",    "poll",      "guest 0x",
		"fail ",      "! ",        "!guest",
		"? owner ",   "? pages ",  "? reg ",
		"? devices ", "#",         "4k",
		"16k",        "64k",       "any",
		"share",      "donate",    "=",
		"+0x",        "0x",        "0x8000000000000000",
		"\\x0a",      "mapd ",     "mapc ",
		"mapti ",     "mapi ",     "movi ",
		"int ",       "clear ",    "inv ",
		"discard ",   "invall ",   "movall ",
		"sync ",      "dev=",      "event=",
		"intid=",     "size=",     "itt=0x",
		"coll=",      "rdbase=0x", "v=0",
		"at=0x",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		word(words[i]);
	redistributor_words();
	for (unsigned i = 0; i < TRACE_HWS; i++)
		word(trace_hw_name((enum trace_hw)i));
	for (unsigned i = 0; i < TRACE_CBS; i++)
		word(trace_callback_name((enum trace_callback)i));
	for (unsigned i = 0; i < TRACE_OWNERS; i++)
		word(trace_owner_name((enum trace_owner)i));
	for (unsigned i = 0; i < TRACE_KEYS; i++)
		word(trace_key_name((enum trace_key)i));
	for (unsigned i = 1; i < ITSG_REASON_COUNT; i++)
		word(itsg_reason_name((enum itsg_reason)i));
}

int main(int argc, char **argv)
{
	const char *target = argc == 2 ? argv[1] : "";

	if (!fuzz_format_of(target)) {
		fprintf(stderr, "usage: make_dict TARGET\n");
		return 2;
	}
	fputs(TRACE_LICENCE "# Made by fuzz/make_dict.c.\n", stdout);
	if (strcmp(target, "trace") == 0) {
		trace_words();
		commands_as_text();
		return 0;
	}
	numbers();
	if (strcmp(target, "cmdq") == 0 || strcmp(target, "mmio") == 0)
		commands_as_ops();
	if (strcmp(target, "mmio") == 0)
		registers();
	return 0;
}
