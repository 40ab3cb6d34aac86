/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Operations at redistributors: what drivers do to them, cut off anywhere, and what no driver does.
 */
#include "adversary_priv.h"

#include <inttypes.h>

#define PICK(table, byte) ((table)[(byte) % (sizeof(table) / sizeof((table)[0]))])

#define RD_CTLR           0x0000u
#define RD_WAKER          0x0014u
#define RD_SETLPIR        0x0040u
#define RD_CLRLPIR        0x0048u
#define RD_PROPBASER      0x0070u
#define RD_PENDBASER      0x0078u
#define RD_INVLPIR        0x00a0u
#define RD_INVALLR        0x00b0u
#define RD_SYNCR          0x00c0u
#define RD_VPROPBASER     0x20070u
#define RD_VPENDBASER     0x20078u

#define ENABLE_LPIS       1u
#define PTZ               ((uint64_t)1 << 62)
#define ATTRIBUTES        0x780u /* inner 7, share 1 */

/* ---- places ---- */

/* Configuration tables, two of them; pending tables, one for each, and one more. */
static uint64_t table_place(uint32_t n)
{
	return ADV_LPIS + (uint64_t)n * ADV_LPIS_BYTES;
}

static uint64_t config_place(const struct adversary *a, uint8_t which)
{
	const uint64_t places[] = {
		table_place(0),          table_place(0),
		table_place(1),          table_place(1),
		table_place(2),          table_place(0) + 0x1000,
		table_place(0) + 0xe000, ((uint64_t)1 << a->config.machine.pa_bits) - 0x1000,
	};

	return PICK(places, which);
}

static uint64_t pending_place(const struct adversary *a, uint32_t rd, uint8_t which)
{
	uint32_t pes = a->config.machine.pes;

	switch (which & 15) {
	case 1:
		return table_place(2 + (rd + 1) % pes); /* of its neighbour */
	case 2:
		return table_place(0);
	case 3:
		return table_place(1);
	case 4:
		return ADV_RAM + ADV_QUEUE; /* an ITS has something there, perhaps */
	case 5:
		return ADV_RAM + ADV_ITTS;
	case 6:
		return ADV_RAM + ADV_DEVICES;
	case 7:
		return world_private(a->world, 0).pa;
	case 8:
		return ((uint64_t)1 << a->config.machine.pa_bits) - 0x10000;
	default:
		return table_place(2 + rd);
	}
}

static uint32_t rd_of(const struct adversary *a, const struct adv_op *op)
{
	return op->its_byte % a->config.machine.pes;
}

/* ---- a register ---- */

static void write_register(struct adversary *a, uint32_t rd, uint32_t offset, uint64_t value,
			   uint8_t how)
{
	switch (how & 7) {
	case 1:
		adv_rd_write(a, rd, offset, 4, value & 0xffffffff);
		break;
	case 2:
		adv_rd_write(a, rd, offset + 4, 4, value >> 32);
		break;
	case 3:
		adv_rd_write(a, rd, offset + 4, 4, value >> 32);
		adv_rd_write(a, rd, offset, 4, value & 0xffffffff);
		break;
	default:
		adv_rd_write(a, rd, offset, 8, value);
		break;
	}
}

static void read_back(struct adversary *a, uint32_t rd, uint32_t offset)
{
	uint64_t value = adv_rd_read(a, rd, offset, 8);
	uint64_t halves = adv_rd_read(a, rd, offset, 4) | adv_rd_read(a, rd, offset + 4, 4) << 32;

	if (!adv_found(a) && value != halves)
		adv_find(a, ADVERSARY_REGISTER, "register 0x%" PRIx32 " is not its halves", offset);
}

static uint64_t attributes(uint8_t byte)
{
	static const uint64_t values[] = {ATTRIBUTES, ATTRIBUTES, ATTRIBUTES, 0,
					  0x480,      0xb80,      0xf80};

	return PICK(values, byte) | (byte & 0x80 ? (uint64_t)1 << 56 : 0);
}

static uint64_t id_bits(uint8_t byte)
{
	static const uint8_t values[] = {15, 15, 15, 13, 12, 16, 19, 31, 14, 0};

	return PICK(values, byte);
}

static void do_prop(struct adversary *a, const struct adv_op *op)
{
	uint64_t value = config_place(a, op->a) | id_bits(op->b) | attributes(op->d);

	if (op->c & 0x40)
		value ^= (uint64_t)1 << (op->e & 63);
	if (op->c & 0x80)
		value = op->value;
	write_register(a, rd_of(a, op), RD_PROPBASER, value, op->c);
	if (op->c & 8)
		read_back(a, rd_of(a, op), RD_PROPBASER);
}

