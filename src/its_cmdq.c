/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The host's command queue: fetch once, mask, rule, take, publish.
 *
 * A command is read from the host's memory once, into its->head, and from then on only that copy
 * counts (T11). What hardware gets are the fields that were checked (I5).
 */
#include "its_cmdq.h"

#include "judge.h"
#include "log.h"
#include "noinline.h"
#include "power.h"
#include "settle.h"
#include "take.h"
#include "state.h"

uint32_t itsg_cmdq_bytes(const struct itsg_its *its)
{
	return ((uint32_t)itsg_get(its->host.raw, ITSG_CBASER_SIZE) + 1) * ITSG_QUEUE_PAGE;
}

/* ---- fetch ---- */

static void cmdq_refuse(struct itsg_its *its, enum itsg_reason reason, const uint8_t *raw)
{
	its->head.full = false;
	its->stats.commands++;
	its->stats.refused++;
	itsg_log(&its->platform, ITSG_EVENT_REFUSED_COMMAND, reason, its->head.offset, 0, raw);
}

static ITSG_NOINLINE void cmdq_fetch(struct itsg_its *its)
{
	const struct itsg_run *queue = &its->host.claim.run;
	struct itsg_head *head = &its->head;
	int error;

	head->waiting = false;
	head->level1_read = false;
	head->offset = its->host.next;
	error = its->platform.ops.fetch(its->platform.ctx, queue->pa + head->offset, head->raw,
					ITSG_CMD_BYTES);
	its->host.next += ITSG_CMD_BYTES;
	if (its->host.next >= queue->bytes)
		its->host.next = 0;
	if (error) {
		cmdq_refuse(its, ITSG_FETCH_FAILED, NULL);
		return;
	}
	head->full = true;
	itsg_words_read(head->raw, &head->command);
}

/* ---- publish ---- */

/* Hardware may follow the word at once, without any command: it is the last step that can fail. */
static enum itsg_reason cmdq_store_level1(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;
	struct itsg_table *table;
	uint8_t bytes[8];

	if (plan->mirror == ITSG_BASERS)
		return ITSG_OK;
	table = &its->table[plan->mirror];
	itsg_put_le64(bytes, plan->level1);
	if (its->platform.ops.store(its->platform.ctx,
				    table->mirror_pa + (uint64_t)plan->level1_index * 8, bytes,
				    sizeof(bytes)))
		return ITSG_STORE_FAILED;
	itsg_table_set_word(table, plan->level1_index, plan->level1);
	return ITSG_OK;
}

static void cmdq_publish_unmap(struct itsg_its *its, uint32_t device_id)
{
	const struct itsg_words unmap = itsg_words_unmap(device_id);

	itsg_ring_publish(&its->ring, &unmap);
}

/* The rule made sure that there is a slot to add, and a record to remove. */
static void cmdq_change_record(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;

	if (plan->record == ITSG_RECORD_REMOVE)
		itsg_devices_remove(&its->devices, &its->devices.records[plan->slot]);
	else
		itsg_devices_put(&its->devices, plan->slot, plan->device_id, plan->size, plan->itt);
	if (its->devices.count > its->stats.devices_peak)
		its->stats.devices_peak = its->devices.count;
}

static void cmdq_owe(struct itsg_its *its, struct itsg_entry *entry)
{
	its->journal.drops++;
	itsg_barrier_owe(&its->barrier, entry);
}

static struct itsg_entry *cmdq_append(struct itsg_its *its, const struct itsg_run *drop)
{
	struct itsg_entry *entry = itsg_journal_append(&its->journal);

	entry->device_id = its->plan.device_id;
	entry->size = (uint8_t)its->plan.old_size;
	entry->host_offset = its->head.offset;
	entry->number = its->ring.published;
	entry->drop = *drop;
	if (drop->bytes)
		cmdq_owe(its, entry);
	return entry;
}

/* The unmap of ours before the map that takes its place. The host's CREADR counts both as one. */
static void cmdq_record_replaced(struct itsg_its *its)
{
	struct itsg_entry *entry = cmdq_append(its, &its->plan.drop[0]);

	entry->own = true;
	entry->unmaps = true;
	if (!its->plan.drop[0].bytes && !its->plan.drop[1].bytes) {
		entry->unmaps = ITSG_UNMAPS_INSIDE;
		cmdq_owe(its, entry);
	}
	entry = cmdq_append(its, &its->plan.drop[1]);
	entry->maps = true;
	entry->number++;
}

