/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Single steps. Each is one line of the trace, is made, and then everything is checked. */
#include "adversary_priv.h"

#include <inttypes.h>
#include <stdarg.h>

#include "itsguard/names.h"

/* ---- findings ---- */

bool adv_found(const struct adversary *a)
{
	return a->finding.detector != ADVERSARY_FOUND_NOTHING;
}

/* The first one counts: the others follow from it. */
void adv_find(struct adversary *a, enum adversary_detector detector, const char *format, ...)
{
	va_list args;

	if (adv_found(a))
		return;
	a->finding.detector = detector;
	a->finding.op = a->op;
	va_start(args, format);
	vsnprintf(a->finding.text, sizeof(a->finding.text), format, args);
	va_end(args);
}

/* ---- the trace ---- */

static void note(struct adversary *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct adversary *a, const char *format, ...)
{
	va_list args;

	if (!a->out)
		return;
	va_start(args, format);
	vfprintf(a->out, format, args);
	va_end(args);
	fflush(a->out);
}

static void note_its(struct adversary *a, uint32_t its)
{
	if (a->out && its != a->out_its)
		fprintf(a->out, "its %" PRIu32 "\n", its);
	a->out_its = its;
}

/* What has no trace form. */
#define note_hidden(a, ...)                                                                        \
	do {                                                                                       \
		(a)->untraceable = true;                                                           \
		note(a, "#: " __VA_ARGS__);                                                        \
	} while (0)

static void flush_refusals(struct adversary *a)
{
	for (uint32_t i = 0; i < a->num_refused; i++)
		note(a, "! %s\n", itsg_reason_name(a->refused[i]));
	a->num_refused = 0;
}

/* ---- what the world tells ---- */

static void refused(struct adversary *a, uint32_t its, const struct itsg_event *event)
{
	if ((unsigned)event->reason < ITSG_REASON_COUNT)
		a->stats.refusals[event->reason]++;
	if (a->honest) {
		adv_find(a, ADVERSARY_REFUSED, "ITS %" PRIu32 " refused an honest host: %s", its,
			 itsg_reason_name(event->reason));
		return;
	}
	if (!a->out)
		return;
	if (a->num_refused < ADV_EVENTS)
		a->refused[a->num_refused++] = event->reason;
	else
		a->untraceable = true;
}

static void on_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct adversary *a = ctx;

	switch (event->kind) {
	case ITSG_EVENT_REFUSED_ACCESS:
		a->answers++;
		a->answer = event->reason;
		refused(a, its, event);
		break;
	case ITSG_EVENT_REFUSED_COMMAND:
		if (a->predictor)
			predictor_refused(a->predictor, its, event->offset, event->reason);
		refused(a, its, event);
		break;
	case ITSG_EVENT_LEAKED:
		a->leaked = true;
		break;
	case ITSG_EVENT_BROKEN:
		adv_find(a, ADVERSARY_BROKEN, "ITS %" PRIu32 " is called broken", its);
		break;
	case ITSG_EVENT_STALLED:
	default:
		break;
	}
}

static void on_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	adv_find(ctx, ADVERSARY_VIOLATION, "an ITS %s 0x%" PRIx64 "+0x%" PRIx64 " (%s)",
		 write ? "wrote" : "read", pa, len, what);
}

static void on_misuse(void *ctx, uint32_t its, const char *text)
{
	adv_find(ctx, ADVERSARY_MISUSE, "ITS %" PRIu32 ": %s", its, text);
}

/* Another CPU of the host, between two callbacks of one call. */
static void on_callback(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	struct adversary *a = ctx;
	uint8_t raw[8];

	(void)callback;
	(void)pa;
	(void)bytes;
	if (a->race.in == 0 || --a->race.in > 0)
		return;
	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(a->race.value >> (8 * i));
	if (a->race.give)
		world_give(a->world, a->race.pa, 1);
	else
		world_poke(a->world, a->race.pa, raw, sizeof(raw));
}

