/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A listing of a dump, for other commands. */
#ifndef TOOLS_DECODE_H
#define TOOLS_DECODE_H

#include "slurp.h"

/* TOOL_INPUT: too large, or truncated, which was said. */
enum tool_status decode_dump(const struct slurp *dump, const char *name);

#endif
