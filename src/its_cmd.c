/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The command codec. See cmd.h. */
#include "itsguard/cmd.h"
#include "itsguard/arch.h"

/*
 * Where fields are (IHI 0069 chapter 5.3). The columns: field, DW, [hi:lo], layout, in place.
 * The opcode, DW0[7:0] of every command, is no field.
 */
/* clang-format off */
#define F_DEVICE_ID   {ITSG_F_DEVICE_ID, 0, 63, 32, ITSG_LAYOUT_ANY, 0}
#define F_SIZE        {ITSG_F_SIZE, 1, 4, 0, ITSG_LAYOUT_ANY, 0}
#define F_EVENT_ID    {ITSG_F_EVENT_ID, 1, 31, 0, ITSG_LAYOUT_ANY, 0}
#define F_PINTID      {ITSG_F_PINTID, 1, 63, 32, ITSG_LAYOUT_ANY, 0}
#define F_VPEID       {ITSG_F_VPEID, 1, 47, 32, ITSG_LAYOUT_ANY, 0}
#define F_ICID        {ITSG_F_ICID, 2, 15, 0, ITSG_LAYOUT_ANY, 0}
#define F_ITT         {ITSG_F_ITT, 2, 51, 8, ITSG_LAYOUT_ANY, 1}
#define F_RDBASE      {ITSG_F_RDBASE, 2, 51, 16, ITSG_LAYOUT_ANY, 1}
#define F_VALID       {ITSG_F_VALID, 2, 63, 63, ITSG_LAYOUT_ANY, 0}
#define F_RDBASE2     {ITSG_F_RDBASE2, 3, 51, 16, ITSG_LAYOUT_ANY, 1}
#define F_D           {ITSG_F_D, 2, 0, 0, ITSG_LAYOUT_ANY, 0}
#define F_VINTID      {ITSG_F_VINTID, 2, 31, 0, ITSG_LAYOUT_ANY, 0}
#define F_DOORBELL    {ITSG_F_DOORBELL, 2, 63, 32, ITSG_LAYOUT_ANY, 0}
#define F_SEQ_NUM     {ITSG_F_SEQ_NUM, 0, 47, 32, ITSG_LAYOUT_ANY, 0}
#define F_ITS_LIST    {ITSG_F_ITS_LIST, 1, 15, 0, ITSG_LAYOUT_ANY, 0}
#define F_VPT         {ITSG_F_VPT, 3, 51, 16, ITSG_LAYOUT_ANY, 1}
#define F_VPT_SIZE_40 {ITSG_F_VPT_SIZE, 3, 4, 0, ITSG_LAYOUT_V4_0, 0}
#define F_VPT_SIZE_41 {ITSG_F_VPT_SIZE, 3, 7, 0, ITSG_LAYOUT_V4_1, 0}
#define F_ALLOC       {ITSG_F_ALLOC, 0, 8, 8, ITSG_LAYOUT_V4_1, 0}
#define F_PTZ         {ITSG_F_PTZ, 0, 9, 9, ITSG_LAYOUT_V4_1, 0}
#define F_VCONF       {ITSG_F_VCONF, 0, 51, 16, ITSG_LAYOUT_V4_1, 1}
#define F_VMAPP_DDB   {ITSG_F_DEFAULT_DOORBELL, 1, 31, 0, ITSG_LAYOUT_V4_1, 0}
#define F_VMOVP_DDB   {ITSG_F_DEFAULT_DOORBELL, 3, 31, 0, ITSG_LAYOUT_V4_1, 0}
#define F_DB          {ITSG_F_DB, 2, 63, 63, ITSG_LAYOUT_V4_1, 0}
#define F_ENABLE      {ITSG_F_ENABLE, 0, 8, 8, ITSG_LAYOUT_ANY, 0}
#define F_CLEAR       {ITSG_F_CLEAR, 0, 9, 9, ITSG_LAYOUT_ANY, 0}
#define F_GROUP       {ITSG_F_GROUP, 0, 10, 10, ITSG_LAYOUT_ANY, 0}
#define F_PRIORITY    {ITSG_F_PRIORITY, 0, 23, 20, ITSG_LAYOUT_ANY, 0}
#define F_VSGI_VINTID {ITSG_F_VINTID, 0, 35, 32, ITSG_LAYOUT_ANY, 0}

