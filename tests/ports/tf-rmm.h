/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of TF-RMM that the glue includes: signatures and types, no more. */
#ifndef RMM_STANDIN_H
#define RMM_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EPERM         1
#define EFAULT        14

#define GRANULE_SHIFT 12U
#define GRANULE_SIZE  (1UL << GRANULE_SHIFT)
#define GRANULE_MASK  (~0xfffUL)

void *memset(void *s, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void flush_dcache_range(uintptr_t addr, size_t size);

typedef struct {
	unsigned int val;
} spinlock_t;
void spinlock_acquire(spinlock_t *l);
void spinlock_release(spinlock_t *l);

#define GRANULE_STATE_NS        0U
#define GRANULE_STATE_DELEGATED 1U
#define GRANULE_STATE_INTERNAL  11U
struct granule {
	uint16_t descriptor;
};
struct granule *find_granule(unsigned long addr);
struct granule *find_lock_granule(unsigned long addr, unsigned char expected_state);
unsigned char granule_unlocked_state(struct granule *g);
void granule_unlock(struct granule *g);
void granule_unlock_transition(struct granule *g, unsigned char new_state);
void granule_unlock_transition_to_delegated(struct granule *g);
void granule_memzero_mapped(void *buf);

enum buffer_slot {
	SLOT_NS,
	SLOT_DELEGATED
};
void *buffer_granule_map(struct granule *g, enum buffer_slot slot);
void buffer_unmap(void *buf);
bool ns_buffer_read(enum buffer_slot slot, struct granule *ns_gr, unsigned int offset, size_t size,
		    void *dest);

#endif
