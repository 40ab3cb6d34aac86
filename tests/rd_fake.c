/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_fake.h"
#include "rd_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- hardware ---- */

static bool hw_is_64_bits(uint32_t offset)
{
	switch (offset & ~7u) {
	case 0x08:
	case 0x40:
	case 0x48:
	case 0x70:
	case 0x78:
	case 0xa0:
	case 0xb0:
	case 0x20070:
	case 0x20078:
		return true;
	default:
		return false;
	}
}

static uint64_t hw_read_ctlr(struct rd_hw *hw)
{
	if (!hw->busy)
		return hw->ctlr;
	hw->busy--;
	return hw->ctlr | 8u;
}

static uint64_t hw_value(struct rd_hw *hw, uint32_t offset)
{
	switch (offset) {
	case 0x00:
		return hw_read_ctlr(hw);
	case 0x70:
		return (hw->prop & ~hw->prop_loses) | hw->prop_forces;
	case 0x78:
		return hw->pend & ~hw->pend_loses & ~(1ull << 62);
	case 0x20070:
		return hw->vprop;
	case 0x20078:
		return hw->vpend;
	default:
		return 0xabc000 | offset;
	}
}

static uint64_t hw_reg_read(void *ctx, uint32_t n, uint32_t offset, uint32_t width)
{
	struct rd_fake *rd = ctx;

	assert_true(rd->fake->machine->inside);
	assert_true(n < rd->config.count);
	assert_int_equal(width, hw_is_64_bits(offset) ? 8 : 4);
	rd->reads++;
	if (offset == 0x08)
		return rd->hw[n].typer;
	return rd->hw[n].off ? 0 : hw_value(&rd->hw[n], offset);
}

static void hw_write_ctlr(struct rd_hw *hw, uint64_t value)
{
	const bool on = (hw->ctlr & 1) != 0;
	const bool wanted = (value & 1) && !hw->deaf;

	assert_int_equal(value & ~0x07000001ull, 0);
	if (on && !wanted)
		hw->busy = hw->rwp;
	hw->reaches = (on && !wanted) || (hw->reaches && hw->busy);
	hw->ctlr = (uint32_t)((hw->ctlr & 6) | (value & 0x07000000) |
			      (wanted || (on && hw->stays) ? 1 : 0));
}

/* GIC 8.2, 8.4: what is UNPREDICTABLE fails the test. */
static void hw_reg_write(void *ctx, uint32_t n, uint32_t offset, uint32_t width, uint64_t value)
{
	struct rd_fake *rd = ctx;
	struct rd_hw *hw = &rd->hw[n];
	const size_t used = strlen(rd->writes);

	assert_true(rd->fake->machine->inside);
	assert_true(n < rd->config.count);
	assert_int_equal(width, hw_is_64_bits(offset) ? 8 : 4);
	snprintf(rd->writes + used, sizeof(rd->writes) - used,
		 "%" PRIx32 ":%" PRIx32 "=%" PRIx64 " ", n, offset, value);
	if (offset == 0x70 || offset == 0x78)
		assert_true(!(hw->ctlr & 1) && !(hw->busy && hw->reaches));
	if (offset == 0x00 && (value & 1))
		assert_true(!hw->busy || !hw->reaches);
	if (hw->off)
		return;
	if (offset == 0x00)
		hw_write_ctlr(hw, value);
	if (offset == 0x70)
		hw->prop = value;
	if (offset == 0x78)
		hw->pend = value;
	assert_true(offset < 0x10000); /* nothing is written to VLPI_base */
}

static bool hw_powered(void *ctx, uint32_t n)
{
	struct rd_fake *rd = ctx;
	const bool off = rd->hw[n].off;

	assert_true(rd->fake->machine->inside);
	if (rd->power_comes)
		rd->power_comes = rd->hw[n].off = false;
	return !off;
}

/* ---- memory: that of the machine ---- */

static uint64_t rd_share(void *ctx, uint64_t pfn, uint64_t count)
{
	struct rd_fake *rd = ctx;

	return rd->fake->ops.share(rd->fake, pfn, count);
}

static uint64_t rd_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	struct rd_fake *rd = ctx;

	return rd->fake->ops.unshare(rd->fake, pfn, count);
}

