/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "u64map.h"

/* Contents are kept in frames of a fixed size, whatever the page size. */
#define FRAME_SHIFT 12
#define FRAME_BYTES ((uint64_t)1 << FRAME_SHIFT)

/* The page sets, one for each way in which a page is not just the host's. */
enum set {
	SET_SHARED,
	SET_DONATED,
	SET_GUEST,
	SET_PRIVATE,
	NUM_SETS,
};

/* Fewer pages than that change one by one; more have no record each, but a span for all. */
#define SPAN_PAGES 0x1000u

/* What the pages from first to last are, but for those that have a record of their own. */
struct span {
	uint64_t first, last;
	struct sim_page page;
};

struct sim_mem {
	struct sim_mem_config config;
	uint32_t page_shift;
	struct sim_mem_stats stats;

	struct u64map frame_map; /* frame number -> its index in frames */
	uint8_t **frames;        /* stay allocated over a reset */
	size_t num_frames;       /* allocated */

	struct u64map page_map; /* page number -> its index in pages; absent: see spans */
	struct sim_page *pages;
	size_t pages_capacity;

	struct span *spans; /* ascending, apart; in none: as never touched */
	size_t num_spans;
	size_t spans_capacity;

	struct pfnset *sets[NUM_SETS];
};

struct sim_mem_config sim_mem_default_config(void)
{
	struct sim_mem_config config = {.page_size = 4096, .pa_bits = 48, .num_ram = 1};

	config.ram[0] = (struct sim_ram){0x40000000, 0x400000000};
	return config;
}

struct sim_mem *sim_mem_new(void)
{
	struct sim_mem *mem = sim_realloc(NULL, 1, sizeof(*mem));

	memset(mem, 0, sizeof(*mem));
	for (int i = 0; i < NUM_SETS; i++)
		mem->sets[i] = pfnset_new();
	return mem;
}

void sim_mem_free(struct sim_mem *mem)
{
	if (!mem)
		return;
	for (int i = 0; i < NUM_SETS; i++)
		pfnset_free(mem->sets[i]);
	for (size_t i = 0; i < mem->num_frames; i++)
		free(mem->frames[i]);
	free(mem->frames);
	free(mem->pages);
	free(mem->spans);
	u64map_free(&mem->frame_map);
	u64map_free(&mem->page_map);
	free(mem);
}

static bool config_is_sane(const struct sim_mem_config *config)
{
	uint64_t end = (uint64_t)1 << (config->pa_bits & 63);

	if (config->page_size != 4096 && config->page_size != 16384 && config->page_size != 65536)
		return false;
	if (config->pa_bits < 32 || config->pa_bits > 52 || config->num_ram > SIM_MEM_MAX_RAM)
		return false;
	for (uint32_t i = 0; i < config->num_ram; i++) {
		if (config->ram[i].len > end || config->ram[i].pa > end - config->ram[i].len)
			return false;
	}
	return true;
}

int sim_mem_reset(struct sim_mem *mem, const struct sim_mem_config *config)
{
	if (!config_is_sane(config))
		return -EINVAL;
	mem->config = *config;
	mem->page_shift = config->page_size == 4096 ? 12 : config->page_size == 16384 ? 14 : 16;
	mem->stats = (struct sim_mem_stats){0};
	u64map_reset(&mem->frame_map);
	u64map_reset(&mem->page_map);
	mem->num_spans = 0;
	for (int i = 0; i < NUM_SETS; i++)
		pfnset_clear(mem->sets[i]);
	return 0;
}

void sim_mem_set_unguarded(struct sim_mem *mem, bool unguarded)
{
	mem->config.unguarded = unguarded;
}

void sim_mem_set_violation(struct sim_mem *mem, sim_mem_violation_fn *fn, void *ctx)
{
	mem->config.violation = fn;
	mem->config.ctx = ctx;
}

uint32_t sim_mem_page_size(const struct sim_mem *mem)
{
	return mem->config.page_size;
}

const struct sim_mem_stats *sim_mem_stats(const struct sim_mem *mem)
{
	return &mem->stats;
}

/* ---- bytes ---- */

