/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Two that test KVM, as hosts. kvm-unit-tests: one page of 64 KB a table, nothing cleared, errors
 * on purpose. Linux' selftests: CWRITER never written at set-up, its place read from CWRITER and
 * CBASER, and every command over by the time CWRITER is written.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000000u
#define UNITS       "kvm-unit-tests lib/arm64/gic-v3-its.c at 0c87bc3, gic-v3-its-cmd.c at d62ae91"
#define SELF        "linux tools/testing/selftests/kvm/lib/arm64/gic_v3_its.c at 1a2f09a"

static unsigned find(struct driver *d, unsigned type)
{
	for (unsigned n = 0; n < BASERS; n++)
		if (TYPE(r64(d, BASER(n))) == type)
			return n;
	driver_fail(d, "no BASER of type %u", type);
}

/* ---- kvm-unit-tests ---- */

static void units_table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n));

	driver_must(d, PAGE(baser) == 2, "it asserts 64 KB");
	w64(d, BASER(n), baser | driver_pages(d, 0x10000, 0x10000) | VALID);
}

static void send(struct driver *d, struct command c)
{
	uint32_t from = queue_of(d)->at, to;
	uint64_t creadr;

	put(d, c);
	to = queue_of(d)->at;
	driver_must(d, to > from, "the queue is written once");
	w64(d, CWRITER, to);
	for (unsigned i = 0; i < WAIT; i++) {
		creadr = r64(d, CREADR);
		if (creadr >= to || creadr < from)
			return;
	}
	driver_fail(d, "timeout");
}

static void units_boot(struct driver *d)
{
	struct queue *queue = queue_of(d);
	unsigned table[2];

	d->typer = r64(d, TYPER);
	table[0] = find(d, DEVICES);
	table[1] = find(d, COLLECTIONS);
	for (unsigned i = 0; i < 2; i++)
		units_table(d, table[i]);
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	w64(d, CBASER, queue->pa | (QUEUE_BYTES / 0x1000 - 1) | VALID);
	w64(d, CWRITER, 0);
	w32(d, CTLR, ENABLED);
}

/* Eight bits of EventID each. */
static void units_devices(struct driver *d)
{
	for (unsigned i = 0; i < 2; i++)
		d->itt[i] = driver_pages(d, (uint64_t)TYPER_ITE(d->typer) << 8, 0x1000);
	send(d, mapd(2, 7, d->itt[0], true));
	send(d, mapd(7, 7, d->itt[1], true));
	for (unsigned cpu = CPUS; cpu-- > 0;) {
		send(d, mapc(2 + cpu, rdbase(d, cpu), true));
		send(d, invall(2 + cpu));
	}
	send(d, mapti(2, 20, 8195, 3));
	send(d, mapti(7, 255, 8196, 2));
}

static void units_trigger(struct driver *d)
{
	units_boot(d);
	units_devices(d);
	driver_msi(d, 2, 20, 8195, 1);
	driver_msi(d, 7, 255, 8196, 0);
	send(d, on_event(INT, 2, 20));
	send(d, on_event(INV, 2, 20));
	send(d, on_event(CLEAR, 7, 255));
	driver_note(d, "an interrupt of a device that was just unmapped must not arrive");
	send(d, mapd(2, 7, d->itt[0], false));
	if (driver_expect(d, ITSG_DEVICE_UNMAPPED))
		send(d, on_event(INT, 2, 20));
	driver_rest(d, 1);
}

static void units_migrate(struct driver *d)
{
	units_boot(d);
	units_devices(d);
	send(d, movi(2, 20, 2));
	driver_msi(d, 2, 20, 8195, 0);
	send(d, movi(7, 255, 3));
	driver_msi(d, 7, 255, 8196, 1);
	driver_note(d, "a collection is mapped to another processor");
	send(d, mapc(3, rdbase(d, 0), true));
	send(d, invall(3));
	send(d, sync_with(rdbase(d, 0)));
	driver_msi(d, 7, 255, 8196, 0);
	send(d, on_event(DISCARD, 7, 255));
	driver_silence(d, 7, 255);
	driver_rest(d, 2);
}

/* What is read-only stays as it is; the guard says that it was tried. */
static void units_introspect(struct driver *d)
{
	uint32_t iidr = r32(d, IIDR), typer = r32(d, TYPER);

	driver_expect(d, ITSG_READ_ONLY);
	w32(d, IIDR, ~iidr);
	driver_must(d, r32(d, IIDR) == iidr, "IIDR changed");
	driver_expect(d, ITSG_READ_ONLY);
	w32(d, TYPER, ~typer);
	driver_must(d, r32(d, TYPER) == typer, "TYPER changed");
	driver_rest(d, 0);
}

/* ---- Linux' selftests ---- */

static void self_table(struct driver *d, unsigned type)
{
	w64(d, BASER(find(d, type)),
	    driver_pages(d, 0x10000, 0x10000) | (uint64_t)2 << 8 | SHARE_INNER | INNER(7) | VALID);
}

static void self_send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);

	queue->at = (uint32_t)r64(d, CWRITER);
	queue->bytes = ((uint32_t)(r64(d, CBASER) & 0xff) + 1) * 0x1000;
	put(d, c);
	w64(d, CWRITER, queue->at);
	driver_must(d, r64(d, CREADR) == queue->at, "the command is not over");
}

static void selftest(struct driver *d)
{
	struct queue *queue = queue_of(d);

	self_table(d, COLLECTIONS);
	self_table(d, DEVICES);
	queue->pa = driver_pages(d, QUEUE_BYTES, QUEUE_BYTES);
	w64(d, CBASER, (QUEUE_BYTES / 0x1000 - 1) | SHARE_INNER | queue->pa | INNER(7) | VALID);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		self_send(d, mapc(cpu, (uint64_t)cpu << 16, true));
	for (uint32_t device = 0; device < 4; device++) {
		self_send(d, mapd(device, 4, driver_pages(d, 0x10000, 0x10000), true));
		for (uint32_t event = 0; event < 8; event++)
			self_send(d, mapti(device, event, LPI(8 * device + event), event % CPUS));
		driver_msi(d, device, 7, LPI(8 * device + 7), 1);
	}
	self_send(d, invall(0));
	driver_rest(d, 4);
}

static const char *needs_64k(const struct mode *mode)
{
	return mode->its_page == TRACE_PAGE_64K ? NULL : "it asserts that BASERs say 64 KB";
}

static const char *at_once(const struct mode *mode)
{
	if (mode->pta)
		return "it takes no notice of PTA";
	return mode->slow ? "it waits for nothing: every command is over at once" : NULL;
}

const struct scenario kvm_scenarios[] = {
	{.name = "kvm-unit-tests",
	 .about = "kvm-unit-tests: its-trigger, and an interrupt of a device just unmapped, on "
		  "purpose",
	 .source = UNITS,
	 .play = units_trigger,
	 .cannot = needs_64k},
	{.name = "kvm-unit-tests-migration",
	 .about = "kvm-unit-tests: interrupts and a collection move, an event is discarded",
	 .source = UNITS,
	 .play = units_migrate,
	 .cannot = needs_64k},
	{.name = "kvm-unit-tests-introspection",
	 .about = "kvm-unit-tests: what is read-only is written, and reads as before",
	 .source = UNITS,
	 .play = units_introspect},
	{.name = "kvm-selftests",
	 .about = "Linux' selftests of KVM: commands are over when CWRITER is written",
	 .source = SELF,
	 .play = selftest,
	 .cannot = at_once},
	{.name = NULL},
};
