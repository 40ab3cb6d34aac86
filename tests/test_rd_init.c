/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The beginning of the redistributors. */
#include <string.h>

#include "rd_fake.h"
#include "rd_state.h"

#define SIZE(setting)                                                                              \
	({                                                                                         \
		struct itsg_redists_config config = rd->config;                                    \
                                                                                                   \
		config.setting;                                                                    \
		itsg_redists_size(&config);                                                        \
	})

static void a_configuration_out_of_range_has_no_size(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	assert_int_not_equal(itsg_redists_size(&rd->config), 0);
	assert_int_equal(itsg_redists_size(NULL), 0);
	assert_int_equal(SIZE(frames = NULL), 0);
	assert_int_equal(SIZE(count = 0), 0);
	assert_int_equal(SIZE(count = 0x10001), 0);
	assert_int_equal(SIZE(pa_bits = 31), 0);
	assert_int_equal(SIZE(pa_bits = 53), 0);
	assert_int_equal(SIZE(lpi_bits = 13), 0);
	assert_int_equal(SIZE(lpi_bits = 33), 0);
	assert_int_equal(SIZE(lpi_limit = 13), 0);
	assert_int_equal(SIZE(lpi_limit = 33), 0);
	assert_int_equal(SIZE(tables = 0x10001), 0);
	assert_int_not_equal(SIZE(pa_bits = 32), 0);
	assert_int_not_equal(SIZE(lpi_bits = 32), 0);
	assert_int_not_equal(SIZE(lpi_limit = 14), 0);
	rd->frames[1] = rd->frames[0];
	assert_int_equal(itsg_redists_size(&rd->config), 0);
	rd->frames[1] = rd->frames[0] + 0x8000;
	assert_int_equal(itsg_redists_size(&rd->config), 0);
	rd->frames[1] = 1ull << 52;
	assert_int_equal(itsg_redists_size(&rd->config), 0);
	rd_fake_free(rd);
}

static void the_size_is_what_the_header_says(void **state)
{
	struct rd_fake *rd = rd_fake_raw();
	size_t one, eight;

	(void)state;
	rd->config.count = 1;
	one = itsg_redists_size(&rd->config);
	rd->config.count = 8;
	eight = itsg_redists_size(&rd->config);
	assert_true(eight > one && eight - one <= 8 * 192);
	rd_fake_free(rd);
}

#define RD_BAD(setting)                                                                            \
	({                                                                                         \
		struct itsg_redists_config config = rd->config;                                    \
                                                                                                   \
		config.setting;                                                                    \
		itsg_redists_check_config(memory, sizeof(memory), &config, pages, &rd->ops);       \
	})

