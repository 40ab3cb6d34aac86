/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "act.h"

#include "canon.h"
#include "expect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct act acts[ACTS_MOST];
uint32_t act_count;
struct command commands[COMMANDS_MOST];
uint32_t command_count;

/* ---- commands ---- */

static struct command *command_add(enum command_kind kind, const uint64_t words[4],
				   const char *format, ...)
{
	struct command *command = &commands[command_count++];
	va_list args;

	command->kind = kind;
	command->device = -1;
	for (int i = 0; i < ITSG_CMD_BYTES; i++)
		command->raw[i] = (uint8_t)(words[i / 8] >> i % 8 * 8);
	va_start(args, format);
	vsnprintf(command->name, sizeof(command->name), format, args);
	va_end(args);
	return command;
}

static void command_add_map(int device, int itt, uint64_t junk)
{
	const uint32_t id = model_device_id(device);
	const uint64_t words[4] = {
		ITSG_CMD_MAPD | (uint64_t)id << 32 | (junk & ITSG_BITS(31, 8)),
		model_itts[itt].size | (junk & ITSG_BITS(63, 5)),
		ITSG_BIT(63) | model_itts[itt].pa | (junk & (ITSG_BITS(62, 52) | ITSG_BITS(7, 0))),
		junk,
	};
	struct command *command =
		command_add(COMMAND_MAP, words, "MAPD %u, ITT %d%s", id, itt, junk ? ", junk" : "");

	command->device = device;
	command->itt = itt;
}

/* ITT and Size of an unmap mean nothing: those of another one are there. */
static void command_add_unmap(int device, int itt)
{
	const uint32_t id = model_device_id(device);
	const uint64_t words[4] = {ITSG_CMD_MAPD | (uint64_t)id << 32,
				   itt < 0 ? 0 : model_itts[itt].size,
				   itt < 0 ? 0 : model_itts[itt].pa, 0};
	struct command *command = command_add(COMMAND_UNMAP, words, "MAPD %u, V=0%s", id,
					      itt < 0 ? "" : ", of another ITT");

	command->device = device;
}

static void command_add_event(int device, uint8_t opcode, uint32_t event, const char *name)
{
	const bool maps = opcode == ITSG_CMD_MAPTI;
	const uint64_t words[4] = {opcode | (uint64_t)model_device_id(device) << 32,
				   event | (maps ? (uint64_t)ITSG_LPI_FIRST << 32 : 0), 0, 0};
	struct command *command = command_add(COMMAND_EVENT, words, "%s %u, %u", name,
					      model_device_id(device), event);

	command->device = device;
	command->event = event;
}

static void command_add_words(enum command_kind kind, uint64_t dw0, uint64_t dw1, uint64_t dw2,
			      uint64_t dw3, const char *name)
{
	const uint64_t words[4] = {dw0, dw1, dw2, dw3};

	command_add(kind, words, "%s", name);
}

static void command_add_maps(void)
{
	const bool hostile = world_has(&the_world, ACTS_HOSTILE);

	for (uint32_t device = 0; device < the_world.devices; device++) {
		for (int itt = 0; itt < MODEL_ITTS; itt++)
			if (the_world.itts >> itt & 1 && (!model_itt_is_hostile(itt) || hostile))
				command_add_map((int)device, itt, 0);
		command_add_unmap((int)device, -1);
	}
	if (!hostile)
		return;
	for (int itt = MODEL_ITT_GUEST; itt < MODEL_ITT_HOSTED; itt++)
		command_add_map(0, itt, 0);
	command_add_unmap(0, 1);
	command_add_map(0, 0, ~0ULL);
}

static void command_add_collections(void)
{
	for (uint64_t rd = 0; rd < the_world.rds; rd++)
		command_add_words(COMMAND_MAPC, ITSG_CMD_MAPC, 0, ITSG_BIT(63) | rd << 16, 0,
				  rd ? "MAPC 0 to 1" : "MAPC 0 to 0");
}

static void command_add_events(void)
{
	/* The smaller model has them of its first device only. */
	const int devices = MODEL_IDS > 2 ? (int)the_world.devices : 1;

	for (int device = 0; device < devices; device++) {
		command_add_event(device, ITSG_CMD_MAPTI, 0, "MAPTI");
		command_add_event(device, ITSG_CMD_INV, 32, "INV");
	}
}

static void command_refuse(enum itsg_reason reason, uint64_t dw0, uint64_t dw1, uint64_t dw2,
			   uint64_t dw3, const char *name)
{
	const uint64_t words[4] = {dw0, dw1, dw2, dw3};

	command_add(COMMAND_BAD, words, "%s", name)->reason = reason;
}

