/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The texts of `itsguard explain`. Bit positions are not repeated here: those of commands come from
 * the codec's table, those of registers from arch.h.
 */
#include "explain.h"

#include "itsguard/arch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHECKS(name) name, COUNT(name)

/* ---- the checks of each command, in the order in which they are made ---- */

/* clang-format off */
/* The host's level-1 entry, for a two-level table. */
#define LEVEL1(when) \
	{when, ITSG_FETCH_FAILED}, \
	{when, ITSG_L1_INVALID}, \
	{when, ITSG_L1_RESERVED}, \
	{when, ITSG_L1_ADDRESS}, \
	{when, ITSG_L1_CHANGED}

/* Taking a level-2 page that the hardware's level-1 table has not yet. */
#define LEVEL2 \
	{"level-2 page", ITSG_TABLE_OVERLAP}, \
	{"level-2 page", ITSG_KIND_CONFLICT}, \
	{"level-2 page", ITSG_NO_PAGE_SLOT}, \
	{"level-2 page", ITSG_DONATE_REFUSED}, \
	{"level-2 page", ITSG_ZERO_FAILED}
/* clang-format on */

static const struct explain_check mapd_checks[] = {
	{"V=1, V=0", ITSG_DEVICE_OOR},
	{"V=0", ITSG_DEVICE_UNMAPPED},
	{"V=1", ITSG_DEVICE_RESERVED},
	LEVEL1("V=1, two-level table"),
	{"V=1", ITSG_ITTSIZE_OOR},
	{"V=1", ITSG_ITT_ADDRESS},
	{"V=1, not mapped", ITSG_NO_DEVICE_SLOT},
	LEVEL2,
	{"ITT", ITSG_ITT_OVERLAP},
	{"ITT", ITSG_KIND_CONFLICT},
	{"ITT", ITSG_NO_PAGE_SLOT},
	{"ITT, donated", ITSG_DONATE_REFUSED},
	{"ITT, shared", ITSG_SHARE_REFUSED},
	{"ITT, donated", ITSG_ZERO_FAILED},
	{"level-1 entry", ITSG_STORE_FAILED},
};

static const struct explain_check mapc_checks[] = {
	{"V=1, V=0", ITSG_COLLECTION_OOR},    {"V=1", ITSG_RDBASE_UNKNOWN},
	LEVEL1("V=1, two-level table"),       LEVEL2,
	{"level-1 entry", ITSG_STORE_FAILED},
};

static const struct explain_check mapti_checks[] = {
	{"", ITSG_DEVICE_OOR}, {"", ITSG_DEVICE_UNMAPPED}, {"", ITSG_EVENT_OOR},
	{"", ITSG_INTID_OOR},  {"", ITSG_COLLECTION_OOR},
};

static const struct explain_check mapi_checks[] = {
	{"", ITSG_DEVICE_OOR},     {"", ITSG_DEVICE_UNMAPPED},
	{"", ITSG_EVENT_OOR},      {"EventID as pINTID", ITSG_INTID_OOR},
	{"", ITSG_COLLECTION_OOR},
};

static const struct explain_check movi_checks[] = {
	{"", ITSG_DEVICE_OOR},
	{"", ITSG_DEVICE_UNMAPPED},
	{"", ITSG_EVENT_OOR},
	{"", ITSG_COLLECTION_OOR},
};

static const struct explain_check event_checks[] = {
	{"", ITSG_DEVICE_OOR},
	{"", ITSG_DEVICE_UNMAPPED},
	{"", ITSG_EVENT_OOR},
};

static const struct explain_check invall_checks[] = {{"", ITSG_COLLECTION_OOR}};
static const struct explain_check sync_checks[] = {{"", ITSG_RDBASE_UNKNOWN}};
static const struct explain_check movall_checks[] = {
	{"RDbase", ITSG_RDBASE_UNKNOWN},
	{"RDbase2", ITSG_RDBASE_UNKNOWN},
};
static const struct explain_check virtual_checks[] = {{"", ITSG_VIRTUAL_COMMAND}};

/* ---- commands ---- */

#define VIRTUAL_GUARD                                                                              \
	"Refused, whatever its fields: direct injection is not offered to the host. The "          \
	"configuration can hide TYPER.Virtual, so that a driver does not try."
#define EVENT_GUARD                                                                                \
	"Passed on, encoded anew, once the device is known to be mapped and the event to lie "     \
	"inside its ITT."
#define EVENT_MEMORY                                                                               \
	"Reads the entries of the device and of the collection; reads or writes its ITT."

