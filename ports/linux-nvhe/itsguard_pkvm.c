// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
// SPDX-FileCopyrightText: The itsguard authors
/*
 * itsguard in pKVM: the callbacks over the page states of mem_protect.c, the trap, the take-over.
 *
 * Lock order: itsguard_lock, then host_mmu.lock, then pkvm_pgd_lock (both inside the callbacks).
 */
#include <linux/arm-smccc.h>
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <linux/sizes.h>
#include <uapi/linux/psci.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_hyp.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

#include <hyp/adjust_pc.h>
#include <nvhe/memory.h>
#include <nvhe/mem_protect.h>
#include <nvhe/mm.h>
#include <nvhe/spinlock.h>
#include <nvhe/trap_handler.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>

#include "itsguard_pkvm.h"

#define ITSGUARD_QUEUE_BYTES	SZ_64K

struct itsguard_frame {
	u64 phys;
	void __iomem *regs;
	struct itsg_its *its;
};

struct kvm_itsguard_params kvm_itsguard_params;

static DEFINE_HYP_SPINLOCK(itsguard_lock);
static struct itsguard_frame itsguard_frames[KVM_ITSGUARD_MAX_ITS];
static unsigned int itsguard_nr_frames; /* 0: no guard. Written last, before the host is distrusted */

/* ---- callbacks ---- */

/*
 * A page that is shared already, for a vCPU say, is refused with -EPERM: the share would be undone
 * under its other user.
 */
static int itsguard_share_page(void *ctx, u64 pfn)
{
	void *page = hyp_phys_to_virt(hyp_pfn_to_phys(pfn));
	int ret = __pkvm_host_share_hyp(pfn);

	if (ret)
		return ret;

	/* Fails if the host has undone the share on another CPU. */
	ret = hyp_pin_shared_mem(page, page + PAGE_SIZE);
	if (ret)
		__pkvm_host_unshare_hyp(pfn);

	return ret;
}

static int itsguard_unshare_page(void *ctx, u64 pfn)
{
	void *page = hyp_phys_to_virt(hyp_pfn_to_phys(pfn));
	int ret;

	/* The page is pinned by us, so that it is shared and its refcount is not 0. */
	hyp_unpin_shared_mem(page, page + PAGE_SIZE);
	ret = __pkvm_host_unshare_hyp(pfn);
	if (!ret)
		return 0;

	/*
	 * -EBUSY: the host got somebody else to pin it. Ours again, as before. If that fails, the
	 * host has undone the share on another CPU, and the page is where it should be.
	 */
	return hyp_pin_shared_mem(page, page + PAGE_SIZE) ? 0 : ret;
}

/*
 * One page: a count of 0 would succeed and do nothing. And 6.12 looks at the first page only of what
 * lies in a block that the host has not touched yet: what is behind it may be no memory of the host's.
 */
static int itsguard_donate_page(void *ctx, u64 pfn)
{
	return __pkvm_host_donate_hyp(pfn, 1);
}

static int itsguard_reclaim_page(void *ctx, u64 pfn)
{
	return __pkvm_hyp_donate_host(pfn, 1);
}

static u64 itsguard_share(void *ctx, u64 pfn, u64 count)
{
	return itsg_each_page(itsguard_share_page, ctx, pfn, count);
}

static u64 itsguard_unshare(void *ctx, u64 pfn, u64 count)
{
	return itsg_each_page(itsguard_unshare_page, ctx, pfn, count);
}

static u64 itsguard_donate(void *ctx, u64 pfn, u64 count)
{
	return itsg_each_page(itsguard_donate_page, ctx, pfn, count);
}

/*
 * All of them or none; then as many as go. Any pages of the hypervisor's would do for this function:
 * the guard names its own only.
 */
static u64 itsguard_reclaim(void *ctx, u64 pfn, u64 count)
{
	if (!__pkvm_hyp_donate_host(pfn, count))
		return count;

	return itsg_each_page(itsguard_reclaim_page, ctx, pfn, count);
}

/* Donated pages and the private pool are mapped in the linear map of the hypervisor. */
static int itsguard_zero(void *ctx, u64 pa, u64 bytes)
{
	void *va = hyp_phys_to_virt(pa);

	memset(va, 0, bytes);
	kvm_flush_dcache_to_poc(va, bytes);

	return 0;
}