static void command_add_bad_maps(void)
{
	const uint64_t itt = ITSG_BIT(63) | model_itts[0].pa;
	const uint64_t top = ITSG_BIT(63) | (ITSG_BIT(MODEL_PA_BITS) - 256);

	command_refuse(ITSG_DEVICE_OOR, ITSG_CMD_MAPD | (uint64_t)1024 << 32, 4, itt, 0,
		       "MAPD 1024");
	if (!(the_world.levels & 1))
		command_refuse(ITSG_DEVICE_OOR, ITSG_CMD_MAPD | (uint64_t)512 << 32, 4, itt, 0,
			       "MAPD 512");
	if (the_world.levels & 1)
		return;
	command_refuse(ITSG_ITTSIZE_OOR, ITSG_CMD_MAPD, MODEL_EVENT_BITS, itt, 0,
		       "MAPD 0, one EventID bit too many");
	command_refuse(ITSG_ITT_ADDRESS, ITSG_CMD_MAPD, 4, ITSG_BIT(63) | ITSG_BIT(MODEL_PA_BITS),
		       0, "MAPD 0, ITT too high");
	command_refuse(ITSG_ITT_ADDRESS, ITSG_CMD_MAPD, 5, top, 0, "MAPD 0, ITT to the top");
}

static void command_add_bad_events(void)
{
	const uint64_t lpi = (uint64_t)ITSG_LPI_FIRST << 32;

	command_refuse(ITSG_EVENT_OOR, ITSG_CMD_MAPTI, lpi | 1u << MODEL_EVENT_BITS, 0, 0,
		       "MAPTI of an event that no ITT has");
	command_refuse(ITSG_INTID_OOR, ITSG_CMD_MAPTI, lpi - ITSG_BIT(32), 0, 0,
		       "MAPTI 0, INTID 8191");
	command_refuse(ITSG_INTID_OOR, ITSG_CMD_MAPTI, (uint64_t)16384 << 32, 0, 0,
		       "MAPTI 0, INTID 16384");
	command_refuse(ITSG_COLLECTION_OOR, ITSG_CMD_MAPTI, lpi, 512, 0, "MAPTI 0, ICID 512");
	command_refuse(ITSG_INTID_OOR, ITSG_CMD_MAPI, 0, 0, 0, "MAPI 0");
}

static void command_add_bad(void)
{
	const uint64_t valid = ITSG_BIT(63);

	command_add_bad_maps();
	if (the_world.levels & 1)
		return;
	command_add_bad_events();
	command_refuse(ITSG_RDBASE_UNKNOWN, ITSG_CMD_MAPC, 0, valid | 7 << 16, 0, "MAPC 0 to 7");
	command_refuse(ITSG_COLLECTION_OOR, ITSG_CMD_MAPC, 0, valid | 512, 0, "MAPC 512");
	command_refuse(ITSG_RDBASE_UNKNOWN, ITSG_CMD_SYNC, 0, 7 << 16, 0, "SYNC 7");
	command_refuse(ITSG_COLLECTION_OOR, ITSG_CMD_INVALL, 0, 512, 0, "INVALL 512");
	command_refuse(ITSG_RDBASE_UNKNOWN, ITSG_CMD_MOVALL, 0, 0, 7 << 16, "MOVALL 0 to 7");
	command_refuse(ITSG_VIRTUAL_COMMAND, ITSG_CMD_VMAPP, 0, 0, 0, "VMAPP");
	command_refuse(ITSG_UNKNOWN_COMMAND, 0x55, 0, 0, 0, "opcode 0x55");
}

/* The number of a MAPC to the last redistributor. */
static uint32_t command_target;

static void command_begin(void)
{
	if (world_has(&the_world, ACTS_MAPD))
		command_add_maps();
	if (world_has(&the_world, ACTS_MAPC))
		command_add_collections();
	if (world_has(&the_world, ACTS_EVENTS))
		command_add_events();
	if (world_has(&the_world, ACTS_BAD))
		command_add_bad();
}

void act_command(uint8_t number, uint8_t raw[ITSG_CMD_BYTES])
{
	memcpy(raw, commands[number].raw, ITSG_CMD_BYTES);
}

/* ---- acts ---- */

static struct act *act_add(enum act_kind kind, uint32_t number, const char *format, ...)
{
	struct act *act = &acts[act_count++];
	va_list args;
	size_t at = 0;

	act->kind = kind;
	act->number = number;
	if (the_world.its + the_world.rds > 2 && the_world.its != 1)
		at = (size_t)snprintf(act->name, sizeof(act->name), "%u: ", number);
	va_start(args, format);
	vsnprintf(act->name + at, sizeof(act->name) - at, format, args);
	va_end(args);
	return act;
}

static void act_add_write(enum act_kind kind, uint32_t number, uint32_t offset, uint32_t width,
			  uint64_t value, enum act_answer answer, const char *name)
{
	struct act *act = act_add(kind, number, "%s", name);

	act->offset = offset;
	act->width = width;
	act->value = value;
	act->answer = answer;
}