static void do_pend(struct adversary *a, const struct adv_op *op)
{
	uint64_t value = pending_place(a, rd_of(a, op), op->a) | attributes(op->d);

	if (op->b & 1)
		value |= PTZ;
	if (op->c & 0x40)
		value ^= (uint64_t)1 << (op->e & 63);
	if (op->c & 0x80)
		value = op->value;
	write_register(a, rd_of(a, op), RD_PENDBASER, value, op->c);
	if (op->c & 8)
		read_back(a, rd_of(a, op), RD_PENDBASER);
}

static void do_ctlr(struct adversary *a, const struct adv_op *op)
{
	const uint64_t values[] = {1, 0, 3, 2, 0x07000001, 0, 1, op->value};

	adv_rd_write(a, rd_of(a, op), RD_CTLR, 4, PICK(values, op->a));
}

static void do_look(struct adversary *a, const struct adv_op *op)
{
	for (uint32_t i = 0; i <= (op->a & 7u); i++)
		adv_rd_read(a, rd_of(a, op), RD_CTLR, 4);
}

static uint32_t any_offset(const struct adv_op *op)
{
	static const uint32_t offsets[] = {
		0x0,    0x4,     0x8,     0xc,     0x10,    0x14,    0x18,    0x1c,    0x20,
		0x40,   0x44,    0x48,    0x4c,    0x70,    0x74,    0x78,    0x7c,    0xa0,
		0xa4,   0xb0,    0xb4,    0xc0,    0xc4,    0xc8,    0xffd0,  0xffe8,  0xfffc,
		0xc000, 0x10000, 0x20070, 0x20074, 0x20078, 0x2007c, 0x20000, 0x2fffc, 0x30000,
	};

	return op->a < 0xe0 ? PICK(offsets, op->a) + (op->a >= 0xc8 ? op->b >> 5 : 0)
			    : (uint32_t)op->e | (op->a & 3u) << 16;
}

static uint32_t any_width(uint8_t byte)
{
	static const uint32_t widths[] = {4, 8, 4, 8, 4, 8, 1, 2};

	return PICK(widths, byte);
}

/* Now and then of one that does not exist. */
static uint32_t any_rd(const struct adversary *a, const struct adv_op *op)
{
	return op->d == 0xff ? a->config.machine.pes : rd_of(a, op);
}

static void do_write_any(struct adversary *a, const struct adv_op *op)
{
	const uint64_t values[] = {op->value, 1, 0, 0x80000001, SIM_VALID, op->value & 0xff};

	adv_rd_write(a, any_rd(a, op), any_offset(op), any_width(op->b), PICK(values, op->c));
}

static void do_read_any(struct adversary *a, const struct adv_op *op)
{
	adv_rd_read(a, any_rd(a, op), any_offset(op), any_width(op->b));
}

/* What is in force, a bit changed or none. */
static void do_rewrite(struct adversary *a, const struct adv_op *op)
{
	uint32_t rd = rd_of(a, op), offset = op->a & 1 ? RD_PROPBASER : RD_PENDBASER;
	uint64_t value = adv_rd_read(a, rd, offset, 8);

	if (op->b & 1)
		value ^= (uint64_t)1 << (op->d & 63);
	write_register(a, rd, offset, value, op->c);
	if (op->b & 2)
		adv_rd_write(a, rd, RD_CTLR, 4, 1);
}

/* ---- commands ---- */

static uint64_t intid(const struct adversary *a, const struct adv_op *op)
{
	uint64_t bits = a->config.machine.lpi_bits;
	const uint64_t values[] = {8192,
				   8193,
				   8191,
				   ((uint64_t)1 << bits) - 1,
				   (uint64_t)1 << bits,
				   16384,
				   16383,
				   65535,
				   65536,
				   0,
				   op->value};

	return PICK(values, op->b);
}

static void do_command(struct adversary *a, const struct adv_op *op)
{
	static const uint32_t offsets[] = {RD_SETLPIR, RD_SETLPIR, RD_CLRLPIR,
					   RD_INVLPIR, RD_INVALLR, RD_INVLPIR};
	uint32_t rd = rd_of(a, op), offset = PICK(offsets, op->a);
	uint64_t value = intid(a, op);

	if (op->d & 1)
		adv_rd_write(a, rd, RD_CTLR, 4, ENABLE_LPIS);
	if (op->c & 0x40)
		value |= (uint64_t)9 << 32;
	if (op->c & 0x20)
		value |= SIM_VALID;
	write_register(a, rd, offset, value, op->c & 0x10 ? op->c : 0);
	if (op->c & 8)
		adv_rd_read(a, rd, RD_SYNCR, 4);
}

