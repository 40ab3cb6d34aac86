/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of Xen that the glue includes: signatures and the types in them, no more.
 */
#ifndef XEN_STANDIN_H
#define XEN_STANDIN_H

typedef __SIZE_TYPE__ size_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL         ((void *)0)

#define EPERM        1
#define ENOMEM       12
#define EBUSY        16
#define ENODEV       19
#define EINVAL       22

#define PRIx64       "lx"
#define PRIpaddr     "016lx"
#define XENLOG_DEBUG "<G>"
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define gprintk(level, format, ...) printk(level format, ##__VA_ARGS__)

#define KB(n)                       ((n) << 10)
#define min_t(type, a, b)           ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b)           ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define PAGE_SHIFT                  12
#define PAGE_SIZE                   (1L << PAGE_SHIFT)
#define PAGE_MASK                   (~(PAGE_SIZE - 1))
#define __iomem

typedef uint64_t paddr_t;
typedef unsigned long register_t;
typedef struct {
	unsigned long mfn;
} mfn_t;
typedef struct {
	unsigned long gfn;
} gfn_t;
#define _mfn(n)  ((mfn_t){(n)})
#define _gfn(n)  ((gfn_t){(n)})
#define mfn_x(m) ((m).mfn)

void *memset(void *s, int c, size_t n);
void *memcpy(void *dest, const void *src, size_t n);
unsigned int get_random(void);

typedef struct {
	unsigned int tickets;
} spinlock_t;
#define DEFINE_SPINLOCK(name) spinlock_t name = {0}
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

struct domain;
struct vcpu;
bool is_domain_direct_mapped(const struct domain *d);

struct page_info {
	unsigned long count_info;
};
#define PGC_count_mask 0xffffffUL
struct domain *page_get_owner(const struct page_info *page);
void put_page(struct page_info *page);
struct page_info *mfn_to_page(mfn_t mfn);
mfn_t page_to_mfn(const struct page_info *page);
void *maddr_to_virt(paddr_t maddr);
paddr_t virt_to_maddr(const void *va);
void *alloc_xenheap_pages(unsigned int order, unsigned int memflags);
void free_xenheap_pages(void *v, unsigned int order);
unsigned int get_order_from_bytes(paddr_t size);
void *map_domain_page(mfn_t mfn);
void unmap_domain_page(const void *ptr);
int clean_and_invalidate_dcache_va_range(const void *p, unsigned long size);

typedef enum {
	p2m_invalid = 0,
	p2m_ram_rw,
	p2m_ram_ro
} p2m_type_t;
typedef unsigned int p2m_query_t;
#define P2M_ALLOC 1
struct page_info *get_page_from_gfn(struct domain *d, unsigned long gfn, p2m_type_t *t,
				    p2m_query_t q);
int guest_physmap_add_entry(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned long page_order,
			    p2m_type_t t);
int __attribute__((warn_unused_result))
guest_physmap_remove_page(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int page_order);

void *ioremap_nocache(paddr_t start, size_t len);
void iounmap(void *va);
uint32_t readl(const volatile void *addr);
uint64_t readq(const volatile void *addr);
void writel(uint32_t value, volatile void *addr);
void writeq(uint64_t value, volatile void *addr);

struct hsr_dabt {
	unsigned long size : 2;
};
typedef struct {
	struct hsr_dabt dabt;
	paddr_t gpa;
} mmio_info_t;
typedef int (*mmio_read_t)(struct vcpu *v, mmio_info_t *info, register_t *r, void *priv);
typedef int (*mmio_write_t)(struct vcpu *v, mmio_info_t *info, register_t r, void *priv);
struct mmio_handler_ops {
	mmio_read_t read;
	mmio_write_t write;
};
void register_mmio_handler(struct domain *d, const struct mmio_handler_ops *ops, paddr_t addr,
			   paddr_t size, void *priv);

#endif
