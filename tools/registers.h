/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Registers by offset, of an ITS or of a redistributor: their names, and a value by its fields. */
#ifndef TOOLS_REGISTERS_H
#define TOOLS_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct explain_field;

/* A register of a redistributor, by offset from RD_base. */
struct register_gicr {
	const char *name;
	uint32_t offset, width;
	const struct explain_field *fields; /* explain.h */
	size_t count;
};
extern const struct register_gicr register_gicrs[];
extern const size_t register_gicr_count;

/* "GITS_BASER3", "GICR_PENDBASER"; never NULL. The offset is from RD_base. */
const char *register_name(bool of_redistributor, uint32_t offset);

/*
 * Tells each field that an access of `width` bytes there has all of, the highest first, with its
 * value: in place where it is an address or an offset, else moved down. flag: it has one bit.
 */
typedef void register_field_fn(void *ctx, const char *name, uint64_t value, bool flag);
void register_fields(bool of_redistributor, uint32_t offset, uint32_t width, uint64_t value,
		     register_field_fn *tell, void *ctx);

#endif
