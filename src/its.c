/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * One ITS: its hardware registers, its log, its steps, and the entry points of the library.
 */
#include "frame.h"
#include "hardware.h"
#include "log.h"
#include "mmio.h"
#include "queue.h"
#include "retire.h"

/* ---- is hardware on? ---- */

bool itsg_its_quiet(const struct itsg_its *its)
{
	const uint64_t ctlr = itsg_hw_read(&its->platform, ITSG_GITS_CTLR);

	if ((ctlr & (ITSG_CTLR_ENABLED | ITSG_CTLR_QUIESCENT)) != ITSG_CTLR_QUIESCENT)
		return false;
	/* v4.1 reads 1 until the write of Enabled has taken effect (GIC 1.4). */
	return !its->facts.typer.vmapp || its->calls != its->disabled_in;
}

bool itsg_its_settled(const struct itsg_its *its)
{
	return !its->enabled && its->quiesced && itsg_its_quiet(its);
}

/* ITS_Number, which is the platform's, stays as it is. */
static void its_write_enabled(struct itsg_its *its, uint64_t enabled)
{
	const uint64_t number = itsg_hw_read(&its->platform, ITSG_GITS_CTLR) & ITSG_CTLR_ITS_NUMBER;

	itsg_hw_write(&its->platform, ITSG_GITS_CTLR, number | enabled);
	its->quiesced = false;
}

void itsg_its_enable(struct itsg_its *its)
{
	its_write_enabled(its, ITSG_CTLR_ENABLED);
	its->enabled = true;
}

static void its_turn_off(struct itsg_its *its)
{
	its_write_enabled(its, 0);
	its->disabled_in = its->calls;
}

/*
 * Hardware is not stopped on its way through the lap, lest it stand at a CREADR of 0 (ring.c, F4).
 * Hardware that is off already was not turned off by us: it has lost power.
 */
static void its_close(struct itsg_its *its)
{
	if (!itsg_hw_enabled(&its->platform))
		its->lost = true;
	else if (itsg_ring_lapping(&its->ring) && !its->ring.broken && !its->lost)
		return; /* and where power has taken the lap there is none to wait for */
	its_turn_off(its);
	its->closing = false;
}

/* Hardware may have run what lies in a slot and was never published: it is held (F32). */
static void its_mark_run(struct itsg_its *its)
{
	its->taking.ran = its->taking.ran || (its->ring.staged && its->taking.takes);
}

/*
 * Firmware has enabled hardware that we had disabled (F9): its queue began anew, and it may be
 * anywhere in it. Where passed slots were not overwritten yet it may map again what they name, so
 * that tables say nothing any more (F22). The same goes for what never was published (F32).
 */
static void its_resumed(struct itsg_its *its)
{
	const bool staged = its->ring.staged > 0;

	its->lost = true;
	its->doubted = its->doubted || staged || its->ring.scrubbed < its->ring.passed;
	its_mark_run(its);
}

static void its_find_resumed(struct itsg_its *its)
{
	if (!its->enabled && !its->closing && its->ring.live && itsg_hw_enabled(&its->platform))
		its_resumed(its);
}

void itsg_its_disable(struct itsg_its *its)
{
	its_find_resumed(its);
	its->enabled = false;
	its->quiesced = false;
	its->closing = true;
	its_close(its);
}

void itsg_its_broken(struct itsg_its *its)
{
	if (its->ring.broken)
		return;
	its->ring.broken = true;
	its_mark_run(its);
	itsg_log(&its->platform, ITSG_EVENT_BROKEN, ITSG_OK, 0, 0, NULL);
}

/* ---- running ---- */

/*
 * Hardware is disabled and quiescent. A queue that began anew proves nothing, not even that what
 * it passed before has reached memory.
 */
static void its_quiesced(struct itsg_its *its)
{
	its->quiesced = true;
	its->lost = its->ring.live && (its->lost || itsg_ring_restarted(its));
	if (its->lost) {
		its->doubted = its->doubted || its->settled_below < its->ring.passed;
	} else {
		itsg_ring_observe(its);
		if (!its->ring.broken)
			its->settled_below = its->ring.passed;
	}
}

/*
 * One look at CREADR. While disabled it counts only once the ITS is quiescent, and then once: what
 * it says later may be a reset's doing, which arming finds out.
 */
