/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the monitor answers: by HVC #0 with x0 = CALL_BASE + number and x1 = argument, the answer in
 * x0; or, for a program that cannot make hypercalls, such as a shell under Linux, by a load from
 * CALL_FRAME + 8 * number, which is the call with argument 0.
 */
#ifndef CALLS_H
#define CALLS_H

#define CALL_BASE    0xc6000000u /* vendor specific hypervisor calls of SMCCC, 64 bits */
#define CALL_FRAME   0x0b000000u /* VIRT_UNUSED */
#define CALL_UNKNOWN (~0ul)

/* The word at `pa` of a page with the pattern: who is after it can tell that it was read. */
#define CALL_PATTERN(pa) ((pa)*0x9e3779b97f4a7c15ul ^ 0x5a5a5a5a5a5a5a5aul)

enum call {
	CALL_GUARD = 0, /* is there a guard? 0: this monitor passes all accesses on */
	CALL_CHECK,     /* itsg_check() and the page states: 0 if all books agree */
	CALL_ACCESSES,  /* trapped accesses to the ITS */
	CALL_COMMANDS,  /* commands judged */
	CALL_ACCEPTED,  /* of these */
	CALL_REFUSED,   /* refused commands and accesses */
	CALL_BARRIERS,  /* SYNCs of the guard's own */
	CALL_DEVICES,   /* mapped now */
	CALL_PAGES,     /* held now */
	CALL_PEAK,      /* most pages ever held */
	CALL_FAULTS,    /* host accesses to what is not, or no longer, the host's */
	CALL_LEAKED,    /* pages that could not be given back */
	CALL_MICROS,    /* spent on trapped accesses, in microseconds of the machine's clock */
	CALL_LPIS,      /* redistributors whose LPIs are on, by the guard's books */
	CALL_REFUSALS,  /* refusals for the reason (enum itsg_reason) given as argument */

	/* For programs that try to break in. */
	CALL_VICTIM, /* address of a page of the monitor's own, filled with a pattern */
	CALL_GIVE,   /* the host gives the page at this address to a guest, which fills it with the
		      * pattern. 0, or not if the host may not give it away */
	CALL_INTACT, /* 1: the victim, or the guest's page at this address, holds the pattern still
		      */
	CALL_REFILL, /* fill the victim again */
	CALL_COUNT,

	/* Host accesses to registers of redistributors: + 2 * register, + 1 for writes. Registers
	 * are CTLR, IIDR, TYPER, WAKER, PROPBASER, PENDBASER, ID, VLPI_base and all others. */
	CALL_RD_COUNTS = 0x100,
	CALL_END = CALL_RD_COUNTS + 18
};

#endif
