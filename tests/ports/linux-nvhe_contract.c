/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Linux nVHE over a model of pages in pKVM (docs/ports/linux-nvhe.md). */
#include "contract.h"

#include <linux/arm-smccc.h>

/* What is cleaned is seen; and firmware says which CPU is off. */
static void model_clean(unsigned long pa, unsigned long bytes);
#undef kvm_flush_dcache_to_poc
#define kvm_flush_dcache_to_poc(va, bytes) model_clean((unsigned long)(va), bytes)
#undef arm_smccc_1_1_smc
#define arm_smccc_1_1_smc(fn, mpidr, b, res)                                                       \
	((res)->a0 = (fn) == PSCI_0_2_FN64_AFFINITY_INFO && (mpidr) == MODEL_OFF)
#define MODEL_OFF 2u

#include "itsguard_pkvm.c"
#include "conformance.h"

/* As in pKVM: shared, or the hypervisor's, or a guest's, or neither; and how often it is pinned. */
struct page {
	int shared;
	int donated;
	int pins;
	int given;
};

static struct page pages[CONTRACT_PAGES];

static struct page *page_of(u64 pfn)
{
	return &pages[contract_page(pfn)];
}

static int interloper_at; /* another CPU does something before this call: the host's own HVC */
static void (*interloper)(void);

static void others(void)
{
	if (interloper_at && (int)contract_calls + 1 == interloper_at) {
		interloper_at = 0;
		interloper();
	}
}

int __pkvm_host_share_hyp(u64 pfn)
{
	struct page *page = page_of(pfn);

	others();
	if (contract_fails())
		return -ENOMEM;
	if (page->shared || page->donated || page->given)
		return -EPERM;
	page->shared = 1;
	return 0;
}

int __pkvm_host_unshare_hyp(u64 pfn)
{
	struct page *page = page_of(pfn);

	others();
	if (contract_fails())
		return -EPERM;
	if (!page->shared)
		return -EPERM;
	if (page->pins)
		return -EBUSY;
	page->shared = 0;
	return 0;
}

/* What is behind the first page of a block that is not mapped yet is not looked at. */
int __pkvm_host_donate_hyp(u64 pfn, u64 nr_pages)
{
	contract_expect(nr_pages == 1, "one page at a time", "donate");
	if (contract_fails() || page_of(pfn)->shared || page_of(pfn)->donated ||
	    page_of(pfn)->given)
		return -EPERM;
	page_of(pfn)->donated = 1;
	return 0;
}

/* All or none. */
int __pkvm_hyp_donate_host(u64 pfn, u64 nr_pages)
{
	contract_expect(nr_pages > 0, "no pages", "reclaim");
	if (contract_fails())
		return -EPERM;
	for (u64 i = 0; i < nr_pages; i++)
		if (!page_of(pfn + i)->donated)
			return -EPERM;
	for (u64 i = 0; i < nr_pages; i++)
		page_of(pfn + i)->donated = 0;
	return 0;
}

static struct page *page_at(void *va)
{
	return page_of((u64)va >> PAGE_SHIFT);
}

int hyp_pin_shared_mem(void *from, void *to)
{
	contract_expect((char *)to - (char *)from == PAGE_SIZE, "one page", "pin");
	others();
	if (contract_fails() || !page_at(from)->shared)
		return -EPERM;
	page_at(from)->pins++;
	return 0;
}

void hyp_unpin_shared_mem(void *from, void *to)
{
	contract_expect(page_at(from)->pins > 0, "unpinned too often", "unpin");
	page_at(from)->pins--;
}

static void set(int shared, int donated, int pins)
{
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		pages[i] = (struct page){shared, donated, pins, 0};
}

static void owned(void)
{
	set(0, 0, 0);
}

static void held(void)
{
	set(1, 0, 1);
}

static void hyp_owned(void)
{
	set(0, 1, 0);
}

/* All but the first. */
static void hyp_owned_behind(void)
{
	hyp_owned();
	pages[0].donated = 0;
}

static void shared_by_host(void)
{
	set(1, 0, 0);
}

/* The host got another user to pin the pages that the guard holds. */
static void pinned_twice(void)
{
	set(1, 0, 2);
}

static int is_owned(unsigned int i)
{
	return !pages[i].shared && !pages[i].donated && !pages[i].pins;
}