/* Called for memory only that is shared and pinned: the host's queue and its level-1 tables. */
static int itsguard_fetch(void *ctx, u64 pa, u8 *to, u32 bytes)
{
	const u64 *from = hyp_phys_to_virt(pa);
	u32 i;

	for (i = 0; i < bytes / sizeof(u64); i++) {
		u64 word = READ_ONCE(from[i]);

		memcpy(to + i * sizeof(u64), &word, sizeof(u64));
	}

	return 0;
}

static int itsguard_store(void *ctx, u64 pa, const u8 *from, u32 bytes)
{
	void *va = hyp_phys_to_virt(pa);

	memcpy(va, from, bytes);
	kvm_flush_dcache_to_poc(va, bytes); /* ends in DSB SY */

	return 0;
}

static u64 itsguard_reg_read(void *ctx, u32 offset, u32 width)
{
	const struct itsguard_frame *frame = ctx;

	return width == sizeof(u64) ? readq(frame->regs + offset) : readl(frame->regs + offset);
}

static void itsguard_reg_write(void *ctx, u32 offset, u32 width, u64 value)
{
	const struct itsguard_frame *frame = ctx;

	if (width == sizeof(u64))
		writeq(value, frame->regs + offset);
	else
		writel(value, frame->regs + offset);
}

/* GICR_WAKER is the secure world's; what firmware says of the CPU is the next best thing. */
static bool itsguard_asleep(void *ctx, u32 index)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(PSCI_0_2_FN64_AFFINITY_INFO, kvm_itsguard_params.mpidr[index], 0UL, &res);

	return res.a0 == PSCI_0_2_AFFINITY_LEVEL_OFF;
}

static const struct itsg_ops itsguard_ops = {
	.share		= itsguard_share,
	.unshare	= itsguard_unshare,
	.donate		= itsguard_donate,
	.reclaim	= itsguard_reclaim,
	.zero		= itsguard_zero,
	.fetch		= itsguard_fetch,
	.store		= itsguard_store,
	.reg_read	= itsguard_reg_read,
	.reg_write	= itsguard_reg_write,
	.asleep		= itsguard_asleep,
};

/* ---- the trap ---- */

static struct itsguard_frame *itsguard_find(u64 ipa)
{
	unsigned int i;

	for (i = 0; i < itsguard_nr_frames; i++)
		if (ipa - itsguard_frames[i].phys < ITSG_CONTROL_FRAME_BYTES)
			return &itsguard_frames[i];

	return NULL;
}

void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end)
{
	unsigned int i;

	for (i = 0; i < itsguard_nr_frames; i++) {
		u64 first = itsguard_frames[i].phys;
		u64 next = first + ITSG_CONTROL_FRAME_BYTES;

		if (next <= addr && next > *start)
			*start = next;
		if (first > addr && first < *end)
			*end = first;
	}
}

/* The exception that the host's EL1 takes: an external abort, as from a bus that answers no. */
static void itsguard_inject_abort(u64 esr, u64 far)
{
	u64 spsr = read_sysreg_el2(SYS_SPSR);
	u64 sctlr = read_sysreg_el1(SYS_SCTLR);
	u64 mode = spsr & (PSR_MODE_MASK | PSR_MODE32_BIT);
	bool same_el = mode == PSR_MODE_EL1h || mode == PSR_MODE_EL1t;
	bool data = ESR_ELx_EC(esr) == ESR_ELx_EC_DABT_LOW;
	u64 vector, ec;

	if (data)
		ec = same_el ? ESR_ELx_EC_DABT_CUR : ESR_ELx_EC_DABT_LOW;
	else
		ec = same_el ? ESR_ELx_EC_IABT_CUR : ESR_ELx_EC_IABT_LOW;

	if (mode == PSR_MODE_EL1h)
		vector = CURRENT_EL_SP_ELx_VECTOR;
	else if (mode == PSR_MODE_EL1t)
		vector = CURRENT_EL_SP_EL0_VECTOR;
	else
		vector = mode & PSR_MODE32_BIT ? LOWER_EL_AArch32_VECTOR : LOWER_EL_AArch64_VECTOR;

	write_sysreg_el1((ec << ESR_ELx_EC_SHIFT) | (esr & (ESR_ELx_IL | ESR_ELx_WNR)) |
			 ESR_ELx_FSC_EXTABT, SYS_ESR);
	write_sysreg_el1(far, SYS_FAR);
	write_sysreg_el1(spsr, SYS_SPSR);
	write_sysreg_el1(read_sysreg_el2(SYS_ELR), SYS_ELR);

	write_sysreg_el2(read_sysreg_el1(SYS_VBAR) + vector, SYS_ELR);
	spsr &= PSR_N_BIT | PSR_Z_BIT | PSR_C_BIT | PSR_V_BIT | PSR_DIT_BIT | PSR_PAN_BIT;
	if (!(sctlr & SCTLR_EL1_SPAN))
		spsr |= PSR_PAN_BIT;
	if (sctlr & SCTLR_ELx_DSSBS)
		spsr |= PSR_SSBS_BIT;
	spsr |= PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT | PSR_MODE_EL1h;
	write_sysreg_el2(spsr, SYS_SPSR);
}