/* ProcessorSleep, and what GIC-600 has beside it. */
static void do_waker(struct adversary *a, const struct adv_op *op)
{
	const uint64_t values[] = {2, 0, 1, 0x80000000, 3, 0x80000003, 0, op->value};

	adv_rd_write(a, rd_of(a, op), RD_WAKER, 4, PICK(values, op->a));
	adv_rd_read(a, rd_of(a, op), RD_WAKER, 4);
}

/* As drivers do when a PE starts, and as they do to make a vPE resident. */
static void do_virtual(struct adversary *a, const struct adv_op *op)
{
	uint32_t rd = rd_of(a, op);
	uint64_t address = table_place(op->a & 3);

	write_register(a, rd, RD_VPROPBASER, (op->b & 1 ? SIM_VALID : 0) | address | 15, op->c);
	adv_rd_read(a, rd, RD_VPROPBASER, 8);
	write_register(a, rd, RD_VPENDBASER, (op->b & 2 ? SIM_VALID : 0) | address, op->c >> 3);
	adv_rd_read(a, rd, RD_VPENDBASER, 8);
}

/* ---- what drivers do ---- */

static void do_boot(struct adversary *a, const struct adv_op *op)
{
	static const enum adv_rd_style styles[] = {ADV_LINUX,      ADV_LINUX, ADV_UNIT_TESTS,
						   ADV_FREEBSD,    ADV_XEN,   ADV_LINUX,
						   ADV_UNIT_TESTS, ADV_XEN};
	struct adv_rd_boot boot = {
		.style = PICK(styles, op->a),
		.config = config_place(a, op->b),
		.pending = table_place(2 + (op->b >> 6)),
		.bits = op->c & 3 ? 0 : a->config.machine.lpi_bits,
		.odd = (op->d & 6) == 6 ? 0x80u << (op->d >> 3 & 7) : 0,
		.reads = op->d & 1,
	};
	uint32_t rd = rd_of(a, op);

	if (op->c & 0x80)
		adv_rd_boot(a, 0, a->config.machine.pes, &boot);
	else
		adv_rd_boot(a, rd, rd + 1, &boot);
	if (!(op->c & 0x40))
		return;
	/* The last one, of another group perhaps, has the other table. */
	boot.config ^= table_place(0) ^ table_place(1);
	adv_rd_boot(a, a->config.machine.pes - 1, a->config.machine.pes, &boot);
}

/* What only the honest host has stays its own. */
static void give_table(struct adversary *a, uint64_t pa)
{
	if (pa < ADV_LPIS_FRESH || pa >= ADV_LPIS_FRESH + ADV_LPIS_AREAS * ADV_AREA)
		adv_give(a, pa, 1);
}

/* Waits, or not; then the memory is used for something else. */
static void do_clear(struct adversary *a, const struct adv_op *op)
{
	uint32_t rd = rd_of(a, op);
	struct sim_redist_tables tables = sim_redists_given(world_redists(a->world), rd);

	adv_rd_clear(a, rd, op->a & 7u);
	if (op->a & 0x80)
		adv_poll(a);
	if (op->a & 8)
		give_table(a, tables.pending_pa);
	if (op->a & 0x10)
		give_table(a, tables.config_pa);
	if (op->a & 0x20)
		adv_rd_write(a, rd, RD_CTLR, 4, ENABLE_LPIS);
}

/* kvm-unit-tests: pending bits by hand, and PENDBASER once more. */
static void do_migrate(struct adversary *a, const struct adv_op *op)
{
	uint32_t rd = rd_of(a, op);
	uint64_t pend = adv_rd_read(a, rd, RD_PENDBASER, 8);
	uint64_t pa = pend & sim_bits(51, 16);

	adv_rd_clear(a, rd, op->a & 7u);
	adv_mem64(a, pa + 0x400 + (op->b & 0x1f) * 8u, op->value);
	if (op->c & 1)
		adv_mem64(a, pa + (op->b >> 1 & 0x7f) * 8u, op->value);
	if (op->c & 2)
		pend |= PTZ;
	adv_rd_write(a, rd, RD_PENDBASER, 8, pend);
	adv_rd_write(a, rd, RD_CTLR, 4, ENABLE_LPIS);
}

