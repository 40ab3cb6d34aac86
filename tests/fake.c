/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "state.h"

#define FAKE_FAILED (-1)

/* ---- the log and failures ---- */

static bool fake_can_fail(enum fake_call call)
{
	return call != FAKE_REG_WRITE;
}

static bool fake_fails(struct fake *fake, enum fake_call call)
{
	bool fails = fake->fail_always[call];

	fake->calls[call]++;
	assert_true(fake->machine->inside); /* only from inside a call of ours */
	if (fake->fail_at[call] && --fake->fail_at[call] == 0) {
		fails = true;
		fake->fail_always[call] = fake->fail_always[call] || fake->fail_from[call];
	}
	if (fake_can_fail(call) && fake->fail_any && --fake->fail_any == 0)
		fails = true;
	return fails;
}

/* Records the call, and says whether it is to fail. */
static bool fake_called(struct fake *fake, enum fake_call call, const char *format, ...)
{
	const bool fails = fake_fails(fake, call);
	struct fake_log *log;
	va_list args;
	size_t used;

	if (fake->log_count == FAKE_MAX_LOG)
		return fails;
	log = &fake->log[fake->log_count++];
	log->call = call;
	va_start(args, format);
	used = (size_t)vsnprintf(log->text, sizeof(log->text), format, args);
	va_end(args);
	if (fails && used + 1 < sizeof(log->text))
		memcpy(log->text + used, "!", 2);
	return fails;
}

void fake_fail(struct fake *fake, enum fake_call call, uint32_t nth)
{
	fake->fail_at[call] = nth;
}

void fake_forget(struct fake *fake)
{
	memset(fake->calls, 0, sizeof(fake->calls));
	memset(fake->ranges, 0, sizeof(fake->ranges));
	memset(fake->fail_at, 0, sizeof(fake->fail_at));
	memset(fake->fail_always, 0, sizeof(fake->fail_always));
	memset(fake->fail_from, 0, sizeof(fake->fail_from));
	fake->fail_any = 0;
	fake->log_count = 0;
}

void fake_expect(struct fake *fake, uint32_t calls, const char *want)
{
	static char got[FAKE_MAX_LOG * 64];
	size_t used = 0;

	assert_true(fake->log_count < FAKE_MAX_LOG);
	got[0] = '\0';
	for (uint32_t i = 0; i < fake->log_count; i++) {
		if (!(calls & FAKE_BIT(fake->log[i].call)))
			continue;
		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s", used ? "; " : "",
					 fake->log[i].text);
	}
	assert_string_equal(got, want);
}

/* ---- memory ---- */

static bool fake_in(uint64_t pa, uint64_t bytes, uint64_t start, uint64_t size)
{
	return pa >= start && pa - start <= size && bytes <= size - (pa - start);
}

static uint8_t *fake_at(const struct fake *fake, uint64_t pa, uint64_t bytes)
{
	if (fake_in(pa, bytes, FAKE_RAM, FAKE_RAM_BYTES))
		return fake->machine->ram + (pa - FAKE_RAM);
	if (fake_in(pa, bytes, fake->private_pa, FAKE_PRIVATE_BYTES))
		return fake->private_memory + (pa - fake->private_pa);
	return NULL;
}

void fake_put(struct fake *fake, uint64_t pa, const void *bytes, size_t count)
{
	uint8_t *to = fake_at(fake, pa, count);

	assert_non_null(to);
	memcpy(to, bytes, count);
}

void fake_put64(struct fake *fake, uint64_t pa, uint64_t value)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	fake_put(fake, pa, bytes, sizeof(bytes));
}

static uint64_t fake_le64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

uint64_t fake_get64(const struct fake *fake, uint64_t pa)
{
	const uint8_t *from = fake_at(fake, pa, 8);

	assert_non_null(from);
	return fake_le64(from);
}

uint64_t fake_slot(const struct fake *fake, uint32_t slot, uint32_t word)
{
	return fake_get64(fake, fake->setup.config.queue.pa + slot * 32u + word * 8u);
}

/* The state of page number pfn, or NULL where there is no RAM. */
static uint8_t *fake_state(struct fake_machine *machine, uint64_t pfn)
{
	const uint64_t first = FAKE_RAM >> machine->page_shift;

	if (pfn < first || pfn - first >= FAKE_RAM_BYTES >> machine->page_shift)
		return NULL;
	return &machine->state[pfn - first];
}

enum fake_page fake_page(const struct fake *fake, uint64_t pa)
{
	const uint8_t *state = fake_state(fake->machine, pa >> fake->machine->page_shift);

	assert_non_null(state);
	return (enum fake_page) * state;
}

void fake_give_to_guest(struct fake *fake, uint64_t pa)
{
	uint8_t *state = fake_state(fake->machine, pa >> fake->machine->page_shift);

	assert_non_null(state);
	assert_int_equal(*state, FAKE_HOST);
	*state = FAKE_GUEST;
}

