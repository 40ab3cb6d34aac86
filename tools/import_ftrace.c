/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "import_ftrace.h"

#include <stdlib.h>
#include <string.h>

#include "itsguard/cmd.h"
#include "u64map.h"

#define NEAR   0x40000000u /* RAM that is no further away than this counts as one range */
#define LINE   2048u       /* bytes: more than any line of interest has */
#define EVENT  "commands: (its_wait_for_range_completion"
#define HEADER "# itsguard: "

static bool fail(struct import_error *error, uint32_t line, const char *why)
{
	error->line = line;
	snprintf(error->why, sizeof(error->why), "%s", why);
	return false;
}

/* The number behind that name. */
static bool number_of(const char *line, const char *name, uint64_t *value)
{
	const char *at = strstr(line, name);
	char *end;

	if (!at)
		return false;
	at += strlen(name);
	*value = strtoull(at, &end, 16);
	return end != at;
}

/* ---- the machine ---- */

static uint64_t end_of(const struct trace_ram *ram)
{
	return ram->pa + ram->bytes;
}

/* Firmware cuts RAM into small pieces. They come in their order. */
static bool read_ram(const char *line, uint32_t number, struct ftrace_log *log,
		     struct import_error *error)
{
	struct trace_ram *last = log->ram_count ? &log->ram[log->ram_count - 1] : NULL;
	uint64_t start, end;

	if (!number_of(line, "ram 0x", &start) || !number_of(line, "-0x", &end) || start >= end ||
	    end >= (uint64_t)1 << 51 || (last && start < end_of(last)))
		return fail(error, number, "RAM that there cannot be");
	start &= ~0xfffull;
	end = (end + 0x1000) & ~0xfffull;
	if (last && start <= end_of(last) + NEAR) {
		last->bytes = end - last->pa;
		return true;
	}
	if (log->ram_count + 1 == TRACE_RAM_MAX) /* one is added */
		return fail(error, number, "more ranges of RAM than a trace has");
	log->ram[log->ram_count].pa = start;
	log->ram[log->ram_count++].bytes = end - start;
	return true;
}

static bool read_its(const char *line, uint32_t number, struct ftrace_log *log,
		     struct import_error *error)
{
	struct ftrace_its *its = &log->its[log->its_count];
	char name[] = "baser0=0x";

	if (log->its_count == TRACE_ITS_MAX)
		return fail(error, number, "more ITSs than a trace has");
	if (!number_of(line, "its 0x", &its->address))
		return fail(error, number, "an ITS without an address");
	log->its_count++;
	its->told = number_of(line, " typer=0x", &its->typer);
	if (!its->told)
		return true;
	if (!number_of(line, " cbaser=0x", &its->cbaser))
		return fail(error, number, "an ITS without a queue");
	if ((itsg_get(its->cbaser, ITSG_CBASER_SIZE) + 1) * 0x1000 != FTRACE_QUEUE)
		return fail(error, number, "a queue that is not of the size of Linux's");
	for (uint32_t n = 0; n < ITSG_GITS_BASER_COUNT; n++) {
		name[5] = (char)('0' + n);
		if (!number_of(line, name, &its->baser[n]))
			return fail(error, number, "an ITS of which not all BASERs are told");
	}
	return true;
}

static bool read_header(const char *line, uint32_t number, struct ftrace_log *log,
			struct import_error *error)
{
	line += sizeof(HEADER) - 1;
	if (!strncmp(line, "linux ", 6))
		snprintf(log->linux_name, sizeof(log->linux_name), "%.63s", line + 6);
	else if (!strcmp(line, "since boot"))
		log->since_boot = true;
	else if (!strncmp(line, "ram ", 4))
		return read_ram(line, number, log, error);
	else if (!strncmp(line, "its ", 4))
		return read_its(line, number, log, error);
	return true;
}

/* ---- an event ---- */

/* "NAME={0x1,0x2,...}"; what the kernel could not read is "(fault)". */
static bool read_words(const char *line, const char *name, uint64_t word[FTRACE_WORDS])
{
	const char *at = strstr(line, name);
	char *end;

	if (!at)
		return false;
	at += strlen(name);
	for (uint32_t i = 0; i < FTRACE_WORDS; i++) {
		if (*at != (i ? ',' : '{'))
			return false;
		word[i] = strtoull(at + 1, &end, 16);
		if (end == at + 1)
			return false;
		at = end;
	}
	return *at == '}';
}

/* Before the start of the queue is its end. */
static bool take_words(const char *line, struct ftrace_post *post)
{
	uint64_t before[FTRACE_WORDS] = {0}, end[FTRACE_WORDS] = {0};
	bool has_before = read_words(line, " before=", before);
	bool has_end = read_words(line, " end=", end);
	uint32_t bytes = FTRACE_WORDS * 8;
	uint32_t wrapped = post->to < bytes ? (bytes - post->to) / 8 : 0;

	if ((wrapped < FTRACE_WORDS && !has_before) || (wrapped && !has_end))
		return false;
	for (uint32_t i = 0; i < FTRACE_WORDS; i++)
		post->word[i] = i < wrapped ? end[i] : before[i];
	return true;
}

