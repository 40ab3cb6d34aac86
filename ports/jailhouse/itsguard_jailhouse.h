/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#ifndef _JAILHOUSE_ITSGUARD_H
#define _JAILHOUSE_ITSGUARD_H

#include <itsguard/itsguard.h>

/* What Jailhouse's configuration does not say of the ITS that the root cell drives. */
struct itsguard_board {
	unsigned long frame;		/* the control frame; in no memory region of any cell */
	unsigned int pages;		/* capacity of the page tracker */
	struct itsg_its_config config;	/* all but queue and level1_pool.pa */
	u64 hash_key[2];
};

/* To be written by the integrator, beside the cell configurations. NULL: no ITS to guard. */
const struct itsguard_board *itsguard_board(void);

#endif
