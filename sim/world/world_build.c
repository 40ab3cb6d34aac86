/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "world_priv.h"

#include "arch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_BYTES    0x10000u /* unless the configuration says otherwise */
#define PRIVATE_ALIGN  0x10000u
#define PRIVATE_LOWEST 0x10000u
#define PRIVATE_PLACE  0x10000000u /* below the default RAM, above the default redistributors */
#define MEMORY_MAX     ((size_t)1 << 30) /* of tracker and guards together */
#define RUBBISH_MAX    ((size_t)1 << 22)
#define TYPER_PTA      ((uint64_t)1 << 19)

static bool overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

void world_config_of(struct world_config *config, const struct trace *trace)
{
	memset(config, 0, sizeof(*config));
	config->guard = true;
	config->machine = trace->machine;
	memcpy(config->its, trace->its, sizeof(config->its));
	config->its_count = trace->its_count;
	config->queue_bytes = trace->machine.queue;
	if (config->its_count == 0)
		config->its_count = 1;
	if (config->its_count > TRACE_ITS_MAX)
		config->its_count = TRACE_ITS_MAX;
}

void world_config_default(struct world_config *config)
{
	struct trace empty;
	struct trace_error error;

	memset(config, 0, sizeof(*config));
	if (trace_parse("", 0, "default", NULL, &empty, &error) == 0) {
		world_config_of(config, &empty);
		trace_free(&empty);
	}
}

static bool pta_of(const struct world_config *config, uint32_t its)
{
	return config->machine.pta || (config->its[its].typer & TYPER_PTA) != 0;
}

static uint32_t queue_bytes(const struct world_config *config)
{
	return config->queue_bytes ? config->queue_bytes : QUEUE_BYTES;
}

static uint64_t private_bytes(const struct world_config *config)
{
	uint64_t pool = config->machine.l1_pool;

	return QUEUE_BYTES + (pool + PRIVATE_ALIGN - 1) / PRIVATE_ALIGN * PRIVATE_ALIGN;
}

/* The end of something that stands in the way of [pa, pa + bytes), or 0. */
static uint64_t obstacle(const struct trace_machine *machine, uint64_t pa, uint64_t bytes)
{
	uint64_t rds = machine->pes * trace_rd_stride(machine);

	for (uint32_t i = 0; i < machine->ram_count && i < TRACE_RAM_MAX; i++)
		if (overlaps(pa, bytes, machine->ram[i].pa, machine->ram[i].bytes))
			return machine->ram[i].pa + machine->ram[i].bytes;
	if (overlaps(pa, bytes, machine->rd, rds))
		return machine->rd + rds;
	return 0;
}

/* Room outside RAM for the private memory of all guards; 0 if there is none. */
static uint64_t find_room(const struct trace_machine *machine, uint64_t from, uint64_t bytes)
{
	uint64_t pa = from;

	/* Each obstacle is passed once at most. */
	for (uint32_t i = 0; i < TRACE_RAM_MAX + 2; i++) {
		uint64_t end = obstacle(machine, pa, bytes);

		if (pa + bytes > (uint64_t)1 << machine->pa_bits)
			return 0;
		if (end == 0)
			return pa;
		pa = (end + PRIVATE_ALIGN - 1) / PRIVATE_ALIGN * PRIVATE_ALIGN;
	}
	return 0;
}

static bool fail(char *why, size_t why_size, const char *text)
{
	snprintf(why, why_size, "%s", text);
	return false;
}

static bool place_private(struct world *world, char *why, size_t why_size)
{
	uint64_t each = private_bytes(&world->config);
	uint64_t all = each * world->config.its_count;
	uint64_t pa = find_room(&world->config.machine, PRIVATE_PLACE, all);

	if (pa == 0)
		pa = find_room(&world->config.machine, PRIVATE_LOWEST, all);
	if (pa == 0)
		return fail(why, why_size,
			    "ram, l1_pool: no room outside RAM for the guard's private memory");
	for (uint32_t i = 0; i < world->config.its_count; i++) {
		world->private[i].pa = pa + i * each;
		world->private[i].bytes = each;
	}
	return true;
}

