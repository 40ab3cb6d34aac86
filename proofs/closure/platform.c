/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The platform: what the guard's callbacks do to pages and memory, and which of them fails.
 */
#include "expect.h"

#include <string.h>

enum kind {
	KIND_SHARE,
	KIND_UNSHARE,
	KIND_DONATE,
	KIND_RECLAIM,
	KIND_ZERO,
	KIND_FETCH,
	KIND_STORE
};

static const char *const kind_names[] = {"share", "unshare", "donate", "reclaim",
					 "zero",  "fetch",   "store"};

void platform_begin_outcome(struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
}

/* What the guard asks for, in order: two states that are the same do the same. */
static void platform_digest(uint64_t a, uint64_t b)
{
	uint64_t digest = the_outcome.digest ^ a;

	digest = (digest ^ digest >> 29) * 0xff51afd7ed558ccdULL ^ b;
	the_outcome.digest = (digest ^ digest >> 32) * 0xc4ceb9fe1a85ec53ULL;
}

/* Each page of a range is a call. */
static bool platform_fails(enum kind kind)
{
	struct outcome *outcome = &the_outcome;

	outcome->callbacks++;
	outcome->of_kind[kind]++;
	if (outcome->failed)
		return outcome->fail_on && outcome->failed_at == kind_names[kind];
	if (outcome->callbacks != outcome->fail_at)
		return false;
	outcome->failed = true;
	outcome->failed_at = kind_names[kind];
	outcome->failed_nth = outcome->of_kind[kind];
	return true;
}

/* ---- pages ---- */

static bool platform_move_page(enum kind kind, uint64_t pfn, uint8_t from, uint8_t to)
{
	const int place = model_place_of(pfn * MODEL_PAGE_BYTES);
	struct model_page *page;

	platform_digest(kind, pfn);
	if (platform_fails(kind))
		return false;
	if (place < 0 || the_state.model->page[place].owner != from) {
		if (kind == KIND_UNSHARE || kind == KIND_RECLAIM)
			model_broken("the guard gives back a page that it does not have");
		if (place >= 0 && the_state.model->page[place].owner != OWNER_GUEST)
			model_broken("the guard asks for a page that it has");
		return false;
	}
	page = &the_state.model->page[place];
	page->owner = to;
	if (kind != KIND_DONATE)
		return true;
	/* Whatever the host has left there: entries that lead to the victim. */
	memset(page->entry, ENTRY_FORGED, sizeof(page->entry));
	memset(page->written, ENTRY_FORGED, sizeof(page->written));
	page->dirty = 0xffff;
	return true;
}

static uint64_t platform_move(enum kind kind, uint64_t pfn, uint64_t count, uint8_t from,
			      uint8_t to)
{
	uint64_t done = 0;

	while (done < count && platform_move_page(kind, pfn + done, from, to))
		done++;
	return done;
}

static uint64_t platform_share(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return platform_move(KIND_SHARE, pfn, count, OWNER_HOST, OWNER_SHARED);
}

static uint64_t platform_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return platform_move(KIND_UNSHARE, pfn, count, OWNER_SHARED, OWNER_HOST);
}

static uint64_t platform_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return platform_move(KIND_DONATE, pfn, count, OWNER_HOST, OWNER_DONATED);
}

static uint64_t platform_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	(void)ctx;
	return platform_move(KIND_RECLAIM, pfn, count, OWNER_DONATED, OWNER_HOST);
}

/* ---- memory ---- */

static void platform_zero_page(struct model_page *page, uint64_t from, uint64_t to)
{
	for (uint64_t granule = from / 256; granule < to / 256; granule++)
		page->dirty &= (uint16_t) ~(1u << granule);
	/* Entries of the model lie in the first granule. */
	if (from == 0) {
		memset(page->entry, 0, sizeof(page->entry));
		memset(page->written, 0, sizeof(page->written));
	}
}

static uint64_t platform_pool(void *ctx)
{
	return MODEL_POOL + (uintptr_t)ctx * MODEL_APART;
}

static bool platform_in_pool(void *ctx, uint64_t pa, uint64_t bytes)
{
	return pa >= platform_pool(ctx) && pa + bytes <= platform_pool(ctx) + MODEL_POOL_BYTES;
}

static int platform_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	const uint64_t end = pa + bytes;

	platform_digest(KIND_ZERO, pa ^ bytes << 40);
	if (platform_in_pool(ctx, pa, bytes)) {
		if (platform_fails(KIND_ZERO))
			return -1;
		memset(the_state.model->its[(uintptr_t)ctx].mirror, 0,
		       sizeof(uint64_t) * MODEL_WORDS);
		return 0;
	}
	if (bytes == 0 || bytes > 4 * MODEL_PAGE_BYTES)
		model_broken("zero of more than there is");
	for (uint64_t at = pa; at < end && !the_outcome.broken;) {
		const uint64_t next = (at / MODEL_PAGE_BYTES + 1) * MODEL_PAGE_BYTES;
		const int place = model_place_of(at);

		if (place < 0 || the_state.model->page[place].owner != OWNER_DONATED) {
			model_broken("zero of memory that is not donated");
			return -1;
		}
		platform_zero_page(&the_state.model->page[place], at % MODEL_PAGE_BYTES,
				   (next < end ? next : end) -
					   (at / MODEL_PAGE_BYTES) * MODEL_PAGE_BYTES);
		at = next;
	}
	return platform_fails(KIND_ZERO) ? -1 : 0;
}

