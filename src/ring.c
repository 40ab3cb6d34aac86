/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The private command queue: the only one hardware ever sees.
 *
 * "Passed" is inferred from hardware's CREADR alone, and only where it lies between its last value
 * and CWRITER; never from time, never from having submitted (T10, P1).
 *
 * THE LAP. A loss of power, or firmware that restores CBASER, makes CREADR 0. So hardware never
 * stands at 0 for long, but for the beginning of a queue, when there is nothing to lose: the last
 * slot and the first one after it hold SYNCs of ours, given to hardware together and with nothing
 * else in flight, and hardware is not disabled before it has passed both (power.c, F4). Whoever
 * finds CREADR at 0 in hardware that is disabled knows that the queue began anew.
 */
#include "ring.h"

#include "hardware.h"

static uint32_t ring_wrap(const struct itsg_ring *ring, uint32_t slot)
{
	return slot >= ring->slots ? slot - ring->slots : slot;
}

uint32_t itsg_ring_offset(const struct itsg_ring *ring, uint64_t number)
{
	const uint32_t ahead = (uint32_t)(number - ring->scrubbed);

	return ring_wrap(ring, ring->scrub_slot + ahead) * ITSG_CMD_BYTES;
}

/* What one store writes: `count` commands from a slot on, not beyond the last slot. */
static bool ring_store(struct itsg_ring *ring, uint32_t slot, const uint8_t *raw, uint32_t count)
{
	return !ring->platform->ops.store(ring->platform->ctx,
					  ring->pa + (uint64_t)slot * ITSG_CMD_BYTES, raw,
					  count * ITSG_CMD_BYTES);
}

/* Of that many slots, those before the end of the ring. */
static uint32_t ring_in_row(const struct itsg_ring *ring, uint32_t slot, uint32_t count)
{
	return count < ring->slots - slot ? count : ring->slots - slot;
}

bool itsg_ring_write(struct itsg_ring *ring)
{
	const uint32_t slot = itsg_ring_offset(ring, ring->written) / ITSG_CMD_BYTES;
	const uint32_t count = (uint32_t)(ring->published - ring->written);
	const uint32_t row = ring_in_row(ring, slot, count);

	if (count == 0)
		return true;
	if (!ring_store(ring, slot, ring->run, row) ||
	    (row < count &&
	     !ring_store(ring, 0, ring->run + (size_t)row * ITSG_CMD_BYTES, count - row)))
		return false;
	ring->written = ring->published;
	ring->untold = true;
	return true;
}

void itsg_ring_publish(struct itsg_ring *ring, const struct itsg_words *words)
{
	const size_t place = (size_t)(ring->published - ring->written);

	itsg_words_write(words, ring->run + place * ITSG_CMD_BYTES);
	ring->published++;
	ring->free_slot = ring_wrap(ring, ring->free_slot + 1);
}

static void ring_write_cwriter(struct itsg_ring *ring, uint64_t retry)
{
	itsg_hw_write(ring->platform, ITSG_GITS_CWRITER,
		      itsg_ring_offset(ring, ring->written) | retry);
	ring->untold = false;
}

bool itsg_ring_hand_over(struct itsg_ring *ring)
{
	itsg_ring_write(ring);
	if (!ring->untold)
		return false;
	ring_write_cwriter(ring, 0);
	return true;
}

/* SYNCs that are due: one to fill up, or with nothing else in flight the two of the lap. */
static uint32_t ring_lap_commands(const struct itsg_ring *ring)
{
	if (!itsg_ring_at_lap(ring) || itsg_ring_lapping(ring))
		return 0;
	if (ring->free_slot + 1 < ring->slots)
		return 1;
	return ring->passed == ring->published ? 2 : 0;
}

bool itsg_ring_lap_due(const struct itsg_ring *ring)
{
	const uint32_t count = ring_lap_commands(ring);

	return count && ring->published - ring->scrubbed + count <= ring->depth;
}

