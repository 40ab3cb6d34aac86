/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "driver.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "arch.h"
#include "itsguard/names.h"
#include "itsguard/pages.h"

#define PAGES_AT      0x41000000u
#define HEAP_AT       0x60000000u
#define TRACKER_PAGES 4096u
#define DEVICE_SLOTS  128u
#define RD_STRIDE     0x20000u
#define TYPER_DEFAULT 0x1f0001efb1u
#define TYPER_VIRTUAL 2u

void driver_fail(struct driver *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->why, sizeof(d->why), format, args);
	va_end(args);
	longjmp(d->over, 1);
}

void driver_must(struct driver *d, bool what, const char *why)
{
	if (!what)
		driver_fail(d, "%s", why);
}

/* ---- what the world says ---- */

/* No jump from inside a callback: the access that led to it is looked at when it is over. */
static void remember(struct driver *d, const char *what, const char *which, uint64_t where)
{
	if (!d->why[0])
		snprintf(d->why, sizeof(d->why), "%s %s (0x%" PRIx64 ")", what, which, where);
}

static void refused(struct driver *d, const struct itsg_event *event)
{
	if (event->reason == d->expected)
		d->expected = ITSG_OK;
	else
		remember(d, "refused", itsg_reason_name(event->reason), event->offset);
}

static void hear(void *ctx, uint32_t its, const struct itsg_event *event)
{
	(void)its;
	switch (event->kind) {
	case ITSG_EVENT_REFUSED_ACCESS:
	case ITSG_EVENT_REFUSED_COMMAND:
		refused(ctx, event);
		break;
	case ITSG_EVENT_STALLED:
		remember(ctx, "hardware", "stalled", event->offset);
		break;
	case ITSG_EVENT_LEAKED:
		remember(ctx, "a page", "leaked", event->value);
		break;
	default:
		remember(ctx, "the guard", "calls the ITS broken", event->offset);
		break;
	}
}

static void on_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	(void)len;
	remember(ctx, write ? "the ITS wrote" : "the ITS read", what, pa);
}

/* Only a guard may not do such things. */
static void on_misuse(void *ctx, uint32_t its, const char *text)
{
	struct driver *d = ctx;

	if (d->tracker)
		remember(d, "misuse:", text, its);
}

static void look(struct driver *d)
{
	if (d->why[0])
		longjmp(d->over, 1);
}

/* After every access, unless hardware is slow. */
static void move(struct driver *d)
{
	if (!d->mode->slow)
		driver_must(d, world_settle(d->world), "the world never gets quiet");
	look(d);
}

/* ---- the trace ---- */

/* Reads of CREADR with nothing in between are one wait, and one line. */
static void flush(struct driver *d)
{
	if (d->out && d->read_pending)
		fprintf(d->out, "r%u 0x%04x 0x%" PRIx64 "    # CREADR\n", d->pending_width * 8,
			CREADR, d->pending_value);
	d->read_pending = false;
}

static void record(struct driver *d, char what, uint32_t offset, unsigned width, uint64_t value)
{
	const char *name = itsg_register_name(offset);

	flush(d);
	if (d->out)
		fprintf(d->out, "%c%u 0x%04" PRIx32 " 0x%" PRIx64 "    # %s\n", what, width * 8,
			offset, value, name);
}

static void record_read(struct driver *d, uint32_t offset, unsigned width, uint64_t value)
{
	if (offset != CREADR) {
		record(d, 'r', offset, width, value);
		return;
	}
	if (d->read_pending && d->pending_width != width)
		flush(d);
	d->read_pending = true;
	d->pending_width = width;
	d->pending_value = value;
}

void driver_note(struct driver *d, const char *text)
{
	flush(d);
	if (d->out)
		fprintf(d->out, "# %s\n", text);
}

void driver_its(struct driver *d, uint32_t its)
{
	flush(d);
	if (d->out && its != d->its)
		fprintf(d->out, "its %" PRIu32 "\n", its);
	d->its = its;
}

bool driver_expect(struct driver *d, enum itsg_reason reason)
{
	if (!d->tracker && !d->out)
		return false;
	d->expected = reason;
	return true;
}

/* ---- registers ---- */

static uint64_t reg_read(struct driver *d, uint32_t offset, unsigned width)
{
	uint64_t value = 0;

	world_read(d->world, d->its, offset, width, &value);
	if (d->mode->slow && (offset == CREADR || offset == CTLR))
		world_run(d->world, d->its, 1);
	look(d);
	record_read(d, offset, width, value);
	return value;
}

static void reg_write(struct driver *d, uint32_t offset, unsigned width, uint64_t value)
{
	record(d, 'w', offset, width, value);
	if (d->out && d->expected != ITSG_OK) {
		fprintf(d->out, "! %s\n", itsg_reason_name(d->expected));
		d->expected = ITSG_OK;
	}
	world_write(d->world, d->its, offset, width, value);
	move(d);
}

