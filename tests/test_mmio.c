/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The register gate: every offset, in every width. */
#include "fake.h"

#include "state.h"

#define VALID (1ull << 63)

/* What the host may do with the 32 bits at an offset. */
enum access {
	RESERVED,
	READ_ONLY,
	WRITABLE,
	NOTHING /* RES0 */
};

static enum access access_of(uint32_t offset)
{
	if (offset == 0x0)
		return WRITABLE;
	if (offset == 0x4 || offset == 0x8 || offset == 0xc || offset == 0x10 || offset == 0x18)
		return READ_ONLY;
	if (offset >= 0x80 && offset < 0x90)
		return WRITABLE;
	if (offset >= 0x90 && offset < 0x98)
		return READ_ONLY;
	if (offset >= 0x100 && offset < 0x110)
		return WRITABLE; /* the two tables of the default hardware */
	if (offset >= 0x110 && offset < 0x140)
		return offset & 4 ? RESERVED : NOTHING; /* there is no table to be valid (H1) */
	return offset >= 0xffd0 ? READ_ONLY : RESERVED;
}

/* ---- the whole frame ---- */

static void every_offset_has_its_answer(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	for (uint32_t offset = 0; offset < 0x10000; offset += 4) {
		const enum itsg_reason reason = fake_w32(fake, offset, 0x80000000);

		switch (access_of(offset)) {
		case WRITABLE:
			assert_true(reason == ITSG_OK);
			break;
		case READ_ONLY:
			assert_int_equal(reason, ITSG_READ_ONLY);
			break;
		case NOTHING:
			assert_int_equal(reason, ITSG_OK);
			assert_int_equal(fake_r32(fake, offset), 0);
			break;
		default:
			assert_int_equal(reason, ITSG_RESERVED_REGISTER);
			assert_int_equal(fake_r32(fake, offset), 0);
		}
		/* A write of 0 never hurts. */
		assert_int_equal(fake_w32(fake, offset, 0), ITSG_OK);
		assert_int_equal(fake->event_count > FAKE_MAX_EVENTS - 2, false);
		fake->event_count = fake->event_next = 0;
		fake_forget(fake);
	}
	assert_false(fake->enabled);
	fake_free(fake);
}

static void the_host_writes_no_register_of_hardware(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	for (uint32_t offset = 8; offset < 0x10000; offset += 8) {
		fake_w64(fake, offset, 0x8000000000000fe0);
		fake->event_count = 0;
	}
	fake_expect(fake, ~0u, "");
	fake_free(fake);
}

static void wrong_widths_and_alignments_are_refused(void **state)
{
	static const uint32_t widths[] = {0, 1, 2, 3, 5, 6, 7, 9, 16, 0xffffffff};
	struct fake *fake = fake_default();
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		value = 1;
		assert_int_equal(fake_read(fake, 0, widths[i], &value), ITSG_BAD_WIDTH);
		assert_int_equal(value, 0);
		assert_int_equal(fake_write(fake, 0x80, widths[i], 0), ITSG_BAD_WIDTH);
	}
	for (uint32_t offset = 1; offset < 8; offset++) {
		assert_int_equal(fake_read(fake, 0x80 + offset, 8, &value), ITSG_BAD_ALIGNMENT);
		assert_int_equal(fake_write(fake, 0x80 + offset, 4, 0),
				 offset % 4 ? ITSG_BAD_ALIGNMENT : ITSG_OK);
	}
	assert_int_equal(fake_stats(fake).refused_accesses, 20 + 7 + 6);
	fake_free(fake);
}

/* 32-bit registers are 32 bits wide (GIC 1.3); where nothing is, either width will do. */
static void registers_of_32_bits_take_no_64(void **state)
{
	static const uint32_t narrow[] = {0x0, 0x10, 0x18, 0x40, 0xffd0, 0xffe8, 0xfff8};
	struct fake *fake = fake_default();
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(narrow); i++) {
		assert_int_equal(fake_read(fake, narrow[i], 8, &value), ITSG_BAD_WIDTH);
		assert_int_equal(fake_write(fake, narrow[i], 8, 0), ITSG_BAD_WIDTH);
		assert_int_equal(fake_read(fake, narrow[i], 4, &value), ITSG_OK);
	}
	assert_int_equal(fake_read(fake, 0x20, 8, &value), ITSG_OK);
	assert_int_equal(fake_write(fake, 0x20, 8, 0), ITSG_OK);
	assert_int_equal(fake_write(fake, 0x20, 8, 1ull << 32), ITSG_RESERVED_REGISTER);
	fake_free(fake);
}

