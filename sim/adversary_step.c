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

/*
 * Hardware that never forgets may still have ITT entries that name collections beyond the first
 * page of a table: a host with a smaller one cannot have it (docs/DESIGN.md).
 */
static bool is_too_small(const struct adversary *a, enum itsg_reason reason)
{
	return reason == ITSG_TABLE_SIZE && !adv_forgets(a);
}

static void refused(struct adversary *a, uint32_t its, const struct itsg_event *event)
{
	if ((unsigned)event->reason < ITSG_REASON_COUNT)
		a->stats.refusals[event->reason]++;
	if (a->honest && !is_too_small(a, event->reason)) {
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
		a->unfetched += event->reason == ITSG_FETCH_FAILED;
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
		a->told[its] = true;
		break;
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

	(void)pa;
	a->fetched += callback == TRACE_CB_FETCH && bytes == SIM_COMMAND_BYTES;
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

	if (adv_found(a) || a->unplugged)
		return;
	broken = oracle_check(a->oracle, a->world, text, sizeof(text));
	if (broken == ORACLE_HOLDS)
		return;
	a->finding.clause = broken;
	adv_find(a, ADVERSARY_ORACLE, "%s: %s", oracle_clause_name(broken), text);
}

/* What hardware that never forgets makes of an older table is nobody's guess. */
static bool may_happen(const struct adversary *a, uint32_t its, const struct sim_its_stats *stats)
{
	uint32_t code = stats->last_error;
	int n = adv_baser_of(a, its, SIM_TABLE_COLLS);

	if (a->injected || (!adv_forgets(a) && a->cached))
		return true;
	/* A command waited while the host replaced the collection table it was judged by. */
	if (a->collections_moved && (code & 0xff) == 0x03)
		return true;
	/* MAPC V=0 of a collection for which there is no level-2 page. */
	if (code == 0x10903 && !stats->last_valid && n >= 0 &&
	    (a->host[its].regs.baser[n] & SIM_BASER_INDIRECT))
		return true;
	return sim_its_error_is_hosts(code);
}

static void check_hardware(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		const struct sim_its_stats *stats = sim_its_stats(world_its(a->world, i));

		if (stats->errors != a->errors[i] && !may_happen(a, i, stats))
			adv_find(a, ADVERSARY_ERROR, "hardware met error 0x%" PRIx32,
				 stats->last_error);
		a->errors[i] = stats->errors;
	}
}

/* What could not be read is not judged: its command is refused, for that reason (S14). */
static void check_fetches(struct adversary *a)
{
	if (world_injected_of(a->world, TRACE_CB_FETCH) != a->unfetched)
		adv_find(a, ADVERSARY_ANSWER, "a fetch failed, and no command for it");
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
	check_fetches(a);
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

static void expect_answer(struct adversary *a, enum itsg_reason reason, uint32_t offset,
			  uint32_t width)
{
	uint64_t expected = reason == ITSG_OK ? 0 : 1;
	enum itsg_reason anyway = host_regs_shape(offset, width);

	/* One step takes one command: I6, P22. */
	if (a->fetched > a->config.machine.budget)
		adv_find(a, ADVERSARY_ENDLESS, "%" PRIu32 " commands in one call", a->fetched);
	if (a->answers != expected || (expected && a->answer != reason))
		adv_find(a, ADVERSARY_ANSWER, "the answer was %s, the log says otherwise",
			 itsg_reason_name(reason));
	if (anyway != ITSG_OK && reason != anyway)
		adv_find(a, ADVERSARY_ANSWER, "the answer was %s, not %s", itsg_reason_name(reason),
			 itsg_reason_name(anyway));
}

/* ---- the host ---- */

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
	host_regs_wrote(&host->regs, offset, width, value);
	if (reg == SIM_GITS_CBASER)
		host->tail = 0;
	else if (offset == SIM_GITS_CWRITER)
		host->tail = host->regs.cwriter;
}

/*
 * What hardware was given is what the host reads back, right after Enabled was set: the extent of
 * a flat table too. Which level 1 hardware has is the oracle's to judge.
 */
static void check_armed(struct adversary *a, uint32_t its)
{
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++) {
		uint64_t hw = sim_its_reg_read(world_its(a->world, its), SIM_GITS_BASER + 8 * n, 8);
		uint64_t host = 0, same = ~(uint64_t)0;

		if (a->config.its[its].baser[n].type)
			host = adv_read(a, its, SIM_GITS_BASER + 8 * n, 8);
		if (!(host & SIM_VALID))
			same = SIM_VALID;
		else if (host & SIM_BASER_INDIRECT)
			same = ~(sim_bits(47, 12) | sim_bits(7, 0));
		if (!adv_found(a) && ((hw ^ host) & same))
			adv_find(a, ADVERSARY_REGISTER,
				 "BASER%" PRIu32 " of hardware is 0x%" PRIx64
				 " where the host has 0x%" PRIx64,
				 n, hw, host);
	}
}

/* What hardware is before the host writes, as far as the answer depends on it. */
struct before {
	bool waits;   /* a queue or table cannot be moved now */
	bool enables; /* Enabled goes from 0 to 1 */
	bool anew;    /* and the private queue begins anew */
};

static struct before look_before(struct adversary *a, uint32_t its, uint32_t offset, uint64_t value)
{
	struct sim_its *hw = world_its(a->world, its);
	struct before before = {.waits = host_regs_must_wait(a->world, its, offset)};

	before.enables =
		offset == SIM_GITS_CTLR && (value & SIM_CTLR_ENABLED) && !adv_enabled(a, its);
	before.anew = before.enables && !(sim_its_reg_read(hw, SIM_GITS_CBASER, 8) & SIM_VALID);
	return before;
}