static const struct itsg_cmd_info cmd_table[] = {
	{ITSG_CMD_MOVI, ITSG_SINCE_V3, 3, {F_DEVICE_ID, F_EVENT_ID, F_ICID}},
	{ITSG_CMD_INT, ITSG_SINCE_V3, 2, {F_DEVICE_ID, F_EVENT_ID}},
	{ITSG_CMD_CLEAR, ITSG_SINCE_V3, 2, {F_DEVICE_ID, F_EVENT_ID}},
	{ITSG_CMD_SYNC, ITSG_SINCE_V3, 1, {F_RDBASE}},
	{ITSG_CMD_MAPD, ITSG_SINCE_V3, 4, {F_DEVICE_ID, F_SIZE, F_ITT, F_VALID}},
	{ITSG_CMD_MAPC, ITSG_SINCE_V3, 3, {F_ICID, F_RDBASE, F_VALID}},
	{ITSG_CMD_MAPTI, ITSG_SINCE_V3, 4, {F_DEVICE_ID, F_EVENT_ID, F_PINTID, F_ICID}},
	{ITSG_CMD_MAPI, ITSG_SINCE_V3, 3, {F_DEVICE_ID, F_EVENT_ID, F_ICID}},
	{ITSG_CMD_INV, ITSG_SINCE_V3, 2, {F_DEVICE_ID, F_EVENT_ID}},
	{ITSG_CMD_INVALL, ITSG_SINCE_V3, 1, {F_ICID}},
	{ITSG_CMD_MOVALL, ITSG_SINCE_V3, 2, {F_RDBASE, F_RDBASE2}},
	{ITSG_CMD_DISCARD, ITSG_SINCE_V3, 2, {F_DEVICE_ID, F_EVENT_ID}},
	{ITSG_CMD_VMOVI, ITSG_SINCE_V4_0, 5,
	 {F_DEVICE_ID, F_EVENT_ID, F_VPEID, F_D, F_DOORBELL}},
	{ITSG_CMD_VMOVP, ITSG_SINCE_V4_0, 6,
	 {F_SEQ_NUM, F_ITS_LIST, F_VPEID, F_RDBASE, F_DB, F_VMOVP_DDB}},
	{ITSG_CMD_VSGI, ITSG_SINCE_V4_1, 6,
	 {F_ENABLE, F_CLEAR, F_GROUP, F_PRIORITY, F_VSGI_VINTID, F_VPEID}},
	{ITSG_CMD_VSYNC, ITSG_SINCE_V4_0, 1, {F_VPEID}},
	{ITSG_CMD_VMAPP, ITSG_SINCE_V4_0, 10,
	 {F_ALLOC, F_PTZ, F_VCONF, F_VMAPP_DDB, F_VPEID, F_RDBASE, F_VALID, F_VPT_SIZE_40,
	  F_VPT_SIZE_41, F_VPT}},
	{ITSG_CMD_VMAPTI, ITSG_SINCE_V4_0, 5,
	 {F_DEVICE_ID, F_EVENT_ID, F_VPEID, F_VINTID, F_DOORBELL}},
	{ITSG_CMD_VMAPI, ITSG_SINCE_V4_0, 4, {F_DEVICE_ID, F_EVENT_ID, F_VPEID, F_DOORBELL}},
	{ITSG_CMD_VINVALL, ITSG_SINCE_V4_0, 1, {F_VPEID}},
	{ITSG_CMD_INVDB, ITSG_SINCE_V4_1, 1, {F_VPEID}},
};
/* clang-format on */

#define CMD_TABLE_COUNT ((uint32_t)(sizeof(cmd_table) / sizeof(cmd_table[0])))

/*
 * Where to look for an opcode. It names rows and nothing else, and the row is asked whether it is
 * the right one: an opcode that is missing here, or wrong, is an unknown one.
 */
static const uint8_t cmd_row[] = {
	[ITSG_CMD_MOVI] = 0,   [ITSG_CMD_INT] = 1,      [ITSG_CMD_CLEAR] = 2,
	[ITSG_CMD_SYNC] = 3,   [ITSG_CMD_MAPD] = 4,     [ITSG_CMD_MAPC] = 5,
	[ITSG_CMD_MAPTI] = 6,  [ITSG_CMD_MAPI] = 7,     [ITSG_CMD_INV] = 8,
	[ITSG_CMD_INVALL] = 9, [ITSG_CMD_MOVALL] = 10,  [ITSG_CMD_DISCARD] = 11,
	[ITSG_CMD_VMOVI] = 12, [ITSG_CMD_VMOVP] = 13,   [ITSG_CMD_VSGI] = 14,
	[ITSG_CMD_VSYNC] = 15, [ITSG_CMD_VMAPP] = 16,   [ITSG_CMD_VMAPTI] = 17,
	[ITSG_CMD_VMAPI] = 18, [ITSG_CMD_VINVALL] = 19, [ITSG_CMD_INVDB] = 20,
};

