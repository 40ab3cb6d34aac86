/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the monitor had to write to vendor itsguard: the callbacks over its page states, the
 * configuration, and the few lines that hand a trapped access over.
 */
#include "itsguard/arch.h"
#include "itsguard/conformance.h"
#include "itsguard/names.h"
#include "itsguard/redists.h"

#include "calls.h"
#include "monitor.h"

#define TRACKER_PAGES 4096
#define DEVICES       512
#define JOURNAL       128
#define LOGGED        64 /* refusals; the host may cause any number (XSA-118) */
/*
 * Calls of itsg_poll() after an access. The monitor has no idle loop, and an emulated ITS is done
 * with a command as soon as it has it: so a command and what follows from it end in the same trap.
 */
#define POLLS 16

static uint8_t pages_memory[0x10000] __attribute__((aligned(64)));
static uint8_t its_memory[0x60000] __attribute__((aligned(64)));
static uint8_t redists_memory[0x4000] __attribute__((aligned(64)));
/* What hardware reads: the private command queue and the mirrors of level-1 tables. */
static uint8_t queue[0x10000] __attribute__((aligned(0x10000)));
static uint8_t level1_pool[0x40000] __attribute__((aligned(0x10000)));

static struct itsg_pages *pages;
static struct itsg_its *its;
static struct itsg_redists *redists;
static uint64_t refusals[ITSG_REASON_COUNT];
static uint64_t logged;

/* ---- callbacks ---- */

static uint64_t share(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_HOST, PAGE_SHARED);
}

static uint64_t unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_SHARED, PAGE_HOST);
}

static uint64_t donate(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_HOST, PAGE_HYP);
}

static uint64_t reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return pages_move(pfn, count, PAGE_HYP, PAGE_HOST);
}

static bool inside(uint64_t pa, uint64_t bytes, const uint8_t *memory, uint64_t size)
{
	return pa >= (uintptr_t)memory && pa + bytes <= (uintptr_t)memory + size;
}

static bool is_pool(uint64_t pa, uint64_t bytes)
{
	return inside(pa, bytes, level1_pool, sizeof(level1_pool));
}

static int zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	(void)ctx;
	for (uint64_t at = pa; at < pa + bytes; at += PAGE_SIZE)
		if (!is_pool(at, 1) && page_state(at >> PAGE_SHIFT) != PAGE_HYP)
			return -1;
	for (uint64_t at = pa; at < pa + bytes; at += 8)
		*(volatile uint64_t *)at = 0;
	clean_invalidate(pa, bytes);
	return 0;
}

static int fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const volatile uint64_t *from = (const volatile uint64_t *)pa;

	(void)ctx;
	if (page_state(pa >> PAGE_SHIFT) != PAGE_SHARED)
		return -1;
	for (uint32_t i = 0; i < bytes / 8; i++)
		itsg_put_le64(to + 8 * i, from[i]); /* this CPU is little endian */
	record_fetched(pa, to, bytes);
	return 0;
}

static int store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	(void)ctx;
	if (!is_pool(pa, bytes) && !inside(pa, bytes, queue, sizeof(queue)))
		return -1;
	for (uint32_t i = 0; i < bytes; i += 8)
		*(volatile uint64_t *)(pa + i) = itsg_le64(from + i);
	clean_invalidate(pa, bytes); /* ends in DSB SY: ordered before any register write */
	return 0;
}

static uint64_t reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	(void)ctx;
	return its_hardware_read(offset, width);
}

static void reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	its_hardware_write(offset, width, value);
}

/*
 * A CPU goes on its own request (PSCI), between two traps, each of which has carried out what it
 * began: nothing is outstanding then.
 */
static bool asleep(void *ctx, uint32_t index)
{
	(void)ctx;
	return !rd_has_power(index);
}

static uint64_t rd_read(void *ctx, uint32_t rd, uint32_t offset, uint32_t width)
{
	(void)ctx;
	return rd_hardware_read(rd, offset, width);
}

static void rd_write(void *ctx, uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)ctx;
	rd_hardware_write(rd, offset, width, value);
}

static bool rd_powered(void *ctx, uint32_t rd)
{
	(void)ctx;
	return rd_has_power(rd);
}

static bool may_log(void)
{
	if (logged == LOGGED)
		print("further refusals are counted, not logged");
	return logged++ < LOGGED;
}

static void count_refusal(const struct itsg_event *event)
{
	refusals[event->reason]++;
	record_refused(itsg_reason_name(event->reason));
}