uint32_t r32(struct driver *d, uint32_t offset)
{
	return (uint32_t)reg_read(d, offset, 4);
}

uint64_t r64(struct driver *d, uint32_t offset)
{
	return reg_read(d, offset, 8);
}

void w32(struct driver *d, uint32_t offset, uint32_t value)
{
	reg_write(d, offset, 4, value);
}

void w64(struct driver *d, uint32_t offset, uint64_t value)
{
	reg_write(d, offset, 8, value);
}

/* ---- memory ---- */

static void le64(uint8_t *raw, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> (8 * i));
}

static void store(struct driver *d, uint64_t pa, const uint8_t *bytes, size_t count)
{
	flush(d);
	if (d->out)
		trace_write_mem(d->out, pa, bytes, count);
	if (world_poke(d->world, pa, bytes, count))
		driver_fail(d, "a store to 0x%" PRIx64 ", which is not the host's", pa);
	move(d);
}

void store64(struct driver *d, uint64_t pa, uint64_t value)
{
	uint8_t raw[8];

	le64(raw, value);
	store(d, pa, raw, sizeof(raw));
}

uint64_t load64(struct driver *d, uint64_t pa)
{
	uint8_t raw[8];

	if (sim_mem_host_read(world_mem(d->world), pa, raw, sizeof(raw)))
		driver_fail(d, "a load from 0x%" PRIx64 ", which is not the host's", pa);
	return sim_le64(raw);
}

uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

uint64_t driver_pages(struct driver *d, uint64_t bytes, uint64_t align)
{
	uint64_t pa = round_up(d->pages, align > d->granule ? align : d->granule);

	d->pages = pa + round_up(bytes, d->granule);
	return pa;
}

uint64_t driver_heap(struct driver *d, uint64_t bytes, uint64_t align)
{
	uint64_t pa = round_up(d->heap, align);

	d->heap = pa + round_up(bytes, 16);
	return pa;
}

void driver_touch(struct driver *d, uint64_t pa)
{
	store64(d, pa, UINT64_C(0xa5a5a5a5a5a5a5a5));
}

void driver_free(struct driver *d, uint64_t pa, uint64_t bytes)
{
	struct itsg_run run = {pa, round_up(bytes, 256)};
	uint64_t fresh = 0;

	if (d->tracker &&
	    itsg_pages_judge(d->tracker, &run, ITSG_DONATED, &fresh) == ITSG_PAGES_OVERLAP)
		driver_fail(d, "0x%" PRIx64 " is freed and still claimed", pa);
	driver_touch(d, pa);
}

void driver_lost(struct driver *d, uint64_t pa)
{
	flush(d);
	if (d->tracker && sim_mem_state(world_mem(d->world), pa) != SIM_HYP)
		driver_fail(d, "0x%" PRIx64 " is not lost after all", pa);
	if (d->out)
		fprintf(d->out, "? owner 0x%" PRIx64 " hyp\n", pa);
}

/* ---- commands ---- */

static struct command command(uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	return (struct command){.dw = {dw0, dw1, dw2, 0}};
}

struct command on_event(unsigned opcode, uint32_t device, uint32_t event)
{
	return command((uint64_t)device << 32 | opcode, event, 0);
}

struct command mapd(uint32_t device, uint32_t size, uint64_t itt, bool valid)
{
	return command((uint64_t)device << 32 | SIM_MAPD, size, itt | (valid ? VALID : 0));
}

struct command mapc(uint32_t icid, uint64_t target, bool valid)
{
	return command(SIM_MAPC, 0, target | icid | (valid ? VALID : 0));
}

struct command mapti(uint32_t device, uint32_t event, uint32_t lpi, uint32_t icid)
{
	return command((uint64_t)device << 32 | SIM_MAPTI, (uint64_t)lpi << 32 | event, icid);
}

struct command movi(uint32_t device, uint32_t event, uint32_t icid)
{
	return command((uint64_t)device << 32 | SIM_MOVI, event, icid);
}

struct command invall(uint32_t icid)
{
	return command(SIM_INVALL, 0, icid);
}

struct command sync_with(uint64_t target)
{
	return command(SIM_SYNC, 0, target);
}

struct queue *queue_of(struct driver *d)
{
	return &d->queue[d->its];
}

