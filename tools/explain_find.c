/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What a word may mean to `itsguard explain`. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "explain.h"
#include "itsguard/names.h"
#include "registers.h"
#include "suggest.h"
#include "trace_number.h"

/* ---- bits ---- */

unsigned explain_low(uint64_t mask)
{
	unsigned bit = 0;

	while (!(mask >> bit & 1))
		bit++;
	return bit;
}

unsigned explain_high(uint64_t mask)
{
	unsigned bit = 63;

	while (!(mask >> bit & 1))
		bit--;
	return bit;
}

/* ---- every thing ---- */

typedef void use_fn(void *ctx, const struct explain_thing *thing);

static void each_register(use_fn *use, void *ctx)
{
	struct explain_thing thing = {.kind = EXPLAIN_REGISTER};

	for (size_t i = 0; i < explain_register_count; i++) {
		const struct explain_register *r = &explain_registers[i];

		for (uint32_t n = 0; n < r->count; n++) {
			thing.value = r->offset + n * r->width;
			thing.name = itsg_register_name(thing.value);
			use(ctx, &thing);
		}
	}
}

static void each_number(use_fn *use, void *ctx)
{
	const struct explain_number *n = explain_numbers;

	for (uint32_t i = 0; i < explain_number_count; i++)
		if (i == 0 || strcmp(n[i].number, n[i - 1].number) != 0)
			use(ctx, &(struct explain_thing){EXPLAIN_NUMBER, i, n[i].number});
}

void explain_each(use_fn *use, void *ctx)
{
	for (size_t i = 0; i < explain_command_count; i++) {
		uint8_t opcode = explain_commands[i].opcode;

		use(ctx,
		    &(struct explain_thing){EXPLAIN_COMMAND, opcode, itsg_opcode_name(opcode)});
	}
	for (uint32_t i = ITSG_OK + 1; i < ITSG_REASON_COUNT; i++)
		use(ctx, &(struct explain_thing){EXPLAIN_REASON, i,
						 itsg_reason_name((enum itsg_reason)i)});
	each_register(use, ctx);
	for (uint32_t i = 0; i < register_gicr_count; i++)
		use(ctx, &(struct explain_thing){EXPLAIN_GICR, i, register_gicrs[i].name});
	each_number(use, ctx);
}

/* ---- fields ---- */

static void places_in_commands(const char *name, explain_place_fn *use, void *ctx)
{
	struct itsg_cmd_info info;

	for (uint32_t c = 0; itsg_cmd_info(c, &info); c++) {
		for (uint32_t i = 0; i < info.fields; i++) {
			const struct itsg_field_info *f = &info.field[i];
			const struct explain_place place = {true,     itsg_opcode_name(info.opcode),
							    f->dword, f->hi,
							    f->lo,    f->in_place,
							    ""};

			if (!strcasecmp(itsg_field_name((enum itsg_field)f->field), name))
				use(ctx, &place);
		}
	}
}

static void places_in(const char *of, const struct explain_field *fields, size_t count,
		      const char *name, explain_place_fn *use, void *ctx)
{
	for (size_t i = 0; i < count; i++) {
		const struct explain_field *f = &fields[i];
		const struct explain_place place = {
			false, of, 0, explain_high(f->mask), explain_low(f->mask), false, f->text};

		if (!strcasecmp(f->name, name))
			use(ctx, &place);
	}
}

void explain_places(const char *field, explain_place_fn *use, void *ctx)
{
	places_in_commands(field, use, ctx);
	for (size_t i = 0; i < explain_register_count; i++)
		places_in(itsg_register_name(explain_registers[i].offset),
			  explain_registers[i].fields, explain_registers[i].field_count, field, use,
			  ctx);
	for (size_t i = 0; i < register_gicr_count; i++)
		places_in(register_gicrs[i].name, register_gicrs[i].fields, register_gicrs[i].count,
			  field, use, ctx);
}

/* The field as the architecture writes it; NULL: there is none. */
static const char *field_name(const char *word)
{
	for (unsigned i = 0; i < ITSG_FIELD_COUNT; i++)
		if (!strcasecmp(itsg_field_name((enum itsg_field)i), word))
			return itsg_field_name((enum itsg_field)i);
	for (size_t i = 0; i < explain_register_count; i++)
		for (size_t n = 0; n < explain_registers[i].field_count; n++)
			if (!strcasecmp(explain_registers[i].fields[n].name, word))
				return explain_registers[i].fields[n].name;
	for (size_t i = 0; i < register_gicr_count; i++)
		for (size_t n = 0; n < register_gicrs[i].count; n++)
			if (!strcasecmp(register_gicrs[i].fields[n].name, word))
				return register_gicrs[i].fields[n].name;
	return NULL;
}

/* ---- a word ---- */

struct search {
	const char *word;
	struct explain_thing *things;
	size_t count;
};

static void take(struct search *s, enum explain_kind kind, uint32_t value, const char *name)
{
	if (s->count < EXPLAIN_THINGS)
		s->things[s->count++] = (struct explain_thing){kind, value, name};
}

/* A register may lack its GITS_ or GICR_. */
static bool is_called(const struct explain_thing *thing, const char *word)
{
	bool prefixed = thing->kind == EXPLAIN_REGISTER || thing->kind == EXPLAIN_GICR;

	return !strcasecmp(thing->name, word) ||
	       (prefixed && strlen(thing->name) > 5 && !strcasecmp(thing->name + 5, word));
}

static void take_called(void *ctx, const struct explain_thing *thing)
{
	struct search *s = ctx;

	if (is_called(thing, s->word))
		take(s, thing->kind, thing->value, thing->name);
}

/* An opcode, an offset of an ITS's register, an offset of a redistributor's. */
static void take_number(struct search *s, uint64_t number)
{
	if (number <= 0xff && itsg_cmd_known((uint8_t)number))
		take(s, EXPLAIN_COMMAND, (uint32_t)number, itsg_opcode_name((uint8_t)number));
	if (number <= UINT32_MAX && explain_register_at((uint32_t)number))
		take(s, EXPLAIN_REGISTER, (uint32_t)number, itsg_register_name((uint32_t)number));
	for (uint32_t i = 0; i < register_gicr_count; i++)
		if (number >= register_gicrs[i].offset &&
		    number - register_gicrs[i].offset < register_gicrs[i].width)
			take(s, EXPLAIN_GICR, i, register_gicrs[i].name);
}

/* "GITS_BASER<n>", "BASERn" and "BASER" stand for all eight, that is for the first. */
static const char *without_n(const char *word, char bare[SUGGEST_MAX])
{
	size_t length = strcspn(word, "<");
	const char *base = strncasecmp(word, "GITS_", 5) ? word : word + 5;

	if (!strncasecmp(base, "BASER", 5) &&
	    (!base[5] || !strcasecmp(base + 5, "n") || base[5] == '<'))
		return "GITS_BASER0";
	if (length >= SUGGEST_MAX)
		length = SUGGEST_MAX - 1;
	memcpy(bare, word, length);
	bare[length] = '\0';
	return bare;
}

size_t explain_find(const char *given, struct explain_thing things[EXPLAIN_THINGS])
{
	char bare[SUGGEST_MAX];
	struct search s = {.word = without_n(given, bare), .things = things};
	const char *field = field_name(s.word);
	uint64_t number;

	if (trace_number(s.word, &number)) {
		take_number(&s, number);
		return s.count;
	}
	explain_each(take_called, &s);
	if (field)
		take(&s, EXPLAIN_FIELD, 0, field);
	return s.count;
}