static uint32_t fake_held(const struct fake_machine *machine)
{
	uint32_t held = 0;

	for (uint64_t i = 0; i < FAKE_RAM_BYTES >> machine->page_shift; i++)
		held += machine->state[i] == FAKE_SHARED || machine->state[i] == FAKE_DONATED;
	return held;
}

uint32_t fake_pages_held(const struct fake *fake)
{
	return fake_held(fake->machine);
}

static bool fake_all_pages(const struct fake *fake, uint64_t pa, uint64_t bytes,
			   enum fake_page want)
{
	const uint32_t shift = fake->machine->page_shift;

	for (uint64_t pfn = pa >> shift; pfn <= (pa + bytes - 1) >> shift; pfn++) {
		const uint8_t *state = fake_state(fake->machine, pfn);

		if (!state || *state != want)
			return false;
	}
	return true;
}

/* ---- page callbacks ---- */

static int fake_change(struct fake *fake, enum fake_call call, uint64_t pfn, enum fake_page from,
		       enum fake_page to)
{
	static const char *const names[] = {"share", "unshare", "donate", "reclaim"};
	const bool fails = fake_called(fake, call, "%s %llx", names[call], (unsigned long long)pfn);
	uint8_t *state = fake_state(fake->machine, pfn);

	if (from == FAKE_HOST && (!state || *state == FAKE_GUEST))
		return FAKE_FAILED; /* not the host's */
	/* Nothing is asked for twice, and nothing given back that is not held. */
	assert_non_null(state);
	assert_int_equal(*state, from);
	if (fails)
		return FAKE_FAILED;
	*state = (uint8_t)to;
	return 0;
}

/* Page by page: each counts, is in the log, and can be told to fail. */
static uint64_t fake_change_all(struct fake *fake, enum fake_call call, uint64_t pfn,
				uint64_t count, enum fake_page from, enum fake_page to)
{
	uint64_t done = 0;

	assert_true(count > 0);
	fake->ranges[call]++;
	while (done < count && !fake_change(fake, call, pfn + done, from, to))
		done++;
	return done == count && fake->boasts ? UINT64_MAX : done;
}

static uint64_t fake_share(void *ctx, uint64_t pfn, uint64_t count)
{
	return fake_change_all(ctx, FAKE_SHARE, pfn, count, FAKE_HOST, FAKE_SHARED);
}

static uint64_t fake_unshare(void *ctx, uint64_t pfn, uint64_t count)
{
	return fake_change_all(ctx, FAKE_UNSHARE, pfn, count, FAKE_SHARED, FAKE_HOST);
}

static uint64_t fake_donate(void *ctx, uint64_t pfn, uint64_t count)
{
	return fake_change_all(ctx, FAKE_DONATE, pfn, count, FAKE_HOST, FAKE_DONATED);
}

static uint64_t fake_reclaim(void *ctx, uint64_t pfn, uint64_t count)
{
	return fake_change_all(ctx, FAKE_RECLAIM, pfn, count, FAKE_DONATED, FAKE_HOST);
}

static bool fake_in_pool(const struct fake *fake, uint64_t pa, uint64_t bytes)
{
	const struct itsg_range *pool = &fake->setup.config.level1_pool;

	return fake_in(pa, bytes, pool->pa, pool->bytes);
}

static int fake_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	struct fake *fake = ctx;
	const bool fails = fake_called(fake, FAKE_ZERO, "zero %llx+%llx", (unsigned long long)pa,
				       (unsigned long long)bytes);
	uint8_t *at = fake_at(fake, pa, bytes);

	assert_true(bytes > 0 && pa % 256 == 0 && bytes % 256 == 0);
	assert_true(fake_in_pool(fake, pa, bytes) || fake_all_pages(fake, pa, bytes, FAKE_DONATED));
	if (at) /* a pool that lies elsewhere is not looked at */
		memset(at, 0, (size_t)(fails ? bytes / 2 : bytes));
	return fails ? FAKE_FAILED : 0;
}

static int fake_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct fake *fake = ctx;
	const bool fails =
		fake_called(fake, FAKE_FETCH, "fetch %llx+%x", (unsigned long long)pa, bytes);

	assert_true((bytes == 8 || bytes == 32) && pa % bytes == 0);
	/* The guard reads only what it has pinned. */
	assert_true(fake_all_pages(fake, pa, bytes, FAKE_SHARED));
	if (fails)
		return FAKE_FAILED;
	memcpy(to, fake_at(fake, pa, bytes), bytes);
	return 0;
}

