/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The glue of Hafnium over a model of pages: their mode in the VM, their mode in stage 1. */
#include "contract.h"

#include "itsguard_hafnium.c"
#include "conformance.h"

struct page {
	mm_mode_t mode;
	mm_mode_t stage1; /* 0: not mapped */
};

static struct page pages[CONTRACT_PAGES];

static struct page *page_at(uint64_t pa)
{
	return &pages[contract_page(pa / PAGE_SIZE)];
}

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
	*mode = page_at(begin.ipa)->mode;
	if (*mode & MM_MODE_INVALID) {
		*mode |= MM_MODE_X;
	}
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
	page_at(begin.pa)->mode = mode;
	return true;
}

void *mm_identity_map(struct mm_stage1_locked locked, paddr_t begin, paddr_t end, mm_mode_t mode,
		      struct mpool *ppool)
{
	(void)locked;
	(void)ppool;
	contract_expect(end.pa - begin.pa == PAGE_SIZE, "one page", "stage 1");
	if (contract_fails()) {
		return NULL;
	}
	page_at(begin.pa)->stage1 = mode;
	return page_at(begin.pa);
}

bool mm_unmap(struct mm_stage1_locked locked, paddr_t begin, paddr_t end, struct mpool *ppool)
{
	(void)locked;
	(void)end;
	(void)ppool;
	page_at(begin.pa)->stage1 = 0;
	return true;
}

static void set(mm_mode_t mode, mm_mode_t stage1)
{
	for (unsigned int i = 0; i < CONTRACT_PAGES; i++) {
		pages[i].mode = mode;
		pages[i].stage1 = stage1;
	}
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

static int is_owned(unsigned int i)
{
	return pages[i].mode == (MM_MODE_R | MM_MODE_W | MM_MODE_X) && pages[i].stage1 == 0;
}

static int is_held(unsigned int i)
{
	return pages[i].mode == (MM_MODE_R | MM_MODE_W | MM_MODE_X | MM_MODE_SHARED) &&
	       pages[i].stage1 == MM_MODE_R;
}

static int is_gone(unsigned int i)
{
	return pages[i].mode == (MM_MODE_INVALID | MM_MODE_UNOWNED | MM_MODE_SHARED) &&
	       pages[i].stage1 == (MM_MODE_R | MM_MODE_W);
}

/* FF-A lends what is owned and exclusive only. */
static int model_give(unsigned int i)
{
	if (pages[i].mode != (MM_MODE_R | MM_MODE_W | MM_MODE_X))
		return 0;
	pages[i].mode |= MM_MODE_INVALID;
	return 1;
}

static void model_take_back(unsigned int i)
{
	pages[i].mode &= ~MM_MODE_INVALID;
}

static int model_can_write(unsigned int i)
{
	return (pages[i].mode & (MM_MODE_W | MM_MODE_INVALID)) == MM_MODE_W;
}

vaddr_t va_from_pa(paddr_t pa)
{
	return (vaddr_t){pa.pa};
}

void *ptr_from_va(vaddr_t va)
{
	return (void *)va.va;
}

void memset_s(void *dest, size_t destsz, int ch, size_t count)
{
	contract_expect(count <= destsz, "beyond its end", "memset_s");
	for (size_t i = 0; i < count; i++)
		((volatile char *)dest)[i] = (char)ch;
}

void memcpy_s(void *dest, size_t destsz, const void *src, size_t count)
{
	contract_expect(count <= destsz, "beyond its end", "memcpy_s");
	for (size_t i = 0; i < count; i++)
		((volatile char *)dest)[i] = ((const volatile char *)src)[i];
}

void arch_mm_flush_dcache(void *base, size_t size)
{
	model_clean((uintptr_t)base, size);
}

io32_t io32_c(uintpaddr_t addr, uintpaddr_t offset)
{
	return (io32_t){(volatile uint32_t *)(addr + offset)};
}

io64_t io64_c(uintpaddr_t addr, uintpaddr_t offset)
{
	return (io64_t){(volatile uint64_t *)(addr + offset)};
}

uint32_t io_read32_mb(io32_t io)
{
	return *io.ptr;
}

uint64_t io_read64_mb(io64_t io)
{
	return *io.ptr;
}

void io_write32_mb(io32_t io, uint32_t v)
{
	*io.ptr = v;
}

void io_write64_mb(io64_t io, uint64_t v)
{
	*io.ptr = v;
}

static void check_conformance(void)
{
	itsguard_frame = (uintptr_t)model_its;
	itsguard_queue = (struct itsguard_memory){
		.pa = MODEL_QUEUE, .va = (void *)MODEL_QUEUE, .bytes = 0x10000};
	itsguard_pool = (struct itsguard_memory){
		.pa = MODEL_POOL, .va = (void *)MODEL_POOL, .bytes = 0x10000};
	model_begin();
	owned();
	model_conforms(&itsguard_ops, NULL, NULL, NULL);
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
	check_conformance();
	return 0;
}
