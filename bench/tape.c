/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "tape.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "itsguard/arch.h"
#include "itsguard/itsguard.h"
#include "replay.h"
#include "trace.h"

#define TAPE_MAX (1u << 21)

enum tape_kind {
	TAPE_WRITE,
	TAPE_READ,
	TAPE_POLL,
	TAPE_PAGES, /* share and its like */
	TAPE_ERROR, /* what a callback that gives an error gave: store, zero */
	TAPE_FETCH,
	TAPE_REG_READ,
	TAPE_BOOL,
	TAPE_NOTHING, /* a callback that gives nothing */
};

/* One call: of the library, or by it. */
struct tape_note {
	uint8_t kind;
	uint8_t width;
	uint16_t sort; /* of an entry */
	uint32_t
		offset; /* of a register; else the callback's number, so that no two are confused */
	uint64_t value; /* argument of a write, answer of everything else; a page, an address */
	uint64_t count, done; /* pages; of a store its bytes, and a hash of them */
	int error;
	uint8_t bytes[ITSG_CMD_BYTES]; /* the first ones */
};

struct tape {
	char name[256];
	struct tape_note *note;
	uint32_t count;
	uint32_t at; /* playing */
	uint64_t commands;
	uint32_t budget; /* 0: the trace's */
	struct itsg_pages *pages;
	struct itsg_pages_config tracker;
	struct itsg_its_config config;
	uint64_t *redistributors;
	void *pages_memory, *its_memory;
	size_t pages_bytes, its_bytes;
	const struct itsg_ops *ops; /* of the world, while recording */
	void *ctx;
};

static struct tape *recording;

static void tape_die(const struct tape *tape, const char *what)
{
	fprintf(stderr, "tape %s, note %u: %s\n", tape->name, tape->at, what);
	exit(1);
}

static struct tape_note *tape_add(struct tape *tape, enum tape_kind kind, uint32_t offset)
{
	struct tape_note *note = &tape->note[tape->count];

	if (tape->count == TAPE_MAX)
		tape_die(tape, "full");
	tape->count++;
	memset(note, 0, sizeof(*note));
	note->kind = (uint8_t)kind;
	note->offset = offset;
	return note;
}

/* The next note; it must be this. */
static const struct tape_note *tape_next(struct tape *tape, enum tape_kind kind, uint32_t offset)
{
	const struct tape_note *note = &tape->note[tape->at];

	if (tape->at == tape->count || note->kind != kind || note->offset != offset)
		tape_die(tape, "the library does something else");
	tape->at++;
	return note;
}

/* ---- callbacks ---- */

enum {
	CALL_SHARE,
	CALL_UNSHARE,
	CALL_DONATE,
	CALL_RECLAIM,
	CALL_ZERO,
	CALL_STORE,
	CALL_EVENT
};

#define TAPE_PAGE(name, call)                                                                      \
	static uint64_t record_##name(void *ctx, uint64_t pfn, uint64_t count)                     \
	{                                                                                          \
		struct tape *tape = ctx;                                                           \
		const uint64_t done = tape->ops->name(tape->ctx, pfn, count);                      \
		struct tape_note *note = tape_add(tape, TAPE_PAGES, call);                         \
                                                                                                   \
		note->value = pfn;                                                                 \
		note->count = count;                                                               \
		note->done = done;                                                                 \
		return done;                                                                       \
	}                                                                                          \
	static uint64_t play_##name(void *ctx, uint64_t pfn, uint64_t count)                       \
	{                                                                                          \
		const struct tape_note *note;                                                      \
                                                                                                   \
		count_leave();                                                                     \
		note = tape_next(ctx, TAPE_PAGES, call);                                           \
		if (note->value != pfn || note->count != count)                                    \
			tape_die(ctx, "other pages");                                              \
		count_enter();                                                                     \
		return note->done;                                                                 \
	}
TAPE_PAGE(share, CALL_SHARE)
TAPE_PAGE(unshare, CALL_UNSHARE)
TAPE_PAGE(donate, CALL_DONATE)
TAPE_PAGE(reclaim, CALL_RECLAIM)

static int record_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	struct tape *tape = ctx;
	const int error = tape->ops->zero(tape->ctx, pa, bytes);
	struct tape_note *note = tape_add(tape, TAPE_ERROR, CALL_ZERO);

	note->value = pa;
	note->error = error;
	return error;
}

