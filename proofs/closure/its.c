/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * An ITS, as bad as the architecture lets it be: it runs commands whenever it likes, uses an ITT
 * after its unmap until a SYNC, follows a level-1 word as soon as it is stored, and holds writes of
 * its tables back until it is quiescent. What it would not know what to do with is a finding.
 */
#include "model.h"

#include <string.h>

#define DEVICE_BITS 10u
#define LPI_BITS    14u
#define TABLE_IDS   512u /* of a flat table of one page, or of a level-2 page */

const uint64_t hw_baser_read_only[MODEL_BASERS] = {
	(uint64_t)ITSG_BASER_TYPE_DEVICE << 56 | (uint64_t)7 << 48,
	(uint64_t)ITSG_BASER_TYPE_COLLECTION << 56 | (uint64_t)7 << 48,
};

uint64_t hw_typer(void)
{
	return ITSG_TYPER_PHYSICAL | itsg_put(ITSG_TYPER_ITT_ENTRY_SIZE, 7) |
	       itsg_put(ITSG_TYPER_ID_BITS, MODEL_EVENT_BITS - 1) |
	       itsg_put(ITSG_TYPER_DEVBITS, DEVICE_BITS - 1) |
	       itsg_put(ITSG_TYPER_HCC, the_world.hcc) |
	       (world_has(&the_world, ACTS_NUMBER) ? ITSG_TYPER_VIRTUAL : 0) |
	       (the_world.forgets ? ITSG_TYPER_INV : 0);
}

/* ---- words of commands, and where they go ---- */

static uint64_t hw_word(const uint8_t *command, int n)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | command[8 * n + i];
	return word;
}

static int hw_rd_of(uint64_t rdbase)
{
	const uint64_t number = rdbase >> 16;

	return number < the_world.rds && !(rdbase & ITSG_BITS(15, 0)) ? (int)number : -1;
}

/* What has no power counts as asleep. */
static bool hw_is_awake(uint32_t rd)
{
	return !the_state.model->rd[rd].asleep && !the_state.model->rd[rd].off;
}

/* A SYNC to a redistributor that sleeps never ends. */
static bool hw_goes_to_sleeper(const uint8_t *command)
{
	const int rd = hw_rd_of(hw_word(command, 2));

	return command[0] == ITSG_CMD_SYNC && rd >= 0 && !hw_is_awake((uint32_t)rd);
}

/*
 * Where all sleep there is nobody that a SYNC could go to, and the guard goes by CREADR alone: it
 * is taken for granted here that nothing is translated then.
 */
static bool hw_anybody_is_awake(void)
{
	for (uint32_t rd = 0; rd < the_world.rds; rd++)
		if (hw_is_awake(rd))
			return true;
	return false;
}

/* ---- registers ---- */

static uint64_t hw_ctlr(const struct model_its *hw)
{
	return (hw->enabled ? ITSG_CTLR_ENABLED : 0) | itsg_put(ITSG_CTLR_ITS_NUMBER, hw->number) |
	       (hw->enabled || hw->quiescent ? ITSG_CTLR_QUIESCENT : 0);
}

uint64_t hw_read(uint32_t its, uint32_t offset)
{
	const struct model_its *hw = &the_state.model->its[its];

	switch (offset) {
	case ITSG_GITS_CTLR:
		return hw_ctlr(hw);
	case ITSG_GITS_TYPER:
		return hw_typer();
	case ITSG_GITS_CBASER:
		return hw->cbaser;
	case ITSG_GITS_CWRITER:
		return hw->cwriter * ITSG_CMD_BYTES;
	case ITSG_GITS_CREADR:
		return hw->creadr * ITSG_CMD_BYTES | (hw->stalled ? ITSG_CREADR_STALLED : 0);
	case ITSG_GITS_BASER:
	case ITSG_GITS_BASER + 8:
		return hw->baser[(offset - ITSG_GITS_BASER) / 8];
	default:
		return 0;
	}
}

static void hw_write_ctlr(struct model_its *hw, uint64_t value)
{
	const bool enabled = (value & ITSG_CTLR_ENABLED) != 0;

	if (value & ~(ITSG_CTLR_ENABLED | ITSG_CTLR_ITS_NUMBER | ITSG_CTLR_QUIESCENT))
		model_broken("bits of CTLR that are not the guard's reach hardware");
	if (itsg_get(value, ITSG_CTLR_ITS_NUMBER) != hw->number)
		model_broken("hardware is given another ITS_Number");
	if (enabled && !hw->enabled && !hw->quiescent)
		model_broken("Enabled is set while Quiescent is 0");
	if (enabled != hw->enabled)
		hw->quiescent = false;
	hw->enabled = enabled;
	hw->power_off = false;
}

