/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The host's command queue: fetch once, decode, rule, take, publish.
 *
 * A command is read from the host's memory once, into its->head, and from then on only that copy
 * counts (T11). What hardware gets is re-encoded from the fields that were checked (I5).
 */
#include "claim.h"
#include "noinline.h"
#include "queue.h"
#include "rule.h"

uint32_t itsg_cmdq_bytes(const struct itsg_its *its)
{
	return ((uint32_t)itsg_get(its->host.raw, ITSG_CBASER_SIZE) + 1) * 0x1000;
}

/* ---- fetch ---- */

static void cmdq_refuse(struct itsg_its *its, enum itsg_reason reason, const uint8_t *raw)
{
	its->head.full = false;
	its->stats.commands++;
	its->stats.refused++;
	itsg_its_event(its, ITSG_EVENT_REFUSED_COMMAND, reason, its->head.offset, 0, raw);
}

static void cmdq_fetch(struct itsg_its *its)
{
	struct itsg_head *head = &its->head;
	int error;

	head->full = false;
	head->waiting = false;
	head->level1_read = false;
	head->offset = its->host.next;
	error = its->ops.fetch(its->ctx, (its->host.raw & ITSG_CBASER_ADDRESS) + head->offset,
			       head->raw, ITSG_CMD_BYTES);
	its->host.next += ITSG_CMD_BYTES;
	if (its->host.next >= itsg_cmdq_bytes(its))
		its->host.next = 0;
	if (error) {
		cmdq_refuse(its, ITSG_FETCH_FAILED, NULL);
		return;
	}
	head->full = true;
	/* An unknown opcode decodes to no fields; its rule refuses it. */
	itsg_cmd_decode(head->raw, its->typer.vmapp, &head->command);
}

/* ---- stage ---- */

/* Hardware may follow the word at once, without any command: it is the last step that can fail. */
static enum itsg_reason cmdq_store_level1(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;
	uint8_t bytes[8];

	if (!plan->mirror)
		return ITSG_OK;
	itsg_put_le64(bytes, plan->level1);
	if (its->ops.store(its->ctx, plan->mirror->mirror_pa + (uint64_t)plan->level1_index * 8,
			   bytes, sizeof(bytes)))
		return ITSG_STORE_FAILED;
	plan->mirror->words[plan->level1_index] = plan->level1;
	return ITSG_OK;
}

/* The slot, then the word. A slot that is not to be published gets a harmless command back. */
static ITSG_NOINLINE enum itsg_reason cmdq_stage(struct itsg_its *its)
{
	uint8_t harmless[ITSG_CMD_BYTES];
	enum itsg_reason reason = itsg_ring_put(its, its->plan.raw);

	if (reason != ITSG_OK)
		return reason;
	reason = cmdq_store_level1(its);
	if (reason == ITSG_OK)
		return ITSG_OK;
	itsg_ring_sync(its, 0, harmless);
	itsg_ring_put(its, harmless);
	return reason;
}

/* ---- publish ---- */

/* The rule made sure that there is room to add, and a record to remove. */
static void cmdq_change_record(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;

	if (plan->record == ITSG_RECORD_ADD)
		itsg_devices_add(&its->devices, plan->device_id, plan->size, plan->itt);
	else if (plan->record == ITSG_RECORD_REMOVE)
		itsg_devices_remove(&its->devices,
				    itsg_devices_find(&its->devices, plan->device_id));
	if (its->devices.count > its->stats.devices_peak)
		its->stats.devices_peak = its->devices.count;
}

static void cmdq_record(struct itsg_its *its)
{
	const struct itsg_plan *plan = &its->plan;
	struct itsg_entry *entry = itsg_journal_append(&its->journal);

	entry->maps = plan->record == ITSG_RECORD_ADD;
	entry->unmaps = plan->record == ITSG_RECORD_REMOVE;
	entry->device_id = plan->device_id;
	entry->host_offset = its->head.offset;
	entry->number = its->ring.published;
	entry->drop = plan->drop;
	if (!plan->drop.bytes)
		return;
	its->journal.drops++;
	itsg_barrier_owe(its, entry);
}

static void cmdq_publish(struct itsg_its *its)
{
	cmdq_change_record(its);
	cmdq_record(its);
	if (its->plan.icids > its->icids)
		its->icids = its->plan.icids;
	itsg_barrier_target(its, its->plan.target[0]);
	itsg_barrier_target(its, its->plan.target[1]);
	itsg_ring_publish(its);
	its->taking.phase = ITSG_TAKING_NONE;
	its->head.full = false;
	its->stats.commands++;
	its->stats.accepted++;
}

/* ---- judge ---- */

/* Is it of a kind that is judged only when nothing is on its way out? */
static bool cmdq_may_wait(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_TABLE_OVERLAP:
	case ITSG_ITT_OVERLAP:
	case ITSG_KIND_CONFLICT:
	case ITSG_NO_PAGE_SLOT:
	case ITSG_NO_DEVICE_SLOT:
	case ITSG_DEVICE_MAPPED:
	case ITSG_DEVICE_UNMAPPED:
	case ITSG_DEVICE_RESERVED:
	case ITSG_DEVICE_OOR:
		return true;
	default:
		return false;
	}
}

bool itsg_cmdq_give_back(struct itsg_its *its)
{
	if (its->taking.phase != ITSG_TAKING_BACK)
		return false;
	if (itsg_take_back_step(its) && its->taking.refusal != ITSG_OK)
		cmdq_refuse(its, its->taking.refusal, its->head.raw);
	return true;
}

