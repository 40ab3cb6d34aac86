/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Registers as the host has them, arming, and what goes with a table or a queue that is given up.
 */
#include "predict_priv.h"

#include <inttypes.h>
#include <string.h>

#include "arch.h"

#define SMALL_PAGES_END ((uint64_t)1 << 48)
#define QUEUE_GIVEN_UP  ((uint32_t)1 << ITSG_BASERS)
#define TYPER_HIDDEN    (sim_bits(38, 38) | sim_bits(45, 44)) /* MPAM, UMSI, UMSIirq */
/* Virtual, VMOVP, VSGI, VMAPP, SVPET, nID. */
#define TYPER_VIRTUAL                                                                              \
	(sim_bits(1, 1) | sim_bits(37, 37) | sim_bits(39, 39) | sim_bits(40, 40) |                 \
	 sim_bits(42, 41) | sim_bits(43, 43))

static uint64_t hardware_ctlr(const struct predictor *p, uint32_t its)
{
	return sim_its_reg_read(world_its(p->world, its), R_CTLR, 4) &
	       (SIM_CTLR_QUIESCENT | SIM_CTLR_ENABLED);
}

/* ---- what a host finds ---- */

static void learn_typer(struct model *m, const struct world_config *config, uint64_t typer)
{
	m->typer = typer & ~TYPER_HIDDEN & ~(config->machine.hide_virtual ? TYPER_VIRTUAL : 0);
	m->device_bits = (unsigned)predict_bits(typer, 17, 13) + 1;
	m->event_bits = (unsigned)predict_bits(typer, 12, 8) + 1;
	if (config->machine.event_bits && config->machine.event_bits < m->event_bits)
		m->event_bits = config->machine.event_bits;
	m->icid_bits = predict_bits(typer, 36, 36) ? (unsigned)predict_bits(typer, 35, 32) + 1 : 16;
	m->entry = predict_bits(typer, 7, 4) + 1;
	if (config->machine.itt_entry > m->entry)
		m->entry = config->machine.itt_entry;
	m->hcc = predict_bits(typer, 31, 24);
	m->cct = predict_bits(typer, 2, 2) != 0;
	m->pta = predict_bits(typer, 19, 19) != 0;
	m->forgets = config->machine.forgets || predict_bits(typer, 46, 46) != 0;
}

static uint32_t baser_offset(uint32_t n)
{
	return R_BASER + 8 * n;
}

/* 0: not implemented, or not for this host. */
static uint32_t type_of(const struct predictor *p, uint32_t its, uint32_t n)
{
	uint32_t type = world_config(p->world)->its[its].baser[n].type;

	if (type == VPES && predict_machine(p)->hide_virtual)
		return 0;
	return type == DEVICES || type == VPES || type == COLLS ? type : 0;
}

/* Where Indirect must not stick: E28, F1; E29, F15. */
static bool is_never_indirect(const struct predictor *p, uint32_t its, uint32_t n)
{
	struct itsg_range own = world_private(p->world, its);
	const struct model *m = &p->its[its];

	if (!world_config(p->world)->its[its].baser[n].indirect || !predict_machine(p)->l1_pool)
		return true;
	if (type_of(p, its, n) == COLLS && m->cct && m->hcc)
		return true;
	/* Every register here can keep a page size below 64 KB. */
	return own.pa >= SMALL_PAGES_END;
}

static void learn_indirect(struct predictor *p, uint32_t its, uint32_t n)
{
	uint64_t before = 0, kept = 0;

	if (!type_of(p, its, n))
		return;
	world_read(p->world, its, baser_offset(n), 8, &before);
	world_write(p->world, its, baser_offset(n), 8, before | INDIRECT);
	world_read(p->world, its, baser_offset(n), 8, &kept);
	world_write(p->world, its, baser_offset(n), 8, before);
	p->its[its].regs.baser[n] = before;
	p->its[its].sticks[n] = (kept & INDIRECT) != 0;
	if (p->its[its].sticks[n] && is_never_indirect(p, its, n))
		predict_disagree(p, "Indirect sticks in BASER%" PRIu32 " and should not", n);
}

