/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Registers of the control frame of a GICv3 or GICv4 ITS (Arm IHI 0069, chapter 12.19;
 * docs/GIC.md). Facts of the architecture only. A field is the mask of its bits.
 */
#ifndef ITSGUARD_ARCH_H
#define ITSGUARD_ARCH_H

#include "itsguard/env.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The mask of bits [hi:lo] of a 64-bit word. */
#define ITSG_BITS(hi, lo) ((~(uint64_t)0 >> (63 - (hi))) & (~(uint64_t)0 << (lo)))
#define ITSG_BIT(n)       ((uint64_t)1 << (n))

/* By bit numbers: the value of bits [hi:lo] of word, and a value put into bits [hi:lo]. */
#define ITSG_FIELD(word, hi, lo)      (((uint64_t)(word)&ITSG_BITS(hi, lo)) >> (lo))
#define ITSG_FIELD_PUT(value, hi, lo) (((uint64_t)(value) << (lo)) & ITSG_BITS(hi, lo))

/* The value of a field of word, moved down to bit 0. The mask is one of those below, never 0. */
static inline uint64_t itsg_get(uint64_t word, uint64_t mask)
{
	return (word & mask) / (mask & (~mask + 1)); /* the divisor is the field's lowest bit */
}

/* A value moved up to its field and cut to it; the other bits are 0. */
static inline uint64_t itsg_put(uint64_t mask, uint64_t value)
{
	return (value * (mask & (~mask + 1))) & mask;
}

/* The frame that an ITS is programmed by. */
#define ITSG_CONTROL_FRAME_BYTES 0x10000u

/* Offsets. 64-bit registers may also be accessed as two aligned 32-bit halves. */
#define ITSG_GITS_CTLR          0x0000u /* 32 bits */
#define ITSG_GITS_IIDR          0x0004u /* 32 bits, RO */
#define ITSG_GITS_TYPER         0x0008u /* 64 bits, RO */
#define ITSG_GITS_MPAMIDR       0x0010u /* 32 bits, RO; RES0 if TYPER.MPAM=0 */
#define ITSG_GITS_PARTIDR       0x0014u /* 32 bits; RES0 if TYPER.MPAM=0 */
#define ITSG_GITS_MPIDR         0x0018u /* 32 bits, RO; v4.1 */
#define ITSG_GITS_IMPDEF_FIRST  0x0020u /* 0x20-0x3c: IMPLEMENTATION DEFINED */
#define ITSG_GITS_IMPDEF_LAST   0x003fu
#define ITSG_GITS_STATUSR       0x0040u /* 32 bits, write 1 to clear; optional */
#define ITSG_GITS_UMSIR         0x0048u /* 64 bits, RO; RES0 if TYPER.UMSI=0 */
#define ITSG_GITS_CBASER        0x0080u /* 64 bits */
#define ITSG_GITS_CWRITER       0x0088u /* 64 bits */
#define ITSG_GITS_CREADR        0x0090u /* 64 bits, RO */
#define ITSG_GITS_BASER         0x0100u /* 64 bits each: BASER0 at 0x100 to BASER7 at 0x138 */
#define ITSG_GITS_BASER_COUNT   8u
#define ITSG_GITS_BASER_END     0x0140u
#define ITSG_GITS_IMPDEF2_FIRST 0xc000u /* 0xc000-0xffcc: IMPLEMENTATION DEFINED */
#define ITSG_GITS_IMPDEF2_LAST  0xffcfu
#define ITSG_GITS_ID_FIRST      0xffd0u /* 0xffd0-0xfffc: identification, 32 bits, RO */
#define ITSG_GITS_PIDR4         0xffd0u
#define ITSG_GITS_PIDR5         0xffd4u
#define ITSG_GITS_PIDR6         0xffd8u
#define ITSG_GITS_PIDR7         0xffdcu
#define ITSG_GITS_PIDR0         0xffe0u
#define ITSG_GITS_PIDR1         0xffe4u
#define ITSG_GITS_PIDR2         0xffe8u /* [7:4] ArchRev: 3 is GICv3, 4 is GICv4 */
#define ITSG_GITS_PIDR3         0xffecu
#define ITSG_GITS_CIDR0         0xfff0u
#define ITSG_GITS_CIDR1         0xfff4u
#define ITSG_GITS_CIDR2         0xfff8u
#define ITSG_GITS_CIDR3         0xfffcu

