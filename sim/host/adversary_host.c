/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What an honest host does, as drivers do it (threats-and-defects 4.1), in steps among which the
 * adversary may come; and the honest end, during which it may not and nothing may be refused.
 */
#include "adversary_priv.h"

#include <inttypes.h>

#define FIRST_LPI 8192u

/* ---- facts a driver reads from registers ---- */

static uint32_t devices_of(const struct adversary *a, uint32_t its)
{
	uint64_t bits = sim_field(a->config.its[its].typer, 17, 13) + 1;

	return (uint32_t)1 << (bits > 16 ? 16 : bits);
}

/* ---- the queue ---- */

void adv_put(struct adversary *a, uint32_t its, const uint64_t dw[4])
{
	struct adv_host *host = &a->host[its];
	uint64_t bytes = (sim_field(host->regs.cbaser, 7, 0) + 1) * 4096;
	uint64_t pa = (host->regs.cbaser & sim_bits(51, 12)) + host->tail % bytes;
	uint8_t raw[SIM_COMMAND_BYTES];

	for (unsigned i = 0; i < SIM_COMMAND_BYTES; i++)
		raw[i] = (uint8_t)(dw[i / 8] >> (8 * (i % 8)));
	adv_mem(a, pa, raw, sizeof(raw));
	host->tail = (uint32_t)((host->tail + SIM_COMMAND_BYTES) % bytes);
}

void adv_ring(struct adversary *a, uint32_t its)
{
	adv_write(a, its, SIM_GITS_CWRITER, 4, a->host[its].tail);
}

void adv_send(struct adversary *a, uint32_t its, uint64_t dw0, uint64_t dw1, uint64_t dw2,
	      uint64_t dw3)
{
	const uint64_t dw[4] = {dw0, dw1, dw2, dw3};

	adv_put(a, its, dw);
	adv_ring(a, its);
}

static void send_sync(struct adversary *a, uint32_t its, uint32_t pe)
{
	adv_send(a, its, SIM_SYNC, 0, adv_rdbase(a, pe), 0);
}

static void send_mapc(struct adversary *a, uint32_t its, bool valid)
{
	uint32_t pe = adv_awake(a);

	adv_send(a, its, SIM_MAPC, 0, (valid ? SIM_VALID : 0) | adv_rdbase(a, pe), 0);
	if (!valid)
		return;
	send_sync(a, its, pe);
	adv_send(a, its, SIM_INVALL, 0, 0, 0);
	send_sync(a, its, pe);
}

/* ---- waiting ---- */

/* More than any honest wait takes, at a budget of 1. */
#define READS_MAX  4096u

#define CTLR_STATE (SIM_CTLR_ENABLED | SIM_CTLR_QUIESCENT)

/*
 * The host reads a register until it says what it must, or so many times. Nobody else calls the
 * guard, and hardware moves in the middle of a call: first after the guard has looked at it twice,
 * then before another register access each time.
 */
static bool reads_until(struct adversary *a, uint32_t its, uint32_t offset, uint64_t mask,
			uint64_t value, uint32_t reads)
{
	uint64_t now = ~value;

	for (uint32_t i = 0; i < reads && !adv_found(a) && (now & mask) != value; i++) {
		adv_inside_run(a, its, 1 + (i + 2) % 4);
		now = adv_read(a, its, offset, 4);
	}
	adv_inside_none(a);
	return (now & mask) == value;
}

/* Enabled is 0 and Quiescent 1. */
static bool reads_until_quiescent(struct adversary *a, uint32_t its, uint32_t reads)
{
	return reads_until(a, its, SIM_GITS_CTLR, CTLR_STATE, SIM_CTLR_QUIESCENT, reads);
}

static void never_reads(struct adversary *a, uint32_t its, uint32_t offset, uint64_t value)
{
	adv_find(a, ADVERSARY_LIVENESS,
		 "ITS %" PRIu32 ": register 0x%" PRIx32 " never reads 0x%" PRIx64, its, offset,
		 value);
}

static void wait_for_quiescent(struct adversary *a, uint32_t its, bool polls)
{
	if (!polls)
		adv_settle(a);
	else if (!reads_until_quiescent(a, its, READS_MAX))
		never_reads(a, its, SIM_GITS_CTLR, SIM_CTLR_QUIESCENT);
}

