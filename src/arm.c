/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Arming: CTLR.Enabled goes from 0 to 1.
 *
 * The ITS may read a table from the moment Valid is set, even while disabled (GIC 4.2). So
 * memory is claimed and zeroed before any Valid; and until the first Valid everything can be
 * undone.
 */
#include "arm.h"

#include "hardware.h"
#include "log.h"
#include "noinline.h"
#include "its_cmdq.h"
#include "power.h"
#include "retire.h"
#include "settle.h"
#include "take.h"
#include "state.h"

/* Where an arming is, for the log if it is refused: BASER n, or */
enum arm_at {
	ARM_AT_CBASER = ITSG_BASERS,
	ARM_AT_CWRITER,
	ARM_AT_PRIVATE, /* CBASER of hardware's, which names the private queue */
	ARM_AT_NOTHING,
};

/* What this arming has added so far, to be undone if it fails. Bit n: BASER n. */
struct arming {
	uint32_t taken;   /* claimed */
	uint32_t revived; /* claimed since an earlier arming, and kept */
	bool queue;
	uint8_t at;       /* number of a BASER, or enum arm_at */
	uint32_t written; /* hardware's register changed, Valid=0 */
	uint64_t before[ITSG_BASERS];
};

static bool arm_host_valid(const struct itsg_table *table)
{
	return table->type && (table->raw & ITSG_BASER_VALID);
}

/* ---- check: no side effects ---- */

/* A table that the ITS needs. */
static bool arm_is_there(const struct itsg_table *table, struct arming *arming)
{
	arming->at = table ? table->number : ARM_AT_NOTHING;
	return table && arm_host_valid(table);
}

static enum itsg_reason arm_check_complete(const struct itsg_its *its, struct arming *arming)
{
	arming->at = ARM_AT_CBASER;
	if (!(its->host.raw & ITSG_CBASER_VALID))
		return ITSG_ENABLE_INCOMPLETE;
	if (!arm_is_there(its->device_table, arming))
		return ITSG_ENABLE_INCOMPLETE;
	/* Collections may all be held in hardware (P17). */
	if (its->facts.typer.hcc == 0 && !arm_is_there(its->collection_table, arming))
		return ITSG_ENABLE_INCOMPLETE;
	return ITSG_OK;
}

static enum itsg_reason arm_check_queue(const struct itsg_its *its, struct arming *arming)
{
	const uint64_t pa = its->host.raw & ITSG_CBASER_ADDRESS;

	arming->at = ARM_AT_CWRITER;
	if (its->host.cwriter >= itsg_cmdq_bytes(its))
		return ITSG_CWRITER_RANGE;
	arming->at = ARM_AT_CBASER;
	if ((its->host.raw & ITSG_CBASER_UNALIGNED) ||
	    pa + itsg_cmdq_bytes(its) > its->facts.pa_end)
		return ITSG_QUEUE_ADDRESS;
	return ITSG_OK;
}

static ITSG_NOINLINE enum itsg_reason arm_check_table(const struct itsg_its *its,
						      const struct itsg_table *table)
{
	struct itsg_geometry geo;

	if (!arm_host_valid(table))
		return ITSG_OK;
	itsg_geometry_decode(itsg_table_visible(table), &geo);
	/* The reserved code, whatever hardware makes of it; or no code that hardware offers. */
	if (itsg_get(table->raw, ITSG_BASER_PAGE_SIZE) > ITSG_BASER_PAGE_64K ||
	    geo.page_code > ITSG_BASER_PAGE_64K)
		return ITSG_TABLE_PAGE_SIZE;
	return itsg_geometry_check(&geo, its->facts.pa_end, its->facts.config.table_pages);
}

/*
 * What hardware is given must lead it to where it is meant to. Pages below 64 KB have 48 bits of
 * address: init offers no two levels where the mirror lies beyond (F1), so this never refuses.
 */
static bool arm_leads_to(uint64_t value, uint64_t pa)
{
	struct itsg_geometry geo;

	itsg_geometry_decode(value, &geo);
	return geo.pa == pa;
}

/* Will the table be another one than hardware has? */
static bool arm_is_replaced(const struct itsg_its *its, const struct itsg_table *table)
{
	return table->claimed && !table->dying &&
	       (its->power.doubted || itsg_table_visible(table) != table->armed);
}

/* ITT entries go with the device table that leads to them, if hardware forgets it (F12). */
static bool arm_forgets_itts(const struct itsg_its *its)
{
	return arm_is_replaced(its, its->device_table) && itsg_facts_forgotten(&its->facts);
}

