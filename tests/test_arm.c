/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* CTLR.Enabled from 0 to 1, and again after a suspend or a loss of power. */
#include "fake.h"

#include "state.h"

#include <string.h>

#define ITT(n) (FAKE_ITT + (n)*0x1000ull)
#define VALID  (1ull << 63)

/* Hardware that can have a table of vPEs as well, of pages up to this size. */
static struct fake *with_vpe_table(uint8_t max_page)
{
	return fake_with(
		setup.baser[2] = (struct fake_baser){
			.type = 2, .entry_bytes = 8, .max_page = max_page, .indirect = true});
}

/* ---- the order of things ---- */

/* Claim, zero; all fields with Valid=0; the queue; only then Valid; Enabled last (section 5). */
static void memory_first_then_fields_then_valid_then_enabled(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_forget(fake);
	fake_put64(fake, FAKE_DEVICES, ~0ull);
	fake_put64(fake, FAKE_COLLECTIONS + 0xfff8, ~0ull);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake,
		    FAKE_BIT(FAKE_SHARE) | FAKE_BIT(FAKE_ZERO) | FAKE_BIT(FAKE_REG_WRITE) |
			    FAKE_BIT(FAKE_FETCH),
		    "share 40000; zero 40100000+10000; zero 40200000+10000; "
		    "reg 100 3907000040100600; reg 108 3c07000040200600; "
		    "reg 80 b800000020000400; reg 88 0; "
		    "reg 100 b907000040100600; reg 108 bc07000040200600; reg 0 1");
	assert_int_equal(fake->calls[FAKE_DONATE], 32);
	assert_int_equal(fake_get64(fake, FAKE_DEVICES), 0);
	assert_int_equal(fake_get64(fake, FAKE_COLLECTIONS + 0xfff8), 0);
	assert_int_equal(fake->cwriter, 0);
	assert_true(fake->enabled);
	fake_free(fake);
}

/* The host's level 1 is only shared, and untouched; hardware gets the mirror. */
static void of_two_levels_hardware_gets_the_mirror(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, true);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 3, 0, true)); /* more than needed */
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_SHARE) | FAKE_BIT(FAKE_FETCH),
		    "share 40000; share 40100; share 40101; share 40102");
	assert_int_equal(fake->baser[0].value, 0xf907000020100400); /* 4 KB: 128 words will do */
	assert_int_equal(fake_get64(fake, FAKE_DEVICES), VALID | FAKE_LEVEL2);
	assert_int_equal(fake_get64(fake, 0x20100000), 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0xf907000040100402);
	fake_free(fake);
}

static void attributes_of_the_host_are_passed_on(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_queue(fake, 0x8800000000000000 | FAKE_QUEUE); /* non-cacheable, non-shareable */
	fake_set_devices(fake, 0x8820000000000a00 | FAKE_DEVICES);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->cbaser, 0x8800000020000000);
	assert_int_equal(fake->baser[0].value, 0x8927000040100a00);
	fake_free(fake);
}

/* ---- what it refuses ---- */

static void everything_needed_must_be_valid(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	fake_program(fake, false);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1) & ~VALID);
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false) & ~VALID);
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	fake_program(fake, false);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false) & ~VALID);
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	assert_int_equal(fake_pages_held(fake), 0);
	assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR) & 1, 0);
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_enable(fake), ITSG_OK); /* it is: nothing to do */
	fake_free(fake);
}

static void hardware_without_a_device_table_is_never_enabled(void **state)
{
	struct fake *fake = fake_with(setup.baser[0].type = 0);

	(void)state;
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	fake_free(fake);
}

static void the_its_must_be_quiescent(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake->quiescent = false;
	assert_int_equal(fake_enable(fake), ITSG_NOT_QUIESCENT);
	fake->quiescent = true;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* CWRITER is checked again: the queue may have been made smaller since. */
static void cwriter_is_judged_against_the_present_queue(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 2));
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0x1000), ITSG_OK);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	assert_int_equal(fake_enable(fake), ITSG_CWRITER_RANGE);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0xfe0), ITSG_OK);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

