/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "its_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sim_its_config sim_its_default_config(void)
{
	struct sim_its_config config = {
		.typer = 0x1f0001efb1,
		.pes = 8,
		.rd_base = 0x80a0000,
		.rd_stride = 0x20000,
		.lpi_bits = 16,
		.attr_mask = ~(uint64_t)0,
		.seed = 1,
	};

	config.baser[0] = (struct sim_its_baser){SIM_TABLE_DEVICES, 8, 2, true, false};
	config.baser[1] = (struct sim_its_baser){SIM_TABLE_COLLS, 8, 2, true, false};
	return config;
}

struct sim_its *sim_its_new(void)
{
	struct sim_its *its = sim_realloc(NULL, 1, sizeof(*its));

	memset(its, 0, sizeof(*its));
	return its;
}

void sim_its_free(struct sim_its *its)
{
	if (!its)
		return;
	u64map_free(&its->side);
	u64map_free(&its->used);
	free(its->used_pes);
	free(its->late);
	free(its->kept);
	free(its);
}

static bool baser_is_sane(const struct sim_its_baser *baser)
{
	if (!baser->type)
		return true;
	if (baser->type != SIM_TABLE_DEVICES && baser->type != SIM_TABLE_VPES &&
	    baser->type != SIM_TABLE_COLLS)
		return false;
	return baser->entry_bytes >= 1 && baser->entry_bytes <= 32 && baser->page_code <= 2;
}

static bool config_is_sane(const struct sim_its_config *config)
{
	if (config->pes < 1 || config->pes > SIM_ITS_MAX_PES)
		return false;
	if (config->lpi_bits < 14 || config->lpi_bits > 32 || config->itt_entry_bytes > 16)
		return false;
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++) {
		if (!baser_is_sane(&config->baser[n]))
			return false;
	}
	return true;
}

/* Registers and caches as after power came on; memory keeps what it holds. */
static void power_on(struct sim_its *its)
{
	its->enabled = false;
	its->quiescent = true;
	its->settling = false;
	its->stalled = false;
	its->cbaser = 0;
	its->cwriter = 0;
	its->creadr = 0;
	its->inject = 0;
	its->inject_stays = its->stuck = false;
	its->icids = 0;
	its->foreign = 0;
	its->keeps_creadr = false;
	memset(its->lost, 0, sizeof(its->lost));
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++)
		its->baser[n] = its_baser_reset(its, n);
	memset(its->hw_collection, 0, sizeof(its->hw_collection));
	its_cache_drop_all(its);
	its->num_kept = 0;
}

int sim_its_reset(struct sim_its *its, struct sim_mem *mem, const struct sim_its_config *config)
{
	if (!config_is_sane(config))
		return -EINVAL;
	its->config = *config;
	its->mem = mem;
	its->mode = (struct sim_its_mode){0};
	its->stats = (struct sim_its_stats){0};
	its->rng = config->seed * 2 + 1;
	its->cursor = 0;
	u64map_reset(&its->side);
	its->asleep = its->off = (struct its_pe_set){0};
	power_on(its);
	return 0;
}

void sim_its_set_mode(struct sim_its *its, struct sim_its_mode mode)
{
	if (its->mode.cache && !mode.cache) {
		its_cache_flush(its);
		its_cache_drop_all(its);
		its->settling = false;
		its->quiescent = true;
	}
	its->mode = mode;
}

/* Disabled and told to run: finish, write back, let go. */
static void become_quiescent(struct sim_its *its)
{
	its_cache_flush(its);
	its->num_prefetched = 0;
	its->quiescent = true;
}

uint64_t sim_its_run(struct sim_its *its, uint64_t max)
{
	uint64_t done = 0;

	its->settling = false;
	its_cache_background(its);
	if (!its->enabled) {
		if (!its->quiescent)
			become_quiescent(its);
		return 0;
	}
	while (done < max && its_step(its))
		done++;
	return done;
}

bool sim_its_has_work(const struct sim_its *its)
{
	return its->enabled ? its_queue_has_work(its) : !its->quiescent;
}

bool sim_its_stalled(const struct sim_its *its)
{
	return its->stalled;
}

void sim_its_inject_error(struct sim_its *its, uint64_t nth, uint8_t opcode)
{
	its->inject_opcode = opcode;
	its->inject = nth;
	its->inject_stays = its->stuck = false;
}

void sim_its_error_stays(struct sim_its *its, bool stays)
{
	its->inject_stays = stays;
	its->stuck = its->stuck && stays;
}

void sim_its_sleep(struct sim_its *its, uint32_t pe, bool asleep)
{
	uint64_t bit = (uint64_t)1 << (pe % 64);

	if (pe >= its->config.pes)
		return;
	if (asleep)
		its_cache_pe_quiet(its, pe);
	its->asleep.words[pe / 64] &= ~bit;
	its->asleep.words[pe / 64] |= asleep ? bit : 0;
}

void sim_its_lpis(struct sim_its *its, uint32_t pe, bool on)
{
	uint64_t bit = (uint64_t)1 << (pe % 64);

	if (pe >= its->config.pes)
		return;
	if (!on)
		its_cache_pe_quiet(its, pe);
	its->off.words[pe / 64] &= ~bit;
	its->off.words[pe / 64] |= on ? 0 : bit;
}

void sim_its_lose_bits(struct sim_its *its, unsigned n, uint64_t bits)
{
	if (n <= SIM_ITS_NUM_BASER)
		its->lost[n] = bits & ~SIM_VALID;
}

void sim_its_keep_creadr(struct sim_its *its, bool keep)
{
	its->keeps_creadr = keep;
}

void sim_its_firmware_table(struct sim_its *its, unsigned n)
{
	if (n >= SIM_ITS_NUM_BASER || !its->config.baser[n].type || (its->baser[n] & SIM_VALID))
		return;
	its->baser[n] |= SIM_VALID;
	its->foreign |= (uint32_t)1 << n;
}

void sim_its_power_cycle(struct sim_its *its)
{
	power_on(its);
}

struct sim_its_saved sim_its_firmware_save(const struct sim_its *its)
{
	struct sim_its_saved saved = {
		.ctlr = its->enabled ? SIM_CTLR_ENABLED : 0,
		.cbaser = its->cbaser,
		.cwriter = its->cwriter,
	};

	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++)
		saved.baser[n] = its->baser[n] & ~(its->foreign >> n & 1 ? SIM_VALID : 0);
	return saved;
}

void sim_its_firmware_restore(struct sim_its *its, const struct sim_its_saved *saved)
{
	its_set_cbaser(its, saved->cbaser);
	its->cwriter = saved->cwriter & SIM_QUEUE_OFFSET;
	for (unsigned n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (saved->baser[n])
			its_set_baser(its, n, saved->baser[n]);
	its->enabled = saved->ctlr & SIM_CTLR_ENABLED;
	if (its->enabled)
		its->quiescent = !its->mode.cache;
}
