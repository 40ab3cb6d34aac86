/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#ifndef __ASM_ARM_ITSGUARD_XEN_H__
#define __ASM_ARM_ITSGUARD_XEN_H__

#include <itsguard/itsguard.h>

struct domain;

/*
 * Gives the direct-mapped domain d the ITS whose control frame is at `frame`, through the guard.
 * To be called before d runs. All ITSs must belong to one domain: they share the page tracker,
 * which the first call makes for `pages` pages.
 *
 * config: all but queue and level1_pool.pa, which are allocated here (level1_pool.bytes says how
 * much). 0 or -errno.
 */
int itsguard_add_its(struct domain *d, paddr_t frame, const struct itsg_its_config *config,
                     unsigned int pages);

#endif
