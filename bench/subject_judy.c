/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Judy1: sets of 64-bit numbers. */
#include "subject.h"

#include <Judy.h>
#include <stdlib.h>

struct granules {
	Pvoid_t claimed, donated;
};

static bool set_any(Pvoid_t *set, uint64_t first, uint64_t last)
{
	Word_t index = first;
	int found;

	J1F(found, *set, index);
	return found && index <= last;
}

static bool set_has(Pvoid_t *set, uint64_t number)
{
	int found;

	J1T(found, *set, number);
	return found != 0;
}

static bool set_all(Pvoid_t *set, uint64_t first, uint64_t last)
{
	for (uint64_t number = first; number <= last; number++)
		if (!set_has(set, number))
			return false;
	return true;
}

static void set_add(Pvoid_t *set, uint64_t first, uint64_t last)
{
	int changed;

	for (uint64_t number = first; number <= last; number++)
		J1S(changed, *set, number);
	(void)changed;
}

static void set_remove(Pvoid_t *set, uint64_t first, uint64_t last)
{
	int changed;

	for (uint64_t number = first; number <= last; number++)
		J1U(changed, *set, number);
	(void)changed;
}

#include "granules.h"

static void *judy_make(uint32_t pages)
{
	(void)pages;
	return calloc(1, sizeof(struct granules));
}

static void judy_destroy(void *books)
{
	struct granules *granules = books;
	Word_t freed;

	J1FA(freed, granules->claimed);
	J1FA(freed, granules->donated);
	(void)freed;
	free(granules);
}

const struct subject subject_judy = {
	"judy",        UINT64_MAX,    judy_make,      judy_destroy,
	granules_take, granules_drop, granules_holds, NULL,
};