static void the_queue_must_lie_right(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE + 0x1000, 1)); /* GIC Q4 */
	assert_int_equal(fake_enable(fake), ITSG_QUEUE_ADDRESS);
	fake_set_queue(fake, fake_cbaser_value(1ull << 48, 1)); /* beyond pa_bits */
	assert_int_equal(fake_enable(fake), ITSG_QUEUE_ADDRESS);
	fake_set_queue(fake, fake_cbaser_value(0xffffffff0000, 16)); /* up to its end: no RAM */
	assert_int_equal(fake_enable(fake), ITSG_SHARE_REFUSED);
	fake_set_queue(fake, fake_cbaser_value(0xffffffff0000, 17)); /* past it */
	assert_int_equal(fake_enable(fake), ITSG_QUEUE_ADDRESS);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

static void a_queue_in_held_memory_is_refused(void **state)
{
	struct fake *first = fake_default();
	struct fake *second = fake_another(first);

	(void)state;
	fake_boot(first);
	fake_program(second, false); /* the very same places */
	/* Queues may lie over one another, tables not. */
	assert_int_equal(fake_enable(second), ITSG_TABLE_OVERLAP);
	fake_set_queue(second, fake_cbaser_value(FAKE_DEVICES, 1));
	assert_int_equal(fake_enable(second), ITSG_QUEUE_ADDRESS);
	fake_set_queue(second, fake_cbaser_value(FAKE_RAM + 0x10000, 1));
	assert_int_equal(fake_enable(second), ITSG_TABLE_OVERLAP);
	assert_int_equal(fake_page(second, FAKE_RAM + 0x10000), FAKE_HOST);
	fake_free(first);
}

static void tables_may_not_overlap_the_queue_or_each_other(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_QUEUE, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	fake_set_devices(fake, fake_baser_value(FAKE_COLLECTIONS + 0xf000, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	fake_set_devices(fake,
			 fake_baser_value(FAKE_COLLECTIONS + 0xf000, 1, 0, true)); /* level 1 */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_OVERLAP);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_set_devices(fake, fake_baser_value(FAKE_COLLECTIONS + 0x10000, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* A big host page holds the host's queue and a table that the host must lose (P20). */
static void one_host_page_cannot_be_of_both_kinds(void **state)
{
	struct fake *fake = fake_with(setup.pages.page_shift = 16);

	(void)state;
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_QUEUE + 0x1000, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_KIND_CONFLICT);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_set_devices(fake, fake_baser_value(FAKE_QUEUE + 0x1000, 1, 0, true)); /* both shared */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_pages_held(fake), 2);
	fake_free(fake);
}

static void a_table_must_lie_right(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES + 0x1000, 1, 1, false)); /* GIC B9 */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_ADDRESS);
	fake_set_devices(fake,
			 fake_baser_value(FAKE_DEVICES | 2ull << 48, 1, 2, false)); /* GIC B11 */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_ADDRESS);
	fake_set_devices(fake, fake_baser_value(0xfffffffff000, 256, 0, false)); /* GIC B7 */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_ADDRESS);
	fake_set_devices(fake, fake_baser_value(0xfffffffff000, 1, 0, true)); /* no RAM */
	assert_int_equal(fake_enable(fake), ITSG_SHARE_REFUSED);
	fake_set_devices(fake, fake_baser_value(0xfffffffff000, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_DONATE_REFUSED);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

static void page_size_3_is_reserved(void **state)
{
	struct fake *fake;

	(void)state;
	fake = fake_default();
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 3, false)); /* GIC B10 */
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 8 & 3, 2); /* as hardware keeps it */
	assert_int_equal(fake_enable(fake), ITSG_TABLE_PAGE_SIZE);
	fake_free(fake);

	/* Hardware that keeps the reserved code, or makes others into it. */
	fake = fake_with(setup.baser[0].max_page = 3);
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 3, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_PAGE_SIZE);
	fake_free(fake);
	fake = fake_with(setup.baser[0].forces = 0x300);
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_TABLE_PAGE_SIZE);
	fake_free(fake);
}

/* What counts is the page size that hardware keeps: the host reads it back (P6, P14). */
static void the_kept_page_size_is_the_one_that_is_claimed(void **state)
{
	struct fake *fake = fake_with(setup.baser[0].max_page = 0);

	(void)state;
	fake_program(fake, false); /* asks for 64 KB */
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 8 & 3, 0);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_DONATE], 1 + 16);
	assert_int_equal(fake->baser[0].value, 0xb907000040100400);
	fake_free(fake);
}