/* The register number in the syndrome; 31 is XZR, for which there is no slot. */
static u64 itsguard_get_reg(struct kvm_cpu_context *host_ctxt, u64 esr)
{
	unsigned int rt = (esr & ESR_ELx_SRT_MASK) >> ESR_ELx_SRT_SHIFT;

	return rt == 31 ? 0 : cpu_reg(host_ctxt, rt);
}

static void itsguard_set_reg(struct kvm_cpu_context *host_ctxt, u64 esr, u32 width, u64 value)
{
	unsigned int rt = (esr & ESR_ELx_SRT_MASK) >> ESR_ELx_SRT_SHIFT;

	if (width == sizeof(u32) && (esr & ESR_ELx_SSE))
		value = (s64)(s32)value;
	if (!(esr & ESR_ELx_SF))
		value = (u32)value;
	if (rt != 31)
		cpu_reg(host_ctxt, rt) = value;
}

/* A refused access is ignored, and reads 0: the library leaves everything as it was. */
static void itsguard_access(struct itsguard_frame *frame, struct kvm_cpu_context *host_ctxt,
			    u64 esr, u64 ipa)
{
	u32 width = 1U << ((esr & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT);
	u32 offset = ipa - frame->phys;
	u64 value = 0;

	if (esr & ESR_ELx_WNR) {
		value = itsguard_get_reg(host_ctxt, esr);
		if (width < sizeof(u64))
			value &= (1ULL << (8 * width)) - 1;
		itsg_write(frame->its, offset, width, value);
	} else {
		itsg_read(frame->its, offset, width, &value);
		itsguard_set_reg(host_ctxt, esr, width, value);
	}
}

bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far, u64 ipa)
{
	struct itsguard_frame *frame = itsguard_find(ipa);

	if (!frame)
		return false;

	/* Fetches, walks, cache maintenance, and loads and stores that the syndrome lacks. */
	if (ESR_ELx_EC(esr) != ESR_ELx_EC_DABT_LOW || !(esr & ESR_ELx_ISV) ||
	    (esr & (ESR_ELx_S1PTW | ESR_ELx_CM))) {
		itsguard_inject_abort(esr, far);
		return true;
	}

	hyp_spin_lock(&itsguard_lock);
	itsguard_access(frame, host_ctxt, esr, ipa | (far & (SZ_4K - 1)));
	hyp_spin_unlock(&itsguard_lock);
	kvm_skip_host_instr();

	return true;
}

/* ---- take-over ---- */

static int itsguard_take_memory(u64 phys, u64 bytes)
{
	if (!bytes || !PAGE_ALIGNED(phys) || !PAGE_ALIGNED(bytes))
		return -EINVAL;

	return __pkvm_host_donate_hyp(hyp_phys_to_pfn(phys), bytes >> PAGE_SHIFT);
}

static void itsguard_give_memory(u64 phys, u64 bytes)
{
	WARN_ON(__pkvm_hyp_donate_host(hyp_phys_to_pfn(phys), bytes >> PAGE_SHIFT));
}

