/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Commands that Linux sent, as a trace. Each is the 32 bytes that it was; where in its queue it
 * stands is not kept, since commands that are assumed stand there too.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "import_ftrace.h"
#include "import_table.h"
#include "itsguard/cmd.h"
#include "u64map.h"

#define HELD         64u         /* posts that wait for an earlier one */
#define INVENTED     0x40000000u /* bytes of RAM that the machine has not, for what is assumed */
#define SHARE        (INVENTED / TRACE_ITS_MAX)
#define GIGABYTE     0x40000000u
#define PES          8u  /* that a trace has by itself */
#define EVENT_BITS   11u /* of a device that was mapped before: what MSI-X has */
#define FIRST_LPI    8192u
#define ENTRY_BYTES  16u /* an ITT entry is not larger */
#define RDBASE_SHIFT 16

/* What has become of a device: 0 nobody has seen it. */
enum {
	MAPPED = 1,
	ASSUMED,
	UNMAPPED
};

struct queue {
	struct import_tables tables;
	const struct ftrace_post *held[HELD];
	uint32_t held_count;
	bool begun;
	uint32_t expected; /* offset in the machine's queue */
	uint32_t place;    /* and in the trace's */
	struct u64map devices, events, collections;
};

struct writer {
	const struct ftrace_log *log;
	FILE *out;
	uint64_t invented; /* RAM */
	uint32_t its;      /* the line `its` that holds */
	struct u64map rds; /* PTA=1: addresses to numbers */
	uint64_t pes;
	struct queue queue[TRACE_ITS_MAX];
	struct ftrace_its its_regs[TRACE_ITS_MAX]; /* what is assumed filled in */
};

/* ---- redistributors ---- */

static bool names_rd(uint8_t opcode)
{
	return opcode == ITSG_CMD_MAPC || opcode == ITSG_CMD_SYNC || opcode == ITSG_CMD_MOVALL;
}

/* By number, also where hardware names them by address. */
static uint64_t rd_number(struct writer *w, uint32_t its, uint64_t rdbase)
{
	size_t before = w->rds.count;
	uint64_t *number;

	if (!(w->its_regs[its].typer & ITSG_TYPER_PTA))
		return rdbase >> RDBASE_SHIFT;
	number = u64map_put(&w->rds, rdbase);
	if (w->rds.count > before)
		*number = before;
	return *number;
}

static void rename_rds(struct writer *w, uint32_t its, struct itsg_command *command)
{
	if (!names_rd(command->opcode))
		return;
	command->field[ITSG_F_RDBASE] = rd_number(w, its, command->field[ITSG_F_RDBASE])
					<< RDBASE_SHIFT;
	if (command->opcode == ITSG_CMD_MOVALL)
		command->field[ITSG_F_RDBASE2] = rd_number(w, its, command->field[ITSG_F_RDBASE2])
						 << RDBASE_SHIFT;
}

/* ---- commands ---- */

static void command_bytes(const struct ftrace_post *post, uint32_t index,
			  uint8_t raw[ITSG_CMD_BYTES])
{
	const uint64_t *word = &post->word[FTRACE_WORDS - (post->count - index) * ITSG_CMD_DWORDS];

	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		itsg_put_le64(raw + 8 * i, word[i]);
}

static void store(struct writer *w, uint32_t its, const uint8_t raw[ITSG_CMD_BYTES],
		  const char *assumed)
{
	struct queue *q = &w->queue[its];
	uint64_t pa = (w->its_regs[its].cbaser & ITSG_CBASER_ADDRESS) + q->place;

	import_write_mem(w->out, pa, raw, ITSG_CMD_BYTES);
	fprintf(w->out, "%s%s\n", assumed ? " # assumed: " : "", assumed ? assumed : "");
	q->place = (q->place + ITSG_CMD_BYTES) % FTRACE_QUEUE;
}

