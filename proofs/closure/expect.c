/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "expect.h"

#include "canon.h"
#include "oracle.h"

#include <string.h>

#define NUMBER_UNKNOWN 0xff /* of raw_number, which has four bits */

/* Within a call: what the counter was when it began, and how many of those were looked at. */
static uint64_t accepted_before;
static uint64_t accepted_seen;
static bool hw_enabled_before;
static bool was_retiring;
static bool sent_alone;
static bool alone; /* the command was sent by itself, in this call */

static struct model_its *expect_hw(uint32_t its)
{
	return &the_state.model->its[its];
}

static uint64_t expect_accepted(uint32_t its)
{
	struct itsg_stats stats;

	itsg_get_stats(the_state.its[its], &stats);
	return stats.accepted;
}

void expect_begin(uint32_t its)
{
	accepted_before = expect_accepted(its);
	accepted_seen = 0;
	alone = sent_alone;
	sent_alone = false;
	hw_enabled_before = expect_hw(its)->enabled;
	was_retiring = canon_is_retiring(its);
}

/* ---- commands ---- */

static const struct command *expect_next(uint32_t its)
{
	struct model_its *hw = expect_hw(its);
	const uint8_t number = hw->pending[0];

	if (!number) {
		model_broken("a command was judged that the host has not sent");
		return NULL;
	}
	memmove(hw->pending, hw->pending + 1, MODEL_PENDING - 1);
	hw->pending[MODEL_PENDING - 1] = 0;
	return &commands[number - 1];
}

/* Does another device of this ITS have, as far as the host knows, an ITT that this one meets? */
static bool expect_meets_other(uint32_t its, const struct command *command)
{
	for (uint32_t i = 0; i < the_world.its; i++)
		for (int device = 0; device < MODEL_IDS; device++) {
			const uint8_t mapped = expect_hw(i)->mapped[device];

			if ((i != its || device != command->device) && mapped &&
			    mapped != MAPPED_UNKNOWN && oracle_meet(mapped - 1, command->itt))
				return true;
		}
	return false;
}

static bool expect_has_event(const struct model_its *hw, const struct command *command)
{
	const uint8_t mapped = hw->mapped[command->device];

	return mapped && (mapped == MAPPED_UNKNOWN ||
			  command->event >> (model_itts[mapped - 1].size + 1) == 0);
}

/* The level-1 word of now is the one that hardware has (R5). */
static bool expect_same_word(uint32_t its, const struct command *command)
{
	const struct model_page *page =
		&the_state.model->page[its ? PLACE_DEVICES1 : PLACE_DEVICES];
	const uint32_t at = model_device_id(command->device) / 512;

	return model_words[page->word[at]] == expect_hw(its)->mirror[at];
}

/* A guest's, or what a register names of an ITS that is enabled: a table, a queue. */
static bool expect_is_taken(int itt)
{
	const int place = model_place_of(model_itts[itt].pa);

	if (!model_itt_is_hostile(itt))
		return false;
	for (uint32_t its = 0; its < the_world.its; its++) {
		const struct model_its *hw = expect_hw(its);

		if (!hw->enabled || !hw->raw_enabled)
			continue;
		if (hw->raw_baser[0] & ITSG_BASER_VALID &&
		    model_place_of(hw->raw_baser[0] & ITSG_BASER_ADDRESS) == place)
			return true;
		if (hw->raw_cbaser & ITSG_CBASER_VALID &&
		    model_place_of(hw->raw_cbaser & ITSG_CBASER_ADDRESS) == place)
			return true;
	}
	return place < 0;
}

static bool expect_any_unknown(const struct model_its *hw)
{
	for (int device = 0; device < MODEL_IDS; device++)
		if (hw->mapped[device] == MAPPED_UNKNOWN)
			return true;
	return false;
}

/*
 * A new queue says nothing of the commands of the old one. Private queues of the smaller model are
 * so short that nothing is left in them.
 */
#ifdef MODEL_LARGE
static void expect_left_queue(struct model_its *hw)
{
	hw->left = true;
}

static bool expect_has_left(uint32_t its)
{
	struct model_its *hw = expect_hw(its);

	if (hw->left && !expect_any_unknown(hw) && oracle_claims_are_mapped(its))
		hw->left = false;
	return hw->left;
}
#else
static void expect_left_queue(struct model_its *hw)
{
	(void)hw;
}

static bool expect_has_left(uint32_t its)
{
	(void)its;
	return false;
}
#endif

