/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * OpenBSD. CWRITER is not written before Enabled=1, BASERs are written without Type and not read
 * back, every device has 32 events, and an event is invalidated after it was discarded. Nothing is
 * unmapped.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000u
#define CACHE       INNER(1)
#define SOURCE      "openbsd-src sys/arch/arm64/dev/agintc.c at 0415666"

static void send(struct driver *d, struct command c)
{
	put(d, c);
	w64(d, CWRITER, queue_of(d)->at);
}

static void wait(struct driver *d)
{
	for (unsigned i = 0; r64(d, CREADR) != queue_of(d)->at; i++)
		driver_must(d, i < WAIT, "command queue timeout");
}

static uint64_t probe_page(struct driver *d, unsigned n, uint64_t baser)
{
	for (unsigned code = 3; code-- > 0;) {
		w64(d, BASER(n), (baser & ~PAGE_FIELD) | (uint64_t)code << 8);
		baser = r64(d, BASER(n));
		if (PAGE(baser) == code)
			break;
	}
	return baser;
}

static uint64_t indirect_bytes(struct driver *d, uint32_t page, uint32_t entry)
{
	d->per_level2 = page / entry;
	return round_up(((uint64_t)1 << TYPER_DEVS(d->typer)) / d->per_level2 * 8, page);
}

static void device_table(struct driver *d, unsigned n, uint64_t baser)
{
	uint32_t page, entry = ENTRY(baser);
	bool indirect = false;
	uint64_t bytes, pa;

	baser = probe_page(d, n, baser);
	page = page_bytes(PAGE(baser));
	bytes = round_up((uint64_t)entry << TYPER_DEVS(d->typer), page);
	if (bytes > 2 * (uint64_t)page) {
		w64(d, BASER(n), baser | INDIRECT);
		indirect = (r64(d, BASER(n)) & INDIRECT) != 0;
	}
	if (indirect)
		bytes = indirect_bytes(d, page, entry);
	if (bytes / page > 256)
		bytes = (uint64_t)256 * page;
	d->its_page = page;
	d->devices = (uint32_t)(indirect ? bytes / 8 * d->per_level2 : bytes / entry);
	pa = driver_pages(d, bytes, page);
	w64(d, BASER(n),
	    CACHE | (baser & PAGE_FIELD) | pa | (bytes / page - 1) | (indirect ? INDIRECT : 0) |
		    VALID);
	if (indirect)
		d->level1 = pa;
}

static void collection_table(struct driver *d, unsigned n, uint64_t baser)
{
	uint64_t bytes;
	uint32_t page;

	baser = probe_page(d, n, baser);
	page = page_bytes(PAGE(baser));
	bytes = round_up((uint64_t)ENTRY(baser) << TYPER_CIDS(d->typer), page);
	w64(d, BASER(n),
	    CACHE | (baser & PAGE_FIELD) | driver_pages(d, bytes, page) | (bytes / page - 1) |
		    VALID);
}

static void tables(struct driver *d, unsigned type,
		   void (*table)(struct driver *d, unsigned n, uint64_t baser))
{
	for (unsigned n = 0; n < BASERS; n++) {
		uint64_t baser = r64(d, BASER(n));

		if (TYPE(baser) == type)
			table(d, n, baser);
	}
}

static void boot(struct driver *d)
{
	struct queue *queue = queue_of(d);

	d->typer = r64(d, TYPER);
	driver_must(d, !TYPER_PTA(d->typer), "unsupported type");
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	w64(d, CBASER, queue->pa | CACHE | (QUEUE_BYTES / 0x1000 - 1) | VALID);
	tables(d, DEVICES, device_table);
	tables(d, COLLECTIONS, collection_table);
	w32(d, CTLR, ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		send(d, mapc(cpu, rdbase(d, cpu), true));
		wait(d);
	}
}

static void create_device(struct driver *d, uint32_t device)
{
	uint64_t word;

	driver_must(d, device < d->devices, "DeviceID out of range");
	if (d->level1) {
		word = d->level1 + device / d->per_level2 * 8;
		if (!load64(d, word))
			store64(d, word, driver_pages(d, d->its_page, d->its_page) | VALID);
	}
	send(d, mapd(device, 4, driver_pages(d, 32 * TYPER_ITE(d->typer), 0x1000), true));
	wait(d);
}

static void synced(struct driver *d, struct command c, unsigned cpu)
{
	send(d, c);
	send(d, sync_with(rdbase(d, cpu)));
	wait(d);
}

static void establish(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu)
{
	synced(d, mapti(device, event, lpi, cpu), cpu);
	driver_msi(d, device, event, lpi, cpu);
}

static void openbsd(struct driver *d)
{
	boot(d);
	create_device(d, 0x8);
	establish(d, 0x8, 0, LPI(0), 0);
	establish(d, 0x8, 31, LPI(1), 1);
	create_device(d, 0x10);
	create_device(d, 0x18);
	establish(d, 0x18, 2, LPI(2), 1);
	driver_rest(d, 3);
}

/* INV of an event that is not mapped any more is an error to any ITS. */
static void openbsd_disestablish(struct driver *d)
{
	boot(d);
	create_device(d, 0x8);
	establish(d, 0x8, 0, LPI(0), 1);
	synced(d, on_event(DISCARD, 0x8, 0), 1);
	synced(d, on_event(INV, 0x8, 0), 1);
	driver_silence(d, 0x8, 0);
	establish(d, 0x8, 0, LPI(0), 0);
	driver_rest(d, 1);
}

static const char *no_pta(const struct mode *mode)
{
	return mode->pta ? "it refuses an ITS with PTA=1" : NULL;
}

static const char *no_pta_no_stall(const struct mode *mode)
{
	const char *why = driver_stalls_after_discard(mode);

	return why ? why : no_pta(mode);
}

const struct scenario openbsd_scenarios[] = {
	{.name = "openbsd",
	 .about = "OpenBSD: CWRITER never written at set-up, three devices with 32 events each",
	 .source = SOURCE,
	 .play = openbsd,
	 .cannot = no_pta},
	{.name = "openbsd-disestablish",
	 .about = "OpenBSD: an event is discarded, and invalidated after that; then it is used "
		  "again",
	 .source = SOURCE,
	 .play = openbsd_disestablish,
	 .cannot = no_pta_no_stall},
	{.name = NULL},
};
