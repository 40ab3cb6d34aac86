/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The callbacks: what a hypervisor does for its guard, with failures on request, and with checks
 * that a hypervisor would not make.
 */
#include "world_priv.h"

#include "arch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CMD_MAPD 0x08

void world_misused(struct world *world, uint32_t its, const char *text)
{
	world->misuses++;
	if (world->misuse)
		world->misuse(world->misuse_ctx, its, text);
}

void world_acted(struct world *world, const struct world_act *act)
{
	if (world->act)
		world->act(world->act_ctx, act);
}

/*
 * Decisions (E4, I4). One begins with the fetch of another command and with each look at hardware,
 * and ends with the call: a command that waited for a drop is judged afresh only after such a look.
 */
static void restore_one(struct world *world, struct world_fetched *f)
{
	if (f->garbled)
		sim_mem_poke(world->mem, f->pa, f->was, f->bytes);
	f->garbled = false;
}

void world_decision_over(struct world *world)
{
	/* Backwards: of a word that was read twice, the first copy is the true one. */
	while (world->fetches > 0)
		restore_one(world, &world->fetched[--world->fetches]);
}

static bool overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

static bool is_fetched(const struct world *world, uint64_t pa, uint32_t bytes)
{
	for (uint32_t i = 0; i < world->fetches; i++)
		if (overlaps(pa, bytes, world->fetched[i].pa, world->fetched[i].bytes))
			return true;
	return false;
}

static void note_fetch(struct world *world, uint32_t its, uint64_t pa, const uint8_t *bytes,
		       uint32_t count)
{
	struct world_fetched *f;
	uint8_t garbage[32];

	if (is_fetched(world, pa, count)) {
		world->double_fetches++;
		world_misused(world, its, "a host word was read twice for one decision");
	}
	if (world->fetches == WORLD_FETCHES)
		world_decision_over(world);
	f = &world->fetched[world->fetches++];
	f->pa = pa;
	f->bytes = count;
	f->garbled = world->config.rewrite_host;
	memcpy(f->was, bytes, count);
	if (!f->garbled)
		return;
	for (uint32_t i = 0; i < count; i++)
		garbage[i] = (uint8_t)~bytes[i];
	sim_mem_poke(world->mem, pa, garbage, count);
}

/* Is this call of a run that must fail? */
static bool is_failing(struct world_failing *failing)
{
	if (failing->in == 0 || --failing->in > 0)
		return false;
	if (failing->times != WORLD_EVER)
		failing->times--;
	failing->in = failing->times > 0;
	return true;
}

/* What acts now may not be told to wait again before it is done. */
static void act(struct world_waiting *waiting)
{
	world_inside_fn *fn = waiting->fn;

	if (waiting->n == 0 || --waiting->n > 0)
		return;
	fn(waiting->ctx, waiting->what);
}

void world_entered(struct world *world, enum trace_inside where)
{
	bool register_access = where > TRACE_IN_ANY;

	for (uint32_t i = 0; i < WORLD_INSIDES; i++) {
		struct world_waiting *waiting = &world->waiting[i];

		if (waiting->where == where || (waiting->where == TRACE_IN_ANY && !register_access))
			act(waiting);
	}
}

/* Counted callbacks: is this a call that must fail? */
static bool must_fail(struct world_link *link, enum trace_callback callback, uint64_t pa,
		      uint64_t bytes)
{
	struct world *world = link->world;
	bool fail;

	world->calls++;
	world->changes++;
	if (world->hook)
		world->hook(world->hook_ctx, callback, pa, bytes);
	world_entered(world, (enum trace_inside)callback);
	fail = is_failing(&world->failing[callback]);
	if (world->fail_at > 0 && --world->fail_at == 0)
		fail = true;
	if (fail) {
		world->injected++;
		world->injected_of[callback]++;
	}
	return fail;
}

/* Whoever listens is told what came of it; the error is the callback's answer. */
static int tell(struct world_link *link, struct world_call call)
{
	struct world *world = link->world;

	call.its = link->its;
	call.redists = link->redists;
	if (world->called)
		world->called(world->called_ctx, &call);
	return call.error;
}

