/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The phases of a redistributor (rd_life.h): any state of two of them that itsg_rd_check() accepts,
 * and hardware that answers each read with anything, has power or not, and a platform that refuses
 * at will. One call; the state is sound again, claims are what the books say, and none has gone
 * before hardware was seen to have let go (I2).
 *
 * Which of the two a call is about, RD, and the leader of the second one, LEADER, are constants:
 * there are four cases, each of which is a proof. Where an element of an array is known cbmc need
 * not look at all of it with each access.
 */
#include "proof.h"

#include "lpi.c"
#include "lpi_claim.c"
#include "rd_check.c"
#include "rd_frame.c"
#include "rd_life.c"

#ifndef RD
#define RD 0 /* the one that a call is about */
#endif
#ifndef LEADER
#define LEADER 0 /* of the second one: 0 in a group with the first one, 1 in one of its own */
#endif

#define COUNT  2 /* redistributors */
#define TABLES 2

static struct itsg_redist redist[COUNT];
static uint8_t phase[COUNT];
static struct itsg_lpi_table tables[TABLES];
static struct itsg_redists redists;
static const uint32_t rd = RD;
static uint64_t seen[COUNT];        /* GICR_CTLR, as hardware was read last */
static bool was_read[COUNT];        /* in this call */
static uint32_t claims, old_claims; /* claims on memory, as the platform counts them */
static uint32_t taken;              /* by this call, and not undone */
static bool in_vain;                /* one was undone on the way to a refusal */

/* ---- hardware and the platform ---- */

static uint64_t reg_read(void *ctx, uint32_t number, uint32_t offset, uint32_t width)
{
	const uint64_t value = nondet_u64();

	(void)ctx;
	PROVE(number < COUNT && width == (offset == ITSG_GICR_CTLR ? 4 : 8));
	if (offset == ITSG_GICR_CTLR) {
		seen[number] = value & 0xffffffff;
		was_read[number] = true;
		return seen[number];
	}
	return value;
}

static void reg_write(void *ctx, uint32_t number, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	(void)width;
	PROVE(number == rd && was_read[rd]);
	/* EnableLPIs is set where tables are claimed; or it is set already, by whomever. */
	if (offset == ITSG_GICR_CTLR && (value & ITSG_GICR_CTLR_ENABLE_LPIS))
		PROVE(redist[rd].claimed || (seen[rd] & ITSG_GICR_CTLR_ENABLE_LPIS));
	/* What hardware may follow does not change while it may. */
	if (offset != ITSG_GICR_CTLR)
		PROVE(!(seen[rd] & ITSG_GICR_CTLR_ENABLE_LPIS));
}

static bool powered_now;

static bool powered(void *ctx, uint32_t number)
{
	(void)ctx;
	PROVE(number == rd);
	return powered_now;
}

void itsg_log(const struct itsg_platform *platform, enum itsg_event_kind kind,
	      enum itsg_reason reason, uint32_t offset, uint64_t value, const uint8_t *command)
{
	(void)platform;
	(void)offset;
	(void)value;
	PROVE(kind == ITSG_EVENT_FOREIGN && reason == ITSG_OK && !command);
}

void itsg_log_blame(struct itsg_platform *platform, uint32_t offset, uint64_t value)
{
	(void)platform;
	(void)offset;
	(void)value;
}

enum itsg_reason itsg_claim_take(struct itsg_platform *platform, const struct itsg_take *take)
{
	(void)platform;
	PROVE(take->run.bytes != 0 && take->run.pa + take->run.bytes <= redists.facts.pa_end);
	if (nondet_bool())
		return take->overlap;
	claims++;
	taken++;
	return ITSG_OK;
}

void itsg_claim_undo(struct itsg_platform *platform, const struct itsg_take *take)
{
	(void)platform;
	(void)take;
	PROVE(taken != 0);
	claims--;
	taken--;
	in_vain = true;
}

/* Only here is memory given back, and only when hardware does not use it any more (GIC 8.6). */
void itsg_claim_drop(struct itsg_platform *platform, const struct itsg_run *run,
		     enum itsg_kind kind)
{
	(void)platform;
	(void)run;
	(void)kind;
	PROVE(powered_now && was_read[rd]);
	PROVE(!(seen[rd] & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP)));
	claims--;
}

enum itsg_reason itsg_claim_zero(struct itsg_platform *platform, const struct itsg_take *take)
{
	(void)platform;
	(void)take;
	return nondet_bool() ? ITSG_OK : ITSG_ZERO_FAILED;
}

/* ---- any state ---- */

