// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
// SPDX-FileCopyrightText: The itsguard authors
/* itsguard in pKVM: the take-over from a host that is still trusted, and its end. */
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <linux/sizes.h>
#include <asm/kvm_hyp.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

#include <nvhe/memory.h>
#include <nvhe/mem_protect.h>
#include <nvhe/mm.h>
#include <nvhe/spinlock.h>

#include "pkvm_guard.h"

#define ITSGUARD_QUEUE_BYTES	SZ_64K
#define ITSGUARD_RDS_MAX	SZ_64K
#define ITSGUARD_LINE		64

bool __ro_after_init kvm_itsguard_required;

static bool itsguard_closed;

/* ---- the memory behind the parameters ---- */

struct itsguard_layout {
	u64 guard, rd, frame, tracker, redists, bytes;
	u64 tracker_bytes, redists_bytes;
};

static u64 itsguard_place(u64 *end, u64 bytes)
{
	u64 at = ALIGN(*end, ITSGUARD_LINE);

	*end = at + bytes;

	return at;
}

static u32 itsguard_pa_bits(void)
{
	return id_aa64mmfr0_parange_to_phys_shift(kvm_get_parange(id_aa64mmfr0_el1_sys_val));
}

static struct itsg_pages_config itsguard_pages_config(const struct kvm_itsguard_params *params)
{
	return (struct itsg_pages_config){
		.page_shift	= PAGE_SHIFT,
		.capacity	= params->tracker_pages,
		.key		= { params->hash_key[0], params->hash_key[1] },
	};
}

static struct itsg_redists_config itsguard_rd_config(const struct kvm_itsguard_params *params)
{
	return (struct itsg_redists_config){
		.frames		= params->redistributor,
		.count		= params->nr_redistributors,
		.pa_bits	= itsguard_pa_bits(),
		.lpi_bits	= params->lpi_bits,
		.single_security_state = params->single_security_state,
		.share_pending	= params->share_pending,
	};
}

static struct itsg_its_config itsguard_its_config(const struct kvm_itsguard_params *params,
						  const struct kvm_itsguard_its *from)
{
	return (struct itsg_its_config){
		.pa_bits	= itsguard_pa_bits(),
		.lpi_bits	= params->lpi_bits,
		.devices	= from->devices,
		.journal	= from->journal,
		.kept		= from->kept,
		.donate_itt	= from->donate_itt,
		.forgets	= from->forgets,
		.hide_virtual	= from->hide_virtual,
		.queue		= { from->memory, ITSGUARD_QUEUE_BYTES },
		.level1_pool	= { from->memory + ITSGUARD_QUEUE_BYTES, from->level1_bytes },
		.hash_key	= { params->hash_key[2], params->hash_key[3] },
	};
}

/* 0 bytes: a parameter is out of range. Of each redistributor there are two frames at most. */
static struct itsguard_layout itsguard_layout_of(const struct kvm_itsguard_params *params)
{
	const struct itsg_pages_config pages = itsguard_pages_config(params);
	const struct itsg_redists_config rds = itsguard_rd_config(params);
	u64 nr_rds = params->nr_redistributors;
	struct itsguard_layout layout = {};
	u64 end = struct_size(params, redistributor, nr_rds);

	layout.tracker_bytes = itsg_pages_size(&pages);
	layout.redists_bytes = itsg_redists_size(&rds);
	layout.guard = itsguard_place(&end, sizeof(struct itsguard_guard));
	layout.rd = itsguard_place(&end, nr_rds * sizeof(struct itsguard_rd));
	layout.frame = itsguard_place(&end, (params->nr_its + 2 * nr_rds) *
					    sizeof(struct itsguard_frame));
	layout.tracker = itsguard_place(&end, layout.tracker_bytes);
	layout.redists = itsguard_place(&end, layout.redists_bytes);
	if (layout.tracker_bytes && layout.redists_bytes)
		layout.bytes = PAGE_ALIGN(end);

	return layout;
}