/*
 * ITT entries name collections of before: hardware that trusts them would read beyond a table that
 * has become smaller.
 */
static ITSG_NOINLINE enum itsg_reason arm_check_collections(const struct itsg_its *its)
{
	struct itsg_geometry geo;
	uint64_t capacity = 0;

	if (its->collection_table && arm_host_valid(its->collection_table)) {
		itsg_geometry_decode(itsg_table_visible(its->collection_table), &geo);
		capacity = geo.capacity;
	}
	if (itsg_collections(&its->facts.typer, capacity) >= its->icids || arm_forgets_itts(its))
		return ITSG_OK;
	return ITSG_TABLE_SIZE;
}

static enum itsg_reason arm_check(const struct itsg_its *its, struct arming *arming)
{
	enum itsg_reason reason = arm_check_complete(its, arming);

	if (reason == ITSG_OK)
		reason = arm_check_queue(its, arming);
	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++) {
		arming->at = (uint8_t)n;
		reason = arm_check_table(its, &its->table[n]);
	}
	if (reason != ITSG_OK)
		return reason;
	arming->at = its->collection_table ? its->collection_table->number : ARM_AT_NOTHING;
	return arm_check_collections(its);
}

/* ---- what hardware still has ---- */

static bool arm_table_lost(const struct itsg_its *its, const struct itsg_table *table)
{
	const uint64_t now = itsg_hw_read(&its->platform, itsg_table_offset(table));

	return table->programmed && ((now ^ table->hw) & ITSG_BASER_WRITTEN);
}

static void arm_retire_all(struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (its->table[n].claimed && !its->table[n].dying)
			itsg_retire_table(its, &its->table[n]);
}

/*
 * Power was lost, or firmware has restored something of its own. If hardware was quiescent after
 * its last command, all that it knew is in its tables, in memory that only hardware and the guard
 * can write: they are given back to it as they are. If not, they may lack what was cached, and
 * hardware must begin anew. What was published and not passed is gone in either case.
 */
static void arm_after_reset(struct itsg_its *its)
{
	bool lost = its->ring.live && (its->power.lost || itsg_ring_lost(&its->ring));

	its->power.lost = false;
	if (its->power.doubted) {
		its->power.doubted = false;
		arm_retire_all(its);
		return;
	}
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		lost = lost || arm_table_lost(its, &its->table[n]);
	if (!lost)
		return;
	/* Where firmware restored our own value the table is in use: Valid is not touched again. */
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (arm_table_lost(its, &its->table[n]))
			its->table[n].programmed = false;
	itsg_take_give_back(&its->taking,
			    ITSG_OK); /* it was judged by records that go with what is gone */
	itsg_settle_abandon(its);
	itsg_ring_reset(&its->ring);
}

/* Registers that the guard does not use: firmware may have put a table of its own there. */
static ITSG_NOINLINE enum itsg_reason arm_clear_foreign(struct itsg_its *its, struct arming *arming)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		const uint32_t offset = ITSG_GITS_BASER + n * 8;
		const uint64_t now = itsg_hw_read(&its->platform, offset);

		arming->at = (uint8_t)n;
		if (its->table[n].programmed || !(now & ITSG_BASER_VALID))
			continue;
		itsg_hw_write(&its->platform, offset, now & ~ITSG_BASER_VALID);
		if (itsg_hw_read(&its->platform, offset) & ITSG_BASER_VALID)
			return ITSG_HARDWARE_MISMATCH;
	}
	return ITSG_OK;
}

/* Tables that the host has replaced since go first: their memory may be wanted again. */
static enum itsg_reason arm_retire(struct itsg_its *its, struct arming *arming)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		if (arm_is_replaced(its, &its->table[n]))
			itsg_retire_table(its, &its->table[n]);
	}
	its->given_up = false;
	if (itsg_retire_finish(its))
		return ITSG_OK;
	/* A word of the copy of its level 1 could not be cleared. */
	for (arming->at = 0; arming->at < ITSG_BASERS - 1; arming->at++)
		if (its->table[arming->at].dying)
			break;
	return ITSG_STORE_FAILED;
}

/* ---- claim ---- */

static struct itsg_take arm_table_take(const struct itsg_table *table)
{
	struct itsg_take take;

	take.run = itsg_table_run(table);
	take.kind = table->geo.two_level ? ITSG_SHARED : ITSG_DONATED;
	take.overlap = ITSG_TABLE_OVERLAP;
	return take;
}

