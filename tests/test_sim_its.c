/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The simulated ITS by itself: registers, geometry, each command and each of its errors, cache
 * mode, what it reports as reachable, and that, with no guard in front of it, it does damage under
 * each of the attacks T1-T12 and T15.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "its.h"

#define VALID    ((uint64_t)1 << 63)
#define INDIRECT ((uint64_t)1 << 62)

#define CTLR     0x0
#define CBASER   0x80
#define CWRITER  0x88
#define CREADR   0x90
#define BASER0   0x100
#define BASER1   0x108
#define BASER2   0x110

/* Where the tests put things. */
#define QUEUE    0x40000000u
#define DEVICES  0x40100000u
#define COLLS    0x40200000u
#define ITT      0x40300000u
#define LEVEL2   0x40400000u
#define VICTIM   0x50000000u

#define TYPER_V3 0x1f0001efb1u /* 12-byte ITEs, 16 bits of everything */
#define TYPER_BITS(device_bits, event_bits, ite_bytes)                                             \
	(1u | ((uint64_t)(ite_bytes)-1) << 4 | ((uint64_t)(event_bits)-1) << 8 |                   \
	 ((uint64_t)(device_bits)-1) << 13)

#define MAX_ACCESSES 4096

struct access {
	uint64_t pa;
	uint64_t len;
	bool write;
	const char *what;
};

struct world {
	struct sim_mem *mem;
	struct sim_its *its;
	struct sim_mem_config mem_config;
	struct sim_its_config config;
	/* Accesses the memory complained of: with nothing held, that is every access. */
	struct access accesses[MAX_ACCESSES];
	size_t num_accesses;
	uint64_t last_event_a;
};

static void note_access(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct world *world = ctx;

	assert_true(world->num_accesses < MAX_ACCESSES);
	world->accesses[world->num_accesses++] = (struct access){pa, len, write, what};
}

static void note_event(void *ctx, enum sim_its_event event, uint64_t a, uint64_t b)
{
	struct world *world = ctx;

	(void)event;
	(void)b;
	world->last_event_a = a;
}

static void restart(struct world *world)
{
	world->num_accesses = 0;
	assert_int_equal(sim_mem_reset(world->mem, &world->mem_config), 0);
	assert_int_equal(sim_its_reset(world->its, world->mem, &world->config), 0);
}

static int setup(void **state)
{
	static struct world world;

	world.mem = sim_mem_new();
	world.its = sim_its_new();
	world.mem_config = sim_mem_default_config();
	world.mem_config.unguarded = true;
	world.mem_config.violation = note_access;
	world.mem_config.ctx = &world;
	world.config = sim_its_default_config();
	world.config.event = note_event;
	world.config.ctx = &world;
	restart(&world);
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	sim_its_free(world->its);
	sim_mem_free(world->mem);
	return 0;
}

/* ---- helpers ---- */

static void w64(struct world *world, uint32_t offset, uint64_t value)
{
	sim_its_reg_write(world->its, offset, 8, value);
}

static void w32(struct world *world, uint32_t offset, uint32_t value)
{
	sim_its_reg_write(world->its, offset, 4, value);
}

static uint64_t r64(struct world *world, uint32_t offset)
{
	return sim_its_reg_read(world->its, offset, 8);
}

static uint32_t r32(struct world *world, uint32_t offset)
{
	return (uint32_t)sim_its_reg_read(world->its, offset, 4);
}

static void poke64(struct world *world, uint64_t pa, uint64_t value)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	sim_mem_poke(world->mem, pa, bytes, sizeof(bytes));
}

static bool is_zero(struct world *world, uint64_t pa, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte;

		sim_mem_peek(world->mem, pa + i, &byte, 1);
		if (byte)
			return false;
	}
	return true;
}

struct command {
	uint64_t dw[4];
};

static struct command mapd(uint32_t device, uint64_t itt, unsigned size)
{
	return (struct command){{0x08 | (uint64_t)device << 32, size, VALID | itt, 0}};
}

static struct command mapd_off(uint32_t device)
{
	return (struct command){{0x08 | (uint64_t)device << 32, 0, 0, 0}};
}

static struct command mapc(uint16_t icid, uint64_t pe)
{
	return (struct command){{0x09, 0, VALID | pe << 16 | icid, 0}};
}

static struct command mapc_off(uint16_t icid)
{
	return (struct command){{0x09, 0, icid, 0}};
}

static struct command mapti(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid)
{
	return (struct command){
		{0x0a | (uint64_t)device << 32, event | (uint64_t)intid << 32, icid, 0}};
}

static struct command on_event(unsigned opcode, uint32_t device, uint32_t event, uint16_t icid)
{
	return (struct command){{opcode | (uint64_t)device << 32, event, icid, 0}};
}

static struct command sync_pe(uint64_t pe)
{
	return (struct command){{0x05, 0, pe << 16, 0}};
}

static struct command movall(uint64_t from, uint64_t to)
{
	return (struct command){{0x0e, 0, from << 16, to << 16}};
}

static uint64_t queue_bytes(struct world *world)
{
	return ((r64(world, CBASER) & 0xff) + 1) * 4096;
}

/* Stores a command and moves CWRITER, in host order: memory first. */
static void push(struct world *world, struct command command)
{
	uint64_t base = r64(world, CBASER) & 0xffffffffff000;
	uint64_t at = r64(world, CWRITER);

	for (unsigned i = 0; i < 4; i++)
		poke64(world, base + at + 8 * i, command.dw[i]);
	w64(world, CWRITER, (at + 32) % queue_bytes(world));
}

static uint32_t run(struct world *world, struct command command)
{
	uint64_t errors = sim_its_stats(world->its)->errors;

	push(world, command);
	sim_its_run(world->its, 1);
	return sim_its_stats(world->its)->errors == errors ? 0
							   : sim_its_stats(world->its)->last_error;
}

/* What is passed is overwritten, lest firmware finds it there. */
static void scrub(struct world *world)
{
	static const uint8_t nothing[4096];

	for (uint64_t at = 0; at < queue_bytes(world); at += sizeof(nothing))
		sim_mem_poke(world->mem, QUEUE + at, nothing, sizeof(nothing));
}

static void enable(struct world *world)
{
	w32(world, CTLR, 1);
}

static void disable(struct world *world)
{
	w32(world, CTLR, 0);
	sim_its_run(world->its, 0);
	assert_true(r32(world, CTLR) == 0x80000000);
}

/* An ordinary host: flat 64 KB tables and a 64 KB queue. */
static void arm_flat(struct world *world)
{
	w64(world, BASER0, VALID | DEVICES | 0x200);
	w64(world, BASER1, VALID | COLLS | 0x200);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	w64(world, CWRITER, 0);
	enable(world);
}

static void one_interrupt(struct world *world)
{
	arm_flat(world);
	assert_int_equal(run(world, mapc(3, 5)), 0);
	assert_int_equal(run(world, mapd(0x12, ITT, 4)), 0);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
}

static void set_mode(struct world *world, bool stall, bool cache, bool trust)
{
	sim_its_set_mode(world->its, (struct sim_its_mode){stall, cache, trust});
}

static uint64_t events(struct world *world, enum sim_its_event event)
{
	return sim_its_stats(world->its)->events[event];
}

/* What is reachable. */
struct extents {
	struct {
		uint64_t pa, len;
		enum sim_its_reach why;
	} list[1024];
	size_t count;
};

static void note_extent(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	struct extents *extents = ctx;

	assert_true(extents->count < 1024);
	extents->list[extents->count].pa = pa;
	extents->list[extents->count].len = len;
	extents->list[extents->count++].why = why;
}

static const struct extents *reach(struct world *world)
{
	static struct extents extents;

	extents.count = 0;
	sim_its_reach(world->its, note_extent, &extents);
	return &extents;
}

static bool reaches(struct world *world, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	const struct extents *extents = reach(world);

	for (size_t i = 0; i < extents->count; i++) {
		if (extents->list[i].pa == pa && extents->list[i].len == len &&
		    extents->list[i].why == why)
			return true;
	}
	return false;
}

static bool reaches_byte(struct world *world, uint64_t pa)
{
	const struct extents *extents = reach(world);

	for (size_t i = 0; i < extents->count; i++) {
		if (pa >= extents->list[i].pa && pa - extents->list[i].pa < extents->list[i].len)
			return true;
	}
	return false;
}

/* ---- registers ---- */

static void reset_values(void **state)
{
	struct world *world = *state;

	assert_true(r32(world, CTLR) == 0x80000000);
	assert_true(r32(world, 0x4) == 0x43b);
	assert_true(r64(world, 0x8) == TYPER_V3);
	assert_true(r32(world, 0xffe8) == 0x3b);
	assert_true(r64(world, CBASER) == 0);
	assert_true(r64(world, BASER0) == 0x0107000000000200);
	assert_true(r64(world, BASER1) == 0x0407000000000200);
	assert_true(r64(world, BASER2) == 0);
	world->config.typer |= 2;
	world->config.baser[0].page_code = 0;
	restart(world);
	assert_true(r32(world, 0xffe8) == 0x4b);
	assert_true(r64(world, BASER0) == 0x0107000000000000); /* GIC B8 */
}

static void baser_halves_compose_and_keep_read_only_fields(void **state)
{
	struct world *world = *state;

	world->config.baser[0].page_code = 2;
	restart(world);
	w64(world, BASER0, 0);
	assert_true(r64(world, BASER0) == 0x0107000000000000);
	w32(world, BASER0, 0x80000707); /* GIC B12, Page_Size 3 in it reads back as 64 KB */
	assert_true(r64(world, BASER0) == 0x0107000080000607);
	world->config.baser[0].raw = true;
	restart(world);
	w32(world, BASER0, 0x80000707);
	assert_true(r64(world, BASER0) == 0x0107000080000707);
	w32(world, BASER0 + 4, 0xb8ff0008);
	assert_true(r64(world, BASER0) == 0xb9e7000880000707);
	assert_true(r32(world, BASER0 + 4) == 0xb9e70008);
	sim_its_reg_write(world->its, BASER0, 4, 0xffffffff00000000);
	assert_true(r64(world, BASER0) == 0xb9e7000800000000);
}

static void baser_keeps_no_larger_page_and_no_indirect_if_it_has_none(void **state)
{
	struct world *world = *state;

	world->config.baser[0].page_code = 1;
	world->config.baser[0].indirect = false;
	restart(world);
	w64(world, BASER0, INDIRECT | 0x200);
	assert_true(r64(world, BASER0) == 0x0107000000000100);
	w64(world, BASER0, INDIRECT | 0x300);
	assert_true(r64(world, BASER0) == 0x0107000000000100);
	w64(world, BASER0, 0);
	assert_true(r64(world, BASER0) == 0x0107000000000000);
	w64(world, BASER2, ~(uint64_t)0);
	assert_true(r64(world, BASER2) == 0);
}

static void attributes_that_do_not_stick_read_back_as_zero(void **state)
{
	struct world *world = *state;

	world->config.attr_mask = ~(uint64_t)0xc00;
	restart(world);
	w64(world, BASER0, (uint64_t)0x7800000000000400);
	assert_true(r64(world, BASER0) == 0x7907000000000000);
	w64(world, CBASER, (uint64_t)0x3800000040000400 | VALID);
	assert_true(r64(world, CBASER) == 0xb800000040000000);
}