static void platform_put_le64(uint8_t *to, uint64_t word)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(word >> 8 * i);
}

/* Words of a level 1, or a command; what the host wrote there is all that they are made of. */
static int platform_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const struct model_its *hw = &the_state.model->its[(uintptr_t)ctx];
	const int place = model_place_of(pa);
	const uint64_t at = pa % MODEL_PAGE_BYTES;

	platform_digest(KIND_FETCH, the_world.turned ? 0 : pa);
	if (platform_fails(KIND_FETCH)) {
		/* What is there then is nobody's word, as good as it may look. */
		memset(to, 0xa5, bytes);
		if (bytes == 8)
			platform_put_le64(to, model_words[1]);
		return -1;
	}
	if (place < 0 || the_state.model->page[place].owner != OWNER_SHARED) {
		model_broken("fetch from a page that is not shared");
		return -1;
	}
	if (bytes == 8 && at < 8 * MODEL_WORDS)
		platform_put_le64(to, model_words[the_state.model->page[place].word[at / 8]]);
	else if (bytes == 8) /* a word that is good, where none is to be looked for */
		platform_put_le64(to, model_words[1]);
	else if (bytes == ITSG_CMD_BYTES && at < MODEL_QUEUE * ITSG_CMD_BYTES)
		act_command(hw->queue[at / ITSG_CMD_BYTES], to);
	else
		model_broken("fetch from beyond the host's queue");
	return 0;
}

static void platform_store_word(struct model_its *hw, uint64_t at, const uint8_t *from)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | from[i];
	if (at / 8 >= MODEL_WORDS)
		model_broken("a level-1 word is stored where no ID leads");
	else
		hw->mirror[at / 8] = word;
}

static int platform_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct model_its *hw = &the_state.model->its[(uintptr_t)ctx];
	const uint64_t ring = MODEL_RING + (uintptr_t)ctx * MODEL_APART;

	platform_digest(KIND_STORE, pa ^ (uint64_t)bytes << 40);
	if (platform_fails(KIND_STORE))
		return -1;
	if (bytes == 8 && platform_in_pool(ctx, pa, bytes))
		platform_store_word(hw, pa - platform_pool(ctx), from);
	else if (pa >= ring && pa + bytes <= ring + the_world.ring * ITSG_CMD_BYTES)
		memcpy((uint8_t *)hw->ring + (pa - ring), from, bytes);
	else
		model_broken("store outside of private memory");
	return 0;
}

/* ---- registers, and the rest ---- */

static uint64_t platform_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	const uint64_t value = hw_read((uint32_t)(uintptr_t)ctx, offset);

	(void)width;
	platform_digest(0x100 + offset, value);
	return value;
}

static void platform_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	(void)width;
	platform_digest(0x200 + offset, value);
	hw_write((uint32_t)(uintptr_t)ctx, offset, value);
}

static uint64_t platform_rd_read(void *ctx, uint32_t rd, uint32_t offset, uint32_t width)
{
	(void)ctx;
	(void)width;
	return rd_hw_read(rd, offset);
}

static void platform_rd_write(void *ctx, uint32_t rd, uint32_t offset, uint32_t width,
			      uint64_t value)
{
	(void)ctx;
	(void)width;
	platform_digest(0x300 + rd, offset ^ value);
	rd_hw_write(rd, offset, value);
}

static bool platform_reserved(void *ctx, uint32_t device_id)
{
	(void)ctx;
	return the_state.model->reserved && device_id == model_device_id(0);
}

static bool platform_asleep(void *ctx, uint32_t index)
{
	(void)ctx;
	return the_state.model->rd[index].asleep || the_state.model->rd[index].off;
}

static bool platform_powered(void *ctx, uint32_t rd)
{
	(void)ctx;
	return !the_state.model->rd[rd].off;
}

static void platform_event(void *ctx, const struct itsg_event *event)
{
	struct outcome *outcome = &the_outcome;

	platform_digest(0x400 + event->kind, event->reason);
	if (event->kind == ITSG_EVENT_BROKEN)
		model_broken("the guard calls hardware broken that is not");
	if (event->kind != ITSG_EVENT_REFUSED_ACCESS && event->kind != ITSG_EVENT_REFUSED_COMMAND)
		return;
	if (outcome->reason_count < 8)
		outcome->reasons[outcome->reason_count++] = event->reason;
	if (event->kind == ITSG_EVENT_REFUSED_COMMAND) {
		outcome->refused++;
		expect_refused((uint32_t)(uintptr_t)ctx, event->reason);
	}
}

const struct itsg_ops platform_ops = {
	.share = platform_share,
	.unshare = platform_unshare,
	.donate = platform_donate,
	.reclaim = platform_reclaim,
	.zero = platform_zero,
	.fetch = platform_fetch,
	.store = platform_store,
	.reg_read = platform_reg_read,
	.reg_write = platform_reg_write,
	.reserved = platform_reserved,
	.asleep = platform_asleep,
	.event = platform_event,
};

const struct itsg_redists_ops platform_redists_ops = {
	.share = platform_share,
	.unshare = platform_unshare,
	.donate = platform_donate,
	.reclaim = platform_reclaim,
	.zero = platform_zero,
	.reg_read = platform_rd_read,
	.reg_write = platform_rd_write,
	.powered = platform_powered,
	.event = platform_event,
};
