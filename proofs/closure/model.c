/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "model.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct world the_world;
struct state the_state;
struct outcome the_outcome;

/* The guard has pointers into its own memory: a state that is loaded again must lie where it lay.
 */
#define STATE_ADDRESS ((void *)0x200000000000)

const uint64_t model_page_pa[MODEL_PAGES] = {
	[PLACE_QUEUE0] = 0x40000000,
	[PLACE_QUEUE1] = 0x40010000,
	[PLACE_DEVICES] = 0x40020000,
	[PLACE_COLLECTIONS] = 0x40021000,
	[PLACE_DEVICES1] = 0x40022000,
	[PLACE_COLLECTIONS1] = 0x40023000,
	[PLACE_OTHER] = 0x40024000,
	[PLACE_LEVEL2] = 0x40025000,
	[PLACE_A] = 0x40030000,
	[PLACE_B] = 0x40031000,
#ifdef MODEL_LARGE
	[PLACE_C] = 0x40036000,
	[PLACE_D] = 0x40037000,
	[PLACE_E] = 0x40038000,
	[PLACE_F] = 0x40039000,
#endif
	[PLACE_CONFIG] = 0x40032000,
	[PLACE_CONFIG2] = 0x40033000,
	[PLACE_OTHER_CONFIG] = 0x40034000,
	[PLACE_OTHER_CONFIG2] = 0x40035000,
	[PLACE_PENDING0] = 0x40060000,
	[PLACE_PENDING1] = 0x40070000,
#ifdef MODEL_LARGE
	[PLACE_PENDING2] = 0x40080000,
	[PLACE_PENDING3] = 0x40090000,
#endif
};

const struct model_itt model_itts[MODEL_ITTS] = {
	{0x40030000, 4},                    /* two in a page */
	{0x40030100, 4},   {0x40030f00, 5}, /* the end of A and the beginning of B */
	{0x40031800, 4},   {0x40030000, 5}, /* both of the first two */
	{0x40030e00, 5},                    /* into the third */
	{MODEL_VICTIM, 4}, /* what no guard may take: a guest's, a table, a queue */
	{0x40020000, 4},   {0x40000000, 4},
#ifdef MODEL_LARGE
	{0x40036000, 10}, /* four pages */
	{0x40036000, 9},  /* two of them, with the next two, and between */
	{0x40038000, 9},   {0x40037000, 9}, {0x40036f00, 5}, /* an end and a beginning */
	{0x40038000, 8},                                     /* one page */
	{0x40039f00, 4},   {0x40030800, 6},
#endif
};

/* With two levels the second one has a level-2 page of its own; flat it is the first one's
 * neighbour. */
static uint32_t device_ids[MODEL_IDS];

const uint64_t model_words[MODEL_HOST_WORDS] = {
	0,
	ITSG_L1E_VALID | 0x40025000,
	ITSG_L1E_VALID | 0x40024000,
	ITSG_L1E_VALID | ITSG_BIT(52) | 0x40025000,
	ITSG_L1E_VALID | MODEL_VICTIM,
	ITSG_L1E_VALID | ITSG_BIT(MODEL_PA_BITS),
};

int model_place_of(uint64_t pa)
{
	for (int place = 0; place < MODEL_PAGES; place++)
		if (pa / MODEL_PAGE_BYTES == model_page_pa[place] / MODEL_PAGE_BYTES)
			return place;
	return -1;
}

int model_itt_of(uint64_t pa, uint32_t size)
{
	for (int itt = 0; itt < MODEL_ITTS; itt++)
		if (model_itts[itt].pa == pa && model_itts[itt].size == size)
			return itt;
	return -1;
}

uint64_t model_itt_bytes(int itt)
{
	return (uint64_t)16 << model_itts[itt].size;
}

uint32_t model_device_id(int device)
{
	return device_ids[device];
}

int model_device_of(uint32_t device_id)
{
	for (int device = 0; device < MODEL_IDS; device++)
		if (device_ids[device] == device_id)
			return device;
	return -1;
}

void model_broken(const char *what)
{
	if (!the_outcome.broken)
		the_outcome.broken = what;
}

/* ---- the first state ---- */

static const uint64_t rd_names[] = {0, 0x10000, 0x20000, 0x30000};
static const uint64_t rd_frames[] = {0x50000000, 0x50020000, 0x50040000, 0x50060000};