/* The driver puts a barrier behind each command that needs one, and sends no barrier alone. */
static uint32_t commands_of(const struct ftrace_post *post)
{
	uint64_t last = post->word[FTRACE_WORDS / 2] & 0xff;

	return last == ITSG_CMD_SYNC || last == ITSG_CMD_VSYNC ? 2 : 1;
}

static bool node_of(struct ftrace_log *log, uint64_t data, uint64_t queue, uint32_t *node)
{
	for (*node = 0; *node < log->node_count; (*node)++)
		if (log->node[*node].data == data)
			return log->node[*node].queue == queue;
	if (*node == TRACE_ITS_MAX)
		return false;
	log->node[log->node_count].data = data;
	log->node[log->node_count++].queue = queue;
	return true;
}

static bool read_event(const char *line, uint32_t number, struct ftrace_log *log,
		       struct import_error *error)
{
	struct ftrace_post post = {.line = number};
	uint64_t data, to;

	if (!number_of(line, " its=0x", &data) || !number_of(line, " to=0x", &to))
		return fail(error, number, "an event that is not script/record-ftrace's");
	post.to = (uint32_t)(to % FTRACE_QUEUE);
	if (post.to % ITSG_CMD_BYTES)
		return fail(error, number, "commands that end where none can");
	if (!node_of(log, data, to - post.to, &post.its))
		return fail(error, number, "a queue of no ITS that there can be");
	if (!take_words(line, &post))
		return fail(error, number, "commands that the kernel could not read");
	post.count = commands_of(&post);
	if (log->count == log->room) {
		log->room = log->room ? 2 * log->room : 256;
		log->posts = sim_realloc(log->posts, log->room, sizeof(*log->posts));
	}
	log->posts[log->count++] = post;
	return true;
}

/* ---- which ITS is which ---- */

static uint64_t queue_pa(const struct ftrace_its *its)
{
	return its->cbaser & ITSG_CBASER_ADDRESS;
}

/* The ITS whose queue is there, if kernel addresses are that much above physical ones. */
static bool its_at(const struct ftrace_log *log, uint64_t queue, uint64_t above, uint32_t *its)
{
	for (*its = 0; *its < log->its_count; (*its)++)
		if (log->its[*its].told && queue_pa(&log->its[*its]) + above == queue)
			return true;
	return false;
}

/* One distance fits all queues, for they lie in the kernel's map of all memory. */
static bool match_queues(const struct ftrace_log *log, uint32_t its_of[TRACE_ITS_MAX])
{
	for (uint32_t first = 0; first < log->its_count; first++) {
		uint64_t above = log->node[0].queue - queue_pa(&log->its[first]);
		uint32_t n = 0;

		while (n < log->node_count && its_at(log, log->node[n].queue, above, &its_of[n]))
			n++;
		if (n == log->node_count)
			return true;
	}
	return false;
}

static bool find_its(struct ftrace_log *log, struct import_error *error)
{
	uint32_t its_of[TRACE_ITS_MAX];
	bool told = log->its_count > 0;

	for (uint32_t i = 0; i < log->its_count; i++)
		told &= log->its[i].told;
	if (told && !match_queues(log, its_of))
		return fail(error, 0, "commands of an ITS that the log does not tell of");
	for (uint32_t n = 0; !told && n < TRACE_ITS_MAX; n++)
		its_of[n] = n;
	if (!told && log->its_count < log->node_count)
		log->its_count = log->node_count;
	for (uint32_t i = 0; !told && i < log->its_count; i++)
		log->its[i].told = false;
	for (size_t i = 0; i < log->count; i++)
		log->posts[i].its = its_of[log->posts[i].its];
	return true;
}

/* ---- the whole ---- */

static bool read_line(const char *line, uint32_t number, struct ftrace_log *log,
		      struct import_error *error)
{
	const char *event = strstr(line, EVENT);

	if (!strncmp(line, HEADER, sizeof(HEADER) - 1))
		return read_header(line, number, log, error);
	return !event || read_event(event, number, log, error);
}

bool ftrace_read(const char *text, size_t size, struct ftrace_log *log, struct import_error *error)
{
	const char *end = text + size;
	uint32_t number = 0;
	char line[LINE];

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);
		size_t kept = length < LINE ? length : LINE - 1;

		memcpy(line, text, kept);
		while (kept && line[kept - 1] == '\r')
			kept--;
		line[kept] = '\0';
		if (!read_line(line, ++number, log, error))
			return false;
		text += stop ? length + 1 : length;
	}
	if (!log->count)
		return fail(error, 0,
			    "no event of its commands: was it script/record-ftrace that wrote it?");
	return find_its(log, error);
}

void ftrace_free(struct ftrace_log *log)
{
	free(log->posts);
}

bool import_ftrace(const char *text, size_t size, FILE *out, struct import_error *error)
{
	struct ftrace_log *log = calloc(1, sizeof(*log));
	bool good = log && ftrace_read(text, size, log, error);

	if (!log)
		return fail(error, 0, "no memory");
	if (good)
		ftrace_write(log, out);
	ftrace_free(log);
	free(log);
	return good;
}
