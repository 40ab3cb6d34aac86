/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Events gicv3_its_* and gicv3_redist_* of QEMU (its hw/intc/trace-events, 7.2 and later) to a
 * trace. An event comes when what it tells of is done: the commands of a write of CWRITER stand
 * before that write, as a trace has them.
 *
 * A log does not tell all. What it leaves out is assumed, and said so where it stands.
 */
#include "import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "itsguard/gicr.h"
#include "import_table.h"
#include "trace.h"

#define NUMBERS 5u
/* Pages of level 2 are assumed from here down: the end of the RAM that a trace has by default. */
#define ASSUMED_END 0x440000000u

enum event {
	EV_READ,
	EV_BAD_READ,
	EV_WRITE,
	EV_MSI,
	EV_SLOT, /* where the command of the next event stands */
	EV_COMMAND,
	EV_RD_WRITE,
};

/* What an event says behind "GICv3 "; "%" is a number. */
struct pattern {
	const char *text;
	enum event event;
	uint8_t opcode;
	uint8_t field[NUMBERS]; /* of a command: enum itsg_field, plus one */
	uint8_t shift[NUMBERS]; /* and how far QEMU has moved it down */
};

#define DEV  (ITSG_F_DEVICE_ID + 1)
#define ID   (ITSG_F_EVENT_ID + 1)
#define ICID (ITSG_F_ICID + 1)
#define VPE  (ITSG_F_VPEID + 1)
#define DB   (ITSG_F_DOORBELL + 1)
#define RD   (ITSG_F_RDBASE + 1)
#define V    (ITSG_F_VALID + 1)
#define C    "ITS: command "

static const struct pattern patterns[] = {
	{"ITS read: offset % data % size %", EV_READ, 0, {0}, {0}},
	{"ITS read: offset % size %", EV_BAD_READ, 0, {0}, {0}},
	{"ITS write: offset % data % size %", EV_WRITE, 0, {0}, {0}},
	{"ITS TRANSLATER write: offset % data % size % requester_id %", EV_MSI, 0, {0}, {0}},
	{"ITS: processing command at offset %: %", EV_SLOT, 0, {0}, {0}},
	{C "INT DeviceID % EventID %", EV_COMMAND, ITSG_CMD_INT, {DEV, ID}, {0}},
	{C "CLEAR DeviceID % EventID %", EV_COMMAND, ITSG_CMD_CLEAR, {DEV, ID}, {0}},
	{C "DISCARD DeviceID % EventID %", EV_COMMAND, ITSG_CMD_DISCARD, {DEV, ID}, {0}},
	{C "INV DeviceID % EventID %", EV_COMMAND, ITSG_CMD_INV, {DEV, ID}, {0}},
	{C "SYNC", EV_COMMAND, ITSG_CMD_SYNC, {0}, {0}},
	{C "MAPD DeviceID % Size % ITT_addr % V %",
	 EV_COMMAND,
	 ITSG_CMD_MAPD,
	 {DEV, ITSG_F_SIZE + 1, ITSG_F_ITT + 1, V},
	 {0, 0, 8, 0}},
	{C "MAPC ICID % RDbase % V %", EV_COMMAND, ITSG_CMD_MAPC, {ICID, RD, V}, {0, 16, 0}},
	{C "MAPI DeviceID % EventID % ICID %", EV_COMMAND, ITSG_CMD_MAPI, {DEV, ID, ICID}, {0}},
	{C "MAPTI DeviceID % EventID % ICID % pINTID %",
	 EV_COMMAND,
	 ITSG_CMD_MAPTI,
	 {DEV, ID, ICID, ITSG_F_PINTID + 1},
	 {0}},
	{C "INVALL", EV_COMMAND, ITSG_CMD_INVALL, {0}, {0}},
	{C "MOVALL RDbase1 % RDbase2 %",
	 EV_COMMAND,
	 ITSG_CMD_MOVALL,
	 {RD, ITSG_F_RDBASE2 + 1},
	 {16, 16}},
	{C "MOVI DeviceID % EventID % ICID %", EV_COMMAND, ITSG_CMD_MOVI, {DEV, ID, ICID}, {0}},
	/* QEMU calls a VMAPTI a VMAPI here. */
	{C "VMAPI DeviceID % EventID % vPEID % vINTID % Dbell_pINTID %",
	 EV_COMMAND,
	 ITSG_CMD_VMAPTI,
	 {DEV, ID, VPE, ITSG_F_VINTID + 1, DB},
	 {0}},
	{C "VMAPI DeviceID % EventID % vPEID % Dbell_pINTID %",
	 EV_COMMAND,
	 ITSG_CMD_VMAPI,
	 {DEV, ID, VPE, DB},
	 {0}},
	{C "VMAPP vPEID % RDbase % V % VPT_addr % VPT_size %",
	 EV_COMMAND,
	 ITSG_CMD_VMAPP,
	 {VPE, RD, V, ITSG_F_VPT + 1, ITSG_F_VPT_SIZE + 1},
	 {0, 16, 0, 16, 0}},
	{C "VMOVP vPEID % RDbase %", EV_COMMAND, ITSG_CMD_VMOVP, {VPE, RD}, {0, 16}},
	{C "VMOVI DeviceID % EventID % vPEID % D % Dbell_pINTID %",
	 EV_COMMAND,
	 ITSG_CMD_VMOVI,
	 {DEV, ID, VPE, ITSG_F_D + 1, DB},
	 {0}},
	{C "VSYNC", EV_COMMAND, ITSG_CMD_VSYNC, {0}, {0}},
	{C "VINVALL vPEID %", EV_COMMAND, ITSG_CMD_VINVALL, {VPE}, {0}},
	{"ITS: unknown command %", EV_COMMAND, 0, {0}, {0}},
	{"redistributor % write: offset % data % size %", EV_RD_WRITE, 0, {0}, {0}},
};

