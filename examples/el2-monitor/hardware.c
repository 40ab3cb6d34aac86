/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The registers of the GIC itself. */
#include "itsguard/arch.h"

#include "monitor.h"

#define GICD_TYPER      0x0004ul
#define GICR_TYPER      0x0008ul
#define GICR_TYPER_LAST (1ul << 4)

uint64_t its_hardware_read(uint32_t offset, uint32_t width)
{
	uint64_t at = VIRT_ITS + offset;

	switch (width) {
	case 8:
		return *(volatile uint64_t *)at;
	case 4:
		return *(volatile uint32_t *)at;
	case 2:
		return *(volatile uint16_t *)at;
	default:
		return *(volatile uint8_t *)at;
	}
}

void its_hardware_write(uint32_t offset, uint32_t width, uint64_t value)
{
	uint64_t at = VIRT_ITS + offset;

	switch (width) {
	case 8:
		*(volatile uint64_t *)at = value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	default:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	}
}

uint32_t gic_lpi_bits(void)
{
	uint32_t typer = *(volatile uint32_t *)(VIRT_GICD + GICD_TYPER);

	return (typer >> 19 & 0x1f) + 1;
}

/* As RDbase names them (TYPER.PTA of the ITS); ascending, as the board numbers them. */
uint32_t gic_redistributors(bool by_address, uint64_t rdbase[MAX_CPUS])
{
	uint64_t frame = VIRT_GICR;
	uint64_t typer;

	for (uint32_t i = 0; i < MAX_CPUS; i++, frame += GICR_STRIDE) {
		typer = *(volatile uint64_t *)(frame + GICR_TYPER);
		rdbase[i] = by_address ? frame : (typer >> 8 & 0xffff) << 16;
		if (typer & GICR_TYPER_LAST)
			return i + 1;
	}
	panic("more CPUs than this monitor has room for", MAX_CPUS);
}