static void the_configuration_bounds_a_flat_table(void **state)
{
	struct fake *fake = fake_with(setup.config.table_pages = 2);

	(void)state;
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 3, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_SIZE);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 3, 0, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

static void a_full_tracker_is_a_reason(void **state)
{
	struct fake *fake = fake_with(setup.pages.capacity = 8);

	(void)state;
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_NO_PAGE_SLOT);
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

/* Several fit: ENABLE_INCOMPLETE, CWRITER_RANGE, the queue, then BASER0 to 7. */
static void reasons_come_in_the_order_of_the_documents(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE + 0x1000, 2));
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0x1000), ITSG_OK);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE + 0x1000, 1));
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES + 0x1000, 1, 1, false));
	assert_int_equal(fake_enable(fake), ITSG_ENABLE_INCOMPLETE);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 3, false));
	assert_int_equal(fake_enable(fake), ITSG_CWRITER_RANGE);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0), ITSG_OK);
	assert_int_equal(fake_enable(fake), ITSG_QUEUE_ADDRESS);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_ADDRESS);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 1, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_PAGE_SIZE);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* The next enable is refused, and the log says by what. */
static void fell_over(struct fake *fake, enum itsg_reason reason, uint32_t culprit, uint64_t pa,
		      enum itsg_callback callback)
{
	const struct fake_event *event;

	assert_int_equal(fake_enable(fake), reason);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_REFUSED_ACCESS);
	assert_int_equal(event->offset, ITSG_GITS_CTLR);
	assert_int_equal(event->reason, reason);
	assert_int_equal(event->culprit, culprit);
	assert_int_equal(event->pa, pa);
	assert_int_equal(event->callback, callback);
	fake_no_event(fake);
}

#define BASER(n) (ITSG_GITS_BASER + 8u * (n))
#define FELL(fake, reason, culprit, pa)                                                            \
	fell_over(fake, ITSG_##reason, culprit, pa, ITSG_CALLBACK_NONE)

static void a_refusal_says_which_register_and_address_it_fell_over(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	FELL(fake, ENABLE_INCOMPLETE, ITSG_GITS_CBASER, 0);
	fake_program(fake, false);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false) & ~VALID);
	FELL(fake, ENABLE_INCOMPLETE, BASER(0), FAKE_DEVICES);
	fake_program(fake, false);
	fake_set_collections(fake, 0);
	FELL(fake, ENABLE_INCOMPLETE, BASER(1), 0);
	fake_program(fake, false);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 2));
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0x1000), ITSG_OK);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	FELL(fake, CWRITER_RANGE, ITSG_GITS_CWRITER, FAKE_QUEUE);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0), ITSG_OK);
	fake_set_queue(fake, fake_cbaser_value(1ull << 48, 1));
	FELL(fake, QUEUE_ADDRESS, ITSG_GITS_CBASER, 1ull << 48);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 3, false));
	FELL(fake, TABLE_PAGE_SIZE, BASER(1), FAKE_COLLECTIONS);
	fake_set_collections(fake, fake_baser_value(FAKE_DEVICES + 0xf000, 1, 0, false));
	FELL(fake, TABLE_OVERLAP, BASER(1), FAKE_DEVICES + 0xf000);
	/* What else is refused falls over nothing but itself. */
	assert_int_equal(fake_w64(fake, ITSG_GITS_CREADR, 1), ITSG_READ_ONLY);
	assert_int_equal(fake_next_event(fake)->culprit, 0);
	fake->quiescent = false;
	FELL(fake, NOT_QUIESCENT, 0, 0);
	fake_free(fake);
}

