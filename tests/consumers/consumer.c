/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Stands for a project that uses itsguard, whichever way it got it: the folders beside this file,
 * and the amalgamation (CONSUMER_HEADER). Says the version of the headers, which the tests compare;
 * the calls need all that the library consists of.
 */
#ifdef CONSUMER_HEADER
#include CONSUMER_HEADER
#else
#include "itsguard/itsguard.h"
#include "itsguard/names.h"
#endif

#if defined(ITSGUARD_ENV) != defined(MY_ENV_H)
#error the environment is not the one that was named
#endif

#include <stdio.h>
#include <string.h>

int main(void)
{
	static const uint64_t cpus[] = {0};
	const struct itsg_its_config config = {
		.pa_bits = 48,
		.lpi_bits = 16,
		.devices = 16,
		.journal = 4,
		.budget = 1,
		.redistributors = cpus,
		.redistributor_count = 1,
		.queue = {0x80000000, 0x10000},
	};
	struct itsg_its *its = NULL;

	if (itsg_its_size(&config) == 0)
		return 1;
	if (itsg_its_init(NULL, 0, &config, NULL, NULL, NULL, &its) != ITSG_BAD_CONFIG)
		return 1;
	if (strcmp(itsg_reason_name(ITSG_BAD_CONFIG), "BAD_CONFIG") != 0)
		return 1;
	printf("itsguard %d.%d.%d\n", ITSGUARD_VERSION >> 16, (ITSGUARD_VERSION >> 8) & 0xff,
	       ITSGUARD_VERSION & 0xff);
	return 0;
}