static void cmdq_record(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;
	struct itsg_entry *entry = cmdq_append(its, &plan->drop[0]);

	entry->maps = plan->record == ITSG_RECORD_ADD;
	entry->unmaps = plan->record == ITSG_RECORD_REMOVE;
}

static void cmdq_accept(struct itsg_its *its)
{
	its->head.full = false;
	its->stats.commands++;
	its->stats.accepted++;
}

/* The last of it, after which it is hardware's. */
static void cmdq_send(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;

	if (plan->icids > its->icids)
		its->icids = plan->icids;
	for (uint32_t i = 0; i < ITSG_PLAN_TARGETS && plan->target[i] != ITSG_NO_RD; i++)
		itsg_barrier_target(&its->barrier, plan->target[i]);
	itsg_ring_publish(&its->ring, &plan->publish);
	cmdq_accept(its);
}

/* It claims and releases nothing. */
static void cmdq_publish_plain(struct itsg_its *its)
{
	itsg_journal_plain(&its->journal, its->ring.published, its->head.offset);
	cmdq_send(its);
}

static void cmdq_publish(struct itsg_its *its)
{
	if (its->plan.record == ITSG_RECORD_KEEP) {
		cmdq_publish_plain(its);
		return;
	}
	cmdq_change_record(its);
	if (its->plan.record == ITSG_RECORD_REPLACE) {
		cmdq_record_replaced(its);
		cmdq_publish_unmap(its, its->plan.device_id);
	} else {
		cmdq_record(its);
	}
	cmdq_send(its);
}

/* ---- judge ---- */

/* Is it of a kind that is judged only when nothing is on its way out? */
static bool cmdq_may_wait(const struct itsg_its *its, enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_TABLE_OVERLAP: /* of whatever takes memory: MAPC does, too (F17) */
	case ITSG_ITT_OVERLAP:
	case ITSG_KIND_CONFLICT:
	case ITSG_NO_PAGE_SLOT:
	case ITSG_NO_DEVICE_SLOT:
		return true;
	case ITSG_DEVICE_UNMAPPED:
	case ITSG_DEVICE_RESERVED:
	case ITSG_DEVICE_OOR:
		return itsg_words_opcode(&its->head.command) == ITSG_CMD_MAPD;
	default:
		return false;
	}
}

/* Nothing is held for it any more: it is refused, if it is not to be judged afresh. */
static void cmdq_end_taking(struct itsg_its *its)
{
	its->taking.phase = ITSG_TAKING_NONE;
	if (its->taking.refusal != ITSG_OK)
		cmdq_refuse(its, its->taking.refusal, its->head.raw);
}

ITSG_NOINLINE bool itsg_cmdq_give_back(struct itsg_its *its)
{
	if (its->taking.phase != ITSG_TAKING_BACK)
		return false;
	if (itsg_take_back_step(&its->taking))
		cmdq_end_taking(its);
	return true;
}

/* It is refused as soon as nothing is held for it; or waits, and is judged afresh. */
static void cmdq_give_up(struct itsg_its *its, enum itsg_reason reason)
{
	its->head.waiting = its->journal.drops && cmdq_may_wait(its, reason);
	itsg_take_give_back(&its->taking, its->head.waiting ? ITSG_OK : reason);
	if (!itsg_take_holds(&its->taking))
		cmdq_end_taking(its);
}

/* Reads the host's level-1 word, once for each command (I4), however often it is judged. */
static enum itsg_reason cmdq_read_level1(struct itsg_its *its, uint64_t pa)
{
	struct itsg_head *head = &its->head;
	uint8_t bytes[8];

	if (head->level1_read)
		return ITSG_OK;
	if (its->platform.ops.fetch(its->platform.ctx, pa, bytes, sizeof(bytes)))
		return ITSG_FETCH_FAILED;
	head->level1 = itsg_le64(bytes);
	head->level1_read = true;
	return ITSG_OK;
}

static bool cmdq_is_reserved(const struct itsg_its *its, uint32_t device_id)
{
	const struct itsg_platform *platform = &its->platform;

	return platform->ops.reserved && platform->ops.reserved(platform->ctx, device_id);
}