/* Nothing is known of what lies beyond the frame: the platform has sent us a wrong access. */
static void beyond_the_frame_nothing_is_done(void **state)
{
	static const uint32_t beyond[] = {0x10000, 0x10040, 0x20020, 0xfffffff8, 0x10080, 0x10100};
	struct fake *fake = fake_default();
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(beyond); i++) {
		value = 1;
		assert_int_equal(fake_read(fake, beyond[i], 8, &value), ITSG_BAD_ALIGNMENT);
		assert_int_equal(value, 0);
		assert_int_equal(fake_write(fake, beyond[i], 8, 0), ITSG_BAD_ALIGNMENT);
		assert_int_equal(fake_write(fake, beyond[i], 4, 1), ITSG_BAD_ALIGNMENT);
	}
	fake_expect(fake, ~0u, "");
	fake_free(fake);
}

/* ---- reading ---- */

static void identification_is_hardwares(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(fake_r32(fake, ITSG_GITS_IIDR), 0x43b);
	assert_int_equal(fake_r32(fake, ITSG_GITS_PIDR2), 0x3b);
	assert_int_equal(fake_r32(fake, ITSG_GITS_MPAMIDR), 0); /* as TYPER.MPAM (F18) */
	assert_int_equal(fake_r32(fake, ITSG_GITS_PARTIDR), 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_TYPER), fake->typer);
	assert_int_equal(fake_r32(fake, ITSG_GITS_TYPER), fake->typer & 0xffffffff);
	assert_int_equal(fake_r32(fake, ITSG_GITS_TYPER + 4), fake->typer >> 32);
	fake_free(fake);
}

static void ctlr_shows_quiescent_as_hardware_and_enabled_as_the_host_has_it(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake->ctlr_other = 0x172; /* ITS_Number and others: not shown */
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), 0x80000000);
	fake->quiescent = false;
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), 0);
	fake->quiescent = true;
	fake_program(fake, false);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0xffffffff), ITSG_OK); /* others ignored */
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), 0x80000001);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0xfffffffe), ITSG_OK);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR), 0x80000000);
	fake_free(fake);
}

static void virtual_lpis_can_be_hidden(void **state)
{
	const uint64_t virt = ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMOVP | ITSG_TYPER_VSGI |
			      ITSG_TYPER_VMAPP | ITSG_TYPER_SVPET | ITSG_TYPER_NID;
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.typer |= virt;
	setup.baser[2] = setup.baser[0];
	setup.baser[2].type = 2;
	fake = fake_new(&setup);
	assert_int_equal(fake_r64(fake, ITSG_GITS_TYPER), setup.typer);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 16) >> 56 & 7, 2);
	fake_free(fake);
	setup.config.hide_virtual = true;
	fake = fake_new(&setup);
	assert_int_equal(fake_r64(fake, ITSG_GITS_TYPER), setup.typer & ~virt);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 16), 0);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 16, VALID), ITSG_RESERVED_REGISTER);
	fake_free(fake);
}

/* ---- CBASER, CWRITER, CREADR ---- */

static void cbaser_reads_back_as_written_but_for_reserved_bits(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_set_queue(fake, ~0ull);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0xb8effffffffffcff);
	/* GIC Q3 */
	fake_set_queue(fake, 0x880f0000000100ff);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0x880f0000000100ff);
	fake_free(fake);
}

static void halves_are_merged(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(fake_w32(fake, ITSG_GITS_CBASER, 0xffffffff4000040f), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0x4000040f);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CBASER + 4, 0xffffffffb8000008), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0xb80000084000040f); /* GIC Q1 */
	assert_int_equal(fake_r32(fake, ITSG_GITS_CBASER), 0x4000040f);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CBASER + 4), 0xb8000008);
	/* GIC B12: read-only fields stay. */
	fake->baser[0].value = 0;
	fake_set_devices(fake, 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x0107000000000000);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0x80000707), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x0107000080000607); /* 64 KB at most */
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER + 4, 0xb8ff0008), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0xb9e7000880000607);
	fake_free(fake);
}

/* GIC B12 as it stands: hardware that keeps Page_Size=3. */
static void halves_of_baser_are_merged_before_they_are_kept(void **state)
{
	struct fake *fake = fake_with(setup.baser[0].max_page = 3);

	(void)state;
	fake_set_devices(fake, 0);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0x80000707), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x0107000080000707);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER + 4, 0xb8ff0008), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0xb9e7000880000707);
	fake_free(fake);
}

struct cwriter_vector {
	uint32_t queue_pages;
	uint64_t written;
	enum itsg_reason reason;
	uint64_t read;
};