static bool hw_is_quiet(const struct model_its *hw)
{
	return !hw->enabled && hw->quiescent;
}

static void hw_write_cbaser(uint32_t its, uint64_t value)
{
	struct model_its *hw = &the_state.model->its[its];
	const uint64_t mine = MODEL_RING + its * MODEL_APART;
	const uint64_t size = the_world.ring * ITSG_CMD_BYTES / ITSG_QUEUE_PAGE - 1;

	if (!hw_is_quiet(hw))
		model_broken("CBASER is written while hardware is not quiescent");
	if ((value & ITSG_CBASER_VALID) &&
	    ((value & ITSG_CBASER_ADDRESS) != mine || (value & ITSG_CBASER_SIZE) != size))
		model_broken("hardware is given another queue than the private one");
	hw->cbaser = value;
	hw->creadr = 0;
	hw->stalled = false;
}

/* One that falls asleep while a SYNC is on its way to it is another matter. */
static void hw_find_sleepers(const struct model_its *hw, uint32_t end)
{
	for (uint32_t slot = hw->cwriter; slot != end; slot = (slot + 1) % the_world.ring)
		if (hw_goes_to_sleeper(hw->ring[slot]) && hw_anybody_is_awake())
			model_broken("hardware is given a SYNC to a redistributor that sleeps");
}

static void hw_write_cwriter(struct model_its *hw, uint64_t value)
{
	const uint64_t offset = value & ITSG_CWRITER_OFFSET;

	if (offset >= the_world.ring * ITSG_CMD_BYTES) {
		model_broken("CWRITER is outside of the private queue");
		return;
	}
	if (hw->cbaser & ITSG_CBASER_VALID)
		hw_find_sleepers(hw, (uint32_t)(offset / ITSG_CMD_BYTES));
	hw->cwriter = (uint8_t)(offset / ITSG_CMD_BYTES);
	if (value & ITSG_CWRITER_RETRY)
		hw->stalled = false;
}

/* A table that is not forgotten stays in use, and so do the ITTs that it names. */
static void hw_keep_table(uint32_t its, uint32_t n)
{
	struct model_its *hw = &the_state.model->its[its];

	if (the_world.forgets)
		return;
	for (int device = 0; device < MODEL_IDS; device++) {
		const int place = hw_table_page(its, device);
		uint8_t entry;

		if (n != 0 || place < 0)
			continue;
		hw->kept_pages |= (model_set)(1u << place);
		entry = the_state.model->page[place].entry[device];
		if (entry && entry != ENTRY_FORGED)
			hw->kept_itts |= (model_set)(1u << (entry - 1));
	}
	if (n == 1 && !(hw->baser[1] & ITSG_BASER_INDIRECT) &&
	    model_place_of(hw->baser[1] & ITSG_BASER_ADDRESS) >= 0)
		hw->kept_pages |=
			(model_set)(1u << model_place_of(hw->baser[1] & ITSG_BASER_ADDRESS));
}

static void hw_write_baser(uint32_t its, uint32_t n, uint64_t value)
{
	struct model_its *hw = &the_state.model->its[its];
	const bool indirect = (the_world.levels >> n & 1) != 0;
	/* Pages have 4 KB, whatever is asked for. */
	uint64_t kept = value & ~(ITSG_BASER_TYPE | ITSG_BASER_ENTRY_SIZE | ITSG_BASER_PAGE_SIZE |
				  ITSG_BASER_INDIRECT);

	if (!hw_is_quiet(hw))
		model_broken("BASER is written while hardware is not quiescent");
	if ((hw->baser[n] & ITSG_BASER_VALID) && !(value & ITSG_BASER_VALID))
		hw_keep_table(its, n);
	if (indirect)
		kept |= value & ITSG_BASER_INDIRECT;
	hw->baser[n] = kept | hw_baser_read_only[n];
}

