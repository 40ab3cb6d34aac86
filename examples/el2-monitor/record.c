/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The recorder: with -semihosting-config arg=record=FILE, what the host does to the ITS and to the
 * redistributors becomes a trace (docs/TRACES.md) that `itsguard replay` runs. It must then say the
 * same as this guard did: each refusal is written down as what the replay has to meet, at the
 * access it came of.
 *
 * Host memory is recorded as the guard read it, or as the ITS is about to where there is none,
 * before the access that made it read. That is all of it that can matter: the guard reads a word
 * once. What an access leads to must end in its own trap (the port polls), as it does under `hw
 * eager` in the replay.
 */
#include "itsguard/gicr.h"

#include "monitor.h"

#define LINE       160
#define TYPER_DPGS (1ul << 5) /* GICR_TYPER */

static int64_t file = -1;
static char out[0x8000]; /* not yet written to the file */
static uint32_t out_used;
static char mem[0x8000]; /* what was fetched during the access under way */
static uint32_t mem_used;
static char refused[0x1000]; /* and what was refused */
static uint32_t refused_used;
static struct {
	bool last; /* the last line is a read that a driver repeats while it waits; */
	uint32_t frame;
	uint64_t value; /* it was of this frame, and gave this */
} poll;

static void flush(void)
{
	if (out_used != 0)
		file_write(file, out, out_used);
	out_used = 0;
}

static void append(const char *text, uint32_t count)
{
	if (count > sizeof(out) - out_used)
		flush();
	if (count > sizeof(out))
		panic("more to record than there is room for", count);
	for (uint32_t i = 0; i < count; i++)
		out[out_used++] = text[i];
}

static void line(const char *text)
{
	uint32_t count = 0;

	while (text[count] != 0)
		count++;
	append(text, count);
	poll.last = false;
}

void record_open(void)
{
	char name[256];

	if (!option("record", name, sizeof(name)))
		return;
	file = file_create(name);
	if (file < 0)
		panic("the file to record to cannot be opened", 0);
}

bool recording(void)
{
	return file >= 0;
}

static void record_reserved(uint64_t pa, uint64_t bytes)
{
	char text[LINE];

	(void)format_text(text, sizeof(text), "guest %x %x # the monitor's\n", pa, bytes);
	line(text);
}

static void record_redistributors(void)
{
	const uint64_t *frames;
	uint64_t typer, ctlr;
	char text[LINE];

	(void)rds_list(&frames);
	typer = rd_hardware_read(0, ITSG_GICR_TYPER, 8);
	ctlr = rd_hardware_read(0, ITSG_GICR_CTLR, 4);
	(void)format_text(text, sizeof(text), "machine rds=1 ces=%u ir=%u direct_lpi=%u vlpis=%u ",
			  itsg_get(ctlr, ITSG_GICR_CTLR_CES), itsg_get(ctlr, ITSG_GICR_CTLR_IR),
			  itsg_get(typer, ITSG_GICR_TYPER_DIRECT_LPI),
			  itsg_get(typer, ITSG_GICR_TYPER_VLPIS));
	line(text);
	(void)format_text(text, sizeof(text), "rvpeid=%u dpgs=%u common_lpi_aff=%u ds=%u\n",
			  itsg_get(typer, ITSG_GICR_TYPER_RVPEID), itsg_get(typer, TYPER_DPGS),
			  itsg_get(typer, ITSG_GICR_TYPER_COMMON_LPI_AFF),
			  (uint64_t)gic_single_security_state());
	line(text);
}

/* The vPE table, where there is one, is what a trace does not take for granted. */
static void record_its(void)
{
	char text[LINE];
	uint64_t baser;

	(void)format_text(text, sizeof(text), "typer %x\n", its_hardware_read(ITSG_GITS_TYPER, 8));
	line(text);
	for (uint32_t n = 0; n < ITSG_BASERS; n++) {
		baser = its_hardware_read(ITSG_GITS_BASER + 8 * n, 8);
		if (itsg_get(baser, ITSG_BASER_TYPE) != ITSG_BASER_TYPE_VPE)
			continue;
		(void)format_text(text, sizeof(text), "baser %u type=%u entry=%u\n", (uint64_t)n,
				  (uint64_t)ITSG_BASER_TYPE_VPE,
				  itsg_get(baser, ITSG_BASER_ENTRY_SIZE) + 1);
		line(text);
	}
}

