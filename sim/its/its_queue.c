/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The command queue as hardware sees it: what it fetches, and when: GIC 1.7. */
#include "its_priv.h"

bool its_queue_has_work(const struct sim_its *its)
{
	return its->enabled && (its->cbaser & SIM_VALID) && !its->stalled &&
	       its->cwriter < its_queue_bytes(its) && its->creadr != its->cwriter;
}

static struct its_command fetch(struct sim_its *its, uint64_t offset)
{
	uint64_t pa = (its->cbaser & sim_bits(51, 12)) + offset;
	struct its_command command = {{0}};
	uint8_t raw[SIM_COMMAND_BYTES];

	sim_mem_dma(its->mem, pa, sizeof(raw), false, raw, "command queue");
	for (unsigned i = 0; i < 4; i++)
		command.dw[i] = sim_le64(raw + 8 * i);
	return command;
}

/* Commands may be fetched any time after CWRITER moved: they cannot be edited any more (T11). */
void its_prefetch_commands(struct sim_its *its)
{
	uint64_t at;

	if (!its_queue_has_work(its))
		return;
	at = (its->creadr + its->num_prefetched * SIM_COMMAND_BYTES) % its_queue_bytes(its);
	while (its->num_prefetched < ITS_PREFETCH && at != its->cwriter) {
		its->prefetched[its->num_prefetched++] = fetch(its, at);
		at = (at + SIM_COMMAND_BYTES) % its_queue_bytes(its);
	}
}

struct its_command its_next_command(struct sim_its *its)
{
	return its->num_prefetched ? its->prefetched[0] : fetch(its, its->creadr);
}

void its_pass_command(struct sim_its *its)
{
	its->creadr = (its->creadr + SIM_COMMAND_BYTES) % its_queue_bytes(its);
	its->stats.commands++;
	if (!its->num_prefetched)
		return;
	its->num_prefetched--;
	for (unsigned i = 0; i < its->num_prefetched; i++)
		its->prefetched[i] = its->prefetched[i + 1];
}
