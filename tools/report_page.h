/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The page of a report without its data, made of tools/report/ by embed.awk. */
#ifndef TOOLS_REPORT_PAGE_H
#define TOOLS_REPORT_PAGE_H

/* Its lines, NULL behind the last. */
extern const char *const report_page[];

/* In place of this line the data goes. */
#define REPORT_PAGE_DATA "@data@\n"

#endif