static bool build_mem(struct world *world, char *why, size_t why_size)
{
	const struct trace_machine *machine = &world->config.machine;
	struct sim_mem_config config = sim_mem_default_config();

	if (!world->mem)
		world->mem = sim_mem_new();
	if (!world->mem)
		return fail(why, why_size, "out of memory");
	config.page_size = machine->page;
	config.pa_bits = machine->pa_bits;
	config.num_ram = machine->ram_count;
	for (uint32_t i = 0; i < machine->ram_count && i < SIM_MEM_MAX_RAM; i++) {
		config.ram[i].pa = machine->ram[i].pa;
		config.ram[i].len = machine->ram[i].bytes;
	}
	/* The guard's private memory is memory too, though none that the host is told of. */
	if (config.num_ram == SIM_MEM_MAX_RAM)
		return fail(why, why_size, "too many RAM ranges for the memory model");
	config.ram[config.num_ram].pa = world->private[0].pa;
	config.ram[config.num_ram++].len = private_bytes(&world->config) * world->config.its_count;
	config.unguarded = !world->config.guard;
	config.violation = world_ops_violation;
	config.ctx = world;
	if (sim_mem_reset(world->mem, &config))
		return fail(why, why_size, "ram, pa_bits: the memory map makes no sense");
	if (sim_mem_hyp_private(world->mem, world->private[0].pa,
				private_bytes(&world->config) * world->config.its_count, true))
		return fail(why, why_size, "the memory model refuses the private memory");
	return true;
}

static uint8_t page_code(enum trace_page_size page)
{
	if (page == TRACE_PAGE_4K)
		return 0;
	return page == TRACE_PAGE_16K ? 1 : 2;
}

static bool build_its(struct world *world, uint32_t n, char *why, size_t why_size)
{
	const struct trace_machine *machine = &world->config.machine;
	const struct trace_its *its = &world->config.its[n];
	struct sim_its_config config = sim_its_default_config();

	if (!world->its[n])
		world->its[n] = sim_its_new();
	if (!world->its[n])
		return fail(why, why_size, "out of memory");
	config.rdbase_unchecked = world->config.machine.any_rd;
	config.level2_cut = world->config.machine.level2_cut;
	config.typer = its->typer | (pta_of(&world->config, n) ? TYPER_PTA : 0);
	for (uint32_t i = 0; i < ITSG_BASERS; i++) {
		config.baser[i].type = (uint8_t)its->baser[i].type;
		config.baser[i].entry_bytes = (uint8_t)its->baser[i].entry;
		config.baser[i].page_code = page_code(its->baser[i].page);
		config.baser[i].indirect = its->baser[i].indirect;
		config.baser[i].raw = its->baser[i].page == TRACE_PAGE_ANY;
	}
	config.pes = machine->pes;
	config.rd_base = machine->rd;
	config.rd_stride = trace_rd_stride(machine);
	config.lpi_bits = machine->lpi_bits;
	/* A TYPER that lies says too little. */
	if (machine->itt_entry > sim_field(its->typer, 7, 4) + 1)
		config.itt_entry_bytes = machine->itt_entry;
	config.forgets = machine->forgets;
	config.seed = n + 1;
	config.event = world_ops_hardware;
	config.lpi = machine->rds ? world_rd_lpi : NULL;
	config.ctx = &world->link[n];
	if (sim_its_reset(world->its[n], world->mem, &config)) {
		snprintf(why, why_size, "the simulator has no ITS %u like this", n);
		return false;
	}
	for (uint32_t pe = 0; pe < machine->pes; pe++)
		sim_its_sleep(world->its[n], pe, machine->asleep[pe]);
	world->syncs[n].hosts = 0;
	world->syncs[n].last = WORLD_NO_SYNC;
	return true;
}

/*
 * Lines of 64 bytes: the library wants that alignment. NULL too for more than a test can want. What
 * an earlier world had of exactly that size is used again: a larger block would hide overruns. It
 * holds the same rubbish every time, since a library may not rely on what it finds (M51); of what
 * only a test of limits wants, the beginning, for the rest is long.
 */
