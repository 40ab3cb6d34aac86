/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Redistributors in the simulated world: LPIs come to memory, books say what is due, and whatever
 * no guard may do there is noticed when it is planted.
 */
#include "kit.h"

#include <inttypes.h>
#include <string.h>

#include "oracle.h"
#include "turn.h"

#define BASE      0x40000000u
#define ITT       (BASE + KIT_FREE)
#define CTLR      0x0000u
#define PROPBASER 0x0070u
#define PENDBASER 0x0078u
#define PROP      0x4364078fu
#define PEND      0x43650780u
#define PEND1     0x43660780u
#define CONFIG    0x43640000u
#define PENDING   0x43650000u

static const char *misuse_text(const char *text)
{
	static char said[200];

	if (text)
		strncpy(said, text, sizeof(said) - 1);
	return said;
}

static void note_misuse(void *ctx, uint32_t its, const char *text)
{
	(void)ctx;
	(void)its;
	misuse_text(text);
}

static struct world *world_of_redistributors(void)
{
	struct world *world = kit_world_with(config.machine.rds = true);

	world_on_misuse(world, note_misuse, NULL);
	misuse_text("");
	return world;
}

static void set_up(struct world *world, uint32_t rd, uint64_t prop, uint64_t pend)
{
	assert_int_equal(world_rd_write(world, rd, PROPBASER, 8, prop), ITSG_OK);
	assert_int_equal(world_rd_write(world, rd, PENDBASER, 8, pend), ITSG_OK);
}

static enum itsg_reason enable(struct world *world, uint32_t rd, uint64_t prop, uint64_t pend)
{
	set_up(world, rd, prop, pend);
	return world_rd_write(world, rd, CTLR, 4, 1);
}

static uint64_t read_ctlr(struct world *world, uint32_t rd)
{
	uint64_t value;

	assert_int_equal(world_rd_read(world, rd, CTLR, 4, &value), ITSG_OK);
	return value;
}

static void assert_misused(struct world *world, const char *words)
{
	static uint64_t before;

	if (!words)
		before = world_misuses(world);
	else if (world_misuses(world) != ++before || !strstr(misuse_text(NULL), words))
		fail_msg("\"%s\" where \"%s\" was expected", misuse_text(NULL), words);
}

/* ---- without a plant ---- */

static void an_lpi_comes_from_a_device_to_memory(void **unused)
{
	struct world *world = world_of_redistributors();
	struct kit kit;

	(void)unused;
	kit_arm(&kit, world, 0, BASE);
	kit_mapc(&kit);
	kit_map(&kit, 1, 8, ITT);
	kit_mapti(&kit, 1, 0);
	assert_true(world_settle(world));
	assert_int_equal(enable(world, 0, PROP, PEND), ITSG_OK);
	assert_false(sim_redists_is_pending(world_redists(world), 0, 8192));
	assert_true(sim_its_msi(world_its(world, 0), 1, 0));
	assert_true(sim_redists_is_pending(world_redists(world), 0, 8192));
	kit_send(&kit, (uint64_t)1 << 32 | 0x09, 0, KIT_VALID | (uint64_t)1 << 16 | 1, 0);
	assert_int_equal(enable(world, 1, PROP, PEND1), ITSG_OK);
	kit_send(&kit, (uint64_t)1 << 32 | 0x01, 0, 1, 0); /* MOVI */
	assert_true(world_settle(world));
	assert_false(sim_redists_is_pending(world_redists(world), 0, 8192));
	assert_true(sim_redists_is_pending(world_redists(world), 1, 8192));
	kit_send(&kit, (uint64_t)1 << 32 | 0x04, 0, 0, 0); /* CLEAR */
	assert_true(world_settle(world));
	assert_false(sim_redists_is_pending(world_redists(world), 1, 8192));
	assert_int_equal(world_violations(world), 0);
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void tables_are_due_until_both_bits_were_read_as_0(void **unused)
{
	struct world *world = world_of_redistributors();

	(void)unused;
	world_rd_set_mode(world, (struct sim_redists_mode){.rwp = 2});
	set_up(world, 0, PROP, PEND);
	assert_false(world_rd_is_due(world, 0));
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 1), ITSG_OK);
	assert_true(world_rd_is_due(world, 0));
	assert_false(world_rd_is_due(world, 1));
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 0), ITSG_OK);
	assert_true(world_rd_is_due(world, 0));
	while (read_ctlr(world, 0) & 8)
		;
	assert_false(world_rd_is_due(world, 0));
	assert_int_equal(world_pages_held(world), 0);
	world_destroy(world);
}

