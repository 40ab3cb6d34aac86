/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The simulated redistributors by themselves: what registers keep and name, where bits and bytes of
 * an LPI are, how EnableLPIs and power come and go, each thing that a guard must never cause, and
 * that all they touch is what they said they could. With nothing in front of them they do damage
 * under T12, T13 and T14.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "rds.h"

#define CTLR       0x0000
#define WAKER      0x0014
#define SETLPIR    0x0040
#define CLRLPIR    0x0048
#define PROPBASER  0x0070
#define PENDBASER  0x0078
#define INVLPIR    0x00a0
#define INVALLR    0x00b0
#define SYNCR      0x00c0
#define VPROPBASER 0x20070
#define VPENDBASER 0x20078

#define PTZ        ((uint64_t)1 << 62)
#define VALID      ((uint64_t)1 << 63)

/* As recorded of Linux: 16 INTID bits. */
#define PROP         0x4364078fu
#define PEND         0x43650780u
#define PEND1        0x43660780u
#define CONFIG       0x43640000u
#define CONFIG_BYTES 0xe000u
#define PENDING      0x43650000u
#define VICTIM       0x50000000u

#define MAX_ACCESSES 4096
#define NONE         SIM_REDIST_EVENTS

struct access {
	uint64_t pa, len;
	bool write;
};

struct machine {
	struct sim_mem *mem;
	struct sim_redists *rds;
	struct sim_redists_config config;
	struct sim_redists_mode mode;
	/* Nothing is held, so memory complains of every access. */
	struct access accesses[MAX_ACCESSES];
	size_t count;
	enum sim_redist_event event; /* the last one */
	uint32_t event_rd;
};

static void note_access(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct machine *m = ctx;

	(void)what;
	assert_true(m->count < MAX_ACCESSES);
	m->accesses[m->count++] = (struct access){pa, len, write};
}

static void note_event(void *ctx, uint32_t rd, enum sim_redist_event event, uint32_t offset,
		       uint64_t value)
{
	struct machine *m = ctx;

	(void)offset;
	(void)value;
	m->event = event;
	m->event_rd = rd;
}

static void restart(struct machine *m)
{
	struct sim_mem_config config = sim_mem_default_config();

	config.violation = note_access;
	config.ctx = m;
	assert_int_equal(sim_mem_reset(m->mem, &config), 0);
	assert_int_equal(sim_redists_reset(m->rds, m->mem, &m->config), 0);
	sim_redists_set_mode(m->rds, m->mode);
	m->count = 0;
	m->event = NONE;
}

static int setup(void **state)
{
	static struct machine m;

	memset(&m, 0, sizeof(m));
	m.mem = sim_mem_new();
	m.rds = sim_redists_new();
	m.config = sim_redists_default_config();
	m.config.event = note_event;
	m.config.ctx = &m;
	restart(&m);
	*state = &m;
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	sim_redists_free(m->rds);
	sim_mem_free(m->mem);
	return 0;
}

/* ---- helpers ---- */

static void w64(struct machine *m, uint32_t rd, uint32_t offset, uint64_t value)
{
	sim_redists_write(m->rds, rd, offset, 8, value);
}

static void w32(struct machine *m, uint32_t rd, uint32_t offset, uint32_t value)
{
	sim_redists_write(m->rds, rd, offset, 4, value);
}

static uint64_t r64(struct machine *m, uint32_t rd, uint32_t offset)
{
	return sim_redists_read(m->rds, rd, offset, 8);
}

static uint32_t r32(struct machine *m, uint32_t rd, uint32_t offset)
{
	return (uint32_t)sim_redists_read(m->rds, rd, offset, 4);
}

static void props(struct machine *m, uint32_t rd, uint64_t prop, uint64_t pend)
{
	w64(m, rd, PROPBASER, prop);
	w64(m, rd, PENDBASER, pend);
}

static void enable(struct machine *m, uint32_t rd, uint64_t prop, uint64_t pend)
{
	props(m, rd, prop, pend);
	w32(m, rd, CTLR, 1);
}

static void enable_linux(struct machine *m)
{
	enable(m, 0, PROP, PEND);
}

/* The mode changes, the rest stays. */
static void be(struct machine *m, struct sim_redists_mode mode)
{
	m->mode = mode;
	sim_redists_set_mode(m->rds, mode);
}

static uint8_t byte_at(struct machine *m, uint64_t pa)
{
	uint8_t byte;

	sim_mem_peek(m->mem, pa, &byte, 1);
	return byte;
}

static void poke(struct machine *m, uint64_t pa, uint8_t byte)
{
	sim_mem_poke(m->mem, pa, &byte, 1);
}

static bool touched(struct machine *m, uint64_t pa, bool write)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->accesses[i].write == write && m->accesses[i].pa <= pa &&
		    pa < m->accesses[i].pa + m->accesses[i].len)
			return true;
	return false;
}

/* What happened last, if anything has; and nothing after that. */
static enum sim_redist_event happened(struct machine *m)
{
	enum sim_redist_event event = m->event;

	m->event = NONE;
	return event;
}

