/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What sweeps over many inputs leave out where they run a second time. With a sanitizer, which
 * makes each several times slower and of which the n-th input of a kind says little that is new, it
 * is each fifth input's turn; without, that of all. ITSGUARD_TURNS=N in the environment: each N-th.
 */
#ifndef TESTS_TURN_H
#define TESTS_TURN_H

#include <stdbool.h>
#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

static inline unsigned turns(void)
{
	const char *set = getenv("ITSGUARD_TURNS");

	if (set && atoi(set) > 0)
		return (unsigned)atoi(set);
	return __has_feature(address_sanitizer) ? 5 : 1;
}

static inline bool my_turn(void)
{
	static unsigned all, turn;

	if (all == 0)
		all = turns();
	return turn++ % all == 0;
}

#endif
