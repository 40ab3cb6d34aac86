/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "replay_event.h"

#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "host_regs.h"
#include "u64map.h"

#define NO_EVENT SIZE_MAX
/* Accepted commands that hardware has not been given yet; more than the guard keeps. */
#define ACCEPTED 64u
/* Of a redistributor, from RD_base. */
#define PROPBASER 0x0070u
#define PENDBASER 0x0078u

/* The command that the guard has read last of one host's queue. */
struct head {
	bool active; /* and has not judged */
	size_t event;
	uint32_t offset;
	uint8_t raw[ITSG_CMD_BYTES];
};

/* What is told of one ITS. */
struct its_story {
	struct host_regs regs;
	struct head head;
	uint64_t accepted; /* commands, as far as told */
	uint8_t given[ACCEPTED][ITSG_CMD_BYTES];
	uint32_t givens;
};

struct rd_story {
	uint64_t prop, pend;
};

struct teller {
	const struct trace *trace;
	struct world *world;
	replay_event_fn *fn;
	void *ctx;

	const struct trace_directive *line;
	struct replay_event *events; /* of this line */
	size_t count, room;
	size_t access;                /* the write under way, or NO_EVENT */
	enum itsg_reason read_reason; /* of the read under way */
	size_t run;                   /* events before the run under way */

	struct its_story its[TRACE_ITS_MAX];
	struct rd_story rd[TRACE_PES_MAX];
	struct u64map held; /* page address -> whose claim it is */
};

/* ---- a line's events ---- */

static struct replay_event *add(struct teller *t, enum replay_event_kind kind, uint32_t its)
{
	struct replay_event *e;

	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->events = sim_realloc(t->events, t->room, sizeof(*t->events));
	}
	e = &t->events[t->count++];
	*e = (struct replay_event){
		.kind = kind, .line = t->line ? t->line->line : 0, .its = its, .trace = t->trace};
	return e;
}

static void give(struct teller *t)
{
	for (size_t i = 0; i < t->count; i++) {
		t->fn(t->ctx, &t->events[i]);
		if (t->events[i].kind == REPLAY_EV_REPORT)
			free((void *)(uintptr_t)t->events[i].text);
	}
	t->count = 0;
}

/* ---- commands ---- */

static struct replay_event *add_command(struct teller *t, uint32_t its, uint32_t offset,
					const uint8_t *raw, enum replay_verdict verdict)
{
	struct replay_event *e = add(t, REPLAY_EV_COMMAND, its);

	e->offset = offset;
	e->verdict = verdict;
	e->unread = !raw;
	if (raw)
		memcpy(e->raw, raw, sizeof(e->raw));
	return e;
}

/* The event of the command at the head: of this line, or if it has waited a new one. */
static struct replay_event *head_event(struct teller *t, uint32_t its)
{
	struct head *head = &t->its[its].head;

	if (head->event != NO_EVENT)
		return &t->events[head->event];
	return add_command(t, its, head->offset, head->raw, REPLAY_WAITS);
}

static void keep_given(struct its_story *story)
{
	if (story->givens == ACCEPTED) {
		story->givens--;
		memmove(story->given[0], story->given[1], sizeof(story->given[0]) * story->givens);
	}
	memcpy(story->given[story->givens++], story->head.raw, ITSG_CMD_BYTES);
}

/* Nobody tells of what was accepted: the guard's counter does. */
static void settle(struct teller *t, uint32_t its)
{
	struct its_story *story = &t->its[its];
	struct itsg_stats stats;

	if (!world_guard(t->world, its))
		return;
	itsg_get_stats(world_guard(t->world, its), &stats);
	if (story->head.active && stats.accepted > story->accepted) {
		head_event(t, its)->verdict = REPLAY_ACCEPTED;
		story->head.active = false;
		keep_given(story);
	}
	story->accepted = stats.accepted;
}

static void settle_all(struct teller *t)
{
	for (uint32_t i = 0; i < world_config(t->world)->its_count; i++)
		settle(t, i);
}