/* What the machine is, whoever guards it. */
void record_world(void)
{
	const uint64_t *frames;
	char text[LINE];
	uint64_t ram = 0;

	if (file < 0)
		return;
	for (uint32_t state = 0; state < PAGE_STATES; state++)
		ram += page_count((enum page_state)state) * PAGE_SIZE;
	line("# Accesses to an ITS and to redistributors, trapped and recorded by "
	     "examples/el2-monitor.\n");
	(void)format_text(text, sizeof(text), "machine ram=%x+%x pa_bits=%u lpi_bits=%u pes=%u\n",
			  VIRT_RAM, ram, (uint64_t)physical_address_bits(),
			  (uint64_t)gic_lpi_bits(), (uint64_t)rds_list(&frames));
	line(text);
	record_redistributors();
	record_its();
	record_reserved((uintptr_t)image_start, (uint64_t)(image_end - image_start));
}

void record_guard(const struct itsg_its_config *config, uint32_t tracker_pages)
{
	char text[LINE];

	if (file < 0)
		return;
	(void)format_text(text, sizeof(text), "machine pages=%u devices=%u journal=%u budget=%u ",
			  (uint64_t)tracker_pages, (uint64_t)config->devices,
			  (uint64_t)config->journal, (uint64_t)config->budget);
	line(text);
	(void)format_text(text, sizeof(text),
			  "kept=%u l1_pool=%x itt=%s forgets=1 hide_virtual=1\n",
			  (uint64_t)config->kept, config->level1_pool.bytes,
			  config->donate_itt ? "donate" : "share");
	line(text);
}

/* Adds a line to what belongs to the access under way. */
static void keep(char *to, uint32_t room, uint32_t *used, const char *text)
{
	for (; *text != 0; text++) {
		if (*used == room)
			panic("more to record of one access than there is room for", room);
		to[(*used)++] = *text;
	}
}

void record_fetched(uint64_t pa, const uint8_t *bytes, uint32_t count)
{
	char text[LINE];
	uint32_t used;

	if (file < 0)
		return;
	used = format_text(text, sizeof(text), "mem %x ", pa);
	for (uint32_t i = 0; i < count; i++) {
		text[used++] = "0123456789abcdef"[bytes[i] >> 4];
		text[used++] = "0123456789abcdef"[bytes[i] & 15];
	}
	text[used++] = '\n';
	text[used] = 0;
	keep(mem, sizeof(mem), &mem_used, text);
}

void record_refused(const char *reason)
{
	char text[LINE];

	if (file < 0)
		return;
	(void)format_text(text, sizeof(text), "! %s\n", reason);
	keep(refused, sizeof(refused), &refused_used, text);
}

/* A driver that waits reads CREADR, or GICR_CTLR, over and over: one line says it. */
static bool is_poll(uint32_t frame, char direction, uint32_t offset)
{
	return direction == 'r' &&
	       offset == (frame == FRAME_ITS ? ITSG_GITS_CREADR : ITSG_GICR_CTLR);
}

static bool repeated(uint32_t frame, uint64_t value)
{
	return poll.last && poll.frame == frame && poll.value == value &&
	       mem_used + refused_used == 0;
}

void record_access(uint32_t frame, char direction, uint32_t offset, uint32_t width, uint64_t value)
{
	bool polls = is_poll(frame, direction, offset);
	char text[LINE];
	uint32_t used = 0;

	if (file < 0 || (polls && repeated(frame, value)))
		return;
	append(mem, mem_used);
	mem_used = 0;
	if (frame != FRAME_ITS)
		used = format_text(text, sizeof(text), "rd %u ", (uint64_t)frame);
	text[used++] = direction;
	(void)format_text(text + used, LINE - used, "%u %x %x\n", (uint64_t)width * 8,
			  (uint64_t)offset, value);
	line(text);
	append(refused, refused_used);
	refused_used = 0;
	poll.last = polls;
	poll.frame = frame;
	poll.value = value;
}

/* Registers of this board survive. */
void record_power(uint32_t rd, bool on)
{
	char text[LINE];

	if (file < 0)
		return;
	(void)format_text(text, sizeof(text), "rd %u power %s\n", (uint64_t)rd,
			  on ? "on enable" : "off");
	line(text);
}

void record_given(uint64_t pfn, bool was_refused)
{
	char text[LINE];

	if (file < 0)
		return;
	(void)format_text(text, sizeof(text), "guest %x %x\n%s", pfn << PAGE_SHIFT, PAGE_SIZE,
			  was_refused ? "!guest\n" : "");
	line(text);
}

void record_close(void)
{
	if (file >= 0)
		flush();
}