static enum itsg_reason arm_claim_queue(struct itsg_its *its, struct arming *arming)
{
	const struct itsg_run run = {its->host.raw & ITSG_CBASER_ADDRESS, itsg_cmdq_bytes(its)};
	enum itsg_reason reason;

	arming->at = ARM_AT_CBASER;
	if (its->host.claim.run.bytes)
		return ITSG_OK;
	reason = itsg_host_queue_take(&its->platform, &its->host.claim, &run);
	arming->queue = reason == ITSG_OK;
	return reason;
}

static enum itsg_reason arm_claim_table(struct itsg_its *its, uint32_t n, struct arming *arming)
{
	struct itsg_table *table = &its->table[n];
	struct itsg_take take;
	enum itsg_reason reason;

	arming->at = (uint8_t)n;
	if (!arm_host_valid(table) || table->claimed)
		return ITSG_OK;
	itsg_geometry_decode(itsg_table_visible(table), &table->geo);
	take = arm_table_take(table);
	if (take.kind == ITSG_DONATED && itsg_kept_revive(&its->kept, &take.run)) {
		arming->revived |= (uint32_t)1 << n;
	} else {
		reason = itsg_claim_take(&its->platform, &take);
		if (reason != ITSG_OK)
			return reason;
		arming->taken |= (uint32_t)1 << n;
	}
	table->claimed = true;
	table->armed = itsg_table_visible(table);
	return ITSG_OK;
}

static bool arm_is_new(const struct arming *arming, uint32_t n)
{
	return ((arming->taken | arming->revived) >> n & 1) != 0;
}

/* Whatever the host left in a flat table would be entries (P2). */
static ITSG_NOINLINE enum itsg_reason arm_zero(struct itsg_its *its, struct arming *arming)
{
	enum itsg_reason reason = ITSG_OK;

	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++) {
		const struct itsg_take take = arm_table_take(&its->table[n]);

		arming->at = (uint8_t)n;
		if (arm_is_new(arming, n))
			reason = itsg_claim_zero(&its->platform, &take);
	}
	return reason;
}

static enum itsg_reason arm_claim(struct itsg_its *its, struct arming *arming)
{
	enum itsg_reason reason = arm_claim_queue(its, arming);

	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++)
		reason = arm_claim_table(its, n, arming);
	return reason == ITSG_OK ? arm_zero(its, arming) : reason;
}

static ITSG_NOINLINE void arm_undo_table(struct itsg_its *its, uint32_t n,
					 const struct arming *arming)
{
	struct itsg_table *table = &its->table[n];
	const struct itsg_take take = arm_table_take(table);

	if (arming->written >> n & 1)
		itsg_hw_write(&its->platform, itsg_table_offset(table),
			      arming->before[n] & ~ITSG_BASER_VALID);
	if (arming->revived >> n & 1)
		itsg_kept_add(&its->kept, &take.run);
	if (arming->taken >> n & 1)
		itsg_claim_undo(&its->platform, &take);
	if (arm_is_new(arming, n))
		table->claimed = false;
}

static void arm_undo(struct itsg_its *its, const struct arming *arming)
{
	for (uint32_t n = ITSG_BASERS; n > 0; n--)
		arm_undo_table(its, n - 1, arming);
	if (arming->queue)
		itsg_host_queue_drop(&its->platform, &its->host.claim);
}

/* ---- hardware ---- */

/* A flat table is the host's memory; of two levels, hardware gets the mirror. */
static uint64_t arm_hardware_value(const struct itsg_table *table)
{
	const uint64_t visible = itsg_table_visible(table);
	uint32_t pages;

	if (!table->geo.two_level)
		return itsg_geometry_encode(visible, table->geo.pa, table->geo.pages);
	pages = itsg_level1_pages(table->geo.page_bytes, table->geo.entry_bytes, table->id_bits);
	if (pages > table->geo.pages)
		pages = table->geo.pages;
	return itsg_geometry_encode(visible, table->mirror_pa, pages);
}

/* Who is awake, or if all sleep anybody: what the ring is filled with is not to run. */
static uint64_t arm_courier(struct itsg_its *its)
{
	while (itsg_barrier_courier(its) == ITSG_COURIER_NOT_YET)
		; /* bounded by the redistributors configured (I6) */
	return itsg_barrier_courier_rdbase(its);
}

