/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "oracle.h"

#include "expect.h"

#include <string.h>

#define GRANULE 256u

static const struct model_page *oracle_page(int place)
{
	return &the_state.model->page[place];
}

/* ---- I1 ---- */

/* Hardware may touch these bytes: the pages are not the host's to give away, and on the books. */
static void oracle_reach(uint64_t pa, uint64_t bytes, bool donated)
{
	const struct itsg_run run = {pa, bytes};

	for (uint64_t at = pa & ~(uint64_t)(MODEL_PAGE_BYTES - 1); at < pa + bytes;
	     at += MODEL_PAGE_BYTES) {
		const int place = model_place_of(at);

		if (place < 0 || oracle_page(place)->owner == OWNER_HOST ||
		    oracle_page(place)->owner == OWNER_GUEST)
			model_broken("I1: hardware reaches a page that the guard does not hold");
		else if (donated && oracle_page(place)->owner != OWNER_DONATED)
			model_broken("I1: hardware relies on a page that the host can write");
	}
	if (itsg_pages_holds(the_state.pages, &run, donated ? ITSG_DONATED : ITSG_SHARED) !=
	    ITSG_PAGES_OK)
		model_broken("I1: hardware reaches granules that are not claimed");
}

/* What the host left in a donated ITT would be entries of its making. */
static void oracle_reach_itt(int itt)
{
	const uint64_t bytes = model_itt_bytes(itt);

	oracle_reach(model_itts[itt].pa, bytes, the_world.donate);
	for (uint64_t at = 0; the_world.donate && !the_outcome.broken && at < bytes;
	     at += GRANULE) {
		const uint64_t pa = model_itts[itt].pa + at;

		if (oracle_page(model_place_of(pa))->dirty >> pa % MODEL_PAGE_BYTES / GRANULE & 1)
			model_broken("I1: an ITT has entries that the host has made");
	}
}

static void oracle_reach_table(uint32_t its, uint32_t n)
{
	const struct model_its *hw = &the_state.model->its[its];
	const uint64_t baser = hw->baser[n];

	if (!(baser & ITSG_BASER_VALID))
		return;
	if (!(baser & ITSG_BASER_INDIRECT)) {
		oracle_reach(baser & ITSG_BASER_ADDRESS,
			     (itsg_get(baser, ITSG_BASER_SIZE) + 1) * MODEL_PAGE_BYTES, true);
		return;
	}
	if ((baser & ITSG_BASER_ADDRESS) != MODEL_POOL + its * MODEL_APART)
		model_broken("I1: hardware walks a level 1 that is not the private one");
	for (int i = 0; i < MODEL_WORDS; i++) {
		if (hw->mirror[i] & (ITSG_L1E_RESERVED | ITSG_BITS(11, 0)))
			model_broken("I5: reserved bits are in the level 1 that hardware walks");
		if (hw->mirror[i] & ITSG_L1E_VALID)
			oracle_reach(hw->mirror[i] & ITSG_L1E_ADDRESS, MODEL_PAGE_BYTES, true);
	}
}

static void oracle_reach_its(uint32_t its)
{
	const struct model_its *hw = &the_state.model->its[its];
	const uint32_t itts = hw_itts(its);

	for (uint32_t n = 0; n < MODEL_BASERS; n++)
		oracle_reach_table(its, n);
	for (int place = 0; place < MODEL_PAGES; place++)
		if (hw->kept_pages >> place & 1)
			oracle_reach(model_page_pa[place], MODEL_PAGE_BYTES, true);
	for (int itt = 0; itt < MODEL_ITTS && !the_outcome.broken; itt++)
		if (itts >> itt & 1)
			oracle_reach_itt(itt);
}

/* ---- redistributors: T13, T14 ---- */

static uint64_t oracle_lpi_bits(uint64_t prop)
{
	const uint64_t bits = itsg_get(prop, ITSG_GICR_PROPBASER_ID_BITS) + 1;

	return bits < 14 ? bits : 14; /* of this GIC */
}

