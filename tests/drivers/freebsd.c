/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * FreeBSD. It compares every bit of a BASER that it reads back, does not wait after Enabled=0, does
 * not clear a slot of its queue before it writes a command's fields into it, and unmaps a device
 * without discarding its events.
 */
#include "driver.h"

#include "arch.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000000u
#define CACHE       INNER(5)
#define SOURCE      "freebsd-src sys/arm64/arm64/gicv3_its.c at 00577d6"

static unsigned probe_page(struct driver *d, unsigned n)
{
	uint64_t reg = r64(d, BASER(n));

	for (unsigned code = 3; code-- > 0;) {
		reg = (reg & ~PAGE_FIELD) | (uint64_t)code << 8;
		w64(d, BASER(n), reg);
		if ((r64(d, BASER(n)) & PAGE_FIELD) == (reg & PAGE_FIELD))
			return code;
	}
	driver_fail(d, "no page size for table %u", n);
}

static bool probe_indirect(struct driver *d, unsigned n)
{
	w64(d, BASER(n), r64(d, BASER(n)) | INDIRECT);
	return (r64(d, BASER(n)) & INDIRECT) != 0;
}

/* The bytes of the device table, or of its level 1. */
static uint64_t devices_bytes(struct driver *d, unsigned n, uint32_t entry, bool *indirect)
{
	uint64_t ids = (uint64_t)1 << TYPER_DEVS(d->typer);

	*indirect = entry * ids > 2 * (uint64_t)d->its_page && probe_indirect(d, n);
	d->devices = (uint32_t)ids;
	if (!*indirect)
		return entry * ids;
	d->per_level2 = d->its_page / entry;
	return ids / d->per_level2 * 8;
}

static void table(struct driver *d, unsigned n)
{
	uint64_t reg = r64(d, BASER(n)), value, bytes, pa;
	unsigned type = TYPE(reg), code;
	bool indirect = false;

	if (!type)
		return;
	code = probe_page(d, n);
	d->its_page = page_bytes(code);
	if (type != DEVICES && type != COLLECTIONS)
		return;
	bytes = type == DEVICES ? devices_bytes(d, n, ENTRY(reg), &indirect) : d->its_page;
	bytes = round_up(bytes, d->its_page);
	pa = driver_pages(d, bytes, 0x10000);
	value = VALID | (indirect ? INDIRECT : 0) | CACHE | (reg & READ_ONLY) | pa | SHARE_INNER |
		(uint64_t)code << 8;
	value |= bytes / d->its_page - 1;
	w64(d, BASER(n), value);
	driver_must(d, r64(d, BASER(n)) == value, "GITS_BASER: unable to be updated");
	if (indirect)
		d->level1 = pa;
}

static void attach_queue(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint64_t value;

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	value = VALID | CACHE | queue->pa | SHARE_INNER | (QUEUE_BYTES / 0x1000 - 1);
	w64(d, CBASER, value);
	driver_must(d, (r64(d, CBASER) & SHARE_FIELD) == SHARE_INNER, "queue not shareable");
	w64(d, CWRITER, 0);
}

static void attach(struct driver *d)
{
	uint32_t ctlr;

	r32(d, IIDR);
	ctlr = r32(d, CTLR);
	if (ctlr & ENABLED) {
		ctlr &= ~ENABLED;
		w32(d, CTLR, ctlr);
	}
	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	attach_queue(d);
	w32(d, CTLR, ctlr | ENABLED);
}

/* ---- commands ---- */

/* The fields that it writes; everything else in the slot stays as the last lap left it. */
static void fields(const struct command *c, uint64_t mask[3])
{
	unsigned opcode = (unsigned)c->dw[0] & 0xffu;
	bool device = opcode != SIM_SYNC && opcode != SIM_MAPC && opcode != SIM_INVALL;

	mask[0] = 0xff | (device ? sim_bits(63, 32) : 0);
	mask[1] = opcode == SIM_MAPD ? 0x1f : device ? sim_bits(31, 0) : 0;
	mask[2] = opcode == SIM_INV ? 0 : 0xffff;
	if (opcode == SIM_MAPTI)
		mask[1] |= sim_bits(63, 32);
	if (opcode == SIM_MAPD)
		mask[2] = VALID | sim_bits(47, 8);
	if (opcode == SIM_MAPC)
		mask[2] |= VALID | sim_bits(47, 16);
	if (opcode == SIM_SYNC)
		mask[2] = sim_bits(47, 16);
}