static int tell_page(struct world_link *link, enum trace_callback callback, uint64_t pa, int error)
{
	const struct world_call call = {.callback = callback,
					.pa = pa,
					.bytes = link->world->config.machine.page,
					.error = error};

	return tell(link, call);
}

static int tell_failure(struct world_link *link, enum trace_callback callback, uint64_t pa,
			uint64_t bytes, int error)
{
	const struct world_call call = {
		.callback = callback, .pa = pa, .bytes = bytes, .error = error, .on_request = true};

	return tell(link, call);
}

static void count_held(struct world *world, bool more)
{
	if (more)
		world->held++;
	else
		world->held--;
	if (world->held > world->held_peak)
		world->held_peak = world->held;
}

static uint64_t page_pa(const struct world *world, uint64_t pfn)
{
	/* A PFN whose address does not fit is no RAM: the memory model refuses it. */
	if (pfn > UINT64_MAX / world->config.machine.page)
		return UINT64_MAX & ~(uint64_t)(world->config.machine.page - 1);
	return pfn * world->config.machine.page;
}

static int share_page(void *ctx, uint64_t pfn)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	uint64_t pa = page_pa(world, pfn);
	int error;

	if (must_fail(link, TRACE_CB_SHARE, pa, world->config.machine.page))
		return tell_failure(link, TRACE_CB_SHARE, pa, world->config.machine.page, -ENOMEM);
	error = sim_mem_share(world->mem, pa);
	if (!error && sim_mem_page(world->mem, pa).pins == 1)
		count_held(world, true);
	return tell_page(link, TRACE_CB_SHARE, pa, error);
}

/* E5: I2 at the very moment of release, when the next line could be too late to see it. */
struct releasing {
	uint64_t pa, bytes;
	bool reached;
};

static void release_extent(void *ctx, uint64_t pa, uint64_t len, enum sim_its_reach why)
{
	struct releasing *releasing = ctx;

	(void)why;
	/* Without overflow, wherever the host points hardware that has no guard. */
	if (len > 0 && (pa >= releasing->pa ? pa - releasing->pa < releasing->bytes
					    : releasing->pa - pa < len))
		releasing->reached = true;
}

static void release_table(void *ctx, uint32_t rd, uint64_t pa, uint64_t len,
			  enum sim_redist_reach why)
{
	(void)rd;
	/* An adoption that is refused gives back what it has taken, all or nothing (redists.h). */
	if (why != SIM_REDIST_FOREIGN)
		release_extent(ctx, pa, len, SIM_REACH_TABLE);
}

static void check_release(struct world_link *link, uint64_t pa)
{
	struct world *world = link->world;
	struct releasing releasing = {pa, world->config.machine.page, false};
	char text[96];

	for (uint32_t i = 0; i < world->config.its_count; i++)
		if (!(world->unplugged >> i & 1))
			sim_its_reach(world->its[i], release_extent, &releasing);
	if (world->config.machine.rds)
		sim_redists_reach(world->rds, release_table, &releasing);
	if (!releasing.reached)
		return;
	snprintf(text, sizeof(text), "page 0x%llx is released while hardware may touch it",
		 (unsigned long long)pa);
	world_misused(world, link->its, text);
}

static int unshare_page(void *ctx, uint64_t pfn)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	uint64_t pa = page_pa(world, pfn);
	int error;

	if (must_fail(link, TRACE_CB_UNSHARE, pa, world->config.machine.page))
		return tell_failure(link, TRACE_CB_UNSHARE, pa, world->config.machine.page, -EBUSY);
	check_release(link, pa);
	error = sim_mem_unshare(world->mem, pa);
	if (error)
		world_misused(world, link->its, "unshare of a page that is not shared");
	else if (sim_mem_page(world->mem, pa).pins == 0)
		count_held(world, false);
	return tell_page(link, TRACE_CB_UNSHARE, pa, error);
}

