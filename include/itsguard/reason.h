/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Why an access or a command of the host was refused. One list, for the code, the tools, the
 * traces and the documents: the names are those of the trace format and do not change.
 *
 * X(NAME, sentence, architecture's error, answers)
 *
 * architecture's error: what the GIC architecture calls it, where it has a name; "*" stands for
 * the command (code 0x01CCNN, CC the opcode). Empty where hardware would not notice.
 * answers: threats (T), published defects (R, S, P), defects of this guard (F) and honest hosts
 * (H), all of docs/THREATS.md.
 */
#ifndef ITSGUARD_REASON_H
#define ITSGUARD_REASON_H

/* clang-format off */
/* The list: X is what is made of each. */
#define ITSG_REASONS(X) \
	X(BAD_WIDTH, \
	  "The register does not take an access of this width: 32 bits, or 64 bits if it is a 64-bit register.", \
	  "", "S19 P13") \
	X(BAD_ALIGNMENT, \
	  "The offset is not a multiple of the access width, or lies outside the control frame.", \
	  "", "P13") \
	X(RESERVED_REGISTER, \
	  "A value other than 0 was written to a register that is reserved or not known to be safe, or Valid to a BASER that does not exist.", \
	  "", "P15 P29 H1") \
	X(READ_ONLY, \
	  "The register is read-only for the host.", \
	  "", "T10 P29") \
	X(NOT_QUIESCENT, \
	  "CBASER or a BASER was written while Enabled was 1, or Enabled set while the ITS was not quiescent.", \
	  "", "T10 T16 F9 H6") \
	X(ENABLE_INCOMPLETE, \
	  "Enabled was set while the command queue or a table that the ITS needs is not valid.", \
	  "", "T16 P15") \
	X(CWRITER_RANGE, \
	  "CWRITER lies at or beyond the end of the command queue.", \
	  "", "S6") \
	X(QUEUE_ADDRESS, \
	  "The command queue is not 64 KB aligned, passes the physical address size, or overlaps memory that is claimed for anything but a queue.", \
	  "", "T1 T10 H8") \
	X(TABLE_ADDRESS, \
	  "The table is not aligned to its page size, or passes the physical address size or what a page of that size can name.", \
	  "", "T2 T3 T4 P11 F1") \
	X(TABLE_SIZE, \
	  "A flat table of more pages than the configuration allows, or a collection table without room for a collection that ITT entries name.", \
	  "", "T2 T3 R4 P14 F12") \
	X(TABLE_PAGE_SIZE, \
	  "Page_Size of the table is the reserved code.", \
	  "", "R7 P6 P14 P19") \
	X(TABLE_OVERLAP, \
	  "The table or level-2 page overlaps memory that the guard holds already.", \
	  "", "T2 T3 T5 P2 F5 F17") \
	X(UNKNOWN_COMMAND, \
	  "The opcode is none of the architecture's: an implementation defined command could carry an address.", \
	  "", "T12 S18 P12") \
	X(VIRTUAL_COMMAND, \
	  "The command belongs to direct injection of virtual LPIs (GICv4), which the host may not use.", \
	  "", "T4 T12 S17 S18 P12") \
	X(DEVICE_OOR, \
	  "DeviceID is above what TYPER.Devbits allows or beyond the device table.", \
	  "*_DEVICE_OOR", "R4 S18 P17") \
	X(DEVICE_RESERVED, \
	  "The platform keeps this DeviceID for another owner, such as a protected guest.", \
	  "", "T17") \
	X(DEVICE_UNMAPPED, \
	  "The DeviceID is not mapped, so the command has no ITT to work on and none to release.", \
	  "*_UNMAPPED_DEVICE", "T9 R3 S2 S3 P25 P34") \
	X(ITTSIZE_OOR, \
	  "Size asks for more EventID bits than TYPER.ID_bits or the configuration allows.", \
	  "MAPD_ITTSIZE_OOR", "T8 S9") \
	X(ITT_ADDRESS, \
	  "The ITT passes the physical address size.", \
	  "", "T7 T8 R8 S10 P5") \
	X(ITT_OVERLAP, \
	  "The ITT overlaps memory that the guard holds already, such as the ITT of another device; or the " \
	  "donated ITT of the same device, at a distance that is no multiple of an entry.", \
	  "", "T7 S2 P4 F23 H4") \
	X(KIND_CONFLICT, \
	  "A page is wanted as donated but held as shared, or the reverse.", \
	  "", "T6 T7 P20") \
	X(EVENT_OOR, \
	  "EventID is above the number of events that the device was mapped with.", \
	  "*_ID_OOR", "T8 P34") \
	X(INTID_OOR, \
	  "pINTID is not an LPI: below 8192, or above the INTID bits that are implemented.", \
	  "*_PHYSICALID_OOR", "T14 P34") \
	X(COLLECTION_OOR, \
	  "ICID is above what the ITS supports or beyond the collection table.", \
	  "*_COLLECTION_OOR", "T3 S18 P17 P34") \
	X(RDBASE_UNKNOWN, \
	  "RDbase names no redistributor of this machine.", \
	  "*_PROCNUM_OOR", "T15 P17") \
	X(L1_INVALID, \
	  "The level-1 entry that covers this ID has Valid=0: the host linked no level-2 page there.", \
	  "", "T5 R4") \
	X(L1_RESERVED, \
	  "The level-1 entry has reserved bits [62:52] set.", \
	  "", "T5 R6 S16 P11") \
	X(L1_ADDRESS, \
	  "The level-2 page is not aligned to the ITS page size, or passes the physical address size or what a page of that size can name.", \
	  "", "T5 S16 P6 P11 F1") \
	X(L1_CHANGED, \
	  "The level-1 entry is no longer the one that the hardware's copy was made from.", \
	  "", "T5 R5 P3 P8 F11 H5") \
	X(NO_PAGE_SLOT, \
	  "The page tracker has no room for another page here.", \
	  "", "T18 R1 P23") \
	X(NO_DEVICE_SLOT, \
	  "There is no room for another device record here.", \
	  "", "T18 P23") \
	X(FETCH_FAILED, \
	  "The platform could not read a word of the host's memory for the guard.", \
	  "", "T1 T5 S14") \
	X(STORE_FAILED, \
	  "The platform could not store a word that the ITS is to read.", \
	  "", "S8 P10 P24 F3") \
	X(ZERO_FAILED, \
	  "The platform could not zero memory before the ITS gets it.", \
	  "", "T6 S16 P2 P10") \
	X(SHARE_REFUSED, \
	  "The platform refused to share and pin a page: it is not the host's to share.", \
	  "", "T1 T7 T8 T9 S1") \
	X(DONATE_REFUSED, \
	  "The platform refused to donate a page: it is not the host's to give.", \
	  "", "T2 T3 T5 T6") \
	X(HARDWARE_MISMATCH, \
	  "A hardware register did not keep what the guard wrote.", \
	  "", "P9 P14 F1") \
	X(LPI_BUSY, \
	  "GICR_PROPBASER or PENDBASER was changed, or EnableLPIs set, while the redistributor may use its tables; or it has no power.", \
	  "", "T13 T14") \
	X(LPI_SIZE, \
	  "IDbits of GICR_PROPBASER has no room for an LPI, or asks for larger tables than the configuration allows.", \
	  "", "T13 T14 P32") \
	X(LPI_ADDRESS, \
	  "The configuration table or the pending table passes the physical address size.", \
	  "", "T13 T14") \
	X(LPI_GROUP, \
	  "GICR_PROPBASER differs from that of a redistributor whose LPIs are on and that may read its table.", \
	  "", "T13") \
	X(LPI_ATTRIBUTES, \
	  "The memory attributes in GICR_PENDBASER differ from those of redistributors whose LPIs are on.", \
	  "", "T14") \
	X(LPI_OVERLAP, \
	  "The configuration table or the pending table overlaps memory that the guard holds already.", \
	  "", "T13 T14") \
	X(NO_TABLE_SLOT, \
	  "There is no room for another configuration table here.", \
	  "", "T18") \
	X(VIRTUAL_REGISTER, \
	  "The register belongs to direct injection of virtual LPIs (GICv4), which the host may not use.", \
	  "", "T12") \
	X(BAD_CONFIG, \
	  "The configuration contradicts itself or the hardware, and init refuses it.", \
	  "", "S13 S20 P14")
/* clang-format on */

#define ITSG_REASON_ENUM(name, text, error, answers) ITSG_##name,

/* ITSG_OK, and the reasons in the order of the list. */
enum itsg_reason {
	ITSG_OK = 0,
	ITSG_REASONS(ITSG_REASON_ENUM) ITSG_REASON_COUNT
};

#undef ITSG_REASON_ENUM

/* The callback that a refusal comes from: struct itsg_ops. */
enum itsg_callback {
	ITSG_CALLBACK_NONE,
	ITSG_CALLBACK_FETCH,
	ITSG_CALLBACK_STORE,
	ITSG_CALLBACK_ZERO,
	ITSG_CALLBACK_SHARE,
	ITSG_CALLBACK_DONATE,
	ITSG_CALLBACK_REG_WRITE, /* what was read back is not what was written */
	ITSG_CALLBACK_COUNT
};

#endif