static void oracle_reach_rd(const struct model_rd *rd)
{
	/* Without power: what firmware brings back. */
	const bool on = rd->off ? rd->saved_enabled : rd->enabled || rd->clearing;
	const uint64_t prop = rd->off ? rd->saved_prop : rd->prop;
	const uint64_t pend = rd->off ? rd->saved_pend : rd->pend;
	const uint64_t bits = oracle_lpi_bits(prop);

	if (rd->foreign || !on)
		return;
	if (bits < 14) {
		model_broken("LPIs are on with fewer bits than a table has");
		return;
	}
	oracle_reach(prop & ITSG_GICR_PROPBASER_ADDRESS, ((uint64_t)1 << bits) - 8192, false);
	oracle_reach(pend & ITSG_GICR_PENDBASER_ADDRESS, ((uint64_t)1 << bits) / 8, true);
}

/* One PROPBASER for all of a group, one set of attributes of pending tables for the machine. */
static void oracle_match_rds(const struct model_rd *a, const struct model_rd *b)
{
	const uint64_t attributes =
		ITSG_GICR_INNER_CACHE | ITSG_GICR_OUTER_CACHE | ITSG_GICR_SHAREABILITY;
	const bool both = (a->enabled || a->clearing) && (b->enabled || b->clearing) &&
			  !a->foreign && !b->foreign;

	if (both && a->prop != b->prop)
		model_broken("two redistributors of a group are on with two configuration tables");
	if (both && ((a->pend ^ b->pend) & attributes))
		model_broken("two redistributors are on with two sets of attributes");
}

static void oracle_check_rds(void)
{
	const struct model_rd *rd = the_state.model->rd;

	for (uint32_t i = 0; i < the_world.rds; i++)
		oracle_reach_rd(&rd[i]);
	for (uint32_t i = 0; i < the_world.rds; i++)
		for (uint32_t other = 0; other < i; other++)
			oracle_match_rds(&rd[other], &rd[i]);
}

/* ---- I7 ---- */

static uint8_t oracle_owner(enum itsg_kind kind)
{
	return kind == ITSG_DONATED ? OWNER_DONATED : OWNER_SHARED;
}

/* Pages that the guard has, as the platform knows it, are those on its books. */
static void oracle_check_books(void)
{
	uint8_t booked[MODEL_PAGES] = {0};
	struct itsg_page_info info;
	uint32_t at = 0;

	while (itsg_pages_next(the_state.pages, &at, &info)) {
		const int place = model_place_of(info.pfn * MODEL_PAGE_BYTES);

		if (place < 0)
			model_broken("I7: a page is on the books that is none");
		else
			booked[place] = oracle_owner(info.kind);
	}
	for (int place = 0; place < MODEL_PAGES; place++) {
		const uint8_t owner = oracle_page(place)->owner;

		if ((owner == OWNER_GUEST ? OWNER_HOST : owner) != booked[place])
			model_broken("I7: the books differ from who has which page");
	}
}

void oracle_check(void)
{
	for (uint32_t its = 0; its < the_world.its; its++)
		oracle_reach_its(its);
	if (the_world.redists)
		oracle_check_rds();
	if (!the_outcome.broken)
		oracle_check_books();
	if (!the_outcome.broken &&
	    itsg_check(the_state.pages, (const struct itsg_its *const *)the_state.its,
		       the_world.its, the_state.redists) != ITSG_INVARIANTS_HOLD)
		model_broken("itsg_check() fails");
}

/* ---- I3 ---- */

void oracle_check_refused(const uint8_t *ignored, const uint8_t *canonical)
{
	if (memcmp(ignored, canonical, the_state.bytes) != 0)
		model_broken("I3: a refused access has changed something");
}

void oracle_check_refused_enable(const struct model *before)
{
	for (int place = 0; place < MODEL_PAGES; place++)
		if (before->page[place].owner == OWNER_HOST &&
		    oracle_page(place)->owner != OWNER_HOST)
			model_broken("I3: a page is held for an enable that is refused");
}

/* ---- claims ---- */

bool oracle_meet(int itt, int other)
{
	return model_itts[itt].pa < model_itts[other].pa + model_itt_bytes(other) &&
	       model_itts[other].pa < model_itts[itt].pa + model_itt_bytes(itt);
}

