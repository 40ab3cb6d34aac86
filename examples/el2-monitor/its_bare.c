/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * In place of itsguard: a monitor that traps the registers of the ITS and of the redistributors and
 * passes every access on, as if they were the host's own. What the attacks do then is what the
 * guard is there to prevent.
 *
 * For the recorder it looks at what the ITS is about to read: new commands, and the level-1 word
 * that a MAPD needs.
 */
#include "itsguard/arch.h"

#include "calls.h"
#include "monitor.h"

#define COMMAND_BYTES 32u
#define MAPD          0x08u
#define BASER_DEVICE  0u

static uint64_t accesses;

static void fetched(uint64_t pa, uint32_t bytes)
{
	if (page_state(pa >> PAGE_SHIFT) == PAGE_HOST)
		record_fetched(pa, (const uint8_t *)(uintptr_t)pa, bytes);
}

static void look_at_level1(uint32_t device)
{
	uint64_t baser = its_hardware_read(ITSG_GITS_BASER + 8 * BASER_DEVICE, 8);
	uint64_t entry = itsg_get(baser, ITSG_BASER_ENTRY_SIZE) + 1;
	uint64_t page = 0x1000ul << 2 * itsg_get(baser, ITSG_BASER_PAGE_SIZE);

	if (baser & ITSG_BASER_INDIRECT)
		fetched((baser & ITSG_BASER_ADDRESS) + device / (page / entry) * 8, 8);
}

static void look_at_command(uint64_t pa)
{
	const volatile uint64_t *command = (const volatile uint64_t *)pa;

	if ((uint8_t)command[0] == MAPD && command[2] >> 63)
		look_at_level1((uint32_t)(command[0] >> 32));
	fetched(pa, COMMAND_BYTES);
}

static void look_at_commands(uint64_t end)
{
	uint64_t cbaser = its_hardware_read(ITSG_GITS_CBASER, 8);
	uint64_t bytes = (itsg_get(cbaser, ITSG_CBASER_SIZE) + 1) << 12;
	uint64_t at = its_hardware_read(ITSG_GITS_CREADR, 8) & ITSG_CREADR_OFFSET;

	for (; at != end && end < bytes; at = (at + COMMAND_BYTES) % bytes)
		look_at_command((cbaser & ITSG_CBASER_ADDRESS) + at);
}

void selftest(uint64_t ram_bytes)
{
	(void)ram_bytes;
}

void itsguard_init(void)
{
}

uint64_t itsguard_read(uint32_t offset, uint32_t width)
{
	accesses++;
	return its_hardware_read(offset, width);
}

void itsguard_write(uint32_t offset, uint32_t width, uint64_t value)
{
	accesses++;
	if (offset == ITSG_GITS_CWRITER && recording())
		look_at_commands(value & ITSG_CWRITER_OFFSET);
	its_hardware_write(offset, width, value);
}

uint64_t itsguard_rd_read(uint32_t rd, uint32_t offset, uint32_t width)
{
	return rd_hardware_read(rd, offset, width);
}

void itsguard_rd_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value)
{
	rd_hardware_write(rd, offset, width, value);
}

uint64_t itsguard_call(uint64_t number, uint64_t argument)
{
	(void)argument;
	return number == CALL_ACCESSES ? accesses : 0;
}