static void fetched(struct teller *t, const struct world_call *call)
{
	struct head *head = &t->its[call->its].head;
	uint64_t queue = t->its[call->its].regs.cbaser & sim_bits(51, 12);

	if (head->active)
		head_event(t, call->its)->verdict = REPLAY_LEFT;
	head->active = true;
	head->offset = (uint32_t)(call->pa - queue);
	memcpy(head->raw, call->data, sizeof(head->raw));
	add_command(t, call->its, head->offset, head->raw, REPLAY_WAITS);
	head->event = t->count - 1;
}

static void refused_command(struct teller *t, uint32_t its, const struct itsg_event *event)
{
	struct head *head = &t->its[its].head;
	struct replay_event *e;

	e = head->active ? head_event(t, its)
			 : add_command(t, its, event->offset, event->command, REPLAY_REFUSED);
	head->active = false;
	e->verdict = REPLAY_REFUSED;
	e->reason = event->reason;
}

/* ---- what hardware is given ---- */

/* What of a command the guard passes on whatever else it leaves out. */
struct key {
	unsigned opcode;
	uint64_t object, what;
};

static struct key key_of(const uint8_t *raw)
{
	const uint64_t dw0 = sim_le64(raw), dw1 = sim_le64(raw + 8), dw2 = sim_le64(raw + 16);

	switch (raw[0]) {
	case SIM_MAPD:
		return (struct key){raw[0], sim_field(dw0, 63, 32), dw2 & SIM_VALID};
	case SIM_MAPC:
		return (struct key){raw[0], sim_field(dw2, 15, 0), dw2 & SIM_VALID};
	case SIM_INVALL:
		return (struct key){raw[0], sim_field(dw2, 15, 0), 0};
	case SIM_SYNC:
	case SIM_MOVALL:
		return (struct key){raw[0], dw2 & sim_bits(51, 16), 0};
	default:
		return (struct key){raw[0], sim_field(dw0, 63, 32), sim_field(dw1, 31, 0)};
	}
}

static bool same(const uint8_t *a, const uint8_t *b)
{
	const struct key one = key_of(a), other = key_of(b);

	return one.opcode == other.opcode && one.object == other.object && one.what == other.what;
}

/* Has the host asked for it? Commands accepted before it that change nothing are never given. */
static bool is_hosts(struct its_story *story, const uint8_t *raw)
{
	for (uint32_t i = 0; i < story->givens; i++) {
		if (!same(story->given[i], raw))
			continue;
		story->givens -= i + 1;
		memmove(story->given[0], story->given[i + 1],
			sizeof(story->given[0]) * story->givens);
		return true;
	}
	return false;
}

/* A slot that hardware has stalled at is mended; one that it has passed is only overwritten. */
static bool is_mended(struct teller *t, uint32_t its, uint64_t offset)
{
	struct sim_its *hardware = world_its(t->world, its);

	return sim_its_stalled(hardware) &&
	       (sim_its_reg_read(hardware, SIM_GITS_CREADR, 8) & SIM_QUEUE_OFFSET) == offset;
}

/* One command in many slots, as when a queue is filled: one event. */
static bool fills(const struct replay_event *last, const struct replay_event *e)
{
	return last->kind == REPLAY_EV_PRIVATE && last->its == e->its && last->own && e->own &&
	       last->offset + last->count * ITSG_CMD_BYTES == e->offset &&
	       !memcmp(last->raw, e->raw, sizeof(e->raw));
}

static void add_private(struct teller *t, const struct world_call *call, uint64_t offset,
			const uint8_t *raw)
{
	struct replay_event *e = add(t, REPLAY_EV_PRIVATE, call->its);

	e->offset = (uint32_t)offset;
	e->count = 1;
	memcpy(e->raw, raw, sizeof(e->raw));
	e->own = !call->published || !is_hosts(&t->its[call->its], e->raw);
	if (t->count < 2 || !fills(e - 1, e))
		return;
	e[-1].count++;
	t->count--;
}