/* The granules claimed in a page, a bit each. */
static uint64_t oracle_granules(int place)
{
	struct itsg_page_info info;
	uint32_t at = 0;

	while (itsg_pages_next(the_state.pages, &at, &info))
		if (info.pfn == model_page_pa[place] / MODEL_PAGE_BYTES)
			return info.words[0];
	return 0;
}

/* The granules of an ITT in a page. */
static uint64_t oracle_itt_granules(int itt, int place)
{
	uint64_t granules = 0;

	for (uint64_t at = 0; at < model_itt_bytes(itt); at += GRANULE) {
		const uint64_t pa = model_itts[itt].pa + at;

		if (model_place_of(pa) == place)
			granules |= (uint64_t)1 << pa % MODEL_PAGE_BYTES / GRANULE;
	}
	return granules;
}

bool oracle_claimed(int itt)
{
	for (int place = 0; place < MODEL_PAGES; place++)
		if (oracle_granules(place) & oracle_itt_granules(itt, place))
			return true;
	return false;
}

bool oracle_other_kind(int itt)
{
	for (int place = 0; place < MODEL_PAGES; place++) {
		const uint8_t owner = oracle_page(place)->owner;

		if (oracle_itt_granules(itt, place) &&
		    owner == (the_world.donate ? OWNER_SHARED : OWNER_DONATED))
			return true;
	}
	return false;
}

bool oracle_pages_back(uint32_t its)
{
	const struct model_its *hw = &the_state.model->its[its];

	if (oracle_granules(PLACE_LEVEL2) && !(the_world.levels & 2))
		return false;
	for (int place = PLACE_A; place <= PLACE_LAST_ITTS; place++)
		if (oracle_granules(place))
			return false;
	return (hw->raw_baser[0] & ITSG_BASER_VALID) || !oracle_granules(PLACE_DEVICES) ||
	       model_place_of(hw->raw_baser[1] & ITSG_BASER_ADDRESS) == PLACE_DEVICES;
}

bool oracle_claims_are_mapped(uint32_t its)
{
	const struct model_its *hw = &the_state.model->its[its];

	for (int place = PLACE_A; place <= PLACE_LAST_ITTS; place++) {
		uint64_t granules = 0;

		for (int device = 0; device < MODEL_IDS; device++)
			if (hw->mapped[device])
				granules |= oracle_itt_granules(hw->mapped[device] - 1, place);
		if (granules != oracle_granules(place) &&
		    model_place_of(hw->raw_baser[0] & ITSG_BASER_ADDRESS) != place)
			return false;
	}
	return true;
}

bool oracle_rd_holds(uint32_t rd)
{
	/* Another one may have named it. */
	return !world_has(&the_world, ACTS_HOSTILE) &&
	       oracle_granules(PLACE_PENDING0 + (int)rd) != 0;
}

/* ---- an honest end ---- */

/* A queue of either kind takes longer the longer it is. */
#define PATIENCE (8 * MODEL_QUEUE)

static void end_poll(uint32_t its)
{
	for (int i = 0; i < PATIENCE; i++)
		if (!itsg_poll(the_state.its[its]))
			return;
	model_broken("a poll says for ever that there is more to do");
}

/* Hardware does all it can, and the guard too. */
static void end_turns(uint32_t its)
{
	struct model_its *hw = &the_state.model->its[its];

	for (int i = 0; i < PATIENCE && !the_outcome.broken; i++) {
		while (hw_can_run(hw) && !the_outcome.broken)
			hw_run(its);
		end_poll(its);
		if (!hw_can_run(hw) && !hw->stalled)
			return;
	}
}

static uint64_t end_read(uint32_t its, uint32_t offset, uint32_t width)
{
	uint64_t value = 0;

	itsg_read(the_state.its[its], offset, width, &value);
	return value;
}

