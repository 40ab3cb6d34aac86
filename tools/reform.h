/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Traces for people: commands in words or in bytes, and what registers hold beside them. */
#ifndef TOOLS_REFORM_H
#define TOOLS_REFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "trace.h"

struct reform {
	bool raw;      /* commands become bytes; else those become words that have any */
	bool comments; /* where there is none, one says what a register or bytes hold */
};

/*
 * Writes the text that the trace was read from in that form: line by line, with its comments. It
 * reads as the same trace.
 */
void reform_write(const char *text, size_t size, const struct trace *trace,
		  const struct reform *form, FILE *out);

/* In words and with comments; a text that is no trace stays as it is. */
void reform_for_people(const char *text, size_t size, FILE *out);

#endif
