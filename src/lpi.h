/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The tables of LPIs that GICR_PROPBASER and GICR_PENDBASER name: what hardware keeps of the two
 * registers, and how far the tables reach. Pure arithmetic, in 64 bits.
 */
#ifndef ITSGUARD_LPI_H
#define ITSGUARD_LPI_H

#include "itsguard/gicr.h"
#include "itsguard/itsguard.h"

/* What a PROPBASER or PENDBASER of this hardware keeps; of the attributes: of each value. */
struct itsg_lpi_keeps {
	uint8_t share[4];
	uint8_t inner[8];
	uint8_t outer[8];
	uint64_t writable; /* of the other fields: bits that can be written */
	uint64_t fixed;    /* what the rest of them reads */
};

/* Learning it: value `i` of 0 to 7 is written, then what is read is noted. */
uint64_t itsg_lpi_trial(uint64_t fields, uint32_t i);
void itsg_lpi_learn(struct itsg_lpi_keeps *keeps, uint64_t fields, uint32_t i, uint64_t kept);

/* The register as hardware would keep what was written. */
uint64_t itsg_lpi_kept(const struct itsg_lpi_keeps *keeps, uint64_t raw);

/* Fields of the two registers other than the attributes; PTZ, which reads 0, is none. */
#define ITSG_PROPBASER_FIELDS (ITSG_GICR_PROPBASER_ADDRESS | ITSG_GICR_PROPBASER_ID_BITS)
#define ITSG_PENDBASER_FIELDS ITSG_GICR_PENDBASER_ADDRESS

#define ITSG_LPI_ATTR         (ITSG_GICR_INNER_CACHE | ITSG_GICR_SHAREABILITY | ITSG_GICR_OUTER_CACHE)

struct itsg_lpi_facts {
	uint64_t pa_end;   /* first address past the physical address size */
	uint32_t lpi_bits; /* of INTIDs, that the GIC has */
	uint32_t limit;    /* of those, that tables may have */
};

/* What a redistributor is enabled with. */
struct itsg_lpis {
	uint64_t prop; /* the registers, as hardware keeps them */
	uint64_t pend;
	uint32_t bits; /* of INTIDs, in force: the registers' or the GIC's, whichever are fewer */
	struct itsg_run config;
	struct itsg_run pending;
};

/* Does a table end within the physical address size? */
bool itsg_lpi_fits(const struct itsg_lpi_facts *facts, const struct itsg_run *run);

/*
 * Both registers, as hardware keeps them, taken apart. ITSG_LPI_SIZE: no LPI is in range, or the
 * tables would be larger than the limit; ITSG_LPI_ADDRESS: one ends past the physical address size.
 */
enum itsg_reason itsg_lpi_judge(const struct itsg_lpi_facts *facts, uint64_t prop, uint64_t pend,
				struct itsg_lpis *out);

#endif