void predict_learn(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];

	learn_typer(m, world_config(p->world),
		    sim_its_reg_read(world_its(p->world, its), R_TYPER, 8));
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		learn_indirect(p, its, n);
	m->numbers = BIT(0);
}

uint64_t predict_visible(const struct predictor *p, uint32_t its, uint32_t n)
{
	const struct model *m = &p->its[its];
	uint64_t kept = host_regs_kept(&m->regs, world_config(p->world), its, baser_offset(n));

	return kept | (m->sticks[n] ? m->regs.baser[n] & INDIRECT : 0);
}

static void expect_value(struct predictor *p, const char *name, uint64_t is, uint64_t expected,
			 uint32_t width, uint32_t offset)
{
	if (width == 4)
		expected = (offset & 4 ? expected >> 32 : expected) & 0xffffffff;
	if (is != expected)
		predict_disagree(p, "%s reads 0x%" PRIx64 ", expected 0x%" PRIx64, name, is,
				 expected);
}

/* E32: Enabled, ITS_Number (H7), and Quiescent as it may be. */
static void expect_ctlr(struct predictor *p, uint32_t its, uint64_t value)
{
	struct model *m = &p->its[its];
	uint64_t expected = predict_bits(value, 7, 4);

	if (m->lost) {
		if (m->firmware_on && !(value & 1) && (hardware_ctlr(p, its) & SIM_CTLR_ENABLED))
			predict_disagree(
				p, "CTLR does not show that firmware has enabled it"); /* E47 */
		m->enabled = value & 1;
		return;
	}
	if (!(m->numbers >> expected & 1))
		for (expected = 0; !(m->numbers >> expected & 1); expected++)
			;
	m->numbers = BIT(expected);
	expect_value(p, "CTLR", value & ~(uint64_t)SIM_CTLR_QUIESCENT, expected << 4 | m->enabled,
		     8, 0);
}

/* A table that the host has there again by the time that the guard looks was not given up (H6). */
static bool has_others(const struct predictor *p, uint32_t its)
{
	const struct model *m = &p->its[its];

	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (type_of(p, its, n) && (m->regs.baser[n] & VALID) && !m->table[n].claimed)
			return true;
	return false;
}

/* E46 */
static void read_ctlr(struct predictor *p, uint32_t its, uint64_t value)
{
	expect_ctlr(p, its, value);
	if ((value & (SIM_CTLR_ENABLED | SIM_CTLR_QUIESCENT)) != SIM_CTLR_QUIESCENT)
		return;
	predict_give_up(p, its);
	p->its[its].due = !has_others(p, its);
	p->changes = UINT64_MAX; /* look at the claims, whatever has changed */
}

/* E18, E33 */
void predictor_read(struct predictor *p, uint32_t its, uint32_t offset, uint32_t width,
		    uint64_t value)
{
	const struct world_config *config = world_config(p->world);
	struct model *m = &p->its[its];
	uint32_t reg = offset & ~7u;

	if (p->stopped || host_regs_shape(offset, width) != ITSG_OK)
		return;
	m->unseen = 0;
	if (offset == R_CTLR)
		read_ctlr(p, its, value);
	else if (reg == R_TYPER)
		expect_value(p, "TYPER", value, m->typer, width, offset);
	else if (reg == R_CBASER || reg == R_CWRITER)
		expect_value(p, reg == R_CBASER ? "CBASER" : "CWRITER", value,
			     host_regs_kept(&m->regs, config, its, reg), width, offset);
	else if (reg >= R_BASER && reg < baser_offset(ITSG_BASERS))
		expect_value(p, "BASER", value, predict_visible(p, its, (reg - R_BASER) / 8), width,
			     offset);
}

uint32_t predict_queue_bytes(const struct model *m)
{
	return ((uint32_t)predict_bits(m->regs.cbaser, 7, 0) + 1) * 0x1000;
}

/* ---- giving up ---- */

static const struct extent *kept_extent(const struct model *m, uint32_t slots,
					const struct extent *e)
{
	for (uint32_t i = 0; i < slots; i++)
		if (m->kept[i].bytes == e->bytes && m->kept[i].pa == e->pa)
			return &m->kept[i];
	return NULL;
}

