/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The frames of the redistributors, RD_base and VLPI_base, which the host has no access to: where
 * they are, what of them hardware has, which have power, and how often the host comes to each
 * register.
 */
#include "itsguard/gicr.h"

#include "monitor.h"

#define TYPER_LAST (1ul << 4)

/* The registers that hosts use, with their names in the log. VLPI_base is one of them here. */
static const struct {
	const char *name;
	uint32_t first, last;
} registers[RD_REGISTERS] = {
	{"CTLR", ITSG_GICR_CTLR, ITSG_GICR_CTLR},
	{"IIDR", ITSG_GICR_IIDR, ITSG_GICR_IIDR},
	{"TYPER", ITSG_GICR_TYPER, ITSG_GICR_TYPER + 4},
	{"WAKER", ITSG_GICR_WAKER, ITSG_GICR_WAKER},
	{"PROPBASER", ITSG_GICR_PROPBASER, ITSG_GICR_PROPBASER + 4},
	{"PENDBASER", ITSG_GICR_PENDBASER, ITSG_GICR_PENDBASER + 4},
	{"ID", ITSG_GICR_ID_FIRST, ITSG_GICR_FRAME_BYTES - 1},
	{"VLPI", ITSG_GICR_VLPI_BASE, ITSG_GICR_VLPI_BASE + ITSG_GICR_FRAME_BYTES - 1},
	{"other", 0, UINT32_MAX},
};

static uint64_t frames[MAX_CPUS];
static uint32_t count;
static bool has_vlpi; /* all are alike on this board */
static bool off[MAX_CPUS];
static uint64_t accesses[RD_REGISTERS][2];

/* From one to the next, the last of which says so. */
void rds_find(void)
{
	uint64_t frame = VIRT_GICR;
	uint64_t typer;

	do {
		if (count == MAX_CPUS)
			panic("more CPUs than this monitor has room for", MAX_CPUS);
		frames[count++] = frame;
		typer = *(volatile uint64_t *)(frame + ITSG_GICR_TYPER);
		has_vlpi = (typer & ITSG_GICR_TYPER_VLPIS) != 0;
		frame += (has_vlpi ? 4ul : 2ul) * ITSG_GICR_FRAME_BYTES;
	} while (!(typer & TYPER_LAST));
}

uint32_t rds_list(const uint64_t **out)
{
	*out = frames;
	return count;
}

static bool is_trapped(uint64_t offset)
{
	return offset < ITSG_GICR_FRAME_BYTES ||
	       (has_vlpi && offset >= ITSG_GICR_VLPI_BASE &&
		offset < ITSG_GICR_VLPI_BASE + ITSG_GICR_FRAME_BYTES);
}

bool rd_at(uint64_t pa, uint32_t *rd, uint32_t *offset)
{
	for (uint32_t i = 0; i < count; i++) {
		if (pa < frames[i] || !is_trapped(pa - frames[i]))
			continue;
		*rd = i;
		*offset = (uint32_t)(pa - frames[i]);
		return true;
	}
	return false;
}

uint64_t rd_hardware_read(uint32_t rd, uint32_t offset, uint32_t width)
{
	return mmio_read(frames[rd] + offset, width);
}

void rd_hardware_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	mmio_write(frames[rd] + offset, width, value);
}

/*
 * Each CPU of this board has the redistributor of its number. One that was never on has power: all
 * answer when the machine starts.
 */
void rd_set_power(uint64_t cpu, bool on)
{
	if (off[cpu] == !on)
		return;
	off[cpu] = !on;
	record_power((uint32_t)cpu, on);
}

bool rd_has_power(uint32_t rd)
{
	return !off[rd];
}

/* ---- how often ---- */

void rd_count(uint32_t offset, bool write)
{
	uint32_t i = 0;

	while (offset < registers[i].first || offset > registers[i].last)
		i++;
	accesses[i][write]++;
}

uint64_t rd_counted(uint64_t reg, bool write)
{
	return accesses[reg][write];
}

void rds_print(void)
{
	for (uint32_t i = 0; i < RD_REGISTERS; i++)
		print("redistributors: %s reads=%u writes=%u", registers[i].name, accesses[i][0],
		      accesses[i][1]);
}