static uint64_t act_queue(int place)
{
	return ITSG_CBASER_VALID | model_page_pa[place] |
	       (MODEL_QUEUE * ITSG_CMD_BYTES / ITSG_QUEUE_PAGE - 1);
}

static uint64_t act_table(int place, uint32_t n)
{
	return ITSG_BASER_VALID | model_page_pa[place] |
	       (the_world.levels >> n & 1 ? ITSG_BASER_INDIRECT : 0);
}

static int act_place(int first, uint32_t its)
{
	return its == 0 ? first : first == PLACE_QUEUE0 ? PLACE_QUEUE1 : first + 2;
}

static void act_add_ctlr(uint32_t its)
{
	act_add_write(ACT_WRITE, its, ITSG_GITS_CTLR, 4, 0, ANSWER_OK, "CTLR=0");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CTLR, 4, 1, ANSWER_ENABLE, "CTLR=1");
	if (!world_has(&the_world, ACTS_NUMBER))
		return;
	act_add_write(ACT_WRITE, its, ITSG_GITS_CTLR, 4, 0x70, ANSWER_OK, "CTLR=0x70");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CTLR, 4, 0x103, ANSWER_ENABLE, "CTLR=0x103");
}

static void act_add_cbaser(uint32_t its)
{
	act_add_write(ACT_CBASER, its, ITSG_GITS_CBASER, 8, 0, ANSWER_WHILE_DISABLED, "CBASER=0");
	act_add_write(ACT_CBASER, its, ITSG_GITS_CBASER, 8, act_queue(act_place(PLACE_QUEUE0, its)),
		      ANSWER_WHILE_DISABLED, "CBASER=queue");
	if (!world_has(&the_world, ACTS_OTHER))
		return;
	act_add_write(ACT_CBASER, its, ITSG_GITS_CBASER, 8,
		      act_queue(act_place(PLACE_QUEUE0, !its)), ANSWER_WHILE_DISABLED,
		      "CBASER=the other queue");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CWRITER, 8, MODEL_QUEUE * ITSG_CMD_BYTES,
		      ANSWER_REFUSED, "CWRITER=its size");
}

static void act_add_baser(uint32_t its, uint32_t n)
{
	const uint32_t offset = ITSG_GITS_BASER + 8 * n;
	const int place = act_place(n ? PLACE_COLLECTIONS : PLACE_DEVICES, its);

	act_add_write(ACT_WRITE, its, offset, 8, 0, ANSWER_WHILE_DISABLED,
		      n ? "BASER1=0" : "BASER0=0");
	act_add_write(ACT_WRITE, its, offset, 8, act_table(place, n), ANSWER_WHILE_DISABLED,
		      n ? "BASER1=table" : "BASER0=table");
	if (world_has(&the_world, ACTS_OTHER) && n == 0)
		act_add_write(ACT_WRITE, its, offset, 8, act_table(PLACE_OTHER, n),
			      ANSWER_WHILE_DISABLED, "BASER0=other table");
	if (world_has(&the_world, ACTS_OTHER) && n == 0 && the_world.levels & 1)
		act_add_write(ACT_WRITE, its, offset, 8, act_table(place, n) & ~ITSG_BASER_INDIRECT,
			      ANSWER_WHILE_DISABLED, "BASER0=table, flat");
	if (world_has(&the_world, ACTS_HOSTILE) && n == 0) {
		act_add_write(ACT_WRITE, its, offset, 8, act_table(PLACE_A, n),
			      ANSWER_WHILE_DISABLED, "BASER0=ITTs");
		act_add_write(ACT_WRITE, its, offset, 8, ITSG_BASER_VALID | MODEL_VICTIM,
			      ANSWER_WHILE_DISABLED, "BASER0=victim");
	}
}

static void act_add_halves(uint32_t its)
{
	const uint64_t table = act_table(act_place(PLACE_DEVICES, its), 0);
	const uint64_t queue = act_queue(act_place(PLACE_QUEUE0, its));

	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER, 4, table & 0xffffffff, ANSWER_WHILE_DISABLED,
		      "BASER0, lower half");
	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER + 4, 4, table >> 32, ANSWER_WHILE_DISABLED,
		      "BASER0, upper half");
	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER + 4, 4, 0, ANSWER_WHILE_DISABLED,
		      "BASER0, upper half 0");
	act_add_write(ACT_CBASER, its, ITSG_GITS_CBASER, 4, queue & 0xffffffff,
		      ANSWER_WHILE_DISABLED, "CBASER, lower half");
	act_add_write(ACT_CBASER, its, ITSG_GITS_CBASER + 4, 4, queue >> 32, ANSWER_WHILE_DISABLED,
		      "CBASER, upper half");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CWRITER + 4, 4, 1, ANSWER_OK,
		      "CWRITER, upper half");
	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER, 2, 1, ANSWER_REFUSED, "BASER0, 2 bytes");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CTLR, 8, 1, ANSWER_REFUSED, "CTLR, 8 bytes");
	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER + 4, 8, table, ANSWER_REFUSED,
		      "BASER0 + 4, 8 bytes");
}