/* NULL for an unknown opcode. */
static const struct itsg_cmd_info *cmd_find(uint8_t opcode)
{
	const uint32_t row = opcode < sizeof(cmd_row) ? cmd_row[opcode] : 0;
	const struct itsg_cmd_info *info = &cmd_table[row];

	return info->opcode == opcode ? info : NULL;
}

static const struct itsg_field_info *fields_end(const struct itsg_cmd_info *info)
{
	return info->field + info->fields;
}

static bool in_layout(const struct itsg_field_info *field, bool v41)
{
	if (field->layout == ITSG_LAYOUT_ANY)
		return true;
	return field->layout == (v41 ? ITSG_LAYOUT_V4_1 : ITSG_LAYOUT_V4_0);
}

bool itsg_cmd_known(uint8_t opcode)
{
	return cmd_find(opcode) != NULL;
}

bool itsg_cmd_virtual(uint8_t opcode)
{
	const struct itsg_cmd_info *info = cmd_find(opcode);

	return info && info->since != ITSG_SINCE_V3;
}

/* How far a value is moved down from where it is in the command. */
static uint32_t field_shift(const struct itsg_field_info *field)
{
	return field->in_place ? 0 : field->lo;
}

static uint64_t field_from(const struct itsg_field_info *field, const uint8_t *raw)
{
	const uint64_t word = itsg_le64(raw + 8u * field->dword);

	return (word & ITSG_BITS(field->hi, field->lo)) >> field_shift(field);
}

static uint64_t field_to(const struct itsg_field_info *field, uint64_t value)
{
	return (value << field_shift(field)) & ITSG_BITS(field->hi, field->lo);
}

bool itsg_cmd_decode(const uint8_t raw[ITSG_CMD_BYTES], bool v41, struct itsg_command *out)
{
	const struct itsg_cmd_info *info = cmd_find(raw[0]);

	*out = (struct itsg_command){.opcode = raw[0]};
	if (!info)
		return false;
	for (const struct itsg_field_info *field = info->field; field < fields_end(info); field++)
		if (in_layout(field, v41))
			out->field[field->field] = field_from(field, raw);
	return true;
}

static void put_fields(const struct itsg_cmd_info *info, const struct itsg_command *command,
		       bool v41, uint64_t word[ITSG_CMD_DWORDS])
{
	word[0] = info->opcode;
	for (const struct itsg_field_info *field = info->field; field < fields_end(info); field++)
		if (in_layout(field, v41))
			word[field->dword] |= field_to(field, command->field[field->field]);
}

void itsg_cmd_encode(const struct itsg_command *command, bool v41, uint8_t raw[ITSG_CMD_BYTES])
{
	const struct itsg_cmd_info *info = cmd_find(command->opcode);
	uint64_t word[ITSG_CMD_DWORDS] = {0};

	if (info)
		put_fields(info, command, v41, word);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		itsg_put_le64(raw + 8u * i, word[i]);
}

/* The bits that a command has: its opcode and the fields of this layout. */
static void bits_used(const struct itsg_cmd_info *info, bool v41, uint64_t used[ITSG_CMD_DWORDS])
{
	used[0] = ITSG_BITS(7, 0); /* the opcode */
	used[1] = 0;
	used[2] = 0;
	used[3] = 0;
	for (const struct itsg_field_info *field = info->field; field < fields_end(info); field++)
		if (in_layout(field, v41))
			used[field->dword] |= ITSG_BITS(field->hi, field->lo);
}

bool itsg_cmd_reserved(const uint8_t raw[ITSG_CMD_BYTES], bool v41, uint64_t mask[ITSG_CMD_DWORDS])
{
	const struct itsg_cmd_info *info = cmd_find(raw[0]);
	uint64_t used[ITSG_CMD_DWORDS];

	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		mask[i] = 0;
	if (!info)
		return false;
	bits_used(info, v41, used);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		mask[i] = itsg_le64(raw + 8u * i) & ~used[i];
	return true;
}

uint32_t itsg_cmd_count(void)
{
	return CMD_TABLE_COUNT;
}

bool itsg_cmd_info(uint32_t index, struct itsg_cmd_info *out)
{
	if (index >= CMD_TABLE_COUNT)
		return false;
	*out = cmd_table[index];
	return true;
}

bool itsg_cmd_info_of(uint8_t opcode, struct itsg_cmd_info *out)
{
	const struct itsg_cmd_info *info = cmd_find(opcode);

	if (!info)
		return false;
	*out = *info;
	return true;
}