/* It is refused as soon as nothing is held for it; or waits, and is judged afresh. */
static void cmdq_give_up(struct itsg_its *its, enum itsg_reason reason)
{
	its->head.waiting = its->journal.drops && its->head.command.opcode == ITSG_CMD_MAPD &&
			    cmdq_may_wait(reason);
	itsg_take_give_back(its, its->head.waiting ? ITSG_OK : reason);
	if (!itsg_take_holds(its))
		itsg_cmdq_give_back(its);
}

static void cmdq_judge(struct itsg_its *its)
{
	enum itsg_reason reason;

	its->head.waiting = false;
	itsg_take_begin(its);
	reason = itsg_rule(its);
	if (reason != ITSG_OK)
		cmdq_give_up(its, reason);
}

/* A part of what can fail; with the last of it, what cannot. All or nothing (I3). */
static void cmdq_go_on(struct itsg_its *its)
{
	enum itsg_reason reason = ITSG_OK;

	if (!itsg_take_complete(its))
		reason = itsg_take_step(its);
	if (reason == ITSG_OK && !itsg_take_complete(its))
		return;
	if (reason == ITSG_OK)
		reason = cmdq_stage(its);
	if (reason == ITSG_OK)
		cmdq_publish(its);
	else
		cmdq_give_up(its, reason);
}

/* ---- steps ---- */

static bool cmdq_can_judge(const struct itsg_its *its)
{
	if (!its->head.full || (its->head.waiting && its->journal.drops))
		return false;
	return itsg_journal_room(&its->journal) && itsg_ring_room(&its->ring);
}

/* Neighbouring unmaps share one round of SYNCs. */
static bool cmdq_extends_round(const struct itsg_its *its)
{
	return its->head.command.opcode == ITSG_CMD_MAPD && !itsg_rule_field(its, ITSG_F_VALID);
}

/* Step: one of our own MAPD V=0, owed since a queue was given up. */
static bool cmdq_publish_owed(struct itsg_its *its)
{
	struct itsg_journal *journal = &its->journal;
	struct itsg_entry *entry = itsg_journal_at(journal, journal->count - journal->owed);
	uint8_t raw[ITSG_CMD_BYTES];

	if (!itsg_ring_room(&its->ring))
		return false;
	itsg_cmd_encode_one(ITSG_CMD_MAPD, ITSG_F_DEVICE_ID, entry->device_id, raw);
	if (itsg_ring_put(its, raw) != ITSG_OK)
		return false; /* tried again later */
	entry->state = ITSG_ENTRY_PUBLISHED;
	entry->number = its->ring.published;
	itsg_barrier_owe(its, entry);
	journal->owed--;
	itsg_ring_publish(its);
	return true;
}

bool itsg_cmdq_step(struct itsg_its *its)
{
	if (itsg_cmdq_give_back(its))
		return true;
	if (!its->enabled || its->ring.broken)
		return false;
	if (itsg_ring_lap(its))
		return true;
	if (its->journal.owed)
		return cmdq_publish_owed(its);
	if (itsg_barrier_under_way(its))
		return itsg_barrier_step(its);
	if (!its->head.full && its->host.next != its->host.cwriter) {
		cmdq_fetch(its);
		return true;
	}
	if (!cmdq_can_judge(its) || !cmdq_extends_round(its))
		if (itsg_barrier_begin(its))
			return true;
	if (!cmdq_can_judge(its))
		return false;
	if (its->taking.phase == ITSG_TAKING_NONE)
		cmdq_judge(its);
	if (its->taking.phase == ITSG_TAKING_ON)
		cmdq_go_on(its);
	return true;
}

bool itsg_cmdq_mapping(const struct itsg_its *its, uint32_t device_id)
{
	return its->taking.phase == ITSG_TAKING_ON && its->plan.record == ITSG_RECORD_ADD &&
	       its->plan.device_id == device_id;
}

/* ---- what the host sees and does ---- */

uint64_t itsg_cmdq_creadr(const struct itsg_its *its)
{
	uint64_t creadr;
	uint32_t offset;

	if (!itsg_journal_host_offset(its, &offset))
		offset = its->head.full ? its->head.offset : its->host.next;
	creadr = offset;
	if (its->ring.stalled)
		creadr |= ITSG_CREADR_STALLED;
	return creadr;
}

/*
 * One of ours: nobody else would restart it. A SYNC that stalls is replaced by one to another
 * redistributor, each in turn; its round proves nothing any more. An unmap that
 * stalls leaves its claim with us.
 */
static void cmdq_mend(struct itsg_its *its, struct itsg_entry *entry)
{
	if (entry)
		itsg_journal_keep(its, entry);
	else
		itsg_barrier_failed(its, its->ring.passed);
	its->barrier.mended++;
	if (its->barrier.mended >= its->config.redistributor_count)
		its->barrier.mended = 0;
	itsg_ring_mend(its, its->barrier.mended);
}

void itsg_cmdq_stalled(struct itsg_its *its)
{
	struct itsg_entry *entry = itsg_journal_find(its, its->ring.passed);

	if (!entry || entry->own)
		cmdq_mend(its, entry);
	else
		itsg_its_event(its, ITSG_EVENT_STALLED, ITSG_OK, entry->host_offset, 0, NULL);
}

void itsg_cmdq_retry(struct itsg_its *its)
{
	if (its->ring.stalled)
		itsg_ring_retry(its);
}

void itsg_cmdq_restart(struct itsg_its *its)
{
	its->host.next = 0;
	its->head.full = false;
	itsg_journal_new_queue(its);
	itsg_take_give_back(its, ITSG_OK);
	if (!its->ring.stalled)
		return;
	itsg_journal_abandon(its);
	itsg_ring_reset(its);
}