struct importer {
	FILE *out;
	struct import_error *error;
	uint32_t line;
	uint64_t number[NUMBERS];
	uint64_t cbaser, creadr;
	bool polled; /* creadr was read, and nothing happened since */
	bool slotted;
	bool rds; /* LPIs of one are enabled somewhere */
	uint64_t slot, opcode;
	struct import_tables tables;
	uint64_t rdbase, icid; /* of the last MAPC: a SYNC and an INVALL do not say theirs */
	uint64_t accesses;
};

static bool fail(struct importer *m, const char *why)
{
	m->error->line = m->line;
	snprintf(m->error->why, sizeof(m->error->why), "%s", why);
	return false;
}

/* ---- lines ---- */

static bool read_number(const char **at, const char *end, uint64_t *number)
{
	char word[32];
	size_t length = 0;

	while (*at + length < end && length < sizeof(word) - 1 &&
	       strchr("0123456789abcdefx", (*at)[length]) != NULL)
		length++;
	memcpy(word, *at, length);
	word[length] = '\0';
	*at += length;
	*number = strtoull(word, NULL, 0);
	return length > 0;
}

static bool matches(const char *text, const char *at, const char *end, uint64_t number[NUMBERS])
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '%') {
			if (n == NUMBERS || !read_number(&at, end, &number[n++]))
				return false;
		} else if (at == end || *at++ != *text) {
			return false;
		}
	}
	return true;
}

