/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "judge.h"

#include "rule.h"

static void judge_begin(struct itsg_its *its)
{
	struct itsg_plan *plan = &its->plan;

	plan->takes = 0;
	plan->drop[0].bytes = 0;
	plan->drop[1].bytes = 0;
	plan->record = ITSG_RECORD_KEEP;
	plan->silent = false;
	plan->device_id = (uint32_t)itsg_rule_field(its, ITSG_F_DEVICE_ID);
	plan->size = 0;
	plan->old_size = 0;
	plan->mirror = NULL;
	plan->icids = 0;
	plan->target[0] = ITSG_NO_RD;
	plan->target[1] = ITSG_NO_RD;
}

static enum itsg_reason judge_rule(struct itsg_its *its)
{
	switch (its->head.command.opcode) {
	case ITSG_CMD_MAPD:
		return itsg_rule_mapd(its);
	case ITSG_CMD_MAPC:
		return itsg_rule_mapc(its);
	case ITSG_CMD_MAPTI:
	case ITSG_CMD_MAPI:
	case ITSG_CMD_MOVI:
	case ITSG_CMD_INT:
	case ITSG_CMD_CLEAR:
	case ITSG_CMD_INV:
	case ITSG_CMD_DISCARD:
		return itsg_rule_event(its);
	case ITSG_CMD_MOVALL:
		return itsg_rule_movall(its);
	case ITSG_CMD_SYNC:
		return itsg_rule_sync(its);
	case ITSG_CMD_INVALL:
		return itsg_rule_invall(its);
	default: /* deny: a command not listed may carry an address (P12) */
		return itsg_cmd_virtual(its->head.command.opcode) ? ITSG_VIRTUAL_COMMAND
								  : ITSG_UNKNOWN_COMMAND;
	}
}

enum itsg_reason itsg_judge(struct itsg_its *its)
{
	enum itsg_reason reason;

	judge_begin(its);
	reason = judge_rule(its);
	if (reason == ITSG_OK)
		itsg_cmd_encode(&its->head.command, its->facts.typer.vmapp, its->plan.raw);
	return reason;
}