static int donate_page(void *ctx, uint64_t pfn)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	uint64_t pa = page_pa(world, pfn);
	int error;

	if (must_fail(link, TRACE_CB_DONATE, pa, world->config.machine.page))
		return tell_failure(link, TRACE_CB_DONATE, pa, world->config.machine.page, -ENOMEM);
	error = sim_mem_donate(world->mem, pa);
	if (!error)
		count_held(world, true);
	return tell_page(link, TRACE_CB_DONATE, pa, error);
}

static int reclaim_page(void *ctx, uint64_t pfn)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	uint64_t pa = page_pa(world, pfn);
	int error;

	if (must_fail(link, TRACE_CB_RECLAIM, pa, world->config.machine.page))
		return tell_failure(link, TRACE_CB_RECLAIM, pa, world->config.machine.page, -EBUSY);
	check_release(link, pa);
	error = sim_mem_reclaim(world->mem, pa);
	if (error)
		world_misused(world, link->its, "reclaim of a page that is not donated");
	else
		count_held(world, false);
	return tell_page(link, TRACE_CB_RECLAIM, pa, error);
}

typedef int page_fn(void *ctx, uint64_t pfn);

/*
 * Each page is a call of its own for all that happens in it: what fails, what another CPU or
 * hardware does meanwhile, what is told. So a range may end at any of its pages.
 */
static uint64_t each_page(struct world_link *link, page_fn *one, uint64_t pfn, uint64_t count)
{
	uint64_t done = 0;

	if (count == 0 || pfn + count < pfn)
		world_misused(link->world, link->its, "a page callback for no pages");
	while (done < count && one(link, pfn + done) == 0)
		done++;
	link->world->partial += done > 0 && done < count;
	return done;
}

static uint64_t on_share(void *ctx, uint64_t pfn, uint64_t count)
{
	return each_page(ctx, share_page, pfn, count);
}

static uint64_t on_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	return each_page(ctx, unshare_page, pfn, count);
}

static uint64_t on_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	return each_page(ctx, donate_page, pfn, count);
}

static uint64_t on_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return each_page(ctx, reclaim_page, pfn, count);
}

/* Memory that is zeroed holds no host word to put back any more. */
static void forget_fetched(struct world *world, uint64_t pa, uint64_t bytes)
{
	for (uint32_t i = 0; i < world->fetches; i++) {
		struct world_fetched *f = &world->fetched[i];

		if (overlaps(pa, bytes, f->pa, f->bytes))
			f->garbled = false;
	}
}

static bool within(const struct itsg_range *range, uint64_t pa, uint64_t bytes)
{
	return pa >= range->pa && bytes <= range->bytes && pa - range->pa <= range->bytes - bytes;
}

/* E3: donated, or this guard's own private memory. */
static bool may_zero(const struct world_link *link, uint64_t pa, uint64_t bytes)
{
	const struct world *world = link->world;
	uint64_t page = world->config.machine.page;

	if (!link->redists && within(&world->private[link->its], pa, bytes))
		return true;

	for (uint64_t at = pa & ~(page - 1); at < pa + bytes; at += page) {
		struct sim_page info = sim_mem_page(world->mem, at);

		if (info.state != SIM_HYP || !info.donated)
			return false;
	}
	return true;
}

static int on_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	struct world_call zeroed = {.callback = TRACE_CB_ZERO, .pa = pa, .bytes = bytes};
	struct world_link *link = ctx;
	struct world *world = link->world;

	if (((pa | bytes) & 255) != 0 || bytes == 0 || pa + bytes < pa ||
	    pa + bytes > (uint64_t)1 << ITSG_PA_SHIFT || !may_zero(link, pa, bytes)) {
		world_misused(world, link->its,
			      "zeroing of memory that is neither donated nor private");
		return -EPERM;
	}
	forget_fetched(world, pa, bytes);
	if (must_fail(link, TRACE_CB_ZERO, pa, bytes)) {
		/* A part may have been zeroed when it fails. */
		sim_mem_hyp_zero(world->mem, pa, bytes / 2);
		return tell_failure(link, TRACE_CB_ZERO, pa, bytes, -EIO);
	}
	zeroed.error = sim_mem_hyp_zero(world->mem, pa, bytes);
	return tell(link, zeroed);
}

