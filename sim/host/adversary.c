/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "adversary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "adversary_priv.h"

#define PICK(table, byte) ((table)[(byte) % (sizeof(table) / sizeof((table)[0]))])

/* ---- small index spaces ---- */

/* Somewhere: mostly in the areas of the ITSs, where everything else is too. */
static uint64_t place(const struct adversary *a, uint8_t where, uint8_t offset)
{
	static const uint64_t in_area[] = {
		ADV_QUEUE,         ADV_DEVICES,       ADV_COLLECTIONS, ADV_LEVEL2,
		0x40000,           0x50000,           0x60000,         0x70000,
		ADV_ITTS,          ADV_ITTS + 0x1000, 0x90000,         0xa0000,
		ADV_ITTS + 0x2000, ADV_ITTS + 0x3000, 0xfff00,         0x31000,
	};
	const uint64_t elsewhere[] = {
		world_private(a->world, 0).pa,
		world_private(a->world, 0).pa + 0x10000,
		a->config.machine.rd,
		ADV_RAM - 0x1000,
		ADV_RAM + ADV_RAM_LEN - 0x1000,
		((uint64_t)1 << a->config.machine.pa_bits) - 0x1000,
		(uint64_t)0xf << 48,
		((uint64_t)1 << 48) - 0x1000, /* where small pages of tables end (F1) */
		0,
	};
	uint64_t area = (where >> 4 & 3) % a->config.its_count;
	uint64_t pa = ADV_RAM + area * ADV_AREA + in_area[where & 15];

	if (where >= 0xe0)
		pa = PICK(elsewhere, where);
	return (pa + (uint64_t)(offset & 15) * 0x100 + (uint64_t)(offset >> 4) * 0x1000) &
	       sim_bits(51, 0);
}

static uint32_t device_id(const struct adversary *a, const struct adv_op *op)
{
	uint64_t bits = sim_field(a->config.its[op->its].typer, 17, 13) + 1;
	uint64_t max = ((uint64_t)1 << bits) - 1;
	int n = adv_baser_of(a, op->its, SIM_TABLE_DEVICES);
	uint64_t per_page = adv_page_bytes(n < 0 ? 0 : a->host[op->its].regs.baser[n]) /
			    adv_table_entry(a, op->its, SIM_TABLE_DEVICES);
	const uint64_t ids[] = {
		0,
		1,
		2,
		3,
		0,
		1,
		2,
		per_page,
		per_page - 1,
		per_page * 4,
		max,
		max + 1,
		4,
		5,
		per_page + 1,
		op->value >> 32,
	};

	return (uint32_t)PICK(ids, op->b);
}

/* The Size of a MAPD with all EventID bits that this hardware has: TYPER.ID_bits. */
static uint32_t largest_size(const struct adversary *a, uint32_t its)
{
	return (uint32_t)sim_field(a->config.its[its].typer, 12, 8);
}

static uint32_t event_id(const struct adversary *a, const struct adv_op *op)
{
	uint32_t bits = largest_size(a, op->its) + 1;
	const uint64_t ids[] = {
		0,    1,    2, 3,  0,  1,  7,        ((uint64_t)1 << bits) - 1, (uint64_t)1 << bits,
		8192, 8193, 4, 15, 16, 31, op->value};

	return (uint32_t)PICK(ids, op->c);
}

static uint64_t collections_per_page(const struct adversary *a, uint32_t its, uint64_t baser)
{
	return adv_page_bytes(baser) / adv_table_entry(a, its, SIM_TABLE_COLLS);
}

/* The last collection that the host's table has room for, and an ICID of this hardware can name. */
static uint64_t last_icid(const struct adversary *a, uint32_t its, uint64_t baser)
{
	uint64_t typer = a->config.its[its].typer;
	uint64_t bits = typer >> 36 & 1 ? sim_field(typer, 35, 32) + 1 : 16; /* CIL, CIDbits */
	uint64_t most = ((uint64_t)1 << bits) - 1;
	uint64_t pages = sim_field(baser, 7, 0) + 1;
	uint64_t last;

	if (baser & SIM_BASER_INDIRECT)
		pages *= adv_page_bytes(baser) / 8;
	last = pages * collections_per_page(a, its, baser) - 1;
	return last < most ? last : most;
}

static uint64_t collection_baser(const struct adversary *a, uint32_t its)
{
	int n = adv_baser_of(a, its, SIM_TABLE_COLLS);

	return n < 0 ? 0 : a->host[its].regs.baser[n];
}

static uint64_t icid(const struct adversary *a, const struct adv_op *op)
{
	uint64_t baser = collection_baser(a, op->its);
	uint64_t per_page = collections_per_page(a, op->its, baser);
	uint64_t last = last_icid(a, op->its, baser);
	const uint64_t ids[] = {0,    1,     2,        last,         0,        1,
				4,    255,   per_page, per_page - 1, last + 1, per_page + 1,
				4095, 65535, 3,        op->value};

	return PICK(ids, op->d) & 0xffff;
}

static uint64_t rdbase(const struct adversary *a, uint8_t index, const struct adv_op *op)
{
	uint32_t pes = a->config.machine.pes;

	if (index % 8 < 6)
		return adv_rdbase(a, index % 8 % pes);
	return index & 1 ? adv_rdbase(a, pes) : op->value & sim_bits(51, 16);
}

/* ---- registers ---- */

static uint64_t attributes(uint8_t byte)
{
	return (uint64_t)(byte & 7) << 59 | (uint64_t)(byte >> 3 & 3) << 10;
}

/* a: place, b: page size and table size, c: flags, d: attributes. */
static uint64_t plausible_baser(const struct adversary *a, const struct adv_op *op)
{
	uint64_t code = op->b & 3;
	uint64_t size = op->b >> 2 & 3;
	uint64_t pa = place(a, op->a, (uint8_t)op->e);
	uint64_t page = (uint64_t)4096 << (2 * (code > 2 ? 2 : code));
	uint64_t value = code << 8 | (size == 3 ? op->b : size) | attributes(op->d);

	if (!(op->c & 0x40))
		pa &= ~(page - 1);
	/* The last page that a table of small pages can have, and more of them perhaps (F1). */
	if (op->e >> 14 == 1 && a->config.machine.pa_bits > 48)
		pa = ((uint64_t)1 << 48) - page;
	if (op->c & 3)
		value |= SIM_VALID;
	if (op->c & 4)
		value |= SIM_BASER_INDIRECT;
	if (code >= 2)
		return value | (pa & sim_bits(47, 16)) | (pa >> 48) << 12;
	return value | (pa & sim_bits(47, 12));
}

