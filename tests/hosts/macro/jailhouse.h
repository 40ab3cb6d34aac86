/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What Jailhouse gives, u8 to u64 and a bool that is an enum, and what a port adds: the names of
 * the C standard.
 */
#ifndef ITSGUARD_TEST_JAILHOUSE_H
#define ITSGUARD_TEST_JAILHOUSE_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long size_t;

typedef enum {
	false,
	true
} bool;

#define NULL ((void *)0)

typedef u8 uint8_t;
typedef u32 uint32_t;
typedef u64 uint64_t;

#endif