struct wanted {
	uint64_t pa, len;
	enum sim_redist_reach why;
	bool found;
};

static void look_for(void *ctx, uint32_t rd, uint64_t pa, uint64_t len, enum sim_redist_reach why)
{
	struct wanted *wanted = ctx;

	(void)rd;
	if (pa <= wanted->pa && wanted->pa + wanted->len <= pa + len && why == wanted->why)
		wanted->found = true;
}

static bool reaches(struct machine *m, uint64_t pa, uint64_t len, enum sim_redist_reach why)
{
	struct wanted wanted = {pa, len, why, false};

	sim_redists_reach(m->rds, look_for, &wanted);
	return wanted.found;
}

static void count_extent(void *ctx, uint32_t rd, uint64_t pa, uint64_t len,
			 enum sim_redist_reach why)
{
	size_t *count = ctx;

	(void)rd;
	(void)pa;
	(void)len;
	(void)why;
	++*count;
}

static bool reaches_nothing(struct machine *m)
{
	size_t count = 0;

	sim_redists_reach(m->rds, count_extent, &count);
	return count == 0;
}

/* ---- registers ---- */

static void what_propbaser_keeps_and_names(void **state)
{
	struct machine *m = *state;
	static const struct {
		uint64_t value;
		uint32_t lpi_bits, pa_bits;
		uint64_t kept, pa, bytes, pending;
	} rows[] = {
		{0x4364078f, 16, 48, 0x4364078f, 0x43640000, 0xe000, 0x2000}, /* of Linux */
		{0x4036000d, 16, 48, 0x4036000d, 0x40360000, 0x2000, 0x800}, /* of kvm-unit-tests */
		{0x882340790, 16, 48, 0x882340790, 0x882340000, 0xe000,
		 0x2000}, /* the machine has fewer bits */
		{0x882340790, 24, 48, 0x882340790, 0x882340000, 0x1e000, 0x4000}, /* one more */
		{0x4364078c, 16, 48, 0x4364078c, 0x43640000, 0, 0},           /* no LPI at all */
		{0x4365178f, 16, 48, 0x4365178f, 0x43651000, 0xe000, 0x2000}, /* aligned to 4 KB */
		{0xf8f00000436407ef, 16, 48, 0x4364078f, 0x43640000, 0xe000,
		 0x2000}, /* RES0 bits */
		{0xffffffffff78f, 16, 52, 0xffffffffff78f, 0xffffffffff000, 0xe000, 0x2000},
		{0x000100000000078f, 16, 48, 0x78f, 0, 0xe000, 0x2000}, /* address bits beyond */
		{0x88000001f, 32, 48, 0x88000001f, 0x880000000, 0xffffe000, 0x20000000},
		{0x10000004364078f, 16, 48, 0x10000004364078f, 0x43640000, 0xe000, 0x2000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_redist_tables tables;

		m->config.lpi_bits = rows[i].lpi_bits;
		m->config.pa_bits = rows[i].pa_bits;
		restart(m);
		enable(m, 3, rows[i].value, 0x780000000);
		tables = sim_redists_given(m->rds, 3);
		assert_true(r64(m, 3, PROPBASER) == rows[i].kept);
		assert_true(tables.config_pa == rows[i].pa);
		assert_true(tables.config_bytes == rows[i].bytes);
		assert_true(tables.pending_bytes == rows[i].pending);
	}
}

static void what_pendbaser_keeps_and_names(void **state)
{
	struct machine *m = *state;
	static const struct {
		uint64_t value, kept, pa;
	} rows[] = {
		{0x43650780, 0x43650780, 0x43650000},         /* of Linux */
		{0x4000000043650780, 0x43650780, 0x43650000}, /* PTZ reads 0 */
		{0x4365f780, 0x43650780, 0x43650000},         /* aligned to 64 KB */
		{0x40370000, 0x40370000, 0x40370000},         /* of kvm-unit-tests */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enable(m, 0, PROP, rows[i].value);
		assert_true(r64(m, 0, PENDBASER) == rows[i].kept);
		assert_true(sim_redists_given(m->rds, 0).pending_pa == rows[i].pa);
		w32(m, 0, CTLR, 0);
	}
	m->config.pa_bits = 52;
	restart(m);
	w64(m, 0, PENDBASER, ~(uint64_t)0);
	assert_true(r64(m, 0, PENDBASER) == 0x070fffffffff0f80);
	w64(m, 0, PROPBASER, ~(uint64_t)0);
	assert_true(r64(m, 0, PROPBASER) == 0x070fffffffffff9f);
}

static void halves_replace_halves(void **state)
{
	struct machine *m = *state;

	w64(m, 0, PROPBASER, 0);
	w32(m, 0, PROPBASER, 0x4364078f);
	w32(m, 0, PROPBASER + 4, 8);
	assert_true(r64(m, 0, PROPBASER) == 0x84364078f);
	assert_int_equal(r32(m, 0, PROPBASER + 4), 8);
	assert_int_equal(happened(m), NONE);
}

static void wrong_accesses_do_nothing(void **state)
{
	struct machine *m = *state;
	static const struct {
		uint32_t offset, width;
	} rows[] = {
		{PROPBASER + 4, 8}, {PROPBASER, 2}, {PROPBASER, 1},  {CTLR, 8},
		{CTLR + 2, 4},      {0x10000, 4},   {0xfffffffc, 4}, {SETLPIR + 4, 4},
		{VPENDBASER, 8},    {WAKER, 8},
	};

	w64(m, 0, PROPBASER, PROP);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sim_redists_write(m->rds, 0, rows[i].offset, rows[i].width, 0x1f);
		assert_int_equal(happened(m), SIM_REDIST_BAD_ACCESS);
		assert_true(sim_redists_read(m->rds, 0, rows[i].offset, rows[i].width) == 0);
		assert_int_equal(happened(m), SIM_REDIST_BAD_ACCESS);
	}
	sim_redists_write(m->rds, 8, CTLR, 4, 1);
	assert_int_equal(happened(m), SIM_REDIST_BAD_ACCESS);
	assert_true(r64(m, 0, PROPBASER) == PROP);
	assert_true(reaches_nothing(m));
}

