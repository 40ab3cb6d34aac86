/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The attacker's first instructions, on either CPU, and what it does when it is refused memory. */

	.section .head, "ax"
	.global	_start
_start:
	adrp	x1, stack_first
	add	sp, x1, :lo12:stack_first
	adrp	x1, bss_start
	add	x1, x1, :lo12:bss_start
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
1:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b
	bl	set_vectors
	bl	attack_main
	b	.

	.text
	/* Where the second CPU starts. */
	.global	second_start
second_start:
	adrp	x1, stack_second
	add	sp, x1, :lo12:stack_second
	bl	set_vectors
	bl	second_main
	b	.

set_vectors:
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	ret

	/* A load or store that was refused is counted and left out. Anything else ends it here. */
refused:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el1
	lsr	x1, x0, #26
	cmp	x1, #0x25
	b.ne	.
	adrp	x0, faults
	add	x0, x0, :lo12:faults
	ldr	x1, [x0]
	add	x1, x1, #1
	str	x1, [x0]
	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
	ldp	x0, x1, [sp], #16
	eret

	.balign	0x800
vectors:
	.rept	4
	.balign	0x80
	b	.
	.endr
	.balign	0x80
	b	refused
	.rept	11
	.balign	0x80
	b	.
	.endr

	.bss
	.balign	16
	.space	0x4000
stack_first:
	.space	0x4000
stack_second:
