/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * MAPD: gives a device its interrupt translation table, or takes it away (T7, T8, T9).
 */
#include "claim.h"
#include "rule.h"

/* DEVICE_OOR, DEVICE_RESERVED, DEVICE_MAPPED. */
static enum itsg_reason mapd_device(const struct itsg_its *its)
{
	enum itsg_reason reason = itsg_rule_device_id(its);

	if (reason != ITSG_OK)
		return reason;
	if (its->ops.reserved && its->ops.reserved(its->ctx, its->plan.device_id))
		return ITSG_DEVICE_RESERVED;
	/* The architecture allows it; no driver does it, and both ITTs would be live (P25). */
	return itsg_rule_device(its) ? ITSG_DEVICE_MAPPED : ITSG_OK;
}

/* ITTSIZE_OOR, ITT_ADDRESS; then the ITT's take is in the plan. */
static enum itsg_reason mapd_itt(struct itsg_its *its)
{
	struct itsg_plan *plan = &its->plan;
	struct itsg_take *take = &plan->take[plan->takes];

	plan->size = (uint32_t)itsg_rule_field(its, ITSG_F_SIZE);
	plan->itt = itsg_rule_field(its, ITSG_F_ITT);
	if (plan->size >= its->max_itt_bits)
		return ITSG_ITTSIZE_OOR;
	take->run = itsg_run_of(plan->itt, itsg_itt_bytes(plan->size, its->config.itt_entry_bytes));
	take->kind = itsg_claim_itt_kind(its);
	take->overlap = ITSG_ITT_OVERLAP;
	if (take->run.pa + take->run.bytes > its->pa_end)
		return ITSG_ITT_ADDRESS;
	plan->takes++;
	return ITSG_OK;
}

static enum itsg_reason mapd_map(struct itsg_its *its)
{
	enum itsg_reason reason = mapd_device(its);

	if (reason == ITSG_OK)
		reason = itsg_rule_level1(its, its->device_table, its->plan.device_id);
	if (reason == ITSG_OK)
		reason = mapd_itt(its);
	if (reason == ITSG_OK && !itsg_devices_room(&its->devices, its->plan.device_id))
		reason = ITSG_NO_DEVICE_SLOT;
	its->plan.record = ITSG_RECORD_ADD;
	return reason;
}

/*
 * Size and ITT of an unmap mean nothing; what it releases is what the record says (S2, S3), and
 * hardware is told zeroes. An unmapped DeviceID has no record, and nothing is published (R3).
 */
static enum itsg_reason mapd_unmap(struct itsg_its *its)
{
	const struct itsg_device *device;
	const enum itsg_reason reason = itsg_rule_device_id(its);

	if (reason != ITSG_OK)
		return reason;
	device = itsg_rule_device(its);
	if (!device)
		return ITSG_DEVICE_UNMAPPED;
	its->plan.drop = itsg_claim_itt_run(its, device);
	its->plan.record = ITSG_RECORD_REMOVE;
	its->head.command.field[ITSG_F_SIZE] = 0;
	its->head.command.field[ITSG_F_ITT] = 0;
	return ITSG_OK;
}

enum itsg_reason itsg_rule_mapd(struct itsg_its *its)
{
	return itsg_rule_field(its, ITSG_F_VALID) ? mapd_map(its) : mapd_unmap(its);
}
