/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The beginning of an ITS: configuration, memory, what is learnt from hardware. */
#include "fake.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

#define VALID (1ull << 63)

/* ---- configuration ---- */

static size_t size_of(const struct fake_setup *setup)
{
	struct itsg_its_config config = setup->config;

	if (!config.redistributors)
		config.redistributors = setup->redistributors;
	if (!config.queue.pa)
		config.queue.pa = FAKE_PRIVATE;
	if (!config.level1_pool.pa)
		config.level1_pool.pa = FAKE_PRIVATE + FAKE_POOL;
	return itsg_its_size(&config);
}

/* The size of a configuration that differs from the default in one 32-bit member. */
static size_t with(size_t member, uint32_t value)
{
	struct fake_setup setup;

	fake_defaults(&setup);
	memcpy((char *)&setup.config + member, &value, sizeof(value));
	return size_of(&setup);
}

#define WITH(member, value) with(offsetof(struct itsg_its_config, member), value)

static void each_number_has_its_range(void **state)
{
	(void)state;
	assert_int_equal(itsg_its_size(NULL), 0);
	assert_int_equal(WITH(pa_bits, 31), 0);
	assert_true(WITH(pa_bits, 32) > 0);
	assert_true(WITH(pa_bits, 52) > 0);
	assert_int_equal(WITH(pa_bits, 53), 0);
	assert_int_equal(WITH(pa_bits, 64), 0);
	assert_int_equal(WITH(lpi_bits, 13), 0);
	assert_true(WITH(lpi_bits, 14) > 0);
	assert_true(WITH(lpi_bits, 32) > 0);
	assert_int_equal(WITH(lpi_bits, 33), 0);
	assert_int_equal(WITH(devices, 1), 0);
	assert_true(WITH(devices, 2) > 0);
	assert_int_equal(WITH(devices, 0xffffffff), 0);
	assert_int_equal(WITH(journal, 1), 0);
	assert_true(WITH(journal, 2) > 0);
	assert_int_equal(WITH(journal, 0xffffffff), 0);
	assert_int_equal(WITH(depth, 1), 0);
	assert_true(WITH(depth, 2) > 0);
	assert_true(WITH(depth, 127) > 0);
	assert_int_equal(WITH(depth, 128), 0); /* one slot must stay free */
	assert_int_equal(WITH(kept, 0xffffffff), 0);
	assert_int_equal(WITH(event_bits, 33), 0);
	assert_int_equal(WITH(table_pages, 257), 0);
	assert_true(WITH(table_pages, 256) > 0);
	assert_int_equal(WITH(itt_entry_bytes, 17), 0);
	assert_int_equal(WITH(redistributor_count, 0), 0);
	assert_int_equal(WITH(redistributor_count, 0xffffffff), 0);
}

static void the_largest_numbers_are_allowed(void **state)
{
	static uint64_t rds[0x10001];
	struct fake_setup setup;

	(void)state;
	assert_true(WITH(devices, ITSG_DEVICES_MAX) > 0);
	assert_int_equal(WITH(devices, ITSG_DEVICES_MAX + 1), 0);
	assert_true(WITH(journal, 0x10000) > 0);
	assert_int_equal(WITH(journal, 0x10001), 0);
	assert_true(WITH(kept, 0x10000) > 0);
	assert_int_equal(WITH(kept, 0x10001), 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(rds); i++)
		rds[i] = i * 0x10000ull;
	fake_defaults(&setup);
	setup.config.redistributors = rds;
	setup.config.redistributor_count = 0x10000;
	assert_true(size_of(&setup) > 0);
	setup.config.redistributor_count++;
	assert_int_equal(size_of(&setup), 0);
}

static void redistributors_must_be_given(void **state)
{
	static const uint64_t rds[] = {0, 0x20000};
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	setup.config.queue.pa = FAKE_PRIVATE;
	setup.config.level1_pool.pa = FAKE_PRIVATE + FAKE_POOL;
	setup.config.redistributors = rds;
	setup.config.redistributor_count = 2;
	assert_true(itsg_its_size(&setup.config) > 0);
	setup.config.redistributors = NULL;
	assert_int_equal(itsg_its_size(&setup.config), 0);
}