static uint64_t rd_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	struct rd_fake *rd = ctx;

	return rd->fake->ops.donate(rd->fake, pfn, count);
}

static uint64_t rd_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	struct rd_fake *rd = ctx;

	return rd->fake->ops.reclaim(rd->fake, pfn, count);
}

static int rd_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	struct rd_fake *rd = ctx;

	return rd->fake->ops.zero(rd->fake, pa, bytes);
}

static void rd_event(void *ctx, const struct itsg_event *event)
{
	struct rd_fake *rd = ctx;

	rd->event = *event;
	rd->events++;
}

/* ---- worlds ---- */

struct rd_fake *rd_fake_raw(void)
{
	struct rd_fake *rd = calloc(1, sizeof(*rd));

	assert_non_null(rd);
	rd->fake = fake_default();
	for (uint32_t n = 0; n < RD_FAKE_MAX; n++) {
		rd->frames[n] = 0x80a0000 + 0x20000ull * n;
		rd->hw[n].typer = (uint64_t)n << 32 | n << 8 | 1;
		rd->hw[n].ctlr = 2;
	}
	rd->config = (struct itsg_redists_config){
		.frames = rd->frames, .count = 4, .pa_bits = 48, .lpi_bits = 16};
	rd->ops = (struct itsg_redists_ops){rd_share,     rd_unshare, rd_donate,
					    rd_reclaim,   rd_zero,    hw_reg_read,
					    hw_reg_write, hw_powered, rd_event};
	return rd;
}

enum itsg_reason rd_fake_init(struct rd_fake *rd)
{
	const size_t size = itsg_redists_size(&rd->config);
	struct fake_machine *machine = rd->fake->machine;
	enum itsg_reason reason;

	free(rd->memory);
	rd->memory = NULL;
	if (size && posix_memalign(&rd->memory, 64, size) == 0)
		memset(rd->memory, 0xa5, size);
	machine->inside = true;
	reason = itsg_redists_init(rd->memory, size, &rd->config, machine->pages, &rd->ops, rd,
				   &rd->redists);
	machine->inside = false;
	machine->redists = reason == ITSG_OK ? rd->redists : NULL;
	if (reason == ITSG_OK)
		rd_fake_check(rd);
	return reason;
}

struct rd_fake *rd_fake_new(void)
{
	return rd_fake_with(with->config.count = 4);
}

void rd_fake_free(struct rd_fake *rd)
{
	fake_free(rd->fake);
	free(rd->memory);
	free(rd);
}

/* ---- checks ---- */

static void check_held(const struct rd_fake *rd, uint64_t pa, uint64_t bytes, enum fake_page kind)
{
	for (uint64_t at = pa & ~0xfffull; at < pa + bytes; at += 0x1000)
		assert_int_equal(fake_page(rd->fake, at), kind);
}

/* I1: what a redistributor may touch, if its registers were set by us. */
static void check_reach(const struct rd_fake *rd, uint32_t n)
{
	const struct rd_hw *hw = &rd->hw[n];
	const enum fake_page kind = rd->config.share_pending ? FAKE_SHARED : FAKE_DONATED;
	uint32_t bits = (uint32_t)(hw->prop & 31) + 1;

	if (bits > rd->config.lpi_bits)
		bits = rd->config.lpi_bits;
	check_held(rd, hw->prop & 0xffffffffff000ull, (1ull << bits) - 8192, FAKE_SHARED);
	check_held(rd, hw->pend & 0xfffffffff0000ull, (1ull << bits) / 8, kind);
}

void rd_fake_check(const struct rd_fake *rd)
{
	fake_check(rd->fake);
	for (uint32_t n = 0; n < rd->config.count; n++) {
		const enum itsg_redist_phase phase = rd_phase(rd, n);
		const bool uses = (rd->hw[n].ctlr & 1) || (rd->hw[n].busy && rd->hw[n].reaches);

		assert_false(uses && phase == ITSG_REDIST_OFF && !rd->hw[n].off);
		/* What was on before the guard is nobody's until it is adopted, or off. */
		if (uses && rd->redists->redist[n].claimed)
			check_reach(rd, n);
		assert_true(rd->redists->redist[n].claimed || phase != ITSG_REDIST_ON);
	}
}

