/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * NetBSD. It probes all eight BASERs whether they exist or not, keeps its place in the queue in
 * CWRITER alone, waits rarely, never unmaps a device, and gives each device a level-2 page of its
 * own. An EventID is the number of the LPI, whatever the device.
 */
#include "driver.h"

#define QUEUE_BYTES 0x1000u
#define WAIT        1000u
#define CACHE       INNER(5)
#define SOURCE      "NetBSD src sys/arch/arm/cortex/gicv3_its.c 1.39"

/* ---- commands ---- */

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	driver_must(d, !(r64(d, CREADR) & STALLED), "stalled");
	queue->at = (uint32_t)r64(d, CWRITER) & 0xfffe0;
	put(d, c);
	w64(d, CWRITER, queue->at);
}

static void wait(struct driver *d)
{
	for (unsigned i = 0; i < WAIT; i++) {
		uint64_t cwriter = r64(d, CWRITER);

		if ((r64(d, CREADR) & 0xfffe0) == (cwriter & 0xfffe0))
			return;
	}
	driver_fail(d, "ITS command queue timeout");
}

/* ---- set-up ---- */

static void queue_init(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint64_t value;

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	driver_must(d, !(r32(d, CTLR) & ENABLED), "enabled at boot");
	driver_must(d, (r32(d, CTLR) & QUIESCENT) != 0, "not quiescent at boot");
	value = queue->pa | VALID | CACHE | SHARE_INNER;
	w64(d, CBASER, value);
	driver_must(d, (r64(d, CBASER) & SHARE_FIELD) == SHARE_INNER, "queue not shareable");
	w64(d, CWRITER, 0);
}

/* A register that does not exist keeps nothing: 4 KB, with Valid=0 all the way. */
static uint32_t probe_page(struct driver *d, unsigned n)
{
	uint64_t reg = r64(d, BASER(n));

	for (unsigned code = 3; code-- > 0;) {
		reg = (reg & ~PAGE_FIELD) | (uint64_t)code << 8;
		w64(d, BASER(n), reg);
		if ((r64(d, BASER(n)) & PAGE_FIELD) == (reg & PAGE_FIELD))
			return page_bytes(code);
	}
	return 0x1000;
}

static uint64_t devices_bytes(struct driver *d, unsigned n, uint32_t entry, uint32_t page)
{
	uint64_t bytes = (uint64_t)entry << TYPER_DEVS(d->typer);

	w64(d, BASER(n), r64(d, BASER(n)) | INDIRECT);
	d->its_page = page;
	d->per_level2 = 0;
	if (r64(d, BASER(n)) & INDIRECT) {
		d->per_level2 = page / entry;
		bytes = ((uint64_t)1 << TYPER_DEVS(d->typer)) / d->per_level2 * 8;
	}
	bytes = round_up(bytes, page);
	return bytes > (uint64_t)256 * page ? (uint64_t)256 * page : bytes;
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), bytes, pa;
	uint32_t page = probe_page(d, n);
	bool indirect = false;

	if (TYPE(baser) == DEVICES)
		bytes = devices_bytes(d, n, ENTRY(baser), page);
	else if (TYPE(baser) == COLLECTIONS)
		bytes = round_up((uint64_t)ENTRY(baser) * CPUS, page);
	else
		return;
	indirect = TYPE(baser) == DEVICES && d->per_level2;
	pa = driver_pages(d, bytes, 0x10000);
	/* Page_Size as it was read, before it was probed. */
	baser = (baser & (READ_ONLY | PAGE_FIELD)) | pa | (bytes / page - 1) | CACHE | SHARE_INNER |
		VALID | (indirect ? INDIRECT : 0);
	w64(d, BASER(n), baser);
	driver_must(d, (r64(d, BASER(n)) & SHARE_FIELD) != 0, "table not shareable");
	r64(d, BASER(n));
	if (indirect)
		d->level1 = pa;
}