/* May hardware still execute this slot of the private queue? */
static bool fake_in_flight(const struct fake *fake, uint64_t pa)
{
	const uint64_t bytes = ((fake->cbaser & 0xff) + 1) * 0x1000;
	const uint64_t base = fake->cbaser & 0x000ffffffffff000ull;
	uint64_t ahead, pending;

	if (!(fake->cbaser >> 63) || !fake_in(pa, 8, base, bytes))
		return false;
	if (fake->stalled && pa - base == fake->creadr)
		return false; /* to be mended */
	ahead = (pa - base + bytes - fake->creadr) % bytes;
	pending = (fake->cwriter + bytes - fake->creadr) % bytes;
	return ahead < pending;
}

static void fake_check_slots(const struct fake *fake, uint64_t pa, uint32_t bytes)
{
	assert_true(bytes && bytes % 32 == 0 && bytes <= ITSG_STORE_MAX && pa % 32 == 0);
	assert_true(
		fake_in(pa, bytes, fake->setup.config.queue.pa, fake->setup.config.queue.bytes));
	for (uint32_t i = 0; i < bytes; i += 32)
		assert_false(
			fake_in_flight(fake, pa + i)); /* what is published is never rewritten */
}

static int fake_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct fake *fake = ctx;
	const bool fails =
		fake_called(fake, FAKE_STORE, "store %llx+%x", (unsigned long long)pa, bytes);

	if (bytes == 8)
		assert_true(pa % 8 == 0 && fake_in_pool(fake, pa, bytes));
	else
		fake_check_slots(fake, pa, bytes);
	if (fails)
		return FAKE_FAILED;
	memcpy(fake_at(fake, pa, bytes), from, bytes);
	return 0;
}

/* ---- hardware ---- */

static uint64_t fake_hw_creadr(const struct fake *fake)
{
	return fake->creadr | (fake->stalled ? 1 : 0);
}

static uint64_t fake_hw_ctlr(const struct fake *fake)
{
	return fake->ctlr_other | (fake->enabled ? 1u : 0u) |
	       (fake->quiescent ? ITSG_CTLR_QUIESCENT : 0u);
}

static uint64_t fake_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	const struct fake *fake = ctx;

	assert_true(fake->machine->inside);
	if (offset >= 0x100 && offset < 0x140) {
		assert_true(width == 8 && offset % 8 == 0);
		return fake->baser[(offset - 0x100) / 8].value;
	}
	switch (offset) {
	case 0x08:
	case 0x80:
	case 0x88:
	case 0x90:
		assert_int_equal(width, 8);
		break;
	default:
		assert_int_equal(width, 4);
		assert_int_equal(offset % 4, 0);
	}
	switch (offset) {
	case 0x00:
		return fake_hw_ctlr(fake);
	case 0x04:
		return 0x43b;
	case 0x08:
		return fake->typer;
	case 0x10:
		return 0x77; /* MPAMIDR */
	case 0x80:
		return fake->cbaser;
	case 0x88:
		return fake->cwriter;
	case 0x90:
		return fake_hw_creadr(fake);
	case 0xffe8:
		return 0x3b;
	default:
		return 0;
	}
}

static uint64_t fake_bytes_of_queue(const struct fake *fake)
{
	return ((fake->cbaser & 0xff) + 1) * 0x1000;
}

uint32_t fake_unpassed(const struct fake *fake)
{
	const uint64_t bytes = fake_bytes_of_queue(fake);

	return (uint32_t)((fake->cwriter + bytes - fake->creadr) % bytes / 32);
}

void fake_pass(struct fake *fake, uint32_t n)
{
	const uint64_t base = fake->cbaser & 0x000ffffffffff000ull;

	assert_true(fake->enabled && (fake->cbaser >> 63) && !fake->stalled);
	assert_true(n <= fake_unpassed(fake));
	for (; n > 0; n--) {
		assert_true(fake->ran_count < FAKE_MAX_RUN);
		memcpy(fake->ran[fake->ran_count++], fake_at(fake, base + fake->creadr, 32), 32);
		fake->creadr = (fake->creadr + 32) % fake_bytes_of_queue(fake);
	}
}

void fake_pass_all(struct fake *fake)
{
	if (fake->enabled && !fake->stalled)
		fake_pass(fake, fake_unpassed(fake));
}

uint64_t fake_ran(const struct fake *fake, uint32_t index, uint32_t word)
{
	assert_true(index < fake->ran_count && word < 4);
	return fake_le64(fake->ran[index] + word * 8);
}

static void fake_write_cbaser(struct fake *fake, uint64_t value)
{
	assert_true(!fake->enabled && fake->quiescent); /* else UNPREDICTABLE */
	if (fake->cbaser_valid_sticks)
		value |= fake->cbaser & ITSG_CBASER_VALID;
	value &= ~fake->cbaser_drops & 0xb8effffffffffcffull;
	fake->cbaser = value | fake->cbaser_forces;
	if (!fake->creadr_sticks)
		fake->creadr = 0;
	fake->stalled = false;
}

