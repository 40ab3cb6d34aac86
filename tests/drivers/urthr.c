/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Urthr. A queue of one page that is aligned to 4 KB and to no more, and CBASER written before the
 * tables, which are a page of 4 KB each; UMSIirq is set along with Enabled. Cosmos (nativeaot-
 * patcher) aligns its queue so, too. Emulated ITSs take it; in the architecture CBASER[15:12] are
 * part of no address.
 */
#include "driver.h"

#define QUEUE_BYTES 0x1000u
#define UMSI_IRQ    0x100u
#define SOURCE      "smallkirby/urthr urthr/arch/aarch64/gicv3its.zig at 42096c7"

static void attach_queue(struct driver *d, uint64_t pa)
{
	struct queue *queue = queue_of(d);

	queue->bytes = QUEUE_BYTES;
	queue->pa = pa;
	w64(d, CBASER, r64(d, CBASER) | VALID | queue->pa);
	w64(d, CWRITER, r64(d, CWRITER) & 1);
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n));

	if (TYPE(baser) == DEVICES || TYPE(baser) == COLLECTIONS)
		w64(d, BASER(n),
		    VALID | (baser & ~(PAGE_FIELD | ADDRESS | 0xff)) |
			    driver_pages(d, 0x1000, 0x1000));
}

static void boot(struct driver *d, uint64_t queue)
{
	d->typer = r64(d, TYPER);
	attach_queue(d, queue);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
}

static void sync(struct driver *d, unsigned cpu)
{
	put(d, sync_with(rdbase(d, cpu)));
	w64(d, CWRITER, queue_of(d)->at);
	for (unsigned i = 0; r64(d, CREADR) != r64(d, CWRITER); i++)
		driver_must(d, i < 1000000, "it waits for ever");
}

/* With a queue that happens to lie on a border of 64 KB. */
static void urthr(struct driver *d)
{
	boot(d, driver_pages(d, QUEUE_BYTES, 0x10000));
	w32(d, CTLR, r32(d, CTLR) | ENABLED | UMSI_IRQ);
	put(d, mapc(0, rdbase(d, 0), true));
	sync(d, 0);
	put(d, mapd(0x8, 2, driver_pages(d, 0x1000, 0x1000), true));
	put(d, mapti(0x8, 0, LPI(0), 0));
	put(d, mapti(0x8, 4, LPI(1), 0));
	sync(d, 0);
	driver_msi(d, 0x8, 0, LPI(0), 0);
	driver_msi(d, 0x8, 4, LPI(1), 0);
	driver_rest(d, 1);
}

static void urthr_queue(struct driver *d)
{
	boot(d, driver_pages(d, 2 * QUEUE_BYTES, 0x10000) + QUEUE_BYTES);
	driver_expect(d, ITSG_QUEUE_ADDRESS);
	w32(d, CTLR, r32(d, CTLR) | ENABLED | UMSI_IRQ);
	driver_rest(d, 0);
}

const struct scenario urthr_scenarios[] = {
	{.name = "urthr",
	 .about = "Urthr: tables of 4 KB, a queue that lies on a border of 64 KB by chance",
	 .source = SOURCE,
	 .play = urthr},
	{.name = "urthr-queue",
	 .about = "Urthr: a queue that is aligned to 4 KB only",
	 .source = SOURCE,
	 .play = urthr_queue,
	 .once = true},
	{.name = NULL},
};