/* As many as there is room for. */
static void remember(const struct predictor *p, struct model *m, const struct extent *e)
{
	for (uint32_t i = 0; i < predict_machine(p)->kept; i++) {
		if (m->kept[i].bytes)
			continue;
		m->kept[i] = *e;
		return;
	}
}

/* On its way out where hardware forgets, kept for ever where not. */
static void let_go(struct predictor *p, struct model *m, const struct extent *e)
{
	predict_move(m->held[e->kind], m->forgets ? m->retired[e->kind] : p->kept[e->kind], p, e,
		     NULL);
}

static void let_go_level2(struct predictor *p, uint32_t its, const struct table *t)
{
	bool collections = predict_bits(t->baser, 58, 56) == COLLS;

	for (uint64_t index = 0; t->indirect && index < t->bytes / 8; index++) {
		uint64_t key = predict_level1_key(its, collections, index);
		const uint64_t *word = u64map_get(&p->level1, key);
		struct extent page = {word ? predict_bits(*word, 51, 0) : 0, t->page, ITSG_DONATED};

		if (word && *word)
			let_go(p, &p->its[its], &page);
	}
	predict_forget_level1(p, its, collections);
}

/* Its devices go with the table, and what was unmapped before and is not over. */
static void let_go_devices(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];

	for (size_t i = 0; i < p->devices.count; i++) {
		const struct u64map_entry *e = &p->devices.entries[i];
		struct extent itt = predict_itt(p, its, e->value);

		if (e->key >> 32 == its && e->value)
			let_go(p, m, &itt);
	}
	predict_forget_devices(p, its);
	predict_forget_unstored(m);
	m->abandoned = false;
	m->replaced = false;
	if (m->forgets) {
		m->icids = 0;
		return;
	}
	for (unsigned kind = 0; kind < 2; kind++) {
		pfnset_add_set(p->kept[kind], m->pending[kind]);
		pfnset_clear(m->pending[kind]);
	}
}

struct abandoning {
	struct predictor *p;
	uint32_t its;
};

static void abandon_one(void *ctx, uint64_t device)
{
	const struct abandoning *a = ctx;

	predict_unmap(a->p, a->its, device);
}

/* Each device with a MAPD V=1 that hardware has not passed, or not been given, is unmapped again.
 */
static void abandon(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	struct abandoning a = {p, its};

	sim_its_unpassed(world_its(p->world, its), abandon_one, &a);
	for (uint64_t i = m->unstored; i; i--)
		abandon_one(&a, m->mapped_by[(m->maps_then - i) % UNSTORED_MAX]);
	predict_forget_unstored(m);
	p->its[its].abandoned = true;
	/* If hardware does not take the unmaps, the devices are mapped again (F14). */
	if (p->doubt)
		predictor_lose(p, its, false);
}

static bool is_passed(const struct predictor *p, uint32_t its)
{
	struct sim_its *hw = world_its(p->world, its);

	return ((sim_its_reg_read(hw, R_CREADR, 8) ^ sim_its_reg_read(hw, R_CWRITER, 8)) &
		SIM_QUEUE_OFFSET) == 0 &&
	       !p->its[its].unstored;
}

void predictor_doubt(struct predictor *p)
{
	p->doubt = true;
	for (uint32_t i = 0; i < p->its_count; i++)
		if (p->its[i].abandoned ||
		    ((p->its[i].left || p->its[i].replaced) && !is_passed(p, i)))
			predictor_lose(p, i, false);
}

/*
 * If hardware does not take the unmap before a map over another one, the device may be on record
 * again, also where the host unmaps it behind that (F14).
 */
bool predict_replaced(struct predictor *p, uint32_t its)
{
	p->its[its].replaced = true;
	if (p->doubt)
		predictor_lose(p, its, false);
	return !p->doubt;
}

/* The guard has given up its queue already: what hardware had not passed of it is not known. */
static bool is_reset(const struct predictor *p, uint32_t its)
{
	return !p->writing && !(sim_its_reg_read(world_its(p->world, its), R_CBASER, 8) & VALID);
}