static void the_private_ranges_lie_apart(void **state)
{
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	setup.config.queue = (struct itsg_range){FAKE_PRIVATE, 0x20000};
	setup.config.level1_pool = (struct itsg_range){FAKE_PRIVATE + 0x20000, 0x10000};
	assert_true(size_of(&setup) > 0);
	setup.config.level1_pool.pa -= 0x10000; /* its first page is the queue's last */
	assert_int_equal(size_of(&setup), 0);
	setup.config.level1_pool.bytes = 0; /* there is none */
	assert_true(size_of(&setup) > 0);
	setup.config.level1_pool = (struct itsg_range){FAKE_PRIVATE - 0x20000, 0x20000};
	assert_true(size_of(&setup) > 0);
	setup.config.level1_pool.bytes += 0x1000;
	assert_int_equal(size_of(&setup), 0);
}

static void private_memory_has_its_alignment_and_size(void **state)
{
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	setup.config.queue.bytes = 0;
	assert_int_equal(size_of(&setup), 0);
	setup.config.queue.bytes = 0x1800;
	assert_int_equal(size_of(&setup), 0);
	setup.config.queue.bytes = 0x101000;
	assert_int_equal(size_of(&setup), 0);
	setup.config.queue.bytes = 0x100000;
	assert_true(size_of(&setup) > 0);
	setup.config.queue.pa = 0x20001000;
	assert_int_equal(size_of(&setup), 0);
	setup.config.queue.pa = (1ull << 48) - 0x10000; /* its end is past the machine's */
	assert_int_equal(size_of(&setup), 0);
	setup.config.queue.bytes = 0x10000;
	assert_true(size_of(&setup) > 0);
	setup.config.queue.pa = ~0xffffull;
	assert_int_equal(size_of(&setup), 0);
	fake_defaults(&setup);
	setup.config.level1_pool.pa = 0x20101000;
	assert_int_equal(size_of(&setup), 0);
	setup.config.level1_pool.pa = 0x20100000;
	setup.config.level1_pool.bytes = 0x800;
	assert_int_equal(size_of(&setup), 0);
	setup.config.level1_pool.bytes = ~0xfffull;
	assert_int_equal(size_of(&setup), 0);
	setup.config.level1_pool.bytes = 0;
	assert_true(size_of(&setup) > 0);
}

static void redistributors_ascend_and_are_aligned(void **state)
{
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	setup.redistributors[1] = 0x20000;
	assert_int_equal(size_of(&setup), 0); /* twice */
	setup.redistributors[1] = 0x30000;
	assert_int_equal(size_of(&setup), 0); /* not ascending */
	setup.redistributors[1] = 0x11000;
	assert_int_equal(size_of(&setup), 0);
	setup.redistributors[1] = 0x10000;
	setup.redistributors[3] = 1ull << 52;
	assert_int_equal(size_of(&setup), 0);
	setup.redistributors[3] = (1ull << 52) - 0x10000;
	assert_true(size_of(&setup) > 0);
}

static void the_memory_grows_as_the_header_says(void **state)
{
	const size_t base = WITH(devices, 64);

	(void)state;
	assert_int_equal(WITH(devices, 1064) - base, 16000);
	assert_in_range(WITH(journal, 1064) - base, 48000, 64000);
}

/* One place for each array, whatever is in it. */
static void the_size_as_a_constant_is_that_of_the_function(void **state)
{
	static const uint32_t some[][5] = {
		/* devices, journal, kept, redistributors, pool */
		{2, 2, 0, 1, 0},
		{3, 3, 1, 2, 0x1000},
		{4, 8, 2, 8, 0x10000},
		{5, 9, 3, 31, 0x11000},
		{63, 63, 7, 32, 0x20000},
		{256, 32, 4, 33, 0x40000},
		{4096, 65536, 65536, 64, 0x8000000},
	};
	static uint64_t rds[64];
	struct fake_setup setup;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(rds); i++)
		rds[i] = i * 0x10000ull;
	for (uint32_t i = 0; i < ARRAY_SIZE(some) * ARRAY_SIZE(some) * 5; i++) {
		/* Each row, with one of its numbers taken from each other row. */
		const uint32_t *row = some[i % ARRAY_SIZE(some)];
		uint32_t n[5];

		memcpy(n, row, sizeof(n));
		n[i % 5] = some[i / 5 % ARRAY_SIZE(some)][i % 5];
		fake_defaults(&setup);
		setup.config.devices = n[0];
		setup.config.journal = n[1];
		setup.config.kept = n[2];
		setup.config.redistributors = rds;
		setup.config.redistributor_count = n[3];
		setup.config.level1_pool.bytes = n[4];
		assert_int_equal(size_of(&setup), ITSG_ITS_SIZE(n[0], n[1], n[2], n[3], n[4]));
	}
}

