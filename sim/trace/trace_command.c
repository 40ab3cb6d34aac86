/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "trace_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "trace_number.h"

#define WORDS  4u
#define FIELDS 4u

/* A KEY=VALUE: bits hi..lo of a word, in place for addresses and RDbase. */
struct field {
	const char *key;
	uint8_t word, hi, lo;
	bool in_place;
};

/* clang-format off */
#define DEV     {"dev", 0, 63, 32, false}
#define EVENT   {"event", 1, 31, 0, false}
#define INTID   {"intid", 1, 63, 32, false}
#define SIZE    {"size", 1, 4, 0, false}
#define ITT     {"itt", 2, 51, 8, true}
#define COLL    {"coll", 2, 15, 0, false}
#define RDBASE  {"rdbase", 2, 51, 16, true}
#define RDBASE2 {"rdbase2", 3, 51, 16, true}
/* Of what maps: 1 if it is not said. */
#define V       {"v", 2, 63, 63, false}

static const struct command {
	const char *name;
	uint8_t opcode;
	struct field field[FIELDS];
} commands[] = {
	{"mapd", SIM_MAPD, {DEV, SIZE, ITT, V}},
	{"mapc", SIM_MAPC, {COLL, RDBASE, V}},
	{"mapti", SIM_MAPTI, {DEV, EVENT, INTID, COLL}},
	{"mapi", SIM_MAPI, {DEV, EVENT, COLL}},
	{"movi", SIM_MOVI, {DEV, EVENT, COLL}},
	{"int", SIM_INT, {DEV, EVENT}},
	{"clear", SIM_CLEAR, {DEV, EVENT}},
	{"inv", SIM_INV, {DEV, EVENT}},
	{"discard", SIM_DISCARD, {DEV, EVENT}},
	{"invall", SIM_INVALL, {COLL}},
	{"movall", SIM_MOVALL, {RDBASE, RDBASE2}},
	{"sync", SIM_SYNC, {RDBASE}},
};
/* clang-format on */

#define COUNT TRACE_COMMANDS
_Static_assert(sizeof(commands) / sizeof(commands[0]) == COUNT, "as many as are told");

const char *trace_command_name(size_t index)
{
	return commands[index].name;
}

