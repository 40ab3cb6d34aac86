/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What rules ask in common. */
#include "fake.h"

#include "judge.h"

#include <string.h>

#define VALID (1ull << 63)

static void rdbase_is_looked_up_among_any_number(void **state)
{
	struct fake_setup setup;

	(void)state;
	for (uint32_t count = 1; count <= 9; count++) {
		struct fake *fake;

		fake_defaults(&setup);
		setup.typer |= ITSG_TYPER_PTA;
		setup.config.redistributor_count = count;
		for (uint32_t n = 0; n < count; n++)
			setup.redistributors[n] = 0x100000 + n * 0x20000;
		fake = fake_new(&setup);
		fake_boot(fake);
		for (uint32_t n = 0; n <= 2 * count; n++) {
			fake_sync(fake, 0xf0000 + n * 0x10000);
			assert_int_equal(fake_try(fake), n % 2 ? ITSG_OK : ITSG_RDBASE_UNKNOWN);
		}
		fake_free(fake);
	}
}

/* I4: the host's word is read once for each MAPD V=1, however the decision ends. */
static void a_level1_word_is_read_once(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_linked(fake);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100); /* filled by now: read to compare */
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100); /* mapped: read to compare, too */
	fake_mapti(fake, 1, 0, 8192, 0);
	fake_unmap(fake, 1);
	fake_submit(fake);
	fake_run(fake);
	fake_expect(fake, FAKE_BIT(FAKE_FETCH),
		    "fetch 40000000+20; fetch 40100000+8; fetch 40000020+20; fetch 40100000+8; "
		    "fetch 40000040+20; fetch 40100000+8; fetch 40000060+20; "
		    "fetch 40000080+20");
	fake_free(fake);
}

/* ---- rules by themselves: no ITS, no platform ---- */

/* All that a rule may see. */
struct sight {
	struct itsg_facts facts;
	struct itsg_device records[16];
	struct itsg_devices devices;
	uint64_t words[512];
	struct itsg_table table[2];
	struct itsg_view view;
};

static const uint64_t redistributors[] = {0x10000, 0x30000};

/* A two-level device table of 512 words, DeviceIDs of 16 bits, no collection table, 4 collections.
 */
static void look(struct sight *sight)
{
	memset(sight, 0, sizeof(*sight));
	sight->facts.rds = (struct itsg_rd_list){.rdbase = redistributors,
						 .sorted = redistributors,
						 .count = ARRAY_SIZE(redistributors)};
	sight->facts.config.itt_entry_bytes = 8;
	sight->facts.config.lpi_bits = 16;
	sight->facts.typer.device_bits = 16;
	sight->facts.typer.hcc = 4;
	sight->facts.typer.icid_bits = 16;
	sight->facts.max_itt_bits = 16;
	sight->facts.pa_end = (uint64_t)1 << 40;
	sight->devices.records = sight->records;
	sight->devices.capacity = 16;
	sight->table[0].claimed = true;
	sight->table[0].words = sight->words;
	sight->table[0].mirror_bytes = sizeof(sight->words);
	/* One page of 4 KB, entries of 8 bytes. */
	itsg_geometry_decode(VALID | ITSG_BASER_INDIRECT | FAKE_DEVICES | 7ull << 48,
			     &sight->table[0].geo);
	sight->view.facts = &sight->facts;
	sight->view.devices = &sight->devices;
	sight->view.device_table = &sight->table[0];
}

static struct itsg_words words_of(uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	const struct itsg_words words = {{dw0, dw1, dw2, 0}};

	return words;
}

/* Judges it; nothing of what the rule sees may be changed by that. */
static enum itsg_reason judged(struct sight *sight, const struct itsg_words *command,
			       uint64_t level1, struct itsg_plan *plan)
{
	const struct sight before = *sight;
	const enum itsg_reason reason = itsg_judge(&sight->view, command, level1, plan);

	assert_memory_equal(sight, &before, sizeof(before));
	return reason;
}