static void a_cbaser_write_clears_creadr_and_not_cwriter(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapc(0, 0)), 0);
	assert_true(r64(world, CREADR) == 0x20);
	disable(world);
	w32(world, CBASER + 4, 0x80000000);
	assert_true(r64(world, CREADR) == 0);
	assert_true(r64(world, CWRITER) == 0x20);
}

static void bits_that_are_lost_are_not_kept_until_power_comes_on(void **state)
{
	struct world *world = *state;
	uint64_t value = VALID | DEVICES | 0x405;

	sim_its_lose_bits(world->its, 0, VALID | 0xc00);
	w64(world, BASER0, value);
	assert_true((r64(world, BASER0) & (VALID | 0xcff)) == (VALID | 0x005));
	sim_its_lose_bits(world->its, SIM_ITS_NUM_BASER, 0xff);
	w64(world, CBASER, QUEUE | 0x403);
	assert_true(r64(world, CBASER) == (QUEUE | 0x400));
	sim_its_power_cycle(world->its);
	w64(world, BASER0, value);
	assert_true((r64(world, BASER0) & (VALID | 0xcff)) == (VALID | 0x405));
}

static void creadr_may_be_kept(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapc(0, 0)), 0);
	disable(world);
	sim_its_keep_creadr(world->its, true);
	w64(world, CBASER, VALID | QUEUE);
	assert_true(r64(world, CREADR) == 0x20);
	sim_its_keep_creadr(world->its, false);
	w64(world, CBASER, VALID | QUEUE);
	assert_true(r64(world, CREADR) == 0);
}

static void a_table_of_firmware_is_valid_and_never_used(void **state)
{
	struct world *world = *state;

	sim_its_firmware_table(world->its, 0);
	assert_true(r64(world, BASER0) & VALID);
	assert_int_equal(reach(world)->count, 0);
	assert_false(sim_its_firmware_save(world->its).baser[0] & VALID);
	w64(world, BASER0, r64(world, BASER0) & ~VALID);
	assert_false(r64(world, BASER0) & VALID);
	/* From then on it is a register like any other. */
	w64(world, BASER0, VALID | DEVICES);
	assert_true(reaches_byte(world, DEVICES));
}

static void collections_that_went_are_told_of_if_an_itt_names_them(void **state)
{
	struct world *world = *state;
	struct sim_its_config config = sim_its_default_config();

	config.baser[1].page_code = 0;
	config.event = note_event;
	config.ctx = world;
	assert_int_equal(sim_its_reset(world->its, world->mem, &config), 0);
	w64(world, BASER0, VALID | DEVICES | 0x200);
	w64(world, BASER1, VALID | COLLS | 1); /* two pages of 512 */
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
	assert_int_equal(run(world, mapd(0x12, ITT, 4)), 0);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 512)), 0);
	disable(world);
	enable(world);
	assert_true(events(world, SIM_ITS_FEW_COLLECTIONS) == 0);
	disable(world);
	w64(world, BASER1, VALID | COLLS);
	enable(world);
	assert_true(events(world, SIM_ITS_FEW_COLLECTIONS) == 1);
	/* With the devices' table the ITTs are gone. */
	disable(world);
	w64(world, BASER0, 0);
	w64(world, BASER0, VALID | DEVICES | 0x200);
	enable(world);
	assert_true(events(world, SIM_ITS_FEW_COLLECTIONS) == 1);
}

static void an_error_may_be_meant_for_one_kind_of_command(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	sim_its_inject_error(world->its, 2, 0x05);
	assert_int_equal(run(world, sync_pe(0)), 0);
	assert_int_equal(run(world, mapc(0, 0)), 0);
	assert_int_equal(run(world, sync_pe(0)), 0x1010500);
	assert_int_equal(run(world, sync_pe(0)), 0);
}

static void reserved_bits_are_told(void **state)
{
	/* Opcode, and one reserved bit: byte and bit. */
	static const uint8_t reserved[][3] = {
		{0x08, 1, 0},  {0x08, 8, 5},  {0x08, 16, 7}, {0x08, 22, 4}, {0x08, 24, 0},
		{0x09, 4, 0},  {0x09, 8, 0},  {0x09, 22, 4}, {0x0a, 3, 7},  {0x0a, 18, 0},
		{0x0b, 12, 0}, {0x01, 23, 7}, {0x03, 16, 0}, {0x04, 12, 0}, {0x0c, 24, 0},
		{0x0f, 16, 0}, {0x0d, 8, 0},  {0x05, 16, 0}, {0x05, 23, 7}, {0x0e, 24, 0},
		{0x0e, 4, 0},
	};
	uint8_t raw[32] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		memset(raw, 0, sizeof(raw));
		raw[0] = reserved[i][0];
		assert_false(sim_its_command_reserved(raw));
		raw[reserved[i][1]] |= (uint8_t)(1u << reserved[i][2]);
		assert_true(sim_its_command_reserved(raw));
	}
	assert_false(sim_its_level1_reserved(VALID | LEVEL2 | (uint64_t)1 << 51));
	assert_true(sim_its_level1_reserved(VALID | LEVEL2 | (uint64_t)1 << 52));
	assert_true(sim_its_level1_reserved(VALID | LEVEL2 | (uint64_t)1 << 11));
}

static void unpredictable_writes_are_reported(void **state)
{
	struct world *world = *state;

	enable(world); /* nothing valid */
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 1);
	restart(world);
	arm_flat(world);
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 0);
	w64(world, BASER0, 0);
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 1);
	assert_true(world->last_event_a == BASER0);
	w64(world, CBASER, 0);
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 2);
	restart(world);
	arm_flat(world);
	w64(world, CWRITER, 0x10000); /* GIC Q11: offset == size */
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 1);
	assert_int_equal(sim_its_run(world->its, 10), 0);
	restart(world);
	w64(world, CBASER, VALID | 0x840001400); /* GIC Q4 */
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 1);
	w64(world, BASER0, VALID | 0x880001100); /* GIC B9 */
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 2);
}

static void enabling_before_it_is_quiescent_is_reported(void **state)
{
	struct world *world = *state;

	set_mode(world, false, true, false);
	arm_flat(world);
	w32(world, CTLR, 0);
	assert_true(r32(world, CTLR) == 0);
	w64(world, BASER0, 0);
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 1);
	w32(world, CTLR, 1);
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 2);
}

static void quiescent_reads_as_its_version_says(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_true(r32(world, CTLR) == 0x80000001);
	w32(world, CTLR, 0);
	assert_true(r32(world, CTLR) == 0x80000000);
	world->config.typer |= (uint64_t)1 << 40 | 2;
	restart(world);
	arm_flat(world);
	assert_true(r32(world, CTLR) == 0x00000001);
	restart(world);
	set_mode(world, false, true, false);
	arm_flat(world);
	assert_true(r32(world, CTLR) == 0x80000001); /* v4.1: Enabled has not taken effect */
	sim_its_run(world->its, 0);
	assert_true(r32(world, CTLR) == 0x00000001);
	w32(world, CTLR, 0);
	assert_true(r32(world, CTLR) == 0);
	assert_true(sim_its_has_work(world->its));
	sim_its_run(world->its, 0);
	assert_true(r32(world, CTLR) == 0x80000000);
}

static void bad_widths_do_nothing(void **state)
{
	struct world *world = *state;
	static const struct {
		uint32_t offset, width;
	} bad[] = {{0, 8},    {0, 2},       {0x81, 1},   {0x84, 8},
		   {0x82, 4}, {0x10000, 4}, {0xffe8, 8}, {0x80, 16}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sim_its_reg_write(world->its, bad[i].offset, bad[i].width, ~(uint64_t)0);
		assert_true(sim_its_reg_read(world->its, bad[i].offset, bad[i].width) == 0);
		assert_int_equal(events(world, SIM_ITS_BAD_ACCESS), 2 * i + 2);
	}
	assert_true(r64(world, CBASER) == 0);
	assert_true(r32(world, CTLR) == 0x80000000);
	w32(world, 0x20, 1);
	assert_int_equal(events(world, SIM_ITS_IMPDEF), 1);
	w32(world, 0xc000, 0);
	assert_int_equal(events(world, SIM_ITS_IMPDEF), 1);
}

/* ---- geometry: vectors of 6.3 to 6.7 ---- */

/* Memory everywhere, nothing of it held: every access is noted. */
static void all_memory_noted(struct world *world)
{
	world->mem_config.unguarded = false;
	world->mem_config.pa_bits = 52;
	world->mem_config.num_ram = 1;
	world->mem_config.ram[0] = (struct sim_ram){0, (uint64_t)1 << 52};
	restart(world);
}

static void table_extents(void **state)
{
	static const struct {
		uint64_t baser, pa, bytes;
	} rows[] = {
		{0xb907000880000607, 0x880000000, 0x80000},       /* GIC B1 */
		{0xf907000880000600, 0x880000000, 0x10000},       /* GIC B2 */
		{0x8c07000881000000, 0x881000000, 0x1000},        /* GIC B3 */
		{0xb90712345678f6ff, 0xf123456780000, 0x1000000}, /* GIC B4 */
		{0xb907abcd12345403, 0xabcd12345000, 0x4000},     /* GIC B5 */
		{0xfaef000881234501, 0x881234000, 0x8000},        /* GIC B6 */
		{0x811ffffffffff0ff, 0xfffffffff000, 0x100000},   /* GIC B7 */
		{0x8107000880000300, 0x880000000, 0x10000},       /* GIC B10 */
		{0x8107000880002200, 0x2000880000000, 0x10000},   /* GIC B11 */
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t baser = rows[i].baser;
		enum sim_its_reach why = baser & INDIRECT ? SIM_REACH_LEVEL1 : SIM_REACH_TABLE;

		world->config.baser[0] =
			(struct sim_its_baser){(uint8_t)(baser >> 56 & 7),
					       (uint8_t)((baser >> 48 & 31) + 1), 2, true, true};
		all_memory_noted(world);
		w64(world, BASER0, baser);
		assert_true(r64(world, BASER0) == baser);
		assert_int_equal(reach(world)->count, 1);
		assert_true(reaches(world, rows[i].pa, rows[i].bytes, why));
	}
}

static bool accessed(struct world *world, uint64_t pa, uint64_t len, bool write)
{
	for (size_t i = 0; i < world->num_accesses; i++) {
		const struct access *access = &world->accesses[i];

		if (access->pa == pa && access->len == len && access->write == write)
			return true;
	}
	return false;
}

/* Devices table at 0x880000000 with this geometry, 32-bit DeviceIDs, enabled. */
static void arm_geometry(struct world *world, unsigned code, unsigned size, unsigned entry,
			 bool indirect, unsigned id_bits)
{
	world->config.typer = TYPER_BITS(id_bits, 16, 8);
	world->config.baser[0] = (struct sim_its_baser){1, (uint8_t)entry, 2, true, false};
	all_memory_noted(world);
	w64(world, BASER0, VALID | 0x880000000 | code << 8 | size | (indirect ? INDIRECT : 0));
	w64(world, BASER1, VALID | COLLS | 0x200);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
}

