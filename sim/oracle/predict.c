/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "predict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "predict_priv.h"

/* ---- life ---- */

static void learn(struct predictor *p, uint32_t its)
{
	struct itsg_stats stats;

	p->its[its].kept = sim_realloc(NULL, predict_machine(p)->kept + 1, sizeof(struct extent));
	memset(p->its[its].kept, 0, (predict_machine(p)->kept + 1) * sizeof(struct extent));
	predict_learn(p, its);
	itsg_get_stats(world_guard(p->world, its), &stats);
	p->its[its].judged = stats.commands;
	p->its[its].maps = world_mapds(p->world, its);
	p->its[its].counted = true;
}

struct predictor *predictor_new(struct world *world)
{
	struct predictor *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->world = world;
	p->stopped = !world_config(world)->guard;
	p->its_count = world_config(world)->its_count;
	if (!predict_claims_new(p) || !predict_rds_new(p)) {
		predictor_free(p);
		return NULL;
	}
	for (uint32_t i = 0; !p->stopped && i < p->its_count; i++)
		learn(p, i);
	return p;
}

void predictor_free(struct predictor *p)
{
	if (!p)
		return;
	predict_claims_free(p);
	u64map_free(&p->devices);
	u64map_free(&p->level1);
	free(p->rds);
	for (uint32_t i = 0; i < p->its_count; i++)
		free(p->its[i].kept);
	free(p);
}

void predictor_stop(struct predictor *p)
{
	p->stopped = true;
}

uint64_t predictor_count(const struct predictor *p)
{
	return p->count;
}

/* ---- answers ---- */

/* E20, E24: a callback that failed decides; one that may have had to do with it may. */
static uint64_t expected_of(struct predictor *p, uint32_t its)
{
	const struct head *head = &p->its[its].head;

	if (head->must != ITSG_OK)
		return BIT(head->must);
	return head->allowed | head->may | predict_answers(p, its, true);
}

static void answer(struct predictor *p, uint32_t its, enum itsg_reason reason)
{
	struct model *m = &p->its[its];
	char is[40], expected[120];
	uint64_t set = expected_of(p, its);

	m->judged++;
	predict_said(p, m->lost ? 0 : set);
	if (!m->lost && !(set >> reason & 1))
		predict_disagree(
			p, "ITS %" PRIu32 ": the command at 0x%" PRIx32 " is %s%s, expected %s",
			its, m->head.offset, reason == ITSG_OK ? "" : "refused with ",
			reason == ITSG_OK ? "accepted"
					  : predict_reasons(BIT(reason), is, sizeof(is)),
			predict_reasons(set, expected, sizeof(expected)));
}

static void accepted(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	struct plan plan = {0};

	answer(p, its, ITSG_OK);
	if (!m->lost && predict_rule(p, its, &plan) == ITSG_OK) {
		predictor_disturbed(p);
		if (!(plan.maps && predict_device(p, its, plan.device)) || predict_replaced(p, its))
			predict_apply(p, its, &plan);
	}
	if (!plan.same)
		predict_count_map(m);
	p->blind = p->blind || predict_takes_unseen(p, its);
	m->head.active = false;
	predictor_disturbed(p);
}

static bool is_arming(const struct predictor *p, uint32_t its)
{
	return p->writing && (p->arming || p->unsure) && p->at == its;
}

void predictor_refused(struct predictor *p, uint32_t its, uint32_t offset, enum itsg_reason reason)
{
	struct model *m = &p->its[its];

	if (p->stopped || m->lost)
		return;
	if (!m->head.active || m->head.offset != offset) {
		predict_disagree(p, "a command at 0x%" PRIx32 " is refused that was not fetched",
				 offset);
		return;
	}
	/* Told before Enabled was accepted, or after: what was judged may have been paused
	 * meanwhile. */
	if (is_arming(p, its) && !(expected_of(p, its) >> reason & 1))
		predict_armed(p);
	answer(p, its, reason);
	m->head.active = false;
}