static uint8_t *frame_find(const struct sim_mem *mem, uint64_t pa)
{
	const uint64_t *index = u64map_get(&mem->frame_map, pa >> FRAME_SHIFT);

	return index ? mem->frames[*index] : NULL;
}

static uint8_t *frame_get(struct sim_mem *mem, uint64_t pa)
{
	uint8_t *frame = frame_find(mem, pa);
	size_t index = mem->frame_map.count;

	if (frame)
		return frame;
	*u64map_put(&mem->frame_map, pa >> FRAME_SHIFT) = index;
	if (index == mem->num_frames) {
		mem->frames = sim_realloc(mem->frames, index + 1, sizeof(*mem->frames));
		mem->frames[index] = sim_realloc(NULL, 1, FRAME_BYTES);
		mem->num_frames++;
	}
	memset(mem->frames[index], 0, FRAME_BYTES);
	return mem->frames[index];
}

/* How much of len from pa on lies in pa's frame. */
static size_t chunk(uint64_t pa, uint64_t len)
{
	uint64_t room = FRAME_BYTES - (pa & (FRAME_BYTES - 1));

	return (size_t)(len < room ? len : room);
}

void sim_mem_poke(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;

	while (len) {
		size_t now = chunk(pa, len);

		memcpy(frame_get(mem, pa) + (pa & (FRAME_BYTES - 1)), from, now);
		from += now;
		pa += now;
		len -= now;
	}
}

void sim_mem_peek(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len)
{
	uint8_t *to = bytes;

	while (len) {
		const uint8_t *frame = frame_find(mem, pa);
		size_t now = chunk(pa, len);

		if (frame)
			memcpy(to, frame + (pa & (FRAME_BYTES - 1)), now);
		else
			memset(to, 0, now);
		to += now;
		pa += now;
		len -= now;
	}
}

uint64_t sim_mem_peek64(const struct sim_mem *mem, uint64_t pa)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	sim_mem_peek(mem, pa, bytes, sizeof(bytes));
	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

/* A frame that was never written is zero already. */
static void zero(struct sim_mem *mem, uint64_t pa, uint64_t len)
{
	while (len) {
		uint8_t *frame = frame_find(mem, pa);
		size_t now = chunk(pa, len);

		if (frame)
			memset(frame + (pa & (FRAME_BYTES - 1)), 0, now);
		pa += now;
		len -= now;
	}
}

void sim_mem_each_frame(const struct sim_mem *mem, uint64_t pa, uint64_t len, sim_mem_frame_fn *fn,
			void *ctx)
{
	uint64_t first = pa >> FRAME_SHIFT;
	uint64_t last;

	if (!len)
		return;
	last = (pa + len - 1 < pa ? UINT64_MAX : pa + len - 1) >> FRAME_SHIFT;
	if (last - first < mem->frame_map.count) {
		for (uint64_t frame = first; frame <= last; frame++) {
			const uint8_t *bytes = frame_find(mem, frame << FRAME_SHIFT);

			if (bytes)
				fn(ctx, frame << FRAME_SHIFT, bytes);
		}
		return;
	}
	for (size_t i = 0; i < mem->frame_map.count; i++) {
		uint64_t frame = mem->frame_map.entries[i].key;

		if (frame >= first && frame <= last)
			fn(ctx, frame << FRAME_SHIFT, mem->frames[i]);
	}
}

/* ---- page states ---- */

/* The range that holds all of a page, which only then is RAM; or NULL. */
static const struct sim_ram *ram_of(const struct sim_mem *mem, uint64_t pfn)
{
	uint64_t size = mem->config.page_size;
	uint64_t pa;

	if (pfn >> (mem->config.pa_bits - mem->page_shift))
		return NULL;
	pa = pfn << mem->page_shift;
	for (uint32_t i = 0; i < mem->config.num_ram; i++) {
		const struct sim_ram *ram = &mem->config.ram[i];

		if (pa >= ram->pa && ram->len >= size && pa - ram->pa <= ram->len - size)
			return ram;
	}
	return NULL;
}

