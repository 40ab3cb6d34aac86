/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The command codec: all 21 commands of an ITS, GICv3 to GICv4.1, to and from their 32 bytes.
 *
 * One table of fields drives decoding, encoding, the reserved bits and the descriptions for tools.
 * The codec knows where a field is, not what values are allowed: that is for the rules. It works
 * alone: nothing else of the library is needed; nor does the guard need it, so that src/its_cmd.c
 * can be left out where nobody decodes.
 */
#ifndef ITSGUARD_CMD_H
#define ITSGUARD_CMD_H

#include "itsguard/env.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A command in a queue: bytes, 64-bit words; the most fields that one has. */
#define ITSG_CMD_BYTES      32
#define ITSG_CMD_DWORDS     4
#define ITSG_CMD_MAX_FIELDS 10

/* DW0[7:0] */
enum itsg_opcode {
	ITSG_CMD_MOVI = 0x01,
	ITSG_CMD_INT = 0x03,
	ITSG_CMD_CLEAR = 0x04,
	ITSG_CMD_SYNC = 0x05,
	ITSG_CMD_MAPD = 0x08,
	ITSG_CMD_MAPC = 0x09,
	ITSG_CMD_MAPTI = 0x0a,
	ITSG_CMD_MAPI = 0x0b,
	ITSG_CMD_INV = 0x0c,
	ITSG_CMD_INVALL = 0x0d,
	ITSG_CMD_MOVALL = 0x0e,
	ITSG_CMD_DISCARD = 0x0f,
	ITSG_CMD_VMOVI = 0x21,
	ITSG_CMD_VMOVP = 0x22,
	ITSG_CMD_VSGI = 0x23,
	ITSG_CMD_VSYNC = 0x25,
	ITSG_CMD_VMAPP = 0x29,
	ITSG_CMD_VMAPTI = 0x2a,
	ITSG_CMD_VMAPI = 0x2b,
	ITSG_CMD_VINVALL = 0x2d,
	ITSG_CMD_INVDB = 0x2e,
};

/*
 * An address keeps its place: the value is the physical address itself, its low bits 0. RDbase too,
 * so with PTA=1 it is the redistributor's address and with PTA=0 the processor number << 16.
 * All other fields are moved down to bit 0. Sizes stay minus one, as in the command.
 */
enum itsg_field {
	ITSG_F_DEVICE_ID = 0,
	ITSG_F_EVENT_ID,
	ITSG_F_SIZE,             /* MAPD: EventID bits minus one */
	ITSG_F_ITT,              /* address, 256-byte aligned; no meaning if V=0 */
	ITSG_F_VALID,            /* V */
	ITSG_F_ICID,             /* collection */
	ITSG_F_RDBASE,           /* in place, see above; of MOVALL the source */
	ITSG_F_RDBASE2,          /* in place; MOVALL: the target */
	ITSG_F_PINTID,           /* MAPTI; MAPI has none, its EventID is the pINTID */
	ITSG_F_VPEID,            /* all virtual commands */
	ITSG_F_VINTID,           /* VMAPTI: 32 bits; VSGI: 4 bits */
	ITSG_F_DOORBELL,         /* Dbell_pINTID: 1023 means none */
	ITSG_F_D,                /* VMOVI: the doorbell changes too */
	ITSG_F_SEQ_NUM,          /* VMOVP; RES0 if TYPER.VMOVP=1, which the codec cannot know */
	ITSG_F_ITS_LIST,         /* likewise */
	ITSG_F_DB,               /* VMOVP, v4.1 */
	ITSG_F_DEFAULT_DOORBELL, /* VMAPP and VMOVP, v4.1 */
	ITSG_F_VPT_SIZE,         /* VMAPP: vINTID bits minus one; 5 bits, v4.1: 8 bits */
	ITSG_F_VPT,              /* VMAPP: address of the virtual pending table, 64 KB aligned */
	ITSG_F_VCONF,    /* VMAPP, v4.1: address of the configuration table, 64 KB aligned */
	ITSG_F_ALLOC,    /* VMAPP, v4.1 */
	ITSG_F_PTZ,      /* VMAPP, v4.1: the pending table is zero */
	ITSG_F_ENABLE,   /* VSGI */
	ITSG_F_CLEAR,    /* VSGI */
	ITSG_F_GROUP,    /* VSGI */
	ITSG_F_PRIORITY, /* VSGI: the upper four bits of the priority, moved down */
	ITSG_FIELD_COUNT
};