static void stored_slots(struct teller *t, const struct world_call *call)
{
	uint64_t first = call->pa - world_private(t->world, call->its).pa;

	for (uint32_t i = 0; i < call->bytes; i += ITSG_CMD_BYTES)
		if (call->published || is_mended(t, call->its, first + i))
			add_private(t, call, first + i, call->data + i);
}

static void stored(struct teller *t, const struct world_call *call)
{
	struct replay_event *e;

	if (call->bytes != 8) {
		stored_slots(t, call);
		return;
	}
	e = add(t, REPLAY_EV_WORD, call->its);
	e->pa = call->pa;
	e->value = sim_le64(call->data);
}

/* ---- whose pages ---- */

static bool touches(const struct world_call *call, uint64_t pa, uint64_t bytes)
{
	return call->pa < pa + bytes && pa < call->pa + call->bytes;
}

static uint64_t itt_bytes(const struct teller *t, uint32_t its, const uint8_t *raw)
{
	const struct world_config *config = world_config(t->world);
	uint64_t entry = config->machine.itt_entry;

	if (!entry)
		entry = sim_field(config->its[its].typer, 7, 4) + 1;
	return entry << (sim_field(sim_le64(raw + 8), 4, 0) + 1);
}

static uint32_t baser_of_type(const struct teller *t, uint32_t its, uint32_t type)
{
	uint32_t n = 0;

	while (n < SIM_ITS_NUM_BASER - 1 && world_config(t->world)->its[its].baser[n].type != type)
		n++;
	return n;
}

/* Of the command under way: an ITT, or a level-2 page. */
static bool is_commands(const struct teller *t, const struct world_call *call,
			struct replay_whose *whose)
{
	const struct head *head = &t->its[call->its].head;
	uint64_t itt = sim_le64(head->raw + 16) & sim_bits(51, 8);
	bool maps_device = head->raw[0] == SIM_MAPD;

	if (!head->active || (!maps_device && head->raw[0] != SIM_MAPC))
		return false;
	whose->use = REPLAY_USE_LEVEL2;
	whose->number =
		baser_of_type(t, call->its, maps_device ? SIM_TABLE_DEVICES : SIM_TABLE_COLLS);
	if (maps_device && touches(call, itt, itt_bytes(t, call->its, head->raw))) {
		whose->use = REPLAY_USE_ITT;
		whose->number = (uint32_t)sim_field(sim_le64(head->raw), 63, 32);
	}
	return true;
}

static bool is_tables(const struct teller *t, const struct world_call *call, uint32_t n,
		      struct replay_whose *whose)
{
	const struct host_regs *regs = &t->its[call->its].regs;
	const struct world_config *config = world_config(t->world);
	uint64_t kept = host_regs_kept(regs, config, call->its, SIM_GITS_BASER + 8 * n);
	uint64_t code = sim_field(kept, 9, 8), pa = kept & sim_bits(47, 12);
	uint64_t page = (uint64_t)4096 << (2 * (code < 2 ? code : 2));
	bool two_levels = (regs->baser[n] & SIM_BASER_INDIRECT) &&
			  config->its[call->its].baser[n].indirect && config->machine.l1_pool;

	if (code >= 2)
		pa = (kept & sim_bits(47, 16)) | sim_field(kept, 15, 12) << 48;
	if (!(kept & SIM_VALID) || !touches(call, pa, page * (sim_field(kept, 7, 0) + 1)))
		return false;
	whose->use = two_levels ? REPLAY_USE_LEVEL1 : REPLAY_USE_TABLE;
	whose->number = n;
	return true;
}

static bool is_redistributors(const struct teller *t, const struct world_call *call, uint32_t n,
			      struct replay_whose *whose)
{
	const struct rd_story *rd = &t->rd[n];
	uint64_t bits = sim_field(rd->prop, 4, 0) + 1;
	uint64_t most = world_config(t->world)->machine.lpi_bits;
	uint64_t ids = (uint64_t)1 << (bits < most ? bits : most);

