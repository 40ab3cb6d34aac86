/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What a command may be answered with, as claims are; and what follows where it is accepted. */
#include "predict_priv.h"

/* E25: improbable up to half of the records: struct itsg_its_config. */
static bool may_lack_record(const struct predictor *p, uint32_t its, const struct plan *plan)
{
	return plan->maps && !predict_device(p, its, plan->device) &&
	       p->its[its].mapped + 1 > predict_machine(p)->devices / 2;
}

uint64_t predict_answers(struct predictor *p, uint32_t its, bool answered)
{
	struct plan plan = {0};
	enum itsg_reason reason = predict_rule(p, its, &plan);
	uint64_t answers = BIT(reason);

	if (plan.blind && !answered)
		return 0;
	if (reason == ITSG_OK)
		answers = predict_take(p, its, &plan.wants, false);
	if (reason == ITSG_OK && may_lack_record(p, its, &plan))
		answers |= BIT(ITSG_NO_DEVICE_SLOT);
	return answers;
}

void predictor_disturbed(struct predictor *p)
{
	if (p->stopped)
		return;
	for (uint32_t i = 0; i < p->its_count; i++)
		if (p->its[i].head.active)
			p->its[i].head.allowed |= predict_answers(p, i, false);
	predict_rd_disturbed(p);
}

void predictor_tables(struct predictor *p)
{
	predict_gather_redists(p);
	predictor_disturbed(p);
}

/* ---- what is accepted ---- */

/* An ITT is on its way out; what another ITS has taken of it by now, before we were told, is not.
 */
static void let_itt_go(struct predictor *p, uint32_t its, const struct extent *itt,
		       const struct extent *apart)
{
	struct model *m = &p->its[its];

	predict_move(m->held[itt->kind], m->pending[itt->kind], p, itt, apart);
	for (uint32_t i = 0; i < p->its_count; i++)
		if (i != its)
			pfnset_remove_set(m->pending[itt->kind], p->its[i].held[itt->kind]);
}

void predict_unmap(struct predictor *p, uint32_t its, uint64_t id)
{
	struct model *m = &p->its[its];
	uint64_t mapped = predict_device(p, its, id);
	struct extent itt = predict_itt(p, its, mapped);

	if (!mapped)
		return;
	let_itt_go(p, its, &itt, NULL);
	predict_set_device(p, its, id, 0);
	m->mapped--;
}

/* What only the old ITT has is on its way out. */
static void map(struct predictor *p, uint32_t its, const struct plan *plan)
{
	uint64_t mapped = predict_device(p, its, plan->device);
	struct extent itt = predict_itt(p, its, plan->itt), old = predict_itt(p, its, mapped);
	struct model *m = &p->its[its];

	if (mapped)
		let_itt_go(p, its, &old, &itt);
	else
		m->mapped++;
	predict_set_device(p, its, plan->device, plan->itt);
}

void predict_apply(struct predictor *p, uint32_t its, const struct plan *plan)
{
	struct model *m = &p->its[its];

	if (plan->level2)
		*u64map_put(&p->level1, plan->level1_key) = plan->word;
	for (unsigned i = 0; i < plan->wants.count; i++)
		predict_hold(p, its, &plan->wants.want[i]);
	if (plan->maps)
		map(p, its, plan);
	if (plan->unmaps)
		predict_unmap(p, its, plan->device);
	if (plan->icids > m->icids)
		m->icids = plan->icids;
}