/* The command under way is judged afresh, with the word of the new table. */
static void judge_afresh(struct predictor *p, uint32_t its)
{
	struct head *head = &p->its[its].head;

	predict_let_head_go(p, its);
	head->word_known = head->word_failed = false;
	head->allowed = head->may = 0;
	if (head->must != ITSG_FETCH_FAILED)
		head->must = ITSG_OK;
}

static void retire(struct predictor *p, uint32_t its, struct table *t)
{
	struct model *m = &p->its[its];
	struct extent run = {t->pa, t->bytes, t->indirect ? ITSG_SHARED : ITSG_DONATED};
	uint64_t type = predict_bits(t->baser, 58, 56);

	judge_afresh(p, its);
	/* Only the guard ever read the host's level 1. */
	if (t->indirect)
		predict_move(m->held[run.kind], m->retired[run.kind], p, &run, NULL);
	else
		let_go(p, m, &run);
	if (!t->indirect && !m->forgets)
		remember(p, m, &run);
	let_go_level2(p, its, t);
	if (type == DEVICES)
		let_go_devices(p, its);
	if (type == COLLS && is_reset(p, its))
		predictor_lose(p, its, false);
	else if (type == COLLS && !is_passed(p, its))
		abandon(p, its);
	t->claimed = false;
	m->due = true;
}

/* ---- arming: what is checked first ---- */

static void learn_table(struct table *t, uint64_t baser)
{
	static const uint64_t page[4] = {0x1000, 0x4000, 0x10000, 0x10000};
	uint64_t entry = predict_bits(baser, 52, 48) + 1;

	t->baser = baser;
	t->indirect = (baser & INDIRECT) != 0;
	t->page = page[predict_bits(baser, 9, 8)];
	t->bytes = (predict_bits(baser, 7, 0) + 1) * t->page;
	t->per_page = t->page / entry;
	t->pa = t->page == 0x10000
			? predict_bits(baser, 47, 16) << 16 | predict_bits(baser, 15, 12) << 48
			: predict_bits(baser, 47, 12) << 12;
	t->capacity = t->indirect ? t->bytes / 8 * t->per_page : t->bytes / entry;
}

/* Is a table of that type valid in the host's registers? Its IDs. */
static uint64_t new_capacity(const struct predictor *p, uint32_t its, uint32_t type)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		uint64_t visible = predict_visible(p, its, n);
		struct table t = {0};

		if (type_of(p, its, n) != type || !(visible & VALID))
			continue;
		learn_table(&t, visible);
		return t.capacity;
	}
	return 0;
}

static enum itsg_reason check_complete(const struct predictor *p, const struct model *m,
				       uint32_t its)
{
	if (!(m->regs.cbaser & VALID) || !new_capacity(p, its, DEVICES))
		return ITSG_ENABLE_INCOMPLETE;
	return m->hcc || new_capacity(p, its, COLLS) ? ITSG_OK : ITSG_ENABLE_INCOMPLETE;
}

static enum itsg_reason check_queue(const struct predictor *p, const struct model *m)
{
	uint64_t pa = predict_bits(m->regs.cbaser, 51, 12) << 12;

	if (m->regs.cwriter >= predict_queue_bytes(m))
		return ITSG_CWRITER_RANGE;
	return pa % 0x10000 || pa + predict_queue_bytes(m) > predict_pa_end(p) ? ITSG_QUEUE_ADDRESS
									       : ITSG_OK;
}

static enum itsg_reason check_table(const struct predictor *p, uint32_t its, uint32_t n)
{
	uint64_t visible = predict_visible(p, its, n), end = predict_pa_end(p);
	uint32_t most = predict_machine(p)->table_pages;
	struct table t = {0};

	if (!(visible & VALID))
		return ITSG_OK;
	if (predict_bits(p->its[its].regs.baser[n], 9, 8) == 3 || predict_bits(visible, 9, 8) == 3)
		return ITSG_TABLE_PAGE_SIZE;
	learn_table(&t, visible);
	if (t.page < 0x10000 && end > SMALL_PAGES_END)
		end = SMALL_PAGES_END;
	if (t.pa % t.page || t.pa + t.bytes > end)
		return ITSG_TABLE_ADDRESS;
	return !t.indirect && t.bytes / t.page > (most ? most : 256) ? ITSG_TABLE_SIZE : ITSG_OK;
}

