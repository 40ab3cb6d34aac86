/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * RT-Thread. Registers in halves, low first; BASERs are zeroed before anything else; a BASER's Size
 * one page too large; MAPD V=1 anew for each vector. An EventID is the number of the LPI. What it
 * allocates is in places less than what it names: the plays called rtthread-... show what comes of
 * that.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        10000u
#define EVENTS      32u
#define SOURCE      "rt-thread components/drivers/pic/pic-gicv3-its.c at ac3b8fe"

static uint64_t read_halves(struct driver *d, uint32_t offset)
{
	uint64_t low = r32(d, offset);

	return low | (uint64_t)r32(d, offset + 4) << 32;
}

static void write_halves(struct driver *d, uint32_t offset, uint64_t value)
{
	w32(d, offset, (uint32_t)value);
	w32(d, offset + 4, (uint32_t)(value >> 32));
}

/* ---- commands ---- */

static void submit(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);
	uint32_t end = queue->at + 32; /* not wrapped: see rtthread-lap */

	for (unsigned i = 0; end % queue->bytes == r32(d, CREADR); i++)
		driver_must(d, i < WAIT, "no free command");
	put(d, c);
	w32(d, CWRITER, end);
	for (unsigned i = 0; r32(d, CREADR) != end; i++) {
		driver_must(d, i < WAIT, "time-out");
		driver_must(d, !(r32(d, CREADR) & STALLED), "stalled");
	}
}

static void synced(struct driver *d, struct command c, unsigned cpu)
{
	submit(d, c);
	submit(d, sync_with(rdbase(d, cpu)));
}

/* ---- set-up ---- */

static void queue_init(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint64_t value;

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	value = VALID | INNER(7) | SHARE_INNER | queue->pa | (QUEUE_BYTES / 0x1000 - 1);
	write_halves(d, CBASER, value);
	driver_must(d, (read_halves(d, CBASER) & SHARE_FIELD) == SHARE_INNER, "not shareable");
	write_halves(d, CWRITER, 0);
}

static uint64_t probe_page(struct driver *d, unsigned n)
{
	uint64_t kept;

	for (unsigned code = 3; code-- > 0;) {
		write_halves(d, BASER(n),
			     (read_halves(d, BASER(n)) & ~PAGE_FIELD) | (uint64_t)code << 8);
		kept = read_halves(d, BASER(n));
		if (PAGE(kept) == code)
			return kept;
	}
	driver_fail(d, "no page size");
}

/* What it allocates, and what the register then names: a page more, or a page instead of less. */
static uint64_t table_bytes(struct driver *d, uint64_t baser, bool indirect)
{
	uint32_t bits = TYPE(baser) == DEVICES ? TYPER_DEVS(d->typer) : 0;

	if (!indirect)
		return (uint64_t)ENTRY(baser) << bits;
	d->its_page = page_bytes(PAGE(baser));
	d->per_level2 = d->its_page / ENTRY(baser);
	return ((uint64_t)1 << bits) / d->per_level2 * 8;
}

static void table(struct driver *d, unsigned n, bool tight)
{
	uint64_t baser = read_halves(d, BASER(n)), bytes, named, pa;
	bool indirect;

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	baser = probe_page(d, n);
	if (TYPE(baser) == DEVICES)
		d->typer = r64(d, TYPER);
	write_halves(d, BASER(n), baser | INDIRECT);
	indirect = TYPE(baser) == DEVICES && (read_halves(d, BASER(n)) & INDIRECT);
	bytes = table_bytes(d, baser, indirect);
	named = (bytes / page_bytes(PAGE(baser)) + 1) * page_bytes(PAGE(baser));
	pa = tight ? driver_heap(d, bytes, page_bytes(PAGE(baser)))
		   : driver_pages(d, named, page_bytes(PAGE(baser)));
	write_halves(d, BASER(n),
		     pa | (baser & (READ_ONLY | PAGE_FIELD)) | bytes / page_bytes(PAGE(baser)) |
			     INNER(7) | SHARE_INNER | VALID | (indirect ? INDIRECT : 0));
	driver_must(d, (read_halves(d, BASER(n)) & SHARE_FIELD) == SHARE_INNER, "not shareable");
	if (indirect)
		d->level1 = pa;
}

static void boot_with(struct driver *d, bool tight)
{
	for (unsigned n = 0; n < BASERS; n++)
		write_halves(d, BASER(n), 0);
	r32(d, IIDR);
	queue_init(d);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n, tight);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
}

static void boot(struct driver *d)
{
	boot_with(d, false);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		r64(d, TYPER);
		synced(d, mapc(cpu, rdbase(d, cpu), true), cpu);
		synced(d, invall(cpu), cpu);
	}
}

/* ---- devices ---- */

