/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in pKVM: what the hypervisor and the host kernel see of it.
 *
 * The host fills kvm_itsguard_params and calls __pkvm_itsguard_init while it is still trusted, that
 * is, before pkvm_drop_host_privileges(); docs/ports/linux-nvhe.md of itsguard has the steps.
 */
#ifndef __ARM64_KVM_NVHE_ITSGUARD_H__
#define __ARM64_KVM_NVHE_ITSGUARD_H__

#include <linux/threads.h>
#include <linux/types.h>
#include <asm/kvm_asm.h>

#define KVM_ITSGUARD_MAX_ITS	8

/* One ITS. */
struct kvm_itsguard_its {
	u64 frame;		/* its control frame, a physical address */
	/*
	 * Host memory that becomes the guard's: 64 KB for the private queue, then level1_bytes for
	 * the level-1 tables, then the state. 64 KB aligned, a multiple of the page size.
	 */
	u64 memory;
	u64 memory_bytes;
	u64 level1_bytes;	/* a multiple of 64 KB; 0: no two-level tables */
	u32 devices;		/* capacities: see struct itsg_its_config */
	u32 journal;
	u32 kept;
	bool donate_itt;
	bool forgets;
	bool hide_virtual;
};

/* What only the host knows. Read once, by the hypercall. */
struct kvm_itsguard_params {
	u64 hash_key[2];	/* random; the host wipes its own copy */
	u64 tracker;		/* host memory that becomes the page tracker */
	u64 tracker_bytes;
	u32 tracker_pages;	/* pages that can be held at a time */
	u32 lpi_bits;		/* GICD_TYPER.IDbits + 1 */
	u32 nr_redistributors;
	u32 nr_its;
	/* Ascending, as RDbase of a command names them; and the CPU behind each. */
	u64 redistributor[NR_CPUS];
	u64 mpidr[NR_CPUS];
	struct kvm_itsguard_its its[KVM_ITSGUARD_MAX_ITS];
};

#ifdef __KVM_NVHE_HYPERVISOR__

struct kvm_cpu_context;

#ifdef CONFIG_KVM_ITSGUARD
extern struct kvm_itsguard_params kvm_itsguard_params;

/* The hypercall. 0 or -errno; on an error nothing has changed, but for the ITS, which may hold
 * registers with Valid=0. */
int __pkvm_itsguard_init(void);

/* Did this abort of the host hit an ITS? Then it is dealt with. */
bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far, u64 ipa);

/* Cuts [*start, *end), which contains addr, so that it touches no ITS: what may be mapped lazily. */
void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end);
#else
static inline int __pkvm_itsguard_init(void) { return -EOPNOTSUPP; }
static inline bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far,
					   u64 ipa)
{
	return false;
}
static inline void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end) { }
#endif

#else /* the host kernel */

extern struct kvm_itsguard_params kvm_nvhe_sym(kvm_itsguard_params);

#endif

#endif