static void store_command(struct writer *w, uint32_t its, const struct itsg_command *command,
			  const char *assumed)
{
	uint8_t raw[ITSG_CMD_BYTES];

	itsg_cmd_encode(command, false, raw);
	store(w, its, raw, assumed);
}

/* ---- what was there before ---- */

static bool has_field(uint8_t opcode, enum itsg_field field)
{
	struct itsg_cmd_info info;

	if (!itsg_cmd_info_of(opcode, &info) || itsg_cmd_virtual(opcode))
		return false;
	for (uint32_t i = 0; i < info.fields; i++)
		if (info.field[i].field == (uint8_t)field)
			return true;
	return false;
}

/* rdbase: of the barrier behind the command, or what Linux has for collection n, processor n. */
static void assume_collection(struct writer *w, uint32_t its, uint64_t icid, uint64_t rdbase)
{
	struct queue *q = &w->queue[its];
	struct itsg_command mapc = {.opcode = ITSG_CMD_MAPC};

	if (*u64map_put(&q->collections, icid))
		return;
	*u64map_put(&q->collections, icid) = MAPPED;
	import_tables_assume(&q->tables, IMPORT_COLLECTIONS, icid, w->out);
	mapc.field[ITSG_F_ICID] = icid;
	mapc.field[ITSG_F_RDBASE] = rdbase;
	mapc.field[ITSG_F_VALID] = 1;
	store_command(w, its, &mapc, "mapped before");
}

static void assume_device(struct writer *w, uint32_t its, uint64_t device)
{
	struct queue *q = &w->queue[its];
	uint64_t bits = itsg_get(w->its_regs[its].typer, ITSG_TYPER_ID_BITS) + 1;
	struct itsg_command mapd = {.opcode = ITSG_CMD_MAPD};

	if (*u64map_put(&q->devices, device))
		return;
	*u64map_put(&q->devices, device) = ASSUMED;
	bits = bits < EVENT_BITS ? bits : EVENT_BITS;
	import_tables_assume(&q->tables, IMPORT_DEVICES, device, w->out);
	mapd.field[ITSG_F_DEVICE_ID] = device;
	mapd.field[ITSG_F_SIZE] = bits - 1;
	mapd.field[ITSG_F_ITT] = import_tables_page(&q->tables, (uint64_t)ENTRY_BYTES << bits);
	mapd.field[ITSG_F_VALID] = 1;
	store_command(w, its, &mapd, "mapped before, size and ITT");
}

/* Of a device that was mapped before, so may its events be. */
static void assume_event(struct writer *w, uint32_t its, const struct itsg_command *command)
{
	struct queue *q = &w->queue[its];
	struct itsg_command mapti = {.opcode = ITSG_CMD_MAPTI};
	uint64_t device = command->field[ITSG_F_DEVICE_ID], event = command->field[ITSG_F_EVENT_ID];
	uint64_t *state;

	if (*u64map_put(&q->devices, device) != ASSUMED)
		return;
	state = u64map_put(&q->events, device << 32 | event);
	if (*state)
		return;
	*state = MAPPED;
	if (command->opcode == ITSG_CMD_MAPTI || command->opcode == ITSG_CMD_MAPI)
		return;
	assume_collection(w, its, 0, 0);
	mapti.field[ITSG_F_DEVICE_ID] = device;
	mapti.field[ITSG_F_EVENT_ID] = event;
	mapti.field[ITSG_F_PINTID] = FIRST_LPI + q->events.count - 1;
	store_command(w, its, &mapti, "mapped before, intid and coll");
}