static void attributes_and_the_whole_register_may_be_fixed(void **state)
{
	struct machine *m = *state;

	m->config.attr_mask = ~(uint64_t)0x0700000000000f00;
	restart(m);
	w64(m, 0, PROPBASER, 0x010000004364078f);
	assert_true(r64(m, 0, PROPBASER) == 0x4364008f);
	m->config.prop_fixed = true;
	m->config.prop_value = 0x5000078f;
	restart(m);
	w64(m, 0, PROPBASER, PROP);
	assert_true(r64(m, 0, PROPBASER) == 0x5000078f);
}

static void typer_says_who_it_is(void **state)
{
	struct machine *m = *state;

	assert_true(r64(m, 5, 8) == 0x0000010100000501);
	m->config.dpgs = m->config.vlpis = m->config.direct_lpi = true;
	m->config.common_lpi_aff = 2;
	restart(m);
	assert_true(r64(m, 7, 8) == 0x000001030200073b);
	assert_true(r32(m, 7, 12) == 0x103);
	assert_int_equal(r32(m, 0, 0xffe8), 0x4b);
}

static void groups_are_cut_by_affinity(void **state)
{
	struct machine *m = *state;

	m->config.count = 1024;
	for (uint32_t aff = 0; aff < 4; aff++) {
		m->config.common_lpi_aff = aff;
		restart(m);
		assert_true(sim_redists_one_group(m->rds, 0, 3));
		assert_true(sim_redists_one_group(m->rds, 4, 1023) == (aff < 3));
	}
	assert_int_equal(sim_redists_affinity(6), 0x102);
	assert_int_equal(sim_redists_affinity(1023), 0xff03);
	assert_int_equal(sim_redists_affinity(1024), 0x10000);
}

/* ---- LPIs ---- */

static void where_an_lpi_is_in_the_tables(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	m->count = 0;
	assert_true(sim_redists_set_pending(m->rds, 0, 8192));
	assert_int_equal(byte_at(m, PENDING + 0x400), 0x01);
	assert_true(touched(m, CONFIG, false));
	assert_true(sim_redists_set_pending(m->rds, 0, 65535));
	assert_int_equal(byte_at(m, PENDING + 0x1fff), 0x80);
	assert_true(touched(m, CONFIG + 0xdfff, false));
	assert_true(sim_redists_is_pending(m->rds, 0, 65535));
	assert_false(sim_redists_is_pending(m->rds, 0, 65534));
	sim_redists_clear_pending(m->rds, 0, 65535);
	assert_int_equal(byte_at(m, PENDING + 0x1fff), 0);
	for (size_t i = 0; i < m->count; i++)
		assert_false(m->accesses[i].write && m->accesses[i].pa < CONFIG + CONFIG_BYTES);
}

static void what_is_no_lpi_here_is_dropped(void **state)
{
	struct machine *m = *state;

	assert_false(sim_redists_set_pending(m->rds, 0, 8192)); /* off */
	enable(m, 0, 0x4036000d, 0x40370000);                   /* 14 bits */
	m->count = 0;
	assert_false(sim_redists_set_pending(m->rds, 0, 16384));
	assert_false(sim_redists_set_pending(m->rds, 0, 8191));
	assert_false(sim_redists_set_pending(m->rds, 1, 8192));
	assert_false(sim_redists_set_pending(m->rds, 8, 8192));
	assert_int_equal(m->count, 0);
	assert_true(sim_redists_set_pending(m->rds, 0, 16383));
	assert_int_equal(sim_redists_stats(m->rds)->dropped, 5);
	assert_int_equal(sim_redists_stats(m->rds)->delivered, 1);
}

