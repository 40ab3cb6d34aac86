/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A platform for the README's program: registers that hold what is written, and pages that are
 * always granted. Enough to see it take over an ITS, and refuse.
 */
#include "itsguard/arch.h"
#include "itsguard/itsguard.h"

#include <stdio.h>

extern enum itsg_reason guard_init(uint64_t queue, uint64_t pool, const uint64_t secret[4]);
extern void on_host_write(uint32_t offset, uint32_t width, uint64_t value);

static uint64_t registers[ITSG_CONTROL_FRAME_BYTES / 8];
static enum itsg_reason last_refusal;

static uint64_t grant(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	(void)pfn;
	return count;
}

static int zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	(void)ctx;
	(void)pa;
	(void)bytes;
	return 0;
}

static int fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	(void)ctx;
	(void)pa;
	for (uint32_t i = 0; i < bytes; i++)
		to[i] = 0;
	return 0;
}

static int store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	(void)ctx;
	(void)pa;
	(void)from;
	(void)bytes;
	return 0;
}

static uint64_t reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	(void)width;
	if (offset == ITSG_GITS_CTLR)
		return ITSG_CTLR_QUIESCENT;
	return registers[offset / 8];
}

static void reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	(void)width;
	registers[offset / 8] = value;
}

static void event(void *ctx, const struct itsg_event *event)
{
	(void)ctx;
	last_refusal = event->reason;
}

extern const struct itsg_ops my_ops;
const struct itsg_ops my_ops = {
	.share = grant,
	.unshare = grant,
	.donate = grant,
	.reclaim = grant,
	.zero = zero,
	.fetch = fetch,
	.store = store,
	.reg_read = reg_read,
	.reg_write = reg_write,
	.event = event,
};

int main(void)
{
	const uint64_t secret[4] = {1, 2, 3, 4};

	registers[ITSG_GITS_TYPER / 8] = 0x1f0001efb1;
	registers[ITSG_GITS_BASER / 8] = 0x0107000000000000; /* devices, 8-byte entries */
	if (guard_init(0x80000000, 0x80010000, secret) != ITSG_OK)
		return 1;
	on_host_write(ITSG_GITS_CTLR, 4, ITSG_CTLR_ENABLED); /* nothing is programmed yet */
	if (last_refusal != ITSG_ENABLE_INCOMPLETE)
		return 1;
	puts("taken over; an incomplete enable was refused");
	return 0;
}