static void what_is_bad_is_named(void **state)
{
	static _Alignas(64) unsigned char memory[ITSG_REDISTS_SIZE(4, ITSG_DEFAULT_LPI_TABLES)];
	static const enum itsg_config_field callbacks[] = {
		ITSG_CONFIG_OPS_SHARE,    ITSG_CONFIG_OPS_UNSHARE, ITSG_CONFIG_OPS_DONATE,
		ITSG_CONFIG_OPS_RECLAIM,  ITSG_CONFIG_OPS_ZERO,    ITSG_CONFIG_OPS_REG_READ,
		ITSG_CONFIG_OPS_REG_WRITE};
	struct rd_fake *rd = rd_fake_raw();
	const struct itsg_pages *pages = rd->fake->machine->pages;

	(void)state;
	assert_int_equal(RD_BAD(tables = 0), ITSG_CONFIG_GOOD);
	assert_int_equal(RD_BAD(frames = NULL), ITSG_CONFIG_FRAMES);
	assert_int_equal(RD_BAD(count = 0), ITSG_CONFIG_COUNT);
	assert_int_equal(RD_BAD(count = 0x10001), ITSG_CONFIG_COUNT);
	assert_int_equal(RD_BAD(pa_bits = 53), ITSG_CONFIG_PA_BITS);
	assert_int_equal(RD_BAD(lpi_bits = 13), ITSG_CONFIG_LPI_BITS);
	assert_int_equal(RD_BAD(lpi_limit = 13), ITSG_CONFIG_LPI_LIMIT);
	assert_int_equal(RD_BAD(tables = 0x10001), ITSG_CONFIG_TABLES);
	assert_int_equal(RD_BAD(tables = 100), ITSG_CONFIG_SIZE);
	rd->frames[1] = rd->frames[0];
	assert_int_equal(RD_BAD(tables = 0), ITSG_CONFIG_FRAMES);
	rd->frames[1] = rd->frames[0] + 0x20000;
	assert_int_equal(itsg_redists_check_config(memory, sizeof(memory), NULL, pages, &rd->ops),
			 ITSG_CONFIG_CONFIG);
	assert_int_equal(
		itsg_redists_check_config(memory, sizeof(memory), &rd->config, pages, NULL),
		ITSG_CONFIG_OPS);
	assert_int_equal(
		itsg_redists_check_config(memory, sizeof(memory), &rd->config, NULL, &rd->ops),
		ITSG_CONFIG_PAGES);
	assert_int_equal(
		itsg_redists_check_config(memory + 8, sizeof(memory), &rd->config, pages, &rd->ops),
		ITSG_CONFIG_MEM);
	for (uint32_t i = 0; i < ARRAY_SIZE(callbacks); i++) {
		struct itsg_redists_ops ops = rd->ops;

		((void (**)(void))(void *)&ops)[i] = NULL;
		assert_int_equal(
			itsg_redists_check_config(memory, sizeof(memory), &rd->config, pages, &ops),
			callbacks[i]);
	}
	rd_fake_free(rd);
}

static void the_size_as_a_constant_is_that_of_the_function(void **state)
{
	static const uint32_t counts[] = {1, 2, 8, 9, 16, 17, 63, 64, 65, 1000};
	static const uint32_t tables[] = {0, 1, 3, 4, 64, 65536};
	static uint64_t frames[1000];
	struct itsg_redists_config config = {.frames = frames, .pa_bits = 48, .lpi_bits = 16};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(frames); i++)
		frames[i] = i * 0x20000ull;
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (uint32_t j = 0; j < ARRAY_SIZE(tables); j++) {
			config.count = counts[i];
			config.tables = tables[j];
			assert_int_equal(
				itsg_redists_size(&config),
				ITSG_REDISTS_SIZE(counts[i],
						  tables[j] ? tables[j] : ITSG_DEFAULT_LPI_TABLES));
		}
	}
}

static void init_needs_memory_a_tracker_and_its_callbacks(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	const size_t size = itsg_redists_size(&rd->config);
	struct itsg_pages *pages = rd->fake->machine->pages;
	struct itsg_redists_ops ops = rd->ops;
	struct itsg_redists *out;

	(void)state;
	rd->fake->machine->inside = true;
	assert_int_equal(itsg_redists_init(NULL, size, &rd->config, pages, &ops, rd, &out),
			 ITSG_BAD_CONFIG);
	assert_int_equal(
		itsg_redists_init(rd->memory, size - 1, &rd->config, pages, &ops, rd, &out),
		ITSG_BAD_CONFIG);
	assert_int_equal(
		itsg_redists_init((char *)rd->memory + 8, size, &rd->config, pages, &ops, rd, &out),
		ITSG_BAD_CONFIG);
	assert_int_equal(itsg_redists_init(rd->memory, size, &rd->config, NULL, &ops, rd, &out),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_redists_init(rd->memory, size, NULL, pages, &ops, rd, &out),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_redists_init(rd->memory, size, &rd->config, pages, NULL, rd, &out),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_redists_init(rd->memory, size, &rd->config, pages, &ops, rd, NULL),
			 ITSG_BAD_CONFIG);
	for (uint32_t i = 0; i < 7; i++) {
		ops = rd->ops;
		((void (**)(void))(void *)&ops)[i] = NULL;
		assert_int_equal(
			itsg_redists_init(rd->memory, size, &rd->config, pages, &ops, rd, &out),
			ITSG_BAD_CONFIG);
	}
	rd->fake->machine->inside = false;
	rd_fake_free(rd);
}