void hw_write(uint32_t its, uint32_t offset, uint64_t value)
{
	struct model_its *hw = &the_state.model->its[its];

	switch (offset) {
	case ITSG_GITS_CTLR:
		hw_write_ctlr(hw, value);
		break;
	case ITSG_GITS_CBASER:
		hw_write_cbaser(its, value);
		break;
	case ITSG_GITS_CWRITER:
		hw_write_cwriter(hw, value);
		break;
	case ITSG_GITS_BASER:
	case ITSG_GITS_BASER + 8:
		hw_write_baser(its, (offset - ITSG_GITS_BASER) / 8, value);
		break;
	default:
		/* At init the guard clears Valid of all of them. */
		if (value && !(offset >= ITSG_GITS_BASER && offset < ITSG_GITS_BASER_END &&
			       !(value & ITSG_BASER_VALID)))
			model_broken("a register that is not the guard's is written");
	}
}

/* ---- tables ---- */

/* A word of the mirror, or a flat table: the page that an ID's entry is in, or -1. */
static int hw_page_of(const struct model_its *hw, uint32_t n, uint32_t id)
{
	const uint64_t baser = hw->baser[n];

	if (!(baser & ITSG_BASER_VALID))
		return -1;
	if (!(baser & ITSG_BASER_INDIRECT))
		return model_place_of((baser & ITSG_BASER_ADDRESS) +
				      id / TABLE_IDS * (uint64_t)MODEL_PAGE_BYTES);
	if (id / TABLE_IDS >= MODEL_WORDS || !(hw->mirror[id / TABLE_IDS] & ITSG_L1E_VALID))
		return -1;
	return model_place_of(hw->mirror[id / TABLE_IDS] & ITSG_L1E_ADDRESS);
}

int hw_table_page(uint32_t its, int device)
{
	return hw_page_of(&the_state.model->its[its], 0, model_device_id(device));
}

static uint8_t *hw_entry(uint32_t its, int device)
{
	const int place = hw_table_page(its, device);

	return place < 0 ? NULL : &the_state.model->page[place].entry[device];
}

/* Every page that its tables reach: what is cached is in memory now, or memory's is all there is.
 */
static void hw_sync_tables(uint32_t its, bool written)
{
	for (int device = 0; device < MODEL_IDS; device++) {
		const int place = hw_table_page(its, device);
		struct model_page *page;

		if (place < 0)
			continue;
		page = &the_state.model->page[place];
		if (written)
			page->written[device] = page->entry[device];
		else
			page->entry[device] = page->written[device];
	}
}

/* ---- commands ---- */

/* Where LPIs are off, or all is asleep, there is nothing that an access could be on its way to. */
static bool hw_takes_interrupts(uint32_t number)
{
	const struct model_rd *rd = &the_state.model->rd[number];

	return hw_is_awake(number) && (!the_world.redists || rd->enabled || rd->clearing);
}

/* The unmapped ITT may be in use for each redistributor that interrupts of it may go to. */
static void hw_unmap(struct model_its *hw, uint8_t entry)
{
	if (!entry || entry == ENTRY_FORGED)
		return;
	for (uint32_t rd = 0; rd < MODEL_RDS; rd++)
		if (hw->targets >> rd & 1 && hw_takes_interrupts(rd))
			hw->late[rd] |= (model_set)(1u << (entry - 1));
	if (hw_anybody_is_awake())
		hw->late[MODEL_RDS] |= (model_set)(1u << (entry - 1));
}

static void hw_mapd(uint32_t its, const uint8_t *command)
{
	struct model_its *hw = &the_state.model->its[its];
	const uint64_t target = hw_word(command, 2);
	const int device = model_device_of((uint32_t)(hw_word(command, 0) >> 32));
	const int itt = model_itt_of(target & ITSG_BITS(51, 8),
				     (uint32_t)(hw_word(command, 1) & ITSG_BITS(4, 0)));
	uint8_t *entry;

	if (device < 0) {
		model_broken("hardware gets a MAPD of a DeviceID that is out of range");
		return;
	}
	if (hw_word(command, 1) & ~ITSG_BITS(4, 0) || target & ITSG_BITS(62, 52))
		model_broken("hardware gets a MAPD with reserved bits set");
	entry = hw_entry(its, device);
	if (!entry) {
		model_broken("hardware gets a MAPD, and has no table for it");
		return;
	}
	if ((target & ITSG_BIT(63)) && itt < 0) {
		model_broken("hardware gets a MAPD that no host has sent");
		return;
	}
	hw_unmap(hw, *entry);
	*entry = target & ITSG_BIT(63) ? (uint8_t)(itt + 1) : 0;
}

