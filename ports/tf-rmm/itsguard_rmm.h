/*
 * SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
 * SPDX-FileCopyrightText: The itsguard authors
 */

#ifndef ITSGUARD_RMM_H
#define ITSGUARD_RMM_H

#include <itsguard/itsguard.h>
#include <stdbool.h>
#include <stdint.h>

/* Memory of RMM's own, and where it is mapped. */
struct itsguard_memory {
	uint64_t pa;
	uint64_t bytes;
	uintptr_t va;
};

/*
 * Takes an ITS whose frame and whose accesses are in the Realm PAS, and which the host drives by
 * calls. `regs` is where the frame is mapped. config: all but queue, level1_pool and donate_itt,
 * which is always true here. state holds the tracker for `pages` granules and the ITS.
 */
bool itsguard_init(uintptr_t regs, const struct itsg_its_config *config, uint32_t pages,
		   const struct itsguard_memory *queue, const struct itsguard_memory *pool,
		   const struct itsguard_memory *state);

/* The host's accesses, from the handler of a call. The reason of a refusal is for the log. */
enum itsg_reason itsguard_read(uint32_t offset, uint32_t width, uint64_t *value);
enum itsg_reason itsguard_write(uint32_t offset, uint32_t width, uint64_t value);

#endif /* ITSGUARD_RMM_H */
