/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* A hypervisor as small as it can be: it has a guest, a host that is not trusted, and an ITS. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "itsguard/itsguard.h"

#define PAGE       0x1000ull
#define RAM        0x40000000ull
#define HOST_PAGES 64u /* the host's at first; behind them what only the hypervisor can reach: */
#define QUEUE      (RAM + 0x40000ull)
#define POOL       (RAM + 0x50000ull)
#define RAM_END    (RAM + 0x60000ull)
#define ITS        0x08080000ull

enum state {
	HOST,
	SHARED,
	DONATED,
	GUEST,
	HYPERVISOR
};

extern const struct itsg_ops platform_ops;
extern struct itsg_event platform_last; /* what the guard has told last */

uint8_t *platform_memory(uint64_t pa); /* NULL: there is none */
enum itsg_reason platform_init(void);
/* What the host does: stage 2 lets it, or the hypervisor answers. False: a fault for the host. */
bool platform_host_access(uint64_t pa, bool write, uint32_t width, uint64_t *value);
bool platform_give(uint64_t pfn);      /* a page of the host's to the guest */
void platform_take_back(uint64_t pfn); /* when the guest is gone */

/* The hardware. */
uint64_t its_read(void *ctx, uint32_t offset, uint32_t width);
void its_write(void *ctx, uint32_t offset, uint32_t width, uint64_t value);

#endif
