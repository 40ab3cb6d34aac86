/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The guard of one machine, in memory that the host gave: what the files of the port share. */
#ifndef __ITSGUARD_PKVM_GUARD_H__
#define __ITSGUARD_PKVM_GUARD_H__

#include <linux/types.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>
#include <itsguard/redists.h>

#include "itsguard_pkvm.h"

/* A frame of registers that the host does not get: ITSG_CONTROL_FRAME_BYTES from phys on. */
struct itsguard_frame {
	u64 phys;
	struct itsg_its *its;	/* NULL: of a redistributor */
	u32 rd;
	u32 offset;		/* of the frame, from RD_base */
};

struct itsguard_its {
	struct itsguard_guard *guard;
	struct itsg_its *its;
	void __iomem *regs;
};

struct itsguard_rd {
	void __iomem *regs;
	void __iomem *vlpi_regs;	/* VLPI_base, or NULL */
	u64 mpidr;
	bool powered;
};

struct itsguard_guard {
	const struct kvm_itsguard_params *params;
	struct itsg_pages *pages;
	struct itsg_redists *redists;
	struct itsguard_its its[KVM_ITSGUARD_MAX_ITS];
	struct itsguard_rd *rd;
	u32 nr_frames;
	struct itsguard_frame *frame;	/* ascending */
	u64 aborts;
	u64 nr_events;
	struct kvm_itsguard_event events[KVM_ITSGUARD_EVENTS];
};

/* NULL: no guard. Written once, before the host is distrusted and while its other CPUs are stopped. */
extern struct itsguard_guard *itsguard;

/* Over all that concerns the guard, then host_mmu.lock, then pkvm_pgd_lock: both in the callbacks. */
void itsguard_lock(void);
void itsguard_unlock(void);

extern const struct itsg_ops itsguard_ops;		/* ctx: struct itsguard_its */
extern const struct itsg_redists_ops itsguard_rd_ops;	/* ctx: struct itsguard_guard */

/* Does firmware say that this CPU is off? Not where it cannot say. */
bool itsguard_cpu_is_off(u64 mpidr);

#endif
