/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Walks through tables and ITTs to an entry, and the entry through the cache: GIC 3. */
#include "its_priv.h"

/* ---- walks ---- */

static uint64_t level1_word(struct sim_its *its, const struct its_table *table, uint64_t pa)
{
	struct its_line *line = its_cache_find(its, KIND_LEVEL1, pa | table->code);
	uint64_t word;

	if (line)
		return line->payload;
	word = its_entry_load(its, pa, 8, "level-1 entry");
	if (word & SIM_VALID) {
		line = its_cache_put(its, KIND_LEVEL1, pa | table->code, pa, 8, word, false);
		if (line) {
			line->type = table->type;
			line->code = table->code;
		}
	}
	return word;
}

bool its_walk(struct sim_its *its, const struct its_table *table, uint64_t id, bool checked,
	      uint64_t *pa)
{
	uint64_t per_page = table->page / table->entry;
	uint64_t word;

	if (checked && id >= its_table_capacity(table))
		return false;
	if (!table->indirect) {
		*pa = table->pa + id * table->entry;
		return true;
	}
	word = level1_word(its, table, table->pa + id / per_page * 8);
	*pa = its_level1_address(its, word, table->page) + id % per_page * table->entry;
	return word & SIM_VALID;
}

static const char *entry_name(enum its_kind kind)
{
	switch (kind) {
	case KIND_DTE:
		return "device table entry";
	case KIND_CTE:
		return "collection table entry";
	case KIND_VPE:
		return "vPE table entry";
	case KIND_ITE:
		return "ITT entry";
	case KIND_LEVEL1:
	default:
		return "level-1 entry";
	}
}

bool its_table_read(struct sim_its *its, enum its_kind kind, uint64_t id, bool checked,
		    uint64_t *payload)
{
	struct its_table table = its_table_of(its, its_kind_type(kind));
	struct its_line *line;
	uint64_t pa;

	if (!table.valid || (checked && id >= its_table_capacity(&table)))
		return false;
	line = its_cache_find(its, kind, id);
	if (line) {
		*payload = line->payload;
		return true;
	}
	if (!its_walk(its, &table, id, checked, &pa))
		return false;
	*payload = its_entry_load(its, pa, table.entry, entry_name(kind));
	if (its_entry_valid(*payload))
		its_cache_put(its, kind, id, pa, table.entry, *payload, false);
	return true;
}

bool its_table_write(struct sim_its *its, enum its_kind kind, uint64_t id, uint64_t payload)
{
	struct its_table table = its_table_of(its, its_kind_type(kind));
	uint64_t pa;

	if (!table.valid || !its_walk(its, &table, id, true, &pa))
		return false;
	if (!its_cache_put(its, kind, id, pa, table.entry, payload, true))
		its_entry_store(its, pa, table.entry, payload, entry_name(kind));
	return true;
}

/* ---- ITTs ---- */

static uint64_t ite_address(const struct sim_its *its, uint64_t dte, uint64_t event)
{
	return its_dte_itt(dte) + event * its_itt_entry_bytes(its);
}

uint64_t its_ite_read(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event)
{
	uint64_t pa = ite_address(its, dte, event);
	unsigned bytes = (unsigned)its_itt_entry_bytes(its);
	struct its_line *line = its_cache_find(its, KIND_ITE, device << 32 | event);
	uint64_t ite;

	if (line)
		return line->payload;
	ite = its_entry_load(its, pa, bytes, "ITT entry");
	if (its_entry_valid(ite))
		its_cache_put(its, KIND_ITE, device << 32 | event, pa, bytes, ite, false);
	return ite;
}

void its_ite_write(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event,
		   uint64_t payload, int pe)
{
	uint64_t pa = ite_address(its, dte, event);
	unsigned bytes = (unsigned)its_itt_entry_bytes(its);
	struct its_line *line =
		its_cache_put(its, KIND_ITE, device << 32 | event, pa, bytes, payload, true);

	if (line)
		line->pe = (int16_t)pe;
	else
		its_entry_store(its, pa, bytes, payload, "ITT entry");
}
