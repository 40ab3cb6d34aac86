/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "hold.h"

#include <stdio.h>

#include "count.h"
#include "itsguard/arch.h"
#include "state.h"

/* ITSs that are measured at a time; a guard in the same memory is the same one, made anew. */
#define HOLD_ITS 64u

struct hold_its {
	void *mem;
	const struct itsg_ops *ops;
	void *ctx;
};

static struct hold_its hold_its[HOLD_ITS];
static uint32_t hold_next, hold_budget, hold_event_bits, hold_entries;
static const char *hold_name = "";
static hold_fn *hold_told;
static uint64_t hold_blocks;

void hold_source(const char *source)
{
	hold_name = source;
	hold_entries = 0;
}

void hold_force(uint32_t budget, uint32_t event_bits)
{
	hold_budget = budget;
	hold_event_bits = event_bits;
}

void hold_on_entry(hold_fn *fn)
{
	hold_told = fn;
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	hold_blocks++;
}

/* ---- callbacks: they do not count ---- */

#define HOLD_ITS_OF(ctx) ((const struct hold_its *)(ctx))

#define HOLD_PAGE(name)                                                                            \
	static uint64_t hold_##name(void *ctx, uint64_t pfn, uint64_t count)                       \
	{                                                                                          \
		uint64_t done;                                                                     \
                                                                                                   \
		count_leave();                                                                     \
		done = HOLD_ITS_OF(ctx)->ops->name(HOLD_ITS_OF(ctx)->ctx, pfn, count);             \
		count_enter();                                                                     \
		return done;                                                                       \
	}
HOLD_PAGE(share)
HOLD_PAGE(unshare)
HOLD_PAGE(donate)
HOLD_PAGE(reclaim)

static int hold_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	int error;

	count_leave();
	error = HOLD_ITS_OF(ctx)->ops->zero(HOLD_ITS_OF(ctx)->ctx, pa, bytes);
	count_enter();
	return error;
}

static int hold_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	int error;

	count_leave();
	error = HOLD_ITS_OF(ctx)->ops->fetch(HOLD_ITS_OF(ctx)->ctx, pa, to, bytes);
	count_enter();
	return error;
}

static int hold_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	int error;

	count_leave();
	error = HOLD_ITS_OF(ctx)->ops->store(HOLD_ITS_OF(ctx)->ctx, pa, from, bytes);
	count_enter();
	return error;
}

static uint64_t hold_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	uint64_t value;

	count_leave();
	value = HOLD_ITS_OF(ctx)->ops->reg_read(HOLD_ITS_OF(ctx)->ctx, offset, width);
	count_enter();
	return value;
}

static void hold_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	count_leave();
	HOLD_ITS_OF(ctx)->ops->reg_write(HOLD_ITS_OF(ctx)->ctx, offset, width, value);
	count_enter();
}

static bool hold_reserved(void *ctx, uint32_t device_id)
{
	bool reserved;

	count_leave();
	reserved = HOLD_ITS_OF(ctx)->ops->reserved(HOLD_ITS_OF(ctx)->ctx, device_id);
	count_enter();
	return reserved;
}

static bool hold_asleep(void *ctx, uint32_t index)
{
	bool asleep;

	count_leave();
	asleep = HOLD_ITS_OF(ctx)->ops->asleep(HOLD_ITS_OF(ctx)->ctx, index);
	count_enter();
	return asleep;
}

static void hold_event(void *ctx, const struct itsg_event *event)
{
	count_leave();
	HOLD_ITS_OF(ctx)->ops->event(HOLD_ITS_OF(ctx)->ctx, event);
	count_enter();
}

/* ---- entries ---- */

enum itsg_reason __real_itsg_its_init(void *mem, size_t size, const struct itsg_its_config *config,
				      struct itsg_pages *pages, const struct itsg_ops *ops,
				      void *ctx, struct itsg_its **out);
enum itsg_reason __wrap_itsg_its_init(void *mem, size_t size, const struct itsg_its_config *config,
				      struct itsg_pages *pages, const struct itsg_ops *ops,
				      void *ctx, struct itsg_its **out);

static struct hold_its *hold_place(void *mem)
{
	for (uint32_t i = 0; i < HOLD_ITS; i++)
		if (hold_its[i].mem == mem)
			return &hold_its[i];
	return &hold_its[hold_next++ % HOLD_ITS]; /* of a guard that is long gone */
}

enum itsg_reason __wrap_itsg_its_init(void *mem, size_t size, const struct itsg_its_config *config,
				      struct itsg_pages *pages, const struct itsg_ops *ops,
				      void *ctx, struct itsg_its **out)
{
	const struct itsg_ops counting = {
		.share = hold_share,
		.unshare = hold_unshare,
		.donate = hold_donate,
		.reclaim = hold_reclaim,
		.zero = hold_zero,
		.fetch = hold_fetch,
		.store = hold_store,
		.reg_read = hold_reg_read,
		.reg_write = hold_reg_write,
		.reserved = ops->reserved ? hold_reserved : NULL,
		.asleep = ops->asleep ? hold_asleep : NULL,
		.event = ops->event ? hold_event : NULL,
	};
	struct itsg_its_config forced = *config;
	struct hold_its *place = hold_place(mem);

	place->mem = mem;
	place->ops = ops;
	place->ctx = ctx;
	if (hold_budget && hold_budget < forced.budget)
		forced.budget = hold_budget;
	if (hold_event_bits)
		forced.event_bits = hold_event_bits;
	return __real_itsg_its_init(mem, size, &forced, pages, &counting, place, out);
}

static void hold_begin(void)
{
	hold_blocks = 0;
	count_on();
}

static void hold_end(const struct itsg_its *its, enum hold_kind kind)
{
	static const char *const names[] = {"run", "arm", "tables"};

	count_off();
	if (hold_told)
		hold_told(kind, hold_blocks);
	else
		count_figure(1, "hold/%s/%u/%s/%u", names[kind], its->facts.config.budget,
			     hold_name, hold_entries++);
}

static enum hold_kind hold_kind_of(uint32_t offset, uint64_t value)
{
	if (offset < 4 && (value & ITSG_CTLR_ENABLED))
		return HOLD_ARM;
	if ((offset & ~7u) == ITSG_GITS_CBASER ||
	    (offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END))
		return HOLD_TABLES;
	return HOLD_RUN;
}

enum itsg_reason __real_itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width,
				   uint64_t value);
enum itsg_reason __wrap_itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width,
				   uint64_t value);
enum itsg_reason __wrap_itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width,
				   uint64_t value)
{
	enum itsg_reason reason;

	hold_begin();
	reason = __real_itsg_write(its, offset, width, value);
	hold_end(its, hold_kind_of(offset, value));
	return reason;
}

enum itsg_reason __real_itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width,
				  uint64_t *value);
enum itsg_reason __wrap_itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width,
				  uint64_t *value);
enum itsg_reason __wrap_itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width,
				  uint64_t *value)
{
	enum itsg_reason reason;

	hold_begin();
	reason = __real_itsg_read(its, offset, width, value);
	hold_end(its, HOLD_RUN);
	return reason;
}

bool __real_itsg_poll(struct itsg_its *its);
bool __wrap_itsg_poll(struct itsg_its *its);
bool __wrap_itsg_poll(struct itsg_its *its)
{
	bool more;

	hold_begin();
	more = __real_itsg_poll(its);
	hold_end(its, HOLD_RUN);
	return more;
}
