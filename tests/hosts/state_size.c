/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The memory that a tracker and an ITS need, with the configuration that docs/HOSTS.md states.
 *
 * Run on the machine that builds, it prints both, and then the sizes of the structures they are
 * made of. Compiled for AArch64 with -DITSGUARD_SIZES=those, it is an error if they differ there.
 *
 * Beside a host's own types no system header can be included.
 */
#include "state.h"

#ifdef ITSGUARD_SIZES

#define SAME(name, type, bytes) typedef char name[sizeof(type) == (bytes) ? 1 : -1]
#define CHECK_EACH(its, device, entry, kept)                                                       \
	SAME(itsg_same_its, struct itsg_its, its);                                                 \
	SAME(itsg_same_device, struct itsg_device, device);                                        \
	SAME(itsg_same_entry, struct itsg_entry, entry);                                           \
	SAME(itsg_same_kept, struct itsg_kept, kept)
#define CHECK(sizes) CHECK_EACH(sizes)

CHECK(ITSGUARD_SIZES);

#else

int printf(const char *format, ...);

/* With an argument: the first structure is said to be larger than it is. */
int main(int argc, char **argv)
{
	static const uint64_t processors[] = {0,        1u << 16, 2u << 16, 3u << 16,
					      4u << 16, 5u << 16, 6u << 16, 7u << 16};
	const struct itsg_pages_config tracker = {.page_shift = 12, .capacity = 4096};
	const struct itsg_its_config config = {.pa_bits = 48,
					       .lpi_bits = 16,
					       .devices = 256,
					       .journal = 32,
					       .budget = 16,
					       .kept = 4,
					       .redistributors = processors,
					       .redistributor_count = 8,
					       .queue = {0x80000000, 0x10000},
					       .level1_pool = {0x90000000, 0x20000}};

	(void)argv;
	printf("%lu %lu\n", (unsigned long)itsg_pages_size(&tracker),
	       (unsigned long)itsg_its_size(&config));
	printf("%lu,%lu,%lu,%lu\n", (unsigned long)sizeof(struct itsg_its) + (argc > 1),
	       (unsigned long)sizeof(struct itsg_device), (unsigned long)sizeof(struct itsg_entry),
	       (unsigned long)sizeof(struct itsg_kept));
	return 0;
}

#endif
