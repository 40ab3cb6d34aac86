/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "model.h"

#include <string.h>

/* ---- granules and pages ---- */

static uint32_t page_granules(const struct model *m)
{
	return m->page / 256;
}

static uint64_t word_mask(struct model_run run, uint64_t word)
{
	uint64_t from = run.first > word * 64 ? run.first - word * 64 : 0;
	uint64_t end = run.first + run.count - word * 64;

	return ~(uint64_t)0 << from & (end >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << end) - 1);
}

static uint64_t last_word(struct model_run run)
{
	return (run.first + run.count - 1) / 64;
}

static bool is_claimed(const struct model *m, struct model_run run)
{
	for (uint64_t w = run.first / 64; w <= last_word(run); w++)
		if (m->claimed[w] & word_mask(run, w))
			return true;
	return false;
}

/* How many granules of the run lie in page n. */
static uint32_t granules_in(const struct model *m, struct model_run run, uint64_t n)
{
	uint64_t start = n * page_granules(m), end = start + page_granules(m);

	if (run.first > start)
		start = run.first;
	if (run.first + run.count < end)
		end = run.first + run.count;
	return (uint32_t)(end - start);
}

static uint64_t first_page(const struct model *m, struct model_run run)
{
	return run.first / page_granules(m);
}

static uint64_t last_page(const struct model *m, struct model_run run)
{
	return (run.first + run.count - 1) / page_granules(m);
}

static void claim(struct model *m, struct model_run run, bool donated)
{
	for (uint64_t w = run.first / 64; w <= last_word(run); w++)
		m->claimed[w] |= word_mask(run, w);
	for (uint64_t n = first_page(m, run); n <= last_page(m, run); n++) {
		struct model_page *page = &m->pages[n];

		m->pages_used += page->granules == 0;
		page->granules += granules_in(m, run, n);
		page->donated = donated;
		if (n >= m->page_high)
			m->page_high = (uint32_t)n + 1;
	}
	m->granules += run.count;
}

static void release(struct model *m, struct model_run run)
{
	for (uint64_t w = run.first / 64; w <= last_word(run); w++)
		m->claimed[w] &= ~word_mask(run, w);
	for (uint64_t n = first_page(m, run); n <= last_page(m, run); n++) {
		m->pages[n].granules -= granules_in(m, run, n);
		m->pages_used -= m->pages[n].granules == 0;
	}
	m->granules -= run.count;
}

/* Can the run be claimed? `overlap` is what an overlap is called. */
static enum itsg_reason judge(const struct model *m, struct model_run run, bool donated,
			      enum itsg_reason overlap)
{
	bool conflict = false, refused = false;
	uint64_t fresh = 0;

	if (last_page(m, run) - first_page(m, run) >= m->pages_max)
		return ITSG_NO_PAGE_SLOT;
	if (is_claimed(m, run))
		return overlap;
	for (uint64_t n = first_page(m, run); n <= last_page(m, run); n++) {
		if (m->pages[n].granules == 0)
			fresh++;
		else if (m->pages[n].donated != donated)
			conflict = true;
		if (m->pages[n].guest)
			refused = true;
	}
	if (conflict)
		return ITSG_KIND_CONFLICT;
	if (m->pages_used + fresh > m->pages_max)
		return ITSG_NO_PAGE_SLOT;
	if (refused)
		return donated ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
	return ITSG_OK;
}

/* The granules of [pa, pa + bytes); false if that is no memory of ours, and so no RAM. */
static bool run_of(uint64_t pa, uint64_t bytes, struct model_run *run)
{
	uint64_t end = pa + bytes + 255;

	if (pa < RIG_RAM || end > RIG_RAM + MODEL_BYTES)
		return false;
	run->first = (pa - RIG_RAM) / 256;
	run->count = (end - RIG_RAM) / 256 - run->first;
	return true;
}

static enum itsg_reason judge_bytes(const struct model *m, uint64_t pa, uint64_t bytes,
				    bool donated, enum itsg_reason overlap, struct model_run *run)
{
	uint64_t pages = (pa + bytes - 1) / m->page - pa / m->page + 1;

	if (run_of(pa, bytes, run))
		return judge(m, *run, donated, overlap);
	if (pages > m->pages_max || m->pages_used + pages > m->pages_max)
		return ITSG_NO_PAGE_SLOT;
	return donated ? ITSG_DONATE_REFUSED : ITSG_SHARE_REFUSED;
}

/* ---- devices ---- */

static struct model_device *device_of(struct model *m, uint32_t id)
{
	for (uint32_t i = 0; i < MODEL_DEVICES; i++)
		if (m->device[i].mapped && m->device[i].id == id)
			return &m->device[i];
	return NULL;
}

static bool out_of_range(const struct model *m, uint32_t id)
{
	uint64_t capacity = m->per_page;

	if (m->two_level)
		capacity *= m->its_page / 8;
	return (uint64_t)id >> m->device_bits || id >= capacity;
}