static void expect_take_accepted(uint32_t its)
{
	const struct command *command = expect_next(its);
	struct model_its *hw = expect_hw(its);

	if (!command)
		return;
	if (command->kind == COMMAND_BAD)
		model_broken("I5: a command is accepted that no guard may accept");
	if (command->kind == COMMAND_MAP && expect_is_taken(command->itt))
		model_broken("an ITT is accepted in memory that is not for ITTs");
	if (command->kind == COMMAND_MAP && command->device == 0 && the_state.model->reserved)
		model_broken("T17: a DeviceID is mapped that the platform reserves");
	if (command->kind == COMMAND_MAP && hw->baser[0] & ITSG_BASER_INDIRECT && alone &&
	    !expect_same_word(its, command))
		model_broken("R5: a device is mapped by a level-1 word that has changed");
	if (command->kind == COMMAND_MAP && world_is_plain(&the_world) &&
	    expect_meets_other(its, command))
		model_broken("an ITT is accepted that overlaps another device's");
	if (command->kind == COMMAND_EVENT && world_is_plain(&the_world) &&
	    !expect_has_event(hw, command))
		model_broken("a command is accepted for an event that is not there");
	if (command->kind == COMMAND_MAP)
		hw->mapped[command->device] = (uint8_t)(command->itt + 1);
	if (command->kind == COMMAND_UNMAP)
		hw->mapped[command->device] = 0;
}

/* Those that were accepted before whatever is looked at now. */
static void expect_catch_up(uint32_t its)
{
	const uint64_t accepted = expect_accepted(its) - accepted_before;

	for (; accepted_seen < accepted && !the_outcome.broken; accepted_seen++)
		expect_take_accepted(its);
}

/* Whatever the host's level-1 word says, or who has the page that it names. */
static bool expect_level2_ground(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_TABLE_OVERLAP:
	case ITSG_L1_INVALID:
	case ITSG_L1_RESERVED:
	case ITSG_L1_ADDRESS:
	case ITSG_L1_CHANGED:
	case ITSG_KIND_CONFLICT:
	case ITSG_DONATE_REFUSED:
		return true;
	case ITSG_ZERO_FAILED:
	case ITSG_STORE_FAILED:
		return the_world.faults;
	default:
		return false;
	}
}

/*
 * For one ITT more: it may need all its pages, and its device a level-2 page. A tracker of several
 * buckets may refuse from two thirds on.
 */
static bool expect_has_room(void)
{
	const uint32_t most = MODEL_EVENT_BITS > 6 ? 5 : 2;
	const uint32_t sure = the_world.pages > 16 ? the_world.pages * 2 / 3 : the_world.pages;

	return itsg_pages_count(the_state.pages) + most <= sure;
}

/* Is there any ground at all for this reason to refuse a MAPD that is well made? */
static bool expect_map_ground(const struct command *command, enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_ITT_OVERLAP:
		return oracle_claimed(command->itt);
	case ITSG_KIND_CONFLICT:
		return oracle_other_kind(command->itt) || the_world.levels & 1;
	case ITSG_NO_PAGE_SLOT:
		return !expect_has_room();
	case ITSG_NO_DEVICE_SLOT:
		return the_world.devices > the_world.records;
	case ITSG_DEVICE_RESERVED:
		return world_has(&the_world, ACTS_RESERVE);
	case ITSG_SHARE_REFUSED:
	case ITSG_DONATE_REFUSED:
		return the_world.faults || model_itt_is_hostile(command->itt) ||
		       world_has(&the_world, ACTS_GIVE | ACTS_HOSTILE);
	case ITSG_ZERO_FAILED:
	case ITSG_STORE_FAILED:
		return the_world.faults;
	default:
		return the_world.levels & 1 && expect_level2_ground(reason);
	}
}

/* The other DeviceID of two levels has no entry in a flat table. */
static bool expect_is_beyond(const struct model_its *hw, const struct command *command)
{
	return command->device >= 0 && !(hw->raw_baser[0] & ITSG_BASER_INDIRECT) &&
	       model_device_id(command->device) >= 512;
}

