/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Single steps. Each is one line of the trace, is made, and then everything is checked. */
#include "adversary_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

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

/* E40 */
static void refused(struct adversary *a, const char *who, uint32_t number,
		    const struct itsg_event *event)
{
	if ((unsigned)event->reason < ITSG_REASON_COUNT)
		a->stats.refusals[event->reason]++;
	if (a->honest && !is_too_small(a, event->reason)) {
		adv_find(a, ADVERSARY_REFUSED, "%s %" PRIu32 " refused an honest host: %s", who,
			 number, itsg_reason_name(event->reason));
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
		refused(a, "ITS", its, event);
		break;
	case ITSG_EVENT_REFUSED_COMMAND:
		a->unfetched += event->reason == ITSG_FETCH_FAILED;
		predictor_refused(a->predictor, its, event->offset, event->reason);
		refused(a, "ITS", its, event);
		break;
	case ITSG_EVENT_LEAKED:
		a->leaked = true;
		break;
	case ITSG_EVENT_BROKEN: /* E15 */
		adv_find(a, ADVERSARY_BROKEN, "ITS %" PRIu32 " is called broken", its);
		break;
	case ITSG_EVENT_STALLED:
		a->told[its] = true;
		break;
	case ITSG_EVENT_STALLED_OWN:
		a->stalls[its].guards = true;
		a->stalls[its].times = 1; /* what the host has tried before does not count */
		break;
	default:
		break;
	}
}

static void on_rd_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct adversary *a = ctx;

	(void)its;
	if (event->kind == ITSG_EVENT_LEAKED)
		a->leaked = true;
	if (event->kind != ITSG_EVENT_REFUSED_ACCESS)
		return;
	a->answers++;
	a->answer = event->reason;
	refused(a, "redistributor", event->redistributor, event);
}

/* E1 */
static void on_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct adversary *a = ctx;

	/* Nobody could help it: see adv_power(). */
	if (a->unplugged)
		return;
	adv_find(a, ADVERSARY_VIOLATION, "hardware %s 0x%" PRIx64 "+0x%" PRIx64 " (%s)",
		 write ? "wrote" : "read", pa, len, what);
}

/* E2 to E6 */
static void on_misuse(void *ctx, uint32_t its, const char *text)
{
	adv_find(ctx, ADVERSARY_MISUSE, "ITS %" PRIu32 ": %s", its, text);
}

static void on_callback(void *ctx, enum trace_callback callback, uint64_t pa, uint64_t bytes)
{
	struct adversary *a = ctx;

	(void)pa;
	a->fetched += callback == TRACE_CB_FETCH && bytes == SIM_COMMAND_BYTES;
}

static void on_called(void *ctx, const struct world_call *call)
{
	struct adversary *a = ctx;

	predictor_called(a->predictor, call);
}

void adv_listen(struct adversary *a)
{
	world_on_event(a->world, on_event, a);
	world_on_violation(a->world, on_violation, a);
	world_on_misuse(a->world, on_misuse, a);
	world_on_callback(a->world, on_callback, a);
	world_on_called(a->world, on_called, a);
	world_on_rd_event(a->world, on_rd_event, a);
	world_on_rd_register(a->world, predictor_rd_register, a->predictor);
}

/* ---- checks ---- */

/* E8 */
static void check_guard(struct adversary *a)
{
	enum itsg_invariant broken = itsg_check(world_tracker(a->world), a->guards,
						a->config.its_count, world_rd_guard(a->world));

	if (broken != ITSG_INVARIANTS_HOLD)
		adv_find(a, ADVERSARY_INVARIANT, "itsg_check() says %d", (int)broken);
}

/* E9, E10, E11 */
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

	if (a->injected || a->troubled || (!adv_forgets(a) && a->cached))
		return true;
	/* What firmware made hardware execute was judged by other tables. */
	if (a->replays >> its & 1)
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

/*
 * E49: where it is the guard's to mend, hardware is given a MAPD once more as it is, and then
 * another command (F8). In a new queue it is given anew. Of SYNCs there need be no other.
 */