/* An ID beyond the host's level 1 has no word there, though our copy is longer (R4). */
static void beyond_the_hosts_level_1_no_word_is_read(void **state)
{
	struct itsg_needs needs = {0};
	struct sight sight;

	(void)state;
	look(&sight);
	sight.table[0].mirror_bytes *= 2;
	itsg_rule_level1_needs(&sight.table[0], 512 * 512 - 1, &needs);
	assert_true(needs.level1);
	itsg_rule_level1_needs(&sight.table[0], 512 * 512, &needs);
	assert_false(needs.level1);
}

static void a_command_that_takes_nothing_needs_nothing(void **state)
{
	const struct itsg_words sync = words_of(0x05, 0, 0x10000);
	struct itsg_needs needs = {.reserved = true, .level1 = true};
	struct sight sight;

	(void)state;
	look(&sight);
	assert_int_equal(itsg_judge_needs(&sight.view, &sync, &needs), ITSG_OK);
	assert_false(needs.reserved);
	assert_false(needs.level1);
}

/* Its collection is in a table, which is no reason to accept it. */
static void a_collection_at_an_unknown_redistributor_is_refused(void **state)
{
	const struct itsg_words known = words_of(0x09, 0, VALID | 0x30000 | 5);
	const struct itsg_words unknown = words_of(0x09, 0, VALID | 0x20000 | 5);
	struct itsg_plan plan;
	struct sight sight;

	(void)state;
	look(&sight);
	sight.table[1].claimed = true;
	itsg_geometry_decode(VALID | FAKE_COLLECTIONS | 7ull << 48, &sight.table[1].geo);
	sight.view.collection_table = &sight.table[1];
	assert_int_equal(judged(&sight, &known, 0, &plan), ITSG_OK);
	assert_int_equal(judged(&sight, &unknown, 0, &plan), ITSG_RDBASE_UNKNOWN);
}

static void a_map_says_what_it_needs_and_plans_what_it_takes(void **state)
{
	const struct itsg_words map = words_of(0x0000020100000008, 4, VALID | (FAKE_ITT + 0x100));
	struct itsg_needs needs;
	struct itsg_plan plan;
	struct sight sight;

	(void)state;
	look(&sight);
	assert_int_equal(itsg_judge_needs(&sight.view, &map, &needs), ITSG_OK);
	assert_true(needs.reserved);
	assert_true(needs.level1);
	assert_int_equal(needs.level1_pa, FAKE_DEVICES + 8); /* 512 entries a page */
	assert_int_equal(judged(&sight, &map, 0, &plan), ITSG_L1_INVALID);
	assert_int_equal(judged(&sight, &map, VALID | FAKE_LEVEL2, &plan), ITSG_OK);
	assert_int_equal(plan.takes, 2);
	assert_int_equal(plan.take[0].run.pa, FAKE_LEVEL2);
	assert_int_equal(plan.take[0].run.bytes, 0x1000);
	assert_int_equal(plan.take[0].kind, ITSG_DONATED);
	assert_int_equal(plan.take[1].run.pa, FAKE_ITT + 0x100);
	assert_int_equal(plan.take[1].run.bytes, 0x100); /* 32 events of 8 bytes */
	assert_int_equal(plan.take[1].kind, ITSG_SHARED);
	assert_int_equal(plan.record, ITSG_RECORD_ADD);
	assert_int_equal(plan.mirror, 0);
	assert_int_equal(plan.level1_index, 1);
	assert_int_equal(plan.publish.dw[0], 0x0000020100000008);
	assert_int_equal(plan.publish.dw[2], VALID | (FAKE_ITT + 0x100));
}

