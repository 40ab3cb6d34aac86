/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include <stdatomic.h>
#include <string.h>

#include "itsguard/arch.h"
#include "platform.h"

/* ---- pages: who has them ---- */

static uint8_t ram[RAM_END - RAM];
static enum state states[(RAM_END - RAM) / PAGE];
static atomic_flag flag = ATOMIC_FLAG_INIT;

/* One lock, over the states of pages and over the guard. Its callbacks find it held. */
static void lock(void)
{
	while (atomic_flag_test_and_set(&flag))
		; /* as long as another CPU is in a call of the guard: docs/PERFORMANCE.md */
}

static void unlock(void)
{
	atomic_flag_clear(&flag);
}

uint8_t *platform_memory(uint64_t pa)
{
	return pa >= RAM && pa < RAM_END ? &ram[pa - RAM] : NULL;
}

/* So many from the first on: it ends at a page that is in another state, or nobody's memory. */
static uint64_t move(uint64_t pfn, uint64_t count, enum state from, enum state to)
{
	uint64_t done = 0;

	for (uint64_t n = pfn - RAM / PAGE; done < count; done++, n++) {
		if (n >= sizeof(states) / sizeof(states[0]) || states[n] != from)
			break;
		states[n] = to;
	}
	/* If the host has lost access: stage 2, TLB invalidation, and wait for its end. */
	return done;
}

static uint64_t share(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return move(pfn, count, HOST, SHARED);
}

static uint64_t unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return move(pfn, count, SHARED, HOST);
}

static uint64_t donate(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return move(pfn, count, HOST, DONATED);
}

static uint64_t reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return move(pfn, count, DONATED, HOST);
}

bool platform_give(uint64_t pfn)
{
	uint64_t done;

	lock();
	done = move(pfn, 1, HOST, GUEST);
	unlock();
	return done == 1;
}

void platform_take_back(uint64_t pfn)
{
	lock();
	move(pfn, 1, GUEST, HOST);
	unlock();
}

/* ---- memory: on a machine with caches, zero and store end with a clean to the PoC ---- */

static int zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	(void)ctx;
	memset(platform_memory(pa), 0, (size_t)bytes);
	return 0;
}

static int fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const volatile uint64_t *from = (const void *)platform_memory(pa);

	(void)ctx;
	for (; bytes; bytes -= 8, to += 8) {
		const uint64_t word = *from++; /* once: the host may write it meanwhile */

		memcpy(to, &word, 8);
	}
	return 0;
}

static int store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	(void)ctx;
	memcpy(platform_memory(pa), from, bytes);
	return 0;
}

/* ---- the guard ---- */

struct itsg_event platform_last;

static void event(void *ctx, const struct itsg_event *event)
{
	(void)ctx;
	platform_last = *event; /* (but for the command, which is there during the call only) */
}

const struct itsg_ops platform_ops = {.share = share,
				      .unshare = unshare,
				      .donate = donate,
				      .reclaim = reclaim,
				      .zero = zero,
				      .fetch = fetch,
				      .store = store,
				      .reg_read = its_read,
				      .reg_write = its_write,
				      .event = event};

#define DEVICES 16
#define JOURNAL 16
#define PAGES   96 /* one and a half times what is held at once */

static _Alignas(64) unsigned char pages_memory[ITSG_PAGES_SIZE(12, PAGES)];
static _Alignas(64) unsigned char its_memory[ITSG_ITS_SIZE(DEVICES, JOURNAL, 0, 1, 0x10000)];
static struct itsg_its *its;

enum itsg_reason platform_init(void)
{
	static const uint64_t cpus[] = {0};
	/* Keys: from a source of random numbers, on a machine that has one. */
	const struct itsg_pages_config tracker = {
		.page_shift = 12, .capacity = PAGES, .key = {0x1234, 0x5678}};
	const struct itsg_its_config config = {.pa_bits = 40,
					       .lpi_bits = 14,
					       .devices = DEVICES,
					       .journal = JOURNAL,
					       .redistributors = cpus,
					       .redistributor_count = 1,
					       .queue = {QUEUE, PAGE},
					       .level1_pool = {POOL, 0x10000},
					       .hash_key = {0x9abc, 0xdef0}};
	struct itsg_pages *pages = itsg_pages_init(pages_memory, sizeof(pages_memory), &tracker);

	for (uint64_t n = HOST_PAGES; n < sizeof(states) / sizeof(states[0]); n++)
		states[n] = HYPERVISOR;
	return itsg_its_init(its_memory, sizeof(its_memory), &config, pages, &platform_ops, NULL,
			     &its);
}

/* ---- the host's accesses ---- */

/* A register access, trapped. What the guard refuses has no effect, and reads 0. */
static void on_register(uint32_t offset, bool write, uint32_t width, uint64_t *value)
{
	lock();
	if (write)
		itsg_write(its, offset, width, *value);
	else
		itsg_read(its, offset, width, value);
	unlock();
}

/* Stage 2, and what follows a fault of it. */
bool platform_host_access(uint64_t pa, bool write, uint32_t width, uint64_t *value)
{
	uint8_t *byte = platform_memory(pa);

	if (pa >= ITS && pa < ITS + ITSG_CONTROL_FRAME_BYTES) {
		on_register((uint32_t)(pa - ITS), write, width, value);
		return true;
	}
	if (!byte || states[(pa - RAM) / PAGE] > SHARED)
		return false;
	memcpy(write ? byte : (uint8_t *)value, write ? (uint8_t *)value : byte, width);
	return true;
}