static uint64_t plausible_cbaser(const struct adversary *a, const struct adv_op *op)
{
	uint64_t pa = place(a, op->a, (uint8_t)op->e);

	if (!(op->c & 0x40))
		pa &= ~(uint64_t)0xffff;
	return (op->c & 3 ? SIM_VALID : 0) | attributes(op->d) | (pa & sim_bits(51, 12)) |
	       (op->b & 0x80 ? op->b & 0x3f : op->b & 3);
}

static void do_write_ctlr(struct adversary *a, const struct adv_op *op)
{
	adv_write(a, op->its, SIM_GITS_CTLR, 4, op->a & 1 ? 1 : op->a & 2 ? op->value : 0);
}

static void do_write_cbaser(struct adversary *a, const struct adv_op *op)
{
	adv_write(a, op->its, SIM_GITS_CBASER, 8, plausible_cbaser(a, op));
	adv_read_back(a, op->its, SIM_GITS_CBASER);
}

/* The baser of devices or collections, mostly. */
static void do_write_baser(struct adversary *a, const struct adv_op *op)
{
	uint32_t n = op->c >> 3 & 7;
	int known = adv_baser_of(a, op->its, n & 1 ? SIM_TABLE_DEVICES : SIM_TABLE_COLLS);

	if (n < 6 && known >= 0)
		n = (uint32_t)known;
	adv_write(a, op->its, SIM_GITS_BASER + 8 * n, 8, plausible_baser(a, op));
}

/* A table as it is, but with more pages or fewer, or with other levels. */
static void do_reshape_table(struct adversary *a, const struct adv_op *op)
{
	int n = adv_baser_of(a, op->its, op->d & 1 ? SIM_TABLE_DEVICES : SIM_TABLE_COLLS);
	uint64_t value;

	if (n < 0)
		return;
	value = a->host[op->its].regs.baser[n];
	if (op->c & 0x10)
		value ^= SIM_BASER_INDIRECT;
	else
		value = (value & ~sim_bits(7, 0)) | (op->b & 3);
	adv_write(a, op->its, SIM_GITS_BASER + 8 * (uint32_t)n, 8, value);
}

/* An event of the device that is mapped, or of one mapped for it, names the last collection. */
static void name_last_collection(struct adversary *a, const struct adv_op *op)
{
	struct adv_host *host = &a->host[op->its];

	if (!host->itt)
		adv_map(a, op->its, device_id(a, op), 1, place(a, 8 | (op->a & 0x37), 0));
	adv_event(a, op->its, host->device, 0, last_icid(a, op->its, collection_baser(a, op->its)));
}

/* Another table in the place of one, while the ITS is off: one that is too small for what was
 * named, perhaps. */
static void do_replace_table(struct adversary *a, const struct adv_op *op)
{
	if (!(op->c & 8))
		name_last_collection(a, op);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	if (!(op->c & 0x80))
		adv_settle(a);
	if (op->c & 0x20)
		do_write_baser(a, op);
	else
		do_reshape_table(a, op);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
}

static void write_whole_or_half(struct adversary *a, const struct adv_op *op, uint32_t offset,
				uint64_t value)
{
	if (op->c & 8)
		adv_write(a, op->its, offset, 8, value);
	else if (op->c & 16)
		adv_write(a, op->its, offset + 4, 4, value >> 32);
	else
		adv_write(a, op->its, offset, 4, value & 0xffffffff);
	adv_read_back(a, op->its, offset);
}

/* What the host wrote before, a bit changed; by halves too. */
static void do_rewrite_baser(struct adversary *a, const struct adv_op *op)
{
	uint32_t n = op->b & 7;
	uint64_t value = a->host[op->its].regs.baser[n];

	if (op->c & 1)
		value ^= (uint64_t)1 << (op->d & 63);
	if (op->c & 2)
		value &= ~SIM_VALID;
	if (op->c & 4)
		value |= SIM_VALID;
	write_whole_or_half(a, op, SIM_GITS_BASER + 8 * n, value);
}

/* As above, of the queue. */
static void do_rewrite_cbaser(struct adversary *a, const struct adv_op *op)
{
	uint64_t value = a->host[op->its].regs.cbaser;

	if (op->c & 1)
		value ^= (uint64_t)1 << (op->d & 63);
	if (op->c & 2)
		value |= SIM_VALID;
	write_whole_or_half(a, op, SIM_GITS_CBASER, value);
}

static void do_write_cwriter(struct adversary *a, const struct adv_op *op)
{
	const uint64_t values[] = {
		a->host[op->its].tail,
		a->host[op->its].tail | 1,
		(uint64_t)op->b * 32,
		op->value,
		0x1000,
		0xfe0,
		0,
		1,
	};

	if (op->c == 0)
		adv_write(a, op->its, SIM_GITS_CWRITER + 4, 4, op->value);
	else
		adv_write(a, op->its, SIM_GITS_CWRITER, op->c & 1 ? 8 : 4, PICK(values, op->a));
	adv_read_back(a, op->its, SIM_GITS_CWRITER);
}

static uint32_t any_offset(const struct adv_op *op)
{
	static const uint32_t offsets[] = {0x0,   0x4,   0x8,   0xc,   0x10,  0x18,   0x20,   0x40,
					   0x80,  0x84,  0x88,  0x8c,  0x90,  0x94,   0x100,  0x104,
					   0x108, 0x10c, 0x110, 0x138, 0x140, 0xc000, 0xffe8, 0x48};

	return op->a < 0xc0 ? PICK(offsets, op->a) : (uint32_t)op->e | (op->a & 1u) << 16;
}

static uint32_t any_width(uint8_t byte)
{
	static const uint32_t widths[] = {4, 8, 4, 8, 4, 8, 1, 2};

	return PICK(widths, byte);
}

static void do_write_any(struct adversary *a, const struct adv_op *op)
{
	adv_write(a, op->its, any_offset(op), any_width(op->b), op->value);
}

static void do_read_any(struct adversary *a, const struct adv_op *op)
{
	adv_read(a, op->its, any_offset(op), any_width(op->b));
}

static void do_read_creadr(struct adversary *a, const struct adv_op *op)
{
	adv_read(a, op->its, SIM_GITS_CREADR, op->a & 1 ? 8 : 4);
}

/* ---- commands ---- */

static void ring_unless(struct adversary *a, const struct adv_op *op)
{
	/* Several commands at once, now and then. */
	if ((op->a & 7) != 7)
		adv_ring(a, op->its);
}

