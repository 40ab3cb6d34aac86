/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Registers of a GICv3 or GICv4 redistributor, as far as LPIs go (Arm IHI 0069, chapter 12.11;
 * docs/GIC.md). Facts of the architecture only. A field is the mask of its bits.
 */
#ifndef ITSGUARD_GICR_H
#define ITSGUARD_GICR_H

#include "itsguard/arch.h"

/* Offsets from RD_base. 64-bit registers may also be accessed as two aligned 32-bit halves. */
#define ITSG_GICR_CTLR      0x0000u /* 32 bits */
#define ITSG_GICR_IIDR      0x0004u /* 32 bits, RO */
#define ITSG_GICR_TYPER     0x0008u /* 64 bits, RO */
#define ITSG_GICR_STATUSR   0x0010u /* 32 bits, write 1 to clear; optional */
#define ITSG_GICR_WAKER     0x0014u /* 32 bits */
#define ITSG_GICR_MPAMIDR   0x0018u /* 32 bits, RO */
#define ITSG_GICR_PARTIDR   0x001cu /* 32 bits */
#define ITSG_GICR_SETLPIR   0x0040u /* 64 bits, WO */
#define ITSG_GICR_CLRLPIR   0x0048u /* 64 bits, WO */
#define ITSG_GICR_PROPBASER 0x0070u /* 64 bits */
#define ITSG_GICR_PENDBASER 0x0078u /* 64 bits */
#define ITSG_GICR_INVLPIR   0x00a0u /* 64 bits, WO; 32 bits are extended by zeros */
#define ITSG_GICR_INVALLR   0x00b0u /* 64 bits, WO */
#define ITSG_GICR_SYNCR     0x00c0u /* 32 bits, RO */
#define ITSG_GICR_ID_FIRST  0xffd0u /* 0xffd0-0xfffc: identification, 32 bits, RO */

/* The frames, from RD_base on: the first, SGI_base, and with TYPER.VLPIS=1 VLPI_base. */
#define ITSG_GICR_FRAME_BYTES 0x10000u
#define ITSG_GICR_VLPI_BASE   0x20000u

/* Of VLPI_base, from RD_base on. */
#define ITSG_GICR_VPROPBASER 0x20070u /* 64 bits */
#define ITSG_GICR_VPENDBASER 0x20078u /* 64 bits */

/* GICR_CTLR, 32 bits */
#define ITSG_GICR_CTLR_ENABLE_LPIS ITSG_BIT(0)
#define ITSG_GICR_CTLR_CES         ITSG_BIT(1) /* RO */
#define ITSG_GICR_CTLR_IR          ITSG_BIT(2) /* RO: INVLPIR, INVALLR, SYNCR */
#define ITSG_GICR_CTLR_RWP         ITSG_BIT(3) /* RO */
#define ITSG_GICR_CTLR_DPG         ITSG_BITS(26, 24)
#define ITSG_GICR_CTLR_UWP         ITSG_BIT(31) /* RO */

/* GICR_TYPER */
#define ITSG_GICR_TYPER_PLPIS          ITSG_BIT(0)
#define ITSG_GICR_TYPER_VLPIS          ITSG_BIT(1)
#define ITSG_GICR_TYPER_DIRECT_LPI     ITSG_BIT(3)
#define ITSG_GICR_TYPER_DPGS           ITSG_BIT(5)
#define ITSG_GICR_TYPER_RVPEID         ITSG_BIT(7) /* 1: v4.1 */
#define ITSG_GICR_TYPER_NUMBER         ITSG_BITS(23, 8)
#define ITSG_GICR_TYPER_COMMON_LPI_AFF ITSG_BITS(25, 24)
#define ITSG_GICR_TYPER_VSGI           ITSG_BIT(26)
#define ITSG_GICR_TYPER_AFFINITY       ITSG_BITS(63, 32)

/* GICR_WAKER, 32 bits. Bits 0 and 31 are IMPLEMENTATION DEFINED. */
#define ITSG_GICR_WAKER_PROCESSOR_SLEEP ITSG_BIT(1)

/* GICR_PROPBASER, GICR_PENDBASER: attributes at the same place */
#define ITSG_GICR_INNER_CACHE       ITSG_BITS(9, 7)
#define ITSG_GICR_SHAREABILITY      ITSG_BITS(11, 10) /* 3 is reserved, and works as 0 */
#define ITSG_GICR_OUTER_CACHE       ITSG_BITS(58, 56)
#define ITSG_GICR_PROPBASER_ID_BITS ITSG_BITS(4, 0)   /* minus one */
#define ITSG_GICR_PROPBASER_ADDRESS ITSG_BITS(51, 12) /* in place */
#define ITSG_GICR_PENDBASER_ADDRESS ITSG_BITS(51, 16) /* in place */
#define ITSG_GICR_PENDBASER_PTZ     ITSG_BIT(62)      /* WO */

/* GICR_SETLPIR, CLRLPIR, INVLPIR, INVALLR */
#define ITSG_GICR_INTID ITSG_BITS(31, 0)
#define ITSG_GICR_V     ITSG_BIT(63) /* v4.1: of a vPE */

/* GICR_VPROPBASER (v4.1), GICR_VPENDBASER */
#define ITSG_GICR_VALID ITSG_BIT(63)
#define ITSG_GICR_DIRTY ITSG_BIT(60) /* RO */

/* Bytes of a pending table that are IMPLEMENTATION DEFINED: the bits of INTIDs below 8192. */
#define ITSG_GICR_PENDING_HEAD 1024u

#endif
