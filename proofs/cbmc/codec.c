/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The codec of commands (cmd.h), and the words that the rules read (words.h). */
#include "proof.h"

#include "its_cmd.c"
#include "words.c"

static void any_raw(uint8_t raw[ITSG_CMD_BYTES], uint8_t opcode)
{
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		itsg_put_le64(raw + 8 * i, nondet_u64());
	raw[0] = opcode;
}

/* What is decoded is encoded to the same bits, but for those that the command reserves. */
static void decode_encode(uint8_t opcode, bool v41)
{
	uint8_t raw[ITSG_CMD_BYTES], back[ITSG_CMD_BYTES];
	uint64_t reserved[ITSG_CMD_DWORDS];
	struct itsg_command command;

	any_raw(raw, opcode);
	PROVE(itsg_cmd_decode(raw, v41, &command));
	PROVE(itsg_cmd_reserved(raw, v41, reserved));
	PROVE(command.opcode == opcode);
	itsg_cmd_encode(&command, v41, back);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++) {
		PROVE(itsg_le64(back + 8 * i) == (itsg_le64(raw + 8 * i) & ~reserved[i]));
		PROVE((reserved[i] & ~itsg_le64(raw + 8 * i)) == 0);
	}
	REACHED(reserved[1] != 0);
	REACHED(reserved[0] == 0 && reserved[1] == 0 && reserved[2] == 0 && reserved[3] == 0);
}

/* A command of any fields is encoded to bits that it has; what fits its field comes back. */
static void encode_decode(uint8_t opcode, bool v41)
{
	struct itsg_command command, back;
	uint8_t raw[ITSG_CMD_BYTES];
	uint64_t reserved[ITSG_CMD_DWORDS];

	command.opcode = opcode;
	for (uint32_t i = 0; i < ITSG_FIELD_COUNT; i++)
		command.field[i] = nondet_u64();
	itsg_cmd_encode(&command, v41, raw);
	PROVE(raw[0] == opcode);
	raw[0] = opcode; /* for cbmc: it need not try the others */
	PROVE(itsg_cmd_decode(raw, v41, &back) && back.opcode == opcode);
	PROVE(itsg_cmd_reserved(raw, v41, reserved));
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(reserved[i] == 0);
	for (uint32_t i = 0; i < ITSG_FIELD_COUNT; i++) {
		PROVE((back.field[i] & ~command.field[i]) == 0);
		REACHED(back.field[i] != 0 && back.field[i] == command.field[i]);
	}
}

/* The words of a command are its opcode and its fields (I5), as the table of the codec has them. */
static void words(uint8_t opcode)
{
	uint8_t raw[ITSG_CMD_BYTES], back[ITSG_CMD_BYTES];
	uint64_t reserved[ITSG_CMD_DWORDS];
	struct itsg_words read;

	any_raw(raw, opcode);
	itsg_words_read(raw, &read);
	PROVE(itsg_cmd_reserved(raw, false, reserved));
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(read.dw[i] == (itsg_le64(raw + 8 * i) & ~reserved[i]));
	itsg_words_write(&read, back);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(itsg_le64(back + 8 * i) == read.dw[i]);
	PROVE(itsg_words_opcode(&read) == opcode && !itsg_words_virtual(opcode));
	REACHED(reserved[0] != 0);
}

static const uint8_t physical[] = {
	ITSG_CMD_MOVI, ITSG_CMD_INT,    ITSG_CMD_CLEAR,  ITSG_CMD_SYNC,
	ITSG_CMD_MAPD, ITSG_CMD_MAPC,   ITSG_CMD_MAPTI,  ITSG_CMD_MAPI,
	ITSG_CMD_INV,  ITSG_CMD_INVALL, ITSG_CMD_MOVALL, ITSG_CMD_DISCARD,
};
static const uint8_t virtual[] = {
	ITSG_CMD_VMOVI,  ITSG_CMD_VMOVP, ITSG_CMD_VSGI,    ITSG_CMD_VSYNC, ITSG_CMD_VMAPP,
	ITSG_CMD_VMAPTI, ITSG_CMD_VMAPI, ITSG_CMD_VINVALL, ITSG_CMD_INVDB,
};

/* The opcode is a constant in each round: cbmc takes the rounds apart. */
void codec_decode(void)
{
	for (uint32_t i = 0; i < sizeof(physical); i++)
		decode_encode(physical[i], false);
}

