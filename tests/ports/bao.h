/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of Bao that the glue includes: signatures and the types in them, no more.
 */
#ifndef BAO_STANDIN_H
#define BAO_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE       (0x1000UL)
#define UNUSED_ARG(arg) (void)(arg)

typedef uintptr_t paddr_t;
typedef uintptr_t vaddr_t;
#define INVALID_VA ((vaddr_t)-1)
typedef unsigned long colormap_t;
typedef enum AS_SEC {
	SEC_HYP_GLOBAL = 0,
	SEC_VM_ANY = 0
} as_sec_t;

void *memset(void *dest, int c, size_t count);
void *memcpy(void *dst, const void *src, size_t count);

typedef struct {
	uint32_t ticket;
	uint32_t next;
} spinlock_t;
#define SPINLOCK_INITVAL                                                                           \
	{                                                                                          \
		0, 0                                                                               \
	}
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

struct addr_space {
	unsigned long id;
};
struct ppages {
	paddr_t base;
	size_t num_pages;
	colormap_t colors;
};
struct ppages mem_ppages_get(paddr_t base, size_t num_pages);
typedef uint64_t mem_flags_t;
#define PTE_HYP_FLAGS       1U
#define PTE_VM_FLAGS        2U
#define MEM_ALIGN_REQ       (true)
#define MEM_DONT_FREE_PAGES (false)
void *mem_alloc_page(size_t num_pages, as_sec_t sec, bool phys_aligned);
vaddr_t mem_alloc_map(struct addr_space *as, as_sec_t section, struct ppages *page, vaddr_t at,
		      size_t num_pages, mem_flags_t flags);
vaddr_t mem_alloc_map_dev(struct addr_space *as, as_sec_t section, vaddr_t at, paddr_t pa,
			  size_t size);
void mem_unmap(struct addr_space *as, vaddr_t at, size_t num_pages, bool free_ppages);
bool mem_translate(struct addr_space *as, vaddr_t va, paddr_t *pa);
void tlb_inv_all(struct addr_space *as);
void fence_sync(void);
void cache_flush_range(vaddr_t base, size_t size);

struct vm_mem_region {
	paddr_t base;
	size_t size;
	colormap_t colors;
	bool place_phys;
	paddr_t phys;
};
struct vm_platform {
	size_t region_num;
	struct vm_mem_region *regions;
};
struct vm_config {
	struct vm_platform platform;
};
struct vm {
	const struct vm_config *config;
	struct addr_space as;
};
struct vcpu {
	struct vm *vm;
};
struct cpu {
	struct addr_space as;
	struct vcpu *vcpu;
};
struct cpu *cpu(void);
unsigned long vcpu_readreg(struct vcpu *vcpu, unsigned long reg);
void vcpu_writereg(struct vcpu *vcpu, unsigned long reg, unsigned long val);

struct emul_access {
	vaddr_t addr;
	bool write;
	bool sign_ext;
	size_t width;
	unsigned long reg;
};
typedef bool (*emul_handler_t)(struct emul_access *);
struct emul_mem {
	void *node;
	vaddr_t va_base;
	size_t size;
	emul_handler_t handler;
};
void vm_emul_add_mem(struct vm *vm, struct emul_mem *emu);

#endif