/* What a command says, for a comment. */
static void describe(FILE *out, const struct command *c)
{
	unsigned opcode = (unsigned)c->dw[0] & 0xff;
	uint64_t target = c->dw[2] & sim_bits(50, 16);

	fprintf(out, "# %s", itsg_opcode_name((uint8_t)opcode));
	if (opcode == SIM_SYNC) {
		fprintf(out, ": redistributor 0x%" PRIx64 "\n", target >> 16);
		return;
	}
	if (opcode != SIM_MAPC && opcode != SIM_INVALL)
		fprintf(out, ": DeviceID 0x%" PRIx64, c->dw[0] >> 32);
	if (opcode == SIM_MAPD)
		fprintf(out, ", V=%u, Size %u, ITT 0x%" PRIx64, (unsigned)(c->dw[2] >> 63),
			(unsigned)c->dw[1] & 0x1fu, c->dw[2] & sim_bits(51, 8));
	else if (opcode != SIM_MAPC && opcode != SIM_INVALL)
		fprintf(out, ", EventID %u", (unsigned)(uint32_t)c->dw[1]);
	if (opcode == SIM_MAPTI)
		fprintf(out, ", pINTID %u", (unsigned)(c->dw[1] >> 32));
	if (opcode == SIM_MAPTI || opcode == SIM_MOVI || opcode == SIM_MAPC || opcode == SIM_INVALL)
		fprintf(out, "%c collection %u",
			opcode == SIM_MAPC || opcode == SIM_INVALL ? ':' : ',',
			(unsigned)c->dw[2] & 0xffffu);
	if (opcode == SIM_MAPC)
		fprintf(out, ", V=%u, redistributor 0x%" PRIx64, (unsigned)(c->dw[2] >> 63),
			target >> 16);
	fputc('\n', out);
}

void put(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);
	uint8_t raw[32];

	flush(d);
	if (d->out)
		describe(d->out, &c);
	for (unsigned i = 0; i < 4; i++)
		le64(&raw[8 * i], c.dw[i]);
	store(d, queue->pa + queue->at, raw, sizeof(raw));
	queue->at = (queue->at + 32) % queue->bytes;
}

/* ---- the stage ---- */

uint64_t rdbase(const struct driver *d, unsigned cpu)
{
	if (d->mode->pta)
		return world_config(d->world)->machine.rd + (uint64_t)cpu * RD_STRIDE;
	return (uint64_t)cpu << 16;
}

uint32_t page_bytes(unsigned code)
{
	return code == 0 ? 0x1000 : code == 1 ? 0x4000 : 0x10000;
}

unsigned top_bit(uint64_t value)
{
	unsigned bits = 0;

	while (value >> bits)
		bits++;
	return bits;
}

void driver_msi(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu)
{
	struct sim_its *its = world_its(d->world, d->its);
	const struct sim_its_stats *stats = sim_its_stats(its);

	driver_must(d, world_settle(d->world), "the world never gets quiet");
	look(d);
	if (!sim_its_msi(its, device, event))
		driver_fail(d, "event %u of device 0x%x does not arrive", event, device);
	if (stats->last_intid != lpi || stats->last_pe != cpu)
		driver_fail(d, "event %u of device 0x%x is LPI %u at %u, not %u at %u", event,
			    device, stats->last_intid, stats->last_pe, lpi, cpu);
	look(d);
}

const char *driver_stalls_after_discard(const struct mode *mode)
{
	return mode->stall ? "INV after DISCARD stalls an ITS that stalls" : NULL;
}

void driver_silence(struct driver *d, uint32_t device, uint32_t event)
{
	driver_must(d, world_settle(d->world), "the world never gets quiet");
	if (sim_its_msi(world_its(d->world, d->its), device, event))
		driver_fail(d, "event %u of device 0x%x still arrives", event, device);
	look(d);
}

static void check_world(struct driver *d)
{
	const struct itsg_its *guards[TRACE_ITS_MAX];
	uint32_t count = world_config(d->world)->its_count;
	char what[160];

	if (!d->tracker)
		return;
	for (uint32_t i = 0; i < count; i++)
		guards[i] = world_guard(d->world, i);
	if (itsg_check(world_tracker(d->world), guards, count, NULL) != ITSG_INVARIANTS_HOLD)
		driver_fail(d, "itsg_check() finds something broken");
	if (oracle_check(d->oracle, d->world, what, sizeof(what)) != ORACLE_HOLDS)
		driver_fail(d, "oracle: %s", what);
}

void driver_rest(struct driver *d, uint32_t devices)
{
	struct itsg_stats stats = {.devices = devices};

	driver_must(d, world_settle(d->world), "the world never gets quiet");
	look(d);
	if (d->expected != ITSG_OK)
		driver_fail(d, "%s did not come", itsg_reason_name(d->expected));
	check_world(d);
	if (d->tracker)
		itsg_get_stats(world_guard(d->world, d->its), &stats);
	if (stats.devices != devices)
		driver_fail(d, "%u devices are mapped, not %u", stats.devices, devices);
	flush(d);
	if (d->out)
		fprintf(d->out, "? devices %" PRIu32 "\n", devices);
}