static void level2(struct driver *d, uint32_t device)
{
	uint64_t word;

	if (!d->level1)
		return;
	word = d->level1 + device / d->per_level2 * 8;
	if (!load64(d, word))
		store64(d, word, driver_pages(d, d->its_page, d->its_page) | VALID);
}

static void alloc_vector(struct driver *d, unsigned at, uint32_t device)
{
	if (!d->itt[at]) {
		r64(d, TYPER);
		d->itt_bytes[at] = EVENTS * TYPER_ITE(d->typer);
		d->itt[at] = driver_pages(d, 0x40000, 0x40000);
		level2(d, device);
	}
	submit(d, mapd(device, top_bit(EVENTS) - 2, d->itt[at], true));
	synced(d, mapti(device, d->lpis, LPI(d->lpis), 0), 0);
	submit(d, on_event(INV, device, d->lpis));
	driver_msi(d, device, d->lpis, LPI(d->lpis), 0);
	d->lpis++;
}

static void rtthread(struct driver *d)
{
	boot(d);
	for (unsigned i = 0; i < 3; i++)
		alloc_vector(d, 0, 0x8);
	alloc_vector(d, 1, 0x10);
	driver_note(d, "an interrupt moves: the SYNC is for where it was");
	synced(d, movi(0x8, 1, 1), 0);
	driver_msi(d, 0x8, 1, LPI(1), 1);
	synced(d, on_event(INT, 0x8, 2), 0);
	synced(d, on_event(CLEAR, 0x8, 2), 0);
	driver_note(d, "a device is freed; another one still uses the level-2 page");
	synced(d, on_event(DISCARD, 0x10, 3), 0);
	synced(d, mapd(0x10, top_bit(EVENTS) - 2, d->itt[1], false), 0);
	driver_free(d, d->itt[1], d->itt_bytes[1]);
	driver_silence(d, 0x10, 3);
	driver_rest(d, 1);
}

/* The collection table is 8 bytes of the heap, and BASER names the rest of the page as well. */
static void rtthread_heap(struct driver *d)
{
	uint64_t other;

	boot_with(d, true);
	other = driver_heap(d, 64, 16);
	driver_note(d, "what the heap hands out next lies in the collection table's page");
	driver_lost(d, other);
}

/* The last device goes: its level-2 page is freed, and another one takes its place. */
static void rtthread_level2(struct driver *d)
{
	boot(d);
	alloc_vector(d, 0, 0x8);
	synced(d, on_event(DISCARD, 0x8, 0), 0);
	synced(d, mapd(0x8, top_bit(EVENTS) - 2, d->itt[0], false), 0);
	driver_lost(d, load64(d, d->level1) & ~VALID);
	store64(d, d->level1, 0);
	driver_note(d, "the next device");
	level2(d, 0x10);
	driver_expect(d, ITSG_L1_CHANGED);
	submit(d, mapd(0x10, top_bit(EVENTS) - 2, d->itt[0], true));
	driver_rest(d, 0);
}

/* The last slot of a lap: CWRITER is the size of the queue, and only the next command goes on. */
static void rtthread_lap(struct driver *d)
{
	struct queue *queue = queue_of(d);

	boot(d);
	alloc_vector(d, 0, 0x8);
	while (queue->at != queue->bytes - 32)
		submit(d, on_event(INV, 0x8, 0));
	put(d, on_event(INV, 0x8, 0));
	driver_expect(d, ITSG_CWRITER_RANGE);
	w32(d, CWRITER, queue->bytes);
	alloc_vector(d, 0, 0x8);
	driver_rest(d, 1);
}

static const char *beyond_size(const struct mode *mode)
{
	if (mode->device_bits > 16 && !(mode->indirect && mode->pool) &&
	    mode->its_page != TRACE_PAGE_64K)
		return "its flat table has more than 256 pages, and Size runs into Page_Size";
	return NULL;
}

const struct scenario rtthread_scenarios[] = {
	{.name = "rtthread",
	 .about = "RT-Thread: registers in halves, MAPD for each vector; its neighbours left empty",
	 .source = SOURCE,
	 .play = rtthread,
	 .cannot = beyond_size},
	{.name = "rtthread-heap",
	 .about = "RT-Thread: a table smaller than BASER says costs what lies behind it",
	 .source = SOURCE,
	 .play = rtthread_heap,
	 .once = true},
	{.name = "rtthread-level-2-freed",
	 .about = "RT-Thread frees a level-2 page with its last device: the next one is refused",
	 .source = SOURCE,
	 .play = rtthread_level2,
	 .once = true},
	{.name = "rtthread-lap",
	 .about = "",
	 .source = SOURCE,
	 .play = rtthread_lap,
	 .once = true,
	 .unrecorded = true},
	{.name = NULL},
};