/*
 * SYNCs to redistributors that sleep (itsguard.h, asleep): the host may send them, the guard may
 * not. A SYNC is taken for the host's if what the guard fetched last is one like it. What counts is
 * the moment when hardware is given it, as CWRITER is written.
 */
static uint64_t sync_of(const uint8_t raw[32])
{
	return raw[0] == SIM_SYNC ? sim_le64(raw + 16) & sim_bits(51, 16) : WORLD_NO_SYNC;
}

/* The host may have asked for it. */
static void note_asked(struct world *world, uint32_t its, uint64_t rdbase)
{
	struct world_syncs *syncs = &world->syncs[its];

	syncs->last = rdbase;
	if (rdbase != WORLD_NO_SYNC)
		syncs->host[syncs->hosts++ % WORLD_ASKED] = rdbase;
}

/* What is published is stored, all of it but the command at the head, which may be yet to come. */
static void note_published(struct world_syncs *syncs, uint64_t offset, uint32_t bytes,
			   uint64_t queue)
{
	if (offset != syncs->next)
		return; /* passed slots, or one that hardware has stalled at */
	syncs->next = (offset + bytes) % queue;
	syncs->hosts = 0;
	if (syncs->last != WORLD_NO_SYNC)
		syncs->host[syncs->hosts++] = syncs->last;
}

static bool is_asked(const struct world_syncs *syncs, uint64_t rdbase)
{
	for (uint32_t i = 0; i < WORLD_ASKED && i < syncs->hosts; i++)
		if (syncs->host[i] == rdbase)
			return true;
	return false;
}

static void note_slot(struct world_link *link, uint64_t pa, const uint8_t raw[32])
{
	struct world_syncs *syncs = &link->world->syncs[link->its];
	uint64_t slot = (pa - link->world->private[link->its].pa) / SIM_COMMAND_BYTES;
	uint64_t rdbase = sync_of(raw);

	if (slot >= WORLD_SLOTS)
		return;
	syncs->own[slot] = rdbase != WORLD_NO_SYNC && !is_asked(syncs, rdbase);
}

static uint64_t pe_of(const struct world_link *link, uint64_t rdbase)
{
	const struct sim_its_config *config = sim_its_config(link->world->its[link->its]);

	if (sim_field(config->typer, 19, 19))
		return (rdbase - config->rd_base) / config->rd_stride;
	return rdbase >> 16;
}

static bool sleeps(const struct world_link *link, uint64_t rdbase)
{
	const struct sim_its *its = link->world->its[link->its];
	uint64_t pe = pe_of(link, rdbase);

	return pe < sim_its_config(its)->pes && sim_its_asleep(its, (uint32_t)pe);
}

/*
 * Its LPIs are off, and there is one that is on and awake to send a SYNC to. That counts when the
 * SYNC is published: not known of one that could not be stored then.
 */
static bool is_off(const struct world_link *link, uint64_t rdbase)
{
	const struct world *world = link->world;
	uint64_t pe = pe_of(link, rdbase);

	if (!world->rd_guard || pe >= world->config.machine.pes || world->rd[pe].due)
		return false;
	for (uint32_t i = 0; i < world->config.machine.pes; i++)
		if (world->rd[i].due && !world->config.machine.asleep[i])
			return true;
	return false;
}

static void give_slot(struct world_link *link, uint64_t offset)
{
	struct world *world = link->world;
	struct world_syncs *syncs = &world->syncs[link->its];
	uint8_t raw[SIM_COMMAND_BYTES];

	if (!syncs->own[offset / SIM_COMMAND_BYTES])
		return;
	syncs->own[offset / SIM_COMMAND_BYTES] = false;
	sim_mem_peek(world->mem, world->private[link->its].pa + offset, raw, sizeof(raw));
	if (sleeps(link, sync_of(raw)))
		world_misused(world, link->its,
			      "a SYNC of the guard's own to a redistributor that sleeps");
	else if (!syncs->late && is_off(link, sync_of(raw)))
		world_misused(world, link->its,
			      "a SYNC of the guard's own to a redistributor whose LPIs are off");
}