	whose->number = n;
	whose->use = REPLAY_USE_CONFIG;
	if (ids > SIM_FIRST_LPI && touches(call, rd->prop & sim_bits(51, 12), ids - SIM_FIRST_LPI))
		return true;
	whose->use = REPLAY_USE_PENDING;
	return ids > SIM_FIRST_LPI && touches(call, rd->pend & sim_bits(51, 16), ids / 8);
}

static bool is_any_redistributors(const struct teller *t, const struct world_call *call,
				  struct replay_whose *whose)
{
	uint32_t count = world_config(t->world)->machine.pes;

	if (t->access != NO_EVENT && t->events[t->access].redistributor < count &&
	    is_redistributors(t, call, t->events[t->access].redistributor, whose))
		return true;
	for (uint32_t n = 0; n < count; n++)
		if (is_redistributors(t, call, n, whose))
			return true;
	return false;
}

static bool is_queues(const struct teller *t, const struct world_call *call)
{
	uint64_t cbaser = t->its[call->its].regs.cbaser;

	return (cbaser & SIM_VALID) &&
	       touches(call, cbaser & sim_bits(51, 12), (sim_field(cbaser, 7, 0) + 1) * 4096);
}

static struct replay_whose whose_claim(const struct teller *t, const struct world_call *call)
{
	struct replay_whose whose = {.its = call->its, .use = REPLAY_USE_QUEUE};

	if (call->redists) {
		if (is_any_redistributors(t, call, &whose))
			return whose;
		return (struct replay_whose){.use = REPLAY_USE_UNKNOWN};
	}
	if (is_commands(t, call, &whose) || is_queues(t, call))
		return whose;
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (is_tables(t, call, n, &whose))
			return whose;
	return (struct replay_whose){.its = call->its};
}

/* A use, the ITS and the number in one word. */
static uint64_t pack(const struct replay_whose *whose)
{
	return (uint64_t)whose->use << 40 | (uint64_t)whose->its << 32 | whose->number;
}

static struct replay_whose whose_drop(const struct teller *t, uint64_t pa)
{
	const uint64_t *held = u64map_get(&t->held, pa);
	uint64_t word = held ? *held : 0;

	return (struct replay_whose){.use = (enum replay_use)(word >> 40),
				     .its = (uint32_t)(word >> 32) & 0xff,
				     .number = (uint32_t)word};
}

/* Pages one behind the other, for the same: one event. */
static bool goes_on(const struct replay_event *last, const struct replay_event *e)
{
	return last->kind == e->kind && last->its == e->its &&
	       last->of_redistributor == e->of_redistributor && last->donated == e->donated &&
	       last->pa + last->bytes == e->pa && pack(&last->whose) == pack(&e->whose);
}

static void add_pages(struct teller *t, const struct world_call *call, enum replay_event_kind kind,
		      const struct replay_whose *whose)
{
	struct replay_event *e = add(t, kind, call->its);

	e->of_redistributor = call->redists;
	e->pa = call->pa;
	e->bytes = call->bytes;
	e->callback = call->callback;
	e->donated = call->callback == TRACE_CB_DONATE || call->callback == TRACE_CB_RECLAIM;
	e->whose = *whose;
	if (t->count < 2 || !goes_on(e - 1, e))
		return;
	e[-1].bytes += e->bytes;
	t->count--;
}

static void failed_call(struct teller *t, const struct world_call *call)
{
	const struct replay_whose whose = {.use = REPLAY_USE_UNKNOWN};
	struct replay_event *e;

	add_pages(t, call, REPLAY_EV_PLATFORM, &whose);
	e = &t->events[t->count - 1];
	e->on_request = call->on_request;
}

