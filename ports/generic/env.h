/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The library's environment: fixed-width integers, bool, size_t and NULL, from the compiler's own
 * headers. Without those, put yours here: what the library needs is in docs/HOSTS.md of itsguard.
 */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
