/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */

#ifndef ITSGUARD_ZEPHYR_H_
#define ITSGUARD_ZEPHYR_H_

#include <itsguard/itsguard.h>

/*
 * What only the hypervisor that runs on Zephyr knows: its page ownership. The contracts are those
 * of struct itsg_ops, and none of the five may be NULL.
 */
struct itsguard_vm {
	uint64_t (*share)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*unshare)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*donate)(void *ctx, uint64_t pfn, uint64_t count);
	uint64_t (*reclaim)(void *ctx, uint64_t pfn, uint64_t count);
	/* Where Zephyr has mapped this memory: the guest's that is held, and the guard's own. */
	void *(*to_virt)(void *ctx, uint64_t pa);
	void *ctx;
};

/*
 * Takes the ITS whose control frame is at `frame`. `vm` must stay. config is complete; mem is
 * `size` bytes, 64-byte aligned, for the tracker of `pages` pages and the ITS. 0 or -errno.
 */
int itsguard_init(uintptr_t frame, const struct itsg_its_config *config, uint32_t pages,
		  uint32_t page_shift, void *mem, size_t size, const struct itsguard_vm *vm);

/* The guest's accesses, from the hypervisor's trap. */
enum itsg_reason itsguard_read(uint32_t offset, uint32_t width, uint64_t *value);
enum itsg_reason itsguard_write(uint32_t offset, uint32_t width, uint64_t value);

#endif
