/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A path as a trace (docs/TRACES.md), for `itsguard replay`. */
#ifndef CLOSURE_TRACE_H
#define CLOSURE_TRACE_H

#include "step.h"
#include "store.h"

#include <stdio.h>

/*
 * Writes the trace of a path from the first state, and tells it in words on `words`. The_state is
 * anything afterwards.
 */
void trace_write(FILE *out, FILE *words, const uint8_t *first, const struct store_step *path,
		 uint32_t length, const char *what);

#endif
