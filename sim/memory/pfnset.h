/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Sets of 64-bit page (or granule) numbers: 32-bit CRoaring bitmaps keyed by the upper half, with
 * only those calls that are the same from CRoaring 0.2.66 to current.
 */
#ifndef SIM_PFNSET_H
#define SIM_PFNSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pfnset;

struct pfnset *pfnset_new(void);
void pfnset_free(struct pfnset *set);
void pfnset_clear(struct pfnset *set);
void pfnset_copy(struct pfnset *to, const struct pfnset *from);

void pfnset_add(struct pfnset *set, uint64_t pfn);
void pfnset_remove(struct pfnset *set, uint64_t pfn);
/* count numbers from first on; none past 2^64. */
void pfnset_add_range(struct pfnset *set, uint64_t first, uint64_t count);
void pfnset_remove_range(struct pfnset *set, uint64_t first, uint64_t count);
void pfnset_add_set(struct pfnset *set, const struct pfnset *other);    /* set |= other */
void pfnset_remove_set(struct pfnset *set, const struct pfnset *other); /* set &= ~other */

bool pfnset_contains(const struct pfnset *set, uint64_t pfn);
bool pfnset_is_empty(const struct pfnset *set);
bool pfnset_is_subset(const struct pfnset *sub, const struct pfnset *super);
bool pfnset_equals(const struct pfnset *a, const struct pfnset *b);
bool pfnset_intersect(const struct pfnset *a, const struct pfnset *b);
uint64_t pfnset_cardinality(const struct pfnset *set);

/* In ascending order, until fn returns false; pfnset_iterate returns false then. */
typedef bool pfnset_fn(uint64_t pfn, void *ctx);
bool pfnset_iterate(const struct pfnset *set, pfnset_fn *fn, void *ctx);
/* The smallest number of sub that is not in super: what to print when is_subset fails. */
bool pfnset_first_missing(const struct pfnset *sub, const struct pfnset *super, uint64_t *pfn);

#endif