static uint32_t itt_size(const struct adversary *a, const struct adv_op *op)
{
	uint32_t bits = largest_size(a, op->its);
	const uint32_t sizes[] = {0, 1, 2, bits, 4, bits, bits + 1, op->d};

	return PICK(sizes, op->c) & 31;
}

static void do_mapd(struct adversary *a, const struct adv_op *op)
{
	const uint64_t dw[4] = {
		SIM_MAPD | (uint64_t)device_id(a, op) << 32, itt_size(a, op),
		(op->a & 8 ? 0 : SIM_VALID) | place(a, (uint8_t)op->e, (uint8_t)(op->e >> 8)), 0};

	adv_put(a, op->its, dw);
	ring_unless(a, op);
}

/* A collection gets its level-2 page where the last ITT is, which is unmapped right before (F17).
 */
static void reuse_itt(struct adversary *a, const struct adv_op *op)
{
	struct adv_host *host = &a->host[op->its];
	uint64_t baser = collection_baser(a, op->its);
	uint64_t page = adv_page_bytes(baser);
	uint64_t index = icid(a, op) / collections_per_page(a, op->its, baser);

	if (!host->itt || !(baser & SIM_BASER_INDIRECT))
		return;
	adv_mem64(a, (baser & sim_bits(47, 12)) + index * 8, SIM_VALID | (host->itt & ~(page - 1)));
	adv_unmap(a, op->its, host->device);
}

static void do_mapc(struct adversary *a, const struct adv_op *op)
{
	const uint64_t dw[4] = {
		SIM_MAPC, 0, (op->a & 8 ? 0 : SIM_VALID) | rdbase(a, op->b, op) | icid(a, op), 0};

	if ((op->a & 0x30) == 0x30)
		reuse_itt(a, op);
	adv_put(a, op->its, dw);
	ring_unless(a, op);
}

static void do_event_command(struct adversary *a, const struct adv_op *op)
{
	/* Mostly of a device that is mapped. */
	uint32_t device = op->b & 0x80 ? device_id(a, op) : a->host[op->its].device;
	static const uint8_t opcodes[] = {SIM_MAPTI, SIM_MAPTI, SIM_MAPI,    SIM_MOVI,
					  SIM_INT,   SIM_CLEAR, SIM_DISCARD, SIM_INV};
	const uint32_t intids[] = {8192,  8193,  8191,  16383,
				   16384, 65535, 65536, (uint32_t)op->value};
	const uint64_t dw[4] = {PICK(opcodes, op->e) | (uint64_t)device << 32,
				(uint64_t)PICK(intids, op->a >> 4) << 32 | event_id(a, op),
				icid(a, op), 0};

	adv_put(a, op->its, dw);
	ring_unless(a, op);
}

static void do_other_command(struct adversary *a, const struct adv_op *op)
{
	static const uint8_t opcodes[] = {SIM_SYNC, SIM_SYNC, SIM_MOVALL, SIM_INVALL};
	const uint64_t dw[4] = {PICK(opcodes, op->e), 0,
				rdbase(a, op->b, op) | (op->e & 4 ? icid(a, op) : 0),
				rdbase(a, op->c, op)};

	adv_put(a, op->its, dw);
	ring_unless(a, op);
}

/* Any opcode, any bits. */
static void do_raw_command(struct adversary *a, const struct adv_op *op)
{
	const uint64_t dw[4] = {
		(op->value & ~(uint64_t)0xff) | (op->c & 1 ? op->b : op->b & 0x2f),
		op->value * 0x9e3779b97f4a7c15u,
		(op->value << 7 & ~sim_bits(51, 8)) | place(a, op->c, op->d),
		op->value >> 3,
	};

	adv_put(a, op->its, dw);
	ring_unless(a, op);
}

/* ---- memory ---- */

static void do_poke(struct adversary *a, const struct adv_op *op)
{
	adv_mem64(a, place(a, op->a, op->b) + (op->c & 31) * 8u, op->value);
}

/* A level-1 word in the page that the host's BASER names. */
static void do_level1(struct adversary *a, const struct adv_op *op)
{
	int n = adv_baser_of(a, op->its, op->d & 1 ? SIM_TABLE_COLLS : SIM_TABLE_DEVICES);
	uint64_t baser = n < 0 ? 0 : a->host[op->its].regs.baser[n];
	uint64_t word = op->c & 3 ? SIM_VALID : 0;
	uint64_t pa = place(a, op->a, (uint8_t)op->e);

	if (!(op->c & 0x40))
		pa &= ~(adv_page_bytes(baser) - 1);
	if ((op->c & 0x30) == 0x30)
		word |= (uint64_t)1 << (op->d & 63);
	if (op->c & 0x80)
		word |= op->value;
	adv_mem64(a, (baser & sim_bits(47, 12)) + (op->b & 8 ? op->b & 7u : op->b & 1u) * 8u,
		  word | pa);
}

static void do_give(struct adversary *a, const struct adv_op *op)
{
	adv_give(a, place(a, op->a, op->b), op->c & 1 ? 1 : (uint64_t)op->c << 8 | 1);
}

static void do_race(struct adversary *a, const struct adv_op *op)
{
	const struct adv_inside race = {
		.where = TRACE_IN_ANY,
		.n = 1 + op->c % 16u,
		.kind = op->d & 1 ? TRACE_GUEST : TRACE_MEM,
		.pa = place(a, op->a, op->b) + (op->d >> 3) * 8u,
		.value = op->value,
	};

	adv_inside(a, &race);
}

/* The race that matters most: the command or level-1 word that is being judged changes. */
static void do_race_head(struct adversary *a, const struct adv_op *op)
{
	const struct adv_host *host = &a->host[op->its];
	struct adv_inside race = {
		.where = TRACE_IN_ANY, .n = 1 + op->c % 8u, .kind = TRACE_MEM, .value = op->value};
	int n = adv_baser_of(a, op->its, SIM_TABLE_DEVICES);

	race.pa = (host->regs.cbaser & sim_bits(51, 12)) + host->tail + (op->b & 3) * 8u;
	if ((op->d & 1) && n >= 0)
		race.pa = (host->regs.baser[n] & sim_bits(47, 12)) + (op->b & 3) * 8u;
	adv_inside(a, &race);
}

/* ---- hardware and platform ---- */

/* Hardware moves while the guard is at work: mostly between two looks at it. */
static void do_move(struct adversary *a, const struct adv_op *op)
{
	static const enum trace_inside where[] = {TRACE_IN_READ, TRACE_IN_READ, TRACE_IN_WRITE,
						  TRACE_IN_ANY};
	const struct adv_inside inside = {
		.where = PICK(where, op->a),
		.n = 1 + op->b % 16u,
		.kind = TRACE_RUN,
		.its = op->its,
		.commands = op->c & 0x80 ? TRACE_RUN_ALL : op->c & 7u,
	};

	adv_inside(a, &inside);
}

