/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The library's environment in Xen. */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#include <xen/types.h>

#endif
