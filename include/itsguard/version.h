/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Two versions, each with numbers of its own: the library, and the format of traces. */
#ifndef ITSGUARD_VERSION_H
#define ITSGUARD_VERSION_H

/* The library: 0xMMmmpp. Before 1.0 nothing about struct layouts is promised. */
#define ITSGUARD_VERSION 0x000200

/* The trace format (docs/TRACES.md). */
#define ITSGUARD_TRACE_VERSION 1

#endif
