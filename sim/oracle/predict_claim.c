/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Claims as sets of granules. What is held is held for sure; what is on its way out is held
 * perhaps.
 */
#include "predict_priv.h"

#include <inttypes.h>

/* ---- building ---- */

static bool pair_new(struct pfnset *sets[2])
{
	sets[0] = pfnset_new();
	sets[1] = pfnset_new();
	return sets[0] && sets[1];
}

static void pair_free(struct pfnset *sets[2])
{
	for (unsigned kind = 0; kind < 2; kind++)
		if (sets[kind])
			pfnset_free(sets[kind]);
}

bool predict_claims_new(struct predictor *p)
{
	bool ok = pair_new(p->kept) && pair_new(p->unknown) && pair_new(p->leaked) &&
		  pair_new(p->redists);

	p->run = pfnset_new();
	p->spare = pfnset_new();
	p->known = pfnset_new();
	p->rest = pfnset_new();
	ok = ok && p->run && p->spare && p->known && p->rest;
	for (uint32_t i = 0; ok && i < p->its_count; i++)
		ok = pair_new(p->its[i].held) && pair_new(p->its[i].pending) &&
		     pair_new(p->its[i].retired);
	return ok;
}

static void free_one(struct pfnset *set)
{
	if (set)
		pfnset_free(set);
}

void predict_claims_free(struct predictor *p)
{
	pair_free(p->kept);
	pair_free(p->unknown);
	pair_free(p->leaked);
	pair_free(p->redists);
	free_one(p->run);
	free_one(p->spare);
	free_one(p->known);
	free_one(p->rest);
	for (uint32_t i = 0; i < p->its_count; i++) {
		pair_free(p->its[i].held);
		pair_free(p->its[i].pending);
		pair_free(p->its[i].retired);
	}
}

bool predict_is_empty(struct pfnset *const sets[2])
{
	return pfnset_is_empty(sets[0]) && pfnset_is_empty(sets[1]);
}

/* ---- runs ---- */

static uint64_t page_bytes(const struct predictor *p)
{
	return predict_machine(p)->page;
}

static uint64_t first_page(const struct predictor *p, const struct extent *e)
{
	return e->pa / page_bytes(p);
}

static uint64_t pages_of(const struct predictor *p, const struct extent *e)
{
	return (e->pa + e->bytes - 1) / page_bytes(p) - first_page(p, e) + 1;
}

/* The granules of an extent, but for those of another. */
static void make_run(struct pfnset *set, const struct extent *e, const struct extent *apart)
{
	pfnset_clear(set);
	pfnset_add_range(set, e->pa / GRANULE, e->bytes / GRANULE);
	if (apart && apart->bytes)
		pfnset_remove_range(set, apart->pa / GRANULE, apart->bytes / GRANULE);
}

/* All granules of the pages that it touches. */
static void make_pages(const struct predictor *p, struct pfnset *set, const struct extent *e)
{
	uint64_t per_page = page_bytes(p) / GRANULE;

	pfnset_clear(set);
	pfnset_add_range(set, first_page(p, e) * per_page, pages_of(p, e) * per_page);
}

static void add_known(struct predictor *p, const struct extent *e)
{
	if (e->bytes && pages_of(p, e) <= predict_machine(p)->pages)
		pfnset_add_range(p->known, e->pa / GRANULE, e->bytes / GRANULE);
}

void predict_move(struct pfnset *from, struct pfnset *to, struct predictor *p,
		  const struct extent *extent, const struct extent *apart)
{
	make_run(p->run, extent, apart);
	if (from)
		pfnset_remove_set(from, p->run);
	if (to)
		pfnset_add_set(to, p->run);
}

/* ---- who is in the way ---- */

/* What is asked about one run. */
struct inquiry {
	const struct predictor *p;
	uint32_t its;
	bool queue;   /* for a host's queue */
	bool perhaps; /* what may be gone counts too */
	bool own;     /* of that, what this ITS's own unmaps have not released */
};

/* Does p->run have a granule of it? A run that no tracker has room for is held by nobody. */
static bool extent_meets(const struct predictor *p, const struct extent *e)
{
	if (!e->bytes || pages_of(p, e) > predict_machine(p)->pages)
		return false;
	make_run(p->spare, e, NULL);
	return pfnset_intersect(p->run, p->spare);
}

/*
 * What p->run has of an ITT that a device leaves by a command which its ITS may have taken without
 * a word yet is held no longer, perhaps. Is anything else of it held by that ITS?
 */