static void without_power_tables_stay_due(void **unused)
{
	const struct trace_rd_power off = {0}, on = {.on = true};
	struct world *world = world_of_redistributors();

	(void)unused;
	assert_int_equal(enable(world, 0, PROP, PEND), ITSG_OK);
	world_rd_power(world, &off);
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 0), ITSG_LPI_BUSY);
	read_ctlr(world, 0);
	assert_true(world_rd_is_due(world, 0));
	world_rd_power(world, &on);
	assert_int_equal(read_ctlr(world, 0), 3);
	assert_true(world_rd_is_due(world, 0));
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 0), ITSG_OK);
	read_ctlr(world, 0);
	assert_false(world_rd_is_due(world, 0));
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

static void what_somebody_had_before_is_due_once_adopted(void **unused)
{
	struct world *world = kit_world_with({
		config.machine.rds = true;
		config.machine.before[0] = (struct trace_before){2, PROP, PEND};
		config.machine.before_count = 1;
	});

	(void)unused;
	assert_int_equal(itsg_redists_phase(world_rd_guard(world), 2), ITSG_REDIST_FOREIGN);
	assert_false(world_rd_is_due(world, 2));
	assert_int_equal(world_rd_adopt(world), ITSG_OK);
	assert_true(world_rd_is_due(world, 2));
	assert_int_equal(world_pages_held(world), 16);
	assert_true(world_rd_gone(world));
	assert_false(world_rd_is_due(world, 2));
	assert_int_equal(world_pages_held(world), 0);
	world_destroy(world);
}

static void what_hardware_does_not_keep_is_not_enabled(void **unused)
{
	struct world *world = world_of_redistributors();

	(void)unused;
	sim_redists_lose_bits(world_redists(world), 0, 0x80000000, 0);
	assert_int_equal(enable(world, 0, 0xc364078f, PEND), ITSG_HARDWARE_MISMATCH);
	assert_int_equal(read_ctlr(world, 0), 2);
	assert_int_equal(world_pages_held(world), 0);
	sim_redists_lose_bits(world_redists(world), 0, 0, 0x10000);
	assert_int_equal(enable(world, 0, PROP, PEND), ITSG_HARDWARE_MISMATCH);
	assert_int_equal(world_pages_held(world), 0);
	sim_redists_lose_bits(world_redists(world), 0, 0, 0);
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 1), ITSG_OK);
	assert_int_equal(world_pages_held(world), 16);
	world_destroy(world);
}

static void a_poll_lets_go_what_nobody_looks_at(void **unused)
{
	struct world *world = world_of_redistributors();

	(void)unused;
	assert_int_equal(enable(world, 0, PROP, PEND), ITSG_OK);
	world_rd_set_mode(world, (struct sim_redists_mode){.rwp = 1});
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 0), ITSG_OK);
	for (unsigned i = 0; i < 3; i++)
		assert_true(world_poll(world));
	assert_int_equal(world_pages_held(world), 0);
	world_destroy(world);
}

