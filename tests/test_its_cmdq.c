/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The host's command queue: fetching, waiting, stalling, giving up. */
#include "fake.h"

#include "state.h"

#define ITT(n) (FAKE_ITT + (n)*0x1000ull)

/* ---- fetching ---- */

/* Only what lies between CREADR and CWRITER is read, each byte once, across the queue's end too. */
static void wrap_second_chunk_uses_its_own_length(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 126; i++) {
		fake_sync(fake, 0);
		if (i % 50 == 49) {
			fake_submit(fake);
			fake_run(fake);
		}
	}
	fake_submit(fake);
	fake_run(fake);
	/* GIC Q6: slots 0xfc0, 0xfe0, 0x0, 0x20. */
	fake_forget(fake);
	fake->ran_count = 0;
	for (uint32_t i = 0; i < 4; i++)
		fake_sync(fake, i << 16);
	fake_submit(fake);
	fake_run(fake);
	fake_expect(fake, FAKE_BIT(FAKE_FETCH),
		    "fetch 40000fc0+20; fetch 40000fe0+20; fetch 40000000+20; fetch 40000020+20");
	/* Our own ring has made its lap already. */
	assert_int_equal(fake->ran_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(fake_ran(fake, i, 2), i << 16);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_free(fake);
}

/* GIC Q8: a full queue of 127; GIC Q5: an empty one. */
static void a_full_host_queue_is_read_to_its_end(void **state)
{
	struct fake *fake = fake_sized(64, 5, 7);

	(void)state;
	for (uint32_t i = 0; i < 127; i++)
		fake_sync(fake, i % 4 << 16);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake->ran_count,
			 127 + 3); /* ours are in the last two slots and the first */
	assert_int_equal(fake_creadr(fake), 0xfe0);
	fake_forget(fake);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake->calls[FAKE_FETCH], 0);
	fake_free(fake);
}

/* Private and host queue differ in size: equal offsets are nobody's business. */
static void the_host_queue_may_be_of_any_size(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake->host_queue_bytes = 0x100000;
	fake_program(fake, false);
	fake_w64(fake, ITSG_GITS_BASER, fake_baser_value(FAKE_ITT, 1, 2, false));
	fake_w64(fake, ITSG_GITS_BASER + 8, fake_baser_value(FAKE_ITT + 0x10000, 1, 2, false));
	fake_disable(fake);
	assert_int_equal(fake_enable(fake), ITSG_NO_PAGE_SLOT); /* 256 pages, and 256 slots */
	fake_free(fake);

	fake = fake_default();
	fake->host_queue_bytes = 0x10000;
	fake_program(fake, false);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	for (uint32_t i = 0; i < 5000; i++) {
		fake_sync(fake, i % 4 << 16);
		if (i % 500 != 499)
			continue;
		fake_submit(fake);
		fake_run(fake);
		fake->ran_count = 0;
	}
	assert_int_equal(fake_creadr(fake), 5000 * 32 % 0x10000);
	assert_int_equal(fake_stats(fake).accepted, 5000);
	fake_free(fake);
}

static void a_command_that_cannot_be_fetched_is_skipped(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_sync(fake, 0x20000);
	fake_sync(fake, 0x30000);
	fake_fail(fake, FAKE_FETCH, 2);
	fake_submit(fake);
	fake_run(fake);
	fake_refused(fake, ITSG_FETCH_FAILED);
	fake_no_event(fake);
	assert_int_equal(fake->ran_count, 2);
	assert_int_equal(fake_ran(fake, 1, 2), 0x30000);
	assert_int_equal(fake_creadr(fake), 0x60);
	fake_free(fake);
}

