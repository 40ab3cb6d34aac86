/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Inputs of fuzz targets as text, for other commands. */
#ifndef TOOLS_EXPLAIN_INPUT_H
#define TOOLS_EXPLAIN_INPUT_H

#include "slurp.h"

/* The target that may be meant, or NULL. */
const char *explain_input_nearest(const char *word);
/* Is there a fuzz target of that name? Is what it does a trace, or a listing? */
bool explain_input_has(const char *target);
bool explain_input_is_trace(const char *target);

/*
 * What the target does with the input, to be freed. TOOL_FAILED: not all of it has a trace form;
 * TOOL_INPUT: it is too large, or there is no memory, which was said.
 */
enum tool_status explain_input_text(const char *target, const struct slurp *input, const char *name,
				    char **text, size_t *size);

#endif
