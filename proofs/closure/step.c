/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "step.h"

#include "canon.h"
#include "expect.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

/* Room for another image. */
static uint8_t *step_room(uint8_t **room)
{
	if (!*room)
		*room = malloc(the_state.bytes);
	if (!*room)
		abort();
	return *room;
}

static void step_load(const uint8_t *image)
{
	memcpy(the_state.image, image, the_state.bytes);
}

static void step_save(uint8_t *image)
{
	memcpy(image, the_state.image, the_state.bytes);
}

static bool step_is_enable(const struct act *act)
{
	return act->kind == ACT_WRITE && act->offset == ITSG_GITS_CTLR && act->width == 4 &&
	       (act->value & 1);
}

/* What the same call would have done if nothing had been written. */
static void step_ignored(const struct act *act)
{
	uint64_t value;

	if (act->kind == ACT_RD_WRITE && act->offset == ITSG_GICR_CTLR && act->width == 4)
		itsg_redists_read(the_state.redists, act->number, ITSG_GICR_CTLR, 4, &value);
	else if (act->kind == ACT_RD_WRITE)
		itsg_redists_write(the_state.redists, act->number, 0x200, 4, 0);
	else
		itsg_write(the_state.its[act->number], ITSG_GITS_IMPDEF_FIRST, 4, 0);
	expect_ignored(act->kind == ACT_RD_WRITE ? MODEL_ITS : act->number);
}

/* I3: a refused access leaves what one that is ignored does. */
static void step_check_refused(const uint8_t *source, const struct act *act,
			       const uint8_t *canonical)
{
	static uint8_t *room;
	uint8_t *ignored = step_room(&room);
	const struct outcome outcome = the_outcome;

	step_load(source);
	canon_state();
	if (memcmp(the_state.image, canonical, the_state.bytes) == 0)
		return; /* nothing at all has happened */
	step_load(source);
	platform_begin_outcome(&the_outcome);
	if (act->kind != ACT_RD_WRITE)
		expect_begin(act->number);
	step_ignored(act);
	canon_state();
	step_save(ignored);
	the_outcome = outcome;
	oracle_check_refused(ignored, canonical);
}

static bool step_was_refused(const struct act *act)
{
	return (act->kind == ACT_WRITE || act->kind == ACT_CBASER || act->kind == ACT_RD_WRITE) &&
	       the_outcome.reason != ITSG_OK && !the_outcome.failed;
}

static enum step_result step_do(const uint8_t *source, const struct act *act, struct fault fault)
{
	step_load(source);
	platform_begin_outcome(&the_outcome);
	the_outcome.fail_at = fault.nth;
	the_outcome.fail_on = fault.on;
	if (!act_do(act) || (fault.nth && !the_outcome.failed))
		return STEP_NOT_HERE;
	return the_outcome.broken ? STEP_BROKEN : STEP_DONE;
}

enum step_result step_take(const uint8_t *source, const struct act *act, struct fault fault,
			   uint8_t *canonical, uint8_t *raw)
{
	enum step_result result = step_do(source, act, fault);

	if (result != STEP_DONE)
		return result;
	oracle_check();
	if (step_was_refused(act) && step_is_enable(act))
		oracle_check_refused_enable(
			(const struct model *)(const void *)(source + ((uint8_t *)the_state.model -
								       the_state.image)));
	if (the_outcome.broken)
		return STEP_BROKEN;
	if (!canonical)
		return STEP_DONE;
	if (raw)
		step_save(raw);
	canon_state();
	step_save(canonical);
	if (step_was_refused(act) && !step_is_enable(act))
		step_check_refused(source, act, canonical);
	return the_outcome.broken ? STEP_BROKEN : STEP_DONE;
}

enum step_result step_take_again(const uint8_t *source, const struct act *act, struct fault fault,
				 const uint8_t *canonical)
{
	static uint8_t *first_room;
	uint8_t *first = step_room(&first_room);
	const struct outcome before = the_outcome;
	enum step_result result;

	step_load(source);
	canon_state();
	step_save(first);
	result = step_do(first, act, fault);
	if (result == STEP_NOT_HERE || the_outcome.digest != before.digest ||
	    the_outcome.reason != before.reason || the_outcome.callbacks != before.callbacks)
		model_broken("the canonical form of a state does not do what the state does");
	canon_state();
	if (memcmp(the_state.image, canonical, the_state.bytes) != 0)
		model_broken("what comes of a canonical form is not what comes of the state");
	return the_outcome.broken ? STEP_BROKEN : STEP_DONE;
}

/* A state that was checked stays as it is. */
bool step_check_state(const uint8_t *canonical)
{
	platform_begin_outcome(&the_outcome);
	for (uint32_t its = 0; its < the_world.its && !the_outcome.broken; its++) {
		step_load(canonical);
		expect_begin(its);
		expect_read(its);
	}
	for (uint32_t rd = 0; the_world.redists && rd < the_world.rds && !the_outcome.broken;
	     rd++) {
		step_load(canonical);
		expect_rd_read(rd);
	}
	if (!the_outcome.broken) {
		step_load(canonical);
		oracle_honest_end();
	}
	return !the_outcome.broken;
}

bool step_boot(void)
{
	const struct act *act;

	platform_begin_outcome(&the_outcome);
	for (uint32_t step = 0; (act = act_boot(step)) != NULL; step++) {
		act_do(act);
		if (the_outcome.broken || the_outcome.reason != ITSG_OK)
			return false;
	}
	return true;
}