/* ---- what is bad ---- */

static enum itsg_config_field bad(const struct fake *fake)
{
	return itsg_its_check_config(fake->memory, fake->memory_bytes, &fake->setup.config,
				     fake->machine->pages, &fake->ops);
}

/* Init refuses it, and it is known why. */
#define BAD(field, ...)                                                                            \
	do {                                                                                       \
		const struct fake_setup before = fake->setup;                                      \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		assert_int_equal(bad(fake), ITSG_CONFIG_##field);                                  \
		assert_int_equal(fake_init(fake), ITSG_BAD_CONFIG);                                \
		fake->setup = before;                                                              \
	} while (0)

static void what_is_bad_of_the_configuration_is_named(void **state)
{
	struct fake *fake = fake_raw_default();
	struct itsg_its_config *config = &fake->setup.config;
	static const struct itsg_redists *const some_redists = (const void *)&some_redists;

	(void)state;
	assert_int_equal(fake_init(fake), ITSG_OK);
	assert_int_equal(bad(fake), ITSG_CONFIG_GOOD);
	BAD(PA_BITS, config->pa_bits = 53);
	BAD(PA_BITS, config->pa_bits = 31);
	BAD(LPI_BITS, config->lpi_bits = 13);
	BAD(LPI_BITS, config->lpi_bits = 33);
	BAD(DEVICES, config->devices = 1);
	BAD(DEVICES, config->devices = ITSG_DEVICES_MAX + 1);
	BAD(JOURNAL, config->journal = 1);
	BAD(JOURNAL, config->journal = 0x10001);
	BAD(KEPT, config->kept = 0x10001);
	BAD(EVENT_BITS, config->event_bits = 33);
	BAD(TABLE_PAGES, config->table_pages = 257);
	BAD(ITT_ENTRY_BYTES, config->itt_entry_bytes = 17);
	BAD(REDISTRIBUTORS, config->redistributors = NULL);
	BAD(REDISTRIBUTOR_COUNT, config->redistributor_count = 0);
	BAD(REDISTRIBUTOR_COUNT, config->redistributor_count = 0x10001);
	BAD(REDISTRIBUTORS, config->redists = some_redists);
	BAD(REDISTRIBUTOR_COUNT, config->redists = some_redists, config->redistributors = NULL);
	BAD(QUEUE, config->queue.bytes = 0);
	BAD(QUEUE, config->queue.pa += 0x1000);
	BAD(LEVEL1_POOL, config->level1_pool.bytes = 0x800);
	BAD(LEVEL1_POOL, config->level1_pool.pa = config->queue.pa);
	BAD(DEPTH, config->depth = 1);
	BAD(DEPTH, config->depth = 128);
	BAD(PA_BITS, config->pa_bits = 0, config->depth = 1); /* the first of them */
	assert_int_equal(bad(fake), ITSG_CONFIG_GOOD);
	fake_free(fake);
}

static void what_is_bad_beside_the_configuration_is_named(void **state)
{
	static const enum itsg_config_field callbacks[] = {
		ITSG_CONFIG_OPS_SHARE,   ITSG_CONFIG_OPS_UNSHARE,  ITSG_CONFIG_OPS_DONATE,
		ITSG_CONFIG_OPS_RECLAIM, ITSG_CONFIG_OPS_ZERO,     ITSG_CONFIG_OPS_FETCH,
		ITSG_CONFIG_OPS_STORE,   ITSG_CONFIG_OPS_REG_READ, ITSG_CONFIG_OPS_REG_WRITE};
	struct fake *fake = fake_raw_default();
	const struct itsg_its_config *config = &fake->setup.config;
	const struct itsg_pages *pages = fake->machine->pages;
	const struct itsg_ops ops = fake->ops;
	char *mem;
	size_t size;

	(void)state;
	assert_int_equal(fake_init(fake), ITSG_OK);
	mem = fake->memory;
	size = fake->memory_bytes;
	assert_int_equal(itsg_its_check_config(mem, size, config, pages, &ops), ITSG_CONFIG_GOOD);
	assert_int_equal(itsg_its_check_config(mem, size, NULL, pages, &ops), ITSG_CONFIG_CONFIG);
	assert_int_equal(itsg_its_check_config(mem, size, config, pages, NULL), ITSG_CONFIG_OPS);
	assert_int_equal(itsg_its_check_config(mem, size, config, NULL, &ops), ITSG_CONFIG_PAGES);
	assert_int_equal(itsg_its_check_config(NULL, size, config, pages, &ops), ITSG_CONFIG_MEM);
	assert_int_equal(itsg_its_check_config(mem + 8, size, config, pages, &ops),
			 ITSG_CONFIG_MEM);
	assert_int_equal(itsg_its_check_config(mem, size - 1, config, pages, &ops),
			 ITSG_CONFIG_SIZE);
	for (uint32_t i = 0; i < ARRAY_SIZE(callbacks); i++) {
		((void (**)(void))(void *)&fake->ops)[i] = NULL;
		assert_int_equal(bad(fake), callbacks[i]);
		fake->ops = ops;
	}
	fake_free(fake);
}

/* ---- what works, but is too small: init tells ---- */

static void told(struct fake *fake, enum itsg_reason reason, uint32_t n, uint64_t value)
{
	const struct fake_event *event = fake_next_event(fake);

	assert_int_equal(event->kind, ITSG_EVENT_CONFIG);
	assert_int_equal(event->reason, reason);
	assert_int_equal(event->offset, ITSG_GITS_BASER + 8 * n);
	assert_int_equal(event->value, value);
}

/* What it takes for the tables up to this one; with that nothing is told any more. */
static void a_pool_without_room_for_two_levels_is_told(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.config.level1_pool.bytes = 0xf000;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_TABLE_SIZE, 0, 0x10000);
	told(fake, ITSG_TABLE_SIZE, 1, 0x20000);
	fake_no_event(fake);
	fake_free(fake);
	setup.config.level1_pool.bytes = 0x10000;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_TABLE_SIZE, 1, 0x20000);
	fake_no_event(fake);
	fake_free(fake);
	setup.config.level1_pool.bytes = 0x20000;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
}