/* GITS_CTLR, 32 bits */
#define ITSG_CTLR_ENABLED    ITSG_BIT(0)
#define ITSG_CTLR_IMDE       ITSG_BIT(1)     /* IMPLEMENTATION DEFINED, otherwise RES0 */
#define ITSG_CTLR_ITS_NUMBER ITSG_BITS(7, 4) /* v4 */
#define ITSG_CTLR_UMSI_IRQ   ITSG_BIT(8)
#define ITSG_CTLR_QUIESCENT  ITSG_BIT(31) /* RO; while Enabled=1 it says nothing before v4.1 */

/* GITS_TYPER */
#define ITSG_TYPER_PHYSICAL       ITSG_BIT(0)
#define ITSG_TYPER_VIRTUAL        ITSG_BIT(1)
#define ITSG_TYPER_CCT            ITSG_BIT(2)
#define ITSG_TYPER_ITT_ENTRY_SIZE ITSG_BITS(7, 4)   /* bytes minus one; exactly four bits */
#define ITSG_TYPER_ID_BITS        ITSG_BITS(12, 8)  /* minus one */
#define ITSG_TYPER_DEVBITS        ITSG_BITS(17, 13) /* minus one */
#define ITSG_TYPER_SEIS           ITSG_BIT(18)
#define ITSG_TYPER_PTA            ITSG_BIT(19) /* 1: RDbase is a physical address */
#define ITSG_TYPER_HCC            ITSG_BITS(31, 24)
#define ITSG_TYPER_CIDBITS        ITSG_BITS(35, 32) /* minus one; only if CIL=1 */
#define ITSG_TYPER_CIL            ITSG_BIT(36)
#define ITSG_TYPER_VMOVP          ITSG_BIT(37)
#define ITSG_TYPER_MPAM           ITSG_BIT(38)
#define ITSG_TYPER_VSGI           ITSG_BIT(39)
#define ITSG_TYPER_VMAPP          ITSG_BIT(40) /* 1: v4.1 */
#define ITSG_TYPER_SVPET          ITSG_BITS(42, 41)
#define ITSG_TYPER_NID            ITSG_BIT(43)
#define ITSG_TYPER_UMSI           ITSG_BIT(44)
#define ITSG_TYPER_UMSI_IRQ       ITSG_BIT(45)
#define ITSG_TYPER_INV            ITSG_BIT(46) /* 1: forgets a table whose Valid is cleared */

/* GITS_CBASER. The address is not swizzled for 52 bits, unlike that of BASER. */
#define ITSG_CBASER_VALID        ITSG_BIT(63)
#define ITSG_CBASER_INNER_CACHE  ITSG_BITS(61, 59)
#define ITSG_CBASER_OUTER_CACHE  ITSG_BITS(55, 53)
#define ITSG_CBASER_ADDRESS      ITSG_BITS(51, 12) /* in place; [15:12] must be 0 */
#define ITSG_CBASER_UNALIGNED    ITSG_BITS(15, 12) /* CONSTRAINED UNPREDICTABLE unless 0 */
#define ITSG_CBASER_SHAREABILITY ITSG_BITS(11, 10)
#define ITSG_CBASER_SIZE         ITSG_BITS(7, 0) /* pages of 4 KB, always, minus one */

/* What CBASER.Size counts. A proof may count in less, so that queues have few places. */
#ifndef ITSG_QUEUE_PAGE
#define ITSG_QUEUE_PAGE 0x1000u
#endif