static void ring_set_harmless(struct itsg_ring *ring, const struct itsg_words *words)
{
	for (uint32_t i = 0; i < ITSG_RING_RUN; i++)
		itsg_words_write(words, ring->harmless + (size_t)i * ITSG_CMD_BYTES);
}

/* Both SYNCs of a lap are stored, or neither is there: hardware never stands at 0 between them. */
uint32_t itsg_ring_lap(struct itsg_ring *ring, uint64_t rdbase)
{
	const struct itsg_words sync = itsg_words_sync(rdbase);
	const uint32_t count = ring_lap_commands(ring);
	const uint32_t slot = ring->free_slot;

	ring_set_harmless(ring, &sync);
	if (!itsg_ring_write(ring))
		return 0; /* tried again later */
	for (uint32_t i = 0; i < count; i++)
		itsg_ring_publish(ring, &sync);
	if (!itsg_ring_write(ring)) {
		ring->published = ring->written;
		ring->free_slot = slot;
		return 0;
	}
	if (count == 2)
		ring->lap_end = ring->published;
	return count;
}

bool itsg_ring_is_lap(const struct itsg_ring *ring, uint64_t number)
{
	const uint32_t slot = itsg_ring_offset(ring, number) / ITSG_CMD_BYTES;

	return slot == 0 || itsg_ring_is_end(ring, slot);
}

/* How many commands hardware has passed beyond `passed`, if CREADR is where it can be. */
static bool ring_progress(const struct itsg_ring *ring, uint64_t creadr, uint64_t *progress)
{
	const uint64_t slot = itsg_get(creadr, ITSG_CREADR_OFFSET);
	const uint64_t last = itsg_ring_offset(ring, ring->passed) / ITSG_CMD_BYTES;

	if (slot >= ring->slots)
		return false;
	*progress = slot >= last ? slot - last : slot + ring->slots - last;
	return *progress <= ring->written - ring->passed;
}

bool itsg_ring_observe(struct itsg_ring *ring)
{
	uint64_t creadr, progress;

	if (!ring->live || ring->broken)
		return true;
	creadr = itsg_hw_read(ring->platform, ITSG_GITS_CREADR);
	if (creadr == ring->seen && !ring->stalled && !(creadr & ITSG_CREADR_STALLED))
		return true;
	if (!ring_progress(ring, creadr, &progress))
		return false;
	ring->seen = creadr;
	ring->passed += progress;
	ring->stalled = (creadr & ITSG_CREADR_STALLED) && ring->passed < ring->written;
	ring->told = ring->told && ring->stalled && !progress;
	return true;
}

bool itsg_ring_overwrite(struct itsg_ring *ring)
{
	const uint64_t passed = ring->passed - ring->scrubbed;
	const uint32_t count = ring_in_row(
		ring, ring->scrub_slot, passed < ITSG_RING_RUN ? (uint32_t)passed : ITSG_RING_RUN);

	if (!ring_store(ring, ring->scrub_slot, ring->harmless, count))
		return false; /* the slots are not free yet; tried again later */
	ring->scrub_slot = ring_wrap(ring, ring->scrub_slot + count);
	ring->scrubbed += count;
	return true;
}

void itsg_ring_retry(struct itsg_ring *ring)
{
	ring->stalled = false;
	ring->told = false;
	ring_write_cwriter(ring, ITSG_CWRITER_RETRY);
}

bool itsg_ring_mend(struct itsg_ring *ring, const struct itsg_words *words)
{
	uint8_t raw[ITSG_CMD_BYTES];

	itsg_words_write(words, raw);
	if (!ring_store(ring, itsg_ring_offset(ring, ring->passed) / ITSG_CMD_BYTES, raw, 1))
		return false; /* tried again later */
	itsg_ring_retry(ring);
	return true;
}

/*
 * CBASER first: writing it sets CREADR to 0, and with Valid=0 nothing is fetched. CWRITER then
 * starts where CREADR does, lest old slots run again (LKML 2020).
 */