static void fake_write_cwriter(struct fake *fake, uint64_t value)
{
	if (fake->cbaser >> 63)
		assert_true((value & ~1ull) < fake_bytes_of_queue(fake));
	assert_int_equal(value & ~0xfffe1ull, 0);
	fake->cwriter = value & ~1ull;
	if (value & 1)
		fake->stalled = false;
	if (fake->eager)
		fake_pass_all(fake);
}

static void fake_write_baser(struct fake *fake, struct fake_baser *baser, uint64_t value)
{
	const uint64_t code = value >> 8 & 3;

	assert_true(!fake->enabled && fake->quiescent); /* else UNPREDICTABLE */
	if (!baser->type)
		return;
	value &= ~0x071f000000000300ull;
	if (!baser->indirect)
		value &= ~ITSG_BASER_INDIRECT;
	value |= (code > baser->max_page ? baser->max_page : code) << 8;
	value |= (uint64_t)baser->type << 56 | (uint64_t)(baser->entry_bytes - 1u) << 48;
	if (baser->valid_sticks)
		value |= baser->value & ITSG_BASER_VALID;
	baser->value = (value & ~baser->drops) | baser->forces;
}

static void fake_write_ctlr(struct fake *fake, uint64_t value)
{
	const bool enable = (value & 1) != 0;

	assert_true(enable == fake->enabled || !enable || fake->quiescent);
	assert_int_equal(value & 0xf0, fake->ctlr_other & 0xf0);
	fake->enabled = enable;
	if (fake->eager && fake->cbaser >> 63)
		fake_pass_all(fake);
}

static void fake_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	struct fake *fake = ctx;

	fake_called(fake, FAKE_REG_WRITE, "reg %x %llx", offset, (unsigned long long)value);
	if (offset >= 0x100 && offset < 0x140) {
		assert_true(width == 8 && offset % 8 == 0);
		fake_write_baser(fake, &fake->baser[(offset - 0x100) / 8], value);
		return;
	}
	switch (offset) {
	case 0x00:
		assert_int_equal(width, 4);
		fake_write_ctlr(fake, value);
		break;
	case 0x80:
		assert_int_equal(width, 8);
		fake_write_cbaser(fake, value);
		break;
	case 0x88:
		assert_int_equal(width, 8);
		fake_write_cwriter(fake, value);
		break;
	default:
		fail_msg("the guard wrote register 0x%x", offset);
	}
}

void fake_power_loss(struct fake *fake)
{
	fake->enabled = false;
	fake->quiescent = true;
	fake->stalled = false;
	fake->cbaser = 0;
	fake->cwriter = 0;
	fake->creadr = 0;
	for (uint32_t n = 0; n < 8; n++) {
		struct fake_baser *baser = &fake->baser[n];

		baser->value = baser->type ? (uint64_t)baser->type << 56 |
						     (uint64_t)(baser->entry_bytes - 1u) << 48 |
						     (uint64_t)baser->max_page << 8
					   : 0;
	}
}

void fake_power_loss_in_flight(struct fake *fake)
{
	fake->quiescent = false;
	fake_disable(fake);
	fake_power_loss(fake);
}

void fake_stall(struct fake *fake)
{
	fake->stalled = true;
	fake_poll(fake);
}

/* ---- the other callbacks ---- */

static bool fake_reserved(void *ctx, uint32_t device_id)
{
	struct fake *fake = ctx;

	assert_true(fake->machine->inside);
	fake->reserved_asked++;
	return fake->reserved_used && device_id == fake->reserved_device;
}

static bool fake_asleep(void *ctx, uint32_t index)
{
	const struct fake *fake = ctx;

	assert_true(fake->machine->inside);
	assert_true(fake->setup.config.redists || index < fake->setup.config.redistributor_count);
	return index < 64 && (fake->asleep >> index & 1) != 0;
}

static void fake_event_seen(void *ctx, const struct itsg_event *event)
{
	struct fake *fake = ctx;
	struct fake_event *to;

	assert_true(fake->machine->inside);
	assert_true(fake->event_count < FAKE_MAX_EVENTS);
	to = &fake->events[fake->event_count++];
	to->kind = event->kind;
	to->reason = event->reason;
	to->offset = event->offset;
	to->value = event->value;
	to->callback = event->callback;
	to->culprit = event->culprit;
	to->pa = event->pa;
	to->has_command = event->command != NULL;
	if (event->command)
		memcpy(to->command, event->command, 32);
}

const struct fake_event *fake_next_event(struct fake *fake)
{
	assert_true(fake->event_next < fake->event_count);
	return &fake->events[fake->event_next++];
}

void fake_refused(struct fake *fake, enum itsg_reason reason)
{
	const struct fake_event *event = fake_next_event(fake);

	assert_int_equal(event->kind, ITSG_EVENT_REFUSED_COMMAND);
	assert_int_equal(event->reason, reason);
}

void fake_no_event(struct fake *fake)
{
	assert_int_equal(fake->event_next, fake->event_count);
}