static void act_add_reserved(uint32_t its)
{
	const uint64_t table = act_table(PLACE_OTHER, 0) & ~ITSG_BASER_INDIRECT;

	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER + 16, 8, table, ANSWER_REFUSED,
		      "BASER2=table");
	act_add_write(ACT_WRITE, its, ITSG_GITS_BASER + 16, 8, table & ~ITSG_BASER_VALID, ANSWER_OK,
		      "BASER2 without Valid");
	act_add_write(ACT_WRITE, its, ITSG_GITS_IMPDEF_FIRST, 4, 1, ANSWER_REFUSED, "0x20=1");
	act_add_write(ACT_WRITE, its, ITSG_GITS_IMPDEF_FIRST, 4, 0, ANSWER_OK, "0x20=0");
	act_add_write(ACT_WRITE, its, ITSG_GITS_STATUSR, 4, 1, ANSWER_REFUSED, "STATUSR=1");
	act_add_write(ACT_WRITE, its, ITSG_GITS_TYPER, 8, 1, ANSWER_REFUSED, "TYPER=1");
	act_add_write(ACT_WRITE, its, ITSG_GITS_CREADR, 8, 32, ANSWER_REFUSED, "CREADR=32");
}

static void act_add_commands(uint32_t its)
{
	for (uint32_t i = 0; i < command_count; i++) {
		struct act *act = act_add(ACT_COMMAND, its, "%s", commands[i].name);

		act->value = i;
	}
}

static void act_add_its(uint32_t its)
{
	act_add(ACT_READ, its, "read");
	act_add(ACT_RUN, its, "hardware runs a command");
	if (world_has(&the_world, ACTS_CTLR)) {
		act_add(ACT_QUIESCE, its, "hardware is quiescent");
		act_add_ctlr(its);
	}
	if (world_has(&the_world, ACTS_CBASER))
		act_add_cbaser(its);
	if (world_has(&the_world, ACTS_BASER0))
		act_add_baser(its, 0);
	if (world_has(&the_world, ACTS_BASER1))
		act_add_baser(its, 1);
	if (world_has(&the_world, ACTS_HALVES))
		act_add_halves(its);
	if (world_has(&the_world, ACTS_RESERVED))
		act_add_reserved(its);
	if (world_has(&the_world, ACTS_STALL)) {
		act_add(ACT_STALL, its, "hardware stalls");
		act_add(ACT_RETRY, its, "Retry");
	}
	if (world_has(&the_world, ACTS_GONE))
		act_add(ACT_GONE, its, "the host is gone");
	act_add_commands(its);
}

static void act_add_power(uint32_t its)
{
	static const char *const names[HW_POWERS] = {
		"power lost, and what was cached", "power lost", "power lost, registers restored",
		"power lost, all restored", "power lost, all restored, the whole queue"};

	for (uint32_t i = 0; i < HW_POWERS; i++)
		act_add(ACT_POWER, its, "%s", names[i])->value = i;
}

static void act_add_words(uint32_t its)
{
	const int place = act_place(the_world.levels & 1 ? PLACE_DEVICES : PLACE_COLLECTIONS, its);
	const uint32_t words = world_has(&the_world, ACTS_HOSTILE) ? MODEL_HOST_WORDS
			       : world_has(&the_world, ACTS_OTHER) ? 3
								   : 2;

	const uint32_t devices = the_world.devices < MODEL_WORDS ? the_world.devices : MODEL_WORDS;

	for (uint32_t at = 0; at < (the_world.levels & 1 ? devices : 1); at++)
		for (uint32_t i = 0; i < words; i++) {
			struct act *act = act_add(ACT_WORD, (uint32_t)place, "word %u = %u", at, i);

			act->offset = at;
			act->value = i;
		}
}

static void act_add_gifts(void)
{
	static const int places[] = {PLACE_QUEUE0, PLACE_DEVICES, PLACE_LEVEL2, PLACE_A};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i] == PLACE_LEVEL2 && !the_world.levels)
			continue;
		act_add(ACT_GIVE, (uint32_t)places[i], "page %d to a guest", places[i]);
		act_add(ACT_BACK, (uint32_t)places[i], "page %d back from a guest", places[i]);
	}
}

static void act_add_platform(void)
{
	for (uint32_t its = 0; its < the_world.its; its++) {
		if (world_has(&the_world, ACTS_POWER))
			act_add_power(its);
		if (world_has(&the_world, ACTS_WORDS))
			act_add_words(its);
	}
	if (world_has(&the_world, ACTS_GIVE))
		act_add_gifts();
	if (world_has(&the_world, ACTS_RESERVE))
		act_add(ACT_RESERVE, 0, "the first DeviceID is reserved, or free again");
	for (uint32_t rd = 0; world_has(&the_world, ACTS_SLEEP) && rd < the_world.rds; rd++) {
		act_add(ACT_SLEEP, rd, "redistributor %u sleeps", rd);
		act_add(ACT_WAKE, rd, "redistributor %u wakes", rd);
	}
}