/* What no host may get away with. */
static void check_accepted(struct adversary *a, uint32_t its, uint32_t offset, uint64_t value,
			   const struct before *before)
{
	if (before->waits)
		adv_find(a, ADVERSARY_ANSWER,
			 "register 0x%" PRIx32 " was written while hardware was not at rest",
			 offset);
	if (host_regs_beyond(&a->host[its].regs, offset, value))
		adv_find(a, ADVERSARY_ANSWER, "CWRITER may be 0x%" PRIx64, value);
	if (before->anew && sim_its_reg_read(world_its(a->world, its), SIM_GITS_CREADR, 8) != 0)
		adv_find(a, ADVERSARY_REGISTER, "the private queue begins in its middle");
}

enum itsg_reason adv_write(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width,
			   uint64_t value)
{
	struct before before;
	enum itsg_reason reason;

	if (adv_found(a))
		return ITSG_OK;
	if (width < 8)
		value &= ((uint64_t)1 << (8 * width)) - 1;
	before = look_before(a, its, offset, value);
	note_its(a, its);
	note(a, "w%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	a->answers = a->fetched = 0;
	if (a->predictor)
		predictor_before_write(a->predictor, its, offset, width, value);
	reason = world_write(a->world, its, offset, width, value);
	expect_answer(a, reason, offset, width);
	if (a->predictor)
		predictor_after_write(a->predictor, reason);
	if (reason == ITSG_OK) {
		check_accepted(a, its, offset, value, &before);
		wrote(a, its, offset, width, value);
		if (before.enables)
			a->unplugged &= ~((uint32_t)1 << its);
	}
	adv_check(a);
	if (before.enables && reason == ITSG_OK)
		check_armed(a, its);
	return reason;
}

uint64_t adv_read(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width)
{
	enum itsg_reason reason;
	uint64_t value = 0;

	if (adv_found(a))
		return 0;
	a->answers = a->fetched = 0;
	reason = world_read(a->world, its, offset, width, &value);
	expect_answer(a, reason, offset, width);
	note_its(a, its);
	note(a, "r%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	adv_check(a);
	return value;
}

/* ---- registers ---- */

/* Whole, and by halves. */
void adv_read_back(struct adversary *a, uint32_t its, uint32_t offset)
{
	uint64_t value = adv_read(a, its, offset, 8);
	uint64_t halves = adv_read(a, its, offset, 4) | adv_read(a, its, offset + 4, 4) << 32;
	uint64_t expected = host_regs_kept(&a->host[its].regs, &a->config, its, offset);

	if (!adv_found(a) && halves != value)
		adv_find(a, ADVERSARY_REGISTER,
			 "register 0x%" PRIx32 " reads 0x%" PRIx64 ", its halves 0x%" PRIx64,
			 offset, value, halves);
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

/*
 * Where all is quiet, hardware that has stalled waits for the host to repair its command: host and
 * platform are told. Any other command is the guard's to repair (P30).
 */
static void check_stall(struct adversary *a, uint32_t its)
{
	struct sim_its *hw = world_its(a->world, its);

	if (!(sim_its_reg_read(hw, SIM_GITS_CREADR, 8) & 1))
		a->told[its] = false;
	else if (adv_enabled(a, its) &&
		 (!a->told[its] || !(adv_read(a, its, SIM_GITS_CREADR, 8) & 1)))
		adv_find(a, ADVERSARY_LIVENESS, "ITS %" PRIu32 " has stalled, and nobody is told",
			 its);
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
	for (uint32_t i = 0; i < a->config.its_count && !adv_found(a); i++)
		check_stall(a, i);
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

/*
 * With what it had cached and not written back, an ITS that is not quiescent loses unmaps too: the
 * tables in memory name what was released. Nobody can help it before Enabled is set next
 * (itsguard.h, POWER); from then on all must be as ever, where hardware forgets.
 */
void adv_power(struct adversary *a, uint32_t its, bool restore)
{
	struct sim_its *hw = world_its(a->world, its);
	struct sim_its_saved saved;

	if (adv_found(a))
		return;
	if (!(sim_its_reg_read(hw, SIM_GITS_CTLR, 4) & SIM_CTLR_QUIESCENT)) {
		if (!adv_forgets(a))
			return;
		a->unplugged |= (uint32_t)1 << its;
	}
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

void adv_inject(struct adversary *a, uint32_t its, uint32_t nth, uint8_t opcode)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": %s %" PRIu32 " from here meets an error\n", its,
		    opcode ? "SYNC" : "command", nth);
	adv_stop_predicting(a);
	sim_its_inject_error(world_its(a->world, its), nth, opcode);
	if (nth)
		a->injected = true;
}

void adv_lose_bits(struct adversary *a, uint32_t its, uint32_t n, uint64_t bits)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": register %" PRIu32 " loses bits 0x%" PRIx64 "\n", its, n,
		    bits);
	adv_stop_predicting(a);
	sim_its_lose_bits(world_its(a->world, its), n, bits);
	a->odd |= bits != 0;
}

void adv_keep_creadr(struct adversary *a, uint32_t its, bool keep)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": CREADR %s\n", its, keep ? "stays" : "is cleared");
	adv_stop_predicting(a);
	sim_its_keep_creadr(world_its(a->world, its), keep);
	a->odd |= keep;
}

void adv_firmware_table(struct adversary *a, uint32_t its, uint32_t n)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": firmware has a table in BASER%" PRIu32 "\n", its, n);
	adv_stop_predicting(a);
	sim_its_firmware_table(world_its(a->world, its), n);
	a->stats.steps++;
	adv_check_all(a);
}
