/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The journal (journal.h): any entries, wherever the first of them lies. */
#include "proof.h"

#include "journal.c"

#define CAPACITY 4

static struct itsg_entry entries[CAPACITY];
static struct itsg_journal journal = {.entries = entries, .capacity = CAPACITY};

/* The entry with this index, counted by hand. */
static struct itsg_entry *at(uint32_t index)
{
	return &entries[(journal.first + index) % CAPACITY];
}

/* Published ones in the order of their numbers, behind those that are over; the owed ones last. */
static bool invariant(void)
{
	uint32_t owed = 0;

	if (journal.first >= CAPACITY || journal.count > CAPACITY ||
	    journal.foreign > journal.count)
		return false;
	for (uint32_t i = 0; i < journal.count; i++) {
		const struct itsg_entry *entry = at(i);

		if (entry->count < 1 || entry->state > ITSG_ENTRY_OVER || entry->number >> 62)
			return false;
		owed += entry->state == ITSG_ENTRY_OWED ? 1 : 0;
		if (owed && entry->state != ITSG_ENTRY_OWED)
			return false;
		if (i > 0 && entry->state != ITSG_ENTRY_OWED &&
		    entry->number < at(i - 1)->number + at(i - 1)->count)
			return false;
	}
	return owed == journal.owed;
}

static void any_journal(void)
{
	journal.first = nondet_u32();
	journal.count = nondet_u32();
	journal.foreign = nondet_u32();
	journal.owed = nondet_u32();
	journal.gone = nondet_u64();
	for (uint32_t i = 0; i < CAPACITY; i++) {
		struct itsg_entry *entry = &entries[i];

		entry->state = nondet_u8();
		entry->count = nondet_u8();
		entry->own = nondet_bool();
		entry->maps = nondet_bool();
		entry->unmaps = nondet_bool();
		entry->device_id = nondet_u32();
		entry->host_offset = nondet_u32();
		entry->number = nondet_u64();
		entry->drop.bytes = nondet_u64();
	}
	GIVEN(journal.gone >> 62 == 0 && invariant());
}

/* The new one is the last, and empty; the others stay. */
void journal_append(void)
{
	const uint32_t index = nondet_u32();
	struct itsg_entry old, *entry;
	uint32_t count;

	any_journal();
	GIVEN(itsg_journal_room(&journal, 1) && journal.owed == 0 && index < journal.count);
	old = *at(index);
	count = journal.count;
	entry = itsg_journal_append(&journal);
	PROVE(entry == at(count) && journal.count == count + 1);
	PROVE(entry->state == ITSG_ENTRY_PUBLISHED && entry->count == 1 && entry->drop.bytes == 0);
	PROVE(!entry->own && !entry->maps && !entry->unmaps && !entry->covered && !entry->again);
	PROVE(at(index)->number == old.number && at(index)->device_id == old.device_id);
	REACHED(entry == &entries[0] && count == CAPACITY - 1);
}

/* A plain command is of the last entry if it is just behind it in both queues; or of a new one. */
void journal_plain(void)
{
	const uint64_t number = nondet_u64();
	const uint32_t offset = nondet_u32();
	const struct itsg_entry *entry;
	uint32_t count, commands = 0;

	any_journal();
	GIVEN(itsg_journal_room(&journal, 1) && journal.owed == 0 && number >> 61 == 0);
	count = journal.count;
	if (count) {
		GIVEN(number >= at(count - 1)->number + at(count - 1)->count);
		commands = at(count - 1)->count;
	}
	itsg_journal_plain(&journal, number, offset);
	PROVE(journal.count == count || journal.count == count + 1);
	PROVE(invariant());
	entry = at(journal.count - 1);
	PROVE(itsg_journal_last_of(entry) == number &&
	      itsg_journal_offset_of(entry, number) == offset);
	PROVE(itsg_journal_find(&journal, number) == entry);
	PROVE(itsg_journal_is_hosts(&journal, entry));
	if (journal.count == count) {
		PROVE(entry->count == commands + 1 && !entry->own && !entry->maps &&
		      !entry->unmaps);
		PROVE(count > journal.foreign);
	}
	REACHED(journal.count == count && entry->count == 255);
	REACHED(journal.count == count + 1 && count == journal.foreign && count != 0);
}

/* Found is the published entry that a number is of, and no other. */
void journal_find(void)
{
	const uint64_t number = nondet_u64();
	const struct itsg_entry *found, *want = NULL;

	any_journal();
	for (uint32_t i = 0; i < journal.count; i++)
		if (at(i)->state == ITSG_ENTRY_PUBLISHED && number >= at(i)->number &&
		    number - at(i)->number < at(i)->count)
			want = at(i);
	found = itsg_journal_find(&journal, number);
	PROVE(found == want);
	REACHED(found == &entries[1] && journal.first == 3 && journal.count == 4);
	REACHED(!found && journal.count == 4);
}

/* The first one goes, and all others are where they were, one place further in front. */
void journal_remove(void)
{
	const uint32_t index = nondet_u32();
	const struct itsg_entry *entry;
	uint64_t gone;
	uint32_t count, foreign;

	any_journal();
	GIVEN(index < journal.count && index > 0 && journal.count > journal.owed);
	entry = at(index);
	gone = journal.gone;
	count = journal.count;
	foreign = journal.foreign;
	itsg_journal_remove_first(&journal);
	PROVE(invariant() && journal.count == count - 1);
	PROVE(itsg_journal_at(&journal, index - 1) == entry && at(index - 1) == entry);
	PROVE(itsg_journal_front(&journal) == gone + 1);
	PROVE(journal.foreign == (foreign ? foreign - 1 : 0));
	REACHED(journal.first == 0);
}

/* A walk sees each entry once, however many go from the front meanwhile. */
void journal_walk(void)
{
	uint64_t place, start;
	const struct itsg_entry *entry;

	any_journal();
	place = nondet_u64();
	start = place > journal.gone ? place : journal.gone;
	entry = itsg_journal_next(&journal, &place);
	PROVE((entry == NULL) == (start >= journal.gone + journal.count));
	REACHED(entry == NULL && journal.count != 0);
	GIVEN(entry != NULL);
	PROVE(entry == at((uint32_t)(start - journal.gone)) && place == start + 1);
	REACHED(entry == &entries[0] && journal.first != 0);
}

/* The host's CREADR is at its first command that is not over; at none if all are. */
void journal_host_offset(void)
{
	const uint64_t passed = nondet_u64();
	const struct itsg_entry *entry;
	uint32_t offset = 1;
	uint64_t number;

	any_journal();
	PROVE(itsg_journal_host_offset(&journal, passed, &offset) ==
	      (journal.foreign < journal.count));
	GIVEN(journal.foreign < journal.count);
	entry = at(journal.foreign);
	number = passed < entry->number ? entry->number : passed;
	if (number > entry->number + entry->count - 1)
		number = entry->number + entry->count - 1;
	PROVE(offset == entry->host_offset + (uint32_t)(number - entry->number) * 32);
	REACHED(offset == entry->host_offset + 254 * 32);
}
