/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The conformance kit over the glue of a port. A test includes contract.h, the glue, then this; it
 * gives the host's functions over a model of its pages, and says by two functions how a host of
 * that kind would give a page away, and whether it can write to one.
 *
 * What is here: memory at the model's physical addresses, mapped at the same virtual ones, with
 * what hardware sees of it, which is what was cleaned; and frames of registers that are only
 * memory.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "src/clause_names.c"
#include "src/conformance.c"

void *mmap(void *addr, unsigned long length, int prot, int flags, int fd, long offset);
int memfd_create(const char *name, unsigned int flags);
int ftruncate(int fd, long length);

#define MODEL_PAGE  4096ul
#define MODEL_PA    ((unsigned long)CONTRACT_PFN * MODEL_PAGE)
#define MODEL_QUEUE (MODEL_PA + 0x100000)
#define MODEL_POOL  (MODEL_PA + 0x110000)
#define MODEL_END   (MODEL_PA + 0x120000)
#define MODEL_RDS   3u
#ifndef MODEL_OFF
#define MODEL_OFF 2u /* this redistributor has no power */
#endif

static int model_memory; /* a file, so that a page may be mapped at a second place */
static unsigned char model_seen[MODEL_END - MODEL_PA];
static unsigned char model_its[0x10000] __attribute__((aligned(8)));
static unsigned char model_rd[MODEL_RDS][0x10000] __attribute__((aligned(8)));

/* The page is in RAM of the model: mapped for the guest, as it was. */
static int model_give(unsigned int page);
static void model_take_back(unsigned int page);
static int model_can_write(unsigned int page);

/* What a host's function for the caches makes visible, by physical address. */
static void model_clean(unsigned long pa, unsigned long bytes)
{
	contract_expect(pa >= MODEL_PA && pa + bytes <= MODEL_END, "not asked for", "other memory");
	for (unsigned long i = 0; i < bytes; i++)
		model_seen[pa - MODEL_PA + i] = *(volatile unsigned char *)(pa + i);
}

static bool conformance_give(void *ctx, uint64_t pfn)
{
	(void)ctx;
	return model_give(contract_page(pfn)) != 0;
}

static void conformance_take_back(void *ctx, uint64_t pfn)
{
	(void)ctx;
	model_take_back(contract_page(pfn));
}

static bool conformance_can_write(void *ctx, uint64_t pfn)
{
	(void)ctx;
	return model_can_write(contract_page(pfn)) != 0;
}

static void conformance_peek(void *ctx, uint64_t pa, uint8_t *to)
{
	(void)ctx;
	for (unsigned int i = 0; i < 8; i++)
		to[i] = model_seen[pa - MODEL_PA + i];
}

static void conformance_poke(void *ctx, uint64_t pa, const uint8_t *from)
{
	(void)ctx;
	for (unsigned int i = 0; i < 8; i++)
		*(volatile unsigned char *)(unsigned long)(pa + i) = from[i];
	model_clean((unsigned long)pa, 8);
}

/* The same calls that contract_step() has fail. */
static bool conformance_fail_at(void *ctx, uint32_t n)
{
	const int failed = contract_fail_at != 0 && contract_calls >= contract_fail_at;

	(void)ctx;
	contract_calls = 0;
	contract_fail_at = n;
	return failed != 0;
}

static void model_put(unsigned char *frame, unsigned long offset, unsigned long long value)
{
	*(volatile unsigned long long *)(frame + offset) = value;
}

static void model_begin(void)
{
	const unsigned long bytes = MODEL_END - MODEL_PA;
	void *at;

	model_memory = memfd_create("model", 0);
	contract_expect(model_memory >= 0 && !ftruncate(model_memory, (long)bytes), "no memory",
			"model");
	/* Read and write; shared, at this place, where nothing is. */
	at = mmap((void *)MODEL_PA, bytes, 3, 0x100001 | 0x10, model_memory, 0);
	contract_expect(at == (void *)MODEL_PA, "no memory there", "model");
	model_put(model_its, 0x0000, 0x43bull << 32 | 0x80000000u); /* Quiescent, IIDR */
	model_put(model_its, 0x0100, 1ull << 56 | 7ull << 48);      /* devices */
	model_put(model_its, 0xffe8, 0x3b);
	for (unsigned long long rd = 0; rd < MODEL_RDS; rd++) {
		model_put(model_rd[rd], 0x0000, 0x43bull << 32);
		model_put(model_rd[rd], 0x0008, rd << 32 | rd << 8 | 1);
	}
}

/* All pages are the guest's, and free. `rds`: redistributors are guarded, too. */
static void model_conforms(const struct itsg_ops *ops, void *ctx,
			   const struct itsg_redists_ops *redists_ops, void *redists_ctx)
{
	static const struct itsg_conformance_hooks hooks = {
		.give = conformance_give,
		.take_back = conformance_take_back,
		.host_can_write = conformance_can_write,
		.peek = conformance_peek,
		.poke = conformance_poke,
		.fail_at = conformance_fail_at,
	};
	const struct itsg_conformance with = {
		.ops = ops,
		.ctx = ctx,
		.redists_ops = redists_ops,
		.redists_ctx = redists_ctx,
		.hooks = &hooks,
		.page_shift = 12,
		.host_pfn = CONTRACT_PFN,
		.queue = {MODEL_QUEUE, 0x10000},
		.level1_pool = {MODEL_POOL, 0x10000},
		.registers = true,
		.pa_bits = 48,
		.redistributor_count = redists_ops ? MODEL_RDS : 0,
		.here = 0,
		.off = MODEL_OFF,
	};
	struct itsg_conformance_result result;

	contract_fail_at = 0;
	itsg_conformance_run(&with, &result);
	contract_fail_at = 0;
	contract_expect(result.failed == ITSG_CLAUSES_HOLD, itsg_clause_text(result.failed),
			itsg_clause_name(result.failed));
	contract_expect(itsg_clause_tried(&result, ITSG_CLAUSE_STORE_ORDERED) &&
				itsg_clause_tried(&result, ITSG_CLAUSE_DONATE_TAKES) &&
				itsg_clause_tried(&result, ITSG_CLAUSE_POWERED_OFF) ==
					(redists_ops != NULL),
			"not all was tried", "conformance");
}

#endif