static void log_refusal(const struct itsg_event *event)
{
	const char *what = event->kind == ITSG_EVENT_REFUSED_COMMAND
				   ? itsg_opcode_name(event->command[0])
				   : itsg_register_name(event->offset);

	if (may_log())
		print("refused %s (offset %x, value %x): %s", what, (uint64_t)event->offset,
		      event->value, itsg_reason_name(event->reason));
}

static void rd_event(void *ctx, const struct itsg_event *event)
{
	(void)ctx;
	if (event->kind == ITSG_EVENT_LEAKED)
		print("page %x could not be given back", event->value << PAGE_SHIFT);
	if (event->kind != ITSG_EVENT_REFUSED_ACCESS)
		return;
	count_refusal(event);
	if (may_log())
		print("refused redistributor %u (offset %x, value %x): %s",
		      (uint64_t)event->redistributor, (uint64_t)event->offset, event->value,
		      itsg_reason_name(event->reason));
}

static void event(void *ctx, const struct itsg_event *event)
{
	(void)ctx;
	switch (event->kind) {
	case ITSG_EVENT_REFUSED_ACCESS:
	case ITSG_EVENT_REFUSED_COMMAND:
		count_refusal(event);
		log_refusal(event);
		break;
	case ITSG_EVENT_BROKEN:
		print("the ITS did what no ITS does: nothing is released any more");
		break;
	case ITSG_EVENT_STALLED:
		print("the ITS stalled at offset %x", (uint64_t)event->offset);
		break;
	case ITSG_EVENT_STALLED_OWN:
		print("the ITS stalled at a command of the guard's own, number %x", event->value);
		break;
	case ITSG_EVENT_FOREIGN:
		print("LPIs of redistributor %x are on, with tables of nobody's",
		      (uint64_t)event->redistributor);
		break;
	case ITSG_EVENT_LEAKED:
		print("page %x could not be given back", event->value << PAGE_SHIFT);
		break;
	case ITSG_EVENT_CONFIG:
		print("configured too small for %s: %s, it takes %x",
		      itsg_register_name(event->offset), itsg_reason_name(event->reason),
		      event->value);
		break;
	default:
		break;
	}
}

static const struct itsg_ops ops = {
	.share = share,
	.unshare = unshare,
	.donate = donate,
	.reclaim = reclaim,
	.zero = zero,
	.fetch = fetch,
	.store = store,
	.reg_read = reg_read,
	.reg_write = reg_write,
	.asleep = asleep,
	.event = event,
};

static const struct itsg_redists_ops rd_ops = {
	.share = share,
	.unshare = unshare,
	.donate = donate,
	.reclaim = reclaim,
	.zero = zero,
	.reg_read = rd_read,
	.reg_write = rd_write,
	.powered = rd_powered,
	.event = rd_event,
};

/* For the test at boot, which comes before itsguard_init(). */
void itsguard_describe(struct itsg_conformance *with)
{
	with->ops = &ops;
	with->redists_ops = &rd_ops;
	with->queue = (struct itsg_range){(uintptr_t)queue, sizeof(queue)};
	with->level1_pool = (struct itsg_range){(uintptr_t)level1_pool, sizeof(level1_pool)};
}

/* ---- configuration ---- */

/*
 * A key for a hash that the host should not know. This board has no source of entropy that a
 * monitor of this size could use before the host runs; one that guards something asks firmware
 * (TRNG) or RNDR.
 */
static uint64_t hash_key(uint64_t n)
{
	uint64_t x = read_sysreg(cntpct_el0) + n * 0x9e3779b97f4a7c15ul;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ul;
	x = (x ^ x >> 27) * 0x94d049bb133111ebul;
	return x ^ x >> 31;
}

static bool donate_itt(void)
{
	char value[8];

	return option("itt", value, sizeof(value)) && value[0] == 'd';
}

static void init_pages(void)
{
	struct itsg_pages_config config = {
		.page_shift = PAGE_SHIFT,
		.capacity = TRACKER_PAGES,
		.key = {hash_key(1), hash_key(2)},
	};

	pages = itsg_pages_init(pages_memory, sizeof(pages_memory), &config);
	if (pages == NULL)
		panic("the page tracker needs bytes", itsg_pages_size(&config));
}