static void a_world_without_redistributors_has_none(void **unused)
{
	struct world *world = kit_default_world();
	uint64_t value = 1;

	(void)unused;
	assert_null(world_redists(world));
	assert_null(world_rd_guard(world));
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 1), ITSG_OK);
	assert_int_equal(world_rd_read(world, 0, CTLR, 4, &value), ITSG_OK);
	assert_int_equal(value, 0);
	assert_int_equal(world_rd_adopt(world), ITSG_OK);
	assert_true(world_rd_gone(world));
	assert_false(world_rd_poll(world));
	world_destroy(world);
}

static void without_a_guard_hardware_answers(void **unused)
{
	struct world *world = kit_world_with({
		config.machine.rds = true;
		config.guard = false;
	});

	(void)unused;
	assert_null(world_rd_guard(world));
	set_up(world, 0, PROP, 0x780);
	assert_int_equal(world_rd_write(world, 0, CTLR, 4, 1), ITSG_OK);
	assert_int_equal(read_ctlr(world, 0), 3);
	assert_true(world_violations(world) > 0); /* no RAM is there */
	assert_int_equal(world_misuses(world), 0);
	world_destroy(world);
}

/* ---- planted ---- */

struct plant {
	struct world *world;
	struct itsg_redists_ops ops;
	void *ctx;
};

static struct plant plant(void)
{
	struct plant p = {.world = world_of_redistributors(), .ops = world_redists_ops()};

	p.ctx = world_redists_ops_ctx(p.world);
	assert_int_equal(enable(p.world, 0, PROP, PEND), ITSG_OK);
	assert_misused(p.world, NULL);
	return p;
}

static void what_may_not_be_written_is_noticed(void **unused)
{
	static const struct {
		uint32_t rd, offset, width;
		uint64_t value;
		const char *words;
	} rows[] = {
		{0, PROPBASER, 8, PROP, "tables changed while LPIs are on"},
		{0, PENDBASER, 8, PEND, "tables changed while LPIs are on"},
		{1, PENDBASER + 4, 8, 0, "wrong width or alignment"},
		{1, CTLR, 8, 0, "wrong width or alignment"},
		{1, 0x40, 8, 8192, "implementation defined"},
		{8, CTLR, 4, 0, "does not exist"},
		{0, CTLR, 4, 3, "reserved bits"},
		{1, PROPBASER, 8, 0x43640faf, "reserved bits"},
		{1, PROPBASER + 4, 4, 0x08000000, "reserved bits"},
		{1, PENDBASER, 8, 0x43651780, "reserved bits"},
	};
	struct plant p = plant();

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p.ops.reg_write(p.ctx, rows[i].rd, rows[i].offset, rows[i].width, rows[i].value);
		assert_misused(p.world, rows[i].words);
	}
	p.ops.reg_read(p.ctx, 8, CTLR, 4);
	assert_misused(p.world, "does not exist");
	p.ops.reg_read(p.ctx, 0, PROPBASER, 2);
	assert_misused(p.world, "wrong width or alignment");
	world_destroy(p.world);
}

static void the_reserved_shareability_is_noticed(void **unused)
{
	struct plant p = plant();

	(void)unused;
	p.ops.reg_write(p.ctx, 4, PROPBASER, 8, PROP);
	p.ops.reg_write(p.ctx, 4, PENDBASER, 8, 0x43660f80);
	assert_misused(p.world, NULL);
	p.ops.reg_write(p.ctx, 4, CTLR, 4, 1);
	assert_true(world_misuses(p.world) > 0);
	world_destroy(p.world);
}

/* Once their guard has begun, it has no business there. */
static void the_frame_for_virtual_lpis_is_left_alone(void **unused)
{
	struct world *world = kit_world_with({
		config.machine.rds = true;
		config.machine.vlpis = true;
	});
	struct itsg_redists_ops ops = world_redists_ops();

	(void)unused;
	world_on_misuse(world, note_misuse, NULL);
	assert_misused(world, NULL);
	ops.reg_write(world_redists_ops_ctx(world), 0, 0x20070, 8, 0);
	assert_misused(world, "frame for virtual LPIs");
	ops.reg_read(world_redists_ops_ctx(world), 0, 0x20078, 8);
	assert_misused(world, "frame for virtual LPIs");
	world_destroy(world);
}