/* I4: what the host writes after the fetch is not what is judged, nor what is published. */
static void a_command_is_read_once(void **state)
{
	struct fake *fake = fake_sized(64, 2, 1);
	const uint64_t at = FAKE_QUEUE;

	(void)state;
	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake); /* one step: fetched, not yet judged */
	assert_true(fake->its->head.full);
	fake_put64(fake, at, 0x0000000200000008);
	fake_put64(fake, at + 16, 0x8000000000000000 | ITT(2));
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 0), 0x0000000100000008);
	assert_int_equal(fake_ran(fake, 0, 2), 0x8000000000000000 | ITT(1));
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* I6: each call takes at most `budget` steps; a driver that polls CREADR gets there all the same.
 */
static void a_budget_of_one_gets_there(void **state)
{
	struct fake *fake = fake_sized(2, 2, 1);

	(void)state;
	fake_mapc(fake, 0, 0x10000);
	fake_mapd(fake, 1, 4, ITT(1));
	fake_mapti(fake, 1, 0, 8192, 0);
	fake_event(fake, 0x0f, 1, 0);
	fake_unmap(fake, 1);
	fake_words(fake, 0xff, 0, 0, 0);
	fake_submit(fake);
	for (uint32_t calls = 0; fake_creadr(fake) != 0xc0; calls++) {
		const uint32_t before = fake->calls[FAKE_STORE] + fake->calls[FAKE_FETCH];

		assert_true(calls < 100);
		if (fake_unpassed(fake))
			fake_pass(fake, 1);
		fake_r64(fake, ITSG_GITS_CWRITER);
		assert_true(fake->calls[FAKE_STORE] + fake->calls[FAKE_FETCH] <= before + 1);
	}
	assert_int_equal(fake->ran_count, 6);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* ---- waiting for a drop ---- */

/* Linux unmaps a device and maps another one into the same memory, without waiting in between. */
static void a_conflict_with_a_pending_drop_waits(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake->ran_count = 0;
	fake_unmap(fake, 1);
	fake_mapd(fake, 2, 4, ITT(1));
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 2); /* the unmap and its SYNC */
	assert_false(itsg_device_mapped(fake->its, 2));
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_int_equal(fake_creadr(fake), 0x40);
	assert_int_equal(fake_unpassed(fake), 1);
	fake_pass(fake, 1);
	fake_settle(fake);
	assert_true(itsg_device_mapped(fake->its, 2));
	fake_no_event(fake);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 4);
	assert_int_equal(fake_creadr(fake), 0xa0);
	fake_free(fake);
}

static void the_same_device_may_be_mapped_anew_at_once(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmap(fake, 1);
	fake_mapd(fake, 1, 4, ITT(2)); /* no conflict: behind the unmap in the ring */
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_unpassed(fake), 3);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

static void each_reason_that_a_drop_may_mend_waits(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.devices = 2);

	(void)state;
	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	fake_mapped(fake, 2);
	/* The record's slot is free at once, so room is there; DEVICE_* wait and stay refused. */
	fake_unmap(fake, 2);
	fake_unmap(fake, 2);
	fake_submit(fake);
	fake_settle(fake);
	fake_no_event(fake);
	fake_run(fake);
	fake_refused(fake, ITSG_DEVICE_UNMAPPED);
	fake_free(fake);
}

static void what_a_drop_cannot_mend_is_refused_at_once(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmap(fake, 1);
	fake_mapd(fake, 2, 31, ITT(1));
	fake_mapti(fake, 2, 0, 8192, 0);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_refused(fake, ITSG_ITTSIZE_OOR);
	fake_refused(fake, ITSG_DEVICE_UNMAPPED);
	fake_run(fake);
	fake_free(fake);
}

