/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "trace.h"

#include "expect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * The world's queues are smaller than any that a machine has, so commands have other places in a
 * trace: where the host's next command goes, of each ITS.
 */
static uint32_t trace_next[MODEL_ITS];
static uint32_t trace_its;

/* What the host has left in pages for tables: entries of its own. */
static void trace_fill(FILE *out)
{
	static const int places[] = {PLACE_DEVICES, PLACE_OTHER, PLACE_LEVEL2};

	for (size_t i = the_world.levels & 1; i < sizeof(places) / sizeof(places[0]); i++) {
		fprintf(out, "mem %#" PRIx64 " ", model_page_pa[places[i]]);
		for (int byte = 0; byte < 64; byte++)
			fprintf(out, "ff");
		fprintf(out, "\n");
	}
}

static void trace_header(FILE *out, const char *what)
{
	const struct world *world = &the_world;

	fprintf(out, "# closure, world %s: %s\n", world->name, what);
	fprintf(out,
		"machine pa_bits=%u pes=%u lpi_bits=14 itt=%s l1_pool=%u pages=%u devices=%u\n",
		MODEL_PA_BITS, world->rds, world->donate ? "donate" : "share",
		world->levels ? 0x20000u : 0, world->pages, world->records);
	fprintf(out, "machine journal=%u depth=%u budget=%u kept=%u itt_entry=4 queue=0x1000\n",
		world->journal, world->depth, world->budget ? world->budget : ITSG_DEFAULT_BUDGET,
		world->kept);
	if (world->redists)
		fprintf(out, "machine rds=1 direct_lpi=1 vlpis=1 ds=1 lpi_tables=2\n");
	for (uint32_t its = 0; its < world->its; its++) {
		if (world->its > 1)
			fprintf(out, "its %u\n", its);
		fprintf(out, "typer %#" PRIx64 "\n", hw_typer());
		fprintf(out, "baser 0 type=1 entry=8 page=4k indirect=%u\n", world->levels & 1);
		fprintf(out, "baser 1 type=4 entry=8 page=4k indirect=%u\n", world->levels >> 1);
		trace_its = its;
	}
	fprintf(out, "hw manual\nhw cache\nguest %#llx 0x1000\n", MODEL_VICTIM);
	trace_fill(out);
	if (world_has(world, ACTS_STALL))
		fprintf(out, "hw stall\n");
}

static void trace_turn_to(FILE *out, uint32_t its)
{
	if (the_world.its > 1 && its != trace_its)
		fprintf(out, "its %u\n", its);
	trace_its = its;
}

/* What is refused on the way is no finding. */
static void trace_access(FILE *out)
{
	fprintf(out, "! ANY\n");
}

static void trace_register(FILE *out, uint32_t its, uint32_t offset, uint32_t width, uint64_t value)
{
	if (offset == ITSG_GITS_CBASER && (value & ITSG_CBASER_ADDRESS))
		value &= ~ITSG_CBASER_SIZE; /* one page of 4 KB is enough */
	fprintf(out, "w%u %#x %#" PRIx64 "\n", width * 8, offset, value);
	trace_access(out);
	if ((offset & ~7u) != ITSG_GITS_CBASER || the_outcome.reason != ITSG_OK)
		return;
	trace_next[its] = 0;
	fprintf(out, "w64 %#x 0\n", ITSG_GITS_CWRITER);
	trace_access(out);
}

static void trace_bytes(FILE *out, uint64_t pa, const uint8_t *bytes, uint32_t count)
{
	fprintf(out, "mem %#" PRIx64 " ", pa);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%02x", bytes[i]);
	fprintf(out, "\n");
}

static void trace_command(FILE *out, const struct act *act)
{
	const uint64_t cbaser = the_state.model->its[act->number].raw_cbaser;
	uint32_t *next = &trace_next[act->number];

	trace_bytes(out, (cbaser & ITSG_CBASER_ADDRESS) + *next, commands[act->value].raw,
		    ITSG_CMD_BYTES);
	*next = (*next + ITSG_CMD_BYTES) % 0x1000;
	fprintf(out, "w64 %#x %#x\n", ITSG_GITS_CWRITER, *next);
	trace_access(out);
}

static void trace_word(FILE *out, const struct act *act)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(model_words[act->value] >> 8 * i);
	trace_bytes(out, model_page_pa[act->number] + 8 * act->offset, bytes, 8);
}

static void trace_power(FILE *out, const struct act *act, const struct model *before)
{
	static const char *const restored[HW_POWERS] = {"", "", " cbaser basers=3",
							" cbaser basers=3 enabled",
							" cbaser cwriter=0xfe0 basers=3 enabled"};
	const bool told = hw_power_told(&before->its[act->number], (enum hw_power)act->value);

	fprintf(out, "power%s%s\n", restored[act->value], told ? " told" : "");
}

static void trace_fault(FILE *out, const struct store_step *step)
{
	if (step->fault && the_outcome.failed)
		fprintf(out, "fail %s %u%s\n", the_outcome.failed_at, the_outcome.failed_nth,
			step->on ? " ever" : "");
}

