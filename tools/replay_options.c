/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See replay_options.h. */
#include "replay_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/names.h"

#include "suggest.h"

static const char *const sizes[] = {"4096", "16384", "65536"};
static const char *const off_on[] = {"off", "on"};
static const char *const no_yes[] = {"0", "1"};
static const char *const itt[] = {"share", "donate"};
static const char *const hw_words[] = {"ignore", "stall", "nocache", "cache", "check", "trust"};

/* Sets *value to the position of word among `names`. False if it is none of them. */
static bool choose(const char *word, const char *const names[], size_t count, int *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, names[i]))
			continue;
		*value = (int)i;
		return true;
	}
	return false;
}

static bool set_hw(struct replay_options *options, const char *word)
{
	int hw = trace_hw_from_name(word);

	switch (hw) {
	case TRACE_HW_IGNORE:
	case TRACE_HW_STALL:
		options->stall = hw == TRACE_HW_STALL;
		return true;
	case TRACE_HW_NOCACHE:
	case TRACE_HW_CACHE:
		options->cache = hw == TRACE_HW_CACHE;
		return true;
	case TRACE_HW_CHECK:
	case TRACE_HW_TRUST:
		options->trust = hw == TRACE_HW_TRUST;
		return true;
	default: /* eager and manual decide what the lines of a trace mean */
		return false;
	}
}

static bool set_page(struct replay_options *options, const char *word)
{
	int which;

	if (!choose(word, sizes, 3, &which))
		return false;
	options->page = 4096 << (2 * which);
	return true;
}

static bool set_guard(struct replay_options *options, const char *word)
{
	int on;

	if (!choose(word, off_on, 2, &on))
		return false;
	options->guard = on;
	return true;
}

bool tool_count(const char *word, uint64_t *count)
{
	if (strspn(word, "0123456789") != strlen(word) || strlen(word) > 18)
		return false;
	*count = strtoull(word, NULL, 10);
	return *count > 0;
}

bool replay_option(struct replay_options *options, int option, const char *word)
{
	switch (option) {
	case REPLAY_OPTION_GUARD:
		return set_guard(options, word);
	case REPLAY_OPTION_PAGE:
		return set_page(options, word);
	case REPLAY_OPTION_FORGETS:
		return choose(word, no_yes, 2, &options->forgets);
	case REPLAY_OPTION_ITT:
		return choose(word, itt, 2, &options->donate_itt);
	case REPLAY_OPTION_HW:
		return set_hw(options, word);
	case REPLAY_OPTION_FAIL_AT:
		return tool_count(word, &options->fail_at);
	case REPLAY_OPTION_REWRITE_HOST:
		options->rewrite_host = true;
		return true;
	default:
		return false;
	}
}

const char *replay_option_nearest(int option, const char *word)
{
	switch (option) {
	case REPLAY_OPTION_GUARD:
		return suggest_nearest(word, off_on, 2);
	case REPLAY_OPTION_PAGE:
		return suggest_nearest(word, sizes, 3);
	case REPLAY_OPTION_ITT:
		return suggest_nearest(word, itt, 2);
	case REPLAY_OPTION_HW:
		return suggest_nearest(word, hw_words, sizeof(hw_words) / sizeof(hw_words[0]));
	default: /* numbers */
		return NULL;
	}
}

static bool known_reason(const char *name, const char **nearest)
{
	enum itsg_reason reason;

	const char *names[ITSG_REASON_COUNT];

	if (itsg_reason_from_name(name, &reason))
		return true;
	for (uint32_t i = 1; i < ITSG_REASON_COUNT; i++) /* 0 is that there is none */
		names[i - 1] = itsg_reason_name((enum itsg_reason)i);
	*nearest = suggest_nearest(name, names, ITSG_REASON_COUNT - 1);
	return false;
}

enum tool_status tool_parse_trace(const char *text, size_t size, const char *name,
				  struct trace *trace, struct trace_error *error)
{
	if (!trace_parse(text, size, tool_file_name(name), known_reason, trace, error))
		return TOOL_OK;
	fflush(stdout);
	fprintf(stderr, "%s\n", error->message);
	return TOOL_INPUT;
}

enum tool_status tool_read_trace(const char *name, struct trace *trace, struct trace_error *error)
{
	FILE *in = tool_open(name);
	int result;

	error->line = 0;
	error->words = 0;
	if (!in) {
		snprintf(error->message, sizeof(error->message), "%s", strerror(errno));
		return TOOL_INPUT;
	}
	result = trace_read(in, tool_file_name(name), known_reason, trace, error);
	tool_close(in);
	if (!result)
		return TOOL_OK;
	fflush(stdout);
	fprintf(stderr, "%s\n", error->message);
	return TOOL_INPUT;
}
