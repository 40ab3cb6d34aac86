/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the monitor answers: by HVC #0 with x0 = CALL_BASE + number and x1 = argument, the answer in
 * x0; or, for a program that cannot make hypercalls, such as a shell under Linux, by a load from
 * CALL_FRAME + 8 * number, which is the call with argument 0.
 */
#ifndef CALLS_H
#define CALLS_H

#define CALL_BASE     0xc6000000u /* vendor specific hypervisor calls of SMCCC, 64 bits */
#define CALL_FRAME    0x0b000000u
#define CALL_UNKNOWN  (~0ul)

#define CALL_GUARD    0  /* is there a guard? 0: this monitor passes all accesses on */
#define CALL_CHECK    1  /* itsg_check() and the page states: 0 if all books agree */
#define CALL_ACCESSES 2  /* trapped accesses */
#define CALL_COMMANDS 3  /* commands judged */
#define CALL_ACCEPTED 4  /* of these */
#define CALL_REFUSED  5  /* refused commands and accesses */
#define CALL_BARRIERS 6  /* SYNCs of the guard's own */
#define CALL_DEVICES  7  /* mapped now */
#define CALL_PAGES    8  /* held now */
#define CALL_PEAK     9  /* most pages ever held */
#define CALL_FAULTS   10 /* host accesses to pages that were not, or no longer, the host's */
#define CALL_LEAKED   11 /* pages that could not be given back */
#define CALL_REFUSALS 12 /* refusals for the reason (enum itsg_reason) given as argument */
#define CALL_PAGE     13 /* state of the page at the address given: enum page_state */
#define CALL_VICTIM   14 /* address of a page of the monitor's own, filled with a pattern */
#define CALL_GIVE                                                                                  \
	15 /* the host gives the page at this address to a guest, which fills it                   \
	    * with the pattern. 0, or not if the host may not give it away */
#define CALL_TAKE_BACK                                                                             \
	16             /* the guest is gone: its page is zeroed and the host's again. 0, or not */
#define CALL_INTACT 17 /* 1: a victim or a guest's page still holds the pattern */
#define CALL_REFILL 18 /* fill a victim or a guest's page again */
#define CALL_COUNT  19

#endif