/* `offset >= size` is bad, not only `offset > size` (GIC 1.7). */
static void cwriter_must_lie_inside_the_queue(void **state)
{
	/* clang-format off */
	static const struct cwriter_vector vectors[] = {
		{1, 0xfe0, ITSG_OK, 0xfe0}, /* GIC Q8 */
		{1, 0x1000, ITSG_CWRITER_RANGE, 0xfe0}, /* GIC Q11 */
		{1, 0xfffe0, ITSG_CWRITER_RANGE, 0xfe0}, {1, 0, ITSG_OK, 0}, /* GIC Q7 */
		{16, 0x121, ITSG_OK, 0x120}, {16, 0xfe, ITSG_OK, 0xe0}, /* GIC Q9, Q10 */
		{16, 0x10000, ITSG_CWRITER_RANGE, 0xe0}, {16, 0xffe0, ITSG_OK, 0xffe0}, /* GIC Q1 */
		{256, 0xfffe0, ITSG_OK, 0xfffe0}, {256, 0x20, ITSG_OK, 0x20}, /* GIC Q3, Q12 */
		{256, 0xfffffffffff00000, ITSG_OK, 0}, /* reserved bits */
	};
	/* clang-format on */
	struct fake *fake = fake_default();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		fake_w64(fake, ITSG_GITS_CBASER,
			 fake_cbaser_value(FAKE_QUEUE, vectors[i].queue_pages));
		assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, vectors[i].written),
				 vectors[i].reason);
		assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), vectors[i].read);
	}
	fake_free(fake);
}

static void halves_of_cwriter(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CWRITER, 0x20), ITSG_OK);
	assert_int_equal(fake_unpassed(fake), 1);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CWRITER + 4, 0xffffffff), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), 0x20);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CREADR + 4), 0);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CREADR, 0x20), ITSG_READ_ONLY);
	fake_free(fake);
}

/* Any write of CBASER, also of one half, also of the same value, makes CREADR 0 and not CWRITER. */
static void a_write_of_cbaser_rewinds_creadr(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0xa0);
	fake_disable(fake);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CBASER + 4, 0xb8000000), ITSG_OK);
	assert_int_equal(fake_creadr(fake), 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), 0xa0);
	/* The same extent: the claim stays, and the five commands run again. */
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_SHARED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 10);
	fake_disable(fake);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 2));
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST);
	fake_free(fake);
}

/* ---- state ---- */

/* Registers are virtual: what is written early waits (H6). */
static void cbaser_and_baser_need_a_disabled_its(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 1)),
			 ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 8, 0), ITSG_NOT_QUIESCENT);
	fake->quiescent = false;
	fake_disable(fake);
	fake_set_queue(fake, 0);
	fake_set_devices(fake, 0);
	assert_int_equal(fake_enable(fake), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0x20), ITSG_OK); /* may be written */
	/* Hardware has its table as long as it may read it. */
	assert_int_equal(fake->baser[0].value >> 63, 1);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_DONATED);
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST);
	fake->quiescent = true;
	fake_poll(fake);
	assert_int_equal(fake->baser[0].value >> 63, 0);
	assert_int_equal(fake_page(fake, FAKE_DEVICES), FAKE_HOST);
	fake_free(fake);
}

/* And what is written back before hardware was quiescent never changed. */
static void a_table_that_is_given_up_and_taken_again_stays(void **state)
{
	struct fake *fake = fake_armed();
	uint64_t baser;

	(void)state;
	fake_mapd(fake, 1, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake->quiescent = false;
	fake_disable(fake);
	baser = fake_r64(fake, ITSG_GITS_BASER);
	fake_set_devices(fake, 0);
	fake_set_devices(fake, baser);
	fake->quiescent = true;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* v4.1 reads Quiescent=1 until Enabled=0 has taken effect, but a later call may believe it. */
static void on_v41_the_call_that_disables_proves_nothing(void **state)
{
	struct fake *fake = fake_armed_with(setup.typer |= ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMAPP);

	(void)state;
	fake_disable(fake);
	assert_false(fake->its->power.quiesced);
	fake_set_devices(fake, 0);
	assert_true(fake->its->power.quiesced);
	fake_free(fake);
}

static void page_size_and_indirect_read_back_as_hardware_keeps_them(void **state)
{
	struct fake *fake = fake_with(
		setup.baser[0].max_page = 1, setup.baser[1].indirect = false,
		setup.baser[1].drops = ITSG_BASER_SHAREABILITY,
		setup.baser[1].forces = ITSG_BIT(59) /* inner cacheability: odd codes only */);

	(void)state;
	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_DEVICES, 1, 2, true));
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0xf907000040100500);
	fake_w64(fake, ITSG_GITS_BASER + 8, 0x9000000000000c00);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 8), 0x9c07000000000000);
	fake_free(fake);
}

