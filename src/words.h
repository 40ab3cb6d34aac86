/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A command as the rules read it and hardware gets it: its four words, in which every bit is 0 that
 * is neither its opcode nor a field of it (I5). Commands come by the thousand, so they are masked
 * and not taken apart; where fields are is in GIC 2.2, and a test holds all of it equal to the
 * table of its_cmd.c, which is for tools.
 */
#ifndef ITSGUARD_WORDS_H
#define ITSGUARD_WORDS_H

#include "itsguard/arch.h"
#include "itsguard/cmd.h"

struct itsg_words {
	uint64_t dw[ITSG_CMD_DWORDS];
};

/* Of a command that GICv3 does not have, only the opcode is left. */
void itsg_words_read(const uint8_t raw[ITSG_CMD_BYTES], struct itsg_words *words);

void itsg_words_write(const struct itsg_words *words, uint8_t raw[ITSG_CMD_BYTES]);

/* The opcode of a command that exists only with TYPER.Virtual=1? */
bool itsg_words_virtual(uint8_t opcode);

/* SYNC to a redistributor, and MAPD V=0: what the guard sends of its own accord. */
struct itsg_words itsg_words_sync(uint64_t rdbase);
struct itsg_words itsg_words_unmap(uint32_t device_id);

/* ---- fields, each for those commands that have it; addresses and RDbase in place ---- */

static inline uint8_t itsg_words_opcode(const struct itsg_words *words)
{
	return (uint8_t)words->dw[0];
}

static inline uint32_t itsg_words_device_id(const struct itsg_words *words)
{
	return (uint32_t)(words->dw[0] >> 32);
}

/* In 64 bits: it is shifted by the 32 bits that it may have. */
static inline uint64_t itsg_words_event_id(const struct itsg_words *words)
{
	return words->dw[1] & ITSG_BITS(31, 0);
}

/* MAPD: EventID bits minus one. */
static inline uint32_t itsg_words_size(const struct itsg_words *words)
{
	return (uint32_t)(words->dw[1] & ITSG_BITS(4, 0));
}

static inline uint64_t itsg_words_pintid(const struct itsg_words *words)
{
	return words->dw[1] >> 32;
}

static inline uint32_t itsg_words_icid(const struct itsg_words *words)
{
	return (uint32_t)(words->dw[2] & ITSG_BITS(15, 0));
}

static inline uint64_t itsg_words_itt(const struct itsg_words *words)
{
	return words->dw[2] & ITSG_BITS(51, 8);
}

static inline uint64_t itsg_words_rdbase(const struct itsg_words *words)
{
	return words->dw[2] & ITSG_BITS(51, 16);
}

/* MOVALL: the target. */
static inline uint64_t itsg_words_rdbase2(const struct itsg_words *words)
{
	return words->dw[3] & ITSG_BITS(51, 16);
}

static inline bool itsg_words_valid(const struct itsg_words *words)
{
	return (words->dw[2] & ITSG_BIT(63)) != 0;
}

#endif