static void claimed(struct teller *t, const struct world_call *call)
{
	const struct replay_whose whose = whose_claim(t, call);

	*u64map_put(&t->held, call->pa) = pack(&whose);
	add_pages(t, call, REPLAY_EV_CLAIM, &whose);
}

static void dropped(struct teller *t, const struct world_call *call)
{
	const struct replay_whose whose = whose_drop(t, call->pa);

	add_pages(t, call, REPLAY_EV_DROP, &whose);
}

static void zeroed(struct teller *t, const struct world_call *call)
{
	const struct replay_whose whose = {.use = REPLAY_USE_UNKNOWN};

	add_pages(t, call, REPLAY_EV_ZERO, &whose);
}

void teller_called(struct teller *t, const struct world_call *call)
{
	if (!t)
		return;
	settle_all(t);
	if (call->error) {
		failed_call(t, call);
		return;
	}
	switch (call->callback) {
	case TRACE_CB_SHARE:
	case TRACE_CB_DONATE:
		claimed(t, call);
		break;
	case TRACE_CB_UNSHARE:
	case TRACE_CB_RECLAIM:
		dropped(t, call);
		break;
	case TRACE_CB_ZERO:
		zeroed(t, call);
		break;
	case TRACE_CB_STORE:
		stored(t, call);
		break;
	case TRACE_CB_FETCH:
	default:
		if (call->bytes == ITSG_CMD_BYTES)
			fetched(t, call);
		break;
	}
}

/* ---- hardware ---- */

static void programmed(struct teller *t, const struct world_act *act)
{
	struct replay_event *e = add(t, REPLAY_EV_PROGRAM, act->its);

	e->of_redistributor = act->of_redistributor;
	e->redistributor = act->pe;
	e->write = true;
	e->offset = act->offset;
	e->width = act->width;
	e->value = act->value;
}

/* Makes room for so many events before what the run under way has led to. */
static struct replay_event *insert(struct teller *t, uint64_t many)
{
	size_t behind = t->count - t->run;

	for (uint64_t i = 0; i < many; i++)
		add(t, REPLAY_EV_COMMAND, 0);
	memmove(&t->events[t->run + many], &t->events[t->run], behind * sizeof(*t->events));
	return &t->events[t->run];
}

/* Without a guard it is the host's own queue that hardware passes. */
static void passed(struct teller *t, const struct world_act *act)
{
	uint64_t cbaser = sim_its_reg_read(world_its(t->world, act->its), SIM_GITS_CBASER, 8);
	uint64_t pa = cbaser & sim_bits(51, 12), bytes = (sim_field(cbaser, 7, 0) + 1) * 4096;
	uint64_t at = act->offset & SIM_QUEUE_OFFSET;
	struct replay_event *e = insert(t, act->count);

	for (uint64_t i = 0; i < act->count; i++, e++) {
		*e = (struct replay_event){.kind = REPLAY_EV_COMMAND,
					   .line = t->line ? t->line->line : 0,
					   .its = act->its,
					   .trace = t->trace,
					   .offset = (uint32_t)at,
					   .verdict = REPLAY_NO_GUARD};
		sim_mem_peek(world_mem(t->world), pa + at, e->raw, sizeof(e->raw));
		at = (at + ITSG_CMD_BYTES) % bytes;
	}
}

static void ran(struct teller *t, const struct world_act *act)
{
	struct replay_event *e;

	if (!world_guard(t->world, act->its))
		passed(t, act);
	e = add(t, REPLAY_EV_RAN, act->its);
	e->offset = act->offset & (uint32_t)SIM_QUEUE_OFFSET;
	e->to = (uint32_t)(act->value & SIM_QUEUE_OFFSET);
	e->count = act->count;
	e->stalled = act->value & SIM_CREADR_STALLED;
}

