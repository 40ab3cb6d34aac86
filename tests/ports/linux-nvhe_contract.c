/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Linux nVHE over a model of one page in pKVM (docs/ports/linux-nvhe.md). */
#include "contract.h"

#include "itsguard_pkvm.c"

/* As in pKVM: shared, or the hypervisor's, or neither; and how often it is pinned. */
static struct {
	int shared;
	int donated;
	int pins;
} page;

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
	others();
	if (contract_fails())
		return -ENOMEM;
	if (page.shared || page.donated)
		return -EPERM;
	page.shared = 1;
	return 0;
}

int __pkvm_host_unshare_hyp(u64 pfn)
{
	others();
	if (contract_fails())
		return -EPERM;
	if (!page.shared)
		return -EPERM;
	if (page.pins)
		return -EBUSY;
	page.shared = 0;
	return 0;
}

int __pkvm_host_donate_hyp(u64 pfn, u64 nr_pages)
{
	contract_expect(nr_pages == 1, "one page at a time", "donate");
	if (contract_fails() || page.shared || page.donated)
		return -EPERM;
	page.donated = 1;
	return 0;
}

int __pkvm_hyp_donate_host(u64 pfn, u64 nr_pages)
{
	contract_expect(nr_pages == 1, "one page at a time", "reclaim");
	if (contract_fails() || !page.donated)
		return -EPERM;
	page.donated = 0;
	return 0;
}

int hyp_pin_shared_mem(void *from, void *to)
{
	contract_expect((char *)to - (char *)from == PAGE_SIZE, "one page", "pin");
	others();
	if (contract_fails() || !page.shared)
		return -EPERM;
	page.pins++;
	return 0;
}

void hyp_unpin_shared_mem(void *from, void *to)
{
	contract_expect(page.pins > 0, "unpinned too often", "unpin");
	page.pins--;
}

static void owned(void)
{
	page.shared = page.donated = page.pins = 0;
}

static void held(void)
{
	owned();
	page.shared = page.pins = 1;
}

static void hyp_owned(void)
{
	owned();
	page.donated = 1;
}

static void shared_by_host(void)
{
	owned();
	page.shared = 1;
}

/* The host got another user to pin the page that the guard holds. */
static void pinned_twice(void)
{
	held();
	page.pins = 2;
}

static int is_owned(void)
{
	return !page.shared && !page.donated && !page.pins;
}

static int is_held(void)
{
	return page.shared && page.pins == 1;
}

static int is_donated(void)
{
	return page.donated && !page.shared;
}

static void host_unshares(void)
{
	if (!page.pins)
		page.shared = 0;
}

static void host_shares_anew(void)
{
	host_unshares();
	page.shared = 1;
}

/* The host races with share: then the page is held, or it was refused and nothing of ours stays. */
static void race_share(void (*who)(void), int at)
{
	int error;

	owned();
	contract_calls = contract_fail_at = 0;
	interloper = who;
	interloper_at = at;
	error = itsguard_share(NULL, CONTRACT_PFN);
	interloper_at = 0;
	contract_expect(error ? page.pins == 0 : is_held(), "half shared", "share, raced");
}

/* The host races with unshare: given back without a pin of ours, or held as before. */
static void race_unshare(void (*who)(void), int at)
{
	int error;

	held();
	contract_calls = contract_fail_at = 0;
	interloper = who;
	interloper_at = at;
	error = itsguard_unshare(NULL, CONTRACT_PFN);
	interloper_at = 0;
	contract_expect(error ? is_held() : page.pins == 0, "half unshared", "unshare, raced");
}

#define STEP(callback, from, to)                                                                   \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, (int (*)(void *, unsigned long))callback, from, to, &page, sizeof(page) \
	}
/*
 * If both unshare and the pin that is to put things back fail, nothing is known, and the pin is
 * gone: the model cannot fail twice, so that this is not among what is tried.
 */
int main(void)
{
	contract_step(STEP(itsguard_share, owned, is_held));
	contract_step(STEP(itsguard_unshare, held, is_owned));
	contract_step(STEP(itsguard_donate, owned, is_donated));
	contract_step(STEP(itsguard_reclaim, hyp_owned, is_owned));

	contract_refuses(STEP(itsguard_share, shared_by_host, NULL));
	contract_refuses(STEP(itsguard_share, hyp_owned, NULL));
	contract_refuses(STEP(itsguard_donate, shared_by_host, NULL));
	contract_refuses(STEP(itsguard_donate, hyp_owned, NULL));
	contract_refuses(STEP(itsguard_reclaim, owned, NULL));
	contract_refuses(STEP(itsguard_unshare, pinned_twice, NULL));

	for (int at = 1; at <= 3; at++) {
		race_share(host_unshares, at);
		race_share(host_shares_anew, at);
		race_unshare(host_unshares, at);
		race_unshare(host_shares_anew, at);
	}
	return 0;
}