static void two_that_do_not_agree_are_noticed(void **unused)
{
	struct plant p = plant();

	(void)unused;
	p.ops.reg_write(p.ctx, 1, PROPBASER, 8, 0x4374078f);
	p.ops.reg_write(p.ctx, 1, PENDBASER, 8, PEND1);
	p.ops.reg_write(p.ctx, 1, CTLR, 4, 1);
	assert_misused(p.world, "two PROPBASERs in one group");
	assert_true(world_violations(p.world) > 0);
	world_destroy(p.world);
}

static void a_write_to_one_without_power_is_noticed(void **unused)
{
	const struct trace_rd_power off = {0};
	struct plant p = plant();

	(void)unused;
	world_rd_power(p.world, &off);
	p.ops.reg_write(p.ctx, 0, CTLR, 4, 0);
	assert_misused(p.world, "without power");
	assert_true(world_rd_is_due(p.world, 0));
	world_destroy(p.world);
}

static void a_table_is_not_given_back_while_it_is_used(void **unused)
{
	struct plant p = plant();

	(void)unused;
	assert_int_equal(p.ops.unshare(p.ctx, (CONFIG + 0xd000) >> 12, 1), 1);
	assert_misused(p.world, "is released while hardware may touch it");
	assert_int_equal(p.ops.reclaim(p.ctx, PENDING >> 12, 1), 1);
	assert_misused(p.world, "is released while hardware may touch it");
	world_destroy(p.world);
}

static void nor_while_firmware_may_bring_it_back(void **unused)
{
	const struct trace_rd_power off = {0};
	struct plant p = plant();

	(void)unused;
	world_rd_power(p.world, &off);
	assert_int_equal(p.ops.reclaim(p.ctx, PENDING >> 12, 1), 1);
	assert_misused(p.world, "is released while hardware may touch it");
	world_destroy(p.world);
}

static void only_what_is_donated_is_zeroed(void **unused)
{
	struct plant p = plant();

	(void)unused;
	assert_int_equal(p.ops.zero(p.ctx, PENDING, 0x400), 0);
	assert_int_not_equal(p.ops.zero(p.ctx, CONFIG, 0x400), 0);
	assert_misused(p.world, "zeroing");
	assert_int_not_equal(p.ops.zero(p.ctx, world_private(p.world, 0).pa, 0x1000), 0);
	assert_misused(p.world, "zeroing");
	world_destroy(p.world);
}

static void put_sync(struct world *world, uint64_t slot, uint8_t pe)
{
	const uint8_t sync[32] = {[0] = 0x05, [18] = pe};
	void *ctx = world_ops_ctx(world, 0);

	assert_int_equal(world_ops()->store(ctx, world_private(world, 0).pa + slot * 32, sync, 32),
			 0);
	world_ops()->reg_write(ctx, 0x88, 8, (slot + 1) * 32);
}

static void a_sync_to_one_whose_lpis_are_off_is_noticed(void **unused)
{
	struct plant p = plant();
	struct kit kit;

	(void)unused;
	kit_arm(&kit, p.world, 0, BASE);
	assert_true(world_settle(p.world));
	put_sync(p.world, 0, 0);
	assert_misused(p.world, NULL);
	put_sync(p.world, 1, 1);
	assert_misused(p.world, "whose LPIs are off");
	assert_int_equal(world_rd_write(p.world, 0, CTLR, 4, 0), ITSG_OK);
	read_ctlr(p.world, 0);
	put_sync(p.world, 2, 1); /* there is no better one */
	assert_int_equal(world_misuses(p.world), 1);
	world_destroy(p.world);
}

/* ---- whatever a host does ---- */

