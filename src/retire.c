/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Retiring a table: what the host has given up is dropped if hardware is known to have forgotten
 * it, and kept for ever if not.
 *
 * Forgotten: Enabled=0, Quiescent=1, Valid=0 read back, and TYPER.INV=1 or the configuration says
 * so (GIC 4.5). Else a cached entry may still lead hardware to every page of the old table and to
 * every ITT it named.
 */
#include "retire.h"

#include "hardware.h"
#include "its_cmdq.h"
#include "power.h"
#include "settle.h"
#include "take.h"
#include "state.h"

#define WORDS_A_STEP   64u /* empty slots looked at in one step */
#define RECORDS_A_STEP 64u

static bool retire_clear_hardware(struct itsg_its *its, struct itsg_table *table)
{
	const uint32_t offset = itsg_table_offset(table);

	itsg_hw_write(&its->platform, offset, table->hw & ~ITSG_BASER_VALID);
	table->programmed = false;
	if (!(itsg_hw_read(&its->platform, offset) & ITSG_BASER_VALID))
		return !its->ring.broken;
	itsg_power_broken(its);
	return false;
}

/* Records go with the table that hardware found them in, and so does what is still published. */
static void retire_devices(struct itsg_its *its, bool forgotten)
{
	its->retiring.devices = true;
	its->retiring.forgotten = forgotten;
	its->retiring.reaped = 0;
	its->unmap_lost = false;
	if (forgotten)
		its->icids = 0;
	itsg_settle_retired(its, forgotten);
	itsg_ring_reset(&its->ring);
}

/*
 * What is published was judged by this table's size. By the next one's it may be wrong, and
 * hardware may do anything with a wrong command (GIC 2.5): it is given up. That goes for what is
 * passed, too, while it lies in its slot, from where firmware may let it run again (F13).
 */
static void retire_collections(struct itsg_its *its)
{
	if (its->ring.scrubbed == its->ring.published)
		return;
	itsg_settle_abandon(its);
	itsg_ring_reset(&its->ring);
}

void itsg_retire_table(struct itsg_its *its, struct itsg_table *table)
{
	const bool cleared = retire_clear_hardware(its, table);

	table->forgotten = cleared && itsg_facts_forgotten(&its->facts);
	itsg_take_give_back(&its->taking, ITSG_OK); /* what it was judged by is gone */
	its->head.level1_read = false; /* a word of the old level 1 says nothing about the next */
	table->dying = true;
	table->reaped = 0;
	its->retiring.tables++;
	if (table == its->device_table)
		retire_devices(its, table->forgotten);
	if (table == its->collection_table)
		retire_collections(its);
}

static bool retire_is_given_up(const struct itsg_table *table)
{
	return table->claimed && !table->dying && !(table->raw & ITSG_BASER_VALID);
}

void itsg_retire_note(struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		its->given_up = its->given_up || retire_is_given_up(&its->table[n]);
}

bool itsg_retire_given_up(struct itsg_its *its)
{
	if (!its->given_up || !itsg_power_settled(its))
		return false;
	its->given_up = false;
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (retire_is_given_up(&its->table[n]))
			itsg_retire_table(its, &its->table[n]);
	return true;
}

/* ---- reaping ---- */

static void reap_done(struct itsg_its *its, struct itsg_table *table)
{
	its->retiring.tables--;
	table->dying = false;
	table->claimed = false;
}

/* Goes in the steps that follow, or at once: a table may have thousands of pages. */
static void reap_drop(struct itsg_its *its, const struct itsg_run *run, enum itsg_kind kind)
{
	its->retiring.dropping.run = *run;
	its->retiring.dropping.kind = kind;
}

/* All of it, where no step bounds it. */
static bool reap_drop_all(struct itsg_its *its)
{
	struct itsg_dropping *dropping = &its->retiring.dropping;

	if (!dropping->run.bytes)
		return false;
	itsg_claim_drop(&its->platform, &dropping->run, dropping->kind);
	dropping->run.bytes = 0;
	return true;
}

static void reap_run(struct itsg_its *its, const struct itsg_run *run, enum itsg_kind kind,
		     bool forgotten)
{
	if (forgotten)
		reap_drop(its, run, kind);
	else
		itsg_kept_count(&its->kept, run);
}