/* Unless it could not be enabled: see is_too_small(). */
static void wait_for_queue(struct adversary *a, uint32_t its, bool polls)
{
	const struct adv_host *host = &a->host[its];

	if (!polls)
		adv_settle(a);
	else if (host->regs.enabled &&
		 !reads_until(a, its, SIM_GITS_CREADR, 0xffffffff, host->tail, READS_MAX))
		never_reads(a, its, SIM_GITS_CREADR, host->tail);
}

/* ---- boot ---- */

static uint64_t attributes(const struct adv_boot *boot)
{
	return (uint64_t)(boot->attributes & 7) << 59 |
	       (uint64_t)(boot->attributes >> 3 & 7) << 53 |
	       (uint64_t)(boot->attributes >> 6 & 3) << 10;
}

/* Probes the page size and whether two levels stick, then names one page. */
static void boot_table(struct adversary *a, uint32_t its, uint8_t type, const struct adv_boot *boot,
		       uint64_t pa)
{
	int n = adv_baser_of(a, its, type);
	uint32_t offset = SIM_GITS_BASER + 8 * (uint32_t)(n < 0 ? 0 : n);
	uint64_t probe = (uint64_t)2 << 8;

	if (n < 0)
		return;
	if (type == SIM_TABLE_DEVICES ? boot->two_level : boot->two_level_collections)
		probe |= SIM_BASER_INDIRECT;
	adv_write(a, its, offset, 8, probe);
	probe = adv_read(a, its, offset, 8) & (SIM_BASER_INDIRECT | sim_bits(9, 8));
	/* Each table has 64 KB of room. */
	if (type == SIM_TABLE_COLLS && (boot->more + 1) * adv_page_bytes(probe) <= 0x10000)
		pa |= boot->more;
	adv_write(a, its, offset, 8, SIM_VALID | probe | attributes(boot) | pa);
	adv_read(a, its, offset, 8);
}

static void boot_queue(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	adv_write(a, its, SIM_GITS_CBASER, 8,
		  SIM_VALID | attributes(boot) | (boot->area + ADV_QUEUE));
	adv_read(a, its, SIM_GITS_CBASER, 8);
	adv_write(a, its, SIM_GITS_CWRITER, 8, 0);
}

static void clear_tables(struct adversary *a, uint32_t its)
{
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
		adv_write(a, its, SIM_GITS_BASER + 8 * n, 8, 0);
}

void adv_boot(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	adv_read(a, its, SIM_GITS_TYPER, 8);
	if (adv_read(a, its, SIM_GITS_CTLR, 4) & 1)
		adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	wait_for_quiescent(a, its, boot->polls);
	clear_tables(a, its);
	boot_queue(a, its, boot);
	boot_table(a, its, SIM_TABLE_DEVICES, boot, boot->area + ADV_DEVICES);
	boot_table(a, its, SIM_TABLE_COLLS, boot, boot->area + ADV_COLLECTIONS);
	adv_write(a, its, SIM_GITS_CTLR, 4, 1);
	a->host[its].area = boot->area;
	send_mapc(a, its, true);
}

/* ---- devices ---- */

/* Links a level-2 page before the MAPD that needs it; never unlinks one. */
static void link_level2(struct adversary *a, uint32_t its, uint32_t device)
{
	struct adv_host *host = &a->host[its];
	int n = adv_baser_of(a, its, SIM_TABLE_DEVICES);
	uint64_t page, index;

	if (n < 0 || !(host->regs.baser[n] & SIM_BASER_INDIRECT))
		return;
	page = adv_page_bytes(host->regs.baser[n]);
	index = device / (page / adv_table_entry(a, its, SIM_TABLE_DEVICES));
	adv_mem64(a, host->area + ADV_DEVICES + index * 8,
		  (SIM_VALID | (host->area + ADV_LEVEL2 + (index & 1) * 0x10000)) ^
			  host->level1_flip);
}

void adv_map(struct adversary *a, uint32_t its, uint32_t device, uint32_t size, uint64_t itt)
{
	link_level2(a, its, device);
	adv_send(a, its, SIM_MAPD | (uint64_t)device << 32, size, SIM_VALID | itt, 0);
	a->host[its].device = device;
	a->host[its].itt = itt;
}

