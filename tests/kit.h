/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A small host for tests of the simulated world: it arms an ITS and sends commands.
 */
#ifndef TESTS_KIT_H
#define TESTS_KIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "world.h"

/* Where the host of one ITS keeps its things, from its base on. */
#define KIT_QUEUE       0x00000u
#define KIT_DEVICES     0x10000u
#define KIT_COLLECTIONS 0x20000u
#define KIT_FREE        0x30000u
#define KIT_VALID       ((uint64_t)1 << 63)

struct kit {
	struct world *world;
	uint32_t its;
	uint64_t base;
	uint32_t cwriter;
};

/* A world with few page slots: the checks after every line look at each of them. */
static inline void kit_config(struct world_config *config)
{
	world_config_default(config);
	config->machine.pages = 256;
	config->machine.devices = 64;
}

static inline struct world *kit_world(const struct world_config *config)
{
	char why[256];
	struct world *world = world_create(config, why, sizeof(why));

	if (!world)
		print_error("%s\n", why);
	assert_non_null(world);
	return world;
}

static inline struct world *kit_default_world(void)
{
	struct world_config config;

	kit_config(&config);
	return kit_world(&config);
}

/* One that differs in some settings: kit_world_with(config.guard = false) */
#define kit_world_with(...)                                                                        \
	({                                                                                         \
		struct world_config config;                                                        \
                                                                                                   \
		kit_config(&config);                                                               \
		__VA_ARGS__;                                                                       \
		kit_world(&config);                                                                \
	})

/* Flat tables of one 4 KB page each and a queue of 4 KB; does not enable. */
static inline void kit_program(struct kit *kit, struct world *world, uint32_t its, uint64_t base)
{
	kit->world = world;
	kit->its = its;
	kit->base = base;
	kit->cwriter = 0;
	assert_int_equal(world_write(world, its, 0x100, 8, KIT_VALID | (base + KIT_DEVICES)), 0);
	assert_int_equal(world_write(world, its, 0x108, 8, KIT_VALID | (base + KIT_COLLECTIONS)),
			 0);
	assert_int_equal(world_write(world, its, 0x80, 8, KIT_VALID | (base + KIT_QUEUE)), 0);
	assert_int_equal(world_write(world, its, 0x88, 8, 0), 0);
}

static inline void kit_arm(struct kit *kit, struct world *world, uint32_t its, uint64_t base)
{
	kit_program(kit, world, its, base);
	assert_int_equal(world_write(world, its, 0, 4, 1), 0);
}

/* Puts one command into the queue and rings; the caller lets the world run. */
static inline void kit_send(struct kit *kit, uint64_t dw0, uint64_t dw1, uint64_t dw2, uint64_t dw3)
{
	const uint64_t dw[4] = {dw0, dw1, dw2, dw3};
	uint8_t raw[32];

	for (unsigned i = 0; i < 32; i++)
		raw[i] = (uint8_t)(dw[i / 8] >> (8 * (i % 8)));
	assert_int_equal(world_poke(kit->world, kit->base + KIT_QUEUE + kit->cwriter, raw, 32), 0);
	kit->cwriter = (kit->cwriter + 32) % 0x1000;
	assert_int_equal(world_write(kit->world, kit->its, 0x88, 4, kit->cwriter), 0);
}

/* MAPD V=1 with `bits` EventID bits; and V=0. */
static inline void kit_map(struct kit *kit, uint32_t device, unsigned bits, uint64_t itt)
{
	kit_send(kit, (uint64_t)device << 32 | 0x08, bits - 1, KIT_VALID | itt, 0);
}

static inline void kit_unmap(struct kit *kit, uint32_t device)
{
	kit_send(kit, (uint64_t)device << 32 | 0x08, 0, 0, 0);
}

/* MAPC of ICID 0 to redistributor 0. */
static inline void kit_mapc(struct kit *kit)
{
	kit_send(kit, 0x09, 0, KIT_VALID, 0);
}

static inline void kit_mapti(struct kit *kit, uint32_t device, uint32_t event)
{
	kit_send(kit, (uint64_t)device << 32 | 0x0a, (uint64_t)8192 << 32 | event, 0, 0);
}

/* Everything unmapped is left to the caller; then nothing may remain. */
static inline void kit_retire(struct kit *kit)
{
	assert_int_equal(world_write(kit->world, kit->its, 0, 4, 0), 0);
	assert_true(world_settle(kit->world));
	assert_int_equal(world_write(kit->world, kit->its, 0x100, 8, 0), 0);
	assert_int_equal(world_write(kit->world, kit->its, 0x108, 8, 0), 0);
	assert_int_equal(world_write(kit->world, kit->its, 0x80, 8, 0), 0);
	assert_true(world_settle(kit->world));
}

#endif