/* The page that was refused, not where its table begins. */
static void a_refusal_says_which_callback_it_comes_from(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 4));
	fake_give_to_guest(fake, FAKE_QUEUE + 0x2000);
	fell_over(fake, ITSG_SHARE_REFUSED, ITSG_GITS_CBASER, FAKE_QUEUE + 0x2000,
		  ITSG_CALLBACK_SHARE);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_give_to_guest(fake, FAKE_COLLECTIONS + 0x3000);
	fell_over(fake, ITSG_DONATE_REFUSED, BASER(1), FAKE_COLLECTIONS + 0x3000,
		  ITSG_CALLBACK_DONATE);
	fake_set_collections(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
	fake_fail(fake, FAKE_ZERO, 2);
	fell_over(fake, ITSG_ZERO_FAILED, BASER(1), FAKE_LEVEL2, ITSG_CALLBACK_ZERO);
	fake_fail(fake, FAKE_STORE, 1);
	fell_over(fake, ITSG_STORE_FAILED, ITSG_GITS_CBASER, FAKE_PRIVATE, ITSG_CALLBACK_STORE);
	fake->baser[1].drops = 0x100000;
	fell_over(fake, ITSG_HARDWARE_MISMATCH, BASER(1), FAKE_LEVEL2, ITSG_CALLBACK_REG_WRITE);
	fake->baser[1].drops = 0;
	fake->cbaser_drops = 0x20000000;
	fell_over(fake, ITSG_HARDWARE_MISMATCH, ITSG_GITS_CBASER, FAKE_PRIVATE,
		  ITSG_CALLBACK_REG_WRITE);
	fake->cbaser_drops = 0;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

static void a_refusal_says_what_of_before_it_fell_over(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	/* A collection table that has become too small. */
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_collection(fake, 600, 1);
	fake_mapped(fake, 1);
	fake_mapti(fake, 1, 0, 8192, 600);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 0, false));
	FELL(fake, TABLE_SIZE, BASER(1), FAKE_COLLECTIONS);
	fake_free(fake);

	/* A table that this hardware has no register for. */
	fake = fake_with(setup.baser[1].type = 0);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	FELL(fake, ENABLE_INCOMPLETE, 0, 0);
	fake_free(fake);
	fake = fake_with(setup.baser[0].type = 0);
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	FELL(fake, ENABLE_INCOMPLETE, 0, 0);
	fake_free(fake);

	/* Firmware's, in a register that the guard does not use. */
	fake = with_vpe_table(2);
	fake_program(fake, false);
	fake->baser[2].value |= VALID;
	fake->baser[2].valid_sticks = true;
	fake->machine->unchecked = true; /* the page is nobody's */
	fell_over(fake, ITSG_HARDWARE_MISMATCH, BASER(2), 0, ITSG_CALLBACK_REG_WRITE);
	fake_free(fake);
}

/* What BASER says of a table that the host does not use is of no account. */
static void a_table_that_is_not_valid_is_not_judged(void **state)
{
	struct fake *fake = with_vpe_table(3);

	(void)state;
	fake_program(fake, false);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 16, 0x300),
			 ITSG_OK); /* a reserved size */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_disable(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 16, VALID | 0x300), ITSG_OK);
	assert_int_equal(fake_enable(fake), ITSG_TABLE_PAGE_SIZE);
	fake_free(fake);
}

/* 8192 collections a page. Hardware that trusts ITT entries reads where the last one is. */
static void a_collection_table_holds_all_that_events_name(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 2, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_mapped(fake, 1);
	fake_mapti(fake, 1, 0, 8192, 8191);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_mapti(fake, 1, 0, 8192, 2 * 8192);
	assert_int_equal(fake_try(fake), ITSG_COLLECTION_OOR); /* names none */
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 2, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_mapti(fake, 1, 0, 8192, 8192);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_disable(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_TABLE_SIZE);
	fake_free(fake);
}

/* ---- failures ---- */

/* I3: whichever callback fails, nothing is left of it, and the next try works. */
static void whatever_fails_is_undone(void **state)
{
	uint32_t refused = 0;

	(void)state;
	for (uint32_t nth = 1;; nth++) {
		struct fake *fake = fake_default();
		enum itsg_reason reason;

		fake_program(fake, true);
		fake->fail_any = nth;
		reason = fake_enable(fake);
		if (reason == ITSG_OK) {
			fake_free(fake);
			break;
		}
		assert_true(reason == ITSG_SHARE_REFUSED || reason == ITSG_DONATE_REFUSED ||
			    reason == ITSG_ZERO_FAILED || reason == ITSG_STORE_FAILED);
		assert_int_equal(fake_pages_held(fake), 0);
		assert_false(fake->enabled);
		assert_int_equal(fake->cbaser >> 63, 0);
		assert_int_equal(fake->baser[0].value >> 63, 0);
		assert_int_equal(fake->baser[1].value >> 63, 0);
		assert_int_equal(fake_r32(fake, ITSG_GITS_CTLR) & 1, 0);
		assert_int_equal(fake_enable(fake), ITSG_OK);
		refused++;
		fake_free(fake);
	}
	assert_int_equal(refused, 2 + 16 + 1 + 8); /* shares, donates, a zero, stores */
}