static void on_act(void *ctx, const struct world_act *act)
{
	struct teller *t = ctx;
	struct replay_event *e;

	settle_all(t);
	switch (act->kind) {
	case WORLD_PROGRAMMED:
		programmed(t, act);
		break;
	case WORLD_RUNS:
		t->run = t->count;
		break;
	case WORLD_RAN:
		ran(t, act);
		break;
	case WORLD_FAILED:
		e = add(t, REPLAY_EV_FAILED, act->its);
		e->offset = act->offset;
		e->code = (uint32_t)act->value;
		break;
	case WORLD_LPI:
	default:
		e = add(t, REPLAY_EV_LPI, act->its);
		e->lpi = act->lpi;
		e->redistributor = act->pe;
		e->to = act->to;
		e->intid = (uint32_t)act->value;
		break;
	}
}

/* ---- the host and others ---- */

static bool is_step(const struct trace_directive *d)
{
	switch (d->kind) {
	case TRACE_HW:
	case TRACE_HW_RWP:
	case TRACE_RUN:
	case TRACE_POLL:
	case TRACE_FAIL:
	case TRACE_INJECT:
	case TRACE_SLEEP:
	case TRACE_POWER:
	case TRACE_GONE:
	case TRACE_RD_POWER:
	case TRACE_RD_LOST:
	case TRACE_RD_ADOPT:
	case TRACE_RD_GONE:
	case TRACE_INSIDE_OFF:
		return true;
	default:
		return d->inside.nth > 0;
	}
}

static struct replay_event *add_access(struct teller *t, const struct trace_directive *d)
{
	struct replay_event *e = add(t, REPLAY_EV_ACCESS, d->its);

	e->of_redistributor = d->kind == TRACE_RD_WRITE || d->kind == TRACE_RD_READ;
	e->redistributor = d->u.access.rd;
	e->write = d->kind == TRACE_WRITE || d->kind == TRACE_RD_WRITE;
	e->offset = d->u.access.offset;
	e->width = d->u.access.width;
	e->value = d->u.access.value;
	return e;
}

void teller_line(struct teller *t, const struct trace_directive *d)
{
	if (!t)
		return;
	t->line = d;
	t->access = NO_EVENT;
	t->read_reason = ITSG_OK;
	if (is_step(d)) {
		add(t, REPLAY_EV_STEP, d->its)->step = d;
	} else if (d->kind == TRACE_WRITE || d->kind == TRACE_RD_WRITE) {
		add_access(t, d);
		t->access = t->count - 1;
	} else if (d->kind == TRACE_MSI) {
		add(t, REPLAY_EV_MSI, d->its);
	}
}

static void wrote_half(uint64_t *reg, const struct replay_event *e)
{
	const uint64_t low = sim_bits(31, 0);

	if (e->width == 8)
		*reg = e->value;
	else
		*reg = e->offset & 4 ? (*reg & low) | e->value << 32 : (*reg & ~low) | e->value;
}

/* What the host has in its registers from now on. */
static void note_access(struct teller *t)
{
	const struct replay_event *e = &t->events[t->access];

	if (e->reason != ITSG_OK)
		return;
	if (!e->of_redistributor)
		host_regs_wrote(&t->its[e->its].regs, e->offset, e->width, e->value);
	else if ((e->offset & ~7u) == PROPBASER)
		wrote_half(&t->rd[e->redistributor].prop, e);
	else if ((e->offset & ~7u) == PENDBASER)
		wrote_half(&t->rd[e->redistributor].pend, e);
}

void teller_line_over(struct teller *t)
{
	if (!t)
		return;
	settle_all(t);
	if (t->access != NO_EVENT)
		note_access(t);
	give(t);
	for (uint32_t i = 0; i < TRACE_ITS_MAX; i++)
		t->its[i].head.event = NO_EVENT;
	t->access = NO_EVENT;
	t->line = NULL;
}