static void power_and_log_are_optional(void **state)
{
	struct rd_fake *rd = rd_fake_with(with->ops.powered = NULL, with->ops.event = NULL);

	(void)state;
	rd_on(rd, 0);
	assert_int_equal(itsg_redists_write(rd->redists, 0, 0xffffffff, 1, 0), ITSG_BAD_WIDTH);
	rd_fake_free(rd);
}

/* What the caller's memory held before does not matter: rd_fake.c fills it. */
static void all_are_off_at_first_and_hold_nothing(void **state)
{
	struct rd_fake *rd = rd_fake_new();
	struct itsg_redists_stats stats;

	(void)state;
	for (uint32_t n = 0; n < 4; n++) {
		assert_int_equal(rd_phase(rd, n), ITSG_REDIST_OFF);
		assert_int_equal(rd_r64(rd, n, 0x70), 0);
		assert_int_equal(rd_r64(rd, n, 0x78), 0);
	}
	itsg_redists_get_stats(rd->redists, &stats);
	assert_int_equal(stats.accesses, 8);
	assert_int_equal(stats.on + stats.tables + stats.clearing, 0);
	rd_fake_free(rd);
}

/* It is put back to 0: what was tried has no meaning. */
static void hardware_is_asked_once_what_it_keeps(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[0].prop_loses = 0x700;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	assert_int_equal(rd->hw[0].prop, 0);
	assert_int_equal(rd->hw[0].pend, 0);
	assert_null(strstr(rd->writes, "1:"));
	assert_int_equal(rd_w64(rd, 3, 0x70, RD_PROP), ITSG_OK);
	assert_int_equal(rd_r64(rd, 3, 0x70), RD_CONFIG | 0x08f);
	rd_fake_free(rd);
}

/* A PROPBASER with nothing behind it shall not stand in a group that is in use. */
static void beside_one_that_is_on_nothing_is_tried(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[2].prop = RD_PROP;
	rd->hw[2].pend = RD_PEND(2);
	rd->hw[2].ctlr |= 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_fake_expect(rd, "");
	assert_int_equal(rd_adopt(rd), ITSG_OK);
	rd_on(rd, 0); /* taken to keep all */
	rd_fake_expect(rd, "0:70=4064078f 0:78=40650780 0:0=1 ");
	assert_int_equal(rd_clear(rd, 0), ITSG_OK);
	rd_fake_forget(rd);
	assert_int_equal(rd_clear(rd, 2), ITSG_OK);
	assert_non_null(strstr(rd->writes, "2:70=")); /* now it is */
	rd_fake_free(rd);
}

/* Firmware may turn its LPIs on when it comes, with what was there before. */
static void all_must_have_power(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[3].off = true;
	assert_int_equal(rd_fake_init(rd), ITSG_LPI_BUSY);
	rd_fake_expect(rd, "");
	rd->hw[3].off = false;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd_fake_free(rd);
}

static void what_is_not_fit_for_LPIs_or_not_ready_is_refused(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[1].typer &= ~1ull; /* PLPIS */
	assert_int_equal(rd_fake_init(rd), ITSG_BAD_CONFIG);
	rd->hw[1].typer |= 1;
	rd->hw[1].busy = 2;
	assert_int_equal(rd_fake_init(rd), ITSG_LPI_BUSY);
	rd->hw[1].busy = 0;
	rd->hw[1].typer |= 2;
	rd->hw[1].vpend = 1ull << 63;
	assert_int_equal(rd_fake_init(rd), ITSG_VIRTUAL_REGISTER);
	rd->hw[1].vpend = 1ull << 60; /* Dirty: on its way out */
	assert_int_equal(rd_fake_init(rd), ITSG_VIRTUAL_REGISTER);
	rd->hw[1].vpend = 0;
	rd->hw[1].vprop = 1ull << 63; /* reserved before v4.1 */
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd->hw[1].typer |= 1u << 7;
	assert_int_equal(rd_fake_init(rd), ITSG_VIRTUAL_REGISTER);
	rd_fake_free(rd);
}