static void two_level_index_arithmetic(void **state)
{
	static const struct {
		uint32_t id;
		unsigned code, entry;
		uint64_t level1, level2;
	} rows[] = {
		{0x0, 0, 8, 0x0, 0x0},
		{0x1ff, 0, 8, 0x0, 0xff8},
		{0x200, 0, 8, 0x8, 0x0},
		{0xffff, 2, 8, 0x38, 0xfff8},
		{0x12345, 1, 16, 0x240, 0x3450},
		{0xffffffff, 2, 8, 0x3ffff8, 0xfff8},
		{0x3e8, 0, 32, 0x38, 0xd00},
		{0x2000, 2, 8, 0x8, 0x0},
		{0xabcdef, 2, 4, 0x1578, 0x37bc},
		{0x12c, 0, 24, 0x8, 0xc30},
		{0x154, 0, 12, 0x0, 0xff0},
		{0x155, 0, 12, 0x8, 0x0},
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t level2 = 0xf123456780000;

		arm_geometry(world, rows[i].code, 255, rows[i].entry, true, 32);
		poke64(world, 0x880000000 + rows[i].level1, VALID | level2);
		assert_int_equal(run(world, mapd(rows[i].id, ITT, 0)), 0);
		assert_true(accessed(world, 0x880000000 + rows[i].level1, 8, false));
		assert_true(accessed(world, level2 + rows[i].level2, rows[i].entry, true));
		assert_true(reaches(world, ITT, 16, SIM_REACH_ITT));
		/* one slot further there is nothing */
		poke64(world, 0x880000000 + rows[i].level1, 0);
		assert_int_equal(run(world, mapd(rows[i].id, ITT, 0)), 0x010801);
	}
}

static void level1_low_bits_are_ignored_as_hardware_may(void **state)
{
	struct world *world = *state;

	arm_geometry(world, 2, 0, 8, true, 16);
	poke64(world, 0x880000000, 0x8000000880011000); /* GIC E2; P6 */
	assert_int_equal(run(world, mapd(1, ITT, 0)), 0);
	assert_true(accessed(world, 0x880010008, 8, true));
}

static void table_capacity(void **state)
{
	static const struct {
		bool indirect;
		unsigned code, size, entry, id_bits;
		uint64_t usable;
	} rows[] = {
		{false, 0, 0, 8, 16, 512},         {false, 2, 0, 8, 16, 8192},
		{false, 2, 7, 8, 16, 65536},       {false, 2, 255, 8, 32, 2097152},
		{false, 0, 255, 8, 16, 65536},     {false, 0, 0, 24, 16, 170},
		{true, 0, 0, 8, 20, 262144},       {true, 2, 0, 8, 32, 67108864},
		{true, 2, 63, 8, 32, 4294967296},  {true, 2, 255, 8, 32, 4294967296},
		{true, 2, 255, 1, 32, 4294967296}, {true, 1, 1, 16, 24, 4194304},
		{false, 1, 3, 2, 16, 32768},       {true, 0, 255, 32, 32, 16777216},
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t per_page = ((uint64_t)4096 << (2 * rows[i].code)) / rows[i].entry;
		uint64_t last = rows[i].usable - 1;

		arm_geometry(world, rows[i].code, rows[i].size, rows[i].entry, rows[i].indirect,
			     rows[i].id_bits);
		if (rows[i].indirect)
			poke64(world, 0x880000000 + last / per_page * 8, VALID | LEVEL2);
		assert_int_equal(run(world, mapd((uint32_t)last, ITT, 0)), 0);
		if (rows[i].usable > UINT32_MAX)
			continue;
		if (rows[i].indirect)
			poke64(world, 0x880000000 + (last + 1) / per_page * 8, VALID | LEVEL2);
		assert_int_equal(run(world, mapd((uint32_t)last + 1, ITT, 0)), 0x010801);
	}
}

static void supported_collections(void **state)
{
	static const struct {
		unsigned hcc, cct, valid, bits, count;
	} rows[] = {
		{0, 0, 1, 16, 8192},  {16, 0, 0, 16, 16}, {16, 1, 1, 16, 8208},
		{16, 0, 1, 16, 8192}, {0, 0, 1, 8, 256},  {255, 1, 1, 13, 8192},
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world->config.typer = TYPER_BITS(16, 16, 8) | rows[i].cct << 2 |
				      (uint64_t)rows[i].hcc << 24 | (uint64_t)1 << 36 |
				      (uint64_t)(rows[i].bits - 1) << 32;
		restart(world);
		w64(world, BASER0, VALID | DEVICES | 0x200);
		w64(world, BASER1, (rows[i].valid ? VALID : 0) | COLLS | 0x200);
		w64(world, CBASER, VALID | QUEUE | 0xf);
		enable(world);
		assert_int_equal(run(world, mapc((uint16_t)(rows[i].count - 1), 0)), 0);
		assert_int_equal(run(world, on_event(0x0d, 0, 0, (uint16_t)(rows[i].count - 1))),
				 0);
		assert_int_equal(run(world, mapc((uint16_t)rows[i].count, 0)), 0x010903);
		assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 0);
	}
}

static void itt_extents(void **state)
{
	static const struct {
		uint64_t itt;
		unsigned size, entry;
		uint64_t last;
	} rows[] = {
		{0x98765000, 4, 8, 0x987650ff},           {0x98765f00, 5, 8, 0x987660ff},
		{0x98765f00, 0, 8, 0x98765f0f},           {0x98765000, 0, 1, 0x98765001},
		{0x98765e00, 0, 16, 0x98765e1f},          {0x9876ff00, 11, 12, 0x9877beff},
		{0x98760100, 15, 8, 0x987e00ff},          {0x987fff00, 15, 16, 0x988ffeff},
		{0xffffffffffc00, 7, 4, 0xfffffffffffff}, {0x100000000, 31, 16, 0x10ffffffff},
		{0x40000000, 24, 8, 0x4fffffff},
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t len = rows[i].last - rows[i].itt + 1;

		world->config.typer = TYPER_BITS(16, 32, rows[i].entry);
		all_memory_noted(world);
		arm_flat(world);
		push(world, mapd(1, rows[i].itt | 0xff, rows[i].size)); /* GIC R1: low bits drop */
		assert_true(reaches(world, rows[i].itt, len, SIM_REACH_PENDING));
		sim_its_run(world->its, 1);
		assert_true(reaches(world, rows[i].itt, len, SIM_REACH_ITT));
		assert_int_equal(
			run(world, mapti(1, (uint32_t)((2ull << rows[i].size) - 1), 8192, 0)), 0);
		assert_true(accessed(world, rows[i].last + 1 - rows[i].entry, rows[i].entry, true));
	}
}

static void the_itt_entry_may_be_bigger_than_typer_says(void **state)
{
	struct world *world = *state;

	world->config.itt_entry_bytes = 16; /* QDF2400 */
	restart(world);
	arm_flat(world);
	push(world, mapd(1, ITT, 3));
	assert_true(reaches(world, ITT, 256, SIM_REACH_PENDING));
}

static void queue_extents_and_wrap(void **state)
{
	struct world *world = *state;

	w64(world, CBASER, 0x880f0000000100ff); /* GIC Q3 */
	assert_true(reaches(world, 0xf000000010000, 0x100000, SIM_REACH_QUEUE));
	arm_flat(world);
	disable(world);
	w64(world, CBASER, VALID | QUEUE); /* 128 commands */
	w64(world, CWRITER, 0);
	enable(world);
	for (unsigned i = 0; i < 126; i++)
		assert_int_equal(run(world, sync_pe(0)), 0);
	assert_true(r64(world, CREADR) == 0xfc0);
	for (unsigned i = 0; i < 4; i++)
		push(world, mapc((uint16_t)i, i));
	assert_true(r64(world, CWRITER) == 0x40); /* GIC Q6 */
	assert_int_equal(sim_its_run(world->its, 3), 3);
	assert_true(r64(world, CREADR) == 0x20);
	assert_int_equal(sim_its_run(world->its, 100), 1);
	assert_true(r64(world, CREADR) == 0x40);
	assert_true(sim_mem_peek64(world->mem, COLLS + 8 * 3) == (1 | 3 << 16));
	for (unsigned i = 0; i < 127; i++)
		push(world, sync_pe(0));
	assert_true(r64(world, CWRITER) == 0x20); /* full */
	assert_int_equal(sim_its_run(world->its, UINT64_MAX), 127);
	assert_false(sim_its_has_work(world->its));
}

static void cwriter_reserved_bits_are_not_part_of_the_offset(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	w64(world, CWRITER, 0xfe); /* GIC Q10 */
	assert_true(r64(world, CWRITER) == 0xe0);
	w64(world, CWRITER, 0x121); /* GIC Q9: Retry reads as 0 */
	assert_true(r64(world, CWRITER) == 0x120);
}

static void a_disabled_its_runs_nothing_and_loses_nothing(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	push(world, mapc(1, 1));
	disable(world);
	assert_int_equal(sim_its_run(world->its, 10), 0);
	assert_true(is_zero(world, COLLS, 16));
	enable(world);
	assert_int_equal(sim_its_run(world->its, 10), 1);
	assert_false(is_zero(world, COLLS + 8, 8));
}

/* ---- commands ---- */

/* Words as published, GIC C01 and so on, one after the other. */
static void command_vectors(void **state)
{
	static const struct command words[] = {
		{{0x09, 0, 0x8000000000050003, 0}}, /* GIC C04 */
		{{0x09, 0, 0x8000000000020004, 0}},
		{{0x0000001200000008, 0x4, 0x8000000987654300, 0}}, /* GIC C01 */
		{{0x000000120000000a, 0x0000200300000007, 0x3, 0}}, /* GIC C08 */
		{{0x0000001200000001, 0x7, 0x4, 0}},                /* GIC C10 */
		{{0x0e, 0, 0x50000, 0x20000}},                      /* GIC C11 */
		{{0x05, 0, 0x50000, 0}},                            /* GIC C13 */
		{{0x000000120000000c, 0x7, 0, 0}},                  /* GIC C14 */
		{{0x0d, 0, 0x3, 0}},                                /* GIC C15 */
		{{0x0000001200000003, 0x7, 0, 0}},                  /* GIC C16 */
		{{0x0000001200000004, 0x7, 0, 0}},                  /* GIC C17 */
		{{0x000000120000000f, 0x7, 0, 0}},                  /* GIC C18 */
		{{0x09, 0, 0x3, 0}},                                /* GIC C07 */
		{{0x0000001200000008, 0, 0, 0}},                    /* GIC C03 */
	};
	struct world *world = *state;

	world->mem_config.ram[0] = (struct sim_ram){0x40000000, 0x1000000000};
	restart(world);
	arm_flat(world);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(run(world, words[i]), 0);
	assert_int_equal(sim_its_stats(world->its)->delivered, 1);
	assert_int_equal(sim_its_stats(world->its)->last_intid, 8195);
	assert_int_equal(sim_its_stats(world->its)->last_pe, 2);
	assert_int_equal(world->num_accesses, 0);
	assert_true(is_zero(world, 0x987654300, 32 * 12));
}