void adv_listen(struct adversary *a)
{
	world_on_event(a->world, on_event, a);
	world_on_violation(a->world, on_violation, a);
	world_on_misuse(a->world, on_misuse, a);
	world_on_callback(a->world, on_callback, a);
}

/* ---- checks ---- */

static void check_guard(struct adversary *a)
{
	enum itsg_invariant broken =
		itsg_check(world_tracker(a->world), a->guards, a->config.its_count);

	if (broken != ITSG_INVARIANTS_HOLD)
		adv_find(a, ADVERSARY_INVARIANT, "itsg_check() says %d", (int)broken);
}

static void check_oracle(struct adversary *a)
{
	char text[200] = "";
	enum oracle_clause broken;

	if (adv_found(a))
		return;
	broken = oracle_check(a->oracle, a->world, text, sizeof(text));
	if (broken == ORACLE_HOLDS)
		return;
	a->finding.clause = broken;
	adv_find(a, ADVERSARY_ORACLE, "%s: %s", oracle_clause_name(broken), text);
}

/*
 * An error that no driver can avoid meeting: an interrupt or a collection that is not mapped, or
 * an entry that the host has forged in its own memory. What hardware that never forgets makes of
 * an older table is nobody's guess.
 */
static bool may_happen(const struct adversary *a, uint32_t its, uint32_t code)
{
	uint32_t kind = code & 0xff;
	int n = adv_baser_of(a, its, SIM_TABLE_COLLS);

	if (a->injected || (!adv_forgets(a) && a->cached))
		return true;
	/* A command waited while the host replaced the collection table it was judged by. */
	if (a->collections_moved && kind == 0x03)
		return true;
	/* MAPC V=0 of a collection for which there is no level-2 page. */
	if (code == 0x10903 && n >= 0 && (a->host[its].baser[n] & SIM_BASER_INDIRECT))
		return true;
	return !(code >> 24) && (kind == 0x07 || kind == 0x09 || kind == 0x10);
}

static void check_hardware(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		const struct sim_its_stats *stats = sim_its_stats(world_its(a->world, i));

		if (stats->errors != a->errors[i] && !may_happen(a, i, stats->last_error))
			adv_find(a, ADVERSARY_ERROR, "hardware met error 0x%" PRIx32,
				 stats->last_error);
		a->errors[i] = stats->errors;
	}
}

/* The predictor follows eager hardware, with no surprises. */
static void check_prediction(struct adversary *a)
{
	char text[200] = "";

	if (!a->predictor || adv_found(a))
		return;
	if (world_injected(a->world) || world_config(a->world)->stall)
		predictor_stop(a->predictor);
	if (!predictor_judge(a->predictor, a->oracle, text, sizeof(text)))
		adv_find(a, ADVERSARY_PREDICTION, "%s", text);
}

void adv_stop_predicting(struct adversary *a)
{
	if (a->predictor)
		predictor_stop(a->predictor);
}

void adv_check_all(struct adversary *a)
{
	a->stats.checks++;
	a->checked_at = world_changes(a->world);
	check_hardware(a);
	check_guard(a);
	check_oracle(a);
}

void adv_check(struct adversary *a)
{
	a->stats.steps++;
	if (a->eager && !adv_found(a) && !world_settle(a->world))
		adv_find(a, ADVERSARY_ENDLESS, "the world never gets quiet");
	flush_refusals(a);
	if (adv_found(a))
		return;
	if (world_changes(a->world) != a->checked_at)
		adv_check_all(a);
	check_prediction(a);
}

/* Of any register: what no register takes. */
static enum itsg_reason refused_anyway(uint32_t offset, uint32_t width)
{
	if (width != 4 && width != 8)
		return ITSG_BAD_WIDTH;
	if (offset % width || offset >= SIM_FRAME_BYTES)
		return ITSG_BAD_ALIGNMENT;
	/* CTLR and the ID registers have 32 bits. */
	return width == 8 && (offset == SIM_GITS_CTLR || offset >= 0xffd0) ? ITSG_BAD_WIDTH
									   : ITSG_OK;
}