/* What the rule cannot see by itself. */
static enum itsg_reason cmdq_learn(struct itsg_its *its)
{
	const struct itsg_words *command = &its->head.command;
	struct itsg_needs needs;
	const enum itsg_reason reason = itsg_judge_needs(&its->view, command, &needs);

	if (reason != ITSG_OK)
		return reason;
	if (needs.reserved && cmdq_is_reserved(its, itsg_words_device_id(command)))
		return ITSG_DEVICE_RESERVED;
	return needs.level1 ? cmdq_read_level1(its, needs.level1_pa) : ITSG_OK;
}

static ITSG_NOINLINE void cmdq_judge(struct itsg_its *its)
{
	enum itsg_reason reason;

	its->head.waiting = false;
	its->plan.record = ITSG_RECORD_KEEP; /* it is of no command yet */
	itsg_take_begin(&its->taking);
	reason = cmdq_learn(its);
	if (reason == ITSG_OK)
		reason = itsg_judge(&its->view, &its->head.command, its->head.level1, &its->plan);
	if (reason != ITSG_OK)
		cmdq_give_up(its, reason);
}

/* Of a command that claims nothing, nor releases anything: there is no more to it. */
static ITSG_NOINLINE void cmdq_judge_plain(struct itsg_its *its)
{
	const enum itsg_reason reason = itsg_judge(&its->view, &its->head.command, 0, &its->plan);

	if (reason == ITSG_OK)
		cmdq_publish_plain(its);
	else
		cmdq_refuse(its, reason, its->head.raw);
}

/* All that can fail but the word of level 1, which is last, is done; and then what cannot. */
static ITSG_NOINLINE void cmdq_taken(struct itsg_its *its)
{
	const enum itsg_reason reason = its->plan.silent ? ITSG_OK : cmdq_store_level1(its);

	if (reason != ITSG_OK) {
		cmdq_give_up(its, reason);
		return;
	}
	its->taking.phase = ITSG_TAKING_NONE;
	if (its->plan.silent)
		cmdq_accept(its);
	else
		cmdq_publish(its);
}

/* ---- stalls ---- */

/* At a command of the host's: it is told, and nobody but the host may restart it. */
static void cmdq_tell_stall(struct itsg_its *its, const struct itsg_entry *entry)
{
	if (its->ring.told)
		return;
	its->ring.told = true;
	itsg_log(&its->platform, ITSG_EVENT_STALLED, ITSG_OK,
		 itsg_journal_offset_of(entry, its->ring.passed), 0, NULL);
}

static void cmdq_begin_mend(struct itsg_its *its, const struct itsg_entry *entry)
{
	its->mend.on = true;
	its->mend.number = its->ring.passed;
	its->mend.phase = ITSG_MEND_VOID;
	its->mend.voided = itsg_journal_front(&its->journal);
	its->mend.owes = false;
	itsg_log(&its->platform, ITSG_EVENT_STALLED_OWN, ITSG_OK, 0, its->ring.passed, NULL);
	/* Whoever sent another one has left, and nothing relies on it: it need not be tried again.
	 */
	if (!entry || entry->own || entry->unmaps || entry->maps)
		itsg_ring_retry(&its->ring);
}

/*
 * A map that hardware would not take: an unmap in its place makes true what is on record from now
 * on (F26). Should hardware stall at that, it is mended like any of ours.
 */
static bool cmdq_unmap_instead(struct itsg_its *its, struct itsg_entry *entry)
{
	const struct itsg_words unmap = itsg_words_unmap(entry->device_id);

	if (!itsg_ring_mend(&its->ring, &unmap))
		return false;
	itsg_settle_map_failed(its, entry);
	itsg_take_give_back(&its->taking, ITSG_OK); /* judged by records that have changed */
	its->mend.on = false;
	return true;
}

/* Nothing shall rely on the command any more. False: a store failed; tried again later. */
static bool cmdq_void(struct itsg_its *its, struct itsg_entry *entry)
{
	if (entry && entry->maps)
		return cmdq_unmap_instead(its, entry);
	if (entry) {
		itsg_settle_unmap_failed(its, entry);
		itsg_take_give_back(&its->taking,
				    ITSG_OK); /* judged by records that may have changed */
	} else if (!itsg_ring_is_lap(&its->ring, its->mend.number) &&
		   !itsg_barrier_void_step(its)) {
		return true; /* there are more */
	}
	its->mend.phase = ITSG_MEND_REPLACE;
	itsg_barrier_next_courier(its);
	return true;
}

