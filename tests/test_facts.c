/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What is known of an ITS from init on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "facts.h"

static struct itsg_facts no_facts(void)
{
	struct itsg_facts facts;

	memset(&facts, 0, sizeof(facts));
	return facts;
}

static void an_ITT_is_claimed_by_granules_from_its_record(void **state)
{
	struct itsg_device records[4] = {{0, 0}};
	struct itsg_devices devices = {.records = records, .capacity = 4};
	struct itsg_facts facts = no_facts();
	struct itsg_run run;

	(void)state;
	facts.config.itt_entry_bytes = 12;
	assert_true(itsg_devices_add(&devices, 7, 5, 0x40000100)); /* 64 events */
	run = itsg_facts_itt_run(&facts, itsg_devices_find(&devices, 7));
	assert_int_equal(run.pa, 0x40000100);
	assert_int_equal(run.bytes, 768); /* 64 * 12, three granules of 256 bytes */
}

static void an_ITT_is_shared_unless_the_configuration_donates_it(void **state)
{
	struct itsg_facts facts = no_facts();

	(void)state;
	assert_int_equal(itsg_facts_itt_kind(&facts), ITSG_SHARED);
	facts.config.donate_itt = true;
	assert_int_equal(itsg_facts_itt_kind(&facts), ITSG_DONATED);
}

static void hardware_forgets_if_TYPER_or_the_configuration_says_so(void **state)
{
	struct itsg_facts facts = no_facts();

	(void)state;
	assert_false(itsg_facts_forgotten(&facts));
	facts.typer.inv = true;
	assert_true(itsg_facts_forgotten(&facts));
	facts.typer.inv = false;
	facts.config.forgets = true;
	assert_true(itsg_facts_forgotten(&facts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ITT_is_claimed_by_granules_from_its_record),
		cmocka_unit_test(an_ITT_is_shared_unless_the_configuration_donates_it),
		cmocka_unit_test(hardware_forgets_if_TYPER_or_the_configuration_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
