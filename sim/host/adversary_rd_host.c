/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What hosts do at redistributors when they boot, and when they are done; and the honest end, where
 * all tables are given up, and there are new ones, and LPIs come there.
 */
#include "adversary_priv.h"

#include <inttypes.h>

#define RD_CTLR      0x0000u
#define RD_PROPBASER 0x0070u
#define RD_PENDBASER 0x0078u

#define ENABLE_LPIS  1u
#define RWP          8u
#define PTZ          ((uint64_t)1 << 62)
#define ATTRIBUTES   0x780u /* inner 7, share 1 */

/* ---- what drivers do ---- */

static uint64_t prop_of(const struct adv_rd_boot *boot)
{
	static const uint8_t bits[ADV_STYLES] = {16, 14, 17, 20};
	unsigned n = boot->bits ? boot->bits : bits[boot->style];

	return boot->config | (boot->style == ADV_UNIT_TESTS ? 0 : ATTRIBUTES) | (n - 1);
}

static uint64_t pend_of(const struct adv_rd_boot *boot, uint32_t rd)
{
	uint64_t more = boot->style == ADV_XEN ? PTZ | ATTRIBUTES : ATTRIBUTES;

	if (boot->style == ADV_UNIT_TESTS)
		more = 0;
	return (boot->pending + (uint64_t)rd * ADV_LPIS_BYTES) | (more ^ boot->odd);
}

static void boot_prop(struct adversary *a, uint32_t rd, const struct adv_rd_boot *boot)
{
	adv_rd_write(a, rd, RD_PROPBASER, 8, prop_of(boot));
	if (boot->reads)
		adv_rd_read(a, rd, RD_PROPBASER, 8);
}

static void boot_pend(struct adversary *a, uint32_t rd, const struct adv_rd_boot *boot)
{
	adv_rd_write(a, rd, RD_PENDBASER, 8, pend_of(boot, rd));
	if (boot->reads)
		adv_rd_read(a, rd, RD_PENDBASER, 8);
}

static void boot_enable(struct adversary *a, uint32_t rd)
{
	adv_rd_write(a, rd, RD_CTLR, 4, adv_rd_read(a, rd, RD_CTLR, 4) | ENABLE_LPIS);
}

/* CPU 0 writes one kind of register everywhere, then the next. */
static void boot_from_one(struct adversary *a, uint32_t first, uint32_t end,
			  const struct adv_rd_boot *boot)
{
	for (uint32_t rd = first; rd < end; rd++)
		boot_prop(a, rd, boot);
	for (uint32_t rd = first; rd < end; rd++)
		boot_pend(a, rd, boot);
	for (uint32_t rd = first; rd < end; rd++)
		boot_enable(a, rd);
}

void adv_rd_boot(struct adversary *a, uint32_t first, uint32_t end, const struct adv_rd_boot *boot)
{
	if (boot->style == ADV_UNIT_TESTS) {
		boot_from_one(a, first, end, boot);
		return;
	}
	for (uint32_t rd = first; rd < end; rd++) {
		if (boot->style == ADV_XEN)
			boot_pend(a, rd, boot);
		boot_prop(a, rd, boot);
		if (boot->style != ADV_XEN)
			boot_pend(a, rd, boot);
		boot_enable(a, rd);
	}
}

bool adv_rd_clear(struct adversary *a, uint32_t rd, uint32_t looks)
{
	uint64_t ctlr = adv_rd_read(a, rd, RD_CTLR, 4);

	adv_rd_write(a, rd, RD_CTLR, 4, ctlr & ~(uint64_t)ENABLE_LPIS);
	for (uint32_t i = 0; i < looks && !adv_found(a); i++) {
		ctlr = adv_rd_read(a, rd, RD_CTLR, 4);
		if (!(ctlr & RWP))
			return !(ctlr & ENABLE_LPIS);
	}
	return false;
}

/* ---- the honest end ---- */

#define LOOKS_MAX 64u

static bool is_on(const struct adversary *a, uint32_t rd)
{
	return sim_redists_peek(world_redists(a->world), rd).enabled;
}

static void mend(struct adversary *a)
{
	struct sim_redists_mode mode = sim_redists_mode(world_redists(a->world));

	for (uint32_t rd = 0; a->rd_odd && rd < a->config.machine.pes; rd++) {
		sim_redists_lose_bits(world_redists(a->world), rd, 0, 0);
		sim_redists_deaf(world_redists(a->world), rd, false);
	}
	a->rd_odd = false;
	if (mode.res1) {
		mode.res1 = false;
		adv_rd_modes(a, mode);
	}
}

static void wake_all(struct adversary *a)
{
	for (uint32_t rd = 0; rd < a->config.machine.pes; rd++) {
		const struct trace_rd_power power = {rd, true, true, true};

		if (!sim_redists_powered(world_redists(a->world), rd))
			adv_rd_power(a, &power);
	}
}

/* E57: RWP reads 0 in the end, and the memory is the host's. */
void adv_rd_shut_down(struct adversary *a)
{
	if (!a->config.machine.rds)
		return;
	mend(a);
	wake_all(a);
	for (uint32_t rd = 0; rd < a->config.machine.pes; rd++)
		if (!adv_rd_clear(a, rd, LOOKS_MAX))
			adv_find(a, ADVERSARY_LIVENESS,
				 "redistributor %" PRIu32 ": LPIs do not go off", rd);
}

/* As many INTID bits as there may be, and tables in memory that nobody else has. */
static struct adv_rd_boot honest_boot(const struct adversary *a)
{
	const struct trace_machine *machine = &a->config.machine;
	uint32_t limit = machine->lpi_limit ? machine->lpi_limit : 16;
	uint64_t area = ADV_LPIS_FRESH + (uint64_t)(a->fresh % ADV_LPIS_AREAS) * ADV_AREA;
	struct adv_rd_boot boot = {.style = ADV_LINUX, .reads = true};

	boot.bits = machine->lpi_bits < limit ? machine->lpi_bits : limit;
	if (boot.bits > 16)
		boot.bits = 16;
	boot.config = area;
	boot.pending = area + ADV_LPIS_BYTES;
	return boot;
}

uint64_t adv_rd_pages(const struct adversary *a)
{
	struct adv_rd_boot boot = honest_boot(a);
	uint64_t page = a->config.machine.page;
	uint64_t pending = ((uint64_t)1 << boot.bits) / 8;

	return (((uint64_t)1 << boot.bits) + page - 1) / page +
	       a->config.machine.pes * ((pending + page - 1) / page);
}

/* GICD_TYPER has more bits than Linux uses: then IDbits says how many. */
void adv_rd_honest_boot(struct adversary *a)
{
	struct adv_rd_boot boot = honest_boot(a);

	if (!a->config.machine.rds || a->config.machine.rd_prop || a->leaked)
		return;
	adv_rd_boot(a, 0, a->config.machine.pes, &boot);
	for (uint32_t rd = 0; rd < a->config.machine.pes && !adv_found(a); rd++)
		if (!is_on(a, rd))
			adv_find(a, ADVERSARY_LIVENESS,
				 "redistributor %" PRIu32 ": LPIs do not go on", rd);
}

bool adv_rd_takes(const struct adversary *a, uint32_t rd)
{
	return a->config.machine.rds && is_on(a, rd);
}

uint64_t adv_rd_delivered(const struct adversary *a)
{
	return a->config.machine.rds ? sim_redists_stats(world_redists(a->world))->delivered : 0;
}