/* ---- the library ---- */

#define CALLED(result, call)                                                                       \
	do {                                                                                       \
		rd->fake->machine->inside = true;                                                  \
		(result) = (call);                                                                 \
		rd->fake->machine->inside = false;                                                 \
		rd_fake_check(rd);                                                                 \
	} while (0)

enum itsg_reason rd_write(struct rd_fake *rd, uint32_t n, uint32_t offset, uint32_t width,
			  uint64_t value)
{
	const uint32_t before = rd->events;
	enum itsg_reason reason;

	CALLED(reason, itsg_redists_write(rd->redists, n, offset, width, value));
	if (reason == ITSG_OK)
		return reason;
	assert_true(rd->events > before);
	assert_int_equal(rd->event.kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(rd->event.reason, reason);
	assert_int_equal(rd->event.redistributor, n);
	assert_int_equal(rd->event.offset, offset);
	assert_int_equal(rd->event.value, value);
	return reason;
}

enum itsg_reason rd_w32(struct rd_fake *rd, uint32_t n, uint32_t offset, uint64_t value)
{
	return rd_write(rd, n, offset, 4, value);
}

enum itsg_reason rd_w64(struct rd_fake *rd, uint32_t n, uint32_t offset, uint64_t value)
{
	return rd_write(rd, n, offset, 8, value);
}

enum itsg_reason rd_read(struct rd_fake *rd, uint32_t n, uint32_t offset, uint32_t width,
			 uint64_t *value)
{
	enum itsg_reason reason;

	CALLED(reason, itsg_redists_read(rd->redists, n, offset, width, value));
	return reason;
}

uint64_t rd_r32(struct rd_fake *rd, uint32_t n, uint32_t offset)
{
	uint64_t value;

	assert_int_equal(rd_read(rd, n, offset, 4, &value), ITSG_OK);
	return value;
}

uint64_t rd_r64(struct rd_fake *rd, uint32_t n, uint32_t offset)
{
	uint64_t value;

	assert_int_equal(rd_read(rd, n, offset, 8, &value), ITSG_OK);
	return value;
}

enum itsg_reason rd_adopt(struct rd_fake *rd)
{
	enum itsg_reason reason;

	CALLED(reason, itsg_redists_adopt(rd->redists));
	return reason;
}

bool rd_gone(struct rd_fake *rd)
{
	bool gone;

	CALLED(gone, itsg_redists_host_gone(rd->redists));
	return gone;
}

bool rd_poll(struct rd_fake *rd)
{
	bool did;

	CALLED(did, itsg_redists_poll(rd->redists));
	return did;
}

/* ---- the host ---- */

enum itsg_reason rd_enable(struct rd_fake *rd, uint32_t n, uint64_t prop, uint64_t pend)
{
	assert_int_equal(rd_w64(rd, n, 0x70, prop), ITSG_OK);
	assert_int_equal(rd_w64(rd, n, 0x78, pend), ITSG_OK);
	return rd_w32(rd, n, 0, 1);
}

void rd_on(struct rd_fake *rd, uint32_t n)
{
	assert_int_equal(rd_enable(rd, n, RD_PROP, RD_PEND(n)), ITSG_OK);
	assert_int_equal(rd_phase(rd, n), ITSG_REDIST_ON);
}

enum itsg_reason rd_clear(struct rd_fake *rd, uint32_t n)
{
	return rd_w32(rd, n, 0, 0);
}

/* ---- looks ---- */

enum itsg_redist_phase rd_phase(const struct rd_fake *rd, uint32_t n)
{
	return itsg_redists_phase(rd->redists, n);
}

uint32_t rd_pages(const struct rd_fake *rd)
{
	return fake_pages_held(rd->fake);
}

void rd_fake_expect(struct rd_fake *rd, const char *writes)
{
	assert_string_equal(rd->writes, writes);
	rd_fake_forget(rd);
}

void rd_fake_forget(struct rd_fake *rd)
{
	rd->writes[0] = '\0';
	rd->reads = 0;
	rd->events = 0;
	fake_forget(rd->fake);
}