static const struct command *by_name(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static const struct command *by_opcode(uint8_t opcode)
{
	for (size_t i = 0; i < COUNT; i++)
		if (commands[i].opcode == opcode)
			return &commands[i];
	return NULL;
}

static const struct field *field_of(const struct command *c, const char *key, size_t length)
{
	for (size_t i = 0; i < FIELDS && c->field[i].key; i++)
		if (strlen(c->field[i].key) == length && !strncmp(c->field[i].key, key, length))
			return &c->field[i];
	return NULL;
}

static bool is_valid(const struct field *f)
{
	return !strcmp(f->key, "v");
}

bool trace_command_known(const char *name)
{
	return by_name(name) != NULL;
}

/* ---- bytes to words ---- */

static void load(const uint8_t *raw, uint64_t words[WORDS])
{
	for (unsigned i = 0; i < WORDS; i++)
		words[i] = sim_le64(raw + 8 * i);
}

static bool is_clean(const struct command *c, const uint64_t words[WORDS])
{
	uint64_t known[WORDS] = {sim_bits(7, 0)};

	for (size_t i = 0; i < FIELDS && c->field[i].key; i++)
		known[c->field[i].word] |= sim_bits(c->field[i].hi, c->field[i].lo);
	for (unsigned i = 0; i < WORDS; i++)
		if (words[i] & ~known[i])
			return false;
	return true;
}

/* V=1 goes without saying; and of what is unmapped, what has no meaning then and is 0. */
static bool is_told(const struct command *c, const struct field *f, const uint64_t words[WORDS],
		    uint64_t value)
{
	bool maps = c->opcode == SIM_MAPD || c->opcode == SIM_MAPC;
	bool valid = words[2] & SIM_VALID;

	if (is_valid(f))
		return !valid;
	return !maps || valid || value != 0 || f == &c->field[0];
}

static uint64_t value_of(const struct field *f, const uint64_t words[WORDS])
{
	return f->in_place ? words[f->word] & sim_bits(f->hi, f->lo)
			   : sim_field(words[f->word], f->hi, f->lo);
}

bool trace_command_text(const uint8_t raw[TRACE_COMMAND_BYTES], char text[TRACE_COMMAND_TEXT])
{
	const struct command *c = by_opcode(raw[0]);
	uint64_t words[WORDS];
	int at;

	load(raw, words);
	if (!c || !is_clean(c, words))
		return false;
	at = snprintf(text, TRACE_COMMAND_TEXT, "%s", c->name);
	for (size_t i = 0; i < FIELDS && c->field[i].key; i++) {
		const struct field *f = &c->field[i];
		uint64_t value = value_of(f, words);

		if (is_told(c, f, words, value))
			at += snprintf(text + at, TRACE_COMMAND_TEXT - (size_t)at,
				       f->hi - f->lo < 5 ? " %s=%" PRIu64 : " %s=0x%" PRIx64,
				       f->key, value);
	}
	return true;
}

void trace_command_fields(const char *name, char text[TRACE_COMMAND_TEXT])
{
	const struct command *c = by_name(name);
	int at = 0;

	for (size_t i = 0; i < FIELDS && c->field[i].key; i++)
		at += snprintf(text + at, TRACE_COMMAND_TEXT - (size_t)at, "%s, ", c->field[i].key);
	snprintf(text + at, TRACE_COMMAND_TEXT - (size_t)at, "at");
}

/* ---- words to bytes ---- */

static bool set_field(const struct field *f, const char *text, uint64_t words[WORDS])
{
	uint64_t mask = sim_bits(f->hi, f->lo), value;

	if (!trace_number(text, &value))
		return false;
	if (!f->in_place && value > mask >> f->lo)
		return false;
	value = f->in_place ? value : value << f->lo;
	if (value & ~mask)
		return false;
	words[f->word] = (words[f->word] & ~mask) | value;
	return true;
}

static bool read_word(const struct command *c, const char *word, unsigned *seen,
		      uint64_t words[WORDS], const char **why)
{
	size_t length = strcspn(word, "=");
	const struct field *f = field_of(c, word, length);
	unsigned bit = f ? 1u << (unsigned)(f - c->field) : 0;

	if (!word[length])
		*why = "expected KEY=VALUE";
	else if (!f)
		*why = TRACE_COMMAND_NO_FIELD;
	else if (*seen & bit)
		*why = "given twice";
	else if (!set_field(f, word + length + 1, words))
		*why = "no number that the field has room for";
	else
		*why = NULL;
	*seen |= bit;
	return !*why;
}

bool trace_command_bytes(char *const words[], size_t count, uint8_t raw[TRACE_COMMAND_BYTES],
			 const char **why, const char **word)
{
	const struct command *c = by_name(words[0]);
	uint64_t dw[WORDS] = {0};
	unsigned seen = 0;

	*word = words[0];
	*why = "no such command";
	if (!c)
		return false;
	dw[0] = c->opcode;
	if (field_of(c, "v", 1))
		dw[2] = SIM_VALID;
	for (size_t i = 1; i < count; i++) {
		*word = words[i];
		if (!read_word(c, words[i], &seen, dw, why))
			return false;
	}
	for (unsigned i = 0; i < TRACE_COMMAND_BYTES; i++)
		raw[i] = (uint8_t)(dw[i / 8] >> (8 * (i % 8)));
	return true;
}

/* ---- where it belongs ---- */

static uint64_t queue_bytes(const struct trace_queue *queue)
{
	return (sim_field(queue->cbaser, 7, 0) + 1) * 4096;
}

void trace_queue_wrote(struct trace_queue *queue, uint32_t offset, uint32_t width, uint64_t value)
{
	if ((offset & ~7u) != SIM_GITS_CBASER || offset % width || width < 4)
		return;
	if (width == 8)
		queue->cbaser = value;
	else if (offset & 4)
		queue->cbaser = (queue->cbaser & sim_bits(31, 0)) | value << 32;
	else
		queue->cbaser = (queue->cbaser & sim_bits(63, 32)) | value;
	queue->next = 0;
}

void trace_queue_stored(struct trace_queue *queue, uint64_t pa, uint64_t bytes)
{
	uint64_t start = queue->cbaser & sim_bits(51, 12), end = start + queue_bytes(queue);

	if (!(queue->cbaser & SIM_VALID) || bytes == 0 || (pa | bytes) % TRACE_COMMAND_BYTES ||
	    pa < start || pa >= end || bytes > end - pa)
		return;
	queue->next = (pa + bytes - start) % queue_bytes(queue);
}

bool trace_queue_next(const struct trace_queue *queue, uint64_t *pa)
{
	if (!(queue->cbaser & SIM_VALID))
		return false;
	*pa = (queue->cbaser & sim_bits(51, 12)) + queue->next;
	return true;
}
