/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* GITS_TYPER, decoded. */
#include "itsguard/arch.h"

static uint32_t typer_plus_one(uint64_t value, uint64_t mask)
{
	return (uint32_t)itsg_get(value, mask) + 1;
}

void itsg_typer_decode(uint64_t value, struct itsg_typer *out)
{
	out->itt_entry_bytes = typer_plus_one(value, ITSG_TYPER_ITT_ENTRY_SIZE);
	out->event_bits = typer_plus_one(value, ITSG_TYPER_ID_BITS);
	out->device_bits = typer_plus_one(value, ITSG_TYPER_DEVBITS);
	/* CIL=0: ICIDs have 16 bits and CIDbits is RES0. */
	out->icid_bits = (value & ITSG_TYPER_CIL) ? typer_plus_one(value, ITSG_TYPER_CIDBITS) : 16;
	out->hcc = (uint32_t)itsg_get(value, ITSG_TYPER_HCC);
	out->physical = (value & ITSG_TYPER_PHYSICAL) != 0;
	out->virt = (value & ITSG_TYPER_VIRTUAL) != 0;
	out->cct = (value & ITSG_TYPER_CCT) != 0;
	out->seis = (value & ITSG_TYPER_SEIS) != 0;
	out->pta = (value & ITSG_TYPER_PTA) != 0;
	out->vmovp = (value & ITSG_TYPER_VMOVP) != 0;
	out->vmapp = (value & ITSG_TYPER_VMAPP) != 0;
	out->inv = (value & ITSG_TYPER_INV) != 0;
}
