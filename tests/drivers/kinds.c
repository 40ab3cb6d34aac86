/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * No driver in particular: what the architecture lets any of them do, and the guard must let them.
 */
#include "driver.h"

#include "arch.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000000u
#define UMSI_IRQ    0x100u
#define SOURCE      "Arm IHI 0069H.b, chapters 5 and 12.19"

/* ---- set-up ---- */

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), page = page_bytes(PAGE(baser));

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	w64(d, BASER(n),
	    VALID | INNER(7) | SHARE_INNER | (baser & (READ_ONLY | PAGE_FIELD)) |
		    driver_pages(d, page, page));
}

static void tables(struct driver *d)
{
	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
}

static void queue_at(struct driver *d, uint64_t pa, uint32_t bytes)
{
	struct queue *queue = queue_of(d);

	queue->pa = pa;
	queue->bytes = bytes;
	queue->at = 0;
	w64(d, CBASER, VALID | INNER(7) | SHARE_INNER | pa | (bytes / 0x1000 - 1));
	w64(d, CWRITER, 0);
}

static void boot(struct driver *d)
{
	tables(d);
	queue_at(d, driver_pages(d, QUEUE_BYTES, 0x10000), QUEUE_BYTES);
	w32(d, CTLR, ENABLED);
}

static void wait(struct driver *d)
{
	for (unsigned i = 0; r64(d, CREADR) != queue_of(d)->at; i++)
		driver_must(d, i < WAIT, "time-out");
}

static void ring(struct driver *d)
{
	w64(d, CWRITER, queue_of(d)->at);
	wait(d);
}

static void disable(struct driver *d)
{
	w32(d, CTLR, 0);
	for (unsigned i = 0; !(r32(d, CTLR) & QUIESCENT); i++)
		driver_must(d, i < WAIT, "never quiescent");
}

static void put_collections(struct driver *d)
{
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		put(d, mapc(cpu, rdbase(d, cpu), true));
		put(d, sync_with(rdbase(d, cpu)));
	}
}

static void put_device(struct driver *d, uint32_t device, uint64_t itt, uint32_t lpi)
{
	put(d, mapd(device, 1, itt, true));
	put(d, mapti(device, 0, lpi, 0));
	put(d, mapti(device, 3, lpi + 1, 1));
	put(d, sync_with(rdbase(d, 0)));
	put(d, sync_with(rdbase(d, 1)));
}

static void try_device(struct driver *d, uint32_t device, uint32_t lpi)
{
	driver_msi(d, device, 0, lpi, 0);
	driver_msi(d, device, 3, lpi + 1, 1);
}

/* ---- the kinds ---- */

/* 32-bit halves, CBASER's upper one first; all commands in the queue and CWRITER written before
 * Enabled. */
static void early(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint64_t value;

	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++) {
		uint64_t baser = r64(d, BASER(n)), page = page_bytes(PAGE(baser));

		if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
			continue;
		value = VALID | INNER(7) | SHARE_INNER | (baser & PAGE_FIELD) |
			driver_pages(d, page, page);
		w32(d, BASER(n), (uint32_t)value);
		w32(d, BASER(n) + 4, (uint32_t)(value >> 32));
	}
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	queue->bytes = QUEUE_BYTES;
	value = VALID | INNER(7) | SHARE_INNER | queue->pa | (QUEUE_BYTES / 0x1000 - 1);
	w32(d, CBASER + 4, (uint32_t)(value >> 32));
	w32(d, CBASER, (uint32_t)value);
	put_collections(d);
	put_device(d, 0x8, driver_pages(d, 0x1000, 0x1000), LPI(0));
	w32(d, CWRITER + 4, 0);
	w32(d, CWRITER, queue->at);
	driver_note(d, "Enabled, and UMSIirq");
	w32(d, CTLR, ENABLED | UMSI_IRQ);
	wait(d);
	try_device(d, 0x8, LPI(0));
	driver_rest(d, 1);
}