static bool is_replaced(const struct predictor *p, uint32_t its, uint32_t n)
{
	const struct table *t = &p->its[its].table[n];

	return t->claimed && t->baser != predict_visible(p, its, n);
}

/* What ITT entries name; nothing where hardware forgets those of the old device table (F12). */
static enum itsg_reason check_collections(const struct predictor *p, uint32_t its)
{
	const struct model *m = &p->its[its];
	uint64_t icids = m->icids;

	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (m->forgets && type_of(p, its, n) == DEVICES && is_replaced(p, its, n))
			icids = 0;
	return predict_collections(m, new_capacity(p, its, COLLS)) < icids ? ITSG_TABLE_SIZE
									   : ITSG_OK;
}

/* Hardware that does not forget may have ITTs of before: nobody knows what those name. */
static void remember_collections(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	const struct table *t = predict_table(p, its, COLLS);
	uint64_t count = predict_collections(m, t ? t->capacity : 0);

	if (!m->forgets && count > m->icids_before)
		m->icids_before = count;
}

static enum itsg_reason check_all(const struct predictor *p, uint32_t its)
{
	const struct model *m = &p->its[its];
	enum itsg_reason reason = check_complete(p, m, its);

	if (reason == ITSG_OK)
		reason = check_queue(p, m);
	for (uint32_t n = 0; reason == ITSG_OK && n < ITSG_BASERS; n++)
		reason = check_table(p, its, n);
	return reason == ITSG_OK ? check_collections(p, its) : reason;
}

/* ---- arming: what is claimed then ---- */

static struct extent queue_extent(const struct model *m)
{
	const struct extent queue = {predict_bits(m->regs.cbaser, 51, 12) << 12,
				     predict_queue_bytes(m), ITSG_SHARED};

	return queue;
}

static void want_queue(struct predictor *p, const struct model *m)
{
	struct want *want = &p->claims.want[0];

	if (m->queue.bytes)
		return;
	*want = (struct want){
		.extent = queue_extent(m), .overlap = ITSG_QUEUE_ADDRESS, .queue = true};
	p->claims.count = 1;
}

/* Another one may be in the same place: what hardware remembers is claimed for one of them. */
static bool is_revived(const struct predictor *p, uint32_t its, uint64_t pa)
{
	struct table t = {0};

	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		if (!(p->revived >> n & 1))
			continue;
		learn_table(&t, predict_visible(p, its, n));
		if (t.pa == pa)
			return true;
	}
	return false;
}

/* A flat table exactly where hardware remembers one is claimed already. */
static void want_table(struct predictor *p, uint32_t its, uint32_t n)
{
	uint64_t visible = predict_visible(p, its, n);
	const struct model *m = &p->its[its];
	struct table t = {0};
	struct want want = {.overlap = ITSG_TABLE_OVERLAP};

	if (m->table[n].claimed || !(visible & VALID))
		return;
	learn_table(&t, visible);
	want.extent = (struct extent){t.pa, t.bytes, t.indirect ? ITSG_SHARED : ITSG_DONATED};
	if (!t.indirect && m->kept_unknown && predict_is_kept(p, &want.extent)) {
		predictor_lose(p, its, false);
	} else if (!t.indirect && !is_revived(p, its, t.pa) &&
		   kept_extent(m, predict_machine(p)->kept, &want.extent)) {
		p->revived |= (uint32_t)1 << n;
		return;
	}
	p->claims.want[p->claims.count++] = want;
}

/* E34: tables that were replaced are gone, and given back, before new ones are claimed (F12). */
static uint64_t expect_arming(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	enum itsg_reason reason = check_all(p, its);

	if (reason != ITSG_OK)
		return BIT(reason);
	if (predict_collections(m, new_capacity(p, its, COLLS)) < m->icids_before)
		predictor_lose(p, its, false);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (is_replaced(p, its, n))
			retire(p, its, &m->table[n]);
	p->arming = true;
	p->claims.count = 0;
	p->revived = 0;
	want_queue(p, m);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		want_table(p, its, n);
	return predict_take(p, its, &p->claims, true);
}

