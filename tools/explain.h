/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What `itsguard explain` knows beside the tables of the library: the checks of each command in
 * their order, and what each register is to the host and to the guard.
 */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

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

/* NULL if there is none. */
const struct explain_command *explain_command_of(uint8_t opcode);
const struct explain_register *explain_register_at(uint32_t offset);

#endif