/* Judged afresh, but on what was read: neither the command nor the level-1 word is read again. */
static void what_waits_is_not_read_again(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_two_level(fake);
	fake_collection(fake, 0, 1);
	fake_put64(fake, FAKE_DEVICES, 1ull << 63 | FAKE_LEVEL2);
	fake_mapped(fake, 1);
	fake_forget(fake);
	fake_put64(fake, FAKE_DEVICES + 8, 1ull << 63 | (FAKE_LEVEL2 + 0x1000));
	fake_unmap(fake, 1);
	fake_mapd(fake, 512, 4, ITT(1));
	fake_submit(fake);
	fake_settle(fake);
	/* Undone while it waits: the level-2 page is not held for it. */
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x1000), FAKE_HOST);
	fake_put64(fake, FAKE_DEVICES + 8, 0);
	fake_put64(fake, FAKE_QUEUE + fake->host_at - 16, 0);
	fake_run(fake);
	assert_true(itsg_device_mapped(fake->its, 512));
	assert_int_equal(fake_page(fake, FAKE_LEVEL2 + 0x1000), FAKE_DONATED);
	fake_expect(fake, FAKE_BIT(FAKE_FETCH),
		    "fetch 40000040+20; fetch 40000060+20; fetch 40100008+8");
	fake_free(fake);
}

/* ---- disabled ---- */

static void while_disabled_cwriter_is_only_latched(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_submit(fake);
	fake_disable(fake);
	fake_forget(fake);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_settle(fake);
	assert_int_equal(fake->calls[FAKE_FETCH], 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), 0x40);
	assert_int_equal(fake_creadr(fake), 0);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 2);
	assert_int_equal(fake_creadr(fake), 0x40);
	fake_free(fake);
}

/* A new queue while commands of the old one are still published: they run, and are not counted. */
static void commands_of_an_older_queue_do_not_move_creadr(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	fake->ran_count = 0;
	fake_sync(fake, 0x10000);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_disable(fake);
	fake->host_queue = FAKE_QUEUE + 0x10000;
	fake->host_at = 0;
	fake_set_queue(fake, fake_cbaser_value(fake->host_queue, 1));
	assert_int_equal(fake_creadr(fake), 0);
	assert_int_equal(fake_page(fake, FAKE_QUEUE), FAKE_HOST); /* only the guard ever read it */
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 0), ITSG_OK);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_sync(fake, 0x30000);
	fake_submit(fake);
	fake_pass(fake, 2);
	assert_int_equal(fake_creadr(fake), 0);
	fake_pass(fake, 1);
	assert_int_equal(fake_creadr(fake), 0x20);
	assert_int_equal(fake_ran(fake, 2, 2), 0x30000);
	fake_free(fake);
}

static void a_command_at_the_head_goes_with_its_queue(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_unmap(fake, 1);
	fake_mapd(fake, 2, 4, ITT(1)); /* waits at the head */
	fake_submit(fake);
	assert_true(fake->its->head.full);
	fake_disable(fake);
	fake_begin_queue(fake, FAKE_QUEUE);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_false(itsg_device_mapped(fake->its, 2));
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* ---- stalls ---- */

static void a_stall_of_a_hosts_command_is_shown_and_retried(void **state)
{
	struct fake *fake = fake_armed();
	const struct fake_event *event;

	(void)state;
	fake_sync(fake, 0);
	fake_sync(fake, 0x10000);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_pass(fake, 1);
	fake->stalled = true;
	assert_int_equal(fake_creadr(fake), 0x21);
	event = fake_next_event(fake);
	assert_int_equal(event->kind, ITSG_EVENT_STALLED);
	assert_int_equal(event->offset, 0x20);
	fake_poll(fake);
	fake_no_event(fake);        /* told once */
	assert_true(fake->stalled); /* the host's to mend, not ours */
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, fake->host_at), ITSG_OK);
	assert_true(fake->stalled); /* it did not say Retry */
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, fake->host_at | 1), ITSG_OK);
	assert_false(fake->stalled);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CWRITER), 0x60); /* Retry reads 0 */
	/* It may stall again at the same one, and is told again. */
	fake->stalled = true;
	assert_int_equal(fake_creadr(fake), 0x21);
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED);
	fake_w32(fake, ITSG_GITS_CWRITER, fake->host_at | 1);
	assert_false(fake->stalled);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0x60);
	fake_free(fake);
}