static bool expect_ground(uint32_t its, const struct command *command, enum itsg_reason reason)
{
	const struct model_its *hw = expect_hw(its);

	if (reason == ITSG_FETCH_FAILED)
		return the_world.faults;
	if (reason == ITSG_DEVICE_OOR && expect_is_beyond(hw, command))
		return true;
	switch (command->kind) {
	case COMMAND_BAD:
		return reason == command->reason || reason == ITSG_DEVICE_UNMAPPED;
	case COMMAND_MAP:
		return expect_map_ground(command, reason);
	case COMMAND_UNMAP:
		return reason == ITSG_DEVICE_UNMAPPED &&
		       (!hw->mapped[command->device] ||
			hw->mapped[command->device] == MAPPED_UNKNOWN);
	case COMMAND_EVENT:
		return (reason == ITSG_DEVICE_UNMAPPED || reason == ITSG_EVENT_OOR) &&
		       (!expect_has_event(hw, command) ||
			hw->mapped[command->device] == MAPPED_UNKNOWN);
	case COMMAND_MAPC:
		return the_world.levels & 2 && expect_level2_ground(reason);
	default:
		return false;
	}
}

void expect_command(uint32_t its)
{
	sent_alone = !expect_hw(its)->pending[0];
}

void expect_refused(uint32_t its, enum itsg_reason reason)
{
	const struct command *command;

	expect_catch_up(its);
	command = expect_next(its);
	if (!command || !world_is_plain(&the_world))
		return;
	if (!expect_ground(its, command, reason))
		model_broken("I8: a command is refused without a ground");
	if (command->kind == COMMAND_UNMAP && reason == ITSG_DEVICE_UNMAPPED)
		expect_hw(its)->mapped[command->device] = 0;
}

void expect_end(uint32_t its)
{
	expect_catch_up(its);
	expect_has_left(its);
}

/* ---- registers ---- */

static uint64_t expect_merge(uint64_t old, uint32_t offset, uint32_t width, uint64_t value)
{
	if (width == 8)
		return value;
	return offset & 4 ? (old & ITSG_BITS(31, 0)) | value << 32
			  : (old & ITSG_BITS(63, 32)) | (value & ITSG_BITS(31, 0));
}

static void expect_all_unmapped(struct model_its *hw, uint8_t mapped)
{
	memset(hw->mapped, mapped, sizeof(hw->mapped));
}

/* The device table goes: at once if hardware is quiescent, else when it is seen to be. */
static void expect_new_devices(struct model_its *hw, uint64_t raw)
{
	const bool quiet = !hw->enabled && hw->quiescent;

	if ((hw->raw_baser[0] ^ raw) &
	    (ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_INDIRECT))
		expect_all_unmapped(hw, quiet && !(raw & ITSG_BASER_VALID) ? 0 : MAPPED_UNKNOWN);
}

/* What was judged by a collection table that goes before hardware has passed it is undone. */
static void expect_new_collections(struct model_its *hw, uint64_t raw)
{
	if (!((hw->raw_baser[1] ^ raw) & (ITSG_BASER_VALID | ITSG_BASER_ADDRESS)))
		return;
	for (int device = 0; device < MODEL_IDS; device++)
		if (hw->mapped[device])
			hw->mapped[device] = MAPPED_UNKNOWN;
}

static bool expect_has_tables(const struct model_its *hw)
{
	return (hw->raw_cbaser & ITSG_CBASER_VALID) && (hw->raw_baser[0] & ITSG_BASER_VALID) &&
	       (the_world.hcc || (hw->raw_baser[1] & ITSG_BASER_VALID));
}

/* May the host be sure that it can enable? */
static bool expect_may_enable(const struct model_its *hw, bool was_enabled)
{
	return world_is_plain(&the_world) && !the_outcome.failed && !the_world.faults &&
	       !world_has(&the_world,
			  ACTS_GIVE | ACTS_HOSTILE | ACTS_OTHER | ACTS_WORDS | ACTS_HALVES) &&
	       (was_enabled || (!hw->enabled && hw->quiescent)) &&
	       the_world.pages >= (MODEL_PAGES > 16 ? 2 * MODEL_PAGES : 8) && the_world.its == 1;
}

static void expect_enable(const struct model_its *hw, bool was_enabled)
{
	const bool ok = the_outcome.reason == ITSG_OK;

	if (ok && !was_enabled && !expect_has_tables(hw))
		model_broken("an ITS is enabled without its tables");
	if (!ok && expect_has_tables(hw) && expect_may_enable(hw, was_enabled))
		model_broken("I8: an ITS is not enabled, without a ground");
	if (!ok && !hw_enabled_before && hw->enabled)
		model_broken("I3: hardware is enabled though that is refused");
}

