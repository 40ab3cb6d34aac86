/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Writes down, as a trace, what a fuzz target does with its input.
 *
 * The files of fuzz/ are compiled into the command once more (cmake/inputs.cmake), with this header
 * in front: calls that change the world go through the recorder, and a finding ends the recording
 * instead of the program. So an input is decoded in one place only, the target itself.
 */
#ifndef TOOLS_INPUT_RECORD_H
#define TOOLS_INPUT_RECORD_H

#include "itsguard/pages.h"
#include "world.h"

struct world *record_create(const struct world_config *config, char *why, size_t why_size);
bool record_reset(struct world *world, const struct world_config *config, char *why,
		  size_t why_size);
void record_on_event(struct world *world, world_event_fn *fn, void *ctx);
void record_on_callback(struct world *world, world_hook_fn *fn, void *ctx);
enum itsg_reason record_write(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			      uint64_t value);
enum itsg_reason record_read(struct world *world, uint32_t its, uint32_t offset, uint32_t width,
			     uint64_t *value);
int record_poke(struct world *world, uint64_t pa, const uint8_t *bytes, size_t len);
int record_give(struct world *world, uint64_t pa, uint64_t len);
uint64_t record_run(struct world *world, uint32_t its, uint64_t commands);
bool record_poll(struct world *world);
bool record_settle(struct world *world);
void record_fail(struct world *world, enum trace_callback callback, uint64_t n);
void record_fail_run(struct world *world, enum trace_callback callback, uint64_t n, uint64_t times);

/* The page tracker alone has no trace: a listing. */
struct itsg_pages *record_pages_init(void *mem, size_t size,
				     const struct itsg_pages_config *config);
enum itsg_pages_result record_pages_take(struct itsg_pages *pages, const struct itsg_run *run,
					 enum itsg_kind kind);
enum itsg_pages_result record_pages_drop(struct itsg_pages *pages, const struct itsg_run *run,
					 enum itsg_kind kind);
void record_pages_mark(struct itsg_pages *pages, uint64_t pfn, bool marked);

_Noreturn void record_found(const char *format, ...) __attribute__((format(printf, 1, 2)));

#ifdef ITSG_RECORDED
#define world_create      record_create
#define world_reset       record_reset
#define world_on_event    record_on_event
#define world_on_callback record_on_callback
#define world_write       record_write
#define world_read        record_read
#define world_poke        record_poke
#define world_give        record_give
#define world_run         record_run
#define world_poll        record_poll
#define world_settle      record_settle
#define world_fail        record_fail
#define world_fail_run    record_fail_run
#define itsg_pages_init   record_pages_init
#define itsg_pages_take   record_pages_take
#define itsg_pages_drop   record_pages_drop
#define itsg_pages_mark   record_pages_mark
#define fuzz_found        record_found
#endif

/* For the command. */
typedef int record_target_fn(const uint8_t *data, size_t size);

/*
 * Runs a target on an input and writes what it did. False: something has no trace form, and a
 * replay need not show the same; it is in the trace as a comment that begins "#:".
 */
bool record_input(record_target_fn *target, const uint8_t *data, size_t size, FILE *out);

#endif