/* Sized with a list of its own, which takes no less than the redistributors of the guard. */
static u64 itsguard_its_bytes(const struct kvm_itsguard_params *params,
			      const struct kvm_itsguard_its *from)
{
	struct itsg_its_config config = itsguard_its_config(params, from);
	u64 state;

	config.queue.pa = 0;
	config.level1_pool.pa = ITSGUARD_QUEUE_BYTES;
	config.redistributors = params->redistributor;
	config.redistributor_count = params->nr_redistributors;
	state = itsg_its_size(&config);

	return state ? PAGE_ALIGN(ITSGUARD_QUEUE_BYTES + from->level1_bytes + state) : 0;
}

static bool itsguard_params_ok(const struct kvm_itsguard_params *params, u64 bytes)
{
	return bytes >= sizeof(*params) &&
	       params->nr_its <= KVM_ITSGUARD_MAX_ITS &&
	       params->nr_redistributors && params->nr_redistributors <= ITSGUARD_RDS_MAX &&
	       bytes >= struct_size(params, redistributor, params->nr_redistributors);
}

static int itsguard_take_memory(u64 pfn, u64 nr_pages)
{
	return nr_pages ? __pkvm_host_donate_hyp(pfn, nr_pages) : -EINVAL;
}

static void itsguard_give_memory(u64 pfn, u64 nr_pages)
{
	WARN_ON(__pkvm_hyp_donate_host(pfn, nr_pages));
}

static int itsguard_answer_sizes(struct kvm_itsguard_params *params)
{
	u32 i;

	params->bytes = itsguard_layout_of(params).bytes;
	if (!params->bytes)
		return -EINVAL;
	for (i = 0; i < params->nr_its; i++) {
		params->its[i].memory_bytes = itsguard_its_bytes(params, &params->its[i]);
		if (!params->its[i].memory_bytes)
			return -EINVAL;
	}

	return 0;
}

int __pkvm_itsguard_sizes(u64 pfn, u64 nr_pages)
{
	struct kvm_itsguard_params *params = hyp_phys_to_virt(hyp_pfn_to_phys(pfn));
	int ret;

	itsguard_lock();
	ret = itsguard_closed ? -EPERM : itsguard_take_memory(pfn, nr_pages);
	if (!ret) {
		ret = -EINVAL;
		if (itsguard_params_ok(params, nr_pages << PAGE_SHIFT))
			ret = itsguard_answer_sizes(params);
		itsguard_give_memory(pfn, nr_pages);
	}
	itsguard_unlock();

	return ret;
}

/* ---- redistributors ---- */

static int itsguard_map(u64 phys, void __iomem **regs)
{
	unsigned long va;
	int ret;

	if (!IS_ALIGNED(phys, ITSG_CONTROL_FRAME_BYTES) || addr_is_memory(phys))
		return -EINVAL;
	ret = __pkvm_create_private_mapping(phys, ITSG_CONTROL_FRAME_BYTES, PAGE_HYP_DEVICE, &va);
	if (!ret)
		*regs = (void __iomem *)va;

	return ret;
}

/* Few are added out of order: those of ITSs. */
static void itsguard_add_frame(struct itsguard_guard *guard, const struct itsguard_frame *frame)
{
	u32 i = guard->nr_frames++;

	for (; i && guard->frame[i - 1].phys > frame->phys; i--)
		guard->frame[i] = guard->frame[i - 1];
	guard->frame[i] = *frame;
}

static int itsguard_map_rd(struct itsguard_guard *guard, u32 index)
{
	struct itsguard_frame frame = { .phys = guard->params->redistributor[index], .rd = index };
	struct itsguard_rd *rd = &guard->rd[index];
	u64 typer, affinity;
	int ret = itsguard_map(frame.phys, &rd->regs);

	if (ret)
		return ret;
	itsguard_add_frame(guard, &frame);
	typer = readq(rd->regs + ITSG_GICR_TYPER);
	affinity = (typer & ITSG_GICR_TYPER_AFFINITY) >> 32;
	rd->mpidr = (affinity & 0xff000000) << 8 | (affinity & 0xffffff);
	rd->powered = !itsguard_cpu_is_off(rd->mpidr);
	if (!(typer & ITSG_GICR_TYPER_VLPIS))
		return 0;
	frame.offset = ITSG_GICR_VLPI_BASE;
	frame.phys += frame.offset;
	ret = itsguard_map(frame.phys, &rd->vlpi_regs);
	if (!ret)
		itsguard_add_frame(guard, &frame);

	return ret;
}

