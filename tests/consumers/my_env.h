/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* An environment of the consumer's own. A hypervisor's would include no system header. */
#ifndef MY_ENV_H
#define MY_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