struct chaos {
	struct world *world;
	struct oracle *oracle;
	const struct itsg_its *guards[1];
	struct kit kit;
	uint64_t rng;
	unsigned accepted; /* enables */
};

static uint32_t next(struct chaos *c)
{
	c->rng = c->rng * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(c->rng >> 33);
}

static bool one_in(struct chaos *c, uint32_t n)
{
	return next(c) % n == 0;
}

/* Few places, so that tables meet; and now and then anything. */
static uint64_t some_base(struct chaos *c)
{
	uint64_t value = 0x43600000u + (uint64_t)(next(c) % 16) * 0x10000;

	if (one_in(c, 8))
		value += (uint64_t)(next(c) % 16) * 0x1000;
	if (one_in(c, 32))
		value ^= (uint64_t)next(c) << 32;
	value |= one_in(c, 8) ? 0x480 : one_in(c, 16) ? 0xf80 : 0x780;
	return value | (one_in(c, 16) ? 0xc : 0xf);
}

/* At the ends of what an LPI is, of this machine or of a vPE's. */
static uint64_t some_lpi(struct chaos *c)
{
	static const uint32_t intids[] = {0, 8191, 8192, 8193, 16383, 16384, 65535, 65536};

	return intids[next(c) % 8] | (one_in(c, 4) ? (uint64_t)1 << 63 : 0);
}

static void write_something(struct chaos *c, uint32_t rd)
{
	static const uint32_t offsets[] = {CTLR,   PROPBASER, PENDBASER, 0x14,    0x40,
					   0x48,   0xa0,      0xb0,      0x20070, 0x20078,
					   0x0074, 0x007c,    0x20,      0xffe8,  0x10000};
	uint32_t offset = offsets[next(c) % (sizeof(offsets) / sizeof(offsets[0]))];
	uint64_t value = one_in(c, 2) ? some_base(c) : some_lpi(c);

	if (one_in(c, 16))
		value |= (uint64_t)next(c) << 33;
	world_rd_write(c->world, rd, offset, one_in(c, 4) ? 4 : 8, value);
}

/* As a driver, or nearly so. */
static void enable_somehow(struct chaos *c, uint32_t rd)
{
	uint64_t prop = one_in(c, 8) ? some_base(c) : one_in(c, 8) ? 0x4360048fu : 0x4360078fu;
	uint64_t pend = one_in(c, 4) ? some_base(c) : 0x43700780u + rd * 0x10000;
	uint8_t byte = (uint8_t)next(c);

	if (one_in(c, 2))
		world_poke(c->world, (pend & 0xfffff0000) + next(c) % 0x800, &byte, 1);

	world_rd_write(c->world, rd, PROPBASER, 8, prop);
	world_rd_write(c->world, rd, PENDBASER, 8, pend | (one_in(c, 4) ? (uint64_t)1 << 62 : 0));
	c->accepted += world_rd_write(c->world, rd, CTLR, 4, 1) == ITSG_OK;
}

static void change_mode(struct chaos *c)
{
	struct sim_redists_mode mode = {
		.late = one_in(c, 2),
		.prefetch = one_in(c, 2),
		/* What the host can write there is its own fault (redists.h, share_pending). */
		.believes = one_in(c, 2) && !world_config(c->world)->machine.share_pending,
		.group_any = one_in(c, 2),
		.res1 = one_in(c, 16),
		.rwp = one_in(c, 2) ? next(c) % 4 : 0,
	};

	world_rd_set_mode(c->world, mode);
}

static void change_power(struct chaos *c, uint32_t rd)
{
	bool restores = one_in(c, 2);
	struct trace_rd_power power = {rd, one_in(c, 2), restores, restores && one_in(c, 2)};

	world_rd_power(c->world, &power);
}

