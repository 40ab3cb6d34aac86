/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Fields of ITS registers, commands and level-1 entries, as the simulated hardware reads them.
 * Written down a second time on purpose: the simulator must notice when the library's are wrong.
 */
#ifndef SIM_ARCH_H
#define SIM_ARCH_H

#include <stdint.h>

/* Bits hi..lo of a 64-bit word, in place; and their value. */
static inline uint64_t sim_bits(unsigned hi, unsigned lo)
{
	return (~(uint64_t)0 >> (63 - hi)) & (~(uint64_t)0 << lo);
}

static inline uint64_t sim_field(uint64_t word, unsigned hi, unsigned lo)
{
	return (word & sim_bits(hi, lo)) >> lo;
}

/* A word in memory. Not a loop: compilers make one load of it, and every command comes here. */
static inline uint64_t sim_le64(const uint8_t *raw)
{
	return (uint64_t)raw[0] | (uint64_t)raw[1] << 8 | (uint64_t)raw[2] << 16 |
	       (uint64_t)raw[3] << 24 | (uint64_t)raw[4] << 32 | (uint64_t)raw[5] << 40 |
	       (uint64_t)raw[6] << 48 | (uint64_t)raw[7] << 56;
}

#define SIM_VALID ((uint64_t)1 << 63)

/* Control frame */
#define SIM_FRAME_BYTES    0x10000
#define SIM_GITS_CTLR      0x0000
#define SIM_GITS_IIDR      0x0004
#define SIM_GITS_TYPER     0x0008
#define SIM_GITS_CBASER    0x0080
#define SIM_GITS_CWRITER   0x0088
#define SIM_GITS_CREADR    0x0090
#define SIM_GITS_BASER     0x0100
#define SIM_GITS_PIDR2     0xffe8

#define SIM_CTLR_ENABLED   ((uint32_t)1)
#define SIM_CTLR_QUIESCENT ((uint32_t)1 << 31)

#define SIM_BASER_INDIRECT ((uint64_t)1 << 62)
#define SIM_TABLE_DEVICES  1
#define SIM_TABLE_VPES     2
#define SIM_TABLE_COLLS    4

#define SIM_COMMAND_BYTES  32
#define SIM_CREADR_STALLED ((uint64_t)1)
#define SIM_QUEUE_OFFSET   ((uint64_t)0xfffe0) /* CWRITER and CREADR [19:5], in place */

#define SIM_FIRST_LPI      8192

enum sim_command {
	SIM_MOVI = 0x01,
	SIM_INT = 0x03,
	SIM_CLEAR = 0x04,
	SIM_SYNC = 0x05,
	SIM_MAPD = 0x08,
	SIM_MAPC = 0x09,
	SIM_MAPTI = 0x0a,
	SIM_MAPI = 0x0b,
	SIM_INV = 0x0c,
	SIM_INVALL = 0x0d,
	SIM_MOVALL = 0x0e,
	SIM_DISCARD = 0x0f,
	SIM_VMOVI = 0x21,
	SIM_VMOVP = 0x22,
	SIM_VSGI = 0x23,
	SIM_VSYNC = 0x25,
	SIM_VMAPP = 0x29,
	SIM_VMAPTI = 0x2a,
	SIM_VMAPI = 0x2b,
	SIM_VINVALL = 0x2d,
	SIM_INVDB = 0x2e,
};

#endif