static void a_field_that_does_not_stick_is_a_mismatch(void **state)
{
	static const uint64_t fields[] = {1ull << 20, 1, 1ull << 59, 1ull << 10, 1ull << 9};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct fake *fake = fake_default();

		fake_program(fake, false);
		fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 2, 2, false));
		fake->baser[0].drops = fields[i];
		assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
		assert_int_equal(fake_pages_held(fake), 0);
		assert_false(fake->enabled);
		assert_int_equal(fake->baser[0].value >> 63, 0);
		fake->baser[0].drops = 0;
		assert_int_equal(fake_enable(fake), ITSG_OK);
		fake_free(fake);
	}
}

static void a_queue_register_that_does_not_stick_is_a_mismatch(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake->cbaser_drops = 1ull << 29;
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake->cbaser_drops = 0;
	fake->cbaser_forces = 1; /* the size */
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake->cbaser_forces = 0;
	fake->creadr_sticks = true;
	fake->creadr = 0x20;
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake->creadr = 0;
	assert_int_equal(fake->cbaser >> 63, 0);
	assert_int_equal(fake_pages_held(fake), 0);
	/* Attributes may stick or not. */
	fake->cbaser_drops = ITSG_CBASER_SHAREABILITY;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

/* Nothing can be undone any more: the claims stay. */
static void a_valid_that_does_not_stick_breaks_the_its(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake->baser[1].drops = VALID;
	fake_enable(fake);
	assert_true(fake_stats(fake).broken);
	assert_int_equal(fake_pages_held(fake), 33);
	fake_sync(fake, 0);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 0);
	/* Nor does it try again. */
	fake_disable(fake);
	fake->baser[1].drops = 0;
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_REG_WRITE), "");
	fake_free(fake);
}

/* ---- again ---- */

static void what_hardware_still_has_is_not_written_again(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapped(fake, 1);
	fake_disable(fake);
	fake_forget(fake);
	/* Linux writes all of it again on resume. */
	fake_set_queue(fake, fake_cbaser_value(FAKE_QUEUE, 1));
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0), ITSG_OK);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, 0, true));
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake,
		    FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO) | FAKE_BIT(FAKE_STORE) |
			    FAKE_BIT(FAKE_REG_WRITE),
		    "reg 0 1");
	assert_true(itsg_device_mapped(fake->its, 1));
	fake->host_at = 0;
	fake_unmapped(fake, 1);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* The registers are gone; memory is as hardware left it, and only hardware or we could write it. */
static void after_a_power_loss_tables_are_given_back_as_they_are(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapped(fake, 1);
	fake_put64(fake, FAKE_LEVEL2 + 8, 0x1234); /* the entry of device 1 */
	fake_put64(fake, FAKE_COLLECTIONS, 0x5678);
	fake_disable(fake);
	fake_power_loss(fake);
	fake_program(fake, true);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "");
	assert_int_equal(fake_get64(fake, FAKE_LEVEL2 + 8), 0x1234);
	assert_int_equal(fake_get64(fake, FAKE_COLLECTIONS), 0x5678);
	assert_int_equal(fake->baser[0].value >> 62, 3);
	assert_int_equal(fake->baser[1].value >> 63, 1);
	assert_int_equal(fake_get64(fake, 0x20100000), VALID | FAKE_LEVEL2);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_unmapped(fake, 1);
	fake_free(fake);
}

/* What was published and never passed is gone: each MAPD of those is undone by our own. */
static void after_a_power_loss_what_never_ran_is_undone(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_unmap(fake, 1);
	fake_mapd(fake, 2, 4, ITT(2));
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), 3);
	fake->ran_count = 0;
	fake_disable(fake);
	fake_power_loss(fake);
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_stats(fake).devices, 0);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 3); /* a SYNC behind both */
	assert_int_equal(fake_ran(fake, 0, 0), 0x0000000100000008);
	assert_int_equal(fake_ran(fake, 1, 0), 0x0000000200000008);
	assert_int_equal(fake_ran(fake, 1, 2), 0);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_free(fake);
}