static bool is_held_by(const struct inquiry *q, uint32_t its, const struct pfnset *held)
{
	const struct predictor *p = q->p;
	struct plan plan = {0};
	struct extent itt;

	if (!pfnset_intersect(p->run, held))
		return false;
	if (q->perhaps || its == q->its || !p->its[its].head.active ||
	    predict_rule(p, its, &plan) != ITSG_OK || plan.same || !(plan.maps || plan.unmaps) ||
	    !predict_device(p, its, plan.device))
		return true;
	itt = predict_itt(p, its, predict_device(p, its, plan.device));
	make_run(p->spare, &itt, NULL);
	pfnset_copy(p->rest, p->run);
	pfnset_remove_set(p->rest, p->spare);
	return pfnset_intersect(p->rest, held);
}

/* Of other hosts' queues a queue need not take notice: E35. */
static bool is_held(const struct inquiry *q, unsigned kind)
{
	const struct predictor *p = q->p;

	for (uint32_t i = 0; i < p->its_count; i++) {
		if (is_held_by(q, i, p->its[i].held[kind]))
			return true;
		if (kind == ITSG_SHARED && (!q->queue || i == q->its) &&
		    extent_meets(p, &p->its[i].queue))
			return true;
	}
	return pfnset_intersect(p->run, p->kept[kind]) ||
	       pfnset_intersect(p->run, p->redists[kind]);
}

/* The guard may be taking it for another ITS's command, which it has not answered. */
static bool is_being_taken(const struct predictor *p, uint32_t its, unsigned kind)
{
	struct plan plan = {0};

	if (!p->its[its].head.active || predict_rule(p, its, &plan) != ITSG_OK || plan.blind)
		return false;
	for (unsigned i = 0; i < plan.wants.count; i++)
		if (plan.wants.want[i].extent.kind == kind &&
		    extent_meets(p, &plan.wants.want[i].extent))
			return true;
	return false;
}

static bool is_perhaps_held(const struct inquiry *q, unsigned kind)
{
	const struct predictor *p = q->p;

	if (pfnset_intersect(p->run, p->unknown[kind]))
		return true;
	for (uint32_t i = 0; i < p->its_count; i++) {
		const struct model *m = &p->its[i];

		if ((i != q->its || q->own) && pfnset_intersect(p->run, m->pending[kind]))
			return true;
		if (i != q->its &&
		    (pfnset_intersect(p->run, m->retired[kind]) || is_being_taken(p, i, kind)))
			return true;
	}
	return false;
}

/* Is any granule of p->run claimed as that kind? */
static bool is_claimed(const struct inquiry *q, unsigned kind)
{
	return is_held(q, kind) || (q->perhaps && is_perhaps_held(q, kind));
}

/* ---- what may be taken ---- */

/* Could the host share or donate it, if nobody held it? */
static bool is_hosts(const struct predictor *p, uint64_t pa)
{
	struct sim_page page = sim_mem_page(world_mem(p->world), pa);

	/* What the guard holds now but no longer when it comes to this is the host's by then. */
	return page.state == SIM_HOST || (page.state == SIM_SHARED && page.pins > 0) ||
	       (page.state == SIM_HYP && page.donated);
}

static bool is_leaked(const struct predictor *p, const struct extent *e, unsigned kind)
{
	if (pfnset_is_empty(p->leaked[kind]))
		return false;
	pfnset_clear(p->spare);
	pfnset_add_range(p->spare, first_page(p, e), pages_of(p, e));
	return pfnset_intersect(p->spare, p->leaked[kind]);
}

static enum itsg_reason ask_platform(const struct predictor *p, const struct extent *e)
{
	uint64_t first = first_page(p, e);

	for (uint64_t i = 0; i < pages_of(p, e); i++)
		if (!is_hosts(p, (first + i) * page_bytes(p)))
			return e->kind == ITSG_DONATED ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
	return ITSG_OK;
}

static bool extents_meet(const struct extent *a, const struct extent *b)
{
	return a->pa < b->pa + b->bytes && b->pa < a->pa + a->bytes;
}

/* The wants before this one are held when it is its turn. */
static bool meets_earlier(const struct wants *wants, unsigned turn)
{
	for (unsigned i = 0; i < turn; i++)
		if (extents_meet(&wants->want[i].extent, &wants->want[turn].extent))
			return true;
	return false;
}

static bool page_meets_earlier(const struct predictor *p, const struct wants *wants, unsigned turn)
{
	const struct extent *e = &wants->want[turn].extent;
	const struct extent whole = {first_page(p, e) * page_bytes(p),
				     pages_of(p, e) * page_bytes(p), e->kind};

	for (unsigned i = 0; i < turn; i++)
		if (wants->want[i].extent.kind != e->kind &&
		    extents_meet(&wants->want[i].extent, &whole))
			return true;
	return false;
}

/* E20, E34: overlap, kind, and what the platform says, in this order. */
static enum itsg_reason take_one(struct inquiry *q, const struct wants *wants, unsigned turn)
{
	const struct want *want = &wants->want[turn];
	const struct predictor *p = q->p;
	enum itsg_kind other = want->extent.kind == ITSG_SHARED ? ITSG_DONATED : ITSG_SHARED;