void itsg_its_observe(struct itsg_its *its)
{
	its_find_resumed(its);
	if (its->enabled || its->closing)
		itsg_ring_observe(its);
	if (its->closing)
		its_close(its);
	if (!its->enabled && !its->closing && !its->quiesced && itsg_its_quiet(its))
		its_quiesced(its);
}

/* What makes room comes before what takes it. */
static bool its_tidy(struct itsg_its *its)
{
	return itsg_retire_given_up(its) || itsg_journal_settle(its) || itsg_ring_scrub(its) ||
	       itsg_retire_step(its);
}

/*
 * A command leaves nothing to tidy before hardware has passed it, and hardware is not looked at
 * between steps: so that is asked again only when no command can go on. (A round of barriers that
 * reaches nobody is over at once.)
 */
static bool its_steps(struct itsg_its *its)
{
	uint32_t steps = 0;

	while (steps < its->facts.config.budget && its_tidy(its))
		steps++;
	while (steps < its->facts.config.budget && (itsg_cmdq_step(its) || its_tidy(its)))
		steps++;
	itsg_ring_tell(its);
	return steps > 0;
}

bool itsg_its_run(struct itsg_its *its)
{
	itsg_its_observe(its);
	return its_steps(its);
}

/* ---- entry points ---- */

enum itsg_reason itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t value)
{
	enum itsg_reason reason = itsg_frame_check(offset, width);

	its->calls++;
	its->stats.accesses++;
	itsg_its_observe(its);
	if (reason == ITSG_OK)
		reason = itsg_mmio_write(its, offset, width, value);
	if (reason != ITSG_OK) {
		its->stats.refused_accesses++;
		itsg_log(&its->platform, ITSG_EVENT_REFUSED_ACCESS, reason, offset, value, NULL);
	}
	/* Hardware was looked at before the write; but one that disables it may end it all. */
	if (!its->enabled)
		itsg_its_observe(its);
	its_steps(its);
	return reason;
}

enum itsg_reason itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t *value)
{
	const enum itsg_reason reason = itsg_frame_check(offset, width);

	its->calls++;
	its->stats.accesses++;
	itsg_its_run(its);
	*value = 0;
	if (reason == ITSG_OK) {
		*value = itsg_mmio_read(its, offset, width);
		return ITSG_OK;
	}
	its->stats.refused_accesses++;
	itsg_log(&its->platform, ITSG_EVENT_REFUSED_ACCESS, reason, offset, 0, NULL);
	return reason;
}

bool itsg_poll(struct itsg_its *its)
{
	its->calls++;
	return itsg_its_run(its);
}

void itsg_power_lost(struct itsg_its *its)
{
	its->enabled = false;
	its->closing = false;
	its->quiesced = false;
	its->lost = its->ring.live;
	its->ring.stalled = false;
	its->ring.told = false;
	if (!itsg_hw_enabled(&its->platform))
		return;
	if (its->ring.live)
		its_resumed(its);
	its_turn_off(its);
}

/* Of what the host gave, and of what hardware was told for it. */
static bool its_holds_nothing(const struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (its->table[n].claimed)
			return false;
	return its->journal.count == 0 && its->taking.phase == ITSG_TAKING_NONE &&
	       !itsg_retire_pending(its);
}

/* As if the host had written all of it itself: what is given up follows when hardware is quiet. */
bool itsg_host_gone(struct itsg_its *its)
{
	its->calls++;
	if (its->enabled || (!its->closing && itsg_hw_enabled(&its->platform)))
		itsg_its_disable(its);
	itsg_host_queue_drop(&its->platform, &its->host.claim);
	its->host.raw = 0;
	its->host.cwriter = 0;
	its->number = 0;
	itsg_cmdq_restart(its);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		its->table[n].raw &= ~(ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);
	itsg_retire_note(its);
	itsg_its_run(its);
	return itsg_its_settled(its) && its_holds_nothing(its);
}

bool itsg_device_mapped(const struct itsg_its *its, uint32_t device_id)
{
	return its->unmap_lost || itsg_devices_find(&its->devices, device_id) ||
	       itsg_journal_unmapping(its, device_id) || itsg_cmdq_mapping(its, device_id);
}

void itsg_get_stats(const struct itsg_its *its, struct itsg_stats *out)
{
	*out = its->stats;
	out->devices = its->devices_dying ? 0 : its->devices.count;
	out->broken = its->ring.broken;
	out->leaked = its->platform.leaked;
	out->kept_granules = its->kept.granules;
}