static void revive(struct predictor *p, struct model *m, uint32_t n)
{
	const struct table *t = &m->table[n];
	const struct extent run = {t->pa, t->bytes, ITSG_DONATED};
	const struct extent *kept = kept_extent(m, predict_machine(p)->kept, &run);

	if (kept)
		m->kept[kept - m->kept].bytes = 0;
	predict_move(p->kept[ITSG_DONATED], m->held[ITSG_DONATED], p, &run, NULL);
}

static void arm_table(struct predictor *p, struct model *m, uint32_t its, uint32_t n)
{
	if (m->table[n].claimed || !(predict_visible(p, its, n) & VALID))
		return;
	learn_table(&m->table[n], predict_visible(p, its, n));
	m->table[n].claimed = true;
	if (p->revived >> n & 1)
		revive(p, m, n);
}

/* Has the host given up the queue and all tables that it had when power was lost? */
static bool has_given_up(const struct predictor *p, uint32_t its)
{
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (type_of(p, its, n) && !(p->its[its].given_up >> n & 1))
			return false;
	return p->its[its].given_up & QUEUE_GIVEN_UP;
}

/* What it had may be there still, or not: predict_narrow() takes it for possible. */
void predictor_lose(struct predictor *p, uint32_t its, bool told)
{
	struct model *m = &p->its[its];

	if (p->stopped)
		return;
	remember_collections(p, its);
	m->kept_unknown = !m->forgets;
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		m->table[n].claimed = false;
	predict_lose_claims(p, its);
	p->changes = UINT64_MAX;
	p->blind = true; /* until they are looked at again */
	predict_forget(p, its);
	m->enabled = m->enabled && !told;
	m->lost = true;
	m->given_up = 0;
	m->counted = false;
	m->head.active = false;
}

void predictor_power(struct predictor *p, uint32_t its, const struct trace_power *power)
{
	predictor_lose(p, its, power->told);
	p->its[its].firmware_on = power->enabled && !power->told;
}

/* As if the host had given up all of it itself; what BASERs hold beside Valid means nothing. */
void predictor_gone(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];

	if (p->stopped)
		return;
	predict_let_head_go(p, its);
	m->head.active = false;
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		if (m->table[n].claimed)
			retire(p, its, &m->table[n]);
	m->queue.bytes = 0;
	m->enabled = m->firmware_on = false;
	m->next = 0;
	m->regs.cbaser = 0;
	m->regs.cwriter = 0;
	m->regs.enabled = false;
	m->numbers = BIT(0);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		m->regs.baser[n] &= ~(VALID | sim_bits(47, 12) | sim_bits(7, 0));
}

/* What the guard saw of it, before or after, is not known. */
void predictor_moved(struct predictor *p)
{
	bool disables = p->offset == R_CTLR && !(p->value & 1);

	if (p->writing && !disables && !p->its[p->at].enabled)
		predictor_lose(p, p->at, false);
}

/* It was enabled though the predictor could not say so: what it has taken is not known. */
static void armed_unseen(struct predictor *p)
{
	predictor_lose(p, p->at, false);
	p->its[p->at].enabled = true;
	p->unsure = false;
}

void predict_armed(struct predictor *p)
{
	struct model *m = &p->its[p->at];

	if (p->unsure)
		armed_unseen(p);
	if (!p->arming)
		return;
	p->arming = false;
	for (unsigned i = 0; i < p->claims.count; i++)
		predict_hold(p, p->at, &p->claims.want[i]);
	m->queue = queue_extent(m);
	for (uint32_t n = 0; n < ITSG_BASERS; n++)
		arm_table(p, m, p->at, n);
	/* Whatever was given up has been given back. */
	pfnset_clear(m->retired[0]);
	pfnset_clear(m->retired[1]);
	if (m->lost)
		remember_collections(p, p->at);
	m->lost = m->lost && (p->blind || !has_given_up(p, p->at));
	m->given_up = 0;
	m->enabled = true;
}

