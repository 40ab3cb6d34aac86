/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of Zephyr that the glue includes: signatures and types, no more. */
#ifndef ZEPHYR_STANDIN_H
#define ZEPHYR_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EIO           5
#define EFAULT        14
#define EBUSY         16
#define EINVAL        22
#define ARG_UNUSED(x) (void)(x)

void *memset(void *buf, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);

struct k_spinlock {
	uintptr_t thread_cpu;
};
typedef struct {
	int key;
} k_spinlock_key_t;
k_spinlock_key_t k_spin_lock(struct k_spinlock *l);
void k_spin_unlock(struct k_spinlock *l, k_spinlock_key_t key);

int sys_cache_data_flush_and_invd_range(void *addr, size_t size);
void barrier_dsync_fence_full(void);

typedef uintptr_t mem_addr_t;
typedef uintptr_t mm_reg_t;
#define K_MEM_CACHE_NONE 2
void device_map(mm_reg_t *virt_addr, uintptr_t phys_addr, size_t size, uint32_t flags);
uint32_t sys_read32(mem_addr_t addr);
uint64_t sys_read64(mem_addr_t addr);
void sys_write32(uint32_t data, mem_addr_t addr);
void sys_write64(uint64_t data, mem_addr_t addr);

#endif
