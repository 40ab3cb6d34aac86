/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What is on record: devices, tables, level-1 words taken. */
#include "predict_priv.h"

static uint64_t device_key(uint32_t its, uint64_t id)
{
	return (uint64_t)its << 32 | id;
}

/* The ITT of a device, or 0. */
uint64_t predict_device(const struct predictor *p, uint32_t its, uint64_t id)
{
	const uint64_t *found = u64map_get(&p->devices, device_key(its, id));

	return found ? *found : 0;
}

void predict_set_device(struct predictor *p, uint32_t its, uint64_t id, uint64_t mapped)
{
	*u64map_put(&p->devices, device_key(its, id)) = mapped;
}

void predict_forget_devices(struct predictor *p, uint32_t its)
{
	for (size_t i = 0; i < p->devices.count; i++)
		if (p->devices.entries[i].key >> 32 == its)
			p->devices.entries[i].value = 0;
	p->its[its].mapped = 0;
}

struct extent predict_itt(const struct predictor *p, uint32_t its, uint64_t mapped)
{
	uint64_t bytes = ((uint64_t)2 << predict_bits(mapped, 5, 1)) * p->its[its].entry;
	const struct extent itt = {predict_bits(mapped, 51, 8) << 8,
				   (bytes + GRANULE - 1) / GRANULE * GRANULE, predict_itt_kind(p)};

	return itt;
}

/* ---- tables ---- */

const struct table *predict_table(const struct predictor *p, uint32_t its, unsigned type)
{
	const struct model *m = &p->its[its];

	for (unsigned n = 0; n < ITSG_BASERS; n++)
		if (m->table[n].claimed && predict_bits(m->table[n].baser, 58, 56) == type)
			return &m->table[n];
	return NULL;
}

uint64_t predict_collections(const struct model *m, uint64_t capacity)
{
	uint64_t count = capacity ? capacity + (m->cct ? m->hcc : 0) : m->hcc;

	return count < (uint64_t)1 << m->icid_bits ? count : (uint64_t)1 << m->icid_bits;
}

/* ---- level 1 ---- */

uint64_t predict_level1_key(uint32_t its, bool collections, uint64_t index)
{
	return (uint64_t)its << 40 | (uint64_t)collections << 39 | index;
}

void predict_forget_level1(struct predictor *p, uint32_t its, bool collections)
{
	for (size_t i = 0; i < p->level1.count; i++)
		if (p->level1.entries[i].key >> 39 == predict_level1_key(its, collections, 0) >> 39)
			p->level1.entries[i].value = 0;
}

void predict_forget(struct predictor *p, uint32_t its)
{
	predict_forget_devices(p, its);
	predict_forget_level1(p, its, false);
	predict_forget_level1(p, its, true);
	p->its[its].icids = 0;
}

void predict_count_map(struct model *m)
{
	if ((m->head.dw[0] & 0xff) == 0x08 && (m->head.dw[2] & VALID))
		m->mapped_by[m->maps++ % UNSTORED_MAX] = m->head.dw[0] >> 32;
}

void predict_look_for_unstored(struct predictor *p, uint32_t its)
{
	struct model *m = &p->its[its];
	const uint64_t stored = world_mapds(p->world, its);

	m->counted = m->counted && !m->lost;
	/* Enabled, it stores what it publishes, if it can. */
	if (!m->lost && m->enabled && !world_slots_failed(p->world, its)) {
		m->counted = true;
		m->maps = stored;
	}
	m->maps_then = m->maps;
	m->unstored = m->counted ? m->maps - stored : 0;
}

void predict_forget_unstored(struct model *m)
{
	m->maps -= m->unstored;
	m->unstored = 0;
}
