/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Hafnium over a model of one page: its mode in the VM, its mode in stage 1. */
#include "contract.h"

#include "itsguard_hafnium.c"

static struct {
	mm_mode_t mode;
	mm_mode_t stage1; /* 0: not mapped */
} page;

paddr_t pa_init(uintpaddr_t p)
{
	return (paddr_t){p};
}

ipaddr_t ipa_from_pa(paddr_t pa)
{
	return (ipaddr_t){pa.pa};
}

struct vm_locked vm_lock(struct vm *vm)
{
	return (struct vm_locked){vm};
}

void vm_unlock(struct vm_locked *locked)
{
	locked->vm = NULL;
}

struct mm_stage1_locked mm_lock_stage1(void)
{
	return (struct mm_stage1_locked){NULL};
}

void mm_unlock_stage1(struct mm_stage1_locked *lock)
{
	(void)lock;
}

bool vm_mem_get_mode(struct vm_locked locked, ipaddr_t begin, ipaddr_t end, mm_mode_t *mode)
{
	(void)locked;
	contract_expect(end.ipa - begin.ipa == PAGE_SIZE, "one page", "get_mode");
	if (contract_fails()) {
		return false;
	}
	/* an absent entry reads as executable */
	*mode = page.mode & MM_MODE_INVALID ? page.mode | MM_MODE_X : page.mode;
	return true;
}

bool vm_identity_map(struct vm_locked locked, paddr_t begin, paddr_t end, mm_mode_t mode,
		     struct mpool *ppool, ipaddr_t *ipa)
{
	(void)locked;
	(void)ppool;
	(void)ipa;
	contract_expect(end.pa - begin.pa == PAGE_SIZE, "one page", "identity_map");
	if (contract_fails()) {
		return false;
	}
	page.mode = mode;
	return true;
}

void *mm_identity_map(struct mm_stage1_locked locked, paddr_t begin, paddr_t end, mm_mode_t mode,
		      struct mpool *ppool)
{
	(void)locked;
	(void)begin;
	(void)end;
	(void)ppool;
	if (contract_fails()) {
		return NULL;
	}
	page.stage1 = mode;
	return &page;
}

bool mm_unmap(struct mm_stage1_locked locked, paddr_t begin, paddr_t end, struct mpool *ppool)
{
	(void)locked;
	(void)begin;
	(void)end;
	(void)ppool;
	page.stage1 = 0;
	return true;
}

static void set(mm_mode_t mode, mm_mode_t stage1)
{
	page.mode = mode;
	page.stage1 = stage1;
}

static void owned(void)
{
	set(MM_MODE_R | MM_MODE_W | MM_MODE_X, 0);
}

static void held(void)
{
	set(MM_MODE_R | MM_MODE_W | MM_MODE_X | MM_MODE_SHARED, MM_MODE_R);
}

static void gone(void)
{
	set(MM_MODE_INVALID | MM_MODE_UNOWNED | MM_MODE_SHARED, MM_MODE_R | MM_MODE_W);
}

static void borrowed(void)
{
	set(MM_MODE_R | MM_MODE_W | MM_MODE_X | MM_MODE_UNOWNED, 0);
}

static void lent(void)
{
	set(MM_MODE_R | MM_MODE_W | MM_MODE_X | MM_MODE_INVALID, 0);
}

static void device(void)
{
	set(MM_MODE_R | MM_MODE_W | MM_MODE_D, 0);
}

static int is_owned(void)
{
	return page.mode == (MM_MODE_R | MM_MODE_W | MM_MODE_X) && page.stage1 == 0;
}

static int is_held(void)
{
	return page.mode == (MM_MODE_R | MM_MODE_W | MM_MODE_X | MM_MODE_SHARED) &&
	       page.stage1 == MM_MODE_R;
}

static int is_gone(void)
{
	return page.mode == (MM_MODE_INVALID | MM_MODE_UNOWNED | MM_MODE_SHARED) &&
	       page.stage1 == (MM_MODE_R | MM_MODE_W);
}

#define STEP(callback, from, to)                                                                   \
	&(const struct contract_step)                                                              \
	{                                                                                          \
#callback, callback, from, to, &page, sizeof(page)                                 \
	}

int main(void)
{
	static void (*const unfit[])(void) = {held, gone, borrowed, lent, device};

	contract_step(STEP(itsguard_share, owned, is_held));
	contract_step(STEP(itsguard_unshare, held, is_owned));
	contract_step(STEP(itsguard_donate, owned, is_gone));
	contract_step(STEP(itsguard_reclaim, gone, is_owned));
	for (unsigned int i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		contract_refuses(STEP(itsguard_share, unfit[i], NULL));
		contract_refuses(STEP(itsguard_donate, unfit[i], NULL));
	}
	contract_refuses(STEP(itsguard_unshare, gone, NULL));
	contract_refuses(STEP(itsguard_reclaim, held, NULL));
	return 0;
}