/* ---- callbacks ---- */

/* E21. The one before it was accepted, or its refusal would have been told. */
static void fetched_command(struct predictor *p, const struct world_call *call)
{
	struct model *m = &p->its[call->its];
	uint64_t base = predict_bits(m->regs.cbaser, 51, 12) << 12;

	if (is_arming(p, call->its))
		predict_armed(p);
	if (m->head.active)
		accepted(p, call->its);
	if (!m->lost && (!m->enabled || m->next == m->regs.cwriter || call->pa != base + m->next))
		predict_disagree(p, "ITS %" PRIu32 ": 0x%" PRIx64 " is fetched where no command is",
				 call->its, call->pa);
	m->head = (struct head){.active = true,
				.offset = m->next,
				.must = call->error ? ITSG_FETCH_FAILED : ITSG_OK};
	for (unsigned i = 0; !call->error && i < 4; i++)
		m->head.dw[i] = sim_le64(call->data + 8 * i);
	m->next = (m->next + COMMAND) % predict_queue_bytes(m);
	p->count++;
}

/* E22 */
static void fetched_word(struct predictor *p, const struct world_call *call)
{
	struct head *head = &p->its[call->its].head;
	struct plan plan = {0};

	if (is_arming(p, call->its))
		predict_armed(p);
	if (p->its[call->its].lost)
		return;
	if (head->active)
		predict_rule(p, call->its, &plan);
	if (!plan.word_pa || plan.word_pa != call->pa)
		predict_disagree(p, "ITS %" PRIu32 ": 0x%" PRIx64 " is fetched as a level-1 word",
				 call->its, call->pa);
	if (head->word_known)
		predict_disagree(p, "a level-1 word is read again for one command");
	head->word_known = !call->error;
	head->word_failed = call->error != 0;
	head->word = call->error ? 0 : sim_le64(call->data);
}

/*
 * What it was for is known but for stores of words: tables that go are emptied with them, too. A
 * store of slots refuses nothing, it is made again.
 */
static void failed(struct predictor *p, const struct world_call *call)
{
	struct head *head = &p->its[call->its].head;
	enum itsg_reason reason = predict_failure_of(call->callback);

	p->store_failed = p->store_failed || call->callback == TRACE_CB_STORE;
	if (reason == ITSG_OK)
		return;
	if (p->writing && p->at == call->its)
		p->failed |= BIT(reason);
	if (!call->on_request)
		return;
	if (reason == ITSG_STORE_FAILED && call->bytes != WORD)
		return;
	if (reason == ITSG_STORE_FAILED || p->writing)
		head->may |= BIT(reason);
	else
		head->must = reason;
}

/* A page that could not be given back is held as it was: for arming, it may be in the way. */
static void given_back(struct predictor *p, const struct world_call *call)
{
	enum itsg_kind kind = call->callback == TRACE_CB_RECLAIM ? ITSG_DONATED : ITSG_SHARED;

	if (call->error && is_arming(p, call->its))
		p->failed |= BIT(ITSG_KIND_CONFLICT);
	if (call->error)
		pfnset_add(p->leaked[kind], call->pa / predict_machine(p)->page);
	else
		pfnset_remove(p->leaked[kind], call->pa / predict_machine(p)->page);
}

/* What redistributors ask for is not for a command. */
static bool is_for_its(const struct world_call *call)
{
	return !call->redists || call->callback == TRACE_CB_RECLAIM ||
	       call->callback == TRACE_CB_UNSHARE;
}

void predictor_called(struct predictor *p, const struct world_call *call)
{
	if (p->stopped)
		return;
	if (call->redists)
		predict_rd_called(p, call);
	if (!is_for_its(call))
		return;
	if (call->callback == TRACE_CB_FETCH && call->bytes == COMMAND)
		fetched_command(p, call);
	else if (call->callback == TRACE_CB_FETCH)
		fetched_word(p, call);
	else if (call->callback == TRACE_CB_RECLAIM || call->callback == TRACE_CB_UNSHARE)
		given_back(p, call);
	else if (call->error)
		failed(p, call);
}