static void interrupts_follow_their_mapping(void **state)
{
	struct world *world = *state;

	one_interrupt(world);
	assert_true(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(sim_its_stats(world->its)->last_intid, 8195);
	assert_int_equal(sim_its_stats(world->its)->last_pe, 5);
	assert_int_equal(run(world, mapc(4, 2)), 0);
	assert_int_equal(run(world, on_event(0x01, 0x12, 7, 4)), 0);
	assert_int_equal(run(world, on_event(0x03, 0x12, 7, 0)), 0);
	assert_int_equal(sim_its_stats(world->its)->last_pe, 2);
	assert_int_equal(run(world, mapc(4, 6)), 0);
	assert_true(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(sim_its_stats(world->its)->last_pe, 6);
	assert_int_equal(run(world, on_event(0x0f, 0x12, 7, 0)), 0);
	assert_false(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(run(world, on_event(0x0b, 0x12, 8, 4)), 0x010b06); /* MAPI of INTID 8 */
	assert_int_equal(sim_its_stats(world->its)->delivered, 3);
}

static void mapi_uses_the_event_as_intid(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapc(3, 1)), 0);
	assert_int_equal(run(world, mapd(0x12, ITT, 15)), 0);
	assert_int_equal(run(world, on_event(0x0b, 0x12, 8200, 3)), 0); /* GIC C09 */
	assert_true(sim_its_msi(world->its, 0x12, 8200));
	assert_int_equal(sim_its_stats(world->its)->last_intid, 8200);
}

static void msis_are_dropped_while_disabled_or_unmapped(void **state)
{
	struct world *world = *state;

	one_interrupt(world);
	assert_false(sim_its_msi(world->its, 0x13, 7));
	assert_false(sim_its_msi(world->its, 0x12, 6));
	assert_false(sim_its_msi(world->its, 0x12, 32));
	assert_false(sim_its_msi(world->its, 0x12, 0x10000));
	assert_false(sim_its_msi(world->its, 0xffffffff, 7));
	assert_int_equal(run(world, mapc_off(3)), 0);
	assert_false(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(run(world, mapc(3, 1)), 0);
	disable(world);
	assert_false(sim_its_msi(world->its, 0x12, 7));
	enable(world);
	assert_int_equal(run(world, mapd_off(0x12)), 0);
	assert_false(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(sim_its_stats(world->its)->msi_dropped, 8);
	assert_int_equal(sim_its_stats(world->its)->delivered, 0);
}

struct bad {
	struct command command;
	uint32_t code;
};

/* Against the world of one_interrupt(): device 0x12 with 32 events, event 7, collection 3. */
#define NUM_BAD 40
static size_t bad_commands(struct bad bad[NUM_BAD])
{
	const struct bad list[] = {
		{mapd(0x10000, ITT, 0), 0x010801},
		{mapd_off(0x2000), 0x010801},    /* beyond the 64 KB table */
		{mapd(0x13, ITT, 16), 0x010802}, /* GIC R4 */
		{mapc(8192, 0), 0x010903},
		{mapc(1, 8), 0x010902},
		{mapc(1, 0x10000), 0x010902},
		{mapti(0x10000, 0, 8192, 3), 0x010a01},
		{mapti(0x12, 0, 8192, 8192), 0x010a03},
		{mapti(0x13, 0, 8192, 3), 0x010a04},
		{mapti(0x12, 32, 8192, 3), 0x010a05},
		{mapti(0x12, 0, 8191, 3), 0x010a06},  /* GIC R7 */
		{mapti(0x12, 0, 65536, 3), 0x010a06}, /* GIC R8 */
		{on_event(0x0b, 0x2000, 8200, 3), 0x010b01},
		{on_event(0x0b, 0x13, 8200, 3), 0x010b04},
		{on_event(0x0b, 0x12, 8200, 3), 0x010b05},
		{on_event(0x0b, 0x12, 8, 3), 0x010b06},
		{on_event(0x01, 0x2000, 7, 3), 0x010101},
		{on_event(0x01, 0x12, 7, 8192), 0x010103},
		{on_event(0x01, 0x13, 7, 3), 0x010104},
		{on_event(0x01, 0x12, 32, 3), 0x010105},
		{on_event(0x01, 0x12, 8, 3), 0x010107},
		{on_event(0x01, 0x12, 7, 4), 0x010109},
		{on_event(0x03, 0x2000, 7, 0), 0x010301},
		{on_event(0x03, 0x13, 7, 0), 0x010304},
		{on_event(0x03, 0x12, 32, 0), 0x010305},
		{on_event(0x03, 0x12, 8, 0), 0x010307},
		{on_event(0x04, 0x13, 7, 0), 0x010504},
		{on_event(0x04, 0x12, 8, 0), 0x010507},
		{on_event(0x0c, 0x13, 7, 0), 0x010c04},
		{on_event(0x0c, 0x12, 8, 0), 0x010c07},
		{on_event(0x0d, 0, 0, 8192), 0x010d03},
		{on_event(0x0d, 0, 0, 4), 0x010d09},
		{movall(8, 0), 0x010e02},
		{movall(0, 8), 0x010e02},
		{on_event(0x0f, 0x12, 8, 0), 0x010f07},
		{sync_pe(8), 0x1010502},
		{{{0x29, 0, VALID, 0}}, 0x1012900}, /* VMAPP, no GICv4 */
		{{{0x00, 0, 0, 0}}, 0x1010000},
		{{{0x80, 0, 0, 0}}, 0x1018000},
		{{{0xff, 0, 0, 0}}, 0x101ff00},
	};

	memcpy(bad, list, sizeof(list));
	return sizeof(list) / sizeof(list[0]);
}

static void erroneous_commands_are_ignored(void **state)
{
	struct world *world = *state;
	struct bad bad[NUM_BAD];
	size_t count = bad_commands(bad);

	assert_int_equal(count, NUM_BAD);
	one_interrupt(world);
	for (size_t i = 0; i < count; i++) {
		uint64_t writes = sim_mem_stats(world->mem)->dma_writes;

		assert_int_equal(run(world, bad[i].command), bad[i].code);
		assert_true(world->last_event_a == bad[i].code);
		assert_true(r64(world, CREADR) == r64(world, CWRITER));
		assert_true(sim_mem_stats(world->mem)->dma_writes == writes);
	}
	assert_int_equal(events(world, SIM_ITS_COMMAND_ERROR), NUM_BAD);
	assert_true(sim_its_msi(world->its, 0x12, 7));
}

static void stall_on_each(struct world *world, bool cache)
{
	struct bad bad[NUM_BAD];
	size_t count = bad_commands(bad);

	restart(world);
	one_interrupt(world);
	set_mode(world, true, cache, false);
	for (size_t i = 0; i < count; i++) {
		uint64_t at = r64(world, CREADR);

		assert_int_equal(run(world, bad[i].command), bad[i].code);
		assert_true(r64(world, CREADR) == (at | 1));
		assert_false(sim_its_has_work(world->its));
		push(world, mapc(7, 1)); /* CWRITER without Retry: still stalled (P30) */
		assert_int_equal(sim_its_run(world->its, 10), 0);
		w64(world, CWRITER, r64(world, CWRITER) | 1);
		assert_int_equal(sim_its_run(world->its, 10), 0); /* not mended: stalls again */
		for (unsigned k = 0; k < 4; k++)
			poke64(world, QUEUE + at + 8 * k, sync_pe(0).dw[k]);
		w64(world, CWRITER, r64(world, CWRITER) | 1);
		assert_int_equal(sim_its_run(world->its, 10), 2);
		assert_true(r64(world, CREADR) == at + 64);
	}
	assert_int_equal(sim_its_stats(world->its)->errors, 2 * NUM_BAD);
}

static void erroneous_commands_stall(void **state)
{
	stall_on_each(*state, false);
	stall_on_each(*state, true);
}

static void a_cbaser_write_ends_a_stall(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	set_mode(world, true, false, false);
	assert_int_equal(run(world, sync_pe(8)), 0x1010502);
	disable(world);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	w64(world, CWRITER, 0);
	enable(world);
	assert_true(r64(world, CREADR) == 0);
	assert_int_equal(run(world, sync_pe(7)), 0);
}

static void an_error_can_be_injected(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	sim_its_inject_error(world->its, 2, 0);
	assert_int_equal(run(world, mapc(0, 0)), 0);
	assert_int_equal(run(world, mapc(1, 0)), 0x1010900);
	assert_true(is_zero(world, COLLS + 8, 8));
	assert_int_equal(run(world, mapc(1, 0)), 0);
}

/* Retry helps where the error passes; else another command in its place does, or a new queue. */
static void an_injected_error_passes_or_stays(void **state)
{
	struct world *world = *state;

	for (unsigned stays = 0; stays < 3; stays++) {
		restart(world);
		set_mode(world, true, false, false);
		arm_flat(world);
		sim_its_inject_error(world->its, 1, 0x05);
		sim_its_error_stays(world->its, stays > 0);
		assert_int_equal(run(world, sync_pe(3)), 0x1010500);
		assert_true(r64(world, CREADR) == 1);
		w64(world, CWRITER, 32 | 1);
		sim_its_run(world->its, 1);
		assert_true(r64(world, CREADR) == (stays ? 1 : 32));
		if (stays == 1) {
			poke64(world, QUEUE + 16, 4 << 16);
			w64(world, CWRITER, 32 | 1);
			sim_its_run(world->its, 1);
			assert_true(r64(world, CREADR) == 32);
		}
		disable(world);
		w64(world, CBASER, VALID | QUEUE);
		w64(world, CWRITER, 0);
		enable(world);
		assert_int_equal(run(world, sync_pe(3)), 0);
	}
}

static void a_sync_to_a_sleeping_redistributor_is_an_error(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	sim_its_sleep(world->its, 3, true);
	assert_true(sim_its_asleep(world->its, 3));
	assert_false(sim_its_asleep(world->its, 4));
	assert_int_equal(run(world, sync_pe(4)), 0);
	assert_int_equal(run(world, sync_pe(3)), 0x1010511);
	assert_true(sim_its_error_is_hosts(0x1010511));
	sim_its_power_cycle(world->its);
	arm_flat(world);
	assert_int_equal(run(world, sync_pe(3)), 0x1010511);
	sim_its_sleep(world->its, 3, false);
	assert_int_equal(run(world, sync_pe(3)), 0);
	set_mode(world, true, false, false);
	sim_its_sleep(world->its, 3, true);
	run(world, sync_pe(3));
	assert_true(r64(world, CREADR) & 1);
}

/* It sleeps with nothing outstanding, and nothing becomes outstanding while it sleeps. */
static void nothing_waits_for_a_sleeping_redistributor(void **state)
{
	struct world *world = *state;

	for (unsigned late = 0; late < 3; late++) {
		restart(world);
		set_mode(world, false, true, false);
		if (late == 0)
			sim_its_sleep(world->its, 5, true);
		one_interrupt(world);
		assert_true(sim_its_msi(world->its, 0x12, 7));
		if (late == 1)
			sim_its_sleep(world->its, 5, true);
		assert_int_equal(run(world, mapd_off(0x12)), 0);
		scrub(world);
		assert_true(reaches_byte(world, ITT) == (late == 2));
		sim_its_sleep(world->its, 5, true);
		assert_false(reaches_byte(world, ITT));
	}
}

/* With pages below 64 KB, an address of 48 bits in a level-1 word. */
static void a_level_1_word_may_be_cut(void **state)
{
	struct world *world = *state;

	for (unsigned code = 0; code < 3; code++) {
		uint64_t page = (uint64_t)4096 << (2 * code);
		uint64_t there = ((uint64_t)3 << 48 | LEVEL2) & ~(page - 1);

		world->config.level2_cut = true;
		all_memory_noted(world);
		w64(world, BASER0, VALID | INDIRECT | DEVICES | code << 8);
		poke64(world, DEVICES, VALID | there);
		assert_true(reaches(world, code < 2 ? LEVEL2 : there, page, SIM_REACH_TABLE));
		w64(world, BASER1, VALID | COLLS);
		w64(world, CBASER, VALID | QUEUE);
		w64(world, CWRITER, 0);
		enable(world);
		assert_int_equal(run(world, mapd(0, ITT, 1)), 0);
		assert_true(accessed(world, code < 2 ? LEVEL2 : there, 8, true));
	}
}

static void small_entries_work_with_what_memory_cannot_hold_kept_inside(void **state)
{
	struct world *world = *state;

	for (unsigned entry = 1; entry <= 32; entry++) {
		world->config.typer = TYPER_BITS(12, 8, entry > 16 ? 16 : entry);
		world->config.baser[0].entry_bytes = (uint8_t)entry;
		world->config.baser[1].entry_bytes = (uint8_t)entry;
		restart(world);
		arm_flat(world);
		assert_int_equal(run(world, mapc(3, 5)), 0);
		assert_int_equal(run(world, mapc(300, 6)), 0);
		assert_int_equal(run(world, mapd(0x12, ITT, 5)), 0);
		assert_int_equal(run(world, mapti(0x12, 7, 65535, 300)), 0);
		assert_int_equal(run(world, mapti(0x12, 8, 8192, 3)), 0);
		assert_true(sim_its_msi(world->its, 0x12, 7));
		assert_int_equal(sim_its_stats(world->its)->last_intid, 65535);
		assert_int_equal(sim_its_stats(world->its)->last_pe, 6);
		assert_false(is_zero(world, DEVICES + 0x12 * entry, entry));
		assert_true(is_zero(world, DEVICES + 0x13 * entry, 64));
		assert_int_equal(run(world, mapd_off(0x12)), 0);
		assert_true(is_zero(world, DEVICES + 0x12 * entry, entry));
		assert_false(sim_its_msi(world->its, 0x12, 8));
	}
}

static void a_forged_device_beyond_devbits_does_not_exist(void **state)
{
	struct world *world = *state;

	world->config.typer = TYPER_BITS(10, 8, 8);
	restart(world);
	arm_flat(world);
	poke64(world, DEVICES + 8 * 1024, 1 | ITT);
	assert_int_equal(run(world, mapti(1024, 0, 8192, 0)), 0x010a01);
}

static void a_forged_itt_entry_is_checked_or_trusted(void **state)
{
	struct world *world = *state;

	one_interrupt(world);
	poke64(world, ITT + 12 * 7, 1 | (uint64_t)0xffff << 8 | (uint64_t)8195 << 24);
	assert_int_equal(run(world, on_event(0x03, 0x12, 7, 0)), 0x010310);
	assert_int_equal(world->num_accesses, 0);
	assert_false(reaches_byte(world, COLLS + 8 * 0xffff));
	set_mode(world, false, false, true);
	assert_int_equal(sim_mem_guest_take(world->mem, COLLS + 8 * 0xffff, 8, 1), 0);
	assert_true(reaches_byte(world, COLLS + 8 * 0xffff));
	assert_int_equal(run(world, on_event(0x03, 0x12, 7, 0)), 0x010309);
	assert_true(accessed(world, COLLS + 8 * 0xffff, 8, false));
}

static void the_target_address_names_a_redistributor_with_pta(void **state)
{
	struct world *world = *state;

	world->config.typer |= (uint64_t)1 << 19;
	restart(world);
	arm_flat(world);
	assert_int_equal(run(world, mapc(3, 0x80e)), 0); /* 0x80a0000 + 2 * 0x20000 */
	assert_int_equal(run(world, mapc(3, 0x80b)), 0x010902);
	assert_int_equal(run(world, sync_pe(2)), 0x1010502);
	assert_int_equal(run(world, movall(0x80a, 0x818)), 0);
	assert_int_equal(run(world, mapd(1, ITT, 0)), 0);
	assert_int_equal(run(world, mapti(1, 0, 8192, 3)), 0);
	assert_true(sim_its_msi(world->its, 1, 0));
	assert_int_equal(sim_its_stats(world->its)->last_pe, 2);
}

/* ---- cache mode ---- */

static void cached(struct world *world)
{
	set_mode(world, false, true, false);
	one_interrupt(world);
}

static void everything_is_in_memory_when_quiescent(void **state)
{
	struct world *world = *state;

	cached(world);
	disable(world);
	assert_true(sim_mem_peek64(world->mem, DEVICES + 8 * 0x12) == (1 | 4 << 1 | ITT));
	assert_false(is_zero(world, COLLS + 24, 8));
	assert_false(is_zero(world, ITT + 84, 12));
}

/* Another seed, and other choices of what is written back when. */
static void cached_with_seed(struct world *world, unsigned seed)
{
	world->config.seed = seed;
	restart(world);
	cached(world);
}

static void entries_are_written_back_late(void **state)
{
	struct world *world = *state;
	unsigned late = 0;

	for (unsigned seed = 0; seed < 32; seed++) {
		cached_with_seed(world, seed);
		late += is_zero(world, ITT + 84, 12);
		assert_true(sim_its_msi(world->its, 0x12, 7));
	}
	assert_true(late > 16);
}

/* Entries that are in the cache only, when another device is unmapped. */
static void what_is_cached_of_other_devices_stays(void **state)
{
	struct world *world = *state;
	unsigned late = 0;

	for (unsigned seed = 0; seed < 32; seed++) {
		cached_with_seed(world, seed);
		assert_int_equal(run(world, mapd(0x13, ITT + 0x1000, 4)), 0);
		assert_int_equal(run(world, mapti(0x13, 7, 8196, 3)), 0);
		assert_int_equal(run(world, mapd_off(0x13)), 0);
		late += is_zero(world, ITT + 84, 12);
		assert_true(sim_its_msi(world->its, 0x12, 7));
		assert_false(sim_its_msi(world->its, 0x13, 7));
	}
	assert_true(late > 4);
}

static void power_loss_loses_what_was_not_written_back(void **state)
{
	struct world *world = *state;

	cached(world);
	sim_its_power_cycle(world->its);
	assert_true(r64(world, BASER0) == 0x0107000000000200);
	assert_true(r32(world, CTLR) == 0x80000000);
	assert_true(reach(world)->count == 0);
}

/* S4, P7: MAPD V=0 is passed, and the ITT is still written. */
static void an_unmapped_itt_is_touched_until_sync(void **state)
{
	struct world *world = *state;
	unsigned found = 0, written = 0;

	for (unsigned seed = 0; seed < 16; seed++) {
		cached_with_seed(world, seed);
		assert_int_equal(run(world, mapd_off(0x12)), 0);
		assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_LATE));
		assert_int_equal(sim_mem_guest_take(world->mem, ITT, 4096, 1), 0);
		sim_its_run(world->its, 0);
		found += world->num_accesses > 0;
		assert_int_equal(run(world, sync_pe(4)), 0); /* another redistributor */
		assert_true(reaches_byte(world, ITT));
		assert_int_equal(run(world, sync_pe(5)), 0);
		written += accessed(world, ITT + 12 * 7, 12, true);
		scrub(world);
		assert_false(reaches_byte(world, ITT));
		world->num_accesses = 0;
		for (unsigned i = 0; i < 50; i++)
			sim_its_run(world->its, 0);
		disable(world);
		assert_int_equal(world->num_accesses, 0);
	}
	assert_int_equal(found, 16);
	assert_true(written > 4);
}

static void an_unmapped_itt_is_let_go_when_quiescent(void **state)
{
	struct world *world = *state;

	cached(world);
	assert_int_equal(run(world, mapd_off(0x12)), 0);
	w32(world, CTLR, 0);
	assert_true(reaches_byte(world, ITT));
	sim_its_run(world->its, 0);
	scrub(world);
	assert_false(reaches_byte(world, ITT));
}

static void a_device_that_used_no_redistributor_needs_no_sync(void **state)
{
	struct world *world = *state;

	set_mode(world, false, true, false);
	arm_flat(world);
	assert_int_equal(run(world, mapd(0x12, ITT, 4)), 0);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
	assert_int_equal(run(world, mapd_off(0x12)), 0);
	scrub(world);
	assert_false(reaches_byte(world, ITT));
}

/*
 * Effects of before a pause need no SYNC after it; a retired table's entry that still translates
 * needs one to its target.
 */
static void a_pause_ends_what_was_outstanding(void **state)
{
	struct world *world = *state;

	for (unsigned mapped = 0; mapped < 2; mapped++) {
		restart(world);
		cached(world); /* uses redistributor 5 */
		disable(world);
		w64(world, BASER1, 0);
		sim_mem_poke(world->mem, COLLS, (uint8_t[64]){0}, 64);
		w64(world, BASER1, VALID | COLLS | 0x200);
		enable(world);
		if (mapped)
			assert_int_equal(run(world, mapc(3, 1)), 0);
		assert_true(sim_its_msi(world->its, 0x12, 7));
		assert_int_equal(sim_its_stats(world->its)->last_pe, mapped ? 1 : 5);
		assert_int_equal(run(world, mapd_off(0x12)), 0);
		assert_true(reaches_byte(world, ITT));
		assert_int_equal(run(world, sync_pe(mapped ? 1 : 5)), 0);
		scrub(world);
		assert_false(reaches_byte(world, ITT));
	}
}

static void a_trusted_entry_stays_cached(void **state)
{
	struct world *world = *state;

	set_mode(world, false, true, true);
	arm_flat(world);
	assert_int_equal(run(world, mapd(0x12, ITT, 4)), 0);
	poke64(world, ITT + 12 * 7, 1 | (uint64_t)0xffff << 8 | (uint64_t)8195 << 24);
	assert_int_equal(run(world, on_event(0x0c, 0x12, 7, 0)), 0);
	poke64(world, ITT + 12 * 7, 0);
	assert_true(reaches_byte(world, COLLS + 8 * 0xffff));
	assert_int_equal(run(world, on_event(0x0c, 0x12, 7, 0)), 0);
}

static void remapping_leaves_the_old_itt_late(void **state)
{
	struct world *world = *state;

	cached(world);
	assert_int_equal(run(world, mapd(0x12, ITT + 0x1000, 4)), 0);
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_LATE));
	assert_true(reaches(world, ITT + 0x1000, 32 * 12, SIM_REACH_ITT));
	assert_false(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(run(world, sync_pe(5)), 0);
	scrub(world);
	assert_false(reaches_byte(world, ITT));
}

