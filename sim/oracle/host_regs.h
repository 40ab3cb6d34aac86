/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The control frame as a host may expect it, from the architecture and the simulated hardware, not
 * from the library: what it finds in a register after it wrote it, and which accesses are refused
 * whatever else is true.
 */
#ifndef SIM_HOST_REGS_H
#define SIM_HOST_REGS_H

#include "world.h"

/* What the host wrote, as far as it was not refused. */
struct host_regs {
	uint64_t cbaser;
	uint64_t baser[SIM_ITS_NUM_BASER];
	uint32_t cwriter;
	bool enabled;
};

/* An access was not refused: widths and halves as the architecture has them. */
void host_regs_wrote(struct host_regs *regs, uint32_t offset, uint32_t width, uint64_t value);

/* CBASER, CWRITER or a BASER. Whether Indirect sticks is the guard's to decide: it is 0 here. */
uint64_t host_regs_kept(const struct host_regs *regs, const struct world_config *config,
			uint32_t its, uint32_t offset);

/* Has it 64 bits that the host can write and read back? */
bool host_regs_is_wide(uint32_t reg);

/* What no register takes, or ITSG_OK. */
enum itsg_reason host_regs_shape(uint32_t offset, uint32_t width);

/* Is it CWRITER, and would it be outside the queue? Only a slot of the queue is (S6). */
bool host_regs_beyond(const struct host_regs *regs, uint32_t offset, uint64_t value);

/*
 * A queue or table may be moved only while the ITS is disabled (T16): is it not? Whether hardware
 * is at rest by then is the guard's affair, which gives it nothing before.
 */
bool host_regs_must_wait(const struct host_regs *regs, const struct world_config *config,
			 uint32_t its, uint32_t offset);

#endif