/* gem5 lets one INTID too many through, and writes one byte past the table. */
static void setlpir_is_bounded(void **state)
{
	struct machine *m = *state;

	m->config.direct_lpi = true;
	restart(m);
	enable_linux(m);
	m->count = 0;
	w64(m, 0, SETLPIR, 65536); /* one past the last */
	assert_int_equal(happened(m), SIM_REDIST_INTID);
	w64(m, 0, SETLPIR, 8191); /* in the first 1 KB */
	assert_int_equal(happened(m), SIM_REDIST_INTID);
	assert_int_equal(m->count, 0);
	w64(m, 0, SETLPIR, 8192);
	assert_int_equal(happened(m), NONE);
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
	w32(m, 0, CLRLPIR, 8192);
	assert_int_equal(byte_at(m, PENDING + 0x400), 0);
	be(m, (struct sim_redists_mode){.believes = true});
	w64(m, 0, SETLPIR, 65536);
	assert_int_equal(byte_at(m, PENDING + 0x2000), 1);
}

static void commands_exist_where_hardware_has_them(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	w64(m, 0, SETLPIR, 8192);
	assert_int_equal(happened(m), SIM_REDIST_IMPDEF);
	w64(m, 0, INVLPIR, 8193);
	assert_int_equal(happened(m), SIM_REDIST_IMPDEF);
	m->config.ir = true;
	restart(m);
	enable_linux(m);
	m->count = 0;
	w32(m, 0, INVLPIR, 8193);
	assert_true(touched(m, CONFIG + 1, false));
	w64(m, 0, INVALLR, 0);
	assert_int_equal(happened(m), NONE);
	w64(m, 0, INVLPIR, VALID | 0x900002001);
	assert_int_equal(happened(m), SIM_REDIST_VIRTUAL);
	assert_int_equal(r32(m, 0, SYNCR), 0);
}

static void late_bits_are_held_until_something_makes_them_go(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.late = true});
	enable_linux(m);
	sim_redists_set_pending(m->rds, 0, 8192);
	sim_redists_set_pending(m->rds, 0, 8193);
	assert_int_equal(byte_at(m, PENDING + 0x400), 0);
	assert_true(sim_redists_is_pending(m->rds, 0, 8193));
	sim_redists_clear_pending(m->rds, 0, 8193);
	sim_redists_run(m->rds);
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
	sim_redists_set_pending(m->rds, 0, 8200);
	w32(m, 0, CTLR, 0);
	assert_int_equal(byte_at(m, PENDING + 0x401), 1);
	enable_linux(m);
	sim_redists_set_pending(m->rds, 0, 8208);
	sim_redists_power_off(m->rds, 0);
	assert_int_equal(byte_at(m, PENDING + 0x402), 1);
}

static void more_bits_than_can_be_held_are_written(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.late = true});
	enable_linux(m);
	for (uint32_t i = 0; i < 64; i++)
		sim_redists_set_pending(m->rds, 0, 8192 + 8 * i);
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
	assert_int_equal(byte_at(m, PENDING + 0x43f), 0);
	for (uint32_t i = 0; i < 64; i++)
		assert_true(sim_redists_is_pending(m->rds, 0, 8192 + 8 * i));
	be(m, (struct sim_redists_mode){.late = false});
	assert_int_equal(byte_at(m, PENDING + 0x43f), 1);
}

static void both_ends_of_the_configuration_table_are_read_ahead(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.prefetch = true});
	enable_linux(m);
	assert_true(touched(m, CONFIG, false));
	assert_true(touched(m, CONFIG + 0xdfff, false));
	m->count = 0;
	sim_redists_run(m->rds);
	assert_int_equal(m->count, 1);
	assert_true(m->accesses[0].pa >= CONFIG && m->accesses[0].pa < CONFIG + CONFIG_BYTES);
}

/* ---- EnableLPIs ---- */

static void tables_are_used_from_enable_to_the_last_look(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.rwp = 2, .late = true, .prefetch = true});
	props(m, 0, PROP, PEND);
	assert_true(reaches_nothing(m));
	assert_int_equal(m->count, 0);
	w32(m, 0, CTLR, 0x3); /* CES is read-only */
	assert_int_equal(r32(m, 0, CTLR), 0x3);
	assert_true(reaches(m, CONFIG, CONFIG_BYTES, SIM_REDIST_CONFIG));
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	sim_redists_set_pending(m->rds, 0, 8192);
	w32(m, 0, CTLR, 0x2);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	assert_int_equal(byte_at(m, PENDING + 0x400), 0);
	assert_int_equal(r32(m, 0, CTLR), 0xa);
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
	assert_true(reaches(m, CONFIG, CONFIG_BYTES, SIM_REDIST_CONFIG));
	assert_int_equal(r32(m, 0, CTLR), 0xa);
	assert_true(reaches_nothing(m));
	assert_int_equal(r32(m, 0, CTLR), 0x2);
	assert_int_equal(happened(m), NONE);
}

static void all_that_is_held_is_written_before_rwp_is_over(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.rwp = 1, .late = true});
	enable_linux(m);
	for (uint32_t i = 0; i < 3; i++)
		sim_redists_set_pending(m->rds, 0, 8192 + 8 * i);
	w32(m, 0, CTLR, 0);
	assert_int_equal(r32(m, 0, CTLR), 0xa);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(byte_at(m, PENDING + 0x400 + i), 1);
	assert_true(reaches_nothing(m));
}