/* Wherever its entry is, in a journal that has wrapped. */
static void the_command_at_which_hardware_stalls_is_found(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 16; at++) {
		struct fake *fake = fake_sized(16, 0, 1000);

		for (uint32_t i = 0; i < 7; i++)
			fake_sync(fake, 0);
		fake_submit(fake);
		fake_run(fake);
		for (uint32_t i = 0; i < 16; i++)
			fake_sync(fake, 0);
		fake_submit(fake);
		assert_int_equal(fake_unpassed(fake), 16);
		fake_pass(fake, at);
		fake_stall(fake);
		assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED);
		assert_int_equal(fake_creadr(fake), (7 + at) * 32 | 1);
		fake_free(fake);
	}
}

static void retry_without_a_stall_is_nothing(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_forget(fake);
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, 1), ITSG_OK);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "");
	fake_free(fake);
}

static void give_up(struct fake *fake)
{
	fake_disable(fake);
	fake_begin_queue(fake, FAKE_QUEUE);
}

/* Design 5, (b): each DeviceID with an unpassed MAPD gets our own MAPD V=0 in the new queue. */
static void a_stalled_queue_may_be_given_up(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_mapped(fake, 2);
	fake_sync(fake, 0);            /* stalls */
	fake_mapd(fake, 3, 4, ITT(3)); /* never run */
	fake_unmap(fake, 1);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_stall(fake);
	fake->ran_count = 0;
	give_up(fake);
	fake_settle(fake);
	assert_false(fake->stalled);
	assert_int_equal(fake_creadr(fake), 0);
	assert_int_equal(fake_stats(fake).devices, 1);
	for (uint32_t i = 1; i <= 3; i++) /* hardware may still use all of them */
		assert_true(itsg_device_mapped(fake->its, i));
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, ITT(3)), FAKE_SHARED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_settle(fake);
	fake_pass(fake, 2);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(3)), FAKE_SHARED);
	assert_int_equal(fake_creadr(fake), 0); /* ours are not counted */
	fake_run(fake);
	assert_int_equal(fake->ran_count, 3);
	assert_int_equal(fake_ran(fake, 0, 0), 0x0000000300000008);
	assert_int_equal(fake_ran(fake, 0, 2), 0);
	assert_int_equal(fake_ran(fake, 1, 0), 0x0000000100000008);
	assert_int_equal(fake_ran(fake, 2, 0), 0x05);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(3)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	assert_false(itsg_device_mapped(fake->its, 3));
	assert_false(itsg_device_mapped(fake->its, 1));
	assert_true(itsg_device_mapped(fake->its, 2));
	fake_free(fake);
}

/* Its queue is left before hardware is quiescent: the private one is not touched until it is (H6).
 */
static void a_stalled_queue_may_be_given_up_before_hardware_is_quiet(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_submit(fake);
	fake_stall(fake);
	fake->quiescent = false;
	fake_disable(fake);
	fake_forget(fake);
	fake_begin_queue(fake, FAKE_QUEUE);
	fake_expect(fake, FAKE_BIT(FAKE_REG_WRITE), "");
	fake->quiescent = true;
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_sync(fake, 0x20000);
	fake_submit(fake);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_free(fake);
}