static void any_redist(uint32_t number)
{
	struct itsg_redist *one = &redist[number];

	one->table = nondet_u32();
	one->claimed = nondet_bool();
	one->adopting = nondet_bool();
	one->prop = nondet_u64();
	one->pend = nondet_u64();
	one->lpis.prop = nondet_u64();
	one->lpis.pend = nondet_u64();
	one->lpis.bits = nondet_u32();
	one->lpis.config.pa = nondet_u64();
	one->lpis.config.bytes = nondet_u64();
	one->lpis.pending.pa = nondet_u64();
	one->lpis.pending.bytes = nondet_u64();
	one->group_on = nondet_u32();
	one->group_prop = nondet_u64();
	phase[number] = nondet_u8();
}

static void any_keeps(struct itsg_lpi_keeps *keeps)
{
	keeps->writable = nondet_u64();
	keeps->fixed = nondet_u64();
	for (uint32_t i = 0; i < 4; i++)
		keeps->share[i] = nondet_u8();
	for (uint32_t i = 0; i < 8; i++) {
		keeps->inner[i] = nondet_u8();
		keeps->outer[i] = nondet_u8();
	}
}

static void any_redists(void)
{
	const uint32_t pa_bits = nondet_u32();

	GIVEN(pa_bits >= 32 && pa_bits <= 52);
	redists.ops.reg_read = reg_read;
	redists.ops.reg_write = reg_write;
	redists.ops.powered = powered;
	redists.redist = redist;
	redists.phase = phase;
	redists.count = COUNT;
	redists.tables.table = tables;
	redists.tables.capacity = TABLES;
	redists.tables.used = nondet_u32();
	redists.facts.pa_end = (uint64_t)1 << pa_bits;
	redists.facts.lpi_bits = nondet_u32();
	redists.facts.limit = nondet_u32();
	GIVEN(redists.facts.lpi_bits >= 14 && redists.facts.lpi_bits <= 32);
	GIVEN(redists.facts.limit >= 14 && redists.facts.limit <= 24);
	redists.config.share_pending = nondet_bool();
	redists.config.zero_pending = nondet_bool();
	/* What hardware keeps: learned before, and it may be anything; or to be learned yet. */
	redists.learned = nondet_bool();
	any_keeps(&redists.prop_keeps);
	any_keeps(&redists.pend_keeps);
	redists.claimed = nondet_u32();
	redists.attributes = nondet_u64();
	redists.cursor = nondet_u32();
	for (uint32_t i = 0; i <= ITSG_REDIST_FOREIGN; i++)
		redists.in_phase[i] = nondet_u32();
	for (uint32_t i = 0; i < TABLES; i++) {
		tables[i].run.pa = nondet_u64();
		tables[i].run.bytes = nondet_u64();
		tables[i].users = nondet_u32();
	}
	for (uint32_t i = 0; i < COUNT; i++)
		any_redist(i);
	redist[0].leader = 0; /* itsg_rd_check() wants the first of a group */
	redist[1].leader = LEADER;
	GIVEN(itsg_rd_check(&redists));
	powered_now = nondet_bool();
	claims = redists.claimed + redists.tables.used;
	old_claims = claims;
}

/* Books and claims agree, and the other redistributor is where it was. */
static void prove_sound(const struct itsg_redist *other, uint8_t other_phase)
{
	PROVE(itsg_rd_check(&redists));
	PROVE(claims == redists.claimed + redists.tables.used);
	PROVE(phase[1 - rd] == other_phase && redist[1 - rd].claimed == other->claimed);
	PROVE(redist[1 - rd].lpis.prop == other->lpis.prop);
	PROVE(redist[1 - rd].lpis.pend == other->lpis.pend);
}

static bool on(void)
{
	return (seen[rd] & ITSG_GICR_CTLR_ENABLE_LPIS) != 0;
}

/* A look: OFF is only what hardware shows as off, and what it shows as on is never OFF. */
void redist_observe(void)
{
	struct itsg_redist other;
	uint8_t was, other_was;
	uint64_t ctlr;
	bool has_power, learned;

	any_redists();
	learned = redists.learned;
	was = phase[rd];
	other = redist[1 - rd];
	other_was = phase[1 - rd];
	has_power = itsg_rd_observe(&redists, rd, &ctlr);
	prove_sound(&other, other_was);
	PROVE(has_power == powered_now && ctlr == (powered_now ? seen[rd] : 0));
	if (!has_power)
		PROVE(phase[rd] == was);
	else {
		PROVE(!on() || phase[rd] != ITSG_REDIST_OFF);
		if (phase[rd] != was && phase[rd] == ITSG_REDIST_OFF)
			PROVE(!on() && !(ctlr & ITSG_GICR_CTLR_RWP) && !redist[rd].claimed);
	}
	PROVE(was != ITSG_REDIST_ON || phase[rd] == ITSG_REDIST_ON);
	REACHED(was == ITSG_REDIST_OFF && phase[rd] == ITSG_REDIST_FOREIGN);
	REACHED(was == ITSG_REDIST_CLEARING && phase[rd] == ITSG_REDIST_ON);
	REACHED(claims + 2 == old_claims);
	REACHED(!learned && redists.learned);
}

