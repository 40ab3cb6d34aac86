/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The private command queue, the only one that hardware ever sees. */
#ifndef ITSGUARD_RING_H
#define ITSGUARD_RING_H

#include "platform.h"
#include "words.h"

/*
 * Slots that are written by one store: published commands on their way there, or slots that are
 * overwritten.
 */
#define ITSG_RING_RUN (ITSG_STORE_MAX / ITSG_CMD_BYTES)

/*
 * The private ring that hardware reads. Commands are numbered from init on, for ever:
 *
 *   scrubbed <= passed <= written <= published
 *
 * [written, published) wait in `run` to be stored into their slots, all of them by one store and at
 * the end of the call at the latest; where that fails, in the next one. [passed, written) may be
 * executed at any moment. [scrubbed, passed) are done but still lie in their slots, where a
 * firmware that replays the ring would find them (LKML 2020): so nothing that they name is given
 * back before they are overwritten (F2). No slot ever holds what was not published (F3, F31, F32).
 */
struct itsg_ring {
	const struct itsg_platform *platform; /* whose memory and registers */
	uint64_t pa;
	uint32_t slots;
	uint32_t depth;      /* the most commands between scrubbed and published */
	uint32_t scrub_slot; /* slot of number `scrubbed` */
	uint32_t free_slot;  /* slot of number `published` */
	uint64_t scrubbed;
	uint64_t passed;
	uint64_t written;
	uint64_t published;
	uint64_t seen;    /* CREADR, where it was when `passed` was found out */
	uint64_t lap_end; /* a lap is in flight until hardware has passed up to here; see ring.c */
	uint64_t hw;      /* CBASER as the guard wrote it */
	bool live;        /* hardware has it */
	bool untold;      /* within a call: CWRITER is behind `written` */
	bool filled;      /* every slot not in flight holds a harmless command */
	bool stalled;     /* CREADR.Stalled, at number `passed` */
	bool told;        /* of that stall: the platform was */
	bool broken;      /* hardware moved CREADR where it cannot be: nothing counts any more */

	/* The bytes of [written, published). */
	uint8_t run[ITSG_RING_RUN * ITSG_CMD_BYTES];
	/* What empty slots hold: a SYNC of ours, to a redistributor that was awake lately. */
	uint8_t harmless[ITSG_RING_RUN * ITSG_CMD_BYTES];
};

/* Bytes of the ring before which a slot of this number lies. */
uint32_t itsg_ring_offset(const struct itsg_ring *ring, uint64_t number);

/* Is hardware on its way through the last slot and the first? Nothing else is published then. */
static inline bool itsg_ring_lapping(const struct itsg_ring *ring)
{
	return ring->passed < ring->lap_end;
}

/*
 * Is this one of the slots at the end that hold SYNCs of a lap only: the last, or the one before
 * it? So no pair is ever parted.
 */
static inline bool itsg_ring_is_end(const struct itsg_ring *ring, uint32_t slot)
{
	return slot + 2 >= ring->slots;
}

/* Is one of those next? */
static inline bool itsg_ring_at_lap(const struct itsg_ring *ring)
{
	return itsg_ring_is_end(ring, ring->free_slot);
}

/* Stores what waits to be stored. False: a store failed, and all of it is stored again later. */
bool itsg_ring_write(struct itsg_ring *ring);

/*
 * Is there room for so many commands, one or two, that hardware takes one after another? Stores
 * those that wait, if they are in the way.
 */
static inline bool itsg_ring_room(struct itsg_ring *ring, uint32_t count)
{
	if (ring->published - ring->scrubbed + count > ring->depth || itsg_ring_at_lap(ring) ||
	    itsg_ring_lapping(ring))
		return false;
	return ring->published - ring->written + count <= ITSG_RING_RUN || itsg_ring_write(ring);
}

/*
 * Publishes a command, for which there must be room: it is hardware's from here on and cannot be
 * taken back (T10).
 */
void itsg_ring_publish(struct itsg_ring *ring, const struct itsg_words *words);

/*
 * Stores what waits, and writes CWRITER: at the end of a call, once for all that it published. Was
 * hardware told anything?
 */
bool itsg_ring_hand_over(struct itsg_ring *ring);
static inline bool itsg_ring_tell(struct itsg_ring *ring)
{
	return (ring->untold || ring->written != ring->published) && itsg_ring_hand_over(ring);
}

/* Reads CREADR and Stalled, once. False: CREADR is where hardware cannot have brought it. */
bool itsg_ring_observe(struct itsg_ring *ring);

/* Has the ring come to its end, so that a SYNC of ours is due there? See ring.c. */
bool itsg_ring_lap_due(const struct itsg_ring *ring);

/* Step: does it, with SYNCs to rdbase. How many hardware was given; 0: a store failed. */
uint32_t itsg_ring_lap(struct itsg_ring *ring, uint64_t rdbase);

/* Of a SYNC of ours that is not passed: does it belong to a lap, and to no round of barriers? */
bool itsg_ring_is_lap(const struct itsg_ring *ring, uint64_t number);

/* Step: overwrites passed slots, as many as one store may, with a harmless command. */
bool itsg_ring_overwrite(struct itsg_ring *ring);
static inline bool itsg_ring_scrub(struct itsg_ring *ring)
{
	return ring->scrubbed != ring->passed && !ring->broken && itsg_ring_overwrite(ring);
}

/* Overwrites the command hardware stalled at by another, and restarts it. False: no store. */
bool itsg_ring_mend(struct itsg_ring *ring, const struct itsg_words *words);

/* Restarts a stalled queue at the command that failed. */
void itsg_ring_retry(struct itsg_ring *ring);

/* Forgets all that is published; hardware must be quiescent. CBASER is cleared. */
void itsg_ring_reset(struct itsg_ring *ring);

/* Has hardware's queue begun anew? CBASER is not ours, or CREADR is 0 where it cannot be. */
bool itsg_ring_restarted(const struct itsg_ring *ring);

/* Has hardware's queue been reset, or moved while it was quiescent? For a live ring. */
bool itsg_ring_lost(const struct itsg_ring *ring);

/*
 * Gives the ring to hardware, full of SYNCs to rdbase of which none is to run yet; with the memory
 * attributes of the CBASER value `like`. STORE_FAILED or HARDWARE_MISMATCH: CBASER stays clear.
 */
enum itsg_reason itsg_ring_program(struct itsg_ring *ring, uint64_t like, uint64_t rdbase);

#endif
