/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "judge.h"

#include "event.h"
#include "mapc.h"
#include "mapd.h"

enum itsg_reason itsg_judge_needs(const struct itsg_view *view, const struct itsg_words *command,
				  struct itsg_needs *needs)
{
	needs->reserved = false;
	needs->level1 = false;
	switch (itsg_words_opcode(command)) {
	case ITSG_CMD_MAPD:
		return itsg_mapd_needs(view, command, needs);
	case ITSG_CMD_MAPC:
		return itsg_mapc_needs(view, command, needs);
	default:
		return ITSG_OK;
	}
}

/* What a rule does not say otherwise. Of a record that is kept, nothing else is read. */
static void judge_begin(struct itsg_plan *plan, const struct itsg_words *command)
{
	plan->takes = 0;
	plan->record = ITSG_RECORD_KEEP;
	plan->silent = false;
	plan->device_id = itsg_words_device_id(command);
	plan->mirror = ITSG_BASERS;
	plan->icids = 0;
	plan->target[0] = ITSG_NO_RD;
	plan->target[1] = ITSG_NO_RD;
	plan->publish = *command;
}

static enum itsg_reason judge_rule(const struct itsg_view *view, const struct itsg_words *command,
				   uint64_t level1, struct itsg_plan *plan)
{
	switch (itsg_words_opcode(command)) {
	case ITSG_CMD_MAPD:
		return itsg_rule_mapd(view, command, level1, plan);
	case ITSG_CMD_MAPC:
		return itsg_rule_mapc(view, command, level1, plan);
	case ITSG_CMD_MAPTI:
	case ITSG_CMD_MAPI:
	case ITSG_CMD_MOVI:
	case ITSG_CMD_INT:
	case ITSG_CMD_CLEAR:
	case ITSG_CMD_INV:
	case ITSG_CMD_DISCARD:
		return itsg_rule_event(view, command, plan);
	case ITSG_CMD_MOVALL:
		return itsg_rule_movall(view, command, plan);
	case ITSG_CMD_SYNC:
		return itsg_rule_sync(view, command);
	case ITSG_CMD_INVALL:
		return itsg_rule_invall(view, command);
	default: /* deny: a command not listed may carry an address (P12) */
		return itsg_words_virtual(itsg_words_opcode(command)) ? ITSG_VIRTUAL_COMMAND
								      : ITSG_UNKNOWN_COMMAND;
	}
}

enum itsg_reason itsg_judge(const struct itsg_view *view, const struct itsg_words *command,
			    uint64_t level1, struct itsg_plan *plan)
{
	judge_begin(plan, command);
	return judge_rule(view, command, level1, plan);
}