/* EnableLPIs=1: ON with both tables claimed, or a reason, and no claim is left over. */
void redist_enable(void)
{
	struct itsg_redist other;
	uint8_t was, other_was;
	enum itsg_reason reason;

	any_redists();
	was = phase[rd];
	other = redist[1 - rd];
	other_was = phase[1 - rd];
	reason = itsg_rd_enable(&redists, rd, nondet_u64() & ITSG_GICR_CTLR_DPG);
	prove_sound(&other, other_was);
	if (reason == ITSG_OK && was != ITSG_REDIST_ON)
		PROVE(on());
	if (reason == ITSG_OK && was == ITSG_REDIST_OFF)
		PROVE((phase[rd] == ITSG_REDIST_ON && redist[rd].claimed) ||
		      phase[rd] == ITSG_REDIST_FOREIGN);
	if (was == ITSG_REDIST_OFF && reason != ITSG_OK && reason != ITSG_HARDWARE_MISMATCH)
		PROVE(claims == old_claims && phase[rd] == ITSG_REDIST_OFF && !redist[rd].claimed);
	PROVE(was != ITSG_REDIST_CLEARING || phase[rd] != ITSG_REDIST_ON || reason != ITSG_OK ||
	      on());
	REACHED(was == ITSG_REDIST_OFF && phase[rd] == ITSG_REDIST_ON && claims == old_claims + 2);
	REACHED(was == ITSG_REDIST_OFF && phase[rd] == ITSG_REDIST_ON && claims == old_claims + 1);
	REACHED(in_vain && reason == ITSG_LPI_OVERLAP);
	REACHED(in_vain && reason == ITSG_HARDWARE_MISMATCH);
#if LEADER == 0
	REACHED(reason == ITSG_LPI_GROUP);
#endif
	REACHED(was == ITSG_REDIST_OFF && phase[rd] == ITSG_REDIST_CLEARING);
}

/* EnableLPIs=0: tables stay claimed until hardware is seen to have let go. */
void redist_disable(void)
{
	struct itsg_redist other;
	uint8_t was, other_was;
	bool was_claimed;
	enum itsg_reason reason;

	any_redists();
	was = phase[rd];
	was_claimed = redist[rd].claimed;
	other = redist[1 - rd];
	other_was = phase[1 - rd];
	reason = itsg_rd_disable(&redists, rd, nondet_u64() & ITSG_GICR_CTLR_DPG);
	prove_sound(&other, other_was);
	PROVE(reason == ITSG_OK || (reason == ITSG_LPI_BUSY && !powered_now));
	if (!powered_now)
		PROVE(phase[rd] == was && claims == old_claims);
	if (was_claimed && !redist[rd].claimed)
		PROVE(phase[rd] == ITSG_REDIST_OFF && !on() && !(seen[rd] & ITSG_GICR_CTLR_RWP));
	if (powered_now && on())
		PROVE(phase[rd] != ITSG_REDIST_OFF);
	REACHED(was == ITSG_REDIST_ON && phase[rd] == ITSG_REDIST_CLEARING);
	REACHED(was == ITSG_REDIST_ON && phase[rd] == ITSG_REDIST_OFF && claims + 1 == old_claims);
	REACHED(was == ITSG_REDIST_ON && phase[rd] == ITSG_REDIST_ON && powered_now);
}

/* One that is on with tables of nobody's: claimed as it is, and given up again. */
void redist_adopt(void)
{
	struct itsg_redist other;
	uint8_t was, other_was;
	enum itsg_reason reason;

	any_redists();
	was = phase[rd];
	other = redist[1 - rd];
	other_was = phase[1 - rd];
	GIVEN(was == ITSG_REDIST_FOREIGN && redists.stats.enabled < 100);
	reason = itsg_rd_adopt(&redists, rd);
	redist[rd].adopting = false; /* what redists.c does when all are */
	prove_sound(&other, other_was);
	if (reason == ITSG_OK)
		PROVE(phase[rd] == ITSG_REDIST_ON && redist[rd].claimed && on() && powered_now);
	else
		PROVE(claims == old_claims && !redist[rd].claimed);
	REACHED(reason == ITSG_OK && claims == old_claims + 2);
	REACHED(reason == ITSG_LPI_ATTRIBUTES);
	GIVEN(reason == ITSG_OK);
	itsg_rd_disown(&redists, rd);
	prove_sound(&other, other_was);
	PROVE(phase[rd] == ITSG_REDIST_FOREIGN && claims == old_claims);
}
