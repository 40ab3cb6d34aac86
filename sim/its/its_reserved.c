/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Which bits of a command and of a level-1 word mean something: GIC 2 and 3.2. */
#include "its_priv.h"

#define OPCODE_AND_DEVICE (sim_bits(63, 32) | sim_bits(7, 0))
#define RDBASE            sim_bits(51, 16)

static bool is_clean(const uint64_t dw[4], uint64_t mask0, uint64_t mask1, uint64_t mask2,
		     uint64_t mask3)
{
	return !(dw[0] & ~mask0) && !(dw[1] & ~mask1) && !(dw[2] & ~mask2) && !(dw[3] & ~mask3);
}

/* Of virtual commands, which no guard passes, any bit may mean something. */
bool sim_its_command_reserved(const uint8_t raw[SIM_COMMAND_BYTES])
{
	const uint64_t opcode = sim_bits(7, 0), event = sim_bits(31, 0), icid = sim_bits(15, 0);
	const uint64_t dw[4] = {sim_le64(raw), sim_le64(raw + 8), sim_le64(raw + 16),
				sim_le64(raw + 24)};

	switch (dw[0] & opcode) {
	case SIM_MAPD:
		return !is_clean(dw, OPCODE_AND_DEVICE, sim_bits(4, 0), SIM_VALID | sim_bits(51, 8),
				 0);
	case SIM_MAPC:
		return !is_clean(dw, opcode, 0, SIM_VALID | RDBASE | icid, 0);
	case SIM_MAPTI:
		return !is_clean(dw, OPCODE_AND_DEVICE, sim_bits(63, 0), icid, 0);
	case SIM_MAPI:
	case SIM_MOVI:
		return !is_clean(dw, OPCODE_AND_DEVICE, event, icid, 0);
	case SIM_INT:
	case SIM_CLEAR:
	case SIM_INV:
	case SIM_DISCARD:
		return !is_clean(dw, OPCODE_AND_DEVICE, event, 0, 0);
	case SIM_INVALL:
		return !is_clean(dw, opcode, 0, icid, 0);
	case SIM_SYNC:
		return !is_clean(dw, opcode, 0, RDBASE, 0);
	case SIM_MOVALL:
		return !is_clean(dw, opcode, 0, RDBASE, RDBASE);
	default:
		return false;
	}
}

bool sim_its_level1_reserved(uint64_t word)
{
	return word & ~(SIM_VALID | sim_bits(51, 12));
}