/* ---- writing ---- */

static bool is_quiescent(const struct predictor *p, uint32_t its)
{
	return hardware_ctlr(p, its) == SIM_CTLR_QUIESCENT;
}

/*
 * Until Quiescent is 1, registers are only latched: then it counts what they say (E31, H6). That
 * may be found in any call, which takes some steps only.
 */
uint32_t predict_give_up(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	bool due = m->due;
	uint32_t which = 0;

	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		if (m->enabled || !m->table[n].claimed || (m->regs.baser[n] & VALID) ||
		    !is_quiescent(p, its))
			continue;
		retire(p, its, &m->table[n]);
		which |= (uint32_t)1 << n;
	}
	m->due = due;
	return which;
}

/* What ITS_Number may be after a write that also changes Enabled is not said (H7). */
static void write_number(struct predictor *p, struct model *m, bool changes)
{
	bool virtual = predict_bits(m->typer, 1, 1) != 0;

	if (!virtual || (m->enabled && !changes))
		return;
	m->numbers = (changes ? m->numbers : 0) | BIT(predict_bits(p->value, 7, 4));
}

static uint64_t write_ctlr(struct predictor *p, struct model *m)
{
	bool enable = p->value & 1;
	bool changes = enable != m->enabled;

	m->firmware_on = false;
	write_number(p, m, changes);
	if (!changes)
		return BIT(ITSG_OK);
	/* Hardware that is on its way through the end of the guard's queue is disabled after that:
	 * it may be so by the time that the guard looks. */
	if (enable && (hardware_ctlr(p, p->at) & SIM_CTLR_ENABLED)) {
		p->unsure = true;
		return UINT64_MAX;
	}
	if (enable)
		return is_quiescent(p, p->at) ? expect_arming(p, p->at) : BIT(ITSG_NOT_QUIESCENT);
	m->enabled = false;
	return BIT(ITSG_OK);
}

/* Only while Enabled is 1 is it refused (H6). A stalled queue is given up with all in it. */
static uint64_t write_cbaser(struct predictor *p, struct model *m)
{
	struct host_regs regs = m->regs;
	struct extent before = queue_extent(m);
	struct extent after;

	if (m->enabled && !m->lost)
		return BIT(ITSG_NOT_QUIESCENT);
	host_regs_wrote(&regs, p->offset, p->width, p->value);
	predict_let_head_go(p, p->at); /* what it had taken by what is on record now */
	m->head.active = false;
	m->regs = regs;
	after = queue_extent(m);
	if (!(regs.cbaser & VALID) || before.pa != after.pa || before.bytes != after.bytes)
		m->queue.bytes = 0;
	/* Hardware that is not quiescent may go on with it, and then it is the guard's to mend
	 * (F10). */
	if (sim_its_stalled(world_its(p->world, p->at)) && is_quiescent(p, p->at))
		abandon(p, p->at);
	m->next = 0;
	/* If hardware does not take what it has of that queue, the guard unmaps in its place (F26).
	 */
	m->left = !is_passed(p, p->at);
	if (m->left && p->doubt)
		predictor_lose(p, p->at, false);
	m->given_up |= QUEUE_GIVEN_UP;
	return BIT(ITSG_OK);
}

static uint64_t write_cwriter(struct predictor *p, struct model *m)
{
	struct host_regs regs = m->regs;

	host_regs_wrote(&regs, p->offset, p->width, p->value);
	if (regs.cwriter >= predict_queue_bytes(m))
		return BIT(ITSG_CWRITER_RANGE);
	m->regs = regs;
	return BIT(ITSG_OK);
}