static void do_sleep(struct adversary *a, const struct adv_op *op)
{
	uint32_t pe = op->a % a->config.machine.pes;

	if (adv_may_sleep(a, pe))
		adv_sleep(a, pe, !(op->b & 1));
}

static void do_gone(struct adversary *a, const struct adv_op *op)
{
	adv_stop_trouble(a);
	adv_gone(a, op->its);
}

static void do_run(struct adversary *a, const struct adv_op *op)
{
	adv_run(a, op->its, op->a & 0x80 ? TRACE_RUN_ALL : op->a & 7);
}

static void do_poll(struct adversary *a, const struct adv_op *op)
{
	(void)op;
	adv_poll(a);
}

static void do_settle(struct adversary *a, const struct adv_op *op)
{
	(void)op;
	adv_settle(a);
}

/* Once, in a row, or until told otherwise: a store that fails is put right by another store. */
static void do_fail(struct adversary *a, const struct adv_op *op)
{
	const uint32_t times[] = {1, TRACE_FAIL_EVER, 2 + (op->c >> 2 & 15u), TRACE_FAIL_EVER};
	uint32_t n = 1 + (op->b & 0x80 ? op->e : op->b & 7u);

	if ((op->b & 0xf0) == 0x70)
		n = 0;
	adv_fail(a, (enum trace_callback)(op->a % TRACE_CBS), n, PICK(times, op->c));
}

static void do_modes(struct adversary *a, const struct adv_op *op)
{
	bool cache = op->a & 2;

	/* An error that is ignored, and that nobody could foresee: see do_inject(). */
	if (a->injected && !(op->a & 1))
		for (uint32_t i = 0; i < a->config.its_count; i++)
			adv_inject(a, i, 0, 0, false);
	adv_modes(a, op->a & 1, cache, (op->a & 4) && a->config.machine.donate_itt);
}

static void do_msi(struct adversary *a, const struct adv_op *op)
{
	adv_msi(a, op->its, device_id(a, op), event_id(a, op));
}

/*
 * Firmware restores what it likes of what hardware had: all or some of it, CWRITER of another day,
 * Enabled as it was then.
 */
static struct trace_power power_of(const struct adv_op *op)
{
	const uint64_t cwriters[] = {0,      0x20,   (uint64_t)(op->e & 0x7f) * 32, 0xfe0,
				     0x1000, 0xffe0, (uint64_t)op->e << 5,          op->value};
	struct trace_power power = adv_firmware(op->a & 1);

	if (op->a & 2)
		power.basers &= op->c;
	power.unknown = op->a & 4;
	power.cwriter = PICK(cwriters, op->d);
	power.enabled = op->a & 8;
	power.told = op->a & 16;
	return power;
}

/* While it is enabled too: then the platform tells, see adv_power(). */
static void do_power(struct adversary *a, const struct adv_op *op)
{
	struct trace_power power = power_of(op);

	if (adv_enabled(a, op->its) && (op->b & 3) != 3)
		return;
	/* Hardware that firmware has enabled is on its way when the guard is called next (F22). */
	if (adv_power(a, op->its, &power) && power.enabled && op->b & 4)
		adv_run(a, op->its, 1 + (op->b >> 3 & 7));
}

/* With hardware that ignores the command nobody would ever know. */
static void do_inject(struct adversary *a, const struct adv_op *op)
{
	const struct world_config *now = world_config(a->world);

	if (!now->stall)
		adv_modes(a, true, now->cache, now->trust);
	/* A SYNC, now and then: the guard has some of its own. */
	adv_inject(a, op->its, 1 + op->a % 8u, op->b & 1 ? SIM_SYNC : 0,
		   (op->b & 2) && adv_carriers(a) > 1);
	a->injected = true;
}

/* Registers that do not keep what they kept when the guard looked, one field at a time. */
static void do_lose_bits(struct adversary *a, const struct adv_op *op)
{
	const uint64_t fields[] = {
		sim_bits(61, 59), sim_bits(55, 53), sim_bits(11, 10),   sim_bits(9, 8),
		sim_bits(7, 0),   sim_bits(20, 12), SIM_BASER_INDIRECT, 0,
	};
	uint32_t n = op->b % (SIM_ITS_NUM_BASER + 1);
	int known = adv_baser_of(a, op->its, n & 1 ? SIM_TABLE_DEVICES : SIM_TABLE_COLLS);

	if (n < 6 && known >= 0)
		n = (uint32_t)known;
	if ((op->c & 7) == 7)
		adv_keep_creadr(a, op->its, op->b & 1);
	else
		adv_lose_bits(a, op->its, n, PICK(fields, op->a));
}

/* As power: only where the ITS is off. The vPEs' if there is one: hosts seldom have their own. */
static void do_firmware_table(struct adversary *a, const struct adv_op *op)
{
	int n = adv_baser_of(a, op->its, SIM_TABLE_VPES);

	if (op->a & 1 || n < 0)
		n = op->b % SIM_ITS_NUM_BASER;
	if (!adv_enabled(a, op->its))
		adv_firmware_table(a, op->its, (uint32_t)n);
}

/* ---- honest sequences ---- */

static struct adv_boot boot_of(const struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = {
		.area = ADV_RAM + (uint64_t)(op->b % a->config.its_count) * ADV_AREA,
		.two_level = op->a & 1,
		.two_level_collections = op->a & 32,
		.suspends = op->a & 2,
		.power = op->a & 4,
		.loses = adv_firmware(op->a & 8),
		.hasty = op->a & 2, /* of a suspend that is not an honest one */
		.attributes = op->c,
		.more = op->d & 3,
	};

	if (op->b < 0xe0)
		boot.area = ADV_RAM + (uint64_t)op->its * ADV_AREA;
	return boot;
}

static void do_boot(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);

	adv_boot(a, op->its, &boot);
}

static void do_host_map(struct adversary *a, const struct adv_op *op)
{
	uint32_t device = device_id(a, op);

	if ((op->a & 0x60) == 0x60)
		a->host[op->its].level1_flip = (uint64_t)1 << (op->value & 63);
	adv_map(a, op->its, device, op->c & 4 ? itt_size(a, op) : op->c & 3,
		place(a, 8 | (op->d & 0x37), (uint8_t)op->e));
	a->host[op->its].level1_flip = 0;
	if (op->a & 1)
		adv_event(a, op->its, device, op->c >> 4 & 1, op->a & 2 ? icid(a, op) : 0);
}

