/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Registers of the machine itself. */
#include "monitor.h"

#define GICD_CTLR    0x0000ul
#define GICD_CTLR_DS (1u << 6)
#define GICD_TYPER   0x0004ul

uint64_t mmio_read(uint64_t pa, uint32_t width)
{
	switch (width) {
	case 8:
		return *(volatile uint64_t *)pa;
	case 4:
		return *(volatile uint32_t *)pa;
	case 2:
		return *(volatile uint16_t *)pa;
	default:
		return *(volatile uint8_t *)pa;
	}
}

void mmio_write(uint64_t pa, uint32_t width, uint64_t value)
{
	switch (width) {
	case 8:
		*(volatile uint64_t *)pa = value;
		break;
	case 4:
		*(volatile uint32_t *)pa = (uint32_t)value;
		break;
	case 2:
		*(volatile uint16_t *)pa = (uint16_t)value;
		break;
	default:
		*(volatile uint8_t *)pa = (uint8_t)value;
		break;
	}
}

uint64_t its_hardware_read(uint32_t offset, uint32_t width)
{
	return mmio_read(VIRT_ITS + offset, width);
}

void its_hardware_write(uint32_t offset, uint32_t width, uint64_t value)
{
	mmio_write(VIRT_ITS + offset, width, value);
}

uint32_t gic_lpi_bits(void)
{
	uint32_t typer = *(volatile uint32_t *)(VIRT_GICD + GICD_TYPER);

	return (typer >> 19 & 0x1f) + 1;
}

/* Then GICR_WAKER is the host's to write. */
bool gic_single_security_state(void)
{
	return (*(volatile uint32_t *)(VIRT_GICD + GICD_CTLR) & GICD_CTLR_DS) != 0;
}

/* 44 bits, say: ID_AA64MMFR0_EL1.PARange. */
uint32_t physical_address_bits(void)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52};
	uint64_t range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	return range < sizeof(bits) ? bits[range] : 48;
}