/* A command taken apart. */
struct itsg_command {
	uint8_t opcode;                   /* enum itsg_opcode, or what is none */
	uint64_t field[ITSG_FIELD_COUNT]; /* those that the command has not are 0 */
};

/*
 * v41 chooses between the layouts of VMAPP and VMOVP: TYPER.VMAPP of the ITS. It changes nothing
 * else; in particular VSGI and INVDB, which only v4.1 has, are known either way (see `since`).
 */

/*
 * Reads a command from its 32 bytes, wherever they are aligned. Reserved bits are dropped. False if
 * no such opcode exists: out then has the opcode and fields of 0.
 */
bool itsg_cmd_decode(const uint8_t raw[ITSG_CMD_BYTES], bool v41, struct itsg_command *out);

/*
 * Writes the 32 bytes of a command. Only fields of this command are written, each cut to its bits;
 * all other bits are 0. An unknown opcode gives 32 bytes of 0, which is no command.
 */
void itsg_cmd_encode(const struct itsg_command *command, bool v41, uint8_t raw[ITSG_CMD_BYTES]);

/*
 * The bits that are set in raw although the command reserves them (RES0), one mask a 64-bit word;
 * all 0 for a clean command. False for an unknown opcode: mask is then 0.
 */
bool itsg_cmd_reserved(const uint8_t raw[ITSG_CMD_BYTES], bool v41, uint64_t mask[ITSG_CMD_DWORDS]);

/* True for the 21 opcodes above. */
bool itsg_cmd_known(uint8_t opcode);

/* True for the commands that exist only with TYPER.Virtual=1: V* and INVDB. */
bool itsg_cmd_virtual(uint8_t opcode);

/*
 * Memory is little endian for an ITS, whatever the CPU is (S19). These two are the only places that
 * turn bytes into a 64-bit word and back; any alignment will do. No loops: compilers make one load
 * and one store of these.
 */
static inline uint64_t itsg_le64(const uint8_t *bytes)
{
	return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
	       (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
	       (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

/* The way back: 8 bytes. */
static inline void itsg_put_le64(uint8_t *bytes, uint64_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
	bytes[2] = (uint8_t)(value >> 16);
	bytes[3] = (uint8_t)(value >> 24);
	bytes[4] = (uint8_t)(value >> 32);
	bytes[5] = (uint8_t)(value >> 40);
	bytes[6] = (uint8_t)(value >> 48);
	bytes[7] = (uint8_t)(value >> 56);
}

/* The table itself, for listings, documents and tests. */

/* The first architecture version that has the command. */
enum itsg_since {
	ITSG_SINCE_V3 = 30,
	ITSG_SINCE_V4_0 = 40,
	ITSG_SINCE_V4_1 = 41,
};

/* Which of the two layouts has the field. */
enum itsg_layout {
	ITSG_LAYOUT_ANY = 0,
	ITSG_LAYOUT_V4_0, /* only if not v4.1 */
	ITSG_LAYOUT_V4_1, /* only if v4.1 */
};

/* A field of a command, where it is. */
struct itsg_field_info {
	uint8_t field;    /* enum itsg_field */
	uint8_t dword;    /* 0 to 3 */
	uint8_t hi;       /* bits [hi:lo] of it */
	uint8_t lo;       /* see hi */
	uint8_t layout;   /* enum itsg_layout */
	uint8_t in_place; /* 1: the value is not moved down (addresses, RDbase) */
};

/* A command: which version has it, and its fields. */
struct itsg_cmd_info {
	uint8_t opcode;                                    /* enum itsg_opcode */
	uint8_t since;                                     /* enum itsg_since */
	uint8_t fields;                                    /* so many of them */
	struct itsg_field_info field[ITSG_CMD_MAX_FIELDS]; /* from the first word on */
};

/* Number of commands: 21. */
uint32_t itsg_cmd_count(void);

/* The description of command number index, in the order of opcodes. False if there is none. */
bool itsg_cmd_info(uint32_t index, struct itsg_cmd_info *out);

/* The description of the command with this opcode. False if there is none. */
bool itsg_cmd_info_of(uint8_t opcode, struct itsg_cmd_info *out);

#ifdef __cplusplus
}
#endif

#endif