static int play_zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	const struct tape_note *note;

	count_leave();
	(void)bytes;
	note = tape_next(ctx, TAPE_ERROR, CALL_ZERO);
	if (note->value != pa)
		tape_die(ctx, "zeroes something else");
	count_enter();
	return note->error;
}

static int record_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	struct tape *tape = ctx;
	const int error = tape->ops->fetch(tape->ctx, pa, to, bytes);
	struct tape_note *note = tape_add(tape, TAPE_FETCH, bytes);

	note->value = pa;
	note->error = error;
	memcpy(note->bytes, to, bytes);
	return error;
}

static int play_fetch(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes)
{
	const struct tape_note *note;

	count_leave();
	note = tape_next(ctx, TAPE_FETCH, bytes);
	if (note->value != pa)
		tape_die(ctx, "fetches something else");
	memcpy(to, note->bytes, bytes);
	count_enter();
	return note->error;
}

/* FNV-1a: a tape is long, and a store may be. */
static uint64_t hash_of(const uint8_t *from, uint32_t bytes)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (uint32_t i = 0; i < bytes; i++)
		hash = (hash ^ from[i]) * 0x100000001b3u;
	return hash;
}

static int record_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	struct tape *tape = ctx;
	const int error = tape->ops->store(tape->ctx, pa, from, bytes);
	struct tape_note *note = tape_add(tape, TAPE_ERROR, CALL_STORE);

	note->value = pa;
	note->error = error;
	note->count = bytes;
	note->done = hash_of(from, bytes);
	memcpy(note->bytes, from, bytes < ITSG_CMD_BYTES ? bytes : ITSG_CMD_BYTES);
	return error;
}

static int play_store(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes)
{
	const struct tape_note *note;

	count_leave();
	note = tape_next(ctx, TAPE_ERROR, CALL_STORE);
	if (note->value != pa || note->count != bytes || note->done != hash_of(from, bytes))
		tape_die(ctx, "stores something else");
	count_enter();
	return note->error;
}

static uint64_t record_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	struct tape *tape = ctx;
	const uint64_t value = tape->ops->reg_read(tape->ctx, offset, width);

	tape_add(tape, TAPE_REG_READ, offset)->value = value;
	return value;
}

static uint64_t play_reg_read(void *ctx, uint32_t offset, uint32_t width)
{
	uint64_t value;

	count_leave();
	(void)width;
	value = tape_next(ctx, TAPE_REG_READ, offset)->value;
	count_enter();
	return value;
}

static void record_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	struct tape *tape = ctx;

	tape->ops->reg_write(tape->ctx, offset, width, value);
	tape_add(tape, TAPE_NOTHING, offset)->value = value;
}

static void play_reg_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value)
{
	count_leave();
	(void)width;
	if (tape_next(ctx, TAPE_NOTHING, offset)->value != value)
		tape_die(ctx, "writes something else to a register");
	count_enter();
}

static bool record_reserved(void *ctx, uint32_t device_id)
{
	struct tape *tape = ctx;
	const bool reserved = tape->ops->reserved(tape->ctx, device_id);

	tape_add(tape, TAPE_BOOL, device_id)->value = reserved;
	return reserved;
}

static bool record_asleep(void *ctx, uint32_t index)
{
	struct tape *tape = ctx;
	const bool asleep = tape->ops->asleep(tape->ctx, index);

	tape_add(tape, TAPE_BOOL, index)->value = asleep;
	return asleep;
}

static bool play_bool(void *ctx, uint32_t index)
{
	bool answer;

	count_leave();
	answer = tape_next(ctx, TAPE_BOOL, index)->value != 0;
	count_enter();
	return answer;
}

static void record_event(void *ctx, const struct itsg_event *event)
{
	struct tape *tape = ctx;

	tape->ops->event(tape->ctx, event);
	tape_add(tape, TAPE_NOTHING, CALL_EVENT);
}

static void play_event(void *ctx, const struct itsg_event *event)
{
	count_leave();
	(void)event;
	tape_next(ctx, TAPE_NOTHING, CALL_EVENT);
	count_enter();
}

