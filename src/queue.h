/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The way of a command: its_cmdq.c takes it from the host's queue, take.c claims what it needs, and
 * it is published in the private ring (ring.c); the journal (journal.c) keeps it until it is over;
 * barrier.c queues the SYNCs behind what releases memory. Each step does a bounded piece of work
 * and says whether it did any.
 */
#ifndef ITSGUARD_QUEUE_H
#define ITSGUARD_QUEUE_H

#include "state.h"

/* ---- ring.c: the private queue ---- */

/* Bytes of the ring before which a slot of this number lies. */
uint32_t itsg_ring_offset(const struct itsg_ring *ring, uint64_t number);

/* Are there so many free slots, one or two, for commands that hardware takes one after another? */
bool itsg_ring_room(const struct itsg_ring *ring, uint32_t count);

/* Stages a command: writes it into the next slot. Hardware has not been given it yet. */
enum itsg_reason itsg_ring_put(struct itsg_its *its, const uint8_t raw[ITSG_CMD_BYTES]);

/*
 * Overwrites what is staged. False: a store failed, and a slot still holds such a command; what it
 * names must not go, for firmware may let hardware run through the whole ring (F3).
 */
bool itsg_ring_unstage(struct itsg_its *its);

/*
 * What is staged is hardware's from here on: it cannot be taken back (T10). CWRITER moves at the
 * end of the call, once for all that it published.
 */
void itsg_ring_publish(struct itsg_its *its);

/* Writes CWRITER, if anything was published since it was written. */
void itsg_ring_tell(struct itsg_its *its);

/* Reads CREADR and Stalled, once. */
void itsg_ring_observe(struct itsg_its *its);

/* Has the ring come to its end, so that a SYNC of ours is due there? See ring.c. */
bool itsg_ring_lap_due(const struct itsg_ring *ring);

/* Step: does it, with redistributor number rd. False: a store failed. */
bool itsg_ring_lap(struct itsg_its *its, uint32_t rd);

/* Is hardware on its way through the last slot and the first? Nothing else is published then. */
bool itsg_ring_lapping(const struct itsg_ring *ring);

/* Of a SYNC of ours that is not passed: does it belong to a lap, and to no round of barriers? */
bool itsg_ring_is_lap(const struct itsg_ring *ring, uint64_t number);

/* Step: overwrites one passed slot with a harmless command. */
bool itsg_ring_scrub(struct itsg_its *its);

/* Overwrites the command hardware stalled at by another, and restarts it. False: no store. */
bool itsg_ring_mend(struct itsg_its *its, const uint8_t raw[ITSG_CMD_BYTES]);

/* Restarts a stalled queue at the command that failed. */
void itsg_ring_retry(struct itsg_its *its);

/* A harmless command: SYNC to redistributor number rd. */
void itsg_ring_sync(const struct itsg_its *its, uint32_t rd, uint8_t raw[ITSG_CMD_BYTES]);

/* Forgets all that is published; hardware must be quiescent. CBASER is cleared. */
void itsg_ring_reset(struct itsg_its *its);

/* Has hardware's queue begun anew? CBASER is not ours, or CREADR is 0 where it cannot be. */
bool itsg_ring_restarted(const struct itsg_its *its);

/* Has hardware's queue been reset, or moved while it was quiescent? For a live ring. */
bool itsg_ring_lost(const struct itsg_its *its);

/*
 * Gives the ring to hardware, full of SYNCs to redistributor number rd of which none is to run yet.
 * STORE_FAILED or HARDWARE_MISMATCH: CBASER stays clear.
 */
enum itsg_reason itsg_ring_program(struct itsg_its *its, uint32_t rd);

/* ---- journal.c: published commands that are not over ---- */

/* Is there room for so many more? */
bool itsg_journal_room(const struct itsg_journal *journal, uint32_t count);
struct itsg_entry *itsg_journal_at(const struct itsg_journal *journal, uint32_t index);

/* A new entry at the end, all zero. There must be room, and nothing owed. */
struct itsg_entry *itsg_journal_append(struct itsg_journal *journal);

/* Step: takes the first entry off if it is over, once its claims are dropped, a part in a step. */
bool itsg_journal_settle(struct itsg_its *its);

/* The host's command that is published under this ring number, or NULL. */
struct itsg_entry *itsg_journal_find(const struct itsg_its *its, uint64_t number);

/* Is an unmap of this DeviceID on its way that is not settled? */
bool itsg_journal_unmapping(const struct itsg_its *its, uint32_t device_id);

/*
 * The offset of the host's first command of this queue that is published and not over. The first
 * entry that is not foreign, found without a search: the host reads CREADR as often as it likes.
 */
bool itsg_journal_host_offset(const struct itsg_its *its, uint32_t *offset);

/* Is it a command of the host's present queue, and none of ours? Of an entry of the journal. */
bool itsg_journal_is_hosts(const struct itsg_its *its, const struct itsg_entry *entry);

/*
 * Hardware would not take an unmap that is not the host's any more, so it may go on using the
 * mapping (F14). No-op for other entries.
 */
void itsg_journal_unmap_failed(struct itsg_its *its, struct itsg_entry *entry);