/* What was passed before the stall, barrier or not, is over: the ITS was quiescent since. */
static void giving_up_settles_what_was_passed(void **state)
{
	struct fake *fake = fake_in_use();

	(void)state;
	fake_mapped(fake, 2);
	fake_unmap(fake, 1);
	fake_unmap(fake, 2); /* stalls */
	fake_submit(fake);
	fake_pass(fake, 1);
	fake_stall(fake);
	give_up(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	fake_free(fake);
}

/* Mapped, unmapped and mapped again in the part that never ran. */
static void giving_up_remembers_every_claim(void **state)
{
	struct fake *fake = fake_sized(5, 0, 1000);

	(void)state;
	fake_sync(fake, 0); /* stalls */
	fake_mapd(fake, 1, 4, ITT(1));
	fake_unmap(fake, 1);
	fake_mapd(fake, 1, 4, ITT(2));
	fake_submit(fake);
	fake_stall(fake);
	give_up(fake);
	/* Twice: nothing of ours is published yet. */
	give_up(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_settle(fake);
	/* And a third time, with ours published and stalled in their turn. */
	fake->stalled = false;
	fake_disable(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_mapped(fake, 1);
	fake_free(fake);
}

/* A MAPC takes memory, too: it waits for what is on its way out, as a MAPD does (F17). */
static void a_mapc_waits_for_what_is_on_its_way_out(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_program(fake, false);
	fake_w64(fake, ITSG_GITS_BASER + 8, fake_baser_value(FAKE_COLLECTIONS, 1, 0, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_put64(fake, FAKE_COLLECTIONS, 1ull << 63 | ITT(1));
	fake_mapped(fake, 1);
	fake_unmap(fake, 1);
	fake_mapc(fake, 0, 0x10000); /* its level-2 page is that ITT's */
	fake_submit(fake);
	fake_settle(fake);
	fake_no_event(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_run(fake);
	fake_no_event(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_DONATED);
	fake_free(fake);
}

/* Its reasons are no reason to wait for one that names no memory. */
static void an_event_of_an_unmapped_device_does_not_wait(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake_unmap(fake, 1);
	fake_event(fake, ITSG_CMD_INT, 1, 0);
	fake_submit(fake);
	fake_settle(fake);
	fake_refused(fake, ITSG_DEVICE_UNMAPPED);
	fake_free(fake);
}

/*
 * The word of level 1 cannot be stored, nor can anything else: the command was in no slot yet, so
 * that firmware that has hardware run through the ring finds none (F3, F31, F32).
 */
static void what_is_refused_was_never_in_a_slot(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapd(fake, 1, 4, ITT(1));
	fake->fail_always[FAKE_STORE] = true;
	fake_submit(fake);
	for (uint32_t slot = 0; slot < fake->its->ring.slots; slot++)
		assert_int_equal(fake_slot(fake, slot, 0), ITSG_CMD_SYNC);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, FAKE_LEVEL2), FAKE_HOST);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_refused(fake, ITSG_STORE_FAILED);
	fake_free(fake);
}

/* The word is there, the slot cannot be stored: hardware is told of neither before it is. */
static void a_map_whose_slot_cannot_be_stored_is_held_until_it_is(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapd(fake, 1, 4, ITT(1));
	fake_fail(fake, FAKE_STORE, 2);
	fake->fail_from[FAKE_STORE] = true;
	fake_submit(fake);
	fake_settle(fake);
	fake_no_event(fake);
	assert_int_equal(fake->cwriter, 0);
	assert_int_equal(fake_slot(fake, 0, 0), ITSG_CMD_SYNC);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 0);
	fake->fail_always[FAKE_STORE] = false;
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 0), 1ull << 32 | ITSG_CMD_MAPD);
	assert_int_equal(fake_r64(fake, ITSG_GITS_CREADR), 0x20);
	fake_free(fake);
}

/* Disabled meanwhile, it comes when hardware is enabled again; a queue that is left is not
 * forgotten. */
static void what_could_not_be_stored_comes_with_the_next_enable(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, ITT(1));
	fake->fail_always[FAKE_STORE] = true;
	fake_submit(fake);
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake->cwriter, 0);
	fake->fail_always[FAKE_STORE] = false;
	fake_settle(fake); /* disabled hardware is told nothing */
	assert_int_equal(fake->cwriter, 0);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 0), 1ull << 32 | ITSG_CMD_MAPD);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_free(fake);
}