/* A table is read from Valid on, and a level-1 word right after its store, while disabled. */
static void tables_are_prefetched_while_disabled(void **state)
{
	struct world *world = *state;

	set_mode(world, false, true, false);
	assert_int_equal(sim_mem_guest_take(world->mem, DEVICES, 4096, 1), 0);
	w64(world, BASER0, VALID | DEVICES);
	assert_true(world->num_accesses > 0);
	restart(world);
	set_mode(world, false, true, false);
	w64(world, BASER0, VALID | INDIRECT | DEVICES | 0x200);
	assert_int_equal(sim_mem_guest_take(world->mem, LEVEL2, 65536, 1), 0);
	poke64(world, LEVEL2 + 8, 1 | ITT);
	poke64(world, DEVICES + 8, VALID | LEVEL2);
	sim_its_run(world->its, 0);
	assert_true(accessed(world, LEVEL2 + 8, 8, false));
}

/* P2: what was in a level-2 page before it was zeroed stays in the cache. */
static void an_entry_seen_before_zeroing_stays_cached(void **state)
{
	struct world *world = *state;
	uint8_t zeros[8] = {0};

	set_mode(world, false, true, false);
	w64(world, BASER0, VALID | INDIRECT | DEVICES | 0x200);
	w64(world, BASER1, VALID | COLLS | 0x200);
	poke64(world, LEVEL2 + 8 * 5, 1 | 4 << 1 | VICTIM);
	poke64(world, DEVICES, VALID | LEVEL2);
	sim_its_run(world->its, 0);
	sim_mem_poke(world->mem, LEVEL2 + 8 * 5, zeros, 8);
	assert_true(reaches(world, VICTIM, 32 * 12, SIM_REACH_ITT));
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
	assert_int_equal(run(world, mapti(5, 0, 8192, 0)), 0);
	disable(world);
	assert_false(is_zero(world, VICTIM, 12));
}

