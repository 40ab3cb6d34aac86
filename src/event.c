/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Commands about one event of a device: MAPTI, MAPI, MOVI, INT, CLEAR, INV, DISCARD.
 *
 * They name no address, but hardware indexes the device's ITT by what they say, and may use any
 * field of a command it thinks wrong (GIC 2.5): so all of them are bounded here (P34).
 */
#include "event.h"

/* Which fields of a command are to be checked beyond DeviceID and EventID. */
static bool event_has_icid(uint8_t opcode)
{
	return opcode == ITSG_CMD_MAPTI || opcode == ITSG_CMD_MAPI || opcode == ITSG_CMD_MOVI;
}

/* The LPI that the command maps: MAPI's is its EventID. */
static enum itsg_reason event_intid(const struct itsg_view *view, const struct itsg_words *command)
{
	const uint8_t opcode = itsg_words_opcode(command);
	const uint64_t intid = opcode == ITSG_CMD_MAPTI ? itsg_words_pintid(command)
							: itsg_words_event_id(command);

	if (opcode != ITSG_CMD_MAPTI && opcode != ITSG_CMD_MAPI)
		return ITSG_OK;
	return intid >= ITSG_LPI_FIRST && !(intid >> view->facts->config.lpi_bits) ? ITSG_OK
										   : ITSG_INTID_OOR;
}

enum itsg_reason itsg_rule_event(const struct itsg_view *view, const struct itsg_words *command,
				 struct itsg_plan *plan)
{
	const struct itsg_device *device;
	enum itsg_reason reason = itsg_rule_device_id(view, command);

	if (reason != ITSG_OK)
		return reason;
	device = itsg_rule_device(view, command);
	if (!device)
		return ITSG_DEVICE_UNMAPPED;
	if (itsg_words_event_id(command) >> (itsg_device_size(device) + 1))
		return ITSG_EVENT_OOR;
	reason = event_intid(view, command);
	if (reason != ITSG_OK || !event_has_icid(itsg_words_opcode(command)))
		return reason;
	plan->icids = itsg_words_icid(command) + 1;
	return itsg_rule_icid(view, command);
}
