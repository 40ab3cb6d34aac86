/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Makes seeds for all targets, from traces (captures of Linux, case files) and a few built ones:
 *
 *	make_seeds FOLDER [TRACE...]
 *
 * writes FOLDER/TARGET/NAME. A seed of another target than `trace` is what is left of a trace when
 * addresses and IDs are taken into the small spaces of that target: the same commands in the same
 * order, on other memory. fuzz/seeds.sh keeps those that reach something new.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arch.h"
#include "common.h"
#include "trace.h"

#define SEED_MAX 1536u /* bytes: short inputs are fast ones */

struct seed {
	const char *target;
	uint8_t bytes[SEED_MAX];
	size_t size;
};

static const char *folder;

static void begin(struct seed *seed, const char *target)
{
	memset(seed, 0, sizeof(*seed));
	seed->target = target;
	seed->size = fuzz_format_of(target)->shape.header;
}

static void add(struct seed *seed, const uint8_t *op)
{
	size_t bytes = fuzz_format_of(seed->target)->shape.op;

	if (seed->size + bytes > SEED_MAX)
		return;
	memcpy(seed->bytes + seed->size, op, bytes);
	seed->size += bytes;
}

static void save(const struct seed *seed, const char *name)
{
	char path[4096];
	FILE *out;

	if (seed->size == 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, seed->target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, seed->target, name);
	out = fopen(path, "wb");
	if (!out || fwrite(seed->bytes, 1, seed->size, out) != seed->size) {
		perror(path);
		exit(1);
	}
	fclose(out);
}

/* ---- traces ---- */

/* DeviceIDs in the order of their first appearance. */
struct ids {
	uint32_t id[256];
	uint32_t count;
};

static uint8_t id_index(struct ids *ids, uint32_t id)
{
	for (uint32_t i = 0; i < ids->count; i++)
		if (ids->id[i] == id)
			return (uint8_t)i;
	if (ids->count < 256)
		ids->id[ids->count++] = id;
	return (uint8_t)(ids->count - 1);
}

struct seeds {
	struct seed cmdq, mapd, devtable, mmio, world, redist;
	struct ids devices;
};