/* Who gives no pool wants no two levels; and hardware that has none asks for none. */
static void where_two_levels_are_not_wanted_nothing_is_told(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.config.level1_pool.bytes = 0;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
	fake_defaults(&setup);
	setup.config.level1_pool.bytes = 0x1000;
	setup.baser[0].indirect = setup.baser[1].indirect = false;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
}

static void a_pool_beyond_what_a_register_can_name_is_told(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.config.pa_bits = 52;
	setup.config.level1_pool.pa = (1ull << 48) - 0x10000;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_TABLE_ADDRESS, 1, 1ull << 48);
	fake_no_event(fake);
	fake_free(fake);
}

/* 2^16 entries of 8 bytes: 128 pages, two thirds of 192. */
static void a_tracker_that_cannot_hold_a_flat_device_table_is_told(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.pages.capacity = 191;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_NO_PAGE_SLOT, 0, 192);
	fake_no_event(fake);
	fake_free(fake);
	setup.pages.capacity = 192;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
	/* Who wants no such tables says so. */
	setup.pages.capacity = 96;
	setup.config.table_pages = 4;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
	/* 256 ITS pages at most: of 64 KB, or of the largest that this register has. */
	fake_defaults(&setup);
	setup.typer |= ITSG_TYPER_DEVBITS;
	setup.config.level1_pool.bytes = 0;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_NO_PAGE_SLOT, 0, 6144);
	fake_free(fake);
	setup.baser[0].max_page = 0;
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	told(fake, ITSG_NO_PAGE_SLOT, 0, 384);
	fake_free(fake);
	setup.baser[0].type = 0; /* no table, no word of it */
	fake = fake_raw(&setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_no_event(fake);
	fake_free(fake);
}

/* ---- init ---- */

/* A step to fetch a command and one to judge it. */
static void a_budget_of_0_is_the_default(void **state)
{
	struct fake *fake = fake_armed_with(setup.config.budget = 0);

	(void)state;
	for (uint32_t i = 0; i < ITSG_DEFAULT_BUDGET; i++)
		fake_sync(fake, 0);
	fake_submit(fake);
	assert_int_equal(fake_unpassed(fake), ITSG_DEFAULT_BUDGET / 2);
	fake_run(fake);
	fake_free(fake);
}