void adv_unmap(struct adversary *a, uint32_t its, uint32_t device)
{
	adv_send(a, its, SIM_MAPD | (uint64_t)device << 32, 0, a->host[its].itt, 0);
}

void adv_event(struct adversary *a, uint32_t its, uint32_t device, uint32_t event, uint64_t icid)
{
	uint64_t at = (uint64_t)device << 32;

	adv_send(a, its, SIM_MAPTI | at, (uint64_t)(FIRST_LPI + event) << 32 | event, icid, 0);
	send_sync(a, its, adv_awake(a));
	adv_send(a, its, SIM_INV | at, event, 0, 0);
}

/* ---- suspend ---- */

struct trace_power adv_firmware(bool restores)
{
	struct trace_power power = {0};

	power.cbaser = restores;
	power.basers = restores ? (1u << SIM_ITS_NUM_BASER) - 1 : 0;
	return power;
}

/* Firmware may have left it enabled: a driver that finds it so disables it first. */
static void quiesce(struct adversary *a, uint32_t its, bool polls)
{
	if ((adv_read(a, its, SIM_GITS_CTLR, 4) & CTLR_STATE) == SIM_CTLR_QUIESCENT)
		return;
	adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	wait_for_quiescent(a, its, polls);
}

void adv_suspend(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	struct adv_host *host = &a->host[its];

	adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	if (!boot->hasty)
		wait_for_quiescent(a, its, boot->polls);
	if (boot->power && adv_power(a, its, &boot->loses))
		quiesce(a, its, boot->polls);
	adv_write(a, its, SIM_GITS_CBASER, 8, host->regs.cbaser);
	adv_write(a, its, SIM_GITS_CWRITER, 8, 0);
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++)
		if (host->regs.baser[n] & SIM_VALID)
			adv_write(a, its, SIM_GITS_BASER + 8 * n, 8, host->regs.baser[n]);
	adv_write(a, its, SIM_GITS_CTLR, 4, 1);
	send_mapc(a, its, true);
}

/* ---- the private ring ---- */

#define SHORT_RING 128u /* slots */

static uint32_t slots_left(const struct adversary *a, uint32_t its, uint32_t slots)
{
	uint64_t cwriter = sim_its_reg_read(world_its(a->world, its), SIM_GITS_CWRITER, 8);

	return slots - (uint32_t)(cwriter / SIM_COMMAND_BYTES) % slots;
}

/* The host sends SYNCs until so many slots of the guard's ring are left before its end. */
void adv_flood(struct adversary *a, uint32_t its, uint32_t left)
{
	uint64_t cbaser = sim_its_reg_read(world_its(a->world, its), SIM_GITS_CBASER, 8);
	uint32_t slots = (uint32_t)(sim_field(cbaser, 7, 0) + 1) * 4096 / SIM_COMMAND_BYTES;
	const uint64_t sync[4] = {SIM_SYNC, 0, adv_rdbase(a, adv_awake(a)), 0};

	if (!(cbaser & SIM_VALID) || slots > SHORT_RING || !adv_enabled(a, its))
		return;
	for (uint32_t turn = 0; turn < 4 && !adv_found(a); turn++) {
		uint32_t now = slots_left(a, its, slots);
		uint32_t more = now > left ? now - left : now + slots - left;

		if (now == left)
			return;
		for (uint32_t i = 0; i < more && i + 2 < SHORT_RING; i++)
			adv_put(a, its, sync);
		adv_ring(a, its);
		adv_settle(a);
	}
}

/* ---- the honest end ---- */

static void shut_down_one(struct adversary *a, uint32_t its, bool tables_first)
{
	if (tables_first)
		clear_tables(a, its);
	adv_write(a, its, SIM_GITS_CBASER, 8, 0);
	if (!tables_first)
		clear_tables(a, its);
}

void adv_give_up(struct adversary *a, uint32_t its, uint32_t reads)
{
	clear_tables(a, its);
	reads_until_quiescent(a, its, reads);
	adv_write(a, its, SIM_GITS_CBASER, 8, 0);
}

static void disable_all(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++)
		adv_write(a, i, SIM_GITS_CTLR, 4, 0);
	adv_settle(a);
}

static void clear_all(struct adversary *a, bool tables_first)
{
	for (uint32_t i = 0; i < a->config.its_count; i++)
		shut_down_one(a, i, tables_first);
	adv_settle(a);
}