	/* At once: it keeps the work bounded. */
	if (pages_of(p, &want->extent) > predict_machine(p)->pages)
		return ITSG_NO_PAGE_SLOT;
	q->queue = want->queue;
	make_run(p->run, &want->extent, NULL);
	if (meets_earlier(wants, turn) || is_claimed(q, ITSG_SHARED) || is_claimed(q, ITSG_DONATED))
		return want->overlap;
	q->queue = false;
	make_pages(p, p->run, &want->extent);
	if (page_meets_earlier(p, wants, turn) || is_claimed(q, other) ||
	    (q->perhaps && is_leaked(p, &want->extent, other)))
		return ITSG_KIND_CONFLICT;
	return ask_platform(p, &want->extent);
}

static enum itsg_reason take_all(struct inquiry *q, const struct wants *wants)
{
	enum itsg_reason reason = ITSG_OK;

	for (unsigned i = 0; reason == ITSG_OK && i < wants->count; i++)
		reason = take_one(q, wants, i);
	return reason;
}

/* E25: may the tracker be full? Beyond two thirds of its slots; up to 16 pages only when full. */
static bool may_be_full(const struct predictor *p, const struct wants *wants)
{
	uint64_t capacity = predict_machine(p)->pages;
	struct itsg_pages_stats stats;
	uint64_t all = 0;

	itsg_pages_get_stats(world_tracker(p->world), &stats);
	for (unsigned i = 0; i < wants->count; i++)
		all += pages_of(p, &wants->want[i].extent);
	all += stats.pages;
	return all > (capacity > 16 ? capacity * 2 / 3 : capacity);
}

/*
 * Of an ITS that lost power only a look at the claims tells what it has taken since: for the last
 * command that was fetched, too, if that was before.
 */
bool predict_takes_unseen(const struct predictor *p, uint32_t its)
{
	const struct head *head = &p->its[its].head;
	uint64_t opcode = predict_bits(head->dw[0], 7, 0);

	return p->its[its].lost && (opcode == 0x08 || opcode == 0x09) && (head->dw[2] & VALID);
}

static bool any_takes_unseen(const struct predictor *p, uint32_t its)
{
	for (uint32_t i = 0; i < p->its_count; i++)
		if (i != its && predict_takes_unseen(p, i))
			return true;
	return false;
}

/* E23: what this ITS has unmapped itself is waited for; so it is not in the way. */
uint64_t predict_take(struct predictor *p, uint32_t its, const struct wants *wants, bool own)
{
	struct inquiry sure = {p, its, false, false, false};
	struct inquiry perhaps = {p, its, false, true, own || p->doubt};
	enum itsg_reason without = take_all(&sure, wants);
	enum itsg_reason with = take_all(&perhaps, wants);
	uint64_t answers = BIT(without) | BIT(with);

	/* Something of it may be gone, and something not; or nobody has looked since power went. */
	if (with != without || ((p->blind || any_takes_unseen(p, its)) && wants->count)) {
		answers |= BIT(ITSG_KIND_CONFLICT);
		for (unsigned i = 0; i < wants->count; i++)
			answers |= BIT(wants->want[i].overlap);
	}
	if (wants->count && may_be_full(p, wants))
		answers |= BIT(ITSG_NO_PAGE_SLOT);
	return answers;
}

bool predict_is_kept(struct predictor *p, const struct extent *extent)
{
	make_run(p->run, extent, NULL);
	return pfnset_intersect(p->run, p->kept[extent->kind]);
}

void predict_hold(struct predictor *p, uint32_t its, const struct want *want)
{
	unsigned kind = want->extent.kind;

	make_run(p->run, &want->extent, NULL);
	if (!want->queue) {
		pfnset_add_set(p->its[its].held[kind], p->run);
		pfnset_remove_set(p->unknown[kind], p->run);
	}
	/* It could be taken, so it was given back. */
	for (uint32_t i = 0; i < p->its_count; i++) {
		pfnset_remove_set(p->its[i].pending[kind], p->run);
		pfnset_remove_set(p->its[i].retired[kind], p->run);
	}
}

static void let_want_go(struct predictor *p, uint32_t its, const struct want *want)
{
	struct inquiry q = {p, its, false, true, true};

	if (pages_of(p, &want->extent) > predict_machine(p)->pages)
		return;
	make_run(p->run, &want->extent, NULL);
	if (!is_claimed(&q, ITSG_SHARED) && !is_claimed(&q, ITSG_DONATED))
		pfnset_add_set(p->its[its].retired[want->extent.kind], p->run);
}

void predict_let_head_go(struct predictor *p, uint32_t its)
{
	struct plan plan = {0};

	if (!p->its[its].head.active || predict_rule(p, its, &plan) != ITSG_OK || plan.blind)
		return;
	for (unsigned i = 0; i < plan.wants.count; i++)
		let_want_go(p, its, &plan.wants.want[i]);
}