static void refused_accesses_are_told(void **state)
{
	struct fake *fake = fake_default();
	const struct fake_event *event;
	uint64_t value;

	(void)state;
	assert_int_equal(fake_w32(fake, 0x48, 0x1234), ITSG_RESERVED_REGISTER);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(event->reason, ITSG_RESERVED_REGISTER);
	assert_int_equal(event->offset, 0x48);
	assert_int_equal(event->value, 0x1234);
	assert_false(event->has_command);
	assert_int_equal(fake_stats(fake).accesses, 1);
	assert_int_equal(fake_stats(fake).refused_accesses, 1);
	assert_int_equal(fake_read(fake, 0x4, 8, &value), ITSG_BAD_ALIGNMENT);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(event->reason, ITSG_BAD_ALIGNMENT);
	assert_int_equal(event->offset, 0x4);
	assert_int_equal(fake_stats(fake).refused_accesses, 2);
	fake_free(fake);
}

/* ---- CTLR ---- */

static uint32_t ctlr(struct fake *fake)
{
	return (uint32_t)fake_r32(fake, ITSG_GITS_CTLR);
}

/* Hardware gets quiescent between two reads of its CTLR in one access of the host's (F6). */
static unsigned late_reads;

static uint64_t late_read(void *ctx, uint32_t offset, uint32_t width)
{
	struct fake *fake = ctx;
	const uint64_t value = fake->ops.reg_read(ctx, offset, width);

	/* After the two looks of the guard at the beginning of a call. */
	if (offset == ITSG_GITS_CTLR && !fake->enabled && ++late_reads == 2)
		fake->quiescent = true;
	return value;
}

static void quiescent_is_shown_when_the_guard_has_seen_it(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake->its->platform.ops.reg_read = late_read;
	fake->quiescent = false;
	assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0), ITSG_OK);
	fake->quiescent = false;
	fake->its->power.quiesced = false;
	late_reads = 0;
	assert_int_equal(ctlr(fake), 0); /* it was not when the guard looked */
	assert_true(fake->quiescent);
	assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT);
	assert_true(fake->its->power.settled_below == fake->its->ring.passed);
	fake_free(fake);
}

/* Nothing is left of what was given up by then: memory that the host may use again (F5). */
static void quiescent_is_shown_when_all_is_back(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake->quiescent = false;
	fake_disable(fake);
	fake_set_devices(fake, 0);
	fake->quiescent = true;
	fake->fail_always[FAKE_STORE] = true; /* its level 1 cannot be cleared */
	assert_int_equal(ctlr(fake), 0);
	assert_int_equal(ctlr(fake), 0);
	fake->fail_always[FAKE_STORE] = false;
	assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_HOST);
	fake_free(fake);
}

/* Nor is anything left of what a command had taken that goes with its queue (F25). */
static void quiescent_is_shown_when_what_a_command_had_taken_is_back(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_set_budget(fake, 1);
	fake_mapd(fake, 1, 11, FAKE_ITT); /* eight pages, one in a step */
	fake_submit(fake);
	while (fake_page(fake, FAKE_ITT + 0x3000) == FAKE_HOST)
		fake_poll(fake);
	fake_disable(fake);
	fake_set_queue(fake, 0);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x3000), FAKE_SHARED);
	assert_int_equal(ctlr(fake), 0);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, FAKE_ITT + 0x3000), FAKE_HOST);
	assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT);
	fake_free(fake);
}

/* Firmware has resumed it; the host sees that, and may turn it off (F9). */
static void enabled_that_firmware_has_set_can_be_cleared(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_disable(fake);
	fake_poll(fake);
	fake->enabled = true;
	assert_int_equal(ctlr(fake) & ITSG_CTLR_ENABLED, 1);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0), ITSG_OK);
	assert_false(fake->enabled);
	assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* Only hardware is off: it has lost power, and an enable makes it as it was (F9). */
static void enabled_is_armed_anew_where_only_hardware_is_off(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_power_loss(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(fake->enabled);
	assert_int_equal(fake->baser[0].value >> 63, 1);
	assert_int_equal(fake->cbaser >> 63, 1);
	/* And where it is on, nothing is done. */
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "");
	fake_free(fake);
}