void teller_did(struct teller *t, const struct trace_directive *d, bool refused)
{
	struct replay_event *e;

	if (!t)
		return;
	if (d->kind == TRACE_MEM) {
		e = add(t, REPLAY_EV_MEMORY, d->its);
		e->pa = d->u.mem.pa;
		e->bytes = d->u.mem.bytes;
		e->data = trace_mem(t->trace, d);
	} else {
		e = add(t, REPLAY_EV_OWNER, d->its);
		e->pa = d->u.range.pa;
		e->bytes = d->u.range.bytes;
	}
	e->refused = refused;
}

void teller_msi(struct teller *t, const struct trace_directive *d, bool delivered)
{
	const struct sim_its_stats *stats;
	struct replay_event *e;

	if (!t)
		return;
	stats = sim_its_stats(world_its(t->world, d->its));
	e = &t->events[0]; /* the line's first: what it led to stands behind it */
	e->device = d->u.msi.device;
	e->event = d->u.msi.event;
	e->refused = !delivered;
	e->intid = delivered ? stats->last_intid : 0;
	e->redistributor = delivered ? stats->last_pe : 0;
}

void teller_read(struct teller *t, const struct trace_directive *d, uint64_t value, uint32_t reads)
{
	struct replay_event *e;

	if (!t)
		return;
	settle_all(t);
	e = add_access(t, d);
	e->value = value;
	e->reads = reads;
	e->reason = t->read_reason;
}

/* ---- refusals and reports ---- */

/* Of an adoption there is no access: it stands for the writes of EnableLPIs that it takes over. */
static void refused_access(struct teller *t, uint32_t its, bool redists,
			   const struct itsg_event *event)
{
	struct replay_event *e;

	if (t->access != NO_EVENT) {
		e = &t->events[t->access];
		e->reason = event->reason;
		e->culprit = event->culprit;
		e->pa = event->pa;
	} else if (t->line && (t->line->kind == TRACE_READ || t->line->kind == TRACE_RD_READ)) {
		t->read_reason = event->reason;
	} else {
		e = add(t, REPLAY_EV_ACCESS, its);
		e->of_redistributor = redists;
		e->redistributor = event->redistributor;
		e->write = true;
		e->offset = event->offset;
		e->width = 4;
		e->value = event->value;
		e->reason = event->reason;
		e->culprit = event->culprit;
		e->pa = event->pa;
	}
}

void teller_refusal(struct teller *t, uint32_t its, bool redists, const struct itsg_event *event)
{
	if (!t)
		return;
	settle_all(t);
	if (event->kind == ITSG_EVENT_REFUSED_ACCESS)
		refused_access(t, its, redists, event);
	else
		refused_command(t, its, event);
}

void teller_report(struct teller *t, const struct replay_report *report)
{
	struct replay_event *e;

	if (!t || report->kind == REPLAY_REFUSED_ACCESS || report->kind == REPLAY_REFUSED_COMMAND)
		return;
	e = add(t, REPLAY_EV_REPORT, report->its);
	e->line = report->line;
	e->report = report->kind;
	e->pa = report->pa;
	e->bytes = report->len;
	e->write = report->write;
	e->text = strdup(report->text);
}

/* ---- life ---- */

struct teller *teller_new(const struct trace *trace, struct world *world, replay_event_fn *fn,
			  void *ctx)
{
	const struct trace_machine *machine = &trace->machine;
	struct teller *t = fn ? sim_realloc(NULL, 1, sizeof(*t)) : NULL;

	if (!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->trace = trace;
	t->world = world;
	t->fn = fn;
	t->ctx = ctx;
	t->access = NO_EVENT;
	for (uint32_t i = 0; i < TRACE_ITS_MAX; i++)
		t->its[i].head.event = NO_EVENT;
	for (uint32_t i = 0; i < machine->before_count; i++)
		t->rd[machine->before[i].rd] =
			(struct rd_story){machine->before[i].prop, machine->before[i].pend};
	world_on_act(world, on_act, t);
	return t;
}

void teller_free(struct teller *t)
{
	if (!t)
		return;
	give(t);
	world_on_act(t->world, NULL, NULL);
	u64map_free(&t->held);
	free(t->events);
	free(t);
}