/* A new queue, a table of other levels, a table where the ITT was going to be; or nothing. */
static void interrupt_with(struct adversary *a, const struct adv_op *op, uint64_t itt)
{
	struct adv_host *host = &a->host[op->its];
	int n = adv_baser_of(a, op->its, SIM_TABLE_DEVICES);
	uint32_t offset = SIM_GITS_BASER + 8 * (uint32_t)(n < 0 ? 0 : n);
	uint64_t baser = host->regs.baser[n < 0 ? 0 : n];

	switch (op->d & 3) {
	case 1:
		adv_write(a, op->its, SIM_GITS_CBASER, 8, host->regs.cbaser);
		adv_write(a, op->its, SIM_GITS_CWRITER, 8, 0);
		break;
	case 2:
		adv_write(a, op->its, offset, 8, baser ^ SIM_BASER_INDIRECT);
		break;
	case 3:
		adv_write(a, op->its, offset, 8,
			  (baser & ~sim_bits(47, 16)) | (itt & sim_bits(47, 16)));
		break;
	default:
		break;
	}
}

static void read_times(struct adversary *a, uint32_t its, uint32_t offset, uint32_t times)
{
	for (uint32_t i = 0; i < times; i++)
		adv_read(a, its, offset, offset == SIM_GITS_CTLR ? 4 : 8);
}

/* The host reads a register until pages change hands for its command, and some times more. */
static void read_until_taken(struct adversary *a, uint32_t its, uint32_t more)
{
	uint64_t held = world_pages_held(a->world);

	for (uint32_t i = 0; i < 48 && world_pages_held(a->world) == held; i++)
		adv_read(a, its, SIM_GITS_CREADR, 8);
	read_times(a, its, SIM_GITS_CREADR, more);
}

/* All that comes before a map that is interrupted. */
static void come_to_map(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);

	boot.two_level = true;
	if (op->d & 8) {
		adv_boot(a, op->its, &boot);
		adv_settle(a);
	}
	if (op->d & 0x20) { /* nothing has run since hardware was quiescent */
		adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
		adv_settle(a);
		adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
	}
	if (op->d & 0x10) /* what never runs, perhaps, and what takes its place */
		adv_map(a, op->its, device_id(a, op), 0, place(a, 8 | (op->d >> 4 & 0x37), 0));
}

/*
 * The ITS is disabled, or loses power, while the guard still claims the pages of a long ITT, and of
 * level 2 before it.
 */
static void do_interrupted_map(struct adversary *a, const struct adv_op *op)
{
	uint64_t itt = place(a, 8 | (op->a & 0x37), (uint8_t)op->e);
	struct trace_power power = power_of(op);

	come_to_map(a, op);
	adv_map(a, op->its, device_id(a, op), largest_size(a, op->its), itt);
	if (op->c & 1)
		read_until_taken(a, op->its, op->c >> 1 & 3);
	else
		read_times(a, op->its, SIM_GITS_CREADR, op->c & 7u);
	if (op->c & 8)
		adv_power(a, op->its, &power);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	if (op->c & 0x10)
		adv_give_up(a, op->its, op->c >> 3 & 28);
	else
		interrupt_with(a, op, itt);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
}

/* All is given up before Quiescent, and the host's own when it reads that (H6, F5). */
static void do_hasty_end(struct adversary *a, const struct adv_op *op)
{
	if (op->a & 1)
		adv_run(a, op->its, op->b & 7);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_give_up(a, op->its, op->c & 15);
}

/* The slot of the private queue that CREADR or CWRITER of hardware is at. */
static uint32_t slot_of(const struct adversary *a, uint32_t its, uint32_t reg)
{
	return (uint32_t)(sim_its_reg_read(world_its(a->world, its), reg, 8) / SIM_COMMAND_BYTES);
}

static void put_mapd(struct adversary *a, const struct adv_op *op, bool valid, uint32_t size,
		     uint64_t itt)
{
	const uint64_t dw[4] = {SIM_MAPD | (uint64_t)device_id(a, op) << 32, size,
				(valid ? SIM_VALID : 0) | itt, 0};

	adv_put(a, op->its, dw);
}

/* A device is mapped and unmapped, some times, and hardware has done so. */
static void map_and_unmap(struct adversary *a, const struct adv_op *op, uint32_t times)
{
	uint64_t itt = place(a, 8 | (op->d >> 2 & 0x37), 0);

	for (uint32_t i = 0; i < times; i++) {
		put_mapd(a, op, true, op->c >> 2 & 3, itt + i * 0x1000);
		put_mapd(a, op, false, 0, 0);
	}
	adv_ring(a, op->its);
	adv_poll(a);
	adv_run(a, op->its, TRACE_RUN_ALL);
}

/* The host looks at its queue, disables, and looks at that; hardware gets quiescent, or not. */
static void disable_with_reads(struct adversary *a, const struct adv_op *op)
{
	read_times(a, op->its, SIM_GITS_CREADR, op->c >> 4 & 3u);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	if (op->e & 0x100)
		adv_run(a, op->its, 0);
	read_times(a, op->its, SIM_GITS_CTLR, op->c >> 6 & 3u);
}

/* Firmware has put all back and enabled hardware, which is so far when the guard comes. */
static void power_with_run(struct adversary *a, const struct adv_op *op, uint32_t commands)
{
	struct trace_power power = power_of(op);
	const struct adv_inside under_way = {
		.where = TRACE_IN_READ,
		.n = 1,
		.kind = TRACE_RUN,
		.its = op->its,
		.commands = commands,
	};

	power.basers = 0xff;
	power.enabled = power.cbaser = true;
	if (power.told)
		adv_inside(a, &under_way);
	if (adv_power(a, op->its, &power) && !power.told)
		adv_run(a, op->its, commands);
}

/*
 * Power goes; firmware has hardware run once more through maps and unmaps, and it is past the last
 * map when the guard comes (F22).
 */
static void do_resumed(struct adversary *a, const struct adv_op *op)
{
	uint32_t times = 1 + (op->e >> 9 & 7);
	uint32_t commands;

	adv_settle(a);
	commands = slot_of(a, op->its, SIM_GITS_CWRITER) + 2 * times - 1 + (op->c & 1u);
	map_and_unmap(a, op, times);
	disable_with_reads(a, op);
	power_with_run(a, op, commands);
	adv_poll(a);
	adv_run(a, op->its, TRACE_RUN_ALL);
	adv_msi(a, op->its, device_id(a, op), 0);
}