/* ---- hardware, firmware, platform ---- */

/* A PE sleeps before its power goes: only where it may. */
static bool may_turn(const struct adversary *a, const struct trace_rd_power *power)
{
	return power->on || adv_may_sleep(a, power->rd);
}

static void do_power(struct adversary *a, const struct adv_op *op)
{
	struct trace_rd_power power = {.rd = rd_of(a, op)};

	power.on = !sim_redists_powered(world_redists(a->world), power.rd);
	power.props = power.on && (op->a & 1);
	power.enable = power.on && (op->a & 2);
	if (may_turn(a, &power))
		adv_rd_power(a, &power);
}

/* All of it: off, a clear by another CPU, on again as firmware has it, and a look. */
static void do_power_cycle(struct adversary *a, const struct adv_op *op)
{
	struct trace_rd_power power = {.rd = rd_of(a, op)};

	if (!may_turn(a, &power))
		return;
	adv_rd_power(a, &power);
	if (op->a & 1)
		adv_rd_write(a, power.rd, RD_CTLR, 4, op->a & 2 ? ENABLE_LPIS : 0);
	if (op->a & 4)
		give_table(a, sim_redists_given(world_redists(a->world), power.rd).pending_pa);
	power.on = true;
	power.enable = !(op->a & 8);
	power.props = op->a & 16;
	adv_rd_power(a, &power);
	adv_rd_read(a, power.rd, RD_CTLR, 4);
	if (op->a & 32)
		adv_rd_write(a, power.rd, RD_CTLR, 4, ENABLE_LPIS);
}

static void do_lost(struct adversary *a, const struct adv_op *op)
{
	uint32_t rd = rd_of(a, op);

	adv_rd_lost(a, rd);
	if (op->a & 1)
		adv_rd_read(a, rd, RD_CTLR, 4);
	if (op->a & 2)
		adv_rd_write(a, rd, RD_CTLR, 4, op->a & 4 ? 0 : ENABLE_LPIS);
}

/* The host writes the first 1 KB of a table that is only shared, so nobody may believe it. */
static void do_modes(struct adversary *a, const struct adv_op *op)
{
	static const uint32_t looks[] = {0, 1, 2, 3, 5, 40, 0, 1};
	const struct sim_redists_mode mode = {
		.late = op->a & 1,
		.prefetch = op->a & 2,
		.believes = (op->a & 4) && !a->config.machine.share_pending,
		.group_any = op->a & 8,
		.res1 = (op->a & 0x30) == 0x30,
		.rwp = PICK(looks, op->b),
	};

	adv_rd_modes(a, mode);
}

static void do_gone(struct adversary *a, const struct adv_op *op)
{
	(void)op;
	adv_rd_gone(a);
}

/* Memory where tables are, or will be. */
static uint64_t table_byte(const struct adversary *a, const struct adv_op *op)
{
	return table_place(op->a % (3 + a->config.machine.pes)) + (op->b & 15) * 0x1000u +
	       (op->b >> 4) * 0x80u;
}

static void do_poke(struct adversary *a, const struct adv_op *op)
{
	adv_mem64(a, table_byte(a, op), op->c & 1 ? op->value : op->value | 1);
}

static void do_give(struct adversary *a, const struct adv_op *op)
{
	adv_give(a, table_byte(a, op), 1);
}

/* Where nobody knows yet what hardware keeps, it must not keep now this and now that. */
static void do_fault(struct adversary *a, const struct adv_op *op)
{
	static const uint64_t prop[] = {0, 1, 0x700, 0x1000, 0xc00, 0x10, 0, 0};
	static const uint64_t pend[] = {0, 0x10000, 0x700, 0, 0xc00, 0, 0, 0};
	uint32_t rd = rd_of(a, op);

	if (a->config.machine.before_count)
		adv_rd_fault(a, rd, 0, 0, op->b & 1);
	else
		adv_rd_fault(a, rd, PICK(prop, op->a), PICK(pend, op->a), op->b & 1);
	if (op->c & 1)
		adv_rd_write(a, rd, RD_CTLR, 4, ENABLE_LPIS);
	if (op->c & 2)
		adv_rd_fault(a, rd, 0, 0, false);
}