static void check_given(struct world_link *link, uint64_t cwriter)
{
	struct sim_its *its = link->world->its[link->its];
	uint64_t cbaser = sim_its_reg_read(its, SIM_GITS_CBASER, 8);
	uint64_t bytes = (sim_field(cbaser, 7, 0) + 1) * 4096;
	uint64_t at = sim_its_reg_read(its, SIM_GITS_CREADR, 8) & SIM_QUEUE_OFFSET;
	uint64_t end = cwriter & SIM_QUEUE_OFFSET;

	if (!(cbaser & SIM_VALID) || bytes > WORLD_SLOTS * SIM_COMMAND_BYTES || end >= bytes)
		return;
	for (at %= bytes; at != end; at = (at + SIM_COMMAND_BYTES) % bytes)
		give_slot(link, at);
	link->world->syncs[link->its].late = false;
}

static int on_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	int error;

	if ((bytes != 8 && bytes != 32) || pa % bytes != 0) {
		world_misused(world, link->its, "fetch of a wrong size or alignment");
		return -EINVAL;
	}
	if (bytes == 32 && !is_fetched(world, pa, bytes))
		world_decision_over(world);
	if (must_fail(link, TRACE_CB_FETCH, pa, bytes))
		return tell_failure(link, TRACE_CB_FETCH, pa, bytes, -EFAULT);
	error = sim_mem_hyp_read(world->mem, pa, to, bytes);
	if (error) {
		world_misused(world, link->its,
			      "fetch of memory that is not shared with the guard");
		return error;
	}
	note_fetch(world, link->its, pa, to, bytes);
	if (bytes == 32)
		note_asked(world, link->its, sync_of(to));
	return tell(link,
		    (struct world_call){
			    .callback = TRACE_CB_FETCH, .pa = pa, .bytes = bytes, .data = to});
}

/* E2, I5: what is reserved today may mean something to the next hardware. */
static void check_word(struct world_link *link, const uint8_t *from)
{
	if (sim_its_level1_reserved(sim_le64(from)))
		world_misused(link->world, link->its,
			      "a level-1 word with reserved bits for hardware");
}

/* May hardware that the guard has enabled be executing this slot? Where it has stalled it is not.
 */
static bool in_flight(struct world_link *link, uint64_t offset)
{
	struct sim_its *its = link->world->its[link->its];
	uint64_t cbaser = sim_its_reg_read(its, SIM_GITS_CBASER, 8);
	uint64_t creadr = sim_its_reg_read(its, SIM_GITS_CREADR, 8);
	uint64_t cwriter = sim_its_reg_read(its, SIM_GITS_CWRITER, 8) & SIM_QUEUE_OFFSET;
	uint64_t bytes = (sim_field(cbaser, 7, 0) + 1) * 4096;
	uint64_t at = creadr & SIM_QUEUE_OFFSET;

	if (link->world->resumed[link->its] || !(cbaser & SIM_VALID) ||
	    !(sim_its_reg_read(its, SIM_GITS_CTLR, 4) & SIM_CTLR_ENABLED) || at >= bytes ||
	    cwriter >= bytes || ((creadr & 1) && offset == at))
		return false;
	return (offset + bytes - at) % bytes < (cwriter + bytes - at) % bytes;
}

static void check_slot(struct world_link *link, uint64_t offset, const uint8_t raw[32])
{
	if (sim_its_command_reserved(raw))
		world_misused(link->world, link->its, "a command with reserved bits for hardware");
	if (in_flight(link, offset))
		world_misused(link->world, link->its,
			      "a store into a slot that hardware may be executing");
}

static bool is_new(const struct world_link *link, uint64_t pa, uint32_t bytes)
{
	const struct world *world = link->world;

	return bytes != 8 && pa - world->private[link->its].pa == world->syncs[link->its].next;
}