static void init_needs_each_callback(void **state)
{
	struct fake *fake = fake_raw_default();
	const struct itsg_ops ops = fake->ops;

	(void)state;
#define WITHOUT(callback)                                                                          \
	fake->ops.callback = NULL;                                                                 \
	assert_int_equal(fake_init(fake), ITSG_BAD_CONFIG);                                        \
	fake->ops = ops
	WITHOUT(share);
	WITHOUT(unshare);
	WITHOUT(donate);
	WITHOUT(reclaim);
	WITHOUT(zero);
	WITHOUT(fetch);
	WITHOUT(store);
	WITHOUT(reg_read);
	WITHOUT(reg_write);
#undef WITHOUT
	assert_null(fake->its);
	assert_int_equal(itsg_its_init(fake->memory, fake->memory_bytes, &fake->setup.config,
				       fake->machine->pages, NULL, fake, &fake->its),
			 ITSG_BAD_CONFIG);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_free(fake);
}

static void init_needs_all_it_is_given(void **state)
{
	struct fake *fake = fake_raw_default();
	const struct itsg_ops ops = fake->ops;

	(void)state;
	fake->ops.share = NULL;
	assert_int_equal(fake_init(fake), ITSG_BAD_CONFIG); /* has made the memory */
	fake->ops.share = ops.share;
	fake->memory_bytes--;
	assert_int_equal(fake_init(fake), ITSG_BAD_CONFIG);
	fake->memory_bytes++;
	assert_null(fake->its);
	assert_int_equal(itsg_its_init(NULL, 1 << 20, &fake->setup.config, fake->machine->pages,
				       &fake->ops, fake, &fake->its),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_its_init((char *)fake->memory + 8, fake->memory_bytes,
				       &fake->setup.config, fake->machine->pages, &fake->ops, fake,
				       &fake->its),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_its_init(fake->memory, fake->memory_bytes, &fake->setup.config, NULL,
				       &fake->ops, fake, &fake->its),
			 ITSG_BAD_CONFIG);
	assert_int_equal(itsg_its_init(fake->memory, fake->memory_bytes, &fake->setup.config,
				       fake->machine->pages, &fake->ops, fake, NULL),
			 ITSG_BAD_CONFIG);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_check(fake);
	fake_free(fake);
}

static void init_waits_until_the_its_is_quiescent(void **state)
{
	struct fake *fake = fake_raw_default();

	(void)state;
	fake->enabled = true;
	assert_int_equal(fake_init(fake), ITSG_NOT_QUIESCENT);
	fake->enabled = false;
	fake->quiescent = false;
	assert_int_equal(fake_init(fake), ITSG_NOT_QUIESCENT);
	assert_int_equal(fake->calls[FAKE_REG_WRITE], 0);
	fake->quiescent = true;
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_free(fake);
}

/* Whatever firmware left: nothing stays valid, and trials leave the fields as they were. */
static void init_clears_every_valid(void **state)
{
	struct fake *fake = fake_raw_default();

	(void)state;
	fake->cbaser = 0xb80000084000040f;
	fake->cwriter = 0x40;
	fake->baser[0].value = 0xb907000880000607;
	fake->baser[1].value = 0xbc07000881000607;
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_check(fake);
	assert_int_equal(fake->cbaser, 0);
	assert_int_equal(fake->cwriter, 0);
	assert_int_equal(fake->baser[0].value, 0x3907000880000607);
	/* Where they lay is no affair of the host's. */
	assert_int_equal(fake_r64(fake, ITSG_GITS_CBASER), 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER), 0x3907000000000600);
	for (uint32_t i = 0; i < fake->log_count; i++) /* never Valid, in no trial */
		if (fake->log[i].call == FAKE_REG_WRITE)
			assert_null(strstr(fake->log[i].text, " b9"));
	fake_free(fake);
}

static void a_valid_that_cannot_be_cleared_is_a_mismatch(void **state)
{
	struct fake *fake = fake_raw_default();

	(void)state;
	fake->baser[1].value |= VALID;
	fake->baser[1].valid_sticks = true;
	assert_int_equal(fake_init(fake), ITSG_HARDWARE_MISMATCH);
	fake_free(fake);
	fake = fake_raw_default();
	fake->cbaser = VALID;
	fake->cbaser_valid_sticks = true;
	assert_int_equal(fake_init(fake), ITSG_HARDWARE_MISMATCH);
	fake_free(fake);
}