/* ---- worlds ---- */

void fake_defaults(struct fake_setup *setup)
{
	memset(setup, 0, sizeof(*setup));
	setup->typer = 0x1 | 7ull << 4 | 15ull << 8 | 15ull << 13 | ITSG_TYPER_INV;
	for (uint32_t n = 0; n < 2; n++) {
		setup->baser[n].type = n == 0 ? 1 : 4;
		setup->baser[n].entry_bytes = 8;
		setup->baser[n].max_page = 2;
		setup->baser[n].indirect = true;
	}
	for (uint32_t n = 0; n < ARRAY_SIZE(setup->redistributors); n++)
		setup->redistributors[n] = (uint64_t)n << 16;
	setup->pages.page_shift = 12;
	setup->pages.capacity = 256;
	setup->config.pa_bits = 48;
	setup->config.lpi_bits = 16;
	setup->config.devices = 64;
	setup->config.journal = 64;
	setup->config.budget = 1000;
	setup->config.kept = 4;
	setup->config.redistributor_count = 4;
	setup->config.queue.bytes = 0x1000;
	setup->config.level1_pool.bytes = 0x20000;
	setup->config.hash_key[0] = 0x0123456789abcdefull;
}

static void fake_set_ops(struct fake *fake)
{
	struct itsg_ops *ops = &fake->ops;

	ops->share = fake_share;
	ops->unshare = fake_unshare;
	ops->donate = fake_donate;
	ops->reclaim = fake_reclaim;
	ops->zero = fake_zero;
	ops->fetch = fake_fetch;
	ops->store = fake_store;
	ops->reg_read = fake_reg_read;
	ops->reg_write = fake_reg_write;
	ops->reserved = fake->setup.no_reserved ? NULL : fake_reserved;
	ops->asleep = fake->setup.no_asleep ? NULL : fake_asleep;
	ops->event = fake->setup.no_event ? NULL : fake_event_seen;
}

/*
 * Straight from the system, which gives a page when it is touched: a sanitizer would mark all of
 * it, and fake_at() lets nobody beyond its end.
 */
static uint8_t *fake_memory(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

static struct fake_machine *fake_machine(const struct fake_setup *setup)
{
	struct fake_machine *machine = calloc(1, sizeof(*machine));
	const size_t bytes = itsg_pages_size(&setup->pages);

	assert_non_null(machine);
	assert_true(bytes > 0);
	machine->page_shift = setup->pages.page_shift;
	machine->ram = fake_memory(FAKE_RAM_BYTES);
	machine->pages_memory = aligned_alloc(64, bytes);
	assert_non_null(machine->pages_memory);
	memset(machine->pages_memory, 0xa5, bytes);
	machine->pages = itsg_pages_init(machine->pages_memory, bytes, &setup->pages);
	assert_non_null(machine->pages);
	return machine;
}

/* Whatever private memory held before. */
static void fake_soil(struct fake *fake, const struct itsg_range *range)
{
	uint8_t *at = fake_at(fake, range->pa, range->bytes);

	if (at)
		memset(at, 0xa5, (size_t)range->bytes);
}

static struct fake *fake_on(struct fake_machine *machine, const struct fake_setup *setup)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	const uint64_t pa = FAKE_PRIVATE + machine->count * FAKE_PRIVATE_BYTES;

	assert_non_null(fake);
	assert_true(machine->count < FAKE_MAX_ITS);
	fake->machine = machine;
	machine->its[machine->count++] = fake;
	fake->setup = *setup;
	if (!fake->setup.config.redistributors)
		fake->setup.config.redistributors = fake->setup.redistributors;
	if (!fake->setup.config.queue.pa)
		fake->setup.config.queue.pa = pa;
	if (!fake->setup.config.level1_pool.pa)
		fake->setup.config.level1_pool.pa = pa + FAKE_POOL;
	fake->private_pa = pa;
	fake->private_memory = fake_memory(FAKE_PRIVATE_BYTES);
	fake_soil(fake, &fake->setup.config.queue);
	fake_soil(fake, &fake->setup.config.level1_pool);
	fake->quiescent = true;
	fake->host_queue = FAKE_QUEUE;
	fake->host_queue_bytes = 0x1000;
	fake_set_ops(fake);
	fake->typer = setup->typer;
	memcpy(fake->baser, setup->baser, sizeof(fake->baser));
	fake_power_loss(fake);
	return fake;
}

struct fake *fake_raw(const struct fake_setup *setup)
{
	return fake_on(fake_machine(setup), setup);
}

struct fake *fake_raw_default(void)
{
	struct fake_setup setup;

	fake_defaults(&setup);
	return fake_raw(&setup);
}

enum itsg_reason fake_init(struct fake *fake)
{
	const size_t bytes = itsg_its_size(&fake->setup.config);
	enum itsg_reason reason;

