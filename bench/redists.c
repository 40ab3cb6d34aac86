/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_redists: what an access to a redistributor costs the library. Run it under callgrind.
 *
 *	redist/enable/BITS     a write that sets EnableLPIs, with tables of so many INTID bits
 *	redist/clear/BITS      one that clears it, and finds it cleared
 *	redist/write/REGISTER  the dearest of the other writes, and of the reads, by register
 *	redist/read/REGISTER
 *
 * Callbacks do not count. Three redistributors of eight are on, with a configuration table in
 *common.
 */
#include <stdlib.h>

#include "count.h"
#include "itsguard/redists.h"

#define COUNT          8u
#define BITS           16u
#define CONFIG         0x40000000ull
#define PENDING        0x50000000ull
#define DIRECT         8u
#define VLPIS          2u
#define ENTRIES(array) (sizeof(array) / sizeof((array)[0]))

struct machine {
	uint64_t ctlr[COUNT], prop[COUNT], pend[COUNT];
	struct itsg_pages *pages;
	struct itsg_redists *redists;
	void *memory[2];
};

/* ---- callbacks ---- */

static uint64_t done(void *ctx, uint64_t pfn, uint64_t count)
{
	count_leave();
	(void)ctx;
	(void)pfn;
	count_enter();
	return count;
}

static int zero(void *ctx, uint64_t pa, uint64_t bytes)
{
	count_leave();
	(void)ctx;
	(void)pa;
	(void)bytes;
	count_enter();
	return 0;
}

static uint64_t *reg_of(struct machine *machine, uint32_t rd, uint32_t offset)
{
	static uint64_t other;

	switch (offset) {
	case ITSG_GICR_CTLR:
		return &machine->ctlr[rd];
	case ITSG_GICR_PROPBASER:
		return &machine->prop[rd];
	case ITSG_GICR_PENDBASER:
		return &machine->pend[rd];
	default:
		other = offset == ITSG_GICR_TYPER ? (uint64_t)rd << 8 | DIRECT | VLPIS | 1 : 0;
		return &other;
	}
}

static uint64_t reg_read(void *ctx, uint32_t rd, uint32_t offset, uint32_t width)
{
	uint64_t value;

	count_leave();
	(void)width;
	value = *reg_of(ctx, rd, offset);
	count_enter();
	return value;
}

static void reg_write(void *ctx, uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	count_leave();
	(void)width;
	*reg_of(ctx, rd, offset) = value;
	count_enter();
}

static bool powered(void *ctx, uint32_t rd)
{
	count_leave();
	(void)ctx;
	(void)rd;
	count_enter();
	return true;
}

/* ---- machines ---- */

static const struct itsg_redists_ops ops = {
	done, done, done, done, zero, reg_read, reg_write, powered, NULL,
};

static struct machine *begin(uint32_t bits)
{
	static const uint64_t frames[COUNT] = {0x0,      0x40000,  0x80000,  0xc0000,
					       0x100000, 0x140000, 0x180000, 0x1c0000};
	const struct itsg_pages_config tracker = {.page_shift = 12, .capacity = 4096};
	const struct itsg_redists_config config = {.frames = frames,
						   .count = COUNT,
						   .pa_bits = 48,
						   .lpi_bits = bits,
						   .lpi_limit = bits,
						   .single_security_state = true};
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine || posix_memalign(&machine->memory[0], 64, itsg_pages_size(&tracker)) ||
	    posix_memalign(&machine->memory[1], 64, itsg_redists_size(&config)))
		abort();
	machine->pages = itsg_pages_init(machine->memory[0], itsg_pages_size(&tracker), &tracker);
	if (itsg_redists_init(machine->memory[1], itsg_redists_size(&config), &config,
			      machine->pages, &ops, machine, &machine->redists) != ITSG_OK)
		abort();
	return machine;
}

static void end(struct machine *machine)
{
	free(machine->memory[0]);
	free(machine->memory[1]);
	free(machine);
}

static void write_reg(struct machine *machine, uint32_t rd, uint32_t offset, uint64_t value)
{
	const uint32_t width = offset == ITSG_GICR_CTLR || offset == ITSG_GICR_WAKER ? 4 : 8;

	if (itsg_redists_write(machine->redists, rd, offset, width, value) != ITSG_OK)
		abort();
}

static void set_tables(struct machine *machine, uint32_t rd, uint32_t bits)
{
	write_reg(machine, rd, ITSG_GICR_PROPBASER, CONFIG | 0x780 | (bits - 1));
	write_reg(machine, rd, ITSG_GICR_PENDBASER, (PENDING + rd * 0x100000ull) | 0x780);
}

/* ---- figures ---- */

static void enable_and_clear(uint32_t bits)
{
	struct machine *machine = begin(bits);

	set_tables(machine, 0, bits);
	count_on();
	write_reg(machine, 0, ITSG_GICR_CTLR, ITSG_GICR_CTLR_ENABLE_LPIS);
	count_off();
	count_figure(1, "redist/enable/%u", bits);
	count_on();
	write_reg(machine, 0, ITSG_GICR_CTLR, 0);
	count_off();
	count_figure(1, "redist/clear/%u", bits);
	if (itsg_redists_phase(machine->redists, 0) != ITSG_REDIST_OFF)
		abort();
	end(machine);
}

static const struct {
	const char *name;
	uint32_t rd; /* 0 is on, 7 is off */
	uint32_t offset;
	uint64_t value;
} writes[] = {
	{"CTLR", 0, ITSG_GICR_CTLR, 1},
	{"WAKER", 0, ITSG_GICR_WAKER, 2},
	{"PROPBASER", 0, ITSG_GICR_PROPBASER, CONFIG | 0x780 | (BITS - 1)},
	{"PENDBASER", 7, ITSG_GICR_PENDBASER, PENDING},
	{"INVLPIR", 0, ITSG_GICR_INVLPIR, 8192},
	{"SETLPIR", 0, ITSG_GICR_SETLPIR, 8192},
	{"VPENDBASER", 0, ITSG_GICR_VPENDBASER, 0},
};

static const struct {
	const char *name;
	uint32_t offset, width;
} reads[] = {
	{"CTLR", ITSG_GICR_CTLR, 4},
	{"TYPER", ITSG_GICR_TYPER, 8},
	{"WAKER", ITSG_GICR_WAKER, 4},
	{"PROPBASER", ITSG_GICR_PROPBASER, 8},
	{"PENDBASER", ITSG_GICR_PENDBASER, 8},
	{"SYNCR", ITSG_GICR_SYNCR, 4},
	{"PIDR2", 0xffe8, 4},
};

static void registers(void)
{
	struct machine *machine = begin(BITS);

	for (uint32_t rd = 0; rd < 3; rd++) {
		set_tables(machine, rd, BITS);
		write_reg(machine, rd, ITSG_GICR_CTLR, ITSG_GICR_CTLR_ENABLE_LPIS);
	}
	for (uint32_t i = 0; i < ENTRIES(writes); i++) {
		count_on();
		write_reg(machine, writes[i].rd, writes[i].offset, writes[i].value);
		count_off();
		count_figure(1, "redist/write/%s", writes[i].name);
	}
	for (uint32_t i = 0; i < ENTRIES(reads); i++) {
		uint64_t value;

		count_on();
		itsg_redists_read(machine->redists, 0, reads[i].offset, reads[i].width, &value);
		count_off();
		count_figure(1, "redist/read/%s", reads[i].name);
	}
	end(machine);
}

int main(void)
{
	count_calibrate();
	count_begin();
	enable_and_clear(16);
	enable_and_clear(20);
	registers();
	count_end();
	return 0;
}