static void store_slots(struct world_link *link, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct world *world = link->world;

	world->slots_failed[link->its] = false;
	for (uint32_t i = 0; i < bytes; i += SIM_COMMAND_BYTES) {
		if (from[i] == CMD_MAPD && (from[i + 23] & 0x80) != 0)
			world->mapds[link->its]++;
		note_slot(link, pa + i, from + i);
		check_slot(link, pa + i - world->private[link->its].pa, from + i);
	}
	note_published(&world->syncs[link->its], pa - world->private[link->its].pa, bytes,
		       world->private[link->its].bytes);
}

/* A level-1 word in the pool, or a run of slots of the queue, which lies before it. */
static bool may_store(const struct world_link *link, uint64_t pa, uint32_t bytes)
{
	const struct world_config *config = &link->world->config;
	const uint64_t most = (uint64_t)WORLD_SLOTS * SIM_COMMAND_BYTES;
	const uint64_t start = link->world->private[link->its].pa;
	const struct itsg_range queue = {start, config->queue_bytes ? config->queue_bytes : most};
	const struct itsg_range pool = {start + most, config->machine.l1_pool};

	if (bytes == 8)
		return pa % 8 == 0 && within(&pool, pa, bytes);
	return bytes && bytes % SIM_COMMAND_BYTES == 0 && bytes <= WORLD_STORE_MAX &&
	       pa % SIM_COMMAND_BYTES == 0 && within(&queue, pa, bytes);
}

static int on_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct world_link *link = ctx;
	struct world *world = link->world;
	struct world_call call = {
		.callback = TRACE_CB_STORE, .pa = pa, .bytes = bytes, .data = from};

	if (!may_store(link, pa, bytes)) {
		world_misused(world, link->its,
			      "a store that is neither slots of this ITS nor a level-1 word");
		return -EINVAL;
	}
	if (must_fail(link, TRACE_CB_STORE, pa, bytes)) {
		world->slots_failed[link->its] |= bytes != 8;
		world->syncs[link->its].late |= bytes != 8;
		return tell_failure(link, TRACE_CB_STORE, pa, bytes, -EIO);
	}
	call.published = is_new(link, pa, bytes);
	if (bytes == 8)
		check_word(link, from);
	else
		store_slots(link, pa, from, bytes);
	call.error = sim_mem_hyp_write(world->mem, pa, from, bytes);
	return tell(link, call);
}

static uint64_t on_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	struct world_link *link = ctx;

	world_decision_over(link->world);
	world_entered(link->world, TRACE_IN_READ);
	return sim_its_reg_read(link->world->its[link->its], offset, width);
}

/* E2, I5: no bit of CTLR but Enabled, no table in a register that the host does not have. */
static void check_register(struct world_link *link, uint32_t offset, uint64_t value)
{
	const struct world_config *config = &link->world->config;
	const struct trace_baser *baser = config->its[link->its].baser;
	uint32_t n = (offset - SIM_GITS_BASER) / 8;

	if (offset == SIM_GITS_CTLR && (value & ~(uint64_t)SIM_CTLR_ENABLED))
		world_misused(link->world, link->its,
			      "bits of CTLR that are not Enabled for hardware");
	if (offset < SIM_GITS_BASER || n >= SIM_ITS_NUM_BASER || !(value & SIM_VALID))
		return;
	if (!baser[n].type || (baser[n].type == SIM_TABLE_VPES && config->machine.hide_virtual))
		world_misused(link->world, link->its,
			      "a table that the host cannot have for hardware");
}

static void on_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	struct world_link *link = ctx;

	link->world->changes++;
	world_entered(link->world, TRACE_IN_WRITE);
	check_register(link, offset, value);
	world_acted(link->world, &(struct world_act){.kind = WORLD_PROGRAMMED,
						     .its = link->its,
						     .offset = offset,
						     .width = width,
						     .value = value});
	if (offset == SIM_GITS_CTLR)
		link->world->resumed[link->its] = false;
	if (offset == SIM_GITS_CWRITER) {
		check_given(link, value);
		link->world->syncs[link->its].next = value & SIM_QUEUE_OFFSET;
	}
	sim_its_reg_write(link->world->its[link->its], offset, width, value);
}