static void rwp_may_stay(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.rwp = SIM_REDIST_RWP_EVER});
	enable_linux(m);
	w32(m, 0, CTLR, 0);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(r32(m, 0, CTLR), 0xa);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
}

static void the_bit_may_stay(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.res1 = true});
	enable_linux(m);
	w32(m, 0, CTLR, 0);
	assert_int_equal(r32(m, 0, CTLR), 0x1);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
}

static void dpg_is_kept_and_what_is_read_only_is_not(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	w32(m, 0, CTLR, 0xff00000d);
	assert_int_equal(r32(m, 0, CTLR), 0x00000003);
	m->config.dpgs = true;
	restart(m);
	enable_linux(m);
	w32(m, 0, CTLR, 0xff00000d);
	assert_int_equal(r32(m, 0, CTLR), 0x07000003);
}

static void rwp_has_other_causes(void **state)
{
	struct machine *m = *state;

	m->config.dpgs = true;
	m->mode.rwp = 1;
	restart(m);
	w32(m, 0, CTLR, 0x01000000);
	assert_int_equal(r32(m, 0, CTLR), 0x0100000a);
	assert_int_equal(r32(m, 0, CTLR), 0x01000002);
	w32(m, 0, CTLR, 0x03000000);
	enable_linux(m); /* which is no matter of tables */
	assert_int_equal(happened(m), NONE);
	w32(m, 0, CTLR, 0x0);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	assert_int_equal(r32(m, 0, CTLR), 0xa);
	assert_true(reaches_nothing(m));
}

static void registers_change_under_enabled_lpis(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	w64(m, 0, PENDBASER, VICTIM);
	assert_int_equal(happened(m), SIM_REDIST_BASER_BUSY);
	sim_redists_set_pending(m->rds, 0, 8192);
	assert_int_equal(byte_at(m, VICTIM + 0x400), 1);
	assert_true(reaches(m, VICTIM, 0x2000, SIM_REDIST_PENDING));
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
}

static void registers_change_before_rwp_is_over(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.rwp = 1});
	enable_linux(m);
	w32(m, 0, CTLR, 0);
	w64(m, 0, PROPBASER, PROP);
	assert_int_equal(happened(m), SIM_REDIST_BASER_BUSY);
	w32(m, 0, CTLR, 1);
	assert_int_equal(happened(m), SIM_REDIST_ENABLE_BUSY);
	assert_int_equal(r32(m, 0, CTLR), 3);
}

static void one_group_has_one_propbaser(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	enable(m, 1, PROP, PEND1);
	assert_int_equal(happened(m), NONE);
	w32(m, 1, CTLR, 0);
	enable(m, 1, 0x4364058f, PEND1);
	assert_int_equal(happened(m), SIM_REDIST_GROUP);
	m->config.common_lpi_aff = 3;
	restart(m);
	enable_linux(m);
	enable(m, 4, 0x4374078f, PEND1);
	assert_int_equal(happened(m), NONE);
	enable(m, 1, 0x4374078f, 0x43670780);
	assert_int_equal(happened(m), SIM_REDIST_GROUP);
}

static void pending_tables_are_apart_and_of_one_kind(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	enable(m, 1, PROP, PEND);
	assert_int_equal(happened(m), SIM_REDIST_ONE_TABLE);
	w32(m, 1, CTLR, 0);
	enable(m, 1, PROP, 0x43660480);
	assert_int_equal(happened(m), SIM_REDIST_ATTRIBUTES);
	m->config.lpi_bits = 20;
	restart(m);
	enable(m, 0, 0x43000793, PEND);
	enable(m, 1, 0x43000793, PEND1); /* 128 KB each, 64 KB apart */
	assert_int_equal(happened(m), SIM_REDIST_ONE_TABLE);
}

static void a_table_is_as_it_was_said_to_be(void **state)
{
	struct machine *m = *state;

	poke(m, PENDING + 0x1fff, 1);
	enable(m, 0, PROP, PEND | PTZ);
	assert_int_equal(happened(m), SIM_REDIST_PTZ);
	w32(m, 0, CTLR, 0);
	enable_linux(m);
	assert_int_equal(happened(m), NONE); /* pending LPIs may be restored */
	w32(m, 0, CTLR, 0);
	poke(m, PENDING + 0x2000, 1);
	poke(m, PENDING + 0x1fff, 0);
	m->count = 0;
	enable(m, 0, PROP, PEND | PTZ);
	assert_int_equal(happened(m), NONE);
	assert_false(touched(m, PENDING, false)); /* nothing to read */
	w32(m, 0, CTLR, 0);
	poke(m, PENDING + 0x3ff, 1);
	enable_linux(m);
	assert_int_equal(happened(m), SIM_REDIST_FIRST_KB);
}

static void what_hardware_left_in_the_first_1_kb_is_fine(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.believes = true});
	enable_linux(m);
	w32(m, 0, CTLR, 0);
	assert_int_equal(byte_at(m, PENDING), 1);
	enable_linux(m);
	assert_int_equal(happened(m), NONE);
	w32(m, 0, CTLR, 0);
	poke(m, PENDING + 2, 1);
	enable_linux(m);
	assert_int_equal(happened(m), SIM_REDIST_FIRST_KB);
	assert_int_equal(byte_at(m, PENDING + 0x10000), 1); /* where a forged word leads */
}