/* All fields, Valid=0: hardware must keep every one of them before it may use any (P9, P14). */
static enum itsg_reason arm_write_table(struct itsg_its *its, uint32_t n, struct arming *arming)
{
	struct itsg_table *table = &its->table[n];
	const uint32_t offset = itsg_table_offset(table);
	const uint64_t value = arm_hardware_value(table);

	arming->at = (uint8_t)n;
	if (!arm_leads_to(value, table->geo.two_level ? table->mirror_pa : table->geo.pa))
		return ITSG_HARDWARE_MISMATCH;
	arming->before[n] = itsg_hw_read(&its->platform, offset);
	arming->written |= (uint32_t)1 << n;
	itsg_hw_write(&its->platform, offset, value);
	if ((itsg_hw_read(&its->platform, offset) ^ value) & ITSG_BASER_WRITTEN)
		return ITSG_HARDWARE_MISMATCH;
	table->hw = value | ITSG_BASER_VALID;
	return ITSG_OK;
}

static ITSG_NOINLINE enum itsg_reason arm_write(struct itsg_its *its, struct arming *arming)
{
	enum itsg_reason reason = ITSG_OK;

	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++)
		if (its->table[n].claimed && !its->table[n].programmed)
			reason = arm_write_table(its, n, arming);
	if (reason != ITSG_OK || its->ring.live)
		return reason;
	arming->at = ARM_AT_PRIVATE;
	return itsg_ring_program(&its->ring, its->host.raw, arm_courier(its));
}

/*
 * Nothing is undone from here on: a Valid that does not stick is hardware gone wrong. All claims
 * stay, and it is not enabled.
 */
static ITSG_NOINLINE enum itsg_reason arm_validate(struct itsg_its *its, struct arming *arming)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		struct itsg_table *table = &its->table[n];
		const uint32_t offset = itsg_table_offset(table);

		if (!table->claimed || table->programmed)
			continue;
		itsg_hw_write(&its->platform, offset, table->hw);
		table->programmed = true;
		if (itsg_hw_read(&its->platform, offset) & ITSG_BASER_VALID)
			continue;
		arming->at = (uint8_t)n;
		itsg_power_broken(its);
	}
	return its->ring.broken ? ITSG_HARDWARE_MISMATCH : ITSG_OK;
}

/* ---- all of it ---- */

/* For the log: the register, and the address there. */
static ITSG_NOINLINE void arm_blame(struct itsg_its *its, uint32_t at, enum itsg_reason reason)
{
	const uint64_t queue = its->host.raw & ITSG_CBASER_ADDRESS;
	struct itsg_geometry geo;

	switch (at) {
	case ARM_AT_NOTHING:
		return;
	case ARM_AT_CBASER:
		itsg_log_blame(&its->platform, ITSG_GITS_CBASER, queue);
		return;
	case ARM_AT_CWRITER:
		itsg_log_blame(&its->platform, ITSG_GITS_CWRITER, queue);
		return;
	case ARM_AT_PRIVATE:
		itsg_log_blame(&its->platform, ITSG_GITS_CBASER, its->ring.pa);
		return;
	default:
		itsg_geometry_decode(itsg_table_visible(&its->table[at]), &geo);
		/* Only its copy of a level 1 is stored to. */
		itsg_log_blame(&its->platform, itsg_table_offset(&its->table[at]),
			       reason == ITSG_STORE_FAILED ? its->table[at].mirror_pa : geo.pa);
		return;
	}
}

enum itsg_reason itsg_arm(struct itsg_its *its)
{
	struct arming arming = {0, 0, false, ARM_AT_NOTHING, 0, {0, 0, 0, 0, 0, 0, 0, 0}};
	enum itsg_reason reason;

	if (!itsg_power_settled(its))
		return ITSG_NOT_QUIESCENT;
	if (its->ring.broken)
		return ITSG_HARDWARE_MISMATCH;
	reason = arm_check(its, &arming);
	if (reason != ITSG_OK) {
		arm_blame(its, arming.at, reason);
		return reason;
	}
	arm_after_reset(its);
	reason = arm_retire(its, &arming);
	if (reason == ITSG_OK)
		reason = arm_clear_foreign(its, &arming);
	if (reason == ITSG_OK)
		reason = arm_claim(its, &arming);
	if (reason == ITSG_OK)
		reason = arm_write(its, &arming);
	if (reason != ITSG_OK)
		arm_undo(its, &arming);
	else
		reason = arm_validate(its, &arming);
	if (reason == ITSG_OK)
		itsg_power_enable(its);
	else
		arm_blame(its, arming.at, reason);
	return reason;
}