/* A callback fails, once or in a row, and then LPIs are enabled, or go off. */
static void do_fail(struct adversary *a, const struct adv_op *op)
{
	static const enum trace_callback callbacks[] = {
		TRACE_CB_SHARE, TRACE_CB_DONATE, TRACE_CB_ZERO, TRACE_CB_UNSHARE, TRACE_CB_RECLAIM};
	enum trace_callback callback = PICK(callbacks, op->a);

	adv_fail(a, callback, 1 + (op->b & 15u), op->c & 1 ? TRACE_FAIL_EVER : 1u + (op->c >> 4));
	if (op->c & 2)
		adv_rd_write(a, rd_of(a, op), RD_CTLR, 4, op->c & 4 ? 0 : ENABLE_LPIS);
	if (op->c & 8)
		adv_fail(a, callback, 0, 0);
}

/* Inside the next call: an ITS delivers, or EnableLPIs goes, or a page of a table. */
static void do_inside(struct adversary *a, const struct adv_op *op)
{
	static const enum trace_inside where[] = {TRACE_IN_READ, TRACE_IN_ANY, TRACE_IN_WRITE};
	struct adv_inside inside = {
		.where = PICK(where, op->a >> 4),
		.n = 1 + op->b % 8u,
		.kind = TRACE_RUN,
		.its = 0,
		.commands = TRACE_RUN_ALL,
		.pa = table_byte(a, op),
		.value = op->value,
	};

	if ((op->a & 3) == 1)
		inside.kind = TRACE_GUEST;
	if ((op->a & 3) == 2)
		inside.kind = TRACE_MEM;
	if ((op->a & 3) == 3) {
		inside.kind = TRACE_RD_LOST;
		inside.where = TRACE_IN_READ;
		inside.rd = rd_of(a, op);
	}
	adv_inside(a, &inside);
	if (op->c & 1)
		adv_rd_write(a, rd_of(a, op), RD_CTLR, 4, op->c & 2 ? 0 : ENABLE_LPIS);
}

/* ---- with an ITS ---- */

/* A collection for this one, a device, an event: an LPI that comes there, or is dropped. */
static void do_lpi(struct adversary *a, const struct adv_op *op)
{
	const struct adv_boot boot = {.area = ADV_RAM};
	uint32_t rd = rd_of(a, op);

	if (!a->host[0].regs.enabled)
		adv_boot(a, 0, &boot);
	adv_send(a, 0, SIM_MAPC, 0, SIM_VALID | adv_rdbase(a, rd), 0);
	if (!(op->a & 0x80))
		adv_map(a, 0, op->b & 1, 2, ADV_RAM + ADV_ITTS + (op->b & 1) * 0x1000u);
	adv_event(a, 0, a->host[0].device, op->c & 7u, 0);
	adv_send(a, 0, SIM_INT | (uint64_t)a->host[0].device << 32, op->c & 7u, 0, 0);
	if (op->a & 1)
		adv_run(a, 0, TRACE_RUN_ALL);
	if (op->a & 2)
		adv_msi(a, 0, a->host[0].device, op->c & 7u);
	if (op->a & 4)
		adv_unmap(a, 0, a->host[0].device);
	if (op->a & 8)
		adv_settle(a);
}

static void do_poll(struct adversary *a, const struct adv_op *op)
{
	if (op->a & 1)
		adv_run(a, 0, TRACE_RUN_ALL);
	adv_poll(a);
}

/* ---- operations ---- */

static const struct adv_operation operations[] = {
	{"rd boot", do_boot},
	{"rd CTLR", do_ctlr},
	{"rd PROPBASER", do_prop},
	{"rd PENDBASER", do_pend},
	{"rd clear", do_clear},
	{"rd look", do_look},
	{"rd write any", do_write_any},
	{"rd read any", do_read_any},
	{"rd rewrite", do_rewrite},
	{"rd command", do_command},
	{"rd WAKER", do_waker},
	{"rd virtual", do_virtual},
	{"rd migrate", do_migrate},
	{"rd power", do_power},
	{"rd power cycle", do_power_cycle},
	{"rd lost", do_lost},
	{"rd modes", do_modes},
	{"rd gone", do_gone},
	{"rd poke", do_poke},
	{"rd give", do_give},
	{"rd fault", do_fault},
	{"rd fail", do_fail},
	{"rd inside", do_inside},
	{"rd LPI", do_lpi},
	{"rd poll", do_poll},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

const struct adv_operation *adv_rd_operation(uint8_t opcode)
{
	return &operations[(opcode & 63) % OPERATIONS];
}