void driver_left_on(struct driver *d)
{
	uint64_t old = driver_pages(d, 0x30000, 0x10000);
	struct queue *queue = queue_of(d);

	driver_note(d, "somebody was here before");
	w64(d, BASER(0), VALID | INNER(7) | SHARE_INNER | old);
	w64(d, BASER(1), VALID | INNER(7) | SHARE_INNER | (old + 0x10000));
	queue->pa = old + 0x20000;
	queue->bytes = 0x10000;
	w64(d, CBASER, VALID | INNER(7) | SHARE_INNER | queue->pa | 15);
	w64(d, CWRITER, 0);
	w32(d, CTLR, ENABLED);
	put(d, mapc(0, rdbase(d, 0), true));
	put(d, sync_with(rdbase(d, 0)));
	put(d, mapd(0x10, 1, driver_pages(d, 0x1000, 256), true));
	w32(d, CWRITER, queue->at);
	for (unsigned i = 0; r32(d, CREADR) != queue->at; i++)
		driver_must(d, i < 1000, "time-out");
	queue->at = 0;
}

/* ---- a play ---- */

static void configure(struct world_config *config, const struct scenario *s,
		      const struct mode *mode)
{
	uint64_t typer = (TYPER_DEFAULT & ~sim_bits(17, 13)) |
			 (uint64_t)(mode->device_bits - 1u) << 13 | (s->gicv4 ? TYPER_VIRTUAL : 0);

	world_config_default(config);
	config->machine.page = mode->page;
	config->machine.pages = TRACKER_PAGES;
	config->machine.devices = DEVICE_SLOTS;
	config->machine.pta = mode->pta;
	config->machine.forgets = mode->forgets;
	config->machine.donate_itt = mode->donate;
	if (s->no_pool || !mode->pool)
		config->machine.l1_pool = 0;
	config->its_count = s->itss ? s->itss : 1;
	for (uint32_t i = 0; i < config->its_count; i++) {
		config->its[i] = config->its[0];
		config->its[i].typer = typer;
		for (unsigned n = 0; n < 2; n++) {
			config->its[i].baser[n].page = mode->its_page;
			config->its[i].baser[n].indirect = mode->indirect;
		}
		if (s->gicv4)
			config->its[i].baser[2] = (struct trace_baser){
				SIM_TABLE_VPES, 8, mode->its_page, mode->indirect};
	}
	config->stall = mode->stall;
	config->cache = mode->cache;
	config->trust = mode->trust;
}

static void head(FILE *out, const struct scenario *s)
{
	fprintf(out, "# %s\n%s# Played after %s.\n", s->about, TRACE_LICENCE, s->source);
	if (s->no_pool)
		fputs("machine l1_pool=0\n", out);
	for (uint32_t i = 0; s->gicv4 && i < s->itss; i++)
		fprintf(out,
			"its %" PRIu32 "\ntyper 0x%" PRIx64
			"\nbaser 2 type=2 entry=8 page=64k indirect=1\n",
			i, (uint64_t)TYPER_DEFAULT | TYPER_VIRTUAL);
	if (s->gicv4)
		fputs("its 0\n", out);
}

static bool build(struct driver *d, const struct scenario *s, struct world **world)
{
	static struct world_config config;
	bool built;

	configure(&config, s, d->mode);
	/* Nobody guards: then hardware is as the guard would show it. */
	config.guard = !d->mode->bare || s->gicv4;
	if (d->mode->bare && config.machine.l1_pool == 0)
		config.its[0].baser[0].indirect = config.its[0].baser[1].indirect = false;
	if (*world) {
		built = world_reset(*world, &config, d->why, sizeof(d->why));
	} else {
		*world = world_create(&config, d->why, sizeof(d->why));
		built = *world != NULL;
	}
	d->world = *world;
	d->oracle = oracle_new();
	d->tracker = built ? world_tracker(d->world) : NULL;
	if (!built || !d->oracle)
		return false;
	d->why[0] = '\0';
	world_on_event(d->world, hear, d);
	world_on_violation(d->world, on_violation, d);
	world_on_misuse(d->world, on_misuse, d);
	return true;
}

static bool play(struct driver *d, const struct scenario *s)
{
	if (setjmp(d->over))
		return false;
	s->play(d);
	flush(d);
	check_world(d);
	return true;
}

bool driver_play(const struct scenario *s, const struct mode *mode, struct world **world, FILE *out,
		 char *why, size_t size)
{
	static struct driver driver;
	struct driver *d = &driver;
	bool done;

	memset(d, 0, sizeof(*d));
	d->mode = mode;
	d->pages = PAGES_AT;
	d->heap = HEAP_AT;
	/* A recording is to be replayed at every page size. */
	d->granule = out && !s->packed ? 0x10000 : mode->page;
	d->out = out;
	if (out)
		head(out, s);
	done = build(d, s, world) && play(d, s);
	oracle_free(d->oracle);
	snprintf(why, size, "%s", d->why);
	return done;
}
