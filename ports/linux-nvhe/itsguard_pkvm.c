// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
// SPDX-FileCopyrightText: The itsguard authors
/*
 * itsguard in pKVM: the callbacks over the page states of mem_protect.c, the trap, and what the PSCI
 * relay tells of power.
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

#include "pkvm_guard.h"

struct itsguard_guard *itsguard;

static DEFINE_HYP_SPINLOCK(itsguard_spinlock);

void itsguard_lock(void)
{
	hyp_spin_lock(&itsguard_spinlock);
}

void itsguard_unlock(void)
{
	hyp_spin_unlock(&itsguard_spinlock);
}

/* ---- pages ---- */

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

/* ---- registers ---- */

static u64 itsguard_readl_or_q(const void __iomem *reg, u32 width)
{
	return width == sizeof(u64) ? readq(reg) : readl(reg);
}

static void itsguard_writel_or_q(void __iomem *reg, u32 width, u64 value)
{
	if (width == sizeof(u64))
		writeq(value, reg);
	else
		writel(value, reg);
}

static u64 itsguard_reg_read(void *ctx, u32 offset, u32 width)
{
	const struct itsguard_its *its = ctx;

	return itsguard_readl_or_q(its->regs + offset, width);
}

static void itsguard_reg_write(void *ctx, u32 offset, u32 width, u64 value)
{
	const struct itsguard_its *its = ctx;

	itsguard_writel_or_q(its->regs + offset, width, value);
}

/* VLPI_base is accessed where there is one only. */
static void __iomem *itsguard_rd_reg(const struct itsguard_guard *guard, u32 rd, u32 offset)
{
	if (offset < ITSG_GICR_VLPI_BASE)
		return guard->rd[rd].regs + offset;
	return guard->rd[rd].vlpi_regs + (offset - ITSG_GICR_VLPI_BASE);
}

static u64 itsguard_rd_read(void *ctx, u32 rd, u32 offset, u32 width)
{
	return itsguard_readl_or_q(itsguard_rd_reg(ctx, rd, offset), width);
}

static void itsguard_rd_write(void *ctx, u32 rd, u32 offset, u32 width, u64 value)
{
	itsguard_writel_or_q(itsguard_rd_reg(ctx, rd, offset), width, value);
}

/* ---- power ---- */

bool itsguard_cpu_is_off(u64 mpidr)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(PSCI_0_2_FN64_AFFINITY_INFO, mpidr, 0UL, &res);

	return res.a0 == PSCI_0_2_AFFINITY_LEVEL_OFF;
}

/*
 * GICR_WAKER is the secure world's; what firmware says of the CPU is the next best thing. It is asked
 * only once the relay has seen the CPU go: it may still be on its way, with something outstanding.
 */
static bool itsguard_asleep(void *ctx, u32 index)
{
	const struct itsguard_its *its = ctx;
	const struct itsguard_rd *rd = &its->guard->rd[index];

	return !rd->powered && itsguard_cpu_is_off(rd->mpidr);
}

static bool itsguard_powered(void *ctx, u32 rd)
{
	const struct itsguard_guard *guard = ctx;

	return guard->rd[rd].powered;
}

/* N redistributors are looked at by a CPU that goes or comes, which takes longer than that. */
static void itsguard_set_power(bool powered)
{
	u64 mpidr = read_sysreg(mpidr_el1) & MPIDR_HWID_BITMASK;
	u32 i;

	if (!itsguard)
		return;

	itsguard_lock();
	for (i = 0; i < itsguard->params->nr_redistributors; i++)
		if (itsguard->rd[i].mpidr == mpidr)
			itsguard->rd[i].powered = powered;
	itsguard_unlock();
}

void kvm_itsguard_cpu_down(void)
{
	itsguard_set_power(false);
}

void kvm_itsguard_cpu_up(void)
{
	itsguard_set_power(true);
}

/* ---- the log ---- */

/* A ring that the host reads when it likes: refusals without end cost it the oldest, and nobody else. */
static void itsguard_note(struct itsguard_guard *guard, u64 its, const struct itsg_event *event)
{
	struct kvm_itsguard_event *note = &guard->events[guard->nr_events++ % KVM_ITSGUARD_EVENTS];

	memset(note, 0, sizeof(*note));
	note->kind = event->kind;
	note->reason = event->reason;
	note->its = its;
	note->redistributor = event->redistributor;
	note->offset = event->offset;
	note->value = event->value;
	if (event->command)
		memcpy(note->command, event->command, sizeof(note->command));
}