static int itsguard_errno(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_OK:
		return 0;
	case ITSG_BAD_CONFIG:
		return -EINVAL;
	case ITSG_NOT_QUIESCENT:
		return -EAGAIN;
	case ITSG_LPI_BUSY:
		return -EBUSY;
	case ITSG_LPI_OVERLAP:
	case ITSG_SHARE_REFUSED:
	case ITSG_DONATE_REFUSED:
		return -EADDRINUSE;
	default:
		return -EIO;
	}
}

static int itsguard_init_rds(struct itsguard_guard *guard, const struct itsguard_layout *layout)
{
	const struct itsg_redists_config config = itsguard_rd_config(guard->params);
	void *mem = (void *)guard->params + layout->redists;
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < config.count; i++)
		ret = itsguard_map_rd(guard, i);
	if (ret)
		return ret;

	return itsguard_errno(itsg_redists_init(mem, layout->redists_bytes, &config, guard->pages,
						&itsguard_rd_ops, guard, &guard->redists));
}

/* ---- an ITS ---- */

static u64 itsguard_baser(struct itsguard_its *its, u32 offset)
{
	u64 value = 0;

	if (!its->its)
		return itsguard_ops.reg_read(its, offset, sizeof(u64));
	itsg_read(its->its, offset, sizeof(u64), &value);

	return value;
}

static void itsguard_set_baser(struct itsguard_its *its, u32 offset, u64 value)
{
	if (its->its)
		itsg_write(its->its, offset, sizeof(u64), value);
	else
		itsguard_ops.reg_write(its, offset, sizeof(u64), value);
}

/*
 * Does the device table keep Indirect? Asked with Valid=0, as drivers do: of hardware before the
 * guard is there, then of the guard, which has it in its pool or else not at all.
 */
static bool itsguard_keeps_indirect(struct itsguard_its *its)
{
	bool keeps = false;
	u32 offset;

	for (offset = ITSG_GITS_BASER; offset < ITSG_GITS_BASER_END; offset += sizeof(u64)) {
		u64 before = itsguard_baser(its, offset) & ~ITSG_BASER_VALID;

		if (itsg_get(before, ITSG_BASER_TYPE) != ITSG_BASER_TYPE_DEVICE)
			continue;
		itsguard_set_baser(its, offset, before | ITSG_BASER_INDIRECT);
		keeps |= !!(itsguard_baser(its, offset) & ITSG_BASER_INDIRECT);
		itsguard_set_baser(its, offset, before);
	}

	return keeps;
}

/* The pool is checked where the ITS is disabled, as it must be for anybody to write its registers. */
static int itsguard_init_its(struct itsguard_its *its, const struct kvm_itsguard_its *from)
{
	struct itsguard_guard *guard = its->guard;
	struct itsg_its_config config = itsguard_its_config(guard->params, from);
	u64 head = ITSGUARD_QUEUE_BYTES + from->level1_bytes;
	bool wanted = false;
	int ret;

	if (readl(its->regs + ITSG_GITS_CTLR) & ITSG_CTLR_ENABLED)
		return -EAGAIN;
	if (from->level1_bytes)
		wanted = itsguard_keeps_indirect(its);
	config.redists = guard->redists;
	ret = itsguard_errno(itsg_its_init(hyp_phys_to_virt(from->memory + head),
					   from->memory_bytes - head, &config, guard->pages,
					   &itsguard_ops, its, &its->its));
	if (ret)
		return ret;

	return wanted && !itsguard_keeps_indirect(its) ? -ENOSPC : 0;
}