void adv_shut_down(struct adversary *a, bool tables_first)
{
	disable_all(a);
	clear_all(a, tables_first);
}

/*
 * E41: nothing is held any more where hardware forgets. What hardware would not let go of comes
 * back then as well, as far as the guard has room to remember it (F29).
 */
static void check_quiet_end(struct adversary *a)
{
	char text[200] = "";
	enum oracle_clause broken;

	if (adv_found(a) || !adv_forgets(a) || a->injections > a->config.machine.kept)
		return;
	a->stats.quiet_ends++;
	broken = oracle_quiet_end(a->world, text, sizeof(text));
	if (broken == ORACLE_HOLDS)
		return;
	a->finding.clause = broken;
	if (a->out)
		fprintf(a->out, "? pages 0\n");
	adv_find(a, ADVERSARY_ORACLE, "%s: %s", oracle_clause_name(broken), text);
}

/* Host pages that one ITS page touches; what honest hosts have stands on 64 KB. */
static uint64_t host_pages(const struct adversary *a, uint64_t bytes)
{
	return (bytes + a->config.machine.page - 1) / a->config.machine.page;
}

/* Queue, a page for each table and of level 2, ITT. */
static uint64_t pages_needed(const struct adversary *a, uint32_t its)
{
	uint64_t need = 2 + (a->config.machine.rds ? adv_rd_pages(a) : 0);

	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++) {
		const struct trace_baser *baser = &a->config.its[its].baser[n];
		uint64_t code = baser->page > TRACE_PAGE_64K ? 2 : baser->page;
		uint64_t pages = host_pages(a, (uint64_t)4096 << (2 * code));

		if (baser->type == SIM_TABLE_DEVICES)
			need += 2 * pages;
		else if (baser->type == SIM_TABLE_COLLS)
			need += pages;
	}
	return need;
}

/* The tracker may refuse beyond two thirds of its slots; up to 16 pages only when full. */
static bool has_room(const struct adversary *a, uint32_t its)
{
	struct itsg_pages_stats stats;
	uint64_t all;

	itsg_pages_get_stats(world_tracker(a->world), &stats);
	all = stats.pages + pages_needed(a, its);
	return all <= (a->config.machine.pages > 16 ? a->config.machine.pages * 2 / 3
						    : a->config.machine.pages);
}

/*
 * Hardware that never forgets may go on with a level-1 entry of an older table, and the guard has
 * one place only for the level 1 that hardware walks. Nobody would hear of it: safe, but no use.
 */
static bool may_be_stale(const struct adversary *a, uint32_t its)
{
	int n = adv_baser_of(a, its, SIM_TABLE_DEVICES);

	return !adv_forgets(a) && a->cached && n >= 0 &&
	       (a->host[its].regs.baser[n] & SIM_BASER_INDIRECT);
}

/* E42 */
static void must_deliver(struct adversary *a, uint32_t its, const struct adv_boot *boot,
			 uint32_t device)
{
	struct sim_its *hw = world_its(a->world, its);
	uint64_t before = sim_its_stats(hw)->delivered, lpis = adv_rd_delivered(a);

	adv_send(a, its, SIM_INT | (uint64_t)device << 32, 0, 0, 0);
	wait_for_queue(a, its, boot->polls);
	if (adv_found(a))
		return;
	if (sim_its_stats(hw)->delivered != before + 1)
		adv_find(a, ADVERSARY_LIVENESS, "ITS %" PRIu32 ": the interrupt was lost", its);
	if (adv_rd_takes(a, adv_awake(a)) && adv_rd_delivered(a) != lpis + 1)
		adv_find(a, ADVERSARY_LIVENESS, "ITS %" PRIu32 ": the LPI was lost", its);
}

/* E43: CREADR has come to CWRITER: a driver would wait for ever. */
static void must_be_idle(struct adversary *a, uint32_t its)
{
	uint64_t creadr = adv_read(a, its, SIM_GITS_CREADR, 4);

	if (!adv_found(a) && creadr != a->host[its].tail)
		adv_find(a, ADVERSARY_LIVENESS,
			 "ITS %" PRIu32 ": CREADR stays at 0x%" PRIx64 ", CWRITER is 0x%" PRIx32,
			 its, creadr, a->host[its].tail);
}