static void ring_clear_hardware(struct itsg_ring *ring)
{
	itsg_hw_write(ring->platform, ITSG_GITS_CBASER, 0);
	itsg_hw_write(ring->platform, ITSG_GITS_CWRITER, 0);
}

void itsg_ring_reset(struct itsg_ring *ring)
{
	ring_clear_hardware(ring);
	ring->passed = ring->published;
	ring->written = ring->published;
	ring->scrubbed = ring->published;
	ring->scrub_slot = 0;
	ring->free_slot = 0;
	ring->seen = 0;
	ring->lap_end = 0;
	ring->stalled = false;
	ring->told = false;
	ring->live = false;
	ring->filled = false;
}

static enum itsg_reason ring_fill(struct itsg_ring *ring, uint64_t rdbase)
{
	const struct itsg_words sync = itsg_words_sync(rdbase);

	if (ring->filled)
		return ITSG_OK;
	ring_set_harmless(ring, &sync);
	for (uint32_t slot = 0; slot < ring->slots; slot += ITSG_RING_RUN)
		if (!ring_store(ring, slot, ring->harmless, ITSG_RING_RUN))
			return ITSG_STORE_FAILED;
	ring->filled = true;
	return ITSG_OK;
}

/* The host's attributes, our address and size. */
static uint64_t ring_cbaser(const struct itsg_ring *ring, uint64_t like)
{
	const uint64_t attributes =
		ITSG_CBASER_INNER_CACHE | ITSG_CBASER_OUTER_CACHE | ITSG_CBASER_SHAREABILITY;

	return ITSG_CBASER_VALID | (like & attributes) | ring->pa |
	       itsg_put(ITSG_CBASER_SIZE, ring->slots * ITSG_CMD_BYTES / ITSG_QUEUE_PAGE - 1);
}

static bool ring_intact(const struct itsg_ring *ring)
{
	return itsg_hw_read(ring->platform, ITSG_GITS_CBASER) == ring->hw;
}

bool itsg_ring_restarted(const struct itsg_ring *ring)
{
	if (!ring_intact(ring))
		return true;
	return itsg_ring_offset(ring, ring->passed) != 0 &&
	       !(itsg_hw_read(ring->platform, ITSG_GITS_CREADR) & ITSG_CREADR_OFFSET);
}

bool itsg_ring_lost(const struct itsg_ring *ring)
{
	const uint64_t creadr = itsg_hw_read(ring->platform, ITSG_GITS_CREADR);
	const uint64_t cwriter = itsg_hw_read(ring->platform, ITSG_GITS_CWRITER);

	return !ring_intact(ring) ||
	       (creadr & ITSG_CREADR_OFFSET) != itsg_ring_offset(ring, ring->passed) ||
	       (cwriter & ITSG_CWRITER_OFFSET) != itsg_ring_offset(ring, ring->written);
}

enum itsg_reason itsg_ring_program(struct itsg_ring *ring, uint64_t like, uint64_t rdbase)
{
	const uint64_t must_keep = ITSG_CBASER_VALID | ITSG_CBASER_ADDRESS | ITSG_CBASER_SIZE;
	const uint64_t value = ring_cbaser(ring, like);
	enum itsg_reason reason = ring_fill(ring, rdbase);

	if (reason != ITSG_OK)
		return reason;
	itsg_hw_write(ring->platform, ITSG_GITS_CBASER, value);
	ring->hw = itsg_hw_read(ring->platform, ITSG_GITS_CBASER);
	if ((ring->hw & must_keep) != (value & must_keep) ||
	    itsg_hw_read(ring->platform, ITSG_GITS_CREADR) != 0) {
		ring_clear_hardware(ring);
		return ITSG_HARDWARE_MISMATCH;
	}
	itsg_hw_write(ring->platform, ITSG_GITS_CWRITER, 0);
	ring->live = true;
	return ITSG_OK;
}
