/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The arithmetic of the private ring (ring.h): of any length, at any place in any lap, with
 * hardware that says anything and stores that fail at will. What is stored, and where, is looked at
 * in the callback.
 */
#include "proof.h"

#include "frame.c"
#include "ring.c"
#include "words.c"

static struct itsg_platform platform;
static struct itsg_ring ring = {.platform = &platform};
static uint64_t creadr;  /* what hardware says */
static uint64_t cwriter; /* what it was told */
static uint32_t stored;  /* slots that were stored, and from where */
static uint32_t stored_at[2];
static uint32_t stored_count[2];

static int store(void *ctx, uint64_t pa, const void *from, uint32_t bytes)
{
	(void)ctx;
	(void)from;
	/* Whole slots of the ring, and no more than one store may. */
	PROVE(pa >= ring.pa && (pa - ring.pa) % ITSG_CMD_BYTES == 0);
	PROVE(bytes != 0 && bytes % ITSG_CMD_BYTES == 0 && bytes <= ITSG_STORE_MAX);
	PROVE((pa - ring.pa + bytes) / ITSG_CMD_BYTES <= ring.slots);
	if (nondet_bool())
		return -1;
	if (stored < 2) {
		stored_at[stored] = (uint32_t)((pa - ring.pa) / ITSG_CMD_BYTES);
		stored_count[stored] = bytes / ITSG_CMD_BYTES;
	}
	stored++;
	return 0;
}

static uint64_t reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	(void)width;
	return offset == ITSG_GITS_CREADR ? creadr : nondet_u64();
}

static void reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	(void)width;
	if (offset == ITSG_GITS_CWRITER)
		cwriter = value;
}

static bool invariant(void)
{
	const uint64_t flight = ring.published - ring.scrubbed;

	return ring.slots >= 128 && ring.slots <= 2048 && ring.slots % 128 == 0 &&
	       ring.depth >= 2 && ring.depth < ring.slots && ring.scrubbed <= ring.passed &&
	       ring.passed <= ring.written && ring.written <= ring.published &&
	       ring.published >> 63 == 0 && flight <= ring.depth &&
	       ring.published - ring.written <= ITSG_RING_RUN && ring.scrub_slot < ring.slots &&
	       ring.free_slot < ring.slots && ring.pa >> 52 == 0 &&
	       ring.free_slot == (ring.scrub_slot + flight >= ring.slots
					  ? ring.scrub_slot + flight - ring.slots
					  : ring.scrub_slot + flight);
}

static void any_ring(void)
{
	platform.ops.store = store;
	platform.ops.reg_read = reg_read;
	platform.ops.reg_write = reg_write;
	ring.pa = nondet_u64();
	ring.slots = nondet_u32();
	ring.depth = nondet_u32();
	ring.scrub_slot = nondet_u32();
	ring.free_slot = nondet_u32();
	ring.scrubbed = nondet_u64();
	ring.passed = nondet_u64();
	ring.written = nondet_u64();
	ring.published = nondet_u64();
	ring.seen = nondet_u64();
	ring.lap_end = nondet_u64();
	ring.live = nondet_bool();
	ring.untold = nondet_bool();
	ring.stalled = nondet_bool();
	ring.told = nondet_bool();
	ring.broken = nondet_bool();
	GIVEN(invariant() && ring.published >> 62 == 0);
	creadr = nondet_u64();
}

/* Each number in flight has a slot of its own. */
void ring_offset(void)
{
	uint64_t a = nondet_u64(), b = nondet_u64();

	any_ring();
	GIVEN(a >= ring.scrubbed && a <= ring.published && b >= a && b <= ring.published);
	PROVE(itsg_ring_offset(&ring, a) < ring.slots * ITSG_CMD_BYTES);
	PROVE((itsg_ring_offset(&ring, a) == itsg_ring_offset(&ring, b)) == (a == b));
	PROVE(itsg_ring_offset(&ring, ring.published) == ring.free_slot * ITSG_CMD_BYTES);
	PROVE(itsg_ring_offset(&ring, ring.scrubbed) == ring.scrub_slot * ITSG_CMD_BYTES);
	REACHED(itsg_ring_offset(&ring, a) > itsg_ring_offset(&ring, b));
}

/* "Passed" moves only where hardware can have brought CREADR: never beyond what it was given (T10).
 */
void ring_observe(void)
{
	struct itsg_ring old;
	bool fine;

	any_ring();
	old = ring;
	fine = itsg_ring_observe(&ring);
	PROVE(invariant());
	PROVE(ring.scrubbed == old.scrubbed && ring.written == old.written);
	PROVE(ring.published == old.published && ring.passed >= old.passed);
	if (!fine || !old.live || old.broken)
		PROVE(ring.passed == old.passed && ring.stalled == old.stalled);
	if (fine && ring.passed != old.passed) {
		PROVE((creadr & ITSG_CREADR_OFFSET) == itsg_ring_offset(&ring, ring.passed));
		PROVE(ring.seen == creadr);
	}
	PROVE(!ring.stalled || ring.passed < ring.written || old.stalled);
	REACHED(!fine);
	REACHED(ring.passed == ring.written && ring.passed > old.passed + 100);
	REACHED(ring.stalled && !old.stalled);
}

