/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Xen over a model of one page: in the domain's p2m or not, and its references. */
#include "contract.h"

#include "itsguard_xen.c"

static struct {
	int in_p2m;
	unsigned long count; /* 1: allocated */
} page;

static struct page_info info;
static int foreign; /* the page is another domain's */

static struct domain *the_domain(void)
{
	return (struct domain *)0x1000;
}

struct domain *page_get_owner(const struct page_info *p)
{
	return foreign ? NULL : the_domain();
}

struct page_info *get_page_from_gfn(struct domain *d, unsigned long gfn, p2m_type_t *t,
				    p2m_query_t q)
{
	if (contract_fails() || !page.in_p2m)
		return NULL;
	*t = p2m_ram_rw;
	info.count_info = ++page.count;
	return &info;
}

void put_page(struct page_info *p)
{
	contract_expect(page.count > 1, "put too often", "put_page");
	info.count_info = --page.count;
}

struct page_info *mfn_to_page(mfn_t mfn)
{
	return &info;
}

mfn_t page_to_mfn(const struct page_info *p)
{
	return _mfn(CONTRACT_PFN);
}

int guest_physmap_remove_page(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
	if (contract_fails() || !page.in_p2m)
		return -EINVAL;
	page.in_p2m = 0;
	return 0;
}

int guest_physmap_add_entry(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned long order,
			    p2m_type_t t)
{
	if (contract_fails())
		return -ENOMEM;
	page.in_p2m = 1;
	return 0;
}

static void set(int in_p2m, unsigned long count)
{
	itsguard_domain = the_domain();
	page.in_p2m = in_p2m;
	page.count = info.count_info = count;
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

static int is_owned(void)
{
	return page.in_p2m && page.count == 1;
}

static int is_held(void)
{
	return page.in_p2m && page.count == 2;
}

static int is_gone(void)
{
	return !page.in_p2m && page.count == 2;
}

#define STEP(callback, from, to)                                                                   \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, callback, from, to, &page, sizeof(page)                                 \
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
	return 0;
}