/* Another kernel's queue is there, and hardware not yet through with that of before. */
static void leave_queue(struct adversary *a, uint32_t its)
{
	adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	adv_run(a, its, 0);
	adv_enable_other_queue(a, its);
}

static void inject_mapd(struct adversary *a, uint32_t its, bool stays)
{
	adv_inject(a, its, 1, SIM_MAPD, stays);
	a->injected = true;
}

/* A map that hardware has done; behind it an unmap, or a map over it, which it has yet to come to.
 */
static void map_and_change(struct adversary *a, const struct adv_op *op, uint32_t device)
{
	const uint32_t sizes[] = {0, 3, 6, largest_size(a, op->its)};
	const struct world_config *now = world_config(a->world);
	uint64_t itt = place(a, 8 | (op->d & 0x37), 0);

	adv_map(a, op->its, device, PICK(sizes, op->c & 3), itt);
	adv_settle(a);
	adv_modes(a, true, now->cache, now->trust);
	if (op->a & 1)
		adv_unmap(a, op->its, device);
	else
		adv_map(a, op->its, device, PICK(sizes, op->c >> 2 & 3),
			itt + (op->a & 4 ? 0x1000 : 0));
	if (op->a & 8)
		leave_queue(a, op->its);
	if (op->a & 0x10) /* half taken, perhaps, by the time that hardware stalls */
		adv_map(a, op->its, device, largest_size(a, op->its), itt + 0x2000);
}

/* Hardware runs, and the guard is called in one way or another. */
static void run_and_call(struct adversary *a, const struct adv_op *op, bool again)
{
	adv_run(a, op->its, op->e & 8 ? TRACE_RUN_ALL : 1);
	if (op->e & 0x20 && again) /* Retry, which is none of the host's business (F8) */
		adv_write(a, op->its, SIM_GITS_CWRITER, 4, a->host[op->its].tail | 1);
	else if (op->e & 0x10)
		adv_read(a, op->its, SIM_GITS_CREADR, 8);
	else
		adv_poll(a);
}

/*
 * Hardware will not take an unmap, or a map, that is not the host's to repair: of a device that is
 * mapped over its ITT, or of a queue that the host has left (F14, F26, F29, F30).
 */
static void do_untaken(struct adversary *a, const struct adv_op *op)
{
	uint32_t device = device_id(a, op);

	map_and_change(a, op, device);
	inject_mapd(a, op->its, op->c & 0x10);
	for (uint32_t i = 0; i < (op->e & 7u); i++) {
		run_and_call(a, op, i > 0);
		if (op->c & 0x20 && !sim_its_stalled(world_its(a->world, op->its)))
			inject_mapd(a, op->its, op->c & 0x10);
	}
	adv_settle(a);
	adv_msi(a, op->its, device, event_id(a, op));
}

static void do_host_unmap(struct adversary *a, const struct adv_op *op)
{
	adv_unmap(a, op->its, op->a & 1 ? a->host[op->its].device : device_id(a, op));
}

static void do_suspend(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);

	adv_suspend(a, op->its, &boot);
}

/* How an honest host may live, beyond how it boots. */
static void choose_life(struct adv_boot *boot, uint8_t how, uint8_t loses, uint16_t cwriter)
{
	boot->polls = how & 1;
	boot->trouble = how & 2;
	boot->stays = how & 4;
	boot->reuses = how & 8;
	boot->loses.enabled = how & 16;
	boot->loses.told = how & 32;
	boot->loses.unknown = how & 64;
	boot->loses.cwriter = (uint64_t)cwriter << 5;
	boot->loses.basers &= how & 128 ? loses : 0xff;
}

static void do_honest_end(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);

	choose_life(&boot, (uint8_t)op->e, op->d, op->e & 0x7f);
	adv_honest_end(a, op->its, &boot);
}

/* ---- the private ring ---- */

static void do_flood(struct adversary *a, const struct adv_op *op)
{
	adv_flood(a, op->its, 1 + (op->a & 0x80 ? op->b & 0x7fu : op->b & 7u));
}

/* One command at a time, and a SYNC of the host's for each, until hardware stands at a slot. */
static void creep_to(struct adversary *a, uint32_t its, uint32_t slot)
{
	const uint64_t rd = adv_rdbase(a, adv_awake(a));

	for (uint32_t i = 0; i < 24 && !adv_found(a) && slot_of(a, its, SIM_GITS_CREADR) != slot;
	     i++) {
		adv_send(a, its, SIM_SYNC, 0, rd, 0);
		adv_run(a, its, 1);
		adv_poll(a);
	}
}

/*
 * Power goes when the ring stands near its end, and hardware has not yet written back that a device
 * is unmapped, whose mapping had reached memory before.
 */
static void do_power_at_the_end(struct adversary *a, const struct adv_op *op)
{
	static const uint32_t slots[] = {0, 0, 127, 0, 126, 1, 0, 2};
	struct adv_host *host = &a->host[op->its];
	struct trace_power power = power_of(op);

	if (!(op->b & 0x10))
		adv_map(a, op->its, device_id(a, op), 1, place(a, 8 | (op->d >> 2 & 0x37), 0));
	adv_settle(a);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_settle(a);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
	adv_flood(a, op->its, 4 + (op->c >> 4 & 7u));
	adv_unmap(a, op->its, host->device);
	creep_to(a, op->its, PICK(slots, op->c));
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_power(a, op->its, &power);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
}

/*
 * The last collection of a table is mapped by the last of many commands, which the guard has not
 * tidied up yet when a smaller table is there.
 */
static void do_smaller_table(struct adversary *a, const struct adv_op *op)
{
	const uint64_t sync[4] = {SIM_SYNC, 0, adv_rdbase(a, adv_awake(a)), 0};
	struct adv_boot boot = boot_of(a, op);
	int n = adv_baser_of(a, op->its, SIM_TABLE_COLLS);
	uint64_t last;

	boot.more = 1 + (op->d & 1);
	adv_boot(a, op->its, &boot);
	adv_settle(a);
	last = last_icid(a, op->its, collection_baser(a, op->its));
	for (uint32_t i = 0; i < (op->e & 63u); i++)
		adv_put(a, op->its, sync);
	adv_send(a, op->its, SIM_MAPC, 0, SIM_VALID | adv_rdbase(a, adv_awake(a)) | last, 0);
	adv_poll(a);
	adv_run(a, op->its, TRACE_RUN_ALL);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_run(a, op->its, 0);
	if (n >= 0)
		adv_write(a, op->its, SIM_GITS_BASER + 8 * (uint32_t)n, 8,
			  a->host[op->its].regs.baser[n] & ~sim_bits(7, 0));
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
}