/* A queue or table may be moved only while hardware is at rest (T16). */
static bool must_wait(const struct adversary *a, uint32_t its, uint32_t offset)
{
	uint32_t reg = offset & ~7u;
	uint64_t ctlr = sim_its_reg_read(world_its(a->world, its), SIM_GITS_CTLR, 4);
	bool moves = reg == SIM_GITS_CBASER;

	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (a->config.its[its].baser[n].type == SIM_TABLE_DEVICES ||
		    a->config.its[its].baser[n].type == SIM_TABLE_COLLS)
			moves |= reg == SIM_GITS_BASER + 8 * n;
	return moves && (ctlr & (SIM_CTLR_ENABLED | SIM_CTLR_QUIESCENT)) != SIM_CTLR_QUIESCENT;
}

static void expect_answer(struct adversary *a, enum itsg_reason reason, uint32_t offset,
			  uint32_t width)
{
	uint64_t expected = reason == ITSG_OK ? 0 : 1;
	enum itsg_reason anyway = refused_anyway(offset, width);

	if (a->answers != expected || (expected && a->answer != reason))
		adv_find(a, ADVERSARY_ANSWER, "the answer was %s, the log says otherwise",
			 itsg_reason_name(reason));
	if (anyway != ITSG_OK && reason != anyway)
		adv_find(a, ADVERSARY_ANSWER, "the answer was %s, not %s", itsg_reason_name(reason),
			 itsg_reason_name(anyway));
}

/* ---- the host ---- */

/* What the host will find in its registers: widths and halves as the architecture has them. */
static void remember(uint64_t *reg, uint32_t offset, uint32_t width, uint64_t value)
{
	if (width == 8)
		*reg = value;
	else if (offset & 4)
		*reg = (*reg & 0xffffffff) | value << 32;
	else
		*reg = (*reg & ~(uint64_t)0xffffffff) | value;
}

static void wrote(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width,
		  uint64_t value)
{
	struct sim_its *hw = world_its(a->world, its);
	struct adv_host *host = &a->host[its];
	uint32_t reg = offset & ~7u;

	if (reg == SIM_GITS_CTLR && (value & 1))
		a->stats.armed++;
	if (reg == SIM_GITS_BASER + 8 * (uint32_t)adv_baser_of(a, its, SIM_TABLE_COLLS) &&
	    sim_its_reg_read(hw, SIM_GITS_CREADR, 8) != sim_its_reg_read(hw, SIM_GITS_CWRITER, 8))
		a->collections_moved = true;
	if (reg == SIM_GITS_CBASER) {
		remember(&host->cbaser, offset, width, value);
		host->tail = 0;
	} else if (reg == SIM_GITS_CWRITER && offset == reg) {
		host->tail = (uint32_t)(value & SIM_QUEUE_OFFSET);
		host->cwriter = host->tail;
	} else if (reg >= SIM_GITS_BASER && reg < SIM_GITS_BASER + 8 * SIM_ITS_NUM_BASER) {
		remember(&host->baser[(reg - SIM_GITS_BASER) / 8], offset, width, value);
	}
}