/* What stands in the way of a command that was accepted, when nobody saw how it came about. */
static void assume_past(struct writer *w, uint32_t its, const struct itsg_command *command,
			const struct itsg_command *barrier)
{
	uint64_t icid = command->field[ITSG_F_ICID];
	bool names = command->opcode != ITSG_CMD_MAPC && has_field(command->opcode, ITSG_F_ICID);
	/* The barrier of a MOVI goes to where the interrupt was. */
	bool tells =
		barrier && barrier->opcode == ITSG_CMD_SYNC && command->opcode != ITSG_CMD_MOVI;

	if (names)
		assume_collection(w, its, icid,
				  tells ? barrier->field[ITSG_F_RDBASE] : icid << RDBASE_SHIFT);
	if (command->opcode == ITSG_CMD_MAPD || !has_field(command->opcode, ITSG_F_DEVICE_ID))
		return;
	assume_device(w, its, command->field[ITSG_F_DEVICE_ID]);
	assume_event(w, its, command);
}

static void note(struct writer *w, uint32_t its, const struct itsg_command *command)
{
	struct queue *q = &w->queue[its];
	bool valid = command->field[ITSG_F_VALID];

	if (command->opcode == ITSG_CMD_MAPD) {
		uint64_t device = command->field[ITSG_F_DEVICE_ID];

		*u64map_put(&q->devices, device) = valid ? MAPPED : UNMAPPED;
		if (valid)
			import_tables_assume(&q->tables, IMPORT_DEVICES, device, w->out);
	} else if (command->opcode == ITSG_CMD_MAPC) {
		*u64map_put(&q->collections, command->field[ITSG_F_ICID]) = MAPPED;
		if (valid)
			import_tables_assume(&q->tables, IMPORT_COLLECTIONS,
					     command->field[ITSG_F_ICID], w->out);
	}
}

/* ---- posts ---- */

static void say_its(struct writer *w, uint32_t its)
{
	if (w->its != its)
		fprintf(w->out, "its %" PRIu32 "\n", its);
	w->its = its;
}

static void write_post(struct writer *w, const struct ftrace_post *post)
{
	bool v41 = w->its_regs[post->its].typer & ITSG_TYPER_VMAPP;
	struct itsg_command command[2];
	uint8_t raw[2][ITSG_CMD_BYTES];
	uint32_t place;

	say_its(w, post->its);
	for (uint32_t i = 0; i < post->count; i++) {
		command_bytes(post, i, raw[i]);
		itsg_cmd_decode(raw[i], v41, &command[i]);
		rename_rds(w, post->its, &command[i]);
		if (names_rd(command[i].opcode))
			itsg_cmd_encode(&command[i], v41, raw[i]);
	}
	assume_past(w, post->its, &command[0], post->count == 2 ? &command[1] : NULL);
	note(w, post->its, &command[0]);
	for (uint32_t i = 0; i < post->count; i++)
		store(w, post->its, raw[i], NULL);
	place = w->queue[post->its].place;
	fprintf(w->out, "w32 0x%04x 0x%" PRIx32 "\n", ITSG_GITS_CWRITER, place);
	fprintf(w->out, "r32 0x%04x 0x%" PRIx32 "\n", ITSG_GITS_CREADR, place);
}

static uint32_t distance(const struct queue *q, const struct ftrace_post *post)
{
	return (post->to - post->count * ITSG_CMD_BYTES - q->expected) % FTRACE_QUEUE;
}

static void take(struct writer *w, const struct ftrace_post *post)
{
	w->queue[post->its].expected = post->to;
	write_post(w, post);
}

/* The held one that comes next, taken out; NULL: there is none so near. */
static const struct ftrace_post *nearest(struct queue *q, uint32_t most)
{
	uint32_t best = 0;
	const struct ftrace_post *post;

	for (uint32_t i = 1; i < q->held_count; i++)
		if (distance(q, q->held[i]) < distance(q, q->held[best]))
			best = i;
	if (!q->held_count || distance(q, q->held[best]) > most)
		return NULL;
	post = q->held[best];
	for (q->held_count--; best < q->held_count; best++)
		q->held[best] = q->held[best + 1];
	return post;
}

static void take_held(struct writer *w, struct queue *q)
{
	const struct ftrace_post *post;

	while ((post = nearest(q, 0)))
		take(w, post);
}

