/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the simulator expects of a guard: the one list. A sentence here that does not hold is a
 * finding of the adversary and of the world fuzzer, and an error of `itsguard replay`; where it is
 * checked, the number is cited. tests/test_expectations.c holds both together.
 *
 * X(number, detector, sentence): detector as in enum adversary_detector.
 *
 * An honest host is one that does what drivers do, after whatever became of the ITS before it: it
 * disables it, waits for Quiescent, gives up what it finds, and goes on in memory of its own
 * (adversary_host.c).
 */
#ifndef SIM_EXPECTATIONS_H
#define SIM_EXPECTATIONS_H

/* clang-format off */
#define SIM_EXPECTATIONS(X) \
	/* What no host may bring about. */ \
	X(E1, VIOLATION, "Neither an ITS nor a redistributor touches memory that the guard does not hold.") \
	X(E2, MISUSE, "Hardware is given nothing UNPREDICTABLE, reserved or implementation defined, and no table that the host cannot have.") \
	X(E3, MISUSE, "Callbacks get what their contracts allow: the guard's private memory is stored to, and no slot that hardware may be executing; donated memory zeroed, shared memory read.") \
	X(E4, MISUSE, "A word of the host's is read once for one decision.") \
	X(E5, MISUSE, "A page is given back only when no ITS and no redistributor may touch it.") \
	X(E6, MISUSE, "A DeviceID that was told as unmapped is not mapped without asking the platform.") \
	X(E7, ERROR, "Hardware meets no error but those that a host may make in its own memory.") \
	X(E8, INVARIANT, "itsg_check() agrees between any two calls.") \
	X(E9, ORACLE, "What hardware may touch is held, claimed and of the right kind; the books of guard, tracker and memory are the same. Tables of redistributors are on record, each once, from EnableLPIs set to EnableLPIs and RWP read as 0.") \
	X(E10, ORACLE, "No granule is on record twice, but for two hosts' queues (H8).") \
	X(E11, ORACLE, "A DeviceID that hardware may translate for is told as mapped (F14).") \
	/* How the guard answers. */ \
	X(E12, ANSWER, "The answer to an access is the one in the log, and a call judges no more commands than its budget.") \
	X(E13, ANSWER, "No register takes a wrong width or alignment, CWRITER nothing beyond the queue, CBASER and BASER nothing while Enabled is 1.") \
	X(E14, ANSWER, "A fetch that fails refuses its command, for that reason.") \
	X(E15, BROKEN, "No ITS that does what an ITS may do is called broken.") \
	X(E16, ENDLESS, "Polls and hardware come to an end.") \
	X(E17, REGISTER, "What hardware was given is what the host reads back, and a new private queue begins at its beginning.") \
	X(E18, REGISTER, "The host reads back what it wrote and this hardware keeps, whole and by halves.") \
	/* What the predictor knows beforehand. */ \
	X(E20, PREDICTION, "Every command is answered as its words say, as the guard got them: the first reason of the trace format that fits, or accepted.") \
	X(E21, PREDICTION, "Commands are fetched in their order, each once, between what was fetched and CWRITER, while Enabled is 1.") \
	X(E22, PREDICTION, "One level-1 word is read for a command, at its place in the host's table.") \
	X(E23, PREDICTION, "A command in the way of what is being unmapped waits, and is then judged by what is left: MAPD, and MAPC too (F17).") \
	X(E24, PREDICTION, "A callback that fails refuses the command that it was called for, with its reason; a store of slots that fails refuses none, and is made again.") \
	X(E25, PREDICTION, "NO_PAGE_SLOT and NO_DEVICE_SLOT are answered only where tables may be full.") \
	X(E26, PREDICTION, "MAPD V=1 of a mapped DeviceID as it is mapped is accepted, and nothing is published (H2).") \
	X(E27, PREDICTION, "MAPD V=1 of a mapped DeviceID with another ITT is accepted, also over its own (a donated one: at whole entries, F23); what only the old one had goes then (H3).") \
	X(E28, PREDICTION, "A level-2 page of less than 64 KB ends below 2^48, and Indirect does not stick where the guard's own level 1 would not (F1).") \
	X(E29, PREDICTION, "Indirect does not stick for collections that hardware also holds itself: TYPER.CCT and HCC (F15).") \
	X(E30, PREDICTION, "A write to a BASER that is not implemented is ignored unless it sets Valid (H1).") \
	X(E31, PREDICTION, "CBASER and BASER are latched while Enabled is 0, before Quiescent too; a table whose Valid is 0 by then is given up (H6).") \
	X(E32, PREDICTION, "CTLR.ITS_Number is the host's to write while disabled and to read, where it sees TYPER.Virtual, and reads 0 where not (H7).") \
	X(E33, PREDICTION, "TYPER reads as hardware has it without MPAM, UMSI and UMSIirq, and without what hangs on Virtual where that is hidden (F18).") \
	X(E34, PREDICTION, "Arming is answered by the first reason of the trace format that fits, judged by what is left when tables that were replaced are gone (F12), or accepted.") \
	X(E35, PREDICTION, "The queues of two hosts may overlap; with anything else it is QUEUE_ADDRESS (H8).") \
	X(E36, PREDICTION, "Exactly that is claimed which tables, level-2 pages, ITTs and queues need, which is kept for hardware that does not forget, or is on its way out.") \
	X(E37, PREDICTION, "Where all is quiet, no command waits, and nothing is on its way out any more.") \
	X(E38, PREDICTION, "Where all is quiet, an unmapped DeviceID is told as unmapped (F14).") \
	X(E39, PREDICTION, "The memory of a table is the host's again when the write returns that gives it up, where Quiescent is 1 and hardware forgets (F5).") \
	/* An honest host. */ \
	X(E40, REFUSED, "Nothing that an honest host does is refused.") \
	X(E41, ORACLE, "When it has given up everything, hardware that forgets is quiescent and nothing is held.") \
	X(E42, LIVENESS, "Its interrupts are delivered, after suspend and resume too.") \
	X(E43, LIVENESS, "CREADR comes to CWRITER.") \
	X(E44, LIVENESS, "What it has unmapped is its own again.") \
	X(E45, LIVENESS, "Where hardware stalls at its command, host and platform are told.") \
	/* What else the host reads, and hardware does. */ \
	X(E46, PREDICTION, "When the host reads Quiescent, what it had given up by then is its own, where hardware forgets: tables, and what a command had taken that was not accepted (F5, F25).") \
	X(E47, REGISTER, "Where a write of Enabled=1 is accepted hardware is enabled (F9), and where firmware has enabled it CTLR reads so.") \
	X(E48, REGISTER, "A guard that is told of a loss of power turns hardware off (F22).") \
	X(E49, LIVENESS, "A MAPD that hardware will not take, and that is the guard's to mend, is given to it once more as it is, and then another command in its place, in each queue (F8).") \
	/* Redistributors, known beforehand. */ \
	X(E50, PREDICTION, "Every access to a redistributor is answered by the first reason of the trace format that fits, or accepted; a write that sets EnableLPIs by what one look at CTLR shows and by the claims there are then.") \
	X(E51, PREDICTION, "A redistributor reads as the host wrote it and this hardware keeps; CTLR as hardware shows it, with EnableLPIs=1 while LPIs are on and RWP=1 until their tables are back; TYPER without RVPEID and VSGI; VPENDBASER as 0.") \
	X(E52, PREDICTION, "The platform is asked for nothing but to enable what nothing else refuses.") \
	X(E53, PREDICTION, "PROPBASER and PENDBASER are read back before EnableLPIs is set, and it after; what hardware did not keep is HARDWARE_MISMATCH (P9).") \
	X(E54, PREDICTION, "Of a pending table that is donated the first 1 KB is zeroed, or all of it with PTZ or where the platform wants it so; of one that is shared or adopted nothing (T14).") \
	X(E55, PREDICTION, "Adoption is answered by the first reason of the first redistributor that has one, all of them or none, and writes nothing.") \
	X(E56, PREDICTION, "When a host is gone all its LPIs are off, but where there is no power or EnableLPIs cannot be cleared.") \
	X(E57, LIVENESS, "LPIs of an honest host come to its redistributors where they are on, and go off again: then the memory is its own.")
/* clang-format on */

#endif