/* MAPI; an interrupt by software, and taken back; all of a processor's to another one. */
static void commands(struct driver *d)
{
	boot(d);
	put_collections(d);
	put(d, mapd(0x8, 13, driver_pages(d, 0x40000, 0x1000), true));
	put(d, on_event(SIM_MAPI, 0x8, LPI(5)));
	put(d, sync_with(rdbase(d, 0)));
	ring(d);
	driver_msi(d, 0x8, LPI(5), LPI(5), 0);
	put(d, on_event(INT, 0x8, LPI(5)));
	put(d, on_event(CLEAR, 0x8, LPI(5)));
	put(d, invall(0));
	put(d, (struct command){{SIM_MOVALL, 0, rdbase(d, 0), rdbase(d, 1)}});
	put(d, movi(0x8, LPI(5), 1));
	put(d, sync_with(rdbase(d, 0)));
	put(d, sync_with(rdbase(d, 1)));
	ring(d);
	driver_msi(d, 0x8, LPI(5), LPI(5), 1);
	driver_note(d, "a collection that nothing uses goes, and comes back for another processor");
	put(d, mapc(0, 0, false));
	put(d, sync_with(rdbase(d, 0)));
	put(d, mapc(0, rdbase(d, 1), true));
	put(d, sync_with(rdbase(d, 1)));
	put(d, movi(0x8, LPI(5), 0));
	put(d, sync_with(rdbase(d, 1)));
	ring(d);
	driver_msi(d, 0x8, LPI(5), LPI(5), 1);
	driver_rest(d, 1);
}

/* An ITT unmapped and given to the next device in one go, without a SYNC of the driver's own. */
static void reuse(struct driver *d)
{
	uint64_t itt = driver_pages(d, 0x1000, 0x1000);

	boot(d);
	put_collections(d);
	put_device(d, 0x8, itt, LPI(0));
	ring(d);
	try_device(d, 0x8, LPI(0));
	for (unsigned i = 0; i < 3; i++) {
		put(d, on_event(DISCARD, 0x8 + i, 0));
		put(d, on_event(DISCARD, 0x8 + i, 3));
		put(d, mapd(0x8 + i, 0, 0, false));
		put_device(d, 0x9 + i, itt, LPI(2 + 2 * i));
		ring(d);
		driver_silence(d, 0x8 + i, 0);
		try_device(d, 0x9 + i, LPI(2 + 2 * i));
	}
	driver_rest(d, 1);
}

/* The same ITT named again with room for more events, as they come; the ones before stay. */
static void grow(struct driver *d)
{
	uint64_t itt = driver_pages(d, 0x1000, 0x1000);

	boot(d);
	put_collections(d);
	for (uint32_t size = 0; size < 5; size++) {
		uint32_t event = (2u << size) - 1;

		put(d, mapd(0x8, size, itt, true));
		put(d, mapti(0x8, event, LPI(event), size % CPUS));
		put(d, on_event(INV, 0x8, event));
		put(d, sync_with(rdbase(d, size % CPUS)));
		ring(d);
		for (uint32_t i = 0; i <= size; i++)
			driver_msi(d, 0x8, (2u << i) - 1, LPI((2u << i) - 1), i % CPUS);
	}
	put(d, mapd(0x8, 0, itt, false));
	put(d, sync_with(rdbase(d, 0)));
	ring(d);
	driver_rest(d, 0);
	driver_free(d, itt, 0x1000);
}

/* The queue and all ITTs in one allocation of 64 KB. */
static void together(struct driver *d)
{
	uint64_t all = driver_pages(d, 0x10000, 0x10000);

	tables(d);
	queue_at(d, all, 0x1000);
	w32(d, CTLR, ENABLED);
	put_collections(d);
	put_device(d, 0x8, all + 0x1000, LPI(0));
	put_device(d, 0x9, all + 0x1100, LPI(2));
	ring(d);
	driver_touch(d, all + 0x1200);
	try_device(d, 0x8, LPI(0));
	try_device(d, 0x9, LPI(2));
	put(d, mapd(0x8, 0, 0, false));
	put(d, sync_with(rdbase(d, 0)));
	ring(d);
	driver_silence(d, 0x8, 0);
	try_device(d, 0x9, LPI(2));
	driver_rest(d, 1);
}

