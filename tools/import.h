/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What others tell of an ITS, as a trace: docs/RECORDING.md. */
#ifndef TOOLS_IMPORT_H
#define TOOLS_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct import_error {
	uint32_t line; /* 0: none is to blame */
	char why[128];
};

/* Writes the trace of a log. False: it is no such log, or says what its program does not say. */
typedef bool import_fn(const char *text, size_t size, FILE *out, struct import_error *error);

/* QEMU's own trace events. */
bool import_qemu(const char *text, size_t size, FILE *out, struct import_error *error);
/* Linux's tracing, as script/record-ftrace sets it up. */
bool import_ftrace(const char *text, size_t size, FILE *out, struct import_error *error);

#endif
