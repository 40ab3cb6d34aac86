/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What <linux/types.h> gives: uint64_t is unsigned long long, and there is no UINT64_MAX. */
#ifndef ITSGUARD_TEST_LINUX_H
#define ITSGUARD_TEST_LINUX_H

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
typedef unsigned long size_t;

typedef _Bool bool;
enum {
	false = 0,
	true = 1
};

#define NULL ((void *)0)

#endif
