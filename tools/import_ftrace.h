/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What script/record-ftrace writes down: lines "# itsguard: ..." about the machine, and an event
 * each time that Linux's driver waits for what it has just put into a queue.
 */
#ifndef TOOLS_IMPORT_FTRACE_H
#define TOOLS_IMPORT_FTRACE_H

#include "import.h"
#include "itsguard/arch.h"
#include "trace.h"

/* The driver's own: so large are its queues, and at multiples of that. */
#define FTRACE_QUEUE 0x10000u
#define FTRACE_WORDS 8u /* two commands: what is sent, and its SYNC */

/* One wait. */
struct ftrace_post {
	uint32_t line;
	uint32_t its;                /* index in struct ftrace_log */
	uint32_t to;                 /* offset in the queue: their end */
	uint32_t count;              /* commands: 1 or 2 */
	uint64_t word[FTRACE_WORDS]; /* the last of them end at the last word */
};

struct ftrace_its {
	uint64_t address;
	bool told; /* are its registers known? */
	uint64_t typer, cbaser;
	uint64_t baser[ITSG_GITS_BASER_COUNT];
};

/* An ITS as the driver has it: the addresses of its data and of its queue in the kernel. */
struct ftrace_node {
	uint64_t data, queue;
};

struct ftrace_log {
	char linux_name[64];
	bool since_boot;
	struct trace_ram ram[TRACE_RAM_MAX];
	uint32_t ram_count;
	struct ftrace_its its[TRACE_ITS_MAX];
	uint32_t its_count;
	struct ftrace_node node[TRACE_ITS_MAX];
	uint32_t node_count;
	struct ftrace_post *posts; /* .its is a node until the log is read to its end */
	size_t count, room;
};

bool ftrace_read(const char *text, size_t size, struct ftrace_log *log, struct import_error *error);
void ftrace_free(struct ftrace_log *log);
/* The trace. */
void ftrace_write(const struct ftrace_log *log, FILE *out);

#endif