static void any_enabled_one_of_the_group_lends_its_propbaser(void **state)
{
	struct machine *m = *state;
	bool other = false;

	be(m, (struct sim_redists_mode){.group_any = true});
	enable(m, 1, VICTIM | 0x78f, PEND1);
	enable_linux(m);
	for (unsigned i = 0; i < 32 && !other; i++) {
		sim_redists_set_pending(m->rds, 0, 8192 + i);
		other = touched(m, VICTIM + i, false);
	}
	assert_true(other);
}

/* ---- what else may never be written ---- */

static void free_addresses_of_virtual_lpis_are_used(void **state)
{
	struct machine *m = *state;

	m->config.vlpis = true;
	restart(m);
	w64(m, 0, VPROPBASER, VICTIM | 0x10000 | 0x78f);
	w64(m, 0, VPENDBASER, VICTIM | 0x780);
	assert_int_equal(happened(m), NONE);
	assert_true(reaches_nothing(m));
	w64(m, 0, VPENDBASER, VALID | VICTIM | 0x780); /* T12 */
	assert_int_equal(happened(m), SIM_REDIST_FREE_ADDRESS);
	assert_int_equal(byte_at(m, VICTIM + 0x400), 1);
	assert_true(reaches(m, VICTIM, 0x800, SIM_REDIST_RESIDENT));
	w64(m, 0, VPENDBASER, 0);
	assert_true(reaches_nothing(m));
	m->config.rvpeid = true;
	restart(m);
	w64(m, 0, VPROPBASER, VALID | VICTIM);
	assert_int_equal(happened(m), SIM_REDIST_FREE_ADDRESS);
	assert_true(touched(m, VICTIM, false));
}

static void sleep_and_what_nobody_knows_is_told(void **state)
{
	struct machine *m = *state;

	w32(m, 0, WAKER, 1);
	assert_int_equal(happened(m), SIM_REDIST_SLEEP);
	w32(m, 0, WAKER, 2);
	assert_int_equal(r32(m, 0, WAKER), 0);
	w32(m, 0, 0x24, 1);
	assert_int_equal(happened(m), SIM_REDIST_IMPDEF);
	w32(m, 0, 0xc000, 1);
	assert_int_equal(happened(m), SIM_REDIST_IMPDEF);
	w32(m, 0, 0xc000, 0);
	w32(m, 0, 0x10, 0xf);
	assert_int_equal(happened(m), NONE);
	m->config.ds = true;
	restart(m);
	be(m, (struct sim_redists_mode){.late = true});
	assert_int_equal(r32(m, 0, WAKER), 6);
	w32(m, 0, WAKER, 0);
	assert_int_equal(r32(m, 0, WAKER), 0);
	enable_linux(m);
	sim_redists_set_pending(m->rds, 0, 8192);
	w32(m, 1, WAKER, 1); /* one for all */
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
}

/* ---- power ---- */

static void firmware_restores_what_it_saved(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	sim_redists_power_off(m->rds, 0);
	assert_false(sim_redists_powered(m->rds, 0));
	assert_int_equal(r32(m, 0, CTLR), 0);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	w32(m, 0, CTLR, 0);
	assert_int_equal(happened(m), SIM_REDIST_WITHOUT_POWER);
	assert_false(sim_redists_set_pending(m->rds, 0, 8192));
	sim_redists_power_on(m->rds, 0, true, true);
	assert_true(r64(m, 0, PROPBASER) == PROP);
	assert_int_equal(r32(m, 0, CTLR), 3);
	assert_true(sim_redists_set_pending(m->rds, 0, 8192));
	assert_int_equal(byte_at(m, PENDING + 0x400), 1);
	assert_int_equal(happened(m), NONE);
}

static void firmware_may_leave_lpis_off(void **state)
{
	struct machine *m = *state;

	enable_linux(m);
	sim_redists_power_off(m->rds, 0);
	sim_redists_power_on(m->rds, 0, true, false);
	assert_true(r64(m, 0, PENDBASER) == PEND);
	assert_int_equal(r32(m, 0, CTLR), 2);
	assert_true(reaches_nothing(m));
	sim_redists_power_off(m->rds, 0);
	sim_redists_power_on(m->rds, 0, true, true);
	assert_int_equal(r32(m, 0, CTLR), 2);
	sim_redists_power_off(m->rds, 0);
	sim_redists_power_on(m->rds, 0, false, false);
	assert_true(r64(m, 0, PENDBASER) != PEND); /* UNKNOWN */
}

static void enable_may_be_lost_unasked(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.rwp = 1});
	enable_linux(m);
	sim_redists_lose_enable(m->rds, 0);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	assert_int_equal(r32(m, 0, CTLR), 0xa);
	assert_int_equal(r32(m, 0, CTLR), 0x2);
	assert_true(reaches_nothing(m));
}