const struct explain_command explain_commands[] = {
	{ITSG_CMD_MOVI, EVENT_MEMORY, EVENT_GUARD, "T7 T9 T17", CHECKS(movi_checks)},
	{ITSG_CMD_INT, EVENT_MEMORY, EVENT_GUARD, "T9 T14 T17", CHECKS(event_checks)},
	{ITSG_CMD_CLEAR, EVENT_MEMORY, EVENT_GUARD, "T9 T14", CHECKS(event_checks)},
	{ITSG_CMD_SYNC, "None.",
	 "Passed on for a redistributor of this machine. The guard also queues SYNCs of its own "
	 "behind every command that releases memory, and releases nothing before they are over.",
	 "T15", CHECKS(sync_checks)},
	{ITSG_CMD_MAPD,
	 "Writes the device's entry in the device table. From then on every command and every "
	 "interrupt of the device reads and writes the ITT, until the unmap is known to be over.",
	 "V=1: takes the ITT's granules of 256 bytes, and the level-2 page if the table has two "
	 "levels and none is there, before hardware sees the command. V=0: ITT_addr and Size mean "
	 "nothing, the guard's own record says what to release, and that happens after the command "
	 "and the SYNCs behind it are over. V=1 for a mapped DeviceID: the same ITT and Size again "
	 "change nothing; another ITT takes the place of the first, which goes as with V=0.",
	 "T2 T5 T7 T8 T9 T10", CHECKS(mapd_checks)},
	{ITSG_CMD_MAPC, "Writes the collection's entry in the collection table.",
	 "RDbase must be one of the redistributors in the configuration, since with PTA=1 it is an "
	 "address that the ITS sends messages to. With V=0 it means nothing and hardware is told "
	 "zero. Mapping a collection again is fine.",
	 "T3 T5 T15", CHECKS(mapc_checks)},
	{ITSG_CMD_MAPTI, "Reads the device's entry; writes an entry of its ITT.", EVENT_GUARD,
	 "T7 T9 T17", CHECKS(mapti_checks)},
	{ITSG_CMD_MAPI, "Reads the device's entry; writes an entry of its ITT.", EVENT_GUARD,
	 "T7 T9 T17", CHECKS(mapi_checks)},
	{ITSG_CMD_INV, EVENT_MEMORY, EVENT_GUARD, "T9", CHECKS(event_checks)},
	{ITSG_CMD_INVALL, "Reads the collection's entry.",
	 "Passed on, encoded anew, if there can be such a collection.", "T3",
	 CHECKS(invall_checks)},
	{ITSG_CMD_MOVALL, "The pending tables of both redistributors.",
	 "Passed on if both ends are redistributors of this machine; both then take part in every "
	 "barrier of the guard.",
	 "T15", CHECKS(movall_checks)},
	{ITSG_CMD_DISCARD, EVENT_MEMORY, EVENT_GUARD, "T7 T9", CHECKS(event_checks)},
	{ITSG_CMD_VMOVI, "Writes an entry of the device's ITT; the vPE table.", VIRTUAL_GUARD,
	 "T12", CHECKS(virtual_checks)},
	{ITSG_CMD_VMOVP, "Writes the vPE's entry in the vPE table.", VIRTUAL_GUARD, "T12 T15",
	 CHECKS(virtual_checks)},
	{ITSG_CMD_VSGI, "The virtual pending table of the vPE.", VIRTUAL_GUARD, "T12",
	 CHECKS(virtual_checks)},
	{ITSG_CMD_VSYNC, "The vPE table.", VIRTUAL_GUARD, "T12", CHECKS(virtual_checks)},
	{ITSG_CMD_VMAPP,
	 "Writes the vPE's entry in the vPE table. The GIC then reads and writes the virtual "
	 "pending table, and reads the virtual configuration table.",
	 VIRTUAL_GUARD, "T4 T12 T15", CHECKS(virtual_checks)},
	{ITSG_CMD_VMAPTI, "Writes an entry of the device's ITT.", VIRTUAL_GUARD, "T12",
	 CHECKS(virtual_checks)},
	{ITSG_CMD_VMAPI, "Writes an entry of the device's ITT.", VIRTUAL_GUARD, "T12",
	 CHECKS(virtual_checks)},
	{ITSG_CMD_VINVALL, "The vPE table; the virtual configuration table.", VIRTUAL_GUARD, "T12",
	 CHECKS(virtual_checks)},
	{ITSG_CMD_INVDB, "The vPE table.", VIRTUAL_GUARD, "T12", CHECKS(virtual_checks)},
};
const size_t explain_command_count = COUNT(explain_commands);

const struct explain_command *explain_command_of(uint8_t opcode)
{
	for (size_t i = 0; i < explain_command_count; i++)
		if (explain_commands[i].opcode == opcode)
			return &explain_commands[i];
	return NULL;
}