/* Is there more to look at, and was somebody awake when all had been looked at last (F28)? */
static bool cmdq_seeks(const struct itsg_its *its, enum itsg_courier courier)
{
	return courier == ITSG_COURIER_NOT_YET && !its->barrier.nobody;
}

/* False: all redistributors sleep, or a store failed; tried again later. */
static bool cmdq_replace(struct itsg_its *its)
{
	const enum itsg_courier courier = itsg_barrier_courier(its);
	struct itsg_words sync;

	if (courier != ITSG_COURIER_FOUND)
		return cmdq_seeks(its, courier);
	sync = itsg_words_sync(itsg_barrier_courier_rdbase(its));
	if (!itsg_ring_mend(&its->ring, &sync))
		return false;
	itsg_barrier_next_courier(its); /* the next one, should it fail again */
	return true;
}

/*
 * Step: a command of ours at which hardware has stalled, or one of a queue that the host has left
 * (F10): nobody else would restart it. Once as it is, for what stalled it may have passed (F8). If
 * it stalls again a SYNC takes its place, after what relies on it has been told so; or that of a
 * map an unmap.
 */
static ITSG_NOINLINE bool cmdq_mend(struct itsg_its *its)
{
	struct itsg_entry *entry = itsg_journal_find(&its->journal, its->ring.passed);

	if (entry && itsg_journal_is_hosts(&its->journal, entry)) {
		cmdq_tell_stall(its, entry);
		return false;
	}
	if (!its->mend.on || its->mend.number != its->ring.passed)
		cmdq_begin_mend(its, entry);
	else if (its->mend.phase == ITSG_MEND_VOID)
		return cmdq_void(its, entry);
	else
		return cmdq_replace(its);
	return true;
}

/* ---- steps ---- */

static bool cmdq_is_mapd(const struct itsg_its *its, bool maps)
{
	return itsg_words_opcode(&its->head.command) == ITSG_CMD_MAPD &&
	       itsg_words_valid(&its->head.command) == maps;
}

/* Neither takes memory nor releases any, whatever its fields say. */
static bool cmdq_is_plain(const struct itsg_its *its)
{
	const uint8_t opcode = itsg_words_opcode(&its->head.command);

	return opcode != ITSG_CMD_MAPD && opcode != ITSG_CMD_MAPC;
}

/* The most commands that hardware is given for the one at the head: see ITSG_RECORD_REPLACE. */
static uint32_t cmdq_commands(const struct itsg_its *its)
{
	return cmdq_is_mapd(its, true) ? 2 : 1;
}

static bool cmdq_can_judge(struct itsg_its *its)
{
	uint32_t count;

	if (!its->head.full || (its->head.waiting && its->journal.drops))
		return false;
	count = cmdq_commands(its);
	return itsg_journal_room(&its->journal, count) && itsg_ring_room(&its->ring, count);
}

/* Step: one of our own MAPD V=0, owed since a queue was given up. */
static bool cmdq_publish_owed(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	struct itsg_entry *entry = itsg_journal_at(journal, journal->count - journal->owed);

	if (!itsg_ring_room(&its->ring, 1))
		return false; /* tried again later */
	entry->state = ITSG_ENTRY_PUBLISHED;
	entry->number = its->ring.published;
	itsg_barrier_owe(&its->barrier, entry);
	journal->owed--;
	cmdq_publish_unmap(its, entry->device_id);
	return true;
}

/* Step: the end of the private ring, where a SYNC of ours is due. */
static bool cmdq_lap(struct itsg_its *its)
{
	enum itsg_courier courier;
	uint32_t given;

	if (!itsg_ring_lap_due(&its->ring))
		return false;
	courier = itsg_barrier_courier(its);
	if (courier != ITSG_COURIER_FOUND)
		return cmdq_seeks(its, courier);
	given = itsg_ring_lap(&its->ring, itsg_barrier_courier_rdbase(its));
	its->stats.barriers += given;
	return given > 0;
}

/*
 * Of a command that may claim or release something: it is judged, and a part of what can fail is
 * taken; with the last of it comes what cannot. All or nothing (I3).
 */