/* Enabled off and on, with nothing else; then with the same queue named again; then another one. */
static void pause(struct driver *d)
{
	boot(d);
	put_collections(d);
	put_device(d, 0x8, driver_pages(d, 0x1000, 0x1000), LPI(0));
	ring(d);
	disable(d);
	driver_silence(d, 0x8, 0);
	w32(d, CTLR, ENABLED);
	try_device(d, 0x8, LPI(0));
	put(d, on_event(INV, 0x8, 0));
	ring(d);
	driver_note(d, "the same queue, from its start");
	disable(d);
	queue_at(d, queue_of(d)->pa, QUEUE_BYTES);
	w32(d, CTLR, ENABLED);
	put(d, on_event(INV, 0x8, 0));
	ring(d);
	try_device(d, 0x8, LPI(0));
	driver_note(d, "another queue, a smaller one");
	disable(d);
	queue_at(d, driver_pages(d, 0x1000, 0x10000), 0x1000);
	w32(d, CTLR, ENABLED);
	put(d, on_event(INV, 0x8, 0));
	ring(d);
	try_device(d, 0x8, LPI(0));
	driver_rest(d, 1);
}

/* Everything unmapped, the ITS off, the registers cleared, and all of it again, elsewhere. What was
 * the ITS's is used for something else: tables only where it is known to forget what it cached. */
static void parting(struct driver *d)
{
	uint64_t itt = driver_pages(d, 0x1000, 0x1000), first = d->pages, last;

	boot(d);
	last = d->pages;
	put_collections(d);
	put_device(d, 0x8, itt, LPI(0));
	ring(d);
	try_device(d, 0x8, LPI(0));
	put(d, mapd(0x8, 0, itt, false));
	put(d, mapc(0, rdbase(d, 0), false));
	put(d, mapc(1, rdbase(d, 1), false));
	put(d, sync_with(rdbase(d, 0)));
	put(d, sync_with(rdbase(d, 1)));
	ring(d);
	disable(d);
	for (unsigned n = 0; n < BASERS; n++)
		if (TYPE(r64(d, BASER(n))))
			w64(d, BASER(n), 0);
	w64(d, CBASER, 0);
	driver_rest(d, 0);
	driver_free(d, itt, 0x1000);
	driver_free(d, queue_of(d)->pa, QUEUE_BYTES);
	for (uint64_t pa = first; d->mode->forgets && pa < last; pa += 0x1000)
		driver_free(d, pa, 0x1000);
	driver_note(d, "once more");
	boot(d);
	put_collections(d);
	put_device(d, 0x8, driver_pages(d, 0x1000, 0x1000), LPI(0));
	ring(d);
	try_device(d, 0x8, LPI(0));
	driver_rest(d, 1);
}

static const char *donated(const struct mode *mode)
{
	return mode->donate ? "its ITTs lie beside its queue" : NULL;
}

const struct scenario kinds_scenarios[] = {
	{.name = "any-early",
	 .about = "Any: registers by halves, commands and CWRITER before Enabled, UMSIirq",
	 .source = SOURCE,
	 .play = early},
	{.name = "any-commands",
	 .about = "Any: MAPI, INT, CLEAR, MOVALL, a collection that changes its processor",
	 .source = SOURCE,
	 .play = commands},
	{.name = "any-reuse",
	 .about = "Any: an ITT goes from device to device within one batch",
	 .source = SOURCE,
	 .play = reuse},
	{.name = "any-grow",
	 .about = "Any: the same ITT is named with more and more events",
	 .source = SOURCE,
	 .play = grow},
	{.name = "any-together",
	 .about = "Any: the queue and the ITTs in one allocation",
	 .source = SOURCE,
	 .play = together,
	 .cannot = donated},
	{.name = "any-pause",
	 .about = "Any: Enabled off and on; the same queue again; another queue",
	 .source = SOURCE,
	 .play = pause},
	{.name = "any-parting",
	 .about = "Any: everything given up, used for something else, and set up again",
	 .source = SOURCE,
	 .play = parting},
	{.name = NULL},
};
