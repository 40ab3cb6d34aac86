/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The rules of commands, in the order of the trace format.
 */
#include "predict_priv.h"

/* ---- level 1 ---- */

static uint64_t taken_word(const struct predictor *p, uint64_t key)
{
	const uint64_t *taken = u64map_get(&p->level1, key);

	return taken ? *taken : 0;
}

static enum itsg_reason judge_word(const struct predictor *p, const struct table *t, uint64_t word)
{
	uint64_t pa = predict_bits(word, 51, 0), end = predict_pa_end(p);

	/* A level-2 page of less than 64 KB has 48 address bits, as such a table has (E28, F1). */
	if (t->page < 0x10000 && end > (uint64_t)1 << 48)
		end = (uint64_t)1 << 48;
	if (!(word & VALID))
		return ITSG_L1_INVALID;
	if (predict_bits(word, 62, 52))
		return ITSG_L1_RESERVED;
	return pa % t->page || pa + t->page > end ? ITSG_L1_ADDRESS : ITSG_OK;
}

/* What the word is taken for, where it is the first of its kind. */
static enum itsg_reason want_level2(const struct predictor *p, const struct table *t,
				    struct plan *plan)
{
	enum itsg_reason reason = judge_word(p, t, plan->word);
	struct want *want = &plan->wants.want[0];

	if (reason != ITSG_OK)
		return reason;
	want->extent = (struct extent){predict_bits(plan->word, 51, 0), t->page, ITSG_DONATED};
	want->overlap = ITSG_TABLE_OVERLAP;
	plan->wants.count = 1;
	plan->level2 = true;
	return ITSG_OK;
}

static enum itsg_reason rule_level1(const struct predictor *p, uint32_t its, bool collections,
				    uint64_t id, struct plan *plan)
{
	const struct table *t = predict_table(p, its, collections ? COLLS : DEVICES);
	const struct head *head = &p->its[its].head;
	uint64_t taken;

	if (!t || !t->indirect)
		return ITSG_OK;
	plan->level1_key = predict_level1_key(its, collections, id / t->per_page);
	plan->word_pa = t->pa + id / t->per_page * 8;
	if (head->word_failed)
		return ITSG_FETCH_FAILED;
	plan->blind = !head->word_known;
	plan->word =
		head->word_known ? head->word : sim_mem_peek64(world_mem(p->world), plan->word_pa);
	taken = taken_word(p, plan->level1_key);
	if (taken)
		return taken == plan->word ? ITSG_OK : ITSG_L1_CHANGED;
	return want_level2(p, t, plan);
}

/* ---- MAPD ---- */

static enum itsg_reason rule_device_id(const struct predictor *p, uint32_t its, uint64_t id)
{
	const struct table *t = predict_table(p, its, DEVICES);

	return !t || id >> p->its[its].device_bits || id >= t->capacity ? ITSG_DEVICE_OOR : ITSG_OK;
}

static bool is_reserved(const struct predictor *p, uint64_t id)
{
	const struct trace_machine *machine = predict_machine(p);

	for (uint32_t i = 0; i < machine->reserved_count; i++)
		if (machine->reserved[i] == id)
			return true;
	return false;
}