/* Also of a register that the host is not offered: a vPE table hidden from it. */
static void hidden_tables_are_cleared_too(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.config.hide_virtual = true;
	setup.baser[2] = setup.baser[0];
	setup.baser[2].type = 2;
	setup.baser[3] = setup.baser[0]; /* a second device table, which no hardware has */
	setup.baser[4] = setup.baser[1]; /* and a second one of collections */
	fake = fake_raw(&setup);
	fake->baser[2].value |= VALID;
	fake->baser[3].value |= VALID;
	fake->baser[4].value |= VALID;
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_check(fake);
	assert_int_equal(fake->baser[2].value >> 63, 0);
	assert_int_equal(fake->baser[3].value >> 63, 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 24), 0);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 24, VALID), ITSG_RESERVED_REGISTER);
	assert_int_equal(fake->baser[4].value >> 63, 0);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 32), 0);
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER + 32, VALID), ITSG_RESERVED_REGISTER);
	fake_free(fake);
}

static void types_are_found_wherever_they_are(void **state)
{
	struct fake *fake = fake_with(
		setup.baser[5] = setup.baser[0], setup.baser[7] = setup.baser[1],
		setup.baser[0].type = 3 /* reserved: not offered */, setup.baser[1].type = 0);

	(void)state;
	fake_w64(fake, ITSG_GITS_CBASER, fake_cbaser_value(FAKE_QUEUE, 1));
	assert_int_equal(fake_w64(fake, ITSG_GITS_BASER, VALID), ITSG_RESERVED_REGISTER);
	fake_w64(fake, ITSG_GITS_BASER + 40, fake_baser_value(FAKE_DEVICES, 1, 2, false));
	fake_w64(fake, ITSG_GITS_BASER + 56, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->baser[7].value >> 63, 1);
	fake_free(fake);
}

/* ---- mirrors ---- */

static void two_levels_are_offered_only_where_the_pool_has_room(void **state)
{
	struct fake_setup setup;
	struct fake *fake;
	const uint64_t two_level = fake_baser_value(FAKE_DEVICES, 1, 0, true);

	(void)state;
	fake_defaults(&setup);
	setup.config.level1_pool.bytes = 0x10000; /* one of the two */
	fake = fake_new(&setup);
	fake_w64(fake, ITSG_GITS_BASER, two_level);
	fake_w64(fake, ITSG_GITS_BASER + 8, two_level);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 1);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 8) >> 62 & 1, 0);
	fake_free(fake);

	setup.config.level1_pool.bytes = 0;
	fake = fake_new(&setup);
	fake_w64(fake, ITSG_GITS_BASER, two_level);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 0);
	fake_boot(fake);
	fake_free(fake);

	/* One page of 64 KB is needed, at the largest page size that is kept. */
	setup.config.level1_pool.bytes = 0xf000;
	fake = fake_new(&setup);
	fake_w64(fake, ITSG_GITS_BASER, two_level);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 0);
	fake_free(fake);
	setup.baser[0].max_page = 0;
	fake = fake_new(&setup);
	fake_w64(fake, ITSG_GITS_BASER, two_level);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 1);
	fake_free(fake);

	/* Nor with entries that are no power of two: where they lie is not known (GIC J11). */
	fake_defaults(&setup);
	setup.baser[0].entry_bytes = 24;
	fake = fake_new(&setup);
	fake_w64(fake, ITSG_GITS_BASER, two_level);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 0);
	fake_free(fake);
}

static bool offers_two_levels(const struct fake_setup *setup, uint32_t n)
{
	struct fake *fake = fake_new(setup);
	const uint32_t offset = ITSG_GITS_BASER + 8 * n;
	bool offers;

	fake_w64(fake, offset, fake_baser_value(FAKE_DEVICES, 1, 2, true));
	offers = (fake_r64(fake, offset) & ITSG_BASER_INDIRECT) != 0;
	fake_free(fake);
	return offers;
}

/*
 * GITS_BASER has 48 bits of address for pages of 4 and 16 KB: it would name another place, which
 * is the host's (F1). With pages of 64 KB it has all 52.
 */
