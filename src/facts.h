/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What is known of one ITS from init on, and never changes: its configuration and its hardware. */
#ifndef ITSGUARD_FACTS_H
#define ITSGUARD_FACTS_H

#include "devices.h"
#include "itsguard/arch.h"
#include "itsguard/itsguard.h"
#include "rd_list.h"

struct itsg_facts {
	struct itsg_its_config config; /* defaults put in; of redistributors see rds */
	struct itsg_rd_list rds;
	struct itsg_typer typer;
	uint64_t typer_hidden; /* bits of TYPER the host sees as 0 */
	uint64_t max_itt_bits; /* EventID bits a MAPD may ask for */
	uint64_t pa_end;       /* first address past the physical address size */
};

/* The claim of a mapped device's ITT, and its kind in this configuration. */
struct itsg_run itsg_facts_itt_run(const struct itsg_facts *facts,
				   const struct itsg_device *device);
static inline enum itsg_kind itsg_facts_itt_kind(const struct itsg_facts *facts)
{
	return facts->config.donate_itt ? ITSG_DONATED : ITSG_SHARED;
}

/* Does this hardware forget a table whose Valid is cleared? (GIC 4.5) */
bool itsg_facts_forgotten(const struct itsg_facts *facts);

#endif