static void put_le(uint8_t *bytes, uint64_t value, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

static void add_mapd(struct seeds *s, const uint64_t dw[4], uint8_t device)
{
	uint8_t fine = (uint8_t)(dw[2] >> 8 & 15);
	uint8_t where = (uint8_t)(dw[2] >> 12 & 3);
	uint8_t size = (uint8_t)(dw[1] & 31);
	bool valid = dw[2] & SIM_VALID;
	const uint8_t mapd[MAPD_OP] = {valid ? 0 : 0x90, device, fine,
				       size > 3 ? size | 0x80 : size, where};
	const uint8_t devtable[DEVTABLE_OP] = {
		8, 0, device, valid ? 0 : 4, (uint8_t)(where << 4 | fine), size & 3};
	const uint8_t world[ADVERSARY_OP_BYTES] = {3,        0,    valid ? 0 : 8,        device,
						   size & 7, size, (uint8_t)(8 | where), fine};

	add(&s->mapd, mapd);
	add(&s->devtable, devtable);
	add(&s->world, world);
}

static void add_command(struct seeds *s, const uint8_t raw[SIM_COMMAND_BYTES])
{
	const uint64_t dw[4] = {fuzz_le(raw, 8), fuzz_le(raw + 8, 8), fuzz_le(raw + 16, 8),
				fuzz_le(raw + 24, 8)};
	uint8_t device = id_index(&s->devices, (uint32_t)(dw[0] >> 32));
	uint8_t cmdq[CMDQ_OP] = {raw[0] & 63, dw[2] & SIM_VALID ? 1 : 0, device, raw[8]};
	uint8_t mmio[MMIO_OP] = {0xc0, 0, 0, 0, 0, 0, 0, 0, raw[0], 0, device, raw[8]};

	cmdq[4] = raw[0] == SIM_MAPD ? (uint8_t)(dw[2] >> 8) : raw[16];
	cmdq[5] = (uint8_t)(dw[2] >> 16 & 7);
	mmio[12] = dw[2] & SIM_VALID ? 1 : 0;
	mmio[13] = (uint8_t)(dw[2] >> 8);
	add(&s->cmdq, cmdq);
	add(&s->mmio, mmio);
	if (raw[0] == SIM_MAPD)
		add_mapd(s, dw, device);
}

static void add_access(struct seeds *s, const struct trace_directive *d, bool write)
{
	uint32_t offset = d->u.access.offset;
	uint64_t value = d->u.access.value;
	uint8_t mmio[MMIO_OP] = {write, 0xe0, d->u.access.width == 8 ? 0 : 1, 0xa0};
	uint8_t world[ADVERSARY_OP_BYTES] = {write ? 21 : 22, 0, 0xc0,
					     d->u.access.width == 8 ? 1 : 0};
	const uint8_t enable[DEVTABLE_OP] = {4, 0, value & 1 ? 0 : 2};
	uint8_t baser[DEVTABLE_OP] = {0, (uint8_t)(offset >> 3 & 7), 0, 1};

	put_le(mmio + 4, offset, 4);
	put_le(mmio + 8, value, 8);
	add(&s->mmio, mmio);
	put_le(world + 6, offset, 2);
	put_le(world + 8, value, 8);
	add(&s->world, world);
	if (!write)
		return;
	baser[3] = (uint8_t)(1 + (offset >> 3 & 1));
	baser[5] = (uint8_t)((value >> 8 & 3) | (value & SIM_VALID ? 4 : 0) |
			     (value & SIM_BASER_INDIRECT ? 0x10 : 0));
	if (offset == SIM_GITS_CTLR)
		add(&s->devtable, enable);
	else if (offset >= SIM_GITS_BASER && offset < SIM_GITS_BASER + 64)
		add(&s->devtable, baser);
}

/* "rd write any" and "rd read any", of the adversary's operations at redistributors. */
static void add_rd_access(struct seeds *s, const struct trace_directive *d)
{
	uint8_t op[ADVERSARY_OP_BYTES] = {
		d->kind == TRACE_RD_WRITE ? 6 : 7, (uint8_t)d->u.access.rd,
		(uint8_t)(0xe0 | (d->u.access.offset >> 16 & 3)), d->u.access.width == 8 ? 1 : 0};

	put_le(op + 6, d->u.access.offset, 2);
	put_le(op + 8, d->u.access.value, 8);
	add(&s->redist, op);
}

static void add_level1(struct seeds *s, uint64_t pa, uint64_t word)
{
	const uint8_t mapd[MAPD_OP] = {0xe0, (uint8_t)(pa >> 3 & 7), word & SIM_VALID ? 1 : 0,
				       (uint8_t)(word >> 12 & 3)};
	const uint8_t devtable[DEVTABLE_OP] = {
		6, 1, (uint8_t)(pa >> 3), word & SIM_VALID ? 1 : 0, 3, (uint8_t)(word >> 12)};

	add(&s->mapd, mapd);
	add(&s->devtable, devtable);
	s->mapd.bytes[1] |= 4;
	s->cmdq.bytes[1] |= 4;
	s->devtable.bytes[1] |= 4;
}

static void add_hardware(struct seeds *s)
{
	const uint8_t settle[CMDQ_OP] = {0xc0};
	const uint8_t mapd[MAPD_OP] = {0xff};
	const uint8_t devtable[DEVTABLE_OP] = {15};
	const uint8_t world[ADVERSARY_OP_BYTES] = {9};

	add(&s->cmdq, settle);
	add(&s->mapd, mapd);
	add(&s->devtable, devtable);
	add(&s->world, world);
}

static void add_directive(struct seeds *s, const struct trace *trace,
			  const struct trace_directive *d)
{
	const uint8_t *bytes;

	switch (d->kind) {
	case TRACE_WRITE:
	case TRACE_READ:
		add_access(s, d, d->kind == TRACE_WRITE);
		if (d->u.access.offset == SIM_GITS_CREADR)
			add_hardware(s);
		return;
	case TRACE_RD_WRITE:
	case TRACE_RD_READ:
		add_rd_access(s, d);
		return;
	case TRACE_MEM:
		bytes = trace_mem(trace, d);
		if (d->u.mem.bytes == 8)
			add_level1(s, d->u.mem.pa, fuzz_le(bytes, 8));
		for (uint32_t at = 0; at + SIM_COMMAND_BYTES <= d->u.mem.bytes;
		     at += SIM_COMMAND_BYTES)
			add_command(s, bytes + at);
		return;
	case TRACE_RUN:
	case TRACE_POLL:
		add_hardware(s);
		return;
	default:
		return;
	}
}

static void from_trace(const struct trace *trace, const char *name)
{
	static struct seeds s;
	const uint8_t boot[ADVERSARY_OP_BYTES] = {0};

	begin(&s.cmdq, "cmdq");
	begin(&s.mapd, "mapd");
	begin(&s.devtable, "devtable");
	begin(&s.mmio, "mmio");
	begin(&s.world, "world");
	begin(&s.redist, "redist");
	s.devices.count = 0;
	s.cmdq.bytes[0] = s.mapd.bytes[0] = trace->machine.donate_itt;
	add(&s.world, boot);
	for (size_t i = 0; i < trace->count; i++)
		add_directive(&s, trace, &trace->directives[i]);
	save(&s.cmdq, name);
	save(&s.mapd, name);
	save(&s.devtable, name);
	save(&s.mmio, name);
	save(&s.world, name);
	if (trace->machine.rds)
		save(&s.redist, name);
}

/* The text itself, or its beginning up to the end of a line. */
static void as_text(const char *text, size_t size, const char *name)
{
	struct seed seed;

	begin(&seed, "trace");
	seed.size = size < SEED_MAX ? size : SEED_MAX;
	memcpy(seed.bytes, text, seed.size);
	while (seed.size == SEED_MAX && size > SEED_MAX && seed.size > 0 &&
	       seed.bytes[seed.size - 1] != '\n')
		seed.size--;
	save(&seed, name);
}

static void from_file(const char *path)
{
	static char text[1u << 24];
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct trace_error error;
	struct trace trace;
	FILE *in = fopen(path, "rb");
	size_t size;

	if (!in) {
		perror(path);
		exit(1);
	}
	size = fread(text, 1, sizeof(text), in);
	fclose(in);
	as_text(text, size, name);
	if (trace_parse(text, size, path, NULL, &trace, &error)) {
		fprintf(stderr, "%s\n", error.message);
		exit(1);
	}
	from_trace(&trace, name);
	trace_free(&trace);
}

/* ---- built ones ---- */

/* Take, look, mark, drop: over one page, over several, at the edges. */
static void build_tracker(uint8_t shift, uint8_t place)
{
	static const uint8_t ops[][TRACKER_OP] = {
		{0, 0, 0, 3},    {0, 0, 4, 3},    {5, 0, 0, 7},       {0, 0, 2, 0},
		{3, 0, 0, 3},    {8, 1, 15, 1},   {0x40, 2, 0, 0, 1}, {0xc0, 4, 8, 200, 0x83},
		{0x16, 0, 0, 0}, {3, 0, 4, 3},    {7, 3, 1, 1},       {0x17, 3, 1, 1},
		{0x27, 3, 1, 1}, {0x37, 3, 1, 1}, {0, 15, 255, 7},    {0x0b, 1, 15, 1},
		{6, 0, 0, 0},    {3, 0, 0, 0},
	};
	struct seed seed;
	char name[32];

	begin(&seed, "pfn_tracker");
	seed.bytes[0] = shift;
	seed.bytes[2] = place;
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		add(&seed, ops[i]);
	snprintf(name, sizeof(name), "built-%u-%u", shift, place);
	save(&seed, name);
}

/* An honest life between two that are cut off, on one kind of machine. */
static void build_world(unsigned n)
{
	static const uint8_t ops[][ADVERSARY_OP_BYTES] = {
		{0},       {1, 0, 1},    {8, 0, 3},  {2, 0, 1},     {9},          {30},
		{0, 0, 1}, {1, 0, 1, 7}, {16, 0, 8}, {15, 0, 2, 1}, {1, 0, 1, 1}, {25, 0, 2},
		{10},      {9},          {0, 1},     {1, 1, 1},     {28},         {2, 1, 1},
	};
	struct seed seed;
	char name[32];

	begin(&seed, "world");
	for (unsigned i = 0; n > 0 && i < 20; i++)
		seed.bytes[i] = (uint8_t)(n * (i * 2654435761u >> 8) >> 3);
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		add(&seed, ops[i]);
	snprintf(name, sizeof(name), "built-%u", n);
	save(&seed, name);
}

/* Each operation once, and some of them between two that boot, on one kind of machine. */
static void build_redist(unsigned n)
{
	struct seed seed;
	char name[32];

	begin(&seed, "redist");
	for (unsigned i = 0; n > 0 && i < 28; i++)
		seed.bytes[i] = (uint8_t)(n * (i * 2654435761u >> 8) >> 3);
	for (unsigned i = 0; i < 48; i++) {
		const uint8_t op[ADVERSARY_OP_BYTES] = {i % 4 ? (uint8_t)(i % 24) : 0,
							(uint8_t)(n + i / 8), (uint8_t)(n * i),
							(uint8_t)(n * i >> 2), (uint8_t)(i * 37)};

		add(&seed, op);
	}
	snprintf(name, sizeof(name), "built-%u", n);
	save(&seed, name);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: make_seeds FOLDER [TRACE...]\n");
		return 2;
	}
	folder = argv[1];
	mkdir(folder, 0777);
	for (uint8_t shift = 0; shift < 4; shift++)
		for (uint8_t place = 0; place < 3; place++)
			build_tracker(shift, place);
	for (unsigned n = 0; n < 8; n++)
		build_world(n);
	for (unsigned n = 0; n < 8; n++)
		build_redist(n);
	for (int i = 2; i < argc; i++)
		from_file(argv[i]);
	return 0;
}