/* They may still be named by address. */
static void where_two_have_one_number_no_ITS_can_name_them_by_it(void **state)
{
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->hw[3].typer = rd->hw[1].typer;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	rd->fake->setup.config.redistributors = NULL;
	rd->fake->setup.config.redistributor_count = 0;
	rd->fake->setup.config.redists = rd->redists;
	assert_int_equal(fake_init(rd->fake), ITSG_BAD_CONFIG);
	rd->fake->typer |= 1u << 19; /* PTA */
	assert_int_equal(fake_init(rd->fake), ITSG_OK);
	rd_fake_free(rd);
}

/* Numbers in any order: RDbase of a command leads to the right frame with either form. */
static void the_list_has_numbers_and_addresses(void **state)
{
	static const uint32_t numbers[] = {7, 3, 300, 0, 65535, 12, 5};
	struct rd_fake *rd = rd_fake_raw();

	(void)state;
	rd->config.count = ARRAY_SIZE(numbers);
	for (uint32_t n = 0; n < ARRAY_SIZE(numbers); n++)
		rd->hw[n].typer = (uint64_t)numbers[n] << 8 | 1;
	assert_int_equal(rd_fake_init(rd), ITSG_OK);
	for (uint32_t n = 0; n < ARRAY_SIZE(numbers); n++) {
		uint32_t place = 99;

		assert_true(
			itsg_rd_find(&rd->redists->by_number, (uint64_t)numbers[n] << 16, &place));
		assert_int_equal(place, n);
		assert_int_equal(rd->redists->by_number.rdbase[n], (uint64_t)numbers[n] << 16);
		assert_true(itsg_rd_find(&rd->redists->by_address, rd->frames[n], &place));
		assert_int_equal(place, n);
		assert_false(itsg_rd_find(&rd->redists->by_number, rd->frames[n], &place));
	}
	rd_fake_free(rd);
}

/* GIC G1 to G4 */
static void groups_are_the_levels_of_affinity_in_common(void **state)
{
	static const uint32_t affinities[] = {0x01020304, 0x01020305, 0x01020404, 0x01030304,
					      0x02020304};
	static const uint32_t groups[] = {1, 2, 3, 4};

	(void)state;
	for (uint32_t levels = 0; levels < 4; levels++) {
		struct rd_fake *rd = rd_fake_raw();
		uint32_t count = 0;

		rd->config.count = ARRAY_SIZE(affinities);
		for (uint32_t n = 0; n < ARRAY_SIZE(affinities); n++)
			rd->hw[n].typer = (uint64_t)affinities[n] << 32 | levels << 24 | n << 8 | 1;
		assert_int_equal(rd_fake_init(rd), ITSG_OK);
		for (uint32_t n = 0; n < ARRAY_SIZE(affinities); n++)
			count += rd->redists->redist[n].leader == n ? 1u : 0u;
		assert_int_equal(count, groups[levels]);
		rd_fake_free(rd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_configuration_out_of_range_has_no_size),
		cmocka_unit_test(the_size_is_what_the_header_says),
		cmocka_unit_test(what_is_bad_is_named),
		cmocka_unit_test(the_size_as_a_constant_is_that_of_the_function),
		cmocka_unit_test(init_needs_memory_a_tracker_and_its_callbacks),
		cmocka_unit_test(power_and_log_are_optional),
		cmocka_unit_test(all_are_off_at_first_and_hold_nothing),
		cmocka_unit_test(hardware_is_asked_once_what_it_keeps),
		cmocka_unit_test(beside_one_that_is_on_nothing_is_tried),
		cmocka_unit_test(all_must_have_power),
		cmocka_unit_test(what_is_not_fit_for_LPIs_or_not_ready_is_refused),
		cmocka_unit_test(where_two_have_one_number_no_ITS_can_name_them_by_it),
		cmocka_unit_test(the_list_has_numbers_and_addresses),
		cmocka_unit_test(groups_are_the_levels_of_affinity_in_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