/* NULL: the line is of no interest. */
static const struct pattern *event_of(const char *line, const char *end, uint64_t number[NUMBERS])
{
	static const char mark[] = "GICv3 ";
	const char *at = line;

	while (at + sizeof(mark) - 1 < end && strncmp(at, mark, sizeof(mark) - 1) != 0)
		at++;
	for (size_t i = 0; at < end && i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (matches(patterns[i].text, at + sizeof(mark) - 1, end, number))
			return &patterns[i];
	return NULL;
}

/* ---- accesses ---- */

static void note_register(struct importer *m, uint64_t offset, uint64_t width, uint64_t value)
{
	uint64_t n = (offset - ITSG_GITS_BASER) / 8;

	if (width != 8)
		return;
	if (offset == ITSG_GITS_CBASER)
		m->cbaser = value;
	if (offset >= ITSG_GITS_BASER && n < ITSG_GITS_BASER_COUNT)
		import_tables_wrote(&m->tables, value);
}

static bool write_access(struct importer *m, char what, const uint64_t *number)
{
	if (number[2] != 1 && number[2] != 2 && number[2] != 4 && number[2] != 8)
		return fail(m, "an access of no width that there is");
	if (number[0] > UINT32_MAX || (number[2] < 8 && number[1] >> (8 * number[2])))
		return fail(m, "a value or an offset that the access has no room for");
	fprintf(m->out, "%c%" PRIu64 " 0x%04" PRIx64 " 0x%" PRIx64 "\n", what, 8 * number[2],
		number[0], number[1]);
	m->accesses++;
	note_register(m, number[0], number[2], number[1]);
	return true;
}

/* A loop that waits for CREADR is one read of each value. */
static bool read_access(struct importer *m)
{
	bool waits = m->number[0] == ITSG_GITS_CREADR;

	if (waits && m->polled && m->creadr == m->number[1])
		return true;
	m->polled = waits;
	m->creadr = m->number[1];
	return write_access(m, 'r', m->number);
}

static bool bad_read(struct importer *m)
{
	const uint64_t number[] = {m->number[0], 0, m->number[1]};

	return write_access(m, 'r', number);
}

/* Of its registers those that name the tables of LPIs, and what turns them on. */
static bool write_redistributor(struct importer *m)
{
	uint64_t offset = m->number[1], width = m->number[3];
	bool wide =
		(offset & ~7ull) == ITSG_GICR_PROPBASER || (offset & ~7ull) == ITSG_GICR_PENDBASER;

	if (!m->rds || (offset != ITSG_GICR_CTLR && !wide) || (width != 4 && width != 8))
		return true;
	if (m->number[0] >= TRACE_PES_MAX || (width == 4 && m->number[2] >> 32))
		return fail(m, "a redistributor or a value that there cannot be");
	m->polled = false;
	fprintf(m->out, "rd %" PRIu64 " w%" PRIu64 " 0x%04" PRIx64 " 0x%" PRIx64 "\n", m->number[0],
		8 * width, offset, m->number[2]);
	return true;
}

/* ---- commands ---- */

static void set_fields(const struct importer *m, const struct pattern *p,
		       struct itsg_command *command)
{
	for (size_t i = 0; i < NUMBERS; i++)
		if (p->field[i])
			command->field[p->field[i] - 1] = m->number[i] << p->shift[i];
}

/* What the event leaves out, as Linux has it: of the collection that was mapped last. */
static const char *assume_fields(struct importer *m, struct itsg_command *command)
{
	switch (command->opcode) {
	case ITSG_CMD_SYNC:
		command->field[ITSG_F_RDBASE] = m->rdbase;
		return "rdbase";
	case ITSG_CMD_INVALL:
		command->field[ITSG_F_ICID] = m->icid;
		return "coll";
	case ITSG_CMD_VSYNC:
		return "vPEID";
	case ITSG_CMD_MAPC:
		m->rdbase = command->field[ITSG_F_RDBASE];
		m->icid = command->field[ITSG_F_ICID];
		return NULL;
	default:
		return itsg_cmd_known(command->opcode) ? NULL : "all but the opcode";
	}
}

static bool write_command(struct importer *m, const struct pattern *p)
{
	struct itsg_command command = {.opcode = (uint8_t)m->opcode};
	uint64_t pa = (m->cbaser & ITSG_CBASER_ADDRESS) + 32 * m->slot;
	uint8_t raw[ITSG_CMD_BYTES];
	const char *assumed;

	if (!m->slotted)
		return fail(m, "a command without its place: are all events gicv3_its_* on?");
	if (p->opcode && p->opcode != command.opcode)
		return fail(m, "a command that is not the one at its place");
	m->slotted = false;
	set_fields(m, p, &command);
	assumed = assume_fields(m, &command);
	if (command.opcode == ITSG_CMD_MAPD && command.field[ITSG_F_VALID])
		import_tables_assume(&m->tables, IMPORT_DEVICES, command.field[ITSG_F_DEVICE_ID],
				     m->out);
	if (command.opcode == ITSG_CMD_MAPC && command.field[ITSG_F_VALID])
		import_tables_assume(&m->tables, IMPORT_COLLECTIONS, command.field[ITSG_F_ICID],
				     m->out);
	itsg_cmd_encode(&command, false, raw);
	raw[0] = command.opcode;
	import_write_mem(m->out, pa, raw, sizeof(raw));
	fprintf(m->out, "%s%s\n", assumed ? " # assumed: " : "", assumed ? assumed : "");
	return true;
}

static bool take_slot(struct importer *m)
{
	if (m->number[1] > 0xff || m->number[0] >= 0x8000 || !m->cbaser)
		return fail(m, "a command outside of any queue");
	m->slotted = true;
	m->slot = m->number[0];
	m->opcode = m->number[1];
	return true;
}

static bool take(struct importer *m, const struct pattern *p)
{
	if (p->event != EV_READ && p->event != EV_RD_WRITE)
		m->polled = false;
	switch (p->event) {
	case EV_READ:
		return read_access(m);
	case EV_BAD_READ:
		return bad_read(m);
	case EV_WRITE:
		return write_access(m, 'w', m->number);
	case EV_MSI:
		fprintf(m->out, "msi %" PRIu64 " %" PRIu64 "\n", m->number[3] & UINT32_MAX,
			m->number[1] & UINT32_MAX);
		return true;
	case EV_SLOT:
		return take_slot(m);
	case EV_COMMAND:
		return write_command(m, p);
	case EV_RD_WRITE:
	default:
		return write_redistributor(m);
	}
}

/* ---- what the world must be ---- */

/* Said before all accesses: TYPER, what the BASERs are, and how many redistributors. */
struct world_seen {
	bool typer_read, rds;
	uint64_t typer, pes;
	uint64_t baser[ITSG_GITS_BASER_COUNT];
};

static void see(struct world_seen *w, const struct pattern *p, const uint64_t number[NUMBERS])
{
	uint64_t n = (number[0] - ITSG_GITS_BASER) / 8, pe = 0;

	if (p->event == EV_READ && number[0] == ITSG_GITS_TYPER && number[2] == 8) {
		w->typer_read = true;
		w->typer = number[1];
	} else if (p->event == EV_READ && number[2] == 8 && number[0] >= ITSG_GITS_BASER &&
		   n < ITSG_GITS_BASER_COUNT && number[0] % 8 == 0) {
		w->baser[n] = number[1];
	} else if (p->event == EV_RD_WRITE) {
		w->rds |= number[1] == ITSG_GICR_CTLR && (number[2] & ITSG_GICR_CTLR_ENABLE_LPIS);
		pe = number[0];
	} else if (p->event == EV_COMMAND && p->opcode == ITSG_CMD_MAPC) {
		pe = number[1];
	}
	if (pe < TRACE_PES_MAX && pe >= w->pes)
		w->pes = pe + 1;
}

static void write_world(FILE *out, const struct world_seen *w)
{
	fprintf(out,
		"# Made by itsguard import qemu. What the log does not tell is assumed, and said "
		"so.\n");
	if (w->rds || w->pes > 8)
		fprintf(out, "machine pes=%" PRIu64 "%s\n", w->pes > 8 ? w->pes : 8,
			w->rds ? " rds=1" : "");
	if (w->typer_read)
		fprintf(out, "typer 0x%" PRIx64 "\n", w->typer);
	else
		fprintf(out, "# assumed: TYPER, which was never read\n");
	for (uint32_t n = 0; n < ITSG_GITS_BASER_COUNT; n++) {
		uint64_t type = itsg_get(w->baser[n], ITSG_BASER_TYPE);

		if (type == 1 || type == 2 || type == 4)
			fprintf(out, "baser %" PRIu32 " type=%" PRIu64 " entry=%" PRIu64 "\n", n,
				type, itsg_get(w->baser[n], ITSG_BASER_ENTRY_SIZE) + 1);
	}
}

/* ---- the whole ---- */

typedef bool line_fn(void *ctx, uint32_t line, const struct pattern *p,
		     const uint64_t number[NUMBERS]);

/* False as soon as fn is. */
static bool each_event(const char *text, size_t size, line_fn *fn, void *ctx)
{
	const char *end = text + size;
	uint32_t line = 0;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		uint64_t number[NUMBERS] = {0};
		const struct pattern *p = event_of(text, stop ? stop : end, number);

		line++;
		if (p && !fn(ctx, line, p, number))
			return false;
		text = stop ? stop + 1 : end;
	}
	return true;
}

static bool see_event(void *ctx, uint32_t line, const struct pattern *p,
		      const uint64_t number[NUMBERS])
{
	(void)line;
	see(ctx, p, number);
	return true;
}

static bool take_event(void *ctx, uint32_t line, const struct pattern *p,
		       const uint64_t number[NUMBERS])
{
	struct importer *m = ctx;

	m->line = line;
	memcpy(m->number, number, sizeof(m->number));
	return take(m, p);
}

bool import_qemu(const char *text, size_t size, FILE *out, struct import_error *error)
{
	struct importer m = {.out = out, .error = error, .tables.next = ASSUMED_END};
	struct world_seen seen = {.pes = 0};
	bool good;

	each_event(text, size, see_event, &seen);
	write_world(out, &seen);
	m.rds = seen.rds;
	good = each_event(text, size, take_event, &m);
	import_tables_free(&m.tables);
	m.line = 0;
	if (good && !m.accesses)
		good = fail(&m,
			    "no event gicv3_its_*: was QEMU given -trace 'gicv3_its_*' -D LOG?");
	return good;
}