static uint64_t write_baser(struct predictor *p, struct model *m, uint32_t n)
{
	struct host_regs regs = m->regs;
	bool high = p->width == 8 || (p->offset & 4);
	bool claimed;

	/* Not implemented: RES0, and the Valid=0 of a probe is ignored (E30, H1). */
	if (!type_of(p, p->at, n))
		return high && (p->width == 8 ? p->value >> 63 : p->value >> 31)
			       ? BIT(ITSG_RESERVED_REGISTER)
			       : BIT(ITSG_OK);
	if (m->enabled && !m->lost)
		return BIT(ITSG_NOT_QUIESCENT);
	host_regs_wrote(&regs, p->offset, p->width, p->value);
	m->regs = regs;
	/* Before Quiescent it is latched only, and may be put back (H6). */
	if (!(regs.baser[n] & VALID) && is_quiescent(p, p->at))
		m->given_up |= (uint32_t)1 << n;
	if ((regs.baser[n] & VALID) && (m->unseen >> n & 1))
		predictor_lose(p, p->at, false); /* given up, or put in its place before that */
	claimed = m->table[n].claimed;
	predict_give_up(p, p->at);
	m->due = m->due || (claimed && !m->table[n].claimed);
	return BIT(ITSG_OK);
}

static bool is_read_only(uint32_t offset)
{
	uint32_t reg = offset & ~7u;

	return offset == R_IIDR || reg == R_TYPER || reg == R_CREADR || offset == 0x10 ||
	       offset == 0x18 || offset >= 0xffd0;
}

/* MPAMIDR, MPIDR, STATUSR. */
static bool has_32_bits(uint32_t offset)
{
	return offset == 0x10 || offset == 0x18 || offset == 0x40;
}

static uint64_t write_other(const struct predictor *p)
{
	if (p->width == 8 && has_32_bits(p->offset))
		return BIT(ITSG_BAD_WIDTH);
	if (!p->value)
		return BIT(ITSG_OK);
	return is_read_only(p->offset) ? BIT(ITSG_READ_ONLY) : BIT(ITSG_RESERVED_REGISTER);
}

static uint64_t write_register(struct predictor *p)
{
	enum itsg_reason shape = host_regs_shape(p->offset, p->width);
	struct model *m = &p->its[p->at];
	uint32_t reg = p->offset & ~7u;

	if (shape != ITSG_OK)
		return BIT(shape);
	if (p->offset == R_CTLR)
		return write_ctlr(p, m);
	if (reg == R_CBASER)
		return write_cbaser(p, m);
	if (reg == R_CWRITER)
		return write_cwriter(p, m);
	if (reg >= R_BASER && reg < baser_offset(ITSG_BASERS))
		return write_baser(p, m, (reg - R_BASER) / 8);
	return write_other(p);
}

void predictor_before_write(struct predictor *p, uint32_t its, uint32_t offset, uint32_t width,
			    uint64_t value)
{
	if (p->stopped)
		return;
	predictor_disturbed(p);
	p->at = its;
	p->offset = offset;
	p->width = width;
	p->value = width == 4 ? value & 0xffffffff : value;
	p->failed = 0;
	p->arming = false;
	p->unsure = false;
	p->writing = true;
	p->its[its].unseen |= predict_give_up(p, its);
	p->before = p->its[its].regs;
	p->given_up = p->its[its].given_up;
	p->answers = write_register(p);
	p->its[its].unseen = 0;
	predict_said(p, p->answers);
	predictor_disturbed(p);
}

/* What was refused did not give up anything either. */
static void refused_after_loss(const struct predictor *p, struct model *m)
{
	m->regs = p->before;
	m->given_up &= p->given_up;
}

void predictor_after_write(struct predictor *p, enum itsg_reason reason)
{
	char is[40], text[120];

	if (p->stopped)
		return;
	p->writing = false;
	if (p->its[p->at].lost || (p->doubt && reason == ITSG_HARDWARE_MISMATCH))
		p->answers |= BIT(reason);
	if (!((p->answers | p->failed) & BIT(reason)))
		predict_disagree(p, "register 0x%" PRIx32 ", 0x%" PRIx64 " is %s, expected %s",
				 p->offset, p->value, predict_reasons(BIT(reason), is, sizeof(is)),
				 predict_reasons(p->answers, text, sizeof(text)));
	if (reason == ITSG_OK)
		predict_armed(p);
	else if (p->its[p->at].lost)
		refused_after_loss(p, &p->its[p->at]);
	p->arming = false;
	predictor_disturbed(p);
}