static void reap_flat(struct itsg_its *its, struct itsg_table *table)
{
	const struct itsg_run run = itsg_table_run(table);

	if (table->forgotten)
		reap_drop(its, &run, ITSG_DONATED);
	else
		itsg_kept_add(&its->kept, &run);
	reap_done(its, table);
}

/* Hardware's level 1 is zero again before the page it named may go. */
static bool reap_level2(struct itsg_its *its, struct itsg_table *table, uint64_t index)
{
	const uint8_t zero[8] = {0, 0, 0, 0, 0, 0, 0, 0};
	const struct itsg_run run = {table->words[index] & ITSG_L1E_ADDRESS, table->geo.page_bytes};

	if (its->platform.ops.store(its->platform.ctx, table->mirror_pa + index * 8, zero,
				    sizeof(zero)))
		return false;
	itsg_table_set_word(table, index, 0);
	reap_run(its, &run, ITSG_DONATED, table->forgotten);
	return true;
}

/* As long as there are words: most tables have few, and all of those in front. */
static bool reap_two_level(struct itsg_its *its, struct itsg_table *table)
{
	const uint64_t words = table->filled ? table->mirror_bytes / 8 : table->reaped;
	const struct itsg_run run = itsg_table_run(table);

	for (uint32_t i = 0; i < WORDS_A_STEP && table->reaped < words; i++) {
		if (!table->words[table->reaped]) {
			table->reaped++;
			continue;
		}
		if (!reap_level2(its, table, table->reaped))
			return false; /* tried again later */
		table->reaped++;
		return true;
	}
	if (table->reaped < words)
		return true;
	/* Hardware walked the mirror; only the guard ever read the host's level 1. */
	reap_drop(its, &run, ITSG_SHARED);
	reap_done(its, table);
	return true;
}

/* Behind the records come ITTs that hardware would not let go of before it forgot them (F29). */
static void reap_kept_itts(struct itsg_its *its)
{
	const uint32_t end =
		its->devices.capacity + (its->retiring.forgotten ? its->kept.capacity : 0);

	for (uint32_t i = 0; i < RECORDS_A_STEP; i++) {
		const uint32_t at = its->retiring.reaped - its->devices.capacity;
		struct itsg_run run;

		if (its->retiring.reaped == end) {
			its->retiring.devices = false;
			return;
		}
		its->retiring.reaped++;
		if (!itsg_kept_take_itt(&its->kept, at, &run))
			continue;
		reap_drop(its, &run, itsg_facts_itt_kind(&its->facts));
		return;
	}
}

static void reap_devices(struct itsg_its *its)
{
	for (uint32_t i = 0; i < RECORDS_A_STEP; i++) {
		struct itsg_device *device;
		struct itsg_run run;

		if (its->retiring.reaped >= its->devices.capacity) {
			reap_kept_itts(its);
			return;
		}
		device = itsg_devices_at(&its->devices, its->retiring.reaped);
		if (!device) {
			its->retiring.reaped++;
			continue;
		}
		run = itsg_facts_itt_run(&its->facts, device);
		itsg_devices_remove(&its->devices, device);
		reap_run(its, &run, itsg_facts_itt_kind(&its->facts), its->retiring.forgotten);
		return;
	}
}

static bool reap_table(struct itsg_its *its, struct itsg_table *table)
{
	if (table->geo.two_level)
		return reap_two_level(its, table);
	reap_flat(its, table);
	return true;
}

bool itsg_retire_step(struct itsg_its *its)
{
	if (its->retiring.dropping.run.bytes) {
		itsg_claim_drop_part(&its->platform, &its->retiring.dropping.run,
				     its->retiring.dropping.kind);
		return true;
	}
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (its->table[n].dying)
			return reap_table(its, &its->table[n]);
	reap_devices(its);
	return true;
}

bool itsg_retire_finish(struct itsg_its *its)
{
	while (itsg_settle_step(its) || itsg_cmdq_give_back(its) || reap_drop_all(its) ||
	       (itsg_retire_pending(&its->retiring) && itsg_retire_step(its)))
		;
	return !itsg_retire_pending(&its->retiring);
}
