/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "journal.h"

struct itsg_entry *itsg_journal_append(struct itsg_journal *journal)
{
	const struct itsg_entry empty = {ITSG_ENTRY_PUBLISHED,
					 1,
					 0,
					 false,
					 false,
					 false,
					 false,
					 false,
					 0,
					 0,
					 0,
					 0,
					 0,
					 {0, 0}};
	struct itsg_entry *entry = itsg_journal_at(journal, journal->count);

	*entry = empty;
	journal->count++;
	return entry;
}

/* Can the last entry take this one, too? */
static bool journal_goes_on(const struct itsg_journal *journal, uint64_t number,
			    uint32_t host_offset)
{
	const struct itsg_entry *last;

	if (journal->count == journal->foreign)
		return false;
	last = itsg_journal_at(journal, journal->count - 1);
	return last->state == ITSG_ENTRY_PUBLISHED && !last->own && !last->maps && !last->unmaps &&
	       last->count < ITSG_ENTRY_COMMANDS && last->number + last->count == number &&
	       itsg_journal_offset_of(last, number) == host_offset;
}

void itsg_journal_plain(struct itsg_journal *journal, uint64_t number, uint32_t host_offset)
{
	struct itsg_entry *entry;

	if (journal_goes_on(journal, number, host_offset)) {
		itsg_journal_at(journal, journal->count - 1)->count++;
		return;
	}
	entry = itsg_journal_append(journal);
	entry->number = number;
	entry->host_offset = host_offset;
}

void itsg_journal_remove_first(struct itsg_journal *journal)
{
	journal->first = journal->first + 1 == journal->capacity ? 0 : journal->first + 1;
	journal->count--;
	journal->gone++;
	if (journal->foreign > 0)
		journal->foreign--;
}

uint64_t itsg_journal_front(const struct itsg_journal *journal)
{
	return journal->gone;
}

/*
 * No walk, for a host can stall an ITS at will. Published entries stand in the order of their
 * numbers; those that are over stand before them and have passed; those that are owed one are last.
 */
struct itsg_entry *itsg_journal_find(const struct itsg_journal *journal, uint64_t number)
{
	const uint32_t end = journal->count - journal->owed;
	struct itsg_entry *entry;
	uint32_t low = 0;
	uint32_t high = end;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (itsg_journal_last_of(itsg_journal_at(journal, middle)) < number)
			low = middle + 1;
		else
			high = middle;
	}
	entry = low < end ? itsg_journal_at(journal, low) : NULL;
	return entry && entry->state == ITSG_ENTRY_PUBLISHED && entry->number <= number ? entry
											: NULL;
}

bool itsg_journal_unmapping(const struct itsg_journal *journal, uint32_t device_id)
{
	for (uint32_t i = 0; i < journal->count; i++) {
		const struct itsg_entry *entry = itsg_journal_at(journal, i);

		if (entry->drop.bytes && entry->device_id == device_id)
			return true;
	}
	return false;
}

uint32_t itsg_journal_offset_of(const struct itsg_entry *entry, uint64_t number)
{
	return entry->host_offset + (uint32_t)(number - entry->number) * ITSG_CMD_BYTES;
}

/* What is passed of an entry with several commands is over; the last one when the entry goes. */
bool itsg_journal_host_offset(const struct itsg_journal *journal, uint64_t passed, uint32_t *offset)
{
	const struct itsg_entry *entry;
	uint64_t number;

	if (journal->foreign == journal->count)
		return false;
	entry = itsg_journal_at(journal, journal->foreign);
	number = passed < itsg_journal_last_of(entry) ? passed : itsg_journal_last_of(entry);
	*offset =
		number > entry->number ? itsg_journal_offset_of(entry, number) : entry->host_offset;
	return true;
}

static uint32_t journal_index(const struct itsg_journal *journal, const struct itsg_entry *entry)
{
	const uint32_t slot = (uint32_t)(entry - journal->entries);

	return slot >= journal->first ? slot - journal->first
				      : slot + journal->capacity - journal->first;
}

bool itsg_journal_is_hosts(const struct itsg_journal *journal, const struct itsg_entry *entry)
{
	return !entry->own && journal_index(journal, entry) >= journal->foreign;
}

void itsg_journal_new_queue(struct itsg_journal *journal)
{
	journal->foreign = journal->count;
}

bool itsg_journal_is_latest(const struct itsg_journal *journal, const struct itsg_entry *entry)
{
	for (uint32_t i = journal_index(journal, entry) + 1; i < journal->count; i++) {
		const struct itsg_entry *later = itsg_journal_at(journal, i);

		if ((later->maps || later->unmaps) && later->device_id == entry->device_id)
			return false;
	}
	return true;
}