/* What comes first in the queue is not in the log: its buffer was full. */
static void give_up_waiting(struct writer *w, struct queue *q)
{
	const struct ftrace_post *post = nearest(q, FTRACE_QUEUE);

	say_its(w, post->its);
	fprintf(w->out, "# lost: %" PRIu32 " commands\n", distance(q, post) / ITSG_CMD_BYTES);
	take(w, post);
	take_held(w, q);
}

/* CPUs that send at the same time may be seen in another order than the queue has. */
static void order_post(struct writer *w, const struct ftrace_post *post)
{
	struct queue *q = &w->queue[post->its];

	if (!q->begun || distance(q, post) == 0) {
		q->begun = true;
		take(w, post);
		take_held(w, q);
		return;
	}
	if (q->held_count == HELD)
		give_up_waiting(w, q);
	q->held[q->held_count++] = post;
}

/* ---- the world ---- */

/* Above all RAM, where nothing of the machine's is. */
static uint64_t above_ram(const struct ftrace_log *log)
{
	uint64_t end = 0x440000000; /* of what a trace has by itself */

	for (uint32_t i = 0; i < log->ram_count; i++) /* in their order */
		end = log->ram[i].pa + log->ram[i].bytes;
	return (end + GIGABYTE - 1) & ~(uint64_t)(GIGABYTE - 1);
}

/* Registers that nobody could read: those of a virtual machine of QEMU's. */
static void assume_registers(struct ftrace_its *its, uint64_t base)
{
	its->typer = 0x1f0001efb1;
	its->cbaser = 0xb80000000000040f | base;
	its->baser[0] = 0xf907000000000600 | (base + FTRACE_QUEUE);
	its->baser[1] = 0xbc07000000000600 | (base + 2 * FTRACE_QUEUE);
}

static void find_rd(struct writer *w, const struct ftrace_post *post, uint32_t index)
{
	uint8_t raw[ITSG_CMD_BYTES];
	struct itsg_command command;
	uint64_t rd;

	command_bytes(post, index, raw);
	if (!itsg_cmd_decode(raw, false, &command) || !names_rd(command.opcode))
		return;
	rd = rd_number(w, post->its, command.field[ITSG_F_RDBASE]);
	if (rd < TRACE_PES_MAX && rd >= w->pes)
		w->pes = rd + 1;
}

static void find_machine(struct writer *w)
{
	const struct ftrace_log *log = w->log;

	w->invented = above_ram(log);
	w->pes = PES;
	for (uint32_t i = 0; i < log->its_count; i++) {
		w->its_regs[i] = log->its[i];
		w->queue[i].tables.next = w->invented + (i + 1) * SHARE;
		if (!log->its[i].told)
			assume_registers(&w->its_regs[i], w->invented + i * SHARE);
	}
	for (size_t i = 0; i < log->count; i++)
		for (uint32_t n = 0; n < log->posts[i].count; n++)
			find_rd(w, &log->posts[i], n);
}

static void write_machine(const struct writer *w)
{
	const struct ftrace_log *log = w->log;
	bool virt = false;

	fprintf(w->out,
		"# Made by itsguard import ftrace%s%s, since %s. What the log does not tell is\n"
		"# assumed, and said so.\n",
		log->linux_name[0] ? ": Linux " : "", log->linux_name,
		log->since_boot ? "its boot" : "some time after its boot");
	for (uint32_t i = 0; i < log->its_count; i++)
		virt |= w->its_regs[i].typer & ITSG_TYPER_VIRTUAL;
	if (w->pes > PES)
		fprintf(w->out, "machine pes=%" PRIu64 "\n", w->pes);
	if (virt)
		fprintf(w->out, "machine hide_virtual=1\n");
	for (uint32_t i = 0; i < log->ram_count; i++)
		fprintf(w->out, "machine ram=0x%" PRIx64 "+0x%" PRIx64 "\n", log->ram[i].pa,
			log->ram[i].bytes);
	if (!log->ram_count)
		fprintf(w->out, "machine ram=0x40000000+0x400000000 # assumed: RAM\n");
	if (w->invented + INVENTED > (uint64_t)1 << 48)
		fprintf(w->out, "machine pa_bits=52\n");
	fprintf(w->out, "machine ram=0x%" PRIx64 "+0x%x # assumed: room for what is assumed\n",
		w->invented, INVENTED);
}