static void bits_and_enable_lpis_may_not_stick(void **state)
{
	struct machine *m = *state;
	struct sim_redist_state now;

	sim_redists_lose_bits(m->rds, 0, 0x780, 0x10000);
	sim_redists_deaf(m->rds, 0, true);
	props(m, 0, PROP, PEND);
	w32(m, 0, CTLR, 1);
	now = sim_redists_peek(m->rds, 0);
	assert_true(now.powered && !now.enabled && !now.busy);
	assert_int_equal(now.prop, PROP & ~0x780u);
	assert_int_equal(now.pend, PEND & ~0x10000u);
	sim_redists_lose_bits(m->rds, 0, 0, 0);
	sim_redists_deaf(m->rds, 0, false);
	enable_linux(m);
	assert_true(sim_redists_peek(m->rds, 0).enabled);
}

static void a_peek_moves_nothing(void **state)
{
	struct machine *m = *state;

	m->config.dpgs = true;
	restart(m);
	be(m, (struct sim_redists_mode){.rwp = 1});
	enable_linux(m);
	w32(m, 0, CTLR, 0x01000000);
	for (unsigned i = 0; i < 3; i++)
		assert_true(sim_redists_peek(m->rds, 0).busy);
	assert_int_equal(sim_redists_peek(m->rds, 0).dpg, 0x01000000);
	r32(m, 0, CTLR);
	assert_false(sim_redists_peek(m->rds, 0).busy);
	assert_false(sim_redists_peek(m->rds, 1000000).powered);
}

static void firmware_does_not_touch_what_is_foreign(void **state)
{
	struct machine *m = *state;

	sim_redists_before(m->rds, 2, PROP, PEND);
	sim_redists_power_off(m->rds, 2);
	sim_redists_power_on(m->rds, 2, true, true);
	assert_true(sim_redists_foreign(m->rds, 2));
	assert_int_equal(m->count, 0);
}

static void somebody_before_is_foreign_until_adopted(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.prefetch = true});
	sim_redists_before(m->rds, 2, PROP, PEND);
	assert_int_equal(r32(m, 2, CTLR), 3);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_FOREIGN));
	assert_false(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	sim_redists_run(m->rds);
	assert_false(sim_redists_set_pending(m->rds, 2, 8192));
	assert_int_equal(m->count, 0);
	sim_redists_adopted(m->rds);
	assert_true(reaches(m, PENDING, 0x2000, SIM_REDIST_PENDING));
	assert_true(sim_redists_set_pending(m->rds, 2, 8192));
}

/* ---- whatever is done ---- */

/* Of what was reached before a step, or is after it. */
struct extents {
	struct access extent[256];
	size_t count;
};

static void add_extent(void *ctx, uint32_t rd, uint64_t pa, uint64_t len, enum sim_redist_reach why)
{
	struct extents *extents = ctx;

	(void)rd;
	(void)why;
	assert_true(extents->count < 256);
	extents->extent[extents->count++] = (struct access){pa, len, false};
}

static bool covered(const struct extents *extents, const struct access *access)
{
	for (size_t i = 0; i < extents->count; i++)
		if (extents->extent[i].pa <= access->pa &&
		    access->pa + access->len <= extents->extent[i].pa + extents->extent[i].len)
			return true;
	return false;
}

static uint32_t next(uint64_t *rng)
{
	*rng = *rng * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*rng >> 32);
}

static void random_write(struct machine *m, uint64_t *rng, uint32_t rd)
{
	static const uint32_t offsets[] = {CTLR,      CTLR,    CTLR,       PROPBASER,
					   PENDBASER, SETLPIR, PROPBASER,  INVLPIR,
					   INVALLR,   WAKER,   VPROPBASER, VPENDBASER};
	uint32_t offset = offsets[next(rng) % (sizeof(offsets) / sizeof(offsets[0]))];
	uint64_t value = next(rng) % 8 * 0x10000 + 0x40000000 + 0x78c + next(rng) % 20;

	if (offset == CTLR)
		value &= 3;
	else if (offset == SETLPIR || offset == INVLPIR)
		value = next(rng) % 0x11000;
	else if (next(rng) % 4 == 0)
		value ^= (uint64_t)next(rng) << 32;
	sim_redists_write(m->rds, rd, offset, next(rng) % 4 && offset != CTLR ? 8 : 4, value);
}

static void random_step(struct machine *m, uint64_t *rng)
{
	uint32_t rd = next(rng) % 4;

	switch (next(rng) % 8) {
	case 0:
		sim_redists_set_pending(m->rds, rd, next(rng) % 0x11000);
		break;
	case 1:
		sim_redists_run(m->rds);
		break;
	case 2:
		sim_redists_power_off(m->rds, rd);
		break;
	case 3:
		sim_redists_power_on(m->rds, rd, next(rng) % 4, next(rng) % 2);
		break;
	case 4:
		sim_redists_read(m->rds, rd, CTLR, 4);
		break;
	case 5:
		if (next(rng) % 8 == 0)
			sim_redists_lose_enable(m->rds, rd);
		break;
	default:
		random_write(m, rng, rd);
		break;
	}
}

