/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#ifndef __ITSGUARD_BAO_H__
#define __ITSGUARD_BAO_H__

#include <itsguard/itsguard.h>

struct vm;

/*
 * Gives vm the ITS at `frame`, through the guard. To be called once, by the VM's master CPU, at the
 * end of vm_init(). The VM's regions must have place_phys, with phys equal to base: an ITS takes
 * physical addresses. config: all but queue and level1_pool.pa. False: no ITS.
 */
bool itsguard_init(struct vm* vm, paddr_t frame, const struct itsg_its_config* config,
    uint32_t pages);

#endif