static void note_stall(struct adversary *a, uint32_t its)
{
	struct sim_its *hw = world_its(a->world, its);
	uint64_t creadr = sim_its_reg_read(hw, SIM_GITS_CREADR, 8);
	uint64_t pa = (sim_its_reg_read(hw, SIM_GITS_CBASER, 8) & sim_bits(51, 12)) +
		      (creadr & SIM_QUEUE_OFFSET);
	struct adv_stall now = {.commands = sim_its_stats(hw)->commands, .times = 1};
	struct adv_stall *last = &a->stalls[its];

	if (!sim_its_stalled(hw))
		return;
	for (unsigned i = 0; i < 4; i++)
		now.dw[i] = sim_mem_peek64(world_mem(a->world), pa + 8 * i);
	if (last->times && now.commands == last->commands &&
	    !memcmp(now.dw, last->dw, sizeof(now.dw))) {
		now.times = last->times + 1;
		now.guards = last->guards;
	}
	*last = now;
	if (now.guards && now.times > 2 && (now.dw[0] & 0xff) == SIM_MAPD)
		adv_find(a, ADVERSARY_LIVENESS,
			 "ITS %" PRIu32 ": what hardware will not take is given to it again", its);
}

/* E7 */
static void check_hardware(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		const struct sim_its_stats *stats = sim_its_stats(world_its(a->world, i));

		if (stats->errors != a->errors[i] && !may_happen(a, i, stats))
			adv_find(a, ADVERSARY_ERROR, "hardware met error 0x%" PRIx32,
				 stats->last_error);
		if (stats->errors != a->errors[i])
			note_stall(a, i);
		a->errors[i] = stats->errors;
	}
}

/* What could not be read is not judged: its command is refused, for that reason (E14, S14). */
static void check_fetches(struct adversary *a)
{
	if (world_injected_of(a->world, TRACE_CB_FETCH) != a->unfetched)
		adv_find(a, ADVERSARY_ANSWER, "a fetch failed, and no command for it");
}

/* E20 to E38. Of an ITS that lost power too soon nobody has looked at the claims. */
static void check_prediction(struct adversary *a, bool settled)
{
	const struct oracle *oracle = a->unplugged ? NULL : a->oracle;
	char text[200] = "";

	if (adv_found(a))
		return;
	if (!predictor_judge(a->predictor, oracle, settled, text, sizeof(text)))
		adv_find(a, ADVERSARY_PREDICTION, "%s", text);
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

/*
 * Where a SYNC of the guard's own can go to one redistributor only, an error that stays with it
 * would never end. There were two when it was injected.
 */
static bool end_stays(struct adversary *a)
{
	if (!a->stays || adv_carriers(a) > 1)
		return false;
	note_hidden(a, "errors do not stay with their commands any more\n");
	for (uint32_t i = 0; i < a->config.its_count; i++)
		sim_its_error_stays(world_its(a->world, i), false);
	a->stays = false;
	return true;
}

/* One may go away meanwhile. */
static bool settles(struct adversary *a)
{
	end_stays(a);
	return world_settle(a->world) || (end_stays(a) && world_settle(a->world));
}

/* E16 */
static void check_step(struct adversary *a, bool settled)
{
	a->stats.steps++;
	if (a->eager && !adv_found(a) && !settles(a))
		adv_find(a, ADVERSARY_ENDLESS, "the world never gets quiet");
	flush_refusals(a);
	if (adv_found(a))
		return;
	if (world_changes(a->world) != a->checked_at)
		adv_check_all(a);
	check_prediction(a, settled);
}

void adv_check(struct adversary *a)
{
	check_step(a, a->eager);
}

/* E12, E13 */
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
 * E17: what hardware was given is what the host reads back, right after Enabled was set: the extent
 * of a flat table too. Which level 1 hardware has is the oracle's to judge.
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
	bool sets;    /* Enabled, whatever it is */
};