static const struct itsg_ops record_ops = {
	.share = record_share,
	.unshare = record_unshare,
	.donate = record_donate,
	.reclaim = record_reclaim,
	.zero = record_zero,
	.fetch = record_fetch,
	.store = record_store,
	.reg_read = record_reg_read,
	.reg_write = record_reg_write,
	.reserved = record_reserved,
	.asleep = record_asleep,
	.event = record_event,
};

static const struct itsg_ops play_ops = {
	.share = play_share,
	.unshare = play_unshare,
	.donate = play_donate,
	.reclaim = play_reclaim,
	.zero = play_zero,
	.fetch = play_fetch,
	.store = play_store,
	.reg_read = play_reg_read,
	.reg_write = play_reg_write,
	.reserved = play_bool,
	.asleep = play_bool,
	.event = play_event,
};

/* ---- recording: the linker leads calls of the library here (--wrap) ---- */

#define WRAPPED(type, name, arguments)                                                             \
	type __real_##name arguments;                                                              \
	type __wrap_##name arguments;                                                              \
	type __wrap_##name arguments

WRAPPED(struct itsg_pages *, itsg_pages_init,
	(void *mem, size_t size, const struct itsg_pages_config *config))
{
	if (recording)
		recording->tracker = *config;
	return __real_itsg_pages_init(mem, size, config);
}

static void keep_config(struct tape *tape, const struct itsg_its_config *config)
{
	const size_t bytes = config->redistributor_count * sizeof(uint64_t);

	tape->config = *config;
	tape->redistributors = malloc(bytes);
	memcpy(tape->redistributors, config->redistributors, bytes);
	tape->config.redistributors = tape->redistributors;
}

WRAPPED(enum itsg_reason, itsg_its_init,
	(void *mem, size_t size, const struct itsg_its_config *config, struct itsg_pages *pages,
	 const struct itsg_ops *ops, void *ctx, struct itsg_its **out))
{
	if (!recording)
		return __real_itsg_its_init(mem, size, config, pages, ops, ctx, out);
	if (recording->ops)
		tape_die(recording, "more than one ITS");
	keep_config(recording, config);
	if (recording->budget)
		recording->config.budget = recording->budget;
	recording->ops = ops;
	recording->ctx = ctx;
	return __real_itsg_its_init(mem, size, &recording->config, pages, &record_ops, recording,
				    out);
}

WRAPPED(enum itsg_reason, itsg_write,
	(struct itsg_its * its, uint32_t offset, uint32_t width, uint64_t value))
{
	struct tape_note *note = tape_add(recording, TAPE_WRITE, offset);
	enum itsg_reason reason;

	note->width = (uint8_t)width;
	note->value = value;
	reason = __real_itsg_write(its, offset, width, value);
	note->error = (int)reason;
	return reason;
}

WRAPPED(enum itsg_reason, itsg_read,
	(struct itsg_its * its, uint32_t offset, uint32_t width, uint64_t *value))
{
	struct tape_note *note = tape_add(recording, TAPE_READ, offset);
	enum itsg_reason reason;

	note->width = (uint8_t)width;
	reason = __real_itsg_read(its, offset, width, value);
	note->value = *value;
	note->error = (int)reason;
	return reason;
}

WRAPPED(bool, itsg_poll, (struct itsg_its * its))
{
	struct tape_note *note = tape_add(recording, TAPE_POLL, 0);
	const bool more = __real_itsg_poll(its);

	note->error = more;
	return more;
}

static bool record_trace(const char *path, struct replay_summary *summary)
{
	struct replay_options options;
	struct trace trace;
	struct trace_error error;
	FILE *in = fopen(path, "r");
	bool ok;

	if (!in)
		return false;
	ok = trace_read(in, path, NULL, &trace, &error) == 0;
	fclose(in);
	if (!ok)
		return false;
	replay_options_default(&options);
	options.no_oracle = true;
	ok = replay(&trace, &options, NULL, NULL, summary);
	trace_free(&trace);
	return ok;
}