/* An ITT, or a page for a guest, where tables may be. */
static void use_memory(struct chaos *c)
{
	uint64_t pa = 0x43600000u + (uint64_t)(next(c) % 0x100) * 0x1000;
	uint8_t byte = (uint8_t)next(c);

	if (one_in(c, 64))
		world_give(c->world, pa, 0x1000);
	else if (one_in(c, 2))
		world_poke(c->world, pa + next(c) % 0x1000, &byte, 1);
	else if (one_in(c, 2))
		kit_map(&c->kit, next(c) % 4, 4, pa);
	else
		kit_unmap(&c->kit, next(c) % 4);
}

static void use_interrupts(struct chaos *c)
{
	uint32_t device = next(c) % 4;

	if (one_in(c, 4))
		kit_mapti(&c->kit, device, 0);
	else
		sim_its_msi(world_its(c->world, 0), device, 0);
}

static void lose_something(struct chaos *c, uint32_t rd)
{
	uint64_t prop = (uint64_t)(next(c) % 4) * 0x10000, pend = (uint64_t)(next(c) % 4) * 0x10000;

	if (one_in(c, 8))
		world_rd_lost(c->world, rd);
	else if (one_in(c, 16))
		world_rd_gone(c->world);
	else if (one_in(c, 32))
		sim_redists_lose_bits(world_redists(c->world), rd, prop, pend);
}

static void do_something(struct chaos *c)
{
	uint32_t rd = next(c) % 5;
	uint64_t value;

	switch (next(c) % 16) {
	case 0:
	case 11:
		enable_somehow(c, rd);
		break;
	case 1:
		world_rd_write(c->world, rd, CTLR, 4, next(c) & 0x07000000);
		break;
	case 2:
		world_rd_read(c->world, rd, one_in(c, 2) ? CTLR : 4 * (next(c) % 0x40), 4, &value);
		break;
	case 3:
		change_power(c, rd);
		break;
	case 4:
		if (one_in(c, 4))
			change_mode(c);
		break;
	case 5:
		world_rd_run(c->world);
		break;
	case 6:
		lose_something(c, rd);
		break;
	case 7:
		world_rd_poll(c->world);
		break;
	case 8:
		use_memory(c);
		break;
	case 9:
		use_interrupts(c);
		break;
	case 10:
		if (one_in(c, 8))
			world_fail(c->world, (enum trace_callback)(next(c) % TRACE_CB_FETCH),
				   1 + next(c) % 20);
		break;
	default:
		write_something(c, rd);
		break;
	}
	assert_true(world_settle(c->world));
}

static void assert_all_is_well(struct chaos *c)
{
	char text[256] = "";
	enum oracle_clause clause = oracle_check(c->oracle, c->world, text, sizeof(text));
	enum itsg_invariant invariant =
		itsg_check(world_tracker(c->world), c->guards, 1, world_rd_guard(c->world));

	if (clause != ORACLE_HOLDS || invariant != ITSG_INVARIANTS_HOLD ||
	    world_misuses(c->world) || world_violations(c->world))
		fail_msg("%s; invariant %d; %s; %" PRIu64 " violations", text, (int)invariant,
			 misuse_text(NULL), world_violations(c->world));
}

/* Another CPU, in the middle of a call. */
static void meddle(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	struct chaos *c = ctx;
	uint8_t byte = (uint8_t)next(c);

	(void)callback;
	(void)bytes;
	if (one_in(c, 8))
		world_poke(c->world, pa + next(c) % 0x400, &byte, 1);
	if (one_in(c, 256))
		world_give(c->world, pa + next(c) % 4 * 0x1000, 0x1000);
}

