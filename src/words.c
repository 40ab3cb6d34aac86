/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "words.h"

#include "nospec.h"

#define BITS_OPCODE    ITSG_BITS(7, 0)
#define BITS_DEVICE_ID ITSG_BITS(63, 32)
#define BITS_EVENT_ID  ITSG_BITS(31, 0)
#define BITS_SIZE      ITSG_BITS(4, 0)
#define BITS_PINTID    ITSG_BITS(63, 32)
#define BITS_ICID      ITSG_BITS(15, 0)
#define BITS_ITT       ITSG_BITS(51, 8)
#define BITS_RDBASE    ITSG_BITS(51, 16)
#define BITS_VALID     ITSG_BIT(63)

/* The fields of the commands of GICv3, by opcode (GIC 2.2). Those that are not listed have none. */
/* clang-format off */
static const struct itsg_words words_fields[] = {
	[ITSG_CMD_MOVI]    = {{BITS_DEVICE_ID, BITS_EVENT_ID, BITS_ICID, 0}},
	[ITSG_CMD_INT]     = {{BITS_DEVICE_ID, BITS_EVENT_ID, 0, 0}},
	[ITSG_CMD_CLEAR]   = {{BITS_DEVICE_ID, BITS_EVENT_ID, 0, 0}},
	[ITSG_CMD_SYNC]    = {{0, 0, BITS_RDBASE, 0}},
	[ITSG_CMD_MAPD]    = {{BITS_DEVICE_ID, BITS_SIZE, BITS_ITT | BITS_VALID, 0}},
	[ITSG_CMD_MAPC]    = {{0, 0, BITS_ICID | BITS_RDBASE | BITS_VALID, 0}},
	[ITSG_CMD_MAPTI]   = {{BITS_DEVICE_ID, BITS_EVENT_ID | BITS_PINTID, BITS_ICID, 0}},
	[ITSG_CMD_MAPI]    = {{BITS_DEVICE_ID, BITS_EVENT_ID, BITS_ICID, 0}},
	[ITSG_CMD_INV]     = {{BITS_DEVICE_ID, BITS_EVENT_ID, 0, 0}},
	[ITSG_CMD_INVALL]  = {{0, 0, BITS_ICID, 0}},
	[ITSG_CMD_MOVALL]  = {{0, 0, BITS_RDBASE, BITS_RDBASE}},
	[ITSG_CMD_DISCARD] = {{BITS_DEVICE_ID, BITS_EVENT_ID, 0, 0}},
};
/* clang-format on */

#define WORDS_COUNT (sizeof(words_fields) / sizeof(words_fields[0]))

void itsg_words_read(const uint8_t raw[ITSG_CMD_BYTES], struct itsg_words *words)
{
	/* 0 is no opcode, and has no fields. */
	const struct itsg_words *fields = &words_fields[itsg_nospec(raw[0], WORDS_COUNT)];

	words->dw[0] = itsg_le64(raw) & (BITS_OPCODE | fields->dw[0]);
	words->dw[1] = itsg_le64(raw + 8) & fields->dw[1];
	words->dw[2] = itsg_le64(raw + 16) & fields->dw[2];
	words->dw[3] = itsg_le64(raw + 24) & fields->dw[3];
}

void itsg_words_write(const struct itsg_words *words, uint8_t raw[ITSG_CMD_BYTES])
{
	itsg_put_le64(raw, words->dw[0]);
	itsg_put_le64(raw + 8, words->dw[1]);
	itsg_put_le64(raw + 16, words->dw[2]);
	itsg_put_le64(raw + 24, words->dw[3]);
}

bool itsg_words_virtual(uint8_t opcode)
{
	switch (opcode) {
	case ITSG_CMD_VMOVI:
	case ITSG_CMD_VMOVP:
	case ITSG_CMD_VSGI:
	case ITSG_CMD_VSYNC:
	case ITSG_CMD_VMAPP:
	case ITSG_CMD_VMAPTI:
	case ITSG_CMD_VMAPI:
	case ITSG_CMD_VINVALL:
	case ITSG_CMD_INVDB:
		return true;
	default:
		return false;
	}
}

struct itsg_words itsg_words_sync(uint64_t rdbase)
{
	const struct itsg_words words = {{ITSG_CMD_SYNC, 0, rdbase & BITS_RDBASE, 0}};

	return words;
}

struct itsg_words itsg_words_unmap(uint32_t device_id)
{
	const struct itsg_words words = {{ITSG_CMD_MAPD | (uint64_t)device_id << 32, 0, 0, 0}};

	return words;
}