static void clean_entries_outlive_valid_unless_hardware_forgets(void **state)
{
	struct world *world = *state;

	cached(world);
	disable(world);
	w64(world, BASER0, 0);
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_KEPT));
	assert_true(reaches(world, DEVICES, 65536, SIM_REACH_KEPT));
	w64(world, BASER0, VALID | LEVEL2 | 0x200); /* zero memory, and yet: */
	enable(world);
	assert_true(sim_its_msi(world->its, 0x12, 7));
	assert_int_equal(run(world, mapd(0x12, ITT + 0x1000, 4)), 0);
	assert_false(sim_its_msi(world->its, 0x12, 7));

	for (unsigned i = 0; i < 2; i++) {
		world->config.forgets = i;
		world->config.typer = TYPER_V3 | (i ? 0 : (uint64_t)1 << 46);
		restart(world);
		cached(world);
		disable(world);
		w64(world, BASER0, 0);
		scrub(world);
		assert_false(reaches_byte(world, ITT));
		assert_false(reaches_byte(world, DEVICES));
		w64(world, BASER0, VALID | LEVEL2 | 0x200);
		enable(world);
		assert_false(sim_its_msi(world->its, 0x12, 7));
	}
}

static void valid_rewritten_without_being_cleared_forgets_nothing(void **state)
{
	struct world *world = *state;

	world->config.forgets = true;
	restart(world);
	one_interrupt(world);
	disable(world);
	w64(world, BASER0, VALID | LEVEL2 | 0x200);
	assert_true(reaches(world, DEVICES, 65536, SIM_REACH_KEPT));
	restart(world);
	one_interrupt(world);
	w64(world, BASER0, 0); /* nor does Valid cleared while enabled */
	assert_true(reaches(world, DEVICES, 65536, SIM_REACH_KEPT));
	restart(world);
	one_interrupt(world);
	disable(world);
	w64(world, BASER1, VALID | COLLS | 0x200); /* the same again is no change */
	assert_false(reaches(world, COLLS, 65536, SIM_REACH_KEPT));
}

static void fetched_commands_cannot_be_edited(void **state)
{
	struct world *world = *state;

	set_mode(world, false, true, false);
	arm_flat(world);
	push(world, mapc(1, 1));
	sim_its_run(world->its, 0);
	poke64(world, QUEUE, 0);
	assert_int_equal(sim_its_run(world->its, 1), 1);
	assert_int_equal(sim_its_stats(world->its)->errors, 0);
	disable(world);
	assert_false(is_zero(world, COLLS + 8, 8));
}

static void leaving_cache_mode_writes_back(void **state)
{
	struct world *world = *state;

	cached(world);
	set_mode(world, false, false, false);
	assert_false(is_zero(world, ITT + 84, 12));
	assert_true(sim_its_msi(world->its, 0x12, 7));
}

/* ---- reach ---- */

static void commands_not_executed_yet_are_reachable(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	disable(world);
	push(world, mapd(1, ITT, 4));
	push(world, mapd_off(1));
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_PENDING));
	enable(world);
	sim_its_run(world->its, 1);
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_ITT));
	sim_its_run(world->its, 1);
	scrub(world);
	assert_false(reaches_byte(world, ITT));
}

/* Firmware that restores CBASER makes CREADR 0, and CWRITER may be anything. */
static void commands_that_are_passed_are_reachable_as_long_as_they_lie_there(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapd(1, ITT, 4)), 0);
	assert_int_equal(run(world, mapd_off(1)), 0);
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_PENDING));
	scrub(world);
	assert_false(reaches_byte(world, ITT));
	/* Behind CWRITER too, and in the last slot of the last page. */
	push(world, mapd(2, VICTIM, 4));
	w64(world, CWRITER, 0);
	assert_true(reaches(world, VICTIM, 32 * 12, SIM_REACH_PENDING));
	scrub(world);
	poke64(world, QUEUE + 0xffe0, mapd(2, ITT, 4).dw[0]);
	poke64(world, QUEUE + 0xffe8, mapd(2, ITT, 4).dw[1]);
	poke64(world, QUEUE + 0xfff0, mapd(2, ITT, 4).dw[2]);
	assert_true(reaches(world, ITT, 32 * 12, SIM_REACH_PENDING));
	disable(world);
	w64(world, CBASER, 0);
	assert_false(reaches_byte(world, ITT));
}

/* A MAPC of before, when the collection table was larger. */
static void a_collection_beyond_the_table_is_reachable(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapc(8191, 5)), 0);
	assert_true(reaches(world, COLLS, 65536, SIM_REACH_TABLE));
	assert_false(reaches_byte(world, COLLS + 65536));
	disable(world);
	w64(world, BASER1, VALID | COLLS);
	assert_true(reaches(world, COLLS + 65536 - 8, 8, SIM_REACH_TABLE));
	scrub(world);
	w64(world, BASER1, 0); /* the old table is kept otherwise */
	sim_its_power_cycle(world->its);
	arm_flat(world);
	disable(world);
	w64(world, BASER1, 0);
	w64(world, BASER1, VALID | COLLS);
	assert_false(reaches(world, COLLS + 65536 - 8, 8, SIM_REACH_TABLE));
}

static void two_level_tables_reach_their_pages_and_itts(void **state)
{
	struct world *world = *state;

	w64(world, BASER0, VALID | INDIRECT | DEVICES); /* 4 KB pages */
	assert_true(reaches(world, DEVICES, 4096, SIM_REACH_LEVEL1));
	poke64(world, DEVICES + 0xff8, VALID | LEVEL2);
	poke64(world, DEVICES + 0xff0, LEVEL2 + 0x1000); /* not valid */
	poke64(world, LEVEL2 + 0xff8, 1 | VICTIM);
	assert_true(reaches(world, LEVEL2, 4096, SIM_REACH_TABLE));
	assert_true(reaches(world, VICTIM, 24, SIM_REACH_ITT));
	assert_int_equal(reach(world)->count, 3);
}

/* ---- attacks, no guard: what the victim sees ---- */

static void victim(struct world *world, uint64_t pa, uint64_t len)
{
	assert_int_equal(sim_mem_guest_take(world->mem, pa, len, 1), 0);
	assert_true(is_zero(world, pa, (size_t)len));
	assert_int_equal(world->num_accesses, 0);
}

static void assert_damage(struct world *world, uint64_t pa, uint64_t len)
{
	assert_int_equal(sim_mem_state(world->mem, pa), SIM_GUEST);
	assert_true(accessed(world, pa, len, true));
	assert_false(is_zero(world, pa, (size_t)len));
}

static void t1_the_queue_is_read_from_a_guest(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	disable(world);
	victim(world, VICTIM, 0x10000);
	w64(world, CBASER, VALID | VICTIM | 0xf);
	w64(world, CWRITER, 32);
	enable(world);
	sim_its_run(world->its, 1);
	assert_true(accessed(world, VICTIM, 32, false));
	assert_int_equal(sim_its_stats(world->its)->last_error, 0x1010000); /* the oracle it is */
}

static void t2_a_device_table_in_a_guest_is_written(void **state)
{
	struct world *world = *state;

	victim(world, VICTIM, 0x10000);
	w64(world, BASER0, VALID | VICTIM | 0x200);
	w64(world, BASER1, VALID | COLLS | 0x200);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
	run(world, mapd(0x123, ITT, 4));
	assert_damage(world, VICTIM + 8 * 0x123, 8);
}

static void t3_a_collection_table_in_a_guest_is_written(void **state)
{
	struct world *world = *state;

	victim(world, VICTIM, 0x10000);
	w64(world, BASER0, VALID | DEVICES | 0x200);
	w64(world, BASER1, VALID | VICTIM | 0x200);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
	run(world, mapc(0x77, 2));
	assert_damage(world, VICTIM + 8 * 0x77, 8);
}

static struct command vmapp(uint16_t vpe, uint64_t vpt, uint64_t vconf)
{
	return (struct command){{0x29 | vconf, (uint64_t)vpe << 32, VALID | 2 << 16, vpt | 15}};
}

static void arm_v4(struct world *world, uint64_t vpe_table)
{
	world->config.typer |= 2 | (uint64_t)1 << 40;
	world->config.baser[2] = (struct sim_its_baser){2, 8, 2, true, false};
	restart(world);
	victim(world, VICTIM, 0x30000);
	w64(world, BASER2, VALID | vpe_table | 0x200);
	arm_flat(world);
}

static void t4_a_vpe_table_in_a_guest_is_written(void **state)
{
	struct world *world = *state;

	arm_v4(world, VICTIM);
	assert_int_equal(run(world, vmapp(9, LEVEL2, LEVEL2)), 0);
	assert_damage(world, VICTIM + 8 * 9, 8);
}

static void t5_a_level1_entry_names_a_guest_page(void **state)
{
	struct world *world = *state;

	victim(world, VICTIM, 0x10000);
	w64(world, BASER0, VALID | INDIRECT | DEVICES | 0x200);
	w64(world, BASER1, VALID | COLLS | 0x200);
	w64(world, CBASER, VALID | QUEUE | 0xf);
	enable(world);
	poke64(world, DEVICES + 8, VALID | VICTIM);
	run(world, mapd(0x2005, ITT, 4));
	assert_damage(world, VICTIM + 8 * 5, 8);
}

static void t6_a_forged_device_entry_is_believed(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	victim(world, VICTIM, 0x1000);
	poke64(world, DEVICES + 8 * 0x12, 1 | 4 << 1 | VICTIM);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
	assert_damage(world, VICTIM + 12 * 7, 12);
}