/* From range to range, since there may be very many pages (C6). */
static bool all_is_ram(const struct sim_mem *mem, uint64_t first, uint64_t last)
{
	while (first <= last) {
		const struct sim_ram *ram = ram_of(mem, first);

		if (!ram)
			return false;
		first = (ram->pa + ram->len) >> mem->page_shift;
	}
	return true;
}

/* The first span that does not end before this page: where it is, or would go. */
static size_t span_at(const struct sim_mem *mem, uint64_t pfn)
{
	size_t low = 0, end = mem->num_spans;

	while (low < end) {
		size_t mid = low + (end - low) / 2;

		if (mem->spans[mid].last < pfn)
			low = mid + 1;
		else
			end = mid;
	}
	return low;
}

/* What a page is that has no record of its own. */
static struct sim_page page_unrecorded(const struct sim_mem *mem, uint64_t pfn)
{
	struct sim_page page = {.state = SIM_HOST};
	size_t at = span_at(mem, pfn);

	if (at < mem->num_spans && mem->spans[at].first <= pfn)
		return mem->spans[at].page;
	if (!ram_of(mem, pfn))
		page.state = SIM_NOT_RAM;
	return page;
}

static struct sim_page page_by_pfn(const struct sim_mem *mem, uint64_t pfn)
{
	const uint64_t *index = u64map_get(&mem->page_map, pfn);

	return index ? mem->pages[*index] : page_unrecorded(mem, pfn);
}

struct sim_page sim_mem_page(const struct sim_mem *mem, uint64_t pa)
{
	return page_by_pfn(mem, pa >> mem->page_shift);
}

enum sim_page_state sim_mem_state(const struct sim_mem *mem, uint64_t pa)
{
	return sim_mem_page(mem, pa).state;
}

/* Which set a page belongs to, NUM_SETS for none. */
static enum set set_of(const struct sim_page *page)
{
	switch (page->state) {
	case SIM_SHARED:
		return page->pins ? SET_SHARED : NUM_SETS;
	case SIM_HYP:
		return page->donated ? SET_DONATED : SET_PRIVATE;
	case SIM_GUEST:
		return SET_GUEST;
	case SIM_NOT_RAM:
	case SIM_HOST:
	default:
		return NUM_SETS;
	}
}

static void move_between_sets(struct sim_mem *mem, uint64_t pfn, enum set from, enum set to)
{
	if (from == to || mem->config.no_sets)
		return;
	if (from != NUM_SETS)
		pfnset_remove(mem->sets[from], pfn);
	if (to != NUM_SETS)
		pfnset_add(mem->sets[to], pfn);
}

/* The only place where a page changes. */
static void page_set(struct sim_mem *mem, uint64_t pfn, struct sim_page page)
{
	struct sim_page before = page_by_pfn(mem, pfn);
	size_t index = mem->page_map.count;
	const uint64_t *known = u64map_get(&mem->page_map, pfn);

	if (known) {
		index = (size_t)*known;
	} else {
		*u64map_put(&mem->page_map, pfn) = index;
		if (index == mem->pages_capacity) {
			mem->pages_capacity = index ? index * 2 : 64;
			mem->pages =
				sim_realloc(mem->pages, mem->pages_capacity, sizeof(*mem->pages));
		}
	}
	mem->pages[index] = page;
	mem->stats.state_changes += before.state != page.state;
	move_between_sets(mem, pfn, set_of(&before), set_of(&page));
}

/* What becomes of a page of RAM: 0, or why it may not. */
typedef int page_change(struct sim_page *page);

/* One page named by a caller. */
static int change_page(struct sim_mem *mem, uint64_t pa, page_change *change)
{
	uint64_t pfn = pa >> mem->page_shift;
	struct sim_page page = page_by_pfn(mem, pfn);
	int error;

	if (pa & (mem->config.page_size - 1) || page.state == SIM_NOT_RAM)
		return -EINVAL;
	error = change(&page);
	if (!error)
		page_set(mem, pfn, page);
	return error;
}

static int pin(struct sim_page *page)
{
	if (page->state != SIM_HOST && page->state != SIM_SHARED)
		return -EPERM;
	page->state = SIM_SHARED;
	page->pins++;
	return 0;
}