static struct before look_before(struct adversary *a, uint32_t its, uint32_t offset, uint64_t value)
{
	struct sim_its *hw = world_its(a->world, its);
	const struct host_regs *regs = &a->host[its].regs;
	struct before before = {.waits = host_regs_must_wait(regs, &a->config, its, offset)};

	before.sets = offset == SIM_GITS_CTLR && (value & SIM_CTLR_ENABLED);
	before.enables = before.sets && !regs->enabled;
	before.anew = before.enables && !(sim_its_reg_read(hw, SIM_GITS_CBASER, 8) & SIM_VALID);
	return before;
}

/* What no host may get away with, nor be told: E13, E17, E47. */
static void check_accepted(struct adversary *a, uint32_t its, uint32_t offset, uint64_t value,
			   const struct before *before)
{
	if (before->waits)
		adv_find(a, ADVERSARY_ANSWER,
			 "register 0x%" PRIx32 " was written while the ITS was enabled", offset);
	if (host_regs_beyond(&a->host[its].regs, offset, value))
		adv_find(a, ADVERSARY_ANSWER, "CWRITER may be 0x%" PRIx64, value);
	if (before->anew && !a->moved &&
	    sim_its_reg_read(world_its(a->world, its), SIM_GITS_CREADR, 8) != 0)
		adv_find(a, ADVERSARY_REGISTER, "the private queue begins in its middle");
	if (before->sets && !a->odd && !adv_enabled(a, its))
		adv_find(a, ADVERSARY_REGISTER, "Enabled was set, and hardware is off");
}

/* Power was lost untold, and the guard may have found out by now: so the host looks first (F24). */
static void look_at_enabled(struct adversary *a, uint32_t its)
{
	struct adv_host *host = &a->host[its];

	if (!host->regs.enabled || adv_enabled(a, its))
		return;
	host->regs.enabled = adv_read(a, its, SIM_GITS_CTLR, 4) & 1;
	predictor_lose(a->predictor, its, !host->regs.enabled);
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
	/* One who sets Enabled need not look: it is set then, or refused (F9). */
	if (offset != SIM_GITS_CTLR || !(value & SIM_CTLR_ENABLED))
		look_at_enabled(a, its);
	before = look_before(a, its, offset, value);
	if (before.anew)
		a->stalls[its].times = 0;
	note_its(a, its);
	note(a, "w%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	a->answers = a->fetched = 0;
	a->moved = false;
	predictor_before_write(a->predictor, its, offset, width, value);
	reason = world_write(a->world, its, offset, width, value);
	expect_answer(a, reason, offset, width);
	predictor_after_write(a->predictor, reason);
	if (reason == ITSG_OK) {
		check_accepted(a, its, offset, value, &before);
		wrote(a, its, offset, width, value);
		if (before.enables) {
			a->unplugged &= ~((uint32_t)1 << its);
			world_unplug(a->world, its, false);
			a->replays &= ~((uint32_t)1 << its);
		}
	}
	adv_check(a);
	if (before.enables && reason == ITSG_OK)
		check_armed(a, its);
	if (before.sets && reason != ITSG_OK)
		look_at_enabled(a, its);
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
	predictor_read(a->predictor, its, offset, width, value);
	note_its(a, its);
	note(a, "r%" PRIu32 " 0x%04" PRIx32 " 0x%" PRIx64 "\n", width * 8, offset, value);
	adv_check(a);
	return value;
}

/* ---- registers ---- */

/* E18: whole, and by halves. */
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

static void put_le64(uint8_t raw[8], uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> (8 * i));
}

void adv_mem64(struct adversary *a, uint64_t pa, uint64_t value)
{
	uint8_t raw[8];

	put_le64(raw, value);
	adv_mem(a, pa, raw, sizeof(raw));
}

void adv_give(struct adversary *a, uint64_t pa, uint64_t len)
{
	if (adv_found(a) || pa >= (uint64_t)1 << 52)
		return;
	note(a, "guest 0x%" PRIx64 " 0x%" PRIx64 "\n", pa, len);
	predictor_disturbed(a->predictor);
	if (world_give(a->world, pa, len))
		note(a, "!guest\n");
	predictor_disturbed(a->predictor);
	a->stats.steps++;
	adv_check_all(a);
}