static void an_unmap_needs_nothing_and_tells_hardware_its_device_alone(void **state)
{
	const struct itsg_words unmap = words_of(0x0000000700000008, 31, 0xffff00);
	struct itsg_needs needs;
	struct itsg_plan plan;
	struct sight sight;

	(void)state;
	look(&sight);
	assert_int_equal(judged(&sight, &unmap, 0, &plan), ITSG_DEVICE_UNMAPPED);
	assert_true(itsg_devices_add(&sight.devices, 7, 4, FAKE_ITT));
	assert_int_equal(itsg_judge_needs(&sight.view, &unmap, &needs), ITSG_OK);
	assert_false(needs.reserved || needs.level1);
	assert_int_equal(judged(&sight, &unmap, 0, &plan), ITSG_OK);
	assert_int_equal(plan.record, ITSG_RECORD_REMOVE);
	assert_int_equal(plan.drop[0].pa, FAKE_ITT);
	assert_int_equal(plan.drop[0].bytes, 0x100);
	assert_int_equal(plan.takes, 0);
	assert_int_equal(plan.publish.dw[0], 0x0000000700000008);
	for (uint32_t i = 1; i < 4; i++)
		assert_int_equal(plan.publish.dw[i], 0);
}

/* Of a word beyond both level-1 tables nothing is read; the rule refuses it by itself. */
static void no_word_is_needed_where_none_can_be(void **state)
{
	const struct itsg_words map = words_of(0x0000020100000008, 4, VALID | FAKE_ITT);
	struct itsg_needs needs;
	struct itsg_plan plan;
	struct sight sight;

	(void)state;
	look(&sight);
	sight.table[0].mirror_bytes = 8;
	assert_int_equal(itsg_judge_needs(&sight.view, &map, &needs), ITSG_OK);
	assert_false(needs.level1);
	assert_int_equal(judged(&sight, &map, VALID | FAKE_LEVEL2, &plan), ITSG_L1_INVALID);
	sight.table[0].mirror_bytes = sizeof(sight.words);
	sight.table[0].geo.two_level = false;
	assert_int_equal(itsg_judge_needs(&sight.view, &map, &needs), ITSG_OK);
	assert_false(needs.level1);
}

/* What is wrong whatever the host's word says is refused before it is read. */
static void what_is_wrong_anyway_needs_nothing(void **state)
{
	const struct itsg_words device = words_of(0x0001000000000008, 4, VALID | FAKE_ITT);
	const struct itsg_words icid = words_of(0x9, 0, VALID | 0x10000 | 4);
	const struct itsg_words rdbase = words_of(0x9, 0, VALID | 0x20000 | 3);
	const struct itsg_words good = words_of(0x9, 0, VALID | 0x30000 | 3);
	struct itsg_needs needs;
	struct itsg_plan plan;
	struct sight sight;

	(void)state;
	look(&sight);
	sight.facts.typer.pta = true;
	assert_int_equal(itsg_judge_needs(&sight.view, &device, &needs), ITSG_DEVICE_OOR);
	assert_int_equal(itsg_judge_needs(&sight.view, &icid, &needs), ITSG_COLLECTION_OOR);
	assert_int_equal(itsg_judge_needs(&sight.view, &rdbase, &needs), ITSG_RDBASE_UNKNOWN);
	assert_int_equal(itsg_judge_needs(&sight.view, &good, &needs), ITSG_OK);
	assert_false(needs.reserved || needs.level1);
	assert_int_equal(judged(&sight, &good, 0, &plan), ITSG_OK);
	assert_int_equal(plan.target[0], 1);
	assert_int_equal(plan.target[1], ITSG_NO_RD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rdbase_is_looked_up_among_any_number),
		cmocka_unit_test(a_level1_word_is_read_once),
		cmocka_unit_test(beyond_the_hosts_level_1_no_word_is_read),
		cmocka_unit_test(a_command_that_takes_nothing_needs_nothing),
		cmocka_unit_test(a_collection_at_an_unknown_redistributor_is_refused),
		cmocka_unit_test(a_map_says_what_it_needs_and_plans_what_it_takes),
		cmocka_unit_test(an_unmap_needs_nothing_and_tells_hardware_its_device_alone),
		cmocka_unit_test(no_word_is_needed_where_none_can_be),
		cmocka_unit_test(what_is_wrong_anyway_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