/* ---- registers ---- */

#define WIDTH_REASONS ITSG_BAD_WIDTH, ITSG_BAD_ALIGNMENT

static const enum itsg_reason read_only[] = {WIDTH_REASONS, ITSG_READ_ONLY};
static const enum itsg_reason reserved[] = {WIDTH_REASONS, ITSG_RESERVED_REGISTER};
static const enum itsg_reason ctlr_reasons[] = {
	WIDTH_REASONS,       ITSG_NOT_QUIESCENT,   ITSG_ENABLE_INCOMPLETE, ITSG_CWRITER_RANGE,
	ITSG_QUEUE_ADDRESS,  ITSG_TABLE_PAGE_SIZE, ITSG_TABLE_ADDRESS,     ITSG_TABLE_SIZE,
	ITSG_TABLE_OVERLAP,  ITSG_KIND_CONFLICT,   ITSG_NO_PAGE_SLOT,      ITSG_SHARE_REFUSED,
	ITSG_DONATE_REFUSED, ITSG_ZERO_FAILED,     ITSG_STORE_FAILED,      ITSG_HARDWARE_MISMATCH,
};
static const enum itsg_reason cwriter_reasons[] = {WIDTH_REASONS, ITSG_CWRITER_RANGE};
static const enum itsg_reason cbaser_reasons[] = {WIDTH_REASONS, ITSG_NOT_QUIESCENT};
static const enum itsg_reason baser_reasons[] = {WIDTH_REASONS, ITSG_NOT_QUIESCENT,
						 ITSG_RESERVED_REGISTER};

static const struct explain_field ctlr_fields[] = {
	{"Enabled", ITSG_CTLR_ENABLED, "1: commands are processed and interrupts translated"},
	{"ImDe", ITSG_CTLR_IMDE, "IMPLEMENTATION DEFINED; the host cannot set it"},
	{"ITS_Number", ITSG_CTLR_ITS_NUMBER, "GICv4: for VMOVP; the host has bits of its own"},
	{"UMSIirq", ITSG_CTLR_UMSI_IRQ, "interrupt on an unmapped MSI; the host cannot set it"},
	{"Quiescent", ITSG_CTLR_QUIESCENT,
	 "read only; with Enabled=0, 1 says that no transaction is in progress"},
};

static const struct explain_field typer_fields[] = {
	{"Physical", ITSG_TYPER_PHYSICAL, "physical LPIs"},
	{"Virtual", ITSG_TYPER_VIRTUAL, "virtual LPIs (GICv4); can be hidden from the host"},
	{"CCT", ITSG_TYPER_CCT, "collections in hardware and in memory add up"},
	{"ITT_entry_size", ITSG_TYPER_ITT_ENTRY_SIZE, "bytes of an ITT entry, minus one"},
	{"ID_bits", ITSG_TYPER_ID_BITS, "EventID bits, minus one"},
	{"Devbits", ITSG_TYPER_DEVBITS, "DeviceID bits, minus one"},
	{"SEIS", ITSG_TYPER_SEIS, "command errors may raise SErrors"},
	{"PTA", ITSG_TYPER_PTA, "0: RDbase is a processor number; 1: an address"},
	{"HCC", ITSG_TYPER_HCC, "collections held in hardware"},
	{"CIDbits", ITSG_TYPER_CIDBITS, "ICID bits, minus one, if CIL=1"},
	{"CIL", ITSG_TYPER_CIL, "0: 16 ICID bits; 1: CIDbits says"},
	{"VMOVP", ITSG_TYPER_VMOVP, "one VMOVP is enough for all ITSs"},
	{"MPAM", ITSG_TYPER_MPAM, "MPAMIDR and PARTIDR exist; hidden from the host"},
	{"VSGI", ITSG_TYPER_VSGI, "GICv4.1: virtual SGIs"},
	{"VMAPP", ITSG_TYPER_VMAPP, "GICv4.1: layout of VMAPP and VMOVP"},
	{"SVPET", ITSG_TYPER_SVPET, "GICv4.1: who shares the vPE table"},
	{"nID", ITSG_TYPER_NID, "GICv4.1: no individual doorbells"},
	{"UMSI", ITSG_TYPER_UMSI, "unmapped MSIs are reported; hidden from the host"},
	{"UMSIirq", ITSG_TYPER_UMSI_IRQ, "and raise an interrupt; hidden from the host"},
	{"INV", ITSG_TYPER_INV, "forgets a table when its Valid is cleared while disabled"},
};

