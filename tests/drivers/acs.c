/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Arm's compliance tests (BSA, SBSA). Indirect and every page size are tried on all eight BASERs;
 * one ITT for all devices, named as large as TYPER allows however small it is; all commands of a
 * step are rung at once, and Enabled is written again before each step.
 */
#include "driver.h"

#define QUEUE_BYTES 0x8000u
#define ITT_BYTES   0x8000u
#define WAIT        10000u
#define COLLECTION  1u
#define ATTRIBUTES  (INNER(7) | OUTER(7) | SHARE_OUTER)
#define SOURCE      "ARM-software/bsa-acs val/common/sys_arch_src/gic/its/acs_gic_its.c at 2193c82"

static void queue_init(struct driver *d)
{
	struct queue *queue = queue_of(d);

	queue->bytes = QUEUE_BYTES;
	queue->pa = driver_pages(d, QUEUE_BYTES, 0x10000);
	w64(d, CBASER,
	    (r64(d, CBASER) & ~(uint64_t)ADDRESS) | queue->pa | VALID | (QUEUE_BYTES / 0x1000 - 1) |
		    ATTRIBUTES);
}

/* The largest page size that sticks, as its code. The register is then as it was. */
static unsigned probe(struct driver *d, unsigned n, uint64_t baser)
{
	unsigned largest = 0;

	w64(d, BASER(n), baser | INDIRECT);
	r64(d, BASER(n));
	w64(d, BASER(n), baser);
	for (unsigned code = 0; code < 3; code++) {
		w64(d, BASER(n), (r64(d, BASER(n)) & ~PAGE_FIELD) | (uint64_t)code << 8);
		if (PAGE(r64(d, BASER(n))) == code)
			largest = code;
	}
	w64(d, BASER(n), baser);
	return largest;
}

static void table(struct driver *d, unsigned n)
{
	uint64_t baser = r64(d, BASER(n)), typer = r64(d, TYPER), bytes, page;
	unsigned code = probe(d, n, baser);

	page = page_bytes(code);
	if (TYPE(baser) == DEVICES)
		bytes = (uint64_t)ENTRY(baser) << TYPER_DEVS(typer);
	else if (TYPE(baser) == COLLECTIONS)
		bytes = (uint64_t)ENTRY(baser) << (((typer >> 32) & 0xf) + 1);
	else
		return;
	driver_must(d, bytes <= 256 * page, "two levels are not played");
	bytes = round_up(bytes, page);
	w64(d, BASER(n),
	    (r64(d, BASER(n)) & ~(uint64_t)ADDRESS) | driver_pages(d, bytes, page) | VALID |
		    (uint64_t)code << 8 | (bytes / page - 1) | ATTRIBUTES);
}

static void init(struct driver *d)
{
	d->typer = r64(d, TYPER);
	queue_init(d);
	for (unsigned n = 0; n < BASERS; n++)
		table(d, n);
}

static void ring(struct driver *d)
{
	uint64_t cwriter;

	w64(d, CWRITER, queue_of(d)->at);
	cwriter = r64(d, CWRITER);
	for (unsigned i = 0; r64(d, CREADR) != cwriter; i++)
		driver_must(d, i < WAIT, "READR not moving");
}

static void create_lpi(struct driver *d, uint32_t device, uint32_t event)
{
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	r64(d, TYPER);
	put(d, mapd(device, TYPER_IDS(d->typer) - 1, d->itt[0], true));
	put(d, mapc(COLLECTION, rdbase(d, 0), true));
	put(d, mapti(device, event, LPI(event), COLLECTION));
	put(d, on_event(INV, device, event));
	put(d, sync_with(rdbase(d, 0)));
	ring(d);
	driver_msi(d, device, event, LPI(event), 0);
}

static void clear_lpi(struct driver *d, uint32_t device, uint32_t event)
{
	r64(d, TYPER);
	put(d, on_event(DISCARD, device, event));
	put(d, mapd(device, 0, d->itt[0], false));
	put(d, sync_with(rdbase(d, 0)));
	ring(d);
	driver_silence(d, device, event);
}

static void acs(struct driver *d)
{
	init(d);
	driver_note(d, "ITT: 32 KB allocated, and nothing that the ITS knows behind them");
	d->itt[0] = driver_pages(d, ITT_BYTES, 0x10000);
	create_lpi(d, 0x8, 0x3a);
	driver_touch(d, driver_pages(d, 0x1000, 0x1000));
	create_lpi(d, 0x8, 0x3b);
	clear_lpi(d, 0x8, 0x3a);
	create_lpi(d, 0x10, 0x3c);
	clear_lpi(d, 0x10, 0x3c);
	driver_rest(d, 0);
}

/* Firmware that allocates downward: its own queue and tables lie where the ITT is said to be (H4).
 */
static void acs_downward(struct driver *d)
{
	d->itt[0] = driver_pages(d, ITT_BYTES, 0x10000);
	init(d);
	w32(d, CTLR, r32(d, CTLR) | ENABLED);
	put(d, mapd(0x8, TYPER_IDS(d->typer) - 1, d->itt[0], true));
	driver_expect(d, ITSG_ITT_OVERLAP);
	ring(d);
	driver_rest(d, 0);
}

static const char *too_wide(const struct mode *mode)
{
	if (mode->device_bits > 16 && mode->its_page != TRACE_PAGE_64K)
		return "with two levels it prepares all of level 2; that is not played";
	return NULL;
}

static const char *too_large(const struct mode *mode)
{
	return mode->donate ? "it names far more as ITT than it owns" : too_wide(mode);
}

const struct scenario acs_scenarios[] = {
	{.name = "acs",
	 .about = "Arm's BSA and SBSA tests: all BASERs are probed, one ITT for every device",
	 .source = SOURCE,
	 .play = acs,
	 .cannot = too_large},
	{.name = "acs-downward",
	 .about = "Arm's BSA and SBSA tests: the ITT is said to reach over their own tables",
	 .source = SOURCE,
	 .play = acs_downward,
	 .once = true,
	 .packed = true},
	{.name = NULL},
};