static int itsguard_init_its(struct itsguard_frame *frame, const struct kvm_itsguard_its *from,
			     struct itsg_pages *pages)
{
	const struct kvm_itsguard_params *params = &kvm_itsguard_params;
	u64 head = ITSGUARD_QUEUE_BYTES + from->level1_bytes;
	const struct itsg_its_config config = {
		.pa_bits	= id_aa64mmfr0_parange_to_phys_shift(
					kvm_get_parange(id_aa64mmfr0_el1_sys_val)),
		.lpi_bits	= params->lpi_bits,
		.devices	= from->devices,
		.journal	= from->journal,
		.kept		= from->kept,
		.donate_itt	= from->donate_itt,
		.forgets	= from->forgets,
		.hide_virtual	= from->hide_virtual,
		.redistributors	= params->redistributor,
		.redistributor_count = params->nr_redistributors,
		.queue		= { from->memory, ITSGUARD_QUEUE_BYTES },
		.level1_pool	= { from->memory + ITSGUARD_QUEUE_BYTES, from->level1_bytes },
		.hash_key	= { params->hash_key[0], params->hash_key[1] },
	};

	switch (itsg_its_init(hyp_phys_to_virt(from->memory + head), from->memory_bytes - head,
			      &config, pages, &itsguard_ops, frame, &frame->its)) {
	case ITSG_OK:
		return 0;
	case ITSG_NOT_QUIESCENT:
		return -EAGAIN;
	case ITSG_BAD_CONFIG:
		return -EINVAL;
	default:
		return -EIO;
	}
}

/* The frame leaves the host's stage 2; kvm_itsguard_cut_range() keeps it out. */
static int itsguard_unmap_frame(u64 phys)
{
	int ret;

	hyp_spin_lock(&host_mmu.lock);
	ret = kvm_pgtable_stage2_unmap(&host_mmu.pgt, phys, ITSG_CONTROL_FRAME_BYTES);
	hyp_spin_unlock(&host_mmu.lock);

	return ret;
}

static int itsguard_take_its(struct itsguard_frame *frame, const struct kvm_itsguard_its *from,
			     struct itsg_pages *pages)
{
	unsigned long va;
	int ret;

	if (!IS_ALIGNED(from->frame, ITSG_CONTROL_FRAME_BYTES) || addr_is_memory(from->frame) ||
	    from->level1_bytes > from->memory_bytes ||
	    from->memory_bytes - from->level1_bytes <= ITSGUARD_QUEUE_BYTES)
		return -EINVAL;

	ret = __pkvm_create_private_mapping(from->frame, ITSG_CONTROL_FRAME_BYTES, PAGE_HYP_DEVICE,
					    &va);
	if (ret)
		return ret;
	frame->phys = from->frame;
	frame->regs = (void __iomem *)va;

	ret = itsguard_take_memory(from->memory, from->memory_bytes);
	if (ret)
		return ret;
	ret = itsguard_init_its(frame, from, pages);
	if (!ret)
		ret = itsguard_unmap_frame(frame->phys);
	if (ret)
		itsguard_give_memory(from->memory, from->memory_bytes);

	return ret;
}

static int itsguard_take_all(void)
{
	const struct kvm_itsguard_params *params = &kvm_itsguard_params;
	const struct itsg_pages_config config = {
		.page_shift	= PAGE_SHIFT,
		.capacity	= params->tracker_pages,
		.key		= { params->hash_key[0], params->hash_key[1] },
	};
	struct itsg_pages *pages;
	unsigned int taken;
	int ret;

	ret = itsguard_take_memory(params->tracker, params->tracker_bytes);
	if (ret)
		return ret;
	pages = itsg_pages_init(hyp_phys_to_virt(params->tracker), params->tracker_bytes, &config);
	ret = pages ? 0 : -EINVAL;

	for (taken = 0; !ret && taken < params->nr_its; taken++) {
		ret = itsguard_take_its(&itsguard_frames[taken], &params->its[taken], pages);
		if (ret)
			break;
	}
	if (!ret)
		return 0;

	while (taken--)
		itsguard_give_memory(params->its[taken].memory, params->its[taken].memory_bytes);
	itsguard_give_memory(params->tracker, params->tracker_bytes);

	return ret;
}

int __pkvm_itsguard_init(void)
{
	const struct kvm_itsguard_params *params = &kvm_itsguard_params;
	int ret;

	if (!params->nr_its || params->nr_its > KVM_ITSGUARD_MAX_ITS ||
	    !params->nr_redistributors || params->nr_redistributors > NR_CPUS)
		return -EINVAL;

	hyp_spin_lock(&itsguard_lock);
	ret = itsguard_nr_frames ? -EBUSY : itsguard_take_all();
	if (!ret)
		itsguard_nr_frames = params->nr_its;
	hyp_spin_unlock(&itsguard_lock);

	return ret;
}
