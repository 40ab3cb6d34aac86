/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Register accesses of any width, at any offset, in any state. What was written is read back, whole
 * and by halves; a refused read gives 0. Width and alignment are judged by rig.c.
 */
#include <inttypes.h>

#include "rig.h"

FUZZ_NAME("mmio")

static struct rig rig;

static uint32_t offset_of(const uint8_t *op)
{
	static const uint32_t offsets[] = {
		0x0,  0x4,    0x8,    0xc,    0x18,   0x40,    0x80,    0x84,       0x88,   0x8c,
		0x90, 0x94,   0x100,  0x104,  0x108,  0x10c,   0x110,   0x138,      0x13c,  0x140,
		0x48, 0x1000, 0xffe8, 0xfffc, 0xfff8, 0x10000, 0x10040, 0xffffff80, 0xc000, 0x20,
	};
	uint32_t any = (uint32_t)fuzz_le(op + 4, 4);

	return op[1] < 0xe0 ? FUZZ_PICK(offsets, op[1]) + (op[1] >= 0xc0 ? op[4] & 7u : 0) : any;
}

static uint32_t width_of(uint8_t byte)
{
	static const uint32_t widths[] = {8, 4, 8, 4, 8,  4, 8,  4,
					  1, 2, 3, 0, 16, 5, 64, 0x80000004};

	return FUZZ_PICK(widths, byte);
}

static uint64_t value_of(const uint8_t *op)
{
	uint64_t value = fuzz_le(op + 8, 8);

	switch (op[3] >> 5) {
	case 0:
		return 1;
	case 1:
		return 0;
	case 2:
		return SIM_VALID | RIG_QUEUE | (value & 0xff);
	case 3:
		return SIM_VALID | RIG_DEVICES | (value & 0x707);
	case 4:
		return op[4] & 1 ? RIG_QUEUE_BYTES : value & 0xfe0;
	default:
		return value;
	}
}

static uint64_t read_whole(uint32_t its, uint32_t offset, uint32_t width)
{
	enum itsg_reason reason;

	return rig_read(&rig, its, offset, width, &reason);
}

/* What was written can be read, whole and by halves. */
static void read_back(uint32_t its, uint32_t reg)
{
	uint64_t expected = host_regs_kept(&rig.regs[its], &rig.config, its, reg);
	uint64_t value = read_whole(its, reg, 8);

	if (value != (read_whole(its, reg, 4) | read_whole(its, reg + 4, 4) << 32))
		fuzz_found("register 0x%" PRIx32 " is not its halves", reg);
	if (reg >= SIM_GITS_BASER)
		value &= ~SIM_BASER_INDIRECT;
	if (value != expected)
		fuzz_found("register 0x%" PRIx32 " reads 0x%" PRIx64 " where 0x%" PRIx64
			   " was kept",
			   reg, value, expected);
}

static void access_register(uint32_t its, const uint8_t *op)
{
	uint32_t offset = offset_of(op);
	uint32_t width = width_of(op[2]);
	enum itsg_reason reason = ITSG_OK;

	if (!(op[0] & 1)) {
		if (rig_read(&rig, its, offset, width, &reason) != 0 && reason != ITSG_OK)
			fuzz_found("a refused read gave something");
		return;
	}
	reason = rig_write(&rig, its, offset, width, value_of(op));
	if (reason == ITSG_OK && (offset & ~7u) == SIM_GITS_CBASER)
		rig.tail[its] = 0;
	if (reason == ITSG_OK && host_regs_is_wide(offset & ~7u))
		read_back(its, offset & ~7u);
}

static void command(uint32_t its, const uint8_t *op)
{
	const uint64_t dw[4] = {fuzz_le(op + 8, 2) | (uint64_t)(op[10] & 7) << 32, op[11] & 7,
				(op[12] & 1 ? SIM_VALID : 0) | (RIG_ITTS + op[13] * 0x100u), 0};

	rig_put(&rig, its, dw);
	rig_ring(&rig, its);
}

static void operation(const uint8_t *op)
{
	uint32_t its = op[3] % rig.config.its_count;

	switch (op[0] >> 4) {
	case 15:
		rig_arm(&rig, op[1] & 1);
		return;
	case 14:
		rig_settle(&rig);
		return;
	case 13:
		world_run(rig.world, its, op[1] & 3);
		return;
	case 12:
		command(its, op);
		return;
	case 11:
		world_fail_run(rig.world, (enum trace_callback)(op[1] % TRACE_CBS),
			       1 + (op[2] & 15u), op[3] & 1 ? WORLD_EVER : 1 + op[3] / 16u);
		return;
	default:
		access_register(its, op);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[MMIO_HEADER];
	struct fuzz_input input = fuzz_begin(data, size, header, sizeof(header));
	struct world_config config;
	const uint8_t *op;

	rig_config(&config, header);
	rig_begin(&rig, &config, RIG_FULL);
	if (fuzz_plant > FUZZ_PLANT_hang)
		rig_arm(&rig, false);
	while ((op = fuzz_next(&input, MMIO_OP))) {
		operation(op);
		rig_step(&rig);
	}
	rig_end(&rig);
	return 0;
}
