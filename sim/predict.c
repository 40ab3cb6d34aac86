/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "predict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/names.h"
#include "pfnset.h"
#include "u64map.h"

/* Registers and fields: gic-its-facts 1 and 3, written down here once more on purpose. */
#define R_CTLR     0x00u
#define R_CBASER   0x80u
#define R_CWRITER  0x88u
#define R_BASER    0x100u
#define VALID      ((uint64_t)1 << 63)
#define INDIRECT   ((uint64_t)1 << 62)
#define GRANULE    256u
#define COMMAND    32u
#define LPI_LOWEST 8192u

/* A table of IDs as BASER describes it. */
struct table {
	bool valid;
	bool indirect;
	uint64_t pa;
	uint64_t bytes;    /* flat, or level 1 */
	uint64_t page;     /* ITS page */
	uint64_t per_page; /* entries */
	uint64_t capacity; /* IDs */
};

struct model {
	/* TYPER and configuration. */
	unsigned device_bits, event_bits, icid_bits;
	uint64_t entry, hcc;
	bool cct, pta;
	/* Registers. */
	bool enabled;
	uint64_t cbaser;
	uint64_t armed[ITSG_BASERS]; /* as read back at the last Enabled 0 to 1 */
	uint32_t cwriter, next;
	struct table devices, collections;
	uint64_t mapped; /* devices */
};

struct expected {
	uint32_t offset;
	enum itsg_reason reason;
	bool may_be_full; /* NO_PAGE_SLOT or NO_DEVICE_SLOT would do too */
};

enum line {
	LINE_OTHER,
	LINE_CWRITER,
	LINE_ENABLE,
	LINE_REGISTER
};

struct predictor {
	struct world *world;
	bool stopped;
	uint64_t count;
	struct model its[TRACE_ITS_MAX];
	struct u64map devices; /* ITS and DeviceID -> ITT address, Size << 1, 1; 0: unmapped */
	struct u64map level1;  /* ITS, table and index -> word taken; 0: none */
	struct pfnset *claimed[2], *pages[2]; /* by enum itsg_kind */
	struct pfnset *run;                   /* scratch */

	/* The line under way. */
	enum line line;
	uint32_t at; /* its ITS */
	uint32_t offset, width;
	uint64_t value;
	uint64_t baser[ITSG_BASERS]; /* read before Enabled is set */
	enum itsg_reason answer;     /* expected of the access */
	struct expected *expected;
	size_t expected_count, expected_room, judged;
	uint64_t commands_before;
	char wrong[200];
};