/*
 * Hardware would not take a map that is not the host's any more, and an unmap of ours has taken its
 * slot: the device's record and its ITT go with that (F26).
 */
void itsg_journal_map_failed(struct itsg_its *its, struct itsg_entry *entry);

/* The host begins a queue: the entries that there are do not count in its CREADR any more. */
void itsg_journal_new_queue(struct itsg_its *its);

/*
 * The host gives up a stalled queue or its collection table, or hardware has lost its queue: what
 * was not passed will never be.
 * Each unpassed MAPD becomes a MAPD V=0 of ours, owed to the next queue; the rest vanishes.
 */
void itsg_journal_abandon(struct itsg_its *its);

/* The device table is retired: nothing published matters any more. */
void itsg_journal_retire(struct itsg_its *its, bool forgotten);

/* An entry's claim cannot be dropped: it is kept, and counted. */
void itsg_journal_keep(struct itsg_its *its, struct itsg_entry *entry);

/* ---- barrier.c: our SYNCs ---- */

/* A command with a drop was published: a round is owed behind it. */
void itsg_barrier_owe(struct itsg_its *its, struct itsg_entry *entry);

/* Begins the owed round. False if none is owed. */
bool itsg_barrier_begin(struct itsg_its *its);

/* Has a round begun that has not ended? No command is published before it has. */
bool itsg_barrier_under_way(const struct itsg_its *its);

/*
 * Step of a round that is under way: queues a SYNC, looks for who needs the next one, or tells some
 * of the entries that it covers where it ends. False if there is no room for a SYNC.
 */
bool itsg_barrier_step(struct itsg_its *its);

/* The first entry of the journal is gone. Matters while a round ends: the mark goes along. */
void itsg_barrier_entry_gone(struct itsg_its *its);

/*
 * Must reach this redistributor from now on; ITSG_NO_RD is ignored. It stays a target for good: a
 * retired collection table may be remembered, and collections may live in hardware (HCC).
 */
void itsg_barrier_target(struct itsg_its *its, uint32_t rd);

/*
 * Step: looks for a redistributor that a SYNC of ours may go to, whatever it is for: one that is
 * awake, and where one is awake that a collection has pointed to, one of those (F7). It is
 * barrier.courier if FOUND, and stays so until it sleeps.
 */
enum itsg_courier {
	ITSG_COURIER_FOUND,
	ITSG_COURIER_NOT_YET, /* there are more to look at */
	ITSG_COURIER_NONE     /* all sleep */
};
enum itsg_courier itsg_barrier_courier(struct itsg_its *its);

/* The courier has failed: another one is sought, if there is another. */
void itsg_barrier_next_courier(struct itsg_its *its);

/*
 * Step: the SYNC of ours with the number its->mend.number has failed, so what relies on its round
 * gets a new round, once; if that fails too it waits for quiescence. True when all of the journal
 * has been looked at. Hardware stands still meanwhile.
 */
bool itsg_barrier_void_step(struct itsg_its *its);

/* ---- take.c: what a plan claims ---- */

/* Nothing is taken yet of the plan that is going to be made. */
void itsg_take_begin(struct itsg_its *its);

/* Is all claimed that the plan wants? */
bool itsg_take_complete(const struct itsg_its *its);

/* Is anything claimed for it? */
bool itsg_take_holds(const struct itsg_its *its);

/*
 * Step: one part more, of a plan that is not complete. If it cannot be claimed, the reason; it is
 * then as if this step had not been taken.
 */
enum itsg_reason itsg_take_step(struct itsg_its *its);

/* Nothing more is taken; what is shall be given back. Nothing to do if nothing is under way. */
void itsg_take_give_back(struct itsg_its *its, enum itsg_reason refusal);

/* Step of ITSG_TAKING_BACK: gives back one part. True if nothing is left. */
bool itsg_take_back_step(struct itsg_its *its);

/*
 * A table is retired: what is being taken was judged by what is gone. What hardware may have run,
 * and named in that table, goes back as what was mapped does, or is kept (F32).
 */
void itsg_take_table_gone(struct itsg_its *its, const struct itsg_table *table);

/* ---- its_cmdq.c: the host's queue ---- */

/* Bytes of the host's queue, from its CBASER. */
uint32_t itsg_cmdq_bytes(const struct itsg_its *its);

/* Step: the next thing to do for the host's commands. */
bool itsg_cmdq_step(struct itsg_its *its);

/* Step: gives back what the command at the head had taken, in any state. False if nothing is to. */
bool itsg_cmdq_give_back(struct itsg_its *its);

/* Is a MAPD of this DeviceID past its rule, so that it will be published though not yet? */
bool itsg_cmdq_mapping(const struct itsg_its *its, uint32_t device_id);

/* The host wrote CWRITER.Retry. */
void itsg_cmdq_retry(struct itsg_its *its);

/* CREADR as the host sees it. */
uint64_t itsg_cmdq_creadr(const struct itsg_its *its);

/* The host wrote CBASER: its queue begins anew. */
void itsg_cmdq_restart(struct itsg_its *its);

#endif
