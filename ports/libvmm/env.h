/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The library's environment in libvmm: the usual headers, as its own sources. */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