void codec_decode_v4(void)
{
	for (uint32_t i = 0; i < sizeof(virtual); i++)
		decode_encode(virtual[i], false);
}

void codec_decode_v41(void)
{
	for (uint32_t i = 0; i < sizeof(virtual); i++)
		decode_encode(virtual[i], true);
}

void codec_encode(void)
{
	for (uint32_t i = 0; i < sizeof(physical); i++)
		encode_decode(physical[i], false);
}

void codec_encode_v4(void)
{
	for (uint32_t i = 0; i < sizeof(virtual); i++)
		encode_decode(virtual[i], false);
}

void codec_encode_v41(void)
{
	for (uint32_t i = 0; i < sizeof(virtual); i++)
		encode_decode(virtual[i], true);
}

void codec_words(void)
{
	for (uint32_t i = 0; i < sizeof(physical); i++)
		words(physical[i]);
}

static bool is_one_of(uint8_t opcode, const uint8_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == opcode)
			return true;
	return false;
}

/* Any opcode: known are these 21. */
void codec_known(void)
{
	const uint8_t opcode = nondet_u8();
	const bool v3 = is_one_of(opcode, physical, sizeof(physical));
	const bool v4 = is_one_of(opcode, virtual, sizeof(virtual));

	PROVE(itsg_cmd_known(opcode) == (v3 || v4));
	PROVE(itsg_cmd_virtual(opcode) == v4 && itsg_words_virtual(opcode) == v4);
	REACHED(v3);
	REACHED(v4);
	REACHED(opcode == 0xff);
}

/* In the place of cmd_find(): of opcodes that have no row, which is codec_known. */
const struct itsg_cmd_info *no_row(uint8_t opcode)
{
	(void)opcode;
	return NULL;
}

/* Of the others nothing is read, and nothing is written. */
void codec_unknown(void)
{
	const uint8_t opcode = nondet_u8();
	uint8_t raw[ITSG_CMD_BYTES];
	uint64_t reserved[ITSG_CMD_DWORDS];
	struct itsg_command command;
	struct itsg_words read;

	GIVEN(!is_one_of(opcode, physical, sizeof(physical)));
	any_raw(raw, opcode);
	itsg_words_read(raw, &read); /* of GICv4, too: the rules see an opcode and no more (T12) */
	PROVE(read.dw[0] == opcode && read.dw[1] == 0 && read.dw[2] == 0 && read.dw[3] == 0);
	GIVEN(!is_one_of(opcode, virtual, sizeof(virtual)));
	PROVE(!itsg_cmd_decode(raw, nondet_bool(), &command) && command.opcode == opcode);
	PROVE(!itsg_cmd_reserved(raw, nondet_bool(), reserved) && reserved[0] == 0);
	REACHED(itsg_le64(raw + 8) != 0);
	itsg_cmd_encode(&command, nondet_bool(), raw);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(itsg_le64(raw + 8 * i) == 0);
}

/* The table itself: each field lies in its command, and no two are of one bit. */
void codec_table(void)
{
	const uint32_t index = nondet_u32();
	struct itsg_cmd_info info, again;
	const bool found = itsg_cmd_info(index, &info);
	uint32_t a = nondet_u32(), b = nondet_u32();

	PROVE(found == (index < itsg_cmd_count()) && itsg_cmd_count() == 21);
	REACHED(!found);
	GIVEN(found);
	PROVE(itsg_cmd_info_of(info.opcode, &again) && again.opcode == info.opcode);
	PROVE(info.fields <= ITSG_CMD_MAX_FIELDS);
	GIVEN(a < info.fields && b < info.fields && a != b);
	PROVE(info.field[a].dword < ITSG_CMD_DWORDS && info.field[a].field < ITSG_FIELD_COUNT);
	PROVE(info.field[a].lo <= info.field[a].hi && info.field[a].hi <= 63);
	PROVE(info.field[a].dword != 0 || info.field[a].lo >= 8);
	if (info.field[a].layout == info.field[b].layout &&
	    info.field[a].dword == info.field[b].dword)
		PROVE(info.field[a].hi < info.field[b].lo || info.field[b].hi < info.field[a].lo);
	REACHED(info.field[a].dword == 3 && info.field[b].dword == 3);
}