/* E44 */
static void must_be_host_owned(struct adversary *a, uint64_t pa)
{
	if (adv_found(a) || sim_mem_state(world_mem(a->world), pa) == SIM_HOST)
		return;
	if (a->out)
		fprintf(a->out, "? owner 0x%" PRIx64 " host\n", pa);
	adv_find(a, ADVERSARY_LIVENESS, "page 0x%" PRIx64 " is not given back", pa);
}

static uint32_t honest_device(const struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	uint64_t per_page = 4096 / adv_table_entry(a, its, SIM_TABLE_DEVICES);
	uint32_t last = devices_of(a, its) - 1;

	/* A flat page holds at least that many. */
	if (last >= per_page)
		last = (uint32_t)per_page - 1;
	return boot->attributes & 1 ? last : last & 1;
}

/* An ITS that stalls at what nobody but the guard has sent: from here on the next SYNC. */
static void make_trouble(struct adversary *a, uint32_t its, bool stays)
{
	const struct world_config *now = world_config(a->world);

	if (!now->stall)
		adv_modes(a, true, now->cache, now->trust);
	a->troubled = true;
	/* Where there is nobody else to send a SYNC to, that would be for ever. */
	adv_inject(a, its, 1, SIM_SYNC, stays && adv_carriers(a) > 1);
}

static void end_trouble(struct adversary *a, uint32_t its)
{
	const struct world_config *now = world_config(a->world);

	adv_inject(a, its, 0, 0, false);
	adv_modes(a, a->config.stall, now->cache, now->trust);
	a->troubled = false;
}

static void honest_unmap(struct adversary *a, uint32_t its, const struct adv_boot *boot,
			 uint32_t device)
{
	adv_send(a, its, SIM_DISCARD | (uint64_t)device << 32, 0, 0, 0);
	wait_for_queue(a, its, boot->polls);
	if (boot->trouble)
		make_trouble(a, its, boot->stays);
	adv_unmap(a, its, device);
	wait_for_queue(a, its, boot->polls);
	must_be_idle(a, its);
	must_be_host_owned(a, a->host[its].itt);
	if (boot->trouble)
		end_trouble(a, its);
}

/* Can honest hosts have a device on it? */
static bool lives(const struct adversary *a, uint32_t its, uint32_t device)
{
	return !adv_found(a) && adv_enabled(a, its) && !may_be_stale(a, its) &&
	       !(a->config.machine.reserved_count && device == 3);
}

static void honest_life(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	uint32_t device = honest_device(a, its, boot);

	adv_boot(a, its, boot);
	wait_for_queue(a, its, boot->polls);
	if (!lives(a, its, device))
		return;
	adv_map(a, its, device, 0, boot->area + ADV_ITTS);
	adv_event(a, its, device, 0, 0);
	must_deliver(a, its, boot, device);
	if (boot->suspends) {
		adv_suspend(a, its, boot);
		must_deliver(a, its, boot, device);
	}
	must_be_idle(a, its);
	honest_unmap(a, its, boot, device);
	if (!adv_found(a))
		a->stats.boots++;
}

/* ---- memory that is used again ---- */

static uint64_t table_bytes(uint64_t baser)
{
	return (sim_field(baser, 7, 0) + 1) * adv_page_bytes(baser);
}

/* The host writes there: a fault, if it is not its own. */
static void must_be_usable(struct adversary *a, uint64_t pa, uint64_t bytes)
{
	must_be_host_owned(a, pa);
	must_be_host_owned(a, pa + bytes - 8);
	adv_mem64(a, pa, 0);
	adv_mem64(a, pa + bytes - 8, 0);
}

/* Each table is given up, and its memory is the host's when the register reads so. */
static void give_up_tables(struct adversary *a, uint32_t its)
{
	for (uint32_t n = 0; n < SIM_ITS_NUM_BASER; n++) {
		uint64_t baser = a->host[its].regs.baser[n];
		uint32_t offset = SIM_GITS_BASER + 8 * n;
		uint64_t address = baser & sim_bits(47, 16);

		if (!(baser & SIM_VALID))
			continue;
		adv_write(a, its, offset, 8, 0);
		adv_read(a, its, offset, 8);
		must_be_usable(a, address, table_bytes(baser));
	}
}