/* ---- inside a call ---- */

static void run_inside(struct adversary *a, const struct adv_inside *inside)
{
	bool all = inside->commands == TRACE_RUN_ALL;

	world_run(a->world, inside->its, all ? UINT64_MAX : inside->commands);
	predictor_moved(a->predictor);
}

/* Nobody hears of what another CPU fails to do. */
static void happen(void *ctx, const void *what)
{
	struct adversary *a = ctx;
	const struct adv_inside *inside = what;
	uint8_t raw[8];

	a->moved = true;
	put_le64(raw, inside->value);
	predictor_disturbed(a->predictor);
	if (inside->kind == TRACE_RUN)
		run_inside(a, inside);
	else if (inside->kind == TRACE_RD_LOST)
		world_rd_lost(a->world, inside->rd);
	else if (inside->kind == TRACE_MEM)
		world_poke(a->world, inside->pa, raw, sizeof(raw));
	else
		world_give(a->world, inside->pa, 1);
	predictor_disturbed(a->predictor);
}

static void note_inside(struct adversary *a, const struct adv_inside *inside)
{
	struct trace_directive line = {.kind = inside->kind};
	uint8_t raw[8];

	if (inside->kind == TRACE_RUN)
		note_its(a, inside->its);
	note(a, "inside %s %" PRIu32 " ", trace_inside_name(inside->where), inside->n);
	line.u.range.pa = inside->pa;
	line.u.range.bytes = 1;
	if (inside->kind == TRACE_RUN)
		line.u.run = inside->commands;
	if (inside->kind == TRACE_RD_LOST)
		line.u.value = inside->rd;
	put_le64(raw, inside->value);
	if (inside->kind == TRACE_MEM)
		trace_write_mem(a->out, inside->pa, raw, sizeof(raw));
	else
		trace_write_directive(a->out, NULL, &line);
}

void adv_inside(struct adversary *a, const struct adv_inside *inside)
{
	struct adv_inside *kept = &a->inside[a->insides++ % ADV_INSIDES];

	if (adv_found(a) || inside->pa > ((uint64_t)1 << 52) - 8)
		return;
	*kept = *inside;
	if (a->out)
		note_inside(a, kept);
	world_inside(a->world, kept->where, kept->n, happen, a, kept);
}

void adv_inside_run(struct adversary *a, uint32_t its, uint32_t n)
{
	const struct adv_inside inside = {.where = TRACE_IN_READ,
					  .n = n,
					  .kind = TRACE_RUN,
					  .its = its,
					  .commands = TRACE_RUN_ALL};

	adv_inside(a, &inside);
}

