/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * illumos on Arm. Flat tables of the smallest ITS page that will do, ITTs in pages of their own,
 * each command alone behind a look at CREADR, and a processor that goes takes its collection along.
 * It writes CREADR to get over a stall, which no ITS takes: see docs/DRIVERS.md.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        100000u
#define SOURCE      "richlowe/illumos-gate usr/src/uts/armv8/io/gicv3_its.c at 5c69929"

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	driver_must(d, !(r64(d, CREADR) & STALLED), "stalled");
	for (unsigned i = 0; (queue->at + 32) % queue->bytes == (r64(d, CREADR) & 0xfffe0); i++)
		driver_must(d, i < WAIT, "command queue full timeout");
	put(d, c);
	w64(d, CWRITER, queue->at);
}

static void poll(struct driver *d)
{
	for (unsigned i = 0; i < WAIT; i++) {
		uint64_t creadr = r64(d, CREADR);

		driver_must(d, !(creadr & STALLED), "stalled");
		if ((creadr & 0xfffe0) == queue_of(d)->at)
			return;
	}
	driver_fail(d, "command queue timeout");
}

static void synced(struct driver *d, struct command c, unsigned cpu)
{
	send(d, c);
	send(d, sync_with(rdbase(d, cpu)));
	poll(d);
}

static void queue_init(struct driver *d)
{
	struct queue *queue = queue_of(d);

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	w64(d, CBASER,
	    VALID | INNER(7) | OUTER(7) | SHARE_INNER | queue->pa | (QUEUE_BYTES / 0x1000 - 1));
	driver_must(d, (r64(d, CBASER) & SHARE_FIELD) != 0, "queue not shareable");
	w64(d, CWRITER, 0);
}

static void table(struct driver *d, unsigned n, uint64_t entries)
{
	uint32_t entry = ENTRY(r64(d, BASER(n)));
	uint64_t bytes = 0, pages = 257;
	unsigned code = 0;

	for (; code < 3; code++) {
		bytes = round_up(entries * entry, page_bytes(code));
		pages = bytes / page_bytes(code);
		if (pages <= 256)
			break;
	}
	driver_must(d, pages <= 256, "table too large");
	w64(d, BASER(n),
	    VALID | INNER(7) | OUTER(7) | SHARE_INNER | driver_pages(d, bytes, page_bytes(code)) |
		    (uint64_t)code << 8 | (pages - 1) | (r64(d, BASER(n)) & READ_ONLY));
	driver_must(d, PAGE(r64(d, BASER(n))) == code, "hardware rejected page size");
}

static void boot(struct driver *d)
{
	uint32_t ctlr = r32(d, CTLR);

	if (ctlr & ENABLED) {
		w32(d, CTLR, ctlr & ~ENABLED);
		for (unsigned i = 0; !(r32(d, CTLR) & QUIESCENT); i++)
			driver_must(d, i < WAIT, "ITS failed to quiesce");
	}
	d->typer = r64(d, TYPER);
	queue_init(d);
	for (unsigned n = 0; n < BASERS; n++) {
		unsigned type = TYPE(r64(d, BASER(n)));

		if (type == DEVICES)
			table(d, n, (uint64_t)1 << TYPER_DEVS(d->typer));
		else if (type == COLLECTIONS)
			table(d, n, 8);
	}
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		synced(d, mapc(cpu, rdbase(d, cpu), true), cpu);
}

static void alloc(struct driver *d, unsigned at, uint32_t device, uint32_t vectors)
{
	unsigned bits = vectors < 2 ? 1 : top_bit(vectors - 1);

	d->itt_bytes[at] = (uint32_t)round_up((uint64_t)TYPER_ITE(d->typer) << bits, 0x1000);
	d->itt[at] = driver_pages(d, d->itt_bytes[at], 0x1000);
	send(d, mapd(device, bits - 1, d->itt[at], true));
	poll(d);
}

static void enable(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu)
{
	send(d, mapti(device, event, lpi, cpu));
	send(d, on_event(INV, device, event));
	send(d, sync_with(rdbase(d, cpu)));
	poll(d);
	driver_msi(d, device, event, lpi, cpu);
}

static void release(struct driver *d, unsigned at, uint32_t device)
{
	send(d, mapd(device, 0, 0, false));
	poll(d);
	driver_free(d, d->itt[at], d->itt_bytes[at]);
}

static void illumos(struct driver *d)
{
	boot(d);
	alloc(d, 0, 0x8, 5);
	for (uint32_t i = 0; i < 5; i++)
		enable(d, 0x8, i, LPI(i), i % CPUS);
	alloc(d, 1, 0x10, 1);
	enable(d, 0x10, 0, LPI(5), 1);
	driver_note(d, "an interrupt is given another target");
	synced(d, movi(0x8, 0, 1), 1);
	driver_msi(d, 0x8, 0, LPI(0), 1);
	driver_note(d, "a processor goes: its interrupts move, its collection is unmapped");
	for (uint32_t i = 0; i < 4; i++)
		synced(d, movi(0x8, i, 0), 0);
	synced(d, movi(0x10, 0, 0), 0);
	synced(d, mapc(1, rdbase(d, 1), false), 1);
	driver_msi(d, 0x8, 3, LPI(3), 0);
	driver_note(d, "and comes back");
	synced(d, mapc(1, rdbase(d, 1), true), 1);
	synced(d, movi(0x8, 4, 1), 1);
	driver_msi(d, 0x8, 4, LPI(4), 1);
	driver_note(d, "a device is disabled and freed");
	synced(d, on_event(DISCARD, 0x10, 0), 0);
	release(d, 1, 0x10);
	driver_silence(d, 0x10, 0);
	driver_rest(d, 1);
}

static const char *small_pages(const struct mode *mode)
{
	if (mode->device_bits > 17 && mode->its_page != TRACE_PAGE_64K)
		return "no flat table of its ITS's pages holds all DeviceIDs: hardware rejected "
		       "page size";
	return NULL;
}

const struct scenario illumos_scenarios[] = {
	{.name = "illumos",
	 .about = "illumos: flat tables of small pages, a processor goes and comes back",
	 .source = SOURCE,
	 .play = illumos,
	 .cannot = small_pages},
	{.name = NULL},
};