static void want_piece(const struct predictor *p, struct plan *plan, uint64_t from, uint64_t to)
{
	if (from >= to)
		return;
	plan->wants.want[plan->wants.count++] = (struct want){
		.extent = {from, to - from, predict_itt_kind(p)}, .overlap = ITSG_ITT_OVERLAP};
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A donated ITT over the old one, so that entries of before lie across those of now (F23). */
static bool misreads(const struct predictor *p, uint32_t its, const struct extent *itt,
		     const struct extent *old)
{
	uint64_t apart = itt->pa > old->pa ? itt->pa - old->pa : old->pa - itt->pa;

	return predict_itt_kind(p) == ITSG_DONATED && itt->pa < old->pa + old->bytes &&
	       old->pa < itt->pa + itt->bytes && apart % p->its[its].entry;
}

/*
 * A mapped device may be mapped anew, over its own ITT too: what lies before that and what lies
 * behind is wanted then (E27, H3). As it is, nothing changes (H2).
 */
static enum itsg_reason want_itt(const struct predictor *p, uint32_t its, struct plan *plan)
{
	uint64_t mapped = predict_device(p, its, plan->device);
	struct extent itt = predict_itt(p, its, plan->itt), old = predict_itt(p, its, mapped);
	uint64_t end = itt.pa + itt.bytes;

	plan->same = plan->itt == mapped;
	plan->maps = !plan->same;
	if (plan->same)
		return ITSG_OK;
	if (mapped && misreads(p, its, &itt, &old))
		return ITSG_ITT_OVERLAP;
	want_piece(p, plan, itt.pa, mapped ? lesser(end, old.pa) : end);
	if (mapped)
		want_piece(p, plan, itt.pa > old.pa + old.bytes ? itt.pa : old.pa + old.bytes, end);
	return !mapped && p->its[its].mapped >= predict_machine(p)->devices ? ITSG_NO_DEVICE_SLOT
									    : ITSG_OK;
}

static enum itsg_reason rule_map(const struct predictor *p, uint32_t its, const uint64_t *dw,
				 struct plan *plan)
{
	uint64_t size = predict_bits(dw[1], 4, 0);
	enum itsg_reason reason = rule_device_id(p, its, plan->device);
	struct extent itt;

	plan->itt = predict_bits(dw[2], 51, 8) << 8 | size << 1 | 1;
	if (reason == ITSG_OK && is_reserved(p, plan->device))
		reason = ITSG_DEVICE_RESERVED;
	if (reason == ITSG_OK)
		reason = rule_level1(p, its, false, plan->device, plan);
	if (reason == ITSG_OK && size + 1 > p->its[its].event_bits)
		reason = ITSG_ITTSIZE_OOR;
	if (reason != ITSG_OK)
		return reason;
	itt = predict_itt(p, its, plan->itt);
	return itt.pa + itt.bytes > predict_pa_end(p) ? ITSG_ITT_ADDRESS : want_itt(p, its, plan);
}

static enum itsg_reason rule_unmap(const struct predictor *p, uint32_t its, struct plan *plan)
{
	enum itsg_reason reason = rule_device_id(p, its, plan->device);

	plan->unmaps = true;
	if (reason != ITSG_OK)
		return reason;
	return predict_device(p, its, plan->device) ? ITSG_OK : ITSG_DEVICE_UNMAPPED;
}

/* ---- the others ---- */

static enum itsg_reason rule_icid(const struct predictor *p, uint32_t its, uint64_t icid)
{
	const struct table *t = predict_table(p, its, COLLS);

	return icid < predict_collections(&p->its[its], t ? t->capacity : 0) ? ITSG_OK
									     : ITSG_COLLECTION_OOR;
}

static enum itsg_reason rule_rdbase(const struct predictor *p, uint32_t its, uint64_t dw)
{
	const struct trace_machine *machine = predict_machine(p);
	uint64_t rd = predict_bits(dw, 51, 16) << 16;

	for (uint32_t i = 0; i < machine->pes; i++)
		if (rd == (p->its[its].pta ? machine->rd + i * trace_rd_stride(machine)
					   : (uint64_t)i << 16))
			return ITSG_OK;
	return ITSG_RDBASE_UNKNOWN;
}

static enum itsg_reason rule_mapc(const struct predictor *p, uint32_t its, const uint64_t *dw,
				  struct plan *plan)
{
	const struct table *t = predict_table(p, its, COLLS);
	uint64_t icid = predict_bits(dw[2], 15, 0);
	enum itsg_reason reason = rule_icid(p, its, icid);

	if (reason != ITSG_OK || !(dw[2] & VALID))
		return reason;
	reason = rule_rdbase(p, its, dw[2]);
	/* Collections beyond the table are held in hardware. */
	if (reason != ITSG_OK || !t || icid >= t->capacity)
		return reason;
	return rule_level1(p, its, true, icid, plan);
}

static bool maps_event(uint64_t opcode)
{
	return opcode == 0x0a || opcode == 0x0b;
}

/* MAPTI, MAPI, MOVI, INT, CLEAR, INV, DISCARD. */
static enum itsg_reason rule_event(const struct predictor *p, uint32_t its, const uint64_t *dw,
				   struct plan *plan)
{
	uint64_t event = predict_bits(dw[1], 31, 0), opcode = predict_bits(dw[0], 7, 0);
	uint64_t intid = opcode == 0x0a ? predict_bits(dw[1], 63, 32) : event;
	uint64_t mapped = predict_device(p, its, plan->device);
	enum itsg_reason reason = rule_device_id(p, its, plan->device);

	if (reason != ITSG_OK)
		return reason;
	if (!mapped)
		return ITSG_DEVICE_UNMAPPED;
	if (event >> (predict_bits(mapped, 5, 1) + 1))
		return ITSG_EVENT_OOR;
	if (maps_event(opcode) && (intid < LPI_LOWEST || intid >> predict_machine(p)->lpi_bits))
		return ITSG_INTID_OOR;
	if (!maps_event(opcode) && opcode != 0x01)
		return ITSG_OK;
	plan->icids = predict_bits(dw[2], 15, 0) + 1;
	return rule_icid(p, its, plan->icids - 1);
}

static enum itsg_reason rule_movall(const struct predictor *p, uint32_t its, const uint64_t *dw)
{
	enum itsg_reason reason = rule_rdbase(p, its, dw[2]);

	return reason == ITSG_OK ? rule_rdbase(p, its, dw[3]) : reason;
}

static bool is_virtual(uint64_t opcode)
{
	static const uint8_t opcodes[] = {0x21, 0x22, 0x23, 0x25, 0x29, 0x2a, 0x2b, 0x2d, 0x2e};

	for (size_t i = 0; i < sizeof(opcodes); i++)
		if (opcodes[i] == opcode)
			return true;
	return false;
}

enum itsg_reason predict_rule(const struct predictor *p, uint32_t its, struct plan *plan)
{
	const uint64_t *dw = p->its[its].head.dw;

	plan->device = predict_bits(dw[0], 63, 32);
	switch (predict_bits(dw[0], 7, 0)) {
	case 0x08:
		return dw[2] & VALID ? rule_map(p, its, dw, plan) : rule_unmap(p, its, plan);
	case 0x09:
		return rule_mapc(p, its, dw, plan);
	case 0x01:
	case 0x03:
	case 0x04:
	case 0x0a:
	case 0x0b:
	case 0x0c:
	case 0x0f:
		return rule_event(p, its, dw, plan);
	case 0x0d:
		return rule_icid(p, its, predict_bits(dw[2], 15, 0));
	case 0x0e:
		return rule_movall(p, its, dw);
	case 0x05:
		return rule_rdbase(p, its, dw[2]);
	default:
		return is_virtual(predict_bits(dw[0], 7, 0)) ? ITSG_VIRTUAL_COMMAND
							     : ITSG_UNKNOWN_COMMAND;
	}
}