static void t7_mapd_names_a_guest_page(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	victim(world, VICTIM, 0x1000);
	assert_int_equal(run(world, mapd(0x12, VICTIM, 4)), 0);
	assert_int_equal(run(world, mapti(0x12, 3, 8195, 3)), 0);
	assert_damage(world, VICTIM + 12 * 3, 12);
}

static void t8_an_itt_runs_past_the_hosts_page(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	victim(world, ITT + 0x1000, 0x1000);
	assert_int_equal(run(world, mapd(0x12, ITT + 0xf00, 5)), 0);
	assert_int_equal(run(world, mapti(0x12, 0, 8195, 3)), 0);
	assert_int_equal(world->num_accesses, 0);
	assert_int_equal(run(world, mapti(0x12, 63, 8195, 3)), 0);
	assert_damage(world, ITT + 0xf00 + 12 * 63, 12);
}

static void t9_an_itt_is_used_after_its_page_was_given_away(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	assert_int_equal(run(world, mapd(0x12, ITT, 4)), 0);
	victim(world, ITT, 0x1000);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
	assert_damage(world, ITT + 12 * 7, 12);
}

/* P1: the command waits while the ITS is disabled, and runs when nobody expects it any more. */
static void t10_a_deferred_command_runs_later(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	w32(world, CTLR, 0);
	push(world, mapd(0x12, ITT, 4));
	sim_its_run(world->its, 10);
	assert_true(is_zero(world, DEVICES + 8 * 0x12, 8));
	victim(world, ITT, 0x1000);
	enable(world);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
	sim_its_run(world->its, 10);
	assert_damage(world, ITT + 12 * 7, 12);
}

/* LKML November 2020: firmware restores CBASER and a CWRITER that is not zero. */
static void t10_a_queue_restored_by_firmware_is_replayed(void **state)
{
	struct world *world = *state;
	struct sim_its_saved saved;

	one_interrupt(world);
	assert_int_equal(run(world, mapd_off(0x12)), 0);
	saved = sim_its_firmware_save(world->its);
	sim_its_power_cycle(world->its);
	sim_mem_poke(world->mem, ITT, (uint8_t[512]){0}, 512);
	victim(world, ITT, 0x1000);
	saved.ctlr = 1;
	sim_its_firmware_restore(world->its, &saved);
	assert_true(r64(world, CREADR) == 0);
	assert_int_equal(sim_its_run(world->its, 10), 4);
	assert_damage(world, ITT + 12 * 7, 12);
}

static void t11_a_command_is_edited_after_it_was_checked(void **state)
{
	struct world *world = *state;

	arm_flat(world);
	victim(world, VICTIM, 0x1000);
	push(world, mapd(0x12, ITT, 4)); /* whoever looks now finds it harmless */
	poke64(world, QUEUE + 16, VALID | VICTIM);
	assert_int_equal(sim_its_run(world->its, 1), 1);
	assert_int_equal(run(world, mapti(0x12, 7, 8195, 3)), 0);
	assert_damage(world, VICTIM + 12 * 7, 12);
}

static void t12_a_virtual_pending_table_in_a_guest_is_written(void **state)
{
	struct world *world = *state;

	arm_v4(world, LEVEL2);
	push(world, vmapp(9, VICTIM, VICTIM + 0x10000));
	assert_true(reaches(world, VICTIM, 0x2000, SIM_REACH_PENDING));
	assert_true(reaches_byte(world, VICTIM + 0x10000));
	assert_int_equal(sim_its_run(world->its, 1), 1);
	assert_damage(world, VICTIM + 0x400, 1);
	assert_true(accessed(world, VICTIM + 0x10000, 16, false));
	assert_true(reaches(world, VICTIM, 0x2000, SIM_REACH_VIRTUAL));
}

static void t15_a_target_address_that_is_no_redistributor_is_written(void **state)
{
	struct world *world = *state;

	world->config.typer |= (uint64_t)1 << 19;
	world->config.rdbase_unchecked = true;
	restart(world);
	arm_flat(world);
	victim(world, VICTIM, 0x1000);
	assert_int_equal(run(world, mapc(3, VICTIM >> 16)), 0);
	assert_int_equal(run(world, mapd(1, ITT, 0)), 0);
	assert_int_equal(run(world, mapti(1, 0, 8195, 3)), 0);
	assert_int_equal(run(world, on_event(0x03, 1, 0, 0)), 0);
	assert_damage(world, VICTIM + 0x40, 4);
}

/* ---- anything goes ---- */

static uint64_t seed;

static uint64_t rnd(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

static struct command random_command(void)
{
	static const uint8_t opcodes[] = {1,   3,   4,   5,   8,   8,   8,   9, 9, 0xa,  0xa,
					  0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0xf, 5, 5, 0x22, 0x77};
	struct command command = {{0}};

	command.dw[0] = opcodes[rnd(sizeof(opcodes))] | rnd(4) << 32;
	command.dw[1] = rnd(4) | (8192 + rnd(8)) << 32;
	command.dw[2] = rnd(10) ? rnd(8) : rnd(65536);
	if ((command.dw[0] & 0xff) == 8)
		command.dw[2] = ITT + rnd(16) * 0x1000;
	else if ((command.dw[0] & 0xff) != 1 && (command.dw[0] & 0xff) != 0xa)
		command.dw[2] |= rnd(9) << 16;
	command.dw[2] |= rnd(8) ? VALID : 0;
	command.dw[3] = rnd(8) << 16;
	return command;
}

/* The host forges what it likes, in ITTs, tables and level 1, at addresses it likes. */
static void random_forgery(struct world *world)
{
	uint64_t itt = ITT + rnd(16) * 0x1000;

	switch (rnd(4)) {
	case 0:
		poke64(world, itt + rnd(32) * 12, 1 | rnd(65536) << 8 | rnd(70000) << 24);
		return;
	case 1:
		poke64(world, DEVICES + rnd(16) * 8, rnd(2) | rnd(6) << 1 | itt);
		return;
	case 2:
		poke64(world, DEVICES + 0x100000 + rnd(2) * 8,
		       (rnd(2) ? VALID : 0) | (LEVEL2 + rnd(4) * 0x10000));
		return;
	default:
		poke64(world, LEVEL2 + rnd(4) * 0x10000 + rnd(8) * 8, rnd(2) | rnd(6) << 1 | itt);
		return;
	}
}

static void random_registers(struct world *world)
{
	static const uint64_t tables[] = {0, VALID | DEVICES | 0x200, VALID | DEVICES | 0x200,
					  VALID | INDIRECT | (DEVICES + 0x100000) | 0x200,
					  VALID | INDIRECT | (DEVICES + 0x100000)};

	switch (rnd(9)) {
	case 0:
		w64(world, BASER0, tables[rnd(5)]);
		return;
	case 1:
		w64(world, BASER1, rnd(8) ? VALID | COLLS | rnd(3) << 8 : 0);
		return;
	case 2:
		w64(world, CBASER, VALID | QUEUE | rnd(2));
		w64(world, CWRITER, 0);
		return;
	case 3:
		w64(world, CWRITER, rnd(rnd(4) ? 0x100 : 0x300) << 4 | rnd(2));
		return;
	case 4:
		set_mode(world, rnd(2), rnd(2), rnd(2));
		return;
	default:
		w32(world, CTLR, (uint32_t)rnd(4) ? 1 : 0);
		return;
	}
}

static bool within(const struct extents *extents, uint64_t pa)
{
	for (size_t i = 0; i < extents->count; i++) {
		if (pa - extents->list[i].pa < extents->list[i].len)
			return true;
	}
	return false;
}

static void assert_accesses_within(struct world *world, const struct extents *a,
				   const struct extents *b)
{
	for (size_t i = 0; i < world->num_accesses; i++) {
		const struct access *access = &world->accesses[i];

		for (uint64_t at = 0; at < access->len; at++) {
			if (!within(a, access->pa + at) && !within(b, access->pa + at))
				fail_msg("%s at 0x%llx", access->what,
					 (unsigned long long)(access->pa + at));
		}
	}
	world->num_accesses = 0;
}

static void mend_stall(struct world *world)
{
	uint64_t base = r64(world, CBASER) & 0xffffffffff000;

	poke64(world, base + (r64(world, CREADR) & 0xfffe0), sync_pe(0).dw[0]);
	w64(world, CWRITER, r64(world, CWRITER) | 1);
}

/* One thing happens, and whatever it accessed was within reach before or is after it. */
static void random_step(struct world *world)
{
	static struct extents before;

	world->num_accesses = 0;
	before = *reach(world);
	switch (rnd(8)) {
	case 0:
		random_forgery(world);
		break;
	case 1:
		if (rnd(5) == 0)
			random_registers(world);
		else if (r64(world, CREADR) & 1)
			mend_stall(world);
		else
			w32(world, CTLR, 1);
		break;
	case 2:
		sim_its_msi(world->its, (uint32_t)rnd(4), (uint32_t)rnd(4));
		break;
	case 3:
	case 4:
		sim_its_run(world->its, rnd(5));
		break;
	default:
		if (r64(world, CWRITER) < queue_bytes(world))
			push(world, random_command());
		break;
	}
	assert_accesses_within(world, &before, reach(world));
}

static void busy_host(struct world *world)
{
	arm_flat(world);
	for (uint16_t i = 0; i < 8; i++)
		run(world, mapc(i, i));
	for (uint32_t i = 0; i < 16; i++) {
		if (i % 4 == 0)
			run(world, mapd(i / 4, ITT + i * 0x400, 2));
		run(world, mapti(i / 4, i % 4, 8192 + i, (uint16_t)(i % 8)));
	}
}

static uint64_t random_life(struct world *world, uint64_t from, unsigned steps)
{
	seed = from * 0x9e3779b97f4a7c15 + 1;
	world->config.seed = from;
	world->config.forgets = from & 1;
	world->config.itt_entry_bytes = from & 2 ? 4 : 0;
	world->config.baser[0].entry_bytes = from & 4 ? 5 : 8;
	world->mem_config.no_sets = true;
	all_memory_noted(world);
	world->mem_config.pa_bits = 48;
	set_mode(world, from & 8, from & 16, from & 32);
	busy_host(world);
	for (unsigned i = 0; i < steps; i++)
		random_step(world);
	return sim_its_stats(world->its)->commands * 1000003 +
	       sim_its_stats(world->its)->delivered * 1009 + sim_mem_stats(world->mem)->dma_reads;
}

/* The oracle of I1: nothing is ever accessed that it did not name. */
static void whatever_happens_accesses_stay_within_reach(void **state)
{
	struct world *world = *state;
	uint64_t delivered = 0;

	for (uint64_t from = 0; from < 64; from++) {
		random_life(world, from, 500);
		delivered += sim_its_stats(world->its)->delivered;
	}
	assert_true(delivered > 500); /* or the lives were too dull to show anything */
}

/* All of the ITS's patience is over: unmap, then SYNC to whomever a collection ever named. */
static void unmap_and_settle(struct world *world, uint32_t device)
{
	assert_int_equal(run(world, mapd_off(device)), 0);
	sim_its_run(world->its, 0);
	for (unsigned pe = 0; pe < 8; pe++)
		assert_int_equal(run(world, sync_pe(pe)), 0);
}

/* Suspend, or a new collection table: what the host and a guard may do in good order. */
static void honest_pause(struct world *world)
{
	uint64_t collections = r64(world, BASER1);

	disable(world);
	if (rnd(2)) {
		w64(world, BASER1, 0);
		w64(world, BASER1, collections);
	}
	enable(world);
}

/* The oracle asks for no more than a careful guard can give: no false alarm. */
static void after_unmap_and_sync_an_itt_is_never_reachable(void **state)
{
	struct world *world = *state;

	seed = 5;
	set_mode(world, false, true, false);
	busy_host(world);
	for (unsigned round = 0; round < 1000; round++) {
		uint32_t device = (uint32_t)rnd(4);
		uint64_t itt = ITT + device * 0x1000;

		for (unsigned i = 0; i < 6; i++) {
			uint32_t event = (uint32_t)rnd(4);

			if (rnd(2))
				sim_its_msi(world->its, device, event);
			else if (rnd(2))
				run(world, on_event(rnd(2) ? 0x01 : 0x0f, device, event,
						    (uint16_t)rnd(8)));
			else
				run(world, mapc((uint16_t)rnd(8), rnd(8)));
		}
		if (rnd(16) == 0)
			honest_pause(world);
		unmap_and_settle(world, device);
		scrub(world);
		assert_false(reaches_byte(world, itt));
		assert_int_equal(run(world, mapd(device, itt, 2)), 0);
		for (uint32_t i = 0; i < 3; i++)
			run(world, mapti(device, i, 8192 + i, (uint16_t)rnd(8)));
	}
	assert_int_equal(events(world, SIM_ITS_UNPREDICTABLE), 0);
	assert_true(sim_its_stats(world->its)->delivered > 500);
}

static void the_same_seed_gives_the_same_life(void **state)
{
	struct world *world = *state;
	uint64_t once = random_life(world, 60, 1500);

	assert_true(random_life(world, 60, 1500) == once);
}

/* Registers and memory full of noise: no crash, no endless loop (sanitizers watch). */
static void noise_does_not_crash_it(void **state)
{
	struct world *world = *state;

	world->mem_config.violation = NULL;
	world->config.baser[2] = (struct sim_its_baser){2, 3, 2, true, true};
	world->config.typer |= 2 | (uint64_t)1 << 40;
	restart(world);
	seed = 77;
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t offset = (uint32_t)rnd(3) ? (uint32_t)rnd(64) * 8 : 0;
		uint64_t value = rnd(UINT64_MAX) << 1 ^ rnd(UINT64_MAX);

		if (rnd(4))
			value &= 0xfff0000040ff070f;
		sim_its_reg_write(world->its, offset, rnd(2) ? 8 : 4, value);
		for (unsigned k = 0; k < 4; k++)
			poke64(world, 0x40000000 + rnd(0x10000) * 8,
			       (rnd(2) ? value : rnd(UINT64_MAX)) ^ rnd(48));
		set_mode(world, rnd(2), rnd(8) > 0, rnd(2));
		sim_its_run(world->its, 3);
		sim_its_msi(world->its, (uint32_t)rnd(9), (uint32_t)rnd(9));
	}
}