void adv_inside_none(struct adversary *a)
{
	if (!adv_found(a) && world_inside_none(a->world))
		note(a, "inside off\n");
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
 * E45: where all is quiet, hardware that has stalled waits for the host to repair its command: host
 * and platform are told. Any other command is the guard's to repair (P30), if it can store at all.
 */
static void check_stall(struct adversary *a, uint32_t its)
{
	if (!sim_its_stalled(world_its(a->world, its))) {
		a->told[its] = false;
		return;
	}
	if (!adv_enabled(a, its) || !a->host[its].regs.enabled ||
	    world_failing(a->world, TRACE_CB_STORE) ||
	    (a->told[its] && (adv_read(a, its, SIM_GITS_CREADR, 8) & SIM_CREADR_STALLED)))
		return;
	if (a->settles_again) {
		adv_find(a, ADVERSARY_LIVENESS, "ITS %" PRIu32 " has stalled, and nobody is told",
			 its);
		return;
	}
	/* The last store that failed may be tried again. */
	a->settles_again = true;
	adv_settle(a);
	a->settles_again = false;
}

/* In a trace: eager for the length of one line. */
void adv_settle(struct adversary *a)
{
	if (adv_found(a))
		return;
	if (!a->eager)
		note(a, "hw eager\n");
	if (!settles(a))
		adv_find(a, ADVERSARY_ENDLESS, "the world never gets quiet");
	check_step(a, true);
	if (!a->eager)
		note(a, "hw manual\n");
	for (uint32_t i = 0; i < a->config.its_count && !adv_found(a); i++)
		check_stall(a, i);
}

void adv_fail(struct adversary *a, enum trace_callback callback, uint32_t n, uint32_t times)
{
	struct trace_directive line = {.kind = TRACE_FAIL};

	if (adv_found(a))
		return;
	line.u.fail.callback = callback;
	line.u.fail.nth = n;
	line.u.fail.times = times;
	if (a->out)
		trace_write_directive(a->out, NULL, &line);
	world_fail_run(a->world, callback, n, times == TRACE_FAIL_EVER ? WORLD_EVER : times);
}

void adv_modes(struct adversary *a, bool stall, bool cache, bool trust)
{
	if (adv_found(a))
		return;
	note(a, "hw %s\n", stall ? "stall" : "ignore");
	note(a, "hw %s\n", cache ? "cache" : "nocache");
	note(a, "hw %s\n", trust ? "trust" : "check");
	world_set_mode(a->world, stall, cache, trust);
	a->cached |= cache;
	adv_check_all(a);
}

/* Hardware that is disabled and quiescent has all that it knows in memory. */
static bool at_rest(const struct adversary *a, uint32_t its)
{
	uint64_t ctlr = sim_its_reg_read(world_its(a->world, its), SIM_GITS_CTLR, 4);

	return (ctlr & (SIM_CTLR_ENABLED | SIM_CTLR_QUIESCENT)) == SIM_CTLR_QUIESCENT;
}

static void note_line(struct adversary *a, uint32_t its, const struct trace_directive *line)
{
	note_its(a, its);
	if (a->out)
		trace_write_directive(a->out, NULL, line);
}

/*
 * With what it had cached and not written back, an ITS that is not quiescent loses unmaps too: the
 * tables in memory name what was released. Nobody can help it before Enabled is set next
 * (itsguard.h, POWER); from then on all must be as ever, where hardware forgets. So firmware does
 * not enable such an ITS.
 *
 * The platform tells the guard where hardware was enabled and firmware has enabled it again. Else
 * the guard finds out, told or not.
 */
bool adv_power(struct adversary *a, uint32_t its, const struct trace_power *power)
{
	struct trace_directive line = {.kind = TRACE_POWER, .u.power = *power};
	bool rest = at_rest(a, its);
	bool was = sim_its_reg_read(world_its(a->world, its), SIM_GITS_CTLR, 4) & SIM_CTLR_ENABLED;

	if (adv_found(a) || (!rest && !adv_forgets(a)))
		return false;
	if (!rest && world_config(a->world)->cache) {
		a->unplugged |= (uint32_t)1 << its;
		world_unplug(a->world, its, true);
		note_hidden(a, "what ITS %" PRIu32 " had cached is lost, and nobody looks\n", its);
		line.u.power.enabled = false;
	}
	line.u.power.told |= (was || a->host[its].regs.enabled) && line.u.power.enabled;
	if (line.u.power.enabled)
		a->replays |= (uint32_t)1 << its;
	note_line(a, its, &line);
	world_power(a->world, its, &line.u.power);
	predictor_power(a->predictor, its, &line.u.power);
	a->stalls[its].times = 0;
	if (line.u.power.told)
		a->host[its].regs.enabled = false;
	/* E48 */
	if (line.u.power.told && adv_enabled(a, its))
		adv_find(a, ADVERSARY_REGISTER, "the guard was told, and lets hardware run on");
	adv_check(a);
	return true;
}

void adv_sleep(struct adversary *a, uint32_t pe, bool asleep)
{
	if (adv_found(a) || world_config(a->world)->machine.asleep[pe] == asleep)
		return;
	note(a, "%s %" PRIu32 "\n", asleep ? "sleep" : "wake", pe);
	world_sleep(a->world, pe, asleep);
	adv_check(a);
}

/* What is kept for ever is no harm to anybody but its owner. */
static void count_claim(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
			enum itsg_kind kind)
{
	(void)run;
	(void)kind;
	*(uint32_t *)ctx += use != ITSG_CLAIM_KEPT;
}

/* The host is a new one, which finds no trace of the old one's memory in any register. */
static void forget_host(struct adversary *a, uint32_t its)
{
	const uint64_t memory = SIM_VALID | sim_bits(47, 12) | sim_bits(7, 0);
	struct adv_host *host = &a->host[its];

	host->regs.enabled = false;
	host->regs.cbaser = host->regs.cwriter = host->tail = 0;
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++) {
		host->regs.baser[n] = adv_read(a, its, SIM_GITS_BASER + 8 * n, 8);
		if (host->regs.baser[n] & memory)
			adv_find(a, ADVERSARY_REGISTER,
				 "BASER%" PRIu32 " reads 0x%" PRIx64 " when the host is gone", n,
				 host->regs.baser[n]);
	}
}

