/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Xen over a model of pages: in the domain's p2m or not, and their references. */
#include "contract.h"

#include "itsguard_xen.c"
#include "conformance.h"

struct page {
	int in_p2m;
	unsigned long count; /* 1: allocated */
	int given;           /* to another domain */
};

static struct page pages[CONTRACT_PAGES];
static struct page_info infos[CONTRACT_PAGES];
static int foreign; /* the pages are another domain's */

static struct domain *the_domain(void)
{
	return (struct domain *)0x1000;
}

struct domain *page_get_owner(const struct page_info *p)
{
	return foreign || pages[p - infos].given ? NULL : the_domain();
}

struct page_info *get_page_from_gfn(struct domain *d, unsigned long gfn, p2m_type_t *t,
				    p2m_query_t q)
{
	const unsigned int i = contract_page(gfn);

	if (contract_fails() || !pages[i].in_p2m)
		return NULL;
	*t = p2m_ram_rw;
	infos[i].count_info = ++pages[i].count;
	return &infos[i];
}

void put_page(struct page_info *p)
{
	struct page *page = &pages[p - infos];

	contract_expect(page->count > 1, "put too often", "put_page");
	p->count_info = --page->count;
}

struct page_info *mfn_to_page(mfn_t mfn)
{
	return &infos[contract_page(mfn_x(mfn))];
}

mfn_t page_to_mfn(const struct page_info *p)
{
	return _mfn(CONTRACT_PFN + (p - infos));
}

int guest_physmap_remove_page(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
	struct page *page = &pages[contract_page(mfn_x(mfn))];

	contract_expect(order == 0, "one page", "remove_page");
	if (contract_fails() || !page->in_p2m)
		return -EINVAL;
	page->in_p2m = 0;
	return 0;
}

int guest_physmap_add_entry(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned long order,
			    p2m_type_t t)
{
	contract_expect(order == 0, "one page", "add_entry");
	if (contract_fails())
		return -ENOMEM;
	pages[contract_page(mfn_x(mfn))].in_p2m = 1;
	return 0;
}

static void set(int in_p2m, unsigned long count)
{
	itsguard_domain = the_domain();
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++) {
		pages[i].in_p2m = in_p2m;
		pages[i].count = infos[i].count_info = count;
		pages[i].given = 0;
	}
	foreign = 0;
}

static void owned(void)
{
	set(1, 1);
}

static void held(void)
{
	set(1, 2);
}

static void gone(void)
{
	set(0, 2);
}

/* Another domain has a grant mapping of it. */
static void granted(void)
{
	set(1, 2);
}

static void not_there(void)
{
	set(0, 1);
}

static void other_owner(void)
{
	set(1, 1);
	foreign = 1;
}

static int is_owned(unsigned int i)
{
	return pages[i].in_p2m && pages[i].count == 1;
}

static int is_held(unsigned int i)
{
	return pages[i].in_p2m && pages[i].count == 2;
}

static int is_gone(unsigned int i)
{
	return !pages[i].in_p2m && pages[i].count == 2;
}

/* The domain drops it, and it goes to whoever is next if nobody has a reference. */
static int model_give(unsigned int i)
{
	if (!pages[i].in_p2m || pages[i].count != 1)
		return 0;
	pages[i].in_p2m = 0;
	pages[i].given = 1;
	return 1;
}

static void model_take_back(unsigned int i)
{
	pages[i].in_p2m = 1;
	pages[i].given = 0;
}

static int model_can_write(unsigned int i)
{
	return pages[i].in_p2m;
}

void printk(const char *format, ...)
{
	(void)format;
}

void *map_domain_page(mfn_t mfn)
{
	return (void *)(mfn_x(mfn) << PAGE_SHIFT);
}

void unmap_domain_page(const void *ptr)
{
	(void)ptr;
}

void *maddr_to_virt(paddr_t maddr)
{
	return (void *)maddr;
}

int clean_and_invalidate_dcache_va_range(const void *p, unsigned long size)
{
	model_clean((unsigned long)p, size);
	return 0;
}

uint32_t readl(const volatile void *addr)
{
	return *(const volatile uint32_t *)addr;
}

uint64_t readq(const volatile void *addr)
{
	return *(const volatile uint64_t *)addr;
}

void writel(uint32_t value, volatile void *addr)
{
	*(volatile uint32_t *)addr = value;
}

void writeq(uint64_t value, volatile void *addr)
{
	*(volatile uint64_t *)addr = value;
}

static void check_conformance(void)
{
	static struct itsguard_its its = {.regs = model_its};

	model_begin();
	owned();
	model_conforms(&itsguard_ops, &its, NULL, NULL);
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		contract_expect(is_owned(i), "something stays", "conformance");
}

#define STEP(callback, from, to)                                                                   \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, callback, from, to, pages, sizeof(pages[0]), 0                          \
	}

int main(void)
{
	contract_step(STEP(itsguard_share, owned, is_held));
	contract_step(STEP(itsguard_unshare, held, is_owned));
	contract_step(STEP(itsguard_donate, owned, is_gone));
	contract_step(STEP(itsguard_reclaim, gone, is_owned));

	contract_refuses(STEP(itsguard_share, not_there, NULL));
	contract_refuses(STEP(itsguard_share, other_owner, NULL));
	contract_refuses(STEP(itsguard_donate, not_there, NULL));
	contract_refuses(STEP(itsguard_donate, other_owner, NULL));
	contract_refuses(STEP(itsguard_donate, granted, NULL));
	check_conformance();
	return 0;
}