	if (!fake->memory) {
		fake->memory_bytes = bytes ? bytes : 64;
		fake->memory = aligned_alloc(64, fake->memory_bytes);
		assert_non_null(fake->memory);
		memset(fake->memory, 0xa5, fake->memory_bytes);
	}
	fake->machine->inside = true;
	reason = itsg_its_init(fake->memory, fake->memory_bytes, &fake->setup.config,
			       fake->machine->pages, &fake->ops, fake, &fake->its);
	fake->machine->inside = false;
	return reason;
}

struct fake *fake_new(const struct fake_setup *setup)
{
	struct fake *fake = fake_raw(setup);

	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_check(fake);
	fake_forget(fake);
	fake->event_next = fake->event_count; /* what init told: tests/test_init.c */
	return fake;
}

struct fake *fake_another(struct fake *first)
{
	struct fake_setup setup;
	struct fake *fake;

	fake_defaults(&setup);
	fake = fake_on(first->machine, &setup);
	assert_int_equal(fake_init(fake), ITSG_OK);
	fake_check(fake);
	fake_forget(fake);
	fake->event_next = fake->event_count; /* what init told: tests/test_init.c */
	return fake;
}

struct fake *fake_default(void)
{
	struct fake_setup setup;

	fake_defaults(&setup);
	return fake_new(&setup);
}

struct fake *fake_that_forgets(bool forgets)
{
	return fake_with(setup.typer &= forgets ? ~0ull : ~ITSG_TYPER_INV);
}

struct fake *fake_booted(struct fake *fake)
{
	fake_boot(fake);
	return fake;
}

struct fake *fake_armed(void)
{
	return fake_booted(fake_default());
}

struct fake *fake_sized(uint32_t journal, uint32_t depth, uint32_t budget)
{
	return fake_armed_with(setup.config.journal = journal, setup.config.depth = depth,
			       setup.config.budget = budget);
}

struct fake *fake_in_use(void)
{
	struct fake *fake = fake_armed();

	fake_collection(fake, 0, 1);
	fake_mapped(fake, 1);
	return fake;
}

void fake_free(struct fake *fake)
{
	struct fake_machine *machine = fake->machine;

	for (uint32_t i = 0; i < machine->count; i++) {
		free(machine->its[i]->memory);
		munmap(machine->its[i]->private_memory, FAKE_PRIVATE_BYTES);
		free(machine->its[i]);
	}
	free(machine->pages_memory);
	munmap(machine->ram, FAKE_RAM_BYTES);
	free(machine);
}

/* ---- checks ---- */

static void fake_check_books(const struct fake *fake)
{
	const struct itsg_its *its[FAKE_MAX_ITS];
	uint32_t count = 0;

	for (uint32_t i = 0; i < fake->machine->count; i++)
		if (fake->machine->its[i]->its)
			its[count++] = fake->machine->its[i]->its;
	assert_int_equal(itsg_check(fake->machine->pages, its, count, fake->machine->redists),
			 ITSG_INVARIANTS_HOLD);
}

/* I7: the books are the page states. */
static void fake_check_pages(const struct fake_machine *machine, uint32_t capacity)
{
	struct itsg_page_info info;
	uint32_t tracked = 0;

	for (uint32_t i = 0; i < capacity; i++) {
		const uint64_t first = FAKE_RAM >> machine->page_shift;

		if (!itsg_pages_slot(machine->pages, i, &info))
			continue;
		tracked++;
		assert_true(info.pfn >= first &&
			    info.pfn - first < FAKE_RAM_BYTES >> machine->page_shift);
		assert_int_equal(machine->state[info.pfn - first],
				 info.kind == ITSG_DONATED ? FAKE_DONATED : FAKE_SHARED);
	}
	assert_int_equal(tracked, fake_held(machine));
}

/* I1, as far as registers go: what hardware has as valid is held. */
static void fake_check_hardware(const struct fake *fake)
{
	static const uint64_t page_bytes[4] = {0x1000, 0x4000, 0x10000, 0x10000};

	for (uint32_t n = 0; n < 8; n++) {
		const uint64_t value = fake->baser[n].value;
		const uint64_t page = page_bytes[value >> 8 & 3];
		const uint64_t bytes = ((value & 0xff) + 1) * page;
		uint64_t pa = value & 0x0000fffffffff000ull;

		if (!(value >> 63))
			continue;
		if (page == 0x10000)
			pa = (value & 0x0000ffffffff0000ull) | (value >> 12 & 0xf) << 48;
		if (value & ITSG_BASER_INDIRECT)
			assert_true(fake_in_pool(fake, pa, bytes));
		else
			assert_true(fake_all_pages(fake, pa, bytes, FAKE_DONATED));
	}
	if (fake->cbaser >> 63)
		assert_int_equal(fake->cbaser & 0x000ffffffffff000ull, fake->setup.config.queue.pa);
}

