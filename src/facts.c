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

/* The configuration lists them in ascending order. */
bool itsg_facts_redistributor(const struct itsg_facts *facts, uint64_t rdbase, uint32_t *index)
{
	const struct itsg_its_config *config = &facts->config;
	uint32_t low = 0;
	uint32_t high = config->redistributor_count;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (config->redistributors[middle] < rdbase)
			low = middle + 1;
		else
			high = middle;
	}
	*index = low;
	return low < config->redistributor_count && config->redistributors[low] == rdbase;
}
