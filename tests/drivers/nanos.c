/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * nanos. As OSv, with a queue of 64 KB whose Size is one page too large; an event's INV comes with
 * its MAPTI, and after its DISCARD.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define VECTOR_BITS 13u /* of LPIs: of the machine's 57344 it would be 16 */
#define SOURCE      "nanovms/nanos src/aarch64/gic.c at 1035180"

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	queue->at = (uint32_t)r64(d, CWRITER);
	for (unsigned i = 0; r64(d, CREADR) == queue->at + 32u; i++)
		driver_must(d, i < 1000000, "the queue stays full");
	put(d, c);
	w64(d, CWRITER, queue->at);
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), page = page_bytes(PAGE(baser));

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	if (TYPE(baser) == DEVICES)
		d->devices = (uint32_t)page / ENTRY(baser);
	w64(d, BASER(n), VALID | (baser & ~(uint64_t)ADDRESS) | driver_pages(d, page, page));
}

/* `behind`: what may lie behind the queue, where CBASER names a page too many. */
static void boot_with(struct driver *d, uint64_t behind)
{
	struct queue *queue = queue_of(d);

	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	driver_pages(d, behind, 0x1000);
	w64(d, CBASER, VALID | queue->pa | QUEUE_BYTES / 0x1000);
	w64(d, CWRITER, 0);
	w32(d, CTLR, ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		send(d, mapc(cpu, rdbase(d, cpu), true));
}

static void boot(struct driver *d)
{
	boot_with(d, 0x1000);
}

static void device(struct driver *d, uint32_t id)
{
	uint64_t itt = driver_pages(d, (uint64_t)TYPER_ITE(d->typer) << VECTOR_BITS, 256);

	driver_must(d, id < d->devices, "DeviceID beyond the table");
	send(d, mapd(id, VECTOR_BITS - 1, itt, true));
}

static void vector(struct driver *d, uint32_t id, uint32_t event, unsigned cpu)
{
	send(d, mapti(id, event, LPI(event), cpu));
	send(d, on_event(INV, id, event));
	send(d, sync_with(rdbase(d, cpu)));
	driver_msi(d, id, event, LPI(event), cpu);
}

static void nanos(struct driver *d)
{
	boot(d);
	device(d, 0x8);
	vector(d, 0x8, 0, 0);
	vector(d, 0x8, 1, 1);
	device(d, 0x10);
	vector(d, 0x10, 2, 1);
	driver_rest(d, 2);
}

static void nanos_disable(struct driver *d)
{
	boot(d);
	device(d, 0x8);
	vector(d, 0x8, 0, 1);
	send(d, on_event(DISCARD, 0x8, 0));
	send(d, on_event(INV, 0x8, 0));
	send(d, sync_with(rdbase(d, 1)));
	driver_silence(d, 0x8, 0);
	driver_rest(d, 1);
}

/* The first ITT comes right behind the queue: one page is both (H8). */
static void nanos_itt_behind_queue(struct driver *d)
{
	boot_with(d, 0);
	driver_expect(d, ITSG_ITT_OVERLAP);
	device(d, 0x8);
	driver_rest(d, 0);
}

const struct scenario nanos_scenarios[] = {
	{.name = "nanos",
	 .about = "nanos: one page a table, a queue a page too long, nothing waited for",
	 .source = SOURCE,
	 .play = nanos},
	{.name = "nanos-disable",
	 .about = "nanos: an event is discarded, and invalidated after that",
	 .source = SOURCE,
	 .play = nanos_disable,
	 .cannot = driver_stalls_after_discard},
	{.name = "nanos-itt-behind-queue",
	 .about = "nanos: the first ITT begins in the page by which the queue is too long",
	 .source = SOURCE,
	 .play = nanos_itt_behind_queue,
	 .once = true,
	 .packed = true},
	{.name = NULL},
};
