/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of Jailhouse that the glue includes: signatures and types, no more. */
#ifndef JAILHOUSE_STANDIN_H
#define JAILHOUSE_STANDIN_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u32 __u32;
typedef u64 __u64;
#define NULL ((void *)0)
typedef enum {
	true = 1,
	false = 0
} bool;

#define EPERM          1
#define EIO            5
#define ENOMEM         12
#define EBUSY          16

#define PAGE_SIZE      4096
#define PAGE_MASK      (~(PAGE_SIZE - 1))
#define PAGE_OFFS_MASK (PAGE_SIZE - 1)
#define PAGES(s)       (((s) + PAGE_SIZE - 1) / PAGE_SIZE)

#define dsb(domain)    __asm__ __volatile__("" : : : "memory") /* the real one is the barrier */

void *memset(void *s, int c, unsigned long n);
void *memcpy(void *d, const void *s, unsigned long n);

typedef struct {
	u32 tickets;
} spinlock_t;
#define DEFINE_SPINLOCK(name) spinlock_t(name)
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

#define JAILHOUSE_MEM_READ         0x0001
#define JAILHOUSE_MEM_WRITE        0x0002
#define JAILHOUSE_MEM_IO           0x0010
#define JAILHOUSE_MEM_COMM_REGION  0x0020
#define JAILHOUSE_MEM_ROOTSHARED   0x0080
#define JAILHOUSE_MEM_NO_HUGEPAGES 0x0100
struct jailhouse_memory {
	__u64 phys_start;
	__u64 virt_start;
	__u64 size;
	__u64 flags;
} __attribute__((packed));
struct jailhouse_cell_desc {
	__u32 num_memory_regions;
};
const struct jailhouse_memory *jailhouse_cell_mem_regions(const struct jailhouse_cell_desc *cell);

struct cell {
	struct jailhouse_cell_desc *config;
	struct cell *next;
};
extern struct cell root_cell;
#define for_each_non_root_cell(cell) for ((cell) = root_cell.next; (cell); (cell) = (cell)->next)
#define for_each_mem_region(mem, config, counter)                                                  \
	for ((mem) = jailhouse_cell_mem_regions(config), (counter) = 0;                            \
	     (counter) < (config)->num_memory_regions; (mem)++, (counter)++)
int arch_map_memory_region(struct cell *cell, const struct jailhouse_memory *mem);
int arch_unmap_memory_region(struct cell *cell, const struct jailhouse_memory *mem);
void arm_paging_vcpu_flush_tlbs(void);

struct paging_structures {
	void *root_table;
};
struct per_cpu {
	struct paging_structures pg_structs;
};
struct per_cpu *this_cpu_data(void);
struct page_pool {
	void *base_address;
};
extern struct page_pool mem_pool;
#define TEMPORARY_MAPPING_BASE 0x100000000UL
#define PAGE_DEFAULT_FLAGS     0
#define PAGING_NON_COHERENT    0
#define PAGING_NO_HUGE         0
int paging_create(const struct paging_structures *pg_structs, unsigned long phys,
		  unsigned long size, unsigned long virt, unsigned long access_flags,
		  unsigned long paging_flags);
void *paging_map_device(unsigned long phys, unsigned long size);
unsigned long paging_hvirt2phys(const volatile void *hvirt);
void *paging_phys2hvirt(unsigned long phys);
void *page_alloc_aligned(struct page_pool *pool, unsigned int num);

enum dcache_flush {
	DCACHE_CLEAN,
	DCACHE_INVALIDATE,
	DCACHE_CLEAN_AND_INVALIDATE
};
void arm_dcaches_flush(void *addr, long size, enum dcache_flush flush);

u32 mmio_read32(void *address);
u64 mmio_read64(void *address);
void mmio_write32(void *address, u32 value);
void mmio_write64(void *address, u64 value);
enum mmio_result {
	MMIO_ERROR = -1,
	MMIO_UNHANDLED,
	MMIO_HANDLED
};
struct mmio_access {
	unsigned long address;
	unsigned int size;
	bool is_write;
	unsigned long value;
};
typedef enum mmio_result (*mmio_handler)(void *arg, struct mmio_access *mmio);
void mmio_region_register(struct cell *cell, unsigned long start, unsigned long size,
			  mmio_handler handler, void *handler_arg);

struct unit {
	const char *name;
	int (*init)(void);
	void (*shutdown)(void);
	unsigned int (*mmio_count_regions)(struct cell *);
	int (*cell_init)(struct cell *);
	void (*cell_exit)(struct cell *);
	void (*config_commit)(struct cell *);
};
#define DEFINE_UNIT(n, description)                                                                \
	static const struct unit unit_##n __attribute__((section(".units"), aligned(8), used)) = { \
		description,   n##_init,      n##_shutdown,     n##_mmio_count_regions,            \
		n##_cell_init, n##_cell_exit, n##_config_commit}
#define DEFINE_UNIT_SHUTDOWN_STUB(n)                                                               \
	static void n##_shutdown(void)                                                             \
	{                                                                                          \
	}
#define DEFINE_UNIT_CONFIG_COMMIT_STUB(n)                                                          \
	static void n##_config_commit(struct cell *cell)                                           \
	{                                                                                          \
	}

#endif