static void *lines(struct world *world, void **block, size_t *had, size_t bytes)
{
	if (bytes == 0 || bytes > MEMORY_MAX - world->memory)
		return NULL;
	world->memory += bytes;
	if (!*block || *had != bytes) {
		free(*block);
		*block = aligned_alloc(64, (bytes + 63) / 64 * 64);
		*had = bytes;
	}
	if (*block)
		memset(*block, 0xa5, bytes < RUBBISH_MAX ? bytes : RUBBISH_MAX);
	return *block;
}

/* The capacity that is furthest above what a trace has without it, or else the number of ITSs. */
static const char *largest_capacity(const struct trace_machine *machine)
{
	const struct {
		const char *key;
		uint64_t times;
	} capacities[] = {
		{"its", 1},
		{"pages", machine->pages / 0x10000},
		{"devices", machine->devices / 0x1000},
		{"journal", machine->journal / 0x400},
		{"l1_pool", machine->l1_pool / 0x40000},
	};
	size_t most = 0;

	for (size_t i = 1; i < sizeof(capacities) / sizeof(capacities[0]); i++)
		if (capacities[i].times > capacities[most].times)
			most = i;
	return capacities[most].key;
}

static bool no_memory(const struct world *world, size_t size, char *why, size_t why_size)
{
	if (size == 0)
		return fail(why, why_size, "the library refuses the configuration");
	snprintf(why, why_size, "%s: tracker and guards would need more than %zu MB",
		 largest_capacity(&world->config.machine), MEMORY_MAX >> 20);
	return false;
}

static bool build_tracker(struct world *world, char *why, size_t why_size)
{
	struct itsg_pages_config config = {
		.page_shift = 12,
		.capacity = world->config.machine.pages,
		.key = {0x6974736775617264u, 0x0123456789abcdefu},
	};
	size_t size;

	while (config.page_shift < 16 && (1u << config.page_shift) < world->config.machine.page)
		config.page_shift++;
	size = itsg_pages_size(&config);
	if (!lines(world, &world->tracker_memory, &world->tracker_bytes, size))
		return no_memory(world, size, why, why_size);
	world->tracker = itsg_pages_init(world->tracker_memory, size, &config);
	return world->tracker || fail(why, why_size, "the page tracker refuses its configuration");
}

static void guard_config(const struct world *world, uint32_t n, uint64_t *redistributors,
			 struct itsg_its_config *config)
{
	const struct trace_machine *machine = &world->config.machine;

	memset(config, 0, sizeof(*config));
	for (uint32_t i = 0; i < machine->pes; i++)
		redistributors[i] = pta_of(&world->config, n)
					    ? machine->rd + i * trace_rd_stride(machine)
					    : (uint64_t)i << 16;
	config->pa_bits = machine->pa_bits;
	config->lpi_bits = machine->lpi_bits;
	config->devices = machine->devices;
	config->journal = machine->journal;
	config->depth = machine->depth;
	config->budget = machine->budget;
	config->kept = machine->kept;
	config->event_bits = machine->event_bits;
	config->table_pages = machine->table_pages;
	config->itt_entry_bytes = machine->itt_entry;
	config->donate_itt = machine->donate_itt;
	config->forgets = machine->forgets;
	config->hide_virtual = machine->hide_virtual;
	config->redists = world->rd_guard;
	config->redistributors = world->rd_guard ? NULL : redistributors;
	config->redistributor_count = world->rd_guard ? 0 : machine->pes;
	config->queue.pa = world->private[n].pa;
	config->queue.bytes = queue_bytes(&world->config);
	config->level1_pool.pa = world->private[n].pa + QUEUE_BYTES;
	config->level1_pool.bytes = machine->l1_pool;
	config->hash_key[0] = 0x243f6a8885a308d3u + n;
	config->hash_key[1] = 0x13198a2e03707344u;
}

static bool build_guard(struct world *world, uint32_t n, char *why, size_t why_size)
{
	uint64_t redistributors[TRACE_PES_MAX];
	struct itsg_its_config config;
	enum itsg_reason reason;
	size_t size;

	guard_config(world, n, redistributors, &config);
	size = itsg_its_size(&config);
	if (!lines(world, &world->guard_memory[n], &world->guard_bytes[n], size))
		return no_memory(world, size, why, why_size);
	reason = itsg_its_init(world->guard_memory[n], size, &config, world->tracker, world_ops(),
			       &world->link[n], &world->guard[n]);
	world_decision_over(world);
	if (reason == ITSG_OK)
		return true;
	world->guard[n] = NULL;
	snprintf(why, why_size, "the guard of ITS %u refuses to start (reason %d)", n, (int)reason);
	return false;
}