static void put_fields(struct driver *d, struct command c)
{
	const struct queue *queue = queue_of(d);
	uint32_t next = (queue->at + 32) % queue->bytes;
	uint64_t mask[3];

	for (unsigned i = 0; r32(d, CREADR) / 32 == next / 32; i++)
		driver_must(d, i < WAIT, "no free command");
	fields(&c, mask);
	for (unsigned i = 0; i < 3; i++)
		c.dw[i] |= load64(d, queue->pa + queue->at + 8 * i) & ~mask[i];
	put(d, c);
}

/* Has CREADR left [first, last)? */
static bool done(uint64_t read, uint32_t first, uint32_t last)
{
	if (first < last)
		return read < first || read >= last;
	return read < first && read >= last;
}

/* A target of `cpu` below CPUS adds a SYNC. */
static void send(struct driver *d, struct command c, unsigned cpu)
{
	uint32_t first = queue_of(d)->at;

	put_fields(d, c);
	if (cpu < CPUS)
		put_fields(d, sync_with(rdbase(d, cpu)));
	w64(d, CWRITER, queue_of(d)->at);
	for (unsigned i = 0; !done(r64(d, CREADR), first, queue_of(d)->at); i++)
		driver_must(d, i < WAIT, "time-out of a command");
}

static void cpu_up(struct driver *d, unsigned cpu)
{
	r64(d, TYPER);
	send(d, mapc(cpu, rdbase(d, cpu), true), cpu);
	send(d, invall(cpu), CPUS);
}

static void level2(struct driver *d, uint32_t device)
{
	uint64_t word;

	driver_must(d, device < d->devices, "DeviceID out of range");
	if (!d->level1)
		return;
	word = d->level1 + device / d->per_level2 * 8;
	if (!(load64(d, word) & VALID))
		store64(d, word, driver_pages(d, d->its_page, d->its_page) | VALID);
}

/* A device of `vectors`; its place in d->itt. */
static void device_get(struct driver *d, unsigned at, uint32_t device, uint32_t vectors)
{
	uint32_t entry;

	level2(d, device);
	entry = TYPER_ITE(r64(d, TYPER));
	d->itt_bytes[at] = (uint32_t)round_up((uint64_t)(vectors < 2 ? 2 : vectors) * entry, 256);
	d->itt[at] = driver_pages(d, d->itt_bytes[at], 256);
	send(d, mapd(device, top_bit(vectors) - 1, d->itt[at], true), CPUS);
}

static void device_release(struct driver *d, unsigned at, uint32_t device)
{
	send(d, mapd(device, 0, d->itt[at], false), CPUS);
	driver_free(d, d->itt[at], d->itt_bytes[at]);
}

static void vector(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu)
{
	send(d, mapti(device, event, lpi, cpu), cpu);
	send(d, movi(device, event, cpu), cpu); /* setup_intr binds once more */
	send(d, on_event(INV, device, event), cpu);
	driver_msi(d, device, event, lpi, cpu);
}

static void boot(struct driver *d)
{
	attach(d);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		cpu_up(d, cpu);
}

static void freebsd(struct driver *d)
{
	boot(d);
	device_get(d, 0, 0x100, 3);
	for (uint32_t i = 0; i < 3; i++)
		vector(d, 0x100, i, LPI(i), i % CPUS);
	driver_note(d, "an interrupt is bound to another processor");
	send(d, movi(0x100, 0, 1), 1);
	driver_msi(d, 0x100, 0, LPI(0), 1);
	device_get(d, 1, 0x108, 32);
	for (uint32_t i = 0; i < 32; i++)
		vector(d, 0x108, i, LPI(8 + i), 0);
	send(d, on_event(INV, 0x100, 1), 1);
	driver_note(d, "unloaded, and loaded again with more vectors");
	device_release(d, 0, 0x100);
	driver_silence(d, 0x100, 1);
	device_get(d, 2, 0x100, 8);
	vector(d, 0x100, 7, LPI(47), 1);
	driver_rest(d, 2);
}