/* Firmware has put CBASER back, so that CREADR and CWRITER are all that tells. */
static void a_queue_that_was_only_rewound_is_lost_too(void **state)
{
	struct fake *fake = fake_armed();
	uint64_t cbaser;

	(void)state;
	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake);
	fake_disable(fake); /* not passed; CREADR is read */
	cbaser = fake->cbaser;
	fake->cbaser = cbaser;
	fake->cwriter = 0;
	fake->creadr = 0;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake_stats(fake).devices, 0);
	assert_int_equal(fake_unpassed(fake),
			 2); /* our own unmap and SYNC: CREADR counts neither */
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_false(fake_stats(fake).broken);
	fake_free(fake);
}

/*
 * Power goes before the ITS was seen quiescent, and firmware puts CBASER back: CREADR is 0, which
 * proves nothing. Nor do the tables: what hardware had cached is lost, so they begin anew.
 */
static void a_restarted_queue_is_not_a_progress(void **state)
{
	struct fake *fake = fake_armed();
	uint64_t cbaser;

	(void)state;
	fake_mapped(fake, 1);
	for (uint32_t i = 1; i < 125; i++) {
		fake_sync(fake, 0);
		if (i % 25 == 0) {
			fake_submit(fake);
			fake_run(fake);
		}
	}
	fake_submit(fake);
	fake_run(fake);
	fake_unmap(fake, 1); /* in slot 125 of 128 */
	fake_sync(fake, 0);
	fake_sync(fake, 0);
	fake_submit(fake);
	assert_int_equal(fake->cwriter, 0xfe0); /* never across the end of the ring */
	fake->quiescent = false;
	fake_disable(fake);
	cbaser = fake->cbaser;
	fake_power_loss(fake);
	fake->cbaser = cbaser;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_ZERO], 2);
	assert_int_equal(fake_stats(fake).devices, 0);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST); /* this hardware forgets */
	fake_free(fake);
}

static void one_register_lost_is_a_reset(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_disable(fake);
	fake->baser[1].value &= ~VALID;
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->baser[0].value, 0xb907000040100600);
	assert_int_equal(fake->baser[1].value, 0xbc07000040200600);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "");
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/*
 * The unmap was seen to pass, its SYNCs were not; then power goes, before the ITS was seen
 * quiescent. The ITS is quiescent now: it must not be waited for for ever.
 */
static void after_a_power_loss_what_was_passed_is_settled(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmapping(fake, 1);
	fake_pass(fake, 1);
	fake_poll(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_power_loss_in_flight(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* The same where the round was not yet begun. */
static void after_a_power_loss_no_round_is_forgotten(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.budget = 1);

	(void)state;
	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	while (!fake_unpassed(fake))
		fake_poll(fake);
	fake_pass(fake, 1);
	fake_poll(fake); /* scrubs the slot: the round is owed, and not begun */
	fake_power_loss_in_flight(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_mapd(fake, 2, 4, ITT(1)); /* waits for that memory */
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_free(fake);
}

/* Refused while the registers were lost: nothing is valid, nothing given up, and it works later. */
static void a_failure_after_a_power_loss_can_be_repeated(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_disable(fake);
	fake_power_loss(fake);
	fake_fail(fake, FAKE_STORE, 5);
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED);
	assert_int_equal(fake_pages_held(fake), 34);
	assert_int_equal(fake->baser[0].value >> 63, 0);
	fake->baser[0].drops = 1ull << 20;
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake->baser[0].drops = 0;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* ---- what firmware may leave ---- */

static void a_foreign_table_is_cleared(void **state)
{
	struct fake *fake = fake_booted(with_vpe_table(2));

	(void)state;
	fake_disable(fake);
	fake->machine->unchecked = true;
	fake->baser[2].value |= VALID | 0x40500000ull; /* in host memory */
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->baser[2].value & VALID, 0);
	fake_free(fake);
}

static void a_foreign_table_that_stays_valid_is_refused(void **state)
{
	struct fake *fake = fake_booted(with_vpe_table(2));

	(void)state;
	fake_disable(fake);
	fake->machine->unchecked = true;
	fake->baser[2].value |= VALID | 0x40500000ull;
	fake->baser[2].valid_sticks = true;
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	assert_false(fake->enabled);
	fake_free(fake);
}

static void an_undo_restores_no_valid(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_disable(fake);
	fake->machine->unchecked = true;
	fake->baser[0].value ^= 0x500000; /* valid, and elsewhere */
	fake_fail(fake, FAKE_STORE, 1);
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED);
	assert_int_equal(fake->baser[0].value & VALID, 0);
	fake_free(fake);
}

/* A new collection table that cannot be had: its register is as it was, and the other's untouched.
 */
static void an_undo_concerns_only_what_was_written(void **state)
{
	struct fake *fake = fake_armed();
	uint64_t devices, collections;

	(void)state;
	fake_mapped(fake, 1);
	fake_disable(fake);
	devices = fake->baser[0].value;
	collections = fake->baser[1].value;
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS + 0x10000, 1, 2, false));
	fake->cbaser ^= 0x1000; /* a reset: the queue is programmed anew, after the tables */
	fake_fail(fake, FAKE_STORE, 1);
	assert_int_equal(fake_enable(fake), ITSG_STORE_FAILED);
	assert_int_equal(fake->baser[0].value, devices);
	assert_int_equal(fake->baser[1].value, collections & ~VALID);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* The unmap passed, its SYNC did not; what hardware had cached is lost with the power. */
