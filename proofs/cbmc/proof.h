/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What all proofs share. A proof is a function: any state and any arguments that are GIVEN, one
 * call of what is proved, and what must hold then. cbmc tries all values at once, of every bit.
 *
 * PROVE    must hold, always.
 * REACHED  must be possible: a proof that nothing gets to proves nothing. script/prove looks that
 * each of these is found, and all others are not.
 */
#ifndef ITSGUARD_PROOF_H
#define ITSGUARD_PROOF_H

#include "itsguard/env.h"

/* Without a body: any value. */
bool nondet_bool(void);
uint8_t nondet_u8(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);

#define GIVEN(condition) __CPROVER_assume(condition)
#define PROVE(condition) __CPROVER_assert(condition, #condition)

#ifdef PROOF_BROKEN /* only whether something fails is asked then */
#define REACHED(condition) ((void)0)
#else
#define REACHED(condition) __CPROVER_assert(!(condition), "reached: " #condition)
#endif

#endif
