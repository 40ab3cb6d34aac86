/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "reform.h"

#include <inttypes.h>
#include <string.h>

#include "event_text.h"
#include "registers.h"
#include "trace_command.h"

#define COMMENT_COLUMN 33

/* A line of the text, without its end. */
struct line {
	const char *text;
	size_t length;
	const char *comment; /* NULL: it has none */
};

struct writer {
	const struct trace *trace;
	const struct reform *form;
	FILE *out;
	size_t next; /* directive */
	struct trace_queue queue[TRACE_ITS_MAX];
};

static struct line next_line(const char *text, size_t size)
{
	const char *end = memchr(text, '\n', size);
	struct line line = {text, end ? (size_t)(end - text) : size, NULL};

	line.comment = memchr(text, '#', line.length);
	return line;
}

/* The directive of that line; NULL: it has none. */
static const struct trace_directive *directive_of(struct writer *w, uint32_t number)
{
	const struct trace *t = w->trace;

	while (w->next < t->count && t->directives[w->next].line < number)
		w->next++;
	return w->next < t->count && t->directives[w->next].line == number ? &t->directives[w->next]
									   : NULL;
}

static bool is_command(const struct trace_directive *d)
{
	return d->kind == TRACE_MEM && !d->inside.nth && d->u.mem.bytes == TRACE_COMMAND_BYTES;
}

/* The characters written; 0: the line stays as it is. */
static int write_words(struct writer *w, const struct trace_directive *d)
{
	int length;
	char text[TRACE_COMMAND_TEXT];
	uint64_t place;

	if (!trace_command_text(trace_mem(w->trace, d), text))
		return 0;
	length = fprintf(w->out, "%s", text);
	if (!trace_queue_next(&w->queue[d->its], &place) || place != d->u.mem.pa)
		length += fprintf(w->out, " at=0x%" PRIx64, d->u.mem.pa);
	return length;
}

static int write_bytes(struct writer *w, const struct trace_directive *d)
{
	const uint8_t *bytes = trace_mem(w->trace, d);
	int length = fprintf(w->out, "mem 0x%" PRIx64 " ", d->u.mem.pa);
	for (uint32_t i = 0; i < d->u.mem.bytes; i++)
		length += fprintf(w->out, "%02x", bytes[i]);
	return length;
}

/* What the next command's place hangs on. */
static void follow(struct writer *w, const struct trace_directive *d)
{
	struct trace_queue *queue = &w->queue[d->its];

	if (d->inside.nth)
		return;
	if (d->kind == TRACE_WRITE)
		trace_queue_wrote(queue, d->u.access.offset, d->u.access.width, d->u.access.value);
	else if (d->kind == TRACE_MEM)
		trace_queue_stored(queue, d->u.mem.pa, d->u.mem.bytes);
}

static bool is_access(const struct trace_directive *d)
{
	return d->kind == TRACE_WRITE || d->kind == TRACE_READ || d->kind == TRACE_RD_WRITE ||
	       d->kind == TRACE_RD_READ;
}

/* Comments stand one below the other, as far as lines are short. */
static void pad(const struct writer *w, int length)
{
	fprintf(w->out, "%*s# ", length < COMMENT_COLUMN ? COMMENT_COLUMN - length : 1, "");
}

static void comment_access(struct writer *w, const struct trace_directive *d, int length)
{
	bool rd = d->kind == TRACE_RD_WRITE || d->kind == TRACE_RD_READ;
	const char *name = register_name(rd, d->u.access.offset);
	char fields[256];

	event_fields_text(rd, d->u.access.offset, d->u.access.width, d->u.access.value, fields,
			  sizeof(fields));
	pad(w, length);
	fprintf(w->out, "%s%s%s",
		strncmp(name, "GIC", 3) && strncmp(name, "GITS", 4) ? name : name + 5,
		fields[0] ? ":" : "", fields);
}

static void comment_on(struct writer *w, const struct trace_directive *d, int length)
{
	char text[TRACE_COMMAND_TEXT];

	if (is_access(d)) {
		comment_access(w, d, length);
	} else if (w->form->raw && is_command(d) &&
		   trace_command_text(trace_mem(w->trace, d), text)) {
		pad(w, length);
		fputs(text, w->out);
	}
}

/* A comment stays at its place, and what is written behind the line on the line. */
static int copy(const struct writer *w, const struct line *line)
{
	size_t length = line->length;

	if (line->comment)
		length = (size_t)(line->comment - line->text);
	while (length > 0 && !line->comment && strchr(" \t\r", line->text[length - 1]))
		length--;
	fwrite(line->text, 1, length, w->out);
	return (int)length;
}

static void write_line(struct writer *w, const struct line *line, const struct trace_directive *d)
{
	int length = 0;

	if (d && is_command(d))
		length = w->form->raw ? write_bytes(w, d) : write_words(w, d);
	if (length && line->comment)
		fputc(' ', w->out);
	if (!length)
		length = copy(w, line);
	if (line->comment)
		fwrite(line->comment, 1, line->length - (size_t)(line->comment - line->text),
		       w->out);
	else if (d && w->form->comments)
		comment_on(w, d, length);
	fputc('\n', w->out);
}

void reform_write(const char *text, size_t size, const struct trace *trace,
		  const struct reform *form, FILE *out)
{
	struct writer w = {.trace = trace, .form = form, .out = out};
	uint32_t number = 0;

	while (size > 0) {
		struct line line = next_line(text, size);
		const struct trace_directive *d = directive_of(&w, ++number);
		size_t taken = line.length < size ? line.length + 1 : size;

		write_line(&w, &line, d);
		if (d)
			follow(&w, d);
		text += taken;
		size -= taken;
	}
}

void reform_for_people(const char *text, size_t size, FILE *out)
{
	static const struct reform form = {.raw = false, .comments = true};
	struct trace_error error;
	struct trace trace;

	if (trace_parse(text, size, "text", NULL, &trace, &error)) {
		fwrite(text, 1, size, out);
		return;
	}
	reform_write(text, size, &trace, &form, out);
	trace_free(&trace);
}