static void itsguard_event(void *ctx, const struct itsg_event *event)
{
	const struct itsguard_its *its = ctx;

	itsguard_note(its->guard, its - its->guard->its, event);
}

static void itsguard_rd_event(void *ctx, const struct itsg_event *event)
{
	itsguard_note(ctx, U64_MAX, event);
}

const struct itsg_ops itsguard_ops = {
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
	.event		= itsguard_event,
};

const struct itsg_redists_ops itsguard_rd_ops = {
	.share		= itsguard_share,
	.unshare	= itsguard_unshare,
	.donate		= itsguard_donate,
	.reclaim	= itsguard_reclaim,
	.zero		= itsguard_zero,
	.reg_read	= itsguard_rd_read,
	.reg_write	= itsguard_rd_write,
	.powered	= itsguard_powered,
	.event		= itsguard_rd_event,
};

/* ---- the trap ---- */

/* How many frames begin at addr or below. */
static u32 itsguard_frames_up_to(u64 addr)
{
	u32 low = 0, high = itsguard->nr_frames;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (itsguard->frame[middle].phys <= addr)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

static const struct itsguard_frame *itsguard_find(u64 ipa)
{
	const struct itsguard_frame *frame;
	u32 count;

	if (!itsguard)
		return NULL;
	count = itsguard_frames_up_to(ipa);
	if (!count)
		return NULL;
	frame = &itsguard->frame[count - 1];

	return ipa - frame->phys < ITSG_CONTROL_FRAME_BYTES ? frame : NULL;
}

void kvm_itsguard_cut_range(u64 addr, u64 *start, u64 *end)
{
	u32 count;

	if (!itsguard)
		return;
	count = itsguard_frames_up_to(addr);
	if (count) {
		u64 next = itsguard->frame[count - 1].phys + ITSG_CONTROL_FRAME_BYTES;

		if (next <= addr && next > *start)
			*start = next;
	}
	if (count < itsguard->nr_frames && itsguard->frame[count].phys < *end)
		*end = itsguard->frame[count].phys;
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

static void itsguard_write(const struct itsguard_frame *frame, u32 offset, u32 width, u64 value)
{
	if (frame->its)
		itsg_write(frame->its, offset, width, value);
	else
		itsg_redists_write(itsguard->redists, frame->rd, frame->offset + offset, width, value);
}

static u64 itsguard_read(const struct itsguard_frame *frame, u32 offset, u32 width)
{
	u64 value = 0;

	if (frame->its)
		itsg_read(frame->its, offset, width, &value);
	else
		itsg_redists_read(itsguard->redists, frame->rd, frame->offset + offset, width, &value);

	return value;
}

/* A refused access is ignored, and reads 0: the library leaves everything as it was. */
static void itsguard_access(const struct itsguard_frame *frame, struct kvm_cpu_context *host_ctxt,
			    u64 esr, u64 ipa)
{
	u32 width = 1U << ((esr & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT);
	u32 offset = ipa - frame->phys;
	u64 value;

	if (esr & ESR_ELx_WNR) {
		value = itsguard_get_reg(host_ctxt, esr);
		if (width < sizeof(u64))
			value &= (1ULL << (8 * width)) - 1;
		itsguard_write(frame, offset, width, value);
	} else {
		value = itsguard_read(frame, offset, width);
		itsguard_set_reg(host_ctxt, esr, width, value);
	}
}

/* Fetches, walks, cache maintenance, and loads and stores that the syndrome lacks: not done. */
static bool itsguard_has_syndrome(u64 esr)
{
	return ESR_ELx_EC(esr) == ESR_ELx_EC_DABT_LOW && (esr & ESR_ELx_ISV) &&
	       !(esr & (ESR_ELx_S1PTW | ESR_ELx_CM));
}

bool kvm_itsguard_host_abort(struct kvm_cpu_context *host_ctxt, u64 esr, u64 far, u64 ipa)
{
	const struct itsguard_frame *frame = itsguard_find(ipa);
	bool done;

	if (!frame)
		return false;

	done = itsguard_has_syndrome(esr);
	itsguard_lock();
	if (done)
		itsguard_access(frame, host_ctxt, esr, ipa | (far & (SZ_4K - 1)));
	else
		itsguard->aborts++;
	itsguard_unlock();
	if (done)
		kvm_skip_host_instr();
	else
		itsguard_inject_abort(esr, far);

	return true;
}