static int unpin(struct sim_page *page)
{
	if (page->state != SIM_SHARED || !page->pins)
		return -EPERM;
	page->pins--;
	if (!page->pins && !page->host_shared)
		page->state = SIM_HOST;
	return 0;
}

static int donate(struct sim_page *page)
{
	if (page->state != SIM_HOST)
		return -EPERM;
	*page = (struct sim_page){.state = SIM_HYP, .donated = true};
	return 0;
}

static int reclaim(struct sim_page *page)
{
	if (page->state != SIM_HYP || !page->donated)
		return -EPERM;
	*page = (struct sim_page){.state = SIM_HOST};
	return 0;
}

static int host_share(struct sim_page *page)
{
	if (page->state != SIM_HOST)
		return -EPERM;
	*page = (struct sim_page){.state = SIM_SHARED, .host_shared = true};
	return 0;
}

static int host_unshare(struct sim_page *page)
{
	if (page->state != SIM_SHARED)
		return -EPERM;
	if (page->pins)
		return -EBUSY;
	*page = (struct sim_page){.state = SIM_HOST};
	return 0;
}

/* A call of the guard's, of which those that succeed are counted. */
static int change_counted(struct sim_mem *mem, uint64_t pa, page_change *change, uint64_t *count)
{
	int error = change_page(mem, pa, change);

	*count += !error;
	return error;
}

int sim_mem_share(struct sim_mem *mem, uint64_t pa)
{
	return change_counted(mem, pa, pin, &mem->stats.shares);
}

int sim_mem_unshare(struct sim_mem *mem, uint64_t pa)
{
	return change_counted(mem, pa, unpin, &mem->stats.unshares);
}

int sim_mem_donate(struct sim_mem *mem, uint64_t pa)
{
	return change_counted(mem, pa, donate, &mem->stats.donates);
}

int sim_mem_reclaim(struct sim_mem *mem, uint64_t pa)
{
	return change_counted(mem, pa, reclaim, &mem->stats.reclaims);
}

int sim_mem_host_share(struct sim_mem *mem, uint64_t pa)
{
	return change_page(mem, pa, host_share);
}

int sim_mem_host_unshare(struct sim_mem *mem, uint64_t pa)
{
	return change_page(mem, pa, host_unshare);
}

/* The pages that [pa, pa+len) touches. False: none, or it wraps. */
static bool page_span(const struct sim_mem *mem, uint64_t pa, uint64_t len, uint64_t *first,
		      uint64_t *last)
{
	if (!len || pa + len - 1 < pa)
		return false;
	*first = pa >> mem->page_shift;
	*last = (pa + len - 1) >> mem->page_shift;
	return true;
}

/* ---- many pages at once ---- */

/* How many pages, all of them RAM, would be in that state if none had a record of its own. */
static uint64_t count_unrecorded(const struct sim_mem *mem, uint64_t first, uint64_t last,
				 enum sim_page_state state)
{
	uint64_t count = state == SIM_HOST ? last - first + 1 : 0;

	for (size_t i = span_at(mem, first); i < mem->num_spans; i++) {
		const struct span *span = &mem->spans[i];
		uint64_t from = span->first > first ? span->first : first;
		uint64_t to = span->last < last ? span->last : last;

		if (span->first > last)
			break;
		count += span->page.state == state ? to - from + 1 : 0;
		count -= state == SIM_HOST ? to - from + 1 : 0;
	}
	return count;
}

static bool all_in_state(const struct sim_mem *mem, uint64_t first, uint64_t last,
			 enum sim_page_state state)
{
	uint64_t count = count_unrecorded(mem, first, last, state);

	for (size_t i = 0; i < mem->page_map.count; i++) {
		uint64_t pfn = mem->page_map.entries[i].key;

		if (pfn < first || pfn > last)
			continue;
		count -= page_unrecorded(mem, pfn).state == state;
		count += mem->pages[i].state == state;
	}
	return count == last - first + 1;
}