static void hw_sync(struct model_its *hw, uint64_t target)
{
	const int rd = hw_rd_of(target);

	if (rd < 0) {
		model_broken("hardware gets a SYNC to no redistributor");
		return;
	}
	hw->late[rd] = 0;
	hw->late[MODEL_RDS] = 0;
}

static void hw_mapc(struct model_its *hw, uint64_t target)
{
	const uint64_t icid = target & ITSG_BITS(15, 0);
	const int rd = hw_rd_of(target & ITSG_BITS(50, 16));

	if (target & ITSG_BITS(62, 51) || icid >= TABLE_IDS)
		model_broken("hardware gets a MAPC that is out of range");
	else if (icid >= the_world.hcc && hw_page_of(hw, 1, (uint32_t)icid) < 0)
		model_broken("hardware gets a MAPC, and has no table for it");
	else if ((target & ITSG_BIT(63)) && rd < 0)
		model_broken("hardware gets a MAPC to no redistributor");
	else if (target & ITSG_BIT(63))
		hw->targets |= (uint8_t)(1u << rd);
}

/* Has the ITT that an entry names no room for this event? */
static bool hw_is_beyond(uint8_t entry, uint64_t event)
{
	return entry != ENTRY_FORGED && event >> (model_itts[entry - 1].size + 1);
}

/* MAPTI, MAPI, MOVI; or INT, CLEAR, INV, DISCARD, which have neither LPI nor collection. */
static void hw_event(uint32_t its, const uint8_t *command)
{
	const int device = model_device_of((uint32_t)(hw_word(command, 0) >> 32));
	const uint64_t event = hw_word(command, 1) & ITSG_BITS(31, 0);
	const uint64_t intid = command[0] == ITSG_CMD_MAPTI ? hw_word(command, 1) >> 32 : event;
	const bool maps = command[0] == ITSG_CMD_MAPTI || command[0] == ITSG_CMD_MAPI;
	const uint8_t *entry = device < 0 ? NULL : hw_entry(its, device);

	/*
	 * A map that hardware would not take twice may have become an unmap, behind this command;
	 * after an unmap that it would not take nobody knows; and firmware may have the whole ring
	 * run again, with the maps of now. It is an error then, which hardware finds by itself.
	 */
	if (device >= 0 && world_has(&the_world, ACTS_STALL | ACTS_POWER) &&
	    (!entry || !*entry || hw_is_beyond(*entry, event)))
		return;
	if (!entry || !*entry || *entry == ENTRY_FORGED)
		model_broken("hardware gets a command for a device that is not mapped");
	else if (hw_is_beyond(*entry, event))
		model_broken("hardware gets an EventID that the ITT has no room for");
	else if (maps && (intid < ITSG_LPI_FIRST || intid >> LPI_BITS))
		model_broken("hardware gets an INTID that is no LPI");
	else if ((hw_word(command, 2) & ITSG_BITS(15, 0)) >= TABLE_IDS)
		model_broken("hardware gets an ICID that is out of range");
	else if (command[0] != ITSG_CMD_MAPTI && hw_word(command, 1) >> 32)
		model_broken("hardware gets reserved bits");
}

static void hw_execute(uint32_t its, const uint8_t *command)
{
	struct model_its *hw = &the_state.model->its[its];

	if (hw_word(command, 3) && command[0] != ITSG_CMD_MOVALL)
		model_broken("hardware gets reserved bits");
	switch (command[0]) {
	case ITSG_CMD_MAPD:
		hw_mapd(its, command);
		break;
	case ITSG_CMD_SYNC:
		hw_sync(hw, hw_word(command, 2));
		break;
	case ITSG_CMD_MAPC:
		hw_mapc(hw, hw_word(command, 2));
		break;
	case ITSG_CMD_MAPTI:
	case ITSG_CMD_MAPI:
	case ITSG_CMD_MOVI:
	case ITSG_CMD_INT:
	case ITSG_CMD_CLEAR:
	case ITSG_CMD_INV:
	case ITSG_CMD_DISCARD:
		hw_event(its, command);
		break;
	case ITSG_CMD_INVALL:
		if ((hw_word(command, 2) & ITSG_BITS(15, 0)) >= TABLE_IDS)
			model_broken("hardware gets an ICID that is out of range");
		break;
	case ITSG_CMD_MOVALL:
		if (hw_rd_of(hw_word(command, 2)) < 0 || hw_rd_of(hw_word(command, 3)) < 0)
			model_broken("hardware gets a MOVALL to no redistributor");
		else
			hw->targets |= (uint8_t)(1u << hw_rd_of(hw_word(command, 3)));
		break;
	default:
		model_broken("hardware gets a command that it shall never see");
	}
}