/* What firmware, or a host before this one, has enabled is claimed as it is. */
static void init_redists(void)
{
	struct itsg_redists_config config = {
		.pa_bits = physical_address_bits(),
		.lpi_bits = gic_lpi_bits(),
		.single_security_state = gic_single_security_state(),
	};
	enum itsg_reason reason;

	config.count = rds_list(&config.frames);
	reason = itsg_redists_init(redists_memory, sizeof(redists_memory), &config, pages, &rd_ops,
				   NULL, &redists);
	if (reason == ITSG_OK)
		reason = itsg_redists_adopt(redists);
	if (reason != ITSG_OK)
		panic(itsg_reason_name(reason), itsg_redists_size(&config));
}

static void init_its(void)
{
	struct itsg_its_config config = {
		.pa_bits = physical_address_bits(),
		.lpi_bits = gic_lpi_bits(),
		.devices = DEVICES,
		.journal = JOURNAL,
		.budget = ITSG_DEFAULT_BUDGET,
		.kept = 4,
		.donate_itt = donate_itt(),
		.forgets = true, /* QEMU's ITS has no memory but its tables and registers */
		.hide_virtual = true,
		.redists = redists,
		.queue = {(uintptr_t)queue, sizeof(queue)},
		.level1_pool = {(uintptr_t)level1_pool, sizeof(level1_pool)},
		.hash_key = {hash_key(3), hash_key(4)},
	};
	enum itsg_reason reason;

	reason = itsg_its_init(its_memory, sizeof(its_memory), &config, pages, &ops, NULL, &its);
	if (reason != ITSG_OK)
		panic(itsg_reason_name(reason), itsg_its_size(&config));
	record_guard(&config, TRACKER_PAGES);
}

void itsguard_init(void)
{
	init_pages();
	init_redists();
	init_its();
}

/* ---- accesses ---- */

static void settle(void)
{
	for (uint32_t i = 0; i < POLLS && (itsg_poll(its) | itsg_redists_poll(redists)); i++)
		;
}

uint64_t itsguard_read(uint32_t offset, uint32_t width)
{
	uint64_t value;

	(void)itsg_read(its, offset, width, &value);
	settle();
	return value;
}

void itsguard_write(uint32_t offset, uint32_t width, uint64_t value)
{
	(void)itsg_write(its, offset, width, value);
	settle();
}

uint64_t itsguard_rd_read(uint32_t rd, uint32_t offset, uint32_t width)
{
	uint64_t value;

	(void)itsg_redists_read(redists, rd, offset, width, &value);
	settle();
	return value;
}

void itsguard_rd_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)itsg_redists_write(redists, rd, offset, width, value);
	settle();
}

/* ---- calls ---- */

/* 0: the guard's invariants hold, and the page states changed are exactly the pages it holds. */
static uint64_t check(void)
{
	const struct itsg_its *const all[] = {its};
	struct itsg_pages_stats stats;
	enum itsg_invariant broken = itsg_check(pages, all, 1, redists);

	if (broken != ITSG_INVARIANTS_HOLD)
		return broken;
	itsg_pages_get_stats(pages, &stats);
	return stats.pages == page_count(PAGE_SHARED) + page_count(PAGE_HYP) ? 0 : 100;
}

static uint64_t page_stat(uint64_t number)
{
	struct itsg_pages_stats stats;

	itsg_pages_get_stats(pages, &stats);
	return number == CALL_PAGES ? stats.pages : stats.pages_peak;
}

uint64_t itsguard_call(uint64_t number, uint64_t argument)
{
	struct itsg_redists_stats rds;
	struct itsg_stats stats;

	itsg_get_stats(its, &stats);
	itsg_redists_get_stats(redists, &rds);
	switch (number) {
	case CALL_GUARD:
		return 1;
	case CALL_CHECK:
		return check();
	case CALL_ACCESSES:
		return stats.accesses;
	case CALL_COMMANDS:
		return stats.commands;
	case CALL_ACCEPTED:
		return stats.accepted;
	case CALL_REFUSED:
		return stats.refused + stats.refused_accesses + rds.refused_accesses;
	case CALL_BARRIERS:
		return stats.barriers;
	case CALL_DEVICES:
		return stats.devices;
	case CALL_PAGES:
	case CALL_PEAK:
		return page_stat(number);
	case CALL_LEAKED:
		return stats.leaked + rds.leaked;
	case CALL_LPIS:
		return rds.on;
	case CALL_REFUSALS:
		return argument < ITSG_REASON_COUNT ? refusals[argument] : CALL_UNKNOWN;
	default:
		return CALL_UNKNOWN;
	}
}
