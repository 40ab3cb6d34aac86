/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Streams of MAPD over few pages and DeviceIDs. Each answer is predicted by a model of its own
 * (model.h), and after each operation as many granules, pages and devices are held as it says.
 */
#include <inttypes.h>

#include "itsguard/names.h"
#include "model.h"

FUZZ_NAME("mapd")

static struct rig rig;
static struct model model;
static struct itsg_stats stats;
static bool waited; /* the last command was judged only when everything got quiet */

static uint32_t device_id(uint8_t byte)
{
	uint32_t last = (1u << model.device_bits) - 1;
	const uint32_t ids[] = {
		0,
		1,
		2,
		3,
		4,
		5,
		model.per_page - 1,
		model.per_page,
		model.per_page * 2 + 1,
		last,
		last + 1,
		6,
		7,
		8,
		model.per_page + 1,
		model.per_page * (model.its_page / 8),
	};

	return FUZZ_PICK(ids, byte);
}

/* Granules of a few pages, mostly. */
static uint64_t place(uint8_t where, uint8_t fine)
{
	static const uint64_t at[] = {
		RIG_ITTS,
		RIG_ITTS + 0x1000,
		RIG_ITTS + 0x2000,
		RIG_ITTS + 0x10000,
		RIG_QUEUE,
		RIG_DEVICES,
		RIG_COLLECTIONS,
		RIG_LEVEL2,
		RIG_QUEUE + 0x1000,
		RIG_LEVEL2 + 0x1000,
		RIG_LEVEL2 + 0x10000,
		RIG_RAM - 0x200000,
		((uint64_t)1 << 48) - 0x1000,
	};

	return FUZZ_PICK(at, where < 0xc0 ? where & 3 : where) + (uint64_t)(fine & 15) * 0x100;
}

/* The command is in the queue; if it waits, it is judged when everything is quiet. */
static enum itsg_reason answer(void)
{
	uint64_t judged = stats.commands;
	uint64_t refused = rig.refused;

	rig_ring(&rig, 0);
	itsg_get_stats(rig.guards[0], &stats);
	waited = stats.commands == judged;
	if (waited) {
		rig_settle(&rig);
		model_settle(&model);
		itsg_get_stats(rig.guards[0], &stats);
	}
	if (stats.commands != judged + 1)
		fuzz_found("a command was not judged once");
	return rig.refused > refused ? rig.command : ITSG_OK;
}

static void expect(enum itsg_reason got, enum itsg_reason expected)
{
	if (fuzz_planted(FUZZ_PLANT_overlap) && expected == ITSG_ITT_OVERLAP)
		expected = ITSG_OK;
	fuzz_mix(got);
	if (got != expected)
		fuzz_found("answered %s, expected %s", itsg_reason_name(got),
			   itsg_reason_name(expected));
}

static void map(const uint8_t *op)
{
	uint32_t device = device_id(op[1]);
	uint32_t size = op[3] & 0x80 ? op[3] & 31 : op[3] & 3;
	uint64_t itt = place(op[4], op[2]);
	const uint64_t dw[4] = {SIM_MAPD | (uint64_t)device << 32, size, SIM_VALID | itt, 0};
	enum itsg_reason got;

	rig_put(&rig, 0, dw);
	got = answer();
	expect(got, model_map(&model, device, size, itt));
	if (waited) /* what it took the place of went with the rest */
		model_settle(&model);
}

/* Whatever size and ITT it says. */
static void unmap(const uint8_t *op)
{
	uint32_t device = device_id(op[1]);
	const uint64_t dw[4] = {SIM_MAPD | (uint64_t)device << 32, op[3] & 31, place(op[4], op[2]),
				0};
	enum itsg_reason got;

	rig_put(&rig, 0, dw);
	got = answer();
	expect(got, model_unmap(&model, device));
	if (waited)
		model_settle(&model);
}

static void level1(const uint8_t *op)
{
	uint32_t index = device_id(op[1]) / model.per_page % (model.its_page / 8);
	uint64_t word = (op[2] & 3 ? SIM_VALID : 0) |
			(op[3] & 0x80 ? place(op[4], op[3])
				      : RIG_LEVEL2 + (uint64_t)(op[3] & 3) * model.its_page);

	if (!model.two_level || index >= MODEL_LEVEL1)
		return;
	if (op[2] & 0x40)
		word |= 0x1000;
	if (op[2] & 0x80)
		word |= (uint64_t)1 << (op[5] & 63);
	rig_poke64(&rig, RIG_DEVICES + index * 8, word);
	model_level1(&model, index, word);
}

static void give(const uint8_t *op)
{
	uint64_t pa = place(op[4], op[2]);
	bool given = rig_give(&rig, pa) == 0;

	if (pa < RIG_RAM || pa >= RIG_RAM + MODEL_BYTES)
		return;
	if (given != model_give(&model, pa))
		fuzz_found("page 0x%" PRIx64 " was %s away", pa, given ? "given" : "not given");
}

static void operation(const uint8_t *op)
{
	if (op[0] < 0x90) {
		map(op);
	} else if (op[0] < 0xe0) {
		unmap(op);
	} else if (op[0] < 0xf0) {
		level1(op);
	} else if (op[0] < 0xf4) {
		give(op);
	} else {
		rig_settle(&rig);
		model_settle(&model);
	}
}

static void compare(void)
{
	struct itsg_pages_stats pages;

	itsg_pages_get_stats(world_tracker(rig.world), &pages);
	if (pages.pages != model.pages_used || pages.granules != model.granules)
		fuzz_found("%" PRIu64 " granules in %" PRIu64 " pages are claimed, not %" PRIu64
			   " in %" PRIu32,
			   pages.granules, pages.pages, model.granules, model.pages_used);
	itsg_get_stats(rig.guards[0], &stats);
	if (stats.devices != model.devices)
		fuzz_found("%" PRIu32 " devices are mapped, not %" PRIu32, stats.devices,
			   model.devices);
}

/* Few pages, so that the tracker fills, and full means full (pages.h: up to 16). */
static bool begin(const uint8_t header[MAPD_HEADER])
{
	struct world_config config;
	enum itsg_reason reason;
	bool two_level;

	rig_config(&config, header);
	config.its_count = 1;
	/* A MAPD is judged and taken in one call, or it waits: nothing leaves meanwhile. */
	config.machine.budget = 1024;
	config.machine.ram[0].bytes = MODEL_BYTES;
	if (config.machine.pages > 16)
		config.machine.pages = 16;
	if (config.its[0].baser[0].page == TRACE_PAGE_64K && config.machine.page == 4096)
		config.its[0].baser[0].page = config.its[0].baser[1].page = TRACE_PAGE_4K;
	rig_begin(&rig, &config, RIG_QUICK);
	rig_arm(&rig, header[1] & 4);
	two_level = rig_read(&rig, 0, SIM_GITS_BASER, 8, &reason) & SIM_BASER_INDIRECT;
	model_begin(&model, &config, two_level);
	itsg_get_stats(rig.guards[0], &stats);
	return rig_read(&rig, 0, SIM_GITS_CTLR, 4, &reason) & 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[MAPD_HEADER];
	struct fuzz_input input = fuzz_begin(data, size, header, sizeof(header));
	const uint8_t *op;

	if (begin(header))
		while ((op = fuzz_next(&input, MAPD_OP))) {
			operation(op);
			rig_step(&rig);
			compare();
		}
	rig_end(&rig);
	return 0;
}