static ITSG_NOINLINE void cmdq_take(struct itsg_its *its)
{
	enum itsg_reason reason = ITSG_OK;

	if (its->taking.phase == ITSG_TAKING_NONE)
		cmdq_judge(its);
	else if (its->taking.phase == ITSG_TAKING_BACK)
		itsg_cmdq_give_back(its);
	if (its->taking.phase != ITSG_TAKING_ON)
		return;
	if (!itsg_take_complete(&its->taking))
		reason = itsg_take_step(&its->taking);
	if (reason != ITSG_OK)
		cmdq_give_up(its, reason);
	else if (itsg_take_complete(&its->taking))
		cmdq_taken(its);
}

/*
 * The head is judged. Neighbouring unmaps share one round of SYNCs; nothing else goes before it,
 * and nothing at all once it has begun.
 */
static inline bool cmdq_head(struct itsg_its *its)
{
	const bool can = cmdq_can_judge(its);

	if (its->barrier.round != ITSG_ROUND_NONE &&
	    (itsg_barrier_under_way(&its->barrier) || !can || !cmdq_is_mapd(its, false)))
		return itsg_barrier_begin(its);
	if (!can)
		return false;
	if (cmdq_is_plain(its))
		cmdq_judge_plain(its);
	else
		cmdq_take(its);
	return true;
}

/* Steps of the head and the next one, as long as nothing else is to be done before them. */
static ITSG_NOINLINE uint32_t cmdq_heads(struct itsg_its *its, uint32_t most)
{
	uint32_t steps;

	for (steps = 0; steps < most; steps++) {
		if (!its->head.full && its->host.next != its->host.cwriter)
			cmdq_fetch(its);
		else if (!cmdq_head(its))
			break;
	}
	return steps;
}

uint32_t itsg_cmdq_steps(struct itsg_its *its, uint32_t most)
{
	if (its->taking.phase == ITSG_TAKING_BACK)
		return itsg_cmdq_give_back(its) ? 1 : 0;
	if (its->ring.broken || (!its->power.enabled && !its->power.closing))
		return 0;
	if (its->ring.stalled && cmdq_mend(its))
		return 1;
	if (!its->power.enabled)
		return 0;
	if (itsg_ring_at_lap(&its->ring) && cmdq_lap(its))
		return 1;
	if (its->journal.owed)
		return cmdq_publish_owed(its) ? 1 : 0;
	if (itsg_barrier_under_way(&its->barrier))
		return itsg_barrier_step(its) ? 1 : 0;
	return cmdq_heads(its, most);
}

bool itsg_cmdq_mapping(const struct itsg_its *its, uint32_t device_id)
{
	return its->taking.phase == ITSG_TAKING_ON && its->plan.record == ITSG_RECORD_ADD &&
	       its->plan.device_id == device_id;
}

/* ---- what the host sees and does ---- */

/* Has hardware stalled at a command of the host's queue? What else it stalls at is not the host's.
 */
static bool cmdq_stalled_at_hosts(const struct itsg_its *its)
{
	const struct itsg_entry *entry =
		its->ring.stalled ? itsg_journal_find(&its->journal, its->ring.passed) : NULL;

	return entry && itsg_journal_is_hosts(&its->journal, entry);
}

uint64_t itsg_cmdq_creadr(const struct itsg_its *its)
{
	uint64_t creadr;
	uint32_t offset;

	if (!itsg_journal_host_offset(&its->journal, its->ring.passed, &offset))
		offset = its->head.full ? its->head.offset : its->host.next;
	creadr = offset;
	if (cmdq_stalled_at_hosts(its))
		creadr |= ITSG_CREADR_STALLED;
	return creadr;
}

/* What hardware stalled at that is ours is mended, and not half of it: Retry says nothing there. */
void itsg_cmdq_retry(struct itsg_its *its)
{
	if (cmdq_stalled_at_hosts(its))
		itsg_ring_retry(&its->ring);
}

void itsg_cmdq_restart(struct itsg_its *its)
{
	its->host.next = 0;
	its->head.full = false;
	itsg_journal_new_queue(&its->journal);
	itsg_take_give_back(&its->taking, ITSG_OK);
	if (!its->ring.stalled || !itsg_power_settled(its))
		return; /* a stall at one of its commands will be ours to mend (F10) */
	itsg_settle_abandon(its);
	itsg_ring_reset(&its->ring);
}
