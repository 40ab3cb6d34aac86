/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#ifndef STDBOOL_H
#define STDBOOL_H

#define bool _Bool
#define true 1
#define false 0

#endif
