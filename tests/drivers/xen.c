/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Xen, as a host. A BASER is written Valid at once and written anew with a smaller page if that one
 * did not stick; the queue is 1 MB; ITTs come from a heap; MAPD V=0 has nothing but the DeviceID.
 */
#include "driver.h"

#define QUEUE_BYTES 0x100000u
#define WAIT        100000u
#define BLOCK       32u /* LPIs */
#define SOURCE      "xen-project/xen xen/arch/arm/gic-v3-its.c at 03957f5"

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	for (unsigned i = 0; i < 1000; i++) {
		uint64_t creadr = r64(d, CREADR) & 0xfffe0, cwriter = r64(d, CWRITER) & 0xfffe0;

		if ((cwriter + 32) % queue->bytes == creadr)
			continue;
		queue->at = (uint32_t)cwriter;
		put(d, c);
		w64(d, CWRITER, queue->at);
		return;
	}
	driver_fail(d, "command queue full");
}

static void wait(struct driver *d)
{
	for (unsigned i = 0; i < WAIT; i++) {
		uint64_t creadr = r64(d, CREADR) & 0xfffe0;

		if (creadr == (r64(d, CWRITER) & 0xfffe0))
			return;
	}
	driver_fail(d, "time-out");
}

static void disable(struct driver *d)
{
	uint32_t ctlr = r32(d, CTLR);

	if (!(ctlr & ENABLED) && (ctlr & QUIESCENT))
		return;
	w32(d, CTLR, ctlr & ~ENABLED);
	for (unsigned i = 0; !(r32(d, CTLR) & QUIESCENT); i++)
		driver_must(d, i < WAIT, "not quiescent");
}

/* False: that page size did not stick, and the buffer is given back. */
static bool try_page(struct driver *d, unsigned n, uint64_t baser, uint64_t items, unsigned code)
{
	uint64_t page = page_bytes(code), bytes = round_up(items * ENTRY(baser), page), pa;

	if (bytes > 256 * page)
		bytes = 256 * page;
	pa = driver_pages(d, bytes, page);
	w64(d, BASER(n),
	    SHARE_INNER | INNER(7) | (uint64_t)code << 8 | (bytes / page - 1) |
		    (baser & READ_ONLY) | VALID | pa);
	if (PAGE(r64(d, BASER(n))) == code)
		return true;
	driver_free(d, pa, bytes);
	return false;
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), items = 1;
	unsigned code = 3;

	if (!TYPE(baser))
		return;
	if (TYPE(baser) == DEVICES)
		items = (uint64_t)1 << TYPER_DEVS(d->typer);
	else if (TYPE(baser) == COLLECTIONS)
		items = 8;
	do
		driver_must(d, code-- > 0, "no page size is accepted");
	while (!try_page(d, n, baser, items, code));
}

static void queue_init(struct driver *d)
{
	struct queue *queue = queue_of(d);

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	w64(d, CBASER, SHARE_INNER | INNER(7) | VALID | queue->pa | (QUEUE_BYTES / 0x1000 - 1));
	driver_must(d, (r64(d, CBASER) & SHARE_FIELD) != 0, "queue not shareable");
	w64(d, CWRITER, 0);
}

static void boot(struct driver *d)
{
	disable(d);
	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	queue_init(d);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		send(d, mapc(cpu, rdbase(d, cpu), true));
		send(d, sync_with(rdbase(d, cpu)));
		wait(d);
	}
}

/* A device is given to a guest: all its events are mapped to processor 0, once and for all. */
static void map_device(struct driver *d, unsigned at, uint32_t device, uint32_t lpi)
{
	d->itt_bytes[at] = BLOCK * TYPER_ITE(d->typer);
	d->itt[at] = driver_heap(d, d->itt_bytes[at], 256);
	send(d, mapd(device, top_bit(BLOCK - 1) - 1, d->itt[at], true));
	for (uint32_t i = 0; i < BLOCK; i++) {
		send(d, mapti(device, i, lpi + i, 0));
		send(d, on_event(INV, device, i));
	}
	send(d, sync_with(rdbase(d, 0)));
	wait(d);
	driver_msi(d, device, BLOCK - 1, lpi + BLOCK - 1, 0);
}

static void unmap_device(struct driver *d, unsigned at, uint32_t device)
{
	send(d, mapd(device, 0, 0, false));
	wait(d);
	driver_free(d, d->itt[at], d->itt_bytes[at]);
}

static void xen(struct driver *d)
{
	boot(d);
	map_device(d, 0, 0x8, LPI(0));
	map_device(d, 1, 0x10, LPI(32));
	driver_touch(d, driver_heap(d, 16, 16));
	driver_note(d, "the guest with the first device is destroyed");
	unmap_device(d, 0, 0x8);
	driver_silence(d, 0x8, 0);
	map_device(d, 0, 0x8, LPI(64));
	driver_msi(d, 0x10, 0, LPI(32), 0);
	unmap_device(d, 1, 0x10);
	driver_rest(d, 1);
}

static const char *donated(const struct mode *mode)
{
	return mode->donate ? "its ITTs lie in a heap among other things" : NULL;
}

const struct scenario xen_scenarios[] = {
	{.name = "xen",
	 .about = "Xen: 32 events a device, mapped at once; a device is taken from a guest again",
	 .source = SOURCE,
	 .play = xen,
	 .cannot = donated},
	{.name = NULL},
};