bool hw_can_run(const struct model_its *hw)
{
	return (hw->cbaser & ITSG_CBASER_VALID) && (hw->enabled || !hw->quiescent) &&
	       !hw->stalled && hw->creadr != hw->cwriter;
}

void hw_stall(struct model_its *hw)
{
	hw->stalled = true;
	if (hw->stalls < MODEL_STALLS)
		hw->stalls++;
}

void hw_run(uint32_t its)
{
	struct model_its *hw = &the_state.model->its[its];

	if (hw_goes_to_sleeper(hw->ring[hw->creadr])) {
		hw_stall(hw);
		return;
	}
	hw_execute(its, hw->ring[hw->creadr]);
	hw->creadr = (uint8_t)((hw->creadr + 1) % the_world.ring);
}

void hw_quiesce(struct model_its *hw)
{
	const uint32_t its = (uint32_t)(hw - the_state.model->its);

	hw->quiescent = true;
	hw->stalls = 0;
	memset(hw->late, 0, sizeof(hw->late));
	hw_sync_tables(its, true);
}

/* ---- power ---- */

static void hw_reset(struct model_its *hw)
{
	hw->enabled = false;
	hw->quiescent = true;
	hw->stalled = false;
	hw->stalls = 0;
	hw->cbaser = 0;
	hw->creadr = 0;
	hw->cwriter = 0;
	for (int n = 0; n < MODEL_BASERS; n++)
		hw->baser[n] = hw_baser_read_only[n];
	memset(hw->late, 0, sizeof(hw->late));
}

/* Hardware that firmware enables while the guard has it enabled, as far as it knows. */
bool hw_power_told(const struct model_its *hw, enum hw_power power)
{
	return power >= HW_POWER_RESUMED && (hw->enabled || hw->raw_enabled || hw->power_off);
}

void hw_power(uint32_t its, enum hw_power power)
{
	struct model_its *hw = &the_state.model->its[its];
	const struct model_its before = *hw;

	hw_sync_tables(its, power != HW_POWER_CACHED_LOST);
	hw->power_off = hw->power_off || hw->enabled;
	hw_reset(hw);
	if (power < HW_POWER_RESTORED)
		return;
	hw->cbaser = before.cbaser;
	hw->cwriter = power == HW_POWER_WHOLE_RING ? (uint8_t)(the_world.ring - 1) : before.cwriter;
	memcpy(hw->baser, before.baser, sizeof(hw->baser));
	hw->enabled = power != HW_POWER_RESTORED;
	hw->quiescent = !hw->enabled;
}

/* ---- reach ---- */

/* Every MAPD in any slot of a valid queue: firmware that restores registers may let it run again.
 */
static uint32_t hw_ring_itts(const struct model_its *hw)
{
	uint32_t itts = 0;

	if (!(hw->cbaser & ITSG_CBASER_VALID))
		return 0;
	for (uint32_t slot = 0; slot < the_world.ring; slot++) {
		const uint8_t *command = hw->ring[slot];
		const uint64_t target = hw_word(command, 2);
		const int itt = model_itt_of(target & ITSG_BITS(51, 8), command[8] & 31u);

		if (command[0] != ITSG_CMD_MAPD || !(target & ITSG_BIT(63)))
			continue;
		if (itt < 0)
			model_broken("the private queue has a MAPD that no host has sent");
		else
			itts |= 1u << itt;
	}
	return itts;
}

uint32_t hw_itts(uint32_t its)
{
	const struct model_its *hw = &the_state.model->its[its];
	uint32_t itts = hw->kept_itts | hw_ring_itts(hw);

	for (uint32_t rd = 0; rd <= MODEL_RDS; rd++)
		itts |= hw->late[rd];
	for (int device = 0; device < MODEL_IDS; device++) {
		const uint8_t *entry = hw_entry(its, device);

		if (entry && *entry == ENTRY_FORGED)
			model_broken("I1: a table has entries that the host has made");
		else if (entry && *entry)
			itts |= 1u << (*entry - 1);
	}
	return itts;
}