/* The opcode that an entry fetches, or hands to hardware; else -1. */
static int opcode_of(const struct tape *tape, uint32_t entry, bool fetches)
{
	const uint8_t *stored = NULL;

	for (uint32_t i = entry + 1; i < tape->count && tape->note[i].kind > TAPE_POLL; i++) {
		const struct tape_note *note = &tape->note[i];

		if (note->kind == TAPE_FETCH && note->offset == 32 && fetches)
			return note->bytes[0];
		if (note->kind == TAPE_ERROR && note->offset == CALL_STORE)
			stored = note->bytes;
		if (note->kind == TAPE_NOTHING && note->offset == ITSG_GITS_CWRITER && stored &&
		    !fetches)
			return stored[0];
	}
	return -1;
}

static bool only_looks(const struct tape *tape, uint32_t entry)
{
	for (uint32_t i = entry + 1; i < tape->count && tape->note[i].kind > TAPE_POLL; i++)
		if (tape->note[i].kind != TAPE_REG_READ)
			return false;
	return true;
}

static void sort_entries(struct tape *tape)
{
	int head = -1; /* opcode of the command that was fetched and not judged */

	for (uint32_t i = 0; i < tape->count; i++) {
		struct tape_note *note = &tape->note[i];
		int opcode;

		if (note->kind > TAPE_POLL)
			continue;
		note->sort = only_looks(tape, i) && !note->error ? TAPE_IDLE : TAPE_OTHER;
		opcode = opcode_of(tape, i, true);
		if (opcode >= 0) {
			head = opcode;
			note->sort = (uint16_t)opcode;
		} else if (head >= 0 && opcode_of(tape, i, false) == head) {
			note->sort = (uint16_t)head;
			head = -1;
		}
	}
}

struct tape *tape_record(const char *path, uint32_t budget)
{
	const char *slash = strrchr(path, '/');
	struct tape *tape = calloc(1, sizeof(*tape));
	struct replay_summary summary;
	bool ok;

	snprintf(tape->name, sizeof(tape->name), "%s", slash ? slash + 1 : path);
	tape->note = calloc(TAPE_MAX, sizeof(*tape->note));
	tape->budget = budget;
	recording = tape;
	ok = record_trace(path, &summary);
	recording = NULL;
	if (!ok)
		return NULL;
	tape->commands = summary.commands;
	sort_entries(tape);
	tape->pages_bytes = itsg_pages_size(&tape->tracker);
	tape->its_bytes = itsg_its_size(&tape->config);
	tape->pages_memory = aligned_alloc(64, tape->pages_bytes);
	tape->its_memory = aligned_alloc(64, tape->its_bytes);
	return tape;
}

void tape_free(struct tape *tape)
{
	free(tape->note);
	free(tape->redistributors);
	free(tape->pages_memory);
	free(tape->its_memory);
	free(tape);
}

const char *tape_name(const struct tape *tape)
{
	return tape->name;
}

uint64_t tape_commands(const struct tape *tape)
{
	return tape->commands;
}

/* ---- playing ---- */

static void play_entry(struct tape *tape, struct itsg_its *its, const struct tape_note *note,
		       bool counted)
{
	uint64_t value = 0;
	int answer;

	if (counted)
		count_on();
	switch (note->kind) {
	case TAPE_WRITE:
		answer = (int)__real_itsg_write(its, note->offset, note->width, note->value);
		break;
	case TAPE_READ:
		answer = (int)__real_itsg_read(its, note->offset, note->width, &value);
		break;
	default:
		answer = __real_itsg_poll(its);
	}
	if (counted)
		count_off();
	if (answer != note->error || (note->kind == TAPE_READ && value != note->value))
		tape_die(tape, "another answer");
}

uint64_t tape_play(struct tape *tape, uint32_t sort)
{
	uint64_t counted = 0;
	struct itsg_its *its = NULL;
	struct itsg_pages *pages =
		__real_itsg_pages_init(tape->pages_memory, tape->pages_bytes, &tape->tracker);

	tape->at = 0;
	if (__real_itsg_its_init(tape->its_memory, tape->its_bytes, &tape->config, pages, &play_ops,
				 tape, &its) != ITSG_OK)
		tape_die(tape, "no guard");
	while (tape->at < tape->count) {
		const struct tape_note *note = &tape->note[tape->at++];

		const bool count = sort == TAPE_ALL || note->sort == sort;

		if (note->kind > TAPE_POLL)
			tape_die(tape, "the library does less");
		counted += count;
		play_entry(tape, its, note, count);
	}
	return counted;
}
