/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard as a module of Zephyr: registers, caches and the lock are Zephyr's, the pages are those
 * of the hypervisor that runs on it. Its callbacks run under the spinlock, with interrupts off.
 */

#include <errno.h>
#include <string.h>
#include <zephyr/cache.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/barrier.h>
#include <zephyr/sys/device_mmio.h>
#include <zephyr/sys/sys_io.h>

#include <itsguard/arch.h>
#include <itsguard/itsguard.h>
#include <itsguard_zephyr.h>

static struct k_spinlock itsguard_lock;
static const struct itsguard_vm *itsguard_vm;
static mm_reg_t itsguard_regs;
static struct itsg_its *itsguard_its;

/* ---- callbacks ---- */

static uint64_t itsguard_share(void *ctx, uint64_t pfn, uint64_t count)
{
	ARG_UNUSED(ctx);
	return itsguard_vm->share(itsguard_vm->ctx, pfn, count);
}

static uint64_t itsguard_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	ARG_UNUSED(ctx);
	return itsguard_vm->unshare(itsguard_vm->ctx, pfn, count);
}

static uint64_t itsguard_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	ARG_UNUSED(ctx);
	return itsguard_vm->donate(itsguard_vm->ctx, pfn, count);
}

static uint64_t itsguard_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	ARG_UNUSED(ctx);
	return itsguard_vm->reclaim(itsguard_vm->ctx, pfn, count);
}

static int itsguard_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	void *va = itsguard_vm->to_virt(itsguard_vm->ctx, pa);

	ARG_UNUSED(ctx);
	if (va == NULL) {
		return -EFAULT;
	}
	memset(va, 0, bytes);
	return sys_cache_data_flush_and_invd_range(va, bytes);
}

static int itsguard_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const volatile uint64_t *from = itsguard_vm->to_virt(itsguard_vm->ctx, pa);

	ARG_UNUSED(ctx);
	if (from == NULL) {
		return -EFAULT;
	}
	for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
		uint64_t word = from[i];

		memcpy(to + i * sizeof(word), &word, sizeof(word));
	}
	return 0;
}

/* The flush cannot fail where Kconfig lets this module be built, so that nothing half stored stays. */
static int itsguard_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	void *va = itsguard_vm->to_virt(itsguard_vm->ctx, pa);

	ARG_UNUSED(ctx);
	if (va == NULL) {
		return -EFAULT;
	}
	memcpy(va, from, bytes);
	sys_cache_data_flush_and_invd_range(va, bytes);
	barrier_dsync_fence_full();
	return 0;
}

static uint64_t itsguard_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	ARG_UNUSED(ctx);
	return width == sizeof(uint64_t) ? sys_read64(itsguard_regs + offset)
					 : sys_read32(itsguard_regs + offset);
}

static void itsguard_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	ARG_UNUSED(ctx);
	if (width == sizeof(uint64_t)) {
		sys_write64(value, itsguard_regs + offset);
	} else {
		sys_write32((uint32_t)value, itsguard_regs + offset);
	}
}

static const struct itsg_ops itsguard_ops = {
	.share = itsguard_share,
	.unshare = itsguard_unshare,
	.donate = itsguard_donate,
	.reclaim = itsguard_reclaim,
	.zero = itsguard_zero,
	.fetch = itsguard_fetch,
	.store = itsguard_store,
	.reg_read = itsguard_reg_read,
	.reg_write = itsguard_reg_write,
};

/* ---- the guest's accesses ---- */

enum itsg_reason itsguard_read(uint32_t offset, uint32_t width, uint64_t *value)
{
	k_spinlock_key_t key = k_spin_lock(&itsguard_lock);
	enum itsg_reason reason = itsg_read(itsguard_its, offset, width, value);

	k_spin_unlock(&itsguard_lock, key);
	return reason;
}

enum itsg_reason itsguard_write(uint32_t offset, uint32_t width, uint64_t value)
{
	k_spinlock_key_t key = k_spin_lock(&itsguard_lock);
	enum itsg_reason reason = itsg_write(itsguard_its, offset, width, value);

	k_spin_unlock(&itsguard_lock, key);
	return reason;
}

/* ---- beginning ---- */

int itsguard_init(uintptr_t frame, const struct itsg_its_config *config, uint32_t pages,
		  uint32_t page_shift, void *mem, size_t size, const struct itsguard_vm *vm)
{
	const struct itsg_pages_config pages_config = {
		.page_shift = page_shift,
		.capacity = pages,
		.key = { config->hash_key[0], config->hash_key[1] },
	};
	const size_t head = (itsg_pages_size(&pages_config) + 63) & ~(size_t)63;
	struct itsg_pages *tracker = itsg_pages_init(mem, size, &pages_config);

	if (tracker == NULL || head > size) {
		return -EINVAL;
	}
	itsguard_vm = vm;
	device_map(&itsguard_regs, frame, ITSG_CONTROL_FRAME_BYTES, K_MEM_CACHE_NONE);
	switch (itsg_its_init((uint8_t *)mem + head, size - head, config, tracker, &itsguard_ops,
			      NULL, &itsguard_its)) {
	case ITSG_OK:
		return 0;
	case ITSG_NOT_QUIESCENT:
		return -EBUSY;
	case ITSG_BAD_CONFIG:
		return -EINVAL;
	default:
		return -EIO;
	}
}