/*
 * Firmware lets hardware run through the queue, further than it was ever given, perhaps: what could
 * not be stored is not there (F31).
 */
static void power_in_between(struct adversary *a, const struct adv_op *op)
{
	struct trace_power power = power_of(op);

	power.cbaser = power.enabled = true;
	power.basers = 0xff;
	power.unknown = true;
	if (power.cwriter < 0xfe0)
		power.cwriter = 0xfe0;
	power.told = power.told && (op->e & 0x4000);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_run(a, op->its, 0);
	adv_power(a, op->its, &power);
	adv_run(a, op->its, TRACE_RUN_ALL);
}

/* A device whose level-2 page is a new one: the word is stored, then its slot; or not. */
static void do_failing_map(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);

	boot.two_level = true;
	if (op->e & 0x2000)
		adv_boot(a, op->its, &boot);
	adv_settle(a);
	if (op->e & 0x8000)
		adv_fail(a, TRACE_CB_STORE, 2, TRACE_FAIL_EVER);
	else
		adv_fail(a, op->b & 0x80 ? TRACE_CB_ZERO : TRACE_CB_STORE, 1 + (op->a & 3u),
			 op->a & 8 ? TRACE_FAIL_EVER : 2 + (op->a >> 4 & 3u));
	adv_map(a, op->its, device_id(a, op), op->c & 3, place(a, 8 | (op->d & 0x37), 0));
	adv_poll(a);
	if (op->e & 0x8000)
		power_in_between(a, op);
	if (op->a & 0x80)
		adv_fail(a, TRACE_CB_STORE, 0, 0);
}

/* A MAPC is being taken when its table goes: what was read there says nothing of the next (F11). */
static void do_interrupted_mapc(struct adversary *a, const struct adv_op *op)
{
	struct adv_boot boot = boot_of(a, op);
	int n = adv_baser_of(a, op->its, SIM_TABLE_COLLS);

	boot.two_level_collections = true;
	adv_boot(a, op->its, &boot);
	adv_settle(a);
	adv_mem64(a, boot.area + ADV_COLLECTIONS, SIM_VALID | (boot.area + ADV_LEVEL2));
	adv_send(a, op->its, SIM_MAPC, 0, SIM_VALID | adv_rdbase(a, adv_awake(a)) | 1, 0);
	read_times(a, op->its, SIM_GITS_CREADR, op->c & 7u);
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 0);
	adv_run(a, op->its, 0);
	if (n >= 0)
		adv_write(a, op->its, SIM_GITS_BASER + 8 * (uint32_t)n, 8,
			  (a->host[op->its].regs.baser[n] & ~sim_bits(47, 12)) |
				  (boot.area + ADV_LEVEL2 + 0x10000));
	adv_write(a, op->its, SIM_GITS_CTLR, 4, 1);
	adv_settle(a);
}

static void do_new_queue(struct adversary *a, const struct adv_op *op)
{
	adv_new_queue(a, op->its);
}

/* ---- operations ---- */

const struct random_shape adversary_shape = {ADVERSARY_MACHINE_BYTES, ADVERSARY_OP_BYTES,
					     ADVERSARY_BOOT};

