/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Names and sentences: all strings of the library but those of clause_names.c. See names.h. */
#include "itsguard/names.h"
#include "itsguard/arch.h"

static const char no_name[] = "?";

struct reason_entry {
	const char *name;
	const char *text;
	const char *error;
	const char *answers;
};

#define REASON_ENTRY(name, text, error, answers) {#name, text, error, answers},

/* By enum itsg_reason: ITSG_OK, then the list. */
static const struct reason_entry reason_entries[] = {{"OK", "Not refused.", "", ""},
						     ITSG_REASONS(REASON_ENTRY)};

static const struct reason_entry no_reason = {no_name, "", "", ""};

static const struct reason_entry *reason_entry(enum itsg_reason reason)
{
	uint32_t index = (uint32_t)reason;

	return index < ITSG_REASON_COUNT ? &reason_entries[index] : &no_reason;
}

const char *itsg_reason_name(enum itsg_reason reason)
{
	return reason_entry(reason)->name;
}

const char *itsg_reason_text(enum itsg_reason reason)
{
	return reason_entry(reason)->text;
}

const char *itsg_reason_error(enum itsg_reason reason)
{
	return reason_entry(reason)->error;
}

const char *itsg_reason_threats(enum itsg_reason reason)
{
	return reason_entry(reason)->answers;
}

struct opcode_entry {
	const char *name;
	const char *text;
	uint8_t opcode;
};

/* clang-format off */
static const struct opcode_entry opcode_entries[] = {
	{"MOVI", "Retargets one event to another collection and moves its pending state.",
	 ITSG_CMD_MOVI},
	{"INT", "Raises the LPI of an event, as if the device had written it.", ITSG_CMD_INT},
	{"CLEAR", "Clears the pending state of an event.", ITSG_CMD_CLEAR},
	{"SYNC", "Waits until all that earlier commands did for one redistributor is complete.",
	 ITSG_CMD_SYNC},
	{"MAPD", "Maps a DeviceID to an interrupt translation table (ITT), or unmaps it.",
	 ITSG_CMD_MAPD},
	{"MAPC", "Maps a collection to a redistributor, or unmaps it.", ITSG_CMD_MAPC},
	{"MAPTI", "Maps an event of a device to an LPI and a collection.", ITSG_CMD_MAPTI},
	{"MAPI", "Maps an event of a device to the LPI of the same number and a collection.",
	 ITSG_CMD_MAPI},
	{"INV", "Reloads the cached configuration of one LPI.", ITSG_CMD_INV},
	{"INVALL", "Reloads the cached configuration of all LPIs of a collection.",
	 ITSG_CMD_INVALL},
	{"MOVALL", "Moves all pending LPIs from one redistributor to another.", ITSG_CMD_MOVALL},
	{"DISCARD", "Removes the mapping of an event and clears its pending state.",
	 ITSG_CMD_DISCARD},
	{"VMOVI", "Moves an event to another vPE, and its doorbell if D is set.", ITSG_CMD_VMOVI},
	{"VMOVP", "Moves a vPE to another redistributor.", ITSG_CMD_VMOVP},
	{"VSGI", "Configures one virtual SGI of a vPE.", ITSG_CMD_VSGI},
	{"VSYNC", "Waits until all that earlier commands did for one vPE is complete.",
	 ITSG_CMD_VSYNC},
	{"VMAPP", "Maps a vPE to a redistributor and a virtual pending table, or unmaps it.",
	 ITSG_CMD_VMAPP},
	{"VMAPTI", "Maps an event of a device to a virtual LPI of a vPE, with a doorbell.",
	 ITSG_CMD_VMAPTI},
	{"VMAPI", "Maps an event of a device to the virtual LPI of the same number of a vPE.",
	 ITSG_CMD_VMAPI},
	{"VINVALL", "Reloads the cached configuration of all virtual LPIs of a vPE.",
	 ITSG_CMD_VINVALL},
	{"INVDB", "Reloads the cached configuration of the default doorbell of a vPE.",
	 ITSG_CMD_INVDB},
};
/* clang-format on */

#define OPCODE_ENTRIES (sizeof(opcode_entries) / sizeof(opcode_entries[0]))

static const struct opcode_entry no_opcode = {no_name, "", 0};

static const struct opcode_entry *opcode_entry(uint8_t opcode)
{
	for (size_t i = 0; i < OPCODE_ENTRIES; i++) {
		if (opcode_entries[i].opcode == opcode)
			return &opcode_entries[i];
	}
	return &no_opcode;
}

const char *itsg_opcode_name(uint8_t opcode)
{
	return opcode_entry(opcode)->name;
}

