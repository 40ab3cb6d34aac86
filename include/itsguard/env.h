/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The library's only view of its environment: uint8_t, uint32_t, uint64_t, size_t, NULL, and bool
 * with true and false.
 *
 * A hypervisor replaces this file in one of two ways, and then no system header is included:
 *   -DITSGUARD_ENV='"my_env.h"'   names a header of its own, or
 *   an earlier -I with its own    itsguard/env.h.
 *
 * Nothing else is needed. The compiler may turn struct copies into calls of memcpy and memset;
 * those two are all that the library ever imports.
 */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#ifdef ITSGUARD_ENV
#include ITSGUARD_ENV
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#endif