/* Some go at that place, and others come. */
static void spans_shift(struct sim_mem *mem, size_t at, size_t gone, size_t come)
{
	size_t behind = mem->num_spans - at - gone;
	size_t wanted = at + come + behind;

	if (wanted > mem->spans_capacity) {
		mem->spans_capacity = wanted * 2;
		mem->spans = sim_realloc(mem->spans, mem->spans_capacity, sizeof(*mem->spans));
	}
	if (behind)
		memmove(mem->spans + at + come, mem->spans + at + gone,
			behind * sizeof(*mem->spans));
	mem->num_spans = wanted;
}

/* One span more; of those that it overlaps the ends that stick out remain. */
static void span_put(struct sim_mem *mem, const struct span *span)
{
	struct span put[3];
	size_t at = span_at(mem, span->first), end = at, count = 0;

	while (end < mem->num_spans && mem->spans[end].first <= span->last)
		end++;
	if (end > at && mem->spans[at].first < span->first) {
		put[count] = mem->spans[at];
		put[count++].last = span->first - 1;
	}
	put[count++] = *span;
	if (end > at && mem->spans[end - 1].last > span->last) {
		put[count] = mem->spans[end - 1];
		put[count++].first = span->last + 1;
	}
	spans_shift(mem, at, end - at, count);
	memcpy(mem->spans + at, put, count * sizeof(put[0]));
}

static void set_many(struct sim_mem *mem, const struct span *span, enum set from)
{
	uint64_t count = span->last - span->first + 1;
	enum set to = set_of(&span->page);

	for (size_t i = 0; i < mem->page_map.count; i++) {
		uint64_t pfn = mem->page_map.entries[i].key;

		if (pfn >= span->first && pfn <= span->last)
			mem->pages[i] = span->page;
	}
	span_put(mem, span);
	mem->stats.state_changes += count;
	if (mem->config.no_sets)
		return;
	if (from != NUM_SETS)
		pfnset_remove_range(mem->sets[from], span->first, count);
	if (to != NUM_SETS)
		pfnset_add_range(mem->sets[to], span->first, count);
}

static int move_many(struct sim_mem *mem, const struct span *span, enum sim_page_state from)
{
	if (!all_in_state(mem, span->first, span->last, from))
		return -EPERM;
	set_many(mem, span, set_of(&(struct sim_page){.state = from}));
	return 0;
}

static int move_few(struct sim_mem *mem, const struct span *span, enum sim_page_state from)
{
	for (uint64_t pfn = span->first; pfn <= span->last; pfn++)
		if (page_by_pfn(mem, pfn).state != from)
			return -EPERM;
	for (uint64_t pfn = span->first; pfn <= span->last; pfn++)
		page_set(mem, pfn, span->page);
	return 0;
}

/*
 * All pages of [pa, pa+len) from one state to another, or none. `from` is host or guest: then one
 * set at most has all of them.
 */
static int move_all(struct sim_mem *mem, uint64_t pa, uint64_t len, enum sim_page_state from,
		    struct sim_page to)
{
	struct span span = {.page = to};

	if (!page_span(mem, pa, len, &span.first, &span.last) ||
	    !all_is_ram(mem, span.first, span.last))
		return -EINVAL;
	if (span.last - span.first < SPAN_PAGES)
		return move_few(mem, &span, from);
	return move_many(mem, &span, from);
}

int sim_mem_guest_take(struct sim_mem *mem, uint64_t pa, uint64_t len, uint32_t guest)
{
	struct sim_page to = {.state = SIM_GUEST, .guest = guest};
	uint64_t first = 0, last = 0;
	int error = move_all(mem, pa, len, SIM_HOST, to);

	if (!error && page_span(mem, pa, len, &first, &last))
		mem->stats.guest_takes += last - first + 1;
	return error;
}

int sim_mem_guest_give_back(struct sim_mem *mem, uint64_t pa, uint64_t len)
{
	return move_all(mem, pa, len, SIM_GUEST, (struct sim_page){.state = SIM_HOST});
}

int sim_mem_hyp_private(struct sim_mem *mem, uint64_t pa, uint64_t len, bool its_reads)
{
	struct sim_page to = {.state = SIM_HYP, .its_reads = its_reads};

	return move_all(mem, pa, len, SIM_HOST, to);
}

/* ---- accesses ---- */

typedef bool page_rule(const struct sim_page *page);