/* The rest of the ring is in order: hardware that runs through it maps nothing again (F2). */
static void an_itt_goes_when_its_slots_are_overwritten(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapped(fake, 1);
	fake->fail_always[FAKE_STORE] = true;
	fake_settle(fake); /* the slot of the map cannot be overwritten */
	fake->fail_always[FAKE_STORE] = false;
	fake_unmapping(fake, 1);
	fake_pass_all(fake);
	fake->fail_always[FAKE_STORE] = true;
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake_disable(fake);
	fake_settle(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	fake->fail_always[FAKE_STORE] = false;
	fake_poll(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* Hardware stalls at the command it is at, and again when that is retried. */
static void fail_for_good(struct fake *fake)
{
	for (uint32_t i = 0; i < 2; i++) {
		fake_stall(fake);
		assert_false(fake->stalled);
	}
}

/* A map that never ran, in a queue that the host gives up: our own unmap is next. */
static struct fake *unmap_owed(uint32_t devices)
{
	struct fake *fake = fake_armed_with(setup.config.devices = devices);

	fake_sync(fake, 0); /* stalls */
	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake);
	fake_stall(fake);
	give_up(fake);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	return fake;
}

/* Hardware may go on using the mapping, and the host may unmap it once more (F14). */
static void an_unmap_of_ours_that_fails_brings_its_record_back(void **state)
{
	struct fake *fake = unmap_owed(64);

	(void)state;
	fail_for_good(fake);
	assert_int_equal(fake_creadr(fake) & 1, 0);
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_false(itsg_device_mapped(fake->its, 2));
	assert_int_equal(fake_stats(fake).kept_granules, 0);
	fake_unmapped(fake, 1);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* Where there is no room for it nobody knows what hardware has, until the table goes. */
static void an_unmap_of_ours_that_fails_without_room_is_never_forgotten(void **state)
{
	struct fake *fake = unmap_owed(2);

	(void)state;
	fake_mapd(fake, 2, 4, ITT(2));
	fake_mapd(fake, 3, 4, ITT(3));
	fake_submit(fake);
	fail_for_good(fake);
	fake_run(fake);
	assert_int_equal(fake_stats(fake).kept_granules, 1);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_true(itsg_device_mapped(fake->its, 7));
	fake_disable(fake);
	fake_set_devices(fake, 0);
	assert_false(itsg_device_mapped(fake->its, 7));
	fake_free(fake);
}

/* Mapped again by then, the new record stands for it; what only the old one had is kept. */
static void an_unmap_of_ours_that_fails_leaves_a_newer_record(void **state)
{
	struct fake *fake = unmap_owed(64);

	(void)state;
	fake_mapd(fake, 1, 4, ITT(2));
	fake_submit(fake);
	fail_for_good(fake);
	fake_run(fake);
	assert_int_equal(fake_stats(fake).devices, 1);
	assert_int_equal(fake_stats(fake).kept_granules, 1);
	fake_unmapped(fake, 1);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	assert_false(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

/* The host begins another queue; hardware has yet to run what it was given of this one. */
static void leave_queue(struct fake *fake)
{
	fake_disable(fake);
	fake_begin_queue(fake, FAKE_QUEUE + 0x10000);
	assert_int_equal(fake_enable(fake), ITSG_OK);
}

/* The next host's queue moves though hardware stalls at a command of the queue of before (F10). */
static void a_stall_at_a_queue_of_before_is_ours_to_mend(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_submit(fake);
	leave_queue(fake);
	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake);
	fake->stalled = true;
	fake->fail_always[FAKE_STORE] = true;   /* and cannot be mended at once */
	assert_int_equal(fake_creadr(fake), 0); /* the host's queue is not stalled */
	fake->fail_always[FAKE_STORE] = false;
	fake_poll(fake);
	assert_false(fake->stalled);
	assert_int_equal(fake_next_event(fake)->kind, ITSG_EVENT_STALLED_OWN);
	fake_no_event(fake); /* nor is the host told of a stall of its own */
	assert_int_equal(fake_creadr(fake), 0);
	fake_run(fake);
	assert_int_equal(fake_creadr(fake), 0x20);
	fake_free(fake);
}

/* Not stalled: a new CBASER takes back nothing (section 5). */
/* Two more are owed theirs, and have the numbers of before. */
static void an_unmap_of_ours_that_stalls_is_found_among_those_that_are_owed(void **state)
{
	struct fake *fake = fake_sized(16, 4, 1000);

	(void)state;
	for (uint32_t device = 1; device <= 3; device++)
		fake_mapd(fake, device, 4, ITT(device));
	fake_submit(fake);
	fake_stall(fake);
	give_up(fake);
	fake_set_budget(fake, 1);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->its->journal.owed, 2);
	fake_stall(fake);
	fake->stalled = true;
	while (fake->stalled)
		fake_poll(fake);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_run(fake);
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_SHARED);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(3)), FAKE_HOST);
	fake_free(fake);
}

