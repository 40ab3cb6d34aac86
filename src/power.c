/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Whether hardware runs: Enabled and Quiescent, by the host's will, by ours, by firmware's, and by
 * a loss of power.
 */
#include "power.h"

#include "hardware.h"
#include "log.h"
#include "state.h"

bool itsg_power_quiet(const struct itsg_its *its)
{
	const uint64_t ctlr = itsg_hw_read(&its->platform, ITSG_GITS_CTLR);

	if ((ctlr & (ITSG_CTLR_ENABLED | ITSG_CTLR_QUIESCENT)) != ITSG_CTLR_QUIESCENT)
		return false;
	/* v4.1 reads 1 until the write of Enabled has taken effect (GIC 1.4). */
	return !its->facts.typer.vmapp || its->calls != its->power.disabled_in;
}

bool itsg_power_settled(const struct itsg_its *its)
{
	return !its->power.enabled && its->power.quiesced && itsg_power_quiet(its);
}

/* ITS_Number, which is the platform's, stays as it is. */
static void power_write_enabled(struct itsg_its *its, uint64_t enabled)
{
	const uint64_t number = itsg_hw_read(&its->platform, ITSG_GITS_CTLR) & ITSG_CTLR_ITS_NUMBER;

	itsg_hw_write(&its->platform, ITSG_GITS_CTLR, number | enabled);
	its->power.quiesced = false;
}

void itsg_power_enable(struct itsg_its *its)
{
	power_write_enabled(its, ITSG_CTLR_ENABLED);
	its->power.enabled = true;
}

static void power_turn_off(struct itsg_its *its)
{
	power_write_enabled(its, 0);
	its->power.disabled_in = its->calls;
}

/*
 * Hardware is not stopped on its way through the lap, lest it stand at a CREADR of 0 (ring.c, F4).
 * Hardware that is off already was not turned off by us: it has lost power.
 */
static void power_close(struct itsg_its *its)
{
	if (!itsg_hw_enabled(&its->platform))
		its->power.lost = true;
	else if (itsg_ring_lapping(&its->ring) && !its->ring.broken && !its->power.lost)
		return; /* and where power has taken the lap there is none to wait for */
	power_turn_off(its);
	its->power.closing = false;
}

/*
 * Firmware has enabled hardware that we had disabled (F9): its queue began anew, and it may be
 * anywhere in it. Where passed slots were not overwritten yet it may map again what they name, so
 * that tables say nothing any more (F22).
 */
static void power_resumed(struct itsg_its *its)
{
	its->power.lost = true;
	its->power.doubted = its->power.doubted || its->ring.scrubbed < its->ring.passed;
}

static void power_find_resumed(struct itsg_its *its)
{
	if (!its->power.enabled && !its->power.closing && its->ring.live &&
	    itsg_hw_enabled(&its->platform))
		power_resumed(its);
}

void itsg_power_disable(struct itsg_its *its)
{
	power_find_resumed(its);
	its->power.enabled = false;
	its->power.quiesced = false;
	its->power.closing = true;
	power_close(its);
}

void itsg_power_broken(struct itsg_its *its)
{
	if (its->ring.broken)
		return;
	its->ring.broken = true;
	itsg_log(&its->platform, ITSG_EVENT_BROKEN, ITSG_OK, 0, 0, NULL);
}

void itsg_power_lost(struct itsg_its *its)
{
	its->power.enabled = false;
	its->power.closing = false;
	its->power.quiesced = false;
	its->power.lost = its->ring.live;
	its->ring.stalled = false;
	its->ring.told = false;
	if (!itsg_hw_enabled(&its->platform))
		return;
	if (its->ring.live)
		power_resumed(its);
	power_turn_off(its);
}

/* Hardware that is off though nobody turned it off has lost power, and its queue with it (F9). */
static void power_gone(struct itsg_its *its)
{
	if ((its->power.enabled || its->power.closing) && !itsg_hw_enabled(&its->platform))
		itsg_power_lost(its);
	else
		itsg_power_broken(its);
}

static void power_observe_ring(struct itsg_its *its)
{
	if (!itsg_ring_observe(&its->ring))
		power_gone(its);
}

/*
 * Hardware is disabled and quiescent. A queue that began anew proves nothing, not even that what
 * it passed before has reached memory.
 */
static void power_quiesced(struct itsg_its *its)
{
	its->power.quiesced = true;
	its->power.lost = its->ring.live && (its->power.lost || itsg_ring_restarted(&its->ring));
	if (its->power.lost) {
		its->power.doubted =
			its->power.doubted || its->power.settled_below < its->ring.passed;
	} else {
		power_observe_ring(its);
		if (!its->ring.broken)
			its->power.settled_below = its->ring.passed;
	}
}

/*
 * One look at CREADR. While disabled it counts only once the ITS is quiescent, and then once: what
 * it says later may be a reset's doing, which arming finds out.
 */
void itsg_power_observe(struct itsg_its *its)
{
	power_find_resumed(its);
	if (its->power.enabled || its->power.closing)
		power_observe_ring(its);
	if (its->power.enabled)
		return;
	if (its->power.closing)
		power_close(its);
	if (!its->power.closing && !its->power.quiesced && itsg_power_quiet(its))
		power_quiesced(its);
}