static void two_levels_are_not_offered_where_the_register_cannot_name_the_mirror(void **state)
{
	static const struct {
		uint64_t pool;
		uint64_t forces; /* a bit of Page_Size that always reads 1: 64 KB, nothing else */
		bool offers;
	} cases[] = {
		{(1ull << 48) - 0x40000, 0, true},
		{(1ull << 48) - 0x10000, 0, true},
		{1ull << 48, 0, false},
		{(1ull << 51) + 0x10000, 0, false},
		{1ull << 48, 1ull << 9, true},
		{(1ull << 51) + 0x10000, 1ull << 9, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_setup setup;

		fake_defaults(&setup);
		setup.config.pa_bits = 52;
		setup.config.level1_pool.pa = cases[i].pool;
		setup.baser[0].forces = cases[i].forces;
		assert_int_equal(offers_two_levels(&setup, 0), cases[i].offers);
	}
}

/* The mirror's end counts: it may cross 2^48 though it begins below. */
static void the_end_of_the_mirror_counts(void **state)
{
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	setup.config.pa_bits = 52;
	setup.typer |= ITSG_TYPER_DEVBITS; /* 32 bits: 4 MB of level 1 with pages of 64 KB */
	setup.config.level1_pool.bytes = 0x2000000;
	setup.config.level1_pool.pa = (1ull << 48) - 0x10000;
	assert_false(offers_two_levels(&setup, 0));
	setup.config.level1_pool.pa = (1ull << 48) - 0x2000000;
	assert_true(offers_two_levels(&setup, 0));
}

/* Which word an ICID has is hardware's affair where some collections are in hardware (F15). */
static void collections_partly_in_hardware_have_one_level(void **state)
{
	struct fake_setup setup;

	(void)state;
	fake_defaults(&setup);
	assert_true(offers_two_levels(&setup, 1));
	setup.typer |= itsg_put(ITSG_TYPER_HCC, 4);
	assert_true(offers_two_levels(&setup, 1)); /* CCT=0: those in memory have the low numbers */
	setup.typer |= ITSG_TYPER_CCT;
	assert_false(offers_two_levels(&setup, 1));
	assert_true(offers_two_levels(&setup, 0)); /* devices are all in memory */
	setup.typer &= ~ITSG_TYPER_HCC;
	assert_true(offers_two_levels(&setup, 1));
}

/* 20 bits of DeviceIDs, 512 entries in a page of 4 KB, 512 words of level 1 likewise: 4 pages. */
static void level_1_has_words_for_all_device_ids(void **state)
{
	struct fake_setup setup;
	struct fake *fake;

	(void)state;
	fake_defaults(&setup);
	setup.typer = (setup.typer & ~(0x1full << 13)) | 19ull << 13;
	setup.baser[0].max_page = 0;
	setup.baser[1].indirect = false;
	setup.config.level1_pool.bytes = 0x3000;
	fake = fake_new(&setup);
	fake_set_devices(fake, ITSG_BASER_INDIRECT);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER) >> 62 & 1, 0);
	fake_free(fake);
	setup.config.level1_pool.bytes = 0x4000;
	fake = fake_new(&setup);
	fake_program(fake, true);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 5, 0, true));
	assert_int_equal(fake_enable(fake), ITSG_OK);
	assert_int_equal(fake->baser[0].value & 0xff, 3);
	fake_put64(fake, FAKE_DEVICES + 0x3ff8, VALID | FAKE_LEVEL2);
	fake_mapd(fake, 0xfffff, 4, FAKE_ITT);
	assert_int_equal(fake_try(fake), ITSG_OK);
	assert_int_equal(fake_get64(fake, FAKE_PRIVATE + FAKE_POOL + 0x3ff8), VALID | FAKE_LEVEL2);
	fake_free(fake);
}

/* What cannot have two levels leaves the pool to what can. */
static void only_what_can_have_two_levels_takes_of_the_pool(void **state)
{
	struct fake *fake = fake_with(setup.baser[0].indirect = false,
				      setup.config.level1_pool.bytes = 0x10000);

	(void)state;
	fake_set_collections(fake, ITSG_BASER_INDIRECT);
	assert_int_equal(fake_r64(fake, ITSG_GITS_BASER + 8) >> 62 & 1, 1);
	fake_free(fake);
}

/* The caller's array may go once init is over. */
static void redistributors_are_copied(void **state)
{
	uint64_t rds[4] = {0, 0x20000, 0x40000, 0x60000};
	struct fake *fake =
		fake_with(setup.typer |= ITSG_TYPER_PTA, setup.config.redistributors = rds,
			  setup.config.redistributor_count = 4);

	(void)state;
	memset(rds, 0xff, sizeof(rds));
	fake_boot(fake);
	fake_sync(fake, 0x40000);
	assert_int_equal(fake_try(fake), ITSG_OK);
	fake_sync(fake, 0x30000);
	assert_int_equal(fake_try(fake), ITSG_RDBASE_UNKNOWN);
	fake_free(fake);
}

