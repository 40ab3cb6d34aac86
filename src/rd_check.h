/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The invariants of the redistributors, for itsg_check(). */
#ifndef ITSGUARD_RD_CHECK_H
#define ITSGUARD_RD_CHECK_H

#include "rd_state.h"

bool itsg_rd_check(const struct itsg_redists *redists);

#endif