/* ---- redistributors ---- */

static void act_add_bases(uint32_t rd)
{
	const uint64_t prop = model_page_pa[PLACE_CONFIG] | 13;
	const uint64_t other = model_page_pa[PLACE_OTHER_CONFIG] | 13;
	const uint64_t pend = model_page_pa[PLACE_PENDING0 + rd];

	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 8, prop, ANSWER_ANY, "PROPBASER");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 8, other, ANSWER_ANY,
		      "PROPBASER=another");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PENDBASER, 8, pend, ANSWER_ANY, "PENDBASER");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PENDBASER, 8, pend | ITSG_GICR_PENDBASER_PTZ,
		      ANSWER_ANY, "PENDBASER with PTZ");
	if (!world_has(&the_world, ACTS_HOSTILE))
		return;
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PENDBASER, 8, model_page_pa[PLACE_PENDING0 + !rd],
		      ANSWER_ANY, "PENDBASER of another one");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PENDBASER, 8, MODEL_VICTIM, ANSWER_ANY,
		      "PENDBASER=victim");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 8,
		      model_page_pa[PLACE_PENDING0 + rd] | 13, ANSWER_ANY, "PROPBASER=pending");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 8, prop + 2, ANSWER_ANY,
		      "PROPBASER of 16 bits");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PENDBASER, 8,
		      pend | itsg_put(ITSG_GICR_SHAREABILITY, 1), ANSWER_ANY,
		      "PENDBASER, shareable");
}

static void act_add_rd_halves(uint32_t rd)
{
	const uint64_t prop = model_page_pa[PLACE_CONFIG] | 13;

	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 4, prop & 0xffffffff, ANSWER_ANY,
		      "PROPBASER, lower half");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER + 4, 4, 1, ANSWER_ANY,
		      "PROPBASER, upper half 1");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER + 4, 4, 0, ANSWER_ANY,
		      "PROPBASER, upper half 0");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_PROPBASER, 2, 1, ANSWER_REFUSED,
		      "PROPBASER, 2 bytes");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_CTLR, 8, 1, ANSWER_REFUSED, "CTLR, 8 bytes");
}

static void act_add_rd_other(uint32_t rd)
{
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_WAKER, 4, 0x80000003u, ANSWER_ANY, "WAKER");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_VPENDBASER, 8, ITSG_GICR_VALID | MODEL_VICTIM,
		      ANSWER_REFUSED, "VPENDBASER with Valid");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_VPROPBASER, 8, MODEL_VICTIM, ANSWER_OK,
		      "VPROPBASER");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_INVLPIR, 8, ITSG_GICR_V | 8192, ANSWER_REFUSED,
		      "INVLPIR with V");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_INVALLR, 8, ITSG_GICR_V, ANSWER_REFUSED,
		      "INVALLR with V");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_SETLPIR, 8, 16384, ANSWER_ANY, "SETLPIR 16384");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_SETLPIR, 8, 8192, ANSWER_ANY, "SETLPIR 8192");
	act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_TYPER, 8, 1, ANSWER_REFUSED, "TYPER=1");
	act_add_write(ACT_RD_WRITE, rd, 0x200, 8, 1, ANSWER_REFUSED, "0x200=1");
}

static void act_add_rd(uint32_t rd)
{
	if (world_has(&the_world, ACTS_RD_ENABLE)) {
		act_add(ACT_RD_SETTLE, rd, "EnableLPIs is cleared");
		act_add(ACT_RD_READ, rd, "read CTLR");
		act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_CTLR, 4, 0, ANSWER_ANY, "EnableLPIs=0");
		act_add_write(ACT_RD_WRITE, rd, ITSG_GICR_CTLR, 4, 1, ANSWER_ANY, "EnableLPIs=1");
	}
	if (world_has(&the_world, ACTS_RD_BASES))
		act_add_bases(rd);
	if (world_has(&the_world, ACTS_RD_HALVES))
		act_add_rd_halves(rd);
	if (world_has(&the_world, ACTS_RD_OTHER))
		act_add_rd_other(rd);
	if (world_has(&the_world, ACTS_RD_POWER)) {
		act_add(ACT_RD_LOST, rd, "EnableLPIs is lost");
		act_add(ACT_RD_OFF, rd, "no power");
		act_add(ACT_RD_ON, rd, "power, nothing restored");
		act_add(ACT_RD_ON, rd, "power, all restored")->value = 1;
	}
	if (world_has(&the_world, ACTS_RD_FOREIGN))
		act_add(ACT_RD_FOREIGN, rd, "somebody sets EnableLPIs");
}