enum itsg_reason adv_write(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width,
			   uint64_t value)
{
	enum itsg_reason reason;
	bool wait;

	if (adv_found(a))
		return ITSG_OK;
	wait = must_wait(a, its, offset);
	if (width < 8)
		value &= ((uint64_t)1 << (8 * width)) - 1;
	note_its(a, its);
	note(a, "w%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	a->answers = 0;
	if (a->predictor)
		predictor_before_write(a->predictor, its, offset, width, value);
	reason = world_write(a->world, its, offset, width, value);
	expect_answer(a, reason, offset, width);
	if (wait && reason == ITSG_OK)
		adv_find(a, ADVERSARY_ANSWER,
			 "register 0x%" PRIx32 " was written while hardware was not at rest",
			 offset);
	if (a->predictor)
		predictor_after_write(a->predictor, reason);
	if (reason == ITSG_OK)
		wrote(a, its, offset, width, value);
	adv_check(a);
	return reason;
}

uint64_t adv_read(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width)
{
	enum itsg_reason reason;
	uint64_t value = 0;

	if (adv_found(a))
		return 0;
	a->answers = 0;
	reason = world_read(a->world, its, offset, width, &value);
	expect_answer(a, reason, offset, width);
	note_its(a, its);
	note(a, "r%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	adv_check(a);
	return value;
}

/* ---- registers ---- */

/* InnerCache, OuterCache, Shareability: this hardware keeps them all. */
#define ATTRIBUTES (sim_bits(61, 59) | sim_bits(55, 53) | sim_bits(11, 10))

static uint64_t kept_code(enum trace_page_size page, uint64_t code)
{
	uint64_t most = page == TRACE_PAGE_ANY ? 3 : (uint64_t)page;

	return code < most ? code : most;
}

/* Whether Indirect sticks is the guard's to decide: left out. */
static uint64_t kept_baser(const struct adversary *a, uint32_t its, uint32_t n)
{
	const struct trace_baser *baser = &a->config.its[its].baser[n];
	uint64_t written = a->host[its].baser[n];
	uint64_t kept = SIM_VALID | ATTRIBUTES | sim_bits(47, 12) | sim_bits(7, 0);

	if (!baser->type || (baser->type == SIM_TABLE_VPES && a->config.machine.hide_virtual))
		return 0;
	return (written & kept) | (uint64_t)baser->type << 56 | (uint64_t)(baser->entry - 1) << 48 |
	       kept_code(baser->page, sim_field(written, 9, 8)) << 8;
}

static uint64_t kept(const struct adversary *a, uint32_t its, uint32_t offset)
{
	const struct adv_host *host = &a->host[its];

	if (offset == SIM_GITS_CWRITER)
		return host->cwriter;
	if (offset == SIM_GITS_CBASER)
		return host->cbaser & (SIM_VALID | ATTRIBUTES | sim_bits(51, 12) | sim_bits(7, 0));
	return kept_baser(a, its, (offset - SIM_GITS_BASER) / 8);
}

void adv_read_back(struct adversary *a, uint32_t its, uint32_t offset)
{
	uint64_t value = adv_read(a, its, offset, 8);
	uint64_t expected = kept(a, its, offset);

	if (offset >= SIM_GITS_BASER)
		value &= ~SIM_BASER_INDIRECT;
	if (adv_found(a) || value == expected)
		return;
	if (a->out)
		fprintf(a->out, "? reg 0x%04" PRIx32 " 0x%" PRIx64 "\n", offset, expected);
	adv_find(a, ADVERSARY_REGISTER,
		 "register 0x%" PRIx32 " reads 0x%" PRIx64 " where 0x%" PRIx64 " was kept", offset,
		 value, expected);
}

/* What the host may not write stays as it is: no line in the trace then. */
void adv_mem(struct adversary *a, uint64_t pa, const uint8_t *bytes, size_t count)
{
	if (adv_found(a) || pa >= (uint64_t)1 << 52 || world_poke(a->world, pa, bytes, count))
		return;
	a->stats.steps++;
	if (a->out)
		trace_write_mem(a->out, pa, bytes, count);
}

void adv_mem64(struct adversary *a, uint64_t pa, uint64_t value)
{
	uint8_t raw[8];

	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> (8 * i));
	adv_mem(a, pa, raw, sizeof(raw));
}

void adv_give(struct adversary *a, uint64_t pa, uint64_t len)
{
	if (adv_found(a) || pa >= (uint64_t)1 << 52)
		return;
	note(a, "guest 0x%" PRIx64 " 0x%" PRIx64 "\n", pa, len);
	if (world_give(a->world, pa, len))
		note(a, "!guest\n");
	a->stats.steps++;
	adv_check_all(a);
}

void adv_race(struct adversary *a, const struct adv_race *race)
{
	if (adv_found(a))
		return;
	note_hidden(a, "before callback %" PRIu32 ": %s 0x%" PRIx64 " 0x%" PRIx64 "\n", race->in,
		    race->give ? "guest" : "mem", race->pa, race->value);
	adv_stop_predicting(a);
	a->race = *race;
}

/* ---- hardware and platform ---- */

void adv_run(struct adversary *a, uint32_t its, uint32_t commands)
{
	if (adv_found(a))
		return;
	note_its(a, its);
	if (commands == TRACE_RUN_ALL)
		note(a, "run all\n");
	else
		note(a, "run %" PRIu32 "\n", commands);
	world_run(a->world, its, commands == TRACE_RUN_ALL ? UINT64_MAX : commands);
	adv_check(a);
}

void adv_poll(struct adversary *a)
{
	if (adv_found(a))
		return;
	note(a, "poll\n");
	if (!world_poll(a->world))
		adv_find(a, ADVERSARY_ENDLESS, "itsg_poll() never runs out of things to do");
	adv_check(a);
}

/* In a trace: eager for the length of one line. */
void adv_settle(struct adversary *a)
{
	if (adv_found(a))
		return;
	if (!a->eager)
		note(a, "hw eager\n");
	if (!world_settle(a->world))
		adv_find(a, ADVERSARY_ENDLESS, "the world never gets quiet");
	adv_check(a);
	if (!a->eager)
		note(a, "hw manual\n");
}

void adv_fail(struct adversary *a, enum trace_callback callback, uint32_t n)
{
	if (adv_found(a))
		return;
	if (n > 0)
		note(a, "fail %s %" PRIu32 "\n", trace_callback_name(callback), n);
	else
		note_hidden(a, "no %s fails any more\n", trace_callback_name(callback));
	world_fail(a->world, callback, n);
	a->fails += n > 0;
}

void adv_modes(struct adversary *a, bool stall, bool cache, bool trust)
{
	if (adv_found(a))
		return;
	note(a, "hw %s\n", stall ? "stall" : "ignore");
	note(a, "hw %s\n", cache ? "cache" : "nocache");
	note(a, "hw %s\n", trust ? "trust" : "check");
	world_set_mode(a->world, stall, cache, trust);
	if (stall)
		adv_stop_predicting(a);
	a->cached |= cache;
	adv_check_all(a);
}

void adv_power(struct adversary *a, uint32_t its, bool restore)
{
	struct sim_its *hw = world_its(a->world, its);
	struct sim_its_saved saved;

	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 " loses power%s\n", its,
		    restore ? ", firmware restores its registers" : "");
	adv_stop_predicting(a);
	saved = sim_its_firmware_save(hw);
	sim_its_power_cycle(hw);
	if (restore)
		sim_its_firmware_restore(hw, &saved);
	a->stats.steps++;
	adv_check_all(a);
}

void adv_msi(struct adversary *a, uint32_t its, uint32_t device, uint32_t event)
{
	if (adv_found(a))
		return;
	note_hidden(a, "MSI to ITS %" PRIu32 ": device %" PRIu32 " event %" PRIu32 "\n", its,
		    device, event);
	sim_its_msi(world_its(a->world, its), device, event);
	a->stats.steps++;
	adv_check_all(a);
}

void adv_inject(struct adversary *a, uint32_t its, uint32_t nth)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": command %" PRIu32 " from here meets an error\n", its, nth);
	adv_stop_predicting(a);
	sim_its_inject_error(world_its(a->world, its), nth);
	if (nth)
		a->injected = true;
}
