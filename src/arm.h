/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Arming: CTLR.Enabled goes from 0 to 1. */
#ifndef ITSGUARD_ARM_H
#define ITSGUARD_ARM_H

#include "state.h"

/*
 * CTLR.Enabled from 0 to 1: checks everything, claims, gives hardware the tables and the ring, and
 * enables it. Reasons as for itsg_write(). Hardware must be disabled and quiescent.
 */
enum itsg_reason itsg_arm(struct itsg_its *its);

#endif
