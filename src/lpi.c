/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "lpi.h"

uint64_t itsg_lpi_trial(uint64_t fields, uint32_t i)
{
	return itsg_put(ITSG_GICR_SHAREABILITY, i & 3) | itsg_put(ITSG_GICR_INNER_CACHE, i) |
	       itsg_put(ITSG_GICR_OUTER_CACHE, i) | (i == 7 ? fields : 0);
}

void itsg_lpi_learn(struct itsg_lpi_keeps *keeps, uint64_t fields, uint32_t i, uint64_t kept)
{
	keeps->share[i & 3] = (uint8_t)itsg_get(kept, ITSG_GICR_SHAREABILITY);
	keeps->inner[i] = (uint8_t)itsg_get(kept, ITSG_GICR_INNER_CACHE);
	keeps->outer[i] = (uint8_t)itsg_get(kept, ITSG_GICR_OUTER_CACHE);
	if (i == 0)
		keeps->fixed = kept & fields;
	if (i == 7)
		keeps->writable = (kept & fields) ^ keeps->fixed;
}

/* Shareability 3 is reserved, and written as what it works as (GIC 8.4). */
uint64_t itsg_lpi_kept(const struct itsg_lpi_keeps *keeps, uint64_t raw)
{
	const uint64_t share = itsg_get(raw, ITSG_GICR_SHAREABILITY);

	return (raw & keeps->writable) | (keeps->fixed & ~keeps->writable) |
	       itsg_put(ITSG_GICR_SHAREABILITY, keeps->share[share == 3 ? 0 : share]) |
	       itsg_put(ITSG_GICR_INNER_CACHE, keeps->inner[itsg_get(raw, ITSG_GICR_INNER_CACHE)]) |
	       itsg_put(ITSG_GICR_OUTER_CACHE, keeps->outer[itsg_get(raw, ITSG_GICR_OUTER_CACHE)]);
}

bool itsg_lpi_fits(const struct itsg_lpi_facts *facts, const struct itsg_run *run)
{
	return run->pa < facts->pa_end && run->bytes <= facts->pa_end - run->pa;
}

/*
 * Exactly what hardware may touch, and not a page of the neighbours' (P32): byte N - 8192 of INTID
 * N in the configuration table, bit N in the pending table.
 */
enum itsg_reason itsg_lpi_judge(const struct itsg_lpi_facts *facts, uint64_t prop, uint64_t pend,
				struct itsg_lpis *out)
{
	uint32_t bits = (uint32_t)itsg_get(prop, ITSG_GICR_PROPBASER_ID_BITS) + 1;

	if (bits > facts->lpi_bits)
		bits = facts->lpi_bits;
	out->prop = prop;
	out->pend = pend;
	out->bits = bits;
	out->config.pa = prop & ITSG_GICR_PROPBASER_ADDRESS;
	out->config.bytes = ((uint64_t)1 << bits) - ITSG_LPI_FIRST;
	out->pending.pa = pend & ITSG_GICR_PENDBASER_ADDRESS;
	out->pending.bytes = ((uint64_t)1 << bits) / 8;
	if (bits < 14 || bits > facts->limit)
		return ITSG_LPI_SIZE;
	return itsg_lpi_fits(facts, &out->config) && itsg_lpi_fits(facts, &out->pending)
		       ? ITSG_OK
		       : ITSG_LPI_ADDRESS;
}