static void write_geometry(struct writer *w, uint32_t its)
{
	const struct ftrace_its *regs = &w->its_regs[its];

	say_its(w, its);
	if (regs->address)
		fprintf(w->out, "# The ITS at 0x%" PRIx64 "\n", regs->address);
	fprintf(w->out, "typer 0x%" PRIx64 "%s%s\n", regs->typer & ~ITSG_TYPER_PTA,
		regs->told ? "" : " # assumed: all registers",
		regs->typer & ITSG_TYPER_PTA ? " # assumed: redistributors have numbers" : "");
	for (uint32_t n = 0; n < ITSG_GITS_BASER_COUNT; n++) {
		uint64_t type = itsg_get(regs->baser[n], ITSG_BASER_TYPE);

		if (type != 1 && type != 2 && type != 4)
			type = 0;
		if (type || n < 2) /* the others are not implemented anyway */
			fprintf(w->out, "baser %" PRIu32 " type=%" PRIu64 " entry=%" PRIu64 "\n", n,
				type, itsg_get(regs->baser[n], ITSG_BASER_ENTRY_SIZE) + 1);
	}
}

/* The driver's probe, in short. Tables of vPEs are none of a host's from whom they are hidden. */
static void write_probe(struct writer *w, uint32_t its)
{
	const struct ftrace_its *regs = &w->its_regs[its];

	say_its(w, its);
	fprintf(w->out, "# assumed: how the registers came to what they were in the end\n");
	for (uint32_t n = 0; n < ITSG_GITS_BASER_COUNT; n++) {
		if (!(regs->baser[n] & ITSG_BASER_VALID) ||
		    itsg_get(regs->baser[n], ITSG_BASER_TYPE) == 2)
			continue;
		fprintf(w->out, "w64 0x%04x 0x%" PRIx64 "\n", ITSG_GITS_BASER + 8 * n,
			regs->baser[n]);
		import_tables_wrote(&w->queue[its].tables, regs->baser[n]);
	}
	fprintf(w->out, "w64 0x%04x 0x%" PRIx64 "\n", ITSG_GITS_CBASER, regs->cbaser);
	fprintf(w->out, "w64 0x%04x 0x0\n", ITSG_GITS_CWRITER);
	fprintf(w->out, "w32 0x%04x 0x1\n", ITSG_GITS_CTLR);
}

/* ---- the whole ---- */

static void free_writer(struct writer *w)
{
	for (uint32_t i = 0; i < TRACE_ITS_MAX; i++) {
		u64map_free(&w->queue[i].devices);
		u64map_free(&w->queue[i].events);
		u64map_free(&w->queue[i].collections);
		import_tables_free(&w->queue[i].tables);
	}
	u64map_free(&w->rds);
}

void ftrace_write(const struct ftrace_log *log, FILE *out)
{
	struct writer *w = sim_realloc(NULL, 1, sizeof(*w));

	memset(w, 0, sizeof(*w));
	w->log = log;
	w->out = out;
	find_machine(w);
	write_machine(w);
	for (uint32_t i = 0; i < log->its_count; i++)
		write_geometry(w, i);
	for (uint32_t i = 0; i < log->its_count; i++)
		write_probe(w, i);
	for (size_t i = 0; i < log->count; i++)
		order_post(w, &log->posts[i]);
	for (uint32_t i = 0; i < log->its_count; i++)
		while (w->queue[i].held_count)
			give_up_waiting(w, &w->queue[i]);
	free_writer(w);
	free(w);
}