static void expect_answer(const struct model_its *hw, enum act_answer answer, bool was_enabled)
{
	const bool ok = the_outcome.reason == ITSG_OK;

	/* Of a loss of power the host and the guard may know or not. */
	if (answer == ANSWER_WHILE_DISABLED && was_enabled && !hw_enabled_before)
		return;
	if (answer == ANSWER_WHILE_DISABLED)
		answer = was_enabled ? ANSWER_REFUSED : ANSWER_OK;
	if (answer == ANSWER_ENABLE)
		expect_enable(hw, was_enabled);
	else if (answer == ANSWER_OK && !ok)
		model_broken("I8: an access is refused without a ground");
	else if (answer == ANSWER_REFUSED && ok)
		model_broken("I5: an access is accepted that is to be refused");
}

static void expect_written(uint32_t its, uint32_t offset, uint32_t width, uint64_t value)
{
	struct model_its *hw = expect_hw(its);
	uint64_t raw;

	switch (offset & ~7u) {
	case ITSG_GITS_CTLR:
		hw->raw_enabled = value & 1;
		break;
	case ITSG_GITS_CBASER:
		hw->raw_cbaser = expect_merge(hw->raw_cbaser, offset, width, value);
		memset(hw->pending, 0, sizeof(hw->pending));
		expect_left_queue(hw);
		break;
	case ITSG_GITS_CWRITER:
		hw->raw_cwriter = (uint32_t)(expect_merge(hw->raw_cwriter, offset, width, value) &
					     ITSG_CWRITER_OFFSET);
		break;
	case ITSG_GITS_BASER:
	case ITSG_GITS_BASER + 8:
		raw = expect_merge(hw->raw_baser[(offset - ITSG_GITS_BASER) / 8], offset, width,
				   value);
		if (offset < ITSG_GITS_BASER + 8)
			expect_new_devices(hw, raw);
		else
			expect_new_collections(hw, raw);
		hw->raw_baser[(offset - ITSG_GITS_BASER) / 8] = raw;
		break;
	default:
		break;
	}
}

/* The host may use the memory when its write returns (F5). */
static void expect_back_at_once(uint32_t its, uint32_t offset)
{
	const struct model_its *hw = expect_hw(its);

	if (offset != ITSG_GITS_BASER || hw->raw_baser[0] & ITSG_BASER_VALID || hw->enabled ||
	    !hw->quiescent || !the_world.forgets || the_world.faults || the_world.its > 1 ||
	    !world_is_plain(&the_world))
		return;
	if (oracle_pages_back(its))
		return;
	model_broken("I7: what the host has given up is not back when its write returns");
}

static void expect_number(struct model_its *hw, uint32_t offset, uint32_t width, uint64_t value)
{
	if (offset != ITSG_GITS_CTLR || width != 4 || !world_has(&the_world, ACTS_NUMBER))
		return;
	if (!hw->raw_enabled)
		hw->raw_number = (uint8_t)itsg_get(value, ITSG_CTLR_ITS_NUMBER);
	else if (!hw_enabled_before) /* power was lost, and the guard may know that */
		hw->raw_number = NUMBER_UNKNOWN;
}

void expect_write(uint32_t its, uint32_t offset, uint32_t width, uint64_t value,
		  enum act_answer answer)
{
	struct model_its *hw = expect_hw(its);
	const bool was_enabled = hw->raw_enabled;
	const bool cbaser = (offset & ~7u) == ITSG_GITS_CBASER;
	const bool had_table = (hw->raw_baser[0] & ITSG_BASER_VALID) && !was_retiring;

	/* A new queue begins in that call; what was left of the old one is not judged any more. */
	if (!cbaser || the_outcome.reason != ITSG_OK)
		expect_catch_up(its);
	if (the_outcome.reason == ITSG_OK) {
		expect_number(hw, offset, width, value);
		expect_written(its, offset, width, value);
	}
	if (!the_outcome.failed)
		expect_answer(hw, answer, was_enabled);
	expect_catch_up(its);
	if (the_outcome.reason == ITSG_OK && had_table)
		expect_back_at_once(its, offset);
}

void expect_ignored(uint32_t its)
{
	if (its < MODEL_ITS)
		expect_catch_up(its);
}

void expect_gone(uint32_t its, bool gone)
{
	struct model_its *hw = expect_hw(its);

	if (gone && (hw->enabled || !hw->quiescent))
		model_broken("a host counts as gone, and hardware is not disabled and quiescent");
	if (gone && the_world.forgets && !the_world.faults && the_world.its == 1 &&
	    !world_has(&the_world, ACTS_POWER) && itsg_pages_count(the_state.pages))
		model_broken("I7: a host counts as gone, and not all that it gave is back");

	memset(hw->pending, 0, sizeof(hw->pending));
	expect_all_unmapped(hw, MAPPED_UNKNOWN);
	hw->raw_number = 0;
	hw->raw_cbaser = 0;
	hw->raw_cwriter = 0;
	hw->raw_enabled = false;
	for (int n = 0; n < MODEL_BASERS; n++)
		hw->raw_baser[n] &= ~(ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);
}