static void a_queue_that_is_not_stalled_goes_on(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_sync(fake, 0x10000);
	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake);
	give_up(fake);
	assert_true(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_run(fake);
	assert_int_equal(fake->ran_count, 2);
	assert_int_equal(fake_ran(fake, 1, 2), 0x8000000000000000 | ITT(1));
	fake_free(fake);
}

static void owed_unmaps_go_through_a_ring_of_two(void **state)
{
	struct fake *fake = fake_sized(16, 2, 1);
	uint32_t device;

	(void)state;
	fake_set_budget(fake, 1000);
	fake_collection(fake, 0, 1);
	fake_set_budget(fake, 1);
	for (device = 1; device <= 2; device++)
		fake_mapd(fake, device, 4, ITT(device));
	fake_submit(fake);
	fake_settle(fake);
	fake_stall(fake);
	give_up(fake);
	fake_fail(fake, FAKE_STORE, 0);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_fail(fake, FAKE_STORE, 1); /* the first one is tried again */
	fake_run(fake);
	fake_run(fake);
	for (device = 1; device <= 2; device++)
		assert_int_equal(fake_page(fake, ITT(device)), FAKE_HOST);
	fake_free(fake);
}

/* A map that has not run when the host begins another queue (F26). */
static struct fake *map_left(void)
{
	struct fake *fake = fake_armed();

	fake_mapd(fake, 1, 4, ITT(1));
	fake_submit(fake);
	leave_queue(fake);
	return fake;
}

static void a_map_of_a_queue_of_before_is_tried_again(void **state)
{
	struct fake *fake = map_left();

	(void)state;
	fake_stall(fake);
	assert_false(fake->stalled);
	fake_run(fake);
	assert_true(fake_ran(fake, 0, 2) >> 63);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_free(fake);
}

static void a_map_of_a_queue_of_before_that_fails_again_is_unmapped(void **state)
{
	struct fake *fake = map_left();

	(void)state;
	fail_for_good(fake);
	assert_true(itsg_device_mapped(fake->its, 1));
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 0), 0x100000008);
	assert_int_equal(fake_ran(fake, 0, 2), 0);
	assert_int_equal(fake_ran(fake, 1, 0), 5); /* and its barrier */
	assert_false(itsg_device_mapped(fake->its, 1));
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	fake_free(fake);
}

/* The map of before is not taken; the one that takes its place is, and has a record (F30). */
static void a_map_that_fails_leaves_the_record_of_a_later_one(void **state)
{
	struct fake *fake = fake_armed();

	(void)state;
	fake_mapd(fake, 1, 4, ITT(1));
	fake_mapd(fake, 1, 4, ITT(2));
	fake_submit(fake);
	leave_queue(fake);
	fail_for_good(fake);
	fake_run(fake);
	fake_run(fake);
	assert_int_equal(fake_ran(fake, 0, 2), 0); /* an unmap, in the place of the first */
	assert_int_equal(fake_page(fake, ITT(1)), FAKE_HOST);
	assert_int_equal(fake_page(fake, ITT(2)), FAKE_SHARED);
	assert_int_equal(fake_stats(fake).devices, 1);
	fake_free(fake);
}