static const struct explain_field cbaser_fields[] = {
	{"Valid", ITSG_CBASER_VALID, "1: there is a queue"},
	{"InnerCache", ITSG_CBASER_INNER_CACHE, ""},
	{"OuterCache", ITSG_CBASER_OUTER_CACHE, ""},
	{"Physical_Address", ITSG_CBASER_ADDRESS, "in place; 64 KB aligned"},
	{"Shareability", ITSG_CBASER_SHAREABILITY, ""},
	{"Size", ITSG_CBASER_SIZE, "pages of 4 KB, minus one"},
};

static const struct explain_field cwriter_fields[] = {
	{"Retry", ITSG_CWRITER_RETRY, "1 restarts a stalled queue; reads 0"},
	{"Offset", ITSG_CWRITER_OFFSET, "in place: bytes from the start of the queue"},
};

static const struct explain_field creadr_fields[] = {
	{"Stalled", ITSG_CREADR_STALLED, "the queue has stopped at an erroneous command"},
	{"Offset", ITSG_CREADR_OFFSET, "in place: bytes from the start of the queue"},
};

static const struct explain_field baser_fields[] = {
	{"Valid", ITSG_BASER_VALID, "1: the ITS may use the table, even while disabled"},
	{"Indirect", ITSG_BASER_INDIRECT, "1: two levels"},
	{"InnerCache", ITSG_BASER_INNER_CACHE, ""},
	{"Type", ITSG_BASER_TYPE, "read only: 0 none, 1 devices, 2 vPEs, 4 collections"},
	{"OuterCache", ITSG_BASER_OUTER_CACHE, ""},
	{"Entry_Size", ITSG_BASER_ENTRY_SIZE, "read only: bytes, minus one"},
	{"Physical_Address", ITSG_BASER_ADDRESS,
	 "in place; with 64 KB pages [15:12] are PA[51:48]"},
	{"Shareability", ITSG_BASER_SHAREABILITY, ""},
	{"Page_Size", ITSG_BASER_PAGE_SIZE, "0: 4 KB, 1: 16 KB, 2: 64 KB; what sticks reads back"},
	{"Size", ITSG_BASER_SIZE, "pages of that size, minus one; of level 1 if Indirect=1"},
};

#define FIELDS(name)  name, COUNT(name)
#define REASONS(name) name, COUNT(name)
#define NO_FIELDS     NULL, 0
#define HARDWARE_SAYS "What hardware says."
#define NOT_WRITABLE  "A write of 0 is ignored, any other is refused."
#define WITHHELD      "Withheld: nothing that is not known to be safe is passed on. " NOT_WRITABLE