static enum itsg_reason judge_level1(const struct model *m, uint32_t device)
{
	uint32_t index = device / m->per_page;
	uint64_t word = m->host_word[index];
	uint64_t pa = word & sim_bits(51, 0);
	uint64_t reach = (uint64_t)1 << (m->its_page < 0x10000 ? 48 : 52);

	if (m->mirror[index])
		return word == m->mirror[index] ? ITSG_OK : ITSG_L1_CHANGED;
	if (!(word & SIM_VALID))
		return ITSG_L1_INVALID;
	if (word & sim_bits(62, 52))
		return ITSG_L1_RESERVED;
	if (pa % m->its_page || pa + m->its_page > (reach < m->pa_end ? reach : m->pa_end))
		return ITSG_L1_ADDRESS;
	return ITSG_OK;
}

static void set_mirror(struct model *m, uint32_t index)
{
	m->mirror[index] = m->host_word[index];
	if (index >= m->level1_high)
		m->level1_high = index + 1;
}

static void add_device(struct model *m, uint32_t id, uint32_t size, uint64_t address,
		       struct model_run itt)
{
	for (uint32_t i = 0; i < MODEL_DEVICES; i++) {
		if (m->device[i].mapped)
			continue;
		m->device[i] = (struct model_device){true, id, size, address, itt};
		m->devices++;
		return;
	}
}

/* ---- a device that is mapped already (GIC 4.4) ---- */

struct model_bytes {
	uint64_t pa, end;
};

static struct model_bytes bytes_of(uint64_t pa, uint64_t bytes)
{
	return (struct model_bytes){pa & ~(uint64_t)255, (pa + bytes + 255) & ~(uint64_t)255};
}

/* What the first has and the second has not, at most two pieces; how many. */
static uint32_t without(struct model_bytes a, struct model_bytes b, struct model_bytes out[2])
{
	uint32_t count = 0;

	if (a.pa < b.pa)
		out[count++] = (struct model_bytes){a.pa, a.end < b.pa ? a.end : b.pa};
	if (a.end > b.end)
		out[count++] = (struct model_bytes){a.pa > b.end ? a.pa : b.end, a.end};
	return count;
}

/* Claims all pieces or none. */
static enum itsg_reason claim_pieces(struct model *m, const struct model_bytes *pieces,
				     uint32_t count)
{
	struct model_run run[2];

	for (uint32_t i = 0; i < count; i++) {
		uint64_t bytes = pieces[i].end - pieces[i].pa;
		enum itsg_reason reason =
			judge_bytes(m, pieces[i].pa, bytes, m->donate, ITSG_ITT_OVERLAP, &run[i]);

		if (reason == ITSG_OK) {
			claim(m, run[i], m->donate);
			continue;
		}
		while (i > 0)
			release(m, run[--i]);
		return reason;
	}
	return ITSG_OK;
}

static void pend(struct model *m, struct model_run run)
{
	if (m->pendings < MODEL_PENDING)
		m->pending[m->pendings++] = run;
}

/* What only the old ITT had is released when all is quiet. */
static enum itsg_reason replace(struct model *m, struct model_device *device, uint32_t size,
				uint64_t itt, uint64_t bytes)
{
	struct model_bytes now = bytes_of(itt, bytes), pieces[2];
	struct model_bytes old =
		bytes_of(RIG_RAM + device->itt.first * 256, device->itt.count * 256);
	enum itsg_reason reason;
	struct model_run run;
	uint32_t count;

	if (device->address == itt && device->size == size)
		return ITSG_OK;
	/* Entries of a donated ITT must not lie across the old ones (F23). */
	if (m->donate && now.pa < old.end && old.pa < now.end &&
	    (now.pa > old.pa ? now.pa - old.pa : old.pa - now.pa) % m->itt_entry)
		return ITSG_ITT_OVERLAP;
	reason = claim_pieces(m, pieces, without(now, old, pieces));
	if (reason != ITSG_OK)
		return reason;
	count = without(old, now, pieces);
	for (uint32_t i = 0; i < count; i++)
		if (run_of(pieces[i].pa, pieces[i].end - pieces[i].pa, &run))
			pend(m, run);
	run_of(itt, bytes, &device->itt);
	device->address = itt;
	device->size = size;
	return ITSG_OK;
}

/* From DEVICE_OOR to NO_DEVICE_SLOT: nothing is claimed yet. */
static enum itsg_reason judge_map(struct model *m, uint32_t device, uint32_t size, uint64_t itt,
				  uint64_t bytes)
{
	enum itsg_reason reason = ITSG_OK;

	if (out_of_range(m, device))
		return ITSG_DEVICE_OOR;
	if (device == m->reserved)
		return ITSG_DEVICE_RESERVED;
	if (m->two_level)
		reason = judge_level1(m, device);
	if (reason != ITSG_OK)
		return reason;
	if (size >= m->itt_bits)
		return ITSG_ITTSIZE_OOR;
	if (itt + ((bytes + 255) & ~(uint64_t)255) > m->pa_end)
		return ITSG_ITT_ADDRESS;
	return !device_of(m, device) && m->devices == m->devices_max ? ITSG_NO_DEVICE_SLOT
								     : ITSG_OK;
}

