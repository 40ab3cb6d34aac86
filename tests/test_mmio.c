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
	WRITABLE
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

/* 32-bit registers are 32 bits wide (facts 1.3); where nothing is, either width will do. */
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
	assert_int_equal(fake_r32(fake, ITSG_GITS_MPAMIDR), 0x77);
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
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, ~0ull), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0xb8effffffffffcff);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, 0x880f0000000100ff), ITSG_OK); /* Q3 */
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
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0xb80000084000040f); /* Q1 */
	assert_int_equal(fake_r32(fake, ITSG_GITS_CBASER), 0x4000040f);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CBASER + 4), 0xb8000008);
	/* B12: read-only fields stay. */
	fake->baser[0].value = 0;
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x0107000000000000);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0x80000707), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x0107000080000607); /* 64 KB at most */
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER + 4, 0xb8ff0008), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0xb9e7000880000607);
	fake_free(fake);
}

/* B12 as it stands: hardware that keeps Page_Size=3. */
static void halves_of_baser_are_merged_before_they_are_kept(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.baser[0].max_page = 3;
	fake = fake_new(&setup);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
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

/* `offset >= size` is bad, not only `offset > size` (facts 8, number 7). */
static void cwriter_must_lie_inside_the_queue(void **state)
{
	/* clang-format off */
	static const struct cwriter_vector vectors[] = {
		{1, 0xfe0, ITSG_OK, 0xfe0}, {1, 0x1000, ITSG_CWRITER_RANGE, 0xfe0}, /* Q8, Q11 */
		{1, 0xfffe0, ITSG_CWRITER_RANGE, 0xfe0}, {1, 0, ITSG_OK, 0}, /* Q7 */
		{16, 0x121, ITSG_OK, 0x120}, {16, 0xfe, ITSG_OK, 0xe0}, /* Q9, Q10 */
		{16, 0x10000, ITSG_CWRITER_RANGE, 0xe0}, {16, 0xffe0, ITSG_OK, 0xffe0}, /* Q1 */
		{256, 0xfffe0, ITSG_OK, 0xfffe0}, {256, 0x20, ITSG_OK, 0x20}, /* Q3, Q12 */
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
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake);
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
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake);
	for (uint32_t i = 0; i < 5; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 0xa0);
	fake_disable(fake);
	assert_int_equal(fake_w32(fake, ITSG_GITS_CBASER + 4, 0xb8000000), ITSG_OK);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), 0xa0);
	/* The same extent: the claim stays, and the five commands run again. */
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_SHARED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 10);
	fake_disable(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 2)),
			 ITSG_OK);
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST);
	fake_free(fake);
}

/* ---- state ---- */

static void cbaser_and_baser_need_a_quiescent_its(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 1)),
			 ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w32(fake, ITSG_GITS_BASER, 0), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 8, 0), ITSG_NOT_QUIESCENT);
	fake->quiescent = false;
	fake_disable(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, 0), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_enable(fake), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0x20), ITSG_OK); /* may be written */
	fake->quiescent = true;
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CBASER, 0), ITSG_OK);
	fake_free(fake);
}

/* v4.1 reads Quiescent=1 until Enabled=0 has taken effect, but a later call may believe it. */
static void on_v41_the_call_that_disables_proves_nothing(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.typer |= ITSG_TYPER_VIRTUAL | ITSG_TYPER_VMAPP;
	fake = fake_new(&setup);
	fake_boot(fake);
	fake_disable(fake);
	assert_false(fake->its->quiesced);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, 0), ITSG_OK);
	assert_true(fake->its->quiesced);
	fake_free(fake);
}

static void page_size_and_indirect_read_back_as_hardware_keeps_them(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.baser[0].max_page = 1;
	setup.baser[1].indirect = false;
	setup.baser[1].drops = ITSG_BASER_SHAREABILITY;
	setup.baser[1].forces = ITSG_BIT(59); /* inner cacheability: odd codes only */
	fake = fake_new(&setup);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		cmocka_unit_test(cbaser_and_baser_need_a_quiescent_its),
		cmocka_unit_test(on_v41_the_call_that_disables_proves_nothing),
		cmocka_unit_test(page_size_and_indirect_read_back_as_hardware_keeps_them),
		cmocka_unit_test(refused_accesses_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