const struct explain_register explain_registers[] = {
	{ITSG_GITS_CTLR, 1, 4, "RW",
	 "Enabled as it set it, or as firmware did. Quiescent as hardware says, but while disabled "
	 "only once the guard has seen it and what was given up is back. ITS_Number, on GICv4, as "
	 "it wrote it. The rest 0.",
	 "Enabled counts; ITS_Number is kept for the host and never given to hardware. Setting "
	 "Enabled, which is refused before the ITS is quiescent, arms it: everything that the host "
	 "programmed "
	 "is checked, then claimed, then written to hardware, tables before Enabled; until the "
	 "first table is valid any failure undoes all of it and Enabled stays 0. Clearing it is "
	 "always passed on; commands already published stay published.",
	 "T2 T3 T10 T16", REASONS(ctlr_reasons), FIELDS(ctlr_fields)},
	{ITSG_GITS_IIDR, 1, 4, "RO", HARDWARE_SAYS, NOT_WRITABLE, "P29", REASONS(read_only),
	 NO_FIELDS},
	{ITSG_GITS_TYPER, 1, 8, "RO",
	 "What hardware says, but for MPAM, UMSI and UMSIirq, which read 0; with hide_virtual, so "
	 "do Virtual and all that hangs on it.",
	 "Sizes of IDs and entries are read from hardware, not taken from a "
	 "description. " NOT_WRITABLE,
	 "P14 S20", REASONS(read_only), FIELDS(typer_fields)},
	{ITSG_GITS_MPAMIDR, 1, 4, "RO", "0.", NOT_WRITABLE, "P29", REASONS(read_only), NO_FIELDS},
	{ITSG_GITS_PARTIDR, 1, 4, "RW", "0.", WITHHELD, "P29", REASONS(reserved), NO_FIELDS},
	{ITSG_GITS_MPIDR, 1, 4, "RO", "What hardware says; with hide_virtual, 0.", NOT_WRITABLE,
	 "P29", REASONS(read_only), NO_FIELDS},
	{ITSG_GITS_STATUSR, 1, 4, "RW, write 1 to clear", "0.", WITHHELD, "P29", REASONS(reserved),
	 NO_FIELDS},
	{ITSG_GITS_UMSIR, 1, 8, "RO", "0.", WITHHELD, "P29", REASONS(reserved), NO_FIELDS},
	{ITSG_GITS_CBASER, 1, 8, "RW", "What it wrote, as far as this hardware would have kept it.",
	 "Held virtually, writable while Enabled is 0; a write sets CREADR to 0. "
	 "Hardware's own register points at a private queue that the host cannot reach. The host's "
	 "queue is claimed as shared when Enabled is set, and its commands are fetched once, "
	 "decoded, checked and encoded anew.",
	 "T1 T10 T11 T16", REASONS(cbaser_reasons), FIELDS(cbaser_fields)},
	{ITSG_GITS_CWRITER, 1, 8, "RW", "The offset that it wrote.",
	 "Checked against the size of the queue when written, and again when Enabled is set. "
	 "While disabled it is only remembered. Hardware's own register moves as commands are "
	 "published to the private queue.",
	 "T10 T11 T18 S5 S6", REASONS(cwriter_reasons), FIELDS(cwriter_fields)},
	{ITSG_GITS_CREADR, 1, 8, "RO",
	 "The offset of its first command that is not over. A refused command is over at once, an "
	 "unmap when its memory is released. Stalled mirrors a stall of hardware at a command of "
	 "the host.",
	 NOT_WRITABLE, "T9 T10", REASONS(read_only), FIELDS(creadr_fields)},
	{ITSG_GITS_BASER, ITSG_GITS_BASER_COUNT, 8, "RW",
	 "What it wrote, as far as this hardware would have kept it: a driver that probes by "
	 "writing and reading back finds its way. Type and Entry_Size are hardware's.",
	 "Held virtually, writable while Enabled is 0. One that does not exist reads 0 and takes "
	 "anything but Valid. When Enabled is set, a flat "
	 "table is donated and zeroed before hardware sees its address; a level-1 table stays with "
	 "the host, claimed as shared, and hardware walks a private copy. Clearing Valid retires "
	 "the table, as soon as hardware is quiescent: if this hardware is known to forget it, all "
	 "of its memory is back by then, else it is kept.",
	 "T2 T3 T4 T5 T6 T16", REASONS(baser_reasons), FIELDS(baser_fields)},
	{ITSG_GITS_ID_FIRST, 12, 4, "RO", HARDWARE_SAYS, NOT_WRITABLE, "P29", REASONS(read_only),
	 NO_FIELDS},
};
const size_t explain_register_count = COUNT(explain_registers);

const struct explain_register *explain_register_at(uint32_t offset)
{
	for (size_t i = 0; i < explain_register_count; i++) {
		const struct explain_register *r = &explain_registers[i];

		if (offset >= r->offset && offset - r->offset < r->count * r->width)
			return r;
	}
	return NULL;
}

/* ---- what a reason is given to ---- */

bool explain_checks(const struct explain_command *c, enum itsg_reason reason)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (c->checks[i].reason == reason)
			return true;
	return false;
}

bool explain_refuses(const struct explain_register *r, enum itsg_reason reason)
{
	for (size_t i = 0; i < r->reason_count; i++)
		if (r->reasons[i] == reason)
			return true;
	return false;
}

const char *explain_also(enum itsg_reason reason)
{
	switch (reason) {
	case ITSG_UNKNOWN_COMMAND:
		return "every opcode that the architecture does not define";
	case ITSG_RESERVED_REGISTER:
		return "a write other than 0 to any offset that is no register of the host's";
	case ITSG_FETCH_FAILED:
		return "any command of the host's queue";
	case ITSG_BAD_CONFIG:
		return "itsg_its_init() and itsg_redists_init(), not the host";
	case ITSG_NOT_QUIESCENT:
	case ITSG_ZERO_FAILED:
	case ITSG_HARDWARE_MISMATCH:
		return "itsg_its_init()";
	case ITSG_LPI_BUSY:
		return "GICR_CTLR, PROPBASER and PENDBASER; itsg_redists_init()";
	case ITSG_LPI_SIZE:
	case ITSG_LPI_ADDRESS:
	case ITSG_LPI_GROUP:
	case ITSG_LPI_ATTRIBUTES:
	case ITSG_LPI_OVERLAP:
	case ITSG_NO_TABLE_SLOT:
		return "GICR_CTLR, when EnableLPIs is set";
	case ITSG_VIRTUAL_REGISTER:
		return "registers of redistributors for virtual LPIs; itsg_redists_init()";
	default:
		return "";
	}
}