/* GITS_CWRITER, GITS_CREADR: an offset in bytes, in place */
#define ITSG_CWRITER_RETRY  ITSG_BIT(0) /* WO */
#define ITSG_CWRITER_OFFSET ITSG_BITS(19, 5)
#define ITSG_CREADR_STALLED ITSG_BIT(0)
#define ITSG_CREADR_OFFSET  ITSG_BITS(19, 5)

/* GITS_BASER<n> */
#define ITSG_BASER_VALID        ITSG_BIT(63)
#define ITSG_BASER_INDIRECT     ITSG_BIT(62) /* or RAZ/WI */
#define ITSG_BASER_INNER_CACHE  ITSG_BITS(61, 59)
#define ITSG_BASER_TYPE         ITSG_BITS(58, 56) /* RO */
#define ITSG_BASER_OUTER_CACHE  ITSG_BITS(55, 53)
#define ITSG_BASER_ENTRY_SIZE   ITSG_BITS(52, 48) /* RO; bytes minus one */
#define ITSG_BASER_ADDRESS      ITSG_BITS(47, 12) /* in place; see the two below */
#define ITSG_BASER_ADDRESS_64K  ITSG_BITS(47, 16) /* 64 KB pages: PA[47:16], in place */
#define ITSG_BASER_ADDRESS_HIGH ITSG_BITS(15, 12) /* 64 KB pages: PA[51:48] */
#define ITSG_BASER_SHAREABILITY ITSG_BITS(11, 10)
#define ITSG_BASER_PAGE_SIZE    ITSG_BITS(9, 8) /* may be fixed */
#define ITSG_BASER_SIZE         ITSG_BITS(7, 0) /* pages of Page_Size minus one */

/* GITS_BASER.Type */
#define ITSG_BASER_TYPE_NONE       0u /* not implemented */
#define ITSG_BASER_TYPE_DEVICE     1u
#define ITSG_BASER_TYPE_VPE        2u
#define ITSG_BASER_TYPE_COLLECTION 4u

/* GITS_BASER.Page_Size */
#define ITSG_BASER_PAGE_4K  0u
#define ITSG_BASER_PAGE_16K 1u
#define ITSG_BASER_PAGE_64K 2u /* 3 is reserved and works as 64 KB */

/* Level-1 entry of a two-level table, little endian (ITSG_L1_* without E are reasons) */
#define ITSG_L1E_VALID    ITSG_BIT(63)
#define ITSG_L1E_RESERVED ITSG_BITS(62, 52)
#define ITSG_L1E_ADDRESS  ITSG_BITS(51, 12) /* in place, 52 bits, no swizzle */

#define ITSG_LPI_FIRST    8192u /* the lowest INTID that is an LPI */
#define ITSG_NO_DOORBELL  1023u /* Dbell_pINTID: none */

/* GITS_TYPER in units that code can use: "minus one" is undone. */
struct itsg_typer {
	uint32_t itt_entry_bytes; /* 1 to 16 */
	uint32_t event_bits;      /* 1 to 32 */
	uint32_t device_bits;     /* 1 to 32 */
	uint32_t icid_bits;       /* 1 to 16; 16 if CIL=0 */
	uint32_t hcc;             /* collections held in hardware */
	bool physical;            /* TYPER.Physical */
	bool virt;                /* TYPER.Virtual: GICv4 */
	bool cct;                 /* collections in memory are beside those in hardware */
	bool seis;                /* errors may be SErrors */
	bool pta;                 /* RDbase is an address */
	bool vmovp;               /* no synchronization between ITSs */
	bool vmapp;               /* the v4.1 layout of VMAPP and VMOVP */
	bool inv;                 /* forgets a table whose Valid is cleared */
};

/* Takes a value of GITS_TYPER apart: any value. */
void itsg_typer_decode(uint64_t value, struct itsg_typer *out);

#ifdef __cplusplus
}
#endif

#endif
