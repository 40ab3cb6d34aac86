/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What `itsguard explain` knows beside the tables of the library: the checks of each command in
 * their order, what each register is to the host and to the guard, and the numbers of the
 * documents.
 */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "itsguard/cmd.h"
#include "itsguard/reason.h"

/* One check. `when` says in which case or for what it is made, "" for always. */
struct explain_check {
	const char *when;
	enum itsg_reason reason;
};

struct explain_command {
	uint8_t opcode;
	const char *memory; /* what RAM the ITS touches for it */
	const char *guard;  /* what the guard makes of it */
	const char *threats;
	const struct explain_check *checks;
	size_t check_count;
};

struct explain_field {
	const char *name;
	uint64_t mask;
	const char *text;
};

/* A register, or `count` of them `width` bytes apart. */
struct explain_register {
	uint32_t offset;
	uint32_t count;
	uint32_t width; /* bytes */
	const char *access;
	const char *host;  /* what the host sees */
	const char *guard; /* what the guard does */
	const char *threats;
	const enum itsg_reason *reasons;
	size_t reason_count;
	const struct explain_field *fields;
	size_t field_count;
};

extern const struct explain_command explain_commands[];
extern const size_t explain_command_count;
extern const struct explain_register explain_registers[];
extern const size_t explain_register_count;

/* A cell of a table in docs/: of a number (T7), what it is ("attack"), and its text. */
struct explain_number {
	const char *number, *title, *text;
};

/* Made by tools/numbers.awk; the cells of a number stand one behind the other. */
extern const struct explain_number explain_numbers[];
extern const size_t explain_number_count;

/* NULL if there is none. */
const struct explain_command *explain_command_of(uint8_t opcode);
const struct explain_register *explain_register_at(uint32_t offset);

/* Is it a reason to refuse the command, or an access to the register? */
bool explain_checks(const struct explain_command *c, enum itsg_reason reason);
bool explain_refuses(const struct explain_register *r, enum itsg_reason reason);
/* What else gives this reason, which no table tells; or "". */
const char *explain_also(enum itsg_reason reason);

/* ---- finding: explain_find.c ---- */

enum explain_kind {
	EXPLAIN_COMMAND,  /* value: opcode */
	EXPLAIN_REASON,   /* value */
	EXPLAIN_REGISTER, /* of an ITS; value: offset */
	EXPLAIN_GICR,     /* of a redistributor; value: place in register_gicrs */
	EXPLAIN_FIELD,    /* name */
	EXPLAIN_NUMBER,   /* value: place in explain_numbers of its first cell */
};

struct explain_thing {
	enum explain_kind kind;
	uint32_t value;
	const char *name; /* never NULL */
};

#define EXPLAIN_THINGS 8u

/* What the word may mean, and how many. */
size_t explain_find(const char *word, struct explain_thing things[EXPLAIN_THINGS]);
/* Every thing there is but fields. */
void explain_each(void (*use)(void *ctx, const struct explain_thing *thing), void *ctx);

/* Each place where a field of that name is. Bits of a command's word, or of a register. */
struct explain_place {
	bool of_command;
	const char *name; /* of the command, or of the register */
	uint32_t dword;
	unsigned high, low;
	bool in_place;
	const char *text; /* "" where there is none */
};
typedef void explain_place_fn(void *ctx, const struct explain_place *place);
void explain_places(const char *field, explain_place_fn *use, void *ctx);

/* The first and the last bit of a mask. */
unsigned explain_low(uint64_t mask);
unsigned explain_high(uint64_t mask);

/* ---- telling ---- */

void explain_json(const struct explain_thing *thing);
/* What it prints. */
json_t *explain_object(const struct explain_thing *thing);

#endif