static struct itsg_its_config begin_its_config(uint32_t its)
{
	const struct world *world = &the_world;
	const struct itsg_its_config config = {
		.pa_bits = MODEL_PA_BITS,
		.lpi_bits = 14,
		.devices = world->records,
		.journal = world->journal,
		.depth = world->depth,
		.budget = world->budget,
		.kept = world->kept,
		.donate_itt = world->donate,
		.itt_entry_bytes = 4, /* less than TYPER says (S20) */
		.redistributors = world->redists ? NULL : rd_names,
		.redistributor_count = world->redists ? 0 : world->rds,
		.redists = the_state.redists,
		.queue = {MODEL_RING + its * MODEL_APART, world->ring * ITSG_CMD_BYTES},
		.level1_pool = {MODEL_POOL + its * MODEL_APART,
				world->levels ? MODEL_POOL_BYTES : 0},
		.hash_key = {3, 4},
	};

	return config;
}

static struct itsg_redists_config begin_redists_config(void)
{
	const struct itsg_redists_config config = {
		.frames = rd_frames,
		.count = the_world.rds,
		.pa_bits = MODEL_PA_BITS,
		.lpi_bits = 14,
		.tables = 2,
		.single_security_state = true,
	};

	return config;
}

static struct itsg_pages_config begin_pages_config(void)
{
	const struct itsg_pages_config config = {12, the_world.pages, {1, 2}};

	return config;
}

static void *begin_place(size_t *at, size_t bytes)
{
	void *memory = the_state.image + *at;

	*at += (bytes + 63) & ~(size_t)63;
	return memory;
}

/* Registers as a reset leaves them. Pages are full of what the host had there. */
static void begin_model(void)
{
	struct model *model = the_state.model;

	for (uint32_t its = 0; its < the_world.its; its++) {
		model->its[its].quiescent = true;
		model->its[its].number = 3;
		for (int n = 0; n < MODEL_BASERS; n++)
			model->its[its].baser[n] = hw_baser_read_only[n];
		/* BASER reads its Type and Entry_Size, whatever was written. */
		for (int n = 0; n < MODEL_BASERS; n++)
			model->its[its].raw_baser[n] = hw_baser_read_only[n];
	}
	for (uint32_t id = 0; id < MODEL_IDS; id++)
		device_ids[id] = the_world.levels & 1 ? id / 2 + id % 2 * 512 : id;
}

static bool begin_guard(size_t *at)
{
	const struct itsg_pages_config pages = begin_pages_config();
	const struct itsg_redists_config redists = begin_redists_config();
	size_t size = itsg_pages_size(&pages);

	the_state.pages = itsg_pages_init(begin_place(at, size), size, &pages);
	if (!the_state.pages)
		return false;
	if (the_world.redists) {
		size = itsg_redists_size(&redists);
		if (itsg_redists_init(begin_place(at, size), size, &redists, the_state.pages,
				      &platform_redists_ops, NULL, &the_state.redists) != ITSG_OK)
			return false;
	}
	for (uint32_t its = 0; its < the_world.its; its++) {
		const struct itsg_its_config config = begin_its_config(its);

		size = itsg_its_size(&config);
		if (!size || itsg_its_init(begin_place(at, size), size, &config, the_state.pages,
					   &platform_ops, (void *)(uintptr_t)its,
					   &the_state.its[its]) != ITSG_OK)
			return false;
	}
	return true;
}

static bool begin_fits(void)
{
	const struct world *world = &the_world;

	return world->its <= MODEL_ITS && world->rds <= MODEL_RDS && world->devices <= MODEL_IDS &&
	       world->ring <= MODEL_SLOTS && world->backlog <= MODEL_PENDING &&
	       world->journal <= MODEL_JOURNAL && world->levels < 3;
}

bool model_begin(void)
{
	const size_t most = 1 << 16;
	size_t at = 0;

	if (!begin_fits()) {
		fprintf(stderr, "closure: world %s: larger than the model\n", the_world.name);
		return false;
	}
	the_state.image = mmap(STATE_ADDRESS, most, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (the_state.image == MAP_FAILED) {
		perror("closure: memory for a state");
		return false;
	}
	/* The guard's memory may hold anything (S13). */
	memset(the_state.image, 0xa5, most);
	the_state.model = begin_place(&at, sizeof(struct model));
	memset(the_state.model, 0, sizeof(struct model));
	begin_model();
	platform_begin_outcome(&the_outcome);
	if (!begin_guard(&at) || the_outcome.broken) {
		fprintf(stderr, "closure: world %s: the guard does not begin\n", the_world.name);
		return false;
	}
	the_state.bytes = at;
	return true;
}