/* Its commands end, one after the other. A stall at one of them is the host's to restart. */
static void end_wait(uint32_t its)
{
	struct model_its *hw = &the_state.model->its[its];

	for (int i = 0; i < PATIENCE && !the_outcome.broken; i++) {
		const uint64_t creadr = end_read(its, ITSG_GITS_CREADR, 8);

		if (!hw->raw_enabled || !hw->enabled || creadr == hw->raw_cwriter)
			return;
		if (creadr & ITSG_CREADR_STALLED)
			itsg_write(the_state.its[its], ITSG_GITS_CWRITER, 8,
				   hw->raw_cwriter | ITSG_CWRITER_RETRY);
		end_turns(its);
	}
	/* What hardware has refused twice waits until it is quiescent. */
	if (hw->stalls < MODEL_STALLS)
		model_broken("I8: commands of an honest host do not end");
}

static void end_write(uint32_t its, uint32_t offset, uint32_t width, uint64_t value)
{
	const enum itsg_reason reason = itsg_write(the_state.its[its], offset, width, value);

	if (reason != ITSG_OK)
		model_broken("I8: an honest host is refused");
}

static void end_disable(uint32_t its)
{
	struct model_its *hw = &the_state.model->its[its];

	end_write(its, ITSG_GITS_CTLR, 4, 0);
	for (int i = 0; i < PATIENCE && !the_outcome.broken; i++) {
		const uint64_t ctlr = end_read(its, ITSG_GITS_CTLR, 4);

		if ((ctlr & (ITSG_CTLR_ENABLED | ITSG_CTLR_QUIESCENT)) == ITSG_CTLR_QUIESCENT)
			return;
		end_turns(its);
		if (!hw->enabled)
			hw_quiesce(hw);
	}
	model_broken("I8: the host waits for Quiescent for ever");
}

/* Where all redistributors sleep nothing goes on: whoever waits has one that is awake. */
static void end_its(uint32_t its)
{
	expect_begin(its);
	end_poll(its);
	for (uint32_t rd = 0; rd < the_world.rds; rd++) {
		the_state.model->rd[rd].asleep = false;
		if (the_state.model->rd[rd].off)
			rd_hw_power(rd, true, true);
	}
	end_wait(its);
	if (!the_outcome.broken)
		end_disable(its);
	if (the_outcome.broken)
		return;
	end_write(its, ITSG_GITS_CBASER, 8, 0);
	for (uint32_t n = 0; n < MODEL_BASERS; n++)
		end_write(its, ITSG_GITS_BASER + 8 * n, 8, 0);
	/* So another ITS may have that memory for its ITTs. */
	the_state.model->its[its].raw_cbaser = 0;
	the_state.model->its[its].raw_baser[0] = 0;
	end_poll(its);
}

static void end_rd(uint32_t number)
{
	struct model_rd *rd = &the_state.model->rd[number];
	uint64_t ctlr;

	if (rd->off)
		rd_hw_power(number, true, true);
	itsg_redists_write(the_state.redists, number, ITSG_GICR_CTLR, 4, 0);
	if (rd->clearing)
		rd_hw_settle(number);
	itsg_redists_read(the_state.redists, number, ITSG_GICR_CTLR, 4, &ctlr);
	if (ctlr & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP))
		model_broken("I8: the host waits for EnableLPIs to be cleared for ever");
}

/* A page that the platform would not take back is marked, and not asked for. */
static bool end_may_stay(const struct itsg_page_info *info)
{
	const int place = model_place_of(info->pfn * MODEL_PAGE_BYTES);

	if (info->marked && info->granules == 0)
		return true;
	if (the_world.forgets)
		return false;
	return place == PLACE_DEVICES || place == PLACE_COLLECTIONS || place == PLACE_DEVICES1 ||
	       place == PLACE_COLLECTIONS1 || place == PLACE_OTHER || place == PLACE_LEVEL2 ||
	       (place >= PLACE_A && place <= PLACE_LAST_ITTS);
}

void oracle_honest_end(void)
{
	struct itsg_page_info info;
	uint32_t at = 0;

	for (uint32_t its = 0; its < the_world.its && !the_outcome.broken; its++)
		end_its(its);
	for (uint32_t rd = 0; the_world.redists && rd < the_world.rds; rd++)
		end_rd(rd);
	if (!the_outcome.broken)
		oracle_check();
	while (!the_outcome.broken && itsg_pages_next(the_state.pages, &at, &info))
		if (!end_may_stay(&info))
			model_broken("I7: an honest host does not get its pages back");
}