void fake_check(const struct fake *fake)
{
	struct fake_machine *machine = fake->machine;

	if (machine->unchecked)
		return;
	fake_check_books(fake);
	fake_check_pages(machine, machine->its[0]->setup.pages.capacity);
	for (uint32_t i = 0; i < machine->count; i++)
		fake_check_hardware(machine->its[i]);
}

/* ---- the library ---- */

enum itsg_reason fake_write(struct fake *fake, uint32_t offset, uint32_t width, uint64_t value)
{
	enum itsg_reason reason;

	fake->machine->inside = true;
	reason = itsg_write(fake->its, offset, width, value);
	fake->machine->inside = false;
	fake_check(fake);
	return reason;
}

enum itsg_reason fake_w64(struct fake *fake, uint32_t offset, uint64_t value)
{
	return fake_write(fake, offset, 8, value);
}

enum itsg_reason fake_w32(struct fake *fake, uint32_t offset, uint64_t value)
{
	return fake_write(fake, offset, 4, value);
}

enum itsg_reason fake_read(struct fake *fake, uint32_t offset, uint32_t width, uint64_t *value)
{
	enum itsg_reason reason;

	fake->machine->inside = true;
	reason = itsg_read(fake->its, offset, width, value);
	fake->machine->inside = false;
	fake_check(fake);
	return reason;
}

uint64_t fake_r64(struct fake *fake, uint32_t offset)
{
	uint64_t value;

	assert_int_equal(fake_read(fake, offset, 8, &value), ITSG_OK);
	return value;
}

uint64_t fake_r32(struct fake *fake, uint32_t offset)
{
	uint64_t value;

	assert_int_equal(fake_read(fake, offset, 4, &value), ITSG_OK);
	return value;
}

bool fake_poll(struct fake *fake)
{
	bool did;

	fake->machine->inside = true;
	did = itsg_poll(fake->its);
	fake->machine->inside = false;
	fake_check(fake);
	return did;
}

struct itsg_stats fake_stats(const struct fake *fake)
{
	struct itsg_stats stats;

	itsg_get_stats(fake->its, &stats);
	return stats;
}

void fake_settle(struct fake *fake)
{
	for (uint32_t i = 0; fake_poll(fake); i++)
		assert_true(i < 100000);
}

void fake_set_budget(struct fake *fake, uint32_t steps)
{
	fake->its->facts.config.budget = steps;
}

void fake_tell_power_lost(struct fake *fake)
{
	fake->machine->inside = true;
	itsg_power_lost(fake->its);
	fake->machine->inside = false;
	fake_check(fake);
}

void fake_run(struct fake *fake)
{
	uint32_t i = 0;

	do {
		fake_pass_all(fake);
		assert_true(i++ < 100000);
	} while (fake_poll(fake) || (fake->enabled && !fake->stalled && fake_unpassed(fake)));
}

/* ---- the host ---- */

uint64_t fake_baser_value(uint64_t pa, uint32_t pages, uint32_t code, bool indirect)
{
	uint64_t value = 0xb800000000000400ull | (uint64_t)code << 8 | (pages - 1);

	if (indirect)
		value |= ITSG_BASER_INDIRECT;
	if (code < 2)
		return value | (pa & 0x0000fffffffff000ull);
	return value | (pa & 0x0000ffffffff0000ull) | (pa >> 48 & 0xf) << 12;
}

uint64_t fake_cbaser_value(uint64_t pa, uint32_t pages_of_4k)
{
	return 0xb800000000000400ull | pa | (pages_of_4k - 1);
}

static void fake_set(struct fake *fake, uint32_t offset, uint64_t value)
{
	assert_int_equal(fake_w64(fake, offset, value), ITSG_OK);
}

void fake_set_devices(struct fake *fake, uint64_t value)
{
	fake_set(fake, ITSG_GITS_BASER, value);
}

void fake_set_collections(struct fake *fake, uint64_t value)
{
	fake_set(fake, ITSG_GITS_BASER + 8, value);
}

void fake_set_queue(struct fake *fake, uint64_t value)
{
	fake_set(fake, ITSG_GITS_CBASER, value);
}

void fake_begin_queue(struct fake *fake, uint64_t pa)
{
	fake->host_queue = pa;
	fake->host_at = 0;
	fake_set_queue(fake, fake_cbaser_value(pa, fake->host_queue_bytes / 0x1000));
	fake_set(fake, ITSG_GITS_CWRITER, 0);
}

void fake_program(struct fake *fake, bool two_level)
{
	fake_begin_queue(fake, fake->host_queue);
	fake_set_devices(fake, fake_baser_value(FAKE_DEVICES, 1, two_level ? 0 : 2, two_level));
	fake_set_collections(fake, fake_baser_value(FAKE_COLLECTIONS, 1, 2, false));
}

