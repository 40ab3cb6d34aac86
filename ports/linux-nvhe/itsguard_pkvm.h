/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard in pKVM: what the hypervisor and the host kernel say to each other.
 *
 * The host hands over while it is still trusted, with all other CPUs stopped and each ITS disabled,
 * quiescent and told to forget: it allocates struct kvm_itsguard_params, fills it in, asks with
 * __pkvm_itsguard_sizes how much memory to give, and gives it with __pkvm_itsguard_init. The first
 * __pkvm_prot_finalize ends that for good.
 */
#ifndef __ARM64_KVM_NVHE_ITSGUARD_H__
#define __ARM64_KVM_NVHE_ITSGUARD_H__

#include <linux/types.h>

#define KVM_ITSGUARD_MAX_ITS	8
#define KVM_ITSGUARD_EVENTS	16

/* One ITS. */
struct kvm_itsguard_its {
	u64 frame;		/* its control frame, a physical address */
	/*
	 * Host memory that becomes the guard's: a private queue, then level1_bytes for the level-1
	 * tables, then the state. 64 KB aligned. memory_bytes is an answer of
	 * __pkvm_itsguard_sizes, and stays as it is or grows.
	 */
	u64 memory;
	u64 memory_bytes;
	u64 level1_bytes;	/* a multiple of 64 KB; 0: no two-level tables */
	u32 devices;		/* capacities: see struct itsg_its_config */
	u32 journal;
	u32 kept;
	u8 donate_itt;
	u8 forgets;
	u8 hide_virtual;
	u8 unused;
};

/*
 * What only the host knows. It lies at the begin of a run of pages of its own, which becomes the
 * guard's with the call; the guard's tracker and its redistributors lie behind it.
 */
struct kvm_itsguard_params {
	u64 bytes;		/* all of that: an answer of __pkvm_itsguard_sizes */
	u64 hash_key[4];	/* random; the host keeps no copy */
	u32 tracker_pages;	/* pages that can be held at a time */
	u32 lpi_bits;		/* GICD_TYPER.IDbits + 1 */
	u32 nr_its;
	u32 nr_redistributors;
	u8 single_security_state;	/* GICD_CTLR.DS */
	u8 share_pending;
	u8 unused[6];
	struct kvm_itsguard_its its[KVM_ITSGUARD_MAX_ITS];
	/* RD_base frames, ascending: those of CPUs that never came up, too. */
	u64 redistributor[];
};

/* One line of the log, and how it stands: copied to a page of the host's by __pkvm_itsguard_report. */
struct kvm_itsguard_event {
	u64 kind;		/* enum itsg_event_kind */
	u64 reason;		/* enum itsg_reason */
	u64 its;		/* its place in the parameters; U64_MAX: of a redistributor */
	u64 redistributor;
	u64 offset;
	u64 value;
	u64 command[4];
};

struct kvm_itsguard_its_report {
	u64 accesses, refused_accesses, commands, accepted, refused, barriers, leaked;
	u64 devices, devices_peak, kept_granules, broken;
};

struct kvm_itsguard_report {
	u64 nr_its;
	u64 nr_redistributors;
	u64 pages, pages_peak, pages_capacity;
	u64 aborts;		/* accesses without a syndrome, answered by an external abort */
	struct kvm_itsguard_its_report its[KVM_ITSGUARD_MAX_ITS];
	u64 rd_accesses, rd_refused, rd_enabled, rd_leaked, rd_on, rd_tables;
	/* The last of them, in a ring: event n is at n % KVM_ITSGUARD_EVENTS. */
	u64 nr_events;
	struct kvm_itsguard_event events[KVM_ITSGUARD_EVENTS];
};

#ifdef __KVM_NVHE_HYPERVISOR__

struct kvm_cpu_context;

#ifdef CONFIG_KVM_ITSGUARD
/*
 * The hypercalls: 0 or -errno. On an error the host has its memory back, and nothing has changed
 * but for the ITS, which may hold registers with Valid=0.
 *
 * -EPERM      a CPU is finalised, or the guard is there; a page is not the host's
 * -EINVAL     parameters
 * -ENOSPC     level1_bytes is too little for what an ITS keeps of GITS_BASER.Indirect
 * -EAGAIN     an ITS is not disabled and quiescent
 * -EBUSY      a redistributor has LPIs on their way off
 * -EADDRINUSE the tables of a redistributor that is on are not the host's own memory
 * -EIO        hardware
 */
int __pkvm_itsguard_sizes(u64 pfn, u64 nr_pages);
int __pkvm_itsguard_init(u64 pfn, u64 nr_pages);

/* A page that the host has shared with the hypervisor. */
int __pkvm_itsguard_report(u64 pfn);

/* From now on the host is not trusted. */
void kvm_itsguard_close(void);

/* May protected VMs be? Not where the guard is required and is not there. */
bool kvm_itsguard_allows_protected(void);

/* Did this abort of the host hit an ITS or a redistributor? Then it is dealt with. */
bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far, u64 ipa);

/* Cuts [*start, *end), which contains addr, so that it touches no frame: what may be mapped. */
void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end);

/* This CPU is about to lose power; it is back, or did not go. */
void kvm_itsguard_cpu_down(void);
void kvm_itsguard_cpu_up(void);
#else
static inline int __pkvm_itsguard_sizes(u64 pfn, u64 nr_pages) { return -EOPNOTSUPP; }
static inline int __pkvm_itsguard_init(u64 pfn, u64 nr_pages) { return -EOPNOTSUPP; }
static inline int __pkvm_itsguard_report(u64 pfn) { return -EOPNOTSUPP; }
static inline void kvm_itsguard_close(void) { }
static inline bool kvm_itsguard_allows_protected(void) { return true; }
static inline bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far,
					   u64 ipa)
{
	return false;
}
static inline void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end) { }
static inline void kvm_itsguard_cpu_down(void) { }
static inline void kvm_itsguard_cpu_up(void) { }
#endif

#else /* the host kernel */

/* Written before the host is distrusted; read-only for the hypervisor. */
extern bool kvm_nvhe_sym(kvm_itsguard_required);

#endif

#endif
