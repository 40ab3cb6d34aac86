/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A second opinion on MAPD: what the answer must be, and which granules are claimed afterwards. One
 * ITS, one page of device table, few places; order of reasons as in docs/TRACES.md.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "rig.h"

#define MODEL_BYTES   0x300000u /* from RIG_RAM on: no claim lies elsewhere */
#define MODEL_WORDS   (MODEL_BYTES / 256 / 64)
#define MODEL_PAGES   (MODEL_BYTES / 4096)
#define MODEL_DEVICES 32u
#define MODEL_LEVEL1  512u
#define MODEL_PENDING 64u

struct model_run {
	uint64_t first, count; /* granules from RIG_RAM on */
};

struct model_page {
	uint32_t granules;
	bool donated, guest;
};

struct model_device {
	bool mapped;
	uint32_t id, size;
	uint64_t address;
	struct model_run itt;
};

struct model {
	/* The machine. */
	uint32_t page, its_page, entry, itt_entry;
	uint32_t device_bits, itt_bits, devices_max, pages_max, per_page;
	uint64_t pa_end;
	bool two_level, donate;
	uint32_t reserved; /* DeviceID, or UINT32_MAX */

	/* What is claimed, and by whom. */
	uint64_t claimed[MODEL_WORDS];
	struct model_page pages[MODEL_PAGES];
	uint32_t pages_used, devices;
	uint64_t granules;
	struct model_device device[MODEL_DEVICES];
	uint64_t host_word[MODEL_LEVEL1]; /* level 1, as the host has it */
	uint64_t mirror[MODEL_LEVEL1];    /* and as hardware has it */
	struct model_run pending[MODEL_PENDING];
	uint32_t pendings;
	/* Where something is other than zero: a reset need not look at the rest. */
	uint32_t page_high, level1_high;
};

/* A world that was just armed by rig_arm(). */
void model_begin(struct model *model, const struct world_config *config, bool two_level);
enum itsg_reason model_map(struct model *model, uint32_t device, uint32_t size, uint64_t itt);
enum itsg_reason model_unmap(struct model *model, uint32_t device);
/* Everything is quiet: what was unmapped is released. */
void model_settle(struct model *model);
/* May the host give away the page at pa? If so it does. */
bool model_give(struct model *model, uint64_t pa);
void model_level1(struct model *model, uint32_t index, uint64_t word);

#endif