static void quiescence_after_a_reset_settles_nothing(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapc(fake, 0, 0);
	fake_submit(fake);
	fake_mapped(fake, 1);
	fake_unmapping(fake, 1);
	fake_settle(fake);
	fake_pass(fake, 1);
	fake_poll(fake);
	fake->quiescent = false;
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_power_loss(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* Disabled, the power lost before it was quiescent; and firmware restores all registers. */
static void lose_power_too_soon(struct fake *fake)
{
	uint64_t cbaser, tables[2];

	fake->quiescent = false;
	fake_disable(fake);
	cbaser = fake->cbaser;
	tables[0] = fake->baser[0].value;
	tables[1] = fake->baser[1].value;
	fake_power_loss(fake);
	fake->cbaser = cbaser;
	fake->baser[0].value = tables[0];
	fake->baser[1].value = tables[1];
	fake_settle(fake);
}

/* What hardware had cached of device 1 may be lost. */
static struct fake *doubted(void)
{
	struct fake *fake = fake_armed();

	fake_mapped(fake, 1);
	fake_sync(fake, 0);
	fake_submit(fake);
	lose_power_too_soon(fake);
	return fake;
}

/*
 * Then the host replaces its collection table with a command pending, which resets the ring: that
 * the power went must not be forgotten with it.
 */
static void a_doubt_outlives_a_new_ring(void **state)
{
	struct fake *fake = doubted();

	(void)state;
	fake_set_collections(fake, 0);
	fake_program(fake, false);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->calls[FAKE_ZERO], 2); /* the device table begins anew, too */
	assert_int_equal(fake_stats(fake).devices, 0);
	fake_free(fake);
}

/* All that it ever ran had reached memory when it was quiescent for the last time. */
static void where_nothing_ran_since_there_is_no_doubt(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	lose_power_too_soon(fake);
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_PAGE_CALLS | FAKE_BIT(FAKE_ZERO), "");
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* Only tables that are claimed begin anew; and those that come after it are not doubted. */
static void a_doubt_is_over_with_the_next_start(void **state)
{
	struct fake *fake = doubted();

	(void)state;
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_ZERO) | FAKE_BIT(FAKE_REG_WRITE),
		    "reg 100 3907000040100600; reg 80 0; reg 88 0; reg 108 3c07000040200600; "
		    "zero 40100000+10000; zero 40200000+10000; "
		    "reg 100 3907000040100600; reg 108 3c07000040200600; "
		    "reg 80 b800000020000400; reg 88 0; "
		    "reg 100 b907000040100600; reg 108 bc07000040200600; reg 0 1");
	fake_mapped(fake, 1);
	fake_disable(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* Hardware must be led to where it is meant to, whatever the configuration let through (F1). */
static void a_mirror_that_the_register_cannot_name_is_a_mismatch(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, true);
	fake->its->table[0].mirror_pa |= 1ull << 48;
	fake_forget(fake);
	assert_int_equal(fake_enable(fake), ITSG_HARDWARE_MISMATCH);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "");
	assert_int_equal(fake_pages_held(fake), 0);
	fake_free(fake);
}

