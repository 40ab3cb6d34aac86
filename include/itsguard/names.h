/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Names and sentences for people: logs, tools, documents. The library does not need them: a
 * hypervisor may leave names.c out. All strings are constant, and none is ever NULL: what has no
 * name is "?", what has nothing to say is "".
 */
#ifndef ITSGUARD_NAMES_H
#define ITSGUARD_NAMES_H

#include "itsguard/cmd.h"
#include "itsguard/config.h"
#include "itsguard/env.h"
#include "itsguard/reason.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of a reason: its name in traces ("BAD_WIDTH", "OK" for ITSG_OK); a sentence; what the
 * architecture calls the error, or ""; the numbers of the threats and defects that it answers,
 * separated by blanks. */
const char *itsg_reason_name(enum itsg_reason reason);
const char *itsg_reason_text(enum itsg_reason reason);
const char *itsg_reason_error(enum itsg_reason reason);
const char *itsg_reason_threats(enum itsg_reason reason);

/* Of a command: its mnemonic ("MAPD"); what it does, in a sentence. */
const char *itsg_opcode_name(uint8_t opcode);
const char *itsg_opcode_text(uint8_t opcode);

/* Of a field: the architecture's name ("DeviceID", "ITT_addr"). */
const char *itsg_field_name(enum itsg_field field);

/* Of what init cannot take: the name of the member, or of the argument ("pa_bits", "ops.share"). */
const char *itsg_config_field_name(enum itsg_config_field field);

/* Of a callback: its name in struct itsg_ops; "" for ITSG_CALLBACK_NONE. */
const char *itsg_callback_name(enum itsg_callback callback);

/*
 * Of the register at this offset of the control frame, or that this offset lies in: its name
 * ("GITS_BASER3"); what it is for. "reserved" and "IMPLEMENTATION DEFINED" inside the frame where
 * the architecture says so, "?" outside.
 */
const char *itsg_register_name(uint32_t offset);
const char *itsg_register_text(uint32_t offset);

/* The way back, letters exactly as above. False if there is no such name; out is then unchanged.
 * "OK" is no reason. */
bool itsg_reason_from_name(const char *name, enum itsg_reason *out);
bool itsg_opcode_from_name(const char *name, uint8_t *out);
bool itsg_register_from_name(const char *name, uint32_t *offset);

#ifdef __cplusplus
}
#endif

#endif