static void act_add_rds(void)
{
	if (!the_world.redists)
		return;
	for (uint32_t rd = 0; rd < the_world.rds; rd++)
		act_add_rd(rd);
	act_add(ACT_RD_POLL, 0, "poll");
	if (world_has(&the_world, ACTS_RD_FOREIGN))
		act_add(ACT_RD_ADOPT, 0, "adopt");
	if (world_has(&the_world, ACTS_GONE))
		act_add(ACT_RD_GONE, 0, "the host is gone");
}

static void act_add_target(void)
{
	command_target = command_count;
	command_add_words(COMMAND_MAPC, ITSG_CMD_MAPC, 0,
			  ITSG_BIT(63) | (uint64_t)(the_world.rds - 1) << 16, 0, "MAPC 0");
}

void act_begin(void)
{
	command_begin();
	for (uint32_t its = 0; its < the_world.its; its++)
		act_add_its(its);
	act_add_platform();
	act_add_rds();
	act_add_target();
}

/* ---- doing them ---- */

static struct model_its *hw_of(const struct act *act)
{
	return &the_state.model->its[act->number];
}

static void do_write(uint32_t its, uint32_t offset, uint32_t width, uint64_t value,
		     enum act_answer answer)
{
	expect_begin(its);
	the_outcome.reason = itsg_write(the_state.its[its], offset, width, value);
	expect_write(its, offset, width, value, answer);
}

/* CWRITER begins anew with the queue, so that all places in it are alike. */
static bool do_cbaser(const struct act *act)
{
	do_write(act->number, act->offset, act->width, act->value, act->answer);
	if (the_outcome.reason == ITSG_OK)
		do_write(act->number, ITSG_GITS_CWRITER, 8, 0, ANSWER_ANY);
	return true;
}

static bool do_read(const struct act *act)
{
	uint64_t value;

	expect_begin(act->number);
	itsg_read(the_state.its[act->number], ITSG_GITS_CWRITER, 8, &value);
	expect_end(act->number);
	return true;
}

/* A host that puts in so many that CWRITER meets CREADR cannot tell full from empty. */
static bool do_command_fits(uint32_t its, uint32_t slot)
{
	const uint64_t creadr = canon_creadr(its) & ITSG_CREADR_OFFSET;

	return (slot + 1) % MODEL_QUEUE != creadr / ITSG_CMD_BYTES;
}

/* Behind the last one: CWRITER moves over it. */
static bool do_command(const struct act *act)
{
	struct model_its *hw = hw_of(act);
	const int place = model_place_of(hw->raw_cbaser & ITSG_CBASER_ADDRESS);
	const uint32_t slot = hw->raw_cwriter / ITSG_CMD_BYTES;
	uint32_t waiting = 0;

	while (waiting < MODEL_PENDING && hw->pending[waiting])
		waiting++;
	if (waiting >= the_world.backlog || !(hw->raw_cbaser & ITSG_CBASER_VALID) || place < 0 ||
	    the_state.model->page[place].owner > OWNER_SHARED ||
	    !do_command_fits(act->number, slot))
		return false;
	expect_command(act->number);
	hw->queue[slot] = (uint8_t)act->value;
	hw->pending[waiting] = (uint8_t)(act->value + 1);
	do_write(act->number, ITSG_GITS_CWRITER, 8, (slot + 1) % MODEL_QUEUE * ITSG_CMD_BYTES,
		 ANSWER_OK);
	return true;
}

static bool do_retry(const struct act *act)
{
	const struct model_its *hw = hw_of(act);

	if (!hw->stalled)
		return false;
	do_write(act->number, ITSG_GITS_CWRITER, 8, hw->raw_cwriter | ITSG_CWRITER_RETRY,
		 ANSWER_ANY);
	return true;
}

static bool do_word(const struct act *act)
{
	struct model_page *page = &the_state.model->page[act->number];

	if (page->owner > OWNER_SHARED || page->word[act->offset] == act->value)
		return false;
	page->word[act->offset] = (uint8_t)act->value;
	return true;
}

static bool do_owner(const struct act *act, uint8_t from, uint8_t to)
{
	struct model_page *page = &the_state.model->page[act->number];

	if (page->owner != from)
		return false;
	page->owner = to;
	return true;
}

static bool do_run(const struct act *act)
{
	if (!hw_can_run(hw_of(act)))
		return false;
	hw_run(act->number);
	return true;
}

static bool do_quiesce(const struct act *act)
{
	if (hw_of(act)->enabled || hw_of(act)->quiescent)
		return false;
	hw_quiesce(hw_of(act));
	return true;
}

static bool do_stall(const struct act *act)
{
	if (!hw_can_run(hw_of(act)))
		return false;
	hw_stall(hw_of(act));
	return true;
}

/*
 * What firmware enables while the host has it enabled cannot be told from hardware that never
 * stopped: the platform says so (itsguard.h).
 */