/* Whatever there is room for is in flight then, and neither at the lap nor over what is not
 * scrubbed. */
void ring_room(void)
{
	struct itsg_ring old;
	const uint32_t count = nondet_u32();

	any_ring();
	GIVEN(count == 1 || count == 2);
	old = ring;
	if (itsg_ring_room(&ring, count)) {
		PROVE(ring.published - ring.scrubbed + count <= ring.depth);
		PROVE(ring.published - ring.written + count <= ITSG_RING_RUN);
		PROVE(ring.free_slot + count <= ring.slots - 1 && !itsg_ring_lapping(&ring));
	}
	PROVE(invariant() && ring.published == old.published && ring.passed == old.passed);
	PROVE(ring.written == old.written || ring.written == ring.published);
	REACHED(ring.written != old.written);
	REACHED(stored == 2);
}

/* What waits is stored where it belongs, all of it or none; CWRITER is behind what is stored (F3).
 */
void ring_write(void)
{
	struct itsg_ring old;
	uint32_t slot, count;
	bool told;

	any_ring();
	old = ring;
	slot = itsg_ring_offset(&ring, old.written) / ITSG_CMD_BYTES;
	count = (uint32_t)(old.published - old.written);
	told = itsg_ring_tell(&ring);
	PROVE(invariant() && ring.published == old.published && ring.passed == old.passed);
	PROVE(ring.written == old.written || ring.written == old.published);
	if (ring.written != old.written) {
		PROVE(stored_at[0] == slot && stored <= 2);
		PROVE(stored_count[0] + (stored == 2 ? stored_count[1] : 0) == count);
		PROVE(stored != 2 || (stored_at[1] == 0 && slot + stored_count[0] == ring.slots));
	}
	if (told)
		PROVE(cwriter == itsg_ring_offset(&ring, ring.written) && !ring.untold);
	PROVE(told || !old.untold);
	REACHED(told && stored == 2);
	REACHED(!told && stored == 1);
}

/* One command more, in the slot behind the others. */
void ring_publish(void)
{
	const struct itsg_words words = {{nondet_u64(), nondet_u64(), nondet_u64(), nondet_u64()}};
	struct itsg_ring old;
	uint32_t place;

	any_ring();
	GIVEN(ring.published - ring.scrubbed < ring.depth);
	GIVEN(ring.published - ring.written < ITSG_RING_RUN);
	old = ring;
	itsg_ring_publish(&ring, &words);
	PROVE(invariant() && ring.published == old.published + 1);
	PROVE(ring.written == old.written && ring.passed == old.passed &&
	      ring.scrubbed == old.scrubbed);
	PROVE(itsg_ring_offset(&ring, old.published) == old.free_slot * ITSG_CMD_BYTES);
	place = (uint32_t)(old.published - old.written) * ITSG_CMD_BYTES;
	PROVE(itsg_le64(ring.run + place) == words.dw[0] &&
	      itsg_le64(ring.run + place + 24) == words.dw[3]);
	REACHED(ring.free_slot == 0);
}

/* Only slots that hardware has passed are overwritten, the oldest first. */
void ring_scrub(void)
{
	struct itsg_ring old;

	any_ring();
	old = ring;
	if (itsg_ring_scrub(&ring)) {
		PROVE(!old.broken && stored == 1 && stored_at[0] == old.scrub_slot);
		PROVE(ring.scrubbed == old.scrubbed + stored_count[0] &&
		      ring.scrubbed <= old.passed);
		PROVE(ring.scrubbed > old.scrubbed);
	} else
		PROVE(ring.scrubbed == old.scrubbed && ring.scrub_slot == old.scrub_slot &&
		      stored == 0);
	PROVE(invariant() && ring.passed == old.passed && ring.published == old.published);
	REACHED(ring.scrub_slot == 0 && ring.scrubbed != old.scrubbed);
	REACHED(ring.scrubbed == old.scrubbed && old.passed != old.scrubbed && !old.broken);
}

/* The lap: its two SYNCs are the last slot and the first, with nothing else in flight, or neither.
 */
void ring_lap(void)
{
	struct itsg_ring old;
	uint32_t count;

	any_ring();
	GIVEN(itsg_ring_lap_due(&ring));
	old = ring;
	count = itsg_ring_lap(&ring, nondet_u64());
	PROVE(invariant() && ring.passed == old.passed && ring.scrubbed == old.scrubbed);
	PROVE(count <= 2 && ring.published == old.published + count);
	PROVE(count == 0 || ring.written == ring.published);
	if (count == 2) {
		PROVE(old.free_slot == ring.slots - 1 && old.passed == old.published);
		PROVE(ring.free_slot == 1 && ring.lap_end == ring.published);
		PROVE(itsg_ring_lapping(&ring));
	}
	if (count == 1)
		PROVE(old.free_slot == ring.slots - 2 && ring.lap_end == old.lap_end);
	if (count == 0)
		PROVE(ring.free_slot == old.free_slot && ring.lap_end == old.lap_end);
	REACHED(count == 2);
	REACHED(count == 0);
}