/* ---- reading ---- */

static uint64_t expect_get(uint32_t its, uint32_t offset, uint32_t width)
{
	uint64_t value = 0;

	if (itsg_read(the_state.its[its], offset, width, &value) != ITSG_OK)
		model_broken("I8: a read is refused");
	expect_catch_up(its);
	return value;
}

static uint64_t expect_baser(uint32_t n, uint64_t raw)
{
	const uint64_t takes = ITSG_BASER_VALID | ITSG_BASER_INNER_CACHE | ITSG_BASER_OUTER_CACHE |
			       ITSG_BASER_ADDRESS | ITSG_BASER_SHAREABILITY | ITSG_BASER_SIZE |
			       (the_world.levels >> n & 1 ? ITSG_BASER_INDIRECT : 0);

	return (raw & takes) | hw_baser_read_only[n];
}

static void expect_reads(uint32_t its, uint32_t offset, uint64_t value)
{
	if (expect_get(its, offset, 8) != value ||
	    expect_get(its, offset, 4) != (value & ITSG_BITS(31, 0)) ||
	    expect_get(its, offset + 4, 4) != value >> 32)
		model_broken("a register does not read as the host wrote it");
}

static void expect_read_registers(uint32_t its)
{
	const struct model_its *hw = expect_hw(its);
	const uint64_t cbaser = hw->raw_cbaser & (ITSG_CBASER_VALID | ITSG_CBASER_INNER_CACHE |
						  ITSG_CBASER_OUTER_CACHE | ITSG_CBASER_ADDRESS |
						  ITSG_CBASER_SHAREABILITY | ITSG_CBASER_SIZE);

	expect_reads(its, ITSG_GITS_CBASER, cbaser);
	expect_reads(its, ITSG_GITS_CWRITER, hw->raw_cwriter);
	for (uint32_t n = 0; n < MODEL_BASERS; n++)
		expect_reads(its, ITSG_GITS_BASER + 8 * n, expect_baser(n, hw->raw_baser[n]));
	expect_reads(its, ITSG_GITS_BASER + 16, 0);
	expect_reads(its, ITSG_GITS_IMPDEF_FIRST, 0);
}

/* Quiescent: nothing of what the host has given up is anybody's but its own (F5, F6, F25). */
static void expect_read_ctlr(uint32_t its)
{
	const uint64_t ctlr = expect_get(its, ITSG_GITS_CTLR, 4);
	const struct model_its *hw = expect_hw(its);

	if (!(ctlr & ITSG_CTLR_ENABLED) && hw->enabled && !hw->raw_enabled &&
	    (ctlr & ITSG_CTLR_QUIESCENT))
		model_broken("the host sees hardware quiescent that is enabled");
	if (hw->raw_number != NUMBER_UNKNOWN &&
	    itsg_get(ctlr, ITSG_CTLR_ITS_NUMBER) != hw->raw_number)
		model_broken("H7: ITS_Number does not read as the host wrote it");
	if ((ctlr & ITSG_CTLR_ENABLED) || !(ctlr & ITSG_CTLR_QUIESCENT))
		return;
	if (!hw->quiescent)
		model_broken("the host sees hardware quiescent that is not");
	if (!(hw->raw_baser[0] & ITSG_BASER_VALID) && the_world.forgets && !the_world.faults &&
	    the_world.its == 1 && !oracle_pages_back(its))
		model_broken("I7: Quiescent is shown, and what the host has given up is not back");
}

/*
 * A driver frees an ITT when CREADR has passed its unmap. So what is claimed then is what is
 * mapped: unless hardware still has commands of a queue that the host has given up, of which it
 * learns nothing more.
 */
static void expect_read_creadr(uint32_t its)
{
	const uint64_t creadr = expect_get(its, ITSG_GITS_CREADR, 8);
	const struct model_its *hw = expect_hw(its);

	if (creadr != hw->raw_cwriter || !hw->raw_enabled || the_world.its > 1 ||
	    the_world.faults || !the_world.forgets || !world_is_plain(&the_world) ||
	    canon_has_foreign(its))
		return;
	if (expect_any_unknown(hw))
		return;
	if (hw->pending[0])
		model_broken("CREADR has passed a command that nobody has judged");
	if (!expect_has_left(its) && !oracle_claims_are_mapped(its))
		model_broken("CREADR is past all commands, and claims are not what is mapped");
}