const char *itsg_opcode_text(uint8_t opcode)
{
	return opcode_entry(opcode)->text;
}

const char *itsg_field_name(enum itsg_field field)
{
	static const char *const names[ITSG_FIELD_COUNT] = {
		[ITSG_F_DEVICE_ID] = "DeviceID",
		[ITSG_F_EVENT_ID] = "EventID",
		[ITSG_F_SIZE] = "Size",
		[ITSG_F_ITT] = "ITT_addr",
		[ITSG_F_VALID] = "V",
		[ITSG_F_ICID] = "ICID",
		[ITSG_F_RDBASE] = "RDbase",
		[ITSG_F_RDBASE2] = "RDbase2",
		[ITSG_F_PINTID] = "pINTID",
		[ITSG_F_VPEID] = "vPEID",
		[ITSG_F_VINTID] = "vINTID",
		[ITSG_F_DOORBELL] = "Dbell_pINTID",
		[ITSG_F_D] = "D",
		[ITSG_F_SEQ_NUM] = "SeqNum",
		[ITSG_F_ITS_LIST] = "ITSList",
		[ITSG_F_DB] = "DB",
		[ITSG_F_DEFAULT_DOORBELL] = "Default_Doorbell_pINTID",
		[ITSG_F_VPT_SIZE] = "VPT_size",
		[ITSG_F_VPT] = "VPT_addr",
		[ITSG_F_VCONF] = "VCONF_addr",
		[ITSG_F_ALLOC] = "Alloc",
		[ITSG_F_PTZ] = "PTZ",
		[ITSG_F_ENABLE] = "Enable",
		[ITSG_F_CLEAR] = "Clear",
		[ITSG_F_GROUP] = "Group",
		[ITSG_F_PRIORITY] = "Priority",
	};
	uint32_t index = (uint32_t)field;

	return index < ITSG_FIELD_COUNT ? names[index] : no_name;
}

#define CONFIG_FIELD_NAME(field, name) name,

const char *itsg_config_field_name(enum itsg_config_field field)
{
	static const char *const names[ITSG_CONFIG_FIELD_COUNT] = {
		"", ITSG_CONFIG_FIELDS(CONFIG_FIELD_NAME)};
	uint32_t index = (uint32_t)field;

	return index < ITSG_CONFIG_FIELD_COUNT ? names[index] : no_name;
}

const char *itsg_callback_name(enum itsg_callback callback)
{
	static const char *const names[ITSG_CALLBACK_COUNT] = {
		[ITSG_CALLBACK_NONE] = "",
		[ITSG_CALLBACK_SHARE] = "share",
		[ITSG_CALLBACK_DONATE] = "donate",
		[ITSG_CALLBACK_ZERO] = "zero",
		[ITSG_CALLBACK_FETCH] = "fetch",
		[ITSG_CALLBACK_STORE] = "store",
		[ITSG_CALLBACK_REG_WRITE] = "reg_write",
	};
	uint32_t index = (uint32_t)callback;

	return index < ITSG_CALLBACK_COUNT ? names[index] : no_name;
}

struct register_entry {
	uint32_t first;
	uint32_t bytes;
	const char *name;
	const char *text;
};

#define TABLE_TEXT        "Describes one table in memory: type, address, page size, number of pages."
#define ID_TEXT           "Identification."
#define REGISTER_BASER(n) (ITSG_GITS_BASER + 8u * (n))