/* ---- judging ---- */

/* Counts what was answered without a word. */
static void judge_answers(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	struct itsg_stats stats;

	itsg_get_stats(world_guard(p->world, its), &stats);
	if (m->head.active && stats.commands == m->judged + 1)
		accepted(p, its);
	if (m->counted && world_mapds(p->world, its) > m->maps) /* E26 */
		predict_disagree(p, "a MAPD V=1 that changes nothing is published");
	if (stats.commands != m->judged && !m->lost)
		predict_disagree(
			p, "ITS %" PRIu32 ": %" PRIu64 " commands are judged, expected %" PRIu64,
			its, stats.commands, m->judged);
	m->judged = stats.commands;
}

/* E38: F14, the other way round. Nobody waits for ever to be told. */
static void judge_mapped(struct predictor *p, uint32_t its)
{
	for (size_t i = 0; i < p->devices.count; i++) {
		const struct u64map_entry *e = &p->devices.entries[i];

		if (e->key >> 32 != its || e->value)
			continue;
		if (itsg_device_mapped(world_guard(p->world, its), (uint32_t)e->key))
			predict_disagree(p, "DeviceID %" PRIu32 " stays mapped", (uint32_t)e->key);
	}
}

/* E37: where nobody has anything to do any more, nothing waits and nothing is on its way. */
static void judge_rest(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];

	if (m->lost || p->doubt || sim_its_stalled(world_its(p->world, its)))
		return;
	if (!predict_is_empty(m->retired))
		predict_disagree(p, "ITS %" PRIu32 ": a table given up is not given back", its);
	if (!m->enabled)
		return;
	if (m->head.active || m->next != m->regs.cwriter)
		predict_disagree(p, "ITS %" PRIu32 ": the command at 0x%" PRIx32 " is not judged",
				 its, m->head.active ? m->head.offset : m->next);
	if (!predict_is_empty(m->pending))
		predict_disagree(p, "ITS %" PRIu32 ": an unmapped ITT is not given back", its);
	judge_mapped(p, its);
}

/*
 * E39: the memory of a table is the host's when the write returns that gives it up (F5). E46: and
 * when the host reads Quiescent, which predictor_read() finds.
 */
static void judge_due(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];

	if (m->due && !m->lost && !p->doubt && !p->store_failed && !predict_is_empty(m->retired))
		predict_disagree(p, "ITS %" PRIu32 ": a table given up is not given back at once",
				 its);
	m->due = false;
}

static void judge_claims(struct predictor *p, const struct oracle *oracle)
{
	for (uint32_t i = 0; i < p->its_count; i++)
		p->its[i].unseen |= predict_give_up(p, i); /* in a call that may be to come */
	if (!oracle || world_changes(p->world) == p->changes)
		return;
	p->changes = world_changes(p->world);
	predict_narrow(p, oracle);
	predict_check_claims(p, oracle);
	for (uint32_t i = 0; i < p->its_count; i++)
		judge_due(p, i);
}

static void judge(struct predictor *p, const struct oracle *oracle, bool settled)
{
	predict_gather_redists(p);
	predictor_disturbed(p);
	for (uint32_t i = 0; i < p->its_count; i++) {
		judge_answers(p, i);
		predict_look_for_unstored(p, i);
	}
	p->blind = !oracle;
	judge_claims(p, oracle);
	for (uint32_t i = 0; settled && oracle && !p->store_failed && i < p->its_count; i++)
		judge_rest(p, i);
	if (settled)
		p->store_failed = false;
}

bool predictor_judge(struct predictor *p, const struct oracle *oracle, bool settled, char *text,
		     size_t size)
{
	if (p->stopped)
		return true;
	judge(p, oracle, settled);
	p->said.over = true;
	if (p->wrong[0] == '\0')
		return true;
	snprintf(text, size, "%s", p->wrong);
	p->stopped = true;
	return false;
}
