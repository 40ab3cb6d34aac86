/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Bytes are commands in a world that is armed already: any opcode, few DeviceIDs, few places, with
 * hardware that lags, callbacks that fail and a host that disables and comes back in between.
 */
#include "rig.h"

FUZZ_NAME("cmdq")

static struct rig rig;

/* First byte: below 0x40 any opcode, below 0xc0 one of those that a v3 ITS has, else an action. */
struct op {
	uint8_t opcode, flags, device, event, icid, rd;
	uint16_t intid;
	uint64_t value;
};

static uint64_t place(const struct op *op)
{
	static const uint32_t at[] = {
		RIG_ITTS,         RIG_ITTS + 0x100, RIG_ITTS + 0x1000, RIG_ITTS + 0x2f00,
		RIG_QUEUE,        RIG_DEVICES,      RIG_COLLECTIONS,   RIG_LEVEL2,
		RIG_ITTS + 0x200, RIG_ITTS + 0x300, RIG_ITTS + 0x400,  RIG_ITTS + 0xff00,
	};

	if (op->flags & 0x10)
		return op->value & sim_bits(51, 8);
	return FUZZ_PICK(at, op->icid) + (uint64_t)(op->icid >> 4) * 0x100;
}

static uint64_t rdbase(uint8_t pe)
{
	return rig.config.machine.pta ? rig.config.machine.rd + (uint64_t)(pe & 7) * 0x20000
				      : (uint64_t)(pe & 7) << 16;
}

static void command(const struct op *op)
{
	static const uint32_t intids[] = {8192, 8193, 65535, 65536, 0, 8191};
	uint64_t dw[4] = {op->opcode | (uint64_t)(op->device & 31) << 32, op->event,
			  (op->flags & 1 ? SIM_VALID : 0), rdbase(op->rd >> 3)};

	if (op->opcode == SIM_MAPD)
		dw[2] |= place(op);
	else
		dw[2] |= rdbase(op->rd) | (op->opcode == SIM_SYNC ? 0 : op->icid);
	if (op->opcode == SIM_MAPTI)
		dw[1] |= (uint64_t)(FUZZ_PICK(intids, op->intid) + (op->intid >> 8)) << 32;
	if (op->flags & 0x20)
		dw[op->flags >> 6] ^= op->value;
	rig_put(&rig, 0, dw);
	if (!(op->flags & 2))
		rig_ring(&rig, 0);
	if (op->flags & 4)
		world_run(rig.world, 0, 1);
}

static void restart(const struct op *op)
{
	rig_write(&rig, 0, SIM_GITS_CTLR, 4, 0);
	if (op->flags & 1)
		rig_settle(&rig);
	if ((op->flags & 2) &&
	    rig_write(&rig, 0, SIM_GITS_CBASER, 8, SIM_VALID | RIG_QUEUE) == ITSG_OK)
		rig.tail[0] = 0;
	rig_write(&rig, 0, SIM_GITS_CTLR, 4, 1);
}

/* CREADR is the guard's to move, CWRITER is not (M44). */
static void read_pointers(void)
{
	enum itsg_reason reason;

	rig_read(&rig, 0, SIM_GITS_CREADR, 4, &reason);
	if (rig_read(&rig, 0, SIM_GITS_CWRITER, 4, &reason) != rig.regs[0].cwriter)
		fuzz_found("CWRITER has moved by itself");
}

static void action(const struct op *op)
{
	switch (op->opcode & 15) {
	case 0:
	case 1:
		rig_settle(&rig);
		return;
	case 2:
	case 3:
	case 4:
		world_run(rig.world, 0, op->event & 7);
		return;
	case 5:
	case 6:
		read_pointers();
		return;
	case 7:
		restart(op);
		return;
	case 8:
	case 9:
		world_fail_run(rig.world, (enum trace_callback)(op->event % TRACE_CBS),
			       1 + (op->device & 7u),
			       op->flags & 1 ? WORLD_EVER : 1 + op->icid / 16u);
		return;
	case 10:
	case 11:
		rig_give(&rig, place(op));
		return;
	case 12:
	case 13:
		rig_poke64(&rig, RIG_DEVICES + 8 * (op->event & 7u),
			   (op->flags & 1 ? SIM_VALID : 0) | (RIG_LEVEL2 + op->icid * 0x1000u));
		return;
	default:
		rig_write(&rig, 0, SIM_GITS_CWRITER, 4, op->value);
	}
}

static struct op decode(const uint8_t *b)
{
	static const uint8_t opcodes[] = {SIM_MAPD, SIM_MAPD,  SIM_MAPD, SIM_MAPTI,  SIM_MAPI,
					  SIM_MAPC, SIM_INV,   SIM_SYNC, SIM_INVALL, SIM_MOVALL,
					  SIM_MOVI, SIM_CLEAR, SIM_INT,  SIM_DISCARD};
	uint8_t first = b[0] >= 0x40 && b[0] < 0xc0 ? FUZZ_PICK(opcodes, b[0]) : b[0];

	return (struct op){first,
			   b[1],
			   b[2],
			   b[3],
			   b[4],
			   b[5],
			   (uint16_t)fuzz_le(b + 6, 2),
			   fuzz_le(b + 8, 8)};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[CMDQ_HEADER];
	struct fuzz_input input = fuzz_begin(data, size, header, sizeof(header));
	struct world_config config;
	const uint8_t *bytes;

	rig_config(&config, header);
	config.its_count = 1;
	rig_begin(&rig, &config, RIG_QUICK);
	rig_arm(&rig, header[1] & 4);
	while ((bytes = fuzz_next(&input, CMDQ_OP))) {
		struct op op = decode(bytes);

		if (op.opcode < 64)
			command(&op);
		else
			action(&op);
		rig_step(&rig);
	}
	rig_end(&rig);
	return 0;
}
