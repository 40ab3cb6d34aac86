/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "facts.h"

#include "devtable.h"

struct itsg_run itsg_facts_itt_run(const struct itsg_facts *facts, const struct itsg_device *device)
{
	return itsg_run_of(device->itt,
			   itsg_itt_bytes(itsg_device_size(device), facts->config.itt_entry_bytes));
}

bool itsg_facts_forgotten(const struct itsg_facts *facts)
{
	return facts->config.forgets || facts->typer.inv;
}
