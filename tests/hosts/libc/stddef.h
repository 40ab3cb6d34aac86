/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#ifndef STDDEF_H
#define STDDEF_H

typedef unsigned long size_t;

#define NULL ((void *)0)

#endif
