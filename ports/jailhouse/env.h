/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The library's environment in Jailhouse, which names its integers u64 and has a bool that is an
 * enum: <stdbool.h> must not come in after it.
 */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#include <jailhouse/types.h>

typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef __SIZE_TYPE__ size_t;

#endif
