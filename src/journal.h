/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The journal of published commands that are not over yet. An entry goes from the front only, so
 * the host sees its commands end in order.
 */
#ifndef ITSGUARD_JOURNAL_H
#define ITSGUARD_JOURNAL_H

#include "itsguard/cmd.h"
#include "itsguard/env.h"
#include "itsguard/pages.h"

#define ITSG_NO_BARRIER     (~(uint64_t)0) /* only quiescence settles this entry */
#define ITSG_ENTRY_COMMANDS 255u           /* that one entry may be of */

enum itsg_entry_state {
	ITSG_ENTRY_PUBLISHED,
	ITSG_ENTRY_OWED, /* our own MAPD V=0, to be published in the next queue */
	ITSG_ENTRY_OVER, /* hardware has let go */
};

/*
 * Of an unmap: what is unmapped lies all in what the next command maps. Nothing is released, but
 * hardware is on its way there for redistributors that must not sleep meanwhile (F7).
 */
#define ITSG_UNMAPS_INSIDE 2u

/*
 * A published command that is not over; or several of the host's, one behind the other in its queue
 * and in ours, if they claim and release nothing.
 */
struct itsg_entry {
	uint8_t state; /* enum itsg_entry_state */
	uint8_t count; /* commands, 1 to ITSG_ENTRY_COMMANDS */
	uint8_t size;  /* EventID bits minus one, of an unmap */
	/* Truths, a byte each: a bool of the platform's may have four. */
	uint8_t own;          /* the guard's own, no command of the host's */
	uint8_t maps;         /* MAPD V=1 */
	uint8_t unmaps;       /* MAPD V=0; it may be ITSG_UNMAPS_INSIDE */
	uint8_t covered;      /* by the barrier round that is owed, being queued or ending */
	uint8_t again;        /* its round failed once already */
	uint32_t device_id;   /* of a MAPD */
	uint32_t host_offset; /* of the first */
	uint64_t number;      /* in the ring, of the first */
	uint64_t barrier;     /* its SYNCs are behind it up to this number; 0: not all yet */
	uint64_t begun;       /* and from this one on */
	struct itsg_run drop; /* bytes 0: none */
};

/* Ring of entries in the order of publication; the owed ones are the last. */
struct itsg_journal {
	struct itsg_entry *entries;
	uint32_t capacity;
	uint32_t first;
	uint32_t count;
	uint64_t gone;    /* entries that have been taken off the front, ever */
	uint32_t owed;    /* entries in state OWED */
	uint32_t drops;   /* entries that wait for a round, and go on waiting */
	uint32_t foreign; /* entries at the front that are not of the host's present queue */
};

/* Is it over only when a round of SYNCs behind it is passed? */
static inline bool itsg_entry_waits(const struct itsg_entry *entry)
{
	return entry->drop.bytes || entry->unmaps == ITSG_UNMAPS_INSIDE;
}

/* Is there room for so many more? */
static inline bool itsg_journal_room(const struct itsg_journal *journal, uint32_t count)
{
	return count <= journal->capacity - journal->count;
}

/* Entry number index, from the front. */
static inline struct itsg_entry *itsg_journal_at(const struct itsg_journal *journal, uint32_t index)
{
	uint32_t slot = journal->first + index;

	if (slot >= journal->capacity)
		slot -= journal->capacity;
	return &journal->entries[slot];
}

/* The ring number of its last command. */
static inline uint64_t itsg_journal_last_of(const struct itsg_entry *entry)
{
	return entry->number + entry->count - 1;
}

/* A new entry at the end, of one command, else all zero. There must be room, and nothing owed. */
struct itsg_entry *itsg_journal_append(struct itsg_journal *journal);

/*
 * A command of the host's that claims and releases nothing is published as this number. The last
 * entry takes it, if it is just behind that; else a new one, for which there must be room.
 */
void itsg_journal_plain(struct itsg_journal *journal, uint64_t number, uint32_t host_offset);

/* Takes the first entry off. */
void itsg_journal_remove_first(struct itsg_journal *journal);

/* The place of the first entry. */
uint64_t itsg_journal_front(const struct itsg_journal *journal);

/* Is the end of the journal there? */
static inline bool itsg_journal_at_end(const struct itsg_journal *journal, uint64_t place)
{
	return place >= journal->gone + journal->count;
}

/*
 * A walk along the journal in steps: *place counts entries from init on, so that it stays where it
 * is while the first ones go. NULL at the end; else *place is behind the entry.
 */
static inline struct itsg_entry *itsg_journal_next(const struct itsg_journal *journal,
						   uint64_t *place)
{
	if (*place < journal->gone)
		*place = journal->gone;
	if (itsg_journal_at_end(journal, *place))
		return NULL;
	return itsg_journal_at(journal, (uint32_t)((*place)++ - journal->gone));
}

/* The entry with the command that is published under this ring number, or NULL. */
struct itsg_entry *itsg_journal_find(const struct itsg_journal *journal, uint64_t number);

/* Is an unmap of this DeviceID on its way that is not settled? */
bool itsg_journal_unmapping(const struct itsg_journal *journal, uint32_t device_id);

/* Where in the host's queue the command of an entry is that has this ring number. */
uint32_t itsg_journal_offset_of(const struct itsg_entry *entry, uint64_t number);

/*
 * The offset of the host's first command of this queue that is published and not over; `passed` are
 * the ring numbers that hardware has. In the first entry that is not foreign, found without a
 * search: the host reads CREADR as often as it likes.
 */
bool itsg_journal_host_offset(const struct itsg_journal *journal, uint64_t passed,
			      uint32_t *offset);

/* Is it a command of the host's present queue, and none of ours? Of an entry of the journal. */
bool itsg_journal_is_hosts(const struct itsg_journal *journal, const struct itsg_entry *entry);

/* Does no later entry map or unmap the same device? */
bool itsg_journal_is_latest(const struct itsg_journal *journal, const struct itsg_entry *entry);

/* The host begins a queue: the entries that there are do not count in its CREADR any more. */
void itsg_journal_new_queue(struct itsg_journal *journal);

#endif
