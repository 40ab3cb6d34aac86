/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * MAPD: gives a device its interrupt translation table, or takes it away (T7, T8, T9).
 */
#include "mapd.h"

enum itsg_reason itsg_mapd_needs(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_needs *needs)
{
	enum itsg_reason reason;

	if (!itsg_words_valid(command))
		return ITSG_OK;
	reason = itsg_rule_device_id(view, command);
	if (reason != ITSG_OK)
		return reason;
	needs->reserved = true;
	itsg_rule_level1_needs(view->device_table, itsg_words_device_id(command), needs);
	return ITSG_OK;
}

/* ITTSIZE_OOR, ITT_ADDRESS; then *itt is what the new ITT covers. */
static enum itsg_reason mapd_itt(const struct itsg_facts *facts, const struct itsg_words *command,
				 struct itsg_plan *plan, struct itsg_run *itt)
{
	plan->size = itsg_words_size(command);
	plan->itt = itsg_words_itt(command);
	if (plan->size >= facts->max_itt_bits)
		return ITSG_ITTSIZE_OOR;
	*itt = itsg_run_of(plan->itt, itsg_itt_bytes(plan->size, facts->config.itt_entry_bytes));
	return itt->pa + itt->bytes > facts->pa_end ? ITSG_ITT_ADDRESS : ITSG_OK;
}

static void mapd_take(const struct itsg_facts *facts, struct itsg_plan *plan,
		      const struct itsg_run *run)
{
	struct itsg_take *take = &plan->take[plan->takes];

	if (run->bytes == 0)
		return;
	take->run = *run;
	take->kind = itsg_facts_itt_kind(facts);
	take->overlap = ITSG_ITT_OVERLAP;
	plan->takes++;
}

/* What of a run lies before another one, and what behind it. If they are apart, all is `before`. */
static void mapd_outside(const struct itsg_run *run, const struct itsg_run *other,
			 struct itsg_run out[2])
{
	const uint64_t end = run->pa + run->bytes;
	const uint64_t other_end = other->pa + other->bytes;
	const bool apart = end <= other->pa || other_end <= run->pa;

	out[0].pa = run->pa;
	out[0].bytes = 0;
	out[1].pa = other_end;
	out[1].bytes = !apart && end > other_end ? end - other_end : 0;
	if (apart)
		out[0].bytes = run->bytes;
	else if (other->pa > run->pa)
		out[0].bytes = other->pa - run->pa;
}

/*
 * Entries that the ITS has written into a donated ITT cannot be forged, but read from between two
 * of them they would be anything (F23).
 */
static bool mapd_misreads(const struct itsg_facts *facts, const struct itsg_run *itt,
			  const struct itsg_run *old)
{
	const uint64_t apart = itt->pa > old->pa ? itt->pa - old->pa : old->pa - itt->pa;

	return facts->config.donate_itt && itt->pa < old->pa + old->bytes &&
	       old->pa < itt->pa + itt->bytes && apart % facts->config.itt_entry_bytes;
}

/*
 * ITT_OVERLAP. The device is mapped already (GIC 4.4). The same again changes nothing (H2).
 * Another ITT takes the place of the first (H3): hardware is told to unmap it and then to map it,
 * so that each has its entry in the journal, and what only the first one had goes when that is
 * settled. What both have stays claimed, with the entries that the ITS has written there.
 */
static enum itsg_reason mapd_replace(const struct itsg_view *view, const struct itsg_device *device,
				     const struct itsg_run *itt, struct itsg_plan *plan)
{
	const struct itsg_facts *facts = view->facts;
	const struct itsg_run old = itsg_facts_itt_run(facts, device);
	struct itsg_run fresh[2];

	plan->old_size = itsg_device_size(device);
	plan->slot = (uint32_t)(device - view->devices->records);
	plan->silent = plan->itt == device->itt && plan->size == plan->old_size;
	if (plan->silent)
		return ITSG_OK;
	if (mapd_misreads(facts, itt, &old))
		return ITSG_ITT_OVERLAP;
	plan->record = ITSG_RECORD_REPLACE;
	mapd_outside(itt, &old, fresh);
	mapd_take(facts, plan, &fresh[0]);
	mapd_take(facts, plan, &fresh[1]);
	mapd_outside(&old, itt, plan->drop);
	return ITSG_OK;
}

static enum itsg_reason mapd_map(const struct itsg_view *view, const struct itsg_words *command,
				 uint64_t level1, struct itsg_plan *plan)
{
	struct itsg_run itt = {0, 0};
	const struct itsg_device *device;
	enum itsg_reason reason;

	reason = itsg_rule_level1(view, view->device_table, plan->device_id, level1, plan);
	if (reason == ITSG_OK)
		reason = mapd_itt(view->facts, command, plan, &itt);
	if (reason != ITSG_OK)
		return reason;
	device = itsg_devices_look(view->devices, plan->device_id, &plan->slot);
	if (device)
		return mapd_replace(view, device, &itt, plan);
	mapd_take(view->facts, plan, &itt);
	plan->record = ITSG_RECORD_ADD;
	return plan->slot == ITSG_NO_SLOT ? ITSG_NO_DEVICE_SLOT : ITSG_OK;
}

/*
 * Size and ITT of an unmap mean nothing; what it releases is what the record says (S2, S3), and
 * hardware is told zeroes. An unmapped DeviceID has no record, and nothing is published (R3).
 */
static enum itsg_reason mapd_unmap(const struct itsg_view *view, const struct itsg_words *command,
				   struct itsg_plan *plan)
{
	const struct itsg_device *device = itsg_rule_device(view, command);

	if (!device)
		return ITSG_DEVICE_UNMAPPED;
	plan->drop[0] = itsg_facts_itt_run(view->facts, device);
	plan->old_size = itsg_device_size(device);
	plan->record = ITSG_RECORD_REMOVE;
	plan->slot = (uint32_t)(device - view->devices->records);
	plan->publish = itsg_words_unmap(plan->device_id);
	return ITSG_OK;
}

enum itsg_reason itsg_rule_mapd(const struct itsg_view *view, const struct itsg_words *command,
				uint64_t level1, struct itsg_plan *plan)
{
	const enum itsg_reason reason = itsg_rule_device_id(view, command);

	plan->drop[0].bytes = 0;
	plan->drop[1].bytes = 0;
	plan->size = 0;
	plan->old_size = 0;
	if (reason != ITSG_OK)
		return reason;
	return itsg_words_valid(command) ? mapd_map(view, command, level1, plan)
					 : mapd_unmap(view, command, plan);
}
