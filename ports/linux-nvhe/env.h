/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The library's environment in Linux, hypervisor part included: uint64_t is u64 there, which kCFI asks. */
#ifndef ITSGUARD_ENV_H
#define ITSGUARD_ENV_H

#include <linux/stddef.h>
#include <linux/types.h>

#endif