static void trace_redist(FILE *out, const struct act *act)
{
	switch (act->kind) {
	case ACT_RD_WRITE:
		fprintf(out, "rd %u w%u %#x %#" PRIx64 "\n", act->number, act->width * 8,
			act->offset, act->value);
		trace_access(out);
		break;
	case ACT_RD_READ:
		fprintf(out, "rd %u r32 0x14 0\n", act->number);
		break;
	case ACT_RD_LOST:
		fprintf(out, "rd %u lost\n", act->number);
		break;
	case ACT_RD_OFF:
		fprintf(out, "rd %u power off\n", act->number);
		break;
	case ACT_RD_ON:
		fprintf(out, "rd %u power on%s\n", act->number, act->value ? " props enable" : "");
		break;
	case ACT_RD_ADOPT:
		fprintf(out, "rd adopt\n");
		trace_access(out);
		break;
	case ACT_RD_GONE:
		fprintf(out, "rd gone\n");
		break;
	default:
		fprintf(out, "# %s\n", act->name);
	}
}

/* What traces have no word for is a comment. */
static void trace_act(FILE *out, const struct act *act, const struct model *before)
{
	const uint32_t cwriter = trace_next[act->number < MODEL_ITS ? act->number : 0];

	switch (act->kind) {
	case ACT_WRITE:
	case ACT_CBASER:
		trace_register(out, act->number, act->offset, act->width, act->value);
		break;
	case ACT_READ:
		fprintf(out, "r64 %#x %#x\n", ITSG_GITS_CWRITER, cwriter);
		trace_access(out);
		break;
	case ACT_COMMAND:
		trace_command(out, act);
		break;
	case ACT_RETRY:
		fprintf(out, "w64 %#x %#x\n", ITSG_GITS_CWRITER, cwriter | 1);
		trace_access(out);
		break;
	case ACT_WORD:
		trace_word(out, act);
		break;
	case ACT_GIVE:
		fprintf(out, "guest %#" PRIx64 " 0x1000\n", model_page_pa[act->number]);
		break;
	case ACT_RUN:
		fprintf(out, "run 1\n");
		break;
	case ACT_QUIESCE:
		fprintf(out, "run 0\n");
		break;
	case ACT_STALL:
		fprintf(out, "inject 1\nrun 1\n");
		break;
	case ACT_POWER:
		trace_power(out, act, before);
		break;
	case ACT_SLEEP:
		fprintf(out, "sleep %u\n", act->number);
		break;
	case ACT_WAKE:
		fprintf(out, "wake %u\n", act->number);
		break;
	case ACT_GONE:
		fprintf(out, "gone\n");
		trace_access(out);
		break;
	default:
		trace_redist(out, act);
	}
}

/* Of an image. */
static const struct model *trace_model(const uint8_t *image)
{
	return (const struct model *)(const void *)(image +
						    ((uint8_t *)the_state.model - the_state.image));
}

static void trace_boot(FILE *out)
{
	const struct act *act;

	the_outcome.reason = ITSG_OK;
	for (uint32_t step = 0; (act = act_boot(step)) != NULL; step++) {
		if (act->kind != ACT_RD_WRITE)
			trace_turn_to(out, act->number);
		trace_act(out, act, the_state.model);
	}
}

static void trace_step(FILE *out, FILE *words, const uint8_t *before, const struct store_step *step)
{
	const struct act *act = &acts[step->act];
	const struct fault fault = {step->fault, step->on != 0};

	step_take(before, act, fault, NULL, NULL);
	if (act->kind < ACT_RD_WRITE || (act->kind >= ACT_RUN && act->kind <= ACT_POWER))
		trace_turn_to(out, act->kind == ACT_WORD || act->kind == ACT_GIVE ||
						   act->kind == ACT_BACK
					   ? trace_its
					   : act->number);
	trace_fault(out, step);
	trace_act(out, act, trace_model(before));
	if (step->on && step->fault && the_outcome.failed)
		fprintf(out, "fail %s off\n", the_outcome.failed_at);
	fprintf(words, "  %s", act->name);
	if (step->fault && the_outcome.failed)
		fprintf(words, "; %s fails, call %u%s", the_outcome.failed_at,
			the_outcome.failed_nth, step->on ? " and those behind it" : "");
	fprintf(words, "\n");
}

/* An honest host goes on: a finding that shows only then is seen, too. */
static void trace_end(FILE *out)
{
	fprintf(out, "# and then all that can happen does\nhw eager\n");
	for (uint32_t its = 0; its < the_world.its; its++) {
		trace_turn_to(out, its);
		fprintf(out, "r64 %#x %#x\n", ITSG_GITS_CWRITER, trace_next[its]);
		trace_access(out);
	}
}

void trace_write(FILE *out, FILE *words, const uint8_t *first, const struct store_step *path,
		 uint32_t length, const char *what)
{
	uint8_t *before = malloc(the_state.bytes);

	if (!before)
		abort();
	memcpy(before, first, the_state.bytes);
	fprintf(words, "%s: %s\n", the_world.name, what);
	trace_header(out, what);
	trace_boot(out);
	for (uint32_t i = 0; i < length; i++) {
		trace_step(out, words, before, &path[i]);
		memcpy(before, the_state.image, the_state.bytes);
	}
	trace_end(out);
	free(before);
}
