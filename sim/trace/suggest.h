/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What somebody may have meant who wrote something else. */
#ifndef SIM_SUGGEST_H
#define SIM_SUGGEST_H

#include <stddef.h>

#define SUGGEST_MAX 64u /* letters of a name */

/* Letters to change, add, remove, or swap with the next, to make one of the other. */
size_t suggest_distance(const char *a, const char *b);

/* The nearest of the names, if it is near; else NULL. */
const char *suggest_nearest(const char *wanted, const char *const names[], size_t count);

#endif