static void begin_chaos(struct chaos *c, uint32_t seed)
{
	struct world_config config;

	kit_config(&config);
	config.cache = seed & 1;
	config.machine.rds = true;
	config.machine.pes = 4 + (seed & 1) * 4;
	config.machine.pages = 512;
	config.machine.direct_lpi = seed & 2;
	config.machine.vlpis = seed & 4;
	config.machine.common_lpi_aff = seed & 8 ? 3 : 0;
	config.machine.zero_pending = seed & 16;
	config.machine.page = seed & 32 ? 16384 : 4096;
	config.machine.lpi_tables = 1 + seed % 3;
	config.machine.dpgs = seed & 1;
	config.machine.ds = seed & 2;
	config.machine.rd_attr = !(seed & 64);
	config.machine.share_pending = seed & 128;
	config.machine.lpi_bits = 16 + (seed & 1);
	config.machine.lpi_limit = 14 + seed % 5;
	for (uint32_t i = 0; i < seed % 7 / 3; i++)
		config.machine.before[config.machine.before_count++] =
			(struct trace_before){i, 0x4360078f, 0x43700780 + i * 0x10000};
	*c = (struct chaos){.world = kit_world(&config), .oracle = oracle_new(), .rng = seed};
	assert_non_null(c->oracle);
	world_on_misuse(c->world, note_misuse, NULL);
	c->guards[0] = world_guard(c->world, 0);
	kit_arm(&c->kit, c->world, 0, BASE);
	kit_mapc(&c->kit);
	kit_map(&c->kit, 1, 4, ITT);
	kit_mapti(&c->kit, 1, 0);
	if (world_rd_adopt(c->world) != ITSG_OK)
		assert_true(world_rd_gone(c->world));
	world_on_callback(c->world, meddle, c);
}

/* All that have power turn LPIs off, on hardware that can: then nothing of theirs is held. */
static void end_chaos(struct chaos *c)
{
	const uint32_t pes = world_config(c->world)->machine.pes;
	struct itsg_redists_stats stats;

	world_rd_set_mode(c->world, (struct sim_redists_mode){0});
	for (uint32_t rd = 0; rd < pes; rd++)
		world_rd_power(c->world, &(struct trace_rd_power){.rd = rd, .on = true});
	assert_true(world_rd_gone(c->world));
	assert_all_is_well(c);
	itsg_redists_get_stats(world_rd_guard(c->world), &stats);
	assert_int_equal(stats.on, 0);
	assert_int_equal(stats.tables, 0);
	oracle_free(c->oracle);
	world_destroy(c->world);
}

static void no_host_brings_anything_about(void **unused)
{
	unsigned accepted = 0;

	(void)unused;
	for (uint32_t seed = 1; seed <= 192; seed++) {
		struct chaos c;

		if (!my_turn())
			continue;
		begin_chaos(&c, seed);
		for (unsigned step = 0; step < 200; step++) {
			do_something(&c);
			assert_all_is_well(&c);
		}
		end_chaos(&c);
		accepted += c.accepted;
	}
	assert_true(accepted > 500 || turns() > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_lpi_comes_from_a_device_to_memory),
		cmocka_unit_test(tables_are_due_until_both_bits_were_read_as_0),
		cmocka_unit_test(without_power_tables_stay_due),
		cmocka_unit_test(what_somebody_had_before_is_due_once_adopted),
		cmocka_unit_test(what_hardware_does_not_keep_is_not_enabled),
		cmocka_unit_test(a_poll_lets_go_what_nobody_looks_at),
		cmocka_unit_test(a_world_without_redistributors_has_none),
		cmocka_unit_test(without_a_guard_hardware_answers),
		cmocka_unit_test(what_may_not_be_written_is_noticed),
		cmocka_unit_test(the_reserved_shareability_is_noticed),
		cmocka_unit_test(the_frame_for_virtual_lpis_is_left_alone),
		cmocka_unit_test(two_that_do_not_agree_are_noticed),
		cmocka_unit_test(a_write_to_one_without_power_is_noticed),
		cmocka_unit_test(a_table_is_not_given_back_while_it_is_used),
		cmocka_unit_test(nor_while_firmware_may_bring_it_back),
		cmocka_unit_test(only_what_is_donated_is_zeroed),
		cmocka_unit_test(a_sync_to_one_whose_lpis_are_off_is_noticed),
		cmocka_unit_test(no_host_brings_anything_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