/* clang-format off */
static const struct register_entry register_entries[] = {
	{ITSG_GITS_CTLR, 4, "GITS_CTLR", "Enables the ITS and tells whether it is quiescent."},
	{ITSG_GITS_IIDR, 4, "GITS_IIDR", "Implementer and revision."},
	{ITSG_GITS_TYPER, 8, "GITS_TYPER", "What this ITS supports: ID sizes, entry size, PTA."},
	{ITSG_GITS_MPAMIDR, 4, "GITS_MPAMIDR", "Largest MPAM partition and group supported."},
	{ITSG_GITS_PARTIDR, 4, "GITS_PARTIDR", "MPAM partition and group of the ITS's accesses."},
	{ITSG_GITS_MPIDR, 4, "GITS_MPIDR", "Affinity of this ITS, for shared vPE tables (v4.1)."},
	{ITSG_GITS_STATUSR, 4, "GITS_STATUSR", "Reports accesses in error."},
	{ITSG_GITS_UMSIR, 8, "GITS_UMSIR", "DeviceID and EventID of the first unmapped MSI."},
	{ITSG_GITS_CBASER, 8, "GITS_CBASER", "Address and size of the command queue."},
	{ITSG_GITS_CWRITER, 8, "GITS_CWRITER", "Where software writes the next command."},
	{ITSG_GITS_CREADR, 8, "GITS_CREADR", "Where the ITS reads the next command; stall."},
	{REGISTER_BASER(0), 8, "GITS_BASER0", TABLE_TEXT},
	{REGISTER_BASER(1), 8, "GITS_BASER1", TABLE_TEXT},
	{REGISTER_BASER(2), 8, "GITS_BASER2", TABLE_TEXT},
	{REGISTER_BASER(3), 8, "GITS_BASER3", TABLE_TEXT},
	{REGISTER_BASER(4), 8, "GITS_BASER4", TABLE_TEXT},
	{REGISTER_BASER(5), 8, "GITS_BASER5", TABLE_TEXT},
	{REGISTER_BASER(6), 8, "GITS_BASER6", TABLE_TEXT},
	{REGISTER_BASER(7), 8, "GITS_BASER7", TABLE_TEXT},
	{ITSG_GITS_PIDR4, 4, "GITS_PIDR4", ID_TEXT},
	{ITSG_GITS_PIDR5, 4, "GITS_PIDR5", ID_TEXT},
	{ITSG_GITS_PIDR6, 4, "GITS_PIDR6", ID_TEXT},
	{ITSG_GITS_PIDR7, 4, "GITS_PIDR7", ID_TEXT},
	{ITSG_GITS_PIDR0, 4, "GITS_PIDR0", ID_TEXT},
	{ITSG_GITS_PIDR1, 4, "GITS_PIDR1", ID_TEXT},
	{ITSG_GITS_PIDR2, 4, "GITS_PIDR2", "Identification: ArchRev, the GIC version."},
	{ITSG_GITS_PIDR3, 4, "GITS_PIDR3", ID_TEXT},
	{ITSG_GITS_CIDR0, 4, "GITS_CIDR0", ID_TEXT},
	{ITSG_GITS_CIDR1, 4, "GITS_CIDR1", ID_TEXT},
	{ITSG_GITS_CIDR2, 4, "GITS_CIDR2", ID_TEXT},
	{ITSG_GITS_CIDR3, 4, "GITS_CIDR3", ID_TEXT},
};
/* clang-format on */

#define REGISTER_ENTRIES (sizeof(register_entries) / sizeof(register_entries[0]))

/* Ranges without a register of their own. They are no names that one could look up. */
static const struct register_entry impdef_range = {
	0, 0, "IMPLEMENTATION DEFINED",
	"What it does, if anything, depends on the implementation."};
static const struct register_entry reserved_range = {0, 0, "reserved", "Reads 0, ignores writes."};
static const struct register_entry outside_frame = {0, 0, no_name, ""};

static const struct register_entry *range_entry(uint32_t offset)
{
	if (offset >= ITSG_CONTROL_FRAME_BYTES)
		return &outside_frame;
	if (offset >= ITSG_GITS_IMPDEF_FIRST && offset <= ITSG_GITS_IMPDEF_LAST)
		return &impdef_range;
	if (offset >= ITSG_GITS_IMPDEF2_FIRST) /* up to the registers of identification */
		return &impdef_range;
	return &reserved_range;
}

static const struct register_entry *register_entry(uint32_t offset)
{
	for (size_t i = 0; i < REGISTER_ENTRIES; i++) {
		const struct register_entry *entry = &register_entries[i];

		if (offset >= entry->first && offset - entry->first < entry->bytes)
			return entry;
	}
	return range_entry(offset);
}

const char *itsg_register_name(uint32_t offset)
{
	return register_entry(offset)->name;
}

const char *itsg_register_text(uint32_t offset)
{
	return register_entry(offset)->text;
}

static bool same_name(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool itsg_reason_from_name(const char *name, enum itsg_reason *out)
{
	for (uint32_t i = ITSG_OK + 1; i < ITSG_REASON_COUNT; i++) {
		if (same_name(name, reason_entries[i].name)) {
			*out = (enum itsg_reason)i;
			return true;
		}
	}
	return false;
}

bool itsg_opcode_from_name(const char *name, uint8_t *out)
{
	for (size_t i = 0; i < OPCODE_ENTRIES; i++) {
		if (same_name(name, opcode_entries[i].name)) {
			*out = opcode_entries[i].opcode;
			return true;
		}
	}
	return false;
}

bool itsg_register_from_name(const char *name, uint32_t *offset)
{
	for (size_t i = 0; i < REGISTER_ENTRIES; i++) {
		if (same_name(name, register_entries[i].name)) {
			*offset = register_entries[i].first;
			return true;
		}
	}
	return false;
}