/* ITT entries go with the device table, and so does what they name (F12). */
static void with_a_new_device_table_collections_may_be_fewer(void **state)
{
	for (uint32_t forgets = 0; forgets < 2; forgets++) {
		struct fake *fake = fake_booted(fake_that_forgets(forgets));

		(void)state;
		fake_mapped(fake, 1);
		fake_mapti(fake, 1, 0, 8192, 600);
		assert_int_equal(fake_try(fake), ITSG_OK);
		fake_disable(fake);
		/* 512 collections: too few for what the ITT names. */
		fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 0, false));
		assert_int_equal(fake_enable(fake), ITSG_TABLE_SIZE);
		fake_set_devices(fake, fake_baser_value(FAKE_LEVEL2, 1, 2, false));
		assert_int_equal(fake_enable(fake), forgets ? ITSG_OK : ITSG_TABLE_SIZE);
		fake_free(fake);
	}
}

/* Nobody retires a table that is to be doubted before it is armed: it goes with that, too. */
static void with_a_doubted_device_table_collections_may_be_fewer(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_mapti(fake, 1, 0, 8192, 600);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_power_loss_in_flight(fake);
	fake_poll(fake);
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 0, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mirror_that_the_register_cannot_name_is_a_mismatch),
		cmocka_unit_test(with_a_new_device_table_collections_may_be_fewer),
		cmocka_unit_test(with_a_doubted_device_table_collections_may_be_fewer),
		cmocka_unit_test(memory_first_then_fields_then_valid_then_enabled),
		cmocka_unit_test(of_two_levels_hardware_gets_the_mirror),
		cmocka_unit_test(attributes_of_the_host_are_passed_on),
		cmocka_unit_test(everything_needed_must_be_valid),
		cmocka_unit_test(hardware_without_a_device_table_is_never_enabled),
		cmocka_unit_test(the_its_must_be_quiescent),
		cmocka_unit_test(cwriter_is_judged_against_the_present_queue),
		cmocka_unit_test(the_queue_must_lie_right),
		cmocka_unit_test(a_queue_in_held_memory_is_refused),
		cmocka_unit_test(tables_may_not_overlap_the_queue_or_each_other),
		cmocka_unit_test(one_host_page_cannot_be_of_both_kinds),
		cmocka_unit_test(a_table_must_lie_right),
		cmocka_unit_test(page_size_3_is_reserved),
		cmocka_unit_test(the_kept_page_size_is_the_one_that_is_claimed),
		cmocka_unit_test(the_configuration_bounds_a_flat_table),
		cmocka_unit_test(a_full_tracker_is_a_reason),
		cmocka_unit_test(reasons_come_in_the_order_of_the_documents),
		cmocka_unit_test(a_refusal_says_which_register_and_address_it_fell_over),
		cmocka_unit_test(a_refusal_says_which_callback_it_comes_from),
		cmocka_unit_test(a_refusal_says_what_of_before_it_fell_over),
		cmocka_unit_test(a_table_that_is_not_valid_is_not_judged),
		cmocka_unit_test(a_collection_table_holds_all_that_events_name),
		cmocka_unit_test(whatever_fails_is_undone),
		cmocka_unit_test(a_field_that_does_not_stick_is_a_mismatch),
		cmocka_unit_test(a_queue_register_that_does_not_stick_is_a_mismatch),
		cmocka_unit_test(a_valid_that_does_not_stick_breaks_the_its),
		cmocka_unit_test(what_hardware_still_has_is_not_written_again),
		cmocka_unit_test(after_a_power_loss_tables_are_given_back_as_they_are),
		cmocka_unit_test(after_a_power_loss_what_never_ran_is_undone),
		cmocka_unit_test(a_queue_that_was_only_rewound_is_lost_too),
		cmocka_unit_test(a_restarted_queue_is_not_a_progress),
		cmocka_unit_test(one_register_lost_is_a_reset),
		cmocka_unit_test(after_a_power_loss_what_was_passed_is_settled),
		cmocka_unit_test(after_a_power_loss_no_round_is_forgotten),
		cmocka_unit_test(a_failure_after_a_power_loss_can_be_repeated),
		cmocka_unit_test(a_foreign_table_is_cleared),
		cmocka_unit_test(a_foreign_table_that_stays_valid_is_refused),
		cmocka_unit_test(an_undo_restores_no_valid),
		cmocka_unit_test(an_undo_concerns_only_what_was_written),
		cmocka_unit_test(quiescence_after_a_reset_settles_nothing),
		cmocka_unit_test(a_doubt_outlives_a_new_ring),
		cmocka_unit_test(where_nothing_ran_since_there_is_no_doubt),
		cmocka_unit_test(a_doubt_is_over_with_the_next_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