static int itsguard_take_its(struct itsguard_guard *guard, u32 index)
{
	const struct kvm_itsguard_its *from = &guard->params->its[index];
	struct itsguard_frame frame = { .phys = from->frame };
	struct itsguard_its *its = &guard->its[index];
	u64 bytes = itsguard_its_bytes(guard->params, from);
	int ret;

	if (!bytes || from->memory_bytes < bytes || !PAGE_ALIGNED(from->memory_bytes) ||
	    !IS_ALIGNED(from->memory, SZ_64K))
		return -EINVAL;
	its->guard = guard;
	ret = itsguard_map(from->frame, &its->regs);
	if (ret)
		return ret;
	ret = itsguard_take_memory(from->memory >> PAGE_SHIFT, from->memory_bytes >> PAGE_SHIFT);
	if (ret)
		return ret;
	ret = itsguard_init_its(its, from);
	if (ret) {
		itsguard_give_memory(from->memory >> PAGE_SHIFT, from->memory_bytes >> PAGE_SHIFT);
		return ret;
	}
	frame.its = its->its;
	itsguard_add_frame(guard, &frame);

	return 0;
}

/* ---- all of it ---- */

/* All frames leave the host's stage 2; kvm_itsguard_cut_range() keeps them out. */
static int itsguard_unmap_frames(const struct itsguard_guard *guard)
{
	int ret = 0;
	u32 i;

	hyp_spin_lock(&host_mmu.lock);
	for (i = 0; !ret && i < guard->nr_frames; i++)
		ret = kvm_pgtable_stage2_unmap(&host_mmu.pgt, guard->frame[i].phys,
					       ITSG_CONTROL_FRAME_BYTES);
	hyp_spin_unlock(&host_mmu.lock);

	return ret;
}

static void itsguard_give_its_memory(const struct itsguard_guard *guard, u32 taken)
{
	const struct kvm_itsguard_its *its = guard->params->its;

	while (taken--)
		itsguard_give_memory(its[taken].memory >> PAGE_SHIFT,
				     its[taken].memory_bytes >> PAGE_SHIFT);
}

/* Adoption comes last: it is all or nothing, and what is claimed then need not go back. */
static int itsguard_take_all(struct itsguard_guard *guard, const struct itsguard_layout *layout)
{
	u32 nr_its = guard->params->nr_its, taken = 0;
	int ret = itsguard_init_rds(guard, layout);

	while (!ret && taken < nr_its) {
		ret = itsguard_take_its(guard, taken);
		if (!ret)
			taken++;
	}
	if (!ret)
		ret = itsguard_unmap_frames(guard);
	if (!ret)
		ret = itsguard_errno(itsg_redists_adopt(guard->redists));
	if (ret)
		itsguard_give_its_memory(guard, taken);

	return ret;
}

static int itsguard_begin(struct kvm_itsguard_params *params, u64 bytes)
{
	struct itsguard_layout layout = itsguard_layout_of(params);
	const struct itsg_pages_config config = itsguard_pages_config(params);
	void *base = params;
	struct itsguard_guard *guard = base + layout.guard;
	int ret;

	if (!layout.bytes || layout.bytes > bytes)
		return -EINVAL;
	memset(guard, 0, layout.tracker - layout.guard);
	guard->params = params;
	guard->rd = base + layout.rd;
	guard->frame = base + layout.frame;
	guard->pages = itsg_pages_init(base + layout.tracker, layout.tracker_bytes, &config);
	if (!guard->pages)
		return -EINVAL;
	ret = itsguard_take_all(guard, &layout);
	if (!ret)
		WRITE_ONCE(itsguard, guard);

	return ret;
}

/* The keys of what failed are no secret any more: the host that gets them back is trusted still. */
int __pkvm_itsguard_init(u64 pfn, u64 nr_pages)
{
	struct kvm_itsguard_params *params = hyp_phys_to_virt(hyp_pfn_to_phys(pfn));
	u64 bytes = nr_pages << PAGE_SHIFT;
	int ret;

	itsguard_lock();
	ret = itsguard_closed || itsguard ? -EPERM : itsguard_take_memory(pfn, nr_pages);
	if (!ret) {
		ret = itsguard_params_ok(params, bytes) ? itsguard_begin(params, bytes) : -EINVAL;
		if (ret)
			itsguard_give_memory(pfn, nr_pages);
	}
	itsguard_unlock();

	return ret;
}

void kvm_itsguard_close(void)
{
	itsguard_lock();
	itsguard_closed = true;
	itsguard_unlock();
}

bool kvm_itsguard_allows_protected(void)
{
	return itsguard || !kvm_itsguard_required;
}