static void give_up_all(struct adversary *a, uint32_t its)
{
	const struct adv_host *host = &a->host[its];

	adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	wait_for_quiescent(a, its, true);
	give_up_tables(a, its);
	must_be_usable(a, host->itt, 0x100);
	must_be_usable(a, host->area + ADV_LEVEL2, 0x1000);
	adv_write(a, its, SIM_GITS_CBASER, 8, 0);
	must_be_usable(a, host->area + ADV_QUEUE, 0x1000);
}

/*
 * What one ITS had is the memory of another at once, tables of one kind where those of the other
 * were; nobody has polled either of them.
 */
static void reuse_memory(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	struct adv_boot next = *boot;
	uint32_t device = honest_device(a, its, boot);
	uint32_t other = (its + 1) % a->config.its_count;

	next.two_level = false;
	adv_boot(a, its, boot);
	wait_for_queue(a, its, true);
	if (!lives(a, its, device))
		return;
	adv_map(a, its, device, 0, boot->area + ADV_ITTS);
	adv_event(a, its, device, 0, 0);
	wait_for_queue(a, its, true);
	give_up_all(a, its);
	next.area += ADV_DEVICES - ADV_QUEUE;
	adv_boot(a, other, &next);
	wait_for_queue(a, other, true);
}

enum itsg_reason adv_enable_other_queue(struct adversary *a, uint32_t its)
{
	adv_write(a, its, SIM_GITS_CBASER, 8,
		  SIM_VALID | (ADV_NEW_QUEUES + (uint64_t)its * ADV_AREA));
	adv_write(a, its, SIM_GITS_CWRITER, 8, 0);
	return adv_write(a, its, SIM_GITS_CTLR, 4, 1);
}

/* Whatever hardware makes of commands of before, this queue must move. */
void adv_new_queue(struct adversary *a, uint32_t its)
{
	adv_stop_trouble(a);
	adv_write(a, its, SIM_GITS_CTLR, 4, 0);
	adv_settle(a);
	if (adv_enable_other_queue(a, its) != ITSG_OK || adv_found(a))
		return;
	send_sync(a, its, adv_awake(a));
	adv_settle(a);
	must_be_idle(a, its);
}

static void mend_registers(struct adversary *a)
{
	for (uint32_t i = 0; i < a->config.its_count; i++) {
		for (uint32_t n = 0; n <= SIM_ITS_NUM_BASER; n++)
			adv_lose_bits(a, i, n, 0);
		adv_keep_creadr(a, i, false);
	}
	a->odd = false;
}

void adv_stop_trouble(struct adversary *a)
{
	adv_inside_none(a);
	if (a->odd)
		mend_registers(a);
	if (a->injected)
		for (uint32_t i = 0; i < a->config.its_count; i++)
			adv_inject(a, i, 0, 0, false);
	for (unsigned i = 0; i < TRACE_CBS; i++)
		if (world_failing(a->world, (enum trace_callback)i))
			adv_fail(a, (enum trace_callback)i, 0, 0);
}

void adv_honest_end(struct adversary *a, uint32_t its, const struct adv_boot *boot)
{
	struct adv_boot fresh = *boot;

	fresh.hasty = fresh.two_level_collections = false;
	fresh.more = 0; /* the configuration may allow no more */
	adv_stop_trouble(a);
	/* What was judged before may be told as refused only now, when nothing of it is held. */
	disable_all(a);
	a->honest = true;
	clear_all(a, boot->attributes & 2);
	adv_rd_shut_down(a);
	check_quiet_end(a);
	if (!adv_forgets(a) || a->leaked)
		a->fresh++;
	fresh.area = ADV_FRESH + (uint64_t)(a->fresh % ADV_FRESH_AREAS) * ADV_AREA;
	if (!adv_found(a) && a->fresh < ADV_FRESH_AREAS && has_room(a, its)) {
		adv_rd_honest_boot(a);
		honest_life(a, its, &fresh);
	}
	if (boot->reuses && adv_forgets(a) && !a->leaked && !adv_found(a) && has_room(a, its)) {
		disable_all(a);
		clear_all(a, false);
		if (has_room(a, its))
			reuse_memory(a, its, &fresh);
	}
	adv_rd_shut_down(a);
	a->honest = false;
}
