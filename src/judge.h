/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Which rule judges a command. */
#ifndef ITSGUARD_JUDGE_H
#define ITSGUARD_JUDGE_H

#include "state.h"

/* Judges the command at the head. Its plan is in its->plan on ITSG_OK. */
enum itsg_reason itsg_judge(struct itsg_its *its);

#endif