static bool build_rd_guard(struct world *world, char *why, size_t why_size)
{
	const struct itsg_redists_ops ops = world_redists_ops();
	uint64_t frames[TRACE_PES_MAX];
	struct itsg_redists_config config;
	enum itsg_reason reason;
	size_t size;

	world_rd_config(world, frames, &config);
	size = itsg_redists_size(&config);
	if (!lines(world, &world->rd_memory, &world->rd_bytes, size))
		return no_memory(world, size, why, why_size);
	reason = itsg_redists_init(world->rd_memory, size, &config, world->tracker, &ops,
				   &world->rd_link, &world->rd_guard);
	if (reason == ITSG_OK)
		return true;
	world->rd_guard = NULL;
	snprintf(why, why_size, "the guard of the redistributors refuses to start (reason %d)",
		 (int)reason);
	return false;
}

static bool build_rds(struct world *world, char *why, size_t why_size)
{
	if (!world->config.machine.rds || world_rd_build(world))
		return true;
	return fail(why, why_size, "rvpeid: the simulator has no redistributors like these");
}

static bool build_guards(struct world *world, char *why, size_t why_size)
{
	if (!build_tracker(world, why, why_size))
		return false;
	if (world->config.machine.rds && !build_rd_guard(world, why, why_size))
		return false;
	for (uint32_t i = 0; i < world->config.its_count; i++)
		if (!build_guard(world, i, why, why_size))
			return false;
	return true;
}

static bool build(struct world *world, char *why, size_t why_size)
{
	if (!place_private(world, why, why_size) || !build_mem(world, why, why_size))
		return false;
	world->rd_link = (struct world_link){.world = world, .redists = true};
	for (uint32_t i = 0; i < world->config.its_count; i++) {
		world->link[i].world = world;
		world->link[i].its = i;
		if (!build_its(world, i, why, why_size))
			return false;
	}
	if (!build_rds(world, why, why_size))
		return false;
	world_set_mode(world, world->config.stall, world->config.cache, world->config.trust);
	return !world->config.guard || build_guards(world, why, why_size);
}

static bool config_is_sane(const struct world_config *config)
{
	return config->its_count > 0 && config->its_count <= TRACE_ITS_MAX &&
	       config->machine.pes > 0 && config->machine.pes <= TRACE_PES_MAX &&
	       config->machine.page > 0 && config->queue_bytes <= QUEUE_BYTES;
}

/* All but the memory, which is used again. */
static void forget(struct world *world)
{
	struct world old = *world;

	memset(world, 0, sizeof(*world));
	world->mem = old.mem;
	memcpy(world->its, old.its, sizeof(old.its));
	memcpy(world->guard_memory, old.guard_memory, sizeof(old.guard_memory));
	memcpy(world->guard_bytes, old.guard_bytes, sizeof(old.guard_bytes));
	world->tracker_memory = old.tracker_memory;
	world->tracker_bytes = old.tracker_bytes;
	world->rds = old.rds;
	world->rd_memory = old.rd_memory;
	world->rd_bytes = old.rd_bytes;
}

bool world_reset(struct world *world, const struct world_config *config, char *why, size_t why_size)
{
	if (why_size > 0)
		why[0] = '\0';
	forget(world);
	world->config = *config;
	if (!config_is_sane(config))
		return fail(why, why_size, "the configuration makes no sense");
	return build(world, why, why_size);
}

struct world *world_create(const struct world_config *config, char *why, size_t why_size)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world) {
		fail(why, why_size, "out of memory");
		return NULL;
	}
	if (world_reset(world, config, why, why_size))
		return world;
	world_destroy(world);
	return NULL;
}

void world_destroy(struct world *world)
{
	if (!world)
		return;
	for (uint32_t i = 0; i < TRACE_ITS_MAX; i++) {
		sim_its_free(world->its[i]);
		free(world->guard_memory[i]);
	}
	free(world->tracker_memory);
	free(world->rd_memory);
	sim_redists_free(world->rds);
	sim_mem_free(world->mem);
	free(world);
}
