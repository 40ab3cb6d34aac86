/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A whole file in memory. */
#ifndef TOOLS_SLURP_H
#define TOOLS_SLURP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tool.h"

struct slurp {
	uint8_t *data; /* to be freed, whatever the status */
	size_t size;
};

/*
 * Reads the file of that name, "-" is standard input, of at most so many bytes. Otherwise
 * TOOL_INPUT, and it has been said what is wrong.
 */
enum tool_status slurp_file(const char *name, size_t most, struct slurp *out);

/* Text, as a trace is? A dump of commands has bytes that no text has. */
bool slurp_is_text(const struct slurp *file);

#endif