/* The host's own, where it sees a GICv4; hardware keeps the platform's (H7). */
static void its_number_is_virtual(void **state)
{
	for (uint32_t kind = 0; kind < 3; kind++) {
		struct fake *fake = fake_with(setup.typer |= kind ? ITSG_TYPER_VIRTUAL : 0,
					      setup.config.hide_virtual = kind == 1);
		uint32_t number;

		(void)state;
		number = kind == 2 ? 0x30 : 0;
		fake->ctlr_other = 0x50; /* fake.c fails if a write of CTLR changes it */
		assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT);
		assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0xffffff3e), ITSG_OK);
		assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT | number);
		/* Nor is it taken of a write that is refused: there is no queue yet (I3). */
		assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0x71), ITSG_ENABLE_INCOMPLETE);
		assert_int_equal(ctlr(fake), ITSG_CTLR_QUIESCENT | number);
		fake_program(fake, false);
		assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0x31), ITSG_OK);
		assert_int_equal(ctlr(fake) & ~ITSG_CTLR_QUIESCENT, 1 | number);
		fake_w32(fake, ITSG_GITS_CTLR, 0x71); /* not while it is enabled */
		assert_int_equal(ctlr(fake) & ~ITSG_CTLR_QUIESCENT, 1 | number);
		fake_free(fake);
	}
}

/* Registers that are not offered are not announced (F18). */
static void what_is_not_offered_is_not_announced(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.typer |= ITSG_TYPER_MPAM | ITSG_TYPER_UMSI | ITSG_TYPER_UMSI_IRQ;
	fake = fake_new(&setup);
	assert_int_equal(fake_r64(fake, ITSG_GITS_TYPER),
			 setup.typer & ~(ITSG_TYPER_MPAM | ITSG_TYPER_UMSI | ITSG_TYPER_UMSI_IRQ));
	fake_free(fake);
}

/* RES0, and drivers find out what there is by writing (H1). Nothing is told. */
static void tables_that_do_not_exist_may_be_probed(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake); /* in any state */
	for (uint32_t n = 2; n < 8; n++) {
		const uint32_t offset = ITSG_GITS_BASER + 8 * n;

		assert_int_equal(fake_w64(fake, offset, 0x300), ITSG_OK);
		assert_int_equal(fake_w64(fake, offset, ~VALID), ITSG_OK);
		assert_int_equal(fake_w32(fake, offset, 0xffffffff), ITSG_OK);
		assert_int_equal(fake_w32(fake, offset + 4, 0x7fffffff), ITSG_OK);
		assert_int_equal(fake_r64(fake, offset), 0);
	}
	fake_no_event(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 16, VALID | 0x300),
			 ITSG_RESERVED_REGISTER);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER + 20, 0x80000000), ITSG_RESERVED_REGISTER);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiescent_is_shown_when_the_guard_has_seen_it),
		cmocka_unit_test(quiescent_is_shown_when_all_is_back),
		cmocka_unit_test(enabled_that_firmware_has_set_can_be_cleared),
		cmocka_unit_test(enabled_is_armed_anew_where_only_hardware_is_off),
		cmocka_unit_test(its_number_is_virtual),
		cmocka_unit_test(what_is_not_offered_is_not_announced),
		cmocka_unit_test(tables_that_do_not_exist_may_be_probed),
		cmocka_unit_test(every_offset_has_its_answer),
		cmocka_unit_test(the_host_writes_no_register_of_hardware),
		cmocka_unit_test(wrong_widths_and_alignments_are_refused),
		cmocka_unit_test(registers_of_32_bits_take_no_64),
		cmocka_unit_test(beyond_the_frame_nothing_is_done),
		cmocka_unit_test(identification_is_hardwares),
		cmocka_unit_test(ctlr_shows_quiescent_as_hardware_and_enabled_as_the_host_has_it),
		cmocka_unit_test(virtual_lpis_can_be_hidden),
		cmocka_unit_test(cbaser_reads_back_as_written_but_for_reserved_bits),
		cmocka_unit_test(halves_are_merged),
		cmocka_unit_test(halves_of_baser_are_merged_before_they_are_kept),
		cmocka_unit_test(cwriter_must_lie_inside_the_queue),
		cmocka_unit_test(halves_of_cwriter),
		cmocka_unit_test(a_write_of_cbaser_rewinds_creadr),
		cmocka_unit_test(cbaser_and_baser_need_a_disabled_its),
		cmocka_unit_test(a_table_that_is_given_up_and_taken_again_stays),
		cmocka_unit_test(on_v41_the_call_that_disables_proves_nothing),
		cmocka_unit_test(page_size_and_indirect_read_back_as_hardware_keeps_them),
		cmocka_unit_test(refused_accesses_are_told),
		cmocka_unit_test(quiescent_is_shown_when_what_a_command_had_taken_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