static bool on_reserved(void *ctx, uint32_t device_id)
{
	struct world_link *link = ctx;
	const struct trace_machine *machine = &link->world->config.machine;
	const struct world_asked asked = {.any = true, .in_this_call = true, .device = device_id};

	link->world->asked[link->its] = asked;
	for (uint32_t i = 0; i < machine->reserved_count; i++)
		if (machine->reserved[i] == device_id)
			return true;
	return false;
}

/* Does whatever DeviceID count as mapped, this one too, which is beyond all that hardware has? */
static bool any_counts(const struct world *world, uint32_t its)
{
	return itsg_device_mapped(world->guard[its], UINT32_MAX);
}

/*
 * E6: a platform that takes a DeviceID for somebody else makes reserved() refuse it and waits until
 * it is told as unmapped (T17): so it may not be told that and be mapped later without being asked
 * for again.
 */
void world_call_over(struct world *world, uint32_t its)
{
	struct world_asked *asked = &world->asked[its];
	bool mapped;

	if (!asked->any)
		return;
	mapped = itsg_device_mapped(world->guard[its], asked->device);
	if (mapped && asked->told_unmapped && !asked->in_this_call && !any_counts(world, its))
		world_misused(world, its,
			      "a DeviceID told as unmapped is mapped without being asked for");
	asked->told_unmapped = !mapped;
	asked->in_this_call = false;
}

static bool on_asleep(void *ctx, uint32_t index)
{
	struct world_link *link = ctx;

	return index < TRACE_PES_MAX && link->world->config.machine.asleep[index];
}

static void on_event(void *ctx, const struct itsg_event *event)
{
	struct world_link *link = ctx;
	struct world *world = link->world;

	if (world->event)
		world->event(world->event_ctx, link->its, event);
}

static const struct itsg_ops guard_ops = {
	.share = on_share,
	.unshare = on_unshare,
	.donate = on_donate,
	.reclaim = on_reclaim,
	.zero = on_zero,
	.fetch = on_fetch,
	.store = on_store,
	.reg_read = on_reg_read,
	.reg_write = on_reg_write,
	.reserved = on_reserved,
	.asleep = on_asleep,
	.event = on_event,
};

const struct itsg_ops *world_ops(void)
{
	return &guard_ops;
}

void *world_ops_ctx(struct world *world, uint32_t its)
{
	return its < world->config.its_count ? &world->link[its] : NULL;
}

void world_ops_violation(void *ctx, uint64_t pa, uint64_t len, bool write, const char *what)
{
	struct world *world = ctx;

	world->violations++;
	if (world->violation)
		world->violation(world->violation_ctx, pa, len, write, what);
}

void world_ops_hardware(void *ctx, enum sim_its_event event, uint64_t a, uint64_t b)
{
	struct world_link *link = ctx;
	char text[128];
	const char *what;

	if (event == SIM_ITS_COMMAND_ERROR)
		world_acted(link->world, &(struct world_act){.kind = WORLD_FAILED,
							     .its = link->its,
							     .offset = (uint32_t)b,
							     .value = a});
	if (event == SIM_ITS_COMMAND_ERROR || !link->world->config.guard)
		return;
	if (event == SIM_ITS_UNPREDICTABLE)
		what = "UNPREDICTABLE access to hardware";
	else if (event == SIM_ITS_BAD_ACCESS)
		what = "access to hardware of a wrong width or alignment";
	else if (event == SIM_ITS_FEW_COLLECTIONS)
		what = "collections for fewer ICIDs than ITT entries name";
	else
		what = "write to an implementation defined register";
	snprintf(text, sizeof(text), "%s: %s 0x%llx, 0x%llx", what,
		 event == SIM_ITS_FEW_COLLECTIONS ? "so many" : "offset", (unsigned long long)a,
		 (unsigned long long)b);
	world_misused(link->world, link->its, text);
}