static const struct adv_operation operations[] = {
	{"host boot", do_boot},
	{"host map", do_host_map},
	{"host unmap", do_host_unmap},
	{"MAPD", do_mapd},
	{"MAPC", do_mapc},
	{"event command", do_event_command},
	{"other command", do_other_command},
	{"level-1 word", do_level1},
	{"run", do_run},
	{"settle", do_settle},
	{"write CTLR", do_write_ctlr},
	{"write CBASER", do_write_cbaser},
	{"write BASER", do_write_baser},
	{"rewrite BASER", do_rewrite_baser},
	{"write CWRITER", do_write_cwriter},
	{"fail", do_fail},
	{"give", do_give},
	{"poke", do_poke},
	{"raw command", do_raw_command},
	{"poll", do_poll},
	{"read CREADR", do_read_creadr},
	{"write any", do_write_any},
	{"read any", do_read_any},
	{"race", do_race},
	{"race head", do_race_head},
	{"suspend", do_suspend},
	{"power", do_power},
	{"modes", do_modes},
	{"MSI", do_msi},
	{"inject", do_inject},
	{"honest end", do_honest_end},
	{"rewrite CBASER", do_rewrite_cbaser},
	{"replace table", do_replace_table},
	{"lose bits", do_lose_bits},
	{"firmware table", do_firmware_table},
	{"interrupted map", do_interrupted_map},
	{"flood", do_flood},
	{"power at the end", do_power_at_the_end},
	{"new queue", do_new_queue},
	{"move", do_move},
	{"sleep", do_sleep},
	{"gone", do_gone},
	{"smaller table", do_smaller_table},
	{"failing map", do_failing_map},
	{"interrupted MAPC", do_interrupted_mapc},
	{"hasty end", do_hasty_end},
	{"resumed", do_resumed},
	{"untaken", do_untaken},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* Opcodes from here on, up to 64, were repetitions of the busier ones; most of them are still. */
#define OFTEN 36u

static const struct adv_operation *its_operation(uint8_t opcode)
{
	static const uint8_t often[] = {0,  1, 33, 1, 2, 35, 3,  3,  4,  5,  5,  6,  7, 29,
					29, 8, 32, 9, 9, 10, 10, 11, 12, 15, 13, 14, 1, 3};
	uint8_t index = opcode & 63;

	return &operations[index < OPERATIONS ? index : often[index - OFTEN]];
}

/* A quarter of the opcodes is for the other kind, on a machine that has it. */
static const struct adv_operation *operation_of(const struct adversary *a, uint8_t opcode)
{
	bool other = opcode >= 0xc0;

	if (!a->config.machine.rds || a->redists == other)
		return its_operation(opcode);
	return adv_rd_operation(opcode);
}

const char *adversary_op_name(uint8_t opcode)
{
	return its_operation(opcode)->name;
}

static uint64_t le(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

static void run_op(struct adversary *a, const uint8_t *bytes)
{
	const struct adv_op op = {
		.its = (uint8_t)(bytes[1] % a->config.its_count),
		.its_byte = bytes[1],
		.a = bytes[2],
		.b = bytes[3],
		.c = bytes[4],
		.d = bytes[5],
		.e = (uint16_t)le(bytes + 6, 2),
		.value = le(bytes + 8, 8),
	};

	a->stats.ops++;
	if (a->out)
		fprintf(a->out, "# %" PRIu32 ": %s\n", a->op, operation_of(a, bytes[0])->name);
	if (a->plant)
		a->plant(a->plant_ctx, a->world, a->op);
	operation_of(a, bytes[0])->run(a, &op);
}

/* ---- a run ---- */

/* One world for all inputs: made anew in the same memory. */
static bool build(struct adversary *a)
{
	char why[128];

	if (a->world)
		return world_reset(a->world, &a->config, why, sizeof(why));
	a->world = world_create(&a->config, why, sizeof(why));
	return a->world != NULL;
}

/* Of an input of before. */
static void forget_run(struct adversary *a)
{
	memset(a->host, 0, sizeof(a->host));
	memset(&a->finding, 0, sizeof(a->finding));
	a->insides = 0;
	memset(a->errors, 0, sizeof(a->errors));
	memset(a->told, 0, sizeof(a->told));
	memset(a->stalls, 0, sizeof(a->stalls));
	a->op = 0;
	a->fresh = 0;
	a->unplugged = a->replays = 0;
	a->injections = 0;
	a->unfetched = 0;
	a->honest = a->leaked = a->injected = a->troubled = a->odd = a->untraceable = false;
	a->stays = false;
	a->rd_odd = false;
	a->cached = a->config.cache;
	a->collections_moved = false;
	a->num_refused = 0;
	a->out_its = 0;
}

static void meet_machine(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		a->guards[i] = world_guard(a->world, i);
		for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
			a->host[i].regs.baser[n] =
				sim_its_reg_read(world_its(a->world, i), SIM_GITS_BASER + 8 * n, 8);
	}
}

static bool begin(struct adversary *a, const uint8_t *data, size_t size)
{
	uint8_t machine[ADVERSARY_MACHINE_BYTES] = {0};

	if (size != 0) /* data may be NULL then */
		memcpy(machine, data, size < sizeof(machine) ? size : sizeof(machine));
	adv_machine(a, machine);
	forget_run(a);
	a->stats.runs++;
	if (!build(a))
		return false;
	meet_machine(a);
	a->predictor = predictor_new(a->world);
	if (!a->predictor)
		return false;
	adv_listen(a);
	if (a->out)
		adv_print_machine(a);
	adv_check_all(a);
	if (a->adopts)
		adv_rd_adopt(a);
	return true;
}

static void last_honest_end(struct adversary *a, const uint8_t *data, size_t size)
{
	uint8_t how = size > ADVERSARY_MACHINE_BYTES - 2 ? data[ADVERSARY_MACHINE_BYTES - 2] : 0;
	uint8_t which = size > ADVERSARY_MACHINE_BYTES - 1 ? data[ADVERSARY_MACHINE_BYTES - 1] : 0;
	uint8_t life = size > ADVERSARY_MACHINE_BYTES - 3 ? data[ADVERSARY_MACHINE_BYTES - 3] : 0;
	uint8_t loses = size > ADVERSARY_MACHINE_BYTES - 4 ? data[ADVERSARY_MACHINE_BYTES - 4] : 0;
	struct adv_boot boot = {
		.two_level = how & 1,
		.suspends = how & 2,
		.power = how & 4,
		.loses = adv_firmware(how & 8),
		.attributes = (uint8_t)(how >> 4 | which << 4),
	};

	choose_life(&boot, life, loses, loses & 0x7f);
	if (a->plant)
		a->plant(a->plant_ctx, a->world, UINT32_MAX);
	adv_honest_end(a, which % a->config.its_count, &boot);
	a->op++;
	if (!adv_found(a)) {
		a->honest = true;
		adv_shut_down(a, false);
		adv_rd_shut_down(a);
		a->honest = false;
	}
}

static void end(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		struct itsg_stats stats;

		itsg_get_stats(world_guard(a->world, i), &stats);
		a->stats.commands += stats.commands;
		a->stats.accepted += stats.accepted;
	}
	a->stats.predicted += predictor_count(a->predictor);
	predictor_free(a->predictor);
	a->predictor = NULL;
}

const struct adversary_finding *adversary_run(struct adversary *a, const uint8_t *data, size_t size)
{
	size_t at = ADVERSARY_MACHINE_BYTES;

	if (!begin(a, data, size)) {
		a->stats.unbuilt++;
		return &a->finding;
	}
	for (; at + ADVERSARY_OP_BYTES <= size && !adv_found(a) && a->op < ADVERSARY_OPS_MAX;
	     at += ADVERSARY_OP_BYTES) {
		run_op(a, data + at);
		a->op++;
	}
	if (!adv_found(a))
		last_honest_end(a, data, size);
	end(a);
	return &a->finding;
}

bool adversary_print(struct adversary *a, const uint8_t *data, size_t size, FILE *out)
{
	const struct adversary_finding *finding;

	a->out = out;
	fputs(TRACE_LICENCE, out);
	finding = adversary_run(a, data, size);
	a->out = NULL;
	if (finding->detector != ADVERSARY_FOUND_NOTHING)
		fprintf(out, "# found: %s at operation %" PRIu32 ": %s\n",
			adversary_detector_name(finding->detector), finding->op, finding->text);
	if (a->config.rewrite_host)
		fprintf(out, "#: every host word changes the moment after it was read\n");
	return !a->untraceable && !a->config.rewrite_host;
}

/* ---- life ---- */

struct adversary *adversary_new(void)
{
	struct adversary *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	world_config_default(&a->base);
	a->oracle = oracle_new();
	if (a->oracle)
		return a;
	free(a);
	return NULL;
}

void adversary_free(struct adversary *a)
{
	if (!a)
		return;
	world_destroy(a->world);
	oracle_free(a->oracle);
	free(a);
}

void adversary_redistributors(struct adversary *a)
{
	a->redists = true;
}

const struct adversary_stats *adversary_stats(const struct adversary *a)
{
	return &a->stats;
}

void adversary_on_op(struct adversary *a, adversary_plant_fn *fn, void *ctx)
{
	a->plant = fn;
	a->plant_ctx = ctx;
}

const char *adversary_detector_name(enum adversary_detector detector)
{
	static const char *const names[ADVERSARY_DETECTORS] = {
		"NOTHING",  "VIOLATION", "MISUSE", "ANSWER",     "BROKEN",  "ENDLESS",  "ERROR",
		"REGISTER", "INVARIANT", "ORACLE", "PREDICTION", "REFUSED", "LIVENESS",
	};

	return (unsigned)detector < ADVERSARY_DETECTORS ? names[detector] : "?";
}