/* What a redistributor hears. */
struct heard {
	enum sim_its_lpi what;
	uint32_t pe, to, intid;
	unsigned count;
};

static struct heard heard;

static void hear(void *ctx, enum sim_its_lpi what, uint32_t pe, uint32_t to, uint32_t intid)
{
	(void)ctx;
	heard = (struct heard){what, pe, to, intid, heard.count + 1};
}

static void assert_heard(enum sim_its_lpi what, uint32_t pe, uint32_t to)
{
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.what, what);
	assert_int_equal(heard.pe, pe);
	assert_int_equal(heard.to, to);
	assert_int_equal(heard.intid, 8192 + 7);
	heard.count = 0;
}

static void note_late(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	bool *late = ctx;

	(void)pa;
	(void)len;
	*late = *late || why == SIM_REACH_LATE;
}

static bool reaches_late(struct world *world)
{
	bool late = false;

	sim_its_reach(world->its, note_late, &late);
	return late;
}

/* As with one that sleeps, but that a SYNC to it is no error. */
static void nothing_waits_for_one_whose_lpis_are_off(void **state)
{
	struct world *world = *state;

	sim_its_set_mode(world->its, (struct sim_its_mode){.cache = true});
	arm_flat(world);
	run(world, mapc(3, 5));
	run(world, mapd(0x10, ITT, 4));
	run(world, mapti(0x10, 1, 8192 + 7, 3));
	run(world, mapd_off(0x10));
	assert_true(reaches_late(world));
	sim_its_lpis(world->its, 5, false);
	assert_false(reaches_late(world));
	run(world, mapd(0x10, ITT, 4));
	run(world, mapti(0x10, 1, 8192 + 7, 3));
	run(world, mapd_off(0x10));
	assert_false(reaches_late(world));
	assert_int_equal(run(world, sync_pe(5)), 0);
	sim_its_lpis(world->its, 5, true);
	run(world, mapd(0x10, ITT, 4));
	run(world, mapti(0x10, 1, 8192 + 7, 3));
	run(world, mapd_off(0x10));
	assert_true(reaches_late(world));
}

static void redistributors_hear_of_lpis(void **state)
{
	struct world *world = *state;

	world->config.lpi = hear;
	restart(world);
	heard.count = 0;
	arm_flat(world);
	run(world, mapc(3, 5));
	run(world, mapc(4, 6));
	run(world, mapd(0x10, ITT, 4));
	run(world, mapti(0x10, 1, 8192 + 7, 3));
	assert_int_equal(heard.count, 0);
	assert_true(sim_its_msi(world->its, 0x10, 1));
	assert_heard(SIM_ITS_LPI_SET, 5, 5);
	run(world, on_event(0x03, 0x10, 1, 0)); /* INT */
	assert_heard(SIM_ITS_LPI_SET, 5, 5);
	run(world, on_event(0x0c, 0x10, 1, 0)); /* INV */
	assert_heard(SIM_ITS_LPI_INVALIDATE, 5, 5);
	run(world, on_event(0x01, 0x10, 1, 4)); /* MOVI */
	assert_heard(SIM_ITS_LPI_MOVE, 5, 6);
	run(world, on_event(0x04, 0x10, 1, 0)); /* CLEAR */
	assert_heard(SIM_ITS_LPI_CLEAR, 6, 6);
	run(world, on_event(0x0f, 0x10, 1, 0)); /* DISCARD */
	assert_heard(SIM_ITS_LPI_CLEAR, 6, 6);
	assert_false(sim_its_msi(world->its, 0x10, 1));
	assert_int_equal(heard.count, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(reset_values),
		T(baser_halves_compose_and_keep_read_only_fields),
		T(baser_keeps_no_larger_page_and_no_indirect_if_it_has_none),
		T(attributes_that_do_not_stick_read_back_as_zero),
		T(a_cbaser_write_clears_creadr_and_not_cwriter),
		T(unpredictable_writes_are_reported),
		T(enabling_before_it_is_quiescent_is_reported),
		T(quiescent_reads_as_its_version_says),
		T(bad_widths_do_nothing),
		T(table_extents),
		T(two_level_index_arithmetic),
		T(level1_low_bits_are_ignored_as_hardware_may),
		T(table_capacity),
		T(supported_collections),
		T(itt_extents),
		T(the_itt_entry_may_be_bigger_than_typer_says),
		T(queue_extents_and_wrap),
		T(cwriter_reserved_bits_are_not_part_of_the_offset),
		T(a_disabled_its_runs_nothing_and_loses_nothing),
		T(command_vectors),
		T(interrupts_follow_their_mapping),
		T(mapi_uses_the_event_as_intid),
		T(msis_are_dropped_while_disabled_or_unmapped),
		T(erroneous_commands_are_ignored),
		T(erroneous_commands_stall),
		T(a_cbaser_write_ends_a_stall),
		T(an_error_can_be_injected),
		T(an_injected_error_passes_or_stays),
		T(a_sync_to_a_sleeping_redistributor_is_an_error),
		T(nothing_waits_for_a_sleeping_redistributor),
		T(a_level_1_word_may_be_cut),
		T(small_entries_work_with_what_memory_cannot_hold_kept_inside),
		T(a_forged_device_beyond_devbits_does_not_exist),
		T(a_forged_itt_entry_is_checked_or_trusted),
		T(the_target_address_names_a_redistributor_with_pta),
		T(everything_is_in_memory_when_quiescent),
		T(entries_are_written_back_late),
		T(power_loss_loses_what_was_not_written_back),
		T(an_unmapped_itt_is_touched_until_sync),
		T(an_unmapped_itt_is_let_go_when_quiescent),
		T(a_device_that_used_no_redistributor_needs_no_sync),
		T(a_pause_ends_what_was_outstanding),
		T(what_is_cached_of_other_devices_stays),
		T(a_trusted_entry_stays_cached),
		T(remapping_leaves_the_old_itt_late),
		T(tables_are_prefetched_while_disabled),
		T(an_entry_seen_before_zeroing_stays_cached),
		T(clean_entries_outlive_valid_unless_hardware_forgets),
		T(valid_rewritten_without_being_cleared_forgets_nothing),
		T(fetched_commands_cannot_be_edited),
		T(leaving_cache_mode_writes_back),
		T(commands_not_executed_yet_are_reachable),
		T(commands_that_are_passed_are_reachable_as_long_as_they_lie_there),
		T(a_collection_beyond_the_table_is_reachable),
		T(two_level_tables_reach_their_pages_and_itts),
		T(t1_the_queue_is_read_from_a_guest),
		T(t2_a_device_table_in_a_guest_is_written),
		T(t3_a_collection_table_in_a_guest_is_written),
		T(t4_a_vpe_table_in_a_guest_is_written),
		T(t5_a_level1_entry_names_a_guest_page),
		T(t6_a_forged_device_entry_is_believed),
		T(t7_mapd_names_a_guest_page),
		T(t8_an_itt_runs_past_the_hosts_page),
		T(t9_an_itt_is_used_after_its_page_was_given_away),
		T(t10_a_deferred_command_runs_later),
		T(t10_a_queue_restored_by_firmware_is_replayed),
		T(t11_a_command_is_edited_after_it_was_checked),
		T(t12_a_virtual_pending_table_in_a_guest_is_written),
		T(t15_a_target_address_that_is_no_redistributor_is_written),
		T(whatever_happens_accesses_stay_within_reach),
		T(bits_that_are_lost_are_not_kept_until_power_comes_on),
		T(creadr_may_be_kept),
		T(a_table_of_firmware_is_valid_and_never_used),
		T(collections_that_went_are_told_of_if_an_itt_names_them),
		T(an_error_may_be_meant_for_one_kind_of_command),
		T(nothing_waits_for_one_whose_lpis_are_off),
		T(redistributors_hear_of_lpis),
		T(reserved_bits_are_told),
		T(after_unmap_and_sync_an_itt_is_never_reachable),
		T(the_same_seed_gives_the_same_life),
		T(noise_does_not_crash_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
