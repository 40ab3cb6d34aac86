/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A function that stays one.
 *
 * Most are for the stack, which is small in a hypervisor: inlined, their locals would lie under all
 * that their caller calls later on. Some are for size: they are not small, and called from several
 * places. tests/checks/check_source.sh measures frames, chains of calls and size for every host.
 */
#ifndef ITSGUARD_NOINLINE_H
#define ITSGUARD_NOINLINE_H

/* With underscores: hosts have a macro noinline. */
#ifdef __GNUC__
#define ITSG_NOINLINE __attribute__((__noinline__))
#else
#define ITSG_NOINLINE
#endif

#endif