/* A lap of the queue and some: whatever bits an old command left behind, the new one is as meant.
 */
static void freebsd_laps(struct driver *d)
{
	boot(d);
	device_get(d, 0, 0x100, 3);
	vector(d, 0x100, 0, LPI(0), 0);
	for (unsigned i = 0; i < 360; i++) {
		device_get(d, 1, 0x108, 5);
		send(d, mapti(0x108, 4, LPI(9), 1), 1);
		if (i % 64 == 0)
			driver_msi(d, 0x108, 4, LPI(9), 1);
		send(d, movi(0x100, 0, i % CPUS), i % CPUS);
		device_release(d, 1, 0x108);
		d->pages = d->itt[1];
	}
	vector(d, 0x100, 0, LPI(0), 1);
	driver_rest(d, 1);
}

/* Two functions behind a bridge share a DeviceID: each has an ITT of its own (H3). */
static void freebsd_alias(struct driver *d)
{
	boot(d);
	device_get(d, 0, 0x100, 4);
	vector(d, 0x100, 0, LPI(0), 0);
	driver_note(d, "another function, the same DeviceID");
	device_get(d, 1, 0x100, 8);
	vector(d, 0x100, 5, LPI(13), 1);
	driver_note(d, "the first goes, and takes the mapping along");
	device_release(d, 0, 0x100);
	driver_free(d, d->itt[1], d->itt_bytes[1]);
	driver_rest(d, 0);
}

/* For 256 vectors MAPD says 512 events: with 12 bytes each, a page more than is allocated (H4). */
static void freebsd_itt_twice(struct driver *d)
{
	boot(d);
	device_get(d, 0, 0x100, 256);
	vector(d, 0x100, 255, LPI(255), 0);
	driver_note(d, "the next page is the next device's");
	driver_expect(d, ITSG_ITT_OVERLAP);
	device_get(d, 1, 0x108, 256);
	driver_rest(d, 1);
}

/* LinuxBoot left the ITS on; Enabled is cleared, and BASERs are written at once (H6). */
static void freebsd_kboot(struct driver *d)
{
	driver_left_on(d);
	driver_note(d, "FreeBSD");
	boot(d);
	device_get(d, 0, 0x100, 3);
	vector(d, 0x100, 0, LPI(0), 0);
	driver_rest(d, 1);
}

static const char *too_wide(const struct mode *mode)
{
	if (mode->device_bits > 16 && !(mode->indirect && mode->pool) &&
	    mode->its_page == TRACE_PAGE_4K)
		return "its flat table has more than 256 pages, and Size runs into Page_Size";
	return NULL;
}

/* It sets Enabled without having seen Quiescent: UNPREDICTABLE, and refused if it is 0 still. */
static const char *early_enable(const struct mode *mode)
{
	if (mode->slow && mode->cache)
		return "Enabled is set while Quiescent is 0";
	return too_wide(mode);
}

const struct scenario freebsd_scenarios[] = {
	{.name = "freebsd",
	 .about =
		 "FreeBSD: two devices, an interrupt that moves, a device that goes and comes back",
	 .source = SOURCE,
	 .play = freebsd,
	 .cannot = too_wide},
	{.name = "freebsd-laps",
	 .about = "",
	 .source = SOURCE,
	 .play = freebsd_laps,
	 .cannot = too_wide,
	 .unrecorded = true},
	{.name = "freebsd-alias",
	 .about = "FreeBSD: two functions with one DeviceID, each with an ITT of its own",
	 .source = SOURCE,
	 .play = freebsd_alias,
	 .cannot = too_wide},
	{.name = "freebsd-kboot",
	 .about = "FreeBSD after LinuxBoot: Enabled=0 and the tables at once, Quiescent not waited "
		  "for",
	 .source = SOURCE,
	 .play = freebsd_kboot,
	 .cannot = early_enable},
	{.name = "freebsd-itt-twice",
	 .about = "FreeBSD names an ITT twice as large as it allocated: the next device's is "
		  "refused",
	 .source = SOURCE,
	 .play = freebsd_itt_twice,
	 .once = true,
	 .packed = true},
	{.name = NULL},
};