/* The slots of devices 0 to 15, in a table with this key. */
static void slots_with_key(uint64_t first, uint64_t second, uint32_t slots[16])
{
	struct fake *fake =
		fake_with(setup.config.hash_key[0] = first, setup.config.hash_key[1] = second);

	for (uint32_t id = 0; id < 16; id++)
		assert_true(itsg_devices_add(&fake->its->devices, id, 0, 0));
	for (uint32_t i = 0; i < fake->its->devices.capacity; i++) {
		const struct itsg_device *device = itsg_devices_at(&fake->its->devices, i);

		if (device)
			slots[itsg_device_id(device)] = i;
	}
	fake->machine->unchecked = true;
	fake_free(fake);
}

/* Or whoever chooses DeviceIDs could fill two buckets. */
static void each_half_of_the_key_moves_devices(void **state)
{
	uint32_t plain[16], first[16], second[16];

	(void)state;
	slots_with_key(1, 2, plain);
	slots_with_key(1, 2, first);
	assert_memory_equal(plain, first, sizeof(plain));
	slots_with_key(3, 2, first);
	slots_with_key(1, 4, second);
	assert_memory_not_equal(plain, first, sizeof(plain));
	assert_memory_not_equal(plain, second, sizeof(plain));
}

static void the_mirror_is_zeroed_or_init_fails(void **state)
{
	struct fake *fake = fake_raw_default();

	(void)state;
	fake->fail_always[FAKE_ZERO] = true;
	assert_int_equal(fake_init(fake), ITSG_ZERO_FAILED);
	fake->fail_always[FAKE_ZERO] = false;
	assert_int_equal(fake_init(fake), ITSG_OK);
	for (uint64_t at = 0; at < 0x20000; at += 8) /* held 0xa5 before */
		assert_int_equal(fake_get64(fake, FAKE_PRIVATE + FAKE_POOL + at), 0);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_has_its_range),
		cmocka_unit_test(the_largest_numbers_are_allowed),
		cmocka_unit_test(redistributors_must_be_given),
		cmocka_unit_test(the_private_ranges_lie_apart),
		cmocka_unit_test(private_memory_has_its_alignment_and_size),
		cmocka_unit_test(redistributors_ascend_and_are_aligned),
		cmocka_unit_test(the_memory_grows_as_the_header_says),
		cmocka_unit_test(the_size_as_a_constant_is_that_of_the_function),
		cmocka_unit_test(what_is_bad_of_the_configuration_is_named),
		cmocka_unit_test(what_is_bad_beside_the_configuration_is_named),
		cmocka_unit_test(a_pool_without_room_for_two_levels_is_told),
		cmocka_unit_test(where_two_levels_are_not_wanted_nothing_is_told),
		cmocka_unit_test(a_pool_beyond_what_a_register_can_name_is_told),
		cmocka_unit_test(a_tracker_that_cannot_hold_a_flat_device_table_is_told),
		cmocka_unit_test(a_budget_of_0_is_the_default),
		cmocka_unit_test(init_needs_each_callback),
		cmocka_unit_test(init_needs_all_it_is_given),
		cmocka_unit_test(init_waits_until_the_its_is_quiescent),
		cmocka_unit_test(init_clears_every_valid),
		cmocka_unit_test(a_valid_that_cannot_be_cleared_is_a_mismatch),
		cmocka_unit_test(hidden_tables_are_cleared_too),
		cmocka_unit_test(types_are_found_wherever_they_are),
		cmocka_unit_test(two_levels_are_offered_only_where_the_pool_has_room),
		cmocka_unit_test(
			two_levels_are_not_offered_where_the_register_cannot_name_the_mirror),
		cmocka_unit_test(the_end_of_the_mirror_counts),
		cmocka_unit_test(collections_partly_in_hardware_have_one_level),
		cmocka_unit_test(level_1_has_words_for_all_device_ids),
		cmocka_unit_test(only_what_can_have_two_levels_takes_of_the_pool),
		cmocka_unit_test(redistributors_are_copied),
		cmocka_unit_test(each_half_of_the_key_moves_devices),
		cmocka_unit_test(the_mirror_is_zeroed_or_init_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