static void disagree(struct predictor *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void disagree(struct predictor *p, const char *format, ...)
{
	va_list args;

	if (p->wrong[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(p->wrong, sizeof(p->wrong), format, args);
	va_end(args);
}

static uint64_t bits(uint64_t word, unsigned hi, unsigned lo)
{
	return (word >> lo) & (UINT64_MAX >> (63 - (hi - lo)));
}

static uint64_t word_of(const uint8_t *bytes, unsigned index)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++)
		word |= (uint64_t)bytes[index * 8 + i] << (8 * i);
	return word;
}

static uint64_t pa_end(const struct predictor *p)
{
	return (uint64_t)1 << world_config(p->world)->machine.pa_bits;
}

/* ---- building ---- */

static void learn_typer(struct model *m, const struct world_config *config, uint32_t n)
{
	uint64_t typer = config->its[n].typer;

	m->device_bits = (unsigned)bits(typer, 17, 13) + 1;
	m->event_bits = (unsigned)bits(typer, 12, 8) + 1;
	if (config->machine.event_bits && config->machine.event_bits < m->event_bits)
		m->event_bits = config->machine.event_bits;
	m->icid_bits = bits(typer, 36, 36) ? (unsigned)bits(typer, 35, 32) + 1 : 16;
	m->entry = bits(typer, 7, 4) + 1;
	if (config->machine.itt_entry > m->entry)
		m->entry = config->machine.itt_entry;
	m->hcc = bits(typer, 31, 24);
	m->cct = bits(typer, 2, 2) != 0;
	m->pta = config->machine.pta || bits(typer, 19, 19) != 0;
}

struct predictor *predictor_new(struct world *world)
{
	struct predictor *p = calloc(1, sizeof(*p));
	const struct world_config *config = world_config(world);

	if (!p)
		return NULL;
	p->world = world;
	p->stopped = !config->guard;
	for (unsigned kind = 0; kind < 2; kind++) {
		p->claimed[kind] = pfnset_new();
		p->pages[kind] = pfnset_new();
	}
	p->run = pfnset_new();
	for (uint32_t i = 0; i < config->its_count; i++)
		learn_typer(&p->its[i], config, i);
	return p;
}

void predictor_free(struct predictor *p)
{
	if (!p)
		return;
	for (unsigned kind = 0; kind < 2; kind++) {
		pfnset_free(p->claimed[kind]);
		pfnset_free(p->pages[kind]);
	}
	pfnset_free(p->run);
	u64map_free(&p->devices);
	u64map_free(&p->level1);
	free(p->expected);
	free(p);
}

void predictor_stop(struct predictor *p)
{
	p->stopped = true;
}

uint64_t predictor_count(const struct predictor *p)
{
	return p->count;
}

/* ---- the model ---- */

static uint64_t device_key(uint32_t its, uint64_t id)
{
	return (uint64_t)its << 32 | id;
}

/* The ITT of a device, or 0. */
static uint64_t device(const struct predictor *p, uint32_t its, uint64_t id)
{
	const uint64_t *found = u64map_get(&p->devices, device_key(its, id));

	return found ? *found : 0;
}

static uint64_t level1_key(uint32_t its, bool collections, uint64_t index)
{
	return (uint64_t)its << 40 | (uint64_t)collections << 39 | index;
}

static void forget_level1(struct predictor *p, uint32_t its, bool collections)
{
	for (size_t i = 0; i < p->level1.count; i++)
		if (p->level1.entries[i].key >> 39 == level1_key(its, collections, 0) >> 39)
			p->level1.entries[i].value = 0;
}

static void forget_devices(struct predictor *p, uint32_t its)
{
	for (size_t i = 0; i < p->devices.count; i++)
		if (p->devices.entries[i].key >> 32 == its)
			p->devices.entries[i].value = 0;
	p->its[its].mapped = 0;
	forget_level1(p, its, false);
}

static void learn_table(struct table *t, uint64_t baser)
{
	static const uint64_t page[4] = {0x1000, 0x4000, 0x10000, 0x10000};
	uint64_t entry = bits(baser, 52, 48) + 1;

	t->valid = (baser & VALID) != 0;
	t->indirect = (baser & INDIRECT) != 0;
	t->page = page[bits(baser, 9, 8)];
	t->bytes = (bits(baser, 7, 0) + 1) * t->page;
	t->per_page = t->page / entry;
	t->pa = t->page == 0x10000 ? bits(baser, 47, 16) << 16 | bits(baser, 15, 12) << 48
				   : bits(baser, 47, 12) << 12;
	t->capacity = t->indirect ? t->bytes / 8 * t->per_page : t->bytes / entry;
}

static void make_run(struct predictor *p, uint64_t pa, uint64_t bytes, uint64_t unit)
{
	pfnset_clear(p->run);
	pfnset_add_range(p->run, pa / unit, (pa + bytes - 1) / unit - pa / unit + 1);
}

static uint64_t page_bytes(const struct predictor *p)
{
	return world_config(p->world)->machine.page;
}

static void claim(struct predictor *p, uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	make_run(p, pa, bytes, GRANULE);
	pfnset_add_set(p->claimed[kind], p->run);
	make_run(p, pa, bytes, page_bytes(p));
	pfnset_add_set(p->pages[kind], p->run);
}

static void unclaim(struct predictor *p, uint64_t pa, uint64_t bytes, enum itsg_kind kind)
{
	uint64_t page = page_bytes(p);

	make_run(p, pa, bytes, GRANULE);
	pfnset_remove_set(p->claimed[kind], p->run);
	for (uint64_t n = pa / page; n <= (pa + bytes - 1) / page; n++) {
		make_run(p, n * page, page, GRANULE);
		if (!pfnset_intersect(p->run, p->claimed[kind]))
			pfnset_remove(p->pages[kind], n);
	}
}

/* Can this page, which nobody claims at this point, be shared or donated? */
static bool is_hosts(const struct predictor *p, uint64_t pa)
{
	struct sim_page page = sim_mem_page(world_mem(p->world), pa);

	/* What the guard holds now but no longer at this point is the host's again by then. */
	return page.state == SIM_HOST || (page.state == SIM_SHARED && page.pins > 0) ||
	       (page.state == SIM_HYP && page.donated);
}

/* Overlap, kind, and what the platform says, in this order; claims the run if it can. */
static enum itsg_reason try_claim(struct predictor *p, uint64_t pa, uint64_t bytes,
				  enum itsg_kind kind, enum itsg_reason overlap)
{
	enum itsg_kind other = kind == ITSG_SHARED ? ITSG_DONATED : ITSG_SHARED;
	uint64_t page = page_bytes(p);
	uint64_t last = (pa + bytes - 1) / page;

	make_run(p, pa, bytes, GRANULE);
	if (pfnset_intersect(p->run, p->claimed[0]) || pfnset_intersect(p->run, p->claimed[1]))
		return overlap;
	make_run(p, pa, bytes, page);
	if (pfnset_intersect(p->run, p->pages[other]))
		return ITSG_KIND_CONFLICT;
	if (last - pa / page >= world_config(p->world)->machine.pages)
		return ITSG_NO_PAGE_SLOT;
	for (uint64_t n = pa / page; n <= last; n++)
		if (!pfnset_contains(p->pages[kind], n) && !is_hosts(p, n * page))
			return kind == ITSG_DONATED ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
	claim(p, pa, bytes, kind);
	return ITSG_OK;
}

/* ---- the rules, in the order of the trace format ---- */

struct level2 {
	bool wanted;
	uint64_t key, word, bytes;
};

static enum itsg_reason rule_level1(const struct predictor *p, const struct table *t,
				    bool collections, uint64_t id, struct level2 *level2)
{
	const uint64_t *taken;
	uint64_t index;

	level2->wanted = false;
	if (!t->valid || !t->indirect)
		return ITSG_OK;
	index = id / t->per_page;
	level2->word = sim_mem_peek64(world_mem(p->world), t->pa + index * 8);
	level2->key = level1_key(p->at, collections, index);
	level2->bytes = t->page;
	taken = u64map_get(&p->level1, level2->key);
	if (taken && *taken)
		return *taken == level2->word ? ITSG_OK : ITSG_L1_CHANGED;
	if (!(level2->word & VALID))
		return ITSG_L1_INVALID;
	if (bits(level2->word, 62, 52))
		return ITSG_L1_RESERVED;
	if (bits(level2->word, 51, 0) % t->page || bits(level2->word, 51, 0) + t->page > pa_end(p))
		return ITSG_L1_ADDRESS;
	level2->wanted = true;
	return ITSG_OK;
}

/* Takes level-2 page and, if itt_bytes is not 0, the ITT; both or none. */
static enum itsg_reason take_both(struct predictor *p, const struct level2 *level2, uint64_t itt,
				  uint64_t itt_bytes, enum itsg_kind itt_kind)
{
	uint64_t page = bits(level2->word, 51, 0);
	enum itsg_reason reason = ITSG_OK;

	if (level2->wanted)
		reason = try_claim(p, page, level2->bytes, ITSG_DONATED, ITSG_TABLE_OVERLAP);
	if (reason != ITSG_OK)
		return reason;
	if (itt_bytes)
		reason = try_claim(p, itt, itt_bytes, itt_kind, ITSG_ITT_OVERLAP);
	if (!level2->wanted)
		return reason;
	if (reason == ITSG_OK)
		*u64map_put(&p->level1, level2->key) = level2->word;
	else
		unclaim(p, page, level2->bytes, ITSG_DONATED);
	return reason;
}

static enum itsg_reason rule_device_id(const struct predictor *p, uint64_t id)
{
	const struct model *m = &p->its[p->at];

	if (id >> m->device_bits || id >= m->devices.capacity)
		return ITSG_DEVICE_OOR;
	return ITSG_OK;
}

static bool is_reserved(const struct predictor *p, uint64_t id)
{
	const struct trace_machine *machine = &world_config(p->world)->machine;

	for (uint32_t i = 0; i < machine->reserved_count; i++)
		if (machine->reserved[i] == id)
			return true;
	return false;
}

static uint64_t itt_bytes_of(const struct model *m, uint64_t size)
{
	uint64_t bytes = ((uint64_t)2 << size) * m->entry;

	return (bytes + GRANULE - 1) / GRANULE * GRANULE;
}

static enum itsg_kind itt_kind(const struct predictor *p)
{
	return world_config(p->world)->machine.donate_itt ? ITSG_DONATED : ITSG_SHARED;
}

static enum itsg_reason rule_map(struct predictor *p, const uint64_t *dw, bool *may_be_full)
{
	struct model *m = &p->its[p->at];
	uint64_t id = bits(dw[0], 63, 32), size = bits(dw[1], 4, 0);
	uint64_t itt = bits(dw[2], 51, 8) << 8;
	uint64_t bytes = itt_bytes_of(m, size);
	struct level2 level2 = {0};
	enum itsg_reason reason = rule_device_id(p, id);

	if (reason == ITSG_OK && is_reserved(p, id))
		reason = ITSG_DEVICE_RESERVED;
	if (reason == ITSG_OK && device(p, p->at, id))
		reason = ITSG_DEVICE_MAPPED;
	if (reason == ITSG_OK)
		reason = rule_level1(p, &m->devices, false, id, &level2);
	if (reason == ITSG_OK && size + 1 > m->event_bits)
		reason = ITSG_ITTSIZE_OOR;
	if (reason == ITSG_OK && itt + bytes > pa_end(p))
		reason = ITSG_ITT_ADDRESS;
	if (reason != ITSG_OK)
		return reason;
	*may_be_full = true;
	if (m->mapped >= world_config(p->world)->machine.devices)
		return ITSG_NO_DEVICE_SLOT;
	reason = take_both(p, &level2, itt, bytes, itt_kind(p));
	if (reason != ITSG_OK)
		return reason;
	*u64map_put(&p->devices, device_key(p->at, id)) = itt | size << 1 | 1;
	m->mapped++;
	return ITSG_OK;
}

static enum itsg_reason rule_unmap(struct predictor *p, const uint64_t *dw)
{
	struct model *m = &p->its[p->at];
	uint64_t id = bits(dw[0], 63, 32);
	uint64_t mapped = device(p, p->at, id);
	enum itsg_reason reason = rule_device_id(p, id);

	if (reason != ITSG_OK)
		return reason;
	if (!mapped)
		return ITSG_DEVICE_UNMAPPED;
	unclaim(p, bits(mapped, 51, 8) << 8, itt_bytes_of(m, bits(mapped, 5, 1)), itt_kind(p));
	*u64map_put(&p->devices, device_key(p->at, id)) = 0;
	m->mapped--;
	return ITSG_OK;
}

static enum itsg_reason rule_icid(const struct predictor *p, uint64_t icid)
{
	const struct model *m = &p->its[p->at];
	uint64_t supported = m->hcc;

	if (m->collections.valid)
		supported = m->collections.capacity + (m->cct ? m->hcc : 0);
	return icid < supported && !(icid >> m->icid_bits) ? ITSG_OK : ITSG_COLLECTION_OOR;
}

static enum itsg_reason rule_rdbase(const struct predictor *p, uint64_t dw)
{
	const struct trace_machine *machine = &world_config(p->world)->machine;
	uint64_t rd = bits(dw, 51, 16) << 16;

	for (uint32_t i = 0; i < machine->pes; i++)
		if (rd ==
		    (p->its[p->at].pta ? machine->rd + i * (uint64_t)0x20000 : (uint64_t)i << 16))
			return ITSG_OK;
	return ITSG_RDBASE_UNKNOWN;
}

static enum itsg_reason rule_mapc(struct predictor *p, const uint64_t *dw, bool *may_be_full)
{
	uint64_t icid = bits(dw[2], 15, 0);
	struct level2 level2 = {0};
	enum itsg_reason reason = rule_icid(p, icid);

	if (reason != ITSG_OK || !(dw[2] & VALID))
		return reason;
	reason = rule_rdbase(p, dw[2]);
	if (reason == ITSG_OK)
		reason = rule_level1(p, &p->its[p->at].collections, true, icid, &level2);
	if (reason != ITSG_OK)
		return reason;
	*may_be_full = true;
	return take_both(p, &level2, 0, 0, ITSG_SHARED);
}

/* MAPTI, MAPI, MOVI, INT, CLEAR, INV, DISCARD. */
static enum itsg_reason rule_event(const struct predictor *p, const uint64_t *dw)
{
	uint64_t id = bits(dw[0], 63, 32), event = bits(dw[1], 31, 0);
	uint64_t opcode = bits(dw[0], 7, 0);
	uint64_t intid = opcode == 0x0a ? bits(dw[1], 63, 32) : event;
	uint64_t mapped = device(p, p->at, id);
	enum itsg_reason reason = rule_device_id(p, id);

	if (reason != ITSG_OK)
		return reason;
	if (!mapped)
		return ITSG_DEVICE_UNMAPPED;
	if (event >> (bits(mapped, 5, 1) + 1))
		return ITSG_EVENT_OOR;
	if ((opcode == 0x0a || opcode == 0x0b) &&
	    (intid < LPI_LOWEST || intid >> world_config(p->world)->machine.lpi_bits))
		return ITSG_INTID_OOR;
	if (opcode == 0x0a || opcode == 0x0b || opcode == 0x01)
		return rule_icid(p, bits(dw[2], 15, 0));
	return ITSG_OK;
}

static enum itsg_reason rule(struct predictor *p, const uint64_t *dw, bool *may_be_full)
{
	enum itsg_reason reason;

	switch (bits(dw[0], 7, 0)) {
	case 0x08:
		return dw[2] & VALID ? rule_map(p, dw, may_be_full) : rule_unmap(p, dw);
	case 0x09:
		return rule_mapc(p, dw, may_be_full);
	case 0x01:
	case 0x03:
	case 0x04:
	case 0x0a:
	case 0x0b:
	case 0x0c:
	case 0x0f:
		return rule_event(p, dw);
	case 0x0d:
		return rule_icid(p, bits(dw[2], 15, 0));
	case 0x0e:
		reason = rule_rdbase(p, dw[2]);
		return reason == ITSG_OK ? rule_rdbase(p, dw[3]) : reason;
	case 0x05:
		return rule_rdbase(p, dw[2]);
	case 0x21:
	case 0x22:
	case 0x23:
	case 0x25:
	case 0x29:
	case 0x2a:
	case 0x2b:
	case 0x2d:
	case 0x2e:
		return ITSG_VIRTUAL_COMMAND;
	default:
		return ITSG_UNKNOWN_COMMAND;
	}
}

/* ---- a line ---- */

static uint32_t queue_bytes(const struct model *m)
{
	return ((uint32_t)bits(m->cbaser, 7, 0) + 1) * 0x1000;
}

static void predict_one(struct predictor *p, uint32_t offset)
{
	const struct model *m = &p->its[p->at];
	uint8_t raw[COMMAND];
	uint64_t dw[4];
	struct expected *e;

	if (p->expected_count == p->expected_room) {
		p->expected_room = p->expected_room * 2 + 64;
		p->expected = sim_realloc(p->expected, p->expected_room, sizeof(*p->expected));
	}
	sim_mem_peek(world_mem(p->world), (bits(m->cbaser, 51, 12) << 12) + offset, raw, COMMAND);
	for (unsigned i = 0; i < 4; i++)
		dw[i] = word_of(raw, i);
	e = &p->expected[p->expected_count++];
	e->offset = offset;
	e->may_be_full = false;
	e->reason = rule(p, dw, &e->may_be_full);
	p->count++;
}

static void predict_queue(struct predictor *p)
{
	struct model *m = &p->its[p->at];

	while (m->next != m->cwriter) {
		predict_one(p, m->next);
		m->next = (m->next + COMMAND) % queue_bytes(m);
	}
}

static void before_cwriter(struct predictor *p)
{
	struct model *m = &p->its[p->at];
	uint32_t cwriter = (uint32_t)p->value & 0xfffe0u;

	if (cwriter >= queue_bytes(m)) {
		p->answer = ITSG_CWRITER_RANGE;
		return;
	}
	m->cwriter = cwriter;
	if (m->enabled)
		predict_queue(p);
}

static void before_enable(struct predictor *p)
{
	struct model *m = &p->its[p->at];
	uint64_t value;

	for (uint32_t i = 0; i < ITSG_BASERS; i++) {
		world_read(p->world, p->at, R_BASER + 8 * i, 8, &value);
		p->baser[i] = value;
	}
	/* Commands that run while tables are being armed are beyond this model. */
	if (m->next != m->cwriter)
		p->stopped = true;
}

static enum line line_of(const struct predictor *p)
{
	const struct model *m = &p->its[p->at];

	if (p->offset == R_CWRITER && (p->width == 4 || p->width == 8))
		return LINE_CWRITER;
	if (p->offset == R_CWRITER + 4 && p->width == 4)
		return LINE_OTHER; /* nothing of it is used */
	if (p->offset == R_CTLR && p->width == 4 && (p->value & 1) != 0)
		return m->enabled ? LINE_OTHER : LINE_ENABLE;
	return LINE_REGISTER;
}

void predictor_before_write(struct predictor *p, uint32_t its, uint32_t offset, uint32_t width,
			    uint64_t value)
{
	struct itsg_stats stats;

	p->expected_count = 0;
	p->judged = 0;
	p->answer = ITSG_OK;
	p->wrong[0] = '\0';
	if (p->stopped)
		return;
	p->at = its;
	p->offset = offset;
	p->width = width;
	p->value = value;
	p->line = line_of(p);
	itsg_get_stats(world_guard(p->world, its), &stats);
	p->commands_before = stats.commands;
	if (p->line == LINE_CWRITER)
		before_cwriter(p);
	else if (p->line == LINE_ENABLE)
		before_enable(p);
}

/* A device or collection table that is not the one armed before is a new one, empty. */
static void learn_tables(struct predictor *p)
{
	struct model *m = &p->its[p->at];

	m->devices.valid = false;
	m->collections.valid = false;
	for (uint32_t i = 0; i < ITSG_BASERS; i++) {
		uint64_t type = bits(p->baser[i], 58, 56);
		bool changed = p->baser[i] != m->armed[i];

		if (type == 1)
			learn_table(&m->devices, p->baser[i]);
		else if (type == 4)
			learn_table(&m->collections, p->baser[i]);
		if (changed && type == 1)
			forget_devices(p, p->at);
		if (changed && type == 4)
			forget_level1(p, p->at, true);
		m->armed[i] = p->baser[i];
	}
}

/* A BASER that the host left without Valid is retired at once. */
static void notice_retired(struct predictor *p)
{
	struct model *m = &p->its[p->at];

	for (uint32_t i = 0; i < ITSG_BASERS; i++) {
		uint64_t value = 0;

		if (!(m->armed[i] & VALID))
			continue;
		world_read(p->world, p->at, R_BASER + 8 * i, 8, &value);
		if (value & VALID)
			continue;
		if (bits(m->armed[i], 58, 56) == 1)
			forget_devices(p, p->at);
		if (bits(m->armed[i], 58, 56) == 4)
			forget_level1(p, p->at, true);
		m->armed[i] = 0;
	}
}

static void after_register(struct predictor *p)
{
	struct model *m = &p->its[p->at];
	uint64_t ctlr = 0;

	if (p->offset == R_CTLR && p->width == 4)
		m->enabled = (p->value & 1) != 0;
	if (p->offset == R_CBASER || p->offset == R_CBASER + 4) {
		world_read(p->world, p->at, R_CBASER, 8, &m->cbaser);
		m->next = 0;
	}
	notice_retired(p);
	world_read(p->world, p->at, R_CTLR, 4, &ctlr);
	m->enabled = (ctlr & 1) != 0;
}

void predictor_after_write(struct predictor *p, enum itsg_reason reason)
{
	if (p->stopped)
		return;
	if (p->line == LINE_CWRITER) {
		if (reason != p->answer)
			disagree(p, "CWRITER 0x%" PRIx64 " is %s, expected %s", p->value,
				 itsg_reason_name(reason), itsg_reason_name(p->answer));
	} else if (p->line == LINE_ENABLE) {
		if (reason == ITSG_OK) {
			learn_tables(p);
			p->its[p->at].enabled = true;
		} else {
			/* What was retired before the refusal is beyond this model. */
			for (uint32_t i = 0; i < ITSG_BASERS; i++)
				if (p->baser[i] != p->its[p->at].armed[i] && p->its[p->at].armed[i])
					p->stopped = true;
		}
	} else if (p->line == LINE_REGISTER && reason == ITSG_OK) {
		after_register(p);
	}
}

static bool says_full(enum itsg_reason reason)
{
	return reason == ITSG_NO_PAGE_SLOT || reason == ITSG_NO_DEVICE_SLOT;
}

void predictor_refused(struct predictor *p, uint32_t its, uint32_t offset, enum itsg_reason reason)
{
	const struct expected *e;

	if (p->stopped)
		return;
	/* Those before it were accepted. */
	while (p->judged < p->expected_count && p->expected[p->judged].offset != offset) {
		e = &p->expected[p->judged++];
		if (e->reason != ITSG_OK)
			disagree(p, "the command at 0x%" PRIx32 " is accepted, expected %s",
				 e->offset, itsg_reason_name(e->reason));
	}
	if (p->judged == p->expected_count || its != p->at) {
		disagree(p, "a command at 0x%" PRIx32 " is refused that nobody sent", offset);
		return;
	}
	e = &p->expected[p->judged++];
	if (e->reason == reason)
		return;
	if (e->may_be_full && says_full(reason)) {
		p->stopped = true;
		return;
	}
	disagree(p, "the command at 0x%" PRIx32 " is refused with %s, expected %s", offset,
		 itsg_reason_name(reason), itsg_reason_name(e->reason));
}

static void judge_queue(struct predictor *p)
{
	struct itsg_stats stats;

	for (; p->judged < p->expected_count; p->judged++) {
		const struct expected *e = &p->expected[p->judged];

		if (e->reason != ITSG_OK)
			disagree(p, "the command at 0x%" PRIx32 " is accepted, expected %s",
				 e->offset, itsg_reason_name(e->reason));
	}
	itsg_get_stats(world_guard(p->world, p->at), &stats);
	if (stats.commands - p->commands_before != p->expected_count)
		disagree(p, "%" PRIu64 " commands are judged, expected %zu",
			 stats.commands - p->commands_before, p->expected_count);
}

static void judge_claims(struct predictor *p, const struct oracle *oracle)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		const struct pfnset *is = oracle_claimed(oracle, (enum itsg_kind)kind);
		uint64_t at = 0;

		if (pfnset_first_missing(p->claimed[kind], is, &at))
			disagree(p, "0x%" PRIx64 " is not claimed but should be", at * GRANULE);
		else if (pfnset_first_missing(is, p->claimed[kind], &at))
			disagree(p, "0x%" PRIx64 " is claimed but should not be", at * GRANULE);
	}
}

/* Arming and retiring are not predicted: their claims are taken over as they are. */
static void take_over(struct predictor *p, const struct oracle *oracle)
{
	const struct sim_mem *mem = world_mem(p->world);

	for (unsigned kind = 0; kind < 2; kind++)
		pfnset_copy(p->claimed[kind], oracle_claimed(oracle, (enum itsg_kind)kind));
	pfnset_copy(p->pages[ITSG_SHARED], sim_mem_shared_pages(mem));
	pfnset_copy(p->pages[ITSG_DONATED], sim_mem_donated_pages(mem));
}

bool predictor_judge(struct predictor *p, const struct oracle *oracle, char *text, size_t size)
{
	enum line line = p->line;

	p->line = LINE_OTHER;
	if (p->stopped)
		return true;
	if (line == LINE_CWRITER) {
		judge_queue(p);
		judge_claims(p, oracle);
	} else if (line != LINE_OTHER) {
		take_over(p, oracle);
	}
	if (p->wrong[0] == '\0')
		return true;
	snprintf(text, size, "%s", p->wrong);
	p->stopped = true;
	return false;
}
