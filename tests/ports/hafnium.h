/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of Hafnium that the glue includes: signatures and types, no more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_BITS 12
#define PAGE_SIZE ((size_t)(1 << PAGE_BITS))

typedef uint64_t uintreg_t;
typedef uintptr_t uintpaddr_t;
typedef struct {
	uintpaddr_t pa;
} paddr_t;
typedef struct {
	uintpaddr_t ipa;
} ipaddr_t;
typedef struct {
	uintptr_t va;
} vaddr_t;
paddr_t pa_init(uintpaddr_t p);
uintpaddr_t pa_addr(paddr_t pa);
paddr_t pa_add(paddr_t pa, size_t n);
ipaddr_t ipa_from_pa(paddr_t pa);
uintpaddr_t ipa_addr(ipaddr_t ipa);
vaddr_t va_from_pa(paddr_t pa);
void *ptr_from_va(vaddr_t va);

void memset_s(void *dest, size_t destsz, int ch, size_t count);
void memcpy_s(void *dest, size_t destsz, const void *src, size_t count);

struct spinlock {
	volatile uint32_t v;
};
#define SPINLOCK_INIT                                                                              \
	{                                                                                          \
		.v = 0                                                                             \
	}
void sl_lock(struct spinlock *l);
void sl_unlock(struct spinlock *l);

struct mpool;
typedef uint32_t mm_mode_t;
#define MM_MODE_R             UINT32_C(0x0001)
#define MM_MODE_W             UINT32_C(0x0002)
#define MM_MODE_X             UINT32_C(0x0004)
#define MM_MODE_D             UINT32_C(0x0008)
#define MM_MODE_INVALID       UINT32_C(0x0010)
#define MM_MODE_UNOWNED       UINT32_C(0x0020)
#define MM_MODE_SHARED        UINT32_C(0x0040)
#define MM_MODE_UNMAPPED_MASK (MM_MODE_INVALID | MM_MODE_UNOWNED)
struct mm_stage1_locked {
	void *ptable;
};
struct mm_stage1_locked mm_lock_stage1(void);
void mm_unlock_stage1(struct mm_stage1_locked *lock);
void *mm_identity_map(struct mm_stage1_locked stage1_locked, paddr_t begin, paddr_t end,
		      mm_mode_t mode, struct mpool *ppool);
bool mm_unmap(struct mm_stage1_locked stage1_locked, paddr_t begin, paddr_t end,
	      struct mpool *ppool);
void arch_mm_flush_dcache(void *base, size_t size);

struct vm;
struct vm_locked {
	struct vm *vm;
};
struct vm_locked vm_lock(struct vm *vm);
void vm_unlock(struct vm_locked *locked);
bool vm_mem_get_mode(struct vm_locked vm_locked, ipaddr_t begin, ipaddr_t end, mm_mode_t *mode);
bool vm_identity_map(struct vm_locked vm_locked, paddr_t begin, paddr_t end, mm_mode_t mode,
		     struct mpool *ppool, ipaddr_t *ipa);
bool vm_unmap(struct vm_locked vm_locked, paddr_t begin, paddr_t end, struct mpool *ppool);

struct arch_regs {
	uintreg_t r[31];
	uintreg_t pc;
};
struct vcpu {
	struct vm *vm;
	struct arch_regs regs;
};

typedef struct {
	volatile uint32_t *ptr;
} io32_t;
typedef struct {
	volatile uint64_t *ptr;
} io64_t;
io32_t io32_c(uintpaddr_t addr, uintpaddr_t offset);
io64_t io64_c(uintpaddr_t addr, uintpaddr_t offset);
#define IO32_C(addr) io32_c((addr), 0)
#define IO64_C(addr) io64_c((addr), 0)
uint32_t io_read32_mb(io32_t io);
uint64_t io_read64_mb(io64_t io);
void io_write32_mb(io32_t io, uint32_t v);
void io_write64_mb(io64_t io, uint64_t v);