/* May hardware use a mapping that the guard denies? */
static void expect_read_mapped(uint32_t its)
{
	for (int device = 0; device < MODEL_IDS; device++) {
		const int place = hw_table_page(its, device);
		const uint8_t entry = place < 0 ? 0 : the_state.model->page[place].entry[device];

		if (entry && !itsg_device_mapped(the_state.its[its], model_device_id(device)))
			model_broken("a DeviceID counts as unmapped that hardware has mapped");
	}
}

void expect_read(uint32_t its)
{
	expect_read_mapped(its);
	expect_read_ctlr(its);
	if (!the_outcome.broken)
		expect_read_creadr(its);
	if (!the_outcome.broken && world_has(&the_world, ACTS_HALVES | ACTS_RESERVED))
		expect_read_registers(its);
}

/* ---- redistributors ---- */

static void expect_rd_written(struct model_rd *rd, uint32_t offset, uint32_t width, uint64_t value)
{
	if ((offset & ~7u) == ITSG_GICR_PROPBASER)
		rd->raw_prop = expect_merge(rd->raw_prop, offset, width, value);
	if ((offset & ~7u) == ITSG_GICR_PENDBASER)
		rd->raw_pend = expect_merge(rd->raw_pend, offset, width, value);
}

void expect_rd_write(uint32_t number, uint32_t offset, uint32_t width, uint64_t value,
		     enum act_answer answer)
{
	struct model_rd *rd = &the_state.model->rd[number];
	const bool ok = the_outcome.reason == ITSG_OK;

	if (ok)
		expect_rd_written(rd, offset, width, value);
	if (the_outcome.failed)
		return;
	if (answer == ANSWER_OK && !ok)
		model_broken("I8: an access is refused without a ground");
	if (answer == ANSWER_REFUSED && ok)
		model_broken("I5: an access is accepted that is to be refused");
}

void expect_rd_gone(void)
{
	for (uint32_t rd = 0; rd < the_world.rds; rd++)
		if (itsg_redists_phase(the_state.redists, rd) == ITSG_REDIST_OFF) {
			the_state.model->rd[rd].raw_prop = 0;
			the_state.model->rd[rd].raw_pend = 0;
		}
}

/* By halves, too. */
static void expect_rd_base(uint32_t number, uint32_t offset, uint64_t raw)
{
	uint64_t whole, lower, upper;

	itsg_redists_read(the_state.redists, number, offset, 8, &whole);
	itsg_redists_read(the_state.redists, number, offset, 4, &lower);
	itsg_redists_read(the_state.redists, number, offset + 4, 4, &upper);
	if (whole != raw || (lower | upper << 32) != raw)
		model_broken("a register does not read as the host wrote it");
}

/* Where somebody else has set them they are not the host's. */
static void expect_rd_bases(uint32_t number)
{
	const struct model_rd *rd = &the_state.model->rd[number];

	if (world_has(&the_world, ACTS_RD_FOREIGN))
		return;
	expect_rd_base(number, ITSG_GICR_PROPBASER, rd->raw_prop & RD_PROP_BITS);
	expect_rd_base(number, ITSG_GICR_PENDBASER, rd->raw_pend & RD_PEND_BITS);
}

void expect_rd_read(uint32_t number)
{
	const struct model_rd *rd = &the_state.model->rd[number];
	uint64_t typer, ctlr;

	itsg_redists_read(the_state.redists, number, ITSG_GICR_TYPER, 8, &typer);
	if (!(typer & ITSG_GICR_TYPER_VLPIS))
		model_broken("TYPER hides VLPIS, by which the next frame is found");
	expect_rd_bases(number);
	itsg_redists_read(the_state.redists, number, ITSG_GICR_CTLR, 4, &ctlr);
	if (!(ctlr & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP)) && !rd->off &&
	    (rd->enabled || rd->clearing))
		model_broken("the host sees LPIs off that are not");
	if (!(ctlr & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP)) && !the_world.faults &&
	    itsg_redists_phase(the_state.redists, number) == ITSG_REDIST_OFF && !rd->off &&
	    oracle_rd_holds(number))
		model_broken("I7: the host sees LPIs off, and their tables are not back");
}
