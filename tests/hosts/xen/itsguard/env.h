/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* In the place of the library's own env.h: what <xen/types.h> and <xen/stdbool.h> give. */
#ifndef ITSGUARD_TEST_XEN_H
#define ITSGUARD_TEST_XEN_H

typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef unsigned long size_t;

#define bool _Bool
#define true 1
#define false 0

#define NULL ((void *)0)

#endif