static bool host_may(const struct sim_page *page)
{
	return page->state == SIM_HOST || page->state == SIM_SHARED;
}

static bool hyp_may(const struct sim_page *page)
{
	return page->state == SIM_HYP || page->state == SIM_SHARED;
}

static bool guard_holds_for_write(const struct sim_page *page)
{
	return (page->state == SIM_SHARED && page->pins) ||
	       (page->state == SIM_HYP && page->donated);
}

static bool guard_holds_for_read(const struct sim_page *page)
{
	return guard_holds_for_write(page) || (page->state == SIM_HYP && page->its_reads);
}

static bool all_pages(const struct sim_mem *mem, uint64_t pa, uint64_t len, page_rule *rule)
{
	uint64_t first, last;

	if (!page_span(mem, pa, len, &first, &last))
		return false;
	for (uint64_t pfn = first; pfn <= last; pfn++) {
		struct sim_page page = page_by_pfn(mem, pfn);

		if (!rule(&page))
			return false;
	}
	return true;
}

static int write_as(struct sim_mem *mem, page_rule *rule, uint64_t pa, const void *bytes,
		    size_t len)
{
	if (!all_pages(mem, pa, len, rule))
		return -EPERM;
	sim_mem_poke(mem, pa, bytes, len);
	return 0;
}

static int read_as(const struct sim_mem *mem, page_rule *rule, uint64_t pa, void *bytes, size_t len)
{
	if (!all_pages(mem, pa, len, rule))
		return -EPERM;
	sim_mem_peek(mem, pa, bytes, len);
	return 0;
}

int sim_mem_host_write(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len)
{
	return write_as(mem, host_may, pa, bytes, len);
}

int sim_mem_host_read(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len)
{
	return read_as(mem, host_may, pa, bytes, len);
}

int sim_mem_hyp_write(struct sim_mem *mem, uint64_t pa, const void *bytes, size_t len)
{
	return write_as(mem, hyp_may, pa, bytes, len);
}

int sim_mem_hyp_read(const struct sim_mem *mem, uint64_t pa, void *bytes, size_t len)
{
	return read_as(mem, hyp_may, pa, bytes, len);
}

int sim_mem_hyp_zero(struct sim_mem *mem, uint64_t pa, uint64_t len)
{
	if (!all_pages(mem, pa, len, hyp_may))
		return -EPERM;
	zero(mem, pa, len);
	return 0;
}

static bool is_ram(const struct sim_page *page)
{
	return page->state != SIM_NOT_RAM;
}

static bool dma_is_fine(const struct sim_mem *mem, uint64_t pa, uint64_t len, bool write)
{
	if (mem->config.unguarded)
		return all_pages(mem, pa, len, host_may);
	return all_pages(mem, pa, len, write ? guard_holds_for_write : guard_holds_for_read);
}

void sim_mem_dma(struct sim_mem *mem, uint64_t pa, uint64_t len, bool write, void *buf,
		 const char *what)
{
	if (write)
		mem->stats.dma_writes++;
	else
		mem->stats.dma_reads++;
	if (!dma_is_fine(mem, pa, len, write)) {
		mem->stats.violations++;
		if (mem->config.violation)
			mem->config.violation(mem->config.ctx, pa, len, write, what);
	}
	if (!all_pages(mem, pa, len, is_ram)) {
		if (!write)
			memset(buf, 0, (size_t)len);
	} else if (write) {
		sim_mem_poke(mem, pa, buf, (size_t)len);
	} else {
		sim_mem_peek(mem, pa, buf, (size_t)len);
	}
}

const struct pfnset *sim_mem_shared_pages(const struct sim_mem *mem)
{
	return mem->sets[SET_SHARED];
}

const struct pfnset *sim_mem_donated_pages(const struct sim_mem *mem)
{
	return mem->sets[SET_DONATED];
}

const struct pfnset *sim_mem_guest_pages(const struct sim_mem *mem)
{
	return mem->sets[SET_GUEST];
}

const struct pfnset *sim_mem_private_pages(const struct sim_mem *mem)
{
	return mem->sets[SET_PRIVATE];
}