/* At the end of the private ring, where a SYNC of ours is due and nobody may get it (F28). */
static void a_poll_ends_though_all_redistributors_sleep(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.redistributor_count = 64);

	(void)state;
	for (uint32_t i = 0; i < 125; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	fake_run(fake);
	fake->asleep = ~0ull;
	fake_sync(fake, 0);
	fake_sync(fake, 0);
	fake_submit(fake);
	for (uint32_t n = 0; fake_poll(fake); n++)
		assert_true(n < 100);
	assert_int_equal(fake_unpassed(fake), 1);
	fake->asleep = ~(1ull << 40);
	for (uint32_t n = 0; n < 10; n++)
		fake_run(fake);
	assert_int_equal(fake_creadr(fake), 127 * 32);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapc_waits_for_what_is_on_its_way_out),
		cmocka_unit_test(an_event_of_an_unmapped_device_does_not_wait),
		cmocka_unit_test(what_is_refused_was_never_in_a_slot),
		cmocka_unit_test(a_map_whose_slot_cannot_be_stored_is_held_until_it_is),
		cmocka_unit_test(what_could_not_be_stored_comes_with_the_next_enable),
		cmocka_unit_test(an_itt_goes_when_its_slots_are_overwritten),
		cmocka_unit_test(wrap_second_chunk_uses_its_own_length),
		cmocka_unit_test(a_full_host_queue_is_read_to_its_end),
		cmocka_unit_test(the_host_queue_may_be_of_any_size),
		cmocka_unit_test(a_map_that_fails_leaves_the_record_of_a_later_one),
		cmocka_unit_test(a_command_that_cannot_be_fetched_is_skipped),
		cmocka_unit_test(a_command_is_read_once),
		cmocka_unit_test(a_budget_of_one_gets_there),
		cmocka_unit_test(a_conflict_with_a_pending_drop_waits),
		cmocka_unit_test(the_same_device_may_be_mapped_anew_at_once),
		cmocka_unit_test(each_reason_that_a_drop_may_mend_waits),
		cmocka_unit_test(what_a_drop_cannot_mend_is_refused_at_once),
		cmocka_unit_test(what_waits_is_not_read_again),
		cmocka_unit_test(while_disabled_cwriter_is_only_latched),
		cmocka_unit_test(commands_of_an_older_queue_do_not_move_creadr),
		cmocka_unit_test(a_command_at_the_head_goes_with_its_queue),
		cmocka_unit_test(a_stall_of_a_hosts_command_is_shown_and_retried),
		cmocka_unit_test(the_command_at_which_hardware_stalls_is_found),
		cmocka_unit_test(retry_without_a_stall_is_nothing),
		cmocka_unit_test(a_stalled_queue_may_be_given_up),
		cmocka_unit_test(a_stalled_queue_may_be_given_up_before_hardware_is_quiet),
		cmocka_unit_test(giving_up_settles_what_was_passed),
		cmocka_unit_test(giving_up_remembers_every_claim),
		cmocka_unit_test(an_unmap_of_ours_that_fails_brings_its_record_back),
		cmocka_unit_test(an_unmap_of_ours_that_fails_without_room_is_never_forgotten),
		cmocka_unit_test(an_unmap_of_ours_that_fails_leaves_a_newer_record),
		cmocka_unit_test(a_stall_at_a_queue_of_before_is_ours_to_mend),
		cmocka_unit_test(an_unmap_of_ours_that_stalls_is_found_among_those_that_are_owed),
		cmocka_unit_test(a_queue_that_is_not_stalled_goes_on),
		cmocka_unit_test(owed_unmaps_go_through_a_ring_of_two),
		cmocka_unit_test(a_map_of_a_queue_of_before_is_tried_again),
		cmocka_unit_test(a_map_of_a_queue_of_before_that_fails_again_is_unmapped),
		cmocka_unit_test(a_poll_ends_though_all_redistributors_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
