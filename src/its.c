/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * One ITS: its steps, and the entry points of the library but init.c and itsg_power_lost().
 */
#include "barrier.h"
#include "frame.h"
#include "hardware.h"
#include "its_cmdq.h"
#include "log.h"
#include "mmio.h"
#include "noinline.h"
#include "power.h"
#include "retire.h"
#include "settle.h"
#include "state.h"

/* ---- running ---- */

/* Is no command of the host's under way to hardware, and no SYNC of ours due? */
static inline bool its_no_command(const struct itsg_its *its)
{
	return its->host.next == its->host.cwriter && !its->head.full &&
	       !itsg_ring_at_lap(&its->ring) && its->barrier.round == ITSG_ROUND_NONE &&
	       its->taking.phase == ITSG_TAKING_NONE;
}

/* Most looks at hardware find nothing to do: whatever a step could do shows here. */
static inline bool its_idle(const struct itsg_its *its)
{
	return its->journal.count == 0 && its->ring.scrubbed == its->ring.published &&
	       its_no_command(its) && !its->given_up && !itsg_retire_pending(&its->retiring);
}

/* Is there nothing to do but to wait for hardware? What could be tidied has been before that. */
static bool its_waits(const struct itsg_its *its)
{
	return its_no_command(its) && its->journal.drops == 0 && its->journal.owed == 0 &&
	       !its->ring.stalled;
}

/* What makes room comes before what takes it. So many steps at most; how many it took. */
static uint32_t its_tidy(struct itsg_its *its, uint32_t most)
{
	uint32_t steps = 0;

	while (steps < most && ((its->given_up && itsg_retire_given_up(its)) ||
				itsg_settle_step(its) || itsg_ring_scrub(&its->ring) ||
				(itsg_retire_pending(&its->retiring) && itsg_retire_step(its))))
		steps++;
	return steps;
}

/*
 * A command leaves nothing to tidy before hardware has passed it, and hardware is not looked at
 * between steps: so that is asked again only when no command can go on. (A round of barriers that
 * reaches nobody is over at once.)
 */
static ITSG_NOINLINE bool its_steps(struct itsg_its *its)
{
	const uint32_t budget = its->facts.config.budget;
	uint32_t steps, went;

	steps = its_tidy(its, budget);
	for (went = 1; went && steps < budget && !its_waits(its); steps += went) {
		went = itsg_cmdq_steps(its, budget - steps);
		if (!went)
			went = its_tidy(its, 1);
	}
	if (its->power.enabled && !its->ring.broken && itsg_ring_tell(&its->ring))
		return true; /* what could not be stored before, perhaps */
	return steps > 0;
}

/* One look at hardware, then steps as far as the budget goes. True if any was taken. */
static bool its_run(struct itsg_its *its)
{
	itsg_power_observe(its);
	return !its_idle(its) && its_steps(its);
}

static void its_begin(struct itsg_its *its)
{
	its->calls++;
	if (its->facts.rds.turned_on)
		itsg_barrier_look(its);
}

/* ---- entry points ---- */

enum itsg_reason itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t value)
{
	const enum itsg_register reg = itsg_frame_register(offset);
	enum itsg_reason reason = itsg_frame_check(reg, offset, width);

	its_begin(its);
	its->stats.accesses++;
	itsg_power_observe(its);
	if (reason == ITSG_OK)
		reason = itsg_mmio_write(its, reg, offset, width, value);
	if (reason != ITSG_OK) {
		its->stats.refused_accesses++;
		itsg_log_refused_access(&its->platform, reason, offset, value);
	}
	/* Hardware was looked at before the write; but one that disables it may end it all. */
	if (!its->power.enabled)
		itsg_power_observe(its);
	if (!its_idle(its))
		its_steps(its);
	return reason;
}

enum itsg_reason itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t *value)
{
	const enum itsg_register reg = itsg_frame_register(offset);
	const enum itsg_reason reason = itsg_frame_check(reg, offset, width);

	its_begin(its);
	its->stats.accesses++;
	its_run(its);
	*value = 0;
	if (reason == ITSG_OK) {
		*value = itsg_mmio_read(its, reg, offset, width);
		return ITSG_OK;
	}
	its->stats.refused_accesses++;
	itsg_log_refused_access(&its->platform, reason, offset, 0);
	return reason;
}

bool itsg_poll(struct itsg_its *its)
{
	its_begin(its);
	return its_run(its) && !its_idle(its);
}

/* Of what the host gave, and of what hardware was told for it. */
static bool its_holds_nothing(const struct itsg_its *its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (its->table[n].claimed)
			return false;
	return its->journal.count == 0 && its->taking.phase == ITSG_TAKING_NONE &&
	       !itsg_retire_pending(&its->retiring);
}

/* As if the host had written all of it itself: what is given up follows when hardware is quiet. */
bool itsg_host_gone(struct itsg_its *its)
{
	its_begin(its);
	if (its->power.enabled || (!its->power.closing && itsg_hw_enabled(&its->platform)))
		itsg_power_disable(its);
	itsg_host_queue_drop(&its->platform, &its->host.claim);
	its->host.raw = 0;
	its->host.cwriter = 0;
	its->number = 0;
	itsg_cmdq_restart(its);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		its->table[n].raw &= ~(ITSG_BASER_VALID | ITSG_BASER_ADDRESS | ITSG_BASER_SIZE);
	itsg_retire_note(its);
	its_run(its);
	return itsg_power_settled(its) && its_holds_nothing(its);
}

bool itsg_device_mapped(const struct itsg_its *its, uint32_t device_id)
{
	return its->unmap_lost || itsg_devices_find(&its->devices, device_id) ||
	       itsg_journal_unmapping(&its->journal, device_id) ||
	       itsg_cmdq_mapping(its, device_id);
}

void itsg_get_stats(const struct itsg_its *its, struct itsg_stats *out)
{
	*out = its->stats;
	out->devices = its->retiring.devices ? 0 : its->devices.count;
	out->unmaps = its->journal.drops;
	out->broken = its->ring.broken;
	out->leaked = its->platform.leaked;
	out->kept_granules = its->kept.granules;
}
