/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * hvisor, below its first guest's driver. It clears Enabled and writes CBASER at once, whatever ran
 * before, and reads two BASERs; the guest's Linux then writes tables and Enabled through it. Each
 * CWRITER is followed until CREADR is there, without an end.
 */
#include "driver.h"

#define QUEUE_BYTES 0x10000u
#define WAIT        1000000u
#define SOURCE      "syswonder/hvisor src/device/irqchip/gicv3/gits.rs at 094cf59"

static void send(struct driver *d, struct command c)
{
	put(d, c);
	w64(d, CWRITER, queue_of(d)->at);
	for (unsigned i = 0; r64(d, CREADR) != queue_of(d)->at; i++)
		driver_must(d, i < WAIT, "it waits for ever");
}

static void table(struct driver *d, unsigned n, unsigned type)
{
	uint64_t baser = r64(d, BASER(n)), page = page_bytes(PAGE(baser));

	driver_must(d, TYPE(baser) == type, "BASER0 is devices, BASER1 collections");
	w64(d, BASER(n),
	    VALID | INNER(7) | SHARE_INNER | (baser & (READ_ONLY | PAGE_FIELD)) |
		    driver_pages(d, page, page));
	r64(d, BASER(n));
}

static void hvisor(struct driver *d)
{
	struct queue *queue = queue_of(d);
	uint64_t itt;

	driver_left_on(d);
	driver_note(d, "hvisor");
	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	queue->at = 0;
	w32(d, CTLR, r32(d, CTLR) & ~ENABLED);
	w64(d, CBASER, VALID | INNER(7) | SHARE_INNER | queue->pa | (QUEUE_BYTES / 0x1000 - 1));
	w64(d, CWRITER, 0);
	r64(d, BASER(0));
	r64(d, BASER(1));
	driver_note(d, "its first guest");
	d->typer = r64(d, TYPER);
	table(d, 0, DEVICES);
	table(d, 1, COLLECTIONS);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	send(d, mapc(0, rdbase(d, 0), true));
	itt = driver_pages(d, 0x1000, 0x1000);
	send(d, mapd(0x8, 4, itt, true));
	send(d, mapti(0x8, 0, LPI(0), 0));
	send(d, sync_with(rdbase(d, 0)));
	driver_msi(d, 0x8, 0, LPI(0), 0);
	driver_rest(d, 1);
}

const struct scenario hvisor_scenarios[] = {
	{.name = "hvisor",
	 .about = "hvisor: Enabled=0 and the queue at once, whatever ran before",
	 .source = SOURCE,
	 .play = hvisor},
	{.name = NULL},
};
