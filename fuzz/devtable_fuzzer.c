/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Geometry, arming and retiring: BASERs of any shape at few places, level-1 words, and just enough
 * commands that tables have something in them when they go.
 */
#include "rig.h"

FUZZ_NAME("devtable")

static struct rig rig;

static uint64_t place(uint8_t where, uint8_t fine)
{
	static const uint64_t at[] = {
		RIG_QUEUE,
		RIG_DEVICES,
		RIG_COLLECTIONS,
		RIG_LEVEL2,
		RIG_LEVEL2 + 0x10000,
		RIG_ITTS,
		RIG_RAM + 0xff0000,
		RIG_RAM - 0x10000,
		RIG_RAM + RIG_AREA,
		0,
		(uint64_t)0xf << 48,
		((uint64_t)1 << 48) - 0x10000,
	};

	return FUZZ_PICK(at, where) + (uint64_t)(fine & 15) * 0x1000;
}

/* value: [0] size [1] place [2] fine place [3] bits */
static uint64_t baser(const uint8_t *v)
{
	uint64_t code = v[3] & 3;
	uint64_t pa = place(v[1], v[2]);
	uint64_t value = code << 8 | (v[3] & 0x40 ? v[0] : v[0] & 3);

	value |= v[3] & 0x0c ? SIM_VALID : 0;
	value |= v[3] & 0x10 ? SIM_BASER_INDIRECT : 0;
	value |= (uint64_t)(v[2] >> 4 & 7) << 59;
	if (code < 2)
		return value | (pa & sim_bits(47, 12));
	return value | (pa & sim_bits(47, 16)) | (pa >> 48 & 15) << 12;
}

static void level1(const uint8_t *op)
{
	uint64_t word = op[3] & 3 ? SIM_VALID : 0;

	word |= place(op[4], op[5]) & ~(uint64_t)(op[3] & 4 ? 0 : 0xffff);
	if (op[3] & 8)
		word |= (uint64_t)1 << (op[6] & 63);
	rig_poke64(&rig, place(op[1], 0) + (op[2] & 15) * 8u, word);
}

static void mapd(uint32_t its, const uint8_t *op)
{
	const uint64_t dw[4] = {SIM_MAPD | (uint64_t)(op[2] | (op[3] & 3u) << 8) << 32, op[5] & 3,
				(op[3] & 4 ? 0 : SIM_VALID) | (RIG_ITTS + op[4] * 0x100u), 0};

	rig_put(&rig, its, dw);
	rig_ring(&rig, its);
}

static void mapc(uint32_t its, const uint8_t *op)
{
	const uint64_t dw[4] = {SIM_MAPC, 0, (op[3] & 4 ? 0 : SIM_VALID) | op[2], 0};

	rig_put(&rig, its, dw);
	rig_ring(&rig, its);
}

static void enable(uint32_t its, const uint8_t *op)
{
	if (op[2] & 1)
		rig_poke64(&rig, RIG_DEVICES, SIM_VALID | RIG_LEVEL2);
	rig_write(&rig, its, SIM_GITS_CTLR, 4, op[2] & 2 ? 0 : 1);
}

static void boot(const uint8_t *op)
{
	for (uint32_t i = 0; i < rig.config.its_count; i++)
		rig_write(&rig, i, SIM_GITS_CTLR, 4, 0);
	rig_settle(&rig);
	rig_arm(&rig, op[2] & 1);
}

static void operation(const uint8_t *op)
{
	uint32_t its = (op[0] >> 4) % rig.config.its_count;

	switch (op[0] & 15) {
	case 0:
	case 1:
		rig_write(&rig, its, SIM_GITS_BASER + 8u * (op[1] & 1u), 8, baser(op + 2));
		return;
	case 2:
		rig_write(&rig, its, SIM_GITS_BASER + 8u * (op[1] & 7u), 8, baser(op + 2));
		return;
	case 3:
		rig_write(&rig, its, SIM_GITS_CBASER, 8,
			  (op[3] & 3 ? SIM_VALID : 0) | place(op[1], op[2]) | (op[4] & 1));
		rig.tail[its] = 0;
		return;
	case 4:
	case 5:
		enable(its, op);
		return;
	case 6:
	case 7:
		level1(op);
		return;
	case 8:
	case 9:
	case 10:
		mapd(its, op);
		return;
	case 11:
		mapc(its, op);
		return;
	case 12:
		world_run(rig.world, its, op[1] & 3);
		return;
	case 13:
		world_fail(rig.world, (enum trace_callback)(op[1] % TRACE_CBS), 1 + (op[2] & 15u));
		return;
	case 14:
		boot(op);
		return;
	default:
		rig_settle(&rig);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[DEVTABLE_HEADER];
	struct fuzz_input input = fuzz_begin(data, size, header, sizeof(header));
	struct world_config config;
	const uint8_t *op;

	rig_config(&config, header);
	rig_begin(&rig, &config, RIG_FULL);
	if (fuzz_plant > FUZZ_PLANT_hang)
		rig_arm(&rig, false);
	while ((op = fuzz_next(&input, DEVTABLE_OP))) {
		operation(op);
		rig_step(&rig);
	}
	rig_end(&rig);
	return 0;
}