enum itsg_reason model_map(struct model *m, uint32_t device, uint32_t size, uint64_t itt)
{
	uint64_t bytes = ((uint64_t)2 << size) * m->itt_entry;
	uint32_t index = device / m->per_page;
	enum itsg_reason reason = judge_map(m, device, size, itt, bytes);
	bool fresh = reason == ITSG_OK && m->two_level && !m->mirror[index];
	struct model_run level2 = {0, 0}, run = {0, 0};

	if (fresh)
		reason = judge_bytes(m, m->host_word[index] & sim_bits(51, 12), m->its_page, true,
				     ITSG_TABLE_OVERLAP, &level2);
	if (reason != ITSG_OK)
		return reason;
	if (device_of(m, device))
		return replace(m, device_of(m, device), size, itt, bytes);
	if (fresh)
		claim(m, level2, true);
	reason = judge_bytes(m, itt, bytes, m->donate, ITSG_ITT_OVERLAP, &run);
	if (reason != ITSG_OK) {
		if (fresh)
			release(m, level2);
		return reason;
	}
	if (fresh)
		set_mirror(m, index);
	claim(m, run, m->donate);
	add_device(m, device, size, itt, run);
	return ITSG_OK;
}

enum itsg_reason model_unmap(struct model *m, uint32_t device)
{
	struct model_device *found = device_of(m, device);

	if (out_of_range(m, device))
		return ITSG_DEVICE_OOR;
	if (!found)
		return ITSG_DEVICE_UNMAPPED;
	pend(m, found->itt);
	found->mapped = false;
	m->devices--;
	return ITSG_OK;
}

void model_settle(struct model *m)
{
	while (m->pendings > 0)
		release(m, m->pending[--m->pendings]);
}

bool model_give(struct model *m, uint64_t pa)
{
	uint64_t n = (pa - RIG_RAM) / m->page;

	if (pa < RIG_RAM || pa >= RIG_RAM + MODEL_BYTES || m->pages[n].granules ||
	    m->pages[n].guest)
		return false;
	m->pages[n].guest = true;
	if (n >= m->page_high)
		m->page_high = (uint32_t)n + 1;
	return true;
}

void model_level1(struct model *m, uint32_t index, uint64_t word)
{
	m->host_word[index] = word;
	if (index >= m->level1_high)
		m->level1_high = index + 1;
}

/* ---- life ---- */

static void forget(struct model *m)
{
	memset(m->claimed, 0, sizeof(m->claimed));
	memset(m->pages, 0, m->page_high * sizeof(m->pages[0]));
	memset(m->device, 0, sizeof(m->device));
	memset(m->host_word, 0, m->level1_high * sizeof(m->host_word[0]));
	memset(m->mirror, 0, m->level1_high * sizeof(m->mirror[0]));
	m->page_high = m->level1_high = 0;
	m->pages_used = m->devices = m->pendings = 0;
	m->granules = 0;
}

static void learn(struct model *m, const struct world_config *config, bool two_level)
{
	uint64_t typer = config->its[0].typer;

	m->page = config->machine.page;
	m->its_page = 4096u << (2 * config->its[0].baser[0].page);
	m->entry = config->its[0].baser[0].entry;
	m->per_page = m->its_page / m->entry;
	m->itt_entry = (uint32_t)sim_field(typer, 7, 4) + 1;
	if (config->machine.itt_entry > m->itt_entry)
		m->itt_entry = config->machine.itt_entry;
	m->device_bits = (uint32_t)sim_field(typer, 17, 13) + 1;
	m->itt_bits = (uint32_t)sim_field(typer, 12, 8) + 1;
	if (config->machine.event_bits && config->machine.event_bits < m->itt_bits)
		m->itt_bits = config->machine.event_bits;
	m->devices_max = config->machine.devices;
	m->pages_max = config->machine.pages;
	m->pa_end = (uint64_t)1 << config->machine.pa_bits;
	m->two_level = two_level;
	m->donate = config->machine.donate_itt;
	m->reserved = config->machine.reserved_count ? config->machine.reserved[0] : UINT32_MAX;
}

void model_begin(struct model *m, const struct world_config *config, bool two_level)
{
	struct model_run queue, devices, collections;

	forget(m);
	learn(m, config, two_level);
	run_of(RIG_QUEUE, RIG_QUEUE_BYTES, &queue);
	run_of(RIG_DEVICES, m->its_page, &devices);
	run_of(RIG_COLLECTIONS, m->its_page, &collections);
	claim(m, queue, false);
	claim(m, devices, !two_level);
	claim(m, collections, true);
}
