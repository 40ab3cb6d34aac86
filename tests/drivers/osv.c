/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * OSv. One page a table, as BASERs are at reset and without attributes; a queue of 128 commands
 * whose place is CWRITER; nothing waits for CREADR but a full queue; an event is invalidated after
 * it was discarded; every device has an ITT for all LPIs there are.
 */
#include "driver.h"

#define QUEUE_BYTES 0x1000u
#define VECTOR_BITS 13u /* of LPIs: of the machine's 57344 it would be 16 */
#define SOURCE      "cloudius-systems/osv arch/aarch64/gic-v3.cc at 34cafaa"

static void send(struct driver *d, struct command c)
{
	struct queue *queue = queue_of(d);
	uint64_t creadr = r64(d, CREADR);

	queue->at = (uint32_t)r64(d, CWRITER);
	for (unsigned i = 0; creadr == queue->at + 32u; i++) {
		driver_must(d, i < 1000000, "the queue stays full");
		creadr = r64(d, CREADR);
	}
	put(d, c);
	w64(d, CWRITER, queue->at);
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), page = page_bytes(PAGE(baser));

	if (TYPE(baser) != DEVICES && TYPE(baser) != COLLECTIONS)
		return;
	w64(d, BASER(n), VALID | (baser & ~(uint64_t)ADDRESS) | driver_pages(d, page, page));
}

static void boot(struct driver *d)
{
	struct queue *queue = queue_of(d);

	d->typer = r64(d, TYPER);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	w64(d, CBASER, VALID | queue->pa | (QUEUE_BYTES / 0x1000 - 1));
	w64(d, CWRITER, 0);
	w32(d, CTLR, ENABLED);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		send(d, mapc(cpu, rdbase(d, cpu), true));
}

static void device(struct driver *d, uint32_t id)
{
	uint64_t itt = driver_pages(d, (uint64_t)TYPER_ITE(d->typer) << VECTOR_BITS, 256);

	send(d, mapd(id, VECTOR_BITS - 1, itt, true));
}

static void vector(struct driver *d, uint32_t id, uint32_t event, unsigned cpu)
{
	send(d, mapti(id, event, LPI(event), cpu));
	send(d, on_event(INV, id, event));
	send(d, sync_with(rdbase(d, cpu)));
	driver_msi(d, id, event, LPI(event), cpu);
}

static void vector_moves(struct driver *d, uint32_t id, uint32_t event, unsigned from, unsigned to)
{
	send(d, movi(id, event, to));
	send(d, on_event(INV, id, event));
	send(d, sync_with(rdbase(d, from)));
}

static void osv(struct driver *d)
{
	boot(d);
	device(d, 0x8);
	vector(d, 0x8, 0, 0);
	vector(d, 0x8, 1, 1);
	device(d, 0x10);
	vector(d, 0x10, 2, 0);
	driver_note(d, "an interrupt moves to and fro: the queue wraps");
	for (unsigned i = 0; i < 41; i++)
		vector_moves(d, 0x10, 2, i % CPUS, (i + 1) % CPUS);
	driver_msi(d, 0x10, 2, LPI(2), 1);
	driver_rest(d, 2);
}

static void osv_unmap(struct driver *d)
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

const struct scenario osv_scenarios[] = {
	{.name = "osv",
	 .about = "OSv: one page a table, a queue of 4 KB, nothing waited for",
	 .source = SOURCE,
	 .play = osv},
	{.name = "osv-unmap",
	 .about = "OSv: an event is discarded, and invalidated after that",
	 .source = SOURCE,
	 .play = osv_unmap,
	 .cannot = driver_stalls_after_discard},
	{.name = NULL},
};