void fake_give_up_all(struct fake *fake)
{
	fake_disable(fake);
	fake_set_queue(fake, 0);
	fake_set_devices(fake, 0);
	fake_set_collections(fake, 0);
}

uint64_t fake_creadr(struct fake *fake)
{
	return fake_r64(fake, ITSG_GITS_CREADR);
}

enum itsg_reason fake_enable(struct fake *fake)
{
	return fake_w32(fake, ITSG_GITS_CTLR, 1);
}

void fake_disable(struct fake *fake)
{
	assert_int_equal(fake_w32(fake, ITSG_GITS_CTLR, 0), ITSG_OK);
}

static void fake_arm(struct fake *fake, bool two_level)
{
	fake_program(fake, two_level);
	assert_int_equal(fake_enable(fake), ITSG_OK);
	fake_forget(fake);
}

void fake_boot(struct fake *fake)
{
	fake_arm(fake, false);
}

void fake_boot_two_level(struct fake *fake)
{
	fake_arm(fake, true);
}

void fake_boot_linked(struct fake *fake)
{
	fake_boot_two_level(fake);
	fake_put64(fake, FAKE_DEVICES, ITSG_BASER_VALID | FAKE_LEVEL2);
}

void fake_words(struct fake *fake, uint64_t dw0, uint64_t dw1, uint64_t dw2, uint64_t dw3)
{
	const uint64_t at = fake->host_queue + fake->host_at;

	fake_put64(fake, at, dw0);
	fake_put64(fake, at + 8, dw1);
	fake_put64(fake, at + 16, dw2);
	fake_put64(fake, at + 24, dw3);
	fake->host_at += 32;
	if (fake->host_at == fake->host_queue_bytes)
		fake->host_at = 0;
}

void fake_mapd(struct fake *fake, uint32_t device, uint32_t size, uint64_t itt)
{
	fake_words(fake, 0x08 | (uint64_t)device << 32, size, itt | 1ull << 63, 0);
}

void fake_unmap(struct fake *fake, uint32_t device)
{
	fake_words(fake, 0x08 | (uint64_t)device << 32, 0, 0, 0);
}

void fake_mapc(struct fake *fake, uint32_t icid, uint64_t rdbase)
{
	fake_words(fake, 0x09, 0, 1ull << 63 | rdbase | icid, 0);
}

void fake_mapti(struct fake *fake, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid)
{
	fake_words(fake, 0x0a | (uint64_t)device << 32, (uint64_t)intid << 32 | event, icid, 0);
}

void fake_event(struct fake *fake, uint8_t opcode, uint32_t device, uint32_t event)
{
	fake_words(fake, opcode | (uint64_t)device << 32, event, 0, 0);
}

void fake_sync(struct fake *fake, uint64_t rdbase)
{
	fake_words(fake, 0x05, 0, rdbase, 0);
}

void fake_syncs_apart(struct fake *fake, uint32_t count, uint64_t rdbase)
{
	for (uint32_t i = 1; i <= count; i++) {
		fake_sync(fake, rdbase);
		fake_sync(fake, 0xffff0000); /* there is no such redistributor */
		if (i % 32 == 0)
			fake_submit(fake); /* the queue is not longer */
	}
}

void fake_submit(struct fake *fake)
{
	assert_int_equal(fake_w64(fake, ITSG_GITS_CWRITER, fake->host_at), ITSG_OK);
}

enum itsg_reason fake_try(struct fake *fake)
{
	const struct itsg_stats before = fake_stats(fake);
	const uint32_t seen = fake->event_count;
	struct itsg_stats after;

	fake_submit(fake);
	fake_run(fake);
	after = fake_stats(fake);
	if (after.commands == before.commands)
		return ITSG_REASON_COUNT;
	assert_int_equal(after.commands, before.commands + 1);
	if (after.accepted != before.accepted)
		return ITSG_OK;
	for (uint32_t i = seen; i < fake->event_count; i++) {
		if (fake->events[i].kind != ITSG_EVENT_REFUSED_COMMAND)
			continue;
		fake->event_next = fake->event_count;
		return fake->events[i].reason;
	}
	fail_msg("refused, and nobody told");
	return ITSG_OK;
}

static void fake_must(struct fake *fake)
{
	assert_int_equal(fake_try(fake), ITSG_OK);
}

void fake_collection(struct fake *fake, uint32_t icid, uint32_t redistributor)
{
	fake_mapc(fake, icid, (uint64_t)redistributor << 16);
	fake_must(fake);
}

void fake_mapped(struct fake *fake, uint32_t device)
{
	fake_mapd(fake, device, 4, FAKE_ITT + device * 0x1000);
	fake_must(fake);
}

void fake_unmapped(struct fake *fake, uint32_t device)
{
	fake_unmap(fake, device);
	fake_must(fake);
}

void fake_unmapping(struct fake *fake, uint32_t device)
{
	fake_unmap(fake, device);
	fake_submit(fake);
}
