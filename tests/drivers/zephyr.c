/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Zephyr. Tables of the page size that a BASER holds at reset, written without Type and not read
 * back; two levels, unasked, where there are more than 16 DeviceID bits; CBASER.Size one page too
 * large (until August 2026); ITTs from the heap. It never unmaps, and maps again instead.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000000u
#define SOURCE      "zephyr drivers/interrupt_controller/intc_gicv3_its.c at 0202bd8"

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	for (unsigned i = 0; (queue->at + 32) % queue->bytes / 32 == r32(d, CREADR) / 32; i++)
		driver_must(d, i < WAIT, "ITS queue not draining");
	put(d, c);
	r32(d, CREADR);
	w32(d, CWRITER, queue->at);
	for (unsigned i = 0; r32(d, CREADR) != queue->at; i++)
		driver_must(d, i < WAIT, "ITS queue timeout");
}

/* A processor number is not shifted, and cut off: with PTA=0 everything goes to number 0. */
static uint64_t target(struct driver *d, unsigned cpu)
{
	return TYPER_PTA(r64(d, TYPER)) ? rdbase(d, cpu) : (uint64_t)cpu >> 16;
}

static unsigned arrives_at(struct driver *d, unsigned cpu)
{
	return TYPER_PTA(d->typer) ? cpu : 0;
}

static unsigned probe_page(struct driver *d, unsigned n)
{
	for (unsigned code = 2; code > 0; code--) {
		w64(d, BASER(n), (r64(d, BASER(n)) & ~PAGE_FIELD) | (uint64_t)code << 8);
		if (PAGE(r64(d, BASER(n))) == code)
			return code;
	}
	return 0;
}

/* Level 1, for whatever Indirect may be: it is not looked at again. */
static uint64_t level1_bytes(struct driver *d, uint32_t entry, uint32_t page)
{
	d->its_page = page;
	d->per_level2 = page / entry;
	return (uint64_t)8 << (TYPER_DEVS(d->typer) - top_bit(d->per_level2));
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), bytes, pa;
	unsigned code = PAGE(baser);
	bool indirect = TYPE(baser) == DEVICES && TYPER_DEVS(d->typer) > 16;

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	if (indirect)
		code = probe_page(d, n);
	if (indirect)
		bytes = level1_bytes(d, ENTRY(baser), page_bytes(code));
	else if (TYPE(baser) == DEVICES)
		bytes = (uint64_t)ENTRY(baser) << TYPER_DEVS(d->typer);
	else
		bytes = (uint64_t)ENTRY(baser) * CPUS;
	bytes = round_up(bytes, page_bytes(code));
	pa = driver_pages(d, bytes, page_bytes(code));
	w64(d, BASER(n),
	    (uint64_t)code << 8 | (bytes / page_bytes(code) - 1) | SHARE_INNER | pa | INNER(7) |
		    (indirect ? INDIRECT : 0) | VALID);
	if (indirect)
		d->level1 = pa;
}

static void quiesce(struct driver *d)
{
	uint32_t ctlr = r32(d, CTLR);

	if (ctlr & ENABLED) {
		ctlr &= ~ENABLED;
		w32(d, CTLR, ctlr);
	}
	for (unsigned i = 0; !(ctlr & QUIESCENT); i++) {
		driver_must(d, i < 500, "failed to quiesce");
		ctlr = r32(d, CTLR);
	}
}

static void boot_with(struct driver *d, uint64_t queue_pa)
{
	struct queue *queue = queue_of(d);

	quiesce(d);
	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	queue->bytes = QUEUE_BYTES;
	queue->pa = queue_pa;
	w64(d, CBASER,
	    QUEUE_BYTES / 0x1000 | SHARE_INNER | queue->pa | OUTER(7) | INNER(7) | VALID);
	w64(d, CWRITER, 0);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	send(d, mapc(0, target(d, 0), true));
	send(d, invall(0));
	send(d, sync_with(target(d, 0)));
}