static void cpu_init(struct driver *d, unsigned cpu)
{
	r64(d, TYPER);
	send(d, mapc(cpu, rdbase(d, cpu), true));
	send(d, invall(cpu));
	wait(d);
	wait(d);
}

static void boot(struct driver *d)
{
	r64(d, TYPER);
	queue_init(d);
	d->typer = r64(d, TYPER);
	r32(d, IIDR);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		cpu_init(d, cpu);
}

/* ---- devices ---- */

static void device_map(struct driver *d, uint32_t device, uint32_t count)
{
	uint32_t vectors = 2;
	uint64_t itt;

	while (vectors < count)
		vectors *= 2;
	r64(d, TYPER);
	if (d->level1)
		store64(d, d->level1 + device / d->per_level2 * 8,
			driver_pages(d, d->its_page, d->its_page) | VALID);
	itt = driver_pages(d, (uint64_t)vectors * TYPER_ITE(d->typer), 256);
	send(d, mapd(device, top_bit(vectors) - 1, itt, true));
	wait(d);
}

static void msi_alloc(struct driver *d, uint32_t device, uint32_t count)
{
	r64(d, TYPER);
	device_map(d, device, count);
	for (uint32_t i = 0; i < count; i++) {
		send(d, mapti(device, d->lpis, LPI(d->lpis), 0));
		send(d, sync_with(rdbase(d, 0)));
		d->lpis++;
	}
	wait(d);
	for (uint32_t i = d->lpis - count; i < d->lpis; i++) {
		send(d, on_event(INV, device, i));
		driver_msi(d, device, i, LPI(i), 0);
	}
}

static void set_affinity(struct driver *d, uint32_t device, uint32_t event, unsigned cpu)
{
	send(d, movi(device, event, cpu));
	send(d, sync_with(rdbase(d, cpu)));
}

/* ---- plays ---- */

/* The queue has 128 slots: it wraps more than once. */
static void netbsd(struct driver *d)
{
	boot(d);
	msi_alloc(d, 0x8, 1);
	msi_alloc(d, 0x10, 2);
	msi_alloc(d, 0x18, 4);
	for (unsigned i = 0; i < 100; i++)
		set_affinity(d, 0x18, 3, (i + 1) % CPUS);
	driver_msi(d, 0x18, 3, LPI(3), 0);
	set_affinity(d, 0x10, 1, 1);
	driver_msi(d, 0x10, 1, LPI(1), 1);
	driver_rest(d, 3);
}

/* Where Indirect is kept, one device for each level-1 word is all it can have (H5). */
static void netbsd_level2(struct driver *d)
{
	boot(d);
	msi_alloc(d, 0x8, 1);
	driver_note(d, "the same level-1 word, another page");
	driver_expect(d, ITSG_L1_CHANGED);
	device_map(d, 0x10, 2);
	driver_rest(d, 1);
}

/* The eighth LPI goes to a device with room for four events: an error on any ITS. */
static void netbsd_events(struct driver *d)
{
	boot(d);
	d->lpis = 7;
	device_map(d, 0x8, 1);
	driver_expect(d, ITSG_EVENT_OOR);
	send(d, mapti(0x8, d->lpis, LPI(d->lpis), 0));
	wait(d);
	driver_rest(d, 1);
}

const struct scenario netbsd_scenarios[] = {
	{.name = "netbsd",
	 .about =
		 "NetBSD: BASERs that do not exist are probed, three devices, interrupts that move",
	 .source = SOURCE,
	 .play = netbsd,
	 .no_pool = true},
	{.name = "netbsd-level-2-again",
	 .about = "NetBSD, where Indirect is offered: a second page for a level-1 word is refused",
	 .source = SOURCE,
	 .play = netbsd_level2,
	 .once = true},
	{.name = "netbsd-event-out-of-range",
	 .about = "NetBSD: an EventID is the number of the LPI, and soon beyond the device's ITT",
	 .source = SOURCE,
	 .play = netbsd_events,
	 .once = true,
	 .no_pool = true},
	{.name = NULL},
};
