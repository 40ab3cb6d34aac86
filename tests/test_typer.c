/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* GITS_TYPER and the field helpers of arch.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "itsguard/arch.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct vector {
	uint64_t value;
	struct itsg_typer want;
};

/* clang-format off */
static const struct vector vectors[] = {
	/* GIC Y1: emulated, GICv3 */
	{0x0000001f0001efb1, {.physical = true, .itt_entry_bytes = 12, .event_bits = 16,
			      .device_bits = 16, .icid_bits = 16}},
	/* GIC Y2: the same, GICv4 */
	{0x0000003f0001efb3, {.physical = true, .virt = true, .itt_entry_bytes = 12,
			      .event_bits = 16, .device_bits = 16, .icid_bits = 16,
			      .vmovp = true}},
	/* GIC Y3: emulated, 8-byte ITT entries */
	{0x000000000001ef71, {.physical = true, .itt_entry_bytes = 8, .event_bits = 16,
			      .device_bits = 16, .icid_bits = 16}},
	/* GIC Y4: all maxima, v4.1 */
	{0x000001b7ff0ffff7, {.physical = true, .virt = true, .cct = true, .itt_entry_bytes = 16,
			      .event_bits = 32, .device_bits = 32, .seis = true, .pta = true,
			      .hcc = 255, .icid_bits = 8, .vmovp = true, .vmapp = true}},
	/* GIC Y5: small, collections in hardware only */
	{0x0000000010012401, {.physical = true, .itt_entry_bytes = 1, .event_bits = 5,
			      .device_bits = 10, .hcc = 16, .icid_bits = 16}},
	/* One bit each. */
	{0x0000400000000000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16, .inv = true}},
	{0x0000000000000004, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16, .cct = true}},
	{0x0000000000040000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16, .seis = true}},
	{0x0000000000080000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16, .pta = true}},
	{0x0000010000000000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16, .vmapp = true}},
	{0x0000001000000000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 1}},
	/* CIDbits means nothing without CIL. */
	{0x0000000700000000, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16}},
	/* Bits that are nobody's: [3], [23:20], [63:47]. */
	{0xffff800000f00008, {.itt_entry_bytes = 1, .event_bits = 1, .device_bits = 1,
			      .icid_bits = 16}},
};
/* clang-format on */

static void assert_same_typer(const struct itsg_typer *got, const struct itsg_typer *want)
{
	assert_int_equal(got->itt_entry_bytes, want->itt_entry_bytes);
	assert_int_equal(got->event_bits, want->event_bits);
	assert_int_equal(got->device_bits, want->device_bits);
	assert_int_equal(got->icid_bits, want->icid_bits);
	assert_int_equal(got->hcc, want->hcc);
	assert_int_equal(got->physical, want->physical);
	assert_int_equal(got->virt, want->virt);
	assert_int_equal(got->cct, want->cct);
	assert_int_equal(got->seis, want->seis);
	assert_int_equal(got->pta, want->pta);
	assert_int_equal(got->vmovp, want->vmovp);
	assert_int_equal(got->vmapp, want->vmapp);
	assert_int_equal(got->inv, want->inv);
}

static void typer_vectors_decode_to_their_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct itsg_typer got;

		memset(&got, 0, sizeof(got));
		itsg_typer_decode(vectors[i].value, &got);
		assert_same_typer(&got, &vectors[i].want);
	}
}

static void a_mask_covers_exactly_its_bits(void **state)
{
	(void)state;
	assert_true(ITSG_BITS(63, 0) == ~0ull);
	assert_true(ITSG_BITS(63, 63) == 0x8000000000000000);
	assert_true(ITSG_BITS(0, 0) == 1);
	assert_true(ITSG_BITS(51, 12) == 0x000ffffffffff000);
	assert_true(ITSG_BIT(62) == 0x4000000000000000);
	assert_true(ITSG_BASER_TYPE == 0x0700000000000000);
	assert_true(ITSG_BASER_ENTRY_SIZE == 0x001f000000000000);
	assert_true(ITSG_L1E_RESERVED == 0x7ff0000000000000);
	assert_true(ITSG_CWRITER_OFFSET == 0xfffe0);
}

static void a_field_goes_in_and_comes_out_at_its_place(void **state)
{
	(void)state;
	assert_true(ITSG_FIELD(0x0107000000000000, 58, 56) == 1);
	assert_true(ITSG_FIELD(~0ull, 63, 0) == ~0ull);
	assert_true(ITSG_FIELD_PUT(0x1f, 58, 56) == 0x0700000000000000);
	assert_true(itsg_get(0x0107000000000000, ITSG_BASER_TYPE) == ITSG_BASER_TYPE_DEVICE);
	assert_true(itsg_get(0x0107000000000000, ITSG_BASER_ENTRY_SIZE) == 7);
	assert_true(itsg_get(~0ull, ITSG_BASER_VALID) == 1);
	assert_true(itsg_get(~0ull, ~0ull) == ~0ull);
	assert_true(itsg_put(ITSG_BASER_TYPE, 4) == 0x0400000000000000);
	assert_true(itsg_put(ITSG_BASER_VALID, 1) == 0x8000000000000000);
	assert_true(itsg_put(ITSG_BASER_SIZE, 0x1ff) == 0xff);
}

/* GITS_CBASER and GITS_BASER<n>, all bits: fields and RES0 together fill the word once. */
static void register_fields_do_not_overlap(void **state)
{
	(void)state;
	assert_true((ITSG_CBASER_VALID ^ ITSG_BIT(62) ^ ITSG_CBASER_INNER_CACHE ^
		     ITSG_BITS(58, 56) ^ ITSG_CBASER_OUTER_CACHE ^ ITSG_BIT(52) ^
		     ITSG_CBASER_ADDRESS ^ ITSG_CBASER_SHAREABILITY ^ ITSG_BITS(9, 8) ^
		     ITSG_CBASER_SIZE) == ~0ull);
	assert_true((ITSG_BASER_VALID ^ ITSG_BASER_INDIRECT ^ ITSG_BASER_INNER_CACHE ^
		     ITSG_BASER_TYPE ^ ITSG_BASER_OUTER_CACHE ^ ITSG_BASER_ENTRY_SIZE ^
		     ITSG_BASER_ADDRESS ^ ITSG_BASER_SHAREABILITY ^ ITSG_BASER_PAGE_SIZE ^
		     ITSG_BASER_SIZE) == ~0ull);
	assert_true((ITSG_BASER_ADDRESS_64K ^ ITSG_BASER_ADDRESS_HIGH) == ITSG_BASER_ADDRESS);
	assert_true((ITSG_L1E_VALID ^ ITSG_L1E_RESERVED ^ ITSG_L1E_ADDRESS) == ~0xfffull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typer_vectors_decode_to_their_fields),
		cmocka_unit_test(a_mask_covers_exactly_its_bits),
		cmocka_unit_test(a_field_goes_in_and_comes_out_at_its_place),
		cmocka_unit_test(register_fields_do_not_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
