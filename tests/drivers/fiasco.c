/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Fiasco, the kernel of L4Re. The smallest page first, two levels above 64 KB without asking
 * whether Indirect was kept, one space of EventIDs for all devices, and each device's last
 * interrupt takes the device along.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        5000000u
#define LPIS        512u
#define DIRECT_MAX  0x10000u
#define SOURCE      "kernkonzept/fiasco src/kern/arm/gic_its.cpp at 02965dc, gic_mem.cpp at 00a040d"

static uint32_t read_offset(struct driver *d)
{
	return (uint32_t)r64(d, CREADR) & 0xfffe0;
}

static void enqueue(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	for (unsigned i = 0; read_offset(d) == (queue->at + 32) % queue->bytes; i++)
		driver_must(d, i < WAIT, "command slot allocation timed out");
	put(d, c);
}

static bool complete(struct driver *d, uint32_t at, uint32_t bytes)
{
	uint32_t read = read_offset(d);

	return read >= at ? read - at < QUEUE_BYTES - bytes : at - read > bytes;
}

/* A processor below CPUS: and a SYNC for it. */
static void send(struct driver *d, struct command c, unsigned cpu)
{
	uint32_t bytes = cpu < CPUS ? 64 : 32, at;

	enqueue(d, c);
	if (cpu < CPUS)
		enqueue(d, sync_with(rdbase(d, cpu)));
	at = queue_of(d)->at;
	w64(d, CWRITER, at);
	for (unsigned i = 0; !complete(d, at, bytes); i++)
		driver_must(d, i < WAIT, "command execution timed out");
}

/* Attributes are written, and what is read back is what memory is then treated as. */
static void set_up(struct driver *d, uint32_t offset, uint64_t value)
{
	w64(d, offset, value | SHARE_INNER | INNER(7));
	driver_must(d, (r64(d, offset) & SHARE_FIELD) == SHARE_INNER, "not shareable");
}

static uint64_t level1_bytes(struct driver *d, uint64_t ids, uint32_t entry)
{
	uint64_t level2s;

	d->per_level2 = d->its_page / entry;
	level2s = (ids + d->per_level2 - 1) / d->per_level2;
	return round_up(level2s * 8, d->its_page);
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), ids = CPUS, bytes, pa;
	bool indirect;

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	if (TYPE(baser) == DEVICES)
		ids = (uint64_t)1 << TYPER_DEVS(d->typer);
	indirect = TYPE(baser) == DEVICES && ids * ENTRY(baser) > DIRECT_MAX;
	w64(d, BASER(n), baser & ~PAGE_FIELD);
	baser = r64(d, BASER(n));
	d->its_page = page_bytes(PAGE(baser));
	bytes = indirect ? level1_bytes(d, ids, ENTRY(baser))
			 : round_up(ids * ENTRY(baser), d->its_page);
	pa = driver_pages(d, bytes, d->its_page);
	set_up(d, BASER(n),
	       (baser & (READ_ONLY | PAGE_FIELD)) | (bytes / d->its_page - 1) | pa |
		       (indirect ? INDIRECT : 0) | VALID);
	if (indirect)
		d->level1 = pa;
}

static void disable(struct driver *d)
{
	uint32_t ctlr;

	driver_must(d, (r32(d, PIDR2) >> 4 & 0xf) >= 3, "version is not supported");
	ctlr = r32(d, CTLR);
	if (!(ctlr & ENABLED) && (ctlr & QUIESCENT))
		return;
	w32(d, CTLR, ctlr & ~(ENABLED | 0x100));
	for (unsigned i = 0; !(r32(d, CTLR) & QUIESCENT); i++)
		driver_must(d, i < WAIT, "not in quiescent state");
}

static void boot(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint32_t ctlr;

	r32(d, PIDR2);
	disable(d);
	d->typer = r64(d, TYPER);
	ctlr = r32(d, CTLR);
	driver_must(d, !(ctlr & ENABLED) && (ctlr & QUIESCENT), "not in quiescent state");
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	set_up(d, CBASER, (QUEUE_BYTES / 0x1000 - 1) | queue->pa | VALID);
	w64(d, CWRITER, 0);
	w32(d, CTLR, ctlr | ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		send(d, mapc(cpu, rdbase(d, cpu), true), cpu);
		send(d, invall(cpu), cpu);
	}
}

static void device(struct driver *d, unsigned at, uint32_t id)
{
	uint64_t word = d->level1 + id / d->per_level2 * 8;

	d->itt_bytes[at] = LPIS * TYPER_ITE(d->typer);
	d->itt[at] = driver_pages(d, d->itt_bytes[at], 256);
	if (d->level1 && !(load64(d, word) & VALID))
		store64(d, word, driver_pages(d, d->its_page, d->its_page) | VALID);
	send(d, mapd(id, top_bit(LPIS) - 2, d->itt[at], true), CPUS);
}

static void bind(struct driver *d, uint32_t id, uint32_t lpi, unsigned cpu)
{
	send(d, mapti(id, lpi, LPI(lpi), cpu), cpu);
	send(d, on_event(INV, id, lpi), cpu);
	driver_msi(d, id, lpi, LPI(lpi), cpu);
}

static void fiasco(struct driver *d)
{
	boot(d);
	device(d, 0, 0x8);
	bind(d, 0x8, 0, 0);
	bind(d, 0x8, 1, 1);
	device(d, 1, 0x10);
	bind(d, 0x10, LPIS - 1, 1);
	driver_note(d, "an interrupt is assigned to another processor, and masked");
	send(d, movi(0x8, 0, 1), 1);
	driver_msi(d, 0x8, 0, LPI(0), 1);
	send(d, on_event(INV, 0x8, 0), 1);
	driver_note(d, "the last interrupt of a device is unbound, and the device goes");
	send(d, on_event(DISCARD, 0x10, LPIS - 1), 1);
	send(d, mapd(0x10, 0, 0, false), CPUS);
	driver_free(d, d->itt[1], d->itt_bytes[1]);
	driver_silence(d, 0x10, LPIS - 1);
	device(d, 1, 0x10);
	bind(d, 0x10, 2, 0);
	driver_rest(d, 2);
}

static const char *blind(const struct mode *mode)
{
	return mode->indirect && mode->pool
		       ? NULL
		       : "it sets Indirect and goes by it, whether it was kept or not";
}

const struct scenario fiasco_scenarios[] = {
	{.name = "fiasco",
	 .about = "Fiasco (L4Re): small pages, two levels, devices that come and go",
	 .source = SOURCE,
	 .play = fiasco,
	 .cannot = blind},
	{.name = NULL},
};