void predict_lose_claims(struct predictor *p, uint32_t its)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		pfnset_clear(p->its[its].held[kind]);
		pfnset_clear(p->its[its].pending[kind]);
		pfnset_clear(p->its[its].retired[kind]);
	}
	p->its[its].queue.bytes = 0;
}

/* ---- redistributors ---- */

static void add_table(struct pfnset *set, uint64_t pa, uint64_t bytes)
{
	pfnset_add_range(set, pa / GRANULE, bytes / GRANULE);
}

void predict_gather_redists(struct predictor *p)
{
	const struct sim_redists *rds = world_redists(p->world);
	unsigned pending = predict_machine(p)->share_pending ? ITSG_SHARED : ITSG_DONATED;

	if (!rds)
		return;
	pfnset_clear(p->redists[ITSG_SHARED]);
	pfnset_clear(p->redists[ITSG_DONATED]);
	for (uint32_t rd = 0; rd < predict_machine(p)->pes; rd++) {
		struct sim_redist_tables tables = sim_redists_given(rds, rd);

		if (!world_rd_is_due(p->world, rd))
			continue;
		add_table(p->redists[ITSG_SHARED], tables.config_pa, tables.config_bytes);
		add_table(p->redists[pending], tables.pending_pa, tables.pending_bytes);
	}
}

/* ---- against what is ---- */

static void intersect(struct predictor *p, struct pfnset *set, const struct pfnset *with)
{
	if (pfnset_is_empty(set))
		return;
	pfnset_copy(p->run, set);
	pfnset_remove_set(p->run, with);
	pfnset_remove_set(set, p->run);
}

/* What must be claimed. */
static void gather_sure(struct predictor *p, unsigned kind)
{
	pfnset_copy(p->known, p->kept[kind]);
	pfnset_add_set(p->known, p->redists[kind]);
	for (uint32_t i = 0; i < p->its_count; i++) {
		pfnset_add_set(p->known, p->its[i].held[kind]);
		if (kind == ITSG_SHARED)
			add_known(p, &p->its[i].queue);
	}
}

/* And what may be. */
static void gather_perhaps(struct predictor *p, unsigned kind)
{
	pfnset_add_set(p->known, p->unknown[kind]);
	for (uint32_t i = 0; i < p->its_count; i++) {
		struct plan plan = {0};

		pfnset_add_set(p->known, p->its[i].pending[kind]);
		pfnset_add_set(p->known, p->its[i].retired[kind]);
		if (!p->its[i].head.active || predict_rule(p, i, &plan) != ITSG_OK || plan.blind)
			continue;
		for (unsigned w = 0; w < plan.wants.count; w++)
			if (plan.wants.want[w].extent.kind == kind)
				add_known(p, &plan.wants.want[w].extent);
	}
}

static bool any_lost(const struct predictor *p)
{
	for (uint32_t i = 0; i < p->its_count; i++)
		if (p->its[i].lost)
			return true;
	return false;
}

static void narrow(struct predictor *p, const struct pfnset *is, unsigned kind)
{
	for (uint32_t i = 0; i < p->its_count; i++) {
		intersect(p, p->its[i].pending[kind], is);
		intersect(p, p->its[i].retired[kind], is);
		if (any_lost(p))
			intersect(p, p->its[i].held[kind], is);
	}
	intersect(p, p->unknown[kind], is);
}

/*
 * Of an ITS that lost power nobody knows what is held and what not. What a command at the head may
 * have taken may be held for an earlier one just as well, and stay when the head goes.
 */
static void take_over(struct predictor *p, const struct pfnset *is, unsigned kind)
{
	gather_sure(p, kind);
	pfnset_copy(p->unknown[kind], is);
	pfnset_remove_set(p->unknown[kind], p->known);
}

void predict_narrow(struct predictor *p, const struct oracle *oracle)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		const struct pfnset *is = oracle_claimed(oracle, (enum itsg_kind)kind);

		narrow(p, is, kind);
		if (any_lost(p))
			take_over(p, is, kind);
	}
}

/* E36 */
void predict_check_claims(struct predictor *p, const struct oracle *oracle)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		const struct pfnset *is = oracle_claimed(oracle, (enum itsg_kind)kind);
		uint64_t at = 0;

		gather_sure(p, kind);
		if (!any_lost(p) && pfnset_first_missing(p->known, is, &at))
			predict_disagree(p, "0x%" PRIx64 " is not claimed but should be",
					 at * GRANULE);
		gather_perhaps(p, kind);
		if (!any_lost(p) && pfnset_first_missing(is, p->known, &at))
			predict_disagree(p, "0x%" PRIx64 " is claimed but should not be",
					 at * GRANULE);
	}
}
