/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * With -semihosting-config arg=selftest=1: the callbacks of this monitor are run against their
 * contract (itsguard/conformance.h) before the guard begins, on the machine's own page tables, ITS
 * and redistributors; and then, to see that it can fail, with a lie in the place of one after the
 * other. With selftest=only no host is started after that.
 */
#include "itsguard/conformance.h"

#include "monitor.h"

/* ---- how the kit looks at this machine ---- */

static bool give(void *ctx, uint64_t pfn)
{
	(void)ctx;
	return pages_move(pfn, 1, PAGE_HOST, PAGE_GUEST) == 1;
}

static void take_back(void *ctx, uint64_t pfn)
{
	(void)ctx;
	(void)pages_move(pfn, 1, PAGE_GUEST, PAGE_HOST);
}

/* What this CPU would get at EL1, whose stage 1 is off: stage 2 alone decides. */
static bool host_can_write(void *ctx, uint64_t pfn)
{
	(void)ctx;
	__asm__ volatile("at s12e1w, %0" : : "r"(pfn << PAGE_SHIFT) : "memory");
	barrier("isb");
	return (read_sysreg(par_el1) & 1) == 0;
}

/* Past this CPU's cache: what is dirty there is lost. */
static void peek(void *ctx, uint64_t pa, uint8_t *to)
{
	(void)ctx;
	invalidate(pa, 8);
	itsg_put_le64(to, *(volatile uint64_t *)pa);
}

static void poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	(void)ctx;
	*(volatile uint64_t *)pa = itsg_le64(from);
	clean_invalidate(pa, 8);
}

/* ---- what it is given ---- */

static const struct itsg_conformance_hooks hooks = {
	.give = give,
	.take_back = take_back,
	.host_can_write = host_can_write,
	.peek = peek,
	.poke = poke,
};

/* Pages of the monitor's, of a device, of nothing. */
static uint64_t foreign[3];

/* The last pages of RAM, which nobody has a use for before the host runs. */
static void describe(struct itsg_conformance *with, uint64_t ram_bytes)
{
	const uint64_t end = (VIRT_RAM + ram_bytes) >> PAGE_SHIFT;
	const uint64_t *frames;

	*with = (struct itsg_conformance){0};
	itsguard_describe(with);
	foreign[0] = (uintptr_t)image_start >> PAGE_SHIFT;
	foreign[1] = VIRT_GICD >> PAGE_SHIFT;
	foreign[2] = end;
	with->hooks = &hooks;
	with->page_shift = PAGE_SHIFT;
	with->host_pfn = end - ITSG_CONFORMANCE_PAGES;
	with->foreign = foreign;
	with->foreign_count = 3;
	with->registers = true;
	with->pa_bits = physical_address_bits();
	with->redistributor_count = rds_list(&frames);
	with->here = 0;
	/* The last one is said to be off meanwhile. */
	with->off = with->redistributor_count > 1 ? with->redistributor_count - 1
						  : ITSG_CONFORMANCE_NONE;
}

static void run(const struct itsg_conformance *with, struct itsg_conformance_result *result)
{
	if (with->off != ITSG_CONFORMANCE_NONE)
		rd_set_power(with->off, false);
	(void)itsg_conformance_run(with, result);
	if (with->off != ITSG_CONFORMANCE_NONE)
		rd_set_power(with->off, true);
}

/* ---- lies ---- */

static uint64_t all_done(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	(void)pfn;
	return count;
}

/* The page is marked and stays mapped: what a forgotten TLB invalidation looks like for good. */
static uint64_t donate_leaves_access(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_HOST, PAGE_SHARED);
}

static uint64_t reclaim_of_that(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_SHARED, PAGE_HOST);
}

static int zero_nothing(void *ctx, uint64_t pa, uint64_t bytes)
{
	(void)ctx;
	(void)pa;
	(void)bytes;
	return 0;
}

static int store_nothing(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	(void)ctx;
	(void)pa;
	(void)from;
	(void)bytes;
	return 0;
}

static uint64_t read_half(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	(void)width;
	return its_hardware_read(offset, 4);
}

static void write_half(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	(void)width;
	its_hardware_write(offset, 4, value);
}

/* Each lie is told by a copy of the callbacks, and is found with this clause. */
static uint32_t plant(uint32_t lie, struct itsg_ops *ops)
{
	switch (lie) {
	case 0:
		ops->share = all_done;
		ops->unshare = all_done;
		return ITSG_CLAUSE_SHARE_PINS;
	case 1:
		ops->donate = donate_leaves_access;
		ops->reclaim = reclaim_of_that;
		return ITSG_CLAUSE_DONATE_TAKES;
	case 2:
		ops->zero = zero_nothing;
		return ITSG_CLAUSE_ZERO_ALL;
	case 3:
		ops->store = store_nothing;
		return ITSG_CLAUSE_STORE_BYTES;
	case 4:
		ops->reg_read = read_half;
		return ITSG_CLAUSE_REG_READ_64;
	case 5:
		ops->reg_write = write_half;
		return ITSG_CLAUSE_REG_WRITE_64;
	case 6:
		ops->asleep = NULL;
		return ITSG_CLAUSE_ASLEEP_OFF;
	default:
		return ITSG_CLAUSES_HOLD;
	}
}

/* How many lies were found with another clause than that which they break. */
static uint32_t tell_lies(const struct itsg_conformance *with)
{
	struct itsg_conformance_result result;
	struct itsg_conformance lying = *with;
	struct itsg_ops ops;
	uint32_t missed = 0;

	lying.ops = &ops;
	for (uint32_t lie = 0;; lie++) {
		uint32_t clause;

		ops = *with->ops;
		clause = plant(lie, &ops);
		if (clause == ITSG_CLAUSES_HOLD)
			return missed;
		if (clause == ITSG_CLAUSE_ASLEEP_OFF && with->off == ITSG_CONFORMANCE_NONE)
			continue;
		run(&lying, &result);
		print("selftest: planted %s found %s", itsg_clause_name((enum itsg_clause)clause),
		      itsg_clause_name(result.failed));
		missed += result.failed != (enum itsg_clause)clause;
	}
}

/* ---- at boot ---- */

static uint32_t report(const struct itsg_conformance_result *result)
{
	uint32_t tried = 0;

	for (uint32_t clause = 1; clause < ITSG_CLAUSE_COUNT; clause++) {
		if (itsg_clause_tried(result, (enum itsg_clause)clause))
			tried++;
		else
			print("selftest: not tried: %s",
			      itsg_clause_name((enum itsg_clause)clause));
	}
	if (result->failed == ITSG_CLAUSES_HOLD)
		return tried;
	print("selftest: FAILED: %s: %s (at %x: %x)", itsg_clause_name(result->failed),
	      itsg_clause_text(result->failed), result->at, result->got);
	return tried;
}

void selftest(uint64_t ram_bytes)
{
	struct itsg_conformance_result result;
	struct itsg_conformance with;
	uint32_t tried, missed;
	char value[8];

	if (!option("selftest", value, sizeof(value)))
		return;
	describe(&with, ram_bytes);
	run(&with, &result);
	tried = report(&result);
	missed = tell_lies(&with);
	print("selftest: failed=%u tried=%u missed=%u",
	      (uint64_t)(result.failed != ITSG_CLAUSES_HOLD), (uint64_t)tried, (uint64_t)missed);
	if (result.failed != ITSG_CLAUSES_HOLD || missed != 0)
		panic("the callbacks do not keep their contract", result.failed);
	if (value[0] == 'o')
		exit_machine(0);
}
