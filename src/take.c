/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Taking what the plan of a command needs, a part in a step, and giving all of it back where that
 * ends in a refusal (I3, I6).
 *
 * What fits one part is claimed at once. A longer run is first judged from end to end, which
 * changes nothing, so that no page moves for a command whose reason lies in the books: overlap of
 * any page goes before the kind of any page, and that before want of slots, as everywhere. Claiming
 * judges each part again: in between, another ITS on the same tracker may have come, or pages of
 * ours may have gone, so that it is another reason that is told.
 */
#include "take.h"

void itsg_take_begin(struct itsg_taking *taking)
{
	taking->phase = ITSG_TAKING_ON;
	taking->takes = 0;
	taking->held.bytes = 0;
	taking->judged = 0;
	taking->fresh = 0;
	taking->kind_conflict = false;
	taking->refusal = ITSG_OK;
}

/* What is left of a run, `done` bytes into it. */
static struct itsg_run take_rest(const struct itsg_run *run, uint64_t done)
{
	const struct itsg_run rest = {run->pa + done, run->bytes - done};

	return rest;
}

/* Nothing is claimed; of the present run, one part more is looked at. */
static enum itsg_reason take_judge_part(struct itsg_taking *taking, const struct itsg_take *take)
{
	const struct itsg_run rest = take_rest(&take->run, taking->judged);
	const struct itsg_run part = itsg_claim_part(taking->platform, &rest);
	const enum itsg_reason reason =
		itsg_claim_judge(taking->platform, &part, take, &taking->fresh);

	if (reason == ITSG_KIND_CONFLICT)
		taking->kind_conflict = true;
	else if (reason != ITSG_OK)
		return reason;
	taking->judged += part.bytes;
	if (taking->judged < take->run.bytes)
		return ITSG_OK;
	if (taking->kind_conflict)
		return ITSG_KIND_CONFLICT;
	return itsg_pages_room(taking->platform->pages, taking->fresh) ? ITSG_OK
								       : ITSG_NO_PAGE_SLOT;
}

/* Claimed, and zeroed if it is donated. */
static enum itsg_reason take_claim(const struct itsg_taking *taking, const struct itsg_take *take)
{
	enum itsg_reason reason = itsg_claim_take(taking->platform, take);

	if (reason != ITSG_OK)
		return reason;
	reason = itsg_claim_zero(taking->platform, take);
	if (reason != ITSG_OK)
		itsg_claim_undo(taking->platform, take);
	return reason;
}

static enum itsg_reason take_claim_part(struct itsg_taking *taking, const struct itsg_take *take,
					const struct itsg_take *part)
{
	const enum itsg_reason reason = take_claim(taking, part);

	if (reason != ITSG_OK)
		return reason;
	taking->held.pa = take->run.pa;
	taking->held.bytes += part->run.bytes;
	if (taking->held.bytes < take->run.bytes)
		return ITSG_OK;
	taking->takes++;
	taking->held.bytes = 0;
	taking->judged = 0;
	taking->fresh = 0;
	return ITSG_OK;
}

/* What is longer than a part is judged to its end before any of it is claimed. */
enum itsg_reason itsg_take_step(struct itsg_taking *taking)
{
	const struct itsg_take *take = &taking->plan->take[taking->takes];
	struct itsg_take part = *take;

	part.run = take_rest(&take->run, taking->held.bytes);
	part.run = itsg_claim_part(taking->platform, &part.run);
	if (part.run.bytes == take->run.bytes || taking->judged == take->run.bytes)
		return take_claim_part(taking, take, &part);
	if (taking->judged == 0 && !itsg_pages_fits(taking->platform->pages, &take->run))
		return ITSG_NO_PAGE_SLOT;
	return take_judge_part(taking, take);
}

void itsg_take_give_back(struct itsg_taking *taking, enum itsg_reason refusal)
{
	if (taking->phase == ITSG_TAKING_NONE)
		return;
	taking->phase = ITSG_TAKING_BACK;
	taking->refusal = refusal;
}

bool itsg_take_back_step(struct itsg_taking *taking)
{
	if (taking->held.bytes == 0 && taking->takes > 0)
		taking->held = taking->plan->take[--taking->takes].run;
	if (taking->held.bytes)
		itsg_claim_undo_part(taking->platform, &taking->held,
				     taking->plan->take[taking->takes].kind);
	return !itsg_take_holds(taking);
}