static bool do_power(const struct act *act)
{
	struct model_its *hw = hw_of(act);
	const bool told = hw_power_told(hw, (enum hw_power)act->value);

	if (act->value == HW_POWER_CACHED_LOST && hw->quiescent)
		return false;
	hw_power(act->number, (enum hw_power)act->value);
	if (told)
		itsg_power_lost(the_state.its[act->number]);
	if (told)
		hw->raw_enabled = false;
	return true;
}

/* Only while no unmap is on its way (itsguard.h). */
static bool do_may_sleep(void)
{
	struct itsg_stats stats;
	uint64_t unmaps = 0;

	for (uint32_t its = 0; its < the_world.its; its++) {
		itsg_get_stats(the_state.its[its], &stats);
		unmaps += stats.unmaps;
	}
	return !unmaps;
}

static bool do_sleep(const struct act *act, bool asleep)
{
	struct model_rd *rd = &the_state.model->rd[act->number];

	if (rd->asleep == asleep || !do_may_sleep())
		return false;
	rd->asleep = asleep;
	return true;
}

/* Once reserved, the platform waits until hardware has let go of it (itsguard.h). */
static bool do_reserve(void)
{
	struct model *model = the_state.model;

	for (uint32_t its = 0; its < the_world.its && !model->reserved; its++)
		if (itsg_device_mapped(the_state.its[its], model_device_id(0)) ||
		    model->its[its].pending[0])
			return false;
	model->reserved = !model->reserved;
	return true;
}

static bool do_gone(const struct act *act)
{
	expect_gone(act->number, itsg_host_gone(the_state.its[act->number]));
	return true;
}

static bool do_rd_write(const struct act *act)
{
	the_outcome.reason = itsg_redists_write(the_state.redists, act->number, act->offset,
						act->width, act->value);
	expect_rd_write(act->number, act->offset, act->width, act->value, act->answer);
	return true;
}

static bool do_rd_read(const struct act *act)
{
	uint64_t value;

	itsg_redists_read(the_state.redists, act->number, ITSG_GICR_CTLR, 4, &value);
	return true;
}

static bool do_rd_settle(const struct act *act)
{
	struct model_rd *rd = &the_state.model->rd[act->number];

	if (!rd->clearing || rd->off)
		return false;
	rd_hw_settle(act->number);
	return true;
}

/*
 * ARE_NS went: as if it had been cleared, with RWP until nothing is outstanding. Of what came and
 * went while nobody looked nothing is.
 */
static bool do_rd_lost(const struct act *act)
{
	struct model_rd *rd = &the_state.model->rd[act->number];

	if (!rd->enabled || rd->off)
		return false;
	rd->enabled = false;
	rd->clearing = itsg_redists_phase(the_state.redists, act->number) != ITSG_REDIST_OFF;
	return true;
}

/* Somebody who knows nothing of the guard: its tables are nobody's. */
static bool do_rd_foreign(const struct act *act)
{
	struct model_rd *rd = &the_state.model->rd[act->number];

	if (rd->enabled || rd->clearing || rd->off ||
	    itsg_redists_phase(the_state.redists, act->number) != ITSG_REDIST_OFF)
		return false;
	rd->prop = model_page_pa[PLACE_CONFIG] | 13;
	rd->pend = model_page_pa[PLACE_PENDING0 + act->number];
	rd->enabled = true;
	rd->foreign = true;
	return true;
}

static bool do_rd_power(const struct act *act)
{
	const struct model_rd *rd = &the_state.model->rd[act->number];
	const bool on = act->kind == ACT_RD_ON;

	if (rd->off != on || rd->clearing || !do_may_sleep())
		return false;
	rd_hw_power(act->number, on, act->value != 0);
	return true;
}

/* What was left in its pending table hardware has believed before. */
static void do_adopt_one(struct model_rd *rd)
{
	const int place = model_place_of(rd->pend & ITSG_GICR_PENDBASER_ADDRESS);

	rd->foreign = false;
	if (place >= 0)
		the_state.model->page[place].dirty = 0;
}

/* All of them, or none. */
static bool do_adopt(void)
{
	the_outcome.reason = itsg_redists_adopt(the_state.redists);
	for (uint32_t rd = 0; rd < the_world.rds; rd++)
		if (itsg_redists_phase(the_state.redists, rd) == ITSG_REDIST_ON)
			do_adopt_one(&the_state.model->rd[rd]);
	return true;
}

static bool do_redists(const struct act *act)
{
	switch (act->kind) {
	case ACT_RD_WRITE:
		return do_rd_write(act);
	case ACT_RD_READ:
		return do_rd_read(act);
	case ACT_RD_SETTLE:
		return do_rd_settle(act);
	case ACT_RD_LOST:
		return do_rd_lost(act);
	case ACT_RD_FOREIGN:
		return do_rd_foreign(act);
	case ACT_RD_OFF:
	case ACT_RD_ON:
		return do_rd_power(act);
	case ACT_RD_ADOPT:
		return do_adopt();
	case ACT_RD_GONE:
		itsg_redists_host_gone(the_state.redists);
		expect_rd_gone();
		return true;
	default:
		itsg_redists_poll(the_state.redists);
		return true;
	}
}