static void boot(struct driver *d)
{
	uint64_t queue = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);

	driver_pages(d, 0x1000, 0x1000); /* whatever the linker put there */
	boot_with(d, queue);
	send(d, mapc(1, target(d, 1), true));
	send(d, invall(1));
	send(d, sync_with(target(d, 1)));
}

static void level2(struct driver *d, uint32_t device)
{
	uint64_t word;

	if (!d->level1)
		return;
	word = d->level1 + (uint64_t)device / d->per_level2 * 8;
	if (!load64(d, word))
		store64(d, word, driver_pages(d, d->its_page, d->its_page) | VALID);
}

static void setup_device(struct driver *d, unsigned at, uint32_t device, uint32_t vectors)
{
	uint32_t entry = TYPER_ITE(r64(d, TYPER));

	level2(d, device);
	vectors = vectors < 2 ? 2 : vectors;
	d->itt_bytes[at] = (uint32_t)round_up((uint64_t)vectors * entry, 256);
	d->itt[at] = driver_heap(d, d->itt_bytes[at], 256);
	send(d, mapd(device, top_bit(vectors) - 2, d->itt[at], true));
}

static void map(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu)
{
	send(d, mapti(device, event, lpi, cpu));
	send(d, sync_with(target(d, cpu)));
	driver_msi(d, device, event, lpi, arrives_at(d, cpu));
}

static void zephyr(struct driver *d)
{
	boot(d);
	setup_device(d, 0, 0x8, 4);
	for (uint32_t i = 0; i < 4; i++)
		map(d, 0x8, i, LPI(i), i % CPUS);
	setup_device(d, 1, 0x10, 1);
	map(d, 0x10, 1, LPI(4), 0);
	driver_touch(d, driver_heap(d, 16, 16));
	driver_note(d, "an interrupt is sent by software");
	send(d, on_event(INT, 0x10, 1));
	driver_rest(d, 2);
}

/* A driver is started again, or asks for more vectors: MAPD V=1 with another ITT (H3). */
static void zephyr_again(struct driver *d)
{
	boot(d);
	setup_device(d, 0, 0x10, 4);
	map(d, 0x10, 0, LPI(0), 0);
	driver_note(d, "eight vectors now");
	setup_device(d, 1, 0x10, 8);
	map(d, 0x10, 5, LPI(5), 1);
	driver_touch(d, driver_heap(d, 16, 16));
	driver_rest(d, 1);
}

/* Queues of two ITSs, side by side, the first 4 KB too long (H8). */
static void zephyr_two_itss(struct driver *d)
{
	uint64_t queues = driver_pages(d, 2 * QUEUE_BYTES + 0x1000, QUEUE_BYTES);

	boot_with(d, queues);
	driver_its(d, 1);
	d->level1 = 0;
	boot_with(d, queues + QUEUE_BYTES);
	setup_device(d, 0, 0x10, 2);
	map(d, 0x10, 0, LPI(0), 0);
	driver_touch(d, driver_heap(d, 16, 16));
	driver_rest(d, 1);
	driver_its(d, 0);
	d->level1 = 0;
	driver_rest(d, 0);
}

static const char *blind(const struct mode *mode)
{
	if (mode->donate)
		return "its ITTs lie in a heap among other things";
	if (mode->device_bits > 16 && !(mode->indirect && mode->pool))
		return "it writes level-1 words whether Indirect was kept or not";
	return NULL;
}

const struct scenario zephyr_scenarios[] = {
	{.name = "zephyr",
	 .about = "Zephyr: flat tables as the BASERs are at reset, two devices, ITTs from the heap",
	 .source = SOURCE,
	 .play = zephyr,
	 .cannot = blind},
	{.name = "zephyr-setup-twice",
	 .about = "Zephyr: a device is set up again with another ITT, and nothing is unmapped",
	 .source = SOURCE,
	 .play = zephyr_again,
	 .cannot = blind},
	{.name = "zephyr-two-itss",
	 .about = "Zephyr, two ITSs: the first queue, a page too long, reaches into the second",
	 .source = SOURCE,
	 .play = zephyr_two_itss,
	 .cannot = blind,
	 .itss = 2},
	{.name = NULL},
};
