/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */

#pragma once

#include <itsguard/itsguard.h>

#include "hf/addr.h"
#include "hf/mpool.h"
#include "hf/vcpu.h"
#include "hf/vm.h"

/** Private memory of the guard, out of every VM's reach; `va` is where stage 1 has it. */
struct itsguard_memory {
	uint64_t pa;
	uint64_t bytes;
	void *va;
};

/**
 * Gives `vm` the ITS whose control frame is at `frame`, through the guard. To be called once, at
 * boot. `queue` is 64 KB aligned; `pool` too, and may be empty; `state` holds the tracker for
 * `pages` pages and the ITS. config: all but queue and level1_pool.
 */
bool itsguard_init(struct vm *vm, paddr_t frame, const struct itsg_its_config *config,
		   uint32_t pages, struct itsguard_memory queue, struct itsguard_memory pool,
		   struct itsguard_memory state, struct mpool *ppool);

/**
 * Did this data abort hit the ITS? Then the access is done and the vCPU goes on behind it. False:
 * not the ITS, or an access whose syndrome does not describe it, which is treated as any other.
 */
bool itsguard_data_abort(struct vcpu *vcpu, uintreg_t esr, ipaddr_t addr);