static int is_held(unsigned int i)
{
	return pages[i].shared && pages[i].pins == 1;
}

static int is_donated(unsigned int i)
{
	return pages[i].donated && !pages[i].shared;
}

static void host_unshares(void)
{
	if (!pages[0].pins)
		pages[0].shared = 0;
}

static void host_shares_anew(void)
{
	host_unshares();
	pages[0].shared = 1;
}

/* The host races with share: then the page is held, or it was refused and nothing of ours stays. */
static void race_share(void (*who)(void), int at)
{
	u64 done;

	owned();
	contract_calls = contract_fail_at = 0;
	interloper = who;
	interloper_at = at;
	done = itsguard_share(NULL, CONTRACT_PFN, 1);
	interloper_at = 0;
	contract_expect(done ? is_held(0) : pages[0].pins == 0, "half shared", "share, raced");
}

/* The host races with unshare: given back without a pin of ours, or held as before. */
static void race_unshare(void (*who)(void), int at)
{
	u64 done;

	held();
	contract_calls = contract_fail_at = 0;
	interloper = who;
	interloper_at = at;
	done = itsguard_unshare(NULL, CONTRACT_PFN, 1);
	interloper_at = 0;
	contract_expect(done ? pages[0].pins == 0 : is_held(0), "half unshared", "unshare, raced");
}

/* A page that is donated to a guest must be the host's alone: __pkvm_host_donate_guest(). */
static int model_give(unsigned int i)
{
	if (pages[i].shared || pages[i].donated)
		return 0;
	pages[i].given = 1;
	return 1;
}

static void model_take_back(unsigned int i)
{
	pages[i].given = 0;
}

static int model_can_write(unsigned int i)
{
	return !pages[i].donated && !pages[i].given;
}

u32 readl(const volatile void *addr)
{
	return *(const volatile u32 *)addr;
}

u64 readq(const volatile void *addr)
{
	return *(const volatile u64 *)addr;
}

void writel(u32 value, volatile void *addr)
{
	*(volatile u32 *)addr = value;
}

void writeq(u64 value, volatile void *addr)
{
	*(volatile u64 *)addr = value;
}

static void check_conformance(void)
{
	static struct itsguard_rd rds[MODEL_RDS];
	static struct itsguard_guard guard = {.rd = rds};
	static struct itsguard_its its = {.guard = &guard, .regs = model_its};

	for (u32 i = 0; i < MODEL_RDS; i++)
		rds[i] = (struct itsguard_rd){model_rd[i], NULL, i, i != MODEL_OFF};
	model_begin();
	owned();
	model_conforms(&itsguard_ops, &its, &itsguard_rd_ops, &guard);
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++)
		contract_expect(is_owned(i) && !pages[i].given, "something stays", "conformance");
}

#define STEP(callback, from, to, again)                                                            \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, (unsigned long (*)(void *, unsigned long, unsigned long))callback,      \
			from, to, pages, sizeof(pages[0]), again                                   \
	}
/*
 * If both unshare and the pin that is to put things back fail, nothing is known, and the pin is
 * gone: the model cannot fail twice, so that this is not among what is tried.
 */
int main(void)
{
	contract_step(STEP(itsguard_share, owned, is_held, 0));
	contract_step(STEP(itsguard_unshare, held, is_owned, 0));
	contract_step(STEP(itsguard_donate, owned, is_donated, 0));
	contract_step(STEP(itsguard_reclaim, hyp_owned, is_owned, 1));

	contract_refuses(STEP(itsguard_share, shared_by_host, NULL, 0));
	contract_refuses(STEP(itsguard_share, hyp_owned, NULL, 0));
	contract_refuses(STEP(itsguard_donate, shared_by_host, NULL, 0));
	contract_refuses(STEP(itsguard_donate, hyp_owned, NULL, 0));
	contract_refuses(STEP(itsguard_reclaim, owned, NULL, 1));
	contract_refuses(STEP(itsguard_reclaim, hyp_owned_behind, NULL, 1));
	contract_refuses(STEP(itsguard_unshare, pinned_twice, NULL, 0));

	for (int at = 1; at <= 3; at++) {
		race_share(host_unshares, at);
		race_share(host_shares_anew, at);
		race_unshare(host_unshares, at);
		race_unshare(host_shares_anew, at);
	}
	check_conformance();
	return 0;
}