/* But for what hardware is made to believe, which nobody can foresee. */
static void nothing_is_touched_that_was_not_in_reach(void **state)
{
	struct machine *m = *state;
	uint64_t rng = 1;
	size_t accesses = 0;

	m->config.vlpis = m->config.direct_lpi = m->config.ds = true;
	m->config.count = 4;
	for (unsigned turn = 0; turn < 64; turn++) {
		m->mode = (struct sim_redists_mode){.late = turn & 1,
						    .prefetch = turn & 2,
						    .res1 = turn % 16 == 15,
						    .group_any = false,
						    .rwp = turn >> 2 & 3};
		restart(m);
		for (unsigned step = 0; step < 400; step++) {
			struct extents extents = {.count = 0};

			sim_redists_reach(m->rds, add_extent, &extents);
			m->count = 0;
			random_step(m, &rng);
			sim_redists_reach(m->rds, add_extent, &extents);
			for (size_t i = 0; i < m->count; i++)
				assert_true(covered(&extents, &m->accesses[i]));
			accesses += m->count;
		}
	}
	assert_true(accesses > 1000);
}

static void the_same_steps_do_the_same(void **state)
{
	struct machine *m = *state;
	uint64_t sum[2] = {0, 0};

	m->config.vlpis = m->config.direct_lpi = true;
	m->mode = (struct sim_redists_mode){
		.late = true, .prefetch = true, .believes = true, .group_any = true, .rwp = 3};
	for (unsigned turn = 0; turn < 2; turn++) {
		uint64_t rng = 7;

		restart(m);
		for (unsigned step = 0; step < 3000; step++) {
			random_step(m, &rng);
			for (size_t i = 0; i < m->count; i++)
				sum[turn] = sum[turn] * 31 + m->accesses[i].pa;
			m->count = 0;
		}
	}
	assert_true(sum[0] == sum[1]);
}

/* ---- with no guard ---- */

static void t13_reads_memory_of_others(void **state)
{
	struct machine *m = *state;

	be(m, (struct sim_redists_mode){.prefetch = true});
	enable(m, 0, VICTIM | 0x78f, PEND);
	assert_true(touched(m, VICTIM, false));
}

static void t14_writes_memory_of_others(void **state)
{
	struct machine *m = *state;

	enable(m, 0, PROP, VICTIM | 0x780);
	sim_redists_set_pending(m->rds, 0, 8192 + 9);
	assert_int_equal(byte_at(m, VICTIM + 0x401), 2);
}

static void a_configuration_that_makes_no_sense_is_refused(void **state)
{
	struct machine *m = *state;
	struct sim_redists_config config = m->config;

	config.count = 0;
	assert_int_not_equal(sim_redists_reset(m->rds, m->mem, &config), 0);
	config = m->config;
	config.lpi_bits = 33;
	assert_int_not_equal(sim_redists_reset(m->rds, m->mem, &config), 0);
	config = m->config;
	config.rvpeid = true; /* v4.1 without a frame for virtual LPIs */
	assert_int_not_equal(sim_redists_reset(m->rds, m->mem, &config), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_propbaser_keeps_and_names),
		T(what_pendbaser_keeps_and_names),
		T(halves_replace_halves),
		T(wrong_accesses_do_nothing),
		T(attributes_and_the_whole_register_may_be_fixed),
		T(typer_says_who_it_is),
		T(groups_are_cut_by_affinity),
		T(where_an_lpi_is_in_the_tables),
		T(what_is_no_lpi_here_is_dropped),
		T(setlpir_is_bounded),
		T(commands_exist_where_hardware_has_them),
		T(late_bits_are_held_until_something_makes_them_go),
		T(more_bits_than_can_be_held_are_written),
		T(both_ends_of_the_configuration_table_are_read_ahead),
		T(tables_are_used_from_enable_to_the_last_look),
		T(all_that_is_held_is_written_before_rwp_is_over),
		T(rwp_may_stay),
		T(the_bit_may_stay),
		T(dpg_is_kept_and_what_is_read_only_is_not),
		T(rwp_has_other_causes),
		T(registers_change_under_enabled_lpis),
		T(registers_change_before_rwp_is_over),
		T(one_group_has_one_propbaser),
		T(pending_tables_are_apart_and_of_one_kind),
		T(a_table_is_as_it_was_said_to_be),
		T(what_hardware_left_in_the_first_1_kb_is_fine),
		T(any_enabled_one_of_the_group_lends_its_propbaser),
		T(free_addresses_of_virtual_lpis_are_used),
		T(sleep_and_what_nobody_knows_is_told),
		T(firmware_restores_what_it_saved),
		T(firmware_may_leave_lpis_off),
		T(enable_may_be_lost_unasked),
		T(bits_and_enable_lpis_may_not_stick),
		T(a_peek_moves_nothing),
		T(firmware_does_not_touch_what_is_foreign),
		T(somebody_before_is_foreign_until_adopted),
		T(nothing_is_touched_that_was_not_in_reach),
		T(the_same_steps_do_the_same),
		T(t13_reads_memory_of_others),
		T(t14_writes_memory_of_others),
		T(a_configuration_that_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