bool act_do(const struct act *act)
{
	switch (act->kind) {
	case ACT_WRITE:
		do_write(act->number, act->offset, act->width, act->value, act->answer);
		return true;
	case ACT_CBASER:
		return do_cbaser(act);
	case ACT_READ:
		return do_read(act);
	case ACT_COMMAND:
		return do_command(act);
	case ACT_WORD:
		return do_word(act);
	case ACT_RETRY:
		return do_retry(act);
	case ACT_GIVE:
		return do_owner(act, OWNER_HOST, OWNER_GUEST);
	case ACT_BACK:
		return do_owner(act, OWNER_GUEST, OWNER_HOST);
	case ACT_RUN:
		return do_run(act);
	case ACT_QUIESCE:
		return do_quiesce(act);
	case ACT_STALL:
		return do_stall(act);
	case ACT_POWER:
		return do_power(act);
	case ACT_SLEEP:
		return do_sleep(act, true);
	case ACT_WAKE:
		return do_sleep(act, false);
	case ACT_RESERVE:
		return do_reserve();
	case ACT_GONE:
		return do_gone(act);
	default:
		return do_redists(act);
	}
}

bool act_calls(const struct act *act)
{
	switch (act->kind) {
	case ACT_WRITE:
	case ACT_CBASER:
	case ACT_READ:
	case ACT_COMMAND:
	case ACT_RETRY:
	case ACT_GONE:
	case ACT_RD_WRITE:
	case ACT_RD_READ:
	case ACT_RD_ADOPT:
	case ACT_RD_POLL:
	case ACT_RD_GONE:
		return true;
	default:
		return false;
	}
}

/* ---- what comes before the first act ---- */

struct boot {
	enum act_kind kind;
	uint32_t offset;
	uint32_t width;
};

static const struct boot boot_rd[] = {
	{ACT_RD_WRITE, ITSG_GICR_PROPBASER, 8},
	{ACT_RD_WRITE, ITSG_GICR_PENDBASER, 8},
};

static const struct boot boot_its[] = {
	{ACT_CBASER, ITSG_GITS_CBASER, 8},
	{ACT_WRITE, ITSG_GITS_BASER, 8},
	{ACT_WRITE, ITSG_GITS_BASER + 8, 8},
	{ACT_WRITE, ITSG_GITS_CTLR, 4},
};

/* Of the first one: a MAPC that is not in the alphabet. */
static const struct boot boot_target[] = {
	{ACT_COMMAND, 0, 0},
	{ACT_RUN, 0, 0},
	{ACT_READ, 0, 0},
};

#define BOOT_TARGET (sizeof(boot_target) / sizeof(boot_target[0]))
#define BOOT_RD     (sizeof(boot_rd) / sizeof(boot_rd[0]))
#define BOOT_ITS    (sizeof(boot_its) / sizeof(boot_its[0]))

static uint64_t boot_value(const struct boot *boot, uint32_t number)
{
	if (boot == &boot_rd[0])
		return model_page_pa[PLACE_CONFIG] | 13;
	if (boot == &boot_rd[1])
		return model_page_pa[PLACE_PENDING0 + number];
	if (boot == &boot_target[0])
		return command_target;
	if (boot == &boot_its[0])
		return act_queue(act_place(PLACE_QUEUE0, number));
	if (boot == &boot_its[1])
		return act_table(act_place(PLACE_DEVICES, number), 0);
	if (boot == &boot_its[2])
		return act_table(act_place(PLACE_COLLECTIONS, number), 1);
	return 1;
}

static const struct act *boot_act(const struct boot *boot, uint32_t number)
{
	static struct act act;

	memset(&act, 0, sizeof(act));
	act.kind = boot->kind;
	act.number = number;
	act.offset = boot->offset;
	act.width = boot->width;
	act.value = boot_value(boot, number);
	act.answer = ANSWER_OK;
	return &act;
}

const struct act *act_boot(uint32_t step)
{
	const uint32_t rds = the_world.redists ? the_world.rds * BOOT_RD : 0;

	if (!the_world.armed)
		return NULL;
	if (step < rds)
		return boot_act(&boot_rd[step % BOOT_RD], step / BOOT_RD);
	step -= rds;
	if (step < the_world.its * BOOT_ITS)
		return boot_act(&boot_its[step % BOOT_ITS], step / BOOT_ITS);
	step -= the_world.its * (uint32_t)BOOT_ITS;
	if (the_world.target && step < BOOT_TARGET)
		return boot_act(&boot_target[step], 0);
	return NULL;
}
