/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The machine: QEMU's virt board with virtualization=on, gic-version=3 or 4, its=on. A real port
 * reads these from the device tree or ACPI.
 */
#ifndef VIRT_H
#define VIRT_H

#define VIRT_GICD       0x08000000ul
#define VIRT_ITS        0x08080000ul /* the control frame, 64 KB; the translation frame follows */
#define VIRT_GICR       0x080a0000ul /* the first redistributor; the others follow */
#define VIRT_UART       0x09000000ul
#define VIRT_UNUSED     0x0b000000ul /* nothing of the board's lies in these 2 MB: calls.h */
#define VIRT_RAM        0x40000000ul
#define VIRT_MAX_RAM    0x20000000ul /* what the tables of this monitor have room for */
#define VIRT_HOST       0x41000000ul /* where QEMU's loader puts Linux, or the attacker */

#define ITS_FRAME_BYTES 0x10000ul
#define GIC_BYTES       0x400000ul /* from VIRT_GICD: redistributors of MAX_CPUS, with VLPI_base */
#define MAX_CPUS        8

#endif