void adv_gone(struct adversary *a, uint32_t its)
{
	uint32_t claims = 0;

	if (adv_found(a))
		return;
	note_its(a, its);
	note(a, "gone\n");
	a->moved = false;
	if (!world_gone(a->world, its))
		adv_find(a, ADVERSARY_LIVENESS, "ITS %" PRIu32 " is never done with its host", its);
	predictor_gone(a->predictor, its);
	adv_check(a);
	forget_host(a, its);
	itsg_visit_claims(a->guards[its], count_claim, &claims);
	if (!adv_found(a) && (claims || !at_rest(a, its)))
		adv_find(a, ADVERSARY_LIVENESS,
			 "the host of ITS %" PRIu32 " is gone, and %" PRIu32 " claims are there%s",
			 its, claims, at_rest(a, its) ? "" : ", or the ITS runs");
}

void adv_msi(struct adversary *a, uint32_t its, uint32_t device, uint32_t event)
{
	if (adv_found(a))
		return;
	note_its(a, its);
	note(a, "msi %" PRIu32 " %" PRIu32 "\n", device, event);
	sim_its_msi(world_its(a->world, its), device, event);
	a->stats.steps++;
	adv_check_all(a);
}

void adv_inject(struct adversary *a, uint32_t its, uint32_t nth, uint8_t opcode, bool stays)
{
	struct trace_directive line = {.kind = TRACE_INJECT};

	if (adv_found(a))
		return;
	line.u.inject.nth = nth;
	line.u.inject.opcode = opcode;
	line.u.inject.stays = stays;
	note_line(a, its, &line);
	predictor_doubt(a->predictor);
	sim_its_inject_error(world_its(a->world, its), nth, opcode);
	sim_its_error_stays(world_its(a->world, its), stays);
	a->injections += nth != 0;
	a->stays = a->stays || (stays && opcode != SIM_MAPD);
}

void adv_lose_bits(struct adversary *a, uint32_t its, uint32_t n, uint64_t bits)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": register %" PRIu32 " loses bits 0x%" PRIx64 "\n", its, n,
		    bits);
	predictor_doubt(a->predictor);
	sim_its_lose_bits(world_its(a->world, its), n, bits);
	a->odd |= bits != 0;
}

void adv_keep_creadr(struct adversary *a, uint32_t its, bool keep)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": CREADR %s\n", its, keep ? "stays" : "is cleared");
	predictor_doubt(a->predictor);
	sim_its_keep_creadr(world_its(a->world, its), keep);
	a->odd |= keep;
}

void adv_firmware_table(struct adversary *a, uint32_t its, uint32_t n)
{
	if (adv_found(a))
		return;
	note_hidden(a, "ITS %" PRIu32 ": firmware has a table in BASER%" PRIu32 "\n", its, n);
	predictor_doubt(a->predictor);
	sim_its_firmware_table(world_its(a->world, its), n);
	a->stats.steps++;
	adv_check_all(a);
}
